//! Where faces are in the finished frame.

use footage::Analysis;
use footage::picture::PixelBox;
use timeline::project::{Framing, Sequence, TrackKind};
use timeline::time::SequenceTime;

use super::samples_in;

/// What of a face's box, from its top, is above the mouth. Detectors' boxes end at the chin.
const ABOVE_MOUTH: f64 = 0.62;
/// What of a face's box, from either side, is beside the mouth.
const BESIDE_MOUTH: f64 = 0.25;

/// What of a face's box, from its top, is above the eyes and their brows, and above what is below
/// them.
const EYES: (f64, f64) = (0.15, 0.5);

/// Returns the faces that a sequence shows at the moments they were looked for, in pixels of its
/// frame. `picture` is the width and height of the source's picture as shown.
pub fn faces_shown(
    analysis: &Analysis,
    picture: (u32, u32),
    sequence: &Sequence,
) -> Vec<(SequenceTime, PixelBox)> {
    let frame = (
        f64::from(sequence.format.width),
        f64::from(sequence.format.height),
    );
    let clips = sequence
        .tracks_of(TrackKind::Video)
        .flat_map(|track| &track.clips)
        .filter(|clip| clip.enabled);
    let mut found = Vec::new();
    for clip in clips {
        for sample in samples_in(&analysis.faces, clip.source) {
            let part = match &clip.framing {
                Framing::Crop(path) => path.at(sample.time),
                Framing::Fit => Some(around(picture, frame)),
            };
            let Some(part) = part.filter(|part| part.w > 0.0 && part.h > 0.0) else {
                continue;
            };
            let at = clip.sequence_time(sample.time);
            let boxes = sample.boxes.iter();
            found.extend(boxes.map(|face| (at, in_frame(face.pixels, part, frame))));
        }
    }
    found
}

/// Returns how much of a face a box hides, 0..=1. Eyes and mouth weigh twice what the whole does:
/// without them a face says nothing.
pub fn hidden_share(face: PixelBox, hides: PixelBox) -> f64 {
    let eyes = PixelBox {
        y: face.y + EYES.0 * face.h,
        h: (EYES.1 - EYES.0) * face.h,
        ..face
    };
    let share = |part: PixelBox| part.shared_area(hides) / part.area().max(f64::MIN_POSITIVE);
    0.4 * share(eyes) + 0.4 * share(mouth(face)) + 0.2 * share(face)
}

/// Returns where a face's mouth is.
pub fn mouth(face: PixelBox) -> PixelBox {
    PixelBox {
        x: face.x + BESIDE_MOUTH * face.w,
        y: face.y + ABOVE_MOUTH * face.h,
        w: (1.0 - 2.0 * BESIDE_MOUTH) * face.w,
        h: (1.0 - ABOVE_MOUTH) * face.h,
    }
}

/// Returns the part of picture space, larger than the picture, that a frame shows which holds the
/// whole picture.
fn around(picture: (u32, u32), frame: (f64, f64)) -> PixelBox {
    let (width, height) = (f64::from(picture.0), f64::from(picture.1));
    let scale = (frame.0 / width.max(1.0)).min(frame.1 / height.max(1.0));
    let (w, h) = (frame.0 / scale, frame.1 / scale);
    PixelBox {
        x: (width - w) / 2.0,
        y: (height - h) / 2.0,
        w,
        h,
    }
}

fn in_frame(pixels: PixelBox, part: PixelBox, frame: (f64, f64)) -> PixelBox {
    let (across, down) = (frame.0 / part.w, frame.1 / part.h);
    PixelBox {
        x: (pixels.x - part.x) * across,
        y: (pixels.y - part.y) * down,
        w: pixels.w * across,
        h: pixels.h * down,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eyes_and_mouth_weigh_most() {
        let face = PixelBox {
            x: 100.0,
            y: 100.0,
            w: 200.0,
            h: 200.0,
        };
        let strip = |y: f64| PixelBox {
            x: 0.0,
            y,
            w: 1080.0,
            h: 40.0,
        };
        let all = hidden_share(
            face,
            PixelBox {
                h: 400.0,
                ..strip(0.0)
            },
        );
        assert!((all - 1.0).abs() < 1e-9, "{all}");
        assert!(hidden_share(face, strip(0.0)) < 1e-9);
        let [eyes, nose, mouth] = [140.0, 195.0, 240.0].map(|y| hidden_share(face, strip(y)));
        assert!(
            eyes > 0.2 && mouth > 0.2 && nose < 0.15,
            "{eyes} {nose} {mouth}"
        );
    }

    #[test]
    fn boxes_go_from_the_picture_to_the_frame() {
        let part = PixelBox {
            x: 656.0,
            y: 0.0,
            w: 607.5,
            h: 1080.0,
        };
        let face = PixelBox {
            x: 656.0,
            y: 540.0,
            w: 607.5,
            h: 540.0,
        };
        let shown = in_frame(face, part, (1080.0, 1920.0));
        assert!((shown.x, shown.y) == (0.0, 960.0), "{shown:?}");
        assert!((shown.w - 1080.0).abs() < 1e-9 && (shown.h - 960.0).abs() < 1e-9);

        // A square picture between bars: its middle is the frame's.
        let whole = around((500, 500), (1080.0, 1920.0));
        let middle = PixelBox {
            x: 250.0,
            y: 250.0,
            w: 0.0,
            h: 0.0,
        };
        let shown = in_frame(middle, whole, (1080.0, 1920.0));
        assert!(
            (shown.x - 540.0).abs() < 1e-9 && (shown.y - 960.0).abs() < 1e-9,
            "{shown:?}"
        );
    }
}

//! Proves that a face detector finds the presenter: a frontal cascade, which is stricter with drawn
//! faces than the product's network, and needs nothing of the product to be built.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use rustface::{Detector, ImageData};

use crate::film::FPS;
use crate::script::Script;
use crate::stage::{self, Seat, WIDTH};
use crate::voice::Plan;

/// Pictures are searched at this size, a third of the film's.
const SMALL: (u32, u32) = (640, 360);
/// Every 12th frame: about two per second at 25 frames per second.
const STEP: usize = 12;

/// How often the presenter was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Sampled frames in which she is.
    pub frames: usize,
    /// Those of them in which her face was found in its place.
    pub found: usize,
    /// Faces found where there is none, over all sampled frames.
    pub false_alarms: usize,
}

impl Found {
    /// Returns the share of frames in which she was found, 0..=1.
    pub fn share(self) -> f64 {
        self.found as f64 / self.frames.max(1) as f64
    }
}

/// Returns SeetaFace's cascade with its usual threshold of 2 and a pyramid of 0.8.
pub fn detector() -> Result<Box<dyn Detector>> {
    let model = model()?;
    let path = model.to_str().context("the model's path is not UTF-8")?;
    let mut detector = rustface::create_detector(path)?;
    detector.set_min_face_size(40);
    detector.set_score_thresh(2.0);
    detector.set_pyramid_scale_factor(0.8);
    detector.set_slide_window_step(4, 4);
    Ok(detector)
}

/// Looks for the presenter in one grey picture of `SMALL` size; returns whether she was found in
/// her seat and how many other faces were.
pub fn look(detector: &mut dyn Detector, grey: &[u8], seat: Option<Seat>) -> (bool, usize) {
    let faces = detector.detect(&ImageData::new(grey, SMALL.0, SMALL.1));
    let shrink = SMALL.0 as f32 / WIDTH as f32;
    let is_hers = |face: &rustface::FaceInfo| {
        let Some(seat) = seat else { return false };
        let (x, y) = (seat.centre.0 * shrink, seat.centre.1 * shrink);
        let size = 2.0 * seat.scale * shrink;
        let middle = |from: i32, length: u32| from as f32 + length as f32 / 2.0;
        let (fx, fy) = (
            middle(face.bbox().x(), face.bbox().width()),
            middle(face.bbox().y(), face.bbox().height()),
        );
        let width = face.bbox().width() as f32;
        (fx - x).abs() < 0.25 * size
            && (fy - y).abs() < 0.35 * size
            && (0.7..1.6).contains(&(width / size))
    };
    let hers = faces.iter().filter(|face| is_hers(face)).count();
    (hers > 0, faces.len() - hers)
}

/// Samples the film and looks for the presenter.
pub fn check(video: &Path, script: &Script, plan: &Plan) -> Result<Found> {
    let mut detector = detector()?;
    let mut decoder = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(video)
        .args([
            "-vf",
            &format!("select=not(mod(n\\,{STEP})),scale={}:{}", SMALL.0, SMALL.1),
        ])
        .args([
            "-fps_mode",
            "passthrough",
            "-pix_fmt",
            "gray",
            "-f",
            "rawvideo",
            "-",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .context("ffmpeg cannot be run; `cargo xtask setup` installs it")?;
    let mut frames = decoder.stdout.take().context("ffmpeg has no output")?;
    let mut grey = vec![0; (SMALL.0 * SMALL.1) as usize];
    let mut result = Found {
        frames: 0,
        found: 0,
        false_alarms: 0,
    };
    let expected = (plan.duration * f64::from(FPS)).ceil() as usize;
    for frame in (0..expected).step_by(STEP) {
        frames
            .read_exact(&mut grey)
            .context("the film is shorter than its plan")?;
        let scene = script
            .scenes
            .get(plan.scene_at(frame as f64 / f64::from(FPS)));
        let seat = scene.and_then(|scene| stage::seat(scene.layout));
        let (found, others) = look(&mut *detector, &grey, seat);
        result.frames += usize::from(seat.is_some());
        result.found += usize::from(found);
        result.false_alarms += others;
    }
    ensure!(decoder.wait()?.success(), "ffmpeg could not read the film");
    Ok(result)
}

/// Returns the model file that the crate `rustface` ships, wherever cargo keeps that crate.
fn model() -> Result<PathBuf> {
    let metadata = cargo_metadata::MetadataCommand::new()
        .manifest_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .exec()?;
    let package = metadata
        .packages
        .iter()
        .find(|p| p.name.as_str() == "rustface");
    let manifest = &package
        .context("rustface is not a dependency")?
        .manifest_path;
    let folder = manifest.parent().context("a manifest is in a folder")?;
    Ok(folder
        .join("model/seeta_fd_frontal_v1.0.bin")
        .into_std_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::{Canvas, Typeface};
    use crate::film::pose;
    use crate::presenter;

    fn grey(picture: &tiny_skia::Pixmap) -> Vec<u8> {
        let mut small = tiny_skia::Pixmap::new(SMALL.0, SMALL.1).unwrap();
        let scale = SMALL.0 as f32 / WIDTH as f32;
        let paint = tiny_skia::PixmapPaint {
            quality: tiny_skia::FilterQuality::Bicubic,
            ..Default::default()
        };
        let shrink = tiny_skia::Transform::from_scale(scale, scale);
        small.draw_pixmap(0, 0, picture.as_ref(), &paint, shrink, None);
        let luma =
            |p: &[u8]| (u32::from(p[0]) * 77 + u32::from(p[1]) * 150 + u32::from(p[2]) * 29) >> 8;
        small.data().chunks(4).map(|p| luma(p) as u8).collect()
    }

    #[test]
    fn the_detector_finds_the_presenter_and_nobody_else() {
        let script = Script::parse(include_str!("../../../assets/demo/tour.toml")).unwrap();
        let font = std::fs::read(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../assets/fonts/Inter-SemiBold.otf"
        ))
        .unwrap();
        let type_face = Typeface::parse(&font).unwrap();
        let mut detector = detector().unwrap();
        let (mut frames, mut hits, mut others) = (0, 0, 0);
        for (index, scene) in script.scenes.iter().enumerate() {
            let shown = scene.bullets.len();
            let still = stage::draw(scene, shown, &type_face).unwrap();
            let seat = stage::seat(scene.layout);
            // Times spread over sway, tilt, gaze and blinks; mouths from shut to wide open.
            for step in 0..5_u8 {
                let mut picture = still.clone();
                if let Some(seat) = seat {
                    let time = index as f32 * 17.3 + f32::from(step) * 2.9;
                    let pose = pose(seat, time, f32::from(step) / 4.0);
                    let place = tiny_skia::Transform::identity();
                    presenter::head(
                        &mut Canvas {
                            pixels: &mut picture,
                            place,
                        },
                        &pose,
                    );
                }
                let (found, more) = look(&mut *detector, &grey(&picture), seat);
                frames += usize::from(seat.is_some());
                hits += usize::from(found);
                others += more;
            }
        }
        assert!(
            hits * 100 >= frames * 95,
            "found in {hits} of {frames} pictures"
        );
        assert_eq!(others, 0, "no face is found where there is none");
    }
}

//! The whole picture over a blurred, darkened fill of itself.

use fast_image_resize as fir;
use footage::picture::PixelBox;

use super::scale::{Plane, PlaneMut, Planes, PlanesMut, SITINGS, ScaleError, Scaler, Siting};

/// How much smaller than the frame the fill is blurred: the blur hides it.
const SHRINK: u32 = 16;
/// Passes of a box blur; three come close to a Gaussian.
const PASSES: u32 = 3;
/// Light of the fill.
const LIGHT: f64 = 0.45;

/// The small fill, kept between pictures.
#[derive(Default)]
pub(super) struct Scratch {
    small: Vec<u8>,
    row: Vec<u8>,
}

/// Draws the whole picture, `aspect` wide over high as shown, and the fill beside it.
pub(super) fn whole(
    scaler: &mut Scaler,
    scratch: &mut Scratch,
    from: &Planes<'_>,
    aspect: f64,
    to: &mut PlanesMut<'_>,
) -> Result<(), ScaleError> {
    let [luma, ..] = &to.0;
    let (frame_w, frame_h) = (luma.width, luma.height);
    let area = inner(frame_w, frame_h, aspect);
    for ((from, to), siting) in from.0.iter().zip(&mut to.0).zip(SITINGS) {
        let halved = |value: u32| {
            if siting == Siting::Luma {
                value
            } else {
                value / 2
            }
        };
        let whole = PixelBox {
            x: 0.0,
            y: 0.0,
            w: f64::from(from.width),
            h: f64::from(from.height),
        };
        let area = area.map(halved);
        if area != [0, 0, to.width, to.height] {
            let frame = f64::from(frame_w) / f64::from(frame_h);
            blurred(
                scaler,
                scratch,
                from,
                cover(from, aspect, frame),
                to,
                siting,
            )?;
            bars(scaler, scratch, to, area)?;
        }
        scaler.sharp(from, whole, to, area)?;
    }
    Ok(())
}

/// Returns the largest centred area of the given shape in a frame; its edges are even.
fn inner(width: u32, height: u32, aspect: f64) -> [u32; 4] {
    let (w, h) = (f64::from(width), f64::from(height));
    let even = |value: f64, most: u32| (((value / 2.0).round() as u32) * 2).clamp(2, most);
    // A shape within half a percent of the frame's fills it: bars of a few lines look broken.
    if (aspect / (w / h) - 1.0).abs() < 0.005 {
        return [0, 0, width, height];
    }
    let (inner_w, inner_h) = if aspect > w / h {
        (width, even(w / aspect, height))
    } else {
        (even(h * aspect, width), height)
    };
    let left = (width - inner_w) / 4 * 2;
    let top = (height - inner_h) / 4 * 2;
    [left, top, inner_w, inner_h]
}

/// Returns the centred part of a plane that has the frame's shape.
fn cover(plane: &Plane<'_>, aspect: f64, frame: f64) -> PixelBox {
    let (w, h) = (f64::from(plane.width), f64::from(plane.height));
    let (part_w, part_h) = if aspect > frame {
        ((w * frame / aspect).max(1.0), h)
    } else {
        (w, (h * aspect / frame).max(1.0))
    };
    PixelBox {
        x: (w - part_w) / 2.0,
        y: (h - part_h) / 2.0,
        w: part_w,
        h: part_h,
    }
}

fn small_size(to: &PlaneMut<'_>) -> (u32, u32) {
    ((to.width / SHRINK).max(4), (to.height / SHRINK).max(4))
}

fn blurred(
    scaler: &mut Scaler,
    scratch: &mut Scratch,
    from: &Plane<'_>,
    part: PixelBox,
    to: &PlaneMut<'_>,
    siting: Siting,
) -> Result<(), ScaleError> {
    let (width, height) = small_size(to);
    scratch.small.resize((width * height) as usize, 0);
    let mut small = PlaneMut {
        bytes: &mut scratch.small,
        stride: width,
        width,
        height,
    };
    scaler.plane(
        from,
        part,
        &mut small,
        [0, 0, width, height],
        fir::FilterType::Box,
    )?;
    let (width, height) = (width as usize, height as usize);
    let radius = (width / 14).max(1);
    for _ in 0..PASSES {
        for row in scratch.small.chunks_exact_mut(width) {
            blur_line(row, &mut scratch.row, radius);
        }
        for x in 0..width {
            let mut column: Vec<u8> = scratch
                .small
                .iter()
                .skip(x)
                .step_by(width)
                .copied()
                .collect();
            blur_line(&mut column, &mut scratch.row, radius);
            for (target, value) in scratch.small.iter_mut().skip(x).step_by(width).zip(&column) {
                *target = *value;
            }
        }
    }
    debug_assert_eq!(scratch.small.len(), width * height);
    let zero = if siting == Siting::Luma { 16.0 } else { 128.0 };
    for sample in &mut scratch.small {
        *sample = (zero + (f64::from(*sample) - zero) * LIGHT).round() as u8;
    }
    Ok(())
}

/// Replaces each sample by the mean of its neighbourhood, edges held.
fn blur_line(line: &mut [u8], copy: &mut Vec<u8>, radius: usize) {
    copy.clear();
    let (Some(first), Some(last)) = (line.first().copied(), line.last().copied()) else {
        return;
    };
    copy.extend(std::iter::repeat_n(first, radius));
    copy.extend_from_slice(line);
    copy.extend(std::iter::repeat_n(last, radius));
    let count = (2 * radius + 1) as u32;
    for (target, window) in line.iter_mut().zip(copy.windows(count as usize)) {
        let sum: u32 = window.iter().map(|sample| u32::from(*sample)).sum();
        *target = ((sum + count / 2) / count) as u8;
    }
}

/// Stretches the small fill over what the inner area leaves free.
fn bars(
    scaler: &mut Scaler,
    scratch: &Scratch,
    to: &mut PlaneMut<'_>,
    [left, top, width, height]: [u32; 4],
) -> Result<(), ScaleError> {
    let (small_w, small_h) = small_size(to);
    let small = Plane {
        bytes: &scratch.small,
        stride: small_w,
        width: small_w,
        height: small_h,
    };
    let (right, bottom) = (left + width, top + height);
    let around = [
        [0, 0, to.width, top],
        [0, bottom, to.width, to.height - bottom],
        [0, top, left, height],
        [right, top, to.width - right, height],
    ];
    let (across, down) = (
        f64::from(small_w) / f64::from(to.width),
        f64::from(small_h) / f64::from(to.height),
    );
    for area in around {
        let [x, y, w, h] = area.map(f64::from);
        if w < 1.0 || h < 1.0 {
            continue;
        }
        let part = PixelBox {
            x: x * across,
            y: y * down,
            w: (w * across).min(f64::from(small_w) - x * across),
            h: (h * down).min(f64::from(small_h) - y * down),
        };
        scaler.plane(&small, part, to, area, fir::FilterType::Bilinear)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_picture_is_centred_with_even_edges() {
        for ((w, h), aspect, expect) in [
            ((1080, 1920), 16.0 / 9.0, [0, 656, 1080, 608]),
            ((1920, 1080), 9.0 / 16.0, [656, 0, 608, 1080]),
            ((1080, 1920), 9.0 / 16.0, [0, 0, 1080, 1920]),
            ((1080, 1080), 4.0 / 3.0, [0, 134, 1080, 810]),
        ] {
            assert_eq!(inner(w, h, aspect), expect, "{aspect} in {w}×{h}");
        }
    }
}

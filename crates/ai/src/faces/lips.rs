//! How much a mouth moves between two pictures, beside the head.

use footage::picture::PixelBox;

use super::{GrayImage, OwnedImage};

/// The side in pixels to which a face is brought.
const SIDE: usize = 48;
/// Rows of the face that move with the head only: brows to the tip of the nose.
const HEAD: std::ops::Range<usize> = 8..28;
/// Columns of the head that are compared; hair and background at the sides move otherwise.
const HEAD_COLUMNS: std::ops::Range<usize> = 8..40;
/// Rows and columns of lips and chin.
const MOUTH: std::ops::Range<usize> = 30..45;
const MOUTH_COLUMNS: std::ops::Range<usize> = 12..36;
/// Farthest move of a head from one picture to the next, in pixels of [`SIDE`].
const REACH: isize = 3;
/// Contrast in levels below which a face shows nothing.
const FLAT: f64 = 4.0;

/// Returns how much the mouth of `face` moved from `before` to `now`, 0..=1: the difference that the
/// move of the head leaves unexplained, over the contrast of the face. Both pictures are of the
/// same size.
pub fn movement(before: GrayImage<'_>, now: GrayImage<'_>, face: PixelBox) -> f32 {
    let whole = (f64::from(now.width), f64::from(now.height));
    let seen = face.clipped(whole.0, whole.1);
    if (before.width, before.height) != (now.width, now.height)
        || face.area() <= 0.0
        || seen.area() < 0.8 * face.area()
    {
        return 0.0;
    }
    let before = brought(before, seen);
    let now = brought(now, seen);
    let contrast = deviation(&now, HEAD, HEAD_COLUMNS);
    if contrast < FLAT {
        return 0.0;
    }
    let mut best = (f64::MAX, 0, 0);
    for dy in -REACH..=REACH {
        for dx in -REACH..=REACH {
            let off = difference(&before, &now, HEAD, HEAD_COLUMNS, (dx, dy));
            if off < best.0 {
                best = (off, dx, dy);
            }
        }
    }
    let (head, dx, dy) = best;
    let mouth = difference(&before, &now, MOUTH, MOUTH_COLUMNS, (dx, dy));
    ((mouth - head) / contrast).clamp(0.0, 1.0) as f32
}

/// Returns the part of a picture inside `face`, [`SIDE`] pixels wide and high.
fn brought(image: GrayImage<'_>, face: PixelBox) -> Vec<f64> {
    // Averages first, so that a large face does not flicker with the noise of single pixels.
    let factor = (2.0 * SIDE as f64 / face.w.max(face.h)).min(1.0);
    let OwnedImage {
        width,
        height,
        pixels,
    } = image.cut(face, factor);
    let (width, height) = (width as usize, height as usize);
    let mut out = Vec::with_capacity(SIDE * SIDE);
    for y in 0..SIDE {
        let rows = y * height / SIDE..((y + 1) * height / SIDE).max(y * height / SIDE + 1);
        for x in 0..SIDE {
            let columns = x * width / SIDE..((x + 1) * width / SIDE).max(x * width / SIDE + 1);
            let (mut sum, mut count) = (0.0, 0.0);
            for row in rows.clone() {
                let line = pixels.get(row * width..).unwrap_or_default();
                for pixel in line.get(columns.clone()).unwrap_or_default() {
                    sum += f64::from(*pixel);
                    count += 1.0;
                }
            }
            out.push(if count > 0.0 { sum / count } else { 0.0 });
        }
    }
    out
}

fn deviation(pixels: &[f64], rows: std::ops::Range<usize>, columns: std::ops::Range<usize>) -> f64 {
    let values = || {
        rows.clone().flat_map(|row| {
            let line = pixels.get(row * SIDE..).unwrap_or_default();
            line.get(columns.clone()).unwrap_or_default()
        })
    };
    let count = values().count().max(1) as f64;
    let mean = values().sum::<f64>() / count;
    (values()
        .map(|value| (value - mean) * (value - mean))
        .sum::<f64>()
        / count)
        .sqrt()
}

/// Returns the mean difference of a part of `now` to `before` moved by `(dx, dy)`; light that
/// changes evenly is no difference.
fn difference(
    before: &[f64],
    now: &[f64],
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
    (dx, dy): (isize, isize),
) -> f64 {
    let mut offs: Vec<f64> = Vec::with_capacity(rows.len() * columns.len());
    for row in rows {
        let Some(from) = row.checked_add_signed(dy) else {
            continue;
        };
        for column in columns.clone() {
            let old = column
                .checked_add_signed(dx)
                .filter(|column| *column < SIDE)
                .and_then(|column| before.get(from * SIDE + column));
            if let (Some(old), Some(new)) = (old, now.get(row * SIDE + column)) {
                offs.push(new - old);
            }
        }
    }
    let count = offs.len().max(1) as f64;
    let mean = offs.iter().sum::<f64>() / count;
    offs.iter().map(|off| (off - mean).abs()).sum::<f64>() / count
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACE: PixelBox = PixelBox {
        x: 40.0,
        y: 30.0,
        w: 100.0,
        h: 110.0,
    };

    /// Draws a face: eyes, and a mouth of a height, moved to the right.
    fn drawn(mouth: f64, right: f64, light: f64) -> Vec<u8> {
        let mut pixels = Vec::with_capacity(200 * 160);
        for y in 0..160 {
            for x in 0..200 {
                let (x, y) = (f64::from(x) - 40.0 - right, f64::from(y) - 30.0);
                let dark = |cx: f64, cy: f64, rx: f64, ry: f64| {
                    let (a, b) = ((x - cx) / rx, (y - cy) / ry);
                    (1.5 - (a * a + b * b)).clamp(0.0, 1.0)
                };
                let eyes = dark(30.0, 45.0, 10.0, 6.0) + dark(70.0, 45.0, 10.0, 6.0);
                let lips = dark(50.0, 86.0, 18.0, mouth);
                pixels.push((170.0 + light - 90.0 * eyes - 90.0 * lips).clamp(0.0, 255.0) as u8);
            }
        }
        pixels
    }

    fn moved(before: &[u8], now: &[u8]) -> f32 {
        let image = |pixels| GrayImage::new(200, 160, pixels).unwrap();
        movement(image(before), image(now), FACE)
    }

    #[test]
    fn a_mouth_that_opens_moves_and_a_head_that_turns_does_not() {
        let closed = drawn(3.0, 0.0, 0.0);
        let spoke = moved(&closed, &drawn(12.0, 0.0, 0.0));
        assert!(spoke > 0.15, "it opened: {spoke}");
        assert!(moved(&closed, &closed) < 1e-6, "nothing moved");
        let turned = moved(&closed, &drawn(3.0, 4.0, 0.0));
        assert!(
            turned < spoke / 4.0,
            "the head moved: {turned} against {spoke}"
        );
        let lit = moved(&closed, &drawn(3.0, 0.0, 30.0));
        assert!(lit < spoke / 10.0, "it became lighter: {lit}");
        let both = moved(&closed, &drawn(12.0, 4.0, 0.0));
        assert!(both > spoke / 2.0, "both at once: {both}");
    }

    #[test]
    fn what_cannot_be_seen_does_not_move() {
        let gray = vec![128; 200 * 160];
        assert!(moved(&gray, &drawn(12.0, 0.0, 0.0)) <= 1.0);
        assert!(moved(&gray, &gray) < 1e-6, "a wall");
        let image = GrayImage::new(200, 160, &gray).unwrap();
        let outside = PixelBox { x: 180.0, ..FACE };
        assert!(movement(image, image, outside) < 1e-6, "half outside");
        let small = vec![0; 4];
        let other = GrayImage::new(2, 2, &small).unwrap();
        assert!(movement(other, image, FACE) < 1e-6, "another size");
    }
}

//! Following a head from picture to picture by how it looks, also when it turns its face away.

use footage::picture::PixelBox;

use super::GrayImage;

/// The side in samples of what is compared.
const SIDE: usize = 20;
/// What is compared reaches beyond the face, to the hair: in sizes of the face.
const REACH: f64 = 1.3;
/// Farthest move from one picture to the next, in sizes of the face.
const FARTHEST: f64 = 0.4;
/// Places that are tried on each side of the middle, along each axis.
const TRIES: i32 = 8;
/// Correlation from which on it is the same head.
const SAME: f64 = 0.72;
/// Correlation below which what the head looks like is noted anew. A head that hardly changes is
/// compared with one picture for long, so that small errors do not add up.
const ANEW: f64 = 0.9;

/// What a head looked like, and where it is.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) face: PixelBox,
    /// Brightness, its mean taken off and brought to one length; empty for what shows nothing.
    pattern: Vec<f32>,
    /// The same of its face when that was found.
    found: Vec<f32>,
}

impl Head {
    /// Returns what is to be followed of a face.
    pub(super) fn of(image: GrayImage<'_>, face: PixelBox) -> Self {
        let pattern = pattern(image, face).unwrap_or_default();
        Self {
            face,
            found: pattern.clone(),
            pattern,
        }
    }

    /// Returns how much a face looks like the one that this head had when it was found, -1..=1.
    pub(super) fn likeness(&self, image: GrayImage<'_>, face: PixelBox) -> f64 {
        pattern(image, face).map_or(0.0, |seen| correlation(&seen, &self.found))
    }

    /// Returns where the head is in the next picture, or `None` where it is not seen.
    pub(super) fn next(mut self, image: GrayImage<'_>) -> Option<Self> {
        let step = FARTHEST * self.face.w.max(self.face.h) / f64::from(TRIES);
        let mut best = self.best_around(image, self.face, step, TRIES)?;
        // Between the places that were tried.
        if step > 1.0 {
            best = self.best_around(image, best.1, step / 3.0, 2)?;
        }
        let (likeness, face) = best;
        if likeness < SAME {
            return None;
        }
        self.face = face;
        if likeness < ANEW {
            self.pattern = pattern(image, face)?;
        }
        Some(self)
    }

    fn best_around(
        &self,
        image: GrayImage<'_>,
        middle: PixelBox,
        step: f64,
        tries: i32,
    ) -> Option<(f64, PixelBox)> {
        let mut best: Option<(f64, PixelBox)> = None;
        for dy in -tries..=tries {
            for dx in -tries..=tries {
                let place = PixelBox {
                    x: middle.x + f64::from(dx) * step,
                    y: middle.y + f64::from(dy) * step,
                    ..middle
                };
                let Some(seen) = pattern(image, place) else {
                    continue;
                };
                // Nearer is likelier, by a trifle: a plain wall looks the same everywhere.
                let far = f64::from(dx * dx + dy * dy) / f64::from(2 * tries * tries);
                let likeness = correlation(&seen, &self.pattern) - 0.02 * far;
                if best.is_none_or(|(most, _)| likeness > most) {
                    best = Some((likeness, place));
                }
            }
        }
        best
    }
}

/// Returns the correlation of two patterns, 0 where one shows nothing.
fn correlation(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum()
}

/// Returns how a place looks; `None` where it is plain, or half outside.
fn pattern(image: GrayImage<'_>, face: PixelBox) -> Option<Vec<f32>> {
    let (width, height) = (f64::from(image.width), f64::from(image.height));
    if face.clipped(width, height).area() < 0.6 * face.area() {
        return None;
    }
    let (w, h) = (face.w * REACH, face.h * REACH);
    let (left, top) = (face.center_x() - w / 2.0, face.center_y() - h / 2.0);
    let mut samples = Vec::with_capacity(SIDE * SIDE);
    for row in 0..SIDE {
        let y = top + (row as f64 + 0.5) * h / SIDE as f64;
        let y = y.clamp(0.0, height - 1.0) as usize;
        let line = image.pixels.get(y * image.width as usize..)?;
        for column in 0..SIDE {
            let x = left + (column as f64 + 0.5) * w / SIDE as f64;
            let x = x.clamp(0.0, width - 1.0) as usize;
            samples.push(f32::from(*line.get(x)?));
        }
    }
    let mean = samples.iter().sum::<f32>() / samples.len() as f32;
    let mut length = 0.0;
    for sample in &mut samples {
        *sample -= mean;
        length += *sample * *sample;
    }
    let length = length.sqrt();
    // Less than four levels of contrast.
    if length < 4.0 * SIDE as f32 {
        return None;
    }
    for sample in &mut samples {
        *sample /= length;
    }
    Some(samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: (u32, u32) = (320, 180);

    /// Draws a head at a place before a wall with stripes; it turns by `turn` from 0 to 1.
    fn drawn(head: Option<(f64, f64)>, turn: f64) -> Vec<u8> {
        let mut pixels = Vec::with_capacity((SIZE.0 * SIZE.1) as usize);
        for y in 0..SIZE.1 {
            for x in 0..SIZE.0 {
                let (x, y) = (f64::from(x), f64::from(y));
                let mut value = 120.0 + 20.0 * (x * 0.05).sin();
                if let Some((left, top)) = head {
                    let (x, y) = ((x - left) / 30.0 - 0.5, (y - top) / 36.0 - 0.5);
                    if x * x + y * y < 0.25 {
                        // Hair above, and a nose that goes to one side.
                        let nose = (x - 0.3 * turn).abs() < 0.08 && y.abs() < 0.15;
                        value = if y < -0.25 || nose { 40.0 } else { 200.0 };
                    }
                }
                pixels.push(value as u8);
            }
        }
        pixels
    }

    fn at(pixels: &[u8]) -> GrayImage<'_> {
        GrayImage::new(SIZE.0, SIZE.1, pixels).unwrap()
    }

    #[test]
    fn a_head_that_turns_and_walks_is_followed_and_one_that_is_gone_is_not() {
        let face = |left: f64| PixelBox {
            x: left,
            y: 60.0,
            w: 30.0,
            h: 36.0,
        };
        let first = drawn(Some((100.0, 60.0)), 0.0);
        let mut head = Head::of(at(&first), face(100.0));
        for step in 1..=40 {
            let left = 100.0 + f64::from(step) * 3.0;
            let picture = drawn(Some((left, 60.0)), f64::from(step) / 40.0);
            head = head.next(at(&picture)).unwrap();
            let overlap = head.face.iou(face(left));
            assert!(overlap > 0.6, "step {step}: {:?}, {overlap}", head.face);
        }
        assert!(head.next(at(&drawn(None, 0.0))).is_none(), "gone");
    }

    #[test]
    fn nothing_is_followed_on_a_wall() {
        let wall = vec![128; (SIZE.0 * SIZE.1) as usize];
        let face = PixelBox {
            x: 290.0,
            y: 10.0,
            w: 30.0,
            h: 30.0,
        };
        assert!(Head::of(at(&wall), face).next(at(&wall)).is_none());
    }
}

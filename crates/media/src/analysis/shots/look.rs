//! The look of one frame: small luma and chroma, and how two looks differ.

use footage::time::SourceTime;

/// Columns of the small luma picture.
pub(crate) const WIDTH: usize = 64;
/// Rows of the small luma picture.
pub(crate) const HEIGHT: usize = 36;
/// Columns of the small chroma pictures.
pub(crate) const CHROMA_WIDTH: usize = 32;
/// Rows of the small chroma pictures.
pub(crate) const CHROMA_HEIGHT: usize = 18;

/// A block's size, and how far it may move from one frame to the next, in small pixels (a small
/// pixel is 30 pixels of 1080p).
const BLOCK: (usize, usize) = (8, 6);
const SEARCH: (isize, isize) = (5, 3);

/// Mean difference of a block's luma from which on it shows something else.
const CHANGED: f32 = 6.0;
/// A block with less between its darkest and brightest is plain.
const PLAIN: u8 = 8;

/// The look of one frame.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub(crate) time: SourceTime,
    luma: Vec<u8>,
    /// Cb then Cr.
    chroma: Vec<u8>,
    mean: f32,
    /// Standard deviation of luma: 0 for one flat colour.
    pub(crate) contrast: f32,
}

impl Look {
    /// Returns the look of a frame from small planes of the sizes above; chroma may be empty.
    pub(crate) fn new(time: SourceTime, luma: Vec<u8>, chroma: Vec<u8>) -> Self {
        let count = luma.len().max(1) as f32;
        let mean = luma.iter().map(|&v| f32::from(v)).sum::<f32>() / count;
        let variance = luma
            .iter()
            .map(|&v| (f32::from(v) - mean) * (f32::from(v) - mean))
            .sum::<f32>()
            / count;
        Self {
            time,
            luma,
            chroma,
            mean,
            contrast: variance.sqrt(),
        }
    }

    /// Returns whether the picture is one colour.
    pub(crate) fn is_flat(&self) -> bool {
        self.contrast < 5.0
    }

    /// Returns the mean absolute luma difference in 0..=255.
    pub(crate) fn change(&self, other: &Self) -> f32 {
        mean_difference(&self.luma, &other.luma)
    }

    /// Returns the difference in 0..=510 that motion of blocks does not explain: luma after block
    /// matching, plus chroma.
    pub(crate) fn difference(&self, other: &Self) -> f32 {
        let still = self.change(other);
        let chroma = mean_difference(&self.chroma, &other.chroma);
        if still < 2.0 {
            return still + chroma;
        }
        matched(&self.luma, &other.luma) + chroma
    }

    /// Returns the share of the picture in which this look shows what `before` did not, motion aside.
    /// Bars at the sides, which never show anything, are no part of it.
    pub(crate) fn changed(&self, before: &Self) -> f32 {
        let shows = |luma: &[u8], left: usize, top: usize| {
            let rows = (top..top + BLOCK.1).filter_map(|y| luma.get(y * WIDTH + left..));
            let pixels = rows.flat_map(|row| row.iter().take(BLOCK.0));
            let (low, high) =
                pixels.fold((u8::MAX, 0), |(low, high), &v| (low.min(v), high.max(v)));
            high.saturating_sub(low) >= PLAIN
        };
        let (mut changed, mut shown) = (0, 0);
        for (left, top, off) in matches(&self.luma, &before.luma) {
            let other = off as f32 > CHANGED * (BLOCK.0 * BLOCK.1) as f32;
            let plain = !shows(&self.luma, left, top) && !shows(&before.luma, left, top);
            changed += usize::from(other);
            shown += usize::from(other || !plain);
        }
        changed as f32 / shown.max(1) as f32
    }

    /// Returns the mean absolute difference of luma and chroma without block matching.
    pub(crate) fn distance(&self, other: &Self) -> f32 {
        self.change(other) + mean_difference(&self.chroma, &other.chroma)
    }

    /// Returns how far this look is from the mix of `a` and `b` with `share` of `b`.
    pub(crate) fn off_mix(&self, a: &Self, b: &Self, share: f32) -> f32 {
        let far = |own: &[u8], a: &[u8], b: &[u8]| {
            let total: f32 = own
                .iter()
                .zip(a)
                .zip(b)
                .map(|((&own, &a), &b)| {
                    let mix = f32::from(a) + (f32::from(b) - f32::from(a)) * share;
                    (f32::from(own) - mix).abs()
                })
                .sum();
            total / own.len().max(1) as f32
        };
        far(&self.luma, &a.luma, &b.luma) + far(&self.chroma, &a.chroma, &b.chroma)
    }

    /// Returns the correlation of luma in −1..=1 at the best shift of a few small pixels: near 1
    /// for the same scene in another light. 0 when either picture is flat.
    pub(crate) fn likeness(&self, other: &Self) -> f32 {
        if self.is_flat() || other.is_flat() {
            return 0.0;
        }
        let mut best = -1.0_f32;
        for dy in -2..=2 {
            for dx in -4..=4 {
                best = best.max(self.correlation(other, dx, dy));
            }
        }
        best
    }

    fn correlation(&self, other: &Self, dx: isize, dy: isize) -> f32 {
        let (mut count, mut sum_a, mut sum_b) = (0.0_f32, 0.0_f32, 0.0_f32);
        let (mut aa, mut bb, mut ab) = (0.0_f32, 0.0_f32, 0.0_f32);
        for y in 0..HEIGHT {
            let Some(oy) = y.checked_add_signed(dy).filter(|&oy| oy < HEIGHT) else {
                continue;
            };
            let from = dx.max(0) as usize;
            let skip = (-dx).max(0) as usize;
            let length = WIDTH - from.max(skip);
            let a = self.luma.get(y * WIDTH + skip..).unwrap_or_default();
            let b = other.luma.get(oy * WIDTH + from..).unwrap_or_default();
            for (&a, &b) in a.iter().zip(b).take(length) {
                // Around the mean, so that f32 sums stay exact enough.
                let (a, b) = (f32::from(a) - self.mean, f32::from(b) - other.mean);
                count += 1.0;
                sum_a += a;
                sum_b += b;
                aa += a * a;
                bb += b * b;
                ab += a * b;
            }
        }
        if count == 0.0 {
            return 0.0;
        }
        let cov = ab - sum_a * sum_b / count;
        let va = aa - sum_a * sum_a / count;
        let vb = bb - sum_b * sum_b / count;
        if va <= 1.0 || vb <= 1.0 {
            0.0
        } else {
            cov / (va.sqrt() * vb.sqrt())
        }
    }
}

fn mean_difference(a: &[u8], b: &[u8]) -> f32 {
    let total: u32 = a
        .iter()
        .zip(b)
        .map(|(&a, &b)| u32::from(a.abs_diff(b)))
        .sum();
    total as f32 / a.len().max(1) as f32
}

/// Returns the mean difference per pixel after each block of `b` is taken from where in `a` it
/// fits best.
fn matched(a: &[u8], b: &[u8]) -> f32 {
    let total: u32 = matches(a, b).map(|(_, _, off)| off).sum();
    total as f32 / (WIDTH * HEIGHT) as f32
}

/// Returns for each block of `b` where it is and its difference to where in `a` it fits best.
fn matches<'a>(a: &'a [u8], b: &'a [u8]) -> impl Iterator<Item = (usize, usize, u32)> + 'a {
    let tops = (0..HEIGHT).step_by(BLOCK.1);
    let blocks = tops.flat_map(|top| (0..WIDTH).step_by(BLOCK.0).map(move |left| (left, top)));
    blocks.map(|(left, top)| {
        let mut best = block_difference(a, b, left, top, left, top);
        for dy in -SEARCH.1..=SEARCH.1 {
            let Some(y) = top.checked_add_signed(dy).filter(|y| y + BLOCK.1 <= HEIGHT) else {
                continue;
            };
            for dx in -SEARCH.0..=SEARCH.0 {
                let Some(x) = left.checked_add_signed(dx).filter(|x| x + BLOCK.0 <= WIDTH) else {
                    continue;
                };
                best = best.min(block_difference(a, b, x, y, left, top));
            }
        }
        (left, top, best)
    })
}

fn block_difference(a: &[u8], b: &[u8], ax: usize, ay: usize, bx: usize, by: usize) -> u32 {
    let mut sum = 0;
    for row in 0..BLOCK.1 {
        let a = a
            .get((ay + row) * WIDTH + ax..)
            .and_then(|a| a.first_chunk::<8>());
        let b = b
            .get((by + row) * WIDTH + bx..)
            .and_then(|b| b.first_chunk::<8>());
        if let (Some(a), Some(b)) = (a, b) {
            for (a, b) in a.iter().zip(b) {
                sum += u32::from(a.abs_diff(*b));
            }
        }
    }
    sum
}

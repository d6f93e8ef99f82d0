//! Catmull-Rom scaling of 8-bit planes for the scales of reels: enlarging, and reducing to half.
//!
//! `fast_image_resize` is made for reducing: with the four taps of enlarging its horizontal pass
//! runs scalar and takes most of a frame's time. Here both passes have a fixed number of taps that
//! the compiler unrolls and vectorises.

use footage::picture::PixelBox;

use super::scale::{Plane, PlaneMut};

/// Weights are fractions of 2¹⁴, so that a tap and a sample multiply within 32 bits.
const ONE: i32 = 1 << 14;

/// Buffers kept between planes.
#[derive(Default)]
pub(super) struct Kernel {
    /// A source row with its edges held beyond both ends.
    row: Vec<u8>,
    /// Rows that are scaled across, not down yet.
    across: Vec<u8>,
}

/// Where each output sample looks and how much it takes of each of `N` samples.
struct Taps<const N: usize> {
    /// First sample, from −`N`.
    first: Vec<i64>,
    weights: Vec<[i16; N]>,
}

impl Kernel {
    /// Stretches `part` of a plane over `area` (left, top, width, height) of another. Returns
    /// whether it did: not when it would reduce to less than half.
    pub(super) fn scale(
        &mut self,
        from: &Plane<'_>,
        part: PixelBox,
        to: &mut PlaneMut<'_>,
        area: [u32; 4],
    ) -> bool {
        let [_, _, width, height] = area.map(f64::from);
        let scale = (part.w / width).max(part.h / height);
        if scale <= 1.0 {
            self.scale_by::<4>(from, part, to, area)
        } else if scale <= 1.5 {
            self.scale_by::<6>(from, part, to, area)
        } else if scale <= 2.0 {
            self.scale_by::<8>(from, part, to, area)
        } else {
            false
        }
    }

    fn scale_by<const N: usize>(
        &mut self,
        from: &Plane<'_>,
        part: PixelBox,
        to: &mut PlaneMut<'_>,
        [left, top, width, height]: [u32; 4],
    ) -> bool {
        let (left, top) = (left as usize, top as usize);
        let (columns, rows) = (width as usize, height as usize);
        let stride = from.stride.max(1) as usize;
        let x_taps = Taps::<N>::new(part.x, part.w, columns);
        let y_taps = Taps::<N>::new(part.y, part.h, rows);
        let last = i64::from(from.height) - 1;
        let (Some(first_row), Some(end_row)) = (
            y_taps.first.first().map(|row| (*row).clamp(0, last)),
            y_taps
                .first
                .last()
                .map(|row| (*row + N as i64).clamp(1, last + 1)),
        ) else {
            return false;
        };
        self.across.clear();
        self.across
            .resize((end_row - first_row).max(0) as usize * columns, 0);
        let sources = from.bytes.chunks(stride).skip(first_row as usize);
        for (target, source) in self.across.chunks_exact_mut(columns).zip(sources) {
            let Some(source) = source.get(..from.width as usize) else {
                return false;
            };
            hold_edges::<N>(source, &mut self.row);
            across(&self.row, &x_taps, target);
        }
        let targets = to.bytes.chunks_mut(to.stride.max(1) as usize).skip(top);
        let taps = y_taps.first.iter().zip(&y_taps.weights);
        for (target, (first, weights)) in targets.zip(taps) {
            let Some(target) = target.get_mut(left..left + columns) else {
                return false;
            };
            let rows: [&[u8]; N] = std::array::from_fn(|tap| {
                let row = (first + tap as i64).clamp(first_row, end_row - 1) - first_row;
                let start = row as usize * columns;
                self.across.get(start..start + columns).unwrap_or_default()
            });
            down(&rows, weights, target);
        }
        true
    }
}

impl<const N: usize> Taps<N> {
    fn new(from: f64, length: f64, count: usize) -> Self {
        let scale = length / count as f64;
        let spread = scale.max(1.0);
        let mut taps = Self {
            first: Vec::with_capacity(count),
            weights: Vec::with_capacity(count),
        };
        for index in 0..count {
            let centre = from + (index as f64 + 0.5) * scale - 0.5;
            let first = centre.floor() as i64 - (N as i64 / 2 - 1);
            let raw: [f64; N] =
                std::array::from_fn(|tap| cubic(((first + tap as i64) as f64 - centre) / spread));
            let sum: f64 = raw.iter().sum();
            let mut weights = raw.map(|weight| (weight / sum * f64::from(ONE)).round() as i16);
            // Flat areas stay exactly as they are: rounding goes to the heaviest tap.
            let total: i32 = weights.iter().map(|weight| i32::from(*weight)).sum();
            if let Some(heaviest) = weights.iter_mut().max() {
                *heaviest += (ONE - total) as i16;
            }
            taps.first.push(first);
            taps.weights.push(weights);
        }
        taps
    }
}

/// The Catmull-Rom kernel (Keys 1981, a = −1/2).
fn cubic(x: f64) -> f64 {
    let x = x.abs();
    if x < 1.0 {
        (1.5 * x - 2.5) * x * x + 1.0
    } else if x < 2.0 {
        ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    } else {
        0.0
    }
}

/// Copies a row with `N` more of its first and last sample on each side.
fn hold_edges<const N: usize>(source: &[u8], row: &mut Vec<u8>) {
    row.clear();
    let (Some(first), Some(last)) = (source.first().copied(), source.last().copied()) else {
        return;
    };
    row.extend([first; N]);
    row.extend_from_slice(source);
    row.extend([last; N]);
}

fn across<const N: usize>(row: &[u8], taps: &Taps<N>, target: &mut [u8]) {
    for ((out, first), weights) in target.iter_mut().zip(&taps.first).zip(&taps.weights) {
        let start = (first + N as i64) as usize;
        let Some(samples) = row.get(start..).and_then(|rest| rest.first_chunk::<N>()) else {
            continue;
        };
        let mut sum = ONE / 2;
        for (sample, weight) in samples.iter().zip(weights) {
            sum += i32::from(*sample) * i32::from(*weight);
        }
        *out = (sum >> 14).clamp(0, 255) as u8;
    }
}

fn down<const N: usize>(rows: &[&[u8]; N], weights: &[i16; N], target: &mut [u8]) {
    // Slices of one length let the loop run without checks.
    let rows = rows.map(|row| row.get(..target.len()).unwrap_or_default());
    if rows.iter().any(|row| row.len() != target.len()) {
        return;
    }
    for (index, out) in target.iter_mut().enumerate() {
        let mut sum = ONE / 2;
        for (row, weight) in rows.iter().zip(weights) {
            let sample = row.get(index).copied().unwrap_or_default();
            sum += i32::from(sample) * i32::from(*weight);
        }
        *out = (sum >> 14).clamp(0, 255) as u8;
    }
}

#[cfg(test)]
mod tests {
    use fast_image_resize as fir;

    use super::super::scale::Scaler;
    use super::*;

    /// A picture with edges, slopes and grain.
    fn picture(width: usize, height: usize) -> Vec<u8> {
        let mut seed = 7_u32;
        (0..width * height)
            .map(|index| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let (x, y) = (index % width, index / width);
                let shape = if (x / 9 + y / 7) % 2 == 0 {
                    200
                } else {
                    40 + x % 64
                };
                (shape + (seed >> 28) as usize) as u8
            })
            .collect()
    }

    fn source(bytes: &[u8], width: u32, height: u32) -> Plane<'_> {
        Plane {
            bytes,
            stride: width,
            width,
            height,
        }
    }

    fn target(bytes: &mut [u8], width: u32, height: u32) -> PlaneMut<'_> {
        PlaneMut {
            bytes,
            stride: width,
            width,
            height,
        }
    }

    #[test]
    fn it_draws_what_the_reference_draws() {
        for ((x, y, w, h), (width, height)) in [
            ((3.3, 0.0, 60.7, 90.0), (108, 192)),
            ((20.25, 10.5, 100.0, 60.0), (80, 48)),
            ((0.0, 0.0, 160.0, 90.0), (82, 46)),
            ((99.3, 0.0, 60.7, 90.0), (107, 191)),
        ] {
            let bytes = picture(160, 90);
            let from = source(&bytes, 160, 90);
            let part = PixelBox { x, y, w, h };
            let size = (width * height) as usize;
            let (mut own, mut reference) = (vec![0; size], vec![0; size]);
            let area = [0, 0, width, height];
            let mut own_plane = target(&mut own, width, height);
            assert!(Kernel::default().scale(&from, part, &mut own_plane, area));
            let mut other = target(&mut reference, width, height);
            Scaler::default()
                .plane(&from, part, &mut other, area, fir::FilterType::CatmullRom)
                .unwrap();
            let inside = |index: &usize| {
                // Edges differ: here they are held, there the filter is cut off.
                let (x, y) = (index % width as usize, index / width as usize);
                (4..width as usize - 4).contains(&x) && (4..height as usize - 4).contains(&y)
            };
            let offs = (0..size)
                .filter(inside)
                .map(|index| own[index].abs_diff(reference[index]));
            let worst = offs.max();
            assert!(
                worst <= Some(2),
                "{part:?} to {width}×{height}: off by {worst:?}"
            );
        }
    }

    #[test]
    fn flat_stays_flat_and_small_scales_are_left_to_others() {
        let bytes = vec![77; 50 * 50];
        let from = source(&bytes, 50, 50);
        let mut out = vec![0; 90 * 90];
        let part = PixelBox {
            x: 0.1,
            y: 7.7,
            w: 31.3,
            h: 40.9,
        };
        let mut plane = target(&mut out, 90, 90);
        assert!(Kernel::default().scale(&from, part, &mut plane, [0, 0, 90, 90]));
        let whole = PixelBox {
            x: 0.0,
            y: 0.0,
            w: 50.0,
            h: 50.0,
        };
        assert!(!Kernel::default().scale(&from, whole, &mut plane, [0, 0, 20, 20]));
        assert!(out.iter().all(|sample| *sample == 77));
    }
}

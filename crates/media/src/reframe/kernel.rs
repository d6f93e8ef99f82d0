//! Catmull-Rom scaling of 8-bit planes with AVX2, from half the size upwards.
//!
//! `fast_image_resize` is made for reducing much: with few taps its passes run scalar and take most of a
//! frame's time. Where a picture is reduced to less than half, or the processor has no AVX2, it does the
//! work nevertheless.

use footage::picture::PixelBox;

use super::scale::{Plane, PlaneMut};

/// Samples that each output sample is made of when a picture is enlarged.
const FEW: usize = 4;
/// The same when it is reduced, to half at most.
const MANY: usize = 8;
/// How often the first and the last sample of a row are repeated: no tap reaches further.
const HELD: usize = MANY;
/// Weights are fractions of 2¹⁴, so that a tap and a sample multiply within 32 bits.
const SHIFT: i32 = 14;
const ONE: i32 = 1 << SHIFT;

/// Buffers kept between planes.
#[derive(Default)]
pub(super) struct Kernel {
    /// A source row with its edges held beyond both ends.
    row: Vec<u8>,
    /// Rows that are scaled across, not down yet.
    across: Vec<u8>,
}

/// Where each output sample looks, and how much it takes of each of the samples.
struct Taps<const N: usize> {
    /// First sample, from −[`HELD`].
    first: Vec<i64>,
    weights: Vec<[i16; N]>,
    /// The weights by fours, the first in the lowest bits.
    packed: Vec<[i64; MANY / 4]>,
}

impl Kernel {
    /// Stretches `part` of a plane over `area` (left, top, width, height) of another. Returns
    /// whether it did: only from half the size upwards, on a processor with AVX2.
    pub(super) fn scale(
        &mut self,
        from: &Plane<'_>,
        part: PixelBox,
        to: &mut PlaneMut<'_>,
        area: [u32; 4],
    ) -> bool {
        let [_, _, width, height] = area.map(f64::from);
        if !available() {
            false
        } else if part.w <= width && part.h <= height {
            self.stretch::<FEW>(from, part, to, area)
        } else if part.w <= width * 2.0 && part.h <= height * 2.0 {
            self.stretch::<MANY>(from, part, to, area)
        } else {
            false
        }
    }

    fn stretch<const N: usize>(
        &mut self,
        from: &Plane<'_>,
        part: PixelBox,
        to: &mut PlaneMut<'_>,
        [left, top, width, height]: [u32; 4],
    ) -> bool {
        let (left, top) = (left as usize, top as usize);
        let (columns, rows) = (width as usize, height as usize);
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
        let sources = from
            .bytes
            .chunks((from.stride as usize).max(1))
            .skip(first_row as usize);
        for (target, source) in self.across.chunks_exact_mut(columns).zip(sources) {
            let Some(source) = source.get(..from.width as usize) else {
                return false;
            };
            hold_edges(source, &mut self.row);
            across(&self.row, &x_taps, target);
        }
        let targets = to.bytes.chunks_mut((to.stride as usize).max(1)).skip(top);
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
            down(rows, *weights, target);
        }
        true
    }
}

impl<const N: usize> Taps<N> {
    fn new(from: f64, length: f64, count: usize) -> Self {
        let scale = length / count as f64;
        // Reducing, the filter is as much wider: with N = 8 it reaches two samples of the output.
        let reach = scale.max(1.0);
        let mut taps = Self {
            first: Vec::with_capacity(count),
            weights: Vec::with_capacity(count),
            packed: Vec::with_capacity(count),
        };
        for index in 0..count {
            let centre = from + (index as f64 + 0.5) * scale - 0.5;
            let first = centre.floor() as i64 - (N as i64 / 2 - 1);
            let raw: [f64; N] =
                std::array::from_fn(|tap| cubic(((first + tap as i64) as f64 - centre) / reach));
            let whole: f64 = raw.iter().sum();
            let mut weights = raw.map(|weight| (weight / whole * f64::from(ONE)).round() as i16);
            // Flat areas stay exactly as they are: rounding goes to the heaviest tap.
            let total: i32 = weights.iter().map(|weight| i32::from(*weight)).sum();
            if let Some(heaviest) = weights.iter_mut().max() {
                *heaviest += (ONE - total) as i16;
            }
            taps.first.push(first);
            taps.weights.push(weights);
            let mut packed = [0; MANY / 4];
            for (four, weights) in packed.iter_mut().zip(weights.as_chunks::<4>().0) {
                let parts = weights.map(|weight| i64::from(weight as u16));
                *four = (parts.iter().rev()).fold(0, |sum, part| sum << 16 | part);
            }
            taps.packed.push(packed);
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

/// Copies a row with [`HELD`] more of its first and last sample on each side.
fn hold_edges(source: &[u8], row: &mut Vec<u8>) {
    row.clear();
    let (Some(first), Some(last)) = (source.first().copied(), source.last().copied()) else {
        return;
    };
    row.extend([first; HELD]);
    row.extend_from_slice(source);
    row.extend([last; HELD]);
}

/// Returns the sum of samples times weights as a sample.
fn weigh<const N: usize>(samples: [u8; N], weights: [i16; N]) -> u8 {
    let products = samples
        .into_iter()
        .zip(weights)
        .map(|(sample, weight)| i32::from(sample) * i32::from(weight));
    ((products.sum::<i32>() + ONE / 2) >> SHIFT).clamp(0, 255) as u8
}

fn samples_at<const N: usize>(row: &[u8], first: i64) -> [u8; N] {
    let start = (first + HELD as i64) as usize;
    row.get(start..)
        .and_then(|rest| rest.first_chunk::<N>())
        .copied()
        .unwrap_or([0; N])
}

#[cfg(target_arch = "x86_64")]
fn available() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
}

#[cfg(not(target_arch = "x86_64"))]
fn available() -> bool {
    false
}

/// Scales one row; its samples start [`HELD`] after its beginning.
fn across<const N: usize>(row: &[u8], taps: &Taps<N>, target: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    #[expect(
        unsafe_code,
        reason = "functions for AVX2 are called after asking for it"
    )]
    // SAFETY: `scale` does nothing unless `available` found AVX2; all accesses are checked.
    let done = unsafe { avx2::across(row, taps, target) };
    #[cfg(not(target_arch = "x86_64"))]
    let done = 0;
    let rest = target.iter_mut().zip(&taps.first).zip(&taps.weights);
    for ((out, first), weights) in rest.skip(done) {
        *out = weigh(samples_at(row, *first), *weights);
    }
}

/// Mixes rows into one.
fn down<const N: usize>(rows: [&[u8]; N], weights: [i16; N], target: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    #[expect(
        unsafe_code,
        reason = "functions for AVX2 are called after asking for it"
    )]
    // SAFETY: `scale` does nothing unless `available` found AVX2; all accesses are checked.
    let done = unsafe { avx2::down(rows, weights, target) };
    #[cfg(not(target_arch = "x86_64"))]
    let done = 0;
    for (index, out) in target.iter_mut().enumerate().skip(done) {
        let samples = rows.map(|row| row.get(index).copied().unwrap_or_default());
        *out = weigh(samples, weights);
    }
}

/// The same sums, 8 and 16 at a time. Each returns how many samples it made.
#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m128i, __m256i, _mm_cvtsi128_si64, _mm_extract_epi64, _mm_packs_epi32, _mm_packus_epi16,
        _mm_set_epi64x, _mm_unpackhi_epi8, _mm_unpacklo_epi8, _mm256_add_epi32,
        _mm256_castsi256_si128, _mm256_cvtepu8_epi16, _mm256_extracti128_si256, _mm256_hadd_epi32,
        _mm256_madd_epi16, _mm256_packs_epi32, _mm256_permute4x64_epi64,
        _mm256_permutevar8x32_epi32, _mm256_set_epi32, _mm256_set_epi64x, _mm256_set1_epi32,
        _mm256_srai_epi32,
    };

    use super::{FEW, MANY, ONE, SHIFT, Taps, samples_at};

    #[target_feature(enable = "avx2")]
    pub(super) fn across<const N: usize>(row: &[u8], taps: &Taps<N>, target: &mut [u8]) -> usize {
        let round = _mm256_set1_epi32(ONE / 2);
        let groups = target
            .as_chunks_mut::<8>()
            .0
            .iter_mut()
            .zip(taps.first.as_chunks::<8>().0)
            .zip(taps.packed.as_chunks::<8>().0);
        let mut done = 0;
        for ((out, first), weights) in groups {
            let sums = if N == FEW {
                few(row, first, weights)
            } else {
                many(row, first, weights)
            };
            let sums = _mm256_srai_epi32::<SHIFT>(_mm256_add_epi32(sums, round));
            let words = _mm_packs_epi32(
                _mm256_castsi256_si128(sums),
                _mm256_extracti128_si256::<1>(sums),
            );
            *out = _mm_cvtsi128_si64(_mm_packus_epi16(words, words)).to_le_bytes();
            done += 8;
        }
        done
    }

    /// Returns eight sums of four samples. Pairs are summed by the multiplication, pairs of pairs by the
    /// horizontal sum.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn few(row: &[u8], first: &[i64; 8], weights: &[[i64; 2]; 8]) -> __m256i {
        let order = _mm256_set_epi32(7, 6, 3, 2, 5, 4, 1, 0);
        let [a, b, c, d, e, f, g, h] =
            first.map(|first| i32::from_le_bytes(samples_at::<FEW>(row, first)));
        let samples = _mm256_set_epi32(h, g, f, e, d, c, b, a);
        let [p, q, r, s, t, u, v, w] = weights.map(|[weights, _]| weights);
        let low = _mm256_madd_epi16(
            _mm256_cvtepu8_epi16(_mm256_castsi256_si128(samples)),
            _mm256_set_epi64x(s, r, q, p),
        );
        let high = _mm256_madd_epi16(
            _mm256_cvtepu8_epi16(_mm256_extracti128_si256::<1>(samples)),
            _mm256_set_epi64x(w, v, u, t),
        );
        _mm256_permutevar8x32_epi32(_mm256_hadd_epi32(low, high), order)
    }

    /// Returns eight sums of eight samples. Each half of a register has the products of one sum, so that
    /// two horizontal sums leave them in order.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn many(row: &[u8], first: &[i64; 8], weights: &[[i64; 2]; 8]) -> __m256i {
        let [a, b, c, d, e, f, g, h] =
            first.map(|first| i64::from_le_bytes(samples_at::<MANY>(row, first)));
        let [p, q, r, s, t, u, v, w] = *weights;
        let upper = _mm256_hadd_epi32(products(a, e, p, t), products(b, f, q, u));
        let lower = _mm256_hadd_epi32(products(c, g, r, v), products(d, h, s, w));
        _mm256_hadd_epi32(upper, lower)
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn products(one: i64, other: i64, [a, b]: [i64; 2], [c, d]: [i64; 2]) -> __m256i {
        _mm256_madd_epi16(
            _mm256_cvtepu8_epi16(_mm_set_epi64x(other, one)),
            _mm256_set_epi64x(d, c, b, a),
        )
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn down<const N: usize>(
        rows: [&[u8]; N],
        weights: [i16; N],
        target: &mut [u8],
    ) -> usize {
        let rows = rows.map(|row| row.as_chunks::<16>().0);
        let targets = target.as_chunks_mut::<16>().0.iter_mut();
        let (rows, weights) = (rows.as_chunks::<FEW>().0, weights.as_chunks::<FEW>().0);
        let mut done = 0;
        match (rows, weights) {
            ([[r0, r1, r2, r3]], [weights]) => {
                let weights = pairs(*weights);
                for ((((out, r0), r1), r2), r3) in targets.zip(*r0).zip(*r1).zip(*r2).zip(*r3) {
                    *out = scaled_back(mixed([r0, r1, r2, r3], weights));
                    done += 16;
                }
            }
            ([[r0, r1, r2, r3], [r4, r5, r6, r7]], [upper, lower]) => {
                let (upper, lower) = (pairs(*upper), pairs(*lower));
                let first = r0.iter().zip(*r1).zip(*r2).zip(*r3);
                let second = r4.iter().zip(*r5).zip(*r6).zip(*r7);
                for ((out, (((r0, r1), r2), r3)), (((r4, r5), r6), r7)) in
                    targets.zip(first).zip(second)
                {
                    let [a, b] = mixed([r0, r1, r2, r3], upper);
                    let [c, d] = mixed([r4, r5, r6, r7], lower);
                    *out = scaled_back([_mm256_add_epi32(a, c), _mm256_add_epi32(b, d)]);
                    done += 16;
                }
            }
            _ => {}
        }
        done
    }

    /// Returns two weights of rows in turn, for the first pair of rows and for the second.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn pairs([w0, w1, w2, w3]: [i16; 4]) -> [__m256i; 2] {
        let pair = |low: i16, high: i16| (i32::from(high) << 16) | (i32::from(low) & 0xffff);
        [
            _mm256_set1_epi32(pair(w0, w1)),
            _mm256_set1_epi32(pair(w2, w3)),
        ]
    }

    /// Returns sixteen sums of four samples, the first eight of them first.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn mixed(rows: [&[u8; 16]; 4], weights: [__m256i; 2]) -> [__m256i; 2] {
        let [r0, r1, r2, r3] = rows;
        let (r0, r1, r2, r3) = (load(r0), load(r1), load(r2), load(r3));
        [
            sums(
                _mm_unpacklo_epi8(r0, r1),
                _mm_unpacklo_epi8(r2, r3),
                weights,
            ),
            sums(
                _mm_unpackhi_epi8(r0, r1),
                _mm_unpackhi_epi8(r2, r3),
                weights,
            ),
        ]
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn sums(first: __m128i, second: __m128i, [upper, lower]: [__m256i; 2]) -> __m256i {
        _mm256_add_epi32(
            _mm256_madd_epi16(_mm256_cvtepu8_epi16(first), upper),
            _mm256_madd_epi16(_mm256_cvtepu8_epi16(second), lower),
        )
    }

    /// Returns sums as samples.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn scaled_back([low, high]: [__m256i; 2]) -> [u8; 16] {
        let round = _mm256_set1_epi32(ONE / 2);
        let low = _mm256_srai_epi32::<SHIFT>(_mm256_add_epi32(low, round));
        let high = _mm256_srai_epi32::<SHIFT>(_mm256_add_epi32(high, round));
        // Packing works in halves; the permutation puts them in order.
        let words = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi32(low, high));
        let bytes = _mm_packus_epi16(
            _mm256_castsi256_si128(words),
            _mm256_extracti128_si256::<1>(words),
        );
        let (first, second) = (_mm_cvtsi128_si64(bytes), _mm_extract_epi64::<1>(bytes));
        (u128::from(second as u64) << 64 | u128::from(first as u64)).to_le_bytes()
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn load(bytes: &[u8; 16]) -> __m128i {
        let both = u128::from_le_bytes(*bytes);
        _mm_set_epi64x((both >> 64) as i64, both as i64)
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
        if !available() {
            println!("skipped: no AVX2 here");
            return;
        }
        for ((x, y, w, h), (width, height)) in [
            ((3.3, 0.0, 60.7, 90.0), (108, 192)),
            ((0.0, 0.0, 160.0, 90.0), (161, 97)),
            ((99.3, 0.0, 60.7, 90.0), (107, 191)),
            // Reduced: a little as in a preview, one side only, to half.
            ((3.3, 0.0, 60.7, 90.0), (54, 80)),
            ((0.0, 0.0, 160.0, 90.0), (161, 61)),
            ((0.0, 0.0, 160.0, 90.0), (80, 45)),
            ((10.0, 5.5, 140.0, 80.0), (97, 43)),
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
    fn flat_stays_flat_and_reducing_to_less_than_half_is_left_to_others() {
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
        let drawn = Kernel::default().scale(&from, part, &mut plane, [0, 0, 90, 90]);
        assert_eq!(drawn, available());
        let whole = PixelBox {
            x: 0.0,
            y: 0.0,
            w: 50.0,
            h: 50.0,
        };
        assert!(!Kernel::default().scale(&from, whole, &mut plane, [0, 0, 20, 20]));
        assert!(out.iter().all(|sample| !drawn || *sample == 77));
    }
}

//! The network's arithmetic: maps of numbers, and what each layer makes of them.
//!
//! Channels lie beside each other, so that one instruction works on several of them: `pulp` chooses it when the
//! program runs. Loops over plain numbers would leave it to the compiler whether several are worked on at
//! once, and a change elsewhere made a look for faces four times as slow. Every sum is made in the same order,
//! each product rounded before it is added, whatever a processor can do at once: the numbers are the same
//! everywhere.

use pulp::{Arch, Simd, WithSimd};

/// Channels that are worked on together; every layer has a multiple of it.
pub(super) const LANES: usize = 16;
/// One weight or sum for each of [`LANES`] channels.
type Block = [f32; LANES];
/// Pixels that share one pass over a layer's weights: as many sums as a processor adds to at a time.
const TILE: usize = 8;
/// Weights of a window of 3 × 3.
pub(super) const WINDOW: usize = 9;

/// Numbers for each pixel of a picture: rows from top to bottom, pixel by pixel, channel by channel.
#[derive(Debug, Clone)]
pub(super) struct Map {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) channels: usize,
    pub(super) values: Vec<f32>,
}

/// Mixes the channels of each pixel.
#[derive(Debug)]
pub(super) struct Points {
    inputs: usize,
    outputs: usize,
    /// For each block of outputs one of weights per input.
    weights: Vec<Block>,
    bias: Vec<Block>,
}

/// Mixes each channel with its neighbours in a window of 3 × 3.
#[derive(Debug)]
pub(super) struct Windows {
    /// For each block of channels one of weights per place in the window.
    weights: Vec<Block>,
    bias: Vec<Block>,
}

/// Both, one after the other: a depthwise separable convolution.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) points: Points,
    pub(super) windows: Windows,
    /// The smallest number that comes out: 0 for a rectified layer.
    pub(super) floor: f32,
}

impl Map {
    fn new(width: usize, height: usize, channels: usize) -> Self {
        Self {
            width,
            height,
            channels,
            values: vec![0.0; width * height * channels],
        }
    }

    fn line(&self, y: usize) -> Option<&[f32]> {
        let length = self.width * self.channels;
        self.values.get(y * length..(y + 1) * length)
    }

    /// Returns the largest of each 2 × 2 pixels.
    pub(super) fn halved(&self) -> Self {
        let channels = self.channels;
        let mut half = Self::new(self.width / 2, self.height / 2, channels);
        let length = self.width * channels;
        let lines = half.values.chunks_exact_mut(half.width * channels);
        for (line, pair) in lines.zip(self.values.chunks_exact(2 * length)) {
            let (above, below) = pair.split_at(length);
            halve(channels, above, below, line);
        }
        half
    }

    /// Adds a map of half its size, each of whose pixels counts for 2 × 2.
    pub(super) fn add_doubled(&mut self, half: &Self) {
        let channels = self.channels;
        let lines = self.values.chunks_exact_mut(self.width * channels);
        for (y, line) in lines.enumerate() {
            let small = half.line(y / 2).unwrap_or_default();
            let pairs = line.chunks_exact_mut(2 * channels);
            for (pair, small) in pairs.zip(small.chunks_exact(channels)) {
                for pixel in pair.chunks_exact_mut(channels) {
                    for (value, more) in pixel.iter_mut().zip(small) {
                        *value += more;
                    }
                }
            }
        }
    }
}

impl Points {
    /// Returns the layer with `weights` of `outputs` numbers per input, and as many `bias`.
    pub(super) fn new(inputs: usize, outputs: usize, weights: &[f32], bias: &[f32]) -> Self {
        Self {
            inputs,
            outputs: outputs.next_multiple_of(LANES),
            weights: blocks(outputs, weights),
            bias: blocks(outputs, bias),
        }
    }
}

impl Unit {
    /// Returns how many channels come out.
    pub(super) fn channels(&self) -> usize {
        self.points.outputs
    }
}

impl Windows {
    /// Returns the layer with `weights` of `channels` numbers per place in the window, row by row,
    /// and as many `bias`.
    pub(super) fn new(channels: usize, weights: &[f32], bias: &[f32]) -> Self {
        Self {
            weights: blocks(channels, weights),
            bias: blocks(channels, bias),
        }
    }
}

/// Writes one line of pixels.
fn points(layer: &Points, input: &[f32], output: &mut [f32]) {
    let line = PointsLine {
        layer,
        input,
        output,
    };
    Arch::new().dispatch(line);
}

/// Writes one line of pixels from the three around it, which have one pixel more at each end.
fn windows(layer: &Windows, around: [&[f32]; 3], floor: f32, output: &mut [f32]) {
    let line = WindowsLine {
        layer,
        around,
        floor,
        output,
    };
    Arch::new().dispatch(line);
}

struct PointsLine<'a> {
    layer: &'a Points,
    input: &'a [f32],
    output: &'a mut [f32],
}

impl WithSimd for PointsLine<'_> {
    type Output = ();

    #[expect(
        clippy::inline_always,
        reason = "what is inlined is compiled for the caller's instructions"
    )]
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Points {
            inputs, outputs, ..
        } = *self.layer;
        let tiles = self.input.chunks_exact(TILE * inputs);
        let rest = tiles.remainder().chunks_exact(inputs);
        let mut places = self.output.chunks_exact_mut(TILE * outputs);
        for (pixels, out) in tiles.zip(&mut places) {
            tile::<S, TILE>(simd, self.layer, pixels, out);
        }
        let places = places.into_remainder().chunks_exact_mut(outputs);
        for (pixel, out) in rest.zip(places) {
            tile::<S, 1>(simd, self.layer, pixel, out);
        }
    }
}

/// Writes `N` pixels.
#[expect(
    clippy::inline_always,
    clippy::indexing_slicing,
    reason = "what is inlined is compiled for the caller's instructions; the lengths are those of the layer, \
              and this is the innermost loop of the network"
)]
#[inline(always)]
fn tile<S: Simd, const N: usize>(simd: S, layer: &Points, input: &[f32], output: &mut [f32]) {
    let inputs = layer.inputs;
    let pixels: [&[f32]; N] = std::array::from_fn(|at| &input[at * inputs..][..inputs]);
    let blocks = layer.weights.chunks_exact(inputs).zip(&layer.bias);
    for (index, (weights, bias)) in blocks.enumerate() {
        for (part, bias) in S::as_simd_f32s(bias).0.iter().enumerate() {
            let mut sums = [*bias; N];
            for (input, weights) in weights.iter().enumerate() {
                let weight = S::as_simd_f32s(weights).0[part];
                for (sum, pixel) in sums.iter_mut().zip(&pixels) {
                    let product = simd.mul_f32s(simd.splat_f32s(pixel[input]), weight);
                    *sum = simd.add_f32s(*sum, product);
                }
            }
            for (pixel, sum) in output.chunks_exact_mut(layer.outputs).zip(sums) {
                S::as_mut_simd_f32s(&mut pixel[index * LANES..][..LANES]).0[part] = sum;
            }
        }
    }
}

struct WindowsLine<'a> {
    layer: &'a Windows,
    around: [&'a [f32]; 3],
    floor: f32,
    output: &'a mut [f32],
}

impl WithSimd for WindowsLine<'_> {
    type Output = ();

    #[expect(
        clippy::inline_always,
        clippy::indexing_slicing,
        reason = "what is inlined is compiled for the caller's instructions; the lengths are those \
                  of the layer, and this is the second innermost loop of the network"
    )]
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let channels = self.layer.bias.len() * LANES;
        let floor = simd.splat_f32s(self.floor);
        for (x, out) in self.output.chunks_exact_mut(channels).enumerate() {
            let rows = self.around.map(|row| &row[x * channels..][..3 * channels]);
            let blocks = self.layer.weights.chunks_exact(WINDOW);
            for (index, (weights, bias)) in blocks.zip(&self.layer.bias).enumerate() {
                let out = S::as_mut_simd_f32s(&mut out[index * LANES..][..LANES]).0;
                for (part, bias) in S::as_simd_f32s(bias).0.iter().enumerate() {
                    let mut sum = *bias;
                    for (row, weights) in rows.iter().zip(weights.chunks_exact(3)) {
                        for (column, weights) in weights.iter().enumerate() {
                            let seen = &row[column * channels + index * LANES..][..LANES];
                            let (seen, weight) = (S::as_simd_f32s(seen), S::as_simd_f32s(weights));
                            let product = simd.mul_f32s(seen.0[part], weight.0[part]);
                            sum = simd.add_f32s(sum, product);
                        }
                    }
                    out[part] = simd.max_f32s(sum, floor);
                }
            }
        }
    }
}

/// One layer that is on its way down a picture. Lines go through all layers one by one, so that
/// what is worked on stays in the processor's cache.
#[derive(Debug)]
pub(super) enum Step<'a> {
    /// Both mixtures; it is a line behind.
    Unit {
        layer: &'a Unit,
        /// The last three lines of mixed channels, with a pixel of nothing at each end.
        rows: [Vec<f32>; 3],
        begun: Begun,
        out: Vec<f32>,
    },
    /// The largest of each 2 × 2 pixels.
    Halve {
        channels: usize,
        above: Vec<f32>,
        out: Vec<f32>,
    },
}

/// Whether a layer has seen a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begun {
    No,
    Yes,
}

impl<'a> Step<'a> {
    /// Returns a layer for lines of `width` pixels.
    pub(super) fn unit(layer: &'a Unit, width: usize) -> Self {
        let channels = layer.channels();
        let row = || vec![0.0; (width + 2) * channels];
        Self::Unit {
            layer,
            rows: [row(), row(), row()],
            begun: Begun::No,
            out: vec![0.0; width * channels],
        }
    }

    /// Returns a halving of lines of `width` pixels.
    pub(super) fn halve(channels: usize, width: usize) -> Self {
        Self::Halve {
            channels,
            above: Vec::with_capacity(width * channels),
            out: vec![0.0; width / 2 * channels],
        }
    }

    /// Takes the next line, or what is below the last one, and returns a line where one is done.
    fn next(&mut self, line: Option<&[f32]>) -> Option<&[f32]> {
        match self {
            Self::Unit {
                layer,
                rows,
                begun,
                out,
            } => {
                let channels = layer.channels();
                rows.rotate_left(1);
                let [above, here, below] = rows;
                let inside = channels..below.len().saturating_sub(channels);
                match (line, below.get_mut(inside)) {
                    (Some(line), Some(place)) => points(&layer.points, line, place),
                    _ => below.fill(0.0),
                }
                if std::mem::replace(begun, Begun::Yes) == Begun::No {
                    return None;
                }
                windows(&layer.windows, [above, here, below], layer.floor, out);
                Some(out)
            }
            Self::Halve {
                channels,
                above,
                out,
            } => {
                let line = line?;
                if above.is_empty() {
                    above.extend(line);
                    return None;
                }
                halve(*channels, above, line, out);
                above.clear();
                Some(out)
            }
        }
    }
}

/// Sends a line through all layers; what comes out is added to `sink`. `None` is what is below the
/// last line.
pub(super) fn send(steps: &mut [Step<'_>], line: Option<&[f32]>, sink: &mut Vec<f32>) {
    let Some((first, rest)) = steps.split_first_mut() else {
        sink.extend(line.unwrap_or_default());
        return;
    };
    if let Some(out) = first.next(line) {
        send(rest, Some(out), sink);
    }
    if line.is_none() {
        send(rest, None, sink);
    }
}

/// Returns what layers make of a map; they do not change its size.
pub(super) fn through(layers: &[&Unit], input: &Map) -> Map {
    let mut steps: Vec<Step<'_>> = layers
        .iter()
        .map(|layer| Step::unit(layer, input.width))
        .collect();
    let channels = layers
        .last()
        .map_or(input.channels, |layer| layer.channels());
    let mut values = Vec::with_capacity(input.width * input.height * channels);
    let lines = input.values.chunks_exact(input.width * input.channels);
    for line in lines.map(Some).chain([None]) {
        send(&mut steps, line, &mut values);
    }
    Map {
        width: input.width,
        height: input.height,
        channels,
        values,
    }
}

/// The first layer: it sees every second pixel of a picture.
#[derive(Debug)]
pub(super) struct Stem<'a> {
    layer: &'a Points,
    /// The line of the picture that is looked at.
    line: Vec<f32>,
    /// What is around each pixel, row by row: one after the other.
    patches: Vec<f32>,
    out: Vec<f32>,
}

impl<'a> Stem<'a> {
    /// Returns the layer for pictures of a width that is even.
    pub(super) fn new(layer: &'a Points, width: usize) -> Self {
        Self {
            layer,
            line: Vec::new(),
            patches: vec![0.0; width / 2 * layer.inputs],
            out: vec![0.0; width / 2 * layer.outputs],
        }
    }

    /// Returns line `y` of a map of half the picture's size.
    pub(super) fn line(&mut self, picture: &Map, y: usize) -> &[f32] {
        for (row, below) in (2 * y..2 * y + 3).enumerate() {
            let channels = picture.channels;
            let pixels = below.checked_sub(1).and_then(|y| picture.line(y));
            // A pixel of nothing at the left, and nothing above the picture.
            self.line.clear();
            self.line.resize(channels, 0.0);
            self.line.extend(pixels.unwrap_or_default());
            self.line.resize((picture.width + 1) * channels, 0.0);
            let patches = self.patches.chunks_exact_mut(self.layer.inputs);
            let seen = self.line.windows(3 * channels).step_by(2 * channels);
            for (patch, seen) in patches.zip(seen) {
                for (value, pixel) in patch.iter_mut().skip(row * seen.len()).zip(seen) {
                    *value = *pixel;
                }
            }
        }
        points(self.layer, &self.patches, &mut self.out);
        for value in &mut self.out {
            *value = larger(*value, 0.0);
        }
        &self.out
    }
}

/// Writes the largest of each 2 × 2 pixels of two lines.
fn halve(channels: usize, above: &[f32], below: &[f32], out: &mut [f32]) {
    let above = above.chunks_exact(2 * channels);
    let below = below.chunks_exact(2 * channels);
    for ((out, above), below) in out.chunks_exact_mut(channels).zip(above).zip(below) {
        let ((a, b), (c, d)) = (above.split_at(channels), below.split_at(channels));
        for ((((out, a), b), c), d) in out.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            *out = larger(larger(*a, *b), larger(*c, *d));
        }
    }
}

/// Returns rows of `length` numbers in blocks of [`LANES`], filled up with zeros: all rows of the
/// first block, then those of the next.
fn blocks(length: usize, rows: &[f32]) -> Vec<Block> {
    (0..length.div_ceil(LANES))
        .flat_map(|block| {
            rows.chunks_exact(length.max(1)).map(move |row| {
                let mut filled = [0.0; LANES];
                for (place, value) in filled.iter_mut().zip(row.iter().skip(block * LANES)) {
                    *place = *value;
                }
                filled
            })
        })
        .collect()
}

/// One instruction, unlike `f32::max`, which looks after what is no number.
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random and are the same each time.
    fn numbers(count: usize) -> Vec<f32> {
        (0..count)
            .map(|i| ((i * 7919 + 13) % 1009) as f32 / 504.5 - 1.0)
            .collect()
    }

    fn map(width: usize, height: usize, channels: usize) -> Map {
        Map {
            width,
            height,
            channels,
            values: numbers(width * height * channels),
        }
    }

    /// The definition, one number after the other.
    fn expected(input: &Map, outputs: usize, weights: [&[f32]; 4], floor: f32) -> Vec<f32> {
        let [point, point_bias, window, window_bias] = weights;
        let mixed = |x: i64, y: i64, output: usize| -> f32 {
            if x < 0 || y < 0 || x >= input.width as i64 || y >= input.height as i64 {
                return 0.0;
            }
            let pixel = (y as usize * input.width + x as usize) * input.channels;
            let sum =
                (0..input.channels).map(|i| input.values[pixel + i] * point[i * outputs + output]);
            point_bias[output] + sum.sum::<f32>()
        };
        let mut all = Vec::new();
        for y in 0..input.height as i64 {
            for x in 0..input.width as i64 {
                for output in 0..outputs {
                    let mut sum = window_bias[output];
                    for place in 0..9_i64 {
                        let weight = window[place as usize * outputs + output];
                        sum += mixed(x + place % 3 - 1, y + place / 3 - 1, output) * weight;
                    }
                    all.push(sum.max(floor));
                }
            }
        }
        all
    }

    #[test]
    fn a_layer_is_its_definition() {
        for (width, height, inputs, outputs, floor) in [
            (8, 6, 16, 32, 0.0),
            (5, 3, 32, 16, f32::MIN),
            (1, 1, 16, 16, 0.0),
            (7, 2, 64, 6, f32::MIN),
        ] {
            let input = map(width, height, inputs);
            let weights = [inputs * outputs, outputs, 9 * outputs, outputs].map(numbers);
            let [point, point_bias, window, window_bias] = &weights;
            let layer = Unit {
                points: Points::new(inputs, outputs, point, point_bias),
                windows: Windows::new(outputs, window, window_bias),
                floor,
            };
            let expected = expected(
                &input,
                outputs,
                [point, point_bias, window, window_bias],
                floor,
            );
            let made = through(&[&layer], &input);
            assert_eq!((made.width, made.height), (width, height));
            let padded = outputs.next_multiple_of(LANES);
            assert_eq!(made.values.len(), width * height * padded);
            let told = made
                .values
                .chunks(padded)
                .flat_map(|pixel| &pixel[..outputs]);
            for (told, expected) in told.zip(&expected) {
                assert!((told - expected).abs() < 1e-3, "{told} for {expected}");
            }
        }
    }

    #[test]
    fn the_same_bits_come_out_on_every_processor() {
        // More pixels than a tile, and not a multiple of one.
        let (input, weights, bias) = (numbers(19 * 64), numbers(64 * 32), numbers(32));
        let layer = Points::new(64, 32, &weights, &bias);
        let mut made = [vec![0.0; 19 * 32], vec![0.0; 19 * 32]];
        let [widest, plain] = &mut made;
        points(&layer, &input, widest);
        let line = PointsLine {
            layer: &layer,
            input: &input,
            output: plain,
        };
        line.with_simd(pulp::Scalar::new());
        assert_eq!(made[0], made[1]);

        let rows = [numbers(21 * 32), numbers(21 * 32 + 1), numbers(21 * 32 + 2)];
        let around = [&rows[0][..], &rows[1][1..], &rows[2][2..]];
        let layer = Windows::new(32, &numbers(9 * 32), &bias);
        let [widest, plain] = &mut made;
        windows(&layer, around, 0.0, widest);
        let line = WindowsLine {
            layer: &layer,
            around,
            floor: 0.0,
            output: plain,
        };
        line.with_simd(pulp::Scalar::new());
        assert_eq!(made[0], made[1]);
    }

    #[test]
    fn the_first_layer_sees_every_second_pixel_and_nothing_beyond() {
        let picture = map(6, 4, 1);
        let (weights, bias) = (numbers(9 * 16), numbers(16));
        let layer = Points::new(9, 16, &weights, &bias);
        let mut stem = Stem::new(&layer, 6);
        let made = [0, 1].map(|y| stem.line(&picture, y).to_vec()).concat();
        assert_eq!(made.len(), 3 * 2 * 16);
        for (index, told) in made.iter().enumerate() {
            let (pixel, output) = (index / 16, index % 16);
            let (x, y) = ((pixel % 3) as i64 * 2, (pixel / 3) as i64 * 2);
            let mut sum = bias[output];
            for place in 0..9_i64 {
                let (x, y) = (x + place % 3 - 1, y + place / 3 - 1);
                if (0..6).contains(&x) && (0..4).contains(&y) {
                    let seen = picture.values[(y * 6 + x) as usize];
                    sum += seen * weights[place as usize * 16 + output];
                }
            }
            assert!((told - sum.max(0.0)).abs() < 1e-5, "{index}: {told}, {sum}");
        }
    }

    #[test]
    fn maps_are_halved_and_doubled() {
        let mut whole = map(4, 2, 3);
        let half = whole.halved();
        assert_eq!((half.width, half.height), (2, 1));
        let largest = [0, 3, 12, 15].map(|at| whole.values[at + 1]);
        assert!((half.values[1] - largest.into_iter().fold(f32::MIN, f32::max)).abs() < 1e-9);
        let before = whole.values.clone();
        whole.add_doubled(&half);
        for (at, of) in [(1, 1), (4, 1), (13, 1), (10, 4), (22, 4)] {
            assert!((whole.values[at] - before[at] - half.values[of]).abs() < 1e-6);
        }
    }
}

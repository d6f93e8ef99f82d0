//! A small convolutional network that finds faces, also turned, dark and small ones.
//!
//! It is YuNet (Wu, Peng and Yu: YuNet, a tiny millisecond-level face detector, 2023) with the
//! weights of the library libfacedetection; `assets/README.md` says where they are from. Depthwise
//! separable convolutions at strides up to 32, a feature pyramid, and one prediction per cell of
//! stride 8, 16 and 32 without anchors.

mod kernel;

use candle_core::Device;
use candle_core::safetensors::SliceSafetensors;
use footage::picture::PixelBox;

use super::ColourImage;
use crate::Error;
use kernel::{Map, Points, Stem, Step, Unit, WINDOW, Windows, send, through};

static WEIGHTS: &[u8] = include_bytes!("../../../../assets/faces/yunet.safetensors");

/// The network's sides are multiples of its largest stride.
const STRIDE: u32 = 32;
/// Sides in pixels of the cells that predict.
const CELLS: [f64; 3] = [8.0, 16.0, 32.0];
/// Red, green and blue.
const COLOURS: usize = 3;
/// Numbers of a prediction: face or not, box or not, the box's centre and sides.
const PREDICTION: usize = 6;

/// The layers, each named as in the file of weights.
#[derive(Debug)]
pub(super) struct Network {
    stem: Points,
    stage0: Unit,
    stages: [[Unit; 2]; 5],
    /// From the finest map of the pyramid to the coarsest, as are `faces`.
    neck: [Unit; 3],
    faces: [Unit; 3],
}

impl Network {
    /// Returns the network with the embedded weights.
    pub(super) fn embedded() -> Result<Self, Error> {
        let weights = Weights(SliceSafetensors::new(WEIGHTS).map_err(|error| unreadable(&error))?);
        let unit = |name: &str| weights.unit(name, 0.0);
        let pair = |stage: u8| -> Result<[Unit; 2], Error> {
            Ok([
                unit(&format!("stage{stage}a"))?,
                unit(&format!("stage{stage}b"))?,
            ])
        };
        let faces = |name: &str| weights.unit(name, f32::MIN);
        Ok(Self {
            stem: weights.points("stem")?,
            stage0: unit("stage0")?,
            stages: [pair(1)?, pair(2)?, pair(3)?, pair(4)?, pair(5)?],
            neck: [unit("neck0")?, unit("neck1")?, unit("neck2")?],
            faces: [faces("faces0")?, faces("faces1")?, faces("faces2")?],
        })
    }

    /// Returns what may be a face with at least a certainty, in pixels of the picture. One face may
    /// be there several times.
    pub(super) fn look(&self, image: ColourImage<'_>, least: f32) -> Vec<(PixelBox, f32)> {
        let mut found = Vec::new();
        for (map, cell) in self.predictions(image).iter().zip(CELLS) {
            let predictions = map.values.chunks_exact(map.channels).enumerate();
            found.extend(predictions.filter_map(|(index, values)| {
                let &[face, there, dx, dy, w, h] = values.first_chunk::<PREDICTION>()?;
                let score = (chance(face) * chance(there)).sqrt();
                // Of thousands of cells few show anything.
                let score = Some(score).filter(|score| *score >= least)?;
                let [dx, dy, w, h] = [dx, dy, w, h].map(f64::from);
                let (w, h) = (w.exp() * cell, h.exp() * cell);
                let pixels = PixelBox {
                    x: ((index % map.width) as f64 + dx) * cell - w / 2.0,
                    y: ((index / map.width) as f64 + dy) * cell - h / 2.0,
                    w,
                    h,
                };
                pixels.area().is_finite().then_some((pixels, score))
            }));
        }
        found
    }

    /// Returns the maps of predictions, the finest first.
    fn predictions(&self, image: ColourImage<'_>) -> [Map; 3] {
        let [_, _, _, stage4, stage5] = &self.stages;
        let mut fine = self.fine(&padded(image));
        let mut middle = through(&stage4.each_ref(), &fine.halved());
        let [last_a, last_b] = stage5;
        let [neck_fine, neck_middle, neck_coarse] = &self.neck;
        let coarse = through(&[last_a, last_b, neck_coarse], &middle.halved());
        middle.add_doubled(&coarse);
        let middle = through(&[neck_middle], &middle);
        fine.add_doubled(&middle);
        let [of_fine, of_middle, of_coarse] = &self.faces;
        [
            through(&[neck_fine, of_fine], &fine),
            through(&[of_middle], &middle),
            through(&[of_coarse], &coarse),
        ]
    }

    /// Returns the map at the finest stride of [`CELLS`].
    fn fine(&self, picture: &Map) -> Map {
        let [stage1, stage2, stage3, ..] = &self.stages;
        let (half, quarter, eighth) = (picture.width / 2, picture.width / 4, picture.width / 8);
        let mut steps = vec![
            Step::unit(&self.stage0, half),
            Step::halve(self.stage0.channels(), half),
        ];
        let flat = [stage1, stage2].into_iter().flatten();
        steps.extend(flat.map(|layer| Step::unit(layer, quarter)));
        let [_, wide] = stage2;
        steps.push(Step::halve(wide.channels(), quarter));
        steps.extend(stage3.iter().map(|layer| Step::unit(layer, eighth)));
        let [_, last] = stage3;
        let (height, channels) = (picture.height / 8, last.channels());
        let mut values = Vec::with_capacity(eighth * height * channels);
        let mut stem = Stem::new(&self.stem, picture.width);
        for y in 0..picture.height / 2 {
            send(&mut steps, Some(stem.line(picture, y)), &mut values);
        }
        send(&mut steps, None, &mut values);
        Map {
            width: eighth,
            height,
            channels,
            values,
        }
    }
}

/// Returns a picture as a map, with black at the right and below up to the next multiple of [`STRIDE`].
fn padded(image: ColourImage<'_>) -> Map {
    let width = image.width.next_multiple_of(STRIDE) as usize;
    let height = image.height.next_multiple_of(STRIDE) as usize;
    let mut values = vec![0.0; width * height * COLOURS];
    let lines = values.chunks_exact_mut(width * COLOURS);
    let filled = image.width.max(1) as usize * COLOURS;
    for (line, pixels) in lines.zip(image.pixels.chunks_exact(filled)) {
        for (value, pixel) in line.iter_mut().zip(pixels) {
            *value = f32::from(*pixel);
        }
    }
    Map {
        width,
        height,
        channels: COLOURS,
        values,
    }
}

/// The logistic function.
fn chance(value: f32) -> f32 {
    1.0 / (1.0 + (-value).exp())
}

/// The file of weights.
struct Weights<'a>(SliceSafetensors<'a>);

impl Weights<'_> {
    /// Returns the rows of a tensor and their length.
    fn rows(&self, name: &str) -> Result<(Vec<f32>, usize), Error> {
        let tensor = self
            .0
            .load(name, &Device::Cpu)
            .map_err(|error| unreadable(&error))?;
        let length = tensor.dims().last().copied().unwrap_or(0);
        let flat = tensor.flatten_all().and_then(|flat| flat.to_vec1());
        Ok((flat.map_err(|error| unreadable(&error))?, length))
    }

    fn points(&self, name: &str) -> Result<Points, Error> {
        let (weights, outputs) = self.rows(&format!("{name}.point.weight"))?;
        let (bias, _) = self.rows(&format!("{name}.point.bias"))?;
        // What the layer before made is filled up to whole blocks as well, by the same rule.
        Ok(Points::new(
            weights.len() / outputs.max(1),
            outputs,
            &weights,
            &bias,
        ))
    }

    fn unit(&self, name: &str, floor: f32) -> Result<Unit, Error> {
        let (weights, channels) = self.rows(&format!("{name}.depth.weight"))?;
        debug_assert_eq!(weights.len(), WINDOW * channels, "{name}");
        let (bias, _) = self.rows(&format!("{name}.depth.bias"))?;
        Ok(Unit {
            points: self.points(name)?,
            windows: Windows::new(channels, &weights, &bias),
            floor,
        })
    }
}

fn unreadable(error: &candle_core::Error) -> Error {
    Error::Failed {
        model: "face",
        reason: format!("the embedded weights cannot be read: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws a face before a pattern; whole numbers only, so that any program draws the same.
    fn drawn(x: i64, y: i64) -> [u8; COLOURS] {
        let within = |cx: i64, cy: i64, rx: i64, ry: i64| {
            let (dx, dy) = ((x - cx) * ry, (y - cy) * rx);
            dx * dx + dy * dy < rx * rx * ry * ry
        };
        let eyes = within(39, 26, 4, 3) || within(57, 26, 4, 3);
        if eyes {
            [30, 40, 60]
        } else if within(48, 47, 9, 3) {
            [150, 50, 60]
        } else if within(48, 34, 3, 8) {
            [190, 140, 120]
        } else if within(48, 34, 22, 28) {
            if y < 14 {
                [70, 50, 40]
            } else {
                [235, 190, 165]
            }
        } else {
            let value = ((x * 7 + y * 13 + x * y) % 61 + 60) as u8;
            [value / 2, value, value / 2 + 40]
        }
    }

    /// The reference is made in double precision from the library's own weights; where the three
    /// colours are equal it gives what onnxruntime does, and for this picture what the library
    /// does. f32 sums in another order differ in the sixth digit.
    #[test]
    fn predictions_are_those_of_the_reference() {
        let reference: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/data/yunet.json")).unwrap();
        let pixels: Vec<u8> = (0..90 * 64).flat_map(|i| drawn(i % 90, i / 90)).collect();
        let image = ColourImage::new(90, 64, &pixels).unwrap();
        let maps = Network::embedded().unwrap().predictions(image);
        let expected = reference["maps"].as_array().unwrap();
        assert_eq!(expected.len(), maps.len());
        for (map, expected) in maps.iter().zip(expected) {
            assert_eq!(expected["width"], map.width);
            assert_eq!(expected["height"], map.height);
            let values = expected["values"].as_array().unwrap();
            assert_eq!(values.len(), map.width * map.height * PREDICTION);
            let told = map.values.chunks(map.channels);
            let told = told.flat_map(|cell| &cell[..PREDICTION]);
            for (told, value) in told.zip(values) {
                let value = value.as_f64().unwrap() as f32;
                let off = (told - value).abs();
                assert!(off < 1e-3 + 1e-4 * value.abs(), "{told} for {value}");
            }
        }
    }
}

//! How a plan is written down as keys.

use footage::picture::PixelBox;
use footage::time::{SourceRange, SourceTime, Ticks};
use timeline::crop::{CropKey, CropPath};

use super::STEP;
use super::path::Plan;

/// Keys per step of a move: 60 a second, so that the linear pieces between them turn gently enough
/// for the acceleration limit at every usual frame rate.
const KEYS_PER_STEP: i64 = 6;
/// Keys that lie this near to the line between their neighbours, in pixels, say nothing.
const ON_LINE: f64 = 1.0e-6;

/// Collects the keys of one path, span after span.
pub(super) struct KeyWriter {
    crop: PixelBox,
    keys: Vec<CropKey>,
}

impl KeyWriter {
    /// Returns a writer of crops with the size and height of `crop`.
    pub(super) fn new(crop: PixelBox) -> Self {
        Self {
            crop,
            keys: Vec::new(),
        }
    }

    /// Returns where the crop is at the end of what was written.
    pub(super) fn position(&self) -> Option<f64> {
        self.keys.last().map(|key| key.pixels.x)
    }

    /// Writes `plan` over `span`, which starts at or after the end of what was written.
    pub(super) fn write(&mut self, span: SourceRange, plan: &Plan) {
        let begins = plan.position(0, 0.0);
        if let Some(last) = self.keys.last().copied() {
            // Held until the span starts; then a jump.
            if last.at < span.start {
                self.push(span.start, last.pixels.x);
            }
            if (last.pixels.x - begins).abs() > ON_LINE {
                self.keys.push(self.key(span.start, begins));
            }
        } else {
            self.keys.push(self.key(span.start, begins));
        }
        if let Plan::Moving(places) = plan {
            'steps: for index in 0..places.len() {
                for part in 0..KEYS_PER_STEP {
                    let since = STEP * index as i64 + STEP.scaled(part, KEYS_PER_STEP);
                    let at = span.start + since;
                    if at >= span.end {
                        break 'steps;
                    }
                    if since > Ticks::ZERO {
                        let share = part as f64 / KEYS_PER_STEP as f64;
                        self.push(at, plan.position(index, share));
                    }
                }
            }
        }
        let length = span.duration().0;
        let share = (length % STEP.0) as f64 / STEP.0 as f64;
        self.push(span.end, plan.position((length / STEP.0) as usize, share));
    }

    /// Returns the path.
    pub(super) fn finish(mut self) -> CropPath {
        // The last crop is held, so a second key that says the same is not needed.
        while let [.., before, last] = self.keys.as_slice()
            && (before.pixels.x - last.pixels.x).abs() <= ON_LINE
        {
            self.keys.pop();
        }
        CropPath { keys: self.keys }
    }

    fn key(&self, at: SourceTime, x: f64) -> CropKey {
        CropKey {
            at,
            pixels: PixelBox { x, ..self.crop },
        }
    }

    /// Adds a key after the last one; takes the last one out when it lies on the line.
    fn push(&mut self, at: SourceTime, x: f64) {
        if let [.., before, last] = self.keys.as_slice()
            && before.at < last.at
            && last.at < at
        {
            let share = (last.at - before.at).0 as f64 / (at - before.at).0 as f64;
            let expected = before.pixels.x + (x - before.pixels.x) * share;
            if (expected - last.pixels.x).abs() <= ON_LINE {
                self.keys.pop();
            }
        }
        self.keys.push(self.key(at, x));
    }
}

//! Crop paths: which part of a source's picture is shown, over source time.

use footage::picture::PixelBox;
use footage::time::SourceTime;
use serde::{Deserialize, Serialize};

/// The crop at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CropKey {
    /// When, in source time, so that trims and recuts keep the path.
    pub at: SourceTime,
    /// What is shown, in picture space.
    pub pixels: PixelBox,
}

/// Crops over source time: linear between keys, held before the first and after the last.
///
/// Two keys at the same time are a jump: the first ends what comes before, the second begins what
/// follows. Keys are sorted by time, with at most two at any time, and there is at least one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CropPath {
    /// The keys in order.
    pub keys: Vec<CropKey>,
}

impl CropPath {
    /// Returns a path that shows `pixels` all the time.
    pub fn still(pixels: PixelBox) -> Self {
        Self {
            keys: vec![CropKey {
                at: SourceTime::ZERO,
                pixels,
            }],
        }
    }

    /// Returns the crop at `time`; on a jump the one that follows. `None` for an empty path.
    pub fn at(&self, time: SourceTime) -> Option<PixelBox> {
        let after = self.keys.partition_point(|key| key.at <= time);
        let Some(before) = after.checked_sub(1).and_then(|index| self.keys.get(index)) else {
            return self.keys.first().map(|key| key.pixels);
        };
        Some(match self.keys.get(after) {
            Some(next) => mix(before, next, time),
            None => before.pixels,
        })
    }

    /// Returns the crop just before `time`; on a jump the one that ends there.
    pub fn before(&self, time: SourceTime) -> Option<PixelBox> {
        let first_at = self.keys.partition_point(|key| key.at < time);
        let Some(next) = self.keys.get(first_at) else {
            return self.keys.last().map(|key| key.pixels);
        };
        Some(
            match first_at
                .checked_sub(1)
                .and_then(|index| self.keys.get(index))
            {
                Some(before) => mix(before, next, time),
                None => next.pixels,
            },
        )
    }

    /// Gives every crop the shape `aspect` (width over height): the smallest box around its centre
    /// that holds it, no larger than the picture of `width` × `height` and moved inside.
    pub fn reshape(&mut self, aspect: f64, width: f64, height: f64) {
        for key in &mut self.keys {
            let old = key.pixels;
            let w = old.w.max(old.h * aspect).min(width).min(height * aspect);
            let h = w / aspect;
            key.pixels = PixelBox {
                x: (old.center_x() - w / 2.0).min(width - w).max(0.0),
                y: (old.center_y() - h / 2.0).min(height - h).max(0.0),
                w,
                h,
            };
        }
    }

    /// Multiplies every horizontal measure by `x` and every vertical one by `y`.
    pub fn scale(&mut self, x: f64, y: f64) {
        for PixelBox {
            x: left,
            y: top,
            w,
            h,
        } in self.keys.iter_mut().map(|key| &mut key.pixels)
        {
            *left *= x;
            *top *= y;
            *w *= x;
            *h *= y;
        }
    }
}

fn mix(from: &CropKey, to: &CropKey, time: SourceTime) -> PixelBox {
    // Moments that no sound project has are told apart, too, before it is known to be none.
    let since = |at: SourceTime| at.0.saturating_sub(from.at.0);
    let span = since(to.at);
    // The blend may miss the far key by a rounding error, and a key must show exactly its box.
    if span <= 0 || time >= to.at {
        return to.pixels;
    }
    let share = since(time) as f64 / span as f64;
    let blend = |a: f64, b: f64| a + (b - a) * share;
    PixelBox {
        x: blend(from.pixels.x, to.pixels.x),
        y: blend(from.pixels.y, to.pixels.y),
        w: blend(from.pixels.w, to.pixels.w),
        h: blend(from.pixels.h, to.pixels.h),
    }
}

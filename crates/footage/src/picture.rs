//! What was seen: shots, faces, motion.

use serde::{Deserialize, Serialize};

use crate::time::{SourceRange, SourceTime, Ticks};

/// How a shot begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transition {
    /// A hard cut.
    Cut,
    /// A mix from the shot before; the boundary is its middle.
    Dissolve,
    /// From or through one colour; the boundary is its middle.
    Fade,
    /// The start of the source.
    None,
}

/// A stretch of one continuous camera take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shot {
    /// When it is shown.
    pub range: SourceRange,
    /// How it begins.
    pub transition_in: Transition,
}

/// The identity of one face that is followed over time; unique in the source.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct TrackId(pub u32);

/// A box in picture space: left, top, width, height in pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct PixelBox {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width, at least 0.
    pub w: f64,
    /// Height, at least 0.
    pub h: f64,
}

impl PixelBox {
    /// Returns the horizontal centre.
    pub fn center_x(self) -> f64 {
        self.x + self.w / 2.0
    }

    /// Returns the vertical centre.
    pub fn center_y(self) -> f64 {
        self.y + self.h / 2.0
    }

    /// Returns the area.
    pub fn area(self) -> f64 {
        self.w.max(0.0) * self.h.max(0.0)
    }

    /// Returns the part inside a picture of `width` × `height`.
    #[must_use]
    pub fn clipped(self, width: f64, height: f64) -> Self {
        let x0 = self.x.clamp(0.0, width);
        let y0 = self.y.clamp(0.0, height);
        let x1 = (self.x + self.w).clamp(x0, width);
        let y1 = (self.y + self.h).clamp(y0, height);
        Self {
            x: x0,
            y: y0,
            w: x1 - x0,
            h: y1 - y0,
        }
    }

    /// Returns the area that both hold; 0 when they are apart or only touch.
    pub fn shared_area(self, other: Self) -> f64 {
        let w = (self.x + self.w).min(other.x + other.w) - self.x.max(other.x);
        let h = (self.y + self.h).min(other.y + other.h) - self.y.max(other.y);
        w.max(0.0) * h.max(0.0)
    }

    /// Returns the area that both hold, over the area that either holds, in 0..=1.
    pub fn iou(self, other: Self) -> f64 {
        let shared = self.shared_area(other);
        let either = self.area() + other.area() - shared;
        if either > 0.0 { shared / either } else { 0.0 }
    }

    /// Returns the same box in a picture that is `across` times as wide and `down` times as high.
    #[must_use]
    pub fn scaled(self, across: f64, down: f64) -> Self {
        Self {
            x: self.x * across,
            y: self.y * down,
            w: self.w * across,
            h: self.h * down,
        }
    }

    /// Returns the box with `fraction` of its size taken off each side.
    #[must_use]
    pub fn shrunk(self, fraction: f64) -> Self {
        Self {
            x: self.x + self.w * fraction,
            y: self.y + self.h * fraction,
            w: self.w * (1.0 - 2.0 * fraction),
            h: self.h * (1.0 - 2.0 * fraction),
        }
    }

    /// Returns whether `other` lies inside, edges included.
    pub fn holds(self, other: Self) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && other.x + other.w <= self.x + self.w
            && other.y + other.h <= self.y + self.h
    }
}

/// A face at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FaceBox {
    /// Where it is, in picture space.
    pub pixels: PixelBox,
    /// Certainty in 0..=1.
    pub score: f32,
    /// Which face it is.
    pub track: TrackId,
    /// How much its mouth moved since the sample before, beside the head, in 0..=1; 0 where it was
    /// not seen before.
    #[serde(default)]
    pub mouth: f32,
}

/// The faces that were looked for at one moment, also when there are none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FaceSample {
    /// When.
    pub time: SourceTime,
    /// The faces found, largest first.
    pub boxes: Vec<FaceBox>,
}

/// Amount of change in the picture over time, cuts left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Motion {
    /// Time between values.
    pub step: Ticks,
    /// Mean absolute luma difference per step in 0..=1; the first value is for `0..step`.
    pub values: Vec<f32>,
}

impl Motion {
    /// Returns the mean over `range`, or `None` where nothing was measured.
    pub fn mean(&self, range: SourceRange) -> Option<f32> {
        crate::sound::mean_over(self.step, &self.values, range)
    }
}

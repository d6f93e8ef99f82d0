//! Style presets: how a reel's captions look.

use serde::{Deserialize, Serialize};

use crate::ids::PresetId;

/// A colour with straight (not premultiplied) alpha, 0..=255 each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Color {
    /// Red.
    pub r: u8,
    /// Green.
    pub g: u8,
    /// Blue.
    pub b: u8,
    /// Opacity.
    pub a: u8,
}

impl Color {
    /// Returns an opaque colour.
    pub const fn rgb(r: u8, g: u8, b: u8) -> Self {
        Self { r, g, b, a: 255 }
    }
}

/// How the word being spoken stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Highlight {
    /// It does not.
    None,
    /// Its letters take the highlight colour.
    Color,
    /// A rounded box in the highlight colour stands behind it.
    Box,
}

/// How captions look. Lengths are pixels in a frame whose shorter side is 1080, and scale with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaptionStyle {
    /// Font family; the shipped one stands in where it is missing.
    pub font_family: String,
    /// Weight, 100..=900.
    pub font_weight: u16,
    /// Letter size, above 0.
    pub font_size: f64,
    /// Line height as a multiple of the size.
    pub line_height: f64,
    /// Letters.
    pub text_color: Color,
    /// The word being spoken.
    pub highlight: Highlight,
    /// Its colour.
    pub highlight_color: Color,
    /// Emphasised words.
    pub emphasis_color: Color,
    /// Outline.
    pub outline_color: Color,
    /// Outline width around the letters; 0 for none.
    pub outline: f64,
    /// Plate behind the card.
    pub background: Option<Color>,
    /// Whether letters are capitals.
    pub uppercase: bool,
    /// Vertical centre of the card as a fraction of the frame's height.
    pub anchor: f64,
    /// Most lines on a card, at least 1.
    pub max_lines: u8,
    /// Most characters on a card that the grouping aims at.
    pub max_chars: u16,
}

/// A named look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StylePreset {
    /// Identity in the project.
    pub id: PresetId,
    /// Stable name, as `--preset` takes it.
    pub name: String,
    /// One sentence on what it is for.
    pub description: String,
    /// Captions.
    pub caption: CaptionStyle,
}

//! What is known of the shared material: cuts, faces, words, loudness, as plain numbers.
//!
//! Tests and the bench of quality judge by the same readings. Times are seconds, boxes are
//! `[left, top, width, height]` in pixels of the picture as shown.

mod faces;
mod shots;
mod voice;

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

pub use faces::{Annotated, Photograph, annotated, photographs, talkers};
pub use shots::{Cuts, Gradual, cuts};
pub use voice::{Spoken, Words, loudness, runs, speech_runs, spoken};

/// A box: left, top, width, height.
pub type Rect = [f64; 4];

fn json(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_f64).collect()
}

//! Where shots begin.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{json, numbers};

/// A change that takes time.
#[derive(Debug, Clone)]
pub struct Gradual {
    /// What it is, in words.
    pub kind: String,
    /// When it begins.
    pub from: f64,
    /// When it ends.
    pub to: f64,
}

/// A film with the beginnings of its shots.
#[derive(Debug, Clone)]
pub struct Cuts {
    /// Its file's name.
    pub file: String,
    /// Frames per second.
    pub fps: f64,
    /// Hard cuts: when the first frame of the new shot is shown.
    pub cuts: Vec<f64>,
    /// Dissolves and fades.
    pub gradual: Vec<Gradual>,
}

/// Returns the films whose cuts were checked by eye.
pub fn cuts(shared: &Path) -> Result<Vec<Cuts>> {
    let all = json(&shared.join("media/video/annotations/cuts.json"))?;
    let films = all.as_object().context("a table of films")?.iter();
    let films = films.filter(|(_, entry)| entry.is_object());
    films
        .map(|(file, entry)| {
            let list = |name: &str| entry.get(name).map_or_else(Vec::new, numbers);
            let gradual = entry.get("gradual").and_then(Value::as_array);
            let gradual = gradual.into_iter().flatten().map(|change| {
                let times = change.get("approx_s").map_or_else(Vec::new, numbers);
                let [from, to] = times[..] else {
                    anyhow::bail!("{file}: a gradual change has two times");
                };
                let kind = change.get("type").and_then(Value::as_str);
                let kind = kind.context("a gradual change has a type")?.to_owned();
                Ok(Gradual { kind, from, to })
            });
            let (times, frames) = (list("hard_cuts_pts_s"), list("hard_cuts_frames"));
            // Where the rate is not given, it follows from a cut's frame and time.
            let mut rate = frames.iter().zip(&times).map(|(frame, time)| frame / time);
            let fps = entry.get("fps").and_then(Value::as_f64);
            Ok(Cuts {
                file: file.clone(),
                fps: fps.or_else(|| rate.next_back()).context("a frame rate")?,
                cuts: times,
                gradual: gradual.collect::<Result<_>>()?,
            })
        })
        .collect()
}

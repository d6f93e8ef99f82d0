//! The timeline as it is drawn: where clips are.

use anyhow::{Context as _, Result};

use crate::{Window, steps};

/// A clip as it is drawn, in pixels of the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// Its identity.
    pub id: String,
    /// Its left edge.
    pub left: f64,
    /// Its width.
    pub width: f64,
}

impl Drawn {
    /// Returns its right edge.
    pub fn right(&self) -> f64 {
        self.left + self.width
    }
}

/// Returns the clips on tracks of a kind, such as `voice`, from left to right.
pub fn of(window: &Window, kind: &str) -> Result<Vec<Drawn>> {
    let selector = format!("[data-part=clip][data-kind={kind}]");
    let drawn = |(id, (left, _, width, _))| Drawn { id, left, width };
    let places = window.places(&selector, "data-clip")?;
    let mut now: Vec<Drawn> = places.into_iter().map(drawn).collect();
    now.sort_by(|a, b| a.left.total_cmp(&b.left));
    Ok(now)
}

/// Waits for clips on the main track and returns them from left to right.
pub fn clips(window: &Window) -> Result<Vec<Drawn>> {
    until(window, "a clip", |_| true)
}

/// Waits until the main track has clips, and such as are wanted.
pub fn until(window: &Window, what: &str, wanted: impl Fn(&[Drawn]) -> bool) -> Result<Vec<Drawn>> {
    window.until(what, || {
        let now = of(window, "video")?;
        Ok((!now.is_empty() && wanted(&now)).then_some(now))
    })
}

/// Waits for clips on tracks of a kind and returns the widest of them.
pub fn widest(window: &Window, kind: &str) -> Result<Drawn> {
    window.until(kind, || {
        let all = of(window, kind)?.into_iter();
        Ok(all.max_by(|a, b| a.width.total_cmp(&b.width)))
    })
}

/// Returns the middle of a clip in the page.
pub fn middle(window: &Window, id: &str) -> Result<(f64, f64)> {
    let part = window.seen(&format!("[data-clip=\"{id}\"]"))?;
    window.middle(&part)
}

/// Splits the first clip in its middle and returns the clips with the two parts.
pub fn split(window: &Window) -> Result<Vec<Drawn>> {
    let before = clips(window)?;
    let first = before.first().context("a clip")?;
    steps::seek(window, first.left + first.width / 2.0)?;
    window.press(&["s"])?;
    until(window, "a clip more", |now| now.len() == before.len() + 1)
}

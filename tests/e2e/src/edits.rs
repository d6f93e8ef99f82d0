//! One reel edited in three ways, as users do it: by clip, by transcript and by the text of a caption;
//! with the mouse, or with the keyboard alone.
#![expect(
    clippy::indexing_slicing,
    reason = "what is missing in a JSON answer reads as null"
)]

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::{Part, Window, keys, steps};

/// Trims the first clip's end by dragging its handle, strikes a word, and writes another caption.
pub fn by_mouse(window: &Window, caption: &str) -> Result<()> {
    let before = steps::shown(window)?;
    let end = window.seen("[data-part=clip][data-kind=video] [data-part=trim-end]")?;
    let (x, y) = window.middle(&end)?;
    window.drag(&[(x, y), (x - 20.0, y), (x - 60.0, y), (x - 90.0, y)])?;
    let trimmed = steps::changed(window, &before, "a trimmed clip")?;

    let word = window.seen("[data-part=word][data-state=plays]:nth-of-type(3)")?;
    let index = window.attribute(&word, "data-word")?.context("a word")?;
    window.click(&word)?;
    window.press(&["Delete"])?;
    is_struck(window, &index)?;
    let cut = steps::changed(window, &trimmed, "a shorter film")?;
    ensure!(
        cut["clips"] != trimmed["clips"],
        "a struck word cuts the film"
    );

    // The row is laid out anew after a cut: a click may meet a card that has just moved on.
    let input = window.until("the field of a caption", || {
        if window.parts("caption-input")?.is_empty() {
            window.double_click(&window.part("caption-card")?)?;
        }
        Ok(window.parts("caption-input")?.into_iter().next())
    })?;
    window.fill(&input, caption)?;
    window.until("the new caption", || {
        // A row that is laid out anew may take the focus along.
        if let Some(input) = window.parts("caption-input")?.first() {
            window.click(input)?;
            window.press(&["Enter"])?;
        }
        Ok(is_written(&steps::shown(window)?, caption).then_some(()))
    })
}

/// Strikes a word, writes another caption, and trims a clip's end by two frames, from wherever the focus
/// is in the editor.
pub fn by_keys(window: &Window, caption: &str) -> Result<()> {
    let before = steps::shown(window)?;
    keys::tab_to(window, "transcript-text")?;
    for _ in 0..3 {
        window.press(&["ArrowRight"])?;
    }
    let word = window.seen("[data-part=word][aria-selected=true]")?;
    let index = window.attribute(&word, "data-word")?.context("a word")?;
    window.press(&["Delete"])?;
    is_struck(window, &index)?;
    let cut = steps::changed(window, &before, "a shorter film")?;
    ensure!(
        cut["clips"] != before["clips"],
        "a struck word cuts the film"
    );

    keys::tab_to(window, "caption-card")?;
    window.press(&["F2"])?;
    keys::at(window, "caption-input")?;
    window.write(caption)?;
    window.press(&["Enter"])?;
    window.until("the new caption", || {
        Ok(is_written(&steps::shown(window)?, caption).then_some(()))
    })?;

    keys::tab_to(window, "clip")?;
    window.press(&["Enter"])?;
    window.seen("[data-part=clip][aria-selected=true]")?;
    window.press(&["Shift", "ArrowRight"])?;
    keys::at(window, "trim-end")?;
    for frame in ["a frame less", "two frames less"] {
        let before = steps::shown(window)?;
        window.press(&["ArrowLeft"])?;
        steps::changed(window, &before, frame)?;
    }
    Ok(())
}

/// Returns the card of a caption.
pub fn card(window: &Window, caption: &str) -> Result<Part> {
    window.until(caption, || {
        for card in window.parts("caption-card")? {
            // Its name has all of it, however narrow the card is.
            let name = window.attribute(&card, "aria-label")?;
            if name.is_some_and(|name| name.contains(caption)) {
                return Ok(Some(card));
            }
        }
        Ok(None)
    })
}

fn is_struck(window: &Window, index: &str) -> Result<()> {
    let struck = format!("[data-word=\"{index}\"][data-state=cut]");
    window.seen(&struck).map(|_| ())
}

fn is_written(shown: &Value, caption: &str) -> bool {
    shown["cards"].to_string().contains(caption)
}

//! The keyboard alone: what has the focus, and how the Tab key comes to something.

use anyhow::{Result, bail};

use crate::Window;

/// More stops of the Tab key than any view has.
const STOPS: usize = 160;

/// Returns the `data-part` of what has the focus; empty when nothing that has one does.
pub fn focused(window: &Window) -> Result<String> {
    let part = window.run("return document.activeElement?.dataset?.part ?? ''", &[])?;
    Ok(part.as_str().unwrap_or_default().to_owned())
}

/// Waits until something has the focus.
pub fn at(window: &Window, part: &str) -> Result<()> {
    window.until(&format!("the focus at {part}"), || {
        Ok((focused(window)? == part).then_some(()))
    })
}

/// Presses Tab until something has the focus.
pub fn tab_to(window: &Window, part: &str) -> Result<()> {
    for _ in 0..STOPS {
        if focused(window)? == part {
            return Ok(());
        }
        window.press(&["Tab"])?;
    }
    bail!("Tab never comes to {part}; at {}", focused(window)?)
}

//! How long the page's own thread is taken while the window is used.

use std::path::Path;

use anyhow::{Result, bail};
use e2e::Window;
use e2e::probe::asked;
use serde_json::json;

use crate::figures::{numbers, row};
use crate::{setup, stock};

/// Measures ways through the window. What a script cannot tell apart is in it too: styles, layout
/// and software drawing run on the same thread.
pub(crate) fn measure(program: &Path) -> Result<()> {
    let (_session, window) = stock::hour(program)?.opened(setup(program))?;
    let during = |what: &str, act: &dyn Fn(&Window) -> Result<()>| -> Result<()> {
        asked(&window, "probe.watch()", &[])?;
        act(&window)?;
        let seen = asked(
            &window,
            "await new Promise((done) => setTimeout(done, 500)); return probe.watched()",
            &[],
        )?;
        let seen = numbers(&seen);
        let [longest, over] = *seen.as_slice() else {
            bail!("not two numbers: {seen:?}")
        };
        let measured = format!("longest {longest:.0} ms, {over} over 50 ms");
        row(
            &format!("the page's thread taken: {what}"),
            "<= 50 ms",
            &measured,
        );
        Ok(())
    };
    during("scrolling the board of 50 reels", &|window| {
        let script = "const board = document.querySelector('[data-part=board]');
            for (let step = 0; step < 60; step += 1) {
              board.scrollTop += 60;
              await new Promise((done) => requestAnimationFrame(done));
            }";
        asked(window, script, &[]).map(|_| ())
    })?;
    during("opening the editor", &|window| stock::edit_first(window))?;
    during("zooming and scrolling the timeline", &|window| {
        let script = "const rows = document.querySelector('.timeline-rows');
            const box = rows.getBoundingClientRect();
            for (let step = 0; step < 60; step += 1) {
              rows.dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true,
                clientX: box.left + box.width / 2, clientY: box.top + 40,
                deltaY: step < 30 ? -40 : 40, ctrlKey: true }));
              await new Promise((done) => requestAnimationFrame(done));
            }";
        asked(window, script, &[]).map(|_| ())
    })?;
    during("the list of commands", &|window| {
        window.press(&["Control", "k"])?;
        window.part("palette")?;
        window.write("exp")?;
        window.press(&["Escape"])?;
        window.gone("[data-part=palette]")
    })?;
    during("undo and redo", &|window| {
        stock::split_once(window, &json!(1))?;
        window.press(&["Control", "z"])?;
        window.press(&["Control", "Shift", "z"])?;
        Ok(())
    })
}

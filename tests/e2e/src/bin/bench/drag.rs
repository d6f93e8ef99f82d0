//! What a drag costs the page in a long sequence.

use std::path::Path;

use anyhow::{Result, ensure};
use e2e::probe::asked;
use serde_json::json;

use crate::figures::{numbers, row, spread};
use crate::{setup, stock};

const MOVES: usize = 240;
/// Pixels to both sides.
const WAY: u32 = 180;

/// Drags a clip to and fro in sequences of 500 and 5,000 clips.
pub(crate) fn measure(program: &Path) -> Result<()> {
    let stock = stock::hour(program)?;
    for (clips, goal) in [(500, "p95 <= 16"), (5_000, "p95 <= 33")] {
        let (_session, window) = stock.opened(setup(program))?;
        let shown = stock::edit_cut(&window, clips)?;
        ensure!(shown > 3, "{shown} clips are seen");
        let answer = asked(
            &window,
            "const clips = [...document.querySelectorAll('[data-part=clip][data-kind=video]')];
             const clip = clips[Math.floor(clips.length / 2)];
             return probe.drag(clip, given[0], given[1])",
            &[json!(MOVES), json!(WAY)],
        )?;
        let costs = numbers(&answer);
        ensure!(costs.len() == MOVES, "{answer}");
        row(
            &format!("drag in a sequence of {clips} clips, {shown} in sight: script per picture"),
            goal,
            &spread(&costs),
        );
    }
    Ok(())
}

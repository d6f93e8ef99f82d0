//! From the start of the process to a page that answers.

use std::path::Path;

use anyhow::{Context as _, Result};
use e2e::steps;

use crate::figures::{percentile, row};
use crate::setup;

const STARTS: usize = 7;

/// Measures starts after the first: the program's files are in memory, as they are for a user who
/// works with it.
pub(crate) fn measure(program: &Path) -> Result<()> {
    let mut session = setup(program).start()?;
    let mut millis = Vec::new();
    for start in 0..=STARTS {
        let window = session.open()?;
        if start == 0 {
            steps::welcome(&window)?;
        } else {
            window.part("home")?;
        }
        // The page marks when its first view can be used.
        let interactive = window.until("the page's mark", || {
            let mark = window.run(
                "const mark = performance.getEntriesByName('interactive')[0];
                 return mark ? performance.timeOrigin + mark.startTime : null",
                &[],
            )?;
            Ok(mark.as_f64())
        })?;
        let process = session
            .programs()?
            .into_iter()
            .next()
            .context("no program")?;
        let began = e2e::session::began_ms(process)?;
        if start > 0 {
            millis.push(interactive - began);
        }
        session.close(window)?;
    }
    let measured = format!(
        "median {:.0} ms, worst of {STARTS} {:.0} ms",
        percentile(&millis, 0.5),
        percentile(&millis, 1.0)
    );
    row("start to interactive, warm", "<= 1500 ms", &measured);
    Ok(())
}

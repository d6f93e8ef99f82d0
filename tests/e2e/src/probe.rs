//! Asks the engine as the page does, and measures the page from within: see `probe.js`.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::Window;

/// Ticks of a second, the unit of all times in a project.
pub const SECOND: u64 = 705_600_000;

/// Runs the body of an asynchronous function in the page and returns what it returns. `given` holds the
/// arguments, `probe` what `probe.js` offers. Half a minute is the most that it may take.
pub fn asked(window: &Window, script: &str, arguments: &[Value]) -> Result<Value> {
    window.run(include_str!("probe.js"), &[])?;
    let script = format!(
        "const done = arguments[arguments.length - 1]; const given = arguments; const probe = window.probe;
         (async () => {{ {script} }})().then((value) => done({{ value: value ?? null }}),
                                             (error) => done({{ error: String(error) }}));"
    );
    let said = window.run_later(&script, arguments)?;
    if let Some(error) = said.get("error") {
        bail!("{error}");
    }
    said.get("value").cloned().context("a script says nothing")
}

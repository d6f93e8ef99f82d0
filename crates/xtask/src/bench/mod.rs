//! Figures. A bench measures and prints; it never fails because a machine is slow.

mod processes;
mod speed;

use anyhow::{Result, bail};

use crate::workspace::{Workspace, run};

/// Runs `cargo xtask bench <name>`.
pub(crate) fn task(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["speed"] => speed::measure(workspace, 10),
        ["speed", minutes] => speed::measure(workspace, minutes.parse()?),
        ["memory"] => speed::memory(workspace),
        ["faces"] => faces(workspace),
        _ => bail!("bench takes: speed [MINUTES], memory, faces"),
    }
}

/// Prints what looking for faces costs.
fn faces(workspace: &Workspace) -> Result<()> {
    run(&mut workspace.cargo(&[
        "run",
        "--release",
        "--package",
        "ai",
        "--example",
        "face_cost",
    ]))
}

//! Figures. A bench measures and prints; it never fails because a machine is slow.

mod processes;
mod speed;

use anyhow::{Result, bail};

use crate::workspace::Workspace;

/// Runs `cargo xtask bench <name>`.
pub(crate) fn task(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["speed"] => speed::measure(workspace, 10),
        ["speed", minutes] => speed::measure(workspace, minutes.parse()?),
        ["memory"] => speed::memory(workspace),
        _ => bail!("bench takes: speed [MINUTES], memory"),
    }
}

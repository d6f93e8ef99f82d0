//! Figures. A bench measures and prints; it never fails because a machine is slow.

mod processes;
mod quality;
mod speed;

use anyhow::{Result, bail};

use crate::setup::{self, Consent};
use crate::workspace::{Workspace, run};
use crate::{page, studio};

/// Runs `cargo xtask bench <name>`.
pub(crate) fn task(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["speed"] => speed::measure(workspace, 10),
        ["speed", minutes] => speed::measure(workspace, minutes.parse()?),
        ["memory"] => speed::memory(workspace),
        ["faces"] => faces(workspace),
        ["quality", rows @ ..] => quality::measure(workspace, rows),
        ["window", wanted @ ..] => window(workspace, wanted),
        _ => bail!("bench takes: speed [MINUTES], memory, faces, quality [ROW…], window [WHAT…]"),
    }
}

/// Prints how the real window does: all of it, or what is named.
fn window(workspace: &Workspace, wanted: &[&str]) -> Result<()> {
    setup::for_driving(workspace, Consent::from_environment())?;
    setup::for_hearing(workspace, Consent::from_environment())?;
    page::build(workspace, page::Effort::Full)?;
    let studio = studio::build(workspace)?;
    let mut measure = workspace.cargo(&["run", "--package", "e2e", "--bin", "bench", "--"]);
    run(measure.args(wanted).env("CREALIA_STUDIO", studio))
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

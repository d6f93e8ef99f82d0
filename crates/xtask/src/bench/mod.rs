//! Figures. A bench measures and prints; it never fails because a machine is slow.

mod processes;
mod quality;
mod speed;

use anyhow::{Result, bail};

use crate::setup::{self, Consent};
use crate::workspace::{Workspace, run};
use crate::{page, reels, studio};

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
        ["outbox" | "upload", ..] => posting(workspace, &words),
        _ => bail!(
            "bench takes: speed [MINUTES], memory, faces, quality [ROW…], window [WHAT…], \
             outbox [NETWORK[:STEP]…], upload"
        ),
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

/// Prints what posting survives and costs, with the program in release.
fn posting(workspace: &Workspace, wanted: &[&str]) -> Result<()> {
    setup::for_running(workspace, Consent::from_environment())?;
    let crealia = reels::build(workspace)?;
    let mut measure = workspace.cargo(&[
        "run",
        "--release",
        "--package",
        "cli",
        "--example",
        "posting",
        "--",
    ]);
    run(measure.args(wanted).env("CREALIA", crealia))
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

//! How well the program sees and hears, against what is known of the shared material.

use anyhow::Result;

use super::speed;
use crate::setup::{self, Consent};
use crate::workspace::{Workspace, made, run};

/// The row that compares with other programs.
const SPEED: &str = "speed";

/// Prints all figures, or those of the named rows.
pub(crate) fn measure(workspace: &Workspace, rows: &[&str]) -> Result<()> {
    setup::for_running(workspace, Consent::from_environment())?;
    let example = [
        "run",
        "--release",
        "--package",
        "engine",
        "--example",
        "quality",
        "--",
    ];
    let mut bench = workspace.cargo(&example);
    if rows.is_empty() || rows.contains(&SPEED) {
        let folder = made(workspace.target.join("bench"))?;
        let talk = speed::source(workspace, &folder, 10)?;
        let detector = setup::scene_detector(workspace)?;
        bench.arg(format!("talk={}", talk.display()));
        bench.arg(format!("scene-detector={}", detector.display()));
    }
    run(bench.args(rows))
}

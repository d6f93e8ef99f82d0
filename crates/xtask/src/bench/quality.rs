//! How well the program sees and hears, against what is known of the shared material.

use anyhow::Result;

use crate::setup::{self, Consent};
use crate::workspace::{Workspace, run};

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
    run(workspace.cargo(&example).args(rows))
}

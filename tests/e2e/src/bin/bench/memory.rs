//! Memory of the program and the processes of its page, beside those of a window without a project.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use e2e::Session;
use e2e::steps;

use crate::figures::row;
use crate::{setup, stock};

/// How long nothing is done before memory is read.
const IDLE: Duration = Duration::from_secs(10);

/// Measures a project that is open in the editor, and idle.
pub(crate) fn measure(program: &Path) -> Result<()> {
    let mut session = setup(program).start()?;
    let window = session.open()?;
    steps::welcome(&window)?;
    let empty = idle(&session)?;
    drop(window);
    drop(session);
    let (session, window) = stock::hour(program)?.opened(setup(program))?;
    stock::edit_first(&window)?;
    let open = idle(&session)?;
    row(
        "memory above an empty window, hour-long project open, idle",
        "<= 250 MB",
        &format!(
            "{:.0} MB ({:.0} MB against {:.0} MB)",
            open - empty,
            open,
            empty
        ),
    );
    Ok(())
}

/// Returns the proportional set size of the program, its workers and its page, in MB.
fn idle(session: &Session) -> Result<f64> {
    std::thread::sleep(IDLE);
    Ok(session.memory()? as f64 / 1e6)
}

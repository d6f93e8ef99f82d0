//! One module per group of commands.

pub(crate) mod about;
mod look;
mod machine;
mod publishing;
mod reels;

use protocol::error::{ApiError, ErrorCode};

use crate::arguments::{Command, Models, Presets};
use crate::output::{self, Style};

/// Runs a command that needs the engine and returns the exit status.
pub(crate) fn run(command: Command) -> u8 {
    match command {
        Command::Probe(arguments) => look::probe(&arguments),
        Command::Analyse(arguments) => look::analyse(&arguments),
        Command::Reels(arguments) => reels::reels(&arguments),
        Command::Render(arguments) => reels::render(&arguments),
        Command::Projects(json) => machine::projects(json.into()),
        Command::Models(Models::List(json)) => machine::list_models(json.into()),
        Command::Models(Models::Add { id, path, json }) => {
            machine::add_model(&id, &path, json.into())
        }
        Command::Models(Models::Download { id, quiet, json }) => {
            machine::download_model(&id, quiet, json.into())
        }
        Command::Models(Models::Verify { id, json }) => machine::verify_model(&id, json.into()),
        Command::Presets(Presets::List(json)) => machine::presets(json.into()),
        Command::Accounts(accounts) => publishing::accounts(accounts),
        Command::Post(arguments) => publishing::post(&arguments),
        Command::Outbox(outbox) => publishing::outbox(outbox),
        Command::Doctor(json) => machine::doctor(json.into()),
        Command::Completions { shell } => about::completions(shell),
        Command::Man => about::man(),
        Command::Worker => engine::serve_worker(),
    }
}

/// Returns the exit status of `work`, having printed its failure.
fn finish(style: Style, work: impl FnOnce() -> Result<(), ApiError>) -> u8 {
    match work() {
        Ok(()) => 0,
        Err(error) => output::failure(style, &error),
    }
}

/// Returns the failure of an input that was not begun.
fn cancelled() -> ApiError {
    ApiError::new(ErrorCode::Cancelled, "cancelled")
}

/// Returns the exit status of several inputs: that of the failures when they agree, else 1.
fn combined_status(failures: &[ApiError]) -> u8 {
    let statuses: Vec<u8> = failures
        .iter()
        .map(|error| error.code.exit_status())
        .collect();
    match statuses.as_slice() {
        [] => 0,
        _ if statuses.contains(&130) => 130,
        [first, rest @ ..] if rest.iter().all(|status| status == first) => *first,
        _ => 1,
    }
}

//! The `crealia` command: a thin layer of arguments and output over the engine.
//!
//! Standard output carries results, standard error everything else. With `--json` standard output
//! is exactly one JSON document and standard error one JSON object per line of progress.

mod arguments;
mod commands;
mod desktop;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser;
use engine::{Endpoints, Engine, Paths, WorkerCommand};
use protocol::error::{ApiError, ErrorCode};
use task::Cancel;

use arguments::{Command, CommandLine};
use output::Style;

fn main() -> ExitCode {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => return ExitCode::from(misused(&error)),
    };
    let status = match line.command {
        Command::Worker => engine::serve_worker(),
        Command::Completions { shell } => commands::about::completions(shell),
        Command::Man => commands::about::man(),
        command => commands::run(command),
    };
    ExitCode::from(output::status(status))
}

/// Tells what is wrong with the command line, or prints the help that was asked for.
fn misused(error: &clap::Error) -> u8 {
    let wants_json = std::env::args_os().any(|argument| argument == "--json");
    if error.use_stderr() && wants_json {
        let text = error.render().to_string();
        let mut paragraphs = text.trim().split("\n\n");
        let message = paragraphs.next().unwrap_or_default();
        let message = message.trim_start_matches("error: ").to_owned();
        let wrong = ApiError::new(ErrorCode::Usage, message).hint("`crealia help` shows the usage");
        return output::status(output::failure(Style::Json, &wrong));
    }
    if error.print().is_err() {
        return 1;
    }
    u8::try_from(error.exit_code()).unwrap_or(2)
}

/// Opens the engine on the folder that `CREALIA_HOME` names, else on the platform's data folder.
fn open_engine(style: Style) -> Result<Engine, ApiError> {
    let named = |name: &str| std::env::var_os(name);
    let data = directories::BaseDirs::new().map(|folders| folders.data_dir().to_owned());
    let paths = Paths::of_session(named("CREALIA_HOME").as_deref(), data.as_deref())?;
    let opened = Endpoints::of_session(named("CREALIA_ENDPOINTS").as_deref())
        .and_then(|endpoints| Engine::open(paths, worker()?, endpoints))
        .map_err(|error| error.to_api())?;
    if let Some(aside) = opened.set_aside {
        let kept = aside.path.display();
        let now = if aside.restored {
            "its last good copy took its place"
        } else {
            "a new one was begun"
        };
        let text = format!("the database was damaged and is kept as {kept}; {now}");
        output::aside(style, "database_set_aside", &text);
    }
    Ok(opened.engine)
}

/// The worker is this program with a hidden argument.
fn worker() -> Result<WorkerCommand, ApiError> {
    let program = std::env::current_exe().map_err(|error| {
        ApiError::new(
            ErrorCode::WorkerDied,
            format!("the program's own file is unknown: {error}"),
        )
    })?;
    Ok(WorkerCommand {
        program,
        arguments: vec![arguments::WORKER.to_owned()],
    })
}

/// Returns a request that Ctrl-C and a polite kill make; a second one ends the program at once.
fn cancel_on_signal() -> Result<Cancel, ApiError> {
    let cancel = Cancel::new();
    let asked = cancel.clone();
    ctrlc::set_handler(move || {
        if asked.is_cancelled() {
            std::process::exit(130);
        }
        asked.cancel();
    })
    .map_err(|error| ApiError::new(ErrorCode::Internal, format!("signals: {error}")))?;
    Ok(cancel)
}

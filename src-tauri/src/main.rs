//! The studio's window: a thin shell around the engine and the page.
//!
//! The page asks through one command, `call`, and hears through one subscription; what it may ask
//! is in `protocol::studio`. The shell answers only what a desktop can: dialogs, the file browser,
//! the log. It reads the environment and the platform's folders; the engine never does.
//!
//! Map: [`environment`] folders, language, arguments · [`commands`] what the page may call ·
//! [`desktop`] dialogs, file browser, notifications · [`pictures`] the scheme of pictures ·
//! [`window`] the window itself · [`renderer`] how WebKit draws · [`assets`] the page's files ·
//! [`log_file`] the log · [`words`] what the shell itself says.

mod assets;
mod commands;
mod desktop;
mod environment;
mod log_file;
mod pictures;
#[cfg(target_os = "linux")]
mod renderer;
mod window;
mod words;

use std::process::ExitCode;

use engine::studio::Studio;
use engine::{Engine, WorkerCommand};
use protocol::error::{ApiError, ErrorCode};
use tauri::{App, Manager as _, RunEvent};

use commands::Waiting;
use environment::Environment;

/// The hidden argument with which the engine starts this program as a worker.
const WORKER: &str = "worker";

fn main() -> ExitCode {
    // Before anything else: a worker has no window.
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|argument| argument == WORKER) {
        return ExitCode::from(engine::serve_worker());
    }
    #[cfg(target_os = "linux")]
    renderer::choose();
    match run(Environment::read()) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// Opens the window and returns the program's status when it is closed.
fn run(environment: Result<Environment, ApiError>) -> Result<u8, tauri::Error> {
    let name = environment.as_ref().ok().map(Environment::session_name);
    let mut context = tauri::generate_context!();
    assets::replace(&mut context);
    let mut alone = tauri_plugin_single_instance::Builder::new().callback(|app, given, folder| {
        commands::give(app, environment::files(given.into_iter().skip(1), &folder));
        window::show(app);
    });
    if let Some(name) = name {
        alone = alone.dbus_id(name);
    }
    let app = tauri::Builder::default()
        .plugin(alone.build())
        .plugin(tauri_plugin_dialog::init())
        .register_asynchronous_uri_scheme_protocol(pictures::SCHEME, pictures::serve)
        .invoke_handler(tauri::generate_handler![
            commands::call,
            commands::subscribe,
            commands::frame_shown
        ])
        .setup(move |app| {
            if let Err(error) = environment.and_then(|environment| start(app, &environment)) {
                complain(&error);
                window::tell_and_end(app.handle(), &error, environment::language());
            }
            Ok(())
        })
        .build(context)?;
    let status = app.run_return(|app, event| {
        if let RunEvent::Exit = event
            && let Some(studio) = app.try_state::<Studio>()
            && let Err(error) = studio.close()
        {
            complain(&error);
        }
    });
    Ok(u8::try_from(status).unwrap_or(1))
}

/// Logs why the program ends, and says it to those who see a terminal.
#[expect(
    clippy::print_stderr,
    reason = "before there is a window there is only this"
)]
fn complain(error: &dyn std::error::Error) {
    log::error!("{error}");
    eprintln!("crealia-studio: {error}");
}

/// Opens the engine, then the window. Another instance has ended before this.
fn start(app: &App, environment: &Environment) -> Result<(), ApiError> {
    log_file::start(&environment.logs())?;
    let program = std::env::current_exe().map_err(|error| internal("this program", &error))?;
    let worker = WorkerCommand {
        program,
        arguments: vec![WORKER.to_owned()],
    };
    let paths = environment.paths.clone();
    let opened = Engine::open_or_look(paths, worker, Environment::endpoints()?)
        .map_err(|error| error.to_api())?;
    let studio = Studio::open(opened, environment.options()?).map_err(|error| error.to_api())?;
    app.manage(studio);
    app.manage(Waiting::new(environment.files.clone()));
    window::open(app, environment)
}

/// Returns a fault of the program or its libraries as the error that the user sees.
fn internal(what: &str, error: &dyn std::fmt::Display) -> ApiError {
    ApiError::new(ErrorCode::Internal, format!("{what}: {error}"))
}

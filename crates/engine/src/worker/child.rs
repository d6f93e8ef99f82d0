//! The worker's own side.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use task::{Cancel, Progress};

use super::{Message, Request, covers, show, work};

/// Progress finer than this is not worth a line.
const PROGRESS_STEP: f64 = 0.002;

/// Serves one request from standard input and returns the exit status.
///
/// What libraries print to standard output goes to standard error: the pipe carries messages only.
pub fn serve() -> u8 {
    let Ok(pipe) = take_standard_output() else {
        return 1;
    };
    die_with_parent();
    let mut input = BufReader::new(std::io::stdin());
    let mut line = String::new();
    if input.read_line(&mut line).is_err() || line.is_empty() {
        return 1;
    }
    let request = serde_json::from_str::<Request>(&line).map_err(crate::Error::from);
    match request {
        Ok(Request::Preview) => return show::serve(input, pipe),
        Ok(Request::Covers) => return covers::serve(input, pipe),
        _ => {}
    }
    let pipe = Arc::new(Mutex::new(pipe));
    let cancel = Cancel::new();
    watch_input(input, cancel.clone());
    let progress = reporting(Arc::clone(&pipe));
    let outcome = request.and_then(|request| work::perform(request, &cancel, &progress));
    let message = match outcome {
        Ok(value) => Message::Done(value),
        Err(error) => Message::Failed(error.to_api()),
    };
    let failed = matches!(message, Message::Failed(_));
    if send(&pipe, &message).is_err() {
        return 1;
    }
    u8::from(failed)
}

fn reporting(pipe: Arc<Mutex<File>>) -> Progress {
    let last = Mutex::new(-1.0_f64);
    Progress::new(move |fraction| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if fraction - *last < PROGRESS_STEP && fraction < 1.0 {
            return;
        }
        *last = fraction;
        // A parent that is gone is noticed by the input's end.
        drop(send(&pipe, &Message::Progress(fraction)));
    })
}

fn send(pipe: &Mutex<File>, message: &Message) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    pipe.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .write_all(&line)
}

/// Cancels on the line `cancel` and on the input's end; ends the process a second later whatever
/// it does.
fn watch_input(mut input: BufReader<std::io::Stdin>, cancel: Cancel) {
    std::thread::spawn(move || {
        let mut line = String::new();
        // Any line, an error and the end all mean stop.
        drop(input.read_line(&mut line));
        cancel.cancel();
        std::thread::sleep(Duration::from_secs(1));
        std::process::exit(130);
    });
}

fn take_standard_output() -> std::io::Result<File> {
    let pipe: OwnedFd = rustix::io::dup(std::io::stdout())?;
    rustix::stdio::dup2_stdout(std::io::stderr())?;
    Ok(File::from(pipe))
}

#[cfg(target_os = "linux")]
fn die_with_parent() {
    use rustix::process::{Signal, set_parent_process_death_signal};
    // Without it the input's end still stops the worker, a second later.
    set_parent_process_death_signal(Some(Signal::KILL)).ok();
}

#[cfg(not(target_os = "linux"))]
fn die_with_parent() {}

//! The engine's side of a worker.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use protocol::error::{ApiError, ErrorCode};
use serde::de::DeserializeOwned;
use task::{Cancel, Progress};

use super::stillness::Stillness;
use super::{Message, Request, WorkerCommand};
use crate::Error;

const POLL: Duration = Duration::from_millis(50);
/// How long a worker may take to stop by itself.
const GRACE: Duration = Duration::from_secs(1);
/// How much of a dead worker's last words is kept, in lines.
const LAST_WORDS: usize = 12;

impl WorkerCommand {
    /// Runs `request` in a process of its own and returns its answer.
    pub(crate) fn call<R: DeserializeOwned>(
        &self,
        request: &Request,
        cancel: &Cancel,
        progress: &Progress,
    ) -> Result<R, Error> {
        rest(cancel)?;
        let mut running = Running::start(self, request)?;
        let answer = running.wait(cancel, progress);
        drop(running);
        Ok(serde_json::from_value(answer?)?)
    }
}

/// A worker process. It ends with this value, and on Linux with the thread that started it.
pub(crate) struct Process {
    child: Child,
    input: Option<ChildStdin>,
    last_words: Option<JoinHandle<VecDeque<String>>>,
}

impl Process {
    /// Starts a worker with its first line; returns it with what it writes.
    pub(crate) fn start(
        command: &WorkerCommand,
        request: &Request,
    ) -> Result<(Self, ChildStdout), Error> {
        let died = |error: &std::io::Error| {
            ApiError::new(
                ErrorCode::WorkerDied,
                format!("the worker does not start: {error}"),
            )
            .hint("install the program again")
        };
        let mut process = Command::new(&command.program);
        process
            .args(&command.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        own_group(&mut process);
        let mut child = process.spawn().map_err(|error| died(&error))?;
        let output = child.stdout.take();
        let mut process = Self {
            input: child.stdin.take(),
            last_words: (child.stderr.take()).map(|errors| std::thread::spawn(|| tail(errors))),
            child,
        };
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        process.write(&line).map_err(|error| died(&error))?;
        let output = output.ok_or_else(|| died(&ErrorKind::BrokenPipe.into()))?;
        Ok((process, output))
    }

    /// Writes a line, its end included.
    pub(crate) fn write(&mut self, line: &[u8]) -> std::io::Result<()> {
        match &mut self.input {
            Some(input) => input.write_all(line),
            None => Err(ErrorKind::BrokenPipe.into()),
        }
    }

    /// Returns the process's number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Stops the worker and all that it started where they are; they keep their memory.
    #[cfg(unix)]
    fn stand_still(&self) {
        self.signal(rustix::process::Signal::STOP);
    }

    #[cfg(unix)]
    fn go_on(&self) {
        self.signal(rustix::process::Signal::CONT);
    }

    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        let group = i32::try_from(self.child.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        if let Some(group) = group {
            // Refused only for a process that ended, which the next message tells.
            rustix::process::kill_process_group(group, signal).ok();
        }
    }

    /// Elsewhere a worker cannot be stopped: it goes on until its next step.
    #[cfg(not(unix))]
    fn stand_still(&self) {}

    #[cfg(not(unix))]
    fn go_on(&self) {}

    /// Returns what is known of a worker that went away.
    pub(crate) fn death(&mut self) -> ApiError {
        let status = self
            .child
            .wait()
            .map_or_else(|error| error.to_string(), describe);
        let words = self.last_words.take().and_then(|thread| thread.join().ok());
        let mut message = format!("the worker died: {status}");
        if let Some(words) = words.filter(|words| !words.is_empty()) {
            message = format!(
                "{message}; its last words: {}",
                Vec::from(words).join(" | ")
            );
        }
        ApiError::new(ErrorCode::WorkerDied, message)
    }

    /// Lets the worker end; kills it when it does not within a second.
    fn finish(&mut self) {
        drop(self.input.take());
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        // Both fail only for a process that has ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Waits as long as the work is to rest.
fn rest(cancel: &Cancel) -> Result<(), Error> {
    while cancel.is_paused() && !cancel.is_cancelled() {
        std::thread::sleep(POLL);
    }
    Ok(cancel.check()?)
}

impl Drop for Process {
    fn drop(&mut self) {
        self.finish();
    }
}

struct Running {
    process: Process,
    messages: Receiver<Message>,
}

impl Running {
    fn start(command: &WorkerCommand, request: &Request) -> Result<Self, Error> {
        let (process, output) = Process::start(command, request)?;
        let (sender, messages) = sync_channel(64);
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                let Ok(line) = line else { return };
                let Ok(message) = serde_json::from_str(&line) else {
                    continue;
                };
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Ok(Self { process, messages })
    }

    fn wait(&mut self, cancel: &Cancel, progress: &Progress) -> Result<serde_json::Value, Error> {
        let mut still = Stillness::of(self.process.id());
        loop {
            if cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            if cancel.is_paused() {
                self.process.stand_still();
                let rested = rest(cancel);
                self.process.go_on();
                rested?;
                still.end();
            }
            match self.messages.recv_timeout(POLL) {
                Ok(Message::Progress(fraction)) => {
                    still.end();
                    progress.report(fraction);
                }
                Ok(Message::Done(value)) => return Ok(value),
                Ok(Message::Failed(error)) if error.code == ErrorCode::Cancelled => {
                    return Err(Error::Cancelled);
                }
                Ok(Message::Failed(error)) => return Err(error.into()),
                Err(RecvTimeoutError::Timeout) => {
                    if let Some(error) = still.verdict() {
                        return Err(error.into());
                    }
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let death = self.process.death();
                    return Err(death
                        .hint("run the same command again; if it dies again the file breaks a decoder: convert it to H.264")
                        .into());
                }
            }
        }
    }
}

/// Keeps Ctrl-C at a terminal from reaching the worker too: its parent tells it to stop.
#[cfg(unix)]
fn own_group(process: &mut Command) {
    use std::os::unix::process::CommandExt;
    process.process_group(0);
}

#[cfg(not(unix))]
fn own_group(_: &mut Command) {}

fn tail(errors: impl Read) -> VecDeque<String> {
    let mut last = VecDeque::new();
    for line in BufReader::new(errors).split(b'\n') {
        let Ok(line) = line else { break };
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        if line.is_empty() {
            continue;
        }
        if last.len() == LAST_WORDS {
            last.pop_front();
        }
        last.push_back(line);
    }
    last
}

#[cfg(unix)]
fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match status.signal() {
        Some(9) => "it was killed (out of memory?)".to_owned(),
        Some(signal) => format!("signal {signal}"),
        None => status.to_string(),
    }
}

#[cfg(not(unix))]
fn describe(status: ExitStatus) -> String {
    status.to_string()
}

//! The worker of covers, both sides: orders in, one line of answer for each.

use std::fs::File;
use std::io::{BufRead, BufReader, Lines, Write as _};
use std::process::ChildStdout;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use media::preview::{CoverRequest, Covers};
use task::Cancel;
use timeline::time::SequenceTime;

use super::{Message, Process, Request, WorkerCommand};
use crate::Error;

/// How long it may take to end once nobody listens.
const GRACE: Duration = Duration::from_secs(1);

/// A worker that draws one cover after the other. It ends with this value, and on Linux with the thread that
/// started it.
pub(crate) struct CoverWorker {
    process: Process,
    answers: Lines<BufReader<ChildStdout>>,
}

impl CoverWorker {
    /// Starts one.
    pub(crate) fn start(command: &WorkerCommand) -> Result<Self, Error> {
        let (process, output) = Process::start(command, &Request::Covers)?;
        Ok(Self {
            process,
            answers: BufReader::new(output).lines(),
        })
    }

    /// Has a cover drawn and returns the moment that it shows. After an error it may have died, and is not to
    /// be used any more.
    pub(crate) fn draw(&mut self, request: &CoverRequest) -> Result<SequenceTime, Error> {
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        // One that is gone by now has ended its output, too.
        drop(self.process.write(&line));
        for answer in self.answers.by_ref().map_while(Result::ok) {
            match serde_json::from_str(&answer) {
                Ok(Message::Done(at)) => return Ok(serde_json::from_value(at)?),
                Ok(Message::Failed(error)) => return Err(error.into()),
                Ok(Message::Progress(_)) | Err(_) => {}
            }
        }
        let death = self.process.death();
        Err(death
            .hint("open the board again; if it dies again the file breaks a decoder: convert it to H.264")
            .into())
    }
}

/// Serves orders until the input ends, and returns the exit status.
pub(super) fn serve(input: BufReader<std::io::Stdin>, mut pipe: File) -> u8 {
    let cancel = Cancel::new();
    let orders = orders(input, cancel.clone());
    // Before the first order: the engine still reads what that is of.
    let mut covers = Covers::new();
    for line in orders {
        let answer = match draw(&mut covers, &line, &cancel) {
            Ok(at) => Message::Done(at),
            Err(error) => Message::Failed(error.to_api()),
        };
        let Ok(mut answer) = serde_json::to_vec(&answer) else {
            return 1;
        };
        answer.push(b'\n');
        if pipe.write_all(&answer).is_err() {
            return 1;
        }
    }
    0
}

fn draw(
    covers: &mut media::Result<Covers>,
    line: &str,
    cancel: &Cancel,
) -> Result<serde_json::Value, Error> {
    let request: CoverRequest = serde_json::from_str(line)?;
    let covers = covers.as_mut().map_err(|error| error.clone())?;
    Ok(serde_json::to_value(covers.draw(request, cancel)?)?)
}

/// Returns the lines of the input. Its end cancels what is being drawn, and ends the process a second later
/// whatever it does.
fn orders(input: BufReader<std::io::Stdin>, cancel: Cancel) -> Receiver<String> {
    let (sender, orders) = sync_channel(1);
    std::thread::spawn(move || {
        for line in input.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
        drop(sender);
        cancel.cancel();
        std::thread::sleep(GRACE);
        std::process::exit(130);
    });
    orders
}

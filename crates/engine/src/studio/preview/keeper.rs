//! The thread that starts the preview's worker, talks to it, and starts it again when it dies.

use std::process::ChildStdout;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

use media::preview::Opening;
use protocol::error::ApiError;
use protocol::studio::event::{Event, Notice, PreviewState};
use protocol::studio::frame::FrameHeader;

use super::View;
use crate::worker::wire::{self, Command, Packet};
use crate::worker::{Process, Request};
use crate::{Engine, Error};

/// A worker that dies this soon after one that died is not started again.
const AGAIN: Duration = Duration::from_secs(10);
/// How long a worker without anything to show stays.
const IDLE: Duration = Duration::from_mins(1);

/// What the keeper is to do.
pub(super) enum Order {
    /// Show what the session holds.
    Show,
    /// Pass a command on.
    Tell(Command),
    /// The output of the worker with this number ended.
    Ended(u64),
    Quit,
}

/// Owns the worker.
pub(super) struct Keeper {
    engine: Engine,
    view: Arc<View>,
    orders: SyncSender<Order>,
    worker: Option<Process>,
    /// Counts the workers.
    number: u64,
    died: Option<Instant>,
}

impl Keeper {
    pub(super) fn new(engine: Engine, view: Arc<View>, orders: SyncSender<Order>) -> Self {
        Self {
            engine,
            view,
            orders,
            worker: None,
            number: 0,
            died: None,
        }
    }

    /// Obeys until it is told to quit.
    pub(super) fn run(mut self, orders: &Receiver<Order>) {
        loop {
            match orders.recv_timeout(IDLE) {
                Ok(Order::Show) => self.show(),
                Ok(Order::Tell(command)) => self.tell(&command),
                Ok(Order::Ended(number)) => self.ended(number),
                Ok(Order::Quit) | Err(RecvTimeoutError::Disconnected) => return self.end(),
                Err(RecvTimeoutError::Timeout) => {
                    if self.view.session().shown.is_none() {
                        self.end();
                    }
                }
            }
        }
    }

    /// Ends the worker.
    fn end(&mut self) {
        self.number += 1;
        self.worker = None;
        self.view.session().worker = None;
    }

    fn tell(&mut self, command: &Command) {
        let is_shown = self.view.session().shown.is_some();
        match (&self.worker, command) {
            (Some(_), _) => self.send(command),
            // A frame of a worker that is gone, or nothing to close.
            (None, Command::Shown(..) | Command::Close) => {}
            // What was asked for is part of what the session holds.
            (None, _) if is_shown => self.show(),
            (None, _) => {}
        }
    }

    /// Shows what the session holds, where it is.
    fn show(&mut self) {
        if self.worker.is_none()
            && let Err(error) = self.start()
        {
            return self.fail(error.to_api());
        }
        let mut commands = Vec::new();
        if let Some(shown) = &self.view.session().shown {
            commands.push(Command::Open {
                request: Box::new(shown.request.clone()),
                opening: Opening {
                    at: shown.at,
                    ..shown.opening
                },
            });
            if shown.range.is_some() {
                commands.push(Command::Loop(shown.range));
            }
            commands.extend(shown.rate.map(Command::Play));
        }
        for command in &commands {
            self.send(command);
        }
    }

    fn send(&mut self, command: &Command) {
        let Some(worker) = &mut self.worker else {
            return;
        };
        match serde_json::to_vec(command) {
            Ok(mut line) => {
                line.push(b'\n');
                // The end of its output tells that a worker is gone.
                drop(worker.write(&line));
            }
            Err(error) => self.fail(Error::from(error).to_api()),
        }
    }

    fn start(&mut self) -> Result<(), Error> {
        let (process, output) = Process::start(self.engine.worker(), &Request::Preview)?;
        self.number += 1;
        self.view.session().worker = Some(process.id());
        self.worker = Some(process);
        let (view, orders, number) = (Arc::clone(&self.view), self.orders.clone(), self.number);
        std::thread::spawn(move || {
            listen(&view, output);
            // The keeper may be gone first.
            drop(orders.send(Order::Ended(number)));
        });
        Ok(())
    }

    fn ended(&mut self, number: u64) {
        if number != self.number {
            return;
        }
        let Some(mut process) = self.worker.take() else {
            return;
        };
        let death = process.death();
        drop(process);
        let mut session = self.view.session();
        session.worker = None;
        let is_shown = session.shown.is_some();
        drop(session);
        if !is_shown {
            return;
        }
        let again = self.died.is_some_and(|died| died.elapsed() < AGAIN);
        self.died = Some(Instant::now());
        if again {
            return self.fail(death.hint(
                "play again to try once more; if it stops at the same place the file breaks a decoder: convert it to H.264",
            ));
        }
        (self.view.events)(Event::Notice(Notice::PreviewRestarted));
        self.show();
    }

    fn fail(&self, error: ApiError) {
        let shown =
            (self.view.session().shown.as_ref()).map(|shown| (shown.opening.preview, shown.at));
        if let Some((preview, at)) = shown {
            self.view.tell(preview, PreviewState::Failed(error), at);
        }
    }
}

/// Passes on what a worker says until it ends.
fn listen(view: &View, mut output: ChildStdout) {
    loop {
        match wire::read(&mut output) {
            Ok(Some(Packet::Frame(header, bytes))) => frame(view, header, bytes),
            Ok(Some(Packet::Status(told))) => {
                // Number 0: the worker could show nothing at all.
                let preview = match told.preview {
                    0 => view.session().previews,
                    preview => preview,
                };
                view.tell(preview, told.state, told.at);
            }
            Ok(Some(Packet::Note(words))) => view.session().note = Some(words),
            Ok(None) => return,
            // Cut off in the middle: it died while it wrote.
            Err(error) => {
                view.session().note = Some(format!("the worker's output ended: {error}"));
                return;
            }
        }
    }
}

fn frame(view: &View, header: FrameHeader, bytes: Vec<u8>) {
    let mut session = view.session();
    let shown = session.shown.as_mut();
    let Some(shown) = shown.filter(|shown| shown.opening.preview == header.preview) else {
        return;
    };
    // Standing still, it may be a glimpse on the way to what was asked for.
    if shown.rate.is_some() {
        shown.at = header.at;
    }
    drop(session);
    let listener = view.listener().clone();
    if let Some(listener) = listener {
        listener(bytes);
    }
}

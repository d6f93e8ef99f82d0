//! The preview worker's own side: commands in, frames and changes of state out.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use media::preview::{Frame, Preview, Screen, State, Status};
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::event::PreviewState;
use protocol::studio::frame::FrameHeader;
use timeline::time::SequenceTime;

use super::wire::{self, Command, Told};
use crate::Error;

/// How long it may take to end once nobody listens.
const GRACE: Duration = Duration::from_secs(1);

/// Serves commands until the input ends, and returns the exit status.
pub(super) fn serve(input: BufReader<std::io::Stdin>, pipe: File) -> u8 {
    widen(&pipe);
    let outlet = Arc::new(Outlet(Mutex::new(pipe)));
    let preview = match Preview::new(Arc::clone(&outlet) as Arc<dyn Screen>) {
        Ok(preview) => preview,
        Err(error) => {
            outlet.fail(0, SequenceTime::ZERO, Error::from(error).to_api());
            return 1;
        }
    };
    for line in input.lines() {
        let Ok(line) = line else { break };
        match serde_json::from_str::<Command>(&line) {
            Ok(command) => obey(&preview, command),
            Err(error) => outlet.note(&format!("a command cannot be read: {error}")),
        }
    }
    std::thread::spawn(|| {
        // A decoder that hangs must not keep the process.
        std::thread::sleep(GRACE);
        std::process::exit(130);
    });
    drop(preview);
    0
}

fn obey(preview: &Preview, command: Command) {
    match command {
        // What is refused is told as a state of its own.
        Command::Open { request, opening } => drop(preview.open(*request, opening)),
        Command::Update(request) => drop(preview.update(*request)),
        Command::Play(rate) => preview.play(rate),
        Command::Pause => preview.pause(),
        Command::Seek(at) => preview.seek(at),
        Command::Loop(range) => preview.repeat(range),
        Command::Shown(number, at) => preview.shown(number, at),
        Command::Close => preview.close(),
    }
}

/// The way to the parent. One that is gone is noticed by the input's end.
struct Outlet(Mutex<File>);

impl Outlet {
    fn write(&self, write: impl FnOnce(&mut File) -> std::io::Result<()>) {
        let mut pipe = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(write(&mut pipe));
    }

    fn tell(&self, preview: u32, at: SequenceTime, state: PreviewState) {
        let told = Told { preview, state, at };
        self.write(|pipe| wire::write_status(pipe, &told));
    }

    fn fail(&self, preview: u32, at: SequenceTime, error: ApiError) {
        self.tell(preview, at, PreviewState::Failed(error));
    }
}

impl Screen for Outlet {
    fn frame(&self, frame: Frame) {
        let side = |side: u32| u16::try_from(side).ok();
        let (Some(width), Some(height)) = (side(frame.width), side(frame.height)) else {
            let error = ApiError::new(ErrorCode::Internal, "a frame is too large for the window");
            return self.fail(frame.preview, frame.at, error);
        };
        let header = FrameHeader {
            at: frame.at,
            width,
            height,
            preview: frame.preview,
        };
        self.write(|pipe| wire::write_frame(pipe, header, &frame.planes));
    }

    fn status(&self, status: Status) {
        let state = match status.state {
            State::Loading => PreviewState::Loading,
            State::Paused => PreviewState::Paused,
            State::Playing { rate } => PreviewState::Playing { rate },
            State::Ended => PreviewState::Ended,
            State::Failed(error) => PreviewState::Failed(Error::from(error).to_api()),
        };
        self.tell(status.preview, status.at, state);
    }

    fn note(&self, words: &str) {
        self.write(|pipe| wire::write_note(pipe, words));
    }
}

/// Makes the pipe as wide as a frame, so that one goes through with few switches between processes.
#[cfg(target_os = "linux")]
fn widen(pipe: &File) {
    // A system with a lower limit keeps the usual width.
    rustix::pipe::fcntl_setpipe_size(pipe, 1 << 20).ok();
}

#[cfg(not(target_os = "linux"))]
fn widen(_: &File) {}

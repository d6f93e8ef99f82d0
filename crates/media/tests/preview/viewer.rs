//! A window that looks at what is shown.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use media::preview::{Frame, Opening, Preview, PreviewRequest, Screen, Sound, State, Status};
use media::render::RenderRequest;
use media::{Error, Result};
use timeline::time::SequenceTime;

use crate::bench::Picture;

/// Longer than any machine takes: a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// What an export shows, to be shown in a window.
pub(crate) fn preview_of(request: &RenderRequest) -> PreviewRequest {
    PreviewRequest {
        sequence: request.sequence.clone(),
        sources: request.sources.clone(),
        cards: request.cards.clone(),
        caption_style: request.caption_style.clone(),
        proxies: BTreeMap::new(),
        loudness: BTreeMap::new(),
    }
}

enum Seen {
    Frame(Frame),
    Status(Status),
}

struct Eye(Mutex<SyncSender<Seen>>);

impl Screen for Eye {
    fn frame(&self, frame: Frame) {
        drop(self.0.lock().unwrap().send(Seen::Frame(frame)));
    }

    fn status(&self, status: Status) {
        drop(self.0.lock().unwrap().send(Seen::Status(status)));
    }

    fn note(&self, _words: &str) {}
}

/// A frame that was shown.
pub(crate) struct View {
    pub(crate) at: SequenceTime,
    pub(crate) number: usize,
    pub(crate) luma: Picture,
}

impl View {
    pub(crate) fn mean(&self) -> f64 {
        self.luma.mean()
    }
}

pub(crate) struct Viewer {
    pub(crate) preview: Preview,
    seen: Receiver<Seen>,
    states: Vec<Status>,
    opened: u32,
    pub(crate) sound: Sound,
}

impl Viewer {
    pub(crate) fn new() -> Self {
        let (sender, seen) = sync_channel(1024);
        Self {
            preview: Preview::new(Arc::new(Eye(Mutex::new(sender)))).unwrap(),
            seen,
            states: Vec::new(),
            opened: 0,
            sound: Sound::Off,
        }
    }

    pub(crate) fn try_open(&mut self, request: PreviewRequest, height: u32) -> Result<()> {
        self.opened += 1;
        let opening = Opening {
            preview: self.opened,
            at: SequenceTime::ZERO,
            height,
            sound: self.sound,
        };
        self.preview.open(request, opening)
    }

    /// Opens at the start and waits for its frame.
    pub(crate) fn open(&mut self, request: PreviewRequest, height: u32) -> View {
        self.try_open(request, height).unwrap();
        self.next_frame()
    }

    /// Waits for the next frame of what is open, without telling that it was drawn.
    pub(crate) fn unacknowledged(&mut self) -> Frame {
        loop {
            match self.seen.recv_timeout(PATIENCE) {
                Ok(Seen::Frame(frame)) if frame.preview == self.opened => return frame,
                Ok(Seen::Frame(_)) => {}
                Ok(Seen::Status(status)) => self.states.push(status),
                Err(error) => panic!("no frame came: {error}; states: {:?}", self.states),
            }
        }
    }

    /// Waits for the next frame and tells that it was drawn.
    pub(crate) fn next_frame(&mut self) -> View {
        let frame = self.unacknowledged();
        self.draw(&frame)
    }

    /// Draws the frames that have come.
    pub(crate) fn frames_so_far(&mut self) -> Vec<View> {
        let mut views = Vec::new();
        while let Ok(seen) = self.seen.try_recv() {
            match seen {
                Seen::Frame(frame) => views.push(self.draw(&frame)),
                Seen::Status(status) => self.states.push(status),
            }
        }
        views
    }

    fn draw(&self, frame: &Frame) -> View {
        self.preview.shown(frame.preview, frame.at);
        let luma = (frame.width * frame.height) as usize;
        assert_eq!(
            frame.planes.len(),
            luma * 3 / 2,
            "three planes without padding"
        );
        let luma = Picture::new(frame.width as usize, &frame.planes[..luma]);
        View {
            at: frame.at,
            number: luma.number(),
            luma,
        }
    }

    /// Waits for a frame of a moment.
    pub(crate) fn frame_of(&mut self, at: SequenceTime) -> View {
        loop {
            let frame = self.next_frame();
            if frame.at == at {
                return frame;
            }
        }
    }

    /// Shows a moment and waits for its frame; whatever was shown before has come by then.
    pub(crate) fn seek(&mut self, at: SequenceTime) -> View {
        self.preview.seek(at);
        self.next_frame()
    }

    /// The number in the frame at the start of which `at` is.
    pub(crate) fn number_at(&mut self, at: SequenceTime) -> usize {
        let frame = self.seek(at);
        assert_eq!(frame.at, at, "the frame that was asked for");
        frame.number
    }

    /// The states since the last call.
    pub(crate) fn states(&mut self) -> Vec<State> {
        // A state that follows a frame is told right after it.
        while let Ok(seen) = self.seen.recv_timeout(Duration::from_millis(300)) {
            match seen {
                Seen::Status(status) => self.states.push(status),
                Seen::Frame(frame) => self.preview.shown(frame.preview, frame.at),
            }
        }
        self.states.drain(..).map(|status| status.state).collect()
    }

    /// Looks on until a state satisfies; returns the frames until then and when it was told.
    pub(crate) fn until(&mut self, wanted: impl Fn(&State) -> bool) -> (Vec<View>, Status) {
        let mut views = Vec::new();
        loop {
            if let Some(index) = self.states.iter().position(|status| wanted(&status.state)) {
                let status = self.states.drain(..=index).next_back().unwrap();
                return (views, status);
            }
            match self.seen.recv_timeout(PATIENCE) {
                Ok(Seen::Status(status)) => self.states.push(status),
                Ok(Seen::Frame(frame)) => views.push(self.draw(&frame)),
                Err(error) => panic!("the state did not come: {error}"),
            }
        }
    }

    pub(crate) fn wait_for_failure(&mut self) -> Error {
        let (_, status) = self.until(|state| matches!(state, State::Failed(_)));
        match status.state {
            State::Failed(error) => error,
            other => panic!("{other:?}"),
        }
    }
}

impl Viewer {
    /// Counts the frames until the end is told, telling of none that it was drawn.
    pub(crate) fn frames_until_end(&mut self) -> usize {
        let mut count = 0;
        loop {
            match self.seen.recv_timeout(PATIENCE) {
                Ok(Seen::Status(status)) if status.state == State::Ended => return count,
                Ok(Seen::Status(_)) => {}
                Ok(Seen::Frame(_)) => count += 1,
                Err(error) => panic!("the end was not told: {error}"),
            }
        }
    }

    /// Waits a moment for a frame that must not come.
    pub(crate) fn quiet(&mut self) -> std::result::Result<SequenceTime, RecvTimeoutError> {
        loop {
            match self.seen.recv_timeout(Duration::from_millis(500))? {
                Seen::Frame(frame) => return Ok(frame.at),
                Seen::Status(status) => self.states.push(status),
            }
        }
    }
}

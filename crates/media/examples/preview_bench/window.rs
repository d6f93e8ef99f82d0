//! A window that draws each frame at once.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use media::preview::{Counts, Frame, Preview, Screen, State, Status};
use serde_json::{Value, json};

use crate::talk::Outcome;
use crate::{quantiles, rounded};

/// Longer than any machine takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A preview with what it shows.
pub(crate) struct Window {
    pub(crate) preview: Preview,
    seen: Receiver<(Instant, Seen)>,
}

enum Seen {
    Frame(Frame),
    Status(Status),
}

struct Eye(Mutex<SyncSender<(Instant, Seen)>>);

impl Eye {
    fn see(&self, seen: Seen) {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The bench may have ended.
        drop(sender.send((Instant::now(), seen)));
    }
}

impl Screen for Eye {
    fn frame(&self, frame: Frame) {
        self.see(Seen::Frame(frame));
    }

    fn status(&self, status: Status) {
        self.see(Seen::Status(status));
    }

    fn note(&self, words: &str) {
        eprintln!("note: {words}");
    }
}

/// How playing went.
pub(crate) struct Course {
    asked: Instant,
    frames: Vec<Instant>,
    before: Counts,
    after: Counts,
}

impl Window {
    pub(crate) fn new() -> Outcome<Self> {
        let (sender, seen) = sync_channel(4096);
        let preview = Preview::new(Arc::new(Eye(Mutex::new(sender))))?;
        Ok(Self { preview, seen })
    }

    /// Waits for the next frame.
    pub(crate) fn next_frame(&self) -> Outcome<(Instant, Frame)> {
        loop {
            if let (when, Seen::Frame(frame)) = self.next()? {
                return Ok((when, frame));
            }
        }
    }

    /// Draws what has come, and returns how many frames that were.
    pub(crate) fn frames_so_far(&self) -> Outcome<u32> {
        let mut count = 0;
        while let Ok((_, seen)) = self.seen.try_recv() {
            count += u32::from(matches!(self.draw(seen)?, Seen::Frame(_)));
        }
        Ok(count)
    }

    /// Plays until the end.
    pub(crate) fn play_to_the_end(&self) -> Outcome<Course> {
        let mut course = Course {
            asked: Instant::now(),
            frames: Vec::new(),
            before: self.preview.counts(),
            after: self.preview.counts(),
        };
        self.preview.play(1.0);
        self.watch_to_the_end(|when, _| course.frames.push(when))?;
        course.after = self.preview.counts();
        Ok(course)
    }

    /// Returns when the picture got bright, until the end.
    pub(crate) fn flashes_to_the_end(&self) -> Outcome<Vec<Instant>> {
        let mut flashes = Vec::new();
        let mut dark = true;
        self.watch_to_the_end(|when, frame| {
            let middle = frame.planes.get((frame.width * frame.height / 2) as usize);
            let bright = middle.is_some_and(|luma| *luma > 120);
            if bright && dark {
                flashes.push(when);
            }
            dark = !bright;
        })?;
        Ok(flashes)
    }

    fn watch_to_the_end(&self, mut each: impl FnMut(Instant, &Frame)) -> Outcome<()> {
        loop {
            match self.next()? {
                (when, Seen::Frame(frame)) => each(when, &frame),
                (_, Seen::Status(status)) if status.state == State::Ended => return Ok(()),
                (_, Seen::Status(_)) => {}
            }
        }
    }

    fn next(&self) -> Outcome<(Instant, Seen)> {
        let (when, seen) = self.seen.recv_timeout(PATIENCE)?;
        Ok((when, self.draw(seen)?))
    }

    fn draw(&self, seen: Seen) -> Outcome<Seen> {
        match &seen {
            Seen::Frame(frame) => self.preview.shown(frame.preview, frame.at),
            Seen::Status(status) => {
                if let State::Failed(error) = &status.state {
                    return Err(error.clone().into());
                }
            }
        }
        Ok(seen)
    }
}

impl Course {
    /// Returns it as a line of the output.
    pub(crate) fn told(&self) -> Value {
        let mut gaps: Vec<f64> = (self.frames.iter())
            .zip(self.frames.iter().skip(1))
            .map(|(one, next)| next.duration_since(*one).as_secs_f64() * 1000.0)
            .collect();
        let millis = |frame: Option<&Instant>| {
            frame.map(|when| rounded(when.duration_since(self.asked).as_secs_f64() * 1000.0))
        };
        // The first frame is handed over before the clock goes: only the second one tells that it does.
        let (first, second, last) = (self.frames.first(), self.frames.get(1), self.frames.last());
        let secs = first.zip(last).map_or(0.0, |(first, last)| {
            last.duration_since(*first).as_secs_f64()
        });
        let shown = self.after.shown - self.before.shown;
        let late = self.after.late - self.before.late;
        let without_room = self.after.unacknowledged - self.before.unacknowledged;
        json!({
            "first_ms": millis(first),
            "second_ms": millis(second),
            "secs": rounded(secs),
            "fps": rounded(gaps.len() as f64 / secs.max(0.001)),
            "shown": shown,
            "late": late,
            "without_room": without_room,
            "gaps": quantiles(&mut gaps),
        })
    }
}

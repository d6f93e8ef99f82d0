//! Plays a sequence at the size of a window, as its export will look and sound.
//!
//! The same code as in [`crate::render()`] finds, crops and scales pictures, draws captions and
//! mixes sound; only the frame is smaller and the sound is not brought to its level exactly.
//!
//! ```text
//! commands ─▶ Stage (what is shown, where, how fast)
//!               │            ┌─ warm decoders, one or two per source
//!               ├─▶ drawer ──┤
//!               │            └─▶ frames drawn ahead ─▶ presenter ─▶ Screen
//!               └─▶ sound: mix ─▶ appsrc ─ scaletempo ─ autoaudiosink     ▲
//!                                              └───── clock ──────────────┘
//! ```
//!
//! Terms: a *show* is what one request asks for; a *course* is a stretch of playing, from a frame at
//! a speed; its *steps* are the frames that are shown on it. The clock of a course is that of the
//! sound as it leaves the device. Where nothing is heard (speeds that sound has none for, no device,
//! previews without sound) the machine's monotonic clock takes its place.
//!
//! Frames never pile up: what comes late is left out, and at most [`MOST_IN_FLIGHT`] are under way
//! that the window has not drawn. Standing still, the frame waits for room instead.
//!
//! Loudness: a fixed gain that would bring the sources, as they were measured, to the level of the
//! export, and the export's limiter. It is off by what the cut changes, mostly less than 2 LU, and
//! costs no second pass. Without measures the gain is 1.

mod clock;
mod course;
mod covers;
mod desk;
mod device;
mod drawer;
mod presenter;
mod show;
mod sound;
mod stage;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use serde::{Deserialize, Serialize};
use task::Cancel;
use timeline::caption::Card;
use timeline::ids::MediaId;
use timeline::project::Sequence;
use timeline::style::CaptionStyle;
use timeline::time::{SequenceRange, SequenceTime};

use crate::error::{Error, Result};
use crate::render::RenderSource;
use show::Show;
use stage::Shared;

pub use covers::{CoverFrame, CoverRequest, Covers};
pub use stage::Counts;

/// The most frames that are under way to the window and not drawn there.
pub const MOST_IN_FLIGHT: usize = 2;
/// The fastest that is played, in either direction.
pub const FASTEST: f64 = 8.0;

/// A sequence to show and all that it refers to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PreviewRequest {
    /// What to show: at most one layer of pictures. May be empty.
    pub sequence: Sequence,
    /// The sources of its clips.
    pub sources: BTreeMap<MediaId, RenderSource>,
    /// The captions to draw, sorted, not overlapping.
    pub cards: Vec<Card>,
    /// How captions look; `None` draws none.
    pub caption_style: Option<CaptionStyle>,
    /// Light copies of the pictures of sources, as the analysis makes them. One that is not there
    /// is not used.
    #[serde(default)]
    pub proxies: BTreeMap<MediaId, PathBuf>,
    /// What was measured of the sources' sound, in LUFS.
    #[serde(default)]
    pub loudness: BTreeMap<MediaId, f64>,
}

/// How a sequence begins to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// A number for its frames: others than those of the shows before.
    pub preview: u32,
    /// Where to begin.
    pub at: SequenceTime,
    /// Height of its frames in pixels; made even and at most the sequence's own.
    pub height: u32,
    /// Whether it is heard.
    pub sound: Sound,
}

/// Whether a show is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sound {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// A frame to show: I420, BT.709, limited range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The show that it belongs to.
    pub preview: u32,
    /// When it is shown, the start of a frame of the sequence.
    pub at: SequenceTime,
    /// Width in pixels, even.
    pub width: u32,
    /// Height in pixels, even.
    pub height: u32,
    /// The planes Y, U and V, rows without padding.
    pub planes: Vec<u8>,
}

/// What a show does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It gets ready.
    Loading,
    /// It stands still.
    Paused,
    /// It plays.
    Playing {
        /// The rate, 1 for normal.
        rate: f64,
    },
    /// It stands at the end.
    Ended,
    /// It cannot be shown. The next command tries again.
    Failed(Error),
}

/// How a show stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Which show.
    pub preview: u32,
    /// What it does.
    pub state: State,
    /// Where it is.
    pub at: SequenceTime,
}

/// Whoever shows the frames. Called from threads of the preview, one call at a time.
pub trait Screen: Send + Sync {
    /// Takes a frame that is due now. May take its time: later ones are left out.
    fn frame(&self, frame: Frame);
    /// Takes a change of state.
    fn status(&self, status: Status);
    /// Takes a remark for a log, such as why nothing is heard.
    fn note(&self, words: &str);
}

/// Shows one sequence at a time. Every call returns at once.
pub struct Preview {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Preview {
    /// Starts with nothing to show.
    ///
    /// # Errors
    /// When GStreamer does not start.
    pub fn new(screen: Arc<dyn Screen>) -> Result<Self> {
        crate::render::start()?;
        let shared = Arc::new(Shared::new(screen));
        let [draws, presents, plays] = std::array::from_fn(|_| Arc::clone(&shared));
        let threads = vec![
            std::thread::spawn(move || drawer::run(&draws)),
            std::thread::spawn(move || presenter::run(&presents)),
            std::thread::spawn(move || sound::run(&plays)),
        ];
        Ok(Self { shared, threads })
    }

    /// Shows a sequence, standing still, in place of what was shown.
    ///
    /// # Errors
    /// [`Error::Request`] for a sequence that cannot be built here; nothing is shown then.
    pub fn open(&self, request: PreviewRequest, opening: Opening) -> Result<()> {
        let show = Show::new(request, opening);
        let mut stage = self.shared.lock();
        match show {
            Ok(show) => stage.open(Arc::new(show), opening.at),
            Err(error) => {
                stage.close();
                stage.refuse(opening.preview, error.clone(), opening.at);
                self.shared.changed.notify_all();
                return Err(error);
            }
        }
        self.shared.changed.notify_all();
        Ok(())
    }

    /// Shows an edited sequence where the one before was, and goes on playing.
    ///
    /// # Errors
    /// [`Error::Request`] for a sequence that cannot be built here, and when nothing is shown.
    pub fn update(&self, request: PreviewRequest) -> Result<()> {
        let opening = self.shared.lock().opening();
        let opening = opening.ok_or_else(|| Error::Request {
            detail: "nothing is shown".to_owned(),
        })?;
        let show = Show::new(request, opening);
        let mut stage = self.shared.lock();
        let outcome = match show {
            Ok(show) => {
                stage.update(Arc::new(show));
                Ok(())
            }
            Err(error) => {
                stage.fail_now(error.clone());
                Err(error)
            }
        };
        self.shared.changed.notify_all();
        outcome
    }

    /// Plays at a rate: 1 is normal, −1 backwards, up to ±[`FASTEST`]. 0 pauses.
    pub fn play(&self, rate: f64) {
        self.change(|stage| stage.play(rate));
    }

    /// Stops where it is.
    pub fn pause(&self) {
        self.change(stage::Stage::pause);
    }

    /// Shows a moment, and goes on from there when it plays.
    pub fn seek(&self, at: SequenceTime) {
        self.change(|stage| stage.seek(at));
    }

    /// Plays a range over and over from now on, or not any more.
    pub fn repeat(&self, range: Option<SequenceRange>) {
        self.change(|stage| stage.repeat(range));
    }

    /// Notes that the window has drawn a frame.
    pub fn shown(&self, preview: u32, at: SequenceTime) {
        self.change(|stage| stage.shown(preview, at));
    }

    /// Returns how frames fared since the show opened.
    pub fn counts(&self) -> Counts {
        self.shared.lock().counts()
    }

    /// Shows nothing any more.
    pub fn close(&self) {
        self.change(stage::Stage::close);
    }

    fn change(&self, change: impl FnOnce(&mut stage::Stage)) {
        change(&mut self.shared.lock());
        self.shared.changed.notify_all();
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        self.change(stage::Stage::quit);
        for thread in self.threads.drain(..) {
            // A panic has been printed where it happened.
            drop(thread.join());
        }
    }
}

/// Whether work is to go on, as [`Cancel`] tells it, for a show or a course.
type Stop = Cancel;

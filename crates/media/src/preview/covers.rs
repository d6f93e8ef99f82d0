//! Covers of sequences, drawn as frames are, one sequence after the other.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use task::Cancel;
use timeline::time::SequenceTime;

use super::desk::Desk;
use super::show::Show;
use super::{Opening, PreviewRequest, Sound};
use crate::error::{Error, Result};
use crate::render::cover::{Look, Sharpest, frames};
use crate::render::output::{hidden, publish};
use crate::render::watch::{Watch, broken};

/// A cover to write, without the rest of its sequence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CoverRequest {
    /// Of what.
    pub of: PreviewRequest,
    /// The JPEG file to write.
    pub path: PathBuf,
    /// Which frame it shows.
    pub frame: CoverFrame,
    /// Its height in pixels; made even and at most the sequence's own.
    pub height: u32,
}

/// Which frame a cover shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoverFrame {
    /// The sharpest around the first caption; where there is none, a third into the whole.
    AtFirstCaption,
    /// The sharpest around this moment.
    Around(SequenceTime),
    /// The one that is shown at this moment; the first or last one outside of the sequence.
    At(SequenceTime),
}

/// Draws covers one after the other: sources and fonts that are open for one serve the next.
pub struct Covers {
    desk: Desk,
}

impl Covers {
    /// Gets ready.
    ///
    /// # Errors
    /// When GStreamer does not start.
    pub fn new() -> Result<Self> {
        crate::render::start()?;
        Ok(Self {
            desk: Desk::default(),
        })
    }

    /// Writes a cover and returns the moment that it shows. The file has its name only when it is whole.
    ///
    /// # Errors
    /// [`Error::Request`] for a sequence that cannot be built here or that is empty, otherwise what the
    /// sources or the disk say.
    pub fn draw(&mut self, request: CoverRequest, cancel: &Cancel) -> Result<SequenceTime> {
        let opening = Opening {
            preview: 0,
            at: SequenceTime::ZERO,
            height: request.height,
            sound: Sound::Off,
        };
        let show = Arc::new(Show::new(request.of, opening)?);
        if show.plan.frames <= 0 {
            return Err(Error::Request {
                detail: "the sequence is empty".to_owned(),
            });
        }
        // Its files may be others than those of the cover before.
        self.desk.look_again();
        let watch = Watch::new(cancel);
        let mut best = Sharpest::default();
        let compared = |at| frames(show.plan.rate, &show.request.cards, at, show.plan.frames);
        let compared = match request.frame {
            CoverFrame::AtFirstCaption => compared(None),
            CoverFrame::Around(moment) => compared(Some(moment)),
            CoverFrame::At(moment) => vec![show.frame_at(moment)],
        };
        for frame in compared {
            let planes = self.desk.draw(&show, frame, &watch)?;
            let look = Look::packed(&planes, show.size)
                .ok_or_else(|| broken("a frame of a wrong size"))?;
            best.consider(&look, show.time_of(frame));
        }
        let partial = hidden(&request.path, ".partial")?;
        let written = best.write(&partial).and_then(|at| {
            publish(&partial, &request.path)?;
            Ok(at)
        });
        if written.is_err() {
            // It may not be there; the failure itself is the one to tell.
            drop(std::fs::remove_file(&partial));
        }
        written
    }
}

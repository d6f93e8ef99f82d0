//! What each job does.

mod compose;
mod export;
mod publish;
mod suggest;

use std::path::Path;

use footage::time::Ticks;
use protocol::documents::ReasonDocument;
use protocol::progress::Step;
use protocol::studio::posting::ReelOf;
use task::Cancel;

pub(super) use publish::order_of;

use super::Inner;
use super::jobs::{Task, Telling};
use crate::reels::journey::Journey;
use crate::reels::{Aspect, CaptionSource, Count, EncoderChoice, ReelsOptions};
use crate::{Error, presets};

/// What came of a job.
#[derive(Debug, Default)]
pub(crate) struct Made {
    /// The file that it made.
    pub(crate) output: Option<String>,
    /// What the user should know.
    pub(crate) notes: Vec<ReasonDocument>,
}

const SHORTEST_SECS: f64 = 15.0;
const LONGEST_SECS: f64 = 90.0;

/// Returns how reels of the window are made.
fn options(wish: &str, count: Count) -> ReelsOptions {
    let wish = wish.trim();
    ReelsOptions {
        count,
        min: Ticks::from_secs(SHORTEST_SECS),
        max: Ticks::from_secs(LONGEST_SECS),
        aspect: Aspect::Vertical,
        preset: None,
        fps: None,
        captions: CaptionSource::Auto,
        wish: (!wish.is_empty()).then(|| wish.to_owned()),
        language: None,
        model: None,
        encoder: EncoderChoice::Auto,
    }
}

impl Inner {
    /// Does a job.
    pub(crate) fn work(
        self: &std::sync::Arc<Self>,
        task: &Task,
        telling: &Telling,
        cancel: &Cancel,
    ) -> Result<Made, Error> {
        match task {
            Task::Import { project, path, .. } => {
                let options = options("", Count::ByLength { besides: 0 });
                let preset = presets::find(None)?;
                let journey = self.journey(path, telling);
                let path = Path::new(path);
                let examined = self.engine.bring_in(path, &options, cancel, &journey)?;
                journey.begin(Step::Compose, 1);
                cancel.check()?;
                self.compose_import(*project, &examined, &options, &preset)?;
                self.tell_composed(*project)?;
                Ok(Made {
                    output: None,
                    notes: examined.notes(),
                })
            }
            Task::Suggest {
                project,
                media,
                wish,
            } => self.suggest_again(*project, *media, wish, telling, cancel),
            Task::Export {
                project,
                sequence,
                number,
                order,
            } => self.export(*project, *sequence, (*number, order), telling, cancel),
            Task::Publish {
                project,
                sequence,
                drafts,
                at,
            } => {
                let reel = ReelOf {
                    project: *project,
                    sequence: *sequence,
                };
                self.publish(reel, drafts, *at, telling, cancel)
            }
            Task::Download { model } => {
                let progress = telling.progress(Step::Download);
                let folder = self.engine.download_model(model, cancel, &progress)?;
                Ok(Made {
                    output: Some(folder.to_string_lossy().into_owned()),
                    notes: Vec::new(),
                })
            }
        }
    }

    fn journey(&self, input: &str, telling: &Telling) -> Journey {
        let engine = self.engine.clone();
        let journey = Journey::new(
            input.to_owned(),
            telling.listener(),
            engine,
            telling.job().0,
        );
        journey.until(Step::Compose)
    }

    /// Tells of reels that are new in a project, and draws their covers.
    fn tell_composed(self: &std::sync::Arc<Self>, project: super::ProjectId) -> Result<(), Error> {
        self.tell_board(project)?;
        if let Some(session) = self.sessions.get(project) {
            self.note_summary(&super::lock(&session))?;
        }
        self.draw_covers(project);
        Ok(())
    }
}

//! One job from its begin to its end, and what is told of it meanwhile.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use protocol::documents::ReasonDocument;
use protocol::error::{ApiError, ErrorCode};
use protocol::progress::{ProgressEvent, Step};
use protocol::studio::event::Event;
use protocol::studio::view::{JobId, JobState};
use store::jobs::JobState as StoredState;
use task::{Cancel, Progress};

use super::{Inner, Live, Task, Thread, Why};
use crate::clock::now_millis;
use crate::reels::Listener;
use crate::studio::lock;
use crate::studio::work::Made;
use crate::{Engine, Error};

/// Progress is told at most so often.
const TELL_EVERY: Duration = Duration::from_millis(100);
/// Below this finished part an estimate would jump about.
const BASIS: f64 = 0.03;

/// Tells how far a job is.
#[derive(Clone)]
pub(crate) struct Telling {
    inner: Arc<Inner>,
    job: JobId,
}

impl Telling {
    /// Tells that the whole job is at `step`, and `fraction` of it is finished.
    pub(crate) fn tell(&self, step: Step, fraction: f64) {
        let mut queue = lock(&self.inner.jobs.0);
        let Some(live) = queue.live.get_mut(&self.job) else {
            return;
        };
        let is_new = live.view.step != Some(step);
        live.view.step = Some(step);
        live.view.fraction = fraction.clamp(live.view.fraction.min(1.0), 1.0);
        let ran = live.clock.elapsed().as_secs_f64();
        let part = live.view.fraction;
        live.view.eta_secs = (part > BASIS).then(|| ran / part * (1.0 - part));
        let due = live.told.is_none_or(|told| told.elapsed() >= TELL_EVERY);
        if (is_new || due) && live.view.state == JobState::Running {
            live.told = Some(Instant::now());
            self.inner.events.tell(&Event::Job(live.view.clone()));
        }
    }

    /// Returns a progress whose whole is this job's.
    pub(crate) fn progress(&self, step: Step) -> Progress {
        let telling = self.clone();
        Progress::new(move |fraction| telling.tell(step, fraction))
    }

    /// Returns a listener of the steps of the main job.
    pub(crate) fn listener(&self) -> Listener {
        let telling = self.clone();
        Arc::new(move |event: &ProgressEvent| {
            telling.tell(event.step, event.total_percent / 100.0);
        })
    }

    /// Returns the job's number.
    pub(crate) fn job(&self) -> JobId {
        self.job
    }
}

impl Inner {
    /// Does a job, in a thread of its own.
    pub(super) fn run_job(self: Arc<Self>, id: JobId, task: &Task, cancel: &Cancel) {
        let telling = Telling {
            inner: Arc::clone(&self),
            job: id,
        };
        let owner = self.engine.owner().to_owned();
        let begun = self.engine.library().run_job(id.0, &owner, now_millis());
        let outcome = match begun {
            Ok(()) => catch_unwind(AssertUnwindSafe(|| self.work(task, &telling, cancel)))
                .unwrap_or_else(|panic| Err(fault(&*panic))),
            Err(error) => Err(error.into()),
        };
        self.end(id, outcome);
        self.pump();
    }

    fn end(&self, id: JobId, outcome: Result<Made, Error>) {
        let mut queue = lock(&self.jobs.0);
        let Some(live) = queue.live.get_mut(&id) else {
            return;
        };
        live.thread = Thread::None;
        live.clock.stop();
        live.view.eta_secs = None;
        live.view.state = match outcome {
            Ok(made) => {
                live.view.fraction = 1.0;
                live.view.output = made.output;
                live.view.notes = made.notes;
                JobState::Done
            }
            Err(error) if error.is_cancelled() => match live.why {
                Why::User => JobState::Cancelled,
                Why::Close if live.view.state == JobState::Paused => JobState::Paused,
                Why::Close => JobState::Queued,
                Why::Rest => {
                    live.cancel = Cancel::new();
                    live.why = Why::User;
                    // The user may have changed their mind meanwhile.
                    match live.view.state {
                        JobState::Queued => JobState::Queued,
                        _ => JobState::Paused,
                    }
                }
            },
            Err(error) => JobState::Failed(error.to_api()),
        };
        // The job's own outcome is told either way; a lasting fault shows in the next one.
        drop(note_end(&self.engine, live));
        self.events.tell(&Event::Job(live.view.clone()));
    }
}

/// Keeps how a job ended.
fn note_end(engine: &Engine, live: &Live) -> Result<(), Error> {
    let library = engine.library();
    let (id, now) = (live.view.id.0, now_millis());
    match &live.view.state {
        JobState::Done => {
            let notes = serde_json::to_string::<[ReasonDocument]>(&live.view.notes)?;
            library.note_made(id, live.view.output.as_deref(), &notes)?;
            library.end_job(id, StoredState::Done, None, now)?;
        }
        JobState::Failed(error) => {
            let error = serde_json::to_string(error)?;
            library.end_job(id, StoredState::Failed, Some(&error), now)?;
        }
        JobState::Cancelled => library.end_job(id, StoredState::Cancelled, None, now)?,
        JobState::Queued | JobState::Running => library.requeue_job(id, now)?,
        JobState::Paused => {
            library.requeue_job(id, now)?;
            library.pause_job(id, Some(now))?;
        }
    }
    Ok(())
}

/// Returns what a thread that panicked said.
fn fault(panic: &(dyn std::any::Any + Send)) -> Error {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    let message = text.unwrap_or("a fault without words").to_owned();
    ApiError::new(ErrorCode::Internal, message)
        .hint("this is a fault of the program: please report it with the message")
        .into()
}

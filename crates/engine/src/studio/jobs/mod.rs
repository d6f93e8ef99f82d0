//! The queue: what the user asked for and waits to be done.
//!
//! Jobs run in lanes: of those that load the processor in the same way one runs at a time. One that
//! rests gives its lane to the next, and gets its turn again when it is to go on. What ends is kept
//! until the window clears it; what has not ended when the program does goes on at its next start.

mod run;
mod tasks;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use footage::Fingerprint;
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::event::Event;
use protocol::studio::view::{JobId, JobState, JobView, ProjectId};
use store::jobs::JobState as StoredState;
use task::Cancel;

use super::{Inner, lock};
use crate::clock::now_millis;
use crate::{Error, owner};

pub(crate) use run::Telling;
pub(crate) use tasks::Task;
use tasks::{Lane, kind_name};

/// The jobs of this run.
#[derive(Default)]
pub(crate) struct Jobs(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    live: BTreeMap<JobId, Live>,
    /// Whether the program ends: nothing is begun any more.
    closed: bool,
    /// Numbers keys within a millisecond.
    ordered: u64,
}

struct Live {
    view: JobView,
    task: Task,
    cancel: Cancel,
    thread: Thread,
    why: Why,
    told: Option<Instant>,
    clock: Clock,
}

/// Whether a thread works at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thread {
    None,
    Works,
}

/// Why its work was asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// The user does not want it any more.
    User,
    /// It rests and cannot do so where it is.
    Rest,
    /// The program ends.
    Close,
}

/// Counts the time in which a job ran.
#[derive(Debug, Clone, Copy, Default)]
struct Clock {
    ran: Duration,
    since: Option<Instant>,
}

impl Clock {
    fn start(&mut self) {
        self.since.get_or_insert_with(Instant::now);
    }

    fn stop(&mut self) {
        self.ran = self.elapsed();
        self.since = None;
    }

    fn elapsed(&self) -> Duration {
        self.ran + self.since.map_or(Duration::ZERO, |since| since.elapsed())
    }
}

impl Live {
    fn new(view: JobView, task: Task) -> Self {
        Self {
            view,
            task,
            cancel: Cancel::new(),
            thread: Thread::None,
            why: Why::User,
            told: None,
            clock: Clock::default(),
        }
    }

    fn lane(&self) -> Lane {
        self.task.lane()
    }

    fn has_ended(&self) -> bool {
        match self.view.state {
            JobState::Queued | JobState::Running | JobState::Paused => false,
            JobState::Done | JobState::Failed(_) | JobState::Cancelled => true,
        }
    }
}

impl Jobs {
    /// Returns every job, the newest first.
    pub(crate) fn views(&self) -> Vec<JobView> {
        let queue = lock(&self.0);
        queue
            .live
            .values()
            .rev()
            .map(|live| live.view.clone())
            .collect()
    }

    /// Returns one job.
    pub(crate) fn view(&self, id: JobId) -> Option<JobView> {
        lock(&self.0).live.get(&id).map(|live| live.view.clone())
    }

    /// Returns the sources that are on their way into a project.
    pub(crate) fn importing(&self, project: ProjectId) -> Vec<Fingerprint> {
        let queue = lock(&self.0);
        let unfinished = queue.live.values().filter(|live| !live.has_ended());
        unfinished
            .filter_map(|live| match &live.task {
                Task::Import {
                    project: to,
                    fingerprint,
                    ..
                } if *to == project => Some(fingerprint.clone()),
                _ => None,
            })
            .collect()
    }

    /// Returns whether a job of a kind is under way or waits.
    pub(crate) fn has(&self, is_it: impl Fn(&Task) -> bool) -> Option<JobId> {
        let queue = lock(&self.0);
        let mut unfinished = queue.live.iter().filter(|(_, live)| !live.has_ended());
        unfinished
            .find(|(_, live)| is_it(&live.task))
            .map(|(id, _)| *id)
    }

    /// Returns whether a job of this number is under way or waits.
    pub(crate) fn is_unfinished(&self, number: i64) -> bool {
        let queue = lock(&self.0);
        let job = queue.live.get(&JobId(number));
        job.is_some_and(|live| !live.has_ended())
    }

    /// Returns whether nothing is under way.
    pub(crate) fn is_idle(&self) -> bool {
        let queue = lock(&self.0);
        queue.live.values().all(|live| live.thread == Thread::None)
    }
}

impl Inner {
    /// Puts a job into the queue; [`Inner::pump`] begins it.
    pub(crate) fn order(&self, task: Task, title: &str) -> Result<JobId, Error> {
        let request = serde_json::to_string(&task)?;
        let now = now_millis();
        let mut queue = lock(&self.jobs.0);
        queue.ordered += 1;
        let kind = kind_name(&task);
        let key = format!(
            "studio/{kind}/{now}/{}/{}",
            self.engine.owner(),
            queue.ordered
        );
        let library = self.engine.library();
        let id = JobId(library.order_job(kind, &key, title, &request, now)?);
        let view = JobView {
            id,
            kind: task.kind(),
            title: title.to_owned(),
            state: JobState::Queued,
            step: None,
            fraction: 0.0,
            eta_secs: None,
            output: None,
            notes: Vec::new(),
        };
        self.events.tell(&Event::Job(view.clone()));
        queue.live.insert(id, Live::new(view, task));
        Ok(id)
    }

    /// Takes up what an earlier run left.
    pub(crate) fn recall_jobs(&self) -> Result<(), Error> {
        let library = self.engine.library();
        let mut queue = lock(&self.jobs.0);
        for job in library.unfinished_orders()? {
            let runs = job.row.state == StoredState::Running;
            if runs && owner::is_gone(&job.owner) == Some(false) {
                continue;
            }
            let Ok(task) = serde_json::from_str::<Task>(&job.request) else {
                // Another version ordered it: it is that one's.
                continue;
            };
            if runs {
                library.release_owner(&job.owner, now_millis())?;
            }
            let id = JobId(job.row.id);
            let view = JobView {
                id,
                kind: task.kind(),
                title: job.row.title,
                state: match job.paused_at {
                    Some(_) => JobState::Paused,
                    None => JobState::Queued,
                },
                step: None,
                fraction: job.row.progress,
                eta_secs: None,
                output: None,
                notes: Vec::new(),
            };
            queue.live.insert(id, Live::new(view, task));
        }
        Ok(())
    }

    /// Begins what may run now.
    pub(crate) fn pump(self: &Arc<Self>) {
        let mut queue = lock(&self.jobs.0);
        if queue.closed {
            return;
        }
        for lane in Lane::ALL {
            let is_busy = queue.live.values().any(|live| {
                live.lane() == lane
                    && live.thread == Thread::Works
                    && live.view.state == JobState::Running
            });
            let next = (!is_busy).then(|| {
                let mut waiting = queue.live.iter_mut();
                waiting.find(|(_, live)| live.lane() == lane && live.view.state == JobState::Queued)
            });
            let Some((id, live)) = next.flatten() else {
                continue;
            };
            live.view.state = JobState::Running;
            live.clock.start();
            if live.thread == Thread::Works {
                live.cancel.resume();
            } else {
                live.thread = Thread::Works;
                live.view.fraction = 0.0;
                live.view.step = None;
                let (id, task, cancel) = (*id, live.task.clone(), live.cancel.clone());
                let inner = Arc::clone(self);
                std::thread::spawn(move || inner.run_job(id, &task, &cancel));
            }
            self.events.tell(&Event::Job(live.view.clone()));
        }
    }

    /// Stops jobs for good.
    pub(crate) fn cancel_jobs(self: &Arc<Self>, ids: &[JobId]) -> Result<(), Error> {
        {
            let mut queue = lock(&self.jobs.0);
            for id in ids {
                let Some(live) = queue.live.get_mut(id) else {
                    return Err(unknown(*id));
                };
                self.cancel_live(live)?;
            }
        }
        self.pump();
        Ok(())
    }

    fn cancel_live(&self, live: &mut Live) -> Result<(), Error> {
        if live.has_ended() {
            return Ok(());
        }
        live.why = Why::User;
        live.cancel.cancel();
        live.cancel.resume();
        if live.thread == Thread::None {
            live.view.state = JobState::Cancelled;
            let library = self.engine.library();
            library.end_job(live.view.id.0, StoredState::Cancelled, None, now_millis())?;
            self.events.tell(&Event::Job(live.view.clone()));
        }
        Ok(())
    }

    /// Stops the jobs of projects that go away.
    pub(crate) fn cancel_jobs_of(&self, projects: &[ProjectId]) {
        let mut queue = lock(&self.jobs.0);
        for live in queue.live.values_mut() {
            if live.task.project().is_some_and(|id| projects.contains(&id)) {
                // The database says the same to who put the project away.
                drop(self.cancel_live(live));
            }
        }
    }

    /// Lets jobs rest, or go on.
    pub(crate) fn pause_jobs(self: &Arc<Self>, ids: &[JobId], rest: Rest) -> Result<(), Error> {
        {
            let mut queue = lock(&self.jobs.0);
            for id in ids {
                let Some(live) = queue.live.get_mut(id) else {
                    return Err(unknown(*id));
                };
                match (rest, &live.view.state) {
                    (Rest::Now, JobState::Queued | JobState::Running) => {
                        live.view.state = JobState::Paused;
                        live.view.eta_secs = None;
                        live.clock.stop();
                        if live.thread == Thread::Works && live.task.can_stand_still() {
                            live.cancel.pause();
                        } else if live.thread == Thread::Works {
                            live.why = Why::Rest;
                            live.cancel.cancel();
                        }
                    }
                    (Rest::NoMore, JobState::Paused) => live.view.state = JobState::Queued,
                    _ => continue,
                }
                let since = (rest == Rest::Now).then(now_millis);
                self.engine.library().pause_job(id.0, since)?;
                self.events.tell(&Event::Job(live.view.clone()));
            }
        }
        self.pump();
        Ok(())
    }

    /// Begins a failed or cancelled job again.
    pub(crate) fn retry_job(self: &Arc<Self>, id: JobId) -> Result<(), Error> {
        {
            let mut queue = lock(&self.jobs.0);
            let live = queue.live.get_mut(&id).ok_or_else(|| unknown(id))?;
            match live.view.state {
                JobState::Failed(_) | JobState::Cancelled => {}
                JobState::Queued | JobState::Running | JobState::Paused | JobState::Done => {
                    return Ok(());
                }
            }
            self.engine.library().requeue_job(id.0, now_millis())?;
            let view = JobView {
                state: JobState::Queued,
                step: None,
                fraction: 0.0,
                eta_secs: None,
                notes: Vec::new(),
                ..live.view.clone()
            };
            *live = Live::new(view, live.task.clone());
            self.events.tell(&Event::Job(live.view.clone()));
        }
        self.pump();
        Ok(())
    }

    /// Forgets jobs that ended.
    pub(crate) fn clear_jobs(&self) -> Result<(), Error> {
        let mut queue = lock(&self.jobs.0);
        let ended = queue.live.iter().filter(|(_, live)| live.has_ended());
        let ended: Vec<JobId> = ended.map(|(id, _)| *id).collect();
        let numbers: Vec<i64> = ended.iter().map(|id| id.0).collect();
        self.engine.library().forget_jobs(&numbers)?;
        queue.live.retain(|id, _| !ended.contains(id));
        self.events.tell(&Event::JobsCleared(ended));
        Ok(())
    }

    /// Ends what runs, to go on at the next start, and waits for it.
    pub(crate) fn rest_jobs(&self) {
        /// A worker ends within a second of being asked.
        const LONGEST: Duration = Duration::from_secs(3);
        {
            let mut queue = lock(&self.jobs.0);
            queue.closed = true;
            for live in queue.live.values_mut() {
                if live.thread == Thread::Works {
                    live.why = Why::Close;
                    live.cancel.cancel();
                    live.cancel.resume();
                }
            }
        }
        let asked = Instant::now();
        while !self.jobs.is_idle() && asked.elapsed() < LONGEST {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Whether jobs rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    Now,
    NoMore,
}

impl From<bool> for Rest {
    fn from(paused: bool) -> Self {
        if paused { Self::Now } else { Self::NoMore }
    }
}

fn unknown(id: JobId) -> Error {
    ApiError::new(ErrorCode::Unknown, format!("there is no job {}", id.0)).into()
}

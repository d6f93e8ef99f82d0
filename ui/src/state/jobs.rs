//! Jobs: what is under way, what ended.

use leptos::prelude::*;
use protocol::studio::view::{JobId, JobKind, JobState, JobView, ProjectId};

/// The jobs.
#[derive(Debug, Clone, Copy)]
pub struct Jobs {
    /// All of them, the newest first.
    pub all: RwSignal<Vec<JobView>>,
    /// Whether the drawer is open.
    pub drawer: RwSignal<bool>,
    /// The job that was heard of last, for those who wait for an end.
    pub latest: RwSignal<Option<JobView>>,
    /// Jobs that have just ended, until that is told.
    pub ended: RwSignal<Vec<JobView>>,
}

/// Returns the jobs.
pub fn use_jobs() -> Jobs {
    super::taken()
}

impl Jobs {
    pub(super) fn new() -> Self {
        Self {
            all: RwSignal::new(Vec::new()),
            drawer: RwSignal::new(false),
            latest: RwSignal::new(None),
            ended: RwSignal::new(Vec::new()),
        }
    }

    pub(super) fn heard(&self, job: JobView) {
        let was_active = self.all.with_untracked(|all| {
            let known = all.iter().find(|own| own.id == job.id);
            known.is_none_or(is_active)
        });
        self.all.update(|all| put(all, job.clone()));
        if was_active && !is_active(&job) {
            self.ended.update(|ended| ended.push(job.clone()));
        }
        self.latest.set(Some(job));
    }

    pub(super) fn forget(&self, gone: &[JobId]) {
        self.all
            .update(|all| all.retain(|job| !gone.contains(&job.id)));
    }

    /// Returns the jobs of a project that go on, wait or failed, tracked.
    pub fn of_project(&self, project: ProjectId) -> Vec<JobView> {
        self.all.with(|all| {
            let own = all.iter().filter(|job| project_of(job) == Some(project));
            own.cloned().collect()
        })
    }
}

/// Returns whether a job goes on, waits or rests.
pub fn is_active(job: &JobView) -> bool {
    match job.state {
        JobState::Queued | JobState::Running | JobState::Paused => true,
        JobState::Done | JobState::Failed(_) | JobState::Cancelled => false,
    }
}

/// Returns the project that a job belongs to; `None` for a download.
pub fn project_of(job: &JobView) -> Option<ProjectId> {
    match &job.kind {
        JobKind::Import { project, .. }
        | JobKind::Suggest { project, .. }
        | JobKind::Export { project, .. }
        | JobKind::Publish { project, .. } => Some(*project),
        JobKind::Download { .. } => None,
    }
}

/// Returns jobs as they are listed: those that go on or rest, those that wait in their turn, then
/// those that ended, the latest first.
pub fn in_order(all: &[JobView]) -> Vec<JobId> {
    let turn = |job: &JobView| match job.state {
        JobState::Running | JobState::Paused => (0, job.id.0),
        JobState::Queued => (1, job.id.0),
        JobState::Done | JobState::Failed(_) | JobState::Cancelled => (2, -job.id.0),
    };
    let mut turns: Vec<_> = all.iter().map(|job| (turn(job), job.id)).collect();
    turns.sort_unstable();
    turns.into_iter().map(|(_, id)| id).collect()
}

/// Puts a job in the place of what was known of it, or at the front.
fn put(all: &mut Vec<JobView>, job: JobView) {
    match all.iter_mut().find(|own| own.id == job.id) {
        Some(own) => *own = job,
        None => all.insert(0, job),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(id: i64, fraction: f64) -> JobView {
        JobView {
            id: JobId(id),
            kind: JobKind::Download {
                model: "base".into(),
            },
            title: "base".into(),
            state: JobState::Running,
            step: None,
            fraction,
            eta_secs: None,
            output: None,
            notes: Vec::new(),
        }
    }

    #[test]
    fn what_goes_on_is_listed_before_what_waits_and_what_ended() {
        let states = [
            JobState::Done,
            JobState::Queued,
            JobState::Running,
            JobState::Queued,
            JobState::Cancelled,
        ];
        let jobs: Vec<JobView> = (1..)
            .zip(states)
            .map(|(id, state)| JobView {
                state,
                ..job(id, 0.0)
            })
            .collect();
        let order: Vec<_> = in_order(&jobs).iter().map(|id| id.0).collect();
        assert_eq!(order, [3, 2, 4, 5, 1]);
    }

    #[test]
    fn a_job_keeps_its_place_and_a_new_one_comes_first() {
        let mut all = vec![job(2, 0.0), job(1, 0.0)];
        put(&mut all, job(1, 0.5));
        put(&mut all, job(3, 0.0));
        let order: Vec<_> = all.iter().map(|job| job.id.0).collect();
        assert_eq!(order, [3, 2, 1]);
        assert!(
            all.iter().any(|job| job.id.0 == 1 && job.fraction > 0.4),
            "it went on"
        );
    }
}

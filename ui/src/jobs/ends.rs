//! What is said when jobs end: of many that belong together once, when the last one has ended.

use std::collections::BTreeMap;

use protocol::studio::view::{JobKind, JobState, JobView, ProjectId};

use crate::state::told::Done;

/// Jobs that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Batch {
    /// What comes into a project.
    Into(ProjectId),
    /// What goes out of a project.
    OutOf(ProjectId),
    /// Models.
    Models,
}

impl Batch {
    /// Returns where a job belongs; `None` where its end is only a step of something that is told.
    fn of(job: &JobView) -> Option<Self> {
        match job.kind {
            JobKind::Import { project, .. } | JobKind::Suggest { project, .. } => {
                Some(Self::Into(project))
            }
            JobKind::Export { project, .. } => Some(Self::OutOf(project)),
            JobKind::Publish { .. } => None,
            JobKind::Download { .. } => Some(Self::Models),
        }
    }
}

/// Ends that are not told yet.
#[derive(Debug, Default)]
pub(super) struct Ends {
    done: BTreeMap<Batch, Vec<String>>,
}

impl Ends {
    /// Hears that a job has ended, among all; returns what is to be told now. A job that rests is
    /// not waited for.
    pub(super) fn hear(&mut self, job: &JobView, all: &[JobView]) -> Option<Done> {
        let batch = Batch::of(job)?;
        if job.state == JobState::Done {
            self.done.entry(batch).or_default().push(job.title.clone());
        }
        let goes_on = |own: &JobView| {
            matches!(own.state, JobState::Queued | JobState::Running)
                && Batch::of(own) == Some(batch)
        };
        if batch != Batch::Models && all.iter().any(goes_on) {
            return None;
        }
        let mut names = self.done.remove(&batch)?;
        let count = names.len();
        let only = names.pop().filter(|_| count == 1);
        Some(match (batch, only) {
            (Batch::Into(_), Some(name)) => Done::Imported(name),
            (Batch::Into(_), None) => Done::AllImported(count),
            (Batch::OutOf(_), Some(name)) => Done::Exported(name),
            (Batch::OutOf(_), None) => Done::AllExported(count),
            (Batch::Models, name) => Done::ModelAdded(name.unwrap_or_default()),
        })
    }
}

#[cfg(test)]
mod tests {
    use protocol::error::{ApiError, ErrorCode};
    use protocol::studio::view::JobId;

    use super::*;

    fn job(id: i64, project: i64, state: JobState) -> JobView {
        JobView {
            id: JobId(id),
            kind: JobKind::Import {
                project: ProjectId(project),
                path: String::new(),
            },
            title: format!("{id}.mp4"),
            state,
            step: None,
            fraction: 0.0,
            eta_secs: None,
            output: None,
            notes: Vec::new(),
        }
    }

    /// Lets jobs end one after the other, and returns what is told.
    fn told(mut jobs: Vec<JobView>, ends: &[(i64, JobState)]) -> Vec<Done> {
        let mut own = Ends::default();
        let mut told = Vec::new();
        for (id, state) in ends {
            let place = jobs.iter().position(|job| job.id.0 == *id).unwrap();
            jobs[place].state = state.clone();
            told.extend(own.hear(&jobs[place].clone(), &jobs));
        }
        told
    }

    #[test]
    fn many_that_end_are_told_once() {
        let waiting = (1..=200).map(|id| job(id, 1, JobState::Queued)).collect();
        let ends: Vec<_> = (1..=200).map(|id| (id, JobState::Done)).collect();
        assert_eq!(told(waiting, &ends), [Done::AllImported(200)]);
    }

    #[test]
    fn what_failed_or_was_stopped_is_not_counted_and_not_waited_for() {
        let failed = JobState::Failed(ApiError::new(ErrorCode::NoVideo, "sound only"));
        let jobs = vec![
            job(1, 1, JobState::Running),
            job(2, 1, JobState::Queued),
            job(3, 1, JobState::Paused),
            job(4, 2, JobState::Running),
        ];
        let ends = [(1, JobState::Done), (2, failed), (4, JobState::Cancelled)];
        assert_eq!(told(jobs, &ends), [Done::Imported("1.mp4".to_owned())]);
    }
}

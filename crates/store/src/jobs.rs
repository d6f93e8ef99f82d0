//! Jobs: what a user asked for, how far it is, how it ended.

use rusqlite::{OptionalExtension, Row, params};

use crate::{Error, Library};

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Waiting for its turn, or interrupted and to be resumed.
    Queued,
    /// Under way in a living process.
    Running,
    /// Finished.
    Done,
    /// Ended with an error.
    Failed,
    /// Stopped on request.
    Cancelled,
}

impl JobState {
    /// Returns the state's stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [
            Self::Queued,
            Self::Running,
            Self::Done,
            Self::Failed,
            Self::Cancelled,
        ]
        .into_iter()
        .find(|state| state.name() == name)
    }
}

/// A job's row.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRow {
    /// Identity.
    pub id: i64,
    /// What it does, such as `reels`.
    pub kind: String,
    /// Name as shown.
    pub title: String,
    /// How it stands.
    pub state: JobState,
    /// The step it is at.
    pub step: Option<String>,
    /// Finished fraction in 0..=1.
    pub progress: f64,
    /// Error as JSON when it failed.
    pub error: Option<String>,
}

impl Library {
    /// Starts a job, or resumes the one with the same `key`.
    pub fn start_job(
        &self,
        kind: &str,
        key: &str,
        title: &str,
        owner: &str,
        now: i64,
    ) -> Result<i64, Error> {
        self.with(|connection| {
            Ok(connection.query_row(
                "INSERT INTO jobs (kind, key, title, state, owner, heartbeat, created_at, updated_at)
                 VALUES (?1, ?2, ?3, 'running', ?4, ?5, ?5, ?5)
                 ON CONFLICT (key) DO UPDATE SET state = 'running', error = NULL, progress = 0,
                     step = NULL, owner = ?4, heartbeat = ?5, updated_at = ?5
                 RETURNING id",
                params![kind, key, title, owner, now],
                |row| row.get(0),
            )?)
        })
    }

    /// Notes how far a job is.
    pub fn note_job(&self, id: i64, step: &str, progress: f64, now: i64) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "UPDATE jobs SET step = ?2, progress = ?3, heartbeat = ?4, updated_at = ?4
                 WHERE id = ?1",
                params![id, step, progress, now],
            )?;
            Ok(())
        })
    }

    /// Notes how a job ended; `error` is JSON.
    pub fn end_job(
        &self,
        id: i64,
        state: JobState,
        error: Option<&str>,
        now: i64,
    ) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "UPDATE jobs SET state = ?2, error = ?3, updated_at = ?4,
                     progress = CASE WHEN ?2 = 'done' THEN 1 ELSE progress END
                 WHERE id = ?1",
                params![id, state.name(), error, now],
            )?;
            Ok(())
        })
    }

    /// Puts running jobs of processes without a sign of life back into the queue.
    pub fn requeue_interrupted(&self, now: i64) -> Result<usize, Error> {
        self.with(|connection| {
            Ok(connection.execute(
                "UPDATE jobs SET state = 'queued', updated_at = ?1
                 WHERE state = 'running' AND heartbeat < ?2",
                params![now, now - crate::steps::STALE_AFTER_MILLIS],
            )?)
        })
    }

    /// Returns a job.
    pub fn job(&self, id: i64) -> Result<Option<JobRow>, Error> {
        self.with(|connection| {
            Ok(connection
                .query_row(
                    "SELECT id, kind, title, state, step, progress, error FROM jobs WHERE id = ?1",
                    [id],
                    job_row,
                )
                .optional()?)
        })
    }

    /// Returns the latest `limit` jobs, the newest first.
    pub fn jobs(&self, limit: u32) -> Result<Vec<JobRow>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, kind, title, state, step, progress, error FROM jobs
                 ORDER BY updated_at DESC, id DESC LIMIT ?1",
            )?;
            let rows = statement.query_map([limit], job_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// A job of the window: it says what it does, so that it goes on after a crash.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderedJob {
    /// What every job has.
    pub row: JobRow,
    /// Who runs it; of no meaning in other states than running.
    pub owner: String,
    /// What it does, as JSON.
    pub request: String,
    /// Since when the user lets it rest.
    pub paused_at: Option<i64>,
}

impl Library {
    /// Puts a job of the window into the queue; `request` is JSON.
    pub fn order_job(
        &self,
        kind: &str,
        key: &str,
        title: &str,
        request: &str,
        now: i64,
    ) -> Result<i64, Error> {
        self.with(|connection| {
            Ok(connection.query_row(
                "INSERT INTO jobs (kind, key, title, state, owner, heartbeat, created_at,
                     updated_at, request)
                 VALUES (?1, ?2, ?3, 'queued', '', ?4, ?4, ?4, ?5) RETURNING id",
                params![kind, key, title, now, request],
                |row| row.get(0),
            )?)
        })
    }

    /// Notes that `owner` runs a job of the window.
    pub fn run_job(&self, id: i64, owner: &str, now: i64) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "UPDATE jobs SET state = 'running', owner = ?2, heartbeat = ?3, updated_at = ?3,
                     error = NULL, step = NULL, progress = 0
                 WHERE id = ?1",
                params![id, owner, now],
            )?;
            Ok(())
        })
    }

    /// Puts a job back into the queue.
    pub fn requeue_job(&self, id: i64, now: i64) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "UPDATE jobs SET state = 'queued', error = NULL, paused_at = NULL, updated_at = ?2
                 WHERE id = ?1",
                params![id, now],
            )?;
            Ok(())
        })
    }

    /// Notes since when a job rests.
    pub fn pause_job(&self, id: i64, since: Option<i64>) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "UPDATE jobs SET paused_at = ?2 WHERE id = ?1",
                params![id, since],
            )?;
            Ok(())
        })
    }

    /// Notes what a job of the window made; `notes` is JSON.
    pub fn note_made(&self, id: i64, output: Option<&str>, notes: &str) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "UPDATE jobs SET output = ?2, notes = ?3 WHERE id = ?1",
                params![id, output, notes],
            )?;
            Ok(())
        })
    }

    /// Returns the jobs of the window that have not ended, in their order.
    pub fn unfinished_orders(&self) -> Result<Vec<OrderedJob>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, kind, title, state, step, progress, error, owner, request, paused_at
                 FROM jobs WHERE request IS NOT NULL AND state IN ('queued', 'running')
                 ORDER BY id",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(OrderedJob {
                    row: job_row(row)?,
                    owner: row.get(7)?,
                    request: row.get(8)?,
                    paused_at: row.get(9)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Forgets the jobs of the window that have ended.
    pub fn forget_ended_orders(&self) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "DELETE FROM jobs WHERE request IS NOT NULL
                     AND state IN ('done', 'failed', 'cancelled')",
                [],
            )?;
            Ok(())
        })
    }

    /// Forgets jobs.
    pub fn forget_jobs(&self, ids: &[i64]) -> Result<(), Error> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            for id in ids {
                transaction.execute("DELETE FROM jobs WHERE id = ?1", [id])?;
            }
            transaction.commit()?;
            Ok(())
        })
    }
}

fn job_row(row: &Row<'_>) -> rusqlite::Result<JobRow> {
    let state: String = row.get(3)?;
    Ok(JobRow {
        id: row.get(0)?,
        kind: row.get(1)?,
        title: row.get(2)?,
        state: JobState::from_name(&state).ok_or_else(|| {
            rusqlite::Error::FromSqlConversionFailure(
                3,
                rusqlite::types::Type::Text,
                format!("unknown job state {state:?}").into(),
            )
        })?,
        step: row.get(4)?,
        progress: row.get(5)?,
        error: row.get(6)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_killed_job_is_resumed_under_its_row() {
        let library = Library::in_memory().unwrap();
        let id = library.start_job("reels", "k", "talk.mp4", "a", 0).unwrap();
        library.note_job(id, "analyse", 0.4, 1_000).unwrap();
        assert_eq!(
            library.requeue_interrupted(2_000).unwrap(),
            0,
            "it is alive"
        );
        assert_eq!(library.requeue_interrupted(60_000).unwrap(), 1, "it is not");
        assert_eq!(library.job(id).unwrap().unwrap().state, JobState::Queued);
        assert_eq!(
            library
                .start_job("reels", "k", "talk.mp4", "b", 61_000)
                .unwrap(),
            id
        );
        library.end_job(id, JobState::Done, None, 62_000).unwrap();
        let row = library.jobs(10).unwrap().remove(0);
        assert_eq!((row.state, row.progress), (JobState::Done, 1.0));
    }

    #[test]
    fn what_the_window_ordered_is_found_until_it_ends() {
        let library = Library::in_memory().unwrap();
        library.start_job("reels", "k", "talk.mp4", "a", 0).unwrap();
        let id = library.order_job("import", "i", "a.mp4", "{}", 0).unwrap();
        library.run_job(id, "me", 1).unwrap();
        library.pause_job(id, Some(2)).unwrap();
        let found = library.unfinished_orders().unwrap().remove(0);
        assert_eq!((found.row.id, found.owner.as_str()), (id, "me"));
        assert_eq!(found.paused_at, Some(2));
        library.requeue_job(id, 3).unwrap();
        let found = library.unfinished_orders().unwrap().remove(0);
        assert_eq!(found.row.state, JobState::Queued);
        assert_eq!(found.paused_at, None);
        library.end_job(id, JobState::Done, None, 4).unwrap();
        assert_eq!(library.unfinished_orders().unwrap(), []);
        library.forget_ended_orders().unwrap();
        let left: Vec<String> = library
            .jobs(9)
            .unwrap()
            .into_iter()
            .map(|job| job.kind)
            .collect();
        assert_eq!(left, ["reels"], "a script's jobs stay");
    }
}

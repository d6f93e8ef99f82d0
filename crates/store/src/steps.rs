//! Durable steps: what was computed once for a source with some parameters.

use rusqlite::{OptionalExtension, params};

use crate::{Error, Library};

/// How long a running step may go without a sign of life before it counts as stale.
pub const STALE_AFTER_MILLIS: i64 = 15_000;

/// The identity of a step.
#[derive(Debug, Clone, Copy)]
pub struct StepKey<'a> {
    /// The source's fingerprint.
    pub source: &'a str,
    /// The step's name.
    pub step: &'a str,
    /// Source, step, step version and parameters in one string.
    pub key: &'a str,
}

/// Who does a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    /// It was done before; this is its result as JSON.
    Done(String),
    /// The caller is to do it now.
    Mine,
    /// Another process does it, or died doing it.
    Busy {
        /// That process.
        owner: String,
        /// Whether it gave no sign of life for [`STALE_AFTER_MILLIS`]: it died, or sleeps.
        stale: bool,
    },
}

impl Library {
    /// Returns a finished step's result, or takes the step on for `owner`.
    ///
    /// A step that another owner holds is theirs until [`Library::release_owner`].
    pub fn claim_step(&self, key: &StepKey<'_>, owner: &str, now: i64) -> Result<Claim, Error> {
        self.with(|connection| {
            let transaction =
                connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let row: Option<(Option<String>, String, i64)> = transaction
                .query_row(
                    "SELECT result, owner, heartbeat FROM steps WHERE key = ?1",
                    [key.key],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                )
                .optional()?;
            match row {
                Some((Some(result), _, _)) => return Ok(Claim::Done(result)),
                Some((None, holder, heartbeat)) if holder != owner => {
                    return Ok(Claim::Busy {
                        owner: holder,
                        stale: now - heartbeat >= STALE_AFTER_MILLIS,
                    });
                }
                Some(_) | None => {}
            }
            transaction.execute(
                "INSERT INTO steps (key, source, step, state, owner, heartbeat)
                 VALUES (?1, ?2, ?3, 'running', ?4, ?5)
                 ON CONFLICT (key) DO UPDATE SET owner = ?4, heartbeat = ?5",
                params![key.key, key.source, key.step, owner, now],
            )?;
            transaction.commit()?;
            Ok(Claim::Mine)
        })
    }

    /// Notes a sign of life of every step that `owner` runs.
    pub fn beat(&self, owner: &str, now: i64) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "UPDATE steps SET heartbeat = ?2 WHERE owner = ?1 AND state = 'running'",
                params![owner, now],
            )?;
            connection.execute(
                "UPDATE jobs SET heartbeat = ?2 WHERE owner = ?1 AND state = 'running'",
                params![owner, now],
            )?;
            Ok(())
        })
    }

    /// Frees every step and requeues every job of a process that is known to have ended.
    pub fn release_owner(&self, owner: &str, now: i64) -> Result<(), Error> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            transaction.execute(
                "DELETE FROM steps WHERE owner = ?1 AND state = 'running'",
                [owner],
            )?;
            transaction.execute(
                "UPDATE jobs SET state = 'queued', updated_at = ?2
                 WHERE owner = ?1 AND state = 'running'",
                params![owner, now],
            )?;
            transaction.commit()?;
            Ok(())
        })
    }

    /// Stores the result of a step that `owner` holds; one that was taken over is left alone.
    pub fn finish_step(
        &self,
        key: &str,
        owner: &str,
        result: &str,
        seconds: f64,
    ) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "UPDATE steps SET state = 'done', result = ?3, seconds = ?4
                 WHERE key = ?1 AND owner = ?2",
                params![key, owner, result, seconds],
            )?;
            Ok(())
        })
    }

    /// Gives up a step that `owner` holds, so that the next run does it.
    pub fn release_step(&self, key: &str, owner: &str) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "DELETE FROM steps WHERE key = ?1 AND owner = ?2 AND state = 'running'",
                [key, owner],
            )?;
            Ok(())
        })
    }

    /// Forgets a finished step whose files are gone.
    pub fn forget_step(&self, key: &str) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute("DELETE FROM steps WHERE key = ?1", [key])?;
            Ok(())
        })
    }

    /// Returns the result of a finished step.
    pub fn step_result(&self, key: &str) -> Result<Option<String>, Error> {
        self.with(|connection| {
            Ok(connection
                .query_row("SELECT result FROM steps WHERE key = ?1", [key], |row| {
                    row.get(0)
                })
                .optional()?
                .flatten())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: StepKey<'_> = StepKey {
        source: "s",
        step: "probe",
        key: "s/probe/1/{}",
    };

    #[test]
    fn a_step_is_done_once() {
        let library = Library::in_memory().unwrap();
        assert_eq!(library.claim_step(&KEY, "a", 0).unwrap(), Claim::Mine);
        assert_eq!(
            library.claim_step(&KEY, "b", 10).unwrap(),
            Claim::Busy {
                owner: "a".into(),
                stale: false
            },
            "a live owner keeps it"
        );
        library.finish_step(KEY.key, "a", "7", 1.5).unwrap();
        assert_eq!(
            library.claim_step(&KEY, "b", 20).unwrap(),
            Claim::Done("7".into())
        );
    }

    #[test]
    fn a_silent_owner_is_told_and_loses_nothing_by_itself() {
        let library = Library::in_memory().unwrap();
        assert_eq!(library.claim_step(&KEY, "a", 0).unwrap(), Claim::Mine);
        library.beat("a", 10_000).unwrap();
        let claimed = |now| match library.claim_step(&KEY, "b", now).unwrap() {
            Claim::Busy { stale, .. } => stale,
            other => panic!("{other:?}"),
        };
        assert!(!claimed(20_000));
        assert!(claimed(10_000 + STALE_AFTER_MILLIS));
        library.finish_step(KEY.key, "b", "9", 1.0).unwrap();
        assert_eq!(library.step_result(KEY.key).unwrap(), None, "it is not b's");
        library.finish_step(KEY.key, "a", "7", 1.0).unwrap();
        assert_eq!(
            library.step_result(KEY.key).unwrap().as_deref(),
            Some("7"),
            "who slept may finish"
        );
    }

    #[test]
    fn an_ended_process_frees_what_it_held_at_once() {
        let library = Library::in_memory().unwrap();
        library.claim_step(&KEY, "a", 0).unwrap();
        let job = library.start_job("reels", "k", "talk.mp4", "a", 0).unwrap();
        library.release_owner("a", 5).unwrap();
        assert_eq!(library.claim_step(&KEY, "b", 6).unwrap(), Claim::Mine);
        let state = library.job(job).unwrap().unwrap().state;
        assert_eq!(state, crate::jobs::JobState::Queued);
    }

    #[test]
    fn a_released_step_is_free_and_a_finished_one_stays() {
        let library = Library::in_memory().unwrap();
        library.claim_step(&KEY, "a", 0).unwrap();
        library.release_step(KEY.key, "a").unwrap();
        assert_eq!(library.claim_step(&KEY, "b", 0).unwrap(), Claim::Mine);
        library.finish_step(KEY.key, "b", "1", 0.1).unwrap();
        library.release_step(KEY.key, "b").unwrap();
        assert_eq!(library.step_result(KEY.key).unwrap().as_deref(), Some("1"));
        library.forget_step(KEY.key).unwrap();
        assert_eq!(library.step_result(KEY.key).unwrap(), None);
    }
}

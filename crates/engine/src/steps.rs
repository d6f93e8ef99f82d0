//! Durable steps: computed once for a source and parameters, by whichever process gets there.

use std::time::{Duration, Instant};

use footage::Fingerprint;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::steps::{Claim, StepKey};
use task::Cancel;

use crate::clock::now_millis;
use crate::{Database, Engine, Error, owner};

const POLL: Duration = Duration::from_millis(200);

/// A step's identity.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StepName {
    /// Its name in the database.
    pub(crate) name: &'static str,
    /// Raised whenever the same parameters would give another result.
    pub(crate) version: u32,
}

/// A step's result.
#[derive(Debug, Clone)]
pub struct Finished<T> {
    /// What was computed.
    pub result: T,
    /// Seconds that it took in this run.
    pub seconds: f64,
    /// Whether an earlier run had computed it.
    pub reused: bool,
}

fn key(source: &Fingerprint, step: StepName, parameters: &impl Serialize) -> Result<String, Error> {
    let digest = blake3::hash(&serde_json::to_vec(parameters)?).to_hex();
    Ok(format!(
        "{}/{}/{}/{digest}",
        source.0, step.name, step.version
    ))
}

impl Engine {
    /// Returns the stored result of a step, whether its files are there or not; `None` when it was
    /// not done yet.
    pub(crate) fn known<T: DeserializeOwned>(
        &self,
        source: &Fingerprint,
        step: StepName,
        parameters: &impl Serialize,
    ) -> Result<Option<T>, Error> {
        let key = key(source, step, parameters)?;
        let stored = self.seen(self.library().step_result(&key))?;
        Ok(stored.and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// Returns the stored result of a step, or computes and stores it.
    ///
    /// `stands` says whether a stored result can still be used: its files may have been deleted. What
    /// is computed beside a database that is only looked at is not stored.
    pub(crate) fn step<T: Serialize + DeserializeOwned>(
        &self,
        source: &Fingerprint,
        step: StepName,
        parameters: &impl Serialize,
        cancel: &Cancel,
        stands: impl Fn(&T) -> bool,
        work: impl FnOnce() -> Result<T, Error>,
    ) -> Result<Finished<T>, Error> {
        let began = Instant::now();
        let finished = |result, reused| Finished {
            result,
            seconds: began.elapsed().as_secs_f64(),
            reused,
        };
        if self.database() == Database::Newer {
            let known = self
                .known(source, step, parameters)?
                .filter(|known| stands(known));
            return Ok(match known {
                Some(known) => finished(known, true),
                None => finished(work()?, false),
            });
        }
        let key = key(source, step, parameters)?;
        let key = StepKey {
            source: &source.0,
            step: step.name,
            key: &key,
        };
        loop {
            cancel.check()?;
            match self
                .library()
                .claim_step(&key, self.owner(), now_millis())?
            {
                Claim::Mine => break,
                Claim::Busy { owner, stale } if owner::is_gone(&owner).unwrap_or(stale) => {
                    self.library().release_owner(&owner, now_millis())?;
                }
                Claim::Busy { .. } => std::thread::sleep(POLL),
                Claim::Done(json) => {
                    // A result that an older build wrote in another shape is computed again.
                    let stored = serde_json::from_str(&json)
                        .ok()
                        .filter(|result| stands(result));
                    if let Some(result) = stored {
                        return Ok(finished(result, true));
                    }
                    self.library().forget_step(key.key)?;
                }
            }
        }
        let outcome = work().and_then(|result| Ok((serde_json::to_string(&result)?, result)));
        match outcome {
            Ok((json, result)) => {
                let finished = finished(result, false);
                self.library()
                    .finish_step(key.key, self.owner(), &json, finished.seconds)?;
                Ok(finished)
            }
            Err(error) => {
                self.library().release_step(key.key, self.owner())?;
                Err(error)
            }
        }
    }
}

//! Where tokens and keys are kept: the system's keychain, or by choice an encrypted file.
//!
//! A [`Secret`] prints as `[REDACTED]`, cannot be serialised, and is wiped from memory when dropped.

mod file;
mod keychain;
mod parts;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

pub use file::{Cost, SecretFile};
pub use keychain::Keychain;
pub use secrecy::{ExposeSecret, SecretString as Secret};

use crate::error::Error;

/// A place for secrets, by name: `network/account/what`.
pub trait Secrets: Send + Sync {
    /// Returns a secret, or `None` when there is none of that name.
    fn get(&self, name: &str) -> Result<Option<Secret>, Error>;

    /// Keeps a secret in place of the one of that name. When this returns it is kept; when it does
    /// not, or the program dies meanwhile, the one before is still there.
    fn set(&self, name: &str, secret: &Secret) -> Result<(), Error>;

    /// Forgets a secret; forgetting none is no error.
    fn remove(&self, name: &str) -> Result<(), Error>;
}

/// Secrets that end with the program, for tests.
#[derive(Default)]
pub struct InMemory {
    all: Mutex<BTreeMap<String, Secret>>,
}

impl InMemory {
    fn all(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Secret>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Secrets for InMemory {
    fn get(&self, name: &str) -> Result<Option<Secret>, Error> {
        Ok(self.all().get(name).cloned())
    }

    fn set(&self, name: &str, secret: &Secret) -> Result<(), Error> {
        self.all().insert(name.to_owned(), secret.clone());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), Error> {
        self.all().remove(name);
        Ok(())
    }
}

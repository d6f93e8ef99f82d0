//! Where secrets are: the system's keychain, or by choice a sealed file.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use online::secrets::{Cost, Keychain, Secret, SecretFile, Secrets};
use protocol::error::{ApiError, ErrorCode};

use crate::{Error, IDENTITY, Paths};

/// Where a session keeps its secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Vault {
    /// The system's keychain.
    #[default]
    Keychain,
    /// A file that a passphrase seals.
    File {
        /// The file.
        path: PathBuf,
        /// The file whose first line is the passphrase.
        passphrase: PathBuf,
    },
}

impl Vault {
    /// Returns the vault of a session: the keychain, unless `kind`, as in `CREALIA_SECRETS`, says
    /// `file`; then `passphrase`, as in `CREALIA_PASSPHRASE_FILE`, names the file of the passphrase.
    ///
    /// # Errors
    /// When `kind` is neither, or the passphrase is missing.
    pub fn of_session(
        kind: Option<&OsStr>,
        passphrase: Option<&OsStr>,
        paths: &Paths,
    ) -> Result<Self, ApiError> {
        let usage = |message: String| {
            ApiError::new(ErrorCode::Usage, message).hint(
                "set CREALIA_SECRETS to keychain or file, and for a file CREALIA_PASSPHRASE_FILE \
                 to a file with the passphrase",
            )
        };
        let kind = kind.unwrap_or_default().to_string_lossy();
        match kind.as_ref() {
            "" | "keychain" => Ok(Self::Keychain),
            "file" => {
                let named = passphrase.filter(|named| !named.is_empty());
                let named = named
                    .ok_or_else(|| usage("CREALIA_SECRETS=file needs a passphrase".to_owned()))?;
                Ok(Self::File {
                    path: paths.secrets(),
                    passphrase: named.into(),
                })
            }
            other => Err(usage(format!("CREALIA_SECRETS is {other}"))),
        }
    }
}

/// A vault that is opened when it is first needed.
pub(crate) struct Safe {
    vault: Vault,
    opened: Mutex<Option<Arc<dyn Secrets>>>,
}

impl Safe {
    pub(crate) fn new(vault: Vault) -> Self {
        Self {
            vault,
            opened: Mutex::new(None),
        }
    }

    /// Returns secrets that are there already.
    #[cfg(test)]
    pub(crate) fn holding(secrets: Arc<dyn Secrets>) -> Self {
        Self {
            vault: Vault::Keychain,
            opened: Mutex::new(Some(secrets)),
        }
    }

    /// Returns the secrets, having opened the vault.
    pub(crate) fn secrets(&self) -> Result<Arc<dyn Secrets>, Error> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(secrets) = opened.as_ref() {
            return Ok(Arc::clone(secrets));
        }
        let secrets: Arc<dyn Secrets> = match &self.vault {
            Vault::Keychain => Arc::new(Keychain::open(IDENTITY)?),
            Vault::File { path, passphrase } => {
                let file = SecretFile::open(path, phrase(passphrase)?, Cost::default())?;
                Arc::new(file)
            }
        };
        *opened = Some(Arc::clone(&secrets));
        Ok(secrets)
    }
}

/// Reads the first line of the file of the passphrase.
fn phrase(path: &std::path::Path) -> Result<Secret, Error> {
    let unusable = |detail: String| {
        ApiError::new(
            ErrorCode::KeychainUnusable,
            format!("the passphrase in {}: {detail}", path.display()),
        )
        .hint("check the file that CREALIA_PASSPHRASE_FILE names")
    };
    let text = std::fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(unusable("its first line is empty".to_owned()).into());
    }
    Ok(Secret::from(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keychain_is_the_choice_unless_a_file_is() {
        let paths = Paths::new("/a");
        let vault = |kind: Option<&str>, phrase: Option<&str>| {
            Vault::of_session(kind.map(OsStr::new), phrase.map(OsStr::new), &paths)
        };
        assert_eq!(vault(None, None).unwrap(), Vault::Keychain);
        assert_eq!(vault(Some("keychain"), None).unwrap(), Vault::Keychain);
        let file = Vault::File {
            path: paths.secrets(),
            passphrase: "/p".into(),
        };
        assert_eq!(vault(Some("file"), Some("/p")).unwrap(), file);
        for (kind, phrase) in [("file", None), ("file", Some("")), ("plain", Some("/p"))] {
            let error = vault(Some(kind), phrase).unwrap_err();
            assert_eq!(error.code, ErrorCode::Usage, "{kind}: never plain text");
        }
    }
}

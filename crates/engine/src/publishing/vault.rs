//! Where secrets are: the system's keychain, or by choice a sealed file.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use online::secrets::{Cost, ExposeSecret as _, Keychain, Secret, SecretFile, Secrets};
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::posting::ShutVault;

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
    /// A file whose passphrase the user gives.
    Sealed {
        /// The file.
        path: PathBuf,
    },
}

impl Vault {
    /// Returns the vault of a session. `kind`, as in `CREALIA_SECRETS`, says `keychain` or `file`; a
    /// file's passphrase is in the file that `passphrase`, as in `CREALIA_PASSPHRASE_FILE`, names. When
    /// it says neither, it is the sealed file where there is one, since somebody chose that, else the
    /// keychain.
    ///
    /// # Errors
    /// When `kind` is something else, or says `file` and the passphrase is missing.
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
        let path = paths.secrets();
        let passphrase = passphrase.filter(|named| !named.is_empty());
        match (kind.as_ref(), passphrase) {
            ("keychain", _) => Ok(Self::Keychain),
            ("file", None) => Err(usage("CREALIA_SECRETS=file needs a passphrase".to_owned())),
            ("", _) if !path.exists() => Ok(Self::Keychain),
            ("file" | "", Some(named)) => Ok(Self::File {
                path,
                passphrase: named.into(),
            }),
            ("", None) => Ok(Self::Sealed { path }),
            (other, _) => Err(usage(format!("CREALIA_SECRETS is {other}"))),
        }
    }
}

/// The fewest letters of a new passphrase: a file may be carried away and guessed at.
const SHORTEST: usize = 8;

/// A vault that is opened when it is first needed.
pub(crate) struct Safe {
    vault: Vault,
    /// Where a sealed file is or would be.
    file: PathBuf,
    opened: Mutex<Option<Arc<dyn Secrets>>>,
    shut: Shut,
}

/// What the user has to do before a vault opens, as far as it was tried.
type Shut = Arc<Mutex<Option<ShutVault>>>;

/// The keychain, which notes whether it can be used.
struct Watched {
    keychain: Keychain,
    shut: Shut,
}

impl Watched {
    fn noted<T>(&self, outcome: Result<T, online::Error>) -> Result<T, online::Error> {
        *locked(&self.shut) = match &outcome {
            Err(error) if is_shut(error) => Some(ShutVault::None),
            Ok(_) | Err(_) => None,
        };
        outcome
    }
}

impl Secrets for Watched {
    fn get(&self, name: &str) -> Result<Option<Secret>, online::Error> {
        self.noted(self.keychain.get(name))
    }

    fn set(&self, name: &str, secret: &Secret) -> Result<(), online::Error> {
        self.noted(self.keychain.set(name, secret))
    }

    fn remove(&self, name: &str) -> Result<(), online::Error> {
        self.noted(self.keychain.remove(name))
    }
}

/// Returns whether a keychain is not there or cannot be used, whatever is asked of it.
fn is_shut(error: &online::Error) -> bool {
    use online::Error as E;
    matches!(
        error,
        E::NoKeychain { .. } | E::KeychainLocked { .. } | E::Keychain { .. }
    )
}

fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Safe {
    pub(crate) fn new(vault: Vault, paths: &Paths) -> Self {
        let shut = match &vault {
            Vault::Sealed { .. } => Some(ShutVault::Sealed),
            Vault::Keychain | Vault::File { .. } => None,
        };
        Self {
            vault,
            file: paths.secrets(),
            opened: Mutex::default(),
            shut: Arc::new(Mutex::new(shut)),
        }
    }

    /// Returns secrets that are there already.
    #[cfg(test)]
    pub(crate) fn holding(secrets: Arc<dyn Secrets>) -> Self {
        Self {
            vault: Vault::Keychain,
            file: PathBuf::new(),
            opened: Mutex::new(Some(secrets)),
            shut: Shut::default(),
        }
    }

    /// Returns the secrets, having opened the vault.
    pub(crate) fn secrets(&self) -> Result<Arc<dyn Secrets>, Error> {
        let mut opened = locked(&self.opened);
        if let Some(secrets) = opened.as_ref() {
            return Ok(Arc::clone(secrets));
        }
        let secrets: Arc<dyn Secrets> = match &self.vault {
            Vault::Keychain => Arc::new(Watched {
                keychain: Keychain::open(IDENTITY).inspect_err(|error| {
                    if is_shut(error) {
                        *locked(&self.shut) = Some(ShutVault::None);
                    }
                })?,
                shut: Arc::clone(&self.shut),
            }),
            Vault::File { path, passphrase } => Arc::new(SecretFile::open(
                path,
                phrase(passphrase)?,
                Cost::default(),
            )?),
            Vault::Sealed { path } => return Err(sealed(path).into()),
        };
        *opened = Some(Arc::clone(&secrets));
        Ok(secrets)
    }

    /// Returns what the user has to do before it opens, as far as it was tried.
    pub(crate) fn shut(&self) -> Option<ShutVault> {
        *locked(&self.shut)
    }

    /// Uses a file that a passphrase seals, making it when it is not there.
    ///
    /// # Errors
    /// [`ErrorCode::WrongPassphrase`] when it is not the file's, or too short for a new one.
    pub(crate) fn open_file(&self, passphrase: Secret) -> Result<(), Error> {
        let is_new = !self.file.exists();
        if is_new && passphrase.expose_secret().chars().count() < SHORTEST {
            let message = format!("a passphrase has at least {SHORTEST} letters");
            return Err(ApiError::new(ErrorCode::WrongPassphrase, message)
                .hint("several words are easy to remember and hard to guess")
                .into());
        }
        let file = SecretFile::open(&self.file, passphrase, Cost::default())?;
        *locked(&self.opened) = Some(Arc::new(file));
        *locked(&self.shut) = None;
        Ok(())
    }
}

fn sealed(path: &Path) -> ApiError {
    let message = format!("the tokens are sealed in {}", path.display());
    ApiError::new(ErrorCode::KeychainUnusable, message).hint(
        "give the passphrase under settings, accounts in the studio, or set \
         CREALIA_PASSPHRASE_FILE to a file with it",
    )
}

/// Reads the first line of the file of the passphrase.
fn phrase(path: &Path) -> Result<Secret, Error> {
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

    fn of(paths: &Paths, kind: Option<&str>, phrase: Option<&str>) -> Result<Vault, ApiError> {
        Vault::of_session(kind.map(OsStr::new), phrase.map(OsStr::new), paths)
    }

    #[test]
    fn the_keychain_is_the_choice_unless_a_file_is() {
        let paths = Paths::new("/a");
        let vault = |kind: Option<&str>, phrase: Option<&str>| of(&paths, kind, phrase);
        assert_eq!(vault(None, None).unwrap(), Vault::Keychain);
        assert_eq!(vault(None, Some("/p")).unwrap(), Vault::Keychain);
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

    #[test]
    fn a_sealed_file_is_used_from_then_on() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::new(folder.path());
        let safe = Safe::new(Vault::Keychain, &paths);
        let code = |refused: Result<(), Error>| refused.unwrap_err().to_api().code;
        let short = safe.open_file(Secret::from("sésame"));
        assert_eq!(code(short), ErrorCode::WrongPassphrase);
        assert!(!paths.secrets().exists(), "nothing is made");
        safe.open_file(Secret::from("ouvre-toi sésame")).unwrap();
        let secrets = safe.secrets().unwrap();
        secrets.set("a", &Secret::from("marked")).unwrap();
        // The next session.
        let vault = of(&paths, None, None).unwrap();
        let path = paths.secrets();
        assert_eq!(vault, Vault::Sealed { path });
        let safe = Safe::new(vault, &paths);
        assert_eq!(safe.shut(), Some(ShutVault::Sealed));
        let refused = safe.secrets().map(drop);
        assert_eq!(code(refused), ErrorCode::KeychainUnusable);
        let wrong = safe.open_file(Secret::from("ouvre-toi"));
        assert_eq!(code(wrong), ErrorCode::WrongPassphrase);
        assert_eq!(safe.shut(), Some(ShutVault::Sealed));
        safe.open_file(Secret::from("ouvre-toi sésame")).unwrap();
        assert_eq!(safe.shut(), None);
        let kept = safe.secrets().unwrap().get("a").unwrap();
        assert_eq!(kept.unwrap().expose_secret(), "marked");
        let chosen = of(&paths, Some("keychain"), None).unwrap();
        assert_eq!(chosen, Vault::Keychain, "unless another is named");
    }
}

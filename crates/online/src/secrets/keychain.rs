use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::{CredentialStore, Entry};
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::Error;
use crate::secrets::parts::{self, Entries};
use crate::secrets::{Secret, Secrets};

/// The system's keychain: the Secret Service (GNOME Keyring, KWallet, KeePassXC) on Linux, Keychain
/// on macOS, the Credential Manager on Windows.
///
/// Calls wait for the system and may wait for the user to unlock it; none may come from inside an
/// asynchronous runtime.
#[derive(Debug)]
pub struct Keychain {
    store: Arc<CredentialStore>,
    service: String,
}

impl Keychain {
    /// Opens the keychain of the user's session; `service` is the program's identifier, under
    /// which the system lists the entries.
    pub fn open(service: &str) -> Result<Self, Error> {
        Ok(Self {
            store: platform::store().map_err(|error| match error {
                keyring_core::Error::NoStorageAccess(cause) => Error::KeychainLocked {
                    detail: cause.to_string(),
                },
                other => Error::NoKeychain {
                    detail: other.to_string(),
                },
            })?,
            service: service.to_owned(),
        })
    }

    fn entry(&self, name: &str) -> Result<Entry, Error> {
        let label = format!("Créalia Studio: {name}");
        let modifiers = HashMap::from([("label", label.as_str())]);
        // Only some stores know labels.
        let modifiers = platform::HAS_LABELS.then_some(&modifiers);
        self.store
            .build(&self.service, name, modifiers)
            .map_err(failure)
    }
}

impl Secrets for Keychain {
    fn get(&self, name: &str) -> Result<Option<Secret>, Error> {
        parts::get(self, name)
    }

    fn set(&self, name: &str, secret: &Secret) -> Result<(), Error> {
        parts::set(self, name, secret)
    }

    fn remove(&self, name: &str) -> Result<(), Error> {
        parts::remove(self, name)
    }
}

impl Entries for Keychain {
    fn read(&self, name: &str) -> Result<Option<SecretString>, Error> {
        let bytes = match self.entry(name)?.get_secret() {
            Ok(bytes) => bytes,
            Err(keyring_core::Error::NoEntry) => return Ok(None),
            Err(error) => return Err(failure(error)),
        };
        // Bytes that are no text are not this program's; they are dropped without being shown.
        let text = String::from_utf8(bytes).map_err(|_not_text| Error::DamagedSecret {
            name: name.to_owned(),
        })?;
        Ok(Some(text.into()))
    }

    fn write(&self, name: &str, value: &SecretString) -> Result<(), Error> {
        let bytes = value.expose_secret().as_bytes();
        self.entry(name)?.set_secret(bytes).map_err(failure)
    }

    fn erase(&self, name: &str) -> Result<(), Error> {
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(keyring_core::Error::NoEntry) => Ok(()),
            Err(error) => Err(failure(error)),
        }
    }
}

/// Some of the keychain's errors hold what was stored: only the kind and the system's words go on.
fn failure(error: keyring_core::Error) -> Error {
    use keyring_core::Error as E;
    let detail = match error {
        E::NoStorageAccess(cause) => {
            return Error::KeychainLocked {
                detail: cause.to_string(),
            };
        }
        E::NoDefaultStore => {
            return Error::NoKeychain {
                detail: "no store".to_owned(),
            };
        }
        E::PlatformFailure(cause) => cause.to_string(),
        E::NoEntry => "the entry is gone".to_owned(),
        E::BadEncoding(_) | E::BadDataFormat(..) => "an entry is damaged".to_owned(),
        E::TooLong(what, limit) => format!("{what} is longer than {limit}"),
        E::Invalid(what, why) => format!("{what}: {why}"),
        E::Ambiguous(entries) => format!("{} entries of one name", entries.len()),
        E::BadStoreFormat(why) | E::NotSupportedByStore(why) => why,
        _ => "an unknown failure".to_owned(),
    };
    Error::Keychain { detail }
}

#[cfg(target_os = "linux")]
mod platform {
    use super::{Arc, CredentialStore};

    pub(super) const HAS_LABELS: bool = true;

    pub(super) fn store() -> keyring_core::Result<Arc<CredentialStore>> {
        Ok(zbus_secret_service_keyring_store::Store::new()?)
    }
}

#[cfg(target_os = "macos")]
mod platform {
    use super::{Arc, CredentialStore};

    pub(super) const HAS_LABELS: bool = false;

    pub(super) fn store() -> keyring_core::Result<Arc<CredentialStore>> {
        Ok(apple_native_keyring_store::keychain::Store::new()?)
    }
}

#[cfg(target_os = "windows")]
mod platform {
    use super::{Arc, CredentialStore};

    pub(super) const HAS_LABELS: bool = false;

    pub(super) fn store() -> keyring_core::Result<Arc<CredentialStore>> {
        Ok(windows_native_keyring_store::Store::new()?)
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
mod platform {
    use super::{Arc, CredentialStore};

    pub(super) const HAS_LABELS: bool = false;

    pub(super) fn store() -> keyring_core::Result<Arc<CredentialStore>> {
        Err(keyring_core::Error::NoDefaultStore)
    }
}

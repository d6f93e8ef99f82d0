use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::random;
use crate::secrets::{Secret, Secrets};

/// First bytes of the file; the last one is the version of the format.
const MAGIC: &[u8; 16] = b"crealia secrets\x01";
const SALT: usize = 16;
const NONCE: usize = 24;
/// Magic, three numbers of the cost, salt, nonce.
const HEADER: usize = MAGIC.len() + 3 * 4 + SALT + NONCE;
/// What a file may ask for at most: it may come from elsewhere.
const MOST_MEMORY_KIB: u32 = 1 << 20;
const MOST_PASSES: u32 = 64;
const MOST_LANES: u32 = 64;
/// No set of tokens comes near this.
const LONGEST: u64 = 16 << 20;

/// What a guess of the passphrase costs (Argon2id).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for Cost {
    /// The second recommended option of RFC 9106, section 4: 64 MiB, three passes, four lanes.
    fn default() -> Self {
        Self {
            memory_kib: 64 << 10,
            passes: 3,
            lanes: 4,
        }
    }
}

/// Secrets in a file that a passphrase locks, for systems without a keychain.
///
/// The whole content is one text sealed with XChaCha20-Poly1305 under a key that Argon2id makes
/// from the passphrase; every change writes a new file beside the old one, under a new nonce, and
/// takes its place. Processes wait for each other.
pub struct SecretFile {
    path: PathBuf,
    passphrase: SecretString,
    /// The key of the last seen salt and cost: making it costs as much as a guess.
    key: Mutex<Option<(Lock, Zeroizing<[u8; 32]>)>>,
    cost: Cost,
}

/// What makes the key from the passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lock {
    cost: Cost,
    salt: [u8; SALT],
}

impl std::fmt::Debug for SecretFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretFile")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl SecretFile {
    /// Opens the file at `path`, or makes it with `cost`. A wrong passphrase is found at once.
    pub fn open(path: &Path, passphrase: SecretString, cost: Cost) -> Result<Self, Error> {
        let file = Self {
            path: path.to_owned(),
            passphrase,
            key: Mutex::new(None),
            cost,
        };
        file.change(|all| all.is_none())?;
        Ok(file)
    }

    /// Reads, lets `change` change, and writes when it says so; nobody else may in between.
    ///
    /// `None` is a file that does not exist yet.
    fn change(&self, change: impl FnOnce(&mut Content) -> bool) -> Result<(), Error> {
        let _turn = self.turn()?;
        let mut content = self.read()?;
        if change(&mut content) {
            self.write(content.as_ref().unwrap_or(&Map::new()))?;
        }
        Ok(())
    }

    /// Waits until no other process is about to change the file.
    fn turn(&self) -> Result<File, Error> {
        let path = self.path.with_extension("lock");
        let open = || {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let file = File::create(&path)?;
            file.lock()?;
            Ok(file)
        };
        open().map_err(|error| Error::from_io(&path, &error))
    }

    fn read(&self) -> Result<Content, Error> {
        let mut bytes = Vec::new();
        match File::open(&self.path) {
            Ok(file) => {
                let read = file.take(LONGEST).read_to_end(&mut bytes);
                read.map_err(|error| Error::from_io(&self.path, &error))?;
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::from_io(&self.path, &error)),
        }
        let damaged = || Error::DamagedSecrets {
            path: self.path.clone(),
        };
        let Parts {
            lock,
            nonce,
            header,
            sealed,
        } = parse(&bytes).ok_or_else(damaged)?;
        let cipher = self.cipher(lock)?;
        let payload = Payload {
            msg: sealed,
            aad: header,
        };
        let plain = cipher
            .decrypt(&XNonce::from(nonce), payload)
            .map_err(|_unsealed| Error::WrongPassphrase {
                path: self.path.clone(),
            })?;
        let plain = Zeroizing::new(plain);
        let map = serde_json::from_slice(&plain).map_err(|_shape| damaged())?;
        Ok(Some(map))
    }

    fn write(&self, map: &Map) -> Result<(), Error> {
        let lock = match self.known_lock() {
            Some(lock) => lock,
            None => Lock {
                cost: self.cost,
                salt: random::bytes()?,
            },
        };
        let nonce: [u8; NONCE] = random::bytes()?;
        let mut file = Vec::with_capacity(HEADER);
        file.extend_from_slice(MAGIC);
        for number in [lock.cost.memory_kib, lock.cost.passes, lock.cost.lanes] {
            file.extend_from_slice(&number.to_le_bytes());
        }
        file.extend_from_slice(&lock.salt);
        file.extend_from_slice(&nonce);
        let damaged = || Error::DamagedSecrets {
            path: self.path.clone(),
        };
        let plain = Zeroizing::new(serde_json::to_vec(map).map_err(|_shape| damaged())?);
        let payload = Payload {
            msg: &plain,
            aad: &file,
        };
        let cipher = self.cipher(lock)?;
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_too_long| damaged())?;
        file.extend_from_slice(&sealed);
        replace(&self.path, &file).map_err(|error| Error::from_io(&self.path, &error))
    }

    fn known_lock(&self) -> Option<Lock> {
        let known = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().map(|(lock, _)| *lock)
    }

    /// Returns the cipher under the key of a lock.
    fn cipher(&self, lock: Lock) -> Result<XChaCha20Poly1305, Error> {
        let mut known = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, key)) = known.as_ref().filter(|(of, _)| *of == lock) {
            return Ok(XChaCha20Poly1305::new(&Key::from(**key)));
        }
        let damaged = |_parameters| Error::DamagedSecrets {
            path: self.path.clone(),
        };
        let Cost {
            memory_kib,
            passes,
            lanes,
        } = lock.cost;
        let parameters = Params::new(memory_kib, passes, lanes, Some(32)).map_err(damaged)?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
        let mut key = Zeroizing::new([0_u8; 32]);
        let passphrase = self.passphrase.expose_secret().as_bytes();
        argon
            .hash_password_into(passphrase, &lock.salt, key.as_mut_slice())
            .map_err(damaged)?;
        let cipher = XChaCha20Poly1305::new(&Key::from(*key));
        *known = Some((lock, key));
        Ok(cipher)
    }
}

impl Secrets for SecretFile {
    fn get(&self, name: &str) -> Result<Option<Secret>, Error> {
        let found = self.read()?.and_then(|mut all| all.remove(name));
        Ok(found.map(|text| SecretString::from(text.as_str())))
    }

    fn set(&self, name: &str, secret: &Secret) -> Result<(), Error> {
        let secret = Zeroizing::new(secret.expose_secret().to_owned());
        self.change(|all| {
            all.get_or_insert_default().insert(name.to_owned(), secret);
            true
        })
    }

    fn remove(&self, name: &str) -> Result<(), Error> {
        self.change(|all| all.as_mut().is_some_and(|all| all.remove(name).is_some()))
    }
}

type Map = BTreeMap<String, Zeroizing<String>>;
type Content = Option<Map>;

/// A file taken apart.
struct Parts<'a> {
    lock: Lock,
    nonce: [u8; NONCE],
    header: &'a [u8],
    sealed: &'a [u8],
}

fn parse(bytes: &[u8]) -> Option<Parts<'_>> {
    let (header, sealed) = bytes.split_at_checked(HEADER)?;
    let rest = header.strip_prefix(MAGIC.as_slice())?;
    let (memory_kib, rest) = number(rest)?;
    let (passes, rest) = number(rest)?;
    let (lanes, rest) = number(rest)?;
    let (salt, nonce) = rest.split_at_checked(SALT)?;
    let is_sane = memory_kib <= MOST_MEMORY_KIB && passes <= MOST_PASSES && lanes <= MOST_LANES;
    let lock = Lock {
        cost: Cost {
            memory_kib,
            passes,
            lanes,
        },
        salt: salt.try_into().ok()?,
    };
    is_sane.then_some(Parts {
        lock,
        nonce: nonce.try_into().ok()?,
        header,
        sealed,
    })
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_le_bytes(*number), rest))
}

/// Writes a file beside `path`, readable by its owner only, and puts it in its place.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let part = path.with_extension("part");
    let mut options = std::fs::OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&part, path)?;
    #[cfg(unix)]
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use testkit::mangle::{self, Dice};

    use super::*;

    /// Returns what a file of the usual cost begins with, and a few sealed bytes.
    fn whole() -> Vec<u8> {
        let Cost {
            memory_kib,
            passes,
            lanes,
        } = Cost::default();
        let mut bytes = MAGIC.to_vec();
        for number in [memory_kib, passes, lanes] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.resize(HEADER, 7);
        bytes.extend_from_slice(b"sealed");
        bytes
    }

    /// Checks that bytes are no file of secrets, or one that asks for no more than it may; returns
    /// whether they are one.
    fn check(bytes: &[u8], seed: u64) -> usize {
        let Some(parts) = parse(bytes) else {
            return 0;
        };
        assert_eq!([parts.header, parts.sealed].concat(), bytes, "{seed}");
        assert!(bytes.starts_with(MAGIC), "{seed}");
        let Cost {
            memory_kib,
            passes,
            lanes,
        } = parts.lock.cost;
        let is_granted =
            memory_kib <= MOST_MEMORY_KIB && passes <= MOST_PASSES && lanes <= MOST_LANES;
        assert!(is_granted, "{seed}: {:?}", parts.lock.cost);
        // Costs that contradict each other are refused where the key is made.
        let _told = Params::new(memory_kib, passes, lanes, Some(32));
        1
    }

    #[test]
    fn a_changed_header_is_refused_or_asks_for_no_more_than_it_may() {
        let whole = whole();
        let whole_parts = parse(&whole).unwrap();
        assert_eq!(whole_parts.lock.cost, Cost::default());
        assert_eq!(whole_parts.sealed, b"sealed");
        let (mut anywhere, mut within) = (0, 0);
        for seed in 0..2_000 {
            anywhere += check(&mangle::bytes(&whole, seed), seed);
            // The numbers of the cost alone, a bit each.
            let mut dice = Dice::new(seed);
            let mut costly = whole.clone();
            for number in 0..3 {
                let at = MAGIC.len() + number * 4 + dice.below(4);
                if let Some(byte) = costly.get_mut(at) {
                    *byte ^= 1 << dice.below(8);
                }
            }
            within += check(&costly, seed);
        }
        assert!((100..1_900).contains(&anywhere), "{anywhere} were read");
        assert!((10..1_000).contains(&within), "{within} were granted");
    }
}

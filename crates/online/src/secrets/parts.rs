//! Secrets longer than an entry of a keychain may be.
//!
//! Windows allows 2,560 bytes per entry. A longer secret lies in parts beside its entry, which
//! then says which parts. New parts are written beside the old ones and the entry last, so that a
//! crash at any moment leaves the old secret or the new one.

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::digest::hex;
use crate::error::Error;

/// The most bytes of an entry: `CRED_MAX_CREDENTIAL_BLOB_SIZE` of the Windows Credential Manager.
pub(crate) const LONGEST: usize = 2_560;

/// The most parts of a secret: no set of tokens comes near it, and an entry that is damaged must not
/// name more than can be erased in a moment.
const MOST_PARTS: usize = 256;

/// First character of an entry that holds the secret itself.
const WHOLE: char = '=';
/// First character of an entry that names parts.
const IN_PARTS: char = '+';

/// Entries of a keychain, each at most [`LONGEST`] bytes.
pub(crate) trait Entries {
    fn read(&self, name: &str) -> Result<Option<SecretString>, Error>;
    fn write(&self, name: &str, value: &SecretString) -> Result<(), Error>;
    fn erase(&self, name: &str) -> Result<(), Error>;
}

/// What an entry says of its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Head {
    /// Which of two sets of names.
    side: char,
    count: usize,
    /// Of the whole secret: parts of two secrets do not make a third.
    digest: String,
}

impl Head {
    /// Reads `+a3:DIGEST`.
    fn parse(text: &str) -> Option<Self> {
        let (place, digest) = text.strip_prefix(IN_PARTS)?.split_once(':')?;
        let mut characters = place.chars();
        let side = characters.next().filter(|side| matches!(side, 'a' | 'b'))?;
        let count: usize = characters.as_str().parse().ok()?;
        (count <= MOST_PARTS).then(|| Self {
            side,
            count,
            digest: digest.to_owned(),
        })
    }

    fn written(&self) -> String {
        format!("{IN_PARTS}{}{}:{}", self.side, self.count, self.digest)
    }

    fn names(&self, name: &str) -> impl Iterator<Item = String> {
        let side = self.side;
        (0..self.count).map(move |index| format!("{name}#{side}{index}"))
    }
}

pub(crate) fn get(entries: &impl Entries, name: &str) -> Result<Option<SecretString>, Error> {
    let Some(entry) = entries.read(name)? else {
        return Ok(None);
    };
    let damaged = || Error::DamagedSecret {
        name: name.to_owned(),
    };
    let text = entry.expose_secret();
    if let Some(whole) = text.strip_prefix(WHOLE) {
        return Ok(Some(SecretString::from(whole)));
    }
    let head = Head::parse(text).ok_or_else(damaged)?;
    let mut whole = String::new();
    for part in head.names(name) {
        let part = entries.read(&part)?.ok_or_else(damaged)?;
        whole.push_str(part.expose_secret());
    }
    let whole = SecretString::from(whole);
    if digest(&whole) == head.digest {
        Ok(Some(whole))
    } else {
        Err(damaged())
    }
}

pub(crate) fn set(entries: &impl Entries, name: &str, secret: &SecretString) -> Result<(), Error> {
    let before = head(entries, name)?;
    let text = secret.expose_secret();
    if text.len() < LONGEST {
        entries.write(name, &format!("{WHOLE}{text}").into())?;
        return erase_parts(entries, name, before.as_ref());
    }
    let parts = split(text);
    if parts.len() > MOST_PARTS {
        return Err(Error::Keychain {
            detail: format!("a secret of {} bytes is too long for it", text.len()),
        });
    }
    let next = Head {
        side: match &before {
            Some(head) if head.side == 'a' => 'b',
            _ => 'a',
        },
        count: parts.len(),
        digest: digest(secret),
    };
    for (part, value) in next.names(name).zip(parts) {
        entries.write(&part, &value.into())?;
    }
    entries.write(name, &next.written().into())?;
    erase_parts(entries, name, before.as_ref())
}

pub(crate) fn remove(entries: &impl Entries, name: &str) -> Result<(), Error> {
    let before = head(entries, name)?;
    // Parts first: an entry that names what is gone is damaged, parts that nobody names are lost.
    erase_parts(entries, name, before.as_ref())?;
    entries.erase(name)
}

fn head(entries: &impl Entries, name: &str) -> Result<Option<Head>, Error> {
    let entry = entries.read(name)?;
    Ok(entry.and_then(|entry| Head::parse(entry.expose_secret())))
}

fn erase_parts(entries: &impl Entries, name: &str, head: Option<&Head>) -> Result<(), Error> {
    let names = head.into_iter().flat_map(|head| head.names(name));
    names.into_iter().try_for_each(|part| entries.erase(&part))
}

/// Cuts a text into pieces of at most [`LONGEST`] bytes, between characters.
fn split(mut text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    while !text.is_empty() {
        let end = text.floor_char_boundary(LONGEST);
        let (piece, rest) = text.split_at(end);
        pieces.push(piece);
        text = rest;
    }
    pieces
}

fn digest(secret: &SecretString) -> String {
    hex(&Sha256::digest(secret.expose_secret().as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeMap;

    use super::*;

    /// A keychain that holds entries to their length, and that may die at any write.
    #[derive(Default)]
    struct Strict {
        all: RefCell<BTreeMap<String, String>>,
        /// How many changes are still done before it dies.
        left: Cell<Option<usize>>,
    }

    impl Strict {
        fn change(&self) -> Result<(), Error> {
            match self.left.get() {
                Some(0) => Err(Error::Cancelled),
                left => {
                    self.left.set(left.map(|left| left - 1));
                    Ok(())
                }
            }
        }
    }

    impl Entries for Strict {
        fn read(&self, name: &str) -> Result<Option<SecretString>, Error> {
            Ok(self.all.borrow().get(name).cloned().map(SecretString::from))
        }

        fn write(&self, name: &str, value: &SecretString) -> Result<(), Error> {
            self.change()?;
            let value = value.expose_secret().to_owned();
            assert!(value.len() <= LONGEST, "{} bytes in an entry", value.len());
            self.all.borrow_mut().insert(name.to_owned(), value);
            Ok(())
        }

        fn erase(&self, name: &str) -> Result<(), Error> {
            self.change()?;
            self.all.borrow_mut().remove(name);
            Ok(())
        }
    }

    fn text(length: usize, letter: &str) -> SecretString {
        letter.repeat(length / letter.len()).into()
    }

    fn kept(entries: &Strict) -> Option<String> {
        let secret = get(entries, "n").unwrap();
        secret.map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn any_length_comes_back() {
        let entries = Strict::default();
        for (length, letter) in [(0, "a"), (1, "a"), (2_559, "a"), (2_560, "b"), (9_000, "é")] {
            let secret = text(length, letter);
            set(&entries, "n", &secret).unwrap();
            assert_eq!(
                kept(&entries).as_deref(),
                Some(secret.expose_secret()),
                "{length}"
            );
        }
        set(&entries, "n", &text(3, "x")).unwrap();
        assert_eq!(
            entries.all.borrow().len(),
            1,
            "parts that nobody names are gone"
        );
        set(&entries, "n", &text(8_000, "x")).unwrap();
        remove(&entries, "n").unwrap();
        assert!(entries.all.borrow().is_empty(), "nothing is left");
        assert_eq!(kept(&entries), None);
    }

    #[test]
    fn death_at_any_moment_leaves_one_of_the_two() {
        let (old, new) = (text(6_000, "o"), text(7_000, "n"));
        for left in 0..12 {
            let entries = Strict::default();
            set(&entries, "n", &old).unwrap();
            entries.left.set(Some(left));
            let outcome = set(&entries, "n", &new);
            entries.left.set(None);
            let found = kept(&entries);
            let is_old = found.as_deref() == Some(old.expose_secret());
            let is_new = found.as_deref() == Some(new.expose_secret());
            assert!(is_old || is_new, "after {left} changes");
            assert!(
                is_new || outcome.is_err(),
                "success means the new one, after {left}"
            );
        }
    }

    #[test]
    fn damage_is_found() {
        let entries = Strict::default();
        set(&entries, "n", &text(6_000, "o")).unwrap();
        entries.all.borrow_mut().insert("n#a1".into(), "x".into());
        assert!(matches!(
            get(&entries, "n"),
            Err(Error::DamagedSecret { .. })
        ));
        entries.all.borrow_mut().remove("n#a1");
        assert!(matches!(
            get(&entries, "n"),
            Err(Error::DamagedSecret { .. })
        ));
        entries.all.borrow_mut().insert("n".into(), "?".into());
        assert!(matches!(
            get(&entries, "n"),
            Err(Error::DamagedSecret { .. })
        ));
    }

    /// Checks that an entry in place of that of a secret in parts is told damaged, unless it is one
    /// of a whole secret, and that another secret can be kept in its place, and removed.
    fn check_changed(entry: &str) {
        let entries = Strict::default();
        let secret = text(6_000, "o");
        set(&entries, "n", &secret).unwrap();
        entries.all.borrow_mut().insert("n".into(), entry.into());
        match get(&entries, "n") {
            Ok(found) => {
                let found = found.unwrap();
                let is_it = found.expose_secret() == secret.expose_secret();
                assert!(is_it || entry.starts_with(WHOLE), "{entry}");
            }
            Err(error) => assert!(matches!(error, Error::DamagedSecret { .. }), "{entry}"),
        }
        set(&entries, "n", &text(7_000, "n")).unwrap();
        assert_eq!(kept(&entries), Some("n".repeat(7_000)), "{entry}");
        remove(&entries, "n").unwrap();
        assert_eq!(kept(&entries), None, "{entry}");
    }

    #[test]
    fn a_changed_entry_is_told_damaged_and_holds_nobody_up() {
        let entries = Strict::default();
        set(&entries, "n", &text(6_000, "o")).unwrap();
        let whole = entries.all.borrow().get("n").cloned().unwrap();
        for seed in 0..2_000 {
            let mangled = testkit::mangle::bytes(whole.as_bytes(), seed);
            check_changed(&String::from_utf8_lossy(&mangled));
        }
        // As many parts as nobody could erase.
        check_changed(&format!("+a{}:", usize::MAX));
        let longest = text(MOST_PARTS * LONGEST, "l");
        set(&entries, "n", &longest).unwrap();
        assert_eq!(kept(&entries).as_deref(), Some(longest.expose_secret()));
        let longer = text(MOST_PARTS * LONGEST + 1, "l");
        assert!(matches!(
            set(&entries, "n", &longer),
            Err(Error::Keychain { .. })
        ));
        let found = kept(&entries);
        assert_eq!(found.as_deref(), Some(longest.expose_secret()), "it stays");
    }
}

//! Knowing a copy: what is not over in a copied or restored folder may be done by another copy too.
//!
//! Two marks stay behind when a folder is copied. The *place* is the machine, the path of the file,
//! its inode, and when the inode of an empty file beside it last changed, which is never written
//! again and whose time no program can set: another machine, another folder, a file or a whole folder
//! that was put back has another one. The *generation* grows before each post begins and after it
//! ends, in the file first and then in the vault: a file with a smaller one than the vault's is older
//! than what was done.
//!
//! What is not seen is a disk that is set back as a whole, by a snapshot, together with the vault.
//!
//! Whatever is a copy begins anew under a name of its own: two folders that count posts from the same
//! number on must not share the vault's names of uploads. The accounts' tokens are shared.

use std::path::Path;

use online::secrets::{ExposeSecret as _, Secret};
use posts::outbox::{Cover, State};
use protocol::error::{ApiError, ErrorCode};

use super::{Marks, Publishing, locked_out, outcome};
use crate::Error;

impl Publishing {
    /// Makes what is not over uncertain when the file is not where it was last used.
    pub(super) fn recognise_place(&self) -> Result<(), Error> {
        let here = place(self.outbox.path())?;
        let before = self.outbox.profile()?.place;
        match before {
            Some(before) if before == here => {}
            // Noted last: what dies before this does it again.
            Some(_) => {
                self.doubt_everything()?;
                self.outbox.renew(&here)?;
            }
            None => self.outbox.settle(&here)?,
        }
        Ok(())
    }

    /// Makes what is not over uncertain when the file is older than what was done.
    pub(super) fn recognise_generation(&self) -> Result<(), Error> {
        let secrets = self.safe.secrets()?;
        // The vault first: another process may add one to both meanwhile, to the file first.
        let name = self.generation_name()?;
        let noted = secrets.get(&name)?;
        let profile = self.outbox.profile()?;
        if noted.is_none() && profile.generation == 0 {
            // From the beginning on: a vault without a number is another one from here on.
            return Ok(secrets.set(&name, &Secret::from("0"))?);
        }
        let noted: Option<i64> = noted.and_then(|noted| noted.expose_secret().parse().ok());
        let is_older = match noted {
            Some(noted) => noted > profile.generation,
            None => profile.generation > 0,
        };
        if is_older {
            self.doubt_everything()?;
            self.outbox.renew(&profile.place.unwrap_or_default())?;
            self.advance()?;
        }
        Ok(())
    }

    /// Makes every copy of before older than this file.
    pub(super) fn advance(&self) -> Result<(), Error> {
        let generation = self.outbox.advance()?;
        let secrets = self.safe.secrets()?;
        let noted = Secret::from(generation.to_string());
        secrets.set(&self.generation_name()?, &noted)?;
        Ok(())
    }

    pub(super) fn generation_name(&self) -> Result<String, Error> {
        self.own_name("generation")
    }

    /// Returns the name of a secret that copies of this profile know, too.
    pub(super) fn shared_name(&self, what: &str) -> Result<String, Error> {
        Ok(named(&self.outbox.profile()?.identity, what))
    }

    /// Returns the name of a secret of this profile alone.
    pub(super) fn own_name(&self, what: &str) -> Result<String, Error> {
        Ok(named(&self.outbox.profile()?.copy, what))
    }

    fn doubt_everything(&self) -> Result<(), Error> {
        for row in self.outbox.unfinished_entries()? {
            if super::read(&row).is_err() {
                self.put_out_of_reach(&row)?;
                continue;
            }
            self.change_with(row.id, "found in a copy", |row, entry| {
                let is_open = matches!(entry.state, State::Scheduled | State::Publishing);
                let is_bare = entry.state == State::Published && entry.cover == Cover::Wanted;
                if !is_open && !is_bare {
                    return None;
                }
                let mut entry = entry.restored();
                entry.cover.explain(COPIED);
                let error = if is_open {
                    Some(copied())
                } else {
                    outcome::cover_missed(&entry)
                };
                let marks = Marks {
                    error,
                    ..Marks::of(row)
                };
                Some((entry, marks))
            })?;
        }
        Ok(())
    }
}

fn named(whose: &str, what: &str) -> String {
    format!("{}/{what}", whose.get(..8).unwrap_or_default())
}

/// Why nothing is gone on with in a copy.
const COPIED: &str = "the program's folder was copied or restored";

fn copied() -> ApiError {
    ApiError::new(
        ErrorCode::Uncertain,
        format!("{COPIED}, so it may have been posted already"),
    )
    .hint("look on the network, then say `crealia outbox resolve ID published` or `not-published`")
}

/// Name of the empty file beside the outbox that is made once and left alone.
const MARK: &str = "outbox.place";

/// Returns where a file is, in words that are of no use elsewhere.
fn place(path: &Path) -> Result<String, Error> {
    let marked = path.with_file_name(MARK);
    // To append changes nothing of a file that is there, unlike to write.
    let about_mark = std::fs::File::options()
        .create(true)
        .append(true)
        .open(&marked)
        .and_then(|mark| mark.metadata())
        .map_err(|error| locked_out(&marked, &error))?;
    let machine = std::fs::read("/etc/machine-id").unwrap_or_default();
    let absolute = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut mark = blake3::Hasher::new();
    mark.update(&machine);
    mark.update(absolute.to_string_lossy().as_bytes());
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if let Ok(about) = std::fs::metadata(path) {
            mark.update(&about.ino().to_le_bytes());
        }
        mark.update(&about_mark.ctime().to_le_bytes());
        mark.update(&about_mark.ctime_nsec().to_le_bytes());
    }
    #[cfg(not(unix))]
    if let Ok(made) = about_mark.created() {
        mark.update(format!("{made:?}").as_bytes());
    }
    Ok(mark.finalize().to_hex().to_string())
}

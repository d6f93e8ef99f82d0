//! What is written down of a history, so that a crash loses nothing.
//!
//! The store appends an [`Entry`] before an edit is acknowledged, and a snapshot of the project
//! whenever [`Pace`] says that one is due. Opening a project replays the entries since the last
//! snapshot.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::edit::{Edit, EditError};
use crate::history::{History, UnknownVersion};
use crate::project::Project;

/// A snapshot is due after that many entries.
pub const ENTRIES_PER_SNAPSHOT: u32 = 50;

/// A snapshot is due that long after the last one, when there are entries since.
pub const TIME_PER_SNAPSHOT: Duration = Duration::from_secs(10);

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Position in the project's journal; one more than that of the entry before.
    pub seq: u64,
    /// Version of the program that wrote it. Another version's edits may mean something else.
    pub app_version: String,
    /// What was done.
    pub kind: EntryKind,
    /// What the project was after it.
    pub result_hash: ProjectHash,
}

/// What a journal entry does to a history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// Applies an edit.
    Edit(Edit),
    /// Goes one step back.
    Undo,
    /// Goes one undone step forward.
    Redo,
    /// Goes to a named version.
    Restore(String),
}

/// The content of a project: a BLAKE3 hex digest over its JSON.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProjectHash(pub String);

/// Returns the content hash of a project; equal projects have equal ones on every machine.
///
/// The JSON is canonical: maps are sorted, fields keep their order, and numbers are written in
/// their shortest form.
///
/// # Panics
/// Never: a project has no value that JSON cannot hold.
pub fn hash(project: &Project) -> ProjectHash {
    let mut hasher = blake3::Hasher::new();
    let written = serde_json::to_writer(&mut hasher, project);
    assert!(
        written.is_ok(),
        "BUG: a project can always be written as JSON"
    );
    ProjectHash(hasher.finalize().to_hex().to_string())
}

/// What replaying a journal gave: a history that is proven up to some entry, and why it ends there
/// when it is not the last one.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    /// The history after the entries that were proven.
    pub history: History,
    /// How many entries were.
    pub applied: usize,
    /// Why the next one was not.
    pub stopped: Option<Stop>,
}

/// Why a replay ends before the journal does. The project before that entry is intact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// Entries are missing before this one.
    #[error("entry {found} follows where {expected} should")]
    Missing {
        /// The position that comes next.
        expected: u64,
        /// The position that is there.
        found: u64,
    },
    /// Another version of the program wrote it.
    #[error("entry {seq} was written by version {app_version}")]
    OtherVersion {
        /// The entry's position.
        seq: u64,
        /// Who wrote it.
        app_version: String,
    },
    /// Its edit is refused.
    #[error("entry {seq} is refused: {error}")]
    Refused {
        /// The entry's position.
        seq: u64,
        /// Why.
        error: EditError,
    },
    /// It undoes or redoes a step from before the snapshot, or restores an unknown version.
    #[error("entry {seq} needs what is not in the snapshot")]
    OutOfReach {
        /// The entry's position.
        seq: u64,
    },
    /// It leads to another project than it did when it was written.
    #[error("entry {seq} leads to another project")]
    Diverged {
        /// The entry's position.
        seq: u64,
        /// What it led to then.
        expected: ProjectHash,
        /// What it leads to now.
        found: ProjectHash,
    },
}

/// Applies journal entries to a snapshot, as far as `app_version` wrote them and each leads to the
/// project that it says. `versions` are the named versions that a [`EntryKind::Restore`] may name.
pub fn replay(
    snapshot: Project,
    versions: BTreeMap<String, Arc<Project>>,
    entries: &[Entry],
    app_version: &str,
) -> Replayed {
    let mut history = History::with_versions(snapshot, versions);
    let first = entries.first().map_or(0, |entry| entry.seq);
    for ((applied, entry), next) in entries.iter().enumerate().zip(first..) {
        let mut ahead = history.clone();
        let proven = if entry.seq == next {
            follow(&mut ahead, entry, app_version)
        } else {
            Err(Stop::Missing {
                expected: next,
                found: entry.seq,
            })
        };
        if let Err(stop) = proven {
            return Replayed {
                history,
                applied,
                stopped: Some(stop),
            };
        }
        history = ahead;
    }
    Replayed {
        history,
        applied: entries.len(),
        stopped: None,
    }
}

fn follow(history: &mut History, entry: &Entry, app_version: &str) -> Result<(), Stop> {
    let seq = entry.seq;
    if entry.app_version != app_version {
        return Err(Stop::OtherVersion {
            seq,
            app_version: entry.app_version.clone(),
        });
    }
    let out_of_reach = || Stop::OutOfReach { seq };
    match &entry.kind {
        EntryKind::Edit(edit) => history
            .edit(edit)
            .map(|_| ())
            .map_err(|error| Stop::Refused { seq, error })?,
        EntryKind::Undo => history.undo().map(|_| ()).ok_or_else(out_of_reach)?,
        EntryKind::Redo => history.redo().map(|_| ()).ok_or_else(out_of_reach)?,
        EntryKind::Restore(name) => history
            .restore(name)
            .map_err(|UnknownVersion(_)| out_of_reach())?,
    }
    let found = hash(history.present());
    if found == entry.result_hash {
        return Ok(());
    }
    Err(Stop::Diverged {
        seq,
        expected: entry.result_hash.clone(),
        found,
    })
}

/// Says when a snapshot is due. Time comes in as data: any clock that never goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    last: Duration,
    entries: u32,
    undoable: u32,
    redoable: u32,
}

/// Whether a snapshot is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Not yet.
    Later,
    /// Now, at leisure: the journal has grown long or old.
    Now,
    /// Before the entry is acknowledged: a replay could not reach what it goes back to.
    First,
}

impl Pace {
    /// Returns the pace after a snapshot at `now`.
    pub fn new(now: Duration) -> Self {
        Self {
            last: now,
            entries: 0,
            undoable: 0,
            redoable: 0,
        }
    }

    /// Counts an entry written at `now`, and says whether a snapshot is due after it.
    pub fn entry(&mut self, kind: &EntryKind, now: Duration) -> Due {
        self.entries += 1;
        match kind {
            EntryKind::Edit(_) => {
                self.undoable += 1;
                self.redoable = 0;
            }
            // A named version may be replaced or deleted before the replay.
            EntryKind::Restore(_) => return Due::First,
            EntryKind::Undo => match self.undoable.checked_sub(1) {
                Some(rest) => {
                    self.undoable = rest;
                    self.redoable += 1;
                }
                None => return Due::First,
            },
            EntryKind::Redo => match self.redoable.checked_sub(1) {
                Some(rest) => {
                    self.redoable = rest;
                    self.undoable += 1;
                }
                None => return Due::First,
            },
        }
        self.due(now)
    }

    /// Says whether a snapshot is due at `now`, with no new entry.
    pub fn due(&self, now: Duration) -> Due {
        let is_old = now.saturating_sub(self.last) >= TIME_PER_SNAPSHOT;
        if self.entries >= ENTRIES_PER_SNAPSHOT || (self.entries > 0 && is_old) {
            Due::Now
        } else {
            Due::Later
        }
    }
}

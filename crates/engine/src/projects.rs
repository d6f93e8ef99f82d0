//! Stored projects: opening, changing, listing.

use std::collections::BTreeMap;
use std::sync::Arc;

use protocol::error::{ApiError, ErrorCode};
use protocol::studio::view::Access;
use store::projects::{Beside, ProjectRow, Saved, Snapshot};
use store::reels::{FindRow, ReelRow};
use timeline::edit::{Edit, RenameProject};
use timeline::history::History;
use timeline::ids::{MediaId, SequenceId};
use timeline::journal::{self, Entry, EntryKind};
use timeline::project::Project;

use crate::clock::now_millis;
use crate::{Engine, Error};

/// Edits of another version may mean something else, so entries carry the version that wrote them.
pub(crate) const APP_VERSION: &str = env!("CARGO_PKG_VERSION");

/// A project as `crealia projects` shows it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ProjectSummary {
    /// Identity.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Its sequences in order; null when the project cannot be read by this version.
    pub sequences: Option<Vec<SequenceSummary>>,
    /// Unix milliseconds of the last save.
    pub updated_at: i64,
}

/// A sequence as `crealia projects` shows it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SequenceSummary {
    /// Identity within the project.
    pub id: u64,
    /// Name.
    pub name: String,
}

/// A project as far as it could be brought back.
pub(crate) struct Loaded {
    /// The project, with the steps since its snapshot.
    pub(crate) history: History,
    /// Number of the last entry that it holds.
    pub(crate) seq: u64,
    /// How many of those entries the snapshot does not hold.
    pub(crate) replayed: usize,
    /// Whether it may be changed.
    pub(crate) access: Access,
}

impl Engine {
    /// Returns every project, the latest change first.
    pub fn projects(&self) -> Result<Vec<ProjectSummary>, Error> {
        let rows = self.library().projects()?;
        Ok(rows.into_iter().map(|row| self.summary(row)).collect())
    }

    fn summary(&self, row: ProjectRow) -> ProjectSummary {
        // One unreadable project must not hide the others.
        let sequences = self.open_project(row.id).ok().map(|project| {
            let list = project.sequences.values();
            list.map(|sequence| SequenceSummary {
                id: sequence.id.0,
                name: sequence.name.clone(),
            })
            .collect()
        });
        ProjectSummary {
            id: row.id,
            name: row.name,
            sequences,
            updated_at: row.updated_at,
        }
    }

    /// Returns a project as it was last saved: its latest snapshot and the edits after it.
    pub fn open_project(&self, id: i64) -> Result<Arc<Project>, Error> {
        let loaded = self.load_project(id)?;
        let stop = match &loaded.access {
            Access::Writable => return Ok(Arc::clone(loaded.history.present())),
            Access::Newer { version } => format!("version {version} wrote it"),
            Access::Damaged { lost } => format!("{lost} entries of its journal are damaged"),
        };
        let message = format!("project {id} cannot be brought back whole: {stop}");
        Err(ApiError::new(ErrorCode::Internal, message)
            .hint("its last snapshot is kept; open it with the version that wrote it")
            .into())
    }

    /// Returns a project as far as it can be brought back.
    ///
    /// Entries of another version are followed when each leads to the project that it says: then
    /// they mean what they meant. A snapshot that cannot be read gives way to the one before it.
    pub(crate) fn load_project(&self, id: i64) -> Result<Loaded, Error> {
        let mut saved = self.library().load_project(id)?;
        loop {
            let newer = newest(&saved).filter(|version| is_newer(version));
            let damage = match read(&saved) {
                Ok(snapshot) => return Ok(follow(snapshot, &saved, newer)),
                Err(damage) => damage,
            };
            if let Some(version) = newer {
                let message = format!("project {id} was written by version {version}: {damage}");
                return Err(ApiError::new(ErrorCode::DatabaseNewer, message)
                    .hint("update the program")
                    .into());
            }
            let earlier = self.library().load_project_before(id, Some(saved.seq))?;
            saved = earlier.ok_or_else(|| {
                let message = format!("project {id} cannot be read: {damage}");
                ApiError::new(ErrorCode::DatabaseUnusable, message)
                    .hint("a copy from `backups` in the program's folder may hold it")
            })?;
        }
    }

    /// Makes a project out of edits: they are in the journal before the identity is returned.
    pub(crate) fn create_project(
        &self,
        key: Option<&str>,
        name: &str,
        edits: &[Edit],
    ) -> Result<i64, Error> {
        let mut project = Project::default();
        let empty = serde_json::to_string(&project)?;
        let first = Snapshot {
            seq: 0,
            hash: &journal::hash(&project).0,
            project: &empty,
            app_version: APP_VERSION,
        };
        let mut entries = Vec::new();
        for (edit, seq) in edits.iter().zip(1..) {
            project = edit.apply(&project)?;
            let entry = Entry {
                seq,
                app_version: APP_VERSION.to_owned(),
                kind: EntryKind::Edit(edit.clone()),
                result_hash: journal::hash(&project),
            };
            entries.push((seq, serde_json::to_string(&entry)?));
        }
        let last = Snapshot {
            seq: edits.len() as u64,
            hash: &journal::hash(&project).0,
            project: &serde_json::to_string(&project)?,
            app_version: APP_VERSION,
        };
        Ok(self
            .library()
            .create_project(key, name, first, &entries, Some(last), now_millis())?)
    }
}

impl Engine {
    /// Makes a project of its own from what is known of project `id` as `shown`.
    pub(crate) fn copy_project(&self, id: i64, shown: &Project, name: &str) -> Result<i64, Error> {
        let rename = Edit::from(RenameProject {
            name: name.to_owned(),
        });
        let project = rename.apply(shown)?;
        // The journal may have led to others, whose numbers will be given out again.
        let is_shown = |row: &ReelRow| project.sequences.contains_key(&SequenceId(row.sequence));
        let is_used = |find: &FindRow| project.media.contains_key(&MediaId(find.media));
        let library = self.library();
        let reels = library.reels(id)?.into_iter().filter(is_shown);
        let finds = library.finds(id)?.into_iter().filter(is_used);
        let snapshot = Snapshot {
            seq: 0,
            hash: &journal::hash(&project).0,
            project: &serde_json::to_string(&project)?,
            app_version: APP_VERSION,
        };
        let beside = Beside {
            reels: &reels.collect::<Vec<_>>(),
            finds: &finds.collect::<Vec<_>>(),
        };
        Ok(library.copy_project(id, name, snapshot, &beside, now_millis())?)
    }
}

/// Why a snapshot cannot be used.
#[derive(Debug, thiserror::Error)]
enum Damage {
    #[error("it is no project: {0}")]
    Shape(#[from] serde_json::Error),
    #[error("it is not what was written")]
    Content,
    #[error("it is not sound: {0}")]
    Unsound(timeline::violations::Violation),
}

fn read(saved: &Saved) -> Result<Project, Damage> {
    let project: Project = serde_json::from_str(&saved.project)?;
    // Another version may know other fields: only this one's own text comes back the same.
    if saved.app_version == APP_VERSION && journal::hash(&project).0 != saved.hash {
        return Err(Damage::Content);
    }
    match timeline::violations::violations(&project)
        .into_iter()
        .next()
    {
        Some(violation) => Err(Damage::Unsound(violation)),
        None => Ok(project),
    }
}

/// Returns the newest version that had a hand in it.
fn newest(saved: &Saved) -> Option<String> {
    let entries = saved
        .entries
        .iter()
        .filter_map(|(_, entry)| version_of(entry));
    entries
        .chain(std::iter::once(saved.app_version.clone()))
        .max_by_key(|version| numbers(version))
}

/// Returns who wrote an entry, also one whose edit this version does not know.
fn version_of(entry: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(entry).ok()?;
    Some(value.get("app_version")?.as_str()?.to_owned())
}

fn is_newer(version: &str) -> bool {
    numbers(version) > numbers(APP_VERSION)
}

fn numbers(version: &str) -> Vec<u64> {
    let release = version.split(['-', '+']).next().unwrap_or_default();
    release
        .split('.')
        .map(|number| number.parse().unwrap_or_default())
        .collect()
}

fn follow(snapshot: Project, saved: &Saved, newer: Option<String>) -> Loaded {
    let readable = saved.entries.iter().map_while(|(_, entry)| {
        let entry: Entry = serde_json::from_str(entry).ok()?;
        Some(Entry {
            app_version: APP_VERSION.to_owned(),
            ..entry
        })
    });
    let entries: Vec<Entry> = readable.collect();
    let starts = entries
        .first()
        .is_none_or(|entry| entry.seq == saved.seq + 1);
    let entries = if starts { entries } else { Vec::new() };
    let replayed = journal::replay(snapshot, BTreeMap::new(), &entries, APP_VERSION);
    let lost = saved.entries.len() - replayed.applied;
    let access = match newer {
        Some(version) => Access::Newer { version },
        None if lost > 0 => Access::Damaged { lost },
        None => Access::Writable,
    };
    Loaded {
        history: replayed.history,
        seq: saved.seq + replayed.applied as u64,
        replayed: replayed.applied,
        access,
    }
}

#[cfg(test)]
mod tests {
    use testkit::mangle;
    use timeline::journal::ProjectHash;

    use super::*;

    /// Returns a project with a journal of changed names, and the project before the first of its
    /// entries and after each.
    fn renamed() -> (Saved, Vec<ProjectHash>) {
        let rename = |name: &str| {
            Edit::from(RenameProject {
                name: name.to_owned(),
            })
        };
        // Most of it is name, so that many a change leaves it a project.
        let name = "A talk about how to cut a talk, and how to tell what is worth a reel";
        let project = rename(name).apply(&Project::default()).unwrap();
        let mut states = vec![journal::hash(&project)];
        let mut saved = Saved {
            seq: 7,
            hash: states[0].0.clone(),
            project: serde_json::to_string(&project).unwrap(),
            app_version: APP_VERSION.to_owned(),
            entries: Vec::new(),
        };
        let mut history = History::new(project);
        let kinds = [
            EntryKind::Edit(rename("Another")),
            EntryKind::Edit(rename("Une émission ✂")),
            EntryKind::Undo,
            EntryKind::Redo,
            EntryKind::Edit(rename("The last")),
        ];
        for (kind, seq) in kinds.into_iter().zip(8..) {
            match &kind {
                EntryKind::Edit(edit) => drop(history.edit(edit).unwrap()),
                EntryKind::Undo => assert!(history.undo().is_some(), "there is a step"),
                EntryKind::Redo => assert!(history.redo().is_some(), "one was undone"),
                EntryKind::Restore(name) => history.restore(name).unwrap(),
            }
            let result_hash = journal::hash(history.present());
            states.push(result_hash.clone());
            let entry = Entry {
                seq,
                app_version: APP_VERSION.to_owned(),
                kind,
                result_hash,
            };
            let text = serde_json::to_string(&entry).unwrap();
            saved.entries.push((seq, text));
        }
        (saved, states)
    }

    /// Returns a text as a damaged disk would leave it.
    fn mangled(text: &str, seed: u64) -> String {
        String::from_utf8_lossy(&mangle::bytes(text.as_bytes(), seed)).into_owned()
    }

    #[test]
    fn a_damaged_entry_costs_no_more_than_what_follows_it() {
        let (whole, states) = renamed();
        let count = whole.entries.len();
        let loaded = follow(read(&whole).unwrap(), &whole, None);
        assert_eq!((loaded.replayed, loaded.access), (count, Access::Writable));
        let mut damaged = 0;
        for seed in 0..2_000 {
            let mut saved = whole.clone();
            let at = seed as usize % count;
            saved.entries[at].1 = mangled(&whole.entries[at].1, seed);
            let newer = newest(&saved).filter(|version| is_newer(version));
            let loaded = follow(read(&saved).unwrap(), &saved, newer);
            let followed = loaded.replayed;
            assert!(followed >= at, "{seed}: {followed} before entry {at}");
            assert_eq!(loaded.seq, saved.seq + followed as u64, "{seed}");
            let found = journal::hash(loaded.history.present());
            assert_eq!(found, states[followed], "{seed}: another project");
            match loaded.access {
                Access::Writable => assert_eq!(followed, count, "{seed}: something is lost"),
                Access::Damaged { lost } => {
                    assert_eq!(lost, count - followed, "{seed}: all is told");
                    damaged += 1;
                }
                // A digit of the version may be what changed.
                Access::Newer { version } => assert!(is_newer(&version), "{seed}: {version}"),
            }
        }
        assert!(damaged > 1_000, "{damaged} were damaged");
    }

    #[test]
    fn a_damaged_snapshot_is_refused_or_sound() {
        let (whole, states) = renamed();
        let (mut taken, mut refused) = (0, 0);
        for seed in 0..2_000 {
            let mut saved = whole.clone();
            saved.project = mangled(&whole.project, seed);
            match read(&saved) {
                Ok(project) => assert_eq!(journal::hash(&project), states[0], "{seed}"),
                Err(_) => refused += 1,
            }
            // Of another version only the shape is known.
            saved.app_version = "0.0.1".to_owned();
            if let Ok(project) = read(&saved) {
                taken += 1;
                let loaded = follow(project, &saved, None);
                let found = timeline::violations::violations(loaded.history.present());
                assert!(found.is_empty(), "{seed}: {found:?}");
            }
        }
        assert!(
            taken > 20 && refused > 1_000,
            "{taken} were taken, {refused} refused"
        );
    }

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (version, newer) in [
            ("0.0.9", false),
            (APP_VERSION, false),
            ("99.0.0", true),
            ("99.0.0-beta.1", true),
            ("", false),
            ("0.10000.0", true),
        ] {
            assert_eq!(is_newer(version), newer, "{version}");
        }
    }
}

//! Stored projects: opening, changing, listing.

use std::collections::BTreeMap;
use std::sync::Arc;

use protocol::error::{ApiError, ErrorCode};
use store::projects::{ProjectRow, Snapshot};
use timeline::edit::Edit;
use timeline::journal::{self, Entry, EntryKind};
use timeline::project::Project;

use crate::clock::now_millis;
use crate::{Engine, Error};

/// Edits of another version may mean something else, so entries carry the version that wrote them.
const APP_VERSION: &str = env!("CARGO_PKG_VERSION");

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
        let saved = self.library().load_project(id)?;
        let snapshot: Project = serde_json::from_str(&saved.project)?;
        let entries = saved
            .entries
            .iter()
            .map(|(_, entry)| serde_json::from_str(entry))
            .collect::<Result<Vec<Entry>, _>>()?;
        let replayed = journal::replay(snapshot, BTreeMap::new(), &entries, APP_VERSION);
        if let Some(stop) = replayed.stopped {
            let message = format!("project {id} cannot be brought back whole: {stop}");
            return Err(ApiError::new(ErrorCode::Internal, message)
                .hint("its last snapshot is kept; open it with the version that wrote it")
                .into());
        }
        Ok(Arc::clone(replayed.history.present()))
    }

    /// Makes a project out of edits: they are in the journal before the identity is returned.
    pub(crate) fn create_project(
        &self,
        key: &str,
        name: &str,
        edits: &[Edit],
    ) -> Result<i64, Error> {
        let mut project = Project::default();
        let empty = serde_json::to_string(&project)?;
        let first = Snapshot {
            seq: 0,
            hash: &journal::hash(&project).0,
            project: &empty,
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
        };
        Ok(self.library().create_project(
            Some(key),
            name,
            first,
            &entries,
            Some(last),
            now_millis(),
        )?)
    }
}

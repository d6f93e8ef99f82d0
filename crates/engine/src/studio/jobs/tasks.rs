//! What a job does, as it is kept.

use footage::Fingerprint;
use protocol::studio::posting::Draft;
use protocol::studio::settings::ExportOrder;
use protocol::studio::view::{JobKind, ProjectId};
use serde::{Deserialize, Serialize};
use timeline::ids::{MediaId, SequenceId};

/// What a job does. Another start of the program reads it back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Task {
    Import {
        project: ProjectId,
        path: String,
        fingerprint: Fingerprint,
    },
    Suggest {
        project: ProjectId,
        media: MediaId,
        wish: String,
    },
    Export {
        project: ProjectId,
        sequence: SequenceId,
        /// Its place among those that were ordered together, from 1.
        number: u32,
        order: ExportOrder,
    },
    Publish {
        project: ProjectId,
        sequence: SequenceId,
        drafts: Vec<Draft>,
        at: Option<i64>,
    },
    Download {
        model: String,
    },
}

/// Of jobs in one lane one runs at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    Look,
    Render,
    Fetch,
}

impl Lane {
    pub(super) const ALL: [Self; 3] = [Self::Look, Self::Render, Self::Fetch];
}

impl Task {
    pub(super) fn lane(&self) -> Lane {
        match self {
            Self::Import { .. } | Self::Suggest { .. } => Lane::Look,
            Self::Export { .. } | Self::Publish { .. } => Lane::Render,
            Self::Download { .. } => Lane::Fetch,
        }
    }

    /// Returns what the window is told of it.
    pub(super) fn kind(&self) -> JobKind {
        match self.clone() {
            Self::Import { project, path, .. } => JobKind::Import { project, path },
            Self::Suggest { project, media, .. } => JobKind::Suggest { project, media },
            Self::Export {
                project, sequence, ..
            } => JobKind::Export { project, sequence },
            Self::Publish {
                project, sequence, ..
            } => JobKind::Publish { project, sequence },
            Self::Download { model } => JobKind::Download { model },
        }
    }

    pub(super) fn project(&self) -> Option<ProjectId> {
        match self {
            Self::Import { project, .. }
            | Self::Suggest { project, .. }
            | Self::Export { project, .. }
            | Self::Publish { project, .. } => Some(*project),
            Self::Download { .. } => None,
        }
    }

    /// Returns whether its work can rest where it is; a download goes on from what is there.
    pub(super) fn can_stand_still(&self) -> bool {
        !matches!(self, Self::Download { .. })
    }
}

/// Returns the kind's name in the database.
pub(super) fn kind_name(task: &Task) -> &'static str {
    match task {
        Task::Import { .. } => "import",
        Task::Suggest { .. } => "suggest",
        Task::Export { .. } => "export",
        Task::Publish { .. } => "publish",
        Task::Download { .. } => "download",
    }
}

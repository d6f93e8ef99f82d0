//! What the window hears without having asked.

use serde::{Deserialize, Serialize};
use timeline::ids::SequenceId;
use timeline::time::SequenceTime;

use super::posting::{AccountView, ConsentView, NetworkView, PostView, Posting, ShutVault};
use super::settings::Settings;
use super::view::{Board, Edited, JobId, JobView, Named, ProjectCard, ProjectId, SourceView};
use crate::error::ApiError;

/// One thing that changed. [`Event::State`] comes first and whenever a listener is new.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Everything but opened projects.
    State(Box<State>),
    /// The list of projects.
    Projects(Vec<ProjectCard>),
    /// A job began or went on.
    Job(JobView),
    /// Jobs were forgotten.
    JobsCleared(Vec<JobId>),
    /// An opened project was edited, by whomever.
    Edited(Edited),
    /// An opened project's sources or reels changed.
    Board {
        /// The project.
        project: ProjectId,
        /// Its reels.
        board: Board,
        /// Its sources.
        sources: Vec<SourceView>,
    },
    /// The settings changed.
    Settings(Settings),
    /// Apps or accounts changed.
    Accounts {
        /// The networks that can be posted to.
        networks: Vec<NetworkView>,
        /// The accounts.
        accounts: Vec<AccountView>,
        /// What has to be done before tokens can be kept.
        vault: Option<ShutVault>,
    },
    /// A consent is asked for, goes on, or is not asked for any more.
    Consent(Option<ConsentView>),
    /// A post is new or went on.
    Post(PostView),
    /// Why nothing is posted now, or that it goes on.
    PostingTrouble(Option<ApiError>),
    /// The preview plays, pauses, ends or fails.
    Preview(PreviewStatus),
    /// Something that the user should know now.
    Notice(Notice),
    /// Files were given to the program: dropped, as arguments, or by another start of it.
    FilesGiven(Named),
    /// Files are being dragged over the window, or not any more.
    FilesHover(Hover),
}

/// Whether files are being dragged over the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hover {
    /// They are.
    Over,
    /// They left or were dropped.
    Gone,
}

/// Everything but opened projects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// What the user chose.
    pub settings: Settings,
    /// Every project, those in the bin too, the latest change first.
    pub projects: Vec<ProjectCard>,
    /// Jobs of this run and unfinished ones of earlier runs, the newest first.
    pub jobs: Vec<JobView>,
    /// Accounts and posts.
    pub posting: Posting,
    /// What happened at the start that the user should know.
    pub notices: Vec<Notice>,
    /// The program's version.
    pub version: String,
    /// The system's language as a code, when it is known.
    pub system_language: Option<String>,
    /// Whether the demo video is there.
    pub has_demo: bool,
    /// The folder that exports go to unless another is chosen.
    pub export_folder: String,
}

/// Something that the user should know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The database was damaged: it is kept under a new name.
    DatabaseSetAside {
        /// Where it is kept.
        path: String,
        /// Whether the last good copy took its place; else it began anew.
        restored: bool,
    },
    /// A newer version wrote the database: it can be read and not changed.
    DatabaseNewer,
    /// Changes cannot be written; they are kept in memory and tried again.
    SaveFailed(ApiError),
    /// Changes are written again.
    SaveRecovered,
    /// The preview stopped and starts again.
    PreviewRestarted,
}

/// How the preview stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PreviewStatus {
    /// The project.
    pub project: ProjectId,
    /// The sequence.
    pub sequence: SequenceId,
    /// What it does.
    pub state: PreviewState,
    /// Where it is.
    pub at: SequenceTime,
}

/// What a preview does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreviewState {
    /// It gets ready.
    Loading,
    /// It stands still.
    Paused,
    /// It plays.
    Playing {
        /// The rate, 1 for normal.
        rate: f64,
    },
    /// It stands at the end.
    Ended,
    /// It cannot be shown.
    Failed(ApiError),
}

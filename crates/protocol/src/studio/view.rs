//! What is shown of projects, sources, reels and jobs.

use std::collections::BTreeMap;
use std::sync::Arc;

use footage::time::{SourceRange, Ticks};
use serde::{Deserialize, Serialize};
use timeline::edit::Label;
use timeline::ids::{ClipId, MediaId, SequenceId};
use timeline::journal::{EntryKind, ProjectHash};
use timeline::project::Project;
use timeline::style::CaptionStyle;
use timeline::time::SequenceTime;

use crate::documents::ReasonDocument;
use crate::error::ApiError;
use crate::progress::Step;

/// A stored project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProjectId(pub i64);

/// A job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub i64);

/// A colour to tell projects apart by; the window knows its shades.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "colours are what they are")]
pub enum Colour {
    Red,
    Orange,
    Yellow,
    Green,
    Blue,
    Violet,
    Pink,
    Grey,
}

/// A project in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectCard {
    /// Identity.
    pub id: ProjectId,
    /// Name as shown.
    pub name: String,
    /// Its colour.
    pub colour: Option<Colour>,
    /// Whether it was put away.
    pub archived: bool,
    /// Since when it is in the bin, in Unix milliseconds.
    pub binned_at: Option<i64>,
    /// The last change, in Unix milliseconds.
    pub updated_at: i64,
    /// How many sources it has; `None` when it cannot be read.
    pub sources: Option<usize>,
    /// How many reels it has; `None` when it cannot be read.
    pub reels: Option<usize>,
    /// A [picture](super::picture) of it.
    pub cover: Option<String>,
}

/// Whether a project may be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// It may.
    Writable,
    /// A newer version of the program wrote it: it is shown as far as this one understands it.
    Newer {
        /// That version.
        version: String,
    },
    /// Entries of its journal are damaged: it is shown as of before them.
    Damaged {
        /// How many entries could not be replayed.
        lost: usize,
    },
}

/// An opened project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// Identity.
    pub id: ProjectId,
    /// Whether it may be changed.
    pub access: Access,
    /// The project.
    pub project: Arc<Project>,
    /// Number of the last journal entry.
    pub seq: u64,
    /// Content hash of the project.
    pub hash: ProjectHash,
    /// What can be undone and redone.
    pub history: HistoryView,
    /// The reels.
    pub board: Board,
    /// The sources.
    pub sources: Vec<SourceView>,
    /// Where the user was.
    pub place: Option<Place>,
}

/// What can be undone and redone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryView {
    /// Steps that can be undone, the latest first; at most [`HistoryView::SHOWN`].
    pub undo: Vec<Label>,
    /// Steps that can be redone, the next first; at most [`HistoryView::SHOWN`].
    pub redo: Vec<Label>,
}

impl HistoryView {
    /// How many labels travel at most.
    pub const SHOWN: usize = 100;
}

/// A change of a project, as the window applies it to its copy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edited {
    /// The project.
    pub project: ProjectId,
    /// Number of its journal entry.
    pub seq: u64,
    /// What was done.
    pub kind: EntryKind,
    /// Content hash of the project after it.
    pub hash: ProjectHash,
    /// What can be undone and redone now.
    pub history: HistoryView,
}

/// A source of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceView {
    /// Identity in the project.
    pub media: MediaId,
    /// File name.
    pub name: String,
    /// Whether the file is where the project has it.
    pub presence: Presence,
    /// Language of its words, when there are words.
    pub language: Option<String>,
    /// Number of words.
    pub words: usize,
    /// A [picture](super::picture) of it, when it has one.
    pub thumbnail: Option<String>,
    /// Its filmstrip, when it has a picture.
    pub filmstrip: Option<Filmstrip>,
    /// Address of its [waveform](super::picture), when it has sound.
    pub waveform: Option<String>,
    /// What was wished for when its reels were last suggested; blank for nothing.
    pub wish: String,
    /// What the user should know about the suggestions.
    pub notes: Vec<ReasonDocument>,
}

/// Whether a source's file can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// It can.
    Present,
    /// There is no such file.
    Missing,
    /// There is another file in its place.
    Changed,
}

/// Pictures of a source at even distances, in rows in one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filmstrip {
    /// Address of the [picture](super::picture).
    pub picture: String,
    /// Time between pictures; the first one is at 0.
    pub step: Ticks,
    /// How many there are.
    pub count: u32,
    /// How many stand in a row.
    pub columns: u32,
    /// Width of one in pixels.
    pub width: u32,
    /// Height of one in pixels.
    pub height: u32,
}

/// The reels of a project.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// One per suggested sequence, the highest score first.
    pub reels: Vec<ReelCard>,
}

/// A suggested reel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReelCard {
    /// Its sequence.
    pub sequence: SequenceId,
    /// The source it was found in.
    pub media: MediaId,
    /// From its first to its last moment in the source, as suggested.
    pub range: SourceRange,
    /// 0..=100.
    pub score: f64,
    /// What the score is made of, each in 0..=1.
    pub parts: BTreeMap<String, f64>,
    /// Why it was suggested.
    pub reasons: Vec<ReasonDocument>,
    /// What the user thinks of it.
    pub verdict: Verdict,
    /// A [picture](super::picture) of it.
    pub cover: Option<String>,
    /// Its last exported file.
    pub exported: Option<ExportedFile>,
}

/// What the user thinks of a reel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing yet.
    #[default]
    Open,
    /// It is kept.
    Kept,
    /// It is rejected, and not suggested again.
    Rejected,
}

/// A file that a reel was exported to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedFile {
    /// Its path.
    pub path: String,
    /// When, in Unix milliseconds.
    pub at: i64,
    /// Whether the reel was changed since.
    pub outdated: bool,
}

/// Where a user is in a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The view.
    pub view: ProjectView,
    /// The sequence in the editor.
    pub sequence: Option<SequenceId>,
    /// The playhead.
    pub playhead: SequenceTime,
    /// Pixels per second of the timeline; `None` fits it.
    pub zoom: Option<f64>,
    /// What is selected.
    pub selection: Vec<ClipId>,
}

/// A view of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectView {
    /// The board of reels.
    Board,
    /// The timeline editor.
    Editor,
}

/// Files that the user named, by a dialog, a drop or arguments.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Named {
    /// Their paths.
    pub paths: Vec<String>,
    /// Those whose names cannot be used, with why.
    pub refused: Vec<ApiError>,
}

/// What became of files to import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    /// The project they went to; `None` when none could be used.
    pub project: Option<ProjectId>,
    /// The jobs that were begun.
    pub jobs: Vec<JobId>,
    /// Files that were not taken, with why.
    pub refused: Vec<ApiError>,
}

/// What became of reels to export.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exported {
    /// The jobs that were begun.
    pub jobs: Vec<JobId>,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobView {
    /// Identity.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// What it works on: a file's or a reel's or a model's name.
    pub title: String,
    /// How it stands.
    pub state: JobState,
    /// The step it is at.
    pub step: Option<Step>,
    /// Finished part in 0..=1.
    pub fraction: f64,
    /// Estimated seconds to its end, once there is a basis.
    pub eta_secs: Option<f64>,
    /// The file it made.
    pub output: Option<String>,
    /// What came of it that the user should know, such as a reading speed that is too high.
    pub notes: Vec<ReasonDocument>,
}

/// What a job does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Brings a file into a project.
    Import {
        /// The project.
        project: ProjectId,
        /// The file.
        path: String,
    },
    /// Suggests reels again.
    Suggest {
        /// The project.
        project: ProjectId,
        /// The source.
        media: MediaId,
    },
    /// Renders a reel and hands it to the outbox.
    Publish {
        /// The project.
        project: ProjectId,
        /// The reel.
        sequence: SequenceId,
    },
    /// Renders a reel.
    Export {
        /// The project.
        project: ProjectId,
        /// The reel.
        sequence: SequenceId,
    },
    /// Fetches a model.
    Download {
        /// Its id.
        model: String,
    },
}

/// How a job stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It waits for its turn.
    Queued,
    /// It is under way.
    Running,
    /// The user lets it rest.
    Paused,
    /// It is finished.
    Done,
    /// It failed.
    Failed(ApiError),
    /// The user stopped it.
    Cancelled,
}

/// A caption style that ships.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaptionLook {
    /// Stable name.
    pub name: String,
    /// One sentence in English on what it is for.
    pub description: String,
    /// The style.
    pub style: CaptionStyle,
}

/// What a network's own buttons and texts cover of a frame, as fractions from each edge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetworkArea {
    /// Stable name; `universal` is what all leave free.
    pub network: String,
    /// From the top.
    pub top: f64,
    /// From the bottom.
    pub bottom: f64,
    /// From the left.
    pub left: f64,
    /// From the right.
    pub right: f64,
}

/// A model with what is here of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelView {
    /// Stable id.
    pub id: String,
    /// What it is for: `speech` or `embedding`.
    pub kind: String,
    /// In English.
    pub purpose: String,
    /// Licence.
    pub licence: String,
    /// Bytes to download.
    pub bytes: u64,
    /// Where it would be fetched from.
    pub host: String,
    /// Where it is, when it is here.
    pub path: Option<String>,
    /// Whether it is taken unless another is asked for.
    pub preferred: bool,
}

/// What takes how much room, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageView {
    /// Projects and what was found in sources.
    pub library: u64,
    /// What can be made again: pictures, proxies.
    pub cache: u64,
    /// Models.
    pub models: u64,
    /// Logs.
    pub logs: u64,
    /// Free on the disk; `None` where that cannot be told.
    pub free: Option<u64>,
}

//! The worker: a child process that does what can crash, hang or hold much memory.
//!
//! The parent writes one [`Request`] as a line of JSON and keeps the pipe open; the child answers
//! with [`Message`] lines. A line `cancel`, or the pipe's end, asks it to stop; after a second it
//! is killed. On Linux it dies with its parent: with the thread that started it.
//!
//! The preview's worker is another kind: after [`Request::Preview`] it lives on and takes commands,
//! as [`wire`] describes. So does that of covers, which answers each order with one line.

mod child;
mod covers;
mod parent;
mod show;
mod stillness;
pub(crate) mod wire;
mod witness;
mod work;

use std::path::PathBuf;

use footage::time::SourceRange;
use protocol::error::ApiError;
use serde::{Deserialize, Serialize};

pub use child::serve;
pub(crate) use covers::CoverWorker;
pub(crate) use parent::Process;
pub(crate) use work::{AnalysisFiles, Weight};

/// How to start a worker.
#[derive(Debug, Clone)]
pub struct WorkerCommand {
    /// The program.
    pub program: PathBuf,
    /// Arguments that make it a worker.
    pub arguments: Vec<String>,
}

/// What a worker is to do. Self-contained: another machine with the same files could do it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Request {
    /// Answers with [`media::Probe`].
    Probe {
        /// The source.
        path: PathBuf,
        /// The streams asked for.
        choice: media::StreamChoice,
    },
    /// Answers with [`footage::Analysis`].
    Analyse {
        /// The source.
        path: PathBuf,
        /// What it holds and which streams are used.
        probe: media::Probe,
        /// Where files made on the way go.
        files: AnalysisFiles,
    },
    /// Answers with the cues of the source's first readable text stream.
    TextStream {
        /// The source.
        path: PathBuf,
    },
    /// Answers with [`footage::words::Transcript`].
    Transcribe {
        /// The speech model.
        model: PathBuf,
        /// Its id, for the transcript's origin.
        model_id: String,
        /// 16 kHz mono signed 16-bit samples.
        samples: PathBuf,
        /// Language code, or `None` to detect it.
        language: Option<String>,
        /// Where there is speech.
        speech: Vec<SourceRange>,
    },
    /// Answers with one vector per text.
    Embed {
        /// The embedding model's folder.
        model: PathBuf,
        /// The texts.
        texts: Vec<String>,
    },
    /// Answers with [`media::Rendered`].
    Render(Box<media::RenderRequest>),
    /// Answers with the list of [`media::Capability`].
    Capabilities,
    /// Stays, and shows what [`wire::Command`]s ask for.
    Preview,
    /// Stays, and writes a cover for each line of a [`media::preview::CoverRequest`]; answers with its
    /// moment.
    Covers,
}

/// A line from the worker.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Message {
    /// The finished fraction.
    Progress(f64),
    /// The answer; the worker ends, unless it draws covers.
    Done(serde_json::Value),
    /// The failure; the worker ends, unless it draws covers.
    Failed(ApiError),
}

//! Progress as one JSON object per line on standard error.

use serde::{Deserialize, Serialize};

/// What is being done: a step of the main job, in the order in which they run, a download or an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Reads what the file holds.
    Probe,
    /// One pass over sound and picture.
    Analyse,
    /// Words with times.
    Transcribe,
    /// Candidates with reasons.
    Suggest,
    /// Sequences in a project.
    Compose,
    /// Finished files.
    Render,
    /// Fetches a model.
    Download,
    /// Sends a file to a network.
    Upload,
}

impl Step {
    /// Every step of the main job in order.
    pub const ALL: [Self; 6] = [
        Self::Probe,
        Self::Analyse,
        Self::Transcribe,
        Self::Suggest,
        Self::Compose,
        Self::Render,
    ];

    /// Returns the step's name as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::Analyse => "analyse",
            Self::Transcribe => "transcribe",
            Self::Suggest => "suggest",
            Self::Compose => "compose",
            Self::Render => "render",
            Self::Download => "download",
            Self::Upload => "upload",
        }
    }

    /// Returns the step in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Probe => "reading the file",
            Self::Analyse => "watching and listening",
            Self::Transcribe => "writing down the words",
            Self::Suggest => "finding the best moments",
            Self::Compose => "cutting and framing",
            Self::Render => "rendering",
            Self::Download => "downloading",
            Self::Upload => "uploading",
        }
    }
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProgressEvent {
    /// Which input.
    pub input: String,
    /// Which step.
    pub step: Step,
    /// Which of several, from 1; for rendering the reel.
    pub item: u32,
    /// Of how many.
    pub of: u32,
    /// Finished part of the step in percent.
    pub percent: f64,
    /// Finished part of the whole job in percent.
    pub total_percent: f64,
    /// Seconds since the job began.
    pub elapsed: f64,
    /// Estimated seconds until the job ends; null before there is a basis for it.
    pub eta: Option<f64>,
}

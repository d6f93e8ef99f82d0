//! From candidates to a project: every reel is a sequence, made through edits and saved.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use footage::time::{FrameRate, SourceRange};
use footage::words::Transcript;
use footage::{Analysis, Fingerprint};
use story::candidates::Candidate;
use timeline::edit::{
    AddMedia, AddPreset, AddSequence, Applied, AttachCaptions, Edit, InsertClip, InsertMode,
    NewMedia, NewPreset, RenameProject, SetSequencePreset,
};
use timeline::ids::{MediaId, SequenceId};
use timeline::project::{Format, MediaVideo, Project, Sequence, Speed, TrackKind};
use timeline::time::SequenceTime;

use crate::presets::Preset;
use crate::{Engine, Error};

/// What a project of reels is made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Material<'a> {
    /// The source's file.
    pub(crate) path: &'a Path,
    /// Its identity.
    pub(crate) fingerprint: &'a Fingerprint,
    /// What was measured.
    pub(crate) analysis: &'a Analysis,
    /// Its words, when captions are wanted.
    pub(crate) captions: Option<&'a Transcript>,
    /// The reels' frame.
    pub(crate) format: Format,
    /// Their style.
    pub(crate) preset: &'a Preset,
}

/// A project and the sequences of its reels, in the candidates' order.
#[derive(Debug, Clone)]
pub(crate) struct Composed {
    /// The project's identity.
    pub(crate) id: i64,
    /// The source in it.
    pub(crate) media: MediaId,
    /// One per candidate.
    pub(crate) sequences: Vec<Arc<Sequence>>,
}

impl Engine {
    /// Returns the project that `key` names, or makes and saves it.
    pub(crate) fn compose(
        &self,
        key: &str,
        material: &Material<'_>,
        candidates: &[Candidate],
    ) -> Result<Composed, Error> {
        let id = if let Some(id) = self.library().project_by_key(key)? {
            id
        } else {
            let name = project_name(material.path);
            self.create_project(key, &name, &edits(&name, material, candidates)?)?
        };
        let project = self.open_project(id)?;
        let media = project.media.keys().next().copied().unwrap_or(MediaId(0));
        let sequences = project
            .sequences
            .values()
            .take(candidates.len())
            .map(Arc::clone)
            .collect();
        Ok(Composed {
            id,
            media,
            sequences,
        })
    }
}

fn project_name(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Collects edits while it applies them, since later ones name what earlier ones create.
#[derive(Default)]
struct Script {
    project: Project,
    edits: Vec<Edit>,
}

impl Script {
    fn push(&mut self, edit: Edit) -> Result<timeline::edit::Created, Error> {
        let Applied {
            project, created, ..
        } = edit.apply_with(&self.project)?;
        self.project = project;
        self.edits.push(edit);
        Ok(created)
    }
}

fn edits(
    name: &str,
    material: &Material<'_>,
    candidates: &[Candidate],
) -> Result<Vec<Edit>, Error> {
    let mut script = Script::default();
    script.push(Edit::RenameProject(RenameProject {
        name: name.to_owned(),
    }))?;
    let video = material
        .analysis
        .streams
        .chosen_video()
        .map(|(_, video)| MediaVideo {
            width: video.width,
            height: video.height,
            rate: video.rate.unwrap_or(material.format.rate),
        });
    let source = NewMedia {
        path: material.path.to_string_lossy().into_owned(),
        fingerprint: material.fingerprint.clone(),
        duration: material.analysis.duration,
        video,
        audio: material.analysis.streams.audio.is_some(),
    };
    let created = script.push(Edit::AddMedia(AddMedia { source }))?;
    let media = created.media.first().copied().unwrap_or(MediaId(0));
    let preset = NewPreset {
        name: material.preset.name.clone(),
        description: material.preset.description.clone(),
        caption: material.preset.caption.clone(),
    };
    let created = script.push(Edit::AddPreset(AddPreset { preset }))?;
    let preset = created.presets.first().copied();
    for (index, candidate) in candidates.iter().enumerate() {
        let name = if candidate.title.is_empty() {
            format!("Reel {}", index + 1)
        } else {
            candidate.title.clone()
        };
        let sequence = reel(&mut script, &name, media, material, candidate)?;
        script.push(Edit::SetSequencePreset(SetSequencePreset {
            sequence,
            preset,
        }))?;
    }
    Ok(script.edits)
}

fn reel(
    script: &mut Script,
    name: &str,
    media: MediaId,
    material: &Material<'_>,
    candidate: &Candidate,
) -> Result<SequenceId, Error> {
    let sound = material.analysis.streams.audio.is_some();
    let mut tracks = vec![TrackKind::Video];
    tracks.extend(sound.then_some(TrackKind::Voice));
    let created = script.push(Edit::AddSequence(AddSequence {
        name: name.to_owned(),
        format: material.format,
        tracks,
    }))?;
    let sequence = created.sequences.first().copied().unwrap_or(SequenceId(0));
    let picture = material
        .analysis
        .streams
        .chosen_video()
        .map_or((0, 0), |(_, video)| (video.width, video.height));
    let framing = story::framing::frame(
        material.analysis,
        picture,
        &candidate.segments,
        &material.format,
    );
    let mut at = SequenceTime::ZERO;
    for segment in &candidate.segments {
        let source = whole_frames(*segment, material.format.rate);
        if source.is_empty() {
            continue;
        }
        script.push(Edit::InsertClip(InsertClip {
            sequence,
            tracks: created.tracks.clone(),
            at,
            media,
            source,
            speed: Speed::NORMAL,
            framing: framing.clone(),
            mode: InsertMode::Vacant,
        }))?;
        at = at + source.duration();
    }
    if let Some(transcript) = material.captions {
        let revision = transcript.revision.clone();
        script.push(Edit::AttachCaptions(AttachCaptions {
            sequence,
            media,
            revision,
        }))?;
    }
    Ok(sequence)
}

/// Returns the segment without the part of a frame at its end, so that clips begin on frames. The
/// rest is silence: segments end after the last word.
fn whole_frames(segment: SourceRange, rate: FrameRate) -> SourceRange {
    let length = rate.frame_start(rate.frame_at(segment.duration()));
    SourceRange::new(segment.start, segment.start + length)
}

/// Returns a sequence's words as they fall in it.
pub(crate) fn placed_words(
    sequence: &Sequence,
    media: MediaId,
    transcript: Option<&Transcript>,
) -> Vec<timeline::caption::PlacedWord> {
    let transcripts: BTreeMap<MediaId, &Transcript> = transcript
        .map(|transcript| (media, transcript))
        .into_iter()
        .collect();
    sequence.placed_words(&transcripts)
}

//! From candidates to a project: every reel is a sequence, made through edits and saved.

use std::path::Path;
use std::sync::Arc;

use footage::time::{FrameRate, SourceRange, SourceTime, Ticks};
use footage::words::Transcript;
use footage::{Analysis, Fingerprint};
use story::candidates::Candidate;
use timeline::edit::{
    AddMedia, AddPreset, AddSequence, Applied, AttachCaptions, Edit, InsertClip, InsertMode,
    NewMedia, NewPreset, RenameProject, SetCaptionAnchor, SetSequencePreset,
};
use timeline::ids::{MediaId, SequenceId};
use timeline::project::{Format, MediaVideo, Project, Sequence, Speed, TrackKind};
use timeline::time::SequenceTime;

use super::captions;
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
    /// Their shortest and longest length.
    pub(crate) lengths: (Ticks, Ticks),
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
        let stored = self.library().project_by_key(key)?;
        let stored = stored.map(|id| (id, self.open_project(id)));
        let (id, project) = match stored {
            Some((id, Ok(project))) => (id, project),
            unreadable => {
                if unreadable.is_some() {
                    // Another version wrote it: it stays, and this version makes its own.
                    self.library().release_project_key(key)?;
                }
                let name = project_name(material.path);
                let edits = edits(&name, material, candidates)?;
                let id = self.create_project(key, &name, &edits)?;
                (id, self.open_project(id)?)
            }
        };
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
    let length = SourceTime::ZERO + material.analysis.duration;
    let rate = material.format.rate;
    for source in whole_frames(&candidate.segments, rate, length, material.lengths) {
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
        let made = script.project.sequences.get(&sequence).cloned();
        let style = &material.preset.caption;
        let anchor = made.and_then(|made| {
            let (_, cards) = captions::captions(&made, media, Some(transcript), style);
            captions::anchor(&made, &cards, style, material.analysis, picture)
        });
        if anchor.is_some() {
            script.push(Edit::SetCaptionAnchor(SetCaptionAnchor {
                sequence,
                anchor,
            }))?;
        }
    }
    Ok(sequence)
}

/// Returns the segments in whole frames, so that clips begin on frames.
///
/// A segment ends after the last word, so it grows to the next frame where the source and the next
/// segment leave room. The frames that this adds are taken back, the last first, where the whole
/// would be longer than the user allows, and as many are put before the start where it would be shorter.
fn whole_frames(
    segments: &[SourceRange],
    rate: FrameRate,
    source_end: SourceTime,
    (shortest, longest): (Ticks, Ticks),
) -> Vec<SourceRange> {
    let mut frames: Vec<(SourceTime, i64, bool)> = segments
        .iter()
        .enumerate()
        .map(|(index, segment)| {
            let whole = rate.frame_at(segment.duration());
            let next = segments
                .get(index + 1)
                .map(|next| next.start)
                .filter(|next| *next >= segment.end);
            let room = next.map_or(source_end, |next| next.min(source_end));
            let grows = rate.frame_start(whole) < segment.duration()
                && segment.start + rate.frame_start(whole + 1) <= room;
            (segment.start, whole + i64::from(grows), grows)
        })
        .collect();
    let total = |frames: &[(SourceTime, i64, bool)]| {
        rate.frame_start(frames.iter().map(|(_, count, _)| count).sum())
    };
    while total(&frames) > longest
        && let Some(last) = frames.iter_mut().rev().find(|(_, _, grew)| *grew)
    {
        last.1 -= 1;
        last.2 = false;
    }
    let one = rate.frame_start(1);
    // Rounding takes less than a frame from each segment.
    for _ in segments {
        if total(&frames) < shortest
            && let Some(first) = frames.first_mut()
            && first.0.since_start() >= one
        {
            first.0 = first.0 - one;
            first.1 += 1;
        }
    }
    frames
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
        .map(|(start, count, _)| SourceRange::new(start, start + rate.frame_start(count)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILM: FrameRate = FrameRate {
        num: 30_000,
        den: 1001,
    };

    fn cut(segments: &[(f64, f64)], end: f64, bounds: (f64, f64)) -> (Vec<i64>, f64) {
        let segments: Vec<SourceRange> = segments
            .iter()
            .map(|(start, end)| SourceRange::from_secs(*start, *end))
            .collect();
        let bounds = (Ticks::from_secs(bounds.0), Ticks::from_secs(bounds.1));
        let whole = whole_frames(&segments, FILM, SourceTime::from_secs(end), bounds);
        let frames = |range: &SourceRange| FILM.frames_in(range.duration());
        for range in &whole {
            assert_eq!(
                FILM.frame_start(frames(range)),
                range.duration(),
                "{range:?}"
            );
        }
        let total = whole.iter().map(|range| range.duration().secs()).sum();
        (whole.iter().map(frames).collect(), total)
    }

    #[test]
    fn segments_grow_to_whole_frames_within_the_bounds() {
        let (frames, total) = cut(&[(0.0, 15.0)], 60.0, (15.0, 90.0));
        assert_eq!(frames, [450]);
        assert!(total >= 15.0);

        let (frames, total) = cut(&[(45.0, 60.0)], 60.0, (15.0, 90.0));
        assert_eq!(frames, [450], "a frame is put before the start");
        assert!(total >= 15.0);

        let thirds = [(0.0, 5.01), (10.0, 15.01), (20.0, 25.01)];
        let (frames, total) = cut(&thirds, 60.0, (5.0, 15.05));
        assert_eq!(frames, [151, 150, 150]);
        assert!(total <= 15.05);

        let (frames, _) = cut(&[(0.0, 1.01), (1.02, 2.0)], 2.0, (1.0, 90.0));
        assert_eq!(
            frames,
            [30, 29],
            "no room before the next segment and the end"
        );
    }
}

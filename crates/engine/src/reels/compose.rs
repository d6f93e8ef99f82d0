//! From candidates to a project: every reel is a sequence, made through edits and saved.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use footage::time::{FrameRate, SourceRange, SourceTime, Ticks};
use footage::words::{Transcript, Word};
use footage::{Analysis, Fingerprint};
use story::candidates::Candidate;
use timeline::edit::{
    AddMedia, AddPreset, AddSequence, Applied, AttachCaptions, Edit, InsertClip, InsertMode,
    NewMedia, NewPreset, RenameProject, SetCaptionAnchor, SetSequencePreset,
};
use timeline::ids::{MediaId, PresetId, SequenceId};
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
    /// Its words.
    pub(crate) transcript: Option<&'a Transcript>,
    /// The reels' frame.
    pub(crate) format: Format,
    /// Their style; `None` draws no captions.
    pub(crate) preset: Option<&'a Preset>,
    /// Their shortest and longest length.
    pub(crate) lengths: (Ticks, Ticks),
    /// What a reel without a title is called, before its number.
    pub(crate) untitled: &'static str,
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
    /// Whether an earlier run made it.
    pub(crate) reused: bool,
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
        let (id, project, reused) = match stored {
            // Who took reels away in the window gets them made anew here.
            Some((id, Ok(project))) if project.sequences.len() >= candidates.len() => {
                (id, project, true)
            }
            unreadable => {
                if unreadable.is_some() {
                    // Another version wrote it, or it was changed: it stays as it is.
                    self.library().release_project_key(key)?;
                }
                let name = project_name(material.path);
                let edits = edits(&name, material, candidates)?;
                let id = self.create_project(Some(key), &name, &edits)?;
                (id, self.open_project(id)?, false)
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
            reused,
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
pub(crate) struct Script {
    project: Project,
    edits: Vec<Edit>,
}

impl Script {
    /// Returns a script that goes on from `project`.
    pub(crate) fn on(project: Project) -> Self {
        Self {
            project,
            edits: Vec::new(),
        }
    }

    /// Returns the project as it is after the edits so far.
    pub(crate) fn project(&self) -> &Project {
        &self.project
    }

    /// Returns the edits since this was last asked.
    pub(crate) fn take(&mut self) -> Vec<Edit> {
        std::mem::take(&mut self.edits)
    }

    pub(crate) fn push(&mut self, edit: Edit) -> Result<timeline::edit::Created, Error> {
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
    let media = add_source(&mut script, material)?;
    let preset = add_preset(&mut script, material)?;
    for (index, candidate) in candidates.iter().enumerate() {
        add_reel(&mut script, index + 1, (media, preset), material, candidate)?;
    }
    Ok(script.take())
}

/// Adds the source, and returns what it is called in the project.
pub(crate) fn add_source(script: &mut Script, material: &Material<'_>) -> Result<MediaId, Error> {
    let source = material.source();
    let created = script.push(Edit::AddMedia(AddMedia { source }))?;
    Ok(created.media.first().copied().unwrap_or(MediaId(0)))
}

/// Returns the style of the reels, added when the project has none of that name; `None` for no
/// captions.
pub(crate) fn add_preset(
    script: &mut Script,
    material: &Material<'_>,
) -> Result<Option<PresetId>, Error> {
    let Some(style) = material.preset else {
        return Ok(None);
    };
    let there = script.project.presets.values();
    if let Some(preset) = there.into_iter().find(|preset| preset.name == style.name) {
        return Ok(Some(preset.id));
    }
    let preset = NewPreset {
        name: style.name.clone(),
        description: style.description.clone(),
        caption: style.caption.clone(),
    };
    let created = script.push(Edit::AddPreset(AddPreset { preset }))?;
    Ok(created.presets.first().copied())
}

/// Adds the reel of a candidate; `number` names one that has no title.
pub(crate) fn add_reel(
    script: &mut Script,
    number: usize,
    (media, preset): (MediaId, Option<PresetId>),
    material: &Material<'_>,
    candidate: &Candidate,
) -> Result<SequenceId, Error> {
    let name = if candidate.title.is_empty() {
        format!("{} {number}", material.untitled)
    } else {
        candidate.title.clone()
    };
    let sequence = reel(script, &name, media, material, candidate)?;
    script.push(Edit::SetSequencePreset(SetSequencePreset {
        sequence,
        preset,
    }))?;
    Ok(sequence)
}

impl Material<'_> {
    /// Returns the source as a project holds it.
    pub(crate) fn source(&self) -> NewMedia {
        let video = self
            .analysis
            .streams
            .chosen_video()
            .map(|(_, video)| MediaVideo {
                width: video.width,
                height: video.height,
                rate: video.rate.unwrap_or(self.format.rate),
            });
        NewMedia {
            path: self.path.to_string_lossy().into_owned(),
            fingerprint: self.fingerprint.clone(),
            duration: self.analysis.duration,
            video,
            audio: self.analysis.streams.audio.is_some(),
        }
    }
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
    let free = Free {
        words: material
            .transcript
            .map_or(&[], |transcript| &transcript.words),
        source_end: SourceTime::ZERO + material.analysis.duration,
    };
    let rate = material.format.rate;
    for source in whole_frames(&candidate.segments, rate, &free, material.lengths) {
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
    if let Some(transcript) = material.transcript {
        let revision = transcript.revision.clone();
        script.push(Edit::AttachCaptions(AttachCaptions {
            sequence,
            media,
            revision,
        }))?;
        let made = script.project.sequences.get(&sequence).cloned();
        let style = material.preset.map(|preset| &preset.caption);
        let anchor = made.zip(style).and_then(|(made, style)| {
            let transcripts = BTreeMap::from([(media, transcript)]);
            let (_, cards) = captions::captions(&made, &transcripts, Some(style));
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
/// A segment that is no whole number of frames grows by the missing part of one: at its end where
/// nobody speaks there, else at its start, else not at all, for a bit of another word is heard more
/// than the last bit of a word is missed. The frames that this adds are taken back, the last first,
/// where the whole would be longer than the user allows, and as many are put before the start where
/// it would be shorter.
fn whole_frames(
    segments: &[SourceRange],
    rate: FrameRate,
    free: &Free<'_>,
    (shortest, longest): (Ticks, Ticks),
) -> Vec<SourceRange> {
    let mut frames: Vec<(SourceTime, i64, bool)> = segments
        .iter()
        .enumerate()
        .map(|(index, segment)| {
            let whole = rate.frame_at(segment.duration());
            let missing = rate.frame_start(whole + 1) - segment.duration();
            if rate.frame_start(whole) == segment.duration() {
                return (segment.start, whole, false);
            }
            let next = segments.get(index + 1).map(|next| next.start);
            let before = index.checked_sub(1).and_then(|before| segments.get(before));
            let after = free.after(segment.end, next).min(missing);
            let earlier = missing - after;
            if free.before(segment.start, before.map(|before| before.end)) < earlier {
                return (segment.start, whole, false);
            }
            (segment.start - earlier, whole + 1, true)
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

/// Where a segment may grow.
struct Free<'a> {
    words: &'a [Word],
    source_end: SourceTime,
}

impl Free<'_> {
    /// Returns the time from a segment's end to the next word, the next segment or the end.
    fn after(&self, end: SourceTime, next: Option<SourceTime>) -> Ticks {
        let words = self.words.iter().map(|word| word.range);
        let word = words
            .filter(|word| word.end > end)
            .map(|word| word.start)
            .min();
        // Segments may be out of order, or overlap.
        let next = next.filter(|next| *next >= end);
        let limits = [word, next, Some(self.source_end)];
        let limit = limits.into_iter().flatten().min().unwrap_or(end);
        limit.max(end) - end
    }

    /// Returns the time from the word or segment before, or the source's start, to a segment's.
    fn before(&self, start: SourceTime, before: Option<SourceTime>) -> Ticks {
        let words = self.words.iter().map(|word| word.range);
        let word = words
            .filter(|word| word.start < start)
            .map(|word| word.end)
            .max();
        let before = before.filter(|before| *before <= start);
        let limits = [word, before, Some(SourceTime::ZERO)];
        let limit = limits.into_iter().flatten().max().unwrap_or(start);
        start - limit.min(start)
    }
}

#[cfg(test)]
mod tests {
    use footage::words::WordId;

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
        let free = Free {
            words: &[],
            source_end: SourceTime::from_secs(end),
        };
        let whole = whole_frames(&segments, FILM, &free, bounds);
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

    #[test]
    fn segments_grow_where_nobody_speaks() {
        let word = |start: f64, end: f64| Word {
            id: WordId(0),
            text: "word".to_owned(),
            range: SourceRange::from_secs(start, end),
            estimated: false,
            starts_cue: false,
            confidence: None,
        };
        let grown = |words: &[Word]| {
            let free = Free {
                words,
                source_end: SourceTime::from_secs(20.0),
            };
            let bounds = (Ticks::from_secs(1.0), Ticks::from_secs(90.0));
            let segment = SourceRange::from_secs(1.0, 2.01);
            let range = whole_frames(&[segment], FILM, &free, bounds)[0];
            let moved = |from: f64, to: SourceTime| ((to.secs() - from) * 1000.0).round();
            (moved(1.0, range.start), moved(2.01, range.end))
        };
        assert_eq!(grown(&[]), (0.0, 24.0), "at the end");
        let said = word(1.0, 2.01);
        let next = word(2.01, 2.5);
        assert_eq!(grown(&[said.clone(), next.clone()]), (-24.0, 0.0));
        let near = word(2.02, 2.5);
        assert_eq!(grown(&[said.clone(), near]), (-14.0, 10.0), "at both");
        let before = word(0.5, 1.0);
        assert_eq!(grown(&[before, said, next]), (0.0, -9.0), "nowhere");
    }
}

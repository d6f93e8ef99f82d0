//! Cutting by words, and taking such a cut back.

use std::collections::BTreeSet;

use footage::time::{SourceRange, Ticks};
use footage::words::{Transcript, WordId};
use serde::{Deserialize, Serialize};

use crate::edit::carve::{meets, merged, playing, rounding_gap, source_ceil, source_floor};
use crate::edit::draft::{Draft, SequenceDraft};
use crate::edit::{EditError, Label, Verb};
use crate::ids::{LinkId, MediaId, SequenceId, TrackId};
use crate::project::{Clip, Track};
use crate::time::SequenceTime;

/// Cuts what is said out of a sequence, on all tracks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeleteWords {
    /// The sequence.
    pub sequence: SequenceId,
    /// The source that it is said in.
    pub media: MediaId,
    /// When it is said. Wherever an enabled clip of a
    /// [speaking track](crate::project::Sequence::speaking_tracks) that is not muted plays any of
    /// it, that time is removed.
    pub ranges: Vec<SourceRange>,
}

/// Brings a part of a source back that was cut out between two neighbouring clips, on all tracks
/// that skip as much there. Where nothing is skipped any more the clips become one again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RestoreRange {
    /// The sequence.
    pub sequence: SequenceId,
    /// The source.
    pub media: MediaId,
    /// What to bring back; the parts of it that play already stay as they are.
    pub range: SourceRange,
}

impl DeleteWords {
    /// Returns the edit that cuts `words` of `transcript`: each run of consecutive words from the
    /// start of its first to the end of its last, with the pauses inside.
    pub fn new(
        sequence: SequenceId,
        media: MediaId,
        transcript: &Transcript,
        words: &BTreeSet<WordId>,
    ) -> Self {
        let mut ranges: Vec<SourceRange> = Vec::new();
        let mut is_run = false;
        for word in &transcript.words {
            let is_cut = words.contains(&word.id);
            match ranges.last_mut() {
                Some(run) if is_run && is_cut => run.end = word.range.end,
                _ if is_cut => ranges.push(word.range),
                _ => {}
            }
            is_run = is_cut;
        }
        Self {
            sequence,
            media,
            ranges,
        }
    }
}

impl Verb for DeleteWords {
    fn label(&self) -> Label {
        Label::DeleteWords
    }

    fn times(&self) -> Vec<i64> {
        let ends = |range: &SourceRange| [range.start.0, range.end.0];
        self.ranges.iter().flat_map(ends).collect()
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        let mut cuts = Vec::new();
        let tracks = sequence.sequence.speaking_tracks();
        let heard = tracks.filter(|track| !track.muted);
        for clip in heard.flat_map(|track| &track.clips) {
            if clip.enabled && clip.media == self.media {
                let played = self.ranges.iter().filter_map(|range| clip.plays(*range));
                cuts.extend(played);
            }
        }
        let cuts = merged(cuts);
        if cuts.is_empty() {
            return Err(EditError::NothingThere);
        }
        for cut in cuts.into_iter().rev() {
            sequence.close(cut)?;
        }
        Ok(())
    }
}

/// A stretch of a source that a cut skips.
struct Skip {
    /// When the cut is.
    at: SequenceTime,
    /// How much after the start of what is skipped the restored part begins, as it would play.
    lead: Ticks,
    /// How long it would play.
    length: Ticks,
}

impl Verb for RestoreRange {
    fn label(&self) -> Label {
        Label::RestoreRange
    }

    fn times(&self) -> Vec<i64> {
        vec![self.range.start.0, self.range.end.0]
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        let mut skips: Vec<Skip> = Vec::new();
        for track in sequence.sequence.speaking_tracks() {
            for pair in track.clips.windows(2) {
                let [before, after] = pair else { continue };
                let is_seen = skips.iter().any(|skip| skip.at == after.start);
                if before.media == self.media && !is_seen {
                    skips.extend(skipped(before, after, self.range));
                }
            }
        }
        if skips.is_empty() {
            return Err(EditError::NothingThere);
        }
        // The last one first, so that the others stay where they are.
        skips.sort_by_key(|skip| std::cmp::Reverse(skip.at));
        for skip in &skips {
            sequence.open(skip.at, skip.length)?;
            let mut link = None;
            for track in sequence.all_tracks() {
                fill(&mut sequence, track, skip, &mut link)?;
            }
        }
        Ok(())
    }
}

/// Returns what of `range` is skipped between two neighbouring clips.
fn skipped(before: &Clip, after: &Clip, range: SourceRange) -> Option<Skip> {
    if before.media != after.media || !meets(before, after) {
        return None;
    }
    let skipped = SourceRange::new(before.source.end, after.source.start);
    let restored = playing(before, skipped.intersection(range)?);
    let length = restored.duration();
    (length > Ticks::ZERO).then(|| Skip {
        at: after.start,
        lead: before.sequence_time(restored.source.start) - before.sequence_time(before.source.end),
        length,
    })
}

/// Plays what a track skips in the room that was made at the cut, or leaves the room empty when
/// it skips nothing there.
fn fill(
    sequence: &mut SequenceDraft<'_>,
    track: TrackId,
    skip: &Skip,
    link: &mut Option<LinkId>,
) -> Result<(), EditError> {
    let end = skip.at + skip.length;
    let Some((position, before, after)) = around(sequence.track(track)?, skip.at, end) else {
        return Ok(());
    };
    let struck = SourceRange::new(before.source.end, after.source.start);
    // Where the source's time would run if the clip before went on.
    let whole = Clip {
        start: skip.at - skip.lead,
        source: struck,
        ..before.clone()
    };
    let slack = rounding_gap(before.speed) + Ticks(1);
    if whole.duration() + slack < skip.lead + skip.length {
        return Ok(());
    }
    let mut piece = whole.clone();
    piece.start = skip.at;
    piece.source = SourceRange::new(
        source_ceil(&whole, skip.at),
        source_floor(&whole, end).min(struck.end),
    );
    piece.fade_in = Ticks::ZERO;
    piece.fade_out = Ticks::ZERO;
    if piece.source.is_empty() || piece.duration() <= Ticks::ZERO {
        return Ok(());
    }
    let first = joined(&before, &piece);
    let second = joined(first.as_ref().unwrap_or(&piece), &after);
    let pieces = match (first, second) {
        (Some(_), Some(whole)) => vec![whole],
        (Some(first), None) => vec![first, after],
        (None, Some(second)) => {
            let (id, link) = (after.id, after.link);
            vec![before, Clip { id, link, ..second }]
        }
        (None, None) => {
            piece.id = sequence.ids.clip();
            piece.link = Some(*link.get_or_insert_with(|| sequence.ids.link()));
            vec![before, piece, after]
        }
    };
    let clips = &mut sequence.unlocked(track)?.clips;
    clips.splice(position..position + 2, pieces);
    Ok(())
}

/// Returns the clips of one source that end and start around the room `at..end`, and the position
/// of the first one.
fn around(track: &Track, at: SequenceTime, end: SequenceTime) -> Option<(usize, Clip, Clip)> {
    let position = track
        .clips
        .partition_point(|clip| clip.start < at)
        .checked_sub(1)?;
    let before = track.clips.get(position)?;
    let after = track.clips.get(position + 1)?;
    let is_cut = before.media == after.media
        && before.source.end < after.source.start
        && after.start == end
        && at - before.range().end <= rounding_gap(before.speed);
    is_cut.then(|| (position, before.clone(), after.clone()))
}

/// Returns both clips as one, with the first one's identity, when they play as one.
fn joined(first: &Clip, second: &Clip) -> Option<Clip> {
    let one = Clip {
        source: SourceRange::new(first.source.start, second.source.end),
        fade_out: second.fade_out,
        ..first.clone()
    };
    let is_one = first.source.end == second.source.start
        && meets(first, second)
        && first.media == second.media
        && first.speed == second.speed
        && first.framing == second.framing
        && first.gain_db.total_cmp(&second.gain_db).is_eq()
        && first.enabled == second.enabled
        && first.fade_out == Ticks::ZERO
        && second.fade_in == Ticks::ZERO
        && one.range().end <= second.range().end;
    is_one.then_some(one)
}

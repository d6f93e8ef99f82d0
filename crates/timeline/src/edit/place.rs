//! Insert, move, split and delete.

use std::collections::{BTreeMap, BTreeSet};

use footage::time::{SourceRange, Ticks};
use serde::{Deserialize, Serialize};

use crate::edit::carve::{Carved, merged};
use crate::edit::draft::{Draft, SequenceDraft};
use crate::edit::{EditError, Label, Verb};
use crate::ids::{ClipId, MediaId, SequenceId, TrackId};
use crate::project::{Clip, Framing, Speed};
use crate::time::{SequenceRange, SequenceTime};

/// What an insertion does with what is already there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsertMode {
    /// Refuses when there is anything.
    Vacant,
    /// Replaces it, on the named tracks only.
    Overwrite,
    /// Moves it and everything later, on all tracks.
    Ripple,
}

/// What a move does with what is already there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveMode {
    /// Refuses when there is anything.
    Vacant,
    /// Replaces it.
    Overwrite,
}

/// Puts a stretch of a source on one or several tracks, a clip on each; several are linked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InsertClip {
    /// The sequence.
    pub sequence: SequenceId,
    /// Where to put it, such as a video and a voice track; each of them once.
    pub tracks: Vec<TrackId>,
    /// When it starts.
    pub at: SequenceTime,
    /// The source.
    pub media: MediaId,
    /// What of it plays.
    pub source: SourceRange,
    /// How fast.
    pub speed: Speed,
    /// How the picture fills the frame.
    pub framing: Framing,
    /// What happens to what is there.
    pub mode: InsertMode,
}

/// Moves clips, and what is linked to them, by the same length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoveClips {
    /// The sequence.
    pub sequence: SequenceId,
    /// The clips.
    pub clips: Vec<ClipId>,
    /// How far; negative is earlier.
    pub by: Ticks,
    /// How many tracks of the same kind up the named clips go; negative is down. What is linked
    /// stays on its tracks.
    pub lanes: i32,
    /// What happens to what is there.
    pub mode: MoveMode,
}

/// Where a split cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SplitScope {
    /// The clip on that track, and what is linked to it.
    Track(TrackId),
    /// All tracks but the locked ones.
    Everything,
}

/// Parts the clips that play at a moment. The first part keeps the clip's identity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// The sequence.
    pub sequence: SequenceId,
    /// When.
    pub at: SequenceTime,
    /// Where.
    pub scope: SplitScope,
}

/// Removes clips, and what is linked to them, and leaves their room empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lift {
    /// The sequence.
    pub sequence: SequenceId,
    /// The clips.
    pub clips: Vec<ClipId>,
}

/// Removes the time of clips, and of what is linked to them, from all tracks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RippleDelete {
    /// The sequence.
    pub sequence: SequenceId,
    /// The clips.
    pub clips: Vec<ClipId>,
}

/// Removes a range of time from all tracks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RippleDeleteRange {
    /// The sequence.
    pub sequence: SequenceId,
    /// The range.
    pub range: SequenceRange,
}

impl Verb for InsertClip {
    fn label(&self) -> Label {
        Label::InsertClip
    }

    fn times(&self) -> Vec<i64> {
        vec![self.at.0, self.source.start.0, self.source.end.0]
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let speed = self.speed.reduced();
        if !speed.is_playable() {
            return Err(EditError::SpeedOutOfRange);
        }
        draft.media(self.media)?;
        let mut sequence = draft.sequence(self.sequence)?;
        let distinct: BTreeSet<TrackId> = self.tracks.iter().copied().collect();
        if distinct.is_empty() || distinct.len() < self.tracks.len() {
            return Err(EditError::NothingSelected);
        }
        let mut clip = Clip {
            id: ClipId(0),
            media: self.media,
            start: self.at,
            source: self.source,
            speed,
            framing: self.framing.clone(),
            gain_db: 0.0,
            fade_in: Ticks::ZERO,
            fade_out: Ticks::ZERO,
            link: None,
            enabled: true,
        };
        match self.mode {
            InsertMode::Vacant => {}
            InsertMode::Overwrite => {
                sequence.carve(&self.tracks, clip.range())?;
            }
            InsertMode::Ripple => sequence.open(self.at, clip.duration())?,
        }
        if self.tracks.len() > 1 {
            clip.link = Some(sequence.ids.link());
        }
        let mut is_shown = false;
        for track in &self.tracks {
            is_shown |= sequence.track(*track)?.kind.is_picture();
        }
        for track in &self.tracks {
            // The sound of a picture has no framing; sound alone that is given one is refused.
            let is_sound = !sequence.track(*track)?.kind.is_picture();
            let framing = if is_sound && is_shown {
                Framing::Fit
            } else {
                self.framing.clone()
            };
            let id = sequence.ids.clip();
            let clip = clip.clone();
            sequence.put(
                *track,
                Clip {
                    id,
                    framing,
                    ..clip
                },
            )?;
        }
        Ok(())
    }
}

impl Verb for MoveClips {
    fn label(&self) -> Label {
        Label::MoveClips
    }

    fn times(&self) -> Vec<i64> {
        vec![self.by.0]
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        let all = sequence.with_linked(&self.clips)?;
        let mut moved = sequence.take(&all)?;
        for (track, clip) in &mut moved {
            clip.start = clip.start + self.by;
            if self.clips.contains(&clip.id) {
                *track = lane(&sequence, *track, self.lanes)?;
            }
        }
        if self.mode == MoveMode::Overwrite {
            let mut targets: BTreeMap<TrackId, Vec<SequenceRange>> = BTreeMap::new();
            for (track, clip) in &moved {
                targets.entry(*track).or_default().push(clip.range());
            }
            let mut holes: Vec<(TrackId, SequenceRange)> = Vec::new();
            for (track, ranges) in targets {
                holes.extend(merged(ranges).into_iter().map(|range| (track, range)));
            }
            holes.sort_by_key(|(_, range)| range.end);
            // Those that share a moment are carved together, so that what lies after them on
            // several tracks stays linked, also where the sound is longer than the picture.
            while let Some((_, first)) = holes.first() {
                let end = first.end;
                let (together, later): (Vec<_>, Vec<_>) =
                    holes.iter().partition(|(_, range)| range.start <= end);
                sequence.carve_holes(&together, |_| true)?;
                holes = later;
            }
        }
        for (track, clip) in moved {
            sequence.put(track, clip)?;
        }
        Ok(())
    }
}

fn lane(sequence: &SequenceDraft<'_>, track: TrackId, by: i32) -> Result<TrackId, EditError> {
    let kind = sequence.track(track)?.kind;
    let lanes: Vec<TrackId> = sequence
        .sequence
        .tracks_of(kind)
        .map(|other| other.id)
        .collect();
    let from = lanes.iter().position(|id| *id == track);
    from.and_then(|from| from.checked_add_signed(by as isize))
        .and_then(|to| lanes.get(to))
        .copied()
        .ok_or(EditError::NoLane)
}

impl Verb for Split {
    fn label(&self) -> Label {
        Label::Split
    }

    fn times(&self) -> Vec<i64> {
        vec![self.at.0]
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        let at = SequenceRange::new(self.at, self.at);
        let carved = match self.scope {
            SplitScope::Everything => {
                let tracks = sequence.sequence.tracks.iter();
                let unlocked = tracks.filter(|track| !track.locked);
                let unlocked: Vec<TrackId> = unlocked.map(|track| track.id).collect();
                sequence.carve(&unlocked, at)?
            }
            SplitScope::Track(track) => {
                let clips = &sequence.track(track)?.clips;
                let clip = clips.iter().find(|clip| clip.range().contains(self.at));
                let clip = clip.ok_or(EditError::NothingThere)?.id;
                let linked = sequence.with_linked(&[clip])?;
                let tracks = tracks_of(&sequence, &linked)?.into_iter();
                // Tracks where none of them plays now are among these, as what is linked and lies
                // later goes with the second part; what else plays there stays whole.
                let holes: Vec<_> = tracks.map(|track| (track, at)).collect();
                sequence.carve_holes(&holes, |clip| linked.contains(&clip.id))?
            }
        };
        match carved {
            Carved::Something => Ok(()),
            Carved::Nothing => Err(EditError::NothingThere),
        }
    }
}

fn tracks_of(sequence: &SequenceDraft<'_>, clips: &[ClipId]) -> Result<Vec<TrackId>, EditError> {
    let mut tracks = BTreeSet::new();
    for id in clips {
        let (track, _) = sequence.sequence.clip(*id).ok_or(EditError::NoClip(*id))?;
        tracks.insert(track.id);
    }
    Ok(tracks.into_iter().collect())
}

impl Verb for Lift {
    fn label(&self) -> Label {
        Label::Lift
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        let all = sequence.with_linked(&self.clips)?;
        sequence.take(&all)?;
        Ok(())
    }
}

impl Verb for RippleDelete {
    fn label(&self) -> Label {
        Label::RippleDelete
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        let all = sequence.with_linked(&self.clips)?;
        let mut ranges = Vec::new();
        for id in all {
            ranges.push(sequence.clip(id)?.range());
        }
        for range in merged(ranges).into_iter().rev() {
            sequence.close(range)?;
        }
        Ok(())
    }
}

impl Verb for RippleDeleteRange {
    fn label(&self) -> Label {
        Label::RippleDelete
    }

    fn times(&self) -> Vec<i64> {
        vec![self.range.start.0, self.range.end.0]
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        if self.range.is_empty() || self.range.start < SequenceTime::ZERO {
            return Err(EditError::NothingThere);
        }
        draft.sequence(self.sequence)?.close(self.range)
    }
}

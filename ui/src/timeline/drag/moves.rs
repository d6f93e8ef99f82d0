//! Moving clips and markers.

use std::collections::BTreeSet;

use timeline::SourceRange;
use timeline::SourceTime;
use timeline::Ticks;
use timeline::edit::{
    Batch, Edit, EditError, InsertClip, InsertMode, Label, Lift, MoveClips, MoveMarker, MoveMode,
    RippleDeleteRange,
};
use timeline::ids::{ClipId, MarkerId, TrackId};
use timeline::project::{Clip, Framing, Project, Sequence, Speed, Track};
use timeline::time::{SequenceRange, SequenceTime};

use super::select::with_linked;
use super::{Effect, Gesture, Ghost, Ground};
use crate::timeline::layout::{RowKind, row_at};

/// Returns what a drag of a clip takes along: the selection when it is of it, and what is linked.
pub(super) fn dragged(
    sequence: &Sequence,
    selection: &BTreeSet<ClipId>,
    clip: ClipId,
) -> BTreeSet<ClipId> {
    if selection.contains(&clip) {
        with_linked(sequence, selection.iter().copied())
    } else {
        with_linked(sequence, [clip])
    }
}

/// What a drag takes along, with where it is.
struct Block<'a> {
    clips: Vec<(&'a Track, &'a Clip)>,
    range: SequenceRange,
}

impl<'a> Block<'a> {
    fn new(sequence: &'a Sequence, ids: &BTreeSet<ClipId>) -> Option<Self> {
        let clips: Vec<(&Track, &Clip)> = sequence
            .tracks
            .iter()
            .flat_map(|track| track.clips.iter().map(|clip| (track.as_ref(), clip)))
            .filter(|(_, clip)| ids.contains(&clip.id))
            .collect();
        let start = clips.iter().map(|(_, clip)| clip.start).min()?;
        let end = clips.iter().map(|(_, clip)| clip.range().end).max()?;
        Some(Self {
            clips,
            range: SequenceRange::new(start, end),
        })
    }

    fn ids(&self) -> Vec<ClipId> {
        self.clips.iter().map(|(_, clip)| clip.id).collect()
    }
}

/// How many tracks of its kind up a drag goes, and the clips that go there.
struct Lanes {
    up: i32,
    clips: Vec<ClipId>,
}

/// Returns the lanes between a clip's track and the row at a height. A drag that would take clips
/// of other kinds along stays on its tracks, and so does one to a row of another kind.
fn lanes(ground: Ground<'_>, block: &Block<'_>, grabbed: &Track, y_px: f64) -> Lanes {
    let stays = || Lanes {
        up: 0,
        clips: block.ids(),
    };
    let Some(RowKind::Track { id, kind, .. }) = row_at(ground.rows, y_px).map(|row| row.kind)
    else {
        return stays();
    };
    if kind != grabbed.kind || id == grabbed.id {
        return stays();
    }
    let tracks: Vec<TrackId> = ground
        .sequence
        .tracks_of(kind)
        .map(|track| track.id)
        .collect();
    let position = |id: TrackId| tracks.iter().position(|own| *own == id);
    let (Some(from), Some(to)) = (position(grabbed.id), position(id)) else {
        return stays();
    };
    let own = block.clips.iter().filter(|(track, _)| track.kind == kind);
    let clips: BTreeSet<ClipId> = own.clone().map(|(_, clip)| clip.id).collect();
    let carried = with_linked(ground.sequence, clips.iter().copied());
    if block
        .clips
        .iter()
        .any(|(_, clip)| !carried.contains(&clip.id))
    {
        return stays();
    }
    let positions: Vec<usize> = own.filter_map(|(track, _)| position(track.id)).collect();
    let lowest = positions.iter().min().copied().unwrap_or(from) as i32;
    let highest = positions.iter().max().copied().unwrap_or(from) as i32;
    let up = (to as i32 - from as i32).clamp(-lowest, tracks.len() as i32 - 1 - highest);
    Lanes {
        up,
        clips: clips.into_iter().collect(),
    }
}

/// Returns where the clips of a block would lie.
fn ghosts(ground: Ground<'_>, block: &Block<'_>, by: Ticks, lanes: &Lanes) -> Vec<Ghost> {
    let ghost = |(track, clip): &(&Track, &Clip)| {
        let mut id = track.id;
        if lanes.up != 0 && lanes.clips.contains(&clip.id) {
            let tracks: Vec<TrackId> = ground
                .sequence
                .tracks_of(track.kind)
                .map(|track| track.id)
                .collect();
            let position = tracks.iter().position(|own| *own == id)?;
            id = *tracks.get(position.checked_add_signed(lanes.up as isize)?)?;
        }
        let range = clip.range();
        Some(Ghost {
            track: id,
            range: SequenceRange::new(range.start + by, range.end + by),
        })
    };
    block.clips.iter().filter_map(ghost).collect()
}

/// Drags a clip and what goes along; what is there is replaced.
pub(super) fn overwrite(ground: Ground<'_>, id: ClipId, by: Ticks, y_px: f64) -> Gesture {
    let ids = dragged(ground.sequence, ground.selection, id);
    let (Some(block), Some((track, grabbed))) =
        (Block::new(ground.sequence, &ids), ground.sequence.clip(id))
    else {
        return Gesture::nothing(Effect::Overwrite);
    };
    let own = grabbed.range();
    let edges = [own.start, own.end, block.range.start, block.range.end];
    let (by, snapped) = ground.drawn(&edges, by);
    let first = SequenceTime::ZERO - block.range.start;
    let snapped = snapped.filter(|_| by >= first);
    let by = by.max(first);
    let lanes = lanes(ground, &block, track, y_px);
    let edit = MoveClips {
        sequence: ground.sequence.id,
        clips: lanes.clips.clone(),
        by,
        lanes: lanes.up,
        mode: MoveMode::Overwrite,
    };
    Gesture {
        edit: Ok((by != Ticks::ZERO || lanes.up != 0).then(|| edit.into())),
        effect: Effect::Overwrite,
        snapped,
        by,
        ghosts: ghosts(ground, &block, by, &lanes),
        area: None,
    }
}

/// Drags a clip and what goes along to where everything later makes room for it. The room that it
/// leaves is closed when nothing else plays there.
pub(super) fn insert(ground: Ground<'_>, id: ClipId, by: Ticks, y_px: f64) -> Gesture {
    let ids = dragged(ground.sequence, ground.selection, id);
    let (Some(block), Some((track, _))) =
        (Block::new(ground.sequence, &ids), ground.sequence.clip(id))
    else {
        return Gesture::nothing(Effect::Insert);
    };
    let (by, snapped) = ground.drawn(&[block.range.start], by);
    let at = (block.range.start + by).max(SequenceTime::ZERO);
    let lanes = lanes(ground, &block, track, y_px);
    let is_home = block.range.start <= at && at <= block.range.end;
    let edit = if is_home {
        Ok(None)
    } else {
        inserted(ground.project, ground.sequence, &block, &lanes, at).map(Some)
    };
    Gesture {
        edit,
        effect: Effect::Insert,
        snapped,
        by: at - block.range.start,
        ghosts: ghosts(ground, &block, at - block.range.start, &lanes),
        area: None,
    }
}

/// A batch as it is built: each edit is applied to a copy, since later ones name what earlier ones
/// create.
struct Steps {
    project: Project,
    edits: Vec<Edit>,
}

impl Steps {
    /// Adds an edit and returns the last clip that it created.
    fn push(&mut self, edit: Edit) -> Result<Option<ClipId>, EditError> {
        let applied = edit.apply_with(&self.project)?;
        self.project = applied.project;
        self.edits.push(edit);
        Ok(applied.created.clips.last().copied())
    }
}

/// Returns the edit that takes a block out and puts it in at a moment outside of it.
fn inserted(
    project: &Project,
    sequence: &Sequence,
    block: &Block<'_>,
    lanes: &Lanes,
    at: SequenceTime,
) -> Result<Edit, EditError> {
    let (track, clip) = block.clips.first().ok_or(EditError::NothingSelected)?;
    let media = project
        .media
        .get(&clip.media)
        .ok_or(EditError::NoMedia(clip.media))?;
    let length = block.range.duration();
    let mut steps = Steps {
        project: project.clone(),
        edits: Vec::new(),
    };
    // Inserting is what makes room on all tracks, so something is inserted and lifted again.
    let mut open = Ticks::ZERO;
    while open < length {
        let part = (length - open).min(media.duration);
        let placeholder = steps.push(
            InsertClip {
                sequence: sequence.id,
                tracks: vec![track.id],
                at,
                media: clip.media,
                source: SourceRange::new(SourceTime::ZERO, SourceTime::ZERO + part),
                speed: Speed::NORMAL,
                framing: Framing::Fit,
                mode: InsertMode::Ripple,
            }
            .into(),
        )?;
        let lift = Lift {
            sequence: sequence.id,
            clips: placeholder.into_iter().collect(),
        };
        steps.push(lift.into())?;
        open += part;
    }
    let is_pushed = at <= block.range.start;
    let from = if is_pushed {
        block.range.start + length
    } else {
        block.range.start
    };
    let moved = MoveClips {
        sequence: sequence.id,
        clips: lanes.clips.clone(),
        by: at - from,
        lanes: lanes.up,
        mode: MoveMode::Vacant,
    };
    steps.push(moved.into())?;
    let left = SequenceRange::new(from, from + length);
    let after = steps.project.sequences.get(&sequence.id);
    let is_free = after.is_some_and(|after| {
        let mut clips = after.tracks.iter().flat_map(|track| &track.clips);
        !clips.any(|clip| clip.range().overlaps(left))
    });
    if is_free {
        let close = RippleDeleteRange {
            sequence: sequence.id,
            range: left,
        };
        steps.push(close.into())?;
    }
    Ok(Edit::Batch(Batch {
        label: Label::MoveClips,
        edits: steps.edits,
    }))
}

/// Drags a marker.
pub(super) fn marker(ground: Ground<'_>, id: MarkerId, by: Ticks) -> Gesture {
    let markers = &ground.sequence.markers;
    let Some(marker) = markers.iter().find(|marker| marker.id == id) else {
        return Gesture::nothing(Effect::Mark);
    };
    let (by, snapped) = ground.drawn(&[marker.at], by);
    let to = (marker.at + by).max(SequenceTime::ZERO);
    let edit = MoveMarker {
        sequence: ground.sequence.id,
        marker: id,
        to,
    };
    Gesture {
        edit: Ok((to != marker.at).then(|| edit.into())),
        snapped,
        by: to - marker.at,
        ..Gesture::nothing(Effect::Mark)
    }
}

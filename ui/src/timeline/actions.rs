//! What commands make of the selection and the playhead: edits, and moments to go to.

use std::collections::BTreeSet;

use timeline::edit::{
    AddMarker, AddTrack, Batch, Edge, Edit, Label, Later, Lift, LinkClips, MoveClips, MoveMode,
    RippleDelete, RippleDeleteRange, Split, SplitScope, Trim, UnlinkClips,
};
use timeline::ids::{ClipId, TrackId};
use timeline::project::{Clip, Sequence, Track, TrackKind};
use timeline::time::{SequenceRange, SequenceTime};
use timeline::{FrameRate, Ticks};

/// Returns several edits as one step, one as itself, none as nothing.
pub(crate) fn together(mut edits: Vec<Edit>, label: Label) -> Option<Edit> {
    match edits.len() {
        0 | 1 => edits.pop(),
        _ => Some(Edit::Batch(Batch { label, edits })),
    }
}

/// Returns the clips that a command at a moment is for: the selected ones that play then, or the
/// one that is seen, or any that plays. Of what is linked one stands for all.
fn meant<'a>(
    sequence: &'a Sequence,
    selection: &BTreeSet<ClipId>,
    plays: impl Fn(&Clip) -> bool,
) -> Vec<(&'a Track, &'a Clip)> {
    let at = |track: &'a std::sync::Arc<Track>| {
        let found = track.clips.iter().find(|clip| plays(clip));
        found.map(|clip| (track.as_ref(), clip))
    };
    let unlocked = || sequence.tracks.iter().filter(|track| !track.locked);
    let mut links = BTreeSet::new();
    let selected: Vec<_> = unlocked()
        .filter_map(at)
        .filter(|(_, clip)| selection.contains(&clip.id))
        .filter(|(_, clip)| clip.link.is_none_or(|link| links.insert(link)))
        .collect();
    if !selected.is_empty() {
        return selected;
    }
    let of = |kind: TrackKind| unlocked().rev().filter(move |track| track.kind == kind);
    let order = [
        TrackKind::Video,
        TrackKind::Voice,
        TrackKind::Overlay,
        TrackKind::Music,
    ];
    let found = order.into_iter().find_map(|kind| of(kind).find_map(at));
    found.into_iter().collect()
}

/// Returns the edit that splits what is meant at the playhead.
pub(crate) fn split(
    sequence: &Sequence,
    selection: &BTreeSet<ClipId>,
    at: SequenceTime,
) -> Option<Edit> {
    let plays = |clip: &Clip| clip.start < at && at < clip.range().end;
    let edits = meant(sequence, selection, plays)
        .into_iter()
        .map(|(track, _)| split_at(sequence, SplitScope::Track(track.id), at));
    together(edits.collect(), Label::Split)
}

/// Returns the edit that splits every unlocked track at the playhead.
pub(crate) fn split_all(sequence: &Sequence, at: SequenceTime) -> Edit {
    split_at(sequence, SplitScope::Everything, at)
}

fn split_at(sequence: &Sequence, scope: SplitScope, at: SequenceTime) -> Edit {
    Split {
        sequence: sequence.id,
        at,
        scope,
    }
    .into()
}

/// Returns the edit that trims an edge of what is meant to the playhead and closes the gap.
pub(crate) fn trim_to(
    sequence: &Sequence,
    selection: &BTreeSet<ClipId>,
    edge: Edge,
    at: SequenceTime,
) -> Option<Edit> {
    let plays = |clip: &Clip| clip.start < at && at < clip.range().end;
    let (_, clip) = meant(sequence, selection, plays).into_iter().next()?;
    let trim = Trim {
        sequence: sequence.id,
        clip: clip.id,
        edge,
        to: at,
        later: Later::Moves,
    };
    Some(trim.into())
}

/// Returns the edit that removes the selection and leaves its room.
pub(crate) fn lift(sequence: &Sequence, selection: &BTreeSet<ClipId>) -> Option<Edit> {
    let lift = Lift {
        sequence: sequence.id,
        clips: there(sequence, selection)?,
    };
    Some(lift.into())
}

/// Returns the edit that removes the time of the selection; without one that of the marked range.
pub(crate) fn ripple_delete(
    sequence: &Sequence,
    selection: &BTreeSet<ClipId>,
    marked: Option<SequenceRange>,
) -> Option<Edit> {
    let sequence_id = sequence.id;
    if let Some(clips) = there(sequence, selection) {
        let delete = RippleDelete {
            sequence: sequence_id,
            clips,
        };
        return Some(delete.into());
    }
    let range = marked.filter(|range| !range.is_empty())?;
    let delete = RippleDeleteRange {
        sequence: sequence_id,
        range,
    };
    Some(delete.into())
}

/// Returns the edit that moves the selection by frames, as far as the start allows.
pub(crate) fn nudge(
    sequence: &Sequence,
    selection: &BTreeSet<ClipId>,
    frames: i64,
) -> Option<Edit> {
    let clips = there(sequence, selection)?;
    let linked = super::drag::with_linked(sequence, clips.iter().copied());
    let every = sequence.tracks.iter().flat_map(|track| &track.clips);
    let first = every
        .filter(|clip| linked.contains(&clip.id))
        .map(|clip| clip.start);
    let start = first.min()?;
    let by = (sequence.format.rate.frame_duration() * frames).max(SequenceTime::ZERO - start);
    let moved = MoveClips {
        sequence: sequence.id,
        clips,
        by,
        lanes: 0,
        mode: MoveMode::Overwrite,
    };
    (by != Ticks::ZERO).then(|| moved.into())
}

/// Returns the edit that links the selection.
pub(crate) fn link(sequence: &Sequence, selection: &BTreeSet<ClipId>) -> Option<Edit> {
    let clips = there(sequence, selection).filter(|clips| clips.len() > 1)?;
    let sequence = sequence.id;
    Some(LinkClips { sequence, clips }.into())
}

/// Returns the edit that takes the selection apart.
pub(crate) fn unlink(sequence: &Sequence, selection: &BTreeSet<ClipId>) -> Option<Edit> {
    let clips = there(sequence, selection)?;
    let sequence = sequence.id;
    Some(UnlinkClips { sequence, clips }.into())
}

/// Returns the edit that puts a marker at the playhead.
pub(crate) fn mark(sequence: &Sequence, at: SequenceTime) -> Edit {
    AddMarker {
        sequence: sequence.id,
        at,
        label: String::new(),
    }
    .into()
}

/// Returns the edit that adds a track below all others.
pub(crate) fn add_track(sequence: &Sequence, kind: TrackKind) -> Edit {
    AddTrack {
        sequence: sequence.id,
        kind,
        position: sequence.tracks.len(),
    }
    .into()
}

/// Returns what of the selection is still in the sequence.
fn there(sequence: &Sequence, selection: &BTreeSet<ClipId>) -> Option<Vec<ClipId>> {
    let every = sequence.tracks.iter().flat_map(|track| &track.clips);
    let clips: Vec<ClipId> = every
        .map(|clip| clip.id)
        .filter(|id| selection.contains(id))
        .collect();
    (!clips.is_empty()).then_some(clips)
}

/// Returns every clip of the tracks that are not locked.
pub(crate) fn everything(sequence: &Sequence) -> BTreeSet<ClipId> {
    let unlocked = sequence.tracks.iter().filter(|track| !track.locked);
    unlocked
        .flat_map(|track| &track.clips)
        .map(|clip| clip.id)
        .collect()
}

/// A direction in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Towards {
    /// Earlier.
    Start,
    /// Later.
    End,
}

/// Returns the nearest cut or marker in a direction.
pub(crate) fn next_cut(sequence: &Sequence, at: SequenceTime, towards: Towards) -> SequenceTime {
    let edges = sequence
        .tracks
        .iter()
        .flat_map(|track| &track.clips)
        .flat_map(|clip| [clip.start, clip.range().end])
        .chain(sequence.markers.iter().map(|marker| marker.at));
    match towards {
        Towards::Start => edges.filter(|edge| *edge < at).max(),
        Towards::End => edges.filter(|edge| *edge > at).min(),
    }
    .unwrap_or(match towards {
        Towards::Start => SequenceTime::ZERO,
        Towards::End => at,
    })
}

/// Returns the start of the frame so many frames from the one at a moment, within the sequence.
pub(crate) fn stepped(
    at: SequenceTime,
    frames: i64,
    rate: FrameRate,
    duration: Ticks,
) -> SequenceTime {
    let index = rate.frame_at(at.since_start()) + frames;
    let last = last_frame(rate, duration);
    SequenceTime::ZERO + rate.frame_start(index.max(0)).min(last.since_start())
}

/// Returns the start of the last frame.
pub(crate) fn last_frame(rate: FrameRate, duration: Ticks) -> SequenceTime {
    let last = rate.frame_at((duration - Ticks(1)).max(Ticks::ZERO));
    SequenceTime::ZERO + rate.frame_start(last)
}

/// Where the focus goes in a grid of clips.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrow {
    /// To the clip before on the track.
    Left,
    /// To the clip after.
    Right,
    /// To the row above.
    Up,
    /// To the row below.
    Down,
}

/// Returns the clip that an arrow leads to from another, with the tracks from top to bottom.
pub(crate) fn neighbour(
    sequence: &Sequence,
    tracks: &[TrackId],
    from: ClipId,
    arrow: Arrow,
) -> Option<ClipId> {
    let (track, clip) = sequence.clip(from)?;
    let position = track.clips.iter().position(|own| own.id == from)?;
    let at = clip.range().start + Ticks(clip.duration().0 / 2);
    let clips_of = |id: &TrackId| {
        let found = sequence.tracks.iter().find(|track| track.id == *id);
        found
            .map(|track| track.clips.as_slice())
            .unwrap_or_default()
    };
    let nearest = |id: &TrackId| {
        let away = |clip: &&Clip| {
            let range = clip.range();
            let before = (range.start - at).max(Ticks::ZERO);
            before.max((at - range.end).max(Ticks::ZERO))
        };
        clips_of(id).iter().min_by_key(away).map(|clip| clip.id)
    };
    let row = tracks.iter().position(|id| *id == track.id)?;
    match arrow {
        Arrow::Left => track
            .clips
            .get(position.checked_sub(1)?)
            .map(|clip| clip.id),
        Arrow::Right => track.clips.get(position + 1).map(|clip| clip.id),
        Arrow::Up => tracks.get(..row)?.iter().rev().find_map(nearest),
        Arrow::Down => tracks.get(row + 1..)?.iter().find_map(nearest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::layout::{RowKind, rows};
    use crate::timeline::testing::{Scene, reel, secs};

    const CUT: &str = "V1: a[0-5] b[5-9]  A1: A[0-5] B[5-9]  M1: m[0-20]";

    fn check(edit: impl Fn(&Scene) -> Option<Edit>, expect: &str) {
        let mut scene = reel(CUT);
        if let Some(edit) = edit(&scene) {
            scene.apply(edit);
        }
        assert_eq!(scene.text(), expect);
    }

    fn only(clip: ClipId) -> BTreeSet<ClipId> {
        [clip].into()
    }

    #[test]
    fn a_split_is_for_the_selection_else_for_the_picture() {
        check(
            |scene| split(scene.sequence(), &BTreeSet::new(), secs(7.0)),
            "V1: a[0-5] b[5-7] ·[7-9]  A1: A[0-5] B[5-7] ·[7-9]  M1: m[0-20]",
        );
        check(
            |scene| split(scene.sequence(), &only(scene.clip("m")), secs(7.0)),
            "V1: a[0-5] b[5-9]  A1: A[0-5] B[5-9]  M1: m[0-7] ·[7-20]",
        );
        check(
            |scene| split(scene.sequence(), &BTreeSet::new(), secs(12.0)),
            "V1: a[0-5] b[5-9]  A1: A[0-5] B[5-9]  M1: m[0-12] ·[12-20]",
        );
        check(
            |scene| Some(split_all(scene.sequence(), secs(7.0))),
            "V1: a[0-5] b[5-7] ·[7-9]  A1: A[0-5] B[5-7] ·[7-9]  M1: m[0-7] ·[7-20]",
        );
        check(
            |scene| split(scene.sequence(), &BTreeSet::new(), secs(30.0)),
            CUT,
        );
        check(
            |scene| {
                let both = [scene.clip("b"), scene.clip("B"), scene.clip("m")];
                split(scene.sequence(), &both.into(), secs(7.0))
            },
            "V1: a[0-5] b[5-7] ·[7-9]  A1: A[0-5] B[5-7] ·[7-9]  M1: m[0-7] ·[7-20]",
        );
    }

    #[test]
    fn q_and_w_cut_off_what_is_before_and_after() {
        check(
            |scene| trim_to(scene.sequence(), &BTreeSet::new(), Edge::Start, secs(6.0)),
            "V1: a[0-5] b[5-8]  A1: A[0-5] B[5-8]  M1: m[0-5] ·[5-19]",
        );
        check(
            |scene| trim_to(scene.sequence(), &BTreeSet::new(), Edge::End, secs(2.0)),
            "V1: a[0-2] b[2-6]  A1: A[0-2] B[2-6]  M1: m[0-2] ·[2-17]",
        );
    }

    #[test]
    fn deleting_takes_the_selection_or_the_marked_range() {
        let range = SequenceRange::new(secs(4.0), secs(6.0));
        check(
            |scene| lift(scene.sequence(), &only(scene.clip("a"))),
            "V1: b[5-9]  A1: B[5-9]  M1: m[0-20]",
        );
        check(
            |scene| ripple_delete(scene.sequence(), &only(scene.clip("a")), Some(range)),
            "V1: b[0-4]  A1: B[0-4]  M1: m[0-15]",
        );
        check(
            |scene| ripple_delete(scene.sequence(), &BTreeSet::new(), Some(range)),
            "V1: a[0-4] b[4-7]  A1: A[0-4] B[4-7]  M1: m[0-4] ·[4-18]",
        );
        check(
            |scene| ripple_delete(scene.sequence(), &only(ClipId(999)), None),
            CUT,
        );
    }

    #[test]
    fn a_nudge_stops_at_the_start() {
        check(
            |scene| nudge(scene.sequence(), &only(scene.clip("b")), -10),
            "V1: a[0-4.6] b[4.6-8.6]  A1: A[0-4.6] B[4.6-8.6]  M1: m[0-20]",
        );
        check(
            |scene| nudge(scene.sequence(), &only(scene.clip("a")), -10),
            CUT,
        );
    }

    #[test]
    fn cuts_and_frames_are_stepped_through() {
        let scene = reel(CUT);
        let cut = |at: f64, towards| next_cut(scene.sequence(), secs(at), towards).secs();
        assert!((cut(2.0, Towards::End) - 5.0).abs() < 1e-9);
        assert!((cut(5.0, Towards::End) - 9.0).abs() < 1e-9);
        assert!((cut(5.0, Towards::Start)).abs() < 1e-9);
        assert!(
            (cut(30.0, Towards::End) - 30.0).abs() < 1e-9,
            "nothing comes"
        );
        let rate = FrameRate { num: 25, den: 1 };
        let step = |at: f64, frames| stepped(secs(at), frames, rate, Ticks::from_secs(1.0)).secs();
        assert!((step(0.5, 1) - 0.52).abs() < 1e-9);
        assert!((step(0.51, -1) - 0.44).abs() < 1e-9);
        assert!((step(0.0, -5)).abs() < 1e-9);
        assert!((step(0.9, 50) - 0.96).abs() < 1e-9, "the last frame");
    }

    #[test]
    fn arrows_lead_from_clip_to_clip() {
        let scene = reel(CUT);
        let rows = rows(scene.sequence());
        let tracks: Vec<TrackId> = rows
            .iter()
            .filter_map(|row| match row.kind {
                RowKind::Track { id, .. } => Some(id),
                RowKind::Captions => None,
            })
            .collect();
        let check = |from: &str, arrow, expect: Option<&str>| {
            let found = neighbour(scene.sequence(), &tracks, scene.clip(from), arrow);
            assert_eq!(
                found,
                expect.map(|name| scene.clip(name)),
                "{arrow:?} of {from}"
            );
        };
        check("a", Arrow::Right, Some("b"));
        check("a", Arrow::Left, None);
        check("b", Arrow::Down, Some("B"));
        check("B", Arrow::Down, Some("m"));
        check("m", Arrow::Up, Some("B"));
        check("a", Arrow::Up, None);
    }
}

//! Edges of clips: trim, ripple trim, roll; slip and fades.

use timeline::Ticks;
use timeline::edit::{Edge, Edit, Label, Later, Roll, SetFades, Slip, Trim};
use timeline::ids::ClipId;
use timeline::project::{Clip, Sequence, Track};
use timeline::time::{SequenceRange, SequenceTime};

use super::select::with_linked;
use super::{Effect, Gesture, Ground, Mode, neighbours};
use crate::timeline::actions::together;

/// The moments that an edge may go to.
#[derive(Debug, Clone, Copy)]
struct Limits {
    first: SequenceTime,
    last: SequenceTime,
}

impl Limits {
    fn and(self, other: Self) -> Self {
        Self {
            first: self.first.max(other.first),
            last: self.last.min(other.last),
        }
    }

    /// Returns the moment within, and whether it had to be moved; `None` when there is none.
    fn hold(self, at: SequenceTime) -> Option<SequenceTime> {
        (self.first <= self.last).then(|| at.clamp(self.first, self.last))
    }
}

fn edge_of(clip: &Clip, edge: Edge) -> SequenceTime {
    match edge {
        Edge::Start => clip.start,
        Edge::End => clip.range().end,
    }
}

/// Returns what of the source is left before a clip, as it would play.
fn room_before(clip: &Clip) -> Ticks {
    played(clip, clip.source.start.since_start())
}

/// Returns what of the source is left after a clip, as it would play.
fn room_after(ground: Ground<'_>, clip: &Clip) -> Ticks {
    let whole = ground.media_duration(clip.media);
    played(clip, whole - clip.source.end.since_start())
}

/// Returns how long a length of a clip's source plays, rounded down.
fn played(clip: &Clip, source: Ticks) -> Ticks {
    let scaled = i128::from(source.0) * i128::from(clip.speed.den);
    Ticks(scaled.div_euclid(i128::from(clip.speed.num).max(1)) as i64).max(Ticks::ZERO)
}

/// Returns the clip and what is linked to it with the same edge at the same moment.
fn sharing_edge(sequence: &Sequence, clip: &Clip, edge: Edge) -> Vec<ClipId> {
    let moment = edge_of(clip, edge);
    with_linked(sequence, [clip.id])
        .into_iter()
        .filter(|id| {
            let found = sequence.clip(*id);
            found.is_some_and(|(_, other)| edge_of(other, edge) == moment)
        })
        .collect()
}

/// Returns where an edge of a clip may go.
fn trim_limits(ground: Ground<'_>, track: &Track, clip: &Clip, edge: Edge, later: Later) -> Limits {
    let frame = ground.rate().frame_duration();
    let range = clip.range();
    let (before, after) = neighbours(&track.clips, clip.id);
    match edge {
        Edge::Start => {
            let grown = range.start - room_before(clip);
            let free = match later {
                Later::Stays => before.map_or(SequenceTime::ZERO, |before| before.range().end),
                Later::Moves => grown,
            };
            Limits {
                first: grown.max(free),
                last: range.end - frame,
            }
        }
        Edge::End => {
            let grown = range.end + room_after(ground, clip);
            let free = match later {
                Later::Stays => after.map_or(grown, |after| after.start),
                Later::Moves => grown,
            };
            Limits {
                first: range.start + frame,
                last: grown.min(free),
            }
        }
    }
}

/// Drags an edge, alone or with everything later.
pub(super) fn trim(ground: Ground<'_>, id: ClipId, edge: Edge, by: Ticks, mode: Mode) -> Gesture {
    let (later, effect) = match mode {
        Mode::Plain | Mode::Alternate => (Later::Stays, Effect::Trim),
        Mode::Ripple => (Later::Moves, Effect::RippleTrim),
    };
    let Some((track, clip)) = ground.sequence.clip(id) else {
        return Gesture::nothing(effect);
    };
    let mut limits = trim_limits(ground, track, clip, edge, later);
    for other in sharing_edge(ground.sequence, clip, edge) {
        if let Some((track, other)) = ground.sequence.clip(other) {
            limits = limits.and(trim_limits(ground, track, other, edge, later));
        }
    }
    to_edge(ground, clip, edge, by, limits, effect, |to| {
        Trim {
            sequence: ground.sequence.id,
            clip: id,
            edge,
            to,
            later,
        }
        .into()
    })
}

fn to_edge(
    ground: Ground<'_>,
    clip: &Clip,
    edge: Edge,
    by: Ticks,
    limits: Limits,
    effect: Effect,
    edit: impl Fn(SequenceTime) -> Edit,
) -> Gesture {
    let from = edge_of(clip, edge);
    let (by, snapped) = ground.drawn(&[from], by);
    let Some(to) = limits.hold(from + by) else {
        return Gesture::nothing(effect);
    };
    Gesture {
        edit: Ok((to != from).then(|| edit(to))),
        snapped: snapped.filter(|target| target.at == to),
        by: to - from,
        ..Gesture::nothing(effect)
    }
}

/// Returns whether `next` starts where `clip` ends, but for a rounding of its speed.
fn meets(clip: &Clip, next: &Clip) -> bool {
    let rounding = Ticks(i64::from(clip.speed.den.div_ceil(clip.speed.num.max(1))));
    let gap = next.start - clip.range().end;
    Ticks::ZERO <= gap && gap <= rounding
}

/// Returns where the cut between two clips may go.
fn roll_limits(ground: Ground<'_>, before: &Clip, after: &Clip) -> Limits {
    let frame = ground.rate().frame_duration();
    Limits {
        first: (before.start + frame).max(after.start - room_before(after)),
        last: (after.range().end - frame).min(before.range().end + room_after(ground, before)),
    }
}

/// Drags the cut between two clips; an edge without a neighbour is trimmed.
pub(super) fn roll(ground: Ground<'_>, id: ClipId, edge: Edge, by: Ticks) -> Gesture {
    let Some((track, clip)) = ground.sequence.clip(id) else {
        return Gesture::nothing(Effect::Roll);
    };
    let (previous, next) = neighbours(&track.clips, id);
    let (before, after) = match edge {
        Edge::Start => (previous, Some(clip)),
        Edge::End => (Some(clip), next),
    };
    let (Some(before), Some(after)) = (before, after) else {
        return trim(ground, id, edge, by, Mode::Plain);
    };
    if !meets(before, after) {
        return trim(ground, id, edge, by, Mode::Plain);
    }
    let mut limits = roll_limits(ground, before, after);
    for other in sharing_edge(ground.sequence, before, Edge::End) {
        let Some((track, other)) = ground.sequence.clip(other) else {
            continue;
        };
        if let (_, Some(next)) = neighbours(&track.clips, other.id)
            && meets(other, next)
        {
            limits = limits.and(roll_limits(ground, other, next));
        }
    }
    to_edge(ground, before, Edge::End, by, limits, Effect::Roll, |to| {
        Roll {
            sequence: ground.sequence.id,
            clip: before.id,
            to,
        }
        .into()
    })
}

/// Drags what a clip plays of its source, by frames; to the right shows what is earlier.
pub(super) fn slip(ground: Ground<'_>, id: ClipId, by: Ticks) -> Gesture {
    let Some((_, clip)) = ground.sequence.clip(id) else {
        return Gesture::nothing(Effect::Slip);
    };
    let on_frame = ground.rate().snap(by);
    let speed = clip.speed;
    let mut later = -on_frame.scaled(i64::from(speed.num), i64::from(speed.den.max(1)));
    for other in with_linked(ground.sequence, [id]) {
        let Some((_, other)) = ground.sequence.clip(other) else {
            continue;
        };
        if other.media == clip.media {
            let whole = ground.media_duration(other.media);
            later = later
                .min(whole - other.source.end.since_start())
                .max(-other.source.start.since_start());
        }
    }
    let edit = Slip {
        sequence: ground.sequence.id,
        clip: id,
        by: later,
    };
    Gesture {
        edit: Ok((later != Ticks::ZERO).then(|| edit.into())),
        by: later,
        ..Gesture::nothing(Effect::Slip)
    }
}

/// Drags the inner end of a fade to a moment; picture and sound fade together.
pub(super) fn fade(ground: Ground<'_>, id: ClipId, edge: Edge, at: SequenceTime) -> Gesture {
    let Some((_, clip)) = ground.sequence.clip(id) else {
        return Gesture::nothing(Effect::Fade);
    };
    let SequenceRange { start, end } = clip.range();
    let at = SequenceTime::ZERO + ground.rate().snap(at.since_start());
    let (by, other) = match edge {
        Edge::Start => (at - start, clip.fade_out),
        Edge::End => (end - at, clip.fade_in),
    };
    let by = by.max(Ticks::ZERO).min(end - start - other);
    let faded = |id: ClipId| -> Option<Edit> {
        let (_, clip) = ground.sequence.clip(id)?;
        let length = clip.duration();
        let (fade_in, fade_out) = match edge {
            Edge::Start => (by.min(length - clip.fade_out), clip.fade_out),
            Edge::End => (clip.fade_in, by.min(length - clip.fade_in)),
        };
        let edit = SetFades {
            sequence: ground.sequence.id,
            clip: id,
            fade_in,
            fade_out,
        };
        let is_changed = (fade_in, fade_out) != (clip.fade_in, clip.fade_out);
        is_changed.then(|| edit.into())
    };
    let edits = with_linked(ground.sequence, [id])
        .into_iter()
        .filter_map(faded);
    Gesture {
        edit: Ok(together(edits.collect(), Label::SetFades)),
        by,
        ..Gesture::nothing(Effect::Fade)
    }
}

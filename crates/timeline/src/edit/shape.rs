//! Trim, roll, slip, speed.

use footage::time::{SourceRange, Ticks};
use serde::{Deserialize, Serialize};

use crate::edit::carve::{fit_fades, meets, playing, source_ceil, source_floor};
use crate::edit::draft::{Draft, SequenceDraft};
use crate::edit::{EditError, Label, Verb};
use crate::ids::{ClipId, SequenceId};
use crate::project::{Clip, Speed};
use crate::time::{SequenceRange, SequenceTime};

/// An end of a clip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// Where it begins.
    Start,
    /// Where it ends.
    End,
}

/// What happens to everything later when a clip's length changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Later {
    /// It stays: a shorter clip leaves a gap, a longer one needs room.
    Stays,
    /// It moves by the same length, on all tracks.
    Moves,
}

/// Moves an edge of a clip, and of what is linked to it where the edges lie at the same moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trim {
    /// The sequence.
    pub sequence: SequenceId,
    /// The clip.
    pub clip: ClipId,
    /// Which edge.
    pub edge: Edge,
    /// Where it goes. With [`Later::Moves`] a start comes back to where it was: what is cut off
    /// is removed from all tracks, what is added pushes everything later.
    pub to: SequenceTime,
    /// What happens to everything later.
    pub later: Later,
}

/// Moves the cut between a clip and the one that follows without a gap; linked cuts at the same
/// moment too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Roll {
    /// The sequence.
    pub sequence: SequenceId,
    /// The clip before the cut.
    pub clip: ClipId,
    /// Where the cut goes.
    pub to: SequenceTime,
}

/// Plays another stretch of the source in the same place; linked clips of the same source too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slip {
    /// The sequence.
    pub sequence: SequenceId,
    /// The clip.
    pub clip: ClipId,
    /// How much later in the source; negative is earlier.
    pub by: Ticks,
}

/// Plays a clip, and what is linked to it, at another speed from where it starts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetSpeed {
    /// The sequence.
    pub sequence: SequenceId,
    /// The clip.
    pub clip: ClipId,
    /// The speed; kept in lowest terms.
    pub speed: Speed,
    /// What happens to everything later.
    pub later: Later,
}

impl Verb for Trim {
    fn label(&self) -> Label {
        match self.later {
            Later::Stays => Label::Trim,
            Later::Moves => Label::RippleTrim,
        }
    }

    fn times(&self) -> Vec<i64> {
        vec![self.to.0]
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        let range = sequence.clip(self.clip)?.range();
        let (from, is_gone) = match self.edge {
            Edge::Start => (range.start, self.to >= range.end),
            Edge::End => (range.end, self.to <= range.start),
        };
        if is_gone {
            return Err(EditError::NothingLeft(self.clip));
        }
        let inward = match self.edge {
            Edge::Start => SequenceRange::new(from, self.to),
            Edge::End => SequenceRange::new(self.to, from),
        };
        if self.later == Later::Moves && !inward.is_empty() {
            return sequence.close(inward);
        }
        let clips = sharing_edge(&sequence, self.clip, self.edge)?;
        let mut to = self.to;
        if self.later == Later::Moves {
            let length = (self.to - from).abs();
            sequence.open(from, length)?;
            if self.edge == Edge::Start {
                // The clips have moved with everything else, and grow back to where they began.
                to = from;
            }
        }
        for id in clips {
            set_edge(sequence.clip_mut(id)?, self.edge, to)?;
        }
        Ok(())
    }
}

fn sharing_edge(
    sequence: &SequenceDraft<'_>,
    clip: ClipId,
    edge: Edge,
) -> Result<Vec<ClipId>, EditError> {
    let edge_of = |clip: &Clip| match edge {
        Edge::Start => clip.start,
        Edge::End => clip.range().end,
    };
    let moment = edge_of(sequence.clip(clip)?);
    let mut clips = sequence.with_linked(&[clip])?;
    clips.retain(|id| {
        sequence
            .clip(*id)
            .is_ok_and(|other| edge_of(other) == moment)
    });
    Ok(clips)
}

fn set_edge(clip: &mut Clip, edge: Edge, to: SequenceTime) -> Result<(), EditError> {
    let source = match edge {
        Edge::Start => SourceRange::new(source_ceil(clip, to), clip.source.end),
        Edge::End => SourceRange::new(clip.source.start, source_floor(clip, to)),
    };
    if source.is_empty() {
        return Err(EditError::NothingLeft(clip.id));
    }
    *clip = playing(clip, source);
    if edge == Edge::Start {
        clip.start = to;
    }
    Ok(())
}

impl Verb for Roll {
    fn label(&self) -> Label {
        Label::Roll
    }

    fn times(&self) -> Vec<i64> {
        vec![self.to.0]
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        let mut cuts = Vec::new();
        for id in sharing_edge(&sequence, self.clip, Edge::End)? {
            match neighbour(&sequence, id)? {
                Some(next) => cuts.push((id, next)),
                None if id == self.clip => return Err(EditError::NoNeighbour(id)),
                None => {}
            }
        }
        for (before, after) in cuts {
            set_edge(sequence.clip_mut(before)?, Edge::End, self.to)?;
            set_edge(sequence.clip_mut(after)?, Edge::Start, self.to)?;
        }
        Ok(())
    }
}

fn neighbour(sequence: &SequenceDraft<'_>, id: ClipId) -> Result<Option<ClipId>, EditError> {
    let (track, clip) = sequence.sequence.clip(id).ok_or(EditError::NoClip(id))?;
    let next = track.clips.iter().find(|next| next.start > clip.start);
    Ok(next.filter(|next| meets(clip, next)).map(|next| next.id))
}

impl Verb for Slip {
    fn label(&self) -> Label {
        Label::Slip
    }

    fn times(&self) -> Vec<i64> {
        vec![self.by.0]
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        let media = sequence.clip(self.clip)?.media;
        for id in sequence.with_linked(&[self.clip])? {
            if sequence.clip(id)?.media == media {
                let source = &mut sequence.clip_mut(id)?.source;
                source.start = source.start + self.by;
                source.end = source.end + self.by;
            }
        }
        Ok(())
    }
}

impl Verb for SetSpeed {
    fn label(&self) -> Label {
        Label::SetSpeed
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let speed = self.speed.reduced();
        if !speed.is_playable() {
            return Err(EditError::SpeedOutOfRange);
        }
        let mut sequence = draft.sequence(self.sequence)?;
        let clips = sequence.with_linked(&[self.clip])?;
        let (mut before, mut after) = (SequenceTime::ZERO, SequenceTime::ZERO);
        for id in &clips {
            let mut clip = sequence.clip(*id)?.clone();
            before = before.max(clip.range().end);
            clip.speed = speed;
            after = after.max(clip.range().end);
        }
        if self.later == Later::Moves && after > before {
            sequence.open(before, after - before)?;
        }
        for id in clips {
            let clip = sequence.clip_mut(id)?;
            clip.speed = speed;
            if clip.duration() <= Ticks::ZERO {
                return Err(EditError::NothingLeft(id));
            }
            fit_fades(clip);
        }
        if self.later == Later::Moves && after < before {
            sequence.close(SequenceRange::new(after, before))?;
        }
        Ok(())
    }
}

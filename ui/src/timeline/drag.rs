//! Drags on a timeline: from what the pointer took hold of to the edit that its release makes.
//!
//! A drag changes nothing by itself. With each move it says which [`Edit`] the release would be; the
//! window shows that edit's own result, so that what is drawn is what will happen.

mod edges;
mod insert;
mod moves;
mod select;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use timeline::edit::{Edge, Edit, EditError};
use timeline::ids::{ClipId, MarkerId, MediaId, SequenceId, TrackId};
use timeline::project::{Clip, Project, Sequence};
use timeline::time::{SequenceRange, SequenceTime};
use timeline::{FrameRate, Ticks};

pub(crate) use insert::{put, tracks_for};
pub(crate) use select::{Area, clips_in, with_linked};

use super::layout::Row;
use super::scale::Viewport;
use super::snap::{THRESHOLD_PX, Target, Targets};

/// Pixels that the pointer moves before a press becomes a drag.
const SLACK_PX: f64 = 4.0;

/// What the pointer took hold of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grab {
    /// A clip.
    Body(ClipId),
    /// An edge of a clip.
    Edge(ClipId, Edge),
    /// The handle of a fade.
    Fade(ClipId, Edge),
    /// A marker.
    Marker(MarkerId),
    /// A source in the library.
    Media(MediaId),
    /// Free room: a box is drawn around what is to be selected.
    Room,
}

/// What the keys held make of a drag.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// None: what is there is replaced, an edge moves alone.
    #[default]
    Plain,
    /// Ctrl or ⌘: what is later makes room or moves up.
    Ripple,
    /// Alt: a clip slips, an edge rolls.
    Alternate,
}

/// Where the pointer is: pixels from the start of the sequence and from the top of the first row.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Pointer {
    /// To the right.
    pub(crate) x_px: f64,
    /// Downwards.
    pub(crate) y_px: f64,
    /// The keys held.
    pub(crate) mode: Mode,
}

/// What a drag happens on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground<'a> {
    /// The project as it was before the drag.
    pub(crate) project: &'a Project,
    /// The sequence.
    pub(crate) sequence: &'a Sequence,
    /// Its rows.
    pub(crate) rows: &'a [Row],
    /// How it is shown.
    pub(crate) view: Viewport,
    /// What edges are drawn to; `None` while snapping is off.
    pub(crate) targets: Option<&'a Targets>,
    /// What was selected before.
    pub(crate) selection: &'a BTreeSet<ClipId>,
}

impl Ground<'_> {
    fn rate(&self) -> FrameRate {
        self.sequence.format.rate
    }

    fn media_duration(&self, media: MediaId) -> Ticks {
        let media = self.project.media.get(&media);
        media.map_or(Ticks::ZERO, |media| media.duration)
    }

    /// Returns how near an edge is drawn from.
    fn within(&self) -> Ticks {
        self.view.ticks_from_px(THRESHOLD_PX)
    }

    /// Returns the move of `edges` by about `by`: onto a target that is near, else so that the
    /// first edge comes onto a frame.
    fn drawn(&self, edges: &[SequenceTime], by: Ticks) -> (Ticks, Option<Target>) {
        let within = self.within();
        let snapped = self
            .targets
            .and_then(|targets| targets.drawn(edges, by, within));
        if let Some(snapped) = snapped {
            return (snapped.by, Some(snapped.target));
        }
        let Some(first) = edges.first() else {
            return (by, None);
        };
        let on_frame = self.rate().snap((*first + by).since_start());
        (on_frame - first.since_start(), None)
    }
}

/// What a drag does to what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing.
    Nothing,
    /// It replaces what is there.
    Overwrite,
    /// It pushes what is later.
    Insert,
    /// An edge moves alone.
    Trim,
    /// An edge moves, and everything later with it.
    RippleTrim,
    /// A cut moves.
    Roll,
    /// A clip plays another stretch of its source.
    Slip,
    /// A fade gets another length.
    Fade,
    /// A marker moves.
    Mark,
    /// Clips are selected.
    Select,
}

/// Where a dragged clip would lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ghost {
    /// On which track.
    pub(crate) track: TrackId,
    /// When.
    pub(crate) range: SequenceRange,
}

/// What the release of the pointer would do now.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Gesture {
    /// The edit; `None` when it would change nothing, an error when it is refused.
    pub(crate) edit: Result<Option<Edit>, EditError>,
    /// What it does to what is there.
    pub(crate) effect: Effect,
    /// What an edge was drawn to.
    pub(crate) snapped: Option<Target>,
    /// How far it goes, or how long a fade becomes.
    pub(crate) by: Ticks,
    /// Where the dragged clips would lie, to be drawn when the edit is refused.
    pub(crate) ghosts: Vec<Ghost>,
    /// The box that selects.
    pub(crate) area: Option<Area>,
}

impl Gesture {
    fn nothing(effect: Effect) -> Self {
        Self {
            edit: Ok(None),
            effect,
            snapped: None,
            by: Ticks::ZERO,
            ghosts: Vec::new(),
            area: None,
        }
    }
}

/// A drag as it goes on.
#[derive(Debug, Clone, Default)]
pub(crate) enum Drag {
    /// Nothing is held.
    #[default]
    Idle,
    /// The pointer is down and has hardly moved.
    Pressed(Press),
    /// The pointer drags.
    Moving(Box<Moving>),
}

/// A press of the pointer.
#[derive(Debug, Clone)]
pub(crate) struct Press {
    /// On what.
    pub(crate) grab: Grab,
    /// Where.
    pub(crate) from: Pointer,
    /// The project then; the drag is computed from it, whatever is shown meanwhile.
    pub(crate) project: Arc<Project>,
    /// The sequence.
    pub(crate) sequence: SequenceId,
    /// What was selected then.
    pub(crate) selection: BTreeSet<ClipId>,
    /// What edges are drawn to.
    pub(crate) targets: Targets,
}

/// A press that became a drag.
#[derive(Debug, Clone)]
pub(crate) struct Moving {
    /// How it began.
    pub(crate) press: Press,
    /// What its release would do.
    pub(crate) gesture: Gesture,
}

/// Whether edges are drawn to targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Snapping {
    /// They are.
    On,
    /// They are not.
    Off,
}

impl Press {
    /// Returns a press on a sequence, or `None` when the project has no such.
    pub(crate) fn new(
        grab: Grab,
        from: Pointer,
        project: Arc<Project>,
        sequence: SequenceId,
        selection: BTreeSet<ClipId>,
        playhead: SequenceTime,
    ) -> Option<Self> {
        let own = project.sequences.get(&sequence)?;
        let dragged = match grab {
            Grab::Body(clip) => moves::dragged(own, &selection, clip),
            Grab::Edge(clip, _) => with_linked(own, [clip]),
            Grab::Fade(..) | Grab::Marker(_) | Grab::Media(_) | Grab::Room => BTreeSet::new(),
        };
        let mut targets = Targets::of(own, playhead, &dragged);
        if let Grab::Marker(id) = grab
            && let Some(marker) = own.markers.iter().find(|marker| marker.id == id)
        {
            targets.forget(marker.at);
        }
        Some(Self {
            grab,
            from,
            project,
            sequence,
            selection,
            targets,
        })
    }

    /// Returns what a release at `at` would do.
    pub(crate) fn gesture(
        &self,
        at: Pointer,
        view: Viewport,
        rows: &[Row],
        snapping: Snapping,
    ) -> Gesture {
        let Some(sequence) = self.project.sequences.get(&self.sequence) else {
            return Gesture::nothing(Effect::Nothing);
        };
        let ground = Ground {
            project: &self.project,
            sequence,
            rows,
            view,
            targets: (snapping == Snapping::On).then_some(&self.targets),
            selection: &self.selection,
        };
        let by = view.ticks_from_px(at.x_px - self.from.x_px);
        match self.grab {
            Grab::Body(clip) => match at.mode {
                Mode::Plain => moves::overwrite(ground, clip, by, at.y_px),
                Mode::Ripple => moves::insert(ground, clip, by, at.y_px),
                Mode::Alternate => edges::slip(ground, clip, by),
            },
            Grab::Edge(clip, edge) => match at.mode {
                Mode::Alternate => edges::roll(ground, clip, edge, by),
                Mode::Plain | Mode::Ripple => edges::trim(ground, clip, edge, by, at.mode),
            },
            Grab::Fade(clip, edge) => edges::fade(ground, clip, edge, view.seq_from_px(at.x_px)),
            Grab::Marker(marker) => moves::marker(ground, marker, by),
            Grab::Media(media) => insert::media(ground, media, at),
            Grab::Room => Gesture {
                area: Some(Area::between(self.from, at)),
                ..Gesture::nothing(Effect::Select)
            },
        }
    }
}

impl Drag {
    /// Goes on with the pointer at `at`; a press within its slack stays one.
    #[must_use]
    pub(crate) fn moved(
        self,
        at: Pointer,
        view: Viewport,
        rows: &[Row],
        snapping: Snapping,
    ) -> Self {
        let press = match self {
            Self::Idle => return Self::Idle,
            Self::Pressed(press) => {
                let far = (at.x_px - press.from.x_px)
                    .abs()
                    .max((at.y_px - press.from.y_px).abs());
                if far < SLACK_PX {
                    return Self::Pressed(press);
                }
                press
            }
            Self::Moving(moving) => moving.press,
        };
        let gesture = press.gesture(at, view, rows, snapping);
        Self::Moving(Box::new(Moving { press, gesture }))
    }

    /// Returns the drag that goes on.
    pub(crate) fn moving(&self) -> Option<&Moving> {
        match self {
            Self::Moving(moving) => Some(moving),
            Self::Idle | Self::Pressed(_) => None,
        }
    }
}

/// Returns the clip that comes before one on its track, and the one after it.
fn neighbours(track: &[Clip], id: ClipId) -> (Option<&Clip>, Option<&Clip>) {
    let position = track.iter().position(|clip| clip.id == id);
    let Some(position) = position else {
        return (None, None);
    };
    let before = position.checked_sub(1).and_then(|index| track.get(index));
    (before, track.get(position + 1))
}

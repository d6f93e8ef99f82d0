//! What the parts of the editor share: what is shown, selected, dragged, marked.

use std::ops::{Deref, Range};
use std::sync::Arc;

use leptos::html::Div;
use leptos::prelude::*;
use protocol::studio::view::{CaptionLook, NetworkArea};
use timeline::edit::{Edit, EditError};
use timeline::ids::ClipId;
use timeline::project::{Clip, Sequence, Track};
use timeline::style::CaptionStyle;
use timeline::time::{SequenceRange, SequenceTime};
use timeline::{FrameRate, Ticks};

use crate::state::{
    Document, Place, Playhead, Selection, Told, use_document, use_place, use_playhead,
    use_selection, use_told,
};
use crate::timeline::cards::{self, Block};
use crate::timeline::drag::{Drag, Gesture, Mode, Snapping};
use crate::timeline::layout::{Row, rows};
use crate::timeline::pictures::Pictures;
use crate::timeline::scale::Viewport;
use crate::transcript::lines::Text;

/// A shared value that is the same only when it is the very same one: a change of a project leaves
/// what it did not touch as it is.
#[derive(Debug)]
pub(crate) struct Same<T>(pub(crate) Arc<T>);

impl<T> Clone for Same<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Same<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// In and out points, and whether they are played over and over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Where the range begins.
    pub(crate) start: Option<SequenceTime>,
    /// Where it ends.
    pub(crate) end: Option<SequenceTime>,
    /// Whether it is played over and over.
    pub(crate) looped: bool,
}

impl Marks {
    /// Returns the marked range of a sequence; `None` when nothing is marked.
    pub(crate) fn range(self, duration: Ticks) -> Option<SequenceRange> {
        if self.start.is_none() && self.end.is_none() {
            return None;
        }
        let start = self.start.unwrap_or(SequenceTime::ZERO);
        let end = self.end.unwrap_or(SequenceTime::ZERO + duration);
        Some(SequenceRange::new(start, end))
    }
}

/// What the left panel shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum LeftTab {
    /// The words.
    #[default]
    Transcript,
    /// Sources and sequences.
    Library,
}

/// Where the pointer is while something is dragged, in pixels of the window.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Held {
    /// To the right.
    pub(crate) x_px: f64,
    /// Downwards.
    pub(crate) y_px: f64,
}

/// A handle to what the parts of the editor share, as small as closures want what they hold.
#[derive(Clone, Copy)]
pub(crate) struct Desk(&'static Parts);

impl Deref for Desk {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        self.0
    }
}

/// What the parts of the editor share: signals that live as long as the editor is shown.
pub(crate) struct Parts {
    /// The opened project.
    pub(crate) document: Document,
    /// The selected clips.
    pub(crate) selection: Selection,
    /// The playhead.
    pub(crate) playhead: Playhead,
    /// The open view and the kept zoom.
    pub(crate) place: Place,
    /// What tells the user.
    pub(crate) told: Told,
    /// The open sequence as it is shown, with the drag that goes on.
    pub(crate) sequence: Memo<Option<Same<Sequence>>>,
    /// The open sequence without the drag: for what need not follow each move.
    pub(crate) settled: Memo<Option<Same<Sequence>>>,
    /// How long it is.
    pub(crate) duration: Memo<Ticks>,
    /// Its frames per second.
    pub(crate) rate: Memo<FrameRate>,
    /// Its rows.
    pub(crate) rows: Memo<Arc<Vec<Row>>>,
    /// Its captions as blocks.
    pub(crate) blocks: Memo<Arc<Vec<Block>>>,
    /// Its words.
    pub(crate) text: Memo<Same<Text>>,
    /// What the timeline shows.
    pub(crate) view: RwSignal<Viewport>,
    /// Whether edges snap.
    pub(crate) snapping: RwSignal<Snapping>,
    /// In and out points.
    pub(crate) marks: RwSignal<Marks>,
    /// The words selected in the transcript.
    pub(crate) words: RwSignal<Option<Range<usize>>>,
    /// The clip that has the focus, or had it last.
    pub(crate) focused: RwSignal<Option<ClipId>>,
    /// What the drag that goes on would do.
    pub(crate) gesture: RwSignal<Option<Gesture>>,
    /// Why it would be refused.
    pub(crate) refusal: RwSignal<Option<EditError>>,
    /// Where the pointer is in a drag.
    pub(crate) held: RwSignal<Held>,
    /// Whether the preview fills the window.
    pub(crate) full: RwSignal<bool>,
    /// What the left panel shows.
    pub(crate) tab: RwSignal<LeftTab>,
    /// Counts searches in the words that were asked for.
    pub(crate) search: RwSignal<u32>,
    /// Those of them that were answered by giving the field the focus.
    pub(crate) searched: StoredValue<u32>,
    /// The caption styles that ship.
    pub(crate) looks: RwSignal<Vec<CaptionLook>>,
    /// What networks cover.
    pub(crate) areas: RwSignal<Vec<NetworkArea>>,
    /// Waveforms and filmstrips.
    pub(crate) pictures: Pictures,
    /// The layer over the tracks: pixels are counted from its corner.
    pub(crate) layer: NodeRef<Div>,
    pub(crate) drag: StoredValue<Drag>,
    pub(super) latest: StoredValue<Option<(Held, Mode)>>,
}

/// Returns what the parts of the editor share.
pub(crate) fn use_desk() -> Desk {
    expect_context::<Desk>()
}

/// What the words and captions of a sequence follow from.
#[derive(Debug, Clone, PartialEq)]
struct Spoken {
    tracks: Vec<Same<Track>>,
    captions: std::collections::BTreeMap<timeline::ids::MediaId, timeline::caption::Captions>,
    style: Option<CaptionStyle>,
    anchor: Option<f64>,
    duration: Ticks,
}

impl Desk {
    /// Returns a desk for the opened project.
    pub(crate) fn new() -> Self {
        let document = use_document();
        let gesture: RwSignal<Option<Gesture>> = RwSignal::new(None);
        let sequence = Memo::new(move |_| document.open_sequence().map(Same));
        let settled = Memo::new(move |before: Option<&Option<Same<Sequence>>>| {
            match (gesture.with(Option::is_some), before) {
                (true, Some(before)) => before.clone(),
                _ => sequence.get(),
            }
        });
        let format = Memo::new(move |_| sequence.with(|own| own.as_ref().map(|own| own.format)));
        let spoken = Memo::new(move |before: Option<&Option<Spoken>>| {
            let many = |own: &Spoken| {
                own.tracks
                    .iter()
                    .map(|track| track.clips.len())
                    .sum::<usize>()
                    > 400
            };
            // The words of a long sequence follow a drag when it ends.
            if gesture.with(Option::is_some)
                && let Some(Some(own)) = before
                && many(own)
            {
                return Some(own.clone());
            }
            sequence.with(|own| own.as_ref().map(|own| spoken_of(document, own)))
        });
        let blocks = Memo::new(move |_| {
            let style = spoken.with(|own| own.as_ref().and_then(|own| own.style.clone()));
            let shown = sequence.get_untracked();
            let (Some(style), Some(shown)) = (style, shown) else {
                return Arc::default();
            };
            Arc::new(
                document
                    .transcripts
                    .with(|all| cards::blocks(&shown, all, &style)),
            )
        });
        let text = Memo::new(move |_| {
            let own = settled.get();
            let text = own.map(|own| document.transcripts.with(|all| Text::of(&own, all)));
            Same(Arc::new(text.unwrap_or_default()))
        });
        let parts = Parts {
            document,
            selection: use_selection(),
            playhead: use_playhead(),
            place: use_place(),
            told: use_told(),
            sequence,
            settled,
            duration: Memo::new(move |_| {
                sequence.with(|own| own.as_ref().map(|own| own.duration()).unwrap_or_default())
            }),
            rate: Memo::new(move |_| {
                format
                    .get()
                    .map_or(FrameRate { num: 30, den: 1 }, |own| own.rate)
            }),
            rows: Memo::new(move |_| {
                Arc::new(sequence.with(|own| own.as_ref().map(|own| rows(own)).unwrap_or_default()))
            }),
            blocks,
            text,
            view: RwSignal::new(Viewport::default()),
            snapping: RwSignal::new(Snapping::On),
            marks: RwSignal::new(Marks::default()),
            words: RwSignal::new(None),
            focused: RwSignal::new(None),
            gesture,
            refusal: RwSignal::new(None),
            held: RwSignal::new(Held::default()),
            full: RwSignal::new(false),
            tab: RwSignal::new(LeftTab::default()),
            search: RwSignal::new(0),
            searched: StoredValue::new(0),
            looks: RwSignal::new(Vec::new()),
            areas: RwSignal::new(Vec::new()),
            pictures: Pictures::new(),
            layer: NodeRef::new(),
            drag: StoredValue::new(Drag::Idle),
            latest: StoredValue::new(None),
        };
        // Never given back: less than a kilobyte for each time that the editor is opened.
        Self(Box::leak(Box::new(parts)))
    }

    /// Returns the open sequence, untracked.
    pub(crate) fn now(self) -> Option<Same<Sequence>> {
        self.sequence.get_untracked()
    }

    /// Returns a track of the open sequence, tracked by row.
    pub(crate) fn track(self, id: timeline::ids::TrackId) -> Memo<Option<Same<Track>>> {
        Memo::new(move |_| {
            self.sequence.with(|own| {
                let tracks = &own.as_ref()?.tracks;
                let track = tracks.iter().find(|track| track.id == id)?;
                Some(Same(Arc::clone(track)))
            })
        })
    }

    /// Returns the first selected clip in the order of tracks, tracked; pictures first.
    pub(crate) fn inspected(self) -> Memo<Option<Clip>> {
        Memo::new(move |_| {
            let selected = self.selection.clips.get();
            self.settled.with(|own| {
                let tracks = &own.as_ref()?.tracks;
                let clips = || {
                    tracks
                        .iter()
                        .flat_map(|track| track.clips.iter().map(move |clip| (track, clip)))
                };
                let chosen = || clips().filter(|(_, clip)| selected.contains(&clip.id));
                let picture = chosen().find(|(track, _)| track.kind.is_picture());
                picture
                    .or_else(|| chosen().next())
                    .map(|(_, clip)| clip.clone())
            })
        })
    }

    /// Does an edit, if there is one to do.
    pub(crate) fn commit(self, edit: Option<Edit>) {
        if let Some(edit) = edit {
            // A refusal has been told by the document.
            drop(self.document.commit(edit));
        }
    }

    /// Tells why an edit was refused.
    pub(crate) fn tell(self, error: &EditError) {
        self.told.refused(error);
    }

    /// Shows another part or size of the timeline, and keeps the size.
    pub(crate) fn show(self, view: Viewport) {
        if (self.view.get_untracked().px_per_sec - view.px_per_sec).abs() > f64::EPSILON {
            self.place.zoom.set(Some(view.px_per_sec));
        }
        self.view.set(view);
    }

    /// Shows all of the sequence.
    pub(crate) fn fit(self) {
        let duration = self.duration.get_untracked();
        self.view.update(|view| *view = view.fitted(duration));
        self.place.zoom.set(None);
    }

    /// Shows it larger or smaller, around the playhead when that is seen, else around the middle.
    pub(crate) fn zoom(self, factor: f64) {
        let view = self.view.get_untracked();
        let playhead_px = view.px_from_seq(self.playhead.at.get_untracked()) - view.scroll_px;
        let around_px = if (0.0..=view.width_px).contains(&playhead_px) {
            playhead_px
        } else {
            view.width_px / 2.0
        };
        self.show(view.zoomed(factor, around_px, self.duration.get_untracked()));
    }
}

fn spoken_of(document: Document, sequence: &Sequence) -> Spoken {
    let preset = sequence.preset;
    let style = preset.and_then(|id| {
        document.project.with(|project| {
            project
                .presets
                .get(&id)
                .map(|preset| preset.caption.clone())
        })
    });
    let tracks = sequence.speaking_tracks();
    Spoken {
        tracks: tracks.map(|track| Same(Arc::clone(track))).collect(),
        captions: sequence.captions.clone(),
        style,
        anchor: sequence.caption_anchor,
        duration: sequence.duration(),
    }
}

impl Desk {
    /// Turns the page of the timeline when the playhead runs out of sight.
    pub(crate) fn follow_playhead(self, at: SequenceTime) {
        if self.is_dragging() {
            return;
        }
        let view = self.view.get_untracked();
        let turned = view.turned_to(at, self.duration.get_untracked());
        if turned != view {
            self.view.set(turned);
        }
    }
}

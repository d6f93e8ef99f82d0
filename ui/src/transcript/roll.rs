//! The lines as they scroll: only those near what is in sight are drawn, and what is read stays
//! where it is when heights turn out otherwise than estimated.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use footage::words::WordId;
use leptos::html::Div;
use leptos::prelude::*;
use timeline::ids::{MediaId, SequenceId};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::heights::{Heights, estimate};
use super::lines::{Item, Text};
use crate::dom;
use crate::editor::desk::{Desk, Same};

/// Heights that differ by less are the same: what lines are measured in is finer.
const SLACK_PX: f64 = 0.05;

/// A line as it is shown.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Another one is another element.
    pub(crate) key: u64,
    /// Lines of one look are of one height.
    pub(crate) look: u64,
    /// Place of its first word among all.
    pub(crate) start: usize,
    /// How many words there are in all.
    pub(crate) of: usize,
    /// Its words.
    pub(crate) items: Arc<[Item]>,
    letters: usize,
}

fn lines_of(text: &Text) -> Vec<Line> {
    let of = text.items.len();
    let line = |range: &Range<usize>| {
        let items: Arc<[Item]> = text.run(range.clone()).into();
        let mut hasher = DefaultHasher::new();
        for item in items.iter() {
            (item.media, item.word, &item.text).hash(&mut hasher);
            (item.range().is_some(), item.is_hidden, item.is_emphasised).hash(&mut hasher);
        }
        let look = hasher.finish();
        (range.start, of).hash(&mut hasher);
        Line {
            key: hasher.finish(),
            look,
            start: range.start,
            of,
            letters: items.iter().map(|item| item.text.chars().count() + 1).sum(),
            items,
        }
    };
    text.lines.iter().map(line).collect()
}

/// What is to stay where it is.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Held {
    /// The line at the top.
    line: usize,
    /// Its first word: edits may give the line another place.
    word: (MediaId, WordId),
    /// How far of the line is scrolled away.
    within_px: f64,
}

/// The lines as they scroll.
#[derive(Clone, Copy)]
pub(crate) struct Roll {
    /// What scrolls.
    pub(crate) root: NodeRef<Div>,
    /// What holds the lines.
    pub(crate) list: NodeRef<Div>,
    lines: Memo<Same<Vec<Line>>>,
    heights: Memo<Same<Heights>>,
    /// Places of the lines that are drawn.
    drawn: Memo<Range<usize>>,
    /// Heights of lines that were drawn at the present width, by look.
    measured: RwSignal<BTreeMap<u64, f64>>,
    /// How far the list is scrolled.
    top: RwSignal<f64>,
    held: StoredValue<Option<Held>>,
    /// How far all was scrolled when that was noted.
    noted: StoredValue<i32>,
}

impl Roll {
    /// Returns the lines of the open sequence.
    pub(crate) fn new(desk: Desk) -> Self {
        let (root, list) = (NodeRef::<Div>::new(), NodeRef::<Div>::new());
        let (width, space) = (RwSignal::new(0.0), RwSignal::new(0.0));
        let (top, measured) = (RwSignal::new(0.0), RwSignal::new(BTreeMap::new()));
        let lines = Memo::new(move |_| Same(Arc::new(desk.text.with(|text| lines_of(text)))));
        let heights = Memo::new(move |_| {
            let (lines, width) = (lines.get(), width.get());
            measured.with(|measured: &BTreeMap<u64, f64>| {
                let height = |line: &Line| {
                    let known = measured.get(&line.look).copied();
                    known.unwrap_or_else(|| estimate(line.letters, width))
                };
                Same(Arc::new(Heights::new(lines.iter().map(height))))
            })
        });
        let drawn = Memo::new(move |_| {
            let (top, space) = (top.get(), space.get());
            heights.with(|heights| heights.in_sight(top, space))
        });
        let roll = Self {
            root,
            list,
            lines,
            heights,
            drawn,
            measured,
            top,
            held: StoredValue::new(None),
            noted: StoredValue::new(0),
        };
        // Leaves Leptos: asks the browser for sizes.
        Effect::new(move || {
            if let Some(root) = root.get() {
                dom::on_resize(&root, move |own_width, own_height| {
                    if (own_width - width.get_untracked()).abs() > SLACK_PX {
                        measured.set(BTreeMap::new());
                        width.set(own_width);
                    }
                    space.set(own_height);
                });
            }
        });
        Effect::new(move |before: Option<Option<SequenceId>>| {
            drawn.track();
            heights.track();
            let sequence = desk.document.sequence.get();
            let is_other = before.is_some_and(|before| before != sequence);
            if let (Some(root), Some(list)) = (root.get(), list.get()) {
                // After the lines have been made, and before they are seen.
                dom::next_frame(move || {
                    if is_other {
                        roll.begin(&root, &list);
                    }
                    roll.settle(&root, &list);
                });
            }
            sequence
        });
        roll
    }

    /// Returns the lines that are drawn, tracked.
    pub(crate) fn shown(self) -> Vec<Line> {
        // Lines first: what is drawn follows from them, and an effect that has looked whether that changed
        // no longer hears that they did.
        let lines = self.lines.get();
        let range = self.drawn.get();
        lines.get(range).unwrap_or_default().to_vec()
    }

    /// Returns whether a word of the text is among what is drawn, tracked.
    pub(crate) fn draws(self, index: usize) -> bool {
        let (lines, range) = (self.lines.get(), self.drawn.get());
        let holds = |line: &Line| (line.start..line.start + line.items.len()).contains(&index);
        lines.get(range).unwrap_or_default().iter().any(holds)
    }

    /// Returns the room that lines take which are not drawn, above and below, tracked.
    pub(crate) fn room(self) -> (f64, f64) {
        let heights = self.heights.get();
        let range = self.drawn.get();
        let below = heights.whole() - heights.top(range.end);
        (heights.top(range.start), below)
    }

    /// Notes how far the lines are scrolled.
    pub(crate) fn scrolled(self) {
        if let (Some(root), Some(list)) = (self.root.get_untracked(), self.list.get_untracked()) {
            self.note(&root, &list);
        }
    }

    /// Scrolls a word into view.
    pub(crate) fn show(self, index: usize) {
        // By now the view may be gone.
        if self.noted.try_get_value().is_none() {
            return;
        }
        let (Some(root), Some(list)) = (self.root.get_untracked(), self.list.get_untracked())
        else {
            return;
        };
        if let Some(word) = word_in(&root, index) {
            nearest(&word);
            return;
        }
        let line = self.lines.with_untracked(|lines| {
            let after = lines.partition_point(|line| line.start <= index);
            after.saturating_sub(1)
        });
        let top = self.heights.with_untracked(|heights| heights.top(line));
        let above = f64::from(list.offset_top()) - f64::from(root.client_height()) / 3.0;
        root.set_scroll_top((top + above).max(0.0) as i32);
        self.note(&root, &list);
        // Its line is there by then.
        dom::next_frame(move || {
            if let Some(word) = word_in(&root, index) {
                nearest(&word);
            }
        });
    }

    fn note(self, root: &HtmlElement, list: &HtmlElement) {
        let scrolled = root.scroll_top();
        let top = f64::from(scrolled - list.offset_top());
        let held = self.lines.with_untracked(|lines| {
            // At the very top nothing above can push.
            let is_begun = scrolled > 0;
            let heights = self.heights.get_untracked();
            let at = heights.at(top);
            let first = lines.get(at).filter(|_| is_begun)?.items.first()?;
            Some(Held {
                line: at,
                word: (first.media, first.word),
                within_px: top - heights.top(at),
            })
        });
        self.held.set_value(held);
        self.noted.set_value(scrolled);
        self.top.set(top);
    }

    /// Goes to the first line, as another sequence begins.
    fn begin(self, root: &HtmlElement, list: &HtmlElement) {
        // By now the view may be gone.
        if self.noted.try_get_value().is_some() {
            root.set_scroll_top(0);
            self.note(root, list);
        }
    }

    /// Measures what is drawn, and keeps in place what is read.
    fn settle(self, root: &HtmlElement, list: &HtmlElement) {
        // By now the view may be gone.
        let Some(noted) = self.noted.try_get_value() else {
            return;
        };
        if root.scroll_top() != noted {
            self.note(root, list);
        }
        let mut found = self.measured.with_untracked(|known| measure(list, known));
        if !found.is_empty() {
            self.measured.update(|known| known.append(&mut found));
        }
        let Some(held) = self.held.get_value() else {
            return;
        };
        let line = self.lines.with_untracked(|lines| {
            let is_it = |item: &Item| (item.media, item.word) == held.word;
            let holds = |line: &Line| line.items.iter().any(is_it);
            let same = lines.get(held.line).filter(|line| holds(line));
            same.map_or_else(|| lines.iter().position(holds), |_| Some(held.line))
        });
        let Some(line) = line else {
            self.note(root, list);
            return;
        };
        let top = self.heights.with_untracked(|heights| heights.top(line));
        let wanted = (top + held.within_px).round() as i32 + list.offset_top();
        if wanted != root.scroll_top() {
            root.set_scroll_top(wanted);
            self.noted.set_value(root.scroll_top());
            self.top
                .set(f64::from(root.scroll_top() - list.offset_top()));
        }
    }
}

/// Returns the heights of drawn lines that are not what is known.
fn measure(list: &Element, known: &BTreeMap<u64, f64>) -> BTreeMap<u64, f64> {
    let mut found = BTreeMap::new();
    for line in elements(list, "[data-look]") {
        let look = line.get_attribute("data-look");
        let Some(look) = look.and_then(|look| look.parse().ok()) else {
            continue;
        };
        let height = line.get_bounding_client_rect().height();
        let is_known = known
            .get(&look)
            .is_some_and(|known| (known - height).abs() < SLACK_PX);
        if height > 0.0 && !is_known {
            found.insert(look, height);
        }
    }
    found
}

/// Returns what a selector finds.
pub(crate) fn elements(root: &Element, selector: &str) -> impl Iterator<Item = Element> + use<> {
    let found = root.query_selector_all(selector).ok();
    let count = found.as_ref().map_or(0, web_sys::NodeList::length);
    (0..count).filter_map(move |index| found.as_ref()?.item(index)?.dyn_into().ok())
}

/// Returns the element of a word, when its line is drawn.
pub(crate) fn word_in(root: &Element, index: usize) -> Option<Element> {
    let selector = format!("[data-word='{index}']");
    root.query_selector(&selector).ok().flatten()
}

fn nearest(word: &Element) {
    let how = ScrollIntoViewOptions::new();
    how.set_block(ScrollLogicalPosition::Nearest);
    word.scroll_into_view_with_scroll_into_view_options(&how);
}

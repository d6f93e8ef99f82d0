//! The cards as a whole: which are in sight, which one has the keys, moving among them.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use protocol::studio::view::Verdict;
use timeline::ids::SequenceId;

use super::grid::{self, Grid};
use super::order::{self, Filter, Sort};
use super::{Shown, toolbar};
use crate::actions::Actions;
use crate::dom;
use crate::state::Document;

/// The cards, and what they scroll in.
#[derive(Debug, Clone, Copy)]
pub struct Deck {
    /// What is shown.
    pub shown: Shown,
    /// What scrolls.
    pub scroller: NodeRef<html::Div>,
    /// What holds the cards.
    pub list: NodeRef<html::Ul>,
    /// Where cards stand.
    pub grid: Memo<Grid>,
    /// Those that are drawn.
    pub in_sight: Memo<Vec<SequenceId>>,
    top: RwSignal<f64>,
}

impl Shown {
    /// Returns what is shown of a project at first: everything, by score.
    pub(super) fn new(document: Document) -> Self {
        let filter = RwSignal::new(Filter::default());
        let sort = RwSignal::new(Sort::default());
        let source = RwSignal::new(None);
        let reels = Memo::new(move |_| {
            let (filter, sort, source) = (filter.get(), sort.get(), source.get());
            // Lengths only matter when they decide the order.
            let project = match sort {
                Sort::Length => document.project.get(),
                Sort::Score | Sort::Time => document.project.get_untracked(),
            };
            let length = |id| {
                let own = project.sequences.get(&id);
                own.map(|own| own.duration()).unwrap_or_default()
            };
            document
                .board
                .with(|board| order::ordered(&board.reels, filter, source, sort, length))
        });
        Self {
            filter,
            sort,
            source,
            reels,
            current: RwSignal::new(None),
            playing: RwSignal::new(None),
        }
    }
}

impl Deck {
    /// Returns the cards of what is shown.
    pub(super) fn new(shown: Shown) -> Self {
        let scroller = NodeRef::<html::Div>::new();
        let list = NodeRef::<html::Ul>::new();
        let (width, height) = (RwSignal::new(0.0), RwSignal::new(0.0));
        let top = RwSignal::new(0.0);
        let reels = shown.reels;
        let grid = Memo::new(move |_| Grid::new(reels.with(Vec::len), width.get()));
        Effect::new(move || {
            if let Some(scroller) = scroller.get() {
                dom::on_resize(&scroller, move |_, own| height.set(own));
            }
        });
        Effect::new(move || {
            if let Some(list) = list.get() {
                dom::on_resize(&list, move |own, _| width.set(own));
            }
        });
        let in_sight = Memo::new(move |_| {
            let above = list.get().map_or(0.0, |list| f64::from(list.offset_top()));
            // Width and height decide how far the list is from the top, too.
            width.track();
            let range = grid.get().in_sight(top.get() - above, height.get());
            reels.with(|reels| reels.get(range).map(<[_]>::to_vec).unwrap_or_default())
        });
        Self {
            shown,
            scroller,
            list,
            grid,
            in_sight,
            top,
        }
    }

    /// Notes how far the cards are scrolled.
    pub(super) fn scrolled(self) {
        if let Some(scroller) = self.scroller.get_untracked() {
            self.top.set(f64::from(scroller.scroll_top()));
        }
    }

    /// Moves by a key, when it is one that moves.
    pub(super) fn step(self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let current = self.shown.current.get_untracked();
        let index = current.and_then(|id| self.index(id)).unwrap_or(0);
        if let Some(next) = self.grid.get_untracked().step(index, &event.key()) {
            event.prevent_default();
            self.go(next);
        }
    }

    /// Gives a reel a verdict. One that is no longer shown hands the keys to the one that takes its
    /// place.
    pub(super) fn judge(self, actions: Actions, id: SequenceId, verdict: Verdict) {
        let index = self.index(id);
        actions.judge(id, verdict);
        if let Some(index) = index.filter(|_| self.index(id).is_none()) {
            let last = self.shown.reels.with_untracked(Vec::len).saturating_sub(1);
            self.go(index.min(last));
        }
    }

    fn index(self, id: SequenceId) -> Option<usize> {
        let reels = self.shown.reels;
        reels.with_untracked(|all| all.iter().position(|own| *own == id))
    }

    /// Gives the focus to a card, wherever it is.
    fn go(self, index: usize) {
        let (Some(scroller), Some(list)) =
            (self.scroller.get_untracked(), self.list.get_untracked())
        else {
            return;
        };
        let reels = self.shown.reels;
        let Some(id) = reels.with_untracked(|reels| reels.get(index).copied()) else {
            return;
        };
        self.shown.current.set(Some(id));
        let above = f64::from(list.offset_top());
        let (_, y) = self.grid.get_untracked().place(index);
        let seen = f64::from(scroller.scroll_top());
        let space = f64::from(scroller.client_height());
        let start = above + y - toolbar::height(&scroller);
        let end = above + y + grid::CARD_HEIGHT + grid::GAP;
        if start < seen {
            scroller.set_scroll_top(start as i32);
        } else if end > seen + space {
            scroller.set_scroll_top((end - space).min(start) as i32);
        }
        self.scrolled();
        dom::next_frame(move || dom::focus_first(&list, &format!("[data-sequence='{}']", id.0)));
    }
}

//! Cards of which only those in sight are drawn: which these are, which one has the keys, moving
//! among them.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use web_sys::Element;

use super::grid::{GAP, Grid, Shape};
use crate::dom;

/// What distinguishes a card.
pub trait Key: Copy + PartialEq + Send + Sync + 'static {}

impl<T: Copy + PartialEq + Send + Sync + 'static> Key for T {}

/// The cards, and what they scroll in.
#[derive(Debug, Clone, Copy)]
pub struct Deck<K: Key> {
    /// All cards in their order.
    pub keys: Memo<Vec<K>>,
    /// The card that keys act on. It is drawn wherever it is, so that it keeps the focus.
    pub current: RwSignal<Option<K>>,
    /// What scrolls; what is within is placed against it.
    pub scroller: NodeRef<html::Div>,
    /// What holds the cards.
    pub list: NodeRef<html::Ul>,
    /// Where cards stand.
    pub grid: Memo<Grid>,
    /// Those that are drawn.
    pub drawn: Memo<Vec<K>>,
    top: RwSignal<f64>,
    ways: Ways,
}

/// What decks do differently.
#[derive(Debug, Clone, Copy)]
pub struct Ways {
    /// What the cards are like.
    pub shape: Shape,
    /// Selects what takes the focus within a card.
    pub stop: &'static str,
    /// Returns how many pixels at the top of what scrolls are covered by what stays there.
    pub covered: fn(&Element) -> f64,
}

impl<K: Key> Deck<K> {
    /// Returns the cards of what is shown.
    pub fn new(keys: Memo<Vec<K>>, current: RwSignal<Option<K>>, ways: Ways) -> Self {
        let scroller = NodeRef::<html::Div>::new();
        let list = NodeRef::<html::Ul>::new();
        let (width, height) = (RwSignal::new(0.0), RwSignal::new(0.0));
        let top = RwSignal::new(0.0);
        let grid = Memo::new(move |_| Grid::new(ways.shape, keys.with(Vec::len), width.get()));
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
        let drawn = Memo::new(move |_| {
            let above = list.get().map_or(0.0, |list| f64::from(list.offset_top()));
            // Width and height decide how far the list is from the top, too. The grid follows from the keys:
            // a new order of as many is none to it.
            width.track();
            keys.track();
            let range = grid.get().in_sight(top.get() - above, height.get());
            let current = current.get();
            keys.with(|keys| {
                let all = keys.iter().enumerate();
                all.filter(|(index, key)| range.contains(index) || current == Some(**key))
                    .map(|(_, key)| *key)
                    .collect()
            })
        });
        Self {
            keys,
            current,
            scroller,
            list,
            grid,
            drawn,
            top,
            ways,
        }
    }

    /// Returns the place of a card among all, tracked.
    pub fn index(self, key: K) -> Option<usize> {
        self.keys.with(|all| all.iter().position(|own| *own == key))
    }

    /// Returns whether the Tab key stops at a card, tracked: one of all does.
    pub fn is_stop(self, key: K) -> bool {
        let current = self.current.get();
        self.keys.with(|all| match current {
            Some(current) if all.contains(&current) => current == key,
            _ => all.first() == Some(&key),
        })
    }

    /// Notes how far the cards are scrolled.
    pub fn scrolled(self) {
        if let Some(scroller) = self.scroller.get_untracked() {
            self.top.set(f64::from(scroller.scroll_top()));
        }
    }

    /// Moves by a key, when it is one that moves.
    pub fn step(self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let current = self.current.get_untracked();
        let index = current.and_then(|key| untrack(|| self.index(key)));
        let next = self.grid.get_untracked();
        if let Some(next) = next.step(index.unwrap_or(0), &event.key()) {
            event.prevent_default();
            self.go(next);
        }
    }

    /// Gives the focus to a card, wherever it is.
    pub fn go(self, index: usize) {
        let (Some(scroller), Some(list)) =
            (self.scroller.get_untracked(), self.list.get_untracked())
        else {
            return;
        };
        let key = self.keys.with_untracked(|keys| keys.get(index).copied());
        let Some(key) = key else { return };
        self.current.set(Some(key));
        let grid = self.grid.get_untracked();
        let above = f64::from(list.offset_top());
        let (_, y) = grid.place(index);
        let seen = f64::from(scroller.scroll_top());
        let space = f64::from(scroller.client_height());
        let start = above + y - (self.ways.covered)(&scroller);
        let end = above + y + grid.height + GAP;
        if start < seen {
            scroller.set_scroll_top(start as i32);
        } else if end > seen + space {
            scroller.set_scroll_top((end - space).min(start) as i32);
        }
        self.scrolled();
        let place = format!("[aria-posinset='{}']", index + 1);
        dom::next_frame(move || {
            if let Ok(Some(card)) = list.query_selector(&place) {
                dom::focus_first(&card, self.ways.stop);
            }
        });
    }
}

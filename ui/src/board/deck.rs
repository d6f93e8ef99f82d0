//! The cards of the board: what is shown of a project, and what verdicts do to it.

use leptos::prelude::*;
use protocol::studio::view::Verdict;
use timeline::ids::SequenceId;

use super::order::{self, Filter, Sort};
use super::{Shown, toolbar};
use crate::actions::Actions;
use crate::state::Document;
use crate::widget::deck::{self, Ways};
use crate::widget::grid::{Rest, Shape};

/// Height of a card's picture.
pub const COVER_HEIGHT: f64 = 384.0;

/// The cards of reels.
pub type Deck = deck::Deck<SequenceId>;

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

    /// Returns the cards of what is shown.
    pub(super) fn deck(self) -> Deck {
        let ways = Ways {
            shape: Shape {
                width: 216.0,
                height: 496.0,
                rest: Rest::Free,
            },
            stop: "[data-part='reel-card']",
            covered: toolbar::height,
        };
        Deck::new(self.reels, self.current, ways)
    }
}

/// Gives a reel a verdict. One that is no longer shown hands the keys to the one that takes its
/// place.
pub(super) fn judge(deck: Deck, actions: Actions, id: SequenceId, verdict: Verdict) {
    let index = || untrack(|| deck.index(id));
    let before = index();
    actions.judge(id, verdict);
    if let Some(before) = before.filter(|_| index().is_none()) {
        let last = deck.keys.with_untracked(Vec::len).saturating_sub(1);
        deck.go(before.min(last));
    }
}

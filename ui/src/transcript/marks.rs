//! What is marked among the words: the one that is spoken, those selected, those found. Where a mark
//! goes only elements change, nothing is rendered; a line that is drawn anew begins with its marks.

use std::ops::Range;

use leptos::prelude::*;

use super::roll::{Roll, elements, word_in};
use crate::dom;
use crate::editor::desk::Desk;

/// What is marked.
#[derive(Clone, Copy)]
pub(crate) struct Marks {
    desk: Desk,
    /// The word at the playhead.
    spoken: Memo<Option<usize>>,
    /// What is searched.
    pub(crate) phrase: RwSignal<String>,
    /// Where it was found, in order.
    pub(crate) found: Memo<Vec<Range<usize>>>,
}

impl Marks {
    /// Returns what is marked, and has it follow on the page.
    pub(crate) fn new(desk: Desk, roll: Roll) -> Self {
        let spoken = Memo::new(move |_| {
            let at = desk.playhead.at.get();
            desk.text.with(|text| text.at(at))
        });
        let phrase = RwSignal::new(String::new());
        let found =
            Memo::new(move |_| phrase.with(|phrase| desk.text.with(|text| text.find(phrase))));
        let marks = Self {
            desk,
            spoken,
            phrase,
            found,
        };
        marks.light_up(roll);
        follow(roll, "aria-selected", ("true", Some("false")), move || {
            let selected = desk.words.get();
            desk.text.track();
            move |index| selected.as_ref().is_some_and(|own| own.contains(&index))
        });
        follow(roll, "data-found", ("", None), move || {
            let found = found.get();
            desk.text.track();
            move |index| holds(&found, index)
        });
        marks
    }

    /// Returns whether a word is selected now.
    pub(crate) fn is_selected(self, index: usize) -> bool {
        let holds =
            |own: &Option<Range<usize>>| own.as_ref().is_some_and(|own| own.contains(&index));
        self.desk.words.with_untracked(holds)
    }

    /// Returns whether a word is being spoken now.
    pub(crate) fn is_spoken(self, index: usize) -> bool {
        self.spoken.get_untracked() == Some(index)
    }

    /// Returns whether a word is of what was found now.
    pub(crate) fn is_found(self, index: usize) -> bool {
        self.found.with_untracked(|found| holds(found, index))
    }

    /// Lights the word at the playhead up.
    fn light_up(self, roll: Roll) {
        let (spoken, desk) = (self.spoken, self.desk);
        Effect::new(move |_| {
            let spoken = spoken.get();
            desk.text.track();
            let Some(root) = roll.root.get() else { return };
            // After the words themselves have been made.
            dom::next_frame(move || {
                for before in elements(&root, "[data-spoken]") {
                    drop(before.remove_attribute("data-spoken"));
                }
                let Some(index) = spoken else { return };
                if let Some(word) = word_in(&root, index) {
                    drop(word.set_attribute("data-spoken", ""));
                }
                if desk.playhead.rate.try_get_untracked().unwrap_or(0.0) != 0.0 {
                    roll.show(index);
                }
            });
        });
    }
}

/// Returns whether a word is of one of the runs, which are in order.
fn holds(runs: &[Range<usize>], index: usize) -> bool {
    let after = runs.partition_point(|run| run.start <= index);
    let last = after.checked_sub(1).and_then(|last| runs.get(last));
    last.is_some_and(|run| run.contains(&index))
}

/// What an attribute is at words that are marked, and at the others: `None` for no attribute.
type Values = (&'static str, Option<&'static str>);

/// Has an attribute of the words that are drawn follow what `marked` says.
fn follow<F: Fn(usize) -> bool + 'static>(
    roll: Roll,
    attribute: &'static str,
    (on, off): Values,
    marked: impl Fn() -> F + Send + Sync + 'static,
) {
    Effect::new(move |_| {
        let is_marked = marked();
        let Some(root) = roll.root.get() else { return };
        dom::next_frame(move || {
            for word in elements(&root, "[data-word]") {
                let is_on = super::view::word_of(&word).is_some_and(&is_marked);
                let value = if is_on { Some(on) } else { off };
                if word.get_attribute(attribute).as_deref() != value {
                    // Only a malformed name is refused, and ours are constants.
                    drop(match value {
                        Some(value) => word.set_attribute(attribute, value),
                        None => word.remove_attribute(attribute),
                    });
                }
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::single_range_in_vec_init, reason = "runs of words")]
    fn a_word_is_of_the_run_that_holds_it() {
        let runs = [2..4, 9..11];
        let held: Vec<usize> = (0..14).filter(|index| holds(&runs, *index)).collect();
        assert_eq!(held, [2, 3, 9, 10]);
        assert!(!holds(&[], 0));
        assert!(holds(&[0..1], 0));
    }
}

//! A card's text, edited in place, as corrections of its words.
//!
//! What was typed is shared out to the words that were there, each a run of it, so that the letters
//! that change are the fewest. So a word that was parted keeps its time, words that were joined become
//! the first of them, and what was added goes with its nearest neighbour.

use footage::words::{Transcript, WordId, is_unspaced, joined};
use story::text::Language;
use story::typography::french;
use timeline::edit::{CorrectWord, Edit, Label, SetWordsHidden};
use timeline::ids::SequenceId;

use super::actions::together;
use super::cards::Block;

/// Longest text of a card that is shared out; what is longer was pasted by mistake.
pub(crate) const LONGEST: usize = 600;

/// Returns the edit that gives a card another text; `None` when nothing is changed, or the text is
/// longer than [`LONGEST`]. Words that are left without text are hidden.
pub(crate) fn reworded(
    sequence: SequenceId,
    block: &Block,
    transcript: &Transcript,
    text: &str,
) -> Option<Edit> {
    if text.chars().count() > LONGEST {
        return None;
    }
    let media = block.media()?;
    let typed = pieces(text);
    let before: Vec<&str> = block.words.iter().map(|word| word.text.trim()).collect();
    let shares = shared(&before, &typed);
    let mut edits: Vec<Edit> = Vec::new();
    let mut hidden: Vec<WordId> = Vec::new();
    for (word, share) in block.words.iter().zip(shares) {
        let Some(text) = share else {
            hidden.push(word.word);
            continue;
        };
        if is_same(&text, &word.text, block.language) {
            continue;
        }
        let heard = transcript.word(word.word);
        let is_heard = heard.is_some_and(|heard| is_same(&text, &heard.text, block.language));
        let correct = CorrectWord {
            sequence,
            media,
            word: word.word,
            text: (!is_heard).then_some(text),
        };
        edits.push(correct.into());
    }
    if !hidden.is_empty() {
        let hide = SetWordsHidden {
            sequence,
            media,
            words: hidden,
            hidden: true,
        };
        edits.push(hide.into());
    }
    together(edits, Label::CorrectWord)
}

/// Returns whether two texts are shown alike.
fn is_same(one: &str, other: &str, language: Language) -> bool {
    let shown = |text: &str| match language {
        Language::French => french(text.trim()),
        Language::English | Language::Other => text.trim().to_owned(),
    };
    shown(one) == shown(other)
}

/// Returns a text in the pieces that words are made of: at spaces where lines may break, and
/// between the characters of scripts that are written without.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let is_gap = |c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}');
    for part in text.split(is_gap).filter(|part| !part.is_empty()) {
        let mut piece = String::new();
        for letter in part.chars() {
            if is_unspaced(letter) && !piece.is_empty() {
                pieces.push(std::mem::take(&mut piece));
            }
            piece.push(letter);
        }
        pieces.push(piece);
    }
    pieces
}

/// Returns the run of `pieces` that each word gets, joined; `None` for no piece. The runs are in
/// order and hold every piece, at the least number of changed letters.
fn shared(words: &[&str], pieces: &[String]) -> Vec<Option<String>> {
    // `best[n][m]` is the least cost of sharing the first m pieces out to the first n words, with
    // where the last word's run begins.
    let mut best: Vec<Vec<(usize, usize)>> = vec![vec![(usize::MAX, 0); pieces.len() + 1]];
    if let Some(cell) = best.first_mut().and_then(|row| row.first_mut()) {
        *cell = (0, 0);
    }
    let runs: Vec<Vec<String>> = (0..pieces.len())
        .map(|from| {
            (from..pieces.len())
                .filter_map(|to| Some(run(pieces.get(from..=to)?)))
                .collect()
        })
        .collect();
    for word in words {
        let before = best.last().cloned().unwrap_or_default();
        let mut row = vec![(usize::MAX, 0); pieces.len() + 1];
        for (to, cell) in row.iter_mut().enumerate() {
            for from in 0..=to {
                let Some((so_far, _)) = before.get(from).filter(|(cost, _)| *cost < usize::MAX)
                else {
                    continue;
                };
                let own = if from == to {
                    // A little more than its letters: rather another text than none.
                    word.chars().count() + 1
                } else {
                    let run = runs.get(from).and_then(|runs| runs.get(to - from - 1));
                    run.map_or(usize::MAX, |run| letters_changed(word, run))
                };
                let cost = so_far.saturating_add(own);
                // Of equal ones the last: rather the first word keeps a text.
                if cost <= cell.0 {
                    *cell = (cost, from);
                }
            }
        }
        best.push(row);
    }
    let mut to = pieces.len();
    let mut shares: Vec<Option<String>> = Vec::with_capacity(words.len());
    for row in best.iter().skip(1).rev() {
        let from = row.get(to).map_or(0, |(_, from)| *from);
        let own = pieces.get(from..to).unwrap_or_default();
        shares.push((!own.is_empty()).then(|| run(own)));
        to = from;
    }
    shares.reverse();
    shares
}

fn run(pieces: &[String]) -> String {
    joined(pieces.iter().map(String::as_str))
}

/// Returns how many letters are to be put in, taken out or replaced between two texts.
fn letters_changed(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = index;
        let mut left = index + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, own) in row.iter_mut().skip(1).zip(&other) {
            let replaced = diagonal + usize::from(*own != letter);
            diagonal = *cell;
            left = replaced.min(*cell + 1).min(left + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shares(words: &str, typed: &str) -> Vec<String> {
        let words: Vec<&str> = words.split('|').collect();
        let shares = shared(&words, &pieces(typed));
        shares.into_iter().map(Option::unwrap_or_default).collect()
    }

    #[test]
    fn what_is_typed_goes_to_the_words_that_it_changes() {
        let check = |words: &str, typed: &str, expect: &str| {
            assert_eq!(shares(words, typed).join("|"), expect, "{typed:?}");
        };
        check("ask|not|what", "ask not what", "ask|not|what");
        check("ask|not|what", "ask now what", "ask|now|what");
        check("a|lot|alot|x", "a lot a lot x", "a|lot|a lot|x");
        check("any|one|here", "anyone here", "anyone||here");
        check("ask|not|what", "ask what", "ask||what");
        check("ask|not", "please ask not", "please ask|not");
        check("ask|not", "", "|");
        check("New|York", "Paris", "|Paris");
        check("今|日|は", "今日も", "今|日|も");
    }

    #[test]
    fn letters_are_counted() {
        assert_eq!(letters_changed("kitten", "sitting"), 3);
        assert_eq!(letters_changed("", "abc"), 3);
        assert_eq!(letters_changed("été", "été"), 0);
    }

    #[test]
    fn narrow_spaces_hold_a_word_together() {
        assert_eq!(pieces("Quoi\u{202f}? Non"), ["Quoi\u{202f}?", "Non"]);
        assert!(is_same("Quoi ?", "Quoi\u{202f}?", Language::French));
        assert!(!is_same("Quoi ?", "Quoi?", Language::English));
    }

    proptest! {
        #[test]
        fn every_piece_is_kept_in_order(
            words in proptest::collection::vec("[a-c]{1,4}", 1..6),
            typed in proptest::collection::vec("[a-c]{1,4}", 0..8),
        ) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let given = shared(&words, &typed);
            prop_assert_eq!(given.len(), words.len());
            let kept: Vec<String> = given.into_iter().flatten().collect();
            prop_assert_eq!(kept.join(" "), typed.join(" "));
        }

        #[test]
        fn an_unchanged_text_changes_no_word(
            words in proptest::collection::vec("[a-z]{1,6}", 1..8),
        ) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let given = shared(&words, &pieces(&words.join(" ")));
            let given: Vec<String> = given.into_iter().flatten().collect();
            prop_assert_eq!(given, words);
        }
    }
}

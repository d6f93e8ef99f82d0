//! A line to call a moment by.

use std::collections::BTreeMap;

use super::opening::Trait;
use super::windows::{Moments, Unit, Window};
use crate::text;

/// The longest title in characters.
const LONGEST: usize = 60;
/// The hook from which the first sentence is the title; else key words are.
const TELLING: f64 = 0.3;

/// Returns the first sentence shortened, or key words where it says little, or the time.
pub(super) fn title(moments: &Moments<'_>, window: &Window) -> String {
    let units = moments.units.get(window.units.clone()).unwrap_or_default();
    let Some(first) = units.first() else {
        let secs = window.range.start.since_start().secs() as i64;
        let (hours, minutes, secs) = (secs / 3600, secs / 60 % 60, secs % 60);
        return if hours > 0 {
            format!("At {hours}:{minutes:02}:{secs:02}")
        } else {
            format!("At {minutes}:{secs:02}")
        };
    };
    let keywords = keywords(moments, units, 3);
    if first.opening.hook < TELLING && keywords.len() >= 2 {
        return capitalised(&keywords.join(" · "));
    }
    capitalised(&shortened(without_connectives(moments, first)))
}

/// Returns the most telling words of `units` as they were said, best first.
pub(super) fn keywords(moments: &Moments<'_>, units: &[Unit], count: usize) -> Vec<String> {
    // For each term: how often, and how often in each written form.
    let mut found: BTreeMap<String, (usize, BTreeMap<String, usize>)> = BTreeMap::new();
    for word in units.iter().flat_map(|unit| unit.text.split_whitespace()) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        // An elision belongs to the word before: `l'argent` is `argent`.
        let bare = bare.rsplit(['\'', '’']).next().unwrap_or(bare);
        let folded = text::folded_words(bare);
        let [folded] = folded.as_slice() else {
            continue;
        };
        if folded.chars().count() < 4 || !folded.chars().all(char::is_alphabetic) {
            continue;
        }
        if let Some(term) = text::term(folded, moments.language) {
            let known = found.entry(term).or_default();
            known.0 += 1;
            *known.1.entry(bare.to_lowercase()).or_default() += 1;
        }
    }
    let mut ranked: Vec<(f64, String)> = found
        .into_iter()
        .filter_map(|(term, (n, forms))| {
            let (form, _) = forms
                .into_iter()
                .max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))?;
            Some((n as f64 * moments.rarity(&term), form))
        })
        .filter(|(weight, _)| *weight > 0.0)
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.truncate(count);
    ranked.into_iter().map(|(_, form)| form).collect()
}

/// Returns the sentence without the words at its start that continue something or fill.
fn without_connectives<'t>(moments: &Moments<'_>, unit: &'t Unit) -> &'t str {
    let mut text = unit.text.trim();
    let skippable = unit
        .opening
        .traits
        .iter()
        .any(|own| matches!(own, Trait::Connective | Trait::Filler));
    while skippable && let Some((first, rest)) = text.split_once(char::is_whitespace) {
        let folded = text::fold(first);
        let bare = folded.trim_matches(|c: char| !c.is_alphanumeric());
        let skipped = moments.language.lists(|tables| tables.connectives, bare)
            || moments.language.lists(|tables| tables.fillers, bare);
        if !skipped || rest.split_whitespace().count() < 3 {
            break;
        }
        text = rest.trim_start();
    }
    text
}

/// Returns whole words up to the longest length, with an ellipsis where words are missing.
fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.trim_end_matches(['.', ',', ';', ':']).to_owned();
    }
    let mut kept = String::new();
    for word in text.split_whitespace() {
        let length = kept.chars().count() + 1 + word.chars().count();
        if !kept.is_empty() && length > LONGEST - 1 {
            break;
        }
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.extend(word.chars().take(LONGEST - 1));
    }
    let kept = kept.trim_end_matches(|c: char| c.is_ascii_punctuation());
    format!("{kept}…")
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

//! From a card's words to the units that lines are made of.

use footage::words::touch;
use timeline::caption::Card;
use timeline::style::CaptionStyle;
use unicode_linebreak::{BreakOpportunity, linebreaks};
use unicode_segmentation::UnicodeSegmentation;

/// A run of text that stays together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    /// What is drawn, without spaces at its ends.
    pub(crate) text: String,
    /// Position of its word on the card.
    pub(crate) word: usize,
    /// What lies between it and the unit before, on one line.
    pub(crate) joint: Joint,
    /// Whether a line may start with it.
    pub(crate) may_start_line: bool,
}

/// What lies between two units on one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joint {
    /// Nothing: they touch.
    None,
    /// One space.
    Space,
}

/// Returns the units of a card, in reading order.
pub(crate) fn units(card: &Card, style: &CaptionStyle) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    for (word, card_word) in card.words.iter().enumerate() {
        let text = drawable(&card_word.text);
        let text = if style.uppercase {
            text.to_uppercase()
        } else {
            text
        };
        for piece in text.split(is_plain_space).filter(|piece| !piece.is_empty()) {
            for (index, part) in parts(piece).enumerate() {
                let (joint, may_start_line) = match (units.last(), index) {
                    (Some(before), 0) => between(&before.text, part),
                    (Some(_) | None, _) => (Joint::None, true),
                };
                units.push(Unit {
                    text: part.to_owned(),
                    word,
                    joint,
                    may_start_line,
                });
            }
        }
    }
    units
}

/// Returns the unit cut into its letters, for words that are wider than a line.
pub(crate) fn letters(unit: &Unit) -> impl Iterator<Item = Unit> {
    unit.text
        .graphemes(true)
        .enumerate()
        .map(|(index, letter)| Unit {
            text: letter.to_owned(),
            word: unit.word,
            joint: if index == 0 { unit.joint } else { Joint::None },
            may_start_line: index > 0 || unit.may_start_line,
        })
}

/// Returns the text without what cannot be drawn or would disturb the lines: control characters,
/// line ends, soft hyphens, byte order marks, embedded direction overrides.
fn drawable(text: &str) -> String {
    text.chars()
        .filter(|c| {
            !matches!(c, '\u{ad}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .map(|c| {
            if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
                ' '
            } else {
                c
            }
        })
        .collect()
}

/// Returns whether lines may break at this space; the no-break spaces are part of their word.
fn is_plain_space(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}' | '\u{2007}')
}

/// Returns the parts of a piece between which a line may break without a space (Unicode UAX #14):
/// after a hyphen, between ideographs.
fn parts(piece: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    linebreaks(piece).filter_map(move |(end, opportunity)| {
        // Hyphens and ideographs only: a break inside "fr/en" or "2,50" reads badly.
        let before = piece.get(start..end)?.chars().next_back()?;
        let wanted = end == piece.len()
            || (opportunity == BreakOpportunity::Allowed
                && (before == '-' || before == '\u{2010}' || is_wide(before)));
        let part = wanted.then(|| piece.get(start..end)).flatten()?;
        start = end;
        Some(part)
    })
}

/// Returns how two units of different words or pieces join, and whether a line may break there.
fn between(before: &str, after: &str) -> (Joint, bool) {
    let last = before.chars().next_back().unwrap_or(' ');
    let first = after.chars().next().unwrap_or(' ');
    let joint = if touch(before, after) || (is_wide(last) && is_wide(first)) {
        Joint::None
    } else {
        Joint::Space
    };
    // French sets a space before these marks and after the opening quote; the mark still belongs
    // to its word. Only whole marks count: "!important" and "«Oui" start words.
    let closes = after.chars().all(|c| {
        matches!(
            c,
            ';' | ':' | '!' | '?' | '»' | '…' | '%' | '€' | '.' | ',' | ')' | '›'
        )
    }) || matches!(
        first,
        '»' | '›' | '、' | '。' | '，' | '！' | '？' | '」' | '』' | '）'
    );
    let opens = matches!(last, '«' | '‹' | '「' | '『' | '（')
        || before.chars().all(|c| matches!(c, '(' | '¿' | '¡'));
    // A dash between two words ends its line and never starts the next.
    let dash = matches!(after, "–" | "—" | "-");
    (joint, !(closes || opens || dash))
}

/// Returns whether a script sets no spaces around this character: ideographs, kana and their marks.
fn is_wide(c: char) -> bool {
    matches!(c,
        '\u{2e80}'..='\u{303f}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// Returns whether the first letter with a direction runs from right to left.
pub(crate) fn runs_right_to_left(units: &[Unit]) -> bool {
    units
        .iter()
        .flat_map(|unit| unit.text.chars())
        .find_map(|c| match c {
            '\u{590}'..='\u{8ff}'
            | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe70}'..='\u{feff}'
            | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}' => Some(true),
            c if c.is_alphabetic() => Some(false),
            _ => None,
        })
        .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use timeline::caption::CardWord;
    use timeline::time::SequenceRange;

    use super::*;

    fn check(words: &[&str], expect: &str) {
        let card = Card {
            range: SequenceRange::default(),
            words: words
                .iter()
                .map(|text| CardWord {
                    text: (*text).to_owned(),
                    range: SequenceRange::default(),
                    emphasis: false,
                })
                .collect(),
        };
        let style = crate::presets::builtin().remove(0).caption;
        let mut got = String::new();
        for (index, unit) in units(&card, &style).iter().enumerate() {
            if index > 0 {
                got.push_str(match (unit.may_start_line, unit.joint) {
                    (true, Joint::Space) => " | ",
                    (true, Joint::None) => "|",
                    (false, Joint::Space) => "~",
                    (false, Joint::None) => "",
                });
            }
            got.push_str(&unit.text);
        }
        assert_eq!(got, expect, "units of {words:?}");
    }

    #[test]
    fn french_marks_stay_with_their_word() {
        check(&["Vraiment", "?"], "Vraiment~?");
        check(&["Non", "!", "Si"], "Non~! | Si");
        check(&["«", "Bonjour", "»", "dit-il"], "«~Bonjour~» | dit-|il");
        check(&["prix", ":", "50", "%"], "prix~: | 50~%");
        check(&["« Oui", "»"], "«~Oui~»");
        check(&["un\u{a0}mot"], "un\u{a0}mot");
    }

    #[test]
    fn spaces_split_and_rubbish_goes() {
        check(&["deux mots", "\n", "fin\u{feff}"], "deux | mots | fin");
        check(&["", "  "], "");
        check(&["a\u{202e}b\u{7}c"], "ab | c");
        check(&["a/b,c"], "a/b,c");
    }

    #[test]
    fn ideographs_break_without_spaces() {
        check(&["你好", "世界。"], "你|好|世|界。");
        check(&["你好", "Rust"], "你|好 | Rust");
    }

    #[test]
    fn a_dash_ends_its_line() {
        check(&["oui", "–", "non"], "oui~– | non");
    }
}

//! Groups words into cards: what is shown together, and when.
//!
//! A card starts at a break, after a sentence and after a pause. Within such a stretch the split is
//! the cheapest one: what fits on the style's lines, about even, at commas rather than elsewhere,
//! without one word alone, and not too short to read. A card is shown from its first word until
//! the next card, at most [`LINGER`] after its last word, or [`LONGEST_LINGER`] where it takes that
//! to be read.

use footage::time::Ticks;
use footage::words::touch;
use timeline::caption::{Card, CardWord, PlacedWord};
use timeline::style::CaptionStyle;
use timeline::time::{SequenceRange, SequenceTime};

mod width;

pub use width::lines_needed;

/// Silence between words that ends a card.
pub const PAUSE: Ticks = Ticks(Ticks::SECOND.0 / 2);
/// Time that a card stays after its last word where the next one leaves room.
pub const LINGER: Ticks = Ticks(Ticks::SECOND.0 * 4 / 10);
/// Longest time that a card stays after its last word, for those who have not read it yet.
pub const LONGEST_LINGER: Ticks = Ticks(Ticks::SECOND.0 * 3 / 2);
/// Time that a card is shown at least where the next one leaves room.
pub const SHORTEST: Ticks = Ticks(Ticks::SECOND.0 * 7 / 10);
/// Longest time that the words of one card should take.
pub const LONGEST: Ticks = Ticks(Ticks::SECOND.0 * 7 / 2);
/// Reading speed in characters per second that viewers follow with ease.
pub const READING_SPEED: f64 = 20.0;
/// The same as time per character.
const TIME_PER_CHARACTER: Ticks = Ticks(Ticks::SECOND.0 / 20);

/// Costs of a split. They only matter relative to each other.
mod cost {
    /// Not starting a card after a sentence.
    pub(super) const SENTENCE_INSIDE: f64 = 15.0;
    /// Breaking where no punctuation is, and right after a short word such as an article.
    pub(super) const BREAK_ANYWHERE: f64 = 2.0;
    pub(super) const BREAK_AFTER_SHORT: f64 = 1.5;
    /// One word alone.
    pub(super) const LONE_WORD: f64 = 6.0;
    /// Each second that a card is too short.
    pub(super) const TOO_SHORT: f64 = 30.0;
    /// Unused room, squared as a share of the card's.
    pub(super) const UNEVEN: f64 = 5.0;
    /// Each card, so that fewer are made.
    pub(super) const CARD: f64 = 1.0;
    /// What does not fit but cannot be split.
    pub(super) const OVERFULL: f64 = 1.0e6;
}

/// Returns the cards that show `words`, sorted by time, within `0..duration`.
///
/// `words` are sorted and do not overlap. Each word keeps its own time; words that start at
/// `duration` or later, or that have no text, are left out.
pub fn cards(words: &[PlacedWord], style: &CaptionStyle, duration: Ticks) -> Vec<Card> {
    let end = SequenceTime::ZERO + duration;
    let shown: Vec<&PlacedWord> = words
        .iter()
        .filter(|word| word.range.start < end && !word.text.trim().is_empty())
        .collect();
    let mut groups: Vec<&[&PlacedWord]> = Vec::new();
    for stretch in shown.chunk_by(|before, after| !must_break(before, after)) {
        split(stretch, style, &mut groups);
    }
    let starts: Vec<SequenceTime> = groups
        .iter()
        .filter_map(|group| Some(group.first()?.range.start))
        .collect();
    groups
        .iter()
        .enumerate()
        .filter_map(|(index, group)| {
            let next = starts.get(index + 1).copied().unwrap_or(end).min(end);
            card(group, next, end)
        })
        .collect()
}

/// Returns the characters per second that reading `card` while it is shown takes.
///
/// Spaces between words count. A card without length gives 0, so that the figure stays a number.
pub fn reading_speed(card: &Card) -> f64 {
    let secs = card.range.duration().secs();
    if secs > 0.0 {
        characters(card.words.iter().map(|word| word.text.as_str())) as f64 / secs
    } else {
        0.0
    }
}

/// Returns the number of characters of words on one line, the spaces between them included.
fn characters<'a>(words: impl Iterator<Item = &'a str>) -> usize {
    let mut count = 0;
    let mut before = "";
    for word in words {
        count += usize::from(!touch(before, word)) + word.chars().count();
        before = word;
    }
    count
}

/// Returns the card of `group`, which the next card follows at `next`.
fn card(group: &[&PlacedWord], next: SequenceTime, limit: SequenceTime) -> Option<Card> {
    let start = group.first()?.range.start;
    let spoken = group.last()?.range.end.min(limit);
    let n_characters = characters(group.iter().map(|word| word.text.trim()));
    // A tick more, so that rounding does not put the speed above the limit.
    let read = start + TIME_PER_CHARACTER * n_characters as i64 + Ticks(1);
    let wanted = (spoken + LINGER)
        .max(start + SHORTEST)
        .max(read.min(spoken + LONGEST_LINGER));
    let range = SequenceRange::new(start, wanted.min(next));
    let words = group.iter().map(|word| CardWord {
        text: word.text.trim().to_owned(),
        range: SequenceRange::new(word.range.start, word.range.end.min(range.end)),
        emphasis: word.emphasis,
    });
    (!range.is_empty()).then(|| Card {
        range,
        words: words.collect(),
    })
}

fn must_break(before: &PlacedWord, after: &PlacedWord) -> bool {
    let pause = after.range.start - before.range.end > PAUSE;
    let elsewhere = before.clip != after.clip || before.media != after.media;
    // Punctuation that stands alone belongs to what it ends, whatever the transcript says.
    pause || ((after.breaks || elsewhere) && !is_closing(&after.text))
}

/// Returns whether `text` is punctuation that closes what came before.
fn is_closing(text: &str) -> bool {
    let marks = |c: char| {
        matches!(
            c,
            '.' | ',' | ';' | ':' | '!' | '?' | '…' | '»' | '”' | ')' | ']' | '"'
        )
    };
    !text.is_empty() && text.chars().all(marks)
}

/// Words that end in a dot without ending a sentence.
const ABBREVIATIONS: [&str; 24] = [
    "m.", "mm.", "mr.", "mrs.", "ms.", "dr.", "prof.", "st.", "jr.", "sr.", "vs.", "etc.", "e.g.",
    "i.e.", "p.", "ex.", "no.", "art.", "fig.", "vol.", "env.", "av.", "bd.", "cf.",
];

/// Returns whether a sentence ends between two words.
fn ends_sentence(word: &str, next: &str) -> bool {
    if is_closing(next) {
        return false;
    }
    let closers = |c: char| {
        matches!(
            c,
            '"' | '”' | '’' | '»' | ')' | ']' | ' ' | '\u{a0}' | '\u{202f}'
        )
    };
    let bare = word.trim_end_matches(closers);
    if bare.ends_with(['!', '?', '。', '！', '？']) {
        return true;
    }
    if !bare.ends_with(['.', '…']) {
        return false;
    }
    let lower = bare.to_lowercase();
    let initial = bare.chars().count() == 2 && bare.starts_with(char::is_uppercase);
    let goes_on = next
        .chars()
        .find(|c| c.is_alphanumeric())
        .is_some_and(char::is_lowercase);
    !(goes_on || initial || ABBREVIATIONS.contains(&lower.as_str()))
}

/// Splits a stretch of words at least cost and adds the groups.
fn split<'a>(
    stretch: &'a [&'a PlacedWord],
    style: &CaptionStyle,
    groups: &mut Vec<&'a [&'a PlacedWord]>,
) {
    // `best` holds, for each number of words from the start, the least cost and its last break.
    let mut best: Vec<(f64, usize)> = vec![(0.0, 0)];
    for end in 1..=stretch.len() {
        let mut least = (f64::INFINITY, end - 1);
        for start in (0..end).rev() {
            let (Some(group), Some(&(so_far, _))) = (stretch.get(start..end), best.get(start))
            else {
                continue;
            };
            let fits = fits(group, style);
            if !fits && group.len() > 1 {
                break;
            }
            let before = start.checked_sub(1).and_then(|index| stretch.get(index));
            let own = card_cost(group, stretch.get(end), style)
                + break_cost(before, group.first())
                + if fits { 0.0 } else { cost::OVERFULL };
            if so_far + own < least.0 {
                least = (so_far + own, start);
            }
        }
        best.push(least);
    }
    let mut bounds = vec![stretch.len()];
    while let Some(&end) = bounds.last()
        && end > 0
    {
        bounds.push(best.get(end).map_or(0, |(_, start)| *start).min(end - 1));
    }
    bounds.reverse();
    for pair in bounds.windows(2) {
        if let [start, end] = pair
            && let Some(group) = stretch.get(*start..*end)
        {
            groups.push(group);
        }
    }
}

/// Returns whether words may share a card.
fn fits(group: &[&PlacedWord], style: &CaptionStyle) -> bool {
    let (Some(first), Some(last)) = (group.first(), group.last()) else {
        return true;
    };
    characters(group.iter().map(|word| word.text.as_str())) <= usize::from(style.max_chars)
        && last.range.end - first.range.start <= LONGEST
        && lines_needed(group.iter().map(|word| word.text.as_str()), style)
            <= usize::from(style.max_lines.max(1))
}

fn card_cost(group: &[&PlacedWord], next: Option<&&PlacedWord>, style: &CaptionStyle) -> f64 {
    let (Some(first), Some(last)) = (group.first(), group.last()) else {
        return 0.0;
    };
    let letters: usize = group.iter().map(|word| word.text.chars().count()).sum();
    let room = f64::from(style.max_chars.max(1));
    let unused = (1.0 - letters as f64 / room).max(0.0);
    let shown_until = next.map_or(first.range.start + SHORTEST, |next| next.range.start);
    let shown = shown_until.max(last.range.end) - first.range.start;
    let missing = (SHORTEST - shown).secs().max(0.0);
    let inner = group.windows(2).filter(|pair| match pair {
        [word, next] => ends_sentence(&word.text, &next.text),
        _ => false,
    });
    cost::CARD
        + cost::UNEVEN * unused * unused
        + cost::TOO_SHORT * missing
        + cost::SENTENCE_INSIDE * inner.count() as f64
        + if group.len() == 1 {
            cost::LONE_WORD
        } else {
            0.0
        }
}

/// Returns what it costs to start a card between two words.
fn break_cost(before: Option<&&PlacedWord>, after: Option<&&PlacedWord>) -> f64 {
    let (Some(before), Some(after)) = (before, after) else {
        return 0.0;
    };
    if is_closing(&after.text) {
        return cost::OVERFULL;
    }
    let clause = before
        .text
        .ends_with([',', ';', ':', '.', '!', '?', '…', '–', '—']);
    if clause {
        return 0.0;
    }
    let short = before.text.chars().count() <= 3;
    cost::BREAK_ANYWHERE + if short { cost::BREAK_AFTER_SHORT } else { 0.0 }
}

//! Words with times from cues.

use std::collections::BTreeSet;

use footage::time::{SourceRange, SourceTime, TICKS_PER_SECOND, Ticks};
use footage::words::{Transcript, TranscriptOrigin, TranscriptRevision, Word, WordId};
use serde::{Deserialize, Serialize};

use super::Cue;
use super::rolling::{repeated_bytes, rolling};
use super::tokens::{Place, Token, labels, tokens};
use crate::sounds::{Sound, SoundKind};
use crate::text;

/// The longest a unit of weight (about a letter) lasts where no speech was measured; ordinary
/// speech has about 15 letters a second.
const SLOWEST_UNIT: Ticks = Ticks(TICKS_PER_SECOND * 15 / 100);
/// The longest where speech was measured.
const SLOWEST_MEASURED_UNIT: Ticks = Ticks(TICKS_PER_SECOND * 40 / 100);
/// The shortest for measured speech to be believed: 25 letters a second.
const FASTEST_UNIT: Ticks = Ticks(TICKS_PER_SECOND * 4 / 100);
/// Weight of a marked sound among words.
const MARK_WEIGHT: i64 = 6;
/// The shortest range that a marked sound gets.
const SHORTEST_SOUND: Ticks = Ticks(TICKS_PER_SECOND / 2);
/// How far apart the starts of two cues may be for them to be two speakers at once.
const TOGETHER: Ticks = Ticks(TICKS_PER_SECOND / 2);

/// What a subtitle file says was heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// The words.
    pub transcript: Transcript,
    /// Sounds in brackets and notes of music; they are no words.
    pub sounds: Vec<Sound>,
}

/// Shares each cue's time among its words.
///
/// Words are weighted by their letters. Where `speech` (sorted, disjoint) covers a decent part of
/// a cue, only that part is shared. Words with times of their own (WebVTT) keep them and are not
/// `estimated`. Lines that scroll up and are repeated in the next cue count once, and so do cues
/// that are given twice. Left out are the dashes of speakers, `>>`, and speaker labels: names in
/// capitals before a colon that stand on at least two lines of the file or after a dash, and roles
/// such as `NAR:`. Without a `language` it is guessed between French and English.
pub fn transcript_from_cues(
    cues: &[Cue],
    speech: &[SourceRange],
    origin: TranscriptOrigin,
    language: Option<&str>,
) -> Heard {
    let mut words: Vec<Word> = Vec::new();
    let mut sounds = Vec::new();
    let slots = slots(cues);
    let fragments = slots.iter().flat_map(|slot| &slot.fragments);
    let labels = labels(
        fragments
            .filter(|fragment| fragment.place == Place::LineStart)
            .map(|fragment| fragment.text.as_str()),
    );
    for slot in &slots {
        for (index, fragment) in slot.fragments.iter().enumerate() {
            let next = slot.fragments.get(index + 1).map(|next| next.start);
            let span = SourceRange::new(fragment.start, next.unwrap_or(slot.end).min(slot.end));
            let tokens = tokens(&fragment.text, fragment.place, &labels);
            place(fragment, &tokens, span, speech, (&mut words, &mut sounds));
        }
    }
    part(&mut words);
    sounds.sort_by_key(|sound| (sound.range.start, sound.range.end, sound.kind));
    sounds.dedup();
    let language = language
        .map(str::to_owned)
        .filter(|code| !code.is_empty())
        .or_else(|| {
            text::guess_language(words.iter().map(|word| word.text.as_str()))
                .code()
                .map(str::to_owned)
        });
    Heard {
        transcript: Transcript {
            revision: TranscriptRevision::of(&words, language.as_deref()),
            origin,
            language,
            words,
        },
        sounds,
    }
}

/// Cues that share one stretch of time.
struct Slot {
    start: SourceTime,
    end: SourceTime,
    fragments: Vec<Fragment>,
}

/// Text that starts at a known time.
struct Fragment {
    start: SourceTime,
    text: String,
    /// Where in a line of the cue it starts.
    place: Place,
    /// Whether the start was measured for this text and not for the whole cue.
    measured: bool,
    starts_cue: bool,
}

/// Removes scrolled lines and resolves overlaps, so that slots follow one another.
fn slots(cues: &[Cue]) -> Vec<Slot> {
    let mut sorted: Vec<&Cue> = cues.iter().filter(|cue| !cue.range.is_empty()).collect();
    sorted.sort_by_key(|cue| (cue.range.start, cue.range.end));
    let mut known = BTreeSet::new();
    sorted.retain(|cue| known.insert((cue.range.start, cue.range.end, cue.text.as_str())));
    let rolling = rolling(&sorted);
    let mut slots: Vec<Slot> = Vec::new();
    let mut previous: Option<&Cue> = None;
    for cue in sorted {
        let repeated = previous.map_or(0, |before| repeated_bytes(before, cue, rolling));
        previous = Some(cue);
        let fragments = fragments(cue, repeated);
        if fragments.is_empty() {
            continue;
        }
        if let Some(slot) = slots.last_mut()
            && cue.range.start < slot.end
        {
            let measured = fragments.iter().any(|fragment| fragment.measured);
            // A title may be shown for minutes while others speak: it ends where they begin.
            if measured || cue.range.start - slot.start > TOGETHER {
                slot.end = cue.range.start;
            } else if let Some(last) = slot.fragments.last_mut() {
                // Two speakers at once: their lines are read one after the other.
                for fragment in &fragments {
                    last.text.push_str("\n\u{2014} ");
                    last.text.push_str(&fragment.text);
                }
                slot.end = slot.end.max(cue.range.end);
                continue;
            }
        }
        slots.push(Slot {
            start: cue.range.start,
            end: cue.range.end,
            fragments,
        });
    }
    slots
}

fn fragments(cue: &Cue, repeated: usize) -> Vec<Fragment> {
    let whole = [super::Piece {
        start: cue.range.start,
        text: cue.text.clone(),
    }];
    let pieces = if cue.pieces.is_empty() {
        &whole[..]
    } else {
        &cue.pieces
    };
    let mut left = repeated;
    let mut place = Place::LineStart;
    let mut fragments: Vec<Fragment> = Vec::new();
    for piece in pieces {
        let skipped = left.min(piece.text.len());
        left -= skipped;
        let (gone, text) = piece.text.split_at_checked(skipped).unwrap_or_default();
        place = place.after(gone);
        if !text.trim().is_empty() {
            fragments.push(Fragment {
                start: piece.start,
                text: text.to_owned(),
                place,
                measured: !cue.pieces.is_empty(),
                starts_cue: fragments.is_empty(),
            });
        }
        place = place.after(text);
    }
    fragments
}

/// Gives the tokens of a fragment their times within `span`.
fn place(
    fragment: &Fragment,
    tokens: &[Token],
    span: SourceRange,
    speech: &[SourceRange],
    (words, sounds): (&mut Vec<Word>, &mut Vec<Sound>),
) {
    let n_words = tokens
        .iter()
        .filter(|token| matches!(token, Token::Word { .. }))
        .count();
    let weight: i64 = tokens.iter().map(Token::weight).sum();
    // Where only the spoken parts are shared, sounds lie between them and take no time of theirs.
    let (mark_weight, mut parts) = if fragment.measured {
        let most = SLOWEST_UNIT * weight + Ticks(TICKS_PER_SECOND / 5);
        (0, shortened(vec![span], most))
    } else if let Some(parts) = spoken_parts(span, speech, weight) {
        (0, shortened(parts, SLOWEST_MEASURED_UNIT * weight))
    } else {
        let n_marks = tokens.len() - n_words;
        let all = weight + MARK_WEIGHT * n_marks as i64;
        (MARK_WEIGHT, shortened(vec![span], SLOWEST_UNIT * all))
    };
    if parts.is_empty() {
        // Overlaps may leave nothing; the words follow one another closely then.
        parts.push(SourceRange::new(span.start, span.start + Ticks(1)));
    }
    let weights: Vec<i64> = tokens
        .iter()
        .map(|token| match token {
            Token::Word { .. } => token.weight(),
            Token::Mark(_) => mark_weight,
        })
        .collect();
    let ranges = share(&weights, &parts);
    let mut first = fragment.starts_cue;
    for (index, (token, range)) in tokens.iter().zip(&ranges).enumerate() {
        match token {
            Token::Word {
                text,
                changes_speaker,
            } => {
                words.push(Word {
                    id: WordId(0),
                    text: text.clone(),
                    range: *range,
                    estimated: !(fragment.measured && n_words == 1),
                    starts_cue: first || changes_speaker.is_yes(),
                    confidence: None,
                });
                first = false;
            }
            Token::Mark(kind) => {
                let range = if n_words == 0 || *kind == SoundKind::Music {
                    span
                } else {
                    sound_range(index, tokens, &ranges, span)
                };
                sounds.push(Sound { range, kind: *kind });
            }
        }
    }
}

/// Returns the time between the words around a mark, at least [`SHORTEST_SOUND`] within the span.
fn sound_range(
    index: usize,
    tokens: &[Token],
    ranges: &[SourceRange],
    span: SourceRange,
) -> SourceRange {
    let spoken = |position: &usize| matches!(tokens.get(*position), Some(Token::Word { .. }));
    let start = (0..index)
        .rev()
        .find(spoken)
        .and_then(|position| ranges.get(position))
        .map_or(span.start, |range| range.end);
    let end = (index + 1..tokens.len())
        .find(spoken)
        .and_then(|position| ranges.get(position))
        .map_or(span.end, |range| range.start);
    if end - start >= SHORTEST_SOUND {
        return SourceRange::new(start, end);
    }
    let half = Ticks(SHORTEST_SOUND.0 / 2);
    SourceRange::new(
        (start - half).max(span.start.min(start)),
        (end + half).min(span.end.max(end)),
    )
}

/// Returns the parts of a cue in which it is spoken, or `None` where they are too little of it.
fn spoken_parts(
    span: SourceRange,
    speech: &[SourceRange],
    weight: i64,
) -> Option<Vec<SourceRange>> {
    let first = speech.partition_point(|range| range.end <= span.start);
    let spoken: Vec<SourceRange> = speech
        .get(first..)
        .unwrap_or_default()
        .iter()
        .take_while(|range| range.start < span.end)
        .filter_map(|range| range.intersection(span))
        .collect();
    let covered: Ticks = spoken.iter().map(|range| range.duration()).sum();
    let decent =
        covered > Ticks::ZERO && covered * 4 >= span.duration() && covered >= FASTEST_UNIT * weight;
    decent.then_some(spoken)
}

/// Cuts `parts` off after `most` in all. Nothing is cut when `most` is 0.
fn shortened(mut parts: Vec<SourceRange>, most: Ticks) -> Vec<SourceRange> {
    let mut left = most;
    if most > Ticks::ZERO {
        parts.retain_mut(|part| {
            let kept = part.duration().min(left);
            left -= kept;
            part.end = part.start + kept;
            kept > Ticks::ZERO
        });
    }
    parts
}

/// Shares the time of `parts` by weight. A word lies whole in the part that holds its middle.
fn share(weights: &[i64], parts: &[SourceRange]) -> Vec<SourceRange> {
    let total_weight: i64 = weights.iter().sum::<i64>().max(1);
    let total: Ticks = parts.iter().map(|part| part.duration()).sum();
    let mut part_of = Vec::with_capacity(weights.len());
    let mut before = 0;
    for weight in weights {
        let middle = total.scaled(before * 2 + weight, total_weight * 2);
        before += weight;
        let mut end = Ticks::ZERO;
        let index = parts
            .iter()
            .position(|part| {
                end += part.duration();
                middle < end
            })
            .unwrap_or(parts.len().saturating_sub(1));
        part_of.push(index);
    }
    let mut ranges = Vec::with_capacity(weights.len());
    for (index, part) in parts.iter().enumerate() {
        let inside: Vec<i64> = weights
            .iter()
            .zip(&part_of)
            .filter(|(_, of)| **of == index)
            .map(|(weight, _)| *weight)
            .collect();
        let all: i64 = inside.iter().sum::<i64>().max(1);
        let mut before = 0;
        for weight in inside {
            let start = part.start + part.duration().scaled(before, all);
            before += weight;
            let end = part.start + part.duration().scaled(before, all);
            ranges.push(SourceRange::new(start, end));
        }
    }
    ranges
}

/// Sorts the words, takes overlaps away and gives the ids. No word is left empty.
fn part(words: &mut [Word]) {
    words.sort_by_key(|word| word.range.start);
    let mut free = SourceTime::ZERO;
    for (id, word) in words.iter_mut().enumerate() {
        word.id = WordId(id as u32);
        let start = word.range.start.max(free);
        let end = word.range.end.max(start + Ticks(1));
        word.range = SourceRange { start, end };
        free = end;
    }
}

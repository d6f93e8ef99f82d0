//! Runs of sentences that could become candidates.

use std::collections::BTreeMap;
use std::ops::Range;

use footage::Analysis;
use footage::time::{SourceRange, SourceTime, TICKS_PER_SECOND, Ticks};
use footage::words::{Transcript, Word, joined};

use super::edges::borders;
use super::measures::Measures;
use super::opening::Opening;
use super::{Bounds, Wish, fits};
use crate::sentences::{Ending, Sentence, best_parting, language_of, sentences};
use crate::text::{self, Language};

/// The usual time before the first word.
const LEAD: Ticks = Ticks(TICKS_PER_SECOND * 15 / 100);
/// The most.
const MOST_LEAD: Ticks = Ticks(TICKS_PER_SECOND * 20 / 100);
/// The usual time after the last word.
const TAIL: Ticks = Ticks(TICKS_PER_SECOND * 35 / 100);
/// The most.
const MOST_TAIL: Ticks = Ticks(TICKS_PER_SECOND / 2);
/// How far an edge reaches into a silence.
const INTO_SILENCE: Ticks = Ticks(TICKS_PER_SECOND / 10);
/// How many windows are kept for each start, beside the shortest.
const KEPT_PER_START: usize = 3;

/// A sentence, or a part of one that is longer than a candidate may be.
pub(super) struct Unit {
    /// Position of the sentence.
    pub(super) sentence: usize,
    pub(super) text: String,
    pub(super) ending: Ending,
    pub(super) opening: Opening,
    /// Where a window that begins with it starts.
    pub(super) start: SourceTime,
    /// Where a window that closes with it ends.
    pub(super) end: SourceTime,
    pub(super) pause_before: Ticks,
    pub(super) pause_after: Ticks,
    pub(super) relevance: f64,
}

/// A stretch with its score.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Window {
    pub(super) range: SourceRange,
    /// Length without the silences that are cut.
    pub(super) played: Ticks,
    /// Positions of the units inside.
    pub(super) units: Range<usize>,
    /// How clean the ends are in 0..=1, where they are not those of units.
    pub(super) clean: Option<f64>,
    pub(super) score: f64,
    /// Whether it holds something that fits the wish.
    pub(super) fits: bool,
}

/// The source as it can be parted.
pub(super) struct Moments<'a> {
    pub(super) measures: &'a Measures<'a>,
    pub(super) bounds: Bounds,
    pub(super) language: Language,
    pub(super) has_words: bool,
    pub(super) n_sentences: usize,
    pub(super) units: Vec<Unit>,
    /// Relevance of the best sentence, when one fits the wish: ranking is steered then.
    pub(super) best_relevance: Option<f64>,
    /// In how many units each term occurs, and how often.
    pub(super) terms: BTreeMap<String, (usize, usize)>,
    /// Weight of rare words, number of words, relevance × words: sums before each unit and after
    /// the last.
    sums: Vec<[f64; 3]>,
}

impl<'a> Moments<'a> {
    pub(super) fn new(
        analysis: &Analysis,
        transcript: Option<&Transcript>,
        measures: &'a Measures<'a>,
        bounds: Bounds,
        wish: Option<&Wish>,
    ) -> Self {
        let language = transcript.map_or(Language::Other, language_of);
        let words = transcript.map_or(&[][..], |transcript| &transcript.words);
        let sentences = transcript.map_or_else(Vec::new, |words| sentences(words, analysis));
        let relevance = wish
            .map(|wish| wish.relevance.as_slice())
            .filter(|relevance| relevance.len() == sentences.len())
            .unwrap_or_default();
        let best = relevance
            .iter()
            .map(|own| f64::from(*own))
            .fold(0.0, f64::max);
        let mut moments = Self {
            measures,
            bounds,
            language,
            has_words: !sentences.is_empty(),
            n_sentences: sentences.len(),
            units: Vec::new(),
            best_relevance: fits(best).then_some(best),
            terms: BTreeMap::new(),
            sums: Vec::new(),
        };
        for (index, sentence) in sentences.iter().enumerate() {
            let relevance = relevance.get(index).map_or(0.0, |own| f64::from(*own));
            moments.add_units(words, sentence, index, relevance);
        }
        moments.sum();
        moments
    }

    /// Adds a sentence, parted until no part is longer than a candidate may be.
    fn add_units(&mut self, words: &[Word], sentence: &Sentence, index: usize, relevance: f64) {
        let end = self.measures.duration;
        let sentence = &within(words, sentence, end);
        let Some(inside) = words.get(sentence.words.clone()) else {
            return;
        };
        let (Some(first), Some(last)) = (inside.first(), inside.last()) else {
            return;
        };
        // The last word may outlast the source a little, as times are rounded.
        let said = SourceRange::new(
            first.range.start.max(SourceTime::ZERO),
            last.range.end.min(end),
        );
        if said.is_empty() {
            return;
        }
        if said.duration() > self.bounds.max
            && let Some(part) = best_parting(inside)
        {
            let middle = sentence.words.start + part;
            let parts = [
                (sentence.words.start..middle, Ending::Parted),
                (middle..sentence.words.end, sentence.ending),
            ];
            for (inside, ending) in parts {
                let part = part_of(words, sentence, inside, ending);
                self.add_units(words, &part, index, relevance);
            }
            return;
        }
        let previous_end = self.measures.words.end_before(said.start);
        let next_start = self.measures.words.start_after(said.end).unwrap_or(end);
        self.units.push(Unit {
            sentence: index,
            text: sentence.text.clone(),
            ending: sentence.ending,
            opening: Opening::new(sentence, self.language),
            start: self.start_before(said.start, previous_end),
            end: self.end_after(said.end, next_start),
            pause_before: said.start - previous_end,
            pause_after: next_start - said.end,
            relevance,
        });
    }

    /// Returns where to start for a first word: in the silence before it, after a cut there.
    fn start_before(&self, word: SourceTime, previous_end: SourceTime) -> SourceTime {
        let gap = (word - previous_end).max(Ticks::ZERO);
        let silences = &self.measures.analysis.silences;
        let ended = silences.partition_point(|silence| silence.end <= word);
        let silence_end = ended
            .checked_sub(1)
            .and_then(|last| silences.get(last))
            .map(|silence| silence.end)
            .filter(|end| *end >= word - MOST_LEAD);
        let start = match silence_end {
            Some(silence_end) => (silence_end - INTO_SILENCE)
                .max(word - MOST_LEAD)
                .max(word - gap),
            None => word - LEAD.min(Ticks(gap.0 / 2)),
        };
        self.measures.last_cut(start, word).unwrap_or(start)
    }

    /// Returns where to end for a last word: in the silence after it, before a cut there.
    fn end_after(&self, word: SourceTime, next_start: SourceTime) -> SourceTime {
        let gap = (next_start - word).max(Ticks::ZERO);
        let silences = &self.measures.analysis.silences;
        let next = silences.partition_point(|silence| silence.start < word);
        let silence_start = silences
            .get(next)
            .map(|silence| silence.start)
            .filter(|start| *start <= word + MOST_TAIL);
        let end = match silence_start {
            Some(silence_start) => (silence_start + INTO_SILENCE)
                .min(word + MOST_TAIL)
                .min(word + gap),
            None => word + TAIL.min(Ticks(gap.0 / 2)),
        };
        self.measures.first_cut(word, end).unwrap_or(end)
    }

    fn sum(&mut self) {
        let bags: Vec<(usize, BTreeMap<String, usize>)> = self
            .units
            .iter()
            .map(|unit| {
                let words = text::folded_words(&unit.text);
                let mut bag = BTreeMap::new();
                for term in words
                    .iter()
                    .filter_map(|word| text::term(word, self.language))
                {
                    *bag.entry(term).or_default() += 1;
                }
                (words.len(), bag)
            })
            .collect();
        for (term, n) in bags.iter().flat_map(|(_, bag)| bag) {
            let known = self.terms.entry(term.clone()).or_default();
            known.0 += 1;
            known.1 += n;
        }
        let mut sums = [0.0; 3];
        self.sums.push(sums);
        for (unit, (n_words, bag)) in self.units.iter().zip(&bags) {
            let weights = bag.keys().map(|term| self.rarity(term));
            let n_words = *n_words as f64;
            let [information, words, relevance] = sums;
            sums = [
                information + weights.sum::<f64>(),
                words + n_words,
                relevance + unit.relevance * n_words,
            ];
            self.sums.push(sums);
        }
    }

    /// Returns how telling a term is: its rarity among the sentences (idf), less for terms that
    /// come only once, which are often slips.
    pub(super) fn rarity(&self, term: &str) -> f64 {
        let (n_units, n) = self.terms.get(term).copied().unwrap_or((0, 0));
        let rarity = text::log2_above(self.units.len()) - text::log2_above(n_units);
        rarity.max(0.0) * if n >= 2 { 1.0 } else { 0.6 }
    }

    /// Returns information per word and mean relevance over units.
    pub(super) fn told(&self, units: &Range<usize>) -> Option<(f64, f64)> {
        let (a, b) = (self.sums.get(units.start)?, self.sums.get(units.end)?);
        let [information, words, relevance] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
        (words > 0.0).then(|| (information / words, relevance / words))
    }

    /// Returns all of the source as one window.
    pub(super) fn whole(&self) -> Window {
        let [start, end] = borders(self.measures);
        let range = SourceRange::new(start.time, end.time);
        let clean = f64::midpoint(start.clean, end.clean);
        self.window(range, 0..self.units.len(), Some(clean))
    }

    /// Returns runs of whole sentences within the bounds: for each start the best ones and the
    /// shortest.
    pub(super) fn of_sentences(&self) -> Vec<Window> {
        let mut all = Vec::new();
        for (first, unit) in self.units.iter().enumerate() {
            let mut here = Vec::new();
            for (last, until) in self.units.iter().enumerate().skip(first) {
                let range = SourceRange::new(unit.start, until.end);
                let length = range.duration();
                if length - self.measures.pauses.removable(range) > self.bounds.max {
                    break;
                }
                if length >= self.bounds.min {
                    here.push(self.window(range, first..last + 1, None));
                }
            }
            keep_best(here, &mut all);
        }
        all
    }

    /// Returns a window with its score; `clean` as in [`Window`].
    pub(super) fn window(
        &self,
        range: SourceRange,
        units: Range<usize>,
        clean: Option<f64>,
    ) -> Window {
        let fits = self.best_relevance.is_some() && fits(self.most_relevant(&units).0);
        let played = range.duration() - self.measures.pauses.removable(range);
        let mut window = Window {
            range,
            played: played.max(self.bounds.min.min(range.duration())),
            units,
            clean,
            score: 0.0,
            fits,
        };
        window.score = self.parts(&window).score();
        window
    }

    /// Returns the highest relevance among units, and the sentence that has it.
    pub(super) fn most_relevant(&self, units: &Range<usize>) -> (f64, usize) {
        let inside = self.units.get(units.clone()).unwrap_or_default();
        inside.iter().fold((0.0, 0), |best, unit| {
            if unit.relevance > best.0 {
                (unit.relevance, unit.sentence)
            } else {
                best
            }
        })
    }
}

/// Returns the words of a sentence that are spoken in `0..end`: subtitles may be those of a longer
/// cut.
fn within(words: &[Word], sentence: &Sentence, end: SourceTime) -> Sentence {
    let played = |index: &usize| {
        words.get(*index).is_some_and(|word| {
            let range = word.range;
            range.start < end && range.end > SourceTime::ZERO
        })
    };
    let first = sentence.words.clone().find(played);
    let last = sentence.words.clone().rfind(played);
    let kept = match (first, last) {
        (Some(first), Some(last)) => first..last + 1,
        _ => sentence.words.start..sentence.words.start,
    };
    if kept == sentence.words {
        return sentence.clone();
    }
    let ending = if kept.end == sentence.words.end {
        sentence.ending
    } else {
        Ending::Parted
    };
    part_of(words, sentence, kept, ending)
}

/// Returns a part of a sentence.
fn part_of(words: &[Word], sentence: &Sentence, part: Range<usize>, ending: Ending) -> Sentence {
    let inside = words.get(part.clone()).unwrap_or_default();
    Sentence {
        range: sentence.range,
        text: joined(inside.iter().map(|word| word.text.as_str())),
        words: part,
        ending,
    }
}

/// Moves the best windows of `here`, and the shortest, to `all`.
pub(super) fn keep_best(mut here: Vec<Window>, all: &mut Vec<Window>) {
    let shortest = here.iter().min_by_key(|window| window.played).cloned();
    here.sort_by(|a, b| {
        let by_fit = b.fits.cmp(&a.fits);
        let by_score = b.score.total_cmp(&a.score);
        by_fit.then(by_score).then(a.range.end.cmp(&b.range.end))
    });
    here.truncate(KEPT_PER_START);
    if let Some(shortest) = shortest
        && !here.contains(&shortest)
    {
        here.push(shortest);
    }
    all.append(&mut here);
}

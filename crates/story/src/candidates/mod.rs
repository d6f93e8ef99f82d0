//! The best moments of a source, each with a score, its parts and reasons.
//!
//! With a transcript, moments are runs of whole sentences and, where those are fewer than four,
//! stretches between pauses; without, stretches whose ends lie in silences, at the edges of speech
//! or at cuts. Where no such moment has a length within the bounds, any two words may be parted; no
//! word ever is. Each is scored from named parts in 0..=1
//! ([`parts`](self::Candidate::parts)); a *reason* is given only for a part that passes its
//! threshold. The kept ones overlap at most 20 % of the shorter one and are spread over the source.
//!
//! | part | what it measures | weight |
//! |---|---|---|
//! | `hook` | the first sentence: question, strong opening, number or address among its first words | 0.18 |
//! | `completeness` | starts a thought and ends one; without words: ends in silence or at cuts | 0.16 |
//! | `speech` | the share of time with speech: 0 at 30 %, 1 at 85 % | 0.08 |
//! | `energy` | level, pauses aside, over the source's median: 0 at −3 dB, 1 at +6 dB | 0.10 |
//! | `variation` | deviation of that level per second: 0 at 1 dB, 1 at 5 dB | 0.06 |
//! | `faces` | share of time with a face, half of it by the face's size | 0.08 |
//! | `rhythm` | cuts per minute (0 to 10) and motion over the source's median, half each | 0.06 |
//! | `information` | weight of rare words over the source's mean: 0 at 0.7, 1 at 1.4 | 0.10 |
//! | `length` | 1 in the sweet spot, down to 0.4 at the bounds | 0.08 |
//! | `laughter` | marked laughter and applause; adds up to 10 points | – |
//! | `wish` | relevance to the wish, over the best of the source; then 60 % of the score | – |
//!
//! A part that cannot be measured (no picture, no sound, no words) is left out and the other
//! weights share its place.
//!
//! Every source with a length gives at least one moment. Its length is within the bounds, with two
//! exceptions, each told by a *note*: `source_shorter_than_min`, where all of it is kept, and
//! `no_exact_length`, where no two ends between words are as far apart as asked for; the one moment
//! nearest in length is kept then. `fewer_than_asked` says how many were found.

mod edges;
mod measures;
mod opening;
mod parts;
mod reasons;
mod select;
mod stretches;
#[cfg(test)]
mod tests;
mod title;
mod trim;
mod windows;

use std::collections::BTreeMap;

use footage::Analysis;
use footage::time::{SourceRange, Ticks};
use footage::words::Transcript;
use serde::{Deserialize, Serialize};

use crate::sounds::{Sound, sounds_in_words};
use crate::wish::FITS;
use edges::Partings;
use measures::Measures;
use windows::{Moments, Window};

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// How many candidates at most.
    pub count: usize,
    /// The shortest, above 0.
    pub min: Ticks,
    /// The longest, at least `min`.
    pub max: Ticks,
    /// What the user asked for, if anything.
    pub wish: Option<Wish>,
    /// Sounds that a subtitle file marks; those among the words are found anyway.
    pub sounds: Vec<Sound>,
}

/// How a wish was compared with the sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WishMethod {
    /// By meaning: [`crate::wish::by_embeddings`].
    Embeddings,
    /// By words: [`crate::wish::by_words`].
    Words,
}

/// A wish, compared with every sentence of [`crate::sentences::sentences`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wish {
    /// The user's text.
    pub text: String,
    /// How it was compared.
    pub method: WishMethod,
    /// Relevance per sentence in 0..=1.
    pub relevance: Vec<f32>,
}

/// A number or a text that a reason is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A finite number.
    Number(f64),
    /// A text, such as a sentence.
    Text(String),
}

/// Something to tell the user: a code for programs, English text, and what was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// A stable code in `snake_case`.
    pub code: String,
    /// The same in English.
    pub text: String,
    /// What was measured, by name.
    pub values: BTreeMap<String, Value>,
}

/// A moment that could become a reel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// From its first to its last moment.
    pub range: SourceRange,
    /// What is played of it, in order: long silences are cut. Their lengths together are within
    /// the bounds, except where a note says otherwise: `source_shorter_than_min`,
    /// `no_exact_length`.
    pub segments: Vec<SourceRange>,
    /// 0..=100.
    pub score: f64,
    /// What the score is made of, each in 0..=1.
    pub parts: BTreeMap<String, f64>,
    /// Why it was chosen, strongest evidence first; empty when nothing stands out.
    pub reasons: Vec<Reason>,
    /// A line to call it by.
    pub title: String,
}

/// The candidates of a source.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Suggestions {
    /// Best first.
    pub candidates: Vec<Candidate>,
    /// What the user should know about the whole.
    pub notes: Vec<Reason>,
}

/// Fewer than this many are made up for from less good moments, where the source has them.
const AT_LEAST: usize = 4;

/// Returns the best moments of a source, best first.
pub fn suggest(
    analysis: &Analysis,
    transcript: Option<&Transcript>,
    request: &Request,
) -> Suggestions {
    let mut notes = Vec::new();
    let duration = analysis.duration;
    if duration <= Ticks::ZERO || request.max < request.min || request.max <= Ticks::ZERO {
        notes.push(if duration <= Ticks::ZERO {
            reasons::note("source_empty", "The source has no length.", [])
        } else {
            reasons::note("no_such_length", "No length lies within the bounds.", [])
        });
        return Suggestions {
            candidates: Vec::new(),
            notes,
        };
    }
    let bounds = Bounds {
        min: request.min.max(Ticks(1)),
        max: request.max,
    };
    let mut sounds = request.sounds.clone();
    sounds.extend(transcript.map(sounds_in_words).unwrap_or_default());
    let measures = Measures::new(analysis, transcript, sounds);
    let moments = Moments::new(
        analysis,
        transcript,
        &measures,
        bounds,
        request.wish.as_ref(),
    );
    notes.extend(reasons::notes_on(&moments, &measures, request));

    let chosen = if duration < bounds.min {
        notes.push(reasons::note(
            "source_shorter_than_min",
            "The source is shorter than the shortest length asked for; all of it is kept.",
            [
                ("duration", Value::Number(duration.secs())),
                ("min", Value::Number(bounds.min.secs())),
            ],
        ));
        Vec::from_iter((request.count > 0).then(|| moments.whole()))
    } else if measures.is_silent_and_still() && moments.units.is_empty() {
        moments.even(request.count)
    } else {
        choose(&moments, request.count)
    };
    let chosen = if chosen.is_empty() && request.count > 0 {
        let nearest = moments.nearest();
        notes.push(reasons::note(
            "no_exact_length",
            "No moment between words has a length within the bounds; the nearest in length is kept.",
            [
                ("length", Value::Number(nearest.played.secs())),
                ("min", Value::Number(bounds.min.secs())),
                ("max", Value::Number(bounds.max.secs())),
            ],
        ));
        vec![nearest]
    } else {
        chosen
    };
    if chosen.len() < request.count && duration >= bounds.min {
        notes.push(reasons::note(
            "fewer_than_asked",
            "The source does not hold as many good moments as asked for.",
            [
                ("asked", Value::Number(request.count as f64)),
                ("found", Value::Number(chosen.len() as f64)),
            ],
        ));
    }
    let mut candidates: Vec<Candidate> = chosen
        .into_iter()
        .map(|window| candidate(&moments, &window, request))
        .collect();
    candidates.sort_by(|a, b| {
        let by_score = b.score.total_cmp(&a.score);
        by_score.then(a.range.start.cmp(&b.range.start))
    });
    Suggestions { candidates, notes }
}

/// The lengths that are allowed.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    min: Ticks,
    max: Ticks,
}

/// Picks from runs of sentences first; from other stretches too where those are too few. None is
/// chosen only where no stretch between words has a length within the bounds.
fn choose(moments: &Moments<'_>, count: usize) -> Vec<Window> {
    let at_least = count.min(AT_LEAST);
    let select = |pool: &[Window]| select::select(pool, count, at_least, moments.measures.duration);
    let mut pool = moments.of_sentences();
    let mut chosen = select(&pool);
    if chosen.len() < at_least {
        // Where there are good moments, fewer of them are better than one that parts a sentence.
        pool.extend(moments.between_edges(if pool.is_empty() {
            Partings::Anywhere
        } else {
            Partings::Pauses
        }));
        chosen = select(&pool);
    }
    if chosen.is_empty() {
        chosen = select(&moments.between_words());
    }
    chosen
}

fn candidate(moments: &Moments<'_>, window: &Window, request: &Request) -> Candidate {
    let parts = moments.parts(window);
    let score = parts.score();
    Candidate {
        range: window.range,
        segments: if moments.measures.duration.since_start() < moments.bounds.min {
            vec![window.range]
        } else {
            moments
                .measures
                .pauses
                .segments(window.range, moments.bounds)
        },
        score,
        parts: parts
            .named()
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect(),
        reasons: reasons::reasons(moments, window, &parts, request.wish.as_ref()),
        title: title::title(moments, window),
    }
}

/// Returns 0 up to `from`, 1 from `to` on, and a straight line between.
fn ramp(value: f64, from: f64, to: f64) -> f64 {
    ((value - from) / (to - from)).clamp(0.0, 1.0)
}

/// Whether a relevance fits the wish.
fn fits(relevance: f64) -> bool {
    relevance >= f64::from(FITS)
}

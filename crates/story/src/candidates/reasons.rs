//! Words for what was measured. A reason is given only where its part passes its threshold.

use std::collections::BTreeMap;

use super::measures::Measures;
use super::opening::Trait;
use super::parts::Parts;
use super::title::keywords;
use super::windows::{Moments, Unit, Window};
use super::{Reason, Request, Value, Wish, WishMethod, fits};

/// The part from which each reason is given.
const HOOK: f64 = 0.4;
const COMPLETENESS: f64 = 0.85;
const SPEECH: f64 = 0.8;
const ENERGY: f64 = 0.6;
const VARIATION: f64 = 0.6;
const FACES: f64 = 0.6;
const RHYTHM: f64 = 0.6;
const INFORMATION: f64 = 0.6;

pub(super) fn note<const N: usize>(
    code: &str,
    text: impl Into<String>,
    values: [(&str, Value); N],
) -> Reason {
    Reason {
        code: code.to_owned(),
        text: text.into(),
        values: values
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<BTreeMap<_, _>>(),
    }
}

/// Returns what the user should know about the source and the wish.
pub(super) fn notes_on(
    moments: &Moments<'_>,
    measures: &Measures<'_>,
    request: &Request,
) -> Vec<Reason> {
    let mut notes = Vec::new();
    if measures.is_silent_and_still() && moments.units.is_empty() {
        notes.push(note(
            "silent_and_still",
            "Nothing is heard and nothing moves: the moments divide the source evenly.",
            [],
        ));
    } else if measures.speech.ranges.is_empty() {
        notes.push(note(
            "no_speech",
            "Nobody speaks: the moments come from sound, shots and faces.",
            [],
        ));
    } else if !moments.has_words {
        notes.push(note(
            "no_words",
            "There is speech but no transcript: the moments come from pauses, sound, shots and \
             faces.",
            [],
        ));
    }
    if let Some(wish) = &request.wish {
        notes.extend(notes_on_wish(moments, wish));
    }
    notes
}

fn notes_on_wish(moments: &Moments<'_>, wish: &Wish) -> Vec<Reason> {
    let text = || ("wish", Value::Text(wish.text.clone()));
    if wish.relevance.len() != moments.n_sentences {
        return vec![note(
            "wish_of_other_sentences",
            "The wish was compared with another transcript, so it does not steer.",
            [
                text(),
                ("compared", Value::Number(wish.relevance.len() as f64)),
                ("sentences", Value::Number(moments.n_sentences as f64)),
            ],
        )];
    }
    let mut notes = vec![match wish.method {
        WishMethod::Embeddings => note(
            "wish_by_embeddings",
            "The wish was compared with each sentence by meaning.",
            [text()],
        ),
        WishMethod::Words => note(
            "wish_by_words",
            "The wish was compared with each sentence by its words.",
            [text()],
        ),
    }];
    if moments.best_relevance.is_none() {
        let most = wish.relevance.iter().copied().fold(0.0, f32::max);
        notes.push(note(
            "wish_fits_nothing",
            format!("Nothing said fits “{}”, so it does not steer.", wish.text),
            [
                text(),
                ("most", Value::Number(f64::from(most))),
                ("threshold", Value::Number(f64::from(crate::wish::FITS))),
            ],
        ));
    }
    notes
}

/// Returns why `window` was chosen: the wish first, then what is said, heard and seen.
pub(super) fn reasons(
    moments: &Moments<'_>,
    window: &Window,
    parts: &Parts,
    wish: Option<&Wish>,
) -> Vec<Reason> {
    let measures = moments.measures;
    let range = window.range;
    let units = moments.units.get(window.units.clone()).unwrap_or_default();
    let passes = |part: Option<f64>, threshold: f64| part.is_some_and(|part| part >= threshold);
    let mut reasons = Vec::new();
    let (relevance, best) = moments.most_relevant(&window.units);
    if let Some(wish) = wish
        && moments.best_relevance.is_some()
        && fits(relevance)
    {
        let said = units.iter().find(|unit| unit.sentence == best);
        reasons.push(note(
            "wish",
            format!("Fits “{}”: relevance {relevance:.2}.", wish.text),
            [
                ("relevance", Value::Number(relevance)),
                ("sentence", sentence(said)),
            ],
        ));
    }
    if passes(parts.hook, HOOK) {
        reasons.extend(hooks(units.first()));
    }
    let (laughs, claps) = measures.reactions(range);
    let times = |n: usize| {
        if n == 1 {
            "once".to_owned()
        } else {
            format!("{n} times")
        }
    };
    if laughs > 0 {
        reasons.push(note(
            "laughter",
            format!("People laugh {}.", times(laughs)),
            [("count", Value::Number(laughs as f64))],
        ));
    }
    if claps > 0 {
        reasons.push(note(
            "applause",
            format!("People clap {}.", times(claps)),
            [("count", Value::Number(claps as f64))],
        ));
    }
    if passes(parts.energy, ENERGY)
        && let Some(above) = measures.level_above_median(range)
    {
        reasons.push(note(
            "energy",
            format!("{above:.1} dB louder than the source usually is."),
            [("decibels", Value::Number(above))],
        ));
    }
    if passes(parts.information, INFORMATION) {
        let words = keywords(moments, units, 3).join(", ");
        reasons.push(note(
            "information",
            format!("Says more than the rest: {words}."),
            [("keywords", Value::Text(words))],
        ));
    }
    if passes(parts.faces, FACES)
        && let Some((share, height)) = measures.faces(range)
    {
        let mut reason = note(
            "faces",
            format!("A face is seen {:.0} % of the time.", share * 100.0),
            [("share", Value::Number(share))],
        );
        if let Some(height) = height {
            reason
                .values
                .insert("height".to_owned(), Value::Number(height));
        }
        reasons.push(reason);
    }
    if passes(parts.variation, VARIATION)
        && let Some(deviation) = measures.level_deviation(range)
    {
        reasons.push(note(
            "variation",
            format!("Loud and soft alternate: {deviation:.1} dB."),
            [("decibels", Value::Number(deviation))],
        ));
    }
    reasons.extend(seen(measures, window, parts));
    if window.clean.is_none() && passes(parts.completeness, COMPLETENESS) {
        reasons.push(note(
            "complete",
            "Starts a thought and finishes it.",
            [(
                "completeness",
                Value::Number(parts.completeness.unwrap_or(0.0)),
            )],
        ));
    } else if passes(parts.completeness, COMPLETENESS) {
        reasons.push(note(
            "clean_edges",
            "Starts and ends in a pause or at a cut.",
            [(
                "completeness",
                Value::Number(parts.completeness.unwrap_or(0.0)),
            )],
        ));
    }
    reasons
}

/// Rhythm and speech.
fn seen(measures: &Measures<'_>, window: &Window, parts: &Parts) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if parts.rhythm.is_some_and(|part| part >= RHYTHM) {
        let cuts = measures.cuts(window.range).unwrap_or(0);
        let motion = measures.motion_ratio(window.range).unwrap_or(0.0);
        reasons.push(note(
            "rhythm",
            format!("Lively picture: cuts {cuts}, motion {motion:.1} × the usual."),
            [
                ("cuts", Value::Number(cuts as f64)),
                ("motion", Value::Number(motion)),
            ],
        ));
    }
    if parts.speech.is_some_and(|part| part >= SPEECH)
        && let Some(share) = measures.speech_share(window.range)
    {
        reasons.push(note(
            "speech",
            format!("Somebody speaks {:.0} % of the time.", share * 100.0),
            [("share", Value::Number(share))],
        ));
    }
    reasons
}

/// Returns what makes the first sentence a hook.
fn hooks(first: Option<&Unit>) -> Vec<Reason> {
    let Some(unit) = first else { return Vec::new() };
    let said = |code: &str, text: &str| note(code, text, [("sentence", sentence(Some(unit)))]);
    unit.opening
        .traits
        .iter()
        .filter_map(|own| match own {
            Trait::Question => Some(said("hook_question", "Opens with a question.")),
            Trait::Opener => Some(said("hook_opener", "Opens with a strong line.")),
            Trait::Number => Some(said("hook_number", "Opens with a number.")),
            Trait::Address => Some(said("hook_address", "Speaks to the viewer at once.")),
            Trait::Exclamation
            | Trait::Concise
            | Trait::Long
            | Trait::Filler
            | Trait::Connective
            | Trait::Pronoun => None,
        })
        .collect()
}

fn sentence(unit: Option<&Unit>) -> Value {
    Value::Text(unit.map(|unit| unit.text.clone()).unwrap_or_default())
}

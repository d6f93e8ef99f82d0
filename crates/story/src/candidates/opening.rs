//! What the first words of a sentence promise.

use crate::sentences::{Ending, Sentence};
use crate::text::{Language, folded_words};

/// How many words a sentence opens with: what comes later is heard when people have left.
const FIRST_WORDS: usize = 6;

/// Something that a sentence opens with or holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trait {
    /// It asks.
    Question,
    /// A phrase that makes people stay, such as "the biggest mistake".
    Opener,
    /// A number among its first words.
    Number,
    /// It speaks to the viewer with its first words.
    Address,
    /// It is exclaimed.
    Exclamation,
    /// 4 to 14 words.
    Concise,
    /// More than 30 words.
    Long,
    /// It begins with a word said while thinking.
    Filler,
    /// It continues what was said before.
    Connective,
    /// It begins with a pronoun for something said before.
    Pronoun,
}

/// What a sentence is like as an opening.
#[derive(Debug, Clone, Default)]
pub(super) struct Opening {
    pub(super) traits: Vec<Trait>,
    /// How much it makes people stay, in 0..=1.
    pub(super) hook: f64,
    /// How well a moment starts with it, in 0..=1.
    pub(super) start: f64,
}

impl Opening {
    pub(super) fn new(sentence: &Sentence, language: Language) -> Self {
        let words = folded_words(&sentence.text);
        let mut traits = Vec::new();
        let is_filler = |word: &String| language.lists(|tables| tables.fillers, word);
        let n_fillers = words.iter().take_while(|word| is_filler(word)).count();
        let said = words.get(n_fillers..).unwrap_or_default();
        let first = said.first().map(String::as_str).unwrap_or_default();
        let text = said.join(" ");
        if n_fillers > 0 {
            traits.push(Trait::Filler);
        }
        let asks = sentence.ending == Ending::Question
            || (!matches!(sentence.ending, Ending::Full | Ending::Exclamation)
                && opens_question(said, &text, language));
        if asks {
            traits.push(Trait::Question);
        }
        let impersonal = language.opens_with(|tables| tables.impersonal, &text);
        if language.lists(|tables| tables.connectives, first) && !is_et_si(said) {
            traits.push(Trait::Connective);
        } else if language.lists(|tables| tables.pronouns, first) && !impersonal {
            traits.push(Trait::Pronoun);
        }
        // "So here's the trick" opens as strongly as without its "so".
        let connected = said
            .iter()
            .take_while(|word| language.lists(|tables| tables.connectives, word))
            .count();
        let after = said.get(connected..).unwrap_or_default().join(" ");
        if [&text, &after]
            .iter()
            .any(|text| language.opens_with(|tables| tables.openers, text))
        {
            traits.push(Trait::Opener);
        }
        let first_words = said.get(..FIRST_WORDS).unwrap_or(said);
        let has = |list: fn(&crate::text::Tables) -> &'static [&'static str]| {
            first_words.iter().any(|word| language.lists(list, word))
        };
        if first_words
            .iter()
            .any(|word| word.starts_with(|c: char| c.is_ascii_digit()))
            || has(|tables| tables.numbers)
        {
            traits.push(Trait::Number);
        }
        if has(|tables| tables.address) {
            traits.push(Trait::Address);
        }
        if sentence.ending == Ending::Exclamation {
            traits.push(Trait::Exclamation);
        }
        match said.len() {
            4..=14 => traits.push(Trait::Concise),
            31.. => traits.push(Trait::Long),
            _ => {}
        }
        let hook: f64 = 0.15 + traits.iter().map(|own| hook_weight(*own)).sum::<f64>();
        let start: f64 = 1.0 + traits.iter().map(|own| start_weight(*own)).sum::<f64>();
        Self {
            traits,
            hook: hook.clamp(0.0, 1.0),
            start: start.clamp(0.0, 1.0),
        }
    }
}

fn hook_weight(own: Trait) -> f64 {
    match own {
        Trait::Question | Trait::Opener => 0.35,
        Trait::Number | Trait::Address => 0.15,
        Trait::Exclamation | Trait::Concise => 0.1,
        Trait::Filler => -0.2,
        Trait::Long | Trait::Connective | Trait::Pronoun => -0.1,
    }
}

fn start_weight(own: Trait) -> f64 {
    match own {
        Trait::Connective => -0.6,
        Trait::Pronoun => -0.4,
        Trait::Filler => -0.2,
        Trait::Question
        | Trait::Opener
        | Trait::Number
        | Trait::Address
        | Trait::Exclamation
        | Trait::Concise
        | Trait::Long => 0.0,
    }
}

/// Where punctuation does not tell: a question word, and for English verbs a subject after it.
fn opens_question(said: &[String], text: &str, language: Language) -> bool {
    const VERBS: &[&str] = &[
        "are", "can", "could", "did", "do", "does", "have", "is", "should", "was", "were", "will",
        "would",
    ];
    const SUBJECTS: &[&str] = &[
        "you", "we", "i", "they", "he", "she", "it", "there", "anyone",
    ];
    let first = said.first().map(String::as_str).unwrap_or_default();
    let second = said.get(1).map(String::as_str).unwrap_or_default();
    language.opens_with(|tables| tables.questions, text)
        && (!VERBS.contains(&first) || SUBJECTS.contains(&second))
        && said.len() >= 3
}

/// "Et si …" opens a thought; it continues none.
fn is_et_si(said: &[String]) -> bool {
    matches!(said, [a, b, ..] if a == "et" && b == "si")
}

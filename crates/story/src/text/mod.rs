//! What the algorithms know about languages: folding, terms, stems and tables for French and English.
//!
//! Terms: a *folded* word is lower-case without accents (`Été` → `ete`). A *term* is a folded,
//! stemmed word that carries meaning: no stop word, no single letter.

mod english;
mod french;
mod stem;

use std::collections::BTreeSet;

use footage::words::is_unspaced;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

pub(crate) use stem::stem;

/// A language as far as the tables go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
    /// Any other, or not known: the tables of both languages are used where that does no harm.
    Other,
}

/// The folded word lists of one language.
#[derive(Debug)]
pub struct Tables {
    /// Words without meaning of their own.
    pub stop: &'static [&'static str],
    /// Stop words that the other language does not share, for guessing.
    pub telling: &'static [&'static str],
    /// Words that continue what was said before.
    pub connectives: &'static [&'static str],
    /// Pronouns that need something said before.
    pub pronouns: &'static [&'static str],
    /// Openings that start with such a pronoun but need nothing before.
    pub impersonal: &'static [&'static str],
    /// Words that open a question.
    pub questions: &'static [&'static str],
    /// Words that speak to the viewer.
    pub address: &'static [&'static str],
    /// Number words.
    pub numbers: &'static [&'static str],
    /// Phrases that make a strong opening; several words are separated by one space.
    pub openers: &'static [&'static str],
    /// Words said while thinking.
    pub fillers: &'static [&'static str],
    /// Words of a wish that only say that something is looked for.
    pub asking: &'static [&'static str],
    /// Abbreviations that never end a sentence, without their last point.
    pub titles: &'static [&'static str],
    /// Abbreviations that may end a sentence, without their last point.
    pub abbreviations: &'static [&'static str],
}

impl Language {
    /// Returns the language of an ISO 639 code such as `fr` or `en-GB`.
    pub fn from_code(code: &str) -> Self {
        let code = code.to_ascii_lowercase();
        match code.split(['-', '_']).next() {
            Some("fr" | "fra" | "fre") => Self::French,
            Some("en" | "eng") => Self::English,
            _ => Self::Other,
        }
    }

    /// Returns the ISO 639-1 code, or `None` for [`Language::Other`].
    pub fn code(self) -> Option<&'static str> {
        match self {
            Self::English => Some("en"),
            Self::French => Some("fr"),
            Self::Other => None,
        }
    }

    /// Returns the tables that apply: one language's, or both when it is not known.
    pub fn tables(self) -> &'static [&'static Tables] {
        match self {
            Self::English => &[&english::TABLES],
            Self::French => &[&french::TABLES],
            Self::Other => &[&english::TABLES, &french::TABLES],
        }
    }

    /// Returns whether a list of the language holds the folded `word`.
    pub fn lists(self, list: fn(&Tables) -> &'static [&'static str], word: &str) -> bool {
        self.tables()
            .iter()
            .any(|tables| list(tables).contains(&word))
    }

    /// Returns whether the folded, space-separated `text` starts with a phrase of a list.
    pub fn opens_with(self, list: fn(&Tables) -> &'static [&'static str], text: &str) -> bool {
        self.tables()
            .iter()
            .flat_map(|tables| list(tables))
            .any(|phrase| {
                text.strip_prefix(phrase)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            })
    }
}

/// Returns `text` in lower case without accents; `œ` becomes `oe`, curly apostrophes straight.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfd().filter(|c| !is_combining_mark(*c)) {
        match c {
            'œ' | 'Œ' => folded.push_str("oe"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            '’' | '‘' | 'ʼ' => folded.push('\''),
            c => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

/// Returns the folded words of `text`, split at spaces, apostrophes, hyphens and punctuation.
///
/// Decimal numbers stay whole: `3,5` and `3.5` are one word each. In scripts without spaces each
/// letter is a word.
pub fn folded_words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut words = Vec::new();
    let mut word = String::new();
    let mut chars = folded.chars().peekable();
    while let Some(c) = chars.next() {
        let joins_digits = matches!(c, '.' | ',')
            && word.ends_with(|last: char| last.is_ascii_digit())
            && chars.peek().is_some_and(char::is_ascii_digit);
        let parts_words = is_unspaced(c) || word.ends_with(is_unspaced);
        if parts_words && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() || joins_digits {
            word.push(c);
        } else if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Returns the term that a folded word stands for, or `None` for words without meaning.
pub fn term(word: &str, language: Language) -> Option<String> {
    let mut chars = word.chars();
    let first = chars.next()?;
    let single = chars.next().is_none();
    if (single && first.is_ascii())
        || language.lists(|tables| tables.stop, word)
        || language.lists(|tables| tables.fillers, word)
    {
        return None;
    }
    Some(stem(word, language))
}

/// Returns the terms of `text` in order, repeated ones too.
pub fn terms(text: &str, language: Language) -> Vec<String> {
    folded_words(text)
        .iter()
        .filter_map(|word| term(word, language))
        .collect()
}

/// Returns the language whose own small words are frequent in `text`.
///
/// A language is named when at least 3 words and 6 % of all are among those that it does not
/// share with the other, and they are twice as many as the other's.
pub fn guess_language<'a>(texts: impl IntoIterator<Item = &'a str>) -> Language {
    /// Some minutes of speech are plenty.
    const WORDS_READ: usize = 2000;
    let english: BTreeSet<&str> = english::TABLES.telling.iter().copied().collect();
    let french: BTreeSet<&str> = french::TABLES.telling.iter().copied().collect();
    let (mut all, mut in_english, mut in_french) = (0_usize, 0_usize, 0_usize);
    for text in texts {
        for word in folded_words(text) {
            all += 1;
            in_english += usize::from(english.contains(word.as_str()));
            in_french += usize::from(french.contains(word.as_str()));
        }
        if all >= WORDS_READ {
            break;
        }
    }
    let told = |own: usize, other: usize| own >= 3 && own * 100 >= all * 6 && own >= other * 2;
    if told(in_english, in_french) {
        Language::English
    } else if told(in_french, in_english) {
        Language::French
    } else {
        Language::Other
    }
}

/// Returns the base-2 logarithm of `value + 1`, linear between powers of two.
///
/// Only whole-number logarithms and basic arithmetic, so that native and WASM agree.
pub(crate) fn log2_above(value: usize) -> f64 {
    let x = value as u64 + 1;
    let whole = x.ilog2();
    f64::from(whole) + (x as f64 / (1_u64 << whole) as f64 - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_split() {
        let check = |text: &str, expect: &[&str]| {
            assert_eq!(folded_words(text), expect, "words of {text:?}");
        };
        check("L’Été, déjà !", &["l", "ete", "deja"]);
        check("cœur d'artichaut", &["coeur", "d", "artichaut"]);
        check(
            "It costs 3.50 or 1,000.",
            &["it", "costs", "3.50", "or", "1,000"],
        );
        check("東京で Rust3", &["東", "京", "て", "rust3"]);
        check("", &[]);
    }

    #[test]
    fn terms_meet_across_forms() {
        let check = |language, forms: &[&str]| {
            let all: BTreeSet<Vec<String>> =
                forms.iter().map(|form| terms(form, language)).collect();
            assert_eq!(all.len(), 1, "{forms:?} share one term, got {all:?}");
            assert!(
                all.iter().all(|terms| terms.len() == 1),
                "{forms:?} have a term"
            );
        };
        check(Language::English, &["price", "prices", "pricing", "priced"]);
        check(Language::English, &["company", "companies"]);
        check(Language::English, &["stop", "stopped", "stopping"]);
        check(Language::French, &["coût", "coûts", "coûte", "coûter"]);
        check(Language::French, &["journal", "journaux"]);
        check(
            Language::French,
            &["client", "clients", "cliente", "clientes"],
        );
        check(Language::French, &["l'argent", "d’argent", "argent"]);
    }

    #[test]
    fn unlike_words_stay_apart() {
        for (a, b) in [("prix", "prise"), ("marché", "mars"), ("user", "use case")] {
            assert_ne!(
                terms(a, Language::Other),
                terms(b, Language::Other),
                "{a} is not {b}"
            );
        }
    }

    #[test]
    fn languages_are_guessed() {
        let check = |text: &str, expect| {
            assert_eq!(guess_language([text]), expect, "language of {text:?}");
        };
        check(
            "Je ne sais pas pourquoi les gens sont dans cette situation avec nous",
            Language::French,
        );
        check(
            "I do not know why the people are in this situation with us",
            Language::English,
        );
        check(
            "Yo no sé por qué la gente está en esta situación con nosotros que es de la ciudad",
            Language::Other,
        );
        check(
            "Ich weiß nicht, warum die Leute in dieser Situation mit uns sind und was das soll",
            Language::Other,
        );
        check("Bonjour", Language::Other);
    }

    #[test]
    fn the_logarithm_is_exact_at_powers_of_two() {
        for (value, expect) in [(0, 0.0), (1, 1.0), (3, 2.0), (1023, 10.0)] {
            assert!(
                (log2_above(value) - expect).abs() < 1e-12,
                "log2({value} + 1)"
            );
        }
    }
}

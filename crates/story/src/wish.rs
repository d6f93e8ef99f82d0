//! How well each sentence fits a free-text wish such as "the part about prices".
//!
//! Both measures give a *relevance* in 0..=1 per sentence; from [`FITS`] on a sentence fits.

use std::collections::BTreeMap;

use crate::sentences::Sentence;
use crate::text::{self, Language, stem};

/// The relevance from which a sentence fits the wish.
///
/// For words: the cosine of the wish and the sentence is at least 0.15, such as one rare word of
/// two in a sentence of twenty. For embeddings: a cosine of 0.3, which all-MiniLM-L6-v2 rarely
/// gives to unrelated sentences (most lie below 0.15).
pub const FITS: f32 = 0.3;

/// Cosine of embeddings that gives relevance 0.
const UNRELATED_COSINE: f32 = 0.15;
/// Cosine of embeddings that gives relevance 1.
const EQUAL_COSINE: f32 = 0.65;
/// Relevance per cosine of words: sentences hold many words that the wish does not.
const WORD_GAIN: f64 = 2.0;
/// What a word that only begins like a word of the wish counts, such as `tarif` for `tarification`.
const BEGINNING: f64 = 0.6;
/// The shortest beginning that counts, in letters.
const SHORTEST_BEGINNING: usize = 4;

/// Returns the relevance of each sentence by shared words, in the language that the sentences seem
/// to be in; see [`by_words_in`].
pub fn by_words(wish: &str, sentences: &[Sentence]) -> Vec<f32> {
    let language = text::guess_language(sentences.iter().map(|sentence| sentence.text.as_str()));
    by_words_in(language, wish, sentences)
}

/// Returns the relevance of each sentence of a transcript in `language` by shared words: the cosine
/// of tf-idf vectors of stemmed, folded words without stop words, times 2, at most 1.
pub fn by_words_in(language: Language, wish: &str, sentences: &[Sentence]) -> Vec<f32> {
    let asked = asked_words(wish);
    let small = SmallWords::of(&asked, language);
    let bags: Vec<BTreeMap<String, usize>> = sentences
        .iter()
        .map(|sentence| bag(small.terms(text::folded_words(&sentence.text), language)))
        .collect();
    let mut containing: BTreeMap<&str, usize> = BTreeMap::new();
    for term in bags.iter().flat_map(|bag| bag.keys()) {
        *containing.entry(term).or_default() += 1;
    }
    let rarity = |term: &str| {
        let n = containing.get(term).copied().unwrap_or(0);
        1.0 + text::log2_above(sentences.len()) - text::log2_above(n)
    };
    // The wish may be in another language than the source: that one's small words mean something
    // only where the source says them, as "car" is English and a small word of French.
    let is_small_elsewhere = |word: &String| text::term(word, Language::Other).is_none();
    let meant = asked.into_iter().filter(|word| {
        !is_small_elsewhere(word) || containing.contains_key(stem(word, language).as_str())
    });
    let wish: Vec<(String, f64)> = bag(small.terms(meant.collect(), language))
        .into_iter()
        .map(|(term, n)| {
            let weight = n as f64 * rarity(&term);
            (term, weight)
        })
        .collect();
    let wish_norm = norm(wish.iter().map(|(_, weight)| *weight));
    // What each word of the source counts for the wish, worked out once per word.
    let mut credit: BTreeMap<&str, f64> = BTreeMap::new();
    for term in containing.keys() {
        let product: f64 = wish
            .iter()
            .map(|(asked, weight)| alike(asked, term) * weight)
            .sum();
        if product > 0.0 {
            credit.insert(term, product);
        }
    }
    bags.iter()
        .map(|bag| {
            let weights = bag.iter().map(|(term, n)| (term, *n as f64 * rarity(term)));
            let product: f64 = weights
                .clone()
                .filter_map(|(term, weight)| credit.get(term.as_str()).map(|own| own * weight))
                .sum();
            let norms = wish_norm * norm(weights.map(|(_, weight)| weight));
            if norms > 0.0 {
                (product / norms * WORD_GAIN).clamp(0.0, 1.0) as f32
            } else {
                0.0
            }
        })
        .collect()
}

/// Returns the relevance of each sentence by meaning: cosines from 0.15 to 0.65 mapped to 0..=1.
/// A vector of another length than the wish's, or without length, gives 0.
pub fn by_embeddings(wish: &[f32], sentences: &[Vec<f32>]) -> Vec<f32> {
    let norm = |vector: &[f32]| vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    let wish_norm = norm(wish);
    sentences
        .iter()
        .map(|sentence| {
            let norms = wish_norm * norm(sentence);
            if sentence.len() != wish.len() || norms <= 0.0 || !norms.is_finite() {
                return 0.0;
            }
            let product: f32 = wish.iter().zip(sentence).map(|(a, b)| a * b).sum();
            let above = product / norms - UNRELATED_COSINE;
            (above / (EQUAL_COSINE - UNRELATED_COSINE)).clamp(0.0, 1.0)
        })
        .collect()
}

/// Returns the folded words of a wish without those that only say that something is looked for.
fn asked_words(wish: &str) -> Vec<String> {
    text::folded_words(wish)
        .into_iter()
        .filter(|word| !Language::Other.lists(|tables| tables.asking, word))
        .collect()
}

/// What becomes of words without meaning of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SmallWords {
    LeftOut,
    Kept,
}

impl SmallWords {
    /// Keeps them where the source's language is not known and each word of the wish is small in
    /// one language or the other, but not all of them in the same: "the car" asks for something.
    fn of(asked: &[String], language: Language) -> Self {
        let left_in = |language| {
            asked
                .iter()
                .any(|word| text::term(word, language).is_some())
        };
        let asks = left_in(Language::English) && left_in(Language::French);
        if language == Language::Other && !left_in(Language::Other) && asks {
            Self::Kept
        } else {
            Self::LeftOut
        }
    }

    fn terms(self, words: Vec<String>, language: Language) -> Vec<String> {
        let term = |word: String| match self {
            Self::LeftOut => text::term(&word, language),
            Self::Kept => Some(stem(&word, language)),
        };
        words.into_iter().filter_map(term).collect()
    }
}

fn bag(terms: Vec<String>) -> BTreeMap<String, usize> {
    let mut bag = BTreeMap::new();
    for term in terms {
        *bag.entry(term).or_default() += 1;
    }
    bag
}

/// Returns 1 for the same term, [`BEGINNING`] where one begins with the other.
fn alike(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let letters = short.chars().count();
    let begins = letters >= SHORTEST_BEGINNING
        && long.starts_with(short)
        && letters * 2 >= long.chars().count();
    if begins { BEGINNING } else { 0.0 }
}

fn norm(weights: impl Iterator<Item = f64>) -> f64 {
    weights.map(|weight| weight * weight).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sentences::sentences;
    use crate::testing::{quiet, transcript};

    fn best(language: &str, script: &str, wish: &str) -> Option<String> {
        let all = sentences(&transcript(language, script), &quiet(600.0));
        let relevance = by_words(wish, &all);
        let (at, most) = relevance
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(b.1))?;
        (*most >= FITS).then(|| all[at].text.clone())
    }

    const ENGLISH: &str = "We started this company in a garage with no plan at all. \
        Our pricing was wrong from the first day. The dog of my neighbour barks all night. \
        You should hire slowly and listen to your team.";
    const FRENCH: &str = "Nous avons monté cette entreprise dans un garage sans aucun plan. \
        Les tarifs étaient faux dès le premier jour. Le chien de ma voisine aboie toute la nuit. \
        Il faut recruter lentement et écouter vos équipes.";

    #[test]
    fn words_find_their_sentence() {
        let check = |language, script, wish: &str, expect: Option<&str>| {
            let found = best(language, script, wish);
            let fits = match (&found, expect) {
                (Some(found), Some(expect)) => found.contains(expect),
                (None, None) => true,
                _ => false,
            };
            assert!(fits, "{wish:?} finds {found:?}, not {expect:?}");
        };
        check("en", ENGLISH, "the part about prices", Some("pricing"));
        check("en", ENGLISH, "where he talks about dogs", Some("dog"));
        check("en", ENGLISH, "hiring a team", Some("hire"));
        check("en", ENGLISH, "quantum physics", None);
        check("en", ENGLISH, "the part about", None);
        check(
            "fr",
            FRENCH,
            "le passage où il parle de la tarification",
            Some("tarifs"),
        );
        check("fr", FRENCH, "ÉQUIPE", Some("équipes"));
        check("fr", FRENCH, "le recrutement", Some("recruter"));
        check("fr", FRENCH, "la cuisine italienne", None);
    }

    #[test]
    fn a_word_that_is_small_in_the_other_language_still_asks() {
        let check = |language, source: &str, wish: &str, expect: &str| {
            let found = best(language, source, wish);
            let fits = found.as_ref().is_some_and(|text| text.contains(expect));
            assert!(fits, "{wish:?} finds {found:?}, not {expect:?}");
        };
        let english = "We have been working on this for many years now. \
            My first car was an old red thing that never started. \
            You should choose a font that people can read. \
            Somebody left an angry comment below the film.";
        check("en", english, "the car", "car");
        check("en", english, "font", "font");
        check("en", english, "the comment", "comment");
    }

    #[test]
    fn in_an_unknown_language_small_words_of_both_still_ask() {
        let short = "Wow, my car! Great food.";
        let all = sentences(&transcript("", short), &quiet(60.0));
        let car = by_words_in(Language::Other, "the car", &all);
        assert!(car[0] >= FITS && car[1] < FITS, "found: {car:?}");
        let nothing = by_words_in(Language::Other, "what is it about", &all);
        assert_eq!(nothing, [0.0, 0.0], "asks for nothing");
    }

    #[test]
    fn a_wish_in_the_other_language_loses_its_small_words() {
        let all = sentences(&transcript("en", ENGLISH), &quiet(60.0));
        let plain = by_words_in(Language::English, "garage", &all);
        let french = by_words_in(Language::English, "le passage sur le garage", &all);
        assert_eq!(plain, french, "“le” and “sur” do not weaken it");
    }

    #[test]
    fn embeddings_are_mapped_from_their_cosine() {
        let wish = [1.0, 0.0];
        let at = |cosine: f32| vec![cosine, (1.0 - cosine * cosine).sqrt()];
        let found = by_embeddings(
            &wish,
            &[
                at(1.0),
                at(0.3),
                at(0.1),
                at(-1.0),
                vec![0.0, 0.0],
                vec![1.0],
            ],
        );
        assert!((found[0] - 1.0).abs() < 1e-6, "the same direction");
        assert!(
            (found[1] - FITS).abs() < 1e-5,
            "0.3 is where fitting starts"
        );
        assert_eq!(
            &found[2..],
            &[0.0; 4],
            "unrelated, opposite, empty, of another length"
        );
    }
}

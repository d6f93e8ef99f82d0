//! Light stemming: enough for `prices` to meet `pricing`, cautious with short words.

use super::Language;

/// Longest first. Each suffix goes with what takes its place and the letters that must remain.
const FRENCH: &[(&str, &str, usize)] = &[
    ("issements", "", 3),
    ("issement", "", 3),
    ("ifications", "if", 3),
    ("ification", "if", 3),
    ("ateurs", "", 4),
    ("atrices", "", 4),
    ("ateur", "", 4),
    ("atrice", "", 4),
    ("ations", "", 4),
    ("ation", "", 4),
    ("ements", "", 4),
    ("ement", "", 4),
    ("aient", "", 4),
    ("euses", "", 4),
    ("euse", "", 4),
    ("eurs", "", 4),
    ("eur", "", 4),
    ("eaux", "eau", 2),
    ("eau", "eau", 2),
    ("aux", "al", 3),
    ("ions", "", 4),
    ("ais", "", 4),
    ("ait", "", 4),
    ("ees", "", 4),
    ("ent", "", 5),
    ("es", "", 3),
    ("er", "", 4),
    ("ez", "", 4),
    ("ee", "", 4),
    ("e", "", 3),
    ("s", "", 3),
];

const ENGLISH: &[(&str, &str, usize)] = &[
    ("ations", "", 4),
    ("ation", "", 4),
    ("nesses", "", 4),
    ("ments", "", 4),
    ("ness", "", 4),
    ("ment", "", 4),
    ("ings", "", 3),
    ("sses", "ss", 2),
    ("ies", "y", 3),
    ("ing", "", 3),
    ("ied", "y", 3),
    ("ers", "", 4),
    ("es", "", 3),
    ("ed", "", 3),
    ("er", "", 4),
    ("ly", "", 4),
    ("ss", "ss", 1),
    ("us", "us", 1),
    ("e", "", 3),
    ("s", "", 3),
];

/// Returns the stem of a folded word. Numbers and words of other languages stay as they are,
/// but for a plural `s`.
pub(crate) fn stem(word: &str, language: Language) -> String {
    if word.chars().any(|c| !c.is_alphabetic()) {
        return word.to_owned();
    }
    let suffixes = match language {
        Language::English => ENGLISH,
        Language::French => FRENCH,
        Language::Other => &[("es", "", 3), ("e", "", 3), ("s", "", 3)],
    };
    let letters = word.chars().count();
    for (suffix, replacement, remaining) in suffixes {
        let Some(kept) = word.strip_suffix(suffix) else {
            continue;
        };
        if letters - suffix.chars().count() < *remaining {
            continue;
        }
        let mut stem = format!("{kept}{replacement}");
        // `stopped` leaves `stopp`; `ll` and `ss` belong to the word itself.
        if replacement.is_empty() && language == Language::English {
            let mut last = stem.chars().rev();
            if let (Some(a), Some(b)) = (last.next(), last.next())
                && a == b
                && !matches!(a, 'l' | 's' | 'z')
                && stem.chars().count() > 3
            {
                stem.pop();
            }
        }
        return stem;
    }
    word.to_owned()
}

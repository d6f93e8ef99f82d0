//! Sounds that a transcript or a subtitle file marks in brackets: `[laughter]`, `(rires)`, `♪`.

use footage::time::SourceRange;
use footage::words::Transcript;
use serde::{Deserialize, Serialize};

use crate::text;

/// What kind of sound is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoundKind {
    /// People laugh.
    Laughter,
    /// People clap or cheer.
    Applause,
    /// Music or singing.
    Music,
    /// Anything else that is not speech.
    Other,
}

/// A sound that is not speech.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sound {
    /// When it is heard, as well as it is known.
    pub range: SourceRange,
    /// What it is.
    pub kind: SoundKind,
}

const LAUGHTER: &[&str] = &[
    "chuckle",
    "chuckles",
    "chuckling",
    "giggle",
    "giggles",
    "giggling",
    "laugh",
    "laughing",
    "laughs",
    "laughter",
    "lol",
    "rigole",
    "rire",
    "rires",
    "rit",
    "rient",
    "ricane",
    "eclats",
];
const APPLAUSE: &[&str] = &[
    "acclamation",
    "acclamations",
    "applaudissement",
    "applaudissements",
    "applaud",
    "applauds",
    "applause",
    "bravos",
    "cheer",
    "cheering",
    "cheers",
    "clap",
    "clapping",
    "claps",
    "ovation",
];
const MUSIC: &[&str] = &[
    "chanson",
    "chant",
    "chante",
    "generique",
    "jingle",
    "melodie",
    "music",
    "musical",
    "musique",
    "piano",
    "guitar",
    "guitare",
    "sing",
    "singing",
    "sings",
    "song",
];
const OTHER: &[&str] = &[
    "aboie",
    "bark",
    "barking",
    "barks",
    "beep",
    "bip",
    "bruit",
    "bruits",
    "buzzing",
    "coughs",
    "coughing",
    "cri",
    "crie",
    "cries",
    "cris",
    "crosstalk",
    "foule",
    "gasp",
    "gasps",
    "groans",
    "inaudible",
    "indistinct",
    "inintelligible",
    "murmures",
    "noise",
    "phone",
    "ringing",
    "rings",
    "screaming",
    "screams",
    "sigh",
    "sighs",
    "silence",
    "siren",
    "sirene",
    "sniffs",
    "sob",
    "sobs",
    "sonne",
    "sonnerie",
    "soupir",
    "soupire",
    "speaking",
    "static",
    "thunder",
    "toux",
    "tousse",
    "unintelligible",
    "whispers",
    "whistles",
    "wind",
];

/// Returns the kind that the words inside brackets name, or `None` when they name none.
pub fn named_sound(inside: &str) -> Option<SoundKind> {
    if inside.contains(['♪', '♫', '♩', '♬']) {
        return Some(SoundKind::Music);
    }
    let words = text::folded_words(inside);
    let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if any(LAUGHTER) || words.iter().any(|word| is_written_laughter(word)) {
        Some(SoundKind::Laughter)
    } else if any(APPLAUSE) {
        Some(SoundKind::Applause)
    } else if any(MUSIC) {
        Some(SoundKind::Music)
    } else if any(OTHER) {
        Some(SoundKind::Other)
    } else {
        None
    }
}

/// Returns the sounds that stand among the words of a transcript: speech models write `[Laughter]`
/// or `Hahaha` as a word.
pub fn sounds_in_words(transcript: &Transcript) -> Vec<Sound> {
    let mut sounds = Vec::new();
    for word in &transcript.words {
        let kind = if is_marked(&word.text) {
            Some(named_sound(&word.text).unwrap_or(SoundKind::Other))
        } else {
            text::folded_words(&word.text)
                .iter()
                .any(|word| is_written_laughter(word))
                .then_some(SoundKind::Laughter)
        };
        if let Some(kind) = kind {
            sounds.push(Sound {
                range: word.range,
                kind,
            });
        }
    }
    sounds
}

/// Returns whether a word of a transcript is a mark such as `[Music]` or `♪` and not spoken.
pub fn is_marked(word: &str) -> bool {
    (word.starts_with('[') && word.ends_with(']'))
        || (word.starts_with('(') && word.ends_with(')') && named_sound(word).is_some())
        || (!word.is_empty() && word.chars().all(|c| matches!(c, '♪' | '♫' | '♩' | '♬')))
}

/// `haha`, `ahahah`, `hihihi`: at least two beats of `h` and one vowel.
fn is_written_laughter(folded: &str) -> bool {
    folded.len() >= 4
        && ['a', 'e', 'i', 'o'].iter().any(|vowel| {
            folded.chars().all(|c| c == 'h' || c == *vowel)
                && folded.matches('h').count() >= 2
                && folded.matches(*vowel).count() >= 2
                && !folded.contains("hh")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sounds_are_named() {
        let check = |inside: &str, expect| {
            assert_eq!(named_sound(inside), expect, "sound of {inside:?}");
        };
        check("laughter", Some(SoundKind::Laughter));
        check("Rires dans la salle", Some(SoundKind::Laughter));
        check("AUDIENCE LAUGHS", Some(SoundKind::Laughter));
        check("hahaha", Some(SoundKind::Laughter));
        check("Applaudissements", Some(SoundKind::Applause));
        check("♪", Some(SoundKind::Music));
        check("upbeat music", Some(SoundKind::Music));
        check("inaudible", Some(SoundKind::Other));
        check("en 1984", None);
        check("hotel", None);
    }

    #[test]
    fn only_marks_are_marks() {
        for mark in ["[Music]", "(rires)", "♪", "[?]"] {
            assert!(is_marked(mark), "{mark} is not spoken");
        }
        for word in ["(1984)", "music", "(vraiment)", ""] {
            assert!(!is_marked(word), "{word:?} is spoken");
        }
    }
}

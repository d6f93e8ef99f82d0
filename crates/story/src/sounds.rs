//! Sounds that a transcript or a subtitle file marks in brackets: `[laughter]`, `(rires)`, `♪`.

use footage::time::SourceRange;
use footage::words::Transcript;
use serde::{Deserialize, Serialize};

use crate::text::{self, Language};

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

/// Signs of music.
pub(crate) const NOTES: [char; 4] = ['♪', '♫', '♩', '♬'];
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

/// Forms of “to be”, folded: where they stand, something is told about a sound.
const TELLING: &[&str] = &[
    "am", "are", "be", "been", "est", "etaient", "etait", "ete", "etre", "is", "sont", "was",
    "were",
];

/// Returns the kind that the words inside brackets name, or `None` when they name none.
pub fn named_sound(inside: &str) -> Option<SoundKind> {
    if inside.contains(NOTES) {
        return Some(SoundKind::Music);
    }
    let words = text::folded_words(inside);
    // Where several kinds are named, the one that tells most of the audience counts.
    words.iter().filter_map(|word| kind_of(word)).min()
}

/// Returns the kind of a text that may be an aside as well, such as one in round brackets, or
/// `None` when fewer than half of its words name a sound, articles, pronouns and such left out.
pub(crate) fn described_sound(inside: &str) -> Option<SoundKind> {
    let kind = named_sound(inside)?;
    if inside.contains(NOTES) {
        return Some(kind);
    }
    let words = text::folded_words(inside);
    let names = |word: &&String| kind_of(word).is_some();
    let counts = |word: &&String| {
        names(word)
            || TELLING.contains(&word.as_str())
            || !Language::Other.lists(|tables| tables.stop, word)
    };
    let n_names = words.iter().filter(names).count();
    let n_words = words.iter().filter(counts).count();
    (n_names * 2 >= n_words).then_some(kind)
}

/// Returns the kind that one folded word names.
fn kind_of(word: &str) -> Option<SoundKind> {
    if LAUGHTER.contains(&word) || is_written_laughter(word) {
        Some(SoundKind::Laughter)
    } else if APPLAUSE.contains(&word) {
        Some(SoundKind::Applause)
    } else if MUSIC.contains(&word) {
        Some(SoundKind::Music)
    } else {
        OTHER.contains(&word).then_some(SoundKind::Other)
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
        || (!word.is_empty() && word.chars().all(|c| NOTES.contains(&c)))
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
        check("Éclats de rire", Some(SoundKind::Laughter));
        check("Éclats de voix", None);
        check("hahaha", Some(SoundKind::Laughter));
        check("Applaudissements", Some(SoundKind::Applause));
        check("♪", Some(SoundKind::Music));
        check("upbeat music", Some(SoundKind::Music));
        check("inaudible", Some(SoundKind::Other));
        check("en 1984", None);
        check("hotel", None);
    }

    #[test]
    fn an_aside_describes_no_sound() {
        let check = |inside: &str, expect| {
            assert_eq!(described_sound(inside), expect, "sound of {inside:?}");
        };
        check("rires", Some(SoundKind::Laughter));
        check("Rires dans la salle", Some(SoundKind::Laughter));
        check("the crowd is cheering", None);
        check("wind howling", Some(SoundKind::Other));
        check("wind was strong", None);
        check("he sings a song", Some(SoundKind::Music));
        check("my favorite song of the whole year", None);
        check("♪ my favorite line ♪", Some(SoundKind::Music));
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

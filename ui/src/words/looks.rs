//! What the caption styles that ship are called, and what each is like.

use protocol::studio::settings::Language;

/// Returns the name of a style and a sentence on it; `None` for one that does not ship, which has its
/// own words.
pub fn look(style: &str, language: Language) -> Option<(&'static str, &'static str)> {
    let (english, french) = both(style)?;
    Some(match language {
        Language::English => english,
        Language::French => french,
    })
}

type Entry = (&'static str, &'static str);

fn both(style: &str) -> Option<(Entry, Entry)> {
    Some(match style {
        "bold" => (
            (
                "Bold",
                "White extra-bold letters with a black outline. The spoken word turns yellow.",
            ),
            (
                "Gras",
                "Lettres blanches très grasses à contour noir. Le mot prononcé devient jaune.",
            ),
        ),
        "box" => (
            (
                "Box",
                "White letters with a thin outline. The spoken word stands on a violet box.",
            ),
            (
                "Encadré",
                "Lettres blanches à contour fin. Le mot prononcé est sur un fond violet.",
            ),
        ),
        "clean" => (
            (
                "Clean",
                "Calm semi-bold letters on a dark translucent plate. The spoken word turns sky blue.",
            ),
            (
                "Sobre",
                "Lettres mi-grasses sur une plaque sombre translucide. Le mot prononcé devient bleu ciel.",
            ),
        ),
        "punch" => (
            (
                "Punch",
                "Large capitals, a few words at a time. The spoken word turns green.",
            ),
            (
                "Percutant",
                "Grandes capitales, quelques mots à la fois. Le mot prononcé devient vert.",
            ),
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_style_that_ships_has_words_in_both_languages() {
        let presets = include_str!("../../../assets/presets/captions.toml");
        let names = presets
            .lines()
            .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
        let mut count = 0;
        for name in names {
            let english = look(name, Language::English);
            let french = look(name, Language::French);
            assert!(english.is_some() && french.is_some(), "{name} has no words");
            assert_ne!(english, french, "{name} is not translated");
            count += 1;
        }
        assert!(count >= 4, "the presets were read");
        assert_eq!(look("somebody’s own", Language::French), None);
    }
}

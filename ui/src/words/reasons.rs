//! Why a reel was suggested, and what is to be known of a source: words for the codes that the
//! engine gives, with its numbers.

use std::collections::BTreeMap;

use protocol::documents::ReasonDocument;
use protocol::studio::settings::Language;
use serde_json::Value;

use super::{counted_en, counted_fr};
use crate::format;

/// Returns a reason or note in words. A code of another version shows the engine's own text.
pub fn reason(reason: &ReasonDocument, language: Language) -> String {
    let said = Said {
        values: &reason.values,
        language,
    };
    let words = match language {
        Language::English => english(&reason.code, &said),
        Language::French => french(&reason.code, &said),
    };
    words.unwrap_or_else(|| reason.text.clone())
}

/// Returns what a part of a score is called.
pub fn part(name: &str, language: Language) -> String {
    let (english, french) = match name {
        "hook" => ("Opening", "Accroche"),
        "completeness" => ("Complete thought", "Idée complète"),
        "speech" => ("Speech", "Parole"),
        "energy" => ("Energy", "Énergie"),
        "variation" => ("Loud and soft", "Nuances"),
        "faces" => ("Faces", "Visages"),
        "rhythm" => ("Pace", "Rythme"),
        "information" => ("Substance", "Contenu"),
        "length" => ("Length", "Durée"),
        "laughter" => ("Laughter and applause", "Rires et applaudissements"),
        "wish" => ("Fits the wish", "Répond au souhait"),
        other => (other, other),
    };
    match language {
        Language::English => english.to_owned(),
        Language::French => french.to_owned(),
    }
}

struct Said<'a> {
    values: &'a BTreeMap<String, Value>,
    language: Language,
}

impl Said<'_> {
    fn number(&self, name: &str) -> f64 {
        self.values.get(name).and_then(Value::as_f64).unwrap_or(0.0)
    }

    fn decimal(&self, name: &str) -> String {
        format::decimal(self.number(name), 1, self.language)
    }

    fn count(&self, name: &str) -> u64 {
        self.number(name).round().max(0.0) as u64
    }

    fn percent(&self, name: &str) -> String {
        format::percent(self.number(name), self.language)
    }

    fn text(&self, name: &str) -> &str {
        self.values
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    fn length(&self, name: &str) -> String {
        format::duration(footage::time::Ticks::from_secs(self.number(name)))
    }
}

fn english(code: &str, said: &Said<'_>) -> Option<String> {
    let times = |name: &str| match said.count(name) {
        1 => "once".to_owned(),
        count => format!("{} times", format::number(count, Language::English)),
    };
    Some(match code {
        "wish" => "Fits the wish".to_owned(),
        "hook_question" => "Opens with a question".to_owned(),
        "hook_opener" => "Opens with a strong line".to_owned(),
        "hook_number" => "Opens with a number".to_owned(),
        "hook_address" => "Speaks to the viewer at once".to_owned(),
        "laughter" => format!("People laugh {}", times("count")),
        "applause" => format!("People clap {}", times("count")),
        "energy" => format!("{} dB louder than usual", said.decimal("decibels")),
        "information" => format!("Says more than the rest: {}", said.text("keywords")),
        "faces" => format!("A face is seen {} of the time", said.percent("share")),
        "variation" => "Loud and soft alternate".to_owned(),
        "rhythm" => match said.count("cuts") {
            0 => "Lively picture".to_owned(),
            1 => "Lively picture, 1 cut".to_owned(),
            cuts => format!("Lively picture, {cuts} cuts"),
        },
        "speech" => format!("Somebody speaks {} of the time", said.percent("share")),
        "complete" => "Starts a thought and finishes it".to_owned(),
        "clean_edges" => "Starts and ends in a pause or at a cut".to_owned(),
        "silent_and_still" => {
            "Nothing is heard and nothing moves, so the moments divide the source evenly."
                .to_owned()
        }
        "no_speech" => "Nobody speaks, so the moments come from sound, shots and faces.".to_owned(),
        "no_words" => {
            "There is speech but no transcript. With a speech model, reels follow what is \
                       said and get captions."
                .to_owned()
        }
        "wish_of_other_sentences" => {
            "The wish was compared with another transcript, so it does not steer.".to_owned()
        }
        "wish_by_embeddings" => "The wish was compared by meaning.".to_owned(),
        "wish_by_words" => {
            "The wish was compared by its words. With a meaning model it finds more.".to_owned()
        }
        "wish_fits_nothing" => {
            format!(
                "Nothing said fits “{}”, so it does not steer.",
                said.text("wish")
            )
        }
        "source_shorter_than_min" => format!(
            "The source is shorter than {}, so all of it is one reel.",
            said.length("min")
        ),
        "no_exact_length" => format!(
            "No moment between words lasts between {} and {}, so the nearest is kept.",
            said.length("min"),
            said.length("max")
        ),
        "fewer_than_asked" => format!(
            "The source holds {}, and {} were looked for.",
            counted_en(said.count("found") as usize, "good moment", "good moments"),
            said.count("asked")
        ),
        "source_empty" => "The source has no length, so there are no moments in it.".to_owned(),
        "no_such_length" => "No length lies within the bounds that were asked for.".to_owned(),
        "source_damaged" => "The file is damaged. It was used up to the damage.".to_owned(),
        "subtitle_cues_dropped" => format!(
            "{} lines of {} cannot be used, the first is line {}.",
            said.count("count"),
            said.text("file"),
            said.count("line")
        ),
        "subtitles_unreadable" => format!(
            "The subtitles in {} cannot be read, so they are not used.",
            said.text("file")
        ),
        "reading_speed" => "Some captions pass faster than they can be read.".to_owned(),
        "caption_over_mouth" => "Captions cover a mouth at times.".to_owned(),
        "missing_letters" => "No font has some letters of the captions.".to_owned(),
        _ => return None,
    })
}

fn french(code: &str, said: &Said<'_>) -> Option<String> {
    Some(match code {
        "wish" => "Répond au souhait".to_owned(),
        "hook_question" => "Commence par une question".to_owned(),
        "hook_opener" => "Commence par une phrase forte".to_owned(),
        "hook_number" => "Commence par un chiffre".to_owned(),
        "hook_address" => "S’adresse tout de suite au spectateur".to_owned(),
        "laughter" => format!("On rit {} fois", said.count("count")),
        "applause" => format!("On applaudit {} fois", said.count("count")),
        "energy" => {
            format!(
                "Plus fort que d’habitude de {}\u{a0}dB",
                said.decimal("decibels")
            )
        }
        "information" => format!("En dit plus que le reste : {}", said.text("keywords")),
        "faces" => format!("Un visage est visible {} du temps", said.percent("share")),
        "variation" => "Passages forts et doux alternent".to_owned(),
        "rhythm" => match said.count("cuts") {
            0 => "Image vivante".to_owned(),
            1 => "Image vivante, 1 coupe".to_owned(),
            cuts => format!("Image vivante, {cuts} coupes"),
        },
        "speech" => format!("Quelqu’un parle {} du temps", said.percent("share")),
        "complete" => "Commence une idée et la termine".to_owned(),
        "clean_edges" => "Commence et finit sur un silence ou une coupe".to_owned(),
        "silent_and_still" => {
            "On n’entend rien et rien ne bouge : les moments partagent la source \
                               en parts égales."
                .to_owned()
        }
        "no_speech" => {
            "Personne ne parle : les moments viennent du son, des plans et des visages.".to_owned()
        }
        "no_words" => {
            "On parle, mais il n’y a pas de transcription. Avec un modèle de parole, les \
                       réels suivent ce qui est dit et ont des sous-titres."
                .to_owned()
        }
        "wish_of_other_sentences" => "Le souhait a été comparé à une autre transcription : il n’a \
                                      pas d’effet."
            .to_owned(),
        "wish_by_embeddings" => "Le souhait a été comparé par le sens.".to_owned(),
        "wish_by_words" => "Le souhait a été comparé mot à mot. Avec un modèle de sens, il trouve \
                            davantage."
            .to_owned(),
        "wish_fits_nothing" => format!(
            "Rien de ce qui est dit ne répond à « {} » : le souhait n’a pas d’effet.",
            said.text("wish")
        ),
        "source_shorter_than_min" => format!(
            "La source dure moins de {} : elle forme un seul réel.",
            said.length("min")
        ),
        "no_exact_length" => format!(
            "Aucun moment entre deux mots ne dure de {} à {} : le plus proche est gardé.",
            said.length("min"),
            said.length("max")
        ),
        "fewer_than_asked" => format!(
            "La source contient {} sur {} recherchés.",
            counted_fr(said.count("found") as usize, "bon moment", "bons moments"),
            said.count("asked")
        ),
        "source_empty" => "La source n’a pas de durée : elle ne contient aucun moment.".to_owned(),
        "no_such_length" => "Aucune durée n’est entre les limites demandées.".to_owned(),
        "source_damaged" => {
            "Le fichier est abîmé. Il a été utilisé jusqu’à l’endroit abîmé.".to_owned()
        }
        "subtitle_cues_dropped" => format!(
            "{} lignes de {} sont inutilisables, la première est la ligne {}.",
            said.count("count"),
            said.text("file"),
            said.count("line")
        ),
        "subtitles_unreadable" => format!(
            "Les sous-titres de {} sont illisibles : ils ne sont pas utilisés.",
            said.text("file")
        ),
        "reading_speed" => "Certains sous-titres passent trop vite pour être lus.".to_owned(),
        "caption_over_mouth" => "Des sous-titres couvrent parfois une bouche.".to_owned(),
        "missing_letters" => "Aucune police n’a certaines lettres des sous-titres.".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every code that `story` and the engine give, as their sources have them.
    fn codes() -> Vec<String> {
        let story = [
            include_str!("../../../crates/story/src/candidates/reasons.rs"),
            include_str!("../../../crates/story/src/candidates/mod.rs"),
        ];
        let mut codes = Vec::new();
        for source in story {
            // The constructor is defined once and called with the code first.
            for call in source.split("note(").skip(1) {
                let first = call.trim_start();
                if let Some(code) = first
                    .strip_prefix('"')
                    .and_then(|rest| rest.split('"').next())
                {
                    codes.push(code.to_owned());
                }
            }
            for call in source.split("said(\"").skip(1) {
                codes.extend(call.split('"').next().map(str::to_owned));
            }
        }
        let engine = [
            include_str!("../../../crates/engine/src/reels/document.rs"),
            include_str!("../../../crates/engine/src/reels/prepare.rs"),
            include_str!("../../../crates/engine/src/reels/words.rs"),
        ];
        for source in engine {
            for call in source.split("code: \"").skip(1) {
                codes.extend(call.split('"').next().map(str::to_owned));
            }
        }
        codes
    }

    #[test]
    fn every_code_has_words_in_both_languages() {
        let codes = codes();
        assert!(
            codes.len() > 20,
            "the sources are still written as this test reads them"
        );
        for code in codes {
            for language in [Language::English, Language::French] {
                let document = ReasonDocument {
                    code: code.clone(),
                    text: "of another version".to_owned(),
                    values: BTreeMap::new(),
                };
                let words = reason(&document, language);
                assert_ne!(
                    words, "of another version",
                    "{code} has no words in {language:?}"
                );
            }
        }
    }

    #[test]
    fn numbers_are_written_in_the_language() {
        let document = ReasonDocument {
            code: "energy".to_owned(),
            text: String::new(),
            values: [("decibels".to_owned(), Value::from(6.25))].into(),
        };
        assert!(reason(&document, Language::French).contains("6,2"));
        assert!(reason(&document, Language::English).contains("6.2"));
    }
}

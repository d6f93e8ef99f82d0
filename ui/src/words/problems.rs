//! What a network would not take of a post, in words.

use posts::{Code, Measure, Problem, Unit};
use protocol::studio::settings::Language;

use super::posting::privacy;
use crate::format;

/// Returns what is wrong, with what was measured and what is allowed.
pub(crate) fn problem(problem: &Problem, language: Language) -> String {
    let what = what(problem.code, language);
    let measured = measure(&problem.measured, language);
    let limit = measure(&problem.limit, language);
    match (measured, limit) {
        (None, None) => format!("{what}."),
        (Some(measured), None) => format!("{what} ({measured})."),
        (None, Some(limit)) => match language {
            Language::English => format!("{what} (allowed: {limit})."),
            Language::French => format!("{what} (autorisé\u{202F}: {limit})."),
        },
        (Some(measured), Some(limit)) => match language {
            Language::English => format!("{what} ({measured}, allowed: {limit})."),
            Language::French => format!("{what} ({measured}, autorisé\u{202F}: {limit})."),
        },
    }
}

fn what(code: Code, language: Language) -> &'static str {
    use Code as C;
    let (english, french) = match code {
        C::TitleMissing => ("A title is needed", "Il faut un titre"),
        C::TitleTooLong => ("The title is too long", "Le titre est trop long"),
        C::TitleCharacter => (
            "The title holds a character that is refused",
            "Le titre contient un caractère refusé",
        ),
        C::Empty => ("The post is empty", "La publication est vide"),
        C::CaptionTooLong => ("The caption is too long", "La légende est trop longue"),
        C::CaptionCharacter => (
            "The caption holds a character that is refused",
            "La légende contient un caractère refusé",
        ),
        C::KeywordsTooLong => (
            "The keywords are too long together",
            "Les mots-clés sont trop longs ensemble",
        ),
        C::TooManyHashtags => ("There are too many hashtags", "Il y a trop de hashtags"),
        C::BadHashtag => ("This is no hashtag", "Ceci n’est pas un hashtag"),
        C::TooManyMentions => (
            "Too many people are mentioned",
            "Trop de personnes sont mentionnées",
        ),
        C::TooManyCashtags => ("There are too many cashtags", "Il y a trop de cashtags"),
        C::MediaMissing => ("A video is needed", "Il faut une vidéo"),
        C::TooManyBytes => ("The file is too large", "Le fichier est trop lourd"),
        C::TooFewBytes => ("The file is too small", "Le fichier est trop petit"),
        C::TooLong => ("The reel is too long", "Le réel est trop long"),
        C::TooShort => ("The reel is too short", "Le réel est trop court"),
        C::NoShort => (
            "The reel is too long to count as a Short",
            "Le réel est trop long pour être un Short",
        ),
        C::FrameRate => (
            "The frame rate is not taken",
            "La fréquence d’images n’est pas acceptée",
        ),
        C::TooManyPixels => ("The picture is too large", "L’image est trop grande"),
        C::TooFewPixels => ("The picture is too small", "L’image est trop petite"),
        C::AspectRatio => (
            "The picture is too wide or too high",
            "L’image est trop large ou trop haute",
        ),
        C::NotAdvisedRatio => (
            "The picture has another form than is advised",
            "L’image n’a pas le format conseillé",
        ),
        C::BitRate => ("The bit rate is too high", "Le débit est trop élevé"),
        C::Container => (
            "This kind of file is not taken",
            "Ce type de fichier n’est pas accepté",
        ),
        C::VideoCodec => (
            "This format of the picture is not taken",
            "Ce format d’image n’est pas accepté",
        ),
        C::AudioCodec => (
            "This format of the sound is not taken",
            "Ce format de son n’est pas accepté",
        ),
        C::AudioChannels => ("The sound has too many channels", "Le son a trop de canaux"),
        C::AudioRate => (
            "The sound has too many samples per second",
            "Le son a une fréquence d’échantillonnage trop élevée",
        ),
        C::PrivacyMissing => (
            "Choose who may see it",
            "Choisissez qui peut voir la publication",
        ),
        C::PrivacyUnavailable => (
            "This choice of who may see it is not to be had",
            "Ce choix de visibilité n’est pas proposé",
        ),
        C::Unaudited => (
            "The network has not audited your app: the post will be private",
            "Le réseau n’a pas audité votre application\u{202F}: la publication sera privée",
        ),
    };
    match language {
        Language::English => english,
        Language::French => french,
    }
}

/// Returns a measure; `None` where there is nothing to tell.
fn measure(measure: &Measure, language: Language) -> Option<String> {
    let number = |value: u64| format::number(value, language);
    Some(match measure {
        Measure::Nothing => return None,
        Measure::Text { length, unit } => length_of(*length, *unit, language),
        Measure::Count(count) => number(*count),
        Measure::Bytes(bytes) => format::bytes(*bytes, language),
        Measure::Millis(millis) => {
            let secs = format::decimal(*millis as f64 / 1000.0, 1, language);
            format!("{secs}\u{a0}s")
        }
        Measure::Rate(rate) => {
            let fps = format::decimal(rate.fps(), 2, language);
            match language {
                Language::English => format!("{fps}\u{a0}fps"),
                Language::French => format!("{fps}\u{a0}i/s"),
            }
        }
        Measure::BitsPerSecond(bits) => format!("{}\u{a0}kbit/s", number(bits / 1000)),
        Measure::SampleRate(rate) => format!("{}\u{a0}Hz", number(u64::from(*rate))),
        Measure::Pixels(pixels) if pixels.height == u32::MAX => {
            format!("{}\u{a0}px", pixels.width)
        }
        Measure::Pixels(pixels) => format!("{}×{}", pixels.width, pixels.height),
        Measure::Ratio(ratio) => format!("{}:{}", ratio.width, ratio.height),
        Measure::Characters(characters) => characters
            .iter()
            .map(|character| character.escape_default().to_string())
            .collect::<Vec<_>>()
            .join(" "),
        Measure::Words(words) => match language {
            Language::English => format!("“{words}”"),
            Language::French => format!("«\u{202F}{words}\u{202F}»"),
        },
        Measure::Containers(all) => listed(all),
        Measure::VideoCodecs(all) => listed(all),
        Measure::AudioCodecs(all) => listed(all),
        Measure::Privacy(all) => {
            let names = all.iter().map(|choice| privacy(*choice, language));
            names.collect::<Vec<_>>().join(", ")
        }
    })
}

/// Returns formats by the names that they are known by in every language.
fn listed<T: std::fmt::Debug>(all: &[T]) -> String {
    let names = all.iter().map(|one| format!("{one:?}"));
    names.collect::<Vec<_>>().join(", ")
}

/// Returns a length of text in the unit that the network counts in.
pub(crate) fn length_of(length: u64, unit: Unit, language: Language) -> String {
    let count = format::number(length, language);
    let (english, french) = match unit {
        Unit::Bytes => ("bytes", "octets"),
        Unit::Characters | Unit::Utf16 | Unit::Graphemes | Unit::Weighted => {
            ("characters", "caractères")
        }
    };
    match language {
        Language::English => format!("{count}\u{a0}{english}"),
        Language::French => format!("{count}\u{a0}{french}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use posts::{Network, Post, Standing, check};

    #[test]
    fn a_refusal_names_what_was_measured_and_what_is_allowed() {
        let post = Post {
            title: "x".repeat(1_101),
            ..Post::default()
        };
        let problems = check(&post, Network::YouTube, &Standing::default());
        let long = problems.iter().find(|own| own.code == Code::TitleTooLong);
        let long = long.unwrap();
        assert_eq!(
            problem(long, Language::English),
            "The title is too long (1,101\u{a0}characters, allowed: 100\u{a0}characters)."
        );
        assert_eq!(
            problem(long, Language::French),
            "Le titre est trop long (1\u{202F}101\u{a0}caractères, autorisé\u{202F}: 100\u{a0}caractères)."
        );
    }
}

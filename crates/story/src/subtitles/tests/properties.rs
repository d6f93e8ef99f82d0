//! What holds for any subtitles.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

/// Checks that words follow one another and sounds have an order.
pub(super) fn ordered(heard: &Heard) -> Result<(), TestCaseError> {
    let mut free = SourceTime(i64::MIN);
    for (index, word) in heard.transcript.words.iter().enumerate() {
        prop_assert_eq!(word.id.0 as usize, index, "ids are positions");
        prop_assert!(word.range.start >= free, "words do not overlap");
        prop_assert!(!word.range.is_empty(), "no word is empty");
        prop_assert!(!word.text.is_empty() && word.text.trim() == word.text);
        free = word.range.end;
    }
    for sound in &heard.sounds {
        prop_assert!(sound.range.start <= sound.range.end);
    }
    Ok(())
}

fn written(cues: &[(i64, i64, String)], comma: char, header: &str) -> String {
    let clock = |ms: i64| {
        format!(
            "{:02}:{:02}:{:02}{comma}{:03}",
            ms / 3_600_000,
            ms / 60_000 % 60,
            ms / 1000 % 60,
            ms % 1000
        )
    };
    let mut text = header.to_owned();
    for (index, (start, end, body)) in cues.iter().enumerate() {
        writeln!(
            text,
            "{}\n{} --> {}\n{body}\n",
            index + 1,
            clock(*start),
            clock(*end)
        )
        .unwrap();
    }
    text
}

fn well_formed() -> impl Strategy<Value = Vec<(i64, i64, String)>> {
    let cue = (
        0_i64..90_000,
        1_i64..90_000,
        "[A-Za-zéà'?.]{1,8}( [A-Za-z0-9éà,!]{1,8}){0,4}",
    );
    proptest::collection::vec(cue, 1..12).prop_map(|cues| {
        let mut at = 0;
        cues.into_iter()
            .map(|(gap, length, text)| {
                let start = at + gap;
                at = start + length;
                (start, at, text)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn well_formed_cues_round_trip(cues in well_formed()) {
        for (comma, header) in [(',', ""), ('.', "WEBVTT\n\n")] {
            let file = parse(&written(&cues, comma, header)).unwrap();
            let back: Vec<(i64, i64, String)> = file.cues.iter().map(|cue| {
                let ms = |time: SourceTime| time.since_start().nanos() / 1_000_000;
                (ms(cue.range.start), ms(cue.range.end), cue.text.clone())
            }).collect();
            prop_assert_eq!(&back, &cues);
            prop_assert!(file.dropped.is_empty());
        }
    }

    #[test]
    fn arbitrary_text_never_panics(text in "\\PC{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for text in [text, decode_text(&bytes).unwrap_or_default()] {
            for file in [parse_srt(&text), parse_vtt(&text), parse(&format!("WEBVTT\n{text}"))].into_iter().flatten() {
                prop_assert!(!file.cues.is_empty());
            }
        }
    }

    #[test]
    fn changed_cues_are_read_in_order_or_refused_in_words(cues in well_formed(), seed: u64) {
        for (comma, header) in [(',', ""), ('.', "WEBVTT\n\n")] {
            let whole = written(&cues, comma, header);
            let mangled = testkit::mangle::bytes(whole.as_bytes(), seed);
            match decode_text(&mangled).and_then(|text| parse(&text)) {
                Ok(file) => {
                    for cue in &file.cues {
                        prop_assert!(!cue.range.is_empty() && !cue.text.trim().is_empty());
                    }
                    ordered(&transcript_from_cues(&file.cues, &[], origin(), None))?;
                }
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
    }

    #[test]
    fn anything_like_subtitles_gives_ordered_words(
        lines in proptest::collection::vec(prop_oneof![
            Just(String::new()),
            "[0-9]{1,3}",
            "0?0:0[0-9]:[0-9]{2}[.,][0-9]{1,3} --> 0:0[0-9]:[0-9]{2}(,[0-9]{3})?",
            "00:0[0-9] --> 00:[0-9]{2}.5",
            "[a-z<>&;{}\\[\\]()*♪: -]{0,30}",
            "one<00:00:0[0-9].000><c> two</c> \\[laughter\\] \\(rires\\)",
            Just("NOTE x".to_owned()),
        ], 0..60),
        speech in proptest::collection::vec((0.0..20.0_f64, 0.1..20.0_f64), 0..8),
    ) {
        let mut at = 0.0;
        let speech: Vec<SourceRange> = speech.into_iter().map(|(gap, length)| {
            let start = at + gap;
            at = start + length;
            SourceRange::from_secs(start, at)
        }).collect();
        let body = lines.join("\n");
        for text in [body.clone(), format!("WEBVTT\n\n{body}")] {
            if let Ok(file) = parse(&text) {
                for cue in &file.cues {
                    prop_assert!(!cue.range.is_empty() && !cue.text.trim().is_empty());
                }
                ordered(&transcript_from_cues(&file.cues, &speech, origin(), None))?;
                ordered(&transcript_from_cues(&file.cues, &[], origin(), Some("fr")))?;
            }
        }
    }
}

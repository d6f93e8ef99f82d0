use super::*;

fn seconds(from: f64, to: f64) -> SourceRange {
    SourceRange::from_secs(from, to)
}

/// Tokens separated by `|`, each lasting 0.2 s from `start` on.
fn segment(start: f64, tokens: &str) -> Segment {
    let tokens: Vec<Token> = tokens
        .split('|')
        .enumerate()
        .map(|(index, text)| {
            let from = start + index as f64 * 0.2;
            Token {
                bytes: text.as_bytes().to_vec(),
                range: Some(seconds(from, from + 0.2)),
                probability: 0.9,
            }
        })
        .collect();
    let end = start + tokens.len() as f64 * 0.2;
    Segment {
        tokens,
        range: seconds(start, end),
        no_speech: 0.0,
    }
}

fn shown(words: &[Word]) -> String {
    let word = |word: &Word| {
        format!(
            "{} {:.2}-{:.2}",
            word.text.replace('\u{a0}', "_"),
            word.range.start.secs(),
            word.range.end.secs()
        )
    };
    words.iter().map(word).collect::<Vec<_>>().join(" | ")
}

/// The words of one segment, with speech all along; `_` is a no-break space.
fn check(tokens: &str, expect: &str) {
    let found = words(&[segment(0.0, tokens)], &[seconds(0.0, 60.0)]);
    let texts: Vec<String> = found
        .iter()
        .map(|word| word.text.replace('\u{a0}', "_"))
        .collect();
    assert_eq!(texts.join(" / "), expect, "{tokens}");
}

#[test]
fn tokens_become_words() {
    check(" Hello| world", "Hello / world");
    check(" Hel|lo| wor|ld|.", "Hello / world.");
    check(
        " Dis|-|moi|,| est|-|ce| que| l|'|av|ion| vole| ?",
        "Dis-moi, / est-ce / que / l'avion / vole_?",
    );
    check(" «| Bonjour| »| dit|-il|.", "«_Bonjour_» / dit-il.");
    check(" He| said| \"|yes|\"| twice", "He / said / \"yes\" / twice");
    check(
        " \"|Yes|\",| he| said| '|no|'.",
        "\"Yes\", / he / said / 'no'.",
    );
    check(" 3|.|14| and| 50| %", "3.14 / and / 50_%");
    check(" (|really|)| yes|...", "(really) / yes...");
    check(" ¿|Qué| tal|?", "¿Qué / tal?");
    check(" -| Bonjour|.| -| Salut|.", "-_Bonjour. / -_Salut.");
    check(" wait| …| what|?!", "wait_… / what?!");
    check("你|好|，|世界|。", "你 / 好， / 世界。");
    check(" ...| yes", "yes");
    check(" |word", "word");
    check(" it| 's", "it / 's");
}

#[test]
fn characters_split_over_tokens_are_put_together() {
    let token = |bytes: &[u8], from: f64| Token {
        bytes: bytes.to_vec(),
        range: Some(seconds(from, from + 0.1)),
        probability: 0.5,
    };
    // "é" is C3 A9, "😀" is F0 9F 98 80.
    let tokens = vec![
        token(b" caf\xc3", 0.0),
        token(b"\xa9", 0.1),
        token(b" ok\xf0\x9f", 0.2),
        token(b"\x98", 0.3),
        token(b"\x80", 0.4),
        token(b" end\xff\xc3", 0.5),
    ];
    let segment = Segment {
        tokens,
        range: seconds(0.0, 0.6),
        no_speech: 0.0,
    };
    let found = words(&[segment], &[seconds(0.0, 1.0)]);
    assert_eq!(
        shown(&found),
        "café 0.00-0.20 | ok😀 0.20-0.50 | end 0.50-0.60",
        "bytes that are no text are left out"
    );
    assert_eq!(found[0].confidence, Some(0.5));
}

#[test]
fn voice_activity_keeps_words_out_of_pauses() {
    let speech = [seconds(0.5, 1.0), seconds(3.0, 4.0)];
    let mut said = segment(0.0, " one| two");
    said.tokens[0].range = Some(seconds(0.0, 0.9));
    said.tokens[1].range = Some(seconds(0.9, 3.7));
    assert_eq!(
        shown(&words(&[said], &speech)),
        "one 0.50-0.90 | two 3.00-3.70",
        "the first begins with the voice, the second is where most of it is spoken"
    );

    let lone = segment(2.0, " whispered");
    assert_eq!(
        shown(&words(&[lone], &speech)),
        "whispered 2.00-2.20",
        "a word that only the model heard keeps its time"
    );
}

#[test]
fn every_word_has_a_place_in_time() {
    let mut said = segment(1.0, " a| b| c| d");
    said.tokens[0].range = Some(seconds(1.0, 1.0));
    said.tokens[1].range = None;
    said.tokens[2].range = Some(seconds(1.5, 9.0));
    said.tokens[3].range = Some(seconds(1.2, 1.4));
    let found = words(&[said], &[seconds(0.0, 10.0)]);
    assert_eq!(
        shown(&found),
        "a 1.00-1.02 | b 1.02-1.50 | c 1.50-3.50 | d 3.50-3.52",
        "empty, unknown, endless and backward ranges"
    );
    assert!(found[1].estimated && !found[0].estimated);
    for pair in found.windows(2) {
        assert!(pair[0].range.end <= pair[1].range.start);
    }
    let ids: Vec<u32> = found.iter().map(|word| word.id.0).collect();
    assert_eq!(ids, [0, 1, 2, 3]);
}

#[test]
fn cues_start_with_segments() {
    let found = words(
        &[segment(0.0, " One| two|."), segment(2.0, " Three|.")],
        &[seconds(0.0, 9.0)],
    );
    let starts: Vec<bool> = found.iter().map(|word| word.starts_cue).collect();
    assert_eq!(starts, [true, false, true]);
}

#[test]
fn inventions_are_dropped() {
    let speech = [seconds(0.0, 100.0)];
    let count = |tokens: &str| words(&[segment(0.0, tokens)], &speech).len();
    assert_eq!(count(" [|Music|]"), 0, "a sound that is described");
    assert_eq!(count(" (|applause|)"), 0);
    assert_eq!(count(" ♪| la| la| ♪"), 0);
    assert_eq!(
        count(" (|He|)| and| (|she|)"),
        3,
        "parentheses within a sentence stay"
    );
    assert_eq!(count(" ...| !"), 0, "punctuation alone");
    assert_eq!(count(" no|,| no|,| no|,| no"), 4, "people do repeat");
    let looped = " thank| you".to_owned() + &"| thank| you".repeat(9) + "| bye";
    assert_eq!(count(&looped), 3, "one of ten repeats, and what follows");
    let single = " the".to_owned() + &"| the".repeat(20);
    assert_eq!(count(&single), 1);

    let mut doubtful = segment(0.0, " Thanks| for| watching|!");
    doubtful.no_speech = 0.9;
    assert_eq!(
        words(&[doubtful.clone()], &speech).len(),
        3,
        "silence, and yet sure of the text"
    );
    for token in &mut doubtful.tokens {
        token.probability = 0.2;
    }
    assert_eq!(
        words(&[doubtful], &speech),
        [],
        "likely silence and unlikely text"
    );
}

/// Splits text as the model's tokens do: before spaces and around punctuation.
fn tokens_of(text: &str) -> String {
    let mut tokens = String::new();
    let mut last = ' ';
    for letter in text.chars() {
        let breaks =
            letter == ' ' || (last != ' ' && letter.is_alphanumeric() != last.is_alphanumeric());
        if breaks && !tokens.is_empty() {
            tokens.push('|');
        }
        tokens.push(letter);
        last = letter;
    }
    tokens
}

#[test]
fn recorded_transcripts_are_split_as_recorded() {
    // Written by another program around the same models. Dialogue dashes and lone punctuation are
    // attached there, too.
    let root = std::env::var_os("CREALIA_SHARED").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        std::path::PathBuf::from,
    );
    let folder = root.join("media/speech");
    if !folder.exists() {
        assert!(
            std::env::var("CI").is_err(),
            "{} is absent",
            folder.display()
        );
        println!("skipped: {} is absent (CREALIA_SHARED)", folder.display());
        return;
    }
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.to_string_lossy().ends_with("-words.json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        for recorded in json["segments"].as_array().unwrap() {
            let tokens = tokens_of(recorded["text"].as_str().unwrap());
            let found: Vec<String> = words(&[segment(0.0, &tokens)], &[])
                .iter()
                .map(|word| word.text.replace('\u{a0}', " "))
                .collect();
            let expect: Vec<&str> = recorded["words"]
                .as_array()
                .unwrap()
                .iter()
                .map(|word| word["text"].as_str().unwrap())
                .collect();
            assert_eq!(found, expect, "{}", path.display());
            seen += found.len();
        }
    }
    assert!(seen > 20, "{seen} words were compared");
}

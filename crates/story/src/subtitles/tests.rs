use footage::time::{SourceRange, SourceTime, Ticks};
use footage::words::TranscriptOrigin;

use super::*;
use crate::sentences::sentences;
use crate::sounds::SoundKind;
use crate::testing::quiet;

mod overlaps;
mod properties;
mod repeats;

/// Shows cues as `start-end text` with `/` for line ends.
fn shown(file: &Subtitles) -> Vec<String> {
    file.cues
        .iter()
        .map(|cue| {
            format!(
                "{}-{} {}",
                cue.range.start.secs(),
                cue.range.end.secs(),
                cue.text.replace('\n', "/")
            )
        })
        .collect()
}

fn check_srt(text: &str, expect: &[&str]) {
    let file = parse_srt(text).unwrap();
    assert_eq!(shown(&file), expect, "cues of {text:?}");
}

fn check_vtt(text: &str, expect: &[&str]) {
    let file = parse_vtt(text).unwrap();
    assert_eq!(shown(&file), expect, "cues of {text:?}");
}

fn origin() -> TranscriptOrigin {
    TranscriptOrigin::Embedded
}

/// Shows words as `start-end text`, hundredths of seconds.
fn heard(text: &str, speech: &[(f64, f64)]) -> Heard {
    let speech: Vec<SourceRange> = speech
        .iter()
        .map(|(start, end)| SourceRange::from_secs(*start, *end))
        .collect();
    transcript_from_cues(&parse(text).unwrap().cues, &speech, origin(), None)
}

fn words(heard: &Heard) -> Vec<String> {
    heard
        .transcript
        .words
        .iter()
        .map(|word| {
            format!(
                "{:.2}-{:.2} {}",
                word.range.start.secs(),
                word.range.end.secs(),
                word.text
            )
        })
        .collect()
}

fn texts(heard: &Heard) -> Vec<&str> {
    let words = &heard.transcript.words;
    words.iter().map(|word| word.text.as_str()).collect()
}

#[test]
fn subrip_in_its_many_forms() {
    check_srt(
        "1\n00:00:01,000 --> 00:00:02,500\nHello\nworld\n",
        &["1-2.5 Hello/world"],
    );
    check_srt(
        "\u{feff}1\r\n00:00:01,000 --> 00:00:02,000\r\nHi\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nYou\r\n",
        &["1-2 Hi", "3-4 You"],
    );
    check_srt("1\r00:00:01,000 --> 00:00:02,000\rMac\r", &["1-2 Mac"]);
    check_srt(
        "00:01.5 --> 0:00:02\nNo index, no hours\n",
        &["1.5-2 No index, no hours"],
    );
    check_srt(
        "0\n00:00:5,000 --> 00:00:6,25 X1:40 X2:600\nShort digits",
        &["5-6.25 Short digits"],
    );
    check_srt(
        "1\n00:00:01.000-->00:00:02.000\nTight\n2\n00:00:02,000 --> 00:00:03,000\nNo blank",
        &["1-2 Tight", "2-3 No blank"],
    );
    check_srt(
        "2\n00:00:03,000 --> 00:00:04,000\nlater\n\n1\n00:00:01,000 --> 00:00:02,000\nfirst\n",
        &["1-2 first", "3-4 later"],
    );
}

#[test]
fn numbers_in_the_text_are_no_indices() {
    check_srt(
        "1\n00:00:01,000 --> 00:00:02,000\n1984\n\n2\n00:00:03,000 --> 00:00:04,000\nx",
        &["1-2 1984", "3-4 x"],
    );
    check_srt(
        "00:00:01,000 --> 00:00:02,000\n1984\n00:00:03,000 --> 00:00:04,000\nx",
        &["1-2 1984", "3-4 x"],
    );
    check_srt(
        "1\n00:00:01,000 --> 00:00:02,000\none\n\ntwo after a blank\n\n2\n\n00:00:03,000 --> 00:00:04,000\nx",
        &["1-2 one/two after a blank", "3-4 x"],
    );
    check_srt(
        "1\n00:00:01,000 --> 00:00:02,000\na --> b\n",
        &["1-2 a --> b"],
    );
}

#[test]
fn an_arrow_in_the_text_is_no_line_of_times() {
    let one_cue = |line: &str| {
        check_srt(
            &format!("1\n00:00:01,000 --> 00:00:02,000\n{line}\n"),
            &[&format!("1-2 {line}")],
        );
    };
    one_cue("10 → 20 euros");
    one_cue("Paris → Lyon");
    one_cue("3 -> 4 personnes");
    one_cue("10:30 → 11:00 : accueil");
    one_cue("5 --> 6");
    check_srt(
        "1\n00:00:01,000 → 00:00:02,000\nwritten by hand\n",
        &["1-2 written by hand"],
    );
    let damaged = parse_srt("00:00:01,000 --> \na\n\n00:00:03,000 --> 00:00:04,000\nb\n").unwrap();
    assert_eq!(shown(&damaged), ["3-4 b"]);
    assert_eq!(
        damaged.dropped,
        [Dropped {
            line: 1,
            reason: DropReason::UnreadableTime
        }],
        "a start without an end is counted"
    );
}

#[test]
fn markup_goes_and_text_stays() {
    let check = |body: &str, expect: &str| {
        check_srt(
            &format!("1\n00:00:01,000 --> 00:00:02,000\n{body}\n"),
            &[&format!("1-2 {expect}")],
        );
    };
    check("<i>Hello</i> <font color=\"#fff\">you</font>", "Hello you");
    check("{\\an8}{\\i1}Top{\\i0}", "Top");
    check("{y:i}Slanted", "Slanted");
    check("one\\Ntwo<br/>three", "one/two/three");
    check(
        "Tom &amp; Jerry &lt;3 &#233; &#x2014;&nbsp;x",
        "Tom & Jerry <3 é —\u{a0}x",
    );
    check("3 < 4 > 2 & {so}", "3 < 4 > 2 & {so}");
    check("&unknown; &#99999999; &amp", "&unknown; &#99999999; &amp");
}

#[test]
fn web_vtt_blocks_settings_and_headers() {
    check_vtt(
        "WEBVTT - a title\nKind: captions\nLanguage: fr\n\nSTYLE\n::cue { color: red }\n\nNOTE\nnot --text\n\nREGION\nid:a\n\nintro\n00:01.000 --> 00:02.000 line:0 align:start\n<v Anne><c.yellow>Bonjour</c>\n\nNOTE one line\n\n00:03.000 --> 00:04.000\n- a\n- b\n",
        &["1-2 Bonjour", "3-4 - a/- b"],
    );
    let file = parse_vtt("WEBVTT\nLanguage: fr\n\n00:01.000 --> 00:02.000\nx").unwrap();
    assert_eq!(
        file.language.as_deref(),
        Some("fr"),
        "the header names the language"
    );
    check_vtt(
        "WEBVTT\n00:01.000 --> 00:02.000\nno blank after the header\n",
        &["1-2 no blank after the header"],
    );
    check_vtt(
        "WEBVTT\n\n00:01.000 --> 00:02.000\none\n \nid\n00:03.000 --> 00:04.000\ntwo",
        &["1-2 one", "3-4 two"],
    );
}

#[test]
fn unusable_cues_are_dropped_with_a_reason() {
    let file = parse_srt(
        "1\n-00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:05,000 --> 00:00:04,000\nb\n\n3\n00:00:06,000 --> 00:00:06,000\nc\n\n4\n00:00:xx,000 --> 00:00:07,000\nd\n\n5\n00:00:08,000 --> 00:00:09,000\n<i> </i>\n\n6\n00:00:10,000 --> 00:00:11,000\nok\n",
    )
    .unwrap();
    assert_eq!(shown(&file), ["10-11 ok"]);
    let reasons: Vec<(usize, DropReason)> = file
        .dropped
        .iter()
        .map(|drop| (drop.line, drop.reason))
        .collect();
    assert_eq!(
        reasons,
        [
            (2, DropReason::NegativeTime),
            (6, DropReason::ReversedTime),
            (10, DropReason::ReversedTime),
            (14, DropReason::UnreadableTime),
            (18, DropReason::NoText),
        ]
    );
}

#[test]
fn files_without_cues_say_why() {
    assert_eq!(parse_srt(" \r\n\u{feff}"), Err(SubtitleError::Empty));
    assert_eq!(parse_srt("Dear diary"), Err(SubtitleError::NoTimes));
    assert_eq!(
        parse_vtt("1\n00:01.000 --> 00:02.000\nx"),
        Err(SubtitleError::NoHeader)
    );
    assert_eq!(parse_vtt(""), Err(SubtitleError::Empty));
    assert_eq!(
        parse_vtt("WEBVTT\n\nNOTE nothing"),
        Err(SubtitleError::NoTimes)
    );
    let error = parse("1\n00:00:02,000 --> 00:00:01,000\nx").unwrap_err();
    assert_eq!(
        error.to_string(),
        "none of the 1 cues can be used; line 2: it does not end after its start"
    );
}

#[test]
fn bytes_become_text() {
    let check = |bytes: &[u8], expect: &str| {
        assert_eq!(
            decode_text(bytes).as_deref(),
            Ok(expect),
            "text of {bytes:x?}"
        );
    };
    check(b"plain", "plain");
    check("\u{feff}été".as_bytes(), "été");
    check(b"\xe9t\xe9 \x80 \x9cuvre", "été € œuvre");
    check(b"caf\xe9", "café");
    check(&"déjà vu".as_bytes()[.."déjà v".len()], "déjà v");
    check(&"déjà été".as_bytes()[..="déjà ét".len()], "déjà ét");
    check(
        b"d\xc3\xa9j\xc3\xa0 \xff vu \xc3\xa0 No\xc3\xabl",
        "déjà \u{fffd} vu à Noël",
    );
    check(b"\xe9t\xe9 \xc3\xa0 \xe0", "été Ã\u{a0} à");
    let wide = |unit: fn(u16) -> [u8; 2], mark: &[u8]| {
        let units = "1é😀".encode_utf16().flat_map(unit);
        mark.iter().copied().chain(units).collect::<Vec<u8>>()
    };
    check(&wide(u16::to_le_bytes, b"\xff\xfe"), "1é😀");
    check(&wide(u16::to_be_bytes, b"\xfe\xff"), "1é😀");
    check(b"1\0\r\0\n\0", "1\r\n");
    assert_eq!(decode_text(b"\xff\xfea"), Err(SubtitleError::BrokenUtf16));
    assert_eq!(
        decode_text(b"abc\0def"),
        Err(SubtitleError::NotText { offset: 3 })
    );
}

#[test]
fn time_is_shared_by_letters() {
    let heard = heard("1\n00:00:01,000 --> 00:00:03,000\nA bbbbb cc\n", &[]);
    let ranges: Vec<f64> = heard
        .transcript
        .words
        .iter()
        .map(|word| word.range.duration().secs())
        .collect();
    assert!(
        (ranges[1] / ranges[0] - 3.0).abs() < 1e-6,
        "6 units against 2: {ranges:?}"
    );
    assert!(heard.transcript.words.iter().all(|word| word.estimated));
    assert!(heard.transcript.words[0].starts_cue && !heard.transcript.words[1].starts_cue);
}

#[test]
fn only_spoken_time_is_shared() {
    let text = "1\n00:00:00,000 --> 00:00:04,000\nfour five nine zero\n";
    assert_eq!(
        words(&heard(text, &[(1.0, 2.0), (3.0, 4.0)])),
        [
            "1.00-1.50 four",
            "1.50-2.00 five",
            "3.00-3.50 nine",
            "3.50-4.00 zero"
        ]
    );
    // Speech that covers next to nothing of the cue is not believed.
    let unbelieved = heard(text, &[(3.9, 4.0)]);
    assert_eq!(unbelieved.transcript.words[0].range.start, SourceTime::ZERO);
}

#[test]
fn words_of_web_vtt_keep_their_times() {
    let text =
        "WEBVTT\n\n00:00.000 --> 00:03.000\nOne<00:01.000><c> two</c><00:02.000><c> three</c>\n";
    let heard = heard(text, &[]);
    assert_eq!(
        words(&heard),
        ["0.00-0.80 One", "1.00-1.80 two", "2.00-3.00 three"]
    );
    assert!(
        heard.transcript.words.iter().all(|word| !word.estimated),
        "measured by the file"
    );
    let bad = parse_vtt("WEBVTT\n\n00:00.000 --> 00:03.000\nOne<00:02.000> two<00:01.000> three\n");
    assert!(
        bad.unwrap().cues[0].pieces.is_empty(),
        "times that go back are not used"
    );
}

#[test]
fn scrolled_lines_count_once() {
    let text = "WEBVTT\n\n00:00.000 --> 00:02.000\n \nso<00:00.500><c> this</c>\n\n\
        00:02.000 --> 00:02.010\nso this\n \n\n\
        00:02.010 --> 00:04.000\nso this\nis<00:03.000><c> it</c>\n\n";
    assert_eq!(texts(&heard(text, &[])), ["so", "this", "is", "it"]);
    let converted = "1\n00:00:00,000 --> 00:00:02,000\nwhat a nice day\n\n\
        2\n00:00:02,000 --> 00:00:04,000\nwhat a nice day\nit is\n";
    assert_eq!(
        texts(&heard(converted, &[])).len(),
        6,
        "four words, then two"
    );
    let said_twice =
        "1\n00:00:00,000 --> 00:00:01,000\nNo.\n\n2\n00:00:01,000 --> 00:00:02,000\nNo.\n";
    assert_eq!(texts(&heard(said_twice, &[])), ["No.", "No."]);
}

#[test]
fn sounds_are_no_words() {
    let check = |body: &str, expect_words: &[&str], expect_sounds: &[SoundKind]| {
        let heard = heard(&format!("1\n00:00:01,000 --> 00:00:04,000\n{body}\n"), &[]);
        assert_eq!(texts(&heard), expect_words, "words of {body:?}");
        let kinds: Vec<SoundKind> = heard.sounds.iter().map(|sound| sound.kind).collect();
        assert_eq!(kinds, expect_sounds, "sounds of {body:?}");
        let cue = SourceRange::from_secs(1.0, 4.0);
        for sound in &heard.sounds {
            assert_eq!(
                cue.intersection(sound.range),
                Some(sound.range),
                "within the cue"
            );
            assert!(
                sound.range.duration() >= Ticks::from_secs(0.4),
                "long enough to be heard"
            );
        }
    };
    check("[laughter]", &[], &[SoundKind::Laughter]);
    check(
        "Merci (rires) beaucoup",
        &["Merci", "beaucoup"],
        &[SoundKind::Laughter],
    );
    check("♪ la la ♪", &["la", "la"], &[SoundKind::Music]);
    check(
        "[audience\napplauds] Thanks",
        &["Thanks"],
        &[SoundKind::Applause],
    );
    check(
        "*laughs* ok [?]",
        &["ok"],
        &[SoundKind::Laughter, SoundKind::Other],
    );
    check("in (about) 1984", &["in", "(about)", "1984"], &[]);
    check(
        "(audience laughs) Thanks",
        &["Thanks"],
        &[SoundKind::Laughter],
    );
    check(
        "(Rires dans la salle) Merci",
        &["Merci"],
        &[SoundKind::Laughter],
    );
}

#[test]
fn emphasis_and_asides_are_spoken() {
    let check = |body: &str, expect: &[&str]| {
        let heard = heard(&format!("1\n00:00:01,000 --> 00:00:04,000\n{body}\n"), &[]);
        assert_eq!(texts(&heard), expect, "words of {body:?}");
        assert_eq!(heard.sounds, [], "sounds of {body:?}");
    };
    check(
        "This is *my* favorite song and *your* song.",
        &[
            "This", "is", "*my*", "favorite", "song", "and", "*your*", "song.",
        ],
    );
    check(
        "The (wind was strong) that night.",
        &["The", "(wind", "was", "strong)", "that", "night."],
    );
    check("five*laughs* here", &["five*laughs*", "here"]);
    check("a *laughs * b", &["a", "*laughs\u{202f}*", "b"]);
}

#[test]
fn labels_and_dashes_are_not_spoken() {
    let check = |body: &str, expect: &[&str]| {
        let heard = heard(&format!("1\n00:00:01,000 --> 00:00:04,000\n{body}\n"), &[]);
        assert_eq!(texts(&heard), expect, "words of {body:?}");
    };
    check("NAR: This is it", &["This", "is", "it"]);
    check("- ANNE: This is it", &["This", "is", "it"]);
    check(
        "JEAN\u{a0}: bonjour\nJEAN\u{202f}:\u{a0}salut",
        &["bonjour", "salut"],
    );
    check("- Oui.\n- Non.", &["Oui.", "Non."]);
    check("-Oui. >> Non.", &["Oui.", "Non."]);
    check(
        "Ça va ? « Oui »",
        &["Ça", "va\u{202f}?", "«\u{202f}Oui\u{202f}»"],
    );
    check(
        "one - two -5 well-known",
        &["one\u{202f}-", "two", "-5", "well-known"],
    );
    check("OK: YES", &["OK:", "YES"]);
}

#[test]
fn a_word_in_capitals_is_a_label_only_when_it_comes_again() {
    let check = |body: &str, expect: &[&str]| {
        let heard = heard(&format!("1\n00:00:01,000 --> 00:00:04,000\n{body}\n"), &[]);
        assert_eq!(texts(&heard), expect, "words of {body:?}");
    };
    check(
        "IMPORTANT: never open it.\nPS: I love you",
        &[
            "IMPORTANT:",
            "never",
            "open",
            "it.",
            "PS:",
            "I",
            "love",
            "you",
        ],
    );
    check("MAN 2: come in", &["come", "in"]);
    let two_cues = "1\n00:00:01,000 --> 00:00:02,000\nANNE: yes\n\n\
        2\n00:00:03,000 --> 00:00:04,000\nANNE: no\n";
    assert_eq!(texts(&heard(two_cues, &[])), ["yes", "no"]);
}

#[test]
fn a_dash_inside_a_sentence_changes_no_speaker() {
    let check = |body: &str, expect: &[&str], speakers: usize| {
        let heard = heard(&format!("1\n00:00:01,000 --> 00:00:04,000\n{body}\n"), &[]);
        assert_eq!(texts(&heard), expect, "words of {body:?}");
        let words = heard.transcript.words.iter();
        let starts = words.filter(|word| word.starts_cue).count();
        assert_eq!(starts, speakers, "speakers of {body:?}");
        sentences(&heard.transcript, &quiet(10.0)).len()
    };
    check(
        "He came – finally – at night.",
        &["He", "came\u{202f}–", "finally\u{202f}–", "at", "night."],
        1,
    );
    check(
        "He came –finally– at night.",
        &["He", "came", "–finally–", "at", "night."],
        1,
    );
    check(
        "« Oui » – et part.",
        &["«\u{202f}Oui\u{202f}»\u{202f}–", "et", "part."],
        1,
    );
    check(
        "He came –\nat night.",
        &["He", "came\u{202f}–", "at", "night."],
        1,
    );
    let n_sentences = check(
        "He left. – Why then?",
        &["He", "left.\u{202f}–", "Why", "then?"],
        1,
    );
    assert_eq!(
        n_sentences, 2,
        "a dash after it does not continue a sentence"
    );
    check("Oui.\n— Non.", &["Oui.", "Non."], 2);
    check("[rires] – Oui.\n-Non.", &["Oui.", "Non."], 2);
    // A line that opens with a dash is a dialogue.
    check("- Oui. - Non. -Si.", &["Oui.", "Non.", "Si."], 3);
    check("- JEAN: Oui. - PAUL: non.", &["Oui.", "non."], 2);
    check("[rires] 3 -> 4", &["3\u{202f}->", "4"], 1);
}

#[test]
fn the_language_is_guessed_and_the_revision_follows_the_words() {
    let french =
        "1\n00:00:01,000 --> 00:00:04,000\nJe ne sais pas pourquoi vous êtes dans cette salle\n";
    let heard_french = heard(french, &[]);
    assert_eq!(heard_french.transcript.language.as_deref(), Some("fr"));
    assert_eq!(heard(french, &[]), heard_french, "the same again");
    let moved = heard(&french.replace("01,000", "01,001"), &[]);
    assert_ne!(moved.transcript.revision, heard_french.transcript.revision);
}

#[test]
fn shared_files_are_read() {
    let Some(folder) = testkit::shared().map(|shared| shared.join("media")) else {
        return;
    };
    let expect = [
        ("timelines/aeneas_syncmaps/sonnet001.srt", 15),
        ("timelines/aeneas_syncmaps/sonnet001.vtt", 15),
        ("timelines/lossless-cut/sample.srt", 2),
        ("timelines/lossless-cut/sample.vtt", 2),
        ("timelines/moviepy/subtitles.srt", 5),
        ("timelines/moviepy/subtitles-unicode.srt", 1),
        ("video/annotations/torchcodec_nasa_13013.transcript.srt", 0),
        ("video/mp4parser_count-subs-deutsch.srt", 5),
    ];
    for (name, n_cues) in expect {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let file = parse(&decode_text(&bytes).unwrap()).unwrap();
        let arrows = String::from_utf8_lossy(&bytes).matches("-->").count();
        assert_eq!(file.cues.len(), arrows, "{name}: every cue is read");
        assert!(n_cues == 0 || n_cues == arrows, "{name} has {arrows} cues");
        assert!(file.dropped.is_empty(), "{name}: {:?}", file.dropped);
        let heard = transcript_from_cues(&file.cues, &[], origin(), None);
        assert!(!heard.transcript.words.is_empty(), "{name} has words");
        assert!(
            heard
                .transcript
                .words
                .iter()
                .all(|word| !word.text.contains("NAR")),
            "{name}: labels are no words"
        );
    }
}

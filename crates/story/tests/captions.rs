//! Cards and caption files.

#![cfg(test)]

use footage::time::{FrameRate, SourceTime, Ticks};
use footage::words::WordId;
use proptest::prelude::*;
use story::cards::{
    LINGER, LONGEST, LONGEST_LINGER, PAUSE, READING_SPEED, SHORTEST, cards, lines_needed,
    reading_speed,
};
use story::export::{CaptionCue, ass, srt, vtt};
use story::text::Language;
use story::typography::typeset;
use timeline::caption::{Card, CardWord, PlacedWord};
use timeline::ids::{ClipId, MediaId};
use timeline::project::Format;
use timeline::style::{CaptionStyle, Color, Highlight};
use timeline::time::{SequenceRange, SequenceTime};

fn style() -> CaptionStyle {
    CaptionStyle {
        font_family: "Inter".to_owned(),
        font_weight: 800,
        font_size: 72.0,
        line_height: 1.15,
        text_color: Color::rgb(255, 255, 255),
        highlight: Highlight::Color,
        highlight_color: Color::rgb(255, 214, 10),
        emphasis_color: Color::rgb(90, 200, 250),
        outline_color: Color {
            r: 0,
            g: 0,
            b: 0,
            a: 230,
        },
        outline: 6.0,
        background: None,
        uppercase: false,
        anchor: 0.62,
        max_lines: 2,
        max_chars: 32,
    }
}

fn vertical() -> Format {
    Format {
        width: 1080,
        height: 1920,
        rate: FrameRate { num: 30, den: 1 },
    }
}

fn range(start: f64, end: f64) -> SequenceRange {
    SequenceRange::new(SequenceTime::from_secs(start), SequenceTime::from_secs(end))
}

fn placed(index: usize, text: &str, range: SequenceRange) -> PlacedWord {
    PlacedWord {
        media: MediaId(1),
        clip: ClipId(2),
        word: WordId(index as u32),
        text: text.to_owned(),
        range,
        source_start: SourceTime(range.start.0),
        estimated: false,
        emphasis: false,
        breaks: false,
    }
}

/// Returns words spoken one after another at 0.3 s each. `_` is a pause of 0.7 s, `|` a break.
fn spoken(text: &str) -> Vec<PlacedWord> {
    let mut words = Vec::new();
    let (mut at, mut breaks) = (0.0, false);
    for token in text.split_whitespace() {
        match token {
            "_" => at += 0.7,
            "|" => breaks = true,
            _ => {
                let mut word = placed(words.len(), token, range(at, at + 0.3));
                word.breaks = std::mem::take(&mut breaks);
                words.push(word);
                at += 0.3;
            }
        }
    }
    words
}

fn text_of(card: &Card) -> String {
    let texts: Vec<&str> = card.words.iter().map(|word| word.text.as_str()).collect();
    texts.join(" ")
}

fn check(text: &str, expect: &[&str]) {
    let made = cards(&spoken(text), &style(), Ticks::from_secs(60.0));
    let texts: Vec<String> = made.iter().map(text_of).collect();
    assert_eq!(texts, expect, "cards of {text:?}");
}

#[test]
fn cards_start_where_something_starts() {
    check("", &[]);
    check("Hello", &["Hello"]);
    check(
        "We begin here | and go on there",
        &["We begin here", "and go on there"],
    );
    check(
        "I think so. You may not agree.",
        &["I think so.", "You may not agree."],
    );
    check("wait for it _ there it is", &["wait for it", "there it is"]);
    check("ask M. Dupont about it", &["ask M. Dupont about it"]);
    check("that is 3.5 times as much", &["that is 3.5 times as much"]);
    check(
        "Oui. Je suis là avec vous.",
        &["Oui. Je suis là avec vous."],
    );
    check(
        "Bonjour à tous ! Merci d'être venus",
        &["Bonjour à tous !", "Merci d'être venus"],
    );
    check(
        "« Bonjour ! » dit le grand homme",
        &["« Bonjour ! » dit le grand homme"],
    );
}

#[test]
fn long_sentences_are_split_evenly_and_at_commas() {
    check(
        "when the rain stopped, we walked home along the river",
        &["when the rain stopped,", "we walked home along the river"],
    );
    check(
        "nobody had told them that the last train left at midnight",
        &[
            "nobody had told them that",
            "the last train left at midnight",
        ],
    );
    check(
        "one two three four five six seven eight",
        &["one two three four", "five six seven eight"],
    );
    check(
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk",
        &["Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"],
    );
}

#[test]
fn cards_last_until_the_next_or_a_little_longer_than_their_words() {
    let made = cards(
        &spoken("go now _ _ and wait a bit"),
        &style(),
        Ticks::from_secs(2.5),
    );
    let shown: Vec<(f64, f64)> = made
        .iter()
        .map(|card| (card.range.start.secs(), card.range.end.secs()))
        .collect();
    assert_eq!(
        shown,
        [(0.0, 1.0), (2.0, 2.5)],
        "0.4 s after the last word; within the reel"
    );
    let lone = cards(&spoken("go _ on"), &style(), Ticks::from_secs(9.0));
    assert!(
        (lone[0].range.duration().secs() - 0.7).abs() < 1e-9,
        "at least 0.7 s"
    );
    let tight = cards(
        &spoken("here we go | on and on"),
        &style(),
        Ticks::from_secs(9.0),
    );
    assert_eq!(
        tight[0].range.end, tight[1].range.start,
        "no gap between cards that touch"
    );
}

#[test]
fn a_card_that_is_hard_to_read_stays_in_the_silence_after_it() {
    let fast = |gap: f64| {
        let text = ["extraordinairement", "vite"];
        let mut words: Vec<PlacedWord> = text
            .iter()
            .zip([0.0, 0.25])
            .enumerate()
            .map(|(index, (text, start))| placed(index, text, range(start, start + 0.25)))
            .collect();
        words.push(placed(2, "puis", range(0.5 + gap, 1.0 + gap)));
        cards(&words, &style(), Ticks::from_secs(60.0))
    };
    let roomy = fast(3.0);
    assert!(
        reading_speed(&roomy[0]) <= READING_SPEED,
        "{} characters per second",
        reading_speed(&roomy[0])
    );
    assert!(
        (roomy[0].range.end.secs() - 1.15).abs() < 1e-6,
        "23 characters at 20 per second, no longer: {:?}",
        roomy[0].range
    );
    assert_eq!(
        roomy[0].words[1].range,
        range(0.25, 0.5),
        "the light is on a word while it is said"
    );
    let tight = fast(0.6);
    assert_eq!(
        tight[0].range.end, tight[1].range.start,
        "not into the next card"
    );
    let long = placed(0, &"a".repeat(60), range(0.0, 0.5));
    let endless = cards(&[long], &style(), Ticks::from_secs(60.0));
    assert_eq!(
        endless[0].range.end,
        SequenceTime::from_secs(0.5) + LONGEST_LINGER,
        "it goes at last"
    );
}

#[test]
fn french_words_are_shown_with_french_spaces() {
    let words = spoken("Vraiment? «Oui» dit-elle: à 12:30!");
    let shown = |language| {
        let shown = typeset(&words, |_| language);
        let texts: Vec<String> = shown.into_iter().map(|word| word.text).collect();
        texts.join("|")
    };
    let french = shown(Language::French);
    assert_eq!(
        french.replace('\u{202f}', "~"),
        "Vraiment~?|«~Oui~»|dit-elle~:|à|12:30~!"
    );
    assert_eq!(
        shown(Language::English),
        "Vraiment?|«Oui»|dit-elle:|à|12:30!",
        "other languages stay as they are"
    );
    let made = cards(
        &typeset(&words, |_| Language::French),
        &style(),
        Ticks::from_secs(60.0),
    );
    let cues: Vec<CaptionCue> = made.into_iter().map(CaptionCue::new).collect();
    for line in cues.iter().flat_map(|cue| &cue.lines) {
        assert!(
            !line.starts_with(['?', '!', ':', '»', '\u{202f}'])
                && !line.ends_with(['«', '\u{202f}']),
            "no mark is torn off: {line:?}"
        );
    }
    let file = srt(&cues);
    assert!(file.contains("«\u{202f}Oui\u{202f}»"), "{file}");
}

#[test]
fn scripts_without_spaces_are_shown_without() {
    let text = "今 日 は、 い い 天 気。";
    let made = cards(&spoken(text), &style(), Ticks::from_secs(60.0));
    let cues: Vec<CaptionCue> = made.into_iter().map(CaptionCue::new).collect();
    assert_eq!(cues.len(), 1);
    assert_eq!(cues[0].lines, ["今日は、いい天気。"]);
    let file = ass(&cues, &style(), &vertical());
    let event = file
        .lines()
        .find_map(|line| line.strip_prefix("Dialogue: "));
    let (shown, _) = read_ass(event.unwrap().splitn(10, ',').nth(9).unwrap());
    assert_eq!(shown, "今日は、いい天気。");
    assert!(
        (reading_speed(&cues[0].card) - 9.0 / 2.5).abs() < 1e-6,
        "no spaces count"
    );
}

#[test]
fn reading_speed_counts_letters_and_spaces() {
    let words = spoken("four five");
    let card = &cards(&words, &style(), Ticks::from_secs(9.0))[0];
    assert!((card.range.duration().secs() - 1.0).abs() < 1e-9);
    assert!((reading_speed(card) - 9.0).abs() < 1e-9);
    let empty = Card {
        range: range(1.0, 1.0),
        words: Vec::new(),
    };
    assert!(reading_speed(&empty).abs() < 1e-9);
}

fn cue(start: f64, end: f64, text: &str) -> CaptionCue {
    let words: Vec<&str> = text.split(' ').collect();
    let step = (end - start) / words.len() as f64;
    let words = words.iter().enumerate().map(|(index, word)| CardWord {
        text: (*word).to_owned(),
        range: range(
            start + step * index as f64,
            start + step * (index + 1) as f64,
        ),
        emphasis: false,
    });
    CaptionCue::new(Card {
        range: range(start, end),
        words: words.collect(),
    })
}

#[test]
fn files_look_as_players_expect() {
    let mut loud = cue(3661.5, 3663.0, "<b> & {x} \\N end");
    loud.card.words[1].emphasis = true;
    let mut late = cue(1.25, 2.0, "quite a long caption that wraps over lines");
    late.card.range.start = SequenceTime::from_secs(1.0);
    let cues = [late, loud];
    insta::assert_snapshot!(srt(&cues), @r"
    1
    00:00:01,000 --> 00:00:02,000
    quite a long caption
    that wraps over lines

    2
    01:01:01,500 --> 01:01:03,000
    <b> & {x} \N end
    ");
    insta::assert_snapshot!(vtt(&cues), @r"
    WEBVTT

    00:00:01.000 --> 00:00:02.000
    quite a long caption
    that wraps over lines

    01:01:01.500 --> 01:01:03.000
    &lt;b&gt; &amp; {x} \N end
    ");
    let shown = ass(&cues, &style(), &vertical()).replace('\u{2060}', "⁀");
    insta::assert_snapshot!(shown, @r"
    [Script Info]
    ScriptType: v4.00+
    PlayResX: 1080
    PlayResY: 1920
    WrapStyle: 2
    ScaledBorderAndShadow: yes
    YCbCr Matrix: None

    [V4+ Styles]
    Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
    Style: Caption,Inter,86.4,&H000AD6FF,&H00FFFFFF,&H19000000,&HFF000000,-1,0,0,0,100,100,0,0,1,6,0,5,65,65,0,1

    [Events]
    Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
    Dialogue: 0,0:00:01.00,0:00:02.00,Caption,,0,0,0,,{\pos(540,1190.4)}{\k25}{\k9}quite {\k10}a {\k9}long {\k10}caption\N{\k9}that {\k9}wraps {\k10}over {\k9}lines
    Dialogue: 0,1:01:01.50,1:01:03.00,Caption,,0,0,0,,{\pos(540,1190.4)}{\k30}<b> {\k30}{\1c&H00FAC85A\2c&H00FAC85A}&{\1c&H000AD6FF\2c&H00FFFFFF} {\k30}\{x\} {\k30}\⁀N {\k30}end
    ");
}

/// Words with random times and texts, sorted and disjoint.
fn words() -> impl Strategy<Value = Vec<PlacedWord>> {
    let word = (
        "[a-zA-Zé,.!?&<>{}\\\\-]{1,14}",
        20_i64..900,
        0_i64..800,
        prop::bool::weighted(0.1),
    );
    prop::collection::vec(word, 0..60).prop_map(|list| {
        let mut at = 0_i64;
        let ticks = |ms: i64| SequenceTime(ms * (Ticks::SECOND.0 / 1000) + 7);
        list.into_iter()
            .enumerate()
            .map(|(index, (text, length, gap, breaks))| {
                // Most words follow each other without a gap.
                at += if gap < 500 { 0 } else { gap };
                let spoken = SequenceRange::new(ticks(at), ticks(at + length));
                at += length;
                let mut word = placed(index, &text, spoken);
                word.breaks = breaks;
                word
            })
            .collect()
    })
}

fn milliseconds(text: &str) -> i64 {
    let parts: Vec<i64> = text
        .split([':', ',', '.'])
        .map(|part| part.parse().unwrap())
        .collect();
    ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1000 + parts[3]
}

/// Parses `times\ntext` blocks after an optional counter line.
fn parsed(file: &str) -> Vec<(i64, i64, String)> {
    file.split("\n\n")
        .filter_map(|block| {
            let (head, text) = block.split_once(" --> ")?;
            let start = milliseconds(head.lines().last()?);
            let (end, text) = text.split_once('\n')?;
            Some((start, milliseconds(end), text.replace('\n', " ")))
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cards_keep_every_word_and_their_bounds(words in words(), share in 0.2_f64..1.2) {
        let last = words.last().map_or(0, |word| word.range.end.0);
        let duration = Ticks((last as f64 * share) as i64 + 1);
        let style = style();
        let made = cards(&words, &style, duration);
        let expected: Vec<&PlacedWord> =
            words.iter().filter(|word| word.range.start.since_start() < duration).collect();
        let got: Vec<&CardWord> = made.iter().flat_map(|card| &card.words).collect();
        prop_assert_eq!(got.len(), expected.len(), "every word once");
        for (word, from) in got.iter().zip(&expected) {
            prop_assert_eq!(&word.text, &from.text);
            prop_assert_eq!(word.range.start, from.range.start);
            prop_assert!(word.range.end == from.range.end || word.range.end.since_start() == duration);
        }
        for pair in made.windows(2) {
            prop_assert!(pair[0].range.end <= pair[1].range.start, "cards never overlap");
        }
        for (index, card) in made.iter().enumerate() {
            prop_assert!(!card.words.is_empty() && !card.range.is_empty());
            prop_assert!(card.range.end.since_start() <= duration);
            let spoken = card.words.last().unwrap().range.end;
            prop_assert!(card.range.end >= spoken);
            prop_assert!(card.range.end <= (spoken + LONGEST_LINGER).max(card.range.start + SHORTEST));
            let next = made.get(index + 1).map_or(duration, |next| next.range.start.since_start());
            let lingers = card.range.end > (spoken + LINGER).max(card.range.start + SHORTEST);
            let just_read = (reading_speed(card) - READING_SPEED).abs() < 0.01;
            let as_long_as_may_be = card.range.end == spoken + LONGEST_LINGER
                || card.range.end.since_start() == next;
            prop_assert!(!lingers || just_read || as_long_as_may_be, "no longer than it takes");
            let readable = reading_speed(card) <= READING_SPEED;
            prop_assert!(readable || as_long_as_may_be, "as long as it takes");
            let room = next >= (card.range.start + SHORTEST).since_start();
            prop_assert!(!room || card.range.duration() >= SHORTEST, "not shorter than need be");
            let texts = card.words.iter().map(|word| word.text.as_str());
            if card.words.len() > 1 {
                prop_assert!(text_of(card).chars().count() <= 32);
                prop_assert!(lines_needed(texts, &style) <= 2);
                prop_assert!(spoken - card.range.start <= LONGEST);
            }
            for pair in card.words.windows(2) {
                prop_assert!(pair[1].range.start - pair[0].range.end <= PAUSE);
            }
        }
    }

    #[test]
    fn caption_files_read_back(words in words()) {
        let made = cards(&words, &style(), Ticks::from_secs(1000.0));
        let cues: Vec<CaptionCue> = made.iter().cloned().map(CaptionCue::new).collect();
        let expect: Vec<(i64, i64, String)> = made.iter()
            .map(|card| {
                let ms = |time: SequenceTime| time.since_start().samples(1000);
                (ms(card.range.start), ms(card.range.end), text_of(card))
            })
            .collect();
        let arrows = |list: &[(i64, i64, String)]| -> Vec<(i64, i64, String)> {
            list.iter().map(|(a, b, text)| (*a, *b, text.replace("-->", "→"))).collect()
        };
        prop_assert_eq!(parsed(&srt(&cues)), arrows(&expect));
        let back: Vec<(i64, i64, String)> = parsed(&vtt(&cues)).into_iter()
            .map(|(a, b, text)| {
                (a, b, text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
            })
            .collect();
        prop_assert_eq!(back, expect.clone());
        for cue in &cues {
            prop_assert!(cue.lines.len() <= 2);
        }

        let file = ass(&cues, &style(), &vertical());
        let events: Vec<&str> =
            file.lines().filter_map(|line| line.strip_prefix("Dialogue: ")).collect();
        prop_assert_eq!(events.len(), expect.len());
        for ((event, card), (start, end, text)) in events.iter().zip(&made).zip(&expect) {
            let fields: Vec<&str> = event.splitn(10, ',').collect();
            let near = |field: &str, ms: i64| (hundredths(field) * 10 - ms).abs() <= 5;
            prop_assert!(near(fields[1], *start) && near(fields[2], *end), "{}", event);
            let (shown, karaoke) = read_ass(fields[9]);
            prop_assert_eq!(&shown, text);
            let total: i64 = karaoke.iter().sum();
            let last = card.words.last().unwrap().range.end;
            let spoken = last.since_start().samples(100) - card.range.start.since_start().samples(100);
            prop_assert_eq!(total, spoken, "karaoke ends with the last word");
        }
    }
}

fn hundredths(text: &str) -> i64 {
    let parts: Vec<i64> = text
        .split([':', '.'])
        .map(|part| part.parse().unwrap())
        .collect();
    ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 100 + parts[3]
}

/// Returns the text that an ASS event shows, and its karaoke lengths.
fn read_ass(text: &str) -> (String, Vec<i64>) {
    let (mut shown, mut karaoke) = (String::new(), Vec::new());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' => {
                let tag: String = chars.by_ref().take_while(|c| *c != '}').collect();
                if let Some(length) = tag.strip_prefix("\\k") {
                    karaoke.push(length.parse().unwrap());
                }
            }
            '\\' => match chars.next() {
                Some('N') => shown.push(' '),
                Some('\u{2060}') => shown.push('\\'),
                other => shown.push(other.unwrap_or('\\')),
            },
            _ => shown.push(c),
        }
    }
    (shown, karaoke)
}

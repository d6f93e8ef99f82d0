//! What holds for every card: it fits, it is drawn where the layout says, it does not move.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::fmt::Write as _;

use footage::picture::PixelBox;
use lettering::{Drawing, Layout, Lettering, SafeArea, lit, presets};
use proptest::prelude::*;
use timeline::caption::{Card, CardWord};
use timeline::style::{CaptionStyle, Color, Highlight};
use timeline::time::{SequenceRange, SequenceTime};

const FORMATS: [(u32, u32); 6] = [
    (1080, 1920),
    (1080, 1350),
    (1080, 1080),
    (1920, 1080),
    (540, 960),
    (270, 480),
];

fn seconds(start: f64, end: f64) -> SequenceRange {
    SequenceRange::new(SequenceTime::from_secs(start), SequenceTime::from_secs(end))
}

/// Returns a card whose words last one second each; `*` marks emphasis.
fn card<'a>(words: impl IntoIterator<Item = &'a str>) -> Card {
    let words: Vec<CardWord> = words
        .into_iter()
        .enumerate()
        .map(|(index, word)| CardWord {
            text: word.trim_start_matches('*').to_owned(),
            range: seconds(index as f64, index as f64 + 1.0),
            emphasis: word.starts_with('*'),
        })
        .collect();
    Card {
        range: seconds(0.0, words.len() as f64),
        words,
    }
}

fn bold() -> CaptionStyle {
    presets::by_name("bold").unwrap().caption
}

/// Returns the opacity at a pixel of the frame.
fn opacity(drawing: &Drawing, x: i32, y: i32) -> u8 {
    let (column, row) = (x - drawing.x, y - drawing.y);
    if (0..drawing.width as i32).contains(&column) && (0..drawing.height as i32).contains(&row) {
        drawing.rgba_premultiplied
            [(row as usize * drawing.width as usize + column as usize) * 4 + 3]
    } else {
        0
    }
}

/// Returns the smallest box around all pixels that are not transparent.
fn ink(drawing: &Drawing) -> Option<PixelBox> {
    let mut found: Option<(i32, i32, i32, i32)> = None;
    for y in drawing.y..drawing.y + drawing.height as i32 {
        for x in drawing.x..drawing.x + drawing.width as i32 {
            if opacity(drawing, x, y) > 0 {
                let (x0, y0, x1, y1) = found.unwrap_or((x, y, x, y));
                found = Some((x0.min(x), y0.min(y), x1.max(x), y1.max(y)));
            }
        }
    }
    found.map(|(x0, y0, x1, y1)| PixelBox {
        x: f64::from(x0),
        y: f64::from(y0),
        w: f64::from(x1 - x0 + 1),
        h: f64::from(y1 - y0 + 1),
    })
}

/// Checks everything that holds for any card and returns its layout.
fn verify(
    lettering: &mut Lettering,
    card: &Card,
    style: &CaptionStyle,
    frame: (u32, u32),
    safe: SafeArea,
) -> Layout {
    let layout = lettering.layout(card, style, frame, &safe);
    assert!(
        layout.lines.len() <= usize::from(style.max_lines.max(1)),
        "{} lines of at most {}",
        layout.lines.len(),
        style.max_lines
    );
    if layout.lines.is_empty() {
        assert!(lettering.draw(&layout, card, style, card.range.start).width == 0);
        return layout;
    }
    let region = safe.pixels(frame);
    assert!(
        region.holds(layout.bounds),
        "{:?} lies inside {region:?}",
        layout.bounds
    );
    for line in &layout.lines {
        assert!(layout.bounds.holds(line.bounds), "a line inside the card");
        for word in &line.words {
            assert!(line.bounds.holds(word.bounds), "a word inside its line");
            assert!(word.word < card.words.len(), "a word of the card");
        }
    }
    // A canvas larger than the bounds shows what would be cut off at their edges.
    let mut larger = layout.clone();
    larger.bounds = PixelBox {
        x: layout.bounds.x - 6.0,
        y: layout.bounds.y - 6.0,
        w: layout.bounds.w + 12.0,
        h: layout.bounds.h + 12.0,
    };
    let states: Vec<SequenceTime> = [SequenceTime(-1)]
        .into_iter()
        .chain(card.words.iter().map(|word| word.range.start))
        .take(4)
        .collect();
    for at in states {
        let drawing = lettering.draw(&larger, card, style, at);
        let ink = ink(&drawing).expect("something is drawn");
        assert!(
            layout.bounds.holds(ink),
            "drawn {ink:?} inside {:?}",
            layout.bounds
        );
        if style.background.is_none() {
            let lines = layout.lines.iter().map(|line| line.bounds);
            for y in drawing.y..drawing.y + drawing.height as i32 {
                for x in drawing.x..drawing.x + drawing.width as i32 {
                    if opacity(&drawing, x, y) > 0 {
                        let pixel = PixelBox {
                            x: f64::from(x),
                            y: f64::from(y),
                            w: 1.0,
                            h: 1.0,
                        };
                        assert!(
                            lines.clone().any(|line| line.holds(pixel)),
                            "pixel {x},{y} belongs to a line"
                        );
                    }
                }
            }
        }
    }
    layout
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[a-zéèàçœÀÉ']{1,12}",
        2 => prop::sample::select(vec![
            "«", "»", "!", "?", ";", ":", "…", "–", "%", "Oui", "qu'est-ce", "2,50", "deux mots",
        ]).prop_map(str::to_owned),
        1 => "[a-zA-Z]{20,80}",
        1 => prop::sample::select(vec![
            "😀", "👨‍👩‍👧", "🇫🇷", "❤️", "مرحبا", "שלום", "你好世界", "こんにちは", "नमस्ते", "\u{301}", "\u{200f}",
            "e\u{301}\u{302}\u{303}\u{304}",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

fn style() -> impl Strategy<Value = CaptionStyle> {
    (
        prop::sample::select(presets::builtin()),
        20.0..240.0_f64,
        0.0..20.0_f64,
        1_u8..5,
        0.0..1.0_f64,
        prop::sample::select(vec![Highlight::None, Highlight::Color, Highlight::Box]),
        prop::bool::ANY,
    )
        .prop_map(
            |(preset, size, outline, max_lines, anchor, highlight, uppercase)| CaptionStyle {
                font_size: size,
                outline,
                max_lines,
                anchor,
                highlight,
                uppercase,
                outline_color: Color::rgb(0, 0, 0),
                ..preset.caption
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_card_fits(
        words in prop::collection::vec(word(), 0..9),
        style in style(),
        frame in prop::sample::select(FORMATS.to_vec()),
        safe in prop::sample::select(vec![
            SafeArea::UNIVERSAL, SafeArea::TIKTOK, SafeArea::FULL, SafeArea::new(0.4, 0.5, 0.3, 0.6),
        ]),
    ) {
        let mut lettering = Lettering::new();
        verify(&mut lettering, &card(words.iter().map(String::as_str)), &style, frame, safe);
    }
}

#[test]
fn every_preset_fits_every_format() {
    let mut lettering = Lettering::shipped_fonts_only();
    for preset in presets::builtin() {
        for frame in FORMATS {
            for words in [
                vec!["Ça", "change", "*tout"],
                vec!["anticonstitutionnellement", "intergouvernementalisations"],
                vec!["Å", "Ûgjpq|", "«", "Été", "»"],
            ] {
                let layout = verify(
                    &mut lettering,
                    &card(words.iter().copied()),
                    &preset.caption,
                    frame,
                    SafeArea::UNIVERSAL,
                );
                assert!(!layout.lines.is_empty(), "{} at {frame:?}", preset.name);
                assert_eq!(layout.missing, Vec::<String>::new(), "Inter has French");
                let safe = SafeArea::UNIVERSAL.pixels(frame);
                let off = layout.bounds.center_x() - safe.center_x();
                assert!(off.abs() <= 2.0, "centred in the safe area, {off} px off");
            }
        }
    }
}

#[test]
fn previews_look_like_the_output() {
    let mut lettering = Lettering::shipped_fonts_only();
    let card = card(["On", "en", "parle", "beaucoup", "trop"]);
    let full = lettering.layout(&card, &bold(), (1080, 1920), &SafeArea::UNIVERSAL);
    let half = lettering.layout(&card, &bold(), (540, 960), &SafeArea::UNIVERSAL);
    let texts = |layout: &Layout| -> Vec<String> {
        layout.lines.iter().map(|line| line.text.clone()).collect()
    };
    assert_eq!(texts(&full), texts(&half), "the same lines");
    assert!((full.letter_size - 2.0 * half.letter_size).abs() < 1.0);
    assert!((full.bounds.y - 2.0 * half.bounds.y).abs() <= 4.0);
}

#[test]
fn words_light_up_at_their_start() {
    let mut card = card(["un", "deux", "trois"]);
    card.words[1].range = seconds(1.5, 2.0);
    let at = |time: f64| lit(&card, SequenceTime::from_secs(time));
    assert_eq!(lit(&card, SequenceTime(-1)), None, "before the first word");
    assert_eq!(at(0.0), Some(0), "exactly at the start");
    assert_eq!(at(1.2), Some(0), "through the pause");
    let start = card.words[1].range.start;
    assert_eq!(
        lit(&card, SequenceTime(start.0 - 1)),
        Some(0),
        "one tick early"
    );
    assert_eq!(lit(&card, start), Some(1), "at the tick");
    assert_eq!(at(99.0), Some(2), "the last stays");
}

/// Returns how many pixels are about this colour.
fn count(drawing: &Drawing, color: Color) -> usize {
    drawing
        .rgba_premultiplied
        .chunks_exact(4)
        .filter(|pixel| {
            pixel[3] == 255
                && pixel[0].abs_diff(color.r) < 8
                && pixel[1].abs_diff(color.g) < 8
                && pixel[2].abs_diff(color.b) < 8
        })
        .count()
}

#[test]
fn only_the_lit_word_changes() {
    let mut lettering = Lettering::shipped_fonts_only();
    let card = card(["Voici", "la", "*suite"]);
    for name in ["bold", "box", "clean", "punch"] {
        let style = presets::by_name(name).unwrap().caption;
        let layout = lettering.layout(&card, &style, (1080, 1920), &SafeArea::UNIVERSAL);
        let dark = lettering.draw(&layout, &card, &style, SequenceTime(-1));
        let bright = lettering.draw(&layout, &card, &style, SequenceTime::ZERO);
        assert_eq!(count(&dark, style.highlight_color), 0, "{name}: none lit");
        assert!(
            count(&bright, style.highlight_color) > 500,
            "{name}: one lit"
        );
        assert!(count(&dark, style.emphasis_color) > 500, "{name}: emphasis");
        let word = layout.lines[0].words[0].bounds;
        for (index, (before, after)) in dark
            .rgba_premultiplied
            .chunks_exact(4)
            .zip(bright.rgba_premultiplied.chunks_exact(4))
            .enumerate()
        {
            if before != after {
                let pixel = PixelBox {
                    x: f64::from(dark.x) + (index % dark.width as usize) as f64,
                    y: f64::from(dark.y) + (index / dark.width as usize) as f64,
                    w: 1.0,
                    h: 1.0,
                };
                assert!(word.holds(pixel), "{name}: {pixel:?} is of the first word");
            }
        }
        let again = lettering.draw(&layout, &card, &style, SequenceTime::from_secs(0.9));
        assert_eq!(again, bright, "{name}: the same until the next word");
    }
}

#[test]
fn outlines_lie_around_and_below_the_letters() {
    let mut lettering = Lettering::shipped_fonts_only();
    let card = card(["VVV"]);
    let with = CaptionStyle {
        outline: 10.0,
        highlight: Highlight::None,
        ..bold()
    };
    let without = CaptionStyle {
        outline: 0.0,
        ..with.clone()
    };
    let frame = (1080, 1920);
    let thick = lettering.layout(&card, &with, frame, &SafeArea::FULL);
    let thin = lettering.layout(&card, &without, frame, &SafeArea::FULL);
    assert!(
        (thick.bounds.w - thin.bounds.w - 20.0).abs() <= 2.0,
        "10 px on each side"
    );
    let thick = lettering.draw(&thick, &card, &with, SequenceTime::ZERO);
    let thin = lettering.draw(&thin, &card, &without, SequenceTime::ZERO);
    let (outlined, plain) = (
        count(&thick, with.text_color),
        count(&thin, with.text_color),
    );
    assert!(
        outlined.abs_diff(plain) < plain / 20,
        "no letter is covered: {outlined}, {plain}"
    );
}

#[test]
fn cards_of_one_height_stand_level() {
    let mut lettering = Lettering::shipped_fonts_only();
    let mut baseline = |text: &str| {
        let card = card([text]);
        let layout = lettering.layout(&card, &bold(), (1080, 1920), &SafeArea::UNIVERSAL);
        layout.bounds.y + layout.bounds.h
    };
    let (flat, other) = (baseline("non"), baseline("mm"));
    assert!((flat - other).abs() <= 1.0, "neither has descenders");
    assert!(baseline("page") > flat + 5.0, "descenders hang below");
}

#[test]
fn what_no_font_has_is_reported() {
    let mut lettering = Lettering::shipped_fonts_only();
    let card = card(["Oui", "😀", "你"]);
    let layout = lettering.layout(&card, &bold(), (1080, 1920), &SafeArea::UNIVERSAL);
    assert_eq!(layout.missing, ["😀", "你"], "each once, in order");
    assert_eq!(layout.lines[0].text, "Oui", "the rest is drawn");
}

#[test]
fn words_keep_apart() {
    let mut lettering = Lettering::new();
    for (words, first_is_right) in [(["On", "va"], false), (["مرحبا", "بكم"], true)] {
        for name in ["bold", "box", "clean"] {
            let style = presets::by_name(name).unwrap().caption;
            let card = card(words);
            let layout = lettering.layout(&card, &style, (1080, 1920), &SafeArea::UNIVERSAL);
            if !layout.missing.is_empty() {
                println!("skipped: no installed font has {:?}", layout.missing);
                continue;
            }
            let [first, second] = [0, 1].map(|index| layout.lines[0].words[index].bounds);
            let (left, right) = if first_is_right {
                (second, first)
            } else {
                (first, second)
            };
            assert!(
                left.x + left.w + 4.0 < right.x,
                "{name}: {words:?} stand apart, {left:?} {right:?}"
            );
        }
    }
}

#[test]
fn a_font_can_be_added() {
    let mut lettering = Lettering::shipped_fonts_only();
    assert_eq!(
        lettering.add_font(b"no font".to_vec()),
        Err(lettering::Error::NotAFont)
    );
}

#[test]
fn odd_styles_do_no_harm() {
    let mut lettering = Lettering::shipped_fonts_only();
    let card = card(["mot", "mot"]);
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -5.0, 1e9] {
        let style = CaptionStyle {
            font_size: value,
            line_height: value,
            outline: value,
            anchor: value,
            max_lines: 0,
            ..bold()
        };
        for frame in [(1080, 1920), (16, 16), (1, 1), (0, 0)] {
            let layout = lettering.layout(&card, &style, frame, &SafeArea::UNIVERSAL);
            assert!(
                SafeArea::UNIVERSAL.pixels(frame).holds(layout.bounds) || layout.lines.is_empty()
            );
            lettering.draw(&layout, &card, &style, SequenceTime::ZERO);
        }
    }
}

#[test]
fn line_breaks() {
    let mut lettering = Lettering::shipped_fonts_only();
    let mut got = String::new();
    for text in [
        "Bonjour",
        "Bonjour à tous",
        "On en parle beaucoup trop",
        "C'est la meilleure chose",
        "Vraiment ? Je ne sais pas !",
        "« C'est fini », dit-elle",
        "Alors : un, deux, trois",
        "Il coûte 50 % de moins",
        "extraordinairement long ici",
        "anticonstitutionnellement",
        "hexakosioihexekontahexaphobia pneumonoultramicroscopicsilicovolcanoconiosis",
        "this is the end of it",
        "well, we should go now",
        "a b c d e f g h i j k l m n",
    ] {
        for frame in [(1080, 1920), (1920, 1080)] {
            let card = card(text.split(' '));
            let layout = lettering.layout(&card, &bold(), frame, &SafeArea::UNIVERSAL);
            let lines: Vec<&str> = layout.lines.iter().map(|line| line.text.as_str()).collect();
            let percent =
                layout.letter_size / (84.0 * f64::from(frame.0.min(frame.1)) / 1080.0) * 100.0;
            let (width, height) = frame;
            let lines = lines.join(" / ");
            writeln!(got, "{width}x{height} {percent:3.0} %  {lines}").unwrap();
        }
    }
    insta::assert_snapshot!(got);
}

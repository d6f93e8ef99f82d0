//! Advanced SubStation Alpha, version 4+, as libass reads it.

use std::fmt::Write as _;

use footage::words::touch;
use timeline::caption::{Card, CardWord};
use timeline::project::Format;
use timeline::style::{CaptionStyle, Color, Highlight};

use super::{CaptionCue, Place, lines, rounded};

/// Shorter side of the frame that the style's lengths are for.
const STYLE_SIDE: f64 = 1080.0;
/// What ASS calls size is the height from ascender to descender; sans-serif fonts have about 1.2
/// times the letter size there.
const HEIGHT_PER_SIZE: f64 = 1.2;
/// Side margins as a share of the frame's width: what is outside the universal safe area at left.
const MARGIN: f64 = 0.06;

/// Returns the cues as ASS for a frame of `format`, each word lit by karaoke timing from when it is
/// spoken. Times are in hundredths of a second, the format's finest.
pub fn ass(cues: &[CaptionCue], style: &CaptionStyle, format: &Format) -> String {
    let mut text = header(style, format);
    let scale = f64::from(format.width.min(format.height)) / STYLE_SIDE;
    let usual = Place {
        x: f64::from(format.width) / 2.0,
        y: style.anchor * f64::from(format.height),
        letter_size: style.font_size * scale,
    };
    for cue in cues {
        let place = cue.place.unwrap_or(usual);
        let start = rounded(cue.card.range.start, 100);
        let end = rounded(cue.card.range.end, 100).max(start + 1);
        let _infallible = writeln!(
            text,
            "Dialogue: 0,{},{},Caption,,0,0,0,,{{\\pos({},{}){}}}{}",
            clock(start),
            clock(end),
            number(place.x),
            number(place.y),
            size_tag(place, usual),
            dialogue(cue, style, start)
        );
    }
    text
}

/// Returns the override of the letters' size where they had to shrink.
fn size_tag(place: Place, usual: Place) -> String {
    if (place.letter_size - usual.letter_size).abs() < 0.01 {
        return String::new();
    }
    format!("\\fs{}", number(place.letter_size * HEIGHT_PER_SIZE))
}

fn header(style: &CaptionStyle, format: &Format) -> String {
    let scale = f64::from(format.width.min(format.height)) / STYLE_SIDE;
    // Letters go from the secondary to the primary colour when they are spoken.
    let lit = match style.highlight {
        Highlight::None => style.text_color,
        Highlight::Color | Highlight::Box => style.highlight_color,
    };
    // An opaque box takes the outline's colour.
    let (border, outline) = match style.background {
        Some(plate) => (3, plate),
        None => (1, style.outline_color),
    };
    let bold = if style.font_weight >= 600 { -1 } else { 0 };
    let margin = (MARGIN * f64::from(format.width)).round();
    // A comma would end the field.
    let font = style.font_family.replace([',', '\n', '\r'], " ");
    let fields = [
        "Caption".to_owned(),
        font,
        number(style.font_size * scale * HEIGHT_PER_SIZE),
        color(lit),
        color(style.text_color),
        color(outline),
        color(Color {
            r: 0,
            g: 0,
            b: 0,
            a: 0,
        }),
        bold.to_string(),
        "0,0,0,100,100,0,0".to_owned(),
        border.to_string(),
        number(style.outline * scale),
        "0,5".to_owned(),
        number(margin),
        number(margin),
        "0,1".to_owned(),
    ];
    format!(
        "[Script Info]\nScriptType: v4.00+\nPlayResX: {}\nPlayResY: {}\nWrapStyle: 2\n\
         ScaledBorderAndShadow: yes\nYCbCr Matrix: None\n\n\
         [V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, \
         OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, \
         Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding\n\
         Style: {}\n\n\
         [Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, \
         Text\n",
        format.width,
        format.height,
        fields.join(",")
    )
}

fn dialogue(cue: &CaptionCue, style: &CaptionStyle, start: i64) -> String {
    let mut text = String::new();
    let mut at = start;
    for (index, line) in words_by_line(cue).iter().enumerate() {
        if index > 0 {
            text.push_str("\\N");
        }
        let mut before = "";
        for word in line {
            if !touch(before, &word.text) {
                text.push(' ');
            }
            before = &word.text;
            if style.highlight != Highlight::None {
                let begins = rounded(word.range.start, 100).max(at);
                let ends = rounded(word.range.end, 100).max(begins);
                if begins > at {
                    // A syllable without letters waits until the word is spoken.
                    let _infallible = write!(text, "{{\\k{}}}", begins - at);
                }
                let _infallible = write!(text, "{{\\k{}}}", ends - begins);
                at = ends;
            }
            let shown = if style.uppercase {
                word.text.to_uppercase()
            } else {
                word.text.clone()
            };
            if word.emphasis {
                let emphasis = color(style.emphasis_color);
                let plain = color(style.text_color);
                let lit = if style.highlight == Highlight::None {
                    style.text_color
                } else {
                    style.highlight_color
                };
                let _infallible = write!(
                    text,
                    "{{\\1c{emphasis}\\2c{emphasis}}}{}{{\\1c{}\\2c{plain}}}",
                    escaped(&shown),
                    color(lit)
                );
            } else {
                text.push_str(&escaped(&shown));
            }
        }
    }
    text
}

/// Returns the card's words on the lines that they are drawn on: a word is on the line that its
/// first letter falls on, counted without spaces and case.
fn words_by_line(cue: &CaptionCue) -> Vec<Vec<&CardWord>> {
    let Card { words, .. } = &cue.card;
    let letters = |text: &str| {
        let upper = text.chars().flat_map(char::to_uppercase);
        upper.filter(|c| !c.is_whitespace()).count()
    };
    let mut result: Vec<Vec<&CardWord>> = Vec::new();
    let mut rest = words.iter().peekable();
    let mut placed = 0;
    let mut room = 0;
    for line in lines(cue) {
        room += letters(&line);
        let mut row = Vec::new();
        while placed < room
            && let Some(word) = rest.next()
        {
            placed += letters(&word.text);
            row.push(word);
        }
        if !row.is_empty() {
            result.push(row);
        }
    }
    let left: Vec<&CardWord> = rest.collect();
    match result.last_mut() {
        Some(last) => last.extend(left),
        None if !left.is_empty() => result.push(left),
        None => {}
    }
    result
}

/// Returns text that libass shows as it is: braces escaped, and a word joiner (U+2060) after each
/// backslash, so that it starts no override.
fn escaped(text: &str) -> String {
    let flat = text.replace(['\n', '\r'], " ");
    let safe = flat.replace('\\', "\\\u{2060}");
    safe.replace('{', "\\{").replace('}', "\\}")
}

/// Returns a colour as `&HAABBGGRR`; there 0 is opaque.
fn color(color: Color) -> String {
    let Color { r, g, b, a } = color;
    format!("&H{:02X}{b:02X}{g:02X}{r:02X}", 255 - a)
}

fn clock(hundredths: i64) -> String {
    let (seconds, rest) = (hundredths / 100, hundredths % 100);
    let (minutes, hours) = (seconds / 60 % 60, seconds / 3600);
    format!("{hours}:{minutes:02}:{:02}.{rest:02}", seconds % 60)
}

/// Returns a number with at most two decimals.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

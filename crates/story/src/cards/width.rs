//! How much room text takes, roughly: the drawing measures it exactly.

use footage::words::touch;
use timeline::style::CaptionStyle;

/// Width that the style's lengths are for.
const FRAME_WIDTH: f64 = 1080.0;
/// Share of the frame's width that is free of every network's buttons: what the left margin of
/// 0.06 and the right one of 0.18 leave.
const SAFE_SHARE: f64 = 0.76;

/// Returns the lines that words take when each line is filled as far as it goes.
pub fn lines_needed<'a>(words: impl Iterator<Item = &'a str>, style: &CaptionStyle) -> usize {
    let room = FRAME_WIDTH * SAFE_SHARE;
    let space = letter_share(' ') * style.font_size;
    let mut lines = 0;
    let mut used = f64::INFINITY;
    let mut before = "";
    for word in words {
        let width = text_width(word, style);
        let space = if touch(before, word) { 0.0 } else { space };
        before = word;
        if used + space + width <= room {
            used += space + width;
        } else {
            lines += 1;
            used = width;
        }
    }
    lines
}

fn text_width(text: &str, style: &CaptionStyle) -> f64 {
    let share = |c: char| {
        if style.uppercase {
            c.to_uppercase().map(letter_share).sum()
        } else {
            letter_share(c)
        }
    };
    let shares: f64 = text.chars().map(share).sum();
    // Heavy weights are about a tenth wider than regular ones.
    let heavy = if style.font_weight >= 700 { 1.08 } else { 1.0 };
    shares * style.font_size * heavy + 2.0 * style.outline
}

/// Returns a letter's width as a share of the font size, as in common sans-serif fonts.
fn letter_share(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ';' | ':' | '!' | '\'' | '’' | '|' | 'I' => 0.28,
        ' ' | '\u{a0}' | '\u{202f}' | 'f' | 't' | 'r' | '(' | ')' | '-' => 0.36,
        'm' | 'w' | 'M' | 'W' | '—' | '…' | '@' | '%' => 0.87,
        // Ideographs, kana, hangul and emoji are as wide as they are high.
        '\u{1100}'..='\u{11ff}'
        | '\u{2e80}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{1f000}'..='\u{1ffff}' => 1.0,
        _ if c.is_uppercase() => 0.68,
        _ => 0.56,
    }
}

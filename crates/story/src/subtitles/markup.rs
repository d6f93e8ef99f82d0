//! Tags and entities inside cues.

use footage::time::SourceRange;

use super::{Piece, timing};

/// What the two formats read differently.
pub(super) struct Dialect {
    /// Whether `<` always opens a tag, as WebVTT says, or only before a known name.
    every_angle_is_a_tag: bool,
}

pub(super) const SRT: Dialect = Dialect {
    every_angle_is_a_tag: false,
};
pub(super) const VTT: Dialect = Dialect {
    every_angle_is_a_tag: true,
};

/// Tags that SubRip files use, those of WebVTT included: converters leave them in.
const TAGS: &[&str] = &[
    "b", "i", "u", "s", "c", "v", "font", "lang", "ruby", "rt", "span", "br", "p", "em", "strong",
];

/// Returns the text of a cue without markup, and its pieces where it holds times of words.
///
/// Times of pieces count only when they grow and lie within the cue.
pub(super) fn plain(body: &str, range: SourceRange, dialect: &Dialect) -> (String, Vec<Piece>) {
    let mut pieces = vec![Piece {
        start: range.start,
        text: String::new(),
    }];
    let mut times_hold = true;
    let mut rest = body;
    while let Some(c) = rest.chars().next() {
        if let Some((tag, after)) = tag(rest, dialect) {
            if let Some(start) = timing::time(tag) {
                let after_previous = pieces.last().is_none_or(|piece| piece.start <= start);
                times_hold &= after_previous && start < range.end;
                pieces.push(Piece {
                    start,
                    text: String::new(),
                });
            } else if tag.trim_end_matches('/').trim().eq_ignore_ascii_case("br") {
                push(&mut pieces, '\n');
            }
            rest = after;
        } else if let Some((decoded, after)) = entity(rest) {
            if let Some(decoded) = decoded {
                push(&mut pieces, decoded);
            }
            rest = after;
        } else if let Some(after) = style_block(rest) {
            rest = after;
        } else if let Some(after) = rest
            .strip_prefix("\\N")
            .or_else(|| rest.strip_prefix("\\n"))
        {
            push(&mut pieces, '\n');
            rest = after;
        } else {
            push(&mut pieces, c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    let text = tidy(
        &pieces
            .iter()
            .map(|piece| piece.text.as_str())
            .collect::<String>(),
    );
    let timed = pieces.len() > 1 && times_hold;
    pieces.retain(|piece| !piece.text.trim().is_empty());
    if !timed {
        pieces.clear();
    }
    (text, pieces)
}

fn push(pieces: &mut [Piece], c: char) {
    // Control characters and marks of direction are no text.
    let is_text = c == '\n' || c == '\t' || !c.is_control();
    if is_text
        && !matches!(c, '\u{feff}' | '\u{200b}' | '\u{200e}' | '\u{200f}')
        && let Some(piece) = pieces.last_mut()
    {
        piece.text.push(c);
    }
}

/// Returns the lines trimmed, without blank ones.
fn tidy(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("\n")
}

/// Reads `<…>` at the start of `text`: what is inside, and what follows.
fn tag<'a>(text: &'a str, dialect: &Dialect) -> Option<(&'a str, &'a str)> {
    let (inside, after) = text.strip_prefix('<')?.split_once('>')?;
    if inside.contains(['<', '\n']) {
        return None;
    }
    let name: &str = inside
        .trim_start_matches('/')
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default();
    let is_tag = dialect.every_angle_is_a_tag
        || TAGS.iter().any(|known| known.eq_ignore_ascii_case(name))
        || timing::time(inside).is_some();
    is_tag.then_some((inside, after))
}

/// Reads `{\an8}` and MicroDVD's `{y:i}` at the start of `text` and returns what follows.
fn style_block(text: &str) -> Option<&str> {
    let (inside, after) = text.strip_prefix('{')?.split_once('}')?;
    let is_style = inside.starts_with('\\')
        || (inside.len() <= 24
            && inside
                .split_once(':')
                .is_some_and(|(key, _)| matches!(key, "y" | "Y" | "c" | "C" | "f" | "F" | "s")));
    is_style.then_some(after)
}

/// Reads an entity at the start of `text`: its character, `None` for marks of direction.
fn entity(text: &str) -> Option<(Option<char>, &str)> {
    const LONGEST: usize = 8;
    let (name, after) = text.strip_prefix('&')?.split_once(';')?;
    if name.len() > LONGEST {
        return None;
    }
    let decoded = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "lrm" | "rlm" => return Some((None, after)),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((Some(decoded), after))
}

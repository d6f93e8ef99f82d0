//! Colours of the page: they stand in one file, and what is read on them can be read.

use std::collections::BTreeMap;

/// The one file of colours.
const TOKENS: &str = "ui/styles/tokens.css";
/// The least contrast of text, by WCAG 2.
const CONTRAST: f64 = 4.5;
/// What is read, on each of what it may stand on.
const READ: &[(&[&str], &[&str])] = &[
    (
        &[
            "text",
            "text-muted",
            "accent-text",
            "danger",
            "warning",
            "success",
        ],
        &["surface-0", "surface-1", "surface-2"],
    ),
    (&["text", "text-muted"], &["surface-3"]),
    (&["text"], &["accent-soft"]),
    (&["on-accent"], &["accent-fill", "accent-hover"]),
];

/// Checks a style sheet of the page.
pub(crate) fn check(name: &str, text: &str, violations: &mut Vec<String>) {
    if name == TOKENS {
        contrasts(text, violations);
        return;
    }
    let is_sheet = name.starts_with("ui/")
        && std::path::Path::new(name)
            .extension()
            .is_some_and(|ending| ending == "css");
    if !is_sheet {
        return;
    }
    for (number, line) in (1..).zip(text.lines()) {
        // A mask has no colour, only how much shows.
        if !line.contains("mask") && names_colour(line) {
            violations.push(format!("{name}:{number}: a colour; it belongs in {TOKENS}"));
        }
    }
}

/// Finds `#abc`, `rgb(…)` and the like.
fn names_colour(line: &str) -> bool {
    let is_function = ["rgb(", "rgba(", "hsl(", "hsla(", "oklch("]
        .iter()
        .any(|function| line.contains(function));
    let is_hex = line.split('#').skip(1).any(|rest| {
        let digits = rest.chars().take_while(char::is_ascii_hexdigit).count();
        let is_word = rest
            .chars()
            .nth(digits)
            .is_some_and(|c| c.is_alphanumeric() || c == '-');
        [3, 4, 6, 8].contains(&digits) && !is_word
    });
    is_function || is_hex
}

fn contrasts(text: &str, violations: &mut Vec<String>) {
    for theme in ["dark", "light"] {
        let colours = colours(text, theme);
        for (words, grounds) in READ {
            for (word, ground) in words
                .iter()
                .flat_map(|word| grounds.iter().map(move |ground| (word, ground)))
            {
                let (Some(above), Some(below)) = (colours.get(*word), colours.get(*ground)) else {
                    violations.push(format!(
                        "{TOKENS}: --{word} or --{ground} is no colour in {theme}"
                    ));
                    continue;
                };
                let found = contrast(*above, *below);
                if found < CONTRAST {
                    violations.push(format!(
                        "{TOKENS}: --{word} on --{ground} has contrast {found:.2} in {theme}; at least {CONTRAST}"
                    ));
                }
            }
        }
    }
}

/// Returns the colours of a theme: those of `:root` and those of its own block.
fn colours(text: &str, theme: &str) -> BTreeMap<String, [u8; 3]> {
    let mut found = BTreeMap::new();
    let mut is_in = false;
    let mut selector = String::new();
    for line in text.lines().map(str::trim) {
        if let Some(start) = line.strip_suffix('{') {
            selector.push_str(start);
            let is_other =
                selector.contains("data-theme") && !selector.contains(&format!("\"{theme}\""));
            is_in = selector.contains(":root") && !is_other;
            selector.clear();
        } else if line.ends_with(',') {
            selector.push_str(line);
        } else if let Some((name, value)) = line.split_once(':')
            && is_in
            && let Some(name) = name.strip_prefix("--")
            && let Some(colour) = hex(value.trim().trim_end_matches(';'))
        {
            found.insert(name.to_owned(), colour);
        }
    }
    found
}

fn hex(value: &str) -> Option<[u8; 3]> {
    let digits = value.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

/// Returns the contrast of two colours, 1 to 21.
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: [u8; 3]) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    };
    let [red, green, blue] = colour.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_stand_in_one_file() {
        let mut violations = Vec::new();
        let text = "a { color: #fff; }\nb { color: var(--text); }\n#face-list { top: 0; }\nc { background: rgb(0 0 0); }";
        check("ui/src/a.css", text, &mut violations);
        let expect =
            [1, 4].map(|line| format!("ui/src/a.css:{line}: a colour; it belongs in {TOKENS}"));
        assert_eq!(violations, expect);
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        let close = |found: f64, expect: f64| (found - expect).abs() < 0.01;
        assert!(close(contrast([255; 3], [0; 3]), 21.0));
        assert!(
            close(contrast([0x77; 3], [255; 3]), 4.48),
            "the usual example"
        );
    }

    #[test]
    fn what_cannot_be_read_is_found() {
        let text = ":root {\n--on-accent: #ffffff;\n--accent-fill: #ffff00;\n}\n:root,\n:root[data-theme=\"dark\"] {\n--text: #101010;\n--surface-0: #000000;\n}";
        let mut violations = Vec::new();
        check(TOKENS, text, &mut violations);
        let has = |part: &str| violations.iter().any(|violation| violation.contains(part));
        assert!(
            has("--text on --surface-0 has contrast 1.1"),
            "{violations:?}"
        );
        assert!(
            has("--on-accent on --accent-fill has contrast 1.07 in light"),
            "{violations:?}"
        );
    }
}

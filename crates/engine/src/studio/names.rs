//! Names of exported files.

use std::collections::BTreeSet;

/// The longest name in bytes, its ending and a number left out: file systems allow 255.
const LONGEST: usize = 180;

/// Names that Windows keeps for devices, whatever their ending.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// What a template may name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words<'a> {
    pub(crate) project: &'a str,
    pub(crate) source: &'a str,
    pub(crate) title: &'a str,
    pub(crate) number: u32,
    pub(crate) date: &'a str,
}

/// Returns the name that a template gives, without an ending, such as every file system takes.
pub(crate) fn stem(template: &str, words: &Words<'_>) -> String {
    let number = format!("{:02}", words.number);
    let mut name = String::new();
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let (before, from) = rest.split_at(start);
        name.push_str(before);
        let known = [
            ("{project}", words.project),
            ("{source}", words.source),
            ("{title}", words.title),
            ("{number}", &number),
            ("{date}", words.date),
        ];
        let found = known.iter().find(|(key, _)| from.starts_with(key));
        // A brace that begins no key stands for itself.
        let (key, value) = found.copied().unwrap_or(("{", "{"));
        name.push_str(value);
        rest = from.get(key.len()..).unwrap_or_default();
    }
    name.push_str(rest);
    clean(&name)
}

/// Returns the first of a name and its numbered siblings of which `is_free` says so.
pub(crate) fn free(stem: &str, is_free: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number| format!("{stem} {number}"));
    let mut names = std::iter::once(stem.to_owned()).chain(numbered);
    names.find(|name| is_free(name)).unwrap_or_default()
}

fn clean(name: &str) -> String {
    let replaced: String = name
        .chars()
        .map(|letter| match letter {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
            // What turns the direction of writing makes an ending look like another.
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ' ',
            letter if letter.is_control() => ' ',
            letter => letter,
        })
        .collect();
    let words: Vec<&str> = replaced.split_whitespace().collect();
    let mut name = words.join(" ");
    while name.len() > LONGEST {
        name.pop();
    }
    // Windows drops dots and spaces at the end; a dot at the start hides a file elsewhere.
    let name = name.trim_matches(|letter: char| letter == '.' || letter.is_whitespace());
    let device = name.split('.').next().unwrap_or_default().trim_end();
    let devices: BTreeSet<&str> = DEVICES.into_iter().collect();
    if name.is_empty() {
        "Reel".to_owned()
    } else if devices.contains(device.to_ascii_lowercase().as_str()) {
        format!("_{name}")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, title: &str, expected: &str) {
        let words = Words {
            project: "Chaîne",
            source: "talk",
            title,
            number: 3,
            date: "2026-11-28",
        };
        assert_eq!(stem(template, &words), expected, "{template} {title:?}");
    }

    #[test]
    fn templates_name_what_they_say() {
        check("{source} {number} {title}", "Why?", "talk 03 Why-");
        check("{project}/{date}", "", "Chaîne-2026-11-28");
        check("{unknown} {title", "x", "{unknown} {title");
        check("{title}", "{number}", "{number}");
    }

    #[test]
    fn names_hold_nothing_that_a_system_refuses() {
        check("{title}", "../../etc/passwd", "-..-etc-passwd");
        check("{title}", "con", "_con");
        check("{title}", "NUL.txt", "_NUL.txt");
        check("{title}", "  ...  ", "Reel");
        check("{title}", "a\u{202e}4pm.exe", "a 4pm.exe");
        check("{title}", "line\nbreak\0", "line break");
        check("{title}", "end. ", "end");
        let long = "é".repeat(300);
        let words = Words {
            project: "",
            source: "",
            title: &long,
            number: 1,
            date: "",
        };
        assert!(
            stem("{title}", &words).len() <= LONGEST,
            "whole letters only"
        );
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let taken = ["a", "a 2"];
        assert_eq!(free("a", |name| !taken.contains(&name)), "a 3");
        assert_eq!(free("b", |name| !taken.contains(&name)), "b");
    }
}

//! Names of exported files: the engine gives them, the window shows them while they are typed.
//!
//! ```
//! use protocol::studio::names::{Parts, stem};
//!
//! let parts = Parts { project: "Channel", source: "talk", title: "Why?", number: 3, date: "2026-11-28" };
//! assert_eq!(stem("{source} {number} {title}", &parts), "talk 03 Why-");
//! ```

use timeline::project::{Project, Sequence, TrackKind};

/// The longest name in bytes, its ending and a number left out: file systems allow 255.
const LONGEST: usize = 180;

/// Names that Windows keeps for devices, whatever their ending.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// What a template may name.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// `{project}`.
    pub project: &'a str,
    /// `{source}`, without its ending.
    pub source: &'a str,
    /// `{title}`.
    pub title: &'a str,
    /// `{number}`, from 1.
    pub number: u32,
    /// `{date}`, such as `2026-11-28`.
    pub date: &'a str,
}

/// Returns the name that a template gives, without an ending, such as every file system takes.
pub fn stem(template: &str, parts: &Parts<'_>) -> String {
    let number = format!("{:02}", parts.number);
    let mut name = String::new();
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let (before, from) = rest.split_at(start);
        name.push_str(before);
        let known = [
            ("{project}", parts.project),
            ("{source}", parts.source),
            ("{title}", parts.title),
            ("{number}", &number),
            ("{date}", parts.date),
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

/// Returns what `{source}` says of a sequence: the name of what it shows first.
pub fn source(project: &Project, sequence: &Sequence) -> String {
    let mut clips = sequence
        .tracks_of(TrackKind::Video)
        .flat_map(|track| &track.clips);
    let media = clips.next().and_then(|clip| project.media.get(&clip.media));
    media
        .map_or(&*project.name, |media| file_stem(&media.path))
        .to_owned()
}

/// Returns the last part of a path, on any system.
pub fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Returns a file's name without its folders, on any system, and without its ending.
fn file_stem(path: &str) -> &str {
    let name = file_name(path);
    match name.rsplit_once('.') {
        None | Some(("", _)) => name,
        Some((stem, _)) => stem,
    }
}

/// Returns the first of a name and its numbered siblings of which `is_free` says so.
pub fn free(stem: &str, is_free: impl Fn(&str) -> bool) -> String {
    first_free(
        stem.to_owned(),
        |number| format!("{stem} {number}"),
        is_free,
    )
}

/// Returns the first of a name and those that `numbered` makes from 2 on of which `is_free` says so.
pub fn first_free(
    first: String,
    numbered: impl Fn(u32) -> String,
    is_free: impl Fn(&str) -> bool,
) -> String {
    let mut names = std::iter::once(first).chain((2..).map(numbered));
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
    if name.is_empty() {
        "Reel".to_owned()
    } else if DEVICES.contains(&device.to_ascii_lowercase().as_str()) {
        format!("_{name}")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, title: &str, expected: &str) {
        let parts = Parts {
            project: "Chaîne",
            source: "talk",
            title,
            number: 3,
            date: "2026-11-28",
        };
        assert_eq!(stem(template, &parts), expected, "{template} {title:?}");
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
        let parts = Parts {
            project: "",
            source: "",
            title: &long,
            number: 1,
            date: "",
        };
        assert!(
            stem("{title}", &parts).len() <= LONGEST,
            "whole letters only"
        );
    }

    #[test]
    fn a_source_is_named_without_folders_and_ending() {
        for (path, expected) in [
            ("/videos/my.talk.mp4", "my.talk"),
            (r"C:\videos\talk.mov", "talk"),
            ("/videos.2026/talk", "talk"),
            (".hidden", ".hidden"),
        ] {
            assert_eq!(file_stem(path), expected, "{path}");
        }
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let taken = ["a", "a 2"];
        assert_eq!(free("a", |name| !taken.contains(&name)), "a 3");
        assert_eq!(free("b", |name| !taken.contains(&name)), "b");
    }
}

//! Rules on single files: length, leftovers, names, local paths.

/// The most lines of a source file.
const LINES: usize = 800;
/// The most lines of a file of tests.
const TEST_LINES: usize = 1_200;
/// The shell holds fewer lines than this: what is more belongs to the engine or to the page.
const SHELL_LINES: usize = 2_000;
/// Where the shell lies.
const SHELL: &str = "src-tauri/";
/// The largest file in git; media is generated instead.
const BYTES: usize = 1 << 20;
/// Files over their budget, with the reason.
const LONG: &[(&str, &str)] = &[("Cargo.lock", "written by cargo")];

/// Words that say nothing about what a type is.
const EMPTY_WORDS: &[&str] = &[
    "Manager",
    "Service",
    "Helper",
    "Helpers",
    "Util",
    "Utils",
    "Processor",
    "Data",
    "Info",
    "Handler",
];

/// Starts of paths that exist on one machine only. Written in two halves, so that this file does
/// not break its own rule.
const LOCAL: &[&str] = &[
    concat!("/ho", "me/"),
    concat!("/wo", "rk/"),
    concat!("/tm", "p/"),
    concat!("/ro", "ot/"),
    concat!("/Use", "rs/"),
    concat!("C:\\Use", "rs"),
];

/// Checks one file of the repository.
pub(crate) fn check(name: &str, bytes: &[u8], violations: &mut Vec<String>) {
    if bytes.len() > BYTES {
        let size = bytes.len() / 1024;
        violations.push(format!("{name}: {size} KiB; files in git stay under 1 MiB"));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let is_rust = has_ending(name, ".rs");
    let is_test = name.contains("/tests/") || name.ends_with("/tests.rs");
    let budget = if is_test { TEST_LINES } else { LINES };
    let lines = text.lines().count();
    if is_rust && lines > budget && !LONG.iter().any(|(known, _)| *known == name) {
        violations.push(format!("{name}: {lines} lines; at most {budget}"));
    }
    for (number, line) in (1..).zip(text.lines()) {
        let mut at = |what: &str| violations.push(format!("{name}:{number}: {what}"));
        if LOCAL.iter().any(|path| names_local_path(line, path)) {
            at("names a path of one machine");
        }
        if !is_rust {
            continue;
        }
        for mark in [
            concat!("TO", "DO"),
            concat!("FIX", "ME"),
            concat!("XX", "X"),
        ] {
            if is_anonymous(line, mark) {
                at("a reminder names who will see to it: TODO(name)");
            }
        }
        let code = line.split("//").next().unwrap_or_default();
        if [concat!("to", "do!("), concat!("unimple", "mented!(")]
            .iter()
            .any(|m| code.contains(m))
        {
            at("unfinished code");
        }
        if returns_text_as_error(code) {
            at("an error is a type, not a String");
        }
        if let Some((type_name, word)) = empty_name(code) {
            at(&format!(
                "`{type_name}`: “{word}” says nothing; name what it is"
            ));
        }
    }
}

/// Returns how many lines a file adds to the shell.
pub(crate) fn shell_lines(name: &str, text: &str) -> usize {
    if name.starts_with(SHELL) && has_ending(name, ".rs") {
        text.lines().count()
    } else {
        0
    }
}

/// Checks that the shell stays thin.
pub(crate) fn check_shell(lines: usize, violations: &mut Vec<String>) {
    if lines >= SHELL_LINES {
        violations.push(format!(
            "{SHELL}: {lines} lines of Rust; the shell stays under {SHELL_LINES}"
        ));
    }
}

/// Checks that a crate's root file starts with its purpose.
pub(crate) fn check_crate_docs(name: &str, text: &str, violations: &mut Vec<String>) {
    if !text.starts_with("//! ") {
        violations.push(format!(
            "{name}: starts with `//!`, the purpose of the crate"
        ));
    }
}

fn has_ending(name: &str, ending: &str) -> bool {
    name.ends_with(ending)
}

/// A path counts where it starts, not in the middle of an address or of a longer path.
fn names_local_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || "._-}~>".contains(c))
    })
}

fn is_anonymous(line: &str, mark: &str) -> bool {
    line.match_indices(mark).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line
            .get(at + mark.len()..)
            .and_then(|text| text.chars().next());
        let is_word = before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
            && after.is_none_or(|c| !c.is_alphanumeric() && c != '_');
        is_word && after != Some('(')
    })
}

/// Finds results whose error is plain text, however deep their first parameter is.
fn returns_text_as_error(code: &str) -> bool {
    let open = "Result<";
    code.match_indices(open).any(|(at, _)| {
        let mut depth = 1;
        let mut is_second = false;
        let mut last = String::new();
        for c in code.get(at + open.len()..).unwrap_or_default().chars() {
            match c {
                '<' | '(' | '[' => depth += 1,
                '>' | ')' | ']' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return is_second && last.trim() == "String";
            }
            if c == ',' && depth == 1 {
                last.clear();
                is_second = true;
            } else {
                last.push(c);
            }
        }
        false
    })
}

/// Finds a type whose name holds an empty word.
fn empty_name(code: &str) -> Option<(&str, &'static str)> {
    let declared = ["struct ", "enum ", "trait ", "type ", "union "];
    let mut code = code.trim_start();
    for visibility in ["pub(crate) ", "pub(super) ", "pub "] {
        code = code.strip_prefix(visibility).unwrap_or(code);
    }
    let rest = declared
        .iter()
        .find_map(|keyword| code.strip_prefix(keyword))?;
    let name = rest
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()?;
    // `MediaInfo` is Media, Info.
    let starts: Vec<usize> = name
        .char_indices()
        .filter(|(_, c)| c.is_uppercase())
        .map(|(i, _)| i)
        .collect();
    let ends = starts.iter().skip(1).copied().chain([name.len()]);
    let mut words = starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| name.get(*start..end));
    let word = words.find_map(|word| EMPTY_WORDS.iter().find(|empty| **empty == word))?;
    Some((name, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str, expect: &[&str]) {
        let mut violations = Vec::new();
        super::check(name, text.as_bytes(), &mut violations);
        assert_eq!(violations, expect, "{text}");
    }

    #[test]
    fn long_files_are_found_and_tests_may_be_longer() {
        let text = "\n".repeat(801);
        check(
            "crates/a/src/lib.rs",
            &text,
            &["crates/a/src/lib.rs: 801 lines; at most 800"],
        );
        check("crates/a/tests/ops.rs", &text, &[]);
        let text = "\n".repeat(1_201);
        check(
            "crates/a/tests/ops.rs",
            &text,
            &["crates/a/tests/ops.rs: 1201 lines; at most 1200"],
        );
        check("README.md", &text, &[]);
    }

    #[test]
    fn large_files_are_found() {
        let text = "x".repeat(BYTES + 1024);
        check(
            "a.bin",
            &text,
            &["a.bin: 1025 KiB; files in git stay under 1 MiB"],
        );
    }

    #[test]
    fn reminders_have_an_owner() {
        let mark = concat!("TO", "DO");
        let found = ["a.rs:1: a reminder names who will see to it: TODO(name)"];
        check("a.rs", &format!("// {mark}: later"), &found);
        check("a.rs", &format!("// {mark}(anna): later"), &[]);
        check("a.rs", "// MASTODON, XXL", &[]);
    }

    #[test]
    fn unfinished_code_is_found() {
        let text = concat!("    to", "do!()");
        check("a.rs", text, &["a.rs:1: unfinished code"]);
        check(
            "a.rs",
            concat!("    unimple", "mented!(\"x\")"),
            &["a.rs:1: unfinished code"],
        );
    }

    #[test]
    fn text_is_no_error_type() {
        let found = ["a.rs:1: an error is a type, not a String"];
        let text = concat!("fn a() -> Result<Vec<(u8, u8)>, Str", "ing> {");
        check("a.rs", text, &found);
        check(
            "a.rs",
            "fn a() -> Result<BTreeMap<u8, String>, Error> {",
            &[],
        );
        check("a.rs", "fn a() -> Result<String> {", &[]);
    }

    #[test]
    fn local_paths_are_found_and_addresses_are_not() {
        let found = ["a.md:1: names a path of one machine"];
        check("a.md", concat!("see /ho", "me/anna/x"), &found);
        check("a.md", concat!("see \"/tm", "p/x\""), &found);
        check("a.md", concat!("https://example.org/ho", "me/x"), &[]);
        check("a.md", concat!("../wo", "rk/x and ~/tm", "p/x"), &[]);
    }

    #[test]
    fn empty_words_in_type_names_are_found() {
        let found = ["a.rs:1: `MediaInfo`: “Info” says nothing; name what it is"];
        check("a.rs", "pub(crate) struct MediaInfo<T> {", &found);
        check("a.rs", "enum Database {", &[]);
        check("a.rs", "trait Informed {", &[]);
        check("a.rs", "    let info = MediaInfo::new();", &[]);
    }

    #[test]
    fn the_shell_stays_thin() {
        assert_eq!(shell_lines("src-tauri/src/main.rs", "a\nb\n"), 2);
        assert_eq!(shell_lines("src-tauri/build.rs", "a\n"), 1);
        for other in ["src-tauri/tauri.conf.json", "ui/src/main.rs"] {
            assert_eq!(shell_lines(other, "a\nb\n"), 0, "{other}");
        }
        let mut violations = Vec::new();
        check_shell(1_999, &mut violations);
        assert!(violations.is_empty());
        check_shell(2_000, &mut violations);
        assert_eq!(
            violations,
            ["src-tauri/: 2000 lines of Rust; the shell stays under 2000"]
        );
    }

    #[test]
    fn a_crate_says_what_it_is_for() {
        let mut violations = Vec::new();
        check_crate_docs("lib.rs", "use x;", &mut violations);
        check_crate_docs("lib.rs", "//! Purpose.", &mut violations);
        assert_eq!(
            violations,
            ["lib.rs: starts with `//!`, the purpose of the crate"]
        );
    }
}

//! What the window says, in English and in French.
//!
//! A table is a struct made by [`words!`]: each entry has both languages or does not compile. A
//! component takes [`use_words`] and reads within a closure, so that a change of language renders
//! it again:
//!
//! ```text
//! let w = use_words();
//! view! { <button>{move || w.home().import()}</button> }
//! ```
//!
//! Sentence case, verbs on buttons, `…` only when more is asked, no colon after labels. French has a
//! narrow no-break space (U+202F) before `; : ! ?`; a test sees to it.

pub mod board;
pub mod commands;
pub mod editor;
pub mod errors;
pub mod export;
pub mod frame;
pub mod home;
pub mod import;
pub mod jobs;
pub mod labels;
pub mod looks;
pub mod posting;
pub mod problems;
mod publishing;
pub mod reasons;
pub mod settings;
pub mod welcome;

use leptos::prelude::{Get, Memo, use_context};
use protocol::studio::settings::Language;

/// Makes a table of words: `key: "English" => "Français";` or
/// `key(count: usize): english_expression => expression_francaise;`.
macro_rules! words {
    (
        $(#[$doc:meta])*
        $table:ident {
            $($key:ident $(($($argument:ident: $type:ty),* $(,)?))?: $en:expr => $fr:expr;)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $table(pub protocol::studio::settings::Language);

        impl $table {
            $(
                /// Returns the words of this name.
                pub fn $key(self $($(, $argument: $type)*)?) -> String {
                    match self.0 {
                        protocol::studio::settings::Language::English => $crate::words::text($en),
                        protocol::studio::settings::Language::French => $crate::words::text($fr),
                    }
                }
            )*
        }
    };
}
pub(crate) use words;

/// The words in the language that is chosen now. Reading a table within a closure follows changes.
#[derive(Debug, Clone, Copy)]
pub struct Words(Memo<Language>);

/// Returns the words of the window.
pub fn use_words() -> Words {
    let words = use_context::<Words>();
    assert!(words.is_some(), "BUG: words are provided by the app");
    words.unwrap_or_else(|| Words(Memo::new(|_| Language::French)))
}

impl Words {
    /// Returns words that follow `language`.
    pub fn new(language: Memo<Language>) -> Self {
        Self(language)
    }

    /// Returns the language, tracked.
    pub fn language(self) -> Language {
        self.0.get()
    }
}

macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident: $table:ty,)+) => {
        impl Words {
            $(
                $(#[$doc])*
                pub fn $name(self) -> $table {
                    <$table>::from(self.0.get())
                }
            )+
        }

        $(
            impl From<Language> for $table {
                fn from(language: Language) -> Self {
                    Self(language)
                }
            }
        )+
    };
}

tables! {
    /// The reels board.
    board: board::Board,
    /// The editor: timeline, transcript, inspector, preview.
    editor: editor::Editor,
    /// The export dialog.
    export: export::Export,
    /// The frame around every view.
    frame: frame::Frame,
    /// The projects.
    home: home::Home,
    /// Importing.
    import: import::Import,
    /// The jobs drawer.
    jobs: jobs::Jobs,
    /// Posts, accounts, posting a reel.
    posting: posting::Posting,
    /// The settings.
    settings: settings::SettingsWords,
    /// The first run.
    welcome: welcome::Welcome,
}

/// Turns an entry into its text.
pub(crate) fn text(entry: impl Into<String>) -> String {
    entry.into()
}

/// Returns the singular for 1 in English, for 0 and 1 in French.
pub(crate) fn plural<'a>(language: Language, count: usize, one: &'a str, many: &'a str) -> &'a str {
    let single = match language {
        Language::English => count == 1,
        Language::French => count < 2,
    };
    if single { one } else { many }
}

/// Returns the count with its noun, English.
pub(crate) fn counted_en(count: usize, one: &str, many: &str) -> String {
    let number = crate::format::number(count as u64, Language::English);
    format!("{number} {}", plural(Language::English, count, one, many))
}

/// Returns the count with its noun, French.
pub(crate) fn counted_fr(count: usize, one: &str, many: &str) -> String {
    let number = crate::format::number(count as u64, Language::French);
    format!(
        "{number}\u{a0}{}",
        plural(Language::French, count, one, many)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLES: [(&str, &str); 16] = [
        ("board", include_str!("board.rs")),
        ("commands", include_str!("commands.rs")),
        ("editor", include_str!("editor.rs")),
        ("errors", include_str!("errors.rs")),
        ("export", include_str!("export.rs")),
        ("frame", include_str!("frame.rs")),
        ("home", include_str!("home.rs")),
        ("import", include_str!("import.rs")),
        ("jobs", include_str!("jobs.rs")),
        ("posting", include_str!("posting.rs")),
        ("problems", include_str!("problems.rs")),
        ("labels", include_str!("labels.rs")),
        ("looks", include_str!("looks.rs")),
        ("reasons", include_str!("reasons.rs")),
        ("settings", include_str!("settings.rs")),
        ("welcome", include_str!("welcome.rs")),
    ];

    /// Returns every text of a table's source.
    fn texts(source: &str) -> Vec<String> {
        let before_tests = source.split("#[cfg(test)]").next().unwrap_or_default();
        let mut texts = Vec::new();
        for line in before_tests
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
        {
            texts.extend(line.split('"').skip(1).step_by(2).map(str::to_owned));
        }
        texts
    }

    #[test]
    fn spaces_before_marks_do_not_break() {
        for (table, source) in TABLES {
            for text in texts(source) {
                for mark in [" ;", " :", " !", " ?", " »", "« "] {
                    assert!(!text.contains(mark), "{table}: U+202F is due in {text:?}");
                }
            }
        }
    }

    #[test]
    fn texts_keep_to_the_house_style() {
        for (table, source) in TABLES {
            for text in texts(source) {
                assert!(!text.contains("..."), "{table}: … is due in {text:?}");
                assert!(
                    !text.contains('!'),
                    "{table}: no exclamation marks: {text:?}"
                );
                assert!(
                    !text.ends_with(':'),
                    "{table}: no colon after labels: {text:?}"
                );
                let straight = text.contains('\'');
                assert!(!straight, "{table}: ’ is due in {text:?}");
            }
        }
    }

    #[test]
    fn french_counts_nothing_as_one() {
        assert_eq!(counted_fr(0, "réel", "réels"), "0\u{a0}réel");
        assert_eq!(counted_fr(2, "réel", "réels"), "2\u{a0}réels");
        assert_eq!(counted_en(0, "reel", "reels"), "0 reels");
        assert_eq!(counted_en(1, "reel", "reels"), "1 reel");
    }
}

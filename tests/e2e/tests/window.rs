//! The window opens, and speaks the session's language.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use e2e::Setup;

fn check(locale: &str, words: &str, language: &str) {
    let Some(program) = e2e::studio() else { return };
    let mut session = Setup::new(program).locale(locale).start().unwrap();
    let window = session.open().unwrap();
    window.says(words).unwrap();
    let spoken = window
        .run("return document.documentElement.lang", &[])
        .unwrap();
    assert_eq!(spoken, language, "screen readers are told the language");
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_first_run_speaks_french() {
    check("fr_FR.UTF-8", "Bienvenue dans Créalia Studio", "fr");
}

#[test]
fn the_first_run_speaks_english() {
    check("en_GB.UTF-8", "Welcome to Créalia Studio", "en");
}

#[test]
fn an_unknown_language_is_french() {
    check("C", "Bienvenue dans Créalia Studio", "fr");
}

//! The window opens, and speaks the session's language; the first run, and what it begins with.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use e2e::{Setup, material, steps};

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

#[test]
fn the_first_run_takes_a_language_and_a_look_and_begins_with_the_demo() {
    let Some(program) = e2e::studio() else { return };
    let demo = material::take(&steps::kept()).unwrap();
    let french = Setup::new(program).variable("CREALIA_DEMO", demo.to_str().unwrap());
    let mut session = french.start().unwrap();
    let window = session.open().unwrap();
    let press = |part: &str| window.click(&window.part(part).unwrap()).unwrap();
    // What it would fetch is told before anything is: which model, how large, from where.
    let offers = |words: &[&str]| {
        window.tells("[data-part=welcome-download]", words).unwrap();
    };
    window.says("Bienvenue dans Créalia Studio").unwrap();
    offers(&["Télécharger whisper-small", "488 Mo", "huggingface.co"]);
    press("welcome-language-en");
    window.says("Welcome to Créalia Studio").unwrap();
    offers(&["Download whisper-small", "488 MB", "huggingface.co"]);
    press("welcome-theme-light");
    window
        .seen("[data-part=welcome-theme-light][aria-checked=true]")
        .unwrap();
    window.seen(":root[lang=en][data-theme=light]").unwrap();
    assert!(
        window.parts("source-row").unwrap().is_empty(),
        "nothing is imported unasked"
    );
    press("welcome-demo");
    window.part("board").unwrap();
    window.tells("[data-part=source-row]", &["take"]).unwrap();
    window.seen(":root[lang=en][data-theme=light]").unwrap();
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

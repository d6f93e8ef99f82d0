//! Editing: words that come back, numbers; after a crash, after the page's process died, with other keys, with
//! a file that was moved.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use e2e::steps::{self, Tongue};
use e2e::{Session, Setup, Window, edits, material};
use serde_json::json;

fn opened(tongue: Tongue) -> Option<(Session, Window)> {
    let setup = Setup::new(e2e::studio()?).locale(tongue.locale());
    Some(steps::with_talk(setup).unwrap())
}

#[test]
fn a_struck_word_comes_back_with_a_click() {
    let Some((_session, window)) = opened(Tongue::English) else {
        return;
    };
    steps::editor(&window).unwrap();
    let start = steps::shown(&window).unwrap();
    let word = window
        .seen("[data-part=word][data-state=plays]:nth-of-type(4)")
        .unwrap();
    let index = window.attribute(&word, "data-word").unwrap().unwrap();
    window.click(&word).unwrap();
    window.press(&["Delete"]).unwrap();
    let struck = window
        .seen(&format!("[data-word=\"{index}\"][data-state=cut]"))
        .unwrap();
    window.click(&struck).unwrap();
    let back = format!("[data-word=\"{index}\"][data-state=plays]");
    window.seen(&back).unwrap();
    let words = |state: &serde_json::Value| state["words"].clone();
    assert_eq!(words(&steps::shown(&window).unwrap()), words(&start));
}

#[test]
fn a_crash_loses_nothing() {
    let Some((mut session, window)) = opened(Tongue::French) else {
        return;
    };
    steps::editor(&window).unwrap();
    edits::by_mouse(&window, "Tout autre chose").unwrap();
    let before = steps::shown(&window).unwrap();
    // Where the user is may be a second old; what was edited may not.
    session.kill().unwrap();
    drop(window);
    let window = session.open().unwrap();
    let open = window.part("project-open").unwrap();
    window.click(&open).unwrap();
    window
        .seen("[data-part=editor], [data-part=reel-card]")
        .unwrap();
    if window.parts("editor").unwrap().is_empty() {
        steps::editor(&window).unwrap();
    } else {
        window
            .click(&window.part("tab-transcript").unwrap())
            .unwrap();
    }
    steps::back_at(&window, &before, "as before the crash").unwrap();
    assert!(
        steps::is_on(&window, "undo-button").unwrap(),
        "steps are still there"
    );
    // What can be taken back is named in the language that is spoken.
    let named = |word: &str| {
        window
            .until(word, || {
                let name = window.attribute(&window.part("undo-button")?, "aria-label")?;
                Ok(name.unwrap_or_default().starts_with(word).then_some(()))
            })
            .unwrap();
    };
    named("Annuler");
    steps::speak(&window, Tongue::English).unwrap();
    named("Undo");
}

#[test]
fn the_page_comes_back_when_its_process_dies_and_nothing_is_lost() {
    let Some((mut session, window)) = opened(Tongue::English) else {
        return;
    };
    steps::editor(&window).unwrap();
    edits::by_mouse(&window, "Something else").unwrap();
    window.press(&["End"]).unwrap();
    let before = steps::shown(&window).unwrap();
    let stood = steps::timecode(&window).unwrap();
    steps::noted(&window, "editor", &stood).unwrap();
    session.kill_page().unwrap();
    // The driver's own session ends with the page; what the program says is in its log.
    window
        .within(
            std::time::Duration::from_mins(1),
            "the page loads again",
            || {
                let log = session.log()?;
                let file = std::fs::read_to_string(session.home().join("logs/studio.log"))?;
                let is_back = file.matches("the page listens").count() >= 2;
                assert!(!log.contains("panicked"), "{log}");
                Ok(is_back.then_some(()))
            },
        )
        .unwrap();
    let programs = session.programs().unwrap();
    assert_eq!(programs.len(), 1, "the program itself lives on");
    session.kill().unwrap();
    drop(window);
    let window = session.open().unwrap();
    window.click(&window.part("project-open").unwrap()).unwrap();
    window.part("editor").unwrap();
    window
        .click(&window.part("tab-transcript").unwrap())
        .unwrap();
    steps::back_at(&window, &before, "as before").unwrap();
    assert_eq!(steps::timecode(&window).unwrap(), stood, "where it stood");
    let undone = steps::undo_all(&window).unwrap();
    assert!(undone >= 3, "nothing is lost: {undone} steps");
}

#[test]
fn a_page_that_is_loaded_again_comes_back_where_it_was_and_says_so() {
    let Some((_session, window)) = opened(Tongue::French) else {
        return;
    };
    steps::editor(&window).unwrap();
    window.press(&["End"]).unwrap();
    let stood = window
        .until("the playhead at the end", || {
            let at = steps::timecode(&window)?;
            Ok((at != "0:00:00").then_some(at))
        })
        .unwrap();
    let before = steps::shown(&window).unwrap();
    steps::noted(&window, "editor", &stood).unwrap();
    // The address stays, as it does when the page's process dies; what the page holds goes.
    window
        .run("window.isOfBefore = true; location.reload()", &[])
        .unwrap();
    let says = |words: &str| window.tells("[data-part=came-back]", &[words]).unwrap();
    says("La fenêtre s’est arrêtée sans prévenir, puis elle est revenue.");
    let is_another = window
        .run("return window.isOfBefore === undefined", &[])
        .unwrap();
    assert_eq!(is_another, json!(true), "the page was loaded again");
    window.part("editor").unwrap();
    steps::in_editor(&window).unwrap();
    steps::back_at(&window, &before, "the reel as before").unwrap();
    window
        .until(&format!("the playhead at {stood} again"), || {
            Ok((steps::timecode(&window)? == stood).then_some(()))
        })
        .unwrap();
    steps::speak(&window, Tongue::English).unwrap();
    says("The window stopped unexpectedly and came back.");
    // It is told until it is closed.
    let close = "[data-part=came-back] [data-part=notice-close]";
    window.click(&window.seen(close).unwrap()).unwrap();
    window.gone("[data-part=came-back]").unwrap();
}

#[test]
fn a_number_is_typed_as_the_language_writes_it() {
    let Some((session, window)) = opened(Tongue::French) else {
        return;
    };
    steps::editor(&window).unwrap();
    let clip = window.seen("[data-part=clip][data-kind=video]").unwrap();
    window.click(&clip).unwrap();
    let field = window.part("clip-fade-in").unwrap();
    let holds = |wanted: &str| {
        window
            .until(wanted, || {
                let script = "return document.querySelector('[data-part=clip-fade-in]').value";
                let value = window.run(script, &[])?;
                Ok((value == json!(wanted)).then_some(()))
            })
            .unwrap();
    };
    holds("0,00");
    window.fill(&field, "1,5").unwrap();
    window.press(&["Enter"]).unwrap();
    holds("1,50");
    window.press(&["ArrowUp"]).unwrap();
    holds("1,60");
    let named = window.attribute(&field, "aria-valuetext").unwrap();
    assert_eq!(named.as_deref(), Some("1,60\u{a0}s"));
    // What is no number is put back, and nothing is edited.
    window.fill(&field, "beaucoup").unwrap();
    window.press(&["Enter"]).unwrap();
    holds("1,60");
    window.click(&clip).unwrap();
    for wanted in ["1,50", "0,00"] {
        window.press(&["Control", "z"]).unwrap();
        holds(wanted);
    }
    assert!(
        !steps::is_on(&window, "undo-button").unwrap(),
        "one step for each number"
    );
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn a_key_is_bound_anew() {
    let Some((mut session, window)) = opened(Tongue::French) else {
        return;
    };
    window
        .click(&window.part("rail-settings").unwrap())
        .unwrap();
    window
        .click(&window.named("tab", "Raccourcis").unwrap())
        .unwrap();
    let row = "[data-part=shortcut-row][data-command=go_home]";
    window
        .click(
            &window
                .seen(&format!("{row} [data-part=shortcut-change]"))
                .unwrap(),
        )
        .unwrap();
    window.seen("[data-part=shortcut-input]:focus").unwrap();
    window.press(&["Alt", "h"]).unwrap();
    window.gone("[data-part=shortcut-input]").unwrap();
    window.press(&["Alt", "h"]).unwrap();
    window.part("home").unwrap();
    session.close(window).unwrap();
    let window = session.open().unwrap();
    window.part("home").unwrap();
    steps::speak(&window, Tongue::English).unwrap();
    window
        .click(&window.part("rail-settings").unwrap())
        .unwrap();
    window
        .click(&window.named("tab", "Shortcuts").unwrap())
        .unwrap();
    let kept = window.text(&window.seen(row).unwrap()).unwrap();
    assert!(
        kept.contains("Go to projects") && kept.contains("Alt+H"),
        "{kept}"
    );
    window.press(&["Alt", "h"]).unwrap();
    window.part("home").unwrap();
}

#[test]
fn the_palette_finds_and_does() {
    let Some((_session, window)) = opened(Tongue::English) else {
        return;
    };
    window.press(&["Control", "k"]).unwrap();
    window.part("palette-input").unwrap();
    window.write("settings").unwrap();
    window.press(&["Enter"]).unwrap();
    window.part("settings").unwrap();
    window.press(&["Control", "k"]).unwrap();
    window.part("palette").unwrap();
    window.press(&["Escape"]).unwrap();
    window.gone("[data-part=palette]").unwrap();
    steps::speak(&window, Tongue::French).unwrap();
    window.press(&["Control", "k"]).unwrap();
    window.part("palette-input").unwrap();
    window.write("réels").unwrap();
    window.says("Aller aux réels").unwrap();
    window.press(&["Enter"]).unwrap();
    window.part("board").unwrap();
}

#[test]
fn a_moved_file_is_found_again() {
    let Some(program) = e2e::studio() else { return };
    let (mut session, window) = steps::with_talk(Setup::new(program)).unwrap();
    session.close(window).unwrap();
    // The library names the kept talk: it is moved for the time of this test.
    let talk = steps::kept().join("talk.mp4");
    let elsewhere = session.folder().join("Moved_1.mp4");
    let moved = Moved::new(&talk, &elsewhere);
    let other = session.folder().join("Other_1.mp4");
    std::fs::copy(material::take(&steps::kept()).unwrap(), &other).unwrap();
    let window = session.open().unwrap();
    window.click(&window.part("project-open").unwrap()).unwrap();
    window.says("1 fichier source introuvable").unwrap();
    steps::speak(&window, Tongue::English).unwrap();
    window.says("1 source file cannot be found").unwrap();
    let desktop = session.desktop().unwrap();
    let choose = |file: &std::path::Path| {
        let button = window.part("relink-notice-button").unwrap();
        window.click(&button).unwrap();
        desktop.choose(file).unwrap();
    };
    // Another file than it was is refused, in words.
    choose(&other);
    window
        .says("The file is another one than was imported.")
        .unwrap();
    window.says("Find the original").unwrap();
    choose(&elsewhere);
    window.gone("[data-part=relink-notice-button]").unwrap();
    window.says("talk.mp4 was found").unwrap();
    // It plays from where it is now.
    steps::editor(&window).unwrap();
    steps::preview(&window, "paused").unwrap();
    drop(moved);
}

/// A file that is elsewhere for a while.
struct Moved {
    from: std::path::PathBuf,
    to: std::path::PathBuf,
}

impl Moved {
    fn new(from: &std::path::Path, to: &std::path::Path) -> Self {
        let (from, to) = (from.to_owned(), to.to_owned());
        move_file(&from, &to);
        Self { from, to }
    }
}

impl Drop for Moved {
    fn drop(&mut self) {
        move_file(&self.to, &self.from);
    }
}

/// `mv` keeps the time also from one disk to another.
fn move_file(from: &std::path::Path, to: &std::path::Path) {
    let run = std::process::Command::new("mv").args([from, to]).status();
    assert!(
        run.unwrap().success(),
        "{} to {}",
        from.display(),
        to.display()
    );
}

//! Editing: by drag, by transcript and by caption, taken back and done again; after a crash, after
//! the page's process died, and with other keys.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use e2e::steps::{self, Tongue};
use e2e::{Session, Setup, Window};
use serde_json::json;

fn opened(tongue: Tongue) -> Option<(Session, Window)> {
    let setup = Setup::new(e2e::studio()?).locale(tongue.locale());
    Some(steps::with_talk(setup).unwrap())
}

/// Trims the first clip's end by dragging its handle, strikes a word, and writes another caption.
fn edit_three_ways(window: &Window) {
    let before = steps::shown(window).unwrap();
    let end = window
        .seen("[data-part=clip][data-kind=video] [data-part=trim-end]")
        .unwrap();
    let (x, y) = window.middle(&end).unwrap();
    window
        .drag(&[(x, y), (x - 20.0, y), (x - 60.0, y), (x - 90.0, y)])
        .unwrap();
    let trimmed = steps::changed(window, &before, "a trimmed clip").unwrap();

    let word = window
        .seen("[data-part=word][data-state=plays]:nth-of-type(3)")
        .unwrap();
    let index = window.attribute(&word, "data-word").unwrap().unwrap();
    window.click(&word).unwrap();
    window.press(&["Delete"]).unwrap();
    window
        .seen(&format!("[data-word=\"{index}\"][data-state=cut]"))
        .unwrap();
    let cut = steps::changed(window, &trimmed, "a shorter film").unwrap();
    assert_ne!(
        cut["clips"], trimmed["clips"],
        "a struck word cuts the film"
    );

    // The row is laid out anew after a cut: a click may meet a card that has just moved on.
    let input = window
        .until("the field of a caption", || {
            if window.parts("caption-input")?.is_empty() {
                window.double_click(&window.part("caption-card")?)?;
            }
            Ok(window.parts("caption-input")?.into_iter().next())
        })
        .unwrap();
    window.fill(&input, "Tout autre chose").unwrap();
    window
        .until("the new caption", || {
            // A row that is laid out anew may take the focus along.
            if let Some(input) = window.parts("caption-input")?.first() {
                window.click(input)?;
                window.press(&["Enter"])?;
            }
            let shown = steps::shown(window)?;
            let cards = shown["cards"].to_string();
            Ok(cards.contains("Tout autre chose").then_some(()))
        })
        .unwrap();
}

#[test]
fn edits_are_taken_back_and_done_again() {
    let Some((session, window)) = opened(Tongue::French) else {
        return;
    };
    steps::editor(&window).unwrap();
    let start = steps::shown(&window).unwrap();
    edit_three_ways(&window);
    let end = steps::shown(&window).unwrap();
    let undone = steps::undo_all(&window).unwrap();
    assert!(undone >= 3, "three edits are three steps, not {undone}");
    steps::back_at(&window, &start, "where it began").unwrap();
    let redone = steps::redo_all(&window).unwrap();
    assert_eq!(redone, undone);
    steps::back_at(&window, &end, "where it ended").unwrap();
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
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
    edit_three_ways(&window);
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
}

#[test]
fn the_page_comes_back_when_its_process_dies() {
    let Some((session, window)) = opened(Tongue::English) else {
        return;
    };
    steps::editor(&window).unwrap();
    edit_three_ways(&window);
    session.kill_page().unwrap();
    // The driver's own session may end with the page; what the program says is in its log.
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
    assert_eq!(
        session.programs().unwrap().len(),
        1,
        "the program itself lives on"
    );
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
    window.close().unwrap();
    session.ended().unwrap();
    let window = session.open().unwrap();
    window.part("home").unwrap();
    window
        .click(&window.part("rail-settings").unwrap())
        .unwrap();
    window.part("settings").unwrap();
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
}

#[test]
fn a_moved_file_is_found_again() {
    let Some(program) = e2e::studio() else { return };
    let (mut session, window) = steps::with_talk(Setup::new(program)).unwrap();
    window.close().unwrap();
    session.ended().unwrap();
    // The library names the kept talk: it is moved for the time of this test.
    let talk = steps::kept().join("talk.mp4");
    let elsewhere = session.folder().join("déplacé.mp4");
    let moved = Moved::new(&talk, &elsewhere);
    let window = session.open().unwrap();
    window.click(&window.part("project-open").unwrap()).unwrap();
    window.says("1 fichier source introuvable").unwrap();
    window.part("relink-notice-button").unwrap();
    // The system's dialog cannot be driven; the question that follows it can.
    let opened = steps::ask(&window, "open_project", &json!({"project": 1})).unwrap();
    let media = opened["ok"]["sources"][0]["media"].clone();
    let call = json!({"project": 1, "media": media, "path": elsewhere});
    let relinked = steps::ask(&window, "relink_media", &call).unwrap();
    assert!(relinked.get("ok").is_some(), "{relinked}");
    window.gone("[data-part=relink-notice-button]").unwrap();
    // Another file than it was is refused.
    let other = session.folder().join("autre.mp4");
    std::fs::write(&other, b"not the same").unwrap();
    let call = json!({"project": 1, "media": media, "path": other});
    let refused = steps::ask(&window, "relink_media", &call).unwrap();
    assert!(refused.get("error").is_some(), "{refused}");
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

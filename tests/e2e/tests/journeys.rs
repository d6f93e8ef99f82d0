//! The whole way through the window: a clip in, reels chosen, one edited in three ways, taken back and done
//! again, files out; with the mouse in French and in English, and with the keyboard alone.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};

use e2e::film::Film;
use e2e::steps::{self, Tongue};
use e2e::{Session, Setup, Window, edits, keys, material};
use serde_json::json;

/// What the caption is that the journey writes.
fn caption(tongue: Tongue) -> &'static str {
    tongue.say("Something else", "Tout autre chose")
}

/// A reel that was edited, as the window shows it.
struct Edited {
    sequence: String,
    /// Its length as a timecode.
    length: String,
    /// Where its rewritten caption begins.
    card_at: String,
    /// How high its captions stand, as a share of the picture's height.
    height: f64,
}

/// Takes every edit of the open reel back and does it again.
fn back_and_again(window: &Window, start: &serde_json::Value) {
    let end = steps::shown(window).unwrap();
    let undone = steps::undo_all(window).unwrap();
    assert!(undone >= 3, "three edits are three steps, not {undone}");
    steps::back_at(window, start, "where it began").unwrap();
    let redone = steps::redo_all(window).unwrap();
    assert_eq!(redone, undone);
    steps::back_at(window, &end, "where it ended").unwrap();
}

/// Returns the sequences of the kept reels on the board.
fn kept(window: &Window) -> Vec<String> {
    let cards = window.until("two kept reels", || {
        let kept = window.all_seen("[data-part=reel-card][data-verdict=kept]")?;
        Ok((kept.len() == 2).then_some(kept))
    });
    let name = |card| window.attribute(card, "data-sequence").unwrap().unwrap();
    cards.unwrap().iter().map(name).collect()
}

/// Returns the file that a reel was exported to, as the engine knows it.
fn file_of(window: &Window, sequence: &str) -> PathBuf {
    let opened = steps::ask(window, "open_project", &json!({"project": 1})).unwrap();
    let reels = opened["ok"]["board"]["reels"].as_array().unwrap();
    let own = reels
        .iter()
        .find(|reel| reel["sequence"].as_i64() == sequence.parse().ok());
    own.unwrap()["exported"]["path"].as_str().unwrap().into()
}

/// Checks the files of an export: streams, and of the edited reel its length and a caption.
fn check_files(window: &Window, files: &[PathBuf], edited: &Edited) {
    assert_eq!(files.len(), 2, "{files:?}");
    for file in files {
        let film = Film::open(file).unwrap();
        let secs = film.frames as f64 / film.rate;
        assert!((5.0..100.0).contains(&secs), "{secs} s");
    }
    let own = file_of(window, &edited.sequence);
    assert!(files.contains(&own), "{} of {files:?}", own.display());
    check_edited(&own, edited);
}

fn check_edited(file: &Path, edited: &Edited) {
    let film = Film::open(file).unwrap();
    let planned = film.frames_at(&edited.length).unwrap();
    assert!(
        (film.frames - planned).abs() <= 1,
        "{} pictures, and the timeline has {planned}",
        film.frames
    );
    // A caption has all its letters a moment after it begins.
    let at = film.frames_at(&edited.card_at).unwrap() + 5;
    let letters = film.letters(at).unwrap().unwrap();
    assert!(letters.pixels > 5_000, "letters can be read: {letters:?}");
    assert!(
        letters.left > 0.02 && letters.right < 0.98,
        "they stand within the picture: {letters:?}"
    );
    let middle = f64::midpoint(letters.top, letters.bottom);
    assert!(
        (middle - edited.height).abs() < 0.05,
        "they stand at {}: {letters:?}",
        edited.height
    );
    assert!(
        letters.bottom - letters.top < 0.25,
        "and nowhere else: {letters:?}"
    );
}

/// Notes what the window shows of the edited reel.
fn noted(window: &Window, sequence: String, tongue: Tongue) -> Edited {
    let card = edits::card(window, caption(tongue)).unwrap();
    let name = window.attribute(&card, "aria-label").unwrap().unwrap();
    let (_, card_at) = name.rsplit_once(tongue.say(", at ", ", à ")).unwrap();
    let height = steps::value(window, "caption-height").unwrap();
    let percent: f64 = height.replace(',', ".").parse().unwrap();
    Edited {
        sequence,
        length: steps::length(window).unwrap(),
        card_at: card_at.to_owned(),
        height: percent / 100.0,
    }
}

fn with_the_mouse(tongue: Tongue) {
    let Some(program) = e2e::studio() else { return };
    let clip = material::calm(&steps::kept()).unwrap();
    let setup = Setup::new(program).locale(tongue.locale()).file(clip);
    let mut session = setup.start().unwrap();
    let window = session.open().unwrap();
    window.says(tongue.say("Welcome", "Bienvenue")).unwrap();
    steps::welcome(&window).unwrap();
    let cards = steps::reels(&window, 2).unwrap();
    for card in cards.iter().take(2) {
        let sequence = window.attribute(card, "data-sequence").unwrap().unwrap();
        let keep = format!("[data-sequence=\"{sequence}\"] [data-part=keep-button]");
        window.click(&window.seen(&keep).unwrap()).unwrap();
        let kept = format!("[data-sequence=\"{sequence}\"][data-verdict=kept]");
        window.seen(&kept).unwrap();
    }
    let sequence = kept(&window).swap_remove(0);
    let edit = format!("[data-sequence=\"{sequence}\"] [data-part=edit-button]");
    window.click(&window.seen(&edit).unwrap()).unwrap();
    steps::in_editor(&window).unwrap();
    let start = steps::shown(&window).unwrap();
    edits::by_mouse(&window, caption(tongue)).unwrap();
    back_and_again(&window, &start);

    let edited = noted(&window, sequence, tongue);
    window.click(&window.part("rail-board").unwrap()).unwrap();
    window
        .click(&window.part("export-button").unwrap())
        .unwrap();
    let title = tongue.say("Export 2 reels", "Exporter 2 réels");
    window.says(title).unwrap();
    let folder = session.folder().join(tongue.say("out", "sortie d’été"));
    let files = steps::export(&window, &folder, 2).unwrap();
    check_files(&window, &files, &edited);
    window.says(tongue.say("Done", "Terminé")).unwrap();
    end(&session);
}

fn end(session: &Session) {
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn with_the_mouse_in_french() {
    with_the_mouse(Tongue::French);
}

#[test]
fn with_the_mouse_in_english() {
    with_the_mouse(Tongue::English);
}

#[test]
fn with_the_keyboard_alone_in_english() {
    let tongue = Tongue::English;
    let Some(program) = e2e::studio() else { return };
    let calm = material::calm(&steps::kept()).unwrap();
    let mut session = Setup::new(program).locale(tongue.locale()).start().unwrap();
    let clip = material::copied(&calm, session.folder(), "calm").unwrap();
    let window = session.open().unwrap();
    window.says("Welcome").unwrap();
    keys::tab_to(&window, "welcome-start").unwrap();
    window.press(&["Enter"]).unwrap();
    window.part("home").unwrap();
    window.press(&["Control", "i"]).unwrap();
    session.desktop().unwrap().choose(&clip).unwrap();
    steps::reels(&window, 2).unwrap();

    keys::tab_to(&window, "reel-card").unwrap();
    window.press(&["k"]).unwrap();
    window
        .seen("[data-part=reel-card][data-verdict=kept]")
        .unwrap();
    window.press(&["ArrowRight"]).unwrap();
    window
        .until("the second card has the focus", || {
            let script = "return document.activeElement.dataset.verdict === 'open'";
            let is_open = window.run(script, &[])? == true;
            Ok((keys::focused(&window)? == "reel-card" && is_open).then_some(()))
        })
        .unwrap();
    window.press(&["k"]).unwrap();
    kept(&window);
    let sequence = window
        .run("return document.activeElement.dataset.sequence", &[])
        .unwrap();
    let sequence = sequence.as_str().unwrap().to_owned();
    window.press(&["e"]).unwrap();
    steps::in_editor(&window).unwrap();
    let start = steps::shown(&window).unwrap();
    edits::by_keys(&window, caption(tongue)).unwrap();
    back_and_again(&window, &start);

    let edited = noted(&window, sequence, tongue);
    window.press(&["Control", "2"]).unwrap();
    kept(&window);
    window.press(&["Control", "e"]).unwrap();
    window.says("Export 2 reels").unwrap();
    keys::tab_to(&window, "export-folder").unwrap();
    window.press(&["Control", "a"]).unwrap();
    let folder = session.folder().join("out");
    window.write(folder.to_str().unwrap()).unwrap();
    keys::tab_to(&window, "export-submit").unwrap();
    window.press(&["Enter"]).unwrap();
    window.part("jobs-drawer").unwrap();
    let files = steps::exported(&window, &folder, 2).unwrap();
    check_files(&window, &files, &edited);
    end(&session);
}

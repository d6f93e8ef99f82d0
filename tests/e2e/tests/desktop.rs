//! What comes from the rest of the desktop: files that are dropped, files from the system's dialog, a model that
//! is fetched or added, a disk that is full.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use e2e::steps::{self, Tongue};
use e2e::{Setup, Window, material};

/// A point of the window.
const MIDDLE: (i16, i16) = (640, 400);
/// What tells that changes are not on the disk.
const UNSAVED: &str = "[data-part=notice][data-tone=danger]";

/// Waits until a file has been looked at and its name stands on the board.
fn is_imported(window: &Window, file: &Path) {
    let name = file.file_stem().unwrap().to_str().unwrap();
    window.part("source-row").unwrap();
    window.says(name).unwrap();
}

#[test]
fn files_dropped_on_the_window_are_imported() {
    let Some(program) = e2e::studio() else { return };
    let mut session = Setup::new(program).start().unwrap();
    let folder = session.folder().join("prises de vue");
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("première 100 % & ≤ #1.mp4");
    std::fs::copy(material::take(&steps::kept()).unwrap(), &file).unwrap();
    let window = session.open().unwrap();
    steps::welcome(&window).unwrap();
    let desktop = session.desktop().unwrap();
    // Carried over the window and away again: it says what a drop would do, and nothing happens.
    let drag = desktop.drag(&[&file], MIDDLE).unwrap();
    window.part("drop-overlay").unwrap();
    drag.carry_away().unwrap();
    window.gone("[data-part=drop-overlay]").unwrap();
    assert!(window.parts("job-row").unwrap().is_empty());
    let drag = desktop.drag(&[&file], MIDDLE).unwrap();
    window.part("drop-overlay").unwrap();
    drag.let_go().unwrap();
    window.gone("[data-part=drop-overlay]").unwrap();
    is_imported(&window, &file);
}

#[test]
fn files_chosen_in_the_systems_dialog_are_imported() {
    let Some(program) = e2e::studio() else { return };
    let english = Setup::new(program).locale(Tongue::English.locale());
    let mut session = english.start().unwrap();
    let file = session.folder().join("Take_2.mp4");
    std::fs::copy(material::take(&steps::kept()).unwrap(), &file).unwrap();
    let window = session.open().unwrap();
    steps::welcome(&window).unwrap();
    window
        .click(&window.part("empty-import-button").unwrap())
        .unwrap();
    session.desktop().unwrap().choose(&file).unwrap();
    is_imported(&window, &file);
}

#[test]
fn a_model_that_cannot_be_fetched_or_is_another_one_is_told() {
    let Some(program) = e2e::studio() else { return };
    // Nobody listens at port 1.
    let folder = tempfile::TempDir::new().unwrap();
    let hosts = folder.path().join("hosts.toml");
    std::fs::write(&hosts, "[models]\nbase = \"http://127.0.0.1:1\"\n").unwrap();
    let english = Setup::new(program)
        .locale(Tongue::English.locale())
        .variable("CREALIA_ENDPOINTS", hosts.to_str().unwrap());
    let mut session = english.start().unwrap();
    let other = session.folder().join("Model_1.bin");
    std::fs::write(&other, "no model").unwrap();
    let window = session.open().unwrap();
    steps::welcome(&window).unwrap();
    let press = |selector: &str| window.click(&window.seen(selector).unwrap()).unwrap();
    press("[data-part=rail-settings]");
    press("[data-part=settings-models]");
    window.seen("[data-model=all-minilm-l6-v2]").unwrap();
    let row = "[data-part=model-row][data-model=whisper-tiny]";
    let said = window.text(&window.seen(row).unwrap()).unwrap();
    assert!(
        said.contains("77.7 MB") && said.contains("127.0.0.1:1"),
        "how much, and from where: {said}"
    );

    press(&format!("{row} [data-part=model-download]"));
    let failed = "[data-part=job-row][data-state=failed]";
    let says = |selector: &str, words: &[&str]| window.tells(selector, words).unwrap();
    says(
        failed,
        &[
            "Failed · The download failed.",
            "Check the connection. It goes on where it stopped.",
        ],
    );
    steps::speak(&window, Tongue::French).unwrap();
    says(
        failed,
        &[
            "Échec · Le téléchargement a échoué.",
            "Vérifiez la connexion. Il reprendra où il s’est arrêté.",
        ],
    );
    // The drawer has opened by itself, before the models.
    window.press(&["Control", "j"]).unwrap();
    window.gone("[data-part=jobs-drawer]").unwrap();

    // A file of one's own in its place is looked at first.
    press(&format!("{row} [data-part=model-add]"));
    session.desktop().unwrap().choose(&other).unwrap();
    let toast = "[data-part=toast][data-tone=danger]";
    says(
        toast,
        &[
            "Le fichier du modèle est inutilisable.",
            "C’en est un autre, ou sa copie n’a pas abouti. Ajoutez-le de nouveau.",
        ],
    );
    steps::speak(&window, Tongue::English).unwrap();
    says(
        toast,
        &[
            "The model’s file cannot be used.",
            "It is another one or was not copied to its end. Add it again.",
        ],
    );
    window
        .seen(&format!("{row} [data-part=model-add]"))
        .unwrap();
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn a_disk_that_fills_during_autosave_is_told_and_loses_nothing() {
    let Some(program) = e2e::studio() else { return };
    let english = Setup::new(program)
        .locale(Tongue::English.locale())
        .small_disk(200);
    let (mut session, window) = steps::with_talk(english).unwrap();
    steps::editor(&window).unwrap();
    let inside = session.home_inside().unwrap();
    let filler = inside.join("filler");
    fill(&filler);
    let before = steps::shown(&window).unwrap();
    let word = window
        .seen("[data-part=word][data-state=plays]:nth-of-type(4)")
        .unwrap();
    window.click(&word).unwrap();
    window.press(&["s"]).unwrap();
    let cut = steps::changed(&window, &before, "the cut").unwrap();
    // It stays told for as long as the cut cannot be written.
    window.says("The disk is full").unwrap();
    window.seen(UNSAVED).unwrap();
    std::fs::remove_file(&filler).unwrap();
    window.gone(UNSAVED).unwrap();
    // What was made meanwhile is on the disk: a crash does not take it.
    steps::fill(&session, &inside).unwrap();
    session.kill().unwrap();
    drop(window);
    let window = session.open().unwrap();
    window.click(&window.part("project-open").unwrap()).unwrap();
    steps::back_at(&window, &cut, "the cut after the crash").unwrap();
}

/// Writes until there is no room left.
fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    for size in [1 << 20, 4096] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}

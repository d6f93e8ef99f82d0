//! What goes wrong is told in words, and nothing is lost or run.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use e2e::steps::{self, Tongue};
use e2e::{Session, Setup, Window, material};

/// Where a preview that has failed says so.
const FAILED: &str = "[data-part=preview-failed]";

#[test]
fn a_project_of_a_newer_version_is_shown_and_not_changed() {
    let Some(program) = e2e::studio() else { return };
    let (mut session, window) = steps::with_talk(Setup::new(program)).unwrap();
    session.close(window).unwrap();
    session
        .change_library("UPDATE snapshots SET app_version = '99.1.0'")
        .unwrap();
    let window = session.open().unwrap();
    window.click(&window.part("project-open").unwrap()).unwrap();
    window.says("Créalia 99.1.0 a écrit ce projet").unwrap();
    steps::speak(&window, Tongue::English).unwrap();
    window.says("Créalia 99.1.0 wrote this project").unwrap();
    window.part("reel-card").unwrap();
    // The board is drawn anew while covers come: a click may meet a card that has just gone.
    window
        .until("the editor, read-only", || {
            if let Some(edit) = window.parts("edit-button")?.first() {
                window.click(edit)?;
            }
            Ok(window.parts("read-only")?.into_iter().next())
        })
        .unwrap();
}

#[test]
fn a_damaged_library_is_set_aside_and_the_last_good_copy_opens() {
    let Some(program) = e2e::studio() else { return };
    let english = Setup::new(program).locale(Tongue::English.locale());
    let (mut session, window) = steps::with_talk(english).unwrap();
    session.close(window).unwrap();
    // The day's copy is of the empty library.
    session.copy_library().unwrap();
    session.damage_library().unwrap();
    let window = session.open().unwrap();
    window
        .says("The library was damaged. The last good copy took its place")
        .unwrap();
    steps::speak(&window, Tongue::French).unwrap();
    window
        .says("La bibliothèque était abîmée. La dernière bonne copie l’a remplacée")
        .unwrap();
    window.part("project-card").unwrap();
}

#[test]
fn what_cannot_be_imported_is_told_in_words() {
    let Some(program) = e2e::studio() else { return };
    let mut session = Setup::new(program).start().unwrap();
    let text = session.folder().join("notes.txt");
    std::fs::write(&text, "no video").unwrap();
    let window = session.open().unwrap();
    steps::welcome(&window).unwrap();
    assert!(
        session.start_again(&[&text]).unwrap(),
        "it hands over and ends"
    );
    window
        .until("words on the file", || {
            let words = window.words()?;
            let is_told = words.contains("notes.txt")
                && (words.contains("pas pu être importé") || words.contains("Échec"));
            Ok(is_told.then_some(()))
        })
        .unwrap();
    assert_eq!(session.programs().unwrap().len(), 1, "one instance");
}

#[test]
fn a_file_name_runs_nothing() {
    let Some(program) = e2e::studio() else { return };
    let talk = material::talk(&steps::kept()).unwrap();
    let mut session = Setup::new(program).start().unwrap();
    let name = "<img src=x onerror=document.title='owned'>&amp;.mp4";
    let hostile = session.folder().join(name);
    std::fs::copy(talk, &hostile).unwrap();
    let window = session.open().unwrap();
    steps::welcome(&window).unwrap();
    assert!(session.start_again(&[&hostile]).unwrap());
    window.says("<img src=x onerror=").unwrap();
    let title = window.run("return document.title", &[]).unwrap();
    assert_ne!(title, "owned");
    let pictures = window
        .run("return document.querySelectorAll('img[src=x]').length", &[])
        .unwrap();
    assert_eq!(pictures, 0, "a name is text");
}

#[test]
fn two_hundred_files_are_one_row_with_one_button() {
    let Some(program) = e2e::studio() else { return };
    let english = Setup::new(program).locale(Tongue::English.locale());
    let mut session = english.start().unwrap();
    let window = session.open().unwrap();
    steps::welcome(&window).unwrap();
    let talk = std::fs::read(material::take(&steps::kept()).unwrap()).unwrap();
    let mut files = Vec::new();
    for number in 0..190_u32 {
        // Another file each: a box of free room at its end (ISO/IEC 14496-12, 8.1.2).
        let mut own = talk.clone();
        own.extend(12_u32.to_be_bytes());
        own.extend(b"free");
        own.extend(number.to_be_bytes());
        files.push(session.folder().join(format!("take {number}.mp4")));
        std::fs::write(files.last().unwrap(), own).unwrap();
    }
    for number in 0..8 {
        files.push(session.folder().join(format!("notes {number}.txt")));
        std::fs::write(files.last().unwrap(), "no video").unwrap();
    }
    files.push(session.folder().join("empty folder"));
    std::fs::create_dir(files.last().unwrap()).unwrap();
    files.push(files.first().unwrap().clone());
    let given: Vec<&std::path::Path> = files.iter().map(std::path::PathBuf::as_path).collect();
    assert_eq!(given.len(), 200);
    assert!(session.start_again(&given).unwrap());
    // What cannot be used is told in one place, by reasons.
    window.part("refused-dialog").unwrap();
    let words = window.words().unwrap();
    assert!(
        words.contains("notes 0.txt") || words.contains("8 files"),
        "{words}"
    );
    assert!(words.contains("empty folder"), "{words}");
    window.press(&["Escape"]).unwrap();
    window.gone("[data-part=refused-dialog]").unwrap();
    let row = window.part("imports-row").unwrap();
    assert!(
        window.text(&row).unwrap().contains("of 190 videos"),
        "the same file counts once"
    );
    assert!(
        window.parts("toast").unwrap().len() <= 2,
        "nobody reads two hundred toasts"
    );
    window.click(&window.part("imports-stop").unwrap()).unwrap();
    window.gone("[data-part=imports-row]").unwrap();
    window
        .until("nothing goes on", || {
            let project = steps::ask(&window, "open_project", &serde_json::json!({"project": 1}))?;
            let going = window.all_seen("[data-part=job-row][data-state=running]")?;
            Ok((going.is_empty() && project.get("ok").is_some()).then_some(()))
        })
        .unwrap();
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn a_file_that_vanishes_while_it_plays_is_told() {
    let Some(program) = e2e::studio() else { return };
    // A library of its own: its file is taken away.
    let talk = material::talk(&steps::kept()).unwrap();
    let english = Setup::new(program).locale(Tongue::English.locale());
    let mut session = english.start().unwrap();
    let own = material::copied(&talk, session.folder(), "own").unwrap();
    let window = session.open().unwrap();
    steps::welcome(&window).unwrap();
    assert!(session.start_again(&[&own]).unwrap());
    steps::reels(&window, 2).unwrap();
    steps::editor(&window).unwrap();
    window.press(&["Space"]).unwrap();
    steps::preview(&window, "playing").unwrap();
    let elsewhere = session.folder().join("Elsewhere_1.mp4");
    std::fs::rename(&own, &elsewhere).unwrap();
    steps::preview(&window, "failed").unwrap();
    let says = |words: &[&str]| window.tells(FAILED, words).unwrap();
    // What happened, whose side it is on, what to do, and a button for it; in both languages.
    says(&[
        "The file is not there any more.",
        "It was moved, renamed or is on a disk that is not connected.",
        "Find the file…",
    ]);
    // Which file it was stands where the details are.
    let details = window
        .all_seen("[data-part=preview-failed] summary")
        .unwrap();
    window.click(&details[0]).unwrap();
    says(&["own.mp4"]);
    steps::speak(&window, Tongue::French).unwrap();
    says(&["Le fichier n’est plus là.", "Retrouver le fichier…"]);
    window.part("relink-notice-button").unwrap();
    let remedy = window.part("preview-remedy").unwrap();
    window.click(&remedy).unwrap();
    session.desktop().unwrap().choose(&elsewhere).unwrap();
    steps::preview(&window, "paused").unwrap();
    window.gone("[data-part=relink-notice-button]").unwrap();
    assert!(window.parts("preview-failed").unwrap().is_empty());
    assert_eq!(session.programs().unwrap().len(), 1, "the program lives on");
}

/// Opens the editor of the talk's first reel in English and plays it.
fn playing() -> Option<(Session, Window)> {
    let english = Setup::new(e2e::studio()?).locale(Tongue::English.locale());
    let (session, window) = steps::with_talk(english).unwrap();
    steps::editor(&window).unwrap();
    steps::preview(&window, "paused").unwrap();
    window.press(&["Space"]).unwrap();
    steps::preview(&window, "playing").unwrap();
    Some((session, window))
}

#[test]
fn a_worker_that_dies_while_playing_is_told_and_playing_goes_on() {
    let Some((session, window)) = playing() else {
        return;
    };
    let secs = || -> i64 {
        let at = steps::timecode(&window).unwrap();
        let (clock, _frame) = at.rsplit_once(':').unwrap();
        steps::secs(clock).unwrap()
    };
    // Far enough to tell whether it goes on or begins again.
    window
        .until("two seconds of it", || Ok((secs() >= 2).then_some(())))
        .unwrap();
    let stood = secs();
    assert!(session.kill_workers().unwrap() > 0, "one plays");
    window
        .says("The preview stopped and was started again.")
        .unwrap();
    // Nobody presses a key: it played, and so it plays. Without frames time runs on for less than a second.
    let mut least = stood;
    window
        .until("it plays on by itself", || {
            least = least.min(secs());
            let playing = window.all_seen("[data-part=preview][data-state=playing]")?;
            let is_on = !playing.is_empty() && secs() >= stood + 2;
            Ok(is_on.then_some(()))
        })
        .unwrap();
    assert!(
        least >= stood - 1,
        "from where it was, {stood} s, not from {least} s"
    );
    steps::speak(&window, Tongue::French).unwrap();
    window
        .says("L’aperçu s’est arrêté et a été relancé.")
        .unwrap();
    let word = window
        .seen("[data-part=word][data-state=plays]:nth-of-type(4)")
        .unwrap();
    window.click(&word).unwrap();
    assert_eq!(session.programs().unwrap().len(), 1, "the program lives on");
}

#[test]
fn a_preview_whose_worker_dies_again_at_once_says_what_to_do() {
    let Some((session, window)) = playing() else {
        return;
    };
    assert!(session.kill_workers().unwrap() > 0, "one plays");
    window
        .says("The preview stopped and was started again.")
        .unwrap();
    // The notice takes room, and a preview of another size is opened anew.
    steps::in_editor(&window).unwrap();
    // Each worker dies as soon as it is there, until none is started any more.
    window
        .within(
            std::time::Duration::from_mins(1),
            "a preview that has failed",
            || {
                if window.parts("preview-failed")?.is_empty() {
                    session.kill_workers()?;
                    return Ok(None);
                }
                Ok(Some(()))
            },
        )
        .unwrap();
    let says = |words: &[&str]| window.tells(FAILED, words).unwrap();
    says(&[
        "A part of Créalia stopped unexpectedly.",
        "Nothing is lost. Try again. It goes on where it ended.",
    ]);
    window.named("button", "Try again").unwrap();
    steps::speak(&window, Tongue::French).unwrap();
    says(&[
        "Une partie de Créalia s’est arrêtée sans prévenir.",
        "Rien n’est perdu. Réessayez. Le travail reprendra où il s’est arrêté.",
    ]);
    window.named("button", "Réessayer").unwrap();
    // The button begins anew, and then it plays.
    window
        .click(&window.part("preview-remedy").unwrap())
        .unwrap();
    steps::preview(&window, "paused").unwrap();
    window.gone("[data-part=preview-failed]").unwrap();
    window.press(&["Space"]).unwrap();
    steps::preview(&window, "playing").unwrap();
    assert_eq!(session.programs().unwrap().len(), 1, "the program lives on");
}

#[test]
fn a_job_is_cancelled() {
    let Some(program) = e2e::studio() else { return };
    let talk = material::talk(&steps::kept()).unwrap();
    let english = Setup::new(program)
        .locale(Tongue::English.locale())
        .file(talk);
    let mut session = english.start().unwrap();
    let window = session.open().unwrap();
    steps::welcome(&window).unwrap();
    let cancel = window.part("job-cancel").unwrap();
    window.click(&cancel).unwrap();
    if window.parts("jobs-drawer").unwrap().is_empty() {
        window.click(&window.part("jobs-button").unwrap()).unwrap();
    }
    window
        .seen("[data-part=job-row][data-state=cancelled]")
        .unwrap();
    window.says("Stopped").unwrap();
    assert!(window.parts("reel-card").unwrap().is_empty());
    steps::speak(&window, Tongue::French).unwrap();
    let row = window.part("job-row").unwrap();
    let said = window.text(&row).unwrap();
    assert!(
        said.contains("Importer") && said.contains("Arrêté"),
        "{said}"
    );
}

#[test]
fn a_job_rests_and_goes_on_and_a_failed_one_has_a_remedy() {
    let Some(program) = e2e::studio() else { return };
    let english = Setup::new(program).locale(Tongue::English.locale());
    let (session, window) = steps::with_talk(english).unwrap();
    let in_state = |state: &str| format!("[data-part=job-row][data-state={state}]");
    let press = |part: &str| {
        let part = window.part(part).unwrap();
        window.click(&part).unwrap();
    };
    // A folder cannot be made where a file is.
    let file = session.folder().join("taken");
    std::fs::write(&file, "a file").unwrap();
    let folder = file.join("out");
    press("reel-export-button");
    steps::order_export(&window, &folder).unwrap();
    let failed = window.seen(&in_state("failed")).unwrap();
    let said = window.text(&failed).unwrap();
    assert!(
        said.contains("Failed · The folder cannot be written to.")
            && said.contains("Choose a folder of your own")
            && said.contains("Choose another folder…"),
        "{said}"
    );
    // Its remedy asks anew where to.
    press("job-remedy");
    window.part("export-dialog").unwrap();
    window.press(&["Escape"]).unwrap();
    window.gone("[data-part=export-dialog]").unwrap();
    // Mended elsewhere, it is tried again; then it rests until it may go on.
    std::fs::remove_file(&file).unwrap();
    press("job-retry");
    press("job-pause");
    window.seen(&in_state("paused")).unwrap();
    window.says("Paused").unwrap();
    assert_eq!(steps::videos(&folder), Vec::<std::path::PathBuf>::new());
    steps::speak(&window, Tongue::French).unwrap();
    window.says("En pause").unwrap();
    press("job-resume");
    steps::exported(&window, &folder, 1).unwrap();
    window.seen(&in_state("done")).unwrap();
    press("jobs-clear");
    window.gone("[data-part=job-row]").unwrap();
}

//! What is dropped on the window: many files, folders, the same file twice.

use std::path::Path;
use std::time::Duration;

use protocol::error::ErrorCode;
use protocol::studio::calls::{CancelJobs, ImportFiles};
use protocol::studio::event::Event;
use protocol::studio::view::{Imported, JobId, JobState};

use crate::support::{Bench, Desk};

/// Writes a file that is no video and that only a worker can tell from one.
fn noise(path: &Path, number: u8) {
    let bytes: Vec<u8> = (0..4000).map(|at| 0x80 | (at as u8 ^ number)).collect();
    std::fs::write(path, bytes).unwrap();
}

/// Opens a studio whose worker never answers.
fn waiting(bench: &Bench) -> Desk {
    Desk::with_worker(&bench.home(), "sleep", &["600"])
}

fn import(desk: &Desk, bench: &Bench, names: &[&str]) -> Imported {
    let path = |name: &&str| bench.path(name).to_string_lossy().into_owned();
    let asked = ImportFiles {
        project: None,
        paths: names.iter().map(path).collect(),
    };
    desk.ask(asked).unwrap()
}

/// Returns how a job stands.
fn state(desk: &Desk, job: JobId) -> JobState {
    let told = desk.heard().into_iter().rev();
    told.into_iter()
        .find_map(|event| match event {
            Event::Job(view) if view.id == job => Some(view.state),
            _ => None,
        })
        .unwrap()
}

#[test]
fn two_hundred_files_are_a_queue_that_is_stopped_as_a_whole() {
    let bench = Bench::new();
    let names: Vec<String> = (0..200).map(|number| format!("{number:03}.mp4")).collect();
    for (name, number) in names.iter().zip(0..) {
        noise(&bench.path(name), number);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let desk = waiting(&bench);
    let imported = import(&desk, &bench, &names);
    assert_eq!(imported.refused, []);
    assert_eq!(imported.jobs.len(), 200);
    assert_eq!(desk.state().projects.len(), 0);
    let going = |wanted: &JobState| {
        let jobs = imported.jobs.iter();
        jobs.filter(|job| state(&desk, **job) == *wanted).count()
    };
    assert_eq!(going(&JobState::Running), 1, "one at a time");
    assert_eq!(going(&JobState::Queued), 199);
    let jobs = imported.jobs.clone();
    desk.ask(CancelJobs { jobs }).unwrap();
    while going(&JobState::Cancelled) < 200 {
        std::thread::sleep(Duration::from_millis(20));
    }
    desk.close();
    assert_eq!(bench.open().state().jobs, [], "nothing goes on");
}

#[test]
fn a_folder_stands_for_its_videos_and_a_file_comes_in_once() {
    let bench = Bench::new();
    std::fs::create_dir_all(bench.path("card/deeper")).unwrap();
    for (name, number) in [("a.mp4", 1), ("b.MOV", 2), ("deeper/c.mp4", 3)] {
        noise(&bench.path("card").join(name), number);
    }
    std::fs::write(bench.path("card/notes.txt"), "notes").unwrap();
    std::fs::create_dir(bench.path("empty")).unwrap();
    let desk = waiting(&bench);
    let names = ["card", "card/a.mp4", "card/a.mp4", "empty"];
    let imported = import(&desk, &bench, &names);
    assert_eq!(imported.jobs.len(), 2, "what lies directly in the folder");
    let refused: Vec<ErrorCode> = imported.refused.iter().map(|error| error.code).collect();
    let twice = ErrorCode::AlreadyThere;
    assert_eq!(refused, [twice, twice, ErrorCode::NotAFile]);
    assert!(
        imported
            .refused
            .iter()
            .all(|error| !error.hint.is_empty() || error.code == ErrorCode::AlreadyThere)
    );
    // Again, while it is on its way.
    let paths = vec![bench.path("card/a.mp4").to_string_lossy().into_owned()];
    let again = ImportFiles {
        project: imported.project,
        paths,
    };
    let again = desk.ask(again).unwrap();
    assert_eq!((again.jobs.len(), again.refused.len()), (0, 1));
    let jobs = imported.jobs;
    desk.ask(CancelJobs { jobs }).unwrap();
    desk.studio.close().unwrap();
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_is_refused_in_words_wherever_it_comes_from() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let bench = Bench::new();
    let desk = bench.open();
    let folder = bench.path("videos");
    std::fs::create_dir_all(&folder).unwrap();
    let odd = folder.join(OsStr::from_bytes(b"caf\xe9.mp4"));
    let plain = folder.join("cafe.mp4");
    std::fs::write(&odd, [0xA7; 100]).unwrap();

    // Given: dropped, as an argument, by another start.
    desk.studio.give_files(vec![odd, plain.clone()]);
    let given = desk.heard().into_iter().find_map(|event| match event {
        Event::FilesGiven(named) => Some(named),
        _ => None,
    });
    let given = given.unwrap();
    assert_eq!(given.paths, [plain.to_string_lossy()]);
    let [refused] = &given.refused[..] else {
        panic!("{:?}", given.refused);
    };
    assert_eq!(refused.code, ErrorCode::BadFileName);
    assert!(refused.hint.contains("rename"), "{}", refused.hint);
    let input = refused.input.as_deref().unwrap();
    assert!(
        input.ends_with("caf\u{fffd}.mp4"),
        "it can be recognised: {input}"
    );

    // Found in a folder that is imported.
    let imported = desk
        .ask(ImportFiles {
            project: None,
            paths: vec![folder.to_string_lossy().into_owned()],
        })
        .unwrap();
    let codes: Vec<ErrorCode> = imported.refused.iter().map(|error| error.code).collect();
    assert_eq!(codes, [ErrorCode::BadFileName]);
    assert!(imported.jobs.is_empty());
}

//! What happened to the database is told, and the program starts.

use protocol::error::ErrorCode;
use protocol::studio::calls::{CreateProject, GetStorage};
use protocol::studio::event::Notice;
use protocol::studio::view::Access;

use crate::support::Bench;

fn break_library(bench: &Bench) {
    let path = bench.home().join("library.db");
    std::fs::write(path, b"this was a database before the disk went bad").unwrap();
    for side in ["library.db-wal", "library.db-shm"] {
        let side = bench.home().join(side);
        if side.exists() {
            std::fs::remove_file(side).unwrap();
        }
    }
}

#[test]
fn a_damaged_database_gives_way_to_the_last_good_copy() {
    let bench = Bench::new();
    let desk = bench.open();
    let (project, replica) = desk.seed();
    desk.close();
    // The copy of the day before is the one to fall back on.
    bench.library().keep_copy("2001-01-01").unwrap();
    for day in std::fs::read_dir(bench.home().join("backups")).unwrap() {
        let day = day.unwrap().path();
        if !day.ends_with("library-2001-01-01.db") {
            std::fs::remove_file(day).unwrap();
        }
    }
    break_library(&bench);

    let desk = bench.open();
    let state = desk.state();
    assert!(
        matches!(&state.notices[..], [Notice::DatabaseSetAside { path, restored: true }]
            if std::fs::read(path).unwrap().starts_with(b"this was")),
        "{:?}",
        state.notices
    );
    assert_eq!(&desk.open_project(project).project, replica.project());
}

#[test]
fn a_start_keeps_a_copy_of_the_day() {
    let bench = Bench::new();
    let desk = bench.open();
    desk.seed();
    desk.studio.close().unwrap();
    let copies = std::fs::read_dir(bench.home().join("backups")).unwrap();
    assert_eq!(copies.count(), 1);
}

#[test]
fn without_a_copy_a_damaged_database_begins_anew() {
    let bench = Bench::new();
    std::fs::create_dir_all(bench.home()).unwrap();
    break_library(&bench);
    let state = bench.open().state();
    assert!(matches!(
        state.notices[..],
        [Notice::DatabaseSetAside {
            restored: false,
            ..
        }]
    ));
    assert!(state.projects.is_empty());
}

#[test]
fn a_newer_database_is_looked_at_and_not_changed() {
    let bench = Bench::new();
    let desk = bench.open();
    let (project, replica) = desk.seed();
    desk.close();
    drop(bench.library());
    // The schema's version stands in the header (SQLite file format, section 1.3.12).
    let path = bench.home().join("library.db");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&path, &bytes).unwrap();

    let desk = bench.open();
    let state = desk.state();
    assert_eq!(state.notices, [Notice::DatabaseNewer]);
    assert_eq!(state.projects[0].name, "Talk");
    let opened = desk.open_project(project);
    assert_eq!(&opened.project, replica.project());
    assert!(matches!(opened.access, Access::Newer { .. }));
    let name = "Another".to_owned();
    let error = desk.ask(CreateProject { name }).unwrap_err();
    assert_eq!(error.code, ErrorCode::DatabaseNewer);
    desk.ask(GetStorage {}).unwrap();
    desk.close();
    assert_eq!(std::fs::read(&path).unwrap(), bytes, "not a byte changed");
}

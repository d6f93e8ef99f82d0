//! Open projects: conflicts, undo and redo, what comes back at the next start.

use protocol::error::ErrorCode;
use protocol::studio::calls::{ApplyEdit, JudgeReels, Redo, RenameProject, SavePlace, Undo};
use protocol::studio::event::Event;
use protocol::studio::view::{Access, Place, ProjectView, Verdict};
use store::projects::Snapshot;
use timeline::edit::{Edit, Label, RemoveSequence};
use timeline::journal;
use timeline::time::SequenceTime;

use crate::support::{Bench, Deed, edit_of, firsts};

#[test]
fn edits_come_back_at_the_next_start() {
    let bench = Bench::new();
    let desk = bench.open();
    let (project, replica) = desk.seed();
    let (sequence, _) = firsts(replica.project());
    let place = Place {
        view: ProjectView::Editor,
        sequence: Some(sequence),
        playhead: SequenceTime::from_secs(3.0),
        zoom: Some(80.0),
        selection: Vec::new(),
    };
    let save = SavePlace {
        project,
        place: place.clone(),
    };
    desk.ask(save).unwrap();
    // Not closed: as after a crash.
    drop(desk);

    let opened = bench.open().open_project(project);
    assert_eq!(&opened.project, replica.project());
    assert_eq!(opened.seq, replica.seq());
    assert_eq!(opened.hash, journal::hash(replica.project()));
    assert_eq!(opened.access, Access::Writable);
    assert_eq!(
        opened.place,
        Some(place),
        "the user comes back to where they were"
    );
}

#[test]
fn a_window_that_is_behind_is_refused_and_loses_nothing() {
    let bench = Bench::new();
    let desk = bench.open();
    let (project, mut replica) = desk.seed();
    let split = edit_of(Deed::Split(100), replica.project()).unwrap();
    let behind = ApplyEdit {
        project,
        base: replica.seq() - 1,
        edit: split.clone(),
    };
    assert_eq!(desk.ask(behind).unwrap_err().code, ErrorCode::Conflict);
    assert_eq!(
        desk.open_project(project).seq,
        replica.seq(),
        "nothing was done"
    );
    desk.edit(project, &mut replica, split).unwrap();
}

#[test]
fn steps_are_undone_and_redone_with_their_labels() {
    let bench = Bench::new();
    let desk = bench.open();
    let (project, mut replica) = desk.seed();
    let before = replica.project().clone();
    for at in [100, 200, 300] {
        let split = edit_of(Deed::Split(at), replica.project()).unwrap();
        desk.edit(project, &mut replica, split).unwrap();
    }
    let after = replica.project().clone();
    assert_eq!(replica.history().undo[..3], [Label::Split; 3]);
    for _ in 0..3 {
        replica
            .follow(&desk.ask(Undo { project }).unwrap())
            .unwrap();
    }
    assert_eq!(*replica.project(), before);
    assert_eq!(replica.history().redo, [Label::Split; 3]);
    for _ in 0..3 {
        replica
            .follow(&desk.ask(Redo { project }).unwrap())
            .unwrap();
    }
    assert_eq!(*replica.project(), after);
    let error = desk.ask(Redo { project }).unwrap_err();
    assert_eq!(error.code, ErrorCode::NothingToUndo);

    let told: Vec<u64> = desk
        .heard()
        .iter()
        .filter_map(|event| match event {
            Event::Edited(edited) => Some(edited.seq),
            _ => None,
        })
        .collect();
    let expected: Vec<u64> = (2..=replica.seq()).collect();
    assert_eq!(told, expected, "every step is told once, in order");
}

#[test]
fn an_edit_that_cannot_be_done_is_the_users_error_and_not_the_programs() {
    let bench = Bench::new();
    let desk = bench.open();
    let (project, mut replica) = desk.seed();
    let missing = timeline::ids::SequenceId(999);
    let remove = Edit::from(RemoveSequence { sequence: missing });
    let error = desk.edit(project, &mut replica, remove).unwrap_err();
    assert_eq!(error.code, ErrorCode::EditRefused);
    let renamed = RenameProject {
        project,
        name: "  ".to_owned(),
    };
    assert_eq!(desk.ask(renamed).unwrap_err().code, ErrorCode::EditRefused);
}

#[test]
fn a_project_of_a_newer_version_is_shown_and_not_changed() {
    let bench = Bench::new();
    let desk = bench.open();
    let (project, mut replica) = desk.seed();
    desk.close();
    bench.store_newer(project, &replica);

    let desk = bench.open();
    let opened = desk.open_project(project);
    let version = "99.1.0".to_owned();
    assert_eq!(opened.access, Access::Newer { version });
    assert_eq!(&opened.project, replica.project());
    let split = edit_of(Deed::Split(100), replica.project()).unwrap();
    let error = desk.edit(project, &mut replica, split).unwrap_err();
    assert_eq!(error.code, ErrorCode::ReadOnly);
    let judged = JudgeReels {
        project,
        sequences: vec![firsts(replica.project()).0],
        verdict: Verdict::Kept,
    };
    assert_eq!(desk.ask(judged).unwrap_err().code, ErrorCode::ReadOnly);
}

#[test]
fn entries_of_an_older_version_are_followed_when_they_lead_where_they_say() {
    let bench = Bench::new();
    let desk = bench.open();
    let (project, replica) = desk.seed();
    desk.close();
    let split = edit_of(Deed::Split(100), replica.project()).unwrap();
    let after = split.apply(replica.project()).unwrap();
    let entry = |app_version: &str, result_hash: journal::ProjectHash| journal::Entry {
        seq: replica.seq() + 1,
        app_version: app_version.to_owned(),
        kind: journal::EntryKind::Edit(split.clone()),
        result_hash,
    };
    let line = serde_json::to_string(&entry("0.0.1", journal::hash(&after))).unwrap();
    let append = [(replica.seq() + 1, line)];
    bench
        .library()
        .append_journal(project.0, &append, 1)
        .unwrap();
    let opened = bench.open().open_project(project);
    assert_eq!(opened.access, Access::Writable);
    assert_eq!(*opened.project, after);
}

#[test]
fn a_project_with_a_damaged_tail_is_shown_as_of_before() {
    let bench = Bench::new();
    let desk = bench.open();
    let (project, replica) = desk.seed();
    desk.close();
    let tail = [
        (replica.seq() + 1, "{\"torn".to_owned()),
        (replica.seq() + 2, "{}".to_owned()),
    ];
    bench.library().append_journal(project.0, &tail, 1).unwrap();
    let opened = bench.open().open_project(project);
    assert_eq!(opened.access, Access::Damaged { lost: 2 });
    assert_eq!(&opened.project, replica.project());
}

#[test]
fn a_snapshot_that_cannot_be_read_gives_way_to_the_one_before() {
    let bench = Bench::new();
    let desk = bench.open();
    let (project, mut replica) = desk.seed();
    desk.close();
    let desk = bench.open();
    let split = edit_of(Deed::Split(100), replica.project()).unwrap();
    desk.edit(project, &mut replica, split).unwrap();
    desk.close();
    let torn = Snapshot {
        seq: replica.seq(),
        hash: "",
        project: "{\"name\":",
        app_version: env!("CARGO_PKG_VERSION"),
    };
    bench.library().store_snapshot(project.0, torn).unwrap();
    let opened = bench.open().open_project(project);
    assert_eq!(opened.access, Access::Writable);
    assert_eq!(
        &opened.project,
        replica.project(),
        "replayed from before it"
    );
}

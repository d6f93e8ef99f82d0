//! A project that may only be read goes on as a copy.

use std::sync::Arc;

use protocol::error::ErrorCode;
use protocol::studio::calls::{ColourProject, CopyProject, JudgeReels};
use protocol::studio::replica::Replica;
use protocol::studio::view::{Access, Colour, Opened, ProjectId, Verdict};
use store::projects::Change;
use store::reels::{FindRow, ReelRow};
use timeline::project::Project;

use crate::support::{Bench, Deed, Desk, edit_of, firsts};

/// Makes a project with a colour and a kept reel.
fn kept(bench: &Bench) -> (ProjectId, Replica) {
    let desk = bench.open();
    let (project, replica) = desk.seed();
    let colour = Some(Colour::Blue);
    desk.ask(ColourProject { project, colour }).unwrap();
    let (sequence, _) = firsts(replica.project());
    let keep = JudgeReels {
        project,
        sequences: vec![sequence],
        verdict: Verdict::Kept,
    };
    desk.ask(keep).unwrap();
    desk.studio.close().unwrap();
    (project, replica)
}

fn copy(desk: &Desk, project: ProjectId) -> Opened {
    let name = "Talk (copy)".to_owned();
    let copy = desk.ask(CopyProject { project, name }).unwrap();
    assert_ne!(copy, project);
    desk.open_project(copy)
}

/// Returns the project under the copy's name.
fn renamed(project: &Project) -> Arc<Project> {
    Arc::new(Project {
        name: "Talk (copy)".to_owned(),
        ..project.clone()
    })
}

#[test]
fn what_is_left_of_a_damaged_project_goes_on_as_a_copy() {
    let bench = Bench::new();
    let (project, replica) = kept(&bench);
    let next = replica.seq() + 1;
    let torn = [(next, "{\"torn".to_owned())];
    let (_, media) = firsts(replica.project());
    // What the lost entry made: its number will be given out again.
    let lost = ReelRow {
        sequence: replica.project().next_id,
        media: media.0,
        candidate: "{}".to_owned(),
        made: String::new(),
        verdict: "kept".to_owned(),
        exported: None,
    };
    let find = FindRow {
        media: media.0,
        fingerprint: "f00d".to_owned(),
        found: "{}".to_owned(),
    };
    let change = Change {
        entries: &torn,
        reels: &[lost],
        find: Some(&find),
        ..Change::default()
    };
    bench
        .library()
        .change_project(project.0, &change, 1)
        .unwrap();

    let desk = bench.open();
    let before = desk.open_project(project);
    assert_eq!(before.access, Access::Damaged { lost: 1 });
    let opened = copy(&desk, project);
    assert_eq!(opened.access, Access::Writable);
    assert_eq!(opened.project, renamed(replica.project()));
    assert_eq!(opened.board.reels.len(), 1);
    assert_eq!(opened.board.reels[0].verdict, Verdict::Kept);
    let mut own = Replica::new(&opened);
    let split = edit_of(Deed::Split(100), own.project()).unwrap();
    desk.edit(opened.id, &mut own, split).unwrap();
    desk.close();

    let library = bench.library();
    assert_eq!(
        library.reels(opened.id.0).unwrap().len(),
        1,
        "not the lost one's"
    );
    assert_eq!(library.finds(opened.id.0).unwrap(), [find]);
    let desk = bench.open();
    let card = desk.state().projects.swap_remove(0);
    assert_eq!((card.id, card.name.as_str()), (opened.id, "Talk (copy)"));
    assert_eq!(card.colour, Some(Colour::Blue));
    assert_eq!((card.sources, card.reels), (Some(1), Some(1)));
    let again = desk.open_project(opened.id);
    assert_eq!(
        &again.project,
        own.project(),
        "the copy is a project as any"
    );
    let untouched = desk.open_project(project);
    assert_eq!(untouched.access, before.access, "the other stays as it is");
    assert_eq!(untouched.project, before.project);
}

#[test]
fn what_this_version_understands_of_a_newer_project_goes_on_as_a_copy() {
    let bench = Bench::new();
    let (project, replica) = kept(&bench);
    bench.store_newer(project, &replica);
    let desk = bench.open();
    let opened = copy(&desk, project);
    assert_eq!(opened.access, Access::Writable);
    assert_eq!(opened.project, renamed(replica.project()));
    let name = "  ".to_owned();
    let blank = desk.ask(CopyProject { project, name }).unwrap_err();
    assert_eq!(blank.code, ErrorCode::EditRefused);
}

//! Undo, redo, versions, and the journal of them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use insta::assert_snapshot;
use timeline::edit::*;
use timeline::history::{DEPTH, History, UnknownVersion};
use timeline::journal::{
    Due, ENTRIES_PER_SNAPSHOT, Entry, EntryKind, Pace, Replayed, Stop, TIME_PER_SNAPSHOT, hash,
    replay,
};
use timeline::project::Project;

use crate::stage::{Stage, at};

fn rename(name: impl Into<String>) -> Edit {
    RenameProject { name: name.into() }.into()
}

/// Returns a journal of renames with what each led to.
fn journal(kinds: impl IntoIterator<Item = EntryKind>) -> Vec<Entry> {
    let mut history = History::new(Project::default());
    history.keep_version("start");
    let entries = kinds.into_iter().zip(7..).map(|(kind, seq)| {
        match &kind {
            EntryKind::Edit(edit) => drop(history.edit(edit).unwrap()),
            EntryKind::Undo => assert!(history.undo().is_some()),
            EntryKind::Redo => assert!(history.redo().is_some()),
            EntryKind::Restore(name) => history.restore(name).unwrap(),
        }
        let result_hash = hash(history.present());
        Entry {
            seq,
            app_version: "1".into(),
            kind,
            result_hash,
        }
    });
    entries.collect()
}

fn session() -> Vec<Entry> {
    journal([
        EntryKind::Edit(rename("A")),
        EntryKind::Edit(rename("B")),
        EntryKind::Undo,
        EntryKind::Redo,
        EntryKind::Restore("start".into()),
        EntryKind::Undo,
    ])
}

fn replayed(entries: &[Entry]) -> Replayed {
    let start = BTreeMap::from([("start".to_owned(), Arc::new(Project::default()))]);
    replay(Project::default(), start, entries, "1")
}

#[test]
fn steps_are_undone_and_redone_by_name() {
    let mut history = History::new(Project::default());
    history.edit(&rename("A")).unwrap();
    history.edit(&rename("B")).unwrap();
    assert_eq!(history.undo(), Some(Label::RenameProject));
    assert_eq!(history.present().name, "A");
    assert_eq!(history.undone().count(), 1);
    assert_eq!(history.redo(), Some(Label::RenameProject));
    assert_eq!(history.present().name, "B");
    history.undo();
    history.edit(&rename("C")).unwrap();
    assert_eq!(history.redo(), None, "an edit forgets what was undone");
    history.undo();
    history.undo();
    assert_eq!(history.undo(), None, "the beginning is the beginning");
    assert_eq!(history.present().as_ref(), &Project::default());
}

#[test]
fn a_refused_edit_is_no_step() {
    let mut history = History::new(Project::default());
    assert_eq!(history.edit(&rename(" ")), Err(EditError::BlankText));
    assert_eq!(history, History::new(Project::default()));
}

#[test]
fn a_thousand_steps_are_kept() {
    let mut history = History::new(Project::default());
    for step in 0..DEPTH + 5 {
        history.edit(&rename(step.to_string())).unwrap();
    }
    assert_eq!(history.past().count(), 1000);
    while history.undo().is_some() {}
    assert_eq!(history.present().name, "4", "the oldest five are forgotten");
}

#[test]
fn a_version_is_restored_as_a_step() {
    let mut history = History::new(Project::default());
    history.edit(&rename("A")).unwrap();
    history.keep_version("first cut");
    history.edit(&rename("B")).unwrap();
    history.restore("first cut").unwrap();
    assert_eq!(history.present().name, "A");
    assert_eq!(history.undo(), Some(Label::RestoreVersion));
    assert_eq!(history.present().name, "B");
    assert_eq!(
        history.restore("no cut"),
        Err(UnknownVersion("no cut".into()))
    );
    assert_eq!(history.present().name, "B");
}

#[test]
fn a_small_edit_copies_little() {
    let stage = Stage::new("V1: a[0-4]\nA1: a[0-4]");
    let copy = DuplicateSequence {
        sequence: stage.sequence,
        name: "Copy".into(),
    };
    let before = stage.after(copy);
    let (sequence, clip) = (stage.sequence, stage.clip("V1", 0));
    let after = before.after(SetGain {
        sequence,
        clip,
        gain_db: 3.0,
    });
    let tracks = |stage: &Stage| stage.sequence().tracks.clone();
    assert!(!Arc::ptr_eq(&tracks(&before)[0], &tracks(&after)[0]));
    assert!(
        Arc::ptr_eq(&tracks(&before)[1], &tracks(&after)[1]),
        "the other track is shared"
    );
    let other = |stage: &Stage| Arc::clone(stage.project.sequences.values().last().unwrap());
    assert!(
        Arc::ptr_eq(&other(&before), &other(&after)),
        "the other sequence is shared"
    );
}

#[test]
fn a_ripple_before_everything_is_shared_where_nothing_moves() {
    let stage = Stage::new("V1: a[0-4] a[4-8]\nM1: s[0-2]");
    let range = timeline::time::SequenceRange::new(at(5.0), at(6.0));
    let after = stage.after(RippleDeleteRange {
        sequence: stage.sequence,
        range,
    });
    let music = |stage: &Stage| Arc::clone(&stage.sequence().tracks[1]);
    assert!(Arc::ptr_eq(&music(&stage), &music(&after)));
}

#[test]
fn the_hash_is_stable() {
    // A change here makes every journal that was written before diverge.
    assert_snapshot!(hash(&Project::default()).0, @"c7b04bbe801b8c209ac863b00fd1d729c82a02cabd841a87bf07121ea781fb61");
    let stage = Stage::new("V1: a[0-4]*3/2&1<1\nA1: a[0-4]*3/2&1+6dB\nmarks: x@1");
    assert_snapshot!(hash(&stage.project).0, @"fb307e21f4e7c4187968abede0007e883a60c8f41a5d1ed9b719a1524be6108f");
}

#[test]
fn an_edit_is_written_in_words() {
    let stage = Stage::new("V1: a[0-4]");
    let (sequence, clip) = (stage.sequence, stage.clip("V1", 0));
    let trim = Edit::from(Trim {
        sequence,
        clip,
        edge: Edge::End,
        to: at(1.0),
        later: Later::Moves,
    });
    assert_snapshot!(serde_json::to_string(&trim).unwrap(), @r#"
        {"trim":{"sequence":0,"clip":3,"edge":"end","to":705600000,"later":"moves"}}
        "#);
    assert_snapshot!(serde_json::to_string(&trim.label()).unwrap(), @r#"
        "ripple_trim"
        "#);
}

#[test]
fn a_journal_leads_to_the_same_project() {
    let replayed = replayed(&session());
    assert_eq!(replayed.stopped, None);
    assert_eq!(replayed.applied, 6);
    assert_eq!(replayed.history.present().name, "B");
}

#[test]
fn a_replay_ends_before_what_it_cannot_prove() {
    let stops = |change: &dyn Fn(&mut Vec<Entry>)| {
        let mut entries = session();
        change(&mut entries);
        let replayed = replayed(&entries);
        let stop = replayed.stopped.expect("the journal is damaged");
        (
            replayed.applied,
            replayed.history.present().name.clone(),
            stop,
        )
    };
    let app_version = "2".to_owned();
    assert_eq!(
        stops(&|entries| entries[1].app_version.clone_from(&app_version)),
        (
            1,
            "A".into(),
            Stop::OtherVersion {
                seq: 8,
                app_version: "2".into()
            }
        )
    );
    assert_eq!(
        stops(&|entries| drop(entries.remove(1))),
        (
            1,
            "A".into(),
            Stop::Missing {
                expected: 8,
                found: 9
            }
        )
    );
    assert_eq!(
        stops(&|entries| entries[1].kind = EntryKind::Edit(rename(""))),
        (
            1,
            "A".into(),
            Stop::Refused {
                seq: 8,
                error: EditError::BlankText
            }
        )
    );
    for kind in [EntryKind::Redo, EntryKind::Restore("gone".into())] {
        assert_eq!(
            stops(&|entries| entries[0].kind = kind.clone()),
            (0, String::new(), Stop::OutOfReach { seq: 7 })
        );
    }
    let (applied, name, stop) = stops(&|entries| entries[1].kind = EntryKind::Edit(rename("X")));
    assert_eq!(
        (applied, name.as_str()),
        (1, "A"),
        "the divergent step is not kept"
    );
    assert!(matches!(stop, Stop::Diverged { seq: 8, .. }), "{stop}");
}

#[test]
fn snapshots_come_by_count_and_by_time() {
    let edit = EntryKind::Edit(rename("A"));
    let start = Duration::from_secs(100);
    let mut pace = Pace::new(start);
    assert_eq!(
        pace.due(start + TIME_PER_SNAPSHOT),
        Due::Later,
        "nothing happened"
    );
    for _ in 1..ENTRIES_PER_SNAPSHOT {
        assert_eq!(pace.entry(&edit, start), Due::Later);
    }
    assert_eq!(pace.entry(&edit, start), Due::Now, "fifty entries");

    let mut pace = Pace::new(start);
    assert_eq!(
        pace.entry(&edit, start + Duration::from_secs(9)),
        Due::Later
    );
    assert_eq!(pace.due(start + TIME_PER_SNAPSHOT), Due::Now, "ten seconds");
}

#[test]
fn going_back_beyond_a_snapshot_needs_another_one_first() {
    let edit = EntryKind::Edit(rename("A"));
    let start = Duration::ZERO;
    let after = |kinds: &[&EntryKind]| {
        let mut pace = Pace::new(start);
        let each: Vec<Due> = kinds.iter().map(|kind| pace.entry(kind, start)).collect();
        each.last().copied()
    };
    let (undo, redo) = (EntryKind::Undo, EntryKind::Redo);
    assert_eq!(after(&[&undo]), Some(Due::First));
    assert_eq!(after(&[&redo]), Some(Due::First));
    assert_eq!(after(&[&edit, &undo, &redo, &undo]), Some(Due::Later));
    assert_eq!(after(&[&edit, &undo, &undo]), Some(Due::First));
    assert_eq!(after(&[&edit, &undo, &edit, &redo]), Some(Due::First));
    assert_eq!(after(&[&EntryKind::Restore("v".into())]), Some(Due::First));
}

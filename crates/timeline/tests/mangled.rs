//! Projects and journals as a damaged disk or an enemy would leave them: they are refused, or sound.

use std::collections::BTreeMap;

use footage::picture::PixelBox;
use footage::words::TranscriptRevision;
use proptest::prelude::*;
use timeline::crop::{CropKey, CropPath};
use timeline::edit::*;
use timeline::history::History;
use timeline::journal::{Entry, EntryKind, hash, replay};
use timeline::project::Project;
use timeline::violations::violations;

use crate::stage::{Stage, at, secs};
use crate::unsound::style;

fn rich() -> Stage {
    let mut stage = Stage::new(
        "V1: a[0-4]&1 b[4-8]*3/2<1>1@20
         O1: p[1-3]
         A1 locked: a[0-4]&1+6dB
         M1 muted: s[0-9]!
         marks: x@1 y@2",
    );
    let sequence = stage.sequence;
    let media = stage.media('b');
    let revision = TranscriptRevision("r1".into());
    let stage = stage.after(AttachCaptions {
        sequence,
        media,
        revision,
    });
    let preset = NewPreset {
        name: "bold".into(),
        description: String::new(),
        caption: style(),
    };
    stage.after(AddPreset { preset })
}

/// Returns edits of many kinds that can be done one after the other.
fn edits(stage: &Stage) -> Vec<Edit> {
    let sequence = stage.sequence;
    let clip = stage.clip("V1", 1);
    vec![
        Split {
            sequence,
            at: at(5.5),
            scope: SplitScope::Everything,
        }
        .into(),
        Trim {
            sequence,
            clip,
            edge: Edge::End,
            to: at(5.0),
            later: Later::Stays,
        }
        .into(),
        Slip {
            sequence,
            clip,
            by: secs(1.0),
        }
        .into(),
        SetGain {
            sequence,
            clip: stage.clip("M1", 0),
            gain_db: -6.0,
        }
        .into(),
        Batch {
            label: Label::MoveClips,
            edits: vec![
                RenameSequence {
                    sequence,
                    name: "Other".into(),
                }
                .into(),
                RenameProject {
                    name: "Another".into(),
                }
                .into(),
            ],
        }
        .into(),
    ]
}

/// A crop that moves within a second.
fn crop() -> CropPath {
    let key = |secs, x| CropKey {
        at: timeline::SourceTime::from_secs(secs),
        pixels: PixelBox {
            x,
            y: 1.0,
            w: 10.0,
            h: 20.0,
        },
    };
    CropPath {
        keys: vec![key(0.0, 0.0), key(1.0, 5.0)],
    }
}

fn journal(stage: &Stage) -> Vec<Entry> {
    let mut history = History::new(stage.project.clone());
    let kinds = edits(stage).into_iter().map(EntryKind::Edit);
    let kinds = kinds.chain([EntryKind::Undo, EntryKind::Redo]);
    kinds
        .zip(1..)
        .map(|(kind, seq)| {
            match &kind {
                EntryKind::Edit(edit) => drop(history.edit(edit).unwrap()),
                EntryKind::Undo => assert!(history.undo().is_some()),
                EntryKind::Redo => assert!(history.redo().is_some()),
                EntryKind::Restore(name) => history.restore(name).unwrap(),
            }
            Entry {
                seq,
                app_version: "1".into(),
                kind,
                result_hash: hash(history.present()),
            }
        })
        .collect()
}

/// Uses what was read in every way that needs no files.
fn use_it(project: &Project) {
    for sequence in project.sequences.values() {
        let _length = sequence.duration();
        for track in &sequence.tracks {
            for clip in &track.clips {
                let _range = clip.range();
                let _ends = (
                    clip.source_time(at(1.0)),
                    clip.sequence_time(clip.source.start),
                );
            }
        }
        let _words = sequence.placed_words(&BTreeMap::new());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_project_is_refused_or_sound(seed: u64) {
        let stage = rich();
        let whole = serde_json::to_value(&stage.project).unwrap();
        let mangled = testkit::mangle::document(&whole, seed);
        let Ok(read) = serde_json::from_value::<Project>(mangled) else {
            return Ok(());
        };
        let _id = hash(&read);
        if violations(&read).is_empty() {
            use_it(&read);
            for edit in edits(&stage) {
                if let Ok(after) = edit.apply(&read) {
                    prop_assert!(violations(&after).is_empty(), "{:?}", violations(&after));
                    use_it(&after);
                }
            }
        }
    }

    #[test]
    fn a_project_of_changed_bytes_is_refused_or_sound(seed: u64) {
        let whole = serde_json::to_vec(&rich().project).unwrap();
        let mangled = testkit::mangle::bytes(&whole, seed);
        if let Ok(read) = serde_json::from_slice::<Project>(&mangled)
            && violations(&read).is_empty()
        {
            use_it(&read);
        }
    }

    #[test]
    fn a_journal_is_followed_only_to_sound_projects(seed: u64) {
        let stage = rich();
        let entries = journal(&stage);
        let whole = serde_json::to_value(&entries).unwrap();
        let mangled = testkit::mangle::document(&whole, seed);
        let Ok(read) = serde_json::from_value::<Vec<Entry>>(mangled) else {
            return Ok(());
        };
        let followed = replay(stage.project.clone(), BTreeMap::new(), &read, "1");
        prop_assert!(violations(followed.history.present()).is_empty());
        prop_assert!(followed.applied <= read.len());
        prop_assert_eq!(followed.stopped.is_none(), followed.applied == read.len());
    }

    #[test]
    fn an_edit_is_refused_or_leaves_a_sound_project(seed: u64, which in 0_usize..5) {
        let stage = rich();
        let whole = serde_json::to_value(edits(&stage).swap_remove(which)).unwrap();
        let mangled = testkit::mangle::document(&whole, seed);
        if let Ok(edit) = serde_json::from_value::<Edit>(mangled)
            && let Ok(after) = edit.apply(&stage.project)
        {
            prop_assert!(violations(&after).is_empty(), "{edit:?}");
            use_it(&after);
        }
    }

    #[test]
    fn a_crop_path_of_any_numbers_gives_no_panic(seed: u64, secs in -1e6_f64..1e6) {
        let whole = serde_json::to_value(crop()).unwrap();
        let mangled = testkit::mangle::document(&whole, seed);
        if let Ok(path) = serde_json::from_value::<CropPath>(mangled) {
            let _pixels = path.at(timeline::SourceTime::from_secs(secs));
        }
    }
}

#[test]
fn what_is_not_mangled_is_read() {
    // The other tests would pass without a word if nothing could be read at all.
    let stage = rich();
    let whole = serde_json::to_value(&stage.project).unwrap();
    let read: Project = serde_json::from_value(whole).unwrap();
    assert_eq!(read, stage.project);
    let entries = journal(&stage);
    let followed = replay(stage.project.clone(), BTreeMap::new(), &entries, "1");
    assert_eq!(followed.applied, 7);
    let moving = serde_json::to_value(crop()).unwrap();
    assert_eq!(serde_json::from_value::<CropPath>(moving).unwrap(), crop());
    let crop = serde_json::to_value(CropPath::still(PixelBox::default()));
    assert!(serde_json::from_value::<CropPath>(crop.unwrap()).is_ok());
}

//! The window's copy is the engine's project, whatever the user does.

use proptest::prelude::*;
use proptest::test_runner::Config;
use protocol::error::ErrorCode;
use protocol::studio::calls::{Redo, Undo};
use timeline::journal;
use timeline::violations::violations;

use crate::support::{Bench, Deed, edit_of};

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        (any::<u32>(), any::<u32>()).prop_map(|(at, from)| Deed::Insert(at, from)),
        any::<u32>().prop_map(Deed::Split),
        (any::<u32>(), any::<u32>()).prop_map(|(pick, to)| Deed::Move(pick, to)),
        any::<u32>().prop_map(Deed::Lift),
        Just(Deed::Undo),
        Just(Deed::Undo),
        Just(Deed::Redo),
    ];
    proptest::collection::vec(deed, 1..40)
}

proptest! {
    #![proptest_config(Config { cases: 24, ..Config::default() })]

    #[test]
    fn a_copy_that_follows_equals_the_history(deeds in deeds()) {
        let bench = Bench::new();
        let desk = bench.open();
        let (project, mut replica) = desk.seed();
        for deed in deeds {
            let answer = match deed {
                Deed::Undo => desk.ask(Undo { project }),
                Deed::Redo => desk.ask(Redo { project }),
                deed => match edit_of(deed, replica.project()) {
                    Some(edit) => {
                        // What the engine refuses the copy refuses, too.
                        let here = edit.apply(replica.project()).is_ok();
                        let there = desk.edit(project, &mut replica, edit);
                        prop_assert_eq!(here, there.is_ok());
                        continue;
                    }
                    None => continue,
                },
            };
            match answer {
                Ok(edited) => prop_assert_eq!(replica.follow(&edited), Ok(())),
                Err(error) => prop_assert_eq!(error.code, ErrorCode::NothingToUndo),
            }
        }
        let opened = desk.open_project(project);
        prop_assert_eq!(opened.hash, journal::hash(replica.project()));
        prop_assert_eq!(&opened.history, replica.history());
        prop_assert_eq!(violations(&opened.project), Vec::new());
        // And after a start that reads it all back.
        drop(desk);
        prop_assert_eq!(&bench.open().open_project(project).project, replica.project());
    }
}

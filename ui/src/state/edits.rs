//! The window's copy of a project with the acts that the engine has not answered yet.

use std::collections::VecDeque;
use std::sync::Arc;

use protocol::studio::replica::Replica;
use protocol::studio::view::{Edited, HistoryView, Opened};
use timeline::edit::{Edit, EditError};
use timeline::journal::EntryKind;
use timeline::project::Project;

/// Something that the user does to a project.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// An edit.
    Edit(Edit),
    /// One step back.
    Undo,
    /// One undone step forward.
    Redo,
}

/// What became of a change that was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// The copy is up to date.
    Followed,
    /// The copy no longer is the project: it is to be read again.
    Lost,
}

/// The copy. What is shown is what the engine has kept, then every act that waits.
#[derive(Debug, Clone, Default)]
pub struct Copy {
    replica: Option<Replica>,
    shown: Arc<Project>,
    waiting: VecDeque<Act>,
    under_way: bool,
}

impl Copy {
    /// Returns the project as it is shown.
    pub fn shown(&self) -> Arc<Project> {
        Arc::clone(&self.shown)
    }

    /// Returns what can be undone and redone.
    pub fn history(&self) -> HistoryView {
        let mut history = self
            .replica
            .as_ref()
            .map(|replica| replica.history().clone())
            .unwrap_or_default();
        for act in &self.waiting {
            match act {
                Act::Edit(edit) => {
                    history.redo.clear();
                    history.undo.insert(0, edit.label());
                    history.undo.truncate(HistoryView::SHOWN);
                }
                Act::Undo if !history.undo.is_empty() => {
                    let label = history.undo.remove(0);
                    history.redo.insert(0, label);
                }
                Act::Redo if !history.redo.is_empty() => {
                    let label = history.redo.remove(0);
                    history.undo.insert(0, label);
                }
                Act::Undo | Act::Redo => {}
            }
        }
        history
    }

    /// Returns whether the engine has answered everything.
    pub fn is_settled(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Begins with a project that was opened, or goes on with it after it was lost. Returns why
    /// acts that waited no longer fit; they are gone.
    pub fn fill(&mut self, opened: &Opened) -> Vec<EditError> {
        let is_same = self
            .replica
            .as_ref()
            .is_some_and(|replica| replica.id() == opened.id);
        self.replica = Some(Replica::new(opened));
        if !is_same {
            self.waiting.clear();
            self.under_way = false;
        }
        self.replay()
    }

    /// Does an act here; it waits for its turn.
    ///
    /// # Errors
    /// Why the edit is refused; then nothing is changed.
    pub fn act(&mut self, act: Act) -> Result<(), EditError> {
        // What follows an undo that waits is refused or not only when that is answered.
        if let Act::Edit(edit) = &act
            && !self.waiting.iter().any(|act| !matches!(act, Act::Edit(_)))
        {
            self.shown = Arc::new(edit.apply(&self.shown)?);
        }
        self.waiting.push_back(act);
        Ok(())
    }

    /// Returns the act to send now, with the entry that it follows; `None` while one is under way.
    pub fn next(&mut self) -> Option<(u64, Act)> {
        if self.under_way {
            return None;
        }
        let act = self.waiting.front()?.clone();
        let base = self.replica.as_ref()?.seq();
        self.under_way = true;
        Some((base, act))
    }

    /// Follows a change that the engine tells of.
    pub fn heard(&mut self, edited: &Edited) -> Heard {
        let Some(replica) = &mut self.replica else {
            return Heard::Followed;
        };
        let before = replica.seq();
        if replica.follow(edited).is_err() {
            return Heard::Lost;
        }
        if replica.seq() == before {
            return Heard::Followed;
        }
        let is_own = self.under_way && self.waiting.front().is_some_and(|act| is(act, edited));
        if is_own {
            self.waiting.pop_front();
            self.under_way = false;
        }
        // What is shown already holds an own edit; everything else is put under what waits.
        if !is_own || !matches!(edited.kind, EntryKind::Edit(_)) {
            drop(self.replay());
        } else if self.waiting.is_empty() {
            self.shown = Arc::clone(replica.project());
        }
        Heard::Followed
    }

    /// Follows the answer to the act under way.
    pub fn answered(&mut self, edited: &Edited) -> Heard {
        let heard = self.heard(edited);
        // The event may have come before the answer: then the act is gone already.
        if heard == Heard::Lost && self.under_way {
            self.waiting.pop_front();
            self.under_way = false;
        }
        heard
    }

    /// Takes the act under way back. Returns why acts after it no longer fit.
    pub fn refused(&mut self) -> Vec<EditError> {
        if self.under_way {
            self.waiting.pop_front();
            self.under_way = false;
        }
        self.replay()
    }

    /// Lets the act under way wait again: the project was newer than it knew.
    pub fn again(&mut self) {
        self.under_way = false;
    }

    /// Does every waiting act upon what the engine has kept.
    fn replay(&mut self) -> Vec<EditError> {
        let Some(replica) = &self.replica else {
            return Vec::new();
        };
        let mut shown = Arc::clone(replica.project());
        let mut refused = Vec::new();
        let mut is_sure = true;
        let mut is_first = self.under_way;
        self.waiting.retain(|act| {
            let is_under_way = std::mem::take(&mut is_first);
            let Act::Edit(edit) = act else {
                is_sure = false;
                return true;
            };
            if !is_sure {
                return true;
            }
            match edit.apply(&shown) {
                Ok(next) => {
                    shown = Arc::new(next);
                    true
                }
                // The engine has the last word on the one that it is asked about.
                Err(_) if is_under_way => true,
                Err(error) => {
                    refused.push(error);
                    false
                }
            }
        });
        self.shown = shown;
        refused
    }
}

fn is(act: &Act, edited: &Edited) -> bool {
    match (act, &edited.kind) {
        (Act::Edit(edit), EntryKind::Edit(kept)) => edit == kept,
        (Act::Undo, EntryKind::Undo) | (Act::Redo, EntryKind::Redo) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use protocol::studio::view::{Access, Board, ProjectId};
    use timeline::FrameRate;
    use timeline::edit::{AddSequence, RemoveSequence, RenameProject, RenameSequence};
    use timeline::history::History;
    use timeline::ids::SequenceId;
    use timeline::journal;
    use timeline::project::{Format, TrackKind};

    use super::*;

    /// The engine's side: the project with its journal's length.
    struct Engine {
        history: History,
        seq: u64,
    }

    impl Engine {
        fn new() -> Self {
            Self {
                history: History::new(Project::default()),
                seq: 0,
            }
        }

        fn opened(&self) -> Opened {
            Opened {
                id: ProjectId(1),
                access: Access::Writable,
                project: Arc::clone(self.history.present()),
                seq: self.seq,
                hash: journal::hash(self.history.present()),
                history: self.view(),
                board: Board::default(),
                sources: Vec::new(),
                place: None,
            }
        }

        fn view(&self) -> HistoryView {
            HistoryView {
                undo: self.history.past().rev().collect(),
                redo: self.history.undone().collect(),
            }
        }

        /// Does an act; `None` when it is refused.
        fn act(&mut self, act: &Act) -> Option<Edited> {
            let kind = match act {
                Act::Edit(edit) => {
                    self.history.edit(edit).ok()?;
                    EntryKind::Edit(edit.clone())
                }
                Act::Undo => {
                    self.history.undo()?;
                    EntryKind::Undo
                }
                Act::Redo => {
                    self.history.redo()?;
                    EntryKind::Redo
                }
            };
            self.seq += 1;
            Some(Edited {
                project: ProjectId(1),
                seq: self.seq,
                kind,
                hash: journal::hash(self.history.present()),
                history: self.view(),
            })
        }
    }

    fn rename(name: &str) -> Act {
        Act::Edit(Edit::RenameProject(RenameProject {
            name: name.to_owned(),
        }))
    }

    fn add() -> Act {
        let rate = FrameRate { num: 25, den: 1 };
        Act::Edit(Edit::AddSequence(AddSequence {
            name: "Reel".into(),
            format: Format {
                width: 1080,
                height: 1920,
                rate,
            },
            tracks: vec![TrackKind::Video],
        }))
    }

    #[test]
    fn an_edit_is_shown_at_once_and_once_only() {
        let mut engine = Engine::new();
        let mut copy = Copy::default();
        copy.fill(&engine.opened());
        copy.act(rename("a")).unwrap();
        assert_eq!(copy.shown().name, "a", "before the engine answers");
        let (base, act) = copy.next().expect("nothing is under way");
        assert_eq!(base, 0);
        assert_eq!(copy.next(), None, "one at a time");
        copy.act(add()).unwrap();
        let edited = engine.act(&act).unwrap();
        // The event and the answer say the same.
        assert_eq!(copy.heard(&edited), Heard::Followed);
        assert_eq!(copy.answered(&edited), Heard::Followed);
        assert_eq!(copy.shown().sequences.len(), 1, "what waits is still shown");
        let (base, act) = copy.next().unwrap();
        assert_eq!(base, 1);
        copy.answered(&engine.act(&act).unwrap());
        assert!(copy.is_settled());
        assert_eq!(&copy.shown(), engine.history.present());
    }

    #[test]
    fn a_refused_edit_is_taken_back_with_what_builds_on_it() {
        let engine = Engine::new();
        let mut copy = Copy::default();
        copy.fill(&engine.opened());
        copy.act(add()).unwrap();
        let made = *copy.shown().sequences.keys().next().unwrap();
        let name = RenameSequence {
            sequence: made,
            name: "b".into(),
        };
        copy.act(Act::Edit(Edit::RenameSequence(name))).unwrap();
        copy.next();
        let lost = copy.refused();
        assert_eq!(lost.len(), 1, "the second had nothing to rename");
        assert_eq!(&copy.shown(), engine.history.present());
        assert!(copy.is_settled());
    }

    #[test]
    fn another_change_goes_under_what_waits() {
        let mut engine = Engine::new();
        let mut copy = Copy::default();
        copy.fill(&engine.opened());
        copy.act(rename("mine")).unwrap();
        copy.next();
        // An import adds a reel meanwhile: the edit under way is answered with a conflict.
        let edited = engine.act(&add()).unwrap();
        copy.heard(&edited);
        copy.again();
        assert_eq!(copy.shown().name, "mine");
        assert_eq!(copy.shown().sequences.len(), 1);
        let (base, act) = copy.next().unwrap();
        assert_eq!(base, 1, "it is sent again upon what is there now");
        copy.answered(&engine.act(&act).unwrap());
        assert_eq!(&copy.shown(), engine.history.present());
    }

    #[test]
    fn a_locally_refused_edit_changes_nothing() {
        let engine = Engine::new();
        let mut copy = Copy::default();
        copy.fill(&engine.opened());
        let nowhere = RemoveSequence {
            sequence: SequenceId(77),
        };
        assert!(copy.act(Act::Edit(Edit::RemoveSequence(nowhere))).is_err());
        assert!(copy.is_settled());
        assert_eq!(&copy.shown(), engine.history.present());
    }

    proptest! {
        /// Whatever is done here and elsewhere, and however events and answers interleave: once all
        /// is answered, both sides show the same.
        #[test]
        fn both_sides_end_with_the_same_project(steps in proptest::collection::vec(0_u8..6, 1..40)) {
            let mut engine = Engine::new();
            let mut copy = Copy::default();
            copy.fill(&engine.opened());
            let reload = |copy: &mut Copy, engine: &Engine, heard: Heard| {
                if heard == Heard::Lost {
                    copy.fill(&engine.opened());
                }
            };
            let answer = |copy: &mut Copy, engine: &mut Engine| {
                let Some((base, act)) = copy.next() else { return };
                if base != engine.seq {
                    copy.again();
                    copy.fill(&engine.opened());
                    return;
                }
                match engine.act(&act) {
                    Some(edited) => {
                        let heard = copy.answered(&edited);
                        reload(copy, engine, heard);
                    }
                    None => {
                        copy.refused();
                    }
                }
            };
            for (index, step) in steps.into_iter().enumerate() {
                match step {
                    0 => drop(copy.act(rename(&format!("name {index}")))),
                    1 => drop(copy.act(add())),
                    2 => drop(copy.act(Act::Undo)),
                    3 => drop(copy.act(Act::Redo)),
                    4 => answer(&mut copy, &mut engine),
                    _ => {
                        let edited = engine.act(&add()).unwrap();
                        let heard = copy.heard(&edited);
                        reload(&mut copy, &engine, heard);
                    }
                }
            }
            while !copy.is_settled() {
                answer(&mut copy, &mut engine);
            }
            prop_assert_eq!(&copy.shown(), engine.history.present());
            prop_assert_eq!(copy.history(), engine.view());
        }
    }
}

//! What does the editor's commands.

use std::collections::BTreeSet;

use timeline::edit::Edge;
use timeline::project::TrackKind;
use timeline::time::SequenceTime;

use super::desk::{Desk, LeftTab};
use super::dragging::Released;
use super::panels;
use crate::command::UiCommand;
use crate::dom;
use crate::preview::player::Player;
use crate::state::Prefs;
use crate::timeline::actions::{self, Towards};
use crate::timeline::drag::Snapping;
use crate::transcript::view::cut_selected;
use leptos::prelude::*;

/// How much a step of zooming is.
const ZOOM_STEP: f64 = 1.5;

/// Does a command of the editor.
pub(super) fn run(desk: Desk, player: Player, prefs: Prefs, command: UiCommand) {
    if desk.is_dragging() {
        // What is held is let go first, so that no command changes what a drag began from.
        if desk.release() != Released::Dragged {
            return;
        }
    }
    let Some(sequence) = desk.now() else { return };
    let selection = desk.selection.clips.get_untracked();
    let at = desk.playhead.at.get_untracked();
    let frame_end = |at: SequenceTime| at + sequence.format.rate.frame_duration();
    match command {
        UiCommand::PlayPause => player.toggle(),
        UiCommand::PlayBackward => player.backwards(),
        UiCommand::Pause => player.pause(),
        UiCommand::PlayForward => player.faster(),
        UiCommand::PreviousFrame => player.step(-1),
        UiCommand::NextFrame => player.step(1),
        UiCommand::GoToStart => player.go_to(SequenceTime::ZERO),
        UiCommand::GoToEnd => player.go_to(player.last()),
        UiCommand::PreviousCut => player.go_to(actions::next_cut(&sequence, at, Towards::Start)),
        UiCommand::NextCut => player.go_to(actions::next_cut(&sequence, at, Towards::End)),
        UiCommand::MarkIn => mark(desk, player, Some(at), None),
        // The frame at the playhead is the last one within.
        UiCommand::MarkOut => mark(desk, player, None, Some(frame_end(at))),
        UiCommand::ClearMarks => {
            desk.marks
                .update(|marks| (marks.start, marks.end) = (None, None));
            player.send_loop_if_on();
        }
        UiCommand::ToggleLoop => player.toggle_loop(),
        UiCommand::Split => desk.commit(actions::split(&sequence, &selection, at)),
        UiCommand::SplitAll => desk.commit(Some(actions::split_all(&sequence, at))),
        UiCommand::TrimStart => trim(desk, player, Edge::Start, at),
        UiCommand::TrimEnd => trim(desk, player, Edge::End, at),
        UiCommand::Lift | UiCommand::RippleDelete => {
            // Words that are selected are what is meant, until clips are selected.
            if selection.is_empty() && cut_selected(desk) {
                return;
            }
            let marked = desk.marks.get_untracked().range(sequence.duration());
            let edit = if command == UiCommand::Lift {
                actions::lift(&sequence, &selection)
            } else {
                actions::ripple_delete(&sequence, &selection, marked)
            };
            if let Some(edit) = edit
                && desk.document.commit(edit).is_ok()
            {
                desk.select(BTreeSet::new());
            }
        }
        UiCommand::NudgeBack => desk.commit(actions::nudge(&sequence, &selection, -1)),
        UiCommand::NudgeOn => desk.commit(actions::nudge(&sequence, &selection, 1)),
        UiCommand::SelectAll => desk.select(actions::everything(&sequence)),
        UiCommand::SelectNone => {
            desk.select(BTreeSet::new());
            desk.words.set(None);
        }
        UiCommand::LinkClips => desk.commit(actions::link(&sequence, &selection)),
        UiCommand::UnlinkClips => desk.commit(actions::unlink(&sequence, &selection)),
        UiCommand::ToggleSnap => desk.snapping.update(|snapping| {
            *snapping = match snapping {
                Snapping::On => Snapping::Off,
                Snapping::Off => Snapping::On,
            };
        }),
        UiCommand::AddMarker => desk.commit(Some(actions::mark(&sequence, at))),
        UiCommand::AddMusicTrack => {
            desk.commit(Some(actions::add_track(&sequence, TrackKind::Music)));
        }
        UiCommand::AddVoiceTrack => {
            desk.commit(Some(actions::add_track(&sequence, TrackKind::Voice)));
        }
        UiCommand::ZoomIn => desk.zoom(ZOOM_STEP),
        UiCommand::ZoomOut => desk.zoom(1.0 / ZOOM_STEP),
        UiCommand::ZoomFit => desk.fit(),
        UiCommand::ToggleSafeAreas => prefs.change(|settings| {
            settings.safe_area = match settings.safe_area {
                Some(_) => None,
                None => Some("universal".to_owned()),
            };
        }),
        UiCommand::ToggleLeftPanel => panels::toggle(prefs, panels::LEFT),
        UiCommand::ToggleInspector => panels::toggle(prefs, panels::RIGHT),
        UiCommand::FullScreen => full_screen(desk),
        UiCommand::FindWords => {
            prefs.unfold(panels::LEFT);
            desk.tab.set(LeftTab::Transcript);
            // The field is there with the next picture of the page.
            dom::next_frame(move || desk.search.update(|asked| *asked += 1));
        }
        // Of other views.
        _ => {}
    }
}

fn mark(desk: Desk, player: Player, start: Option<SequenceTime>, end: Option<SequenceTime>) {
    desk.marks.update(|marks| {
        marks.start = start.or(marks.start);
        marks.end = end.or(marks.end);
        // A range never ends before it begins: the point that was set last counts.
        if let (Some(from), Some(to)) = (marks.start, marks.end)
            && from >= to
        {
            if start.is_some() {
                marks.end = None;
            } else {
                marks.start = None;
            }
        }
    });
    player.send_loop_if_on();
}

/// Trims to the playhead, and goes to where the cut is then.
fn trim(desk: Desk, player: Player, edge: Edge, at: SequenceTime) {
    let Some(sequence) = desk.now() else { return };
    let selection = desk.selection.clips.get_untracked();
    let edit = actions::trim_to(&sequence, &selection, edge, at);
    let Some(edit) = edit else { return };
    let back = match &edit {
        timeline::edit::Edit::Trim(trim) if edge == Edge::Start => {
            sequence.clip(trim.clip).map(|(_, clip)| clip.start)
        }
        _ => None,
    };
    if desk.document.commit(edit).is_ok()
        && let Some(back) = back
    {
        player.go_to(back);
    }
}

/// Fills the window with the preview, and the screen where the system lets it.
fn full_screen(desk: Desk) {
    let full = !desk.full.get_untracked();
    desk.full.set(full);
    if full {
        if let Some(root) = dom::document().document_element() {
            // Where it is refused the window is filled.
            drop(root.request_fullscreen());
        }
    } else {
        dom::document().exit_fullscreen();
    }
}

//! Coming back to where one was: the place in a project is kept a moment after it changes.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use protocol::studio::view::{Place as KeptPlace, ProjectId, ProjectView};

use crate::dom;
use crate::state::{View, use_document, use_place, use_playhead, use_selection};

/// How long a place must hold to be kept.
const HOLD: Duration = Duration::from_millis(600);

/// Keeps the place in the opened project from now on.
pub fn remember() {
    let (document, place) = (use_document(), use_place());
    let (selection, playhead) = (use_selection(), use_playhead());
    let waiting = StoredValue::new_local(None::<TimeoutHandle>);
    let last = StoredValue::new(None::<(ProjectId, KeptPlace)>);
    Effect::new(move || {
        let Some(project) = document.open.get() else {
            return;
        };
        let view = match place.view.get() {
            View::Board => ProjectView::Board,
            View::Editor => ProjectView::Editor,
            View::Home | View::Posts | View::Settings => return,
        };
        // While it plays, the playhead moves with every frame.
        let at = if playhead.is_playing() {
            playhead.at.get_untracked()
        } else {
            playhead.at.get()
        };
        let here = KeptPlace {
            view,
            sequence: document.sequence.get(),
            playhead: at,
            zoom: place.zoom.get(),
            selection: selection
                .clips
                .with(|clips| clips.iter().copied().collect()),
        };
        if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        if last.with_value(|last| last.as_ref() == Some(&(project, here.clone()))) {
            return;
        }
        let handle = dom::after(HOLD, move || {
            if document.id() == Some(project) {
                last.set_value(Some((project, here.clone())));
                document.save_place(here);
            }
        });
        waiting.set_value(handle);
    });
}

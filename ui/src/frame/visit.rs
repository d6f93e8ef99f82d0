//! Coming back to where one was: the place in a project is kept a moment after it changes. Which project
//! and which view are open stands in the page's address, which outlives the process that shows the page.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use protocol::studio::view::{Place as KeptPlace, ProjectId, ProjectView};

use crate::actions::Actions;
use crate::dom;
use crate::state::{
    View, use_document, use_library, use_place, use_playhead, use_selection, use_told,
};

/// How long a place must hold to be kept.
const HOLD: Duration = Duration::from_millis(600);

/// Where the user is, as the page's address says it: `editor/3` is the editor with project 3, `home` the
/// projects with none open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Address {
    view: View,
    project: Option<ProjectId>,
}

/// The views by what the address calls them.
const NAMES: [(&str, View); 5] = [
    ("home", View::Home),
    ("reels", View::Board),
    ("editor", View::Editor),
    ("posts", View::Posts),
    ("settings", View::Settings),
];

impl Address {
    /// Reads an address; `None` where the page begins anew.
    fn read(written: &str) -> Option<Self> {
        let (name, project) = match written.split_once('/') {
            Some((name, project)) => (name, Some(ProjectId(project.parse().ok()?))),
            None => (written, None),
        };
        let (_, view) = NAMES.into_iter().find(|(known, _)| *known == name)?;
        Some(Self { view, project })
    }

    fn written(self) -> String {
        let name = NAMES
            .into_iter()
            .find(|(_, view)| *view == self.view)
            .map_or("home", |(name, _)| name);
        match self.project {
            Some(project) => format!("{name}/{}", project.0),
            None => name.to_owned(),
        }
    }
}

/// Goes back to where the user was when the page's process ended, and says so; notes where the user is
/// from then on. A program that is started has an address without a place, and begins at the projects.
pub fn come_back(actions: Actions) {
    let (document, place) = (use_document(), use_place());
    let (library, told) = (use_library(), use_told());
    let before = StoredValue::new(Address::read(&dom::fragment()));
    // Leaves Leptos: writes the page's address, once the engine has spoken.
    Effect::new(move || {
        if !library.ready.get() {
            return;
        }
        if let Some(before) = before.try_update_value(Option::take).flatten() {
            told.came_back.set(true);
            match before.project {
                Some(project) => actions.open_project(project, Some(before.view)),
                None => place.view.set(before.view),
            }
        }
        // A place that is on its way is not reached yet: the address stays until it is.
        if place.opening.get().is_some() {
            return;
        }
        let here = Address {
            view: place.view.get(),
            project: document.open.get(),
        };
        dom::set_fragment(&here.written());
    });
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_where_the_user_is() {
        let check = |view, project: Option<i64>, expect: &str| {
            let project = project.map(ProjectId);
            let address = Address { view, project };
            assert_eq!(address.written(), expect);
            assert_eq!(Address::read(expect), Some(address), "{expect}");
        };
        check(View::Editor, Some(3), "editor/3");
        check(View::Board, Some(12), "reels/12");
        check(View::Settings, None, "settings");
        check(View::Posts, Some(1), "posts/1");
        check(View::Home, None, "home");
        for other in ["", "cellar", "editor/x", "editor/3/4", "editor/"] {
            assert_eq!(Address::read(other), None, "{other:?} is no place");
        }
    }
}

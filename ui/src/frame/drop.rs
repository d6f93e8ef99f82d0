//! Files dropped on the window, or given to the program by others.

use leptos::prelude::*;
use protocol::studio::event::Hover;
use protocol::studio::view::Named;

use crate::actions::use_actions;
use crate::state::{use_document, use_library, use_place, use_prefs};
use crate::widget::{Icon, icons};
use crate::words::use_words;

/// Imports what is given to the program, once the first run is behind the user.
pub fn import_given() {
    let (library, prefs, actions) = (use_library(), use_prefs(), use_actions());
    Effect::new(move || {
        let is_welcomed = prefs.settings.with(|settings| settings.welcomed);
        let is_empty = library.given.with(|given| *given == Named::default());
        if is_empty || !library.ready.get() || !is_welcomed {
            return;
        }
        let given = library.given.try_update(std::mem::take);
        library.hover.set(Hover::Gone);
        actions.import(given.unwrap_or_default());
    });
}

/// What is shown over the window while files are dragged over it.
#[component]
pub fn DropOverlay() -> impl IntoView {
    let (w, library) = (use_words(), use_library());
    let (document, place) = (use_document(), use_place());
    let target = move || {
        let is_shown = place.view.get().is_of_project() && document.open.get().is_some();
        if is_shown && document.is_writable() {
            document
                .project
                .with(|project| w.frame().drop_into(&project.name))
        } else {
            w.frame().drop_new()
        }
    };
    view! {
        <Show when=move || library.hover.get() == Hover::Over>
            <div class="drop-overlay" data-part="drop-overlay">
                <div class="drop-box">
                    <Icon icon=icons::LuDownload />
                    <p class="drop-title">{move || w.frame().drop_here()}</p>
                    <p class="muted">{target}</p>
                </div>
            </div>
        </Show>
    }
}

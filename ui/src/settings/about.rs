//! Version, licences, logs.

use leptos::prelude::*;
use protocol::studio::calls::Reveal;

use crate::actions::use_actions;
use crate::state::{Modal, use_library, use_place, use_prefs};
use crate::widget::{Button, icons};
use crate::words::use_words;

/// Version, licences, logs.
#[component]
pub fn About() -> impl IntoView {
    let (w, library, place, prefs) = (use_words(), use_library(), use_place(), use_prefs());
    let actions = use_actions();
    view! {
        <div class="about">
            <h2>{move || w.frame().program()}</h2>
            <p class="selectable time">{move || w.settings().version(&library.version.get())}</p>
            <p class="muted">{move || w.settings().about_text()}</p>
        </div>
        <div class="settings-buttons">
            <Button
                label=Signal::derive(move || w.settings().show_licences())
                part="show-licences"
                on_press=move || place.ask(Modal::Licences)
            />
            <Button
                label=Signal::derive(move || w.settings().show_logs())
                icon=icons::LuFolderOpen
                part="show-logs"
                on_press=move || actions.reveal(Reveal::Logs)
            />
            <Button
                label=Signal::derive(move || w.settings().repeat_welcome())
                part="repeat-welcome"
                on_press=move || prefs.change(|settings| settings.welcomed = false)
            />
        </div>
    }
}

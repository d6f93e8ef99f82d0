//! Buttons that do a command: their title says what, and which keys do the same.

use icondata_core::Icon as IconData;
use leptos::prelude::*;

use crate::command::{UiCommand, use_commands};
use crate::state::use_prefs;
use crate::widget::Icon;
use crate::words::use_words;

/// A button that does a command.
#[component]
pub(crate) fn Tool(
    /// Which.
    command: UiCommand,
    /// Its icon.
    #[prop(into)]
    icon: Signal<IconData>,
    /// Whether it is on, for one that is on or off.
    #[prop(into, default = Signal::stored(None))]
    pressed: Signal<Option<bool>>,
    /// Whether it cannot be used now.
    #[prop(into, default = Signal::stored(false))]
    is_off: Signal<bool>,
) -> impl IntoView {
    let commands = use_commands();
    let prefs = use_prefs();
    let w = use_words();
    let name = move || w.command(command);
    let title = move || {
        let keys = prefs.settings.with(|settings| command.keys(settings));
        let keys: Vec<String> = keys.iter().take(1).map(|chord| chord.shown(w.language())).collect();
        match keys.first() {
            Some(keys) => format!("{}  {keys}", name()),
            None => name(),
        }
    };
    view! {
        <button
            type="button"
            class="tool"
            data-part=command.id()
            data-command=command.id()
            aria-label=name
            aria-pressed=move || pressed.get().map(|on| if on { "true" } else { "false" })
            title=title
            disabled=move || is_off.get()
            on:click=move |_| commands.run(command)
        >
            <Icon icon=icon />
        </button>
    }
}

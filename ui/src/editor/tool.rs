//! Buttons that do a command: their title says what, and which keys do the same.

use icondata_core::Icon as IconData;
use leptos::prelude::*;

use crate::app::shown_keys;
use crate::command::{UiCommand, use_commands};
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
    let w = use_words();
    let name = move || crate::words::commands::command(command, w.language()).trim_end_matches('…');
    let keys = shown_keys(command);
    view! {
        <button
            type="button"
            class="tool"
            data-part=command.id()
            data-command=command.id()
            aria-label=name
            aria-pressed=move || pressed.get().map(|on| if on { "true" } else { "false" })
            data-tip=name
            data-tip-keys=move || keys.get()
            disabled=move || is_off.get()
            on:click=move |_| commands.run(command)
        >
            <Icon icon=icon />
        </button>
    }
}

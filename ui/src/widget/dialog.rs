//! Dialogs: the browser's own modal one, which keeps the focus within and gives it back.

use leptos::html;
use leptos::prelude::*;

use super::{IconButton, icons};
use crate::dom;
use crate::words::use_words;

/// A dialog. It is open for as long as it is mounted.
#[component]
pub fn Dialog(
    /// Its title.
    #[prop(into)]
    title: Signal<String>,
    /// Called when the user closes it without a choice.
    on_close: impl Fn() + Copy + 'static,
    /// Its name for WebDriver.
    part: &'static str,
    /// How wide it is: `small`, `medium`, `large`.
    #[prop(default = "small")]
    size: &'static str,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let w = use_words();
    // Opening is the browser's doing: it moves the focus and makes the rest of the page inert.
    Effect::new(move || {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            drop(dialog.show_modal());
            // The browser would begin at the button that closes it.
            dom::focus_first(
                &dialog,
                "[data-first], .form-input, .dialog-buttons .button:last-child",
            );
        }
    });
    view! {
        <dialog
            node_ref=dialog
            class="dialog"
            data-part=part
            data-size=size
            aria-labelledby="dialog-title"
            on:cancel=move |event: leptos::ev::Event| {
                event.prevent_default();
                on_close();
            }
            on:keydown=move |event| {
                // WebKit's search fields keep Escape to themselves.
                if event.key() == "Escape" && !event.default_prevented() {
                    event.prevent_default();
                    on_close();
                }
            }
            on:mousedown=move |event| {
                // The backdrop belongs to the dialog's own box; what it holds does not reach it.
                let hit = event.target();
                let own = dialog.get_untracked().map(Into::into);
                if hit.is_some() && hit == own {
                    on_close();
                }
            }
        >
            <div class="dialog-box">
                <header class="dialog-head">
                    <h2 id="dialog-title">{move || title.get()}</h2>
                    <IconButton
                        name=Signal::derive(move || w.frame().close())
                        icon=icons::LuX
                        part="dialog-close"
                        on_press=move |_| on_close()
                    />
                </header>
                {children()}
            </div>
        </dialog>
    }
}

/// The buttons at the end of a dialog.
#[component]
pub fn DialogButtons(
    /// The buttons, the main one last.
    children: Children,
) -> impl IntoView {
    view! { <footer class="dialog-buttons">{children()}</footer> }
}

//! Fields: text, a choice among a few, a tick.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

use crate::dom;

/// A line of text.
#[component]
pub fn TextField(
    /// What it is for.
    #[prop(into)]
    label: Signal<String>,
    /// Its text.
    value: RwSignal<String>,
    /// Whether the label is shown or only said.
    #[prop(default = "above")]
    labelled: &'static str,
    /// What stands in it while it is empty.
    #[prop(optional, into)]
    placeholder: Option<Signal<String>>,
    /// Its name for WebDriver.
    #[prop(optional)]
    part: Option<&'static str>,
    /// `text` or `search`.
    #[prop(default = "text")]
    kind: &'static str,
    /// Whether it has the focus at first.
    #[prop(optional)]
    focus: Option<()>,
    /// Called on Enter.
    #[prop(optional, into)]
    on_enter: Option<Callback<()>>,
    /// Called for other keys before the field sees them.
    #[prop(optional, into)]
    on_key: Option<Callback<KeyboardEvent>>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    if focus.is_some() {
        Effect::new(move || {
            if let Some(input) = input.get() {
                dom::next_frame(move || {
                    dom::focus(&input);
                    input.select();
                });
            }
        });
    }
    view! {
        <label class="form-field" data-labelled=labelled>
            <span class="form-label">{move || label.get()}</span>
            <input
                node_ref=input
                class="form-input"
                type=kind
                data-part=part
                autocomplete="off"
                spellcheck="false"
                placeholder=placeholder.map(|placeholder| move || placeholder.get())
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
                on:keydown=move |event| {
                    if event.key() == "Enter" && !event.is_composing() {
                        if let Some(on_enter) = on_enter {
                            event.prevent_default();
                            on_enter.run(());
                        }
                    } else if let Some(on_key) = on_key {
                        on_key.run(event);
                    }
                }
            />
        </label>
    }
}

/// A choice among a few.
#[component]
pub fn Choice(
    /// What it is for.
    #[prop(into)]
    label: Signal<String>,
    /// The choices: what is kept, what is read.
    #[prop(into)]
    choices: Signal<Vec<(String, String)>>,
    /// What is chosen.
    #[prop(into)]
    value: Signal<String>,
    /// Called with what the user chooses.
    on_choose: impl Fn(String) + 'static,
    /// Whether the label is shown `above`, `beside` or only said (`hidden`).
    #[prop(default = "above")]
    labelled: &'static str,
    /// Its name for WebDriver.
    #[prop(optional)]
    part: Option<&'static str>,
    /// The network that it is for, where several have one.
    #[prop(optional)]
    network: Option<&'static str>,
) -> impl IntoView {
    view! {
        <label class="form-field" data-labelled=labelled>
            <span class="form-label">{move || label.get()}</span>
            <select
                class="form-input form-select"
                data-part=part
                data-network=network
                prop:value=move || {
                    // The value can only be set once its choice is there.
                    choices.track();
                    value.get()
                }
                on:change=move |event| on_choose(event_target_value(&event))
            >
                {move || {
                    choices
                        .get()
                        .into_iter()
                        .map(|(kept, read)| {
                            let own = kept.clone();
                            view! {
                                <option value=kept selected=move || value.get() == own>
                                    {read}
                                </option>
                            }
                        })
                        .collect_view()
                }}
            </select>
        </label>
    }
}

/// A tick.
#[component]
pub fn Check(
    /// What it is for.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it is set.
    value: RwSignal<bool>,
    /// Its name for WebDriver.
    #[prop(optional)]
    part: Option<&'static str>,
) -> impl IntoView {
    view! {
        <label class="check">
            <input
                type="checkbox"
                data-part=part
                prop:checked=move || value.get()
                on:change=move |event| value.set(event_target_checked(&event))
            />
            <span>{move || label.get()}</span>
        </label>
    }
}

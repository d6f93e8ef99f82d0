//! Buttons.

use icondata_core::IconData;
use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::Icon;

/// How much a button asks for attention.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Look {
    /// As most.
    #[default]
    Plain,
    /// The one thing to do here.
    Primary,
    /// Without a surface until it is pointed at.
    Quiet,
    /// What cannot be taken back.
    Danger,
}

impl Look {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "button",
            Self::Primary => "button button--primary",
            Self::Quiet => "button button--quiet",
            Self::Danger => "button button--danger",
        }
    }
}

/// A button with words.
#[component]
pub fn Button(
    /// What it says.
    #[prop(into)]
    label: Signal<String>,
    /// What it does.
    on_press: impl Fn() + 'static,
    /// How it looks.
    #[prop(optional)]
    look: Look,
    /// A picture before the words.
    #[prop(optional)]
    icon: Option<&'static IconData>,
    /// Whether it cannot be pressed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Its name for WebDriver.
    #[prop(optional)]
    part: Option<&'static str>,
    /// What is told of it when it is pointed at.
    #[prop(optional, into)]
    tip: Option<Signal<String>>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=look.class()
            data-part=part
            disabled=move || disabled.get()
            data-tip=tip.map(|tip| move || tip.get())
            on:click=move |_| on_press()
        >
            {icon.map(|icon| view! { <Icon icon=icon /> })}
            <span class="button-label">{move || label.get()}</span>
        </button>
    }
}

/// A button with an icon only; its name is its tooltip.
#[component]
pub fn IconButton(
    /// Its name.
    #[prop(into)]
    name: Signal<String>,
    /// The icon.
    #[prop(into)]
    icon: Signal<&'static IconData>,
    /// What it does.
    on_press: impl Fn(MouseEvent) + 'static,
    /// Whether it is pressed down; `None` for one that does not stay.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// Whether it cannot be pressed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// The keys that do the same, for the tooltip.
    #[prop(optional, into)]
    keys: Option<Signal<String>>,
    /// Its name for WebDriver.
    #[prop(optional)]
    part: Option<&'static str>,
    /// Its place in the order of the Tab key.
    #[prop(default = "0")]
    tabindex: &'static str,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button button--icon"
            data-part=part
            tabindex=tabindex
            aria-label=move || name.get()
            aria-pressed=pressed.map(|pressed| move || pressed.get().to_string())
            data-tip=move || name.get()
            data-tip-keys=keys.map(|keys| move || keys.get())
            disabled=move || disabled.get()
            on:click=on_press
        >
            <Icon icon=icon />
        </button>
    }
}

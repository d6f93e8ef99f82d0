//! The rail: the views.

use icondata_core::IconData;
use leptos::prelude::*;

use crate::app::shown_keys;
use crate::command::{UiCommand, use_commands};
use crate::state::{View, use_document, use_place};
use crate::widget::{Icon, icons};
use crate::words::use_words;

/// The views, on the left.
#[component]
pub fn Rail() -> impl IntoView {
    let (w, document) = (use_words(), use_document());
    let has_project = Signal::derive(move || document.open.get().is_some());
    let has_sequence =
        Signal::derive(move || has_project.get() && document.sequence.get().is_some());
    let always = Signal::derive(|| true);
    view! {
        <nav class="rail" aria-label=move || w.frame().views()>
            <RailButton
                view=View::Home
                command=UiCommand::GoHome
                icon=icons::LuHouse
                part="rail-home"
                enabled=always
                label=Signal::derive(move || w.frame().home())
            />
            <RailButton
                view=View::Board
                command=UiCommand::GoBoard
                icon=icons::LuClapperboard
                part="rail-board"
                enabled=has_project
                label=Signal::derive(move || w.frame().reels())
            />
            <RailButton
                view=View::Editor
                command=UiCommand::GoEditor
                icon=icons::LuScissors
                part="rail-editor"
                enabled=has_sequence
                label=Signal::derive(move || w.frame().edit())
            />
            <RailButton
                view=View::Posts
                command=UiCommand::GoPosts
                icon=icons::LuSend
                part="rail-posts"
                enabled=always
                label=Signal::derive(move || w.frame().posts())
            />
            <div class="rail-space"></div>
            <RailButton
                view=View::Settings
                command=UiCommand::GoSettings
                icon=icons::LuSettings
                part="rail-settings"
                enabled=always
                label=Signal::derive(move || w.frame().settings())
            />
        </nav>
    }
}

#[component]
fn RailButton(
    view: View,
    command: UiCommand,
    icon: &'static IconData,
    part: &'static str,
    enabled: Signal<bool>,
    label: Signal<String>,
) -> impl IntoView {
    let (w, place, commands) = (use_words(), use_place(), use_commands());
    let keys = shown_keys(command);
    let tip = move || {
        if enabled.get() {
            label.get()
        } else {
            w.frame().needs_project()
        }
    };
    view! {
        <button
            type="button"
            class="rail-button"
            data-part=part
            aria-current=move || (place.view.get() == view).then_some("page")
            disabled=move || !enabled.get()
            data-tip=tip
            data-tip-keys=move || enabled.get().then(|| keys.get())
            on:click=move |_| commands.run(command)
        >
            <Icon icon=icon />
            <span class="rail-label">{move || label.get()}</span>
        </button>
    }
}

//! The top bar: which project, search, undo and redo, jobs.

use leptos::prelude::*;
use protocol::studio::view::{Colour, ProjectCard};

use crate::actions::use_actions;
use crate::app::{CommandButton, shown_keys};
use crate::command::{UiCommand, use_commands};
use crate::jobs::{fraction_of_all, is_active};
use crate::state::{View, use_document, use_jobs, use_library, use_place};
use crate::widget::menu::Chosen;
use crate::widget::{Icon, Menu, MenuItem, icons};
use crate::words::{labels, use_words};

/// How many projects the switcher offers.
const RECENT: usize = 8;

/// The top bar.
#[component]
pub fn TopBar() -> impl IntoView {
    let (w, commands, document) = (use_words(), use_commands(), use_document());
    let keys = shown_keys(UiCommand::Palette);
    let has_project = move || document.open.get().is_some();
    let undo = Signal::derive(move || {
        let first = document
            .history
            .with(|history| history.undo.first().copied());
        match first {
            Some(label) => w.frame().undo(labels::label(label, w.language())),
            None => w.frame().nothing_to_undo(),
        }
    });
    let redo = Signal::derive(move || {
        let first = document
            .history
            .with(|history| history.redo.first().copied());
        match first {
            Some(label) => w.frame().redo(labels::label(label, w.language())),
            None => w.frame().nothing_to_redo(),
        }
    });
    let no_undo = Signal::derive(move || document.history.with(|own| own.undo.is_empty()));
    let no_redo = Signal::derive(move || document.history.with(|own| own.redo.is_empty()));
    view! {
        <header class="top-bar" data-part="top-bar">
            <span class="top-bar-name" translate="no">"Créalia"</span>
            <ProjectSwitcher />
            <Show when=has_project>
                <div class="top-bar-group">
                    <CommandButton
                        command=UiCommand::Undo
                        icon=icons::LuUndo2
                        part="undo-button"
                        name=undo
                        disabled=no_undo
                    />
                    <CommandButton
                        command=UiCommand::Redo
                        icon=icons::LuRedo2
                        part="redo-button"
                        name=redo
                        disabled=no_redo
                    />
                </div>
            </Show>
            <button
                type="button"
                class="search-button"
                data-part="palette-button"
                on:click=move |_| commands.run(UiCommand::Palette)
            >
                <Icon icon=icons::LuSearch />
                <span class="search-button-label">{move || w.frame().search()}</span>
                <kbd>{move || keys.get()}</kbd>
            </button>
            <JobsButton />
        </header>
    }
}

#[component]
fn ProjectSwitcher() -> impl IntoView {
    let (w, document, library, place) = (use_words(), use_document(), use_library(), use_place());
    let actions = use_actions();
    let open = Memo::new(move |_| {
        let id = document.open.get()?;
        library
            .projects
            .with(|all| all.iter().find(|card| card.id == id).cloned())
    });
    let name = Memo::new(move |_| match open.get() {
        Some(card) => card.name,
        None => w.frame().no_project(),
    });
    let items = move || {
        let language = w;
        let chosen = document.open.get_untracked();
        let mut items = vec![MenuItem::Title(language.frame().projects())];
        let recent: Vec<ProjectCard> = library.projects.with_untracked(|all| {
            let usable = all
                .iter()
                .filter(|card| card.binned_at.is_none() && !card.archived);
            usable.take(RECENT).cloned().collect()
        });
        items.extend(recent.into_iter().map(|card| {
            let id = card.id;
            MenuItem::Pick {
                label: card.name,
                colour: card.colour.map(shade),
                chosen: if chosen == Some(id) {
                    Chosen::Yes
                } else {
                    Chosen::No
                },
                act: std::sync::Arc::new(move || actions.open_project(id, None)),
            }
        }));
        items.push(MenuItem::Line);
        let all = language.frame().all_projects();
        items.push(MenuItem::new(
            all,
            icons::LuHouse,
            "all-projects",
            move || {
                place.view.set(View::Home);
            },
        ));
        items
    };
    view! {
        <Menu
            name=Signal::derive(move || w.frame().switch_project())
            items=items
            class="button button--quiet project-switcher"
            part="project-switcher"
        >
            {move || {
                open.get().and_then(|card| card.colour).map(|colour| view! {
                    <span class="menu-colour" aria-hidden="true" data-colour=shade(colour)></span>
                })
            }}
            <span class="text-ellipsis">{move || name.get()}</span>
            <Icon icon=icons::LuChevronDown />
        </Menu>
    }
}

/// Returns the name of a colour's token.
pub fn shade(colour: Colour) -> &'static str {
    match colour {
        Colour::Red => "red",
        Colour::Orange => "orange",
        Colour::Yellow => "yellow",
        Colour::Green => "green",
        Colour::Blue => "blue",
        Colour::Violet => "violet",
        Colour::Pink => "pink",
        Colour::Grey => "grey",
    }
}

#[component]
fn JobsButton() -> impl IntoView {
    let (w, jobs, commands) = (use_words(), use_jobs(), use_commands());
    let keys = shown_keys(UiCommand::ToggleJobs);
    let active = Memo::new(move |_| {
        jobs.all
            .with(|all| all.iter().filter(|own| is_active(own)).count())
    });
    let part = Memo::new(move |_| jobs.all.with(|all| fraction_of_all(all)));
    let name = move || w.frame().jobs(active.get());
    view! {
        <button
            type="button"
            class="button button--quiet jobs-button"
            data-part="jobs-button"
            aria-expanded=move || jobs.drawer.get().to_string()
            aria-controls="jobs-drawer"
            data-tip=move || crate::words::commands::command(UiCommand::ToggleJobs, w.language())
            data-tip-keys=move || keys.get()
            on:click=move |_| commands.run(UiCommand::ToggleJobs)
        >
            <span
                class="jobs-ring"
                aria-hidden="true"
                data-active=move || (active.get() > 0).then_some("")
                style:--part=move || part.get().to_string()
            ></span>
            {name}
        </button>
    }
}

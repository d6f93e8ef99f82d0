//! A project in the list.

use std::sync::Arc;

use leptos::prelude::*;
use protocol::studio::view::{Colour, ProjectCard, ProjectId};

use super::{Projects, Shelf};
use crate::actions::use_actions;
use crate::frame::top_bar::shade;
use crate::jobs::{fraction_of_all, is_active};
use crate::state::{Modal, use_jobs, use_library, use_place};
use crate::widget::menu::Chosen;
use crate::widget::{Icon, Look, Menu, MenuItem, Progress, icons};
use crate::words::{Words, use_words};
use crate::{dom, format, ipc};

const COLOURS: [Colour; 8] = [
    Colour::Red,
    Colour::Orange,
    Colour::Yellow,
    Colour::Green,
    Colour::Blue,
    Colour::Violet,
    Colour::Pink,
    Colour::Grey,
];

fn colour_name(colour: Colour, w: Words) -> String {
    let words = w.home();
    match colour {
        Colour::Red => words.red(),
        Colour::Orange => words.orange(),
        Colour::Yellow => words.yellow(),
        Colour::Green => words.green(),
        Colour::Blue => words.blue(),
        Colour::Violet => words.violet(),
        Colour::Pink => words.pink(),
        Colour::Grey => words.grey(),
    }
}

/// A project.
#[component]
pub fn Card(
    /// Which.
    id: ProjectId,
    /// Where it is listed.
    shelf: RwSignal<Shelf>,
    /// All cards.
    deck: Projects,
) -> impl IntoView {
    let (w, library, jobs) = (use_words(), use_library(), use_jobs());
    let (place, actions) = (use_place(), use_actions());
    let card = Memo::new(move |_| {
        library
            .projects
            .with(|all| all.iter().find(|card| card.id == id).cloned())
    });
    let name = Memo::new(move |_| {
        card.with(|card| {
            card.as_ref()
                .map(|own| own.name.clone())
                .unwrap_or_default()
        })
    });
    let facts = move || {
        card.with(|card| {
            let card = card.as_ref()?;
            Some(match (card.sources, card.reels) {
                (Some(sources), Some(reels)) => w.home().counts(sources, reels),
                _ => w.home().unreadable(),
            })
        })
    };
    let changed = move || {
        let at = card.with(|card| card.as_ref().map(|card| card.updated_at))?;
        let (now, offset) = dom::clock();
        Some(
            w.home()
                .changed(&format::day(at, now, offset, w.language())),
        )
    };
    let working = Memo::new(move |_| {
        let own = jobs.of_project(id);
        let active = own.iter().filter(|job| is_active(job)).count();
        (active > 0).then(|| (active, fraction_of_all(&own)))
    });
    let items = move || {
        menu(
            card.get_untracked(),
            shelf.get_untracked(),
            w,
            actions,
            place,
        )
    };
    let index = Memo::new(move |_| deck.index(id).unwrap_or(0));
    let grid = deck.grid;
    let place = move || grid.get().place(index.get());
    let tabindex = Signal::derive(move || if deck.is_stop(id) { "0" } else { "-1" });
    view! {
        <li
            class="project-card"
            data-part="project-card"
            data-project=id.0.to_string()
            style:--x=move || format!("{}px", place().0)
            style:--y=move || format!("{}px", place().1)
            style:--width=move || format!("{}px", grid.get().width)
            style:--height=move || format!("{}px", grid.get().height)
            aria-setsize=move || deck.keys.with(Vec::len).to_string()
            aria-posinset=move || (index.get() + 1).to_string()
            on:focusin=move |_| deck.current.set(Some(id))
        >
            <Opener id card name shelf tabindex />
            <div class="project-words">
                {move || card.with(|card| card.as_ref().and_then(|card| card.colour)).map(|colour| view! {
                    <span
                        class="menu-colour"
                        role="img"
                        aria-label=move || colour_name(colour, w)
                        data-colour=shade(colour)
                    ></span>
                })}
                <h2 class="project-name text-ellipsis">{move || name.get()}</h2>
                <Menu
                    name=Signal::derive(move || w.home().more(&name.get()))
                    items=items
                    part="project-menu"
                    tabindex=tabindex
                >
                    <Icon icon=icons::LuEllipsis />
                </Menu>
            </div>
            <p class="project-facts muted text-ellipsis">
                {facts}
            </p>
            {move || match working.get() {
                Some((count, part)) => view! {
                    <div class="project-working">
                        <Progress
                            name=Signal::derive(move || w.home().importing(count))
                            fraction=Signal::derive(move || Some(part))
                        />
                    </div>
                }
                .into_any(),
                None => view! { <p class="project-facts muted text-ellipsis time">{changed}</p> }.into_any(),
            }}
        </li>
    }
}

/// The picture of a project, which opens it.
#[component]
fn Opener(
    id: ProjectId,
    card: Memo<Option<ProjectCard>>,
    name: Memo<String>,
    shelf: RwSignal<Shelf>,
    tabindex: Signal<&'static str>,
) -> impl IntoView {
    let (w, place, actions) = (use_words(), use_place(), use_actions());
    let cover =
        Memo::new(move |_| card.with(|card| card.as_ref().and_then(|own| own.cover.clone())));
    let is_opening = move || place.opening.get() == Some(id);
    view! {
        <button
            type="button"
            class="project-open"
            data-part="project-open"
            tabindex=move || tabindex.get()
            aria-label=move || w.home().open(&name.get())
            aria-busy=move || is_opening().to_string()
            disabled=move || shelf.get() == Shelf::Bin
            on:click=move |_| actions.open_project(id, None)
        >
            <span class="project-cover">
                // Stays behind: a cover may not be drawn yet.
                <Icon icon=icons::LuClapperboard />
                {move || cover.get().map(|address| view! {
                    <img src=ipc::picture_url(&address) alt="" loading="lazy" decoding="async" />
                })}
                {move || is_opening().then(|| view! {
                    <span class="project-opening">{move || w.frame().loading()}</span>
                })}
            </span>
        </button>
    }
}

fn menu(
    card: Option<ProjectCard>,
    shelf: Shelf,
    w: Words,
    actions: crate::actions::Actions,
    place: crate::state::Place,
) -> Vec<MenuItem> {
    let Some(card) = card else { return Vec::new() };
    let (id, words) = (card.id, w.home());
    if shelf == Shelf::Bin {
        return vec![
            MenuItem::new(
                words.restore(),
                icons::LuRotateCcw,
                "project-restore",
                move || {
                    actions.restore(id);
                },
            ),
            MenuItem::Do {
                label: words.delete(),
                icon: Some(icons::LuTrash2),
                keys: None,
                part: "project-delete".to_owned(),
                look: Look::Danger,
                act: Arc::new(move || place.ask(Modal::Delete(vec![id]))),
            },
        ];
    }
    let name = card.name.clone();
    let mut items = vec![MenuItem::new(
        words.rename(),
        icons::LuPencil,
        "project-rename",
        move || {
            place.ask(Modal::Rename(id, name.clone()));
        },
    )];
    items.push(match shelf {
        Shelf::Archive => MenuItem::new(
            words.unarchive(),
            icons::LuArchive,
            "project-unarchive",
            move || {
                actions.unarchive(id);
            },
        ),
        Shelf::Active | Shelf::Bin => MenuItem::new(
            words.archive(),
            icons::LuArchive,
            "project-archive",
            move || {
                actions.archive(id);
            },
        ),
    });
    items.push(MenuItem::new(
        words.bin(),
        icons::LuTrash2,
        "project-bin",
        move || {
            actions.bin(id);
        },
    ));
    items.push(MenuItem::Line);
    items.push(MenuItem::Title(words.colour()));
    let chosen = |is_chosen: bool| if is_chosen { Chosen::Yes } else { Chosen::No };
    items.push(MenuItem::Pick {
        label: words.no_colour(),
        colour: None,
        chosen: chosen(card.colour.is_none()),
        act: Arc::new(move || actions.colour_project(id, None)),
    });
    items.extend(COLOURS.into_iter().map(|colour| MenuItem::Pick {
        label: colour_name(colour, w),
        colour: Some(shade(colour)),
        chosen: chosen(card.colour == Some(colour)),
        act: Arc::new(move || actions.colour_project(id, Some(colour))),
    }));
    items
}

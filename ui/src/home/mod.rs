//! The projects.

mod card;

use leptos::prelude::*;
use protocol::studio::view::{ProjectCard, ProjectId};

use crate::actions::use_actions;
use crate::command::{UiCommand, use_commands};
use crate::frame::matching;
use crate::state::{Modal, use_library, use_place};
use crate::widget::deck::Ways;
use crate::widget::grid::{Rest, Shape};
use crate::widget::{Button, Deck, Icon, Look, Tabs, TextField, icons};
use crate::words::use_words;
use card::Card;

/// Which projects are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// Those in use.
    Active,
    /// Those put away.
    Archive,
    /// Those in the bin.
    Bin,
}

impl Shelf {
    /// Returns whether a project is listed.
    pub fn holds(self, card: &ProjectCard) -> bool {
        match self {
            Self::Active => card.binned_at.is_none() && !card.archived,
            Self::Archive => card.binned_at.is_none() && card.archived,
            Self::Bin => card.binned_at.is_some(),
        }
    }
}

/// The cards of projects.
pub type Projects = Deck<ProjectId>;

/// How they stand: a picture of 16:9 with words of one height below it, as wide as fits.
const WAYS: Ways = Ways {
    shape: Shape {
        width: 224.0,
        height: 126.0 + 74.0,
        rest: Rest::Taken(9.0 / 16.0),
    },
    // What is in the bin cannot be opened.
    stop: "[data-part='project-open']:enabled, [data-part='project-menu']",
    covered: |_| 0.0,
};

/// The projects.
#[component]
pub fn HomeView() -> impl IntoView {
    let (w, library, place) = (use_words(), use_library(), use_place());
    let shelf = RwSignal::new(Shelf::Active);
    let query = RwSignal::new(String::new());
    let shown = Memo::new(move |_| {
        let shelf = shelf.get();
        let query = query.get();
        library.projects.with(|all| {
            all.iter()
                .filter(|card| shelf.holds(card))
                .filter(|card| matching::fit(&query, &card.name).is_some())
                .map(|card| card.id)
                .collect::<Vec<ProjectId>>()
        })
    });
    let deck = Projects::new(shown, RwSignal::new(None), WAYS);
    let count = move |shelf: Shelf| {
        library
            .projects
            .with(|all| all.iter().filter(|card| shelf.holds(card)).count())
    };
    let tabs = Signal::derive(move || {
        let words = w.home();
        let with = |name: String, shelf| match count(shelf) {
            0 => name,
            count => format!("{name} {count}"),
        };
        vec![
            (
                Shelf::Active,
                with(words.tab_active(), Shelf::Active),
                "tab-active",
            ),
            (
                Shelf::Archive,
                with(words.tab_archive(), Shelf::Archive),
                "tab-archive",
            ),
            (Shelf::Bin, with(words.tab_bin(), Shelf::Bin), "tab-bin"),
        ]
    });
    let is_new = move || {
        shelf.get() == Shelf::Active && count(Shelf::Active) == 0 && query.with(String::is_empty)
    };
    view! {
        <div
            node_ref=deck.scroller
            class="home"
            data-part="home"
            role="region"
            aria-labelledby="home-title"
            on:scroll=move |_| deck.scrolled()
        >
            <Head />
            <div class="home-bar">
                <Tabs name=Signal::derive(move || w.home().title()) tabs=tabs open=shelf />
                <div class="home-filter">
                    <TextField
                        label=Signal::derive(move || w.home().search())
                        value=query
                        labelled="hidden"
                        kind="search"
                        part="home-filter"
                        placeholder=Signal::derive(move || w.home().search())
                    />
                </div>
                <Show when=move || shelf.get() == Shelf::Bin && count(Shelf::Bin) != 0>
                    <Button
                        label=Signal::derive(move || w.home().empty_the_bin())
                        look=Look::Danger
                        part="empty-bin-button"
                        on_press=move || {
                            let binned = library.projects.with_untracked(|all| {
                                let own = all.iter().filter(|card| Shelf::Bin.holds(card));
                                own.map(|card| card.id).collect()
                            });
                            place.ask(Modal::Delete(binned));
                        }
                    />
                </Show>
            </div>
            <Show when=is_new>
                <Invitation />
            </Show>
            <Show when=move || shown.with(Vec::is_empty) && !is_new()>
                <p class="home-none muted">
                    {move || match (query.with(String::is_empty), shelf.get()) {
                        (false, _) | (true, Shelf::Active) => w.home().none_found(),
                        (true, Shelf::Archive) => w.home().empty_archive(),
                        (true, Shelf::Bin) => w.home().empty_bin(),
                    }}
                </p>
            </Show>
            <ul
                node_ref=deck.list
                class="home-cards"
                aria-label=move || w.home().title()
                style:--height=move || format!("{}px", deck.grid.get().whole_height())
                on:keydown=move |event| deck.step(&event)
            >
                <For each=move || deck.drawn.get() key=|id| *id let(id)>
                    <Card id=id shelf=shelf deck=deck />
                </For>
            </ul>
        </div>
    }
}

/// The title, and what begins a project.
#[component]
fn Head() -> impl IntoView {
    let (w, commands) = (use_words(), use_commands());
    view! {
            <header class="home-head">
                <h1 id="home-title">{move || w.home().title()}</h1>
                <div class="home-actions">
                    <Button
                        label=Signal::derive(move || w.home().new_project())
                        icon=icons::LuPlus
                        part="new-project-button"
                        on_press=move || commands.run(UiCommand::NewProject)
                    />
                    <Button
                        label=Signal::derive(move || w.home().import())
                        icon=icons::LuDownload
                        look=Look::Primary
                        part="import-button"
                        on_press=move || commands.run(UiCommand::Import)
                    />
                </div>
            </header>
    }
}

/// What stands here before there is a project: what will be here, and the first action.
#[component]
fn Invitation() -> impl IntoView {
    let (w, library) = (use_words(), use_library());
    let (actions, commands) = (use_actions(), use_commands());
    view! {
                <div class="empty" data-drop="">
                    <Icon icon=icons::LuFileVideo />
                    <h2>{move || w.home().empty_title()}</h2>
                    <p class="muted">{move || w.home().empty_text()}</p>
                    <div class="empty-actions">
                        <Button
                            label=Signal::derive(move || w.home().import())
                            look=Look::Primary
                            part="empty-import-button"
                            on_press=move || commands.run(UiCommand::Import)
                        />
                        <Show when=move || library.has_demo.get()>
                            <Button
                                label=Signal::derive(move || w.home().demo())
                                part="demo-button"
                                on_press=move || actions.import_demo()
                            />
                        </Show>
                    </div>
                </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_on_one_shelf() {
        let card = |archived, binned_at| ProjectCard {
            id: ProjectId(1),
            name: "a".into(),
            colour: None,
            archived,
            binned_at,
            updated_at: 0,
            sources: Some(0),
            reels: Some(0),
            cover: None,
        };
        for card in [
            card(false, None),
            card(true, None),
            card(false, Some(1)),
            card(true, Some(1)),
        ] {
            let shelves = [Shelf::Active, Shelf::Archive, Shelf::Bin];
            let holding = shelves
                .into_iter()
                .filter(|shelf| shelf.holds(&card))
                .count();
            assert_eq!(holding, 1, "{card:?}");
        }
    }
}

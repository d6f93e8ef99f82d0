//! Search over everything: commands, projects, reels.

use leptos::html;
use leptos::prelude::*;
use protocol::studio::view::ProjectId;
use timeline::ids::SequenceId;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::matching;
use crate::actions::use_actions;
use crate::command::{Context, UiCommand, use_commands};
use crate::dom;
use crate::state::{Modal, use_document, use_library, use_place, use_prefs};
use crate::words::{commands as command_words, use_words};

/// How many entries are shown at most.
const SHOWN: usize = 60;

/// Something that can be found.
#[derive(Debug, Clone, PartialEq)]
enum Found {
    Command(UiCommand),
    Project(ProjectId),
    Reel(SequenceId),
}

#[derive(Debug, Clone, PartialEq)]
struct Entry {
    found: Found,
    label: String,
    kind: String,
    keys: String,
}

/// Returns whether the list offers a command while a view of `open` is open.
pub fn offers(command: UiCommand, open: Context) -> bool {
    command != UiCommand::Palette
        && (command.context() == Context::Global || command.context() == open)
}

/// Returns everything that can be found while a view of `open` is open.
fn everything(open: Context) -> Memo<Vec<Entry>> {
    let (w, prefs, library) = (use_words(), use_prefs(), use_library());
    let document = use_document();
    Memo::new(move |_| {
        let language = w.language();
        let words = w.frame();
        let mut all: Vec<Entry> = prefs.settings.with(|settings| {
            let offered = UiCommand::ALL
                .iter()
                .copied()
                .filter(|own| offers(*own, open));
            offered
                .map(|command| Entry {
                    found: Found::Command(command),
                    label: command_words::command(command, language).to_owned(),
                    kind: words.kind_command(),
                    keys: command
                        .keys(settings)
                        .first()
                        .map(|chord| chord.shown(language))
                        .unwrap_or_default(),
                })
                .collect()
        });
        library.projects.with(|projects| {
            let usable = projects.iter().filter(|card| card.binned_at.is_none());
            all.extend(usable.map(|card| Entry {
                found: Found::Project(card.id),
                label: card.name.clone(),
                kind: words.kind_project(),
                keys: String::new(),
            }));
        });
        if document.open.get().is_some() {
            document.project.with(|project| {
                all.extend(project.sequences.values().map(|sequence| Entry {
                    found: Found::Reel(sequence.id),
                    label: sequence.name.clone(),
                    kind: words.kind_reel(),
                    keys: String::new(),
                }));
            });
        }
        all
    })
}

/// The list of everything.
#[component]
pub fn Palette() -> impl IntoView {
    let (w, place, commands) = (use_words(), use_place(), use_commands());
    let actions = use_actions();
    let dialog = NodeRef::<html::Dialog>::new();
    let input = NodeRef::<html::Input>::new();
    let query = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let open = commands.open();

    let everything = everything(open);
    let entries = Memo::new(move |_| {
        let query = query.get();
        let mut fitting: Vec<(u32, Entry)> = everything.with(|all| {
            let fit = |entry: &Entry| Some((matching::fit(&query, &entry.label)?, entry.clone()));
            all.iter().filter_map(fit).collect()
        });
        // Sorting is stable: what fits equally stays in the table's order.
        fitting.sort_by(|(one, _), (other, _)| other.cmp(one));
        fitting.truncate(SHOWN);
        fitting
            .into_iter()
            .map(|(_, entry)| entry)
            .collect::<Vec<_>>()
    });
    Effect::new(move || {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            drop(dialog.show_modal());
            if let Some(input) = input.get_untracked() {
                dom::focus(&input);
            }
        }
    });
    let close = move || {
        if place
            .modal
            .with_untracked(|modal| *modal == Some(Modal::Palette))
        {
            place.modal.set(None);
        }
    };
    let choose = move |index: usize| {
        let chosen = entries.with_untracked(|all| all.get(index).map(|own| own.found.clone()));
        close();
        match chosen {
            Some(Found::Command(command)) => commands.run(command),
            Some(Found::Project(project)) => actions.open_project(project, None),
            Some(Found::Reel(sequence)) => actions.edit_reel(sequence),
            None => {}
        }
    };
    let step = move |by: isize| {
        let count = entries.with_untracked(Vec::len).max(1) as isize;
        at.update(|at| *at = (*at as isize + by).rem_euclid(count) as usize);
    };
    view! {
        <dialog
            node_ref=dialog
            class="dialog palette"
            data-part="palette"
            data-size="medium"
            aria-label=move || w.frame().search()
            on:cancel=move |event: leptos::ev::Event| {
                event.prevent_default();
                close();
            }
            on:mousedown=move |event| {
                if event.target() == dialog.get_untracked().map(Into::into) {
                    close();
                }
            }
        >
            <input
                node_ref=input
                class="palette-input"
                type="text"
                role="combobox"
                data-part="palette-input"
                autocomplete="off"
                spellcheck="false"
                aria-expanded="true"
                aria-controls="palette-list"
                aria-label=move || w.frame().search_in()
                aria-activedescendant=move || {
                    let at = at.get();
                    entries.with(|all| (at < all.len()).then(|| format!("palette-{at}")))
                }
                placeholder=move || w.frame().search_in()
                prop:value=move || query.get()
                on:input=move |event| {
                    query.set(event_target_value(&event));
                    at.set(0);
                }
                on:keydown=move |event| {
                    match event.key().as_str() {
                        "ArrowDown" => step(1),
                        "ArrowUp" => step(-1),
                        "Enter" if !event.is_composing() => choose(at.get_untracked()),
                        _ => return,
                    }
                    event.prevent_default();
                }
            />
            <Entries entries=entries at=at on_choose=Callback::new(choose) />
            <Show when=move || entries.with(Vec::is_empty)>
                <p class="palette-none muted">{move || w.frame().nothing_found()}</p>
            </Show>
        </dialog>
    }
}

/// What was found, with the entry that is meant.
#[component]
fn Entries(
    entries: Memo<Vec<Entry>>,
    at: RwSignal<usize>,
    on_choose: Callback<usize>,
) -> impl IntoView {
    let w = use_words();
    let list = NodeRef::<html::Ul>::new();
    // The entry that is meant is kept in view.
    Effect::new(move || {
        at.track();
        if let Some(list) = list.get_untracked() {
            dom::next_frame(move || {
                if let Ok(Some(entry)) = list.query_selector("[aria-selected='true']") {
                    let options = ScrollIntoViewOptions::new();
                    options.set_block(ScrollLogicalPosition::Nearest);
                    entry.scroll_into_view_with_scroll_into_view_options(&options);
                }
            });
        }
    });
    view! {
            <ul
                node_ref=list
                id="palette-list"
                class="palette-list"
                role="listbox"
                aria-label=move || w.frame().search()
            >
                {move || {
                    entries
                        .get()
                        .into_iter()
                        .enumerate()
                        .map(|(index, entry)| {
                            let is_meant = move || at.get() == index;
                            view! {
                                <li
                                    id=format!("palette-{index}")
                                    class="palette-entry"
                                    role="option"
                                    data-part="palette-entry"
                                    aria-selected=move || is_meant().to_string()
                                    on:pointermove=move |_| {
                                        if at.get_untracked() != index {
                                            at.set(index);
                                        }
                                    }
                                    on:click=move |_| on_choose.run(index)
                                >
                                    <span class="text-ellipsis palette-label">{entry.label}</span>
                                    {(!entry.keys.is_empty()).then(|| view! { <kbd>{entry.keys}</kbd> })}
                                    <span class="muted palette-kind">{entry.kind}</span>
                                </li>
                            }
                        })
                        .collect_view()
                }}
            </ul>
    }
}

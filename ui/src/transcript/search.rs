//! Searching the words.

use leptos::html::Input;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::lines::Item;
use super::marks::Marks;
use super::roll::Roll;
use crate::dom;
use crate::editor::desk::use_desk;
use crate::editor::icons;
use crate::preview::player::use_player;
use crate::widget::Icon;
use crate::words::use_words;

/// Searches the words.
#[component]
pub(crate) fn Search(
    /// The lines.
    roll: Roll,
    /// What is found.
    marks: Marks,
) -> impl IntoView {
    let desk = use_desk();
    let player = use_player();
    let w = use_words();
    let input: NodeRef<Input> = NodeRef::new();
    let (phrase, found) = (marks.phrase, marks.found);
    let chosen = RwSignal::new(0_usize);
    // Leaves Leptos: the command asks for the focus, maybe before the field is there.
    Effect::new(move || {
        let asked = desk.search.get();
        if let Some(input) = input.get()
            && asked > desk.searched.get_value()
        {
            desk.searched.set_value(asked);
            dom::focus(&input);
            input.select();
        }
    });
    let go = move |index: usize| {
        let all = found.get_untracked();
        if all.is_empty() {
            return;
        }
        let index = index % all.len();
        chosen.set(index);
        let Some(run) = all.get(index) else { return };
        desk.words.set(Some(run.clone()));
        roll.show(run.start);
        let range = desk
            .text
            .with_untracked(|text| text.items.get(run.start).and_then(Item::range));
        if let Some(range) = range {
            player.go_to(range.start);
        }
    };
    view! {
        <div class="transcript-search" role="search">
            <Icon icon=icons::SEARCH />
            <input
                type="search"
                data-part="word-search"
                node_ref=input
                placeholder=move || w.editor().search_words()
                aria-label=move || w.editor().search_words()
                prop:value=move || phrase.get()
                on:input=move |event| {
                    phrase.set(event_target_value(&event));
                    chosen.set(0);
                }
                on:keydown=move |event: KeyboardEvent| match event.key().as_str() {
                    "Enter" => {
                        event.prevent_default();
                        let all = found.with_untracked(Vec::len).max(1);
                        let is_chosen = desk.words.with_untracked(|own| {
                            found.with_untracked(|all| own.as_ref() == all.get(chosen.get_untracked()))
                        });
                        let next = match (is_chosen, event.shift_key()) {
                            (false, _) => chosen.get_untracked(),
                            (true, false) => chosen.get_untracked() + 1,
                            (true, true) => chosen.get_untracked() + all - 1,
                        };
                        go(next);
                    }
                    "Escape" => {
                        event.stop_propagation();
                        phrase.set(String::new());
                    }
                    _ => {}
                }
            />
            <span class="search-count" role="status">
                {move || {
                    let is_asked = phrase.with(|phrase| !phrase.trim().is_empty());
                    is_asked.then(|| w.editor().found(found.with(Vec::len)))
                }}
            </span>
        </div>
    }
}

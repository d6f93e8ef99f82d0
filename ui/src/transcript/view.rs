//! The words as a text that lights up while it plays, and cuts the film when words are deleted.

use std::ops::Range;

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::{Element, KeyboardEvent, PointerEvent};

use super::lines::{Item, State};
use super::marks::Marks;
use super::roll::{Line, Roll};
use super::search::Search;
use crate::dom;
use crate::editor::desk::{Desk, use_desk};
use crate::editor::page::target_element;
use crate::preview::player::{Player, use_player};
use crate::words::use_words;

/// The words of the open sequence.
#[component]
pub(crate) fn Transcript() -> impl IntoView {
    let desk = use_desk();
    let player = use_player();
    let w = use_words();
    let roll = Roll::new(desk);
    let marks = Marks::new(desk, roll);
    let root = roll.root;
    let hold = Hold::new(desk, player, root);
    let is_empty = Memo::new(move |_| desk.text.with(|text| text.items.is_empty()));
    // None of which there is no element.
    let active = move || {
        let last = desk
            .words
            .with(|own| own.as_ref().map(|own| own.end.saturating_sub(1)));
        last.filter(|index| roll.draws(*index))
            .map(|index| format!("word-{index}"))
    };
    view! {
        <div class="transcript" data-part="transcript">
            <Search roll marks />
            <Show
                when=move || !is_empty.get()
                fallback=move || view! {
                    <p class="panel-empty">{move || {
                        let reads = desk.document.sources.with(|all| all.iter().any(|own| own.words > 0));
                        if reads { w.editor().words_loading() } else { w.editor().words_empty() }
                    }}</p>
                }
            >
                <div
                    class="transcript-text"
                    role="listbox"
                    aria-multiselectable="true"
                    aria-label=move || w.editor().transcript()
                    aria-activedescendant=active
                    tabindex="0"
                    data-part="transcript-text"
                    node_ref=root
                    on:pointerdown=move |event| hold.down(&event)
                    on:pointermove=move |event| hold.moved(&event)
                    on:pointerup=move |_| hold.up()
                    on:scroll=move |_| roll.scrolled()
                    on:keydown=move |event| keyed(desk, player, roll, &event)
                >
                    <div
                        class="transcript-lines"
                        role="presentation"
                        node_ref=roll.list
                        style:--above=move || format!("{}px", roll.room().0)
                        style:--below=move || format!("{}px", roll.room().1)
                    >
                        <For each=move || roll.shown() key=|line| line.key let:line>
                            {shown(&line, marks)}
                        </For>
                    </div>
                </div>
            </Show>
        </div>
    }
}

fn shown(line: &Line, marks: Marks) -> impl IntoView + use<> {
    let words = line.items.iter().enumerate().map(|(offset, item)| {
        let index = line.start + offset;
        word(index, line.of, item, marks)
    });
    view! {
        <p
            class="transcript-line"
            role="group"
            aria-label=line_name(line)
            data-look=line.look.to_string()
        >
            {words.collect_view()}
        </p>
    }
}

fn line_name(line: &Line) -> String {
    let words: Vec<&str> = line
        .items
        .iter()
        .take(5)
        .map(|item| item.text.as_str())
        .collect();
    words.join(" ")
}

fn word(index: usize, of: usize, item: &Item, marks: Marks) -> impl IntoView + use<> {
    let state = match item.state {
        State::Plays { .. } => "plays",
        State::Cut { .. } => "cut",
    };
    view! {
        <span
            class="word"
            role="option"
            aria-selected=marks.is_selected(index).to_string()
            aria-setsize=of.to_string()
            aria-posinset=(index + 1).to_string()
            id=format!("word-{index}")
            data-part="word"
            data-word=index.to_string()
            data-state=state
            data-hidden=item.is_hidden.then_some("")
            data-emphasis=item.is_emphasised.then_some("")
            data-filler=item.is_filler.then_some("")
            data-spoken=marks.is_spoken(index).then_some("")
            data-found=marks.is_found(index).then_some("")
        >
            {item.text.clone()}
        </span>
        " "
    }
}

/// The pointer on the words: a click, or a drag that selects.
#[derive(Clone, Copy)]
struct Hold {
    desk: Desk,
    player: Player,
    root: NodeRef<Div>,
    anchor: StoredValue<Option<usize>>,
    has_moved: StoredValue<bool>,
}

impl Hold {
    fn new(desk: Desk, player: Player, root: NodeRef<Div>) -> Self {
        Self {
            desk,
            player,
            root,
            anchor: StoredValue::new(None),
            has_moved: StoredValue::new(false),
        }
    }

    fn down(self, event: &PointerEvent) {
        if event.button() != 0 {
            return;
        }
        let Some(index) = target_element(event).and_then(|element| word_of(&element)) else {
            self.desk.words.set(None);
            self.anchor.set_value(None);
            return;
        };
        if let Some(root) = self.root.get_untracked() {
            dom::capture_pointer(&root, event);
            dom::focus(&root);
        }
        event.prevent_default();
        if event.shift_key()
            && let Some(from) = self.anchor.get_value()
        {
            self.desk.words.set(Some(run(from, index)));
            self.has_moved.set_value(true);
            return;
        }
        self.anchor.set_value(Some(index));
        self.has_moved.set_value(false);
        self.desk.words.set(Some(index..index + 1));
    }

    fn moved(self, event: &PointerEvent) {
        if event.buttons() & 1 == 0 {
            return;
        }
        let Some(from) = self.anchor.get_value() else {
            return;
        };
        let (x, y) = (event.client_x() as f32, event.client_y() as f32);
        let found = dom::document().element_from_point(x, y);
        let Some(index) = found.and_then(|element| word_of(&element)) else {
            return;
        };
        let selected = run(from, index);
        if selected.len() > 1 {
            self.has_moved.set_value(true);
        }
        let words = self.desk.words;
        if words.with_untracked(|own| own.as_ref() != Some(&selected)) {
            words.set(Some(selected));
        }
    }

    fn up(self) {
        if let Some(index) = self.anchor.get_value()
            && !self.has_moved.get_value()
        {
            clicked(self.desk, self.player, index);
        }
        self.has_moved.set_value(false);
    }
}

/// Returns the place of the word that an element shows.
pub(super) fn word_of(element: &Element) -> Option<usize> {
    let word = element.closest("[data-word]").ok().flatten()?;
    word.get_attribute("data-word")?.parse().ok()
}

fn run(one: usize, other: usize) -> Range<usize> {
    one.min(other)..one.max(other) + 1
}

/// A click goes to where a word plays, or brings a struck one back.
fn clicked(desk: Desk, player: Player, index: usize) {
    let text = desk.text.get_untracked();
    let Some(item) = text.items.get(index) else {
        return;
    };
    if let Some(range) = item.range() {
        player.go_to(range.start);
        return;
    }
    let Some(sequence) = desk.document.sequence.get_untracked() else {
        return;
    };
    if let Some(run) = text.struck_run(index) {
        desk.words.set(None);
        desk.commit(text.restore(sequence, run));
    }
}

/// Cuts the selected words out, or brings struck ones back when only those are selected.
pub(crate) fn cut_selected(desk: Desk) -> bool {
    let (Some(run), Some(sequence)) = (
        desk.words.get_untracked(),
        desk.document.sequence.get_untracked(),
    ) else {
        return false;
    };
    let text = desk.text.get_untracked();
    let edit = desk
        .document
        .transcripts
        .with_untracked(|all| text.cut(sequence, all, run.clone()));
    let Some(edit) = edit else { return false };
    desk.words.set(None);
    desk.commit(Some(edit));
    true
}

/// Brings the struck ones of the selected words back.
pub(crate) fn restore_selected(desk: Desk) {
    let (Some(run), Some(sequence)) = (
        desk.words.get_untracked(),
        desk.document.sequence.get_untracked(),
    ) else {
        return;
    };
    let edit = desk.text.get_untracked().restore(sequence, run);
    if edit.is_some() {
        desk.words.set(None);
        desk.commit(edit);
    }
}

fn keyed(desk: Desk, player: Player, roll: Roll, event: &KeyboardEvent) {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    let text = desk.text.get_untracked();
    let selected = desk.words.get_untracked();
    let count = text.items.len();
    let current = selected
        .as_ref()
        .map(|own| own.end.saturating_sub(1))
        .or_else(|| text.at(desk.playhead.at.get_untracked()))
        .unwrap_or(0);
    let line_of = |index: usize| text.lines.iter().position(|line| line.contains(&index));
    let next = match event.key().as_str() {
        "ArrowLeft" => current.checked_sub(1),
        "ArrowRight" => Some(current + 1),
        "ArrowUp" => line_of(current)
            .and_then(|line| text.lines.get(line.checked_sub(1)?))
            .map(|line| line.start),
        "ArrowDown" => line_of(current)
            .and_then(|line| text.lines.get(line + 1))
            .map(|line| line.start),
        "Delete" | "Backspace" => {
            if cut_selected(desk) {
                event.prevent_default();
                event.stop_propagation();
            }
            return;
        }
        "Enter" => {
            event.prevent_default();
            event.stop_propagation();
            clicked(desk, player, current);
            return;
        }
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    let Some(next) = next.filter(|next| *next < count) else {
        return;
    };
    let extended = selected.filter(|_| event.shift_key()).map(|own| {
        if next >= own.start {
            own.start..next + 1
        } else {
            next..own.end
        }
    });
    desk.words.set(Some(extended.unwrap_or(next..next + 1)));
    if let Some(range) = text.items.get(next).and_then(Item::range)
        && !event.shift_key()
    {
        player.go_to(range.start);
    }
    roll.show(next);
}

//! The words as a text that lights up while it plays, and cuts the film when words are deleted.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use leptos::html::{Div, Input};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, PointerEvent, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::lines::{Item, State, Text};
use crate::dom;
use crate::editor::desk::{Desk, Same, use_desk};
use crate::editor::icons;
use crate::editor::page::target_element;
use crate::preview::player::{Player, use_player};
use crate::widget::Icon;
use crate::words::use_words;

/// Lines that are made at once; the others follow with the next pictures of the page.
const CHUNK: usize = 60;

/// A line as it is shown.
#[derive(Debug, Clone)]
struct Line {
    key: u64,
    start: usize,
    items: Arc<[Item]>,
}

fn lines_of(text: &Text) -> Vec<Line> {
    let line = |range: &Range<usize>| {
        let items: Arc<[Item]> = text.run(range.clone()).into();
        let mut hasher = DefaultHasher::new();
        range.start.hash(&mut hasher);
        for item in items.iter() {
            (item.media, item.word, &item.text).hash(&mut hasher);
            (item.range().is_some(), item.is_hidden, item.is_emphasised).hash(&mut hasher);
        }
        Line {
            key: hasher.finish(),
            start: range.start,
            items,
        }
    };
    text.lines.iter().map(line).collect()
}

/// The words of the open sequence.
#[component]
pub(crate) fn Transcript() -> impl IntoView {
    let desk = use_desk();
    let player = use_player();
    let w = use_words();
    let root: NodeRef<Div> = NodeRef::new();
    let limit = RwSignal::new(CHUNK);
    let lines = Memo::new(move |_| Same(Arc::new(desk.text.with(|text| lines_of(text)))));
    let shown = move || {
        let lines = lines.get();
        lines.iter().take(limit.get()).cloned().collect::<Vec<_>>()
    };
    // Leaves Leptos: more lines with the next picture of the page, so that none of them waits.
    Effect::new(move |_| {
        let more = limit.get();
        if lines.with(|lines| lines.len()) > more {
            dom::next_frame(move || {
                limit.try_set(more + CHUNK);
            });
        }
    });
    light_up(desk, root);
    mark_selected(desk, root);
    let hold = Hold::new(desk, player, root);
    let is_empty = Memo::new(move |_| desk.text.with(|text| text.items.is_empty()));
    let active = move || {
        desk.words.with(|own| {
            own.as_ref()
                .map(|own| format!("word-{}", own.end.saturating_sub(1)))
        })
    };
    view! {
        <div class="transcript" data-part="transcript">
            <Search root />
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
                    on:keydown=move |event| keyed(desk, player, root, &event)
                >
                    <For each=shown key=|line| line.key let:line>
                        <p class="transcript-line" role="group" aria-label=line_name(&line)>
                            {line.items.iter().enumerate().map(|(offset, item)| {
                                word(line.start + offset, item)
                            }).collect_view()}
                        </p>
                    </For>
                </div>
            </Show>
        </div>
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

fn word(index: usize, item: &Item) -> impl IntoView + use<> {
    let state = match item.state {
        State::Plays { .. } => "plays",
        State::Cut { .. } => "cut",
    };
    view! {
        <span
            class="word"
            role="option"
            aria-selected="false"
            id=format!("word-{index}")
            data-part="word"
            data-word=index.to_string()
            data-state=state
            data-hidden=item.is_hidden.then_some("")
            data-emphasis=item.is_emphasised.then_some("")
            data-filler=item.is_filler.then_some("")
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
fn word_of(element: &Element) -> Option<usize> {
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

fn keyed(desk: Desk, player: Player, root: NodeRef<Div>, event: &KeyboardEvent) {
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
    if let Some(root) = root.get_untracked() {
        show(&root, next);
    }
}

fn element_of(root: &Element, index: usize) -> Option<Element> {
    let selector = format!("[data-word='{index}']");
    root.query_selector(&selector).ok().flatten()
}

/// Scrolls a word into view.
fn show(root: &Element, index: usize) {
    if let Some(word) = element_of(root, index) {
        let how = ScrollIntoViewOptions::new();
        how.set_block(ScrollLogicalPosition::Nearest);
        word.scroll_into_view_with_scroll_into_view_options(&how);
    }
}

/// Lights the word at the playhead up: one element changes, nothing is rendered.
fn light_up(desk: Desk, root: NodeRef<Div>) {
    let spoken = Memo::new(move |_| {
        let at = desk.playhead.at.get();
        desk.text.with(|text| text.at(at))
    });
    Effect::new(move |_| {
        let spoken = spoken.get();
        desk.text.track();
        let Some(root) = root.get() else { return };
        // After the words themselves have been made.
        dom::next_frame(move || {
            let root: &Element = &root;
            if let Ok(Some(before)) = root.query_selector("[data-spoken]") {
                drop(before.remove_attribute("data-spoken"));
            }
            let Some(index) = spoken else { return };
            let Some(word) = element_of(root, index) else {
                return;
            };
            drop(word.set_attribute("data-spoken", ""));
            if desk.playhead.rate.try_get_untracked().unwrap_or(0.0) != 0.0 {
                show(root, index);
            }
        });
    });
}

/// Marks the selected words: only their elements change.
fn mark_selected(desk: Desk, root: NodeRef<Div>) {
    Effect::new(move |_| {
        let selected = desk.words.get();
        desk.text.track();
        let Some(root) = root.get() else { return };
        dom::next_frame(move || {
            let root: &Element = &root;
            if let Ok(before) = root.query_selector_all("[aria-selected='true']") {
                for index in 0..before.length() {
                    let word = before
                        .item(index)
                        .and_then(|node| node.dyn_into::<Element>().ok());
                    if let Some(word) = word {
                        drop(word.set_attribute("aria-selected", "false"));
                    }
                }
            }
            for index in selected.into_iter().flatten() {
                if let Some(word) = element_of(root, index) {
                    drop(word.set_attribute("aria-selected", "true"));
                }
            }
        });
    });
}

/// Searches the words.
#[component]
fn Search(root: NodeRef<Div>) -> impl IntoView {
    let desk = use_desk();
    let player = use_player();
    let w = use_words();
    let input: NodeRef<Input> = NodeRef::new();
    let phrase = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    let found = Memo::new(move |_| phrase.with(|phrase| desk.text.with(|text| text.find(phrase))));
    // Leaves Leptos: the command asks for the focus.
    Effect::new(move |before: Option<u32>| {
        let asked = desk.search.get();
        if asked > before.unwrap_or(0)
            && let Some(input) = input.get()
        {
            dom::focus(&input);
            input.select();
        }
        asked
    });
    Effect::new(move |_| {
        let found = found.get();
        desk.text.track();
        let Some(root) = root.get() else { return };
        dom::next_frame(move || {
            let root: &Element = &root;
            if let Ok(before) = root.query_selector_all("[data-found]") {
                for index in 0..before.length() {
                    let word = before
                        .item(index)
                        .and_then(|node| node.dyn_into::<Element>().ok());
                    if let Some(word) = word {
                        drop(word.remove_attribute("data-found"));
                    }
                }
            }
            for index in found.into_iter().take(500).flatten() {
                if let Some(word) = element_of(root, index) {
                    drop(word.set_attribute("data-found", ""));
                }
            }
        });
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
        if let Some(root) = root.get_untracked() {
            show(&root, run.start);
        }
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

//! The reels board: the sources, the reels found in them, what to do with each.
//!
//! Map: [`deck`] the cards as a whole · [`order`] which are shown · [`source`] a source with its
//! wish · [`card`] a reel

mod card;
mod deck;
mod empty;
mod imports;
mod order;
mod source;
mod toolbar;

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use protocol::studio::calls::{ClosePreview, ControlPreview, OpenPreview, PreviewAction, Sound};
use protocol::studio::view::Verdict;
use timeline::ids::{MediaId, SequenceId};
use timeline::time::{SequenceRange, SequenceTime};
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};

use crate::actions::{Actions, use_actions};
use crate::command::{Context, UiCommand, menus, use_commands};
use crate::state::{Document, View, use_document, use_place};
use crate::widget::{ContextMenu, ContextMenuList};
use crate::words::use_words;
use crate::{dom, ipc, task};
use card::ReelView;
use deck::Deck;
use empty::Empty;
use order::{Filter, Sort};
use source::Sources;
use toolbar::Toolbar;

/// How long the pointer rests on a card before it plays.
const REST: Duration = Duration::from_millis(250);

/// What the parts of the board share.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    filter: RwSignal<Filter>,
    sort: RwSignal<Sort>,
    source: RwSignal<Option<MediaId>>,
    /// The reels that are shown, in order.
    reels: Memo<Vec<SequenceId>>,
    /// The reel that keys act on.
    current: RwSignal<Option<SequenceId>>,
    /// The reel that plays.
    playing: RwSignal<Option<SequenceId>>,
}

/// The reels of the opened project.
#[component]
pub fn BoardView() -> impl IntoView {
    let (w, document, actions) = (use_words(), use_document(), use_actions());
    let (commands, place) = (use_commands(), use_place());
    let shown = Shown::new(document);
    let deck = shown.deck();
    commands.register(Context::Board, move |command| {
        do_here(command, deck, actions, document);
    });
    playing_follows(shown, document);
    on_cleanup(move || {
        // The editor replaces what plays; everywhere else nothing is to play on.
        let is_playing = shown.playing.try_get_untracked().flatten().is_some();
        if is_playing && place.view.get_untracked() != View::Editor {
            stop();
        }
    });
    let menu = ContextMenu::default();
    let menu_name = Signal::derive(move || {
        let current = shown.current.get();
        let name = document.project.with(|project| {
            let own = current.and_then(|id| project.sequences.get(&id));
            own.map(|own| own.name.clone()).unwrap_or_default()
        });
        w.home().more(&name)
    });
    let judge = Callback::new(move |(id, verdict)| deck::judge(deck, actions, id, verdict));
    view! {
        <div
            node_ref=deck.scroller
            class="board"
            data-part="board"
            on:scroll=move |_| deck.scrolled()
        >
            <h1 class="spoken">{move || w.board().title()}</h1>
            <Sources />
            <Toolbar shown=shown />
            <Empty shown=shown />
            <ul
                node_ref=deck.list
                class="board-cards"
                aria-label=move || w.board().title()
                style:--height=move || format!("{}px", deck.grid.get().whole_height())
                on:keydown=move |event| {
                    if !menu.open_by(&event) {
                        deck.step(&event);
                    }
                }
                on:contextmenu=move |event| {
                    if let Some(id) = reel_at(&event) {
                        shown.current.set(Some(id));
                        menu.open_at(&event);
                    }
                }
            >
                <For each=move || deck.drawn.get() key=|id| *id let(id)>
                    <ReelView id=id shown=shown deck=deck on_judge=judge />
                </For>
            </ul>
            <ContextMenuList menu name=menu_name items=move || commands.menu(menus::REEL) />
        </div>
    }
}

/// Returns the reel that the pointer is on.
fn reel_at(event: &MouseEvent) -> Option<SequenceId> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let card = target.closest("[data-part='reel-card']").ok().flatten()?;
    let id = card.get_attribute("data-sequence")?.parse().ok()?;
    Some(SequenceId(id))
}

fn do_here(command: UiCommand, deck: Deck, actions: Actions, document: Document) {
    if command == UiCommand::Wish {
        dom::focus_first(&dom::body(), "[data-part='wish-input']");
        return;
    }
    let Some(id) = deck.current.get_untracked() else {
        return;
    };
    if document
        .board
        .with_untracked(|board| board.reels.iter().all(|reel| reel.sequence != id))
    {
        return;
    }
    match command {
        UiCommand::Keep => deck::judge(deck, actions, id, Verdict::Kept),
        UiCommand::Reject => deck::judge(deck, actions, id, Verdict::Rejected),
        UiCommand::EditReel => actions.edit_reel(id),
        UiCommand::Publish => actions.publish(id),
        UiCommand::ExportReel => actions.export_these(vec![id]),
        _ => {}
    }
}

/// Plays the reel that the pointer rests on, over and over and without sound.
fn playing_follows(shown: Shown, document: Document) {
    let waiting = StoredValue::new_local(None::<TimeoutHandle>);
    let was_playing = StoredValue::new(None::<SequenceId>);
    Effect::new(move || {
        let wanted = shown.playing.get();
        if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        let before = was_playing.get_value();
        was_playing.set_value(wanted);
        let Some(sequence) = wanted else {
            if before.is_some() {
                stop();
            }
            return;
        };
        let handle = dom::after(REST, move || play(sequence, shown, document));
        waiting.set_value(handle);
    });
}

fn play(sequence: SequenceId, shown: Shown, document: Document) {
    let Some(project) = document.id() else { return };
    let Some((size, length)) = document.project.with_untracked(|project| {
        let own = project.sequences.get(&sequence)?;
        Some((own.format.height, own.duration()))
    }) else {
        return;
    };
    // As many pixels as the card has, which is a fraction of what an export has.
    let wanted = (deck::COVER_HEIGHT * dom::pixel_ratio()).min(f64::from(size)) as u32;
    let height = (wanted / 2 * 2).max(2);
    let whole = SequenceRange::new(SequenceTime::ZERO, SequenceTime::ZERO + length);
    // By now, and by the time that an answer comes, the pointer may be elsewhere, and the preview the editor's.
    let goes_on = move || shown.playing.try_get_untracked().flatten() == Some(sequence);
    if !goes_on() {
        return;
    }
    task::spawn(async move {
        let at = SequenceTime::ZERO;
        let open = OpenPreview {
            project,
            sequence,
            at,
            height,
            sound: Sound::Off,
        };
        // A card that cannot play keeps its cover: the source's own notice says why.
        if ipc::call(open).await.is_err() {
            return;
        }
        let steps = [
            PreviewAction::Loop { range: Some(whole) },
            PreviewAction::Play { rate: 1.0 },
        ];
        for action in steps {
            if !goes_on() {
                return;
            }
            drop(ipc::call(ControlPreview { action }).await);
        }
    });
}

fn stop() {
    task::spawn(async {
        // Nothing is to be told when there was nothing to close.
        drop(ipc::call(ClosePreview {}).await);
    });
}

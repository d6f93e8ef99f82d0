//! The reels board: the sources, the reels found in them, what to do with each.
//!
//! Map: [`grid`] where cards stand · [`order`] which are shown · [`source`] a source with its wish ·
//! [`card`] a reel

mod card;
mod empty;
mod grid;
mod order;
mod source;
mod toolbar;

use std::time::Duration;

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use protocol::studio::calls::{ClosePreview, ControlPreview, OpenPreview, PreviewAction, Sound};
use protocol::studio::view::Verdict;
use timeline::ids::{MediaId, SequenceId};
use timeline::time::{SequenceRange, SequenceTime};

use crate::actions::{Actions, use_actions};
use crate::command::{Context, UiCommand, use_commands};
use crate::state::{Document, View, use_document, use_place};
use crate::words::use_words;
use crate::{dom, ipc, task};
use card::ReelView;
use empty::Empty;
use grid::Grid;
use order::{Filter, Sort};
use source::Sources;
use toolbar::Toolbar;

/// How long the pointer rests on a card before it plays.
const REST: Duration = Duration::from_millis(250);

/// What the parts of the board share.
#[derive(Debug, Clone, Copy)]
struct Shown {
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
    let filter = RwSignal::new(Filter::default());
    let sort = RwSignal::new(Sort::default());
    let source = RwSignal::new(None::<MediaId>);
    let reels = Memo::new(move |_| {
        let (filter, sort, source) = (filter.get(), sort.get(), source.get());
        // Lengths only matter when they decide the order.
        let project = match sort {
            Sort::Length => document.project.get(),
            Sort::Score | Sort::Time => document.project.get_untracked(),
        };
        let length = |id| {
            project
                .sequences
                .get(&id)
                .map(|own| own.duration())
                .unwrap_or_default()
        };
        document
            .board
            .with(|board| order::ordered(&board.reels, filter, source, sort, length))
    });
    let current = RwSignal::new(None);
    let playing = RwSignal::new(None);
    let shown = Shown {
        filter,
        sort,
        source,
        reels,
        current,
        playing,
    };
    let scroller = NodeRef::<html::Div>::new();
    let list = NodeRef::<html::Ul>::new();
    let (width, height) = (RwSignal::new(0.0), RwSignal::new(0.0));
    let top = RwSignal::new(0.0);
    let grid = Memo::new(move |_| Grid::new(reels.with(Vec::len), width.get()));
    Effect::new(move || {
        if let Some(scroller) = scroller.get() {
            dom::on_resize(&scroller, move |_, own| height.set(own));
        }
    });
    Effect::new(move || {
        if let Some(list) = list.get() {
            dom::on_resize(&list, move |own, _| width.set(own));
        }
    });
    let in_sight = Memo::new(move |_| {
        let above = list.get().map_or(0.0, |list| f64::from(list.offset_top()));
        // Reels, width and height decide how far the list is from the top, too.
        width.track();
        let range = grid.get().in_sight(top.get() - above, height.get());
        reels.with(|reels| {
            let near = reels.iter().copied().enumerate();
            near.skip(range.start)
                .take(range.len())
                .map(|(index, id)| (id, index))
                .collect::<Vec<_>>()
        })
    });
    let go = move |index: usize| {
        let (Some(scroller), Some(list)) = (scroller.get_untracked(), list.get_untracked()) else {
            return;
        };
        let Some(id) = reels.with_untracked(|reels| reels.get(index).copied()) else {
            return;
        };
        current.set(Some(id));
        let above = f64::from(list.offset_top());
        let (_, y) = grid.get_untracked().place(index);
        let (seen, space) = (
            f64::from(scroller.scroll_top()),
            f64::from(scroller.client_height()),
        );
        let (start, end) = (above + y, above + y + grid::CARD_HEIGHT);
        let start = start - toolbar::height(&scroller);
        if start < seen {
            scroller.set_scroll_top(start as i32);
        } else if end + grid::GAP > seen + space {
            scroller.set_scroll_top((end + grid::GAP - space).min(start) as i32);
        }
        top.set(f64::from(scroller.scroll_top()));
        dom::next_frame(move || dom::focus_first(&list, &format!("[data-sequence='{}']", id.0)));
    };
    let on_key = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let index = current
            .get_untracked()
            .and_then(|id| reels.with_untracked(|all| all.iter().position(|own| *own == id)));
        if let Some(next) = grid.get_untracked().step(index.unwrap_or(0), &event.key()) {
            event.prevent_default();
            go(next);
        }
    };
    let judge = move |id: SequenceId, verdict: Verdict| {
        let index = reels.with_untracked(|all| all.iter().position(|own| *own == id));
        actions.judge(id, verdict);
        // One that is no longer shown hands the keys to the one that takes its place.
        let is_gone = reels.with_untracked(|all| !all.contains(&id));
        if let Some(index) = index.filter(|_| is_gone) {
            let last = reels.with_untracked(Vec::len).saturating_sub(1);
            go(index.min(last));
        }
    };
    commands.register(Context::Board, move |command| {
        do_here(command, shown, actions, document, judge);
    });
    playing_follows(shown, document);
    on_cleanup(move || {
        // The editor replaces what plays; everywhere else nothing is to play on.
        let is_playing = playing.try_get_untracked().flatten().is_some();
        if is_playing && place.view.get_untracked() != View::Editor {
            stop();
        }
    });
    view! {
        <div
            node_ref=scroller
            class="board"
            data-part="board"
            on:scroll=move |_| {
                if let Some(scroller) = scroller.get_untracked() {
                    top.set(f64::from(scroller.scroll_top()));
                }
            }
        >
            <h1 class="spoken">{move || w.board().title()}</h1>
            <Sources />
            <Toolbar shown=shown />
            <Empty shown=shown />
            <ul
                node_ref=list
                class="board-cards"
                aria-label=move || w.board().title()
                style:--height=move || format!("{}px", grid.get().height())
                on:keydown=on_key
            >
                <For each=move || in_sight.get() key=|(id, _)| *id let((id, _))>
                    <ReelView id=id shown=shown grid=grid on_judge=Callback::new(move |(id, verdict)| judge(id, verdict)) />
                </For>
            </ul>
        </div>
    }
}

fn do_here(
    command: UiCommand,
    shown: Shown,
    actions: Actions,
    document: Document,
    judge: impl Fn(SequenceId, Verdict),
) {
    if command == UiCommand::Wish {
        dom::focus_first(&dom::body(), "[data-part='wish-input']");
        return;
    }
    let Some(id) = shown.current.get_untracked() else {
        return;
    };
    if document
        .board
        .with_untracked(|board| board.reels.iter().all(|reel| reel.sequence != id))
    {
        return;
    }
    match command {
        UiCommand::Keep => judge(id, Verdict::Kept),
        UiCommand::Reject => judge(id, Verdict::Rejected),
        UiCommand::EditReel => actions.edit_reel(id),
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
        let handle = dom::after(REST, move || play(sequence, document));
        waiting.set_value(handle);
    });
}

fn play(sequence: SequenceId, document: Document) {
    let Some(project) = document.id() else { return };
    let Some((size, length)) = document.project.with_untracked(|project| {
        let own = project.sequences.get(&sequence)?;
        Some((own.format.height, own.duration()))
    }) else {
        return;
    };
    // As many pixels as the card has, which is a fraction of what an export has.
    let wanted = (grid::COVER_HEIGHT * dom::pixel_ratio()).min(f64::from(size)) as u32;
    let height = (wanted / 2 * 2).max(2);
    let whole = SequenceRange::new(SequenceTime::ZERO, SequenceTime::ZERO + length);
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
        let again = PreviewAction::Loop { range: Some(whole) };
        drop(ipc::call(ControlPreview { action: again }).await);
        drop(
            ipc::call(ControlPreview {
                action: PreviewAction::Play { rate: 1.0 },
            })
            .await,
        );
    });
}

fn stop() {
    task::spawn(async {
        // Nothing is to be told when there was nothing to close.
        drop(ipc::call(ClosePreview {}).await);
    });
}

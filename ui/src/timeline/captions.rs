//! The row of captions: a block per card, its text edited in place.

use footage::words::WordId;
use leptos::html::Input;
use leptos::prelude::*;
use timeline::edit::SetCardBreaks;
use timeline::ids::ClipId;

use super::cards::{Block, BlockKey, at, seen};
use super::clip::OVERSCAN;
use super::scale::timecode;
use super::wording::{LONGEST, reworded};
use crate::dom;
use crate::editor::desk::use_desk;
use crate::editor::icons;
use crate::preview::player::use_player;
use crate::widget::Icon;
use crate::words::use_words;

/// The row.
#[component]
pub(crate) fn CaptionRow(
    /// Height in pixels.
    height_px: f64,
) -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let range = Memo::new(move |_| desk.view.with(|view| view.seen(OVERSCAN)));
    let shown = Memo::new(move |_| {
        let range = range.get();
        desk.blocks.with(|blocks| seen(blocks, range).to_vec())
    });
    let edited: RwSignal<Option<BlockKey>> = RwSignal::new(None);
    // The block under the playhead, found once for the row.
    let spoken = Memo::new(move |_| {
        let time = desk.playhead.at.get();
        desk.blocks.with(|blocks| at(blocks, time).map(Block::key))
    });
    let hint = Memo::new(move |_| {
        let has_preset = desk
            .settled
            .with(|own| own.as_ref().is_some_and(|own| own.preset.is_some()));
        let has_words = desk.text.with(|text| !text.items.is_empty());
        let is_empty = desk.blocks.with(|blocks| blocks.is_empty());
        match (is_empty, has_words, has_preset) {
            (true, true, false) => Some(Hint::NoStyle),
            (true, false, _) => Some(Hint::NoWords),
            _ => None,
        }
    });
    view! {
        <div class="track track--captions" role="row" data-part="caption-row" data-kind="caption" style:--h=format!("{height_px}")>
            <div class="track-head" role="rowheader">
                <Icon icon=icons::CAPTIONS />
                <span class="track-title">{move || w.editor().captions()}</span>
            </div>
            <div class="track-lane" role="none" data-lane="captions">
                <Show when=move || hint.get().is_some()>
                    <p class="track-hint" role="gridcell">
                        {move || match hint.get() {
                            Some(Hint::NoStyle) => w.editor().captions_need_style(),
                            Some(Hint::NoWords) | None => w.editor().captions_need_words(),
                        }}
                    </p>
                </Show>
                <div class="track-clips" role="none">
                    <For
                        each=move || shown.get()
                        key=Block::key
                        let:block
                    >
                        <Card key=block.key() shown spoken edited />
                    </For>
                </div>
            </div>
        </div>
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hint {
    NoStyle,
    NoWords,
}

/// A card.
#[component]
fn Card(
    key: BlockKey,
    shown: Memo<Vec<Block>>,
    spoken: Memo<Option<BlockKey>>,
    edited: RwSignal<Option<BlockKey>>,
) -> impl IntoView {
    let desk = use_desk();
    let player = use_player();
    let w = use_words();
    let block =
        Memo::new(move |_| shown.with(|all| all.iter().find(|own| own.key() == key).cloned()));
    let zoom = Memo::new(move |_| desk.view.with(|view| view.px_per_sec));
    let text =
        Memo::new(move |_| block.with(|own| own.as_ref().map(Block::text).unwrap_or_default()));
    let px = move |of: fn(&Block) -> f64| {
        move || {
            block.with(|own| {
                own.as_ref()
                    .map(|own| format!("{:.3}", of(own) * zoom.get()))
            })
        }
    };
    let name = move || {
        block.get().map(|own| {
            let start = timecode(own.range.start, desk.rate.get());
            w.editor().caption_name(own.text(), start)
        })
    };
    let is_edited = Memo::new(move |_| edited.get() == Some(key));
    let is_fast = Memo::new(move |_| {
        block.with(|own| {
            own.as_ref().is_some_and(|own| {
                let letters = own.text().chars().count() as f64;
                letters / own.range.duration().secs().max(0.01) > story::cards::READING_SPEED
            })
        })
    });
    let begin = move || {
        if desk.document.is_writable() {
            edited.set(Some(key));
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        match event.key().as_str() {
            "F2" | "Enter" => {
                event.prevent_default();
                event.stop_propagation();
                untrack(begin);
            }
            "Backspace" => {
                // Joins the card with the one before: its own break goes away.
                event.stop_propagation();
                if let (Some(own), Some(sequence)) = (block.get_untracked(), desk.now())
                    && let (Some(media), Some(first)) = (own.media(), own.words.first())
                {
                    let edit = SetCardBreaks {
                        sequence: sequence.id,
                        media,
                        words: vec![first.word],
                        breaks: false,
                    };
                    desk.commit(Some(edit.into()));
                }
            }
            _ => {}
        }
    };
    view! {
        <div
            class="caption-card"
            role="gridcell"
            tabindex="0"
            data-part="caption-card"
            data-card=card_name(key)
            data-spoken=move || (spoken.get() == Some(key)).then_some("")
            data-fast=move || is_fast.get().then_some("")
            aria-label=name
            data-tip=move || if is_fast.get() { format!("{}\n{}", text.get(), w.editor().reads_fast()) } else { text.get() }
            style:--x=px(|own| own.range.start.secs())
            style:--w=px(|own| own.range.duration().secs())
            on:click=move |_| {
                if let Some(own) = block.get_untracked() && !is_edited.get_untracked() {
                    player.seek(own.range.start);
                }
            }
            on:dblclick=move |_| untrack(begin)
            on:keydown=on_key
        >
            <Show
                when=move || is_edited.get()
                fallback=move || view! { <span class="caption-text">{move || text.get()}</span> }
            >
                <CardInput key block edited />
            </Show>
        </div>
    }
}

/// The field that a card's text is edited in.
#[component]
fn CardInput(
    key: BlockKey,
    block: Memo<Option<Block>>,
    edited: RwSignal<Option<BlockKey>>,
) -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let input: NodeRef<Input> = NodeRef::new();
    let text = block.with_untracked(|own| own.as_ref().map(Block::text).unwrap_or_default());
    let keep = move || {
        if edited.get_untracked() != Some(key) {
            return;
        }
        let typed = input.get_untracked().map(|input| input.value());
        edited.set(None);
        let (Some(typed), Some(own), Some(sequence)) = (typed, block.get_untracked(), desk.now())
        else {
            return;
        };
        let transcript = own.media().and_then(|media| {
            desk.document
                .transcripts
                .with_untracked(|all| all.get(&media).cloned())
        });
        if let Some(transcript) = transcript {
            desk.commit(reworded(sequence.id, &own, &transcript, &typed));
        }
    };
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            dom::focus(&input);
            input.select();
        }
    });
    view! {
        <input
            class="caption-input"
            data-part="caption-input"
            node_ref=input
            maxlength=LONGEST.to_string()
            aria-label=move || w.editor().caption_text()
            prop:value=text
            on:blur=move |_| keep()
            on:pointerdown=|event| event.stop_propagation()
            on:keydown=move |event: web_sys::KeyboardEvent| {
                event.stop_propagation();
                match event.key().as_str() {
                    "Enter" => keep(),
                    "Escape" => edited.set(None),
                    _ => {}
                }
            }
        />
    }
}

/// Returns how a card is named in the page, for tests.
fn card_name((ClipId(clip), WordId(word)): BlockKey) -> String {
    format!("{clip}-{word}")
}

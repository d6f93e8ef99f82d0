//! A reel on the board.

use leptos::prelude::*;
use protocol::studio::calls::Reveal;
use protocol::studio::view::{ExportedFile, ReelCard, Verdict};
use timeline::ids::SequenceId;

use super::Shown;
use super::deck::Deck;
use crate::actions::use_actions;
use crate::app::shown_keys;
use crate::command::UiCommand;
use crate::outbox::dots;
use crate::preview::Frames;
use crate::state::use_document;
use crate::widget::{Icon, IconButton, icons};
use crate::words::{reasons, use_words};
use crate::{dom, format, ipc};

fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Open => "open",
        Verdict::Kept => "kept",
        Verdict::Rejected => "rejected",
    }
}

/// Returns the two reasons that say most: the engine puts the strongest first.
fn main_reasons(card: &ReelCard) -> &[protocol::documents::ReasonDocument] {
    card.reasons
        .get(..card.reasons.len().min(2))
        .unwrap_or_default()
}

/// A reel.
#[component]
pub fn ReelView(
    /// Which.
    id: SequenceId,
    /// What the board shows.
    shown: Shown,
    /// All cards.
    deck: Deck,
    /// Called with a verdict.
    on_judge: Callback<(SequenceId, Verdict)>,
) -> impl IntoView {
    let (w, document, actions) = (use_words(), use_document(), use_actions());
    let index = Memo::new(move |_| deck.index(id).unwrap_or(0));
    let card = Memo::new(move |_| {
        document
            .board
            .with(|board| board.reels.iter().find(|own| own.sequence == id).cloned())
    });
    let verdict = Memo::new(move |_| {
        card.with(|card| card.as_ref().map(|card| card.verdict).unwrap_or_default())
    });
    let cover =
        Memo::new(move |_| card.with(|card| card.as_ref().and_then(|own| own.cover.clone())));
    let score = Memo::new(move |_| {
        card.with(|card| {
            card.as_ref()
                .map_or(0, |card| card.score.round().max(0.0) as u32)
        })
    });
    // Title and length follow the edits.
    let edited = Memo::new(move |_| {
        document.project.with(|project| {
            let own = project.sequences.get(&id);
            own.map(|own| (own.name.clone(), format::duration(own.duration())))
                .unwrap_or_default()
        })
    });
    let name = Memo::new(move |_| edited.with(|(name, _)| name.clone()));
    let length = Memo::new(move |_| edited.with(|(_, length)| length.clone()));
    let exported =
        Memo::new(move |_| card.with(|card| card.as_ref().and_then(|own| own.exported.clone())));
    let place = move || deck.grid.get().place(index.get());
    let is_current = move || shown.current.get() == Some(id);
    let is_playing = move || shown.playing.get() == Some(id);
    view! {
        <li
            class="reel-place"
            style:--x=move || format!("{}px", place().0)
            style:--y=move || format!("{}px", place().1)
            aria-setsize=move || deck.keys.with(Vec::len).to_string()
            aria-posinset=move || (index.get() + 1).to_string()
        >
            <div
                class="reel"
                data-part="reel-card"
                data-sequence=id.0.to_string()
                data-verdict=move || verdict_name(verdict.get())
                data-current=move || is_current().then_some("")
                role="group"
                tabindex=move || if deck.is_stop(id) { "0" } else { "-1" }
                aria-label=move || w.board().card(&name.get(), score.get(), &length.get())
                aria-describedby=format!("reel-why-{}", id.0)
                on:focusin=move |_| shown.current.set(Some(id))
                on:dblclick=move |_| actions.edit_reel(id)
                on:keydown=move |event| {
                    let is_own = event.target() == event.current_target();
                    if is_own && event.key() == "Enter" {
                        event.prevent_default();
                        actions.edit_reel(id);
                    }
                }
                on:pointerenter=move |event| {
                    shown.current.set(Some(id));
                    if event.pointer_type() == "mouse" && !dom::wants_less_motion() {
                        shown.playing.set(Some(id));
                    }
                }
                on:pointerleave=move |_| {
                    if shown.playing.get_untracked() == Some(id) {
                        shown.playing.set(None);
                    }
                }
            >
                <div class="reel-cover">
                    // Stays behind: a cover may not be drawn yet.
                    <Icon icon=icons::LuClapperboard />
                    {move || cover.get().map(|address| view! {
                        <img src=ipc::picture_url(&address) alt="" decoding="async" draggable="false" />
                    })}
                    {move || is_playing().then(|| view! { <Frames /> })}
                    <span class="reel-length time">{move || length.get()}</span>
                    <Badge verdict=verdict exported=exported />
                    <Parts id=id card=card score=score />
                </div>
                <div class="reel-words">
                    <h2 class="reel-title text-ellipsis" data-tip=move || name.get()>{move || name.get()}</h2>
                    <ul class="reel-why muted" id=format!("reel-why-{}", id.0)>
                        {move || {
                            let language = w.language();
                            card.with(|card| {
                                let why = card.as_ref().map(main_reasons).unwrap_or_default();
                                why.iter()
                                    .map(|own| view! { <li>{reasons::reason(own, language)}</li> })
                                    .collect_view()
                            })
                        }}
                    </ul>
                </div>
                {dots(document.id(), id)}
                <Buttons id=id name=name verdict=verdict exported=exported on_judge=on_judge />
            </div>
        </li>
    }
}

/// What can be done with the reel. Keys do the same, so none of them is a stop of its own.
#[component]
fn Buttons(
    id: SequenceId,
    name: Memo<String>,
    verdict: Memo<Verdict>,
    exported: Memo<Option<ExportedFile>>,
    on_judge: Callback<(SequenceId, Verdict)>,
) -> impl IntoView {
    let (w, document, actions) = (use_words(), use_document(), use_actions());
    let keep_name = Signal::derive(move || match verdict.get() {
        Verdict::Kept => w.board().unkeep(&name.get()),
        Verdict::Open | Verdict::Rejected => w.board().keep(&name.get()),
    });
    let reject_name = Signal::derive(move || match verdict.get() {
        Verdict::Rejected => w.board().unreject(&name.get()),
        Verdict::Open | Verdict::Kept => w.board().reject(&name.get()),
    });
    view! {
                <div class="reel-buttons">
                    <IconButton
                        name=keep_name
                        icon=icons::LuCheck
                        keys=shown_keys(UiCommand::Keep)
                        pressed=Signal::derive(move || verdict.get() == Verdict::Kept)
                        part="keep-button"
                        tabindex="-1"
                        on_press=move |_| on_judge.run((id, Verdict::Kept))
                    />
                    <IconButton
                        name=reject_name
                        icon=icons::LuX
                        keys=shown_keys(UiCommand::Reject)
                        pressed=Signal::derive(move || verdict.get() == Verdict::Rejected)
                        part="reject-button"
                        tabindex="-1"
                        on_press=move |_| on_judge.run((id, Verdict::Rejected))
                    />
                    <IconButton
                        name=Signal::derive(move || w.board().edit(&name.get()))
                        icon=icons::LuScissors
                        keys=shown_keys(UiCommand::EditReel)
                        part="edit-button"
                        tabindex="-1"
                        on_press=move |_| actions.edit_reel(id)
                    />
                    <span class="reel-space"></span>
                    <Show when=move || exported.with(Option::is_some)>
                        <IconButton
                            name=Signal::derive(move || w.board().show_file(&name.get()))
                            icon=icons::LuFolderOpen
                            part="reel-show-file"
                            tabindex="-1"
                            on_press=move |_| {
                                if let Some(project) = document.id() {
                                    actions.reveal(Reveal::Reel(project, id));
                                }
                            }
                        />
                    </Show>
                    <IconButton
                        name=Signal::derive(move || w.posting().publish(&name.get()))
                        icon=icons::LuSend
                        keys=shown_keys(UiCommand::Publish)
                        part="reel-publish-button"
                        tabindex="-1"
                        on_press=move |_| actions.publish(id)
                    />
                    <IconButton
                        name=Signal::derive(move || w.board().export_one(&name.get()))
                        icon=icons::LuUpload
                        part="reel-export-button"
                        tabindex="-1"
                        on_press=move |_| actions.export_these(vec![id])
                    />
                </div>
    }
}

/// Whether the reel is kept, rejected or exported, in words.
#[component]
fn Badge(verdict: Memo<Verdict>, exported: Memo<Option<ExportedFile>>) -> impl IntoView {
    let w = use_words();
    move || {
        let words = w.board();
        let outdated = exported.with(|own| own.as_ref().map(|own| own.outdated));
        let (text, icon, tone) = match (verdict.get(), outdated) {
            (Verdict::Rejected, _) => (words.rejected(), icons::LuX, "danger"),
            (_, Some(false)) => (words.exported(), icons::LuCircleCheck, "success"),
            (_, Some(true)) => (words.outdated(), icons::LuInfo, "warning"),
            (Verdict::Kept, None) => (words.kept(), icons::LuCheck, "success"),
            (Verdict::Open, None) => return None,
        };
        Some(view! {
            <span class="reel-badge" data-tone=tone>
                <Icon icon=icon />
                {text}
            </span>
        })
    }
}

/// The score as number and bar; its parts while it is pointed at or the card has the focus.
#[component]
fn Parts(id: SequenceId, card: Memo<Option<ReelCard>>, score: Memo<u32>) -> impl IntoView {
    let w = use_words();
    let parts = move || {
        card.with(|card| {
            let card = card.as_ref()?;
            let language = w.language();
            let rows = card.parts.iter().map(|(name, part)| {
                let percent = format::percent(*part, language);
                view! {
                    <div class="part-row">
                        <dt>{reasons::part(name, language)}</dt>
                        <dd>
                            <span class="part-bar" aria-hidden="true" style:--part=part.to_string()></span>
                            <span class="part-number time">{percent}</span>
                        </dd>
                    </div>
                }
            });
            Some(rows.collect_view())
        })
    };
    view! {
        <div class="reel-score">
            <div class="reel-parts" id=format!("reel-parts-{}", id.0)>
                <p class="reel-parts-title">{move || w.board().parts()}</p>
                <dl>{parts}</dl>
            </div>
            <span class="reel-number time" aria-label=move || w.board().score(score.get()) role="img">
                {move || score.get()}
            </span>
            <span
                class="reel-bar"
                aria-hidden="true"
                style:--part=move || (f64::from(score.get()) / 100.0).to_string()
            ></span>
        </div>
    }
}

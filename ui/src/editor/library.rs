//! The library: sources to drag onto the timeline, sequences to open.

use std::collections::BTreeSet;

use leptos::prelude::*;
use protocol::studio::view::{Presence, SourceView};
use timeline::edit::InsertMode;
use timeline::ids::{MediaId, SequenceId};
use timeline::time::SequenceTime;
use web_sys::PointerEvent;

use super::desk::{Desk, use_desk};
use super::icons;
use super::page::target_element;
use crate::dom;
use crate::ipc;
use crate::timeline::drag::{Grab, put, tracks_for};
use crate::timeline::scale::clock;
use crate::timeline::view::{held_at, mode_of};
use crate::widget::Icon;
use crate::words::use_words;

/// The library.
#[component]
pub(crate) fn Library() -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let sequences = Memo::new(move |_| {
        let reels: Vec<SequenceId> = desk
            .document
            .board
            .with(|board| board.reels.iter().map(|reel| reel.sequence).collect());
        desk.document.project.with(|project| {
            let others = project.sequences.keys().filter(|id| !reels.contains(id));
            let all = reels.iter().chain(others);
            all.filter(|id| project.sequences.contains_key(id))
                .copied()
                .collect::<Vec<_>>()
        })
    });
    let has_sources = Memo::new(move |_| desk.document.sources.with(|all| !all.is_empty()));
    view! {
        <div class="library" data-part="library">
            <h3 class="panel-title">{move || w.editor().sources()}</h3>
            <Show
                when=move || has_sources.get()
                fallback=move || view! { <p class="panel-empty">{move || w.editor().no_sources()}</p> }
            >
                <ul class="library-list">
                    <For each=move || desk.document.sources.get() key=|source| source.media.0 let:source>
                        <Source id=source.media />
                    </For>
                </ul>
                <p class="panel-hint">{move || w.editor().drag_hint()}</p>
            </Show>
            <h3 class="panel-title">{move || w.editor().sequences()}</h3>
            <ul class="library-list library-list--sequences">
                <For each=move || sequences.get() key=|id| id.0 let:id>
                    <SequenceEntry id />
                </For>
            </ul>
        </div>
    }
}

/// A source.
#[component]
fn Source(id: MediaId) -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let source: Memo<Option<SourceView>> = Memo::new(move |_| {
        desk.document
            .sources
            .with(|all| all.iter().find(|own| own.media == id).cloned())
    });
    let name =
        move || source.with(|own| own.as_ref().map(|own| own.name.clone()).unwrap_or_default());
    let length = move || {
        desk.document
            .project
            .with(|project| project.media.get(&id).map(|own| clock(own.duration)))
    };
    let picture = move || {
        source.with(|own| {
            own.as_ref()
                .and_then(|own| own.thumbnail.as_deref().map(ipc::picture_url))
        })
    };
    let is_away = move || {
        source.with(|own| {
            own.as_ref()
                .is_some_and(|own| own.presence != Presence::Present)
        })
    };
    let is_writable = Memo::new(move |_| desk.document.is_writable());
    let down = move |event: PointerEvent| {
        if event.button() != 0 || !is_writable.get_untracked() {
            return;
        }
        let Some(element) = target_element(&event) else {
            return;
        };
        if element.closest("button").ok().flatten().is_some() {
            return;
        }
        let Some(own) = element.closest(".library-source").ok().flatten() else {
            return;
        };
        dom::capture_pointer(&own, &event);
        desk.press(Grab::Media(id), held_at(&event), mode_of(&event));
    };
    view! {
        <li
            class="library-source"
            data-part="library-source"
            data-media=id.0.to_string()
            data-away=move || is_away().then_some("")
            data-tip=name
            on:pointerdown=down
            on:pointermove=move |event: PointerEvent| desk.drag_to(held_at(&event), mode_of(&event))
            on:pointerup=move |_| { desk.release_over_timeline(); }
            on:pointercancel=move |_| desk.cancel()
        >
            <span class="library-thumb">
                {move || match picture() {
                    Some(url) => view! { <img src=url alt="" draggable="false" /> }.into_any(),
                    None => view! { <Icon icon=icons::MUSIC /> }.into_any(),
                }}
            </span>
            <span class="library-text">
                <span class="library-name">{name}</span>
                <span class="library-meta">
                    {length}
                    {move || is_away().then(|| view! { <span class="library-away">{w.editor().file_away()}</span> })}
                </span>
            </span>
            <button
                type="button"
                class="track-button"
                data-part="source-add"
                aria-label=move || w.editor().add_source(name())
                data-tip=move || w.editor().add_source(name())
                disabled=move || !is_writable.get()
                on:click=move |_| add(desk, id)
            >
                <Icon icon=icons::ADD />
            </button>
        </li>
    }
}

/// Puts a source at the playhead; what is later makes room for pictures, and goes on over sound alone.
fn add(desk: Desk, id: MediaId) {
    let Some(sequence) = desk.now() else { return };
    let project = desk.document.project.get_untracked();
    let Some(media) = project.media.get(&id) else {
        return;
    };
    let tracks = tracks_for(&sequence, media, None);
    let at = desk.playhead.at.get_untracked();
    let mode = match media.video {
        Some(_) => InsertMode::Ripple,
        None => InsertMode::Overwrite,
    };
    let edit = match put(&project, &sequence, media, tracks, at, mode) {
        Ok(edit) => edit,
        Err(error) => return desk.tell(&error),
    };
    let created = edit
        .apply_with(&project)
        .map(|applied| applied.created.clips);
    if desk.document.commit(edit).is_ok()
        && let Ok(created) = created
    {
        desk.select(created.into_iter().rev().take(2).collect());
    }
}

/// A sequence to open.
#[component]
fn SequenceEntry(id: SequenceId) -> impl IntoView {
    let desk = use_desk();
    let name = move || {
        desk.document
            .project
            .with(|project| project.sequences.get(&id).map(|own| own.name.clone()))
    };
    let length = move || {
        desk.document
            .project
            .with(|project| project.sequences.get(&id).map(|own| clock(own.duration())))
    };
    let cover = move || {
        desk.document.board.with(|board| {
            let reel = board.reels.iter().find(|reel| reel.sequence == id)?;
            reel.cover.as_deref().map(ipc::picture_url)
        })
    };
    let is_open = move || desk.document.sequence.get() == Some(id);
    view! {
        <li>
            <button
                type="button"
                class="library-sequence"
                data-part="library-sequence"
                data-sequence=id.0.to_string()
                aria-current=move || is_open().then_some("true")
                on:click=move |_| open(desk, id)
            >
                <span class="library-thumb library-thumb--reel">
                    {move || cover().map(|url| view! { <img src=url alt="" draggable="false" loading="lazy" /> })}
                </span>
                <span class="library-text">
                    <span class="library-name">{name}</span>
                    <span class="library-meta">{length}</span>
                </span>
            </button>
        </li>
    }
}

/// Opens another sequence from its start.
fn open(desk: Desk, id: SequenceId) {
    if desk.document.sequence.get_untracked() == Some(id) {
        return;
    }
    desk.playhead.at.set(SequenceTime::ZERO);
    desk.select(BTreeSet::new());
    desk.words.set(None);
    desk.marks.set(super::desk::Marks::default());
    desk.place.zoom.set(None);
    desk.document.sequence.set(Some(id));
    desk.view.update(|view| view.scroll_px = 0.0);
    desk.fit();
}

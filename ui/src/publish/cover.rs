//! The cover: the networks choose it, or the user chooses a frame of the reel.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use posts::Network;
use protocol::studio::picture::Picture;
use timeline::ids::SequenceId;

use super::Writing;
use super::compose::{self, COVER_STEP_MS};
use crate::state::use_document;
use crate::words::use_words;
use crate::{dom, format, ipc};

/// How long a moment has to stay before its frame is drawn: a drag passes many.
const REST: Duration = Duration::from_millis(120);

/// The cover, for the networks that take one.
#[component]
pub(super) fn Cover(writing: Writing, reel: SequenceId) -> impl IntoView {
    let w = use_words();
    let on = Memo::new(move |_| {
        let networks = writing.networks.get().into_iter();
        let takes = networks.filter(|network| compose::takes_cover(*network));
        takes.collect::<Vec<Network>>()
    });
    let last = writing.video.with_value(compose::last_cover_ms);
    let first = writing.video.with_value(compose::first_cover_ms);
    let cover = Memo::new(move |_| writing.composed.with(|own| own.cover_ms));
    // Where the slider is, chosen or not.
    let moment = Memo::new(move |before: Option<&u64>| {
        let kept = before.copied().unwrap_or(first);
        cover.get().unwrap_or(kept)
    });
    let choose = move |millis: Option<u64>| writing.change(|own| own.cover_ms = millis);
    let names = move || {
        let names = on.get().into_iter().map(|network| network.to_string());
        names.collect::<Vec<_>>().join(", ")
    };
    let said = move || {
        let words = w.posting();
        match cover.get() {
            None => words.cover_left(&names()),
            Some(_) if on.with(|on| on.contains(&Network::YouTube)) => {
                format!(
                    "{} {}",
                    words.cover_chosen(&names()),
                    words.cover_verified()
                )
            }
            Some(_) => words.cover_chosen(&names()),
        }
    };
    let time = move || {
        let secs = moment.get() as f64 / 1_000.0;
        w.posting().cover_at(&format::field(secs, 1, w.language()))
    };
    view! {
        <Show when=move || on.with(|on| !on.is_empty())>
            <fieldset class="publish-to publish-cover">
                <legend class="form-label">{move || w.posting().cover()}</legend>
                <div class="publish-cover-beside">
                    <Shown reel cover moment />
                    <div class="publish-cover-words">
                        <label class="check">
                            <input
                                type="checkbox"
                                data-part="publish-cover-choose"
                                prop:checked=move || cover.get().is_some()
                                on:change=move |event| {
                                    let is_set = event_target_checked(&event);
                                    choose(is_set.then(|| moment.get_untracked()));
                                }
                            />
                            <span>{move || w.posting().cover_choose()}</span>
                        </label>
                        <label class="form-field" data-labelled="above">
                            <span class="form-label">{move || w.posting().cover_moment()}</span>
                            <input
                                class="publish-cover-slider"
                                type="range"
                                data-part="publish-cover-moment"
                                min="0"
                                max=last.to_string()
                                step=COVER_STEP_MS.to_string()
                                aria-valuetext=time
                                prop:value=move || moment.get().to_string()
                                on:input=move |event| {
                                    let millis = event_target_value(&event).parse::<u64>();
                                    // A slider has no other value.
                                    if let Ok(millis) = millis {
                                        choose(Some(millis.min(last)));
                                    }
                                }
                            />
                        </label>
                        <span class="time" data-part="publish-cover-time">{time}</span>
                        <span class="muted" data-part="publish-cover-said">{said}</span>
                    </div>
                </div>
            </fieldset>
        </Show>
    }
}

/// The picture: the reel's own cover, or the frame that was chosen.
#[component]
fn Shown(reel: SequenceId, cover: Memo<Option<u64>>, moment: Memo<u64>) -> impl IntoView {
    let (w, document) = (use_words(), use_document());
    let own = Memo::new(move |_| {
        document.board.with(|board| {
            let card = board.reels.iter().find(|card| card.sequence == reel);
            card.and_then(|card| card.cover.clone())
        })
    });
    let rested = RwSignal::new(cover.get_untracked());
    let waiting = StoredValue::new_local(None::<TimeoutHandle>);
    Effect::new(move || {
        let chosen = cover.get();
        if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        let handle = dom::after(REST, move || {
            // The dialog may be closed by then.
            rested.try_set(chosen);
        });
        waiting.set_value(handle);
    });
    let address = move || {
        let own = own.get()?;
        let Some(millis) = rested.get() else {
            return Some(own);
        };
        // Both change with how the reel looks.
        let look = own.rsplit('/').next()?;
        Some(Picture::Frame(document.id()?, reel, millis).address(look))
    };
    let words = move || {
        let secs = moment.get() as f64 / 1_000.0;
        let at = format::field(secs, 1, w.language());
        match cover.get() {
            Some(_) => w.posting().cover_frame(&at),
            None => w.posting().cover_own(),
        }
    };
    view! {
        <div class="publish-cover-picture">
            {move || address().map(|address| view! {
                <img
                    src=ipc::picture_url(&address)
                    alt=words
                    data-part="publish-cover-picture"
                    decoding="async"
                    draggable="false"
                />
            })}
        </div>
    }
}

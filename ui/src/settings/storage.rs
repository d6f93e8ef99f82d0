//! What takes how much room.

use leptos::prelude::*;
use protocol::studio::calls::{ClearCache, GetStorage, Reveal};
use protocol::studio::view::StorageView;

use crate::actions::use_actions;
use crate::format;
use crate::state::told::Done;
use crate::state::use_told;
use crate::widget::{Button, icons};
use crate::words::use_words;

/// What takes how much room.
#[component]
pub fn Storage() -> impl IntoView {
    let (w, actions, told) = (use_words(), use_actions(), use_told());
    let storage = RwSignal::new(None::<StorageView>);
    actions.ask(GetStorage {}, move |measured| {
        storage.try_update(|own| *own = Some(measured));
    });
    let row = move |words: String, bytes: u64, colour: &'static str| {
        view! {
            <div class="storage-row">
                <dt>
                    <span class="menu-colour" aria-hidden="true" data-colour=colour></span>
                    {words}
                </dt>
                <dd class="time">{format::bytes(bytes, w.language())}</dd>
            </div>
        }
    };
    let clear = move || {
        let before = storage.with_untracked(|own| own.map_or(0, |own| own.cache));
        actions.ask(ClearCache {}, move |measured| {
            told.done(Done::CacheCleared(before.saturating_sub(measured.cache)));
            storage.try_update(|own| *own = Some(measured));
        });
    };
    view! {
        {move || match storage.get() {
            None => view! { <p class="muted">{w.settings().measuring()}</p> }.into_any(),
            Some(own) => {
                let used = own.library + own.cache + own.models + own.logs;
                let words = w.settings();
                let share = |bytes: u64| format!("{}", bytes as f64 / used.max(1) as f64);
                view! {
                    <div class="storage-bar" aria-hidden="true">
                        <span data-colour="blue" style:--part=share(own.library)></span>
                        <span data-colour="violet" style:--part=share(own.cache)></span>
                        <span data-colour="green" style:--part=share(own.models)></span>
                        <span data-colour="grey" style:--part=share(own.logs)></span>
                    </div>
                    <dl class="storage-rows">
                        {row(words.library(), own.library, "blue")}
                        {row(words.cache(), own.cache, "violet")}
                        {row(words.models_size(), own.models, "green")}
                        {row(words.logs_size(), own.logs, "grey")}
                        {own.free.map(|free| view! {
                            <div class="storage-row storage-free">
                                <dt>{words.free()}</dt>
                                <dd class="time">{format::bytes(free, w.language())}</dd>
                            </div>
                        })}
                    </dl>
                }
                .into_any()
            }
        }}
        <div class="settings-buttons">
            <Button
                label=Signal::derive(move || w.settings().clear_cache())
                icon=icons::LuTrash2
                part="clear-cache"
                disabled=Signal::derive(move || {
                    storage.with(|own| own.is_none_or(|own| own.cache == 0))
                })
                on_press=clear
            />
            <Button
                label=Signal::derive(move || w.settings().show_home())
                icon=icons::LuFolderOpen
                part="show-home"
                on_press=move || actions.reveal(Reveal::Home)
            />
        </div>
    }
}

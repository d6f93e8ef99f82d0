//! The settings. What is chosen is kept at once.
//!
//! Map: [`accounts`] networks · [`general`] language, theme, folder · [`shortcuts`] · [`models`] · [`storage`] · [`about`]

mod about;
mod accounts;
mod general;
mod models;
mod shortcuts;
mod storage;

use leptos::prelude::*;

use crate::state::{Section, use_place};
use crate::widget::Tabs;
use crate::words::use_words;

/// The settings.
#[component]
pub fn SettingsView() -> impl IntoView {
    let (w, place) = (use_words(), use_place());
    let tabs = Signal::derive(move || {
        let words = w.settings();
        vec![
            (Section::General, words.general(), "settings-general"),
            (
                Section::Accounts,
                w.posting().accounts(),
                "settings-accounts",
            ),
            (Section::Shortcuts, words.shortcuts(), "settings-shortcuts"),
            (Section::Models, words.models(), "settings-models"),
            (Section::Storage, words.storage(), "settings-storage"),
            (Section::About, words.about(), "settings-about"),
        ]
    });
    view! {
        <section class="settings" data-part="settings" aria-labelledby="settings-title">
            <h1 id="settings-title">{move || w.settings().title()}</h1>
            <Tabs
                name=Signal::derive(move || w.settings().title())
                tabs=tabs
                open=place.section
            />
            <div class="settings-section" role="tabpanel">
                {move || match place.section.get() {
                    Section::General => view! { <general::General /> }.into_any(),
                    Section::Accounts => view! { <accounts::Accounts /> }.into_any(),
                    Section::Shortcuts => view! { <shortcuts::Shortcuts /> }.into_any(),
                    Section::Models => view! { <models::Models /> }.into_any(),
                    Section::Storage => view! { <storage::Storage /> }.into_any(),
                    Section::About => view! { <about::About /> }.into_any(),
                }}
            </div>
        </section>
    }
}

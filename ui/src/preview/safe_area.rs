//! What a network's own buttons and texts cover of the frame.

use leptos::prelude::*;

use crate::editor::desk::use_desk;
use crate::state::use_prefs;
use crate::words::use_words;

/// The covered edges, drawn over the preview.
#[component]
pub(crate) fn SafeArea() -> impl IntoView {
    let desk = use_desk();
    let prefs = use_prefs();
    let area = Memo::new(move |_| {
        let network = prefs.settings.with(|settings| settings.safe_area.clone())?;
        desk.areas
            .with(|areas| areas.iter().find(|area| area.network == network).cloned())
    });
    let percent = |fraction: f64| format!("{:.2}%", fraction * 100.0);
    view! {
        <Show when=move || area.get().is_some()>
            <div
                class="safe-area"
                data-part="safe-area"
                aria-hidden="true"
                style:--top=move || area.get().map(|own| percent(own.top))
                style:--bottom=move || area.get().map(|own| percent(own.bottom))
                style:--left=move || area.get().map(|own| percent(own.left))
                style:--right=move || area.get().map(|own| percent(own.right))
            ></div>
        </Show>
    }
}

/// Returns a network's name as its owner writes it.
pub(crate) fn network_name(network: &str, universal: &str) -> String {
    match network {
        "universal" => universal.to_owned(),
        "tiktok" => "TikTok".to_owned(),
        "youtube" | "youtube_shorts" | "shorts" => "YouTube Shorts".to_owned(),
        "instagram" | "reels" | "instagram_reels" => "Instagram Reels".to_owned(),
        "facebook" => "Facebook Reels".to_owned(),
        other => other.replace('_', " "),
    }
}

/// Chooses the network whose covered edges are drawn.
#[component]
pub(crate) fn SafeAreaChoice() -> impl IntoView {
    let desk = use_desk();
    let prefs = use_prefs();
    let w = use_words();
    let chosen = move || prefs.settings.with(|settings| settings.safe_area.clone());
    let change = move |event: web_sys::Event| {
        let network = event_target_value(&event);
        let network = (!network.is_empty()).then_some(network);
        prefs.change(|settings| settings.safe_area = network);
    };
    view! {
        <select
            class="safe-area-choice"
            data-part="safe-area-select"
            aria-label=move || w.editor().safe_area()
            data-tip=move || w.editor().safe_area()
            on:change=change
        >
            <option value="" selected=move || chosen().is_none()>
                {move || w.editor().no_safe_area()}
            </option>
            <For
                each=move || desk.areas.get()
                key=|area| area.network.clone()
                let:area
            >
                {
                    let network = area.network.clone();
                    let own = area.network.clone();
                    view! {
                        <option
                            value=area.network.clone()
                            selected=move || chosen().as_deref() == Some(own.as_str())
                        >
                            {move || network_name(&network, &w.editor().universal())}
                        </option>
                    }
                }
            </For>
        </select>
    }
}

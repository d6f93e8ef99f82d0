//! Tabs: a choice of what is shown below. Arrows move among them.

use leptos::html;
use leptos::prelude::*;

use crate::dom;

/// A row of tabs.
#[component]
pub fn Tabs<T>(
    /// What they choose among, for screen readers.
    #[prop(into)]
    name: Signal<String>,
    /// The tabs: what each stands for, its words, its name for WebDriver.
    #[prop(into)]
    tabs: Signal<Vec<(T, String, &'static str)>>,
    /// The open one.
    open: RwSignal<T>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let list = NodeRef::<html::Div>::new();
    let go = move |by: isize| {
        let tabs = tabs.get_untracked();
        let at = tabs
            .iter()
            .position(|(tab, _, _)| *tab == open.get_untracked())
            .unwrap_or(0);
        let to = (at as isize + by).rem_euclid(tabs.len().max(1) as isize) as usize;
        if let Some((tab, _, _)) = tabs.get(to) {
            open.set(*tab);
            if let Some(list) = list.get_untracked() {
                dom::next_frame(move || dom::focus_first(&list, "[aria-selected='true']"));
            }
        }
    };
    view! {
        <div
            node_ref=list
            class="tabs"
            role="tablist"
            aria-label=move || name.get()
            on:keydown=move |event| match event.key().as_str() {
                "ArrowRight" => go(1),
                "ArrowLeft" => go(-1),
                _ => {}
            }
        >
            {move || {
                tabs.get()
                    .into_iter()
                    .map(|(tab, words, part)| {
                        let is_open = move || open.get() == tab;
                        view! {
                            <button
                                type="button"
                                role="tab"
                                class="tab"
                                data-part=part
                                aria-selected=move || is_open().to_string()
                                tabindex=move || if is_open() { "0" } else { "-1" }
                                on:click=move |_| open.set(tab)
                            >
                                {words}
                            </button>
                        }
                    })
                    .collect_view()
            }}
        </div>
    }
}

//! Which reels, in what order, and exporting those that are kept.

use leptos::prelude::*;
use protocol::studio::view::Verdict;
use timeline::ids::MediaId;

use super::Shown;
use super::order::{Filter, Sort};
use crate::actions::use_actions;
use crate::state::use_document;
use crate::widget::{Button, Choice, Look, Tabs, icons};
use crate::words::use_words;

/// Returns its height in pixels: it stays at the top while cards scroll below it, and is higher
/// where it wraps.
pub fn height(scroller: &web_sys::Element) -> f64 {
    let found = scroller.query_selector(".board-bar").ok().flatten();
    found.map_or(0.0, |bar| bar.get_bounding_client_rect().height())
}

/// The bar above the cards.
#[component]
pub fn Toolbar(shown: Shown) -> impl IntoView {
    let (w, document, actions) = (use_words(), use_document(), use_actions());
    let count = move |filter: Filter| {
        let source = shown.source.get();
        document.board.with(|board| {
            let own = board.reels.iter().filter(|reel| {
                filter.shows(reel.verdict) && source.is_none_or(|source| reel.media == source)
            });
            own.count()
        })
    };
    let kept = Memo::new(move |_| {
        document.board.with(|board| {
            let kept = board
                .reels
                .iter()
                .filter(|reel| reel.verdict == Verdict::Kept);
            kept.map(|reel| reel.sequence).collect::<Vec<_>>()
        })
    });
    let tabs = Signal::derive(move || {
        let words = w.board();
        let only = Filter::Only;
        vec![
            (Filter::All, words.show_all(count(Filter::All)), "show-all"),
            (
                only(Verdict::Open),
                words.show_open(count(only(Verdict::Open))),
                "show-open",
            ),
            (
                only(Verdict::Kept),
                words.show_kept(count(only(Verdict::Kept))),
                "show-kept",
            ),
            (
                only(Verdict::Rejected),
                words.show_rejected(count(only(Verdict::Rejected))),
                "show-rejected",
            ),
        ]
    });
    let sorts = Signal::derive(move || {
        vec![
            ("score".to_owned(), w.board().sort_score()),
            ("time".to_owned(), w.board().sort_time()),
            ("length".to_owned(), w.board().sort_length()),
        ]
    });
    let sort = Signal::derive(move || {
        let name = match shown.sort.get() {
            Sort::Score => "score",
            Sort::Time => "time",
            Sort::Length => "length",
        };
        name.to_owned()
    });
    let sources = Signal::derive(move || {
        let mut choices = vec![(String::new(), w.board().all_sources())];
        document.sources.with(|all| {
            choices.extend(
                all.iter()
                    .map(|own| (own.media.0.to_string(), own.name.clone())),
            );
        });
        choices
    });
    let source = Signal::derive(move || {
        shown
            .source
            .get()
            .map(|media| media.0.to_string())
            .unwrap_or_default()
    });
    let has_reels = move || document.board.with(|board| !board.reels.is_empty());
    view! {
        <Show when=has_reels>
            <div class="board-bar">
                <Tabs
                    name=Signal::derive(move || w.board().show())
                    tabs=tabs
                    open=shown.filter
                />
                <div class="board-bar-end">
                    <Show when=move || document.sources.with(|all| all.len() > 1)>
                        <Choice
                            label=Signal::derive(move || w.board().source())
                            choices=sources
                            value=source
                            labelled="hidden"
                            part="source-select"
                            on_choose=move |value| {
                                shown.source.set(value.parse().ok().map(MediaId));
                            }
                        />
                    </Show>
                    <Choice
                        label=Signal::derive(move || w.board().sort())
                        choices=sorts
                        value=sort
                        labelled="beside"
                        part="sort-select"
                        on_choose=move |value| shown.sort.set(match value.as_str() {
                            "time" => Sort::Time,
                            "length" => Sort::Length,
                            _ => Sort::Score,
                        })
                    />
                    <Button
                        label=Signal::derive(move || w.board().export_kept(kept.with(Vec::len)))
                        icon=icons::LuUpload
                        look=Look::Primary
                        part="export-button"
                        disabled=Signal::derive(move || kept.with(Vec::is_empty))
                        on_press=move || actions.export_these(kept.get_untracked())
                    />
                </div>
            </div>
        </Show>
    }
}

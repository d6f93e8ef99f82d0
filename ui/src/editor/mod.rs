//! The editor: library and transcript, preview, inspector, timeline.
//!
//! Map: `desk` what its parts share · `dragging` the drag that goes on · `commands` · `library` ·
//! `panels` edges between them · `tool` buttons of commands · `icons` · `page` elements.
//!
//! Names for WebDriver (`data-part`):
//!
//! | where | `data-part` |
//! |---|---|
//! | editor | `editor`, `tab-library`, `tab-transcript`, `splitter-…`; `toggle_left_panel` and `toggle_inspector` in a panel or its strip |
//! | library | `library`, `library-source` (with `data-media`), `source-add`, `library-sequence` (with `data-sequence`) |
//! | transcript | `transcript`, `transcript-text`, `word` (with `data-word`, `data-state` `plays` or `cut`, `data-spoken`), `word-search` |
//! | preview | `preview` (with `data-state`), `frame-canvas`, `timecode`, `play-button`, `safe-area`, `safe-area-select`; buttons of commands have the command's name |
//! | inspector | `inspector`, `clip-start`, `clip-end`, `clip-length`, `clip-speed`, `clip-gain`, `clip-fade-in`, `clip-fade-out`, `clip-enabled`, `framing`, `crop-zoom`, `crop-x`, `crop-y`, `crop-add`, `crop-hold`, `crop-keys`, `crop-remove`, `caption-look` (with `data-look`), `caption-height`, `caption-height-reset`, `words-section`, `words-cut`, `words-restore`, `words-emphasis`, `words-hide` |
//! | timeline | `timeline`, `timeline-rows`, `timeline-ruler`, `playhead`, `snap-line`, `drag-tip`, `minimap`, `zoom-slider`, `marker` (with `data-marker`), `track` (with `data-track`, `data-kind`), `mute`, `lock`, `add-track`, `add-music-track`, `add-voice-track`, `clip` (with `data-clip`), `trim-start`, `trim-end`, `caption-row`, `caption-card` (with `data-card`), `caption-input` |

mod commands;
pub(crate) mod desk;
pub(crate) mod dragging;
pub(crate) mod icons;
mod library;
pub(crate) mod page;
pub(crate) mod panels;
pub(crate) mod tool;

use leptos::ev;
use leptos::prelude::*;
use protocol::studio::calls::{GetCaptionLooks, GetSafeAreas};
use web_sys::KeyboardEvent;

use crate::command::{Context, UiCommand, use_commands};
use crate::inspector::Inspector;
use crate::preview::player::Player;
use crate::preview::view::Preview;
use crate::state::use_prefs;
use crate::timeline::view::Timeline;
use crate::transcript::view::Transcript;
use crate::words::use_words;
use crate::{dom, ipc, task};
use desk::{Desk, LeftTab};
use library::Library;
use panels::{Grows, PanelSize, Splitter};

/// The editor of the open sequence.
#[component]
pub(crate) fn EditorView() -> impl IntoView {
    let desk = Desk::new();
    provide_context(desk);
    let player = Player::new();
    provide_context(player);
    let prefs = use_prefs();
    let w = use_words();
    use_commands().register(Context::Editor, move |command| {
        commands::run(desk, player, prefs, command);
    });
    dom::on_window(ev::keydown, move |event| escaped(desk, &event));
    fetch(desk);
    let left = PanelSize::new(panels::LEFT, 300.0, 180.0, 640.0).folding();
    let right = PanelSize::new(panels::RIGHT, 288.0, 220.0, 520.0).folding();
    let bottom = PanelSize::new(panels::BOTTOM, 372.0, 240.0, 900.0);
    let (left_px, right_px, bottom_px) = (
        Memo::new(move |_| left.px()),
        Memo::new(move |_| right.px()),
        Memo::new(move |_| bottom.px()),
    );
    let (is_left, is_right) = (
        Memo::new(move |_| !left.is_folded()),
        Memo::new(move |_| !right.is_folded()),
    );
    let has_sequence = Memo::new(move |_| desk.sequence.with(Option::is_some));
    // The preview first: its worker gets ready while the page makes the rest, a panel per picture, so
    // that no pause is long.
    let turns = dom::turns(3);
    let in_turn = move |own: u32| turns.get() >= own;
    view! {
        <div
            class="editor"
            data-part="editor"
            data-dragging=move || desk.gesture.with(Option::is_some).then_some("")
            style:--left=move || format!("{:.0}px", left_px.get())
            style:--right=move || format!("{:.0}px", right_px.get())
            style:--bottom=move || format!("{:.0}px", bottom_px.get())
        >
            <h1 class="spoken">{move || w.editor().title()}</h1>
            <Show
                when=move || has_sequence.get()
                fallback=move || view! { <p class="editor-empty">{move || w.editor().no_sequence()}</p> }
            >
                <div class="editor-top">
                    <Show when=move || in_turn(2) fallback=|| view! { <div class="panel panel--left"></div> }>
                        <Show
                            when=move || is_left.get()
                            fallback=|| view! { <panels::Strip unfold=UiCommand::ToggleLeftPanel /> }
                        >
                            <LeftPanel />
                        </Show>
                    </Show>
                    <Splitter size=left grows=Grows::Right label=Signal::derive(move || w.editor().left_edge()) />
                    <Preview />
                    <Splitter size=right grows=Grows::Left label=Signal::derive(move || w.editor().right_edge()) />
                    <Show when=move || in_turn(3) fallback=|| view! { <div class="inspector"></div> }>
                        <Show
                            when=move || is_right.get()
                            fallback=|| view! { <panels::Strip unfold=UiCommand::ToggleInspector /> }
                        >
                            <Inspector />
                        </Show>
                    </Show>
                </div>
                <Splitter size=bottom grows=Grows::Up label=Signal::derive(move || w.editor().bottom_edge()) />
                <Show when=move || in_turn(1) fallback=|| view! { <div class="timeline"></div> }>
                    <Timeline />
                </Show>
            </Show>
        </div>
    }
}

/// Library and transcript, one of them.
#[component]
fn LeftPanel() -> impl IntoView {
    let desk = desk::use_desk();
    let w = use_words();
    let tab = move |own: LeftTab, part: &'static str| {
        let name = move || match own {
            LeftTab::Library => w.editor().library(),
            LeftTab::Transcript => w.editor().transcript(),
        };
        let is_open = move || desk.tab.get() == own;
        let other = match own {
            LeftTab::Library => LeftTab::Transcript,
            LeftTab::Transcript => LeftTab::Library,
        };
        view! {
            <button
                type="button"
                role="tab"
                id=part
                class="panel-tab"
                data-part=part
                aria-controls="left-panel"
                aria-selected=move || if is_open() { "true" } else { "false" }
                tabindex=move || if is_open() { "0" } else { "-1" }
                on:click=move |_| desk.tab.set(own)
                on:keydown=move |event: KeyboardEvent| {
                    if matches!(event.key().as_str(), "ArrowLeft" | "ArrowRight") {
                        event.prevent_default();
                        event.stop_propagation();
                        desk.tab.set(other);
                        let selector = match other {
                            LeftTab::Library => "#tab-library",
                            LeftTab::Transcript => "#tab-transcript",
                        };
                        if let Some(root) = dom::document().document_element() {
                            dom::focus_first(&root, selector);
                        }
                    }
                }
            >
                {name}
            </button>
        }
    };
    let labelled = move || match desk.tab.get() {
        LeftTab::Library => "tab-library",
        LeftTab::Transcript => "tab-transcript",
    };
    view! {
        <div class="panel panel--left">
            <panels::Head fold=UiCommand::ToggleLeftPanel>
                <div class="panel-tabs" role="tablist" aria-label=move || w.editor().left_tabs()>
                    {tab(LeftTab::Transcript, "tab-transcript")}
                    {tab(LeftTab::Library, "tab-library")}
                </div>
            </panels::Head>
            <div class="panel-body" id="left-panel" role="tabpanel" aria-labelledby=labelled>
                {move || match desk.tab.get() {
                    LeftTab::Library => view! { <Library /> }.into_any(),
                    LeftTab::Transcript => view! { <Transcript /> }.into_any(),
                }}
            </div>
        </div>
    }
}

/// Escape lets go of what is dragged, leaves the full screen, or selects nothing.
fn escaped(desk: Desk, event: &KeyboardEvent) {
    if event.key() != "Escape" || event.default_prevented() {
        return;
    }
    if desk.is_dragging() {
        desk.cancel();
    } else if desk.full.get_untracked() {
        desk.full.set(false);
        dom::document().exit_fullscreen();
    } else if !dom::takes_text(event.target()) {
        desk.select(std::collections::BTreeSet::new());
        desk.words.set(None);
    }
}

/// Fetches what ships with the program and does not change.
fn fetch(desk: Desk) {
    task::spawn(async move {
        match ipc::call(GetCaptionLooks {}).await {
            Ok(looks) => {
                desk.looks.try_set(looks);
            }
            Err(error) => desk.told.failed(&error),
        }
    });
    task::spawn(async move {
        match ipc::call(GetSafeAreas {}).await {
            Ok(areas) => {
                desk.areas.try_set(areas);
            }
            Err(error) => desk.told.failed(&error),
        }
    });
}

//! The preview with its controls.

use leptos::html::Div;
use leptos::prelude::*;
use protocol::error::ApiError;
use protocol::studio::calls::Sound;
use protocol::studio::event::PreviewState;
use protocol::studio::view::Presence;
use timeline::time::SequenceTime;

use super::canvas::FrameCanvas;
use super::player::use_player;
use super::safe_area::{SafeArea, SafeAreaChoice};
use crate::actions::use_actions;
use crate::app::shown_keys;
use crate::command::UiCommand;
use crate::editor::desk::use_desk;
use crate::editor::icons;
use crate::editor::tool::Tool;
use crate::frame::notices::ErrorDetails;
use crate::timeline::scale::timecode;
use crate::widget::Button;
use crate::words::errors::{self, Remedy};
use crate::words::use_words;

/// The preview of the open sequence.
#[component]
pub(crate) fn Preview() -> impl IntoView {
    let desk = use_desk();
    let player = use_player();
    let w = use_words();
    let root: NodeRef<Div> = NodeRef::new();
    let open = Memo::new(move |_| {
        let project = desk.document.open.get()?;
        let sequence = desk.document.sequence.get()?;
        Some((project, sequence))
    });
    let state = Memo::new(move |_| {
        let open = open.get();
        desk.playhead.status.with(|status| {
            let status = status.as_ref()?;
            let is_of_this = open == Some((status.project, status.sequence));
            is_of_this.then(|| status.state.clone())
        })
    });
    let aspect = move || {
        desk.sequence.with(|own| {
            own.as_ref()
                .map(|own| format!("{}", own.format.aspect().unwrap_or(1.0)))
        })
    };
    // Each attempt is a canvas of its own, which opens the preview anew.
    let attempt = RwSignal::new(0_u32);
    let again = Callback::new(move |()| attempt.update(|count| *count += 1));
    try_when_found(state, again);
    let duration = move || SequenceTime(desk.duration.get().0);
    let is_playing = move || desk.playhead.is_playing();
    let play_keys = shown_keys(UiCommand::PlayPause);
    view! {
        <div
            class="preview"
            data-part="preview"
            data-full=move || desk.full.get().then_some("")
            data-state=move || state.get().map(|state| state_name(&state))
            node_ref=root
        >
            <div class="preview-stage">
                <div class="preview-frame" style:--aspect=aspect>
                    {move || {
                        attempt.track();
                        open.get().map(|(project, sequence)| view! {
                            <FrameCanvas
                                project
                                sequence
                                sound=Sound::On
                                from=move |()| desk.playhead.at.get_untracked()
                                on_frame=move |at| player.shown(at)
                                on_open=move |()| player.send_loop_if_on()
                            />
                        })
                    }}
                    <SafeArea />
                    <Show when=move || matches!(state.get(), Some(PreviewState::Loading))>
                        <div class="preview-loading" role="status">
                            <span class="spoken">{move || w.editor().preview_loading()}</span>
                        </div>
                    </Show>
                    {move || match state.get() {
                        Some(PreviewState::Failed(error)) => Some(view! { <Failure error again /> }),
                        _ => None,
                    }}
                </div>
            </div>
            <div class="preview-controls" role="toolbar" aria-label=move || w.editor().preview_controls()>
                <span class="preview-time">
                    <span data-part="timecode">
                        {move || timecode(desk.playhead.at.get(), desk.rate.get())}
                    </span>
                    <span class="preview-length">
                        " / "{move || timecode(duration(), desk.rate.get())}
                    </span>
                </span>
                <span class="preview-transport">
                    <Tool command=UiCommand::GoToStart icon=icons::TO_START />
                    <Tool command=UiCommand::PreviousFrame icon=icons::FRAME_BACK />
                    <button
                        type="button"
                        class="tool tool--play"
                        data-part="play-button"
                        aria-label=move || if is_playing() { w.editor().pause() } else { w.editor().play() }
                        data-tip=move || if is_playing() { w.editor().pause() } else { w.editor().play() }
                        data-tip-keys=move || play_keys.get()
                        on:click=move |_| player.toggle()
                    >
                        <crate::widget::Icon icon=Signal::derive(move || {
                            if is_playing() { icons::PAUSE } else { icons::PLAY }
                        }) />
                    </button>
                    <Tool command=UiCommand::NextFrame icon=icons::FRAME_ON />
                    <Tool command=UiCommand::GoToEnd icon=icons::TO_END />
                </span>
                <span class="preview-more">
                    <Tool
                        command=UiCommand::ToggleLoop
                        icon=icons::LOOP
                        pressed=Signal::derive(move || Some(desk.marks.with(|marks| marks.looped)))
                    />
                    <SafeAreaChoice />
                    <Tool
                        command=UiCommand::FullScreen
                        icon=Signal::derive(move || if desk.full.get() { icons::SMALL } else { icons::FULL })
                        pressed=Signal::derive(move || Some(desk.full.get()))
                    />
                </span>
            </div>
        </div>
    }
}

/// Tries a preview that failed again when a file that was missing is found.
fn try_when_found(state: Memo<Option<PreviewState>>, again: Callback<()>) {
    let desk = use_desk();
    let missing = Memo::new(move |_| {
        desk.document.sources.with(|sources| {
            let absent = sources
                .iter()
                .filter(|source| source.presence != Presence::Present);
            absent.count()
        })
    });
    Effect::new(move |before: Option<usize>| {
        let missing = missing.get();
        let is_failed = matches!(state.get_untracked(), Some(PreviewState::Failed(_)));
        if is_failed && before.is_some_and(|before| missing < before) {
            again.run(());
        }
        missing
    });
}

/// What went wrong, what to do, and a button for it.
#[component]
fn Failure(
    /// Why nothing is shown.
    error: ApiError,
    /// Opens the preview anew.
    again: Callback<()>,
) -> impl IntoView {
    let (w, actions) = (use_words(), use_actions());
    let code = error.code;
    let error = StoredValue::new(error);
    let remedy = match errors::remedy(code) {
        // Other files do not mend this reel, and an export's folder has no part in it.
        None | Some(Remedy::PickFiles | Remedy::ExportFolder) => Remedy::Retry,
        Some(remedy) => remedy,
    };
    view! {
        <div class="preview-failed" role="alert" data-part="preview-failed" data-code=code.name()>
            <p>{move || error.with_value(|error| errors::what(error, w.language()))}</p>
            <p>{move || errors::advice(code, w.language())}</p>
            <ErrorDetails error=error />
            <Button
                label=Signal::derive(move || errors::remedy_button(remedy, w.language()).to_owned())
                part="preview-remedy"
                on_press=move || match remedy {
                    Remedy::Retry => again.run(()),
                    remedy => actions.remedy(remedy, None, None),
                }
            />
        </div>
    }
}

fn state_name(state: &PreviewState) -> &'static str {
    match state {
        PreviewState::Loading => "loading",
        PreviewState::Paused => "paused",
        PreviewState::Playing { .. } => "playing",
        PreviewState::Ended => "ended",
        PreviewState::Failed(_) => "failed",
    }
}

//! A canvas that shows a sequence as the engine's preview plays it.
//!
//! One preview at a time: the canvas that was mounted last has it, the one that is gone gives it
//! back unless another took it.

use std::cell::Cell;
use std::time::Duration;

use leptos::html::Canvas;
use leptos::prelude::*;
use protocol::studio::calls::{ClosePreview, ControlPreview, OpenPreview, PreviewAction, Sound};
use protocol::studio::view::ProjectId;
use timeline::ids::SequenceId;
use timeline::project::Format;
use timeline::time::SequenceTime;

use super::paint::{Painter, header_of};
use crate::editor::page;
use crate::state::{use_document, use_playhead, use_told};
use crate::{dom, ipc, task};

/// A change of size is followed when it has been so long.
const SETTLED: Duration = Duration::from_millis(250);
/// Pictures are no higher than this: a preview need not be sharper than the screen of a laptop.
const HIGHEST: u32 = 1_080;
/// The least height of pictures.
const LOWEST: u32 = 160;

thread_local! {
    /// The highest number of a preview whose frames came.
    static SEEN: Cell<u32> = const { Cell::new(0) };
    /// Counts canvases that took the preview.
    static TAKEN: Cell<u32> = const { Cell::new(0) };
}

/// Returns the height of pictures for a canvas: even, no more than the sequence's own.
fn picture_height(shown_px: f64, format: Format) -> u32 {
    let wanted = (shown_px.ceil().max(0.0) as u32).clamp(LOWEST, HIGHEST);
    let most = format.height & !1;
    wanted.next_multiple_of(2).min(most.max(2))
}

/// The frames of whichever preview is open, drawn where this stands.
#[component]
pub(crate) fn Frames(
    /// Told with the time of each frame that is drawn.
    #[prop(into, default = Callback::new(|_| ()))]
    on_frame: Callback<SequenceTime>,
    /// The canvas.
    #[prop(default = NodeRef::new())]
    canvas: NodeRef<Canvas>,
) -> impl IntoView {
    let has_frame = RwSignal::new(false);
    // Leaves Leptos: frames come from the engine and go to the canvas.
    Effect::new(move |_| {
        let Some(element) = canvas.get() else { return };
        let painter = match Painter::new(&element) {
            Ok(painter) => Some(painter),
            Err(error) => {
                ipc::log_fault(format!("preview: {error}"));
                None
            }
        };
        // Frames of a preview that was closed meanwhile are not drawn.
        let first = SEEN.get().wrapping_add(1);
        let sink = ipc::set_frame_sink(move |frame| {
            let Some(header) = header_of(&frame) else {
                return;
            };
            if header.preview >= first {
                SEEN.set(SEEN.get().max(header.preview));
                if let Some(painter) = &painter {
                    painter.draw(header, &frame);
                }
                on_frame.try_run(header.at);
                if has_frame.try_get_untracked() == Some(false) {
                    has_frame.set(true);
                }
            }
            ipc::frame_shown(header.preview, header.at);
        });
        on_cleanup(move || ipc::clear_frame_sink(sink));
    });
    view! {
        <canvas
            class="frame-canvas"
            data-part="frame-canvas"
            data-empty=move || (!has_frame.get()).then_some("")
            aria-hidden="true"
            node_ref=canvas
            width="2"
            height="2"
        ></canvas>
    }
}

/// A preview of a sequence: opened when it is mounted, as sharp as it is shown, closed when it is
/// gone.
#[component]
pub(crate) fn FrameCanvas(
    /// The project.
    project: ProjectId,
    /// The sequence.
    sequence: SequenceId,
    /// Whether it is heard.
    sound: Sound,
    /// Where to begin, asked for when it is opened.
    #[prop(into)]
    from: Callback<(), SequenceTime>,
    /// Told with the time of each frame that is drawn.
    #[prop(into)]
    on_frame: Callback<SequenceTime>,
    /// Told when the preview was opened.
    #[prop(into)]
    on_open: Callback<()>,
) -> impl IntoView {
    let document = use_document();
    let (told, playhead) = (use_told(), use_playhead());
    let canvas: NodeRef<Canvas> = NodeRef::new();
    let turn = TAKEN.get().wrapping_add(1);
    TAKEN.set(turn);
    let format = Memo::new(move |_| {
        document
            .project
            .with(|project| project.sequences.get(&sequence).map(|own| own.format))
    });
    let height: RwSignal<Option<u32>> = RwSignal::new(None);
    let waiting = StoredValue::new(0_u32);
    page::on_resize(canvas, move |_, height_px| {
        let Some(format) = format.get_untracked() else {
            return;
        };
        let wanted = picture_height(height_px * dom::pixel_ratio(), format);
        match height.get_untracked() {
            None if height_px > 1.0 => height.set(Some(wanted)),
            Some(own) if own.abs_diff(wanted) * 8 > own => {
                // While an edge is dragged the picture is scaled; then it is made anew.
                let number = waiting.get_value() + 1;
                waiting.set_value(number);
                dom::after(SETTLED, move || {
                    if waiting.try_get_value() == Some(number) {
                        height.try_set(Some(wanted));
                    }
                });
            }
            None | Some(_) => {}
        }
    });
    // What played when it was opened anew for its size, until it plays again: it may change once more meanwhile.
    let interrupted = StoredValue::new(None::<f64>);
    Effect::new(move |before: Option<Option<u32>>| {
        let shown = height.get();
        let Some(own) = shown else { return shown };
        let at = from.run(());
        let rate = playhead.rate.get_untracked();
        if before.flatten().is_some() && rate != 0.0 {
            interrupted.set_value(Some(rate));
        }
        task::spawn(async move {
            let call = OpenPreview {
                project,
                sequence,
                at,
                height: own,
                sound,
            };
            if let Err(error) = ipc::call(call).await {
                told.failed(&error);
                return;
            }
            on_open.try_run(());
            let is_last = height.try_get_untracked() == Some(shown);
            if is_last && let Some(rate) = interrupted.try_update_value(Option::take).flatten() {
                let action = PreviewAction::Play { rate };
                // A preview that cannot play says so by its status.
                drop(ipc::call(ControlPreview { action }).await);
            }
        });
        shown
    });
    on_cleanup(move || {
        if TAKEN.get() == turn {
            task::spawn(async move {
                // Another canvas may have taken the preview by the time this runs.
                if TAKEN.get() == turn {
                    drop(ipc::call(ClosePreview {}).await);
                }
            });
        }
    });
    view! { <Frames canvas on_frame /> }
}

#[cfg(test)]
mod tests {
    use timeline::FrameRate;

    use super::*;

    #[test]
    fn pictures_are_even_and_no_higher_than_the_sequence() {
        let check = |shown: f64, own: u32, expect: u32| {
            let format = Format {
                width: 1080,
                height: own,
                rate: FrameRate { num: 30, den: 1 },
            };
            assert_eq!(picture_height(shown, format), expect, "{shown} of {own}");
        };
        check(480.2, 1920, 482);
        check(3000.0, 1920, 1080);
        check(3000.0, 720, 720);
        check(3.0, 1920, 160);
    }
}

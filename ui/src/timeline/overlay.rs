//! What lies over the tracks: playhead, snap line, box, ghosts, and what a drop will do.

use leptos::prelude::*;

use super::drag::{Effect as Does, Grab};
use super::layout::RowKind;
use super::scale::timecode;
use crate::editor::desk::use_desk;
use crate::words::use_words;

/// The playhead's line and head, and the line that an edge is drawn to.
#[component]
pub(crate) fn Lines() -> impl IntoView {
    let desk = use_desk();
    let scroll_px = Memo::new(move |_| desk.view.with(|view| view.scroll_px));
    let zoom = Memo::new(move |_| desk.view.with(|view| view.px_per_sec));
    let playhead_px = move || desk.playhead.at.get().secs() * zoom.get() - scroll_px.get();
    let snapped = Memo::new(move |_| {
        desk.gesture
            .with(|own| own.as_ref().and_then(|own| own.snapped))
            .map(|target| target.at)
    });
    view! {
        <div class="timeline-lines" aria-hidden="true">
            <div
                class="playhead"
                data-part="playhead"
                style:--x=move || format!("{:.2}", playhead_px())
            ></div>
            <Show when=move || snapped.get().is_some()>
                <div
                    class="snap-line"
                    data-part="snap-line"
                    style:--x=move || snapped.get().map(|at| {
                        format!("{:.2}", at.secs() * zoom.get() - scroll_px.get())
                    })
                >
                    <span class="snap-time">
                        {move || snapped.get().map(|at| timecode(at, desk.rate.get()))}
                    </span>
                </div>
            </Show>
        </div>
    }
}

/// The box that selects, and where refused clips would lie. Pixels are counted from its corner.
#[component]
pub(crate) fn Layer() -> impl IntoView {
    let desk = use_desk();
    let scroll_px = Memo::new(move |_| desk.view.with(|view| view.scroll_px));
    let zoom = Memo::new(move |_| desk.view.with(|view| view.px_per_sec));
    let area = Memo::new(move |_| {
        desk.gesture
            .with(|own| own.as_ref().and_then(|own| own.area))
    });
    let ghosts = move || {
        let is_refused = desk.refusal.with(Option::is_some);
        let ghosts = desk.gesture.with(|own| {
            let own = own.as_ref().filter(|_| is_refused);
            own.map(|own| own.ghosts.clone()).unwrap_or_default()
        });
        let rows = desk.rows.get();
        ghosts
            .into_iter()
            .filter_map(|ghost| {
                let row = rows.iter().find(
                    |row| matches!(row.kind, RowKind::Track { id, .. } if id == ghost.track),
                )?;
                let x = ghost.range.start.secs() * zoom.get() - scroll_px.get();
                let width = ghost.range.duration().secs() * zoom.get();
                Some(view! {
                    <div
                        class="ghost"
                        style:--x=format!("{x:.2}")
                        style:--y=format!("{:.2}", row.top_px)
                        style:--w=format!("{width:.2}")
                        style:--h=format!("{:.2}", row.height_px)
                    ></div>
                })
            })
            .collect_view()
    };
    view! {
        <div class="timeline-layer" aria-hidden="true" node_ref=desk.layer>
            <Show when=move || area.get().is_some()>
                <div
                    class="select-box"
                    style:--x=move || area.get().map(|own| format!("{:.2}", own.left_px - scroll_px.get()))
                    style:--y=move || area.get().map(|own| format!("{:.2}", own.top_px))
                    style:--w=move || area.get().map(|own| format!("{:.2}", own.width_px))
                    style:--h=move || area.get().map(|own| format!("{:.2}", own.height_px))
                ></div>
            </Show>
            {ghosts}
        </div>
    }
}

/// Says beside the pointer what the release would do.
#[component]
pub(crate) fn DragTip() -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let is_shown = Memo::new(move |_| {
        desk.gesture
            .with(|own| own.as_ref().is_some_and(|own| own.effect != Does::Select))
    });
    let text = move || {
        let words = w.editor();
        if let Some(error) = desk.refusal.get() {
            return words.refused(&error);
        }
        desk.gesture.with(|own| {
            let Some(own) = own.as_ref() else {
                return String::new();
            };
            let rate = desk.rate.get();
            let far = timecode(timeline::time::SequenceTime(own.by.abs().0), rate);
            let sign = if own.by.0 < 0 { "−" } else { "+" };
            let by = format!("{sign}{far}");
            match own.effect {
                Does::Overwrite => words.tip_overwrite(by),
                Does::Insert => words.tip_insert(by),
                Does::Trim => words.tip_trim(by),
                Does::RippleTrim => words.tip_ripple(by),
                Does::Roll => words.tip_roll(by),
                Does::Slip => words.tip_slip(by),
                Does::Fade => words.tip_fade(far),
                Does::Mark => by,
                Does::Nothing | Does::Select => String::new(),
            }
        })
    };
    let is_of_library = Memo::new(move |_| {
        desk.gesture.with(Option::is_some)
            && desk.drag.with_value(|drag| {
                drag.moving()
                    .is_some_and(|moving| matches!(moving.press.grab, Grab::Media(_)))
            })
    });
    view! {
        <Show when=move || is_shown.get()>
            <div
                class="drag-tip"
                data-part="drag-tip"
                data-refused=move || desk.refusal.with(Option::is_some).then_some("")
                data-library=move || is_of_library.get().then_some("")
                style:--x=move || format!("{:.0}", desk.held.get().x_px)
                style:--y=move || format!("{:.0}", desk.held.get().y_px)
            >
                {text}
            </div>
        </Show>
    }
}

//! The whole sequence in a strip, with what is seen of it.

use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use web_sys::PointerEvent;

use super::draw;
use super::layout::{RowKind, rows};
use crate::dom;
use crate::editor::desk::use_desk;
use crate::state::use_prefs;
use crate::words::use_words;

/// Height of the strip in pixels.
const HEIGHT_PX: f64 = 20.0;

/// The strip.
#[component]
pub(crate) fn Minimap() -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let prefs = use_prefs();
    let canvas: NodeRef<Canvas> = NodeRef::new();
    let strip: NodeRef<Div> = NodeRef::new();
    let width_px = Memo::new(move |_| desk.view.with(|view| view.width_px));
    // What is shown is as long as what can be scrolled to.
    let shown_secs = Memo::new(move |_| {
        let duration = desk
            .settled
            .with(|own| own.as_ref().map(|own| own.duration()).unwrap_or_default());
        desk.view.with(|view| {
            let end_px = view
                .px_from_ticks(duration)
                .max(view.scroll_px + view.width_px);
            (end_px / view.px_per_sec).max(0.001)
        })
    });
    Effect::new(move |_| {
        let Some(canvas) = canvas.get() else {
            return;
        };
        let (width_px, shown_secs) = (width_px.get(), shown_secs.get());
        // Its colour is the theme's.
        prefs.theme.track();
        let Some(context) = draw::sized(&canvas, width_px, HEIGHT_PX) else {
            return;
        };
        draw::ink(&canvas, &context);
        desk.settled.with(|own| {
            let Some(own) = own.as_ref() else { return };
            let tracks: Vec<_> = rows(own)
                .into_iter()
                .filter_map(|row| match row.kind {
                    RowKind::Track { id, .. } => own.tracks.iter().find(|track| track.id == id),
                    RowKind::Captions => None,
                })
                .filter(|track| !track.clips.is_empty())
                .collect();
            let height = (HEIGHT_PX - 4.0) / tracks.len().max(1) as f64;
            let scale = width_px / shown_secs;
            for (index, track) in tracks.into_iter().enumerate() {
                let top = 2.0 + index as f64 * height;
                for clip in &track.clips {
                    let left = clip.start.secs() * scale;
                    let width = clip.duration().secs() * scale;
                    context.fill_rect(left, top, (width - 0.5).max(0.5), (height - 1.0).max(1.0));
                }
            }
        });
    });
    let held = StoredValue::new(None::<f64>);
    let x_of = move |event: &PointerEvent| {
        let left = strip
            .get_untracked()
            .map(|strip| strip.get_bounding_client_rect().left());
        f64::from(event.client_x()) - left.unwrap_or_default()
    };
    let window_px = move || {
        desk.view.with(|view| {
            let scale = view.width_px / shown_secs.get() / view.px_per_sec;
            (view.scroll_px * scale, view.width_px * scale)
        })
    };
    let scroll_to = move |x_px: f64| {
        let view = desk.view.get_untracked();
        let wanted = x_px / view.width_px.max(1.0) * shown_secs.get_untracked() * view.px_per_sec;
        let duration = desk.duration.get_untracked();
        desk.view
            .set(view.scrolled(wanted - view.scroll_px, duration));
    };
    let down = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        if let Some(strip) = strip.get_untracked() {
            dom::capture_pointer(&strip, &event);
        }
        let x = x_of(&event);
        let (left, width) = untrack(window_px);
        let within = if (left..left + width).contains(&x) {
            x - left
        } else {
            width / 2.0
        };
        held.set_value(Some(within));
        scroll_to(x - within);
    };
    let moved = move |event: PointerEvent| {
        if let Some(within) = held.get_value() {
            scroll_to(x_of(&event) - within);
        }
    };
    let playhead_px = move || desk.playhead.at.get().secs() / shown_secs.get() * width_px.get();
    view! {
        <div
            class="minimap"
            data-part="minimap"
            aria-hidden="true"
            data-tip=move || w.editor().minimap()
            node_ref=strip
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=move |_| held.set_value(None)
            on:pointercancel=move |_| held.set_value(None)
        >
            <canvas node_ref=canvas></canvas>
            <div class="minimap-playhead" style:--x=move || format!("{:.2}", playhead_px())></div>
            <div
                class="minimap-window"
                style:--x=move || format!("{:.2}", window_px().0)
                style:--w=move || format!("{:.2}", window_px().1)
            ></div>
        </div>
    }
}

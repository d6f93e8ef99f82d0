//! The ruler: times, markers, the marked range. A press on it moves the playhead.

use leptos::prelude::*;
use timeline::ids::MarkerId;
use web_sys::PointerEvent;

use super::clip::OVERSCAN;
use super::drag::Grab;
use super::scale::{Tick, ticks, timecode};
use super::view::{held_at, mode_of};
use crate::dom;
use crate::editor::desk::use_desk;
use crate::editor::dragging::Released;
use crate::editor::page;
use crate::preview::player::use_player;
use crate::words::use_words;

/// The ruler.
#[component]
pub(crate) fn Ruler() -> impl IntoView {
    let desk = use_desk();
    let player = use_player();
    let seek = move |event: &PointerEvent| {
        let pointer = desk.pointer(held_at(event), mode_of(event));
        let at = desk.view.get_untracked().seq_from_px(pointer.x_px);
        let rate = desk.rate.get_untracked();
        let at = rate.frame_start(rate.frame_at(at.since_start()));
        player.scrub(timeline::time::SequenceTime(at.0));
    };
    let is_scrubbing = RwSignal::new(false);
    let down = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        let Some(element) = page::target_element(&event) else {
            return;
        };
        let Some(ruler) = element.closest(".ruler").ok().flatten() else {
            return;
        };
        dom::capture_pointer(&ruler, &event);
        if let Some(marker) = element.get_attribute("data-marker")
            && let Ok(marker) = marker.parse()
        {
            desk.press(
                Grab::Marker(MarkerId(marker)),
                held_at(&event),
                mode_of(&event),
            );
            return;
        }
        is_scrubbing.set(true);
        seek(&event);
    };
    let moved = move |event: PointerEvent| {
        if is_scrubbing.get_untracked() {
            seek(&event);
        } else {
            desk.drag_to(held_at(&event), mode_of(&event));
        }
    };
    let up = move |_: PointerEvent| {
        if is_scrubbing.get_untracked() {
            is_scrubbing.set(false);
        } else if let Released::Clicked(Grab::Marker(id)) = desk.release()
            && let Some(sequence) = desk.now()
            && let Some(marker) = sequence.markers.iter().find(|marker| marker.id == id)
        {
            player.seek(marker.at);
        }
    };
    view! {
        <div
            class="ruler"
            data-part="timeline-ruler"
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=up
            on:pointercancel=move |_| {
                is_scrubbing.set(false);
                desk.cancel();
            }
        >
            <div class="ruler-content">
                <TickMarks />
                <Marked />
                <Markers />
            </div>
        </div>
    }
}

/// Times.
#[component]
fn TickMarks() -> impl IntoView {
    let desk = use_desk();
    let view = desk.view;
    // Ticks follow the zoom and the steps of scrolling, not each pixel.
    let zoom = Memo::new(move |_| view.with(|view| (view.px_per_sec, view.width_px)));
    let range = Memo::new(move |_| view.with(|view| view.seen(OVERSCAN)));
    let shown = Memo::new(move |_| {
        zoom.track();
        ticks(view.get_untracked(), range.get(), desk.rate.get())
    });
    let path = move || {
        let px_per_sec = zoom.get().0;
        shown.with(|ticks| {
            let line = |tick: &Tick| {
                let x = (tick.at.secs() * px_per_sec).round() + 0.5;
                let height = if tick.label.is_some() { 8 } else { 4 };
                format!("M{x} 28v-{height}")
            };
            ticks.iter().map(line).collect::<String>()
        })
    };
    let labels = move || {
        let px_per_sec = zoom.get().0;
        shown.with(|ticks| {
            let labelled = ticks
                .iter()
                .filter_map(|tick| Some((tick.at, tick.label.clone()?)));
            labelled
                .map(|(at, label)| {
                    let x = at.secs() * px_per_sec;
                    view! { <span class="ruler-label" style:--x=format!("{x:.2}")>{label}</span> }
                })
                .collect_view()
        })
    };
    view! {
        <svg class="ruler-ticks" aria-hidden="true" width="1" height="28">
            <path d=path></path>
        </svg>
        {labels}
    }
}

/// The marked range.
#[component]
fn Marked() -> impl IntoView {
    let desk = use_desk();
    let zoom = Memo::new(move |_| desk.view.with(|view| view.px_per_sec));
    let marked = Memo::new(move |_| desk.marks.get().range(desk.duration.get()));
    view! {
        <Show when=move || marked.get().is_some()>
            <span
                class="ruler-marked"
                style:--x=move || marked.get().map(|own| format!("{:.2}", own.start.secs() * zoom.get()))
                style:--w=move || marked.get().map(|own| format!("{:.2}", own.duration().secs() * zoom.get()))
            ></span>
        </Show>
    }
}

/// The markers.
#[component]
fn Markers() -> impl IntoView {
    let desk = use_desk();
    let player = use_player();
    let w = use_words();
    let zoom = Memo::new(move |_| desk.view.with(|view| view.px_per_sec));
    let markers = Memo::new(move |_| {
        desk.sequence.with(|own| {
            own.as_ref()
                .map(|own| own.markers.clone())
                .unwrap_or_default()
        })
    });
    let remove_marker = move |id: MarkerId| {
        if let Some(sequence) = desk.now() {
            let edit = timeline::edit::RemoveMarker {
                sequence: sequence.id,
                marker: id,
            };
            desk.commit(Some(edit.into()));
        }
    };
    let at_marker = move |id: MarkerId| {
        markers.with(|all| {
            all.iter()
                .find(|marker| marker.id == id)
                .map(|marker| marker.at)
        })
    };
    let marker_px =
        move |id: MarkerId| at_marker(id).map(|at| format!("{:.2}", at.secs() * zoom.get()));
    let marker_name = move |id: MarkerId| {
        let at = at_marker(id)?;
        let label = markers.with(|all| {
            let own = all.iter().find(|marker| marker.id == id);
            own.map(|own| own.label.clone()).unwrap_or_default()
        });
        Some(w.editor().marker(label, timecode(at, desk.rate.get())))
    };
    view! {
        <For
            each=move || markers.get()
            key=|marker| marker.id.0
            let:marker
        >
            <button
                type="button"
                class="ruler-marker"
                data-part="marker"
                data-marker=marker.id.0.to_string()
                aria-label=move || marker_name(marker.id)
                data-tip=move || marker_name(marker.id)
                style:--x=move || marker_px(marker.id)
                on:keydown=move |event: web_sys::KeyboardEvent| {
                    match event.key().as_str() {
                        "Enter" => {
                            event.stop_propagation();
                            if let Some(at) = at_marker(marker.id) {
                                player.seek(at);
                            }
                        }
                        "Delete" | "Backspace" => {
                            event.stop_propagation();
                            remove_marker(marker.id);
                        }
                        _ => {}
                    }
                }
            ></button>
        </For>
    }
}

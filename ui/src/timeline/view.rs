//! The timeline as a whole: pointer, wheel and keys over its tracks.

use leptos::html::Div;
use leptos::prelude::*;
use timeline::edit::{Edge, Later, Trim};
use timeline::ids::{ClipId, TrackId};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};

use super::actions::{Arrow, neighbour};
use super::captions::CaptionRow;
use super::drag::{Grab, Mode, with_linked};
use super::layout::RowKind;
use super::minimap::Minimap;
use super::overlay::{DragTip, Layer, Lines};
use super::row::TrackRow;
use super::ruler::Ruler;
use super::toolbar::Toolbar;
use crate::command::{menus, use_commands};
use crate::dom;
use crate::editor::desk::{Desk, Held, use_desk};
use crate::editor::dragging::Released;
use crate::editor::icons;
use crate::editor::page;
use crate::widget::{ContextMenu, ContextMenuList, Icon, Menu};
use crate::words::use_words;

/// How much a step of the wheel zooms.
const WHEEL_ZOOM: f64 = 0.0022;
/// Pixels of a line that a wheel scrolls by.
const LINE_PX: f64 = 18.0;

/// Returns where the pointer is.
pub(crate) fn held_at(event: &MouseEvent) -> Held {
    Held {
        x_px: f64::from(event.client_x()),
        y_px: f64::from(event.client_y()),
    }
}

/// Returns what the keys that are held make of a drag.
pub(crate) fn mode_of(event: &MouseEvent) -> Mode {
    if event.alt_key() {
        Mode::Alternate
    } else if event.ctrl_key() || event.meta_key() {
        Mode::Ripple
    } else {
        Mode::Plain
    }
}

fn clip_of(element: &Element) -> Option<ClipId> {
    let clip = element.closest("[data-clip]").ok().flatten()?;
    let id = clip.get_attribute("data-clip")?;
    id.parse().ok().map(ClipId)
}

/// Returns what lies under the pointer.
fn grab_of(desk: Desk, element: &Element, event: &MouseEvent) -> Option<Grab> {
    if element
        .closest(".track-head, input, .ruler")
        .ok()
        .flatten()
        .is_some()
    {
        return None;
    }
    let Some(lane) = element.closest("[data-lane]").ok().flatten() else {
        // Below the last track.
        let is_below = element.matches(".timeline-rows, .timeline-content");
        return matches!(is_below, Ok(true)).then_some(Grab::Room);
    };
    let clip = clip_of(element);
    let part = element.closest("[data-grab]").ok().flatten();
    let part = part.and_then(|part| part.get_attribute("data-grab"));
    match (clip, part.as_deref()) {
        (Some(clip), Some("trim-start")) => Some(Grab::Edge(clip, Edge::Start)),
        (Some(clip), Some("trim-end")) => Some(Grab::Edge(clip, Edge::End)),
        (Some(clip), Some("fade-in")) => Some(Grab::Fade(clip, Edge::Start)),
        (Some(clip), Some("fade-out")) => Some(Grab::Fade(clip, Edge::End)),
        (Some(clip), _) => Some(Grab::Body(clip)),
        (None, _) if element.closest(".caption-card").ok().flatten().is_some() => None,
        (None, _) => {
            // Clips too narrow for an element are found by their time.
            let narrow = lane
                .get_attribute("data-lane")
                .and_then(|id| id.parse().ok());
            let found = narrow.and_then(|id| narrow_at(desk, TrackId(id), event));
            Some(found.map_or(Grab::Room, Grab::Body))
        }
    }
}

fn narrow_at(desk: Desk, id: TrackId, event: &MouseEvent) -> Option<ClipId> {
    let pointer = desk.pointer(held_at(event), Mode::Plain);
    let at = desk.view.get_untracked().seq_from_px(pointer.x_px);
    let sequence = desk.now()?;
    let track = sequence.tracks.iter().find(|track| track.id == id)?;
    let after = track.clips.partition_point(|clip| clip.start <= at);
    let clip = track.clips.get(after.checked_sub(1)?)?;
    clip.range().contains(at).then_some(clip.id)
}

/// The timeline.
#[component]
pub(crate) fn Timeline() -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let (commands, menu) = (use_commands(), ContextMenu::default());
    let rows_ref: NodeRef<Div> = NodeRef::new();
    let roving = Memo::new(move |_| {
        let focused = desk.focused.get();
        desk.sequence.with(|own| {
            let own = own.as_ref()?;
            let is_there = focused.filter(|id| own.clip(*id).is_some());
            is_there.or_else(|| {
                let rows = desk.rows.get();
                rows.iter().find_map(|row| match row.kind {
                    RowKind::Track { id, .. } => {
                        let track = own.tracks.iter().find(|track| track.id == id)?;
                        track.clips.first().map(|clip| clip.id)
                    }
                    RowKind::Captions => None,
                })
            })
        })
    });
    let scroll_px = Memo::new(move |_| desk.view.with(|view| view.scroll_px));
    let is_empty = Memo::new(move |_| {
        desk.sequence.with(|own| {
            own.as_ref()
                .is_none_or(|own| own.tracks.iter().all(|track| track.clips.is_empty()))
        })
    });
    page::on_resize(desk.layer, move |width_px, _| resized(desk, width_px));
    let rows = move || {
        let rows = desk.rows.get();
        rows.iter().copied().collect::<Vec<_>>()
    };
    let height_px = move || {
        desk.rows
            .with(|rows| rows.iter().map(|row| row.height_px).sum::<f64>())
    };
    view! {
        <section class="timeline" data-part="timeline" aria-label=move || w.editor().timeline()>
            <Toolbar />
            <div
                class="timeline-body"
                style:--scroll=move || format!("{:.2}", scroll_px.get())
                on:wheel=move |event| wheeled(desk, rows_ref, &event)
            >
                <Corner />
                <Ruler />
                <div
                    class="timeline-rows"
                    role="grid"
                    aria-label=move || w.editor().tracks()
                    aria-multiselectable="true"
                    data-part="timeline-rows"
                    node_ref=rows_ref
                    on:pointerdown=move |event| pressed(desk, &event)
                    on:pointermove=move |event: PointerEvent| desk.drag_to(held_at(&event), mode_of(&event))
                    on:pointerup=move |event| released(desk, &event)
                    on:pointercancel=move |_| desk.cancel()
                    on:keydown=move |event| {
                        if !desk.document.is_writable_now() || !menu.open_by(&event) {
                            keyed(desk, &event);
                        }
                    }
                    on:contextmenu=move |event| asked(desk, menu, &event)
                >
                    <div class="timeline-content" role="none" style:--height=move || format!("{}", height_px())>
                        <For each=rows key=|row| row.key() let:row>
                            {match row.kind {
                                RowKind::Track { id, kind, number } => view! {
                                    <TrackRow id kind number height_px=row.height_px roving />
                                }.into_any(),
                                RowKind::Captions => view! { <CaptionRow height_px=row.height_px /> }.into_any(),
                            }}
                        </For>
                        <Layer />
                    </div>
                    <Show when=move || is_empty.get()>
                        <p class="timeline-empty" role="none">{move || w.editor().timeline_empty()}</p>
                    </Show>
                </div>
                <Lines />
            </div>
            <Minimap />
            <DragTip />
            <ContextMenuList
                menu
                name=Signal::derive(move || w.editor().timeline())
                items=move || commands.menu(menus::TIMELINE)
            />
        </section>
    }
}

/// Adds tracks.
#[component]
fn Corner() -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let commands = use_commands();
    let items = move || commands.menu(menus::TRACKS);
    view! {
        <div class="timeline-corner">
            <Show when=move || desk.document.is_writable()>
                <Menu
                    name=Signal::derive(move || w.editor().add_track())
                    items
                    class="track-button"
                    part="add-track"
                >
                    <Icon icon=icons::ADD />
                </Menu>
            </Show>
        </div>
    }
}

/// Notes the width; shows all of the sequence when it is shown for the first time.
fn resized(desk: Desk, width_px: f64) {
    let view = desk.view.get_untracked();
    if (view.width_px - width_px).abs() < 0.5 || width_px < 1.0 {
        return;
    }
    let is_first = view.width_px < 1.0;
    let mut shown = view;
    shown.width_px = width_px;
    match desk.place.zoom.get_untracked() {
        None => {
            desk.view.set(shown.fitted(desk.duration.get_untracked()));
        }
        Some(zoom) if is_first => {
            shown.px_per_sec = zoom.clamp(super::scale::FARTHEST, super::scale::CLOSEST);
            let at = desk.playhead.at.get_untracked();
            desk.view
                .set(shown.showing(at, 80.0, desk.duration.get_untracked()));
        }
        Some(_) => desk.view.set(shown),
    }
}

fn pressed(desk: Desk, event: &PointerEvent) {
    if event.button() != 0 || desk.is_dragging() {
        return;
    }
    let Some(element) = page::target_element(event) else {
        return;
    };
    let Some(grab) = grab_of(desk, &element, event) else {
        return;
    };
    let Some(rows) = element.closest(".timeline-rows").ok().flatten() else {
        return;
    };
    dom::capture_pointer(&rows, event);
    let is_writable = untrack(move || desk.document.is_writable());
    let mut grab = grab;
    if let Grab::Body(clip) | Grab::Edge(clip, _) | Grab::Fade(clip, _) = grab {
        // A captured pointer does not give the focus by itself.
        focus_clip(clip);
        select_pressed(desk, clip, event);
        if !is_writable {
            return;
        }
    } else if !event.shift_key() && !event.ctrl_key() {
        desk.select(std::collections::BTreeSet::new());
    }
    if !is_writable {
        grab = Grab::Room;
    }
    desk.press(grab, held_at(event), mode_of(event));
}

/// Opens the menu at the pointer; a clip under it that is not selected is, first.
fn asked(desk: Desk, menu: ContextMenu, event: &MouseEvent) {
    let Some(element) = page::target_element(event) else {
        return;
    };
    if element
        .closest(".track-head, input")
        .ok()
        .flatten()
        .is_some()
    {
        return;
    }
    if !desk.document.is_writable_now() || desk.is_dragging() {
        event.prevent_default();
        return;
    }
    if let Some(Grab::Body(clip) | Grab::Edge(clip, _) | Grab::Fade(clip, _)) =
        grab_of(desk, &element, event)
    {
        focus_clip(clip);
        select_pressed(desk, clip, event);
    }
    menu.open_at(event);
}

/// Selects a pressed clip with what is linked to it; with Shift it is added or taken out.
fn select_pressed(desk: Desk, clip: ClipId, event: &MouseEvent) {
    let Some(sequence) = desk.now() else { return };
    let mut selected = desk.selection.clips.get_untracked();
    let own = with_linked(&sequence, [clip]);
    if event.shift_key() {
        if selected.contains(&clip) {
            selected.retain(|id| !own.contains(id));
        } else {
            selected.extend(own);
        }
    } else if !selected.contains(&clip) {
        selected = own;
    }
    desk.select(selected);
}

fn released(desk: Desk, event: &PointerEvent) {
    if let Released::Clicked(grab) = desk.release()
        && let Grab::Body(clip) | Grab::Edge(clip, _) | Grab::Fade(clip, _) = grab
        && !event.shift_key()
        && let Some(sequence) = desk.now()
    {
        let own = with_linked(&sequence, [clip]);
        if event.ctrl_key() || event.meta_key() {
            let mut selected = desk.selection.clips.get_untracked();
            selected.extend(own);
            desk.select(selected);
        } else {
            desk.select(own);
        }
    }
}

fn focus_clip(clip: ClipId) {
    let selector = format!("[data-clip='{}']", clip.0);
    let found = dom::document().query_selector(&selector).ok().flatten();
    if let Some(element) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        dom::focus(&element);
    }
}

fn wheeled(desk: Desk, rows: NodeRef<Div>, event: &WheelEvent) {
    let unit = if event.delta_mode() == WheelEvent::DOM_DELTA_LINE {
        LINE_PX
    } else {
        1.0
    };
    let (dx, dy) = (event.delta_x() * unit, event.delta_y() * unit);
    let view = desk.view.get_untracked();
    let duration = desk.duration.get_untracked();
    if event.ctrl_key() || event.meta_key() {
        event.prevent_default();
        let left = desk
            .layer
            .get_untracked()
            .map(|layer| layer.get_bounding_client_rect().left());
        let around_px = f64::from(event.client_x()) - left.unwrap_or_default();
        desk.show(view.zoomed((-dy * WHEEL_ZOOM).exp(), around_px, duration));
        return;
    }
    let fits = rows
        .get_untracked()
        .is_none_or(|rows| rows.scroll_height() <= rows.client_height() + 1);
    let by_px = if event.shift_key() && dx == 0.0 {
        dy
    } else if dx.abs() > dy.abs() {
        dx
    } else if fits {
        dy
    } else {
        return;
    };
    event.prevent_default();
    desk.view.set(view.scrolled(by_px, duration));
}

/// Arrows go from clip to clip and to the trim handles; there they trim by frames.
fn keyed(desk: Desk, event: &KeyboardEvent) {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    let Some(element) = page::target_element(event) else {
        return;
    };
    let Some(clip) = clip_of(&element) else {
        return;
    };
    let Some(sequence) = desk.now() else { return };
    let arrow = match event.key().as_str() {
        "ArrowLeft" => Arrow::Left,
        "ArrowRight" => Arrow::Right,
        "ArrowUp" => Arrow::Up,
        "ArrowDown" => Arrow::Down,
        "Enter" => {
            event.prevent_default();
            event.stop_propagation();
            desk.select(with_linked(&sequence, [clip]));
            return;
        }
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    let handle = match element.get_attribute("data-grab").as_deref() {
        Some("trim-start") => Some(Edge::Start),
        Some("trim-end") => Some(Edge::End),
        _ => None,
    };
    if let Some(edge) = handle {
        let frames = match arrow {
            Arrow::Left => -1,
            Arrow::Right => 1,
            Arrow::Up | Arrow::Down => {
                focus_clip(clip);
                return;
            }
        };
        let Some((_, own)) = sequence.clip(clip) else {
            return;
        };
        let range = own.range();
        let from = match edge {
            Edge::Start => range.start,
            Edge::End => range.end,
        };
        let trim = Trim {
            sequence: sequence.id,
            clip,
            edge,
            to: from + sequence.format.rate.frame_duration() * frames,
            later: Later::Stays,
        };
        desk.commit(Some(trim.into()));
        return;
    }
    if event.shift_key() {
        let part = match arrow {
            Arrow::Left => "trim-start",
            Arrow::Right => "trim-end",
            Arrow::Up | Arrow::Down => return,
        };
        dom::focus_first(&element, &format!("[data-part='{part}']"));
        return;
    }
    let tracks: Vec<TrackId> = desk.rows.with_untracked(|rows| {
        let tracks = rows.iter().filter_map(|row| match row.kind {
            RowKind::Track { id, .. } => Some(id),
            RowKind::Captions => None,
        });
        tracks.collect()
    });
    if let Some(next) = neighbour(&sequence, &tracks, clip, arrow)
        && let Some((_, own)) = sequence.clip(next)
    {
        let view = desk.view.get_untracked();
        let shown = view.showing(own.start, 40.0, desk.duration.get_untracked());
        if shown != view {
            desk.view.set(shown);
        }
        desk.focused.set(Some(next));
        // Its element is made by then.
        dom::next_frame(move || focus_clip(next));
    }
}

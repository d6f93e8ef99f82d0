//! The timeline's tools. Each does a command, so that its name shows the keys that do the same.

use std::collections::BTreeSet;

use icondata_core::Icon as IconData;
use leptos::prelude::*;
use timeline::ids::{ClipId, LinkId};

use super::drag::Snapping;
use super::scale::{slider_from_zoom, timecode, zoom_from_slider};
use crate::command::UiCommand;
use crate::editor::desk::use_desk;
use crate::editor::icons;
use crate::editor::tool::Tool;
use crate::words::use_words;

/// The tools.
#[component]
pub(crate) fn Toolbar() -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let tools: [(UiCommand, IconData); 5] = [
        (UiCommand::Split, icons::SPLIT),
        (UiCommand::TrimStart, icons::TRIM_START),
        (UiCommand::TrimEnd, icons::TRIM_END),
        (UiCommand::RippleDelete, icons::RIPPLE_DELETE),
        (UiCommand::AddMarker, icons::MARKER),
    ];
    let is_writable = Memo::new(move |_| desk.document.is_writable());
    let buttons = tools.map(|(command, icon)| {
        view! { <Tool command icon is_off=Signal::derive(move || !is_writable.get()) /> }
    });
    // A picture and its sound count once.
    let selected = Memo::new(move |_| {
        let chosen = desk.selection.clips.get();
        desk.settled.with(|own| {
            let tracks = own.iter().flat_map(|own| &own.tracks);
            let clips = tracks.flat_map(|track| &track.clips);
            let chosen = clips.filter(|clip| chosen.contains(&clip.id));
            let groups: BTreeSet<Result<LinkId, ClipId>> =
                chosen.map(|clip| clip.link.ok_or(clip.id)).collect();
            groups.len()
        })
    });
    let zoom = Memo::new(move |_| desk.view.with(|view| view.px_per_sec));
    let slide = move |event: web_sys::Event| {
        let Ok(at) = event_target_value(&event).parse::<f64>() else {
            return;
        };
        let factor = zoom_from_slider(at) / zoom.get_untracked();
        desk.zoom(factor);
    };
    let percent = move || format!("{:.3}", slider_from_zoom(zoom.get()));
    view! {
        <div class="timeline-tools" role="toolbar" aria-label=move || w.editor().timeline_tools()>
            {buttons}
            <span class="tools-gap"></span>
            <Tool
                command=UiCommand::ToggleSnap
                icon=icons::SNAP
                pressed=Signal::derive(move || Some(desk.snapping.get() == Snapping::On))
            />
            <span class="tools-time" data-part="timeline-time">
                {move || {
                    let count = selected.get();
                    (count > 1).then(|| w.editor().selected(count))
                }}
            </span>
            <span class="tools-grow"></span>
            <span class="tools-length">
                {move || timecode(timeline::time::SequenceTime(desk.duration.get().0), desk.rate.get())}
            </span>
            <Tool command=UiCommand::ZoomOut icon=icons::ZOOM_OUT />
            <input
                class="zoom-slider"
                type="range"
                min="0"
                max="1"
                step="0.005"
                data-part="zoom-slider"
                aria-label=move || w.editor().zoom()
                prop:value=percent
                on:input=slide
            />
            <Tool command=UiCommand::ZoomIn icon=icons::ZOOM_IN />
            <Tool command=UiCommand::ZoomFit icon=icons::FIT />
        </div>
    }
}

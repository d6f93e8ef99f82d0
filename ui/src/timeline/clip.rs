//! A clip on its track.

use std::sync::Arc;

use leptos::html::Canvas;
use leptos::prelude::*;
use timeline::Ticks;
use timeline::ids::ClipId;
use timeline::project::{Clip, TrackKind};
use timeline::time::SequenceTime;

use super::draw::{self, Part};
use super::scale::timecode;
use crate::editor::desk::use_desk;
use crate::words::errors::file_name;
use crate::words::use_words;

/// Height of a clip's name in pixels.
pub(crate) const NAME_PX: f64 = 16.0;
/// A clip as wide as this has handles, fades and a picture.
const ROOMY_PX: f64 = 26.0;
/// What is drawn beyond what is seen, as a share of the width.
pub(crate) const OVERSCAN: f64 = 0.25;

/// A clip.
#[component]
pub(crate) fn ClipView(
    /// Which.
    id: ClipId,
    /// What its track carries.
    kind: TrackKind,
    /// Height of its row in pixels.
    height_px: f64,
    /// The clips of its track that are seen.
    #[prop(into)]
    shown: Signal<Arc<Vec<Clip>>>,
    /// The clip that the Tab key comes to.
    roving: Memo<Option<ClipId>>,
) -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let clip =
        Memo::new(move |_| shown.with(|clips| clips.iter().find(|clip| clip.id == id).cloned()));
    let px_per_sec = Memo::new(move |_| desk.view.with(|view| view.px_per_sec));
    let x_px = move || {
        clip.with(|own| own.as_ref().map_or(0.0, |own| own.start.secs())) * px_per_sec.get()
    };
    let length =
        Memo::new(move |_| clip.with(|own| own.as_ref().map(Clip::duration).unwrap_or_default()));
    let width_px = Memo::new(move |_| length.get().secs() * px_per_sec.get());
    let is_roomy = Memo::new(move |_| width_px.get() >= ROOMY_PX);
    let is_selected = Memo::new(move |_| desk.selection.clips.with(|own| own.contains(&id)));
    let media = Memo::new(move |_| clip.with(|own| own.as_ref().map(|own| own.media)));
    let name = Memo::new(move |_| {
        let media = media.get()?;
        desk.document.project.with(|project| {
            project
                .media
                .get(&media)
                .map(|own| file_name(&own.path).to_owned())
        })
    });
    let is_missing = Memo::new(move |_| {
        use protocol::studio::view::Presence;
        let media = media.get();
        desk.document.sources.with(|sources| {
            let own = sources.iter().find(|source| Some(source.media) == media);
            own.is_some_and(|own| own.presence != Presence::Present)
        })
    });
    let speed = Memo::new(move |_| {
        clip.with(|own| own.as_ref().map(|own| own.speed))
            .filter(|speed| speed.num != speed.den)
            .map(|speed| f64::from(speed.num) / f64::from(speed.den.max(1)))
    });
    let title = move || {
        let own = clip.get()?;
        let rate = desk.rate.get();
        let range = own.range();
        Some(w.editor().clip_name(
            name.get().unwrap_or_default(),
            timecode(range.start, rate),
            timecode(range.end, rate),
        ))
    };
    view! {
        <div
            class="clip"
            role="gridcell"
            data-part="clip"
            data-grab="body"
            data-clip=id.0.to_string()
            data-kind=kind_name(kind)
            data-missing=move || is_missing.get().then_some("")
            data-off=move || clip.with(|own| own.as_ref().is_some_and(|own| !own.enabled)).then_some("")
            aria-selected=move || if is_selected.get() { "true" } else { "false" }
            aria-label=title
            tabindex=move || if roving.get() == Some(id) { "0" } else { "-1" }
            style:--x=move || format!("{:.3}", x_px())
            style:--w=move || format!("{:.3}", width_px.get())
            on:focus=move |_| desk.focused.set(Some(id))
        >
            <Show when=move || is_roomy.get()>
                <span class="clip-name">
                    {move || name.get()}
                    <Show when=move || speed.get().is_some()>
                        <span class="clip-speed">
                            {move || speed.get().map(|speed| w.editor().times(speed))}
                        </span>
                    </Show>
                </span>
                <ClipPicture clip kind height_px />
                <Handles clip px_per_sec />
            </Show>
        </div>
    }
}

/// Fades with their grips, and the zones that trim.
#[component]
fn Handles(clip: Memo<Option<Clip>>, px_per_sec: Memo<f64>) -> impl IntoView {
    let w = use_words();
    let fade = move |length: fn(&Clip) -> Ticks| {
        Memo::new(move |_| {
            let fade = clip.with(|own| own.as_ref().map(length).unwrap_or_default());
            fade.secs() * px_per_sec.get()
        })
    };
    let (fade_in, fade_out) = (fade(|own| own.fade_in), fade(|own| own.fade_out));
    view! {
        <Show when=move || { fade_in.get() > 0.5 }>
            <span class="clip-fade clip-fade--in" style:--w=move || format!("{:.2}", fade_in.get())></span>
        </Show>
        <Show when=move || { fade_out.get() > 0.5 }>
            <span class="clip-fade clip-fade--out" style:--w=move || format!("{:.2}", fade_out.get())></span>
        </Show>
        <span
            class="clip-grip clip-grip--in"
            data-grab="fade-in"
            style:--w=move || format!("{:.2}", fade_in.get())
        ></span>
        <span
            class="clip-grip clip-grip--out"
            data-grab="fade-out"
            style:--w=move || format!("{:.2}", fade_out.get())
        ></span>
        <Trim
            clip
            part="trim-start"
            class="clip-trim clip-trim--start"
            name=Signal::derive(move || w.editor().trim_start())
            at=|own| own.start
        />
        <Trim
            clip
            part="trim-end"
            class="clip-trim clip-trim--end"
            name=Signal::derive(move || w.editor().trim_end())
            at=|own| own.range().end
        />
    }
}

/// The zone at an edge that trims.
#[component]
fn Trim(
    clip: Memo<Option<Clip>>,
    part: &'static str,
    class: &'static str,
    name: Signal<String>,
    at: fn(&Clip) -> SequenceTime,
) -> impl IntoView {
    let desk = use_desk();
    let edge = Memo::new(move |_| clip.with(|own| own.as_ref().map(at)));
    view! {
        <span
            class=class
            role="slider"
            tabindex="-1"
            data-part=part
            data-grab=part
            aria-label=move || name.get()
            aria-valuemin="0"
            aria-valuemax=move || format!("{:.3}", desk.duration.get().secs())
            aria-valuenow=move || edge.get().map(|edge| format!("{:.3}", edge.secs()))
            aria-valuetext=move || edge.get().map(|edge| timecode(edge, desk.rate.get()))
        ></span>
    }
}

/// Returns what a stylesheet knows a kind of track by.
pub(crate) fn kind_name(kind: TrackKind) -> &'static str {
    match kind {
        TrackKind::Video => "video",
        TrackKind::Overlay => "overlay",
        TrackKind::Voice => "voice",
        TrackKind::Music => "music",
    }
}

/// The frames or the peaks of what is seen of a clip.
#[component]
fn ClipPicture(clip: Memo<Option<Clip>>, kind: TrackKind, height_px: f64) -> impl IntoView {
    let desk = use_desk();
    let canvas: NodeRef<Canvas> = NodeRef::new();
    // Steps in which the timeline is scrolled, so that not every pixel draws anew.
    let seen = Memo::new(move |_| desk.view.with(|view| view.seen(OVERSCAN)));
    let height_px = height_px - NAME_PX - 6.0;
    let part = Memo::new(move |_| {
        let seen = seen.get();
        let px_per_sec = desk.view.with(|view| view.px_per_sec);
        clip.with(|own| {
            let range = own.as_ref()?.range();
            let from = seen.start.max(range.start) - range.start;
            let to = seen.end.min(range.end) - range.start;
            let width_px = (to - from).secs() * px_per_sec;
            (width_px > 0.0).then_some(Part {
                from_px: from.secs() * px_per_sec,
                width_px,
                height_px,
                px_per_sec,
            })
        })
    });
    // A move does not change what is drawn.
    let drawn = Memo::new(move |_| {
        clip.get().map(|own| Clip {
            start: SequenceTime::ZERO,
            fade_in: Ticks::ZERO,
            fade_out: Ticks::ZERO,
            link: None,
            framing: timeline::project::Framing::Fit,
            ..own
        })
    });
    let media = Memo::new(move |_| drawn.with(|own| own.as_ref().map(|own| own.media)));
    let source = Memo::new(move |_| {
        let media = media.get();
        desk.document.sources.with(|sources| {
            let own = sources.iter().find(|source| Some(source.media) == media);
            own.map(|own| (own.filmstrip.clone(), own.waveform.clone()))
        })
    });
    Effect::new(move |_| {
        let (Some(canvas), Some(part), Some(clip)) = (canvas.get(), part.get(), drawn.get()) else {
            return;
        };
        let (strip, wave) = source.get().unwrap_or_default();
        let Some(context) = draw::sized(&canvas, part.width_px, part.height_px) else {
            return;
        };
        if kind.is_picture() {
            if let Some(strip) = strip
                && let Some(image) = desk.pictures.image(&strip.picture)
            {
                draw::film(&context, &image, &strip, &clip, part);
            }
        } else if let Some(wave) = wave.and_then(|address| desk.pictures.wave(&address)) {
            draw::ink(&canvas, &context);
            draw::wave(&context, &wave, &clip, part);
        }
    });
    view! {
        <canvas
            class="clip-picture"
            aria-hidden="true"
            node_ref=canvas
            style:--px=move || part.get().map(|part| format!("{:.3}", part.from_px))
            style:--pw=move || part.get().map(|part| format!("{:.3}", part.width_px))
        ></canvas>
    }
}

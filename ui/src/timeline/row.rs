//! A track: its head, and what is seen of its clips.

use std::sync::Arc;

use icondata_core::Icon as IconData;
use leptos::ev::MouseEvent;
use leptos::html::Canvas;
use leptos::prelude::*;
use timeline::edit::{SetTrackLocked, SetTrackMuted};
use timeline::ids::{ClipId, TrackId};
use timeline::project::{Clip, TrackKind};

use super::clip::{ClipView, OVERSCAN, kind_name};
use super::draw;
use super::layout::seen;
use crate::editor::desk::use_desk;
use crate::editor::icons;
use crate::widget::Icon;
use crate::words::use_words;

/// Clips narrower than this are drawn together, as a pattern: thousands of them fit on a screen.
const NARROW_PX: f64 = 6.0;

/// What of a track is seen.
#[derive(Debug, Clone, Default, PartialEq)]
struct Seen {
    /// Clips with an element each.
    wide: Arc<Vec<Clip>>,
    /// Clips that are drawn together.
    narrow: Vec<Stripe>,
}

/// A stretch that is drawn for one narrow clip, or for several that share a pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stripe {
    left_px: f64,
    right_px: f64,
    is_selected: bool,
}

/// Adds a clip to stripes that are sorted by their left edge: what is less than a pixel from the
/// last one becomes a part of it, so that there are never more stripes than pixels.
fn put_stripe(stripes: &mut Vec<Stripe>, stripe: Stripe) {
    match stripes.last_mut() {
        Some(last)
            if last.is_selected == stripe.is_selected && stripe.right_px - last.left_px < 1.0 =>
        {
            last.right_px = stripe.right_px;
        }
        _ => stripes.push(stripe),
    }
}

/// A track.
#[component]
pub(crate) fn TrackRow(
    /// Which.
    id: TrackId,
    /// What it carries.
    kind: TrackKind,
    /// Its number among those of its kind.
    number: usize,
    /// Height in pixels.
    height_px: f64,
    /// The clip that the Tab key comes to.
    roving: Memo<Option<ClipId>>,
) -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let track = desk.track(id);
    let range = Memo::new(move |_| desk.view.with(|view| view.seen(OVERSCAN)));
    let px_per_sec = Memo::new(move |_| desk.view.with(|view| view.px_per_sec));
    let shown = Memo::new(move |_| {
        let (range, px_per_sec, roving) = (range.get(), px_per_sec.get(), roving.get());
        let Some(track) = track.get() else {
            return Seen::default();
        };
        let within = track
            .clips
            .get(seen(&track.clips, range))
            .unwrap_or_default();
        let is_wide = |clip: &Clip| {
            clip.duration().secs() * px_per_sec >= NARROW_PX || Some(clip.id) == roving
        };
        let mut wide: Vec<Clip> = within
            .iter()
            .filter(|clip| is_wide(clip))
            .cloned()
            .collect();
        let is_there = |id: ClipId| wide.iter().any(|clip| clip.id == id);
        if let Some(id) = roving
            && !is_there(id)
            && let Some(clip) = track.clips.iter().find(|clip| clip.id == id)
        {
            let place = wide.partition_point(|own| own.start < clip.start);
            wide.insert(place, clip.clone());
        }
        let mut narrow = Vec::new();
        if wide.len() < within.len() {
            let selected = desk.selection.clips.get();
            for clip in within.iter().filter(|clip| !is_wide(clip)) {
                let left = (clip.start - range.start).secs() * px_per_sec;
                let width = clip.duration().secs() * px_per_sec;
                let stripe = Stripe {
                    left_px: left,
                    right_px: left + width,
                    is_selected: selected.contains(&clip.id),
                };
                put_stripe(&mut narrow, stripe);
            }
        }
        Seen {
            wide: Arc::new(wide),
            narrow,
        }
    });
    let wide = Memo::new(move |_| shown.with(|shown| Arc::clone(&shown.wide)));
    let has_narrow = Memo::new(move |_| shown.with(|shown| !shown.narrow.is_empty()));
    let is_muted = Memo::new(move |_| track.with(|own| own.as_ref().is_some_and(|own| own.muted)));
    let is_locked =
        Memo::new(move |_| track.with(|own| own.as_ref().is_some_and(|own| own.locked)));
    view! {
        <div
            class="track"
            role="row"
            data-part="track"
            data-track=id.0.to_string()
            data-kind=kind_name(kind)
            data-muted=move || is_muted.get().then_some("")
            data-locked=move || is_locked.get().then_some("")
            style:--h=format!("{height_px}")
        >
            <TrackHead id kind number is_muted is_locked />
            <div class="track-lane" role="none" data-lane=id.0.to_string()>
                <div class="track-clips" role="none">
                    <For
                        each=move || wide.with(|clips| clips.iter().map(|clip| clip.id).collect::<Vec<_>>())
                        key=|id| id.0
                        let:clip
                    >
                        <ClipView id=clip kind height_px shown=wide roving />
                    </For>
                    <Show when=move || has_narrow.get()>
                        <Pattern
                            narrow=Signal::derive(move || shown.with(|shown| shown.narrow.clone()))
                            height_px
                        />
                    </Show>
                </div>
            </div>
            <span class="track-name spoken" role="none">
                {move || w.editor().track(kind, number)}
            </span>
        </div>
    }
}

/// Clips that are too narrow for an element each.
#[component]
fn Pattern(narrow: Signal<Vec<Stripe>>, height_px: f64) -> impl IntoView {
    let desk = use_desk();
    let canvas: NodeRef<Canvas> = NodeRef::new();
    let range = Memo::new(move |_| desk.view.with(|view| view.seen(OVERSCAN)));
    let width_px = move || range.get().duration().secs() * desk.view.with(|view| view.px_per_sec);
    let left_px = move || range.get().start.secs() * desk.view.with(|view| view.px_per_sec);
    Effect::new(move |_| {
        let Some(canvas) = canvas.get() else { return };
        let height_px = height_px - 4.0;
        let Some(context) = draw::sized(&canvas, width_px(), height_px) else {
            return;
        };
        draw::ink(&canvas, &context);
        narrow.with(|clips| {
            for stripe in clips {
                let width_px = (stripe.right_px - stripe.left_px - 0.5).max(0.5);
                context.set_global_alpha(if stripe.is_selected { 1.0 } else { 0.55 });
                context.fill_rect(stripe.left_px, 0.0, width_px, height_px);
            }
        });
    });
    view! {
        <canvas
            class="track-pattern"
            aria-hidden="true"
            node_ref=canvas
            style:--x=move || format!("{:.3}", left_px())
            style:--w=move || format!("{:.3}", width_px())
        ></canvas>
    }
}

/// The head of a track: what it is, and whether it plays and may be changed.
#[component]
fn TrackHead(
    id: TrackId,
    kind: TrackKind,
    number: usize,
    is_muted: Memo<bool>,
    is_locked: Memo<bool>,
) -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let icon: IconData = match kind {
        TrackKind::Video => icons::VIDEO,
        TrackKind::Overlay => icons::OVERLAY,
        TrackKind::Voice => icons::VOICE,
        TrackKind::Music => icons::MUSIC,
    };
    let mute = move |_| {
        let Some(sequence) = desk.now() else { return };
        let edit = SetTrackMuted {
            sequence: sequence.id,
            track: id,
            muted: !is_muted.get_untracked(),
        };
        desk.commit(Some(edit.into()));
    };
    let lock = move |_| {
        let Some(sequence) = desk.now() else { return };
        let edit = SetTrackLocked {
            sequence: sequence.id,
            track: id,
            locked: !is_locked.get_untracked(),
        };
        desk.commit(Some(edit.into()));
    };
    let mute_icon = move || match (kind.is_picture(), is_muted.get()) {
        (true, false) => icons::SHOWN,
        (true, true) => icons::HIDDEN,
        (false, false) => icons::HEARD,
        (false, true) => icons::SILENT,
    };
    let mute_name = move || {
        let name = w.editor().track(kind, number);
        if kind.is_picture() {
            w.editor().hide_track(name)
        } else {
            w.editor().mute_track(name)
        }
    };
    let lock_name = move || w.editor().lock_track(w.editor().track(kind, number));
    let lock_icon = move || {
        if is_locked.get() {
            icons::LOCKED
        } else {
            icons::UNLOCKED
        }
    };
    view! {
        <div class="track-head" role="rowheader">
            <Icon icon=icon />
            <span class="track-title">{move || w.editor().track(kind, number)}</span>
            <TrackButton
                part="mute"
                name=Signal::derive(mute_name)
                icon=Signal::derive(mute_icon)
                pressed=is_muted
                on_press=mute
            />
            <TrackButton
                part="lock"
                name=Signal::derive(lock_name)
                icon=Signal::derive(lock_icon)
                pressed=is_locked
                on_press=lock
            />
        </div>
    }
}

/// A button of a track's head that is on or off.
#[component]
fn TrackButton(
    part: &'static str,
    name: Signal<String>,
    icon: Signal<IconData>,
    pressed: Memo<bool>,
    on_press: impl Fn(MouseEvent) + 'static,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="track-button"
            data-part=part
            aria-pressed=move || pressed.get().to_string()
            aria-label=move || name.get()
            data-tip=move || name.get()
            on:click=on_press
        >
            <Icon icon=icon />
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clips_that_share_a_pixel_are_one_stripe() {
        let stripe = |left_px: f64, width_px: f64, is_selected| Stripe {
            left_px,
            right_px: left_px + width_px,
            is_selected,
        };
        let mut stripes = Vec::new();
        for clip in 0..1000 {
            put_stripe(
                &mut stripes,
                stripe(f64::from(clip) * 0.1, 0.1, clip >= 500),
            );
        }
        assert!((100..=120).contains(&stripes.len()), "{}", stripes.len());
        assert!((stripes.last().unwrap().right_px - 100.0).abs() < 1e-6);
        assert!(stripes.iter().any(|own| own.is_selected) && !stripes[0].is_selected);
        let mut wide = Vec::new();
        put_stripe(&mut wide, stripe(0.0, 2.0, false));
        put_stripe(&mut wide, stripe(2.0, 2.0, false));
        assert_eq!(wide.len(), 2, "each is seen by itself");
    }
}

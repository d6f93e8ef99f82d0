//! How a clip's picture fills the frame: whole, or a part of it that moves with keys.

use footage::time::SourceTime;
use leptos::prelude::*;
use timeline::crop::CropPath;
use timeline::edit::{Edit, RemoveCropKey, SetCropKey, SetFraming};
use timeline::project::{Clip, Format, Framing, MediaVideo};
use timeline::time::SequenceTime;

use super::crop::{CLOSEST, Crop};
use super::fields::{Scope, SliderField};
use crate::editor::desk::{Desk, use_desk};
use crate::editor::icons;
use crate::preview::player::use_player;
use crate::timeline::scale::timecode;
use crate::widget::Icon;
use crate::words::use_words;

const ZOOM: Scope = Scope {
    min: 1.0,
    max: CLOSEST,
    step: 0.01,
    places: 2,
    unit: "×",
};
const PLACE: Scope = Scope {
    min: 0.0,
    max: 100.0,
    step: 0.5,
    places: 1,
    unit: "%",
};
/// Keys that are listed at the most; a face that is followed gives many.
const LISTED: usize = 200;

/// A picture that can be cropped.
#[derive(Debug, Clone, PartialEq)]
struct Shot {
    clip: Clip,
    video: MediaVideo,
    format: Format,
}

impl Shot {
    fn of(desk: Desk, clip: &Clip) -> Option<Self> {
        let (is_picture, format) = desk.settled.with(|own| {
            let own = own.as_ref()?;
            Some((own.clip(clip.id)?.0.kind.is_picture(), own.format))
        })?;
        let video = desk
            .document
            .project
            .with(|project| project.media.get(&clip.media).and_then(|media| media.video))?;
        is_picture.then(|| Self {
            clip: clip.clone(),
            video,
            format,
        })
    }

    /// Returns the moment of the source at the playhead, on the clip and on a frame of the sequence.
    fn source_at(&self, playhead: SequenceTime) -> SourceTime {
        let range = self.clip.range();
        let at = playhead.clamp(range.start, range.end);
        let at = SequenceTime::ZERO + self.format.rate.snap(at.since_start());
        self.clip.source_time(at)
    }

    fn path(&self) -> Option<&CropPath> {
        match &self.clip.framing {
            Framing::Crop(path) => Some(path),
            Framing::Fit => None,
        }
    }

    fn crop_at(&self, at: SourceTime) -> Crop {
        let pixels = self.path().and_then(|path| path.at(at));
        pixels
            .and_then(|pixels| Crop::of(pixels, self.video, self.format))
            .unwrap_or(Crop::MIDDLE)
    }
}

/// The section; nothing for sound.
#[component]
pub(super) fn FramingSection(clip: Memo<Option<Clip>>, is_off: Signal<bool>) -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let shot = Memo::new(move |_| clip.with(|own| Shot::of(desk, own.as_ref()?)));
    let is_cropped =
        Memo::new(move |_| shot.with(|own| own.as_ref().is_some_and(|own| own.path().is_some())));
    let choose = move |event: web_sys::Event| {
        let (Some(own), Some(sequence)) =
            (shot.get_untracked(), desk.document.sequence.get_untracked())
        else {
            return;
        };
        let framing = if event_target_value(&event) == "fit" {
            Some(Framing::Fit)
        } else {
            let pixels = Crop::MIDDLE.pixels(own.video, own.format);
            pixels.map(|pixels| Framing::Crop(CropPath::still(pixels)))
        };
        if let Some(framing) = framing {
            let edit = SetFraming {
                sequence,
                clip: own.clip.id,
                framing,
            };
            desk.commit(Some(edit.into()));
        }
    };
    view! {
        <Show when=move || shot.with(Option::is_some)>
            <section class="inspector-section" aria-label=move || w.editor().framing()>
                <h3 class="inspector-title">{move || w.editor().framing()}</h3>
                <div class="field">
                    <label class="field-label" for="field-framing">{move || w.editor().picture()}</label>
                    <select
                        id="field-framing"
                        class="field-choice"
                        data-part="framing"
                        disabled=move || is_off.get()
                        on:change=choose
                    >
                        <option value="fit" selected=move || !is_cropped.get()>{move || w.editor().framing_fit()}</option>
                        <option value="crop" selected=move || is_cropped.get()>{move || w.editor().framing_crop()}</option>
                    </select>
                </div>
                <Show when=move || is_cropped.get()>
                    <CropFields shot is_off />
                </Show>
            </section>
        </Show>
    }
}

#[component]
fn CropFields(shot: Memo<Option<Shot>>, is_off: Signal<bool>) -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let at = Memo::new(move |_| {
        let playhead = desk.playhead.at.get();
        shot.with(|own| own.as_ref().map(|own| own.source_at(playhead)))
    });
    let crop = Memo::new(move |_| {
        let at = at.get()?;
        shot.with(|own| own.as_ref().map(|own| own.crop_at(at)))
    });
    let figure = move |of: fn(Crop) -> f64| Memo::new(move |_| crop.get().map_or(0.0, of));
    let edit = move |change: &dyn Fn(&mut Crop)| -> Option<Edit> {
        let own = shot.get_untracked()?;
        let at = at.get_untracked()?;
        let mut crop = own.crop_at(at);
        change(&mut crop);
        Some(
            SetCropKey {
                sequence: desk.document.sequence.get_untracked()?,
                clip: own.clip.id,
                at,
                pixels: crop.pixels(own.video, own.format)?,
            }
            .into(),
        )
    };
    let zoom = move |value: f64| edit(&|crop| crop.zoom = value);
    let x = move |value: f64| edit(&|crop| crop.x = value / 100.0);
    let y = move |value: f64| edit(&|crop| crop.y = value / 100.0);
    let show = move |edit: Option<Edit>| {
        if let Some(edit) = edit {
            // What is refused is told when it is done.
            drop(desk.document.preview_edit(Some(&edit)));
        }
    };
    let hold = move |_| {
        let (Some(own), Some(at), Some(sequence)) = (
            shot.get_untracked(),
            at.get_untracked(),
            desk.document.sequence.get_untracked(),
        ) else {
            return;
        };
        if let Some(pixels) = own.path().and_then(|path| path.at(at)) {
            let edit = SetFraming {
                sequence,
                clip: own.clip.id,
                framing: Framing::Crop(CropPath::still(pixels)),
            };
            desk.commit(Some(edit.into()));
        }
    };
    view! {
        <SliderField label=Signal::derive(move || w.editor().crop_zoom()) part="crop-zoom" value=figure(|crop| crop.zoom) scope=ZOOM
            on_show=move |value| show(zoom(value)) on_change=move |value| desk.commit(zoom(value)) is_off />
        <SliderField label=Signal::derive(move || w.editor().crop_x()) part="crop-x" value=figure(|crop| crop.x * 100.0) scope=PLACE
            on_show=move |value| show(x(value)) on_change=move |value| desk.commit(x(value)) is_off />
        <SliderField label=Signal::derive(move || w.editor().crop_y()) part="crop-y" value=figure(|crop| crop.y * 100.0) scope=PLACE
            on_show=move |value| show(y(value)) on_change=move |value| desk.commit(y(value)) is_off />
        <div class="inspector-row">
            <button type="button" class="small-button" data-part="crop-add" disabled=move || is_off.get()
                on:click=move |_| desk.commit(edit(&|_| ()))>
                <Icon icon=icons::ADD />{move || w.editor().add_key()}
            </button>
            <button type="button" class="small-button" data-part="crop-hold" disabled=move || is_off.get() on:click=hold>
                {move || w.editor().hold_crop()}
            </button>
        </div>
        <CropKeys shot at is_off />
    }
}

/// The keys of a crop path within a clip.
#[component]
fn CropKeys(
    shot: Memo<Option<Shot>>,
    at: Memo<Option<SourceTime>>,
    is_off: Signal<bool>,
) -> impl IntoView {
    let desk = use_desk();
    let player = use_player();
    let w = use_words();
    let keys = Memo::new(move |_| {
        shot.with(|own| {
            let own = own.as_ref()?;
            let path = own.path()?;
            let mut times: Vec<SourceTime> = path
                .keys
                .iter()
                .map(|key| key.at)
                .filter(|at| own.clip.source.start <= *at && *at <= own.clip.source.end)
                .take(LISTED)
                .collect();
            times.dedup();
            Some(times)
        })
        .unwrap_or_default()
    });
    let time_of =
        move |at: SourceTime| shot.with(|own| own.as_ref().map(|own| own.clip.sequence_time(at)));
    let text_of = move |at: SourceTime| {
        time_of(at)
            .map(|at| timecode(at, desk.rate.get()))
            .unwrap_or_default()
    };
    let remove = move |at: SourceTime| {
        let (Some(own), Some(sequence)) =
            (shot.get_untracked(), desk.document.sequence.get_untracked())
        else {
            return;
        };
        let edit = RemoveCropKey {
            sequence,
            clip: own.clip.id,
            at,
        };
        desk.commit(Some(edit.into()));
    };
    view! {
        <ul class="crop-keys" data-part="crop-keys" aria-label=move || w.editor().crop_keys()>
            <For each=move || keys.get() key=|at| at.0 let:key>
                <li data-now=move || (at.get() == Some(key)).then_some("")>
                    <button type="button" class="crop-key" on:click=move |_| {
                        if let Some(at) = untrack(|| time_of(key)) {
                            player.go_to(at);
                        }
                    }>
                        <span aria-hidden="true">"◆"</span>
                        {move || text_of(key)}
                    </button>
                    <button
                        type="button"
                        class="track-button"
                        data-part="crop-remove"
                        aria-label=move || w.editor().remove_key(text_of(key))
                        data-tip=move || w.editor().remove_key(text_of(key))
                        disabled=move || is_off.get() || keys.with(Vec::len) < 2
                        on:click=move |_| remove(key)
                    >
                        <Icon icon=icons::CLOSE />
                    </button>
                </li>
            </For>
        </ul>
    }
}

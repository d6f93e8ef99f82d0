//! The look and the height of the captions.

use leptos::prelude::*;
use protocol::studio::view::CaptionLook;
use timeline::edit::{
    AddPreset, Batch, Edit, Label, NewPreset, SetCaptionAnchor, SetSequencePreset,
};
use timeline::ids::PresetId;
use timeline::style::{CaptionStyle, Color, Highlight};

use super::fields::{Scope, SliderField};
use crate::editor::desk::{Desk, use_desk};
use crate::words::{looks, use_words};

const HEIGHT: Scope = Scope {
    min: 5.0,
    max: 95.0,
    step: 0.5,
    places: 1,
    unit: "%",
};

fn css(color: Color) -> String {
    let alpha = f64::from(color.a) / 255.0;
    format!("rgb({} {} {} / {alpha:.2})", color.r, color.g, color.b)
}

/// Returns the edit that gives the open sequence a look; one that the project does not have yet is
/// added.
fn with_look(desk: Desk, look: &CaptionLook) -> Option<Edit> {
    let sequence = desk.document.sequence.get_untracked()?;
    let project = desk.document.project.get_untracked();
    let known = project
        .presets
        .values()
        .find(|preset| preset.name == look.name);
    if let Some(known) = known {
        let preset = Some(known.id);
        return Some(SetSequencePreset { sequence, preset }.into());
    }
    let add = AddPreset {
        preset: NewPreset {
            name: look.name.clone(),
            description: look.description.clone(),
            caption: look.style.clone(),
        },
    };
    let add = Edit::from(add);
    let preset: Option<PresetId> = add
        .apply_with(&project)
        .ok()?
        .created
        .presets
        .first()
        .copied();
    Some(Edit::Batch(Batch {
        label: Label::SetSequencePreset,
        edits: vec![add, SetSequencePreset { sequence, preset }.into()],
    }))
}

/// The section.
#[component]
pub(super) fn CaptionsSection(is_off: Signal<bool>) -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let preset = Memo::new(move |_| {
        let id = desk
            .settled
            .with(|own| own.as_ref().and_then(|own| own.preset))?;
        desk.document
            .project
            .with(|project| project.presets.get(&id).map(|preset| (**preset).clone()))
    });
    let chosen = Memo::new(move |_| preset.with(|own| own.as_ref().map(|own| own.name.clone())));
    // What the project has besides those that ship.
    let looks = Memo::new(move |_| {
        let mut looks = desk.looks.get();
        desk.document.project.with(|project| {
            for preset in project.presets.values() {
                if !looks.iter().any(|look| look.name == preset.name) {
                    looks.push(CaptionLook {
                        name: preset.name.clone(),
                        description: preset.description.clone(),
                        style: preset.caption.clone(),
                    });
                }
            }
        });
        looks
    });
    let anchor = Memo::new(move |_| {
        desk.sequence
            .with(|own| own.as_ref().and_then(|own| own.caption_anchor))
    });
    let height = Memo::new(move |_| {
        let own = preset.with(|own| own.as_ref().map_or(0.62, |own| own.caption.anchor));
        anchor.get().unwrap_or(own) * 100.0
    });
    let anchored = move |percent: f64| -> Option<Edit> {
        let sequence = desk.document.sequence.get_untracked()?;
        let anchor = Some(percent / 100.0);
        Some(SetCaptionAnchor { sequence, anchor }.into())
    };
    let reset = move |_| {
        if let Some(sequence) = desk.document.sequence.get_untracked() {
            let edit = SetCaptionAnchor {
                sequence,
                anchor: None,
            };
            desk.commit(Some(edit.into()));
        }
    };
    let none = move |_| {
        if let Some(sequence) = desk.document.sequence.get_untracked() {
            let edit = SetSequencePreset {
                sequence,
                preset: None,
            };
            desk.commit(Some(edit.into()));
        }
    };
    view! {
        <section class="inspector-section" aria-label=move || w.editor().captions()>
            <h3 class="inspector-title">{move || w.editor().captions()}</h3>
            <div class="looks" role="radiogroup" aria-label=move || w.editor().caption_style()>
                <button
                    type="button"
                    class="look"
                    role="radio"
                    data-part="caption-look"
                    data-look="none"
                    aria-checked=move || if chosen.get().is_none() { "true" } else { "false" }
                    disabled=move || is_off.get()
                    on:click=none
                >
                    <span class="look-sample look-sample--none" aria-hidden="true">"—"</span>
                    <span class="look-name">{move || w.editor().no_captions()}</span>
                </button>
                <For each=move || looks.get() key=|look| look.name.clone() let:look>
                    <LookButton look chosen is_off />
                </For>
            </div>
            <Show when=move || chosen.with(Option::is_some)>
                <SliderField
                    label=Signal::derive(move || w.editor().caption_height())
                    part="caption-height"
                    value=height
                    scope=HEIGHT
                    on_show=move |percent| {
                        if let Some(edit) = anchored(percent) {
                            // What is refused is told when it is done.
                            drop(desk.document.preview_edit(Some(&edit)));
                        }
                    }
                    on_change=move |percent| desk.commit(anchored(percent))
                    is_off
                />
                <Show when=move || anchor.get().is_some()>
                    <button type="button" class="small-button" data-part="caption-height-reset" disabled=move || is_off.get() on:click=reset>
                        {move || w.editor().caption_height_reset()}
                    </button>
                </Show>
            </Show>
        </section>
    }
}

#[component]
fn LookButton(
    look: CaptionLook,
    chosen: Memo<Option<String>>,
    is_off: Signal<bool>,
) -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let name = look.name.clone();
    let is_chosen = Memo::new(move |_| chosen.with(|own| own.as_ref() == Some(&name)));
    let (own_name, own_description) = (look.name.clone(), look.description.clone());
    let title = {
        let name = look.name.clone();
        move || match looks::look(&name, w.language()) {
            Some((title, _)) => title.to_owned(),
            None => own_name.clone(),
        }
    };
    let style: CaptionStyle = look.style.clone();
    let spoken = match style.highlight {
        Highlight::None => "none",
        Highlight::Color => "color",
        Highlight::Box => "box",
    };
    let sample = move || {
        let sample = w.editor().look_sample();
        if style.uppercase {
            sample.to_uppercase()
        } else {
            sample
        }
    };
    let word = {
        let is_upper = look.style.uppercase;
        move || {
            let word = w.editor().look_word();
            if is_upper { word.to_uppercase() } else { word }
        }
    };
    let key = look.name.clone();
    let description = {
        let name = look.name.clone();
        move || match looks::look(&name, w.language()) {
            Some((_, description)) => description.to_owned(),
            None => own_description.clone(),
        }
    };
    let (text, outline, highlight) = (
        look.style.text_color,
        look.style.outline_color,
        look.style.highlight_color,
    );
    let plate = look.style.background.map(css);
    let has_outline = look.style.outline > 0.0;
    let weight = look.style.font_weight;
    let choose = move |_| desk.commit(with_look(desk, &look));
    view! {
        <button
            type="button"
            class="look"
            role="radio"
            data-part="caption-look"
            data-look=key
            aria-checked=move || if is_chosen.get() { "true" } else { "false" }
            data-tip=description
            disabled=move || is_off.get()
            on:click=choose
        >
            <span
                class="look-sample"
                aria-hidden="true"
                data-highlight=spoken
                data-outline=has_outline.then_some("")
                style:--look-text=css(text)
                style:--look-outline=css(outline)
                style:--look-highlight=css(highlight)
                style:--look-plate=plate
                style:--look-weight=weight.to_string()
            >
                <span class="look-line">{sample} " " <span class="look-word">{word}</span></span>
            </span>
            <span class="look-name">{title}</span>
        </button>
    }
}

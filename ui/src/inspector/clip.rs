//! A clip: where it is, how fast, how loud, its fades.

use leptos::prelude::*;
use timeline::Ticks;
use timeline::edit::{Edit, Label, Later, SetEnabled, SetFades, SetGain, SetSpeed};
use timeline::project::{Clip, Speed};
use timeline::time::SequenceTime;

use super::fields::{Scope, SliderField};
use crate::editor::desk::{Desk, use_desk};
use crate::timeline::actions::together;
use crate::timeline::scale::timecode;
use crate::words::errors::file_name;
use crate::words::use_words;

/// Slowest and fastest that the field offers, in percent.
const SPEED: Scope = Scope {
    min: 25.0,
    max: 400.0,
    step: 5.0,
    places: 0,
    unit: "%",
};
const GAIN: Scope = Scope {
    min: -60.0,
    max: 24.0,
    step: 0.5,
    places: 1,
    unit: "dB",
};
const FADE: Scope = Scope {
    min: 0.0,
    max: 5.0,
    step: 0.1,
    places: 2,
    unit: "s",
};

/// Returns the clip that is heard: itself on a track of sound, else the sound that is linked.
fn heard(desk: Desk, clip: &Clip) -> Option<Clip> {
    desk.settled.with(|own| {
        let own = own.as_ref()?;
        let (track, _) = own.clip(clip.id)?;
        if !track.kind.is_picture() {
            return Some(clip.clone());
        }
        let sounds = own.tracks.iter().filter(|track| !track.kind.is_picture());
        let mut clips = sounds.flat_map(|track| &track.clips);
        clips
            .find(|other| clip.link.is_some() && other.link == clip.link)
            .cloned()
    })
}

fn speed_of(percent: f64) -> Speed {
    let num = (percent * 10.0).round().clamp(10.0, 10_000.0) as u32;
    Speed { num, den: 1_000 }.reduced()
}

/// The section.
#[component]
pub(super) fn ClipSection(clip: Memo<Option<Clip>>, is_off: Signal<bool>) -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let name = move || {
        let media = clip.with(|own| own.as_ref().map(|own| own.media))?;
        desk.document.project.with(|project| {
            project
                .media
                .get(&media)
                .map(|own| file_name(&own.path).to_owned())
        })
    };
    let time = move |of: fn(&Clip) -> SequenceTime| {
        move || clip.with(|own| own.as_ref().map(|own| timecode(of(own), desk.rate.get())))
    };
    let speed = Memo::new(move |_| {
        clip.with(|own| {
            let own = own.as_ref()?;
            Some(f64::from(own.speed.num) / f64::from(own.speed.den.max(1)) * 100.0)
        })
        .unwrap_or(100.0)
    });
    let sound = Memo::new(move |_| clip.get().and_then(|own| heard(desk, &own)));
    let gain = Memo::new(move |_| sound.with(|own| own.as_ref().map_or(0.0, |own| own.gain_db)));
    let gain_edit = move |gain_db: f64| {
        let sequence = desk.document.sequence.get_untracked()?;
        let own = sound.get_untracked()?;
        Some(Edit::from(SetGain {
            sequence,
            clip: own.id,
            gain_db,
        }))
    };
    let set_speed = move |percent: f64| {
        let (Some(own), Some(sequence)) =
            (clip.get_untracked(), desk.document.sequence.get_untracked())
        else {
            return;
        };
        let speed = speed_of(percent);
        if speed != own.speed {
            let edit = SetSpeed {
                sequence,
                clip: own.id,
                speed,
                later: Later::Moves,
            };
            desk.commit(Some(edit.into()));
        }
    };
    let toggle = move |event: web_sys::Event| {
        let Some(sequence) = desk.document.sequence.get_untracked() else {
            return;
        };
        let edit = SetEnabled {
            sequence,
            clips: desk.selection.clips.get_untracked().into_iter().collect(),
            enabled: event_target_checked(&event),
        };
        desk.commit(Some(edit.into()));
    };
    view! {
        <section class="inspector-section" aria-label=move || w.editor().clip()>
            <h3 class="inspector-title">
                <span>{move || w.editor().clip()}</span>
                <span class="inspector-name" data-tip=name>{name}</span>
            </h3>
            <dl class="facts">
                <div><dt>{move || w.editor().starts()}</dt><dd data-part="clip-start">{time(|own| own.start)}</dd></div>
                <div><dt>{move || w.editor().ends()}</dt><dd data-part="clip-end">{time(|own| own.range().end)}</dd></div>
                <div><dt>{move || w.editor().length()}</dt><dd data-part="clip-length">{time(|own| SequenceTime(own.duration().0))}</dd></div>
            </dl>
            <SliderField
                label=Signal::derive(move || w.editor().speed())
                part="clip-speed"
                value=speed
                scope=SPEED
                on_change=set_speed
                is_off
            />
            <Show when=move || sound.with(Option::is_some)>
                <SliderField
                    label=Signal::derive(move || w.editor().gain())
                    part="clip-gain"
                    value=gain
                    scope=GAIN
                    on_change=move |gain_db| desk.commit(gain_edit(gain_db))
                    is_off
                />
            </Show>
            <FadeFields clip is_off />
            <label class="check">
                <input
                    type="checkbox"
                    data-part="clip-enabled"
                    disabled=move || is_off.get()
                    prop:checked=move || clip.with(|own| own.as_ref().is_some_and(|own| own.enabled))
                    on:change=toggle
                />
                <span>{move || w.editor().enabled()}</span>
            </label>
        </section>
    }
}

/// The fades of picture and sound.
#[component]
fn FadeFields(clip: Memo<Option<Clip>>, is_off: Signal<bool>) -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let fade = move |of: fn(&Clip) -> Ticks| {
        Memo::new(move |_| clip.with(|own| own.as_ref().map_or(0.0, |own| of(own).secs())))
    };
    let (fade_in, fade_out) = (fade(|own| own.fade_in), fade(|own| own.fade_out));
    // Picture and sound fade together.
    let set_fades = move |change: &dyn Fn(&Clip) -> (Ticks, Ticks)| {
        let (Some(own), Some(sequence)) =
            (clip.get_untracked(), desk.document.sequence.get_untracked())
        else {
            return;
        };
        let linked = untrack(|| heard(desk, &own)).filter(|other| other.id != own.id);
        let edits = [Some(own), linked].into_iter().flatten().map(|own| {
            let (fade_in, fade_out) = change(&own);
            let length = own.duration();
            let fade_in = fade_in.min(length);
            SetFades {
                sequence,
                clip: own.id,
                fade_in,
                fade_out: fade_out.min(length - fade_in),
            }
            .into()
        });
        desk.commit(together(edits.collect(), Label::SetFades));
    };
    view! {
        <SliderField
            label=Signal::derive(move || w.editor().fade_in())
            part="clip-fade-in"
            value=fade_in
            scope=FADE
            on_change=move |secs| set_fades(&|own| (Ticks::from_secs(secs), own.fade_out))
            is_off
        />
        <SliderField
            label=Signal::derive(move || w.editor().fade_out())
            part="clip-fade-out"
            value=fade_out
            scope=FADE
            on_change=move |secs| set_fades(&|own| (own.fade_in, Ticks::from_secs(secs)))
            is_off
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_in_lowest_terms() {
        assert_eq!(speed_of(100.0), Speed::NORMAL);
        assert_eq!(speed_of(150.0), Speed { num: 3, den: 2 });
        assert_eq!(
            speed_of(33.3),
            Speed {
                num: 333,
                den: 1_000
            }
        );
        assert!(speed_of(f64::MAX).is_playable() && speed_of(0.0).is_playable());
    }
}

//! Fields of the inspector: a slider with its number.

use leptos::prelude::*;
use web_sys::{HtmlInputElement, KeyboardEvent};

use crate::format;
use crate::words::use_words;

/// What a slider goes through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scope {
    /// The least.
    pub(crate) min: f64,
    /// The most.
    pub(crate) max: f64,
    /// From one to the next.
    pub(crate) step: f64,
    /// Decimals that are shown.
    pub(crate) places: usize,
    /// What it is counted in; empty for nothing.
    pub(crate) unit: &'static str,
}

impl Scope {
    /// Returns whether two values look different.
    fn differs(&self, one: f64, other: f64) -> bool {
        (one - self.nearest(other)).abs() > self.step / 1000.0
    }

    /// Returns the value nearest to one, with the decimals that are shown.
    fn nearest(&self, value: f64) -> f64 {
        let parts = 10_f64.powi(i32::try_from(self.places).unwrap_or(i32::MAX));
        (value.clamp(self.min, self.max) * parts).round() / parts
    }
}

/// A slider with its number. A drag of the slider shows what it does; its end does it.
#[component]
pub(crate) fn SliderField(
    /// What it is.
    #[prop(into)]
    label: Signal<String>,
    /// What tests know it by.
    part: &'static str,
    /// What it is now.
    value: Memo<f64>,
    /// What it goes through.
    scope: Scope,
    /// Shows what a value would do; a slider without it changes at the end only.
    #[prop(into, default = Callback::new(|_| ()))]
    on_show: Callback<f64>,
    /// Does it.
    #[prop(into)]
    on_change: Callback<f64>,
    /// Whether it cannot be changed now.
    #[prop(into, default = Signal::stored(false))]
    is_off: Signal<bool>,
) -> impl IntoView {
    let w = use_words();
    let slid = move |event: &web_sys::Event| event_target_value(event).parse::<f64>().ok();
    let shown = move || format::field(value.get(), scope.places, w.language());
    let change = move |input: &HtmlInputElement, wanted: Option<f64>| {
        match wanted.map(|wanted| scope.nearest(wanted)) {
            Some(wanted) if scope.differs(wanted, value.get_untracked()) => on_change.run(wanted),
            // What is no number, or none that is new, is put back as it was.
            _ => input.set_value(&untrack(shown)),
        }
    };
    let by_key = move |event: &KeyboardEvent| {
        let steps = match event.key().as_str() {
            "ArrowUp" => 1.0,
            "ArrowDown" => -1.0,
            "PageUp" => 10.0,
            "PageDown" => -10.0,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        let input: HtmlInputElement = event_target(event);
        let from = format::typed(&input.value()).unwrap_or_else(|| value.get_untracked());
        change(&input, Some(from + steps * scope.step));
    };
    let id = format!("field-{part}");
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{move || label.get()}</label>
            <input
                class="field-slider"
                type="range"
                tabindex="-1"
                aria-hidden="true"
                min=scope.min.to_string()
                max=scope.max.to_string()
                step=scope.step.to_string()
                disabled=move || is_off.get()
                prop:value=move || value.get().to_string()
                on:input=move |event| {
                    if let Some(value) = slid(&event) {
                        on_show.run(value);
                    }
                }
                on:change=move |event| {
                    if let Some(value) = slid(&event) {
                        on_change.run(value);
                    }
                }
            />
            <span class="field-number">
                <input
                    id=id
                    // Not `number`: the web view writes those with a point in every language.
                    type="text"
                    role="spinbutton"
                    inputmode="decimal"
                    autocomplete="off"
                    data-part=part
                    aria-valuemin=scope.min.to_string()
                    aria-valuemax=scope.max.to_string()
                    aria-valuenow=move || value.get().to_string()
                    aria-valuetext=move || format!("{}\u{a0}{}", shown(), scope.unit)
                    disabled=move || is_off.get()
                    prop:value=shown
                    on:keydown=move |event| by_key(&event)
                    on:change=move |event| {
                        let input: HtmlInputElement = event_target(&event);
                        let wanted = format::typed(&input.value());
                        change(&input, wanted);
                    }
                />
                <span class="field-unit" aria-hidden="true">{scope.unit}</span>
            </span>
        </div>
    }
}

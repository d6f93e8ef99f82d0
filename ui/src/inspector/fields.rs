//! Fields of the inspector: a slider with its number.

use leptos::prelude::*;

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
    let shown = move || format!("{:.*}", scope.places, value.get());
    let typed = move |event: &web_sys::Event| {
        let text = event_target_value(event).replace(',', ".");
        let value = text.trim().parse::<f64>().ok()?;
        Some(value.clamp(scope.min, scope.max))
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
                prop:value=shown
                on:input=move |event| {
                    if let Some(value) = typed(&event) {
                        on_show.run(value);
                    }
                }
                on:change=move |event| {
                    if let Some(value) = typed(&event) {
                        on_change.run(value);
                    }
                }
            />
            <span class="field-number">
                <input
                    id=id
                    type="number"
                    inputmode="decimal"
                    data-part=part
                    min=scope.min.to_string()
                    max=scope.max.to_string()
                    step=scope.step.to_string()
                    disabled=move || is_off.get()
                    prop:value=shown
                    on:change=move |event| match typed(&event) {
                        Some(value) => on_change.run(value),
                        None => on_change.run(value.get_untracked()),
                    }
                />
                <span class="field-unit" aria-hidden="true">{scope.unit}</span>
            </span>
        </div>
    }
}

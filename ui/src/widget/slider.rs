//! Sliders.

use leptos::prelude::*;

/// A slider with its value in words.
#[component]
pub fn Slider(
    /// What it sets.
    #[prop(into)]
    label: Signal<String>,
    /// The value.
    #[prop(into)]
    value: Signal<f64>,
    /// The least value.
    min: f64,
    /// The greatest value.
    max: f64,
    /// The distance between values.
    step: f64,
    /// The value in words.
    #[prop(into)]
    shown: Signal<String>,
    /// Called while it is dragged.
    on_drag: impl Fn(f64) + 'static,
    /// Called when it is let go.
    on_set: impl Fn(f64) + 'static,
    /// Its name for WebDriver.
    #[prop(optional)]
    part: Option<&'static str>,
) -> impl IntoView {
    let number = |event: &leptos::ev::Event| event_target_value(event).parse::<f64>().ok();
    view! {
        <label class="slider">
            <span class="slider-label">{move || label.get()}</span>
            <input
                class="slider-input"
                type="range"
                data-part=part
                min=min.to_string()
                max=max.to_string()
                step=step.to_string()
                prop:value=move || value.get().to_string()
                aria-valuetext=move || shown.get()
                on:input=move |event| {
                    if let Some(value) = number(&event) {
                        on_drag(value);
                    }
                }
                on:change=move |event| {
                    if let Some(value) = number(&event) {
                        on_set(value);
                    }
                }
            />
            <output class="slider-value time">{move || shown.get()}</output>
        </label>
    }
}

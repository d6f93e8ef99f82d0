//! How far something is, as a bar. The words beside it say it too.

use leptos::prelude::*;

/// A bar.
#[component]
pub fn Progress(
    /// What goes on.
    #[prop(into)]
    name: Signal<String>,
    /// The finished part in 0..=1; `None` while it is unknown.
    #[prop(into)]
    fraction: Signal<Option<f64>>,
) -> impl IntoView {
    let percent = move || {
        fraction
            .get()
            .map(|part| (part.clamp(0.0, 1.0) * 100.0).floor())
    };
    view! {
        <div
            class="progress"
            role="progressbar"
            aria-label=move || name.get()
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=move || percent().map(|percent| percent.to_string())
            data-unknown=move || fraction.get().is_none().then_some("")
            style:--part=move || fraction.get().unwrap_or(0.0).clamp(0.0, 1.0).to_string()
        >
            <div class="progress-done"></div>
        </div>
    }
}

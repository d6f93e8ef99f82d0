//! Edges between panels: dragged, moved by arrows, back to what they were by a double click.

use leptos::prelude::*;
use web_sys::{KeyboardEvent, PointerEvent};

use super::page::target_element;
use crate::dom;
use crate::state::use_prefs;

/// Which way an edge moves a panel's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grows {
    /// To the right.
    Right,
    /// To the left.
    Left,
    /// Upwards.
    Up,
}

/// A panel's size: kept with the settings, followed while its edge is dragged.
#[derive(Clone, Copy)]
pub(crate) struct PanelSize {
    name: &'static str,
    otherwise: f64,
    least: f64,
    most: f64,
    dragged: RwSignal<Option<f64>>,
}

impl PanelSize {
    /// Returns the size of the panel of a name, in pixels.
    pub(crate) fn new(name: &'static str, otherwise: f64, least: f64, most: f64) -> Self {
        Self {
            name,
            otherwise,
            least,
            most,
            dragged: RwSignal::new(None),
        }
    }

    /// Returns it in pixels, tracked.
    pub(crate) fn px(self) -> f64 {
        let kept = use_kept(self.name, self.otherwise);
        self.dragged
            .get()
            .unwrap_or(kept)
            .clamp(self.least, self.most)
    }
}

fn use_kept(name: &str, otherwise: f64) -> f64 {
    use_prefs().panel(name, otherwise)
}

/// An edge.
#[component]
pub(crate) fn Splitter(
    /// The panel that it sizes.
    size: PanelSize,
    /// Which way makes it larger.
    grows: Grows,
    /// What it is called.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let prefs = use_prefs();
    let kept = Memo::new(move |_| prefs.panel(size.name, size.otherwise));
    let now = move || {
        size.dragged
            .get()
            .unwrap_or(kept.get())
            .clamp(size.least, size.most)
    };
    let held = StoredValue::new(None::<(f64, f64)>);
    let at = move |event: &PointerEvent| match grows {
        Grows::Right => f64::from(event.client_x()),
        Grows::Left => -f64::from(event.client_x()),
        Grows::Up => -f64::from(event.client_y()),
    };
    let down = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        if let Some(element) = target_element(&event) {
            dom::capture_pointer(&element, &event);
        }
        held.set_value(Some((at(&event), untrack(now))));
    };
    let moved = move |event: PointerEvent| {
        if let Some((from, size_px)) = held.get_value() {
            size.dragged.set(Some(size_px + at(&event) - from));
        }
    };
    let up = move |_: PointerEvent| {
        if held.get_value().is_some() {
            held.set_value(None);
            if size.dragged.get_untracked().is_some() {
                prefs.set_panel(size.name, Some(untrack(now)));
                size.dragged.set(None);
            }
        }
    };
    let keyed = move |event: KeyboardEvent| {
        let by = match (event.key().as_str(), grows) {
            ("ArrowRight", Grows::Right) | ("ArrowLeft", Grows::Left) | ("ArrowUp", Grows::Up) => {
                16.0
            }
            ("ArrowLeft", Grows::Right)
            | ("ArrowRight", Grows::Left)
            | ("ArrowDown", Grows::Up) => -16.0,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        let wanted = (untrack(now) + by).clamp(size.least, size.most);
        prefs.set_panel(size.name, Some(wanted));
    };
    let orientation = match grows {
        Grows::Right | Grows::Left => "vertical",
        Grows::Up => "horizontal",
    };
    view! {
        <div
            class="splitter"
            role="separator"
            tabindex="0"
            aria-orientation=orientation
            aria-label=move || label.get()
            aria-valuemin=size.least.to_string()
            aria-valuemax=size.most.to_string()
            aria-valuenow=move || format!("{:.0}", now())
            data-part=format!("splitter-{}", size.name)
            data-orientation=orientation
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=up
            on:pointercancel=up
            on:dblclick=move |_| prefs.set_panel(size.name, None)
            on:keydown=keyed
        ></div>
    }
}

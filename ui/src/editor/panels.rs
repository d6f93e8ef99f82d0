//! Edges between panels: dragged, moved by arrows, back to what they were by a double click; a panel that is made
//! very narrow folds to a strip, and so does one by the Enter key at its edge or by its command.

use leptos::prelude::*;
use web_sys::{KeyboardEvent, PointerEvent};

use super::icons;
use super::page::target_element;
use super::tool::Tool;
use crate::command::UiCommand;
use crate::dom;
use crate::state::{Prefs, use_prefs};

/// The panel with library and transcript, in the settings.
pub(crate) const LEFT: &str = "editor_left";
/// The inspector, in the settings.
pub(crate) const RIGHT: &str = "editor_right";
/// The timeline, in the settings.
pub(crate) const BOTTOM: &str = "timeline";

/// How wide a strip is in pixels: a button with what is around it.
const STRIP: f64 = 36.0;

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
    folds: bool,
    prefs: Prefs,
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
            folds: false,
            prefs: use_prefs(),
            dragged: RwSignal::new(None),
        }
    }

    /// Returns it with a strip as its least size.
    pub(crate) fn folding(self) -> Self {
        Self {
            folds: true,
            ..self
        }
    }

    /// Returns whether it is folded, or would be if it was let go of, tracked.
    pub(crate) fn is_folded(self) -> bool {
        let folded = self.folds && self.prefs.is_folded(self.name);
        match self.dragged.get() {
            Some(wanted) => self.folds && wanted < f64::midpoint(STRIP, self.least),
            None => folded,
        }
    }

    /// Returns it in pixels, tracked.
    pub(crate) fn px(self) -> f64 {
        if self.is_folded() {
            return STRIP;
        }
        let kept = self.prefs.panel(self.name, self.otherwise);
        self.dragged
            .get()
            .unwrap_or(kept)
            .clamp(self.least, self.most)
    }

    /// Follows the pointer.
    fn drag_to(self, px: f64) {
        self.dragged.set(Some(px));
    }

    /// Keeps what was dragged.
    fn let_go(self) {
        if self.dragged.get_untracked().is_none() {
            return;
        }
        if untrack(|| self.is_folded()) {
            self.prefs.fold(self.name);
        } else {
            self.set(Some(untrack(|| self.px())));
        }
        self.dragged.set(None);
    }

    /// Keeps a size, or the usual one; what was folded is unfolded.
    fn set(self, px: Option<f64>) {
        let px = px.map(|px| px.clamp(self.least, self.most));
        self.prefs.set_panel(self.name, px);
        self.prefs.unfold(self.name);
    }

    fn toggle(self) {
        if self.folds {
            toggle(self.prefs, self.name);
        }
    }
}

/// Folds a panel, or unfolds it.
pub(crate) fn toggle(prefs: Prefs, name: &str) {
    if untrack(|| prefs.is_folded(name)) {
        prefs.unfold(name);
    } else {
        prefs.fold(name);
    }
}

/// A panel's head: what it is, and the button that folds it.
#[component]
pub(crate) fn Head(
    /// The command that folds it.
    fold: UiCommand,
    /// What stands there.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="panel-head">
            {children()}
            <Tool command=fold icon=icon(fold) />
        </div>
    }
}

/// What is left of a folded panel: the button that unfolds it.
#[component]
pub(crate) fn Strip(
    /// The command that unfolds it.
    unfold: UiCommand,
) -> impl IntoView {
    view! {
        <div class="panel panel-strip">
            <Tool command=unfold icon=icon(unfold) />
        </div>
    }
}

fn icon(command: UiCommand) -> icondata_core::Icon {
    match command {
        UiCommand::ToggleInspector => icons::RIGHT_PANEL,
        _ => icons::LEFT_PANEL,
    }
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
    let now = move || size.px();
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
            size.drag_to(size_px + at(&event) - from);
        }
    };
    let up = move |_: PointerEvent| {
        if held.get_value().is_some() {
            held.set_value(None);
            size.let_go();
        }
    };
    let keyed = move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            event.stop_propagation();
            return size.toggle();
        }
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
        size.set(Some(untrack(now) + by));
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
            aria-valuemin=(if size.folds { STRIP } else { size.least }).to_string()
            aria-valuemax=size.most.to_string()
            aria-valuenow=move || format!("{:.0}", now())
            data-part=format!("splitter-{}", size.name)
            data-orientation=orientation
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=up
            on:pointercancel=up
            on:dblclick=move |_| size.set(None)
            on:keydown=keyed
        ></div>
    }
}

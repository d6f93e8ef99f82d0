//! Which view is open.

use leptos::prelude::*;

/// A view of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The projects.
    Home,
    /// The reels of the opened project.
    Board,
    /// The editor.
    Editor,
    /// The settings.
    Settings,
}

/// Where the user is.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The open view.
    pub view: RwSignal<View>,
    /// Pixels per second of the timeline; `None` fits it. Kept with the project.
    pub zoom: RwSignal<Option<f64>>,
}

/// Returns where the user is.
pub fn use_place() -> Place {
    super::taken()
}

impl Place {
    pub(super) fn new() -> Self {
        Self {
            view: RwSignal::new(View::Home),
            zoom: RwSignal::new(None),
        }
    }
}

//! The projects, and what else the engine says of the whole program.

use leptos::prelude::*;
use protocol::studio::event::{Hover, State};
use protocol::studio::view::{Named, ProjectCard};

/// The projects and the program.
#[derive(Debug, Clone, Copy)]
pub struct Library {
    /// Every project, those in the bin too, the latest change first.
    pub projects: RwSignal<Vec<ProjectCard>>,
    /// Whether the engine has spoken.
    pub ready: RwSignal<bool>,
    /// The program's version.
    pub version: RwSignal<String>,
    /// Whether the demo video is there.
    pub has_demo: RwSignal<bool>,
    /// The folder that exports go to unless another is chosen.
    pub export_folder: RwSignal<String>,
    /// Whether files are being dragged over the window.
    pub hover: RwSignal<Hover>,
    /// Files that were given to the program and not imported yet.
    pub given: RwSignal<Named>,
}

/// Returns the projects and what is known of the program.
pub fn use_library() -> Library {
    super::taken()
}

impl Library {
    pub(super) fn new() -> Self {
        Self {
            projects: RwSignal::new(Vec::new()),
            ready: RwSignal::new(false),
            version: RwSignal::new(String::new()),
            has_demo: RwSignal::new(false),
            export_folder: RwSignal::new(String::new()),
            hover: RwSignal::new(Hover::Gone),
            given: RwSignal::new(Named::default()),
        }
    }

    pub(super) fn begin(&self, state: &State) {
        self.projects.set(state.projects.clone());
        self.version.set(state.version.clone());
        self.has_demo.set(state.has_demo);
        self.export_folder.set(state.export_folder.clone());
        self.ready.set(true);
    }
}

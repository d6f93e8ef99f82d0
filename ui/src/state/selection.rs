//! What is selected in the editor. Never part of the document.

use std::collections::BTreeSet;

use leptos::prelude::*;
use timeline::ids::ClipId;

/// What is selected.
#[derive(Debug, Clone, Copy)]
pub struct Selection {
    /// The selected clips of the open sequence.
    pub clips: RwSignal<BTreeSet<ClipId>>,
}

/// Returns what is selected.
pub fn use_selection() -> Selection {
    super::taken()
}

impl Selection {
    pub(super) fn new() -> Self {
        Self {
            clips: RwSignal::new(BTreeSet::new()),
        }
    }
}

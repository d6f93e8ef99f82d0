//! Where the preview is. Set per frame, so never part of the document.

use leptos::prelude::*;
use protocol::studio::event::{PreviewState, PreviewStatus};
use timeline::time::SequenceTime;

/// The playhead of the open sequence.
#[derive(Debug, Clone, Copy)]
pub struct Playhead {
    /// Where it is; while playing, the time of the frame that is shown.
    pub at: RwSignal<SequenceTime>,
    /// The rate it plays at; 0 when it stands still.
    pub rate: RwSignal<f64>,
    /// What the engine last said of the preview.
    pub status: RwSignal<Option<PreviewStatus>>,
}

/// Returns the playhead.
pub fn use_playhead() -> Playhead {
    super::taken()
}

impl Playhead {
    pub(super) fn new() -> Self {
        Self {
            at: RwSignal::new(SequenceTime::ZERO),
            rate: RwSignal::new(0.0),
            status: RwSignal::new(None),
        }
    }

    pub(super) fn heard(&self, status: PreviewStatus) {
        let rate = match status.state {
            PreviewState::Playing { rate } => rate,
            PreviewState::Loading
            | PreviewState::Paused
            | PreviewState::Ended
            | PreviewState::Failed(_) => 0.0,
        };
        self.rate.set(rate);
        self.status.set(Some(status));
    }

    /// Returns whether it plays, tracked.
    pub fn is_playing(&self) -> bool {
        self.rate.get() != 0.0
    }
}

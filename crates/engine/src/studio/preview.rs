//! Playing a sequence: written on the branch `preview`.

use std::sync::Arc;

use protocol::error::{ApiError, ErrorCode};
use protocol::studio::calls::{OpenPreview, PreviewAction};
use protocol::studio::view::ProjectId;
use timeline::ids::SequenceId;

use super::events::Events;
use super::shown::Shown;
use crate::{Engine, Error};

/// What plays a sequence in the window.
pub(crate) struct Preview {
    _engine: Engine,
    _events: Events,
}

impl Preview {
    pub(crate) fn new(engine: Engine, events: Events) -> Self {
        Self {
            _engine: engine,
            _events: events,
        }
    }

    /// Hands frames to `listener` from now on.
    pub(crate) fn frames(&self, _listener: Arc<dyn Fn(Vec<u8>) + Send + Sync>) {}

    /// Notes that the window has drawn a frame.
    pub(crate) fn frame_shown(&self, _preview: u32, _at: i64) {}

    /// Shows a sequence, in place of what was shown.
    pub(crate) fn open(&self, _order: &OpenPreview, _shown: Shown) -> Result<(), Error> {
        Err(ApiError::new(ErrorCode::Unknown, "there is no preview in this build").into())
    }

    /// Returns what is shown.
    pub(crate) fn showing(&self) -> Option<(ProjectId, SequenceId)> {
        None
    }

    /// Shows what is shown as it is after an edit.
    pub(crate) fn follow(&self, _shown: Shown) {}

    /// Plays or pauses, seeks, steps.
    pub(crate) fn control(&self, _action: PreviewAction) -> Result<(), Error> {
        Err(ApiError::new(ErrorCode::Unknown, "there is no preview in this build").into())
    }

    /// Shows nothing any more.
    pub(crate) fn close(&self) {}
}

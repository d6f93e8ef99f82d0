//! A sequence with all that it refers to, as it is played, drawn and rendered.

use std::collections::BTreeMap;
use std::sync::Arc;

use media::preview::PreviewRequest;
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::calls::OpenPreview;
use protocol::studio::view::ProjectId;
use task::Cancel;
use timeline::ids::SequenceId;

use super::{Inner, lock};
use crate::Error;

impl Inner {
    /// Returns a sequence as it is now, as a preview plays it.
    pub(crate) fn shown(
        &self,
        project: ProjectId,
        sequence: SequenceId,
        cancel: &Cancel,
    ) -> Result<PreviewRequest, Error> {
        let session = self.session(project)?;
        let present = lock(&session).present().clone();
        let request = self.engine.shown(&present, sequence, cancel)?;
        let request = request.ok_or_else(|| no_sequence(sequence))?;
        let mut proxies = BTreeMap::new();
        let mut loudness = BTreeMap::new();
        for media in request.sources.keys() {
            let Some(found) = self.found(project, *media)? else {
                continue;
            };
            proxies.extend(found.proxy.map(|proxy| (*media, proxy)));
            loudness.extend(found.loudness.map(|lufs| (*media, lufs)));
        }
        Ok(PreviewRequest {
            sequence: request.sequence,
            sources: request.sources,
            cards: request.cards,
            caption_style: request.caption_style,
            proxies,
            loudness,
        })
    }

    /// Shows a sequence in the preview.
    pub(crate) fn open_preview(self: &Arc<Self>, order: &OpenPreview) -> Result<(), Error> {
        let shown = self.shown(order.project, order.sequence, &Cancel::new());
        let shown = shown.inspect_err(|_| self.look_for_sources(order.project))?;
        self.preview.open(order, shown)
    }

    /// Has the preview show what it shows as it is now.
    pub(crate) fn follow_now(self: &Arc<Self>) {
        let Some((project, sequence)) = self.preview.shows() else {
            return;
        };
        match self.shown(project, sequence, &Cancel::new()) {
            Ok(shown) => self.preview.update(shown),
            // Its sequence was removed, or a source is gone: what is shown stays until then.
            Err(_) => self.look_for_sources(project),
        }
    }
}

pub(crate) fn no_sequence(sequence: SequenceId) -> Error {
    let message = format!("the project has no sequence {}", sequence.0);
    ApiError::new(ErrorCode::Unknown, message).into()
}

//! A sequence with all that it refers to, as it is played, drawn and rendered.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use media::RenderRequest;
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::calls::OpenPreview;
use protocol::studio::view::ProjectId;
use task::Cancel;
use timeline::ids::{MediaId, SequenceId};

use super::{Inner, lock};
use crate::Error;

/// What a preview plays.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    /// The project.
    pub(crate) project: ProjectId,
    /// The sequence and its sources; it names no file to write.
    pub(crate) request: RenderRequest,
    /// Light copies of heavy sources: pictures without sound, whose time 0 is source time 0.
    pub(crate) proxies: BTreeMap<MediaId, PathBuf>,
}

impl Inner {
    /// Returns a sequence as it is now.
    pub(crate) fn shown(
        &self,
        project: ProjectId,
        sequence: SequenceId,
        cancel: &Cancel,
    ) -> Result<Shown, Error> {
        let session = self.session(project)?;
        let present = lock(&session).present().clone();
        let request = self.engine.shown(&present, sequence, cancel)?;
        let request = request.ok_or_else(|| no_sequence(sequence))?;
        let mut proxies = BTreeMap::new();
        for media in request.sources.keys() {
            let found = self.found(project, *media)?;
            if let Some(proxy) = found.and_then(|found| found.proxy)
                && proxy.is_file()
            {
                proxies.insert(*media, proxy);
            }
        }
        Ok(Shown {
            project,
            request,
            proxies,
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
        let Some((project, sequence)) = self.preview.showing() else {
            return;
        };
        match self.shown(project, sequence, &Cancel::new()) {
            Ok(shown) => self.preview.follow(shown),
            // Its sequence was removed, or a source is gone: what is shown stays until then.
            Err(_) => self.look_for_sources(project),
        }
    }
}

pub(crate) fn no_sequence(sequence: SequenceId) -> Error {
    let message = format!("the project has no sequence {}", sequence.0);
    ApiError::new(ErrorCode::Unknown, message).into()
}

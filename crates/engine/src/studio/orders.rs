//! Jobs that the user orders: suggestions, exports, posts.

use std::path::Path;
use std::sync::Arc;

use protocol::error::{ApiError, ErrorCode};
use protocol::studio::posting::{AccountStanding, Draft, ReelOf};
use protocol::studio::settings::ExportOrder;
use protocol::studio::view::{Exported, JobId, ProjectId};
use timeline::ids::{MediaId, SequenceId};

use super::jobs::Task;
use super::shown::no_sequence;
use super::work::order_of;
use super::{Inner, board, lock};
use crate::Error;

impl Inner {
    /// Suggests reels of a source again, as a job.
    pub(crate) fn order_suggestion(
        self: &Arc<Self>,
        project: ProjectId,
        media: MediaId,
        wish: String,
    ) -> Result<JobId, Error> {
        let session = self.session(project)?;
        let title = {
            let session = lock(&session);
            session.check_writable()?;
            board::file_name(&board::source(session.present(), media)?.path)
        };
        let is_it = |task: &Task| match task {
            Task::Suggest {
                project: other,
                media: source,
                wish: wished,
            } => *other == project && *source == media && *wished == wish,
            _ => false,
        };
        if let Some(job) = self.jobs.has(is_it) {
            return Ok(job);
        }
        let task = Task::Suggest {
            project,
            media,
            wish,
        };
        let job = self.order(task, &title)?;
        self.pump();
        Ok(job)
    }

    /// Renders reels to files, a job each.
    pub(crate) fn order_exports(
        self: &Arc<Self>,
        project: ProjectId,
        sequences: &[SequenceId],
        order: &ExportOrder,
    ) -> Result<Exported, Error> {
        if !Path::new(&order.folder).is_absolute() {
            let message = format!("{:?} is no folder", order.folder);
            return Err(ApiError::new(ErrorCode::Unwritable, message)
                .hint("choose a folder")
                .into());
        }
        let session = self.session(project)?;
        let present = lock(&session).present().clone();
        let mut titles = Vec::new();
        for sequence in sequences {
            let found = present.sequences.get(sequence);
            titles.push(found.ok_or_else(|| no_sequence(*sequence))?.name.clone());
        }
        let mut jobs = Vec::new();
        for ((sequence, title), number) in sequences.iter().zip(titles).zip(1..) {
            let task = Task::Export {
                project,
                sequence: *sequence,
                number,
                order: order.clone(),
            };
            jobs.push(self.order(task, &title)?);
        }
        let settings = protocol::studio::settings::Settings {
            export: Some(order.clone()),
            ..self.settings()?
        };
        self.save_settings(&settings)?;
        self.pump();
        Ok(Exported { jobs })
    }

    /// Renders a reel and posts it to accounts, as a job.
    pub(crate) fn order_posts(
        self: &Arc<Self>,
        project: ProjectId,
        sequence: SequenceId,
        drafts: Vec<Draft>,
        at: Option<i64>,
    ) -> Result<JobId, Error> {
        if drafts.is_empty() {
            let message = "no account was chosen";
            return Err(ApiError::new(ErrorCode::Usage, message).into());
        }
        let publishing = self.posting.publishing()?;
        for draft in &drafts {
            let account = publishing.account_of(draft.account)?;
            if account.standing == AccountStanding::Expired {
                let message = format!(
                    "{} is not connected to {} any more",
                    account.name, account.network
                );
                return Err(ApiError::new(ErrorCode::NotConnected, message)
                    .hint("connect it again")
                    .into());
            }
        }
        // Before it is rendered: what is refused after that is told minutes later.
        let reel = ReelOf { project, sequence };
        for draft in &drafts {
            let target = publishing.target(draft.account)?;
            publishing.examine(None, &order_of(draft, reel, at), &target)?;
        }
        let session = self.session(project)?;
        let title = {
            let session = lock(&session);
            let found = session.present().sequences.get(&sequence);
            found.ok_or_else(|| no_sequence(sequence))?.name.clone()
        };
        let task = Task::Publish {
            project,
            sequence,
            drafts,
            at,
        };
        let job = self.order(task, &title)?;
        self.pump();
        Ok(job)
    }
}

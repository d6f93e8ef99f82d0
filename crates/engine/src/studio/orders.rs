//! Jobs that the user orders: suggestions, exports, posts.

use std::path::Path;
use std::sync::Arc;

use protocol::error::{ApiError, ErrorCode};
use protocol::studio::posting::{AccountStanding, Draft, Frame, ReelOf};
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
            if let Some(frame) = draft.frame.filter(|frame| !is_frame(*frame)) {
                let message = format!("{}×{} is no frame", frame.width, frame.height);
                return Err(ApiError::new(ErrorCode::Usage, message).into());
            }
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

/// The longest side that is rendered, in pixels: H.264 level 5.2.
const LONGEST_SIDE: u32 = 4_096;

/// Returns whether something can be rendered in a frame.
fn is_frame(frame: Frame) -> bool {
    let is_side = |side: u32| side.is_multiple_of(2) && (2..=LONGEST_SIDE).contains(&side);
    let fps = frame.rate.fps();
    is_side(frame.width) && is_side(frame.height) && (1.0..=240.0).contains(&fps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use footage::time::FrameRate;

    #[test]
    fn only_what_can_be_rendered_is_a_frame() {
        let check = |(width, height): (u32, u32), (num, den): (u32, u32), expect: bool| {
            let rate = FrameRate { num, den };
            let frame = Frame {
                width,
                height,
                rate,
            };
            assert_eq!(is_frame(frame), expect, "{frame:?}");
        };
        check((720, 1280), (30_000, 1_001), true);
        check((721, 1280), (30, 1), false);
        check((0, 1280), (30, 1), false);
        check((720, 8_192), (30, 1), false);
        check((720, 1280), (0, 1), false);
        check((720, 1280), (30, 0), false);
    }
}

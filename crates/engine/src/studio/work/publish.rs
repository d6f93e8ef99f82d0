//! A reel is rendered and handed to the outbox.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use posts::outbox::UnixMs;
use protocol::studio::posting::{Draft, Frame, PostId, ReelOf};
use protocol::studio::settings::{ExportFormat, ExportOrder};
use task::Cancel;

use super::Made;
use super::export::Exported;
use crate::Error;
use crate::publishing::{Order, Probed};
use crate::studio::Inner;
use crate::studio::jobs::Telling;

impl Inner {
    /// Renders a reel, once more for each other frame that drafts ask for, and puts a post per draft into
    /// the outbox. A job that is taken up again posts the files that it rendered before, and orders
    /// nothing twice.
    pub(super) fn publish(
        self: &Arc<Self>,
        reel: ReelOf,
        drafts: &[Draft],
        at: Option<i64>,
        telling: &Telling,
        cancel: &Cancel,
    ) -> Result<Made, Error> {
        let publishing = self.posting.publishing()?;
        let job = telling.job().0;
        let folder = self.engine.paths().posts().join(job.to_string());
        let mut notes = Vec::new();
        let mut files: Vec<(Option<Frame>, Probed)> = Vec::new();
        for draft in drafts {
            if files.iter().any(|(frame, _)| *frame == draft.frame) {
                continue;
            }
            let folder = match draft.frame {
                Some(frame) => folder.join(folder_name(frame)),
                None => folder.clone(),
            };
            let file = if let Some(file) = rendered_before(&folder) {
                file
            } else {
                let made = self.rendered(reel, draft.frame, &folder, telling, cancel)?;
                notes.extend(made.notes);
                made.file
            };
            let probed = self.engine.for_posting(&file, cancel)?;
            files.push((draft.frame, probed));
        }
        let mut orders = Vec::new();
        for draft in drafts {
            let Some((_, probed)) = files.iter().find(|(frame, _)| *frame == draft.frame) else {
                continue;
            };
            let order = Order {
                key: Some(format!("studio/{job}/{}", draft.account.0)),
                ..order_of(draft, reel, at)
            };
            orders.push((probed, order, publishing.target(draft.account)?));
        }
        for entry in publishing.order_all(&orders)? {
            self.tell_post(PostId(entry));
        }
        self.post_on()?;
        Ok(Made {
            output: None,
            notes,
        })
    }

    fn rendered(
        self: &Arc<Self>,
        reel: ReelOf,
        frame: Option<Frame>,
        folder: &Path,
        telling: &Telling,
        cancel: &Cancel,
    ) -> Result<Exported, Error> {
        let order = ExportOrder {
            folder: crate::paths::text(folder, "the folder")?.to_owned(),
            template: "{title}".to_owned(),
            format: ExportFormat::default(),
            caption_files: false,
            cover: false,
        };
        let (project, sequence) = (reel.project, reel.sequence);
        self.exported(project, sequence, (1, &order), frame, telling, cancel)
    }
}

/// Returns the folder, within a job's, of what is rendered in a frame of its own.
fn folder_name(frame: Frame) -> String {
    let Frame {
        width,
        height,
        rate,
    } = frame;
    format!("{width}x{height}-{}-{}", rate.num, rate.den)
}

/// Returns the file that the same job rendered before: it got its name when it was whole.
fn rendered_before(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    let mut files = entries.flatten().map(|entry| entry.path());
    files.find(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        !name.starts_with('.') && file.extension().is_some_and(|ending| ending == "mp4")
    })
}

/// Returns what a draft orders, which has no key yet.
pub(in crate::studio) fn order_of(draft: &Draft, reel: ReelOf, at: Option<i64>) -> Order {
    Order {
        title: draft.title.clone(),
        caption: draft.caption.clone(),
        privacy: draft.privacy,
        made_for_kids: draft.made_for_kids,
        synthetic: draft.synthetic,
        options: draft.options.clone(),
        at: at.map(|at| UnixMs(u64::try_from(at).unwrap_or_default())),
        key: None,
        reel: Some(reel),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_file_is_taken_for_rendered() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(rendered_before(&folder.path().join("none")), None);
        for name in [".crealia-export-7.mp4", "reel.jpg"] {
            std::fs::write(folder.path().join(name), b"x").unwrap();
        }
        assert_eq!(rendered_before(folder.path()), None);
        let whole = folder.path().join("reel.mp4");
        std::fs::write(&whole, b"x").unwrap();
        assert_eq!(rendered_before(folder.path()), Some(whole));
    }

    #[test]
    fn what_is_rendered_in_a_frame_of_its_own_is_not_taken_for_the_reel() {
        let folder = tempfile::tempdir().unwrap();
        let frame = Frame {
            width: 720,
            height: 1280,
            rate: footage::time::FrameRate {
                num: 30_000,
                den: 1_001,
            },
        };
        assert_eq!(folder_name(frame), "720x1280-30000-1001");
        let own = folder.path().join(folder_name(frame));
        std::fs::create_dir(&own).unwrap();
        std::fs::write(own.join("reel.mp4"), b"x").unwrap();
        assert_eq!(rendered_before(folder.path()), None);
        assert!(rendered_before(&own).is_some());
    }
}

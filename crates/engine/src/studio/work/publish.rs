//! A reel is rendered and handed to the outbox.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use posts::outbox::UnixMs;
use protocol::documents::ReasonDocument;
use protocol::studio::posting::{Draft, PostId, ReelOf};
use protocol::studio::settings::{ExportFormat, ExportOrder};
use task::Cancel;

use super::Made;
use crate::Error;
use crate::publishing::Order;
use crate::studio::Inner;
use crate::studio::jobs::Telling;

impl Inner {
    /// Renders a reel, and puts a post per draft into the outbox. A job that is taken up again posts
    /// the file that it rendered before, and orders nothing twice.
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
        let (file, notes) = match rendered_before(&folder) {
            Some(file) => (file, Vec::new()),
            None => self.rendered(reel, &folder, telling, cancel)?,
        };
        let probed = self.engine.for_posting(&file, cancel)?;
        let mut orders = Vec::new();
        for draft in drafts {
            let order = Order {
                key: Some(format!("studio/{job}/{}", draft.account.0)),
                ..order_of(draft, reel, at)
            };
            orders.push((order, publishing.target(draft.account)?));
        }
        for entry in publishing.order_all(&probed, &orders)? {
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
        folder: &Path,
        telling: &Telling,
        cancel: &Cancel,
    ) -> Result<(PathBuf, Vec<ReasonDocument>), Error> {
        let order = ExportOrder {
            folder: crate::paths::text(folder, "the folder")?.to_owned(),
            template: "{title}".to_owned(),
            format: ExportFormat::default(),
            caption_files: false,
            cover: false,
        };
        let (project, sequence) = (reel.project, reel.sequence);
        let made = self.exported(project, sequence, (1, &order), telling, cancel)?;
        Ok((made.file, made.notes))
    }
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
}

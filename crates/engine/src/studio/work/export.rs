//! A reel becomes files in the user's folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use footage::picture::PixelBox;
use media::{Cover, EncoderChoice, Rendered};
use protocol::documents::{CheckDocument, ReasonDocument};
use protocol::error::{ApiError, ErrorCode};
use protocol::progress::Step;
use protocol::studio::names::{self, Parts};
use protocol::studio::posting::Frame;
use protocol::studio::settings::{ExportFormat, ExportOrder};
use protocol::studio::view::ProjectId;
use store::reels::ExportedRow;
use task::Cancel;
use timeline::ids::SequenceId;
use timeline::project::{Format, Sequence};
use timeline::time::SequenceTime;

use super::Made;
use crate::clock::now_millis;
use crate::reels::document;
use crate::reels::finish::{CAPTION_FILES, Read, write_captions};
use crate::reels::found::sequence_hash;
use crate::studio::jobs::Telling;
use crate::studio::shown::{check_renderable, no_sequence};
use crate::studio::{Inner, dates, lock};
use crate::worker::Request;
use crate::{Error, paths};

/// The encoder where a graphics driver misbehaves.
const SOFTWARE: &str = "x264enc";

/// A reel that became files.
pub(super) struct Exported {
    /// The reel as it was.
    reel: Sequence,
    /// The video.
    pub(super) file: PathBuf,
    /// What the user should know.
    pub(super) notes: Vec<ReasonDocument>,
}

impl Inner {
    pub(super) fn export(
        self: &Arc<Self>,
        id: ProjectId,
        sequence: SequenceId,
        (number, order): (u32, &ExportOrder),
        telling: &Telling,
        cancel: &Cancel,
    ) -> Result<Made, Error> {
        let Exported { reel, file, notes } =
            self.exported(id, sequence, (number, order), None, telling, cancel)?;
        let path = file.to_string_lossy().into_owned();
        let row = ExportedRow {
            path: path.clone(),
            at: now_millis(),
            hash: sequence_hash(&reel)?,
        };
        self.note_export(id, &reel, &row)?;
        Ok(Made {
            output: Some(path),
            notes,
        })
    }

    /// Makes a reel files in the folder of `order`, in a frame of its own or the reel's.
    pub(super) fn exported(
        self: &Arc<Self>,
        id: ProjectId,
        sequence: SequenceId,
        (number, order): (u32, &ExportOrder),
        frame: Option<Frame>,
        telling: &Telling,
        cancel: &Cancel,
    ) -> Result<Exported, Error> {
        let session = self.session(id)?;
        let present = lock(&session).present().clone();
        let reel = present.sequences.get(&sequence);
        let reel = reel.ok_or_else(|| no_sequence(sequence))?;
        check_renderable(reel)?;
        let folder = folder(Path::new(&order.folder))?;
        let waiting = Waiting::new(folder.clone(), telling.job().0);
        waiting.sweep();

        let request = self.engine.shown(&present, sequence, cancel);
        let request = request.inspect_err(|_| self.look_for_sources(id))?;
        let mut request = request.ok_or_else(|| no_sequence(sequence))?;
        let read = &mut Read::default();
        let analysis = self.engine.measured(read, &present, reel, cancel)?;
        if let Some(Frame {
            width,
            height,
            rate,
        }) = frame
        {
            request.sequence.format = Format {
                width,
                height,
                rate,
            };
        }
        let shown = request.sequence.clone();
        request.output = waiting.file("mp4");
        request.encoder = match order.format {
            ExportFormat::Mp4 => EncoderChoice::Auto,
            ExportFormat::Mp4Software => EncoderChoice::Named(SOFTWARE.to_owned()),
        };
        request.cover = order.cover.then(|| Cover {
            path: waiting.file("jpg"),
            at: analysis
                .as_ref()
                .and_then(|analysis| story::framing::cover_moment(analysis, reel)),
        });
        let (cards, style) = (request.cards.clone(), request.caption_style.clone());
        let sources = request.sources.clone();
        let progress = telling.progress(Step::Render);
        let request = Request::Render(Box::new(request));
        let engine = &self.engine;
        let rendered = engine.worker().call(&request, cancel, &progress);
        let rendered: Rendered = engine.undisturbed_sources(&present, &sources, rendered)?;

        let parts = Parts {
            project: &present.name,
            source: &names::source(&present, reel),
            title: &reel.name,
            number,
            date: &dates::day(now_millis()),
        };
        let mut endings = vec!["mp4"];
        endings.extend(rendered.cover.is_some().then_some("jpg"));
        let captions = style
            .as_ref()
            .filter(|_| order.caption_files && !cards.is_empty());
        if captions.is_some() {
            endings.extend(CAPTION_FILES);
        }
        let stem = names::stem(&order.template, &parts);
        let stem = names::free(&stem, |stem| is_free(&folder, stem, &endings));
        if let Some(style) = captions {
            write_captions(&folder, &stem, &cards, &rendered, style, &shown)?;
        }
        if let Some((cover, _)) = &rendered.cover {
            publish(cover, &folder.join(format!("{stem}.jpg")))?;
        }
        let file = folder.join(format!("{stem}.mp4"));
        publish(&rendered.file, &file)?;

        let picture = analysis.as_ref().and_then(|analysis| {
            let (_, video) = analysis.streams.chosen_video()?;
            Some((video.width, video.height))
        });
        let faces: Vec<(SequenceTime, PixelBox)> = analysis
            .as_ref()
            .zip(picture)
            .map(|(analysis, picture)| story::framing::faces_shown(analysis, picture, &shown))
            .unwrap_or_default();
        let checks = document::checks(&rendered, &cards, &faces);
        Ok(Exported {
            reel: Sequence::clone(reel),
            file,
            notes: checks.iter().filter(|check| !check.ok).map(note).collect(),
        })
    }
}

/// Files that wait for their names, hidden in the folder where they will be.
struct Waiting {
    folder: PathBuf,
    stem: String,
}

impl Waiting {
    fn new(folder: PathBuf, job: i64) -> Self {
        Self {
            folder,
            stem: format!(".crealia-export-{job}."),
        }
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}{ending}", self.stem))
    }

    /// Removes what a run of the same job left.
    fn sweep(&self) {
        let Ok(entries) = std::fs::read_dir(&self.folder) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            // The renderer's own unfinished files carry one dot more.
            if name.starts_with(&self.stem) || name.starts_with(&format!(".{}", self.stem)) {
                // One that stays is written over.
                drop(std::fs::remove_file(entry.path()));
            }
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // What is finished has its name by now.
        self.sweep();
    }
}

/// Returns the folder, made when it is not there.
fn folder(folder: &Path) -> Result<PathBuf, Error> {
    paths::text(folder, "the folder")?;
    let failed = |error: &std::io::Error| {
        let code = match error.kind() {
            std::io::ErrorKind::StorageFull => ErrorCode::DiskFull,
            _ => ErrorCode::Unwritable,
        };
        ApiError::new(code, format!("{}: {error}", folder.display()))
            .hint("choose another folder, or check its permissions")
    };
    if !folder.is_absolute() {
        let message = format!("{} is no absolute path", folder.display());
        return Err(ApiError::new(ErrorCode::Unwritable, message)
            .hint("choose a folder")
            .into());
    }
    std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    Ok(folder.canonicalize().map_err(|error| failed(&error))?)
}

fn is_free(folder: &Path, stem: &str, endings: &[&str]) -> bool {
    endings.iter().all(|ending| {
        let path = folder.join(format!("{stem}.{ending}"));
        // A link that leads nowhere takes the name, too.
        path.symlink_metadata().is_err()
    })
}

/// Gives a finished file its name, and never one that is taken.
fn publish(from: &Path, to: &Path) -> Result<(), Error> {
    let failed = |error: std::io::Error| {
        ApiError::new(
            ErrorCode::Unwritable,
            format!("{} cannot be written: {error}", to.display()),
        )
        .hint("choose another folder, or check its permissions")
    };
    // A link fails where the name is taken; some file systems have none.
    match std::fs::hard_link(from, to) {
        Ok(()) => std::fs::remove_file(from).map_err(failed)?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(failed(error).into());
        }
        Err(_no_links) => {
            drop(std::fs::File::create_new(to).map_err(failed)?);
            std::fs::rename(from, to).map_err(failed)?;
        }
    }
    Ok(())
}

/// Returns a check that did not pass as something to know.
fn note(check: &CheckDocument) -> ReasonDocument {
    ReasonDocument {
        code: check.code.clone(),
        text: format!("{}: {} (limit {})", check.code, check.value, check.limit),
        values: [
            ("value".to_owned(), check.value.clone().into()),
            ("limit".to_owned(), check.limit.clone().into()),
        ]
        .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        std::fs::write(&from, b"new").unwrap();
        std::fs::write(&to, b"the user's").unwrap();
        assert_eq!(
            publish(&from, &to).unwrap_err().to_api().code,
            ErrorCode::Unwritable
        );
        assert_eq!(std::fs::read(&to).unwrap(), b"the user's");
        std::fs::remove_file(&to).unwrap();
        publish(&from, &to).unwrap();
        assert_eq!(std::fs::read(&to).unwrap(), b"new");
        assert!(!from.exists());
    }

    #[test]
    fn what_a_stopped_run_left_is_swept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            ".crealia-export-7.mp4",
            "..crealia-export-7.mp4.partial",
            ".crealia-export-71.mp4",
            "reel.mp4",
        ] {
            std::fs::write(folder.path().join(name), b"x").unwrap();
        }
        drop(Waiting::new(folder.path().to_owned(), 7));
        let left = testkit_names(folder.path());
        assert_eq!(left, [".crealia-export-71.mp4", "reel.mp4"]);
    }

    fn testkit_names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

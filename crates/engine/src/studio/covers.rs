//! Drawing covers: in the order in which they are asked for, by a few workers that stay while there are any
//! to draw.
//!
//! Starting a worker, reading the words and measures of an hour and opening its file take longer than drawing
//! one cover; done once, they serve all that a board shows.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;

use media::preview::{CoverFrame, CoverRequest, PreviewRequest};
use protocol::error::{ApiError, ErrorCode};
use task::Cancel;
use timeline::ids::SequenceId;
use timeline::project::Project;
use timeline::time::SequenceTime;

use super::lock;
use super::shown::no_sequence;
use crate::reels::finish::Read;
use crate::worker::CoverWorker;
use crate::{Engine, Error};

/// Longer side of a cover in pixels.
const COVER: u32 = 640;
/// Workers at once, at most: each decodes on all cores, and holds pictures for each of them.
const MOST: usize = 2;
/// How long a worker without anything to draw stays: while one scrolls, the next row is asked for by then.
const IDLE: Duration = Duration::from_secs(5);

/// Whose order a cover is drawn by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Own,
    Another,
}

/// A cover to draw.
#[derive(Clone)]
pub(super) struct Sheet {
    /// The project as it is now.
    pub(super) project: Arc<Project>,
    /// Of which sequence.
    pub(super) sequence: SequenceId,
    /// The moment that it shows; the best one where none was chosen.
    pub(super) at: Option<SequenceTime>,
    /// The file to write.
    pub(super) file: PathBuf,
}

/// The covers that are to be drawn. Those who draw end with this value.
#[derive(Default)]
pub(super) struct Drawing {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
    /// Held for reading while a cover is drawn.
    files: RwLock<()>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Sheet>,
    /// Who waits for a file that is to be drawn, or is being drawn.
    asked: BTreeMap<PathBuf, Vec<SyncSender<Result<(), ApiError>>>>,
    /// Threads that draw.
    drawers: usize,
    /// Those of them that have nothing to draw.
    idle: usize,
    is_over: bool,
}

impl Drawing {
    /// Draws a cover and returns when its file is there. Whoever asks for one that is under way waits for
    /// the same.
    pub(super) fn draw(&self, engine: &Engine, sheet: &Sheet) -> Result<(), Error> {
        loop {
            let (order, answer) = self.order(engine, sheet.clone())?;
            let Ok(outcome) = answer.recv() else {
                // The program ends, or the one who drew it panicked, which has been printed.
                return Err(Error::Cancelled);
            };
            match (order, outcome) {
                // Who asked for it did so when its source lay elsewhere, say.
                (Order::Another, Err(_)) => {}
                (Order::Own | Order::Another, outcome) => return Ok(outcome?),
            }
        }
    }

    /// Has a cover drawn, unless it is being drawn.
    fn order(
        &self,
        engine: &Engine,
        sheet: Sheet,
    ) -> Result<(Order, Receiver<Result<(), ApiError>>), Error> {
        let (sender, answer) = sync_channel(1);
        let mut queue = lock(&self.shared.queue);
        if queue.is_over {
            return Err(Error::Cancelled);
        }
        let asked = queue.asked.entry(sheet.file.clone()).or_default();
        asked.push(sender);
        let order = if asked.len() == 1 {
            queue.waiting.push_back(sheet);
            Order::Own
        } else {
            Order::Another
        };
        let most = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        if queue.waiting.len() > queue.idle && queue.drawers < most.min(MOST) {
            queue.drawers += 1;
            let (shared, engine) = (Arc::clone(&self.shared), engine.clone());
            std::thread::spawn(move || run(&shared, engine));
        }
        drop(queue);
        self.shared.changed.notify_one();
        Ok((order, answer))
    }

    /// Waits until no cover is being drawn, and lets none begin as long as the result lives.
    pub(super) fn rest(&self) -> RwLockWriteGuard<'_, ()> {
        let files = self.shared.files.write();
        files.unwrap_or_else(PoisonError::into_inner)
    }

    /// Draws no further cover; those who wait for one get none.
    pub(super) fn close(&self) {
        let mut queue = lock(&self.shared.queue);
        queue.is_over = true;
        queue.waiting.clear();
        queue.asked.clear();
        drop(queue);
        self.shared.changed.notify_all();
    }
}

impl Drop for Drawing {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    /// Waits for a cover to draw; `None` when there was none for long, or will be none.
    fn next(&self) -> Option<Sheet> {
        let mut queue = lock(&self.queue);
        loop {
            if let Some(sheet) = queue.waiting.pop_front() {
                return Some(sheet);
            }
            let mut is_late = false;
            if !queue.is_over {
                queue.idle += 1;
                let waited = self.changed.wait_timeout(queue, IDLE);
                let (again, wait) = waited.unwrap_or_else(PoisonError::into_inner);
                queue = again;
                queue.idle -= 1;
                is_late = wait.timed_out() && queue.waiting.is_empty();
            }
            if is_late || queue.is_over {
                // Under the same lock: who asks from now on sees that there is one less.
                queue.drawers -= 1;
                return None;
            }
        }
    }
}

/// A cover that is being drawn. When a panic ends it, nobody waits for it any longer.
struct Turn<'a> {
    shared: &'a Shared,
    file: &'a Path,
}

impl Turn<'_> {
    fn end(self, outcome: &Result<(), ApiError>) {
        let asked = lock(&self.shared.queue).asked.remove(self.file);
        for waiting in asked.unwrap_or_default() {
            // Nobody may wait any more.
            drop(waiting.send(outcome.clone()));
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut queue = lock(&self.shared.queue);
            queue.asked.remove(self.file);
            queue.drawers -= 1;
        }
    }
}

fn run(shared: &Shared, engine: Engine) {
    let mut drawer = Drawer {
        engine,
        worker: None,
        read: Read::default(),
    };
    while let Some(sheet) = shared.next() {
        let turn = Turn {
            shared,
            file: &sheet.file,
        };
        let files = shared.files.read().unwrap_or_else(PoisonError::into_inner);
        let outcome = drawer.draw(&sheet).map_err(|error| error.to_api());
        drop(files);
        turn.end(&outcome);
    }
}

/// Who draws, with what serves the next cover.
struct Drawer {
    engine: Engine,
    worker: Option<CoverWorker>,
    read: Read,
}

impl Drawer {
    fn draw(&mut self, sheet: &Sheet) -> Result<(), Error> {
        // Another may have drawn it before this was asked for.
        if sheet.file.is_file() {
            return Ok(());
        }
        let drawn = self.write(sheet);
        if drawn.is_err() {
            // Whatever was wrong with it, the next one begins anew.
            self.worker = None;
        }
        drawn
    }

    fn write(&mut self, sheet: &Sheet) -> Result<(), Error> {
        let folder = sheet.file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(|error| {
            ApiError::new(
                ErrorCode::Unwritable,
                format!("{}: {error}", folder.display()),
            )
        })?;
        let (engine, project) = (&self.engine, &sheet.project);
        let sequence = project.sequences.get(&sheet.sequence);
        let sequence = sequence.ok_or_else(|| no_sequence(sheet.sequence))?;
        // It gets ready while the rest is read.
        let worker = match &mut self.worker {
            Some(worker) => worker,
            none => none.insert(CoverWorker::start(engine.worker())?),
        };
        let cancel = Cancel::new();
        let shown = engine.shown_after(&mut self.read, project, sequence, &cancel)?;
        let frame = if let Some(at) = sheet.at {
            CoverFrame::At(at)
        } else {
            let measured = engine.measured(&mut self.read, project, sequence, &cancel)?;
            let best = measured.and_then(|own| story::framing::cover_moment(&own, sequence));
            best.map_or(CoverFrame::AtFirstCaption, CoverFrame::Around)
        };
        let format = shown.sequence.format;
        worker.draw(&CoverRequest {
            path: sheet.file.clone(),
            frame,
            height: height(format.width, format.height),
            of: PreviewRequest {
                sequence: shown.sequence,
                sources: shown.sources,
                cards: shown.cards,
                caption_style: shown.caption_style,
                proxies: BTreeMap::new(),
                loudness: BTreeMap::new(),
            },
        })?;
        Ok(())
    }
}

/// Returns the height at which a frame has the longer side of a cover.
fn height(width: u32, height: u32) -> u32 {
    let longer = width.max(height).max(1);
    (height * COVER.min(longer) / longer).max(2) & !1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covers_are_small_and_even() {
        assert_eq!(height(1080, 1920), 640);
        assert_eq!(height(1920, 1080), 360);
        assert_eq!(height(1080, 1350), 640);
        assert_eq!(height(320, 180), 180);
    }
}

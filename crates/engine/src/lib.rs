//! What applications are made of: import, analyse, suggest, compose, render.
//!
//! [`Engine`] is cheap to clone and `Send + Sync`; every call blocks. It never reads the home
//! folder or the environment: [`Paths`] and the [`WorkerCommand`] come from the program. GStreamer,
//! Whisper and Candle run in worker processes, one per step, so that a broken file cannot take the
//! program along.
//!
//! The main job is a chain of durable steps, each keyed by the source's fingerprint, the step, its
//! version and its parameters. Killed at any moment, the same job goes on at the step it was at.
//!
//! ```text
//! fingerprint → probe → analyse ─┬→ transcribe → suggest → compose → render (one per reel)
//!                                └─ one decode: sound, shots, faces, motion, pictures
//! ```
//!
//! Map: [`Engine`] opening · [`reels`] the main job · `steps` durability · `worker` processes ·
//! [`models`] speech and embedding models · [`doctor`] what the machine has · [`projects`] stored
//! projects · [`publishing`] accounts, posts and the outbox · [`studio`] all that the window asks for: open projects, jobs, pictures, preview.

mod clock;
pub mod doctor;
mod endpoints;
mod error;
mod fingerprint;
mod identity;
pub mod models;
mod owner;
mod paths;
pub mod presets;
pub mod projects;
pub mod publishing;
pub mod reels;
mod sources;
mod steps;
pub mod studio;
mod worker;

use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::time::Duration;

use store::Library;

pub use endpoints::{Endpoints, ModelHost};
pub use error::Error;
pub use fingerprint::fingerprint;
pub use paths::{IDENTITY, Paths};
pub use sources::{Listened, Looked, Streams};
pub use steps::Finished;
pub use store::SetAside;
pub use worker::{WorkerCommand, serve as serve_worker};

/// How often a running engine shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(3);

/// The use-cases over one folder of data.
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    paths: Paths,
    worker: WorkerCommand,
    endpoints: Endpoints,
    library: Library,
    owner: String,
    database: Database,
    /// Dropped with the engine, which ends the heartbeat.
    _heartbeat: SyncSender<()>,
}

/// The outcome of opening.
#[derive(Debug)]
pub struct Opened {
    /// The engine.
    pub engine: Engine,
    /// What became of a damaged database.
    pub set_aside: Option<SetAside>,
    /// Whether the database may be changed.
    pub database: Database,
}

/// Whether the database may be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// It may.
    Writable,
    /// A newer version wrote it: it is only looked at.
    Newer,
}

impl Engine {
    /// Opens the data below `paths`, making the folder when it is not there.
    pub fn open(
        paths: Paths,
        worker: WorkerCommand,
        endpoints: Endpoints,
    ) -> Result<Opened, Error> {
        paths::text(paths.home(), "the program's folder")?;
        std::fs::create_dir_all(paths.home())
            .map_err(|error| store::Error::from_io(paths.home(), &error))?;
        let store::Opened { library, set_aside } = Library::open(&paths.library())?;
        library.requeue_interrupted(clock::now_millis())?;
        let engine = Self::over(paths, worker, endpoints, library, Database::Writable);
        Ok(Opened {
            engine,
            set_aside,
            database: Database::Writable,
        })
    }

    /// Opens the data below `paths` like [`Engine::open`], and a database of a newer version to be
    /// looked at and not changed.
    pub fn open_or_look(
        paths: Paths,
        worker: WorkerCommand,
        endpoints: Endpoints,
    ) -> Result<Opened, Error> {
        match Self::open(paths.clone(), worker.clone(), endpoints.clone()) {
            Err(Error::Store(store::Error::Newer { .. })) => {
                let library = Library::open_to_look(&paths.library())?;
                let engine = Self::over(paths, worker, endpoints, library, Database::Newer);
                Ok(Opened {
                    engine,
                    set_aside: None,
                    database: Database::Newer,
                })
            }
            opened => opened,
        }
    }

    fn over(
        paths: Paths,
        worker: WorkerCommand,
        endpoints: Endpoints,
        library: Library,
        database: Database,
    ) -> Self {
        let (heartbeat, stop) = sync_channel::<()>(0);
        let owner = owner::this_process();
        let inner = Arc::new(Inner {
            paths,
            worker,
            endpoints,
            library,
            owner,
            database,
            _heartbeat: heartbeat,
        });
        let weak = Arc::downgrade(&inner);
        if database == Database::Writable {
            std::thread::spawn(move || {
                while stop.recv_timeout(HEARTBEAT) == Err(RecvTimeoutError::Timeout) {
                    beat(&weak);
                }
            });
        }
        Self { inner }
    }

    /// Returns where the engine keeps its things.
    pub fn paths(&self) -> &Paths {
        &self.inner.paths
    }

    pub(crate) fn worker(&self) -> &WorkerCommand {
        &self.inner.worker
    }

    pub(crate) fn endpoints(&self) -> &Endpoints {
        &self.inner.endpoints
    }

    pub(crate) fn library(&self) -> &Library {
        &self.inner.library
    }

    pub(crate) fn database(&self) -> Database {
        self.inner.database
    }

    /// Returns what was asked of the database. One of a newer version may keep it otherwise: that is
    /// then not there.
    pub(crate) fn seen<T: Default>(&self, found: Result<T, store::Error>) -> Result<T, Error> {
        match self.database() {
            Database::Writable => Ok(found?),
            Database::Newer => Ok(found.unwrap_or_default()),
        }
    }

    pub(crate) fn owner(&self) -> &str {
        &self.inner.owner
    }
}

fn beat(engine: &Weak<Inner>) {
    if let Some(inner) = engine.upgrade() {
        // A missed beat is made up by the next; a lasting fault shows in the work itself.
        drop(inner.library.beat(&inner.owner, clock::now_millis()));
    }
}

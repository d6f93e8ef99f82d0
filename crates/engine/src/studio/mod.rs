//! All that the window asks for: open projects, jobs, pictures, the preview.
//!
//! [`Studio`] answers every [`Request`] and tells its one listener what changed. It blocks, may be
//! called from any thread, and owns the threads that work in the background.
//!
//! Rules:
//! - An edit is in the journal before it is answered. Where it cannot be written, on a full disk,
//!   it is kept in memory and tried again every second; the user is told once, and again when all
//!   is written. Refusing it would take the user's work away at once to protect it from a crash
//!   that mostly does not come.
//! - An import is not undone by mistake: in a project in which nothing can be undone it becomes the
//!   ground that the history stands on. Where there are steps to undo its reels are steps too, one
//!   each, for whatever came before could not be undone across them.
//! - Locks are taken in this order: a session, the jobs, the listener. Whoever holds one of them
//!   waits for no worker.
//!
//! Map: `answer` questions to answers · `events` the listener · `session` a project with its journal ·
//! `sessions` which are open · `shelf` the list · `board` reels and sources · `pictures` by
//! their addresses · `covers` drawing them · `imports` what files become jobs · `jobs` the queue · `work` what each
//! job does · `posting` the outbox, accounts · `orders` what the user orders · `rooms` settings, models, storage · `shown` a sequence with
//! all it refers to · `preview` playing it.

mod answer;
mod board;
mod covers;
pub(crate) mod dates;
mod events;
mod imports;
mod jobs;
mod orders;
mod pictures;
mod posting;
pub mod preview;
mod rooms;
mod session;
mod sessions;
mod shelf;
mod shown;
mod upkeep;
mod work;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

use protocol::error::ApiError;
use protocol::studio::calls::{Request, Reveal};
use protocol::studio::event::{Event, Hover, Notice, PreviewState, State};
use protocol::studio::posting::Page;
use protocol::studio::settings::Language;
use protocol::studio::view::{Named, Presence, ProjectId};
use timeline::ids::MediaId;

use crate::publishing::Vault;
use crate::{Database, Engine, Error, Opened};
use covers::Drawing;
use events::Events;
use jobs::Jobs;
use posting::Posting;
use preview::Preview;
use session::Session;
use sessions::Sessions;

pub use events::Listener;
pub use imports::ENDINGS;
pub use pictures::PictureBytes;

/// What the shell knows and the engine never looks up.
#[derive(Debug, Clone, Default)]
pub struct StudioOptions {
    /// The system's language as a code, when it is known.
    pub system_language: Option<String>,
    /// The demo video, where it is there.
    pub demo: Option<PathBuf>,
    /// The folder that exports go to unless another is chosen.
    pub export_folder: PathBuf,
    /// The folder of logs.
    pub logs: PathBuf,
    /// The licences of everything that the program holds.
    pub licences: String,
    /// Where tokens are kept.
    pub vault: Vault,
}

/// The window's side of the engine; cheap to clone.
#[derive(Clone)]
pub struct Studio {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    engine: Engine,
    options: StudioOptions,
    events: Events,
    sessions: Sessions,
    jobs: Jobs,
    preview: Preview,
    posting: Posting,
    notices: Vec<Notice>,
    /// Time zero of every pace.
    began: Instant,
    /// Why changes wait in memory, when they cannot be written.
    unsaved: Mutex<Option<ApiError>>,
    drawing: Drawing,
    background: Mutex<upkeep::Background>,
    /// Whether sources were there when they were last looked for.
    presence: Mutex<BTreeMap<(ProjectId, MediaId), Presence>>,
}

impl Studio {
    /// Opens the studio over what [`Engine::open_or_look`] gave. Jobs that an earlier run left go
    /// on.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn open(opened: Opened, options: StudioOptions) -> Result<Self, Error> {
        let Opened {
            engine, set_aside, ..
        } = opened;
        let mut notices = Vec::new();
        if let Some(aside) = set_aside {
            notices.push(Notice::DatabaseSetAside {
                path: aside.path.to_string_lossy().into_owned(),
                restored: aside.restored,
            });
        }
        if engine.database() == Database::Newer {
            notices.push(Notice::DatabaseNewer);
        }
        let events = Events::default();
        let inner = Arc::new_cyclic(|inner| Inner {
            jobs: Jobs::default(),
            sessions: Sessions::default(),
            preview: Preview::new(engine.clone(), teller(events.clone(), Weak::clone(inner))),
            posting: Posting::open(&engine, options.vault.clone()),
            events,
            options,
            notices,
            began: Instant::now(),
            unsaved: Mutex::default(),
            drawing: Drawing::default(),
            background: Mutex::default(),
            presence: Mutex::default(),
            engine,
        });
        if inner.engine.database() == Database::Writable {
            inner.tidy_up()?;
            inner.recall_jobs()?;
            inner.sweep_posts();
        }
        upkeep::start(&inner);
        inner.pump();
        Ok(Self { inner })
    }

    /// Answers a question with the JSON of its reply.
    ///
    /// # Errors
    /// What the question's answer is when it is none.
    pub fn answer(&self, request: Request) -> Result<Vec<u8>, ApiError> {
        self.inner.answer(request).map_err(|error| error.to_api())
    }

    /// Tells `listener` everything from now on, [`Event::State`] first; it takes the place of an
    /// earlier one. It is called while locks are held and must not call back.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn subscribe(&self, listener: Listener) -> Result<(), ApiError> {
        let state = || self.inner.state();
        self.inner
            .events
            .subscribe(listener, state)
            .map_err(|error| error.to_api())
    }

    /// Hands preview frames to `listener` from now on, in place of an earlier one.
    pub fn frames(&self, listener: Arc<dyn Fn(Vec<u8>) + Send + Sync>) {
        self.inner.preview.set_frames(listener);
    }

    /// Notes that the window has drawn a frame.
    pub fn frame_shown(&self, preview: u32, at: i64) {
        self.inner.preview.frame_shown(preview, at);
    }

    /// Returns the bytes that an address names; see [`protocol::studio::picture`].
    ///
    /// # Errors
    /// When it names nothing that is there.
    pub fn picture(&self, address: &str) -> Result<PictureBytes, ApiError> {
        self.inner.picture(address).map_err(|error| error.to_api())
    }

    /// Returns the file or folder to show in the system's file browser.
    ///
    /// # Errors
    /// When there is none.
    pub fn reveal_target(&self, what: &Reveal) -> Result<PathBuf, ApiError> {
        self.inner
            .reveal_target(what)
            .map_err(|error| error.to_api())
    }

    /// Returns the address of a page that the system's browser is to show.
    ///
    /// # Errors
    /// When there is none now.
    pub fn page_address(&self, page: Page) -> Result<String, ApiError> {
        self.inner
            .page_address(page)
            .map_err(|error| error.to_api())
    }

    /// Returns the window's language: the one that the user chose, else the system's.
    pub fn language(&self) -> Language {
        let system = self.inner.options.system_language.as_deref();
        // Where settings cannot be read there are none.
        let language = self.inner.language();
        language.unwrap_or_else(|_| Language::of_system(system))
    }

    /// Tells the window of files that were given to the program.
    pub fn give_files(&self, files: Vec<PathBuf>) {
        self.inner.events.tell(&Event::FilesGiven(named(files)));
    }

    /// Tells the window of files that are dragged over it.
    pub fn hover(&self, hover: Hover) {
        self.inner.events.tell(&Event::FilesHover(hover));
    }

    /// Writes everything down and ends what works in the background; jobs go on at the next start.
    ///
    /// # Errors
    /// When changes are left that cannot be written.
    pub fn close(&self) -> Result<(), ApiError> {
        self.inner.preview.close();
        self.inner.drawing.close();
        self.inner.rest_jobs();
        self.inner.rest_posting();
        upkeep::stop(&self.inner);
        self.inner.save_all().map_err(|error| error.to_api())
    }
}

/// Returns files as the window names them. One whose name is no text could not be found again: it is
/// refused in words.
pub fn named(files: Vec<PathBuf>) -> Named {
    let mut named = Named::default();
    for file in files {
        match crate::paths::text(&file, "the file") {
            Ok(path) => named.paths.push(path.to_owned()),
            Err(error) => named.refused.push(error),
        }
    }
    named
}

/// Returns who takes the preview's events: a preview that fails may miss a source.
fn teller(events: Events, inner: Weak<Inner>) -> Arc<dyn Fn(Event) + Send + Sync> {
    Arc::new(move |event| {
        events.tell(&event);
        if let Event::Preview(status) = &event
            && matches!(status.state, PreviewState::Failed(_))
            && let Some(inner) = inner.upgrade()
        {
            inner.look_for_sources(status.project);
        }
    })
}

impl Inner {
    fn state(&self) -> Result<State, Error> {
        let unsaved = lock(&self.unsaved).clone().map(Notice::SaveFailed);
        Ok(State {
            settings: self.settings()?,
            projects: self.cards()?,
            jobs: self.jobs.views(),
            posting: self.posting_view(),
            notices: self.notices.iter().cloned().chain(unsaved).collect(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            system_language: self.options.system_language.clone(),
            has_demo: self
                .options
                .demo
                .as_ref()
                .is_some_and(|demo| demo.is_file()),
            export_folder: self.options.export_folder.to_string_lossy().into_owned(),
        })
    }

    /// Tells the list of projects.
    fn tell_projects(&self) -> Result<(), Error> {
        self.events.tell(&Event::Projects(self.cards()?));
        Ok(())
    }

    /// Tells the reels and sources of a project that the window has opened.
    fn tell_board(&self, project: ProjectId) -> Result<(), Error> {
        let Some(session) = self.sessions.get(project) else {
            return Ok(());
        };
        let session = lock(&session);
        self.tell_board_of(&session)
    }

    fn tell_board_of(&self, session: &Session) -> Result<(), Error> {
        if session.is_watched() {
            let (board, sources) = self.board(session)?;
            self.events.tell(&Event::Board {
                project: session.id(),
                board,
                sources,
            });
        }
        Ok(())
    }
}

/// Returns what `mutex` guards, also after a thread panicked with it: what is guarded here is
/// replaced whole or not at all.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

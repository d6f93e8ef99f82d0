//! Posting from the window: the outbox at work in the background, and what is told of it.
//!
//! The outbox runs while there is anything to post. What stops it as a whole, such as a keychain that
//! stays shut, is told once and tried again every minute; a post's own failure is the post's.
//!
//! Map: `accounts` apps, consents, accounts · here the outbox and its posts.

mod accounts;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use posts::Answer;
use protocol::error::{ApiError, ErrorCode};
use protocol::publishing::EntryDocument;
use protocol::studio::event::Event;
use protocol::studio::posting::{Page, PostId, Posting as View};
use task::Cancel;

use super::{Inner, lock};
use crate::publishing::{Publishing, Span, Vault};
use crate::{Engine, Error};
use accounts::Asked;

/// How long it is waited before what stopped the outbox is tried again.
const AGAIN: Duration = Duration::from_mins(1);
/// How often it is looked whether another program left something to post.
pub(crate) const LOOK: Duration = Duration::from_secs(10);

/// The outbox of the window.
pub(crate) struct Posting {
    /// Or why it cannot be opened.
    publishing: Result<Arc<Publishing>, ApiError>,
    work: Mutex<Work>,
    asked: Mutex<Asked>,
}

#[derive(Default)]
struct Work {
    running: Option<Running>,
    trouble: Option<ApiError>,
    looked: Option<Instant>,
    closed: bool,
}

struct Running {
    cancel: Cancel,
    thread: JoinHandle<()>,
}

impl Posting {
    /// Opens the outbox. One that cannot be opened does not keep the window from working.
    pub(crate) fn open(engine: &Engine, vault: Vault) -> Self {
        let publishing = engine.publishing(vault);
        Self {
            publishing: publishing.map(Arc::new).map_err(|error| error.to_api()),
            work: Mutex::default(),
            asked: Mutex::default(),
        }
    }

    /// Returns the outbox.
    pub(crate) fn publishing(&self) -> Result<Arc<Publishing>, Error> {
        Ok(self.publishing.clone()?)
    }
}

impl Inner {
    /// Returns all that the window shows of posting.
    pub(crate) fn posting_view(&self) -> View {
        let trouble = lock(&self.posting.work).trouble.clone();
        let consent = lock(&self.posting.asked).view();
        let view = || -> Result<View, Error> {
            let publishing = self.posting.publishing()?;
            Ok(View {
                networks: publishing.network_views()?,
                accounts: publishing.account_views()?,
                posts: publishing.post_views()?,
                consent,
                trouble,
                vault: publishing.shut_vault(),
            })
        };
        // Projects are worked at all the same.
        view().unwrap_or_else(|error| View {
            trouble: Some(error.to_api()),
            ..View::default()
        })
    }

    /// Has the outbox work, unless it does or there is nothing to do.
    pub(crate) fn post_on(self: &Arc<Self>) -> Result<(), Error> {
        let publishing = self.posting.publishing()?;
        if !publishing.has_work()? {
            return Ok(());
        }
        let mut work = lock(&self.posting.work);
        if work.closed || work.running.is_some() {
            return Ok(());
        }
        let cancel = Cancel::new();
        let (inner, own) = (Arc::downgrade(self), cancel.clone());
        let thread = std::thread::spawn(move || run(&inner, &publishing, &own));
        work.running = Some(Running { cancel, thread });
        Ok(())
    }

    /// Looks from time to time whether there is something to post.
    pub(crate) fn look_at_outbox(self: &Arc<Self>) {
        {
            let mut work = lock(&self.posting.work);
            let pause = if work.trouble.is_some() { AGAIN } else { LOOK };
            let is_due = work.looked.is_none_or(|looked| looked.elapsed() >= pause);
            if !is_due {
                return;
            }
            work.looked = Some(Instant::now());
        }
        // Told when the user posts.
        drop(self.post_on());
    }

    /// Ends the outbox's work; what is under way is gone on with at the next start.
    pub(crate) fn rest_posting(&self) {
        self.stop_asking();
        let running = {
            let mut work = lock(&self.posting.work);
            work.closed = true;
            work.running.take()
        };
        if let Some(Running { cancel, thread }) = running {
            cancel.cancel();
            // One that panicked has ended, too.
            drop(thread.join());
        }
    }

    /// Tries what stopped the outbox again.
    pub(crate) fn resume_posting(self: &Arc<Self>) -> Result<(), Error> {
        self.note_trouble(None);
        self.post_on()
    }

    /// Calls a post off.
    pub(crate) fn cancel_post(&self, post: PostId) -> Result<(), Error> {
        self.posting.publishing()?.cancel(post.0)?;
        self.tell_post(post);
        Ok(())
    }

    /// Tries a failed post again.
    pub(crate) fn retry_post(self: &Arc<Self>, post: PostId) -> Result<(), Error> {
        self.posting.publishing()?.retry(post)?;
        self.tell_post(post);
        self.post_on()
    }

    /// Says of an uncertain post whether it is there.
    pub(crate) fn resolve_post(&self, post: PostId, is_there: Answer) -> Result<(), Error> {
        self.posting.publishing()?.resolve(post.0, is_there)?;
        self.tell_post(post);
        Ok(())
    }

    /// Returns the address of a page.
    ///
    /// # Errors
    /// When there is none now.
    pub(crate) fn page_address(&self, page: Page) -> Result<String, Error> {
        let gone = || ApiError::new(ErrorCode::NotFound, "there is no such page");
        let address = match page {
            Page::Consent => lock(&self.posting.asked).address(),
            Page::Console(network) => Some(accounts::console(network).to_owned()),
            Page::Post(post) => self.posting.publishing()?.post_of(post)?.url,
        };
        Ok(address.ok_or_else(gone)?)
    }

    /// Tells how a post stands.
    pub(crate) fn tell_post(&self, post: PostId) {
        let view = self
            .posting
            .publishing()
            .and_then(|publishing| publishing.post_of(post));
        // What cannot be read now is told with the next state.
        let Ok(view) = view else { return };
        let ends_consent = view
            .error
            .as_ref()
            .is_some_and(|error| error.code.ends_consent());
        self.events.tell(&Event::Post(view));
        if ends_consent {
            self.tell_accounts();
        }
    }

    fn note_trouble(&self, trouble: Option<ApiError>) {
        let is_new = {
            let mut work = lock(&self.posting.work);
            let is_new = work.trouble != trouble;
            work.trouble.clone_from(&trouble);
            is_new
        };
        if is_new {
            self.events.tell(&Event::PostingTrouble(trouble));
        }
    }

    /// Removes the files that were rendered for posts which are over.
    pub(crate) fn sweep_posts(&self) {
        let (Ok(publishing), Ok(entries)) = (
            self.posting.publishing(),
            std::fs::read_dir(self.engine.paths().posts()),
        ) else {
            return;
        };
        let Ok(needed) = publishing.needed_files() else {
            return;
        };
        let needed: BTreeSet<PathBuf> = needed
            .iter()
            // A frame of its own has a folder within its job's.
            .flat_map(|file| Path::new(file).ancestors().skip(1).take(2))
            .map(Path::to_owned)
            .collect();
        for entry in entries.flatten() {
            let job = entry.file_name().to_string_lossy().parse::<i64>().ok();
            let is_job = job.is_some_and(|job| self.jobs.is_unfinished(job));
            let path = entry.path();
            let folder = path.canonicalize().unwrap_or_else(|_| path.clone());
            if !is_job && !needed.contains(&folder) && !needed.contains(&path) {
                // One that stays is removed at the next start.
                drop(std::fs::remove_dir_all(&path));
            }
        }
    }
}

/// Posts what is due until it is stopped or cannot go on.
fn run(inner: &Weak<Inner>, publishing: &Publishing, cancel: &Cancel) {
    let listener = |document: &EntryDocument, _stored: f64| {
        if let Some(inner) = inner.upgrade() {
            inner.note_trouble(None);
            inner.tell_post(PostId(document.id));
        }
    };
    let ended = publishing.run(Span::Always, cancel, &listener);
    let Some(inner) = inner.upgrade() else { return };
    if cancel.is_cancelled() {
        return;
    }
    lock(&inner.posting.work).running = None;
    if let Err(error) = ended {
        inner.note_trouble(Some(error.to_api()));
        // What stopped it may be a vault that stays shut.
        inner.tell_accounts();
    }
}

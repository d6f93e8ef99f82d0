//! The calls of the outbox: each is written down before it is made, and what it came to after it.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use online::consent::Stale;
use online::secrets::Secret;
use online::upload::Source;
use posts::Network;
use posts::outbox::{Call, Cover, Entry, Next, Outcome, Place, Refusal, State, UnixMs, Verdict};
use protocol::error::{ApiError, ErrorCode};
use protocol::publishing::EntryDocument;
use store::outbox::{AccountRow, AccountState, EntryRow, PostRow};
use task::Cancel;

use super::lanes::{Lease, POLL_MS, Watch};
use super::orders::Content;
use super::port::{Port, Reply, Work};
use super::{Marks, Publishing, documents, millis, outcome, read};
use crate::{Error, fingerprint};

/// How many posts are under way at once in one process: a due post does not wait for a long upload.
const WORKERS: usize = 8;
/// How long a post that was asked for just now is waited for while it waits, in milliseconds: all
/// the new tries of a step fit into it.
const PATIENCE_MS: u64 = 3 * 60_000;

/// How long the outbox runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Until nothing is due and nothing is under way.
    Once,
    /// Until it is stopped.
    Always,
}

/// Hears of every change: the post, and the fraction in 0..=1 of its file that is stored.
pub type Listener<'a> = dyn Fn(&EntryDocument, f64) + Send + Sync + 'a;

/// How an entry was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    /// Nothing is left to do.
    Over,
    /// Nothing before this moment.
    Until(UnixMs),
    /// In the middle: there was to be an end.
    Stopped,
}

/// What is known before a call is written down.
enum Prepared {
    /// It can be made.
    Ready {
        token: Secret,
        session: Option<Secret>,
        picture: Option<Vec<u8>>,
    },
    /// It is a refresh.
    Refresh,
    /// It would come to this, so it need not be made.
    Settled(Outcome, ApiError),
}

/// What one entry's work remembers between its calls.
#[derive(Default)]
pub(super) struct Memory {
    /// Whether it was checked before it begins.
    pub(super) is_checked: bool,
    /// The token that the last call went out with.
    used: Option<Secret>,
    /// The file's time of change when it was last found to be the one that was ordered.
    checked: Option<SystemTime>,
}

/// An entry with what belongs to it.
pub(super) struct Case {
    pub(super) row: EntryRow,
    pub(super) entry: Entry,
    pub(super) account: AccountRow,
    pub(super) network: Network,
    post: PostRow,
    content: Content,
    source: Source,
    pub(super) port: Arc<dyn Port>,
}

impl Publishing {
    /// Posts what is due, several at a time, until nothing is or until it is stopped.
    pub fn run(&self, span: Span, cancel: &Cancel, listener: &Listener<'_>) -> Result<(), Error> {
        self.recognise_generation()?;
        let watch = Watch::default();
        in_threads(WORKERS, || self.work(&watch, span, cancel, listener))?;
        Ok(cancel.check()?)
    }

    /// Works at these posts until each is over or waits for long, and returns how they stand.
    pub fn attend_to(
        &self,
        ids: &[i64],
        cancel: &Cancel,
        listener: &Listener<'_>,
    ) -> Result<Vec<EntryDocument>, Error> {
        self.recognise_generation()?;
        // Who only ever posts at once keeps no longer a log than others.
        self.sweep(self.now());
        let queue: Mutex<VecDeque<i64>> = Mutex::new(ids.iter().copied().collect());
        let next = || {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.pop_front()
        };
        in_threads(WORKERS.min(ids.len()), || {
            while let Some(id) = next() {
                self.see_through(id, cancel, listener)?;
            }
            Ok(())
        })?;
        cancel.check()?;
        self.entries(ids)
    }

    /// Takes one due post after the other.
    pub(super) fn work(
        &self,
        watch: &Watch,
        span: Span,
        cancel: &Cancel,
        listener: &Listener<'_>,
    ) -> Result<(), Error> {
        while let Some((id, lease, _busy)) = self.next_due(watch, span, cancel)? {
            let left = self.attend(id, lease, cancel, listener);
            if left.is_err() && span == Span::Once {
                // Else each of the others would begin the same and fail of the same.
                watch.fail();
            }
            if left? == Left::Stopped {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Works at one post until it is over, or waits for longer than a user would.
    fn see_through(&self, id: i64, cancel: &Cancel, listener: &Listener<'_>) -> Result<(), Error> {
        // Waiting ends at once when it is to stop: nothing else here would.
        while !cancel.is_cancelled() {
            let left = match self.lease(&self.outbox.entry(id)?)? {
                Some(lease) => Some(self.attend(id, lease, cancel, listener)?),
                None => None,
            };
            let Ok(entry) = read(&self.outbox.entry(id)?) else {
                return Ok(());
            };
            let now = self.now();
            let until = match left {
                Some(Left::Over | Left::Stopped) => return Ok(()),
                // Another process sees to it, or to others of the account: how it ends is told here too.
                None => UnixMs(now.0 + POLL_MS / 4),
                Some(Left::Until(moment)) => moment,
            };
            let is_told = matches!(entry.state, State::Published | State::Scheduled);
            if is_told && left.is_some() || until.0 > now.0 + PATIENCE_MS {
                return Ok(());
            }
            self.clock.wait(until, cancel);
        }
        Ok(())
    }

    /// Works at an entry; one that cannot be worked at is put aside for itself.
    fn attend(
        &self,
        id: i64,
        _lease: Lease,
        cancel: &Cancel,
        listener: &Listener<'_>,
    ) -> Result<Left, Error> {
        let error = match self.advance_entry(id, cancel, listener) {
            Ok(left) => return Ok(left),
            Err(error) => error,
        };
        self.put_aside(id, error)?;
        let row = self.outbox.entry(id)?;
        let entry = read(&row).ok();
        listener(&self.document(&row)?, entry.as_ref().map_or(0.0, stored));
        match entry.map(|entry| entry.next(self.now())) {
            Some(Next::Wait(moment)) => Ok(Left::Until(moment)),
            _ => Ok(Left::Over),
        }
    }

    /// Makes the calls that an entry asks for, as far as it goes without waiting.
    fn advance_entry(
        &self,
        id: i64,
        cancel: &Cancel,
        listener: &Listener<'_>,
    ) -> Result<Left, Error> {
        self.pick_up(id)?;
        let mut memory = Memory::default();
        loop {
            if cancel.is_cancelled() {
                return Ok(Left::Stopped);
            }
            let case = self.case(id)?;
            if let Some(row) = self.before_it_begins(&case, &mut memory, cancel)? {
                listener(&self.document(&row)?, stored(&case.entry));
                continue;
            }
            let call = match case.entry.next(self.now()) {
                Next::Nothing => {
                    self.close(&case)?;
                    return Ok(Left::Over);
                }
                Next::Wait(moment) => return Ok(Left::Until(moment)),
                Next::Do(call) => call,
            };
            let prepared = self.prepare(call, &case, &mut memory, cancel)?;
            if case.entry.state == State::Scheduled {
                // From here on a copy of before is older than this file.
                self.advance()?;
            }
            if !self.begin(id, call)? {
                // It was called off in between.
                continue;
            }
            let ended = self.make(call, &case, prepared, &mut memory, cancel)?;
            let Some(row) = ended else {
                return Ok(Left::Stopped);
            };
            let stored = stored(&read(&row)?);
            listener(&self.document(&row)?, stored);
        }
    }

    /// Does what comes before the first call of a post; `None` when nothing does.
    fn before_it_begins(
        &self,
        case: &Case,
        memory: &mut Memory,
        cancel: &Cancel,
    ) -> Result<Option<EntryRow>, Error> {
        let now = self.now();
        if case.entry.is_preflight_due(now) {
            return Ok(Some(self.check_ahead(case, memory, cancel)?));
        }
        let begins = matches!(case.entry.next(now), Next::Do(_));
        if case.entry.state != State::Scheduled || !begins {
            return Ok(None);
        }
        // A late one may be late by the clock alone, and a clock that was wrong may be right by now.
        let is_doubtful = case.entry.is_late(now)
            || Self::clock_error_secs(case).is_some()
            || Self::is_clock_unknown(case);
        if is_doubtful && !memory.is_checked {
            return Ok(Some(self.check_ahead(case, memory, cancel)?));
        }
        if let Some(row) = self.put_off(case)? {
            return Ok(Some(row));
        }
        if case.entry.is_missed(self.true_now(case)) {
            return Ok(Some(self.miss(case)?));
        }
        Ok(None)
    }

    /// Takes up what a process that ended has left.
    fn pick_up(&self, id: i64) -> Result<(), Error> {
        let network = self.network_of(id)?;
        let now = self.now();
        self.change_with(id, "found in the middle of a call", |row, entry| {
            entry.in_flight?;
            let entry = entry.restarted(now, jitter(id, now));
            let marks = Marks {
                error: outcome::told(network, id, &entry, super::error_of(row)),
                ..Marks::of(row)
            };
            Some((entry, marks))
        })?;
        Ok(())
    }

    fn case(&self, id: i64) -> Result<Case, Error> {
        let row = self.outbox.entry(id)?;
        let entry = read(&row)?;
        let account = self.outbox.account(row.account)?;
        let post = self.outbox.post(row.post)?;
        Ok(Case {
            entry,
            network: documents::network(&account)?,
            content: serde_json::from_str(&post.content)?,
            source: Source {
                path: PathBuf::from(&post.path),
                bytes: post.bytes,
            },
            port: self.port_of(&account)?,
            row,
            account,
            post,
        })
    }

    /// Finds what a call needs. What fails here fails before anything is written down.
    fn prepare(
        &self,
        call: Call,
        case: &Case,
        memory: &mut Memory,
        cancel: &Cancel,
    ) -> Result<Prepared, Error> {
        if call == Call::Refresh {
            return Ok(Prepared::Refresh);
        }
        let needs_file = matches!(call, Call::Open | Call::Send { .. } | Call::SetCover);
        if needs_file && let Err(error) = unchanged(case, memory) {
            return Ok(Prepared::Settled(Outcome::Refused(Refusal::Never), error));
        }
        let session = match call {
            Call::Open | Call::SetCover | Call::Check => None,
            _ => self.session(case.row.id)?,
        };
        let Some(token) = self.token(case.port.as_ref(), &case.account, cancel)? else {
            let refused = Outcome::Refused(Refusal::Token);
            return Ok(Prepared::Settled(refused, not_connected(case)));
        };
        let picture = match self.picture(call, case, cancel) {
            Ok(picture) => picture,
            Err(error) if error.is_cancelled() => return Err(error),
            // The post is there; a frame that cannot be drawn now is none later either.
            Err(error) => {
                let refused = Outcome::Refused(Refusal::Never);
                return Ok(Prepared::Settled(refused, error.to_api()));
            }
        };
        memory.used = Some(token.clone());
        Ok(Prepared::Ready {
            token,
            session,
            picture,
        })
    }

    /// Draws the picture that a call carries, of the file as it was posted.
    fn picture(&self, call: Call, case: &Case, cancel: &Cancel) -> Result<Option<Vec<u8>>, Error> {
        let moment = match call {
            Call::SetCover => case.port.cover(&case.content),
            Call::Open
            | Call::Send { .. }
            | Call::Ask
            | Call::Post
            | Call::Look
            | Call::Refresh
            | Call::Check => None,
        };
        let draw = |moment| (self.stills)(&case.source.path, moment, cancel);
        moment.map(draw).transpose()
    }

    /// Writes down that a call begins; no when it is not asked for any more.
    fn begin(&self, id: i64, call: Call) -> Result<bool, Error> {
        let now = self.now();
        let mut begun = false;
        let what = format!("{} begins", documents::name(call));
        self.change(id, &what, |_, entry| {
            begun = entry.next(now) == Next::Do(call);
            begun.then(|| entry.begun(call))
        })?;
        Ok(begun)
    }

    /// Makes a call and writes down what it came to; `None` when it was stopped: then nobody knows.
    fn make(
        &self,
        call: Call,
        case: &Case,
        prepared: Prepared,
        memory: &mut Memory,
        cancel: &Cancel,
    ) -> Result<Option<EntryRow>, Error> {
        let id = case.row.id;
        let began = self.now();
        let mut noted = None;
        let made = match prepared {
            Prepared::Settled(outcome, error) => {
                return Ok(Some(self.end(call, case, outcome, Some(error), None)?));
            }
            Prepared::Refresh => {
                let port = case.port.as_ref();
                let stale = memory.used.as_ref().map_or(Stale::Any, Stale::Refused);
                self.refresh(port, &case.account, stale, cancel)?
                    .map(|_token| Reply::of(Outcome::Refreshed))
            }
            Prepared::Ready {
                token,
                session,
                picture,
            } => {
                let work = Work {
                    token,
                    content: &case.content,
                    source: &case.source,
                    session,
                    stored: match case.entry.place {
                        Place::Opened { stored } => stored,
                        Place::New => 0,
                        Place::Uploaded | Place::Posted { .. } => case.source.bytes,
                    },
                    since: case.entry.due.unwrap_or(began),
                    remote: case.row.remote.as_deref(),
                    handle: case.account.handle.as_deref(),
                    picture: picture.as_deref(),
                };
                let made = case.port.make(call, &work, cancel);
                noted = Some(outcome::audited(
                    made.as_ref().map(|reply| words(&reply.outcome)),
                ));
                made
            }
        };
        let row = self.conclude(call, case, made)?;
        if let Some(noted) = noted {
            self.note_call(&case.account, Some(id), documents::name(call), noted, began);
        }
        Ok(row)
    }

    /// Writes down what the network answered; `None` when the call was stopped.
    fn conclude(
        &self,
        call: Call,
        case: &Case,
        made: Result<Reply, online::Error>,
    ) -> Result<Option<EntryRow>, Error> {
        match made {
            Ok(reply) => {
                if let Some(session) = &reply.session {
                    // Kept before the upload is known to be open: else nobody could go on with it.
                    self.keep_session(case.row.id, session)?;
                }
                let row = self.end(call, case, reply.outcome, reply.remark, None)?;
                Ok(Some(match reply.url {
                    Some(url) => self.note_url(row.id, url)?,
                    None => row,
                }))
            }
            Err(error) => {
                let Some(meaning) = outcome::meaning(case.network, call, &error, self.now()) else {
                    return Ok(None);
                };
                let (outcome, told) = (meaning.outcome, Some(meaning.error));
                let row = self.end(call, case, outcome, told, meaning.not_before)?;
                Ok(Some(row))
            }
        }
    }

    /// Writes down what a call came to.
    fn end(
        &self,
        call: Call,
        case: &Case,
        outcome: Outcome,
        last: Option<ApiError>,
        not_before: Option<UnixMs>,
    ) -> Result<EntryRow, Error> {
        let id = case.row.id;
        let now = self.now();
        let what = format!("{}: {}", documents::name(call), words(&outcome));
        let told = last.as_ref().map(|last| last.code);
        let has_ended = match outcome {
            Outcome::Refused(Refusal::Token) => {
                told == Some(ErrorCode::NotConnected) && call == Call::Refresh
            }
            Outcome::Refused(Refusal::Never) => told == Some(ErrorCode::AccountGone),
            _ => false,
        };
        let ends_consent = has_ended && case.account.state == AccountState::Connected;
        let is_missing = outcome == Outcome::Checked(Verdict::Missing);
        let is_worked_on = outcome == Outcome::Checked(Verdict::Processing);
        let (row, _) = self.change_with(id, &what, |row, entry| {
            let mut entry = entry.after(outcome, now, jitter(id, now));
            // What is looked for again is not missed yet.
            let last = last.filter(|_| !is_missing || entry.not_before.is_none());
            let is_asked_no_more = is_worked_on && entry.not_before.is_none();
            let last = last.or_else(|| is_asked_no_more.then(|| outcome::unfinished(case.network)));
            if let Some(moment) = not_before.filter(|_| entry.state == State::Publishing) {
                entry.not_before = entry.not_before.max(Some(moment));
            }
            let last = explained_cover(call, &mut entry, last);
            let remote = match &entry.place {
                Place::Posted { remote } => Some(remote.clone()),
                _ => row.remote.clone(),
            };
            let url = remote.as_deref().and_then(|remote| case.port.url(remote));
            let marks = Marks {
                error: outcome::told(case.network, id, &entry, last),
                url: url.or_else(|| row.url.clone()),
                remote,
            };
            Some((entry, marks))
        })?;
        if ends_consent {
            self.outbox
                .set_account_state(case.account.id, AccountState::Expired, millis(now))?;
        }
        Ok(row)
    }

    /// Writes down where a post can be seen.
    fn note_url(&self, id: i64, url: String) -> Result<EntryRow, Error> {
        let (row, _) = self.change_with(id, "seen", |row, entry| {
            let url = Some(url).filter(|url| row.url.as_ref() != Some(url))?;
            let marks = Marks {
                url: Some(url),
                ..Marks::of(row)
            };
            Some((entry, marks))
        })?;
        Ok(row)
    }

    /// Forgets what only the way there needed, and makes copies of before older.
    fn close(&self, case: &Case) -> Result<(), Error> {
        if self.session(case.row.id)?.is_some() {
            if !may_need_session(&case.entry) {
                self.forget_session(&case.row);
            }
            self.advance()?;
        }
        Ok(())
    }
}

/// Writes down why a cover is not set, and returns what else is to be told.
fn explained_cover(call: Call, entry: &mut Entry, last: Option<ApiError>) -> Option<ApiError> {
    let Cover::Missed { .. } = entry.cover else {
        return last;
    };
    if let Some(last) = &last {
        entry.cover.explain(&last.message);
    }
    // What became of the cover is told with the cover.
    last.filter(|_| call != Call::SetCover)
}

/// Returns whether an entry that is over may be gone on with: what failed is resumed where it ended,
/// and an upload tells of a post that is in doubt.
fn may_need_session(entry: &Entry) -> bool {
    match entry.state {
        State::Failed => entry.takes_time(),
        State::Uncertain => true,
        State::Draft
        | State::Scheduled
        | State::Publishing
        | State::Published
        | State::Cancelled => false,
    }
}

/// Runs `work` in so many threads and returns the first failure.
fn in_threads(count: usize, work: impl Fn() -> Result<(), Error> + Sync) -> Result<(), Error> {
    if count == 1 {
        return work();
    }
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count).map(|_| scope.spawn(&work)).collect();
        let mut all = Ok(());
        for thread in threads {
            let outcome = match thread.join() {
                Ok(outcome) => outcome,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            all = all.and(outcome);
        }
        all
    })
}

/// Returns an error when the file is not the one that was ordered any more.
pub(super) fn unchanged(case: &Case, memory: &mut Memory) -> Result<(), ApiError> {
    let path = &case.source.path;
    let changed = || {
        let message = format!("{} changed since it was to be posted", path.display());
        ApiError::new(ErrorCode::SourceChanged, message)
            .hint("post it anew when it is what you want to post")
    };
    let about = std::fs::metadata(path);
    let modified = about
        .as_ref()
        .ok()
        .filter(|about| about.len() == case.source.bytes)
        .and_then(|about| about.modified().ok());
    if modified.is_some() && modified == memory.checked {
        return Ok(());
    }
    let print = fingerprint(path).map_err(|error| error.to_api())?;
    if print.0 != case.post.fingerprint {
        return Err(changed());
    }
    memory.checked = modified;
    Ok(())
}

fn not_connected(case: &Case) -> ApiError {
    let (network, account) = (case.network, documents::short_name(&case.account));
    ApiError::new(
        ErrorCode::NotConnected,
        format!("{account} is not connected to {network} any more"),
    )
    .hint(format!(
        "connect it again: `crealia accounts connect {}`",
        network.id()
    ))
}

/// Returns how much of the file is stored, in 0..=1.
pub(super) fn stored(entry: &Entry) -> f64 {
    match entry.place {
        Place::New => 0.0,
        Place::Opened { stored } => stored as f64 / entry.bytes.max(1) as f64,
        Place::Uploaded | Place::Posted { .. } => 1.0,
    }
}

/// Returns an outcome in words for the journal and the audit log.
fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Opened => "opened".to_owned(),
        Outcome::Stored(bytes) => format!("stored {bytes}"),
        Outcome::Uploaded => "uploaded".to_owned(),
        Outcome::Working { .. } => "working".to_owned(),
        Outcome::Posted(remote) => format!("posted {remote}"),
        Outcome::Gone => "gone".to_owned(),
        Outcome::NotFound => "not found".to_owned(),
        Outcome::Refreshed => "refreshed".to_owned(),
        Outcome::CoverSet => "set".to_owned(),
        Outcome::Checked(verdict) => format!("checked {verdict:?}").to_lowercase(),
        Outcome::Refused(refusal) => format!("refused {refusal:?}").to_lowercase(),
        Outcome::Unknown => "unknown".to_owned(),
    }
}

/// Returns a number that differs from post to post and from time to time.
pub(super) fn jitter(id: i64, now: UnixMs) -> u16 {
    let hash = blake3::hash(format!("{id} {}", now.0).as_bytes());
    let [first, second, ..] = hash.as_bytes();
    u16::from_le_bytes([*first, *second])
}

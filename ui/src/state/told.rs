//! What the user is told: toasts that go away, notices that stay until they are closed.

use std::time::Duration;

use leptos::prelude::*;
use posts::Network;
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::event::Notice;
use protocol::studio::posting::Revoked;
use timeline::edit::EditError;

use crate::dom;

/// How long a toast stays; failures stay until they are closed.
const STAY: Duration = Duration::from_secs(5);

/// A toast. Its words are made when it is shown, so that they follow the language.
#[derive(Debug, Clone, PartialEq)]
pub enum Toast {
    /// Something failed.
    Failed(ApiError),
    /// An edit was refused; nothing was changed.
    Refused(EditError),
    /// Something was done.
    Done(Done),
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// Reels were exported.
    Exported(String),
    /// Several reels were exported.
    AllExported(usize),
    /// A source was imported.
    Imported(String),
    /// Several sources were imported.
    AllImported(usize),
    /// The caches were cleared; bytes that came free.
    CacheCleared(u64),
    /// A source was found again.
    Relinked(String),
    /// A model is here now.
    ModelAdded(String),
    /// Exports were begun.
    ExportBegun(usize),
    /// A reel is rendered, then posted.
    PostBegun(String),
    /// A reel is rendered, and posted at its time.
    PostScheduled(String),
    /// A network accepts the user's app.
    AppAccepted(Network),
    /// The user's app is kept without having been asked about.
    AppNotAsked(Network),
    /// An account was asked about and is well.
    AccountChecked(String),
    /// The consent for an account ended, and whether the network knows.
    Disconnected(String, Revoked),
    /// Words are on the clipboard.
    Copied,
    /// The project changed elsewhere, and was read again.
    Reloaded,
    /// What could not be written is written.
    Saved,
    /// Files that were given are being looked at.
    LookingAtFiles,
}

/// Toasts and notices.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// Shown toasts with their numbers, the newest last.
    pub toasts: RwSignal<Vec<(u64, Toast)>>,
    /// Notices that were not closed.
    pub notices: RwSignal<Vec<Notice>>,
    /// Whether the page had ended and came back by itself, until that notice is closed.
    pub came_back: RwSignal<bool>,
    /// What a screen reader is to say next.
    pub spoken: RwSignal<String>,
    next: StoredValue<u64>,
}

/// Returns what tells the user.
pub fn use_told() -> Told {
    super::taken()
}

impl Told {
    pub(super) fn new() -> Self {
        Self {
            toasts: RwSignal::new(Vec::new()),
            notices: RwSignal::new(Vec::new()),
            came_back: RwSignal::new(false),
            spoken: RwSignal::new(String::new()),
            next: StoredValue::new(0),
        }
    }

    /// Tells that something failed. What the user stopped is no failure.
    pub fn failed(&self, error: &ApiError) {
        if error.code != ErrorCode::Cancelled {
            self.show(Toast::Failed(error.clone()));
        }
    }

    /// Tells that an edit was refused; it goes away by itself.
    pub fn refused(&self, error: &EditError) {
        let number = self.show(Toast::Refused(error.clone()));
        let own = *self;
        dom::after(STAY, move || own.close(number));
    }

    /// Tells that something was done; it goes away by itself.
    pub fn done(&self, done: Done) {
        let number = self.show(Toast::Done(done));
        let own = *self;
        dom::after(STAY, move || own.close(number));
    }

    /// Takes a toast away.
    pub fn close(&self, number: u64) {
        self.toasts
            .update(|toasts| toasts.retain(|(own, _)| *own != number));
    }

    /// Lets a screen reader say something at the next pause.
    pub fn say(&self, words: String) {
        self.spoken.set(words);
    }

    /// Takes a notice away.
    pub fn dismiss(&self, notice: &Notice) {
        self.notices
            .update(|notices| notices.retain(|own| own != notice));
    }

    pub(super) fn heard(&self, notice: &Notice) {
        self.notices.update(|notices| note(notices, notice));
        if *notice == Notice::SaveRecovered {
            self.done(Done::Saved);
        }
    }

    fn show(&self, toast: Toast) -> u64 {
        let number = self.next.get_value();
        self.next.set_value(number + 1);
        self.toasts.update(|toasts| {
            // The same failure twice is told once.
            toasts.retain(|(_, own)| *own != toast);
            toasts.push((number, toast));
            let too_many = toasts.len().saturating_sub(4);
            toasts.drain(..too_many);
        });
        number
    }
}

/// Notes a notice: of one kind the newest stays, and that changes cannot be written stays until they
/// are.
fn note(notices: &mut Vec<Notice>, notice: &Notice) {
    let is_of_saving = |own: &Notice| matches!(own, Notice::SaveFailed(_));
    if is_of_saving(notice) || *notice == Notice::SaveRecovered {
        notices.retain(|own| !is_of_saving(own));
    }
    if *notice != Notice::SaveRecovered && !notices.contains(notice) {
        notices.push(notice.clone());
    }
}

/// Returns whether the user may close a notice: not while it is true.
pub fn may_close(notice: &Notice) -> bool {
    !matches!(notice, Notice::SaveFailed(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_changes_cannot_be_written_is_told_until_they_are() {
        let failed = |detail: &str| Notice::SaveFailed(ApiError::new(ErrorCode::DiskFull, detail));
        let mut notices = vec![Notice::DatabaseNewer];
        note(&mut notices, &failed("full"));
        note(&mut notices, &failed("still full"));
        assert_eq!(notices, [Notice::DatabaseNewer, failed("still full")]);
        assert!(!may_close(&failed("")), "it is still so");
        note(&mut notices, &Notice::SaveRecovered);
        assert_eq!(notices, [Notice::DatabaseNewer], "only what stays true");
    }
}

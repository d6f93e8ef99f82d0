//! What the desktop is told while nobody looks at the terminal: posts that need the user.
//!
//! It is told over the session's bus, where there is one: a timer's run has it, one on a server has not.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use engine::publishing::{Publishing, State};
use protocol::publishing::EntryDocument;
use protocol::studio::posting::{PostId, PostView};
use protocol::studio::settings::Language;

use crate::output::{self, Style};

/// How many posts are told one by one; more at once are told by their number.
const ONE_BY_ONE: usize = 3;
/// How many posts wait to be told.
const BACKLOG: usize = 1_024;
/// How long the end of the program waits for the desktop, which may have hung.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it looks whether everything is told.
const GLANCE: Duration = Duration::from_millis(20);

/// The user's desktop, which shows notifications.
pub(crate) struct Desktop {
    tell: SyncSender<PostView>,
    teller: JoinHandle<()>,
    style: Style,
}

impl Desktop {
    /// Returns the session's desktop; `None` without a session. The language is asked for where there is
    /// one.
    pub(crate) fn of_session(language: impl FnOnce() -> Language, style: Style) -> Option<Self> {
        let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let has_bus = named("DBUS_SESSION_BUS_ADDRESS").is_some()
            || named("XDG_RUNTIME_DIR")
                .is_some_and(|folder| std::path::Path::new(&folder).join("bus").exists());
        if cfg!(target_os = "linux") && !has_bus {
            return None;
        }
        let language = language();
        let (tell, told) = sync_channel(BACKLOG);
        // Another process shows it, which may take its time: posts do not wait for it.
        let teller = std::thread::spawn(move || tell_all(&told, language, style));
        Some(Self {
            tell,
            teller,
            style,
        })
    }

    fn tell(&self, post: PostView) {
        // One that hears nothing for a thousand posts has nobody before it.
        if let Err(TrySendError::Full(post)) = self.tell.try_send(post) {
            let text = format!("the desktop is not told of post {}", post.id.0);
            output::aside(self.style, "no_notification", &text);
        }
    }

    /// Waits until everything is told, though not for a desktop that has hung.
    pub(crate) fn finish(self) {
        drop(self.tell);
        let began = Instant::now();
        while !self.teller.is_finished() && began.elapsed() < PATIENCE {
            std::thread::sleep(GLANCE);
        }
    }
}

fn tell_all(told: &Receiver<PostView>, language: Language, style: Style) {
    while let Ok(first) = told.recv() {
        let posts: Vec<PostView> = std::iter::once(first).chain(told.try_iter()).collect();
        let notices = if posts.len() > ONE_BY_ONE {
            vec![together(&posts, language)]
        } else {
            posts.iter().map(|post| post.notice(language)).collect()
        };
        for (summary, body) in notices {
            let shown = notify_rust::Notification::new()
                .appname("Créalia Studio")
                .summary(&summary)
                .body(&body)
                .show();
            if let Err(error) = shown {
                let text = format!("no notification: {error}");
                output::aside(style, "no_notification", &text);
            }
        }
    }
}

/// Returns what is told of many posts: their number, and the first of them.
fn together(posts: &[PostView], language: Language) -> (String, String) {
    let count = posts.len();
    let title = match language {
        Language::French => format!("{count} publications demandent votre décision"),
        Language::English => format!("{count} posts need you"),
    };
    let named = posts.iter().take(ONE_BY_ONE);
    let names: Vec<&str> = named.map(|post| post.title.as_str()).collect();
    (title, format!("{}, …", names.join(", ")))
}

/// Tells the desktop once of each post that comes to need the user.
pub(crate) struct Alarm<'a> {
    publishing: &'a Publishing,
    desktop: &'a Desktop,
    /// Posts that need the user, told or older than this run.
    stuck: Mutex<BTreeSet<PostId>>,
}

impl<'a> Alarm<'a> {
    /// Returns one that tells of no post that needs the user already.
    pub(crate) fn new(
        publishing: &'a Publishing,
        desktop: &'a Desktop,
    ) -> Result<Self, engine::Error> {
        let posts = publishing.post_views()?.into_iter();
        let stuck = posts.filter(PostView::needs_user).map(|post| post.id);
        Ok(Self {
            publishing,
            desktop,
            stuck: Mutex::new(stuck.collect()),
        })
    }

    /// Hears that a post has changed.
    pub(crate) fn hear(&self, entry: &EntryDocument) {
        let id = PostId(entry.id);
        // In all other states it needs nobody: a part of a file is heard of often, and its post not read.
        if !matches!(
            entry.state,
            State::Failed | State::Uncertain | State::Scheduled
        ) {
            self.stuck().remove(&id);
            return;
        }
        // What cannot be read now is in the list of the run's end.
        let Ok(post) = self.publishing.post_of(id) else {
            return;
        };
        if !post.needs_user() {
            self.stuck().remove(&id);
        } else if self.stuck().insert(id) {
            self.desktop.tell(post);
        }
    }

    fn stuck(&self) -> MutexGuard<'_, BTreeSet<PostId>> {
        self.stuck.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::studio::posting::PostState;

    #[test]
    fn many_posts_are_told_by_their_number() {
        let post = |id| PostView::sample(id, PostState::Failed);
        let posts: Vec<PostView> = (1..=4).map(post).collect();
        let (title, body) = together(&posts, Language::French);
        assert_eq!(title, "4 publications demandent votre décision");
        assert_eq!(body, "Reel 1, Reel 2, Reel 3, …");
        let (title, _) = together(&posts, Language::English);
        assert_eq!(title, "4 posts need you");
    }
}

//! What only a desktop can do: dialogs, the file browser, notifications.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use engine::studio::{ENDINGS, Studio, named};
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::calls::{PickPurpose, Reveal};
use protocol::studio::event::Event;
use protocol::studio::posting::{Page, PostId, PostView};
use protocol::studio::settings::Language;
use protocol::studio::view::{JobId, JobKind, JobState, JobView, Named};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_dialog::{DialogExt as _, FilePath};

use crate::window::MAIN;
use crate::words;

/// Asks for files; none when the user declines.
pub(crate) fn pick_files(app: &AppHandle, purpose: PickPurpose) -> Named {
    let mut dialog = app.dialog().file();
    if let Some(window) = app.get_webview_window(MAIN) {
        dialog = dialog.set_parent(&window);
    }
    let language = app.state::<Studio>().language();
    if purpose != PickPurpose::Model {
        let upper = ENDINGS.map(str::to_uppercase);
        let endings = ENDINGS.into_iter().chain(upper.iter().map(String::as_str));
        dialog = dialog.add_filter(words::media(language), &endings.collect::<Vec<_>>());
    }
    dialog = dialog.add_filter(words::all_files(language), &["*"]);
    let files = match purpose {
        PickPurpose::Import => dialog.blocking_pick_files().unwrap_or_default(),
        PickPurpose::Relink | PickPurpose::Model => {
            dialog.blocking_pick_file().into_iter().collect()
        }
    };
    named(files.into_iter().filter_map(local).collect())
}

/// Asks for a folder; none when the user declines.
pub(crate) fn pick_folder(app: &AppHandle, from: Option<&str>) -> Result<Option<String>, ApiError> {
    let mut dialog = app.dialog().file();
    if let Some(window) = app.get_webview_window(MAIN) {
        dialog = dialog.set_parent(&window);
    }
    if let Some(from) = from.filter(|from| Path::new(from).is_dir()) {
        dialog = dialog.set_directory(from);
    }
    let folder = dialog.blocking_pick_folder().and_then(local);
    let mut named = named(folder.into_iter().collect());
    match named.refused.pop() {
        Some(refused) => Err(refused),
        None => Ok(named.paths.pop()),
    }
}

/// Returns a path; a desktop's dialog gives nothing else.
fn local(path: FilePath) -> Option<PathBuf> {
    path.into_path().ok()
}

/// Shows a file in its folder, or a folder, in the system's file browser.
pub(crate) fn reveal(app: &AppHandle, what: &Reveal) -> Result<(), ApiError> {
    let path = app.state::<Studio>().reveal_target(what)?;
    if !path.exists() {
        let message = format!("there is nothing at {} any more", path.display());
        return Err(ApiError::new(ErrorCode::NotFound, message).hint("it was moved or deleted"));
    }
    let shown = if path.is_dir() {
        tauri_plugin_opener::open_path(&path, None::<&str>)
    } else {
        tauri_plugin_opener::reveal_item_in_dir(&path)
    };
    shown.map_err(|error| {
        let message = format!("the file browser did not open: {error}");
        ApiError::new(ErrorCode::FileBrowserUnusable, message)
            .hint(format!("look in {}", path.display()))
    })
}

/// Opens a page in the system's browser. Its address is the engine's, never the window's.
pub(crate) fn open_page(app: &AppHandle, page: Page) -> Result<(), ApiError> {
    let address = app.state::<Studio>().page_address(page)?;
    tauri_plugin_opener::open_url(&address, None::<&str>).map_err(|error| {
        let message = format!("the browser did not open: {error}");
        ApiError::new(ErrorCode::BrowserUnusable, message).hint(format!("open {address} yourself"))
    })
}

/// How many exports a notification names.
const NAMED: usize = 3;

/// Tells of exports that end while the user is elsewhere.
pub(crate) struct Notifier {
    app: AppHandle,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    running: BTreeSet<JobId>,
    ended: Ended,
    /// Posts that need the user, told or older than this run.
    stuck: BTreeSet<PostId>,
    language: Option<Language>,
}

/// Exports that ended since none was under way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Ended {
    /// Names of finished ones.
    done: Vec<String>,
    /// Names of failed ones.
    failed: Vec<String>,
}

impl Seen {
    /// Hears of a job; returns the exports that have ended when none is left. Those that ended before
    /// this run are none, and twenty of them are told once.
    fn hear(&mut self, job: &JobView) -> Option<Ended> {
        if !matches!(job.kind, JobKind::Export { .. }) {
            return None;
        }
        if matches!(job.state, JobState::Queued | JobState::Running) {
            self.running.insert(job.id);
            return None;
        }
        if !self.running.remove(&job.id) {
            return None;
        }
        match job.state {
            JobState::Done => self.ended.done.push(job.title.clone()),
            JobState::Failed(_) => self.ended.failed.push(job.title.clone()),
            // The user did that; one that rests is not waited for, and is under way again when it goes on.
            _ => {}
        }
        let is_over = self.running.is_empty() && self.ended != Ended::default();
        is_over.then(|| std::mem::take(&mut self.ended))
    }
}

impl Seen {
    /// Hears of a post; returns whether it has just come to need the user.
    fn hear_post(&mut self, post: &PostView) -> bool {
        if post.needs_user() {
            return self.stuck.insert(post.id);
        }
        self.stuck.remove(&post.id);
        false
    }
}

impl Notifier {
    pub(crate) fn new(app: AppHandle) -> Self {
        let seen = Mutex::default();
        Self { app, seen }
    }

    /// Hears what the page hears.
    pub(crate) fn hear(&self, event: &Event) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::State(state) => {
                seen.language = state
                    .settings
                    .language
                    .or_else(|| Some(Language::of_system(state.system_language.as_deref())));
                for job in &state.jobs {
                    seen.hear(job);
                }
                for post in &state.posting.posts {
                    seen.hear_post(post);
                }
            }
            Event::Settings(settings) => seen.language = settings.language.or(seen.language),
            Event::Job(job) => {
                if let Some(ended) = seen.hear(job) {
                    let language = seen.language.unwrap_or(Language::French);
                    drop(seen);
                    self.tell(export_words(&ended, language));
                }
            }
            Event::Post(post) if seen.hear_post(post) => {
                let language = seen.language.unwrap_or(Language::French);
                drop(seen);
                self.tell(post.notice(language));
            }
            _ => {}
        }
    }

    fn tell(&self, (summary, body): (String, String)) {
        let window = self.app.get_webview_window(MAIN);
        if window.is_some_and(|window| window.is_focused().unwrap_or(false)) {
            return;
        }
        // Asks another process over the session's bus, which may take its time or not be there.
        tauri::async_runtime::spawn_blocking(move || {
            let shown = notify_rust::Notification::new()
                .appname("Créalia Studio")
                .summary(&summary)
                .body(&body)
                .show();
            if let Err(error) = shown {
                log::info!("no notification: {error}");
            }
        });
    }
}

/// Returns what is told of exports that ended: a title, and which they are.
fn export_words(ended: &Ended, language: Language) -> (String, String) {
    let (done, failed) = (ended.done.len(), ended.failed.len());
    let title = match (language, done, failed) {
        (Language::French, 1, 0) => "Export terminé".to_owned(),
        (Language::French, _, 0) => format!("{done} exports terminés"),
        (Language::French, 0, 1) => "L’export a échoué".to_owned(),
        (Language::French, 0, _) => format!("{failed} exports ont échoué"),
        (Language::French, ..) => {
            let one = if done == 1 { "terminé" } else { "terminés" };
            format!("{done} {one}, {failed} en échec")
        }
        (Language::English, 1, 0) => "Export finished".to_owned(),
        (Language::English, _, 0) => format!("{done} exports finished"),
        (Language::English, 0, 1) => "The export failed".to_owned(),
        (Language::English, 0, _) => format!("{failed} exports failed"),
        (Language::English, ..) => format!("{done} finished, {failed} failed"),
    };
    // What went wrong is what one looks for.
    let names: Vec<&str> = ended
        .failed
        .iter()
        .chain(&ended.done)
        .map(String::as_str)
        .collect();
    let more = if names.len() > NAMED { ", …" } else { "" };
    let named = names.iter().take(NAMED).copied().collect::<Vec<_>>();
    (title, named.join(", ") + more)
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::studio::posting::PostState;
    use protocol::studio::view::ProjectId;
    use timeline::ids::SequenceId;

    fn job(id: i64, state: JobState) -> JobView {
        JobView {
            id: JobId(id),
            kind: JobKind::Export {
                project: ProjectId(1),
                sequence: SequenceId(1),
            },
            title: format!("Reel {id}"),
            state,
            step: None,
            fraction: 0.0,
            eta_secs: None,
            output: None,
            notes: Vec::new(),
        }
    }

    fn failed() -> JobState {
        JobState::Failed(ApiError::new(ErrorCode::DiskFull, "full"))
    }

    #[test]
    fn an_end_is_told_once_and_an_old_one_never() {
        let mut seen = Seen::default();
        let done = || job(1, JobState::Done);
        let running = || job(1, JobState::Running);
        assert_eq!(seen.hear(&done()), None, "it ended before this run");
        assert_eq!(seen.hear(&running()), None);
        assert!(seen.hear(&done()).is_some());
        assert_eq!(seen.hear(&done()), None, "told already");
        assert_eq!(seen.hear(&running()), None);
        let cancelled = job(1, JobState::Cancelled);
        assert_eq!(seen.hear(&cancelled), None, "the user did that");
    }

    #[test]
    fn a_post_that_needs_the_user_is_told_once() {
        let post = |state| PostView {
            title: "Trois idées".to_owned(),
            ..PostView::sample(1, state)
        };
        let mut seen = Seen::default();
        assert!(!seen.hear_post(&post(PostState::Publishing)));
        assert!(seen.hear_post(&post(PostState::Uncertain)));
        assert!(!seen.hear_post(&post(PostState::Uncertain)), "told already");
        assert!(!seen.hear_post(&post(PostState::Published)));
        assert!(seen.hear_post(&post(PostState::Failed)), "again");
        let (title, body) = post(PostState::Failed).notice(Language::French);
        assert_eq!(title, "La publication sur YouTube a échoué");
        assert_eq!(body, "Trois idées · Ma chaîne");
    }

    #[test]
    fn several_exports_are_told_together_when_the_last_one_ends() {
        let mut seen = Seen::default();
        for id in 1..=3 {
            seen.hear(&job(id, JobState::Queued));
        }
        assert_eq!(seen.hear(&job(1, JobState::Done)), None);
        assert_eq!(seen.hear(&job(2, failed())), None);
        let ended = seen.hear(&job(3, JobState::Done)).unwrap();
        let told = |language| export_words(&ended, language);
        let body = "Reel 2, Reel 1, Reel 3".to_owned();
        let french = "2 terminés, 1 en échec".to_owned();
        assert_eq!(told(Language::French), (french, body.clone()));
        let english = "2 finished, 1 failed".to_owned();
        assert_eq!(told(Language::English), (english, body));
        seen.hear(&job(4, JobState::Running));
        let ended = seen.hear(&job(4, failed())).unwrap();
        let (title, body) = export_words(&ended, Language::French);
        assert_eq!((&*title, &*body), ("L’export a échoué", "Reel 4"));
    }
}

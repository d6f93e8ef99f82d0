//! What only a desktop can do: dialogs, the file browser, notifications.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use engine::studio::Studio;
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::calls::{PickPurpose, Reveal};
use protocol::studio::event::Event;
use protocol::studio::settings::Language;
use protocol::studio::view::{JobId, JobKind, JobState, JobView};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_dialog::{DialogExt as _, FilePath};

use crate::window::MAIN;

/// Endings of media files that the dialog offers first.
const MEDIA: &[&str] = &[
    "mp4", "mov", "mkv", "webm", "avi", "m4v", "mts", "m2ts", "ts", "mpg", "mpeg", "flv", "wmv",
    "3gp", "mxf", "ogv", "mp3", "m4a", "wav", "flac", "ogg", "opus", "aac",
];

/// Asks for files; none when the user declines.
pub(crate) fn pick_files(app: &AppHandle, purpose: PickPurpose) -> Vec<String> {
    let mut dialog = app.dialog().file();
    if let Some(window) = app.get_webview_window(MAIN) {
        dialog = dialog.set_parent(&window);
    }
    if purpose != PickPurpose::Model {
        let upper: Vec<String> = MEDIA.iter().map(|ending| ending.to_uppercase()).collect();
        let endings = MEDIA
            .iter()
            .copied()
            .chain(upper.iter().map(String::as_str));
        dialog = dialog.add_filter("Media", &endings.collect::<Vec<_>>());
    }
    dialog = dialog.add_filter("*", &["*"]);
    let files = match purpose {
        PickPurpose::Import => dialog.blocking_pick_files().unwrap_or_default(),
        PickPurpose::Relink | PickPurpose::Model => {
            dialog.blocking_pick_file().into_iter().collect()
        }
    };
    files.into_iter().filter_map(text).collect()
}

/// Asks for a folder; none when the user declines.
pub(crate) fn pick_folder(app: &AppHandle, from: Option<&str>) -> Option<String> {
    let mut dialog = app.dialog().file();
    if let Some(window) = app.get_webview_window(MAIN) {
        dialog = dialog.set_parent(&window);
    }
    if let Some(from) = from.filter(|from| Path::new(from).is_dir()) {
        dialog = dialog.set_directory(from);
    }
    dialog.blocking_pick_folder().and_then(text)
}

fn text(path: FilePath) -> Option<String> {
    let path = path.into_path().ok()?;
    let text = path.to_str().map(str::to_owned);
    if text.is_none() {
        log::warn!("a name that is not valid UTF-8: {}", path.display());
    }
    text
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
        ApiError::new(ErrorCode::Internal, message).hint(format!("look in {}", path.display()))
    })
}

/// Tells of exports that end while the user is elsewhere.
pub(crate) struct Notifier {
    app: AppHandle,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    running: BTreeSet<JobId>,
    language: Option<Language>,
}

impl Seen {
    /// Returns whether a job is an export that has just ended; earlier ends were told.
    fn has_ended(&mut self, job: &JobView) -> bool {
        let is_export = matches!(job.kind, JobKind::Export { .. });
        match job.state {
            JobState::Queued | JobState::Running | JobState::Paused => {
                self.running.insert(job.id);
                false
            }
            JobState::Done | JobState::Failed(_) => self.running.remove(&job.id) && is_export,
            // The user did that.
            JobState::Cancelled => {
                self.running.remove(&job.id);
                false
            }
        }
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
                    .or_else(|| spoken(state.system_language.as_deref()));
                for job in &state.jobs {
                    seen.has_ended(job);
                }
            }
            Event::Settings(settings) => seen.language = settings.language.or(seen.language),
            Event::Job(job) if seen.has_ended(job) => {
                let language = seen.language.unwrap_or(Language::French);
                drop(seen);
                self.tell(job, language);
            }
            _ => {}
        }
    }

    fn tell(&self, job: &JobView, language: Language) {
        let window = self.app.get_webview_window(MAIN);
        if window.is_some_and(|window| window.is_focused().unwrap_or(false)) {
            return;
        }
        let summary = summary(job, language);
        let body = job.title.clone();
        // Asks another process over the session's bus, which may take its time or not be there.
        tauri::async_runtime::spawn_blocking(move || {
            let shown = notify_rust::Notification::new()
                .appname("Créalia Studio")
                .summary(summary)
                .body(&body)
                .show();
            if let Err(error) = shown {
                log::info!("no notification: {error}");
            }
        });
    }
}

fn spoken(code: Option<&str>) -> Option<Language> {
    match code {
        Some("en") => Some(Language::English),
        _ => None,
    }
}

fn summary(job: &JobView, language: Language) -> &'static str {
    let has_failed = matches!(job.state, JobState::Failed(_));
    match (language, has_failed) {
        (Language::French, false) => "Export terminé",
        (Language::French, true) => "L’export a échoué",
        (Language::English, false) => "Export finished",
        (Language::English, true) => "The export failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::studio::view::ProjectId;
    use timeline::ids::SequenceId;

    fn job(state: JobState) -> JobView {
        JobView {
            id: JobId(1),
            kind: JobKind::Export {
                project: ProjectId(1),
                sequence: SequenceId(1),
            },
            title: "Reel".to_owned(),
            state,
            step: None,
            fraction: 0.0,
            eta_secs: None,
            output: None,
            notes: Vec::new(),
        }
    }

    #[test]
    fn an_end_is_told_once_and_an_old_one_never() {
        let mut seen = Seen::default();
        assert!(
            !seen.has_ended(&job(JobState::Done)),
            "it ended before this run"
        );
        assert!(!seen.has_ended(&job(JobState::Running)));
        assert!(seen.has_ended(&job(JobState::Done)));
        assert!(!seen.has_ended(&job(JobState::Done)), "told already");
        assert!(!seen.has_ended(&job(JobState::Running)));
        assert!(
            !seen.has_ended(&job(JobState::Cancelled)),
            "the user did that"
        );
    }
}

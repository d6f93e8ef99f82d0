//! What the page may call: three commands, granted in `capabilities/page.json` and nothing else.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use engine::studio::Studio;
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::calls::Request;
use protocol::studio::event::Event;
use tauri::ipc::{Channel, InvokeResponseBody, Response};
use tauri::{AppHandle, Manager as _};

use crate::desktop::{self, Notifier};

/// Files that came before the page listened.
pub(crate) struct Waiting(Mutex<Option<Vec<PathBuf>>>);

impl Waiting {
    /// Returns the files that the program was started with.
    pub(crate) fn new(files: Vec<PathBuf>) -> Self {
        Self(Mutex::new(Some(files)))
    }

    /// Keeps files until the page listens; returns them once it does.
    fn pass(&self, files: Vec<PathBuf>) -> Vec<PathBuf> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match waiting.as_mut() {
            Some(kept) => {
                kept.extend(files);
                Vec::new()
            }
            None => files,
        }
    }

    /// The page listens: returns what was kept.
    fn release(&self) -> Vec<PathBuf> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.take().unwrap_or_default()
    }
}

/// Gives files to the page, at once or as soon as it listens.
pub(crate) fn give(app: &AppHandle, files: Vec<PathBuf>) {
    let (Some(waiting), Some(studio)) = (app.try_state::<Waiting>(), app.try_state::<Studio>())
    else {
        return;
    };
    let files = waiting.pass(files);
    if !files.is_empty() {
        studio.give_files(files);
    }
}

/// Answers a question: `{"ok": reply}` or `{"error": error}`, as bytes of JSON text.
#[tauri::command]
pub(crate) async fn call(app: AppHandle, request: String) -> Response {
    // Every answer may block: the engine reads files and databases, a dialog waits for the user.
    let answered = tauri::async_runtime::spawn_blocking(move || answer(&app, &request)).await;
    let answered = answered.unwrap_or_else(|error| Err(crate::internal("the answer", &error)));
    Response::new(InvokeResponseBody::Raw(wrapped(answered)))
}

/// Sends events and preview frames from now on, the whole state first.
#[tauri::command]
pub(crate) async fn subscribe(
    app: AppHandle,
    events: Channel<InvokeResponseBody>,
    frames: Channel<InvokeResponseBody>,
) {
    let listening = tauri::async_runtime::spawn_blocking(move || listen(&app, events, frames));
    if let Err(error) = listening.await {
        log::error!("subscribe: {error}");
    }
}

/// Notes that a frame was drawn, so that the next ones are sent.
#[tauri::command]
pub(crate) async fn frame_shown(app: AppHandle, preview: u32, at: i64) {
    if let Some(studio) = app.try_state::<Studio>() {
        studio.frame_shown(preview, at);
    }
}

fn answer(app: &AppHandle, request: &str) -> Result<Vec<u8>, ApiError> {
    let request: Request = serde_json::from_str(request).map_err(|error| {
        ApiError::new(
            ErrorCode::Usage,
            format!("the page asked what is no question: {error}"),
        )
    })?;
    match request {
        Request::PickFiles(call) => reply(&desktop::pick_files(app, call.purpose)),
        Request::PickFolder(call) => reply(&desktop::pick_folder(app, call.from.as_deref())?),
        Request::RevealPath(call) => reply(&desktop::reveal(app, &call.what)?),
        Request::OpenPage(call) => reply(&desktop::open_page(app, call.page)?),
        Request::LogFault(call) => {
            log::error!("page: {}", call.message);
            reply(&())
        }
        other => app.state::<Studio>().answer(other),
    }
}

fn reply<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, ApiError> {
    serde_json::to_vec(value).map_err(|error| crate::internal("a reply", &error))
}

fn wrapped(answered: Result<Vec<u8>, ApiError>) -> Vec<u8> {
    let (key, body) = match answered {
        Ok(body) => ("ok", body),
        Err(error) => (
            "error",
            serde_json::to_vec(&error).unwrap_or_else(|_| b"null".to_vec()),
        ),
    };
    [b"{\"", key.as_bytes(), b"\":", &body, b"}"].concat()
}

fn listen(
    app: &AppHandle,
    events: Channel<InvokeResponseBody>,
    frames: Channel<InvokeResponseBody>,
) {
    let studio = app.state::<Studio>();
    studio.frames(Arc::new(move |frame| {
        // A page that is gone asks anew when it is back; until then nobody looks.
        drop(frames.send(InvokeResponseBody::Raw(frame)));
    }));
    let notifier = Notifier::new(app.clone());
    let subscribed = studio.subscribe(Arc::new(move |event: &Event| {
        notifier.hear(event);
        match serde_json::to_vec(event) {
            Ok(body) => drop(events.send(InvokeResponseBody::Raw(body))),
            Err(error) => log::error!("an event: {error}"),
        }
    }));
    if let Err(error) = subscribed {
        log::error!("subscribe: {error}");
    }
    log::info!("the page listens");
    let files = app.state::<Waiting>().release();
    if !files.is_empty() {
        studio.give_files(files);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_wrapped_by_what_it_is() {
        assert_eq!(wrapped(Ok(b"[1]".to_vec())), b"{\"ok\":[1]}");
        let failed = wrapped(Err(ApiError::new(ErrorCode::Unknown, "no \"x\"")));
        let value: serde_json::Value = serde_json::from_slice(&failed).unwrap();
        assert_eq!(value["error"]["code"], "unknown");
    }

    #[test]
    fn files_wait_until_the_page_listens() {
        let waiting = Waiting::new(vec!["a".into()]);
        assert!(
            waiting.pass(vec!["b".into()]).is_empty(),
            "nobody listens yet"
        );
        assert_eq!(waiting.release(), [PathBuf::from("a"), PathBuf::from("b")]);
        assert_eq!(
            waiting.pass(vec!["c".into()]),
            [PathBuf::from("c")],
            "it listens"
        );
        assert!(
            waiting.release().is_empty(),
            "a page that loads again gets nothing twice"
        );
    }
}

//! The window: where it was, what is dropped on it, and a page that comes back when it dies.

use std::path::PathBuf;

use engine::studio::Studio;
use protocol::error::ApiError;
use protocol::studio::event::Hover;
use protocol::studio::settings::Language;
use serde::{Deserialize, Serialize};
use tauri::window::Color;
use tauri::{
    App, AppHandle, DragDropEvent, Manager as _, PhysicalPosition, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder, WindowEvent,
};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};

use crate::environment::Environment;
use crate::{commands, words};

/// The window's name.
pub(crate) const MAIN: &str = "main";

const TITLE: &str = "Créalia Studio";
const SIZE: (f64, f64) = (1280.0, 800.0);
const SMALLEST: (f64, f64) = (1024.0, 640.0);
/// The page's own ground, so that nothing flashes before it is there.
const GROUND: Color = Color(0x0f, 0x11, 0x15, 0xff);

/// Where the window was when it was closed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Frame {
    /// Size of the content in logical pixels.
    width: f64,
    height: f64,
    /// Place on the desktop in physical pixels.
    x: i32,
    y: i32,
    is_maximized: bool,
}

/// Opens the window where it was.
pub(crate) fn open(app: &App, environment: &Environment) -> Result<(), ApiError> {
    let memory = environment.paths.home().join("window.json");
    let last: Option<Frame> = std::fs::read(&memory)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let (width, height) = last.map_or(SIZE, |last| (last.width, last.height));
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title(TITLE)
        .inner_size(width.max(SMALLEST.0), height.max(SMALLEST.1))
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .background_color(GROUND)
        .maximized(last.is_some_and(|last| last.is_maximized))
        // The page is one document; nothing leads out of it.
        .on_navigation(|address| {
            address.scheme() == "tauri" || address.host_str() == Some("tauri.localhost")
        })
        .build()
        .map_err(|error| crate::internal("the window", &error))?;
    if let Some(last) = last.filter(|last| is_on_a_screen(&window, *last)) {
        let place = PhysicalPosition::new(last.x, last.y);
        if let Err(error) = window.set_position(place) {
            log::warn!("the window's place: {error}");
        }
    }
    survive(&window);
    listen(&window, memory);
    Ok(())
}

/// Brings the window to the front.
pub(crate) fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let shown = window.unminimize().and_then(|()| window.set_focus());
        if let Err(error) = shown {
            log::warn!("the window does not come to the front: {error}");
        }
    }
}

/// Says why the program cannot start, in a window, since nobody may see a terminal; then ends it.
pub(crate) fn tell_and_end(app: &AppHandle, error: &ApiError, language: Language) {
    let words = words::cannot_start(error, language);
    let status = i32::from(error.code.exit_status());
    let ending = app.clone();
    app.dialog()
        .message(words)
        .title(TITLE)
        .kind(MessageDialogKind::Error)
        .show(move |_| ending.exit(status));
}

/// A window on a screen that was unplugged would not be seen.
fn is_on_a_screen(window: &WebviewWindow, frame: Frame) -> bool {
    let screens = window.available_monitors().unwrap_or_default();
    screens.iter().any(|screen| {
        let (place, size) = (screen.position(), screen.size());
        let (right, bottom) = (
            place.x.saturating_add_unsigned(size.width),
            place.y.saturating_add_unsigned(size.height),
        );
        (place.x..right).contains(&frame.x) && (place.y..bottom).contains(&frame.y)
    })
}

fn listen(window: &WebviewWindow, memory: PathBuf) {
    let app = window.app_handle().clone();
    let heard = window.clone();
    window.on_window_event(move |event| match event {
        WindowEvent::DragDrop(drag) => dragged(&app, drag),
        WindowEvent::CloseRequested { .. } => {
            if let Err(error) = remember(&heard, &memory) {
                log::warn!("the window's place is not kept: {error}");
            }
        }
        _ => {}
    });
}

fn dragged(app: &AppHandle, drag: &DragDropEvent) {
    let Some(studio) = app.try_state::<Studio>() else {
        return;
    };
    match drag {
        DragDropEvent::Enter { paths, .. } if !paths.is_empty() => studio.hover(Hover::Over),
        DragDropEvent::Drop { paths, .. } => {
            studio.hover(Hover::Gone);
            commands::give(app, paths.clone());
        }
        DragDropEvent::Leave => studio.hover(Hover::Gone),
        _ => {}
    }
}

fn remember(
    window: &WebviewWindow,
    memory: &std::path::Path,
) -> Result<(), Box<dyn std::error::Error>> {
    let scale = window.scale_factor()?;
    let size = window.inner_size()?.to_logical::<f64>(scale);
    let place = window.outer_position()?;
    let frame = Frame {
        width: size.width,
        height: size.height,
        x: place.x,
        y: place.y,
        is_maximized: window.is_maximized()?,
    };
    std::fs::write(memory, serde_json::to_vec(&frame)?)?;
    Ok(())
}

/// Loads the page again when its process dies. It subscribes anew and gets the whole state;
/// projects are in the engine, so nothing is lost.
#[cfg(target_os = "linux")]
fn survive(window: &WebviewWindow) {
    use std::cell::Cell;
    use std::time::{Duration, Instant};
    use webkit2gtk::WebViewExt as _;

    /// A page that dies more often than this does not come back by itself.
    const DEATHS: u32 = 3;
    const WITHIN: Duration = Duration::from_secs(20);

    let app = window.app_handle().clone();
    let watched = window.with_webview(move |webview| {
        #[cfg(debug_assertions)]
        speak(&webview.inner());
        let first = Cell::new(Instant::now());
        let deaths = Cell::new(0);
        webview
            .inner()
            .connect_web_process_terminated(move |view, reason| {
                if first.get().elapsed() > WITHIN {
                    first.set(Instant::now());
                    deaths.set(0);
                }
                deaths.set(deaths.get() + 1);
                log::error!("the page's process ended: {reason:?}");
                if deaths.get() <= DEATHS {
                    view.reload();
                    return;
                }
                let language = app.state::<Studio>().language();
                app.dialog()
                    .message(words::page_keeps_ending(language))
                    .title(TITLE)
                    .kind(MessageDialogKind::Error)
                    .show(|_| {});
            });
    });
    if let Err(error) = watched {
        log::error!("the page's process is not watched: {error}");
    }
}

/// Sends the page's console to standard output, where tests read what went wrong.
#[cfg(all(target_os = "linux", debug_assertions))]
fn speak(view: &webkit2gtk::WebView) {
    use webkit2gtk::{SettingsExt as _, WebViewExt};

    if let Some(settings) = WebViewExt::settings(view) {
        settings.set_enable_write_console_messages_to_stdout(true);
    }
}

#[cfg(not(target_os = "linux"))]
fn survive(_window: &WebviewWindow) {}

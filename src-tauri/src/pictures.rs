//! Pictures and waveforms under a scheme of their own: `crealia://localhost/` and an address of
//! `protocol::studio::picture`. No address reaches a file that the engine does not name.

use engine::studio::Studio;
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::picture::Picture;
use tauri::http::{Request, Response, StatusCode, header};
use tauri::{Manager as _, UriSchemeContext, UriSchemeResponder, Wry};

/// The scheme's name.
pub(crate) const SCHEME: &str = "crealia";

/// Answers a request of the page, on a thread that may block.
#[expect(clippy::needless_pass_by_value, reason = "as tauri calls it")]
pub(crate) fn serve(
    context: UriSchemeContext<'_, Wry>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let app = context.app_handle().clone();
    tauri::async_runtime::spawn_blocking(move || {
        let address = request.uri().path().trim_start_matches('/');
        let found = match (Picture::parse(address), app.try_state::<Studio>()) {
            (Some(_), Some(studio)) => studio.picture(address),
            _ => Err(ApiError::new(ErrorCode::NotFound, "no such picture")),
        };
        let origin = request.headers().get(header::ORIGIN).cloned();
        let mut response = match found {
            Ok(picture) => Response::builder()
                .header(header::CONTENT_TYPE, picture.mime)
                // The address changes with the content.
                .header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
                .body(picture.bytes),
            Err(error) => {
                log::warn!("picture {address}: {error}");
                Response::builder()
                    .status(StatusCode::NOT_FOUND)
                    .header(header::CACHE_CONTROL, "no-store")
                    .body(Vec::new())
            }
        };
        // The page stands under another scheme; what it fetches or draws must allow that.
        if let (Ok(response), Some(origin)) = (&mut response, origin) {
            let headers = response.headers_mut();
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(
                header::X_CONTENT_TYPE_OPTIONS,
                header::HeaderValue::from_static("nosniff"),
            );
        }
        match response {
            Ok(response) => responder.respond(response),
            Err(error) => log::error!("picture {address}: {error}"),
        }
    });
}

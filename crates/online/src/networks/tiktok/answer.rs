//! What TikTok answers: `data` and `error`, where an error of the code `ok` is none, and others may
//! come with status 200.
//!
//! Source: TikTok for Developers, "Content Posting API", errors of each call.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::http::{self, malformed};
use crate::networks::upload::Advice;

/// TikTok's window of rates, which it does not tell the end of. Source: TikTok for Developers, "Direct
/// Post" and "Get Post Status": so many calls a minute.
const WINDOW: Duration = Duration::from_mins(1);

/// Sends a request and reads its answer.
pub(super) async fn ask<T: DeserializeOwned>(
    url: &Url,
    request: RequestBuilder,
) -> Result<T, Error> {
    let response = http::send(url, request).await?;
    if !response.status().is_success() {
        return Err(refused(url, response).await);
    }
    let status = response.status();
    let body = http::small_body(url, response).await?;
    let whole: Whole = http::read(url, &body)?;
    match whole.error {
        Some(failure) if failure.code != "ok" => Err(failure.refusal(status, None)),
        Some(_) => {
            let data: Succeeded<T> = http::read(url, &body)?;
            Ok(data.data)
        }
        None => Err(malformed(url, "it does not say whether it is an error")),
    }
}

/// Reads what is said beside a status by which a chunk was taken. That it was is certain only when
/// nothing speaks against it; else the publication's own state tells.
pub(super) async fn taken(url: &Url, response: Response) -> Result<(), Error> {
    let body = http::small_body(url, response).await?;
    if body.is_empty() {
        return Ok(());
    }
    let whole: Whole = http::read(url, &body)?;
    match whole.error {
        Some(failure) if failure.code != "ok" => {
            let words = format!("it takes a chunk and says {}", http::shown(&failure.code));
            Err(malformed(url, words))
        }
        _ => Ok(()),
    }
}

/// Reads a refusal.
pub(super) async fn refused(url: &Url, response: Response) -> Error {
    let status = response.status();
    let after = http::retry_after(response.headers());
    let body = http::small_body(url, response).await.unwrap_or_default();
    let whole: Whole = serde_json::from_slice(&body).unwrap_or_default();
    whole.error.unwrap_or_default().refusal(status, after)
}

/// Returns whether TikTok knows nothing of a publish id. The code is known from other clients only.
pub(super) fn is_forgotten(error: &Error) -> bool {
    matches!(error, Error::Refused { reason, .. } if reason == "invalid_publish_id")
}

/// Returns whether the user did not grant what a call needs.
pub(super) fn is_beyond_scopes(error: &Error) -> bool {
    matches!(
        error,
        Error::Refused { reason, .. }
            if reason == "scope_not_authorized" || reason == "scope_permission_missed"
    )
}

#[derive(Default, Deserialize)]
struct Whole {
    error: Option<Failure>,
}

#[derive(Deserialize)]
struct Succeeded<T> {
    data: T,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Failure {
    code: String,
    message: String,
}

impl Failure {
    fn refusal(&self, status: StatusCode, after: Option<Duration>) -> Error {
        Error::Refused {
            status: status.as_u16(),
            reason: http::shown(&self.code),
            message: http::shown(&self.message),
            advice: self.advice(status, after),
        }
    }

    fn advice(&self, status: StatusCode, after: Option<Duration>) -> Advice {
        match self.code.as_str() {
            "access_token_invalid"
            | "access_token_expired"
            | "scope_not_authorized"
            | "scope_permission_missed"
            | "auth_removed" => Advice::Reconnect,
            "spam_risk_too_many_posts"
            | "spam_risk_too_many_pending_share"
            | "reached_active_user_cap" => Advice::Tomorrow,
            "unaudited_client_can_only_post_to_private_accounts"
            | "spam_risk_user_banned_from_posting"
            | "url_ownership_unverified" => Advice::Account,
            "rate_limit_exceeded" => Advice::Retry(Some(after.unwrap_or(WINDOW))),
            "internal" | "internal_error" => Advice::Retry(after),
            _ if status == StatusCode::UNAUTHORIZED => Advice::Reconnect,
            _ if status == StatusCode::TOO_MANY_REQUESTS => {
                Advice::Retry(Some(after.unwrap_or(WINDOW)))
            }
            _ if status.is_server_error() => Advice::Retry(after),
            _ => Advice::Fix,
        }
    }
}

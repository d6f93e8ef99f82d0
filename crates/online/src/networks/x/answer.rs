//! What X answers: `data`, or a problem in one of three shapes; a status of success may carry one.
//!
//! Source: X API v2, "Response codes and errors", and the schemas `Error` and `Problem`.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::http::{self, malformed};
use crate::moment::Moment;
use crate::networks::upload::Advice;

/// X's window of rates: the wait where it does not say when it ends.
const WINDOW: Duration = Duration::from_mins(15);
/// Types of problems by which X refuses, in its description; the others are of its own trouble.
const REFUSALS: &[&str] = &[
    "invalid-request",
    "resource-not-found",
    "not-authorized-for-resource",
    "not-authorized-for-field",
    "field-unauthorized",
    "disallowed-resource",
];
/// The type of a problem with what is not there.
const MISSING: &str = "resource-not-found";
/// The code of a text that was posted before, in the older shape of errors.
const DUPLICATE: i64 = 187;

/// An answer that succeeded.
pub(super) struct Answer<T> {
    /// What was asked for; none where X found nothing of it.
    pub(super) data: Option<T>,
    /// The page after it.
    pub(super) next: Option<String>,
    /// When it was given, by X's clock.
    pub(super) at: Option<Moment>,
    /// X's words where what was asked for is not there.
    missing: Option<String>,
}

/// Sends a request and reads its answer.
pub(super) async fn ask<T: DeserializeOwned>(
    url: &Url,
    request: RequestBuilder,
) -> Result<Answer<T>, Error> {
    let response = http::send(url, request).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = http::small_body(url, response).await;
    if !status.is_success() {
        let problems = serde_json::from_slice(&body.unwrap_or_default());
        return Err(refusal(status, &headers, &problems.unwrap_or_default()));
    }
    let body = body?;
    let at = Moment::of_answer(&headers);
    if body.is_empty() {
        return Ok(Answer {
            data: None,
            next: None,
            at,
            missing: None,
        });
    }
    let whole: Whole<T> = http::read(url, &body)?;
    if whole.data.is_none() && !whole.errors.is_empty() {
        let problems: Problems = http::read(url, &body)?;
        if problems.errors.iter().all(Problem::is_missing) {
            let words = problems.errors.first().map(|problem| problem.words(None));
            return Ok(Answer {
                data: None,
                next: None,
                at,
                missing: words.map(http::shown),
            });
        }
        return Err(refusal(status, &headers, &problems));
    }
    Ok(Answer {
        data: whole.data,
        next: whole.meta.and_then(|meta| meta.next_token),
        at,
        missing: None,
    })
}

impl<T> Answer<T> {
    /// Returns what has to be there.
    pub(super) fn data(self, url: &Url) -> Result<T, Error> {
        self.data.ok_or_else(|| malformed(url, "it holds no data"))
    }

    /// Returns the account that was asked for, which may not be there any more.
    pub(super) fn account(self, url: &Url) -> Result<T, Error> {
        match self.missing {
            Some(words) => Err(Error::Refused {
                status: StatusCode::OK.as_u16(),
                reason: MISSING.to_owned(),
                message: words,
                advice: Advice::Gone,
            }),
            None => self.data(url),
        }
    }
}

/// Returns whether X refused a post because its text was posted before.
pub(super) fn is_duplicate(error: &Error) -> bool {
    let Error::Refused {
        status: 403,
        reason,
        message,
        ..
    } = error
    else {
        return false;
    };
    *reason == DUPLICATE.to_string() || message.to_lowercase().contains("duplicate content")
}

/// Returns whether X no longer knows the media. That a post with media that it cannot use is refused
/// by naming them, with status 400, is known from other clients only.
pub(super) fn is_forgotten(error: &Error) -> bool {
    let Error::Refused {
        status, message, ..
    } = error
    else {
        return false;
    };
    if matches!(
        error,
        Error::Refused {
            advice: Advice::Gone,
            ..
        }
    ) {
        return false;
    }
    let message = message.to_lowercase();
    let names_media = ["media id", "media_id", "mediaid"]
        .iter()
        .any(|name| message.contains(name));
    match status {
        404 | 410 => true,
        400 => names_media,
        _ => false,
    }
}

/// Returns whether X refused the form of a call.
pub(super) fn is_of_another_form(error: &Error) -> bool {
    matches!(error, Error::Refused { status: 400, .. })
}

fn refusal(status: StatusCode, headers: &HeaderMap, problems: &Problems) -> Error {
    let first = problems.errors.first();
    let outer = &problems.outer;
    let problem = if outer.is_empty() {
        first.unwrap_or(outer)
    } else {
        outer
    };
    Error::Refused {
        status: status.as_u16(),
        reason: http::shown(&problem.reason()),
        message: http::shown(problem.words(first)),
        advice: advice(status, headers, problem),
    }
}

fn advice(status: StatusCode, headers: &HeaderMap, problem: &Problem) -> Advice {
    let reason = problem.reason();
    let words = problem.words(None).to_lowercase();
    if status == StatusCode::UNAUTHORIZED || reason == "unsupported-authentication" {
        return Advice::Reconnect;
    }
    if problem.is_missing() && problem.resource_type == "user" {
        return Advice::Gone;
    }
    let is_of_account = matches!(
        reason.as_str(),
        "usage-capped" | "client-forbidden" | "user-suspended" | "client-disconnected"
    );
    if is_of_account
        || status == StatusCode::PAYMENT_REQUIRED
        || words.contains("not permitted to access this feature")
    {
        return Advice::Account;
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Advice::Retry(Some(until_reset(headers)));
    }
    // An error in an answer of success that is no refusal by its type: it may be done.
    let is_open = status.is_success() && !REFUSALS.contains(&reason.as_str());
    if status.is_server_error() || is_open || words.contains("service unavailable") {
        return Advice::Retry(http::retry_after(headers));
    }
    Advice::Fix
}

/// Returns how long the windows still last of which nothing is left, by X's own clock. The fields
/// for a day's posts are known from other clients only.
fn until_reset(headers: &HeaderMap) -> Duration {
    let number = |name: &str, what: &str| {
        let value = headers.get(format!("{name}-{what}"))?;
        value.to_str().ok()?.trim().parse::<u64>().ok()
    };
    let now = Moment::of_answer(headers);
    let left = |name: &str| {
        let (reset, now) = number(name, "reset").zip(now)?;
        // A second more: the clock's answer was cut to seconds.
        Some(Moment(reset).since(now) + Duration::from_secs(1))
    };
    let days = ["x-app-limit-24hour", "x-user-limit-24hour"];
    let used_up = days
        .iter()
        .filter(|name| number(name, "remaining") == Some(0));
    let waits = used_up.filter_map(|name| left(name));
    let waits = waits.chain(left("x-rate-limit"));
    let after = http::retry_after(headers);
    http::bounded(waits.chain(after).max().unwrap_or(WINDOW))
}

#[derive(Deserialize)]
struct Whole<T> {
    data: Option<T>,
    #[serde(default)]
    errors: Vec<Problem>,
    meta: Option<Meta>,
}

#[derive(Deserialize)]
struct Meta {
    next_token: Option<String>,
}

#[derive(Default, Deserialize)]
struct Problems {
    #[serde(default)]
    errors: Vec<Problem>,
    #[serde(flatten)]
    outer: Problem,
}

/// One problem; which fields it has tells its shape.
#[derive(Default, Deserialize)]
struct Problem {
    #[serde(default)]
    title: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    message: String,
    #[serde(default, rename = "type")]
    kind: String,
    /// What is not there, where that is the problem: such as `user`.
    #[serde(default)]
    resource_type: String,
    code: Option<i64>,
}

impl Problem {
    fn is_empty(&self) -> bool {
        self.title.is_empty() && self.message.is_empty() && self.code.is_none()
    }

    fn is_missing(&self) -> bool {
        self.reason() == MISSING
    }

    /// Returns the end of the type, such as `usage-capped`, else the code or the title.
    fn reason(&self) -> String {
        let kind = self.kind.rsplit('/').next().unwrap_or_default();
        match (kind, self.code) {
            ("" | "about:blank", Some(code)) => code.to_string(),
            ("" | "about:blank", None) => self.title.clone(),
            (kind, _) => kind.to_owned(),
        }
    }

    /// Returns its words; those of a problem inside it say more than "one or more parameters".
    fn words<'a>(&'a self, inner: Option<&'a Self>) -> &'a str {
        let inner = inner.map(|inner| inner.message.as_str());
        let own = [self.detail.as_str(), &self.message, &self.title];
        let all = inner.into_iter().chain(own);
        all.into_iter()
            .find(|words| !words.is_empty())
            .unwrap_or_default()
    }
}

//! The client for all calls that are not downloads: no redirects, TLS by rustls, bounded answers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use task::Cancel;

use crate::error::Error;
use crate::moment::Moment;
use crate::runtime;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(15);
/// How long a small call may take.
const SMALL_CALL: Duration = Duration::from_secs(30);
/// The slowest connection over which a part of an upload still arrives: 220 kbit/s.
const SLOWEST_BYTES_PER_SEC: u64 = 27_500;
/// The longest that a server may ask to wait.
const LONGEST_WAIT: Duration = Duration::from_hours(24);
/// The largest answer of a small call.
const LONGEST: usize = 1 << 20;

/// Returns a client, whose calls are small unless they say otherwise. 308 is YouTube's "go on", and a
/// token must not follow a redirect anywhere: redirects are off.
pub(crate) fn client() -> Result<Client, Error> {
    Client::builder()
        .connect_timeout(CONNECT)
        .timeout(SMALL_CALL)
        .redirect(Policy::none())
        .build()
        .map_err(|error| Error::Unreachable {
            url: "https".to_owned(),
            detail: error.to_string(),
        })
}

/// Returns how long a call may take that carries `bytes`.
pub(crate) fn time_for(bytes: usize) -> Duration {
    SMALL_CALL + Duration::from_secs(bytes as u64 / SLOWEST_BYTES_PER_SEC)
}

/// Connections to a network that are kept between calls, and what runs them.
#[derive(Debug)]
pub(crate) struct Line {
    // Dropped before the runtime that its connections belong to.
    client: Client,
    runtime: tokio::runtime::Runtime,
    ahead: Arc<Mutex<Option<i64>>>,
}

tokio::task_local! {
    /// Where a call notes by how many seconds this machine's clock is ahead of the server's.
    static AHEAD: Arc<Mutex<Option<i64>>>;
}

impl Line {
    pub(crate) fn new() -> Result<Self, Error> {
        Ok(Self {
            client: client()?,
            runtime: runtime::start()?,
            ahead: Arc::default(),
        })
    }

    /// Returns the client.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Returns a request in the name of who the token is for.
    pub(crate) fn request(
        &self,
        method: Method,
        token: &SecretString,
        url: &Url,
    ) -> RequestBuilder {
        let request = self.client.request(method, url.clone());
        request.header(AUTHORIZATION, bearer(token))
    }

    /// Waits for a call, or for the request to stop.
    pub(crate) fn wait<T>(
        &self,
        call: impl Future<Output = Result<T, Error>>,
        cancel: &Cancel,
    ) -> Result<T, Error> {
        let call = runtime::unless_cancelled(call, cancel);
        self.runtime
            .block_on(AHEAD.scope(Arc::clone(&self.ahead), call))
    }

    /// Returns by how many seconds this machine's clock was ahead of the server's at its last answer;
    /// `None` when that told no time.
    pub(crate) fn ahead_secs(&self) -> Option<i64> {
        *lock(&self.ahead)
    }
}

fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sends a request.
pub(crate) async fn send(url: &Url, request: RequestBuilder) -> Result<Response, Error> {
    let response = request.send().await;
    let response = response.map_err(|error| unreachable(url, error))?;
    // Outside of a line nobody asks for it.
    AHEAD
        .try_with(|ahead| *lock(ahead) = ahead_of(response.headers(), SystemTime::now()))
        .ok();
    Ok(response)
}

/// Returns by how many seconds this machine's clock, which says `now`, is ahead of the server's.
fn ahead_of(headers: &HeaderMap, now: SystemTime) -> Option<i64> {
    let there = Moment::of_answer(headers)?;
    let here = now.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(here.as_secs())
        .ok()?
        .checked_sub_unsigned(there.0)
}

/// Reads an answer in JSON.
pub(crate) fn read<'a, T: Deserialize<'a>>(url: &Url, body: &'a [u8]) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|error| malformed(url, error.to_string()))
}

/// Writes JSON: a body for this address, or what is kept of its answer.
pub(crate) fn written(url: &Url, value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| malformed(url, error.to_string()))
}

/// Reads a body that has to be small.
pub(crate) async fn small_body(url: &Url, mut response: Response) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    loop {
        let chunk = response.chunk().await;
        let Some(chunk) = chunk.map_err(|error| unreachable(url, error))? else {
            return Ok(body);
        };
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST {
            return Err(malformed(url, format!("it is longer than {LONGEST} bytes")));
        }
    }
}

/// Returns what a failed call means; the client's own words hold no query and no body.
pub(crate) fn unreachable(url: &Url, error: reqwest::Error) -> Error {
    let url = without_query(url.as_str());
    if error.is_timeout() {
        return Error::Stalled { url };
    }
    let error = error.without_url();
    let mut detail = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        detail = inner.to_string();
        cause = inner.source();
    }
    Error::Unreachable { url, detail }
}

/// Returns the `Authorization` of a token, marked so that nothing prints it.
fn bearer(token: &SecretString) -> HeaderValue {
    let value = format!("Bearer {}", token.expose_secret());
    // A token with line ends in it is none: the network refuses the empty one.
    let mut value =
        HeaderValue::from_str(&value).unwrap_or_else(|_control| HeaderValue::from_static("Bearer"));
    value.set_sensitive(true);
    value
}

/// Reads how long a server asks to wait, a day at the longest: in seconds, or until a moment by its own
/// clock, which has to stand beside it (RFC 9110, 10.2.3).
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match value.parse() {
        Ok(secs) => Duration::from_secs(secs),
        Err(_date) => {
            let until = Moment::of_http_date(value)?;
            until.since(Moment::of_answer(headers)?)
        }
    };
    Some(bounded(wait))
}

/// Returns a wait that a server asks for, cut to a day.
pub(crate) fn bounded(wait: Duration) -> Duration {
    wait.min(LONGEST_WAIT)
}

/// Returns that an answer is not what it should be.
pub(crate) fn malformed(url: &Url, detail: impl Into<String>) -> Error {
    Error::Malformed {
        url: without_query(url.as_str()),
        detail: detail.into(),
    }
}

/// Returns an address as it may be shown: what lies behind the path may be a secret.
pub(crate) fn without_query(address: &str) -> String {
    let end = address.find(['?', '#']).unwrap_or(address.len());
    address.get(..end).unwrap_or_default().to_owned()
}

/// Words of a server, as they may be shown: one line, of bounded length.
pub(crate) fn shown(text: &str) -> String {
    let line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    line.take(300).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::DATE;

    #[test]
    fn a_clock_is_ahead_by_the_seconds_since_the_server_s() {
        let check = |date: Option<&'static str>, now: u64, ahead: Option<i64>| {
            let headers = date.map(|date| (DATE, HeaderValue::from_static(date)));
            let headers: HeaderMap = headers.into_iter().collect();
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(now);
            assert_eq!(ahead_of(&headers, now), ahead, "{date:?}");
        };
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        check(date, 784_111_777, Some(0));
        check(date, 784_111_777 + 86_400, Some(86_400));
        check(date, 784_111_777 - 90, Some(-90));
        check(Some("yesterday"), 784_111_777, None);
        check(None, 784_111_777, None);
    }

    #[test]
    fn a_server_asks_to_wait_in_seconds_or_until_a_moment_of_its_own_clock() {
        let check = |after: &'static str, date: Option<&'static str>, secs: Option<u64>| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_static(after));
            if let Some(date) = date {
                headers.insert(DATE, HeaderValue::from_static(date));
            }
            let wait = retry_after(&headers).map(|wait| wait.as_secs());
            assert_eq!(wait, secs, "{after} at {date:?}");
        };
        // Years from this machine's clock: only the server's counts.
        let now = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        check("120", None, Some(120));
        check(" 120 ", now, Some(120));
        check("999999", now, Some(86_400));
        check("Sun, 06 Nov 1994 08:51:37 GMT", now, Some(120));
        check("Sun, 06 Nov 1994 08:40:00 GMT", now, Some(0));
        check("Tue, 08 Nov 1994 08:49:37 GMT", now, Some(86_400));
        check("Sun, 06 Nov 1994 08:51:37 GMT", None, None);
        check("soon", now, None);
        check("-1", now, None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}

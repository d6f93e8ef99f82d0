//! The client for all calls that are not downloads: no redirects, TLS by rustls, bounded answers.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};

use crate::error::Error;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(15);
/// How long a small call may take.
const SMALL_CALL: Duration = Duration::from_secs(30);
/// The largest answer of a small call.
const LONGEST: usize = 1 << 20;

/// Returns a client for small calls. 308 is YouTube's "go on", and a token must not follow a
/// redirect anywhere: redirects are off.
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
            return Err(Error::Malformed {
                url: url.to_string(),
                detail: format!("it is longer than {LONGEST} bytes"),
            });
        }
    }
}

/// Returns what a failed call means; the client's own words hold no query and no body.
pub(crate) fn unreachable(url: &Url, error: reqwest::Error) -> Error {
    let mut address = url.clone();
    address.set_query(None);
    let url = address.to_string();
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

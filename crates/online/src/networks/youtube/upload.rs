use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, LOCATION, RANGE};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use task::Cancel;

use crate::endpoints::YouTube as Endpoints;
use crate::error::Error;
use crate::http::{self, Line, malformed, read, send};
use crate::networks::upload::{
    Advice, Audience, Network, Position, Progress, Session, Source, State,
};

/// Bytes of a part: a multiple of 262,144, which the protocol asks for.
pub(super) const PART: u64 = 8 << 20;

/// How long YouTube is left alone that is asked too often and does not say for how long: its quotas
/// tell nothing of their windows, and what is tried every few seconds uses up the quota of the day.
const TOO_OFTEN: Duration = Duration::from_hours(1);

/// Reasons by which the channel is not there (any more).
const GONE: &[&str] = &[
    "youtubeSignupRequired",
    "channelClosed",
    "authenticatedUserAccountClosed",
];
/// Reasons by which the channel may do nothing.
const SUSPENDED: &[&str] = &["channelSuspended", "authenticatedUserAccountSuspended"];
/// Reasons by which the token is not good, or not for this call.
const REFUSED_TOKENS: &[&str] = &["authError", "invalid_grant", "insufficientPermissions"];

/// The media type of metadata.
pub(super) const JSON: &str = "application/json; charset=UTF-8";
/// Says how long the file is.
pub(super) const LENGTH: &str = "X-Upload-Content-Length";
/// Says what kind of file it is.
pub(super) const TYPE: &str = "X-Upload-Content-Type";

/// YouTube's Data API. Source: "Using the resumable upload protocol" and the discovery document.
#[derive(Debug)]
pub struct Api {
    pub(super) endpoints: Endpoints,
    pub(super) line: Line,
}

/// A video to be posted, in YouTube's terms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// The title.
    pub title: String,
    /// The description, hashtags included.
    pub description: String,
    /// Keywords.
    pub tags: Vec<String>,
    /// YouTube's number of the category; none leaves it to YouTube.
    pub category: Option<String>,
    /// The language of title and description, as BCP 47 has it.
    pub language: Option<String>,
    /// Who may see it.
    pub privacy: Privacy,
    /// When a private video becomes public, as RFC 3339 has it.
    pub publish_at: Option<String>,
    /// Whether it is made for children, if answered.
    pub made_for_kids: Option<bool>,
    /// Whether it shows synthetic media, if answered.
    pub synthetic: Option<bool>,
    /// Whether subscribers are told.
    pub notify: Notify,
    /// The moment of the frame that is made its thumbnail once it is there, in milliseconds; none
    /// leaves the thumbnail to YouTube.
    pub cover_ms: Option<u64>,
}

/// Who may see a video.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Privacy {
    /// Everybody.
    Public,
    /// Whoever has the link.
    Unlisted,
    /// The channel.
    #[default]
    Private,
}

/// Whether subscribers are told of a video.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Notify {
    /// They are.
    #[default]
    Subscribers,
    /// They are not.
    Nobody,
}

impl Api {
    /// Returns the API at these addresses. Its connections are kept between calls.
    pub fn new(endpoints: Endpoints) -> Result<Self, Error> {
        let line = Line::new()?;
        Ok(Self { endpoints, line })
    }

    /// Returns where an upload is opened, and with what.
    pub(super) fn opening(&self, draft: &Draft) -> Result<(Url, Vec<u8>), Error> {
        let mut url = self.endpoints.api.at("/upload/youtube/v3/videos");
        let notify = match draft.notify {
            Notify::Subscribers => "true",
            Notify::Nobody => "false",
        };
        url.query_pairs_mut()
            .append_pair("uploadType", "resumable")
            .append_pair("part", "snippet,status")
            .append_pair("notifySubscribers", notify);
        let body = serde_json::to_vec(&Body::of(draft)).map_err(|error| Error::Malformed {
            url: "the post".to_owned(),
            detail: error.to_string(),
        })?;
        Ok((url, body))
    }

    /// Returns where the state of a video is read.
    pub(super) fn reading(&self, remote: &str) -> Url {
        let mut url = self.endpoints.api.at("/youtube/v3/videos");
        url.query_pairs_mut()
            .append_pair("part", "status,processingDetails")
            .append_pair("id", remote);
        url
    }

    /// Returns the address of an upload session, which is the network's.
    fn session(&self, session: &Session) -> Result<Url, Error> {
        self.endpoints.api.upload(session.0.expose_secret())
    }
}

impl Network for Api {
    type Draft = Draft;

    fn clock_ahead_secs(&self) -> Option<i64> {
        self.line.ahead_secs()
    }

    fn part(&self, _bytes: u64) -> u64 {
        PART
    }

    fn open(
        &self,
        token: &SecretString,
        draft: &Draft,
        source: &Source,
        cancel: &Cancel,
    ) -> Result<Session, Error> {
        // The file is still the one that was checked.
        source.part(0, 0)?;
        let (url, body) = self.opening(draft)?;
        let call = async {
            let request = self
                .line
                .request(Method::POST, token, &url)
                .header(CONTENT_TYPE, JSON)
                .header(LENGTH, source.bytes)
                .header(TYPE, source.media_type())
                .body(body);
            let response = accepted(&url, request).await?;
            let location = response.headers().get(LOCATION);
            let location = location.and_then(|value| value.to_str().ok());
            let location = location.ok_or_else(|| malformed(&url, "it names no upload session"))?;
            let session = self.endpoints.api.upload(location)?;
            Ok(Session(session.as_str().into()))
        };
        self.line.wait(call, cancel)
    }

    fn position(
        &self,
        token: &SecretString,
        session: &Session,
        source: &Source,
        _stored: u64,
        cancel: &Cancel,
    ) -> Result<Position, Error> {
        let url = self.session(session)?;
        let call = async {
            let request = self
                .line
                .request(Method::PUT, token, &url)
                .header(CONTENT_LENGTH, 0)
                .header(CONTENT_RANGE, format!("bytes */{}", source.bytes));
            position(&url, send(&url, request).await?, source.bytes).await
        };
        self.line.wait(call, cancel)
    }

    fn send(
        &self,
        token: &SecretString,
        session: &Session,
        source: &Source,
        from: u64,
        cancel: &Cancel,
    ) -> Result<Position, Error> {
        let url = self.session(session)?;
        let part = source.part(from, PART)?;
        let Some(last) = (from + part.len() as u64)
            .checked_sub(1)
            .filter(|_| !part.is_empty())
        else {
            return self.position(token, session, source, from, cancel);
        };
        let call = async {
            let request = self
                .line
                .request(Method::PUT, token, &url)
                .timeout(http::time_for(part.len()))
                .header(CONTENT_TYPE, source.media_type())
                .header(
                    CONTENT_RANGE,
                    format!("bytes {from}-{last}/{}", source.bytes),
                )
                .body(part);
            position(&url, send(&url, request).await?, source.bytes).await
        };
        self.line.wait(call, cancel)
    }

    fn state(
        &self,
        token: &SecretString,
        _draft: &Draft,
        remote: &str,
        cancel: &Cancel,
    ) -> Result<State, Error> {
        let url = self.reading(remote);
        let call = async {
            let request = self.line.request(Method::GET, token, &url);
            let list: List = ask(&url, request).await?;
            let video = list.items.into_iter().next();
            Ok(video.map_or(State::of(Progress::Gone), Video::state))
        };
        self.line.wait(call, cancel)
    }
}

/// Sends a request and reads its answer.
pub(super) async fn ask<T: DeserializeOwned>(
    url: &Url,
    request: RequestBuilder,
) -> Result<T, Error> {
    let response = accepted(url, request).await?;
    let body = http::small_body(url, response).await?;
    // Else an error in an answer of success would be a list of nothing.
    if serde_json::from_slice::<Envelope>(&body).is_ok() {
        return Err(malformed(url, "it is an error in an answer of success"));
    }
    read(url, &body)
}

/// Sends a request and returns its answer, which is no refusal.
async fn accepted(url: &Url, request: RequestBuilder) -> Result<Response, Error> {
    let response = send(url, request).await?;
    if response.status() == StatusCode::OK {
        Ok(response)
    } else {
        Err(refusal(url, response).await)
    }
}

/// Reads the answer of an upload session. 308 without a range is nothing stored.
async fn position(url: &Url, response: Response, total: u64) -> Result<Position, Error> {
    match response.status() {
        StatusCode::PERMANENT_REDIRECT => {
            let Some(range) = response.headers().get(RANGE) else {
                return Ok(Position::Stored(0));
            };
            let last = range
                .to_str()
                .ok()
                .and_then(|range| range.strip_prefix("bytes=0-"));
            let last = last.and_then(|last| last.parse::<u64>().ok());
            let stored = last.and_then(|last| last.checked_add(1));
            stored
                .filter(|stored| *stored <= total)
                .map(Position::Stored)
                .ok_or_else(|| malformed(url, "it stores a range that was not sent"))
        }
        StatusCode::OK | StatusCode::CREATED => {
            let body = http::small_body(url, response).await?;
            let video: Posted = read(url, &body)?;
            Ok(Position::Posted { remote: video.id })
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => Ok(Position::Gone),
        _ => Err(refusal(url, response).await),
    }
}

/// Reads a refusal; what YouTube means is in `error.errors[].reason`.
async fn refusal(url: &Url, response: Response) -> Error {
    let status = response.status();
    let after = http::retry_after(response.headers());
    let body = http::small_body(url, response).await.unwrap_or_default();
    let error = serde_json::from_slice::<Envelope>(&body).map(|envelope| envelope.error);
    let error = error.unwrap_or_default();
    let reasons: Vec<&str> = error
        .errors
        .iter()
        .map(|error| error.reason.as_str())
        .collect();
    let has = |names: &[&str]| reasons.iter().any(|reason| names.contains(reason));
    // What is wrong with the account may come with the status of a token that is not good.
    let advice = if has(GONE) {
        Advice::Gone
    } else if has(SUSPENDED) {
        Advice::Account
    } else if status == StatusCode::UNAUTHORIZED || has(REFUSED_TOKENS) {
        Advice::Reconnect
    } else if has(&["quotaExceeded", "dailyLimitExceeded"]) {
        Advice::QuotaReset
    } else if has(&["uploadLimitExceeded"]) {
        Advice::Tomorrow
    } else if status.is_server_error()
        // A video that was posted just now may not be known everywhere yet.
        || has(&["videoNotFound"])
    {
        Advice::Retry(after)
    } else if status == StatusCode::TOO_MANY_REQUESTS
        || has(&["rateLimitExceeded", "userRateLimitExceeded"])
    {
        Advice::Retry(Some(after.unwrap_or(TOO_OFTEN)))
    } else {
        Advice::Fix
    };
    Error::Refused {
        status: status.as_u16(),
        reason: http::shown(reasons.first().copied().unwrap_or_default()),
        message: http::shown(&error.message),
        advice,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    snippet: Snippet<'a>,
    status: Status<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Snippet<'a> {
    title: &'a str,
    description: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    category_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_language: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status<'a> {
    #[serde(rename = "privacyStatus")]
    privacy: Privacy,
    #[serde(skip_serializing_if = "Option::is_none")]
    publish_at: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    self_declared_made_for_kids: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contains_synthetic_media: Option<bool>,
}

impl<'a> Body<'a> {
    fn of(draft: &'a Draft) -> Self {
        Self {
            snippet: Snippet {
                title: &draft.title,
                description: &draft.description,
                tags: &draft.tags,
                category_id: draft.category.as_deref(),
                default_language: draft.language.as_deref(),
            },
            status: Status {
                // A time to publish is only honoured for a private video.
                privacy: match draft.publish_at {
                    Some(_) => Privacy::Private,
                    None => draft.privacy,
                },
                publish_at: draft.publish_at.as_deref(),
                self_declared_made_for_kids: draft.made_for_kids,
                contains_synthetic_media: draft.synthetic,
            },
        }
    }
}

#[derive(Deserialize)]
struct Posted {
    id: String,
}

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    items: Vec<Video>,
}

#[derive(Deserialize)]
struct Video {
    status: VideoStatus,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VideoStatus {
    #[serde(default)]
    upload_status: String,
    failure_reason: Option<String>,
    rejection_reason: Option<String>,
    #[serde(rename = "privacyStatus")]
    privacy: Option<Privacy>,
}

impl Video {
    fn state(self) -> State {
        let status = self.status;
        let progress = match status.upload_status.as_str() {
            "processed" => Progress::Processed,
            "failed" => Progress::Failed(status.failure_reason.unwrap_or_default()),
            "rejected" => Progress::Rejected(status.rejection_reason.unwrap_or_default()),
            "deleted" => Progress::Gone,
            // "uploaded", and what YouTube may invent.
            _ => Progress::Processing,
        };
        State {
            audience: status.privacy.map(|privacy| match privacy {
                Privacy::Public => Audience::Everybody,
                Privacy::Unlisted => Audience::Link,
                Privacy::Private => Audience::Account,
            }),
            ..State::of(progress)
        }
    }
}

#[derive(Deserialize)]
struct Envelope {
    error: Failure,
}

#[derive(Default, Deserialize)]
struct Failure {
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<Reason>,
}

#[derive(Deserialize)]
struct Reason {
    #[serde(default)]
    reason: String,
}

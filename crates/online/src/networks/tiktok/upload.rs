use std::time::Duration;

use reqwest::header::{CONTENT_RANGE, CONTENT_TYPE};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use task::Cancel;

use super::answer::{ask, is_forgotten, refused, taken};
use super::chunks::Chunks;
use super::creator::{Answered, Creator, Interaction, Privacy};
use crate::endpoints::TikTok as Endpoints;
use crate::error::Error;
use crate::http::{self, Line, malformed};
use crate::networks::upload::{
    Advice, Audience, Network, Position, Progress, Session, Source, State,
};

/// Where an account is asked what it may do.
pub(super) const CREATOR: &str = "/v2/post/publish/creator_info/query/";
/// Where an upload is opened.
pub(super) const INIT: &str = "/v2/post/publish/video/init/";
/// Where a publication is asked how far it is.
pub(super) const STATUS: &str = "/v2/post/publish/status/fetch/";
/// The type of a question.
pub(super) const JSON: &str = "application/json; charset=UTF-8";

/// TikTok's Content Posting API. Source: "Direct Post", "Media Transfer Guide" and "Get Post Status".
#[derive(Debug)]
pub struct Api {
    pub(super) endpoints: Endpoints,
    pub(super) line: Line,
}

/// A video to be posted, in TikTok's terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The caption, hashtags included.
    pub title: String,
    /// Who may see it; TikTok wants the user to choose, so that there is no default.
    pub privacy: Privacy,
    /// Whether it may have comments.
    pub comments: Interaction,
    /// Whether it may have duets.
    pub duets: Interaction,
    /// Whether it may have stitches.
    pub stitches: Interaction,
    /// How long the video is, where it is known: an account may be let post short ones only.
    pub duration: Option<Duration>,
    /// The moment of the cover, in milliseconds; none leaves it to TikTok.
    pub cover_ms: Option<u64>,
    /// Whether somebody paid for it, if answered.
    pub paid_partnership: Option<bool>,
    /// Whether it advertises the account's own brand, if answered.
    pub own_brand: Option<bool>,
    /// Whether it was made with AI, if answered.
    pub made_with_ai: Option<bool>,
}

/// What is kept of an upload. Its address is good for an hour, its name for good.
#[derive(Serialize, Deserialize)]
struct Upload {
    publish_id: String,
    upload_url: String,
}

impl Upload {
    fn of(session: &Session) -> Option<Self> {
        serde_json::from_str(session.0.expose_secret()).ok()
    }
}

impl Api {
    /// Returns the API at these addresses. Its connections are kept between calls.
    pub fn new(endpoints: Endpoints) -> Result<Self, Error> {
        let line = Line::new()?;
        Ok(Self { endpoints, line })
    }

    /// Asks what the account may do at this moment.
    pub fn creator(&self, token: &SecretString, cancel: &Cancel) -> Result<Creator, Error> {
        self.line.wait(self.asked_creator(token), cancel)
    }

    async fn asked_creator(&self, token: &SecretString) -> Result<Creator, Error> {
        let answered: Answered = self.call(token, CREATOR, &serde_json::Map::new()).await?;
        Ok(answered.into())
    }

    async fn call<T: DeserializeOwned>(
        &self,
        token: &SecretString,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        let url = self.endpoints.api.at(path);
        let body = http::written(&url, body)?;
        let request = self
            .line
            .request(Method::POST, token, &url)
            .header(CONTENT_TYPE, JSON)
            .body(body);
        ask(&url, request).await
    }

    /// Returns the body with which an upload is opened.
    pub(super) fn opened(&self, draft: &Draft, source: &Source) -> Result<String, Error> {
        http::written(&self.endpoints.api.at(INIT), &Body::of(draft, source))
    }

    async fn status(&self, token: &SecretString, publish_id: &str) -> Result<Status, Error> {
        let body = PublishId { publish_id };
        self.call(token, STATUS, &body).await
    }

    /// Asks how far an upload is. Once all bytes are there TikTok posts by itself, and the name of
    /// the publication tells what becomes of it.
    async fn asked(
        &self,
        token: &SecretString,
        upload: Upload,
        chunks: Chunks,
        (stored, bytes): (u64, u64),
    ) -> Result<Position, Error> {
        let status = match self.status(token, &upload.publish_id).await {
            Err(error) if is_forgotten(&error) => return Ok(Position::Gone),
            other => other?,
        };
        // Its count lags behind what it took: what was confirmed before is there.
        let came = status.uploaded_bytes.unwrap_or(stored).max(stored);
        let is_of_tiktok = matches!(status.fail_reason.as_str(), "" | "internal");
        match status.stage.as_str() {
            "PROCESSING_UPLOAD" if came < bytes => Ok(Position::Stored(chunks.start(came))),
            // It failed before it was whole, by no fault of the video: nothing comes of it.
            "FAILED" if came < bytes && is_of_tiktok => Ok(Position::Gone),
            _ => Ok(Position::Posted {
                remote: upload.publish_id,
            }),
        }
    }
}

impl Network for Api {
    type Draft = Draft;

    fn clock_ahead_secs(&self) -> Option<i64> {
        self.line.ahead_secs()
    }

    fn part(&self, bytes: u64) -> u64 {
        Chunks::of(bytes).longest()
    }

    /// TikTok wants to be asked before each post what the account may do.
    fn open(
        &self,
        token: &SecretString,
        draft: &Draft,
        source: &Source,
        cancel: &Cancel,
    ) -> Result<Session, Error> {
        // The file is still the one that was checked.
        source.part(0, 0)?;
        let call = async {
            let creator = self.asked_creator(token).await?;
            if let Some((reason, message)) = creator.refusal(draft) {
                return Err(Error::Refused {
                    status: StatusCode::OK.as_u16(),
                    reason: reason.to_owned(),
                    message,
                    advice: Advice::Fix,
                });
            }
            let upload: Upload = self.call(token, INIT, &Body::of(draft, source)).await?;
            // Refused before it is kept: the file goes nowhere else.
            self.endpoints.api.upload(&upload.upload_url)?;
            let url = self.endpoints.api.at(INIT);
            Ok(Session(http::written(&url, &upload)?.into()))
        };
        self.line.wait(call, cancel)
    }

    fn position(
        &self,
        token: &SecretString,
        session: &Session,
        source: &Source,
        stored: u64,
        cancel: &Cancel,
    ) -> Result<Position, Error> {
        let Some(upload) = Upload::of(session) else {
            return Ok(Position::Gone);
        };
        let chunks = Chunks::of(source.bytes);
        let call = self.asked(token, upload, chunks, (stored, source.bytes));
        self.line.wait(call, cancel)
    }

    /// The address of an upload is its own permission: the token is not sent there.
    fn send(
        &self,
        token: &SecretString,
        session: &Session,
        source: &Source,
        from: u64,
        cancel: &Cancel,
    ) -> Result<Position, Error> {
        let chunks = Chunks::of(source.bytes);
        let Some(upload) = Upload::of(session) else {
            return Ok(Position::Gone);
        };
        let Some(end) = chunks.end(from) else {
            return self.position(token, session, source, from, cancel);
        };
        let url = self.endpoints.api.upload(&upload.upload_url)?;
        let part = source.part(from, end - from)?;
        let range = format!("bytes {from}-{}/{}", end - 1, source.bytes);
        let call = async {
            let request = self
                .line
                .client()
                .put(url.clone())
                .timeout(http::time_for(part.len()))
                .header(CONTENT_TYPE, source.media_type())
                .header(CONTENT_RANGE, range)
                .body(part);
            let response = http::send(&url, request).await?;
            match response.status() {
                StatusCode::PARTIAL_CONTENT => {
                    taken(&url, response).await?;
                    Ok(Position::Stored(end))
                }
                StatusCode::CREATED | StatusCode::OK if end == source.bytes => {
                    taken(&url, response).await?;
                    Ok(Position::Posted {
                        remote: upload.publish_id.clone(),
                    })
                }
                StatusCode::CREATED | StatusCode::OK => {
                    Err(malformed(&url, "it has all bytes before they were sent"))
                }
                StatusCode::RANGE_NOT_SATISFIABLE => {
                    Err(malformed(&url, "it wants other bytes than come next"))
                }
                // After its hour the address is good for nothing.
                StatusCode::UNAUTHORIZED
                | StatusCode::FORBIDDEN
                | StatusCode::NOT_FOUND
                | StatusCode::GONE => Ok(Position::Gone),
                _ => Err(refused(&url, response).await),
            }
        };
        self.line.wait(call, cancel)
    }

    fn state(
        &self,
        token: &SecretString,
        draft: &Draft,
        remote: &str,
        cancel: &Cancel,
    ) -> Result<State, Error> {
        let call = async {
            match self.status(token, remote).await {
                Ok(status) => Ok(status.state(draft)),
                Err(error) if is_forgotten(&error) => Ok(State::of(Progress::Gone)),
                Err(error) => Err(error),
            }
        };
        self.line.wait(call, cancel)
    }
}

#[derive(Serialize)]
struct PublishId<'a> {
    publish_id: &'a str,
}

#[derive(Serialize)]
struct Body<'a> {
    post_info: PostFields<'a>,
    source_info: SourceFields,
}

#[derive(Serialize)]
struct PostFields<'a> {
    title: &'a str,
    privacy_level: Privacy,
    disable_duet: bool,
    disable_comment: bool,
    disable_stitch: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    video_cover_timestamp_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand_content_toggle: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand_organic_toggle: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_aigc: Option<bool>,
}

#[derive(Serialize)]
struct SourceFields {
    source: &'static str,
    video_size: u64,
    chunk_size: u64,
    total_chunk_count: u64,
}

impl<'a> Body<'a> {
    fn of(draft: &'a Draft, source: &Source) -> Self {
        let chunks = Chunks::of(source.bytes);
        Self {
            post_info: PostFields {
                title: &draft.title,
                privacy_level: draft.privacy,
                disable_duet: draft.duets.is_off(),
                disable_comment: draft.comments.is_off(),
                disable_stitch: draft.stitches.is_off(),
                video_cover_timestamp_ms: draft.cover_ms,
                brand_content_toggle: draft.paid_partnership,
                brand_organic_toggle: draft.own_brand,
                is_aigc: draft.made_with_ai,
            },
            source_info: SourceFields {
                source: "FILE_UPLOAD",
                video_size: source.bytes,
                chunk_size: chunks.size,
                total_chunk_count: chunks.count,
            },
        }
    }
}

#[derive(Deserialize)]
struct Status {
    #[serde(rename = "status")]
    stage: String,
    #[serde(default)]
    fail_reason: String,
    uploaded_bytes: Option<u64>,
    /// Spelled so by TikTok; whole numbers beyond what JavaScript has.
    #[serde(default, alias = "publicly_available_post_id")]
    publicaly_available_post_id: Vec<u64>,
}

impl Status {
    fn state(self, draft: &Draft) -> State {
        match self.stage.as_str() {
            "PUBLISH_COMPLETE" => {
                let public_name = self.publicaly_available_post_id.first();
                let audience = match draft.privacy {
                    Privacy::SelfOnly => Some(Audience::Account),
                    // The name appears once moderators let everybody see it.
                    Privacy::PublicToEveryone if public_name.is_some() => Some(Audience::Everybody),
                    _ => None,
                };
                State {
                    progress: Progress::Processed,
                    audience,
                    public_name: public_name.map(u64::to_string),
                }
            }
            "FAILED" if self.fail_reason.ends_with("_check_failed") => {
                State::of(Progress::Failed(http::shown(&self.fail_reason)))
            }
            "FAILED" => State::of(Progress::Rejected(http::shown(&self.fail_reason))),
            // Uploading, downloading, waiting in the inbox, and what TikTok may invent.
            _ => State::of(Progress::Processing),
        }
    }
}

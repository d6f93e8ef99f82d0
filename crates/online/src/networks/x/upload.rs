use std::time::{Duration, SystemTime};

use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use task::Cancel;

use super::answer::{Answer, ask, is_duplicate, is_forgotten, is_of_another_form};
use super::timeline::{Fields, Found};
use crate::endpoints::X as Endpoints;
use crate::error::Error;
use crate::http::{self, Line, malformed};
use crate::moment::Moment;
use crate::networks::upload::{
    Advice, Audience, Network, Position, Progress, Session, Source, State, UNSAID,
};
use crate::random;

/// Bytes of a part. X takes 5 MB by its older documents; clients were refused at that, and go down
/// to 1 or 2 MiB.
const PART: u64 = 2 << 20;
/// The most parts: `segment_index` is at most 999.
const MOST_PARTS: u64 = 1_000;
/// Posts of a page, and pages that are looked through for one post.
const PAGE: &str = "100";
const PAGES: usize = 8;
/// How wrong this machine's clock may be.
const CLOCK_ERROR: Duration = Duration::from_hours(24);

/// X's API, version 2. Source: "Media upload" and "Manage Posts", and its OpenAPI description.
#[derive(Debug)]
pub struct Api {
    pub(super) endpoints: Endpoints,
    pub(super) line: Line,
}

/// A post, in X's terms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// The text, hashtags included; may be empty where there is a video.
    pub text: String,
    /// Who may reply.
    pub replies: Replies,
    /// Whether it was made with AI, if answered.
    pub made_with_ai: Option<bool>,
    /// Whether somebody paid for it, if answered.
    pub paid_partnership: Option<bool>,
}

/// Who may reply to a post.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Replies {
    /// Everybody; X is told nothing then.
    #[default]
    Everybody,
    /// Accounts that the author follows.
    Following,
    /// Accounts that the post mentions.
    MentionedUsers,
    /// Who pays the author.
    Subscribers,
    /// Verified accounts.
    Verified,
}

/// What is kept of an upload: its names, and when it was opened by X's clock.
#[derive(Serialize, Deserialize)]
pub(super) struct Upload {
    id: String,
    key: String,
    opened: Option<u64>,
}

impl Upload {
    /// Returns one that is still to be opened, for a plan.
    pub(super) fn unsaid() -> Self {
        Self {
            id: UNSAID.to_owned(),
            key: String::new(),
            opened: None,
        }
    }

    fn of(session: &Session) -> Option<Self> {
        let upload: Self = serde_json::from_str(session.0.expose_secret()).ok()?;
        is_id(&upload.id).then_some(upload)
    }

    /// Returns whether a post holds this video; keys are `13_` and the id.
    fn is_in(&self, found: &Found) -> bool {
        let is_own = |key: &String| match key.split_once('_') {
            _ if !self.key.is_empty() => *key == self.key,
            Some((_, id)) => id == self.id,
            None => false,
        };
        found.media_keys().iter().any(is_own)
    }
}

impl Api {
    /// Returns the API at these addresses. Its connections are kept between calls.
    pub fn new(endpoints: Endpoints) -> Result<Self, Error> {
        let line = Line::new()?;
        Ok(Self { endpoints, line })
    }

    fn get(&self, token: &SecretString, url: &Url) -> RequestBuilder {
        self.line.request(Method::GET, token, url)
    }

    fn post_to(&self, token: &SecretString, url: &Url) -> RequestBuilder {
        self.line.request(Method::POST, token, url)
    }

    fn post_json(
        &self,
        token: &SecretString,
        url: &Url,
        body: &impl Serialize,
    ) -> Result<RequestBuilder, Error> {
        let body = http::written(url, body)?;
        let request = self.post_to(token, url);
        Ok(request.header(CONTENT_TYPE, "application/json").body(body))
    }

    /// Returns the body with which a post is made.
    pub(super) fn posted(&self, draft: &Draft, upload: Option<&Upload>) -> Result<String, Error> {
        let url = self.endpoints.api.at("/2/tweets");
        http::written(&url, &Body::of(draft, upload))
    }

    /// Asks whether the bytes that are all there can be posted.
    ///
    /// What STATUS says before FINALIZE is not written down, and FINALIZE is only for once: whatever
    /// is not a state of work leads to FINALIZE, and what that refuses is then known by STATUS.
    async fn ready(&self, token: &SecretString, upload: &Upload) -> Result<Position, Error> {
        let mut url = self.endpoints.api.at("/2/media/upload");
        url.query_pairs_mut()
            .append_pair("command", "STATUS")
            .append_pair("media_id", &upload.id);
        let status: Result<Answer<Media>, Error> = ask(&url, self.get(token, &url)).await;
        let is_known = match status {
            Ok(answer) => match answer.data {
                Some(Media {
                    processing_info: Some(work),
                    ..
                }) => return work.position(),
                data => data.is_some(),
            },
            Err(error) if is_forgotten(&error) || is_of_another_form(&error) => false,
            Err(error) => return Err(error),
        };
        let path = format!("/2/media/upload/{}/finalize", upload.id);
        let url = self.endpoints.api.at(&path);
        match ask::<Media>(&url, self.post_to(token, &url)).await {
            Ok(answer) => match answer.data(&url)?.processing_info {
                Some(work) => work.position(),
                None => Ok(Position::Uploaded),
            },
            Err(error) if is_forgotten(&error) || is_of_another_form(&error) => Ok(if is_known {
                Position::Uploaded
            } else {
                Position::Gone
            }),
            Err(error) => Err(error),
        }
    }

    /// Looks through the account's own posts, newest first.
    async fn find(
        &self,
        token: &SecretString,
        draft: &Draft,
        upload: Option<&Upload>,
        since: SystemTime,
    ) -> Result<Option<String>, Error> {
        let me = self.me(token).await?;
        let path = format!("/2/users/{}/tweets", me.id);
        // The upload was opened before the post was made: X's clock is better than this one's.
        let opened = upload.and_then(|upload| upload.opened);
        let start = opened.unwrap_or_else(|| {
            let earliest = since.checked_sub(CLOCK_ERROR);
            let since =
                earliest.and_then(|moment| moment.duration_since(SystemTime::UNIX_EPOCH).ok());
            since.map_or(0, |since| since.as_secs())
        });
        let mut fields = Fields::Tweet;
        let mut next: Option<String> = None;
        let mut pages = 0;
        while pages < PAGES {
            let mut url = self.endpoints.api.at(&path);
            url.query_pairs_mut()
                .append_pair("max_results", PAGE)
                .append_pair("exclude", "replies,retweets")
                .append_pair("start_time", &Moment(start).rfc3339())
                .append_pair(fields.name(), "attachments,entities");
            if let Some(next) = &next {
                url.query_pairs_mut().append_pair("pagination_token", next);
            }
            let page: Answer<Vec<Found>> = match ask(&url, self.get(token, &url)).await {
                Err(error) if is_of_another_form(&error) && fields == Fields::Tweet => {
                    fields = Fields::Post;
                    continue;
                }
                other => other?,
            };
            let mut posts = page.data.unwrap_or_default().into_iter();
            let found = posts.find(|found| match upload {
                Some(upload) => upload.is_in(found),
                None => found.says(&draft.text),
            });
            if let Some(found) = found {
                return Ok(Some(found.id));
            }
            next = page.next;
            if next.is_none() {
                return Ok(None);
            }
            pages += 1;
        }
        // Not to have looked at all is not to have found nothing.
        Err(malformed(
            &self.endpoints.api.at(&path),
            "it has more pages than are read",
        ))
    }
}

impl Network for Api {
    type Draft = Draft;

    fn clock_ahead_secs(&self) -> Option<i64> {
        self.line.ahead_secs()
    }

    fn part(&self, bytes: u64) -> u64 {
        PART.max(bytes.div_ceil(MOST_PARTS))
    }

    fn open(
        &self,
        token: &SecretString,
        _draft: &Draft,
        source: &Source,
        cancel: &Cancel,
    ) -> Result<Session, Error> {
        // The file is still the one that was checked.
        source.part(0, 0)?;
        let url = self.endpoints.api.at("/2/media/upload/initialize");
        let request = self.post_json(token, &url, &Initialize::of(source))?;
        let call = async {
            let answer: Answer<Media> = ask(&url, request).await?;
            let opened = answer.at.map(|at| at.0);
            let media = answer.data(&url)?;
            if !is_id(&media.id) {
                return Err(malformed(&url, "the upload's id is none"));
            }
            let upload = Upload {
                id: media.id,
                key: media.key.unwrap_or_default(),
                opened,
            };
            Ok(Session(http::written(&url, &upload)?.into()))
        };
        self.line.wait(call, cancel)
    }

    /// X does not tell how many parts it has; each may be sent again. Once all are there they are
    /// put together, and worked on for a while.
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
        if stored < source.bytes {
            return Ok(Position::Stored(stored));
        }
        self.line.wait(self.ready(token, &upload), cancel)
    }

    fn send(
        &self,
        token: &SecretString,
        session: &Session,
        source: &Source,
        from: u64,
        cancel: &Cancel,
    ) -> Result<Position, Error> {
        if from >= source.bytes {
            return self.position(token, session, source, from, cancel);
        }
        let size = self.part(source.bytes);
        let Some(upload) = Upload::of(session).filter(|_| from.is_multiple_of(size)) else {
            // Parts of another size cannot be gone on with; nobody sees what is there of them.
            return Ok(Position::Gone);
        };
        let part = source.part(from, size)?;
        let stored = from + part.len() as u64;
        let path = format!("/2/media/upload/{}/append", upload.id);
        let url = self.endpoints.api.at(&path);
        let border = random::token()?;
        let body = form(&border, from / size, &part);
        let request = self
            .post_to(token, &url)
            .timeout(http::time_for(body.len()))
            .header(
                CONTENT_TYPE,
                format!("multipart/form-data; boundary={border}"),
            )
            .body(body);
        let call = async {
            match ask::<serde::de::IgnoredAny>(&url, request).await {
                Ok(_) => Ok(Position::Stored(stored)),
                Err(error) if is_forgotten(&error) => Ok(Position::Gone),
                Err(error) => Err(error),
            }
        };
        self.line.wait(call, cancel)
    }

    /// X refuses a text that was posted shortly before, and a video that it does not know any more:
    /// then the post that may be there is looked for.
    fn post(
        &self,
        token: &SecretString,
        draft: &Draft,
        upload: Option<(&Session, &Source)>,
        since: SystemTime,
        cancel: &Cancel,
    ) -> Result<Position, Error> {
        let upload = match upload.map(|(session, _)| Upload::of(session)) {
            Some(None) => return Ok(Position::Gone),
            other => other.flatten(),
        };
        let url = self.endpoints.api.at("/2/tweets");
        let body = Body::of(draft, upload.as_ref());
        let request = self.post_json(token, &url, &body)?;
        let call = async {
            let error = match ask::<Named>(&url, request).await {
                Ok(answer) => {
                    let remote = answer.data(&url)?.id;
                    return Ok(Position::Posted { remote });
                }
                Err(error) => error,
            };
            if is_duplicate(&error) {
                let found = self.find(token, draft, upload.as_ref(), since).await?;
                return found.map_or(Err(error), |remote| Ok(Position::Posted { remote }));
            }
            if upload.is_some() && is_forgotten(&error) {
                // A video may be gone because a post has it.
                let found = self.find(token, draft, upload.as_ref(), since).await?;
                return Ok(found.map_or(Position::Gone, |remote| Position::Posted { remote }));
            }
            Err(error)
        };
        self.line.wait(call, cancel)
    }

    fn look(
        &self,
        token: &SecretString,
        draft: &Draft,
        upload: Option<(&Session, &Source)>,
        since: SystemTime,
        cancel: &Cancel,
    ) -> Result<Option<String>, Error> {
        let upload = match upload.map(|(session, _)| Upload::of(session)) {
            Some(None) => {
                return Err(Error::Malformed {
                    url: "the upload".to_owned(),
                    detail: "what is kept of it cannot be read".to_owned(),
                });
            }
            other => other.flatten(),
        };
        let call = self.find(token, draft, upload.as_ref(), since);
        self.line.wait(call, cancel)
    }

    fn state(
        &self,
        token: &SecretString,
        _draft: &Draft,
        remote: &str,
        cancel: &Cancel,
    ) -> Result<State, Error> {
        let mut url = self.endpoints.api.at("/2/tweets");
        url.query_pairs_mut().append_pair("ids", remote);
        let call = async {
            let found: Answer<Vec<Named>> = ask(&url, self.get(token, &url)).await?;
            let mut found = found.data.unwrap_or_default().into_iter();
            Ok(match found.find(|post| post.id == remote) {
                Some(_) => State {
                    audience: Some(Audience::Everybody),
                    ..State::of(Progress::Processed)
                },
                None => State::of(Progress::Gone),
            })
        };
        self.line.wait(call, cancel)
    }
}

/// Returns whether this is an id: it becomes a part of addresses.
pub(super) fn is_id(text: &str) -> bool {
    (1..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Writes a part as a form of two fields (RFC 7578).
fn form(border: &str, index: u64, part: &[u8]) -> Vec<u8> {
    let head = format!(
        "--{border}\r\nContent-Disposition: form-data; name=\"segment_index\"\r\n\r\n{index}\r\n\
         --{border}\r\nContent-Disposition: form-data; name=\"media\"; filename=\"media\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    let end = format!("\r\n--{border}--\r\n");
    [head.as_bytes(), part, end.as_bytes()].concat()
}

#[derive(Serialize)]
pub(super) struct Initialize {
    media_type: &'static str,
    total_bytes: u64,
    media_category: &'static str,
}

impl Initialize {
    pub(super) fn of(source: &Source) -> Self {
        Self {
            media_type: source.media_type(),
            total_bytes: source.bytes,
            media_category: "tweet_video",
        }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<MediaIds<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_settings: Option<Replies>,
    #[serde(skip_serializing_if = "Option::is_none")]
    made_with_ai: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_partnership: Option<bool>,
}

#[derive(Serialize)]
struct MediaIds<'a> {
    media_ids: [&'a str; 1],
}

impl<'a> Body<'a> {
    fn of(draft: &'a Draft, upload: Option<&'a Upload>) -> Self {
        Self {
            text: &draft.text,
            media: upload.map(|upload| MediaIds {
                media_ids: [&upload.id],
            }),
            reply_settings: (draft.replies != Replies::Everybody).then_some(draft.replies),
            made_with_ai: draft.made_with_ai,
            paid_partnership: draft.paid_partnership,
        }
    }
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

#[derive(Deserialize)]
struct Media {
    id: String,
    #[serde(rename = "media_key")]
    key: Option<String>,
    processing_info: Option<Work>,
}

#[derive(Deserialize)]
struct Work {
    #[serde(default)]
    state: String,
    check_after_secs: Option<u64>,
    error: Option<WorkError>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WorkError {
    name: String,
    message: String,
}

impl Work {
    fn position(self) -> Result<Position, Error> {
        match self.state.as_str() {
            "succeeded" => Ok(Position::Uploaded),
            "failed" => {
                let error = self.error.unwrap_or_default();
                Err(Error::Refused {
                    status: 200,
                    reason: http::shown(&error.name),
                    message: http::shown(&error.message),
                    advice: Advice::Fix,
                })
            }
            // "pending", "in_progress", and what X may invent.
            _ => Ok(Position::Working {
                after: self
                    .check_after_secs
                    .map(|secs| http::bounded(Duration::from_secs(secs))),
            }),
        }
    }
}

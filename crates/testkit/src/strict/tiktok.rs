//! TikTok, as its fact sheet has it: there is no official description.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};
use sha2::Digest as _;

pub use super::frame::{Fault, Step};
pub use super::oauth::TOKEN;

use super::frame::{self, Call, Notes, Wrong, hang_up, json_answer, only, told};
use super::oauth::{CLIENT_SECRET, Consent, Rotation, Rules, SecretIn};

/// Least and most bytes of a chunk: the guide writes MB, clients read MiB, and these are within both.
const CHUNK: std::ops::RangeInclusive<u64> = 5 * 1_048_576..=64_000_000;
/// A file below this is one chunk.
const ONE_CHUNK: u64 = 5_000_000;
/// The most bytes of the last chunk.
const LAST_CHUNK: u64 = 128_000_000;
/// How many uploads an account may open in a minute.
const OPENINGS: usize = 6;
/// Milliseconds of that minute.
const WINDOW_MS: u64 = 60_000;
const JSON: &str = "application/json; charset=utf-8";
/// The type of a question.
const QUESTION: &str = "application/json; charset=UTF-8";

struct Upload {
    size: u64,
    chunk: u64,
    count: u64,
    came: u64,
    is_public: bool,
    /// Whether the hour of its address is over.
    has_ended: bool,
    /// How often it is still worked on when asked.
    works: usize,
}

#[derive(Default)]
struct Books {
    uploads: BTreeMap<String, Upload>,
    posts: Vec<Value>,
    published: usize,
    /// Tokens that asked what the account may do, once per question that opened no upload since.
    asked: Vec<String>,
    privacy: Option<Vec<&'static str>>,
    disabled: BTreeSet<&'static str>,
    is_unaudited: bool,
    /// Whether the account itself is set to private.
    is_private: bool,
    is_moderated: bool,
    works: usize,
    failure: Option<String>,
    /// How many questions still do not count the last chunk.
    lag: usize,
    spent: Spent,
    longest_secs: Option<u64>,
    /// When uploads were opened in the last minute, in milliseconds of the clock.
    openings: Vec<u64>,
    clock: Option<Clock>,
}

/// Tells the time in milliseconds.
type Clock = Box<dyn Fn() -> u64 + Send>;

/// What the address of an upload answers to a chunk once it has all, which is not written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spent {
    /// That it wants other bytes.
    #[default]
    Range,
    /// That it has ended.
    Ended,
    /// That it has all.
    Whole,
}

/// TikTok's desk.
pub struct Desk {
    base: String,
    books: Mutex<Books>,
    notes: Notes,
    consent: Consent,
}

/// TikTok on loopback.
pub type Server = frame::Server<Desk>;

impl Server {
    /// Starts it.
    pub fn start() -> Self {
        Self::serve(|base| Desk {
            base,
            books: Mutex::default(),
            notes: Notes::default(),
            consent: Consent::new(rules()),
        })
    }

    /// Returns the table of endpoints that leads here, in TOML.
    pub fn endpoints(&self) -> String {
        let base = &self.base;
        format!("[tiktok]\nauthorize = '{base}/v2/auth/authorize/'\napi = '{base}'\n")
    }

    /// Returns how many videos were posted.
    pub fn published(&self) -> usize {
        self.desk.books().published
    }

    /// Returns the bodies with which uploads were opened.
    pub fn posts(&self) -> Vec<Value> {
        self.desk.books().posts.clone()
    }

    /// From now on the app is one that TikTok has not audited.
    pub fn make_unaudited(&self) {
        self.desk.books().is_unaudited = true;
    }

    /// From now on the account itself is set to private, as its owner does in TikTok's app.
    pub fn make_private(&self) {
        self.desk.books().is_private = true;
    }

    /// From now on the account offers these choices of privacy.
    pub fn offer(&self, privacy: &[&'static str]) {
        self.desk.books().privacy = Some(privacy.to_vec());
    }

    /// From now on the account has switched off `comment`, `duet` or `stitch`.
    pub fn disable(&self, what: &'static str) {
        self.desk.books().disabled.insert(what);
    }

    /// From now on the account's videos may have so many seconds.
    pub fn limit(&self, secs: u64) {
        self.desk.books().longest_secs = Some(secs);
    }

    /// Lets so many questions not count the last chunk, and the address of an upload that has all
    /// answer so to more.
    pub fn lag(&self, questions: usize, spent: Spent) {
        let mut books = self.desk.books();
        books.lag = questions;
        books.spent = spent;
    }

    /// Ends the hour of every address of an upload.
    pub fn expire_uploads(&self) {
        for upload in self.desk.books().uploads.values_mut() {
            upload.has_ended = true;
        }
    }

    /// Deletes the account. What TikTok answers from then on is not written down: here the app's consents
    /// end with it, as those do that the owner ends.
    pub fn close_account(&self) {
        self.revoke_all();
    }

    /// From now on minutes are those of this clock, which tells milliseconds.
    pub fn clock(&self, clock: impl Fn() -> u64 + Send + 'static) {
        let mut books = self.desk.books();
        books.clock = Some(Box::new(clock));
        books.openings.clear();
    }

    /// From now on videos are worked on for so many questions.
    pub fn works(&self, questions: usize) {
        self.desk.books().works = questions;
    }

    /// From now on moderators have not yet let everybody see what is complete.
    pub fn moderate(&self) {
        self.desk.books().is_moderated = true;
    }

    /// From now on what is complete is refused, for this `fail_reason`.
    pub fn reject(&self, reason: &str) {
        self.desk.books().failure = Some(reason.to_owned());
    }
}

/// Why a call is not done.
enum Refused {
    /// It was to be refused: status, kind, words.
    Asked(u16, &'static str, String),
    /// The real network would refuse it as well: status, code, words.
    Wrong(u16, &'static str, String),
}

impl From<Wrong> for Refused {
    fn from(Wrong(words): Wrong) -> Self {
        Self::Wrong(400, "invalid_params", words)
    }
}

fn wrong(words: impl Into<String>) -> Refused {
    Wrong(words.into()).into()
}

impl frame::Posting for Desk {
    const NETWORK: &'static str = "tiktok";
    const SECRET: Option<&'static str> = Some(CLIENT_SECRET);

    fn start() -> Server {
        Server::start()
    }

    fn endpoints(server: &Server) -> String {
        server.endpoints()
    }

    fn published(server: &Server) -> usize {
        server.published()
    }
}

impl frame::Desk for Desk {
    async fn answer(&self, call: &mut Call) -> Response {
        let outcome = match (&call.method, call.path.as_str()) {
            (&Method::GET, "/v2/user/info/") => self.user(call),
            (&Method::POST, "/v2/post/publish/creator_info/query/") => self.creator(call).await,
            (&Method::POST, "/v2/post/publish/video/init/") => self.init(call).await,
            (&Method::PUT, "/upload") => self.put(call).await,
            (&Method::POST, "/v2/post/publish/status/fetch/") => self.status(call).await,
            (method, path) => {
                let words = format!("{method} {path}");
                Err(Refused::Wrong(404, "not_found", words))
            }
        };
        match outcome {
            Ok(answer) => answer,
            Err(Refused::Asked(status, code, words)) => refusal(status, code, &words),
            Err(Refused::Wrong(status, code, words)) => {
                self.notes.refused(&words);
                refusal(status, code, &words)
            }
        }
    }

    fn notes(&self) -> &Notes {
        &self.notes
    }

    fn consent(&self) -> &Consent {
        &self.consent
    }
}

fn answer(data: &Value) -> Response {
    answered(None, data)
}

/// Ends what was done: with this answer, or as the fault has it.
fn answered(fault: Option<Fault>, data: &Value) -> Response {
    let (code, message) = match fault {
        Some(Fault::Remarked(code)) => (code, "said beside it"),
        _ => ("ok", ""),
    };
    let error = json!({ "code": code, "message": message, "log_id": "2026112812" });
    let body = json!({ "data": data, "error": error });
    told(fault, json_answer(200, JSON, &body), refusal)
}

fn refusal(status: u16, code: &str, words: &str) -> Response {
    let error = json!({ "code": code, "message": words, "log_id": "2026112812" });
    json_answer(status, JSON, &json!({ "data": {}, "error": error }))
}

impl Books {
    /// Counts an opening, unless it is one too many in its minute.
    fn may_open(&mut self) -> bool {
        let now = if let Some(clock) = &self.clock {
            clock()
        } else {
            let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
            since.as_millis() as u64
        };
        self.openings
            .retain(|at| now.saturating_sub(*at) < WINDOW_MS);
        let may = self.openings.len() < OPENINGS;
        if may {
            self.openings.push(now);
        }
        may
    }
}

impl Desk {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    /// Takes what is to go wrong at a step.
    async fn fault(&self, step: Step, call: &mut Call) -> Result<Option<Fault>, Refused> {
        if self.notes.is_cut(step) {
            // Half a body is none.
            call.half_of_body().await;
            hang_up();
        }
        let fault = self.notes.fault(step).await;
        if let Some(Fault::Refused(status, code)) = fault {
            return Err(Refused::Asked(status, code, "asked for".to_owned()));
        }
        Ok(fault)
    }

    /// Checks the token and returns it.
    fn allowed(&self, call: &Call, scope: &str) -> Result<String, Refused> {
        let none = || Refused::Wrong(401, "access_token_invalid", "no token, or another".into());
        let scopes = self.consent.scopes(call).ok_or_else(none)?;
        if !scopes.iter().any(|granted| granted == scope) {
            return Err(Refused::Wrong(
                401,
                "scope_not_authorized",
                format!("no {scope}"),
            ));
        }
        Ok(call.token().unwrap_or_default().to_owned())
    }

    /// Each field needs its scope.
    fn user(&self, call: &Call) -> Result<Response, Refused> {
        let query = call.fields()?;
        only(&query, &["fields"])?;
        let mut user = json!({});
        for field in query["fields"].split(',') {
            let (scope, value) = match field {
                "open_id" => ("user.info.basic", "open-id-1"),
                "display_name" => ("user.info.basic", "L’atelier"),
                "username" => ("user.info.profile", "petitatelier"),
                unknown => return Err(wrong(format!("unknown field {unknown}"))),
            };
            let scopes = self.consent.scopes(call).unwrap_or_default();
            if !scopes.is_empty() && !scopes.iter().any(|granted| granted == scope) {
                let words = format!("{field} without {scope}");
                return Err(Refused::Asked(401, "scope_not_authorized", words));
            }
            self.allowed(call, scope)?;
            user[field] = json!(value);
        }
        Ok(answer(&json!({ "user": user })))
    }

    async fn creator(&self, call: &mut Call) -> Result<Response, Refused> {
        let fault = self.fault(Step::Account, call).await?;
        let token = self.allowed(call, "video.publish")?;
        let body = call.json(QUESTION).await?;
        fields(&body, "the question", &[], &[])?;
        let mut books = self.books();
        books.asked.push(token);
        let all = ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"];
        let privacy = books.privacy.clone().unwrap_or_else(|| all.to_vec());
        let is_disabled = |what| books.disabled.contains(what);
        let data = json!({
            "creator_avatar_url": "https://p16.tiktokcdn.com/a.webp",
            "creator_username": "petitatelier",
            "creator_nickname": "L’atelier",
            "privacy_level_options": privacy,
            "comment_disabled": is_disabled("comment"),
            "duet_disabled": is_disabled("duet"),
            "stitch_disabled": is_disabled("stitch"),
            "max_video_post_duration_sec": books.longest_secs.unwrap_or(600),
        });
        drop(books);
        Ok(answered(fault, &data))
    }

    async fn init(&self, call: &mut Call) -> Result<Response, Refused> {
        let fault = self.fault(Step::Open, call).await?;
        let token = self.allowed(call, "video.publish")?;
        let body = call.json(QUESTION).await?;
        fields(&body, "the body", &["post_info", "source_info"], &[])?;
        let size = self.checked(&body, &token)?;
        let mut books = self.books();
        let asked = books.asked.iter().position(|asked| *asked == token);
        if let Some(asked) = asked {
            books.asked.remove(asked);
        }
        if !books.may_open() {
            // Tokens change, the account is one. No field of the head tells when the minute ends.
            let words = "too many uploads in a minute".to_owned();
            return Err(Refused::Asked(429, "rate_limit_exceeded", words));
        }
        let id = format!("v_pub_file~v2-1.{}", books.uploads.len() + 1);
        let source = &body["source_info"];
        let upload = Upload {
            size,
            chunk: source["chunk_size"].as_u64().unwrap_or_default(),
            count: source["total_chunk_count"].as_u64().unwrap_or_default(),
            came: 0,
            is_public: body["post_info"]["privacy_level"] == "PUBLIC_TO_EVERYONE",
            has_ended: false,
            works: books.works,
        };
        books.uploads.insert(id.clone(), upload);
        books.posts.push(body);
        drop(books);
        let url = match fault {
            Some(Fault::Forgotten) => "https://elsewhere.example/upload".to_owned(),
            _ => format!(
                "{}/upload?upload_id={id}&upload_token=marked-upload",
                self.base
            ),
        };
        let data = json!({ "publish_id": id, "upload_url": url });
        Ok(answered(fault, &data))
    }

    /// Checks what is to be posted, and returns its size.
    fn checked(&self, body: &Value, token: &str) -> Result<u64, Refused> {
        let (post, source) = (&body["post_info"], &body["source_info"]);
        let flags = ["disable_duet", "disable_comment", "disable_stitch"];
        let needed = [&["title", "privacy_level"][..], &flags].concat();
        let free = [
            "video_cover_timestamp_ms",
            "brand_content_toggle",
            "brand_organic_toggle",
            "is_aigc",
        ];
        fields(post, "post_info", &needed, &free)?;
        let names = ["source", "video_size", "chunk_size", "total_chunk_count"];
        fields(source, "source_info", &names, &[])?;
        for (name, value) in post.as_object().into_iter().flatten() {
            let is_right = match name.as_str() {
                "title" | "privacy_level" => value.is_string(),
                "video_cover_timestamp_ms" => value.is_u64(),
                _ => value.is_boolean(),
            };
            if !is_right {
                return Err(wrong(format!("{name} is {value}")));
            }
        }
        let title = post["title"].as_str().unwrap_or_default();
        if title.encode_utf16().count() > 2_200 {
            return Err(wrong("the title is too long"));
        }
        let books = self.books();
        if !books.asked.iter().any(|asked| asked == token) {
            return Err(wrong("creator_info was not asked before"));
        }
        for what in &books.disabled {
            if post[format!("disable_{what}")] == false {
                return Err(wrong(format!("{what} is switched off by the account")));
            }
        }
        let privacy = post["privacy_level"].as_str().unwrap_or_default();
        let all = ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"];
        let offered = books.privacy.clone().unwrap_or_else(|| all.to_vec());
        if !offered.contains(&privacy) {
            let words = format!("{privacy} is not offered");
            return Err(Refused::Wrong(400, "privacy_level_option_mismatch", words));
        }
        if books.is_unaudited && (privacy != "SELF_ONLY" || !books.is_private) {
            let code = "unaudited_client_can_only_post_to_private_accounts";
            let words = "the app is not audited".to_owned();
            return Err(Refused::Asked(403, code, words));
        }
        if source["source"] != "FILE_UPLOAD" {
            return Err(wrong(format!("the source is {}", source["source"])));
        }
        let number = |name: &str| {
            let none = || wrong(format!("{name} is {}", source[name]));
            source[name].as_u64().filter(|n| *n > 0).ok_or_else(none)
        };
        let (size, chunk) = (number("video_size")?, number("chunk_size")?);
        let count = number("total_chunk_count")?;
        let is_right = if count == 1 {
            chunk == size && size <= *CHUNK.end()
        } else {
            let last = size.saturating_sub((count - 1) * chunk);
            count == size / chunk && count <= 1_000 && CHUNK.contains(&chunk) && last <= LAST_CHUNK
        };
        if !is_right || (size < ONE_CHUNK && count != 1) {
            return Err(wrong(format!("{size} bytes in {count} chunks of {chunk}")));
        }
        Ok(size)
    }

    async fn put(&self, call: &mut Call) -> Result<Response, Refused> {
        let query = call.fields()?;
        if query.get("upload_token").map(String::as_str) != Some("marked-upload") {
            return Err(Refused::Wrong(403, "", "another upload_token".to_owned()));
        }
        if call.header("authorization").is_some() {
            return Err(wrong("a token for the host of uploads"));
        }
        let id = query.get("upload_id").cloned().unwrap_or_default();
        let range = call.header("content-range").unwrap_or_default().to_owned();
        let ends = range.strip_prefix("bytes ").and_then(|range| {
            let (ends, total) = range.split_once('/')?;
            let (first, last) = ends.split_once('-')?;
            Some((first.parse().ok()?, last.parse().ok()?, total.parse().ok()?))
        });
        let (first, last, total): (u64, u64, u64) =
            ends.ok_or_else(|| wrong(format!("Content-Range is {range}")))?;
        let length = call
            .header("content-length")
            .and_then(|n| n.parse::<u64>().ok());
        let kind = call.header("content-type").unwrap_or_default();
        if !matches!(kind, "video/mp4" | "video/quicktime" | "video/webm") {
            return Err(wrong(format!("a chunk of the type {kind}")));
        }
        let (size, end) = {
            let books = self.books();
            let upload = books.uploads.get(&id);
            let upload = upload.ok_or_else(|| wrong("no such upload"))?;
            if upload.has_ended {
                return Ok(refusal(403, "", "the address has ended"));
            }
            if upload.came == upload.size && books.spent != Spent::Range {
                return Ok(match books.spent {
                    Spent::Whole => StatusCode::CREATED.into_response(),
                    _ => refusal(403, "", "the address has ended"),
                });
            }
            let next = upload.came / upload.chunk + 1;
            let end = if next >= upload.count {
                upload.size
            } else {
                next * upload.chunk
            };
            if first != upload.came {
                let words = format!("{range} after {}", upload.came);
                return Err(Refused::Wrong(416, "", words));
            }
            (upload.size, end)
        };
        if total != size || last + 1 != end || length != Some(end - first) {
            return Err(wrong(format!(
                "{range} of {length:?} bytes, up to {end} of {size}"
            )));
        }
        let is_last = end == size;
        let step = if is_last { Step::LastPart } else { Step::Part };
        let fault = self.fault(step, call).await?;
        if fault == Some(Fault::Forgotten) {
            if let Some(upload) = self.books().uploads.get_mut(&id) {
                upload.has_ended = true;
            }
            return Ok(refusal(403, "", "the address has ended"));
        }
        let came = call.body().await.len() as u64;
        if came != end - first {
            return Err(wrong(format!("{came} bytes of {range}")));
        }
        let mut books = self.books();
        let upload = books
            .uploads
            .get_mut(&id)
            .ok_or_else(|| wrong("no such upload"))?;
        upload.came = end;
        if is_last && books.failure.is_none() {
            books.published += 1;
        }
        drop(books);
        let status = if is_last {
            StatusCode::CREATED
        } else {
            StatusCode::PARTIAL_CONTENT
        };
        let answer = match fault {
            Some(Fault::Remarked(code)) => refusal(status.as_u16(), code, "said beside it"),
            _ => status.into_response(),
        };
        Ok(told(fault, answer, refusal))
    }

    async fn status(&self, call: &mut Call) -> Result<Response, Refused> {
        // The same call is a question before the post is there and a check after.
        let fault = match self.fault(Step::Ask, call).await? {
            Some(fault) => Some(fault),
            None => self.fault(Step::Check, call).await?,
        };
        self.allowed(call, "video.publish")?;
        let body = call.json(QUESTION).await?;
        fields(&body, "the question", &["publish_id"], &[])?;
        let id = body["publish_id"].as_str().unwrap_or_default();
        let mut books = self.books();
        if fault == Some(Fault::Forgotten) {
            books.uploads.remove(id);
        }
        let (failure, is_moderated) = (books.failure.clone(), books.is_moderated);
        let lag = books.lag;
        let Some(upload) = books.uploads.get_mut(id) else {
            return Ok(refusal(400, "invalid_publish_id", "no such publish_id"));
        };
        let is_whole = upload.came == upload.size;
        let works = upload.works;
        if is_whole {
            upload.works = works.saturating_sub(1);
        }
        let is_late = is_whole && lag > 0;
        let counted = if is_late {
            (upload.count - 1) * upload.chunk
        } else {
            upload.came
        };
        let mut data = json!({ "uploaded_bytes": counted });
        if !is_whole || is_late || works > 0 {
            data["status"] = json!("PROCESSING_UPLOAD");
        } else if let Some(reason) = failure {
            data["status"] = json!("FAILED");
            data["fail_reason"] = json!(reason);
        } else {
            data["status"] = json!("PUBLISH_COMPLETE");
            let is_seen = upload.is_public && !is_moderated;
            let names: &[u64] = if is_seen {
                &[7_512_345_678_901_234_567]
            } else {
                &[]
            };
            data["publicaly_available_post_id"] = json!(names);
        }
        if is_late {
            books.lag -= 1;
        }
        drop(books);
        Ok(answered(fault, &data))
    }
}

/// Refuses unknown and missing fields of an object.
fn fields(value: &Value, what: &str, needed: &[&str], free: &[&str]) -> Result<(), Refused> {
    let empty = Map::new();
    let all = value
        .as_object()
        .or_else(|| (value.is_null()).then_some(&empty));
    let all = all.ok_or_else(|| wrong(format!("{what} is no object")))?;
    let is_known =
        |name: &&String| needed.contains(&name.as_str()) || free.contains(&name.as_str());
    if let Some(unknown) = all.keys().find(|name| !is_known(name)) {
        return Err(wrong(format!("{what} has the unknown field {unknown}")));
    }
    match needed.iter().find(|name| !all.contains_key(**name)) {
        Some(missing) => Err(wrong(format!("{what} lacks {missing}"))),
        None => Ok(()),
    }
}

/// Returns how TikTok asks for consent and gives tokens.
pub fn rules() -> Rules {
    Rules {
        authorize: "/v2/auth/authorize/",
        token: "/v2/oauth/token/",
        revoke: "/v2/oauth/revoke/",
        authorize_fields: &[
            ("client_key", None),
            ("scope", None),
            ("redirect_uri", None),
            ("state", None),
            ("response_type", Some("code")),
            ("code_challenge", None),
            ("code_challenge_method", Some("S256")),
        ],
        client_field: "client_key",
        separator: ',',
        scopes: &[
            "user.info.basic",
            "user.info.profile",
            "user.info.stats",
            "video.list",
            "video.publish",
            "video.upload",
        ],
        is_redirect: |redirect| {
            let rest = ["http://127.0.0.1:", "http://localhost:"]
                .iter()
                .find_map(|start| redirect.strip_prefix(start));
            let port = rest.and_then(|rest| rest.strip_suffix("/callback/"));
            port.is_some_and(|port| port.parse::<u16>().is_ok())
        },
        challenge: |verifier| {
            let hash = sha2::Sha256::digest(verifier.as_bytes());
            hash.iter().map(|byte| format!("{byte:02x}")).collect()
        },
        secret: SecretIn::Form,
        rotation: Rotation::GivesNew,
        revoke_names_app: true,
        lifetimes: (7_200, Some(15_552_000)),
        // The token endpoint refuses with status 200.
        refusal: (200, &["log_id"]),
        beside: |answer| {
            answer.insert("open_id".into(), json!("open-id-1"));
        },
    }
}

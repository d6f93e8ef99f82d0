//! X, as its fact sheet and its OpenAPI description have it.
//!
//! Map: here the calls · `posts` the account's posts · `form` the parts of an upload · `rules` consent

mod form;
mod posts;
mod rules;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

pub use self::rules::{base64url, confidential, rules};
pub use super::frame::{Fault, Step};
pub use super::oauth::TOKEN;

use self::form::form;
use self::posts::{Post, name, now, page};
use super::frame::{self, Call, Notes, Wrong, hang_up, json_answer, only, told};
use super::oauth::Consent;
use super::schema::OpenApi;

/// The account of every token.
pub const ACCOUNT: &str = "2244994945";
/// The most bytes of a part: clients were refused at 5 MB.
const LONGEST_PART: usize = 4 << 20;
/// Seconds from a refusal for its rate to the end of the window.
pub const RESET_SECS: u64 = 420;
/// Seconds from a refusal for the app's posts of a day to the end of that.
pub const DAILY_RESET_SECS: u64 = 6 * 3_600;
/// How it is refused what is asked for an account that is not there.
const NO_USER: &str = "no-user";
const NO_USER_WORDS: &str = "Could not find user with id: [2244994945].";
const JSON: &str = "application/json; charset=utf-8";
const PROBLEM: &str = "application/problem+json; charset=utf-8";

/// What STATUS says of an upload before FINALIZE: the documents do not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unfinished {
    /// It is refused.
    #[default]
    Refused,
    /// It is known, and nothing is said of work.
    Known,
}

struct Media {
    total: u64,
    parts: BTreeMap<usize, usize>,
    is_final: bool,
    /// How often it is still worked on when asked.
    works: usize,
}

#[derive(Default)]
struct Books {
    media: BTreeMap<String, Media>,
    posts: Vec<Post>,
    published: usize,
    works: usize,
    failure: Option<(String, String)>,
    unfinished: Unfinished,
    are_fields_renamed: bool,
    /// How many looks still see nothing of the newest post.
    lag: usize,
    is_closed: bool,
}

/// X's desk.
pub struct Desk {
    books: Mutex<Books>,
    notes: Notes,
    consent: Consent,
    /// The description with the new names of fields, and the last one with the old ones.
    described: Option<(OpenApi, OpenApi)>,
}

/// X on loopback.
pub type Server = frame::Server<Desk>;

impl Server {
    /// Starts it, for an app without a secret. Calls are compared with the OpenAPI description where
    /// there is one.
    pub fn start() -> Self {
        Self::serve(|_base| Desk {
            books: Mutex::default(),
            notes: Notes::default(),
            consent: Consent::new(rules()),
            described: OpenApi::shared("x.api.v2.openapi.json")
                .zip(OpenApi::shared("x.api.v2.159.openapi.json")),
        })
    }

    /// Returns the table of endpoints that leads here, in TOML.
    pub fn endpoints(&self) -> String {
        let base = &self.base;
        format!("[x]\nauthorize = '{base}/i/oauth2/authorize'\napi = '{base}'\n")
    }

    /// Returns how many posts were made.
    pub fn published(&self) -> usize {
        self.desk.books().published
    }

    /// Returns the bodies of the posts that were made.
    pub fn posts(&self) -> Vec<Value> {
        let books = self.desk.books();
        books.posts.iter().map(|post| post.body.clone()).collect()
    }

    /// From now on videos are worked on for so many questions.
    pub fn works(&self, questions: usize) {
        self.desk.books().works = questions;
    }

    /// From now on the work on videos fails so.
    pub fn fail_work(&self, name: &str, message: &str) {
        self.desk.books().failure = Some((name.to_owned(), message.to_owned()));
    }

    /// Sets what STATUS says before FINALIZE.
    pub fn unfinished(&self, says: Unfinished) {
        self.desk.books().unfinished = says;
    }

    /// From now on fields of posts have the names of the description of version 2.167.
    pub fn rename_fields(&self) {
        self.desk.books().are_fields_renamed = true;
    }

    /// Lets so many looks see nothing of the newest post.
    pub fn lag(&self, looks: usize) {
        self.desk.books().lag = looks;
    }

    /// Forgets all media, as X does after a day.
    pub fn forget_media(&self) {
        self.desk.books().media.clear();
    }

    /// Makes a post beside the program, as the user does on X's own page.
    pub fn post_beside(&self, text: &str, secs_ago: u64) {
        let mut books = self.desk.books();
        let id = name(books.posts.len());
        let at = now() - secs_ago;
        let body = json!({ "text": text });
        books.posts.push(Post { id, body, at });
    }

    /// Deactivates the account, as its owner does on X's pages. That its tokens stay good for that long
    /// is the worse case: X does not say when they end.
    pub fn close_account(&self) {
        let mut books = self.desk.books();
        books.is_closed = true;
        books.posts.clear();
    }

    /// Deletes a post.
    pub fn delete(&self, id: &str) {
        self.desk.books().posts.retain(|post| post.id != id);
    }
}

/// Why a call is not done.
enum Refused {
    /// It was to be refused: status, kind, words.
    Asked(u16, &'static str, String),
    /// The real network would refuse it as well: status, kind of problem, words.
    Wrong(u16, &'static str, String),
}

impl From<Wrong> for Refused {
    fn from(Wrong(words): Wrong) -> Self {
        Self::Wrong(400, "invalid-request", words)
    }
}

fn wrong(words: impl Into<String>) -> Refused {
    Wrong(words.into()).into()
}

impl frame::Posting for Desk {
    const NETWORK: &'static str = "x";
    const SECRET: Option<&'static str> = None;

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
        let path: Vec<String> = call.path.split('/').skip(1).map(str::to_owned).collect();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let outcome = match (call.method.clone(), path.as_slice()) {
            (Method::POST, ["2", "media", "upload", "initialize"]) => self.initialize(call).await,
            (Method::POST, ["2", "media", "upload", id, "append"]) => self.append(call, id).await,
            (Method::POST, ["2", "media", "upload", id, "finalize"]) => {
                self.finalize(call, id).await
            }
            (Method::GET, ["2", "media", "upload"]) => self.status(call).await,
            (Method::POST, ["2", "tweets"]) => self.create(call).await,
            (Method::GET, ["2", "tweets"]) => self.read(call).await,
            (Method::GET, ["2", "users", "me"]) => self.me(call).await,
            (Method::GET, ["2", "users", id, "tweets"]) => self.timeline(call, id).await,
            (method, _) => Err(Refused::Wrong(
                404,
                "not-found",
                format!("{method} {}", call.path),
            )),
        };
        match outcome {
            Ok(answer) => answer,
            Err(Refused::Asked(status, kind, words)) => refusal(status, kind, &words),
            Err(Refused::Wrong(status, kind, words)) => {
                self.notes.refused(&words);
                refusal(status, kind, &words)
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

fn problem(kind: &str, words: &str) -> Value {
    if kind == NO_USER {
        return json!({
            "value": ACCOUNT, "resource_id": ACCOUNT, "parameter": "id", "resource_type": "user",
            "title": "Not Found Error", "detail": words,
            "type": "https://api.x.com/2/problems/resource-not-found",
        });
    }
    let kind = match kind {
        "" | "duplicate" | "daily" => "about:blank".to_owned(),
        kind => format!("https://api.x.com/2/problems/{kind}"),
    };
    json!({ "title": "Refused", "detail": words, "type": kind })
}

/// Returns a problem; with status 200 it stands inside an answer.
fn refusal(status: u16, kind: &str, words: &str) -> Response {
    let is_daily = kind == "daily";
    let mut problem = problem(kind, words);
    if status < 300 {
        return json_answer(status, JSON, &json!({ "errors": [problem] }));
    }
    problem["status"] = json!(status);
    if status == 400 {
        // As X has it: the words are inside.
        problem["detail"] = json!("One or more parameters to your request was invalid.");
        problem["errors"] = json!([{ "message": words, "parameters": {} }]);
    }
    let mut response = json_answer(status, PROBLEM, &problem);
    if status == 429 {
        let fields = response.headers_mut();
        let mut field = |name: &'static str, value: String| {
            fields.insert(name, value.parse().unwrap());
        };
        let left = if is_daily { "57" } else { "0" };
        field("x-rate-limit-limit", "100".to_owned());
        field("x-rate-limit-remaining", left.to_owned());
        field("x-rate-limit-reset", (now() + RESET_SECS).to_string());
        if is_daily {
            field("x-app-limit-24hour-limit", "10000".to_owned());
            field("x-app-limit-24hour-remaining", "0".to_owned());
            let reset = now() + DAILY_RESET_SECS;
            field("x-app-limit-24hour-reset", reset.to_string());
        }
    }
    response
}

/// Ends what was done: with this answer, or as the fault has it.
fn answered(fault: Option<Fault>, status: u16, mut body: Value) -> Response {
    if let Some(Fault::Remarked(kind)) = fault {
        body["errors"] = json!([problem(kind, "said beside it")]);
    }
    told(fault, json_answer(status, JSON, &body), refusal)
}

impl Desk {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    /// Takes what is to go wrong at a step, checks the token, and compares the query.
    async fn begin(
        &self,
        call: &Call,
        step: Step,
        (path, scope): (&str, &str),
    ) -> Result<Option<Fault>, Refused> {
        let fault = self.notes.fault(step).await;
        if let Some(Fault::Refused(status, kind)) = fault {
            let words = if kind == "duplicate" {
                "You are not allowed to create a Tweet with duplicate content."
            } else {
                "asked for"
            };
            return Err(Refused::Asked(status, kind, words.to_owned()));
        }
        self.allowed(call, (path, scope))?;
        Ok(fault)
    }

    fn allowed(&self, call: &Call, (path, scope): (&str, &str)) -> Result<(), Refused> {
        let scopes = self.consent.scopes(call);
        let scopes = scopes.ok_or_else(|| Refused::Wrong(401, "", "Unauthorized".to_owned()))?;
        if !scopes.iter().any(|granted| granted == scope) {
            return Err(Refused::Wrong(
                403,
                "not-authorized-for-resource",
                format!("no {scope}"),
            ));
        }
        if self.books().is_closed && path != "/2/users/me" {
            return Err(Refused::Asked(403, NO_USER, NO_USER_WORDS.to_owned()));
        }
        let fields = call.fields()?;
        if let Some((renamed, before)) = &self.described {
            let is_renamed = self.books().are_fields_renamed;
            let described = if is_renamed { renamed } else { before };
            let method = call.method.as_str().to_lowercase();
            let faults = described.query_faults(path, &method, &fields);
            if !faults.is_empty() {
                return Err(wrong(faults.join(", ")));
            }
        }
        Ok(())
    }

    fn compare(&self, path: &str, kind: &str, body: &Value) -> Result<(), Refused> {
        let described = self.described.as_ref();
        let faults = described.map(|(described, _)| described.body_faults(path, kind, body));
        let faults = faults.unwrap_or_default();
        if faults.is_empty() {
            Ok(())
        } else {
            Err(wrong(faults.join(", ")))
        }
    }

    async fn initialize(&self, call: &mut Call) -> Result<Response, Refused> {
        let path = "/2/media/upload/initialize";
        if self.notes.is_cut(Step::Open) {
            call.half_of_body().await;
            hang_up();
        }
        let fault = self.begin(call, Step::Open, (path, "media.write")).await?;
        let body = call.json("application/json").await?;
        self.compare(path, "application/json", &body)?;
        if body["media_category"] != "tweet_video" {
            return Err(wrong(format!(
                "media_category is {}",
                body["media_category"]
            )));
        }
        if !body["media_type"]
            .as_str()
            .is_some_and(|kind| kind.starts_with("video/"))
        {
            return Err(wrong(format!("media_type is {}", body["media_type"])));
        }
        let total = body["total_bytes"].as_u64().filter(|total| *total > 0);
        let total = total.ok_or_else(|| wrong("no total_bytes"))?;
        let mut books = self.books();
        let id = (1_880_028_106_020_515_840_u64 + books.media.len() as u64).to_string();
        let media = Media {
            total,
            parts: BTreeMap::new(),
            is_final: false,
            works: books.works,
        };
        books.media.insert(id.clone(), media);
        drop(books);
        let media_key = format!("13_{id}");
        let data = json!({ "id": id, "media_key": media_key, "expires_after_secs": 86_400 });
        Ok(answered(fault, 200, json!({ "data": data })))
    }

    /// Returns the step that a part is before it is read: its form is longer than what it holds.
    fn step_of(&self, call: &Call, id: &str) -> Step {
        let length = call.header("content-length");
        let length: u64 = length.and_then(|n| n.parse().ok()).unwrap_or_default();
        let books = self.books();
        let media = books.media.get(id);
        let left = media.map(|media| media.total - media.parts.values().sum::<usize>() as u64);
        match left {
            Some(left) if length < left => Step::Part,
            _ => Step::LastPart,
        }
    }

    async fn append(&self, call: &mut Call, id: &str) -> Result<Response, Refused> {
        let path = "/2/media/upload/{id}/append";
        if self.notes.is_cut(self.step_of(call, id)) {
            // Half a part is none.
            call.half_of_body().await;
            hang_up();
        }
        let (index, part) = form(call).await?;
        let (before, total, is_final) = {
            let books = self.books();
            let media = books.media.get(id).ok_or_else(gone)?;
            let before: usize = media.parts.range(..index).map(|(_, length)| length).sum();
            (before, media.total, media.is_final)
        };
        let is_last = (before + part.len()) as u64 >= total;
        let step = if is_last { Step::LastPart } else { Step::Part };
        let fault = self.begin(call, step, (path, "media.write")).await?;
        let described = json!({ "segment_index": index, "media": "binary" });
        self.compare(path, "multipart/form-data", &described)?;
        if part.is_empty() || part.len() > LONGEST_PART {
            return Err(Refused::Wrong(
                431,
                "",
                format!("a part of {} bytes", part.len()),
            ));
        }
        if fault == Some(Fault::Forgotten) {
            self.books().media.remove(id);
            return Ok(refusal(404, "resource-not-found", "no such media"));
        }
        let mut books = self.books();
        let media = books.media.get_mut(id).ok_or_else(gone)?;
        if is_final {
            return Err(wrong("a part of an upload that is whole"));
        }
        if index > media.parts.len() {
            return Err(wrong(format!("part {index} after {}", media.parts.len())));
        }
        media.parts.insert(index, part.len());
        drop(books);
        let data = json!({ "expires_at": now() + 86_400 });
        Ok(answered(fault, 200, json!({ "data": data })))
    }

    async fn finalize(&self, call: &mut Call, id: &str) -> Result<Response, Refused> {
        let path = "/2/media/upload/{id}/finalize";
        let fault = self
            .begin(call, Step::Finalize, (path, "media.write"))
            .await?;
        if !call.body().await.is_empty() {
            return Err(wrong("finalize with a body"));
        }
        let mut books = self.books();
        let media = books.media.get_mut(id).ok_or_else(gone)?;
        let came: usize = media.parts.values().sum();
        if came as u64 != media.total {
            return Err(wrong("Segments do not add up to provided total file size."));
        }
        if std::mem::replace(&mut media.is_final, true) {
            return Ok(refusal(400, "invalid-request", "it is finalized already"));
        }
        let mut data = json!({ "id": id, "media_key": format!("13_{id}"), "size": media.total });
        if media.works > 0 {
            data["processing_info"] = json!({ "state": "pending", "check_after_secs": 1 });
        }
        drop(books);
        Ok(answered(fault, 200, json!({ "data": data })))
    }

    async fn status(&self, call: &Call) -> Result<Response, Refused> {
        let place = ("/2/media/upload", "media.write");
        let fault = self.begin(call, Step::Ask, place).await?;
        let fields = call.fields()?;
        only(&fields, &["command", "media_id"])?;
        let id = &fields["media_id"];
        let mut books = self.books();
        let (failure, unfinished) = (books.failure.clone(), books.unfinished);
        let Some(media) = books.media.get_mut(id) else {
            return Ok(refusal(404, "resource-not-found", "no such media"));
        };
        let mut data = json!({ "id": id, "media_key": format!("13_{id}") });
        if media.is_final {
            data["processing_info"] = match (media.works, failure) {
                (0, Some((name, message))) => json!({
                    "state": "failed",
                    "error": { "code": 1, "name": name, "message": message },
                }),
                (0, None) => json!({ "state": "succeeded", "progress_percent": 100 }),
                (_, _) => json!({ "state": "in_progress", "check_after_secs": 3 }),
            };
            media.works = media.works.saturating_sub(1);
        } else if unfinished == Unfinished::Refused {
            return Ok(refusal(400, "invalid-request", "it is not finalized"));
        }
        drop(books);
        Ok(answered(fault, 200, json!({ "data": data })))
    }

    async fn create(&self, call: &mut Call) -> Result<Response, Refused> {
        let path = "/2/tweets";
        if self.notes.is_cut(Step::Post) {
            call.half_of_body().await;
            hang_up();
        }
        let fault = self.begin(call, Step::Post, (path, "tweet.write")).await?;
        let body = call.json("application/json").await?;
        self.compare(path, "application/json", &body)?;
        let text = body["text"].as_str().unwrap_or_default().to_owned();
        let mut books = self.books();
        if fault == Some(Fault::Forgotten) {
            books.media.clear();
        }
        match body["media"]["media_ids"].as_array() {
            None if text.is_empty() => return Err(wrong("a post of nothing")),
            None => {
                let is_same =
                    |post: &Post| post.body["text"] == body["text"] && post.at + 86_400 > now();
                if books.posts.iter().any(is_same) {
                    let words = "You are not allowed to create a Tweet with duplicate content.";
                    return Ok(refusal(403, "duplicate", words));
                }
            }
            Some(ids) => {
                let is_ready = |id: &Value| {
                    let media = id.as_str().and_then(|id| books.media.get(id));
                    media.is_some_and(|media| media.is_final && media.works == 0)
                };
                if ids.len() != 1 || !ids.iter().all(is_ready) {
                    let words = "Your media IDs are invalid.";
                    if fault != Some(Fault::Forgotten) && !books.media.is_empty() {
                        self.notes.refused(words);
                    }
                    return Ok(refusal(400, "invalid-request", words));
                }
            }
        }
        let id = name(books.posts.len());
        let post = Post {
            id: id.clone(),
            body,
            at: now(),
        };
        books.posts.push(post);
        books.published += 1;
        drop(books);
        let data = json!({ "id": id, "text": text, "edit_history_post_ids": [id] });
        Ok(answered(fault, 201, json!({ "data": data })))
    }

    async fn me(&self, call: &Call) -> Result<Response, Refused> {
        let place = ("/2/users/me", "users.read");
        let fault = self.begin(call, Step::Account, place).await?;
        if self.books().is_closed {
            // What is not there is told in an answer of success.
            return Ok(refusal(200, NO_USER, NO_USER_WORDS));
        }
        let data = json!({ "id": ACCOUNT, "name": "Atelier", "username": "atelier" });
        Ok(answered(fault, 200, json!({ "data": data })))
    }

    async fn timeline(&self, call: &Call, id: &str) -> Result<Response, Refused> {
        let place = ("/2/users/{id}/tweets", "tweet.read");
        let is_renamed = self.books().are_fields_renamed;
        if is_renamed && call.fields()?.contains_key("tweet.fields") {
            // The old name is what a client may try first.
            return Ok(refusal(400, "invalid-request", "unknown tweet.fields"));
        }
        let fault = self.begin(call, Step::Look, place).await?;
        if id != ACCOUNT {
            return Err(wrong("posts of another account"));
        }
        let fields = call.fields()?;
        let names = if is_renamed {
            "post.fields"
        } else {
            "tweet.fields"
        };
        let known = [
            "max_results",
            "exclude",
            "start_time",
            "pagination_token",
            names,
        ];
        if let Some(unknown) = fields.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(wrong(format!("unknown field {unknown}")));
        }
        let mut books = self.books();
        let hidden = usize::from(books.lag > 0);
        books.lag = books.lag.saturating_sub(1);
        let (page, next) = page(&books.posts, &fields, hidden)?;
        let wanted = fields.get(names).map(String::as_str).unwrap_or_default();
        let page: Vec<Value> = page.iter().map(|post| post.shown(wanted)).collect();
        drop(books);
        let mut body = json!({ "meta": { "result_count": page.len() } });
        if !page.is_empty() {
            body["data"] = json!(page);
        }
        if let Some(next) = next {
            body["meta"]["next_token"] = json!(next);
        }
        Ok(answered(fault, 200, body))
    }

    async fn read(&self, call: &Call) -> Result<Response, Refused> {
        let place = ("/2/tweets", "tweet.read");
        let fault = self.begin(call, Step::Check, place).await?;
        let fields = call.fields()?;
        let books = self.books();
        let (mut data, mut errors) = (Vec::new(), Vec::new());
        for id in fields
            .get("ids")
            .map(String::as_str)
            .unwrap_or_default()
            .split(',')
        {
            match books.posts.iter().find(|post| post.id == id) {
                Some(post) => data.push(post.shown("")),
                None => errors.push(json!({
                    "value": id, "resource_id": id, "parameter": "ids", "resource_type": "tweet",
                    "title": "Not Found Error", "detail": format!("Could not find tweet [{id}]."),
                    "type": "https://api.x.com/2/problems/resource-not-found",
                })),
            }
        }
        drop(books);
        let mut body = json!({});
        for (name, list) in [("data", data), ("errors", errors)] {
            if !list.is_empty() {
                body[name] = json!(list);
            }
        }
        Ok(answered(fault, 200, body))
    }
}

fn gone() -> Refused {
    Refused::Wrong(404, "resource-not-found", "no such media".to_owned())
}

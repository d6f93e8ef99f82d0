//! YouTube's uploads and videos, as the fact sheet and the discovery document have them. The server
//! counts what was published: nothing else tells whether something was posted twice.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::schema::Discovery;

/// The token that is good for every call.
pub const TOKEN: &str = "marked-access-token";
/// What chunks have to be a multiple of.
const GRAIN: u64 = 262_144;

/// Where something goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Open,
    Part,
    LastPart,
    Position,
    Read,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// An answer of this status and reason instead of acting.
    Refused(u16, &'static str),
    /// The connection ends before anything is done.
    Reset,
    /// The connection ends in the middle of the body; what came is stored.
    ResetInBody,
    /// Everything is done, and the answer is lost.
    AnswerLost,
    /// Everything is done, and the answer is not what it should be.
    Unreadable,
    /// The session is forgotten.
    Forgotten,
}

struct Upload {
    total: u64,
    media_type: String,
    stored: u64,
    video: Option<String>,
}

#[derive(Default)]
struct Books {
    uploads: BTreeMap<String, Upload>,
    videos: BTreeMap<String, Value>,
    published: usize,
    refusals: Vec<String>,
    faults: Vec<(Step, Fault)>,
    metadata: Vec<Value>,
    forces_private: bool,
}

pub struct Server {
    pub base: String,
    books: Arc<Mutex<Books>>,
    runtime: Option<tokio::runtime::Runtime>,
}

#[derive(Clone)]
struct Desk {
    base: String,
    books: Arc<Mutex<Books>>,
    discovery: Option<Arc<Discovery>>,
}

impl Server {
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let books = Arc::new(Mutex::new(Books::default()));
        let desk = Desk {
            base: base.clone(),
            books: Arc::clone(&books),
            discovery: Discovery::shared("youtube.v3.discovery.json").map(Arc::new),
        };
        let router = Router::new().fallback(serve).with_state(desk);
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self {
            base,
            books,
            runtime: Some(runtime),
        }
    }

    /// Lets a step go wrong once.
    pub fn fail(&self, step: Step, fault: Fault) {
        self.books.lock().unwrap().faults.push((step, fault));
    }

    /// Treats the app as one that YouTube has not audited.
    pub fn force_private(&self) {
        self.books.lock().unwrap().forces_private = true;
    }

    /// Returns how many videos exist.
    pub fn published(&self) -> usize {
        self.books.lock().unwrap().published
    }

    /// Returns what was refused, in words, beside the faults that were asked for.
    pub fn refusals(&self) -> Vec<String> {
        self.books.lock().unwrap().refusals.clone()
    }

    /// Returns the metadata of the sessions that were opened.
    pub fn metadata(&self) -> Vec<Value> {
        self.books.lock().unwrap().metadata.clone()
    }

    /// Returns whether every fault has come up.
    pub fn is_done(&self) -> bool {
        self.books.lock().unwrap().faults.is_empty()
    }

    /// Changes what a video is by now.
    pub fn set_status(&self, video: &str, name: &str, value: &str) {
        let mut books = self.books.lock().unwrap();
        books.videos.get_mut(video).unwrap()["status"][name] = json!(value);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A call that the real network would refuse as well.
struct Wrong(u16, &'static str, String);

fn wrong(words: impl Into<String>) -> Wrong {
    Wrong(400, "badRequest", words.into())
}

async fn serve(State(desk): State<Desk>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let query = query(head.uri.query().unwrap_or_default());
    let outcome = match (&head.method, path.as_str()) {
        (&Method::POST, "/upload/youtube/v3/videos") => {
            desk.open(&query, &head.headers, body).await
        }
        (&Method::PUT, "/session") => desk.put(&query, &head.headers, body).await,
        (&Method::GET, "/youtube/v3/videos") => desk.read(&query, &head.headers),
        _ => Err(Wrong(404, "notFound", format!("{} {path}", head.method))),
    };
    outcome.unwrap_or_else(|Wrong(status, reason, words)| {
        desk.books.lock().unwrap().refusals.push(words.clone());
        refusal(status, reason, &words)
    })
}

/// Ends the connection without an answer, and without a word on the screen.
fn hang_up() -> ! {
    std::panic::resume_unwind(Box::new("the connection ends"))
}

fn refusal(status: u16, reason: &str, words: &str) -> Response {
    let errors = json!([{ "domain": "youtube", "reason": reason, "message": words }]);
    let body = json!({ "error": { "code": status, "message": words, "errors": errors } });
    let mut response = answer(status, &body);
    if status == 429 {
        let fields = response.headers_mut();
        fields.insert(header::RETRY_AFTER, "7".parse().unwrap());
    }
    response
}

fn answer(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    let fields = [(header::CONTENT_TYPE, "application/json; charset=UTF-8")];
    (status, fields, body.to_string()).into_response()
}

fn query(text: &str) -> BTreeMap<String, String> {
    let url = reqwest::Url::parse(&format!("http://localhost/?{text}")).unwrap();
    let pairs = url.query_pairs();
    pairs
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect()
}

fn field<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

impl Desk {
    /// Returns what is to go wrong at a step, once.
    fn fault(&self, step: Step) -> Option<Fault> {
        let mut books = self.books.lock().unwrap();
        let index = books.faults.iter().position(|(at, _)| *at == step)?;
        Some(books.faults.remove(index).1)
    }

    fn authorized(headers: &HeaderMap) -> Result<(), Wrong> {
        let expect = format!("Bearer {TOKEN}");
        let is_right = field(headers, "authorization") == Some(expect.as_str());
        let refused = || Wrong(401, "authError", "no token, or another one".to_owned());
        is_right.then_some(()).ok_or_else(refused)
    }

    async fn open(
        &self,
        query: &BTreeMap<String, String>,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Response, Wrong> {
        let fault = self.fault(Step::Open);
        match fault {
            Some(Fault::Refused(status, reason)) => {
                return Ok(refusal(status, reason, "asked for"));
            }
            Some(Fault::Reset) => hang_up(),
            _ => {}
        }
        Self::authorized(headers)?;
        let names: Vec<&str> = query.keys().map(String::as_str).collect();
        if names != ["notifySubscribers", "part", "uploadType"]
            || query["uploadType"] != "resumable"
            || query["part"] != "snippet,status"
        {
            return Err(wrong(format!("the query is {query:?}")));
        }
        if field(headers, "content-type") != Some("application/json; charset=UTF-8") {
            return Err(wrong("the metadata are of another type"));
        }
        let total = field(headers, "x-upload-content-length").and_then(|n| n.parse().ok());
        let total: u64 = total.ok_or_else(|| wrong("no X-Upload-Content-Length"))?;
        let media_type = field(headers, "x-upload-content-type").unwrap_or_default();
        if !media_type.starts_with("video/") && media_type != "application/octet-stream" {
            return Err(wrong(format!("X-Upload-Content-Type is {media_type}")));
        }
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let metadata: Value =
            serde_json::from_slice(&body).map_err(|_json| wrong("the metadata are no JSON"))?;
        self.metadata(&names, &metadata)?;
        let mut books = self.books.lock().unwrap();
        let id = format!("marked-upload-{}", books.uploads.len() + 1);
        let upload = Upload {
            total,
            media_type: media_type.to_owned(),
            stored: 0,
            video: None,
        };
        books.uploads.insert(id.clone(), upload);
        books.metadata.push(metadata);
        drop(books);
        let location = match fault {
            Some(Fault::AnswerLost | Fault::ResetInBody) => hang_up(),
            Some(Fault::Unreadable) => "https://elsewhere.example/session".to_owned(),
            _ => format!("{}/session?upload_id={id}", self.base),
        };
        Ok((StatusCode::OK, [(header::LOCATION, location)], "").into_response())
    }

    /// Checks what a video may be told to be.
    fn metadata(&self, names: &[&str], metadata: &Value) -> Result<(), Wrong> {
        if let Some(discovery) = &self.discovery {
            let mut faults = discovery.faults("Video", metadata);
            faults.extend(discovery.unknown_parameters("videos", "insert", names));
            if !faults.is_empty() {
                return Err(wrong(faults.join(", ")));
            }
        }
        let text = |part: &str, name: &str| metadata[part][name].as_str().unwrap_or_default();
        let title = text("snippet", "title");
        if title.is_empty() || title.chars().count() > 100 || title.contains(['<', '>']) {
            return Err(Wrong(400, "invalidTitle", format!("the title {title}")));
        }
        let description = text("snippet", "description");
        if description.len() > 5_000 || description.contains(['<', '>']) {
            return Err(Wrong(
                400,
                "invalidDescription",
                "the description".to_owned(),
            ));
        }
        let status = &metadata["status"];
        let is_private = text("status", "privacyStatus") == "private";
        if status.get("publishAt").is_some() && !is_private {
            return Err(Wrong(
                400,
                "invalidPublishAt",
                "a time, and not private".to_owned(),
            ));
        }
        Ok(())
    }

    async fn put(
        &self,
        query: &BTreeMap<String, String>,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Response, Wrong> {
        Self::authorized(headers)?;
        let id = query.get("upload_id").cloned().unwrap_or_default();
        let range = field(headers, "content-range")
            .unwrap_or_default()
            .to_owned();
        let Some((sent, total)) = range.strip_prefix("bytes ").and_then(|r| r.split_once('/'))
        else {
            return Err(wrong(format!("Content-Range is {range}")));
        };
        let length = field(headers, "content-length").and_then(|n| n.parse::<u64>().ok());
        let length = length.ok_or_else(|| wrong("no Content-Length"))?;
        let known = {
            let books = self.books.lock().unwrap();
            let upload = books.uploads.get(&id);
            upload.map(|upload| {
                (
                    upload.total,
                    upload.stored,
                    upload.media_type.clone(),
                    upload.video.is_some(),
                )
            })
        };
        let Some((declared, stored, media_type, is_whole)) = known else {
            return Ok(refusal(404, "notFound", "no such upload"));
        };
        if total != declared.to_string() {
            return Err(wrong(format!("{total} bytes, and {declared} before")));
        }
        if sent == "*" {
            if length != 0 {
                return Err(wrong("a question with a body"));
            }
            return Ok(self.position(&id));
        }
        if is_whole {
            return Err(wrong("bytes for an upload that is whole"));
        }
        let ends = sent
            .split_once('-')
            .and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
        let (first, last): (u64, u64) = ends.ok_or_else(|| wrong(format!("range {range}")))?;
        if first != stored || last < first || last >= declared || last - first + 1 != length {
            return Err(wrong(format!("{range} of {length} bytes after {stored}")));
        }
        let is_last = last + 1 == declared;
        if !is_last && length % GRAIN != 0 {
            return Err(wrong(format!("a part of {length} bytes")));
        }
        if field(headers, "content-type") != Some(media_type.as_str()) {
            return Err(wrong("a part of another type"));
        }
        let fault = self.fault(if is_last { Step::LastPart } else { Step::Part });
        match fault {
            Some(Fault::Refused(status, reason)) => {
                return Ok(refusal(status, reason, "asked for"));
            }
            Some(Fault::Reset) => hang_up(),
            Some(Fault::Forgotten) => {
                self.books.lock().unwrap().uploads.remove(&id);
                return Ok(refusal(404, "notFound", "no such upload"));
            }
            _ => {}
        }
        let content = axum::body::to_bytes(body, 1 << 30).await.unwrap();
        if let Some(Fault::ResetInBody) = fault {
            // What came is stored, in the grain of the protocol.
            let came = content.len() as u64 / 2 / GRAIN * GRAIN;
            self.books
                .lock()
                .unwrap()
                .uploads
                .get_mut(&id)
                .unwrap()
                .stored += came;
            hang_up();
        }
        self.store(&id, &content);
        match fault {
            Some(Fault::AnswerLost) => hang_up(),
            Some(Fault::Unreadable) => Ok((StatusCode::OK, "<html>").into_response()),
            _ => Ok(self.told(&id)),
        }
    }

    /// Stores bytes; the last one makes the video.
    fn store(&self, id: &str, content: &Bytes) {
        let mut books = self.books.lock().unwrap();
        let forces_private = books.forces_private;
        let index = id.rsplit('-').next().unwrap().parse::<usize>().unwrap() - 1;
        let mut video = books.metadata[index].clone();
        let upload = books.uploads.get_mut(id).unwrap();
        upload.stored += content.len() as u64;
        if upload.stored < upload.total {
            return;
        }
        let name = format!("video-{id}");
        upload.video = Some(name.clone());
        video["id"] = json!(name);
        video["kind"] = json!("youtube#video");
        video["status"]["uploadStatus"] = json!("uploaded");
        if forces_private {
            video["status"]["privacyStatus"] = json!("private");
        }
        books.videos.insert(name, video);
        books.published += 1;
    }

    fn position(&self, id: &str) -> Response {
        match self.fault(Step::Position) {
            Some(Fault::Refused(status, reason)) => return refusal(status, reason, "asked for"),
            Some(Fault::Reset | Fault::ResetInBody | Fault::AnswerLost) => hang_up(),
            Some(Fault::Unreadable) => return (StatusCode::OK, "<html>").into_response(),
            Some(Fault::Forgotten) => {
                self.books.lock().unwrap().uploads.remove(id);
                return refusal(404, "notFound", "no such upload");
            }
            None => {}
        }
        self.told(id)
    }

    /// Says how far an upload is.
    fn told(&self, id: &str) -> Response {
        let books = self.books.lock().unwrap();
        let upload = &books.uploads[id];
        if let Some(video) = &upload.video {
            return answer(201, &books.videos[video]);
        }
        let mut response = StatusCode::PERMANENT_REDIRECT.into_response();
        if upload.stored > 0 {
            let range = format!("bytes=0-{}", upload.stored - 1);
            response
                .headers_mut()
                .insert(header::RANGE, range.parse().unwrap());
        }
        response
    }

    fn read(
        &self,
        query: &BTreeMap<String, String>,
        headers: &HeaderMap,
    ) -> Result<Response, Wrong> {
        match self.fault(Step::Read) {
            Some(Fault::Refused(status, reason)) => {
                return Ok(refusal(status, reason, "asked for"));
            }
            Some(Fault::Unreadable) => return Ok((StatusCode::OK, "{").into_response()),
            Some(_) => hang_up(),
            None => {}
        }
        Self::authorized(headers)?;
        let names: Vec<&str> = query.keys().map(String::as_str).collect();
        if let Some(discovery) = &self.discovery {
            let unknown = discovery.unknown_parameters("videos", "list", &names);
            if !unknown.is_empty() {
                return Err(wrong(unknown.join(", ")));
            }
        }
        let books = self.books.lock().unwrap();
        let ids = query
            .get("id")
            .map(String::as_str)
            .unwrap_or_default()
            .split(',');
        let items: Vec<&Value> = ids.filter_map(|id| books.videos.get(id)).collect();
        Ok(answer(
            200,
            &json!({ "kind": "youtube#videoListResponse", "items": items }),
        ))
    }
}

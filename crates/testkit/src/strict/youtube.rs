//! YouTube's uploads and videos, as the fact sheet and the discovery document have them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use axum::body::Bytes;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

pub use super::frame::{Fault, Step};
pub use super::oauth::TOKEN;

use super::frame::{self, Call, Fields, Notes, Wrong, hang_up, json_answer, told};
use super::google;
use super::oauth::{CLIENT_SECRET, Consent};
use super::schema::Discovery;

/// What chunks have to be a multiple of.
const GRAIN: u64 = 262_144;
/// The scopes of which one is needed to upload, as the discovery document has them.
const UPLOADING: &[&str] = &["youtube", "youtube.force-ssl", "youtube.upload"];
/// The scopes of which one is needed to read channels and videos.
const READING: &[&str] = &["youtube", "youtube.force-ssl", "youtube.readonly"];
const JSON: &str = "application/json; charset=UTF-8";
/// The most bytes of a thumbnail, where there is no discovery document.
const LONGEST_THUMBNAIL: usize = 2_097_152;

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
    /// The thumbnails that were set, in order.
    covers: Vec<Cover>,
    published: usize,
    metadata: Vec<Value>,
    forces_private: bool,
    is_prompt: bool,
    is_closed: bool,
    /// The handle of the channel that the user chooses, if not the usual one.
    channel: Option<&'static str>,
}

/// A thumbnail that was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// Of which video.
    pub video: String,
    /// The JPEG that came.
    pub jpeg: Vec<u8>,
    /// Width and height of its picture.
    pub size: (u32, u32),
    /// The picture's mean red, green and blue.
    pub colour: [u8; 3],
}

/// YouTube's desk.
pub struct Desk {
    base: String,
    books: Mutex<Books>,
    notes: Notes,
    consent: Consent,
    discovery: Option<Discovery>,
}

/// YouTube on loopback.
pub type Server = frame::Server<Desk>;

impl Server {
    /// Starts it. Calls are compared with the discovery document where there is one.
    pub fn start() -> Self {
        Self::serve(|base| Desk {
            base,
            books: Mutex::default(),
            notes: Notes::default(),
            consent: Consent::new(google::rules()),
            discovery: Discovery::shared("youtube.v3.discovery.json"),
        })
    }

    /// Returns the table of endpoints that leads here, in TOML.
    pub fn endpoints(&self) -> String {
        let base = &self.base;
        format!(
            "[youtube]\nauthorize = '{base}/o/oauth2/v2/auth'\ntoken = '{base}/token'\n\
             revoke = '{base}/revoke'\napi = '{base}'\nanalytics = '{base}'\n"
        )
    }

    /// Treats the app as one that YouTube has not audited.
    pub fn force_private(&self) {
        self.desk.books().forces_private = true;
    }

    /// From now on videos are processed as soon as they are there.
    pub fn process_at_once(&self) {
        self.desk.books().is_prompt = true;
    }

    /// Deletes the channel and its videos, as its owner does on YouTube's pages. The Google account and
    /// its consents stay.
    pub fn close_account(&self) {
        let mut books = self.desk.books();
        books.is_closed = true;
        books.videos.clear();
    }

    /// From now on the user chooses another channel, of this handle without its `@`.
    pub fn choose_channel(&self, handle: &'static str) {
        self.desk.books().channel = Some(handle);
    }

    /// Returns how many videos were published.
    pub fn published(&self) -> usize {
        self.desk.books().published
    }

    /// Returns the metadata of the sessions that were opened.
    pub fn metadata(&self) -> Vec<Value> {
        self.desk.books().metadata.clone()
    }

    /// Returns the thumbnails that were set, in order.
    pub fn covers(&self) -> Vec<Cover> {
        self.desk.books().covers.clone()
    }

    /// Changes what a video is by now.
    pub fn set_status(&self, video: &str, name: &str, value: &str) {
        let mut books = self.desk.books();
        books.videos.get_mut(video).unwrap()["status"][name] = json!(value);
    }
}

/// A call that the real network would refuse as well.
struct Refused(u16, &'static str, String);

impl From<Wrong> for Refused {
    fn from(Wrong(words): Wrong) -> Self {
        Self(400, "badRequest", words)
    }
}

fn wrong(words: impl Into<String>) -> Refused {
    Wrong(words.into()).into()
}

impl frame::Posting for Desk {
    const NETWORK: &'static str = "youtube";
    const SECRET: Option<&'static str> = Some(CLIENT_SECRET);

    fn start() -> Server {
        let server = Server::start();
        server.process_at_once();
        server
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
            (&Method::POST, "/upload/youtube/v3/videos") => self.open(call).await,
            (&Method::PUT, "/session") => self.put(call).await,
            (&Method::POST, "/upload/youtube/v3/thumbnails/set") => self.thumbnail(call).await,
            (&Method::GET, "/youtube/v3/videos") => self.read(call).await,
            (&Method::GET, "/youtube/v3/channels") => self.channel(call),
            (method, path) => Err(Refused(404, "notFound", format!("{method} {path}"))),
        };
        outcome.unwrap_or_else(|Refused(status, reason, words)| {
            self.notes.refused(&words);
            refusal(status, reason, &words)
        })
    }

    fn notes(&self) -> &Notes {
        &self.notes
    }

    fn consent(&self) -> &Consent {
        &self.consent
    }
}

fn refusal(status: u16, reason: &str, words: &str) -> Response {
    let errors = json!([{ "domain": "youtube", "reason": reason, "message": words }]);
    let body = json!({ "error": { "code": status, "message": words, "errors": errors } });
    let mut response = json_answer(status, JSON, &body);
    if status == 429 {
        let fields = response.headers_mut();
        fields.insert(header::RETRY_AFTER, "7".parse().unwrap());
    }
    response
}

/// Says how much of an upload is stored.
fn position(stored: u64) -> Response {
    let mut response = StatusCode::PERMANENT_REDIRECT.into_response();
    if stored > 0 {
        let range = format!("bytes=0-{}", stored - 1);
        let fields = response.headers_mut();
        fields.insert(header::RANGE, range.parse().unwrap());
    }
    response
}

/// Ends what was done: with this answer, or as the fault has it.
fn remarked(fault: Option<Fault>, status: u16, mut body: Value) -> Response {
    if let Some(Fault::Remarked(reason)) = fault {
        let errors = json!([{ "domain": "youtube", "reason": reason }]);
        body["error"] = json!({ "code": 500, "message": "said beside it", "errors": errors });
    }
    told(fault, json_answer(status, JSON, &body), refusal)
}

impl Cover {
    fn of(video: String, jpeg: Vec<u8>, picture: &image::DynamicImage) -> Self {
        let one = picture.thumbnail_exact(1, 1).to_rgb8();
        Self {
            video,
            jpeg,
            size: (picture.width(), picture.height()),
            colour: one.get_pixel(0, 0).0,
        }
    }
}

/// Returns a picture of one colour as a JPEG.
pub fn jpeg(colour: [u8; 3]) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(64, 36, image::Rgb(colour));
    let mut jpeg = std::io::Cursor::new(Vec::new());
    let format = image::ImageFormat::Jpeg;
    picture.write_to(&mut jpeg, format).unwrap();
    jpeg.into_inner()
}

impl Desk {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    /// Checks the token, and that it is good for one of these scopes.
    fn authorized(&self, call: &Call, scopes: &[&str]) -> Result<(), Refused> {
        let refused = || Refused(401, "authError", "no token, or another one".to_owned());
        let granted = self.consent.scopes(call).ok_or_else(refused)?;
        let is_one = |scope: &String| {
            let name = scope.rsplit('/').next().unwrap_or_default();
            scopes.contains(&name)
        };
        if granted.iter().any(is_one) {
            return Ok(());
        }
        let words = "Request had insufficient authentication scopes.".to_owned();
        Err(Refused(403, "insufficientPermissions", words))
    }

    /// Checks that the token's account has a channel.
    fn has_channel(&self) -> Result<(), Refused> {
        if self.books().is_closed {
            // As the real one has it: with the status of a token that is not good.
            let words = "the account has no channel".to_owned();
            return Err(Refused(401, "youtubeSignupRequired", words));
        }
        Ok(())
    }

    async fn open(&self, call: &mut Call) -> Result<Response, Refused> {
        if self.notes.is_cut(Step::Open) {
            call.half_of_body().await;
            hang_up();
        }
        let fault = self.notes.fault(Step::Open).await;
        if let Some(Fault::Refused(status, reason)) = fault {
            return Ok(refusal(status, reason, "asked for"));
        }
        self.authorized(call, UPLOADING)?;
        self.has_channel()?;
        let query = call.fields()?;
        let names: Vec<&str> = query.keys().map(String::as_str).collect();
        if names != ["notifySubscribers", "part", "uploadType"]
            || query["uploadType"] != "resumable"
            || query["part"] != "snippet,status"
        {
            return Err(wrong(format!("the query is {query:?}")));
        }
        let total = call.header("x-upload-content-length");
        let total = total.and_then(|n| n.parse().ok());
        let total: u64 = total.ok_or_else(|| wrong("no X-Upload-Content-Length"))?;
        let media_type = call.header("x-upload-content-type").unwrap_or_default();
        let media_type = media_type.to_owned();
        if !media_type.starts_with("video/") && media_type != "application/octet-stream" {
            return Err(wrong(format!("X-Upload-Content-Type is {media_type}")));
        }
        let metadata = call.json(JSON).await?;
        self.metadata(&names, &metadata)?;
        let mut books = self.books();
        let id = format!("marked-upload-{}", books.uploads.len() + 1);
        let upload = Upload {
            total,
            media_type,
            stored: 0,
            video: None,
        };
        books.uploads.insert(id.clone(), upload);
        books.metadata.push(metadata);
        drop(books);
        let location = match fault {
            Some(Fault::Unreadable) => {
                let elsewhere = "https://elsewhere.example/session";
                return Ok((StatusCode::OK, [(header::LOCATION, elsewhere)], "").into_response());
            }
            _ => format!("{}/session?upload_id={id}", self.base),
        };
        let answer = (StatusCode::OK, [(header::LOCATION, location)], "").into_response();
        Ok(told(fault, answer, refusal))
    }

    /// Checks what a video may be told to be.
    fn metadata(&self, names: &[&str], metadata: &Value) -> Result<(), Refused> {
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
            return Err(Refused(400, "invalidTitle", format!("the title {title}")));
        }
        let description = text("snippet", "description");
        if description.len() > 5_000 || description.contains(['<', '>']) {
            return Err(Refused(
                400,
                "invalidDescription",
                "the description".to_owned(),
            ));
        }
        let status = &metadata["status"];
        let is_private = text("status", "privacyStatus") == "private";
        if status.get("publishAt").is_some() && !is_private {
            return Err(Refused(
                400,
                "invalidPublishAt",
                "a time, and not private".to_owned(),
            ));
        }
        Ok(())
    }

    async fn put(&self, call: &mut Call) -> Result<Response, Refused> {
        self.authorized(call, UPLOADING)?;
        self.has_channel()?;
        let id = call.fields()?.remove("upload_id").unwrap_or_default();
        let range = call.header("content-range").unwrap_or_default().to_owned();
        let Some((sent, total)) = range.strip_prefix("bytes ").and_then(|r| r.split_once('/'))
        else {
            return Err(wrong(format!("Content-Range is {range}")));
        };
        let length = call.header("content-length");
        let length = length.and_then(|n| n.parse::<u64>().ok());
        let length = length.ok_or_else(|| wrong("no Content-Length"))?;
        let known = {
            let books = self.books();
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
            return Ok(self.position(&id).await);
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
        if call.header("content-type") != Some(media_type.as_str()) {
            return Err(wrong("a part of another type"));
        }
        let step = if is_last { Step::LastPart } else { Step::Part };
        if self.notes.is_cut(step) {
            // What came is stored, in the grain of the protocol.
            let came = call.half_of_body().await.len() as u64 / GRAIN * GRAIN;
            self.books().uploads.get_mut(&id).unwrap().stored += came;
            hang_up();
        }
        let fault = self.notes.fault(step).await;
        match fault {
            Some(Fault::Refused(status, reason)) => {
                return Ok(refusal(status, reason, "asked for"));
            }
            Some(Fault::Forgotten) => {
                self.books().uploads.remove(&id);
                return Ok(refusal(404, "notFound", "no such upload"));
            }
            _ => {}
        }
        let content = call.body().await;
        self.store(&id, &content);
        Ok(self.answered(fault, &id))
    }

    /// Tells whose token it is.
    fn channel(&self, call: &Call) -> Result<Response, Refused> {
        self.authorized(call, READING)?;
        let query = call.fields()?;
        let names: Vec<&str> = query.keys().map(String::as_str).collect();
        if let Some(discovery) = &self.discovery {
            let unknown = discovery.unknown_parameters("channels", "list", &names);
            if !unknown.is_empty() {
                return Err(wrong(unknown.join(", ")));
            }
        }
        if query.get("part").map(String::as_str) != Some("snippet")
            || query.get("mine").map(String::as_str) != Some("true")
        {
            return Err(wrong(format!("the query is {query:?}")));
        }
        let (handle, is_closed) = {
            let books = self.books();
            (books.channel, books.is_closed)
        };
        let id = handle.map_or("UCatelier".to_owned(), |handle| format!("UC{handle}"));
        let handle = handle.unwrap_or("petitatelier");
        let snippet = json!({ "title": "Petit atelier", "customUrl": format!("@{handle}") });
        let item = json!({ "kind": "youtube#channel", "id": id, "snippet": snippet });
        let mut list = json!({ "kind": "youtube#channelListResponse", "items": [item] });
        if is_closed {
            list =
                json!({ "kind": "youtube#channelListResponse", "pageInfo": { "totalResults": 0 } });
        }
        Ok(json_answer(200, JSON, &list))
    }

    /// Stores bytes; the last one makes the video.
    fn store(&self, id: &str, content: &Bytes) {
        let mut books = self.books();
        let forces_private = books.forces_private;
        let stage = if books.is_prompt {
            "processed"
        } else {
            "uploaded"
        };
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
        video["status"]["uploadStatus"] = json!(stage);
        if forces_private {
            video["status"]["privacyStatus"] = json!("private");
        }
        books.videos.insert(name, video);
        books.published += 1;
    }

    async fn position(&self, id: &str) -> Response {
        let fault = self.notes.fault(Step::Ask).await;
        match fault {
            Some(Fault::Refused(status, reason)) => return refusal(status, reason, "asked for"),
            Some(Fault::Forgotten) => {
                self.books().uploads.remove(id);
                return refusal(404, "notFound", "no such upload");
            }
            _ => {}
        }
        self.answered(fault, id)
    }

    /// Says how far an upload is, or what the fault has instead.
    fn answered(&self, fault: Option<Fault>, id: &str) -> Response {
        let books = self.books();
        let upload = &books.uploads[id];
        let video = upload.video.as_ref().map(|name| books.videos[name].clone());
        match video {
            Some(video) => remarked(fault, 201, video),
            None => told(fault, position(upload.stored), refusal),
        }
    }

    /// Takes a thumbnail for a video that is there.
    async fn thumbnail(&self, call: &mut Call) -> Result<Response, Refused> {
        if self.notes.is_cut(Step::Cover) {
            call.half_of_body().await;
            hang_up();
        }
        let fault = self.notes.fault(Step::Cover).await;
        if let Some(Fault::Refused(status, reason)) = fault {
            return Ok(refusal(status, reason, "asked for"));
        }
        self.authorized(call, UPLOADING)?;
        let granted = self.consent.scopes(call).unwrap_or_default();
        let query = call.fields()?;
        let names: Vec<&str> = query.keys().map(String::as_str).collect();
        if names != ["uploadType", "videoId"] || query["uploadType"] != "media" {
            return Err(wrong(format!("the query is {query:?}")));
        }
        let kind = call.header("content-type").unwrap_or_default().to_owned();
        let jpeg = call.body().await;
        let mut faults = Vec::new();
        if let Some(discovery) = &self.discovery {
            faults = discovery.unknown_parameters("thumbnails", "set", &names);
            faults.extend(discovery.media_faults("thumbnails", "set", &kind, jpeg.len()));
            if !discovery.allows("thumbnails", "set", &granted) {
                faults.push(format!("{granted:?} are not enough"));
            }
        }
        if kind != "image/jpeg" || jpeg.len() > LONGEST_THUMBNAIL {
            faults.push(format!("{} bytes of {kind}", jpeg.len()));
        }
        if !faults.is_empty() {
            return Err(wrong(faults.join(", ")));
        }
        let video = query["videoId"].clone();
        let picture = image::load_from_memory_with_format(&jpeg, image::ImageFormat::Jpeg);
        let picture = picture
            .map_err(|_jpeg| Refused(400, "invalidImage", "the picture is no JPEG".to_owned()))?;
        let mut books = self.books();
        if !books.videos.contains_key(&video) {
            return Err(Refused(404, "videoNotFound", format!("no video {video}")));
        }
        let sizes = json!({ "default": { "url": "https://i.ytimg.com/d.jpg", "width": 120, "height": 90 } });
        let body = json!({ "kind": "youtube#thumbnailSetResponse", "etag": "e", "items": [sizes] });
        books.covers.push(Cover::of(video, jpeg.to_vec(), &picture));
        drop(books);
        Ok(remarked(fault, 200, body))
    }

    async fn read(&self, call: &Call) -> Result<Response, Refused> {
        let fault = self.notes.fault(Step::Check).await;
        if let Some(Fault::Refused(status, reason)) = fault {
            return Ok(refusal(status, reason, "asked for"));
        }
        self.authorized(call, READING)?;
        let query: Fields = call.fields()?;
        let names: Vec<&str> = query.keys().map(String::as_str).collect();
        if let Some(discovery) = &self.discovery {
            let unknown = discovery.unknown_parameters("videos", "list", &names);
            if !unknown.is_empty() {
                return Err(wrong(unknown.join(", ")));
            }
        }
        let books = self.books();
        let ids = query
            .get("id")
            .map(String::as_str)
            .unwrap_or_default()
            .split(',');
        let items: Vec<&Value> = ids.filter_map(|id| books.videos.get(id)).collect();
        let body = json!({ "kind": "youtube#videoListResponse", "items": items });
        drop(books);
        Ok(remarked(fault, 200, body))
    }
}

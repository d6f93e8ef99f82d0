//! The strict servers refuse: a right call is done, and each change of it that the real network would refuse
//! is refused, with what was wrong with it, and nothing is published.
#![cfg(test)]

use serde_json::{Value, json};
use testkit::strict::browser::{Page, send};
use testkit::strict::oauth::{CLIENT_ID, CLIENT_SECRET, REFRESH, TOKEN};
use testkit::strict::{Posting, Server, tiktok, x, youtube};

const JSON: &str = "application/json; charset=UTF-8";

/// A call, to be changed.
#[derive(Clone)]
struct Call {
    method: &'static str,
    path: String,
    head: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Call {
    fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            head: vec![("Authorization", format!("Bearer {TOKEN}"))],
            body: Vec::new(),
        }
    }

    fn head(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.head.retain(|(known, _)| *known != name);
        self.head.push((name, value.into()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.head.retain(|(known, _)| *known != name);
        self
    }

    fn json(self, kind: &str, body: &Value) -> Self {
        self.head("Content-Type", kind).bytes(body.to_string())
    }

    fn form(self, fields: &[(&str, &str)]) -> Self {
        let pairs = fields.iter().map(|(name, value)| format!("{name}={value}"));
        let text = pairs.collect::<Vec<_>>().join("&");
        self.without("Authorization")
            .head("Content-Type", "application/x-www-form-urlencoded")
            .bytes(text)
    }

    fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    fn at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    fn by(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    fn to<D: Posting>(&self, server: &Server<D>) -> Page {
        let head: Vec<(&str, &str)> = self
            .head
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let url = format!("{}{}", server.base, self.path);
        send(self.method, &url, &head, &self.body).unwrap()
    }
}

/// Asserts that each of these is refused for a reason that names what is wrong.
#[track_caller]
fn refused<D: Posting>(server: &Server<D>, wrong: Vec<(&str, Call, &str)>) {
    for (what, call, reason) in wrong {
        let before = server.refusals().len();
        let page = call.to(server);
        assert!(page.status >= 400, "{what}: {} {}", page.status, page.body);
        let refusals = server.refusals();
        let told = refusals.get(before..).unwrap_or_default().join("; ");
        assert!(told.contains(reason), "{what}: {reason:?} in {told:?}");
        assert_eq!(D::published(server), 0, "{what}");
    }
}

/// Returns a copy of a value with a field, named by its path, changed; taken away by null.
fn with(value: &Value, path: &str, new: Value) -> Value {
    let mut changed = value.clone();
    let (parent, name) = path.rsplit_once('/').unwrap();
    let parent = changed
        .pointer_mut(parent)
        .unwrap()
        .as_object_mut()
        .unwrap();
    if new.is_null() {
        parent.remove(name).unwrap();
    } else {
        parent.insert(name.to_owned(), new);
    }
    changed
}

/// Calls for tokens that are refused, whatever the network.
fn refused_tokens<D: Posting>(server: &Server<D>, token: &str, client: &str) {
    let mut right = vec![
        (client, CLIENT_ID),
        ("grant_type", "refresh_token"),
        ("refresh_token", REFRESH),
    ];
    right.extend(D::SECRET.map(|secret| ("client_secret", secret)));
    let call = Call::new("POST", token);
    let form = |name: &str, value: Option<&'static str>| {
        let mut fields = right.clone();
        fields.retain(|(known, _)| *known != name);
        let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
        fields.extend(value.map(|value| (name, value)));
        call.clone().form(&fields)
    };
    let mut wrong = vec![
        ("another app", form(client, Some("other")), "another app"),
        ("no app", form(client, None), "another app, or none"),
        (
            "another grant",
            form("grant_type", Some("password")),
            "no such grant",
        ),
        (
            "another token",
            form("refresh_token", Some("other")),
            "no live refresh token",
        ),
        (
            "no token",
            form("refresh_token", None),
            "missing field refresh_token",
        ),
        (
            "an unknown field",
            form("audience", Some("a")),
            "unknown field audience",
        ),
        (
            "a used code",
            form("grant_type", Some("authorization_code")),
            "unknown field refresh_token",
        ),
        (
            "a header of who calls",
            form("", None).head("Authorization", "Basic YTpi"),
            "an Authorization header",
        ),
        (
            "in the address",
            form("", None).at(format!("{token}?refresh_token={REFRESH}")),
            "secrets in an address",
        ),
        (
            "no form",
            form("", None).head("Content-Type", "application/json"),
            "the body is no form",
        ),
        (
            "a field twice",
            form("", None).bytes(format!("{client}={CLIENT_ID}&{client}={CLIENT_ID}")),
            "comes twice",
        ),
    ];
    wrong.push(match D::SECRET {
        Some(_) => (
            "no secret",
            form("client_secret", None),
            "the secret is wrong",
        ),
        None => (
            "a secret too many",
            form("client_secret", Some(CLIENT_SECRET)),
            "one too many",
        ),
    });
    for (what, call, reason) in wrong {
        let page = call.to(server);
        // TikTok refuses with status 200.
        assert!(page.body.contains("error"), "{what}: {}", page.body);
        let told = server.refusals().pop().unwrap_or_default();
        assert!(told.contains(reason), "{what}: {reason:?} in {told:?}");
    }
    assert_eq!(server.refreshes(), 0);
    let done = form("", None).to(server);
    assert!(done.body.contains("access_token"), "{}", done.body);
}

#[test]
fn youtube_refuses_what_is_wrong() {
    let server = youtube::Desk::start();
    let metadata = json!({
        "snippet": { "title": "Trois idées", "description": "" },
        "status": { "privacyStatus": "private" },
    });
    let path = "/upload/youtube/v3/videos";
    let query = "uploadType=resumable&part=snippet,status&notifySubscribers=true";
    let bytes = 262_144 * 2 + 5_u64;
    let open = Call::new("POST", format!("{path}?{query}"))
        .head("X-Upload-Content-Length", bytes.to_string())
        .head("X-Upload-Content-Type", "video/mp4")
        .json(JSON, &metadata);
    let body = |path: &str, new: Value| open.clone().json(JSON, &with(&metadata, path, new));
    refused(
        &server,
        vec![
            (
                "no token",
                open.clone().without("Authorization"),
                "no token",
            ),
            (
                "another token",
                open.clone().head("Authorization", "Bearer other"),
                "no token, or another one",
            ),
            ("another method", open.clone().by("PUT"), "PUT /upload"),
            (
                "another path",
                open.clone().at("/upload/youtube/v4/videos"),
                "/v4/",
            ),
            (
                "an unknown parameter",
                open.clone().at(format!("{path}?{query}&autoLevels=true")),
                "the query",
            ),
            (
                "a parameter less",
                open.clone()
                    .at(format!("{path}?uploadType=resumable&part=snippet,status")),
                "the query",
            ),
            (
                "another protocol",
                open.clone()
                    .at(format!("{path}?{}", query.replace("resumable", "media"))),
                "the query",
            ),
            (
                "no length",
                open.clone().without("X-Upload-Content-Length"),
                "no X-Upload-Content-Length",
            ),
            (
                "another type of file",
                open.clone().head("X-Upload-Content-Type", "image/png"),
                "X-Upload-Content-Type is image/png",
            ),
            (
                "another type of body",
                open.clone().head("Content-Type", "text/plain"),
                "the body is of the type",
            ),
            ("no JSON", open.clone().bytes("{"), "the body is no JSON"),
            ("no title", body("/snippet/title", json!("")), "the title"),
            (
                "a long title",
                body("/snippet/title", json!("x".repeat(101))),
                "the title",
            ),
            (
                "a sign in the title",
                body("/snippet/title", json!("a<b")),
                "the title",
            ),
            (
                "a long description",
                body("/snippet/description", json!("é".repeat(2_501))),
                "the description",
            ),
            (
                "a time, and public",
                body(
                    "/status",
                    json!({ "privacyStatus": "public", "publishAt": "2027-01-01T00:00:00Z" }),
                ),
                "a time, and not private",
            ),
        ],
    );
    if testkit::shared().is_some() {
        refused(
            &server,
            vec![
                (
                    "an unknown field",
                    body("/snippet/colour", json!("red")),
                    "colour",
                ),
                (
                    "a number for words",
                    body("/snippet/title", json!(7)),
                    "title",
                ),
            ],
        );
    }
    let opened = open.to(&server);
    assert_eq!(opened.status, 200, "{}", opened.body);
    let session = opened.header("location").unwrap();
    let session = session.strip_prefix(&server.base).unwrap();
    refused_parts_of_youtube(&server, session, bytes);
    refused_tokens(&server, "/token", "client_id");
}

/// Parts of an upload of so many bytes that are refused, and those that make the video.
fn refused_parts_of_youtube(server: &Server<youtube::Desk>, session: &str, bytes: u64) {
    let part = |first: u64, length: u64, range: String| {
        let call = Call::new("PUT", session).head("Content-Type", "video/mp4");
        assert!(first + length <= bytes);
        call.head("Content-Range", range)
            .bytes(vec![7; length as usize])
    };
    let range = |first: u64, length: u64| format!("bytes {first}-{}/{bytes}", first + length - 1);
    let first = part(0, 262_144, range(0, 262_144));
    refused(
        server,
        vec![
            (
                "no token",
                first.clone().without("Authorization"),
                "no token",
            ),
            (
                "no range",
                first.clone().without("Content-Range"),
                "Content-Range is",
            ),
            (
                "another unit",
                first.clone().head("Content-Range", "items 0-1/2"),
                "Content-Range is items",
            ),
            (
                "another total",
                part(0, 262_144, format!("bytes 0-262143/{}", bytes + 1)),
                "bytes, and",
            ),
            (
                "a later part",
                part(262_144, 262_144, range(262_144, 262_144)),
                "after 0",
            ),
            (
                "another length",
                part(0, 262_144, range(0, 262_145)),
                "of 262144 bytes",
            ),
            (
                "beyond the end",
                part(0, 5, format!("bytes 0-{bytes}/{bytes}")),
                "after 0",
            ),
            (
                "no multiple of 256 KiB",
                part(0, 262_143, range(0, 262_143)),
                "a part of 262143",
            ),
            (
                "another type",
                first.clone().head("Content-Type", "video/webm"),
                "another type",
            ),
            (
                "a question with a body",
                part(0, 5, format!("bytes */{bytes}")),
                "a question with a body",
            ),
        ],
    );
    assert_eq!(first.to(server).status, 308);
    refused(server, vec![("the same part again", first, "after 262144")]);
    let rest = bytes - 262_144;
    let last = part(262_144, rest, range(262_144, rest));
    assert_eq!(last.to(server).status, 201);
    assert_eq!(last.to(server).status, 400, "it is whole");
    assert_eq!(server.published(), 1);
}

/// Returns a part of an upload to X as a form.
fn part_of_x(id: &str, index: &str, media: &[u8]) -> Call {
    let field = |name: &str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"");
    let mut body = format!("{}\r\n\r\n{index}\r\n", field("segment_index")).into_bytes();
    body.extend(field("media").into_bytes());
    body.extend(b"; filename=\"part\"\r\nContent-Type: application/octet-stream\r\n\r\n");
    body.extend(media);
    body.extend(b"\r\n--b--\r\n");
    Call::new("POST", format!("/2/media/upload/{id}/append"))
        .head("Content-Type", "multipart/form-data; boundary=b")
        .bytes(body)
}

#[test]
fn x_refuses_what_is_wrong() {
    let server = x::Desk::start();
    let kind = "application/json";
    let order = json!({
        "media_category": "tweet_video", "media_type": "video/mp4", "total_bytes": 6,
    });
    let open = Call::new("POST", "/2/media/upload/initialize").json(kind, &order);
    let body = |path: &str, new: Value| open.clone().json(kind, &with(&order, path, new));
    refused(
        &server,
        vec![
            (
                "no token",
                open.clone().without("Authorization"),
                "Unauthorized",
            ),
            ("another method", open.clone().by("PUT"), "PUT"),
            (
                "the old path",
                open.clone().at("/1.1/media/upload.json"),
                "/1.1/",
            ),
            (
                "another type of body",
                open.clone().head("Content-Type", "text/plain"),
                "the body is of the type",
            ),
            (
                "a picture",
                body("/media_category", json!("tweet_image")),
                "media_category",
            ),
            (
                "no category",
                body("/media_category", Value::Null),
                "media_category",
            ),
            (
                "another type",
                body("/media_type", json!("image/png")),
                "media_type",
            ),
            ("no length", body("/total_bytes", json!(0)), "total_bytes"),
        ],
    );
    if testkit::shared().is_some() {
        refused(
            &server,
            vec![
                ("an unknown field", body("/colour", json!("red")), "colour"),
                (
                    "an unknown parameter",
                    open.clone().at("/2/media/upload/initialize?colour=red"),
                    "colour",
                ),
            ],
        );
    }
    let opened = open.to(&server);
    assert_eq!(opened.status, 200, "{}", opened.body);
    let opened: Value = serde_json::from_str(&opened.body).unwrap();
    let id = opened["data"]["id"].as_str().unwrap();
    refused_parts_of_x(&server, id);
    refused_posts_on_x(&server, id);
    refused_tokens(&server, "/2/oauth2/token", "client_id");
}

/// Parts of an upload that are refused, and those that make it whole.
fn refused_parts_of_x(server: &Server<x::Desk>, id: &str) {
    let kind = "application/json";
    let finalize = Call::new("POST", format!("/2/media/upload/{id}/finalize"));
    let first = part_of_x(id, "0", b"abc");
    let post = json!({ "text": "a", "media": { "media_ids": [id] } });
    let make = Call::new("POST", "/2/tweets").json(kind, &post);
    let cut = |call: &Call, from: &str, to: &str| {
        let text = String::from_utf8(call.body.clone()).unwrap();
        call.clone().bytes(text.replace(from, to))
    };
    refused(
        server,
        vec![
            (
                "another upload",
                part_of_x("1", "0", b"abc"),
                "no such media",
            ),
            (
                "a later part first",
                part_of_x(id, "1", b"abc"),
                "part 1 after 0",
            ),
            (
                "no number",
                part_of_x(id, "first", b"abc"),
                "segment_index is no number",
            ),
            ("nothing", part_of_x(id, "0", b""), "a part of 0 bytes"),
            (
                "too much",
                part_of_x(id, "0", &vec![0; 5_000_001]),
                "a part of 5000001 bytes",
            ),
            (
                "no form",
                first
                    .clone()
                    .head("Content-Type", "application/octet-stream"),
                "a part of the type",
            ),
            (
                "another field",
                cut(&first, "\"media\"", "\"file\""),
                "fields",
            ),
            (
                "another type",
                cut(&first, "octet-stream", "json"),
                "fields",
            ),
            ("half a form", cut(&first, "--b--", "--b"), "cannot be read"),
            ("an end before the parts", finalize.clone(), "do not add up"),
            (
                "a post before the end",
                make.clone(),
                "media IDs are invalid",
            ),
        ],
    );
    assert_eq!(first.to(server).status, 200);
    assert_eq!(part_of_x(id, "1", b"def").to(server).status, 200);
    let told = finalize.clone().json(kind, &json!({ "a": 1 }));
    refused(server, vec![("an end with a body", told, "with a body")]);
    assert_eq!(finalize.to(server).status, 200);
    assert_eq!(finalize.to(server).status, 400, "once");
}

/// Posts of a whole upload that are refused, and the one that is made.
fn refused_posts_on_x(server: &Server<x::Desk>, id: &str) {
    let kind = "application/json";
    let post = json!({ "text": "a", "media": { "media_ids": [id] } });
    let make = Call::new("POST", "/2/tweets").json(kind, &post);
    let body = |path: &str, new: Value| make.clone().json(kind, &with(&post, path, new));
    refused(
        server,
        vec![
            (
                "a part after the end",
                part_of_x(id, "2", b"ghi"),
                "upload that is whole",
            ),
            (
                "no token",
                make.clone().without("Authorization"),
                "Unauthorized",
            ),
            (
                "another medium",
                body("/media/media_ids", json!(["1"])),
                "media IDs",
            ),
            (
                "two media",
                body("/media/media_ids", json!([id, id])),
                "media IDs",
            ),
            (
                "nothing",
                make.clone().json(kind, &json!({ "text": "" })),
                "nothing",
            ),
            (
                "another's posts",
                Call::new("GET", "/2/users/1/tweets?max_results=5"),
                "posts of another account",
            ),
            (
                "an unknown question",
                Call::new("GET", format!("/2/media/upload?media_id={id}")),
                "command",
            ),
        ],
    );
    assert_eq!(make.to(server).status, 201);
    assert_eq!(server.published(), 1);
}

#[test]
fn tiktok_refuses_what_is_wrong() {
    let server = tiktok::Desk::start();
    let chunk = 5 * 1_048_576_u64;
    let size = 2 * chunk + 7;
    let order = json!({
        "post_info": {
            "title": "a", "privacy_level": "SELF_ONLY",
            "disable_duet": true, "disable_comment": true, "disable_stitch": true,
        },
        "source_info": {
            "source": "FILE_UPLOAD", "video_size": size, "chunk_size": chunk,
            "total_chunk_count": 2,
        },
    });
    let path = "/v2/post/publish/video/init/";
    let open = Call::new("POST", path).json(JSON, &order);
    refused(
        &server,
        vec![(
            "the account was not asked",
            open.clone(),
            "creator_info was not asked",
        )],
    );
    refused_questions_to_tiktok(&server);
    let body = |path: &str, new: Value| open.clone().json(JSON, &with(&order, path, new));
    let source = |size: u64, chunk: u64, count: u64| {
        let source = json!({
            "source": "FILE_UPLOAD", "video_size": size, "chunk_size": chunk,
            "total_chunk_count": count,
        });
        body("/source_info", source)
    };
    refused(
        &server,
        vec![
            (
                "no token",
                open.clone().without("Authorization"),
                "no token",
            ),
            ("another method", open.clone().by("PUT"), "PUT"),
            (
                "no slash",
                open.clone().at(path.trim_end_matches('/')),
                "POST",
            ),
            (
                "an unknown field",
                body("/post_info/colour", json!(1)),
                "unknown field colour",
            ),
            (
                "a field less",
                body("/post_info/disable_duet", Value::Null),
                "lacks disable_duet",
            ),
            (
                "no source",
                body("/source_info", Value::Null),
                "lacks source_info",
            ),
            (
                "words for a flag",
                body("/post_info/disable_duet", json!("yes")),
                "disable_duet is",
            ),
            (
                "a cover of half a millisecond",
                body("/post_info/video_cover_timestamp_ms", json!(0.5)),
                "video_cover_timestamp_ms is",
            ),
            (
                "a long title",
                body("/post_info/title", json!("😀".repeat(1_101))),
                "the title is too long",
            ),
            (
                "another privacy",
                body("/post_info/privacy_level", json!("FOLLOWER_OF_CREATOR")),
                "is not offered",
            ),
            (
                "from an address",
                body("/source_info/source", json!("PULL_FROM_URL")),
                "the source",
            ),
            ("no size", source(0, chunk, 2), "video_size is 0"),
            ("rounded up", source(size, chunk, 3), "in 3 chunks"),
            ("small chunks", source(size, chunk / 2, 4), "in 4 chunks"),
            (
                "a large chunk",
                source(65_000_000, 65_000_000, 1),
                "in 1 chunks",
            ),
            (
                "two chunks of little",
                source(4_000_000, 2_000_000, 2),
                "in 2 chunks",
            ),
        ],
    );
    let opened = open.to(&server);
    assert_eq!(opened.status, 200, "{}", opened.body);
    let opened: Value = serde_json::from_str(&opened.body).unwrap();
    let url = opened["data"]["upload_url"].as_str().unwrap();
    let url = url.strip_prefix(&server.base).unwrap();
    // What is asked for once is asked for before each post.
    refused(
        &server,
        vec![("not asked again", open, "creator_info was not asked")],
    );
    refused_parts_of_tiktok(&server, url, (chunk, size));
    refused_tokens(&server, "/v2/oauth/token/", "client_key");
}

/// Questions about the account that are refused, and the one that is answered.
fn refused_questions_to_tiktok(server: &Server<tiktok::Desk>) {
    let ask = Call::new("POST", "/v2/post/publish/creator_info/query/").json(JSON, &json!({}));
    refused(
        server,
        vec![
            ("no token", ask.clone().without("Authorization"), "no token"),
            (
                "another type",
                ask.clone().head("Content-Type", "application/json"),
                "the body is of the type",
            ),
            (
                "an unknown field",
                ask.clone().json(JSON, &json!({ "colour": 1 })),
                "unknown field colour",
            ),
            (
                "an unknown field of the user",
                Call::new("GET", "/v2/user/info/?fields=open_id,colour"),
                "unknown field colour",
            ),
        ],
    );
    assert_eq!(ask.to(server).status, 200);
}

/// Chunks of an upload that are refused, and those that make the post.
fn refused_parts_of_tiktok(server: &Server<tiktok::Desk>, url: &str, (chunk, size): (u64, u64)) {
    let part = |first: u64, end: u64, range: String| {
        Call::new("PUT", url)
            .without("Authorization")
            .head("Content-Type", "video/mp4")
            .head("Content-Range", range)
            .bytes(vec![7; (end - first) as usize])
    };
    let range = |first: u64, end: u64| format!("bytes {first}-{}/{size}", end - 1);
    let first = part(0, chunk, range(0, chunk));
    refused(
        server,
        vec![
            (
                "a token for the host of uploads",
                first
                    .clone()
                    .head("Authorization", format!("Bearer {TOKEN}")),
                "a token for the host",
            ),
            (
                "another address",
                first.clone().at(url.replace("marked-upload", "other")),
                "another upload_token",
            ),
            (
                "no range",
                first.clone().without("Content-Range"),
                "Content-Range is",
            ),
            (
                "another type",
                first.clone().head("Content-Type", "video/x-flv"),
                "a chunk of the type",
            ),
            (
                "the second first",
                part(chunk, size, range(chunk, size)),
                "after 0",
            ),
            (
                "half a chunk",
                part(0, chunk / 2, range(0, chunk / 2)),
                "up to",
            ),
            (
                "more than a chunk",
                part(0, chunk + 1, range(0, chunk + 1)),
                "up to",
            ),
            (
                "another total",
                part(0, chunk, format!("bytes 0-{}/{}", chunk - 1, size + 1)),
                "up to",
            ),
            (
                "another length",
                part(0, chunk - 1, range(0, chunk)),
                "up to",
            ),
        ],
    );
    assert_eq!(first.to(server).status, 206);
    refused(server, vec![("the same again", first, "after 5242880")]);
    let last = part(chunk, size, range(chunk, size));
    assert_eq!(last.to(server).status, 201);
    assert_eq!(server.published(), 1);
}

//! YouTube's server: a resumable upload.

use serde_json::{Value, json};
use testkit::strict::{Posting as _, Server, youtube};

use crate::{Call, JSON, no_token, refused, refused_tokens, with};

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
            no_token(&open),
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
            no_token(&first),
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

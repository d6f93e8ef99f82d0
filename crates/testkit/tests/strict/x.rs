//! X's server: an upload in parts, and the post.

use serde_json::{Value, json};
use testkit::strict::{Posting as _, Server, x};

use crate::{Call, refused, refused_tokens, with};

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

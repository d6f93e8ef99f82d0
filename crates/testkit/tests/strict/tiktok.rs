//! TikTok's server: questions about the account, an upload in chunks.

use serde_json::{Value, json};
use testkit::strict::oauth::TOKEN;
use testkit::strict::{Posting as _, Server, tiktok};

use crate::{Call, JSON, no_token, refused, refused_tokens, with};

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
            no_token(&open),
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
            no_token(&ask),
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

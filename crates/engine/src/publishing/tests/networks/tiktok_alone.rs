//! What is TikTok's alone.

use super::*;

#[test]
fn a_last_chunk_that_tiktok_counts_late_makes_no_second_post() {
    for spent in [
        tiktok::Spent::Range,
        tiktok::Spent::Ended,
        tiktok::Spent::Whole,
    ] {
        for lag in [1, 2, 40] {
            let live = Live::<tiktok::Desk>::new();
            live.server.lag(lag, spent);
            let done = live.post_with(&[(Step::LastPart, Fault::AnswerLost)]);
            let what = format!("{spent:?} {lag}: {done:?}");
            assert_eq!(live.published(), 1, "{what}");
            assert_eq!(live.server.posts().len(), 1, "{what}: no other upload");
            // Sent once more, a last chunk that is taken says that all is there.
            let is_told = lag < 40 || spent == tiktok::Spent::Whole;
            let expect = if is_told {
                State::Published
            } else {
                State::Uncertain
            };
            assert_eq!(done.state, expect, "{what}");
        }
    }
    // What was never sent is not in doubt: an address that ended in a sleep is opened anew.
    let live = Live::<tiktok::Desk>::new();
    let done = live.post_with(&[(Step::LastPart, Fault::Forgotten)]);
    assert_eq!(done.state, State::Published, "{done:?}");
}

#[test]
fn what_tiktok_takes_is_told_before_and_sent_as_meant() {
    let live = Live::<tiktok::Desk>::new();
    let publishing = live.open();
    let unchosen = Order {
        privacy: None,
        ..public()
    };
    let refused = live.refused(&publishing, &unchosen);
    assert_eq!(refused.code, ErrorCode::PostRefused);
    assert!(refused.hint.contains("--privacy"), "{refused}");
    let long = Order {
        caption: "é".repeat(2_201),
        ..public()
    };
    assert!(live.refused(&publishing, &long).message.contains("2201"));
    for (name, value) in [("comments", "on"), ("cover", "21"), ("cover", "-1")] {
        let refused = live.refused(&publishing, &with_option(public(), name, value));
        assert_eq!(refused.code, ErrorCode::Usage, "{name}={value}");
    }
    let order = Order {
        options: [("comments", "yes"), ("cover", "1.5"), ("own-brand", "yes")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        synthetic: Some(posts::Answer::Yes),
        ..public()
    };
    let id = live.order(&publishing, &order);
    live.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
    let expect = serde_json::json!({
        "title": "En deux minutes. #conseil",
        "privacy_level": "PUBLIC_TO_EVERYONE",
        "disable_duet": true,
        "disable_comment": false,
        "disable_stitch": true,
        "video_cover_timestamp_ms": 1_500,
        "brand_organic_toggle": true,
        "is_aigc": true,
    });
    assert_eq!(live.server.posts()[0]["post_info"], expect);
}

#[test]
fn what_an_account_may_not_do_on_tiktok_is_told_in_words() {
    let check = |prepare: &dyn Fn(&Server<tiktok::Desk>), order: &Order, part: &str, hint: &str| {
        let live = Live::<tiktok::Desk>::new();
        prepare(&live.server);
        let publishing = live.open();
        let id = live.order(&publishing, order);
        live.run(&publishing);
        let entry = publishing.entries(&[id]).unwrap().remove(0);
        let error = entry.error.unwrap();
        let told = (entry.state, error.code);
        assert_eq!(told, (State::Failed, ErrorCode::PostRefused), "{error:?}");
        assert!(error.message.contains(part), "{part}: {error:?}");
        assert!(error.hint.contains(hint), "{hint}: {error:?}");
        assert_eq!(live.published(), 0);
    };
    check(
        &|server| server.make_unaudited(),
        &public(),
        "not audited the app",
        "--privacy private",
    );
    check(
        &|server| server.offer(&["SELF_ONLY"]),
        &public(),
        "offers SELF_ONLY",
        "--privacy",
    );
    check(
        &|server| server.limit(15),
        &public(),
        "the video has 20.0 s",
        "shorter",
    );
    check(
        &|server| server.disable("comment"),
        &with_option(public(), "comments", "yes"),
        "no comments",
        "comments=yes",
    );
    check(
        &|server| server.reject("file_format_check_failed"),
        &public(),
        "does not read the format",
        "TikTok's app",
    );
    // What is off anyway may be off.
    let live = Live::<tiktok::Desk>::new();
    live.server.disable("comment");
    assert_eq!(live.post_with(&[]).state, State::Published);
}

#[test]
fn who_may_see_a_video_on_tiktok_is_read_back() {
    // An app without an audit, for the account alone.
    let live = Live::<tiktok::Desk>::new();
    live.server.make_unaudited();
    let publishing = live.open();
    let private = Order {
        privacy: Some(Privacy::Private),
        ..public()
    };
    // That alone is not enough while the account itself is public.
    let id = live.order(&publishing, &private);
    live.run(&publishing);
    let refused = publishing.entries(&[id]).unwrap().remove(0);
    let error = refused.error.unwrap();
    let told = (refused.state, error.code);
    assert_eq!(told, (State::Failed, ErrorCode::PostRefused), "{error:?}");
    assert!(
        error.hint.contains("set the account to private"),
        "{error:?}"
    );
    live.server.make_private();
    let id = live.order(&publishing, &private);
    live.run(&publishing);
    let done = publishing.entries(&[id]).unwrap().remove(0);
    let error = done.error.unwrap();
    let told = (done.state, error.code);
    assert_eq!(told, (State::Published, ErrorCode::OnlyYou), "{error:?}");
    assert!(error.message.contains("only you can see"), "{error:?}");
    let page = "https://www.tiktok.com/@petitatelier";
    assert_eq!(
        done.url.as_deref(),
        Some(page),
        "it has no address of its own"
    );
    // Moderators look first, and longer than is waited for.
    let live = Live::<tiktok::Desk>::new();
    live.server.moderate();
    let done = live.post_with(&[]);
    assert_eq!(done.state, State::Published);
    let error = done.error.unwrap();
    assert_eq!(error.code, ErrorCode::InReview, "{error:?}");
    assert_eq!(done.url.as_deref(), Some(page));
    assert_eq!(live.published(), 1);
    // Work that takes a while.
    let live = Live::<tiktok::Desk>::new();
    live.server.works(3);
    let done = live.post_with(&[]);
    assert_eq!((done.state, &done.error), (State::Published, &None));
    assert!(done.url.unwrap().starts_with(&format!("{page}/video/")));
}

#[test]
fn what_the_account_may_do_is_told_before_it_is_posted_to() {
    let live = Live::<tiktok::Desk>::new();
    let publishing = live.open();
    let account = AccountId(publishing.outbox.accounts().unwrap()[0].id);
    let ask = || publishing.creator(account, &Cancel::new());
    let expect = CreatorView {
        name: "L’atelier".to_owned(),
        handle: Some("@petitatelier".to_owned()),
        privacy: vec![Privacy::Public, Privacy::Friends, Privacy::Private],
        switched_off: Vec::new(),
        longest_ms: Some(600_000),
    };
    assert_eq!(ask().unwrap(), Some(expect.clone()));
    live.server.offer(&["SELF_ONLY"]);
    live.server.disable("duet");
    live.server.disable("comment");
    live.server.limit(60);
    // With a token that has ended, by a new one.
    live.server.expire_tokens();
    let limited = CreatorView {
        privacy: vec![Privacy::Private],
        switched_off: vec![Interaction::Comment, Interaction::Duet],
        longest_ms: Some(60_000),
        ..expect
    };
    assert_eq!(ask().unwrap(), Some(limited));
    assert_eq!(live.server.refreshes(), 1);
    assert_eq!(live.published(), 0, "it is only asked");

    live.server.refuse(0);
    // Over a connection of its own: those that are there stay.
    let offline = live.open().creator(account, &Cancel::new());
    let offline = offline.unwrap_err().to_api();
    assert_eq!(offline.code, ErrorCode::NetworkUnreachable, "{offline}");
    live.server.door().open();
    live.server
        .fail(Step::Account, Fault::Refused(503, "internal_error"));
    let broken = ask().unwrap_err().to_api();
    assert!(broken.message.contains("TikTok"), "{broken}");
    live.server.revoke_all();
    let ended = ask().unwrap_err().to_api();
    assert_eq!(ended.code, ErrorCode::NotConnected, "{ended}");
}

#[test]
fn networks_that_do_not_say_are_not_asked() {
    let live = Live::<youtube::Desk>::new();
    let publishing = live.open();
    let account = AccountId(publishing.outbox.accounts().unwrap()[0].id);
    assert_eq!(publishing.creator(account, &Cancel::new()).unwrap(), None);
    assert_eq!(live.server.calls(), [] as [&str; 0]);
}

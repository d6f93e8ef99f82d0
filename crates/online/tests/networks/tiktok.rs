//! Posts on TikTok: a strict local server that can fail at every step, and that counts videos.

use std::time::Duration;

use online::secrets::ExposeSecret as _;
use online::tiktok::{Api, Draft, Interaction, Privacy};
use online::upload::{Advice, Audience, Position, Progress, Session, State};
use online::{Endpoints, Error};
use testkit::strict::oauth::{CLIENT_ID, CLIENT_SECRET, User};
use testkit::strict::tiktok::{Desk, Fault, Server, Spent, Step};

use crate::bench::{self, advice};

/// Bytes of a chunk that is not the last.
const CHUNK: u64 = 10_000_000;
/// Two chunks, and a rest that the last one takes.
const BYTES: u64 = 2 * CHUNK + 1_234;

type Bench = bench::Bench<Api, Desk>;

fn bench_of(bytes: u64) -> Bench {
    let server = Server::start();
    let endpoints = server.endpoints();
    let draft = Draft {
        title: "Trois idées #conseil".into(),
        privacy: Privacy::PublicToEveryone,
        comments: Interaction::Allowed,
        duets: Interaction::Off,
        stitches: Interaction::Allowed,
        duration: Some(Duration::from_secs(75)),
        cover_ms: Some(1_500),
        paid_partnership: None,
        own_brand: Some(true),
        made_with_ai: Some(false),
    };
    let api = |all: Endpoints| Api::new(all.tiktok);
    Bench::of(bytes, server, &endpoints, api, draft)
}

fn bench() -> Bench {
    bench_of(BYTES)
}

impl Bench {
    /// Posts as a careful caller does: an unknown outcome is asked about, never sent again blindly.
    fn post(&self) -> Result<String, Error> {
        let mut session = None;
        let mut from = 0;
        let mut is_in_doubt = false;
        for _ in 0..30 {
            let outcome = match &session {
                None => match self.open() {
                    Ok(opened) => {
                        session = Some(opened);
                        from = 0;
                        continue;
                    }
                    Err(error) => Err(error),
                },
                Some(open) if is_in_doubt => self.position(open, 0),
                Some(open) => self.send(open, from),
            };
            match outcome {
                Ok(Position::Posted { remote }) => return Ok(remote),
                Ok(Position::Stored(stored)) => (from, is_in_doubt) = (stored, false),
                Ok(Position::Gone) => (session, is_in_doubt) = (None, false),
                Ok(other) => panic!("{other:?}"),
                Err(error) if error.may_have_acted() => is_in_doubt = session.is_some(),
                Err(Error::Refused {
                    advice: Advice::Retry(_),
                    ..
                }) => {}
                Err(error) => return Err(error),
            }
        }
        panic!("it goes in circles at {from}");
    }
}

#[test]
fn a_video_is_posted_once_as_it_was_meant() {
    let bench = bench();
    let remote = bench.post().unwrap();
    assert_eq!(bench.server.refusals(), [] as [&str; 0]);
    assert_eq!(bench.server.published(), 1);
    let expect = serde_json::json!({
        "post_info": {
            "title": "Trois idées #conseil",
            "privacy_level": "PUBLIC_TO_EVERYONE",
            "disable_duet": true,
            "disable_comment": false,
            "disable_stitch": false,
            "video_cover_timestamp_ms": 1_500,
            "brand_organic_toggle": true,
            "is_aigc": false,
        },
        "source_info": {
            "source": "FILE_UPLOAD",
            "video_size": BYTES,
            "chunk_size": CHUNK,
            "total_chunk_count": 2,
        },
    });
    assert_eq!(bench.server.posts(), [expect]);
    let state = bench.state(&remote).unwrap();
    let expect = State {
        progress: Progress::Processed,
        audience: Some(Audience::Everybody),
        public_name: Some("7512345678901234567".into()),
    };
    assert_eq!(state, expect, "all digits of the number");
}

#[test]
fn any_size_is_cut_as_tiktok_wants_it() {
    for bytes in [1, 4_999_999, 5_000_000, CHUNK, 2 * CHUNK - 1, 2 * CHUNK] {
        let bench = bench_of(bytes);
        assert!(
            bench.post().is_ok(),
            "{bytes}: {:?}",
            bench.server.refusals()
        );
        assert_eq!(bench.server.published(), 1, "{bytes}");
    }
    let empty = bench_of(0);
    assert!(empty.post().is_err());
}

#[test]
fn whatever_fails_once_there_is_one_video() {
    let faults = [
        Fault::Refused(503, ""),
        Fault::Refused(500, "internal_error"),
        Fault::Refused(429, "rate_limit_exceeded"),
        Fault::Refused(200, "internal"),
        Fault::Reset,
        Fault::ResetInBody,
        Fault::AnswerLost,
        Fault::Unreadable,
        Fault::Slow(Duration::from_millis(60)),
    ];
    for step in [Step::Open, Step::Part, Step::LastPart] {
        for fault in faults {
            // An address of an upload has no errors inside an answer.
            if step != Step::Open && fault == Fault::Refused(200, "internal") {
                continue;
            }
            let bench = bench();
            bench.server.fail(step, fault);
            bench.assert_one_post(&bench.post(), bench.server.published(), (step, fault));
        }
    }
}

#[test]
fn the_question_after_a_lost_answer_may_fail_too() {
    for step in [Step::Part, Step::LastPart] {
        for fault in [
            Fault::Reset,
            Fault::Unreadable,
            Fault::Refused(503, ""),
            Fault::Refused(200, "internal"),
        ] {
            let bench = bench();
            bench.server.fail(step, Fault::AnswerLost);
            bench.server.fail(Step::Ask, fault);
            let outcome = bench.post();
            assert!(outcome.is_ok(), "{step:?} {fault:?}: {outcome:?}");
            assert_eq!(bench.server.published(), 1, "{step:?} {fault:?}");
        }
    }
}

#[test]
fn an_error_in_an_answer_of_success_is_no_post() {
    let bench = bench();
    let session = bench.open().unwrap();
    bench
        .server
        .fail(Step::Part, Fault::Refused(200, "internal_error"));
    assert!(bench.send(&session, 0).unwrap_err().may_have_acted());
    bench.send(&session, 0).unwrap();
    let last = |fault| {
        bench.server.fail(Step::LastPart, fault);
        let error = bench.send(&session, CHUNK).unwrap_err();
        assert!(error.may_have_acted(), "{fault:?}: {error:?}");
        bench.position(&session, CHUNK).unwrap()
    };
    let refused = last(Fault::Refused(200, "internal_error"));
    assert_eq!(refused, Position::Stored(CHUNK));
    assert_eq!(bench.server.published(), 0, "and none is claimed");
    let done = last(Fault::Disowned(200, "internal_error"));
    assert!(matches!(done, Position::Posted { .. }), "{done:?}");
    assert_eq!(bench.server.published(), 1);
}

#[test]
fn an_upload_goes_on_at_its_chunk_in_another_process() {
    let bench = bench();
    let session = bench.open().unwrap();
    assert_eq!(bench.position(&session, 0).unwrap(), Position::Stored(0));
    bench.server.fail(Step::Part, Fault::AnswerLost);
    assert!(bench.send(&session, 0).unwrap_err().may_have_acted());
    let session = Session(session.0.clone());
    assert_eq!(
        bench.position(&session, 0).unwrap(),
        Position::Stored(CHUNK)
    );
    let posted = bench.send(&session, CHUNK).unwrap();
    assert!(matches!(posted, Position::Posted { .. }), "{posted:?}");
    assert_eq!(bench.position(&session, 0).unwrap(), posted);
    assert_eq!(
        bench.send(&session, BYTES).unwrap(),
        posted,
        "nothing is sent"
    );
    // What other networks do by calls of their own is asked about here.
    assert_eq!(bench.make(Some(&session)).unwrap(), posted);
    assert!(bench.look(Some(&session)).unwrap().is_some());
    assert_eq!(bench.server.published(), 1);
    assert_eq!(bench.server.refusals(), [] as [&str; 0]);
}

#[test]
fn after_its_hour_an_upload_is_gone() {
    let bench = bench();
    let session = bench.open().unwrap();
    bench.send(&session, 0).unwrap();
    bench.server.expire_uploads();
    assert_eq!(
        bench.position(&session, 0).unwrap(),
        Position::Stored(CHUNK)
    );
    assert_eq!(bench.send(&session, CHUNK).unwrap(), Position::Gone);
    assert_eq!(bench.server.published(), 0);
    bench.server.fail(Step::Ask, Fault::Forgotten);
    assert_eq!(bench.position(&session, 0).unwrap(), Position::Gone);
    assert_eq!(
        bench.state("v_pub_file~none").unwrap().progress,
        Progress::Gone
    );
    let forged = Session("{}".into());
    assert_eq!(bench.send(&forged, 0).unwrap(), Position::Gone);
    assert_eq!(bench.position(&forged, 0).unwrap(), Position::Gone);
}

#[test]
fn an_upload_does_not_go_elsewhere_and_takes_no_token() {
    let bench = bench();
    bench.server.fail(Step::Open, Fault::Forgotten);
    let outcome = bench.open();
    assert!(
        matches!(outcome, Err(Error::ForeignAddress { .. })),
        "{outcome:?}"
    );
    let elsewhere =
        r#"{"publish_id":"a","upload_url":"https://elsewhere.example/marked?b=marked"}"#;
    let outcome = bench.send(&Session(elsewhere.into()), 0);
    assert!(
        matches!(outcome, Err(Error::ForeignAddress { .. })),
        "{outcome:?}"
    );
    // The server refuses a token at the address of an upload.
    bench.post().unwrap();
    assert_eq!(bench.server.refusals(), [] as [&str; 0]);
}

#[test]
fn what_the_account_may_do_is_asked_and_kept_to() {
    let mut bench = bench();
    bench
        .server
        .offer(&["FOLLOWER_OF_CREATOR", "SELF_ONLY", "OF_LATER_YEARS"]);
    bench.server.disable("comment");
    let creator = bench.api.creator(&bench.token, &bench.go).unwrap();
    assert_eq!(creator.nickname, "L’atelier");
    assert_eq!(
        creator.privacy,
        [Privacy::FollowerOfCreator, Privacy::SelfOnly]
    );
    assert_eq!(
        (creator.comments, creator.duets),
        (Interaction::Off, Interaction::Allowed)
    );
    assert_eq!(creator.longest, Some(Duration::from_mins(10)));
    let (found, reason) = advice(bench.open());
    assert_eq!(found, Advice::Fix);
    assert_eq!(reason, "privacy_level_option_mismatch");
    bench.draft.privacy = Privacy::FollowerOfCreator;
    let (found, reason) = advice(bench.open());
    assert_eq!(
        (found, reason.as_str()),
        (Advice::Fix, "comment_disabled"),
        "what is asked for is not left out unsaid"
    );
    bench.draft.comments = Interaction::Off;
    bench.server.limit(60);
    let (found, reason) = advice(bench.open());
    assert_eq!(
        (found, reason.as_str()),
        (Advice::Fix, "duration_check_failed")
    );
    bench.server.limit(75);
    assert_eq!(bench.server.posts(), [] as [serde_json::Value; 0]);
    let remote = bench.post().unwrap();
    assert_eq!(
        bench.server.posts()[0]["post_info"]["disable_comment"],
        true
    );
    let state = bench.state(&remote).unwrap();
    assert_eq!(
        (state.progress, state.audience),
        (Progress::Processed, None)
    );
    assert_eq!(bench.server.refusals(), [] as [&str; 0]);
}

#[test]
fn an_app_without_an_audit_posts_for_the_account_alone() {
    let mut bench = bench();
    bench.server.make_unaudited();
    let (found, reason) = advice(bench.open());
    assert_eq!(found, Advice::Account);
    assert_eq!(reason, "unaudited_client_can_only_post_to_private_accounts");
    bench.draft.privacy = Privacy::SelfOnly;
    let (found, reason) = advice(bench.open());
    assert_eq!(found, Advice::Account, "the account is public");
    assert_eq!(reason, "unaudited_client_can_only_post_to_private_accounts");
    bench.server.make_private();
    let remote = bench.post().unwrap();
    let state = bench.state(&remote).unwrap();
    assert_eq!(state.progress, Progress::Processed);
    assert_eq!(state.audience, Some(Audience::Account));
    assert_eq!(state.public_name, None);
}

#[test]
fn what_becomes_of_a_video_is_read_back() {
    let bench = bench();
    bench.server.works(2);
    let remote = bench.post().unwrap();
    assert_eq!(bench.state(&remote).unwrap().progress, Progress::Processing);
    assert_eq!(bench.state(&remote).unwrap().progress, Progress::Processing);
    bench.server.moderate();
    let state = bench.state(&remote).unwrap();
    assert_eq!(
        (state.progress, state.audience),
        (Progress::Processed, None)
    );
    let check = |reason: &str, expect: Progress| {
        bench.server.reject(reason);
        assert_eq!(bench.state(&remote).unwrap().progress, expect);
    };
    let failed = "frame_rate_check_failed";
    check(failed, Progress::Failed(failed.into()));
    check("spam_risk", Progress::Rejected("spam_risk".into()));
    for fault in [Fault::Reset, Fault::Unreadable, Fault::Refused(503, "")] {
        bench.server.fail(Step::Check, fault);
        assert!(bench.state(&remote).is_err(), "{fault:?}");
    }
}

#[test]
fn refusals_say_what_to_do() {
    let check = |status, code, expect: Advice| {
        let bench = bench_of(1_000);
        bench.server.fail(Step::Open, Fault::Refused(status, code));
        let (found, reason) = advice(bench.open());
        assert_eq!((found, reason.as_str()), (expect, code), "{status}");
    };
    let minute = Some(Duration::from_mins(1));
    for status in [200, 400, 403] {
        check(status, "spam_risk", Advice::Fix);
        check(status, "spam_risk_too_many_posts", Advice::Tomorrow);
        check(status, "reached_active_user_cap", Advice::Tomorrow);
        check(
            status,
            "spam_risk_user_banned_from_posting",
            Advice::Account,
        );
        check(status, "access_token_invalid", Advice::Reconnect);
        check(status, "scope_not_authorized", Advice::Reconnect);
        check(status, "rate_limit_exceeded", Advice::Retry(minute));
        check(status, "invalid_params", Advice::Fix);
    }
    check(401, "", Advice::Reconnect);
    check(429, "", Advice::Retry(minute));
    check(502, "", Advice::Retry(None));
    let bench = bench_of(1_000);
    bench.server.expire_tokens();
    assert_eq!(advice(bench.open()).0, Advice::Reconnect);
}

#[test]
fn a_file_that_changed_is_refused() {
    bench().assert_change_is_refused();
}

#[test]
fn nothing_that_is_printed_holds_the_token_or_the_upload() {
    let bench = bench_of(1_000);
    let session = bench.open().unwrap();
    assert!(
        session.0.expose_secret().contains("marked"),
        "what is searched for"
    );
    let mut printed = vec![format!("{session:?} {:?}", bench.api)];
    for fault in [Fault::Reset, Fault::Refused(500, "x"), Fault::Unreadable] {
        bench.server.fail(Step::LastPart, fault);
        match bench.send(&session, 0) {
            Err(error) => printed.push(format!("{error} {error:?}")),
            // Bytes that are all there post, whatever the answer's body holds.
            posted => assert!(posted.is_ok()),
        }
    }
    let printed = printed.concat();
    assert!(!printed.contains("marked"), "{printed}");
}

/// The count of what came lags behind the last chunk, which is there: whatever the address answers to
/// it once more, the upload is never taken for one that can be opened anew unasked.
#[test]
fn a_last_chunk_that_is_not_counted_yet_stays_one_video() {
    for spent in [Spent::Range, Spent::Ended, Spent::Whole] {
        let bench = bench();
        let session = bench.open().unwrap();
        bench.send(&session, 0).unwrap();
        bench.server.fail(Step::LastPart, Fault::AnswerLost);
        bench.server.lag(2, spent);
        assert!(bench.send(&session, CHUNK).unwrap_err().may_have_acted());
        assert_eq!(
            bench.position(&session, CHUNK).unwrap(),
            Position::Stored(CHUNK)
        );
        match bench.send(&session, CHUNK) {
            Ok(Position::Posted { .. }) => assert_eq!(spent, Spent::Whole),
            // That it may be there all the same is the caller's to know.
            Ok(Position::Gone) => assert_eq!(spent, Spent::Ended),
            Err(error) => assert!(error.may_have_acted(), "{spent:?}: {error:?}"),
            other => panic!("{spent:?}: {other:?}"),
        }
        bench.position(&session, CHUNK).unwrap();
        let posted = bench.position(&session, CHUNK).unwrap();
        assert!(matches!(posted, Position::Posted { .. }), "{posted:?}");
        assert_eq!(bench.server.published(), 1);
    }
}

#[test]
fn a_count_below_what_was_confirmed_is_late() {
    let bench = bench();
    let session = bench.open().unwrap();
    assert_eq!(bench.send(&session, 0).unwrap(), Position::Stored(CHUNK));
    let other = bench.open().unwrap();
    // The other upload has nothing yet; what the caller knows of it counts.
    assert_eq!(
        bench.position(&other, CHUNK).unwrap(),
        Position::Stored(CHUNK)
    );
}

#[test]
fn whose_token_it_is_is_told_as_far_as_it_was_granted() {
    let bench = bench();
    let account = bench.api.account(&bench.token, &bench.go).unwrap();
    assert_eq!(account.id, "open-id-1");
    assert_eq!(account.name, "L’atelier");
    assert_eq!(account.username.as_deref(), Some("petitatelier"));
    bench.server.user(User::GrantsOne);
    let granted = consented(&bench);
    let account = bench.api.account(&granted, &bench.go).unwrap();
    assert_eq!(account.username, None, "user.info.profile was not granted");
    assert_eq!(account.name, "L’atelier");
    assert_eq!(bench.server.refusals(), [] as [&str; 0]);
    bench.server.expire_tokens();
    let outcome = bench.api.account(&bench.token, &bench.go);
    assert_eq!(advice(outcome).0, Advice::Reconnect);
}

/// Connects and returns the access token.
fn consented(bench: &Bench) -> online::secrets::Secret {
    let endpoints = Endpoints::overridden_by(&bench.server.endpoints()).unwrap();
    let app = online::consent::App {
        client_id: CLIENT_ID.to_owned(),
        client_secret: Some(CLIENT_SECRET.into()),
    };
    let consent = online::consent::Consent::begin(
        online::tiktok::dialect(&endpoints.tiktok),
        app,
        online::tiktok::SCOPES,
        online::consent::Language::English,
        Duration::from_secs(20),
    )
    .unwrap();
    let address = consent.address().to_string();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            testkit::strict::browser::get(&testkit::strict::browser::consent(&address))
        });
        consent.wait(&bench.go).unwrap().access
    })
}

#[test]
fn the_calls_that_are_planned_are_those_that_are_made() {
    let bench = bench();
    let plan = bench.api.plan(&bench.draft, &bench.source).unwrap();
    let remote = bench.post().unwrap();
    bench.state(&remote).unwrap();
    bench.assert_planned(&plan);
    let body: serde_json::Value = serde_json::from_str(plan[1].body.as_ref().unwrap()).unwrap();
    assert_eq!(bench.server.posts(), [body]);
}

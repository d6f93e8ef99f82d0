//! Posts on X: a strict local server that can fail at every step, and that counts posts.

use std::time::Duration;

use online::upload::{Advice, Audience, Network as _, Position, Progress, Session};
use online::x::{Api, Draft, Replies};
use online::{Endpoints, Error};
use testkit::strict::x::{
    ACCOUNT, DAILY_RESET_SECS, Desk, Fault, RESET_SECS, Server, Step, Unfinished,
};

use crate::bench::{self, advice};

const PART: u64 = 2 << 20;
/// Two whole parts and a rest.
const BYTES: u64 = 2 * PART + 1_234;

type Bench = bench::Bench<Api, Desk>;

fn bench() -> Bench {
    let server = Server::start();
    let endpoints = server.endpoints();
    let api = |all: Endpoints| Api::new(all.x);
    Bench::of(BYTES, server, &endpoints, api, draft("Trois idées"))
}

fn draft(text: &str) -> Draft {
    Draft {
        text: text.into(),
        ..Draft::default()
    }
}

impl Bench {
    /// Uploads all of it, and waits until it may be posted.
    fn uploaded(&self) -> Session {
        let session = self.open().unwrap();
        let mut from = 0;
        loop {
            let position = if from < BYTES {
                self.send(&session, from)
            } else {
                self.position(&session, from)
            };
            match position.unwrap() {
                Position::Stored(stored) => from = stored,
                Position::Uploaded => return session,
                Position::Working { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Posts as a careful caller does: an unknown outcome is asked about, a lost upload begun again,
    /// and nothing is posted before it was looked for.
    fn post(&self) -> Result<String, Error> {
        let mut session = None;
        let mut from = 0;
        let mut is_uploaded = false;
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
                Some(open) if is_in_doubt => match self.look(Some(open)) {
                    Ok(Some(remote)) => return Ok(remote),
                    Ok(None) => {
                        is_in_doubt = false;
                        continue;
                    }
                    Err(error) => Err(error),
                },
                Some(open) if is_uploaded => {
                    let outcome = self.make(Some(open));
                    is_in_doubt = outcome.as_ref().is_err_and(Error::may_have_acted);
                    outcome
                }
                Some(open) if from < BYTES => self.send(open, from),
                Some(open) => self.position(open, from),
            };
            match outcome {
                Ok(Position::Stored(stored)) => from = stored,
                Ok(Position::Uploaded) => is_uploaded = true,
                Ok(Position::Working { .. }) => {}
                Ok(Position::Posted { remote }) => return Ok(remote),
                Ok(Position::Gone) => (session, is_uploaded) = (None, false),
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(error),
            }
        }
        panic!("it goes in circles at {from}");
    }
}

fn is_passing(error: &Error) -> bool {
    let is_to_be_tried = matches!(
        error,
        Error::Refused {
            advice: Advice::Retry(_),
            ..
        }
    );
    is_to_be_tried || error.may_have_acted()
}

#[test]
fn a_video_is_posted_once_as_it_was_meant() {
    for unfinished in [Unfinished::Refused, Unfinished::Known] {
        let mut bench = bench();
        bench.server.unfinished(unfinished);
        bench.server.works(2);
        bench.draft = Draft {
            text: "Trois idées & plus".into(),
            replies: Replies::MentionedUsers,
            made_with_ai: Some(true),
            paid_partnership: Some(false),
        };
        let remote = bench.post().unwrap();
        assert_eq!(bench.server.refusals(), [] as [&str; 0]);
        assert_eq!(bench.server.published(), 1);
        let posts = bench.server.posts();
        let media = posts[0]["media"]["media_ids"][0].as_str().unwrap();
        let expect = serde_json::json!({
            "text": "Trois idées & plus",
            "media": { "media_ids": [media] },
            "reply_settings": "mentionedUsers",
            "made_with_ai": true,
            "paid_partnership": false,
        });
        assert_eq!(posts[0], expect);
        let state = bench.state(&remote).unwrap();
        assert_eq!(state.progress, Progress::Processed);
        assert_eq!(state.audience, Some(Audience::Everybody));
        bench.server.delete(&remote);
        assert_eq!(bench.state(&remote).unwrap().progress, Progress::Gone);
    }
}

#[test]
fn a_post_without_a_video_is_its_text() {
    let bench = bench();
    let posted = bench.make(None).unwrap();
    assert!(matches!(posted, Position::Posted { .. }), "{posted:?}");
    let expect = serde_json::json!({ "text": "Trois idées" });
    assert_eq!(bench.server.posts(), [expect], "nothing is claimed");
    assert_eq!(bench.server.refusals(), [] as [&str; 0]);
}

#[test]
fn whatever_fails_once_there_is_one_post() {
    let faults = [
        Fault::Refused(503, ""),
        Fault::Refused(500, "internal-error"),
        Fault::Refused(429, ""),
        Fault::Reset,
        Fault::ResetInBody,
        Fault::AnswerLost,
        Fault::Unreadable,
        Fault::Forgotten,
        Fault::Slow(Duration::from_millis(60)),
    ];
    let steps = [
        Step::Open,
        Step::Part,
        Step::LastPart,
        Step::Ask,
        Step::Post,
    ];
    for step in steps {
        for fault in faults {
            if fault == Fault::Forgotten && matches!(step, Step::Open | Step::Ask) {
                continue;
            }
            let bench = bench();
            bench.server.works(1);
            bench.server.fail(step, fault);
            bench.assert_one_post(&bench.post(), bench.server.published(), (step, fault));
        }
    }
}

#[test]
fn a_lost_answer_is_found_again_by_its_video() {
    let disowned = Fault::Disowned(200, "internal-error");
    for fault in [Fault::AnswerLost, Fault::Unreadable, disowned] {
        let bench = bench();
        bench.server.rename_fields();
        let session = bench.uploaded();
        assert_eq!(bench.look(Some(&session)).unwrap(), None, "not yet");
        bench.server.fail(Step::Post, fault);
        let error = bench.make(Some(&session)).unwrap_err();
        assert!(error.may_have_acted(), "{error:?}");
        // The same text by hand is another post.
        bench.server.post_beside("Trois idées", 0);
        bench.server.lag(0);
        let remote = bench.look(Some(&session)).unwrap().unwrap();
        assert_eq!(bench.state(&remote).unwrap().progress, Progress::Processed);
        assert!(remote.ends_with('1'), "the first post: {remote}");
        assert_eq!(bench.server.refusals(), [] as [&str; 0]);
    }
}

#[test]
fn a_list_that_lags_behind_finds_nothing_yet() {
    let bench = bench();
    let session = bench.uploaded();
    bench.make(Some(&session)).unwrap();
    bench.server.lag(1);
    assert_eq!(bench.look(Some(&session)).unwrap(), None);
    assert!(bench.look(Some(&session)).unwrap().is_some());
}

#[test]
fn a_post_is_found_however_many_came_after() {
    let bench = bench();
    let session = bench.uploaded();
    bench.make(Some(&session)).unwrap();
    for number in 0..250 {
        bench.server.post_beside(&format!("{number}"), 0);
    }
    assert!(bench.look(Some(&session)).unwrap().is_some(), "three pages");
    for number in 0..600 {
        bench.server.post_beside(&format!("{number}"), 0);
    }
    let outcome = bench.look(Some(&session));
    assert!(
        outcome.is_err(),
        "not to have seen all is not nothing: {outcome:?}"
    );
}

#[test]
fn a_text_is_found_again_as_x_writes_it() {
    let mut bench = bench();
    bench.draft = draft("a < b & c https://exemple.fr et ide\u{301}es");
    bench.server.fail(Step::Post, Fault::AnswerLost);
    assert!(bench.make(None).unwrap_err().may_have_acted());
    assert!(bench.look(None).unwrap().is_some());
    // Sent again all the same, X refuses it, and the one that is there is taken.
    let posted = bench.make(None).unwrap();
    assert!(matches!(posted, Position::Posted { .. }), "{posted:?}");
    assert_eq!(bench.server.published(), 1);
}

#[test]
fn the_same_text_of_long_ago_is_another_post() {
    let bench = bench();
    bench.server.post_beside("Trois idées", 3 * 86_400);
    assert_eq!(bench.look(None).unwrap(), None);
    assert!(bench.make(None).is_ok());
    assert!(bench.look(None).unwrap().is_some());
}

#[test]
fn an_upload_goes_on_at_its_part_in_another_process() {
    let bench = bench();
    let session = bench.open().unwrap();
    assert_eq!(bench.send(&session, 0).unwrap(), Position::Stored(PART));
    let session = Session(session.0.clone());
    assert_eq!(
        bench.position(&session, PART).unwrap(),
        Position::Stored(PART),
        "X does not tell: what was confirmed counts"
    );
    // A part that came although nobody knows may come again.
    bench.server.fail(Step::Part, Fault::AnswerLost);
    assert!(bench.send(&session, PART).unwrap_err().may_have_acted());
    assert_eq!(
        bench.send(&session, PART).unwrap(),
        Position::Stored(2 * PART)
    );
    let all = bench.send(&session, 2 * PART).unwrap();
    assert_eq!(all, Position::Stored(BYTES));
    assert_eq!(bench.position(&session, BYTES).unwrap(), Position::Uploaded);
    assert_eq!(bench.position(&session, BYTES).unwrap(), Position::Uploaded);
    assert!(bench.make(Some(&session)).is_ok());
    assert_eq!(bench.server.refusals(), [] as [&str; 0]);
}

#[test]
fn an_upload_that_x_forgot_is_gone() {
    let bench = bench();
    let session = bench.open().unwrap();
    bench.send(&session, 0).unwrap();
    let whole = bench.uploaded();
    bench.server.forget_media();
    assert_eq!(bench.send(&session, PART).unwrap(), Position::Gone);
    assert_eq!(bench.position(&session, BYTES).unwrap(), Position::Gone);
    assert_eq!(bench.make(Some(&whole)).unwrap(), Position::Gone);
    assert_eq!(bench.server.published(), 0);
    for kept in ["", "{}", r#"{"id":"../2/tweets","key":"","opened":null}"#] {
        let forged = Session(kept.into());
        assert_eq!(bench.send(&forged, 0).unwrap(), Position::Gone, "{kept}");
        assert_eq!(bench.make(Some(&forged)).unwrap(), Position::Gone, "{kept}");
        assert!(bench.look(Some(&forged)).is_err(), "{kept}");
    }
    assert_eq!(
        bench.send(&session, 7).unwrap(),
        Position::Gone,
        "parts of another size"
    );
}

#[test]
fn work_on_a_video_is_waited_for_and_may_fail() {
    let bench = bench();
    bench.server.works(2);
    bench.server.fail_work("InvalidMedia", "unsupported codec");
    let session = bench.open().unwrap();
    let mut from = 0;
    while from < BYTES {
        let Position::Stored(stored) = bench.send(&session, from).unwrap() else {
            panic!("{from}");
        };
        from = stored;
    }
    let after = |secs| Position::Working {
        after: Some(Duration::from_secs(secs)),
    };
    assert_eq!(
        bench.position(&session, from).unwrap(),
        after(1),
        "finalized"
    );
    assert_eq!(bench.position(&session, from).unwrap(), after(3));
    assert_eq!(bench.position(&session, from).unwrap(), after(3));
    let (advice, reason) = advice(bench.position(&session, from));
    assert_eq!((advice, reason.as_str()), (Advice::Fix, "InvalidMedia"));
}

#[test]
fn refusals_say_what_to_do() {
    let check = |status, kind, expect: Advice| {
        let bench = bench();
        bench.server.fail(Step::Post, Fault::Refused(status, kind));
        let (found, _) = advice(bench.make(None));
        assert_eq!(found, expect, "{status} {kind}");
        assert_eq!(bench.server.published(), 0);
    };
    check(400, "invalid-request", Advice::Fix);
    check(403, "not-authorized-for-resource", Advice::Fix);
    check(403, "duplicate", Advice::Fix);
    check(401, "", Advice::Reconnect);
    check(403, "unsupported-authentication", Advice::Reconnect);
    check(403, "client-forbidden", Advice::Account);
    check(403, "user-suspended", Advice::Account);
    check(402, "", Advice::Account);
    check(429, "usage-capped", Advice::Account);
    check(503, "", Advice::Retry(None));
    // Errors inside an answer of success.
    check(200, "usage-capped", Advice::Account);
    check(200, "invalid-request", Advice::Fix);
    check(200, "internal-error", Advice::Retry(None));
    let mut bench = bench();
    bench.server.expire_tokens();
    assert_eq!(advice(bench.open()).0, Advice::Reconnect);
    bench.token = "another\nline".into();
    assert_eq!(advice(bench.open()).0, Advice::Reconnect);
}

#[test]
fn a_rate_is_waited_out_by_the_networks_clock() {
    let bench = bench();
    bench.server.fail(Step::Open, Fault::Refused(429, ""));
    let (Advice::Retry(Some(wait)), _) = advice(bench.open()) else {
        panic!("no wait");
    };
    let secs = wait.as_secs();
    assert!(
        (RESET_SECS - 1..=RESET_SECS + 2).contains(&secs),
        "{secs} s"
    );
}

#[test]
fn the_posts_of_a_day_are_waited_out_until_the_next() {
    let bench = bench();
    bench.server.fail(Step::Post, Fault::Refused(429, "daily"));
    let (Advice::Retry(Some(wait)), _) = advice(bench.make(None)) else {
        panic!("no wait");
    };
    let secs = wait.as_secs();
    assert!(
        (DAILY_RESET_SECS - 1..=DAILY_RESET_SECS + 2).contains(&secs),
        "{secs} s"
    );
}

#[test]
fn a_video_that_is_gone_because_a_post_has_it_is_found() {
    let bench = bench();
    let session = bench.uploaded();
    bench.make(Some(&session)).unwrap();
    bench.server.forget_media();
    let posted = bench.make(Some(&session)).unwrap();
    assert!(matches!(posted, Position::Posted { .. }), "{posted:?}");
    assert_eq!(bench.server.published(), 1);
}

#[test]
fn whose_token_it_is_is_told() {
    let bench = bench();
    let account = bench.api.account(&bench.token, &bench.go).unwrap();
    assert_eq!(account.id, ACCOUNT);
    assert_eq!(account.name, "Atelier");
    assert_eq!(account.username, "atelier");
    bench.server.expire_tokens();
    let outcome = bench.api.account(&bench.token, &bench.go);
    assert_eq!(advice(outcome).0, Advice::Reconnect);
}

#[test]
fn the_calls_that_are_planned_are_those_that_are_made() {
    let bench = bench();
    let plan = bench.api.plan(&bench.draft, &bench.source).unwrap();
    let remote = bench.post().unwrap();
    bench.state(&remote).unwrap();
    bench.assert_planned(&plan);
    let body = |at: usize| -> serde_json::Value {
        serde_json::from_str(plan[at].body.as_ref().unwrap()).unwrap()
    };
    assert_eq!(body(0)["total_bytes"], BYTES);
    let mut post = body(plan.len() - 2);
    assert_eq!(post["media"]["media_ids"][0], "…");
    post["media"] = bench.server.posts()[0]["media"].clone();
    assert_eq!(bench.server.posts(), [post]);
}

#[test]
fn answers_that_are_none_are_unknown_outcomes() {
    for step in [Step::Open, Step::Post, Step::Look, Step::Check] {
        let bench = bench();
        bench.server.fail(step, Fault::Unreadable);
        let error = match step {
            Step::Open => bench.open().map(drop),
            Step::Post => bench.make(None).map(drop),
            Step::Look => bench.look(None).map(drop),
            _ => bench.state("1").map(drop),
        };
        let error = error.unwrap_err();
        assert!(
            matches!(error, Error::Malformed { .. }),
            "{step:?}: {error:?}"
        );
    }
}

#[test]
fn nothing_that_is_printed_holds_the_token_or_the_upload() {
    let bench = bench();
    let session = bench.uploaded();
    let mut printed = vec![format!("{session:?} {:?}", bench.api)];
    for fault in [Fault::Reset, Fault::Refused(500, "x"), Fault::Unreadable] {
        bench.server.fail(Step::Post, fault);
        let error = bench.make(Some(&session)).unwrap_err();
        printed.push(format!("{error} {error:?}"));
    }
    let printed = printed.concat();
    assert!(!printed.contains("marked"), "{printed}");
}

#[test]
fn a_file_that_changed_is_refused() {
    bench().assert_change_is_refused();
}

#[test]
fn large_files_have_larger_parts() {
    let bench = bench();
    assert_eq!(bench.api.part(BYTES), PART);
    assert_eq!(bench.api.part(16 << 30), 17_179_870, "a thousand parts");
}

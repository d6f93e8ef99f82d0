//! Uploads to YouTube: a strict local server that can fail at every step, and that counts videos.

use std::path::PathBuf;

use online::upload::{Advice, Audience, Network as _, Position, Progress, Session, Source};
use online::youtube::{Api, Draft, Notify, Privacy};
use online::{Endpoints, Error};
use testkit::strict::youtube::{Desk, Fault, Server, Step};

use crate::bench::{self, advice};

/// Two whole parts and a rest.
const BYTES: u64 = 2 * (8 << 20) + 1_234_567;

type Bench = bench::Bench<Api, Desk>;

fn bench_of(bytes: u64) -> Bench {
    let server = Server::start();
    let endpoints = server.endpoints();
    let api = |all: Endpoints| Api::new(all.youtube);
    Bench::of(bytes, server, &endpoints, api, draft())
}

fn bench() -> Bench {
    bench_of(BYTES)
}

fn draft() -> Draft {
    Draft {
        title: "Trois idées".into(),
        description: "En deux minutes. #conseil".into(),
        tags: vec!["idées".into(), "petit atelier".into()],
        category: Some("22".into()),
        language: Some("fr".into()),
        privacy: Privacy::Public,
        made_for_kids: Some(false),
        synthetic: Some(true),
        ..Draft::default()
    }
}

impl Bench {
    /// Posts as a careful caller does: after any failure of a part it asks where it stands. Gives up
    /// after some attempts, as the caller would after some time.
    fn post(&self) -> Result<String, Error> {
        let mut session = retried(|| self.open())?;
        let mut from = 0;
        for _ in 0..20 {
            let position = match self.send(&session, from) {
                Err(error) if is_passing(&error) => retried(|| self.position(&session, 0))?,
                other => other?,
            };
            match position {
                Position::Stored(bytes) => from = bytes,
                Position::Posted { remote } => return Ok(remote),
                Position::Uploaded | Position::Working { .. } => {
                    panic!("it posts with its last part")
                }
                Position::Gone => {
                    session = retried(|| self.open())?;
                    from = 0;
                }
            }
        }
        panic!("it goes in circles at {from}");
    }
}

/// Calls a second time after a failure that may pass.
fn retried<T>(call: impl Fn() -> Result<T, Error>) -> Result<T, Error> {
    match call() {
        Err(error) if is_passing(&error) => call(),
        other => other,
    }
}

fn is_passing(error: &Error) -> bool {
    matches!(
        error,
        Error::Refused {
            advice: Advice::Retry(_),
            ..
        } | Error::Unreachable { .. }
            | Error::Malformed { .. }
            | Error::Stalled { .. }
    )
}

#[test]
fn a_video_is_posted_once_as_it_was_meant() {
    let bench = bench();
    let video = bench.post().unwrap();
    assert_eq!(bench.server.published(), 1);
    assert_eq!(
        bench.server.refusals(),
        [] as [&str; 0],
        "nothing was wrong with any call"
    );
    let expect = serde_json::json!({
        "snippet": {
            "title": "Trois idées",
            "description": "En deux minutes. #conseil",
            "tags": ["idées", "petit atelier"],
            "categoryId": "22",
            "defaultLanguage": "fr",
        },
        "status": {
            "privacyStatus": "public",
            "selfDeclaredMadeForKids": false,
            "containsSyntheticMedia": true,
        },
    });
    assert_eq!(bench.server.metadata(), [expect]);
    let state = bench.state(&video).unwrap();
    assert_eq!(state.progress, Progress::Processing);
    assert_eq!(state.audience, Some(Audience::Everybody));
}

#[test]
fn a_thumbnail_is_set_for_a_video_that_is_there() {
    use testkit::strict::youtube::jpeg;

    let mut bench = bench_of(1_000);
    bench.draft.cover_ms = Some(1_500);
    let plan = bench.api.plan(&bench.draft, &bench.source).unwrap();
    let video = bench.post().unwrap();
    let set = |video: &str, jpeg: &[u8]| {
        bench
            .api
            .set_thumbnail(&bench.token, video, jpeg, &bench.go)
    };
    let picture = jpeg([20, 30, 200]);
    set(&video, &picture).unwrap();
    bench.state(&video).unwrap();
    let (planned, made) = (&plan[plan.len() - 2].url, bench.server.calls());
    assert_eq!(made.len(), plan.len(), "{made:?}");
    let path = planned.strip_prefix(&bench.server.base).unwrap();
    assert_eq!(
        path.split('?').next(),
        made.iter().rev().nth(1).map(String::as_str)
    );
    assert!(path.ends_with("?uploadType=media&videoId=…"), "{path}");
    assert_eq!(bench.server.refusals(), [] as [&str; 0]);
    let covers = bench.server.covers();
    assert_eq!(
        (covers.len(), &covers[0].video, &covers[0].jpeg),
        (1, &video, &picture)
    );

    // Twice does no harm; what cannot be is refused in the network's words.
    set(&video, &picture).unwrap();
    let reason = |outcome: Result<(), Error>| match outcome {
        Err(Error::Refused { reason, advice, .. }) => (reason, advice),
        other => panic!("{other:?}"),
    };
    let (unknown, advice) = reason(set("none", &picture));
    assert_eq!(unknown, "videoNotFound");
    assert_eq!(
        advice,
        Advice::Retry(None),
        "it may not be known everywhere yet"
    );
    assert_eq!(
        reason(set(&video, b"no JPEG")),
        ("invalidImage".to_owned(), Advice::Fix)
    );
    let long = vec![0; online::youtube::LONGEST_THUMBNAIL + 1];
    assert_eq!(reason(set(&video, &long)).1, Advice::Fix);
    bench
        .server
        .fail(Step::Cover, Fault::Refused(403, "forbidden"));
    assert_eq!(
        reason(set(&video, &picture)),
        ("forbidden".to_owned(), Advice::Fix)
    );
    bench
        .server
        .fail(Step::Cover, Fault::Remarked("backendError"));
    let remarked = set(&video, &picture).unwrap_err();
    assert!(remarked.may_have_acted(), "{remarked:?}");
}

#[test]
fn what_was_not_answered_is_not_claimed() {
    let mut bench = bench_of(1_000);
    bench.draft = Draft {
        title: "t".into(),
        publish_at: Some("2026-12-01T08:00:00Z".into()),
        privacy: Privacy::Public,
        notify: Notify::Nobody,
        ..Draft::default()
    };
    bench.open().unwrap();
    let expect = serde_json::json!({
        "snippet": { "title": "t", "description": "" },
        "status": { "privacyStatus": "private", "publishAt": "2026-12-01T08:00:00Z" },
    });
    assert_eq!(
        bench.server.metadata(),
        [expect],
        "a time is only honoured when private"
    );
    assert_eq!(bench.server.refusals(), [] as [&str; 0]);
}

/// Per step and fault: exactly one video, or none and an error that says what to do; never two.
#[test]
fn whatever_fails_once_there_is_one_video() {
    let faults = [
        Fault::Refused(503, "backendError"),
        Fault::Refused(500, ""),
        Fault::Refused(429, "rateLimitExceeded"),
        Fault::Refused(403, "userRateLimitExceeded"),
        Fault::Reset,
        Fault::ResetInBody,
        Fault::AnswerLost,
        Fault::Unreadable,
        Fault::Forgotten,
    ];
    for step in [Step::Open, Step::Part, Step::LastPart] {
        for fault in faults {
            if (step, fault) == (Step::Open, Fault::Forgotten)
                || (step, fault) == (Step::Open, Fault::Unreadable)
                || fault == Fault::Refused(403, "userRateLimitExceeded") && step != Step::Open
            {
                continue;
            }
            let bench = bench();
            bench.server.fail(step, fault);
            bench.assert_one_post(&bench.post(), bench.server.published(), (step, fault));
        }
    }
}

#[test]
fn the_question_after_a_failure_may_fail_too() {
    for (step, first) in [
        (Step::Part, Fault::Reset),
        (Step::LastPart, Fault::AnswerLost),
    ] {
        for second in [
            Fault::Refused(503, "backendError"),
            Fault::Reset,
            Fault::Unreadable,
        ] {
            let bench = bench();
            bench.server.fail(step, first);
            bench.server.fail(Step::Ask, second);
            let outcome = bench.post();
            assert!(
                outcome.is_ok(),
                "{step:?} {first:?} {second:?}: {outcome:?}"
            );
            assert_eq!(bench.server.published(), 1, "{step:?} {first:?} {second:?}");
        }
    }
}

#[test]
fn after_a_crash_an_upload_goes_on_at_its_byte() {
    let bench = bench();
    let session = bench.open().unwrap();
    assert_eq!(
        bench.position(&session, 0).unwrap(),
        Position::Stored(0),
        "308 without a range"
    );
    let Position::Stored(stored) = bench.send(&session, 0).unwrap() else {
        panic!("one part is not all");
    };
    assert_eq!(stored, 8 << 20);
    // What is kept of the session is enough for another process.
    let again = session.clone();
    assert_eq!(bench.position(&again, 0).unwrap(), Position::Stored(stored));
    let Position::Stored(stored) = bench.send(&again, stored).unwrap() else {
        panic!("two parts are not all");
    };
    let posted = bench.send(&again, stored).unwrap();
    assert!(matches!(posted, Position::Posted { .. }), "{posted:?}");
    assert_eq!(
        bench.position(&again, 0).unwrap(),
        posted,
        "asked again, the same answer"
    );
    assert_eq!(
        bench.send(&again, bench.source.bytes).unwrap(),
        posted,
        "nothing more is sent"
    );
    assert_eq!(bench.server.published(), 1);
    assert_eq!(bench.server.refusals(), [] as [&str; 0]);
}

#[test]
fn a_file_that_changed_is_refused() {
    let bench = bench();
    let session = bench.open().unwrap();
    bench.send(&session, 0).unwrap();
    for length in [BYTES - 1, BYTES + 1] {
        std::fs::write(&bench.source.path, vec![7; length as usize]).unwrap();
        let outcome = bench.send(&session, 8 << 20);
        assert!(
            matches!(outcome, Err(Error::SourceChanged { .. })),
            "{outcome:?}"
        );
        let opened = bench.open();
        assert!(
            matches!(opened, Err(Error::SourceChanged { .. })),
            "{opened:?}"
        );
    }
    std::fs::remove_file(&bench.source.path).unwrap();
    assert!(matches!(bench.open(), Err(Error::Unwritable { .. })));
    assert_eq!(bench.server.published(), 0);
}

#[test]
fn refusals_say_what_to_do() {
    let check = |status, reason, expect: Advice| {
        let bench = bench_of(1_000);
        bench
            .server
            .fail(Step::Open, Fault::Refused(status, reason));
        let (found, why) = advice(bench.open());
        assert_eq!((found, why.as_str()), (expect, reason), "{status}");
    };
    check(400, "invalidTitle", Advice::Fix);
    check(403, "forbidden", Advice::Fix);
    check(401, "", Advice::Reconnect);
    check(403, "quotaExceeded", Advice::QuotaReset);
    check(400, "uploadLimitExceeded", Advice::Tomorrow);
    let hour = Some(std::time::Duration::from_hours(1));
    check(403, "rateLimitExceeded", Advice::Retry(hour));
    let secs = std::time::Duration::from_secs(7);
    check(429, "rateLimitExceeded", Advice::Retry(Some(secs)));
    check(503, "backendError", Advice::Retry(None));
    let mut bench = bench_of(1_000);
    bench.token = "another".into();
    assert_eq!(advice(bench.open()).0, Advice::Reconnect);
}

#[test]
fn an_upload_does_not_go_elsewhere() {
    let bench = bench_of(1_000);
    bench.server.fail(Step::Open, Fault::Unreadable);
    let outcome = bench.open();
    assert!(
        matches!(outcome, Err(Error::ForeignAddress { .. })),
        "{outcome:?}"
    );
    let forged = Session("https://elsewhere.example/session?upload_id=1".into());
    let outcome = bench.send(&forged, 0);
    assert!(
        matches!(outcome, Err(Error::ForeignAddress { .. })),
        "{outcome:?}"
    );
}

#[test]
fn what_became_of_a_video_is_read_back() {
    let bench = bench_of(1_000);
    bench.server.force_private();
    let video = bench.post().unwrap();
    let check = |progress: Progress| {
        let state = bench.state(&video).unwrap();
        assert_eq!(state.progress, progress);
        assert_eq!(
            state.audience,
            Some(Audience::Account),
            "YouTube made it private"
        );
    };
    check(Progress::Processing);
    bench.server.set_status(&video, "uploadStatus", "processed");
    check(Progress::Processed);
    bench.server.set_status(&video, "uploadStatus", "rejected");
    bench
        .server
        .set_status(&video, "rejectionReason", "copyright");
    check(Progress::Rejected("copyright".into()));
    bench.server.set_status(&video, "uploadStatus", "failed");
    bench.server.set_status(&video, "failureReason", "codec");
    check(Progress::Failed("codec".into()));
    assert_eq!(bench.state("none").unwrap().progress, Progress::Gone);
    for fault in [
        Fault::Unreadable,
        Fault::Reset,
        Fault::Refused(503, "backendError"),
        // Not a list without the video.
        Fault::Refused(200, "backendError"),
    ] {
        bench.server.fail(Step::Check, fault);
        assert!(bench.state(&video).is_err(), "{fault:?}");
    }
}

#[test]
fn nothing_that_is_printed_holds_the_token_or_the_session() {
    let bench = bench_of(1_000);
    let session = bench.open().unwrap();
    let mut printed = vec![format!("{session:?} {:?}", bench.api)];
    for fault in [Fault::Reset, Fault::Refused(500, "x"), Fault::Unreadable] {
        bench.server.fail(Step::LastPart, fault);
        let error = bench.send(&session, 0).unwrap_err();
        printed.push(format!("{error} {error:?}"));
        let Ok(_) = bench.position(&session, 0) else {
            panic!("{fault:?}")
        };
    }
    let gone = Source {
        path: PathBuf::from("nowhere.mp4"),
        bytes: 1,
    };
    let error = bench.api.send(&bench.token, &session, &gone, 0, &bench.go);
    printed.push(format!("{error:?}"));
    let printed = printed.concat();
    assert!(!printed.contains("marked"), "{printed}");
}

#[test]
fn a_call_ends_on_request() {
    let bench = bench();
    bench.go.cancel();
    let opened = bench.open();
    // A call that is already answered may be done; one that is not is cancelled.
    assert!(
        matches!(opened, Err(Error::Cancelled) | Ok(_)),
        "{opened:?}"
    );
}

//! Networks that are asked too often.

use super::*;

#[test]
fn who_asks_youtube_too_often_waits_for_an_hour_and_does_not_fail() {
    let live = Live::<youtube::Desk>::new();
    let publishing = live.open();
    // More often than a step is tried: it tells nothing of when it may be asked again.
    for _ in 0..6 {
        live.server
            .fail(Step::Open, Fault::Refused(403, "userRateLimitExceeded"));
    }
    let id = live.order(&publishing, &public());
    let began = live.clock.now();
    let left = publishing
        .attend_to(&[id], &Cancel::new(), &|_, _| {})
        .unwrap();
    let error = left[0].error.as_ref().unwrap();
    assert_eq!(
        (left[0].state, error.code),
        (State::Publishing, ErrorCode::Postponed),
        "{error:?}"
    );
    live.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
    let hours = (live.clock.now().0 - began.0) / 3_600_000;
    assert_eq!((hours, live.published()), (6, 1));
}

#[test]
fn uploads_beyond_those_of_a_minute_wait_for_the_next_one() {
    let live = Live::<tiktok::Desk>::new();
    let clock = Arc::clone(&live.clock);
    live.server.clock(move || clock.now().0);
    std::fs::write(live.folder.path().join("reel.mp4"), "a short one").unwrap();
    let publishing = live.open();
    let began = live.clock.now();
    let ids: Vec<i64> = (0..14)
        .map(|_| live.order(&publishing, &public()))
        .collect();
    publishing
        .run(Span::Once, &Cancel::new(), &|_, _| {})
        .unwrap();
    assert_eq!(live.published(), 6);
    for entry in publishing.entries(&ids).unwrap() {
        let is_told = entry.state == State::Publishing && entry.next_attempt_at.is_some();
        assert!(entry.state == State::Published || is_told, "{entry:?}");
    }
    live.run(&publishing);
    for id in ids {
        assert_eq!(publishing.state(id), (State::Published, None));
    }
    assert_eq!(live.published(), 14);
    let passed = live.clock.now().0 - began.0;
    assert!((120_000..300_000).contains(&passed), "{passed} ms");
}

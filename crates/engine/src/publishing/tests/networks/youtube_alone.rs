//! What is YouTube's alone.

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

//! What is checked before a post begins, and clocks that are wrong.

use super::*;

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;

fn at(moment: UnixMs, ahead: u64) -> Order {
    Order {
        at: Some(UnixMs(moment.0 + ahead)),
        ..Order::default()
    }
}

impl Bench {
    fn pass(&self, millis: u64) {
        self.clock.0.fetch_add(millis, Ordering::SeqCst);
    }

    fn set_back(&self, millis: u64) {
        self.clock.0.fetch_sub(millis, Ordering::SeqCst);
    }
}

/// Ends the consent for the account.
fn end_consent(publishing: &Publishing) {
    let tokens = Tokens {
        access: Secret::from("ended"),
        refresh: Some(Secret::from("ended")),
        expires_in: None,
        refresh_expires_in: None,
        scopes: None,
        account: None,
    };
    let kept = Kept::new(tokens, system_time(publishing.now()));
    (publishing.keep("youtube", "a", &kept, &Cancel::new())).unwrap();
}

#[test]
fn an_account_is_checked_a_day_and_an_hour_before() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, at(publishing.now(), 48 * HOUR));
    let check = |asked: usize, what: &str| {
        publishing.attend_all();
        assert_eq!(bench.world().asked_who, asked, "{what}");
        assert_eq!(publishing.state(id), (State::Scheduled, None), "{what}");
    };
    check(0, "two days before");
    bench.pass(24 * HOUR);
    check(1, "a day before");
    check(1, "once");
    bench.pass(23 * HOUR - 1);
    check(1, "a moment too early");
    bench.pass(1);
    check(2, "an hour before");
    bench.pass(HOUR);
    bench.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
    assert_eq!(bench.world().asked_who, 2);
}

#[test]
fn a_consent_that_ended_is_told_before_and_mended_in_time() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, at(publishing.now(), 48 * HOUR));
    end_consent(&publishing);
    bench.pass(24 * HOUR);
    publishing.attend_all();
    let told = (State::Scheduled, Some(ErrorCode::NotConnected));
    assert_eq!(publishing.state(id), told, "a day before");
    let post = publishing.post_of(protocol::studio::posting::PostId(id));
    assert!(post.unwrap().needs_user());
    // Connected again, in time.
    connect(&publishing, "a", "marked-access");
    let account = publishing.one_account("youtube:a").unwrap();
    publishing.clear_trouble(account.id).unwrap();
    assert_eq!(publishing.state(id), (State::Scheduled, None));
    bench.pass(24 * HOUR);
    bench.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
}

#[test]
fn a_file_that_changed_is_told_before() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, at(publishing.now(), 2 * HOUR));
    std::fs::write(bench.folder.path().join("reel.mp4"), "other").unwrap();
    publishing.attend_all();
    let told = (State::Scheduled, Some(ErrorCode::SourceChanged));
    assert_eq!(publishing.state(id), told);
}

#[test]
fn a_clock_that_is_a_day_ahead_posts_nothing_early() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, at(publishing.now(), 20 * HOUR));
    publishing.attend_all();
    let day = 24 * HOUR;
    bench.pass(day);
    bench.world().clock_ahead_secs = 24 * 3_600;
    for _ in 0..3 {
        // As a timer does: a process of its own each time, which knows no clock but its machine's.
        let publishing = bench.open();
        publishing.attend_all();
        let told = (State::Scheduled, Some(ErrorCode::ClockWrong));
        assert_eq!(publishing.state(id), told);
        bench.pass(2 * MINUTE);
    }
    assert_eq!(bench.world().published, 0);
    let document = publishing.entries(&[id]).unwrap().remove(0);
    let message = document.error.unwrap().message;
    let words = "this machine's clock is 24 h 00 min ahead of that of YouTube";
    assert_eq!(message, words);
    // The user sets it right.
    bench.set_back(day);
    bench.world().clock_ahead_secs = 0;
    publishing.attend_all();
    assert_eq!(publishing.state(id), (State::Scheduled, None));
    bench.pass(20 * HOUR - 10 * MINUTE);
    publishing.attend_all();
    assert_eq!(bench.world().published, 0, "not before its time");
    bench.pass(10 * MINUTE);
    bench.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
}

#[test]
fn a_clock_that_jumps_ahead_after_the_checks_posts_nothing_early() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, at(publishing.now(), 50 * MINUTE));
    publishing.attend_all();
    assert_eq!(bench.world().asked_who, 1, "an hour before");
    bench.pass(55 * MINUTE);
    bench.world().clock_ahead_secs = 3_000;
    let publishing = bench.open();
    publishing.attend_all();
    let told = (State::Scheduled, Some(ErrorCode::ClockWrong));
    assert_eq!(publishing.state(id), told, "it is the 5th minute of 50");
    assert_eq!(bench.world().published, 0);
}

#[test]
fn a_clock_that_is_days_ahead_misses_nothing() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, at(publishing.now(), HOUR));
    bench.pass(72 * HOUR);
    bench.world().clock_ahead_secs = 71 * 3_600;
    bench.run(&publishing);
    assert_eq!(
        publishing.state(id).0,
        State::Published,
        "its time has come"
    );
    // By a clock that is right it is missed.
    let id = bench.order(&publishing, at(publishing.now(), HOUR));
    bench.world().clock_ahead_secs = 1;
    bench.pass(72 * HOUR);
    bench.run(&publishing);
    assert_eq!(
        publishing.state(id),
        (State::Failed, Some(ErrorCode::Missed))
    );
}

#[test]
fn a_wrong_clock_keeps_nothing_from_going_out_at_once() {
    let bench = Bench::new();
    let publishing = bench.open();
    bench.world().clock_ahead_secs = 24 * 3_600;
    let id = bench.order(&publishing, Order::default());
    bench.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
}

#[test]
fn a_clock_that_is_behind_is_told_before() {
    let bench = Bench::new();
    let publishing = bench.open();
    bench.world().clock_ahead_secs = -90 * 60;
    let id = bench.order(&publishing, at(publishing.now(), HOUR));
    publishing.attend_all();
    let told = (State::Scheduled, Some(ErrorCode::ClockWrong));
    assert_eq!(publishing.state(id), told);
}

#[test]
fn a_clock_that_is_set_back_lengthens_no_wait() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, Order::default());
    bench.fault(0, Fault::Down);
    publishing.attend_all();
    assert_eq!(bench.world().calls.len(), 1);
    bench.set_back(24 * HOUR);
    publishing.attend_all();
    bench.pass(10_000);
    publishing.attend_all();
    assert_eq!(
        publishing.state(id),
        (State::Published, None),
        "after seconds"
    );
}

#[test]
fn a_post_that_is_worked_on_for_days_is_told() {
    let bench = Bench::new();
    let publishing = bench.open();
    bench.world().verdict = Some(Verdict::Processing);
    let id = bench.order(&publishing, Order::default());
    bench.run(&publishing);
    let told = (State::Published, Some(ErrorCode::InReview));
    assert_eq!(publishing.state(id), told);
    let world = bench.world();
    let checks = world.calls.iter().filter(|call| **call == "check");
    assert_eq!(checks.count(), 100);
}

#[test]
fn what_was_slept_through_goes_out_within_a_day_and_is_told_after_it() {
    let check = |late: u64, expect: (State, Option<ErrorCode>), published: usize| {
        let bench = Bench::new();
        let publishing = bench.open();
        let id = bench.order(&publishing, at(publishing.now(), HOUR));
        bench.pass(HOUR + late);
        bench.run(&publishing);
        assert_eq!(publishing.state(id), expect, "{late} ms late");
        assert_eq!(bench.world().published, published, "{late} ms late");
    };
    let published = (State::Published, None);
    check(5 * HOUR, published, 1);
    check(24 * HOUR, published, 1);
    check(25 * HOUR, (State::Failed, Some(ErrorCode::Missed)), 0);
}

#[test]
fn a_consent_that_ends_before_the_post_is_told_before() {
    let keep = |publishing: &Publishing, hours: u64| {
        let tokens = Tokens {
            access: Secret::from("marked-access"),
            refresh: Some(Secret::from("marked-refresh")),
            expires_in: None,
            refresh_expires_in: Some(Duration::from_hours(hours)),
            scopes: None,
            account: None,
        };
        let kept = Kept::new(tokens, system_time(publishing.now()));
        (publishing.keep("youtube", "a", &kept, &Cancel::new())).unwrap();
    };
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, at(publishing.now(), 20 * HOUR));
    keep(&publishing, 19);
    publishing.attend_all();
    let told = (State::Scheduled, Some(ErrorCode::NotConnected));
    assert_eq!(publishing.state(id), told);
    let error = publishing.entries(&[id]).unwrap().remove(0).error.unwrap();
    assert!(error.message.contains("ends at 2027-01-"), "{error:?}");
    assert!(error.hint.contains("connect it again before"), "{error:?}");
    assert_eq!(bench.world().published, 0);
    // Connected again, for long enough.
    keep(&publishing, 21);
    let account = publishing.one_account("youtube:a").unwrap();
    publishing.clear_trouble(account.id).unwrap();
    bench.pass(19 * HOUR);
    publishing.attend_all();
    assert_eq!(publishing.state(id), (State::Scheduled, None));
    bench.pass(HOUR);
    bench.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
}

//! The fault matrix in its short form: each step of each network, whatever goes wrong there once, and
//! a clock that nobody waits for. `cargo xtask bench outbox` is the long form, with the real program.

use testkit::strict::matrix::{self, First, Row, Trouble};

use super::*;

/// How a post has to end: its state, its error's code unless it is published, and how many posts
/// there are.
type End = (State, Option<ErrorCode>, usize);

/// Returns how a post has to end: published once, or otherwise for a reason that is said here.
fn end<D: Posting>(row: Row, trouble: Trouble) -> End {
    let Trouble::At(fault) = trouble else {
        return (State::Published, None, 1);
    };
    if row.step == Step::Refresh {
        // The network does not accept the app: only the user can see to that.
        if matches!(fault, Fault::Refused(401, _)) {
            return (State::Failed, Some(ErrorCode::AppRefused), 0);
        }
        // A refresh token for one use ended with the answer that did not come or could not be read.
        let is_unread = matches!(
            fault,
            Fault::AnswerLost | Fault::AnswerCut | Fault::Unreadable | Fault::Disowned(..)
        );
        if is_unread && D::NETWORK != "youtube" {
            return (State::Failed, Some(ErrorCode::NotConnected), 0);
        }
    }
    // The last part may have posted, and who could tell has forgotten the upload.
    if D::NETWORK != "x" && (row.step, fault) == (Step::Ask, Fault::Forgotten) {
        return (State::Uncertain, Some(ErrorCode::Uncertain), 1);
    }
    (State::Published, None, 1)
}

fn matrix<D: Posting>() {
    for row in matrix::rows::<D>() {
        for (name, trouble) in matrix::columns::<D>(row.step) {
            // The long form has the time, and a program that can be killed.
            if !trouble.outlasts() && !matches!(trouble, Trouble::Killed(_)) {
                cell::<D>(row, name, trouble);
            }
        }
        if matches!(
            row.step,
            Step::Part | Step::LastPart | Step::Ask | Step::Post | Step::Check
        ) {
            cell::<D>(row, "forgotten", Trouble::At(Fault::Forgotten));
        }
    }
}

/// Returns a post that has the step.
fn order(row: Row) -> Order {
    match row.option() {
        Some((name, value)) => with_option(public(), name, value),
        None => public(),
    }
}

fn cell<D: Posting>(row: Row, name: &str, trouble: Trouble) {
    let live = Live::<D>::new();
    let door = live.server.door();
    let failures = Arc::new(AtomicUsize::new(0));
    // What leads to a step fails as well, and connections are refused right after it; a look begins
    // with a call that is answered.
    let own = usize::from(row.first != First::Nothing && row.step != Step::Look);
    let opens = {
        let (door, failures) = (door.clone(), Arc::clone(&failures));
        move |_call: &str, failed: Option<&online::Error>| {
            if failed.is_some() && door.is_shut() && failures.fetch_add(1, Ordering::SeqCst) == own
            {
                door.open();
            }
        }
    };
    let publishing = live.open_with(Some(Arc::new(opens)));
    let id = live.order(&publishing, &order(row));
    row.lead(&live.server);
    match trouble {
        Trouble::At(fault) => live.server.fail(row.step, fault),
        Trouble::NoConnection => live.server.refuse(calls_before::<D>(row)),
        Trouble::Killed(_) => panic!("there is no program to kill"),
    }
    live.run(&publishing);
    let done = publishing.entries(&[id]).unwrap().remove(0);
    let calls = live.server.calls();
    let what = format!("{} {:?} {name}: {done:?} {calls:?}", D::NETWORK, row.step);
    assert!(live.server.is_done(), "it went wrong: {what}");
    let was_refused = failures.load(Ordering::SeqCst) == own + 1 && !door.is_shut();
    assert_eq!(was_refused, trouble == Trouble::NoConnection, "{what}");
    let (state, code, published) = end::<D>(row, trouble);
    assert_eq!((done.state, live.published()), (state, published), "{what}");
    if code.is_some() {
        let error = done.error.as_ref().unwrap();
        assert_eq!(Some(error.code), code, "{what}");
        assert!(
            !error.message.is_empty() && !error.hint.is_empty(),
            "{what}"
        );
    }
    if row.first != First::TokenEnded {
        assert_eq!(live.server.refusals(), [] as [&str; 0], "{what}");
    }
}

/// Returns how many calls come before a step when nothing else goes wrong.
fn calls_before<D: Posting>(row: Row) -> usize {
    let live = Live::<D>::new();
    let publishing = live.open();
    live.order(&publishing, &order(row));
    row.lead(&live.server);
    live.run(&publishing);
    let calls = live.server.calls_before(row.step, 0);
    calls.unwrap_or_else(|| panic!("{} has no {:?}", D::NETWORK, row.step))
}

#[test]
fn whatever_fails_on_youtube_there_is_one_post() {
    matrix::<youtube::Desk>();
}

#[test]
fn whatever_fails_on_x_there_is_one_post() {
    matrix::<x::Desk>();
}

#[test]
fn whatever_fails_on_tiktok_there_is_one_post() {
    matrix::<tiktok::Desk>();
}

//! The outbox against simulated networks that fail anywhere, with a program that dies anywhere.

#![cfg(test)]

use posts::Network;
use posts::outbox::{
    CHECKS, Call, Cancelled, Cover, Entry, Failure, LATEST_MS, MISSING, Next, Outcome, Place,
    Posting, ReadBack, Refusal, State, UnixMs, Verdict, Way,
};
use proptest::prelude::*;

const PART: u64 = 10;

/// A network that does what it is asked, and counts what was posted.
struct Server {
    way: Way,
    bytes: u64,
    stored: Option<u64>,
    posted: u32,
    covered: u32,
}

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    No,
    /// It is not done, and nobody knows.
    Lost,
    /// It is done, and nobody knows.
    AnswerLost,
    /// The program dies after the call was written down, before it is made.
    DiesBefore,
    /// The program dies after the call was made.
    DiesAfter,
    Later,
    Token,
    /// The network forgets the upload.
    Forgets,
}

impl Server {
    fn new(way: Way, bytes: u64) -> Self {
        Self {
            way,
            bytes,
            stored: None,
            posted: 0,
            covered: 0,
        }
    }

    fn position(&self) -> Outcome {
        match self.stored {
            _ if self.posted > 0 => Outcome::Posted("id".into()),
            None if self.bytes == 0 => Outcome::Uploaded,
            None => Outcome::Gone,
            Some(stored) if stored < self.bytes => Outcome::Stored(stored),
            Some(_) => Outcome::Uploaded,
        }
    }

    fn done(&mut self, call: Call) -> Outcome {
        match call {
            Call::Open => {
                self.stored = Some(0);
                Outcome::Opened
            }
            Call::Send { from } => match self.stored {
                Some(stored) => {
                    assert_eq!(stored, from, "no byte twice, none left out");
                    let stored = (from + PART).min(self.bytes);
                    self.stored = Some(stored);
                    if stored == self.bytes && self.way.posting == Posting::WithLastPart {
                        self.posted += 1;
                    }
                    self.position()
                }
                None => Outcome::Gone,
            },
            Call::Post => {
                self.posted += 1;
                Outcome::Posted("id".into())
            }
            Call::Ask => self.position(),
            Call::Look if self.posted > 0 => Outcome::Posted("id".into()),
            Call::Look => Outcome::NotFound,
            Call::Refresh => Outcome::Refreshed,
            Call::SetCover => {
                assert_eq!(self.posted, 1, "a cover of what is there");
                self.covered += 1;
                Outcome::CoverSet
            }
            Call::Check => Outcome::Checked(Verdict::Live),
        }
    }
}

/// Runs an entry to its end, or the user's turn; returns it and how often it was posted. What is
/// kept of the entry crosses JSON, as in life.
fn run(network: Network, bytes: u64, faults: &[Fault]) -> (Entry, u32) {
    let mut faults = faults.iter().copied();
    run_with(network, bytes, |_| faults.next().unwrap_or(Fault::No))
}

/// As `run`, with a fault that depends on the call.
fn run_with(network: Network, bytes: u64, fault: impl FnMut(Call) -> Fault) -> (Entry, u32) {
    let way = Way::of(network);
    let entry = Entry::new(way, bytes, PART);
    let (entry, server) = run_entry(entry, fault);
    (entry, server.posted)
}

/// As `run`, of this entry, with a fault that depends on the call; returns the network, too.
fn run_entry(entry: Entry, mut fault: impl FnMut(Call) -> Fault) -> (Entry, Server) {
    let mut server = Server::new(entry.way, entry.bytes);
    let mut now = UnixMs(1_000_000);
    let mut entry = entry.due(now);
    for _ in 0..500 {
        let call = match entry.next(now) {
            Next::Nothing => return (entry, server),
            Next::Wait(moment) => {
                assert!(moment > now, "waiting ends");
                now = moment;
                continue;
            }
            Next::Do(call) => call,
        };
        entry = kept(&entry.begun(call));
        let outcome = match fault(call) {
            Fault::No => server.done(call),
            Fault::Lost => Outcome::Unknown,
            Fault::AnswerLost => {
                server.done(call);
                Outcome::Unknown
            }
            Fault::DiesBefore => {
                entry = entry.restarted(now, 7);
                continue;
            }
            Fault::DiesAfter => {
                server.done(call);
                entry = entry.restarted(now, 7);
                continue;
            }
            Fault::Later => Outcome::Refused(Refusal::Later { after_ms: 900_000 }),
            Fault::Token => Outcome::Refused(Refusal::Token),
            Fault::Forgets => {
                server.stored = None;
                Outcome::Unknown
            }
        };
        entry = kept(&entry.after(outcome, now, 30_000));
    }
    panic!("it never ends: {entry:?}");
}

fn kept(entry: &Entry) -> Entry {
    let json = serde_json::to_string(entry).unwrap();
    serde_json::from_str(&json).unwrap()
}

/// What has to hold in the end, whatever happened.
fn is_right(entry: &Entry, posted: u32) -> Result<(), TestCaseError> {
    prop_assert!(posted <= 1, "posted {posted} times: {entry:?}");
    match entry.state {
        State::Published => prop_assert_eq!(posted, 1),
        State::Failed => prop_assert_eq!(posted, 0, "lost: {:?}", entry),
        State::Uncertain => {}
        _ => prop_assert!(false, "stuck: {entry:?}"),
    }
    Ok(())
}

fn network() -> impl Strategy<Value = Network> {
    prop::sample::select(Network::ALL.to_vec())
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        4 => Just(Fault::No),
        1 => Just(Fault::Lost),
        1 => Just(Fault::AnswerLost),
        1 => Just(Fault::DiesBefore),
        1 => Just(Fault::DiesAfter),
        1 => Just(Fault::Later),
        1 => Just(Fault::Token),
        1 => Just(Fault::Forgets),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn never_twice_never_lost_never_stuck(
        network in network(),
        bytes in prop::sample::select(vec![0_u64, 5, 10, 35]),
        faults in prop::collection::vec(fault(), 0..25),
    ) {
        // A post without a file is none for networks that post with its last part.
        let bytes = match Way::of(network).posting {
            Posting::WithLastPart => bytes.max(5),
            Posting::ByCall => bytes,
        };
        let (entry, posted) = run(network, bytes, &faults);
        is_right(&entry, posted)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_cover_is_set_or_told_and_never_makes_a_second_post(
        network in network(),
        faults in prop::collection::vec(fault(), 0..25),
    ) {
        let mut faults = faults.into_iter();
        let entry = Entry::new(Way::of(network), 35, PART).with_cover();
        let (entry, server) = run_entry(entry, |_| faults.next().unwrap_or(Fault::No));
        is_right(&entry, server.posted)?;
        match entry.cover {
            Cover::Set => prop_assert!(server.covered > 0, "{entry:?}"),
            Cover::Missed { .. } => prop_assert_eq!(entry.state, State::Published),
            Cover::Wanted => prop_assert!(entry.state != State::Published, "{entry:?}"),
            Cover::Unchosen => prop_assert!(false, "{entry:?}"),
        }
    }
}

#[test]
fn a_cover_that_never_works_is_given_up_and_the_post_is_read_back() {
    for fault in ALL_FAULTS {
        let entry = Entry::new(Way::of(Network::YouTube), 35, PART).with_cover();
        let mut checks = 0;
        let (entry, server) = run_entry(entry, |call| {
            checks += u32::from(call == Call::Check);
            if call == Call::SetCover {
                fault
            } else {
                Fault::No
            }
        });
        assert_eq!(
            (entry.state, server.posted),
            (State::Published, 1),
            "{fault:?}"
        );
        let is_missed = matches!(entry.cover, Cover::Missed { .. });
        assert!(is_missed, "{fault:?}: {entry:?}");
        // A token that is refused again and again would be refused there, too.
        assert_eq!(checks > 0, fault != Fault::Token, "{fault:?}");
        assert!(!entry.needs_file());
    }
}

#[test]
fn a_cover_is_left_to_the_user_where_the_post_is() {
    let entry = Entry::new(Way::of(Network::YouTube), 35, PART)
        .with_cover()
        .due(UnixMs(9));
    assert!(entry.needs_file());
    let entry = entry.restored().resolved(Some("id".into()));
    assert_eq!(entry.next(UnixMs(9)), Next::Nothing);
    assert!(matches!(entry.cover, Cover::Missed { .. }), "{entry:?}");
    // What an older version wrote has none.
    let entry = Entry::new(Way::of(Network::YouTube), 35, PART);
    let mut json = serde_json::to_value(&entry).unwrap();
    json.as_object_mut().unwrap().remove("cover");
    assert_eq!(serde_json::from_value::<Entry>(json).unwrap(), entry);
}

/// A fault that a call has for ever, whatever else goes well.
#[test]
fn what_never_works_ends() {
    type Is = fn(Call) -> bool;
    let calls: [(&str, Is); 7] = [
        ("open", |call| call == Call::Open),
        ("send", |call| matches!(call, Call::Send { .. })),
        ("last part", |call| call == Call::Send { from: 30 }),
        ("ask", |call| call == Call::Ask),
        ("post", |call| call == Call::Post),
        ("look", |call| call == Call::Look),
        ("any", |_| true),
    ];
    for network in Network::ALL {
        for (name, is) in calls {
            for (other, is_other) in calls {
                for fault in ALL_FAULTS {
                    let fault_of = |call| {
                        if is(call) || is_other(call) {
                            fault
                        } else {
                            Fault::No
                        }
                    };
                    let (entry, posted) = run_with(network, 35, fault_of);
                    is_right(&entry, posted)
                        .unwrap_or_else(|e| panic!("{network} {name} {other} {fault:?}: {e}"));
                }
            }
        }
    }
}

const ALL_FAULTS: [Fault; 7] = [
    Fault::Lost,
    Fault::AnswerLost,
    Fault::DiesBefore,
    Fault::DiesAfter,
    Fault::Later,
    Fault::Token,
    Fault::Forgets,
];

/// One fault at each of the first calls: posted, whatever the fault; LinkedIn alone cannot tell.
#[test]
fn one_fault_anywhere_is_overcome() {
    let faults = [
        Fault::Lost,
        Fault::AnswerLost,
        Fault::DiesBefore,
        Fault::DiesAfter,
        Fault::Later,
        Fault::Token,
    ];
    for network in Network::ALL {
        for fault in faults {
            for at in 0..6 {
                let mut all = vec![Fault::No; at];
                all.push(fault);
                let (entry, posted) = run(network, 35, &all);
                let is_lost = !matches!(fault, Fault::Later | Fault::Token);
                // Open, four parts, then the post.
                let is_post = at == 5 && Way::of(network).posting == Posting::ByCall;
                if Way::of(network).read_back == ReadBack::User && is_lost && is_post {
                    assert_eq!(entry.state, State::Uncertain, "{network} {fault:?} {at}");
                } else {
                    assert_eq!(entry.state, State::Published, "{network} {fault:?} {at}");
                    assert_eq!(posted, 1, "{network} {fault:?} {at}");
                }
            }
        }
    }
}

#[test]
fn a_network_that_is_away_is_given_up_after_three_more_tries() {
    let (entry, posted) = run(Network::X, 35, &[Fault::Lost; 30]);
    assert_eq!(
        (entry.state, entry.failure),
        (State::Failed, Some(Failure::Unreachable))
    );
    assert_eq!((entry.attempts, posted), (4, 0));
    // And is begun anew where it stood when the user says so.
    let again = entry.due(UnixMs(5));
    assert_eq!(again.next(UnixMs(5)), Next::Do(Call::Open));
}

#[test]
fn waits_grow_and_heed_the_network() {
    let now = UnixMs(0);
    let mut entry = Entry::new(Way::of(Network::X), 35, PART).due(now);
    let mut waits = Vec::new();
    for after_ms in [0, 0, 900_000] {
        let refused = Outcome::Refused(Refusal::Later { after_ms });
        entry = entry.begun(Call::Open).after(refused, now, 0);
        waits.push(entry.not_before.unwrap().0);
    }
    assert_eq!(waits, [5_000, 20_000, 900_000]);
    // Up to half as long again, so that many that failed together do not come back together.
    let waits = |jitter: u16| {
        let mut entry = Entry::new(Way::of(Network::X), 35, PART).due(now);
        [0, 1, 2].map(|_| {
            let refused = Outcome::Refused(Refusal::Later { after_ms: 0 });
            entry = entry.clone().begun(Call::Open).after(refused, now, jitter);
            entry.not_before.unwrap().0
        })
    };
    assert_eq!(waits(0), [5_000, 20_000, 80_000]);
    let longest = waits(u16::MAX);
    for (wait, least) in longest.into_iter().zip([5_000, 20_000, 80_000]) {
        assert!(wait.abs_diff(least * 3 / 2) <= least / 100, "{longest:?}");
    }
    let quota = Outcome::Refused(Refusal::At(UnixMs(77)));
    let entry = Entry::new(Way::of(Network::X), 35, PART).due(now);
    let entry = entry.begun(Call::Open).after(quota, now, 0);
    assert_eq!(entry.next(now), Next::Wait(UnixMs(77)));
    assert_eq!(entry.attempts, 0, "a quota is no failure");
}

#[test]
fn a_new_token_that_is_refused_too_asks_for_the_user() {
    let (entry, _) = run(
        Network::TikTok,
        35,
        &[Fault::Token, Fault::No, Fault::Token],
    );
    assert_eq!(
        (entry.state, entry.failure),
        (State::Failed, Some(Failure::Reconnect))
    );
}

#[test]
fn a_content_refusal_fails_at_once() {
    let now = UnixMs(0);
    let entry = Entry::new(Way::of(Network::YouTube), 35, PART).due(now);
    let entry = entry
        .begun(Call::Open)
        .after(Outcome::Refused(Refusal::Never), now, 0);
    assert_eq!(
        (entry.state, entry.failure),
        (State::Failed, Some(Failure::Refused))
    );
    assert_eq!(entry.next(now), Next::Nothing);
}

#[test]
fn a_restored_copy_posts_nothing_by_itself() {
    let now = UnixMs(0);
    let scheduled = Entry::new(Way::of(Network::YouTube), 35, PART).due(UnixMs(9));
    let publishing = scheduled.clone().begun(Call::Open);
    for entry in [scheduled.clone(), publishing] {
        let entry = entry.restored();
        assert_eq!(entry.state, State::Uncertain);
        assert_eq!(entry.next(UnixMs(10)), Next::Nothing);
    }
    let draft = Entry::new(Way::of(Network::YouTube), 35, PART).restored();
    assert_eq!(draft.state, State::Draft);
    let entry = scheduled.restored().resolved(Some("id".into()));
    assert_eq!(entry.state, State::Published);
    assert_eq!(
        entry.place,
        Place::Posted {
            remote: "id".into()
        }
    );
    assert_eq!(entry.next(now), Next::Nothing);
}

#[test]
fn what_the_user_says_is_not_there_can_be_posted_again() {
    let (entry, posted) = run(Network::LinkedIn, 0, &[Fault::Lost]);
    assert_eq!((entry.state, posted), (State::Uncertain, 0));
    let entry = entry.resolved(None);
    assert_eq!(entry.failure, Some(Failure::NotPublished));
    let now = UnixMs(9);
    assert_eq!(entry.due(now).next(now), Next::Do(Call::Post));
}

#[test]
fn it_can_be_called_off_until_it_may_be_seen() {
    let now = UnixMs(0);
    let check = |entry: &Entry, expect: Cancelled| {
        let (after, found) = entry.clone().cancelled();
        assert_eq!(found, expect, "{entry:?}");
        let is_off = after.state == State::Cancelled;
        assert_eq!(is_off, expect == Cancelled::Yes);
    };
    let entry = Entry::new(Way::of(Network::YouTube), 35, PART).due(now);
    check(&entry, Cancelled::Yes);
    let entry = entry.begun(Call::Open).after(Outcome::Opened, now, 0);
    check(&entry, Cancelled::Yes);
    check(&entry.clone().begun(Call::Send { from: 0 }), Cancelled::Yes);
    let entry = entry
        .begun(Call::Send { from: 20 })
        .after(Outcome::Stored(30), now, 0);
    let last = entry.begun(Call::Send { from: 30 });
    check(&last, Cancelled::TooLate);
    check(&last.clone().restarted(now, 0), Cancelled::TooLate);
    check(
        &last.after(Outcome::Posted("id".into()), now, 0),
        Cancelled::Over,
    );
}

#[test]
fn a_time_long_past_is_left_to_the_user() {
    let entry = Entry::new(Way::of(Network::X), 35, PART).due(UnixMs(1_000));
    assert_eq!(entry.next(UnixMs(0)), Next::Wait(UnixMs(1_000)));
    let entry = entry.missed(UnixMs(1_000 + LATEST_MS));
    assert_eq!(entry.state, State::Scheduled, "after sleep it is posted");
    let entry = entry.missed(UnixMs(1_001 + LATEST_MS));
    assert_eq!(
        (entry.state, entry.failure),
        (State::Failed, Some(Failure::Missed))
    );
}

#[test]
fn a_post_that_is_rejected_later_is_told() {
    let now = UnixMs(0);
    let entry = Entry::new(Way::of(Network::YouTube), 5, PART).due(now);
    let entry = entry.begun(Call::Open).after(Outcome::Opened, now, 0);
    let entry = entry.begun(Call::Send { from: 0 });
    let entry = entry.after(Outcome::Posted("id".into()), now, 0);
    assert_eq!(
        (entry.state, entry.next(now)),
        (State::Published, Next::Do(Call::Check))
    );
    let entry = entry
        .begun(Call::Check)
        .after(Outcome::Checked(Verdict::Processing), now, 0);
    assert_eq!(entry.next(now), Next::Wait(UnixMs(30_000)));
    let entry = entry
        .begun(Call::Check)
        .after(Outcome::Checked(Verdict::Rejected), now, 0);
    assert_eq!(
        (entry.state, entry.failure),
        (State::Failed, Some(Failure::Rejected))
    );
    assert_eq!(entry.next(now), Next::Nothing, "it is the user's turn");
    // A rerun does not post a second one beside the one that is there.
    assert_eq!(entry.clone().due(now), entry);
}

#[test]
fn a_post_that_is_worked_on_for_ever_is_asked_about_for_a_day() {
    let mut now = UnixMs(0);
    let entry = Entry::new(Way::of(Network::YouTube), 5, PART).due(now);
    let entry = entry.begun(Call::Open).after(Outcome::Opened, now, 0);
    let entry = entry.begun(Call::Send { from: 0 });
    let mut entry = entry.after(Outcome::Posted("id".into()), now, 0);
    let mut asked = 0;
    loop {
        match entry.next(now) {
            Next::Do(call) => {
                assert_eq!(call, Call::Check);
                asked += 1;
                let outcome = Outcome::Checked(Verdict::Processing);
                entry = entry.begun(call).after(outcome, now, 0);
            }
            Next::Wait(moment) => now = moment,
            Next::Nothing => break,
        }
    }
    assert_eq!((entry.state, asked), (State::Published, CHECKS));
    let hours = now.0 / 3_600_000;
    assert!((23..=25).contains(&hours), "{hours} hours");
}

#[test]
fn a_post_that_a_list_lacks_stays_published() {
    let mut now = UnixMs(0);
    let entry = Entry::new(Way::of(Network::YouTube), 5, PART).due(now);
    let entry = entry.begun(Call::Open).after(Outcome::Opened, now, 0);
    let entry = entry.begun(Call::Send { from: 0 });
    let mut entry = entry.after(Outcome::Posted("id".into()), now, 0);
    let check = |entry: Entry, verdict, now| {
        assert_eq!(entry.next(now), Next::Do(Call::Check));
        let checked = Outcome::Checked(verdict);
        kept(&entry.begun(Call::Check).after(checked, now, 0))
    };
    let wait = |entry: &Entry| match entry.next(UnixMs(0)) {
        Next::Wait(moment) => moment,
        other => panic!("{other:?}"),
    };
    for _ in 1..MISSING {
        entry = check(entry, Verdict::Missing, now);
        now = wait(&entry);
    }
    let live = check(entry.clone(), Verdict::Live, now);
    assert_eq!((live.state, live.missing), (State::Published, 0));
    let entry = check(entry, Verdict::Missing, now);
    assert_eq!((entry.state, entry.failure), (State::Published, None));
    assert_eq!(entry.next(now), Next::Nothing);
    assert_eq!(entry.clone().due(now), entry, "not posted again");
}

#[test]
fn what_is_worked_on_is_asked_about_and_not_for_ever() {
    let mut now = UnixMs(0);
    let entry = Entry::new(Way::of(Network::X), 5, PART).due(now);
    let entry = entry.begun(Call::Open).after(Outcome::Opened, now, 0);
    let entry = entry.begun(Call::Send { from: 0 });
    let entry = entry.after(Outcome::Stored(5), now, 0);
    let working = Outcome::Working { after_ms: 3_000 };
    let ask = |entry: Entry, now| {
        assert_eq!(entry.next(now), Next::Do(Call::Ask));
        kept(&entry.begun(Call::Ask).after(working.clone(), now, 0))
    };
    let mut entry = ask(entry, now);
    let mut waits = Vec::new();
    while let Next::Wait(moment) = entry.next(now) {
        waits.push(moment.0 - now.0);
        now = moment;
        entry = ask(entry, now);
    }
    assert_eq!(waits[..6], [3_000, 3_000, 4_000, 8_000, 16_000, 30_000]);
    let hours = waits.iter().sum::<u64>() / 3_600_000;
    assert_eq!(hours, 3, "as long as the largest file takes, and no longer");
    assert_eq!(
        (entry.state, entry.failure),
        (State::Failed, Some(Failure::Unreachable))
    );
    let entry = entry.due(now);
    let entry = entry.begun(Call::Ask).after(Outcome::Uploaded, now, 0);
    assert_eq!(entry.next(now), Next::Do(Call::Post));
}

/// A network whose answers to questions lag behind what it takes is not asked for ever.
#[test]
fn the_same_part_again_and_again_is_no_progress() {
    let now = UnixMs(0);
    let mut entry = Entry::new(Way::of(Network::TikTok), 35, PART).due(now);
    entry = entry.begun(Call::Open).after(Outcome::Opened, now, 0);
    for _ in 0..100 {
        let call = match entry.next(now) {
            Next::Do(call) => call,
            Next::Wait(moment) => {
                let Next::Do(call) = entry.next(moment) else {
                    panic!("{entry:?}");
                };
                call
            }
            Next::Nothing => return assert_eq!(entry.state, State::Failed),
        };
        let outcome = match call {
            Call::Send { from: 0 } => Outcome::Stored(10),
            Call::Ask => Outcome::Stored(0),
            _ => Outcome::Unknown,
        };
        entry = entry.begun(call).after(outcome, now, 0);
    }
    panic!("it never ends: {entry:?}");
}

/// The answer to the last part is lost, the count lags for so many questions, and the upload takes
/// nothing more because it has all.
#[test]
fn a_count_that_lags_behind_makes_no_second_post() {
    let check = |lag: u32, is_closed: bool| {
        let mut now = UnixMs(0);
        let mut entry = Entry::new(Way::of(Network::TikTok), 15, PART).due(now);
        let (mut openings, mut lasts, mut questions) = (0, 0, 0);
        for _ in 0..100 {
            let call = match entry.next(now) {
                Next::Nothing => break,
                Next::Wait(moment) => {
                    now = moment;
                    continue;
                }
                Next::Do(call) => call,
            };
            let outcome = match call {
                Call::Open => {
                    openings += 1;
                    Outcome::Opened
                }
                Call::Send { from: 0 } => Outcome::Stored(10),
                Call::Send { .. } => {
                    lasts += 1;
                    if lasts > 1 && is_closed {
                        Outcome::Gone
                    } else {
                        Outcome::Unknown
                    }
                }
                Call::Ask => {
                    questions += 1;
                    if questions > lag {
                        Outcome::Posted("id".into())
                    } else {
                        Outcome::Stored(10)
                    }
                }
                _ => Outcome::Checked(Verdict::Live),
            };
            entry = kept(&entry.begun(call));
            let may_cancel = entry.clone().cancelled().1 == Cancelled::Yes;
            assert!(lasts == 0 || !may_cancel, "it may be there");
            entry = kept(&entry.after(outcome, now, 0));
        }
        assert_eq!(openings, 1, "lag {lag}: no other upload is opened");
        entry.state
    };
    for is_closed in [true, false] {
        for lag in 0..=2 {
            assert_eq!(check(lag, is_closed), State::Published, "lag {lag}");
        }
        assert_eq!(check(50, is_closed), State::Uncertain, "the user decides");
    }
}

//! Many posts at once: what is under way together, and who waits for whom.

use std::collections::BTreeSet;
use std::sync::Condvar;

use super::*;

const ACCOUNTS: usize = 50;
const POSTS: usize = 1_000;
/// How many posts the network takes of an account in a day.
const A_DAY: usize = 15;
const DAY: u64 = 24 * 3_600_000;

fn connect_all(publishing: &Publishing, count: usize) -> Vec<String> {
    let names: Vec<String> = (0..count).map(|n| format!("account{n}")).collect();
    let scopes = ["post".to_owned()];
    let tokens = || Tokens {
        access: Secret::from("marked-access"),
        refresh: None,
        expires_in: None,
        refresh_expires_in: None,
        scopes: None,
        account: None,
    };
    for name in &names {
        let kept = Kept::new(tokens(), system_time(publishing.now()));
        (publishing.keep("youtube", name, &kept, &Cancel::new())).unwrap();
        let seen = Seen {
            network: "youtube",
            remote: name,
            name,
            handle: Some(name),
            scopes: &scopes,
        };
        publishing.outbox.save_account(&seen, 1).unwrap();
    }
    names
}

/// Returns a figure of this process in KiB, such as `VmHWM`, the most that it had in memory.
#[cfg(target_os = "linux")]
fn kib(figure: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let mut lines = status.lines().filter_map(|line| line.strip_prefix(figure));
    let words = lines.next().unwrap().trim_start_matches(':').trim();
    words.trim_end_matches(" kB").parse().unwrap()
}

/// Returns by how many KiB the memory grows at most while so many due posts go out.
#[cfg(target_os = "linux")]
fn growth(posts: usize) -> u64 {
    let bench = Bench::new();
    let publishing = bench.open();
    let names = connect_all(&publishing, ACCOUNTS);
    let file = bench.file();
    for n in 0..posts {
        let order = Order {
            title: format!("Post {n}"),
            ..Order::default()
        };
        let targets = Targets(vec![format!("youtube:{}", names[n % ACCOUNTS])]);
        publishing.order(&file, &order, &targets).unwrap();
    }
    // The most from here on (proc(5), clear_refs).
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = kib("VmRSS");
    publishing
        .run(Span::Once, &Cancel::new(), &|_, _| {})
        .unwrap();
    assert_eq!(bench.world().published, posts);
    kib("VmHWM").saturating_sub(before)
}

#[test]
#[cfg(target_os = "linux")]
fn a_thousand_due_posts_take_no_more_memory_than_a_hundred() {
    // Each test is a process of its own (nextest): nobody else's memory counts. What is taken once,
    // connections and threads, is taken by then.
    growth(20);
    let (few, many) = (growth(100), growth(POSTS));
    // As much as an order holds in memory, kept for each of them, would be more.
    let most = few + 8 * 1_024;
    assert!(
        many <= most,
        "{many} KiB for {POSTS} posts, {few} KiB for 100"
    );
}

#[test]
fn a_thousand_posts_of_fifty_accounts_go_out_and_no_limit_is_exceeded() {
    let bench = Bench::new();
    bench.world().most_a_day = Some(A_DAY);
    let publishing = bench.open();
    let names = connect_all(&publishing, ACCOUNTS);
    let due = publishing.now().0 + 3_600_000;
    let file = bench.file();
    let mut ids = Vec::new();
    for n in 0..POSTS {
        let order = Order {
            title: format!("Post {n}"),
            // All within one minute.
            at: Some(UnixMs(due + n as u64 * 60)),
            ..Order::default()
        };
        let targets = Targets(vec![format!("youtube:{}", names[n % ACCOUNTS])]);
        ids.extend(publishing.order(&file, &order, &targets).unwrap().entries);
    }
    let run = || {
        publishing
            .run(Span::Once, &Cancel::new(), &|_, _| {})
            .unwrap();
        publishing.entries(&ids).unwrap()
    };
    bench.clock.0.store(due + 60_000, Ordering::SeqCst);
    let stands = run();
    let published = stands.iter().filter(|one| one.state == State::Published);
    assert_eq!(published.count(), ACCOUNTS * A_DAY);
    for one in stands.iter().filter(|one| one.state != State::Published) {
        // Each of the others says until when it waits, and why.
        assert_eq!(one.state, State::Publishing, "{one:?}");
        assert!(one.next_attempt_at.is_some(), "{one:?}");
        let code = one.error.as_ref().map(|error| error.code);
        assert_eq!(code, Some(ErrorCode::Postponed), "{one:?}");
    }
    bench.clock.0.fetch_add(DAY + 60_000, Ordering::SeqCst);
    let stands = run();
    assert!(stands.iter().all(|one| one.state == State::Published));
    let world = bench.world();
    assert_eq!(world.published, POSTS, "each once");
    let most = world.posted_on.values().max().copied();
    assert_eq!(most, Some(A_DAY), "the most of an account on a day");
    let remotes: BTreeSet<_> = stands.iter().map(|one| one.remote_id.clone()).collect();
    assert_eq!(remotes.len(), POSTS);
}

/// Holds calls until so many are held at once, or for a while.
#[derive(Default)]
struct Crowd {
    inside: Mutex<(usize, usize)>,
    changed: Condvar,
}

impl Crowd {
    /// Stays for a while; returns early once `wanted` are here.
    fn stay(&self, wanted: usize) {
        self.stay_for(wanted, Duration::from_millis(200));
    }

    /// Stays until `wanted` are here, for as long as a test may take.
    fn wait_for(&self, wanted: usize) {
        self.stay_for(wanted, Duration::from_secs(20));
    }

    fn stay_for(&self, wanted: usize, longest: Duration) {
        let mut inside = self.inside.lock().unwrap();
        inside.0 += 1;
        inside.1 = inside.1.max(inside.0);
        self.changed.notify_all();
        let (mut inside, _) = self
            .changed
            .wait_timeout_while(inside, longest, |(_, most)| *most < wanted)
            .unwrap();
        inside.0 -= 1;
    }

    fn most(&self) -> usize {
        self.inside.lock().unwrap().1
    }
}

/// Returns how many posts of these accounts are at most under way together when `wanted` could be.
fn most_together(accounts: usize, posts: usize, wanted: usize) -> usize {
    let bench = Bench::new();
    let crowd = Arc::new(Crowd::default());
    let own = Arc::clone(&crowd);
    let publishing = bench.open_at(
        &bench.path(),
        Some(Box::new(move |call| {
            if call == "open" {
                own.stay(wanted);
            }
        })),
    );
    let names = connect_all(&publishing, accounts);
    let mut ids = Vec::new();
    for name in names.iter().cycle().take(posts) {
        let order = Order {
            title: "Trois idées".to_owned(),
            ..Order::default()
        };
        let targets = Targets(vec![format!("youtube:{name}")]);
        let ordered = publishing.order(&bench.file(), &order, &targets).unwrap();
        ids.extend(ordered.entries);
    }
    publishing
        .run(Span::Once, &Cancel::new(), &|_, _| {})
        .unwrap();
    for id in ids {
        assert_eq!(publishing.state(id), (State::Published, None));
    }
    crowd.most()
}

#[test]
fn two_posts_of_an_account_are_under_way_at_once() {
    assert_eq!(most_together(1, 5, 3), 2);
}

#[test]
fn an_account_with_many_posts_holds_up_no_other() {
    assert!(most_together(4, 40, 8) > 4, "several accounts at once");
}

#[test]
fn a_post_that_becomes_due_during_an_upload_begins_in_the_same_run() {
    let bench = Bench::new();
    let due = Arc::new(Crowd::default());
    let (own, clock) = (Arc::clone(&due), Arc::clone(&bench.clock));
    let first = AtomicUsize::new(0);
    let publishing = bench.open_at(
        &bench.path(),
        Some(Box::new(move |call| {
            // The first upload takes until the other has begun, which is due a minute later.
            if call == "open" {
                if first.fetch_add(1, Ordering::SeqCst) == 0 {
                    clock.0.fetch_add(60_000, Ordering::SeqCst);
                }
                own.wait_for(2);
            }
        })),
    );
    let long = bench.order(&publishing, Order::default());
    let later = Order {
        at: Some(UnixMs(publishing.now().0 + 60_000)),
        ..Order::default()
    };
    let later = bench.order(&publishing, later);
    publishing
        .run(Span::Once, &Cancel::new(), &|_, _| {})
        .unwrap();
    assert_eq!(due.most(), 2, "it waits for no other's upload");
    for id in [long, later] {
        assert_eq!(publishing.state(id), (State::Published, None));
    }
}

//! The outbox over a virtual clock and a network that fails as it is told.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use online::consent::{App, Dialect, Tokens};
use online::secrets::{ExposeSecret as _, InMemory, Secret, Secrets};
use online::upload::{Advice, Planned, Source};
use posts::outbox::{Call, Outcome, State, UnixMs, Verdict};
use protocol::error::{ApiError, ErrorCode};
use store::outbox::Seen;
use task::Cancel;

use super::clock::Clock;
use super::orders::{Content, Order, Probed, Targets};
use super::port::{Guide, Identity, Port, Reply, Work};
use super::tokens::Kept;
use super::vault::Safe;
use super::{Publishing, Span};
use crate::Error;

const PART: u64 = 1_000;
const BYTES: usize = 2_500;

/// A clock that goes on when it is waited for.
#[derive(Default)]
struct Virtual(AtomicU64);

impl Clock for Virtual {
    fn now(&self) -> UnixMs {
        UnixMs(self.0.load(Ordering::SeqCst))
    }

    fn wait(&self, until: UnixMs, _cancel: &Cancel) {
        self.0.fetch_max(until.0, Ordering::SeqCst);
        std::thread::yield_now();
    }
}

/// Where the program dies: at the n-th moment between two things that it writes or calls.
#[derive(Default)]
struct Death {
    at: AtomicUsize,
    seen: AtomicUsize,
}

impl Death {
    const NEVER: usize = usize::MAX;

    fn set(&self, at: usize) {
        self.at.store(at, Ordering::SeqCst);
        self.seen.store(0, Ordering::SeqCst);
    }

    /// Dies here, if this is the moment.
    fn moment(&self) {
        if self.seen.fetch_add(1, Ordering::SeqCst) == self.at.load(Ordering::SeqCst) {
            std::panic::resume_unwind(Box::new("the program dies"));
        }
    }
}

/// What a call comes to instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Nothing is done.
    Down,
    /// Everything is done, and the answer is lost.
    Lost,
    /// The server failed; it may have done it.
    Failed,
    /// Nothing is done: later.
    Later,
    /// Nothing is done: the quota is used up.
    Quota,
    /// Nothing is done, and never will be.
    Never,
}

#[derive(Default)]
struct World {
    uploads: BTreeMap<String, (u64, Option<String>)>,
    published: usize,
    refreshes: usize,
    access: String,
    faults: Vec<(usize, Fault)>,
    calls: Vec<&'static str>,
    verdict: Option<Verdict>,
    remark: Option<ApiError>,
    /// Whether an app is accepted; none when the network cannot be asked.
    accepts: Option<bool>,
}

/// What happens beside a call.
type During = Box<dyn Fn(&str) + Send + Sync>;

/// A network whose last part makes the post.
struct Fake {
    world: Arc<Mutex<World>>,
    death: Arc<Death>,
    during: Option<During>,
}

fn refusal(status: u16, advice: Advice) -> online::Error {
    online::Error::Refused {
        status,
        reason: "scripted".to_owned(),
        message: String::new(),
        advice,
    }
}

fn lost() -> online::Error {
    online::Error::Unreachable {
        url: "fake".to_owned(),
        detail: "lost".to_owned(),
    }
}

impl World {
    fn act(&mut self, call: Call, work: &Work<'_>) -> Reply {
        let session = work.session.as_ref().map(|s| s.expose_secret().to_owned());
        let told = |upload: Option<&(u64, Option<String>)>| match upload {
            None => Outcome::Gone,
            Some((_, Some(post))) => Outcome::Posted(post.clone()),
            Some((stored, None)) => Outcome::Stored(*stored),
        };
        let outcome = match call {
            Call::Open => {
                let name = format!("marked-session-{}", self.uploads.len());
                self.uploads.insert(name.clone(), (0, None));
                return Reply {
                    session: Some(Secret::from(name)),
                    ..Reply::of(Outcome::Opened)
                };
            }
            Call::Send { from } => {
                let upload = session.as_ref().and_then(|s| self.uploads.get_mut(s));
                if let Some((stored, post)) = upload {
                    assert_eq!(*stored, from, "nothing is sent twice");
                    assert!(post.is_none(), "nothing is sent to a post");
                    *stored = (from + PART).min(work.source.bytes);
                    if *stored == work.source.bytes {
                        self.published += 1;
                        *post = Some(format!("post-{}", self.published));
                    }
                }
                told(session.and_then(|s| self.uploads.get(&s)))
            }
            Call::Ask => told(session.and_then(|s| self.uploads.get(&s))),
            Call::Check => {
                return Reply {
                    remark: self.remark.clone(),
                    ..Reply::of(Outcome::Checked(self.verdict.unwrap_or(Verdict::Live)))
                };
            }
            Call::Post | Call::Look | Call::Refresh => panic!("not asked for here: {call:?}"),
        };
        Reply::of(outcome)
    }
}

impl Port for Fake {
    fn guide(&self) -> Guide {
        Guide {
            redirects: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn dialect(&self) -> Dialect {
        online::youtube::dialect(&online::Endpoints::official().youtube)
    }

    fn scopes(&self) -> &'static [&'static str] {
        &["post"]
    }

    fn needed(&self) -> &'static [&'static str] {
        &["post"]
    }

    fn part(&self, _bytes: u64) -> u64 {
        PART
    }

    fn options(&self) -> &'static [&'static str] {
        &["tags"]
    }

    fn misused(&self, _content: &Content) -> Option<ApiError> {
        None
    }

    fn who(&self, _token: &Secret, _cancel: &Cancel) -> Result<Option<Identity>, online::Error> {
        Ok(None)
    }

    fn make(&self, call: Call, work: &Work<'_>, _cancel: &Cancel) -> Result<Reply, online::Error> {
        self.death.moment();
        let name = super::documents::name(call);
        if let Some(during) = &self.during {
            during(name);
        }
        let reply = {
            let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
            let number = world.calls.len();
            world.calls.push(name);
            let fault = world.faults.iter().find(|(at, _)| *at == number);
            let fault = fault.map(|(_, fault)| *fault);
            match fault {
                Some(Fault::Down) => return Err(lost()),
                Some(Fault::Later) => return Err(refusal(429, Advice::Retry(None))),
                Some(Fault::Quota) => return Err(refusal(403, Advice::QuotaReset)),
                Some(Fault::Never) => return Err(refusal(400, Advice::Fix)),
                _ if work.token.expose_secret() != world.access => {
                    return Err(refusal(401, Advice::Reconnect));
                }
                _ => {}
            }
            let reply = world.act(call, work);
            match fault {
                Some(Fault::Lost) => return Err(lost()),
                Some(Fault::Failed) => {
                    let after = Some(Duration::from_secs(7));
                    return Err(refusal(503, Advice::Retry(after)));
                }
                _ => reply,
            }
        };
        self.death.moment();
        Ok(reply)
    }

    fn plan(&self, _content: &Content, _source: &Source) -> Result<Vec<Planned>, online::Error> {
        Ok(Vec::new())
    }

    fn url(&self, remote: &str) -> Option<String> {
        Some(format!("https://fake.example/{remote}"))
    }

    fn accepts(&self, _app: &App, _cancel: &Cancel) -> Result<bool, online::Error> {
        self.world.lock().unwrap().accepts.ok_or_else(lost)
    }

    fn refresh(
        &self,
        _app: &App,
        token: &Secret,
        _cancel: &Cancel,
    ) -> Result<Tokens, online::Error> {
        self.death.moment();
        let mut world = self.world.lock().unwrap();
        if token.expose_secret() != "marked-refresh" {
            return Err(online::Error::TokenRefused {
                code: "invalid_grant".to_owned(),
                description: String::new(),
            });
        }
        world.refreshes += 1;
        world.access = format!("marked-access-{}", world.refreshes);
        Ok(Tokens {
            access: Secret::from(world.access.as_str()),
            refresh: Some(token.clone()),
            expires_in: Some(Duration::from_hours(1)),
            refresh_expires_in: None,
            scopes: None,
            account: None,
        })
    }
}

/// Secrets around which the program may die.
struct Mortal {
    secrets: InMemory,
    death: Arc<Death>,
    /// Reading what ends in this fails, as a keychain does now and then.
    mute: Arc<Mutex<Option<&'static str>>>,
}

impl Secrets for Mortal {
    fn get(&self, name: &str) -> Result<Option<Secret>, online::Error> {
        let mute = *self.mute.lock().unwrap_or_else(PoisonError::into_inner);
        if mute.is_some_and(|mute| name.ends_with(mute)) {
            return Err(online::Error::Keychain {
                detail: "no answer".to_owned(),
            });
        }
        self.secrets.get(name)
    }

    fn set(&self, name: &str, secret: &Secret) -> Result<(), online::Error> {
        self.death.moment();
        self.secrets.set(name, secret)?;
        self.death.moment();
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), online::Error> {
        self.death.moment();
        self.secrets.remove(name)?;
        self.death.moment();
        Ok(())
    }
}

struct Bench {
    folder: tempfile::TempDir,
    clock: Arc<Virtual>,
    world: Arc<Mutex<World>>,
    death: Arc<Death>,
    secrets: Arc<dyn Secrets>,
    mute: Arc<Mutex<Option<&'static str>>>,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        std::fs::write(folder.path().join("reel.mp4"), vec![7; BYTES]).unwrap();
        let death = Arc::new(Death::default());
        death.set(Death::NEVER);
        let mute = Arc::default();
        let world = World {
            access: "marked-access".to_owned(),
            ..World::default()
        };
        let bench = Self {
            folder,
            clock: Arc::new(Virtual(AtomicU64::new(1_800_000_000_000))),
            world: Arc::new(Mutex::new(world)),
            secrets: Arc::new(Mortal {
                secrets: InMemory::default(),
                death: Arc::clone(&death),
                mute: Arc::clone(&mute),
            }),
            death,
            mute,
        };
        connect(&bench.open(), "a", "marked-access");
        bench
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("home/outbox.db")
    }

    fn open(&self) -> Publishing {
        self.open_at(&self.path(), None)
    }

    fn open_at(&self, path: &Path, during: Option<During>) -> Publishing {
        let port: Arc<dyn Port> = Arc::new(Fake {
            world: Arc::clone(&self.world),
            death: Arc::clone(&self.death),
            during,
        });
        Publishing::over(
            path,
            path.with_file_name("locks"),
            Safe::holding(Arc::clone(&self.secrets)),
            Arc::clone(&self.clock) as Arc<dyn Clock>,
            Box::new(move |_network| Ok(Arc::clone(&port))),
        )
        .unwrap()
    }

    fn file(&self) -> Probed {
        Probed::of_test(&self.folder.path().join("reel.mp4"))
    }

    fn order(&self, publishing: &Publishing, order: Order) -> i64 {
        let order = Order {
            title: "Trois idées".to_owned(),
            ..order
        };
        let targets = Targets(vec!["youtube:a".to_owned()]);
        let ordered = publishing.order(&self.file(), &order, &targets).unwrap();
        ordered.entries[0]
    }

    /// Runs until nothing is left to do, however long that takes.
    fn run(&self, publishing: &Publishing) {
        for _ in 0..200 {
            publishing.attend_all();
            let rows = publishing.outbox.unfinished_entries().unwrap();
            let Some(wake) = rows.iter().filter_map(|row| row.wake).min() else {
                return;
            };
            self.clock.0.fetch_max(wake as u64, Ordering::SeqCst);
        }
        panic!("it never ends: {:?}", self.world().calls);
    }

    fn world(&self) -> std::sync::MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault(&self, at: usize, fault: Fault) {
        self.world().faults.push((at, fault));
    }
}

/// Connects an account whose access token ends in an hour.
fn connect(publishing: &Publishing, remote: &str, access: &str) {
    let now = publishing.now();
    let tokens = Tokens {
        access: Secret::from(access),
        refresh: Some(Secret::from("marked-refresh")),
        expires_in: Some(Duration::from_hours(1)),
        refresh_expires_in: None,
        scopes: None,
        account: None,
    };
    publishing
        .keep("youtube", remote, &Kept::of(&tokens, now))
        .unwrap();
    let scopes = ["post".to_owned()];
    let seen = Seen {
        network: "youtube",
        remote,
        name: remote,
        handle: None,
        scopes: &scopes,
    };
    publishing.outbox.save_account(&seen, 1).unwrap();
    let app = store::outbox::AppRow {
        network: "youtube".to_owned(),
        client_id: "id".to_owned(),
    };
    publishing.outbox.save_app(&app, 1).unwrap();
}

impl Publishing {
    /// Works at everything that is due, in this thread.
    fn attend_all(&self) {
        self.recognise_generation().unwrap();
        self.work(Span::Once, &Cancel::new(), &|_, _| {}).unwrap();
    }

    fn state(&self, id: i64) -> (State, Option<ErrorCode>) {
        let document = self.entries(&[id]).unwrap().remove(0);
        (document.state, document.error.map(|error| error.code))
    }
}

#[test]
fn a_post_goes_out_once_and_is_read_back() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, Order::default());
    let told = Mutex::new(Vec::new());
    let listener = |_: &protocol::publishing::EntryDocument, stored: f64| {
        told.lock().unwrap().push((stored * 100.0) as u32);
    };
    let done = publishing
        .attend_to(&[id], &Cancel::new(), &listener)
        .unwrap();
    assert_eq!(done[0].state, State::Published);
    assert_eq!(done[0].remote_id.as_deref(), Some("post-1"));
    assert_eq!(done[0].url.as_deref(), Some("https://fake.example/post-1"));
    assert_eq!(
        (done[0].error.as_ref(), done[0].step.as_ref()),
        (None, None)
    );
    assert_eq!(
        bench.world().calls,
        ["open", "send", "send", "send", "check"]
    );
    assert_eq!(told.into_inner().unwrap(), [0, 40, 80, 100, 100]);
    let journal = publishing.outbox.journal(id).unwrap();
    assert_eq!(
        journal[..5],
        [
            "ordered",
            "open begins",
            "open: opened",
            "send begins",
            "send: stored 1000"
        ]
    );
    let calls = publishing.outbox.calls_since(0).unwrap();
    assert_eq!(calls.len(), 5, "each call is in the audit log");
    assert!(publishing.session(id).unwrap().is_none(), "of no more use");
}

#[test]
fn wherever_the_program_dies_there_is_one_post() {
    // A second death hits what the first one left.
    for second in [None, Some(0), Some(2), Some(5)] {
        for at in 0.. {
            let bench = Bench::new();
            // A token that was refused, so that the refresh is among what can die.
            bench.world().access = "another".to_owned();
            let id = bench.order(&bench.open(), Order::default());
            bench.death.set(at);
            let died = catch_unwind(AssertUnwindSafe(|| bench.run(&bench.open()))).is_err();
            if let Some(second) = second {
                bench.death.set(second);
                drop(catch_unwind(AssertUnwindSafe(|| {
                    bench.run(&bench.open());
                })));
            }
            bench.death.set(Death::NEVER);
            let publishing = bench.open();
            bench.run(&publishing);
            assert_eq!(bench.world().published, 1, "death {at}, then {second:?}");
            assert_eq!(
                publishing.state(id),
                (State::Published, None),
                "death {at}, then {second:?}"
            );
            if !died {
                assert!(at > 15, "there are that many moments: {at}");
                break;
            }
        }
    }
}

#[test]
fn whatever_fails_there_is_one_post_or_a_reason() {
    for fault in [
        Fault::Down,
        Fault::Lost,
        Fault::Failed,
        Fault::Later,
        Fault::Quota,
        Fault::Never,
    ] {
        for at in 0..5 {
            let bench = Bench::new();
            let publishing = bench.open();
            let id = bench.order(&publishing, Order::default());
            bench.fault(at, fault);
            bench.run(&publishing);
            let (state, error) = publishing.state(id);
            let published = bench.world().published;
            let what = format!("{fault:?} at call {at}: {:?}", bench.world().calls);
            if fault == Fault::Never && at < 4 {
                let expect = (State::Failed, Some(ErrorCode::PostRefused));
                assert_eq!((state, error), expect, "{what}");
                assert_eq!(published, 0, "{what}");
            } else {
                assert_eq!((state, published), (State::Published, 1), "{what}");
            }
        }
    }
}

#[test]
fn a_network_that_is_down_is_given_up_and_a_rerun_tries_again() {
    let bench = Bench::new();
    let publishing = bench.open();
    let order = Order {
        key: Some("k".to_owned()),
        ..Order::default()
    };
    let id = bench.order(&publishing, order.clone());
    for at in 0..4 {
        bench.fault(at, Fault::Down);
    }
    bench.run(&publishing);
    let failed = (State::Failed, Some(ErrorCode::NetworkUnreachable));
    assert_eq!(publishing.state(id), failed);
    assert_eq!(
        bench.world().calls,
        ["open"; 4],
        "once and three times more"
    );
    assert_eq!(bench.order(&publishing, order), id, "the same post");
    bench.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
}

#[test]
fn a_key_is_one_post() {
    let bench = Bench::new();
    let publishing = bench.open();
    let order = |caption: &str| Order {
        key: Some("k".to_owned()),
        caption: caption.to_owned(),
        ..Order::default()
    };
    let id = bench.order(&publishing, order("a"));
    bench.run(&publishing);
    assert_eq!(bench.order(&publishing, order("a")), id);
    bench.run(&publishing);
    assert_eq!(bench.world().published, 1);
    let other = Order {
        title: "Trois idées".to_owned(),
        ..order("b")
    };
    let targets = Targets(vec!["youtube".to_owned()]);
    let refused = publishing.order(&bench.file(), &other, &targets);
    assert_eq!(refused.unwrap_err().to_api().code, ErrorCode::Usage);
}

#[test]
fn a_token_that_is_about_to_end_is_refreshed_before_the_call() {
    let bench = Bench::new();
    let publishing = bench.open();
    bench.clock.0.fetch_add(56 * 60_000, Ordering::SeqCst);
    let id = bench.order(&publishing, Order::default());
    bench.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
    assert_eq!(bench.world().refreshes, 1);
    assert_eq!(bench.world().calls[0], "open", "no call was refused");
    assert_eq!(bench.world().calls.len(), 5);
}

#[test]
fn an_account_whose_consent_ended_is_told() {
    let bench = Bench::new();
    let publishing = bench.open();
    let account = publishing.one_account("youtube:A").unwrap();
    let mut tokens = Tokens {
        access: Secret::from("old"),
        refresh: Some(Secret::from("ended")),
        expires_in: None,
        refresh_expires_in: None,
        scopes: None,
        account: None,
    };
    let keep = |tokens: &Tokens| {
        let kept = Kept::of(tokens, publishing.now());
        publishing.keep("youtube", "a", &kept).unwrap();
    };
    keep(&tokens);
    let id = bench.order(&publishing, Order::default());
    bench.run(&publishing);
    let failed = (State::Failed, Some(ErrorCode::NotConnected));
    assert_eq!(publishing.state(id), failed);
    let state = publishing.outbox.account(account.id).unwrap().state;
    assert_eq!(state, store::outbox::AccountState::Expired);
    tokens.access = Secret::from("marked-access");
    keep(&tokens);
    publishing.erase_tokens(&account).unwrap();
    let id = bench.order(&publishing, Order::default());
    bench.run(&publishing);
    assert_eq!(publishing.state(id), failed, "tokens that are not here");
    assert_eq!(bench.world().published, 0);
}

#[test]
fn a_file_that_changed_is_not_posted() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, Order::default());
    let path = bench.folder.path().join("reel.mp4");
    std::fs::write(&path, vec![8; BYTES]).unwrap();
    bench.run(&publishing);
    let failed = (State::Failed, Some(ErrorCode::SourceChanged));
    assert_eq!(publishing.state(id), failed);
    assert_eq!(bench.world().calls, [] as [&str; 0], "nothing was called");
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, vec![9; BYTES]).unwrap();
    let id = bench.order(&publishing, Order::default());
    std::fs::remove_file(&path).unwrap();
    bench.run(&publishing);
    let gone = (State::Failed, Some(ErrorCode::NotFound));
    assert_eq!(publishing.state(id), gone);
}

#[test]
fn a_file_that_changes_between_two_parts_is_not_posted() {
    let bench = Bench::new();
    let path = bench.folder.path().join("reel.mp4");
    let change = move |call: &str| {
        if call == "send" {
            let file = std::fs::File::options().append(true).open(&path).unwrap();
            let moved = std::time::UNIX_EPOCH + Duration::from_secs(9);
            file.set_modified(moved).unwrap();
        }
    };
    let publishing = bench.open_at(&bench.path(), Some(Box::new(change)));
    let id = bench.order(&publishing, Order::default());
    bench.run(&publishing);
    let failed = (State::Failed, Some(ErrorCode::SourceChanged));
    assert_eq!(publishing.state(id), failed);
    assert_eq!(bench.world().published, 0);
}

#[test]
fn a_scheduled_post_waits_for_its_time_and_can_be_called_off() {
    let bench = Bench::new();
    let publishing = bench.open();
    let at = |ms: u64| Order {
        at: Some(UnixMs(publishing.now().0 + ms)),
        ..Order::default()
    };
    let (soon, later, off) = (at(60_000), at(3_600_000), at(60_000));
    let soon = bench.order(&publishing, soon);
    let later = bench.order(&publishing, later);
    let off = bench.order(&publishing, off);
    publishing.attend_all();
    assert_eq!(bench.world().calls, [] as [&str; 0], "nothing is due");
    assert_eq!(publishing.cancel(off).unwrap().state, State::Cancelled);
    assert_eq!(publishing.cancel(off).unwrap().state, State::Cancelled);
    bench.clock.0.fetch_add(61_000, Ordering::SeqCst);
    publishing.attend_all();
    assert_eq!(publishing.state(soon).0, State::Published);
    assert_eq!(publishing.state(later).0, State::Scheduled);
    let late = publishing.cancel(soon).unwrap_err().to_api();
    assert_eq!(late.code, ErrorCode::TooLate);
    // A machine that was off for two days.
    bench.clock.0.fetch_add(48 * 3_600_000, Ordering::SeqCst);
    publishing.attend_all();
    let missed = (State::Failed, Some(ErrorCode::Missed));
    assert_eq!(publishing.state(later), missed);
    assert_eq!(bench.world().published, 1);
}

#[test]
fn what_is_called_off_during_a_call_stays_off() {
    let bench = Bench::new();
    let other = Arc::new(bench.open());
    let during = Arc::clone(&other);
    let cancel = move |call: &str| {
        if call == "open" {
            assert_eq!(during.cancel(1).unwrap().state, State::Cancelled);
        }
    };
    let publishing = bench.open_at(&bench.path(), Some(Box::new(cancel)));
    let id = bench.order(&publishing, Order::default());
    bench.run(&publishing);
    assert_eq!(publishing.state(id).0, State::Cancelled);
    assert_eq!(bench.world().calls, ["open"]);
}

#[test]
fn many_workers_post_each_once() {
    let bench = Bench::new();
    let publishing = bench.open();
    let ids: Vec<i64> = (0..12)
        .map(|_| bench.order(&publishing, Order::default()))
        .collect();
    let other = bench.open();
    std::thread::scope(|scope| {
        for publishing in [&publishing, &other] {
            scope.spawn(|| {
                publishing
                    .run(Span::Once, &Cancel::new(), &|_, _| {})
                    .unwrap();
            });
        }
    });
    bench.run(&publishing);
    assert_eq!(bench.world().published, ids.len());
    for id in ids {
        assert_eq!(publishing.state(id), (State::Published, None));
    }
}

#[test]
fn a_copied_folder_posts_nothing_by_itself() {
    let bench = Bench::new();
    let publishing = bench.open();
    let order = Order {
        at: Some(UnixMs(publishing.now().0 + 60_000)),
        ..Order::default()
    };
    let id = bench.order(&publishing, order);
    drop(publishing);
    let copy = bench.folder.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    std::fs::copy(bench.path(), copy.join("outbox.db")).unwrap();
    let copied = bench.open_at(&copy.join("outbox.db"), None);
    assert_eq!(
        copied.state(id),
        (State::Uncertain, Some(ErrorCode::Uncertain))
    );
    bench.clock.0.fetch_add(61_000, Ordering::SeqCst);
    copied.attend_all();
    assert_eq!(bench.world().published, 0);
    let publishing = bench.open();
    bench.run(&publishing);
    assert_eq!(
        publishing.state(id).0,
        State::Published,
        "where it was ordered"
    );
    // The user looked.
    let resolved = copied.resolve(id, posts::Answer::Yes).unwrap();
    assert_eq!(resolved.state, State::Published);
    assert_eq!(
        copied
            .resolve(id, posts::Answer::No)
            .unwrap_err()
            .to_api()
            .code,
        ErrorCode::TooLate
    );
}

#[test]
fn an_older_file_that_was_put_back_posts_nothing_again() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, Order::default());
    drop(publishing);
    let safe = bench.folder.path().join("safe.db");
    std::fs::copy(bench.path(), &safe).unwrap();
    bench.run(&bench.open());
    assert_eq!(bench.world().published, 1);
    // Written into the same file, so that its place is the same.
    let old = std::fs::read(&safe).unwrap();
    std::fs::write(bench.path(), old).unwrap();
    for side in ["outbox.db-wal", "outbox.db-shm"] {
        drop(std::fs::remove_file(bench.path().with_file_name(side)));
    }
    let publishing = bench.open();
    bench.run(&publishing);
    let doubt = (State::Uncertain, Some(ErrorCode::Uncertain));
    assert_eq!(publishing.state(id), doubt);
    assert_eq!(bench.world().published, 1, "not twice");
    let resolved = publishing.resolve(id, posts::Answer::No).unwrap();
    assert_eq!(resolved.state, State::Failed);
    // From then on the file is the newest again.
    let next = bench.order(&publishing, Order::default());
    bench.run(&publishing);
    assert_eq!(publishing.state(next).0, State::Published);
}

#[test]
fn what_a_network_makes_of_a_post_is_told() {
    let bench = Bench::new();
    let publishing = bench.open();
    let hidden = ApiError::new(ErrorCode::MadePrivate, "made private");
    bench.world().verdict = Some(Verdict::Processing);
    bench.world().remark = Some(hidden);
    let id = bench.order(&publishing, Order::default());
    let done = publishing
        .attend_to(&[id], &Cancel::new(), &|_, _| {})
        .unwrap();
    assert_eq!(done[0].state, State::Published, "not waited for");
    assert_eq!(done[0].step.as_deref(), Some("check"));
    assert!(done[0].next_attempt_at.is_some());
    bench.world().verdict = Some(Verdict::Live);
    bench.run(&publishing);
    let told = (State::Published, Some(ErrorCode::MadePrivate));
    assert_eq!(publishing.state(id), told);
    bench.world().remark = Some(ApiError::new(ErrorCode::PostRefused, "copyright"));
    bench.world().verdict = Some(Verdict::Rejected);
    let id = bench.order(&publishing, Order::default());
    bench.run(&publishing);
    let told = (State::Failed, Some(ErrorCode::PostRefused));
    assert_eq!(publishing.state(id), told);
}

#[test]
fn a_quota_that_is_used_up_is_waited_for() {
    let bench = Bench::new();
    let publishing = bench.open();
    bench.fault(0, Fault::Quota);
    let id = bench.order(&publishing, Order::default());
    let left = publishing
        .attend_to(&[id], &Cancel::new(), &|_, _| {})
        .unwrap();
    assert_eq!(left[0].state, State::Publishing);
    let until = left[0].next_attempt_at.as_deref().unwrap();
    assert!(until.ends_with("T08:00:00Z"), "{until}");
    let error = left[0].error.as_ref().unwrap();
    assert_eq!(error.code, ErrorCode::Postponed);
    bench.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
}

#[test]
fn what_no_network_takes_is_not_kept() {
    let bench = Bench::new();
    let publishing = bench.open();
    let targets = |name: &str| Targets(vec![name.to_owned()]);
    let order = |order: &Order, name: &str| {
        let refused = publishing.order(&bench.file(), order, &targets(name));
        refused.unwrap_err().to_api()
    };
    let untitled = order(&Order::default(), "youtube");
    assert_eq!(untitled.code, ErrorCode::PostRefused);
    assert!(untitled.hint.contains("--title"), "{untitled}");
    let titled = Order {
        title: "t".to_owned(),
        ..Order::default()
    };
    assert_eq!(order(&titled, "youtube:b").code, ErrorCode::NotConnected);
    assert_eq!(order(&titled, "mastodon").code, ErrorCode::Usage);
    let strange = Order {
        options: BTreeMap::from([("colour".to_owned(), "red".to_owned())]),
        ..titled.clone()
    };
    assert!(order(&strange, "youtube").hint.contains("tags"));
    connect(&publishing, "b", "marked-access");
    let several = order(&titled, "youtube");
    assert_eq!(several.code, ErrorCode::Usage);
    assert!(several.hint.contains("youtube:a"), "{several}");
    assert_eq!(publishing.list().unwrap(), []);
}

#[test]
fn a_call_that_was_stopped_is_as_open_as_after_a_death() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, Order::default());
    let cancel = Cancel::new();
    cancel.cancel();
    let stopped = publishing.run(Span::Always, &cancel, &|_, _| {});
    assert!(matches!(stopped, Err(Error::Cancelled)));
    assert_eq!(publishing.state(id).0, State::Scheduled);
}

#[test]
fn a_list_that_lags_behind_makes_no_second_post() {
    let bench = Bench::new();
    let publishing = bench.open();
    let order = Order {
        key: Some("k".to_owned()),
        ..Order::default()
    };
    bench.world().verdict = Some(Verdict::Missing);
    bench.world().remark = Some(ApiError::new(ErrorCode::PostRefused, "not shown"));
    let id = bench.order(&publishing, order.clone());
    let done = publishing
        .attend_to(&[id], &Cancel::new(), &|_, _| {})
        .unwrap();
    assert_eq!((done[0].state, &done[0].error), (State::Published, &None));
    bench.run(&publishing);
    let told = (State::Published, Some(ErrorCode::PostRefused));
    assert_eq!(publishing.state(id), told, "a remark in the end");
    assert_eq!(bench.order(&publishing, order), id);
    bench.run(&publishing);
    assert_eq!(bench.world().published, 1);
}

#[test]
fn a_rerun_posts_nothing_again_that_was_rejected() {
    let bench = Bench::new();
    let publishing = bench.open();
    let order = Order {
        key: Some("k".to_owned()),
        ..Order::default()
    };
    bench.world().verdict = Some(Verdict::Rejected);
    bench.world().remark = Some(ApiError::new(ErrorCode::PostRefused, "copyright"));
    let id = bench.order(&publishing, order.clone());
    bench.run(&publishing);
    assert_eq!(bench.order(&publishing, order.clone()), id);
    let told = publishing
        .attend_to(&[id], &Cancel::new(), &|_, _| {})
        .unwrap();
    assert_eq!(told[0].state, State::Failed);
    let error = told[0].error.as_ref().unwrap();
    assert_eq!(error.message, "copyright", "told as it is");
    assert_eq!(bench.world().published, 1);
    let anew = Order { key: None, ..order };
    assert_ne!(bench.order(&publishing, anew), id);
    bench.run(&publishing);
    assert_eq!(bench.world().published, 2, "because the user said so");
}

/// Writes something in place of an entry that cannot be read.
fn spoil(publishing: &Publishing, id: i64) {
    let spoilt = |row: &store::outbox::EntryRow| {
        Ok::<_, Error>(Some(store::outbox::Change {
            entry: "{}".to_owned(),
            wake: Some(0),
            what: "spoilt".to_owned(),
            remote: row.remote.clone(),
            url: row.url.clone(),
            error: row.error.clone(),
        }))
    };
    publishing.outbox.change_entry(id, 1, spoilt).unwrap();
}

#[test]
fn an_entry_that_cannot_be_read_stops_no_other() {
    let bench = Bench::new();
    let publishing = bench.open();
    let bad = bench.order(&publishing, Order::default());
    let good = bench.order(&publishing, Order::default());
    spoil(&publishing, bad);
    bench.run(&publishing);
    assert_eq!(publishing.state(good), (State::Published, None));
    let doubt = (State::Uncertain, Some(ErrorCode::Uncertain));
    assert_eq!(publishing.state(bad), doubt);
    assert_eq!(publishing.list().unwrap().len(), 2);
    assert_eq!(publishing.outbox.unfinished_entries().unwrap(), []);
}

#[test]
fn tokens_that_are_damaged_stop_no_other_account() {
    let bench = Bench::new();
    let publishing = bench.open();
    let bad = bench.order(&publishing, Order::default());
    let account = publishing.one_account("youtube:a").unwrap();
    let name = publishing
        .tokens_name(&account.network, &account.remote)
        .unwrap();
    bench.secrets.set(&name, &Secret::from("{}")).unwrap();
    connect(&publishing, "b", "marked-access");
    let targets = Targets(vec!["youtube:b".to_owned()]);
    let order = Order {
        title: "Trois idées".to_owned(),
        ..Order::default()
    };
    let good = publishing.order(&bench.file(), &order, &targets).unwrap();
    bench.run(&publishing);
    let failed = (State::Failed, Some(ErrorCode::NotConnected));
    assert_eq!(publishing.state(bad), failed);
    assert_eq!(publishing.state(good.entries[0]), (State::Published, None));
}

#[test]
fn a_keychain_that_gives_one_secret_late_is_waited_for() {
    let bench = Bench::new();
    let publishing = bench.open();
    let bad = bench.order(&publishing, Order::default());
    connect(&publishing, "b", "marked-access");
    *bench.mute.lock().unwrap() = Some("a/tokens");
    let name = publishing.tokens_name("youtube", "a").unwrap();
    assert!(bench.secrets.get(&name).is_err(), "{name}");
    let targets = Targets(vec!["youtube:b".to_owned()]);
    let order = Order {
        title: "Trois idées".to_owned(),
        ..Order::default()
    };
    let good = publishing.order(&bench.file(), &order, &targets).unwrap();
    publishing.attend_all();
    assert_eq!(publishing.state(good.entries[0]).0, State::Published);
    let held = publishing.entries(&[bad]).unwrap().remove(0);
    assert!(held.next_attempt_at.is_some(), "{held:?}");
    *bench.mute.lock().unwrap() = None;
    bench.run(&publishing);
    assert_eq!(publishing.state(bad), (State::Published, None));
    // One that gives nothing at all ends the run.
    *bench.mute.lock().unwrap() = Some("");
    bench.order(&publishing, Order::default());
    let ended = publishing.work(Span::Once, &Cancel::new(), &|_, _| {});
    let error = ended.unwrap_err().to_api();
    assert_eq!(error.code, ErrorCode::KeychainUnusable);
}

#[test]
fn who_waits_for_another_process_can_be_stopped() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, Order::default());
    let lease = publishing.try_lock(&format!("entry-{id}")).unwrap();
    assert!(lease.is_some());
    let (tell, told) = std::sync::mpsc::sync_channel(1);
    let cancel = Cancel::new();
    let stop = cancel.clone();
    std::thread::spawn(move || {
        let left = publishing.attend_to(&[id], &cancel, &|_, _| {});
        tell.send(matches!(left, Err(Error::Cancelled))).unwrap();
    });
    std::thread::sleep(Duration::from_millis(20));
    stop.cancel();
    let ended = told.recv_timeout(Duration::from_secs(20));
    assert_eq!(ended, Ok(true), "else it spins for ever");
}

#[test]
fn an_app_that_is_not_accepted_replaces_none() {
    let bench = Bench::new();
    let publishing = bench.open();
    let register = |client_id: &str, secret: Option<&str>| {
        let secret = secret.map(Secret::from);
        publishing.register_app("youtube", client_id, secret.as_ref(), &Cancel::new())
    };
    let kept = || {
        let app = publishing.app_of("youtube").unwrap();
        let secret = app.client_secret.map(|s| s.expose_secret().to_owned());
        (app.client_id, secret)
    };
    let app = |id: &str, secret: &str| (id.to_owned(), Some(secret.to_owned()));
    bench.world().accepts = Some(true);
    assert_eq!(register("one", Some("s1")).unwrap().accepted, Some(true));
    assert_eq!(kept(), app("one", "s1"));
    bench.world().accepts = Some(false);
    for (id, secret) in [("two", Some("s2")), ("two", None)] {
        let refused = register(id, secret).unwrap_err().to_api();
        assert_eq!(refused.code, ErrorCode::AppRefused);
        assert_eq!(kept(), app("one", "s1"), "the one that works stays");
    }
    bench.world().accepts = None;
    assert_eq!(register("three", Some("s3")).unwrap().accepted, None);
    assert_eq!(kept(), app("three", "s3"), "it could not be asked");
}

#[test]
fn an_audit_note_that_cannot_be_written_throws_no_answer_away() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, Order::default());
    // A token that has to be refreshed, so that its note is among those that fail.
    bench.world().access = "another".to_owned();
    let database = rusqlite::Connection::open(bench.path()).unwrap();
    database.execute_batch("DROP TABLE calls").unwrap();
    bench.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
    assert_eq!(bench.world().refreshes, 1);
    assert_eq!(bench.world().published, 1);
}

#[test]
fn what_failed_is_resumed_where_it_ended() {
    let bench = Bench::new();
    let publishing = bench.open();
    let order = Order {
        key: Some("k".to_owned()),
        ..Order::default()
    };
    let id = bench.order(&publishing, order.clone());
    for at in 2..20 {
        bench.fault(at, Fault::Down);
    }
    bench.run(&publishing);
    assert_eq!(publishing.state(id).0, State::Failed);
    assert!(publishing.session(id).unwrap().is_some(), "kept");
    bench.world().faults.clear();
    let before = bench.world().calls.len();
    assert_eq!(bench.order(&publishing, order), id);
    bench.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
    let calls = bench.world().calls.split_off(before);
    assert_eq!(calls, ["ask", "send", "send", "check"], "not opened anew");
    assert!(publishing.session(id).unwrap().is_none(), "of no more use");
}

#[test]
fn a_session_is_kept_for_a_post_in_doubt_until_the_user_looked() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, Order::default());
    bench.fault(3, Fault::Lost);
    for at in 4..20 {
        bench.fault(at, Fault::Down);
    }
    bench.run(&publishing);
    assert_eq!(publishing.state(id).0, State::Uncertain);
    assert!(publishing.session(id).unwrap().is_some(), "kept");
    publishing.resolve(id, posts::Answer::Yes).unwrap();
    assert!(publishing.session(id).unwrap().is_none(), "resolved");
}

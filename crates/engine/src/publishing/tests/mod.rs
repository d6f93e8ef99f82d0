//! The outbox over a virtual clock and a network that fails as it is told.
//!
//! Map: here the bench · `posting` · `preflight` · `crowd` · `accounts` · `places` · `trouble`; `networks`
//! has the networks' strict servers instead.

mod accounts;
mod crowd;
mod networks;
mod places;
mod posting;
mod preflight;
mod trouble;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use online::consent::{App, Dialect, Kept, Tokens};
use online::secrets::{ExposeSecret as _, InMemory, Secret, Secrets};
use online::upload::{Advice, Planned, Source};
use posts::outbox::{Call, Outcome, State, UnixMs, Verdict};
use protocol::error::{ApiError, ErrorCode};
use store::outbox::Seen;
use task::Cancel;

use super::clock::Clock;
use super::orders::{Content, Order, Probed, Targets};
use super::port::{Guide, Identity, Port, Reply, Work};
use super::still::{Moment, Stills};
use super::tokens::system_time;
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

    /// No time passes while a call is under way, unless a test lets it.
    fn pause(&self, _millis: u64, _cancel: &Cancel) {
        std::thread::sleep(Duration::from_millis(1));
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
    /// How often it was asked whose token it is.
    asked_who: usize,
    /// How many posts are taken of an account in a day, if that is limited.
    most_a_day: Option<usize>,
    /// How many posts were made by an account on a day.
    posted_on: BTreeMap<(String, u64), usize>,
    /// By how much the machine's clock is ahead of the network's, in seconds.
    clock_ahead_secs: i64,
}

/// What happens beside a call.
type During = Box<dyn Fn(&str) + Send + Sync>;

/// A network whose last part makes the post.
struct Fake {
    clock: Arc<Virtual>,
    world: Arc<Mutex<World>>,
    death: Arc<Death>,
    during: Option<During>,
    /// Whether it has answered this process: before that its clock is not known.
    answered: AtomicBool,
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
    /// Counts a post of an account on a day, unless it is one too many.
    fn takes_another(&mut self, work: &Work<'_>, now: UnixMs) -> bool {
        let Some(most) = self.most_a_day else {
            return true;
        };
        let day = now.0 / (24 * 3_600_000);
        let account = work.handle.unwrap_or_default().to_owned();
        let posted = self.posted_on.entry((account, day)).or_default();
        let takes = *posted < most;
        *posted += usize::from(takes);
        takes
    }

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
            Call::Post | Call::Look | Call::Refresh | Call::SetCover => {
                panic!("not asked for here: {call:?}")
            }
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

    fn who(&self, token: &Secret, _cancel: &Cancel) -> Result<Option<Identity>, online::Error> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.asked_who += 1;
        self.answered.store(true, Ordering::SeqCst);
        if token.expose_secret() != world.access {
            return Err(refusal(401, Advice::Reconnect));
        }
        let name = "a".to_owned();
        Ok(Some(Identity {
            remote: name.clone(),
            name,
            handle: None,
        }))
    }

    fn make(&self, call: Call, work: &Work<'_>, _cancel: &Cancel) -> Result<Reply, online::Error> {
        self.death.moment();
        self.answered.store(true, Ordering::SeqCst);
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
            if call == Call::Open && !world.takes_another(work, self.clock.now()) {
                return Err(refusal(429, Advice::Tomorrow));
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

    fn clock_ahead_secs(&self) -> Option<i64> {
        let ahead = self.world.lock().unwrap().clock_ahead_secs;
        self.answered.load(Ordering::SeqCst).then_some(ahead)
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
            clock: Arc::clone(&self.clock),
            world: Arc::clone(&self.world),
            death: Arc::clone(&self.death),
            during,
            answered: AtomicBool::new(false),
        });
        Publishing::over(
            path,
            path.with_file_name("locks"),
            Safe::holding(Arc::clone(&self.secrets)),
            Arc::clone(&self.clock) as Arc<dyn Clock>,
            Box::new(move |_network| Ok(Arc::clone(&port))),
            drawn(),
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

/// Draws every frame as the same picture: of this JPEG, whatever the file is.
fn drawn() -> Stills {
    Box::new(|path, _moment, cancel| {
        cancel.check()?;
        assert!(path.is_file(), "the posted file is there");
        Ok(testkit::strict::youtube::jpeg([200, 30, 30]))
    })
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
        .keep(
            "youtube",
            remote,
            &Kept::new(tokens, system_time(now)),
            &Cancel::new(),
        )
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
        let watch = super::lanes::Watch::default();
        (self.work(&watch, Span::Once, &Cancel::new(), &|_, _| {})).unwrap();
    }

    fn state(&self, id: i64) -> (State, Option<ErrorCode>) {
        let document = self.entries(&[id]).unwrap().remove(0);
        (document.state, document.error.map(|error| error.code))
    }
}

//! Renewal of tokens: one at a time per account, across threads and processes, kept before use.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Barrier;
use std::time::{Duration, SystemTime};

use online::consent::{App, Dialect, Keeping, Kept, Stale, Tokens, refresh};
use online::secrets::{Cost, ExposeSecret as _, InMemory, Secret, SecretFile, Secrets};
use online::{Endpoints, Error, tiktok, x, youtube};
use task::Cancel;
use testkit::strict::oauth::{CLIENT_ID, CLIENT_SECRET, REFRESH, TOKEN};
use testkit::strict::{Fault, Step};

const NAME: &str = "x/atelier/tokens";
/// What the processes of a test are told.
const INSIDE: &str = "CREALIA_TEST_INSIDE";

type Asks = Box<dyn Fn(&Secret) -> Result<Tokens, Error> + Send + Sync>;

/// Asks a network as an app does.
fn asks(dialect: Dialect, secret: Option<&str>) -> Asks {
    let app = App {
        client_id: CLIENT_ID.to_owned(),
        client_secret: secret.map(Into::into),
    };
    Box::new(move |token| refresh(&dialect, &app, token, &Cancel::new()))
}

/// An account whose access token has ended.
fn connected(now: SystemTime) -> Kept {
    Kept {
        access: TOKEN.into(),
        refresh: Some(REFRESH.into()),
        ends: now.checked_sub(Duration::from_secs(1)),
        refresh_ends: None,
        scopes: Some(vec!["tweet.write".into()]),
        account: Some("open-id-1".into()),
    }
}

struct Account<'a> {
    ask: Asks,
    secrets: &'a dyn Secrets,
    lock: PathBuf,
}

impl Account<'_> {
    fn keeping(&self) -> Keeping<'_> {
        Keeping {
            ask: self.ask.as_ref(),
            secrets: self.secrets,
            name: NAME,
            lock: &self.lock,
        }
    }

    /// Keeps tokens of which the access token has just ended, and returns when this was.
    fn keep_ended(&self) -> SystemTime {
        let now = SystemTime::now();
        self.keeping()
            .keep(&connected(now), &Cancel::new())
            .unwrap();
        now
    }

    fn renewed(&self, stale: Stale<'_>) -> Result<Kept, Error> {
        self.keeping()
            .renewed(stale, SystemTime::now(), &Cancel::new())
    }
}

fn x_account<'a>(endpoints: &str, secrets: &'a dyn Secrets, folder: &Path) -> Account<'a> {
    let endpoints = Endpoints::overridden_by(endpoints).unwrap();
    Account {
        ask: asks(x::dialect(&endpoints.x), None),
        secrets,
        lock: folder.join("locks/x-atelier"),
    }
}

fn text(secret: &Secret) -> String {
    secret.expose_secret().to_owned()
}

#[test]
fn each_network_renews_in_its_way() {
    let folder = tempfile::tempdir().unwrap();
    let (google, own_x, tik) = (
        testkit::strict::youtube::Server::start(),
        testkit::strict::x::Server::start(),
        testkit::strict::tiktok::Server::start(),
    );
    let all = [google.endpoints(), own_x.endpoints(), tik.endpoints()].concat();
    let endpoints = Endpoints::overridden_by(&all).unwrap();
    let cases = [
        (
            youtube::dialect(&endpoints.youtube),
            Some(CLIENT_SECRET),
            true,
        ),
        (x::dialect(&endpoints.x), None, false),
        (
            tiktok::dialect(&endpoints.tiktok),
            Some(CLIENT_SECRET),
            false,
        ),
    ];
    for (index, (dialect, secret, keeps_old)) in cases.into_iter().enumerate() {
        let secrets = InMemory::default();
        let account = Account {
            ask: asks(dialect, secret),
            secrets: &secrets,
            lock: folder.path().join(index.to_string()),
        };
        let now = account.keep_ended();
        let keeping = account.keeping();
        let renewed = account.renewed(Stale::EndsBefore(now)).unwrap();
        assert_ne!(text(&renewed.access), TOKEN);
        let refresh = text(renewed.refresh.as_ref().unwrap());
        assert_eq!(refresh == REFRESH, keeps_old, "{index}");
        assert!(renewed.ends.unwrap() > now + Duration::from_mins(59));
        assert_eq!(renewed.account.as_deref(), Some("open-id-1"), "{index}");
        let kept = keeping.tokens().unwrap().unwrap();
        assert_eq!(text(&kept.access), text(&renewed.access), "kept");
        assert_eq!(text(kept.refresh.as_ref().unwrap()), refresh);
        // Good ones stay; one that is refused is renewed however long it has.
        let same = account.renewed(Stale::EndsBefore(now)).unwrap();
        assert_eq!(text(&same.access), text(&renewed.access));
        let next = account.renewed(Stale::Refused(&same.access)).unwrap();
        assert_ne!(text(&next.access), text(&same.access));
        keeping.forget(&Cancel::new()).unwrap();
        assert!(keeping.tokens().unwrap().is_none());
    }
    for (refreshes, refusals) in [
        (google.refreshes(), google.refusals()),
        (own_x.refreshes(), own_x.refusals()),
        (tik.refreshes(), tik.refusals()),
    ] {
        assert_eq!(refreshes, 2);
        assert_eq!(refusals, [] as [&str; 0]);
    }
}

#[test]
fn of_many_threads_one_asks_the_network() {
    let folder = tempfile::tempdir().unwrap();
    let server = testkit::strict::x::Server::start();
    let secrets = InMemory::default();
    let account = x_account(&server.endpoints(), &secrets, folder.path());
    let now = account.keep_ended();
    server.fail(Step::Refresh, Fault::Slow(Duration::from_millis(100)));
    let start = Barrier::new(8);
    let refused = Secret::from(TOKEN);
    let found: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|number| {
                let (account, start, refused) = (&account, &start, &refused);
                scope.spawn(move || {
                    start.wait();
                    // Some see that it ends, some that it was refused.
                    let stale = match number % 2 {
                        0 => Stale::EndsBefore(now),
                        _ => Stale::Refused(refused),
                    };
                    text(&account.renewed(stale).unwrap().access)
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(server.refreshes(), 1);
    assert_eq!(server.refusals(), [] as [&str; 0]);
    assert!(found.iter().all(|access| *access == found[0]), "{found:?}");
}

/// Opens the file of secrets as each process does.
fn file(folder: &Path) -> SecretFile {
    let cost = Cost {
        memory_kib: 64,
        passes: 1,
        lanes: 1,
    };
    SecretFile::open(&folder.join("secrets"), "passe".into(), cost).unwrap()
}

#[test]
fn of_many_processes_one_asks_the_network() {
    if let Ok(told) = std::env::var(INSIDE) {
        let (folder, endpoints) = told.split_once('|').unwrap();
        let secrets = file(Path::new(folder));
        let account = x_account(endpoints, &secrets, Path::new(folder));
        let refused = Secret::from(TOKEN);
        account.renewed(Stale::Refused(&refused)).unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let server = testkit::strict::x::Server::start();
    let secrets = file(folder.path());
    let account = x_account(&server.endpoints(), &secrets, folder.path());
    account.keep_ended();
    let keeping = account.keeping();
    server.fail(Step::Refresh, Fault::Slow(Duration::from_millis(200)));
    let told = format!("{}|{}", folder.path().display(), server.endpoints());
    let processes: Vec<_> = (0..4)
        .map(|_| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "of_many_processes_one_asks_the_network"])
                .env(INSIDE, &told)
                .spawn()
                .unwrap()
        })
        .collect();
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    assert_eq!(server.refreshes(), 1);
    assert_eq!(server.refusals(), [] as [&str; 0]);
    let kept = keeping.tokens().unwrap().unwrap();
    assert!(
        server.is_live(&text(&kept.access)),
        "what is kept can be used"
    );
    assert!(server.is_live(&text(kept.refresh.as_ref().unwrap())));
}

/// Secrets that cannot be written.
struct Full(InMemory);

impl Secrets for Full {
    fn get(&self, name: &str) -> Result<Option<Secret>, Error> {
        self.0.get(name)
    }

    fn set(&self, _name: &str, _secret: &Secret) -> Result<(), Error> {
        Err(Error::Full {
            path: "secrets".into(),
        })
    }

    fn remove(&self, name: &str) -> Result<(), Error> {
        self.0.remove(name)
    }
}

#[test]
fn what_cannot_be_kept_is_not_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let server = testkit::strict::x::Server::start();
    let secrets = InMemory::default();
    let account = x_account(&server.endpoints(), &secrets, folder.path());
    let now = account.keep_ended();
    let full = Full(secrets);
    let account = x_account(&server.endpoints(), &full, folder.path());
    let outcome = account.renewed(Stale::EndsBefore(now));
    assert!(matches!(outcome, Err(Error::Full { .. })), "{outcome:?}");
    assert_eq!(server.refreshes(), 0);
    assert!(server.is_live(REFRESH), "the token is as good as before");
}

#[test]
fn failures_leave_what_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let server = testkit::strict::x::Server::start();
    let secrets = InMemory::default();
    let account = x_account(&server.endpoints(), &secrets, folder.path());
    let keeping = account.keeping();
    let now = SystemTime::now();
    let none = account.renewed(Stale::EndsBefore(now));
    assert!(matches!(none, Err(Error::DamagedSecret { .. })), "{none:?}");
    keeping.keep(&connected(now), &Cancel::new()).unwrap();
    for fault in [
        Fault::Refused(503, "temporarily_unavailable"),
        Fault::Reset,
        Fault::Refused(400, "invalid_grant"),
    ] {
        server.fail(Step::Refresh, fault);
        let outcome = account.renewed(Stale::EndsBefore(now));
        assert!(outcome.is_err(), "{fault:?}");
        let kept = keeping.tokens().unwrap().unwrap();
        assert_eq!(text(kept.refresh.as_ref().unwrap()), REFRESH, "{fault:?}");
    }
    assert!(account.renewed(Stale::EndsBefore(now)).is_ok());
    let mut without = connected(now);
    without.refresh = None;
    keeping.keep(&without, &Cancel::new()).unwrap();
    let outcome = account.renewed(Stale::EndsBefore(now));
    assert!(
        matches!(outcome, Err(Error::TokenRefused { .. })),
        "{outcome:?}"
    );
    secrets.set(NAME, &"{".into()).unwrap();
    let outcome = account.renewed(Stale::EndsBefore(now));
    assert!(
        matches!(outcome, Err(Error::DamagedSecret { .. })),
        "{outcome:?}"
    );
    assert!(!format!("{keeping:?} {without:?} {outcome:?}").contains("marked"));
}

#[test]
fn waiting_for_a_turn_ends_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = InMemory::default();
    let account = x_account("", &secrets, folder.path());
    let now = account.keep_ended();
    let keeping = account.keeping();
    let held = std::fs::File::open(&account.lock).unwrap();
    held.lock().unwrap();
    let cancel = Cancel::new();
    cancel.cancel();
    let outcome = keeping.renewed(Stale::EndsBefore(now), now, &cancel);
    assert!(matches!(outcome, Err(Error::Cancelled)), "{outcome:?}");
}

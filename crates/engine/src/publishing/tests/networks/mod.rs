//! The outbox at the networks' strict servers, each through its own adapter.
//!
//! Map: here what holds for every network · `matrix` whatever goes wrong · `rates` · `youtube_alone`,
//! `tiktok_alone`, `x_alone`

use online::consent::Language;
use online::upload::Session;
use posts::Privacy;
use protocol::studio::posting::{AccountId, CreatorView, Interaction};
use testkit::strict::oauth::{CLIENT_ID, REFRESH, TOKEN, User};
use testkit::strict::{Fault, Posting, Server, Step, browser, secrets, tiktok, x, youtube};

use super::*;
use crate::publishing::port::Ports;

mod accounts;
mod matrix;
mod rates;
mod tiktok_alone;
mod x_alone;
mod youtube_alone;

/// A network, a file of several parts, and the program's data.
struct Live<D: Posting> {
    folder: tempfile::TempDir,
    clock: Arc<Virtual>,
    server: Server<D>,
    death: Arc<Death>,
    secrets: Arc<dyn Secrets>,
}

/// A network's port around whose calls the program may die, or something else happen.
struct Mortal {
    port: Arc<dyn Port>,
    death: Arc<Death>,
    during: Option<Arc<During>>,
}

/// What happens after a call of this name, which may have failed.
type During = dyn Fn(&str, Option<&online::Error>) + Send + Sync;

impl Port for Mortal {
    fn guide(&self) -> Guide {
        self.port.guide()
    }

    fn dialect(&self) -> Dialect {
        self.port.dialect()
    }

    fn scopes(&self) -> &'static [&'static str] {
        self.port.scopes()
    }

    fn needed(&self) -> &'static [&'static str] {
        self.port.needed()
    }

    fn part(&self, bytes: u64) -> u64 {
        self.port.part(bytes)
    }

    fn options(&self) -> &'static [&'static str] {
        self.port.options()
    }

    fn misused(&self, content: &Content) -> Option<ApiError> {
        self.port.misused(content)
    }

    fn notices(&self, content: &Content) -> Vec<String> {
        self.port.notices(content)
    }

    fn price(&self, content: &Content) -> Option<u64> {
        self.port.price(content)
    }

    fn who(&self, token: &Secret, cancel: &Cancel) -> Result<Option<Identity>, online::Error> {
        self.port.who(token, cancel)
    }

    fn creator(
        &self,
        token: &Secret,
        cancel: &Cancel,
    ) -> Result<Option<CreatorView>, online::Error> {
        self.port.creator(token, cancel)
    }

    fn make(&self, call: Call, work: &Work<'_>, cancel: &Cancel) -> Result<Reply, online::Error> {
        self.death.moment();
        let made = self.port.make(call, work, cancel);
        if let Some(during) = &self.during {
            during(
                crate::publishing::documents::name(call),
                made.as_ref().err(),
            );
        }
        self.death.moment();
        made
    }

    fn cover(&self, content: &Content) -> Option<Moment> {
        self.port.cover(content)
    }

    fn plan(&self, content: &Content, source: &Source) -> Result<Vec<Planned>, online::Error> {
        self.port.plan(content, source)
    }

    fn clock_ahead_secs(&self) -> Option<i64> {
        self.port.clock_ahead_secs()
    }

    fn url(&self, remote: &str) -> Option<String> {
        self.port.url(remote)
    }

    fn refresh(&self, app: &App, token: &Secret, cancel: &Cancel) -> Result<Tokens, online::Error> {
        self.death.moment();
        let tokens = self.port.refresh(app, token, cancel);
        if let Some(during) = &self.during {
            during("refresh", tokens.as_ref().err());
        }
        self.death.moment();
        tokens
    }
}

/// Returns the length of a file that goes out in three parts, or two where parts are large.
fn length(network: &str) -> usize {
    match network {
        "youtube" => (8 << 20) + 1_234,
        "x" => 2 * (2 << 20) + 1_234,
        _ => 2 * 10_000_000 + 1_234,
    }
}

impl<D: Posting> Live<D> {
    /// Makes one with an account that is connected.
    fn new() -> Self {
        let live = Self::unconnected();
        let publishing = live.open();
        let now = publishing.now();
        let tokens = Tokens {
            access: Secret::from(TOKEN),
            refresh: Some(Secret::from(REFRESH)),
            expires_in: Some(Duration::from_hours(2)),
            refresh_expires_in: None,
            scopes: None,
            account: None,
        };
        let kept = Kept::new(tokens, system_time(now));
        (publishing.keep(D::NETWORK, "1", &kept, &Cancel::new())).unwrap();
        let port = (publishing.ports)(posts::Network::from_id(D::NETWORK).unwrap()).unwrap();
        let scopes: Vec<String> = port.scopes().iter().map(|s| (*s).to_owned()).collect();
        let seen = Seen {
            network: D::NETWORK,
            remote: "1",
            name: "L’atelier",
            handle: Some("@petitatelier"),
            scopes: &scopes,
        };
        publishing.outbox.save_account(&seen, 1).unwrap();
        live
    }

    /// Makes one with an app and no account.
    fn unconnected() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        let reel = folder.path().join("reel.mp4");
        std::fs::write(reel, vec![7; length(D::NETWORK)]).unwrap();
        let death = Arc::new(Death::default());
        death.set(Death::NEVER);
        let live = Self {
            folder,
            clock: Arc::new(Virtual(AtomicU64::new(1_800_000_000_000))),
            server: D::start(),
            secrets: Arc::new(super::Mortal {
                secrets: InMemory::default(),
                death: Arc::clone(&death),
                mute: Arc::default(),
            }),
            death,
        };
        let app = store::outbox::AppRow {
            network: D::NETWORK.to_owned(),
            client_id: CLIENT_ID.to_owned(),
        };
        let publishing = live.open();
        publishing.outbox.save_app(&app, 1).unwrap();
        let secret = D::SECRET.map(Secret::from);
        publishing
            .keep_app_secret(D::NETWORK, secret.as_ref())
            .unwrap();
        live
    }

    fn open(&self) -> Publishing {
        self.open_with(None)
    }

    fn open_with(&self, during: Option<Arc<During>>) -> Publishing {
        let endpoints = online::Endpoints::overridden_by(&D::endpoints(&self.server)).unwrap();
        let real = crate::publishing::port::at(endpoints);
        let death = Arc::clone(&self.death);
        let ports: Ports = Box::new(move |network| {
            Ok(Arc::new(Mortal {
                port: real(network)?,
                death: Arc::clone(&death),
                during: during.clone(),
            }))
        });
        let path = self.folder.path().join("home/outbox.db");
        Publishing::over(
            &path,
            path.with_file_name("locks"),
            Safe::holding(Arc::clone(&self.secrets)),
            Arc::clone(&self.clock) as Arc<dyn Clock>,
            ports,
            drawn(),
        )
        .unwrap()
    }

    fn file(&self) -> Probed {
        Probed::of_test(&self.folder.path().join("reel.mp4"))
    }

    fn order(&self, publishing: &Publishing, order: &Order) -> i64 {
        let targets = Targets(vec![D::NETWORK.to_owned()]);
        let ordered = publishing.order(&self.file(), order, &targets).unwrap();
        ordered.entries[0]
    }

    fn refused(&self, publishing: &Publishing, order: &Order) -> ApiError {
        let targets = Targets(vec![D::NETWORK.to_owned()]);
        let refused = publishing.order(&self.file(), order, &targets);
        refused.unwrap_err().to_api()
    }

    /// Runs until nothing is left to do, however long that takes.
    fn run(&self, publishing: &Publishing) {
        for _ in 0..100 {
            publishing
                .run(Span::Once, &Cancel::new(), &|_, _| {})
                .unwrap();
            let rows = publishing.outbox.unfinished_entries().unwrap();
            let Some(wake) = rows.iter().filter_map(|row| row.wake).min() else {
                return;
            };
            self.clock.0.fetch_max(wake as u64, Ordering::SeqCst);
        }
        panic!("it never ends: {:?}", self.server.calls());
    }

    /// Runs until a post is over, and no longer.
    fn run_until(&self, publishing: &Publishing, id: i64) {
        for _ in 0..100 {
            publishing
                .run(Span::Once, &Cancel::new(), &|_, _| {})
                .unwrap();
            let Some(wake) = publishing.outbox.entry(id).unwrap().wake else {
                return;
            };
            self.clock.0.fetch_max(wake as u64, Ordering::SeqCst);
        }
        panic!("it never ends: {:?}", self.server.calls());
    }

    /// Posts once while these go wrong; returns how the post stands.
    fn post_with(&self, faults: &[(Step, Fault)]) -> protocol::publishing::EntryDocument {
        let publishing = self.open();
        let id = self.order(&publishing, &public());
        for (step, fault) in faults {
            self.server.fail(*step, *fault);
        }
        self.run(&publishing);
        publishing.entries(&[id]).unwrap().remove(0)
    }

    fn published(&self) -> usize {
        D::published(&self.server)
    }
}

/// Returns what every network takes and shows to everybody.
fn public() -> Order {
    Order {
        title: "Trois idées".to_owned(),
        caption: "En deux minutes. #conseil".to_owned(),
        privacy: Some(Privacy::Public),
        ..Order::default()
    }
}

fn with_option(order: Order, name: &str, value: &str) -> Order {
    Order {
        options: BTreeMap::from([(name.to_owned(), value.to_owned())]),
        ..order
    }
}

fn once<D: Posting>(url: &str) {
    let live = Live::<D>::new();
    let publishing = live.open();
    let targets = Targets(vec![D::NETWORK.to_owned()]);
    let plans = publishing.plan("reel.mp4", &live.file(), &public(), &targets);
    let plan = plans.unwrap().remove(0);
    assert_eq!(live.server.calls(), [] as [&str; 0], "a plan calls nothing");
    let id = live.order(&publishing, &public());
    let done = publishing
        .attend_to(&[id], &Cancel::new(), &|_, _| {})
        .unwrap();
    assert_eq!((done[0].state, &done[0].error), (State::Published, &None));
    let shown = done[0].url.as_deref().unwrap();
    assert!(shown.starts_with(url) && shown.len() > url.len(), "{shown}");
    assert_eq!(live.published(), 1);
    assert_eq!(live.server.refusals(), [] as [&str; 0]);
    let calls = live.server.calls();
    assert_eq!(calls.len(), plan.calls.len(), "{calls:?} {:?}", plan.calls);
    let noted = publishing.outbox.calls_since(0).unwrap();
    assert!(noted.len() > 3, "calls are in the audit log: {noted:?}");
    assert!(publishing.session(id).unwrap().is_none(), "of no more use");
    // Of a script's rerun nothing goes out.
    let keyed = Order {
        key: Some("k".to_owned()),
        ..public()
    };
    let first = live.order(&publishing, &keyed);
    live.run(&publishing);
    assert_eq!(live.order(&publishing, &keyed), first);
    live.run(&publishing);
    assert_eq!(live.published(), 2);
}

#[test]
fn a_post_goes_out_once_as_planned_and_is_read_back() {
    once::<youtube::Desk>("https://youtu.be/");
    once::<x::Desk>("https://x.com/i/status/");
    once::<tiktok::Desk>("https://www.tiktok.com/@petitatelier/video/");
}

fn deaths<D: Posting>() {
    for second in [None, Some(3)] {
        let mut lost = 0;
        for at in 0.. {
            let live = Live::<D>::new();
            // So that the refresh is among what can die.
            live.server.expire_tokens();
            let id = live.order(&live.open(), &public());
            live.death.set(at);
            let died = catch_unwind(AssertUnwindSafe(|| live.run(&live.open()))).is_err();
            if let Some(second) = second {
                live.death.set(second);
                drop(catch_unwind(AssertUnwindSafe(|| live.run(&live.open()))));
            }
            live.death.set(Death::NEVER);
            let publishing = live.open();
            live.run(&publishing);
            let what = format!("{}: death {at}, then {second:?}", D::NETWORK);
            let (state, error) = publishing.state(id);
            if error == Some(ErrorCode::NotConnected) {
                // A refresh token for one use ended with the answer that was lost: the user connects
                // again. Nothing is posted meanwhile.
                assert_eq!((state, live.published()), (State::Failed, 0), "{what}");
                assert_ne!(D::NETWORK, "youtube", "{what}");
                lost += 1;
                assert!(
                    second.is_some() || lost <= 2,
                    "between the answer and its being kept: {what}"
                );
            } else {
                assert_eq!((state, live.published()), (State::Published, 1), "{what}");
            }
            if !died {
                assert!(at > 12, "there are that many moments: {at}");
                break;
            }
        }
    }
}

#[test]
fn wherever_the_program_dies_there_is_one_post_on_youtube() {
    deaths::<youtube::Desk>();
}

#[test]
fn wherever_the_program_dies_there_is_one_post_on_x() {
    deaths::<x::Desk>();
}

#[test]
fn wherever_the_program_dies_there_is_one_post_on_tiktok() {
    deaths::<tiktok::Desk>();
}

fn resumed<D: Posting>() {
    let live = Live::<D>::new();
    let publishing = live.open();
    let keyed = Order {
        key: Some("k".to_owned()),
        ..public()
    };
    let id = live.order(&publishing, &keyed);
    for _ in 0..12 {
        live.server.fail(Step::LastPart, Fault::Refused(429, ""));
    }
    live.run(&publishing);
    assert_eq!(publishing.state(id).0, State::Failed, "{}", D::NETWORK);
    live.server
        .fail(Step::LastPart, Fault::Slow(Duration::ZERO));
    while !live.server.is_done() {
        assert_eq!(live.order(&publishing, &keyed), id);
        live.run(&publishing);
    }
    assert_eq!(publishing.state(id), (State::Published, None));
    assert_eq!(live.published(), 1);
    let is_opening = |path: &&String| {
        ["/upload/youtube/v3/videos", "/2/media/upload/initialize"].contains(&path.as_str())
            || path.ends_with("/video/init/")
    };
    let openings = live.server.calls();
    let openings = openings.iter().filter(is_opening).count();
    assert_eq!(openings, 1, "{}: not opened anew", D::NETWORK);
}

#[test]
fn what_failed_is_resumed_where_it_ended_on_every_network() {
    resumed::<youtube::Desk>();
    resumed::<x::Desk>();
    resumed::<tiktok::Desk>();
}

fn tokens<D: Posting>() {
    let live = Live::<D>::new();
    let publishing = live.open();
    for count in 1..=3 {
        live.server.expire_tokens();
        let id = live.order(&publishing, &public());
        live.run(&publishing);
        assert_eq!(publishing.state(id), (State::Published, None));
        assert_eq!(live.server.refreshes(), count, "{}", D::NETWORK);
    }
    live.server.revoke_all();
    let id = live.order(&publishing, &public());
    live.run(&publishing);
    let failed = (State::Failed, Some(ErrorCode::NotConnected));
    assert_eq!(publishing.state(id), failed);
    assert_eq!(live.published(), 3);
}

#[test]
fn tokens_that_ended_are_refreshed_again_and_again() {
    tokens::<youtube::Desk>();
    tokens::<x::Desk>();
    tokens::<tiktok::Desk>();
}

/// Erases what is kept of the upload after a call.
fn forgetting<D: Posting>(
    live: &Live<D>,
    call: &'static str,
    faults: &[(Step, Fault)],
) -> (i64, Publishing) {
    let other = live.open();
    let id = live.order(&other, &public());
    for (step, fault) in faults {
        live.server.fail(*step, *fault);
    }
    let done = AtomicUsize::new(0);
    let forget = move |name: &str, _failed: Option<&online::Error>| {
        if name == call && done.fetch_add(1, Ordering::SeqCst) == 0 {
            other.erase_session(id).unwrap();
        }
    };
    let publishing = live.open_with(Some(Arc::new(forget)));
    live.run(&publishing);
    (id, publishing)
}

#[test]
fn a_video_that_is_gone_is_uploaded_anew_and_never_left_out() {
    let has_video = |live: &Live<x::Desk>| {
        let posts = live.server.posts();
        assert!(
            posts.iter().all(|post| post["media"].is_object()),
            "{posts:?}"
        );
        posts.len()
    };
    // X has forgotten it, as after a day.
    let live = Live::<x::Desk>::new();
    let done = live.post_with(&[(Step::Post, Fault::Forgotten)]);
    assert_eq!((done.state, has_video(&live)), (State::Published, 1));
    // Its name is lost here.
    let live = Live::<x::Desk>::new();
    let (id, publishing) = forgetting(&live, "ask", &[]);
    assert_eq!(publishing.state(id), (State::Published, None));
    assert_eq!(has_video(&live), 1);
    // Its name is lost while the post is in doubt: by what would it be known?
    let live = Live::<x::Desk>::new();
    let (id, publishing) = forgetting(&live, "post", &[(Step::Post, Fault::AnswerLost)]);
    let doubt = (State::Uncertain, Some(ErrorCode::Uncertain));
    assert_eq!(publishing.state(id), doubt);
    assert_eq!(has_video(&live), 1);
    publishing.resolve(id, posts::Answer::Yes).unwrap();
    assert_eq!(publishing.state(id), (State::Published, None));
}

#[test]
fn an_upload_without_a_name_posts_nothing() {
    let live = Live::<x::Desk>::new();
    let endpoints = online::Endpoints::overridden_by(&live.server.endpoints()).unwrap();
    let port = crate::publishing::port::at(endpoints)(posts::Network::X).unwrap();
    let source = Source {
        path: live.folder.path().join("reel.mp4"),
        bytes: length("x") as u64,
    };
    let content = Content {
        caption: "Trois idées".to_owned(),
        ..Content::default()
    };
    let work = |session: Option<&Session>| Work {
        token: Secret::from(TOKEN),
        content: &content,
        source: &source,
        session: session.map(|session| session.0.clone()),
        stored: source.bytes,
        since: UnixMs(0),
        remote: None,
        handle: None,
        picture: None,
    };
    for call in [Call::Send { from: 0 }, Call::Ask, Call::Post, Call::Look] {
        let reply = port.make(call, &work(None), &Cancel::new()).unwrap();
        assert_eq!(reply.outcome, Outcome::Gone, "{call:?}");
    }
    let forged = Session(Secret::from("{}"));
    let reply = port.make(Call::Post, &work(Some(&forged)), &Cancel::new());
    assert_eq!(reply.unwrap().outcome, Outcome::Gone);
    assert_eq!(live.published(), 0);
    assert_eq!(live.server.calls(), [] as [&str; 0]);
}

#[test]
fn posts_of_a_day_that_are_used_up_wait_for_the_next() {
    let live = Live::<x::Desk>::new();
    let publishing = live.open();
    live.server.fail(Step::Post, Fault::Refused(429, "daily"));
    let id = live.order(&publishing, &public());
    let left = publishing
        .attend_to(&[id], &Cancel::new(), &|_, _| {})
        .unwrap();
    assert_eq!(left[0].state, State::Publishing);
    let error = left[0].error.as_ref().unwrap();
    assert_eq!(error.code, ErrorCode::Postponed, "{error:?}");
    assert!(error.message.contains("until"), "{error:?}");
    assert!(left[0].next_attempt_at.is_some());
    live.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
    assert_eq!(live.published(), 1);
}

#[test]
fn a_post_for_three_networks_is_one_each() {
    let (youtube, x, tiktok) = (
        youtube::Server::start(),
        x::Server::start(),
        tiktok::Server::start(),
    );
    let live = Live::<tiktok::Desk>::new();
    let endpoints = [youtube.endpoints(), x.endpoints(), tiktok.endpoints()].concat();
    let endpoints = online::Endpoints::overridden_by(&endpoints).unwrap();
    let path = live.folder.path().join("home/outbox.db");
    let publishing = Publishing::over(
        &path,
        path.with_file_name("locks"),
        Safe::holding(Arc::clone(&live.secrets)),
        Arc::clone(&live.clock) as Arc<dyn Clock>,
        crate::publishing::port::at(endpoints),
        drawn(),
    )
    .unwrap();
    let now = system_time(publishing.now());
    for network in ["youtube", "x"] {
        let tokens = Tokens {
            access: Secret::from(TOKEN),
            refresh: None,
            expires_in: None,
            refresh_expires_in: None,
            scopes: None,
            account: None,
        };
        (publishing.keep(network, "1", &Kept::new(tokens, now), &Cancel::new())).unwrap();
        let port = (publishing.ports)(posts::Network::from_id(network).unwrap()).unwrap();
        let scopes: Vec<String> = port.scopes().iter().map(|s| (*s).to_owned()).collect();
        let seen = Seen {
            network,
            remote: "1",
            name: "L’atelier",
            handle: None,
            scopes: &scopes,
        };
        publishing.outbox.save_account(&seen, 1).unwrap();
    }
    let all = Targets(["youtube", "x", "tiktok"].map(str::to_owned).to_vec());
    let ordered = publishing.order(&live.file(), &public(), &all).unwrap();
    let done = publishing
        .attend_to(&ordered.entries, &Cancel::new(), &|_, _| {})
        .unwrap();
    assert!(
        done.iter().all(|entry| entry.state == State::Published),
        "{done:?}"
    );
    let published = [youtube.published(), x.published(), tiktok.published()];
    assert_eq!(published, [1, 1, 1]);
    // One choice that one of them does not have keeps all of them back.
    let private = Order {
        privacy: Some(Privacy::Private),
        ..public()
    };
    let refused = publishing.order(&live.file(), &private, &all);
    let refused = refused.unwrap_err().to_api();
    assert!(refused.message.starts_with("X: "), "{refused}");
    assert_eq!(publishing.list().unwrap().len(), 3);
}

/// Once after each kind of call, while its token and its upload are in hand.
#[test]
fn a_panic_in_the_midst_tells_no_secret_and_loses_nothing() {
    panics_in_the_midst::<youtube::Desk>();
    panics_in_the_midst::<x::Desk>();
    panics_in_the_midst::<tiktok::Desk>();
}

fn panics_in_the_midst<D: Posting>() {
    let live = Live::<D>::new();
    live.server.expire_tokens();
    let told = Arc::new(Mutex::new(BTreeMap::new()));
    let telling = Arc::clone(&told);
    let during: Arc<During> = Arc::new(move |name, error| {
        // What a network gave in the place of a token has to be kept before anything else.
        if name == "refresh" {
            return;
        }
        let words = format!("forced after {name}: {error:?}");
        let is_new = {
            let mut told = telling.lock().unwrap_or_else(PoisonError::into_inner);
            told.insert(name.to_owned(), words.clone()).is_none()
        };
        assert!(!is_new, "{words}");
    });
    let id = live.order(&live.open(), &public());
    let mut panics = 0;
    while panics < 20 {
        let publishing = live.open_with(Some(Arc::clone(&during)));
        let ran = catch_unwind(AssertUnwindSafe(|| live.run(&publishing)));
        let mut words = format!("{:?}", publishing.entries(&[id]));
        if let Err(panic) = &ran {
            words.extend(panic.downcast_ref::<String>().cloned());
        }
        let found = secrets::marked_in(words.as_bytes());
        assert_eq!(found, [] as [&str; 0], "{}: {words}", D::NETWORK);
        let found = secrets::marked_below(&live.folder.path().join("home"));
        assert_eq!(found, [] as [&str; 0], "{}", D::NETWORK);
        if ran.is_ok() {
            break;
        }
        panics += 1;
    }
    let told = told.lock().unwrap_or_else(PoisonError::into_inner);
    let words: Vec<&str> = told.values().map(String::as_str).collect();
    let found = secrets::marked_in(words.concat().as_bytes());
    assert_eq!(found, [] as [&str; 0], "{words:?}");
    assert!(panics >= 2, "{}: {words:?}", D::NETWORK);
    let publishing = live.open();
    live.run(&publishing);
    let published = (State::Published, None);
    assert_eq!(publishing.state(id), published, "{}", D::NETWORK);
    assert_eq!(D::published(&live.server), 1, "{}", D::NETWORK);
}

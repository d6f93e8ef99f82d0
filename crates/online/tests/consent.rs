//! Consent with three networks: strict local servers written from their fact sheets.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use online::consent::{App, Consent, Dialect, Language, Ports, Tokens, refresh, revoke};
use online::secrets::ExposeSecret as _;
use online::{Endpoints, Error, tiktok, x, youtube};
use task::Cancel;
use testkit::strict;
use testkit::strict::browser::{self, Page};
use testkit::strict::oauth::{CLIENT_ID, CLIENT_SECRET, Rules, Server, User};

const PATIENCE: Duration = Duration::from_mins(1);

/// A network under test: its server, its dialect, its scopes.
struct Network {
    server: Server,
    dialect: Dialect,
    scopes: &'static [&'static str],
    app: App,
}

fn start(rules: Rules, override_of: impl Fn(&str) -> String) -> (Server, Endpoints) {
    let server = Server::start(rules);
    let endpoints = Endpoints::overridden_by(&override_of(&server.base)).unwrap();
    (server, endpoints)
}

fn app(secret: Option<&str>) -> App {
    App {
        client_id: CLIENT_ID.to_owned(),
        client_secret: secret.map(Into::into),
    }
}

fn google() -> Network {
    let (server, endpoints) = start(strict::google::rules(), |base| {
        format!(
            "[youtube]\nauthorize = '{base}/o/oauth2/v2/auth'\ntoken = '{base}/token'\n\
             revoke = '{base}/revoke'\napi = '{base}'"
        )
    });
    Network {
        server,
        dialect: youtube::dialect(&endpoints.youtube),
        scopes: youtube::SCOPES,
        app: app(Some(CLIENT_SECRET)),
    }
}

fn x_with(rules: Rules, secret: Option<&str>) -> Network {
    let (server, endpoints) = start(rules, |base| {
        format!("[x]\nauthorize = '{base}/i/oauth2/authorize'\napi = '{base}'")
    });
    let dialect = Dialect {
        // Tests run beside each other; the registered ports have a test of their own.
        ports: Ports::Any,
        ..x::dialect(&endpoints.x)
    };
    Network {
        server,
        dialect,
        scopes: x::SCOPES,
        app: app(secret),
    }
}

fn x_network() -> Network {
    x_with(strict::x::rules(), None)
}

fn tiktok_network() -> Network {
    let (server, endpoints) = start(strict::tiktok::rules(), |base| {
        format!("[tiktok]\nauthorize = '{base}/v2/auth/authorize/'\napi = '{base}'")
    });
    Network {
        server,
        dialect: tiktok::dialect(&endpoints.tiktok),
        scopes: tiktok::SCOPES,
        app: app(Some(CLIENT_SECRET)),
    }
}

impl Network {
    fn begin(&self, deadline: Duration) -> Consent {
        let (dialect, app) = (self.dialect.clone(), self.app.clone());
        Consent::begin(dialect, app, self.scopes, Language::French, deadline).unwrap()
    }

    /// Asks, with a browser that does `browse` with the page's address and returns its last page.
    fn connect(&self, browse: impl FnOnce(&str) -> Page + Send) -> (Result<Tokens, Error>, Page) {
        let consent = self.begin(PATIENCE);
        let address = consent.address().to_string();
        std::thread::scope(|scope| {
            let browser = scope.spawn(move || browse(&address));
            let outcome = consent.wait(&Cancel::new());
            (outcome, browser.join().unwrap())
        })
    }

    /// Asks a user who does what the server's user does.
    fn connected(&self) -> (Result<Tokens, Error>, Page) {
        self.connect(|address| browser::get(&browser::consent(address)).unwrap())
    }
}

fn text(secret: Option<&online::secrets::Secret>) -> &str {
    secret.map_or("", |secret| secret.expose_secret())
}

#[test]
fn each_network_is_spoken_to_as_it_wants() {
    for network in [
        google(),
        x_network(),
        x_with(strict::x::confidential(), Some(CLIENT_SECRET)),
        tiktok_network(),
    ] {
        let (outcome, page) = network.connected();
        let server = &network.server;
        let tokens = outcome.unwrap_or_else(|error| panic!("{error}: {:?}", server.refusals()));
        assert!(server.is_live(tokens.access.expose_secret()));
        assert!(
            tokens.missing(network.scopes).is_empty(),
            "{:?}",
            tokens.scopes
        );
        assert_eq!(page.status, 200);
        assert!(page.body.contains("Compte connecté"), "{}", page.body);

        let before = tokens.refresh.clone().unwrap();
        let next = refresh(&network.dialect, &network.app, &before, &Cancel::new()).unwrap();
        assert_ne!(next.access.expose_secret(), tokens.access.expose_secret());
        let last = next.refresh.unwrap();
        assert!(
            server.is_live(last.expose_secret()),
            "what is kept can be used"
        );

        revoke(&network.dialect, &network.app, &last, &Cancel::new()).unwrap();
        assert!(!server.is_live(last.expose_secret()));
        assert_eq!(
            server.refusals(),
            [] as [&str; 0],
            "nothing was wrong with any call"
        );
        // Ended twice is ended.
        revoke(&network.dialect, &network.app, &last, &Cancel::new()).unwrap();
    }
}

#[test]
fn google_gives_no_new_refresh_token_and_the_old_one_is_kept() {
    let network = google();
    let tokens = network.connected().0.unwrap();
    let before = tokens.refresh.unwrap();
    let next = refresh(&network.dialect, &network.app, &before, &Cancel::new()).unwrap();
    assert_eq!(text(next.refresh.as_ref()), before.expose_secret());
    assert_eq!(next.expires_in, Some(Duration::from_secs(3_599)));
}

#[test]
fn a_refresh_token_that_rotates_is_for_one_use() {
    for network in [x_network(), tiktok_network()] {
        let first = network.connected().0.unwrap().refresh.unwrap();
        let (dialect, app, go) = (&network.dialect, &network.app, Cancel::new());
        let second = refresh(dialect, app, &first, &go).unwrap().refresh.unwrap();
        assert_ne!(first.expose_secret(), second.expose_secret());
        let again = refresh(dialect, app, &first, &go);
        let Err(Error::TokenRefused { code, .. }) = again else {
            panic!("{again:?}");
        };
        assert_eq!(code, "invalid_grant", "also with TikTok's status 200");
        assert!(refresh(dialect, app, &second, &go).is_ok());
    }
}

#[test]
fn tiktok_tells_lifetimes_and_the_account() {
    let tokens = tiktok_network().connected().0.unwrap();
    assert_eq!(tokens.expires_in, Some(Duration::from_hours(2)));
    assert_eq!(
        tokens.refresh_expires_in,
        Some(Duration::from_hours(180 * 24))
    );
    assert_eq!(tokens.account.as_deref(), Some("open-id-1"));
}

#[test]
fn who_declines_is_told_so_and_nothing_is_exchanged() {
    for network in [google(), x_network(), tiktok_network()] {
        network.server.user(User::Declines);
        let (outcome, page) = network.connected();
        assert!(
            matches!(outcome, Err(Error::ConsentDeclined)),
            "{outcome:?}"
        );
        assert!(page.body.contains("Vous avez refusé"), "{}", page.body);
        let calls = network.server.calls();
        assert_eq!(calls.len(), 1, "the page alone was called: {calls:?}");
    }
}

#[test]
fn scopes_that_were_not_granted_are_known() {
    for network in [google(), tiktok_network()] {
        network.server.user(User::GrantsOne);
        let tokens = network.connected().0.unwrap();
        assert_eq!(tokens.missing(network.scopes), network.scopes[1..]);
    }
}

#[test]
fn a_forged_answer_changes_nothing() {
    let network = x_network();
    let (outcome, page) = network.connect(|address| {
        let real = browser::consent(address);
        let (redirect, query) = real.split_once('?').unwrap();
        let state = query
            .split('&')
            .find(|field| field.starts_with("state="))
            .unwrap();
        let forged = [
            "code=theirs&state=guessed".to_owned(),
            "code=theirs".to_owned(),
            "error=access_denied".to_owned(),
            format!("code=theirs&{state}x"),
            format!("code=theirs&{state}&state=other"),
            format!("code=theirs&code=other&{state}"),
            format!("code=theirs&error=access_denied&{state}"),
            state.to_owned(),
            String::new(),
        ];
        for query in forged {
            let page = browser::get(&format!("{redirect}?{query}")).unwrap();
            assert_eq!(page.status, 400, "{query}");
            assert!(
                page.body.contains("Réponse inattendue"),
                "{query}: {}",
                page.body
            );
        }
        let elsewhere = real.replace("/callback", "/other");
        assert_eq!(browser::get(&elsewhere).unwrap().status, 404);
        assert_eq!(browser::ask("POST", &real, &[]).unwrap().status, 405);
        let rebound = browser::ask("GET", &real, &[("Host", "evil.example")]);
        assert_eq!(rebound.unwrap().status, 421, "another name of this machine");
        browser::get(&real).unwrap()
    });
    assert!(
        outcome.is_ok(),
        "{outcome:?}: {:?}",
        network.server.refusals()
    );
    assert_eq!(page.status, 200);
}

#[test]
fn the_first_answer_counts_and_no_other() {
    let network = google();
    let held = network.server.hold_tokens();
    let (outcome, pages) = network.connect(|address| {
        let real = browser::consent(address);
        let first = std::thread::spawn({
            let real = real.clone();
            move || browser::get(&real).unwrap()
        });
        // The first one waits for the exchange; once it counts, others are told.
        let replayed = loop {
            if network.server.calls().iter().any(|path| path == "/token") {
                break browser::get(&real).unwrap();
            }
            std::thread::yield_now();
        };
        assert_eq!(replayed.status, 410);
        assert!(replayed.body.contains("Déjà répondu"), "{}", replayed.body);
        held.notify_waiters();
        let first = first.join().unwrap();
        // And once it is done nobody listens any more.
        first
    });
    assert!(outcome.is_ok(), "{outcome:?}");
    assert!(pages.body.contains("Compte connecté"));
    let exchanges = network
        .server
        .calls()
        .iter()
        .filter(|path| *path == "/token")
        .count();
    assert_eq!(exchanges, 1, "one code, one exchange");
}

#[test]
fn after_the_deadline_nobody_listens() {
    let network = google();
    let consent = network.begin(Duration::from_millis(50));
    let late = browser::consent(consent.address().as_str());
    let outcome = consent.wait(&Cancel::new());
    assert!(
        matches!(outcome, Err(Error::ConsentTimedOut { .. })),
        "{outcome:?}"
    );
    assert!(browser::get(&late).is_err(), "the port is closed");
}

#[test]
fn a_code_that_comes_too_late_is_refused_in_words() {
    let network = x_network();
    network.server.make_codes_late();
    let (outcome, page) = network.connected();
    let Err(Error::TokenRefused { code, description }) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(
        (code.as_str(), description.as_str()),
        ("invalid_grant", "the code came too late")
    );
    assert!(page.body.contains("n’a pas terminé"), "{}", page.body);
}

#[test]
fn a_wrong_secret_is_refused_in_words() {
    for mut network in [google(), tiktok_network()] {
        network.app = app(Some("wrong"));
        let outcome = network.connected().0;
        let Err(Error::TokenRefused { code, .. }) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(code, "invalid_client");
    }
}

#[test]
fn a_secret_that_is_needed_is_asked_for_before_the_browser_opens() {
    let network = tiktok_network();
    let (dialect, deadline) = (network.dialect.clone(), PATIENCE);
    let begun = Consent::begin(
        dialect,
        app(None),
        network.scopes,
        Language::English,
        deadline,
    );
    assert!(
        matches!(begun, Err(Error::ClientSecretMissing)),
        "{begun:?}"
    );
}

#[test]
fn registered_ports_are_tried_in_turn() {
    let network = x_network();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = |listener: &std::net::TcpListener| listener.local_addr().unwrap().port();
    let ports: &'static [u16] = vec![port(&taken), port(&free)].leak();
    let begin = || {
        let dialect = Dialect {
            ports: Ports::Fixed(ports),
            ..network.dialect.clone()
        };
        let app = network.app.clone();
        Consent::begin(dialect, app, network.scopes, Language::English, PATIENCE)
    };
    let none = begin();
    assert!(
        matches!(&none, Err(Error::PortsTaken { ports: all }) if all == ports),
        "{none:?}"
    );
    drop(free);
    let consent = begin().unwrap();
    assert_eq!(
        consent.redirect(),
        format!("http://127.0.0.1:{}/callback", ports[1])
    );
}

#[test]
fn what_to_register_is_what_is_used() {
    assert_eq!(x::redirects()[0], "http://127.0.0.1:47811/callback");
    let real = Endpoints::official();
    assert_eq!(x::dialect(&real.x).ports, Ports::Fixed(x::PORTS));
    assert!(tiktok::REDIRECT.ends_with(tiktok::dialect(&real.tiktok).path));
}

#[test]
fn a_token_endpoint_that_sends_elsewhere_is_not_followed() {
    let network = google();
    network.server.answer_tokens(307, "");
    let outcome = network.connected().0;
    assert!(
        matches!(outcome, Err(Error::Status { status: 307, .. })),
        "{outcome:?}"
    );
    let calls = network.server.calls();
    assert!(!calls.contains(&"/elsewhere".to_owned()), "{calls:?}");
}

#[test]
fn answers_that_are_none_are_malformed() {
    for body in [
        "",
        "<html>",
        "{}",
        r#"{"access_token":"","token_type":"bearer"}"#,
        r#"{"access_token":"a","token_type":"mac"}"#,
        r#"{"access_token":"a","token_type":"bearer","expires_in":-1}"#,
        r#"{"access_token":["a"],"token_type":"bearer"}"#,
    ] {
        let network = google();
        network.server.answer_tokens(200, body);
        let outcome = network.connected().0;
        assert!(
            matches!(outcome, Err(Error::Malformed { .. })),
            "{body}: {outcome:?}"
        );
    }
    let network = google();
    network.server.answer_tokens(503, "try later");
    let outcome = network.connected().0;
    assert!(
        matches!(outcome, Err(Error::Status { status: 503, .. })),
        "{outcome:?}"
    );
}

#[test]
fn waiting_ends_on_request() {
    let network = google();
    let consent = network.begin(PATIENCE);
    let cancel = Cancel::new();
    cancel.cancel();
    assert!(matches!(consent.wait(&cancel), Err(Error::Cancelled)));
}

#[test]
fn nothing_that_is_printed_holds_a_secret() {
    let network = google();
    let consent = network.begin(PATIENCE);
    let mut printed = vec![format!("{consent:?} {:?}", network.app)];
    let (outcome, page) = network.connected();
    let tokens = outcome.unwrap();
    printed.push(format!("{tokens:?} {} {}", page.body, page.head));
    network
        .server
        .answer_tokens(200, r#"{"access_token":"marked-access-9"}"#);
    let error = network.connected().0.unwrap_err();
    printed.push(format!("{error} {error:?}"));
    let printed = printed.concat();
    for marked in [
        "marked-client-secret",
        "marked-access",
        "marked-refresh",
        "marked/code",
    ] {
        assert!(!printed.contains(marked), "{marked} in {printed}");
    }
}

#[test]
fn pages_load_nothing_and_are_kept_nowhere() {
    let (_, page) = google().connected();
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(page.body.starts_with("<!doctype html><html lang=\"fr\">"));
}

//! Consent with an independent provider that requires PKCE: oidc-provider, run by Node.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use online::Error;
use online::consent::{
    App, Authentication, Challenge, Consent, Dialect, Language, Ports, RevokeNames, Tokens,
    refresh, revoke,
};
use online::secrets::ExposeSecret as _;
use task::Cancel;
use testkit::strict::browser::{self, Page};

const SCOPES: &[&str] = &["openid", "offline_access"];

/// The running provider; it ends with the value, and with the test at the latest.
struct Provider {
    child: Child,
    /// Kept open: a program that writes to nobody ends.
    _output: BufReader<ChildStdout>,
    base: String,
}

impl Provider {
    fn start() -> Option<Self> {
        let folder = installed()?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/provider.mjs");
        let mut child = Command::new("node")
            .arg(script)
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut base = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        // Its own warnings come first.
        while !base.starts_with("http://127.0.0.1:") {
            base.clear();
            assert_ne!(
                output.read_line(&mut base).unwrap(),
                0,
                "the provider ended"
            );
        }
        let base = base.trim_end().to_owned();
        Some(Self {
            child,
            _output: output,
            base,
        })
    }

    fn dialect(&self, authentication: Authentication, challenge: Challenge) -> Dialect {
        let at = |path: &str| format!("{}{path}", self.base).parse().unwrap();
        Dialect {
            authorize: at("/auth"),
            token: at("/token"),
            revoke: Some(at("/token/revocation")),
            client_field: "client_id",
            authentication,
            scope_separator: " ",
            challenge,
            authorize_fields: &[("prompt", "consent")],
            revoke_names_app: RevokeNames::App,
            ports: Ports::Any,
            path: "/callback",
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Returns where oidc-provider is installed; says why the test skips where it is not.
fn installed() -> Option<PathBuf> {
    let folder = std::env::var_os("CREALIA_OIDC").map(PathBuf::from);
    let folder = folder.filter(|folder| folder.join("node_modules/oidc-provider").is_dir());
    if folder.is_none() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "CI needs oidc-provider in CREALIA_OIDC: `cargo xtask test` fetches it"
        );
        #[expect(clippy::print_stderr, reason = "says why a test skips")]
        {
            eprintln!("skipped: no oidc-provider in CREALIA_OIDC");
        }
    }
    folder
}

fn app(id: &str) -> App {
    App {
        client_id: id.to_owned(),
        client_secret: (id != "public").then(|| "marked-client-secret".into()),
    }
}

/// Follows the provider's redirects with its cookies until they leave it, and then them.
fn browse(base: &str, address: &str) -> Page {
    let mut cookies = BTreeMap::new();
    let mut address = address.to_owned();
    for _ in 0..10 {
        let jar: Vec<String> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let page = browser::ask("GET", &address, &[("Cookie", &jar.join("; "))]).unwrap();
        for line in page.head.lines() {
            let Some((name, cookie)) = line.split_once(": ") else {
                continue;
            };
            if let Some((key, value)) = cookie.split(';').next().unwrap().split_once('=')
                && name.eq_ignore_ascii_case("set-cookie")
            {
                cookies.insert(key.to_owned(), value.to_owned());
            }
        }
        let Some(next) = page.header("location") else {
            return page;
        };
        address = if next.starts_with('/') {
            format!("{base}{next}")
        } else {
            next.to_owned()
        };
        if !address.starts_with(base) {
            return browser::get(&address).unwrap();
        }
    }
    panic!("the provider goes in circles at {address}");
}

fn connect(provider: &Provider, dialect: &Dialect, app: &App) -> (Result<Tokens, Error>, Page) {
    let patience = Duration::from_mins(1);
    let (dialect, app) = (dialect.clone(), app.clone());
    let consent = Consent::begin(dialect, app, SCOPES, Language::English, patience).unwrap();
    let address = consent.address().to_string();
    std::thread::scope(|scope| {
        let browser = scope.spawn(|| browse(&provider.base, &address));
        let outcome = consent.wait(&Cancel::new());
        (outcome, browser.join().unwrap())
    })
}

#[test]
fn an_independent_provider_gives_renews_and_ends_tokens() {
    let Some(provider) = Provider::start() else {
        return;
    };
    for (id, authentication) in [
        ("public", Authentication::BasicOrPublic),
        ("basic", Authentication::BasicOrPublic),
        ("form", Authentication::SecretInBody),
    ] {
        let dialect = provider.dialect(authentication, Challenge::Base64Url);
        let (app, go) = (app(id), Cancel::new());
        let (outcome, page) = connect(&provider, &dialect, &app);
        let tokens = outcome.unwrap_or_else(|error| panic!("{id}: {error} {}", page.body));
        assert!(page.body.contains("Account connected"), "{}", page.body);
        assert!(
            tokens.missing(SCOPES).is_empty(),
            "{id}: {:?}",
            tokens.scopes
        );
        let first = tokens.refresh.unwrap();
        let second = refresh(&dialect, &app, &first, &go)
            .unwrap()
            .refresh
            .unwrap();
        assert_ne!(
            first.expose_secret(),
            second.expose_secret(),
            "{id}: it rotates"
        );
        revoke(&dialect, &app, &second, &go).unwrap();
        let ended = refresh(&dialect, &app, &second, &go);
        let Err(Error::TokenRefused { code, .. }) = ended else {
            panic!("{id}: {ended:?}");
        };
        assert_eq!(code, "invalid_grant", "{id}");
    }
}

#[test]
fn an_independent_provider_refuses_a_replayed_refresh_token() {
    let Some(provider) = Provider::start() else {
        return;
    };
    let dialect = provider.dialect(Authentication::BasicOrPublic, Challenge::Base64Url);
    let (app, go) = (app("public"), Cancel::new());
    let first = connect(&provider, &dialect, &app)
        .0
        .unwrap()
        .refresh
        .unwrap();
    let second = refresh(&dialect, &app, &first, &go)
        .unwrap()
        .refresh
        .unwrap();
    assert!(matches!(
        refresh(&dialect, &app, &first, &go),
        Err(Error::TokenRefused { .. })
    ));
    // A replay ends the whole consent (RFC 9700, 4.14).
    assert!(matches!(
        refresh(&dialect, &app, &second, &go),
        Err(Error::TokenRefused { .. })
    ));
}

#[test]
fn an_independent_provider_checks_the_challenge() {
    let Some(provider) = Provider::start() else {
        return;
    };
    // TikTok's form of the challenge is not the standard's.
    let dialect = provider.dialect(Authentication::BasicOrPublic, Challenge::Hex);
    let (outcome, page) = connect(&provider, &dialect, &app("public"));
    let refused = matches!(
        outcome,
        Err(Error::TokenRefused { .. } | Error::ConsentRefused { .. })
    );
    assert!(refused, "{outcome:?}");
    assert!(page.body.contains("Not connected"), "{}", page.body);
}

#[test]
fn an_independent_provider_says_that_the_user_declined() {
    let Some(provider) = Provider::start() else {
        return;
    };
    let dialect = provider.dialect(Authentication::BasicOrPublic, Challenge::Base64Url);
    let mut declined = app("public");
    "declined".clone_into(&mut declined.client_id);
    let (outcome, page) = connect(&provider, &dialect, &declined);
    assert!(
        matches!(outcome, Err(Error::ConsentDeclined)),
        "{outcome:?}"
    );
    assert!(page.body.contains("You declined"), "{}", page.body);
}

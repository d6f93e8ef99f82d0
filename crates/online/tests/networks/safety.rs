//! Where calls go: not where an answer leads, and to nobody whose certificate is his own.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use online::upload::{Network, Position, Session};
use online::{Endpoints, Error, tiktok, x, youtube};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
};
use task::Cancel;
use testkit::strict::oauth::TOKEN;
use testkit::strict::{Desk, ELSEWHERE, Fault, Posting, Server, Step};

use crate::bench::Bench;

/// A file of two parts at each network.
const BYTES: u64 = 21 << 20;

/// Returns a post whose `step` answers with a redirect, and asserts that it is refused and not followed.
#[track_caller]
fn assert_stays<N: Network, D: Desk>(
    bench: &Bench<N, D>,
    (step, status): (Step, u16),
    call: impl FnOnce() -> Result<(), Error>,
) {
    bench.server.fail(step, Fault::Refused(status, "moved"));
    let outcome = call();
    assert!(
        matches!(
            outcome,
            Err(Error::Refused { .. } | Error::Malformed { .. } | Error::Status { .. })
        ),
        "{step:?} {status}: {outcome:?}"
    );
    assert!(bench.server.is_done(), "{step:?} {status} came up");
    let calls = bench.server.calls();
    assert!(
        !calls.iter().any(|path| path == ELSEWHERE),
        "{step:?} {status}: {calls:?}"
    );
}

const STATUSES: [u16; 4] = [301, 302, 303, 307];

/// Sends the first part.
fn begun<N: Network, D: Desk>(bench: &Bench<N, D>) -> (Session, u64) {
    let session = bench.open().unwrap();
    let sent = bench.send(&session, 0).unwrap();
    match sent {
        Position::Stored(stored) => (session, stored),
        other => panic!("{other:?}"),
    }
}

/// The calls that every network has.
fn stays_at<N: Network, D: Posting>(bench: &Bench<N, D>) {
    for status in STATUSES {
        assert_stays(bench, (Step::Open, status), || bench.open().map(drop));
        let session = bench.open().unwrap();
        assert_stays(bench, (Step::Part, status), || {
            bench.send(&session, 0).map(drop)
        });
        let (session, stored) = begun(bench);
        assert_stays(bench, (Step::Ask, status), || {
            bench.position(&session, stored).map(drop)
        });
        assert_eq!(D::published(&bench.server), 0, "{status}");
    }
}

#[test]
fn youtube_leads_nowhere_else() {
    let server = youtube_server();
    let endpoints = server.endpoints();
    let draft = youtube::Draft {
        title: "a".into(),
        ..youtube::Draft::default()
    };
    let api = |all: Endpoints| youtube::Api::new(all.youtube);
    let bench = Bench::of(BYTES, server, &endpoints, api, draft);
    stays_at(&bench);
    for status in STATUSES {
        assert_stays(&bench, (Step::Check, status), || {
            bench.state("video").map(drop)
        });
    }
}

fn youtube_server() -> Server<testkit::strict::youtube::Desk> {
    testkit::strict::youtube::Server::start()
}

#[test]
fn x_leads_nowhere_else() {
    let server = testkit::strict::x::Server::start();
    let endpoints = server.endpoints();
    let draft = x::Draft {
        text: "a".into(),
        ..x::Draft::default()
    };
    let api = |all: Endpoints| x::Api::new(all.x);
    let bench = Bench::of(BYTES, server, &endpoints, api, draft);
    for status in STATUSES {
        assert_stays(&bench, (Step::Open, status), || bench.open().map(drop));
        let session = bench.open().unwrap();
        assert_stays(&bench, (Step::Part, status), || {
            bench.send(&session, 0).map(drop)
        });
        assert_stays(&bench, (Step::Post, status), || {
            bench.make(Some(&session)).map(drop)
        });
        assert_stays(&bench, (Step::Check, status), || bench.state("1").map(drop));
        assert_eq!(bench.server.published(), 0, "{status}");
    }
}

#[test]
fn tiktok_leads_nowhere_else() {
    let server = testkit::strict::tiktok::Server::start();
    // More uploads are opened than TikTok takes in a minute.
    let now = AtomicU64::new(0);
    server.clock(move || now.fetch_add(60_000, Ordering::SeqCst));
    let endpoints = server.endpoints();
    let draft = tiktok::Draft {
        title: "a".into(),
        privacy: tiktok::Privacy::SelfOnly,
        comments: tiktok::Interaction::default(),
        duets: tiktok::Interaction::default(),
        stitches: tiktok::Interaction::default(),
        duration: None,
        cover_ms: None,
        paid_partnership: None,
        own_brand: None,
        made_with_ai: None,
    };
    let api = |all: Endpoints| tiktok::Api::new(all.tiktok);
    let bench = Bench::of(BYTES, server, &endpoints, api, draft);
    stays_at(&bench);
}

/// A certificate for `localhost` that nobody else signed, good until 2126, and its key, which guards nothing.
/// Made by `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500` with
/// `subjectAltName=DNS:localhost` and `basicConstraints=critical,CA:FALSE`.
const CERTIFICATE: &str = include_str!("self_signed.pem");

/// Answers one connection after the other with a page, and tells of each how it went.
fn serve_secretly() -> (u16, std::sync::mpsc::Receiver<std::io::Result<String>>) {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, heard) = std::sync::mpsc::sync_channel(16);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut secret = StreamOwned::new(connection, stream.unwrap());
            let mut head = [0; 1_024];
            let read = secret.read(&mut head);
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
            let went = read.and_then(|length| {
                secret.write_all(answer)?;
                let read = head.get(..length).unwrap_or_default();
                Ok(String::from_utf8_lossy(read).into_owned())
            });
            if tell.send(went).is_err() {
                return;
            }
        }
    });
    (port, heard)
}

#[test]
fn a_server_that_vouches_for_itself_gets_no_call() {
    let (port, heard) = serve_secretly();
    let base = format!("https://localhost:{port}");
    let hosts =
        format!("[youtube]\napi = '{base}'\n[tiktok]\napi = '{base}'\n[x]\napi = '{base}'\n");
    let all = Endpoints::overridden_by(&hosts).unwrap();
    let (token, cancel) = (TOKEN.into(), Cancel::new());
    let check = |outcome: Result<(), Error>| {
        let Err(Error::Unreachable { detail, .. }) = &outcome else {
            panic!("{outcome:?}");
        };
        assert!(detail.contains("certificate"), "{detail}");
        let went = heard.recv().unwrap();
        assert!(went.is_err(), "nothing was said to it: {went:?}");
    };
    let api = youtube::Api::new(all.youtube).unwrap();
    check(api.channel(&token, &cancel).map(drop));
    let api = x::Api::new(all.x).unwrap();
    check(api.account(&token, &cancel).map(drop));
    let api = tiktok::Api::new(all.tiktok).unwrap();
    check(api.account(&token, &cancel).map(drop));

    // Who trusts it is answered: it is the certificate that was refused.
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap();
    roots.add(certificate).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut secret = StreamOwned::new(connection, stream);
    secret.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    assert!(heard.recv().unwrap().unwrap().starts_with("GET /"));
}

//! Downloads against a real local HTTP server that can break off, lie and refuse.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

use online::{Digest, Download, Error, download};
use sha2::Digest as _;
use task::{Cancel, Progress};

/// How the server behaves for one request.
#[derive(Clone, Copy)]
enum Answer {
    /// Serves what is asked, ranges included.
    Honest,
    /// Sends this many bytes of the body and closes.
    BreakOff(usize),
    /// Ignores the range and sends the whole file.
    IgnoreRange,
    /// Answers with this status.
    Status(u16),
    /// Sends the client to another address.
    Redirect(&'static str),
    /// Sends nothing after the head until the client goes away.
    Silent,
}

/// An answer without a body. The connection ends with it: a client must not ask on it again.
const END: &str = "Content-Length: 0\r\nConnection: close\r\n\r\n";

/// Serves `body` with one answer per request; returns the base address and the ranges asked for.
fn serve(body: Vec<u8>, answers: Vec<Answer>) -> (String, Arc<Mutex<Vec<Option<usize>>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/model.bin", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut range = None;
            for line in BufReader::new(stream.try_clone().unwrap()).lines() {
                let line = line.unwrap().to_ascii_lowercase();
                if let Some(start) = line.strip_prefix("range: bytes=") {
                    range = start.trim_end_matches('-').parse::<usize>().ok();
                }
                if line.is_empty() {
                    break;
                }
            }
            log.lock().unwrap().push(range);
            let start = if matches!(answer, Answer::IgnoreRange) {
                0
            } else {
                range.unwrap_or(0)
            };
            let rest = &body[start.min(body.len())..];
            let beyond = start > 0 && rest.is_empty();
            let head = if start > 0 {
                format!(
                    "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {start}-{}/{}\r\n",
                    body.len() - 1,
                    body.len()
                )
            } else {
                "HTTP/1.1 200 OK\r\n".to_owned()
            };
            let head = match answer {
                Answer::Redirect(target) => {
                    format!("HTTP/1.1 302 Found\r\nLocation: {target}\r\n{END}")
                }
                _ if beyond => format!("HTTP/1.1 416 No\r\n{END}"),
                Answer::Status(status) => {
                    format!("HTTP/1.1 {status} No\r\n{END}")
                }
                _ => format!(
                    "{head}Content-Length: {}\r\nConnection: close\r\n\r\n",
                    rest.len()
                ),
            };
            stream.write_all(head.as_bytes()).unwrap();
            // A client that hangs up early is part of some tests.
            match answer {
                Answer::Honest | Answer::IgnoreRange => drop(stream.write_all(rest)),
                Answer::BreakOff(count) => drop(stream.write_all(&rest[..count])),
                Answer::Status(_) | Answer::Redirect(_) => {}
                Answer::Silent => drop(stream.read_until_closed()),
            }
        }
    });
    (address, asked)
}

trait ReadUntilClosed {
    fn read_until_closed(&mut self) -> std::io::Result<u64>;
}

impl ReadUntilClosed for std::net::TcpStream {
    fn read_until_closed(&mut self) -> std::io::Result<u64> {
        std::io::copy(self, &mut std::io::sink())
    }
}

fn body() -> Vec<u8> {
    (0..300_000_u32).flat_map(u32::to_le_bytes).collect()
}

fn wanted(url: String, folder: &Path) -> Download {
    let digest = sha2::Sha256::digest(body());
    Download {
        url,
        target: folder.join("models/model.bin"),
        size: Some(body().len() as u64),
        digest: Some(Digest::Sha256(digest.into())),
    }
}

fn names(folder: &Path) -> Vec<String> {
    testkit::names(&folder.join("models")).unwrap()
}

#[test]
fn a_broken_download_goes_on_where_it_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (url, asked) = serve(body(), vec![Answer::BreakOff(100_000), Answer::Honest]);
    let wanted = wanted(url, folder.path());
    let error = download(&wanted, &Cancel::new(), &Progress::silent()).unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert_eq!(
        names(folder.path()),
        ["model.bin.part"],
        "no final name before it is whole"
    );
    download(&wanted, &Cancel::new(), &Progress::silent()).unwrap();
    assert_eq!(std::fs::read(&wanted.target).unwrap(), body());
    assert_eq!(
        *asked.lock().unwrap(),
        [None, Some(100_000)],
        "only the rest was fetched"
    );
    assert_eq!(names(folder.path()), ["model.bin"]);
    download(&wanted, &Cancel::new(), &Progress::silent()).unwrap();
    assert_eq!(
        asked.lock().unwrap().len(),
        2,
        "a verified file is not fetched again"
    );
}

#[test]
fn a_server_without_ranges_starts_over() {
    let folder = tempfile::tempdir().unwrap();
    let (url, _) = serve(body(), vec![Answer::BreakOff(4_000), Answer::IgnoreRange]);
    let wanted = wanted(url, folder.path());
    download(&wanted, &Cancel::new(), &Progress::silent()).unwrap_err();
    download(&wanted, &Cancel::new(), &Progress::silent()).unwrap();
    assert_eq!(std::fs::read(&wanted.target).unwrap(), body());
}

#[test]
fn a_beginning_that_reaches_beyond_the_end_is_fetched_anew() {
    for (known, extra) in [(None, 0), (None, 7), (Some(body().len() as u64), 7)] {
        let folder = tempfile::tempdir().unwrap();
        let (url, asked) = serve(body(), vec![Answer::Honest, Answer::Honest]);
        let mut wanted = wanted(url, folder.path());
        wanted.size = known;
        std::fs::create_dir_all(folder.path().join("models")).unwrap();
        let left = folder.path().join("models/model.bin.part");
        std::fs::write(left, vec![0; body().len() + extra]).unwrap();
        download(&wanted, &Cancel::new(), &Progress::silent()).unwrap();
        assert_eq!(std::fs::read(&wanted.target).unwrap(), body());
        assert_eq!(
            *asked.lock().unwrap(),
            [Some(body().len() + extra), None],
            "refused once, then from the start"
        );
    }
}

#[test]
fn redirects_go_only_where_a_download_may_go() {
    for target in ["http://models.example/x", "ftp://127.0.0.1/x"] {
        let folder = tempfile::tempdir().unwrap();
        let (url, _) = serve(body(), vec![Answer::Redirect(target)]);
        let wanted = wanted(url, folder.path());
        let error = download(&wanted, &Cancel::new(), &Progress::silent()).unwrap_err();
        assert!(
            matches!(&error, Error::Address { url } if url == target),
            "{error}"
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let (url, _) = serve(body(), vec![Answer::Redirect("/other.bin"), Answer::Honest]);
    let wanted = wanted(url, folder.path());
    download(&wanted, &Cancel::new(), &Progress::silent()).unwrap();
    assert_eq!(std::fs::read(&wanted.target).unwrap(), body());
}

#[test]
fn another_file_is_refused_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let mut other = body();
    other[7] ^= 1;
    let (url, _) = serve(other, vec![Answer::Honest]);
    let error = download(
        &wanted(url, folder.path()),
        &Cancel::new(),
        &Progress::silent(),
    )
    .unwrap_err();
    assert!(matches!(error, Error::Mismatch { .. }), "{error}");
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_longer_file_is_refused_before_it_fills_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut longer = body();
    longer.extend_from_slice(&[0; 1000]);
    let (url, _) = serve(longer, vec![Answer::Honest]);
    let error = download(
        &wanted(url, folder.path()),
        &Cancel::new(),
        &Progress::silent(),
    )
    .unwrap_err();
    assert!(matches!(error, Error::Mismatch { .. }), "{error}");
    assert!(!folder.path().join("models/model.bin").exists());
}

#[test]
fn a_status_and_a_strange_address_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let (url, _) = serve(body(), vec![Answer::Status(404)]);
    let error = download(
        &wanted(url, folder.path()),
        &Cancel::new(),
        &Progress::silent(),
    )
    .unwrap_err();
    assert!(
        matches!(error, Error::Status { status: 404, .. }),
        "{error}"
    );
    for url in [
        "http://models.example/x",
        "file:///etc/passwd",
        "not an address",
    ] {
        let error = download(
            &wanted(url.into(), folder.path()),
            &Cancel::new(),
            &Progress::silent(),
        );
        assert!(matches!(error, Err(Error::Address { .. })), "{url}");
    }
}

#[test]
fn cancelling_ends_a_silent_download() {
    let folder = tempfile::tempdir().unwrap();
    let (url, _) = serve(body(), vec![Answer::Silent]);
    let wanted = wanted(url, folder.path());
    let cancel = Cancel::new();
    let stop = cancel.clone();
    std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(200));
        stop.cancel();
    });
    assert!(matches!(
        download(&wanted, &cancel, &Progress::silent()),
        Err(Error::Cancelled)
    ));
}

#[test]
fn two_at_once_fetch_a_file_once() {
    let folder = tempfile::tempdir().unwrap();
    let (url, asked) = serve(body(), vec![Answer::Honest]);
    let wanted = wanted(url, folder.path());
    std::thread::scope(|scope| {
        let fetch = || download(&wanted, &Cancel::new(), &Progress::silent());
        let both = [scope.spawn(fetch), scope.spawn(fetch)];
        for one in both {
            one.join().unwrap().unwrap();
        }
    });
    assert_eq!(asked.lock().unwrap().len(), 1);
    assert_eq!(names(folder.path()), ["model.bin"], "no lock is left");
}

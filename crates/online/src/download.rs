use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, CONTENT_RANGE, RANGE};
use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{Client, Response, StatusCode, Url};
use task::{Cancel, Progress};
use tokio::io::AsyncWriteExt;

use crate::digest::{Digest, file_digest_matches};
use crate::endpoints::is_secure;
use crate::error::Error;
use crate::runtime;

/// How long a server may send nothing.
const SILENCE: Duration = Duration::from_secs(30);
/// How often a server may send a download elsewhere.
const REDIRECTS: usize = 5;
/// How often a waiting download looks whether it is to stop.
const CANCEL_POLL: Duration = Duration::from_millis(100);

/// A file to fetch.
#[derive(Debug, Clone)]
pub struct Download {
    /// Where from: https, or http on loopback.
    pub url: String,
    /// Where to; the folder is made.
    pub target: PathBuf,
    /// Expected length in bytes.
    pub size: Option<u64>,
    /// Expected digest.
    pub digest: Option<Digest>,
}

/// Fetches a file, going on from what an earlier call left; a verified file that is there already
/// is not fetched again.
pub fn download(wanted: &Download, cancel: &Cancel, progress: &Progress) -> Result<(), Error> {
    let url = allowed(&wanted.url)?;
    if is_there(wanted)? {
        progress.report(1.0);
        return Ok(());
    }
    let part = part_path(&wanted.target);
    if let Some(folder) = wanted.target.parent() {
        std::fs::create_dir_all(folder).map_err(|error| Error::from_io(folder, &error))?;
    }
    // Two processes that write to one part would leave nothing of it.
    let _turn = Turn::take(&part, cancel)?;
    if is_there(wanted)? {
        progress.report(1.0);
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::from_io(&part, &error))?;
    let whole = wanted.size.is_some_and(|size| length(&part) == size);
    if !whole {
        let waiting = Waiting {
            url: &wanted.url,
            silence: SILENCE,
            cancel,
        };
        runtime.block_on(fetch(wanted, url, &part, waiting, progress))?;
    }
    cancel.check()?;
    if let Some(detail) = mismatch(wanted, &part)? {
        // A wrong file cannot be completed by fetching more of it.
        std::fs::remove_file(&part).map_err(|error| Error::from_io(&part, &error))?;
        return Err(Error::Mismatch {
            url: wanted.url.clone(),
            detail,
        });
    }
    std::fs::rename(&part, &wanted.target)
        .map_err(|error| Error::from_io(&wanted.target, &error))?;
    progress.report(1.0);
    Ok(())
}

/// Returns whether the file is there and is what it should be.
fn is_there(wanted: &Download) -> Result<bool, Error> {
    Ok(wanted.target.is_file() && mismatch(wanted, &wanted.target)?.is_none())
}

/// The right to write to a part, among all processes. It ends with the process at the latest.
struct Turn {
    _lock: std::fs::File,
    path: PathBuf,
}

impl Turn {
    /// Waits for the right.
    fn take(part: &Path, cancel: &Cancel) -> Result<Self, Error> {
        let path = part.with_extension("lock");
        loop {
            cancel.check()?;
            let file =
                std::fs::File::create(&path).map_err(|error| Error::from_io(&path, &error))?;
            match file.try_lock() {
                Ok(()) if is_at(&file, &path) => return Ok(Self { _lock: file, path }),
                // The one before took its lock file along.
                Ok(()) => {}
                Err(std::fs::TryLockError::WouldBlock) => std::thread::sleep(CANCEL_POLL),
                Err(std::fs::TryLockError::Error(error)) => {
                    return Err(Error::from_io(&path, &error));
                }
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // A lock file that stays harms nobody.
        drop(std::fs::remove_file(&self.path));
    }
}

/// Returns whether an open file is still the one of that name.
#[cfg(unix)]
fn is_at(file: &std::fs::File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |about: std::fs::Metadata| (about.dev(), about.ino());
    let (here, there) = (file.metadata(), std::fs::metadata(path));
    here.is_ok_and(|here| there.is_ok_and(|there| identity(here) == identity(there)))
}

/// Elsewhere a file that is open keeps its name.
#[cfg(not(unix))]
fn is_at(_: &std::fs::File, _: &Path) -> bool {
    true
}

/// How long to wait for a server, and what ends the waiting.
#[derive(Clone, Copy)]
struct Waiting<'a> {
    url: &'a str,
    silence: Duration,
    cancel: &'a Cancel,
}

impl Waiting<'_> {
    /// Waits for what the server shall do next.
    async fn on<T>(self, next: impl Future<Output = reqwest::Result<T>>) -> Result<T, Error> {
        let outcome = tokio::select! {
            outcome = tokio::time::timeout(self.silence, next) => outcome,
            () = runtime::cancelled(self.cancel) => return Err(Error::Cancelled),
        };
        match outcome {
            Ok(Ok(next)) => Ok(next),
            Ok(Err(error)) => {
                Err(refused_redirect(&error).unwrap_or_else(|| unreachable_host(self.url, &error)))
            }
            Err(_elapsed) => Err(Error::Stalled {
                url: self.url.to_owned(),
            }),
        }
    }
}

async fn fetch(
    wanted: &Download,
    url: Url,
    part: &Path,
    waiting: Waiting<'_>,
    progress: &Progress,
) -> Result<(), Error> {
    let mut have = length(part);
    let mut response = request(url.clone(), have, waiting).await?;
    if have > 0 && response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
        // What is there ends at or beyond the file's end: it is another file's beginning.
        tokio::fs::remove_file(part)
            .await
            .map_err(|error| Error::from_io(part, &error))?;
        have = 0;
        response = request(url, have, waiting).await?;
    }
    let status = response.status();
    if !status.is_success() {
        return Err(Error::Status {
            url: wanted.url.clone(),
            status: status.as_u16(),
        });
    }
    // A server that ignores the range sends the file from its start.
    let appends =
        response.status() == StatusCode::PARTIAL_CONTENT && range_start(&response) == Some(have);
    if !appends {
        have = 0;
    }
    let total = wanted
        .size
        .or_else(|| response.content_length().map(|rest| rest + have));
    let mut file = tokio::fs::OpenOptions::new()
        .create(true)
        .write(true)
        .append(appends)
        .truncate(!appends)
        .open(part)
        .await
        .map_err(|error| Error::from_io(part, &error))?;
    let outcome = receive(
        wanted,
        response,
        &mut file,
        part,
        (have, total),
        waiting,
        progress,
    )
    .await;
    // Kept also when it broke off: the next call goes on from here.
    file.flush()
        .await
        .map_err(|error| Error::from_io(part, &error))?;
    file.sync_all()
        .await
        .map_err(|error| Error::from_io(part, &error))?;
    outcome
}

async fn receive(
    wanted: &Download,
    mut response: Response,
    file: &mut tokio::fs::File,
    part: &Path,
    (mut have, total): (u64, Option<u64>),
    waiting: Waiting<'_>,
    progress: &Progress,
) -> Result<(), Error> {
    loop {
        let chunk = waiting.on(response.chunk()).await?;
        let Some(chunk) = chunk else { return Ok(()) };
        have += chunk.len() as u64;
        if let Some(size) = wanted.size.filter(|size| have > *size) {
            let detail = format!("it is longer than {size} bytes");
            return Err(Error::Mismatch {
                url: wanted.url.clone(),
                detail,
            });
        }
        file.write_all(&chunk)
            .await
            .map_err(|error| Error::from_io(part, &error))?;
        if let Some(total) = total.filter(|total| *total > 0) {
            progress.report(have as f64 / total as f64);
        }
    }
}

/// Asks for the file from byte `have` on; returns the head of the answer.
async fn request(url: Url, have: u64, waiting: Waiting<'_>) -> Result<Response, Error> {
    let first = url.clone();
    let client = Client::builder()
        .connect_timeout(waiting.silence)
        .redirect(Policy::custom(move |attempt| redirect(attempt, &first)))
        .build()
        .map_err(|error| unreachable_host(waiting.url, &error))?;
    let mut request = client.get(url).header(ACCEPT_ENCODING, "identity");
    if have > 0 {
        request = request.header(RANGE, format!("bytes={have}-"));
    }
    waiting.on(request.send()).await
}

/// An address that a server sends to and that may not be fetched from.
#[derive(Debug, thiserror::Error)]
#[error("sent to {0}, which may not be fetched from")]
struct RefusedRedirect(String);

/// Follows from `first` to where a download could have gone itself, and never from https to http.
fn redirect(attempt: Attempt<'_>, first: &Url) -> Action {
    if attempt.previous().len() > REDIRECTS {
        return attempt.error("sent elsewhere too often");
    }
    let target = attempt.url().to_string();
    let secure_enough = first.scheme() != "https" || attempt.url().scheme() == "https";
    if secure_enough && allowed(&target).is_ok() {
        attempt.follow()
    } else {
        attempt.error(RefusedRedirect(target))
    }
}

fn refused_redirect(error: &reqwest::Error) -> Option<Error> {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(RefusedRedirect(url)) = inner.downcast_ref() {
            return Some(Error::Address { url: url.clone() });
        }
        cause = inner.source();
    }
    None
}

/// Returns what is wrong with the file at `path`, if anything.
fn mismatch(wanted: &Download, path: &Path) -> Result<Option<String>, Error> {
    let found = length(path);
    if let Some(size) = wanted.size.filter(|size| *size != found) {
        return Ok(Some(format!("it has {found} bytes, not {size}")));
    }
    let Some(digest) = &wanted.digest else {
        return Ok(None);
    };
    let matches =
        file_digest_matches(path, digest).map_err(|error| Error::from_io(path, &error))?;
    Ok((!matches).then(|| "its digest differs".to_owned()))
}

fn allowed(url: &str) -> Result<Url, Error> {
    let refused = || Error::Address {
        url: url.to_owned(),
    };
    let parsed = Url::parse(url).map_err(|_not_an_address| refused())?;
    if is_secure(&parsed) {
        Ok(parsed)
    } else {
        Err(refused())
    }
}

fn range_start(response: &Response) -> Option<u64> {
    let range = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    range
        .strip_prefix("bytes ")?
        .split('-')
        .next()?
        .parse()
        .ok()
}

fn part_path(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    target.with_file_name(name)
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

fn unreachable_host(url: &str, error: &reqwest::Error) -> Error {
    let mut detail = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        detail = format!("{detail}: {inner}");
        cause = inner.source();
    }
    Error::Unreachable {
        url: url.to_owned(),
        detail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_takes_the_question_and_stays_silent_is_given_up() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/x", listener.local_addr().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let wanted = Download {
            url: url.clone(),
            target: folder.path().join("x"),
            size: None,
            digest: None,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let outcome = runtime.block_on(fetch(
            &wanted,
            Url::parse(&url).unwrap(),
            &part_path(&wanted.target),
            Waiting {
                url: &url,
                silence: Duration::from_millis(300),
                cancel: &Cancel::new(),
            },
            &Progress::silent(),
        ));
        // The connection is made by the system; nobody ever answers.
        drop(listener);
        assert!(matches!(outcome, Err(Error::Stalled { .. })), "{outcome:?}");
    }
}

//! Publishing from the command line, against each network's strict server on loopback.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::Clip;
use testkit::keyring::{self, Session};
use testkit::strict::oauth::{CLIENT_ID, CLIENT_SECRET};
use testkit::strict::{Fault, Held, Posting, Server, Step, browser, secrets, tiktok, x, youtube};

use crate::support::{Bench, Ran};

/// A studio with a network of its own and a sealed file for secrets.
pub(crate) struct Studio<D: Posting> {
    pub(crate) bench: Bench,
    pub(crate) server: Server<D>,
}

/// One with a YouTube.
pub(crate) type Desk = Studio<youtube::Desk>;

/// How many bytes follow the video, so that its file goes out in several parts.
fn rest(network: &str) -> u32 {
    match network {
        "youtube" => 9 << 20,
        "x" => 3 << 20,
        _ => 21 << 20,
    }
}

impl<D: Posting> Studio<D> {
    /// Makes one with a video of several parts, an app and an account.
    pub(crate) fn connected() -> Self {
        let desk = Self::new();
        let app = desk.app(D::SECRET);
        assert_eq!(app.status, 0, "{}{}", app.out, app.err);
        let (connected, _) = desk.connect();
        assert_eq!(connected.status, 0, "{}{}", connected.out, connected.err);
        desk
    }

    pub(crate) fn new() -> Self {
        let bench = Bench::new();
        let server = D::start();
        std::fs::write(bench.path("hosts.toml"), D::endpoints(&server)).unwrap();
        std::fs::write(bench.path("phrase"), "marked-passphrase\n").unwrap();
        let clip = Clip::new("reel")
            .video("testsrc2=size=360x640:rate=25:duration=2")
            .audio("sine=duration=2")
            .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac");
        bench.clip("reel.mp4", &clip);
        // A box that readers skip, so that the file goes out in several parts.
        let mut file = std::fs::File::options()
            .append(true)
            .open(bench.path("reel.mp4"))
            .unwrap();
        let rest = rest(D::NETWORK);
        file.write_all(&rest.to_be_bytes()).unwrap();
        file.write_all(b"free").unwrap();
        file.write_all(&vec![0; rest as usize - 8]).unwrap();
        Self { bench, server }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bench.command(arguments);
        command
            .env("CREALIA_ENDPOINTS", self.bench.path("hosts.toml"))
            .env("LANG", "fr_FR.UTF-8")
            .env_remove("LC_ALL")
            .env_remove("LC_MESSAGES");
        if !keyring::is_inside() {
            command
                .env("CREALIA_SECRETS", "file")
                .env("CREALIA_PASSPHRASE_FILE", self.bench.path("phrase"));
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.command(arguments).output().unwrap())
    }

    /// Registers the app, with a secret on standard input where it has one.
    pub(crate) fn app(&self, secret: Option<&str>) -> Ran {
        let arguments = ["accounts", "app", D::NETWORK, "--client-id", CLIENT_ID];
        let mut child = self
            .command(&arguments)
            .args(secret.map(|_| "--client-secret-stdin"))
            .arg("--json")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        if let Some(secret) = secret {
            writeln!(input, "{secret}").unwrap();
        }
        drop(input);
        Ran::from(child.wait_with_output().unwrap())
    }

    /// Connects the account with a browser that agrees; returns the run and the end page.
    pub(crate) fn connect(&self) -> (Ran, String) {
        let _alone = browser::alone_at_fixed_ports();
        let arguments = ["accounts", "connect", D::NETWORK, "--no-browser", "--json"];
        let mut child = self
            .command(&arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        told.read_line(&mut line).unwrap();
        let consent: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
        let address = consent["consent"]["url"].as_str().unwrap();
        let page = browser::get(&browser::consent(address)).unwrap();
        (Ran::from(child.wait_with_output().unwrap()), page.body)
    }

    pub(crate) fn post(&self, more: &[&str]) -> Ran {
        self.run(&post_to(D::NETWORK, more))
    }

    pub(crate) fn published(&self) -> usize {
        D::published(&self.server)
    }

    pub(crate) fn list(&self) -> Vec<Value> {
        let list = self.run(&["outbox", "list", "--json"]);
        assert_eq!(list.status, 0, "{}{}", list.out, list.err);
        list.json().as_array().unwrap().clone()
    }

    /// Waits until the server holds a call; no when the program ends before.
    pub(crate) fn holds(&self, child: &mut Child) -> bool {
        let start = Instant::now();
        loop {
            if self.server.is_holding() {
                return true;
            }
            if child.try_wait().unwrap().is_some() {
                return false;
            }
            assert!(start.elapsed() < Duration::from_mins(2), "nothing moves");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

pub(crate) fn post_to<'a>(network: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["post", "reel.mp4", "--to", network, "--json"];
    if network == "tiktok" && !more.contains(&"--privacy") {
        // It has no choice of its own.
        arguments.extend(["--privacy", "public"]);
    }
    arguments.extend([
        "--title",
        "Trois idées",
        "--caption",
        "En deux minutes. #conseil",
    ]);
    arguments.extend(more);
    arguments
}

pub(crate) fn state(entry: &Value) -> (&str, &str) {
    let code = entry["error"]["code"].as_str();
    (entry["state"].as_str().unwrap(), code.unwrap_or_default())
}

#[test]
fn a_reel_is_posted_from_the_command_line() {
    let desk = Desk::new();
    let unregistered = desk.run(&["accounts", "connect", "youtube", "--json"]);
    assert_eq!(unregistered.code(), "app_refused");
    let wrong = desk.app(Some("another-secret"));
    assert_eq!((wrong.status, wrong.code().as_str()), (1, "app_refused"));
    let app = desk.app(Some(CLIENT_SECRET));
    assert_eq!(app.json()["accepted"], true, "{}", app.out);
    let nobody = desk.post(&[]);
    assert_eq!(
        (nobody.status, nobody.code().as_str()),
        (1, "not_connected")
    );

    let (connected, page) = desk.connect();
    assert_eq!(connected.status, 0, "{}{}", connected.out, connected.err);
    assert!(
        page.contains("Compte connecté"),
        "in the user's language: {page}"
    );
    let account = connected.json();
    assert_eq!(account["account"], "@petitatelier");
    assert_eq!(account["missing_scopes"], serde_json::json!([]));
    let checked = desk.run(&["accounts", "check", "--json"]);
    assert_eq!(checked.status, 0, "{}", checked.out);
    assert_eq!(checked.json()["results"][0]["state"], "connected");

    let more = [
        "--privacy",
        "public",
        "--made-for-kids",
        "no",
        "--disclose-ai",
    ];
    let posted = desk.post(&[&more[..], &["--network-option", "tags=a,b"]].concat());
    assert_eq!(posted.status, 0, "{}{}", posted.out, posted.err);
    assert_eq!(desk.server.published(), 1);
    // The app's first secret, and the call that asks about the app with a code that no network gives.
    let refusals = desk.server.refusals();
    let expect = [
        "the secret is wrong, missing or one too many",
        "unknown code",
    ];
    assert_eq!(refusals, expect);
    let expect = serde_json::json!({
        "snippet": {
            "title": "Trois idées",
            "description": "En deux minutes. #conseil",
            "tags": ["a", "b"],
        },
        "status": {
            "privacyStatus": "public",
            "selfDeclaredMadeForKids": false,
            "containsSyntheticMedia": true,
        },
    });
    assert_eq!(desk.server.metadata(), [expect]);
    let list = desk.list();
    let entry = list[0].as_object().unwrap();
    let mut names: Vec<&str> = entry.keys().map(String::as_str).collect();
    names.sort_unstable();
    let promised = [
        "account",
        "attempts",
        "error",
        "id",
        "network",
        "next_attempt_at",
        "remote_id",
        "state",
        "step",
        "url",
    ];
    assert_eq!(names, promised);
    assert_eq!(state(&list[0]), ("published", ""));
    let remote = entry["remote_id"].as_str().unwrap();
    assert_eq!(entry["url"], format!("https://youtu.be/{remote}"));
    assert_eq!(posted.json()["posts"][0]["id"], entry["id"]);

    let gone = desk.run(&["accounts", "disconnect", "youtube:petitatelier", "--json"]);
    assert_eq!(gone.json()["revoked"], true, "{}", gone.out);
    let is_live = |count: &usize| desk.server.is_live(&format!("marked-refresh-{count}"));
    assert_eq!((0..20).find(is_live), None, "the consent ended there");
    let accounts = desk.run(&["accounts", "list", "--json"]);
    assert_eq!(accounts.json(), serde_json::json!([]));
}

#[test]
fn a_reel_is_posted_to_x() {
    let desk = Studio::<x::Desk>::new();
    let app = desk.app(None);
    assert_eq!((app.status, &app.json()["accepted"]), (0, &true.into()));
    let redirects = app.json()["redirects"].clone();
    assert_eq!(redirects[0], "http://127.0.0.1:47811/callback");
    let (connected, page) = desk.connect();
    assert_eq!(connected.status, 0, "{}{}", connected.out, connected.err);
    assert!(page.contains("Compte connecté"), "{page}");
    assert_eq!(connected.json()["account"], "@atelier");
    let linked = ["--caption", "Voir https://exemple.fr", "--disclose-ai"];
    let order = ["post", "reel.mp4", "--to", "x:atelier"];
    let plan = desk.run(&[&order[..], &linked, &["--dry-run"]].concat());
    assert_eq!(plan.status, 0, "{}{}", plan.out, plan.err);
    for part in ["0.200 USD", "/2/media/upload/…/append", "/2/tweets\n"] {
        assert!(plan.out.contains(part), "{part} in {}", plan.out);
    }
    let options = ["--network-option", "replies=following", "--json"];
    let posted = desk.run(&[&order[..], &linked, &options].concat());
    assert_eq!(posted.status, 0, "{}{}", posted.out, posted.err);
    let warnings = posted.json()["warnings"].to_string();
    assert!(warnings.contains("0.200 USD"), "{warnings}");
    let entry = posted.json()["posts"][0].clone();
    assert_eq!(state(&entry), ("published", ""));
    let remote = entry["remote_id"].as_str().unwrap();
    assert_eq!(entry["url"], format!("https://x.com/i/status/{remote}"));
    let mut made = desk.server.posts().remove(0);
    assert!(made["media"].take().is_object(), "with its video");
    let expect = serde_json::json!({
        "text": "Voir https://exemple.fr",
        "media": null,
        "reply_settings": "following",
        "made_with_ai": true,
    });
    assert_eq!(made, expect);
    assert_eq!(desk.list().len(), 1);
    let gone = desk.run(&["accounts", "disconnect", "x:@atelier", "--json"]);
    assert_eq!(gone.json()["revoked"], true, "{}", gone.out);
}

#[test]
fn a_reel_is_posted_to_tiktok() {
    let desk = Studio::<tiktok::Desk>::new();
    let without = desk.app(None);
    assert_eq!(without.code(), "app_refused", "its apps have a secret");
    let app = desk.app(Some(CLIENT_SECRET));
    assert_eq!(app.json()["accepted"], true, "{}", app.out);
    let redirects = serde_json::json!(["http://127.0.0.1:*/callback/"]);
    assert_eq!(app.json()["redirects"], redirects);
    let (connected, page) = desk.connect();
    assert_eq!(connected.status, 0, "{}{}", connected.out, connected.err);
    assert!(page.contains("Compte connecté"), "{page}");
    assert_eq!(connected.json()["account"], "@petitatelier");
    let order = [
        "post",
        "reel.mp4",
        "--to",
        "tiktok",
        "--caption",
        "Trois idées",
        "--json",
    ];
    let unchosen = desk.run(&order);
    assert_eq!(unchosen.code(), "post_refused");
    let hint = unchosen.json()["error"]["hint"].to_string();
    assert!(hint.contains("--privacy"), "{hint}");
    let plan = desk.run(&[&order[..], &["--privacy", "public", "--dry-run"]].concat());
    assert_eq!(plan.status, 0, "{}{}", plan.out, plan.err);
    let document = plan.json();
    let calls = document[0]["calls"].as_array().unwrap();
    assert_eq!(
        calls.len(),
        5,
        "the account, the opening, two chunks, the check"
    );
    let options = [
        "--network-option",
        "comments=yes",
        "--network-option",
        "cover=1",
    ];
    let posted = desk.run(&[&order[..], &["--privacy", "public"], &options].concat());
    assert_eq!(posted.status, 0, "{}{}", posted.out, posted.err);
    let entry = posted.json()["posts"][0].clone();
    assert_eq!(state(&entry), ("published", ""));
    let video = "https://www.tiktok.com/@petitatelier/video/7512345678901234567";
    assert_eq!(entry["url"], video);
    let expect = serde_json::json!({
        "title": "Trois idées",
        "privacy_level": "PUBLIC_TO_EVERYONE",
        "disable_duet": true,
        "disable_comment": false,
        "disable_stitch": true,
        "video_cover_timestamp_ms": 1_000,
    });
    assert_eq!(desk.server.posts()[0]["post_info"], expect);
    // An app without an audit, told in words.
    desk.server.make_unaudited();
    let refused = desk.run(&[&order[..], &["--privacy", "public"]].concat());
    assert_eq!(refused.status, 1, "{}", refused.out);
    let entry = refused.json()["posts"][0].clone();
    assert_eq!(state(&entry), ("failed", "post_refused"));
    let hint = entry["error"]["hint"].as_str().unwrap();
    assert!(hint.contains("--privacy private"), "{hint}");
    desk.server.make_private();
    let private = desk.run(&[&order[..], &["--privacy", "private"]].concat());
    assert_eq!(private.status, 0, "{}{}", private.out, private.err);
    assert_eq!(desk.published(), 2);
    let gone = desk.run(&["accounts", "disconnect", "tiktok", "--json"]);
    assert_eq!(gone.json()["revoked"], true, "{}", gone.out);
}

#[test]
fn killed_at_any_call_and_run_again_there_is_one_post_on_youtube() {
    killed_at_any_call::<youtube::Desk>();
}

#[test]
fn killed_at_any_call_and_run_again_there_is_one_post_on_x() {
    killed_at_any_call::<x::Desk>();
}

#[test]
fn killed_at_any_call_and_run_again_there_is_one_post_on_tiktok() {
    killed_at_any_call::<tiktok::Desk>();
}

fn killed_at_any_call<D: Posting>() {
    let desk = Studio::<D>::connected();
    let mut expected = 0;
    for held in [Held::Before, Held::After] {
        for call in 0.. {
            if call == 0 {
                // So that the refresh is among the calls.
                desk.server.expire_tokens();
            }
            let key = format!("{held:?}-{call}");
            desk.server.hold(call, held);
            let mut child = desk
                .command(&post_to(D::NETWORK, &["--key", &key]))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let is_held = desk.holds(&mut child);
            child.kill().unwrap();
            child.wait().unwrap();
            desk.server.let_go();
            let again = desk.post(&["--key", &key]);
            assert_eq!(again.status, 0, "{key}: {}{}", again.out, again.err);
            assert_eq!(again.json()["posts"][0]["state"], "published", "{key}");
            expected += 1;
            assert_eq!(desk.published(), expected, "{key}");
            if !is_held {
                assert!(
                    call >= 4,
                    "open, two parts and the check can be held: {call}"
                );
                break;
            }
        }
    }
    let last = desk.run(&["outbox", "run", "--once", "--json"]);
    assert_eq!(last.status, 0, "{}{}", last.out, last.err);
    assert_eq!(desk.published(), expected);
    assert_eq!(desk.list().len(), expected);
}

#[test]
fn a_token_that_ended_is_refreshed() {
    a_token_ends::<youtube::Desk>();
    a_token_ends::<x::Desk>();
    a_token_ends::<tiktok::Desk>();
}

fn a_token_ends<D: Posting>() {
    let desk = Studio::<D>::connected();
    desk.server.expire_tokens();
    let posted = desk.post(&[]);
    assert_eq!(posted.status, 0, "{}{}", posted.out, posted.err);
    assert_eq!((desk.published(), desk.server.refreshes()), (1, 1));
    desk.server.revoke_all();
    let refused = desk.post(&["--key", "k"]);
    assert_eq!(refused.status, 1, "{}", refused.out);
    let document = refused.json();
    assert_eq!(state(&document["posts"][0]), ("failed", "not_connected"));
    let checked = desk.run(&["accounts", "check", D::NETWORK, "--json"]);
    assert_eq!(checked.status, 1, "{}", checked.out);
    let accounts = desk.run(&["accounts", "list", "--json"]).json();
    assert_eq!(accounts[0]["state"], "expired");
    // Connected again, the same command posts.
    assert_eq!(desk.connect().0.status, 0);
    let posted = desk.post(&["--key", "k"]);
    assert_eq!(posted.status, 0, "{}{}", posted.out, posted.err);
    assert_eq!(desk.published(), 2);
}

#[test]
fn a_key_is_one_post_and_a_changed_file_none() {
    let desk = Desk::connected();
    let first = desk.post(&["--key", "talk-7"]);
    let again = desk.post(&["--key", "talk-7"]);
    assert_eq!(
        (first.status, again.status),
        (0, 0),
        "{}{}",
        again.out,
        again.err
    );
    assert_eq!(
        first.json()["posts"][0]["id"],
        again.json()["posts"][0]["id"]
    );
    assert_eq!(desk.server.published(), 1);
    let other = desk.post(&["--key", "talk-7", "--privacy", "public"]);
    assert_eq!((other.status, other.code().as_str()), (2, "usage"));

    let soon = desk.post(&["--at", "2020-01-01T00:00:00Z"]);
    assert_eq!(soon.json()["posts"][0]["state"], "scheduled");
    let later = desk.post(&["--at", "2100-01-01T00:00:00+01:00"]);
    let later = later.json()["posts"][0].clone();
    assert_eq!(later["next_attempt_at"], "2099-12-31T23:00:00Z");
    let id = later["id"].to_string();
    let off = desk.run(&["outbox", "cancel", &id, "--json"]);
    assert_eq!(off.json()["state"], "cancelled");
    let ran = desk.run(&["outbox", "run", "--once", "--json"]);
    assert_eq!(ran.status, 1, "{}", ran.out);
    assert_eq!(state(&ran.json()[0]), ("failed", "missed"));

    let id = scheduled_in_the_past_hour(&desk);
    let mut file = std::fs::File::options()
        .append(true)
        .open(desk.bench.path("reel.mp4"))
        .unwrap();
    file.write_all(b"more").unwrap();
    drop(file);
    let ran = desk.run(&["outbox", "run", "--once", "--json"]);
    assert_eq!(ran.status, 1, "{}", ran.out);
    assert_eq!(ran.json()[0]["id"], id);
    assert_eq!(state(&ran.json()[0]), ("failed", "source_changed"));
    assert_eq!(desk.server.published(), 1);
    let unknown = desk.run(&["outbox", "resolve", "99", "published", "--json"]);
    assert_eq!((unknown.status, unknown.code().as_str()), (1, "unknown"));
    let certain = desk.run(&["outbox", "resolve", "1", "not-published", "--json"]);
    assert_eq!(certain.code(), "too_late");
}

/// Schedules a post that is due and was not missed.
pub(crate) fn scheduled_in_the_past_hour(desk: &Desk) -> Value {
    let at = crate::support::rfc3339(std::time::SystemTime::now() - Duration::from_mins(10));
    let posted = desk.post(&["--at", &at]);
    assert_eq!(posted.status, 0, "{}{}", posted.out, posted.err);
    posted.json()["posts"][0]["id"].clone()
}

#[test]
fn a_video_that_was_made_private_is_told() {
    let desk = Desk::connected();
    desk.server.force_private();
    let posted = desk.post(&["--privacy", "public"]);
    assert_eq!(posted.status, 0, "{}{}", posted.out, posted.err);
    let document = posted.json();
    assert_eq!(state(&document["posts"][0]), ("published", "made_private"));
}

#[test]
fn a_frame_of_the_file_becomes_its_cover() {
    let desk = Desk::connected();
    // Red, and blue from the second second on.
    let blue = "drawbox=color=blue:t=fill:enable='gte(t,1)'";
    let clip = Clip::new("coloured")
        .video(&format!("color=red:size=360x640:rate=25:duration=2,{blue}"))
        .audio("sine=duration=2")
        .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac");
    desk.bench.clip("reel.mp4", &clip);
    let at = |secs: &'static str| ["--network-option", secs];
    let plan = desk.post(&[&at("cover=1.5")[..], &["--dry-run"]].concat());
    let calls = plan.json()[0]["calls"].clone();
    let url = calls[2]["url"].as_str().unwrap();
    assert!(
        url.ends_with("/thumbnails/set?uploadType=media&videoId=…"),
        "{calls}"
    );
    assert_eq!(desk.server.covers(), [], "a plan sets nothing");
    // The place of the colour that is bright; the other is dark.
    for (cover, bright) in [("cover=0.9", 0), ("cover=1", 2), ("cover=2", 2)] {
        let posted = desk.post(&at(cover));
        assert_eq!(posted.status, 0, "{}{}", posted.out, posted.err);
        let found = desk.server.covers().pop().unwrap();
        assert_eq!(found.size, (360, 640), "{cover}");
        let colour = found.colour;
        let is_right = colour[bright] > 200 && colour[2 - bright] < 60;
        assert!(is_right, "{cover}: {colour:?}");
        assert_eq!(posted.json()["posts"][0]["remote_id"], found.video);
    }
    let beyond = desk.post(&at("cover=2.5"));
    assert_eq!((beyond.status, beyond.code().as_str()), (2, "usage"));
    desk.server
        .fail(Step::Cover, Fault::Refused(403, "forbidden"));
    let bare = desk.post(&at("cover=1"));
    assert_eq!(bare.status, 0, "it is posted: {}{}", bare.out, bare.err);
    assert_eq!(
        state(&bare.json()["posts"][0]),
        ("published", "cover_not_set")
    );
    assert_eq!(desk.server.published(), 4);
}

#[test]
fn killed_before_its_cover_is_set_there_is_one_video_with_its_cover() {
    for held in [Held::Before, Held::After] {
        let desk = Desk::connected();
        let order = ["--key", "k", "--network-option", "cover=1"];
        // Open, two parts, then the cover.
        desk.server.hold(3, held);
        let mut child = desk
            .command(&post_to("youtube", &order))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        assert!(desk.holds(&mut child));
        child.kill().unwrap();
        child.wait().unwrap();
        desk.server.let_go();
        let last = desk.server.calls().pop().unwrap();
        assert_eq!(last, "/upload/youtube/v3/thumbnails/set");
        let start = Instant::now();
        loop {
            let ran = desk.run(&["outbox", "run", "--once", "--json"]);
            assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
            if desk.list()[0]["step"].is_null() {
                break;
            }
            assert!(
                start.elapsed() < Duration::from_mins(2),
                "{:?}",
                desk.list()
            );
            std::thread::sleep(Duration::from_millis(500));
        }
        assert_eq!(state(&desk.list()[0]), ("published", ""), "{held:?}");
        assert_eq!(desk.server.published(), 1, "{held:?}");
        let covers = desk.server.covers();
        let expect = if held == Held::Before { 1 } else { 2 };
        assert_eq!(covers.len(), expect, "{held:?}: twice does no harm");
    }
}

#[test]
fn a_dry_run_shows_the_calls_and_makes_none() {
    let desk = Desk::connected();
    let before = desk.server.calls().len();
    let plan = desk.post(&["--dry-run", "--privacy", "unlisted"]);
    assert_eq!(plan.status, 0, "{}{}", plan.out, plan.err);
    let document = plan.json();
    let calls = document[0]["calls"].as_array().unwrap();
    let methods: Vec<&str> = calls
        .iter()
        .map(|call| call["method"].as_str().unwrap())
        .collect();
    assert_eq!(methods, ["POST", "PUT", "PUT", "GET"]);
    let opened = calls[0]["url"].as_str().unwrap();
    assert!(opened.starts_with(&desk.server.base), "{opened}");
    let body: Value = serde_json::from_str(calls[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["status"]["privacyStatus"], "unlisted");
    assert_eq!(desk.server.calls().len(), before, "nothing was called");
    assert_eq!(desk.list(), [] as [Value; 0]);
    let untitled = desk.run(&["post", "reel.mp4", "--to", "youtube", "--dry-run", "--json"]);
    assert_eq!(
        (untitled.status, untitled.code().as_str()),
        (1, "post_refused")
    );
}

#[test]
fn no_secret_is_found_anywhere() {
    secrets_stay_secret::<youtube::Desk>();
    secrets_stay_secret::<x::Desk>();
    secrets_stay_secret::<tiktok::Desk>();
}

fn secrets_stay_secret<D: Posting>() {
    let desk = Studio::<D>::new();
    let said = std::cell::RefCell::new(String::new());
    let hear = |ran: &Ran| {
        let text = format!("{}\n{}\n", ran.out, ran.err);
        said.borrow_mut().push_str(&text);
    };
    hear(&desk.app(Some("marked-client-secret-wrong")));
    hear(&desk.app(D::SECRET));
    hear(&desk.connect().0);
    desk.server.expire_tokens();
    desk.server.hold(1, Held::Before);
    let mut child = desk
        .command(&post_to(D::NETWORK, &["--key", "k"]))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    assert!(desk.holds(&mut child), "in the midst of it");
    // Those of the program and of whatever it started.
    let arguments = secrets::arguments_around(&desk.bench.path("home"));
    assert!(!arguments.is_empty(), "the program itself");
    said.borrow_mut().push_str(&arguments.join("\n"));
    let found = secrets::marked_below(&desk.bench.path("home"));
    assert_eq!(found, [] as [String; 0], "while it works");
    child.kill().unwrap();
    child.wait().unwrap();
    desk.server.let_go();
    hear(&desk.post(&["--key", "k"]));
    hear(&desk.post(&["--dry-run"]));
    hear(&desk.run(&["outbox", "list"]));
    hear(&desk.run(&["accounts", "list"]));
    hear(&desk.run(&["accounts", "check"]));
    hear(&desk.run(&["doctor", "--json"]));
    desk.server.revoke_all();
    hear(&desk.post(&[]));
    std::fs::write(desk.bench.path("phrase"), "marked-passphrase-wrong").unwrap();
    let locked = desk.run(&["accounts", "check", "--json"]);
    assert_eq!(
        (locked.status, locked.code().as_str()),
        (3, "wrong_passphrase")
    );
    hear(&locked);
    assert_eq!(desk.published(), 1, "all of it was done");
    let said = said.into_inner();
    assert_eq!(
        secrets::marked_in(said.as_bytes()),
        [] as [&str; 0],
        "{said}"
    );
    assert_eq!(
        secrets::marked_below(&desk.bench.path("home")),
        [] as [String; 0]
    );
    // What is searched for would be found.
    std::fs::write(desk.bench.path("home/left"), "a marked-refresh-1 b").unwrap();
    assert_eq!(secrets::marked_below(&desk.bench.path("home")).len(), 1);
}

#[test]
fn replaced_hosts_are_shown_by_the_doctor() {
    let desk = Desk::new();
    let checkup = desk.run(&["doctor", "--json"]).json();
    assert_eq!(checkup["endpoints"]["youtube"]["api"], desk.server.base);
    let words = desk.run(&["doctor"]).out;
    let line = format!("youtube api is {} (CREALIA_ENDPOINTS)", desk.server.base);
    assert!(words.contains(&line), "{words}");
}

#[test]
fn tokens_lie_in_the_systems_keychain() {
    keyring::within(
        Session::Unlocked,
        "publishing::tokens_lie_in_the_systems_keychain",
        || {
            let desk = Desk::connected();
            desk.server.expire_tokens();
            let posted = desk.post(&[]);
            assert_eq!(posted.status, 0, "{}{}", posted.out, posted.err);
            assert_eq!((desk.server.published(), desk.server.refreshes()), (1, 1));
            // Another program, which knows nothing of this one.
            let kept = || crate::support::tool("sh", &["-c", SEARCH]);
            assert!(kept().contains("marked-refresh"), "{}", kept());
            assert_eq!(
                secrets::marked_below(&desk.bench.path("home")),
                [] as [String; 0]
            );
            assert!(!desk.bench.path("home/secrets.sealed").exists());
            let gone = desk.run(&["accounts", "disconnect", "youtube", "--json"]);
            assert_eq!(gone.status, 0, "{}{}", gone.out, gone.err);
            assert!(!kept().contains("marked-refresh"), "{}", kept());
        },
    );
}

/// Prints what the keychain holds of the program.
const SEARCH: &str = "secret-tool search --all --unlock service studio.crealia 2>&1 || true";

#[test]
fn a_session_without_a_keychain_is_told() {
    let desk = Desk::new();
    let output = desk
        .command(&["accounts", "check", "--json"])
        .env_remove("CREALIA_SECRETS")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/proc/none")
        .output()
        .unwrap();
    let ran = Ran::from(output);
    assert_eq!((ran.status, ran.code().as_str()), (3, "keychain_unusable"));
    let hint = ran.json()["error"]["hint"].to_string();
    assert!(hint.contains("CREALIA_SECRETS=file"), "{hint}");
    let plain = desk
        .command(&["accounts", "check", "--json"])
        .env("CREALIA_SECRETS", "plain")
        .output()
        .unwrap();
    let ran = Ran::from(plain);
    assert_eq!((ran.status, ran.code().as_str()), (2, "usage"));
}

//! What scripts rely on: states, exit codes and documents of `post` and `outbox`, and two programs at one
//! outbox.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::strict::{Fault, Held, Posting, Step, browser, tiktok, x, youtube};

use crate::publishing::{Desk, Studio, post_to, state};
use crate::support::{Ran, rfc3339};

/// Asserts that what is wrong with an entry is told by exactly these names.
#[track_caller]
fn assert_error(entry: &Value) {
    let error = entry["error"].as_object().unwrap();
    let mut names: Vec<&str> = error.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["code", "hint", "message"], "{entry}");
    for (name, value) in error {
        let text = value.as_str().unwrap();
        assert!(!text.is_empty(), "{name} of {entry}");
    }
}

/// Leaves a post in doubt: the answer to its last part is lost, and the upload that could tell is
/// forgotten.
fn in_doubt(desk: &Desk, key: &str) -> Ran {
    desk.server.fail(Step::LastPart, Fault::AnswerLost);
    desk.server.fail(Step::Ask, Fault::Forgotten);
    desk.post(&["--key", key])
}

#[test]
fn a_post_in_doubt_is_resolved_by_its_number() {
    let desk = Desk::connected();
    for (count, found, expect) in [
        (1, "published", "published"),
        (2, "not-published", "failed"),
    ] {
        let doubted = in_doubt(&desk, found);
        assert_eq!(doubted.status, 1, "{}{}", doubted.out, doubted.err);
        let entry = doubted.json()["posts"][0].clone();
        assert_eq!(state(&entry), ("uncertain", "uncertain"));
        assert_error(&entry);
        let id = entry["id"].to_string();
        let listed = desk.list();
        let listed = listed.iter().find(|other| other["id"] == entry["id"]);
        assert_eq!(listed.unwrap()["state"], "uncertain");
        let again = desk.post(&["--key", found]);
        assert_eq!(again.status, 1, "a rerun does not post what may be there");
        assert_eq!(desk.published(), count);
        let resolved = desk.run(&["outbox", "resolve", &id, found, "--json"]);
        assert_eq!(resolved.status, 0, "{}{}", resolved.out, resolved.err);
        let document = resolved.json();
        assert_eq!(document["id"], entry["id"]);
        assert_eq!(document["state"], expect, "{document}");
        let twice = desk.run(&["outbox", "resolve", &id, found, "--json"]);
        assert_eq!((twice.status, twice.code().as_str()), (1, "too_late"));
    }
    // What the user found not to be there is posted by the same command.
    let again = desk.post(&["--key", "not-published"]);
    assert_eq!(again.status, 0, "{}{}", again.out, again.err);
    assert_eq!(again.json()["posts"][0]["state"], "published");
    let other = desk.post(&["--key", "published"]);
    assert_eq!((other.status, desk.published()), (0, 3));
}

#[test]
fn a_post_that_is_under_way_or_waits_is_publishing() {
    let desk = Desk::connected();
    desk.server.hold(1, Held::Before);
    let mut child = desk
        .command(&post_to("youtube", &["--key", "k"]))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    assert!(desk.holds(&mut child));
    let entry = desk.list().remove(0);
    assert_eq!(state(&entry), ("publishing", ""));
    assert_eq!(entry["step"], "send");
    assert_eq!(entry["error"], Value::Null);
    child.kill().unwrap();
    child.wait().unwrap();
    desk.server.let_go();
    desk.post(&["--key", "k"]);

    // The quota of the day is used up: it is waited for until tomorrow, and `post` does not.
    desk.server
        .fail(Step::Open, Fault::Refused(403, "quotaExceeded"));
    let waits = desk.post(&["--key", "later"]);
    assert_eq!(waits.status, 1, "{}{}", waits.out, waits.err);
    let entry = waits.json()["posts"][0].clone();
    assert_eq!(state(&entry), ("publishing", "postponed"));
    assert_error(&entry);
    let next = entry["next_attempt_at"].as_str().unwrap();
    assert!(next.ends_with('Z'), "{next}");
    let ran = desk.run(&["outbox", "run", "--once", "--json"]);
    assert_eq!((ran.status, ran.json()), (0, json!([])), "it is not due");
    assert_eq!(desk.published(), 1);
}

#[test]
fn a_failure_has_a_code_a_message_and_a_hint() {
    let desk = Desk::connected();
    desk.server
        .fail(Step::Open, Fault::Refused(400, "invalidTitle"));
    let failed = desk.post(&[]);
    assert_eq!(failed.status, 1, "{}", failed.out);
    let entry = failed.json()["posts"][0].clone();
    assert_eq!(state(&entry), ("failed", "post_refused"));
    assert_error(&entry);
    let unknown = desk.run(&["outbox", "cancel", "99", "--json"]);
    let error = unknown.json()["error"].clone();
    assert_eq!((unknown.status, &error["code"]), (1, &json!("unknown")));
}

#[test]
fn several_accounts_and_several_files_are_posts_of_their_own() {
    let desk = Desk::connected();
    desk.server.choose_channel("autreatelier");
    assert_eq!(desk.connect().0.status, 0);
    let both = ["--to", "youtube:petitatelier,youtube:@autreatelier"];
    let order = ["post", "reel.mp4", "--title", "Trois idées", "--json"];
    let unnamed = desk.run(&[&order[..], &["--to", "youtube"]].concat());
    assert_ne!(unnamed.status, 0, "which of the two: {}", unnamed.out);
    let posted = desk.run(&[&order[..], &both].concat());
    assert_eq!(posted.status, 0, "{}{}", posted.out, posted.err);
    let document = posted.json();
    let accounts: Vec<&str> = document["posts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|post| post["account"].as_str().unwrap())
        .collect();
    assert_eq!(accounts, ["@petitatelier", "@autreatelier"]);
    assert_eq!(desk.published(), 2);

    std::fs::copy(desk.bench.path("reel.mp4"), desk.bench.path("two.mp4")).unwrap();
    let files = ["post", "reel.mp4", "none.mp4", "two.mp4", "--json"];
    let more = ["--to", "youtube:petitatelier", "--title", "Trois idées"];
    let posted = desk.run(&[&files[..], &more].concat());
    assert_eq!(posted.status, 1, "one is not there: {}", posted.out);
    let document = posted.json();
    let results = document["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    assert_eq!(results[0]["source"], "reel.mp4");
    assert_eq!(results[0]["posts"][0]["state"], "published");
    assert_eq!(results[1]["error"]["code"], "not_found");
    assert_eq!(results[1]["error"]["input"], "none.mp4");
    assert_eq!(results[2]["posts"][0]["state"], "published");
    assert_eq!(desk.published(), 4);
    let keyed = desk.run(&[&files[..], &more, &["--key", "k"]].concat());
    assert_eq!((keyed.status, keyed.code().as_str()), (2, "usage"));
}

#[test]
fn the_address_that_asks_for_consent_is_printed() {
    let desk = Desk::new();
    assert_eq!(desk.app(youtube::Desk::SECRET).status, 0);
    let mut child = desk
        .command(&["accounts", "connect", "youtube", "--no-browser"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(child.stdout.take().unwrap());
    let mut address = String::new();
    told.read_line(&mut address).unwrap();
    let address = address.trim_end();
    assert!(address.starts_with(&desk.server.base), "{address}");
    browser::get(&browser::consent(address)).unwrap();
    let mut rest = String::new();
    told.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("@petitatelier"), "{rest}");
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(!ran.err.contains(address), "once: {}", ran.err);
}

#[test]
fn what_a_post_costs_is_told_before_it_is_made() {
    let desk = Studio::<x::Desk>::connected();
    let before = desk.server.calls().len();
    desk.server.hold(0, Held::Before);
    let order = ["post", "reel.mp4", "--to", "x", "--caption", "Trois idées"];
    let mut child = desk
        .command(&order)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    assert!(desk.holds(&mut child));
    assert_eq!(desk.server.calls().len(), before + 1, "the first is held");
    let mut line = String::new();
    let mut told = BufReader::new(child.stderr.take().unwrap());
    told.read_line(&mut line).unwrap();
    assert!(line.contains("0.015 USD"), "{line}");
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Starts a program twice at the same time, and returns how both ended.
fn twice<D: Posting>(desk: &Studio<D>, arguments: &[&str]) -> [Ran; 2] {
    let start = || {
        desk.command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let both: [Child; 2] = [start(), start()];
    both.map(|child| Ran::from(child.wait_with_output().unwrap()))
}

/// Sees what is open through, as a timer does.
fn settle<D: Posting>(desk: &Studio<D>) {
    let begun = Instant::now();
    loop {
        let ran = desk.run(&["outbox", "run", "--once", "--json"]);
        assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
        let is_open = |entry: &Value| matches!(state(entry).0, "scheduled" | "publishing");
        if !desk.list().iter().any(is_open) {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_mins(2),
            "{:?}",
            desk.list()
        );
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn two_at_once<D: Posting>() {
    let desk = Studio::<D>::connected();
    for round in 1..=3 {
        // So that both want to refresh.
        desk.server.expire_tokens();
        let key = format!("k{round}");
        let both = twice(&desk, &post_to(D::NETWORK, &["--key", &key]));
        let mut ids = Vec::new();
        for ran in &both {
            let document = ran.json();
            let entry = &document["posts"][0];
            assert!(
                matches!(state(entry).0, "published" | "publishing"),
                "{}{}",
                ran.out,
                ran.err
            );
            ids.push(entry["id"].clone());
        }
        assert_eq!(ids[0], ids[1], "one post");
        settle(&desk);
        assert_eq!(desk.published(), round, "{}{}", both[0].out, both[1].out);
    }

    let at = rfc3339(std::time::SystemTime::now() - Duration::from_mins(1));
    for key in ["a", "b", "c"] {
        let due = desk.post(&["--key", key, "--at", &at]);
        assert_eq!(due.status, 0, "{}{}", due.out, due.err);
    }
    desk.server.expire_tokens();
    for ran in twice(&desk, &["outbox", "run", "--once", "--json"]) {
        assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    }
    settle(&desk);
    assert_eq!(desk.published(), 6);
    assert!(
        desk.list()
            .iter()
            .all(|entry| entry["state"] == "published")
    );
}

#[test]
fn two_programs_at_once_post_once_to_youtube() {
    two_at_once::<youtube::Desk>();
}

#[test]
fn two_programs_at_once_post_once_to_x() {
    two_at_once::<x::Desk>();
}

#[test]
fn two_programs_at_once_post_once_to_tiktok() {
    two_at_once::<tiktok::Desk>();
}

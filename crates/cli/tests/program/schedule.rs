//! Posts that wait for their time, and what a folder that was put back makes of them.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;

use crate::publishing::{Desk, state};
use crate::support::{rfc3339, tool};

/// How long after its time a post may begin, and what making it takes on a busy machine.
const LONGEST: Duration = Duration::from_mins(1);

/// Schedules a post for a moment that many seconds ahead, and returns its number.
fn scheduled(desk: &Desk, ahead: u64) -> Value {
    let at = rfc3339(SystemTime::now() + Duration::from_secs(ahead));
    let posted = desk.post(&["--at", &at]);
    assert_eq!(posted.status, 0, "{}{}", posted.out, posted.err);
    let entry = posted.json()["posts"][0].clone();
    assert_eq!(state(&entry), ("scheduled", ""));
    entry["id"].clone()
}

/// Waits until something has come true.
fn until(what: &str, mut is_true: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_true() {
        assert!(start.elapsed() < LONGEST, "not yet: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_post_goes_out_at_its_time_while_the_outbox_runs() {
    let desk = Desk::connected();
    let mut child = desk
        .command(&["outbox", "run", "--json"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let id = scheduled(&desk, 4);
    assert_eq!(desk.published(), 0, "not before its time");
    until("it goes out", || {
        assert!(child.try_wait().unwrap().is_none(), "the outbox ended");
        // What it came to is written down a moment later.
        desk.published() > 0 && state(&desk.list()[0]).0 == "published"
    });
    assert_eq!(desk.list()[0]["id"], id);
    tool("kill", &["-TERM", &child.id().to_string()]);
    until("it ends", || child.try_wait().unwrap().is_some());
    assert_eq!(desk.published(), 1);
}

/// Copies a folder with all that `cp` can keep.
fn copied(from: &Path, to: &Path) {
    let done = Command::new("cp").arg("-a").arg(from).arg(to).status();
    assert!(done.unwrap().success(), "{} is copied", from.display());
}

#[test]
fn a_folder_that_is_put_back_with_its_secrets_posts_nothing_twice() {
    for is_removed_before in [true, false] {
        let desk = Desk::connected();
        let id = scheduled(&desk, 1);
        let (home, backup) = (desk.bench.path("home"), desk.bench.path("backup"));
        copied(&home, &backup);
        std::thread::sleep(Duration::from_millis(1_500));
        let ran = desk.run(&["outbox", "run", "--once", "--json"]);
        assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
        assert_eq!(desk.published(), 1);
        if is_removed_before {
            std::fs::remove_dir_all(&home).unwrap();
            copied(&backup, &home);
        } else {
            // Over what is there, file by file.
            copied(&backup.join("."), &home);
        }
        let ran = desk.run(&["outbox", "run", "--once", "--json"]);
        assert_eq!(desk.published(), 1, "not twice: {}{}", ran.out, ran.err);
        let entry = desk.list().remove(0);
        assert_eq!(entry["id"], id);
        assert_eq!(state(&entry), ("uncertain", "uncertain"));
        // The user looked.
        let id = id.to_string();
        let resolved = desk.run(&["outbox", "resolve", &id, "published", "--json"]);
        assert_eq!(resolved.json()["state"], "published", "{}", resolved.err);
        let next = desk.post(&["--key", "next"]);
        assert_eq!(next.status, 0, "{}{}", next.out, next.err);
        assert_eq!(desk.published(), 2, "posting goes on");
    }
}

#[test]
fn the_calls_to_networks_are_listed() {
    let desk = Desk::connected();
    assert_eq!(desk.post(&[]).status, 0);
    let log = desk.run(&["outbox", "log", "--json"]);
    assert_eq!(log.status, 0, "{}{}", log.out, log.err);
    let log = log.json();
    let calls = log.as_array().unwrap();
    let names: Vec<&str> = calls
        .iter()
        .filter_map(|call| call["call"].as_str())
        .collect();
    for name in ["connect", "open", "send"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    let send = calls.iter().find(|call| call["call"] == "send").unwrap();
    assert_eq!(send["network"], "youtube");
    assert_eq!(send["account"], "@petitatelier");
    assert_eq!(send["post"], desk.list()[0]["id"]);
    assert!(send["at"].as_str().unwrap().ends_with('Z'), "{send}");
    let words = desk.run(&["outbox", "log"]);
    assert_eq!(words.out.lines().count(), calls.len(), "{}", words.out);
    let granted = desk.run(&["accounts", "list"]);
    assert!(granted.out.contains("granted: https://"), "{}", granted.out);
}

//! The timer for posts that are due: it calls the program rightly, and often enough.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::Bench;

/// The longest that a due post may wait to be begun, in seconds.
const LONGEST_SECS: f64 = 30.0;

fn units() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/systemd")
}

/// Returns what a unit says of a name, which it says once.
fn said(unit: &str, section: &str, name: &str) -> String {
    let text = std::fs::read_to_string(units().join(unit)).unwrap();
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            inside = line == format!("[{section}]");
        } else if inside
            && let Some((key, value)) = line.split_once('=')
            && key == name
        {
            found.push(value.to_owned());
        }
    }
    assert_eq!(found.len(), 1, "{name} of {unit}: {found:?}");
    found.remove(0)
}

fn secs(text: &str) -> f64 {
    text.strip_suffix('s').unwrap().parse().unwrap()
}

#[test]
fn a_due_post_is_begun_within_thirty_seconds() {
    let timer = |name| secs(&said("crealia-outbox.timer", "Timer", name));
    let longest = timer("OnUnitInactiveSec") + timer("AccuracySec");
    assert!(
        longest < LONGEST_SECS,
        "{longest} s, and the start of the program"
    );
    assert!(timer("OnStartupSec") <= LONGEST_SECS);
    assert_eq!(
        said("crealia-outbox.timer", "Install", "WantedBy"),
        "timers.target"
    );
    // A run that takes long is not stopped, and the next one begins when it has ended.
    assert_eq!(said("crealia-outbox.service", "Service", "Type"), "oneshot");
    assert_eq!(
        said("crealia-outbox.service", "Service", "TimeoutStartSec"),
        "infinity"
    );
}

#[test]
fn the_service_runs_the_program_as_it_wants_to_be_run() {
    let line = said("crealia-outbox.service", "Service", "ExecStart");
    let words: Vec<&str> = line.split(' ').collect();
    assert_eq!(words.first(), Some(&"crealia"));
    let bench = Bench::new();
    std::fs::write(bench.path("phrase"), "a passphrase\n").unwrap();
    let ran = bench
        .command(words.get(1..).unwrap())
        .env("CREALIA_SECRETS", "file")
        .env("CREALIA_PASSPHRASE_FILE", bench.path("phrase"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(0), "nothing is due: {told}");
}

#[test]
fn systemd_takes_the_units() {
    if Command::new("systemd-analyze")
        .arg("--version")
        .output()
        .is_err()
    {
        // It is part of systemd; elsewhere there is nothing to take them.
        println!("skipped: there is no systemd-analyze");
        return;
    }
    let bench = Bench::new();
    for unit in ["crealia-outbox.service", "crealia-outbox.timer"] {
        let text = std::fs::read_to_string(units().join(unit)).unwrap();
        // As the guide says: with the program's full path.
        let program = format!("ExecStart={}", env!("CARGO_BIN_EXE_crealia"));
        let text = text.replace("ExecStart=crealia", &program);
        std::fs::write(bench.path(unit), text).unwrap();
    }
    let verified = Command::new("systemd-analyze")
        .args(["--user", "--man=no", "verify"])
        .arg(bench.path("crealia-outbox.timer"))
        .arg(bench.path("crealia-outbox.service"))
        .env("XDG_RUNTIME_DIR", bench.path(""))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&verified.stderr);
    assert!(verified.status.success() && told.is_empty(), "{told}");
}

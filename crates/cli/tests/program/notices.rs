//! What a run of the outbox tells the desktop, heard on a session's bus.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use testkit::strict::{Fault, Step};

use crate::publishing::{Desk, scheduled_in_the_past_hour, state};
use crate::support::Ran;

/// A session's bus of its own, and what is told to the desktop on it.
struct Bus {
    daemon: Child,
    address: String,
    monitor: Child,
    heard: PathBuf,
}

impl Bus {
    /// Starts one in a folder; `None` without the programs for it, which CI has.
    fn start(folder: &Path) -> Option<Self> {
        let daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut daemon) = daemon else {
            let is_ci = std::env::var("CI").as_deref() == Ok("true");
            assert!(!is_ci, "CI needs dbus: `cargo xtask setup`");
            #[expect(clippy::print_stderr, reason = "says why a test skips")]
            {
                eprintln!("skipped: no dbus-daemon");
            }
            return None;
        };
        let mut address = String::new();
        let mut told = BufReader::new(daemon.stdout.take().unwrap());
        told.read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        let heard = folder.join("heard.txt");
        let monitor = Command::new("dbus-monitor")
            .args(["--address", &address])
            .arg("type='method_call',interface='org.freedesktop.Notifications'")
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(&heard).unwrap())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let session = Self {
            daemon,
            address,
            monitor,
            heard,
        };
        // It tells of itself first.
        session.wait_for("NameLost", 1);
        Some(session)
    }

    /// Waits until a text was heard so often, and returns all that was heard.
    fn wait_for(&self, text: &str, times: usize) -> String {
        let began = Instant::now();
        loop {
            let heard = std::fs::read_to_string(&self.heard).unwrap();
            if heard.matches(text).count() >= times {
                return heard;
            }
            assert!(
                began.elapsed() < Duration::from_secs(20),
                "no {text}: {heard}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        for process in [&mut self.monitor, &mut self.daemon] {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }
}

#[test]
fn a_post_that_fails_in_a_timers_run_is_told_to_the_desktop() {
    let desk = Desk::connected();
    let Some(session) = Bus::start(&desk.bench.path("")) else {
        return;
    };
    let run = || {
        let mut command = desk.command(&["outbox", "run", "--once", "--quiet", "--json"]);
        command.env("DBUS_SESSION_BUS_ADDRESS", &session.address);
        Ran::from(command.output().unwrap())
    };
    scheduled_in_the_past_hour(&desk);
    desk.server
        .fail(Step::Open, Fault::Refused(400, "invalidTitle"));
    let ran = run();
    assert_eq!(ran.status, 1, "{}{}", ran.out, ran.err);
    assert_eq!(state(&ran.json()[0]), ("failed", "post_refused"));
    let heard = session.wait_for("member=Notify", 1);
    assert!(
        heard.contains("La publication sur YouTube a échoué"),
        "{heard}"
    );
    assert!(heard.contains("Petit atelier"), "{heard}");
    // What is published is not told, and what failed before not again.
    scheduled_in_the_past_hour(&desk);
    assert_eq!(run().status, 0);
    scheduled_in_the_past_hour(&desk);
    desk.server
        .fail(Step::Open, Fault::Refused(400, "invalidTitle"));
    assert_eq!(run().status, 1);
    let heard = session.wait_for("member=Notify", 2);
    assert_eq!(heard.matches("member=Notify").count(), 2, "{heard}");
    // Without a session nobody is told, and that is no failure of its own.
    scheduled_in_the_past_hour(&desk);
    desk.server
        .fail(Step::Open, Fault::Refused(400, "invalidTitle"));
    let mut command = desk.command(&["outbox", "run", "--once", "--quiet", "--json"]);
    command
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("XDG_RUNTIME_DIR");
    let alone = Ran::from(command.output().unwrap());
    assert_eq!(state(&alone.json()[0]), ("failed", "post_refused"));
    assert!(!alone.err.contains("notification"), "{}", alone.err);
}

//! A session bus with a GNOME Keyring of its own, for one test.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Command, Stdio};

/// Set where a test runs inside such a session.
const INSIDE: &str = "CREALIA_TEST_INSIDE";

/// Returns whether this process runs inside such a session.
pub fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// What the session's keychain is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
    /// Unlocked, as after a login.
    Unlocked,
    /// Locked, with nobody there to unlock it.
    Locked,
    /// A session without a keychain.
    WithoutKeychain,
}

/// Runs the test of that name again inside a session with an empty home; there it does what it checks.
///
/// # Panics
/// When the test fails there, and in CI without the programs that a session takes.
pub fn within(session: Session, test: &str, check: impl FnOnce()) {
    if is_inside() {
        return check();
    }
    if !has("dbus-run-session") || !has("gnome-keyring-daemon") || !has("secret-tool") {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "CI needs dbus, gnome-keyring and libsecret-tools: `cargo xtask setup`"
        );
        #[expect(clippy::print_stderr, reason = "says why a test skips")]
        {
            eprintln!("skipped: no dbus-run-session, gnome-keyring-daemon or secret-tool");
        }
        return;
    }
    let unlock = "printf passe | gnome-keyring-daemon --unlock --components=secrets >/dev/null";
    let start = match session {
        Session::Unlocked => unlock.to_owned(),
        // Made with its passphrase, then started anew without.
        Session::Locked => format!(
            "{unlock} && printf x | secret-tool store --label=x a b && \
             gnome-keyring-daemon --replace --components=secrets >/dev/null"
        ),
        Session::WithoutKeychain => "true".to_owned(),
    };
    let home = tempfile::tempdir().unwrap();
    let folder = |name: &str| {
        let folder = home.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        folder
    };
    let bus = home.path().join("bus.conf");
    std::fs::write(&bus, bus_configuration(session, home.path())).unwrap();
    let output = Command::new("dbus-run-session")
        .arg("--config-file")
        .arg(&bus)
        .args(["--", "sh", "-c"])
        .arg(format!("{start} && exec \"$0\" \"$@\""))
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "yes")
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", folder("data"))
        .env("XDG_CONFIG_HOME", folder("config"))
        .env("XDG_CACHE_HOME", folder("cache"))
        .env("XDG_RUNTIME_DIR", folder("run"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("GNOME_KEYRING_CONTROL")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A session bus that starts no programs of the machine by itself.
fn bus_configuration(session: Session, home: &Path) -> String {
    let services = match session {
        Session::Unlocked | Session::Locked => "<standard_session_servicedirs/>",
        Session::WithoutKeychain => "",
    };
    format!(
        "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN\" \
         \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\"><busconfig>\
         <type>session</type><listen>unix:tmpdir={}</listen>{services}\
         <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\
         <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
        home.display()
    )
}

fn has(program: &str) -> bool {
    let version = Command::new(program).arg("--version").output();
    version.is_ok()
}

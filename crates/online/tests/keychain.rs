//! The keychain against a real GNOME Keyring in a session of its own.
//!
//! Each test runs itself again inside a new session bus with an empty home, and fails when that does.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Command, Stdio};

use online::Error;
use online::secrets::{ExposeSecret as _, Keychain, Secret, Secrets as _};

/// The program's identifier.
const SERVICE: &str = "studio.crealia.tests";
const INSIDE: &str = "CREALIA_TEST_INSIDE";

/// What the session's keychain is like.
#[derive(Clone, Copy)]
enum Session {
    /// Unlocked, as after a login.
    Unlocked,
    /// Locked, with nobody there to unlock it.
    Locked,
    /// A session without a keychain.
    WithoutKeychain,
}

/// Runs the test of that name again inside a session; there it does what it checks.
fn within(session: Session, test: &str, check: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
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

fn shown(secret: Option<Secret>) -> Option<String> {
    secret.map(|secret| secret.expose_secret().to_owned())
}

/// Asks another program, which knows nothing of this one.
fn secret_tool(name: &str) -> String {
    let attributes = ["lookup", "service", SERVICE, "username", name];
    let output = Command::new("secret-tool")
        .args(attributes)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn tokens_are_kept() {
    within(Session::Unlocked, "tokens_are_kept", || {
        let keychain = Keychain::open(SERVICE).unwrap();
        let get = |name: &str| shown(keychain.get(name).unwrap());
        assert_eq!(get("x/1/refresh"), None);
        keychain.set("x/1/refresh", &"first".into()).unwrap();
        keychain.set("x/1/refresh", &"second é".into()).unwrap();
        assert_eq!(get("x/1/refresh").as_deref(), Some("second é"));
        assert_eq!(
            secret_tool("x/1/refresh"),
            "=second é",
            "one entry of that name"
        );

        // Longer than an entry may be on the strictest system.
        let long = "token.".repeat(2_000);
        keychain
            .set("tiktok/1/access", &long.as_str().into())
            .unwrap();
        assert_eq!(get("tiktok/1/access"), Some(long));
        assert!(secret_tool("tiktok/1/access").starts_with("+a5:"));
        assert_eq!(secret_tool("tiktok/1/access#a0").len(), 2_560);

        // Another process of this program.
        let other = Keychain::open(SERVICE).unwrap();
        assert_eq!(
            shown(other.get("x/1/refresh").unwrap()).as_deref(),
            Some("second é")
        );
        other.remove("tiktok/1/access").unwrap();
        other.remove("tiktok/1/access").unwrap();
        assert_eq!(get("tiktok/1/access"), None);
        assert_eq!(
            secret_tool("tiktok/1/access#a0"),
            "",
            "nothing is left of it"
        );
        let printed = format!("{keychain:?}");
        assert!(!printed.contains("second"), "{printed}");
    });
}

#[test]
fn a_locked_keychain_is_told() {
    within(Session::Locked, "a_locked_keychain_is_told", || {
        let keychain = Keychain::open(SERVICE).unwrap();
        let outcome = keychain.set("x/1/refresh", &"first".into());
        assert!(
            matches!(
                outcome,
                Err(Error::KeychainLocked { .. } | Error::Keychain { .. })
            ),
            "{outcome:?}"
        );
    });
}

#[test]
fn a_session_without_a_keychain_is_told() {
    within(
        Session::WithoutKeychain,
        "a_session_without_a_keychain_is_told",
        || {
            let opened = Keychain::open(SERVICE);
            assert!(
                matches!(opened, Err(Error::NoKeychain { .. })),
                "{opened:?}"
            );
        },
    );
}

//! The keychain against a real GNOME Keyring in a session of its own.
//!
//! Each test runs itself again inside a new session bus with an empty home, and fails when that does.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

use online::Error;
use online::secrets::{ExposeSecret as _, Keychain, Secret, Secrets as _};
use testkit::keyring::{Session, within};

/// The program's identifier.
const SERVICE: &str = "studio.crealia.tests";

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

//! Checks that the pure crates build for WebAssembly.

use anyhow::{Context as _, Result};

use crate::setup::{self, Consent};
use crate::workspace::{Workspace, output, run, say};

/// The crates that hold no files, clock, threads or randomness.
pub(crate) const PURE: &[&str] = &[
    "footage",
    "timeline",
    "task",
    "story",
    "lettering",
    "protocol",
];

const TARGET: &str = "wasm32-unknown-unknown";
/// Debian's compiler with the sources of the standard library, for machines where rustup cannot
/// download a target.
const DEBIAN: &[&str] = &["rustc-web", "cargo-web", "rust-web-src", "lld-19"];

/// Checks the pure crates with rustup's target, else with Debian's compiler; says which.
pub(crate) fn check(workspace: &Workspace) -> Result<String> {
    let mut arguments = vec!["check", "--target", TARGET];
    for name in PURE {
        arguments.extend(["--package", name]);
    }
    let rustup = output(&mut workspace.command("rustup", &["target", "add", TARGET]));
    match rustup {
        Ok(_) => {
            run(&mut workspace.cargo(&arguments))?;
            Ok("with rustup's target".to_owned())
        }
        Err(error) => {
            say(&format!(
                "wasm: rustup has no target ({error:#}); using Debian's compiler"
            ));
            setup::packages(workspace, DEBIAN, Consent::from_environment())?;
            let path = std::env::var("PATH").unwrap_or_default();
            let mut cargo = workspace.command("/usr/bin/cargo", &arguments);
            cargo
                .env("PATH", format!("/usr/bin:{path}"))
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-19")
                // Two compilers in one target folder would rebuild each other's work.
                .env("CARGO_TARGET_DIR", workspace.target.join("debian-wasm"))
                .env_remove("RUSTC")
                .env_remove("RUSTUP_TOOLCHAIN");
            run(&mut cargo).context("Debian's compiler")?;
            Ok("with Debian's rustc-web".to_owned())
        }
    }
}

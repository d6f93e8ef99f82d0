//! The compiler for WebAssembly: rustup's target, else Debian's compiler where rustup cannot
//! download.

use std::path::PathBuf;
use std::process::Command;

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
    "posts",
    "protocol",
];

const TARGET: &str = "wasm32-unknown-unknown";
/// Debian's compiler with the sources of the standard library.
const DEBIAN: &[&str] = &[
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "rust-web-clippy",
    "lld-19",
];

/// Which compiler there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compiler {
    /// The one that builds everything else.
    Rustup,
    /// Debian's, with a standard library that is built along.
    Debian,
}

impl Compiler {
    /// Finds it, and installs what is missing.
    pub(crate) fn find(workspace: &Workspace, consent: Consent) -> Result<Self> {
        let rustup = output(&mut workspace.command("rustup", &["target", "add", TARGET]));
        let Err(error) = rustup else {
            return Ok(Self::Rustup);
        };
        let why = error.to_string();
        let why = why.lines().next().unwrap_or_default();
        say(&format!(
            "wasm: rustup has no target ({why}); using Debian's compiler"
        ));
        setup::packages(workspace, DEBIAN, consent)?;
        Ok(Self::Debian)
    }

    /// Returns its name for the reader of a report.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rustup => "rustup's target",
            Self::Debian => "Debian's rustc-web",
        }
    }

    /// Returns where its results lie: two compilers in one folder would rebuild each other's work.
    pub(crate) fn folder(self, workspace: &Workspace) -> PathBuf {
        workspace.target.join(match self {
            Self::Rustup => "wasm",
            Self::Debian => "debian-wasm",
        })
    }

    /// Returns cargo with a task for WebAssembly, such as `check`, and what follows it.
    pub(crate) fn cargo(self, workspace: &Workspace, task: &str, arguments: &[&str]) -> Command {
        let arguments = [&[task, "--target", TARGET], arguments].concat();
        let mut cargo = match self {
            Self::Rustup => workspace.cargo(&arguments),
            Self::Debian => {
                let path = std::env::var("PATH").unwrap_or_default();
                let mut cargo = workspace.command("/usr/bin/cargo", &arguments);
                cargo
                    .env("PATH", format!("/usr/bin:{path}"))
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-19")
                    .env_remove("RUSTC")
                    .env_remove("RUSTUP_TOOLCHAIN");
                cargo
            }
        };
        cargo.env("CARGO_TARGET_DIR", self.folder(workspace));
        cargo
    }

    /// Returns the module that a build of the page left.
    pub(crate) fn module(self, workspace: &Workspace, profile: &str) -> PathBuf {
        let folder = self.folder(workspace).join(TARGET).join(profile);
        folder.join("ui.wasm")
    }
}

/// Checks the pure crates, and the page with clippy; says with which compiler.
pub(crate) fn check(workspace: &Workspace) -> Result<String> {
    let compiler = Compiler::find(workspace, Consent::from_environment())?;
    let mut arguments = Vec::new();
    for name in PURE {
        arguments.extend(["--package", name]);
    }
    run(&mut compiler.cargo(workspace, "check", &arguments)).context(compiler.name())?;
    let arguments = ["--package", "ui", "--", "-D", "warnings"];
    run(&mut compiler.cargo(workspace, "clippy", &arguments)).context("clippy for the page")?;
    Ok(format!("with {}", compiler.name()))
}

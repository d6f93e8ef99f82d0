//! Installs what is missing: system packages, cargo tools, Python tools.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

use crate::workspace::{Workspace, is_ci, made, output, run, say};

/// The oldest compiler that the GStreamer bindings build with.
const RUST: (u32, u32) = (1, 92);
/// The oldest test runner that reads this project's `.config/nextest.toml`, and the one installed.
const NEXTEST: &str = "0.9.143";
const NEXTEST_OLDEST: (u32, u32) = (9, 100);
const TYPOS: &str = "1.52.0";
const SCENE_DETECT: &str = "0.7.2";
const DRIVER: &str = "2.1.0";
const AXE: &str = "4.10.3";
const OIDC_PROVIDER: &str = "9.13.3";

/// System packages to build and run the `crealia` command and to make the demo material.
const PACKAGES: &[&str] = &[
    "g++",
    "cmake",
    "make",
    "clang",
    "libclang-dev",
    "pkg-config",
    "libgstreamer1.0-dev",
    "libgstreamer-plugins-base1.0-dev",
    "gstreamer1.0-plugins-base",
    "gstreamer1.0-plugins-good",
    "gstreamer1.0-plugins-bad",
    "gstreamer1.0-plugins-ugly",
    "gstreamer1.0-libav",
    "gstreamer1.0-tools",
    "ffmpeg",
    "espeak-ng",
];

/// System packages to build and run the studio's window.
const WINDOW_PACKAGES: &[&str] = &[
    "libwebkit2gtk-4.1-dev",
    "libjavascriptcoregtk-4.1-dev",
    "libsoup-3.0-dev",
    "libgtk-3-dev",
    "librsvg2-dev",
];

/// System packages that only checks and tests use: the window is driven on a screen of its own,
/// in a session of its own, and so is the keychain.
const TEST_PACKAGES: &[&str] = &[
    "python3-venv",
    "sqlite3",
    "xvfb",
    "dbus",
    "gnome-keyring",
    "libsecret-tools",
    "webkit2gtk-driver",
    "libgl1-mesa-dri",
];

/// Whether packages may be installed without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consent {
    /// Install.
    Given,
    /// Ask at the terminal.
    Asked,
}

impl Consent {
    /// CI has nobody to ask.
    pub(crate) fn from_environment() -> Self {
        if is_ci() { Self::Given } else { Self::Asked }
    }
}

/// Installs all that building, running and testing need.
pub(crate) fn everything(workspace: &Workspace, consent: Consent) -> Result<()> {
    rust_is_new_enough(workspace)?;
    let wanted = [PACKAGES, WINDOW_PACKAGES, TEST_PACKAGES].concat();
    packages(workspace, &wanted, consent)?;
    nextest(workspace)?;
    driver(workspace)?;
    if let Err(error) = typos(workspace) {
        say(&format!(
            "typos: not installed, its check will be skipped ({error:#})"
        ));
    }
    say("setup: all there");
    Ok(())
}

/// Installs what building and running need.
pub(crate) fn for_running(workspace: &Workspace, consent: Consent) -> Result<()> {
    rust_is_new_enough(workspace)?;
    packages(workspace, PACKAGES, consent)
}

/// Installs what building and opening the window need.
pub(crate) fn for_window(workspace: &Workspace, consent: Consent) -> Result<()> {
    rust_is_new_enough(workspace)?;
    packages(workspace, &[PACKAGES, WINDOW_PACKAGES].concat(), consent)
}

/// Installs what driving the window needs beside what building it needs.
pub(crate) fn for_driving(workspace: &Workspace, consent: Consent) -> Result<()> {
    for_window(workspace, consent)?;
    packages(workspace, TEST_PACKAGES, consent)?;
    driver(workspace)
}

/// Installs what a bench listens with.
pub(crate) fn for_hearing(workspace: &Workspace, consent: Consent) -> Result<()> {
    packages(workspace, &["pulseaudio", "pulseaudio-utils"], consent)
}

/// Installs Debian packages that are not there.
pub(crate) fn packages(workspace: &Workspace, wanted: &[&str], consent: Consent) -> Result<()> {
    let Some(missing) = missing(workspace, wanted)? else {
        // Elsewhere the build itself says what it lacks.
        say(&format!(
            "setup: this is not a Debian or Ubuntu system, so nothing is installed for you. \
             Needed, by their Debian names: {}",
            wanted.join(" ")
        ));
        return Ok(());
    };
    if missing.is_empty() {
        return Ok(());
    }
    say(&format!(
        "setup: missing system packages:\n  {}",
        missing.join("\n  ")
    ));
    let by_hand = format!("sudo apt-get install {}", missing.join(" "));
    if consent == Consent::Asked && !agreed()? {
        bail!("nothing was installed; to do it by hand:\n  {by_hand}");
    }
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(&missing);
    // Stale package lists are the usual reason of a failed install on a fresh machine.
    run(&mut apt(workspace, &["update"])?)
        .and_then(|()| run(&mut apt(workspace, &install)?))
        .with_context(|| format!("packages could not be installed; by hand: {by_hand}"))
}

/// Returns the Python environment of the tools, made on first use in the cache folder.
pub(crate) fn python(workspace: &Workspace) -> Result<PathBuf> {
    let folder = made(workspace.cache.clone())?.join("python");
    let python = folder.join("bin/python");
    if !python.exists() {
        let mut make = workspace.command("python3", &["-m", "venv"]);
        output(make.arg(&folder)).context("Debian: apt-get install python3-venv")?;
    }
    Ok(python)
}

/// Returns the spelling checker, installed from PyPI on first use.
pub(crate) fn typos(workspace: &Workspace) -> Result<PathBuf> {
    let python = python(workspace)?;
    let program = python.with_file_name("typos");
    let version = output(&mut workspace.command(&program, &["--version"])).unwrap_or_default();
    if !version.trim().ends_with(TYPOS) {
        pip_install(workspace, &python, &format!("typos=={TYPOS}"))?;
    }
    Ok(program)
}

/// Returns PySceneDetect, which the speed of the analysis is measured against, installed from PyPI
/// on first use.
pub(crate) fn scene_detector(workspace: &Workspace) -> Result<PathBuf> {
    let python = python(workspace)?;
    let program = python.with_file_name("scenedetect");
    let version = output(&mut workspace.command(&program, &["version"])).unwrap_or_default();
    if !version.contains(SCENE_DETECT) {
        pip_install(
            workspace,
            &python,
            &format!("scenedetect-headless=={SCENE_DETECT}"),
        )?;
    }
    Ok(program)
}

fn pip_install(workspace: &Workspace, python: &Path, wanted: &str) -> Result<()> {
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        wanted,
    ];
    output(&mut workspace.command(python, &pip))?;
    Ok(())
}

fn rust_is_new_enough(workspace: &Workspace) -> Result<()> {
    let text = output(&mut workspace.command("rustc", &["--version"]))?;
    let version = text.split_whitespace().nth(1).and_then(two_numbers);
    let version = version.with_context(|| format!("unknown compiler version: {text}"))?;
    ensure!(
        version >= RUST,
        "rustc {}.{} is needed, here is {}; `rustup update stable` brings it",
        RUST.0,
        RUST.1,
        text.trim()
    );
    Ok(())
}

fn nextest(workspace: &Workspace) -> Result<()> {
    let version = output(&mut workspace.cargo(&["nextest", "--version"])).unwrap_or_default();
    let found = version
        .split_whitespace()
        .nth(1)
        .and_then(|version| version.split_once('.'))
        .and_then(|(_, minor)| two_numbers(minor));
    if found.is_some_and(|found| found >= NEXTEST_OLDEST) {
        return Ok(());
    }
    run(&mut workspace.cargo(&["install", "cargo-nextest", "--locked", "--version", NEXTEST]))
}

/// Installs the program between WebDriver and the window.
fn driver(workspace: &Workspace) -> Result<()> {
    // It has no `--version`; its help tells that it is there.
    if output(&mut workspace.command("tauri-driver", &["--help"])).is_ok() {
        return Ok(());
    }
    run(&mut workspace.cargo(&["install", "tauri-driver", "--locked", "--version", DRIVER]))
}

/// Returns the checker of accessibility, fetched from npm on first use. It runs in the page, so
/// the project itself needs no Node.
pub(crate) fn axe(workspace: &Workspace) -> Result<PathBuf> {
    let folder = made(workspace.cache.join(format!("axe-core-{AXE}")))?;
    let script = folder.join("package/axe.min.js");
    if !script.exists() {
        let wanted = format!("axe-core@{AXE}");
        let mut pack = workspace.command("npm", &["pack", "--silent", &wanted]);
        let archive = output(pack.current_dir(&folder)).context("npm")?;
        let mut unpack = workspace.command("tar", &["xzf", archive.trim()]);
        output(unpack.current_dir(&folder))?;
    }
    Ok(script)
}

/// Returns the folder of the OAuth provider that consent is tested with, installed from npm on
/// first use. Only tests run it, with the Node that npm needs anyway.
pub(crate) fn oidc_provider(workspace: &Workspace) -> Result<PathBuf> {
    let name = format!("oidc-provider-{OIDC_PROVIDER}");
    let folder = workspace.cache.join(&name);
    if !folder.join("node_modules/oidc-provider").exists() {
        // Installed beside its place and moved, so that it is whole or absent.
        let part = made(workspace.cache.join(format!("{name}.part")))?;
        let wanted = format!("oidc-provider@{OIDC_PROVIDER}");
        let install = [
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--prefix",
        ];
        let mut npm = workspace.command("npm", &install);
        output(npm.arg(&part).arg(wanted)).context("npm")?;
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::rename(part, &folder)?;
    }
    Ok(folder)
}

/// Reads the first two numbers of a version: `1.95.0` → (1, 95).
fn two_numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split(['.', '-', '+']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Returns the packages that are not installed; none where there is no dpkg.
fn missing<'a>(workspace: &Workspace, wanted: &[&'a str]) -> Result<Option<Vec<&'a str>>> {
    let mut query = workspace.command(
        "dpkg-query",
        &["-W", "-f", "${db:Status-Abbrev}${Package}\n"],
    );
    query.stderr(Stdio::null());
    match query.output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context("dpkg-query"),
        Ok(result) => {
            let list = String::from_utf8_lossy(&result.stdout).into_owned();
            Ok(Some(not_in(&list, wanted)))
        }
    }
}

/// Returns those of `wanted` that dpkg's list does not show as installed.
fn not_in<'a>(list: &str, wanted: &[&'a str]) -> Vec<&'a str> {
    let is_there = |name: &str| {
        list.lines().any(|line| {
            line.strip_prefix("ii ")
                .is_some_and(|rest| rest.trim() == name)
        })
    };
    wanted
        .iter()
        .copied()
        .filter(|name| !is_there(name))
        .collect()
}

fn apt(workspace: &Workspace, arguments: &[&str]) -> Result<Command> {
    let is_root = output(&mut workspace.command("id", &["-u"]))?.trim() == "0";
    let mut command = if is_root {
        workspace.command("apt-get", arguments)
    } else {
        let mut sudo = workspace.command("sudo", &["apt-get"]);
        sudo.args(arguments).stdin(Stdio::inherit());
        sudo
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    Ok(command)
}

#[expect(clippy::print_stdout, reason = "a question stays on its line")]
fn agreed() -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        say("setup: there is no terminal to ask at; `--yes` installs without asking");
        return Ok(false);
    }
    print!("Install them now with apt-get? [Y/n] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(
        answer.trim().to_lowercase().as_str(),
        "" | "y" | "yes" | "o" | "oui"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_package_with_leftover_settings_is_missing() {
        let list = "ii cmake\nrc clang\nii clang-14\n";
        assert_eq!(
            not_in(list, &["cmake", "clang", "ffmpeg"]),
            ["clang", "ffmpeg"]
        );
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(two_numbers("1.95.0"), Some((1, 95)));
        assert_eq!(two_numbers("1.100.0-nightly"), Some((1, 100)));
        assert_eq!(two_numbers("unknown"), None);
        assert!(two_numbers("9.143") >= Some(NEXTEST_OLDEST));
        assert!(two_numbers("9.72") < Some(NEXTEST_OLDEST));
    }
}

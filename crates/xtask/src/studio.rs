//! The studio's window: built, and opened with files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail, ensure};

use crate::demo::{self, Language};
use crate::desktop;
use crate::page::{self, Effort};
use crate::setup::{self, Consent};
use crate::workspace::{Workspace, run, say};

/// What `cargo xtask studio` was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    files: Vec<PathBuf>,
    consent: Consent,
    then: Then,
}

/// What becomes of the built program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// It is opened.
    Open,
    /// It is put among the user's programs.
    Install,
    /// It is taken away from there; nothing is built.
    Uninstall,
}

/// Runs `cargo xtask studio`; the exit code is that of the program.
pub(crate) fn open(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let wanted = read(arguments, Consent::from_environment())?;
    if wanted.then == Then::Uninstall {
        desktop::uninstall(workspace)?;
        return Ok(ExitCode::SUCCESS);
    }
    // Relative to where the user is, not to the workspace.
    let here = std::env::current_dir()?;
    let files: Vec<PathBuf> = wanted.files.iter().map(|file| here.join(file)).collect();
    for file in &files {
        ensure!(file.exists(), "there is no file {}", file.display());
    }
    setup::for_window(workspace, wanted.consent)?;
    page::build(workspace, Effort::Full)?;
    let studio = build(workspace)?;
    let demo = demo::video(workspace, language())?;
    if wanted.then == Then::Install {
        desktop::install(workspace, &studio, &demo)?;
        return Ok(ExitCode::SUCCESS);
    }
    let status = std::process::Command::new(studio)
        .args(files)
        .env("CREALIA_DEMO", demo)
        .status()
        .context("cannot run crealia-studio")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}

/// Builds the program in release with the page that was built before, and returns its path.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    let arguments = ["build", "--release", "--package", "src-tauri"];
    run(&mut workspace.cargo(&arguments))?;
    let program = workspace
        .target
        .join("release")
        .join(Path::new("crealia-studio"));
    ensure!(program.is_file(), "the build left no {}", program.display());
    Ok(program)
}

/// Runs `cargo xtask screenshots [FOLDER]`: a picture of every view, and what axe-core finds there.
pub(crate) fn screenshots(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let folder = match arguments {
        [] => workspace.target.join("screenshots"),
        [folder] => std::env::current_dir()?.join(folder),
        _ => bail!("screenshots takes a folder"),
    };
    setup::for_driving(workspace, Consent::from_environment())?;
    page::build(workspace, Effort::Full)?;
    let studio = build(workspace)?;
    let mut walk = workspace.cargo(&["run", "--package", "e2e", "--example", "screenshots", "--"]);
    walk.arg(&folder).env("CREALIA_STUDIO", studio);
    match setup::axe(workspace) {
        Ok(script) => _ = walk.env("CREALIA_AXE", script),
        Err(error) => say(&format!("skipped: axe-core ({error:#})")),
    }
    run(&mut walk)?;
    say(&format!("{}", folder.display()));
    Ok(())
}

/// Returns the language of the demo: that of the session.
fn language() -> Language {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    match named {
        Some(value) if value.starts_with("en") => Language::English,
        // The program's own language where the session names none.
        _ => Language::French,
    }
}

fn read(arguments: &[String], consent: Consent) -> Result<Wanted> {
    let mut wanted = Wanted {
        files: Vec::new(),
        consent,
        then: Then::Open,
    };
    for argument in arguments {
        match argument.as_str() {
            "--yes" => wanted.consent = Consent::Given,
            "--install" => wanted.then = Then::Install,
            "--uninstall" => wanted.then = Then::Uninstall,
            option if option.starts_with('-') => {
                bail!("studio takes files, --install, --uninstall and --yes, not {option}")
            }
            file => wanted.files.push(PathBuf::from(file)),
        }
    }
    ensure!(
        wanted.then == Then::Open || wanted.files.is_empty(),
        "files are opened by the studio itself: leave them out here"
    );
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_passed_on_and_options_are_refused() {
        let words =
            |line: &str| -> Vec<String> { line.split_whitespace().map(str::to_owned).collect() };
        let wanted = read(&words("a.mp4 --yes été.mov"), Consent::Asked).unwrap();
        assert_eq!(
            wanted.files,
            [PathBuf::from("a.mp4"), PathBuf::from("été.mov")]
        );
        assert_eq!(wanted.consent, Consent::Given);
        assert_eq!(wanted.then, Then::Open);
        assert!(read(&words("--fast"), Consent::Asked).is_err());
        let installs = read(&words("--install"), Consent::Asked).unwrap();
        assert_eq!(installs.then, Then::Install);
        let removes = read(&words("--uninstall"), Consent::Asked).unwrap();
        assert_eq!(removes.then, Then::Uninstall);
        assert!(read(&words("--install a.mp4"), Consent::Asked).is_err());
    }
}

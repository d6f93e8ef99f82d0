//! The studio's window: built, and opened with files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail, ensure};

use crate::demo::{self, Language};
use crate::page::{self, Effort};
use crate::setup::{self, Consent};
use crate::workspace::{Workspace, run, say};

/// What `cargo xtask studio` was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    files: Vec<PathBuf>,
    consent: Consent,
}

/// Runs `cargo xtask studio`; the exit code is that of the program.
pub(crate) fn open(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let wanted = read(arguments, Consent::from_environment())?;
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
    };
    for argument in arguments {
        match argument.as_str() {
            "--yes" => wanted.consent = Consent::Given,
            option if option.starts_with('-') => {
                bail!("studio takes files and --yes, not {option}")
            }
            file => wanted.files.push(PathBuf::from(file)),
        }
    }
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
        assert!(read(&words("--fast"), Consent::Asked).is_err());
    }
}

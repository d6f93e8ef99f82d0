//! The main job in one command: from a video to reels in `./reels/<name>`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail, ensure};

use crate::demo::{self, Language};
use crate::setup::{self, Consent};
use crate::workspace::{Workspace, run, say, stem};

/// What `cargo xtask reels` was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    video: Option<PathBuf>,
    consent: Consent,
    passed_on: Vec<String>,
}

/// Runs `cargo xtask reels`; the exit code is that of `crealia`.
pub(crate) fn cut(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let wanted = read(arguments, Consent::from_environment())?;
    // Relative to where the user is, not to the workspace.
    let here = std::env::current_dir()?;
    let video = wanted.video.map(|video| here.join(video));
    if let Some(video) = &video {
        ensure!(video.is_file(), "there is no file {}", video.display());
    }
    setup::for_running(workspace, wanted.consent)?;
    let crealia = build(workspace)?;
    let video = match video {
        Some(video) => video,
        None => demo::video(workspace, Language::English)?,
    };
    let out = here.join("reels").join(stem(&video)?);
    let mut command = std::process::Command::new(crealia);
    command
        .arg("reels")
        .arg(&video)
        .arg("--out")
        .arg(&out)
        .args(wanted.passed_on);
    let status = command.status().context("cannot run crealia")?;
    if status.success() {
        say(&format!("reels: {}", out.display()));
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}

/// Builds the `crealia` command in release and returns its path.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    run(&mut workspace.cargo(&["build", "--release", "--package", "cli"]))?;
    let program = workspace.target.join("release").join(Path::new("crealia"));
    ensure!(program.is_file(), "the build left no {}", program.display());
    Ok(program)
}

fn read(arguments: &[String], consent: Consent) -> Result<Wanted> {
    let mut wanted = Wanted {
        video: None,
        consent,
        passed_on: Vec::new(),
    };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--" => wanted.passed_on = rest.by_ref().cloned().collect(),
            "--yes" => wanted.consent = Consent::Given,
            option if option.starts_with('-') => {
                bail!("options for crealia come after --: cargo xtask reels VIDEO -- {option} …")
            }
            _ if wanted.video.is_some() => {
                bail!("one video at a time; `crealia reels` takes several")
            }
            video => wanted.video = Some(PathBuf::from(video)),
        }
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str) -> Result<Wanted> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        read(&words, Consent::Asked)
    }

    #[test]
    fn options_after_the_dashes_go_to_crealia() {
        let wanted = check("été.mp4 --yes -- --count 4 --wish prices").unwrap();
        assert_eq!(wanted.video, Some(PathBuf::from("été.mp4")));
        assert_eq!(wanted.consent, Consent::Given);
        assert_eq!(wanted.passed_on, ["--count", "4", "--wish", "prices"]);
    }

    #[test]
    fn without_a_video_the_demo_is_used() {
        let wanted = check("-- --count 2").unwrap();
        assert_eq!(wanted.video, None);
        assert_eq!(wanted.passed_on, ["--count", "2"]);
    }

    #[test]
    fn options_before_the_dashes_and_second_videos_are_explained() {
        assert!(
            check("a.mp4 --count 4")
                .unwrap_err()
                .to_string()
                .contains("after --")
        );
        assert!(
            check("a.mp4 b.mp4")
                .unwrap_err()
                .to_string()
                .contains("one video")
        );
    }
}

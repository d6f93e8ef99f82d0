//! The project's tasks: `cargo xtask <task>`.
//!
//! Kept light, because it is the first thing that a newcomer waits for: no argument parser, no
//! workspace crate. What is heavy (drawing the demo) is a crate of its own, built on demand.
//!
//! Map: [`setup`] installs what is missing · [`studio`] the window · [`desktop`] it among the user's programs · [`page`] what it shows ·
//! [`wasm`] its compiler · [`reels`] the main job on a video · [`demo`] the demo material · [`check`] everything that `test` runs · [`tidy`] the rules that compilers do not
//! check · [`mod@bench`] figures · [`workspace`] folders and commands.

mod bench;
mod check;
mod demo;
mod desktop;
mod page;
mod reels;
mod setup;
mod studio;
mod tidy;
mod wasm;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};

use workspace::{Workspace, say};

const USAGE: &str = "\
cargo xtask setup [--yes]             installs missing system packages and tools; asks first
cargo xtask studio [FILES]            builds the studio and opens its window, with files to import
cargo xtask studio --install          puts it among the user's programs, with “Open with”; --uninstall
cargo xtask reels [VIDEO] [-- ARGS]   builds and cuts reels into ./reels/<name>; without VIDEO the demo
cargo xtask demo [--french] [--check] makes the demo video; --check looks for its presenter's face
cargo xtask page [--quick]            builds the page alone; --quick is large and soon there
cargo xtask screenshots [FOLDER]      a picture of every view, in both languages and themes
cargo xtask test                      every check and every test; what CI runs
cargo xtask tidy                      layers, budgets, licences, names, leftovers
cargo xtask bench speed [MINUTES]     time per step, memory, and the render step against ffmpeg
cargo xtask bench memory              peak memory for sources of 10 and 60 minutes
cargo xtask bench faces               time of one look for faces
cargo xtask bench outbox [WHAT…]      posts while each step of each network goes wrong: doubles, lost, stuck
cargo xtask bench upload              a file of 4 GiB: MB/s and memory
cargo xtask bench quality [ROW…]      shots, faces, tracks, crop, voice, loudness against what is known
cargo xtask bench window [WHAT…]      the real window: start, preview, seek, drag, opening, thread, memory, crash
";

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    let arguments = std::env::args_os().skip(1).map(|argument| {
        let told = |argument: std::ffi::OsString| {
            anyhow!(
                "{} is not valid UTF-8: rename it and try again",
                argument.display()
            )
        };
        argument.into_string().map_err(told)
    });
    let arguments: Vec<String> = arguments.collect::<Result<_>>()?;
    let Some((task, rest)) = arguments.split_first() else {
        say(USAGE);
        return Ok(ExitCode::from(2));
    };
    let workspace = Workspace::open()?;
    match task.as_str() {
        "setup" => setup::everything(&workspace, consent(rest)?)?,
        "studio" => return studio::open(&workspace, rest),
        "page" => page::task(&workspace, rest)?,
        "screenshots" => studio::screenshots(&workspace, rest)?,
        "reels" => return reels::cut(&workspace, rest),
        "demo" => demo::task(&workspace, rest)?,
        "test" => return check::everything(&workspace),
        "tidy" => tidy::check(&workspace)?,
        "bench" => bench::task(&workspace, rest)?,
        "help" | "--help" | "-h" => say(USAGE),
        other => bail!("no task “{other}”\n{USAGE}"),
    }
    Ok(ExitCode::SUCCESS)
}

fn consent(arguments: &[String]) -> Result<setup::Consent> {
    match arguments {
        [] => Ok(setup::Consent::from_environment()),
        [yes] if yes == "--yes" => Ok(setup::Consent::Given),
        other => bail!("setup takes only --yes, not {other:?}"),
    }
}

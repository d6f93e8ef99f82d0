//! The page: compiled to WebAssembly, and bundled into the folder that the shell embeds.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::setup::{self, Consent};
use crate::wasm::Compiler;
use crate::workspace::{Workspace, output, run, say};

/// How much is done for size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// All that can be: what is shipped and tested.
    Full,
    /// Nothing, for someone who waits for it.
    Quick,
}

/// Runs `cargo xtask page`.
pub(crate) fn task(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let effort = match arguments {
        [] => Effort::Full,
        [quick] if quick == "--quick" => Effort::Quick,
        other => bail!("page takes only --quick, not {other:?}"),
    };
    setup::for_window(workspace, Consent::from_environment())?;
    build(workspace, effort)?;
    say(&format!("{}", workspace.page().display()));
    Ok(())
}

/// Builds the page; returns a line on its size.
pub(crate) fn build(workspace: &Workspace, effort: Effort) -> Result<String> {
    let start = Instant::now();
    let compiler = Compiler::find(workspace, Consent::from_environment())?;
    let (profile, subfolder) = match effort {
        Effort::Full => ("page", "page"),
        Effort::Quick => ("dev", "debug"),
    };
    let arguments = ["--package", "ui", "--profile", profile];
    run(&mut compiler.cargo(workspace, "build", &arguments))?;
    let mut bundler = workspace.cargo(&["run", "--quiet", "--package", "bundler", "--"]);
    bundler
        .arg(compiler.module(workspace, subfolder))
        .arg(workspace.root.join("ui"))
        .arg(workspace.page());
    if effort == Effort::Quick {
        bundler.arg("--quick");
    }
    let text = output(&mut bundler)?;
    let line = text.trim().to_owned();
    say(&format!("{line} ({:.1} s)", start.elapsed().as_secs_f64()));
    Ok(format!("{line}, {}", compiler.name()))
}

//! Turns the page's WebAssembly into a folder of files that the shell embeds.
//!
//! `bundler WASM UI OUT [--quick]`: `WASM` is what cargo made of the `ui` crate, `UI` that crate's
//! folder, `OUT` a folder that is replaced. No Node, no trunk: `wasm-bindgen` is a library here, of
//! the version that the page is built with, so the two cannot differ.
//!
//! ```text
//! ui.wasm ─ wasm-bindgen ─→ ui.js, ui_bg.wasm                 index.html ─→ index.html
//! styles/order.txt ─→ studio.css (one file, in that order)    fonts/     ─→ fonts/
//!                     start.js (loads the module: no script stands in the page)
//! ```
//!
//! Map: [`script`] the module and its loader · [`styles`] the style sheet · [`page`] the document.

mod page;
mod script;
mod styles;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

/// What a module is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effort {
    /// It is shipped: nothing is in it that only developers read.
    Full,
    /// Names of functions stay in it.
    Quick,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("bundler: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut paths = Vec::new();
    let mut effort = Effort::Full;
    for argument in std::env::args_os().skip(1) {
        if argument == "--quick" {
            effort = Effort::Quick;
        } else {
            paths.push(PathBuf::from(argument));
        }
    }
    let [wasm, ui, out] = paths.as_slice() else {
        bail!("usage: bundler WASM UI OUT [--quick]");
    };
    // Made beside its place and moved, so that the folder is whole or as it was.
    let part = out.with_extension("part");
    if part.exists() {
        std::fs::remove_dir_all(&part).with_context(|| shown(&part))?;
    }
    std::fs::create_dir_all(&part).with_context(|| shown(&part))?;
    script::write(wasm, &part, effort)?;
    let sheet = styles::sheet(ui)?;
    std::fs::write(part.join("studio.css"), sheet)?;
    let document = ui.join("index.html");
    let text = std::fs::read_to_string(&document).with_context(|| shown(&document))?;
    std::fs::write(part.join("index.html"), page::document(&text)?)?;
    copy(&ui.join("fonts"), &part.join("fonts"))?;
    if out.exists() {
        std::fs::remove_dir_all(out).with_context(|| shown(out))?;
    }
    std::fs::rename(&part, out).with_context(|| shown(out))
}

/// Copies the files of a folder that may be absent.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[expect(
    clippy::print_stdout,
    reason = "the one place where the bundler prints"
)]
fn say(line: &str) {
    println!("{line}");
}

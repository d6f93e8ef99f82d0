//! The module: bindings by `wasm-bindgen`, made small by `wasm-opt` where one that works is there.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use wasm_bindgen_cli_support::Bindgen;

use crate::{Effort, say, shown};

/// What loads the module.
const START: &str = include_str!("start.js");

/// Language features that the compiler may use; an old `wasm-opt` takes them for errors otherwise.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-multivalue",
];

/// Writes `ui.js`, `ui_bg.wasm`, `start.js` and what the bindings need beside them.
pub(crate) fn write(wasm: &Path, out: &Path, effort: Effort) -> Result<()> {
    Bindgen::new()
        .input_path(wasm)
        .out_name("ui")
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        // Names of functions make faults readable, and cost a third of the size.
        .remove_name_section(effort == Effort::Full)
        .remove_producers_section(true)
        .generate(out)
        .with_context(|| format!("wasm-bindgen on {}", shown(wasm)))?;
    std::fs::write(out.join("start.js"), START)?;
    let module = out.join("ui_bg.wasm");
    let before = std::fs::metadata(&module)?.len();
    let remark = match effort {
        Effort::Quick => "quick: not made small".to_owned(),
        Effort::Full => match optimise(&module) {
            Ok(()) => "wasm-opt -Oz".to_owned(),
            Err(why) => format!("without wasm-opt: {why:#}"),
        },
    };
    let bytes = std::fs::read(&module)?;
    say(&format!(
        "page: WASM {} KiB, {} KiB compressed (goal 1536); {} KiB before; {remark}",
        bytes.len() / 1024,
        compressed(&bytes)? / 1024,
        before / 1024
    ));
    Ok(())
}

/// Makes the module small in its place, or leaves it as it was.
fn optimise(module: &Path) -> Result<()> {
    let small = module.with_extension("small");
    let run = Command::new("wasm-opt")
        .args(["-Oz", "--strip-debug"])
        .args(FEATURES)
        .arg(module)
        .arg("-o")
        .arg(&small)
        .output()
        .context("Debian: apt-get install binaryen")?;
    if !run.status.success() {
        let text = String::from_utf8_lossy(&run.stderr).into_owned();
        let last = text.lines().last().unwrap_or_default().to_owned();
        anyhow::bail!("{}: {last}", run.status);
    }
    std::fs::rename(small, module)?;
    Ok(())
}

/// Returns the size that the shell's compression gives at most: gzip stands in for brotli, which
/// is a little smaller.
fn compressed(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

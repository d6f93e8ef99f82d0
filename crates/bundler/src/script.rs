//! The module with its bindings.
//!
//! `wasm-opt` is not used: Debian's (108) breaks the table of references, so that the page fails to
//! load, and it saved 8 % before and nothing after compression.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use wasm_bindgen_cli_support::Bindgen;

use crate::{Effort, say, shown};

/// What loads the module.
const START: &str = include_str!("start.js");

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
    let bytes = std::fs::read(out.join("ui_bg.wasm"))?;
    say(&format!(
        "page: WASM {} KiB, {} KiB compressed (goal 1536)",
        bytes.len() / 1024,
        compressed(&bytes)? / 1024
    ));
    Ok(())
}

/// Returns the size that the shell's compression gives at most: gzip stands in for brotli, which
/// is a little smaller.
fn compressed(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

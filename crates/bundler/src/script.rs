//! The module with its bindings.
//!
//! `wasm-opt` is not used: Debian's (108) breaks the table of references, so that the page fails to
//! load, and it saved 8 % before and nothing after compression.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use wasm_bindgen_cli_support::Bindgen;

use crate::{Effort, say, shown};

/// The most that a shipped module may take once it is compressed: 1.5 MB, the goal of the window's issue.
const MOST: usize = 1_536 * 1024;

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
    let size = compressed(&bytes)?;
    say(&format!(
        "page: WASM {} KiB, {} KiB compressed (goal {})",
        bytes.len() / 1024,
        size / 1024,
        MOST / 1024
    ));
    check_size(size, effort)
}

/// Refuses a module that is too large to be shipped; one for developers may be.
fn check_size(size: usize, effort: Effort) -> Result<()> {
    ensure!(
        effort == Effort::Quick || size <= MOST,
        "the page's WASM takes {} KiB compressed; at most {} KiB are shipped",
        size.div_ceil(1024),
        MOST / 1024
    );
    Ok(())
}

/// Returns the size that the shell's compression gives at most: gzip stands in for brotli, which
/// is a little smaller.
fn compressed(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_is_too_large_is_not_shipped() {
        assert!(check_size(MOST, Effort::Full).is_ok());
        let refused = check_size(MOST + 1, Effort::Full).unwrap_err().to_string();
        assert!(refused.contains("1537 KiB"), "{refused}");
        assert!(
            check_size(MOST * 3, Effort::Quick).is_ok(),
            "for developers"
        );
    }
}

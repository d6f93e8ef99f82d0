//! Finding the shared material, and reading its media with the `ffmpeg` command.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::allow_attributes,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "each test file uses a part of this module, and a test stops at a surprise"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns a path in the shared material, or `None` after saying why the test is skipped.
pub fn shared(path: &str) -> Option<PathBuf> {
    let path = testkit::shared()?.join(path);
    assert!(path.exists(), "{} is absent", path.display());
    Some(path)
}

/// Returns the sound of a file as mono samples at 16 kHz.
pub fn sound(path: &Path) -> Vec<f32> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(path)
        .args(["-ac", "1", "-ar", "16000", "-f", "f32le", "-"])
        .output()
        .expect("ffmpeg is installed");
    assert!(output.status.success(), "{} decodes", path.display());
    output
        .stdout
        .chunks_exact(4)
        .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()))
        .collect()
}

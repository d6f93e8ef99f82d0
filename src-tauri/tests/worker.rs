//! The program without a window: as the engine starts it for its work.

use std::process::{Command, Stdio};

#[test]
fn as_a_worker_it_needs_no_screen() {
    let folder = tempfile::tempdir().unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_crealia-studio"))
        .arg("worker")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env("CREALIA_HOME", folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(
        !errors.contains("display"),
        "it looked for a screen: {errors}"
    );
    assert!(
        run.status.code().is_some(),
        "it ended by itself: {:?}",
        run.status
    );
    let is_empty = std::fs::read_dir(folder.path()).unwrap().next().is_none();
    assert!(is_empty, "a worker opens no library");
}

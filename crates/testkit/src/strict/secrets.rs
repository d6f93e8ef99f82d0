//! Looking for the marked secrets of the servers where none may be.

use std::path::{Path, PathBuf};

use super::oauth::CLIENT_SECRET;

/// What no file, output or process argument may hold: each begins a secret that a server gives, or is one
/// that a test types.
pub const MARKED: &[&str] = &[
    CLIENT_SECRET,
    "marked-access",
    "marked-refresh",
    "upload_id=marked",
    "upload_token=marked",
    "marked/code",
    "marked%2Fcode",
    "marked-passphrase",
];

/// Returns which of them a text holds.
pub fn marked_in(text: &[u8]) -> Vec<&'static str> {
    let holds = |secret: &&&str| {
        let mut windows = text.windows(secret.len());
        windows.any(|window| window == secret.as_bytes())
    };
    MARKED.iter().filter(holds).copied().collect()
}

/// Returns which secrets the files below a folder hold, databases and logs among them.
pub fn marked_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    assert!(folder.is_dir(), "{}", folder.display());
    while let Some(folder) = folders.pop() {
        // What is gone by now holds nothing.
        let Ok(entries) = std::fs::read_dir(folder) else {
            continue;
        };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let Ok(about) = path.symlink_metadata() else {
                continue;
            };
            if about.is_dir() {
                folders.push(path);
            } else if about.is_file() {
                let bytes = std::fs::read(&path).unwrap_or_default();
                let here = marked_in(&bytes).into_iter();
                found.extend(here.map(|secret| format!("{secret} in {}", path.display())));
            }
        }
    }
    found
}

/// Returns the arguments of every process whose surroundings name a folder, one process a line.
#[cfg(target_os = "linux")]
pub fn arguments_around(folder: &Path) -> Vec<String> {
    let name = folder.to_str().unwrap().as_bytes();
    let processes = std::fs::read_dir("/proc").unwrap();
    processes
        .filter_map(|process| {
            let process = process.ok()?.path();
            // What has ended or is somebody else's has nothing to tell.
            let surroundings = std::fs::read(process.join("environ")).ok()?;
            let is_here = surroundings.windows(name.len()).any(|part| part == name);
            let arguments = std::fs::read(process.join("cmdline")).ok()?;
            is_here.then(|| String::from_utf8_lossy(&arguments).replace('\0', " "))
        })
        .collect()
}

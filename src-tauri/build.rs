//! Embeds the page that `CREALIA_PAGE` names, else one that says how to build it; lists the
//! licences of all that the program holds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The folder of the built page; `cargo xtask` sets it.
const PAGE: &str = "CREALIA_PAGE";

/// What the program holds besides crates, and its licence.
const EMBEDDED: [(&str, &str); 4] = [
    ("Fonts of the window", "../ui/fonts/OFL.txt"),
    ("Fonts of the captions", "../assets/fonts/OFL.txt"),
    ("Icons of the window", "../ui/licences/lucide.txt"),
    ("Face detector", "../assets/faces/libfacedetection.txt"),
];

/// Stands in for the page where it is not built, so that checks and tests need no WebAssembly.
const PLACEHOLDER: &str = "<!doctype html>
<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Créalia Studio</title></head><body>
<p>This program was built without its page. Build and open it with: cargo xtask studio</p>
</body></html>
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let page = page(&out)?;
    let config = serde_json::json!({ "build": { "frontendDist": page } });
    // Read by `generate_context!`, which runs in the compiler.
    put(&format!("cargo:rustc-env=TAURI_CONFIG={config}"));
    let commands = tauri_build::AppManifest::new().commands(&["call", "subscribe", "frame_shown"]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))?;
    std::fs::write(out.join("licences.txt"), licences()?)?;
    Ok(())
}

fn page(out: &Path) -> Result<PathBuf, Box<dyn std::error::Error>> {
    put(&format!("cargo:rerun-if-env-changed={PAGE}"));
    if let Some(folder) = std::env::var_os(PAGE).map(PathBuf::from) {
        put(&format!("cargo:rerun-if-changed={}", folder.display()));
        if folder.join("index.html").is_file() {
            return Ok(std::path::absolute(folder)?);
        }
    }
    let folder = out.join("page");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("index.html"), PLACEHOLDER)?;
    Ok(folder)
}

/// Returns name, version, licence and source of every crate in the program and its page, then the licences
/// of what else they hold.
fn licences() -> Result<String, Box<dyn std::error::Error>> {
    put("cargo:rerun-if-changed=../Cargo.lock");
    let run = Command::new(std::env::var("CARGO")?)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--filter-platform",
        ])
        .arg(std::env::var("TARGET")?)
        .output()?;
    if !run.status.success() {
        return Err(String::from_utf8_lossy(&run.stderr).into_owned().into());
    }
    let metadata: Value = serde_json::from_slice(&run.stdout)?;
    let text = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let list = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let packages: BTreeMap<String, Value> = list(&metadata, "packages")
        .into_iter()
        .map(|package| (text(&package, "id"), package))
        .collect();
    let nodes: BTreeMap<String, Value> =
        list(metadata.get("resolve").unwrap_or(&Value::Null), "nodes")
            .into_iter()
            .map(|node| (text(&node, "id"), node))
            .collect();
    let mut open: Vec<String> = packages
        .iter()
        .filter(|(_, package)| ["src-tauri", "ui"].contains(&text(package, "name").as_str()))
        .map(|(id, _)| id.clone())
        .collect();
    let mut found = BTreeSet::new();
    while let Some(id) = open.pop() {
        let Some(node) = nodes.get(&id) else { continue };
        if !found.insert(id) {
            continue;
        }
        for dependency in list(node, "deps") {
            // No kind is a normal one; what only builds or tests is not in the program.
            let is_normal = list(&dependency, "dep_kinds")
                .iter()
                .any(|kind| kind["kind"].is_null());
            if is_normal {
                open.push(text(&dependency, "pkg"));
            }
        }
    }
    let mut lines: Vec<String> = found
        .iter()
        .filter_map(|id| packages.get(id))
        .filter(|package| !package["source"].is_null())
        .map(|package| {
            let name = text(package, "name");
            let version = text(package, "version");
            let licence = text(package, "license");
            let source = text(package, "repository");
            format!("{name} {version} · {licence} · {source}")
        })
        .collect();
    lines.sort();
    let mut parts = vec![read("../LICENSE")?, lines.join("\n")];
    for (what, file) in EMBEDDED {
        parts.push(format!("{what}\n\n{}", read(file)?));
    }
    Ok(parts.join("\n\n") + "\n")
}

/// Returns a file without the space around it.
fn read(file: &str) -> Result<String, Box<dyn std::error::Error>> {
    put(&format!("cargo:rerun-if-changed={file}"));
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    Ok(text.trim().to_owned())
}

fn put(line: &str) {
    println!("{line}");
}

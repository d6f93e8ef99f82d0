//! Finds the face model that the `rustface` crate ships, so that the library can embed it.
//!
//! Cargo itself is asked where the crate lies: this holds for the registry, for `cargo vendor` and
//! for path overrides alike.

use std::path::PathBuf;
use std::process::Command;
use std::{env, error, fs};

const MODEL: &str = "model/seeta_fd_frontal_v1.0.bin";

fn main() -> Result<(), Box<dyn error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=CREALIA_FACE_MODEL");
    let model = match env::var_os("CREALIA_FACE_MODEL") {
        Some(path) => PathBuf::from(path),
        None => shipped_model()?,
    };
    let bytes = fs::read(&model)
        .map_err(|error| format!("cannot read the face model {}: {error}", model.display()))?;
    let out = PathBuf::from(env::var("OUT_DIR")?).join("seeta_fd_frontal.bin");
    fs::write(out, bytes)?;
    Ok(())
}

fn shipped_model() -> Result<PathBuf, Box<dyn error::Error>> {
    // Offline first: everything is there during a build, and a build must not wait for a network.
    // The second way is for lock files that name packages of other platforms which were never
    // fetched.
    let offline = metadata(&["--offline"]);
    let metadata = match offline {
        Ok(metadata) => metadata,
        Err(first) => metadata(&[]).map_err(|second| {
            format!(
                "cargo metadata does not work ({first}; {second}): set CREALIA_FACE_MODEL to the \
                 file {MODEL} of the rustface crate"
            )
        })?,
    };
    let text = |package: &serde_json::Value, field| -> Option<String> {
        Some(package.get(field)?.as_str()?.to_owned())
    };
    let manifest = metadata
        .get("packages")
        .and_then(serde_json::Value::as_array)
        .into_iter()
        .flatten()
        .find(|package| text(package, "name").as_deref() == Some("rustface"))
        .and_then(|package| text(package, "manifest_path"))
        .ok_or("cargo metadata does not list the rustface crate")?;
    let folder = PathBuf::from(manifest);
    let folder = folder.parent().ok_or("rustface has no folder")?;
    Ok(folder.join(MODEL))
}

fn metadata(more: &[&str]) -> Result<serde_json::Value, Box<dyn error::Error>> {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(env::var("CARGO_MANIFEST_DIR")?)
        .args(["metadata", "--format-version", "1", "--filter-platform"])
        .arg(env::var("TARGET")?)
        .args(more)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

//! The demo material: made once, and again when what makes it changes.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::workspace::{Workspace, made, run, say};

const FONT: &str = "assets/fonts/Inter-SemiBold.otf";

/// Which language the tour is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// `tour.mp4`.
    English,
    /// `tour.fr.mp4`.
    French,
}

impl Language {
    fn stem(self) -> &'static str {
        match self {
            Self::English => "tour",
            Self::French => "tour.fr",
        }
    }

    fn script(self, workspace: &Workspace) -> PathBuf {
        workspace
            .root
            .join(format!("assets/demo/{}.toml", self.stem()))
    }
}

/// Runs `cargo xtask demo`.
pub(crate) fn task(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let mut language = Language::English;
    let mut is_checked = false;
    for argument in arguments {
        match argument.as_str() {
            "--french" => language = Language::French,
            "--check" => is_checked = true,
            other => bail!("demo takes --french and --check, not {other}"),
        }
    }
    let video = video(workspace, language)?;
    say(&format!("{}", video.display()));
    if is_checked {
        let script = language.script(workspace);
        run(program(workspace).arg("check").arg(script).arg(video))?;
    }
    Ok(())
}

/// Returns the demo video; makes it when it is missing or older than what makes it.
pub(crate) fn video(workspace: &Workspace, language: Language) -> Result<PathBuf> {
    let folder = made(workspace.target.join("demo"))?;
    let script = language.script(workspace);
    let video = folder.join(format!("{}.mp4", language.stem()));
    let stamp = folder.join(format!("{}.stamp", language.stem()));
    let wanted = stamp_of(workspace, &script)?;
    if video.exists() && std::fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(video);
    }
    say("demo: drawing and narrating the tour, once");
    let font = workspace.root.join(FONT);
    run(program(workspace)
        .arg("make")
        .arg(script)
        .arg(font)
        .arg(&video))?;
    std::fs::write(stamp, wanted)?;
    Ok(video)
}

fn program(workspace: &Workspace) -> std::process::Command {
    workspace.cargo(&["run", "--quiet", "--release", "--package", "demo", "--"])
}

/// Returns a digest of the script, the font and the drawing program.
fn stamp_of(workspace: &Workspace, script: &Path) -> Result<String> {
    let mut files = vec![script.to_path_buf(), workspace.root.join(FONT)];
    for entry in std::fs::read_dir(workspace.root.join("crates/demo/src"))? {
        files.push(entry?.path());
    }
    files.sort();
    let mut digest = Fnv::default();
    for file in files {
        digest.add(&std::fs::read(file)?);
    }
    Ok(format!("{:016x}\n", digest.0))
}

/// FNV-1a with 64 bits: a change detector that stays the same over compiler versions.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_fnv_1a() {
        // From the reference table of the FNV authors.
        for (text, expect) in [
            ("", 0xcbf2_9ce4_8422_2325),
            ("foobar", 0x8594_4171_f739_67e8),
        ] {
            let mut digest = Fnv::default();
            digest.add(text.as_bytes());
            assert_eq!(digest.0, expect, "{text:?}");
        }
    }
}

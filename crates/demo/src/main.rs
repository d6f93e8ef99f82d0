//! `demo make SCRIPT FONT OUT` writes `OUT.mp4` and `OUT.srt`; `demo check SCRIPT VIDEO` proves
//! that the face detector finds the presenter.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use demo::script::Script;
use demo::{faces, film, voice};

/// The least share of frames in which the detector must find the presenter.
const SHARE: f64 = 0.95;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["make", script, font, out] => make(Path::new(script), Path::new(font), Path::new(out)),
        ["check", script, video] => check(Path::new(script), Path::new(video)),
        _ => bail!("usage: demo make SCRIPT FONT OUT | demo check SCRIPT VIDEO"),
    }
}

fn make(script: &Path, font: &Path, out: &Path) -> Result<()> {
    let script = read(script)?;
    let font = std::fs::read(font).with_context(|| format!("{}", font.display()))?;
    let folder = parent(out)?;
    std::fs::create_dir_all(&folder)?;
    let plan = voice::speak(&script, &folder)?;
    let wav = out.with_extension("wav");
    std::fs::write(&wav, plan.wav())?;
    // Encoded under another name, so that a file with the final name is a whole one.
    let part = out.with_extension("part.mp4");
    film::encode(&script, &plan, &font, &wav, &part)?;
    std::fs::write(out.with_extension("srt"), plan.srt())?;
    std::fs::rename(part, out.with_extension("mp4"))?;
    for scratch in [wav, folder.join("line.wav")] {
        std::fs::remove_file(scratch)?;
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the result of this program")]
fn check(script: &Path, video: &Path) -> Result<()> {
    let script = read(script)?;
    // Spoken again instead of stored: the times are the same by construction.
    let plan = voice::speak(&script, &parent(video)?)?;
    std::fs::remove_file(parent(video)?.join("line.wav"))?;
    let found = faces::check(video, &script, &plan)?;
    println!(
        "presenter found in {} of {} sampled frames ({:.1} %), {} faces where there is none",
        found.found,
        found.frames,
        100.0 * found.share(),
        found.false_alarms
    );
    ensure!(found.share() >= SHARE, "under {:.0} %", 100.0 * SHARE);
    Ok(())
}

fn read(script: &Path) -> Result<Script> {
    let text = std::fs::read_to_string(script).with_context(|| format!("{}", script.display()))?;
    Script::parse(&text)
}

fn parent(path: &Path) -> Result<PathBuf> {
    Ok(path
        .parent()
        .context("a file name is wanted")?
        .to_path_buf())
}

//! Videos for the journeys, made by ffmpeg and espeak-ng.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// Seconds from one sentence to the next.
const PACE: f64 = 4.0;

/// What is said: enough for several reels, each with a beginning and an end.
const SENTENCES: &[&str] = &[
    "What is the one mistake that every new creator makes?",
    "They buy a better camera before they write a better sentence.",
    "Nobody leaves a video because the picture is soft.",
    "People leave because the first five seconds promise nothing.",
    "So write the first sentence last, when you know what you say.",
    "I learned this with a video about bread that nobody watched.",
    "The second version began with a burnt loaf, and it took off.",
    "How much does it cost to start a channel today?",
    "My first month cost me eleven euros for a microphone clip.",
    "The light was a window, and the tripod was a pile of books.",
    "Prices look frightening when you add up a whole studio.",
    "But you never need the whole studio on the first day.",
    "Spend money only on the thing that annoyed you yesterday.",
    "That rule has saved me three thousand euros so far.",
    "Why do I publish on a Tuesday and not on a Sunday?",
    "Because I measured it for a whole year with the same format.",
    "On Sunday everybody publishes and nobody has time to look.",
    "On Tuesday evening people sit in a train and want a story.",
    "Your numbers will be different, so measure them yourself.",
    "One year sounds long, but it is only fifty videos.",
    "Here is the secret that nobody told me about editing.",
    "Cut the breath before the sentence and not the one after it.",
    "The breath after a sentence is where the listener thinks.",
    "If you remove it, your video becomes a wall of words.",
    "I call this the window rule, because it lets the air in.",
    "Try it on your last video and listen with closed eyes.",
    "You will hear the difference in less than a minute.",
    "What happened when I stopped asking for subscriptions?",
    "The number of new subscribers went up by a fifth.",
    "People do not like to be told what to do by a stranger.",
    "They like to find something and to keep it for later.",
    "So end with the best idea and not with a request.",
    "That was the hardest lesson of them all for me.",
    "And it is the only one that I would tattoo on my arm.",
];

/// Returns a talk with a subtitle file beside it, made once per folder.
pub fn talk(folder: &Path) -> Result<PathBuf> {
    let video = folder.join("talk.mp4");
    if video.is_file() {
        return Ok(video);
    }
    std::fs::create_dir_all(folder)?;
    let mut inputs = Vec::new();
    let mut delays = String::new();
    let mut voices = String::new();
    let mut subtitles = String::new();
    for (index, sentence) in SENTENCES.iter().enumerate() {
        let voice = folder.join(format!("voice-{index}.wav"));
        let said = ["-v", "en", "-s", "165", sentence, "-w"];
        tool(Command::new("espeak-ng").args(said).arg(&voice))?;
        inputs.push(voice);
        let start = index as f64 * PACE + 0.3;
        let millis = (start * 1000.0) as u64;
        write!(delays, "[{}:a]adelay={millis}[v{index}];", index + 1)?;
        write!(voices, "[v{index}]")?;
        let (from, to) = (stamp(start), stamp(start + PACE - 0.7));
        write!(subtitles, "{}\n{from} --> {to}\n{sentence}\n\n", index + 1)?;
    }
    let length = SENTENCES.len() as f64 * PACE;
    let picture = format!("testsrc2=size=640x360:rate=25:duration={length}");
    let count = SENTENCES.len();
    let mix = format!("{delays}{voices}amix=inputs={count}:normalize=0,apad[a]");
    let mut make = Command::new("ffmpeg");
    make.args(["-v", "error", "-y", "-f", "lavfi", "-i", &picture]);
    for input in &inputs {
        make.arg("-i").arg(input);
    }
    let part = folder.join("part.mp4");
    make.args(["-filter_complex", &mix, "-map", "0:v", "-map", "[a]"])
        .args([
            "-t",
            &length.to_string(),
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
        ])
        .args(["-g", "25", "-pix_fmt", "yuv420p", "-c:a", "aac"])
        .arg(&part);
    tool(&mut make)?;
    std::fs::write(folder.join("talk.srt"), subtitles)?;
    for input in inputs {
        std::fs::remove_file(input)?;
    }
    std::fs::rename(part, &video)?;
    Ok(video)
}

/// Returns what ffprobe says of a file's streams and format.
pub fn probe(file: &Path) -> Result<serde_json::Value> {
    let run = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-of",
            "json",
            "-show_streams",
            "-show_format",
        ])
        .arg(file)
        .output()
        .context("ffprobe")?;
    ensure!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    Ok(serde_json::from_slice(&run.stdout)?)
}

fn tool(command: &mut Command) -> Result<()> {
    let run = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(
        run.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&run.stderr)
    );
    Ok(())
}

fn stamp(secs: f64) -> String {
    let millis = (secs * 1000.0).round() as u64;
    let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
    format!(
        "{hours:02}:{minutes:02}:{:02},{:03}",
        millis / 1000 % 60,
        millis % 1000
    )
}

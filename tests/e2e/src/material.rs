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

/// Returns a talk of two minutes with a subtitle file beside it, made once per folder.
pub fn talk(folder: &Path) -> Result<PathBuf> {
    let form = Form {
        name: "talk",
        picture: "testsrc2=size=640x360:rate=25",
        // Silence that does not end.
        claps: "anullsrc=r=48000",
        encoder: "-preset ultrafast -g 25",
    };
    made(folder, &form)
}

/// Returns the talk before a wall of one colour: what differs from it in a reel was drawn by the program.
pub fn calm(folder: &Path) -> Result<PathBuf> {
    let form = Form {
        name: "calm",
        picture: "color=c=0x35506b:size=640x360:rate=25",
        claps: "anullsrc=r=48000",
        encoder: "-preset ultrafast -g 25",
    };
    made(folder, &form)
}

/// Returns a talk in 1080p at 30 frames per second, with so many Mbit/s of noise as filmed pictures have,
/// and key frames `gop` frames apart. Every four seconds a white picture and a beep of 1 kHz begin at the
/// same moment, and last a tenth of a second.
pub fn filmed(folder: &Path, gop: u32, megabits: u32) -> Result<PathBuf> {
    let form = Form {
        name: &format!("filmed-{megabits}-{gop}"),
        picture: "testsrc2=size=1920x1080:rate=30,noise=alls=6:allf=t,\
                  drawbox=color=white:t=fill:enable='lt(mod(t,4),0.0999)'",
        claps: "aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,4),0.1)':s=48000",
        encoder: &format!(
            "-preset superfast -b:v {megabits}M -g {gop} -keyint_min {gop} -sc_threshold 0"
        ),
    };
    made(folder, &form)
}

/// Returns an hour of the talk, over and over, with its subtitles.
pub fn hour(folder: &Path) -> Result<PathBuf> {
    const SECS: f64 = 3_600.0;
    let video = folder.join("hour.mp4");
    if video.is_file() {
        return Ok(video);
    }
    let talk = talk(folder)?;
    let part = folder.join("part.mp4");
    let mut repeat = Command::new("ffmpeg");
    repeat
        .args(["-v", "error", "-y", "-stream_loop", "-1", "-i"])
        .arg(&talk)
        .args(["-t", &SECS.to_string(), "-c", "copy"])
        .arg(&part);
    tool(&mut repeat)?;
    let count = (SECS / PACE) as usize;
    std::fs::write(folder.join("hour.srt"), subtitles(count)?)?;
    std::fs::rename(part, &video)?;
    Ok(video)
}

/// Returns the first seconds of the talk: small, for a test that needs very many files.
pub fn take(folder: &Path) -> Result<PathBuf> {
    let video = folder.join("take.mp4");
    if video.is_file() {
        return Ok(video);
    }
    let talk = talk(folder)?;
    let part = folder.join("part.mp4");
    let mut cut = Command::new("ffmpeg");
    cut.args(["-v", "error", "-y", "-i"])
        .arg(&talk)
        .args(["-t", "10", "-c", "copy"])
        .arg(&part);
    tool(&mut cut)?;
    std::fs::rename(part, &video)?;
    Ok(video)
}

/// What a talk looks and sounds like.
struct Form<'a> {
    /// The file's name without its ending.
    name: &'a str,
    /// The picture, as a source of ffmpeg's filters.
    picture: &'a str,
    /// Sound under the voice, likewise.
    claps: &'a str,
    /// Options of the H.264 encoder.
    encoder: &'a str,
}

fn made(folder: &Path, form: &Form<'_>) -> Result<PathBuf> {
    let video = folder.join(form.name).with_extension("mp4");
    if video.is_file() {
        return Ok(video);
    }
    std::fs::create_dir_all(folder)?;
    let mut inputs = Vec::new();
    let mut delays = String::new();
    let mut voices = String::new();
    for (index, sentence) in SENTENCES.iter().enumerate() {
        let voice = folder.join(format!("voice-{index}.wav"));
        let said = ["-v", "en", "-s", "165", sentence, "-w"];
        tool(Command::new("espeak-ng").args(said).arg(&voice))?;
        inputs.push(voice);
        let millis = (start_of(index) * 1000.0) as u64;
        write!(delays, "[{}:a]adelay={millis}[v{index}];", index + 2)?;
        write!(voices, "[v{index}]")?;
    }
    let length = (SENTENCES.len() as f64 * PACE).to_string();
    let count = SENTENCES.len() + 1;
    let mix = format!("{delays}{voices}[1:a]amix=inputs={count}:normalize=0,apad[a]");
    let mut make = Command::new("ffmpeg");
    make.args(["-v", "error", "-y"]);
    for source in [form.picture, form.claps] {
        make.args(["-f", "lavfi", "-i", source]);
    }
    for input in &inputs {
        make.arg("-i").arg(input);
    }
    let part = folder.join("part.mp4");
    make.args(["-filter_complex", &mix, "-map", "0:v", "-map", "[a]"])
        .args(["-t", &length, "-c:v", "libx264"])
        .args(form.encoder.split_whitespace())
        .args(["-pix_fmt", "yuv420p", "-c:a", "aac"])
        .arg(&part);
    tool(&mut make)?;
    std::fs::write(video.with_extension("srt"), subtitles(SENTENCES.len())?)?;
    for input in inputs {
        std::fs::remove_file(input)?;
    }
    std::fs::rename(part, &video)?;
    Ok(video)
}

/// Returns when a sentence begins, in seconds.
fn start_of(index: usize) -> f64 {
    index as f64 * PACE + 0.3
}

/// Returns the subtitles of so many sentences; after the last one the first one is said again.
fn subtitles(count: usize) -> Result<String> {
    let mut text = String::new();
    for (index, sentence) in SENTENCES.iter().cycle().take(count).enumerate() {
        let start = start_of(index);
        let (from, to) = (stamp(start), stamp(start + PACE - 0.7));
        write!(text, "{}\n{from} --> {to}\n{sentence}\n\n", index + 1)?;
    }
    Ok(text)
}

/// Copies a talk with its words into a folder, under a name without its ending, and returns its path.
pub fn copied(talk: &Path, folder: &Path, name: &str) -> Result<PathBuf> {
    let copy = folder.join(name).with_extension("mp4");
    for ending in ["mp4", "srt"] {
        std::fs::copy(talk.with_extension(ending), copy.with_extension(ending))?;
    }
    Ok(copy)
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

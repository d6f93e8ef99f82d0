//! How fast the whole pipeline is, how much memory it takes, and how the render step compares with
//! ffmpeg doing the same work.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::processes::Watch;
use crate::demo::{self, Language};
use crate::reels;
use crate::workspace::{Workspace, made, output, say};

/// Reels per run.
const COUNT: &str = "4";

/// Measures a source of some minutes and prints tables.
pub(crate) fn measure(workspace: &Workspace, minutes: u32) -> Result<()> {
    let crealia = reels::build(workspace)?;
    let folder = made(workspace.target.join("bench"))?;
    let source = source(workspace, &folder, minutes)?;
    let out = folder.join(format!("reels-{minutes}"));
    let Run {
        document,
        whole,
        peak,
    } = run(&crealia, &source, &out)?;

    let length = f64::from(minutes) * 60.0;
    say(&format!("\n{minutes} minutes of 1080p30, {COUNT} reels"));
    say("step                     seconds   × real time");
    let steps = document
        .get("steps")
        .and_then(Value::as_array)
        .context("no `steps`")?;
    for step in steps {
        let name = step
            .get("name")
            .and_then(Value::as_str)
            .context("a step has a name")?;
        let secs = number(step, "seconds")?;
        say(&format!(
            "{name:22} {secs:9.1} {:11.1}",
            length / secs.max(1e-9)
        ));
    }
    say(&format!(
        "{:22} {whole:9.1} {:11.1}",
        "whole",
        length / whole
    ));
    say(&format!(
        "peak memory of all processes: {:.2} GB",
        peak as f64 / 1e9
    ));
    let render = |step: &&Value| {
        step.get("name")
            .and_then(Value::as_str)
            .is_some_and(|name| name.contains("render"))
    };
    let ours: f64 = steps
        .iter()
        .filter(render)
        .filter_map(|s| number(s, "seconds").ok())
        .sum();
    compare(&source, &out, &document, ours)
}

/// Measures whether memory depends on the length of a source, with the demo repeated as it is.
pub(crate) fn memory(workspace: &Workspace) -> Result<()> {
    let crealia = reels::build(workspace)?;
    let folder = made(workspace.target.join("bench"))?;
    let tour = demo::video(workspace, Language::English)?;
    for minutes in [10, 60] {
        let source = folder.join(format!("tour-{minutes}.mp4"));
        repeat(&tour, &source, f64::from(minutes) * 60.0, &["-c", "copy"])?;
        let out = folder.join(format!("tour-{minutes}"));
        let Run { whole, peak, .. } = run(&crealia, &source, &out)?;
        say(&format!(
            "{minutes:3} minutes: {whole:7.1} s, peak memory of all processes {:.3} GB",
            peak as f64 / 1e9
        ));
    }
    Ok(())
}

/// A run of the main job, measured.
struct Run {
    document: Value,
    /// Seconds.
    whole: f64,
    /// Bytes of all processes together.
    peak: u64,
}

/// Makes reels of a source, from nothing.
fn run(crealia: &Path, source: &Path, out: &Path) -> Result<Run> {
    let home = out.with_extension("home");
    for old in [out, &home] {
        if old.exists() {
            // Steps of an earlier run would be reused, and nothing be measured.
            std::fs::remove_dir_all(old)?;
        }
    }
    let start = Instant::now();
    let mut child = Command::new(crealia)
        .arg("reels")
        .arg(source)
        .args(["--count", COUNT, "--json", "--out"])
        .arg(out)
        .env("CREALIA_HOME", &home)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let watch = Watch::start(&child);
    let document: Value =
        serde_json::from_reader(child.stdout.take().context("crealia has no output")?)?;
    let status = child.wait()?;
    let whole = start.elapsed().as_secs_f64();
    let peak = watch.peak()?;
    ensure!(status.success(), "crealia: {status}: {document}");
    Ok(Run {
        document,
        whole,
        peak,
    })
}

/// Minutes of source that are encoded; longer sources repeat them.
const ENCODED: u32 = 10;

/// Makes a talk of some minutes at 30 frames per second with a sidecar, from the demo, once.
pub(super) fn source(workspace: &Workspace, folder: &Path, minutes: u32) -> Result<PathBuf> {
    let model = if minutes > ENCODED {
        source(workspace, folder, ENCODED)?
    } else {
        demo::video(workspace, Language::English)?
    };
    let video = folder.join(format!("talk-{minutes}.mp4"));
    let is_new = |path: &Path| -> Result<bool> {
        Ok(path.exists() && path.metadata()?.modified()? > model.metadata()?.modified()?)
    };
    if is_new(&video)? {
        return Ok(video);
    }
    say(&format!(
        "bench: making {minutes} minutes of source material, once"
    ));
    // Noise over the drawing keeps the encoder and the decoder honest: flat drawings cost less than
    // filmed pictures.
    let form: Vec<&str> = if minutes > ENCODED {
        vec!["-c", "copy"]
    } else {
        "-vf fps=30,noise=alls=6:allf=t -c:v libx264 -preset superfast -crf 24 -g 60 -c:a aac \
         -b:a 160k"
            .split_whitespace()
            .collect()
    };
    repeat(&model, &video, f64::from(minutes) * 60.0, &form)?;
    Ok(video)
}

/// Repeats a video with its sidecar up to `length` seconds, encoded as `form` says.
fn repeat(model: &Path, video: &Path, length: f64, form: &[&str]) -> Result<()> {
    let part = video.with_extension("part.mp4");
    let mut make = Command::new("ffmpeg");
    make.args(["-v", "error", "-y", "-nostdin", "-stream_loop", "-1", "-i"])
        .arg(model)
        .args(["-t", &length.to_string()])
        .args(form);
    output(make.args(["-movflags", "+faststart"]).arg(&part))?;
    let srt = std::fs::read_to_string(model.with_extension("srt"))?;
    let probe = "-v error -show_entries format=duration -of csv=p=0".split(' ');
    let period = output(Command::new("ffprobe").args(probe).arg(model))?
        .trim()
        .parse()?;
    std::fs::write(video.with_extension("srt"), looped(&srt, period, length)?)?;
    std::fs::rename(part, video)?;
    Ok(())
}

/// Repeats subtitles every `period` seconds up to `length`.
fn looped(srt: &str, period: f64, length: f64) -> Result<String> {
    let mut out = String::new();
    let mut number = 0;
    let mut offset = 0.0;
    while offset < length {
        for block in srt.trim().split("\n\n") {
            let mut lines = block.lines().skip(1);
            let (from, to) = lines
                .next()
                .and_then(|l| l.split_once(" --> "))
                .context("no times")?;
            let (from, to) = (secs(from)? + offset, secs(to)? + offset);
            if to > length {
                break;
            }
            number += 1;
            let text: Vec<&str> = lines.collect();
            let (from, to) = (clock(from), clock(to));
            writeln!(out, "{number}\n{from} --> {to}\n{}\n", text.join("\n"))?;
        }
        offset += period;
    }
    Ok(out)
}

/// Renders each reel again with ffmpeg and compares time and pictures.
fn compare(source: &Path, out: &Path, document: &Value, ours: f64) -> Result<()> {
    let reels = document
        .get("reels")
        .and_then(Value::as_array)
        .context("no `reels`")?;
    let mut theirs = 0.0;
    say("\nrender step against ffmpeg (crop, scale, libass captions, x264 veryfast, AAC)");
    for reel in reels {
        let name = reel
            .get("file")
            .and_then(Value::as_str)
            .context("a reel has a file")?;
        let reference = out.join(name).with_extension("reference.mp4");
        let mut ffmpeg = ffmpeg(source, out, reel)?;
        let start = Instant::now();
        output(ffmpeg.arg(&reference))?;
        let secs = start.elapsed().as_secs_f64();
        theirs += secs;
        let ssim = ssim(&out.join(name), &reference)?;
        say(&format!("{name:30} ffmpeg {secs:6.1} s   SSIM {ssim:.4}"));
    }
    say(&format!(
        "ours {ours:.1} s, ffmpeg {theirs:.1} s, ratio {:.2}",
        ours / theirs.max(1e-9)
    ));
    Ok(())
}

/// Returns the ffmpeg call that makes the same reel from the same source.
fn ffmpeg(source: &Path, out: &Path, reel: &Value) -> Result<Command> {
    let segments = reel
        .get("segments")
        .and_then(Value::as_array)
        .context("no `segments`")?;
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-y", "-nostdin"]);
    let mut chain = String::new();
    for (i, segment) in segments.iter().enumerate() {
        let at = |i: usize| {
            segment
                .get(i)
                .and_then(Value::as_f64)
                .context("a segment is two times")
        };
        let (start, end) = (at(0)?, at(1)?);
        command.args([
            "-ss",
            &start.to_string(),
            "-t",
            &(end - start).to_string(),
            "-i",
        ]);
        command.arg(source);
        write!(chain, "[{i}:v][{i}:a]")?;
    }
    let fps = number(reel, "fps")?;
    let (width, height) = (number(reel, "width")?, number(reel, "height")?);
    write!(
        chain,
        "concat=n={}:v=1:a=1[v][sound];[v]{},",
        segments.len(),
        crop(reel)?
    )?;
    write!(chain, "scale={width}:{height}:flags=bicubic,fps={fps}")?;
    let ass = reel
        .get("captions")
        .and_then(|c| c.get("ass"))
        .and_then(Value::as_str);
    if let Some(ass) = ass {
        write!(chain, ",ass='{}'", out.join(ass).display())?;
    }
    chain += "[picture]";
    // What `media` sets for x264enc: veryfast, quality 21, a key frame every 2 s.
    let gop = (fps * 2.0).round().to_string();
    command.args([
        "-filter_complex",
        &chain,
        "-map",
        "[picture]",
        "-map",
        "[sound]",
    ]);
    command.args([
        "-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-g", &gop,
    ]);
    command.args([
        "-profile:v",
        "high",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-b:a",
        "192k",
    ]);
    command.args(["-ar", "48000", "-movflags", "+faststart"]);
    Ok(command)
}

/// Returns ffmpeg's `crop` along the reel's crop path. Width and height are those of the first
/// entry: ffmpeg's filter cannot change them.
fn crop(reel: &Value) -> Result<String> {
    let path = reel
        .get("crop")
        .and_then(Value::as_array)
        .context("no `crop`")?;
    let first = path.first().context("the crop path is empty")?;
    let (w, h) = (number(first, "w")?, number(first, "h")?);
    let along = |axis: &str| -> Result<String> {
        let mut terms = Vec::new();
        for pair in path.windows(2) {
            let [a, b] = pair else { continue };
            let (from, to) = (number(a, "t")?, number(b, "t")?);
            if to > from {
                let (start, end) = (number(a, axis)?, number(b, axis)?);
                let slope = (end - start) / (to - from);
                terms.push(format!(
                    "gte(t,{from})*lt(t,{to})*({start}+{slope}*(t-{from}))"
                ));
            }
        }
        // Past the last entry its value stays.
        let last = path.last().context("the crop path is empty")?;
        terms.push(format!(
            "gte(t,{})*{}",
            number(last, "t")?,
            number(last, axis)?
        ));
        Ok(terms.join("+"))
    };
    Ok(format!(
        "crop=w={w}:h={h}:x='{}':y='{}':exact=1",
        along("x")?,
        along("y")?
    ))
}

fn ssim(ours: &Path, theirs: &Path) -> Result<f64> {
    let mut command = Command::new("ffmpeg");
    command
        .args(["-nostdin", "-i"])
        .arg(ours)
        .arg("-i")
        .arg(theirs);
    let result = command
        .args(["-lavfi", "ssim", "-f", "null", "-"])
        .output()?;
    let text = String::from_utf8_lossy(&result.stderr).into_owned();
    let all = text
        .split("All:")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next());
    all.and_then(|value| value.parse().ok())
        .with_context(|| format!("no SSIM in {text}"))
}

fn number(value: &Value, name: &str) -> Result<f64> {
    value
        .get(name)
        .and_then(Value::as_f64)
        .with_context(|| format!("no number `{name}` in {value}"))
}

fn secs(clock: &str) -> Result<f64> {
    let mut total = 0.0;
    for part in clock.trim().replace(',', ".").split(':') {
        total = total * 60.0 + part.parse::<f64>()?;
    }
    Ok(total)
}

fn clock(secs: f64) -> String {
    let ms = (secs * 1000.0).round() as u64;
    let (h, m, s) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    format!("{h:02}:{m:02}:{s:02},{:03}", ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subtitles_repeat_with_the_film() {
        let srt =
            "1\n00:00:01,000 --> 00:00:02,500\nOne\n\n2\n00:00:03,000 --> 00:00:04,000\nTwo\n";
        let text = looped(srt, 70.0, 73.0).unwrap();
        assert!(
            text.contains("3\n00:01:11,000 --> 00:01:12,500\nOne\n"),
            "{text}"
        );
        assert_eq!(
            text.matches("Two").count(),
            1,
            "the second one would end after the film"
        );
    }

    #[test]
    fn the_crop_path_becomes_an_expression() {
        let reel = serde_json::json!({"crop": [
            {"t": 0.0, "x": 10.0, "y": 0.0, "w": 600.0, "h": 1080.0},
            {"t": 2.0, "x": 30.0, "y": 0.0, "w": 600.0, "h": 1080.0},
            {"t": 2.0, "x": 500.0, "y": 0.0, "w": 600.0, "h": 1080.0},
            {"t": 4.0, "x": 500.0, "y": 0.0, "w": 600.0, "h": 1080.0},
        ]});
        let filter = crop(&reel).unwrap();
        let x = "x='gte(t,0)*lt(t,2)*(10+10*(t-0))+gte(t,2)*lt(t,4)*(500+0*(t-2))+gte(t,4)*500'";
        assert!(
            filter.starts_with("crop=w=600:h=1080:") && filter.contains(x),
            "{filter}"
        );
    }
}

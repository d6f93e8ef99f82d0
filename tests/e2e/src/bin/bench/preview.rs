//! A minute of playing: pictures that are drawn, and how far they are from the sound that is heard.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::probe::{SECOND, asked};
use serde_json::Value;

use crate::figures::{percentile, row, say};
use crate::sound::Speaker;
use crate::{setup, stock};

const SECS: f64 = 60.0;
const FPS: f64 = 30.0;
/// The height of a window that the preview fills with pictures of 540×960, in pixels.
const TALL: u32 = 1_024;

/// Plays a minute with captions to a sound device that is recorded.
pub(crate) fn measure(program: &Path) -> Result<()> {
    let Some(speaker) = Speaker::start()? else {
        say(
            "preview: not measured, PulseAudio is not installed (Debian: apt-get install pulseaudio pulseaudio-utils)",
        );
        return Ok(());
    };
    let stock = stock::filmed(program, stock::Form::Proxied)?;
    let setup = setup(program)
        .size(1024, TALL)
        .variable("PULSE_SERVER", speaker.address());
    let (_session, window) = stock.opened(setup)?;
    stock::edit_minute(&window)?;
    window.click(&window.part("full_screen")?)?;
    window.press(&["Home"])?;
    std::thread::sleep(Duration::from_secs(2));
    let size = stock::picture_size(&window)?;
    let recording = speaker.record()?;
    asked(&window, "probe.frames.length = 0", &[])?;
    let pressed = asked(
        &window,
        "return performance.timeOrigin + performance.now()",
        &[],
    )?;
    window.press(&["Space"])?;
    std::thread::sleep(Duration::from_secs_f64(SECS + 2.5));
    let beeps = recording.beeps()?;
    let frames = asked(
        &window,
        "return probe.frames.map(([at, ms, bright]) => [at, performance.timeOrigin + ms, bright])",
        &[],
    )?;
    let frames: Vec<Frame> = frames
        .as_array()
        .context("no frames")?
        .iter()
        .filter_map(Frame::read)
        .collect();
    ensure!(frames.len() > 30, "only {} frames came", frames.len());
    told(&size, &frames, pressed.as_f64().context("no time")?);
    in_step(&frames, &beeps)
}

/// A frame that was drawn.
struct Frame {
    /// Seconds in the sequence.
    at: f64,
    /// Unix milliseconds.
    drawn: f64,
    /// 0 to 255 in its middle.
    brightness: f64,
}

impl Frame {
    fn read(value: &Value) -> Option<Self> {
        let part = |index: usize| value.get(index)?.as_f64();
        Some(Self {
            at: part(0)? / SECOND as f64,
            drawn: part(1)?,
            brightness: part(2)?,
        })
    }
}

fn told(size: &str, frames: &[Frame], pressed: f64) {
    let expected = (SECS * FPS) as usize;
    // Each frame of the minute counts once. What is drawn after the minute, until the recording ends, fills no
    // hole in it.
    let places: BTreeSet<usize> = frames
        .iter()
        .filter_map(|frame| usize::try_from((frame.at * FPS).round() as i64).ok())
        .filter(|place| *place < expected)
        .collect();
    let shown = places.len();
    let dropped = (expected - shown) as f64 / expected as f64 * 100.0;
    let gaps: Vec<f64> = frames
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] => Some(b.drawn - a.drawn),
            _ => None,
        })
        .collect();
    let first = frames.iter().find(|frame| frame.at > 0.5 / FPS);
    row(
        &format!("preview of {size} with captions, {SECS:.0} s at {FPS:.0} fps: dropped"),
        "<= 1 %",
        &format!(
            "{dropped:.2} % ({shown} of {expected} drawn; gap p95 {:.0} ms, longest {:.0} ms)",
            percentile(&gaps, 0.95),
            percentile(&gaps, 1.0)
        ),
    );
    let begun = first.map_or(f64::NAN, |frame| frame.drawn - pressed);
    row(
        "… from the key to the second picture",
        "",
        &format!("{begun:.0} ms"),
    );
}

/// Compares flashes with beeps: the source has both at once, every four seconds.
fn in_step(frames: &[Frame], beeps: &[f64]) -> Result<()> {
    let flashes: Vec<f64> = frames
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] if a.brightness < 200.0 && b.brightness >= 200.0 => Some(b.drawn),
            _ => None,
        })
        .collect();
    let offsets: Vec<f64> = flashes
        .iter()
        .filter_map(|flash| {
            let near = beeps.iter().map(|beep| flash - beep);
            near.min_by(|a, b| a.abs().total_cmp(&b.abs()))
                .filter(|offset| offset.abs() < 1_000.0)
        })
        .collect();
    ensure!(!offsets.is_empty(), "no flash met a beep");
    let largest = offsets
        .iter()
        .map(|offset| offset.abs())
        .fold(0.0, f64::max);
    row(
        "… picture after sound at the sink, PulseAudio null sink",
        "<= 40 ms",
        &format!(
            "median {:.0} ms, largest {:.0} ms ({} flashes, {} beeps)",
            percentile(&offsets, 0.5),
            largest,
            flashes.len(),
            beeps.len()
        ),
    );
    Ok(())
}

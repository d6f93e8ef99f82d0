//! What an exported file holds: its streams, its length to the frame, the letters of its captions.
#![expect(
    clippy::indexing_slicing,
    reason = "what is missing in a JSON answer reads as null"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::material;

/// The size of every exported picture.
const SIZE: (usize, usize) = (1080, 1920);
/// A colour that differs by so much from the ground is no ground: compression changes it by less.
const APART: u8 = 40;

/// An exported file with one upright picture in H.264 and one sound in AAC.
#[derive(Debug, Clone)]
pub struct Film {
    file: PathBuf,
    /// Pictures per second.
    pub rate: f64,
    /// How many pictures there are.
    pub frames: i64,
}

/// Where the letters on a picture are, as shares of its width and height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Letters {
    /// The leftmost.
    pub left: f64,
    /// The rightmost.
    pub right: f64,
    /// The uppermost.
    pub top: f64,
    /// The lowermost.
    pub bottom: f64,
    /// How many pixels are letters.
    pub pixels: usize,
}

impl Film {
    /// Reads what a file holds.
    ///
    /// # Errors
    /// When it is not what exports are: H.264 of 1080×1920 and AAC, both equally long.
    pub fn open(file: &Path) -> Result<Self> {
        let found = material::probe(file)?;
        let streams = found["streams"].as_array().context("no streams")?;
        let of = |kind: &str| -> Result<&Value> {
            let found = streams.iter().find(|stream| stream["codec_type"] == kind);
            found.with_context(|| format!("{} has no {kind}", file.display()))
        };
        let (picture, sound) = (of("video")?, of("audio")?);
        ensure!(streams.len() == 2, "{} streams", streams.len());
        ensure!(picture["codec_name"] == "h264", "{picture}");
        ensure!(sound["codec_name"] == "aac", "{sound}");
        let size = (picture["width"].as_u64(), picture["height"].as_u64());
        ensure!(
            size == (Some(SIZE.0 as u64), Some(SIZE.1 as u64)),
            "{size:?}"
        );
        let rate = rate(picture["r_frame_rate"].as_str().context("no rate")?)?;
        let frames = picture["nb_frames"].as_str().context("no frames")?;
        let frames: i64 = frames.parse()?;
        let secs = |stream: &Value| -> Result<f64> {
            Ok(stream["duration"].as_str().context("no length")?.parse()?)
        };
        let (seen, heard) = (secs(picture)?, secs(sound)?);
        ensure!(
            (seen - frames as f64 / rate).abs() < 1.0 / rate,
            "{frames} pictures in {seen} s"
        );
        // A block of AAC holds 1,024 samples; the last one may be half full.
        ensure!(
            (seen - heard).abs() < 1.0 / rate + 1024.0 / 44_100.0,
            "{seen} s are seen and {heard} s heard"
        );
        Ok(Self {
            file: file.to_owned(),
            rate,
            frames,
        })
    }

    /// Returns how many pictures lie before a timecode, such as `0:12:07`.
    pub fn frames_at(&self, timecode: &str) -> Result<i64> {
        let parts = timecode.trim().rsplit(':').map(str::parse);
        let parts: Vec<i64> = parts.collect::<std::result::Result<_, _>>()?;
        let (frame, clock) = parts.split_first().context("an empty timecode")?;
        let places = [1.0, 60.0, 3_600.0];
        let secs = clock.iter().zip(places).map(|(part, of)| *part as f64 * of);
        Ok((secs.sum::<f64>() * self.rate).round() as i64 + frame)
    }

    /// Returns where letters are on a picture; `None` where there are none. The ground is one colour, that
    /// of the upper left corner.
    pub fn letters(&self, frame: i64) -> Result<Option<Letters>> {
        // The middle of the picture's time, so that rounding meets no neighbour.
        let at = (frame as f64 + 0.5) / self.rate;
        let run = Command::new("ffmpeg")
            .args(["-v", "error", "-ss", &format!("{at:.4}"), "-i"])
            .arg(&self.file)
            .args(["-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
            .output()
            .context("ffmpeg")?;
        let (width, height) = SIZE;
        ensure!(
            run.status.success() && run.stdout.len() == width * height * 3,
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
        let ground = run.stdout.get(..3).context("no pixel")?;
        let is_letter = |pixel: &[u8]| {
            let mut pairs = pixel.iter().zip(ground);
            pairs.any(|(one, other)| one.abs_diff(*other) > APART)
        };
        let places = run.stdout.chunks_exact(3).enumerate();
        let found = places
            .filter(|(_, pixel)| is_letter(pixel))
            .map(|(place, _)| {
                let (x, y) = (place % width, place / width);
                (x as f64 / width as f64, y as f64 / height as f64)
            });
        Ok(found.fold(None, |all, (x, y)| {
            let all = all.unwrap_or(Letters {
                left: x,
                right: x,
                top: y,
                bottom: y,
                pixels: 0,
            });
            Some(Letters {
                left: all.left.min(x),
                right: all.right.max(x),
                top: all.top.min(y),
                bottom: all.bottom.max(y),
                pixels: all.pixels + 1,
            })
        }))
    }
}

/// Reads a rate as ffprobe writes it: `30000/1001`.
fn rate(written: &str) -> Result<f64> {
    let (num, den) = written.split_once('/').context("no fraction")?;
    Ok(num.parse::<f64>()? / den.parse::<f64>()?)
}

//! Makes sources, requests, and reads results back.

use std::collections::BTreeMap;
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use footage::picture::PixelBox;
use footage::time::{FrameRate, SourceRange, Ticks};
use media::render::{EncoderChoice, RenderRequest, RenderSource, RenderVideo, Rendered};
use media::{StreamChoice, probe};
use task::{Cancel, Progress};
use timeline::crop::CropPath;
use timeline::ids::{ClipId, MediaId, SequenceId, TrackId};
use timeline::project::{Clip, Format, Framing, Sequence, Speed, Track, TrackKind};
use timeline::time::SequenceTime;

/// Size of all sources.
pub(crate) const SIZE: (u32, u32) = (320, 240);
const BITS: usize = 10;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Sound {
    None,
    Silence,
    Tone,
    /// White noise of this amplitude, clipped.
    Noise(f32),
    /// Loud bursts over a quiet tone.
    Bursts,
}

/// A source that was made.
#[derive(Clone)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) size: (u32, u32),
}

pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

/// A frame's luma, 0..=255.
pub(crate) struct Picture {
    width: usize,
    samples: Vec<u8>,
}

impl Picture {
    /// The luma of a frame without padding.
    pub(crate) fn new(width: usize, luma: &[u8]) -> Self {
        Self {
            width,
            samples: luma.to_vec(),
        }
    }

    /// The picture as ffmpeg turns limited range into grey.
    pub(crate) fn full_range(&self) -> Self {
        let grey = |luma: &u8| ((f64::from(*luma) - 16.0) * 255.0 / 219.0).round() as u8;
        Self {
            width: self.width,
            samples: self.samples.iter().map(grey).collect(),
        }
    }

    /// Likeness of two pictures of the same size, 1 for the same: the mean SSIM of blocks of 8 × 8.
    pub(crate) fn likeness(&self, other: &Self) -> f64 {
        assert_eq!(self.samples.len(), other.samples.len());
        let block = |picture: &Self, x: usize, y: usize| -> Vec<f64> {
            (0..64)
                .map(|n| f64::from(picture.samples[(y + n / 8) * self.width + x + n % 8]))
                .collect()
        };
        let height = self.samples.len() / self.width;
        let mut values = Vec::new();
        for y in (0..height - 7).step_by(4) {
            for x in (0..self.width - 7).step_by(4) {
                let (a, b) = (block(self, x, y), block(other, x, y));
                let mean = |v: &[f64]| v.iter().sum::<f64>() / 64.0;
                let (ma, mb) = (mean(&a), mean(&b));
                let with = |f: &dyn Fn(usize) -> f64| (0..64).map(f).sum::<f64>() / 63.0;
                let va = with(&|i| (a[i] - ma).powi(2));
                let vb = with(&|i| (b[i] - mb).powi(2));
                let both = with(&|i| (a[i] - ma) * (b[i] - mb));
                let (c1, c2) = (6.5025, 58.5225);
                values.push(
                    (2.0 * ma * mb + c1) * (2.0 * both + c2)
                        / ((ma * ma + mb * mb + c1) * (va + vb + c2)),
                );
            }
        }
        values.iter().sum::<f64>() / values.len() as f64
    }

    /// The picture at half its size: each sample is the mean of four.
    pub(crate) fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.samples.len() / self.width / 2);
        let sample = |x: usize, y: usize| u32::from(self.samples[y * self.width + x]);
        let samples = (0..width * height).map(|n| {
            let (x, y) = (n % width * 2, n / width * 2);
            let sum = sample(x, y) + sample(x + 1, y) + sample(x, y + 1) + sample(x + 1, y + 1);
            ((sum + 2) / 4) as u8
        });
        Self {
            width,
            samples: samples.collect(),
        }
    }

    pub(crate) fn mean(&self) -> f64 {
        self.samples.iter().map(|s| f64::from(*s)).sum::<f64>() / self.samples.len() as f64
    }

    pub(crate) fn spread(&self) -> f64 {
        let mean = self.mean();
        let sum: f64 = self
            .samples
            .iter()
            .map(|s| (f64::from(*s) - mean).abs())
            .sum();
        sum / self.samples.len() as f64
    }

    /// How much more a line differs from the next than from the one after that, on average: lines of
    /// two moments in turn make combs of what moves.
    pub(crate) fn combing(&self) -> f64 {
        let apart = |lines: usize| {
            let below = self.samples.iter().skip(lines * self.width);
            let pairs = self.samples.iter().zip(below);
            let sum: f64 = pairs.map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
            sum / self.samples.len() as f64
        };
        apart(1) - apart(2)
    }

    pub(crate) fn difference(&self, other: &Self) -> f64 {
        assert_eq!(self.samples.len(), other.samples.len());
        let pairs = self.samples.iter().zip(&other.samples);
        let sum: f64 = pairs.map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
        sum / self.samples.len() as f64
    }

    pub(crate) fn part(&self, across: Range<usize>, down: Range<usize>) -> Self {
        let rows = down.map(|y| &self.samples[y * self.width..(y + 1) * self.width]);
        Self {
            width: across.len(),
            samples: rows.flat_map(|row| row[across.clone()].to_vec()).collect(),
        }
    }

    /// The number in the stripes.
    pub(crate) fn number(&self) -> usize {
        let stripe = self.width / BITS;
        let middle = self.samples.len() / self.width / 2 * self.width;
        (0..BITS)
            .filter(|bit| self.samples[middle + bit * stripe + stripe / 2] > 128)
            .map(|bit| 1 << bit)
            .sum()
    }
}

/// A clip of medium `media` that starts at `start` s and plays `from..to` s; the whole picture.
pub(crate) fn clip(media: u64, start: f64, from: f64, to: f64) -> Clip {
    let pixels = PixelBox {
        x: 0.0,
        y: 0.0,
        w: f64::from(SIZE.0),
        h: f64::from(SIZE.1),
    };
    Clip {
        id: ClipId(1),
        media: MediaId(media),
        start: SequenceTime::from_secs(start),
        source: SourceRange::from_secs(from, to),
        speed: Speed::NORMAL,
        framing: Framing::Crop(CropPath::still(pixels)),
        gain_db: 0.0,
        fade_in: Ticks::ZERO,
        fade_out: Ticks::ZERO,
        link: None,
        enabled: true,
    }
}

/// Moments in seconds at which sound sets in after at least 0.2 s of quiet.
pub(crate) fn onsets(samples: &[f32]) -> Vec<f64> {
    let peak = samples.iter().fold(0.0_f32, |a, s| a.max(s.abs()));
    let mut found = Vec::new();
    let mut last = -1e9;
    for (index, sample) in samples.iter().enumerate() {
        let at = index as f64 / 48_000.0;
        if sample.abs() > peak * 0.4 {
            if at - last > 0.2 {
                found.push(at);
            }
            last = at;
        }
    }
    found
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes a source whose frames show their number.
    pub(crate) fn source(
        &self,
        name: &str,
        rate: FrameRate,
        frames: usize,
        options: &[&str],
        sound: Sound,
    ) -> Source {
        self.make(name, rate, frames, options, sound, |n, x, _| {
            let bit = x * BITS / SIZE.0 as usize;
            if n >> bit & 1 == 1 { 235 } else { 20 }
        })
    }

    pub(crate) fn flat(&self, name: &str, frames: usize, light: u8, sound: Sound) -> Source {
        let rate = FrameRate::new(25, 1).unwrap();
        self.make(name, rate, frames, &[], sound, |_, _, _| light)
    }

    /// Light that rises by 0.7 per pixel to the right.
    pub(crate) fn ramp(&self, name: &str, frames: usize) -> Source {
        let rate = FrameRate::new(25, 1).unwrap();
        let light = |_, x: usize, _| (x as f64 * 0.7 + 10.0).round() as u8;
        self.make(name, rate, frames, &[], Sound::None, light)
    }

    /// White frames and clicks at the same moments.
    pub(crate) fn flashes(
        &self,
        name: &str,
        rate: FrameRate,
        frames: usize,
        at: &[usize],
    ) -> Source {
        let wave = self.path("clicks.wav");
        let mut samples = vec![0.0; (rate.frame_start(frames as i64).secs() * 48_000.0) as usize];
        for frame in at {
            let start = (rate.frame_start(*frame as i64).secs() * 48_000.0).round() as usize;
            for (n, sample) in samples.iter_mut().skip(start).take(480).enumerate() {
                *sample = 0.8 * (n as f32 * 0.2).sin();
            }
        }
        write_wave(&wave, &samples);
        let light = |n, _, _| if at.contains(&n) { 235 } else { 20 };
        self.encode(name, rate, frames, &[], Some(&wave), light)
    }

    fn make(
        &self,
        name: &str,
        rate: FrameRate,
        frames: usize,
        options: &[&str],
        sound: Sound,
        light: impl Fn(usize, usize, usize) -> u8,
    ) -> Source {
        let count = (rate.frame_start(frames as i64).secs() * 48_000.0) as usize;
        let mut seed = 1_u32;
        let mut noise = move || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        let sine = |n: usize| (n as f32 * 0.06).sin();
        let samples: Option<Vec<f32>> = match sound {
            Sound::None => None,
            Sound::Silence => Some(vec![0.0; count]),
            Sound::Tone => Some((0..count).map(|n| 0.3 * sine(n)).collect()),
            Sound::Noise(level) => Some((0..count).map(|_| noise() * level).collect()),
            Sound::Bursts => Some(
                (0..count)
                    .map(|n| {
                        if n % 12_000 < 300 {
                            0.95 * sine(n)
                        } else {
                            0.05 * sine(n)
                        }
                    })
                    .collect(),
            ),
        };
        let wave = samples.map(|samples| {
            let wave = self.path(&format!("{name}.wav"));
            write_wave(&wave, &samples);
            wave
        });
        self.encode(name, rate, frames, options, wave.as_deref(), light)
    }

    fn encode(
        &self,
        name: &str,
        rate: FrameRate,
        frames: usize,
        options: &[&str],
        wave: Option<&Path>,
        light: impl Fn(usize, usize, usize) -> u8,
    ) -> Source {
        let path = self.path(name);
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args(["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray"]);
        ffmpeg.args(["-s", &format!("{}x{}", SIZE.0, SIZE.1)]);
        ffmpeg.args(["-r", &format!("{}/{}", rate.num, rate.den), "-i", "-"]);
        if let Some(wave) = wave {
            ffmpeg.arg("-i").arg(wave);
        }
        ffmpeg.args([
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-crf",
            "12",
            "-g",
            "40",
            "-bf",
            "2",
        ]);
        ffmpeg.args(["-pix_fmt", "yuv420p", "-c:a", "aac"]);
        ffmpeg.args(options).arg(&path).stdin(Stdio::piped());
        let mut child = ffmpeg.spawn().expect("ffmpeg is installed");
        let mut input = child.stdin.take().unwrap();
        for n in 0..frames {
            let (width, height) = (SIZE.0 as usize, SIZE.1 as usize);
            let frame: Vec<u8> = (0..width * height)
                .map(|i| light(n, i % width, i / width))
                .collect();
            input.write_all(&frame).unwrap();
        }
        drop(input);
        assert!(child.wait().unwrap().success());
        Source { path, size: SIZE }
    }

    /// A request for the clips' pictures and sound; media are numbered from 1.
    pub(crate) fn request(
        &self,
        rate: FrameRate,
        sources: &[Source],
        clips: Vec<Clip>,
    ) -> RenderRequest {
        let track = |id, kind, clips| {
            Arc::new(Track {
                id: TrackId(id),
                kind,
                clips,
                muted: false,
                locked: false,
            })
        };
        let render_source = |source: &Source| {
            let (video, audio) = streams(&source.path);
            RenderSource {
                path: source.path.clone(),
                video: Some(RenderVideo {
                    id: video,
                    width: source.size.0,
                    height: source.size.1,
                }),
                audio,
                start: Ticks::ZERO,
            }
        };
        RenderRequest {
            sequence: Sequence {
                id: SequenceId(1),
                name: "test".to_owned(),
                format: Format {
                    width: SIZE.0,
                    height: SIZE.1,
                    rate,
                },
                tracks: vec![
                    track(1, TrackKind::Video, clips.clone()),
                    track(2, TrackKind::Voice, clips),
                ],
                captions: BTreeMap::new(),
                preset: None,
                caption_anchor: None,
                markers: Vec::new(),
            },
            sources: (1..)
                .map(MediaId)
                .zip(sources.iter().map(render_source))
                .collect(),
            cards: Vec::new(),
            caption_style: None,
            output: self.path("reel.mp4"),
            cover: None,
            encoder: EncoderChoice::Named("x264enc".to_owned()),
        }
    }

    pub(crate) fn render(
        &self,
        rate: FrameRate,
        sources: &[Source],
        clips: Vec<Clip>,
        change: impl FnOnce(&mut RenderRequest),
    ) -> Rendered {
        let mut request = self.request(rate, sources, clips);
        change(&mut request);
        media::render(&request, &Cancel::new(), &Progress::silent()).unwrap()
    }

    /// Decodes every frame; rotation applied.
    pub(crate) fn frames(&self, path: &Path, (width, height): (u32, u32)) -> Vec<Picture> {
        let output = Command::new("ffmpeg")
            .args(["-v", "error", "-i"])
            .arg(path)
            .args([
                "-f",
                "rawvideo",
                "-pix_fmt",
                "gray",
                "-vsync",
                "passthrough",
                "-",
            ])
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let size = (width * height) as usize;
        assert_eq!(output.stdout.len() % size, 0, "frames of the expected size");
        output
            .stdout
            .chunks_exact(size)
            .map(|samples| Picture {
                width: width as usize,
                samples: samples.to_vec(),
            })
            .collect()
    }

    /// The number that each frame of a file in the sources' size shows.
    pub(crate) fn numbers(&self, path: &Path) -> Vec<usize> {
        self.frames(path, SIZE)
            .iter()
            .map(Picture::number)
            .collect()
    }

    /// Decodes the sound: left and right.
    pub(crate) fn samples(&self, path: &Path) -> (Vec<f32>, Vec<f32>) {
        let output = Command::new("ffmpeg")
            .args(["-v", "error", "-i"])
            .arg(path)
            .args(["-f", "f32le", "-ac", "2", "-ar", "48000", "-"])
            .output()
            .unwrap();
        assert!(output.status.success());
        let read = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().unwrap());
        output
            .stdout
            .chunks_exact(8)
            .map(|frame| (read(&frame[..4]), read(&frame[4..])))
            .unzip()
    }

    /// Integrated loudness and true peak as ffmpeg measures them.
    pub(crate) fn loudness(&self, path: &Path) -> (f64, f64) {
        let output = Command::new("ffmpeg")
            .args(["-hide_banner", "-nostats", "-i"])
            .arg(path)
            .args(["-af", "ebur128=peak=true", "-f", "null", "-"])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let summary = &text[text.rfind("Summary:").unwrap()..];
        let number = |label: &str| -> f64 {
            let rest = &summary[summary.find(label).unwrap() + label.len()..];
            rest.split_whitespace().next().unwrap().parse().unwrap()
        };
        (number("I:"), number("Peak:"))
    }
}

/// The identities of the chosen video and audio streams.
fn streams(path: &Path) -> (String, Option<String>) {
    let found = probe(path, &StreamChoice::default()).unwrap().streams;
    let (video, _) = found.chosen_video().unwrap();
    let audio = found.chosen_audio();
    (video.id.clone(), audio.map(|(audio, _)| audio.id.clone()))
}

fn write_wave(path: &Path, samples: &[f32]) {
    let mut bytes = Vec::new();
    let size = samples.len() as u32 * 4;
    bytes.extend_from_slice(b"RIFF");
    bytes.extend_from_slice(&(36 + size).to_le_bytes());
    bytes.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    bytes.extend_from_slice(&48_000_u32.to_le_bytes());
    bytes.extend_from_slice(&(48_000_u32 * 4).to_le_bytes());
    bytes.extend_from_slice(b"\x04\0\x10\0data");
    bytes.extend_from_slice(&size.to_le_bytes());
    for sample in samples {
        let value = (sample.clamp(-1.0, 1.0) * 32_767.0) as i16;
        bytes.extend_from_slice(&value.to_le_bytes());
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    std::fs::write(path, bytes).unwrap();
}

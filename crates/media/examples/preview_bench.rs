//! Plays a minute and seeks all over it, and prints what that took: a tool for measuring.
//!
//! `preview_bench [SOURCE…]`; a source is taken to have one video and one audio stream of its own
//! identity numbers 1 and 2, as ffmpeg writes MP4. Without any, 78 seconds of 1920 × 1080 with key
//! frames every 15 and every 60 frames are made with ffmpeg beside the program.
//!
//! The sound goes where the system's goes. `offset` prints how far flashes are from clicks: frames
//! as they are handed over, against what a PulseAudio null sink plays; see `offset` below.

#![expect(
    clippy::print_stdout,
    reason = "a measuring tool prints what it measured"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use footage::picture::PixelBox;
use footage::time::{FrameRate, SourceRange, Ticks};
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use media::preview::{Frame, Opening, Preview, PreviewRequest, Screen, Sound, State, Status};
use media::render::{RenderSource, RenderVideo};
use timeline::caption::{Card, CardWord};
use timeline::crop::CropPath;
use timeline::ids::{ClipId, MediaId, SequenceId, TrackId};
use timeline::project::{Clip, Format, Framing, Sequence, Speed, Track, TrackKind};
use timeline::time::{SequenceRange, SequenceTime};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// How long it plays.
const SECS: f64 = 60.0;
/// Seeks that are measured.
const SEEKS: u64 = 120;

fn main() -> Outcome<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if arguments
        .first()
        .is_some_and(|first| first == Path::new("offset"))
    {
        return offset();
    }
    let sources = if arguments.is_empty() {
        vec![made(15)?, made(60)?]
    } else {
        arguments
    };
    for source in sources {
        measure(&source)?;
    }
    Ok(())
}

fn folder() -> Outcome<PathBuf> {
    let program = std::env::current_exe()?;
    let folder = program
        .parent()
        .ok_or("a folder")?
        .join("preview_bench_media");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Makes a source with key frames every `gop` frames.
fn made(gop: u32) -> Outcome<PathBuf> {
    let path = folder()?.join(format!("gop{gop}.mp4"));
    if path.is_file() {
        return Ok(path);
    }
    let done = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i"])
        .arg("testsrc2=s=1920x1080:r=30:d=78,noise=alls=4:allf=t")
        .args(["-f", "lavfi", "-i", "sine=f=440:d=78"])
        .args(["-c:v", "libx264", "-preset", "superfast", "-b:v", "8M"])
        .args(["-g", &gop.to_string(), "-keyint_min", &gop.to_string()])
        .args(["-sc_threshold", "0", "-pix_fmt", "yuv420p", "-c:a", "aac"])
        .arg(&path)
        .status()?;
    if !done.success() {
        return Err("ffmpeg failed".into());
    }
    Ok(path)
}

/// What a window sees, with the moment.
struct Window(Mutex<SyncSender<(Instant, Seen)>>);

enum Seen {
    Frame(Frame),
    Status(Status),
}

impl Window {
    fn see(&self, seen: Seen) {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The bench may have ended.
        drop(sender.send((Instant::now(), seen)));
    }
}

impl Screen for Window {
    fn frame(&self, frame: Frame) {
        self.see(Seen::Frame(frame));
    }

    fn status(&self, status: Status) {
        self.see(Seen::Status(status));
    }

    fn note(&self, words: &str) {
        println!("note: {words}");
    }
}

fn window() -> Outcome<(Preview, Receiver<(Instant, Seen)>)> {
    let (sender, seen) = sync_channel(1024);
    Ok((Preview::new(Arc::new(Window(Mutex::new(sender))))?, seen))
}

fn next_frame(preview: &Preview, seen: &Receiver<(Instant, Seen)>) -> Outcome<(Instant, Frame)> {
    loop {
        match seen.recv_timeout(Duration::from_secs(20))? {
            (when, Seen::Frame(frame)) => {
                preview.shown(frame.preview, frame.at);
                return Ok((when, frame));
            }
            (
                _,
                Seen::Status(Status {
                    state: State::Failed(error),
                    ..
                }),
            ) => {
                return Err(error.into());
            }
            (_, Seen::Status(_)) => {}
        }
    }
}

fn measure(source: &Path) -> Outcome<()> {
    let (preview, seen) = window()?;
    println!("{}", source.display());
    let opening = Opening {
        preview: 1,
        at: SequenceTime::ZERO,
        height: 960,
        sound: Sound::On,
    };
    let began = Instant::now();
    preview.open(request(source, SECS)?, opening)?;
    next_frame(&preview, &seen)?;
    println!("  open       {:7.1} ms", millis(began));

    let mut took = Vec::new();
    for n in 0..SEEKS {
        let at = SequenceTime::from_secs((n * 7919 % 59_900) as f64 / 1000.0);
        let asked = Instant::now();
        preview.seek(at);
        next_frame(&preview, &seen)?;
        took.push(millis(asked));
    }
    println!("  seek       {}", quantiles(&mut took));
    let mut took = Vec::new();
    for n in 0..60 {
        let at = SequenceTime::ZERO + Ticks::SECOND.scaled(300 + n, 30);
        let asked = Instant::now();
        preview.seek(at);
        next_frame(&preview, &seen)?;
        took.push(millis(asked));
    }
    println!("  step       {}", quantiles(&mut took));
    let mut took = Vec::new();
    for n in 0..60 {
        let mut edited = request(source, SECS)?;
        edited.caption_style = edited
            .caption_style
            .map(|style| timeline::style::CaptionStyle {
                anchor: 0.3 + f64::from(n) * 0.005,
                ..style
            });
        let asked = Instant::now();
        preview.update(edited)?;
        next_frame(&preview, &seen)?;
        took.push(millis(asked));
    }
    println!("  edit       {}", quantiles(&mut took));

    preview.seek(SequenceTime::ZERO);
    next_frame(&preview, &seen)?;
    let before = preview.counts();
    let asked = Instant::now();
    preview.play(1.0);
    let (mut first, mut last) = (None, asked);
    let mut gaps = Vec::new();
    let mut count = 0_u32;
    loop {
        match seen.recv_timeout(Duration::from_secs(20))? {
            (when, Seen::Frame(frame)) => {
                preview.shown(frame.preview, frame.at);
                count += 1;
                if first.is_some() {
                    gaps.push(when.duration_since(last).as_secs_f64() * 1000.0);
                }
                first.get_or_insert(when);
                last = when;
            }
            (_, Seen::Status(status)) if status.state == State::Ended => break,
            (
                _,
                Seen::Status(Status {
                    state: State::Failed(error),
                    ..
                }),
            ) => {
                return Err(error.into());
            }
            (_, Seen::Status(_)) => {}
        }
    }
    let first = first.ok_or("nothing was shown")?;
    let after = preview.counts();
    println!(
        "  play       first frame after {:.1} ms; {:.2} fps over {:.1} s; {count} shown, {} late, {} without room",
        first.duration_since(asked).as_secs_f64() * 1000.0,
        f64::from(count - 1) / last.duration_since(first).as_secs_f64(),
        last.duration_since(first).as_secs_f64(),
        after.late - before.late,
        after.unacknowledged - before.unacknowledged,
    );
    println!("  between    {}", quantiles(&mut gaps));
    Ok(())
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

fn quantiles(values: &mut [f64]) -> String {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let index = (values.len().saturating_sub(1) as f64 * share).round() as usize;
        values.get(index).copied().unwrap_or_default()
    };
    format!(
        "p50 {:6.1} ms  p95 {:6.1} ms  max {:6.1} ms",
        at(0.5),
        at(0.95),
        at(1.0)
    )
}

/// Plays flashes with clicks and prints how far what is handed over is from what is heard on the
/// monitor of PulseAudio's default sink: pictures later are positive. What the capture adds by
/// itself is in the figure.
fn offset() -> Outcome<()> {
    let path = folder()?.join("flashes.mp4");
    let times: Vec<f64> = (1..20).map(f64::from).collect();
    let on = times
        .iter()
        .map(|at| format!("between(t,{at},{})", at + 0.0995))
        .collect::<Vec<_>>()
        .join("+");
    if !path.is_file() {
        let done = Command::new("ffmpeg")
            .args(["-v", "error", "-y", "-f", "lavfi", "-i"])
            .arg(format!(
                "color=black:s=640x360:r=30:d=21,drawbox=t=fill:color=white:enable='{on}'"
            ))
            .args(["-f", "lavfi", "-i"])
            .arg(format!("aevalsrc='0.8*sin(6283*t)*({on})':s=48000:d=21"))
            .args([
                "-c:v", "libx264", "-g", "15", "-pix_fmt", "yuv420p", "-c:a", "aac",
            ])
            .arg(&path)
            .status()?;
        if !done.success() {
            return Err("ffmpeg failed".into());
        }
    }
    let (preview, seen) = window()?;
    let ears = gst::parse::launch(
        "pulsesrc device=@DEFAULT_MONITOR@ buffer-time=20000 latency-time=5000 provide-clock=false \
         ! audio/x-raw,format=F32LE,channels=1,rate=48000 ! appsink name=ears sync=false",
    )?;
    let ears = ears
        .downcast::<gst::Pipeline>()
        .map_err(|_other| "no pipeline")?;
    let heard: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let sink = ears
        .by_name("ears")
        .and_then(|sink| sink.downcast::<gst_app::AppSink>().ok());
    let sink = sink.ok_or("no sink")?;
    let clicks = Arc::clone(&heard);
    let mut quiet = 0_usize;
    sink.set_callbacks(
        gst_app::AppSinkCallbacks::builder()
            .new_sample(move |sink| {
                let now = Instant::now();
                let sample = sink.pull_sample().map_err(|_gone| gst::FlowError::Eos)?;
                let buffer = sample.buffer().ok_or(gst::FlowError::Error)?;
                let map = buffer
                    .map_readable()
                    .map_err(|_unreadable| gst::FlowError::Error)?;
                let count = map.len() / 4;
                for (n, bytes) in map.as_chunks::<4>().0.iter().enumerate() {
                    if f32::from_le_bytes(*bytes).abs() < 0.1 {
                        quiet += 1;
                        continue;
                    }
                    if quiet > 24_000 {
                        let before = Duration::from_secs_f64((count - n) as f64 / 48_000.0);
                        let mut clicks = clicks.lock().unwrap_or_else(PoisonError::into_inner);
                        clicks.push(now.checked_sub(before).unwrap_or(now));
                    }
                    quiet = 0;
                }
                Ok(gst::FlowSuccess::Ok)
            })
            .build(),
    );
    ears.set_state(gst::State::Playing)?;
    let mut asked = request(&path, 20.5)?;
    asked.caption_style = None;
    let opening = Opening {
        preview: 1,
        at: SequenceTime::ZERO,
        height: 360,
        sound: Sound::On,
    };
    preview.open(asked, opening)?;
    next_frame(&preview, &seen)?;
    preview.play(1.0);
    let mut flashes = Vec::new();
    let mut dark = true;
    while let Ok((when, seen)) = seen.recv_timeout(Duration::from_secs(5)) {
        match seen {
            Seen::Frame(frame) => {
                preview.shown(frame.preview, frame.at);
                let middle = frame.planes.get((frame.width * frame.height / 2) as usize);
                let bright = middle.is_some_and(|luma| *luma > 120);
                if bright && dark {
                    flashes.push(when);
                }
                dark = !bright;
            }
            Seen::Status(status) if status.state == State::Ended => break,
            Seen::Status(_) => {}
        }
    }
    ears.set_state(gst::State::Null)?;
    let heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    println!("{} flashes, {} clicks", flashes.len(), heard.len());
    let mut offsets: Vec<f64> = flashes
        .iter()
        .filter_map(|flash| {
            let signed = |click: &Instant| {
                if flash > click {
                    flash.duration_since(*click).as_secs_f64()
                } else {
                    -click.duration_since(*flash).as_secs_f64()
                }
            };
            heard
                .iter()
                .map(signed)
                .min_by(|a, b| a.abs().total_cmp(&b.abs()))
        })
        .map(|secs| secs * 1000.0)
        .collect();
    println!("picture after sound: {}", quantiles(&mut offsets));
    Ok(())
}

fn request(source: &Path, secs: f64) -> Outcome<PreviewRequest> {
    let framing = Framing::Crop(CropPath::still(PixelBox {
        x: 656.25,
        y: 0.0,
        w: 607.5,
        h: 1080.0,
    }));
    let clip = |id: u64, start: f64, from: f64, to: f64| Clip {
        id: ClipId(id),
        media: MediaId(1),
        start: SequenceTime::from_secs(start),
        source: SourceRange::from_secs(from, to),
        speed: Speed::NORMAL,
        framing: framing.clone(),
        gain_db: 0.0,
        fade_in: Ticks::ZERO,
        fade_out: Ticks::ZERO,
        link: None,
        enabled: true,
    };
    // A cut every five seconds that skips one: what a reel is made of.
    let mut clips = Vec::new();
    let mut start = 0.0;
    while start < secs {
        let length = f64::min(5.0, secs - start);
        let from = start * if secs > 30.0 { 1.2 } else { 1.0 };
        clips.push(clip(clips.len() as u64 + 10, start, from, from + length));
        start += length;
    }
    let track = |id, kind| {
        Arc::new(Track {
            id: TrackId(id),
            kind,
            clips: clips.clone(),
            muted: false,
            locked: false,
        })
    };
    let style = lettering::presets::builtin().into_iter().next();
    Ok(PreviewRequest {
        sequence: Sequence {
            id: SequenceId(1),
            name: "bench".to_owned(),
            format: Format {
                width: 1080,
                height: 1920,
                rate: FrameRate::new(30, 1).ok_or("a rate")?,
            },
            tracks: vec![track(1, TrackKind::Video), track(2, TrackKind::Voice)],
            captions: BTreeMap::new(),
            preset: None,
            caption_anchor: None,
            markers: Vec::new(),
        },
        sources: BTreeMap::from([(
            MediaId(1),
            RenderSource {
                path: source.to_owned(),
                video: Some(RenderVideo {
                    id: "x/001".to_owned(),
                    width: 1920,
                    height: 1080,
                }),
                audio: Some("x/002".to_owned()),
                start: Ticks::ZERO,
            },
        )]),
        cards: cards(Ticks::from_secs(secs)),
        caption_style: style.map(|preset| preset.caption),
        proxies: BTreeMap::new(),
        loudness: BTreeMap::new(),
    })
}

/// Three words a second on cards of four.
fn cards(length: Ticks) -> Vec<Card> {
    let third = |index: i64| SequenceTime::ZERO + Ticks::SECOND.scaled(index, 3);
    let count = length.0 * 3 / Ticks::SECOND.0;
    let word = |index: i64| CardWord {
        text: match index % 4 {
            0 => "every",
            1 => "captioned",
            2 => "word",
            _ => "lights",
        }
        .to_owned(),
        range: SequenceRange::new(third(index), third(index + 1)),
        emphasis: false,
    };
    (0..count / 4)
        .map(|card| Card {
            range: SequenceRange::new(third(card * 4), third(card * 4 + 4)),
            words: (card * 4..card * 4 + 4).map(word).collect(),
        })
        .collect()
}

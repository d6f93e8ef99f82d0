//! Opens, seeks, scrubs and plays, and prints what that took: a tool for measuring.
//!
//! `preview_bench [seek | play | start | offset | SOURCE]…`, all figures when none is named. A source is
//! as in [`talk::sources`], at least 75 seconds long; without any, such ones with key frames every 15 and
//! every 60 frames are made with ffmpeg beside the program.
//!
//! Each line of the output is a JSON object whose `figure` says what it tells; times are in milliseconds,
//! quantiles `p50`, `p95` and `max`.
//!
//! | figure | what |
//! |---|---|
//! | `open` | from opening to the first picture |
//! | `seek` | from a seek to its picture, all over a minute; `step`: frame by frame; `edit`: a new look |
//! | `scrub` | 60 seeks a second: pictures per second, and from the last seek to its picture |
//! | `play` | a minute: frames shown, late, without room; gaps between them; from the order to the second one |
//! | `start` | the same order right after opening, when the sound device may sleep |
//! | `offset` | pictures handed over against clicks on the monitor of PulseAudio's default sink, later is positive |

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measuring tool prints what it measured"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use footage::time::{SourceRange, Ticks};
use media::preview::{Opening, PreviewRequest, Sound};
use serde_json::{Value, json};
use timeline::style::CaptionStyle;
use timeline::time::SequenceTime;

mod ears;
#[path = "../talk/mod.rs"]
mod talk;
mod window;

use talk::Outcome;
use window::Window;

/// How long it plays, in seconds.
const SECS: f64 = 60.0;
/// Seeks that are measured.
const SEEKS: u64 = 120;
/// How long a playhead is dragged.
const DRAG: Duration = Duration::from_secs(5);

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_figure = |word: &&String| ["seek", "play", "start", "offset"].contains(&word.as_str());
    let figures: Vec<&String> = arguments.iter().filter(is_figure).collect();
    let wants = |name: &str| figures.is_empty() || figures.iter().any(|figure| *figure == name);
    let mut sources: Vec<PathBuf> = (arguments.iter())
        .filter(|word| !is_figure(word))
        .map(PathBuf::from)
        .collect();
    let own = sources.is_empty();
    if own && (wants("seek") || wants("play") || wants("start")) {
        sources = vec![made(15)?, made(60)?];
    }
    for source in &sources {
        if wants("seek") {
            seek(source)?;
        }
    }
    for source in sources.iter().take(if own { 1 } else { sources.len() }) {
        if wants("start") {
            start(source)?;
        }
        if wants("play") {
            play(source)?;
        }
    }
    if wants("offset")
        && let Err(error) = offset()
    {
        // Without PulseAudio there is nothing to listen to.
        eprintln!("no offset: {error}");
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

/// Returns a reel of `secs` with a cut every five seconds that skips one: what a reel is made of.
fn request(source: &Path, secs: f64) -> Outcome<PreviewRequest> {
    let mut parts = Vec::new();
    let mut start = 0.0;
    while start < secs {
        let length = f64::min(5.0, secs - start);
        let from = start * if secs > 30.0 { 1.2 } else { 1.0 };
        parts.push(SourceRange::from_secs(from, from + length));
        start += length;
    }
    Ok(PreviewRequest {
        sequence: talk::sequence(&parts, &talk::middle())?,
        sources: talk::sources(source),
        cards: talk::cards(Ticks::from_secs(secs)),
        caption_style: talk::caption_style(),
        proxies: std::collections::BTreeMap::new(),
        loudness: std::collections::BTreeMap::new(),
    })
}

fn opening(height: u32) -> Opening {
    Opening {
        preview: 1,
        at: SequenceTime::ZERO,
        height,
        sound: Sound::On,
    }
}

fn seek(source: &Path) -> Outcome<()> {
    let window = Window::new()?;
    let preview = &window.preview;
    let began = Instant::now();
    preview.open(request(source, SECS)?, opening(960))?;
    window.next_frame()?;
    told("open", source, json!({ "ms": millis(began) }));

    let mut took = Vec::new();
    for n in 0..SEEKS {
        let at = SequenceTime::from_secs((n * 7919 % 59_900) as f64 / 1000.0);
        let asked = Instant::now();
        preview.seek(at);
        window.next_frame()?;
        took.push(millis(asked));
    }
    told("seek", source, quantiles(&mut took));
    let mut took = Vec::new();
    for n in 0..60 {
        let at = SequenceTime::ZERO + Ticks::SECOND.scaled(300 + n, 30);
        let asked = Instant::now();
        preview.seek(at);
        window.next_frame()?;
        took.push(millis(asked));
    }
    told("step", source, quantiles(&mut took));
    let mut took = Vec::new();
    for n in 0..60 {
        let mut edited = request(source, SECS)?;
        edited.caption_style = edited.caption_style.map(|style| CaptionStyle {
            anchor: 0.3 + f64::from(n) * 0.005,
            ..style
        });
        let asked = Instant::now();
        preview.update(edited)?;
        window.next_frame()?;
        took.push(millis(asked));
    }
    told("edit", source, quantiles(&mut took));
    scrub(&window, source)
}

/// Drags the playhead through the reel and lets go.
fn scrub(window: &Window, source: &Path) -> Outcome<()> {
    let began = Instant::now();
    let mut shown = 0;
    while began.elapsed() < DRAG {
        let at = SequenceTime::from_secs(began.elapsed().as_secs_f64() * 10.0);
        window.preview.seek(at);
        std::thread::sleep(Duration::from_millis(16));
        shown += window.frames_so_far()?;
    }
    let asked = Instant::now();
    let last = SequenceTime::from_secs(55.0);
    window.preview.seek(last);
    while window.next_frame()?.1.at != last {}
    let per_second = f64::from(shown) / DRAG.as_secs_f64();
    told(
        "scrub",
        source,
        json!({ "pictures_per_second": per_second, "last_ms": millis(asked) }),
    );
    Ok(())
}

/// Plays right after opening.
fn start(source: &Path) -> Outcome<()> {
    let window = Window::new()?;
    let mut short = request(source, 10.0)?;
    short.cards.clear();
    window.preview.open(short, opening(960))?;
    window.next_frame()?;
    let course = window.play_to_the_end()?;
    told("start", source, course.told());
    Ok(())
}

fn play(source: &Path) -> Outcome<()> {
    let window = Window::new()?;
    window.preview.open(request(source, SECS)?, opening(960))?;
    window.next_frame()?;
    // As a user would: the device has been got ready by then.
    std::thread::sleep(Duration::from_secs(3));
    let course = window.play_to_the_end()?;
    told("play", source, course.told());
    Ok(())
}

/// Plays flashes with clicks.
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
            .args(["-c:v", "libx264", "-g", "15", "-pix_fmt", "yuv420p"])
            .args(["-c:a", "aac"])
            .arg(&path)
            .status()?;
        if !done.success() {
            return Err("ffmpeg failed".into());
        }
    }
    let window = Window::new()?;
    let mut asked = request(&path, 20.5)?;
    asked.caption_style = None;
    window.preview.open(asked, opening(360))?;
    window.next_frame()?;
    let ears = ears::Ears::open()?;
    window.preview.play(1.0);
    let flashes = window.flashes_to_the_end()?;
    let clicks = ears.clicks()?;
    let signed = |flash: &Instant, click: &Instant| {
        let later = flash.saturating_duration_since(*click).as_secs_f64();
        (later - click.saturating_duration_since(*flash).as_secs_f64()) * 1000.0
    };
    let mut offsets: Vec<f64> = (clicks.iter())
        .filter_map(|click| {
            let all = flashes.iter().map(|flash| signed(flash, click));
            all.min_by(|a, b| a.abs().total_cmp(&b.abs()))
        })
        .collect();
    let largest = offsets
        .iter()
        .fold(0.0, |most: f64, off| most.max(off.abs()));
    let mut line = quantiles(&mut offsets);
    if let Some(line) = line.as_object_mut() {
        line.insert("largest".to_owned(), rounded(largest));
        line.insert("flashes".to_owned(), flashes.len().into());
        line.insert("clicks".to_owned(), clicks.len().into());
    }
    told("offset", &path, line);
    Ok(())
}

fn told(figure: &str, source: &Path, mut line: Value) {
    if let Some(line) = line.as_object_mut() {
        line.insert("figure".to_owned(), figure.into());
        let name = source.file_stem().map(|name| name.to_string_lossy());
        line.insert("source".to_owned(), name.into());
    }
    println!("{line}");
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// Returns a number to a tenth.
fn rounded(value: f64) -> Value {
    json!((value * 10.0).round() / 10.0)
}

fn quantiles(values: &mut [f64]) -> Value {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let index = (values.len().saturating_sub(1) as f64 * share).round() as usize;
        rounded(values.get(index).copied().unwrap_or_default())
    };
    json!({ "p50": at(0.5), "p95": at(0.95), "max": at(1.0), "count": values.len() })
}

//! Reads a written MP4 back and checks that it is what was asked for.

mod boxes;

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex};

use footage::sound::Loudness;
use footage::time::{FrameRate, Ticks};
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use serde::{Deserialize, Serialize};

use crate::encode::aac::samples_of;
use crate::error::{Error, Result};
use crate::init::element;
use crate::render::watch::{GLANCE, Patience, Running, Watch, broken};
use crate::render::{ExpectedLevel, MOST_DBTP, Meter, Peaks, RATE, TARGET_LUFS, TOLERANCE_LU};
use crate::sync::lock;

/// Silence may come back from the encoder as noise up to this level.
const STILL_SILENT_LUFS: f64 = -60.0;

/// Names of the profile High: some encoders say which of its tools they leave out.
const HIGH_PROFILES: [&str; 3] = ["high", "constrained-high", "progressive-high"];

/// One thing that was verified.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What, such as `duration` or `true_peak`.
    pub code: String,
    /// Whether it holds.
    pub ok: bool,
    /// What was found.
    pub value: String,
    /// What is allowed.
    pub limit: String,
}

/// What a file must be.
pub(crate) struct Expected {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) rate: FrameRate,
    pub(crate) frames: i64,
    pub(crate) level: ExpectedLevel,
}

/// What a file is.
#[derive(Debug, Default)]
struct Found {
    video_streams: usize,
    audio_streams: usize,
    width: i32,
    height: i32,
    rate: Option<gst::Fraction>,
    profile: String,
    chroma: String,
    frames: i64,
    first: Option<gst::ClockTime>,
    last_end: Option<gst::ClockTime>,
    samples: i64,
    failure: Option<Error>,
}

/// Returns what was checked and the loudness measured, all checks passed.
///
/// # Errors
/// [`Error::Verify`] with the first check that fails.
pub(crate) fn verify(
    path: &Path,
    expected: &Expected,
    watch: &Watch,
) -> Result<(Vec<Check>, Loudness)> {
    let order = {
        let mut file = File::open(path).map_err(|cause| Error::reading(path, &cause))?;
        boxes::top_level(&mut file).map_err(|cause| Error::reading(path, &cause))?
    };
    let (found, loudness) = read(path, watch)?;
    let checks = checks(&order, &found, loudness, expected);
    match checks.iter().find(|check| !check.ok) {
        None => Ok((checks, loudness)),
        Some(failed) => Err(Error::Verify {
            path: path.to_owned(),
            check: failed.code.clone(),
            detail: format!("{}, expected {}", failed.value, failed.limit),
        }),
    }
}

fn checks(order: &[String], found: &Found, loudness: Loudness, expected: &Expected) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut check = |code: &str, ok: bool, value: String, limit: String| {
        checks.push(Check {
            code: code.to_owned(),
            ok,
            value,
            limit,
        });
    };
    let (moov, mdat) = (position(order, "moov"), position(order, "mdat"));
    check(
        "faststart",
        moov.is_some() && moov < mdat,
        order.join(" "),
        "moov before mdat".to_owned(),
    );
    check(
        "streams",
        (found.video_streams, found.audio_streams) == (1, 1),
        format!(
            "{} video, {} audio",
            found.video_streams, found.audio_streams
        ),
        "1 video, 1 audio".to_owned(),
    );
    let size = format!("{}×{}", found.width, found.height);
    let wanted = format!("{}×{}", expected.width, expected.height);
    check("size", size == wanted, size, wanted);
    let rate = found.rate.map_or("none".to_owned(), |rate| {
        format!("{}/{}", rate.numer(), rate.denom())
    });
    let right_rate = found
        .rate
        .is_some_and(|rate| same_rate(rate, expected.rate));
    let wanted = format!("{}/{}", expected.rate.num, expected.rate.den);
    check("rate", right_rate, rate, wanted);
    let codec = format!("{} {}", found.profile, found.chroma);
    check(
        "codec",
        HIGH_PROFILES.contains(&found.profile.as_str()) && found.chroma == "4:2:0",
        codec,
        "high 4:2:0".to_owned(),
    );
    check(
        "frames",
        found.frames == expected.frames,
        found.frames.to_string(),
        expected.frames.to_string(),
    );
    let length = expected.rate.frame_start(expected.frames);
    let nanos = |time: Option<gst::ClockTime>| time.map_or(-1, |time| time.nseconds() as i64);
    let shown = Ticks::from_nanos(nanos(found.last_end) - nanos(found.first));
    // Times in the file are rounded to its time scale, thousands per second.
    let close = |one: Ticks, other: Ticks| (one - other).abs() < Ticks::from_secs(0.001);
    check(
        "duration",
        close(shown, length) && found.first == Some(gst::ClockTime::ZERO),
        format!(
            "{:.6} s from {:.6} s",
            shown.secs(),
            nanos(found.first) as f64 / 1e9
        ),
        format!("{:.6} s from 0", length.secs()),
    );
    let heard = Ticks::from_samples(found.samples, RATE);
    let packet = Ticks::from_samples(1024, RATE);
    check(
        "audio_duration",
        (heard - length).abs() <= packet,
        format!("{:.6} s", heard.secs()),
        format!("{:.6} s ± {:.6} s", length.secs(), packet.secs()),
    );
    let found_lufs = match loudness.integrated_lufs {
        Some(lufs) => format!("{lufs:.2} LUFS"),
        None => "silence".to_owned(),
    };
    let (loud_enough, wanted) = judge(loudness.integrated_lufs, expected.level);
    check("loudness", loud_enough, found_lufs, wanted);
    if let Some(peak) = loudness.true_peak_dbtp {
        check(
            "true_peak",
            peak <= MOST_DBTP,
            format!("{peak:.2} dBTP"),
            format!("at most {MOST_DBTP} dBTP"),
        );
    }
    checks
}

/// Returns whether a loudness is as expected, and what is.
fn judge(found: Option<f64>, expected: ExpectedLevel) -> (bool, String) {
    match expected {
        ExpectedLevel::OnTarget => (
            found.is_some_and(|lufs| (lufs - TARGET_LUFS).abs() <= TOLERANCE_LU),
            format!("{TARGET_LUFS} ± {TOLERANCE_LU} LUFS"),
        ),
        ExpectedLevel::AtMost => (
            found.is_some_and(|lufs| lufs <= TARGET_LUFS + TOLERANCE_LU),
            format!("at most {TARGET_LUFS} LUFS: no more within reach"),
        ),
        ExpectedLevel::Silent => (
            found.is_none_or(|lufs| lufs <= STILL_SILENT_LUFS),
            "silence".to_owned(),
        ),
        ExpectedLevel::Unmeasured => (true, "any: too short to measure".to_owned()),
    }
}

/// Returns whether a container holds the rate that was asked for: it may keep 33333/1000 as 100/3.
/// The nearest rates that differ, 30 and 30000/1001, are 0.1 % apart.
fn same_rate(found: gst::Fraction, expected: FrameRate) -> bool {
    let found = f64::from(found.numer()) / f64::from(found.denom().max(1));
    (found / expected.fps() - 1.0).abs() < 0.0005
}

fn position(order: &[String], name: &str) -> Option<usize> {
    order.iter().position(|found| found == name)
}

/// ```text
/// filesrc ─ qtdemux ┬ queue ─ h264parse ─ appsink (access units are counted)
///                   └ queue ─ aacparse ─ avdec_aac ─ audioconvert ─ appsink (samples are measured)
/// ```
fn read(path: &Path, watch: &Watch) -> Result<(Found, Loudness)> {
    let found = Arc::new(Mutex::new(Found::default()));
    let meter = Arc::new(Mutex::new(Meter::new(Peaks::Measured)?));
    let running = Running(gst::Pipeline::new());
    let pipeline = &running.0;
    let source = element("filesrc")?;
    source.set_property("location", path);
    let demux = element("qtdemux")?;
    pipeline.add_many([&source, &demux]).map_err(broken)?;
    source.link(&demux).map_err(broken)?;

    let video = branch(pipeline, &["queue", "h264parse"], video_sink(&found, watch))?;
    let audio = branch(
        pipeline,
        &["queue", "aacparse", "avdec_aac", "audioconvert"],
        audio_sink(&found, &meter, watch),
    )?;
    let seen = Arc::clone(&found);
    demux.connect_pad_added(move |_, pad| {
        let name = pad.name();
        let mut found = lock(&seen);
        let target = if name.starts_with("video") {
            found.video_streams += 1;
            &video
        } else if name.starts_with("audio") {
            found.audio_streams += 1;
            &audio
        } else {
            return;
        };
        if let Some(target) = target
            .static_pad("sink")
            .filter(|target| !target.is_linked())
            && pad.link(&target).is_err()
        {
            found.failure = Some(broken("a written stream is of another kind"));
        }
    });
    pipeline.set_state(gst::State::Playing).map_err(broken)?;
    wait(&running, path, watch)?;
    drop(running);
    let mut found = lock(&found);
    if let Some(failure) = found.failure.take() {
        return Err(failure);
    }
    // The pipeline that shared the meter is gone, and nothing can be added any more.
    let mut meter = lock(&meter);
    let measured = std::mem::replace(&mut *meter, Meter::new(Peaks::Skipped)?);
    Ok((std::mem::take(&mut *found), measured.result()?))
}

fn wait(running: &Running, path: &Path, watch: &Watch) -> Result<()> {
    let bus = running.bus()?;
    let mut patience = Patience::new("verifying");
    loop {
        watch.check()?;
        let message =
            bus.timed_pop_filtered(GLANCE, &[gst::MessageType::Eos, gst::MessageType::Error]);
        match message.as_ref().map(|message| message.view()) {
            Some(gst::MessageView::Error(error)) => {
                return Err(Error::Verify {
                    path: path.to_owned(),
                    check: "readable".to_owned(),
                    detail: error.error().message().to_owned(),
                });
            }
            Some(_) => return Ok(()),
            None => patience.check(watch.steps())?,
        }
    }
}

/// Adds a chain of elements that ends in `sink`; returns its first.
fn branch(
    pipeline: &gst::Pipeline,
    names: &[&str],
    sink: gst_app::AppSink,
) -> Result<gst::Element> {
    let mut all = names
        .iter()
        .map(|name| element(name))
        .collect::<Result<Vec<_>>>()?;
    all.push(sink.upcast());
    pipeline.add_many(&all).map_err(broken)?;
    gst::Element::link_many(&all).map_err(broken)?;
    all.into_iter()
        .next()
        .ok_or_else(|| broken("a branch without elements"))
}

fn video_sink(found: &Arc<Mutex<Found>>, watch: &Watch) -> gst_app::AppSink {
    let found = Arc::clone(found);
    let watch = watch.clone();
    let callbacks = gst_app::AppSinkCallbacks::builder()
        .new_sample(move |sink| {
            let sample = sink.pull_sample().map_err(|_ended| gst::FlowError::Eos)?;
            watch.step();
            let mut found = lock(&found);
            note_picture(&mut found, &sample);
            Ok(gst::FlowSuccess::Ok)
        })
        .build();
    let caps = gst::Caps::builder("video/x-h264")
        .field("alignment", "au")
        .build();
    gst_app::AppSink::builder()
        .caps(&caps)
        .sync(false)
        .async_(false)
        .enable_last_sample(false)
        .callbacks(callbacks)
        .build()
}

fn note_picture(found: &mut Found, sample: &gst::Sample) {
    if found.frames == 0
        && let Some(caps) = sample.caps().and_then(|caps| caps.structure(0))
    {
        found.width = caps.get("width").unwrap_or_default();
        found.height = caps.get("height").unwrap_or_default();
        found.rate = caps.get("framerate").ok();
        found.profile = caps.get("profile").unwrap_or_default();
        found.chroma = caps.get("chroma-format").unwrap_or_default();
    }
    found.frames += 1;
    let (Some(buffer), Some(segment)) = (
        sample.buffer(),
        sample
            .segment()
            .and_then(|segment| segment.downcast_ref::<gst::ClockTime>()),
    ) else {
        return;
    };
    let Some(shown) = buffer.pts().and_then(|pts| segment.to_stream_time(pts)) else {
        return;
    };
    let end = shown + buffer.duration().unwrap_or_default();
    found.first = Some(found.first.map_or(shown, |first| first.min(shown)));
    found.last_end = Some(found.last_end.map_or(end, |last| last.max(end)));
}

fn audio_sink(
    found: &Arc<Mutex<Found>>,
    meter: &Arc<Mutex<Meter>>,
    watch: &Watch,
) -> gst_app::AppSink {
    let (found, meter, watch) = (Arc::clone(found), Arc::clone(meter), watch.clone());
    let mut samples = Vec::new();
    let callbacks = gst_app::AppSinkCallbacks::builder()
        .new_sample(move |sink| {
            let sample = sink.pull_sample().map_err(|_ended| gst::FlowError::Eos)?;
            watch.step();
            let mut meter = lock(&meter);
            let measured = samples_of(&sample, &mut samples).and_then(|()| meter.add(&samples));
            let mut found = lock(&found);
            found.samples += samples.len() as i64 / 2;
            if let Err(failure) = measured {
                found.failure = Some(failure);
                return Err(gst::FlowError::Error);
            }
            Ok(gst::FlowSuccess::Ok)
        })
        .build();
    let caps = gst::Caps::builder("audio/x-raw")
        .field("format", "F32LE")
        .field("layout", "interleaved")
        .field("rate", RATE as i32)
        .field("channels", 2_i32);
    gst_app::AppSink::builder()
        .caps(&caps.build())
        .sync(false)
        .async_(false)
        .enable_last_sample(false)
        .callbacks(callbacks)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_low_level_and_silence_fail_unless_expected() {
        let passes = |found, expected| judge(found, expected).0;
        assert!(passes(Some(-14.6), ExpectedLevel::OnTarget));
        assert!(!passes(Some(-16.0), ExpectedLevel::OnTarget));
        assert!(!passes(None, ExpectedLevel::OnTarget), "the sound is gone");
        assert!(passes(Some(-25.0), ExpectedLevel::AtMost));
        assert!(!passes(Some(-12.0), ExpectedLevel::AtMost));
        assert!(!passes(None, ExpectedLevel::AtMost), "the sound is gone");
        assert!(passes(None, ExpectedLevel::Silent));
        assert!(!passes(Some(-14.0), ExpectedLevel::Silent));
    }

    #[test]
    fn rates_may_be_kept_in_other_fractions() {
        let same = |found: (i32, i32), num, den| {
            let expected = FrameRate::new(num, den).unwrap();
            same_rate(gst::Fraction::new(found.0, found.1), expected)
        };
        assert!(same((100, 3), 33_333, 1000));
        assert!(same((30_000, 1001), 30_000, 1001));
        assert!(!same((30, 1), 30_000, 1001), "another rate");
        assert!(!same((0, 1), 25, 1));
    }
}

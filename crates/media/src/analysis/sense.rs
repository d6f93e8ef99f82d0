//! What the two working threads of a pass do with the samples of their sinks.

use std::sync::atomic::Ordering;
use std::sync::mpsc::SyncSender;

use footage::time::{SourceTime, Ticks};
use gstreamer as gst;
use gstreamer_app as gst_app;
use gstreamer_audio as gst_audio;
use gstreamer_video as gst_video;

use super::picture::{Eye, Sight};
use super::run::{News, Shared};
use super::sound::{Ear, Heard};
use super::write::Pcm;
use crate::channels::places_of;
use crate::error::{Error, Result};
use crate::reader::scan::running;
use crate::render::watch::broken;

/// How long a thread waits for a frame before it looks whether it shall stop.
const WAIT: gst::ClockTime = gst::ClockTime::from_mseconds(100);

/// Pulls samples until the end or a stop; calls `take` with each and its source time.
fn pull(
    sink: &gst_app::AppSink,
    origin: i64,
    shared: &Shared,
    mut take: impl FnMut(SourceTime, &gst::Sample) -> Result<()>,
) -> Result<()> {
    while !shared.stop.load(Ordering::SeqCst) {
        let Some(sample) = sink.try_pull_sample(WAIT) else {
            if sink.is_eos() {
                break;
            }
            continue;
        };
        shared.moved.fetch_add(1, Ordering::SeqCst);
        let time = sample
            .segment()
            .and_then(|segment| segment.downcast_ref::<gst::ClockTime>())
            .zip(sample.buffer().and_then(gst::BufferRef::pts))
            .and_then(|(segment, pts)| running(segment, pts));
        // A frame without a time cannot be placed.
        if let Some(time) = time {
            take(SourceTime(Ticks::from_nanos(time - origin).0), &sample)?;
        }
    }
    Ok(())
}

/// Looks at every picture of `sink`.
pub(super) fn look(
    sink: &gst_app::AppSink,
    origin: i64,
    mut eye: Eye,
    shared: &Shared,
    news: &SyncSender<News>,
) -> Result<Sight> {
    let mut pictures = Vec::new();
    let mut known: Option<(gst::Caps, gst_video::VideoInfo)> = None;
    pull(sink, origin, shared, |time, sample| {
        let (Some(buffer), Some(caps)) = (sample.buffer(), sample.caps()) else {
            return Ok(());
        };
        let info = match &known {
            Some((same, info)) if same.as_ref() == caps => info,
            _ => {
                let info = gst_video::VideoInfo::from_caps(caps).map_err(broken)?;
                &known.insert((caps.to_owned(), info)).1
            }
        };
        let frame =
            gst_video::VideoFrameRef::from_buffer_ref_readable(buffer, info).map_err(broken)?;
        eye.see(time, &frame, &mut pictures)?;
        shared.seen.store(time.0, Ordering::SeqCst);
        send(news, pictures.drain(..).map(News::Picture));
        Ok(())
    })?;
    shared.seen.store(i64::MAX, Ordering::SeqCst);
    let sight = eye.finish(&mut pictures);
    send(news, pictures.drain(..).map(News::Picture));
    Ok(sight)
}

/// Listens to all sound of `sink`. `None` when there was none; what was written to `pcm` comes back
/// unfinished.
pub(super) fn listen(
    sink: &gst_app::AppSink,
    origin: i64,
    duration: Ticks,
    mut pcm: Option<Pcm>,
    shared: &Shared,
    news: &SyncSender<News>,
) -> Result<Option<(Heard, Option<Pcm>)>> {
    let mut known: Option<(Ear, gst_audio::AudioInfo)> = None;
    let mut said = 0_i64;
    let mut hand_on = |voice: &[f32]| -> Result<()> {
        if let Some(pcm) = &mut pcm {
            pcm.push(voice)?;
        }
        let start = SourceTime(Ticks::from_samples(said, super::resample::RATE).0);
        said += voice.len() as i64;
        send(news, std::iter::once(News::Voice(start, voice.to_vec())));
        Ok(())
    };
    let mut samples = Vec::new();
    pull(sink, origin, shared, |time, sample| {
        let (Some(buffer), Some(caps)) = (sample.buffer(), sample.caps()) else {
            return Ok(());
        };
        let info = gst_audio::AudioInfo::from_caps(caps).map_err(broken)?;
        let (ear, form) = if let Some(known) = &mut known {
            known
        } else {
            let ear = Ear::new(info.rate(), &places_of(&info), duration)?;
            known.insert((ear, info.clone()))
        };
        if (form.rate(), form.channels()) != (info.rate(), info.channels()) {
            return Err(Error::Corrupt {
                detail: "the sound changes its form midway".to_owned(),
            });
        }
        samples.clear();
        crate::samples::read(&buffer.map_readable().map_err(broken)?, &mut samples);
        ear.hear(time, &samples, &mut hand_on)?;
        shared.heard.store(ear.position().0, Ordering::SeqCst);
        Ok(())
    })?;
    shared.heard.store(i64::MAX, Ordering::SeqCst);
    let Some((ear, _)) = known else {
        return Ok(None);
    };
    let heard = ear.finish(&mut hand_on)?;
    Ok(Some((heard, pcm)))
}

fn send(news: &SyncSender<News>, items: impl Iterator<Item = News>) {
    for item in items {
        // The receiver lives until both threads are joined.
        if news.send(item).is_err() {
            return;
        }
    }
}

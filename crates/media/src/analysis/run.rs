//! One pass: the pipeline, its two working threads, and the observer.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use footage::streams::{StreamKind, Streams};
use footage::time::{FrameRate, SourceTime, Ticks};
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use gstreamer_audio as gst_audio;
use gstreamer_video as gst_video;
use task::{Cancel, Progress};

use super::picture::{Eye, Faces, Sight, Wanted, Wish};
use super::planes::FORMATS;
use super::sound::{Ear, Heard, places};
use super::write::{Pcm, Pending, jpeg};
use super::{AnalyseRequest, FacePicture, Measured, Observer, proxy};
use crate::error::{Error, Result};
use crate::init::element;
use crate::probe::origin;
use crate::reader::scan::running;
use crate::reader::watch::Watch;
use crate::reader::{Running, check_file, source};

/// How long a thread waits for a frame before it looks whether it shall stop.
const WAIT: gst::ClockTime = gst::ClockTime::from_mseconds(100);
/// Pictures and pieces of sound that may wait for a slow observer.
const WAITING: usize = 24;

/// What the threads hand to the observer.
enum News {
    Picture(FacePicture),
    Voice(SourceTime, Vec<f32>),
}

/// What the threads share with the caller's thread.
#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    /// Changes whenever a frame or a piece of sound was taken.
    moved: AtomicU64,
    /// Furthest source time of picture and sound, in ticks.
    seen: AtomicI64,
    heard: AtomicI64,
    /// Longest distance between key frames in nanoseconds.
    gop: AtomicI64,
    /// Whether the proxy's last byte was handed to its file.
    written: Arc<AtomicBool>,
    /// What could not be linked, told by a streaming thread.
    trouble: Mutex<Option<Error>>,
}

/// See [`super::analyse`].
pub(crate) fn run(
    path: &Path,
    request: &AnalyseRequest,
    observer: &mut dyn Observer,
    cancel: &Cancel,
    progress: &Progress,
) -> Result<Measured> {
    check_file(path)?;
    let probe = &request.probe;
    let origin = origin(path, &probe.streams, cancel)?;
    let video = probe.streams.chosen_video().map(|(_, video)| video.clone());
    let proxy = request
        .outputs
        .proxy
        .as_deref()
        .filter(|_| video.is_some())
        .map(Pending::new);
    let pass = Pass::new(path, &probe.streams, proxy.as_ref().map(Pending::partial))?;
    let mut watch = Watch::new(
        &pass.pipeline,
        path.to_owned(),
        proxy.as_ref().map(|proxy| proxy.partial().to_owned()),
        "analysing the source",
    )?;
    let eye = video
        .clone()
        .map(|video| Eye::new(video, probe.duration, wanted(request)));
    let pcm = match (&request.outputs.speech_pcm, probe.streams.audio) {
        (Some(target), Some(_)) => Some(Pcm::new(target)?),
        _ => None,
    };
    let (sender, receiver) = sync_channel(WAITING);
    let shared = Arc::clone(&pass.shared);
    let running = Running(&pass.pipeline);
    // The bus tells why.
    let started = pass.pipeline.set_state(gst::State::Playing).is_ok();
    let (sight, heard, damage) = std::thread::scope(|scope| {
        let to_observer = sender.clone();
        let looking = eye.map(|eye| {
            let (sink, shared) = (pass.video.clone(), Arc::clone(&shared));
            scope.spawn(move || look(&sink, origin, eye, &shared, &to_observer))
        });
        let listening = probe.streams.audio.map(|_| {
            let (sink, shared) = (pass.audio.clone(), Arc::clone(&shared));
            scope.spawn(move || listen(&sink, origin, probe.duration, pcm, &shared, &sender))
        });
        let outcome = follow(
            &mut watch,
            &pass,
            probe.duration,
            &receiver,
            observer,
            cancel,
            progress,
        );
        if outcome.is_err() {
            shared.stop.store(true, Ordering::SeqCst);
        }
        // Whatever the threads still have to say must not block them.
        while let Ok(news) = receiver.recv() {
            if outcome.is_ok() {
                tell(observer, news);
            }
        }
        let sight = looking.map(join).transpose();
        let heard = listening.map(join).transpose();
        match outcome {
            Ok(()) => Ok((sight?.flatten(), heard?.flatten(), None)),
            Err(Error::Corrupt { detail }) if shared.moved.load(Ordering::SeqCst) > 0 => {
                Ok((sight?.flatten(), heard?.flatten(), Some(detail)))
            }
            Err(error) => Err(error),
        }
    })?;
    drop(running);
    if !started && sight.is_none() && heard.is_none() {
        return Err(watch.missing().unwrap_or(Error::NoStreams));
    }
    if let (Some(proxy), None) = (proxy, &damage) {
        proxy.keep()?;
    }
    let gop = shared.gop.load(Ordering::SeqCst);
    assemble(request, sight, heard, gop, damage)
}

fn wanted(request: &AnalyseRequest) -> Wanted {
    let wish = |target: &Option<std::path::PathBuf>| {
        if target.is_some() {
            Wish::Make
        } else {
            Wish::Skip
        }
    };
    Wanted {
        faces: (request.faces_per_second > 0.0).then(|| Faces {
            longer_side: request.face_size.max(16),
            every: Ticks::from_secs(1.0 / request.faces_per_second.clamp(0.01, 10.0)),
        }),
        filmstrip: wish(&request.outputs.filmstrip),
        thumbnail: wish(&request.outputs.thumbnail),
    }
}

fn assemble(
    request: &AnalyseRequest,
    sight: Option<Sight>,
    heard: Option<Heard>,
    gop: i64,
    damage: Option<String>,
) -> Result<Measured> {
    let probe = &request.probe;
    let mut streams = probe.streams.clone();
    if probe.streams.video.is_some() && sight.as_ref().is_none_or(|sight| sight.frames == 0) {
        return Err(Error::Corrupt {
            detail: "no frame of the chosen video stream can be decoded".to_owned(),
        });
    }
    let heard = heard.unwrap_or_default();
    let mut measured = Measured {
        streams: Streams::default(),
        duration: probe.duration,
        loudness: heard.loudness,
        loudness_curve: heard.curve,
        silences: heard.silences,
        shots: Vec::new(),
        motion: footage::picture::Motion::default(),
        waveform: heard.waveform,
        filmstrip: None,
        frames: 0,
        damage,
    };
    if let Some(mut sight) = sight {
        let position = streams.video;
        let chosen = position.and_then(|position| streams.all.get_mut(position));
        if let Some(StreamKind::Video(video)) = chosen.map(|stream| &mut stream.kind) {
            let declared: Option<FrameRate> = video.rate;
            (video.rate, video.vfr) = sight.times.rate(declared);
            if gop > 0 {
                video.gop = Some(Ticks::from_nanos(gop));
            }
        }
        if let (Some(target), Some((strip, sheet))) = (&request.outputs.filmstrip, &sight.filmstrip)
        {
            jpeg(target, sheet)?;
            measured.filmstrip = Some(*strip);
        }
        if let (Some(target), Some(picture)) = (&request.outputs.thumbnail, &sight.thumbnail) {
            jpeg(target, picture)?;
        }
        measured.shots = sight.shots;
        measured.motion = sight.motion;
        measured.frames = sight.frames;
    }
    measured.streams = streams;
    Ok(measured)
}

fn join<T>(thread: std::thread::ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    match thread.join() {
        Ok(outcome) => outcome,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

fn tell(observer: &mut dyn Observer, news: News) {
    match news {
        News::Picture(picture) => observer.picture(picture),
        News::Voice(start, samples) => observer.voice(&samples, start),
    }
}

/// Runs the observer until both threads are done, an error comes up, or a stop is asked for.
fn follow(
    watch: &mut Watch,
    pass: &Pass,
    duration: Ticks,
    receiver: &Receiver<News>,
    observer: &mut dyn Observer,
    cancel: &Cancel,
    progress: &Progress,
) -> Result<()> {
    let shared = &pass.shared;
    loop {
        let news = receiver.recv_timeout(Duration::from_millis(50));
        let moved = shared.moved.load(Ordering::SeqCst);
        // The threads and the proxy tell when they are done: the end of the whole pipeline would
        // also wait for branches that nothing reads.
        watch.look(Duration::ZERO, moved, cancel)?;
        let trouble = shared
            .trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(trouble) = trouble {
            return Err(trouble);
        }
        let furthest = [
            pass.has_video.then(|| shared.seen.load(Ordering::SeqCst)),
            pass.has_audio.then(|| shared.heard.load(Ordering::SeqCst)),
        ];
        if let Some(least) = furthest.into_iter().flatten().min() {
            progress.report(least as f64 / duration.0.max(1) as f64);
        }
        match news {
            Ok(news) => tell(observer, news),
            Err(RecvTimeoutError::Timeout) => {}
            // Both threads are done.
            Err(RecvTimeoutError::Disconnected) => {
                if !pass.writes || shared.written.load(Ordering::SeqCst) {
                    return Ok(());
                }
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

/// The pipeline of one pass.
struct Pass {
    pipeline: gst::Pipeline,
    video: gst_app::AppSink,
    audio: gst_app::AppSink,
    shared: Arc<Shared>,
    has_video: bool,
    has_audio: bool,
    writes: bool,
}

impl Pass {
    fn new(path: &Path, streams: &Streams, proxy: Option<&Path>) -> Result<Self> {
        let (pipeline, parse) = source(path)?;
        let shared = Arc::new(Shared::default());
        let video = sink(
            &gst_video::VideoCapsBuilder::new()
                .format_list(FORMATS)
                .build(),
            6,
        );
        let audio = sink(
            &gst_audio::AudioCapsBuilder::new_interleaved()
                .format(gst_audio::AudioFormat::F32le)
                .build(),
            16,
        );
        let chosen = streams.chosen_video();
        if let Some((stream, form)) = chosen {
            let convert = element("videoconvert")?;
            let tee = element("tee")?;
            let queue = element("queue")?;
            queue.set_property("max-size-buffers", 2_u32);
            branch(&pipeline, &[&convert, &tee, &queue, video.upcast_ref()])?;
            if let Some(target) = proxy {
                proxy::attach(&pipeline, &tee, form, target, &shared.written)?;
            }
            decode(
                &pipeline,
                &parse,
                &stream.id,
                &convert,
                &shared,
                WatchKeys::Yes,
            );
        }
        if let Some((stream, _)) = streams.chosen_audio() {
            let convert = element("audioconvert")?;
            branch(&pipeline, &[&convert, audio.upcast_ref()])?;
            decode(
                &pipeline,
                &parse,
                &stream.id,
                &convert,
                &shared,
                WatchKeys::No,
            );
        }
        let wanted: Vec<String> = [streams.video, streams.audio]
            .into_iter()
            .flatten()
            .filter_map(|position| streams.all.get(position))
            .map(|stream| stream.id.clone())
            .collect();
        ignore_others(&parse, wanted);
        Ok(Self {
            pipeline,
            video,
            audio,
            shared,
            has_video: chosen.is_some(),
            has_audio: streams.audio.is_some(),
            writes: proxy.is_some(),
        })
    }
}

/// Whether key frames are watched on the way into a decoder.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WatchKeys {
    Yes,
    No,
}

fn sink(caps: &gst::Caps, buffers: u32) -> gst_app::AppSink {
    gst_app::AppSink::builder()
        .caps(caps)
        .sync(false)
        .async_(false)
        .max_buffers(buffers)
        .enable_last_sample(false)
        .build()
}

fn branch(pipeline: &gst::Pipeline, chain: &[&gst::Element]) -> Result<()> {
    pipeline
        .add_many(chain)
        .and_then(|()| gst::Element::link_many(chain))
        .map_err(|cause| Error::Pipeline {
            detail: cause.to_string(),
        })
}

/// Decodes the stream `id` of `parse` into `target` as soon as it shows up.
fn decode(
    pipeline: &gst::Pipeline,
    parse: &gst::Element,
    id: &str,
    target: &gst::Element,
    shared: &Arc<Shared>,
    keys: WatchKeys,
) {
    let id = id.to_owned();
    let weak = pipeline.downgrade();
    let target = target.clone();
    let shared = Arc::clone(shared);
    parse.connect_pad_added(move |_, pad| {
        if pad.stream_id().as_deref() != Some(id.as_str()) {
            return;
        }
        let Some(pipeline) = weak.upgrade() else {
            return;
        };
        if keys == WatchKeys::Yes {
            watch_keys(pad, &shared);
        }
        if let Err(error) = attach_decoder(&pipeline, pad, &target) {
            *shared
                .trouble
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    });
}

fn attach_decoder(pipeline: &gst::Pipeline, pad: &gst::Pad, target: &gst::Element) -> Result<()> {
    let queue = element("queue")?;
    // Compressed data: files whose sound lies far from its picture need room.
    queue.set_property("max-size-bytes", 32_u32 << 20);
    queue.set_property("max-size-buffers", 0_u32);
    queue.set_property("max-size-time", 0_u64);
    let decoder = element("decodebin")?;
    let target = target.clone();
    decoder.connect_pad_added(move |_, pad| {
        let Some(free) = target.static_pad("sink").filter(|sink| !sink.is_linked()) else {
            return;
        };
        if let Err(cause) = pad.link(&free) {
            gst::element_error!(target, gst::CoreError::Pad, ["cannot link: {}", cause]);
        }
    });
    let failed = |cause: gst::glib::BoolError| Error::Pipeline {
        detail: cause.to_string(),
    };
    pipeline.add_many([&queue, &decoder]).map_err(failed)?;
    queue.link(&decoder).map_err(failed)?;
    decoder.sync_state_with_parent().map_err(failed)?;
    queue.sync_state_with_parent().map_err(failed)?;
    let sink = queue.static_pad("sink").ok_or_else(|| Error::Pipeline {
        detail: "a queue without a sink".to_owned(),
    })?;
    pad.link(&sink).map_err(|cause| Error::Pipeline {
        detail: cause.to_string(),
    })?;
    Ok(())
}

fn watch_keys(pad: &gst::Pad, shared: &Arc<Shared>) {
    let shared = Arc::clone(shared);
    let last = AtomicI64::new(i64::MIN);
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, probe| {
        if let Some(buffer) = probe.buffer()
            && !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT)
            && let Some(pts) = buffer.pts()
        {
            let now = pts.nseconds() as i64;
            let before = last.swap(now, Ordering::SeqCst);
            if before != i64::MIN {
                shared.gop.fetch_max(now - before, Ordering::SeqCst);
            }
        }
        gst::PadProbeReturn::Ok
    });
}

/// Drops what other streams bring. A sink that joins a starting pipeline could wait for a preroll
/// for ever.
fn ignore_others(parse: &gst::Element, wanted: Vec<String>) {
    parse.connect_pad_added(move |_, pad| {
        let id = pad.stream_id();
        if id.is_some_and(|id| wanted.iter().any(|wanted| *wanted == id)) {
            return;
        }
        let kinds = gst::PadProbeType::BUFFER
            | gst::PadProbeType::BUFFER_LIST
            | gst::PadProbeType::EVENT_DOWNSTREAM;
        pad.add_probe(kinds, |_, _| gst::PadProbeReturn::Handled);
    });
}

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

fn look(
    sink: &gst_app::AppSink,
    origin: i64,
    mut eye: Eye,
    shared: &Shared,
    news: &SyncSender<News>,
) -> Result<Option<Sight>> {
    let mut pictures = Vec::new();
    let mut known: Option<(gst::Caps, gst_video::VideoInfo)> = None;
    pull(sink, origin, shared, |time, sample| {
        let (Some(buffer), Some(caps)) = (sample.buffer(), sample.caps()) else {
            return Ok(());
        };
        let info = match &known {
            Some((same, info)) if same.as_ref() == caps => info,
            _ => {
                let info =
                    gst_video::VideoInfo::from_caps(caps).map_err(|cause| Error::Pipeline {
                        detail: cause.to_string(),
                    })?;
                &known.insert((caps.to_owned(), info)).1
            }
        };
        let frame =
            gst_video::VideoFrameRef::from_buffer_ref_readable(buffer, info).map_err(|cause| {
                Error::Pipeline {
                    detail: cause.to_string(),
                }
            })?;
        eye.see(time, &frame, &mut pictures)?;
        shared.seen.store(time.0, Ordering::SeqCst);
        send(news, pictures.drain(..).map(News::Picture));
        Ok(())
    })?;
    shared.seen.store(i64::MAX, Ordering::SeqCst);
    let sight = eye.finish(&mut pictures);
    send(news, pictures.drain(..).map(News::Picture));
    Ok(Some(sight))
}

fn listen(
    sink: &gst_app::AppSink,
    origin: i64,
    duration: Ticks,
    mut pcm: Option<Pcm>,
    shared: &Shared,
    news: &SyncSender<News>,
) -> Result<Option<Heard>> {
    let mut ear: Option<(Ear, u32, usize)> = None;
    let mut voice = Vec::new();
    let mut said = 0_i64;
    let mut hand_on = |voice: &mut Vec<f32>, pcm: &mut Option<Pcm>| -> Result<()> {
        if voice.is_empty() {
            return Ok(());
        }
        if let Some(pcm) = pcm {
            pcm.push(voice)?;
        }
        let start = SourceTime(Ticks::from_samples(said, super::resample::RATE).0);
        said += voice.len() as i64;
        send(
            news,
            std::iter::once(News::Voice(start, std::mem::take(voice))),
        );
        Ok(())
    };
    let mut samples = Vec::new();
    pull(sink, origin, shared, |time, sample| {
        let (Some(buffer), Some(caps)) = (sample.buffer(), sample.caps()) else {
            return Ok(());
        };
        let failed = |detail: String| Error::Pipeline { detail };
        let info =
            gst_audio::AudioInfo::from_caps(caps).map_err(|cause| failed(cause.to_string()))?;
        let channels = info.channels() as usize;
        let (ear, rate, count) = if let Some(ear) = &mut ear {
            ear
        } else {
            let unknown = vec![gst_audio::AudioChannelPosition::None; channels];
            let places = places(info.positions().unwrap_or(&unknown));
            let new = Ear::new(info.rate(), &places)?;
            ear.insert((new, info.rate(), channels))
        };
        if (*rate, *count) != (info.rate(), channels) {
            return Err(Error::Corrupt {
                detail: "the sound changes its form midway".to_owned(),
            });
        }
        let map = buffer
            .map_readable()
            .map_err(|cause| failed(cause.to_string()))?;
        samples.clear();
        samples.extend(
            map.as_chunks::<4>()
                .0
                .iter()
                .map(|bytes| f32::from_le_bytes(*bytes)),
        );
        ear.hear(time, &samples, &mut voice)?;
        shared.heard.store(ear.position().0, Ordering::SeqCst);
        // Tenths of a second: few messages, little waiting.
        if voice.len() >= 1600 {
            hand_on(&mut voice, &mut pcm)?;
        }
        Ok(())
    })?;
    shared.heard.store(i64::MAX, Ordering::SeqCst);
    let Some((ear, ..)) = ear else {
        return Ok(None);
    };
    let heard = ear.finish(duration, &mut voice)?;
    hand_on(&mut voice, &mut pcm)?;
    if let Some(pcm) = pcm {
        pcm.finish()?;
    }
    Ok(Some(heard))
}

fn send(news: &SyncSender<News>, items: impl Iterator<Item = News>) {
    for item in items {
        // The receiver lives until both threads are joined.
        if news.send(item).is_err() {
            return;
        }
    }
}

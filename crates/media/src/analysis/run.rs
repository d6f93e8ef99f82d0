//! One pass from start to end: the threads, the observer, and the files.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use footage::streams::{StreamKind, Streams};
use footage::time::{FrameRate, SourceTime, Ticks};
use gstreamer as gst;
use gstreamer::prelude::*;
use task::{Cancel, Progress};

use super::pass::Pass;
use super::picture::{Eye, Faces, Sight, Wanted, Wish};
use super::proxy::{ProxyFile, Written};
use super::sense::{listen, look};
use super::sound::Heard;
use super::write::{Pcm, jpeg};
use super::{AnalyseRequest, FacePicture, Measured, Observer};
use crate::error::{Error, Result};
use crate::probe::origin;
use crate::reader::watch::Watch;
use crate::reader::{Running, check_file};
use crate::sync::lock;

/// Pictures and pieces of sound that may wait for a slow observer.
const WAITING: usize = 24;

/// What the threads hand to the observer.
pub(super) enum News {
    Picture(FacePicture),
    Voice(SourceTime, Vec<f32>),
}

/// What the threads share with the caller's thread.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) stop: AtomicBool,
    /// Changes whenever a frame or a piece of sound was taken.
    pub(super) moved: AtomicU64,
    /// Furthest source time of picture and sound, in ticks.
    pub(super) seen: AtomicI64,
    pub(super) heard: AtomicI64,
    /// Longest distance between key frames in nanoseconds.
    pub(super) gop: AtomicI64,
    /// How far the proxy is.
    pub(super) written: Arc<Written>,
    /// The first failure of any thread.
    trouble: Mutex<Option<Error>>,
}

impl Shared {
    /// Keeps the first error, for the caller's thread to stop at.
    pub(super) fn fail(&self, error: Error) {
        let mut trouble = lock(&self.trouble);
        trouble.get_or_insert(error);
    }

    /// Keeps the error of a thread that ends with `outcome`.
    fn tell<T>(&self, outcome: Result<T>) -> Result<T> {
        outcome.inspect_err(|error| self.fail(error.clone()))
    }

    fn trouble(&self) -> Result<()> {
        let mut trouble = lock(&self.trouble);
        trouble.take().map_or(Ok(()), Err)
    }

    /// Returns a number that changes while work moves on.
    fn mark(&self) -> u64 {
        let written = self.written.buffers.load(Ordering::SeqCst);
        self.moved.load(Ordering::SeqCst).wrapping_add(written)
    }
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
        .map(ProxyFile::new);
    let pass = Pass::new(path, &probe.streams, proxy.as_ref())?;
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
            scope.spawn(move || shared.tell(look(&sink, origin, eye, &shared, &to_observer)))
        });
        let listening = probe.streams.audio.map(|_| {
            let (sink, shared) = (pass.audio.clone(), Arc::clone(&shared));
            scope.spawn(move || {
                let heard = listen(&sink, origin, probe.duration, pcm, &shared, &sender);
                shared.tell(heard)
            })
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
            Ok(()) => Ok((sight?, heard?.flatten(), None)),
            Err(Error::Corrupt { detail } | Error::Pipeline { detail })
                if shared.moved.load(Ordering::SeqCst) > 0 =>
            {
                Ok((sight?, heard?.flatten(), Some(detail)))
            }
            Err(error) => Err(error),
        }
    })?;
    let proxy = proxy.filter(|_| damage.is_none());
    let written = proxy.as_ref().map(|_| complete(&pass, &watch)).transpose();
    drop(running);
    if !started && sight.is_none() && heard.is_none() {
        return Err(watch.missing().unwrap_or(Error::NoStreams));
    }
    written?;
    proxy.map(ProxyFile::keep).transpose()?;
    let heard = match heard {
        Some((heard, pcm)) => {
            pcm.map(Pcm::finish).transpose()?;
            Some(heard)
        }
        None => None,
    };
    let gop = shared.gop.load(Ordering::SeqCst);
    assemble(request, sight, heard, gop, damage)
}

/// Closes the proxy's file; fails when its last bytes did not get there.
fn complete(pass: &Pass, watch: &Watch) -> Result<()> {
    // Ready, not null: that would clear the bus.
    let stopped = pass.pipeline.set_state(gst::State::Ready);
    match watch.last_error() {
        Some(
            error @ (Error::DiskFull { .. } | Error::Unwritable { .. } | Error::Encoder { .. }),
        ) => Err(error),
        _ => stopped.map(|_| ()).map_err(|cause| Error::Pipeline {
            detail: cause.to_string(),
        }),
    }
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
        shared.trouble()?;
        // The threads and the proxy tell when they are done: the end of the whole pipeline would
        // also wait for branches that nothing reads.
        watch.look(Duration::ZERO, shared.mark(), cancel)?;
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
                if !pass.writes || shared.written.all.load(Ordering::SeqCst) {
                    return Ok(());
                }
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nobody;

    impl Observer for Nobody {
        fn picture(&mut self, _: FacePicture) {}
        fn voice(&mut self, _: &[f32], _: SourceTime) {}
    }

    #[test]
    fn the_error_of_a_thread_ends_the_pass_at_once() {
        // Nothing of it is read: the pass is not started.
        let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
        let pass = Pass::new(path, &Streams::default(), None).unwrap();
        let mut watch = Watch::new(&pass.pipeline, path.to_owned(), None, "testing").unwrap();
        // The other thread works on.
        let (_working, receiver) = sync_channel(1);
        let full = Error::DiskFull {
            path: path.to_owned(),
        };
        let ended = pass.shared.tell::<()>(Err(full.clone()));
        assert_eq!(ended, Err(full.clone()));
        let outcome = follow(
            &mut watch,
            &pass,
            Ticks::SECOND,
            &receiver,
            &mut Nobody,
            &Cancel::new(),
            &Progress::silent(),
        );
        assert_eq!(outcome, Err(full));
    }
}

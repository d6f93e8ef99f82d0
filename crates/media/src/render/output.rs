//! The output graph and the way from a temporary name to a verified file.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use task::{Cancel, Progress};

use super::cover::CoverTap;
use super::plan::Plan;
use super::reader::from_message;
use super::sound::{self, ExpectedLevel, Sound};
use super::watch::{GLANCE, Patience, Running, Watch, broken};
use super::{RenderRequest, Rendered, pictures};
use crate::captions::{Captions, DrawnCard};
use crate::encode;
use crate::error::{Error, Result};
use crate::init::element;
use crate::reframe::Reframe;
use crate::sync::lock;
use crate::verify::{self, Expected};

/// Share of the work that is done when the file is written; the rest is verification.
const WRITTEN: f64 = 0.95;
/// Bytes of encoded pictures that may wait for the sound, which is mixed meanwhile.
const WAITING_BYTES: u32 = 256 << 20;

/// Temporary files; all of them go away with this value.
struct Partials {
    output: PathBuf,
    faststart: PathBuf,
    scratch: PathBuf,
    cover: Option<PathBuf>,
}

impl Partials {
    fn beside(request: &RenderRequest) -> Result<Self> {
        Ok(Self {
            output: hidden(&request.output, ".partial")?,
            faststart: hidden(&request.output, ".partial-faststart")?,
            scratch: hidden(&request.output, ".partial-sound")?,
            cover: match &request.cover {
                Some(cover) => Some(hidden(&cover.path, ".partial")?),
                None => None,
            },
        })
    }
}

impl Drop for Partials {
    fn drop(&mut self) {
        let all = [
            Some(&self.output),
            Some(&self.faststart),
            self.cover.as_ref(),
        ];
        for path in all.into_iter().flatten() {
            // Mostly gone already: renamed, or never made.
            drop(std::fs::remove_file(path));
        }
    }
}

/// Returns `.NAME` + `suffix` in the folder of `path`.
pub(crate) fn hidden(path: &Path, suffix: &str) -> Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| Error::Request {
        detail: format!("{} names no file", path.display()),
    })?;
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(suffix);
    Ok(path.with_file_name(hidden))
}

pub(super) fn render(
    request: &RenderRequest,
    cancel: &Cancel,
    progress: &Progress,
) -> Result<Rendered> {
    cancel.check()?;
    let format = request.sequence.format;
    if format.width == 0 || format.height == 0 || !(format.width | format.height).is_multiple_of(2)
    {
        return Err(Error::Request {
            detail: format!(
                "a frame of {}×{} has odd sides",
                format.width, format.height
            ),
        });
    }
    let plan = Plan::of(&request.sequence)?;
    let partials = Partials::beside(request)?;
    let encoders = encode::candidates(&request.encoder)?;
    let mut tried = encoders.iter().peekable();
    let (written, encoder) = loop {
        let Some(encoder) = tried.next() else {
            return Err(Error::missing_element("x264enc"));
        };
        match write(request, &plan, &partials, encoder, cancel, progress) {
            // Hardware that fails on the way is replaced by software, from the start.
            Err(Error::Encoder { .. }) if tried.peek().is_some() => {}
            result => break (result?, encoder),
        }
    };
    let expected = Expected {
        width: format.width,
        height: format.height,
        rate: format.rate,
        frames: plan.frames,
        level: written.level,
    };
    sync(&partials.output)?;
    let (checks, loudness) = verify::verify(&partials.output, &expected, &Watch::new(cancel))?;
    let cover = match (&request.cover, &partials.cover, &written.cover) {
        (Some(cover), Some(partial), Some(tap)) => {
            let at = tap.write(partial)?;
            publish(partial, &cover.path)?;
            Some((cover.path.clone(), at))
        }
        _ => None,
    };
    publish(&partials.output, &request.output)?;
    progress.report(1.0);
    Ok(Rendered {
        file: request.output.clone(),
        cover,
        width: format.width,
        height: format.height,
        rate: format.rate,
        duration: plan.rate.frame_start(plan.frames),
        frames: plan.frames,
        encoder: encoder.clone(),
        loudness,
        captions: written.captions,
        checks,
    })
}

fn sync(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(|cause| Error::writing(path, &cause))
}

/// Gives a finished file its name, in a way that survives a power cut.
pub(crate) fn publish(partial: &Path, path: &Path) -> Result<()> {
    std::fs::rename(partial, path).map_err(|cause| Error::writing(path, &cause))?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    // Only Unix has folders that can be synced.
    if cfg!(unix) {
        sync(folder.unwrap_or(Path::new(".")))?;
    }
    Ok(())
}

/// What is known after the encode.
struct Written {
    level: ExpectedLevel,
    captions: Vec<DrawnCard>,
    cover: Option<CoverTap>,
}

/// The first failure of any thread.
#[derive(Clone, Default)]
struct Failure(Arc<Mutex<Option<Error>>>);

impl Failure {
    /// Keeps an error unless there is one; [`Error::Cancelled`] follows from others and yields.
    fn keep(&self, error: Error) {
        let mut kept = lock(&self.0);
        if kept.is_none() || *kept == Some(Error::Cancelled) {
            *kept = Some(error);
        }
    }

    fn take(&self) -> Option<Error> {
        lock(&self.0).take()
    }

    fn is_set(&self) -> bool {
        lock(&self.0).is_some()
    }
}

fn write(
    request: &RenderRequest,
    plan: &Plan,
    partials: &Partials,
    encoder: &str,
    cancel: &Cancel,
    progress: &Progress,
) -> Result<Written> {
    let watch = Watch::new(cancel);
    let graph = Graph::build(request, partials, encoder)?;
    let cover = match &request.cover {
        Some(cover) => Some(CoverTap::on(
            &graph.drawn_pad()?,
            request,
            cover.at,
            plan.frames,
        )),
        None => None,
    };
    graph.count_frames(&watch, plan.frames, progress)?;
    let failure = Failure::default();
    let level = std::thread::scope(|scope| {
        scope.spawn(|| {
            let format = request.sequence.format;
            let fed = pictures::feed(plan, 0, &request.sources, format, &graph.pictures, &watch);
            if let Err(error) = fed {
                failure.keep(error);
            }
        });
        let sound = scope.spawn(|| {
            let made = sound::make(plan, &request.sources, &partials.scratch, &watch);
            match made.and_then(|sound| graph.push_sound(sound)) {
                Ok(level) => level,
                Err(error) => {
                    failure.keep(error);
                    ExpectedLevel::OnTarget
                }
            }
        });
        if let Err(error) = graph.run(request, partials, encoder, &watch, &failure) {
            failure.keep(error);
        }
        // Threads that wait for room in the graph end with it.
        watch.give_up();
        if graph.running.0.set_state(gst::State::Null).is_err() {
            failure.keep(broken("the graph did not stop"));
        }
        sound
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    cancel.check()?;
    if let Some(error) = failure.take() {
        return Err(error);
    }
    Ok(Written {
        level,
        captions: graph
            .captions
            .as_ref()
            .map(Captions::drawn)
            .unwrap_or_default(),
        cover,
    })
}

/// ```text
/// appsrc ─ reframe ─ [captions] ─ queue ─ [videoconvert] ─ encoder ─ h264parse ─ queue ─┐
/// appsrc ───────────────────────────────────────────────────────────────────────────────┴ mp4mux ─ filesink
/// ```
struct Graph {
    running: Running,
    pictures: gst_app::AppSrc,
    sound: gst_app::AppSrc,
    captions: Option<Captions>,
    /// The last element that draws.
    drawn: gst::Element,
    parse: gst::Element,
}

impl Graph {
    fn build(request: &RenderRequest, partials: &Partials, encoder: &str) -> Result<Self> {
        let format = request.sequence.format;
        let pictures = gst_app::AppSrc::builder()
            .format(gst::Format::Time)
            .block(true)
            .max_buffers(3)
            .max_bytes(0)
            .build();
        let reframe = Reframe::new(format.width, format.height);
        let captions = match &request.caption_style {
            Some(style) if !request.cards.is_empty() => {
                Some(Captions::new(request.cards.clone(), style.clone()))
            }
            _ => None,
        };
        let ahead = queue(4, 0)?;
        let parse = element("h264parse")?;
        let waiting = queue(0, WAITING_BYTES)?;
        let sound = gst_app::AppSrc::builder()
            .format(gst::Format::Time)
            .max_bytes(0)
            .build();
        let mux = element("mp4mux")?;
        mux.set_property("faststart", true);
        mux.set_property("faststart-file", &partials.faststart);
        let sink = element("filesink")?;
        sink.set_property("location", &partials.output);

        let mut line: Vec<gst::Element> = vec![pictures.clone().upcast(), reframe.upcast()];
        line.extend(captions.clone().map(Cast::upcast));
        let drawn = line
            .last()
            .cloned()
            .ok_or_else(|| broken("an empty graph"))?;
        line.push(ahead);
        if !encode::takes_i420(encoder) {
            line.push(element("videoconvert")?);
        }
        line.push(encode::video_encoder(
            encoder,
            (format.width, format.height),
            format.rate,
        )?);
        line.push(profile()?);
        line.extend([parse.clone(), waiting, mux.clone(), sink]);
        let pipeline = gst::Pipeline::new();
        pipeline.add_many(&line).map_err(broken)?;
        pipeline.add(&sound).map_err(broken)?;
        gst::Element::link_many(&line).map_err(broken)?;
        sound.link(&mux).map_err(broken)?;
        Ok(Self {
            running: Running(pipeline),
            pictures,
            sound,
            captions,
            drawn,
            parse,
        })
    }

    fn drawn_pad(&self) -> Result<gst::Pad> {
        self.drawn
            .static_pad("src")
            .ok_or_else(|| broken("an element has no output"))
    }

    /// Tells progress by the frames that leave the encoder.
    fn count_frames(&self, watch: &Watch, total: i64, progress: &Progress) -> Result<()> {
        let pad = self
            .parse
            .static_pad("src")
            .ok_or_else(|| broken("an element has no output"))?;
        let (watch, progress) = (watch.clone(), progress.clone());
        let mut frames = 0_i64;
        let count = Mutex::new(move || {
            frames += 1;
            watch.step();
            progress.report(WRITTEN * frames as f64 / total.max(1) as f64);
        });
        pad.add_probe(gst::PadProbeType::BUFFER, move |_, _| {
            lock(&count)();
            gst::PadProbeReturn::Ok
        });
        Ok(())
    }

    fn push_sound(&self, sound: Sound) -> Result<ExpectedLevel> {
        self.sound.set_caps(Some(&sound.encoded.caps));
        for packet in sound.encoded.packets {
            match self.sound.push_buffer(packet) {
                Ok(_) => {}
                Err(gst::FlowError::Flushing | gst::FlowError::Eos) => {
                    return Err(Error::Cancelled);
                }
                Err(error) => return Err(broken(format!("a packet was refused: {error}"))),
            }
        }
        self.sound.end_of_stream().map_err(broken)?;
        Ok(sound.level)
    }

    fn run(
        &self,
        request: &RenderRequest,
        partials: &Partials,
        encoder: &str,
        watch: &Watch,
        failure: &Failure,
    ) -> Result<()> {
        let bus = self.running.bus()?;
        let name = |error: &gst::message::Error| {
            error.src().is_some_and(|source| source.name() == "encoder")
        };
        let failed = |error: &gst::message::Error| {
            if name(error) {
                return Error::Encoder {
                    encoder: encoder.to_owned(),
                    detail: error.error().message().to_owned(),
                };
            }
            from_message(error, &request.output, Some(&partials.output))
        };
        if self.running.0.set_state(gst::State::Playing).is_err() {
            let message = bus.pop_filtered(&[gst::MessageType::Error]);
            return Err(match message.as_ref().map(|message| message.view()) {
                Some(gst::MessageView::Error(error)) => failed(error),
                _ => broken("the output graph does not start"),
            });
        }
        let mut patience = Patience::new("rendering");
        loop {
            watch.check()?;
            if failure.is_set() {
                return Err(Error::Cancelled);
            }
            let message =
                bus.timed_pop_filtered(GLANCE, &[gst::MessageType::Eos, gst::MessageType::Error]);
            match message.as_ref().map(|message| message.view()) {
                Some(gst::MessageView::Error(error)) => return Err(failed(error)),
                Some(_) => return Ok(()),
                None => patience.check(watch.steps())?,
            }
        }
    }
}

fn queue(buffers: u32, bytes: u32) -> Result<gst::Element> {
    let queue = element("queue")?;
    queue.set_property("max-size-buffers", buffers);
    queue.set_property("max-size-bytes", bytes);
    queue.set_property("max-size-time", 0_u64);
    Ok(queue)
}

/// Returns a filter that holds the encoder to H.264 High: unfixed caps may end in High 4:4:4,
/// which networks refuse.
fn profile() -> Result<gst::Element> {
    let filter = element("capsfilter")?;
    let caps = gst::Caps::builder("video/x-h264")
        .field("profile", "high")
        .build();
    filter.set_property("caps", caps);
    Ok(filter)
}

//! Decodes one stream of a source from a moment on.
//!
//! ```text
//! filesrc ─ parsebin ─┬─(the stream with the id)─ decodebin ─ tail ─ appsink
//!                     └─(other streams)─ dropped
//! ```
//!
//! One pipeline per stream: picture and sound of a clip are read at different paces, and a shared
//! demuxer would block one on the other's full queue.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use footage::time::Ticks;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use gstreamer_video as gst_video;
use timeline::project::Speed;

use super::spare;
use super::watch::{GLANCE, Patience, Running, Watch, broken};
use crate::channels;
use crate::error::{Error, Result};
use crate::init::element;
use crate::reader::{
    Shift, drop_all, gave_up, is_mpeg_stream, is_program_stream, no_stream, no_such_identity,
    opened, same_stream, when_identified,
};
use crate::sync::lock;

/// Samples per second of all that is mixed.
pub(crate) const RATE: u32 = 48_000;

/// The usual run-up of decoders after a seek: AAC's first frame is incomplete, and a picture that
/// starts before the wanted moment is cut off by the segment.
pub(crate) const RUN_UP: Ticks = Ticks(Ticks::SECOND.0 / 5);

/// Pictures decoded ahead: a few keep the decoder's threads busy.
const AHEAD: u32 = 4;
/// Samples taken after a seek from which on more are likely wanted: a moment that is looked at takes two
/// or three, and what is decoded beyond keeps the processor from drawing it.
const PLAYS_ON: u32 = 4;

/// Looks after which a stream that has not shown up beside others will not: a second.
const LATE_GLANCES: u32 = 20;

const PACKETS: gst::PadProbeType = gst::PadProbeType::BUFFER.union(gst::PadProbeType::BUFFER_LIST);

/// What is read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted {
    /// Upright I420 pictures, BT.709 matrix, limited range.
    Pictures,
    /// Interleaved stereo in 32-bit floats at [`RATE`], at a speed with the pitch kept.
    Sound(Speed),
}

/// A running decoder of one stream.
pub(super) struct Reader {
    running: Running,
    bus: gst::Bus,
    sink: gst_app::AppSink,
    path: PathBuf,
    parse: gst::Element,
    found: Arc<Mutex<Found>>,
    /// Packets that went to the decoder: after a seek many of them give no picture.
    fed: Arc<AtomicU64>,
    /// Samples that were taken since the last seek.
    taken: AtomicU32,
}

/// What the callbacks saw.
#[derive(Default)]
struct Found {
    streams: usize,
    linked: bool,
    complete: bool,
    /// Whether packets of an unwanted stream came by: the wanted one has shown up by then.
    passing: bool,
    /// How its demuxer finds a moment.
    finds: Finds,
    /// Codec that no decoder was found for: of the wanted stream, or of one that nobody asked for.
    missing: Option<Error>,
    /// What the first segment, and the first one after the last seek, add to the timestamps of the wanted
    /// stream, where stream times are not the running times of a reading from the start.
    unsought: Option<Shift>,
    sought: Option<Shift>,
    seek: Seek,
}

/// How a demuxer finds a moment.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Finds {
    /// By an index, or by the times in the stream.
    #[default]
    ByTimes,
    /// By the rate of bytes.
    ByBytes,
}

/// Whether what comes now was asked for by a seek.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Seek {
    #[default]
    None,
    Done,
}

impl Found {
    fn note(&mut self, event: &gst::EventRef) {
        match event.view() {
            gst::EventView::FlushStop(_) => {
                self.seek = Seek::Done;
                self.sought = None;
            }
            gst::EventView::Segment(segment) => {
                let shift = segment.segment().downcast_ref().and_then(Shift::of);
                let known = match self.seek {
                    Seek::None => &mut self.unsought,
                    Seek::Done => &mut self.sought,
                };
                *known = known.or(shift);
            }
            _ => {}
        }
    }

    /// Returns what to add to stream times.
    fn correction(&self) -> Ticks {
        self.unsought.map_or(Ticks::ZERO, |first| {
            let now = self.sought.unwrap_or(first);
            Ticks::from_nanos(first.running - now.stream)
        })
    }

    /// Returns the stream time after a seek of what is read at `time`.
    fn seek_target(&self, time: Ticks) -> Ticks {
        let shift = self.unsought.map_or(0, |first| first.running);
        time - Ticks::from_nanos(shift)
    }

    /// Returns the error when streams are known and none of them is the wanted one.
    fn unlinked(&self, path: &Path) -> Option<Error> {
        if self.linked || self.streams == 0 {
            return None;
        }
        let missing = self.missing.clone();
        Some(missing.unwrap_or_else(|| no_such_identity(path, self.streams)))
    }
}

impl Reader {
    /// Starts to decode the stream `id` of `path` at `from`: run-up included, in the times of
    /// [`crate::Probe::origin`].
    pub(super) fn open(
        path: &Path,
        id: &str,
        wanted: Wanted,
        from: Ticks,
        watch: &Watch,
    ) -> Result<Self> {
        if !path.is_file() {
            std::fs::metadata(path).map_err(|cause| Error::reading(path, &cause))?;
            return Err(Error::NotAFile {
                path: path.to_owned(),
            });
        }
        let pipeline = gst::Pipeline::new();
        let (source, parse) = opened(path)?;
        let decode = element("decodebin")?;
        decode.set_property(
            "caps",
            gst::Caps::builder_full()
                .structure(gst::Structure::new_empty("video/x-raw"))
                .structure(gst::Structure::new_empty("audio/x-raw"))
                .build(),
        );
        let sink = gst_app::AppSink::builder()
            .sync(false)
            .enable_last_sample(false)
            .build();
        let tail = match wanted {
            Wanted::Pictures => picture_tail(&sink)?,
            Wanted::Sound(speed) => sound_tail(&sink, speed)?,
        };
        let mut all = vec![&source, &parse, &decode];
        all.extend(&tail);
        pipeline.add_many(all).map_err(broken)?;
        source.link(&parse).map_err(broken)?;
        gst::Element::link_many(&tail).map_err(broken)?;

        let found = Arc::new(Mutex::new(Found::default()));
        let fed = count_packets(&decode)?;
        if matches!(wanted, Wanted::Pictures) {
            spare::leave_out(&decode);
        }
        link_stream(&parse, &decode, id, &found);
        link_decoded(&decode, &tail, wanted);

        let running = Running(pipeline);
        let bus = running.bus()?;
        let reader = Self {
            running,
            bus,
            sink,
            path: path.to_owned(),
            parse,
            found,
            fed,
            taken: AtomicU32::new(PLAYS_ON),
        };
        reader.start(wanted, from, watch)?;
        Ok(reader)
    }

    fn start(&self, wanted: Wanted, from: Ticks, watch: &Watch) -> Result<()> {
        let pipeline = &self.running.0;
        let rate = match wanted {
            Wanted::Pictures => 1.0,
            Wanted::Sound(speed) => f64::from(speed.num) / f64::from(speed.den),
        };
        self.change_state(gst::State::Paused)?;
        self.wait_for_preroll(watch)?;
        let from = from.max(Ticks::ZERO);
        if from > Ticks::ZERO || (rate - 1.0).abs() > f64::EPSILON {
            let target = self.found().seek_target(from);
            pipeline
                .seek(
                    rate,
                    gst::SeekFlags::FLUSH | gst::SeekFlags::ACCURATE,
                    gst::SeekType::Set,
                    gst::ClockTime::from_nseconds(target.nanos().max(0) as u64),
                    gst::SeekType::None,
                    gst::ClockTime::NONE,
                )
                .map_err(|_refused| self.failure("the source cannot be sought"))?;
        }
        self.change_state(gst::State::Playing)
    }

    /// Goes on at `from`, counted as in [`Reader::open`], with the decoder that runs. For pictures.
    pub(super) fn seek(&self, from: Ticks) -> Result<()> {
        self.bus_error()?;
        let target = self.found().seek_target(from.max(Ticks::ZERO));
        self.taken.store(0, Ordering::Relaxed);
        self.sink.set_max_buffers(1);
        self.running
            .0
            .seek_simple(
                gst::SeekFlags::FLUSH | gst::SeekFlags::ACCURATE,
                gst::ClockTime::from_nseconds(target.nanos().max(0) as u64),
            )
            .map_err(|_refused| self.failure("the source cannot be sought"))
    }

    /// Returns whether a seek leads where it is to. The demuxer of program streams tells other times after
    /// some of them than when it is opened there.
    pub(super) fn is_sought_well(&self) -> bool {
        self.found().finds == Finds::ByTimes
    }

    fn change_state(&self, state: gst::State) -> Result<()> {
        match self.running.0.set_state(state) {
            Ok(_) => Ok(()),
            Err(_) => Err(self.failure("the source does not start")),
        }
    }

    /// Returns the error on the bus, or one that says `otherwise`.
    fn failure(&self, otherwise: &str) -> Error {
        // The message with the cause may come a moment after the failure.
        let cause = self.bus_error().and_then(|()| {
            match self
                .bus
                .timed_pop_filtered(GLANCE, &[gst::MessageType::Error])
            {
                Some(message) => self.message_error(&message),
                None => self.found().unlinked(&self.path).map_or(Ok(()), Err),
            }
        });
        match cause {
            Err(error) => error,
            Ok(()) => broken(otherwise),
        }
    }

    fn wait_for_preroll(&self, watch: &Watch) -> Result<()> {
        let mut patience = Patience::new("opening a source");
        let mut passing = 0;
        loop {
            watch.check()?;
            self.bus_error()?;
            let (result, state, _) = self.running.0.state(GLANCE);
            match result {
                Ok(gst::StateChangeSuccess::Async) => {}
                Ok(_) if state == gst::State::Paused => return Ok(()),
                Ok(_) => {}
                Err(_) => return Err(self.failure("the source does not start")),
            }
            let unlinked = Some(self.found())
                .filter(|found| found.complete || passing > LATE_GLANCES)
                .and_then(|found| found.unlinked(&self.path));
            if let Some(unlinked) = unlinked {
                return Err(unlinked);
            }
            passing += u32::from(self.found().passing);
            if gave_up(&self.parse) {
                // The bus first: the error may have been heard.
                return self.bus_error().and(Err(no_stream()));
            }
            self.go_on(&mut patience)?;
        }
    }

    /// Returns an error when nothing has moved for long.
    fn go_on(&self, patience: &mut Patience) -> Result<()> {
        patience
            .check(self.fed.load(Ordering::Relaxed))
            .map_err(|stalled| self.found().missing.clone().unwrap_or(stalled))
    }

    fn bus_error(&self) -> Result<()> {
        while let Some(message) = self
            .bus
            .pop_filtered(&[gst::MessageType::Error, gst::MessageType::Element])
        {
            if let Some(missing) = Error::missing(&message) {
                // Also told of streams that nobody asked for: it explains a failure, and is none.
                self.found().missing = Some(missing);
            }
            self.message_error(&message)?;
        }
        Ok(())
    }

    fn message_error(&self, message: &gst::Message) -> Result<()> {
        let gst::MessageView::Error(error) = message.view() else {
            return Ok(());
        };
        // A demuxer without a taker for any stream stops with an error of its own.
        if let Some(unlinked) = self.found().unlinked(&self.path) {
            return Err(unlinked);
        }
        let mapped = from_message(error, &self.path, None);
        // "No streams to decode" and the like say less than the missing codec itself.
        Err(match (&mapped, self.found().missing.clone()) {
            (Error::UnsupportedCodec { .. } | Error::Pipeline { .. }, Some(missing)) => missing,
            _ => mapped,
        })
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        lock(&self.found)
    }

    /// Returns the next decoded sample and its time, counted as in [`Reader::open`], or `None` at
    /// the end.
    pub(super) fn next(&self, watch: &Watch) -> Result<Option<(gst::Sample, Ticks)>> {
        let mut patience = Patience::new("decoding");
        loop {
            watch.check()?;
            if let Some(sample) = self.sink.try_pull_sample(GLANCE) {
                if self.taken.fetch_add(1, Ordering::Relaxed) + 1 == PLAYS_ON {
                    self.sink.set_max_buffers(AHEAD);
                }
                match stream_time(&sample) {
                    Some(time) => return Ok(Some((sample, time + self.found().correction()))),
                    // Without a time there is no telling where it belongs.
                    None => continue,
                }
            }
            self.bus_error()?;
            if self.sink.is_eos() {
                return Ok(None);
            }
            self.go_on(&mut patience)?;
        }
    }
}

/// Returns the error of a bus message of a pipeline that reads `source`.
pub(super) fn from_message(
    error: &gst::message::Error,
    source: &Path,
    output: Option<&Path>,
) -> Error {
    let element = error.src().map(|object| object.name().to_string());
    Error::from_gst(
        &error.error(),
        element.as_deref().unwrap_or("?"),
        error.debug().as_deref(),
        source,
        output,
    )
}

fn stream_time(sample: &gst::Sample) -> Option<Ticks> {
    let segment = sample.segment()?.downcast_ref::<gst::ClockTime>()?;
    let pts = sample.buffer()?.pts()?;
    let time = segment.to_stream_time_full(pts)?;
    let nanos = match time {
        gst::Signed::Positive(time) => i64::try_from(time.nseconds()).ok()?,
        gst::Signed::Negative(time) => -i64::try_from(time.nseconds()).ok()?,
    };
    Some(Ticks::from_nanos(nanos))
}

/// Returns a count of what `decode` takes.
fn count_packets(decode: &gst::Element) -> Result<Arc<AtomicU64>> {
    let pad = decode
        .static_pad("sink")
        .ok_or_else(|| broken("a decoder has no input"))?;
    let fed = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&fed);
    pad.add_probe(PACKETS, move |_, _| {
        count.fetch_add(1, Ordering::Relaxed);
        gst::PadProbeReturn::Ok
    });
    Ok(fed)
}

fn link_stream(parse: &gst::Element, decode: &gst::Element, id: &str, found: &Arc<Mutex<Found>>) {
    let id = id.to_owned();
    let (source, target) = (parse.downgrade(), decode.downgrade());
    let seen = Arc::clone(found);
    let link = move |pad: &gst::Pad, stream: &str| {
        let mut found = lock(&seen);
        found.streams += 1;
        let wanted = same_stream(stream, &id);
        let (true, false, Some(decode)) = (wanted, found.linked, target.upgrade()) else {
            drop(found);
            let seen = Arc::clone(&seen);
            pad.add_probe(PACKETS, move |_, _| {
                lock(&seen).passing = true;
                gst::PadProbeReturn::Remove
            });
            drop_all(pad);
            return;
        };
        let input = decode.static_pad("sink");
        found.linked = input.is_some_and(|input| pad.link(&input).is_ok());
        drop(found);
        let Some(parse) = source.upgrade() else {
            return;
        };
        if is_program_stream(&parse) {
            lock(&seen).finds = Finds::ByBytes;
        }
        if is_mpeg_stream(&parse) {
            follow_segments(pad, &seen);
        }
    };
    let link = Arc::new(link);
    parse.connect_pad_added(move |_, pad| {
        let link = Arc::clone(&link);
        when_identified(pad, move |pad, stream| link(pad, stream));
    });
    let seen = Arc::clone(found);
    parse.connect_no_more_pads(move |_| {
        lock(&seen).complete = true;
    });
}

fn follow_segments(pad: &gst::Pad, found: &Arc<Mutex<Found>>) {
    if let Some(segment) = pad.sticky_event::<gst::event::Segment>(0) {
        lock(found).note(&segment);
    }
    let found = Arc::clone(found);
    let kinds = gst::PadProbeType::EVENT_DOWNSTREAM | gst::PadProbeType::EVENT_FLUSH;
    pad.add_probe(kinds, move |_, probe| {
        if let Some(event) = probe.event() {
            lock(&found).note(event);
        }
        gst::PadProbeReturn::Ok
    });
}

fn link_decoded(decode: &gst::Element, tail: &[gst::Element], wanted: Wanted) {
    let first = tail.first().map(ObjectExt::downgrade);
    let filter = tail
        .iter()
        .find(|element| element.has_property("caps"))
        .map(ObjectExt::downgrade);
    decode.connect_pad_added(move |_, pad| {
        let (Some(first), Some(filter)) = (
            first.as_ref().and_then(gst::glib::WeakRef::upgrade),
            filter.as_ref().and_then(gst::glib::WeakRef::upgrade),
        ) else {
            return;
        };
        if let (Wanted::Pictures, Some(caps)) = (wanted, pad.current_caps()) {
            filter.set_property("caps", picture_caps(&caps));
        }
        let linked = first.static_pad("sink").map(|input| pad.link(&input));
        if !matches!(linked, Some(Ok(_))) {
            gst::element_error!(
                first,
                gst::StreamError::WrongType,
                ["a decoded stream of an unexpected kind"]
            );
        }
    });
}

/// Returns the caps to convert decoded pictures to: only what must change is converted, for a
/// conversion of matrix or range costs as much as the scaling.
fn picture_caps(decoded: &gst::Caps) -> gst::Caps {
    let builder = gst::Caps::builder("video/x-raw").field("format", "I420");
    let Ok(info) = gst_video::VideoInfo::from_caps(decoded) else {
        return builder.build();
    };
    let colour = info.colorimetry();
    let matrix_fits = matches!(
        colour.matrix(),
        gst_video::VideoColorMatrix::Bt709 | gst_video::VideoColorMatrix::Unknown
    );
    let range_fits = matches!(
        colour.range(),
        gst_video::VideoColorRange::Range16_235 | gst_video::VideoColorRange::Unknown
    );
    if info.is_yuv() && matrix_fits && range_fits {
        return builder.build();
    }
    // The transfer function stays: HDR is brought down after the scaling.
    let target = gst_video::VideoColorimetry::new(
        gst_video::VideoColorRange::Range16_235,
        gst_video::VideoColorMatrix::Bt709,
        colour.transfer(),
        colour.primaries(),
    );
    builder.field("colorimetry", target.to_string()).build()
}

fn picture_tail(sink: &gst_app::AppSink) -> Result<Vec<gst::Element>> {
    let filter = element("capsfilter")?;
    filter.set_property(
        "caps",
        gst::Caps::builder("video/x-raw")
            .field("format", "I420")
            .build(),
    );
    let flip = element("videoflip")?;
    flip.set_property_from_str("video-direction", "auto");
    sink.set_max_buffers(AHEAD);
    Ok(vec![
        element("videoconvert")?,
        filter,
        element("deinterlace")?,
        flip,
        sink.clone().upcast(),
    ])
}

fn sound_tail(sink: &gst_app::AppSink, speed: Speed) -> Result<Vec<gst::Element>> {
    let filter = element("capsfilter")?;
    let caps = gst::Caps::builder("audio/x-raw")
        .field("format", "F32LE")
        .field("layout", "interleaved")
        .field("rate", RATE as i32)
        .field("channels", 2_i32)
        .field("channel-mask", gst::Bitmask::new(3));
    filter.set_property("caps", caps.build());
    sink.set_max_buffers(64);
    let convert = element("audioconvert")?;
    channels::place_for_stereo(&convert)?;
    let mut tail = vec![convert, element("audioresample")?, filter];
    if speed != Speed::NORMAL {
        tail.push(element("scaletempo")?);
    }
    tail.push(sink.clone().upcast());
    Ok(tail)
}

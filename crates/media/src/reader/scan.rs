//! Scanning packets: every stream's caps, tags, times and key frames, without decoding.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gstreamer as gst;
use gstreamer::prelude::*;
use task::Cancel;

use super::times::FrameTimes;
use super::watch::{Seen, Watch};
use super::{Running, Shift, gave_up, is_mpeg_stream, is_no_stream, no_stream, source};
use crate::error::{Error, Result};
use crate::render::watch::Stopwatch;
use crate::sync::lock;

/// How much of a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Every packet.
    Whole,
    /// The first seconds, then the last seconds.
    Ends,
    /// The first seconds.
    Head,
}

/// Packets of video and audio that are enough to know a stream's rate.
const HEAD_PACKETS: u64 = 240;
/// Running time after which the head ends also for streams with fewer packets.
const HEAD_NANOS: i64 = 12_000_000_000;
/// Longest text of one subtitle packet in bytes; anything longer is not a caption.
const LONGEST_TEXT: usize = 4096;

/// Parsebin shows a container as a stream when its demuxer gave up on it.
const CONTAINERS: [&str; 6] = [
    "video/quicktime",
    "video/x-matroska",
    "video/webm",
    "video/mpegts",
    "video/x-msvideo",
    "audio/x-wav",
];

/// What a scan does while no stream has shown up.
const NO_STREAM_YET: &str = "waiting for the file's streams";

/// A piece of timed text as stored in the file, in running time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextPacket {
    pub(crate) start: i64,
    pub(crate) end: Option<i64>,
    pub(crate) text: String,
}

/// What was seen of one stream.
#[derive(Debug, Default)]
pub(crate) struct Packets {
    /// GStreamer's identity of the stream.
    pub(crate) id: String,
    pub(crate) caps: Option<gst::Caps>,
    /// Tags of this stream alone.
    pub(crate) tags: Option<gst::TagList>,
    /// Tags of the whole file, which demuxers tell on every stream.
    file_tags: Option<gst::TagList>,
    pub(crate) flags: Option<gst::StreamFlags>,
    /// Earliest presentation, in nanoseconds of running time.
    pub(crate) start: Option<i64>,
    /// Latest end of presentation, in nanoseconds of running time.
    pub(crate) end: Option<i64>,
    /// Latest start of presentation, in nanoseconds of running time.
    pub(crate) last_start: Option<i64>,
    pub(crate) count: u64,
    pub(crate) times: FrameTimes,
    pub(crate) key: Option<i64>,
    /// Longest distance between key frames in nanoseconds.
    pub(crate) gop: i64,
    pub(crate) texts: Vec<TextPacket>,
    pub(crate) ended: bool,
    segment: Option<gst::FormattedSegment<gst::ClockTime>>,
    /// Whether the tail was jumped to.
    pub(crate) sought: bool,
    /// What made timestamps running times before the jump, where it still does.
    unsought: Option<i64>,
    /// Packets of the tail; `None` before the jump arrived.
    pub(crate) in_tail: Option<u64>,
}

impl Packets {
    /// Returns the media type, such as `video/x-h264`.
    pub(crate) fn media_type(&self) -> &str {
        self.caps
            .as_ref()
            .and_then(|caps| caps.structure(0))
            .map_or("", |structure| structure.name().as_str())
    }

    fn is_text(&self) -> bool {
        let name = self.media_type();
        name.starts_with("text/")
            || name.starts_with("application/x-s")
            || name.contains("subtitle")
    }

    fn takes_part_in_head(&self) -> bool {
        let name = self.media_type();
        name.starts_with("video/") || name.starts_with("audio/")
    }

    fn packet(&mut self, buffer: &gst::BufferRef) {
        self.count += 1;
        self.in_tail = self.in_tail.map(|count| count + 1);
        let (Some(pts), Some(segment)) = (buffer.pts(), self.segment.clone()) else {
            self.times.push_untimed();
            return;
        };
        let segment = &segment;
        let duration = buffer.duration().unwrap_or(gst::ClockTime::ZERO);
        // Edit lists cut into packets: count only what is shown.
        let begin = segment.start().map_or(pts, |start| pts.max(start));
        let mut end = pts + duration;
        if let Some(stop) = segment.stop() {
            if pts >= stop {
                return;
            }
            end = end.min(stop);
        }
        if end < begin || (end == begin && pts < begin) {
            return;
        }
        // After a seek running time starts over at 0, stream time does not.
        let place = |time: gst::ClockTime| match self.unsought {
            Some(shift) => Some(time.nseconds() as i64 + shift),
            None if self.sought => streamed(segment, time),
            None => running(segment, time),
        };
        let (Some(start), Some(end)) = (place(begin), place(end)) else {
            return;
        };
        self.times.push(start);
        self.start = Some(self.start.map_or(start, |known| known.min(start)));
        self.last_start = self.last_start.max(Some(start));
        self.end = Some(self.end.map_or(end, |known| known.max(end)));
        if !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT) {
            if let Some(key) = self.key {
                self.gop = self.gop.max(start - key);
            }
            self.key = Some(start);
        }
        if self.is_text()
            && buffer.size() <= LONGEST_TEXT
            && let Ok(map) = buffer.map_readable()
        {
            self.texts.push(TextPacket {
                start,
                end: buffer.duration().map(|_| end),
                text: String::from_utf8_lossy(&map).into_owned(),
            });
        }
    }
}

/// Returns running time in nanoseconds, negative before the segment.
pub(crate) fn running(
    segment: &gst::FormattedSegment<gst::ClockTime>,
    time: gst::ClockTime,
) -> Option<i64> {
    segment.to_running_time_full(time).map(signed_nanos)
}

fn streamed(segment: &gst::FormattedSegment<gst::ClockTime>, time: gst::ClockTime) -> Option<i64> {
    segment.to_stream_time_full(time).map(signed_nanos)
}

fn signed_nanos(time: gst::Signed<gst::ClockTime>) -> i64 {
    match time {
        gst::Signed::Positive(time) => time.nseconds() as i64,
        gst::Signed::Negative(time) => -(time.nseconds() as i64),
    }
}

/// What a scan found.
pub(crate) struct Scan {
    /// Streams in the order in which the demuxer shows them, which is the file's order.
    pub(crate) streams: Vec<Packets>,
    /// The container's media type, when there is one.
    pub(crate) container: Option<String>,
    /// Tags of the whole file.
    pub(crate) tags: Option<gst::TagList>,
    /// Length as the file declares it, in nanoseconds.
    pub(crate) declared: Option<i64>,
    /// Whether every packet was read.
    pub(crate) whole: bool,
    /// Codec without a parser or a decoder, when one was reported.
    pub(crate) missing: Option<Error>,
    /// The error that ended the scan early although packets had been read.
    pub(crate) broken: Option<Error>,
}

impl Scan {
    /// Returns the earliest running time over the streams at `positions`.
    pub(crate) fn origin(&self, positions: &[usize]) -> i64 {
        positions
            .iter()
            .filter_map(|&position| self.streams.get(position)?.start)
            .min()
            .unwrap_or(0)
    }
}

type Shared = Arc<Mutex<Vec<Arc<Mutex<Packets>>>>>;

/// Reads the packets of `path`.
///
/// Parsebin may lose the error of a demuxer that fails at once ([`gave_up`]). Trying again brings it; a
/// slow disk gets more patience each time.
pub(crate) fn scan(path: &Path, extent: Extent, cancel: &Cancel) -> Result<Scan> {
    for patience in [2, 6] {
        match attempt(path, extent, cancel, Duration::from_secs(patience)) {
            Err(Error::Stalled { stage, .. }) if stage == NO_STREAM_YET => {}
            Err(error) if is_no_stream(&error) => {}
            outcome => return outcome,
        }
    }
    attempt(path, extent, cancel, Duration::from_secs(30))
}

fn attempt(path: &Path, extent: Extent, cancel: &Cancel, patience: Duration) -> Result<Scan> {
    let (pipeline, parse) = source(path)?;
    let shared = Shared::default();
    let added = Arc::clone(&shared);
    parse.connect_pad_added(move |_, pad| {
        let stream = Arc::new(Mutex::new(Packets::default()));
        listen(pad, &stream);
        lock(&added).push(stream);
    });
    let mut watch = Watch::new(
        &pipeline,
        path.to_owned(),
        None,
        "reading the file's packets",
    )?;
    let _running = Running(&pipeline);
    // The bus tells why.
    let started = pipeline.set_state(gst::State::Playing).is_ok();
    let outcome = if started {
        follow(&parse, &shared, extent, patience, &mut watch, cancel)
    } else {
        // What the bus does not tell stays unknown: nothing will come any more.
        let told = watch.look(Duration::from_millis(100), 0, cancel);
        told.and(Err(watch.missing().unwrap_or(Error::Corrupt {
            detail: "the file cannot be opened as what it looks like".to_owned(),
        })))
    };
    let declared = parse.src_pads().iter().find_map(|pad| {
        let mut query = gst::query::Duration::new(gst::Format::Time);
        let answered = pad.query(&mut query);
        match query.result() {
            gst::GenericFormattedValue::Time(Some(time)) if answered => {
                Some(time.nseconds() as i64)
            }
            _ => None,
        }
    });
    pipeline
        .set_state(gst::State::Null)
        .map_err(|cause| Error::Pipeline {
            detail: cause.to_string(),
        })?;
    let streams: Vec<Packets> = lock(&shared)
        .iter()
        .map(|stream| std::mem::take(&mut *lock(stream)))
        .collect();
    let sought = streams.iter().any(|stream| stream.sought);
    let read_any = streams.iter().any(|stream| stream.start.is_some());
    let (whole, broken) = match outcome {
        Ok(whole) => (whole, None),
        Err(Error::Cancelled) => return Err(Error::Cancelled),
        // A truncated file is used as far as it goes; what lies before its tail was not read.
        Err(error @ (Error::Corrupt { .. } | Error::Pipeline { .. })) if read_any => {
            (!sought, Some(error))
        }
        Err(error) => return Err(error),
    };
    if !started && !read_any {
        return Err(watch.missing().unwrap_or(Error::NoStreams));
    }
    let tags = streams.iter().find_map(|stream| stream.file_tags.clone());
    let container = streams
        .iter()
        .flat_map(|stream| [&stream.file_tags, &stream.tags])
        .flatten()
        .find_map(|tags| tags.get::<gst::tags::ContainerFormat>())
        .map(|value| value.get().to_owned());
    Ok(Scan {
        container,
        tags,
        streams,
        declared,
        whole,
        missing: watch.missing(),
        broken,
    })
}

/// Reads what passes `pad` and lets nothing through: no sink, so nothing waits for a preroll.
fn listen(pad: &gst::Pad, stream: &Arc<Mutex<Packets>>) {
    if let Some(id) = pad.stream_id() {
        lock(stream).id = id.to_string();
    }
    pad.sticky_events_foreach(|event| {
        note(&mut lock(stream), event);
        std::ops::ControlFlow::Continue(gst::EventForeachAction::Keep)
    });
    let stream = Arc::clone(stream);
    let kinds = gst::PadProbeType::BUFFER
        | gst::PadProbeType::BUFFER_LIST
        | gst::PadProbeType::EVENT_DOWNSTREAM
        | gst::PadProbeType::EVENT_FLUSH;
    pad.add_probe(kinds, move |_, probe| {
        let mut stream = lock(&stream);
        match &probe.data {
            Some(gst::PadProbeData::Buffer(buffer)) => stream.packet(buffer),
            Some(gst::PadProbeData::BufferList(list)) => {
                list.iter().for_each(|buffer| stream.packet(buffer));
            }
            Some(gst::PadProbeData::Event(event)) => {
                note(&mut stream, event);
                return gst::PadProbeReturn::Ok;
            }
            _ => {}
        }
        gst::PadProbeReturn::Handled
    });
}

fn note(stream: &mut Packets, event: &gst::EventRef) {
    match event.view() {
        gst::EventView::StreamStart(start) => {
            start.stream_id().clone_into(&mut stream.id);
            stream.flags = Some(start.stream_flags());
        }
        gst::EventView::Caps(caps) => stream.caps = Some(caps.caps_owned()),
        gst::EventView::Segment(segment) => {
            stream.segment = segment.segment().downcast_ref().cloned();
        }
        gst::EventView::Eos(_) => stream.ended = true,
        gst::EventView::FlushStop(_) => {
            stream.ended = false;
            stream.in_tail = Some(0);
        }
        gst::EventView::Tag(tag) => {
            let tags = tag.tag();
            let known = match tags.scope() {
                gst::TagScope::Global => &mut stream.file_tags,
                _ => &mut stream.tags,
            };
            *known = Some(match known.take() {
                Some(known) => known.merge(tags, gst::TagMergeMode::Replace),
                None => tags.to_owned(),
            });
        }
        _ => {}
    }
}

/// Runs to the end of the extent; returns whether every packet was read.
fn follow(
    parse: &gst::Element,
    shared: &Shared,
    extent: Extent,
    patience: Duration,
    watch: &mut Watch,
    cancel: &Cancel,
) -> Result<bool> {
    let tick = Duration::from_millis(10);
    let mut in_head = extent != Extent::Whole;
    let mut begun = Stopwatch::new();
    loop {
        if lock(shared).is_empty() && gave_up(parse) {
            // The bus first: the error may have been heard.
            watch.look(tick, 0, cancel)?;
            return Err(no_stream());
        }
        if lock(shared).is_empty() && begun.look() > patience {
            return Err(Error::Stalled {
                stage: NO_STREAM_YET.to_owned(),
                secs: patience.as_secs(),
            });
        }
        let (packets, head_done, all_ended) = {
            let streams = lock(shared);
            let mut packets = 0;
            let mut done = !streams.is_empty();
            let mut ended = done;
            for stream in streams.iter() {
                let stream = lock(stream);
                if CONTAINERS.contains(&stream.media_type()) {
                    return Err(Error::Corrupt {
                        detail: format!("no streams inside {}", stream.media_type()),
                    });
                }
                packets += stream.count;
                ended &= stream.ended;
                let reached = stream.count >= HEAD_PACKETS
                    || stream.ended
                    || stream.end.is_some_and(|end| end >= HEAD_NANOS);
                done &= reached || !stream.takes_part_in_head();
            }
            (packets, done && packets > 0, ended)
        };
        // The bus first: an error ends every stream too.
        if watch.look(tick, packets, cancel)? == Seen::End || all_ended {
            watch.look(tick, packets, cancel)?;
            return Ok(in_head || extent == Extent::Whole);
        }
        if in_head && head_done {
            if extent == Extent::Head || !seek_to_tail(parse, shared) {
                return Ok(false);
            }
            in_head = false;
        }
    }
}

/// Jumps to the last seconds; returns false where the file does not seek.
fn seek_to_tail(parse: &gst::Element, shared: &Shared) -> bool {
    let Some(pad) = parse.src_pads().into_iter().next() else {
        return false;
    };
    let mut query = gst::query::Duration::new(gst::Format::Time);
    if !pad.query(&mut query) {
        return false;
    }
    let gst::GenericFormattedValue::Time(Some(duration)) = query.result() else {
        return false;
    };
    let mpeg = is_mpeg_stream(parse);
    let mut earliest = 0;
    for stream in lock(shared).iter() {
        let mut stream = lock(stream);
        stream.times.restart();
        stream.key = None;
        stream.sought = true;
        let shift = stream.segment.as_ref().filter(|_| mpeg).and_then(Shift::of);
        stream.unsought = shift.map(|shift| shift.running);
        earliest = earliest.max(-stream.unsought.unwrap_or(0));
    }
    let earliest = gst::ClockTime::from_nseconds(earliest.unsigned_abs());
    // Without a sink the seek starts at the demuxer's own pad.
    pad.send_event(gst::event::Seek::new(
        1.0,
        gst::SeekFlags::FLUSH | gst::SeekFlags::KEY_UNIT,
        gst::SeekType::Set,
        (duration + earliest).saturating_sub(gst::ClockTime::from_seconds(8)),
        gst::SeekType::None,
        gst::ClockTime::NONE,
    ))
}

//! Reading sources: checks on the path, the demuxing pipeline, its bus and its watchdog.
//!
//! ```text
//! filesrc ─ parsebin ─┬─ queue ─ (decoder ─) appsink     per wanted stream
//!                     └─ dropped                         per other stream
//! ```
//!
//! Times are *running times*: GStreamer applies edit lists there. Source time is running time
//! minus the earliest running time over the chosen streams ([`scan::Scan::origin`]).

pub(crate) mod scan;
pub(crate) mod times;
pub(crate) mod watch;

use std::io::Read as _;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use gstreamer as gst;
use gstreamer::glib;
use gstreamer::prelude::*;

use crate::error::{Error, Result};
use crate::init::{element, init};

const PROGRAM_DEMUXER: &str = "mpegpsdemux";
const NO_STREAM: &str = "no stream is found in it";
/// What GIF files begin with.
const GIF: &[u8] = b"GIF8";
/// Reads behind a file's end, one after the other, that a demuxer is granted.
const READS_BEHIND_END: u32 = 64;
/// Bytes at a file's start that are searched for a transport stream.
const SEARCHED: u64 = 256 << 10;
/// The byte that every packet of one begins with.
const SYNC: u8 = 0x47;
/// Packets in a row without which the byte is an accident.
const IN_A_ROW: usize = 4;
/// Packets that make a stream.
const FEWEST_PACKETS: usize = 32;
/// Sizes of packets in bytes and where their mark is: broadcast (ISO/IEC 13818-1), and Blu-ray and
/// cameras, with a clock before each (BDAV).
const TRANSPORT_PACKETS: [(usize, usize); 2] = [(188, 0), (192, 4)];
const MPEG_DEMUXERS: [&str; 2] = ["tsdemux", PROGRAM_DEMUXER];

/// Checks that `path` is a file with bytes in it that may be read.
pub(crate) fn check_file(path: &Path) -> Result<u64> {
    let meta = std::fs::metadata(path).map_err(|cause| Error::reading(path, &cause))?;
    if !meta.is_file() {
        return Err(Error::NotAFile {
            path: path.to_owned(),
        });
    }
    std::fs::File::open(path).map_err(|cause| Error::reading(path, &cause))?;
    if meta.len() == 0 {
        return Err(Error::Empty {
            path: path.to_owned(),
        });
    }
    Ok(meta.len())
}

/// Returns a pipeline with `filesrc ! parsebin` for `path`, and the parsebin.
pub(crate) fn source(path: &Path) -> Result<(gst::Pipeline, gst::Element)> {
    init()?;
    let pipeline = gst::Pipeline::new();
    let (file, parse) = opened(path)?;
    let linked = pipeline
        .add_many([&file, &parse])
        .and_then(|()| file.link(&parse));
    linked.map_err(|cause| Error::Pipeline {
        detail: cause.to_string(),
    })?;
    Ok((pipeline, parse))
}

/// Returns what reads `path`, and a parsebin for it whose demuxers time packets as their streams do.
pub(crate) fn opened(path: &Path) -> Result<(gst::Element, gst::Element)> {
    let head = head(path)?;
    let file = element("filesrc")?;
    file.set_property("location", path);
    let file = if head.starts_with(GIF) {
        ending(&file)?
    } else {
        file
    };
    Ok((file, parsebin(&head)?))
}

/// Returns a bin around `file` that ends reads behind its end.
///
/// GStreamer's wrapper hands FFmpeg's demuxers "no bytes" there, which is no end to them: the one for
/// GIF then asks again for ever (`gst_ffmpegdata_read` in `gstavprotocol.c`). After
/// [`READS_BEHIND_END`] of them in a row the answer is that reading stops.
fn ending(file: &gst::Element) -> Result<gst::Element> {
    let broken = |cause: glib::BoolError| Error::Pipeline {
        detail: cause.to_string(),
    };
    let bin = gst::Bin::new();
    bin.add(file).map_err(broken)?;
    let behind = AtomicU32::new(0);
    let pad = gst::GhostPad::builder(gst::PadDirection::Src)
        .getrange_function(move |pad: &gst::GhostPad, parent, offset, _, size| {
            let read = gst::ProxyPad::getrange_default(pad, parent, offset, size);
            if !matches!(read, Err(gst::FlowError::Eos)) {
                behind.store(0, Ordering::Relaxed);
            } else if behind.fetch_add(1, Ordering::Relaxed) >= READS_BEHIND_END {
                return Err(gst::FlowError::Flushing);
            }
            read.map(gst::PadGetRangeSuccess::NewBuffer)
        })
        .name("src")
        .build();
    let target = file.static_pad("src").ok_or_else(|| Error::Pipeline {
        detail: "filesrc has no pad".to_owned(),
    })?;
    pad.set_target(Some(&target)).map_err(broken)?;
    bin.add_pad(&pad).map_err(broken)?;
    Ok(bin.upcast())
}

fn parsebin(head: &[u8]) -> Result<gst::Element> {
    let parse = element("parsebin")?;
    if let Some(packet) = hidden_transport_stream(head) {
        let caps = gst::Caps::builder("video/mpegts")
            .field("systemstream", true)
            .field("packetsize", packet)
            .build();
        parse.set_property("sink-caps", caps);
    }
    if let Some(bin) = parse.downcast_ref::<gst::Bin>() {
        bin.connect_deep_element_added(|_, _, inner| {
            // The clock in program streams may jump where the packets' own times go on; following
            // it moves them and leaves a hole.
            if inner.has_property("ignore-scr") {
                inner.set_property("ignore-scr", true);
            }
        });
    }
    Ok(parse)
}

/// Returns the size of packets in bytes where a file that begins so is a transport stream with something else before
/// or between its packets, as recorders and broken downloads leave it: the demuxer finds the packets,
/// but GStreamer takes the file for what it begins like.
fn hidden_transport_stream(head: &[u8]) -> Option<i32> {
    let found = TRANSPORT_PACKETS
        .into_iter()
        .find(|(size, mark)| is_hidden_in(head, *size, *mark));
    found.and_then(|(size, _)| i32::try_from(size).ok())
}

/// Returns the first bytes of a file, [`SEARCHED`] of them at the most.
fn head(path: &Path) -> Result<Vec<u8>> {
    let broken = |cause: std::io::Error| Error::reading(path, &cause);
    let mut head = Vec::new();
    let file = std::fs::File::open(path).map_err(broken)?;
    file.take(SEARCHED).read_to_end(&mut head).map_err(broken)?;
    Ok(head)
}

/// Returns whether most of what follows the first packet of `size` bytes are such packets, and they do
/// not begin where they would be recognised, with the mark at `mark`.
fn is_hidden_in(head: &[u8], size: usize, mark: usize) -> bool {
    let is_mark = |at: usize| head.get(at) == Some(&SYNC);
    let (mut first, mut packets, mut at) = (None, 0, 0);
    while at < head.len() {
        if !(0..IN_A_ROW).all(|packet| is_mark(at + packet * size)) {
            at += 1;
            continue;
        }
        first = first.or(Some(at));
        while is_mark(at) {
            packets += 1;
            at += size;
        }
    }
    let Some(first) = first else {
        return false;
    };
    let is_clean = first == mark && packets == (head.len() - first).div_ceil(size);
    !is_clean && packets >= FEWEST_PACKETS && packets * size * 4 >= (head.len() - first) * 3
}

/// Returns whether the demuxer of `parse` has ended without having shown a stream.
///
/// Parsebin drops the errors of an element while it connects it (`add_error_filter` in `gstparsebin.c`). A
/// demuxer that fails at once is heard or not by chance, and then nothing ever comes.
pub(crate) fn gave_up(parse: &gst::Element) -> bool {
    let has_ended = |inner: &gst::Element| {
        // It pauses what reads the file; before that has begun, it is stopped.
        let reads = |pad: &gst::Pad| {
            pad.mode() == gst::PadMode::Pull && pad.task_state() == gst::TaskState::Paused
        };
        inner.num_src_pads() == 0 && inner.sink_pads().iter().any(reads)
    };
    let bin = parse.downcast_ref::<gst::Bin>();
    bin.is_some_and(|bin| bin.children().iter().any(has_ended))
}

/// Returns the error for a file whose demuxer [gave up](gave_up).
pub(crate) fn no_stream() -> Error {
    Error::Corrupt {
        detail: NO_STREAM.to_owned(),
    }
}

/// Returns whether that is why something failed.
pub(crate) fn is_no_stream(error: &Error) -> bool {
    matches!(error, Error::Corrupt { detail } if detail == NO_STREAM)
}

/// Returns whether `parse` reads an MPEG transport or program stream.
///
/// Their demuxers hand out the stream's timestamps, which start anywhere, and seek to timestamps.
/// So stream times, the same as timestamps after a seek, are later than the running times of a
/// reading from the start by the earliest timestamp. Elsewhere the two agree.
pub(crate) fn is_mpeg_stream(parse: &gst::Element) -> bool {
    is_demuxed_by(parse, &MPEG_DEMUXERS)
}

/// Returns whether `parse` reads an MPEG program stream, whose demuxer looks for a moment by the rate of
/// bytes.
pub(crate) fn is_program_stream(parse: &gst::Element) -> bool {
    is_demuxed_by(parse, &[PROGRAM_DEMUXER])
}

fn is_demuxed_by(parse: &gst::Element, names: &[&str]) -> bool {
    parse.downcast_ref::<gst::Bin>().is_some_and(|bin| {
        bin.children().iter().any(|inner| {
            let factory = inner.factory();
            factory.is_some_and(|factory| names.contains(&factory.name().as_str()))
        })
    })
}

/// What a segment adds to timestamps, in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shift {
    /// To make them running times.
    pub(crate) running: i64,
    /// To make them stream times.
    pub(crate) stream: i64,
}

impl Shift {
    /// Returns the shift of a segment of times.
    pub(crate) fn of(segment: &gst::FormattedSegment<gst::ClockTime>) -> Option<Self> {
        let nanos = |time: Option<gst::ClockTime>| i64::try_from(time?.nseconds()).ok();
        let start = nanos(segment.start())?;
        Some(Self {
            running: nanos(segment.base())? - start,
            stream: nanos(segment.time())? - start,
        })
    }
}

/// Drops what `pad` brings, so that its demuxer does not stop for want of a taker. A sink that joins
/// a starting pipeline could wait for a preroll for ever.
pub(crate) fn drop_all(pad: &gst::Pad) {
    let kinds = gst::PadProbeType::BUFFER
        | gst::PadProbeType::BUFFER_LIST
        | gst::PadProbeType::EVENT_DOWNSTREAM;
    pad.add_probe(kinds, |_, _| gst::PadProbeReturn::Handled);
}

/// Calls `then` with a pad's stream identity as soon as it is known: some demuxers show a pad before
/// they say what it carries.
pub(crate) fn when_identified(
    pad: &gst::Pad,
    then: impl Fn(&gst::Pad, &str) + Send + Sync + 'static,
) {
    if let Some(id) = pad.stream_id() {
        then(pad, &id);
        return;
    }
    pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |pad, probe| {
        let Some(gst::EventView::StreamStart(start)) = probe.event().map(|event| event.view())
        else {
            return gst::PadProbeReturn::Ok;
        };
        then(pad, start.stream_id());
        gst::PadProbeReturn::Remove
    });
}

/// Returns whether two stream identities name the same stream: what stands before the last slash
/// is a hash of the file's address, which changes when the file moves.
pub(crate) fn same_stream(one: &str, other: &str) -> bool {
    let tail = |id: &str| id.rsplit_once('/').map(|(_, tail)| tail.to_owned());
    one == other || tail(one) == tail(other)
}

/// Returns the error for a stream that `path`, which has `count` streams, does not hold.
pub(crate) fn no_such_identity(path: &Path, count: usize) -> Error {
    Error::Request {
        detail: format!(
            "none of the {count} streams of {} has an identity that was asked for",
            path.display()
        ),
    }
}

/// Stops the pipeline when it goes out of scope: GStreamer warns and leaks otherwise.
pub(crate) struct Running<'a>(pub(crate) &'a gst::Pipeline);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Err(cause) = self.0.set_state(gst::State::Null) {
            gst::warning!(gst::CAT_DEFAULT, "a pipeline does not stop: {}", cause);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_file_keeps_its_streams() {
        assert!(same_stream("aaaa/001", "bbbb/001"));
        assert!(!same_stream("aaaa/001", "aaaa/002"));
        assert!(same_stream("aaaa", "bbbb"), "a file of one stream");
        assert!(!same_stream("aaaa", "bbbb/001"));
    }
}

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

use std::path::Path;

use gstreamer as gst;
use gstreamer::prelude::*;

use crate::error::{Error, Result};
use crate::init::{element, init};

const PROGRAM_DEMUXER: &str = "mpegpsdemux";
const NO_STREAM: &str = "no stream is found in it";
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
    let file = element("filesrc")?;
    file.set_property("location", path);
    let parse = parsebin()?;
    let linked = pipeline
        .add_many([&file, &parse])
        .and_then(|()| file.link(&parse));
    linked.map_err(|cause| Error::Pipeline {
        detail: cause.to_string(),
    })?;
    Ok((pipeline, parse))
}

/// Returns a parsebin whose demuxers time packets as their streams do.
pub(crate) fn parsebin() -> Result<gst::Element> {
    let parse = element("parsebin")?;
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

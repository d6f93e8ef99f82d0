//! Reading sources: checks on the path, the demuxing pipeline, its bus and its watchdog.
//!
//! ```text
//! filesrc ─ parsebin ─┬─ queue ─ (decoder ─) appsink     per wanted stream
//!                     └─ fakesink                        per other stream
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
    let parse = element("parsebin")?;
    let linked = pipeline
        .add_many([&file, &parse])
        .and_then(|()| file.link(&parse));
    linked.map_err(|cause| Error::Pipeline {
        detail: cause.to_string(),
    })?;
    Ok((pipeline, parse))
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

//! Starting GStreamer.

use std::sync::OnceLock;

use gstreamer as gst;

use crate::error::{Error, Result};

/// Starts GStreamer once for the process. Calling it again costs nothing; every public function
/// of this crate calls it.
pub fn init() -> Result<()> {
    static STARTED: OnceLock<Result<()>> = OnceLock::new();
    let start = || {
        gst::init().map_err(|cause| Error::Start {
            detail: cause.to_string(),
        })
    };
    STARTED.get_or_init(start).clone()
}

/// Returns a new element, or which package lacks.
pub(crate) fn element(name: &str) -> Result<gst::Element> {
    gst::ElementFactory::make(name).build().map_err(|cause| {
        // The cause only repeats the name: the next step is what helps.
        drop(cause);
        Error::missing_element(name)
    })
}

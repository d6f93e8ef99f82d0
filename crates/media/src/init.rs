//! Starting GStreamer.

use std::sync::OnceLock;

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_video as gst_video;

use crate::error::{Error, Result};

/// Decoders of pictures with transparency, which nothing here shows. They fail where a file promises
/// transparency and has none; without them the plain decoders take over.
const ALPHA_DECODERS: [&str; 2] = ["vp8alphadecodebin", "vp9alphadecodebin"];

/// Starts GStreamer once for the process. Calling it again costs nothing; every public function
/// of this crate calls it.
pub fn init() -> Result<()> {
    static STARTED: OnceLock<Result<()>> = OnceLock::new();
    let start = || {
        gst::init().map_err(|cause| Error::Start {
            detail: cause.to_string(),
        })?;
        let registry = gst::Registry::get();
        for decoder in ALPHA_DECODERS {
            if let Some(feature) = registry.lookup_feature(decoder) {
                feature.set_rank(gst::Rank::NONE);
            }
        }
        Ok(())
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

/// Returns the pads of a filter of planar pictures: one in and one out, both always there.
pub(crate) fn planar_pads() -> Vec<gst::PadTemplate> {
    let caps = gst_video::VideoCapsBuilder::new()
        .format(gst_video::VideoFormat::I420)
        .build();
    [
        ("sink", gst::PadDirection::Sink),
        ("src", gst::PadDirection::Src),
    ]
    .into_iter()
    .filter_map(|(name, direction)| {
        gst::PadTemplate::new(name, direction, gst::PadPresence::Always, &caps).ok()
    })
    .collect()
}

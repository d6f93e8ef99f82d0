//! The proxy: a small file that seeks fast, made from the frames that the analysis decodes anyway.
//!
//! ```text
//! tee ─ queue ─ videoconvertscale ─ caps(I420, small) ─ videoflip ─ x264enc ─ h264parse ─ mp4mux ─ filesink
//! ```

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use footage::streams::VideoStream;
use gstreamer as gst;
use gstreamer::prelude::*;

use super::write::{Pending, Scratch};
use crate::error::{Error, Result};
use crate::init::element;
use crate::sync::lock;

/// Shorter side of a proxy in pixels.
const SHORTER: u32 = 540;
/// Frames from one key frame to the next at `fps`, so that they are at most 0.5 s apart.
fn key_distance(fps: f64) -> u32 {
    (fps * 0.5).floor().clamp(1.0, 120.0) as u32
}

/// The files of a proxy that is being made. They go away unless it is kept.
pub(crate) struct ProxyFile {
    file: Pending,
    /// The muxer's pictures until their index is known. By itself it would fill the system's folder
    /// for temporary files.
    moved: Scratch,
}

impl ProxyFile {
    /// Plans the proxy `target`.
    pub(crate) fn new(target: &Path) -> Self {
        Self {
            file: Pending::new(target),
            moved: Scratch::beside(target, ".faststart"),
        }
    }

    /// Returns where the proxy is written.
    pub(crate) fn partial(&self) -> &Path {
        self.file.partial()
    }

    /// Gives the complete proxy its name.
    pub(crate) fn keep(self) -> Result<()> {
        self.file.keep()
    }
}

/// How far the writing is.
#[derive(Default)]
pub(crate) struct Written {
    /// Buffers that reached the file.
    pub(crate) buffers: AtomicU64,
    /// Whether the last one did. The file is complete once the pipeline has stopped without an error.
    pub(crate) all: AtomicBool,
}

/// Adds the branch that writes `proxy` behind `tee`.
pub(crate) fn attach(
    pipeline: &gst::Pipeline,
    tee: &gst::Element,
    form: &VideoStream,
    proxy: &ProxyFile,
    written: &Arc<Written>,
) -> Result<()> {
    let (width, height) = size(form);
    let queue = element("queue")?;
    queue.set_property("max-size-buffers", 6_u32);
    queue.set_property("max-size-bytes", 0_u32);
    queue.set_property("max-size-time", 0_u64);
    let scale = element("videoconvertscale")?;
    let caps = element("capsfilter")?;
    caps.set_property(
        "caps",
        gst::Caps::builder("video/x-raw")
            .field("format", "I420")
            .field("width", width as i32)
            .field("height", height as i32)
            .field("pixel-aspect-ratio", gst::Fraction::new(1, 1))
            .build(),
    );
    let flip = element("videoflip")?;
    flip.set_property_from_str("video-direction", direction(form));
    let encoder = element("x264enc")?;
    encoder.set_property_from_str("speed-preset", "ultrafast");
    encoder.set_property_from_str("tune", "fastdecode");
    encoder.set_property_from_str("pass", "quant");
    encoder.set_property("quantizer", 23_u32);
    let fps = form.rate.map_or(30.0, footage::time::FrameRate::fps);
    encoder.set_property("key-int-max", key_distance(fps));
    encoder.set_property("bframes", 0_u32);
    if let Some(pad) = encoder.static_pad("sink") {
        in_order(&pad);
    }
    let parse = element("h264parse")?;
    let mux = element("mp4mux")?;
    mux.set_property("faststart", true);
    mux.set_property("faststart-file", proxy.moved.path());
    let file = element("filesink")?;
    file.set_property("location", proxy.partial());
    // Without sound there is nothing to wait for before playing.
    file.set_property("async", false);
    if let Some(pad) = file.static_pad("sink") {
        count(&pad, written);
    }
    let chain = [&queue, &scale, &caps, &flip, &encoder, &parse, &mux, &file];
    let linked = pipeline
        .add_many(chain)
        .and_then(|()| gst::Element::link_many(chain))
        .and_then(|()| tee.link(&queue));
    linked.map_err(|cause| Error::Pipeline {
        detail: format!("proxy: {cause}"),
    })?;
    for element in chain {
        element
            .sync_state_with_parent()
            .map_err(|cause| Error::Pipeline {
                detail: format!("proxy: {cause}"),
            })?;
    }
    Ok(())
}

/// Leaves out frames that are not later than the one before.
///
/// Decoders repeat a time after an edit list that begins between frames; the encoder then makes
/// packets without one, and the muxer refuses the whole file.
fn in_order(pad: &gst::Pad) {
    let last = Mutex::new(None);
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, probe| {
        let pts = probe.buffer().and_then(|buffer| buffer.pts());
        let mut last = lock(&last);
        if pts <= *last {
            return gst::PadProbeReturn::Drop;
        }
        *last = pts;
        gst::PadProbeReturn::Ok
    });
}

fn count(pad: &gst::Pad, written: &Arc<Written>) {
    let written = Arc::clone(written);
    let kinds = gst::PadProbeType::BUFFER
        | gst::PadProbeType::BUFFER_LIST
        | gst::PadProbeType::EVENT_DOWNSTREAM;
    pad.add_probe(kinds, move |_, probe| {
        match probe.event() {
            Some(event) if event.type_() == gst::EventType::Eos => {
                written.all.store(true, Ordering::SeqCst);
            }
            Some(_) => {}
            None => {
                written.buffers.fetch_add(1, Ordering::SeqCst);
            }
        }
        gst::PadProbeReturn::Ok
    });
}

/// Returns the size before the turn: square pixels, even, the shorter side at most [`SHORTER`].
fn size(form: &VideoStream) -> (u32, u32) {
    let (width, height) = if matches!(form.rotation, 90 | 270) {
        (form.height, form.width)
    } else {
        (form.width, form.height)
    };
    let shorter = width.min(height).max(1);
    let target = shorter.min(SHORTER);
    let even = |size: u32| {
        let scaled = u64::from(size) * u64::from(target) / u64::from(shorter);
        ((scaled as u32) / 2 * 2).max(16)
    };
    (even(width), even(height))
}

/// Returns `videoflip`'s name of the mirroring and turn.
fn direction(form: &VideoStream) -> &'static str {
    match (form.mirrored, form.rotation) {
        (false, 90) => "90r",
        (false, 180) => "180",
        (false, 270) => "90l",
        (true, 0) => "horiz",
        // Mirror, then a quarter turn clockwise: a flip across the rising diagonal.
        (true, 90) => "ur-ll",
        (true, 180) => "vert",
        (true, 270) => "ul-lr",
        _ => "identity",
    }
}

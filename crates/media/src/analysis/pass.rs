//! The pipeline of one pass, up to the sinks that the working threads read.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use footage::streams::Streams;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use gstreamer_audio as gst_audio;
use gstreamer_video as gst_video;

use super::planes::FORMATS;
use super::proxy::{self, ProxyFile};
use super::run::Shared;
use crate::error::{Error, Result};
use crate::init::element;
use crate::probe::chosen_ids;
use crate::reader::{drop_all, same_stream, source, when_identified};

/// The pipeline of one pass.
pub(super) struct Pass {
    pub(super) pipeline: gst::Pipeline,
    pub(super) video: gst_app::AppSink,
    pub(super) audio: gst_app::AppSink,
    pub(super) shared: Arc<Shared>,
    pub(super) has_video: bool,
    pub(super) has_audio: bool,
    pub(super) writes: bool,
}

impl Pass {
    /// Builds the pipeline over the chosen ones of `streams`; it is not started yet.
    pub(super) fn new(path: &Path, streams: &Streams, proxy: Option<&ProxyFile>) -> Result<Self> {
        let (pipeline, parse) = source(path)?;
        let shared = Arc::new(Shared::default());
        let video = sink(
            &gst_video::VideoCapsBuilder::new()
                .format_list(FORMATS)
                .build(),
            6,
        );
        let audio = sink(
            &gst_audio::AudioCapsBuilder::new_interleaved()
                .format(gst_audio::AudioFormat::F32le)
                .build(),
            16,
        );
        let chosen = streams.chosen_video();
        if let Some((stream, form)) = chosen {
            let convert = element("videoconvert")?;
            let tee = element("tee")?;
            let queue = element("queue")?;
            queue.set_property("max-size-buffers", 2_u32);
            branch(&pipeline, &[&convert, &tee, &queue, video.upcast_ref()])?;
            if let Some(proxy) = proxy {
                proxy::attach(&pipeline, &tee, form, proxy, &shared.written)?;
            }
            decode(
                &pipeline,
                &parse,
                &stream.id,
                &convert,
                &shared,
                WatchKeys::Yes,
            );
        }
        if let Some((stream, _)) = streams.chosen_audio() {
            let convert = element("audioconvert")?;
            let resample = element("audioresample")?;
            let filter = element("capsfilter")?;
            keep_first_form(&convert, &filter)?;
            branch(
                &pipeline,
                &[&convert, &resample, &filter, audio.upcast_ref()],
            )?;
            decode(
                &pipeline,
                &parse,
                &stream.id,
                &convert,
                &shared,
                WatchKeys::No,
            );
        }
        ignore_others(&parse, chosen_ids(streams));
        Ok(Self {
            pipeline,
            video,
            audio,
            shared,
            has_video: chosen.is_some(),
            has_audio: streams.audio.is_some(),
            writes: proxy.is_some(),
        })
    }
}

/// Whether key frames are watched on the way into a decoder.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WatchKeys {
    Yes,
    No,
}

fn sink(caps: &gst::Caps, buffers: u32) -> gst_app::AppSink {
    gst_app::AppSink::builder()
        .caps(caps)
        .sync(false)
        .async_(false)
        .max_buffers(buffers)
        .enable_last_sample(false)
        .build()
}

fn branch(pipeline: &gst::Pipeline, chain: &[&gst::Element]) -> Result<()> {
    pipeline
        .add_many(chain)
        .and_then(|()| gst::Element::link_many(chain))
        .map_err(|cause| Error::Pipeline {
            detail: cause.to_string(),
        })
}

/// Decodes the stream `id` of `parse` into `target` as soon as it shows up.
fn decode(
    pipeline: &gst::Pipeline,
    parse: &gst::Element,
    id: &str,
    target: &gst::Element,
    shared: &Arc<Shared>,
    keys: WatchKeys,
) {
    let id = id.to_owned();
    let weak = pipeline.downgrade();
    let target = target.clone();
    let shared = Arc::clone(shared);
    let attach = move |pad: &gst::Pad, found: &str| {
        let Some(pipeline) = weak.upgrade().filter(|_| same_stream(found, &id)) else {
            return;
        };
        if keys == WatchKeys::Yes {
            watch_keys(pad, &shared);
        }
        if let Err(error) = attach_decoder(&pipeline, pad, &target) {
            shared.fail(error);
        }
    };
    let attach = Arc::new(attach);
    parse.connect_pad_added(move |_, pad| {
        let attach = Arc::clone(&attach);
        when_identified(pad, move |pad, found| attach(pad, found));
    });
}

fn attach_decoder(pipeline: &gst::Pipeline, pad: &gst::Pad, target: &gst::Element) -> Result<()> {
    let queue = element("queue")?;
    // Compressed data: files whose sound lies far from its picture need room.
    queue.set_property("max-size-bytes", 32_u32 << 20);
    queue.set_property("max-size-buffers", 0_u32);
    queue.set_property("max-size-time", 0_u64);
    let decoder = element("decodebin")?;
    let target = target.clone();
    decoder.connect_pad_added(move |_, pad| {
        let Some(free) = target.static_pad("sink").filter(|sink| !sink.is_linked()) else {
            return;
        };
        if let Err(cause) = pad.link(&free) {
            gst::element_error!(target, gst::CoreError::Pad, ["cannot link: {}", cause]);
        }
    });
    let failed = |cause: gst::glib::BoolError| Error::Pipeline {
        detail: cause.to_string(),
    };
    pipeline.add_many([&queue, &decoder]).map_err(failed)?;
    queue.link(&decoder).map_err(failed)?;
    decoder.sync_state_with_parent().map_err(failed)?;
    queue.sync_state_with_parent().map_err(failed)?;
    let sink = queue.static_pad("sink").ok_or_else(|| Error::Pipeline {
        detail: "a queue without a sink".to_owned(),
    })?;
    pad.link(&sink).map_err(|cause| Error::Pipeline {
        detail: cause.to_string(),
    })?;
    Ok(())
}

/// Holds sound to the form in which it starts: broadcasts change channels and rate midway, and what
/// is measured has one form.
fn keep_first_form(convert: &gst::Element, filter: &gst::Element) -> Result<()> {
    let pad = convert.static_pad("sink").ok_or_else(|| Error::Pipeline {
        detail: "a converter without a sink".to_owned(),
    })?;
    let filter = filter.downgrade();
    let known = AtomicBool::new(false);
    pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, probe| {
        if let (Some(event), Some(filter)) = (probe.event(), filter.upgrade())
            && let gst::EventView::Caps(caps) = event.view()
            && let Some(form) = caps.caps().structure(0)
            && !known.swap(true, Ordering::SeqCst)
        {
            filter.set_property("caps", floats_of(form));
        }
        gst::PadProbeReturn::Ok
    });
    Ok(())
}

/// Returns caps of the rate and channels of `form`, in 32-bit floats.
fn floats_of(form: &gst::StructureRef) -> gst::Caps {
    let mut floats = gst::Structure::builder("audio/x-raw")
        .field("format", "F32LE")
        .field("layout", "interleaved")
        .build();
    for name in ["rate", "channels", "channel-mask"] {
        if let Ok(value) = form.value(name) {
            floats.set_value(name, value.clone());
        }
    }
    gst::Caps::builder_full().structure(floats).build()
}

fn watch_keys(pad: &gst::Pad, shared: &Arc<Shared>) {
    let shared = Arc::clone(shared);
    let last = AtomicI64::new(i64::MIN);
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, probe| {
        if let Some(buffer) = probe.buffer()
            && !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT)
            && let Some(pts) = buffer.pts()
        {
            let now = pts.nseconds() as i64;
            let before = last.swap(now, Ordering::SeqCst);
            if before != i64::MIN {
                shared.gop.fetch_max(now - before, Ordering::SeqCst);
            }
        }
        gst::PadProbeReturn::Ok
    });
}

/// Drops what other streams bring.
fn ignore_others(parse: &gst::Element, wanted: Vec<String>) {
    parse.connect_pad_added(move |_, pad| {
        let wanted = wanted.clone();
        when_identified(pad, move |pad, found| {
            if wanted.iter().any(|wanted| same_stream(wanted, found)) {
                return;
            }
            drop_all(pad);
        });
    });
}

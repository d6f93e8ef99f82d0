//! AAC: to packets that start on time, and back for measuring.
//!
//! Encoders of GStreamer 1.22 put their delay before the first sample and write no edit list, so
//! sound comes late by it. That many samples are dropped from the head instead: everything after
//! the first 21 ms is in place in every player.

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;

use crate::error::{Error, Result};
use crate::init::element;
use crate::render::RATE;
use crate::render::watch::{GLANCE, Patience, Running, Watch, broken};

/// Encoders and their delay in samples: measured by decoding what they wrote.
const ENCODERS: [(&str, usize); 2] = [("avenc_aac", 1024), ("voaacenc", 1600)];
/// Bits per second of the stereo sound.
const BITRATE: i32 = 192_000;
/// Raw sound that may wait for the encoder.
const WAITING_BYTES: u64 = 1 << 20;
/// Samples in a packet.
const PACKET: u64 = 1024;

/// Encoded sound.
pub(crate) struct Encoded {
    /// With the decoder's configuration.
    pub(crate) caps: gst::Caps,
    /// In order, with times from 0.
    pub(crate) packets: Vec<gst::Buffer>,
}

/// A running encoder of interleaved stereo.
pub(crate) struct Encoder {
    name: &'static str,
    running: Running,
    source: gst_app::AppSrc,
    sink: gst_app::AppSink,
    /// Samples still to drop from the head, in interleaved values.
    drop: usize,
    pushed: u64,
    encoded: Option<Encoded>,
}

fn raw_caps() -> gst::Caps {
    gst::Caps::builder("audio/x-raw")
        .field("format", "F32LE")
        .field("layout", "interleaved")
        .field("rate", RATE as i32)
        .field("channels", 2_i32)
        .field("channel-mask", gst::Bitmask::new(3))
        .build()
}

fn graph(
    middle: Vec<gst::Element>,
    caps: &gst::Caps,
) -> Result<(Running, gst_app::AppSrc, gst_app::AppSink)> {
    let source = gst_app::AppSrc::builder()
        .caps(caps)
        .format(gst::Format::Time)
        .build();
    let sink = gst_app::AppSink::builder()
        .sync(false)
        .enable_last_sample(false)
        .build();
    let pipeline = gst::Pipeline::new();
    let mut all = vec![source.clone().upcast()];
    all.extend(middle);
    all.push(sink.clone().upcast());
    pipeline.add_many(&all).map_err(broken)?;
    gst::Element::link_many(&all).map_err(broken)?;
    let running = Running(pipeline);
    running.0.set_state(gst::State::Playing).map_err(broken)?;
    Ok((running, source, sink))
}

fn bus_error(running: &Running, name: &str) -> Result<()> {
    let bus = running.bus()?;
    if let Some(message) = bus.pop_filtered(&[gst::MessageType::Error])
        && let gst::MessageView::Error(error) = message.view()
    {
        return Err(Error::Encoder {
            encoder: name.to_owned(),
            detail: error.error().message().to_owned(),
        });
    }
    Ok(())
}

impl Encoder {
    pub(crate) fn new() -> Result<Self> {
        let (name, delay) = ENCODERS
            .into_iter()
            .find(|(name, _)| gst::ElementFactory::find(name).is_some())
            .ok_or_else(|| Error::missing_element("avenc_aac"))?;
        let encoder = element(name)?;
        encoder.set_property("bitrate", BITRATE);
        let parse = element("aacparse")?;
        let middle = vec![element("audioconvert")?, encoder, parse];
        let (running, source, sink) = graph(middle, &raw_caps())?;
        Ok(Self {
            name,
            running,
            source,
            sink,
            drop: delay * 2,
            pushed: 0,
            encoded: None,
        })
    }

    /// Adds interleaved stereo samples.
    pub(crate) fn add(&mut self, samples: &[f32], watch: &Watch) -> Result<()> {
        watch.check()?;
        self.wait_for_room(watch)?;
        let dropped = self.drop.min(samples.len());
        self.drop -= dropped;
        let samples = samples.get(dropped..).unwrap_or_default();
        if !samples.is_empty() {
            let mut bytes = Vec::with_capacity(size_of_val(samples));
            for sample in samples {
                bytes.extend_from_slice(&sample.to_le_bytes());
            }
            let mut buffer = gst::Buffer::from_slice(bytes);
            let frames = samples.len() as u64 / 2;
            time(buffer.make_mut(), self.pushed, frames);
            self.pushed += frames;
            if self.source.push_buffer(buffer).is_err() {
                bus_error(&self.running, self.name)?;
                return Err(broken("the audio encoder refuses sound"));
            }
        }
        while let Some(sample) = self.sink.try_pull_sample(gst::ClockTime::ZERO) {
            self.keep(&sample)?;
        }
        Ok(())
    }

    /// Waits until the encoder took of what it was given. The source could wait by itself, and would
    /// do so for ever once the encoder failed.
    fn wait_for_room(&mut self, watch: &Watch) -> Result<()> {
        let mut patience = Patience::new("encoding sound");
        while self.source.current_level_bytes() >= WAITING_BYTES {
            watch.check()?;
            bus_error(&self.running, self.name)?;
            if let Some(sample) = self.sink.try_pull_sample(GLANCE) {
                self.keep(&sample)?;
            }
            patience.check(self.source.current_level_bytes())?;
        }
        Ok(())
    }

    /// Ends the sound and returns the packets.
    pub(crate) fn finish(mut self, watch: &Watch) -> Result<Encoded> {
        self.source.end_of_stream().map_err(broken)?;
        let mut patience = Patience::new("encoding sound");
        loop {
            watch.check()?;
            if let Some(sample) = self.sink.try_pull_sample(GLANCE) {
                self.keep(&sample)?;
                continue;
            }
            bus_error(&self.running, self.name)?;
            if self.sink.is_eos() {
                break;
            }
            patience.check(self.packets())?;
        }
        self.encoded.take().ok_or_else(|| Error::Encoder {
            encoder: self.name.to_owned(),
            detail: "no packet came out".to_owned(),
        })
    }

    fn packets(&self) -> u64 {
        let count = |encoded: &Encoded| encoded.packets.len() as u64;
        self.encoded.as_ref().map_or(0, count)
    }

    fn keep(&mut self, sample: &gst::Sample) -> Result<()> {
        let (Some(caps), Some(buffer)) = (sample.caps_owned(), sample.buffer_owned()) else {
            return Err(broken("a packet without a format"));
        };
        let encoded = self.encoded.get_or_insert(Encoded {
            caps,
            packets: Vec::new(),
        });
        let mut buffer = buffer;
        let number = encoded.packets.len() as u64;
        time(buffer.make_mut(), number * PACKET, PACKET);
        encoded.packets.push(buffer);
        Ok(())
    }
}

/// Gives a buffer the time of samples `first..first + count`.
fn time(buffer: &mut gst::BufferRef, first: u64, count: u64) {
    let at = |sample: u64| {
        let nanos = u128::from(sample) * 1_000_000_000 / u128::from(RATE);
        gst::ClockTime::from_nseconds(nanos as u64)
    };
    buffer.set_pts(at(first));
    buffer.set_dts(at(first));
    buffer.set_duration(at(first + count) - at(first));
}

/// Hands the decoded samples to `each`, interleaved stereo.
pub(crate) fn decode(
    encoded: &Encoded,
    watch: &Watch,
    mut each: impl FnMut(&[f32]) -> Result<()>,
) -> Result<()> {
    let filter = element("capsfilter")?;
    filter.set_property("caps", raw_caps());
    let middle = vec![element("avdec_aac")?, element("audioconvert")?, filter];
    let (running, source, sink) = graph(middle, &encoded.caps)?;
    // Packets are small: all of them may wait in the queue.
    source.set_max_bytes(0);
    for packet in &encoded.packets {
        source.push_buffer(packet.clone()).map_err(broken)?;
    }
    source.end_of_stream().map_err(broken)?;
    let mut patience = Patience::new("measuring sound");
    let mut samples = Vec::new();
    let mut pulled = 0;
    loop {
        watch.check()?;
        if let Some(sample) = sink.try_pull_sample(GLANCE) {
            watch.step();
            pulled += 1;
            samples_of(&sample, &mut samples)?;
            each(&samples)?;
            continue;
        }
        bus_error(&running, "avdec_aac")?;
        if sink.is_eos() {
            return Ok(());
        }
        patience.check(pulled)?;
    }
}

/// Reads the 32-bit floats of a sample; what is no number is silent.
pub(crate) fn samples_of(sample: &gst::Sample, into: &mut Vec<f32>) -> Result<()> {
    let buffer = sample.buffer().ok_or_else(|| broken("an empty sample"))?;
    let map = buffer.map_readable().map_err(broken)?;
    into.clear();
    crate::samples::read(&map, into);
    Ok(())
}

//! The way to the sound device: what is handed over here is heard.
//!
//! ```text
//! appsrc ─ scaletempo ─ audioconvert ─ audioresample ─ autoaudiosink
//! ```
//!
//! It stays open from one course to the next: a sound server needs up to two seconds until a device
//! that slept takes sound as it comes, and its clock is wrong until sound has flowed once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use footage::time::Ticks;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;

use crate::error::{Error, Result};
use crate::init::element;
use crate::render::RATE;
use crate::render::watch::{Running, broken};

/// Sound that waits before the device, beside the device's own 200 ms.
const AHEAD: gst::ClockTime = gst::ClockTime::from_mseconds(240);
/// How long a device may take to begin.
const BEGIN: gst::ClockTime = gst::ClockTime::from_mseconds(50);
/// How long a device that was opened plays silence: PulseAudio renders two seconds ahead when it wakes a
/// device, and takes no more of them back than it would render for us.
const WARM: Duration = Duration::from_millis(2200);
/// Sinks of sound servers, which others may play to at the same time.
const SHARED: [&str; 2] = ["pulsesink", "pipewiresink"];

/// Why sound ended before its time.
pub(super) enum Fault {
    /// The device; the pictures go on.
    Device(String),
    /// A source.
    Media(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Media(error)
    }
}

/// An open device.
pub(super) struct Device {
    running: Running,
    bus: gst::Bus,
    input: gst_app::AppSrc,
    /// Whether it may be held while nothing is heard.
    is_shared: bool,
    opened: Instant,
    /// The speed in the bits of an `f64`.
    speed: Arc<AtomicU64>,
    /// Sample frames that it took since it began.
    taken: Arc<AtomicI64>,
    /// Whether anything was handed over since then.
    is_given: AtomicBool,
}

impl Device {
    /// Opens the system's device, silent.
    pub(super) fn open() -> std::result::Result<Self, Fault> {
        let caps = gst::Caps::builder("audio/x-raw")
            .field("format", "F32LE")
            .field("layout", "interleaved")
            .field("rate", RATE as i32)
            .field("channels", 2_i32)
            .field("channel-mask", gst::Bitmask::new(3));
        let input = gst_app::AppSrc::builder()
            .caps(&caps.build())
            .format(gst::Format::Time)
            .max_bytes(0)
            .build();
        let sink = element("autoaudiosink")?;
        let line = [
            input.clone().upcast(),
            element("scaletempo")?,
            element("audioconvert")?,
            element("audioresample")?,
            sink.clone(),
        ];
        let pipeline = gst::Pipeline::new();
        pipeline.add_many(&line).map_err(broken)?;
        gst::Element::link_many(&line).map_err(broken)?;
        let speed = Arc::new(AtomicU64::new(1.0_f64.to_bits()));
        let taken = Arc::default();
        listen(&input, &speed, &taken)?;
        let running = Running(pipeline);
        let bus = running.bus()?;
        let mut device = Self {
            running,
            bus,
            input,
            is_shared: false,
            opened: Instant::now(),
            speed,
            taken,
            is_given: AtomicBool::new(false),
        };
        device.change_state(gst::State::Ready)?;
        let chosen = chosen(&sink);
        if chosen.is_empty() || chosen.iter().all(|name| name == "fakesink") {
            return Err(Fault::Device("no sound device was found".to_owned()));
        }
        device.is_shared = chosen.iter().all(|name| SHARED.contains(&name.as_str()));
        device.opened = Instant::now();
        Ok(device)
    }

    /// Returns whether it may be held while nothing is heard: others can play to it as well.
    pub(super) fn may_be_held(&self) -> bool {
        self.is_shared
    }

    /// Plays silence until the device takes sound as it comes.
    pub(super) fn warm_up(&self) -> std::result::Result<(), Fault> {
        self.begin(1.0)?;
        let silence = WARM.as_millis() as usize * RATE as usize / 1000;
        self.push(&vec![0.0; silence * 2], 0)?;
        // Not only ready to play: its clock counts from being ready to the first sound.
        self.play()?;
        Ok(())
    }

    /// Returns for how long it plays silence to get warm; `None` when it does not.
    pub(super) fn warms_for(&self) -> Option<Duration> {
        let left = WARM.saturating_sub(self.opened.elapsed());
        (self.taken() > Ticks::ZERO).then_some(left)
    }

    /// Stops, with what was handed over and not heard yet.
    pub(super) fn rest(&self) -> std::result::Result<(), Fault> {
        self.change_state(gst::State::Paused)?;
        if self.is_given.swap(false, Ordering::SeqCst) {
            self.input.send_event(gst::event::FlushStart::new());
            self.input.send_event(gst::event::FlushStop::new(true));
        }
        self.taken.store(0, Ordering::SeqCst);
        Ok(())
    }

    /// Gets ready for sound from its beginning, at a speed with the pitch kept.
    pub(super) fn begin(&self, speed: f64) -> std::result::Result<(), Fault> {
        self.speed.store(speed.to_bits(), Ordering::SeqCst);
        self.rest()
    }

    /// Lets be heard what was handed over; returns whether the device is on.
    pub(super) fn play(&self) -> std::result::Result<bool, Fault> {
        self.change_state(gst::State::Playing)?;
        let (result, state, _) = self.running.0.state(BEGIN);
        Ok(result.is_ok() && state == gst::State::Playing)
    }

    /// Returns what gives the time that was heard: its running time.
    pub(super) fn pipeline(&self) -> &gst::Pipeline {
        &self.running.0
    }

    /// Returns how much sound the device has taken since it began.
    pub(super) fn taken(&self) -> Ticks {
        Ticks::from_samples(self.taken.load(Ordering::SeqCst), RATE)
    }

    /// Returns an error when the device failed.
    pub(super) fn check(&self) -> std::result::Result<(), Fault> {
        self.fault().map_or(Ok(()), Err)
    }

    pub(super) fn wants_more(&self) -> bool {
        self.input.current_level_time() < AHEAD
    }

    /// Hands over interleaved stereo, the first frame of which is number `at`.
    pub(super) fn push(&self, block: &[f32], at: i64) -> Result<()> {
        let bytes: Vec<u8> = block
            .iter()
            .flat_map(|sample| sample.to_le_bytes())
            .collect();
        let time = |samples| {
            let nanos = Ticks::from_samples(samples, RATE).nanos();
            gst::ClockTime::from_nseconds(nanos.max(0) as u64)
        };
        let (start, end) = (time(at), time(at + block.len() as i64 / 2));
        let mut buffer = gst::Buffer::from_mut_slice(bytes);
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(start);
            buffer.set_duration(end.saturating_sub(start));
        }
        self.is_given.store(true, Ordering::SeqCst);
        match self.input.push_buffer(buffer) {
            // A device that stopped tells why by itself.
            Ok(_) | Err(gst::FlowError::Flushing | gst::FlowError::Eos) => Ok(()),
            Err(error) => Err(broken(format!("sound was refused: {error}"))),
        }
    }

    fn change_state(&self, state: gst::State) -> std::result::Result<(), Fault> {
        match self.running.0.set_state(state) {
            Ok(_) => Ok(()),
            Err(_) => Err(self
                .fault()
                .unwrap_or_else(|| Fault::Device("the sound device does not start".to_owned()))),
        }
    }

    fn fault(&self) -> Option<Fault> {
        let message = self.bus.pop_filtered(&[gst::MessageType::Error])?;
        match message.view() {
            gst::MessageView::Error(error) => Some(Fault::Device(error.error().to_string())),
            _ => None,
        }
    }
}

/// Returns the names of what `autoaudiosink` chose: a silent `fakesink` when it found nothing.
fn chosen(sink: &gst::Element) -> Vec<String> {
    let children = sink
        .downcast_ref::<gst::Bin>()
        .map(GstBinExtManual::children);
    let factories = children
        .into_iter()
        .flatten()
        .filter_map(|child| child.factory());
    factories
        .map(|factory| factory.name().to_string())
        .collect()
}

/// Counts what leaves `input`, and lets `scaletempo` play faster or slower: it goes by the segment.
fn listen(input: &gst_app::AppSrc, speed: &Arc<AtomicU64>, taken: &Arc<AtomicI64>) -> Result<()> {
    let pad = input
        .static_pad("src")
        .ok_or_else(|| broken("an element has no output"))?;
    let count = Arc::clone(taken);
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, probe| {
        if let Some(buffer) = probe.buffer() {
            count.fetch_add(buffer.size() as i64 / 8, Ordering::SeqCst);
        }
        gst::PadProbeReturn::Ok
    });
    let speed = Arc::clone(speed);
    pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, probe| {
        let Some(gst::PadProbeData::Event(event)) = &mut probe.data else {
            return gst::PadProbeReturn::Ok;
        };
        if let gst::EventView::Segment(told) = event.view() {
            let mut segment = told.segment().clone();
            segment.set_rate(f64::from_bits(speed.load(Ordering::SeqCst)));
            *event = gst::event::Segment::builder(&segment)
                .seqnum(event.seqnum())
                .build();
        }
        gst::PadProbeReturn::Ok
    });
    Ok(())
}

//! The sound of a course: mixed as it plays, heard through the system's device, and its clock.

use std::sync::Arc;
use std::time::Duration;

use footage::time::Ticks;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use task::Cancel;

use super::clock::{Clock, Taken};
use super::course::{Course, End};
use super::show::Show;
use super::stage::Shared;
use crate::error::{Error, Result};
use crate::init::element;
use crate::render::limiter::Limiter;
use crate::render::mix::Mix;
use crate::render::watch::{Running, Watch, broken};
use crate::render::{CEILING_DBTP, RATE};

/// Sample frames that are mixed at once: 40 ms.
const BLOCK: i64 = RATE as i64 / 25;
/// Sound that waits before the device, beside the device's own 200 ms.
const AHEAD: gst::ClockTime = gst::ClockTime::from_mseconds(240);
/// How often the filling is looked at.
const GLANCE: Duration = Duration::from_millis(8);
/// Sample frames of the ramp at the start: 5 ms.
const RAMP: i64 = RATE as i64 / 200;
/// How long a device may take to begin.
const BEGIN: gst::ClockTime = gst::ClockTime::from_mseconds(50);

/// Returns whether a speed is heard: speech at others is noise.
pub(super) fn is_heard(speed: f64) -> bool {
    (0.5..=2.0).contains(&speed)
}

/// Plays the sound of a course until it is stopped. `clock` follows the device; without one the
/// machine's takes over.
pub(super) fn play(
    shared: &Arc<Shared>,
    show: &Show,
    course: &Course,
    clock: &Arc<Clock>,
    stop: &Cancel,
) {
    match attempt(show, course, clock, stop) {
        Ok(()) | Err(Fault::Media(Error::Cancelled)) => {}
        Err(Fault::Device(why)) => {
            clock.leave_to_machine();
            shared.note(&format!(
                "nothing is heard, the machine's clock leads: {why}"
            ));
        }
        Err(Fault::Media(error)) => shared.fail_course(clock, error),
    }
}

/// Why sound ended before its time.
enum Fault {
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

fn attempt(
    show: &Show,
    course: &Course,
    clock: &Clock,
    stop: &Cancel,
) -> std::result::Result<(), Fault> {
    let watch = Watch::new(stop);
    let device = Device::open(course.speed())?;
    let mut feed = Feed::new(show, course);
    let mut block = Vec::new();
    device.change_state(gst::State::Paused)?;
    let mut begun = false;
    loop {
        watch.check()?;
        device.check()?;
        if device.wants_more() {
            feed.next(&mut block, &watch)?;
            device.push(&block, feed.pushed)?;
            feed.pushed += block.len() as i64 / 2;
            continue;
        }
        if begun {
            std::thread::sleep(GLANCE);
            continue;
        }
        device.change_state(gst::State::Playing)?;
        if !device.plays() {
            continue;
        }
        if clock.follow(&device.running.0) == Taken::TooLate {
            return Err(Fault::Device("the device took too long".to_owned()));
        }
        begun = true;
    }
}

/// The blocks of a course in order; silence after the end, which keeps the device's clock going.
struct Feed<'a> {
    show: &'a Show,
    course: &'a Course,
    mix: Mix<'a>,
    /// The next sample of the sequence, and the first one that is not played.
    at: i64,
    end: i64,
    limiter: Limiter,
    mixed: Vec<f32>,
    /// Sample frames handed over.
    pushed: i64,
}

impl<'a> Feed<'a> {
    fn new(show: &'a Show, course: &'a Course) -> Self {
        let sample = |frame| show.plan.rate.frame_start(frame).samples(RATE);
        let at = sample(course.from());
        Self {
            show,
            course,
            mix: Mix::at(&show.plan, &show.request.sources, at),
            at,
            end: sample(course.within().end),
            limiter: Limiter::new(show.gain(), 10_f64.powf(CEILING_DBTP / 20.0)),
            mixed: Vec::new(),
            pushed: 0,
        }
    }

    fn next(&mut self, block: &mut Vec<f32>, watch: &Watch) -> Result<()> {
        block.clear();
        while block.is_empty() {
            let wanted = BLOCK.min(self.end - self.at);
            let count = if wanted > 0 {
                self.mix.next(wanted, &mut self.mixed, watch)?
            } else {
                0
            };
            self.at += count;
            if count == 0 && self.course.end() == End::Again {
                let start = self.show.plan.rate.frame_start(self.course.within().start);
                self.at = start.samples(RATE);
                self.mix = Mix::at(&self.show.plan, &self.show.request.sources, self.at);
                continue;
            }
            if count == 0 {
                self.mixed.clear();
                self.mixed.resize(BLOCK as usize * 2, 0.0);
            }
            self.limiter.process(&self.mixed, block);
        }
        if self.pushed < RAMP {
            for (frame, position) in block.chunks_exact_mut(2).zip(self.pushed..RAMP) {
                for sample in frame {
                    *sample *= position as f32 / RAMP as f32;
                }
            }
        }
        Ok(())
    }
}

/// ```text
/// appsrc ─ scaletempo ─ audioconvert ─ audioresample ─ autoaudiosink
/// ```
struct Device {
    running: Running,
    bus: gst::Bus,
    input: gst_app::AppSrc,
}

impl Device {
    fn open(speed: f64) -> std::result::Result<Self, Fault> {
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
        at_speed(&input, speed)?;
        let running = Running(pipeline);
        let bus = running.bus()?;
        let device = Self {
            running,
            bus,
            input,
        };
        device.change_state(gst::State::Ready)?;
        if has_no_device(&sink) {
            return Err(Fault::Device("no sound device was found".to_owned()));
        }
        Ok(device)
    }

    fn change_state(&self, state: gst::State) -> std::result::Result<(), Fault> {
        match self.running.0.set_state(state) {
            Ok(_) => Ok(()),
            Err(_) => Err(self
                .fault()
                .unwrap_or_else(|| Fault::Device("the sound device does not start".to_owned()))),
        }
    }

    /// Returns an error when the device failed.
    fn check(&self) -> std::result::Result<(), Fault> {
        self.fault().map_or(Ok(()), Err)
    }

    fn fault(&self) -> Option<Fault> {
        let message = self.bus.pop_filtered(&[gst::MessageType::Error])?;
        match message.view() {
            gst::MessageView::Error(error) => Some(Fault::Device(error.error().to_string())),
            _ => None,
        }
    }

    fn wants_more(&self) -> bool {
        self.input.current_level_time() < AHEAD
    }

    fn plays(&self) -> bool {
        let (result, state, _) = self.running.0.state(BEGIN);
        result.is_ok() && state == gst::State::Playing
    }

    fn push(&self, block: &[f32], at: i64) -> Result<()> {
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
        match self.input.push_buffer(buffer) {
            // A device that stopped tells why by itself.
            Ok(_) | Err(gst::FlowError::Flushing | gst::FlowError::Eos) => Ok(()),
            Err(error) => Err(broken(format!("sound was refused: {error}"))),
        }
    }
}

/// Returns whether `autoaudiosink` found nothing and put a silent sink in place.
fn has_no_device(sink: &gst::Element) -> bool {
    let Some(bin) = sink.downcast_ref::<gst::Bin>() else {
        return false;
    };
    bin.children().iter().all(|child| {
        let factory = child.factory();
        factory.is_none_or(|factory| factory.name() == "fakesink")
    })
}

/// Lets `scaletempo` play faster or slower with the pitch kept: it goes by the segment.
fn at_speed(input: &gst_app::AppSrc, speed: f64) -> Result<()> {
    if (speed - 1.0).abs() < f64::EPSILON {
        return Ok(());
    }
    let pad = input
        .static_pad("src")
        .ok_or_else(|| broken("an element has no output"))?;
    pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, probe| {
        let Some(gst::PadProbeData::Event(event)) = &mut probe.data else {
            return gst::PadProbeReturn::Ok;
        };
        if let gst::EventView::Segment(told) = event.view() {
            let mut segment = told.segment().clone();
            segment.set_rate(speed);
            *event = gst::event::Segment::builder(&segment)
                .seqnum(event.seqnum())
                .build();
        }
        gst::PadProbeReturn::Ok
    });
    Ok(())
}

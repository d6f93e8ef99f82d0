//! The sound of a course: mixed as it plays, heard through the system's device, and its clock.
//!
//! A device that takes no sound must not hold the pictures: the machine's clock leads until it does, and
//! sound joins where they are by then.

use std::sync::Arc;
use std::time::{Duration, Instant};

use footage::time::Ticks;

use super::Stop;
use super::clock::Clock;
use super::course::{Course, End};
use super::device::{Device, Fault};
use super::show::Show;
use super::stage::Shared;
use crate::error::{Error, Result};
use crate::render::limiter::Limiter;
use crate::render::mix::Mix;
use crate::render::watch::Watch;
use crate::render::{CEILING_DBTP, RATE};

/// Sample frames that are mixed at once: 40 ms.
const BLOCK: i64 = RATE as i64 / 25;
/// How often the filling is looked at.
const GLANCE: Duration = Duration::from_millis(8);
/// Sample frames of the ramp at the start: 5 ms.
const RAMP: i64 = RATE as i64 / 200;
/// How long a device that is on may take nothing more before the machine's clock leads.
const STUCK: Duration = Duration::from_millis(250);
/// What a device takes at once before it plays: its buffer of 200 ms and a block that waits for room.
const AT_ONCE: Ticks = Ticks(Ticks::SECOND.0 / 4);
/// How far ahead of the pictures sound is read to join them.
const JOIN: Ticks = Ticks(Ticks::SECOND.0 / 10);
/// How long the pictures may stand until sound that joins has caught up.
const CATCH_UP: Ticks = Ticks(Ticks::SECOND.0 / 4);
/// How long after a device was missing it is not looked for ahead of need.
const AGAIN: Duration = Duration::from_secs(30);

/// What the sound thread is to do.
#[derive(Default)]
pub(super) enum Cue {
    /// Nothing new.
    #[default]
    None,
    /// Get the device ready.
    Warm,
    /// Let the device go.
    Leave,
    /// Play.
    Play(Tune),
    Quit,
}

/// A course to be heard.
pub(super) struct Tune {
    pub(super) show: Arc<Show>,
    pub(super) course: Arc<Course>,
    /// Follows the device; without one the machine's takes over.
    pub(super) clock: Arc<Clock>,
    pub(super) stop: Stop,
}

/// Returns whether a speed is heard: speech at others is noise.
pub(super) fn is_heard(speed: f64) -> bool {
    (0.5..=2.0).contains(&speed)
}

/// Plays what the stage asks for until it quits.
pub(super) fn run(shared: &Shared) {
    let mut device: Option<Device> = None;
    let mut missed: Option<Instant> = None;
    loop {
        let warms_for = (device.as_ref()).and_then(Device::warms_for);
        match shared.wait_for_cue(warms_for) {
            Cue::Quit => return,
            Cue::Leave => device = None,
            Cue::None => rest(&mut device),
            Cue::Warm if device.is_some() || missed.is_some_and(|at| at.elapsed() < AGAIN) => {}
            // What is wrong with it is told when it is to play.
            Cue::Warm => match Device::open() {
                Ok(opened) => {
                    device = Some(opened)
                        .filter(Device::may_be_held)
                        .filter(|device| device.warm_up().is_ok());
                }
                Err(_) => missed = Some(Instant::now()),
            },
            Cue::Play(tune) => match play(&tune, &mut device) {
                Fault::Media(Error::Cancelled) => rest(&mut device),
                Fault::Media(error) => {
                    rest(&mut device);
                    shared.fail_course(&tune.clock, error);
                }
                Fault::Device(why) => {
                    device = None;
                    missed = Some(Instant::now());
                    tune.clock.leave_to_machine();
                    shared.note(&format!(
                        "nothing is heard, the machine's clock leads: {why}"
                    ));
                }
            },
        }
    }
}

/// Silences the device, and lets it go where others may want it.
fn rest(slot: &mut Option<Device>) {
    *slot = (slot.take())
        .filter(Device::may_be_held)
        .filter(|device| device.rest().is_ok());
}

/// Plays until it is stopped, and returns by what.
fn play(tune: &Tune, slot: &mut Option<Device>) -> Fault {
    if let Some(held) = slot.take() {
        match attempt(tune, slot.insert(held)) {
            // Its sound server may have gone and come back: a new one tells.
            Fault::Device(_) => tune.clock.leave_to_machine(),
            fault @ Fault::Media(_) => return fault,
        }
    }
    *slot = None;
    match Device::open() {
        Ok(device) => attempt(tune, slot.insert(device)),
        Err(fault) => fault,
    }
}

fn attempt(tune: &Tune, device: &Device) -> Fault {
    match keep_playing(tune, device) {
        Ok(never) => match never {},
        Err(fault) => fault,
    }
}

/// What does not come about.
enum Never {}

fn keep_playing(tune: &Tune, device: &Device) -> std::result::Result<Never, Fault> {
    let watch = Watch::new(&tune.stop);
    let mut ahead = JOIN;
    let mut from = match tune.clock.elapsed() {
        Some(elapsed) => elapsed + ahead,
        None => Ticks::ZERO,
    };
    loop {
        ahead = ahead.max(follow(tune, device, from, &watch)?);
        tune.clock.leave_to_machine();
        wait_until_it_takes(device, &watch)?;
        from = tune.clock.elapsed().unwrap_or_default() + ahead;
    }
}

/// Plays a course from a time of it on, with the device as its clock, until the device is stuck. Returns
/// how far ahead sound is best read to join the pictures.
fn follow(
    tune: &Tune,
    device: &Device,
    from: Ticks,
    watch: &Watch,
) -> std::result::Result<Ticks, Fault> {
    device.begin(tune.course.speed())?;
    let Some(step) = tune.course.step(tune.course.number_at(from)) else {
        // Over but for the last frame.
        rest_until_stopped(watch)?;
        return Ok(JOIN);
    };
    let mut feed = Feed::new(&tune.show, &tune.course, step.frame);
    let mut block = Vec::new();
    while device.wants_more() {
        feed.hand_over(&mut block, device, watch)?;
    }
    if tune.clock.is_by_machine() {
        let late = tune.clock.elapsed().unwrap_or_default() - step.due;
        if late > CATCH_UP {
            return Ok(late + JOIN);
        }
        std::thread::sleep(Duration::from_nanos((-late.nanos()).max(0) as u64));
    }
    while !device.play()? {
        watch.check()?;
        device.check()?;
    }
    tune.clock.follow(device.pipeline(), step.due);
    let mut moved = Moved::new(device);
    loop {
        watch.check()?;
        device.check()?;
        if device.wants_more() {
            feed.hand_over(&mut block, device, watch)?;
            moved = Moved::new(device);
        } else if moved.is_stuck(device) || tune.clock.is_by_machine() {
            return Ok(JOIN);
        } else {
            std::thread::sleep(GLANCE);
        }
    }
}

fn rest_until_stopped(watch: &Watch) -> std::result::Result<(), Fault> {
    loop {
        watch.check()?;
        std::thread::sleep(GLANCE);
    }
}

/// Plays silence until the device takes it as it comes.
fn wait_until_it_takes(device: &Device, watch: &Watch) -> std::result::Result<(), Fault> {
    device.begin(1.0)?;
    let silence = vec![0.0; BLOCK as usize * 2];
    let mut pushed = 0;
    while device.taken() <= AT_ONCE {
        watch.check()?;
        device.check()?;
        if device.wants_more() {
            device.push(&silence, pushed)?;
            pushed += BLOCK;
            continue;
        }
        device.play()?;
        std::thread::sleep(GLANCE);
    }
    Ok(())
}

/// What a device took, and since when.
struct Moved {
    taken: Ticks,
    since: Instant,
}

impl Moved {
    fn new(device: &Device) -> Self {
        Self {
            taken: device.taken(),
            since: Instant::now(),
        }
    }

    /// Returns whether the device takes nothing though it is on: it plays nothing then, whatever its
    /// clock says.
    fn is_stuck(&mut self, device: &Device) -> bool {
        let taken = device.taken();
        if taken != self.taken {
            *self = Self::new(device);
        }
        self.since.elapsed() > STUCK
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
    /// Returns what is heard from a frame of the course on.
    fn new(show: &'a Show, course: &'a Course, frame: i64) -> Self {
        let sample = |frame| show.plan.rate.frame_start(frame).samples(RATE);
        let at = sample(frame);
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

    fn hand_over(&mut self, block: &mut Vec<f32>, device: &Device, watch: &Watch) -> Result<()> {
        self.next(block, watch)?;
        device.push(block, self.pushed)?;
        self.pushed += block.len() as i64 / 2;
        Ok(())
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

//! What is shown, where and how fast: the state that the threads share.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use footage::time::Ticks;
use task::Cancel;
use timeline::time::{SequenceRange, SequenceTime};

use super::clock::Clock;
use super::course::{Course, End, Step};
use super::show::Show;
use super::sound::{self, Cue, Tune};
use super::{FASTEST, Frame, MOST_IN_FLIGHT, Opening, Screen, State, Status, Stop};
use crate::error::Error;
use crate::sync::lock;

/// Frames that are drawn ahead.
const AHEAD: usize = 4;
/// Frames that are drawn at once when playing backwards: decoders only go forwards.
const STRETCH: i64 = 8;
/// How long before its time a frame is handed over: the way through the window to the display. From
/// here until the page has drawn it 33 to 42 ms passed at the median where a processor draws
/// (`bench window preview`), and the display shows it at its next picture.
const LEAD: Ticks = Ticks(Ticks::SECOND.0 / 25);
/// A frame that is later than this is left out, unless the picture would freeze.
const LATE: Ticks = Ticks(Ticks::SECOND.0 / 25);
/// How long the picture may freeze for frames that come late.
const FROZEN: Duration = Duration::from_millis(300);
/// How long a frame that is looked for may take when another one is wanted by then. Of many moments in a
/// row something must be seen: mpv finishes a seek within this time before it begins the next.
const SCRUB: Duration = Duration::from_millis(300);
/// How often a waiting presenter looks up when nothing tells it to.
const GLANCE: Duration = Duration::from_millis(50);

/// The state with what wakes the threads.
pub(super) struct Shared {
    stage: Mutex<Stage>,
    pub(super) changed: Condvar,
    pub(super) screen: Arc<dyn Screen>,
    /// Whether it was said that nothing is heard.
    said: AtomicBool,
}

/// What is shown, where and how fast.
pub(super) struct Stage {
    /// Counts what frames are drawn for: a drawing for an older one is thrown away.
    generation: u64,
    show: Option<Arc<Show>>,
    motion: Motion,
    /// The last drawing, which may be under way.
    errand: Option<Errand>,
    /// The frame where it stands, or where its course began.
    position: i64,
    /// The last frame that was handed over since the course began.
    sent: Option<i64>,
    sent_at: Instant,
    range: Option<SequenceRange>,
    ready: VecDeque<Ready>,
    in_flight: VecDeque<SequenceTime>,
    told: Option<State>,
    outbox: VecDeque<Status>,
    counts: Counts,
    clear: bool,
    /// What the sound thread is to do next.
    cue: Cue,
    quit: bool,
}

/// How frames fared since the show opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Handed over.
    pub shown: u64,
    /// Left out for coming late.
    pub late: u64,
    /// Left out since the window had not drawn those before.
    pub unacknowledged: u64,
}

/// What a drawing is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// To stand on.
    Still,
    /// To play.
    Moving,
}

/// What the drawer was last asked for.
struct Errand {
    generation: u64,
    show: Arc<Show>,
    kind: Kind,
    began: Instant,
    stop: Stop,
}

enum Motion {
    Standing(Drawing),
    Moving(Moving),
}

/// Whether the frame that is stood on has been drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Drawing {
    Wanted,
    Begun,
}

struct Moving {
    course: Arc<Course>,
    clock: Arc<Clock>,
    /// Stops its sound.
    stop: Stop,
    /// What starts the clock.
    start: Start,
    /// Number of the next step to draw.
    next: i64,
}

/// What starts a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// The sound.
    Sound,
    /// The first picture.
    Picture,
}

/// A frame that waits for its time.
pub(super) struct Ready {
    pub(super) step: Step,
    pub(super) planes: Vec<u8>,
}

/// What the drawer is to do.
pub(super) enum Job {
    Quit,
    /// Close all files.
    Clear,
    Stand {
        generation: u64,
        show: Arc<Show>,
        frame: i64,
        /// Asks it to make way for another frame.
        stop: Stop,
    },
    Move {
        generation: u64,
        show: Arc<Show>,
        course: Arc<Course>,
        /// The last of the steps.
        number: i64,
        steps: Vec<Step>,
        /// Asks it to make way for others.
        stop: Stop,
    },
}

/// What the presenter is to do.
pub(super) enum Act {
    Quit,
    Frame(Frame),
    Status(Status),
}

impl Shared {
    pub(super) fn new(screen: Arc<dyn Screen>) -> Self {
        Self {
            stage: Mutex::new(Stage {
                generation: 0,
                show: None,
                motion: Motion::Standing(Drawing::Begun),
                errand: None,
                position: 0,
                sent: None,
                sent_at: Instant::now(),
                range: None,
                ready: VecDeque::new(),
                in_flight: VecDeque::new(),
                told: None,
                outbox: VecDeque::new(),
                counts: Counts::default(),
                clear: false,
                cue: Cue::None,
                quit: false,
            }),
            changed: Condvar::new(),
            screen,
            said: AtomicBool::new(false),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Stage> {
        lock(&self.stage)
    }

    /// Waits for something to draw; `cost` is the time that a frame takes.
    pub(super) fn wait_for_job(&self, cost: Ticks) -> Job {
        let mut stage = self.lock();
        loop {
            if let Some(job) = stage.job(cost) {
                return job;
            }
            stage = self.wait(stage, GLANCE);
        }
    }

    /// Waits for something to present.
    pub(super) fn wait_for_act(&self) -> Act {
        let mut stage = self.lock();
        loop {
            match stage.act() {
                Ok(act) => {
                    drop(stage);
                    // There may be room for another frame now.
                    self.changed.notify_all();
                    return act;
                }
                Err(pause) => stage = self.wait(stage, pause),
            }
        }
    }

    /// Waits for something for the sound thread to do, [`Cue::None`] after `at_most`.
    pub(super) fn wait_for_cue(&self, at_most: Option<Duration>) -> Cue {
        let until = at_most.map(|at_most| Instant::now() + at_most);
        let mut stage = self.lock();
        loop {
            if stage.quit {
                return Cue::Quit;
            }
            let cue = std::mem::take(&mut stage.cue);
            let is_over = until.is_some_and(|until| until <= Instant::now());
            if is_over || !matches!(cue, Cue::None) {
                return cue;
            }
            stage = self.wait(stage, GLANCE);
        }
    }

    fn wait<'a>(&self, stage: MutexGuard<'a, Stage>, at_most: Duration) -> MutexGuard<'a, Stage> {
        let waited = self.changed.wait_timeout(stage, at_most);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Takes drawn frames in the order of their times.
    pub(super) fn deliver(&self, generation: u64, ready: Vec<Ready>) {
        let mut stage = self.lock();
        if stage.generation == generation || stage.is_glimpse(generation) {
            if matches!(stage.motion, Motion::Standing(_)) {
                stage.ready.clear();
            }
            stage.ready.extend(ready);
        }
        drop(stage);
        self.changed.notify_all();
    }

    /// Takes the failure of a drawing.
    pub(super) fn fail(&self, generation: u64, error: Error) {
        let mut stage = self.lock();
        if stage.generation == generation {
            stage.fail_now(error);
        }
        drop(stage);
        self.changed.notify_all();
    }

    /// Takes the failure of a course's sound.
    pub(super) fn fail_course(&self, clock: &Arc<Clock>, error: Error) {
        let mut stage = self.lock();
        let is_current = match &stage.motion {
            Motion::Moving(moving) => Arc::ptr_eq(&moving.clock, clock),
            Motion::Standing(_) => false,
        };
        if is_current {
            stage.fail_now(error);
        }
        drop(stage);
        self.changed.notify_all();
    }

    /// Says once why nothing is heard.
    pub(super) fn note(&self, words: &str) {
        if !self.said.swap(true, Ordering::SeqCst) {
            self.screen.note(words);
        }
        self.changed.notify_all();
    }
}

impl Stage {
    pub(super) fn open(&mut self, show: Arc<Show>, at: SequenceTime) {
        self.halt();
        self.in_flight.clear();
        self.outbox.clear();
        self.counts = Counts::default();
        self.range = None;
        self.told = None;
        self.position = show.frame_at(at);
        if !show.is_heard() {
            self.cue = Cue::Leave;
        }
        self.replace(show);
        self.clear = false;
        self.stand(Drawing::Wanted);
        self.tell(State::Loading);
    }

    pub(super) fn opening(&self) -> Option<Opening> {
        self.show.as_ref().map(|show| show.opening)
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    pub(super) fn update(&mut self, show: Arc<Show>) {
        let frame = self.current();
        let sounds_same = self.show.as_ref().is_some_and(|old| old.sounds_like(&show));
        let failed = matches!(self.told, Some(State::Failed(_)));
        let last = (show.plan.frames - 1).max(0);
        self.replace(show);
        match &mut self.motion {
            Motion::Moving(moving) if sounds_same => {
                moving.next = moving.course.number_at(moving.presented());
                self.renew();
            }
            Motion::Moving(moving) => {
                let speed = moving.course.speed();
                self.start(frame.min(last), speed);
            }
            Motion::Standing(_) => {
                self.position = frame.min(last);
                self.stand(Drawing::Wanted);
                if failed {
                    self.tell(State::Loading);
                }
            }
        }
    }

    pub(super) fn play(&mut self, rate: f64) {
        let Some(show) = &self.show else { return };
        if rate == 0.0 || rate.is_nan() {
            return self.pause();
        }
        if show.plan.frames == 0 {
            return;
        }
        let rate = rate.clamp(-FASTEST, FASTEST);
        let from = match self.told {
            Some(State::Ended) if rate > 0.0 => 0,
            _ => self.current(),
        };
        self.start(from, rate);
    }

    pub(super) fn pause(&mut self) {
        let Motion::Moving(moving) = &self.motion else {
            return;
        };
        // What was seen last stays; nothing was when the course has only begun.
        self.position = self.sent.unwrap_or_else(|| moving.course.from());
        let drawing = match self.sent {
            Some(_) => Drawing::Begun,
            None => Drawing::Wanted,
        };
        self.halt();
        self.stand(drawing);
        self.tell(State::Paused);
    }

    pub(super) fn seek(&mut self, at: SequenceTime) {
        let Some(show) = &self.show else { return };
        let frame = show.frame_at(at);
        match &self.motion {
            Motion::Moving(moving) => {
                let speed = moving.course.speed();
                self.start(frame, speed);
            }
            Motion::Standing(_) => {
                self.position = frame;
                self.stand(Drawing::Wanted);
                match self.told {
                    Some(State::Failed(_)) => self.tell(State::Loading),
                    Some(State::Ended) => self.tell(State::Paused),
                    _ => {}
                }
            }
        }
    }

    pub(super) fn repeat(&mut self, range: Option<SequenceRange>) {
        self.range = range;
        if let Motion::Moving(moving) = &self.motion {
            let speed = moving.course.speed();
            self.start(self.current(), speed);
        }
    }

    pub(super) fn shown(&mut self, preview: u32, at: SequenceTime) {
        let is_shown = self
            .opening()
            .is_some_and(|opening| opening.preview == preview);
        let known = self.in_flight.iter().position(|flying| *flying == at);
        if let (true, Some(index)) = (is_shown, known) {
            // Those before it were drawn too, or never will be.
            self.in_flight.drain(..=index);
        }
    }

    pub(super) fn close(&mut self) {
        self.halt();
        if let Some(show) = self.show.take() {
            show.stop.cancel();
        }
        self.renew();
        self.motion = Motion::Standing(Drawing::Begun);
        self.in_flight.clear();
        self.outbox.clear();
        self.told = None;
        self.clear = true;
        self.cue = Cue::Leave;
    }

    pub(super) fn quit(&mut self) {
        self.close();
        self.quit = true;
    }

    /// Tells why a show cannot be opened.
    pub(super) fn refuse(&mut self, preview: u32, error: Error, at: SequenceTime) {
        self.outbox.push_back(Status {
            preview,
            state: State::Failed(error),
            at,
        });
    }

    /// Stops where it is with an error.
    pub(super) fn fail_now(&mut self, error: Error) {
        self.position = self.sent.unwrap_or_else(|| self.current());
        self.halt();
        self.stand(Drawing::Begun);
        self.tell(State::Failed(error));
    }

    fn replace(&mut self, show: Arc<Show>) {
        if let Some(old) = self.show.replace(show) {
            old.stop.cancel();
        }
    }

    /// Throws away what was drawn and is being drawn.
    fn renew(&mut self) {
        self.generation += 1;
        self.ready.clear();
    }

    /// Stops a course with its sound.
    fn halt(&mut self) {
        if let Motion::Moving(moving) = &self.motion {
            moving.stop.cancel();
        }
        self.sent = None;
    }

    /// Returns whether what was drawn is worth a look though another frame is wanted by now.
    fn is_glimpse(&self, generation: u64) -> bool {
        let (Motion::Standing(_), Some(errand), Some(show)) =
            (&self.motion, &self.errand, &self.show)
        else {
            return false;
        };
        errand.generation == generation
            && errand.kind == Kind::Still
            && Arc::ptr_eq(&errand.show, show)
    }

    /// Stops a drawing that is not wanted any more, unless it may soon be seen.
    fn supersede(&self) {
        let Some(errand) = &self.errand else { return };
        let is_seen_soon = self.is_glimpse(errand.generation) && errand.began.elapsed() < SCRUB;
        if errand.generation != self.generation && !is_seen_soon {
            errand.stop.cancel();
        }
    }

    fn stand(&mut self, drawing: Drawing) {
        self.renew();
        self.motion = Motion::Standing(drawing);
    }

    /// Returns the frame where it is.
    fn current(&self) -> i64 {
        match &self.motion {
            Motion::Standing(_) => self.position,
            Motion::Moving(moving) => moving.course.frame_at(moving.presented()),
        }
    }

    fn start(&mut self, from: i64, speed: f64) {
        let Some(show) = self.show.clone() else {
            return;
        };
        self.halt();
        self.renew();
        let all = 0..show.plan.frames.max(1);
        let (within, end): (Range<i64>, End) =
            match self.range.and_then(|range| show.frames_of(range)) {
                Some(frames) => (frames, End::Again),
                None => (all, End::Stop),
            };
        let course = Arc::new(Course::new(show.plan.rate, from, speed, within, end));
        let clock = Arc::new(Clock::waiting());
        let stop = Cancel::new();
        self.position = course.from();
        let heard = show.is_heard() && sound::is_heard(speed);
        let start = if heard { Start::Sound } else { Start::Picture };
        if heard {
            self.cue = Cue::Play(Tune {
                show,
                course: Arc::clone(&course),
                clock: Arc::clone(&clock),
                stop: stop.clone(),
            });
        }
        self.motion = Motion::Moving(Moving {
            course,
            clock,
            stop,
            start,
            next: 0,
        });
        self.sent_at = Instant::now();
        self.tell(State::Playing { rate: speed });
    }

    /// Stands at the end of a course that is over.
    fn finish(&mut self) {
        let Motion::Moving(moving) = &self.motion else {
            return;
        };
        let (last, backward) = (moving.course.last(), moving.course.is_backward());
        let drawing = if self.sent == Some(last) {
            Drawing::Begun
        } else {
            Drawing::Wanted
        };
        self.position = last;
        self.halt();
        self.stand(drawing);
        self.tell(if backward {
            State::Paused
        } else {
            State::Ended
        });
    }

    fn tell(&mut self, state: State) {
        if self.told.as_ref() == Some(&state) {
            return;
        }
        let Some(show) = &self.show else { return };
        self.outbox.push_back(Status {
            preview: show.opening.preview,
            state: state.clone(),
            at: show.time_of(self.position),
        });
        self.told = Some(state);
    }

    fn job(&mut self, cost: Ticks) -> Option<Job> {
        if self.quit {
            return Some(Job::Quit);
        }
        if std::mem::take(&mut self.clear) {
            return Some(Job::Clear);
        }
        let show = Arc::clone(self.show.as_ref()?);
        let generation = self.generation;
        match &mut self.motion {
            Motion::Standing(drawing) => {
                if *drawing == Drawing::Begun {
                    return None;
                }
                *drawing = Drawing::Begun;
                let errand = Errand::new(generation, &show, Kind::Still);
                let stop = errand.stop.clone();
                self.errand = Some(errand);
                Some(Job::Stand {
                    generation,
                    show,
                    frame: self.position,
                    stop,
                })
            }
            Motion::Moving(moving) => {
                let steps = moving.next_steps(self.ready.len(), cost)?;
                let errand = Errand::new(generation, &show, Kind::Moving);
                let stop = errand.stop.clone();
                self.errand = Some(errand);
                Some(Job::Move {
                    generation,
                    show,
                    course: Arc::clone(&moving.course),
                    number: moving.next - 1,
                    steps,
                    stop,
                })
            }
        }
    }

    /// Returns what is to be presented now, or how long to wait for it.
    fn act(&mut self) -> Result<Act, Duration> {
        self.supersede();
        if let Some(status) = self.outbox.pop_front() {
            return Ok(Act::Status(status));
        }
        if self.quit {
            return Ok(Act::Quit);
        }
        match &self.motion {
            Motion::Standing(_) => {
                if self.in_flight.len() >= MOST_IN_FLIGHT {
                    return Err(GLANCE);
                }
                let ready = self.ready.pop_front().ok_or(GLANCE)?;
                if self.told == Some(State::Loading) {
                    self.tell(State::Paused);
                    // Not before: opening a device takes time from the first picture.
                    if self.show.as_ref().is_some_and(|show| show.is_heard()) {
                        self.cue = Cue::Warm;
                    }
                }
                self.hand_over(ready).ok_or(GLANCE)
            }
            Motion::Moving(_) => self.act_moving(),
        }
    }

    fn act_moving(&mut self) -> Result<Act, Duration> {
        loop {
            let Motion::Moving(moving) = &self.motion else {
                return Err(Duration::ZERO);
            };
            let mut elapsed = moving.clock.elapsed();
            if elapsed.is_none() && moving.start == Start::Picture && !self.ready.is_empty() {
                moving.clock.leave_to_machine();
                elapsed = moving.clock.elapsed();
            }
            let running = elapsed.is_some();
            let elapsed = elapsed.unwrap_or_default();
            let length = moving.course.length();
            if length.is_some_and(|length| elapsed >= length) {
                self.finish();
                // Its status is what to present now.
                return match self.outbox.pop_front() {
                    Some(status) => Ok(Act::Status(status)),
                    None => Err(Duration::ZERO),
                };
            }
            let due = self.ready.front().map(|ready| ready.step.due - LEAD);
            if due.is_none_or(|due| due > elapsed) {
                let next = due.into_iter().chain(length).min();
                let pause = next.filter(|_| running).map_or(GLANCE, |next| {
                    Duration::from_nanos((next - elapsed).nanos().max(0) as u64)
                });
                return Err(pause.min(GLANCE));
            }
            let Some(ready) = self.ready.pop_front() else {
                return Err(GLANCE);
            };
            let late = elapsed - ready.step.due > LATE;
            if late && self.sent_at.elapsed() < FROZEN {
                self.counts.late += 1;
            } else if self.in_flight.len() >= MOST_IN_FLIGHT {
                self.counts.unacknowledged += 1;
            } else if let Some(act) = self.hand_over(ready) {
                return Ok(act);
            }
        }
    }

    fn hand_over(&mut self, ready: Ready) -> Option<Act> {
        let show = self.show.as_ref()?;
        let at = show.time_of(ready.step.frame);
        let (width, height) = show.size;
        self.in_flight.push_back(at);
        self.counts.shown += 1;
        self.sent = Some(ready.step.frame);
        self.sent_at = Instant::now();
        Some(Act::Frame(Frame {
            preview: show.opening.preview,
            at,
            width,
            height,
            planes: ready.planes,
        }))
    }
}

impl Errand {
    fn new(generation: u64, show: &Arc<Show>, kind: Kind) -> Self {
        Self {
            generation,
            show: Arc::clone(show),
            kind,
            began: Instant::now(),
            stop: Stop::new(),
        }
    }
}

impl Moving {
    /// Returns the time in the course of what is handed over now: ahead of what is heard.
    fn presented(&self) -> Ticks {
        self.clock
            .elapsed()
            .map_or(Ticks::ZERO, |elapsed| elapsed + LEAD)
    }

    /// Returns the next steps to draw, when there is room for them.
    fn next_steps(&mut self, waiting: usize, cost: Ticks) -> Option<Vec<Step>> {
        let (room, count) = if self.course.is_backward() {
            (STRETCH as usize + 1, STRETCH)
        } else {
            (AHEAD, 1)
        };
        if waiting >= room {
            return None;
        }
        let first = self.course.step(self.next)?;
        if let Some(elapsed) = self.clock.elapsed() {
            // What would come late is not drawn at all.
            let there = elapsed + cost * count;
            let step = self.course.step(1).map_or(Ticks::ZERO, |step| step.due);
            if waiting == 0 && first.due + step.scaled(1, 2) < there {
                self.next = (self.course.number_at(there) + 1).max(self.next);
            }
        }
        let mut steps: Vec<Step> = Vec::new();
        while let Some(step) = self.course.step(self.next) {
            let turns = steps
                .last()
                .is_some_and(|last| self.course.is_backward() && step.frame > last.frame);
            if steps.len() as i64 >= count || turns {
                break;
            }
            steps.push(step);
            self.next += 1;
        }
        (!steps.is_empty()).then_some(steps)
    }
}

//! How far a job is, over all of its steps, and when it will be done.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use footage::time::Ticks;
use protocol::progress::{ProgressEvent, Step};
use task::Progress;

use super::{Listener, ReelsOptions};
use crate::clock::now_millis;
use crate::{Engine, Error};

/// Below this finished part an estimate would jump about.
const BASIS: f64 = 0.03;
/// How often the job's row is written.
const NOTE_EVERY_MILLIS: i64 = 1000;

/// The progress of one job.
#[derive(Clone)]
pub(crate) struct Journey {
    inner: Arc<Inner>,
}

struct Inner {
    input: String,
    listener: Listener,
    engine: Engine,
    job: i64,
    began: Instant,
    state: Mutex<State>,
}

struct State {
    /// The last step of the job.
    last: Step,
    /// Expected seconds per step; only their proportions matter.
    weights: BTreeMap<Step, f64>,
    items: u32,
    noted: i64,
}

impl Journey {
    pub(crate) fn new(input: String, listener: Listener, engine: Engine, job: i64) -> Self {
        let weights = Step::ALL.into_iter().map(|step| (step, 1.0)).collect();
        let state = Mutex::new(State {
            last: Step::Render,
            weights,
            items: 1,
            noted: 0,
        });
        let began = Instant::now();
        Self {
            inner: Arc::new(Inner {
                input,
                listener,
                engine,
                job,
                began,
                state,
            }),
        }
    }

    /// Returns a journey that ends with `last`.
    pub(crate) fn until(self, last: Step) -> Self {
        {
            let mut state = self.lock();
            state.last = last;
            state.weights.retain(|step, _| *step <= last);
        }
        self
    }

    /// Weighs the steps for a source of `duration`, from what two cores took.
    pub(crate) fn expect(&self, duration: Ticks, options: &ReelsOptions) {
        let secs = duration.secs();
        let longest = options.max.secs().min(60.0);
        let rendered =
            (longest * options.count.of(duration) as f64).min(secs.max(options.min.secs()));
        let mut state = self.lock();
        state.weights = [
            (Step::Probe, 0.2),
            (Step::Analyse, 1.0 + 0.25 * secs),
            (Step::Transcribe, 0.5),
            (Step::Suggest, 0.2),
            (Step::Compose, 0.2),
            (Step::Render, 1.0 + 0.9 * rendered),
        ]
        .into();
        let last = state.last;
        state.weights.retain(|step, _| *step <= last);
    }

    /// Tells that a step of `items` begins.
    pub(crate) fn begin(&self, step: Step, items: u32) {
        self.lock().items = items;
        self.tell(step, 1, 0.0);
    }

    /// Tells that item `number` of `count` of a step begins.
    pub(crate) fn item(&self, step: Step, number: usize, count: usize) {
        self.lock().items = count as u32;
        self.tell(step, number as u32, 0.0);
    }

    /// Returns the progress of item `number` of a step.
    pub(crate) fn progress(&self, step: Step, number: usize) -> Progress {
        let journey = self.clone();
        Progress::new(move |fraction| journey.tell(step, number as u32, fraction))
    }

    /// Tells that everything is done.
    pub(crate) fn done(&self) {
        let items = self.lock().items;
        self.tell(Step::Render, items, 1.0);
    }

    fn tell(&self, step: Step, item: u32, fraction: f64) {
        let elapsed = self.inner.began.elapsed().as_secs_f64();
        let (event, note) = {
            let mut state = self.lock();
            let within =
                (f64::from(item.saturating_sub(1)) + fraction) / f64::from(state.items.max(1));
            let all: f64 = state.weights.values().sum();
            let before: f64 = state
                .weights
                .iter()
                .filter(|(s, _)| **s < step)
                .map(|(_, weight)| weight)
                .sum();
            let here = state.weights.get(&step).copied().unwrap_or_default();
            let total = ((before + here * within) / all).clamp(0.0, 1.0);
            let now = now_millis();
            let note = now - state.noted >= NOTE_EVERY_MILLIS;
            if note {
                state.noted = now;
            }
            let event = ProgressEvent {
                input: self.inner.input.clone(),
                step,
                item,
                of: state.items,
                percent: within * 100.0,
                total_percent: total * 100.0,
                elapsed,
                eta: (total > BASIS).then(|| elapsed / total * (1.0 - total)),
            };
            (event, note)
        };
        (self.inner.listener)(&event);
        if note {
            let total = event.total_percent / 100.0;
            // The row is for onlookers; a lasting fault of the database shows in the next step.
            drop(self.inner.engine.library().note_job(
                self.inner.job,
                step.name(),
                total,
                now_millis(),
            ));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.inner
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Measures how long something takes.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

/// Runs `work` and returns its result with a stopwatch that began before it.
pub(crate) fn timed<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<(T, Stopwatch), Error> {
    let watch = Stopwatch::start();
    Ok((work()?, watch))
}

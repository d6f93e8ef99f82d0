//! The thread that draws frames ahead of their time.

use std::sync::Arc;
use std::time::Instant;

use footage::time::Ticks;

use super::course::{Course, Step};
use super::desk::Desk;
use super::show::Show;
use super::stage::{Job, Ready, Shared};
use crate::error::Error;
use crate::render::watch::Watch;

/// How much a new cost weighs against the known one.
const WEIGHT: f64 = 0.2;
/// How far ahead a decoder gets ready, in seconds of playing.
const AHEAD_SECS: f64 = 1.2;

/// Draws what the stage asks for until it quits.
pub(super) fn run(shared: &Shared) {
    let mut desk = Desk::default();
    // Time that a frame takes, in ticks.
    let mut cost = 0.0_f64;
    loop {
        let job = shared.wait_for_job(Ticks(cost as i64));
        match job {
            Job::Quit => return,
            Job::Clear => desk.clear(),
            Job::Stand {
                generation,
                show,
                frame,
                stop,
            } => {
                desk.look_again();
                let step = Step {
                    frame,
                    due: Ticks::ZERO,
                };
                let watch = Watch::of_both(&show.stop, &stop);
                draw(shared, &mut desk, &show, generation, vec![step], &watch);
            }
            Job::Move {
                generation,
                show,
                course,
                number,
                steps,
                stop,
            } => {
                let began = Instant::now();
                let count = steps.len().max(1) as f64;
                let watch = Watch::of_both(&show.stop, &stop);
                draw(shared, &mut desk, &show, generation, steps, &watch);
                let each = Ticks::from_secs(began.elapsed().as_secs_f64() / count);
                cost += (each.0 as f64 - cost) * WEIGHT;
                if let Some(frame) = next_jump(&show, &course, number) {
                    desk.prepare(&show, frame);
                }
            }
        }
    }
}

/// Draws steps in the order of their frames and hands them on in the order of their times.
fn draw(
    shared: &Shared,
    desk: &mut Desk,
    show: &Arc<Show>,
    generation: u64,
    mut steps: Vec<Step>,
    watch: &Watch,
) {
    steps.sort_by_key(|step| step.frame);
    let mut ready = Vec::with_capacity(steps.len());
    for step in steps {
        match desk.draw(show, step.frame, watch) {
            Ok(planes) => ready.push(Ready { step, planes }),
            // Something else is wanted by now.
            Err(Error::Cancelled) => return,
            Err(error) => return shared.fail(generation, error),
        }
    }
    ready.sort_by_key(|ready| ready.step.due);
    shared.deliver(generation, ready);
}

/// Returns the first frame ahead that does not follow from the one before it.
fn next_jump(show: &Show, course: &Course, number: i64) -> Option<i64> {
    if course.is_backward() {
        return None;
    }
    let steps = (AHEAD_SECS * show.plan.rate.fps()) as i64;
    let mut before = course.step(number)?.frame;
    for number in number + 1..=number + steps {
        let frame = course.step(number)?.frame;
        if jumps(show, before, frame) {
            return Some(frame);
        }
        before = frame;
    }
    None
}

/// Returns whether a frame's picture lies elsewhere in its source than right after another's.
fn jumps(show: &Show, before: i64, frame: i64) -> bool {
    let (Some((one, from)), Some((other, to))) = (show.span_at(before), show.span_at(frame)) else {
        return show.span_at(frame).is_some();
    };
    if one == other {
        return frame < before;
    }
    let gap = to.source_time(show.plan.rate, frame) - from.source_time(show.plan.rate, before);
    from.clip.media != to.clip.media || gap < Ticks::ZERO || gap > Ticks(Ticks::SECOND.0 / 4)
}

//! A stretch of playing: which frame is shown when.

use std::ops::Range;

use footage::time::{FrameRate, Ticks};

/// Frames per second that are shown when playing fast: the window cannot show more anyway.
const SHOWN_FPS: f64 = 30.0;

/// A stretch of playing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Course {
    grid: FrameRate,
    /// The frame that it begins at, one of `within`.
    from: i64,
    /// Frames of the sequence per frame's time; below 0 backwards; never 0.
    speed: f64,
    /// The frames that are played.
    within: Range<i64>,
    end: End,
    /// Frames from one step to the next.
    stride: i64,
}

/// What happens at the end of a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It stops there.
    Stop,
    /// It begins again at the other end.
    Again,
}

/// A frame of a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) frame: i64,
    /// Time since the course began at which it is shown.
    pub(super) due: Ticks,
}

impl Course {
    /// Returns a course; a start outside of the frames is moved to the end where it enters.
    pub(super) fn new(
        grid: FrameRate,
        from: i64,
        speed: f64,
        within: Range<i64>,
        end: End,
    ) -> Self {
        let last = (within.end - 1).max(within.start);
        let entry = if speed > 0.0 { within.start } else { last };
        let from = if within.contains(&from) { from } else { entry };
        let shown = SHOWN_FPS.max(grid.fps());
        Self {
            grid,
            from,
            speed,
            within,
            end,
            stride: (speed.abs() * grid.fps() / shown).ceil().max(1.0) as i64,
        }
    }

    pub(super) fn from(&self) -> i64 {
        self.from
    }

    pub(super) fn speed(&self) -> f64 {
        self.speed
    }

    pub(super) fn within(&self) -> Range<i64> {
        self.within.clone()
    }

    pub(super) fn end(&self) -> End {
        self.end
    }

    pub(super) fn is_backward(&self) -> bool {
        self.speed < 0.0
    }

    /// Returns the step of a number, counted from 0; `None` past the end.
    pub(super) fn step(&self, number: i64) -> Option<Step> {
        let along = number.checked_mul(self.stride)?;
        let signed = if self.is_backward() { -along } else { along };
        let frame = self.from + signed;
        let length = (self.within.end - self.within.start).max(1);
        let frame = match self.end {
            End::Stop if self.within.contains(&frame) => frame,
            End::Stop => return None,
            End::Again => self.within.start + (frame - self.within.start).rem_euclid(length),
        };
        Some(Step {
            frame,
            due: self.time_of(along),
        })
    }

    /// Returns the number of the last step that is due after `elapsed`.
    pub(super) fn number_at(&self, elapsed: Ticks) -> i64 {
        let along = Ticks((elapsed.0 as f64 * self.speed.abs()).round() as i64);
        // A time that was rounded down must not fall into the step before.
        let frames = self.grid.frame_at(along + Ticks(2));
        (frames / self.stride).max(0)
    }

    /// Returns the frame that is shown after `elapsed`, the last one past the end.
    pub(super) fn frame_at(&self, elapsed: Ticks) -> i64 {
        self.step(self.number_at(elapsed))
            .map_or_else(|| self.last(), |step| step.frame)
    }

    /// Returns the frame that it stops at.
    pub(super) fn last(&self) -> i64 {
        if self.is_backward() {
            self.within.start
        } else {
            (self.within.end - 1).max(self.within.start)
        }
    }

    /// Returns when it is over; `None` for never.
    pub(super) fn length(&self) -> Option<Ticks> {
        let frames = if self.is_backward() {
            self.from - self.within.start + 1
        } else {
            self.within.end - self.from
        };
        (self.end == End::Stop).then(|| self.time_of(frames))
    }

    /// Returns how long it takes to play so many frames.
    fn time_of(&self, frames: i64) -> Ticks {
        let plain = self.grid.frame_start(frames);
        Ticks((plain.0 as f64 / self.speed.abs()).round() as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> FrameRate {
        FrameRate::new(30, 1).unwrap()
    }

    fn frames(course: &Course, count: i64) -> Vec<i64> {
        (0..count)
            .map_while(|n| course.step(n))
            .map(|step| step.frame)
            .collect()
    }

    #[test]
    fn frames_follow_the_speed_and_stop_at_the_end() {
        for (from, speed, expect) in [
            (5, 1.0, vec![5, 6, 7, 8, 9]),
            (5, 0.5, vec![5, 6, 7, 8, 9]),
            (5, 2.0, vec![5, 7, 9]),
            (5, -1.0, vec![5, 4, 3, 2, 1, 0]),
            (5, -8.0, vec![5]),
            (9, 1.0, vec![9]),
        ] {
            let course = Course::new(grid(), from, speed, 0..10, End::Stop);
            assert_eq!(frames(&course, 100), expect, "{from} at {speed}");
        }
    }

    #[test]
    fn a_loop_goes_round_both_ways_and_is_entered_at_its_end() {
        let forward = Course::new(grid(), 4, 1.0, 3..6, End::Again);
        assert_eq!(frames(&forward, 7), [4, 5, 3, 4, 5, 3, 4]);
        let backward = Course::new(grid(), 4, -1.0, 3..6, End::Again);
        assert_eq!(frames(&backward, 5), [4, 3, 5, 4, 3]);
        let outside = Course::new(grid(), 9, 1.0, 3..6, End::Again);
        assert_eq!(outside.from(), 3, "what is outside begins at the start");
        assert_eq!(forward.length(), None, "a loop never ends");
    }

    #[test]
    fn every_step_is_the_one_at_its_own_time() {
        for speed in [0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 8.0, -1.0, -4.0] {
            for rate in [(24, 1), (25, 1), (30_000, 1001), (60, 1)] {
                let grid = FrameRate::new(rate.0, rate.1).unwrap();
                let course = Course::new(grid, 500, speed, 0..1000, End::Stop);
                for number in 0..60 {
                    let step = course.step(number).unwrap();
                    assert_eq!(course.number_at(step.due), number, "{speed} {rate:?}");
                    // More than what rounding may take, at the slowest speed too.
                    let before = step.due - Ticks(16);
                    assert_eq!(
                        course.number_at(before),
                        (number - 1).max(0),
                        "{speed} {rate:?}: not before it is due"
                    );
                }
            }
        }
    }

    #[test]
    fn the_length_counts_the_last_frame() {
        let course = Course::new(grid(), 0, 1.0, 0..30, End::Stop);
        assert_eq!(course.length(), Some(Ticks::SECOND));
        assert_eq!(course.frame_at(Ticks::SECOND), 29);
        let twice = Course::new(grid(), 0, 2.0, 0..30, End::Stop);
        assert_eq!(twice.length(), Some(Ticks(Ticks::SECOND.0 / 2)));
        let back = Course::new(grid(), 29, -1.0, 0..30, End::Stop);
        assert_eq!(back.length(), Some(Ticks::SECOND));
        assert_eq!(back.frame_at(Ticks::SECOND), 0);
    }
}

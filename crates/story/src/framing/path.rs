//! Where the crop goes: a still position when one serves, else the cheapest motion within limits.
//!
//! The motion is found by dynamic programming over position and speed. Time goes in steps of
//! [`STEP`]; the acceleration is constant within a step and one of five values. With `q` as the
//! finest distance, speeds are multiples of `2 q / STEP`, so that each step ends on the grid.

use super::{MAX_ACCELERATION, MAX_SPEED, STEP};

/// Room for the crop's left edge.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Width of the crop in pixels.
    pub(super) crop: f64,
    /// Rightmost position of its left edge; the leftmost is 0.
    pub(super) range: f64,
}

/// What a step asks of the crop's left edge.
#[derive(Debug, Clone, Copy)]
pub(super) struct Need {
    /// Leftmost position that shows the subject.
    low: f64,
    /// Rightmost position that does.
    high: f64,
    /// Position that has it in the middle.
    ideal: f64,
    /// How much it counts, 0..=1.
    weight: f64,
    /// Whether a move would be seen.
    pace: Pace,
}

/// Whether a subject moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// It is static, so the crop should be, too.
    Static,
    /// It moves.
    Moving,
}

/// Slack around the middle for a subject that is wider than the crop, in crop widths.
const WIDE_SLACK: f64 = 0.04;
/// Weight of such a subject: it is cut wherever the crop goes, so stillness matters more.
const WIDE_WEIGHT: f64 = 0.1;

impl Need {
    /// Returns the need to show `kept` (left and right) with `center` in the middle.
    pub(super) fn new(
        kept: (f64, f64),
        center: f64,
        weight: f64,
        pace: Pace,
        bounds: Bounds,
    ) -> Self {
        let within = |x: f64| x.clamp(0.0, bounds.range);
        let ideal = within(center - bounds.crop / 2.0);
        let (mut low, mut high) = (within(kept.1 - bounds.crop), within(kept.0));
        let wide = low > high;
        if wide {
            low = within(ideal - WIDE_SLACK * bounds.crop);
            high = within(ideal + WIDE_SLACK * bounds.crop);
        }
        Self {
            low,
            high,
            ideal,
            weight: if wide { weight * WIDE_WEIGHT } else { weight },
            pace,
        }
    }

    /// Returns the interval with `margin` pixels to spare where there is room for that.
    fn inner(&self, margin: f64) -> (f64, f64) {
        let margin = margin.min((self.high - self.low) / 2.0);
        (self.low + margin, self.high - margin)
    }
}

/// The crop's left edge over a span.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Plan {
    /// One position.
    Still(f64),
    /// Position and speed (pixels per step) at each step; acceleration is constant in between.
    Moving(Vec<(f64, f64)>),
}

/// Margin that a still position keeps to the limits, in crop widths.
const MARGIN: f64 = 0.05;
/// Needs of no more weight than this do not hinder a still position.
const BRIEF: f64 = 0.3;
/// A still position that is off its subject's middle by no more than this, in crop widths, is good.
const GOOD_OFFSET: f64 = 0.2;
/// A still position this near to where the crop was before a cut is kept, in crop widths.
const SAME_PLACE: f64 = 0.06;

impl Plan {
    /// Returns the plan for `needs`, one per step; `before` is where the crop was until now.
    pub(super) fn new(needs: &[Option<Need>], bounds: Bounds, before: Option<f64>) -> Self {
        let centre = bounds.range / 2.0;
        if needs.iter().all(Option::is_none) {
            return Self::Still(centre);
        }
        if let Some(position) = still_position(needs, bounds, before) {
            return Self::Still(position);
        }
        let places = Grid::new(bounds).plan(needs);
        match places.split_first() {
            Some((first, rest)) if rest.iter().all(|place| place == first) => Self::Still(first.0),
            _ => Self::Moving(places),
        }
    }

    /// Returns the position at a share of 0..=1 of step `index`.
    pub(super) fn position(&self, index: usize, share: f64) -> f64 {
        match self {
            Self::Still(position) => *position,
            Self::Moving(places) => match (places.get(index), places.get(index + 1)) {
                (Some(&(from, speed)), Some(&(_, next))) => {
                    from + speed * share + (next - speed) * share * share / 2.0
                }
                (Some(&(from, _)), None) => from,
                (None, _) => places.last().map_or(0.0, |place| place.0),
            },
        }
    }
}

/// Returns the one position that shows the subject all the time and near the middle, if any.
fn still_position(needs: &[Option<Need>], bounds: Bounds, before: Option<f64>) -> Option<f64> {
    let weighty = || needs.iter().flatten().filter(|need| need.weight > BRIEF);
    let asked: Vec<&Need> = match weighty().next() {
        Some(_) => weighty().collect(),
        None => needs.iter().flatten().collect(),
    };
    let margin = MARGIN * bounds.crop;
    let common = |margin: f64| {
        let low = asked.iter().map(|need| need.inner(margin).0);
        let high = asked.iter().map(|need| need.inner(margin).1);
        (
            low.fold(f64::NEG_INFINITY, f64::max),
            high.fold(f64::INFINITY, f64::min),
        )
    };
    let (low, high) = [common(margin), common(0.0)]
        .into_iter()
        .find(|(low, high)| low <= high)?;
    let mut ideals: Vec<f64> = asked.iter().map(|need| need.ideal).collect();
    ideals.sort_by(f64::total_cmp);
    let median = ideals.get(ideals.len() / 2).copied()?.clamp(low, high);
    let good = |position: f64| {
        let off = |ideal: &&f64| (**ideal - position).abs() > GOOD_OFFSET * bounds.crop;
        ideals.iter().filter(off).count() * 20 <= ideals.len()
    };
    if !good(median) {
        return None;
    }
    let kept = before.filter(|before| {
        (low..=high).contains(before) && (before - median).abs() <= SAME_PLACE * bounds.crop
    });
    let whole = median.round();
    Some(kept.unwrap_or(if (low..=high).contains(&whole) {
        whole
    } else {
        median
    }))
}

/// Finest distance in crop widths: what `MAX_ACCELERATION` makes of two speed quanta per step.
const QUANTUM: f64 = MAX_ACCELERATION * STEP_SECS * STEP_SECS / 4.0;
const STEP_SECS: f64 = STEP.0 as f64 / footage::time::TICKS_PER_SECOND as f64;
/// Fastest speed in quanta: each is `2 * QUANTUM` per step.
const FASTEST: i32 = (MAX_SPEED * STEP_SECS / (2.0 * QUANTUM) + 1.0e-9) as i32;
const SPEEDS: usize = 2 * FASTEST as usize + 1;
/// Hardest acceleration in speed quanta per step.
const HARDEST: i32 = 2;
/// Steps that are planned together, and how many of them are kept before planning goes on with
/// what comes into sight: bounds the memory for long spans.
const HORIZON: usize = 300;
const KEPT: usize = 200;

/// Costs per step: not showing the subject, and per crop width by which it is missed.
const MISSED: f64 = 40.0;
const MISSED_PER_WIDTH: f64 = 200.0;
/// Being within [`MARGIN`] of missing it, per crop width.
const NEAR_EDGE: f64 = 8.0;
/// Being off the middle by more than [`DEAD_ZONE`], per crop width.
const OFF_MIDDLE: f64 = 1.2;
const DEAD_ZONE: f64 = 0.12;
/// Moving at all, and moving while the subject is static.
const MOVING: f64 = 0.25;
const MOVING_ON_STATIC: f64 = 3.0;
/// Starting to move.
const STARTING: f64 = 5.0;
/// Still moving at the end, where a longer clip would show an abrupt stop.
const ENDING: f64 = 2.0;
/// A square of acceleration.
const FORCE: f64 = 0.03;

/// Positions and speeds that a plan is made of.
struct Grid {
    quantum: f64,
    positions: usize,
    crop: f64,
}

/// A state: position index, and speed in quanta.
type State = (usize, i32);

impl Grid {
    fn new(bounds: Bounds) -> Self {
        // The last position is the right limit exactly, so the quantum shrinks a little.
        let intervals = (bounds.range / (QUANTUM * bounds.crop)).ceil().max(1.0);
        Self {
            quantum: bounds.range / intervals,
            positions: intervals as usize + 1,
            crop: bounds.crop,
        }
    }

    fn plan(&self, needs: &[Option<Need>]) -> Vec<(f64, f64)> {
        let mut states: Vec<State> = Vec::with_capacity(needs.len());
        let mut first = 0;
        loop {
            let last = (first + HORIZON).min(needs.len());
            let window = needs.get(first..last).unwrap_or_default();
            let planned = self.cheapest(window, states.last().copied());
            let done = last == needs.len();
            let count = if done { planned.len() } else { KEPT };
            // The first state of a further window is the last one that was kept.
            let skipped = usize::from(!states.is_empty());
            states.extend(planned.into_iter().take(count).skip(skipped));
            if done {
                break;
            }
            first += KEPT - 1;
        }
        states
            .into_iter()
            .map(|(position, speed)| {
                let pixels = position as f64 * self.quantum;
                (pixels, f64::from(speed) * 2.0 * self.quantum)
            })
            .collect()
    }

    /// Returns the cost of being at each position.
    fn costs_of(&self, need: Option<&Need>) -> Vec<f32> {
        let Some(need) = need else {
            return vec![0.0; self.positions];
        };
        let (low, high) = need.inner(MARGIN * self.crop);
        let beyond = |x: f64, low: f64, high: f64| (low - x).max(x - high).max(0.0) / self.crop;
        // Half a quantum of grace gives intervals that are narrower than the grid a position.
        let narrow = need.high - need.low < self.quantum;
        let grace = if narrow {
            self.quantum * 0.5 / self.crop
        } else {
            0.0
        };
        (0..self.positions)
            .map(|index| {
                let x = index as f64 * self.quantum;
                let missed = beyond(x, need.low, need.high);
                let near = beyond(x, low, high);
                let off = ((x - need.ideal).abs() / self.crop - DEAD_ZONE).max(0.0);
                let mut cost = NEAR_EDGE * near + OFF_MIDDLE * off;
                if missed > grace {
                    cost += MISSED + MISSED_PER_WIDTH * missed;
                }
                (cost * need.weight) as f32
            })
            .collect()
    }

    /// Returns the cheapest states for `needs`, starting from `start` or anywhere.
    #[expect(
        clippy::indexing_slicing,
        reason = "positions and speeds are checked against the grid before they become indices, \
                  and this is the innermost loop of the crate"
    )]
    fn cheapest(&self, needs: &[Option<Need>], start: Option<State>) -> Vec<State> {
        let cells = self.positions * SPEEDS;
        let cell = |position: usize, speed: i32| position * SPEEDS + (speed + FASTEST) as usize;
        let pace_cost = |need: Option<&Need>| -> f32 {
            let is_static = need.is_some_and(|need| need.pace == Pace::Static);
            (if is_static { MOVING_ON_STATIC } else { MOVING }) as f32
        };

        let mut costs = vec![f32::INFINITY; cells];
        if let Some((position, speed)) = start {
            costs[cell(position, speed)] = 0.0;
        } else {
            let at = self.costs_of(needs.first().and_then(Option::as_ref));
            for (position, cost) in at.iter().enumerate() {
                for speed in -FASTEST..=FASTEST {
                    let begin = if speed == 0 { 0.0 } else { STARTING as f32 };
                    costs[cell(position, speed)] = cost + begin;
                }
            }
        }
        let mut came_from: Vec<Vec<i8>> = Vec::with_capacity(needs.len());
        for need in needs.iter().skip(1).map(Option::as_ref) {
            let at = self.costs_of(need);
            let moving = pace_cost(need);
            let mut next = vec![f32::INFINITY; cells];
            let mut from = vec![0_i8; cells];
            for position in 0..self.positions {
                for speed in -FASTEST..=FASTEST {
                    let so_far = costs[cell(position, speed)];
                    if so_far == f32::INFINITY {
                        continue;
                    }
                    for force in -HARDEST..=HARDEST {
                        let faster = speed + force;
                        let arrived = position as i64 + i64::from(speed + faster);
                        // Turning round within a step would leave the grid's last position.
                        if faster.abs() > FASTEST
                            || faster * speed < 0
                            || arrived < 0
                            || arrived >= self.positions as i64
                        {
                            continue;
                        }
                        let starts = faster != 0 && speed == 0;
                        let cost = so_far
                            + at[arrived as usize]
                            + if faster == 0 && speed == 0 {
                                0.0
                            } else {
                                moving
                            }
                            + if starts { STARTING as f32 } else { 0.0 }
                            + FORCE as f32 * (force * force) as f32;
                        let target = cell(arrived as usize, faster);
                        if cost < next[target] {
                            next[target] = cost;
                            from[target] = force as i8;
                        }
                    }
                }
            }
            costs = next;
            came_from.push(from);
        }

        for (index, cost) in costs.iter_mut().enumerate() {
            if index % SPEEDS != FASTEST as usize {
                *cost += ENDING as f32;
            }
        }
        let mut best = 0;
        for (index, cost) in costs.iter().enumerate() {
            if *cost < costs[best] {
                best = index;
            }
        }
        let mut position = best / SPEEDS;
        let mut speed = (best % SPEEDS) as i32 - FASTEST;
        let mut states = vec![(position, speed)];
        for from in came_from.iter().rev() {
            let force = i32::from(from[cell(position, speed)]);
            let before = speed - force;
            position = (position as i64 - i64::from(speed + before)) as usize;
            speed = before;
            states.push((position, speed));
        }
        states.reverse();
        states
    }
}

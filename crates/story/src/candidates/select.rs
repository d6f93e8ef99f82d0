//! The kept windows: good ones, little overlap, spread over the source.

use footage::time::{SourceTime, Ticks};

use super::windows::Window;

/// Two kept windows share at most one fifth of the shorter one.
pub(super) const SHARED: i64 = 5;
/// Points taken off right beside a window that is kept.
const NEARNESS: f64 = 12.0;
/// Beyond the least number, a window must have this share of the best one's score.
const GOOD_ENOUGH: f64 = 0.5;

/// Returns at most `count` windows, `at_least` where the pool allows.
pub(super) fn select(
    pool: &[Window],
    count: usize,
    at_least: usize,
    duration: SourceTime,
) -> Vec<Window> {
    let mut chosen = Vec::new();
    fill(pool, count, at_least, duration, &mut chosen);
    if chosen.len() < at_least {
        let spread = most_apart(pool, at_least);
        if spread.len() > chosen.len() {
            chosen = spread;
            fill(pool, count, at_least, duration, &mut chosen);
        }
    }
    chosen
}

/// Adds the window with the best score less its nearness to the kept ones, again and again.
fn fill(
    pool: &[Window],
    count: usize,
    at_least: usize,
    duration: SourceTime,
    chosen: &mut Vec<Window>,
) {
    let steered = pool.iter().any(|window| window.fits);
    let reach = Ticks((duration.0 / (2 * count.max(1) as i64)).max(1));
    let best = pool.iter().map(|window| window.score).fold(0.0, f64::max);
    let mut left: Vec<(&Window, f64)> = pool.iter().map(|window| (window, 0.0)).collect();
    let mut added: Vec<Window> = chosen.clone();
    while chosen.len() < count {
        for kept in &added {
            left.retain(|(window, _)| apart(window, kept));
            for (window, nearness) in &mut left {
                *nearness = nearness.max(near(window, kept, reach));
            }
        }
        added.clear();
        let enough = chosen.len() >= at_least;
        let mut found: Option<(bool, f64, &Window)> = None;
        for (window, nearness) in &left {
            // Past the least number, only what fits the wish, and only what is good.
            if enough && ((steered && !window.fits) || window.score < best * GOOD_ENOUGH) {
                continue;
            }
            let value = window.score - NEARNESS * nearness;
            let better = found.is_none_or(|(fits, most, _)| {
                (window.fits && !fits) || (window.fits == fits && value > most)
            });
            if better {
                found = Some((window.fits, value, window));
            }
        }
        let Some((_, _, window)) = found else { break };
        chosen.push(window.clone());
        added.push(window.clone());
    }
}

/// Whether two windows share at most the allowed part.
fn apart(a: &Window, b: &Window) -> bool {
    let shorter = a.played.min(b.played);
    a.range
        .intersection(b.range)
        .is_none_or(|shared| shared.duration() * SHARED <= shorter)
}

/// Returns 1 where two windows touch, 0 from `reach` on.
fn near(a: &Window, b: &Window, reach: Ticks) -> f64 {
    let gap = (a.range.start - b.range.end).max(b.range.start - a.range.end);
    (1.0 - gap.max(Ticks::ZERO).secs() / reach.secs()).max(0.0)
}

/// Returns up to `count` windows with the highest sum of scores: as many as fit, by weighted
/// interval scheduling. Windows are taken as shorter by a tenth of the shortest at each end, so
/// that two of them share at most a fifth of any.
fn most_apart(pool: &[Window], count: usize) -> Vec<Window> {
    let shortest = pool.iter().map(|window| window.played).min();
    let margin = Ticks(shortest.unwrap_or(Ticks::ZERO).0 / (2 * SHARED));
    let mut sorted: Vec<&Window> = pool.iter().collect();
    sorted.sort_by_key(|window| (window.range.end, window.range.start));
    let ends: Vec<SourceTime> = sorted
        .iter()
        .map(|window| window.range.end - margin)
        .collect();
    // best[k][i]: the highest sum of k windows among the first i.
    let mut best: Vec<Vec<Option<f64>>> = vec![vec![Some(0.0); sorted.len() + 1]];
    let before = |window: &Window| ends.partition_point(|end| *end <= window.range.start + margin);
    while best.len() <= count {
        let Some(fewer) = best.last() else { break };
        let mut row = vec![None];
        for (index, window) in sorted.iter().enumerate() {
            let without = row.get(index).copied().flatten();
            let with = fewer
                .get(before(window).min(index))
                .copied()
                .flatten()
                .map(|sum| sum + window.score);
            row.push(match (with, without) {
                (Some(with), Some(without)) if with <= without => Some(without),
                (Some(with), _) => Some(with),
                (None, without) => without,
            });
        }
        if row.last().copied().flatten().is_none() {
            break;
        }
        best.push(row);
    }
    let mut chosen = Vec::new();
    let mut until = sorted.len();
    let value = |layer: usize, index: usize| best.get(layer).and_then(|row| *row.get(index)?);
    for layer in (1..best.len()).rev() {
        // The first position that already has this sum is where its last window stands.
        while until > 0 && value(layer, until) == value(layer, until - 1) {
            until -= 1;
        }
        let Some(window) = until.checked_sub(1).and_then(|last| sorted.get(last)) else {
            break;
        };
        chosen.push((*window).clone());
        until = before(window).min(until - 1);
    }
    chosen
}

//! How high lines are: measured where they have been drawn, else estimated, so that those out of
//! sight need not be there.

use std::ops::Range;

/// Height of a row of words in pixels.
const ROW_PX: f64 = 26.25;
/// Space below a line.
const GAP_PX: f64 = 8.0;
/// Width of a letter on average, spaces counted.
const LETTER_PX: f64 = 7.6;
/// A width to estimate with before the real one is known.
const SOME_WIDTH_PX: f64 = 320.0;
/// Lines come and go so many at a time, so that scrolling by one changes nothing.
const STEP: usize = 8;
/// What is drawn at least above and below what is in sight.
const LEAST_MARGIN_PX: f64 = 400.0;

/// Returns how high a line of so many letters is likely to be.
pub(crate) fn estimate(letters: usize, width_px: f64) -> f64 {
    let width = if width_px > 0.0 {
        width_px
    } else {
        SOME_WIDTH_PX
    };
    let rows = (letters as f64 * LETTER_PX / width).ceil().max(1.0);
    rows * ROW_PX + GAP_PX
}

/// Where lines begin and end.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Heights {
    /// Upper edges, and the lower edge of the last line.
    edges: Vec<f64>,
}

impl Heights {
    /// Returns lines of these heights below each other.
    pub(crate) fn new(heights: impl Iterator<Item = f64>) -> Self {
        let mut edges = vec![0.0];
        let mut below = 0.0;
        edges.extend(heights.map(|height| {
            below += height;
            below
        }));
        Self { edges }
    }

    /// Returns how many lines there are.
    pub(crate) fn count(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    /// Returns the upper edge of a line; that of one after the last is the end.
    pub(crate) fn top(&self, line: usize) -> f64 {
        let edge = self.edges.get(line).or(self.edges.last());
        edge.copied().unwrap_or_default()
    }

    /// Returns the height of all.
    pub(crate) fn whole(&self) -> f64 {
        self.top(self.count())
    }

    /// Returns the line at a height, the first or last one beyond.
    pub(crate) fn at(&self, y: f64) -> usize {
        let after = self.edges.partition_point(|edge| *edge <= y);
        after.saturating_sub(1).min(self.count().saturating_sub(1))
    }

    /// Returns the lines that are in sight or near, between `top` and `top + space`.
    pub(crate) fn in_sight(&self, top: f64, space: f64) -> Range<usize> {
        let margin = space.max(LEAST_MARGIN_PX);
        let first = self.at(top - margin) / STEP * STEP;
        let last = (self.at(top + space + margin) + 1).next_multiple_of(STEP);
        first.min(self.count())..last.min(self.count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_lines_few_are_drawn_and_none_in_sight_is_missing() {
        let heights = Heights::new((0..1000).map(|line| 34.0 + f64::from(line % 3) * 26.0));
        for top in [0.0, 777.0, 30_000.0, heights.whole() - 600.0] {
            let drawn = heights.in_sight(top, 600.0);
            assert!(drawn.len() < 80, "{drawn:?}");
            assert!(heights.top(drawn.start) <= top, "at the top of {top}");
            assert!(heights.top(drawn.end) >= top + 600.0, "at its end");
        }
    }

    #[test]
    fn what_is_drawn_stays_while_little_is_scrolled() {
        let heights = Heights::new((0..1000).map(|_| 34.0));
        let changes = (0..340)
            .map(|top| heights.in_sight(10_000.0 + f64::from(top), 600.0))
            .collect::<Vec<_>>();
        let changes = changes.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert!(changes <= 4, "{changes} times within ten lines");
    }

    #[test]
    fn a_height_finds_its_line() {
        let heights = Heights::new([10.0, 20.0, 30.0].into_iter());
        let found = [-5.0, 0.0, 9.9, 10.0, 29.0, 30.0, 999.0].map(|y| heights.at(y));
        assert_eq!(found, [0, 0, 0, 1, 1, 2, 2]);
        assert!((heights.top(2) + 30.0 - heights.whole()).abs() < 1e-9);
        let none = Heights::new(std::iter::empty());
        assert_eq!((none.at(5.0), none.in_sight(0.0, 100.0)), (0, 0..0));
    }

    #[test]
    fn longer_lines_and_narrower_panels_are_higher() {
        assert!(estimate(400, 300.0) > estimate(200, 300.0));
        assert!(estimate(400, 200.0) > estimate(400, 300.0));
        assert!(estimate(0, 300.0) > 0.0, "a line takes a row");
    }
}

//! Where cards stand: which of many are in sight, and which one an arrow goes to.

/// Space between cards.
pub const GAP: f64 = 16.0;

/// What the cards of a grid are like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// Width of a card, or the least one where cards grow.
    pub width: f64,
    /// Height of a card of that width.
    pub height: f64,
    /// What becomes of the width that no further card fits into.
    pub rest: Rest,
}

/// What becomes of the width that no further card fits into.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rest {
    /// It stays free.
    Free,
    /// Cards take it, and are higher by so much per pixel that they are wider.
    Taken(f64),
}

/// A grid of equal cards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// How many cards there are.
    pub count: usize,
    /// How many stand in a row, at least 1.
    pub columns: usize,
    /// Width of a card.
    pub width: f64,
    /// Height of a card.
    pub height: f64,
}

impl Grid {
    /// Returns the grid of `count` cards in a width.
    pub fn new(shape: Shape, count: usize, space: f64) -> Self {
        let columns = ((space + GAP) / (shape.width + GAP)).floor().max(1.0);
        let (width, height) = match shape.rest {
            Rest::Free => (shape.width, shape.height),
            Rest::Taken(growth) => {
                let width = ((space + GAP) / columns - GAP).max(0.0);
                (width, shape.height + (width - shape.width) * growth)
            }
        };
        Self {
            count,
            columns: columns as usize,
            width,
            height,
        }
    }

    /// Returns the height of all of it.
    pub fn whole_height(self) -> f64 {
        let rows = self.count.div_ceil(self.columns);
        (rows as f64 * (self.height + GAP) - GAP).max(0.0)
    }

    /// Returns the left and upper edge of a card.
    pub fn place(self, index: usize) -> (f64, f64) {
        let (row, column) = (index / self.columns, index % self.columns);
        (
            column as f64 * (self.width + GAP),
            row as f64 * (self.height + GAP),
        )
    }

    /// Returns the cards that are in sight, or nearly, between `top` and `top + height`.
    pub fn in_sight(self, top: f64, height: f64) -> std::ops::Range<usize> {
        let row = self.height + GAP;
        let first = ((top - row) / row).floor().max(0.0) as usize;
        let last = ((top + height + row) / row).ceil().max(0.0) as usize;
        let start = (first * self.columns).min(self.count);
        start..(last * self.columns).clamp(start, self.count)
    }

    /// Returns the card that a key goes to from `index`; `None` when the key does not move.
    pub fn step(self, index: usize, key: &str) -> Option<usize> {
        let last = self.count.checked_sub(1)?;
        Some(match key {
            "ArrowLeft" => index.saturating_sub(1),
            "ArrowRight" => (index + 1).min(last),
            "ArrowUp" if index >= self.columns => index - self.columns,
            // The last row may be shorter than the one above.
            "ArrowDown" if index / self.columns < last / self.columns => {
                (index + self.columns).min(last)
            }
            "ArrowUp" | "ArrowDown" => index,
            "Home" => 0,
            "End" => last,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIXED: Shape = Shape {
        width: 216.0,
        height: 496.0,
        rest: Rest::Free,
    };
    const GROWING: Shape = Shape {
        width: 224.0,
        height: 200.0,
        rest: Rest::Taken(0.5),
    };

    #[test]
    fn only_what_is_near_is_drawn() {
        for (shape, near) in [(FIXED, 30), (GROWING, 50)] {
            let grid = Grid::new(shape, 500, 1200.0);
            assert_eq!(grid.columns, 5);
            let seen = grid.in_sight(10_000.0, 800.0);
            assert!(seen.len() <= near, "{seen:?}");
            let (_, top) = grid.place(seen.start);
            let (_, bottom) = grid.place(seen.end - 1);
            assert!(
                top <= 10_000.0 && bottom + grid.height >= 10_800.0,
                "nothing in sight is missing"
            );
            assert_eq!(Grid::new(shape, 0, 900.0).in_sight(0.0, 900.0), 0..0);
        }
    }

    #[test]
    fn arrows_stay_within_the_cards() {
        let grid = Grid {
            columns: 3,
            ..Grid::new(FIXED, 7, 700.0)
        };
        assert_eq!(grid.step(0, "ArrowLeft"), Some(0));
        assert_eq!(grid.step(5, "ArrowDown"), Some(6), "the last row is short");
        assert_eq!(grid.step(6, "ArrowDown"), Some(6));
        assert_eq!(grid.step(4, "ArrowUp"), Some(1));
        assert_eq!(grid.step(1, "End"), Some(6));
        assert_eq!(grid.step(1, "k"), None);
    }

    #[test]
    fn cards_that_grow_fill_a_row() {
        let grid = Grid::new(GROWING, 9, 1000.0);
        let (x, _) = grid.place(grid.columns - 1);
        assert!((x + grid.width - 1000.0).abs() < 1e-6, "to the edge");
        let growth = (grid.width - 224.0) / 2.0;
        assert!((grid.height - (200.0 + growth)).abs() < 1e-6);
    }

    #[test]
    fn a_narrow_window_has_one_column() {
        assert_eq!(Grid::new(FIXED, 3, 100.0).columns, 1);
        let growing = Grid::new(GROWING, 3, 100.0);
        assert_eq!(growing.columns, 1);
        assert!(growing.width <= 100.0, "no wider than there is room");
    }
}

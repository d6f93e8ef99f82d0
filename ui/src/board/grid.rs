//! Where cards stand: which of many are in sight, and which one an arrow goes to.

/// Width of a card.
pub const CARD_WIDTH: f64 = 216.0;
/// Height of a card.
pub const CARD_HEIGHT: f64 = 496.0;
/// Height of a card's picture.
pub const COVER_HEIGHT: f64 = 384.0;
/// Space between cards.
pub const GAP: f64 = 16.0;

/// A grid of equal cards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// How many cards there are.
    pub count: usize,
    /// How many stand in a row, at least 1.
    pub columns: usize,
}

impl Grid {
    /// Returns the grid of `count` cards in a width.
    pub fn new(count: usize, width: f64) -> Self {
        let fitting = ((width + GAP) / (CARD_WIDTH + GAP)).floor().max(1.0);
        Self {
            count,
            columns: fitting as usize,
        }
    }

    /// Returns its height.
    pub fn height(self) -> f64 {
        let rows = self.count.div_ceil(self.columns);
        (rows as f64 * (CARD_HEIGHT + GAP) - GAP).max(0.0)
    }

    /// Returns the left and upper edge of a card.
    pub fn place(self, index: usize) -> (f64, f64) {
        let (row, column) = (index / self.columns, index % self.columns);
        (
            column as f64 * (CARD_WIDTH + GAP),
            row as f64 * (CARD_HEIGHT + GAP),
        )
    }

    /// Returns the cards that are in sight, or nearly, between `top` and `top + height`.
    pub fn in_sight(self, top: f64, height: f64) -> std::ops::Range<usize> {
        let row = CARD_HEIGHT + GAP;
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

    #[test]
    fn only_what_is_near_is_drawn() {
        let grid = Grid::new(500, 1200.0);
        assert_eq!(grid.columns, 5);
        let seen = grid.in_sight(10_000.0, 800.0);
        assert!(seen.len() <= 30, "{seen:?}");
        let (_, top) = grid.place(seen.start);
        let (_, bottom) = grid.place(seen.end - 1);
        assert!(
            top <= 10_000.0 && bottom + CARD_HEIGHT >= 10_800.0,
            "nothing in sight is missing"
        );
        assert_eq!(Grid::new(0, 900.0).in_sight(0.0, 900.0), 0..0);
    }

    #[test]
    fn arrows_stay_within_the_cards() {
        let grid = Grid {
            count: 7,
            columns: 3,
        };
        assert_eq!(grid.step(0, "ArrowLeft"), Some(0));
        assert_eq!(grid.step(5, "ArrowDown"), Some(6), "the last row is short");
        assert_eq!(grid.step(6, "ArrowDown"), Some(6));
        assert_eq!(grid.step(4, "ArrowUp"), Some(1));
        assert_eq!(grid.step(1, "End"), Some(6));
        assert_eq!(grid.step(1, "k"), None);
    }

    #[test]
    fn a_narrow_window_has_one_column() {
        assert_eq!(Grid::new(3, 100.0).columns, 1);
    }
}

//! The assignment of least total cost.

/// Returns for each row its column, or `None` where staying alone is cheaper.
///
/// `costs` holds one row per detection with `columns` values each; `alone` is the cost of a row
/// without a column. Every row gets a spare column of its own at that price, so a solution always
/// exists.
#[expect(
    clippy::indexing_slicing,
    reason = "all indices come from ranges over vectors that are allocated here with that length"
)]
pub(super) fn assign(costs: &[Vec<f64>], columns: usize, alone: f64) -> Vec<Option<usize>> {
    let rows = costs.len();
    let width = columns + rows;
    let cost =
        |row: usize, column: usize| -> f64 { costs[row].get(column).copied().unwrap_or(alone) };
    // Row and column 0 are sentinels of the augmenting path.
    let mut row_price = vec![0.0; rows + 1];
    let mut column_price = vec![0.0; width + 1];
    let mut row_of = vec![0_usize; width + 1];
    for row in 1..=rows {
        row_of[0] = row;
        let mut column = 0;
        let mut slack = vec![f64::INFINITY; width + 1];
        let mut came_from = vec![0_usize; width + 1];
        let mut used = vec![false; width + 1];
        while row_of[column] != 0 {
            used[column] = true;
            let current = row_of[column];
            let mut step = f64::INFINITY;
            let mut next = 0;
            for candidate in 1..=width {
                if used[candidate] {
                    continue;
                }
                let reduced =
                    cost(current - 1, candidate - 1) - row_price[current] - column_price[candidate];
                if reduced < slack[candidate] {
                    slack[candidate] = reduced;
                    came_from[candidate] = column;
                }
                if slack[candidate] < step {
                    step = slack[candidate];
                    next = candidate;
                }
            }
            for candidate in 0..=width {
                if used[candidate] {
                    row_price[row_of[candidate]] += step;
                    column_price[candidate] -= step;
                } else {
                    slack[candidate] -= step;
                }
            }
            column = next;
        }
        while column != 0 {
            let previous = came_from[column];
            row_of[column] = row_of[previous];
            column = previous;
        }
    }
    let mut result = vec![None; rows];
    for column in 1..=columns {
        if row_of[column] != 0 {
            result[row_of[column] - 1] = Some(column - 1);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(costs: &[&[f64]], expect: &[Option<usize>]) {
        let columns = costs.first().map_or(0, |row| row.len());
        let rows: Vec<Vec<f64>> = costs.iter().map(|row| row.to_vec()).collect();
        assert_eq!(assign(&rows, columns, 10.0), expect, "for {costs:?}");
    }

    #[test]
    fn least_total_cost_wins() {
        check(&[], &[]);
        check(&[&[], &[]], &[None, None]);
        check(&[&[1.0]], &[Some(0)]);
        check(&[&[1e6]], &[None]);
        check(&[&[1.0, 2.0], &[1.1, 9.0]], &[Some(1), Some(0)]);
        check(&[&[1.0], &[0.5]], &[None, Some(0)]);
        check(
            &[&[4.0, 1.0, 3.0], &[2.0, 0.0, 5.0], &[3.0, 2.0, 2.0]],
            &[Some(1), Some(0), Some(2)],
        );
    }
}

//! Percentiles, and lines of the table.

/// Returns the value that a share of all values does not exceed, by nearest rank; 0 of nothing.
pub(crate) fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil().max(1.0) as usize;
    sorted.get(rank - 1).copied().unwrap_or(0.0)
}

/// Returns how milliseconds are spread.
pub(crate) fn spread(millis: &[f64]) -> String {
    let [half, most, all] = [0.5, 0.95, 1.0].map(|share| percentile(millis, share));
    format!("p50 {half:.1} ms, p95 {most:.1} ms, longest {all:.1} ms")
}

/// Prints a line of the table.
pub(crate) fn row(what: &str, goal: &str, measured: &str) {
    say(&format!("{what:64}  {goal:10}  {measured}"));
}

/// Prints a line.
#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Returns numbers out of a script's answer.
pub(crate) fn numbers(answer: &serde_json::Value) -> Vec<f64> {
    let list = answer.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(serde_json::Value::as_f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let check = |values: &[f64], share: f64, expect: f64| {
            let found = percentile(values, share);
            assert!(
                (found - expect).abs() < 1e-9,
                "{share}: {found}, not {expect}"
            );
        };
        let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        check(&values, 0.5, 50.0);
        check(&values, 0.95, 95.0);
        check(&values, 1.0, 100.0);
        check(&[7.0], 0.95, 7.0);
        check(&[], 0.95, 0.0);
    }
}

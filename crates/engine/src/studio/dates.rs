//! Days as text.

use footage::calendar::Date;

const DAY_MILLIS: i64 = 24 * 3600 * 1000;

/// Returns the day of a moment in Unix milliseconds, in universal time, such as `2026-11-28`.
pub(crate) fn day(millis: i64) -> String {
    Date::of_day(millis.div_euclid(DAY_MILLIS)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (millis, expected) in [
            (0, "1970-01-01"),
            (951_782_400_000, "2000-02-29"),
            (1_795_823_999_999, "2026-11-27"),
            (1_795_824_000_000, "2026-11-28"),
            (4_107_542_400_000, "2100-03-01"),
        ] {
            assert_eq!(day(millis), expected);
        }
    }
}

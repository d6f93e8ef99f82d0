//! Days as text.

const DAY_MILLIS: i64 = 24 * 3600 * 1000;

/// Returns the day of a moment in Unix milliseconds, in universal time, such as `2026-11-28`.
pub(crate) fn day(millis: i64) -> String {
    let (year, month, day) = civil(millis.div_euclid(DAY_MILLIS));
    format!("{year:04}-{month:02}-{day:02}")
}

/// Returns the date of a day since 1970-01-01 (H. Hinnant, `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
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

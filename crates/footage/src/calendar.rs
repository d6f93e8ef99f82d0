//! Dates of the Gregorian calendar.
//!
//! Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days` and
//! `days_from_civil` (<https://howardhinnant.github.io/date_algorithms.html>): years begin in March there,
//! and eras have 400 years.

use std::fmt;

/// Days from 0000-03-01, where the eras begin, to 1970-01-01.
const TO_1970: i64 = 719_468;
/// Days of 400 years.
const ERA: i64 = 146_097;

/// A date; shown as `2026-11-28`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// Year, of the usual count.
    pub year: i64,
    /// Month, 1 to 12.
    pub month: u32,
    /// Day of the month, 1 to 31.
    pub day: u32,
}

impl Date {
    /// Returns the date of a day, counted from 1970-01-01.
    pub fn of_day(days: i64) -> Self {
        let shifted = days + TO_1970;
        let era = shifted.div_euclid(ERA);
        let of_era = shifted.rem_euclid(ERA);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = (from_march + 2) % 12 + 1;
        Self {
            year: year + era * 400 + i64::from(month <= 2),
            month: month as u32,
            day: day as u32,
        }
    }

    /// Returns the day, counted from 1970-01-01; `None` for a date that no calendar has.
    pub fn to_day(self) -> Option<i64> {
        if !(1..=self.days_of_month()?).contains(&self.day) {
            return None;
        }
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        let year = self.year - i64::from(month <= 2);
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        Some(era * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - TO_1970)
    }

    fn days_of_month(self) -> Option<u32> {
        let is_leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        match self.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
            4 | 6 | 9 | 11 => Some(30),
            2 => Some(if is_leap { 29 } else { 28 }),
            _ => None,
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (days, expect) in [
            (-1, "1969-12-31"),
            (0, "1970-01-01"),
            (11_016, "2000-02-29"),
            (20_785, "2026-11-28"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(Date::of_day(days).to_string(), expect);
        }
    }

    #[test]
    fn every_day_has_its_date_and_comes_back() {
        let mut before = Date::of_day(-800_001);
        for days in -800_000..800_000 {
            let date = Date::of_day(days);
            assert!(date > before, "{date} after {before}");
            assert_eq!(date.to_day(), Some(days), "{date}");
            before = date;
        }
    }

    #[test]
    fn dates_that_no_calendar_has_are_none() {
        for (year, month, day) in [
            (2026, 2, 29),
            (1900, 2, 29),
            (2026, 4, 31),
            (2026, 13, 1),
            (2026, 0, 1),
            (2026, 1, 0),
        ] {
            assert_eq!(
                Date { year, month, day }.to_day(),
                None,
                "{year}-{month}-{day}"
            );
        }
    }
}

//! Moments as networks write them. A server's own clock is read where one is needed: that of this
//! machine may be wrong by a day.

use std::time::Duration;

use reqwest::header::{DATE, HeaderMap};

/// Names of months in HTTP dates (RFC 9110, 5.6.7).
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const DAY_SECS: u64 = 86_400;

/// A moment: seconds since 1970 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) u64);

impl Moment {
    /// Returns when a server answered, by its own clock.
    pub(crate) fn of_answer(headers: &HeaderMap) -> Option<Self> {
        Self::of_http_date(headers.get(DATE)?.to_str().ok()?)
    }

    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`.
    fn of_http_date(text: &str) -> Option<Self> {
        let (_weekday, rest) = text.split_once(", ")?;
        let mut parts = rest.strip_suffix(" GMT")?.split(' ');
        let day: u64 = parts.next()?.parse().ok()?;
        let name = parts.next()?;
        let month = MONTHS.iter().position(|month| *month == name)? as u64 + 1;
        let year: u64 = parts.next()?.parse().ok()?;
        let mut clock = parts
            .next()?
            .split(':')
            .map(|part| part.parse::<u64>().ok());
        let mut next = || clock.next().flatten();
        let (hour, minute, second) = (next()?, next()?, next()?);
        if !(1970..10_000).contains(&year) || !(1..=31).contains(&day) {
            return None;
        }
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let days = days_of(year, month, day);
        Some(Self(days * DAY_SECS + hour * 3_600 + minute * 60 + second))
    }

    /// Returns how long after an earlier moment it is; nothing when it is not.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }

    /// Writes it as RFC 3339 has it, in UTC.
    pub(crate) fn rfc3339(self) -> String {
        let (days, secs) = (self.0 / DAY_SECS, self.0 % DAY_SECS);
        let (year, month, day) = date_of(days);
        let (hour, minute, second) = (secs / 3_600, secs / 60 % 60, secs % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// Returns the days from 1970 to a date. Source: Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms", `days_from_civil`; years begin in March there, and eras have 400 years.
fn days_of(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year / 400;
    let of_era = year % 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Returns the date of a day since 1970: `civil_from_days` of the same source.
fn date_of(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_http_date_becomes_rfc_3339() {
        let check = |text: &str, secs: Option<u64>, expect: &str| {
            let moment = Moment::of_http_date(text);
            assert_eq!(moment.map(|moment| moment.0), secs, "{text}");
            assert_eq!(
                moment.map_or(String::new(), Moment::rfc3339),
                expect,
                "{text}"
            );
        };
        // The example of RFC 9110.
        let example = "Sun, 06 Nov 1994 08:49:37 GMT";
        check(example, Some(784_111_777), "1994-11-06T08:49:37Z");
        check(
            "Thu, 01 Jan 1970 00:00:00 GMT",
            Some(0),
            "1970-01-01T00:00:00Z",
        );
        let leap = "Thu, 29 Feb 2024 23:59:59 GMT";
        check(leap, Some(1_709_251_199), "2024-02-29T23:59:59Z");
        for none in [
            "",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1994 25:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Brumaire 1994 08:49:37 GMT",
        ] {
            check(none, None, "");
        }
    }
}

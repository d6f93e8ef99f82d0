//! Moments as networks write them. A server's own clock is read where one is needed: that of this
//! machine may be wrong by a day.

use std::time::Duration;

use footage::calendar::Date;
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
    pub(crate) fn of_http_date(text: &str) -> Option<Self> {
        let (_weekday, rest) = text.split_once(", ")?;
        let mut parts = rest.strip_suffix(" GMT")?.split(' ');
        let day: u32 = parts.next()?.parse().ok()?;
        let name = parts.next()?;
        let month = MONTHS.iter().position(|month| *month == name)? as u32 + 1;
        let year: i64 = parts.next()?.parse().ok()?;
        let mut clock = parts
            .next()?
            .split(':')
            .map(|part| part.parse::<u64>().ok());
        let mut next = || clock.next().flatten();
        let (hour, minute, second) = (next()?, next()?, next()?);
        if !(1970..10_000).contains(&year) {
            return None;
        }
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let days = u64::try_from(Date { year, month, day }.to_day()?).ok()?;
        Some(Self(days * DAY_SECS + hour * 3_600 + minute * 60 + second))
    }

    /// Returns how long after an earlier moment it is; nothing when it is not.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }

    /// Writes it as RFC 3339 has it, in UTC.
    pub(crate) fn rfc3339(self) -> String {
        let date = Date::of_day((self.0 / DAY_SECS) as i64);
        let secs = self.0 % DAY_SECS;
        let (hour, minute, second) = (secs / 3_600, secs / 60 % 60, secs % 60);
        format!("{date}T{hour:02}:{minute:02}:{second:02}Z")
    }
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

//! Moments as text: RFC 3339.

use posts::outbox::UnixMs;

const DAY_SECS: i64 = 24 * 3_600;

/// Returns a moment in UTC, such as `2026-11-28T18:30:00Z`; milliseconds only where there are any.
pub fn rfc3339(moment: UnixMs) -> String {
    let millis = i64::try_from(moment.0).unwrap_or(i64::MAX);
    let day = crate::studio::dates::day(millis);
    let rest = millis.rem_euclid(DAY_SECS * 1_000);
    let (secs, millis) = (rest / 1_000, rest % 1_000);
    let fraction = if millis == 0 {
        String::new()
    } else {
        format!(".{millis:03}")
    };
    let (hours, minutes) = (secs / 3_600, secs / 60 % 60);
    format!("{day}T{hours:02}:{minutes:02}:{:02}{fraction}Z", secs % 60)
}

/// Reads a moment with its offset from UTC, such as `2026-11-28T18:30:00+01:00`; `None` for
/// anything else, a date that no calendar has, and what lies before 1970.
pub fn parse(text: &str) -> Option<UnixMs> {
    let (date, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (clock, rest) = rest.split_at_checked(8)?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    // A leap second is the last second of its minute.
    let second = second.min(59);
    if hour > 23 || minute > 59 {
        return None;
    }
    let (millis, offset) = match rest.strip_prefix('.') {
        Some(fraction) => {
            let end = fraction.find(|c: char| !c.is_ascii_digit())?;
            let (digits, offset) = fraction
                .split_at_checked(end)
                .filter(|(d, _)| !d.is_empty())?;
            let three: String = digits.chars().chain("00".chars()).take(3).collect();
            (three.parse::<i64>().ok()?, offset)
        }
        None => (0, rest),
    };
    let offset_mins = match offset {
        "Z" | "z" => 0,
        _ => {
            let (sign, offset) = offset.split_at_checked(1)?;
            let [hours, minutes] = numbers(offset, ':', [2, 2])?;
            if hours > 23 || minutes > 59 {
                return None;
            }
            let all = hours * 60 + minutes;
            match sign {
                "+" => all,
                "-" => -all,
                _ => return None,
            }
        }
    };
    let days = days_from_civil(year, month, day)?;
    let secs = days * DAY_SECS + hour * 3_600 + minute * 60 + second - offset_mins * 60;
    u64::try_from(secs * 1_000 + millis).ok().map(UnixMs)
}

/// Reads numbers of so many digits between separators.
fn numbers<const N: usize>(text: &str, separator: char, digits: [usize; N]) -> Option<[i64; N]> {
    let mut found = [0; N];
    let mut parts = text.split(separator);
    for (number, length) in found.iter_mut().zip(digits) {
        let part = parts.next()?;
        if part.len() != length || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(found)
}

/// Returns the day since 1970-01-01 (H. Hinnant, `days_from_civil`).
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=longest).contains(&day) {
        return None;
    }
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let shifted_month = (month + 9) % 12;
    let of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_with_their_offset() {
        let check = |text: &str, expect: Option<&str>| {
            let shown = parse(text).map(rfc3339);
            assert_eq!(shown.as_deref(), expect, "{text}");
        };
        check("2026-11-28T18:30:00Z", Some("2026-11-28T18:30:00Z"));
        check("2026-11-28T18:30:00+01:00", Some("2026-11-28T17:30:00Z"));
        check(
            "2026-11-28t18:30:00.5-05:30",
            Some("2026-11-29T00:00:00.500Z"),
        );
        check(
            "2024-02-29 00:00:00.1239Z",
            Some("2024-02-29T00:00:00.123Z"),
        );
        check("2016-12-31T23:59:60Z", Some("2016-12-31T23:59:59Z"));
        check("1970-01-01T00:00:00Z", Some("1970-01-01T00:00:00Z"));
        for wrong in [
            "",
            "2026-11-28",
            "2026-11-28T18:30Z",
            "2026-11-28T18:30:00",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-28T24:00:00Z",
            "2026-11-28T18:30:00+1:00",
            "2026-11-28T18:30:00+01:60",
            "2026-11-28T18:30:00.Z",
            "1969-12-31T23:59:59Z",
            "+026-11-28T18:30:00Z",
            "tomorrow at noon, please",
        ] {
            check(wrong, None);
        }
    }
}

//! Moments as text: RFC 3339.

use footage::calendar::Date;
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
    let date = Date {
        year,
        month: u32::try_from(month).ok()?,
        day: u32::try_from(day).ok()?,
    };
    let days = date.to_day()?;
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

#[cfg(test)]
mod tests {
    use testkit::mangle;

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

    #[test]
    fn changed_text_is_refused_or_a_moment_of_a_sensible_year() {
        let whole = b"2026-11-28T18:30:00.123456789123456789123456789+01:00";
        let last = parse("9999-12-31T23:59:59.999Z").unwrap();
        // An offset may lead a day into the year after the last.
        let end = last.0 + DAY_SECS as u64 * 1_000;
        let mut parsed = 0;
        let mut check = |text: &str, seed: u64| {
            let Some(moment) = parse(text) else {
                return;
            };
            parsed += 1;
            assert!(moment.0 < end, "{seed}: {text} is {}", moment.0);
            if moment <= last {
                let shown = rfc3339(moment);
                assert_eq!(parse(&shown), Some(moment), "{seed}: {text} is {shown}");
            }
        };
        for seed in 0..2_000 {
            // What is no letter becomes one of three bytes, which no cut may split.
            let mangled = mangle::bytes(whole, seed);
            check(&String::from_utf8_lossy(&mangled), seed);
            // Digits become others, so that much of it is a time still.
            let mut dice = mangle::Dice::new(seed);
            let mut digits = *whole;
            for _ in 0..=dice.below(3) {
                let at = dice.below(digits.len());
                if digits[at].is_ascii_digit() {
                    digits[at] = b'0' + dice.below(10) as u8;
                }
            }
            check(&String::from_utf8_lossy(&digits), seed);
        }
        assert!(
            (1_000..3_000).contains(&parsed),
            "some is read, some refused: {parsed}"
        );
    }
}

//! Numbers, times and dates as the user's language writes them.

use footage::calendar::Date;
use footage::time::Ticks;
use protocol::studio::settings::Language;

/// Returns a whole number with its thousands apart: `12,345`, `12 345`.
pub fn number(value: u64, language: Language) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push_str(thousands(language));
        }
        out.push(digit);
    }
    out
}

/// Returns a number with up to `places` decimals, without zeros at its end.
pub fn decimal(value: f64, places: usize, language: Language) -> String {
    let fixed = format!("{:.places$}", value.abs());
    let (whole, part) = fixed.split_once('.').unwrap_or((&fixed, ""));
    let part = part.trim_end_matches('0');
    let whole = number(whole.parse().unwrap_or(0), language);
    let is_zero = part.is_empty() && whole == "0";
    let sign = if value < 0.0 && !is_zero { "−" } else { "" };
    match (part.is_empty(), language) {
        (true, _) => format!("{sign}{whole}"),
        (false, Language::English) => format!("{sign}{whole}.{part}"),
        (false, Language::French) => format!("{sign}{whole},{part}"),
    }
}

/// Returns a number with exactly `places` decimals and its thousands together, as a field shows it.
pub fn field(value: f64, places: usize, language: Language) -> String {
    let fixed = format!("{value:.places$}");
    match language {
        Language::English => fixed,
        Language::French => fixed.replace('.', ","),
    }
}

/// Reads a number as it is typed in either language; `None` for anything else. A comma is taken for
/// a point: fields hold no thousands.
pub fn typed(text: &str) -> Option<f64> {
    let plain: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .map(|letter| match letter {
            ',' => '.',
            '−' => '-',
            other => other,
        })
        .collect();
    let value: f64 = plain.parse().ok()?;
    value.is_finite().then_some(value)
}

/// Returns a part of 1 in percent: `87%`, `87 %`.
pub fn percent(fraction: f64, language: Language) -> String {
    let whole = (fraction.clamp(0.0, 1.0) * 100.0).floor() as u64;
    match language {
        Language::English => format!("{whole}%"),
        Language::French => format!("{whole}\u{202f}%"),
    }
}

/// Returns bytes in the largest decimal unit: `1.2 GB`, `1,2 Go`.
pub fn bytes(count: u64, language: Language) -> String {
    let units = match language {
        Language::English => ["bytes", "kB", "MB", "GB", "TB"],
        Language::French => ["octets", "ko", "Mo", "Go", "To"],
    };
    let mut value = count as f64;
    let mut chosen = 0;
    while value >= 999.5 && chosen + 1 < units.len() {
        value /= 1000.0;
        chosen += 1;
    }
    let places = usize::from(chosen > 0 && value < 99.5);
    let unit = units.get(chosen).copied().unwrap_or_default();
    format!("{}\u{a0}{unit}", decimal(value, places, language))
}

/// Returns a length as a clock shows it: `0:34`, `42:10`, `1:02:03`. Equal in both languages.
pub fn duration(length: Ticks) -> String {
    clock(length.secs().max(0.0).round() as u64)
}

fn clock(secs: u64) -> String {
    let (hours, minutes, secs) = (secs / 3600, secs / 60 % 60, secs % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{secs:02}")
    } else {
        format!("{minutes}:{secs:02}")
    }
}

/// Returns how long something still takes, coarse as an estimate is: `4 min left`.
pub fn left(secs: f64, language: Language) -> String {
    let secs = secs.max(0.0);
    let length = if secs < 10.0 {
        match language {
            Language::English => "a few seconds".to_owned(),
            Language::French => "quelques secondes".to_owned(),
        }
    } else if secs < 55.0 {
        format!("{}\u{a0}s", ((secs / 5.0).ceil() * 5.0) as u64)
    } else if secs < 3570.0 {
        format!("{}\u{a0}min", (secs / 60.0).round().max(1.0) as u64)
    } else {
        let minutes = (secs / 60.0).round() as u64;
        format!("{}\u{a0}h\u{a0}{:02}", minutes / 60, minutes % 60)
    };
    match language {
        Language::English => format!("{length} left"),
        Language::French => format!("encore {length}"),
    }
}

/// Returns the minute of a moment on the user's clock, since 1970.
///
/// `at` is in Unix milliseconds; `offset_minutes` is what the user's clock adds to UTC then.
pub fn local_minute(at: i64, offset_minutes: i32) -> i64 {
    at.div_euclid(60_000) + i64::from(offset_minutes)
}

/// Returns the day of a moment on the user's clock, since 1970.
pub fn local_day(at: i64, offset_minutes: i32) -> i64 {
    local_minute(at, offset_minutes).div_euclid(1440)
}

/// Returns the moment, in Unix milliseconds, at which the user's clock shows a minute since 1970.
///
/// `offset_at` tells what the user's clock adds to UTC at a moment, in minutes. A time that a change of the
/// clock leaves out is as much later as the change: half past two becomes half past three, as it is shown
/// before anything is scheduled. Of a time that comes twice it is the first: a post is rather too early than
/// an hour too late. As in ECMA-262, 21.4.1.26 `UTC (t)`.
pub fn moment_of(local_minute: i64, offset_at: impl Fn(i64) -> i32) -> i64 {
    const DAY: i64 = 1440;
    let moment = |offset: i32| (local_minute - i64::from(offset)) * 60_000;
    // No zone is further from UTC than that, and none changes twice within it.
    let before = offset_at((local_minute - DAY) * 60_000);
    let after = offset_at((local_minute + DAY) * 60_000);
    let is_shown = |offset: &i32| offset_at(moment(*offset)) == *offset;
    let shown = [before, after].into_iter().filter(is_shown).map(moment);
    shown.min().unwrap_or_else(|| moment(before))
}

/// Returns the time of day of a minute: `18:30`.
pub fn time(minute: i64) -> String {
    let of_day = minute.rem_euclid(1440);
    format!("{:02}:{:02}", of_day / 60, of_day % 60)
}

/// Returns a day: today and yesterday with the time, others with the date.
///
/// `at` and `now` are Unix milliseconds; `offset_minutes` is what the user's clock adds to UTC.
pub fn day(at: i64, now: i64, offset_minutes: i32, language: Language) -> String {
    let (date, today) = (
        local_day(at, offset_minutes),
        local_day(now, offset_minutes),
    );
    if (date - today).abs() <= 1 {
        return moment(at, now, offset_minutes, language);
    }
    let Date { year, month, day } = Date::of_day(date);
    let first = first_of_month(day, language);
    format!("{day}{first} {} {year}", month_name(month, language))
}

/// Returns a moment with its time: `tomorrow 18:30`, `Mon 30 Nov, 18:30`.
///
/// `at` and `now` are Unix milliseconds; `offset_minutes` is what the user's clock adds to UTC then.
pub fn moment(at: i64, now: i64, offset_minutes: i32, language: Language) -> String {
    let minute = local_minute(at, offset_minutes);
    let (date, today) = (minute.div_euclid(1440), local_day(now, offset_minutes));
    let (day, time) = (day_name(date, today, language), time(minute));
    match (date - today, language) {
        (-1..=1, _) => format!("{day} {time}"),
        (_, Language::English) => format!("{day}, {time}"),
        (_, Language::French) => format!("le {day} à {time}"),
    }
}

/// Returns a day by its number since 1970, seen from `today`: `today`, `tomorrow`, `Mon 30 Nov`, with
/// the year where it is another one.
pub fn day_name(date: i64, today: i64, language: Language) -> String {
    let near = match (date - today, language) {
        (0, Language::English) => Some("today"),
        (0, Language::French) => Some("aujourd’hui"),
        (1, Language::English) => Some("tomorrow"),
        (1, Language::French) => Some("demain"),
        (-1, Language::English) => Some("yesterday"),
        (-1, Language::French) => Some("hier"),
        _ => None,
    };
    if let Some(near) = near {
        return near.to_owned();
    }
    let Date { year, month, day } = Date::of_day(date);
    let weekday = weekday_name(date, language);
    let first = first_of_month(day, language);
    let plain = format!("{weekday} {day}{first} {}", month_name(month, language));
    if year == Date::of_day(today).year {
        plain
    } else {
        format!("{plain} {year}")
    }
}

/// Reads a time of day as it is typed: `18:30`, `18h30`, `18.30`, `1830`; hours and minutes.
pub fn time_of_day(text: &str) -> Option<(u32, u32)> {
    let text = text.trim();
    let (hours, minutes) = match text.split_once([':', 'h', 'H', '.']) {
        Some((hours, "")) => (hours, "0"),
        Some(parts) => parts,
        None if text.len() == 4 => text.split_at_checked(2)?,
        None => return None,
    };
    let number = |text: &str| -> Option<u32> {
        let is_plain = (1..=2).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
        is_plain.then(|| text.parse().ok()).flatten()
    };
    let (hours, minutes) = (number(hours.trim())?, number(minutes.trim())?);
    (hours < 24 && minutes < 60).then_some((hours, minutes))
}

/// Returns what follows the number of a day of a month.
fn first_of_month(day: u32, language: Language) -> &'static str {
    match language {
        Language::French if day == 1 => "er",
        Language::English | Language::French => "",
    }
}

fn weekday_name(date: i64, language: Language) -> &'static str {
    // 1970 began on a Thursday.
    let names = match language {
        Language::English => ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"],
        Language::French => ["jeu.", "ven.", "sam.", "dim.", "lun.", "mar.", "mer."],
    };
    usize::try_from(date.rem_euclid(7))
        .ok()
        .and_then(|index| names.get(index))
        .copied()
        .unwrap_or_default()
}

fn month_name(month: u32, language: Language) -> &'static str {
    let names = match language {
        Language::English => [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ],
        Language::French => [
            "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.",
            "nov.", "déc.",
        ],
    };
    names
        .get(month.saturating_sub(1) as usize)
        .copied()
        .unwrap_or_default()
}

fn thousands(language: Language) -> &'static str {
    match language {
        Language::English => ",",
        Language::French => "\u{202f}",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{English, French};

    /// What Paris adds to UTC in 2027, in minutes.
    fn paris(at: i64) -> i32 {
        // 2027-03-28 and 2027-10-31, 01:00 UTC.
        let is_summer = (1_806_195_600_000..1_824_944_400_000).contains(&at);
        if is_summer { 120 } else { 60 }
    }

    /// Asserts which moment a time of a clock is, in UTC and on the clock itself.
    fn check_moment(
        (year, month, day): (i64, u32, u32),
        (hours, minutes): (i64, i64),
        offset_at: fn(i64) -> i32,
        (utc, shown): (&str, &str),
    ) {
        let date = Date { year, month, day };
        let local = date.to_day().unwrap() * 1440 + hours * 60 + minutes;
        let at = moment_of(local, offset_at);
        assert_eq!(time(local_minute(at, 0)), utc, "{date:?} {hours}:{minutes}");
        let seen = time(local_minute(at, offset_at(at)));
        assert_eq!(seen, shown, "{date:?} {hours}:{minutes}");
    }

    #[test]
    fn a_time_is_the_moment_at_which_the_users_clock_shows_it() {
        let usual = |date, time, told| check_moment(date, time, paris, told);
        usual((2027, 1, 15), (18, 30), ("17:30", "18:30"));
        usual((2027, 7, 14), (18, 30), ("16:30", "18:30"));
        // The day of the change, before it and after.
        usual((2027, 3, 28), (1, 59), ("00:59", "01:59"));
        usual((2027, 3, 28), (3, 0), ("01:00", "03:00"));
        usual((2027, 3, 28), (18, 30), ("16:30", "18:30"));
        usual((2027, 10, 31), (1, 59), ("23:59", "01:59"));
        usual((2027, 10, 31), (3, 0), ("02:00", "03:00"));
        check_moment((2027, 7, 14), (18, 30), |_| -570, ("04:00", "18:30"));
        check_moment((2027, 7, 14), (18, 30), |_| 840, ("04:30", "18:30"));
    }

    #[test]
    fn a_time_that_does_not_exist_is_later_and_one_that_exists_twice_the_first() {
        let change = |date, time, told| check_moment(date, time, paris, told);
        change((2027, 3, 28), (2, 0), ("01:00", "03:00"));
        change((2027, 3, 28), (2, 30), ("01:30", "03:30"));
        change((2027, 3, 28), (2, 59), ("01:59", "03:59"));
        change((2027, 10, 31), (2, 0), ("00:00", "02:00"));
        change((2027, 10, 31), (2, 30), ("00:30", "02:30"));
        // West of Greenwich: New York, 2027-03-14 07:00 UTC and 2027-11-07 06:00 UTC.
        let new_york = |at: i64| {
            let is_summer = (1_805_007_600_000..1_825_567_200_000).contains(&at);
            if is_summer { -240 } else { -300 }
        };
        check_moment((2027, 3, 14), (2, 30), new_york, ("07:30", "03:30"));
        check_moment((2027, 11, 7), (1, 30), new_york, ("05:30", "01:30"));
    }

    #[test]
    fn numbers_are_written_as_each_language_does() {
        assert_eq!(number(1_234_567, English), "1,234,567");
        assert_eq!(number(1_234, French), "1\u{202f}234");
        assert_eq!(number(12, French), "12");
        assert_eq!(decimal(-2.50, 2, French), "−2,5");
        assert_eq!(decimal(-0.001, 2, English), "0", "no minus before nothing");
        assert_eq!(percent(0.999, English), "99%", "100% means finished");
        assert_eq!(percent(1.0, French), "100\u{202f}%");
        assert_eq!(bytes(1_240_000_000, French), "1,2\u{a0}Go");
        assert_eq!(bytes(999_900, English), "1\u{a0}MB", "never 1,000 kB");
        assert_eq!(bytes(12, English), "12\u{a0}bytes");
    }

    #[test]
    fn a_field_reads_what_it_shows() {
        assert_eq!(field(-2.5, 1, French), "-2,5");
        assert_eq!(field(1234.0, 0, French), "1234");
        assert_eq!(field(0.5, 2, English), "0.50");
        for (text, value) in [("-2,5", -2.5), (" 1 234 ", 1234.0), ("−3.25", -3.25)] {
            assert_eq!(typed(text), Some(value), "{text}");
        }
        for text in ["", "1.2.3", "1,2,3", "abc", "inf", "NaN", "12 dB"] {
            assert_eq!(typed(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_written_as_clocks_do() {
        assert_eq!(duration(Ticks::from_secs(33.6)), "0:34");
        assert_eq!(duration(Ticks::from_secs(3723.0)), "1:02:03");
        assert_eq!(left(3.0, English), "a few seconds left");
        assert_eq!(left(41.0, French), "encore 45\u{a0}s");
        assert_eq!(left(250.0, English), "4\u{a0}min left");
        assert_eq!(left(3599.0, French), "encore 1\u{a0}h\u{a0}00");
    }

    #[test]
    fn days_follow_the_users_clock() {
        let now = 1_795_877_640_000; // 2026-11-28T14:54:00Z
        assert_eq!(day(now, now, 60, English), "today 15:54");
        assert_eq!(day(now - 16 * 3_600_000, now, 60, French), "hier 23:54");
        assert_eq!(day(now - 40 * 86_400_000, now, 60, French), "19 oct. 2026");
        assert_eq!(day(0, now, 0, French), "1er janv. 1970");
    }

    #[test]
    fn moments_to_come_have_their_time() {
        let now = 1_795_877_640_000; // Saturday, 2026-11-28T14:54:00Z
        let hour = 3_600_000;
        assert_eq!(moment(now + 2 * hour, now, 60, French), "aujourd’hui 17:54");
        assert_eq!(moment(now + 24 * hour, now, 60, English), "tomorrow 15:54");
        assert_eq!(
            moment(now + 72 * hour, now, 60, French),
            "le mar. 1er déc. à 15:54"
        );
        assert_eq!(
            moment(now + 24 * 40 * hour, now, 0, English),
            "Thu 7 Jan 2027, 14:54"
        );
    }

    #[test]
    fn times_of_day_are_read_as_they_are_typed() {
        for (text, time) in [
            ("18:30", (18, 30)),
            ("8h05", (8, 5)),
            ("8h", (8, 0)),
            (" 0830 ", (8, 30)),
            ("23.59", (23, 59)),
        ] {
            assert_eq!(time_of_day(text), Some(time), "{text}");
        }
        for text in ["", "24:00", "12:60", "noon", "1:2:3", "+8:30", "123", "é12"] {
            assert_eq!(time_of_day(text), None, "{text}");
        }
    }
}

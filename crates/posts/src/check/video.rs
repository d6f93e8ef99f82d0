use std::cmp::Ordering;

use footage::time::FrameRate;

use crate::check::Found;
use crate::limits::{Beyond, Bounds, Fact, Pixels, Ratio, Sides, VideoLimits};
use crate::post::{Audio, Standing, Video};
use crate::problem::{Code, Measure, Remedy, Severity};

pub(super) fn check(video: &Video, limits: &VideoLimits, standing: &Standing, found: &mut Found) {
    size(video, limits, found);
    duration(video, limits, standing, found);
    rate(video, limits, found);
    pixels(video, limits, found);
    ratio(video, limits, found);
    bit_rate(video, limits, found);
    formats(video, limits, found);
    if let Some(audio) = &video.audio {
        sound(audio, limits, found);
    }
}

fn size(video: &Video, limits: &VideoLimits, found: &mut Found) {
    let codes = (Code::TooFewBytes, Code::TooManyBytes);
    let remedy = Remedy::ExportAgain;
    let fact = &limits.bytes;
    within(
        codes,
        fact,
        fact.value,
        video.bytes,
        Measure::Bytes,
        remedy,
        found,
    );
}

fn duration(video: &Video, limits: &VideoLimits, standing: &Standing, found: &mut Found) {
    if let Some(fact) = &limits.duration_ms {
        let mut bounds = fact.value;
        let stricter = [bounds.most, standing.longest_ms];
        bounds.most = stricter.into_iter().flatten().min();
        let codes = (Code::TooShort, Code::TooLong);
        let remedy = Remedy::Recut;
        within(
            codes,
            fact,
            bounds,
            video.duration_ms,
            Measure::Millis,
            remedy,
            found,
        );
    }
    let is_upright = video.height >= video.width;
    if let Some(fact) = &limits.short_ms
        && is_upright
        && video.duration_ms > fact.value
    {
        let values = (
            Measure::Millis(video.duration_ms),
            Measure::Millis(fact.value),
        );
        found.add(
            Code::NoShort,
            fact,
            values,
            (Severity::Warns, Remedy::Recut),
        );
    }
}

fn rate(video: &Video, limits: &VideoLimits, found: &mut Found) {
    let Some(fact) = &limits.rate else { return };
    let compare = |bound: &FrameRate| {
        let product = |a: u32, b: u32| u64::from(a) * u64::from(b);
        product(video.rate.num, bound.den).cmp(&product(bound.num, video.rate.den))
    };
    // 23.976 is what is meant by 24, and 59.94 by 60: a least rate is rounded down to its NTSC
    // sibling.
    let least = fact.value.least.map(|least| FrameRate {
        num: least.num * 1000,
        den: least.den * 1001,
    });
    let bounds = Bounds {
        least,
        most: fact.value.most,
    };
    if let Some((side, _)) = outside(bounds, compare) {
        let bound = match side {
            Ordering::Less => fact.value.least,
            _ => fact.value.most,
        };
        let limit = bound.map_or(Measure::Nothing, Measure::Rate);
        let measured = Measure::Rate(video.rate);
        found.refuse(Code::FrameRate, fact, measured, limit, Remedy::ExportAgain);
    }
}

fn pixels(video: &Video, limits: &VideoLimits, found: &mut Found) {
    let Some(fact) = &limits.pixels else { return };
    let size = Pixels {
        width: video.width,
        height: video.height,
    };
    let as_compared = |size: Pixels| match limits.sides {
        Sides::AsWritten => size,
        Sides::EitherWay => Pixels {
            width: size.width.max(size.height),
            height: size.width.min(size.height),
        },
    };
    let seen = as_compared(size);
    if let Some(least) = fact.value.least {
        let bound = as_compared(least);
        if seen.width < bound.width || seen.height < bound.height {
            let (measured, limit) = (Measure::Pixels(size), Measure::Pixels(least));
            found.refuse(
                Code::TooFewPixels,
                fact,
                measured,
                limit,
                Remedy::ExportAgain,
            );
        }
    }
    if let Some(most) = fact.value.most {
        let bound = as_compared(most);
        if seen.width > bound.width || seen.height > bound.height {
            let severity = match limits.beyond_pixels {
                Beyond::Refused => Severity::Refuses,
                Beyond::Ignored => Severity::Warns,
            };
            let values = (Measure::Pixels(size), Measure::Pixels(most));
            let outcome = (severity, Remedy::ExportAgain);
            found.add(Code::TooManyPixels, fact, values, outcome);
        }
    }
}

fn ratio(video: &Video, limits: &VideoLimits, found: &mut Found) {
    let product = |a: u32, b: u32| u64::from(a) * u64::from(b);
    let compare =
        |bound: &Ratio| product(video.width, bound.height).cmp(&product(bound.width, video.height));
    let measured = || {
        let divisor = greatest_divisor(video.width, video.height);
        Measure::Ratio(Ratio {
            width: video.width / divisor,
            height: video.height / divisor,
        })
    };
    if let Some(fact) = &limits.ratio
        && let Some((_, bound)) = outside(fact.value, compare)
    {
        let limit = Measure::Ratio(bound);
        found.refuse(
            Code::AspectRatio,
            fact,
            measured(),
            limit,
            Remedy::ExportAgain,
        );
    } else if let Some(fact) = &limits.advised_ratio
        && compare(&fact.value) != Ordering::Equal
    {
        let values = (measured(), Measure::Ratio(fact.value));
        let outcome = (Severity::Warns, Remedy::ExportAgain);
        found.add(Code::NotAdvisedRatio, fact, values, outcome);
    }
}

fn bit_rate(video: &Video, limits: &VideoLimits, found: &mut Found) {
    let bits = u128::from(video.bytes) * 8 * 1000 / u128::from(video.duration_ms.max(1));
    let bits = u64::try_from(bits).unwrap_or(u64::MAX);
    let fact = limits.bits_per_second.as_ref();
    at_most(Code::BitRate, fact, bits, Measure::BitsPerSecond, found);
}

fn formats(video: &Video, limits: &VideoLimits, found: &mut Found) {
    let (containers, codecs) = (limits.containers.as_ref(), limits.video.as_ref());
    let container = video.container;
    one_of(
        Code::Container,
        containers,
        container,
        Measure::Containers,
        found,
    );
    one_of(
        Code::VideoCodec,
        codecs,
        video.codec,
        Measure::VideoCodecs,
        found,
    );
}

fn sound(audio: &Audio, limits: &VideoLimits, found: &mut Found) {
    let (codecs, rate) = (limits.audio.as_ref(), limits.sample_rate.as_ref());
    one_of(
        Code::AudioCodec,
        codecs,
        audio.codec,
        Measure::AudioCodecs,
        found,
    );
    let count = |channels| Measure::Count(u64::from(channels));
    let channels = limits.channels.as_ref();
    at_most(Code::AudioChannels, channels, audio.channels, count, found);
    at_most(
        Code::AudioRate,
        rate,
        audio.sample_rate,
        Measure::SampleRate,
        found,
    );
}

/// Refuses what is below or above its bounds, which may be stricter than those of `fact`.
fn within<T: Copy + Ord>(
    (below, above): (Code, Code),
    fact: &Fact<Bounds<T>>,
    bounds: Bounds<T>,
    value: T,
    measure: impl Fn(T) -> Measure,
    remedy: Remedy,
    found: &mut Found,
) {
    let Some((side, bound)) = outside(bounds, |bound| value.cmp(bound)) else {
        return;
    };
    let code = match side {
        Ordering::Less => below,
        _ => above,
    };
    found.refuse(code, fact, measure(value), measure(bound), remedy);
}

/// Refuses what is above a limit, where there is one; another export is below it.
fn at_most<T: Copy + Ord>(
    code: Code,
    fact: Option<&Fact<T>>,
    value: T,
    measure: impl Fn(T) -> Measure,
    found: &mut Found,
) {
    let Some(fact) = fact.filter(|fact| value > fact.value) else {
        return;
    };
    let (measured, limit) = (measure(value), measure(fact.value));
    found.refuse(code, fact, measured, limit, Remedy::ExportAgain);
}

/// Refuses a format that is none of those that are taken; another export has one of them.
fn one_of<T: Copy + PartialEq + 'static>(
    code: Code,
    fact: Option<&Fact<&'static [T]>>,
    value: T,
    measure: impl Fn(Vec<T>) -> Measure,
    found: &mut Found,
) {
    let Some(fact) = fact.filter(|fact| !fact.value.contains(&value)) else {
        return;
    };
    let (measured, limit) = (measure(vec![value]), measure(fact.value.to_vec()));
    found.refuse(code, fact, measured, limit, Remedy::ExportAgain);
}

/// Returns on which side of the bounds a value lies, and the bound; `compare` compares the value
/// with a bound.
fn outside<T: Copy>(bounds: Bounds<T>, compare: impl Fn(&T) -> Ordering) -> Option<(Ordering, T)> {
    if let Some(least) = bounds.least
        && compare(&least) == Ordering::Less
    {
        return Some((Ordering::Less, least));
    }
    let most = bounds.most?;
    (compare(&most) == Ordering::Greater).then_some((Ordering::Greater, most))
}

fn greatest_divisor(a: u32, b: u32) -> u32 {
    if b == 0 {
        a.max(1)
    } else {
        greatest_divisor(b, a % b)
    }
}

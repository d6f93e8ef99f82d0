//! The export of a video that a network takes.

use footage::time::FrameRate;
use serde::{Deserialize, Serialize};

use crate::check::check;
use crate::limits::{Bounds, Limits, Pixels, Sides, VideoLimits};
use crate::network::Network;
use crate::post::{Audio, AudioCodec, Container, Post, Standing, Video, VideoCodec};
use crate::problem::{Code, Remedy};

/// The size and the rate of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Width in pixels, even and above 0.
    pub width: u32,
    /// Height in pixels, even and above 0.
    pub height: u32,
    /// Frames per second.
    pub rate: FrameRate,
}

/// Another export of a video, and what it mends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// Its frame.
    pub frame: Frame,
    /// What is wrong with the video and not with the export.
    pub mends: Vec<Code>,
}

/// Returns the export of a video that `network` takes as it is meant: of the same form, no larger and no
/// slower than has to be. `None` when it takes the video, and when another export mends nothing: what is
/// wrong with a video's length or form is mended by its editor.
pub fn fitted(video: &Video, network: Network) -> Option<Fit> {
    let wrong = mendable(video, network);
    if wrong.is_empty() {
        return None;
    }
    let limits = Limits::of(network).video;
    let rate = rate(video.rate, &limits);
    let whole = size((video.width, video.height), &limits);
    // Eighths of a side: what is too many bytes becomes fewer pixels.
    (1..=8).rev().find_map(|eighths| {
        let side = |side: u32| even(u64::from(side) * eighths / 8);
        let frame = Frame {
            width: side(whole.0),
            height: side(whole.1),
            rate,
        };
        let left = mendable(&exported(video, frame), network);
        let is_new = left.iter().any(|code| !wrong.contains(code));
        let is_smaller = [Code::TooManyBytes, Code::BitRate];
        if is_new || is_smaller.iter().any(|code| left.contains(code)) {
            return None;
        }
        let mends: Vec<Code> = wrong
            .iter()
            .copied()
            .filter(|code| !left.contains(code))
            .collect();
        (!mends.is_empty()).then_some(Fit { frame, mends })
    })
}

/// Returns what is known of an export of a video before it is there: an MP4 with H.264 and AAC, with as many
/// bytes per pixel.
pub fn exported(video: &Video, frame: Frame) -> Video {
    let pixels = |width: u32, height: u32, rate: FrameRate| {
        let each = u128::from(width) * u128::from(height) * u128::from(rate.num);
        (each, u128::from(rate.den))
    };
    let (new, new_den) = pixels(frame.width, frame.height, frame.rate);
    let (old, old_den) = pixels(video.width, video.height, video.rate);
    let bytes = u128::from(video.bytes) * new * old_den / (old * new_den).max(1);
    Video {
        bytes: u64::try_from(bytes).unwrap_or(u64::MAX).max(1),
        width: frame.width,
        height: frame.height,
        rate: frame.rate,
        container: Container::Mp4,
        codec: VideoCodec::H264,
        audio: video.audio.as_ref().map(|_| Audio {
            codec: AudioCodec::Aac,
            channels: 2,
            sample_rate: 48_000,
        }),
        ..video.clone()
    }
}

/// Returns what is wrong with a file that another export may mend.
fn mendable(video: &Video, network: Network) -> Vec<Code> {
    let post = Post {
        video: Some(video.clone()),
        ..Post::default()
    };
    let problems = check(&post, network, &Standing::default());
    problems
        .into_iter()
        .filter(|problem| problem.remedy == Remedy::ExportAgain)
        .map(|problem| problem.code)
        .collect()
}

/// Returns a rate within the bounds: every second frame or each twice where that is enough.
fn rate(rate: FrameRate, limits: &VideoLimits) -> FrameRate {
    let Some(Bounds { least, most }) = limits.rate.as_ref().map(|fact| fact.value) else {
        return rate;
    };
    let product = |a: u32, b: u32| u64::from(a) * u64::from(b);
    let exceeds = |a: FrameRate, b: FrameRate| product(a.num, b.den) > product(b.num, a.den);
    if let Some(most) = most.filter(|most| exceeds(rate, *most)) {
        let half = FrameRate {
            num: rate.num,
            den: rate.den.saturating_mul(2),
        };
        let is_in = !exceeds(half, most) && least.is_none_or(|least| !exceeds(least, half));
        return if is_in { half } else { most };
    }
    if let Some(least) = least.filter(|least| exceeds(*least, rate)) {
        let double = FrameRate {
            num: rate.num.saturating_mul(2),
            den: rate.den,
        };
        let is_in = !exceeds(least, double) && most.is_none_or(|most| !exceeds(double, most));
        // 23.976 passes for 24, and is no slower than it has to be.
        let is_ntsc = product(rate.num, 1_001 * least.den) >= product(least.num, 1_000 * rate.den);
        return match (is_ntsc, is_in) {
            (true, _) => rate,
            (false, true) => double,
            (false, false) => least,
        };
    }
    rate
}

/// Returns the size within the bounds, of the same form.
fn size((width, height): (u32, u32), limits: &VideoLimits) -> (u32, u32) {
    let Some(Bounds { least, most }) = limits.pixels.as_ref().map(|fact| fact.value) else {
        return (width, height);
    };
    let turns = limits.sides == Sides::EitherWay;
    let is_turned = |width: u32, height: u32| turns && height > width;
    let along = |bound: Pixels| {
        // As the video lies.
        let lies_otherwise = is_turned(bound.width, bound.height) != is_turned(width, height);
        if turns && lies_otherwise {
            (u64::from(bound.height), u64::from(bound.width))
        } else {
            (u64::from(bound.width), u64::from(bound.height))
        }
    };
    let (w, h) = (u64::from(width), u64::from(height));
    if w == 0 || h == 0 {
        return (width, height);
    }
    if let Some((most_w, most_h)) = most.map(along)
        && (w > most_w || h > most_h)
    {
        return if most_w * h <= most_h * w {
            (even(most_w), even(h * most_w / w))
        } else {
            (even(w * most_h / h), even(most_h))
        };
    }
    if let Some((least_w, least_h)) = least.map(along)
        && (w < least_w || h < least_h)
    {
        let up = |side: u64| even(side + 1);
        return if least_w * h >= least_h * w {
            (up(least_w), up((h * least_w).div_ceil(w)))
        } else {
            (up((w * least_h).div_ceil(h)), up(least_h))
        };
    }
    (width, height)
}

/// Returns the even number below or at a length, and at least 2.
fn even(length: u64) -> u32 {
    u32::try_from(length / 2 * 2).unwrap_or(u32::MAX - 1).max(2)
}

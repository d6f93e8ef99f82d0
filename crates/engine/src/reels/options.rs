//! What a user may say about the reels of one run.

use std::path::PathBuf;

use footage::time::{FrameRate, Ticks};
use media::EncoderChoice;
use serde::{Deserialize, Serialize};
use timeline::project::Format;

use super::words;
use crate::Error;

/// The shape of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Aspect {
    /// 1080 × 1920.
    #[serde(rename = "9:16")]
    Vertical,
    /// 1080 × 1350.
    #[serde(rename = "4:5")]
    Portrait,
    /// 1080 × 1080.
    #[serde(rename = "1:1")]
    Square,
    /// 1920 × 1080.
    #[serde(rename = "16:9")]
    Wide,
}

impl Aspect {
    /// Returns width and height in pixels.
    pub fn size(self) -> (u32, u32) {
        match self {
            Self::Vertical => (1080, 1920),
            Self::Portrait => (1080, 1350),
            Self::Square => (1080, 1080),
            Self::Wide => (1920, 1080),
        }
    }
}

/// Where captions come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptionSource {
    /// A speech model, else a subtitle file beside the source, else a text stream in it.
    Auto,
    /// No captions; words still help to find moments.
    Off,
    /// This subtitle file.
    File(PathBuf),
}

/// How many reels are looked for in a source.
///
/// A number stays a number in JSON, as earlier versions wrote it: a run that is repeated is found again by
/// its options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Count {
    /// So many at most.
    AtMost(usize),
    /// What someone who looks through them can choose from: more in a longer source. `besides` come on
    /// top, in place of those that are known already.
    ByLength {
        /// How many are known already.
        besides: usize,
    },
}

/// One reel for so much of a source: fifty in an hour.
const SECS_PER_REEL: f64 = 72.0;
/// A short source has several sides too.
const FEWEST: usize = 8;
/// More than this nobody looks through.
const MOST: usize = 50;

impl Count {
    /// Returns how many are looked for in a source of `duration`.
    pub fn of(self, duration: Ticks) -> usize {
        match self {
            Self::AtMost(count) => count,
            Self::ByLength { besides } => {
                let fitting = (duration.secs() / SECS_PER_REEL).ceil().max(0.0) as usize;
                fitting.clamp(FEWEST, MOST) + besides
            }
        }
    }
}

/// What decides how reels look. Equal options on an equal source give equal reels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReelsOptions {
    /// How many.
    pub count: Count,
    /// Shortest length.
    pub min: Ticks,
    /// Longest length.
    pub max: Ticks,
    /// Shape.
    pub aspect: Aspect,
    /// Style; `None` for the default one.
    pub preset: Option<String>,
    /// Whole frames per second; `None` keeps the source's rate.
    pub fps: Option<u32>,
    /// Captions.
    pub captions: CaptionSource,
    /// What the reels should be about.
    pub wish: Option<String>,
    /// Spoken language as a code; `None` detects it.
    pub language: Option<String>,
    /// Speech model; `None` takes the best that is here.
    pub model: Option<String>,
    /// Video encoder.
    pub encoder: EncoderChoice,
}

impl ReelsOptions {
    /// Returns the digest of all that decides how reels look, a subtitle file's content included.
    pub(crate) fn digest(&self) -> Result<String, Error> {
        let subtitles = match &self.captions {
            CaptionSource::File(path) => Some(words::read_subtitles(path)?.digest),
            CaptionSource::Auto | CaptionSource::Off => None,
        };
        let json = serde_json::to_vec(&(self, subtitles))?;
        Ok(blake3::hash(&json).to_hex().to_string())
    }

    /// Returns the frame for a source of `rate`.
    pub(crate) fn format(&self, rate: Option<FrameRate>) -> Format {
        let (width, height) = self.aspect.size();
        let asked = self.fps.and_then(|fps| FrameRate::new(fps, 1));
        Format {
            width,
            height,
            rate: asked.unwrap_or_else(|| output_rate(rate)),
        }
    }
}

/// Rates that players and networks know, slowest first.
const STANDARD_RATES: [(u32, u32); 9] = [
    (24_000, 1001),
    (24, 1),
    (25, 1),
    (30_000, 1001),
    (30, 1),
    (48, 1),
    (50, 1),
    (60_000, 1001),
    (60, 1),
];

/// A measured rate this near to a standard one is that one: phones drift by about half a percent.
const SAME_RATE: f64 = 0.0075;

/// Returns the rate of a reel of a source of `rate`: the same, doubled or halved into
/// 23.976..=60, and snapped to a standard rate that it is near to.
fn output_rate(rate: Option<FrameRate>) -> FrameRate {
    const FALLBACK: FrameRate = FrameRate { num: 30, den: 1 };
    const SLOWEST: f64 = 24_000.0 / 1001.0 * (1.0 - SAME_RATE);
    const FASTEST: f64 = 60.0 * (1.0 + SAME_RATE);
    let Some(mut rate) = rate else {
        return FALLBACK;
    };
    while rate.fps() > FASTEST {
        rate = FrameRate {
            num: rate.num,
            den: rate.den.saturating_mul(2),
        };
    }
    while rate.fps() < SLOWEST && rate.fps() > 1.0 {
        rate = FrameRate {
            num: rate.num.saturating_mul(2),
            den: rate.den,
        };
    }
    let distance =
        |(num, den): (u32, u32)| (rate.fps() * f64::from(den) / f64::from(num) - 1.0).abs();
    let nearest = STANDARD_RATES
        .into_iter()
        .min_by(|a, b| distance(*a).total_cmp(&distance(*b)))
        .filter(|standard| distance(*standard) <= SAME_RATE);
    match nearest {
        Some((num, den)) => FrameRate { num, den },
        None if rate.fps() < SLOWEST => FALLBACK,
        None => rate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(num: u32, den: u32, expected: (u32, u32)) {
        let rate = output_rate(FrameRate::new(num, den));
        assert_eq!((rate.num, rate.den), expected, "{num}/{den}");
    }

    #[test]
    fn a_longer_source_gives_more_to_choose_from() {
        let by_length =
            |minutes: f64| Count::ByLength { besides: 0 }.of(Ticks::from_secs(minutes * 60.0));
        assert_eq!(by_length(2.0), 8, "a short one has several sides too");
        assert_eq!(by_length(30.0), 25);
        assert_eq!(by_length(60.0), 50);
        assert_eq!(by_length(600.0), 50, "more than this nobody looks through");
        let hour = Ticks::from_secs(3600.0);
        assert_eq!(Count::ByLength { besides: 3 }.of(hour), 53);
        assert_eq!(Count::AtMost(4).of(hour), 4);
        assert_eq!(serde_json::to_string(&Count::AtMost(4)).unwrap(), "4");
    }

    #[test]
    fn rates_are_kept_halved_doubled_or_snapped() {
        check(25, 1, (25, 1));
        check(50, 1, (50, 1));
        check(30_000, 1001, (30_000, 1001));
        check(120, 1, (60, 1));
        check(240_000, 1001, (60_000, 1001));
        check(25, 2, (25, 1));
        check(15, 1, (30, 1));
        check(45_000, 1501, (30_000, 1001));
        check(810_000, 13_487, (60, 1));
        check(40, 1, (40, 1));
        check(1, 10, (30, 1));
        assert_eq!(
            output_rate(None),
            FrameRate { num: 30, den: 1 },
            "an unknown rate"
        );
    }
}

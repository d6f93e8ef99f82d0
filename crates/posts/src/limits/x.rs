use super::{Beyond, Bounds, Fact, Limits, Longest, PrivacyLimits, Sides, TextLimits, VideoLimits};
use super::{per_second, pixels, ratio};
use crate::count::Unit;
use crate::network::Network;
use crate::post::{AudioCodec, Container, Privacy, VideoCodec};

const COUNTING: &str = "X developer platform, counting characters; twitter-text configuration 3";
const MEDIA: &str = "X developer platform, media best practices";
const CHANGES: &str = "X developer platform, changelog 2026-02-23";

pub(super) fn limits() -> Limits {
    let weighted = |length| Longest {
        length,
        unit: Unit::Weighted,
    };
    Limits {
        network: Network::X,
        text: TextLimits {
            title: None,
            title_required: None,
            forbidden: Some(Fact::documented(
                &['\u{FFFE}', '\u{FEFF}', '\u{FFFF}'],
                COUNTING,
            )),
            caption: Fact::documented(weighted(280), COUNTING),
            caption_paid: Some(Fact::documented(weighted(25_000), COUNTING)),
            keywords: None,
            hashtags: None,
            mentions: None,
            cashtags: Some(Fact::documented(1, CHANGES)),
        },
        video: VideoLimits {
            bytes: Fact::documented(Bounds::between(1, 512 << 20), MEDIA),
            duration_ms: Some(Fact::documented(Bounds::between(500, 140_000), MEDIA)),
            short_ms: None,
            rate: Some(Fact::documented(Bounds::at_most(per_second(60)), MEDIA)),
            pixels: Some(Fact::documented(
                Bounds::between(pixels(32, 32), pixels(1_280, 1_024)),
                MEDIA,
            )),
            sides: Sides::EitherWay,
            // Paid accounts may send 1080p, and no answer of X tells which account is one.
            beyond_pixels: Beyond::Ignored,
            ratio: Some(Fact::documented(
                Bounds::between(ratio(1, 3), ratio(3, 1)),
                MEDIA,
            )),
            advised_ratio: None,
            bits_per_second: None,
            containers: Some(Fact::specified(
                &[Container::Mp4, Container::Mov, Container::WebM],
                "X API v2.167, media_type of media upload",
            )),
            video: Some(Fact::documented(&[VideoCodec::H264], MEDIA)),
            audio: Some(Fact::documented(&[AudioCodec::Aac], MEDIA)),
            channels: Some(Fact::documented(2, MEDIA)),
            sample_rate: None,
        },
        media_required: None,
        privacy: PrivacyLimits {
            choices: Fact::specified(&[Privacy::Public], "X API v2.167, POST /2/tweets"),
            must_choose: None,
            unaudited: None,
        },
    }
}

use super::{Beyond, Bounds, Fact, Hashtags, Limits, PrivacyLimits, Sides, TextLimits, VERTICAL};
use super::{VideoLimits, characters, per_second, pixels, ratio};
use crate::network::Network;
use crate::post::{AudioCodec, Container, Privacy, VideoCodec};

const MEDIA: &str =
    "Instagram Platform, reference of POST /{ig-user-id}/media, reel specifications";

pub(super) fn limits() -> Limits {
    Limits {
        network: Network::Instagram,
        text: TextLimits {
            title: None,
            title_required: None,
            forbidden: None,
            caption: Fact::documented(characters(2_200), MEDIA),
            caption_paid: None,
            keywords: None,
            hashtags: Some(Fact::documented(
                Hashtags {
                    most: 30,
                    beyond: Beyond::Refused,
                },
                MEDIA,
            )),
            mentions: Some(Fact::documented(20, MEDIA)),
            cashtags: None,
        },
        video: VideoLimits {
            // Meta's own sample allows 1 GB; what both allow is safe.
            bytes: Fact::documented(Bounds::between(1, 300_000_000), MEDIA),
            duration_ms: Some(Fact::documented(Bounds::between(3_000, 900_000), MEDIA)),
            short_ms: None,
            rate: Some(Fact::documented(
                Bounds::between(per_second(23), per_second(60)),
                MEDIA,
            )),
            pixels: Some(Fact::documented(
                Bounds::at_most(pixels(1_920, u32::MAX)),
                MEDIA,
            )),
            sides: Sides::AsWritten,
            beyond_pixels: Beyond::Refused,
            ratio: Some(Fact::documented(
                Bounds::between(ratio(1, 100), ratio(10, 1)),
                MEDIA,
            )),
            advised_ratio: Some(Fact::documented(VERTICAL, MEDIA)),
            bits_per_second: Some(Fact::documented(25_000_000, MEDIA)),
            containers: Some(Fact::documented(&[Container::Mp4, Container::Mov], MEDIA)),
            video: Some(Fact::documented(
                &[VideoCodec::H264, VideoCodec::Hevc],
                MEDIA,
            )),
            audio: Some(Fact::documented(&[AudioCodec::Aac], MEDIA)),
            channels: Some(Fact::documented(2, MEDIA)),
            sample_rate: Some(Fact::documented(48_000, MEDIA)),
        },
        media_required: Some(Fact::documented((), MEDIA)),
        privacy: PrivacyLimits {
            choices: Fact::documented(&[Privacy::Public], MEDIA),
            must_choose: None,
            unaudited: None,
        },
    }
}

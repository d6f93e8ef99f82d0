use super::{
    Beyond, Bounds, Fact, Limits, PrivacyLimits, Sides, TextLimits, VERTICAL, VideoLimits,
};
use super::{characters, per_second, pixels};
use crate::network::Network;
use crate::post::{AudioCodec, Container, Privacy, VideoCodec};

const REELS: &str = "Meta, Video API, reels publishing guide, 2026-07-30";
const CLIENTS: &str = "what public clients keep to";

pub(super) fn limits() -> Limits {
    Limits {
        network: Network::Facebook,
        text: TextLimits {
            title: None,
            title_required: None,
            forbidden: None,
            caption: Fact::seen(characters(63_206), CLIENTS),
            caption_paid: None,
            keywords: None,
            hashtags: None,
            mentions: None,
            cashtags: None,
        },
        video: VideoLimits {
            // No size is stated for reels; 90 s do not come near any.
            bytes: Fact::unverified(Bounds::between(1, 4 << 30), "no figure is stated"),
            duration_ms: Some(Fact::documented(Bounds::between(3_000, 90_000), REELS)),
            short_ms: None,
            rate: Some(Fact::documented(
                Bounds::between(per_second(24), per_second(60)),
                REELS,
            )),
            pixels: Some(Fact::documented(
                Bounds {
                    least: Some(pixels(540, 960)),
                    most: None,
                },
                REELS,
            )),
            sides: Sides::AsWritten,
            beyond_pixels: Beyond::Refused,
            ratio: None,
            advised_ratio: Some(Fact::documented(VERTICAL, REELS)),
            bits_per_second: None,
            containers: Some(Fact::documented(&[Container::Mp4, Container::Mov], REELS)),
            video: Some(Fact::documented(
                &[VideoCodec::H264, VideoCodec::Hevc],
                REELS,
            )),
            audio: Some(Fact::documented(&[AudioCodec::Aac], REELS)),
            channels: None,
            sample_rate: None,
        },
        media_required: None,
        privacy: PrivacyLimits {
            choices: Fact::documented(&[Privacy::Public], REELS),
            must_choose: None,
            unaudited: None,
        },
    }
}

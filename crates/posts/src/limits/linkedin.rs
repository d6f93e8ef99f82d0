use super::{Beyond, Bounds, Fact, Limits, PrivacyLimits, Sides, TextLimits, VideoLimits};
use super::{characters, ratio};
use crate::network::Network;
use crate::post::{Container, Privacy};

const CLIENTS: &str = "what public clients keep to";
const DIGEST: &str = "digests of LinkedIn's documentation by others";

pub(super) fn limits() -> Limits {
    Limits {
        network: Network::LinkedIn,
        text: TextLimits {
            title: None,
            title_required: None,
            forbidden: None,
            caption: Fact::seen(characters(3_000), CLIENTS),
            caption_paid: None,
            keywords: None,
            hashtags: None,
            mentions: None,
            cashtags: None,
        },
        video: VideoLimits {
            bytes: Fact::unverified(Bounds::between(75_000, 500_000_000), DIGEST),
            duration_ms: Some(Fact::unverified(Bounds::between(3_000, 1_800_000), DIGEST)),
            short_ms: None,
            rate: None,
            pixels: None,
            sides: Sides::AsWritten,
            beyond_pixels: Beyond::Refused,
            ratio: Some(Fact::unverified(
                Bounds::between(ratio(10, 24), ratio(24, 10)),
                DIGEST,
            )),
            advised_ratio: None,
            bits_per_second: None,
            containers: Some(Fact::unverified(&[Container::Mp4], DIGEST)),
            video: None,
            audio: None,
            channels: None,
            sample_rate: None,
        },
        media_required: None,
        privacy: PrivacyLimits {
            choices: Fact::seen(&[Privacy::Public, Privacy::Connections], CLIENTS),
            must_choose: None,
            unaudited: None,
        },
    }
}

use super::{Beyond, Bounds, Fact, Hashtags, Limits, Longest, PrivacyLimits, Sides, TextLimits};
use super::{Unaudited, VideoLimits, characters};
use crate::count::Unit;
use crate::network::Network;
use crate::post::Privacy;

const DISCOVERY: &str = "YouTube Data API v3, discovery document, revision 20260427";
const CLIENTS: &str = "what public clients keep to";
const REMEMBERED: &str = "YouTube help, as remembered";

pub(super) fn limits() -> Limits {
    Limits {
        network: Network::YouTube,
        text: TextLimits {
            title: Some(Fact::unverified(characters(100), REMEMBERED)),
            title_required: Some(Fact::seen((), "error invalidTitle in public clients")),
            forbidden: Some(Fact::seen(&['<', '>'], CLIENTS)),
            // Whether bytes or characters are meant is not known; bytes are the stricter reading.
            caption: Fact::seen(
                Longest {
                    length: 5_000,
                    unit: Unit::Bytes,
                },
                CLIENTS,
            ),
            caption_paid: None,
            keywords: Some(Fact::seen(characters(500), CLIENTS)),
            hashtags: Some(Fact::unverified(
                Hashtags {
                    most: 60,
                    beyond: Beyond::Ignored,
                },
                REMEMBERED,
            )),
            mentions: None,
            cashtags: None,
        },
        video: VideoLimits {
            bytes: Fact::specified(Bounds::between(1, 274_877_906_944), DISCOVERY),
            duration_ms: None,
            short_ms: Some(Fact::unverified(180_000, REMEMBERED)),
            rate: None,
            pixels: None,
            sides: Sides::AsWritten,
            beyond_pixels: Beyond::Refused,
            ratio: None,
            advised_ratio: None,
            bits_per_second: None,
            // `video/*` and `application/octet-stream`.
            containers: None,
            video: None,
            audio: None,
            channels: None,
            sample_rate: None,
        },
        media_required: Some(Fact::specified((), DISCOVERY)),
        privacy: PrivacyLimits {
            choices: Fact::specified(
                &[Privacy::Public, Privacy::Unlisted, Privacy::Private],
                DISCOVERY,
            ),
            must_choose: None,
            unaudited: Some(Fact::documented(
                Unaudited::MakesPrivate,
                "YouTube Data API, reference of videos.insert",
            )),
        },
    }
}

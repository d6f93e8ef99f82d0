use super::{Beyond, Bounds, Fact, Limits, Longest, PrivacyLimits, Sides, TextLimits, Unaudited};
use super::{VideoLimits, per_second, pixels};
use crate::count::Unit;
use crate::network::Network;
use crate::post::{Container, Privacy, VideoCodec};

const TRANSFER: &str = "TikTok for Developers, Content Posting API, media transfer guide";
const DIRECT_POST: &str = "TikTok for Developers, Content Posting API, direct post reference";
const GUIDELINES: &str = "TikTok for Developers, content sharing guidelines";

pub(super) fn limits() -> Limits {
    Limits {
        network: Network::TikTok,
        text: TextLimits {
            title: None,
            title_required: None,
            forbidden: None,
            caption: Fact::documented(
                Longest {
                    length: 2_200,
                    unit: Unit::Utf16,
                },
                DIRECT_POST,
            ),
            caption_paid: None,
            keywords: None,
            hashtags: None,
            mentions: None,
            cashtags: None,
        },
        video: VideoLimits {
            // The guide writes "4 GB"; its clients read its units as powers of two.
            bytes: Fact::documented(Bounds::between(1, 4 << 30), TRANSFER),
            duration_ms: Some(Fact::documented(Bounds::at_most(600_000), TRANSFER)),
            short_ms: None,
            rate: Some(Fact::documented(
                Bounds::between(per_second(23), per_second(60)),
                TRANSFER,
            )),
            pixels: Some(Fact::documented(
                Bounds::between(pixels(360, 360), pixels(4_096, 4_096)),
                TRANSFER,
            )),
            sides: Sides::EitherWay,
            beyond_pixels: Beyond::Refused,
            ratio: None,
            advised_ratio: None,
            bits_per_second: None,
            containers: Some(Fact::documented(
                &[Container::Mp4, Container::Mov, Container::WebM],
                TRANSFER,
            )),
            video: Some(Fact::documented(
                &[
                    VideoCodec::H264,
                    VideoCodec::Hevc,
                    VideoCodec::Vp8,
                    VideoCodec::Vp9,
                ],
                TRANSFER,
            )),
            audio: None,
            channels: None,
            sample_rate: None,
        },
        media_required: Some(Fact::documented((), DIRECT_POST)),
        privacy: PrivacyLimits {
            choices: Fact::documented(
                &[
                    Privacy::Public,
                    Privacy::Friends,
                    Privacy::Followers,
                    Privacy::Private,
                ],
                DIRECT_POST,
            ),
            must_choose: Some(Fact::documented((), GUIDELINES)),
            unaudited: Some(Fact::documented(Unaudited::RefusesOthers, GUIDELINES)),
        },
    }
}

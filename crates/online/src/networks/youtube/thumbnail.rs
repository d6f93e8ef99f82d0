use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, Url};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::IgnoredAny;
use task::Cancel;

use super::Api;
use super::upload::ask;
use crate::error::Error;
use crate::http::{self, malformed};

/// The most bytes of a thumbnail. Source: discovery document of the YouTube Data API v3,
/// `thumbnails.set`; the revision history of 2026-09-14 allows 50 MB.
pub const LONGEST_THUMBNAIL: usize = 2_097_152;

/// The type of a picture that is sent.
pub(super) const JPEG: &str = "image/jpeg";

impl Api {
    /// Sets the thumbnail of a video: a JPEG of at most [`LONGEST_THUMBNAIL`] bytes. Done twice it
    /// does no harm. A channel that is not verified by phone is refused as `forbidden`. Source:
    /// YouTube Data API v3, `thumbnails.set`.
    pub fn set_thumbnail(
        &self,
        token: &SecretString,
        video: &str,
        jpeg: &[u8],
        cancel: &Cancel,
    ) -> Result<(), Error> {
        let url = self.thumbnail(video);
        let call = async {
            let request = self
                .line
                .request(Method::POST, token, &url)
                .timeout(http::time_for(jpeg.len()))
                .header(CONTENT_TYPE, JPEG)
                .body(jpeg.to_vec());
            let Answered { items } = ask(&url, request).await?;
            if items.is_empty() {
                return Err(malformed(&url, "it made no thumbnail of the picture"));
            }
            Ok(())
        };
        self.line.wait(call, cancel)
    }

    /// Returns where the thumbnail of a video is set.
    pub(super) fn thumbnail(&self, video: &str) -> Url {
        let mut url = self.endpoints.api.at("/upload/youtube/v3/thumbnails/set");
        url.query_pairs_mut()
            .append_pair("uploadType", "media")
            .append_pair("videoId", video);
        url
    }
}

#[derive(Deserialize)]
struct Answered {
    /// The sizes that YouTube made of it.
    items: Vec<IgnoredAny>,
}

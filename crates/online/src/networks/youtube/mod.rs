//! YouTube.
//!
//! Sources: Google, "OAuth 2.0 for Mobile & Desktop Apps" and "Loopback IP address flow migration";
//! YouTube Data API v3 and Analytics v2, discovery documents.

mod channel;
mod plan;
mod thumbnail;
mod upload;

pub use channel::Channel;
pub use thumbnail::LONGEST_THUMBNAIL;
pub use upload::{Api, Draft, Notify, Privacy};

use crate::consent::{Authentication, Challenge, Dialect, Ports, RevokeNames};
use crate::endpoints::YouTube;

/// What this program asks for: uploading, reading the channel, comments; and figures. The first of
/// them alone also covers what the narrower scopes for uploads and reading do.
pub const SCOPES: &[&str] = &[
    "https://www.googleapis.com/auth/youtube.force-ssl",
    "https://www.googleapis.com/auth/yt-analytics.readonly",
];

/// Returns how Google speaks OAuth 2 to a desktop app.
///
/// Any port of loopback may be used, without a path. The app's secret, which Google gives desktop
/// apps too and does not treat as one, goes into the form. A refresh token is only given offline
/// and, for an account that consented before, only when consent is asked for again.
pub fn dialect(endpoints: &YouTube) -> Dialect {
    Dialect {
        authorize: endpoints.authorize.clone(),
        token: endpoints.token.clone(),
        revoke: Some(endpoints.revoke.clone()),
        client_field: "client_id",
        authentication: Authentication::InBody,
        scope_separator: " ",
        challenge: Challenge::Base64Url,
        authorize_fields: &[("access_type", "offline"), ("prompt", "consent")],
        revoke_names_app: RevokeNames::Token,
        ports: Ports::Any,
        path: "",
    }
}

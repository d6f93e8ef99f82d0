//! TikTok.
//!
//! Sources: TikTok for Developers, "Login Kit for Desktop", "Manage User Access Tokens", "Content
//! Posting API" and "Media Transfer Guide".

mod account;
mod answer;
mod chunks;
mod creator;
mod plan;
mod upload;

pub use account::Account;
pub use creator::{Creator, Interaction, Privacy};
pub use upload::{Api, Draft};

use crate::consent::{Authentication, Challenge, Dialect, Ports, RevokeNames};
use crate::endpoints::TikTok;

/// What this program asks for: the account's name, posting, and figures.
pub const SCOPES: &[&str] = &[
    "user.info.basic",
    "user.info.profile",
    "user.info.stats",
    "video.publish",
    "video.list",
];

/// The redirect to register with the app, exactly as written: TikTok takes any port for `*`.
pub const REDIRECT: &str = "http://127.0.0.1:*/callback/";

/// Returns how TikTok speaks OAuth 2: `client_key`, commas between scopes, the challenge in
/// hexadecimal digits, and a secret for desktop apps too. Refusals may come with status 200, and
/// every refresh ends the refresh token before.
pub fn dialect(endpoints: &TikTok) -> Dialect {
    Dialect {
        authorize: endpoints.authorize.clone(),
        token: endpoints.api.at("/v2/oauth/token/"),
        revoke: Some(endpoints.api.at("/v2/oauth/revoke/")),
        client_field: "client_key",
        authentication: Authentication::SecretInBody,
        scope_separator: ",",
        challenge: Challenge::Hex,
        authorize_fields: &[],
        revoke_names_app: RevokeNames::App,
        ports: Ports::Any,
        path: "/callback/",
    }
}

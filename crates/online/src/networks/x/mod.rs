//! X.
//!
//! Sources: X developer platform, "OAuth 2.0 user access token", "Apps" (redirects), "Media upload",
//! "Manage Posts" and "Rate limits"; OpenAPI description of API v2.

mod account;
mod answer;
mod plan;
mod timeline;
mod upload;

pub use account::Account;
pub use upload::{Api, Draft, Replies};

use crate::consent::{Authentication, Challenge, Dialect, Ports, RevokeNames};
use crate::endpoints::X;

/// What this program asks for: posting with media, reading own posts, and staying connected.
pub const SCOPES: &[&str] = &[
    "tweet.read",
    "tweet.write",
    "users.read",
    "media.write",
    "offline.access",
];

/// Ports of the redirects that the user registers with the app. X compares redirects exactly; that
/// the port counts too is not written down.
pub const PORTS: &[u16] = &[47_811, 47_812, 47_813];

const PATH: &str = "/callback";

/// Returns how X speaks OAuth 2. An app of the kinds "Native App" and "Single page App" has no
/// secret; the others show theirs in the `Authorization` header. Codes live 30 s, refresh tokens
/// are for one use.
pub fn dialect(endpoints: &X) -> Dialect {
    Dialect {
        authorize: endpoints.authorize.clone(),
        token: endpoints.api.at("/2/oauth2/token"),
        revoke: Some(endpoints.api.at("/2/oauth2/revoke")),
        client_field: "client_id",
        authentication: Authentication::BasicOrPublic,
        scope_separator: " ",
        challenge: Challenge::Base64Url,
        authorize_fields: &[],
        revoke_names_app: RevokeNames::App,
        ports: Ports::Fixed(PORTS),
        path: PATH,
    }
}

/// Returns the redirects to register with the app, exactly as written.
pub fn redirects() -> Vec<String> {
    let redirect = |port: &u16| format!("http://127.0.0.1:{port}{PATH}");
    PORTS.iter().map(redirect).collect()
}

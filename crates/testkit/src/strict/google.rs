//! Google, as YouTube's fact sheet has it.

use super::oauth::{Rotation, Rules, SecretIn};
use super::x::base64url;

/// Returns how Google asks for consent and gives tokens.
pub fn rules() -> Rules {
    Rules {
        authorize: "/o/oauth2/v2/auth",
        token: "/token",
        revoke: "/revoke",
        authorize_fields: &[
            ("response_type", Some("code")),
            ("client_id", None),
            ("redirect_uri", None),
            ("scope", None),
            ("state", None),
            ("code_challenge", None),
            ("code_challenge_method", Some("S256")),
            ("access_type", Some("offline")),
            ("prompt", Some("consent")),
        ],
        client_field: "client_id",
        separator: ' ',
        scopes: &[
            "https://www.googleapis.com/auth/youtube.upload",
            "https://www.googleapis.com/auth/youtube.readonly",
            "https://www.googleapis.com/auth/youtube.force-ssl",
            "https://www.googleapis.com/auth/yt-analytics.readonly",
        ],
        is_redirect: |redirect| {
            let port = redirect.strip_prefix("http://127.0.0.1:");
            port.is_some_and(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
        },
        challenge: base64url,
        secret: SecretIn::Form,
        rotation: Rotation::KeepsOld,
        revoke_names_app: false,
        lifetimes: (3_599, None),
        refusal: (400, &[]),
        beside: |_| {},
    }
}

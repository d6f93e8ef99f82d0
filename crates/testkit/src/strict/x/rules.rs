//! How X asks for consent and gives tokens.

use base64::Engine as _;
use sha2::Digest as _;

use crate::strict::oauth::{Rotation, Rules, SecretIn};

/// An app without a secret, whose redirects are on any port: a test takes what is free.
pub fn rules() -> Rules {
    Rules {
        authorize: "/i/oauth2/authorize",
        token: "/2/oauth2/token",
        revoke: "/2/oauth2/revoke",
        authorize_fields: &[
            ("response_type", Some("code")),
            ("client_id", None),
            ("redirect_uri", None),
            ("scope", None),
            ("state", None),
            ("code_challenge", None),
            ("code_challenge_method", Some("S256")),
        ],
        client_field: "client_id",
        separator: ' ',
        scopes: &[
            "tweet.read",
            "tweet.write",
            "users.read",
            "media.write",
            "offline.access",
            "tweet.moderate.write",
            "follows.read",
        ],
        is_redirect: |redirect| {
            let rest = redirect.strip_prefix("http://127.0.0.1:");
            let port = rest.and_then(|rest| rest.strip_suffix("/callback"));
            port.is_some_and(|port| port.parse::<u16>().is_ok())
        },
        challenge: base64url,
        secret: SecretIn::Nowhere,
        rotation: Rotation::GivesNew,
        revoke_names_app: true,
        lifetimes: (7_200, None),
        refusal: (400, &[]),
        beside: |_| {},
    }
}

/// An app with a secret.
pub fn confidential() -> Rules {
    Rules {
        secret: SecretIn::Basic,
        ..rules()
    }
}

/// Returns the challenge of a verifier (RFC 7636, 4.2).
pub fn base64url(verifier: &str) -> String {
    let hash = sha2::Sha256::digest(verifier.as_bytes());
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(hash)
}

//! TikTok, as its fact sheet has it.

use serde_json::json;
use sha2::Digest as _;

use super::oauth::{Rotation, Rules, SecretIn};

/// Returns how TikTok asks for consent and gives tokens.
pub fn rules() -> Rules {
    Rules {
        authorize: "/v2/auth/authorize/",
        token: "/v2/oauth/token/",
        revoke: "/v2/oauth/revoke/",
        authorize_fields: &[
            ("client_key", None),
            ("scope", None),
            ("redirect_uri", None),
            ("state", None),
            ("response_type", Some("code")),
            ("code_challenge", None),
            ("code_challenge_method", Some("S256")),
        ],
        client_field: "client_key",
        separator: ',',
        scopes: &[
            "user.info.basic",
            "user.info.profile",
            "user.info.stats",
            "video.list",
            "video.publish",
            "video.upload",
        ],
        is_redirect: |redirect| {
            let rest = ["http://127.0.0.1:", "http://localhost:"]
                .iter()
                .find_map(|start| redirect.strip_prefix(start));
            let port = rest.and_then(|rest| rest.strip_suffix("/callback/"));
            port.is_some_and(|port| port.parse::<u16>().is_ok())
        },
        challenge: |verifier| {
            let hash = sha2::Sha256::digest(verifier.as_bytes());
            hash.iter().map(|byte| format!("{byte:02x}")).collect()
        },
        secret: SecretIn::Form,
        rotation: Rotation::GivesNew,
        revoke_names_app: true,
        lifetimes: (7_200, Some(15_552_000)),
        // The token endpoint refuses with status 200.
        refusal: (200, &["log_id"]),
        beside: |answer| {
            answer.insert("open_id".into(), json!("open-id-1"));
        },
    }
}

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::digest::hex;

/// How a network speaks OAuth 2.
#[derive(Debug, Clone)]
pub struct Dialect {
    /// The page that asks.
    pub authorize: Url,
    /// Where codes and refresh tokens become tokens.
    pub token: Url,
    /// Where tokens end, if anywhere.
    pub revoke: Option<Url>,
    /// What the network calls the app's identifier.
    pub client_field: &'static str,
    /// How the app shows who it is.
    pub authentication: Authentication,
    /// What stands between scopes.
    pub scope_separator: &'static str,
    /// How the challenge is written.
    pub challenge: Challenge,
    /// Further fields of the page that asks.
    pub authorize_fields: &'static [(&'static str, &'static str)],
    /// Whether the app is named when a token is revoked.
    pub revoke_names_app: RevokeNames,
    /// Where the listener may be.
    pub ports: Ports,
    /// The path that the browser comes back to, as registered: empty, or beginning with `/`.
    pub path: &'static str,
}

/// How an app shows who it is where tokens are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// By its identifier in the form, and by its secret there too when it has one.
    InBody,
    /// By identifier and secret in the form; it must have one.
    SecretInBody,
    /// By the `Authorization` header when it has a secret, else by its identifier in the form.
    BasicOrPublic,
}

/// How the SHA-256 of the verifier is written as a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Challenge {
    /// In base 64 for addresses, without padding (RFC 7636, 4.2).
    Base64Url,
    /// In lower-case hexadecimal digits.
    Hex,
}

impl Challenge {
    /// Returns the challenge of a verifier.
    pub fn of(self, verifier: &SecretString) -> String {
        let hash = Sha256::digest(verifier.expose_secret().as_bytes());
        match self {
            Self::Base64Url => URL_SAFE_NO_PAD.encode(hash),
            Self::Hex => hex(&hash),
        }
    }
}

/// Whether the app is named beside the token that is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevokeNames {
    /// The token alone.
    Token,
    /// The app as well.
    App,
}

/// On which ports of loopback a network sends the browser back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// Any: the system chooses.
    Any,
    /// One of these, which are registered; the first that is free.
    Fixed(&'static [u16]),
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636, appendix B.
    #[test]
    fn challenges() {
        let verifier = SecretString::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let base64 = Challenge::Base64Url.of(&verifier);
        assert_eq!(base64, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        let hex = Challenge::Hex.of(&verifier);
        assert_eq!(
            hex,
            "13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3"
        );
    }
}

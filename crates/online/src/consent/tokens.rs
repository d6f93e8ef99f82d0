use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

/// What a network gives for a consent. Lifetimes count from the answer; the caller, who has a
/// clock, makes times of them.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// Goes with every call.
    pub access: SecretString,
    /// Gets the next access token; absent where the network gives none.
    pub refresh: Option<SecretString>,
    /// How long the access token lives, if told.
    pub expires_in: Option<Duration>,
    /// How long the refresh token lives, if told.
    pub refresh_expires_in: Option<Duration>,
    /// What was granted, when the network says so: the user may grant less than asked.
    pub scopes: Option<Vec<String>>,
    /// The account's identity where the answer has it: TikTok's `open_id`.
    pub account: Option<String>,
}

impl Tokens {
    /// Returns those of the scopes asked for that were not granted. A network that does not list
    /// them granted all (RFC 6749, 5.1).
    pub fn missing<'a>(&self, asked: &[&'a str]) -> Vec<&'a str> {
        let Some(granted) = &self.scopes else {
            return Vec::new();
        };
        let is_missing = |scope: &&&str| !granted.iter().any(|granted| granted == *scope);
        asked.iter().filter(is_missing).copied().collect()
    }

    /// Returns these with the refresh token of before where the network gave no new one.
    #[must_use]
    pub(crate) fn or_refresh(mut self, before: &SecretString) -> Self {
        self.refresh = self.refresh.or_else(|| Some(before.clone()));
        self
    }

    /// Reads the body of an answer (RFC 6749, 5.1); `None` when it holds no token.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let answer: Answer = serde_json::from_slice(body).ok()?;
        let is_bearer = answer.token_type.eq_ignore_ascii_case("bearer");
        let access = answer.access_token;
        if !is_bearer || access.expose_secret().is_empty() {
            return None;
        }
        let scopes = answer.scope.map(|scope| {
            let names = scope.split([' ', ',']).filter(|name| !name.is_empty());
            names.map(str::to_owned).collect()
        });
        Some(Self {
            access,
            refresh: answer
                .refresh_token
                .filter(|token| !token.expose_secret().is_empty()),
            expires_in: answer.expires_in.map(Duration::from_secs),
            refresh_expires_in: answer.refresh_expires_in.map(Duration::from_secs),
            scopes,
            account: answer.open_id,
        })
    }
}

#[derive(Deserialize)]
struct Answer {
    access_token: SecretString,
    token_type: String,
    refresh_token: Option<SecretString>,
    expires_in: Option<u64>,
    refresh_expires_in: Option<u64>,
    scope: Option<String>,
    open_id: Option<String>,
}

use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;
use task::Cancel;

use super::Api;
use super::answer::ask;
use super::upload::is_id;
use crate::error::Error;
use crate::http::malformed;

/// An account: whom a consent is from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// X's name of it, digits.
    pub id: String,
    /// Its name as shown.
    #[serde(default)]
    pub name: String,
    /// Its name in addresses, without `@`.
    #[serde(default)]
    pub username: String,
}

impl Api {
    /// Returns the account that a token is for. One that was deleted is a refusal with
    /// [`Advice::Gone`](crate::upload::Advice::Gone). Source: X API v2, `GET /2/users/me`.
    pub fn account(&self, token: &SecretString, cancel: &Cancel) -> Result<Account, Error> {
        self.line.wait(self.me(token), cancel)
    }

    pub(super) async fn me(&self, token: &SecretString) -> Result<Account, Error> {
        let url = self.endpoints.api.at("/2/users/me");
        let request = self.line.request(Method::GET, token, &url);
        let me: Account = ask(&url, request).await?.account(&url)?;
        if is_id(&me.id) {
            Ok(me)
        } else {
            Err(malformed(&url, "the account's id is none"))
        }
    }
}

use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;
use task::Cancel;

use super::Api;
use super::answer::{ask, is_beyond_scopes};
use crate::error::Error;
use crate::http::malformed;

/// An account: whom a consent is from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// TikTok's name of it for this app.
    #[serde(rename = "open_id")]
    pub id: String,
    /// Its name as shown.
    #[serde(default, rename = "display_name")]
    pub name: String,
    /// Its name in addresses, without `@`; none when the user did not grant `user.info.profile`.
    pub username: Option<String>,
}

#[derive(Deserialize)]
struct Answered {
    user: Account,
}

impl Api {
    /// Returns the account that a token is for. Source: TikTok for Developers, "Get User Info".
    pub fn account(&self, token: &SecretString, cancel: &Cancel) -> Result<Account, Error> {
        let call = async {
            match self.user(token, "open_id,display_name,username").await {
                Err(error) if is_beyond_scopes(&error) => {
                    self.user(token, "open_id,display_name").await
                }
                asked => asked,
            }
        };
        self.line.wait(call, cancel)
    }

    async fn user(&self, token: &SecretString, fields: &str) -> Result<Account, Error> {
        let mut url = self.endpoints.api.at("/v2/user/info/");
        url.query_pairs_mut().append_pair("fields", fields);
        let request = self.line.request(Method::GET, token, &url);
        let Answered { user } = ask(&url, request).await?;
        if user.id.is_empty() {
            return Err(malformed(&url, "the account has no open_id"));
        }
        Ok(user)
    }
}

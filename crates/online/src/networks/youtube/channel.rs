use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;
use task::Cancel;

use super::Api;
use super::upload::ask;
use crate::error::Error;

/// A channel: what a consent is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// YouTube's name of it, such as `UC…`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its handle, such as `@name`, if it has one.
    pub handle: Option<String>,
}

impl Api {
    /// Returns the channel that a token is for; `None` for an account without one. Source: YouTube
    /// Data API v3, `channels.list` with `mine`.
    pub fn channel(&self, token: &SecretString, cancel: &Cancel) -> Result<Option<Channel>, Error> {
        let mut url = self.endpoints.api.at("/youtube/v3/channels");
        url.query_pairs_mut()
            .append_pair("part", "snippet")
            .append_pair("mine", "true");
        let call = async {
            let request = self.line.request(Method::GET, token, &url);
            let list: List = ask(&url, request).await?;
            Ok(list.items.into_iter().next().map(|item| Channel {
                id: item.id,
                title: item.snippet.title,
                handle: item.snippet.custom_url.filter(|handle| !handle.is_empty()),
            }))
        };
        self.line.wait(call, cancel)
    }
}

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    id: String,
    snippet: Snippet,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Snippet {
    title: String,
    custom_url: Option<String>,
}

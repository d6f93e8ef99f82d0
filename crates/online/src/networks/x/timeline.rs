//! The account's own posts, as they are compared with what was to be posted.

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;

/// What X calls the fields of a post: the description of version 2.167 has another name for them
/// than the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fields {
    Tweet,
    Post,
}

impl Fields {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tweet => "tweet.fields",
            Self::Post => "post.fields",
        }
    }
}

/// A post of the account.
#[derive(Deserialize)]
pub(super) struct Found {
    pub(super) id: String,
    #[serde(default)]
    text: String,
    attachments: Option<Attachments>,
    entities: Option<Entities>,
}

#[derive(Deserialize)]
struct Attachments {
    media_keys: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Entities {
    #[serde(default)]
    urls: Vec<Link>,
}

#[derive(Deserialize)]
struct Link {
    url: String,
    expanded_url: Option<String>,
}

impl Found {
    pub(super) fn media_keys(&self) -> &[String] {
        let keys = self.attachments.as_ref();
        keys.and_then(|all| all.media_keys.as_deref())
            .unwrap_or_default()
    }

    /// Returns whether this is what X makes of a text: links are shortened, `&`, `<` and `>` are
    /// written as in HTML, letters are composed (NFC).
    pub(super) fn says(&self, text: &str) -> bool {
        let mut own = self.text.clone();
        let links = self
            .entities
            .as_ref()
            .map(|entities| entities.urls.as_slice());
        for link in links.unwrap_or_default() {
            if let Some(whole) = &link.expanded_url {
                own = own.replace(&link.url, whole);
            }
        }
        let own = own
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&");
        likened(&own) == likened(text)
    }
}

/// A text without what X changes of links: their scheme, the case of their host, their last slash.
fn likened(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let word = word.nfc().collect::<String>().to_lowercase();
        let word = ["https://", "http://"]
            .iter()
            .find_map(|scheme| word.strip_prefix(scheme))
            .unwrap_or(&word);
        word.trim_end_matches('/').to_owned()
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_known_again() {
        let check = |found: serde_json::Value, text: &str, expect: bool| {
            let found: Found = serde_json::from_value(found).unwrap();
            assert_eq!(found.says(text), expect, "{text}");
        };
        let plain = |text: &str| serde_json::json!({ "id": "1", "text": text });
        check(plain("Trois idées"), "Trois idées", true);
        check(plain("Trois idées"), "Trois ide\u{301}es\n", true);
        check(plain("Trois idées"), "Quatre idées", false);
        check(plain("a &amp; b &lt; c"), "a & b < c", true);
        check(plain("a &amp;lt; b"), "a &lt; b", true);
        let linked = serde_json::json!({
            "id": "1",
            "text": "Voir https://t.co/abc et https://t.co/abd",
            "entities": { "urls": [
                { "url": "https://t.co/abc", "expanded_url": "https://Exemple.fr/" },
                { "url": "https://t.co/abd", "expanded_url": "https://exemple.fr/b" },
            ] },
        });
        check(
            linked.clone(),
            "Voir exemple.fr et https://exemple.fr/b",
            true,
        );
        check(linked, "Voir exemple.fr et https://exemple.fr/c", false);
    }
}

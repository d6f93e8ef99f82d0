//! The account's posts, as X lists and shows them.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::{Refused, wrong};
use crate::strict::frame::Fields;

/// A post of the account.
pub(super) struct Post {
    pub(super) id: String,
    pub(super) body: Value,
    pub(super) at: u64,
}

impl Post {
    /// Returns it as X shows it: links shortened, HTML's characters written out.
    pub(super) fn shown(&self, wanted: &str) -> Value {
        let text = self.body["text"].as_str().unwrap_or_default();
        let text = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        let mut links = Vec::new();
        let mut words: Vec<String> = Vec::new();
        for word in text.split(' ') {
            if word.starts_with("https://") {
                let short = format!("https://t.co/{}{:04}", self.id, links.len());
                links.push(json!({ "url": short, "expanded_url": format!("{word}/") }));
                words.push(short);
            } else {
                words.push(word.to_owned());
            }
        }
        let mut shown = json!({ "id": self.id, "edit_history_post_ids": [self.id] });
        if wanted.contains("attachments")
            && let Some(id) = self.body["media"]["media_ids"][0].as_str()
        {
            shown["attachments"] = json!({ "media_keys": [format!("13_{id}")] });
            words.push(format!("https://t.co/{}media", self.id));
        }
        if wanted.contains("entities") && !links.is_empty() {
            shown["entities"] = json!({ "urls": links });
        }
        shown["text"] = json!(words.join(" "));
        shown
    }
}

/// Returns a page of the timeline, newest first, and the token of the next one.
pub(super) fn page<'a>(
    posts: &'a [Post],
    fields: &Fields,
    hidden: usize,
) -> Result<(Vec<&'a Post>, Option<String>), Refused> {
    let number = |name: &str| fields.get(name).and_then(|text| text.parse::<usize>().ok());
    let most = number("max_results").unwrap_or(10);
    let from = number("pagination_token").unwrap_or(0);
    let start = fields
        .get("start_time")
        .map(String::as_str)
        .unwrap_or_default();
    if !start.is_empty() && (start.len() != 20 || !start.ends_with('Z')) {
        return Err(wrong(format!("start_time is {start}")));
    }
    let newest = posts.iter().rev().skip(hidden);
    let all: Vec<&Post> = newest
        .filter(|post| rfc3339(post.at).as_str() >= start)
        .collect();
    let page: Vec<&Post> = all.iter().skip(from).take(most).copied().collect();
    let end = from + page.len();
    Ok((page, (end < all.len()).then(|| end.to_string())))
}

/// The name of the post of this number.
pub(super) fn name(number: usize) -> String {
    format!("{}", 1_990_000_000_000_000_001_u64 + number as u64)
}

/// Returns the seconds since 1970.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap().as_secs()
}

/// Writes a moment as RFC 3339 has it, counting years and months off one by one.
fn rfc3339(secs: u64) -> String {
    let (mut days, rest) = (secs / 86_400, secs % 86_400);
    let (mut year, mut month) = (1970, 0);
    let is_leap = |year: u64| {
        (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400)
    };
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    while days >= months[month] {
        days -= months[month];
        month += 1;
    }
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!(
        "{year}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z",
        month + 1,
        days + 1
    )
}

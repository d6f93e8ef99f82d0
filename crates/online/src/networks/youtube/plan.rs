use super::thumbnail::JPEG;
use super::upload::{JSON, LENGTH, PART, TYPE};
use super::{Api, Draft};
use crate::error::Error;
use crate::networks::upload::{Planned, Source, UNSAID, planned_token};

impl Api {
    /// Returns the calls that a post takes when none fails, in order.
    pub fn plan(&self, draft: &Draft, source: &Source) -> Result<Vec<Planned>, Error> {
        let token = planned_token;
        let (url, body) = self.opening(draft)?;
        let media_type = source.media_type().to_owned();
        let mut calls = vec![Planned {
            method: "POST",
            url: url.to_string(),
            headers: vec![
                token(),
                ("Content-Type", JSON.to_owned()),
                (LENGTH, source.bytes.to_string()),
                (TYPE, media_type.clone()),
            ],
            body: Some(String::from_utf8_lossy(&body).into_owned()),
        }];
        let mut from = 0;
        while from < source.bytes {
            let end = (from + PART).min(source.bytes);
            calls.push(Planned {
                method: "PUT",
                url: format!("{UNSAID} (the session that the first answer names)"),
                headers: vec![
                    token(),
                    ("Content-Type", media_type.clone()),
                    (
                        "Content-Range",
                        format!("bytes {from}-{}/{}", end - 1, source.bytes),
                    ),
                ],
                body: None,
            });
            from = end;
        }
        if draft.cover_ms.is_some() {
            let mut url = self.thumbnail("").to_string();
            url.push_str(UNSAID);
            calls.push(Planned {
                method: "POST",
                url,
                headers: vec![token(), ("Content-Type", JPEG.to_owned())],
                body: None,
            });
        }
        let mut url = self.reading("").to_string();
        url.push_str(UNSAID);
        calls.push(Planned {
            method: "GET",
            url,
            headers: vec![token()],
            body: None,
        });
        Ok(calls)
    }
}

use super::chunks::Chunks;
use super::upload::{self, Api, Draft, JSON};
use crate::error::Error;
use crate::networks::upload::{Planned, Source, UNSAID, planned_token};

impl Api {
    /// Returns the calls that a post takes when none fails, in order. What the account may do is
    /// asked first, and may change what follows.
    pub fn plan(&self, draft: &Draft, source: &Source) -> Result<Vec<Planned>, Error> {
        let post = |path: &str, body: String| Planned {
            method: "POST",
            url: self.endpoints.api.at(path).to_string(),
            headers: vec![planned_token(), ("Content-Type", JSON.to_owned())],
            body: Some(body),
        };
        let mut calls = vec![
            post(upload::CREATOR, "{}".to_owned()),
            post(upload::INIT, self.opened(draft, source)?),
        ];
        let chunks = Chunks::of(source.bytes);
        let mut from = 0;
        while let Some(end) = chunks.end(from) {
            calls.push(Planned {
                method: "PUT",
                url: format!("{UNSAID} (the address that the answer names)"),
                headers: vec![
                    ("Content-Type", source.media_type().to_owned()),
                    (
                        "Content-Range",
                        format!("bytes {from}-{}/{}", end - 1, source.bytes),
                    ),
                ],
                body: None,
            });
            from = end;
        }
        let body = format!(r#"{{"publish_id":"{UNSAID}"}}"#);
        calls.push(post(upload::STATUS, body));
        Ok(calls)
    }
}

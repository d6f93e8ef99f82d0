use super::upload::{Api, Draft, Initialize, Upload};
use crate::error::Error;
use crate::http;
use crate::networks::upload::{Network as _, Planned, Source, UNSAID, planned_token};

impl Api {
    /// Returns the calls that a post takes when none fails and X need not work on the video, in
    /// order.
    pub fn plan(&self, draft: &Draft, source: &Source) -> Result<Vec<Planned>, Error> {
        // Not as an address, which would encode what is not said.
        let root = self.endpoints.api.at("/").to_string();
        let at = |path: &str| format!("{}{path}", root.trim_end_matches('/'));
        let json = || ("Content-Type", "application/json".to_owned());
        let token = planned_token;
        let url = self.endpoints.api.at("/2/tweets");
        let mut calls = vec![Planned {
            method: "POST",
            url: at("/2/media/upload/initialize"),
            headers: vec![token(), json()],
            body: Some(http::written(&url, &Initialize::of(source))?),
        }];
        let size = self.part(source.bytes);
        let mut from = 0;
        while from < source.bytes {
            let end = (from + size).min(source.bytes);
            calls.push(Planned {
                method: "POST",
                url: at(&format!("/2/media/upload/{UNSAID}/append")),
                headers: vec![token(), ("Content-Type", "multipart/form-data".to_owned())],
                body: Some(format!(
                    "segment_index={}, media=bytes {from}-{} of {}",
                    from / size,
                    end - 1,
                    source.bytes
                )),
            });
            from = end;
        }
        let get = |path: &str| Planned {
            method: "GET",
            url: at(path),
            headers: vec![token()],
            body: None,
        };
        calls.push(get(&format!(
            "/2/media/upload?command=STATUS&media_id={UNSAID}"
        )));
        calls.push(Planned {
            method: "POST",
            ..get(&format!("/2/media/upload/{UNSAID}/finalize"))
        });
        calls.push(Planned {
            method: "POST",
            url: url.to_string(),
            headers: vec![token(), json()],
            body: Some(self.posted(draft, Some(&Upload::unsaid()))?),
        });
        calls.push(get(&format!("/2/tweets?ids={UNSAID}")));
        Ok(calls)
    }
}

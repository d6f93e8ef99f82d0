//! Network hosts that a file replaces, for mirrors and tests.

use std::ffi::OsStr;
use std::path::Path;

use protocol::error::{ApiError, ErrorCode};
use serde::{Deserialize, Serialize};

use crate::Error;

/// The hosts in force; the default is the real ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoints {
    /// Where models are fetched from.
    #[serde(default)]
    pub models: ModelHost,
}

/// Where models are fetched from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelHost {
    /// Stands in for scheme and host of every address in the manifest.
    pub base: Option<String>,
}

impl Endpoints {
    /// Returns the hosts of a session: those in the file that the user names, as in
    /// `CREALIA_ENDPOINTS`, else the real ones. An empty name is none.
    pub fn of_session(named: Option<&OsStr>) -> Result<Self, Error> {
        let named = named.filter(|named| !named.is_empty());
        named.map_or_else(|| Ok(Self::default()), |file| Self::read(Path::new(file)))
    }

    /// Reads a TOML file such as `[models]` with `base = "http://127.0.0.1:8080"`.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let bad = |detail: String| {
            ApiError::new(ErrorCode::Usage, format!("{}: {detail}", path.display()))
                .hint("mend the file that CREALIA_ENDPOINTS names, or unset the variable")
        };
        let text = std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
        Ok(toml::from_str(&text).map_err(|error| bad(error.message().to_owned()))?)
    }

    /// Returns the address to fetch in place of `url`.
    pub(crate) fn model(&self, url: &str) -> String {
        let path = url
            .split_once("://")
            .and_then(|(_, rest)| Some(rest.split_once('/')?.1));
        match (&self.models.base, path) {
            (Some(base), Some(path)) => format!("{}/{path}", base.trim_end_matches('/')),
            _ => url.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_replaces_scheme_and_host_only() {
        let mirror = ModelHost {
            base: Some("http://127.0.0.1:80/".to_owned()),
        };
        let endpoints = Endpoints { models: mirror };
        assert_eq!(
            endpoints.model("https://a.example/b/c.bin"),
            "http://127.0.0.1:80/b/c.bin"
        );
        assert_eq!(
            Endpoints::default().model("https://a.example/b"),
            "https://a.example/b"
        );
    }

    #[test]
    fn a_misspelt_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("e.toml");
        std::fs::write(&path, "[mirrors]\nbase = \"x\"").unwrap();
        assert_eq!(
            Endpoints::read(&path).unwrap_err().to_api().code,
            ErrorCode::Usage
        );
    }
}

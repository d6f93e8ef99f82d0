//! Network hosts that a file replaces, for mirrors and tests.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

use protocol::error::{ApiError, ErrorCode};
use serde::Serialize;

use crate::Error;

/// The hosts in force. As JSON it is what the file replaces, table by table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Endpoints {
    /// Where models are fetched from.
    pub models: ModelHost,
    /// What stands in the file of the networks.
    #[serde(flatten)]
    pub replaced: BTreeMap<String, BTreeMap<String, String>>,
    /// Where the networks are.
    #[serde(skip)]
    networks: online::Endpoints,
}

/// Where models are fetched from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ModelHost {
    /// Stands in for scheme and host of every address in the manifest.
    pub base: Option<String>,
}

impl Default for Endpoints {
    /// Returns the real ones.
    fn default() -> Self {
        Self {
            models: ModelHost::default(),
            replaced: BTreeMap::new(),
            networks: online::Endpoints::official(),
        }
    }
}

impl Endpoints {
    /// Returns the hosts of a session: those in the file that the user names, as in
    /// `CREALIA_ENDPOINTS`, else the real ones. An empty name is none.
    pub fn of_session(named: Option<&OsStr>) -> Result<Self, Error> {
        let named = named.filter(|named| !named.is_empty());
        named.map_or_else(|| Ok(Self::default()), |file| Self::read(Path::new(file)))
    }

    /// Reads a TOML file: `[models]` with `base = "http://127.0.0.1:8080"`, and the tables of
    /// [`online::Endpoints::overridden_by`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        let bad = |detail: String| {
            ApiError::new(ErrorCode::Usage, format!("{}: {detail}", path.display()))
                .hint("mend the file that CREALIA_ENDPOINTS names, or unset the variable")
        };
        let text = std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
        let mut tables: BTreeMap<String, BTreeMap<String, String>> =
            toml::from_str(&text).map_err(|error| bad(error.message().to_owned()))?;
        let mut models = tables.remove("models").unwrap_or_default();
        let base = models.remove("base");
        if let Some(unknown) = models.keys().next() {
            return Err(bad(format!("unknown field `{unknown}`, expected `base`")).into());
        }
        let rest = toml::to_string(&tables).map_err(|error| bad(error.to_string()))?;
        let networks =
            online::Endpoints::overridden_by(&rest).map_err(|error| bad(error.to_string()))?;
        Ok(Self {
            models: ModelHost { base },
            replaced: tables,
            networks,
        })
    }

    /// Returns where the networks are.
    pub(crate) fn networks(&self) -> &online::Endpoints {
        &self.networks
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
        let endpoints = Endpoints {
            models: mirror,
            ..Endpoints::default()
        };
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
    fn one_file_holds_the_hosts_of_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("e.toml");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Endpoints::read(&path)
        };
        let text = "[models]\nbase = 'http://127.0.0.1:1'\n[x]\napi = 'http://127.0.0.1:2'";
        let all = read(text).unwrap();
        assert_eq!(all.models.base.as_deref(), Some("http://127.0.0.1:1"));
        assert_eq!(all.networks().overridden(), ["x"]);
        assert_eq!(
            serde_json::to_string(&all).unwrap(),
            r#"{"models":{"base":"http://127.0.0.1:1"},"x":{"api":"http://127.0.0.1:2"}}"#
        );
        for (text, expect) in [
            ("[mirrors]\nbase = 'x'", "mirrors"),
            ("[models]\nhost = 'x'", "unknown field `host`"),
            ("[x]\napi = 'http://192.168.0.1'", "neither https nor"),
            ("[x", ""),
        ] {
            let error = read(text).unwrap_err().to_api();
            assert_eq!(error.code, ErrorCode::Usage);
            assert!(error.message.contains(expect), "{error}");
        }
        assert_eq!(read("").unwrap(), Endpoints::default());
    }

    #[test]
    fn a_changed_file_is_refused_in_one_line_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("e.toml");
        let whole = b"[models]\nbase = 'http://127.0.0.1:1/m/'\n[x]\napi = 'http://127.0.0.1:2'\n\
            [youtube]\nauthorize = 'https://a.example/authorize'\n";
        let (mut taken, mut refused) = (0, 0);
        for seed in 0..2_000 {
            std::fs::write(&path, testkit::mangle::bytes(whole, seed)).unwrap();
            match Endpoints::read(&path) {
                Ok(all) => {
                    let model = all.model("https://b.example/c/d.bin");
                    assert!(model.ends_with("/c/d.bin"), "{seed}: {model}");
                    taken += 1;
                }
                Err(error) => {
                    let error = error.to_api();
                    let name = path.to_string_lossy();
                    assert_eq!(error.code, ErrorCode::Usage, "{seed}");
                    assert!(error.message.starts_with(&*name), "{seed}: {error}");
                    assert!(!error.message.contains('\n'), "{seed}: {error}");
                    assert!(error.hint.contains("CREALIA_ENDPOINTS"), "{seed}");
                    refused += 1;
                }
            }
        }
        assert!(
            taken > 20 && refused > 1_000,
            "{taken} were taken, {refused} refused"
        );
    }
}

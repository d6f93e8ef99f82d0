//! Where the networks are: one value, so that a test server can stand in for any of them.

use reqwest::Url;
use serde::Deserialize;

use crate::error::Error;
use crate::http;

/// The addresses of all networks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// YouTube's.
    pub youtube: YouTube,
    /// TikTok's.
    pub tiktok: TikTok,
    /// X's.
    pub x: X,
    overridden: Vec<&'static str>,
}

/// YouTube's addresses. Source: Google, "OAuth 2.0 for Mobile & Desktop Apps"; YouTube Data API v3
/// and YouTube Analytics v2, discovery documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YouTube {
    /// The page that asks for consent.
    pub authorize: Url,
    /// Where codes become tokens.
    pub token: Url,
    /// Where tokens end.
    pub revoke: Url,
    /// The Data API, uploads included.
    pub api: Base,
    /// The Analytics API.
    pub analytics: Base,
}

/// TikTok's addresses. Source: TikTok for Developers, Login Kit for desktop and Content Posting API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TikTok {
    /// The page that asks for consent.
    pub authorize: Url,
    /// The API, tokens included.
    pub api: Base,
}

/// X's addresses. Source: X developer platform, "OAuth 2.0 user access token".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct X {
    /// The page that asks for consent.
    pub authorize: Url,
    /// The API, tokens included.
    pub api: Base,
}

/// The beginning of a network's addresses, and the hosts to which its answers may send uploads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    root: Url,
    hosts: &'static [&'static str],
    is_overridden: Overridden,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Overridden {
    No,
    Yes,
}

impl Endpoints {
    /// Returns the real ones.
    pub fn official() -> Self {
        // Literals that are tested; an address of nowhere would be refused by every call.
        Self {
            youtube: YouTube {
                authorize: literal("https://accounts.google.com/o/oauth2/v2/auth"),
                token: literal("https://oauth2.googleapis.com/token"),
                revoke: literal("https://oauth2.googleapis.com/revoke"),
                api: Base::official("https://www.googleapis.com", &["googleapis.com"]),
                analytics: Base::official("https://youtubeanalytics.googleapis.com", &[]),
            },
            tiktok: TikTok {
                authorize: literal("https://www.tiktok.com/v2/auth/authorize/"),
                api: Base::official("https://open.tiktokapis.com", &["tiktokapis.com"]),
            },
            x: X {
                authorize: literal("https://x.com/i/oauth2/authorize"),
                api: Base::official("https://api.x.com", &["api.x.com"]),
            },
            overridden: Vec::new(),
        }
    }

    /// Returns the real ones except those that a TOML text replaces: tables `youtube` (`authorize`,
    /// `token`, `revoke`, `api`, `analytics`), `tiktok` and `x` (`authorize`, `api`).
    pub fn overridden_by(text: &str) -> Result<Self, Error> {
        let refused = |detail: String| Error::Endpoints { detail };
        let file: File =
            toml::from_str(text).map_err(|error| refused(error.message().to_owned()))?;
        let mut all = Self::official();
        if let Some(table) = file.youtube {
            all.overridden.push("youtube");
            replace(&mut all.youtube.authorize, table.authorize)?;
            replace(&mut all.youtube.token, table.token)?;
            replace(&mut all.youtube.revoke, table.revoke)?;
            all.youtube.api.replace(table.api)?;
            all.youtube.analytics.replace(table.analytics)?;
        }
        if let Some(table) = file.tiktok {
            all.overridden.push("tiktok");
            replace(&mut all.tiktok.authorize, table.authorize)?;
            all.tiktok.api.replace(table.api)?;
        }
        if let Some(table) = file.x {
            all.overridden.push("x");
            replace(&mut all.x.authorize, table.authorize)?;
            all.x.api.replace(table.api)?;
        }
        Ok(all)
    }

    /// Returns the networks that are not where they really are, for everybody to see.
    pub fn overridden(&self) -> &[&'static str] {
        &self.overridden
    }
}

impl Base {
    fn official(root: &str, hosts: &'static [&'static str]) -> Self {
        Self {
            root: literal(root),
            hosts,
            is_overridden: Overridden::No,
        }
    }

    fn replace(&mut self, text: Option<String>) -> Result<(), Error> {
        if let Some(text) = text {
            self.root = secure(&text)?;
            self.is_overridden = Overridden::Yes;
        }
        Ok(())
    }

    /// Returns the address of a path, which begins with `/`.
    pub fn at(&self, path: &str) -> Url {
        let mut url = self.root.clone();
        let whole = format!("{}{path}", self.root.path().trim_end_matches('/'));
        url.set_path(&whole);
        url
    }

    /// Returns an address that an answer named for an upload, when it is one of this network's:
    /// https below its hosts; while overridden, where the override is, or on loopback.
    pub fn upload(&self, address: &str) -> Result<Url, Error> {
        let foreign = || Error::ForeignAddress {
            url: http::without_query(address),
        };
        let url = Url::parse(address).map_err(|_not_an_address| foreign())?;
        let host = url.host_str().ok_or_else(foreign)?;
        let is_own = match self.is_overridden {
            Overridden::Yes => is_loopback(&url) || url.origin() == self.root.origin(),
            Overridden::No => {
                let below = |suffix: &&str| {
                    host.strip_suffix(*suffix)
                        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
                };
                url.scheme() == "https" && self.hosts.iter().any(below)
            }
        };
        let has_user = !url.username().is_empty() || url.password().is_some();
        if is_own && !has_user {
            Ok(url)
        } else {
            Err(foreign())
        }
    }
}

/// Returns whether an address may be spoken to: https, or http on this machine.
pub(crate) fn is_secure(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => is_loopback(url),
        _ => false,
    }
}

/// Returns whether an address leads to this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
}

fn replace(place: &mut Url, text: Option<String>) -> Result<(), Error> {
    if let Some(text) = text {
        *place = secure(&text)?;
    }
    Ok(())
}

/// Returns an address that may be spoken to: https, or http on loopback.
fn secure(text: &str) -> Result<Url, Error> {
    let refused = |why: &str| Error::Endpoints {
        detail: format!("{text} {why}"),
    };
    let url = Url::parse(text).map_err(|_not_an_address| refused("is no address"))?;
    if !is_secure(&url) {
        return Err(refused("is neither https nor http on loopback"));
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(refused("holds more than a host and a path"));
    }
    Ok(url)
}

#[expect(
    clippy::expect_used,
    reason = "literals of this file, which a test reads"
)]
fn literal(text: &str) -> Url {
    Url::parse(text).expect("BUG: a literal that is no address")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    youtube: Option<YouTubeTable>,
    tiktok: Option<Table>,
    x: Option<Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YouTubeTable {
    authorize: Option<String>,
    token: Option<String>,
    revoke: Option<String>,
    api: Option<String>,
    analytics: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    authorize: Option<String>,
    api: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str, expect: &str) {
        let error = Endpoints::overridden_by(text).unwrap_err().to_string();
        assert!(error.contains(expect), "{text}: {error}");
    }

    #[test]
    fn paths_are_appended() {
        let all = Endpoints::overridden_by("[youtube]\napi = 'http://127.0.0.1:8080/yt/'").unwrap();
        let url = all.youtube.api.at("/upload/youtube/v3/videos");
        assert_eq!(
            url.as_str(),
            "http://127.0.0.1:8080/yt/upload/youtube/v3/videos"
        );
        let url = Endpoints::official().x.api.at("/2/tweets");
        assert_eq!(url.as_str(), "https://api.x.com/2/tweets");
    }

    #[test]
    fn what_is_not_named_stays() {
        let all = Endpoints::overridden_by("[x]\napi = 'http://localhost:1'").unwrap();
        let real = Endpoints::official();
        assert_eq!(all.youtube, real.youtube);
        assert_eq!(all.x.authorize, real.x.authorize);
        assert_eq!(all.overridden(), ["x"]);
        assert_eq!(Endpoints::overridden_by("").unwrap(), real);
        assert!(real.overridden().is_empty());
    }

    #[test]
    fn only_loopback_may_be_plain() {
        refused("[x]\napi = 'http://192.168.0.1'", "neither https nor");
        refused(
            "[x]\napi = 'http://localhost.evil.example'",
            "neither https nor",
        );
        refused("[x]\napi = 'ftp://127.0.0.1'", "neither https nor");
        refused("[x]\napi = 'x'", "is no address");
        refused("[x]\napi = 'https://me@example.org'", "more than a host");
        assert!(Endpoints::overridden_by("[x]\napi = 'http://[::1]:9'").is_ok());
        assert!(Endpoints::overridden_by("[x]\napi = 'https://staging.example'").is_ok());
    }

    #[test]
    fn a_typing_error_is_told() {
        refused("[tiktok]\ntoken = 'https://a.b'", "unknown field `token`");
        refused(
            "[instagram]\napi = 'https://a.b'",
            "unknown field `instagram`",
        );
        refused("[x\n", "");
    }

    #[test]
    fn uploads_go_to_the_network_only() {
        let real = Endpoints::official();
        let check = |base: &Base, url: &str, expect: bool| {
            assert_eq!(base.upload(url).is_ok(), expect, "{url}");
        };
        let youtube = &real.youtube.api;
        check(
            youtube,
            "https://www.googleapis.com/upload?upload_id=1",
            true,
        );
        check(youtube, "https://storage.googleapis.com/a", true);
        check(youtube, "http://www.googleapis.com/a", false);
        check(youtube, "https://evilgoogleapis.com/a", false);
        check(youtube, "https://googleapis.com.evil.example/a", false);
        check(youtube, "https://googleapis.com@evil.example/a", false);
        check(youtube, "http://127.0.0.1/a", false);
        check(youtube, "/relative", false);
        check(
            &real.tiktok.api,
            "https://open-upload.tiktokapis.com/v",
            true,
        );
        let text = "[youtube]\napi = 'http://127.0.0.1:8080'";
        let over = Endpoints::overridden_by(text).unwrap().youtube.api;
        check(&over, "http://127.0.0.1:9000/session", true);
        check(&over, "https://www.googleapis.com/a", false);
    }

    #[test]
    fn an_error_does_not_show_the_session() {
        let error = Endpoints::official()
            .x
            .api
            .upload("https://a.b/c?upload_id=marked");
        assert!(!error.unwrap_err().to_string().contains("marked"));
    }

    #[test]
    fn a_changed_text_replaces_nothing_by_what_is_not_secure() {
        let whole = b"[youtube]\nauthorize = 'https://a.example/authorize'\n\
            api = 'http://127.0.0.1:80/yt/'\n[tiktok]\napi = 'http://localhost:1'\n\
            [x]\napi = 'https://b.example'\n";
        let mut taken = 0;
        for seed in 0..3_000 {
            let mangled = testkit::mangle::bytes(whole, seed);
            let Ok(text) = std::str::from_utf8(&mangled) else {
                continue;
            };
            let Ok(all) = Endpoints::overridden_by(text) else {
                continue;
            };
            taken += 1;
            let urls = [all.youtube.api, all.tiktok.api, all.x.api].map(|base| base.at("/a"));
            for url in urls.into_iter().chain([all.youtube.authorize]) {
                let host = url.host_str().unwrap_or_default();
                let is_here = host == "localhost" || host.starts_with("127.");
                assert!(url.scheme() == "https" || is_here, "{seed}: {url}");
            }
        }
        assert!(taken > 100, "{taken} were taken");
    }
}

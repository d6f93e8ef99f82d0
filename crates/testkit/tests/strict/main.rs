//! The strict servers refuse: a right call is done, and each change of it that the real network would refuse
//! is refused, with what was wrong with it, and nothing is published.
#![cfg(test)]

use serde_json::Value;
use testkit::strict::browser::{Page, send};
use testkit::strict::oauth::{CLIENT_ID, CLIENT_SECRET, REFRESH, TOKEN};
use testkit::strict::{Posting, Server};

mod tiktok;
mod x;
mod youtube;

const JSON: &str = "application/json; charset=UTF-8";

/// A call, to be changed.
#[derive(Clone)]
struct Call {
    method: &'static str,
    path: String,
    head: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Call {
    fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            head: vec![("Authorization", format!("Bearer {TOKEN}"))],
            body: Vec::new(),
        }
    }

    fn head(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.head.retain(|(known, _)| *known != name);
        self.head.push((name, value.into()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.head.retain(|(known, _)| *known != name);
        self
    }

    fn json(self, kind: &str, body: &Value) -> Self {
        self.head("Content-Type", kind).bytes(body.to_string())
    }

    fn form(self, fields: &[(&str, &str)]) -> Self {
        let pairs = fields.iter().map(|(name, value)| format!("{name}={value}"));
        let text = pairs.collect::<Vec<_>>().join("&");
        self.without("Authorization")
            .head("Content-Type", "application/x-www-form-urlencoded")
            .bytes(text)
    }

    fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    fn at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    fn by(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    fn to<D: Posting>(&self, server: &Server<D>) -> Page {
        let head: Vec<(&str, &str)> = self
            .head
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let url = format!("{}{}", server.base, self.path);
        send(self.method, &url, &head, &self.body).unwrap()
    }
}

/// Asserts that each of these is refused for a reason that names what is wrong.
#[track_caller]
fn refused<D: Posting>(server: &Server<D>, wrong: Vec<(&str, Call, &str)>) {
    for (what, call, reason) in wrong {
        let before = server.refusals().len();
        let page = call.to(server);
        assert!(page.status >= 400, "{what}: {} {}", page.status, page.body);
        let refusals = server.refusals();
        let told = refusals.get(before..).unwrap_or_default().join("; ");
        assert!(told.contains(reason), "{what}: {reason:?} in {told:?}");
        assert_eq!(D::published(server), 0, "{what}");
    }
}

/// A call without its token, and why it is refused.
fn no_token(call: &Call) -> (&'static str, Call, &'static str) {
    (
        "no token",
        call.clone().without("Authorization"),
        "no token",
    )
}

/// Returns a copy of a value with a field, named by its path, changed; taken away by null.
fn with(value: &Value, path: &str, new: Value) -> Value {
    let mut changed = value.clone();
    let (parent, name) = path.rsplit_once('/').unwrap();
    let parent = changed
        .pointer_mut(parent)
        .unwrap()
        .as_object_mut()
        .unwrap();
    if new.is_null() {
        parent.remove(name).unwrap();
    } else {
        parent.insert(name.to_owned(), new);
    }
    changed
}

/// Calls for tokens that are refused, whatever the network.
fn refused_tokens<D: Posting>(server: &Server<D>, token: &str, client: &str) {
    let mut right = vec![
        (client, CLIENT_ID),
        ("grant_type", "refresh_token"),
        ("refresh_token", REFRESH),
    ];
    right.extend(D::SECRET.map(|secret| ("client_secret", secret)));
    let call = Call::new("POST", token);
    let form = |name: &str, value: Option<&'static str>| {
        let mut fields = right.clone();
        fields.retain(|(known, _)| *known != name);
        let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
        fields.extend(value.map(|value| (name, value)));
        call.clone().form(&fields)
    };
    let mut wrong = vec![
        ("another app", form(client, Some("other")), "another app"),
        ("no app", form(client, None), "another app, or none"),
        (
            "another grant",
            form("grant_type", Some("password")),
            "no such grant",
        ),
        (
            "another token",
            form("refresh_token", Some("other")),
            "no live refresh token",
        ),
        (
            "no token",
            form("refresh_token", None),
            "missing field refresh_token",
        ),
        (
            "an unknown field",
            form("audience", Some("a")),
            "unknown field audience",
        ),
        (
            "a used code",
            form("grant_type", Some("authorization_code")),
            "unknown field refresh_token",
        ),
        (
            "a header of who calls",
            form("", None).head("Authorization", "Basic YTpi"),
            "an Authorization header",
        ),
        (
            "in the address",
            form("", None).at(format!("{token}?refresh_token={REFRESH}")),
            "secrets in an address",
        ),
        (
            "no form",
            form("", None).head("Content-Type", "application/json"),
            "the body is no form",
        ),
        (
            "a field twice",
            form("", None).bytes(format!("{client}={CLIENT_ID}&{client}={CLIENT_ID}")),
            "comes twice",
        ),
    ];
    wrong.push(match D::SECRET {
        Some(_) => (
            "no secret",
            form("client_secret", None),
            "the secret is wrong",
        ),
        None => (
            "a secret too many",
            form("client_secret", Some(CLIENT_SECRET)),
            "one too many",
        ),
    });
    for (what, call, reason) in wrong {
        let page = call.to(server);
        // TikTok refuses with status 200.
        assert!(page.body.contains("error"), "{what}: {}", page.body);
        let told = server.refusals().pop().unwrap_or_default();
        assert!(told.contains(reason), "{what}: {reason:?} in {told:?}");
    }
    assert_eq!(server.refreshes(), 0);
    let done = form("", None).to(server);
    assert!(done.body.contains("access_token"), "{}", done.body);
}

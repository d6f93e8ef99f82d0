//! The part of a network that asks for consent and gives tokens.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tokio::sync::Notify;

/// The app that is registered with every server.
pub const CLIENT_ID: &str = "marked-client-id";
pub const CLIENT_SECRET: &str = "marked-client-secret";

/// How a network wants to be asked; each from its fact sheet.
#[derive(Clone)]
pub struct Rules {
    pub authorize: &'static str,
    pub token: &'static str,
    pub revoke: &'static str,
    /// Fields of the page that asks, with the value where only one is right.
    pub authorize_fields: &'static [(&'static str, Option<&'static str>)],
    pub client_field: &'static str,
    pub separator: char,
    pub scopes: &'static [&'static str],
    /// Whether a redirect is registered.
    pub is_redirect: fn(&str) -> bool,
    /// The challenge of a verifier.
    pub challenge: fn(&str) -> String,
    pub secret: SecretIn,
    /// Whether a refresh gives a new refresh token and ends the old one.
    pub rotation: Rotation,
    /// Whether the app is named when a token is revoked.
    pub revoke_names_app: bool,
    /// Seconds that tokens live, and refresh tokens where it is told.
    pub lifetimes: (u64, Option<u64>),
    /// The status of refusals, and what stands beside the error.
    pub refusal: (u16, &'static [&'static str]),
    /// What stands beside the tokens.
    pub beside: fn(&mut serde_json::Map<String, Value>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SecretIn {
    Form,
    /// Public: there must be none.
    Nowhere,
    Basic,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    KeepsOld,
    GivesNew,
}

/// What the user does on the page.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub enum User {
    #[default]
    Agrees,
    Declines,
    /// Grants the first scope only.
    GrantsOne,
}

struct Code {
    challenge: String,
    redirect: String,
    scope: String,
    is_used: bool,
}

#[derive(Default)]
struct Books {
    codes: BTreeMap<String, Code>,
    /// Live refresh tokens and their scope.
    refresh: BTreeMap<String, String>,
    access: BTreeMap<String, String>,
    refusals: Vec<String>,
    calls: Vec<String>,
    count: usize,
    user: User,
    are_codes_late: bool,
    token_status: Option<(u16, String)>,
}

/// A server on loopback, as long as the value lives.
pub struct Server {
    pub base: String,
    books: Arc<Mutex<Books>>,
    held: Arc<Mutex<Option<Arc<Notify>>>>,
    runtime: Option<tokio::runtime::Runtime>,
}

#[derive(Clone)]
struct Desk {
    rules: Rules,
    books: Arc<Mutex<Books>>,
    held: Arc<Mutex<Option<Arc<Notify>>>>,
}

impl Server {
    pub fn start(rules: Rules) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let books = Arc::new(Mutex::new(Books::default()));
        let held = Arc::new(Mutex::new(None));
        let desk = Desk {
            rules,
            books: Arc::clone(&books),
            held: Arc::clone(&held),
        };
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(serve).with_state(desk);
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self {
            base,
            books,
            held,
            runtime: Some(runtime),
        }
    }

    pub fn user(&self, user: User) {
        self.books.lock().unwrap().user = user;
    }

    /// From now on every code is used too late.
    pub fn make_codes_late(&self) {
        self.books.lock().unwrap().are_codes_late = true;
    }

    /// From now on the token endpoint answers this.
    pub fn answer_tokens(&self, status: u16, body: &str) {
        self.books.lock().unwrap().token_status = Some((status, body.to_owned()));
    }

    /// Lets the token endpoint wait until the result is notified.
    pub fn hold_tokens(&self) -> Arc<Notify> {
        let notify = Arc::new(Notify::new());
        *self.held.lock().unwrap() = Some(Arc::clone(&notify));
        notify
    }

    /// Returns what was refused, in words.
    pub fn refusals(&self) -> Vec<String> {
        self.books.lock().unwrap().refusals.clone()
    }

    /// Returns the paths that were called.
    pub fn calls(&self) -> Vec<String> {
        self.books.lock().unwrap().calls.clone()
    }

    /// Returns whether a token is still good for anything.
    pub fn is_live(&self, token: &str) -> bool {
        let books = self.books.lock().unwrap();
        books.refresh.contains_key(token) || books.access.contains_key(token)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

type Fields = BTreeMap<String, String>;

/// Why a call is refused: the network's code, and the words for the test.
struct Refused(&'static str, String);

async fn serve(
    State(desk): State<Desk>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    desk.books.lock().unwrap().calls.push(uri.path().to_owned());
    let path = uri.path().to_owned();
    let outcome = if path == desk.rules.authorize && method == Method::GET {
        return desk.authorize(uri.query().unwrap_or_default());
    } else if path == desk.rules.token && method == Method::POST {
        let held = desk.held.lock().unwrap().clone();
        if let Some(held) = held {
            held.notified().await;
        }
        let fixed = desk.books.lock().unwrap().token_status.clone();
        if let Some((status, body)) = fixed {
            let status = StatusCode::from_u16(status).unwrap();
            return (status, [(header::LOCATION, "/elsewhere")], body).into_response();
        }
        Desk::form(&uri, &headers, &body).and_then(|fields| desk.token(fields, &headers))
    } else if path == desk.rules.revoke && method == Method::POST {
        Desk::form(&uri, &headers, &body).and_then(|fields| desk.revoke(fields, &headers))
    } else {
        Err(Refused("not_found", format!("{method} {path}")))
    };
    match outcome {
        Ok(body) => json_answer(200, &body),
        Err(Refused(code, words)) => {
            desk.books.lock().unwrap().refusals.push(words.clone());
            let (status, beside) = desk.rules.refusal;
            let mut body = json!({ "error": code, "error_description": words });
            for name in beside {
                body[*name] = json!("2026112812");
            }
            json_answer(status, &body)
        }
    }
}

fn json_answer(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    let fields = [(header::CONTENT_TYPE, "application/json")];
    (status, fields, body.to_string()).into_response()
}

impl Desk {
    /// The page that asks. What it refuses it refuses on the page: nothing goes to a redirect that
    /// may not be the app's.
    fn authorize(&self, query: &str) -> Response {
        match self.question(query) {
            Ok(location) => {
                let fields = [(header::LOCATION, location)];
                (StatusCode::FOUND, fields, "").into_response()
            }
            Err(Refused(_, words)) => {
                self.books.lock().unwrap().refusals.push(words.clone());
                (StatusCode::BAD_REQUEST, words).into_response()
            }
        }
    }

    fn question(&self, query: &str) -> Result<String, Refused> {
        let fields = pairs(query)?;
        let wanted = self.rules.authorize_fields;
        let names: Vec<&str> = wanted.iter().map(|(name, _)| *name).collect();
        only(&fields, &names)?;
        for (name, value) in wanted {
            if let Some(value) = value
                && fields[*name] != *value
            {
                return Err(wrong(format!("{name} is {}, not {value}", fields[*name])));
            }
        }
        if fields[self.rules.client_field] != CLIENT_ID {
            return Err(wrong("another app".to_owned()));
        }
        let redirect = &fields["redirect_uri"];
        if !(self.rules.is_redirect)(redirect) {
            return Err(wrong(format!("{redirect} is not registered")));
        }
        let scopes: Vec<&str> = fields["scope"].split(self.rules.separator).collect();
        if let Some(unknown) = scopes.iter().find(|s| !self.rules.scopes.contains(s)) {
            return Err(wrong(format!("unknown scope {unknown}")));
        }
        if !(16..=500).contains(&fields["state"].len()) {
            return Err(wrong("a state that can be guessed, or is too long"));
        }
        let mut books = self.books.lock().unwrap();
        books.count += 1;
        let join = if redirect.contains('?') { '&' } else { '?' };
        let state = &fields["state"];
        if books.user == User::Declines {
            return Ok(format!("{redirect}{join}error=access_denied&state={state}"));
        }
        let granted = if books.user == User::GrantsOne {
            1
        } else {
            scopes.len()
        };
        // With what has to be encoded, and decoded again before the exchange.
        let code = format!("marked/code*{}", books.count);
        let scope = scopes[..granted].join(&self.rules.separator.to_string());
        let entry = Code {
            challenge: fields["code_challenge"].clone(),
            redirect: redirect.clone(),
            scope,
            is_used: false,
        };
        books.codes.insert(code.clone(), entry);
        let code = code.replace('/', "%2F").replace('*', "%2A");
        Ok(format!("{redirect}{join}code={code}&state={state}"))
    }

    fn form(uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Result<Fields, Refused> {
        if uri.query().is_some() {
            return Err(wrong("secrets in an address"));
        }
        let kind = headers
            .get(header::CONTENT_TYPE)
            .map(|kind| kind.to_str().unwrap());
        if kind != Some("application/x-www-form-urlencoded") {
            return Err(wrong("the body is no form"));
        }
        let text = std::str::from_utf8(body).map_err(|_text| wrong("the body is no text"))?;
        pairs(text)
    }

    /// Checks who calls, and takes that off the fields.
    fn app(&self, fields: &mut Fields, headers: &HeaderMap) -> Result<(), Refused> {
        let refused = |words: &str| Refused("invalid_client", words.to_owned());
        let basic = headers.get(header::AUTHORIZATION);
        if self.rules.secret == SecretIn::Basic {
            // printf marked-client-id:marked-client-secret | base64
            let expect = "Basic bWFya2VkLWNsaWVudC1pZDptYXJrZWQtY2xpZW50LXNlY3JldA==";
            let is_right = basic.is_some_and(|basic| basic == expect);
            return is_right
                .then_some(())
                .ok_or_else(|| refused("wrong Authorization"));
        }
        if basic.is_some() {
            return Err(refused("an Authorization header"));
        }
        if fields.remove(self.rules.client_field).as_deref() != Some(CLIENT_ID) {
            return Err(refused("another app, or none"));
        }
        let secret = fields.remove("client_secret");
        let expect = (self.rules.secret == SecretIn::Form).then_some(CLIENT_SECRET);
        if secret.as_deref() != expect {
            return Err(refused("the secret is wrong, missing or one too many"));
        }
        Ok(())
    }

    fn token(&self, mut fields: Fields, headers: &HeaderMap) -> Result<Value, Refused> {
        self.app(&mut fields, headers)?;
        let grant = |words: &str| Refused("invalid_grant", words.to_owned());
        let mut books = self.books.lock().unwrap();
        let scope = match fields.get("grant_type").map(String::as_str) {
            Some("authorization_code") => {
                let names = ["grant_type", "code", "redirect_uri", "code_verifier"];
                only(&fields, &names)?;
                let is_late = books.are_codes_late;
                let code = books.codes.get_mut(&fields["code"]);
                let code = code.ok_or_else(|| grant("unknown code"))?;
                if std::mem::replace(&mut code.is_used, true) {
                    return Err(grant("the code was used before"));
                }
                if is_late {
                    return Err(grant("the code came too late"));
                }
                if code.redirect != fields["redirect_uri"] {
                    return Err(grant("another redirect"));
                }
                let verifier = &fields["code_verifier"];
                let is_unreserved =
                    |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
                if !(43..=128).contains(&verifier.len()) || !verifier.chars().all(is_unreserved) {
                    return Err(wrong("a verifier that is none"));
                }
                if (self.rules.challenge)(verifier) != code.challenge {
                    let words = "Code verifier or code challenge is invalid.";
                    return Err(wrong(words));
                }
                code.scope.clone()
            }
            Some("refresh_token") => {
                only(&fields, &["grant_type", "refresh_token"])?;
                let token = &fields["refresh_token"];
                let scope = books.refresh.get(token).cloned();
                let scope = scope.ok_or_else(|| grant("no live refresh token"))?;
                if self.rules.rotation == Rotation::GivesNew {
                    books.refresh.remove(token);
                } else {
                    return Ok(self.tokens(&mut books, &scope, None));
                }
                scope
            }
            _ => {
                return Err(Refused(
                    "unsupported_grant_type",
                    "no such grant".to_owned(),
                ));
            }
        };
        books.count += 1;
        let refresh = format!("marked-refresh-{}", books.count);
        books.refresh.insert(refresh.clone(), scope.clone());
        Ok(self.tokens(&mut books, &scope, Some(refresh)))
    }

    fn tokens(&self, books: &mut Books, scope: &str, refresh: Option<String>) -> Value {
        books.count += 1;
        let access = format!("marked-access-{}", books.count);
        books.access.insert(access.clone(), scope.to_owned());
        let (access_secs, refresh_secs) = self.rules.lifetimes;
        let mut answer = serde_json::Map::new();
        answer.insert("access_token".into(), json!(access));
        answer.insert("token_type".into(), json!("Bearer"));
        answer.insert("expires_in".into(), json!(access_secs));
        answer.insert("scope".into(), json!(scope));
        if let Some(refresh) = refresh {
            answer.insert("refresh_token".into(), json!(refresh));
        }
        if let Some(secs) = refresh_secs {
            answer.insert("refresh_expires_in".into(), json!(secs));
        }
        (self.rules.beside)(&mut answer);
        Value::Object(answer)
    }

    fn revoke(&self, mut fields: Fields, headers: &HeaderMap) -> Result<Value, Refused> {
        if self.rules.revoke_names_app {
            self.app(&mut fields, headers)?;
        }
        only(&fields, &["token"])?;
        let mut books = self.books.lock().unwrap();
        let token = &fields["token"];
        if books.refresh.remove(token).is_none() && books.access.remove(token).is_none() {
            return Err(Refused("invalid_token", "no live token".to_owned()));
        }
        Ok(json!({}))
    }
}

/// A call of the wrong form.
fn wrong(words: impl Into<String>) -> Refused {
    Refused("invalid_request", words.into())
}

/// Reads an encoded form; a field that comes twice is refused.
fn pairs(text: &str) -> Result<Fields, Refused> {
    let url = reqwest::Url::parse(&format!("http://localhost/?{text}")).unwrap();
    let mut fields = Fields::new();
    for (name, value) in url.query_pairs() {
        if fields.insert(name.to_string(), value.to_string()).is_some() {
            return Err(wrong(format!("{name} comes twice")));
        }
    }
    Ok(fields)
}

/// Refuses unknown, missing and empty fields.
fn only(fields: &Fields, wanted: &[&str]) -> Result<(), Refused> {
    if let Some(unknown) = fields.keys().find(|name| !wanted.contains(&name.as_str())) {
        return Err(wrong(format!("unknown field {unknown}")));
    }
    let missing = wanted
        .iter()
        .find(|name| fields.get(**name).is_none_or(String::is_empty));
    missing.map_or(Ok(()), |name| Err(wrong(format!("missing field {name}"))))
}

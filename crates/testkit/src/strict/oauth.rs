//! The part of a network that asks for consent and gives tokens.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::frame::{
    Call, Desk, Fault, Fields, Notes, Step, Wrong, hang_up, json_answer, only, pairs, told,
};

/// The app that is registered with every server.
pub const CLIENT_ID: &str = "marked-client-id";
/// Its secret, where it has one.
pub const CLIENT_SECRET: &str = "marked-client-secret";
/// An access token that is good from the start, for every scope: an account that is connected.
pub const TOKEN: &str = "marked-access-token";
/// The refresh token of that account.
pub const REFRESH: &str = "marked-refresh-token";

/// How a network wants to be asked; each from its fact sheet.
#[derive(Clone)]
pub struct Rules {
    /// The path of the page that asks.
    pub authorize: &'static str,
    /// The path where codes and refresh tokens become tokens.
    pub token: &'static str,
    /// The path where tokens end.
    pub revoke: &'static str,
    /// Fields of the page that asks, with the value where only one is right.
    pub authorize_fields: &'static [(&'static str, Option<&'static str>)],
    /// What the network calls the app's identifier.
    pub client_field: &'static str,
    /// What stands between scopes.
    pub separator: char,
    /// All scopes that there are.
    pub scopes: &'static [&'static str],
    /// Whether a redirect is registered.
    pub is_redirect: fn(&str) -> bool,
    /// The challenge of a verifier.
    pub challenge: fn(&str) -> String,
    /// Where the app shows its secret.
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

/// Where an app shows its secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SecretIn {
    /// In the form.
    Form,
    /// Public: there must be none.
    Nowhere,
    /// In the `Authorization` header.
    Basic,
}

/// What a refresh does to the refresh token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// It stays, and none is given.
    KeepsOld,
    /// A new one is given, and the old one ends.
    GivesNew,
}

/// What the user does on the page.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub enum User {
    /// Agrees to everything.
    #[default]
    Agrees,
    /// Says no.
    Declines,
    /// Grants the first scope only.
    GrantsOne,
    /// Grants all but the first scope.
    GrantsOthers,
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
    count: usize,
    refreshes: usize,
    user: User,
    are_codes_late: bool,
    token_status: Option<(u16, String)>,
    held: Option<Arc<Notify>>,
}

/// The desk that asks for consent and gives tokens.
pub struct Consent {
    rules: Rules,
    books: Mutex<Books>,
}

/// A desk for consent alone.
pub struct Alone {
    consent: Consent,
    notes: Notes,
}

/// A server for consent alone.
pub type Server = super::Server<Alone>;

impl Server {
    /// Starts a network that asks for consent by these rules, and has no API.
    pub fn start(rules: Rules) -> Self {
        Self::serve(|_base| Alone {
            consent: Consent::new(rules),
            notes: Notes::default(),
        })
    }
}

impl Desk for Alone {
    async fn answer(&self, call: &mut Call) -> Response {
        let words = format!("{} {}", call.method, call.path);
        self.notes.refused(&words);
        self.consent.refusal("not_found", &words)
    }

    fn notes(&self) -> &Notes {
        &self.notes
    }

    fn consent(&self) -> &Consent {
        &self.consent
    }
}

impl<D: Desk> super::Server<D> {
    fn consents(&self) -> MutexGuard<'_, Books> {
        self.desk.consent().books()
    }

    /// From now on the user does this.
    pub fn user(&self, user: User) {
        self.consents().user = user;
    }

    /// From now on every code is used too late.
    pub fn make_codes_late(&self) {
        self.consents().are_codes_late = true;
    }

    /// From now on the token endpoint answers this.
    pub fn answer_tokens(&self, status: u16, body: &str) {
        self.consents().token_status = Some((status, body.to_owned()));
    }

    /// Lets the token endpoint wait until the result is notified.
    pub fn hold_tokens(&self) -> Arc<Notify> {
        let notify = Arc::new(Notify::new());
        self.consents().held = Some(Arc::clone(&notify));
        notify
    }

    /// Ends every access token, as time does.
    pub fn expire_tokens(&self) {
        self.consents().access.clear();
    }

    /// Ends every token, as the user does on the network's pages.
    pub fn revoke_all(&self) {
        let mut books = self.consents();
        books.access.clear();
        books.refresh.clear();
    }

    /// Returns how often a refresh token was traded for tokens.
    pub fn refreshes(&self) -> usize {
        self.consents().refreshes
    }

    /// Returns whether a token is still good for anything.
    pub fn is_live(&self, token: &str) -> bool {
        let books = self.consents();
        books.refresh.contains_key(token) || books.access.contains_key(token)
    }
}

/// Why a call is refused: the network's code, and the words for the test.
struct Refused(&'static str, String);

impl From<Wrong> for Refused {
    fn from(Wrong(words): Wrong) -> Self {
        Self("invalid_request", words)
    }
}

impl Consent {
    pub(super) fn new(rules: Rules) -> Self {
        let mut books = Books::default();
        let scope = rules.scopes.join(&rules.separator.to_string());
        books.access.insert(TOKEN.to_owned(), scope.clone());
        books.refresh.insert(REFRESH.to_owned(), scope);
        Self {
            rules,
            books: Mutex::new(books),
        }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    /// Returns the scopes of a call's token; none when there is no live one.
    pub(super) fn scopes(&self, call: &Call) -> Option<Vec<String>> {
        let books = self.books();
        let scope = books.access.get(call.token()?)?;
        Some(
            scope
                .split(self.rules.separator)
                .map(str::to_owned)
                .collect(),
        )
    }

    /// Returns whether a call is for this desk.
    pub(super) fn knows(&self, call: &Call) -> bool {
        let rules = &self.rules;
        match call.method {
            Method::GET => call.path == rules.authorize,
            Method::POST => call.path == rules.token || call.path == rules.revoke,
            _ => false,
        }
    }

    /// Answers a call that is for this desk.
    pub(super) async fn answer(&self, call: &mut Call, notes: &Notes) -> Response {
        if call.path == self.rules.authorize {
            return self.authorize(&call.query, notes);
        }
        let mut fault = None;
        let outcome = if call.path == self.rules.token {
            let held = self.books().held.clone();
            if let Some(held) = held {
                held.notified().await;
            }
            let fixed = self.books().token_status.clone();
            if let Some((status, body)) = fixed {
                let status = StatusCode::from_u16(status).unwrap();
                return (status, [(header::LOCATION, "/elsewhere")], body).into_response();
            }
            let fields = Self::form(call).await;
            if fields.as_ref().is_ok_and(|fields| {
                fields
                    .get("grant_type")
                    .is_some_and(|grant| grant == "refresh_token")
            }) {
                if notes.is_cut(Step::Refresh) {
                    // The form came, and is taken for one that did not.
                    hang_up();
                }
                fault = notes.fault(Step::Refresh).await;
            }
            if let Some(Fault::Refused(status, code)) = fault {
                return refused(status, code, "asked for");
            }
            fields.and_then(|fields| self.token(fields, call))
        } else {
            let fields = Self::form(call).await;
            fields.and_then(|fields| self.revoke(fields, call))
        };
        match outcome {
            Ok(body) => told(fault, json_answer(200, JSON, &body), refused),
            Err(Refused(code, words)) => {
                notes.refused(&words);
                self.refusal(code, &words)
            }
        }
    }

    fn refusal(&self, code: &str, words: &str) -> Response {
        let (status, beside) = self.rules.refusal;
        let mut body = json!({ "error": code, "error_description": words });
        for name in beside {
            body[*name] = json!("2026112812");
        }
        json_answer(status, JSON, &body)
    }

    /// The page that asks. What it refuses it refuses on the page: nothing goes to a redirect that
    /// may not be the app's.
    fn authorize(&self, query: &str, notes: &Notes) -> Response {
        match self.question(query) {
            Ok(location) => {
                let fields = [(header::LOCATION, location)];
                (StatusCode::FOUND, fields, "").into_response()
            }
            Err(Refused(_, words)) => {
                notes.refused(&words);
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
        let mut books = self.books();
        books.count += 1;
        let join = if redirect.contains('?') { '&' } else { '?' };
        let state = &fields["state"];
        if books.user == User::Declines {
            return Ok(format!("{redirect}{join}error=access_denied&state={state}"));
        }
        let granted = match books.user {
            User::GrantsOne => 0..1,
            User::GrantsOthers => 1..scopes.len(),
            User::Agrees | User::Declines => 0..scopes.len(),
        };
        // With what has to be encoded, and decoded again before the exchange.
        let code = format!("marked/code*{}", books.count);
        let scope = scopes[granted].join(&self.rules.separator.to_string());
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

    async fn form(call: &mut Call) -> Result<Fields, Refused> {
        if !call.query.is_empty() {
            return Err(wrong("secrets in an address"));
        }
        if call.header("content-type") != Some("application/x-www-form-urlencoded") {
            return Err(wrong("the body is no form"));
        }
        let body = call.body().await;
        let text = std::str::from_utf8(&body).map_err(|_text| wrong("the body is no text"))?;
        Ok(pairs(text)?)
    }

    /// Checks who calls, and takes that off the fields.
    fn app(&self, fields: &mut Fields, call: &Call) -> Result<(), Refused> {
        let refused = |words: &str| Refused("invalid_client", words.to_owned());
        let basic = call.header("authorization");
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

    fn token(&self, mut fields: Fields, call: &Call) -> Result<Value, Refused> {
        self.app(&mut fields, call)?;
        let grant = |words: &str| Refused("invalid_grant", words.to_owned());
        let mut books = self.books();
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
                books.refreshes += 1;
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

    fn revoke(&self, mut fields: Fields, call: &Call) -> Result<Value, Refused> {
        if self.rules.revoke_names_app {
            self.app(&mut fields, call)?;
        }
        only(&fields, &["token"])?;
        let mut books = self.books();
        let token = &fields["token"];
        if books.refresh.remove(token).is_none() && books.access.remove(token).is_none() {
            return Err(Refused("invalid_token", "no live token".to_owned()));
        }
        Ok(json!({}))
    }
}

const JSON: &str = "application/json";

/// Refuses to give tokens with any status.
fn refused(status: u16, code: &str, words: &str) -> Response {
    let body = json!({ "error": code, "error_description": words });
    json_answer(status, JSON, &body)
}

/// A call of the wrong form.
fn wrong(words: impl Into<String>) -> Refused {
    Wrong(words.into()).into()
}

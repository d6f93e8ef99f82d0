//! The calls by which codes become tokens, tokens new tokens, and tokens nothing.

use std::time::Duration;

use reqwest::header::ACCEPT;
use reqwest::{StatusCode, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use task::Cancel;

use crate::consent::dialect::{Authentication, Dialect, Ports, RevokeNames};
use crate::consent::{App, Tokens};
use crate::error::Error;
use crate::networks::upload::Advice;
use crate::{http, random, runtime};

/// Gets new tokens for those whose refresh token is `refresh`. Where the network gives no new
/// refresh token the old one is among the result, so that it can be kept as a whole.
///
/// The old refresh token may have ended with this call: keep the result before using it, and let no
/// two calls for one account run at once.
pub fn refresh(
    dialect: &Dialect,
    app: &App,
    refresh: &SecretString,
    cancel: &Cancel,
) -> Result<Tokens, Error> {
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.expose_secret()),
    ];
    let asked = async { tokens(dialect, app, &form).await };
    let tokens = runtime::start()?.block_on(runtime::unless_cancelled(asked, cancel))?;
    Ok(tokens.or_refresh(refresh))
}

/// Ends a token, and with it the consent. A network that has no such call is asked nothing, and a
/// token that has ended already is no error.
pub fn revoke(
    dialect: &Dialect,
    app: &App,
    token: &SecretString,
    cancel: &Cancel,
) -> Result<(), Error> {
    let Some(url) = &dialect.revoke else {
        return Ok(());
    };
    let form = [("token", token.expose_secret())];
    let asked = async {
        let answer = match dialect.revoke_names_app {
            RevokeNames::Token => post(url, &form, None).await?,
            RevokeNames::App => as_app(dialect, app, url, &form).await?,
        };
        match refusal(&answer) {
            None if answer.status.is_success() => Ok(()),
            // RFC 7009, 2.2: an invalid token is as good as revoked.
            Some(Error::TokenRefused { code, .. })
                if matches!(code.as_str(), "invalid_token" | "invalid_grant") =>
            {
                Ok(())
            }
            Some(error) => Err(error),
            None => Err(answer.failure(url)),
        }
    };
    runtime::start()?.block_on(runtime::unless_cancelled(asked, cancel))
}

/// Asks the network whether it accepts the app, with a code that no network gives. What it says of
/// the code does not matter: a network looks at the app first (RFC 6749, 5.2).
pub fn accepts(dialect: &Dialect, app: &App, cancel: &Cancel) -> Result<bool, Error> {
    let verifier = SecretString::from(random::token()?);
    let redirect = match dialect.ports {
        Ports::Any => format!("http://127.0.0.1:47811{}", dialect.path),
        Ports::Fixed(ports) => {
            let port = ports.first().copied().unwrap_or_default();
            format!("http://127.0.0.1:{port}{}", dialect.path)
        }
    };
    let none = SecretString::from("none");
    let asked = code(dialect, app, &none, &redirect, &verifier);
    let asked = runtime::unless_cancelled(asked, cancel);
    match runtime::start()?.block_on(asked) {
        Ok(_) => Ok(true),
        Err(Error::TokenRefused { code, .. }) => Ok(!matches!(
            code.as_str(),
            "invalid_client" | "unauthorized_client" | "deleted_client" | "disabled_client"
        )),
        // X answers so to a client that it does not know.
        Err(Error::Status { status: 401, .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Trades a code for tokens.
pub(crate) async fn code(
    dialect: &Dialect,
    app: &App,
    code: &SecretString,
    redirect: &str,
    verifier: &SecretString,
) -> Result<Tokens, Error> {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.expose_secret()),
        ("redirect_uri", redirect),
        ("code_verifier", verifier.expose_secret()),
    ];
    tokens(dialect, app, &form).await
}

async fn tokens(dialect: &Dialect, app: &App, form: &[(&str, &str)]) -> Result<Tokens, Error> {
    let url = &dialect.token;
    let answer = as_app(dialect, app, url, form).await?;
    // Some networks refuse with status 200.
    if let Some(refusal) = refusal(&answer) {
        return Err(refusal);
    }
    if !answer.status.is_success() {
        return Err(answer.failure(url));
    }
    Tokens::read(&answer.body).ok_or_else(|| http::malformed(url, "it holds no token"))
}

/// Posts a form as the app.
async fn as_app(
    dialect: &Dialect,
    app: &App,
    url: &Url,
    form: &[(&str, &str)],
) -> Result<Answer, Error> {
    let secret = app.client_secret.as_ref().map(SecretString::expose_secret);
    if let (Authentication::BasicOrPublic, Some(secret)) = (dialect.authentication, secret) {
        return post(url, form, Some((&app.client_id, secret))).await;
    }
    if dialect.authentication == Authentication::SecretInBody && secret.is_none() {
        return Err(Error::ClientSecretMissing);
    }
    let mut form = form.to_vec();
    form.push((dialect.client_field, &app.client_id));
    form.extend(secret.map(|secret| ("client_secret", secret)));
    post(url, &form, None).await
}

struct Answer {
    status: StatusCode,
    /// How long the server wants to be left alone, if it said.
    after: Option<Duration>,
    body: Vec<u8>,
}

impl Answer {
    fn failure(&self, url: &Url) -> Error {
        Error::Status {
            url: http::without_query(url.as_str()),
            status: self.status.as_u16(),
        }
    }
}

async fn post(
    url: &Url,
    form: &[(&str, &str)],
    basic: Option<(&str, &str)>,
) -> Result<Answer, Error> {
    let mut request = http::client()?
        .post(url.clone())
        .header(ACCEPT, "application/json")
        .form(form);
    if let Some((user, password)) = basic {
        request = request.basic_auth(user, Some(password));
    }
    let response = request.send().await;
    let response = response.map_err(|error| http::unreachable(url, error))?;
    let status = response.status();
    let after = http::retry_after(response.headers());
    let body = http::small_body(url, response).await?;
    Ok(Answer {
        status,
        after,
        body,
    })
}

/// Returns what an answer refuses with, if it does (RFC 6749, 5.2).
fn refusal(answer: &Answer) -> Option<Error> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
        #[serde(default)]
        error_description: String,
    }
    let refusal: Refusal = serde_json::from_slice(&answer.body).ok()?;
    // Who takes a server's passing trouble for a refused token ends a consent that is good.
    if answer.status.is_server_error()
        || answer.status == StatusCode::TOO_MANY_REQUESTS
        || is_passing(&refusal.error)
    {
        return Some(Error::Refused {
            status: answer.status.as_u16(),
            reason: http::shown(&refusal.error),
            message: http::shown(&refusal.error_description),
            advice: Advice::Retry(answer.after),
        });
    }
    Some(Error::TokenRefused {
        code: http::shown(&refusal.error),
        description: http::shown(&refusal.error_description),
    })
}

/// Returns whether a code is of a trouble of the server's that passes, whatever the status it comes
/// with: some networks say so with 200 or 400. Sources: RFC 6749, 4.1.2.1 (`server_error`,
/// `temporarily_unavailable`); Google's `internal_failure`; TikTok's `internal_error` and
/// `rate_limit_exceeded`.
fn is_passing(code: &str) -> bool {
    matches!(code, "temporarily_unavailable" | "server_error")
        || code.starts_with("internal")
        || code.starts_with("rate_limit")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, code: &str) -> Error {
        let answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            after: Some(Duration::from_secs(9)),
            body: format!(r#"{{"error": "{code}"}}"#).into_bytes(),
        };
        refusal(&answer).unwrap()
    }

    #[test]
    fn a_trouble_that_passes_ends_no_consent() {
        for (status, code) in [
            (503, "invalid_grant"),
            (500, "unknown"),
            (429, "slow_down"),
            (400, "temporarily_unavailable"),
            (400, "server_error"),
            (400, "internal_failure"),
            (200, "internal_error"),
            (200, "rate_limit_exceeded"),
        ] {
            let error = refused(status, code);
            let Error::Refused { advice, .. } = error else {
                panic!("{status} {code}: {error}");
            };
            assert_eq!(advice, Advice::Retry(Some(Duration::from_secs(9))));
        }
        for (status, code) in [
            (400, "invalid_grant"),
            (401, "invalid_client"),
            (200, "invalid_grant"),
            (400, "invalid_request"),
        ] {
            let error = refused(status, code);
            assert!(
                matches!(error, Error::TokenRefused { .. }),
                "{status} {code}: {error}"
            );
        }
    }
}

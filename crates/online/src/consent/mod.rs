//! The user's consent that this program acts for an account: OAuth 2 authorisation code with PKCE
//! (RFC 6749, RFC 7636), in the system's browser and back over loopback (RFC 8252).
//!
//! [`Consent::begin`] opens a listener and makes the address for the browser; [`Consent::wait`]
//! waits for the answer, trades it for [`Tokens`] at once and shows the browser an end page. How a
//! network deviates is its [`Dialect`], made in the network's own module.
//!
//! ```no_run
//! use std::time::Duration;
//! use online::consent::{App, Consent, Language};
//! use online::{Endpoints, youtube};
//! use task::Cancel;
//!
//! # fn main() -> Result<(), online::Error> {
//! let endpoints = Endpoints::official();
//! let app = App { client_id: "…".into(), client_secret: None };
//! let dialect = youtube::dialect(&endpoints.youtube);
//! let scopes = youtube::SCOPES;
//! let consent = Consent::begin(dialect, app, scopes, Language::French, Duration::from_secs(300))?;
//! println!("{}", consent.address());
//! let tokens = consent.wait(&Cancel::new())?;
//! assert_eq!(tokens.missing(scopes), [] as [&str; 0]);
//! # Ok(())
//! # }
//! ```

mod dialect;
mod exchange;
mod kept;
mod listener;
mod page;
mod tokens;

use std::time::Duration;

use reqwest::Url;
use secrecy::SecretString;
use task::Cancel;

pub use dialect::{Authentication, Challenge, Dialect, Ports, RevokeNames};
pub use exchange::{accepts, refresh, revoke};
pub use kept::{Ask, Keeping, Kept, Stale};
pub use page::Language;
pub use tokens::Tokens;

use crate::error::Error;
use crate::{random, runtime};
use listener::Listener;

/// The app that the user registered with the network.
#[derive(Debug, Clone)]
pub struct App {
    /// Its public identifier: `client_id`, TikTok's `client_key`.
    pub client_id: String,
    /// Its secret, for networks and kinds of app that have one.
    pub client_secret: Option<SecretString>,
}

/// A question to the user that is under way.
#[derive(Debug)]
pub struct Consent {
    dialect: Dialect,
    app: App,
    address: Url,
    listener: Listener,
    verifier: SecretString,
    deadline: Duration,
}

impl Consent {
    /// Binds the listener and makes the address that the browser is to open. The answer has to come
    /// within `deadline` of the call of [`wait`](Self::wait).
    pub fn begin(
        dialect: Dialect,
        app: App,
        scopes: &[&str],
        language: Language,
        deadline: Duration,
    ) -> Result<Self, Error> {
        if dialect.authentication == Authentication::SecretInBody && app.client_secret.is_none() {
            return Err(Error::ClientSecretMissing);
        }
        let state = random::token()?;
        let verifier = SecretString::from(random::token()?);
        let listener = Listener::bind(&dialect, state.clone(), language)?;
        let mut address = dialect.authorize.clone();
        let scope = scopes.join(dialect.scope_separator);
        let challenge = dialect.challenge.of(&verifier);
        let mut query: Vec<(&str, &str)> = vec![
            ("response_type", "code"),
            (dialect.client_field, &app.client_id),
            ("redirect_uri", listener.redirect()),
            ("scope", &scope),
            ("state", &state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        query.extend(dialect.authorize_fields);
        address.query_pairs_mut().extend_pairs(query);
        Ok(Self {
            dialect,
            app,
            address,
            listener,
            verifier,
            deadline,
        })
    }

    /// Returns the address to open in the browser.
    pub fn address(&self) -> &Url {
        &self.address
    }

    /// Returns the address that the browser comes back to.
    pub fn redirect(&self) -> &str {
        self.listener.redirect()
    }

    /// Waits for the user, trades the answer for tokens and ends the page in the browser.
    ///
    /// An answer that is not to this question changes nothing. The first one that is counts, and no
    /// other after it.
    pub fn wait(self, cancel: &Cancel) -> Result<Tokens, Error> {
        let runtime = runtime::start()?;
        let Self {
            dialect,
            app,
            listener,
            verifier,
            deadline,
            ..
        } = self;
        let redirect = listener.redirect().to_owned();
        let asked = listener.answer(deadline, cancel);
        runtime.block_on(async {
            let (outcome, browser) = asked.await?;
            let tokens = match outcome {
                Ok(code) => {
                    let exchange = exchange::code(&dialect, &app, &code, &redirect, &verifier);
                    runtime::unless_cancelled(exchange, cancel).await
                }
                Err(error) => Err(error),
            };
            browser.end(tokens.as_ref().err()).await;
            tokens
        })
    }
}

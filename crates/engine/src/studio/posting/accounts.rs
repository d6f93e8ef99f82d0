//! Apps that the user registered, consents that are asked for, accounts.

use std::sync::Arc;

use posts::Network;
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::event::Event;
use protocol::studio::posting::{
    AccountId, AccountView, AppStanding, ConsentStage, ConsentView, CreatorView, Revoked,
    TypedSecret,
};
use protocol::studio::settings::Language;
use task::Cancel;

use crate::Error;
use crate::publishing::{self, Publishing, Secret};
use crate::studio::{Inner, lock};

/// The consent that is asked for: one at a time.
#[derive(Default)]
pub(super) struct Asked {
    now: Option<Consent>,
    /// Numbers them, so that a late answer is not taken for a later one's.
    count: u64,
}

struct Consent {
    number: u64,
    view: ConsentView,
    cancel: Cancel,
}

impl Asked {
    pub(super) fn view(&self) -> Option<ConsentView> {
        self.now.as_ref().map(|consent| consent.view.clone())
    }

    /// Returns the address of the page, while the user is waited for.
    pub(super) fn address(&self) -> Option<String> {
        match &self.now.as_ref()?.view.stage {
            ConsentStage::Waiting { address } => Some(address.clone()),
            ConsentStage::Preparing | ConsentStage::Connected { .. } | ConsentStage::Failed(_) => {
                None
            }
        }
    }
}

impl Inner {
    /// Asks a network about the user's app and keeps it.
    pub(crate) fn register_app(
        &self,
        network: Network,
        client_id: &str,
        secret: Option<TypedSecret>,
    ) -> Result<AppStanding, Error> {
        let secret = secret
            .map(|secret| secret.0)
            .filter(|secret| !secret.trim().is_empty())
            .map(|secret| Secret::from(secret.trim()));
        let publishing = self.posting.publishing()?;
        let registered =
            publishing.register_app(network.id(), client_id, secret.as_ref(), &Cancel::new());
        // Also when it failed: the vault may be shut.
        self.tell_accounts();
        Ok(match registered?.accepted {
            Some(_) => AppStanding::Accepted,
            None => AppStanding::NotAsked,
        })
    }

    /// Keeps tokens in a file that a passphrase seals, or opens the one that is there, and goes on
    /// with what waited for that.
    pub(crate) fn open_secret_file(
        self: &Arc<Self>,
        passphrase: &TypedSecret,
    ) -> Result<(), Error> {
        let publishing = self.posting.publishing()?;
        publishing.open_secret_file(Secret::from(passphrase.0.as_str()))?;
        self.tell_accounts();
        self.resume_posting()
    }

    /// Asks for consent, in place of any that is being asked for.
    pub(crate) fn connect_account(self: &Arc<Self>, network: Network) -> Result<(), Error> {
        let publishing = self.posting.publishing()?;
        let language = self.spoken()?;
        self.stop_asking();
        let cancel = Cancel::new();
        let number = {
            let mut asked = lock(&self.posting.asked);
            asked.count += 1;
            let view = ConsentView {
                network,
                stage: ConsentStage::Preparing,
            };
            asked.now = Some(Consent {
                number: asked.count,
                view,
                cancel: cancel.clone(),
            });
            asked.count
        };
        self.tell_consent();
        let inner = Arc::clone(self);
        std::thread::spawn(move || {
            let stage = inner.asked_for(number, &publishing, network, language, &cancel);
            inner.note_stage(number, stage);
        });
        Ok(())
    }

    /// Waits for the user's answer and returns what came of it.
    fn asked_for(
        &self,
        number: u64,
        publishing: &Publishing,
        network: Network,
        language: publishing::Language,
        cancel: &Cancel,
    ) -> ConsentStage {
        let show = |address: &str| {
            let address = address.to_owned();
            self.note_stage(number, ConsentStage::Waiting { address });
        };
        let connected = publishing.connect(network.id(), language, cancel, show);
        // Also when it failed: the vault may be shut.
        self.tell_accounts();
        let found = connected.and_then(|document| publishing.id_of(&document));
        match found {
            Ok(Some(account)) => ConsentStage::Connected { account },
            Ok(None) => ConsentStage::Failed(gone()),
            Err(error) => ConsentStage::Failed(error.to_api()),
        }
    }

    /// Waits for no consent any more.
    pub(crate) fn stop_asking(&self) {
        let asked = lock(&self.posting.asked).now.take();
        if let Some(consent) = asked {
            consent.cancel.cancel();
            self.tell_consent();
        }
    }

    /// Asks a network about an account now.
    pub(crate) fn check_account(&self, account: AccountId) -> Result<AccountView, Error> {
        let publishing = self.posting.publishing()?;
        let name = publishing.name_of(account)?;
        let checked = publishing.check_accounts(Some(&name), &Cancel::new());
        self.tell_accounts();
        for outcome in checked? {
            outcome?;
        }
        publishing.account_of(account)
    }

    /// Asks a network what an account may do.
    pub(crate) fn creator(&self, account: AccountId) -> Result<Option<CreatorView>, Error> {
        let publishing = self.posting.publishing()?;
        let asked = publishing.creator(account, &Cancel::new());
        if asked.is_err() {
            // Its consent may have ended, and the vault may be shut.
            self.tell_accounts();
        }
        asked
    }

    /// Ends the consent for an account.
    pub(crate) fn disconnect_account(&self, account: AccountId) -> Result<Revoked, Error> {
        let publishing = self.posting.publishing()?;
        let name = publishing.name_of(account)?;
        let done = publishing.disconnect(&name, &Cancel::new());
        self.tell_accounts();
        Ok(if done?.revoked {
            Revoked::There
        } else {
            Revoked::HereOnly
        })
    }

    /// Tells apps and accounts.
    pub(super) fn tell_accounts(&self) {
        let told = || -> Result<Event, Error> {
            let publishing = self.posting.publishing()?;
            Ok(Event::Accounts {
                networks: publishing.network_views()?,
                accounts: publishing.account_views()?,
                vault: publishing.shut_vault(),
            })
        };
        // What cannot be read now is told with the next state.
        if let Ok(event) = told() {
            self.events.tell(&event);
        }
    }

    /// Notes how far a consent is, unless another is asked for by now.
    fn note_stage(&self, number: u64, stage: ConsentStage) {
        {
            let mut asked = lock(&self.posting.asked);
            match asked.now.as_mut().filter(|now| now.number == number) {
                Some(now) => now.view.stage = stage,
                None => return,
            }
        }
        self.tell_consent();
    }

    fn tell_consent(&self) {
        let view = lock(&self.posting.asked).view();
        self.events.tell(&Event::Consent(view));
    }

    /// Returns the language of the page that ends a consent: the window's.
    fn spoken(&self) -> Result<publishing::Language, Error> {
        Ok(match self.language()? {
            Language::English => publishing::Language::English,
            Language::French => publishing::Language::French,
        })
    }
}

fn gone() -> ApiError {
    ApiError::new(
        ErrorCode::NotConnected,
        "the account was disconnected while it was connected",
    )
}

/// Returns where apps of a network are registered.
pub(super) const fn console(network: Network) -> &'static str {
    match network {
        Network::YouTube => "https://console.cloud.google.com/apis/credentials",
        Network::TikTok => "https://developers.tiktok.com/apps",
        Network::Instagram | Network::Facebook => "https://developers.facebook.com/apps",
        Network::X => "https://developer.x.com/en/portal/dashboard",
        Network::LinkedIn => "https://www.linkedin.com/developers/apps",
    }
}

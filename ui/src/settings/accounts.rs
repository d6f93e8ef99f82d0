//! Accounts: the user's app on each network, consents, what each account may.

use leptos::prelude::*;
use posts::Network;
use protocol::error::ApiError;
use protocol::studio::calls::{
    CheckAccount, ConnectAccount, OpenPage, OpenSecretFile, RegisterApp, StopConnecting,
};
use protocol::studio::posting::{
    AccountId, AccountStanding, AccountView, AppStanding, ConsentStage, Page, ShutVault,
    TypedSecret,
};

use crate::actions::use_actions;
use crate::frame::notices::ErrorDetails;
use crate::state::told::Done;
use crate::state::{Modal, use_place, use_posting, use_told};
use crate::widget::{Button, Icon, Look, TextField, icons};
use crate::words::{errors, posting as posting_words, use_words};
use crate::{dom, format};

/// The accounts.
#[component]
pub fn Accounts() -> impl IntoView {
    let (w, posting) = (use_words(), use_posting());
    let networks = Memo::new(move |_| {
        posting.networks.with(|networks| {
            let all = networks.iter().map(|view| view.network);
            all.collect::<Vec<_>>()
        })
    });
    // What was typed stays while the vault stays as it is.
    let vault = Memo::new(move |_| posting.vault.get());
    view! {
        <p class="muted settings-text">{move || w.posting().accounts_text()}</p>
        {move || posting.trouble.get().filter(|_| networks.with(Vec::is_empty)).map(|error| {
            view! { <Wrong error=error /> }
        })}
        {move || vault.get().map(|vault| view! { <SecretFile vault /> })}
        <For each=move || networks.get() key=|network| *network let:network>
            <NetworkSection network />
        </For>
    }
}

/// Asks for the passphrase of a file for tokens, where there is no keychain.
#[component]
fn SecretFile(vault: ShutVault) -> impl IntoView {
    let (w, actions) = (use_words(), use_actions());
    let phrase = RwSignal::new(String::new());
    let again = RwSignal::new(String::new());
    let is_new = vault == ShutVault::None;
    let differs = move || is_new && phrase.with(|phrase| again.with(|again| phrase != again));
    let is_asking = RwSignal::new(false);
    let is_off =
        Signal::derive(move || is_asking.get() || phrase.with(String::is_empty) || differs());
    let open = move || {
        if is_off.get_untracked() {
            return;
        }
        is_asking.set(true);
        let call = OpenSecretFile {
            passphrase: TypedSecret(phrase.get_untracked()),
        };
        let asked = move || {
            is_asking.try_set(false);
        };
        actions.ask_or(call, move |()| asked(), asked);
    };
    let explained = move || {
        if is_new {
            w.posting().no_keychain()
        } else {
            w.posting().sealed()
        }
    };
    view! {
        <section class="app-form" data-part="vault-form">
            <p class="settings-text">{explained}</p>
            <TextField
                label=Signal::derive(move || w.posting().passphrase())
                value=phrase
                kind="password"
                part="vault-passphrase"
                on_enter=Callback::new(move |()| open())
            />
            {is_new.then(|| view! {
                <TextField
                    label=Signal::derive(move || w.posting().passphrase_again())
                    value=again
                    kind="password"
                    part="vault-again"
                    on_enter=Callback::new(move |()| open())
                />
                <p class="muted" aria-live="polite">
                    {move || (differs() && again.with(|again| !again.is_empty())).then(|| w.posting().passphrase_differs())}
                </p>
            })}
            <div class="settings-buttons">
                <Button
                    label=Signal::derive(move || if is_new { w.posting().seal() } else { w.posting().unseal() })
                    look=Look::Primary
                    part="vault-open"
                    disabled=is_off
                    on_press=open
                />
            </div>
        </section>
    }
}

/// A network: the app, a consent that is asked for, the accounts.
#[component]
fn NetworkSection(network: Network) -> impl IntoView {
    let (w, posting, actions) = (use_words(), use_posting(), use_actions());
    let client_id = Memo::new(move |_| {
        posting.networks.with(|all| {
            let own = all.iter().find(|view| view.network == network)?;
            own.client_id.clone()
        })
    });
    let accounts = Memo::new(move |_| posting.of_network(network));
    let changes = RwSignal::new(false);
    let shows_form = move || client_id.with(Option::is_none) || changes.get();
    view! {
        <section class="account-network" data-part="account-network" data-network=network.id()>
            <h2>{network.to_string()}</h2>
            <ul class="account-list">
                <For each=move || accounts.get() key=|id| *id let:id>
                    <Row id />
                </For>
            </ul>
            <Show
                when=shows_form
                fallback=move || view! {
                    <div class="settings-buttons">
                        <Button
                            label=Signal::derive(move || w.posting().connect())
                            icon=icons::LuPlus
                            look=Look::Primary
                            part="account-connect"
                            on_press=move || actions.ask(ConnectAccount { network }, |()| {})
                        />
                        <Button
                            label=Signal::derive(move || w.posting().change_app())
                            part="app-change"
                            on_press=move || changes.set(true)
                        />
                    </div>
                }
            >
                <AppForm network client_id changes />
            </Show>
            <Consent network />
        </section>
    }
}

/// Asks for the app that the user registered with the network.
#[component]
fn AppForm(
    network: Network,
    client_id: Memo<Option<String>>,
    changes: RwSignal<bool>,
) -> impl IntoView {
    let (w, posting, actions, told) = (use_words(), use_posting(), use_actions(), use_told());
    let id = RwSignal::new(client_id.get_untracked().unwrap_or_default());
    let secret = RwSignal::new(String::new());
    let is_asking = RwSignal::new(false);
    let redirects = Memo::new(move |_| {
        posting.networks.with(|all| {
            let own = all.iter().find(|view| view.network == network);
            own.map(|view| view.redirects.clone()).unwrap_or_default()
        })
    });
    let id_label = Signal::derive(move || match network {
        Network::TikTok => w.posting().client_key(),
        _ => w.posting().client_id(),
    });
    let save = move || {
        let client_id = id.get_untracked().trim().to_owned();
        if client_id.is_empty() || is_asking.get_untracked() {
            return;
        }
        is_asking.set(true);
        let typed = secret.get_untracked();
        let call = RegisterApp {
            network,
            client_id,
            client_secret: (!typed.trim().is_empty()).then_some(TypedSecret(typed)),
        };
        actions.ask_or(
            call,
            move |standing| {
                is_asking.try_set(false);
                drop(secret.try_set(String::new()));
                changes.try_set(false);
                told.done(match standing {
                    AppStanding::Accepted => Done::AppAccepted(network),
                    AppStanding::NotAsked => Done::AppNotAsked(network),
                });
            },
            move || {
                is_asking.try_set(false);
            },
        );
    };
    view! {
        <div class="app-form" data-part="app-form">
            <p class="settings-text">{move || posting_words::guide(network, w.language())}</p>
            <Button
                label=Signal::derive(move || w.posting().open_console(network))
                icon=icons::LuExternalLink
                on_press=move || actions.ask(OpenPage { page: Page::Console(network) }, |()| {})
            />
            {move || (!redirects.with(Vec::is_empty)).then(|| {
                let all = redirects.get().into_iter().map(|redirect| view! { <Copied words=redirect /> });
                view! {
                    <div class="app-redirects">
                        <span class="form-label">{w.posting().redirects()}</span>
                        {all.collect_view()}
                    </div>
                }
            })}
            <TextField label=id_label value=id part="app-client-id" />
            <TextField
                label=Signal::derive(move || w.posting().client_secret())
                value=secret
                kind="password"
                part="app-client-secret"
                on_enter=Callback::new(move |()| save())
            />
            <div class="settings-buttons">
                <Button
                    label=Signal::derive(move || w.posting().save_app())
                    look=Look::Primary
                    part="app-save"
                    disabled=Signal::derive(move || is_asking.get() || id.with(|id| id.trim().is_empty()))
                    on_press=save
                />
                <Show when=move || client_id.with(Option::is_some)>
                    <Button
                        label=Signal::derive(move || w.posting().keep_app())
                        part="app-keep"
                        on_press=move || changes.set(false)
                    />
                </Show>
            </div>
        </div>
    }
}

/// Words to be copied elsewhere.
#[component]
fn Copied(words: String) -> impl IntoView {
    let (w, told) = (use_words(), use_told());
    let kept = StoredValue::new(words.clone());
    view! {
        <div class="app-copied">
            <code class="selectable">{words}</code>
            <Button
                label=Signal::derive(move || w.posting().copy())
                on_press=move || dom::copy(&kept.get_value(), move || told.done(Done::Copied))
            />
        </div>
    }
}

/// How far a consent is.
#[component]
fn Consent(network: Network) -> impl IntoView {
    let (w, posting, actions, told) = (use_words(), use_posting(), use_actions(), use_told());
    let stage = Memo::new(move |_| {
        let consent = posting.consent.get()?;
        (consent.network == network).then_some(consent.stage)
    });
    // The page is opened once; after that it is the user's to open it again.
    Effect::new(move |before: Option<Option<ConsentStage>>| {
        let now = stage.get();
        let is_waiting =
            |stage: &Option<ConsentStage>| matches!(stage, Some(ConsentStage::Waiting { .. }));
        let began = matches!(before, Some(Some(ConsentStage::Preparing))) && is_waiting(&now);
        if began {
            actions.ask(
                OpenPage {
                    page: Page::Consent,
                },
                |()| {},
            );
        }
        now
    });
    let stop = move || actions.ask(StopConnecting {}, |()| {});
    move || {
        let stage = stage.get()?;
        let shown = match stage {
            ConsentStage::Preparing => view! {
                <p role="status">{w.posting().consent_preparing()}</p>
                <Button label=w.posting().consent_stop() part="consent-stop" on_press=stop />
            }
            .into_any(),
            ConsentStage::Waiting { address } => view! {
                <p role="status">{w.posting().consent_waiting(network)}</p>
                <div class="settings-buttons">
                    <Button
                        label=w.posting().consent_again()
                        part="consent-open"
                        on_press=move || actions.ask(OpenPage { page: Page::Consent }, |()| {})
                    />
                    <Button
                        label=w.posting().consent_copy()
                        part="consent-copy"
                        on_press={
                            let address = address.clone();
                            move || dom::copy(&address, move || told.done(Done::Copied))
                        }
                    />
                    <Button label=w.posting().consent_stop() part="consent-stop" on_press=stop />
                </div>
                <code class="selectable consent-address" data-part="consent-address">{address}</code>
            }
            .into_any(),
            ConsentStage::Connected { account } => {
                let name = posting.account(account).map(|account| account.name);
                view! {
                    <p class="state-good" role="status" data-part="consent-done">
                        <Icon icon=icons::LuCircleCheck />
                        {w.posting().consent_done(&name.unwrap_or_default())}
                    </p>
                }
                .into_any()
            }
            ConsentStage::Failed(error) => view! {
                <Wrong error=error />
            }
            .into_any(),
        };
        Some(view! { <div class="consent" data-part="consent">{shown}</div> })
    }
}

/// What went wrong, and what to do.
#[component]
fn Wrong(error: ApiError) -> impl IntoView {
    let w = use_words();
    let code = error.code;
    let error = StoredValue::new(error);
    view! {
        <div class="account-wrong" role="alert" data-part="account-wrong">
            <p class="state-bad">{move || errors::happened(code, w.language())}</p>
            <p>{move || errors::advice(code, w.language())}</p>
            <ErrorDetails error=error />
        </div>
    }
}

/// An account.
#[component]
fn Row(id: AccountId) -> impl IntoView {
    let (w, posting, actions) = (use_words(), use_posting(), use_actions());
    let (place, told) = (use_place(), use_told());
    let account = Memo::new(move |_| posting.account(id));
    let is_asking = RwSignal::new(false);
    let name = move || {
        let read = |account: &AccountView| account.name.clone();
        account.with(|own| own.as_ref().map(read).unwrap_or_default())
    };
    let check = move || {
        is_asking.set(true);
        actions.ask_or(
            CheckAccount { account: id },
            move |account| {
                is_asking.try_set(false);
                if account.standing == AccountStanding::Connected {
                    told.done(Done::AccountChecked(account.name));
                }
            },
            move || {
                is_asking.try_set(false);
            },
        );
    };
    let standing = move || {
        let account = account.get()?;
        let words = w.posting();
        let is_limited = !account.missing_scopes.is_empty();
        let (class, text) = match (account.standing, is_limited) {
            (AccountStanding::Expired, _) => ("state-bad", words.expired()),
            (AccountStanding::Connected, true) => ("state-warning", words.limited()),
            (AccountStanding::Connected, false) => ("state-good", words.connected()),
        };
        let (now, at) = (dom::clock().0, account.checked_at);
        let checked = format::moment(at, now, dom::offset_at(at), w.language());
        let granted = words.granted(&account.scopes.join(", "));
        let missing = is_limited.then(|| words.missing(&account.missing_scopes.join(", ")));
        Some(view! {
            <p>
                <span class=class data-part="account-standing">{text}</span>
                <span class="muted">" · "{words.checked(&checked)}</span>
            </p>
            <p class="muted" data-part="account-granted">{granted}</p>
            {missing.map(|missing| view! { <p class="muted">{missing}</p> })}
        })
    };
    view! {
        <li class="account-row" data-part="account-row" data-account=id.0.to_string()>
            <div class="account-words">
                <h3 class="text-ellipsis">
                    {name}
                    {move || account.with(|own| {
                        let handle = own.as_ref()?.handle.clone()?;
                        Some(view! { " " <span class="muted">{handle}</span> })
                    })}
                </h3>
                {standing}
            </div>
            <div class="settings-buttons">
                <Button
                    label=Signal::derive(move || w.posting().check_now())
                    part="account-check"
                    disabled=is_asking
                    on_press=check
                />
                <Button
                    label=Signal::derive(move || w.posting().disconnect())
                    part="account-disconnect"
                    on_press=move || place.ask(Modal::Disconnect(id))
                />
            </div>
        </li>
    }
}

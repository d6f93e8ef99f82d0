//! `accounts`, `post` and `outbox`.

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

use engine::Engine;
use engine::publishing::{Answer, Language, Order, Probed, Publishing, Secret, Span, State, Vault};
use protocol::documents::{Outcome, Results};
use protocol::error::{ApiError, ErrorCode, Failure};
use protocol::progress::{ProgressEvent, Step};
use protocol::publishing::{
    AccountDocument, EntryDocument, LoggedCallDocument, PlanDocument, PostDocument,
};
use protocol::studio::settings;
use serde::Serialize;
use task::Cancel;

use super::{cancelled, combined_status, finish};
use crate::arguments::{Accounts, Found, Outbox, Post};
use crate::desktop::{Alarm, Desktop};
use crate::output::{self, Style};
use crate::progress::{self, Audience};
use crate::{cancel_on_signal, open_engine};

/// The longest secret that is read from standard input, in bytes.
const LONGEST_SECRET: u64 = 4_096;

/// Opens the outbox with the vault that the environment chooses.
fn open(style: Style) -> Result<(Engine, Publishing), ApiError> {
    let engine = open_engine(style)?;
    let named = |name: &str| std::env::var_os(name);
    let vault = Vault::of_session(
        named("CREALIA_SECRETS").as_deref(),
        named("CREALIA_PASSPHRASE_FILE").as_deref(),
        engine.paths(),
    )?;
    let publishing = engine.publishing(vault).map_err(|error| error.to_api())?;
    Ok((engine, publishing))
}

/// Registers apps; connects, lists, checks and disconnects accounts.
pub(crate) fn accounts(accounts: Accounts) -> u8 {
    match accounts {
        Accounts::App {
            network,
            client_id,
            client_secret_stdin,
            json,
        } => {
            let secret = client_secret_stdin.then(secret_from_stdin);
            app(&network, &client_id, secret, json.into())
        }
        Accounts::Connect {
            network,
            no_browser,
            json,
        } => {
            let browser = if no_browser {
                Browser::Shown
            } else {
                Browser::Opened
            };
            connect(&network, browser, json.into())
        }
        Accounts::List(json) => list_accounts(json.into()),
        Accounts::Check { account, json } => check(account.as_deref(), json.into()),
        Accounts::Disconnect { account, json } => disconnect(&account, json.into()),
    }
}

/// Runs, lists and changes the outbox.
pub(crate) fn outbox(outbox: Outbox) -> u8 {
    match outbox {
        Outbox::Run { once, quiet, json } => {
            let span = if once { Span::Once } else { Span::Always };
            run(span, Audience::of(json.into(), quiet), json.into())
        }
        Outbox::List(json) => told(json.into(), Publishing::list, |entries| lines(entries)),
        Outbox::Log(json) => told(json.into(), Publishing::calls, |calls| log_lines(calls)),
        Outbox::Resolve { id, found, json } => one(json.into(), |publishing| {
            let answer = match found {
                Found::Published => Answer::Yes,
                Found::NotPublished => Answer::No,
            };
            publishing.resolve(id, answer)
        }),
        Outbox::Cancel { id, json } => one(json.into(), |publishing| publishing.cancel(id)),
    }
}

/// Posts files, or tells what that would take.
pub(crate) fn post(arguments: &Post) -> u8 {
    let style = arguments.json.into();
    let opened = open(style).and_then(|opened| {
        let cancel = cancel_on_signal()?;
        Ok((opened, cancel, arguments.order()?))
    });
    let ((engine, publishing), cancel, order) = match opened {
        Ok(opened) => opened,
        Err(error) => return output::failure(style, &error),
    };
    if arguments.dry_run {
        let plan = |source: &str, file: &Probed| {
            let plans = publishing.plan(source, file, &order, &arguments.targets());
            plans.map_err(|error| error.to_api())
        };
        return each(arguments, &engine, &cancel, plan, |plans| {
            plans.iter().map(plan_words).collect::<Vec<_>>().join("\n")
        });
    }
    let audience = Audience::of(style, arguments.quiet);
    let mut states = Vec::new();
    let status = each(
        arguments,
        &engine,
        &cancel,
        |source, file| {
            let document = publish(
                &publishing,
                arguments,
                &order,
                source,
                file,
                audience,
                &cancel,
            )?;
            states.extend(document.posts.iter().filter_map(failed));
            Ok(document)
        },
        |document| lines(&document.posts),
    );
    if status == 0 {
        combined_status(&states)
    } else {
        status
    }
}

/// Does `work` for every file; one that fails does not stop the others.
fn each<T: Serialize>(
    arguments: &Post,
    engine: &Engine,
    cancel: &Cancel,
    mut work: impl FnMut(&str, &Probed) -> Result<T, ApiError>,
    words: impl Fn(&T) -> String,
) -> u8 {
    let style: Style = arguments.json.into();
    let mut failures = Vec::new();
    let mut results = Vec::new();
    for path in &arguments.files {
        let source = path.to_string_lossy();
        let outcome = if cancel.is_cancelled() {
            Err(cancelled())
        } else {
            probe(engine, path, cancel).and_then(|file| work(&source, &file))
        };
        match outcome {
            Ok(document) => {
                if style == Style::Text {
                    output::line(&words(&document));
                }
                results.push(Outcome::Done(document));
            }
            Err(error) => {
                let error = error.input(source);
                if style == Style::Text {
                    output::note(&output::words(&error));
                }
                failures.push(error.clone());
                results.push(Outcome::Failed(Failure { error }));
            }
        }
    }
    if style == Style::Json {
        match results.as_slice() {
            [only] => output::result(style, only, String::new),
            _ => output::result(style, &Results { results }, String::new),
        }
    }
    combined_status(&failures)
}

fn probe(engine: &Engine, path: &Path, cancel: &Cancel) -> Result<Probed, ApiError> {
    engine
        .for_posting(path, cancel)
        .map_err(|error| error.to_api())
}

/// Orders a post and, unless it has a time, sees it through.
fn publish(
    publishing: &Publishing,
    arguments: &Post,
    order: &Order,
    source: &str,
    file: &Probed,
    audience: Audience,
    cancel: &Cancel,
) -> Result<PostDocument, ApiError> {
    let api = |error: engine::Error| error.to_api();
    let ordered = publishing
        .order(file, order, &arguments.targets())
        .map_err(api)?;
    for warning in &ordered.warnings {
        output::aside(arguments.json.into(), "post_warning", warning);
    }
    let posts = if order.at.is_some() {
        publishing.entries(&ordered.entries)
    } else {
        let began = std::time::Instant::now();
        let tell = progress::listener(audience);
        let listener = |entry: &EntryDocument, stored: f64| {
            tell(&event(source, entry, stored, began.elapsed().as_secs_f64()));
        };
        let posts = publishing.attend_to(&ordered.entries, cancel, &listener);
        progress::clear(audience);
        match posts {
            Err(error) if error.is_cancelled() => {
                let left = publishing.entries(&ordered.entries).map_err(api)?;
                return Err(stopped(&left));
            }
            posts => posts,
        }
    };
    Ok(PostDocument {
        source: source.to_owned(),
        warnings: ordered.warnings,
        posts: posts.map_err(api)?,
    })
}

/// Returns the failure of a post that was stopped: it is ordered all the same, and who does not know
/// its number could neither go on with it nor call it off.
fn stopped(posts: &[EntryDocument]) -> ApiError {
    let open: Vec<String> = posts
        .iter()
        .filter(|entry| matches!(entry.state, State::Scheduled | State::Publishing))
        .map(|entry| entry.id.to_string())
        .collect();
    let off: Vec<String> = open
        .iter()
        .map(|id| format!("`crealia outbox cancel {id}`"))
        .collect();
    let (which, goes, it) = match open.as_slice() {
        [] => return cancelled(),
        [only] => (format!("post {only} stays"), "it goes", "it"),
        several => (
            format!("posts {} stay", several.join(", ")),
            "they go",
            "one",
        ),
    };
    ApiError::new(
        ErrorCode::Cancelled,
        format!("stopped; {which} in the outbox"),
    )
    .hint(format!(
        "{goes} on with `crealia outbox run`; {} calls {it} off",
        off.join(" or ")
    ))
}

fn event(source: &str, entry: &EntryDocument, stored: f64, elapsed: f64) -> ProgressEvent {
    ProgressEvent {
        input: format!("{source} to {}:{}", entry.network, entry.account),
        step: Step::Upload,
        item: 1,
        of: 1,
        percent: stored * 100.0,
        total_percent: stored * 100.0,
        elapsed,
        eta: (stored > 0.03).then(|| elapsed / stored * (1.0 - stored)),
    }
}

/// Returns why a post is not on its network although it was to be by now.
fn failed(entry: &EntryDocument) -> Option<ApiError> {
    let told = |code: ErrorCode, words: &str| {
        let told = entry.error.clone().map(ApiError::from);
        told.unwrap_or_else(|| ApiError::new(code, words.to_owned()))
    };
    match entry.state {
        State::Published | State::Scheduled | State::Draft => None,
        State::Publishing => Some(told(ErrorCode::Postponed, "it waits")),
        State::Failed => Some(told(ErrorCode::PostRefused, "it failed")),
        State::Uncertain => Some(told(ErrorCode::Uncertain, "it may be there")),
        State::Cancelled => Some(told(ErrorCode::TooLate, "it was called off")),
    }
}

fn run(span: Span, audience: Audience, style: Style) -> u8 {
    let mut failures = Vec::new();
    let status = finish(style, || {
        let (engine, publishing) = open(style)?;
        let cancel = cancel_on_signal()?;
        let began = std::time::Instant::now();
        let tell = progress::listener(audience);
        // Who cannot read the settings speaks as the session does.
        let chosen = || {
            engine
                .settings()
                .ok()
                .and_then(|settings| settings.language)
        };
        let desktop = Desktop::of_session(|| chosen().unwrap_or_else(spoken), style);
        let alarm = desktop
            .as_ref()
            .map(|desktop| Alarm::new(&publishing, desktop))
            .transpose()
            .map_err(|error| error.to_api())?;
        let listener = |entry: &EntryDocument, stored: f64| {
            if let Some(alarm) = &alarm {
                alarm.hear(entry);
            }
            let source = format!("post {}", entry.id);
            tell(&event(
                &source,
                entry,
                stored,
                began.elapsed().as_secs_f64(),
            ));
        };
        let before = publishing.list().map_err(|error| error.to_api())?;
        let ran = publishing.run(span, &cancel, &listener);
        progress::clear(audience);
        if let Some(desktop) = desktop {
            desktop.finish();
        }
        ran.map_err(|error| error.to_api())?;
        let after = publishing.list().map_err(|error| error.to_api())?;
        let changed: Vec<EntryDocument> = after
            .into_iter()
            .filter(|entry| !before.contains(entry))
            .collect();
        output::result(style, &changed, || {
            if changed.is_empty() {
                "nothing was due".to_owned()
            } else {
                lines(&changed)
            }
        });
        let is_over = |entry: &&EntryDocument| entry.state != State::Publishing;
        failures = changed.iter().filter(is_over).filter_map(failed).collect();
        Ok(())
    });
    if status == 0 {
        combined_status(&failures)
    } else {
        status
    }
}

fn one(style: Style, work: impl FnOnce(&Publishing) -> Result<EntryDocument, engine::Error>) -> u8 {
    told(style, work, |entry| lines(std::slice::from_ref(entry)))
}

/// Tells what the outbox answers.
fn told<T: Serialize>(
    style: Style,
    ask: impl FnOnce(&Publishing) -> Result<T, engine::Error>,
    words: impl FnOnce(&T) -> String,
) -> u8 {
    finish(style, || {
        let (_engine, publishing) = open(style)?;
        let answer = ask(&publishing).map_err(|error| error.to_api())?;
        output::result(style, &answer, || words(&answer));
        Ok(())
    })
}

fn lines(entries: &[EntryDocument]) -> String {
    if entries.is_empty() {
        return "nothing was posted yet".to_owned();
    }
    entries.iter().map(words).collect::<Vec<_>>().join("\n")
}

fn log_lines(calls: &[LoggedCallDocument]) -> String {
    if calls.is_empty() {
        return "no network was called yet".to_owned();
    }
    let line = |call: &LoggedCallDocument| {
        let post = call
            .post
            .map_or_else(String::new, |id| format!(" post {id}"));
        let account = call.account.as_deref().unwrap_or_default();
        format!(
            "{}  {}:{account}{post}  {}: {}  {} ms",
            call.at, call.network, call.call, call.outcome, call.millis
        )
    };
    calls.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn words(entry: &EntryDocument) -> String {
    let EntryDocument {
        id,
        network,
        account,
        ..
    } = entry;
    let shown = |text: &Option<String>| {
        let text = text.as_ref().map(|text| format!("  {text}"));
        text.unwrap_or_default()
    };
    let error = entry.error.as_ref().map_or_else(String::new, |error| {
        let hint = if error.hint.is_empty() {
            String::new()
        } else {
            format!(" — {}", error.hint)
        };
        format!("\n      {}{hint}", error.message)
    });
    format!(
        "{id:>4}  {:12}{network}:{account}{}{}{error}",
        state(entry.state),
        shown(&entry.url),
        shown(&entry.next_attempt_at)
    )
}

const fn state(state: State) -> &'static str {
    match state {
        State::Draft => "draft",
        State::Scheduled => "scheduled",
        State::Publishing => "publishing",
        State::Published => "published",
        State::Failed => "failed",
        State::Cancelled => "cancelled",
        State::Uncertain => "uncertain",
    }
}

fn plan_words(plan: &PlanDocument) -> String {
    let mut lines = vec![format!(
        "{} to {}:{}",
        plan.source, plan.network, plan.account
    )];
    lines.extend(plan.warnings.iter().map(|warning| format!("  {warning}")));
    lines.extend(plan.price_micro_usd.map(|price| {
        let dollars = price as f64 / 1_000_000.0;
        format!("  the network charges {dollars:.3} USD for it")
    }));
    for call in &plan.calls {
        lines.push(format!("  {} {}", call.method, call.url));
        for (name, value) in &call.headers {
            lines.push(format!("    {name}: {value}"));
        }
        lines.extend(call.body.iter().map(|body| format!("    {body}")));
    }
    lines.join("\n")
}

fn app(
    network: &str,
    client_id: &str,
    secret: Option<Result<Secret, ApiError>>,
    style: Style,
) -> u8 {
    finish(style, || {
        let secret = secret.transpose()?;
        let (_engine, publishing) = open(style)?;
        let cancel = cancel_on_signal()?;
        let app = publishing
            .register_app(network, client_id, secret.as_ref(), &cancel)
            .map_err(|error| error.to_api())?;
        output::result(style, &app, || {
            let mut lines = vec![match app.accepted {
                Some(_) => format!("{network} accepts the app {client_id}"),
                None => {
                    format!("the app {client_id} is kept; {network} could not be asked about it")
                }
            }];
            for redirect in &app.redirects {
                lines.push(format!("  register this redirect with it: {redirect}"));
            }
            lines.extend(app.notes.iter().map(|note| format!("  {note}")));
            lines.push(format!("  then: crealia accounts connect {network}"));
            lines.join("\n")
        });
        Ok(())
    })
}

/// Reads a secret; a line end behind it is none of it.
fn secret_from_stdin() -> Result<Secret, ApiError> {
    let mut text = String::new();
    let read = std::io::stdin()
        .take(LONGEST_SECRET)
        .read_to_string(&mut text);
    let usage = |message: String| {
        ApiError::new(ErrorCode::Usage, message)
            .hint("give the app's secret on standard input: --client-secret-stdin < FILE")
    };
    read.map_err(|error| usage(format!("standard input: {error}")))?;
    let secret = text.trim();
    if secret.is_empty() {
        return Err(usage("standard input holds no secret".to_owned()));
    }
    Ok(Secret::from(secret))
}

/// What is done with the address of the page that asks for consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Browser {
    /// It is opened, and shown too.
    Opened,
    /// It is shown.
    Shown,
}

fn connect(network: &str, browser: Browser, style: Style) -> u8 {
    finish(style, || {
        let (_engine, publishing) = open(style)?;
        let cancel = cancel_on_signal()?;
        let show = |address: &str| {
            match (style, browser) {
                // Alone on its line, for who passes it on.
                (Style::Text, Browser::Shown) => {
                    output::note("open this page and agree there:");
                    output::line(address);
                }
                (Style::Text, Browser::Opened) => {
                    output::note(&format!("open this page and agree there:\n{address}"));
                }
                (Style::Json, _) => {
                    let consent = serde_json::json!({ "consent": { "url": address } });
                    output::note(&consent.to_string());
                }
            }
            if browser == Browser::Opened {
                open_page(address, style);
            }
        };
        let account = publishing
            .connect(network, language(), &cancel, show)
            .map_err(|error| error.to_api())?;
        output::result(style, &account, || account_words(&account));
        Ok(())
    })
}

/// Opens a page in the user's browser. Where that fails the address on the screen serves.
fn open_page(address: &str, style: Style) {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let started = Command::new(opener)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Err(error) = started {
        let text = format!("the browser does not open ({opener}: {error}): open the page yourself");
        output::aside(style, "no_browser", &text);
    }
}

/// Returns the language of the session, for who has chosen none in the window.
fn spoken() -> settings::Language {
    match language() {
        Language::French => settings::Language::French,
        Language::English => settings::Language::English,
    }
}

/// Returns the language of the page that the browser ends on.
fn language() -> Language {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(std::env::var_os)
        .find(|value| !value.is_empty());
    match named {
        Some(name) if name.to_string_lossy().starts_with("fr") => Language::French,
        _ => Language::English,
    }
}

fn list_accounts(style: Style) -> u8 {
    told(style, Publishing::accounts, |accounts| {
        if accounts.is_empty() {
            return "no account is connected — `crealia accounts connect NETWORK` connects one"
                .to_owned();
        }
        let lines: Vec<String> = accounts.iter().map(account_words).collect();
        lines.join("\n")
    })
}

fn account_words(account: &AccountDocument) -> String {
    let list = |words: &str, scopes: &[String]| {
        if scopes.is_empty() {
            return String::new();
        }
        format!("\n          {words}: {}", scopes.join(", "))
    };
    format!(
        "{:10}{}:{}  {}{}{}",
        account.state,
        account.network,
        account.account,
        account.name,
        list("granted", &account.scopes),
        list("not granted", &account.missing_scopes)
    )
}

fn check(wanted: Option<&str>, style: Style) -> u8 {
    let mut failures = Vec::new();
    let status = finish(style, || {
        let (_engine, publishing) = open(style)?;
        let checked = publishing
            .check_accounts(wanted, &cancel_on_signal()?)
            .map_err(|error| error.to_api())?;
        let mut results = Vec::new();
        for outcome in checked {
            match outcome {
                Ok(account) => {
                    if style == Style::Text {
                        output::line(&account_words(&account));
                    }
                    results.push(Outcome::Done(account));
                }
                Err(error) => {
                    if style == Style::Text {
                        output::note(&output::words(&error));
                    }
                    failures.push(error.clone());
                    results.push(Outcome::Failed(Failure { error }));
                }
            }
        }
        if style == Style::Json {
            output::result(style, &Results { results }, String::new);
        }
        Ok(())
    });
    if status == 0 {
        combined_status(&failures)
    } else {
        status
    }
}

fn disconnect(account: &str, style: Style) -> u8 {
    finish(style, || {
        let (_engine, publishing) = open(style)?;
        let gone = publishing
            .disconnect(account, &cancel_on_signal()?)
            .map_err(|error| error.to_api())?;
        output::result(style, &gone, || {
            let ended = if gone.revoked {
                "the network ended its consent"
            } else {
                "the network could not be told: remove the app on its own pages"
            };
            format!("{}:{} is disconnected; {ended}", gone.network, gone.account)
        });
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: i64, state: State) -> EntryDocument {
        EntryDocument {
            id,
            network: "youtube".to_owned(),
            account: "a".to_owned(),
            state,
            step: None,
            remote_id: None,
            url: None,
            attempts: 0,
            next_attempt_at: None,
            error: None,
        }
    }

    #[test]
    fn who_stops_a_post_is_told_its_number() {
        let told = stopped(&[entry(3, State::Publishing)]);
        assert_eq!(told.code, ErrorCode::Cancelled);
        assert_eq!(told.message, "stopped; post 3 stays in the outbox");
        assert_eq!(
            told.hint,
            "it goes on with `crealia outbox run`; `crealia outbox cancel 3` calls it off"
        );
        let told = stopped(&[
            entry(3, State::Publishing),
            entry(4, State::Published),
            entry(5, State::Scheduled),
        ]);
        assert_eq!(told.message, "stopped; posts 3, 5 stay in the outbox");
        assert!(told.hint.contains("cancel 3` or `crealia outbox cancel 5`"));
        let over = stopped(&[entry(4, State::Published)]);
        assert_eq!(
            (over.message.as_str(), over.hint.as_str()),
            ("cancelled", "")
        );
    }
}

//! What the user is told: notices that stay at the top of the view, toasts that go away.

use icondata_core::IconData;
use leptos::prelude::*;
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::calls::Reveal;
use protocol::studio::event::Notice;
use protocol::studio::posting::Revoked;
use protocol::studio::view::{Access, Presence};

use crate::actions::use_actions;
use crate::state::told::{Done, Toast, may_close};
use crate::state::{use_document, use_place, use_told};
use crate::widget::{Button, Icon, IconButton, icons};
use crate::words::errors::{self, Remedy};
use crate::words::{Words, use_words};

/// Notices about the program and the opened project.
#[component]
pub fn Notices() -> impl IntoView {
    let (w, told, place) = (use_words(), use_told(), use_place());
    let document = use_document();
    let actions = use_actions();
    let of_project = move || place.view.get().is_of_project() && document.open.get().is_some();
    let access = move || {
        let words = document.access.with(|access| match access {
            Access::Writable => None,
            // A newer library has a notice of its own, and takes no copy.
            Access::Newer { version } if version.is_empty() => None,
            Access::Newer { version } => Some(w.frame().project_newer(version)),
            Access::Damaged { lost } => Some(w.frame().project_damaged(*lost)),
        });
        words.filter(|_| of_project())
    };
    let missing = Memo::new(move |_| {
        document.sources.with(|sources| {
            let absent = sources
                .iter()
                .filter(|source| source.presence != Presence::Present);
            absent.map(|source| source.media).collect::<Vec<_>>()
        })
    });
    view! {
        <div class="notices">
            {move || {
                told.notices
                    .get()
                    .into_iter()
                    .map(|notice| {
                        let (words, icon, tone) = describe(&notice, w);
                        let remedy = match &notice {
                            // Other advice is for files of the user's own.
                            Notice::SaveFailed(error) if error.code == ErrorCode::DiskFull => {
                                errors::remedy(error.code)
                            }
                            _ => None,
                        };
                        let closing = may_close(&notice).then(|| view! {
                            <IconButton
                                name=Signal::derive(move || w.frame().close())
                                icon=icons::LuX
                                part="notice-close"
                                on_press=move |_| told.dismiss(&notice)
                            />
                        });
                        view! {
                            <div class="notice" role="note" data-part="notice" data-tone=tone>
                                <Icon icon=icon />
                                <p class="notice-text selectable">{words}</p>
                                {remedy.map(|remedy| view! {
                                    <Button
                                        label=Signal::derive(move || errors::remedy_button(remedy, w.language()).to_owned())
                                        part="notice-remedy"
                                        on_press=move || actions.remedy(remedy, None, None)
                                    />
                                })}
                                {closing}
                            </div>
                        }
                    })
                    .collect_view()
            }}
            {move || told.came_back.get().then(|| view! {
                <div class="notice" role="status" data-part="came-back" data-tone="plain">
                    <Icon icon=icons::LuInfo />
                    <p class="notice-text">{move || w.frame().came_back()}</p>
                    <IconButton
                        name=Signal::derive(move || w.frame().close())
                        icon=icons::LuX
                        part="notice-close"
                        on_press=move |_| told.came_back.set(false)
                    />
                </div>
            })}
            {move || access().map(|words| view! {
                <div class="notice" role="note" data-part="read-only" data-tone="warning">
                    <Icon icon=icons::LuTriangleAlert />
                    <p class="notice-text">{words}</p>
                    <Button
                        label=Signal::derive(move || w.frame().save_copy())
                        part="save-copy-button"
                        on_press=move || actions.copy_open_project(w)
                    />
                    <Button
                        label=Signal::derive(move || w.frame().show_logs())
                        look=crate::widget::Look::Quiet
                        on_press=move || actions.reveal(Reveal::Logs)
                    />
                </div>
            })}
            {move || {
                let missing = missing.get();
                let first = missing.first().copied().filter(|_| of_project())?;
                Some(view! {
                    <div class="notice" role="note" data-part="notice" data-tone="warning">
                        <Icon icon=icons::LuTriangleAlert />
                        <p class="notice-text">{move || w.frame().missing_sources(missing.len())}</p>
                        <Button
                            label=Signal::derive(move || w.frame().relink())
                            part="relink-notice-button"
                            on_press=move || actions.relink(first)
                        />
                    </div>
                })
            }}
        </div>
    }
}

fn describe(notice: &Notice, w: Words) -> (String, &'static IconData, &'static str) {
    match notice {
        Notice::DatabaseSetAside {
            path,
            restored: true,
        } => (
            w.frame().database_restored(path),
            icons::LuTriangleAlert,
            "warning",
        ),
        Notice::DatabaseSetAside {
            path,
            restored: false,
        } => (
            w.frame().database_anew(path),
            icons::LuTriangleAlert,
            "warning",
        ),
        Notice::DatabaseNewer => (
            w.frame().database_newer(),
            icons::LuTriangleAlert,
            "warning",
        ),
        Notice::SaveFailed(error) => {
            let language = w.language();
            let mut text = w.frame().save_failed();
            if error.code == ErrorCode::DiskFull {
                let why = errors::happened(error.code, language);
                let advice = errors::advice(error.code, language);
                text = format!("{why} {text} {advice}");
            }
            (text, icons::LuCircleAlert, "danger")
        }
        // A toast says it.
        Notice::SaveRecovered => (w.frame().save_recovered(), icons::LuCircleCheck, "success"),
        Notice::PreviewRestarted => (w.frame().preview_restarted(), icons::LuInfo, "plain"),
    }
}

/// Toasts, at the lower right.
#[component]
pub fn Toasts() -> impl IntoView {
    let (w, told) = (use_words(), use_told());
    // The page has one live region; the newest toast is said there.
    Effect::new(move |before: Option<Option<u64>>| {
        let newest = told.toasts.with(|toasts| toasts.last().cloned());
        let number = newest.as_ref().map(|(number, _)| *number);
        if let Some((number, toast)) = newest
            && before.flatten().is_none_or(|before| before < number)
        {
            told.say(toast_words(&toast, w));
        }
        number
    });
    view! {
        <section class="toasts" aria-label=move || w.frame().toasts()>
            <For each=move || told.toasts.get() key=|(number, _)| *number let((number, toast))>
                {match toast {
                    Toast::Failed(error) => {
                        view! { <FailedToast number=number error=error /> }.into_any()
                    }
                    Toast::Refused(error) => {
                        let words = move || errors::edit_refused(&error, w.language());
                        view! {
                            <div class="toast" data-part="toast" data-tone="warning">
                                <Icon icon=icons::LuInfo />
                                <p class="toast-text">{words}</p>
                                <Close number=number />
                            </div>
                        }
                        .into_any()
                    }
                    Toast::Done(done) => {
                        view! {
                            <div class="toast" data-part="toast" data-tone="success">
                                <Icon icon=icons::LuCircleCheck />
                                <p class="toast-text">{move || done_words(&done, w)}</p>
                                <Close number=number />
                            </div>
                        }
                        .into_any()
                    }
                }}
            </For>
        </section>
    }
}

#[component]
fn Close(number: u64) -> impl IntoView {
    let (w, told) = (use_words(), use_told());
    view! {
        <IconButton
            name=Signal::derive(move || w.frame().close())
            icon=icons::LuX
            part="toast-close"
            on_press=move |_| told.close(number)
        />
    }
}

#[component]
fn FailedToast(number: u64, error: ApiError) -> impl IntoView {
    let (w, told, actions) = (use_words(), use_told(), use_actions());
    let error = StoredValue::new(error);
    let code = error.with_value(|error| error.code);
    // A retry needs a job, and a toast has none.
    let remedy = errors::remedy(code).filter(|remedy| *remedy != Remedy::Retry);
    view! {
        <div class="toast" data-part="toast" data-tone="danger" data-code=code.name()>
            <Icon icon=icons::LuCircleAlert />
            <div class="toast-text">
                <p>{move || error.with_value(|error| errors::what(error, w.language()))}</p>
                <p class="muted">{move || errors::advice(code, w.language())}</p>
                <ErrorDetails error=error />
                {remedy.map(|remedy| view! {
                    <Button
                        label=Signal::derive(move || errors::remedy_button(remedy, w.language()).to_owned())
                        on_press=move || {
                            told.close(number);
                            actions.remedy(remedy, None, None);
                        }
                    />
                })}
            </div>
            <Close number=number />
        </div>
    }
}

/// The engine's own words on a failure, for those who want to look into it.
#[component]
pub fn ErrorDetails(
    /// The failure.
    error: StoredValue<ApiError>,
) -> impl IntoView {
    let w = use_words();
    let text = error.with_value(ToString::to_string);
    (!text.is_empty()).then(|| {
        view! {
            <details class="error-details">
                <summary>{move || w.frame().details()}</summary>
                <p class="selectable" lang="en">{text}</p>
            </details>
        }
    })
}

/// Returns a toast as it is said.
fn toast_words(toast: &Toast, w: Words) -> String {
    let language = w.language();
    match toast {
        Toast::Failed(error) => {
            let advice = errors::advice(error.code, language);
            format!("{} {advice}", errors::what(error, language))
        }
        Toast::Refused(error) => errors::edit_refused(error, language).to_owned(),
        Toast::Done(done) => done_words(done, w),
    }
}

fn done_words(done: &Done, w: Words) -> String {
    let words = w.frame();
    match done {
        Done::Exported(name) => words.done_exported(name),
        Done::AllExported(count) => words.done_all_exported(*count),
        Done::Imported(name) => words.done_imported(name),
        Done::AllImported(count) => words.done_all_imported(*count),
        Done::CacheCleared(bytes) => words.done_cleared(*bytes),
        Done::Relinked(name) => words.done_relinked(name),
        Done::ModelAdded(name) => words.done_model(name),
        Done::ExportBegun(count) => words.done_export_begun(*count),
        Done::PostBegun(name) => w.posting().begun(name),
        Done::PostScheduled(name) => w.posting().begun_later(name),
        Done::AppAccepted(network) => w.posting().app_accepted(*network),
        Done::AppNotAsked(network) => w.posting().app_not_asked(*network),
        Done::AccountChecked(name) => w.posting().checked_now(name),
        Done::Disconnected(name, Revoked::There) => w.posting().disconnected(name),
        Done::Disconnected(name, Revoked::HereOnly) => w.posting().disconnected_here(name),
        Done::Copied => w.posting().copied(),
        Done::Reloaded => words.reloaded(),
        Done::Saved => words.save_recovered(),
        Done::LookingAtFiles => words.looking_at_files(),
    }
}

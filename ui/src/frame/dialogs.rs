//! Small questions: a name, whether to delete, what was not imported, licences.

use leptos::prelude::*;
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::calls::GetLicences;
use protocol::studio::posting::AccountId;
use protocol::studio::view::ProjectId;

use super::notices::ErrorDetails;
use crate::actions::use_actions;
use crate::state::{use_place, use_posting};
use crate::widget::dialog::DialogButtons;
use crate::widget::{Button, Dialog, Icon, Look, TextField, icons};
use crate::words::{errors, use_words};

/// What gets a name.
#[derive(Debug, Clone, PartialEq)]
pub enum Naming {
    /// A new project.
    New,
    /// A project that has one.
    Again(ProjectId, String),
}

/// Asks for the name of a project.
#[component]
pub fn NameDialog(
    /// What gets the name.
    naming: Naming,
) -> impl IntoView {
    let (w, place, actions) = (use_words(), use_place(), use_actions());
    let naming = StoredValue::new(naming);
    let is_new = naming.with_value(|naming| *naming == Naming::New);
    let name = RwSignal::new(naming.with_value(|naming| match naming {
        Naming::New => String::new(),
        Naming::Again(_, name) => name.clone(),
    }));
    let close = move || place.modal.set(None);
    let is_blank = Signal::derive(move || name.with(|name| name.trim().is_empty()));
    let submit = move || {
        if is_blank.get_untracked() {
            return;
        }
        let given = name.with_untracked(|name| name.trim().to_owned());
        close();
        match naming.get_value() {
            Naming::New => actions.create_project(given),
            Naming::Again(project, _) => actions.rename_project(project, given),
        }
    };
    view! {
        <Dialog
            title=Signal::derive(move || {
                if is_new { w.home().new_title() } else { w.home().rename_title() }
            })
            on_close=close
            part="name-dialog"
        >
            <TextField
                label=Signal::derive(move || w.home().name())
                value=name
                part="name-input"
                focus=()
                on_enter=Callback::new(move |()| submit())
            />
            <DialogButtons>
                <Button label=Signal::derive(move || w.frame().cancel()) on_press=close />
                <Button
                    label=Signal::derive(move || {
                        if is_new { w.home().create() } else { w.home().rename_do() }
                    })
                    look=Look::Primary
                    part="name-submit"
                    disabled=is_blank
                    on_press=submit
                />
            </DialogButtons>
        </Dialog>
    }
}

/// Asks whether projects are to be deleted for good.
#[component]
pub fn DeleteDialog(
    /// Which.
    projects: Vec<ProjectId>,
) -> impl IntoView {
    let (w, place, actions) = (use_words(), use_place(), use_actions());
    let count = projects.len();
    let projects = StoredValue::new(projects);
    let close = move || place.modal.set(None);
    view! {
        <Dialog
            title=Signal::derive(move || w.home().delete_title(count))
            on_close=close
            part="delete-dialog"
        >
            <p>{move || w.home().delete_text()}</p>
            <DialogButtons>
                <Button label=Signal::derive(move || w.frame().cancel()) on_press=close />
                <Button
                    label=Signal::derive(move || w.home().delete_do())
                    look=Look::Danger
                    part="delete-submit"
                    on_press=move || {
                        close();
                        actions.delete(projects.get_value());
                    }
                />
            </DialogButtons>
        </Dialog>
    }
}

/// Asks whether an account is to be disconnected.
#[component]
pub fn DisconnectDialog(
    /// Which.
    account: AccountId,
) -> impl IntoView {
    let (w, place, actions) = (use_words(), use_place(), use_actions());
    let name = use_posting().account(account).map(|account| account.name);
    let name = StoredValue::new(name.unwrap_or_default());
    let close = move || place.modal.set(None);
    view! {
        <Dialog
            title=Signal::derive(move || w.posting().disconnect_title(&name.get_value()))
            on_close=close
            part="disconnect-dialog"
        >
            <p>{move || w.posting().disconnect_text()}</p>
            <DialogButtons>
                <Button label=Signal::derive(move || w.frame().cancel()) on_press=close />
                <Button
                    label=Signal::derive(move || w.posting().disconnect())
                    look=Look::Danger
                    part="disconnect-submit"
                    on_press=move || {
                        close();
                        actions.disconnect(account, name.get_value());
                    }
                />
            </DialogButtons>
        </Dialog>
    }
}

/// Says which files were not imported, and why.
#[component]
pub fn RefusedDialog(
    /// Why each was not.
    refused: Vec<ApiError>,
    /// How many others were.
    taken: usize,
) -> impl IntoView {
    let (w, place, actions) = (use_words(), use_place(), use_actions());
    let count = refused.len();
    let close = move || place.modal.set(None);
    let rows = by_reason(refused)
        .into_iter()
        .map(|(code, refused)| view! { <Refused code=code refused=refused /> })
        .collect_view();
    view! {
        <Dialog
            title=Signal::derive(move || w.import().refused_title(count))
            on_close=close
            part="refused-dialog"
            size="medium"
        >
            {(taken > 0).then(|| view! { <p class="muted">{move || w.import().refused_rest(taken)}</p> })}
            <ul class="refused-list" tabindex="0" aria-label=move || w.import().refused_title(count)>{rows}</ul>
            <DialogButtons>
                <Button
                    label=Signal::derive(move || {
                        errors::remedy_button(errors::Remedy::PickFiles, w.language()).to_owned()
                    })
                    on_press=move || {
                        close();
                        actions.pick_and_import();
                    }
                />
                <Button
                    label=Signal::derive(move || w.import().close())
                    look=Look::Primary
                    on_press=close
                />
            </DialogButtons>
        </Dialog>
    }
}

/// Returns what was refused by why, in the order in which each came first.
fn by_reason(refused: Vec<ApiError>) -> Vec<(ErrorCode, Vec<ApiError>)> {
    let mut reasons: Vec<(ErrorCode, Vec<ApiError>)> = Vec::new();
    for error in refused {
        match reasons.iter_mut().find(|(code, _)| *code == error.code) {
            Some((_, own)) => own.push(error),
            None => reasons.push((error.code, vec![error])),
        }
    }
    reasons
}

/// Files that were not imported for one reason: why, what to do, which they are.
#[component]
fn Refused(code: ErrorCode, refused: Vec<ApiError>) -> impl IntoView {
    let w = use_words();
    let count = refused.len();
    let refused = StoredValue::new(refused);
    let only = refused.with_value(|refused| refused.first().filter(|_| count == 1).cloned());
    let what = {
        let only = only.clone();
        let several = move || {
            let happened = errors::happened(code, w.language());
            format!("{} — {happened}", w.import().files(count))
        };
        move || (only.as_ref()).map_or_else(several, |error| errors::what(error, w.language()))
    };
    let names = move || {
        refused.with_value(|refused| {
            let names = refused.iter().filter_map(|error| error.input.as_deref());
            names.map(errors::file_name).collect::<Vec<_>>().join("\n")
        })
    };
    view! {
        <li class="refused-row" data-code=code.name()>
            <Icon icon=icons::LuCircleAlert />
            <div class="refused-words">
                <p>{what}</p>
                <p class="muted">{move || errors::advice(code, w.language())}</p>
                {match only {
                    Some(error) => {
                        view! { <ErrorDetails error=StoredValue::new(error) /> }.into_any()
                    }
                    None => view! {
                        <details class="error-details">
                            <summary>{move || w.import().which()}</summary>
                            <p class="refused-names selectable">{names}</p>
                        </details>
                    }
                    .into_any(),
                }}
            </div>
        </li>
    }
}

/// Shows the licences of everything that the program holds.
#[component]
pub fn LicencesDialog() -> impl IntoView {
    let (w, place, actions) = (use_words(), use_place(), use_actions());
    let text = RwSignal::new(None::<String>);
    actions.ask(GetLicences {}, move |licences| {
        // The dialog may be closed by now.
        drop(text.try_set(Some(licences)));
    });
    view! {
        <Dialog
            title=Signal::derive(move || w.settings().licences())
            on_close=move || place.modal.set(None)
            part="licences-dialog"
            size="large"
        >
            <pre class="licences selectable" data-first="" tabindex="0" lang="en">
                {move || text.get().unwrap_or_else(|| w.settings().measuring())}
            </pre>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_refused_files_are_told_by_their_reasons() {
        let refused = (0..200).map(|number| {
            let code = if number % 2 == 0 {
                ErrorCode::CorruptMedia
            } else {
                ErrorCode::AlreadyThere
            };
            ApiError::new(code, "").input(format!("/videos/{number}.mp4"))
        });
        let reasons = by_reason(refused.collect());
        let counts: Vec<_> = reasons
            .iter()
            .map(|(code, refused)| (*code, refused.len()))
            .collect();
        let expected = [
            (ErrorCode::CorruptMedia, 100),
            (ErrorCode::AlreadyThere, 100),
        ];
        assert_eq!(counts, expected);
    }
}

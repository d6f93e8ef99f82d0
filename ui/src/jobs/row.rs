//! A job in the drawer.

use leptos::prelude::*;
use protocol::studio::calls::Reveal;
use protocol::studio::settings::Language;
use protocol::studio::view::{JobId, JobKind, JobState, JobView};

use super::is_active;
use crate::actions::use_actions;
use crate::format;
use crate::frame::notices::ErrorDetails;
use crate::state::{View, use_document, use_jobs, use_place};
use crate::widget::{Button, Icon, IconButton, Progress, icons};
use crate::words::errors::{self, Remedy};
use crate::words::{labels, reasons, use_words};

/// Returns what a job does, with what it works on.
pub fn title(job: &JobView, language: Language) -> String {
    let words = crate::words::jobs::Jobs(language);
    match job.kind {
        JobKind::Import { .. } => words.import(&job.title),
        JobKind::Suggest { .. } => words.suggest(&job.title),
        JobKind::Export { .. } => words.export(&job.title),
        JobKind::Publish { .. } => words.publish(&job.title),
        JobKind::Download { .. } => words.download(&job.title),
    }
}

/// Returns how a job stands: its step, how far, how long still.
pub fn standing(job: &JobView, language: Language) -> String {
    let words = crate::words::jobs::Jobs(language);
    match &job.state {
        JobState::Queued => words.waiting(),
        JobState::Running => {
            let step = match job.step {
                Some(step) => labels::step(step, language).to_owned(),
                None => words.starting(),
            };
            let percent = format::percent(job.fraction, language);
            match job.eta_secs {
                Some(secs) => format!("{step} · {percent} · {}", format::left(secs, language)),
                None => format!("{step} · {percent}"),
            }
        }
        JobState::Paused => {
            format!(
                "{} · {}",
                words.paused(),
                format::percent(job.fraction, language)
            )
        }
        JobState::Done => words.done(),
        JobState::Failed(error) => {
            format!(
                "{} · {}",
                words.failed(),
                errors::happened(error.code, language)
            )
        }
        JobState::Cancelled => words.cancelled(),
    }
}

fn state_name(state: &JobState) -> &'static str {
    match state {
        JobState::Queued => "queued",
        JobState::Running => "running",
        JobState::Paused => "paused",
        JobState::Done => "done",
        JobState::Failed(_) => "failed",
        JobState::Cancelled => "cancelled",
    }
}

/// How a job stands, where its results will be.
#[component]
pub fn JobStanding(
    /// Which.
    id: JobId,
) -> impl IntoView {
    view! {
        <ul class="job-standing-list">
            <JobRow id=id />
        </ul>
    }
}

/// A job.
#[component]
pub fn JobRow(
    /// Which.
    id: JobId,
) -> impl IntoView {
    let (w, jobs) = (use_words(), use_jobs());
    let job = Memo::new(move |_| {
        jobs.all
            .with(|all| all.iter().find(|job| job.id == id).cloned())
    });
    let read = move |read: fn(&JobView, Language) -> String| {
        job.with(|job| {
            job.as_ref()
                .map(|job| read(job, w.language()))
                .unwrap_or_default()
        })
    };
    let state = Memo::new(move |_| job.with(|job| job.as_ref().map(|job| job.state.clone())));
    let is_going = move || job.with(|job| job.as_ref().is_some_and(is_active));
    let fraction = Signal::derive(move || job.with(|job| job.as_ref().map(|job| job.fraction)));
    view! {
        <li
            class="job-row"
            data-part="job-row"
            data-job=id.0.to_string()
            data-state=move || state.with(|state| state.as_ref().map(state_name))
        >
            <div class="job-head">
                <span class="job-title text-ellipsis" data-tip=move || read(title)>{move || read(title)}</span>
                <Buttons id=id state=state job=job />
            </div>
            <Show when=is_going>
                <Progress name=Signal::derive(move || read(title)) fraction=fraction />
            </Show>
            <p class="job-standing muted time">{move || read(standing)}</p>
            {move || state.get().and_then(|state| match state {
                JobState::Failed(error) => {
                    let error = StoredValue::new(error);
                    Some(view! { <Failure id=id error=error job=job /> })
                }
                _ => None,
            })}
            <Notes job=job />
        </li>
    }
}

#[component]
fn Buttons(id: JobId, state: Memo<Option<JobState>>, job: Memo<Option<JobView>>) -> impl IntoView {
    let (w, actions) = (use_words(), use_actions());
    let (document, place, jobs) = (use_document(), use_place(), use_jobs());
    let name = move || {
        job.with(|job| {
            job.as_ref()
                .map(|job| job.title.clone())
                .unwrap_or_default()
        })
    };
    let cancel = move || {
        view! {
            <IconButton
                name=Signal::derive(move || w.jobs().cancel(&name()))
                icon=icons::LuX
                part="job-cancel"
                on_press=move |_| actions.cancel_job(id)
            />
        }
    };
    move || {
        let buttons = match state.get()? {
            JobState::Queued | JobState::Running => view! {
                <IconButton
                    name=Signal::derive(move || w.jobs().pause(&name()))
                    icon=icons::LuPause
                    part="job-pause"
                    on_press=move |_| actions.pause_job(id)
                />
                {cancel()}
            }
            .into_any(),
            JobState::Paused => view! {
                <IconButton
                    name=Signal::derive(move || w.jobs().resume(&name()))
                    icon=icons::LuPlay
                    part="job-resume"
                    on_press=move |_| actions.resume_job(id)
                />
                {cancel()}
            }
            .into_any(),
            JobState::Failed(_) | JobState::Cancelled => view! {
                <IconButton
                    name=Signal::derive(move || w.jobs().retry(&name()))
                    icon=icons::LuRotateCcw
                    part="job-retry"
                    on_press=move |_| actions.retry_job(id)
                />
            }
            .into_any(),
            JobState::Done => match job.get_untracked()?.kind {
                JobKind::Export { .. } => view! {
                    <IconButton
                        name=Signal::derive(move || w.jobs().show_file())
                        icon=icons::LuFolderOpen
                        part="job-show-file"
                        on_press=move |_| actions.reveal(Reveal::Export(id))
                    />
                }
                .into_any(),
                JobKind::Import { project, .. } | JobKind::Suggest { project, .. } => view! {
                    <IconButton
                        name=Signal::derive(move || w.jobs().open_board())
                        icon=icons::LuClapperboard
                        on_press=move |_| {
                            jobs.drawer.set(false);
                            if document.id() == Some(project) {
                                place.view.set(View::Board);
                            } else {
                                actions.open_project(project, Some(View::Board));
                            }
                        }
                    />
                }
                .into_any(),
                JobKind::Publish { .. } => view! {
                    <IconButton
                        name=Signal::derive(move || w.jobs().open_posts())
                        icon=icons::LuSend
                        part="job-open-posts"
                        on_press=move |_| {
                            jobs.drawer.set(false);
                            place.view.set(View::Posts);
                        }
                    />
                }
                .into_any(),
                JobKind::Download { .. } => {
                    view! { <span class="job-done"><Icon icon=icons::LuCircleCheck /></span> }
                        .into_any()
                }
            },
        };
        Some(view! { <div class="job-buttons">{buttons}</div> })
    }
}

/// What went wrong, what to do, and a button for it.
#[component]
fn Failure(
    id: JobId,
    error: StoredValue<protocol::error::ApiError>,
    job: Memo<Option<JobView>>,
) -> impl IntoView {
    let (w, actions) = (use_words(), use_actions());
    let code = error.with_value(|error| error.code);
    // The row's own button tries again.
    let remedy = errors::remedy(code).filter(|remedy| *remedy != Remedy::Retry);
    let media = move || {
        job.with_untracked(|job| match job.as_ref().map(|job| &job.kind) {
            Some(JobKind::Suggest { media, .. }) => Some(*media),
            _ => None,
        })
    };
    view! {
        <div class="job-failure">
            <p>{move || errors::advice(code, w.language())}</p>
            <ErrorDetails error=error />
            {remedy.map(|remedy| view! {
                <Button
                    label=Signal::derive(move || {
                        errors::remedy_button(remedy, w.language()).to_owned()
                    })
                    part="job-remedy"
                    on_press=move || actions.remedy(remedy, Some(id), media())
                />
            })}
        </div>
    }
}

/// What came of it that the user should know.
#[component]
fn Notes(job: Memo<Option<JobView>>) -> impl IntoView {
    let w = use_words();
    let notes = Memo::new(move |_| {
        job.with(|job| {
            job.as_ref()
                .map(|job| job.notes.clone())
                .unwrap_or_default()
        })
    });
    view! {
        <Show when=move || notes.with(|notes| !notes.is_empty())>
            <ul class="job-notes">
                {move || {
                    let language = w.language();
                    let words = notes.get().into_iter().map(|note| reasons::reason(&note, language));
                    words.map(|words| view! { <li class="muted">{words}</li> }).collect_view()
                }}
            </ul>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use protocol::error::{ApiError, ErrorCode};
    use protocol::progress::Step;
    use protocol::studio::view::ProjectId;

    use super::*;

    fn job(state: JobState) -> JobView {
        JobView {
            id: JobId(1),
            kind: JobKind::Import {
                project: ProjectId(1),
                path: "/a/talk.mp4".into(),
            },
            title: "talk.mp4".into(),
            state,
            step: Some(Step::Suggest),
            fraction: 0.42,
            eta_secs: Some(250.0),
            output: None,
            notes: Vec::new(),
        }
    }

    #[test]
    fn a_job_says_its_step_how_far_and_how_long() {
        let running = job(JobState::Running);
        assert_eq!(title(&running, Language::French), "Importer talk.mp4");
        assert_eq!(
            standing(&running, Language::English),
            "Finding the best moments · 42% · 4\u{a0}min left"
        );
        let failed = job(JobState::Failed(ApiError::new(
            ErrorCode::DiskFull,
            "no room",
        )));
        assert_eq!(
            standing(&failed, Language::French),
            "Échec · Le disque est plein."
        );
    }
}

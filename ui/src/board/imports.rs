//! Imports under way: each with its row while they are few, together while they are many.

use leptos::prelude::*;
use protocol::studio::view::{JobId, JobKind, JobState, JobView};

use crate::actions::use_actions;
use crate::jobs::{JobStanding, is_active};
use crate::state::{use_document, use_jobs};
use crate::widget::{Button, Progress};
use crate::words::use_words;

/// More of a kind than that are told together.
const FEW: usize = 3;

/// What is shown of imports.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Imports {
    /// Those with a row each.
    pub(super) rows: Vec<JobId>,
    /// Those under way, when they are many.
    many: Option<Many>,
    /// How many more failed.
    failed: usize,
}

/// Many imports.
#[derive(Debug, Clone, PartialEq)]
struct Many {
    active: Vec<JobId>,
    done: usize,
    all: usize,
    fraction: f64,
}

impl Imports {
    /// Returns what is shown of a project's jobs. An import that ended well is a source by then.
    pub(super) fn of(jobs: &[JobView]) -> Self {
        let own = jobs
            .iter()
            .filter(|job| matches!(job.kind, JobKind::Import { .. }));
        let with = |is_it: fn(&JobView) -> bool| own.clone().filter(move |job| is_it(job));
        let active = with(is_active);
        let failed = with(|job| matches!(job.state, JobState::Failed(_)));
        let (count, failures) = (active.clone().count(), failed.clone().count());
        let mut rows: Vec<JobId> = Vec::new();
        let mut many = None;
        if count > FEW {
            let done = with(|job| job.state == JobState::Done).count();
            let parts: f64 = active.clone().map(|job| job.fraction).sum();
            let all = count + done;
            rows.extend(with(|job| job.state == JobState::Running).map(|job| job.id));
            many = Some(Many {
                active: active.map(|job| job.id).collect(),
                done,
                all,
                fraction: (done as f64 + parts) / all as f64,
            });
        } else {
            rows.extend(active.map(|job| job.id));
        }
        rows.extend(failed.take(FEW).map(|job| job.id));
        Self {
            rows,
            many,
            failed: failures.saturating_sub(FEW),
        }
    }

    /// Returns whether there is nothing to show.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.many.is_none()
    }
}

/// The imports of the opened project.
#[component]
pub(super) fn ImportRows(imports: Memo<Imports>) -> impl IntoView {
    let (w, jobs, actions) = (use_words(), use_jobs(), use_actions());
    let document = use_document();
    let many = Memo::new(move |_| imports.with(|imports| imports.many.clone()));
    let has_many = Memo::new(move |_| many.with(Option::is_some));
    let failed = Memo::new(move |_| imports.with(|imports| imports.failed));
    let read = move |read: fn(&Many) -> usize| many.with(|many| many.as_ref().map_or(0, read));
    let standing = move || {
        w.board()
            .importing(read(|many| many.done), read(|many| many.all))
    };
    let rows = Memo::new(move |_| imports.with(|imports| imports.rows.clone()));
    view! {
        <Show when=move || has_many.get()>
            <li class="source source--imports" data-part="imports-row">
                <p class="source-importing time">{standing}</p>
                <Progress
                    name=Signal::derive(standing)
                    fraction=Signal::derive(move || many.with(|many| many.as_ref().map(|many| many.fraction)))
                />
                <Button
                    label=Signal::derive(move || w.board().stop_imports())
                    part="imports-stop"
                    on_press=move || {
                        let active = many.with_untracked(|many| many.as_ref().map(|many| many.active.clone()));
                        actions.cancel_jobs(active.unwrap_or_default());
                        // Whoever stopped with the keyboard goes on from there.
                        if document.id().is_some() {
                            crate::dom::next_frame(|| crate::dom::keep_focus("#content"));
                        }
                    }
                />
            </li>
        </Show>
        <For each=move || rows.get() key=|id| *id let(id)>
            <li class="source source--import">
                <JobStanding id=id />
            </li>
        </For>
        <Show when=move || { failed.get() > 0 }>
            <li class="source source--imports">
                <p class="source-importing">{move || w.board().more_failed(failed.get())}</p>
                <Button
                    label=Signal::derive(move || w.board().see_jobs())
                    on_press=move || jobs.drawer.set(true)
                />
            </li>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use protocol::error::{ApiError, ErrorCode};
    use protocol::studio::view::ProjectId;

    use super::*;

    fn job(id: i64, state: JobState) -> JobView {
        JobView {
            id: JobId(id),
            kind: JobKind::Import {
                project: ProjectId(1),
                path: String::new(),
            },
            title: String::new(),
            state,
            step: None,
            fraction: if id == 4 { 0.5 } else { 0.0 },
            eta_secs: None,
            output: None,
            notes: Vec::new(),
        }
    }

    #[test]
    fn few_imports_have_a_row_each() {
        let jobs = [
            job(1, JobState::Done),
            job(2, JobState::Running),
            job(3, JobState::Queued),
        ];
        let imports = Imports::of(&jobs);
        assert_eq!(imports.rows, [JobId(2), JobId(3)]);
        assert_eq!(imports.many, None);
        assert!(Imports::of(&jobs[..1]).is_empty(), "it is a source by now");
    }

    #[test]
    fn two_hundred_imports_are_one_row_and_the_one_that_goes_on() {
        let failed = || JobState::Failed(ApiError::new(ErrorCode::NoVideo, "sound only"));
        let mut jobs = vec![job(1, JobState::Done), job(2, failed()), job(3, failed())];
        jobs.push(job(4, JobState::Running));
        jobs.extend((5..=198).map(|id| job(id, JobState::Queued)));
        jobs.extend((199..=203).map(|id| job(id, failed())));
        let imports = Imports::of(&jobs);
        assert_eq!(imports.rows, [4, 2, 3, 199].map(JobId));
        assert_eq!(imports.failed, 4);
        let many = imports.many.unwrap();
        assert_eq!((many.active.len(), many.done, many.all), (195, 1, 196));
        assert!((many.fraction - 1.5 / 196.0).abs() < 1e-9);
    }
}

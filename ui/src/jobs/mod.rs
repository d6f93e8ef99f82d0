//! The jobs: a drawer on the right, and what is said when one ends.

mod row;

use leptos::prelude::*;
use protocol::studio::view::{JobId, JobKind, JobState, JobView};

pub use crate::state::jobs::is_active;

use crate::actions::use_actions;
use crate::state::told::Done;
use crate::state::{use_jobs, use_prefs, use_told};
use crate::widget::{Button, IconButton, Look, icons};
use crate::words::{jobs as job_words, use_words};
use row::JobRow;
pub use row::JobStanding;

/// Returns how far all active jobs are together; 0 without any.
pub fn fraction_of_all(jobs: &[JobView]) -> f64 {
    let active: Vec<f64> = jobs
        .iter()
        .filter(|job| is_active(job))
        .map(|job| job.fraction)
        .collect();
    if active.is_empty() {
        0.0
    } else {
        active.iter().sum::<f64>() / active.len() as f64
    }
}

/// Tells when a job ends, from now on.
pub fn tell_ends() {
    let (jobs, told, prefs) = (use_jobs(), use_told(), use_prefs());
    let ended = StoredValue::new(std::collections::BTreeSet::<JobId>::new());
    Effect::new(move || {
        let Some(job) = jobs.latest.get() else { return };
        if is_active(&job) {
            ended.update_value(|ended| {
                ended.remove(&job.id);
            });
            return;
        }
        let is_new = ended
            .try_update_value(|ended| ended.insert(job.id))
            .unwrap_or(false);
        if !is_new {
            return;
        }
        let words = job_words::Jobs(prefs.language.get_untracked());
        match job.state {
            JobState::Done => {
                told.done(match job.kind {
                    JobKind::Import { .. } | JobKind::Suggest { .. } => Done::Imported(job.title),
                    JobKind::Export { .. } => Done::Exported(job.title),
                    JobKind::Download { .. } => Done::ModelAdded(job.title),
                });
            }
            JobState::Failed(_) => {
                told.say(words.ended_badly(&job.title));
                jobs.drawer.set(true);
            }
            JobState::Queued | JobState::Running | JobState::Paused | JobState::Cancelled => {}
        }
    });
}

/// The drawer.
#[component]
pub fn JobsDrawer() -> impl IntoView {
    let (w, jobs, actions) = (use_words(), use_jobs(), use_actions());
    let has_ended =
        Signal::derive(move || jobs.all.with(|all| all.iter().any(|job| !is_active(job))));
    view! {
        <Show when=move || jobs.drawer.get()>
            <aside
                class="jobs-drawer"
                id="jobs-drawer"
                data-part="jobs-drawer"
                aria-label=move || w.jobs().title()
            >
                <header class="jobs-head">
                    <h2>{move || w.jobs().title()}</h2>
                    <Button
                        label=Signal::derive(move || w.jobs().clear())
                        look=Look::Quiet
                        part="jobs-clear"
                        disabled=Signal::derive(move || !has_ended.get())
                        on_press=move || actions.clear_jobs()
                    />
                    <IconButton
                        name=Signal::derive(move || w.frame().close())
                        icon=icons::LuX
                        on_press=move |_| jobs.drawer.set(false)
                    />
                </header>
                <Show when=move || jobs.all.with(Vec::is_empty)>
                    <p class="jobs-empty muted">{move || w.jobs().empty()}</p>
                </Show>
                <ul class="jobs-list">
                    <For each=move || jobs.all.with(|all| all.iter().map(|job| job.id).collect::<Vec<_>>()) key=|id| *id let(id)>
                        <JobRow id=id />
                    </For>
                </ul>
            </aside>
        </Show>
    }
}

//! The jobs: a drawer on the right, and what is said when one ends.

mod ends;
mod row;

use leptos::prelude::*;
use protocol::studio::view::{JobState, JobView};

pub use crate::state::jobs::is_active;

use crate::actions::use_actions;
use crate::state::jobs::in_order;
use crate::state::{use_jobs, use_prefs, use_told};
use crate::widget::{Button, IconButton, Look, icons};
use crate::words::{jobs as job_words, use_words};
use ends::Ends;
use row::JobRow;
pub use row::JobStanding;

/// How many jobs are listed at once; more on request.
const PAGE: usize = 40;

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
    let ends = StoredValue::new(Ends::default());
    Effect::new(move || {
        if jobs.ended.with(Vec::is_empty) {
            return;
        }
        let mut ended = Vec::new();
        jobs.ended.update(|own| ended.append(own));
        let words = job_words::Jobs(prefs.language.get_untracked());
        for job in ended {
            let end = |ends: &mut Ends| jobs.all.with_untracked(|all| ends.hear(&job, all));
            if let Some(done) = ends.try_update_value(end).flatten() {
                told.done(done);
            }
            if matches!(job.state, JobState::Failed(_)) {
                told.say(words.ended_badly(&job.title));
                jobs.drawer.set(true);
            }
        }
    });
}

/// The drawer.
#[component]
pub fn JobsDrawer() -> impl IntoView {
    let (w, jobs, actions) = (use_words(), use_jobs(), use_actions());
    let has_ended =
        Signal::derive(move || jobs.all.with(|all| all.iter().any(|job| !is_active(job))));
    let active = Memo::new(move |_| {
        jobs.all.with(|all| {
            let active = all.iter().filter(|job| is_active(job));
            active.map(|job| job.id).collect::<Vec<_>>()
        })
    });
    let order = Memo::new(move |_| jobs.all.with(|all| in_order(all)));
    let most = RwSignal::new(PAGE);
    let rest = Memo::new(move |_| order.with(Vec::len).saturating_sub(most.get()));
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
                    <Show when=move || active.with(|active| active.len() > 1)>
                        <Button
                            label=Signal::derive(move || w.jobs().stop_all())
                            look=Look::Quiet
                            part="jobs-stop-all"
                            on_press=move || actions.cancel_jobs(active.get_untracked())
                        />
                    </Show>
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
                    <For each=move || order.with(|order| order.iter().copied().take(most.get()).collect::<Vec<_>>()) key=|id| *id let(id)>
                        <JobRow id=id />
                    </For>
                    <Show when=move || { rest.get() > 0 }>
                        <li class="jobs-more">
                            <Button
                                label=Signal::derive(move || w.jobs().more(rest.get()))
                                look=Look::Quiet
                                part="jobs-more"
                                on_press=move || most.update(|most| *most += PAGE)
                            />
                        </li>
                    </Show>
                </ul>
            </aside>
        </Show>
    }
}

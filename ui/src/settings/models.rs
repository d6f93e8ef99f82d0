//! Models: what is here, what can be fetched, adding a file.

use leptos::prelude::*;
use protocol::studio::calls::{AddModel, DownloadModel, GetModels, PickFiles, PickPurpose};
use protocol::studio::view::{JobKind, JobState, JobView, ModelView};

use crate::actions::use_actions;
use crate::format;
use crate::jobs::is_active;
use crate::state::told::Done;
use crate::state::{use_jobs, use_told};
use crate::widget::{Button, Icon, Progress, icons};
use crate::words::{labels, settings as settings_words, use_words};

/// The models.
#[component]
pub fn Models() -> impl IntoView {
    let (w, actions, jobs) = (use_words(), use_actions(), use_jobs());
    let models = RwSignal::new(None::<Vec<ModelView>>);
    let read = move || {
        actions.ask(GetModels {}, move |listed| {
            drop(models.try_set(Some(listed)));
        });
    };
    read();
    // What a download brought is here once its job is done.
    Effect::new(move || {
        let is_here = jobs.latest.with(|job| {
            job.as_ref().is_some_and(|job| {
                matches!(job.kind, JobKind::Download { .. }) && job.state == JobState::Done
            })
        });
        if is_here {
            read();
        }
    });
    let kinds = move || {
        let listed = models.get().unwrap_or_default();
        let mut kinds: Vec<String> = Vec::new();
        for model in &listed {
            if !kinds.contains(&model.kind) {
                kinds.push(model.kind.clone());
            }
        }
        kinds
            .into_iter()
            .map(|kind| {
                let rows: Vec<ModelView> = listed
                    .iter()
                    .filter(|model| model.kind == kind)
                    .cloned()
                    .collect();
                let title = match kind.as_str() {
                    "speech" => w.settings().speech(),
                    "embedding" => w.settings().embedding(),
                    _ => w.settings().other_kind(),
                };
                view! {
                    <section class="model-kind">
                        <h2>{title}</h2>
                        <ul class="model-list">
                            {rows
                                .into_iter()
                                .map(|model| view! { <Row model=model read=read /> })
                                .collect_view()}
                        </ul>
                    </section>
                }
            })
            .collect_view()
    };
    view! {
        <p class="muted settings-text">{move || w.settings().models_text()}</p>
        <Show when=move || models.with(Option::is_none)>
            <p class="muted">{move || w.settings().measuring()}</p>
        </Show>
        {kinds}
    }
}

#[component]
fn Row(model: ModelView, read: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let (w, actions, jobs, told) = (use_words(), use_actions(), use_jobs(), use_told());
    let id = StoredValue::new(model.id.clone());
    let is_here = model.path.is_some();
    let purpose = StoredValue::new(model.purpose);
    let facts = StoredValue::new((model.bytes, model.licence, model.host));
    let job = Memo::new(move |_| {
        jobs.all.with(|all| {
            let own = |job: &&JobView| match &job.kind {
                JobKind::Download { model } => id.with_value(|id| id == model) && is_active(job),
                _ => false,
            };
            all.iter().find(own).cloned()
        })
    });
    let going = move || {
        job.get().map(|job| {
            let language = w.language();
            let step = job
                .step
                .map(|step| labels::step(step, language))
                .unwrap_or_default();
            let percent = format::percent(job.fraction, language);
            let left = job.eta_secs.map(|secs| format::left(secs, language));
            [Some(step.to_owned()), Some(percent), left]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · ")
        })
    };
    let fraction = Signal::derive(move || job.with(|job| job.as_ref().map(|job| job.fraction)));
    let add = move || {
        actions.ask(
            PickFiles {
                purpose: PickPurpose::Model,
            },
            move |named| {
                actions.with_file(named, |path| {
                    let id = id.get_value();
                    let add = AddModel {
                        id: id.clone(),
                        path,
                    };
                    actions.ask(add, move |()| {
                        told.done(Done::ModelAdded(id));
                        read();
                    });
                });
            },
        );
    };
    let preferred = model.preferred;
    view! {
        <li class="model-row" data-part="model-row" data-model=model.id.clone()>
            <div class="model-words">
                <h3>{model.id.clone()}</h3>
                <p class="muted">
                    {move || purpose.with_value(|purpose| {
                        id.with_value(|id| settings_words::purpose(id, purpose, w.language()))
                    })}
                </p>
                <p class="muted">
                    {move || facts.with_value(|(bytes, licence, host)| {
                        let words = w.settings();
                        let size = format::bytes(*bytes, w.language());
                        let mut parts = vec![words.licence(licence), size];
                        if !is_here && !host.is_empty() {
                            parts.push(words.fetched_from(host));
                        }
                        if preferred {
                            parts.push(words.preferred());
                        }
                        parts.join(" · ")
                    })}
                </p>
            </div>
            <div class="model-buttons">
                {move || if is_here {
                    view! {
                        <span class="state-good">
                            <Icon icon=icons::LuCircleCheck />
                            {w.settings().present()}
                        </span>
                    }
                    .into_any()
                } else if let Some(words) = going() {
                    view! {
                        <div class="model-going">
                            <span class="muted time">{words}</span>
                            <Progress name=Signal::derive(move || id.get_value()) fraction=fraction />
                        </div>
                    }
                    .into_any()
                } else {
                    view! {
                        <Button
                            label=Signal::derive(move || w.settings().add_file())
                            part="model-add"
                            on_press=add
                        />
                        <Button
                            label=Signal::derive(move || {
                                let bytes = facts.with_value(|(bytes, _, _)| *bytes);
                                w.settings().download(&format::bytes(bytes, w.language()))
                            })
                            icon=icons::LuDownload
                            part="model-download"
                            on_press=move || {
                                actions.ask(DownloadModel { id: id.get_value() }, |_| {});
                            }
                        />
                    }
                    .into_any()
                }}
            </div>
        </li>
    }
}

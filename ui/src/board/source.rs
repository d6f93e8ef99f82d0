//! The sources of a project: what they are, how far they are, what reels should be about.

use leptos::prelude::*;
use protocol::studio::view::{JobKind, JobView, Presence, SourceView};
use timeline::ids::MediaId;

use super::imports::{ImportRows, Imports};
use crate::actions::use_actions;
use crate::jobs::{JobStanding, is_active};
use crate::state::{use_document, use_jobs};
use crate::widget::{Button, Icon, TextField, icons};
use crate::words::{reasons, use_words};
use crate::{format, ipc};

/// More sources than that are listed on request.
const FEW: usize = 4;

/// Returns the sources that are listed of many: those that are missing before the others.
fn few(all: &[SourceView]) -> Vec<MediaId> {
    let mut all: Vec<&SourceView> = all.iter().collect();
    all.sort_by_key(|own| own.presence == Presence::Present);
    all.into_iter().take(FEW).map(|own| own.media).collect()
}

/// Every source, then the imports under way.
#[component]
pub fn Sources() -> impl IntoView {
    let (w, document, jobs) = (use_words(), use_document(), use_jobs());
    let is_whole = RwSignal::new(false);
    let count = Memo::new(move |_| document.sources.with(Vec::len));
    let media = Memo::new(move |_| {
        let is_whole = is_whole.get();
        document.sources.with(|all| {
            if is_whole {
                all.iter().map(|own| own.media).collect()
            } else {
                few(all)
            }
        })
    });
    let imports = Memo::new(move |_| match document.open.get() {
        Some(project) => Imports::of(&jobs.of_project(project)),
        None => Imports::default(),
    });
    view! {
        <Show when=move || !media.with(Vec::is_empty) || !imports.with(Imports::is_empty)>
            <ul
                class="sources"
                data-whole=move || is_whole.get().then_some("")
                aria-label=move || w.board().sources()
            >
                <For each=move || media.get() key=|id| *id let(id)>
                    <Source id=id />
                </For>
                <Show when=move || { count.get() > FEW }>
                    <li class="source source--imports">
                        <Button
                            label=Signal::derive(move || {
                                if is_whole.get() {
                                    w.board().fewer_sources()
                                } else {
                                    w.board().every_source(count.get())
                                }
                            })
                            part="sources-toggle"
                            on_press=move || is_whole.update(|is_whole| *is_whole = !*is_whole)
                        />
                    </li>
                </Show>
                <ImportRows imports=imports />
            </ul>
        </Show>
    }
}

#[component]
fn Source(id: MediaId) -> impl IntoView {
    let (w, document, actions) = (use_words(), use_document(), use_actions());
    let jobs = use_jobs();
    let source = Memo::new(move |_| {
        document
            .sources
            .with(|all| all.iter().find(|own| own.media == id).cloned())
    });
    let read = move |read: fn(&SourceView) -> String| {
        source.with(|own| own.as_ref().map(read).unwrap_or_default())
    };
    let kept = Memo::new(move |_| read(|own| own.wish.clone()));
    let facts = move || {
        let length = document.project.with(|project| {
            project
                .media
                .get(&id)
                .map(|media| format::duration(media.duration))
        });
        let language = source.with(|own| own.as_ref().and_then(|own| own.language.clone()));
        [length, language]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ")
    };
    // Reels are made of pictures: sound alone waits in the library.
    let has_picture = Memo::new(move |_| {
        document.project.with(|project| {
            let own = project.media.get(&id);
            own.is_none_or(|media| media.video.is_some())
        })
    });
    let presence = Memo::new(move |_| source.with(|own| own.as_ref().map(|own| own.presence)));
    let suggesting = Memo::new(move |_| {
        jobs.all.with(|all| {
            let own = |job: &&JobView| match &job.kind {
                JobKind::Suggest { media, .. } => *media == id && is_active(job),
                _ => false,
            };
            all.iter().find(own).map(|job| job.id)
        })
    });
    let is_off = Signal::derive(move || {
        suggesting.get().is_some()
            || presence.get() != Some(Presence::Present)
            || !document.is_writable()
    });
    let notes = Memo::new(move |_| {
        source.with(|own| {
            own.as_ref()
                .map(|own| own.notes.clone())
                .unwrap_or_default()
        })
    });
    view! {
        <li class="source" data-part="source-row" data-media=id.0.to_string()>
            <div class="source-row">
                {move || source.with(|own| own.as_ref().and_then(|own| own.thumbnail.clone())).map(|address| view! {
                    <img class="source-picture" src=ipc::picture_url(&address) alt="" loading="lazy" />
                })}
                <span class="source-name text-ellipsis" data-tip=move || read(|own| own.name.clone())>
                    {move || read(|own| own.name.clone())}
                </span>
                <span class="muted time">{facts}</span>
                {move || match presence.get() {
                    Some(Presence::Present) => view! {
                        <span class="state-good">
                            <Icon icon=icons::LuCircleCheck />
                            {move || w.board().ready()}
                        </span>
                    }
                    .into_any(),
                    Some(absent) => view! {
                        <span class="state-warning">
                            <Icon icon=icons::LuTriangleAlert />
                            {move || match absent {
                                Presence::Changed => w.board().changed(),
                                Presence::Missing | Presence::Present => w.board().missing(),
                            }}
                        </span>
                        <Button
                            label=Signal::derive(move || w.frame().relink())
                            part="relink-button"
                            on_press=move || actions.relink(id)
                        />
                    }
                    .into_any(),
                    None => ().into_any(),
                }}
                <Show when=move || has_picture.get()>
                    <WishBox id=id kept=kept is_off=is_off />
                </Show>
            </div>
            {move || suggesting.get().map(|id| view! { <JobStanding id=id /> })}
            <Show when=move || notes.with(|notes| !notes.is_empty())>
                <ul class="source-notes">
                    {move || {
                        let language = w.language();
                        let said = notes.get().into_iter();
                        said.map(|note| view! {
                            <li class="muted">
                                <Icon icon=icons::LuInfo />
                                {reasons::reason(&note, language)}
                            </li>
                        })
                        .collect_view()
                    }}
                </ul>
            </Show>
        </li>
    }
}

/// What the reels of a source should be about.
#[component]
fn WishBox(
    /// The source.
    id: MediaId,
    /// What was wished for last.
    kept: Memo<String>,
    /// Whether nothing can be suggested now.
    is_off: Signal<bool>,
) -> impl IntoView {
    let (w, actions) = (use_words(), use_actions());
    let wish = RwSignal::new(String::new());
    // What was wished for last stands in the box until the user writes something else.
    Effect::new(move || wish.set(kept.get()));
    let suggest = move || actions.suggest(id, wish.with_untracked(|wish| wish.trim().to_owned()));
    view! {
        <div class="source-wish">
            <TextField
                label=Signal::derive(move || w.board().wish())
                value=wish
                labelled="hidden"
                part="wish-input"
                placeholder=Signal::derive(move || {
                    format!("{} – {}", w.board().wish(), w.board().wish_example())
                })
                on_enter=Callback::new(move |()| suggest())
            />
            <Button
                label=Signal::derive(move || w.board().suggest())
                icon=icons::LuSparkles
                part="suggest-button"
                tip=Signal::derive(move || w.board().suggest_help())
                disabled=is_off
                on_press=suggest
            />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_sources_the_missing_ones_are_listed() {
        let source = |id: u64| SourceView {
            media: MediaId(id),
            name: String::new(),
            presence: if id == 9 {
                Presence::Missing
            } else {
                Presence::Present
            },
            language: None,
            words: 0,
            thumbnail: None,
            filmstrip: None,
            waveform: None,
            wish: String::new(),
            notes: Vec::new(),
        };
        let all: Vec<SourceView> = (1..=20).map(source).collect();
        assert_eq!(few(&all), [9, 1, 2, 3].map(MediaId));
        assert_eq!(few(&all[..2]), [1, 2].map(MediaId));
    }
}

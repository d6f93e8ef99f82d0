//! What the board shows while there are no reels: what will be here, and the first action.

use leptos::prelude::*;
use protocol::studio::view::{JobKind, JobState};

use super::Shown;
use super::order::Filter;
use crate::command::{UiCommand, use_commands};
use crate::jobs::is_active;
use crate::state::{use_document, use_jobs};
use crate::widget::{Button, Icon, Look, icons};
use crate::words::use_words;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// There are reels.
    NotEmpty,
    /// No reel has the verdict that is asked for.
    Filtered,
    /// Jobs are at work.
    Busy,
    /// The last import failed.
    Failed,
    /// There is no source yet, or it gave no reel.
    New,
}

/// What stands in place of the cards.
#[component]
pub fn Empty(shown: Shown) -> impl IntoView {
    let (w, document, jobs, commands) = (use_words(), use_document(), use_jobs(), use_commands());
    let why = Memo::new(move |_| {
        if shown.reels.with(|reels| !reels.is_empty()) {
            return Why::NotEmpty;
        }
        if document.board.with(|board| !board.reels.is_empty()) {
            return Why::Filtered;
        }
        let Some(project) = document.open.get() else {
            return Why::New;
        };
        let own = jobs.of_project(project);
        let of_sources = || {
            own.iter()
                .filter(|job| matches!(job.kind, JobKind::Import { .. } | JobKind::Suggest { .. }))
        };
        if of_sources().any(is_active) {
            Why::Busy
        } else if of_sources().any(|job| matches!(job.state, JobState::Failed(_))) {
            Why::Failed
        } else {
            Why::New
        }
    });
    let import = move || {
        view! {
            <Button
                label=Signal::derive(move || w.home().import())
                look=Look::Primary
                part="empty-import-button"
                on_press=move || commands.run(UiCommand::Import)
            />
        }
    };
    move || {
        let words = w.board();
        match why.get() {
            Why::NotEmpty => None,
            Why::Filtered => Some(
                view! {
                    <div class="empty">
                        <p class="muted">{words.empty_filter()}</p>
                        <Button
                            label=Signal::derive(move || w.board().show_everything())
                            on_press=move || {
                                shown.filter.set(Filter::All);
                                shown.source.set(None);
                            }
                        />
                    </div>
                }
                .into_any(),
            ),
            Why::Busy => Some(
                view! {
                    <div class="empty">
                        <Icon icon=icons::LuSparkles />
                        <h2>{words.empty_busy_title()}</h2>
                        <p class="muted">{words.empty_busy_text()}</p>
                    </div>
                }
                .into_any(),
            ),
            Why::Failed => Some(
                view! {
                    <div class="empty">
                        <Icon icon=icons::LuTriangleAlert />
                        <h2>{words.empty_failed_title()}</h2>
                        {import()}
                    </div>
                }
                .into_any(),
            ),
            Why::New => Some(
                view! {
                    <div class="empty" data-drop="">
                        <Icon icon=icons::LuFileVideo />
                        <h2>{words.empty_title()}</h2>
                        <p class="muted">{words.empty_text()}</p>
                        {import()}
                    </div>
                }
                .into_any(),
            ),
        }
    }
}

//! A post in the list, and the dots that show on a reel's card where it was posted.

use leptos::prelude::*;
use posts::Answer;
use posts::outbox::State;
use protocol::studio::calls::{CancelPost, OpenPage, ResolvePost, RetryPost};
use protocol::studio::posting::{Page, PostAction, PostId, PostView};
use protocol::studio::settings::Language;
use protocol::studio::view::ProjectId;
use timeline::ids::SequenceId;

use crate::actions::use_actions;
use crate::frame::notices::ErrorDetails;
use crate::state::{Section, use_place, use_posting};
use crate::widget::{Button, Progress, icons};
use crate::words::posting::{Posting as Words, state as state_words};
use crate::words::{errors, use_words};
use crate::{dom, format};

/// Returns how a post stands, with when it was or will be.
fn standing(post: &PostView, language: Language) -> String {
    let words = Words(language);
    let when = |at: i64| {
        let now = dom::clock().0;
        format::moment(at, now, dom::offset_at(at), language)
    };
    match (post.state, post.next_at, post.due_at) {
        (State::Scheduled, _, Some(due)) => words.scheduled(&when(due)),
        (State::Publishing, Some(next), _) => words.again(&when(next)),
        (State::Publishing, None, _) if post.stored < 1.0 => {
            words.uploading(&format::percent(post.stored, language))
        }
        (State::Publishing, None, _) => state_words(State::Publishing, language).to_owned(),
        (state, ..) => format!(
            "{} · {}",
            state_words(state, language),
            when(post.changed_at)
        ),
    }
}

/// Returns the name of a state in the page.
const fn state_name(state: State) -> &'static str {
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

/// A post.
#[component]
pub(super) fn PostRow(id: PostId) -> impl IntoView {
    let (w, posting) = (use_words(), use_posting());
    let post = Memo::new(move |_| posting.post(id));
    let part = move |read: fn(&PostView) -> String| {
        move || post.with(|post| post.as_ref().map(read).unwrap_or_default())
    };
    let state = Memo::new(move |_| post.with(|post| post.as_ref().map(|post| post.state)));
    let fraction = Signal::derive(move || post.with(|post| post.as_ref().map(|post| post.stored)));
    let error = Memo::new(move |_| post.with(|post| post.as_ref()?.error.clone()));
    let told = move || {
        post.with(|post| {
            post.as_ref()
                .map(|post| standing(post, w.language()))
                .unwrap_or_default()
        })
    };
    view! {
        <li
            class="post-row"
            data-part="post-row"
            data-post=id.0.to_string()
            data-state=move || state.get().map(state_name)
        >
            <div class="post-words">
                <h3 class="text-ellipsis" data-tip=part(|post| post.title.clone())>{part(|post| post.title.clone())}</h3>
                <p class="muted text-ellipsis">
                    <span class="post-network">{part(|post| post.network.to_string())}</span>
                    " · "
                    {part(|post| post.account_name.clone())}
                </p>
                <p class="post-standing time" data-part="post-standing">{told}</p>
                <Show when=move || state.get() == Some(State::Publishing)>
                    <Progress name=Signal::derive(part(|post| post.title.clone())) fraction=fraction />
                </Show>
                {move || error.get().map(|error| {
                    let code = error.code;
                    let error = StoredValue::new(error);
                    view! {
                        <div class="post-error" data-part="post-error">
                            <p>
                                {move || errors::happened(code, w.language())}
                                " "
                                {move || errors::advice(code, w.language())}
                            </p>
                            <ErrorDetails error=error />
                        </div>
                    }
                })}
            </div>
            <Buttons id=id post=post />
        </li>
    }
}

/// What can be done about it.
#[component]
fn Buttons(id: PostId, post: Memo<Option<PostView>>) -> impl IntoView {
    let (w, actions, place) = (use_words(), use_actions(), use_place());
    let can = move |action: PostAction| {
        post.with(|post| post.as_ref().is_some_and(|post| post.can.contains(&action)))
    };
    let has_url = move || post.with(|post| post.as_ref().is_some_and(|post| post.url.is_some()));
    let is_cut_off = move || {
        post.with(|post| {
            let error = post.as_ref().and_then(|post| post.error.as_ref());
            error.is_some_and(|error| error.code.ends_consent())
        })
    };
    let resolve = move |is_there: Answer| {
        actions.ask(ResolvePost { post: id, is_there }, |()| {});
    };
    view! {
        <div class="post-buttons">
            <Show when=has_url>
                <Button
                    label=Signal::derive(move || w.posting().see_short())
                    icon=icons::LuExternalLink
                    part="post-see"
                    on_press=move || actions.ask(OpenPage { page: Page::Post(id) }, |()| {})
                />
            </Show>
            <Show when=move || can(PostAction::Resolve)>
                <Button
                    label=Signal::derive(move || w.posting().is_there())
                    part="post-is-there"
                    on_press=move || resolve(Answer::Yes)
                />
                <Button
                    label=Signal::derive(move || w.posting().is_not_there())
                    part="post-is-not-there"
                    on_press=move || resolve(Answer::No)
                />
            </Show>
            <Show when=is_cut_off>
                <Button
                    label=Signal::derive(move || w.posting().reconnect())
                    part="post-reconnect"
                    on_press=move || place.open_settings(Section::Accounts)
                />
            </Show>
            <Show when=move || can(PostAction::Retry)>
                <Button
                    label=Signal::derive(move || w.posting().retry())
                    icon=icons::LuRotateCcw
                    part="post-retry"
                    on_press=move || actions.ask(RetryPost { post: id }, |()| {})
                />
            </Show>
            <Show when=move || can(PostAction::Cancel)>
                <Button
                    label=Signal::derive(move || w.posting().cancel())
                    part="post-cancel"
                    on_press=move || actions.ask(CancelPost { post: id }, |()| {})
                />
            </Show>
        </div>
    }
}

/// Shows where a reel was posted: a dot per account, with its state in words.
pub fn dots(project: Option<ProjectId>, sequence: SequenceId) -> impl IntoView {
    let (w, posting) = (use_words(), use_posting());
    let posts = Memo::new(move |_| {
        let project = project?;
        Some(posting.of_reel(project, sequence))
    });
    move || {
        let posts = posts.get().filter(|posts| !posts.is_empty())?;
        let language = w.language();
        let dots = posts.into_iter().map(|post| {
            let words = format!(
                "{} · {} · {}",
                post.network,
                post.account_name,
                standing(&post, language)
            );
            view! {
                <li
                    class="post-dot"
                    data-part="post-dot"
                    data-state=state_name(post.state)
                    data-tip=words.clone()
                >
                    <span class="spoken">{words.clone()}</span>
                </li>
            }
        });
        Some(view! { <ul class="post-dots">{dots.collect_view()}</ul> })
    }
}

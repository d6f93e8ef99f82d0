//! The posts: what needs the user, what is under way, what is over.
//!
//! Map: [`row`] a post

mod row;

use leptos::prelude::*;
use posts::outbox::State;
use protocol::studio::calls::ResumePosting;
use protocol::studio::posting::{PostId, PostView};

use crate::actions::use_actions;
use crate::frame::notices::ErrorDetails;
use crate::state::{Section, View, use_document, use_place, use_posting};
use crate::widget::{Button, Icon, Look, icons};
use crate::words::{errors, use_words};
use row::PostRow;
pub use row::dots;

/// How many posts that are over are listed at once; more on request.
const PAGE: usize = 50;

/// Where a post is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    NeedsUser,
    UnderWay,
    Over,
}

impl Group {
    const ALL: [Self; 3] = [Self::NeedsUser, Self::UnderWay, Self::Over];

    fn of(post: &PostView) -> Self {
        match post.state {
            _ if post.needs_user() => Self::NeedsUser,
            State::Published | State::Cancelled => Self::Over,
            _ => Self::UnderWay,
        }
    }

    fn part(self) -> &'static str {
        match self {
            Self::NeedsUser => "posts-need-you",
            Self::UnderWay => "posts-under-way",
            Self::Over => "posts-over",
        }
    }
}

/// Returns the posts of a group in their order: those to come by their time, others the latest first.
fn listed(posts: &[PostView], group: Group) -> Vec<PostId> {
    let mut own: Vec<&PostView> = posts.iter().filter(|own| Group::of(own) == group).collect();
    match group {
        Group::UnderWay => own.sort_by_key(|post| (post.due_at, post.id)),
        Group::NeedsUser | Group::Over => {
            own.sort_by_key(|post| std::cmp::Reverse((post.changed_at, post.id)));
        }
    }
    own.iter().map(|post| post.id).collect()
}

/// The posts.
#[component]
pub fn PostsView() -> impl IntoView {
    let (w, posting, place) = (use_words(), use_posting(), use_place());
    let is_empty = Memo::new(move |_| posting.posts.with(Vec::is_empty));
    view! {
        <section class="posts" data-part="posts" aria-labelledby="posts-title">
            <header class="posts-head">
                <h1 id="posts-title">{move || w.posting().title()}</h1>
                <Button
                    label=Signal::derive(move || w.posting().accounts())
                    part="posts-accounts"
                    on_press=move || place.open_settings(Section::Accounts)
                />
            </header>
            <Trouble />
            <Show when=move || !is_empty.get() fallback=|| view! { <Empty /> }>
                {Group::ALL.map(|group| view! { <List group /> }).collect_view()}
            </Show>
        </section>
    }
}

/// Why nothing is posted now.
#[component]
fn Trouble() -> impl IntoView {
    let (w, posting, actions, place) = (use_words(), use_posting(), use_actions(), use_place());
    move || {
        posting.trouble.get().map(|error| {
            let code = error.code;
            let error = StoredValue::new(error);
            view! {
                <div class="posts-trouble" role="alert" data-part="posts-trouble">
                    <Icon icon=icons::LuTriangleAlert />
                    <div>
                        <h2>{move || w.posting().trouble_title()}</h2>
                        <p>{move || errors::happened(code, w.language())}" "{move || errors::advice(code, w.language())}</p>
                        <ErrorDetails error=error />
                    </div>
                    <Show when=move || posting.vault.with(Option::is_some)>
                        <Button
                            label=Signal::derive(move || w.posting().reconnect())
                            look=Look::Primary
                            part="posts-vault"
                            on_press=move || place.open_settings(Section::Accounts)
                        />
                    </Show>
                    <Button
                        label=Signal::derive(move || w.posting().resume())
                        part="posts-resume"
                        on_press=move || actions.ask(ResumePosting {}, |()| {})
                    />
                </div>
            }
        })
    }
}

#[component]
fn List(group: Group) -> impl IntoView {
    let (w, posting) = (use_words(), use_posting());
    let order = Memo::new(move |_| posting.posts.with(|posts| listed(posts, group)));
    let most = RwSignal::new(PAGE);
    let rest = Memo::new(move |_| order.with(Vec::len).saturating_sub(most.get()));
    let title = move || match group {
        Group::NeedsUser => w.posting().needs_you(),
        Group::UnderWay => w.posting().under_way(),
        Group::Over => w.posting().over(),
    };
    view! {
        <Show when=move || order.with(|order| !order.is_empty())>
            <section class="posts-group" data-part=group.part()>
                <h2>{title}" "<span class="muted time">{move || order.with(Vec::len)}</span></h2>
                <ul class="posts-list">
                    <For
                        each=move || order.with(|order| order.iter().copied().take(most.get()).collect::<Vec<_>>())
                        key=|id| *id
                        let:id
                    >
                        <PostRow id=id />
                    </For>
                </ul>
                <Show when=move || { rest.get() > 0 }>
                    <Button
                        label=Signal::derive(move || w.posting().more(rest.get()))
                        look=Look::Quiet
                        part="posts-more"
                        on_press=move || most.update(|most| *most += PAGE)
                    />
                </Show>
            </section>
        </Show>
    }
}

/// What will be here, and how it begins.
#[component]
fn Empty() -> impl IntoView {
    let (w, posting, place, actions) = (use_words(), use_posting(), use_place(), use_actions());
    let document = use_document();
    let has_accounts = move || posting.accounts.with(|accounts| !accounts.is_empty());
    let may_choose = move || has_accounts() && document.open.get().is_some();
    view! {
        <div class="empty" data-part="posts-empty">
            <Icon icon=icons::LuSend />
            <h2>{move || w.posting().empty_title()}</h2>
            <p class="muted">{move || w.posting().empty_text()}</p>
            <Show
                when=may_choose
                fallback=move || view! {
                    <Show when=move || !has_accounts()>
                        <Button
                            label=Signal::derive(move || w.posting().go_to_accounts())
                            look=Look::Primary
                            part="posts-connect"
                            on_press=move || place.open_settings(Section::Accounts)
                        />
                    </Show>
                }
            >
                <Button
                    label=Signal::derive(move || w.posting().go_to_reels())
                    look=Look::Primary
                    on_press=move || actions.go_to(View::Board)
                />
            </Show>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(id: i64, state: State, due: i64, changed: i64) -> PostView {
        PostView {
            due_at: Some(due),
            changed_at: changed,
            ..PostView::sample(id, state)
        }
    }

    #[test]
    fn what_comes_next_is_first_and_what_ended_last_is_first() {
        let posts = [
            post(1, State::Scheduled, 300, 0),
            post(2, State::Publishing, 100, 0),
            post(3, State::Published, 0, 10),
            post(4, State::Cancelled, 0, 20),
            post(5, State::Uncertain, 0, 5),
            post(6, State::Failed, 0, 6),
        ];
        let ids = |group| -> Vec<i64> {
            let listed = listed(&posts, group);
            listed.iter().map(|id| id.0).collect()
        };
        assert_eq!(ids(Group::NeedsUser), [6, 5]);
        assert_eq!(ids(Group::UnderWay), [2, 1]);
        assert_eq!(ids(Group::Over), [4, 3]);
    }
}

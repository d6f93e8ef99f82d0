//! The dialog that posts a reel.
//!
//! Map: [`compose`] what is posted to whom, without the page · [`creators`] what TikTok says of
//! accounts · [`cover`] the picture that stands for it · [`questions`] what networks ask · [`when`] now
//! or later · [`remedies`] what can be done about what networks would say

mod compose;
mod cover;
mod creators;
mod questions;
mod remedies;
mod when;

use leptos::html;
use leptos::prelude::*;
use posts::price::Price;
use posts::{Network, Problem, Severity, Video};
use protocol::studio::calls::PublishReel;
use protocol::studio::posting::AccountStanding;
use timeline::ids::SequenceId;

use crate::actions::use_actions;
use crate::format;
use crate::state::told::Done;
use crate::state::{Section, use_document, use_place, use_posting, use_told};
use crate::widget::dialog::DialogButtons;
use crate::widget::{Button, Dialog, Icon, Look, TextField, icons};
use crate::words::{problems, use_words};
use compose::Composed;
use cover::Cover;
use creators::{Creators, ask_creators};
use questions::Questions;
use remedies::{OwnExports, RemedyButton, remedy};
use when::{When, WhenFields};

/// Asks what is posted to whom.
#[component]
pub fn PublishDialog(
    /// The reel.
    reel: SequenceId,
) -> impl IntoView {
    let (w, place, posting) = (use_words(), use_place(), use_posting());
    let document = use_document();
    let sequence = document
        .project
        .with_untracked(|project| project.sequences.get(&reel).cloned());
    let name = sequence
        .as_ref()
        .map(|sequence| sequence.name.clone())
        .unwrap_or_default();
    let close = move || place.modal.set(None);
    let title = {
        let name = name.clone();
        Signal::derive(move || w.posting().publish_title(&name))
    };
    let has_accounts = Memo::new(move |_| {
        posting
            .accounts
            .with(|accounts| accounts.iter().any(|account| account.can_post))
    });
    let video = StoredValue::new(sequence.as_deref().map(compose::video));
    let name = StoredValue::new(name);
    view! {
        <Dialog title=title on_close=close part="publish-dialog" size="medium">
            <Show
                when=move || has_accounts.get() && video.with_value(Option::is_some)
                fallback=move || view! { <NoAccounts /> }
            >
                {move || video.get_value().map(|video| {
                    view! { <Form reel=reel name=name.get_value() video=video /> }
                })}
            </Show>
        </Dialog>
    }
}

#[component]
fn NoAccounts() -> impl IntoView {
    let (w, place) = (use_words(), use_place());
    view! {
        <p>{move || w.posting().no_accounts()}</p>
        <DialogButtons>
            <Button
                label=Signal::derive(move || w.posting().go_to_accounts())
                look=Look::Primary
                part="publish-connect"
                on_press=move || {
                    place.modal.set(None);
                    place.open_settings(Section::Accounts);
                }
            />
        </DialogButtons>
    }
}

/// What the parts of the form share.
#[derive(Clone, Copy)]
struct Writing {
    composed: RwSignal<Composed>,
    networks: Memo<Vec<Network>>,
    video: StoredValue<Video>,
    reel: SequenceId,
}

impl Writing {
    fn change(self, change: impl FnOnce(&mut Composed)) {
        self.composed.update(change);
    }
}

#[component]
fn Form(reel: SequenceId, name: String, video: Video) -> impl IntoView {
    let (w, place, posting, told) = (use_words(), use_place(), use_posting(), use_told());
    let (document, actions) = (use_document(), use_actions());
    let first = posting
        .accounts
        .with_untracked(|accounts| Composed::of(&name, accounts));
    let composed = RwSignal::new(first);
    let networks = Memo::new(move |_| {
        composed.with(|composed| posting.accounts.with(|all| composed.networks(all)))
    });
    let writing = Writing {
        composed,
        networks,
        video: StoredValue::new(video),
        reel,
    };
    ask_creators(writing);
    let when = When::new();
    let title = RwSignal::new(name.clone());
    let caption = RwSignal::new(String::new());
    Effect::new(move || {
        let (title, caption) = (title.get(), caption.get());
        writing.change(|composed| {
            composed.title = title;
            composed.caption = caption;
        });
    });
    let is_wrong = Signal::derive(move || {
        let networks = networks.get();
        let is_refused = writing
            .video
            .with_value(|video| composed.with(|composed| composed.is_refused(&networks, video)));
        networks.is_empty() || is_refused || when.is_wrong()
    });
    let count = move || composed.with(|composed| composed.chosen.len());
    let name = StoredValue::new(name);
    let submit = move || {
        let Some(project) = document.id().filter(|_| !is_wrong.get_untracked()) else {
            return;
        };
        let drafts = posting
            .accounts
            .with_untracked(|all| composed.with_untracked(|composed| composed.drafts(all)));
        let at = when.at();
        // What belongs to the dialog is gone with it, before the answer comes.
        let name = name.get_value();
        place.modal.set(None);
        let call = PublishReel {
            project,
            sequence: reel,
            drafts,
            at,
        };
        actions.ask(call, move |_job| {
            told.done(match at {
                Some(_) => Done::PostScheduled(name),
                None => Done::PostBegun(name),
            });
        });
    };
    view! {
        <div class="publish-form">
            <To writing />
            <Creators writing />
            <Show when=move || networks.with(|networks| networks.iter().any(|own| compose::has_title(*own)))>
                <TextField
                    label=Signal::derive(move || w.posting().post_title())
                    value=title
                    part="publish-title"
                />
            </Show>
            <Caption value=caption writing />
            <Cover writing reel />
            <Questions writing />
            <WhenFields when />
            <Findings writing title caption />
        </div>
        <DialogButtons>
            <Button
                label=Signal::derive(move || w.frame().cancel())
                on_press=move || place.modal.set(None)
            />
            <Button
                label=Signal::derive(move || {
                    let words = w.posting();
                    if when.is_later() { words.submit_later(count()) } else { words.submit(count()) }
                })
                icon=icons::LuSend
                look=Look::Primary
                part="publish-submit"
                disabled=is_wrong
                on_press=submit
            />
        </DialogButtons>
    }
}

/// The accounts, to tick.
#[component]
fn To(writing: Writing) -> impl IntoView {
    let (w, posting) = (use_words(), use_posting());
    let rows = move || {
        let accounts = posting.accounts.get();
        accounts
            .into_iter()
            .map(|account| {
                let id = account.id;
                let is_off = !account.can_post;
                // What is not granted is told by the accounts themselves, with how to mend it.
                let why = match account.standing {
                    AccountStanding::Expired => w.posting().expired(),
                    AccountStanding::Connected => w.posting().not_for_posts(),
                };
                let is_chosen = move || {
                    writing
                        .composed
                        .with(|composed| composed.chosen.contains(&id))
                };
                view! {
                    <label class="check publish-account">
                        <input
                            type="checkbox"
                            data-part="publish-account"
                            data-account=id.0.to_string()
                            disabled=is_off
                            prop:checked=is_chosen
                            on:change=move |event| {
                                let is_set = event_target_checked(&event);
                                writing.change(|composed| {
                                    if is_set {
                                        composed.chosen.insert(id);
                                    } else {
                                        composed.chosen.remove(&id);
                                    }
                                });
                            }
                        />
                        <span class="publish-network">{account.network.to_string()}</span>
                        <span class="text-ellipsis">{account.name}</span>
                        {is_off.then(|| view! { <span class="state-bad">{why}</span> })}
                    </label>
                }
            })
            .collect_view()
    };
    view! {
        <fieldset class="publish-to">
            <legend class="form-label">{move || w.posting().to()}</legend>
            {rows}
        </fieldset>
    }
}

/// The text below the video.
#[component]
fn Caption(value: RwSignal<String>, writing: Writing) -> impl IntoView {
    let w = use_words();
    let counted = move || {
        let networks = writing.networks.get();
        let (network, count, longest) = writing
            .composed
            .with(|composed| composed.caption_length(&networks))?;
        let language = w.language();
        let most = problems::length_of(longest.length, longest.unit, language);
        Some(
            w.posting()
                .counted(network, &format::number(count, language), &most),
        )
    };
    let field = NodeRef::<html::Textarea>::new();
    view! {
        <label class="form-field" data-labelled="above">
            <span class="form-label">{move || w.posting().caption()}</span>
            <textarea
                node_ref=field
                class="form-input form-area"
                data-part="publish-caption"
                rows="4"
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            ></textarea>
            <span class="muted publish-count">
                <span>{move || w.posting().caption_help()}</span>
                <span class="time" data-part="publish-count">{counted}</span>
            </span>
        </label>
    }
}

/// What networks would say, what it costs, and what can be done about it.
#[component]
fn Findings(writing: Writing, title: RwSignal<String>, caption: RwSignal<String>) -> impl IntoView {
    let problems = Memo::new(move |_| {
        let networks = writing.networks.get();
        writing.video.with_value(|video| {
            writing.composed.with(|composed| {
                let all = networks
                    .iter()
                    .flat_map(|network| composed.problems(*network, video));
                all.collect::<Vec<_>>()
            })
        })
    });
    let price = Memo::new(move |_| {
        let networks = writing.networks.get();
        writing.composed.with(|composed| composed.price(&networks))
    });
    view! {
        <ul class="publish-findings" aria-live="polite">
            {move || problems.get().into_iter().map(|problem| {
                view! { <Finding problem writing title caption /> }
            }).collect_view()}
            <OwnExports writing />
            {move || price.get().map(|price| view! { <Cost price caption /> })}
        </ul>
    }
}

#[component]
fn Finding(
    problem: Problem,
    writing: Writing,
    title: RwSignal<String>,
    caption: RwSignal<String>,
) -> impl IntoView {
    let w = use_words();
    let tone = match problem.severity {
        Severity::Refuses => "danger",
        Severity::Warns => "warning",
    };
    let network = problem.network;
    let is_confirmed = problem.status.is_confirmed();
    let deed = remedy(&problem, writing);
    let said = StoredValue::new(problem);
    view! {
        <li class="publish-finding" data-part="publish-finding" data-tone=tone>
            <Icon icon=if tone == "danger" { icons::LuCircleAlert } else { icons::LuTriangleAlert } />
            <span>
                <strong>{network.to_string()}</strong>
                " "
                {move || said.with_value(|problem| problems::problem(problem, w.language()))}
                {move || (!is_confirmed).then(|| format!(" {}", w.posting().unconfirmed()))}
            </span>
            <RemedyButton network deed writing title caption />
        </li>
    }
}

#[component]
fn Cost(price: Price, caption: RwSignal<String>) -> impl IntoView {
    let w = use_words();
    let has_address = price.addresses > 0;
    let words = move || {
        let dollars = price.total() as f64 / 1e6;
        let amount = format::field(dollars, 3, w.language());
        let shown = format!("{}\u{a0}USD", amount.trim_end_matches('0'));
        let words = w.posting();
        if has_address {
            words.price_address(&shown)
        } else {
            words.price(&shown)
        }
    };
    view! {
        <li class="publish-finding" data-part="publish-price" data-tone=if has_address { "warning" } else { "plain" }>
            <Icon icon=icons::LuInfo />
            <span>{words}</span>
            {has_address.then(|| view! {
                <Button
                    label=Signal::derive(move || w.posting().without_address())
                    part="publish-without-address"
                    on_press=move || caption.update(|text| *text = compose::without_addresses(text))
                />
            })}
        </li>
    }
}

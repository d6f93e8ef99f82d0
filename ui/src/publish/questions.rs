//! What networks ask beside the texts: who may see it, what is in it, what viewers may do.

use leptos::prelude::*;
use posts::{Answer, Network, Privacy};
use protocol::studio::posting::Interaction;

use super::Writing;
use super::compose;
use crate::widget::Choice;
use crate::words::{posting as posting_words, use_words};

/// What networks ask beside the texts.
#[component]
pub(super) fn Questions(writing: Writing) -> impl IntoView {
    let w = use_words();
    let privacies = move || {
        let networks = writing.networks.get().into_iter();
        networks
            .filter(|network| {
                posts::limits::Limits::of(*network)
                    .privacy
                    .choices
                    .value
                    .len()
                    > 1
            })
            .map(|network| view! { <Who writing network /> })
            .collect_view()
    };
    let kids = move || compose::asks_for_children(&writing.networks.get());
    let on_tiktok = move || writing.networks.with(|own| own.contains(&Network::TikTok));
    let discloses = move || writing.networks.with(|own| compose::asks_who_pays(own));
    view! {
        <div class="publish-questions">
            {privacies}
            <Show when=kids>
                <Question
                    label=Signal::derive(move || w.posting().made_for_kids())
                    part="publish-kids"
                    value=Signal::derive(move || writing.composed.with(|own| own.made_for_kids))
                    on_choose=move |answer| writing.change(|own| own.made_for_kids = answer)
                />
            </Show>
            <Question
                label=Signal::derive(move || w.posting().synthetic())
                part="publish-synthetic"
                value=Signal::derive(move || writing.composed.with(|own| own.synthetic))
                on_choose=move |answer| writing.change(|own| own.synthetic = answer)
            />
            <Show when=discloses>
                <Question
                    label=Signal::derive(move || w.posting().paid_partnership())
                    part="publish-paid"
                    value=Signal::derive(move || writing.composed.with(|own| own.paid_partnership))
                    on_choose=move |answer| writing.change(|own| own.paid_partnership = answer)
                />
            </Show>
            <Show when=on_tiktok>
                <Question
                    label=Signal::derive(move || w.posting().own_brand())
                    part="publish-own-brand"
                    value=Signal::derive(move || writing.composed.with(|own| own.own_brand))
                    on_choose=move |answer| writing.change(|own| own.own_brand = answer)
                />
            </Show>
        </div>
        <Show when=on_tiktok>
            <Viewers writing />
        </Show>
    }
}

/// What viewers may do on TikTok, to tick.
#[component]
fn Viewers(writing: Writing) -> impl IntoView {
    let w = use_words();
    let rows = Interaction::ALL.map(|interaction| {
        let is_on = move || {
            writing
                .composed
                .with(|own| own.allowed.contains(&interaction))
        };
        let is_off = move || writing.composed.with(|own| own.is_off(interaction));
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    data-part="publish-viewers"
                    value=interaction.option()
                    disabled=is_off
                    prop:checked=is_on
                    on:change=move |event| {
                        let is_set = event_target_checked(&event);
                        writing.change(|own| {
                            if is_set {
                                own.allowed.insert(interaction);
                            } else {
                                own.allowed.remove(&interaction);
                            }
                        });
                    }
                />
                <span>
                    {move || posting_words::interaction(interaction, w.language())}
                    {move || is_off().then(|| format!(" {}", w.posting().switched_off()))}
                </span>
            </label>
        }
    });
    view! {
        <fieldset class="publish-to">
            <legend class="form-label">{move || w.posting().viewers()}</legend>
            <div class="publish-viewers">{rows.collect_view()}</div>
        </fieldset>
    }
}

/// Who may see it on one network.
#[component]
fn Who(writing: Writing, network: Network) -> impl IntoView {
    let w = use_words();
    let all = Memo::new(move |_| writing.composed.with(|own| own.choices(network)));
    let choices = Signal::derive(move || {
        let ask = (String::new(), w.posting().choose());
        let all = all.get();
        let named = all.iter().map(|choice| {
            let words = posting_words::privacy(*choice, w.language());
            (privacy_id(*choice).to_owned(), words.to_owned())
        });
        std::iter::once(ask).chain(named).collect::<Vec<_>>()
    });
    let value = Signal::derive(move || {
        let chosen = writing
            .composed
            .with(|own| own.privacy.get(&network).copied());
        chosen.map(privacy_id).unwrap_or_default().to_owned()
    });
    view! {
        <Choice
            label=Signal::derive(move || w.posting().privacy(network))
            choices=choices
            value=value
            network=network.id()
            part="publish-privacy"
            on_choose=move |chosen| {
                let all = all.get_untracked();
                let found = all.into_iter().find(|choice| privacy_id(*choice) == chosen);
                writing.change(|own| match found {
                    Some(privacy) => { own.privacy.insert(network, privacy); }
                    None => { own.privacy.remove(&network); }
                });
            }
        />
    }
}

/// A question that is answered by yes or no, or not yet.
#[component]
fn Question(
    #[prop(into)] label: Signal<String>,
    part: &'static str,
    #[prop(into)] value: Signal<Option<Answer>>,
    on_choose: impl Fn(Option<Answer>) + 'static,
) -> impl IntoView {
    let w = use_words();
    let choices = Signal::derive(move || {
        let words = w.posting();
        vec![
            (String::new(), words.choose()),
            ("no".to_owned(), words.no()),
            ("yes".to_owned(), words.yes()),
        ]
    });
    let shown = Signal::derive(move || match value.get() {
        Some(Answer::Yes) => "yes".to_owned(),
        Some(Answer::No) => "no".to_owned(),
        None => String::new(),
    });
    view! {
        <Choice
            label=label
            choices=choices
            value=shown
            part=part
            on_choose=move |chosen| on_choose(match chosen.as_str() {
                "yes" => Some(Answer::Yes),
                "no" => Some(Answer::No),
                _ => None,
            })
        />
    }
}

/// Returns the name of a choice in the page.
const fn privacy_id(privacy: Privacy) -> &'static str {
    match privacy {
        Privacy::Public => "public",
        Privacy::Unlisted => "unlisted",
        Privacy::Followers => "followers",
        Privacy::Friends => "friends",
        Privacy::Connections => "connections",
        Privacy::Private => "private",
    }
}

//! The words that are selected in the transcript: cut, bring back, emphasise, leave out of captions.

use leptos::prelude::*;
use timeline::edit::{Edit, Label, SetWordsEmphasis, SetWordsHidden};
use timeline::ids::{MediaId, SequenceId};

use footage::words::WordId;

use crate::editor::desk::{Desk, use_desk};
use crate::timeline::actions::together;
use crate::transcript::lines::Item;
use crate::transcript::view::{cut_selected, restore_selected};
use crate::words::use_words;

fn captioned(
    desk: Desk,
    label: Label,
    make: impl Fn(SequenceId, MediaId, Vec<WordId>) -> Edit,
) -> Option<Edit> {
    let run = desk.words.get_untracked()?;
    let sequence = desk.now()?;
    let words = desk.text.with_untracked(|text| text.words_of(run));
    let edits = words
        .into_iter()
        .filter(|(media, _)| sequence.captions.contains_key(media))
        .map(|(media, words)| make(sequence.id, media, words));
    together(edits.collect(), label)
}

/// The section.
#[component]
pub(super) fn WordsSection(is_off: Signal<bool>) -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let selected = Memo::new(move |_| {
        let run = desk.words.get();
        run.map(|run| desk.text.with(|text| text.run(run).to_vec()))
            .unwrap_or_default()
    });
    let any =
        move |of: fn(&Item) -> bool| Memo::new(move |_| selected.with(|all| all.iter().any(of)));
    let all = move |of: fn(&Item) -> bool| {
        Memo::new(move |_| selected.with(|all| !all.is_empty() && all.iter().all(of)))
    };
    let plays = any(|item| item.range().is_some());
    let is_struck = any(|item| item.range().is_none());
    let is_emphasised = all(|item| item.is_emphasised);
    let is_hidden = all(|item| item.is_hidden);
    let text = move || {
        selected.with(|all| {
            let words = all.iter().take(12).map(|item| item.text.as_str());
            let line = footage::words::joined(words);
            if all.len() > 12 {
                format!("{line} …")
            } else {
                line
            }
        })
    };
    let emphasise = move |_| {
        let emphasis = !is_emphasised.get_untracked();
        let label = if emphasis {
            Label::EmphasiseWords
        } else {
            Label::PlainWords
        };
        desk.commit(captioned(desk, label, |sequence, media, words| {
            SetWordsEmphasis {
                sequence,
                media,
                words,
                emphasis,
            }
            .into()
        }));
    };
    let hide = move |_| {
        let hidden = !is_hidden.get_untracked();
        let label = if hidden {
            Label::HideWords
        } else {
            Label::ShowWords
        };
        desk.commit(captioned(desk, label, |sequence, media, words| {
            SetWordsHidden {
                sequence,
                media,
                words,
                hidden,
            }
            .into()
        }));
    };
    view! {
        <section class="inspector-section" data-part="words-section" aria-label=move || w.editor().words_selected()>
            <h3 class="inspector-title">{move || w.editor().words_selected()}</h3>
            <p class="inspector-quote">{text}</p>
            <div class="inspector-row">
                <Show when=move || plays.get()>
                    <button type="button" class="small-button" data-part="words-cut" disabled=move || is_off.get()
                        on:click=move |_| { cut_selected(desk); }>
                        {move || w.editor().cut_words()}
                    </button>
                </Show>
                <Show when=move || is_struck.get()>
                    <button type="button" class="small-button" data-part="words-restore" disabled=move || is_off.get()
                        on:click=move |_| restore_selected(desk)>
                        {move || w.editor().restore_words()}
                    </button>
                </Show>
                <button type="button" class="small-button" data-part="words-emphasis" disabled=move || is_off.get()
                    aria-pressed=move || is_emphasised.get().to_string() on:click=emphasise>
                    {move || w.editor().emphasise()}
                </button>
                <button type="button" class="small-button" data-part="words-hide" disabled=move || is_off.get()
                    aria-pressed=move || is_hidden.get().to_string() on:click=hide>
                    {move || w.editor().hide_words()}
                </button>
            </div>
        </section>
    }
}

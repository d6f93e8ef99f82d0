//! What is selected, in figures: clip, crop, sound, words; and the look of the captions.
//!
//! Pure: `crop` boxes by place and zoom. Views: `clip` · `framing` · `captions` · `words` · `fields`.

mod captions;
mod clip;
mod crop;
mod fields;
mod framing;
mod words;

use leptos::prelude::*;

use crate::command::UiCommand;
use crate::editor::desk::use_desk;
use crate::editor::panels::Head;
use crate::words::use_words;

/// The inspector.
#[component]
pub(crate) fn Inspector() -> impl IntoView {
    let desk = use_desk();
    let w = use_words();
    let clip = desk.inspected();
    let is_off = Signal::derive(move || !desk.document.is_writable());
    let has_clip = Memo::new(move |_| clip.with(Option::is_some));
    let has_words = Memo::new(move |_| desk.words.with(Option::is_some));
    view! {
        <section class="panel inspector" data-part="inspector" aria-label=move || w.editor().inspector()>
            <Head fold=UiCommand::ToggleInspector>
                <h2 class="panel-heading">{move || w.editor().inspector()}</h2>
            </Head>
            <div class="inspector-body">
            <Show when=move || has_words.get()>
                <words::WordsSection is_off />
            </Show>
            <Show
                when=move || has_clip.get()
                fallback=move || view! {
                    <Show when=move || !has_words.get()>
                        <p class="panel-empty">{move || w.editor().nothing_selected()}</p>
                    </Show>
                }
            >
                <clip::ClipSection clip is_off />
                <framing::FramingSection clip is_off />
            </Show>
            <captions::CaptionsSection is_off />
            </div>
        </section>
    }
}

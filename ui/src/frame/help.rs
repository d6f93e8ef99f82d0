//! The sheet of shortcuts.

use leptos::prelude::*;

use super::matching;
use crate::command::{Context, UiCommand};
use crate::state::{Section, use_place, use_prefs};
use crate::widget::{Button, Dialog, TextField};
use crate::words::{commands as command_words, use_words};

/// Every command with its keys.
#[component]
pub fn HelpSheet() -> impl IntoView {
    let (w, prefs, place) = (use_words(), use_prefs(), use_place());
    let query = RwSignal::new(String::new());
    let close = move || place.modal.set(None);
    let group = move |context: Context| {
        let language = w.language();
        let rows = UiCommand::ALL
            .iter()
            .copied()
            .filter(|command| command.context() == context)
            .filter(|command| {
                let label = command_words::command(*command, language);
                query.with(|query| matching::fit(query, label).is_some())
            })
            .map(|command| {
                let keys = prefs.settings.with(|settings| command.keys(settings));
                let label = command_words::command(command, language).trim_end_matches('…');
                view! {
                    <div class="help-row">
                        <dt>{label}</dt>
                        <dd>
                            {if keys.is_empty() {
                                view! { <span class="muted">"–"</span> }.into_any()
                            } else {
                                keys.into_iter()
                                    .map(|chord| view! { <kbd>{chord.shown(language)}</kbd> })
                                    .collect_view()
                                    .into_any()
                            }}
                        </dd>
                    </div>
                }
            })
            .collect::<Vec<_>>();
        (!rows.is_empty()).then(|| {
            view! {
                <section class="help-group">
                    <h3>{command_words::context(context, language)}</h3>
                    <dl>{rows}</dl>
                </section>
            }
        })
    };
    view! {
        <Dialog
            title=Signal::derive(move || w.frame().help())
            on_close=close
            part="help"
            size="large"
        >
            <div class="help-head">
                <TextField
                    label=Signal::derive(move || w.frame().help_filter())
                    value=query
                    labelled="hidden"
                    placeholder=Signal::derive(move || w.frame().help_filter())
                    kind="search"
                    focus=()
                />
                <Button
                    label=Signal::derive(move || w.frame().help_change())
                    on_press=move || {
                        close();
                        place.open_settings(Section::Shortcuts);
                    }
                />
            </div>
            <div class="help-groups">
                {move || group(Context::Editor)}
                <div>
                    {move || group(Context::Global)}
                    {move || group(Context::Board)}
                </div>
            </div>
        </Dialog>
    }
}

//! Language, theme, where exports go.

use leptos::prelude::*;
use protocol::studio::settings::{ExportFormat, ExportOrder, Language, Theme};

use crate::actions::use_actions;
use crate::state::{use_library, use_prefs};
use crate::widget::{Button, Choice, icons};
use crate::words::use_words;

/// Language, theme, where exports go.
#[component]
pub fn General() -> impl IntoView {
    let (w, prefs, library, actions) = (use_words(), use_prefs(), use_library(), use_actions());
    let languages = Signal::derive(move || {
        vec![
            ("system".to_owned(), w.settings().language_system()),
            ("fr".to_owned(), "Français".to_owned()),
            ("en".to_owned(), "English".to_owned()),
        ]
    });
    let language = Signal::derive(move || {
        let code = match prefs.settings.with(|settings| settings.language) {
            None => "system",
            Some(Language::French) => "fr",
            Some(Language::English) => "en",
        };
        code.to_owned()
    });
    let themes = Signal::derive(move || {
        vec![
            ("dark".to_owned(), w.settings().theme_dark()),
            ("light".to_owned(), w.settings().theme_light()),
            ("system".to_owned(), w.settings().theme_system()),
        ]
    });
    let theme = Signal::derive(move || {
        let name = match prefs.settings.with(|settings| settings.theme) {
            Theme::Dark => "dark",
            Theme::Light => "light",
            Theme::System => "system",
        };
        name.to_owned()
    });
    let folder = Signal::derive(move || {
        let chosen = prefs
            .settings
            .with(|own| own.export.as_ref().map(|own| own.folder.clone()));
        chosen.unwrap_or_else(|| library.export_folder.get())
    });
    view! {
        <div class="settings-rows">
            <Choice
                label=Signal::derive(move || w.settings().language())
                choices=languages
                value=language
                part="language-select"
                on_choose=move |code| prefs.change(|settings| {
                    settings.language = match code.as_str() {
                        "fr" => Some(Language::French),
                        "en" => Some(Language::English),
                        _ => None,
                    };
                })
            />
            <Choice
                label=Signal::derive(move || w.settings().theme())
                choices=themes
                value=theme
                part="theme-select"
                on_choose=move |name| prefs.change(|settings| {
                    settings.theme = match name.as_str() {
                        "light" => Theme::Light,
                        "system" => Theme::System,
                        _ => Theme::Dark,
                    };
                })
            />
            <div class="settings-row">
                <div class="settings-words">
                    <span class="muted">{move || w.settings().export_folder()}</span>
                    <span class="text-ellipsis selectable">{move || folder.get()}</span>
                </div>
                <Button
                    label=Signal::derive(move || w.export().choose_folder())
                    icon=icons::LuFolderOpen
                    part="settings-folder"
                    on_press=move || {
                        let from = Some(folder.get_untracked());
                        actions.pick_folder(from, move |picked| prefs.change(|settings| {
                            let order = settings.export.get_or_insert_with(|| ExportOrder {
                                folder: String::new(),
                                template: ExportOrder::TEMPLATE.to_owned(),
                                format: ExportFormat::default(),
                                caption_files: false,
                                cover: false,
                            });
                            order.folder = picked;
                        }));
                    }
                />
            </div>
        </div>
    }
}

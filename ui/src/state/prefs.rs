//! What the user chose: language, theme, shortcuts, sizes.

use leptos::prelude::*;
use protocol::studio::calls::SaveSettings;
use protocol::studio::event::State;
use protocol::studio::settings::{Language, Settings, Theme};

use super::Told;
use crate::{dom, ipc, task};

/// The settings, with what follows from them.
#[derive(Debug, Clone, Copy)]
pub struct Prefs {
    /// All of them; change them with [`Prefs::change`].
    pub settings: RwSignal<Settings>,
    /// The language of the window.
    pub language: Memo<Language>,
    /// Dark or light, never [`Theme::System`].
    pub theme: Memo<Theme>,
    system_language: RwSignal<Option<String>>,
    told: Told,
}

/// Returns the settings.
pub fn use_prefs() -> Prefs {
    super::taken()
}

impl Prefs {
    /// Returns settings before anything is heard.
    pub(super) fn new(told: Told) -> Self {
        let settings = RwSignal::new(Settings::default());
        let system_language = RwSignal::new(None::<String>);
        let language = Memo::new(move |_| {
            let chosen = settings.with(|settings| settings.language);
            chosen.unwrap_or_else(|| {
                system_language.with(|code| Language::of_system(code.as_deref()))
            })
        });
        let system_is_light = dom::system_is_light();
        let theme = Memo::new(move |_| match settings.with(|settings| settings.theme) {
            Theme::System if system_is_light.get() => Theme::Light,
            Theme::System | Theme::Dark => Theme::Dark,
            Theme::Light => Theme::Light,
        });
        Self {
            settings,
            language,
            theme,
            system_language,
            told,
        }
    }

    pub(super) fn begin(&self, state: &State) {
        self.system_language.set(state.system_language.clone());
        self.settings.set(state.settings.clone());
    }

    pub(super) fn heard(&self, settings: Settings) {
        if self.settings.with_untracked(|own| *own != settings) {
            self.settings.set(settings);
        }
    }

    /// Changes settings at once, and keeps them.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) {
        let told = self.told;
        self.settings.update(change);
        let settings = self.settings.get_untracked();
        task::spawn(async move {
            if let Err(error) = ipc::call(SaveSettings { settings }).await {
                told.failed(&error);
            }
        });
    }

    /// Returns a panel's size in pixels, tracked; `otherwise` when the user has not set it.
    pub fn panel(&self, name: &str, otherwise: f64) -> f64 {
        self.settings
            .with(|settings| settings.panels.get(name).copied().unwrap_or(otherwise))
    }

    /// Keeps a panel's size; `None` forgets it.
    pub fn set_panel(&self, name: &str, size: Option<f64>) {
        self.change(|settings| {
            match size {
                Some(size) => settings.panels.insert(name.to_owned(), size),
                None => settings.panels.remove(name),
            };
        });
    }

    /// Returns whether a panel is folded to a strip, tracked.
    pub fn is_folded(&self, name: &str) -> bool {
        self.settings
            .with(|settings| settings.folded.contains(name))
    }

    /// Folds a panel to a strip.
    pub fn fold(&self, name: &str) {
        self.change(|settings| {
            settings.folded.insert(name.to_owned());
        });
    }

    /// Unfolds a panel.
    pub fn unfold(&self, name: &str) {
        self.change(|settings| {
            settings.folded.remove(name);
        });
    }
}

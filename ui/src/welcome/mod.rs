//! The first run: language, theme, what a download would bring, the demo. Skippable.

use leptos::prelude::*;
use protocol::studio::calls::{DownloadModel, GetModels};
use protocol::studio::settings::{Language, Theme};
use protocol::studio::view::ModelView;

use crate::actions::use_actions;
use crate::format;
use crate::frame::notices::Notices;
use crate::state::{use_library, use_prefs};
use crate::widget::{Button, Icon, Look, icons};
use crate::words::use_words;

/// The first run.
#[component]
pub fn WelcomeView() -> impl IntoView {
    let (w, prefs, library, actions) = (use_words(), use_prefs(), use_library(), use_actions());
    let done = move || prefs.change(|settings| settings.welcomed = true);
    let language = move |own: Language, name: &'static str, code: &'static str, part| {
        view! {
            <button
                type="button"
                class="welcome-choice"
                role="radio"
                data-part=part
                lang=code
                aria-checked=move || (prefs.language.get() == own).to_string()
                on:click=move |_| prefs.change(|settings| settings.language = Some(own))
            >
                {name}
            </button>
        }
    };
    let theme = move |own: Theme, icon, part| {
        let name = move || match own {
            Theme::Dark => w.settings().theme_dark(),
            Theme::Light => w.settings().theme_light(),
            Theme::System => w.settings().theme_system(),
        };
        view! {
            <button
                type="button"
                class="welcome-choice"
                role="radio"
                data-part=part
                aria-checked=move || prefs.settings.with(|settings| settings.theme == own).to_string()
                on:click=move |_| prefs.change(|settings| settings.theme = own)
            >
                <Icon icon=icon />
                {name}
            </button>
        }
    };
    view! {
        <main class="welcome" data-part="welcome">
            // A library that was lost begins anew, and so with this.
            <Notices />
            <div class="welcome-box">
                <header>
                    <h1>{move || w.welcome().title()}</h1>
                    <p class="muted">{move || w.welcome().text()}</p>
                </header>
                <section class="welcome-part" aria-labelledby="welcome-language">
                    <h2 id="welcome-language">{move || w.welcome().language()}</h2>
                    <div class="welcome-choices" role="radiogroup" aria-labelledby="welcome-language">
                        {language(Language::French, "Français", "fr", "welcome-language-fr")}
                        {language(Language::English, "English", "en", "welcome-language-en")}
                    </div>
                </section>
                <section class="welcome-part" aria-labelledby="welcome-theme">
                    <h2 id="welcome-theme">{move || w.welcome().theme()}</h2>
                    <div class="welcome-choices" role="radiogroup" aria-labelledby="welcome-theme">
                        {theme(Theme::Dark, icons::LuMoon, "welcome-theme-dark")}
                        {theme(Theme::Light, icons::LuSun, "welcome-theme-light")}
                        {theme(Theme::System, icons::LuMonitor, "welcome-theme-system")}
                    </div>
                </section>
                <Downloads />
                <footer class="welcome-end">
                    <Show when=move || library.has_demo.get()>
                        <Button
                            label=Signal::derive(move || w.welcome().demo())
                            part="welcome-demo"
                            on_press=move || {
                                done();
                                actions.import_demo();
                            }
                        />
                    </Show>
                    <Button
                        label=Signal::derive(move || w.welcome().start())
                        look=Look::Primary
                        part="welcome-start"
                        on_press=done
                    />
                </footer>
            </div>
        </main>
    }
}

/// What a speech model would bring, and fetching it.
#[component]
fn Downloads() -> impl IntoView {
    let (w, actions) = (use_words(), use_actions());
    let models = RwSignal::new(Vec::<ModelView>::new());
    let is_downloading = RwSignal::new(false);
    actions.ask(GetModels {}, move |listed| {
        // The first run may be skipped by now.
        drop(models.try_set(listed));
    });
    let speech = move || {
        models.with(|models| {
            let of_speech = || models.iter().filter(|model| model.kind == "speech");
            let here = of_speech().find(|model| model.path.is_some());
            here.or_else(|| of_speech().find(|model| model.preferred))
                .cloned()
        })
    };
    view! {
                <section class="welcome-part" aria-labelledby="welcome-downloads">
                    <h2 id="welcome-downloads">{move || w.welcome().downloads()}</h2>
                    <p class="muted">{move || w.welcome().downloads_text()}</p>
                    {move || speech().map(|model| {
                        if model.path.is_some() {
                            let id = model.id;
                            return view! {
                                <p class="welcome-here">
                                    <Icon icon=icons::LuCircleCheck />
                                    {move || w.welcome().downloads_here(&id)}
                                </p>
                            }
                            .into_any();
                        }
                        let (id, bytes, host) = (model.id.clone(), model.bytes, model.host);
                        let asked = model.id;
                        view! {
                            <div>
                                <Button
                                    label=Signal::derive(move || {
                                        let size = format::bytes(bytes, w.language());
                                        w.welcome().download(&id, &size, &host)
                                    })
                                    icon=icons::LuDownload
                                    part="welcome-download"
                                    disabled=is_downloading
                                    on_press=move || {
                                        is_downloading.set(true);
                                        actions.ask(DownloadModel { id: asked.clone() }, |_| {});
                                    }
                                />
                            </div>
                            <p class="muted">
                                {move || if is_downloading.get() {
                                    w.welcome().downloading()
                                } else {
                                    w.welcome().later()
                                }}
                            </p>
                        }
                        .into_any()
                    })}
                </section>
    }
}

//! The whole page: its state, its frame, the open view, the open dialog, the keys.
//!
//! Names for WebDriver (`data-part`), beside roles and names:
//!
//! | where | `data-part` |
//! |---|---|
//! | frame | `top-bar`, `project-switcher`, `palette-button`, `undo-button`, `redo-button`, `jobs-button`, `rail-home`, `rail-board`, `rail-editor`, `rail-settings`, `notice`, `came-back`, `notice-close`, `toast`, `toast-close`, `drop-overlay` |
//! | dialogs | `palette`, `palette-input`, `palette-entry`, `help`, `name-dialog`, `name-input`, `name-submit`, `delete-dialog`, `delete-submit`, `refused-dialog`, `licences-dialog`, `dialog-close` |
//! | first run | `welcome`, `welcome-language-fr`, `welcome-language-en`, `welcome-theme-dark`, `welcome-theme-light`, `welcome-theme-system`, `welcome-download`, `welcome-demo`, `welcome-start` |
//! | home | `home`, `import-button`, `new-project-button`, `demo-button`, `home-filter`, `tab-active`, `tab-archive`, `tab-bin`, `project-card` (with `data-project`), `project-open`, `project-menu`, `project-rename`, `project-archive`, `project-unarchive`, `project-bin`, `project-restore`, `project-delete`, `empty-bin-button` |
//! | board | `board`, `source-row` (with `data-media`), `wish-input`, `suggest-button`, `relink-button`, `sort-select`, `show-all`, `show-open`, `show-kept`, `show-rejected`, `export-button`, `reel-card` (with `data-sequence`, `data-verdict`), `keep-button`, `reject-button`, `edit-button`, `reel-export-button`, `reel-show-file` |
//! | export | `export-dialog`, `export-folder`, `export-choose-folder`, `export-template`, `export-example`, `export-format`, `export-captions`, `export-cover`, `export-submit` |
//! | jobs | `jobs-drawer`, `job-row` (with `data-job`, `data-state`), `job-pause`, `job-resume`, `job-cancel`, `job-retry`, `job-show-file`, `job-remedy`, `jobs-clear` |
//! | posts | `posts`, `posts-accounts`, `posts-trouble`, `posts-resume`, `posts-need-you`, `posts-under-way`, `posts-over`, `post-row` (with `data-post`, `data-state`), `post-standing`, `post-error`, `post-see`, `post-retry`, `post-cancel`, `post-is-there`, `post-is-not-there`, `post-reconnect`, `post-dot` |
//! | posting | `publish-dialog`, `publish-account` (with `data-account`), `publish-title`, `publish-caption`, `publish-privacy`, `publish-kids`, `publish-synthetic`, `publish-creator` (with `data-state`), `publish-cover-choose`, `publish-cover-moment`, `publish-cover-time`, `publish-cover-said`, `publish-cover-picture`, `publish-when`, `publish-day`, `publish-time`, `publish-finding`, `publish-price`, `publish-submit` |
//! | accounts | `account-network` (with `data-network`), `account-row` (with `data-account`), `account-standing`, `account-check`, `account-disconnect`, `account-connect`, `app-form`, `app-client-id`, `app-client-secret`, `app-save`, `app-change`, `consent`, `consent-address`, `consent-open`, `consent-stop`, `consent-done`, `account-wrong` |
//! | settings | `settings`, `settings-general`, `settings-shortcuts`, `settings-models`, `settings-storage`, `settings-about`, `language-select`, `theme-select`, `settings-folder`, `keymap-select`, `shortcut-row` (with `data-command`), `shortcut-change`, `shortcut-reset`, `shortcut-take`, `model-row` (with `data-model`), `model-download`, `model-add`, `clear-cache`, `show-licences`, `show-logs` |

use leptos::ev;
use leptos::prelude::*;
use protocol::studio::settings::{Language, Theme};
use web_sys::{KeyboardEvent, MouseEvent};

use crate::actions::{Actions, use_actions};
use crate::board::BoardView;
use crate::command::keys::Chord;
use crate::command::{Commands, Context, UiCommand, called_by, use_commands};
use crate::editor::EditorView;
use crate::export::ExportDialog;
use crate::frame::dialogs::{
    DeleteDialog, DisconnectDialog, LicencesDialog, NameDialog, Naming, RefusedDialog,
};
use crate::frame::drop::DropOverlay;
use crate::frame::help::HelpSheet;
use crate::frame::notices::{Notices, Toasts};
use crate::frame::palette::Palette;
use crate::frame::rail::Rail;
use crate::frame::top_bar::TopBar;
use crate::frame::visit;
use crate::home::HomeView;
use crate::jobs::JobsDrawer;
use crate::outbox::PostsView;
use crate::publish::PublishDialog;
use crate::settings::SettingsView;
use crate::state::{
    self, Modal, Place, View, use_document, use_library, use_place, use_prefs, use_told,
};
use crate::welcome::WelcomeView;
use crate::widget::tooltip::Tooltip;
use crate::words::use_words;
use crate::{dom, widget};

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    state::provide();
    let (prefs, library, told) = (use_prefs(), use_library(), use_told());
    let commands = Commands::new(use_place());
    provide_context(commands);
    let actions = use_actions();
    commands.register(Context::Global, move |command| {
        do_globally(command, actions);
    });
    dom::watch_movement();
    dom::on_window(ev::keydown, move |event| pressed(&event, commands));
    dom::on_window(ev::contextmenu, |event| no_browser_menu(&event));
    // The page's language and theme stand on its root, outside of what Leptos renders.
    Effect::new(move || {
        let code = match prefs.language.get() {
            Language::French => "fr",
            Language::English => "en",
        };
        dom::set_root_attribute("lang", code);
    });
    Effect::new(move || {
        let theme = match prefs.theme.get() {
            Theme::Light => "light",
            Theme::Dark | Theme::System => "dark",
        };
        dom::set_colours(theme);
    });
    Effect::new(move || {
        if library.ready.get() {
            // What is shown now can be used with the picture after it.
            dom::next_frame(|| {
                dom::next_frame(|| dom::mark("interactive"));
            });
        }
    });
    visit::come_back(actions);
    visit::remember();
    crate::frame::drop::import_given();
    crate::jobs::tell_ends();
    let is_new = move || library.ready.get() && prefs.settings.with(|settings| !settings.welcomed);
    view! {
        <Show when=move || library.ready.get() fallback=|| view! { <Starting /> }>
            <Show when=is_new fallback=|| view! { <Frame /> }>
                <WelcomeView />
            </Show>
        </Show>
        <Toasts />
        <DropOverlay />
        <OpenDialog />
        <Tooltip />
        <div class="spoken" role="status" aria-live="polite" aria-atomic="true">
            {move || told.spoken.get()}
        </div>
    }
}

/// The browser's own menu would offer to load the page again. It is of use where there is text to copy or to put in.
fn no_browser_menu(event: &MouseEvent) {
    if !dom::takes_text(event.target()) && dom::selected_text().is_empty() {
        event.prevent_default();
    }
}

/// What is shown until the engine has spoken.
#[component]
fn Starting() -> impl IntoView {
    view! { <div class="starting" data-part="starting"></div> }
}

/// The frame with the open view.
#[component]
fn Frame() -> impl IntoView {
    let (place, document) = (use_place(), use_document());
    let view = Memo::new(move |_| {
        let view = place.view.get();
        // A view of a project needs one.
        if view.is_of_project() && document.open.get().is_none() {
            View::Home
        } else {
            view
        }
    });
    // A view that goes away takes the focus with it; the next key begins at the new one.
    Effect::new(move |before: Option<View>| {
        let view = view.get();
        if before.is_some_and(|before| before != view) {
            dom::next_frame(|| dom::keep_focus("#content"));
        }
        view
    });
    view! {
        <div class="app">
            <TopBar />
            <Rail />
            <main class="content" id="content" tabindex="-1">
                <Notices />
                <div class="content-view">
                    {move || match view.get() {
                        View::Home => view! { <HomeView /> }.into_any(),
                        View::Board => view! { <BoardView /> }.into_any(),
                        View::Editor => view! { <EditorView /> }.into_any(),
                        View::Posts => view! { <PostsView /> }.into_any(),
                        View::Settings => view! { <SettingsView /> }.into_any(),
                    }}
                </div>
            </main>
            <JobsDrawer />
        </div>
    }
}

/// The dialog that is open.
#[component]
fn OpenDialog() -> impl IntoView {
    let place = use_place();
    move || {
        place.modal.get().map(|modal| match modal {
            Modal::Palette => view! { <Palette /> }.into_any(),
            Modal::Help => view! { <HelpSheet /> }.into_any(),
            Modal::NewProject => view! { <NameDialog naming=Naming::New /> }.into_any(),
            Modal::Rename(project, name) => {
                view! { <NameDialog naming=Naming::Again(project, name) /> }.into_any()
            }
            Modal::Delete(projects) => view! { <DeleteDialog projects=projects /> }.into_any(),
            Modal::Export(reels) => view! { <ExportDialog reels=reels /> }.into_any(),
            Modal::Refused(refused, taken) => {
                view! { <RefusedDialog refused=refused taken=taken /> }.into_any()
            }
            Modal::Publish(reel) => view! { <PublishDialog reel=reel /> }.into_any(),
            Modal::Disconnect(account) => view! { <DisconnectDialog account=account /> }.into_any(),
            Modal::Licences => view! { <LicencesDialog /> }.into_any(),
        })
    }
}

/// Calls the command of a pressed chord.
fn pressed(event: &KeyboardEvent, commands: Commands) {
    let (prefs, place) = (commands.prefs(), commands.place());
    let is_asking = place.modal.with_untracked(Option::is_some);
    let is_new = prefs.settings.with_untracked(|settings| !settings.welcomed);
    if event.default_prevented() || event.is_composing() || is_asking || is_new {
        return;
    }
    let Some(chord) = Chord::pressed(event) else {
        return;
    };
    let target = event.target();
    if dom::takes_text(target.clone()) && (chord.may_be_text() || chord.edits_text()) {
        return;
    }
    // A control that was reached by keyboard is pressed with these.
    if chord.presses() && dom::is_reached_control(target) {
        return;
    }
    let command = prefs
        .settings
        .with_untracked(|settings| called_by(&chord, settings, commands.open()));
    if let Some(command) = command {
        event.prevent_default();
        commands.run(command);
    }
}

/// Does a command that works everywhere.
fn do_globally(command: UiCommand, actions: Actions) {
    let place: Place = actions.place();
    match command {
        UiCommand::Palette => place.ask(Modal::Palette),
        UiCommand::Help => place.ask(Modal::Help),
        UiCommand::Import => actions.pick_and_import(),
        UiCommand::NewProject => place.ask(Modal::NewProject),
        UiCommand::GoHome => place.view.set(View::Home),
        UiCommand::GoBoard => actions.go_to(View::Board),
        UiCommand::GoEditor => actions.go_to(View::Editor),
        UiCommand::GoPosts => place.view.set(View::Posts),
        UiCommand::GoSettings => place.view.set(View::Settings),
        UiCommand::ToggleJobs => actions.toggle_jobs(),
        UiCommand::Undo => actions.undo(),
        UiCommand::Redo => actions.redo(),
        UiCommand::Export => actions.export(),
        UiCommand::ToggleTheme => actions.toggle_theme(),
        UiCommand::SwitchLanguage => actions.switch_language(),
        UiCommand::ShowLogs => actions.reveal(protocol::studio::calls::Reveal::Logs),
        // Commands of a view go to that view.
        _ => {}
    }
}

/// Returns the keys of a command as they are shown, tracked; empty when it has none.
pub fn shown_keys(command: UiCommand) -> Signal<String> {
    let (prefs, w) = (use_prefs(), use_words());
    Signal::derive(move || {
        let language = w.language();
        prefs.settings.with(|settings| {
            let keys = command.keys(settings);
            keys.first()
                .map(|chord| chord.shown(language))
                .unwrap_or_default()
        })
    })
}

/// A button that calls a command: its name, icon, keys come from the table.
#[component]
pub fn CommandButton(
    /// Which.
    command: UiCommand,
    /// Its icon.
    icon: &'static icondata_core::IconData,
    /// Whether it cannot be called now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Whether it is on, for one that is switched.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// Its name for WebDriver.
    #[prop(optional)]
    part: Option<&'static str>,
    /// Another name than the table's, such as with what would be undone.
    #[prop(optional, into)]
    name: Option<Signal<String>>,
) -> impl IntoView {
    let (w, commands) = (use_words(), use_commands());
    let own = Signal::derive(move || {
        crate::words::commands::command(command, w.language())
            .trim_end_matches('…')
            .to_owned()
    });
    let name = name.unwrap_or(own);
    let keys = shown_keys(command);
    let press = move |_| commands.run(command);
    match (pressed, part) {
        (Some(pressed), Some(part)) => view! {
            <widget::IconButton name=name icon=icon keys=keys disabled=disabled pressed=pressed part=part on_press=press />
        }
        .into_any(),
        (Some(pressed), None) => view! {
            <widget::IconButton name=name icon=icon keys=keys disabled=disabled pressed=pressed on_press=press />
        }
        .into_any(),
        (None, Some(part)) => view! {
            <widget::IconButton name=name icon=icon keys=keys disabled=disabled part=part on_press=press />
        }
        .into_any(),
        (None, None) => view! {
            <widget::IconButton name=name icon=icon keys=keys disabled=disabled on_press=press />
        }
        .into_any(),
    }
}

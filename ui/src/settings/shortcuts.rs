//! Shortcuts: sets that ship, own keys, conflicts.

use leptos::html;
use leptos::prelude::*;
use protocol::studio::settings::{Keymap, Settings};

use crate::command::keys::Chord;
use crate::command::{Context, UiCommand, meet};
use crate::dom;
use crate::frame::matching;
use crate::state::use_prefs;
use crate::widget::{Button, Choice, Icon, IconButton, Look, TextField, icons};
use crate::words::{commands as command_words, use_words};

const KEYMAPS: [(Keymap, &str); 5] = [
    (Keymap::Standard, "standard"),
    (Keymap::Azerty, "azerty"),
    (Keymap::Premiere, "premiere"),
    (Keymap::Resolve, "resolve"),
    (Keymap::Shotcut, "shotcut"),
];

/// Returns another command that a chord calls where `command` works.
pub fn taken_by(chord: &Chord, command: UiCommand, settings: &Settings) -> Option<UiCommand> {
    UiCommand::ALL.iter().copied().find(|other| {
        *other != command
            && meet(other.context(), command.context())
            && other.keys(settings).contains(chord)
    })
}

/// Gives a command one chord, and takes it from every other that would be called by it too.
pub fn rebind(chord: &Chord, command: UiCommand, settings: &mut Settings) {
    while let Some(other) = taken_by(chord, command, settings) {
        let left = other.keys(settings).into_iter().filter(|own| own != chord);
        let left = left.map(|own| own.written()).collect();
        settings.shortcuts.insert(other.id().to_owned(), left);
    }
    settings
        .shortcuts
        .insert(command.id().to_owned(), vec![chord.written()]);
}

/// The keys of every command.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let (w, prefs) = (use_words(), use_prefs());
    let query = RwSignal::new(String::new());
    let asking = RwSignal::new(None::<UiCommand>);
    let sets = Signal::derive(move || {
        let named = KEYMAPS.map(|(set, id)| {
            (
                id.to_owned(),
                command_words::keymap(set, w.language()).to_owned(),
            )
        });
        named.to_vec()
    });
    let set = Signal::derive(move || {
        let chosen = prefs.settings.with(|settings| settings.keymap);
        let found = KEYMAPS.iter().find(|(set, _)| *set == chosen);
        found.map(|(_, id)| (*id).to_owned()).unwrap_or_default()
    });
    let has_own = Signal::derive(move || prefs.settings.with(|own| own.shortcuts.is_empty()));
    let group = move |context: Context| {
        let language = w.language();
        let fitting: Vec<UiCommand> = UiCommand::ALL
            .iter()
            .copied()
            .filter(|command| command.context() == context)
            .filter(|command| {
                let label = command_words::command(*command, language);
                query.with(|query| matching::fit(query, label).is_some())
            })
            .collect();
        (!fitting.is_empty()).then(|| {
            view! {
                <section class="shortcut-group">
                    <h2>{command_words::context(context, language)}</h2>
                    <ul>
                        {fitting
                            .into_iter()
                            .map(|command| view! { <Row command=command asking=asking /> })
                            .collect_view()}
                    </ul>
                </section>
            }
        })
    };
    view! {
        <div class="shortcut-head">
            <Choice
                label=Signal::derive(move || w.settings().keymap())
                choices=sets
                value=set
                part="keymap-select"
                labelled="beside"
                on_choose=move |chosen| {
                    let found = KEYMAPS.iter().find(|(_, id)| *id == chosen);
                    if let Some((set, _)) = found {
                        prefs.change(|settings| settings.keymap = *set);
                    }
                }
            />
            <TextField
                label=Signal::derive(move || w.settings().filter())
                value=query
                labelled="hidden"
                kind="search"
                placeholder=Signal::derive(move || w.settings().filter())
            />
            <Button
                label=Signal::derive(move || w.settings().reset_all())
                look=Look::Quiet
                disabled=has_own
                part="shortcuts-reset"
                on_press=move || prefs.change(|settings| settings.shortcuts.clear())
            />
        </div>
        <div class="shortcut-groups">
            {move || group(Context::Global)}
            {move || group(Context::Board)}
            {move || group(Context::Editor)}
        </div>
    }
}

#[component]
fn Row(command: UiCommand, asking: RwSignal<Option<UiCommand>>) -> impl IntoView {
    let (w, prefs) = (use_words(), use_prefs());
    let label = move || {
        command_words::command(command, w.language())
            .trim_end_matches('…')
            .to_owned()
    };
    let keys = Memo::new(move |_| prefs.settings.with(|settings| command.keys(settings)));
    let is_own = move || {
        prefs
            .settings
            .with(|own| own.shortcuts.contains_key(command.id()))
    };
    let is_asked = move || asking.get() == Some(command);
    // Another set of shortcuts may use a key that the user gave away before.
    let clash = Memo::new(move |_| {
        prefs.settings.with(|settings| {
            let keys = command.keys(settings);
            keys.iter()
                .find_map(|chord| taken_by(chord, command, settings))
        })
    });
    view! {
        <li class="shortcut-row" data-part="shortcut-row" data-command=command.id()>
            <span class="shortcut-label">{label}</span>
            {move || clash.get().map(|other| {
                let other = command_words::command(other, w.language()).trim_end_matches('…');
                view! {
                    <span class="state-warning">
                        <Icon icon=icons::LuTriangleAlert />
                        {w.settings().also(other)}
                    </span>
                }
            })}
            <Show
                when=is_asked
                fallback=move || view! {
                    <button
                        type="button"
                        class="shortcut-keys"
                        data-part="shortcut-change"
                        aria-label=move || {
                            let read: Vec<String> =
                                keys.get().iter().map(|chord| chord.shown(w.language())).collect();
                            format!("{} {}", w.settings().change_key(&label()), read.join(", "))
                        }
                        on:click=move |_| asking.set(Some(command))
                    >
                        {move || {
                            let language = w.language();
                            let keys = keys.get();
                            if keys.is_empty() {
                                return view! { <span class="muted">{w.frame().no_key()}</span> }
                                    .into_any();
                            }
                            keys.into_iter()
                                .map(|chord| view! { <kbd>{chord.shown(language)}</kbd> })
                                .collect_view()
                                .into_any()
                        }}
                    </button>
                }
            >
                <Asked command=command asking=asking />
            </Show>
            <Show when=is_own>
                <IconButton
                    name=Signal::derive(move || w.settings().reset_key(&label()))
                    icon=icons::LuRotateCcw
                    part="shortcut-reset"
                    on_press=move |_| prefs.change(|settings| {
                        settings.shortcuts.remove(command.id());
                    })
                />
            </Show>
        </li>
    }
}

/// Listens for the keys that a command is to have.
#[component]
fn Asked(command: UiCommand, asking: RwSignal<Option<UiCommand>>) -> impl IntoView {
    let (w, prefs) = (use_words(), use_prefs());
    let input = NodeRef::<html::Button>::new();
    let pressed = RwSignal::new(None::<Chord>);
    Effect::new(move || {
        if let Some(input) = input.get() {
            dom::next_frame(move || dom::focus(&input));
        }
    });
    let give = move |chord: &Chord| {
        prefs.change(|settings| rebind(chord, command, settings));
        asking.set(None);
    };
    let other = move || {
        let chord = pressed.get()?;
        prefs
            .settings
            .with(|settings| taken_by(&chord, command, settings))
            .map(|own| (chord, own))
    };
    let told = move || match (pressed.get(), other()) {
        (Some(chord), _) if chord.is_reserved() => {
            w.settings().reserved(&chord.shown(w.language()))
        }
        (Some(_), Some((chord, other))) => {
            let language = w.language();
            let label = command_words::command(other, language).trim_end_matches('…');
            w.settings().conflict(&chord.shown(language), label)
        }
        _ => w.settings().press_help(),
    };
    view! {
        <div class="shortcut-asked">
            <button
                node_ref=input
                type="button"
                class="shortcut-input"
                data-part="shortcut-input"
                on:keydown=move |event| {
                    let Some(chord) = Chord::pressed(&event) else { return };
                    if event.key() == "Tab" {
                        return;
                    }
                    event.prevent_default();
                    event.stop_propagation();
                    match event.key().as_str() {
                        "Escape" => asking.set(None),
                        "Delete" if !event.shift_key() && !event.ctrl_key() => {
                            prefs.change(|settings| {
                                settings.shortcuts.insert(command.id().to_owned(), Vec::new());
                            });
                            asking.set(None);
                        }
                        _ => {
                            let is_taken = prefs
                                .settings
                                .with_untracked(|own| taken_by(&chord, command, own).is_some());
                            if is_taken || chord.is_reserved() {
                                pressed.set(Some(chord));
                            } else {
                                give(&chord);
                            }
                        }
                    }
                }
            >
                {move || match pressed.get() {
                    Some(chord) => chord.shown(w.language()),
                    None => w.settings().press_keys(),
                }}
            </button>
            <span class="muted shortcut-told" role="status">{told}</span>
            {move || other().map(|(chord, _)| view! {
                <Button
                    label=Signal::derive(move || w.settings().take())
                    part="shortcut-take"
                    on_press=move || give(&chord)
                />
            })}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_key_is_told_and_changes_hands() {
        let mut settings = Settings::default();
        let space = Chord::parse("Space").unwrap();
        assert_eq!(
            taken_by(&space, UiCommand::Split, &settings),
            Some(UiCommand::PlayPause)
        );
        assert_eq!(
            taken_by(&space, UiCommand::Keep, &settings),
            None,
            "another view's key is free"
        );
        rebind(&space, UiCommand::Split, &mut settings);
        assert_eq!(
            UiCommand::Split.keys(&settings),
            std::slice::from_ref(&space)
        );
        assert!(UiCommand::PlayPause.keys(&settings).is_empty());
        assert_eq!(taken_by(&space, UiCommand::Split, &settings), None);
    }

    #[test]
    fn a_command_keeps_its_other_keys_when_one_is_taken() {
        let mut settings = Settings::default();
        let chord = Chord::parse("Ctrl+Y").unwrap();
        rebind(&chord, UiCommand::Help, &mut settings);
        let left = UiCommand::Redo.keys(&settings);
        assert_eq!(left, [Chord::parse("Ctrl+Shift+Z").unwrap()]);
    }
}

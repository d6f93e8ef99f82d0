//! Everything that a key, a menu or the palette can call: one table feeds them all.
//!
//! A command belongs to a [`Context`]; the view that is in charge of one registers what does it
//! ([`Commands::register`]). Keys are looked up in the open view first, then everywhere.
//!
//! Map: [`keys`] chords and their spelling · [`keymaps`] the sets that ship · [`menus`] what menus offer.

pub mod keymaps;
pub mod keys;
pub mod menus;

use std::collections::BTreeMap;
use std::rc::Rc;

use leptos::prelude::*;
use protocol::studio::settings::Settings;

use crate::state::{Place, Prefs, View, use_prefs};
use keys::Chord;

/// Where a command works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Context {
    /// Everywhere.
    Global,
    /// On the reels board.
    Board,
    /// In the editor.
    Editor,
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident $id:literal $context:ident;)+) => {
        /// A command.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum UiCommand {
            $($(#[$doc])* $name,)+
        }

        impl UiCommand {
            /// Every command, in the order in which lists show them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Returns the name that settings keep.
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)+
                }
            }

            /// Returns where it works.
            pub fn context(self) -> Context {
                match self {
                    $(Self::$name => Context::$context,)+
                }
            }
        }
    };
}

commands! {
    /// Opens the list of commands.
    Palette "palette" Global;
    /// Shows every shortcut.
    Help "help" Global;
    /// Asks for files and imports them.
    Import "import" Global;
    /// Makes an empty project.
    NewProject "new_project" Global;
    /// Shows the projects.
    GoHome "go_home" Global;
    /// Shows the reels.
    GoBoard "go_board" Global;
    /// Shows the editor.
    GoEditor "go_editor" Global;
    /// Shows the posts.
    GoPosts "go_posts" Global;
    /// Shows the settings.
    GoSettings "go_settings" Global;
    /// Opens or closes the jobs.
    ToggleJobs "toggle_jobs" Global;
    /// Takes the last step back.
    Undo "undo" Global;
    /// Does the undone step again.
    Redo "redo" Global;
    /// Exports the kept reels, or the one in the editor.
    Export "export" Global;
    /// Dark or light.
    ToggleTheme "toggle_theme" Global;
    /// French or English.
    SwitchLanguage "switch_language" Global;
    /// Shows the folder of logs.
    ShowLogs "show_logs" Global;

    /// Keeps the reel.
    Keep "keep" Board;
    /// Rejects the reel.
    Reject "reject" Board;
    /// Opens the reel in the editor.
    EditReel "edit_reel" Board;
    /// Posts the reel.
    Publish "publish" Board;
    /// Goes to the wish box.
    Wish "wish" Board;
    /// Exports the reel.
    ExportReel "export_reel" Board;

    /// Plays or pauses.
    PlayPause "play_pause" Editor;
    /// Plays backwards, faster each time.
    PlayBackward "play_backward" Editor;
    /// Pauses.
    Pause "pause" Editor;
    /// Plays, faster each time.
    PlayForward "play_forward" Editor;
    /// Goes a frame back.
    PreviousFrame "previous_frame" Editor;
    /// Goes a frame on.
    NextFrame "next_frame" Editor;
    /// Goes to the start.
    GoToStart "go_to_start" Editor;
    /// Goes to the end.
    GoToEnd "go_to_end" Editor;
    /// Goes to the cut before.
    PreviousCut "previous_cut" Editor;
    /// Goes to the cut after.
    NextCut "next_cut" Editor;
    /// Sets the in point.
    MarkIn "mark_in" Editor;
    /// Sets the out point.
    MarkOut "mark_out" Editor;
    /// Takes the in and out points away.
    ClearMarks "clear_marks" Editor;
    /// Plays in and out over and over.
    ToggleLoop "toggle_loop" Editor;
    /// Splits what is selected, or the clips of the main track, at the playhead.
    Split "split" Editor;
    /// Splits every track at the playhead.
    SplitAll "split_all" Editor;
    /// Trims the clip's start to the playhead.
    TrimStart "trim_start" Editor;
    /// Trims the clip's end to the playhead.
    TrimEnd "trim_end" Editor;
    /// Deletes and leaves a gap.
    Lift "lift" Editor;
    /// Deletes and closes the gap.
    RippleDelete "ripple_delete" Editor;
    /// Moves the selection a frame back.
    NudgeBack "nudge_back" Editor;
    /// Moves the selection a frame on.
    NudgeOn "nudge_on" Editor;
    /// Selects every clip.
    SelectAll "select_all" Editor;
    /// Selects nothing.
    SelectNone "select_none" Editor;
    /// Links the selected clips.
    LinkClips "link_clips" Editor;
    /// Unlinks the selected clips.
    UnlinkClips "unlink_clips" Editor;
    /// Snaps or not.
    ToggleSnap "toggle_snap" Editor;
    /// Adds a marker.
    AddMarker "add_marker" Editor;
    /// Adds a track for music.
    AddMusicTrack "add_music_track" Editor;
    /// Adds a track for voices.
    AddVoiceTrack "add_voice_track" Editor;
    /// Shows more detail.
    ZoomIn "zoom_in" Editor;
    /// Shows more time.
    ZoomOut "zoom_out" Editor;
    /// Shows all.
    ZoomFit "zoom_fit" Editor;
    /// Shows what a network covers, or not.
    ToggleSafeAreas "toggle_safe_areas" Editor;
    /// Folds the panel at the left to a strip, or unfolds it.
    ToggleLeftPanel "toggle_left_panel" Editor;
    /// Folds the inspector to a strip, or unfolds it.
    ToggleInspector "toggle_inspector" Editor;
    /// Fills the screen with the preview.
    FullScreen "full_screen" Editor;
    /// Searches the words.
    FindWords "find_words" Editor;
}

impl UiCommand {
    /// Returns the keys that call it: the user's own, else the keymap's.
    pub fn keys(self, settings: &Settings) -> Vec<Chord> {
        match settings.shortcuts.get(self.id()) {
            Some(own) => own
                .iter()
                .filter_map(|written| Chord::parse(written))
                .collect(),
            None => keymaps::keys(settings.keymap, self),
        }
    }
}

/// Returns the command that a chord calls in the open context, else everywhere.
pub fn called_by(chord: &Chord, settings: &Settings, open: Context) -> Option<UiCommand> {
    let within = |context: Context| {
        let own = UiCommand::ALL
            .iter()
            .copied()
            .filter(move |own| own.context() == context);
        own.rev()
            .find(|command| command.keys(settings).contains(chord))
    };
    within(open).or_else(|| within(Context::Global))
}

/// Returns whether commands of these contexts can be called at the same time, and so must not share
/// keys. Views are never open together.
pub fn meet(one: Context, other: Context) -> bool {
    one == other || one == Context::Global || other == Context::Global
}

/// What does the commands of a context.
type Doer = Rc<dyn Fn(UiCommand)>;

/// The commands' doers.
#[derive(Clone, Copy)]
pub struct Commands {
    doers: StoredValue<BTreeMap<Context, (u32, Doer)>, LocalStorage>,
    next: StoredValue<u32>,
    place: Place,
    prefs: Prefs,
}

/// Returns the commands.
pub fn use_commands() -> Commands {
    expect_context::<Commands>()
}

impl Commands {
    /// Returns commands that nobody does yet.
    pub fn new(place: Place) -> Self {
        Self {
            doers: StoredValue::new_local(BTreeMap::new()),
            next: StoredValue::new(0),
            place,
            prefs: use_prefs(),
        }
    }

    /// Lets `doer` do the commands of a context for as long as the calling component lives.
    pub fn register(self, context: Context, doer: impl Fn(UiCommand) + 'static) {
        let turn = self.next.get_value();
        self.next.set_value(turn + 1);
        self.doers.update_value(|doers| {
            doers.insert(context, (turn, Rc::new(doer)));
        });
        on_cleanup(move || {
            // A later one may have taken the place.
            self.doers.try_update_value(|doers| {
                if doers.get(&context).is_some_and(|(own, _)| *own == turn) {
                    doers.remove(&context);
                }
            });
        });
    }

    /// Does a command. One of a view that is not open is passed over.
    pub fn run(self, command: UiCommand) {
        let context = command.context();
        if context != Context::Global && context != self.open() {
            return;
        }
        let doer = self
            .doers
            .with_value(|doers| doers.get(&context).map(|(_, doer)| Rc::clone(doer)));
        if let Some(doer) = doer {
            doer(command);
        }
    }

    /// Returns where the user is.
    pub fn place(self) -> Place {
        self.place
    }

    /// Returns what the user chose.
    pub fn prefs(self) -> Prefs {
        self.prefs
    }

    /// Returns the context of the open view, untracked.
    pub fn open(self) -> Context {
        match self.place.view.get_untracked() {
            View::Board => Context::Board,
            View::Editor => Context::Editor,
            View::Home | View::Posts | View::Settings => Context::Global,
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::studio::settings::{Keymap, Language};

    use super::*;
    use crate::words;

    const KEYMAPS: [Keymap; 5] = [
        Keymap::Standard,
        Keymap::Azerty,
        Keymap::Premiere,
        Keymap::Resolve,
        Keymap::Shotcut,
    ];

    fn with(keymap: Keymap) -> Settings {
        Settings {
            keymap,
            ..Settings::default()
        }
    }

    #[test]
    fn every_command_has_words_and_a_name_of_its_own() {
        for command in UiCommand::ALL.iter().copied() {
            for language in [Language::English, Language::French] {
                let label = words::commands::command(command, language);
                assert!(
                    !label.trim().is_empty(),
                    "{command:?} has no words in {language:?}"
                );
            }
        }
        let mut ids: Vec<_> = UiCommand::ALL.iter().map(|command| command.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(
            ids.len(),
            UiCommand::ALL.len(),
            "two commands have one name in the settings"
        );
        let mut labels: Vec<_> = UiCommand::ALL
            .iter()
            .map(|command| {
                (
                    command.context(),
                    words::commands::command(*command, Language::French),
                )
            })
            .collect();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(
            labels.len(),
            UiCommand::ALL.len(),
            "two commands of a context look the same"
        );
    }

    #[test]
    fn no_key_is_used_twice_where_it_could_be_told_apart() {
        for keymap in KEYMAPS {
            let settings = with(keymap);
            for one in UiCommand::ALL.iter().copied() {
                for other in UiCommand::ALL.iter().copied() {
                    if one >= other || !meet(one.context(), other.context()) {
                        continue;
                    }
                    let others = other.keys(&settings);
                    let shared: Vec<_> = one
                        .keys(&settings)
                        .into_iter()
                        .filter(|chord| others.contains(chord))
                        .map(|chord| chord.written())
                        .collect();
                    assert!(
                        shared.is_empty(),
                        "{keymap:?}: {one:?} and {other:?} share {shared:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn commands_without_keys_are_in_the_palette() {
        let settings = with(Keymap::Standard);
        for command in UiCommand::ALL.iter().copied() {
            let is_reachable = !command.keys(&settings).is_empty()
                || command.context() == Context::Global
                || crate::frame::palette::offers(command, command.context());
            assert!(
                is_reachable,
                "{command:?} can be reached by no key and no list"
            );
        }
    }

    #[test]
    fn the_user_has_the_last_word() {
        let mut settings = with(Keymap::Standard);
        let space = Chord::parse("Space").unwrap();
        let found = |settings: &Settings| called_by(&space, settings, Context::Editor);
        assert_eq!(found(&settings), Some(UiCommand::PlayPause));
        settings.shortcuts.insert("play_pause".into(), Vec::new());
        assert_eq!(found(&settings), None, "its keys were taken away");
        settings
            .shortcuts
            .insert("split".into(), vec!["Space".into()]);
        assert_eq!(found(&settings), Some(UiCommand::Split));
    }

    #[test]
    fn a_key_means_what_the_view_is_for() {
        let settings = with(Keymap::Standard);
        let keep = called_by(&Chord::parse("K").unwrap(), &settings, Context::Board);
        assert_eq!(
            keep,
            Some(UiCommand::Keep),
            "the same key means what the view is for"
        );
    }
}

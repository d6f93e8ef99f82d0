//! The menus: which commands they offer. Their words, keys and what they do are the table's.

use std::sync::Arc;

use icondata_core::IconData;
use leptos::prelude::*;
use protocol::studio::settings::{Language, Settings};

use super::{Commands, UiCommand};
use crate::editor::icons as editing;
use crate::widget::{Look, MenuItem, icons};
use crate::words::commands::command as words_of;

/// A row of a menu: a command, or a line between groups.
type Row = Option<UiCommand>;

/// What can be done with a reel of the board.
pub const REEL: &[Row] = &[
    Some(UiCommand::EditReel),
    None,
    Some(UiCommand::Keep),
    Some(UiCommand::Reject),
    None,
    Some(UiCommand::ExportReel),
    Some(UiCommand::Publish),
];

/// What can be done with the selection and at the playhead.
pub const TIMELINE: &[Row] = &[
    Some(UiCommand::Split),
    Some(UiCommand::SplitAll),
    Some(UiCommand::TrimStart),
    Some(UiCommand::TrimEnd),
    None,
    Some(UiCommand::Lift),
    Some(UiCommand::RippleDelete),
    None,
    Some(UiCommand::LinkClips),
    Some(UiCommand::UnlinkClips),
    Some(UiCommand::SelectAll),
    None,
    Some(UiCommand::AddMarker),
    Some(UiCommand::AddMusicTrack),
    Some(UiCommand::AddVoiceTrack),
];

/// The tracks that can be added.
pub const TRACKS: &[Row] = &[
    Some(UiCommand::AddMusicTrack),
    Some(UiCommand::AddVoiceTrack),
];

/// Returns the entries of a menu in a language, with the keys of the user's settings; its name for
/// WebDriver is the command's, with `-` for `_`.
pub fn entries(
    rows: &[Row],
    language: Language,
    settings: &Settings,
    act: impl Fn(UiCommand) -> Arc<dyn Fn() + Send + Sync>,
) -> Vec<MenuItem> {
    let entry = |row: &Row| match *row {
        None => MenuItem::Line,
        Some(command) => {
            let keys = command.keys(settings);
            MenuItem::Do {
                label: words_of(command, language).to_owned(),
                icon: icon(command),
                keys: keys.first().map(|chord| chord.shown(language)),
                part: command.id().replace('_', "-"),
                look: Look::Plain,
                act: act(command),
            }
        }
    };
    rows.iter().map(entry).collect()
}

impl Commands {
    /// Returns the entries of a menu as they are now; each calls its command.
    pub fn menu(self, rows: &[Row]) -> Vec<MenuItem> {
        let prefs = self.prefs();
        let language = prefs.language.get_untracked();
        prefs.settings.with_untracked(|settings| {
            entries(rows, language, settings, |command| {
                Arc::new(move || self.run(command))
            })
        })
    }
}

fn icon(command: UiCommand) -> Option<&'static IconData> {
    use UiCommand as C;
    let found = match command {
        C::EditReel => icons::LuScissors,
        C::Keep => icons::LuCheck,
        C::Reject => icons::LuX,
        C::ExportReel => icons::LuUpload,
        C::Publish => icons::LuSend,
        C::Split | C::SplitAll => editing::SPLIT,
        C::TrimStart => editing::TRIM_START,
        C::TrimEnd => editing::TRIM_END,
        C::RippleDelete => editing::RIPPLE_DELETE,
        C::AddMarker => editing::MARKER,
        C::AddMusicTrack => editing::MUSIC,
        C::AddVoiceTrack => editing::VOICE,
        _ => return None,
    };
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Context;

    fn check(rows: &[Row], open: Context) {
        for language in [Language::English, Language::French] {
            let settings = Settings::default();
            let items = entries(rows, language, &settings, |_| Arc::new(|| {}));
            assert_eq!(items.len(), rows.len());
            for (row, item) in rows.iter().zip(items) {
                match (row, item) {
                    (None, MenuItem::Line) => {}
                    (Some(command), MenuItem::Do { label, keys, .. }) => {
                        assert_eq!(command.context(), open, "{command:?} works there");
                        assert_eq!(label, words_of(*command, language));
                        let own = command.keys(&settings);
                        assert_eq!(keys, own.first().map(|own| own.shown(language)));
                    }
                    (row, _) => panic!("{row:?} has another entry"),
                }
            }
        }
    }

    #[test]
    fn menus_say_and_do_what_the_table_does() {
        check(REEL, Context::Board);
        check(TIMELINE, Context::Editor);
        check(TRACKS, Context::Editor);
    }

    #[test]
    fn keys_in_menus_are_the_users_own() {
        let mut settings = Settings::default();
        settings.shortcuts.insert("split".into(), vec!["B".into()]);
        let items = entries(TIMELINE, Language::English, &settings, |_| Arc::new(|| {}));
        let Some(MenuItem::Do { keys, part, .. }) = items.into_iter().next() else {
            panic!("the first entry is a command");
        };
        assert_eq!((keys.as_deref(), part.as_str()), (Some("B"), "split"));
    }
}

//! The sets of shortcuts that ship. The others are the standard one with differences.

use protocol::studio::settings::Keymap;

use super::UiCommand;
use super::keys::Chord;

/// Returns the keys of a command in a set.
pub fn keys(keymap: Keymap, command: UiCommand) -> Vec<Chord> {
    let other = match keymap {
        Keymap::Standard => None,
        Keymap::Azerty => azerty(command),
        Keymap::Premiere => premiere(command),
        Keymap::Resolve => resolve(command),
        Keymap::Shotcut => shotcut(command),
    };
    let written = other.unwrap_or_else(|| standard(command));
    written
        .iter()
        .filter_map(|written| Chord::parse(written))
        .collect()
}

#[expect(
    clippy::match_same_arms,
    reason = "a row per command: views may have the same keys"
)]
fn standard(command: UiCommand) -> &'static [&'static str] {
    use UiCommand as C;
    match command {
        C::Palette => &["Ctrl+K"],
        C::Help => &["?"],
        C::Import => &["Ctrl+I"],
        C::NewProject => &["Ctrl+N"],
        C::GoHome => &["Ctrl+1"],
        C::GoBoard => &["Ctrl+2"],
        C::GoEditor => &["Ctrl+3"],
        C::GoPosts => &["Ctrl+4"],
        C::GoSettings => &["Ctrl+,"],
        C::ToggleJobs => &["Ctrl+J"],
        C::Undo => &["Ctrl+Z"],
        C::Redo => &["Ctrl+Shift+Z", "Ctrl+Y"],
        C::Export => &["Ctrl+E"],
        C::ToggleTheme | C::SwitchLanguage | C::ShowLogs => &[],
        C::Keep => &["K"],
        C::Reject => &["X"],
        C::EditReel => &["E"],
        C::Publish => &["P"],
        C::Wish => &["W"],
        C::ExportReel => &[],
        C::PlayPause => &["Space"],
        C::PlayBackward => &["J"],
        C::Pause => &["K"],
        C::PlayForward => &["L"],
        C::PreviousFrame => &[","],
        C::NextFrame => &["."],
        C::GoToStart => &["Home"],
        C::GoToEnd => &["End"],
        C::PreviousCut => &["PageUp"],
        C::NextCut => &["PageDown"],
        C::MarkIn => &["I"],
        C::MarkOut => &["O"],
        C::ClearMarks => &["Alt+X"],
        C::ToggleLoop => &["Shift+L"],
        C::Split => &["S"],
        C::SplitAll => &["Shift+S"],
        C::TrimStart => &["Q"],
        C::TrimEnd => &["W"],
        C::Lift => &["Delete"],
        C::RippleDelete => &["Shift+Delete"],
        C::NudgeBack => &["Alt+ArrowLeft"],
        C::NudgeOn => &["Alt+ArrowRight"],
        C::SelectAll => &["Ctrl+A"],
        C::SelectNone => &["Ctrl+Shift+A"],
        C::LinkClips => &["Ctrl+G"],
        C::UnlinkClips => &["Ctrl+Shift+G"],
        C::ToggleSnap => &["N"],
        C::AddMarker => &["M"],
        C::AddMusicTrack | C::AddVoiceTrack => &[],
        C::ZoomIn => &["="],
        C::ZoomOut => &["-"],
        C::ZoomFit => &["\\"],
        C::ToggleSafeAreas => &["A"],
        C::ToggleLeftPanel => &["Alt+1"],
        C::ToggleInspector => &["Alt+2"],
        C::FullScreen => &["F"],
        C::FindWords => &["Ctrl+F"],
    }
}

/// What French keyboards type only with Shift or AltGr gets a second key beside.
fn azerty(command: UiCommand) -> Option<&'static [&'static str]> {
    use UiCommand as C;
    Some(match command {
        C::Help => &["?", "F1"],
        C::GoHome => &["Ctrl+1", "Ctrl+&"],
        C::GoBoard => &["Ctrl+2", "Ctrl+é"],
        C::GoEditor => &["Ctrl+3", "Ctrl+\""],
        C::GoPosts => &["Ctrl+4", "Ctrl+'"],
        C::NextFrame => &[".", ";"],
        C::ZoomFit => &["\\", "*"],
        C::ZoomIn => &["=", "+"],
        C::ToggleLeftPanel => &["Alt+1", "Alt+&"],
        C::ToggleInspector => &["Alt+2", "Alt+é"],
        _ => return None,
    })
}

fn premiere(command: UiCommand) -> Option<&'static [&'static str]> {
    use UiCommand as C;
    Some(match command {
        C::Palette => &["Ctrl+Shift+P"],
        C::Export => &["Ctrl+M"],
        C::PreviousFrame => &["ArrowLeft"],
        C::NextFrame => &["ArrowRight"],
        C::PreviousCut => &["ArrowUp"],
        C::NextCut => &["ArrowDown"],
        C::ClearMarks => &["Ctrl+Shift+X"],
        C::ToggleLoop => &["Ctrl+L"],
        C::Split => &["Ctrl+K"],
        C::SplitAll => &["Ctrl+Shift+K"],
        C::ToggleSnap => &["S"],
        C::FullScreen => &["Ctrl+`"],
        _ => return None,
    })
}

fn resolve(command: UiCommand) -> Option<&'static [&'static str]> {
    use UiCommand as C;
    Some(match command {
        C::PreviousFrame => &["ArrowLeft"],
        C::NextFrame => &["ArrowRight"],
        C::PreviousCut => &["ArrowUp"],
        C::NextCut => &["ArrowDown"],
        C::ToggleLoop => &["Ctrl+/"],
        C::Split => &["Ctrl+B", "Ctrl+\\"],
        C::SplitAll => &["Ctrl+Shift+B"],
        C::TrimStart => &["{"],
        C::TrimEnd => &["}"],
        C::Lift => &["Backspace"],
        C::RippleDelete => &["Delete"],
        C::ZoomIn => &["Ctrl+="],
        C::ZoomOut => &["Ctrl+-"],
        C::ZoomFit => &["Shift+Z"],
        C::LinkClips => &["Ctrl+Alt+L"],
        C::UnlinkClips => &["Ctrl+Alt+Shift+L"],
        C::FullScreen => &["P"],
        _ => return None,
    })
}

fn shotcut(command: UiCommand) -> Option<&'static [&'static str]> {
    use UiCommand as C;
    Some(match command {
        C::PreviousFrame => &["ArrowLeft"],
        C::NextFrame => &["ArrowRight"],
        C::PreviousCut => &["Alt+ArrowLeft"],
        C::NextCut => &["Alt+ArrowRight"],
        C::NudgeBack => &["Ctrl+ArrowLeft"],
        C::NudgeOn => &["Ctrl+ArrowRight"],
        C::TrimStart => &["Shift+I"],
        C::TrimEnd => &["Shift+O"],
        C::Lift => &["Z", "Delete"],
        C::RippleDelete => &["X", "Shift+Delete"],
        C::SelectNone => &["Ctrl+D"],
        C::ToggleSnap => &["Ctrl+P"],
        C::ZoomFit => &["0"],
        C::FullScreen => &["F11"],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use protocol::studio::settings::Settings;

    use super::*;
    use crate::command::{Context, called_by};

    /// What every set calls alike in the editor.
    const COMMON: &[(&str, UiCommand)] = &[
        ("Space", UiCommand::PlayPause),
        ("J", UiCommand::PlayBackward),
        ("K", UiCommand::Pause),
        ("L", UiCommand::PlayForward),
        ("I", UiCommand::MarkIn),
        ("O", UiCommand::MarkOut),
        ("M", UiCommand::AddMarker),
        ("Home", UiCommand::GoToStart),
        ("End", UiCommand::GoToEnd),
        ("Ctrl+Z", UiCommand::Undo),
        ("Ctrl+Shift+Z", UiCommand::Redo),
        ("Ctrl+A", UiCommand::SelectAll),
        ("Ctrl+F", UiCommand::FindWords),
    ];

    /// Checks what keys call in the editor, and that others call nothing there: those of the standard set
    /// that this one gives up.
    fn check(keymap: Keymap, calls: &[(&str, UiCommand)], given_up: &[&str]) {
        let settings = Settings {
            keymap,
            ..Settings::default()
        };
        let called = |written: &str| {
            let chord = Chord::parse(written).unwrap();
            called_by(&chord, &settings, Context::Editor)
        };
        for (written, command) in COMMON.iter().chain(calls) {
            let found = called(written);
            assert_eq!(found, Some(*command), "{written} of {keymap:?}");
        }
        for written in given_up {
            let found = called(written);
            assert_eq!(found, None, "{keymap:?} has no {written}");
        }
    }

    #[test]
    fn the_keys_that_were_agreed_call_what_they_should() {
        use UiCommand as C;
        let calls = [
            ("S", C::Split),
            ("Shift+S", C::SplitAll),
            ("Q", C::TrimStart),
            ("W", C::TrimEnd),
            ("Delete", C::Lift),
            ("Shift+Delete", C::RippleDelete),
            ("N", C::ToggleSnap),
            (",", C::PreviousFrame),
            (".", C::NextFrame),
            ("=", C::ZoomIn),
            ("-", C::ZoomOut),
            ("\\", C::ZoomFit),
            ("Ctrl+E", C::Export),
            ("Ctrl+K", C::Palette),
            ("?", C::Help),
        ];
        check(Keymap::Standard, &calls, &[]);
    }

    #[test]
    fn the_keys_of_premiere_call_what_they_do_there() {
        use UiCommand as C;
        let calls = [
            ("Ctrl+Shift+P", C::Palette),
            ("Ctrl+M", C::Export),
            ("ArrowLeft", C::PreviousFrame),
            ("ArrowRight", C::NextFrame),
            ("ArrowUp", C::PreviousCut),
            ("ArrowDown", C::NextCut),
            ("Ctrl+Shift+X", C::ClearMarks),
            ("Ctrl+L", C::ToggleLoop),
            ("Ctrl+K", C::Split),
            ("Ctrl+Shift+K", C::SplitAll),
            ("Q", C::TrimStart),
            ("W", C::TrimEnd),
            ("Delete", C::Lift),
            ("Shift+Delete", C::RippleDelete),
            ("S", C::ToggleSnap),
            ("\\", C::ZoomFit),
            ("Ctrl+`", C::FullScreen),
        ];
        let given_up = [
            "Ctrl+E", ",", ".", "PageUp", "PageDown", "Alt+X", "Shift+L", "Shift+S", "N", "F",
        ];
        check(Keymap::Premiere, &calls, &given_up);
    }

    #[test]
    fn the_keys_of_resolve_call_what_they_do_there() {
        use UiCommand as C;
        let calls = [
            ("Ctrl+K", C::Palette),
            ("Ctrl+E", C::Export),
            ("ArrowLeft", C::PreviousFrame),
            ("ArrowRight", C::NextFrame),
            ("ArrowUp", C::PreviousCut),
            ("ArrowDown", C::NextCut),
            ("Alt+X", C::ClearMarks),
            ("Ctrl+/", C::ToggleLoop),
            ("Ctrl+B", C::Split),
            ("Ctrl+\\", C::Split),
            ("Ctrl+Shift+B", C::SplitAll),
            ("{", C::TrimStart),
            ("}", C::TrimEnd),
            ("Backspace", C::Lift),
            ("Delete", C::RippleDelete),
            ("N", C::ToggleSnap),
            ("Ctrl+=", C::ZoomIn),
            ("Ctrl+-", C::ZoomOut),
            ("Shift+Z", C::ZoomFit),
            ("Ctrl+Alt+L", C::LinkClips),
            ("Ctrl+Alt+Shift+L", C::UnlinkClips),
            ("P", C::FullScreen),
        ];
        let given_up = [
            ",",
            ".",
            "PageUp",
            "PageDown",
            "Shift+L",
            "S",
            "Shift+S",
            "Q",
            "W",
            "Shift+Delete",
            "=",
            "-",
            "\\",
            "Ctrl+G",
            "Ctrl+Shift+G",
            "F",
        ];
        check(Keymap::Resolve, &calls, &given_up);
    }

    #[test]
    fn what_the_other_editor_s_keys_call_there_they_call_here() {
        use UiCommand as C;
        let calls = [
            ("Ctrl+K", C::Palette),
            ("Ctrl+E", C::Export),
            ("ArrowLeft", C::PreviousFrame),
            ("ArrowRight", C::NextFrame),
            ("Alt+ArrowLeft", C::PreviousCut),
            ("Alt+ArrowRight", C::NextCut),
            ("Ctrl+ArrowLeft", C::NudgeBack),
            ("Ctrl+ArrowRight", C::NudgeOn),
            ("S", C::Split),
            ("Shift+S", C::SplitAll),
            ("Shift+I", C::TrimStart),
            ("Shift+O", C::TrimEnd),
            ("Z", C::Lift),
            ("Delete", C::Lift),
            ("X", C::RippleDelete),
            ("Shift+Delete", C::RippleDelete),
            ("Ctrl+D", C::SelectNone),
            ("Ctrl+P", C::ToggleSnap),
            ("0", C::ZoomFit),
            ("F11", C::FullScreen),
        ];
        let given_up = [
            ",",
            ".",
            "PageUp",
            "PageDown",
            "Q",
            "W",
            "Ctrl+Shift+A",
            "N",
            "\\",
            "F",
        ];
        check(Keymap::Shotcut, &calls, &given_up);
    }

    #[test]
    fn a_french_keyboard_has_the_standard_keys_and_those_it_types_without_shift() {
        use UiCommand as C;
        let calls = [
            ("F1", C::Help),
            ("Ctrl+&", C::GoHome),
            ("Ctrl+é", C::GoBoard),
            ("Ctrl+\"", C::GoEditor),
            ("Ctrl+'", C::GoPosts),
            (";", C::NextFrame),
            ("*", C::ZoomFit),
            ("+", C::ZoomIn),
        ];
        check(Keymap::Azerty, &calls, &[]);
        for command in C::ALL.iter().copied() {
            let own = keys(Keymap::Azerty, command);
            for chord in keys(Keymap::Standard, command) {
                assert!(own.contains(&chord), "{command:?} keeps {chord:?}");
            }
        }
    }

    /// What the row of digits of a French keyboard types without Shift, from 1 on, then 0.
    const UNSHIFTED: [(&str, &str); 10] = [
        ("1", "&"),
        ("2", "é"),
        ("3", "\""),
        ("4", "'"),
        ("5", "("),
        ("6", "-"),
        ("7", "è"),
        ("8", "_"),
        ("9", "ç"),
        ("0", "à"),
    ];

    #[test]
    fn every_key_with_a_digit_works_on_french_keyboards_without_shift() {
        let mut found = 0;
        for command in UiCommand::ALL.iter().copied() {
            let written = |keymap| -> Vec<String> {
                let keys = keys(keymap, command);
                keys.iter().map(Chord::written).collect()
            };
            let french = written(Keymap::Azerty);
            for chord in written(Keymap::Standard) {
                for (digit, character) in UNSHIFTED {
                    let modifiers = match chord.strip_suffix(digit) {
                        // F1 is a key of its own.
                        Some(rest) if rest.is_empty() || rest.ends_with('+') => rest,
                        _ => continue,
                    };
                    let unshifted = Chord::parse(&format!("{modifiers}{character}"));
                    let unshifted = unshifted.map(|own| own.written()).unwrap_or_default();
                    assert!(french.contains(&chord), "{command:?}: {chord} with Shift");
                    assert!(french.contains(&unshifted), "{command:?}: {unshifted}");
                    found += 1;
                }
            }
        }
        assert_eq!(found, 6, "views and panels have digits");
    }
}

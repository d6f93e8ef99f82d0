//! What a user chose.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Everything that is kept between runs. Fields of later versions are ignored, missing ones take
/// their default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Language of the window; `None` follows the system, French where that is unknown.
    pub language: Option<Language>,
    /// Dark or light.
    pub theme: Theme,
    /// The set of shortcuts that is changed by `shortcuts`.
    pub keymap: Keymap,
    /// The user's own shortcuts: by command, the keys that call it, as the window writes them. An
    /// empty list takes the command's keys away.
    pub shortcuts: BTreeMap<String, Vec<String>>,
    /// Whether the first run is behind us.
    pub welcomed: bool,
    /// How the last export was ordered.
    pub export: Option<ExportOrder>,
    /// Which network's safe area the preview shows; `None` for none.
    pub safe_area: Option<String>,
    /// Widths and heights of panels in pixels, by name.
    pub panels: BTreeMap<String, f64>,
    /// Panels that are folded to a strip, by name.
    pub folded: BTreeSet<String>,
}

/// A language of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Français.
    #[serde(rename = "fr")]
    French,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// Returns the language in which the program speaks until the user chooses one: the system's where
    /// that is one of its own, else French. `code` is a language's code or the name of a locale, such
    /// as `en` or `en_GB.UTF-8`; `None` where the system names none.
    pub fn of_system(code: Option<&str>) -> Self {
        let spoken = code.and_then(|code| code.split(['_', '-', '.', '@']).next());
        if spoken.is_some_and(|spoken| spoken.eq_ignore_ascii_case("en")) {
            Self::English
        } else {
            Self::French
        }
    }
}

/// Dark or light.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has it.
    System,
    /// Dark.
    #[default]
    Dark,
    /// Light.
    Light,
}

/// A set of shortcuts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keymap {
    /// The program's own.
    #[default]
    Standard,
    /// The program's own for French keyboards.
    Azerty,
    /// As in Adobe Premiere Pro.
    Premiere,
    /// As in DaVinci Resolve.
    Resolve,
    /// As in Shotcut.
    Shotcut,
}

/// How reels are exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportOrder {
    /// Absolute path of the folder; made when it is not there.
    pub folder: String,
    /// File name without its ending. `{project}`, `{source}`, `{title}`, `{number}`, `{date}`
    /// stand for those; a name that is taken gets a number.
    pub template: String,
    /// What is written.
    pub format: ExportFormat,
    /// Whether caption files are written beside the video.
    pub caption_files: bool,
    /// Whether a cover picture is written beside the video.
    pub cover: bool,
}

impl ExportOrder {
    /// The template unless another is chosen.
    pub const TEMPLATE: &'static str = "{source} {number} {title}";
}

/// What is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// H.264 and AAC in MP4, with the best encoder that the machine has.
    #[default]
    Mp4,
    /// The same with the encoder of the processor only, where a graphics driver misbehaves.
    Mp4Software,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_language_is_taken_where_the_program_speaks_it() {
        for (code, expect) in [
            (None, Language::French),
            (Some(""), Language::French),
            (Some("fr"), Language::French),
            (Some("fr_CA.UTF-8"), Language::French),
            (Some("en"), Language::English),
            (Some("EN-gb"), Language::English),
            (Some("en_US.UTF-8"), Language::English),
            (Some("de_DE"), Language::French),
            (Some("eng"), Language::French),
        ] {
            assert_eq!(Language::of_system(code), expect, "{code:?}");
        }
    }

    #[test]
    fn settings_of_other_versions_are_read() {
        let read: Settings =
            serde_json::from_str(r#"{"theme":"light","of_tomorrow":{"x":1}}"#).unwrap();
        assert_eq!(read.theme, Theme::Light);
        assert_eq!(
            read.keymap,
            Keymap::Standard,
            "what is missing has its default"
        );
    }
}

//! The caption styles that ship, read from `assets/presets/captions.toml`.

use serde::Deserialize;
use timeline::style::CaptionStyle;

/// A caption style with its name.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// Stable name, as `--preset` takes it.
    pub name: String,
    /// One sentence on what it looks like.
    pub description: String,
    /// The style.
    pub caption: CaptionStyle,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    preset: Vec<Preset>,
}

/// Returns the presets that ship; the first is the default.
///
/// # Panics
/// Never in a build whose tests passed: the file is compiled in, and a test reads it.
pub fn builtin() -> Vec<Preset> {
    #[expect(
        clippy::expect_used,
        reason = "the text is compiled in and a test parses it"
    )]
    let file: File = toml::from_str(include_str!("../../../assets/presets/captions.toml"))
        .expect("BUG: assets/presets/captions.toml does not parse");
    file.preset
}

/// Returns the preset called `name`.
pub fn by_name(name: &str) -> Option<Preset> {
    builtin().into_iter().find(|preset| preset.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn presets_are_named_apart_and_sane() {
        let presets = builtin();
        assert!(presets.len() >= 3, "a choice to make");
        let names: BTreeSet<&str> = presets.iter().map(|preset| preset.name.as_str()).collect();
        assert_eq!(names.len(), presets.len(), "no name twice");
        for preset in &presets {
            let style = &preset.caption;
            assert_eq!(style.font_family, "Inter", "{} ships its font", preset.name);
            assert!(
                [600, 700, 800].contains(&style.font_weight),
                "{} uses a weight that ships",
                preset.name
            );
            assert!(style.font_size > 0.0 && style.line_height >= 1.0);
            assert!(style.max_lines <= 2, "{} stays at two lines", preset.name);
            assert!(preset.description.ends_with('.'), "a sentence");
        }
        assert_eq!(presets[0].name, "bold", "the default comes first");
    }

    #[test]
    fn letters_stand_out_on_bright_and_dark() {
        // Either a dark outline or a dark plate separates light letters from a bright picture.
        for preset in builtin() {
            let style = preset.caption;
            let light = |c: timeline::style::Color| {
                (u32::from(c.r) * 299 + u32::from(c.g) * 587 + u32::from(c.b) * 114) / 1000
            };
            let outlined = style.outline >= 5.0
                && style.outline_color.a > 200
                && light(style.outline_color) < 60;
            let plated = style
                .background
                .is_some_and(|plate| plate.a > 150 && light(plate) < 60);
            assert!(
                light(style.text_color) > 180,
                "{}: light letters",
                preset.name
            );
            assert!(outlined || plated, "{}: dark edge or plate", preset.name);
        }
    }

    #[test]
    fn names_find_presets() {
        assert_eq!(
            by_name("clean").map(|preset| preset.name).as_deref(),
            Some("clean")
        );
        assert_eq!(by_name("none such"), None);
    }
}

//! The text of the tour, read from `assets/demo/tour*.toml`.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

/// The longest line: two subtitle lines of 42 characters.
pub const LINE_CHARS: usize = 84;

/// A whole tour.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// BCP 47 language of the text.
    pub language: String,
    /// The espeak-ng voice that speaks it.
    pub voice: String,
    /// The scenes in order.
    #[serde(rename = "scene")]
    pub scenes: Vec<Scene>,
}

/// A run of lines in one layout, with a slide.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// Where the presenter is.
    pub layout: Layout,
    /// Title of the slide.
    pub title: String,
    /// Points of the slide; they appear one by one.
    #[serde(default)]
    pub bullets: Vec<String>,
    /// What is said, one sentence each; a text in brackets is a sound.
    pub lines: Vec<String>,
}

/// Where the presenter is in a scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Left of the slide.
    Left,
    /// Right of the slide.
    Right,
    /// Not in the picture: the slide fills it.
    Slide,
}

impl Script {
    /// Reads a script from TOML; an empty scene or a line over [`LINE_CHARS`] is an error.
    pub fn parse(text: &str) -> Result<Self> {
        let script: Self = toml::from_str(text).context("the script is not valid TOML")?;
        for scene in &script.scenes {
            ensure!(
                !scene.lines.is_empty(),
                "scene “{}” says nothing",
                scene.title
            );
            for line in &scene.lines {
                ensure!(
                    line.chars().count() <= LINE_CHARS,
                    "over {LINE_CHARS} characters, split it: “{line}”"
                );
            }
        }
        Ok(script)
    }
}

impl Scene {
    /// Returns how many points are shown while line `line` is spoken: evenly spread, the first one
    /// from the second line on, all of them with the last line.
    pub fn shown(&self, line: usize) -> usize {
        let lines = self.lines.len().max(2) - 1;
        (line * self.bullets.len())
            .div_ceil(lines)
            .min(self.bullets.len())
    }
}

/// Returns whether a line is a sound, such as `[laughter]`, instead of words.
pub fn is_sound(line: &str) -> bool {
    line.starts_with('[') && line.ends_with(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tours() -> [Script; 2] {
        [
            Script::parse(include_str!("../../../assets/demo/tour.toml")).unwrap(),
            Script::parse(include_str!("../../../assets/demo/tour.fr.toml")).unwrap(),
        ]
    }

    #[test]
    fn both_languages_have_the_same_scenes_and_sounds() {
        let [en, fr] = tours();
        assert_eq!(en.scenes.len(), fr.scenes.len(), "one scene per scene");
        for (a, b) in en.scenes.iter().zip(&fr.scenes) {
            assert_eq!(a.layout, b.layout, "{}", b.title);
            assert_eq!(a.bullets.len(), b.bullets.len(), "{}", b.title);
            let sounds = |s: &Scene| -> Vec<usize> {
                (0..s.lines.len())
                    .filter(|i| is_sound(&s.lines[*i]))
                    .collect()
            };
            assert_eq!(sounds(a), sounds(b), "{}", b.title);
        }
    }

    #[test]
    fn the_tour_shows_the_presenter_on_both_sides_and_a_slide_alone() {
        for layout in [Layout::Left, Layout::Right, Layout::Slide] {
            let count = tours()[0]
                .scenes
                .iter()
                .filter(|s| s.layout == layout)
                .count();
            assert!(count >= 3, "{layout:?} is used {count} times");
        }
    }

    #[test]
    fn points_appear_one_by_one_and_are_all_there_at_the_end() {
        for scene in &tours()[0].scenes {
            assert_eq!(scene.shown(0), 0, "{}: a title alone at first", scene.title);
            assert_eq!(
                scene.shown(scene.lines.len() - 1),
                scene.bullets.len(),
                "{}",
                scene.title
            );
        }
    }

    #[test]
    fn a_line_that_would_not_fit_two_subtitle_lines_is_refused() {
        let long = "x".repeat(LINE_CHARS + 1);
        let text = format!(
            "language='en'\nvoice='en'\n[[scene]]\nlayout='left'\ntitle='t'\nlines=['{long}']"
        );
        let error = Script::parse(&text).unwrap_err().to_string();
        assert!(error.contains("split it"), "{error}");
    }
}

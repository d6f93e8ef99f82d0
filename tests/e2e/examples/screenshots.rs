//! Takes a picture of every view: `screenshots FOLDER`, with the program in `CREALIA_STUDIO`; both
//! languages, both themes, 1280×800 and 1920×1080. With axe-core in `CREALIA_AXE` it lists what
//! that finds.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use e2e::steps::{self, Tongue};
use e2e::views::{self, Theme, Visit};
use e2e::{Setup, Window};
use walks::Walk;

#[path = "../tests/walks/mod.rs"]
mod walks;

fn main() -> Result<()> {
    let program = std::env::var_os("CREALIA_STUDIO").context("CREALIA_STUDIO names no program")?;
    let program = PathBuf::from(program);
    let folder = std::env::args_os().nth(1).context("screenshots FOLDER")?;
    let folder = PathBuf::from(folder);
    let mut bad = Vec::new();
    for tongue in [Tongue::French, Tongue::English] {
        for size in [(1280, 800), (1920, 1080)] {
            for theme in [Theme::Dark, Theme::Light] {
                let look = Look {
                    tongue,
                    size,
                    theme,
                };
                look.take(&program, &folder, &mut bad)?;
            }
        }
    }
    for line in &bad {
        say(line);
    }
    ensure!(bad.is_empty(), "{} violations of accessibility", bad.len());
    Ok(())
}

/// One way of looking at the views.
struct Look {
    tongue: Tongue,
    size: (u32, u32),
    theme: Theme,
}

impl Look {
    fn take(&self, program: &Path, folder: &Path, bad: &mut Vec<String>) -> Result<()> {
        let (width, height) = self.size;
        let language = self.tongue.say("en", "fr");
        let folder = folder.join(format!("{language}-{}-{width}", self.theme.name()));
        std::fs::create_dir_all(&folder)?;
        let setup = Setup::new(program)
            .locale(self.tongue.locale())
            .size(width, height);
        let mut visit = |window: &Window, name: &str| {
            window.picture(&folder.join(format!("{name}.png")))?;
            let found = views::violations(window)?.unwrap_or_default();
            say(&format!(
                "{}/{name}: {} violations",
                folder.display(),
                found.len()
            ));
            let place = format!("{language} {} {width}", self.theme.name());
            bad.extend(found.iter().map(|one| format!("{place} {name}: {one}")));
            Ok(())
        };
        let all: [Walk; 6] = [
            walks::beginning,
            walks::posting,
            walks::talk,
            walks::projects,
            lists,
            walks::restored,
        ];
        for walk in all {
            walk(setup.clone(), self.theme, &mut visit)?;
        }
        Ok(())
    }
}

/// Long lists, and one of one.
fn lists(setup: Setup, theme: Theme, visit: Visit<'_>) -> Result<()> {
    let (_session, window) = steps::with_talk(setup)?;
    views::many(&window, theme, visit)
}

#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
fn say(line: &str) {
    println!("{line}");
}

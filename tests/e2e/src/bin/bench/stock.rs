//! Libraries that are measured: made once through the window and kept, copied for each measurement.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use e2e::probe::{SECOND, asked};
use e2e::{Session, Setup, Window, material, steps};
use serde_json::{Value, json};

use crate::figures::say;
use crate::setup;

/// How long the import of an hour may take.
const PATIENCE: Duration = Duration::from_hours(1);

/// A library that is kept.
pub(crate) struct Stock {
    folder: PathBuf,
}

/// How a filmed source is edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As it is: key frames every second, 8 Mbit/s.
    AsItIs,
    /// Through a proxy: key frames every two seconds are far apart in 24 Mbit/s.
    Proxied,
}

/// Whether the covers of reels are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Covers {
    /// As they were when the window was closed.
    Kept,
    /// None of them.
    Gone,
}

/// Returns a library with a talk of two minutes.
pub(crate) fn talk(program: &Path) -> Result<Stock> {
    stock(
        program,
        "talk",
        || material::talk(&steps::kept()),
        |_| Ok(()),
    )
}

/// Returns a library with an hour's talk, and two sequences that are cut into 500 and 5,000 clips.
pub(crate) fn hour(program: &Path) -> Result<Stock> {
    stock(
        program,
        "hour",
        || material::hour(&steps::kept()),
        |window| {
            for clips in [500, 5_000] {
                cut(window, clips)?;
            }
            // Covers are drawn when they are seen.
            open(window)?;
            asked(
                window,
                "const board = document.querySelector('[data-part=board]');
             while (board.scrollTop + board.clientHeight < board.scrollHeight - 2) {
               board.scrollTop += 400;
               await new Promise((done) => setTimeout(done, 100));
             }",
                &[],
            )?;
            std::thread::sleep(Duration::from_mins(1));
            Ok(())
        },
    )
}

/// Returns a library with a talk in 1080p, and a sequence of 72 seconds of it with captions.
pub(crate) fn filmed(program: &Path, form: Form) -> Result<Stock> {
    let (name, gop, megabits) = match form {
        Form::AsItIs => ("filmed", 30, 8),
        Form::Proxied => ("filmed-proxied", 60, 24),
    };
    stock(
        program,
        name,
        || material::filmed(&steps::kept(), gop, megabits),
        |window| {
            let format = json!({"width": 1080, "height": 1920, "rate": {"num": 30, "den": 1}});
            whole(window, "minute", &format, 72)?;
            Ok(())
        },
    )
}

fn stock(
    program: &Path,
    name: &str,
    video: impl FnOnce() -> Result<PathBuf>,
    finish: impl FnOnce(&Window) -> Result<()>,
) -> Result<Stock> {
    let folder = steps::kept().join(format!("stock-{name}"));
    if folder.is_dir() {
        return Ok(Stock { folder });
    }
    say(&format!("(making the library “{name}”, once)"));
    let imported = steps::library(program, &format!("imported-{name}"), PATIENCE, video)?;
    let imported = Stock { folder: imported };
    let (session, window) = imported.at_home(setup(program), Covers::Kept)?;
    finish(&window)?;
    session.close(window)?;
    steps::keep(&session, &folder)?;
    Ok(Stock { folder })
}

impl Stock {
    /// Returns a session with a copy of it, without a window.
    pub(crate) fn closed(&self, setup: Setup) -> Result<Session> {
        let session = setup.start()?;
        steps::fill(&session, &self.folder)?;
        Ok(session)
    }

    /// Returns a window at the list of projects.
    pub(crate) fn at_home(&self, setup: Setup, covers: Covers) -> Result<(Session, Window)> {
        let mut session = self.closed(setup)?;
        let drawn = session.home().join("cache/covers");
        if covers == Covers::Gone && drawn.exists() {
            std::fs::remove_dir_all(drawn)?;
        }
        let window = session.open()?;
        window.part("project-card")?;
        Ok((session, window))
    }

    /// Returns a window with its project opened.
    pub(crate) fn opened(&self, setup: Setup) -> Result<(Session, Window)> {
        let (session, window) = self.at_home(setup, Covers::Kept)?;
        open(&window)?;
        Ok((session, window))
    }
}

fn open(window: &Window) -> Result<()> {
    window.click(&window.part("project-open")?)?;
    window.seen("[data-part=reel-card], [data-part=editor]")?;
    Ok(())
}

/// Adds a sequence of one long clip with its sound and its captions; returns its number.
fn whole(window: &Window, name: &str, format: &Value, secs: u64) -> Result<u64> {
    let made = asked(
        window,
        "const [name, format, end, pixels] = given;
         const project = 1;
         await probe.edit(project, [{ add_sequence: { name, format, tracks: ['video', 'voice'] } }]);
         const opened = await probe.ask('open_project', { project });
         const all = Object.values(opened.project.sequences);
         const sequence = all.find((one) => one.name === name);
         const media = opened.sources[0].media;
         const { revision } = await probe.ask('get_transcript', { project, media });
         await probe.edit(project, [
           { insert_clip: { sequence: sequence.id, tracks: sequence.tracks.map((track) => track.id), at: 0, media,
               source: { start: 0, end }, speed: { num: 1, den: 1 }, mode: 'vacant',
               framing: { crop: { keys: [{ at: 0, pixels }] } } } },
           { attach_captions: { sequence: sequence.id, media, revision } },
         ]);
         return sequence.id",
        &[json!(name), format.clone(), json!(secs * SECOND), middle(format)],
    )?;
    made.as_u64().context("no sequence")
}

/// Returns the upright middle of the picture: of 1080p, or of the talk's 640×360.
fn middle(format: &Value) -> Value {
    if format["height"] == json!(1920) {
        json!({"x": 656.25, "y": 0.0, "w": 607.5, "h": 1080.0})
    } else {
        json!({"x": 218.75, "y": 0.0, "w": 202.5, "h": 360.0})
    }
}

/// Adds a sequence of so many clips, half of them sound.
fn cut(window: &Window, clips: u64) -> Result<()> {
    /// Frames of a clip at 25 frames per second.
    const FRAMES: u64 = 36;
    const FRAME: u64 = SECOND / 25;
    const AT_ONCE: u64 = 100;
    let parts = clips / 2;
    let format = json!({"width": 720, "height": 1280, "rate": {"num": 25, "den": 1}});
    let name = format!("cut {clips}");
    let sequence = whole(window, &name, &format, parts * FRAMES / 25)?;
    let mut part = 1;
    while part < parts {
        let edits: Vec<Value> = (part..parts.min(part + AT_ONCE))
            .map(|part| {
                let at = part * FRAMES * FRAME;
                json!({"split": {"sequence": sequence, "at": at, "scope": "everything"}})
            })
            .collect();
        asked(window, "return probe.edit(1, given[0])", &[json!(edits)])?;
        part += AT_ONCE;
    }
    Ok(())
}

/// Opens the first reel of the opened project in the editor.
pub(crate) fn edit_first(window: &Window) -> Result<()> {
    window.click(&window.part("edit-button")?)?;
    steps::ready(window)
}

/// Opens the sequence of a minute.
pub(crate) fn edit_minute(window: &Window) -> Result<()> {
    edit(window, "minute", None)
}

/// Returns the size of the preview's pictures.
pub(crate) fn picture_size(window: &Window) -> Result<String> {
    let size = window.run(
        "const canvas = document.querySelector('[data-part=frame-canvas]');
         return `${canvas.width}×${canvas.height}`",
        &[],
    )?;
    Ok(size.as_str().unwrap_or_default().to_owned())
}

/// Opens a sequence that is cut into so many clips; returns how many are seen.
pub(crate) fn edit_cut(window: &Window, clips: u64) -> Result<usize> {
    // About 20 clips side by side.
    edit(window, &format!("cut {clips}"), Some(40.0))?;
    Ok(window.parts("clip")?.len())
}

/// Opens a sequence by its name in the editor.
fn edit(window: &Window, name: &str, zoom: Option<f64>) -> Result<()> {
    let sequence = asked(
        window,
        "const opened = await probe.ask('open_project', { project: 1 });
         return Object.values(opened.project.sequences).find((one) => one.name === given[0]).id",
        &[json!(name)],
    )?;
    steps::edit_sequence(window, &sequence, zoom)
}

//! What users do, in steps that several journeys and the pictures of views share.
#![expect(
    clippy::indexing_slicing,
    reason = "what is missing in a JSON answer reads as null"
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::probe::{SECOND, asked};
use crate::{Part, Session, Setup, Window, material};

/// How long an import or an export of the journeys' talk may take on a busy machine.
const WORK: Duration = Duration::from_secs(400);

/// A language of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// Français.
    French,
    /// English.
    English,
}

impl Tongue {
    /// Returns the session's locale.
    pub fn locale(self) -> &'static str {
        self.say("en_GB.UTF-8", "fr_FR.UTF-8")
    }

    /// Returns the words of this language.
    pub fn say<'a>(self, english: &'a str, french: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::French => french,
        }
    }
}

/// Returns the folder of what journeys make once and use again.
pub fn kept() -> PathBuf {
    let base = option_env!("CARGO_TARGET_TMPDIR").map(PathBuf::from);
    let program = std::env::current_exe().ok();
    let beside = program.and_then(|program| Some(program.parent()?.parent()?.join("tmp")));
    base.or(beside).unwrap_or_default().join("journeys")
}

/// Passes the first run by.
pub fn welcome(window: &Window) -> Result<()> {
    let start = window.part("welcome-start")?;
    window.click(&start)?;
    window.seen(".app").map(|_| ())
}

/// Waits until the board shows at least `count` reels.
pub fn reels(window: &Window, count: usize) -> Result<Vec<Part>> {
    reels_within(window, count, WORK)
}

fn reels_within(window: &Window, count: usize, patience: Duration) -> Result<Vec<Part>> {
    window.within(patience, "reels on the board", || {
        let failed = window.all_seen("[data-part=job-row][data-state=failed]")?;
        if let Some(job) = failed.first() {
            let words = window.text(job)?;
            return Ok(Some(Err(anyhow::anyhow!("the import failed: {words}"))));
        }
        let going = window.run(GOING, &[])?;
        let cards = window.parts("reel-card")?;
        Ok((cards.len() >= count && going == 0).then_some(Ok(cards)))
    })?
}

const GOING: &str = "return document.querySelectorAll(
  '[data-part=job-row][data-state=running], [data-part=job-row][data-state=queued]').length";

/// Opens the window on a library that holds the journeys' talk with its reels, made by importing
/// it through the window once and copied from then on.
pub fn with_talk(setup: Setup) -> Result<(Session, Window)> {
    let program = setup.program().to_owned();
    let about = std::fs::metadata(&program)?;
    let built = about.modified()?.duration_since(std::time::UNIX_EPOCH)?;
    // Another build may write other things.
    let name = format!("library-{}", built.as_millis());
    let library = library(&program, &name, WORK, || material::talk(&kept()))?;
    let mut session = setup.start()?;
    fill(&session, &library)?;
    let window = session.open()?;
    let open = window.part("project-open")?;
    window.click(&open)?;
    reels(&window, 2)?;
    Ok((session, window))
}

/// Puts a copy of a library into a session that has no window yet.
pub fn fill(session: &Session, library: &Path) -> Result<()> {
    copy(library, session.home())
}

/// Returns a program folder that holds a video with its reels, imported on first use.
pub fn library(
    program: &Path,
    name: &str,
    patience: Duration,
    video: impl FnOnce() -> Result<PathBuf>,
) -> Result<PathBuf> {
    let library = kept().join(name);
    if library.is_dir() {
        return Ok(library);
    }
    let mut session = Setup::new(program).file(video()?).start()?;
    let window = session.open()?;
    welcome(&window)?;
    reels_within(&window, 2, patience)?;
    // Back where every session begins: at the projects.
    let home = window.part("rail-home")?;
    window.click(&home)?;
    window.part("project-card")?;
    session.close(window)?;
    keep(&session, &library)?;
    Ok(library)
}

/// Keeps what a session that has ended left in its program folder, whole or not at all.
pub fn keep(session: &Session, library: &Path) -> Result<()> {
    let part = library.with_extension("part");
    if part.exists() {
        std::fs::remove_dir_all(&part)?;
    }
    copy(session.home(), &part)?;
    std::fs::rename(&part, library)?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Speaks another language from now on, by the command that every view has.
pub fn speak(window: &Window, tongue: Tongue) -> Result<()> {
    window.press(&["Control", "k"])?;
    window.part("palette-input")?;
    // The command is named in the language that it leads to.
    window.write(tongue.say("Switch to English", "Passer en français"))?;
    window.press(&["Enter"])?;
    window.gone("[data-part=palette]")?;
    let spoken = format!(":root[lang={}]", tongue.say("en", "fr"));
    window.seen(&spoken).map(|_| ())
}

/// Opens the first reel in the editor and waits for its clips and words.
pub fn editor(window: &Window) -> Result<()> {
    let edit = window.part("edit-button")?;
    window.click(&edit)?;
    in_editor(window)
}

/// Waits until the editor shows clips, words and captions, and is at rest.
pub fn in_editor(window: &Window) -> Result<()> {
    window.part("clip")?;
    let tab = window.part("tab-transcript")?;
    if window.attribute(&tab, "aria-selected")?.as_deref() != Some("true") {
        window.click(&tab)?;
    }
    window.part("word")?;
    window.part("caption-card")?;
    settled(window)
}

/// Returns where the playhead stands, as the preview says it.
pub fn timecode(window: &Window) -> Result<String> {
    let part = window.part("timecode")?;
    window.text(&part)
}

/// Returns the length of the open reel as the preview says it.
pub fn length(window: &Window) -> Result<String> {
    let shown = window.text(&window.seen(".preview-length")?)?;
    Ok(shown.replace('/', "").trim().to_owned())
}

/// Returns what a field holds.
pub fn value(window: &Window, part: &str) -> Result<String> {
    window.part(part)?;
    let script = "return document.querySelector(`[data-part=${arguments[0]}]`).value";
    let value = window.run(script, &[json!(part)])?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

/// Puts the playhead at a place in the page by a press on the timeline's ruler.
pub fn seek(window: &Window, x: f64) -> Result<()> {
    let ruler = window.part("timeline-ruler")?;
    let (_, top, _, height) = window.place(&ruler)?;
    window.drag(&[(x, top + height / 2.0)])
}

/// Returns the seconds of a clock, such as `1:04`.
pub fn secs(clock: &str) -> Result<i64> {
    let mut parts = clock.split(':');
    parts.try_fold(0, |all, part| Ok(all * 60 + part.trim().parse::<i64>()?))
}

/// Waits until the engine has noted that the user is in a view of project 1, such as `editor`, with the
/// playhead at a timecode.
pub fn noted(window: &Window, view: &str, at: &str) -> Result<()> {
    let (clock, _frame) = at.rsplit_once(':').context("an empty timecode")?;
    let secs = secs(clock)?;
    window.until("the place that is noted", || {
        let opened = ask(window, "open_project", &json!({"project": 1}))?;
        let place = &opened["ok"]["place"];
        let playhead = place["playhead"].as_i64().unwrap_or(-1);
        let is_here =
            place["view"] == json!(view) && playhead.div_euclid(SECOND.cast_signed()) == secs;
        Ok(is_here.then_some(()))
    })
}

/// Opens a sequence of project 1 in the editor, at a zoom in points per second if one is given.
pub fn edit_sequence(window: &Window, sequence: &Value, zoom: Option<f64>) -> Result<()> {
    // The project is left, so that it comes back where it is told to.
    asked(
        window,
        "const [sequence, zoom] = given;
         document.querySelector('[data-part=rail-home]').click();
         await new Promise((done) => setTimeout(done, 1500));
         const place = { view: 'editor', sequence, playhead: 0, zoom, selection: [] };
         await probe.ask('save_place', { project: 1, place })",
        &[sequence.clone(), json!(zoom)],
    )?;
    // As a program that is started: its address names no place.
    window.run(
        "history.replaceState(null, '', location.pathname); location.reload()",
        &[],
    )?;
    window.part("project-card")?;
    window.click(&window.part("project-open")?)?;
    ready(window)
}

/// Waits until the editor shows clips and a picture.
pub fn ready(window: &Window) -> Result<()> {
    window.part("clip")?;
    preview(window, "paused")
}

/// Waits until the preview is in a state, such as `playing`.
pub fn preview(window: &Window, state: &str) -> Result<()> {
    let wanted = format!("[data-part=preview][data-state={state}]");
    window.seen(&wanted).map(|_| ())
}

/// Waits until the editor has laid everything out: it shows the same for some looks.
fn settled(window: &Window) -> Result<()> {
    let mut last = Value::Null;
    let mut same = 0;
    window.until("an editor at rest", || {
        let now = shown(window)?;
        same = if now == last { same + 1 } else { 0 };
        last = now;
        Ok((same >= 8).then_some(()))
    })
}

/// Returns what the editor shows of the sequence: clips by name and place, words that are struck,
/// captions. Two equal states look equal.
pub fn shown(window: &Window) -> Result<Value> {
    window.run(
        "const all = (part, read) => [...document.querySelectorAll(`[data-part=${part}]`)].map(read);
         return {
           clips: all('clip', (clip) => [clip.dataset.clip, clip.getAttribute('aria-label')]),
           words: all('word', (word) => [word.textContent.trim(), word.dataset.state]),
           cards: all('caption-card', (card) => card.textContent.trim()),
         };",
        &[],
    )
}

/// Waits until the editor shows something else than before, and returns it.
pub fn changed(window: &Window, before: &Value, what: &str) -> Result<Value> {
    window.until(what, || {
        let now = shown(window)?;
        Ok((now != *before).then_some(now))
    })
}

/// Waits until the editor shows exactly this.
pub fn back_at(window: &Window, wanted: &Value, what: &str) -> Result<()> {
    let found = window.until(what, || Ok((shown(window)? == *wanted).then_some(())));
    found.map_err(|error| {
        let now = shown(window).unwrap_or_default();
        let differences = ["clips", "words", "cards"].map(|part| {
            let list = |value: &Value| value[part].as_array().cloned().unwrap_or_default();
            let (wanted, now) = (list(wanted), list(&now));
            let lacks: Vec<&Value> = wanted.iter().filter(|one| !now.contains(one)).collect();
            let has: Vec<&Value> = now.iter().filter(|one| !wanted.contains(one)).collect();
            format!(
                "{part}: lacks {lacks:?}, has {has:?}, {} of {}",
                now.len(),
                wanted.len()
            )
        });
        anyhow::anyhow!("{what}: {}\n{error:#}", differences.join("\n"))
    })
}

/// Returns whether a button can be pressed.
pub fn is_on(window: &Window, part: &str) -> Result<bool> {
    let button = window.part(part)?;
    let off = window.attribute(&button, "disabled")?.is_some();
    Ok(!off && window.attribute(&button, "aria-disabled")?.as_deref() != Some("true"))
}

/// Chooses in a list that drops down, as its change tells the page: the list itself is the system's.
pub fn choose(window: &Window, part: &str, value: &str) -> Result<()> {
    window.part(part)?;
    let chosen = window.run(
        "const [part, value] = arguments;
         const list = document.querySelector(`[data-part=${part}]`);
         list.value = value;
         list.dispatchEvent(new Event('change', { bubbles: true }));
         return list.value",
        &[json!(part), json!(value)],
    )?;
    ensure!(chosen == json!(value), "{part} has no {value}");
    Ok(())
}

/// Presses the undo keys until nothing is left to undo; returns how often.
pub fn undo_all(window: &Window) -> Result<usize> {
    repeat(window, &["Control", "z"], "undo-button")
}

/// Presses the redo keys until nothing is left to redo; returns how often.
pub fn redo_all(window: &Window) -> Result<usize> {
    repeat(window, &["Control", "Shift", "z"], "redo-button")
}

fn repeat(window: &Window, keys: &[&str], button: &str) -> Result<usize> {
    let mut count = 0;
    while is_on(window, button)? {
        let part = window.part(button)?;
        let before = window.attribute(&part, "aria-label")?;
        let state = shown(window)?;
        window.press(keys)?;
        let step = format!("step {} after {before:?}", count + 1);
        window.until(&step, || {
            let part = window.part(button)?;
            let is_other = window.attribute(&part, "aria-label")? != before;
            let is_over = !is_on(window, button)?;
            Ok((is_other || is_over || shown(window)? != state).then_some(()))
        })?;
        count += 1;
        ensure!(count < 100, "{button} never ends");
    }
    Ok(count)
}

/// Exports through the open dialog into a folder and returns the finished videos.
pub fn export(window: &Window, folder: &Path, count: usize) -> Result<Vec<PathBuf>> {
    order_export(window, folder)?;
    exported(window, folder, count)
}

/// Begins an export through the open dialog into a folder.
pub fn order_export(window: &Window, folder: &Path) -> Result<()> {
    let field = window.part("export-folder")?;
    let name = folder.to_str().context("a folder's name")?;
    window.fill(&field, name)?;
    let submit = window.part("export-submit")?;
    window.click(&submit)
}

/// Waits for the finished videos of an export that was begun.
pub fn exported(window: &Window, folder: &Path, count: usize) -> Result<Vec<PathBuf>> {
    window.within(WORK, "finished exports", || {
        let failed = window.all_seen("[data-part=job-row][data-state=failed]")?;
        if let Some(job) = failed.first() {
            let words = window.text(job)?;
            return Ok(Some(Err(anyhow::anyhow!("the export failed: {words}"))));
        }
        let videos = videos(folder);
        let going = window.run(GOING, &[])?;
        Ok((videos.len() >= count && going == 0).then_some(Ok(videos)))
    })?
}

/// Returns the finished videos in a folder and those below it, in order of their names.
pub fn videos(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        // A name with a leading dot is not finished.
        let is_finished = !entry.file_name().as_encoded_bytes().starts_with(b".");
        if path.is_dir() {
            found.extend(videos(&path));
        } else if is_finished && path.extension().is_some_and(|ending| ending == "mp4") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Asks the engine as the page does, where the way through the window is the system's dialog.
pub fn ask(window: &Window, name: &str, call: &Value) -> Result<Value> {
    let request = json!({"name": name, "call": call}).to_string();
    let script = "const [request, done] = arguments;
        window.__TAURI__.core.invoke('call', { request })
          .then((body) => done(JSON.parse(new TextDecoder().decode(body))))
          .catch((error) => done({ refused: String(error) }));";
    window.run_later(script, &[json!(request)])
}

//! A walk through every view, for pictures and for checks of accessibility.
//!
//! Map: `talk` board, editor, settings · `shelves` the projects

mod shelves;
mod talk;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::posting::{Desk, Network};
use crate::probe::{SECOND, asked};
use crate::{Session, Window, material, steps};

pub use shelves::projects;
pub use talk::busy;

/// An upload that takes so long is seen on its way.
const SLOW: Duration = Duration::from_secs(20);

/// What is done at each view: it gets the view's name.
pub type Visit<'a> = &'a mut dyn FnMut(&Window, &str) -> Result<()>;

/// Dark or light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark.
    Dark,
    /// Light.
    Light,
}

impl Theme {
    /// Returns its name in the settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }
}

/// Walks through what a new user sees: the first run, no project, a file that is refused.
pub fn empty(session: &Session, window: &Window, theme: Theme, visit: Visit<'_>) -> Result<()> {
    let choice = window.part(&format!("welcome-theme-{}", theme.name()))?;
    window.click(&choice)?;
    visit(window, "welcome")?;
    steps::welcome(window)?;
    window.part("home")?;
    visit(window, "home-empty")?;
    let notes = session.folder().join("notes.txt");
    std::fs::write(&notes, "no video")?;
    session.start_again(&[&notes])?;
    window.until("words on the refused file", || {
        Ok(window.words()?.contains("notes.txt").then_some(()))
    })?;
    visit(window, "import-refused")?;
    window.press(&["Escape"])?;
    window.gone("[data-part=refused-dialog]")?;
    // What looks like a video and breaks off in the middle.
    let whole = std::fs::read(material::talk(&steps::kept())?)?;
    let broken = session.folder().join("broken.mp4");
    std::fs::write(&broken, whole.get(..whole.len() / 3).unwrap_or_default())?;
    session.start_again(&[&broken])?;
    window.until("words on the broken file", || {
        let failed = "[data-part=job-row][data-state=failed], [data-part=refused-dialog]";
        Ok((!window.all_seen(failed)?.is_empty()).then_some(()))
    })?;
    visit(window, "import-failed")
}

/// Walks through what a user sees while work goes on and when it fails, after [`empty`]: a video of its
/// own is imported, exported, and taken away.
pub fn at_work(session: &Session, window: &Window, visit: Visit<'_>) -> Result<()> {
    if window.parts("jobs-drawer")?.is_empty() {
        window.press(&["Control", "j"])?;
    }
    window.click(&window.part("jobs-clear")?)?;
    window.gone("[data-part=job-row]")?;
    let talk = material::talk(&steps::kept())?;
    let own = material::copied(&talk, session.folder(), "own")?;
    session.start_again(&[&own])?;
    window.seen("[data-part=job-row][data-state=running]")?;
    while_held(session, window, "import-running", &mut *visit)?;
    let first = steps::reels(window, 2)?;
    let first = first.first().context("a reel")?;
    window.click(first)?;
    window.press(&["k"])?;
    window.seen("[data-part=reel-card][data-verdict=kept]")?;

    let folder = session.folder().join("reels");
    order_export(window, &folder)?;
    window.seen("[data-part=job-row][data-state=running]")?;
    while_held(session, window, "export-running", &mut *visit)?;
    steps::exported(window, &folder, 1)?;
    visit(window, "export-done")?;
    // A folder cannot be made where a file is.
    let taken = session.folder().join("taken");
    std::fs::write(&taken, "a file")?;
    order_export(window, &taken.join("out"))?;
    window.seen("[data-part=job-row][data-state=failed]")?;
    visit(window, "export-failed")?;
    if !window.parts("jobs-drawer")?.is_empty() {
        window.press(&["Control", "j"])?;
        window.gone("[data-part=jobs-drawer]")?;
    }

    steps::editor(window)?;
    steps::preview(window, "paused")?;
    window.press(&["Space"])?;
    steps::preview(window, "playing")?;
    std::fs::rename(&own, session.folder().join("elsewhere.mp4"))?;
    steps::preview(window, "failed")?;
    window.part("relink-notice-button")?;
    visit(window, "editor-file-missing")?;
    window.click(&window.part("rail-board")?)?;
    window.part("relink-button")?;
    pictures(window)?;
    visit(window, "board-file-missing")
}

/// Orders an export of the reels that are kept.
fn order_export(window: &Window, folder: &Path) -> Result<()> {
    window.press(&["Control", "e"])?;
    steps::order_export(window, folder)
}

/// Visits a view while a job stands still in the middle of its work.
fn while_held(session: &Session, window: &Window, name: &str, visit: Visit<'_>) -> Result<()> {
    window.until("a worker to hold", || {
        Ok((session.hold_workers()? > 0).then_some(()))
    })?;
    let seen = visit(window, name);
    session.release_workers()?;
    seen
}

/// Walks through what a user sees whose project another version wrote, and whose library was
/// damaged; `window` is on a library with an imported talk, and is closed.
pub fn restored(
    session: &mut Session,
    window: Window,
    theme: Theme,
    visit: Visit<'_>,
) -> Result<()> {
    set_theme(&window, theme)?;
    session.close(window)?;
    session.copy_library()?;
    session.change_library("UPDATE snapshots SET app_version = '99.1.0'")?;
    let window = session.open()?;
    window.click(&window.part("project-open")?)?;
    window.says("99.1.0")?;
    pictures(&window)?;
    visit(&window, "board-newer-version")?;
    session.close(window)?;
    session.damage_library()?;
    let window = session.open()?;
    window.part("project-card")?;
    pictures(&window)?;
    visit(&window, "home-damaged-library")
}

/// Walks through accounts and posts, from a board without either.
pub fn posting<N: Network>(desk: &Desk<N>, theme: Theme, visit: Visit<'_>) -> Result<()> {
    let window = &desk.window;
    set_theme(window, theme)?;
    desk.press("rail-posts")?;
    window.part("posts-empty")?;
    visit(window, "posts-empty")?;
    desk.press("rail-board")?;
    pictures(window)?;
    desk.press("reel-publish-button")?;
    window.part("publish-connect")?;
    visit(window, "publish-without-account")?;
    desk.press("publish-connect")?;
    visit(window, "accounts-without-app")?;
    desk.connect()?;
    visit(window, "accounts")?;
    desk.ask()?;
    visit(window, "accounts-asked")?;
    desk.press("consent-stop")?;
    desk.press("account-disconnect")?;
    window.part("disconnect-dialog")?;
    visit(window, "disconnect")?;
    window.press(&["Escape"])?;
    window.gone("[data-part=disconnect-dialog]")?;
    desk.network.refuse_next();
    desk.write("Une légende #idée")?;
    visit(window, "publish")?;
    desk.submit()?;
    desk.row("failed")?;
    desk.write_for_later("Une légende <trop tôt>")?;
    window.part("publish-finding")?;
    visit(window, "publish-refused")?;
    let caption = window.part("publish-caption")?;
    window.fill(&caption, "Une légende pour plus tard")?;
    window.gone("[data-part=publish-finding]")?;
    desk.submit()?;
    desk.row("scheduled")?;
    desk.write("Une légende de plus")?;
    desk.network.be_slow(SLOW);
    desk.submit()?;
    desk.row("publishing")?;
    visit(window, "posts-publishing")?;
    desk.row("published")?;
    visit(window, "posts")?;
    desk.press("rail-board")?;
    pictures(window)?;
    visit(window, "board-posted")
}

/// Walks through lists of one reel, 500 projects, 500 reels and 500 clips.
pub fn many(window: &Window, theme: Theme, visit: Visit<'_>) -> Result<()> {
    set_theme(window, theme)?;
    for number in 1..=500 {
        let name = json!({"name": format!("Épisode {number}")});
        steps::ask(window, "create_project", &name)?;
    }
    window.click(&window.part("rail-home")?)?;
    window.says("Épisode 500")?;
    visit(window, "home-500")?;
    let first = asked(
        window,
        "const opened = await probe.ask('open_project', { project: 1 });
         const [first, ...others] = opened.board.reels.map((reel) => reel.sequence);
         const edits = others.map((sequence) => ({ remove_sequence: { sequence } }));
         await probe.edit(1, edits);
         return first",
        &[],
    )?;
    window.click(&window.part("rail-board")?)?;
    window.until("one reel", || {
        Ok((window.parts("reel-card")?.len() == 1).then_some(()))
    })?;
    pictures(window)?;
    visit(window, "board-1")?;
    // As many reels, copies of one.
    for hundred in 0..5 {
        let copies: Vec<Value> = (1..=100)
            .map(|number| {
                let name = format!("Copie {}", hundred * 100 + number);
                json!({"duplicate_sequence": {"sequence": first, "name": name}})
            })
            .collect();
        asked(window, "await probe.edit(1, given[0])", &[json!(copies)])?;
    }
    window.part("reel-card")?;
    pictures(window)?;
    visit(window, "board-500")?;
    clips(window, &first)?;
    visit(window, "editor-500")
}

/// Cuts a reel into 500 clips, half of them sound, and opens it in the editor.
fn clips(window: &Window, reel: &Value) -> Result<()> {
    asked(
        window,
        "const [reel, second] = given;
         const opened = await probe.ask('open_project', { project: 1 });
         const { num, den } = opened.project.sequences[reel].format.rate;
         const cuts = Array.from({ length: 249 }, (_, cut) => second * den / num * (cut + 1));
         const split = (at) => ({ split: { sequence: reel, at, scope: 'everything' } });
         while (cuts.length > 0) {
           await probe.edit(1, cuts.splice(0, 100).map(split));
         }",
        &[reel.clone(), json!(SECOND)],
    )?;
    steps::edit_sequence(window, reel, None)
}

/// Visits a menu that has been asked for, and closes it.
fn menu(window: &Window, name: &str, visit: Visit<'_>) -> Result<()> {
    window.seen("[role=menu] :focus")?;
    visit(window, name)?;
    window.press(&["Escape"])?;
    window.gone("[role=menu]")
}

/// Visits a dialog, and closes it.
fn dialog(window: &Window, part: &str, name: &str, visit: Visit<'_>) -> Result<()> {
    window.part(part)?;
    visit(window, name)?;
    window.press(&["Escape"])?;
    window.gone(&format!("[data-part={part}]"))
}

/// Chooses a theme as the settings' select does.
pub fn set_theme(window: &Window, theme: Theme) -> Result<()> {
    window.click(&window.part("rail-settings")?)?;
    let tabs = window.all_named("tab", "*")?;
    window.click(tabs.first().context("a tab")?)?;
    window.part("theme-select")?;
    window.run(
        "const select = document.querySelector('[data-part=theme-select]');
         select.value = arguments[0];
         select.dispatchEvent(new Event('change', { bubbles: true }));",
        &[json!(theme.name())],
    )?;
    window.seen(&format!(":root[data-theme={}]", theme.name()))?;
    Ok(())
}

/// Waits until the pictures in sight are loaded.
pub fn pictures(window: &Window) -> Result<()> {
    window.until("loaded pictures", || {
        let open = window.run(
            "return [...document.images].filter((image) => {
               const box = image.getBoundingClientRect();
               return box.bottom > 0 && box.top < innerHeight && !image.complete;
             }).length",
            &[],
        )?;
        Ok((open == 0).then_some(()))
    })
}

/// Waits until nothing is on its way from one look to another: a button fades between two grounds.
/// What turns for as long as it is shown is no such way.
pub fn at_rest(window: &Window) -> Result<()> {
    window.until("a page at rest", || {
        let moving = window.run(
            "return document.getAnimations()
               .filter((one) => one instanceof CSSTransition && one.playState !== 'finished').length",
            &[],
        )?;
        Ok((moving == 0).then_some(()))
    })
}

/// Returns the serious and critical violations that axe-core finds in what is shown, each with
/// where it is; `None` without axe-core. Samples of caption styles are left out: they show how letters
/// are drawn on a video, and axe-core takes their outline for their colour.
pub fn violations(window: &Window) -> Result<Option<Vec<String>>> {
    let Some(path) = std::env::var_os("CREALIA_AXE") else {
        return Ok(None);
    };
    let axe = std::fs::read_to_string(path)?;
    window.run(&format!("if (!window.axe) {{ {axe} }}"), &[])?;
    at_rest(window)?;
    let found = window.run_later(
        "const done = arguments[arguments.length - 1];
         window.axe.run({ exclude: [['.look-sample']] }, { resultTypes: ['violations'] })
           .then((report) => done(report.violations))
           .catch((error) => done([{ id: String(error), impact: 'critical', nodes: [] }]));",
        &[],
    )?;
    let list = found.as_array().context("axe-core returns no list")?;
    let is_bad = |one: &&Value| matches!(one["impact"].as_str(), Some("serious" | "critical"));
    let told = list.iter().filter(is_bad).map(|one| {
        let places = one["nodes"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let places: Vec<String> = places
            .iter()
            .take(4)
            .map(|node| format!("{} {}", node["target"], node["failureSummary"]))
            .collect();
        format!("{} ({}): {}", one["id"], one["help"], places.join(" | "))
    });
    Ok(Some(told.collect()))
}

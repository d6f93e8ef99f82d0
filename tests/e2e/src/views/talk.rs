//! A library with an imported talk: the board, the editor, what opens over both, the settings.

use anyhow::Result;

use super::{Theme, Visit, dialog, menu, pictures, set_theme};
use crate::{Window, steps};

/// The parts of the settings, by the `data-part` of their tabs.
const SECTIONS: &[&str] = &[
    "general",
    "accounts",
    "shortcuts",
    "models",
    "storage",
    "about",
];

/// What fits nothing that has a name.
const NOTHING: &str = "zzzz";

/// Walks through the views of a library with an imported talk, from the board.
pub fn busy(window: &Window, theme: Theme, visit: Visit<'_>) -> Result<()> {
    set_theme(window, theme)?;
    window.click(&window.part("rail-home")?)?;
    window.part("project-card")?;
    visit(window, "home")?;
    board(window, &mut *visit)?;
    editor(window, &mut *visit)?;
    words(window, &mut *visit)?;
    over(window, &mut *visit)?;
    settings(window, visit)
}

/// The board: its reels, none of a verdict, one that is kept, its menu, its export, the jobs.
fn board(window: &Window, visit: Visit<'_>) -> Result<()> {
    window.click(&window.part("rail-board")?)?;
    window.part("reel-card")?;
    // Covers are drawn when they are first asked for.
    pictures(window)?;
    visit(window, "board")?;
    window.click(&window.part("show-rejected")?)?;
    window.seen("[data-part=board] .empty")?;
    visit(window, "board-none-rejected")?;
    window.click(&window.part("show-all")?)?;
    let card = window.part("reel-card")?;
    window.click(&card)?;
    window.press(&["k"])?;
    window.seen("[data-part=reel-card][data-verdict=kept]")?;
    pictures(window)?;
    visit(window, "board-kept")?;
    window.ask_for_menu(&card)?;
    menu(window, "menu-reel", &mut *visit)?;
    window.press(&["Control", "e"])?;
    export(window, &mut *visit)?;
    window.press(&["k"])?;
    window.press(&["Control", "j"])?;
    window.part("jobs-drawer")?;
    visit(window, "jobs")?;
    window.press(&["Control", "j"])?;
    window.gone("[data-part=jobs-drawer]")
}

/// The dialog that exports, as it opens and with what cannot be exported.
fn export(window: &Window, visit: Visit<'_>) -> Result<()> {
    window.part("export-dialog")?;
    visit(window, "export")?;
    steps::choose(window, "export-format", "mp4_software")?;
    // A name that fits every file is none.
    window.fill(&window.part("export-template")?, " ")?;
    window.seen("[data-part=export-submit]:disabled")?;
    dialog(window, "export-dialog", "export-without-name", visit)
}

/// The editor: words, a clip, its menu, tracks and their menu.
fn editor(window: &Window, visit: Visit<'_>) -> Result<()> {
    steps::editor(window)?;
    steps::preview(window, "paused")?;
    visit(window, "editor-transcript")?;
    window.click(&window.part("tab-library")?)?;
    let clip = window.part("clip")?;
    window.click(&clip)?;
    visit(window, "editor-clip")?;
    window.ask_for_menu(&clip)?;
    menu(window, "menu-timeline", &mut *visit)?;
    window.click(&window.part("add-track")?)?;
    menu(window, "menu-tracks", &mut *visit)?;
    let track = "[data-part=track][data-kind=video]";
    let switches = ["mute", "lock"].map(|part| format!("{track} [data-part={part}]"));
    for switch in &switches {
        window.click(&window.seen(switch)?)?;
    }
    window.seen(&format!("{track}[data-muted][data-locked]"))?;
    visit(window, "editor-track-off")?;
    for switch in &switches {
        window.click(&window.seen(switch)?)?;
    }
    window.gone(&format!("{track}:is([data-muted], [data-locked])"))
}

/// Words of the transcript: one that is selected, left out of the captions, searched for.
fn words(window: &Window, visit: Visit<'_>) -> Result<()> {
    window.click(&window.part("tab-transcript")?)?;
    let word = window.seen("[data-part=word][data-state=plays]:nth-of-type(3)")?;
    let said = window.text(&word)?;
    window.click(&word)?;
    window.part("words-section")?;
    visit(window, "editor-words")?;
    window.click(&window.part("words-hide")?)?;
    window.seen("[data-part=word][data-hidden]")?;
    let search = window.part("word-search")?;
    window.fill(&search, &said)?;
    window.seen("[data-part=word][data-found]")?;
    visit(window, "editor-words-found")?;
    // Nothing is searched for any more.
    window.press(&["Escape"])?;
    window.gone("[data-part=word][data-found]")
}

/// What opens over every view: the list of everything, the sheet of shortcuts.
fn over(window: &Window, visit: Visit<'_>) -> Result<()> {
    window.press(&["Control", "k"])?;
    window.part("palette")?;
    visit(window, "palette")?;
    window.write(NOTHING)?;
    window.seen(".palette-none")?;
    dialog(window, "palette", "palette-none-found", &mut *visit)?;
    // Outside of fields, where it is a letter.
    window.click(&window.part("clip")?)?;
    window.press(&["?"])?;
    dialog(window, "help", "help", visit)
}

/// The settings, a key that another command has, the licences.
fn settings(window: &Window, visit: Visit<'_>) -> Result<()> {
    window.click(&window.part("rail-settings")?)?;
    window.part("settings")?;
    for section in SECTIONS {
        let name = format!("settings-{section}");
        window.click(&window.part(&name)?)?;
        visit(window, &name)?;
        if *section == "shortcuts" {
            taken(window, &mut *visit)?;
        }
    }
    window.click(&window.part("show-licences")?)?;
    window.until("the licences", || {
        let long = "return document.querySelector('.licences').textContent.length > 200";
        Ok((window.run(long, &[])? == true).then_some(()))
    })?;
    dialog(window, "licences-dialog", "licences", visit)
}

/// Asks for the keys of a command, and presses what another one has.
fn taken(window: &Window, visit: Visit<'_>) -> Result<()> {
    let row = "[data-part=shortcut-row][data-command=split]";
    window.click(&window.seen(&format!("{row} [data-part=shortcut-change]"))?)?;
    window.seen("[data-part=shortcut-input]:focus")?;
    window.press(&["Space"])?;
    window.part("shortcut-take")?;
    visit(window, "settings-shortcut-taken")?;
    window.press(&["Escape"])?;
    window.gone("[data-part=shortcut-input]")
}

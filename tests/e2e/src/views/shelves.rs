//! The projects: what is asked of them, their menus and shelves, files that are dragged over them.

use anyhow::{Context as _, Result};

use super::{Theme, Visit, dialog, menu, set_theme};
use crate::{Session, Window};

/// The card of the project that is made here: the talk's is the first.
const NEW: &str = "[data-part=project-card]:not([data-project='1'])";
/// Places in a project's menu: no colour, then the colours in their order.
const GREEN: usize = 4;
/// A point of the window, whatever its size.
const MIDDLE: (i16, i16) = (640, 400);

/// Walks through the projects: one that is made, changed, put away and binned beside an imported talk.
pub fn projects(session: &Session, window: &Window, theme: Theme, visit: Visit<'_>) -> Result<()> {
    set_theme(window, theme)?;
    window.click(&window.part("rail-home")?)?;
    window.part("project-card")?;
    made(window, &mut *visit)?;
    window.click(&window.part("rail-home")?)?;
    window.seen(NEW)?;
    shelf(window, "tab-archive")?;
    visit(window, "archive-empty")?;
    shelf(window, "tab-bin")?;
    visit(window, "bin-empty")?;
    shelf(window, "tab-active")?;
    filtered(window, &mut *visit)?;
    changed(window, &mut *visit)?;
    put_away(window, &mut *visit)?;
    shelf(window, "tab-active")?;
    dragged(session, window, visit)
}

/// Makes a project, which is open at once and holds no video.
fn made(window: &Window, visit: Visit<'_>) -> Result<()> {
    window.press(&["Control", "n"])?;
    let field = window.part("name-input")?;
    visit(window, "new-project")?;
    window.fill(&field, "Épisode pilote")?;
    window.click(&window.part("name-submit")?)?;
    window.seen("[data-part=board] [data-part=empty-import-button]")?;
    visit(window, "board-new")?;
    window.click(&window.part("project-switcher")?)?;
    menu(window, "menu-switcher", visit)
}

/// Looks for a project that is not there.
fn filtered(window: &Window, visit: Visit<'_>) -> Result<()> {
    let filter = window.part("home-filter")?;
    window.fill(&filter, "zzzz")?;
    window.seen(".home-none")?;
    visit(window, "home-none-found")?;
    window.press(&["Control", "a"])?;
    window.press(&["Backspace"])?;
    window.seen(NEW).map(drop)
}

/// Gives the new project a colour, and asks for another name.
fn changed(window: &Window, visit: Visit<'_>) -> Result<()> {
    open_menu(window)?;
    menu(window, "menu-project", &mut *visit)?;
    open_menu(window)?;
    let colours = window.until("the colours", || {
        let colours = window.all_seen("[role=menuitemradio]")?;
        Ok((colours.len() > GREEN).then_some(colours))
    })?;
    window.click(colours.get(GREEN).context("green")?)?;
    window.seen(".project-words > .menu-colour")?;
    visit(window, "home-coloured")?;
    by_menu(window, "project-rename")?;
    dialog(window, "name-dialog", "rename-project", visit)
}

/// Puts the new project into the archive, then into the bin, and asks whether it is deleted.
fn put_away(window: &Window, visit: Visit<'_>) -> Result<()> {
    by_menu(window, "project-archive")?;
    window.gone(NEW)?;
    shelf(window, "tab-archive")?;
    window.seen(NEW)?;
    visit(window, "archive")?;
    open_menu(window)?;
    menu(window, "menu-archived", &mut *visit)?;
    by_menu(window, "project-bin")?;
    window.gone(NEW)?;
    shelf(window, "tab-bin")?;
    window.seen(NEW)?;
    visit(window, "bin")?;
    open_menu(window)?;
    menu(window, "menu-binned", &mut *visit)?;
    by_menu(window, "project-delete")?;
    dialog(window, "delete-dialog", "delete-project", visit)
}

/// Carries a file over the window and away again.
fn dragged(session: &Session, window: &Window, visit: Visit<'_>) -> Result<()> {
    let file = session.folder().join("prise.mp4");
    std::fs::write(&file, "a file")?;
    let desktop = session.desktop()?;
    let drag = desktop.drag(&[&file], MIDDLE)?;
    window.part("drop-overlay")?;
    visit(window, "drop")?;
    drag.carry_away()?;
    window.gone("[data-part=drop-overlay]")
}

/// Opens a shelf by its tab.
fn shelf(window: &Window, tab: &str) -> Result<()> {
    window.click(&window.part(tab)?)?;
    let open = format!("[data-part={tab}][aria-selected=true]");
    window.seen(&open).map(drop)
}

/// Opens the menu of the new project.
fn open_menu(window: &Window) -> Result<()> {
    let button = window.seen(&format!("{NEW} [data-part=project-menu]"))?;
    window.click(&button)
}

/// Does something by the menu of the new project.
fn by_menu(window: &Window, part: &str) -> Result<()> {
    open_menu(window)?;
    window.click(&window.part(part)?)
}

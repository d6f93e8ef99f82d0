//! The walk through all views, in parts that begin with a window of their own.

use anyhow::Result;
use e2e::Setup;
use e2e::posting::Desk;
use e2e::steps;
use e2e::views::{self, Theme, Visit};
use stand::Stand;
use testkit::strict::youtube;

#[path = "../stand/mod.rs"]
mod stand;

/// A part of the walk, in a language and a theme.
pub(crate) type Walk = fn(Setup, Theme, Visit<'_>) -> Result<()>;

/// The first run, work that goes on, and what fails.
pub(crate) fn beginning(setup: Setup, theme: Theme, visit: Visit<'_>) -> Result<()> {
    let mut session = setup.start()?;
    let window = session.open()?;
    views::empty(&session, &window, theme, visit)?;
    views::at_work(&session, &window, visit)
}

/// Accounts and posts.
pub(crate) fn posting(setup: Setup, theme: Theme, visit: Visit<'_>) -> Result<()> {
    let desk = Desk::open(setup, Stand::<youtube::Desk>::start())?;
    views::posting(&desk, theme, visit)
}

/// Everything that is done with a talk.
pub(crate) fn talk(setup: Setup, theme: Theme, visit: Visit<'_>) -> Result<()> {
    let (_session, window) = steps::with_talk(setup)?;
    views::busy(&window, theme, visit)
}

/// The projects beside a talk: one that is made, changed, put away and binned.
pub(crate) fn projects(setup: Setup, theme: Theme, visit: Visit<'_>) -> Result<()> {
    let (session, window) = steps::with_talk(setup)?;
    views::projects(&session, &window, theme, visit)
}

/// A project of another version, a library that was damaged.
pub(crate) fn restored(setup: Setup, theme: Theme, visit: Visit<'_>) -> Result<()> {
    let (mut session, window) = steps::with_talk(setup)?;
    views::restored(&mut session, window, theme, visit)
}

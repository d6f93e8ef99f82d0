//! Every view can be used with assistive technology, as far as axe-core can tell.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "says why a test is skipped")]

use e2e::posting::Desk;
use e2e::steps::{self, Tongue};
use e2e::views::{self, Theme};
use e2e::{Setup, Window};
use stand::Stand;
use testkit::strict::youtube;

mod stand;

/// A part of the walk, in a language and a theme: it tells what is wrong of each view.
type Walk = fn(Setup, Theme, views::Visit<'_>) -> anyhow::Result<()>;

/// The first run, work that goes on, and what fails.
const BEGINNING: Walk = |setup, theme, visit| {
    let mut session = setup.start()?;
    let window = session.open()?;
    views::empty(&session, &window, theme, visit)?;
    views::at_work(&session, &window, visit)
};

/// Accounts and posts.
const POSTING: Walk = |setup, theme, visit| {
    let desk = Desk::open(setup, Stand::<youtube::Desk>::start())?;
    views::posting(&desk, theme, visit)
};

/// Everything that is done with a talk.
const TALK: Walk = |setup, theme, visit| {
    let (_session, window) = steps::with_talk(setup)?;
    views::busy(&window, theme, visit)
};

/// A project of another version, a library that was damaged.
const RESTORED: Walk = |setup, theme, visit| {
    let (mut session, window) = steps::with_talk(setup)?;
    views::restored(&mut session, window, theme, visit)
};

fn check(walk: Walk, tongue: Tongue, theme: Theme) {
    let Some(program) = e2e::studio() else { return };
    if std::env::var_os("CREALIA_AXE").is_none() {
        eprintln!("skipped: no axe-core: `cargo xtask test` fetches it and sets CREALIA_AXE");
        return;
    }
    let setup = Setup::new(program).locale(tongue.locale());
    let mut bad = Vec::new();
    let mut visit = |window: &Window, name: &str| {
        let found = views::violations(window)?.unwrap_or_default();
        bad.extend(found.iter().map(|one| format!("{name}: {one}")));
        Ok(())
    };
    walk(setup, theme, &mut visit).unwrap();
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn views_of_the_beginning_have_no_serious_violation_in_french_and_dark() {
    check(BEGINNING, Tongue::French, Theme::Dark);
}

#[test]
fn views_of_the_beginning_have_no_serious_violation_in_english_and_light() {
    check(BEGINNING, Tongue::English, Theme::Light);
}

#[test]
fn views_of_posting_have_no_serious_violation_in_french_and_dark() {
    check(POSTING, Tongue::French, Theme::Dark);
}

#[test]
fn views_of_posting_have_no_serious_violation_in_english_and_light() {
    check(POSTING, Tongue::English, Theme::Light);
}

#[test]
fn views_of_a_talk_have_no_serious_violation_in_french_and_dark() {
    check(TALK, Tongue::French, Theme::Dark);
}

#[test]
fn views_of_a_talk_have_no_serious_violation_in_english_and_light() {
    check(TALK, Tongue::English, Theme::Light);
}

#[test]
fn views_of_what_is_restored_have_no_serious_violation_in_french_and_dark() {
    check(RESTORED, Tongue::French, Theme::Dark);
}

#[test]
fn views_of_what_is_restored_have_no_serious_violation_in_english_and_light() {
    check(RESTORED, Tongue::English, Theme::Light);
}

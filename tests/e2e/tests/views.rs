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

fn check(tongue: Tongue, theme: Theme) {
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
    let mut session = setup.clone().start().unwrap();
    let window = session.open().unwrap();
    views::empty(&session, &window, theme, &mut visit).unwrap();
    views::at_work(&session, &window, &mut visit).unwrap();
    drop(window);
    let desk = Desk::open(setup.clone(), Stand::<youtube::Desk>::start()).unwrap();
    views::posting(&desk, theme, &mut visit).unwrap();
    drop(desk);
    let (session, window) = steps::with_talk(setup.clone()).unwrap();
    views::busy(&window, theme, &mut visit).unwrap();
    drop((session, window));
    let (mut session, window) = steps::with_talk(setup).unwrap();
    views::restored(&mut session, window, theme, &mut visit).unwrap();
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn no_serious_violation_in_french_and_dark() {
    check(Tongue::French, Theme::Dark);
}

#[test]
fn no_serious_violation_in_english_and_light() {
    check(Tongue::English, Theme::Light);
}

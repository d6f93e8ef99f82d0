//! Every view can be used with assistive technology, as far as axe-core can tell.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "says why a test is skipped")]

use e2e::steps::Tongue;
use e2e::views::{self, Theme};
use e2e::{Setup, Window};
use walks::Walk;

mod walks;

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
    check(walks::beginning, Tongue::French, Theme::Dark);
}

#[test]
fn views_of_the_beginning_have_no_serious_violation_in_english_and_light() {
    check(walks::beginning, Tongue::English, Theme::Light);
}

#[test]
fn views_of_posting_have_no_serious_violation_in_french_and_dark() {
    check(walks::posting, Tongue::French, Theme::Dark);
}

#[test]
fn views_of_posting_have_no_serious_violation_in_english_and_light() {
    check(walks::posting, Tongue::English, Theme::Light);
}

#[test]
fn views_of_a_talk_have_no_serious_violation_in_french_and_dark() {
    check(walks::talk, Tongue::French, Theme::Dark);
}

#[test]
fn views_of_a_talk_have_no_serious_violation_in_english_and_light() {
    check(walks::talk, Tongue::English, Theme::Light);
}

#[test]
fn views_of_projects_have_no_serious_violation_in_french_and_dark() {
    check(walks::projects, Tongue::French, Theme::Dark);
}

#[test]
fn views_of_projects_have_no_serious_violation_in_english_and_light() {
    check(walks::projects, Tongue::English, Theme::Light);
}

#[test]
fn views_of_what_is_restored_have_no_serious_violation_in_french_and_dark() {
    check(walks::restored, Tongue::French, Theme::Dark);
}

#[test]
fn views_of_what_is_restored_have_no_serious_violation_in_english_and_light() {
    check(walks::restored, Tongue::English, Theme::Light);
}

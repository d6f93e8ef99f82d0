//! Projects: made, named, coloured, put away, binned, brought back and deleted by their menu; opened where
//! one was.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use e2e::steps::{self, Tongue};
use e2e::{Setup, Window};

/// Does something by the menu of a project's card.
fn by_menu(window: &Window, more: &str, part: &str) {
    window
        .click(&window.named("button", more).unwrap())
        .unwrap();
    window.click(&window.part(part).unwrap()).unwrap();
}

/// Names a project in the open dialog.
fn name_it(window: &Window, name: &str) {
    let field = window.part("name-input").unwrap();
    window.fill(&field, name).unwrap();
    window.click(&window.part("name-submit").unwrap()).unwrap();
    window.gone("[data-part=name-dialog]").unwrap();
}

/// Waits until a shelf lists these projects, in any order.
fn lists(window: &Window, tab: &str, names: &[&str]) {
    window.click(&window.part(tab).unwrap()).unwrap();
    window
        .until(&format!("{tab}: {names:?}"), || {
            let mut found = Vec::new();
            for heading in window.all_seen("[data-part=project-card] h2")? {
                found.push(window.text(&heading)?);
            }
            let is_same = found.len() == names.len()
                && names.iter().all(|name| found.iter().any(|own| own == name));
            Ok(is_same.then_some(()))
        })
        .unwrap();
}

#[test]
fn a_project_is_made_named_coloured_put_away_and_brought_back() {
    let Some(program) = e2e::studio() else { return };
    let english = Setup::new(program).locale(Tongue::English.locale());
    let (session, window) = steps::with_talk(english).unwrap();
    window.press(&["Control", "n"]).unwrap();
    name_it(&window, "Cooking <i>");
    // A new one is open at once, and empty.
    window.part("board").unwrap();
    window.says("No reels yet").unwrap();
    window.click(&window.part("rail-home").unwrap()).unwrap();
    lists(&window, "tab-active", &["Cooking <i>", "talk"]);
    by_menu(&window, "More for Cooking <i>", "project-rename");
    name_it(&window, "Bread");
    lists(&window, "tab-active", &["Bread", "talk"]);
    window
        .click(&window.named("button", "More for Bread").unwrap())
        .unwrap();
    window
        .click(&window.named("menuitemradio", "Green").unwrap())
        .unwrap();
    window.named("img", "Green").unwrap();
    by_menu(&window, "More for Bread", "project-archive");
    lists(&window, "tab-archive", &["Bread"]);
    lists(&window, "tab-active", &["talk"]);

    steps::speak(&window, Tongue::French).unwrap();
    lists(&window, "tab-archive", &["Bread"]);
    window.named("img", "Vert").unwrap();
    by_menu(&window, "Plus pour Bread", "project-unarchive");
    lists(&window, "tab-archive", &[]);
    window.says("Ce que vous archivez sera ici.").unwrap();
    lists(&window, "tab-active", &["Bread", "talk"]);
    by_menu(&window, "Plus pour Bread", "project-bin");
    lists(&window, "tab-active", &["talk"]);
    lists(&window, "tab-bin", &["Bread"]);
    assert!(
        !steps::is_on(&window, "project-open").unwrap(),
        "what is in the bin is not opened"
    );
    by_menu(&window, "Plus pour Bread", "project-restore");
    lists(&window, "tab-bin", &[]);
    lists(&window, "tab-active", &["Bread", "talk"]);
    // Deleting for good asks once more.
    by_menu(&window, "Plus pour Bread", "project-bin");
    lists(&window, "tab-bin", &["Bread"]);
    by_menu(&window, "Plus pour Bread", "project-delete");
    window.says("Supprimer ce projet définitivement ?").unwrap();
    window
        .click(&window.part("delete-submit").unwrap())
        .unwrap();
    lists(&window, "tab-bin", &[]);
    lists(&window, "tab-active", &["talk"]);
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn a_project_opens_where_one_was() {
    let Some(program) = e2e::studio() else { return };
    let (mut session, window) = steps::with_talk(Setup::new(program)).unwrap();
    steps::editor(&window).unwrap();
    for _ in 0..3 {
        window.press(&["="]).unwrap();
    }
    // The selected clip, how wide it is drawn, and the playhead.
    let clip = window.seen("[data-part=clip][data-kind=video]").unwrap();
    window.click(&clip).unwrap();
    let end = steps::length(&window).unwrap();
    window.press(&["End"]).unwrap();
    window.press(&[","]).unwrap();
    let seen = |window: &Window| {
        let script = "const clip = document.querySelector('[data-part=clip][aria-selected=true]');
            return clip && [clip.dataset.clip, Math.round(clip.getBoundingClientRect().width)]";
        (
            window.run(script, &[]).unwrap(),
            steps::timecode(window).unwrap(),
        )
    };
    window
        .until("the playhead near the end", || {
            Ok((seen(&window).1 != "0:00:00" && seen(&window).1 < end).then_some(()))
        })
        .unwrap();
    let before = seen(&window);
    steps::noted(&window, "editor", &before.1).unwrap();
    session.close(window).unwrap();
    let window = session.open().unwrap();
    window.part("home").unwrap();
    window.click(&window.part("project-open").unwrap()).unwrap();
    steps::in_editor(&window).unwrap();
    window
        .until(&format!("{before:?}, not {:?}", seen(&window)), || {
            Ok((seen(&window) == before).then_some(()))
        })
        .unwrap();
}

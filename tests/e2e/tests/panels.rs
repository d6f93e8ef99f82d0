//! The editor's panels: sized by their edges, by mouse and by keys, folded to a strip and back; all of it kept.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use e2e::steps::{self, Tongue};
use e2e::{Setup, Window, keys};

/// What is left of a folded panel is no wider, in pixels.
const STRIP: f64 = 40.0;

/// Waits until what stands in a column of the editor, counted from 0 at the left, has a wanted width.
fn until_width(window: &Window, column: u32, what: &str, wanted: impl Fn(f64) -> bool) -> f64 {
    // Panel, edge, preview, edge, panel.
    let selector = format!(".editor-top > :nth-child({})", column + 1);
    window
        .until(what, || {
            let (_, _, width, _) = window.place(&window.seen(&selector)?)?;
            Ok(wanted(width).then_some(width))
        })
        .unwrap()
}

fn width(window: &Window, column: u32) -> f64 {
    until_width(window, column, "a panel", |_| true)
}

/// Drags an edge to the right.
fn drag_edge(window: &Window, name: &str, by: f64) {
    let edge = window.part(&format!("splitter-{name}")).unwrap();
    let (x, y) = window.middle(&edge).unwrap();
    window
        .drag(&[(x, y), (x + by / 2.0, y), (x + by, y)])
        .unwrap();
}

#[test]
fn panels_are_sized_and_folded_and_stay_so() {
    let Some(studio) = e2e::studio() else { return };
    let setup = Setup::new(studio).locale(Tongue::English.locale());
    let (mut session, window) = steps::with_talk(setup).unwrap();
    steps::editor(&window).unwrap();
    let (left, preview) = (width(&window, 0), width(&window, 2));
    let is = |wanted: f64| move |width: f64| (width - wanted).abs() < 1.5;
    let press = |window: &Window, part: &str| window.click(&window.part(part).unwrap()).unwrap();

    // By the mouse, as far as a panel can be read, and back.
    drag_edge(&window, "editor_left", 60.0);
    until_width(&window, 0, "a wider panel", is(left + 60.0));
    until_width(&window, 2, "a narrower preview", is(preview - 60.0));
    drag_edge(&window, "editor_left", -240.0);
    until_width(&window, 0, "a narrow panel, still one", is(180.0));
    let edge = window.part("splitter-editor_left").unwrap();
    window.double_click(&edge).unwrap();
    until_width(&window, 0, "the usual width", is(left));

    // By the key, the tab's words are gone with it; a click on the strip brings them back as they were.
    window.press(&["Alt", "1"]).unwrap();
    until_width(&window, 0, "a strip", |width| width < STRIP);
    window.gone("[data-part=tab-library]").unwrap();
    until_width(&window, 2, "a wide preview", |width| {
        width > preview + left / 2.0
    });
    press(&window, "toggle_left_panel");
    until_width(&window, 0, "the panel again", is(left));
    window.part("tab-library").unwrap();
    // Who asks for words sees them.
    window.press(&["Alt", "1"]).unwrap();
    until_width(&window, 0, "a strip", |width| width < STRIP);
    window.press(&["Control", "f"]).unwrap();
    keys::at(&window, "word-search").unwrap();

    // By the mouse, dragged nearly to the side; by the Enter key at its edge.
    window.press(&["Escape"]).unwrap();
    let right = width(&window, 4);
    drag_edge(&window, "editor_right", right - 20.0);
    until_width(&window, 4, "a strip", |width| width < STRIP);
    window.gone("[data-part=inspector]").unwrap();
    window
        .run(
            "document.querySelector('[data-part=splitter-editor_right]').focus()",
            &[],
        )
        .unwrap();
    window.press(&["Enter"]).unwrap();
    until_width(&window, 4, "the inspector again", is(right));
    window.press(&["ArrowLeft"]).unwrap();
    until_width(&window, 4, "a wider inspector", is(right + 16.0));
    window.press(&["Enter"]).unwrap();
    until_width(&window, 4, "a strip", |width| width < STRIP);

    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
    steps::noted(&window, "editor", &steps::timecode(&window).unwrap()).unwrap();
    session.close(window).unwrap();
    let window = session.open().unwrap();
    press(&window, "project-open");
    steps::in_editor(&window).unwrap();
    until_width(&window, 4, "the strip of before", |width| width < STRIP);
    press(&window, "toggle_inspector");
    until_width(&window, 4, "the width of before", is(right + 16.0));
    window.part("inspector").unwrap();
}

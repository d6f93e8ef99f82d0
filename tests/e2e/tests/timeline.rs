//! The timeline by mouse and keys: split, also by another editor's key, move with a snap, lift, close up,
//! select, zoom, drag from the library; and the transport.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use e2e::drawn::{self, Drawn};
use e2e::steps::{self, Tongue};
use e2e::{Session, Setup, Window};
use serde_json::json;

fn opened() -> Option<(Session, Window)> {
    let setup = Setup::new(e2e::studio()?).locale(Tongue::English.locale());
    let (session, window) = steps::with_talk(setup).unwrap();
    steps::editor(&window).unwrap();
    Some((session, window))
}

fn clips(window: &Window) -> Vec<Drawn> {
    drawn::clips(window).unwrap()
}

fn until_clips(window: &Window, what: &str, wanted: impl Fn(&[Drawn]) -> bool) -> Vec<Drawn> {
    drawn::until(window, what, wanted).unwrap()
}

fn middle_of(window: &Window, id: &str) -> (f64, f64) {
    drawn::middle(window, id).unwrap()
}

#[test]
fn clips_are_split_moved_lifted_and_closed_up() {
    let Some((session, window)) = opened() else {
        return;
    };
    // Room after the last clip.
    window.press(&["-"]).unwrap();
    window.press(&["-"]).unwrap();
    let parts = drawn::split(&window).unwrap();
    let last = parts.last().unwrap().clone();
    // Away from its neighbour, over nothing.
    let (x, y) = middle_of(&window, &last.id);
    let step = |by: f64| (x + by, y);
    window
        .drag(&[step(0.0), step(20.0), step(80.0), step(150.0)])
        .unwrap();
    let apart = until_clips(&window, "a gap", |now| {
        now.last().is_some_and(|now| now.left > last.left + 100.0)
    });
    // Back to within a few pixels: a line shows where it will be.
    let (x, y) = middle_of(&window, &last.id);
    let gap = apart.last().unwrap().left - last.left;
    let near = (x - gap + 4.0, y);
    window.hold(&[(x, y), (x - gap / 2.0, y), near]).unwrap();
    window.part("snap-line").unwrap();
    window.let_go().unwrap();
    window.gone("[data-part=snap-line]").unwrap();
    let back = until_clips(&window, "no gap", |now| {
        now.last()
            .is_some_and(|now| (now.left - last.left).abs() < 1.5)
    });
    assert_eq!(back.len(), parts.len(), "nothing was cut on the way");

    // The first part goes: its room stays empty, or is closed up.
    let first = back.first().unwrap();
    let (x, y) = middle_of(&window, &first.id);
    window.drag(&[(x, y)]).unwrap();
    window.press(&["Delete"]).unwrap();
    let lifted = until_clips(&window, "a clip less", |now| now.len() == back.len() - 1);
    let (rest, second) = (lifted.first().unwrap(), back.get(1).unwrap());
    assert!((rest.left - second.left).abs() < 1.5, "what is later stays");
    window.press(&["Control", "z"]).unwrap();
    until_clips(&window, "the clip again", |now| now.len() == back.len());
    let (x, y) = middle_of(&window, &first.id);
    window.drag(&[(x, y)]).unwrap();
    window.press(&["Shift", "Delete"]).unwrap();
    let closed = until_clips(&window, "a clip less", |now| now.len() == back.len() - 1);
    assert!(
        closed.first().unwrap().left < second.left - 20.0,
        "what is later has moved up"
    );
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn a_clip_is_split_by_the_key_of_another_editor() {
    let Some((session, window)) = opened() else {
        return;
    };
    let press = |part: &str| window.click(&window.part(part).unwrap()).unwrap();
    let shortcuts = || {
        press("rail-settings");
        press("settings-shortcuts");
    };
    let row = "[data-part=shortcut-row][data-command=split]";
    let reads = |wanted: &str| window.tells(row, &[wanted]).unwrap();
    let split_by = |keys: &[&str]| {
        press("rail-editor");
        steps::in_editor(&window).unwrap();
        // What is selected would be split alone.
        window.press(&["Control", "Shift", "a"]).unwrap();
        let before = clips(&window);
        let first = before.first().unwrap();
        steps::seek(&window, first.left + first.width / 2.0).unwrap();
        window.press(keys).unwrap();
        until_clips(&window, "a clip more", |now| now.len() == before.len() + 1);
    };
    shortcuts();
    steps::choose(&window, "keymap-select", "premiere").unwrap();
    reads("Ctrl+K");
    split_by(&["Control", "k"]);
    assert!(
        window.parts("palette").unwrap().is_empty(),
        "the key is no longer the palette's"
    );
    // A key of one's own gives way to the set's again.
    shortcuts();
    let change = format!("{row} [data-part=shortcut-change]");
    window.click(&window.seen(&change).unwrap()).unwrap();
    window.seen("[data-part=shortcut-input]:focus").unwrap();
    window.press(&["Alt", "u"]).unwrap();
    window.gone("[data-part=shortcut-input]").unwrap();
    reads("Alt+U");
    let reset = format!("{row} [data-part=shortcut-reset]");
    window.click(&window.seen(&reset).unwrap()).unwrap();
    reads("Ctrl+K");
    window.gone(&reset).unwrap();
    split_by(&["Control", "k"]);
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn everything_is_selected_and_moved_at_once() {
    let Some((_session, window)) = opened() else {
        return;
    };
    let parts = drawn::split(&window).unwrap();
    window.press(&["Control", "a"]).unwrap();
    let all = window.all_seen("[data-part=clip]").unwrap().len();
    window
        .until("everything selected", || {
            let selected = window.all_seen("[data-part=clip][aria-selected=true]")?;
            Ok((selected.len() == all).then_some(()))
        })
        .unwrap();
    let (x, y) = middle_of(&window, &parts.last().unwrap().id);
    window
        .drag(&[(x, y), (x + 30.0, y), (x + 90.0, y)])
        .unwrap();
    let moved = until_clips(&window, "all moved", |now| {
        now.first().unwrap().left > parts.first().unwrap().left + 40.0
    });
    for (before, now) in parts.iter().zip(&moved) {
        let by = now.left - before.left;
        let first = moved.first().unwrap().left - parts.first().unwrap().left;
        assert!(
            (by - first).abs() < 1.5,
            "all by the same: {by} and {first}"
        );
    }
    window.press(&["Control", "Shift", "a"]).unwrap();
    window.gone("[data-part=clip][aria-selected=true]").unwrap();
}

#[test]
fn the_wheel_zooms_around_the_pointer() {
    let Some((_session, window)) = opened() else {
        return;
    };
    let before = clips(&window);
    let first = before.first().unwrap();
    let x = (first.left + first.width * 0.6).round();
    steps::seek(&window, x).unwrap();
    let head = |window: &Window| -> f64 {
        let place =
            "return document.querySelector('[data-part=playhead]').getBoundingClientRect().x";
        window.run(place, &[]).unwrap().as_f64().unwrap()
    };
    let stood = window
        .until("the playhead at the pointer", || {
            let stands = head(&window);
            Ok(((stands - x).abs() < 3.0).then_some(stands))
        })
        .unwrap();
    let (_, y) = middle_of(&window, &first.id);
    let wheel = json!({"deltaY": -240, "ctrlKey": true});
    window.turn((x, y), &wheel).unwrap();
    let zoomed = until_clips(&window, "a wider clip", |now| {
        now.iter()
            .any(|now| now.id == first.id && now.width > first.width * 1.3)
    });
    let stands = head(&window);
    assert!(
        (stands - stood).abs() < 3.0,
        "the playhead stays under the pointer: {stood}, then {stands}"
    );
    assert!(zoomed.first().unwrap().right() > x, "and what was there");
    // The strip below shows all of it: a drag there goes through it, and the timeline follows.
    for _ in 0..3 {
        window.press(&["="]).unwrap();
    }
    let frame = || window.place(&window.seen(".minimap-window").unwrap());
    let (strip, top, width, height) = window.place(&window.part("minimap").unwrap()).unwrap();
    let y = top + height / 2.0;
    let (left, _, own, _) = frame().unwrap();
    let held = left + own / 2.0;
    window
        .drag(&[(held, y), (strip + width / 2.0, y), (strip + width, y)])
        .unwrap();
    let at_end = clips(&window).swap_remove(0);
    let (left, _, own, _) = frame().unwrap();
    assert!(
        left > strip + 20.0,
        "the frame is at the end: {left} in {strip}"
    );
    let held = left + own / 2.0;
    window
        .drag(&[(held, y), (strip + width / 2.0, y), (strip, y)])
        .unwrap();
    window
        .until("the start in sight", || {
            Ok((frame()?.0 < strip + 1.0).then_some(()))
        })
        .unwrap();
    let at_start = clips(&window).swap_remove(0);
    assert!(at_start.left > at_end.left + 20.0, "the timeline follows");
}

#[test]
fn a_source_is_dragged_from_the_library() {
    let Some((_session, window)) = opened() else {
        return;
    };
    window.click(&window.part("tab-library").unwrap()).unwrap();
    let source = window.part("library-source").unwrap();
    let before = clips(&window);
    let last = before.last().unwrap();
    let (_, y) = middle_of(&window, &last.id);
    // Room after the last clip.
    window.press(&["-"]).unwrap();
    window.press(&["-"]).unwrap();
    let smaller = until_clips(&window, "a narrower clip", |now| {
        now.last().unwrap().width < last.width * 0.8
    });
    let end = smaller.last().unwrap().right();
    let from = window.middle(&source).unwrap();
    window
        .drag(&[
            from,
            (from.0 + 30.0, from.1 + 60.0),
            (end + 30.0, y - 5.0),
            (end + 40.0, y),
        ])
        .unwrap();
    until_clips(&window, "a clip more", |now| now.len() > before.len());
    window.press(&["Control", "z"]).unwrap();
    until_clips(&window, "as before", |now| now.len() == before.len());
}

#[test]
fn the_transport_plays_stops_and_steps() {
    let Some((_session, window)) = opened() else {
        return;
    };
    let state = |wanted: &str| steps::preview(&window, wanted).unwrap();
    let timecode = || -> String {
        let part = window.part("timecode").unwrap();
        window.text(&part).unwrap()
    };
    state("paused");
    window.press(&["l"]).unwrap();
    state("playing");
    let then = timecode();
    window
        .until("time goes on", || Ok((timecode() != then).then_some(())))
        .unwrap();
    window.press(&["k"]).unwrap();
    state("paused");
    window.press(&["Home"]).unwrap();
    let at = |wanted: &str| {
        let what = format!("{wanted}, not {}", timecode());
        window
            .until(&what, || Ok(timecode().ends_with(wanted).then_some(())))
            .unwrap();
    };
    at("00:00");
    window.press(&["."]).unwrap();
    window.press(&["."]).unwrap();
    at("00:02");
    window.press(&[","]).unwrap();
    at("00:01");
    window.press(&["."]).unwrap();
    at("00:02");
    window.press(&["i"]).unwrap();
    for _ in 0..10 {
        window.press(&["."]).unwrap();
    }
    at("00:12");
    window.press(&["o"]).unwrap();
    window.seen(".ruler-marked").unwrap();
    // Over and over: it plays on for many times its length, and never leaves it.
    window.press(&["Shift", "L"]).unwrap();
    window
        .seen("[data-part=toggle_loop][aria-pressed=true]")
        .unwrap();
    window.press(&["Home"]).unwrap();
    window.press(&["l"]).unwrap();
    state("playing");
    let start = std::time::Instant::now();
    while start.elapsed() < std::time::Duration::from_secs(3) {
        let now = timecode();
        let frame = now.strip_prefix("0:00:").unwrap();
        assert!(frame.parse::<u32>().unwrap() <= 14, "{now} is out of it");
        state("playing");
    }
    window.press(&["k"]).unwrap();
    state("paused");
    window.press(&["Shift", "L"]).unwrap();
    window
        .seen("[data-part=toggle_loop][aria-pressed=false]")
        .unwrap();
    window.press(&["Alt", "x"]).unwrap();
    window.gone(".ruler-marked").unwrap();
    window.press(&["a"]).unwrap();
    window.part("safe-area").unwrap();
    window.press(&["a"]).unwrap();
    window.gone("[data-part=safe-area]").unwrap();
    // Backwards from the end.
    window.press(&["End"]).unwrap();
    let end = timecode();
    window.press(&["j"]).unwrap();
    state("playing");
    window
        .until("time goes back", || Ok((timecode() < end).then_some(())))
        .unwrap();
    window.press(&["k"]).unwrap();
    state("paused");
}

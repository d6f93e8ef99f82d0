//! The tracks in use: scrolled by the wheel, clips in a box, tracks that are hidden, muted, locked, the menu of
//! clips; what clips show of their pictures and their sound, fades and markers.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use anyhow::Result;
use e2e::drawn::{self, Drawn};
use e2e::steps::{self, Tongue};
use e2e::{Desktop, Session, Setup, Window, keys};
use serde_json::json;

/// Pixels that a place may be off: the pointer goes by whole ones, and times by whole frames.
const NEAR: f64 = 3.0;

fn opened() -> Option<(Session, Window)> {
    let setup = Setup::new(e2e::studio()?).locale(Tongue::English.locale());
    let (session, window) = steps::with_talk(setup).unwrap();
    steps::editor(&window).unwrap();
    Some((session, window))
}

fn press(window: &Window, part: &str) {
    window.click(&window.part(part).unwrap()).unwrap();
}

fn press_named(window: &Window, name: &str) {
    let button = window.named("button", name).unwrap();
    window.click(&button).unwrap();
}

/// Returns a point on the track of a kind, at a place across the page.
fn on_track(window: &Window, kind: &str, x: f64) -> (f64, f64) {
    let track = window.seen(&format!("[data-part=track][data-kind={kind}]"));
    (x, window.middle(&track.unwrap()).unwrap().1)
}

/// Returns the selected clips on tracks of a kind.
fn selected(window: &Window, kind: &str) -> Result<Vec<String>> {
    let chosen = format!("[data-part=clip][data-kind={kind}][aria-selected=true]");
    let places = window.places(&chosen, "data-clip")?;
    Ok(places.into_iter().map(|(id, _)| id).collect())
}

/// Waits until a clip alone, of pictures and of the sound with them, is selected.
fn is_selected(window: &Window, id: &str) {
    window
        .until("one clip selected, with its sound", || {
            let is_it = selected(window, "video")? == [id];
            Ok((is_it && selected(window, "voice")?.len() == 1).then_some(()))
        })
        .unwrap();
}

fn moved_to(window: &Window, what: &str, left: f64) {
    drawn::until(window, what, |now| {
        now.first()
            .is_some_and(|now| (now.left - left).abs() < NEAR)
    })
    .unwrap();
}

fn without_errors(session: &Session) {
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_wheel_the_strip_and_the_slider_go_through_time() {
    let Some((session, window)) = opened() else {
        return;
    };
    let whole = drawn::clips(&window).unwrap().swap_remove(0);
    for _ in 0..3 {
        window.press(&["="]).unwrap();
    }
    let first = drawn::until(&window, "a wider clip", |now| {
        (now.first()).is_some_and(|now| now.width > whole.width * 3.0)
    });
    let start = first.unwrap().swap_remove(0).left;
    let (strip, top, width, height) = window.place(&window.part("minimap").unwrap()).unwrap();
    let at = on_track(&window, "video", strip + width / 2.0);
    let turn = |wheel: serde_json::Value| window.turn(at, &wheel).unwrap();

    assert!(turn(json!({"deltaY": 100})), "all tracks are in sight");
    moved_to(&window, "the wheel scrolls in time", start - 100.0);
    assert!(turn(json!({"deltaY": -1_000})));
    moved_to(&window, "no further than the start", start);
    assert!(turn(json!({"deltaY": 120, "shiftKey": true})));
    moved_to(&window, "with Shift too", start - 120.0);
    assert!(turn(json!({"deltaX": 30})));
    moved_to(&window, "and sideways", start - 150.0);
    assert!(turn(json!({"deltaY": -5, "deltaMode": 1})));
    moved_to(&window, "a line is more than a pixel", start - 60.0);

    // A press on the strip goes there.
    let wanted = (strip + width * 0.75, top + height / 2.0);
    window.drag(&[wanted]).unwrap();
    window
        .until("what is seen is where the press was", || {
            let frame = window.middle(&window.seen(".minimap-window")?)?;
            Ok(((frame.0 - wanted.0).abs() < NEAR).then_some(()))
        })
        .unwrap();
    drawn::until(&window, "the timeline follows", |now| {
        (now.first()).is_some_and(|now| now.left < start - width)
    })
    .unwrap();

    // More tracks than there is room for: then the plain wheel is for going through them.
    for count in 1..=4 {
        press(&window, "add-track");
        let entry = window.seen("[role=menu] [data-part=add-music-track]");
        window.click(&entry.unwrap()).unwrap();
        window
            .until("another track of music", || {
                let tracks = window.all_seen("[data-part=track][data-kind=music]")?;
                Ok((tracks.len() == count).then_some(()))
            })
            .unwrap();
    }
    let is_full = "const rows = document.querySelector('[data-part=timeline-rows]');
        return rows.scrollHeight > rows.clientHeight + 1";
    assert_eq!(window.run(is_full, &[]).unwrap(), json!(true));
    let stood = drawn::clips(&window).unwrap().swap_remove(0).left;
    assert!(!turn(json!({"deltaY": 100})), "the browser goes down");
    assert!(turn(json!({"deltaY": -80, "shiftKey": true})));
    moved_to(&window, "only Shift goes through time", stood + 80.0);

    // Closer by the slider, and all of it again.
    let (left, top, width, height) = window.place(&window.part("zoom-slider").unwrap()).unwrap();
    let before = drawn::clips(&window).unwrap().swap_remove(0);
    window
        .drag(&[(left + width * 0.9, top + height / 2.0)])
        .unwrap();
    drawn::until(&window, "a wider clip by the slider", |now| {
        (now.first()).is_some_and(|now| now.width > before.width * 1.5)
    })
    .unwrap();
    press(&window, "zoom_fit");
    drawn::until(&window, "all of it", |now| {
        now.first().is_some_and(|now| {
            (now.left - whole.left).abs() < NEAR && (now.width - whole.width).abs() < NEAR
        })
    })
    .unwrap();
    without_errors(&session);
}

#[test]
fn a_box_selects_what_it_touches_and_escape_gives_a_drag_up() {
    let Some((session, window)) = opened() else {
        return;
    };
    // Room after the last clip.
    window.press(&["-"]).unwrap();
    window.press(&["-"]).unwrap();
    let parts = drawn::split(&window).unwrap();
    let last = parts.last().unwrap().clone();
    let from = on_track(&window, "video", last.right() + 60.0);
    let to = on_track(&window, "voice", last.left + last.width / 2.0);
    window
        .hold(&[from, (last.right() + 20.0, to.1), to])
        .unwrap();
    window
        .until("a box between the two points", || {
            let (left, top, width, height) = window.place(&window.seen(".select-box")?)?;
            let corners = [
                left - to.0,
                top - from.1,
                left + width - from.0,
                top + height - to.1,
            ];
            Ok((corners.iter().all(|off| off.abs() < NEAR)).then_some(()))
        })
        .unwrap();
    is_selected(&window, &last.id);
    window.let_go().unwrap();
    window.gone(".select-box").unwrap();
    is_selected(&window, &last.id);
    window.press(&["Delete"]).unwrap();
    drawn::until(&window, "a clip less", |now| now.len() == parts.len() - 1).unwrap();
    window.press(&["Control", "z"]).unwrap();
    drawn::until(&window, "the clip again", |now| now.len() == parts.len()).unwrap();

    // Several are counted, a picture and its sound once; a press over nothing selects nothing.
    window.press(&["Control", "a"]).unwrap();
    let count = format!("{} clips selected", parts.len());
    window
        .tells("[data-part=timeline-time]", &[count.as_str()])
        .unwrap();
    window.drag(&[from]).unwrap();
    window.gone("[data-part=clip][aria-selected=true]").unwrap();

    // A clip is dragged along, and comes back without having been moved.
    let before = steps::shown(&window).unwrap();
    let (x, y) = on_track(&window, "video", last.left + last.width / 2.0);
    window
        .hold(&[(x, y), (x + 30.0, y), (x + 90.0, y)])
        .unwrap();
    drawn::until(&window, "a clip that follows", |now| {
        now.last().is_some_and(|now| now.left > last.left + 60.0)
    })
    .unwrap();
    window.press(&["Escape"]).unwrap();
    window.gone("[data-part=drag-tip]").unwrap();
    steps::back_at(&window, &before, "where it was").unwrap();
    window.let_go().unwrap();
    window.named("button", "Undo split").unwrap();
    steps::back_at(&window, &before, "still where it was").unwrap();
    without_errors(&session);
}

/// Returns which share of the preview's picture is black.
fn black(window: &Window, desktop: &Desktop) -> Result<f64> {
    let canvas = window.seen("[data-part=preview] [data-part=frame-canvas]")?;
    let pixels = desktop.colours(window.place(&canvas)?)?;
    let is_black = |pixel: &&[u8; 3]| pixel.iter().all(|part| *part < 24);
    Ok(pixels.iter().filter(is_black).count() as f64 / pixels.len().max(1) as f64)
}

#[test]
fn a_track_is_muted_or_hidden_whatever_else_is_undone() {
    let Some((session, window)) = opened() else {
        return;
    };
    let clips = drawn::clips(&window).unwrap().len();
    let is_muted = || {
        let muted = "[data-part=track][data-kind=voice][data-muted] [data-part=mute]";
        window.seen(&format!("{muted}[aria-pressed=true]")).unwrap();
    };
    press_named(&window, "Mute Voice");
    is_muted();
    window
        .until("its waves are faint", || {
            let script = "return Number(getComputedStyle(document.querySelector(
                '[data-part=clip][data-kind=voice] .clip-picture')).opacity)";
            let opacity = window.run(script, &[])?.as_f64();
            Ok(opacity.is_some_and(|opacity| opacity < 0.9).then_some(()))
        })
        .unwrap();
    window.named("button", "Undo mute track").unwrap();
    // Steps before and after it are their own.
    drawn::split(&window).unwrap();
    is_muted();
    window.press(&["Control", "z"]).unwrap();
    drawn::until(&window, "no split", |now| now.len() == clips).unwrap();
    is_muted();
    window.press(&["Control", "z"]).unwrap();
    window.gone("[data-part=track][data-muted]").unwrap();
    window.press(&["Control", "Shift", "z"]).unwrap();
    is_muted();
    window.press(&["Control", "Shift", "z"]).unwrap();
    drawn::until(&window, "the split again", |now| now.len() == clips + 1).unwrap();
    is_muted();
    // It is the reel's, not the view's.
    press(&window, "rail-board");
    window.part("reel-card").unwrap();
    press(&window, "rail-editor");
    window.part("clip").unwrap();
    is_muted();
    press_named(&window, "Mute Voice");
    window.gone("[data-part=track][data-muted]").unwrap();
    window.named("button", "Undo unmute track").unwrap();

    // Of a hidden track the preview shows nothing but the ground.
    steps::preview(&window, "paused").unwrap();
    let desktop = session.desktop().unwrap();
    let shows = |what: &str, is_it: fn(f64) -> bool| {
        window
            .until(what, || Ok(is_it(black(&window, &desktop)?).then_some(())))
            .unwrap();
    };
    shows("a picture", |black| black < 0.5);
    press_named(&window, "Hide Video");
    window
        .seen("[data-part=track][data-kind=video][data-muted]")
        .unwrap();
    shows("no picture", |black| black > 0.7);
    window.press(&["Control", "z"]).unwrap();
    window.gone("[data-part=track][data-muted]").unwrap();
    shows("the picture again", |black| black < 0.5);
    without_errors(&session);
}

#[test]
fn a_locked_track_cannot_be_changed() {
    let Some((session, window)) = opened() else {
        return;
    };
    // Room after the last clip.
    window.press(&["-"]).unwrap();
    window.press(&["-"]).unwrap();
    let parts = drawn::split(&window).unwrap();
    let last = parts.last().unwrap().clone();
    let before = steps::shown(&window).unwrap();
    press_named(&window, "Lock Video");
    let locked = "[data-part=track][data-kind=video][data-locked]";
    let pressed = format!("{locked} [data-part=lock][aria-pressed=true]");
    window.seen(&pressed).unwrap();
    window.named("button", "Undo lock track").unwrap();
    window
        .gone(&format!("{locked} [data-part=trim-end]"))
        .unwrap();
    // What a release would do is said before it, and is not done.
    let (x, y) = drawn::middle(&window, &last.id).unwrap();
    let way = [(x, y), (x + 20.0, y), (x + 80.0, y), (x + 150.0, y)];
    window.hold(&way).unwrap();
    window
        .tells(
            "[data-part=drag-tip][data-refused]",
            &["The track is locked"],
        )
        .unwrap();
    window.seen(".ghost").unwrap();
    window.let_go().unwrap();
    window
        .tells(
            "[data-part=toast]",
            &["The track is locked. Unlock it first."],
        )
        .unwrap();
    window.gone("[data-part=drag-tip]").unwrap();
    window.gone(".ghost").unwrap();
    steps::back_at(&window, &before, "nothing was moved").unwrap();
    window.named("button", "Undo lock track").unwrap();
    // What cannot be changed is not taken with everything.
    window.press(&["Control", "Shift", "a"]).unwrap();
    window.press(&["Control", "a"]).unwrap();
    let voices = drawn::of(&window, "voice").unwrap().len();
    window
        .until("every voice selected", || {
            Ok((selected(&window, "voice")?.len() == voices).then_some(()))
        })
        .unwrap();
    assert!(
        selected(&window, "video").unwrap().is_empty(),
        "and no more"
    );
    window.press(&["Control", "Shift", "a"]).unwrap();

    window.click(&window.seen(&pressed).unwrap()).unwrap();
    window.gone(locked).unwrap();
    window.drag(&way).unwrap();
    drawn::until(&window, "a clip that was moved", |now| {
        (now.last()).is_some_and(|now| now.left > last.left + 100.0)
    })
    .unwrap();
    without_errors(&session);
}

#[test]
fn the_menu_of_clips_is_asked_for_by_mouse_and_keys() {
    let Some((session, window)) = opened() else {
        return;
    };
    window.press(&["-"]).unwrap();
    window.press(&["-"]).unwrap();
    let parts = drawn::split(&window).unwrap();
    let (first, last) = (parts.first().unwrap(), parts.last().unwrap());
    let ask = |clip: &Drawn| {
        let part = format!("[data-clip=\"{}\"]", clip.id);
        window.ask_for_menu(&window.seen(&part).unwrap()).unwrap();
        // The first entry has the focus: arrows go on from there.
        keys::at(&window, "split").unwrap();
    };
    let choose = |part: &str| {
        let entry = format!("[role=menu] [data-part={part}]");
        window.click(&window.seen(&entry).unwrap()).unwrap();
        window.gone("[role=menu]").unwrap();
    };
    let has =
        |what: &str, count: usize| drawn::until(&window, what, |now| now.len() == count).unwrap();
    let before = steps::shown(&window).unwrap();
    ask(last);
    is_selected(&window, &last.id);
    window.press(&["Escape"]).unwrap();
    window.gone("[role=menu]").unwrap();
    keys::at(&window, "clip").unwrap();
    is_selected(&window, &last.id);
    steps::back_at(&window, &before, "nothing was done").unwrap();

    // From the clip that has the focus, by the keys that ask for a menu everywhere.
    window.press(&["Shift", "F10"]).unwrap();
    for part in ["split", "split-all", "trim-start", "trim-end"] {
        keys::at(&window, part).unwrap();
        window.press(&["ArrowDown"]).unwrap();
    }
    keys::at(&window, "lift").unwrap();
    window.press(&["Enter"]).unwrap();
    window.gone("[role=menu]").unwrap();
    has("a clip less", parts.len() - 1);
    window.press(&["Control", "z"]).unwrap();
    has("the clip again", parts.len());

    // Another clip under the pointer is selected in its place, and its room closes.
    ask(first);
    is_selected(&window, &first.id);
    choose("ripple-delete");
    let rest = has("a clip less", parts.len() - 1);
    assert!((rest.first().unwrap().left - first.left).abs() < NEAR);
    window.press(&["Control", "z"]).unwrap();
    has("the clip again", parts.len());

    // Apart, pictures are selected without their sound; by a real button, after which another one can be pressed.
    let at = drawn::middle(&window, &first.id).unwrap();
    session.desktop().unwrap().right_click(at).unwrap();
    keys::at(&window, "split").unwrap();
    choose("unlink-clips");
    window.named("button", "Undo unlink").unwrap();
    let at = drawn::middle(&window, &first.id).unwrap();
    window.drag(&[at]).unwrap();
    window
        .until("the picture alone", || {
            let is_it = selected(&window, "video")? == [first.id.as_str()];
            Ok((is_it && selected(&window, "voice")?.is_empty()).then_some(()))
        })
        .unwrap();

    // Over nothing there is a menu too; a press elsewhere closes it.
    let room = on_track(&window, "video", last.right() + 60.0);
    let ask_there = || {
        window.ask_for_menu_at(room).unwrap();
        keys::at(&window, "split").unwrap();
    };
    ask_there();
    choose("add-marker");
    window.part("marker").unwrap();
    ask_there();
    steps::seek(&window, first.left + 4.0).unwrap();
    window.gone("[role=menu]").unwrap();
    without_errors(&session);
}

/// Returns how high the waves of a clip are drawn, pixel by pixel from left to right.
const HEIGHTS: &str = "
const canvas = document.querySelector(`[data-clip='${arguments[0]}'] .clip-picture`);
const { width, height } = canvas;
const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
return Array.from({ length: width }, (_, x) => {
  let sum = 0;
  for (let y = 0; y < height; y += 1) sum += data[(y * width + x) * 4 + 3];
  return sum / 255;
});";

#[test]
fn clips_show_their_pictures_and_their_sound() {
    let Some((session, window)) = opened() else {
        return;
    };
    let desktop = session.desktop().unwrap();
    let film = drawn::widest(&window, "video").unwrap();
    let film = format!("[data-clip=\"{}\"] .clip-picture", film.id);
    window
        .until("a strip of pictures in their colours", || {
            let place = window.place(&window.seen(&film)?)?;
            let pixels = desktop.colours(place)?.into_iter();
            // Coarse, so that one ground is one colour.
            let colours: BTreeSet<_> = pixels.map(|pixel| pixel.map(|part| part >> 5)).collect();
            Ok((colours.len() >= 10).then_some(()))
        })
        .unwrap();

    let voice = drawn::widest(&window, "voice").unwrap();
    let heights = || -> Result<Vec<f64>> {
        let found = window.run(HEIGHTS, &[json!(voice.id)])?;
        Ok(serde_json::from_value(found)?)
    };
    let highest = |heights: &[f64]| heights.iter().copied().fold(0.0, f64::max);
    let loud = window.until("waves", || {
        let now = heights()?;
        Ok((highest(&now) > 5.0).then_some(now))
    });
    let loud = loud.unwrap();
    let lowest = loud.iter().copied().fold(f64::MAX, f64::min);
    assert!(
        lowest < highest(&loud) / 2.0,
        "words and what is between them: {lowest} to {}",
        highest(&loud)
    );
    // They are as high as what is heard is loud.
    let at = drawn::middle(&window, &voice.id).unwrap();
    window.drag(&[at]).unwrap();
    let set = |part: &str, value: &str| {
        window.fill(&window.part(part).unwrap(), value).unwrap();
        window.press(&["Enter"]).unwrap();
    };
    set("clip-gain", "-20");
    let sum = |heights: &[f64]| heights.iter().sum::<f64>();
    window
        .until("lower waves", || {
            let now = heights()?;
            Ok((!now.is_empty() && sum(&now) < sum(&loud) * 0.75).then_some(()))
        })
        .unwrap();
    press_named(&window, "Undo change volume");
    window
        .until("waves as before", || {
            let now = heights()?;
            Ok(((sum(&now) - sum(&loud)).abs() < 1.0).then_some(()))
        })
        .unwrap();

    // What plays faster is shorter, and says so.
    set("clip-speed", "200");
    window.tells(".clip-speed", &["2×"]).unwrap();
    window
        .until("a shorter clip", || {
            let now = drawn::of(&window, "voice")?;
            let own = now.iter().find(|own| own.id == voice.id);
            Ok(own
                .is_some_and(|own| own.width < voice.width * 0.6)
                .then_some(()))
        })
        .unwrap();
    press_named(&window, "Undo change speed");
    window.gone(".clip-speed").unwrap();
    without_errors(&session);
}

#[test]
fn fades_and_markers_follow_the_mouse() {
    let Some((session, window)) = opened() else {
        return;
    };
    let clip = drawn::widest(&window, "video").unwrap();
    let of_clip = |part: &str| format!("[data-clip=\"{}\"] {part}", clip.id);
    let grip = window.seen(&of_clip(".clip-grip--in")).unwrap();
    let (x, y) = window.middle(&grip).unwrap();
    window
        .hold(&[(x, y), (x + 20.0, y), (x + 40.0, y)])
        .unwrap();
    window.tells("[data-part=drag-tip]", &["Fade"]).unwrap();
    window.let_go().unwrap();
    window.gone("[data-part=drag-tip]").unwrap();
    window
        .until("a fade as wide as the drag", || {
            let fade = window.place(&window.seen(&of_clip(".clip-fade--in"))?)?;
            Ok(((clip.left + fade.2 - x - 40.0).abs() < NEAR).then_some(()))
        })
        .unwrap();
    let secs: f64 = steps::value(&window, "clip-fade-in")
        .unwrap()
        .parse()
        .unwrap();
    assert!(secs > 0.1, "the inspector has it: {secs}");
    press_named(&window, "Undo change fades");
    window.gone(&of_clip(".clip-fade--in")).unwrap();

    steps::seek(&window, clip.left + clip.width / 4.0).unwrap();
    window.press(&["m"]).unwrap();
    let marker = || window.middle(&window.part("marker").unwrap()).unwrap();
    let name = || -> Result<String> {
        let name = window.attribute(&window.part("marker")?, "aria-label")?;
        Ok(name.unwrap_or_default().replace("Marker at ", ""))
    };
    let is_at = |what: &str, x: f64| {
        window
            .until(what, || Ok(((marker().0 - x).abs() < NEAR).then_some(())))
            .unwrap();
    };
    let (x, y) = marker();
    let playhead = window.middle(&window.part("playhead").unwrap()).unwrap();
    assert!((x - playhead.0).abs() < NEAR, "at the playhead");
    let stood = name().unwrap();
    assert_eq!(steps::timecode(&window).unwrap(), stood);
    // Edges and the playhead would draw it to them.
    window.press(&["n"]).unwrap();
    window.drag(&[(x, y), (x + 6.0, y), (x + 15.0, y)]).unwrap();
    is_at("a marker that was dragged", x + 15.0);
    let moved = name().unwrap();
    assert_ne!(moved, stood);
    // A press on it goes there.
    window.drag(&[marker()]).unwrap();
    window
        .until("the playhead at the marker", || {
            Ok((steps::timecode(&window)? == moved).then_some(()))
        })
        .unwrap();
    press_named(&window, "Undo move marker");
    is_at("the marker where it was", x);
    keys::tab_to(&window, "marker").unwrap();
    window.press(&["Delete"]).unwrap();
    window.gone("[data-part=marker]").unwrap();
    window.named("button", "Undo remove marker").unwrap();
    without_errors(&session);
}

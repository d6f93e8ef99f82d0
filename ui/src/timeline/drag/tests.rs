//! What drags do, as text before and after.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;
use timeline::edit::{Edge, EditError, SetSpeed};
use timeline::project::Speed;
use timeline::violations::violations;

use super::*;
use crate::timeline::layout::{RowKind, rows};
use crate::timeline::testing::{Scene, reel, secs};

/// A hundred pixels are a second.
const VIEW: Viewport = Viewport {
    px_per_sec: 100.0,
    scroll_px: 0.0,
    width_px: 2000.0,
};

fn press(scene: &Scene, grab: Grab, at: Pointer) -> Press {
    Press::new(
        grab,
        at,
        Arc::new(scene.project.clone()),
        scene.id,
        BTreeSet::new(),
        secs(1000.0),
    )
    .expect("the sequence is there")
}

fn row_px(scene: &Scene, track: &str) -> f64 {
    let id = scene.track(track);
    let rows = rows(scene.sequence());
    let row = rows
        .iter()
        .find(|row| matches!(row.kind, RowKind::Track { id: own, .. } if own == id));
    row.expect("it has a row").top_px + 4.0
}

/// Drags from a moment on a track to another.
fn gesture(
    scene: &Scene,
    grab: Grab,
    (from, from_track): (f64, &str),
    (to, to_track): (f64, &str),
    mode: Mode,
) -> Gesture {
    let pointer = |at: f64, track: &str| Pointer {
        x_px: at * 100.0,
        y_px: row_px(scene, track),
        mode,
    };
    press(scene, grab, pointer(from, from_track)).gesture(
        pointer(to, to_track),
        VIEW,
        &rows(scene.sequence()),
        Snapping::On,
    )
}

fn result(scene: &Scene, gesture: &Gesture) -> String {
    match &gesture.edit {
        Err(error) => format!("refused: {error}"),
        Ok(None) => "nothing".into(),
        Ok(Some(edit)) => match edit.apply(&scene.project) {
            Ok(project) => {
                assert_eq!(violations(&project), []);
                scene.text_of(&project)
            }
            Err(error) => format!("refused: {error}"),
        },
    }
}

fn check(
    before: &str,
    grab: (&str, Take),
    from: (f64, &str),
    to: (f64, &str),
    mode: Mode,
    expect: &str,
) {
    let scene = reel(before);
    let clip = scene.clip(grab.0);
    let grab = match grab.1 {
        Body => Grab::Body(clip),
        Start => Grab::Edge(clip, Edge::Start),
        End => Grab::Edge(clip, Edge::End),
    };
    let gesture = gesture(&scene, grab, from, to, mode);
    assert_eq!(
        result(&scene, &gesture),
        expect,
        "{before}: {grab:?} {from:?} to {to:?} {mode:?}"
    );
}

#[derive(Clone, Copy)]
enum Take {
    Body,
    Start,
    End,
}

use Mode::{Alternate, Plain, Ripple};
use Take::{Body, End, Start};

const CUT: &str = "V1: a[0-5] b[5-9]  A1: A[0-5] B[5-9]";

#[test]
fn a_clip_moves_with_what_is_linked_and_replaces_what_is_there() {
    check(
        CUT,
        ("b", Body),
        (6.0, "V1"),
        (8.0, "V1"),
        Plain,
        "V1: a[0-5] b[7-11]  A1: A[0-5] B[7-11]",
    );
    check(
        CUT,
        ("b", Body),
        (6.0, "V1"),
        (4.0, "V1"),
        Plain,
        "V1: a[0-3] b[3-7]  A1: A[0-3] B[3-7]",
    );
    check(
        CUT,
        ("a", Body),
        (1.0, "V1"),
        (-7.0, "V1"),
        Plain,
        "nothing",
    );
    check(
        CUT,
        ("b", Body),
        (6.0, "V1"),
        (-7.0, "V1"),
        Plain,
        "V1: b[0-4] a[4-5]  A1: B[0-4] A[4-5]",
    );
}

#[test]
fn a_clip_is_drawn_to_edges_and_else_to_frames() {
    let two = "V1: a[0-5]  V2: b[8-10]";
    check(
        two,
        ("b", Body),
        (8.5, "V2"),
        (5.55, "V2"),
        Plain,
        "V1: a[0-5]  V2: b[5-7]",
    );
    check(
        two,
        ("b", Body),
        (8.5, "V2"),
        (6.013, "V2"),
        Plain,
        "V1: a[0-5]  V2: b[5.52-7.52]",
    );
    let scene = reel(two);
    let moved = gesture(
        &scene,
        Grab::Body(scene.clip("b")),
        (8.5, "V2"),
        (5.55, "V2"),
        Plain,
    );
    assert_eq!(
        moved.snapped.map(|target| target.at),
        Some(secs(5.0)),
        "its line"
    );
    let pointer = Pointer::default();
    let there = Pointer {
        x_px: -296.0,
        ..pointer
    };
    let free = press(&scene, Grab::Body(scene.clip("b")), pointer).gesture(
        there,
        VIEW,
        &rows(scene.sequence()),
        Snapping::Off,
    );
    assert_eq!(
        (free.by.secs(), free.snapped),
        (-2.96, None),
        "snapping is off"
    );
}

#[test]
fn a_clip_goes_to_other_tracks_of_its_kind_only() {
    let two = "V1: a[0-5]  V2: b[8-10]  A1: A[0-5]";
    check(
        two,
        ("a", Body),
        (1.0, "V1"),
        (1.0, "V2"),
        Plain,
        "V1:  V2: a[0-5] b[8-10]  A1: A[0-5]",
    );
    check(
        two,
        ("a", Body),
        (1.0, "V1"),
        (9.0, "A1"),
        Plain,
        "V1: a[8-13]  V2: b[8-10]  A1: A[8-13]",
    );
}

#[test]
fn with_ctrl_a_clip_is_inserted_and_its_room_closed() {
    let three = "V1: a[0-5] b[5-9] c[9-12]  A1: A[0-5] B[5-9] C[9-12]";
    check(
        three,
        ("c", Body),
        (10.0, "V1"),
        (1.0, "V1"),
        Ripple,
        "V1: c[0-3] a[3-8] b[8-12]  A1: C[0-3] A[3-8] B[8-12]",
    );
    check(
        three,
        ("a", Body),
        (1.0, "V1"),
        (10.0, "V1"),
        Ripple,
        "V1: b[0-4] a[4-9] c[9-12]  A1: B[0-4] A[4-9] C[9-12]",
    );
    check(
        three,
        ("a", Body),
        (1.0, "V1"),
        (4.0, "V1"),
        Ripple,
        "nothing",
    );
    check(
        "V1: a[0-5] b[5-9]  M1: m[0-20]",
        ("b", Body),
        (6.0, "V1"),
        (1.0, "V1"),
        Ripple,
        "V1: b[0-4] a[4-9]  M1: m[4-24]",
    );
}

#[test]
fn with_alt_a_clip_slips_as_far_as_its_source_goes() {
    let scene = reel(CUT);
    let slip = |to: f64| {
        let grab = Grab::Body(scene.clip("b"));
        let slipped = gesture(&scene, grab, (6.0, "V1"), (to, "V1"), Alternate);
        (slipped.by.secs(), result(&scene, &slipped))
    };
    let same = "V1: a[0-5] b[5-9]  A1: A[0-5] B[5-9]".to_owned();
    assert_eq!(
        slip(8.0),
        (-2.0, same.clone()),
        "later in the window is earlier in the source"
    );
    assert_eq!(slip(60.0), (-15.0, same), "the source starts there");
}

#[test]
fn edges_stop_at_neighbours_and_at_the_end_of_the_source() {
    check(
        CUT,
        ("a", End),
        (5.0, "V1"),
        (4.0, "V1"),
        Plain,
        "V1: a[0-4] b[5-9]  A1: A[0-4] B[5-9]",
    );
    check(CUT, ("a", End), (5.0, "V1"), (8.0, "V1"), Plain, "nothing");
    check(
        "V1: a[20-25]",
        ("a", Start),
        (20.0, "V1"),
        (3.0, "V1"),
        Plain,
        "V1: a[3-25]",
    );
    check(
        "V1: a[20-25]",
        ("a", Start),
        (20.0, "V1"),
        (30.0, "V1"),
        Plain,
        "V1: a[24.96-25]",
    );
    check(
        "V1: a[0-80]",
        ("a", End),
        (80.0, "V1"),
        (99.0, "V1"),
        Plain,
        "V1: a[0-90]",
    );
    check(
        "V1: a[60-80]",
        ("a", Start),
        (60.0, "V1"),
        (-99.0, "V1"),
        Plain,
        "V1: a[0-80]",
    );
}

#[test]
fn with_ctrl_an_edge_takes_everything_later_along() {
    check(
        CUT,
        ("a", End),
        (5.0, "V1"),
        (4.0, "V1"),
        Ripple,
        "V1: a[0-4] b[4-8]  A1: A[0-4] B[4-8]",
    );
    check(
        CUT,
        ("a", End),
        (5.0, "V1"),
        (7.0, "V1"),
        Ripple,
        "V1: a[0-7] b[7-11]  A1: A[0-7] B[7-11]",
    );
    check(
        CUT,
        ("b", Start),
        (5.0, "V1"),
        (6.0, "V1"),
        Ripple,
        "V1: a[0-5] b[5-8]  A1: A[0-5] B[5-8]",
    );
    check(
        CUT,
        ("b", Start),
        (5.0, "V1"),
        (4.0, "V1"),
        Ripple,
        "V1: a[0-5] b[5-10]  A1: A[0-5] B[5-10]",
    );
}

#[test]
fn with_alt_a_cut_rolls_from_either_side() {
    let rolled = "V1: a[0-6] b[6-9]  A1: A[0-6] B[6-9]";
    check(CUT, ("a", End), (5.0, "V1"), (6.0, "V1"), Alternate, rolled);
    check(
        CUT,
        ("b", Start),
        (5.0, "V1"),
        (6.0, "V1"),
        Alternate,
        rolled,
    );
    check(
        CUT,
        ("b", Start),
        (5.0, "V1"),
        (12.0, "V1"),
        Alternate,
        "V1: a[0-8.96] b[8.96-9]  A1: A[0-8.96] B[8.96-9]",
    );
    check(
        "V1: a[0-5] b[7-9]",
        ("a", End),
        (5.0, "V1"),
        (6.0, "V1"),
        Alternate,
        "V1: a[0-6] b[7-9]",
    );
}

#[test]
fn fades_stay_within_their_clip() {
    let scene = reel("V1: a[2-6]");
    let fade = |edge, to: f64| {
        let grab = Grab::Fade(scene.clip("a"), edge);
        gesture(&scene, grab, (2.0, "V1"), (to, "V1"), Plain)
            .by
            .secs()
    };
    assert!((fade(Edge::Start, 3.0) - 1.0).abs() < 1e-9);
    assert!(
        (fade(Edge::Start, 9.0) - 4.0).abs() < 1e-9,
        "as long as the clip"
    );
    assert!((fade(Edge::End, 5.6) - 0.4).abs() < 1e-9);
    assert!((fade(Edge::End, 9.0)).abs() < 1e-9);
}

#[test]
fn picture_and_sound_fade_together() {
    let scene = reel(CUT);
    let grab = Grab::Fade(scene.clip("a"), Edge::End);
    let dragged = gesture(&scene, grab, (5.0, "V1"), (4.0, "V1"), Plain);
    let edit = dragged.edit.unwrap().expect("an edit");
    let faded = edit.apply(&scene.project).unwrap();
    assert_eq!(violations(&faded), []);
    let fade_of = |name: &str| {
        let clip = faded.sequences[&scene.id].clip(scene.clip(name));
        clip.map(|(_, clip)| (clip.fade_in.secs(), clip.fade_out.secs()))
    };
    assert_eq!(fade_of("a"), Some((0.0, 1.0)));
    assert_eq!(fade_of("A"), Some((0.0, 1.0)));
    assert_eq!(fade_of("b"), Some((0.0, 0.0)), "nothing else does");
}

#[test]
fn a_source_goes_where_it_is_dropped() {
    let scene = reel("V1: a[0-5]  O1: o[0-1]  A1: A[0-5]  M1: m[0-1]");
    let drop = |at: f64, track: &str, mode| {
        let grab = Grab::Media(scene.media);
        result(
            &scene,
            &gesture(&scene, grab, (0.0, track), (at, track), mode),
        )
    };
    assert_eq!(
        drop(3.0, "V1", Plain),
        "V1: a[0-3] ·[3-103]  O1: o[0-1]  A1: A[0-3] ·[3-103]  M1: m[0-1]"
    );
    assert_eq!(
        drop(5.0, "V1", Ripple),
        "V1: a[0-5] ·[5-105]  O1: o[0-1]  A1: A[0-5] ·[5-105]  M1: m[0-1]"
    );
    assert_eq!(
        drop(2.0, "O1", Plain),
        "V1: a[0-5]  O1: o[0-1] ·[2-102]  A1: A[0-5]  M1: m[0-1]"
    );
    assert_eq!(
        drop(2.0, "M1", Plain),
        "V1: a[0-5]  O1: o[0-1]  A1: A[0-5]  M1: m[0-1] ·[2-102]"
    );
}

#[test]
fn a_song_lies_under_the_pictures_and_ends_with_them() {
    let drop = |before: &str, at: f64, track: &str| {
        let mut scene = reel(before);
        let song = scene.add_song();
        let gesture = gesture(&scene, Grab::Media(song), (0.0, track), (at, track), Plain);
        (result(&scene, &gesture), gesture.ghosts.len())
    };
    let both = "V1: a[0-9]  A1: A[0-9]  M1: m[0-1]";
    for track in ["M1", "V1"] {
        assert_eq!(
            drop(both, 2.0, track),
            ("V1: a[0-9]  A1: A[0-9]  M1: m[0-1] ·[2-9]".to_owned(), 1),
            "dropped on {track}"
        );
    }
    assert_eq!(
        drop(both, 12.0, "M1").0,
        "V1: a[0-9]  A1: A[0-9]  M1: m[0-1] ·[12-72]",
        "after the pictures it is whole"
    );
    assert_eq!(
        drop(both, 9.0, "A1").0,
        "V1: a[0-9]  A1: A[0-9] ·[9-69]  M1: m[0-1]",
        "a voice is never cut short"
    );
    assert_eq!(
        drop("V1: a[0-9]  A1: A[0-9]", 1.0, "V1"),
        ("V1: a[0-9]  A1: A[0-9]  ?: ·[1-9]".to_owned(), 0),
        "it brings its track"
    );
}

#[test]
fn a_locked_track_refuses_and_ghosts_say_where_it_would_be() {
    let mut scene = reel(CUT);
    scene.lock("A1");
    let moved = gesture(
        &scene,
        Grab::Body(scene.clip("b")),
        (6.0, "V1"),
        (8.0, "V1"),
        Plain,
    );
    assert_eq!(
        result(&scene, &moved),
        format!("refused: {}", EditError::Locked(scene.track("A1")))
    );
    let ghosts: Vec<f64> = moved
        .ghosts
        .iter()
        .map(|ghost| ghost.range.start.secs())
        .collect();
    assert_eq!(ghosts, [7.0, 7.0]);
}

#[test]
fn a_box_selects_what_it_touches() {
    let scene = reel(CUT);
    let rows = rows(scene.sequence());
    let corner = |at: f64, y_px: f64| Pointer {
        x_px: at * 100.0,
        y_px,
        mode: Plain,
    };
    let video = row_px(&scene, "V1");
    let select = |from, to| {
        let found = clips_in(scene.sequence(), &rows, VIEW, Area::between(from, to));
        found.len()
    };
    assert_eq!(select(corner(4.0, video), corner(4.5, video + 1.0)), 1);
    assert_eq!(select(corner(6.0, video), corner(4.5, video + 1.0)), 2);
    assert_eq!(select(corner(6.0, 0.0), corner(4.5, 9_000.0)), 4);
    assert_eq!(select(corner(10.0, 0.0), corner(12.0, 9_000.0)), 0);
}

#[test]
fn a_press_within_its_slack_is_no_drag() {
    let scene = reel(CUT);
    let from = Pointer::default();
    let drag = Drag::Pressed(press(&scene, Grab::Body(scene.clip("b")), from));
    let rows = rows(scene.sequence());
    let near = Pointer { x_px: 3.0, ..from };
    let drag = drag.moved(near, VIEW, &rows, Snapping::On);
    assert!(drag.moving().is_none());
    let far = Pointer { x_px: 5.0, ..from };
    let drag = drag.moved(far, VIEW, &rows, Snapping::On);
    assert!(drag.moving().is_some());
    let back = drag.moved(from, VIEW, &rows, Snapping::On);
    assert_eq!(
        back.moving().map(|moving| moving.gesture.edit.clone()),
        Some(Ok(None))
    );
}

proptest! {
    #[test]
    fn what_a_drag_offers_is_never_unsound(
        from in 0.0..12.0_f64,
        to in -20.0..40.0_f64,
        clip in 0..3_usize,
        kind in 0..5_u8,
        mode in 0..3_u8,
        num in 1..5_u32,
        den in 1..5_u32,
        row_px in 0.0..300.0_f64,
    ) {
        let mut scene = reel("V1: a[0-5] b[5-9] c[9-12]  V2: o[2-4]  A1: A[0-5] B[5-9] C[9-12]  M1: m[1-11]");
        let sequence = scene.id;
        let slowed = SetSpeed {
            sequence,
            clip: scene.clip("c"),
            speed: Speed { num, den },
            later: timeline::edit::Later::Moves,
        };
        scene.apply(slowed);
        let clip = scene.clip(["a", "b", "c"][clip]);
        let grab = match kind {
            0 => Grab::Body(clip),
            1 => Grab::Edge(clip, Edge::Start),
            2 => Grab::Edge(clip, Edge::End),
            3 => Grab::Fade(clip, Edge::End),
            _ => Grab::Media(scene.media),
        };
        let mode = [Plain, Ripple, Alternate][usize::from(mode)];
        let from = Pointer { x_px: from * 100.0, y_px: row_px, mode };
        let to = Pointer { x_px: to * 100.0, y_px: row_px, mode };
        let press = press(&scene, grab, from);
        let gesture = press.gesture(to, VIEW, &rows(scene.sequence()), Snapping::On);
        let Ok(edit) = gesture.edit else {
            return Err(TestCaseError::fail(format!("refused: {:?}", gesture.edit)));
        };
        if let Some(edit) = edit {
            match edit.apply(&scene.project) {
                Ok(project) => prop_assert_eq!(violations(&project), []),
                Err(error) => return Err(TestCaseError::fail(format!("{edit:?}: {error}"))),
            }
        }
    }
}

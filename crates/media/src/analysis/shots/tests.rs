use super::look::{CHROMA_HEIGHT, CHROMA_WIDTH, HEIGHT, WIDTH};
use super::*;

/// A picture of soft blobs: `scene` picks the scene, `shift` moves it.
fn scene(scene: u32, shift: f32) -> Vec<f32> {
    let mut picture = Vec::with_capacity(WIDTH * HEIGHT);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let (x, y) = (x as f32 + shift, y as f32);
            let value = match scene % 3 {
                0 => 110.0 + 60.0 * (x * 0.31).sin() * (y * 0.23).cos(),
                1 => 90.0 + 70.0 * (y * 0.4 + x * 0.05).sin(),
                _ => 140.0 + 50.0 * ((x * x + y * y).sqrt() * 0.2).cos(),
            };
            picture.push(value);
        }
    }
    picture
}

fn flat(value: f32) -> Vec<f32> {
    vec![value; WIDTH * HEIGHT]
}

fn mix(a: &[f32], b: &[f32], share: f32) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a + (b - a) * share).collect()
}

/// Runs frames at 25 per second and checks each boundary: seconds and kind.
fn check(name: &str, frames: Vec<Vec<f32>>, expect: &[(f64, Transition, f64)]) {
    check_at(25.0, name, frames, expect);
}

fn check_at(fps: f64, name: &str, frames: Vec<Vec<f32>>, expect: &[(f64, Transition, f64)]) {
    let mut shots = Shots::default();
    let count = frames.len();
    let mut final_before = SourceTime(i64::MIN);
    for (index, frame) in frames.into_iter().enumerate() {
        let time = SourceTime::from_secs(index as f64 / fps);
        let luma = frame.iter().map(|&v| v.clamp(0.0, 255.0) as u8).collect();
        let chroma = vec![128; 2 * CHROMA_WIDTH * CHROMA_HEIGHT];
        let known = shots.boundaries().len();
        shots.push(Look::new(time, luma, chroma));
        for boundary in shots.boundaries().iter().skip(known) {
            assert!(
                boundary.time >= final_before,
                "{name}: {boundary:?} after it was settled"
            );
        }
        final_before = shots.settled().unwrap();
    }
    shots.finish();
    let found: Vec<(f64, Transition)> = shots
        .boundaries()
        .iter()
        .map(|boundary| (boundary.time.secs(), boundary.transition))
        .collect();
    assert_eq!(found.len(), expect.len(), "{name}: {found:?}");
    for (found, expect) in found.iter().zip(expect) {
        assert_eq!(found.1, expect.1, "{name}: {found:?}");
        assert!(
            (found.0 - expect.0).abs() <= expect.2,
            "{name}: {found:?} for {expect:?}"
        );
    }
    let duration = Ticks::from_secs(count as f64 / fps);
    let tiles = shots.shots(duration);
    assert_eq!(tiles.first().unwrap().range.start, SourceTime::ZERO);
    assert_eq!(tiles.last().unwrap().range.end, SourceTime::ZERO + duration);
    for pair in tiles.windows(2) {
        assert_eq!(pair[0].range.end, pair[1].range.start, "{name}: shots tile");
    }
}

fn hold(frame: &[f32], count: usize) -> Vec<Vec<f32>> {
    vec![frame.to_vec(); count]
}

#[test]
fn a_cut_is_found_on_its_frame() {
    let frames = [hold(&scene(0, 0.0), 50), hold(&scene(1, 0.0), 50)].concat();
    check("cut", frames, &[(2.0, Transition::Cut, 0.001)]);
}

#[test]
fn cuts_near_the_ends_are_found() {
    let frames = [
        hold(&scene(0, 0.0), 5),
        hold(&scene(1, 0.0), 40),
        hold(&scene(2, 0.0), 5),
    ]
    .concat();
    check(
        "ends",
        frames,
        &[(0.2, Transition::Cut, 0.001), (1.8, Transition::Cut, 0.001)],
    );
}

#[test]
fn a_flash_is_no_cut() {
    for length in 1..=3 {
        let frames = [
            hold(&scene(0, 0.0), 40),
            hold(&flat(250.0), length),
            hold(&scene(0, 0.0), 40),
        ]
        .concat();
        check("flash", frames, &[]);
    }
}

#[test]
fn moving_the_camera_is_no_cut() {
    let pan = (0..100).map(|n| scene(0, n as f32 * 1.5)).collect();
    check("pan", pan, &[]);
    let light = (0..100)
        .map(|n| mix(&scene(1, 0.0), &flat(200.0), n as f32 / 250.0))
        .collect();
    check("light", light, &[]);
}

#[test]
fn a_dissolve_is_one_boundary_at_its_middle() {
    for frames in [12_usize, 25, 40] {
        let change = (0..frames)
            .map(|n| mix(&scene(0, 0.0), &scene(1, 0.0), n as f32 / frames as f32))
            .collect::<Vec<_>>();
        let middle = 2.4 + frames as f64 / 50.0;
        let all = [hold(&scene(0, 0.0), 60), change, hold(&scene(1, 0.0), 60)].concat();
        check("dissolve", all, &[(middle, Transition::Dissolve, 0.17)]);
    }
}

#[test]
fn a_fade_through_black_is_one_boundary_at_its_middle() {
    let out = |n: usize| mix(&scene(0, 0.0), &flat(16.0), n as f32 / 20.0);
    let back = |n: usize| mix(&flat(16.0), &scene(2, 0.0), n as f32 / 20.0);
    let frames = [
        hold(&scene(0, 0.0), 60),
        (0..20).map(out).collect(),
        hold(&flat(16.0), 10),
        (0..20).map(back).collect(),
        hold(&scene(2, 0.0), 60),
    ]
    .concat();
    check("fade", frames, &[(3.4, Transition::Fade, 0.2)]);
}

#[test]
fn a_fade_needs_no_rest_in_between() {
    for (frames, color) in [(6_usize, 16.0), (12, 16.0), (10, 235.0)] {
        let share = |n: usize| n as f32 / frames as f32;
        let out = (0..=frames).map(|n| mix(&scene(0, n as f32 * 0.3), &flat(color), share(n)));
        let back = (1..=frames).map(|n| mix(&flat(color), &scene(2, n as f32 * 0.3), share(n)));
        let all = [
            hold(&scene(0, 0.0), 40),
            out.collect(),
            back.collect(),
            hold(&scene(2, frames as f32 * 0.3), 40),
        ]
        .concat();
        let middle = 1.6 + frames as f64 / 25.0;
        check("fade", all, &[(middle, Transition::Fade, 0.12)]);
    }
}

#[test]
fn a_picture_that_goes_dark_and_comes_back_is_one_shot() {
    let dark = |n: usize| mix(&scene(0, 0.0), &flat(16.0), n as f32 / 12.0);
    let frames = [
        hold(&scene(0, 0.0), 60),
        (0..=12).map(dark).collect(),
        (0..=12).rev().map(dark).collect(),
        hold(&scene(0, 0.0), 60),
    ]
    .concat();
    check("a blink", frames, &[]);
}

/// Returns a picture with a box of one colour drawn over it: left, top, width, height.
fn boxed(picture: &[f32], [left, top, width, height]: [usize; 4], color: f32) -> Vec<f32> {
    let mut picture = picture.to_vec();
    for y in top..top + height {
        for x in left..left + width {
            picture[y * WIDTH + x] = color;
        }
    }
    picture
}

#[test]
fn what_pops_up_is_no_cut() {
    // A wall in soft light: whatever comes before it is most of what there is to see.
    let wall: Vec<f32> = (0..WIDTH * HEIGHT)
        .map(|i| 180.0 + 12.0 * ((i % WIDTH) as f32 * 0.1).sin())
        .collect();
    for (name, place) in [("caption", [14, 25, 36, 7]), ("picture", [40, 20, 21, 12])] {
        let popped = boxed(&wall, place, 10.0);
        let frames = [hold(&wall, 40), hold(&popped, 40)].concat();
        check(name, frames, &[]);
    }
}

#[test]
fn two_who_sit_alike_before_one_wall_are_two_shots() {
    let room = scene(1, 0.0);
    let person = |coat: f32, face: f32, top: usize| {
        let shoulders = boxed(&room, [8, 24, 48, 12], coat);
        let head = boxed(&shoulders, [22, top, 20, 22], face);
        boxed(&head, [25, top + 6, 14, 3], 255.0 - face)
    };
    let (one, other) = (person(20.0, 150.0, 4), person(70.0, 215.0, 5));
    let frames = [hold(&one, 50), hold(&other, 50)].concat();
    check("a cut", frames, &[(2.0, Transition::Cut, 0.001)]);
}

#[test]
fn changes_at_few_frames_are_found_before_they_are_settled() {
    for fps in [6.0, 4.0, 1.0] {
        let change = (0..8)
            .map(|n| mix(&scene(0, 0.0), &scene(1, 0.0), n as f32 / 8.0))
            .collect::<Vec<_>>();
        let dissolve = [hold(&scene(0, 0.0), 60), change, hold(&scene(1, 0.0), 80)].concat();
        let middle = (64.0 / fps, Transition::Dissolve, 1.5 / fps);
        check_at(fps, "dissolve", dissolve, &[middle]);

        let cut = [hold(&scene(0, 0.0), 60), hold(&scene(1, 0.0), 60)].concat();
        check_at(fps, "cut", cut, &[(60.0 / fps, Transition::Cut, 0.001)]);
    }
}

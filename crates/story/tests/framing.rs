//! Crop paths: limits, subjects, and real detections.

#![cfg(test)]

mod shared;

use footage::picture::{FaceBox, FaceSample, PixelBox, TrackId};
use footage::time::{FrameRate, SourceRange, SourceTime};
use proptest::prelude::*;
use shared::analysis;
use story::framing::frame;
use timeline::crop::CropPath;
use timeline::project::{Format, Framing};

const HD: (u32, u32) = (1280, 720);

fn format(width: u32, height: u32) -> Format {
    Format {
        width,
        height,
        rate: FrameRate { num: 30, den: 1 },
    }
}

fn vertical() -> Format {
    format(1080, 1920)
}

fn sample(time: f64, boxes: &[(u32, PixelBox)]) -> FaceSample {
    let boxes = boxes.iter().map(|(track, pixels)| FaceBox {
        pixels: *pixels,
        score: 0.9,
        track: TrackId(*track),
        mouth: 0.0,
    });
    FaceSample {
        time: SourceTime::from_secs(time),
        boxes: boxes.collect(),
    }
}

fn face(center: f64, width: f64) -> PixelBox {
    PixelBox {
        x: center - width / 2.0,
        y: 200.0,
        w: width,
        h: width * 1.3,
    }
}

/// Returns samples at 5 per second of one face whose centre is `center(t)`.
fn moving(duration: f64, width: f64, center: impl Fn(f64) -> f64) -> Vec<FaceSample> {
    let count = (duration * 5.0) as usize;
    let times = (0..count).map(|index| index as f64 / 5.0);
    times
        .map(|time| {
            let pixels = face(center(time), width).clipped(1280.0, 720.0);
            sample(time, &[(0, pixels)])
        })
        .collect()
}

fn path(framing: Framing) -> CropPath {
    match framing {
        Framing::Crop(path) => path,
        Framing::Fit => panic!("expected a crop"),
    }
}

fn whole(duration: f64) -> Vec<SourceRange> {
    vec![SourceRange::from_secs(0.0, duration)]
}

/// Checks all that every path keeps: shape, place, order of keys, jumps, speed, acceleration.
fn check_limits(path: &CropPath, picture: (u32, u32), format: &Format, jumps: &[f64]) {
    let aspect = f64::from(format.width) / f64::from(format.height);
    let (width, height) = (f64::from(picture.0), f64::from(picture.1));
    for key in &path.keys {
        let crop = key.pixels;
        assert!(
            (crop.w / crop.h - aspect).abs() < 1e-6,
            "aspect of {crop:?}"
        );
        let inside = crop.x >= -1e-9
            && crop.y >= -1e-9
            && crop.x + crop.w <= width + 1e-6
            && crop.y + crop.h <= height + 1e-6;
        assert!(inside, "{crop:?} leaves the picture");
    }
    let allowed = |at: SourceTime| jumps.iter().any(|jump| (at.secs() - jump).abs() < 1e-6);
    for pair in path.keys.windows(2) {
        assert!(pair[0].at <= pair[1].at, "keys are sorted");
        if pair[0].at == pair[1].at {
            assert!(allowed(pair[0].at), "jump at {} s", pair[0].at.secs());
        }
    }
    for triple in path.keys.windows(3) {
        assert!(triple[0].at < triple[2].at, "at most two keys at one time");
    }
    let end = path.keys.last().unwrap().at.secs() + 1.0;
    for fps in [24.0, 25.0, 30.0, 60.0] {
        let at = |frame: i64| SourceTime::from_secs(frame as f64 / fps);
        let x = |frame: i64| path.at(at(frame)).unwrap().x;
        let crop = path.keys[0].pixels.w;
        let is_cut = |from: i64, to: i64| {
            jumps
                .iter()
                .any(|jump| at(from).secs() < *jump + 1e-9 && *jump - 1e-9 <= at(to).secs())
        };
        for frame in 1..(end * fps) as i64 {
            if is_cut(frame - 1, frame + 1) {
                continue;
            }
            let before = (x(frame) - x(frame - 1)) * fps;
            let after = (x(frame + 1) - x(frame)) * fps;
            let time = at(frame).secs();
            assert!(
                before.abs() <= 0.6 * crop,
                "speed {before} at {time} s, {fps} fps"
            );
            let acceleration = (after - before) * fps;
            assert!(
                acceleration.abs() <= 1.2 * crop,
                "acceleration {} widths/s² at {time} s, {fps} fps",
                acceleration / crop
            );
        }
    }
}

/// Returns the share of times at which the face is inside.
fn inside(path: &CropPath, faces: &[(f64, PixelBox)]) -> f64 {
    let held = faces.iter().filter(|(time, pixels)| {
        let crop = path.at(SourceTime::from_secs(*time)).unwrap();
        crop.holds(pixels.shrunk(0.05))
    });
    held.count() as f64 / faces.len().max(1) as f64
}

/// Draws a path as `time: x` at its turning points.
fn sketch(path: &CropPath) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut last_speed = f64::NAN;
    for (index, key) in path.keys.iter().enumerate() {
        let speed = path.keys.get(index + 1).map_or(f64::NAN, |next| {
            let secs = (next.at - key.at).secs();
            if secs > 0.0 {
                (next.pixels.x - key.pixels.x) / secs
            } else {
                f64::INFINITY
            }
        });
        let still = |speed: f64| speed.abs() < 1e-9;
        if !(speed.is_finite() && last_speed.is_finite()) || still(speed) != still(last_speed) {
            lines.push(format!("{:.2} s: {:.0}", key.at.secs(), key.pixels.x));
        }
        last_speed = speed;
    }
    lines.join("\n")
}

#[test]
fn shapes() {
    let nothing = analysis(10.0, &[], Vec::new());
    let check = |picture: (u32, u32), to: Format, expect: &str| {
        let got = match frame(&nothing, picture, &whole(10.0), &to) {
            Framing::Fit => "fit".to_owned(),
            Framing::Crop(path) => {
                check_limits(&path, picture, &to, &[]);
                let crop = path.keys[0].pixels;
                format!(
                    "{:.1},{:.1} {:.1}x{:.1} {}",
                    crop.x,
                    crop.y,
                    crop.w,
                    crop.h,
                    path.keys.len()
                )
            }
        };
        assert_eq!(got, expect, "{picture:?} in {}x{}", to.width, to.height);
    };
    check((1920, 1080), vertical(), "656.2,0.0 607.5x1080.0 1");
    check((1080, 1920), vertical(), "0.0,0.0 1080.0x1920.0 1");
    check((1080, 1928), vertical(), "0.0,4.0 1080.0x1920.0 1");
    check((1080, 2400), vertical(), "fit");
    check((720, 1080), vertical(), "fit");
    check((1080, 1440), vertical(), "fit");
    check((1440, 1440), vertical(), "315.0,0.0 810.0x1440.0 1");
    check((1080, 1920), format(1080, 1350), "fit");
    check((640, 480), format(1920, 1080), "fit");
    check((1920, 1080), format(1920, 1080), "0.0,0.0 1920.0x1080.0 1");
    check(
        (1920, 1080),
        format(1080, 1080),
        "420.0,0.0 1080.0x1080.0 1",
    );
    check((1921, 1081), format(1080, 1350), "528.1,0.0 864.8x1081.0 1");
    check((0, 0), vertical(), "fit");
}

#[test]
fn a_static_face_has_a_static_crop() {
    // Detectors jitter by a pixel or two.
    let jitter = |time: f64| f64::from((time * 5.0) as i32 % 3) - 1.0;
    let faces = moving(20.0, 160.0, |time| 300.0 + jitter(time));
    let found = analysis(20.0, &[], faces);
    let path = path(frame(&found, HD, &whole(20.0), &vertical()));
    assert_eq!(path.keys.len(), 1, "one key says it all");
    let crop = path.keys[0].pixels;
    assert!(
        (crop.center_x() - 300.0).abs() < 2.0,
        "face in the middle of {crop:?}"
    );
}

#[test]
fn small_moves_within_the_crop_move_nothing() {
    let faces = moving(20.0, 100.0, |time| if time < 10.0 { 620.0 } else { 680.0 });
    let found = analysis(20.0, &[], faces);
    let path = path(frame(&found, HD, &whole(20.0), &vertical()));
    assert_eq!(
        path.keys.len(),
        1,
        "the face stays near the middle: {}",
        sketch(&path)
    );
}

#[test]
fn a_walk_is_followed_once_and_ends_with_the_walk() {
    let place = |time: f64| 200.0 + ((time - 4.0) * 150.0).clamp(0.0, 800.0);
    let found = analysis(15.0, &[], moving(15.0, 120.0, place));
    let path = path(frame(&found, HD, &whole(15.0), &vertical()));
    check_limits(&path, HD, &vertical(), &[]);
    let frames: Vec<(f64, PixelBox)> = (0..440)
        .map(|frame| f64::from(frame) / 30.0)
        .map(|time| (time, face(place(time), 120.0)))
        .collect();
    assert!(inside(&path, &frames) >= 1.0, "always inside");
    insta::assert_snapshot!(sketch(&path), @r"
    0.00 s: 49
    4.50 s: 49
    8.90 s: 751
    ");
}

#[test]
fn two_who_fit_are_both_kept_and_two_who_do_not_show_the_larger() {
    let pair = |left: f64, right: f64| {
        let samples = (0..50).map(|index| {
            let time = f64::from(index) / 5.0;
            sample(time, &[(0, face(left, 110.0)), (1, face(right, 90.0))])
        });
        let found = analysis(10.0, &[], samples.collect());
        path(frame(&found, HD, &whole(10.0), &vertical())).keys[0].pixels
    };
    let both = pair(500.0, 700.0);
    assert!(
        both.holds(face(500.0, 110.0)) && both.holds(face(700.0, 90.0)),
        "both: {both:?}"
    );
    let one = pair(300.0, 900.0);
    assert!(
        (one.center_x() - 300.0).abs() < 1.0,
        "the larger in the middle: {one:?}"
    );
}

#[test]
fn two_who_sway_together_both_stay_inside() {
    let sway = |time: f64| {
        let x = 690.0 + 50.0 * time.sin();
        let (y, h) = (300.0, 160.0);
        [
            PixelBox { x, y, w: 130.0, h },
            PixelBox {
                x: x + 540.0 - 120.0,
                y,
                w: 120.0,
                h,
            },
        ]
    };
    let samples = (0..60).map(|index| {
        let time = f64::from(index) / 5.0;
        let [left, right] = sway(time);
        sample(time, &[(0, left), (1, right)])
    });
    let found = analysis(12.0, &[], samples.collect());
    let path = path(frame(&found, (1920, 1080), &whole(12.0), &vertical()));
    check_limits(&path, (1920, 1080), &vertical(), &[]);
    let faces: Vec<(f64, PixelBox)> = (0..240)
        .map(|frame| f64::from(frame) / 20.0)
        .flat_map(|time| sway(time).map(|pixels| (time, pixels)))
        .collect();
    let held = inside(&path, &faces);
    assert!(held >= 1.0, "both always inside: {held}");
}

#[test]
fn who_takes_over_for_long_is_shown_and_who_appears_briefly_is_not() {
    let scene = |from: f64, to: f64| {
        let samples = (0..75).map(|index| {
            let time = f64::from(index) / 5.0;
            if (from..to).contains(&time) {
                sample(time, &[(1, face(1000.0, 100.0))])
            } else {
                sample(time, &[(0, face(250.0, 120.0))])
            }
        });
        let found = analysis(15.0, &[], samples.collect());
        path(frame(&found, HD, &whole(15.0), &vertical()))
    };
    assert_eq!(
        scene(7.0, 8.4).keys.len(),
        1,
        "a brief appearance moves nothing"
    );
    let long = scene(6.0, 15.0);
    let crop = long.at(SourceTime::from_secs(12.0)).unwrap();
    assert!(
        crop.holds(face(1000.0, 100.0)),
        "the crop went over: {crop:?}"
    );
    check_limits(&long, HD, &vertical(), &[]);
}

#[test]
fn jumps_fall_on_cuts_and_on_what_is_left_out() {
    let mut faces = moving(30.0, 120.0, |time| if time < 10.0 { 250.0 } else { 1000.0 });
    for sample in &mut faces {
        if sample.time.secs() >= 10.0 {
            sample.boxes[0].track = TrackId(1);
        }
    }
    let found = analysis(30.0, &[10.0], faces);
    let segments = [
        SourceRange::from_secs(20.0, 25.0),
        SourceRange::from_secs(5.0, 9.0),
    ];
    let cut_path = path(frame(&found, HD, &segments, &vertical()));
    insta::assert_snapshot!(sketch(&cut_path), @r"
    5.00 s: 48
    20.00 s: 48
    20.00 s: 798
    ");
    check_limits(&cut_path, HD, &vertical(), &[20.0]);
    let both = path(frame(&found, HD, &whole(30.0), &vertical()));
    insta::assert_snapshot!(sketch(&both), @r"
    0.00 s: 48
    10.00 s: 48
    10.00 s: 798
    ");
    check_limits(&both, HD, &vertical(), &[10.0]);
}

#[test]
fn a_cut_that_leaves_the_face_where_it_was_leaves_the_crop() {
    let mut faces = moving(20.0, 120.0, |time| if time < 10.0 { 500.0 } else { 512.0 });
    for sample in &mut faces {
        if sample.time.secs() >= 10.0 {
            sample.boxes[0].track = TrackId(1);
        }
    }
    let found = analysis(20.0, &[10.0], faces);
    let path = path(frame(&found, HD, &whole(20.0), &vertical()));
    assert_eq!(
        path.keys.len(),
        1,
        "no hop of a few pixels: {}",
        sketch(&path)
    );
}

#[test]
fn without_shots_every_segment_still_has_a_path() {
    let mut found = analysis(20.0, &[], moving(20.0, 120.0, |_| 900.0));
    found.shots.clear();
    let path = path(frame(&found, HD, &whole(20.0), &vertical()));
    let crop = path.at(SourceTime::from_secs(5.0)).unwrap();
    assert!(crop.holds(face(900.0, 120.0)), "{crop:?}");
    let none = frame(&found, HD, &[], &vertical());
    assert!(
        matches!(none, Framing::Crop(path) if path.keys.len() == 1),
        "centre for no segment"
    );
}

#[test]
fn the_ten_talkers_are_inside() {
    let Some((file, cuts)) = shared::ten_talkers() else {
        return;
    };
    let found = analysis(file.duration(), &cuts, file.tracked(&cuts));
    for to in [vertical(), format(1080, 1350), format(1080, 1080)] {
        let path = path(frame(&found, file.picture, &whole(file.duration()), &to));
        check_limits(&path, file.picture, &to, &cuts);
        let faces: Vec<(f64, PixelBox)> = file
            .frames
            .iter()
            .flat_map(|(time, boxes)| boxes.iter().map(|found| (*time, found.0)))
            .collect();
        let share = inside(&path, &faces);
        println!(
            "{}x{}: inside {share:.3}, {} keys",
            to.width,
            to.height,
            path.keys.len()
        );
        assert!(share >= 0.98, "inside {share}");
        assert!(path.keys.len() < 20, "still within each of the ten shots");
    }
}

#[test]
fn real_faces_are_inside_more_often_than_with_a_centred_crop() {
    let mut sums = (0.0, 0.0);
    let mut judged = 0;
    for (file, cuts) in shared::annotated() {
        let found = analysis(file.duration(), &cuts, file.tracked(&cuts));
        let Framing::Crop(path) = frame(&found, file.picture, &whole(file.duration()), &vertical())
        else {
            continue;
        };
        check_limits(&path, file.picture, &vertical(), &cuts);
        // The largest face of each sample stands for the subject.
        let faces: Vec<(f64, PixelBox)> = found
            .faces
            .iter()
            .filter_map(|sample| Some((sample.time.secs(), sample.boxes.first()?.pixels)))
            .collect();
        let any = |path: &CropPath| {
            let times = found.faces.iter().filter(|sample| !sample.boxes.is_empty());
            let held = times.clone().filter(|sample| {
                let crop = path.at(sample.time).unwrap();
                sample
                    .boxes
                    .iter()
                    .any(|face| crop.holds(face.pixels.shrunk(0.05)))
            });
            held.count() as f64 / times.count() as f64
        };
        let nothing = analysis(1.0, &[], Vec::new());
        let Framing::Crop(centre) = frame(&nothing, file.picture, &[], &vertical()) else {
            continue;
        };
        let (ours, centred) = (inside(&path, &faces), inside(&centre, &faces));
        println!(
            "{:52} largest inside {ours:.2} (centre {centred:.2}), any {:.2} ({:.2}), {} keys",
            file.name,
            any(&path),
            any(&centre),
            path.keys.len()
        );
        assert!(
            ours >= centred - 0.02,
            "{}: {ours} against {centred}",
            file.name
        );
        sums = (sums.0 + ours, sums.1 + centred);
        judged += 1;
    }
    if judged > 0 {
        let count = f64::from(judged);
        println!("mean {:.3} against {:.3}", sums.0 / count, sums.1 / count);
        assert!(sums.0 > sums.1, "better than the centre on the whole");
    }
}

/// A camera path that keeps limits below ours, from random pushes, and a face held in its crop.
fn trajectories() -> impl Strategy<Value = Vec<FaceSample>> {
    let pushes = prop::collection::vec((-1.0_f64..1.0, 2_usize..12), 3..14);
    (pushes, 0.0_f64..875.0, 60.0_f64..240.0, -0.5_f64..0.5).prop_map(
        |(pushes, start, width, offset)| {
            let crop = 405.0;
            let (mut x, mut speed) = (start, 0.0_f64);
            let mut samples = Vec::new();
            for (push, steps) in pushes {
                for _ in 0..steps {
                    // Brakes before the edge, so that the path stays possible.
                    let ahead = if push < 0.0 { x } else { 875.0 - x };
                    let top = (0.4 * crop * (ahead - 0.1 * crop).max(0.0)).sqrt();
                    let wanted = push.signum() * (push.abs() * 0.4 * crop).min(top);
                    let change = (wanted - speed).clamp(-0.12 * crop, 0.12 * crop);
                    speed += change;
                    let next = x + speed * 0.2;
                    x = next.clamp(0.0, 875.0);
                    let room = (crop - width) / 2.0 * 0.6;
                    let center = x + crop / 2.0 + offset * 2.0 * room;
                    let time = samples.len() as f64 / 5.0;
                    samples.push(sample(
                        time,
                        &[(0, face(center, width).clipped(1280.0, 720.0))],
                    ));
                }
            }
            samples
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_face_that_can_be_followed_is_followed(samples in trajectories()) {
        let duration = samples.len() as f64 / 5.0;
        let faces: Vec<(f64, PixelBox)> =
            samples.iter().map(|s| (s.time.secs(), s.boxes[0].pixels)).collect();
        let found = analysis(duration, &[], samples);
        let path = path(frame(&found, HD, &whole(duration), &vertical()));
        check_limits(&path, HD, &vertical(), &[]);
        let share = inside(&path, &faces);
        prop_assert!(share >= 0.98, "inside {}", share);
    }

    #[test]
    fn any_faces_keep_the_limits(
        boxes in prop::collection::vec(
            prop::collection::vec((0.0_f64..1280.0, 10.0_f64..700.0, 0_u32..4), 0..4), 1..60),
        cuts in prop::collection::btree_set(1_u32..20, 0..4),
        parts in prop::collection::vec((0.0_f64..20.0, 0.01_f64..15.0), 1..4),
    ) {
        let cuts: Vec<f64> = cuts.into_iter().map(f64::from).collect();
        let samples = boxes.iter().enumerate().map(|(index, boxes)| {
            let placed: Vec<(u32, PixelBox)> = boxes.iter()
                .map(|(x, w, track)| (*track, face(*x, *w).clipped(1280.0, 720.0)))
                .collect();
            sample(index as f64 / 3.0, &placed)
        });
        let found = analysis(20.0, &cuts, samples.collect());
        let segments: Vec<SourceRange> = parts.iter()
            .map(|(start, length)| SourceRange::from_secs(*start, start + length))
            .collect();
        let path = path(frame(&found, HD, &segments, &vertical()));
        let mut jumps = cuts;
        // Beyond a segment the path is held and not shown.
        jumps.extend(segments.iter().flat_map(|segment| [segment.start.secs(), segment.end.secs()]));
        jumps.push(20.0);
        check_limits(&path, HD, &vertical(), &jumps);
        prop_assert!(!path.keys.is_empty());
    }
}

//! Tracks: one per person and shot, in made-up scenes and on real detections.

#![cfg(test)]

mod shared;

use std::collections::{BTreeMap, BTreeSet};

use footage::picture::{FaceSample, PixelBox, TrackId};
use footage::time::SourceTime;
use proptest::prelude::*;
use story::tracking::{ShotMark, Tracker, without_flicker};

const HD: (u32, u32) = (1280, 720);

fn face(center: f64, top: f64, width: f64) -> PixelBox {
    PixelBox {
        x: center - width / 2.0,
        y: top,
        w: width,
        h: width * 1.3,
    }
}

/// Runs the tracker at `fps` over `count` samples of a scene that says where each person's face
/// is, or is not; returns the tracks that each person had, in order.
fn tracks_of(
    fps: f64,
    count: usize,
    people: usize,
    scene: impl Fn(usize, f64) -> Option<PixelBox>,
) -> Vec<Vec<u32>> {
    let mut tracker = Tracker::new(HD);
    let mut tracks = vec![Vec::new(); people];
    for index in 0..count {
        let secs = index as f64 / fps;
        let mark = if index == 0 {
            ShotMark::Starts
        } else {
            ShotMark::Continues
        };
        let seen: Vec<(usize, PixelBox)> = (0..people)
            .filter_map(|person| Some((person, scene(person, secs)?)))
            .collect();
        let detections = seen.iter().map(|(_, pixels)| (*pixels, 0.9)).collect();
        let sample = tracker.push(SourceTime::from_secs(secs), mark, detections);
        for (person, pixels) in seen {
            let found = sample
                .boxes
                .iter()
                .find(|found| found.pixels == pixels)
                .unwrap();
            if tracks[person].last() != Some(&found.track.0) {
                tracks[person].push(found.track.0);
            }
        }
    }
    tracks
}

#[test]
fn two_people_who_cross_keep_their_tracks() {
    for (fps, speed) in [(5.0, 120.0), (5.0, 220.0), (2.5, 120.0), (10.0, 250.0)] {
        let cross = 900.0 / speed / 2.0;
        let scene = |person: usize, secs: f64| {
            let along = 150.0 + speed * secs;
            let center = if person == 0 { along } else { 1200.0 - along };
            // The second is behind the first while they meet.
            let hidden = person == 1 && (secs - cross).abs() < 40.0 / speed;
            (!hidden).then(|| {
                face(
                    center,
                    200.0 + 15.0 * person as f64,
                    90.0 - 10.0 * person as f64,
                )
            })
        };
        let count = (900.0 / speed * fps) as usize;
        let tracks = tracks_of(fps, count, 2, scene);
        assert_eq!(tracks, [[0], [1]], "{fps} fps, {speed} px/s");
    }
}

#[test]
fn a_gap_of_a_second_is_bridged_and_a_long_one_is_not() {
    let scene = |missing: f64| {
        tracks_of(5.0, 40, 1, move |_, secs| {
            let hidden = secs > 3.0 && secs < 3.0 + missing;
            (!hidden).then(|| face(400.0 + 20.0 * secs, 200.0, 100.0))
        })
    };
    assert_eq!(scene(1.0), [[0]], "turned away for a second");
    assert_eq!(scene(2.5), [[0, 1]], "away for too long");
}

#[test]
fn someone_else_at_another_place_is_another_track() {
    let tracks = tracks_of(5.0, 20, 2, |person, secs| {
        let first = secs < 2.0;
        match person {
            0 => first.then(|| face(300.0, 200.0, 100.0)),
            _ => (!first).then(|| face(900.0, 200.0, 100.0)),
        }
    });
    assert_eq!(tracks, [[0], [1]]);
    let nearer = tracks_of(5.0, 20, 2, |person, secs| {
        let first = secs < 2.0;
        match person {
            0 => first.then(|| face(300.0, 200.0, 60.0)),
            _ => (!first).then(|| face(310.0, 180.0, 150.0)),
        }
    });
    assert_eq!(nearer, [[0], [1]], "a face of more than twice the size");
}

#[test]
fn a_shot_starts_new_tracks() {
    let mut tracker = Tracker::new(HD);
    let seen = |tracker: &mut Tracker, secs: f64, mark: ShotMark| {
        let detections = vec![(face(400.0, 200.0, 100.0), 0.9)];
        tracker
            .push(SourceTime::from_secs(secs), mark, detections)
            .boxes[0]
            .track
    };
    assert_eq!(seen(&mut tracker, 0.0, ShotMark::Starts), TrackId(0));
    assert_eq!(seen(&mut tracker, 0.2, ShotMark::Continues), TrackId(0));
    assert_eq!(seen(&mut tracker, 0.4, ShotMark::Starts), TrackId(1));
    assert_eq!(seen(&mut tracker, 0.6, ShotMark::Continues), TrackId(1));
}

#[test]
fn samples_are_clipped_ordered_and_free_of_doubles() {
    let mut tracker = Tracker::new(HD);
    let sample = tracker.push(
        SourceTime::ZERO,
        ShotMark::Starts,
        vec![
            (face(600.0, 300.0, 50.0), 0.9),
            (face(10.0, 100.0, 120.0), 0.8),
            (face(602.0, 301.0, 52.0), 0.7),
            (face(2000.0, 100.0, 100.0), 0.9),
            (face(300.0, 300.0, 0.0), 0.9),
        ],
    );
    let boxes: Vec<(f64, f64)> = sample
        .boxes
        .iter()
        .map(|b| (b.pixels.x, b.pixels.w))
        .collect();
    assert_eq!(
        boxes,
        [(0.0, 70.0), (575.0, 50.0)],
        "largest first, within the picture, once"
    );
}

#[test]
fn a_flicker_is_taken_out() {
    let mut tracker = Tracker::new(HD);
    let samples: Vec<FaceSample> = (0..20)
        .map(|index| {
            let mut found = vec![(face(400.0, 200.0, 100.0), 0.9)];
            if index == 7 {
                found.push((face(1000.0, 500.0, 40.0), 0.62));
            }
            let mark = if index == 0 {
                ShotMark::Starts
            } else {
                ShotMark::Continues
            };
            tracker.push(SourceTime::from_secs(f64::from(index) / 5.0), mark, found)
        })
        .collect();
    assert_eq!(samples[7].boxes.len(), 2);
    assert!(
        samples[7].boxes[1].score < 0.35,
        "a new, doubtful face counts half"
    );
    let clean = without_flicker(samples, &[]);
    assert_eq!(clean.len(), 20, "every sampled time stays");
    assert!(clean.iter().all(|sample| sample.boxes.len() == 1));
}

#[test]
fn each_of_the_ten_talkers_has_one_track() {
    let Some((file, cuts)) = shared::ten_talkers() else {
        return;
    };
    let mut tracks: BTreeMap<usize, BTreeSet<TrackId>> = BTreeMap::new();
    for sample in file.tracked(&cuts) {
        let shot = cuts
            .iter()
            .filter(|cut| **cut <= sample.time.secs() + 1e-6)
            .count();
        tracks
            .entry(shot)
            .or_default()
            .extend(sample.boxes.iter().map(|face| face.track));
    }
    let counts: Vec<usize> = tracks.values().map(BTreeSet::len).collect();
    assert_eq!(counts, [1; 10], "one track in each of the ten shots");
    let all: BTreeSet<TrackId> = tracks.into_values().flatten().collect();
    assert_eq!(all.len(), 10, "and no track in two shots");
}

#[test]
fn real_faces_have_few_tracks() {
    for (file, cuts) in shared::annotated() {
        let samples = without_flicker(file.tracked(&cuts), &[]);
        let tracks: BTreeSet<TrackId> = samples
            .iter()
            .flat_map(|s| &s.boxes)
            .map(|face| face.track)
            .collect();
        let most = samples
            .iter()
            .map(|sample| sample.boxes.len())
            .max()
            .unwrap_or(0);
        println!(
            "{:52} {} tracks, at most {most} at once",
            file.name,
            tracks.len()
        );
        let steady = samples.iter().all(|sample| sample.boxes.len() == most);
        if steady && cuts.is_empty() {
            assert_eq!(
                tracks.len(),
                most,
                "{}: everyone is seen all the time",
                file.name
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_detections_give_valid_samples(
        frames in prop::collection::vec(
            prop::collection::vec(
                (-200.0_f64..1400.0, -200.0_f64..800.0, -5.0_f64..400.0, -0.5_f32..1.5), 0..8),
            1..20),
    ) {
        let mut tracker = Tracker::new(HD);
        for (index, found) in frames.iter().enumerate() {
            let detections = found.iter()
                .map(|(x, y, w, score)| (PixelBox { x: *x, y: *y, w: *w, h: *w }, *score))
                .collect();
            let time = SourceTime::from_secs(index as f64 / 4.0);
            let sample = tracker.push(time, ShotMark::Continues, detections);
            let tracks: BTreeSet<TrackId> = sample.boxes.iter().map(|face| face.track).collect();
            prop_assert_eq!(tracks.len(), sample.boxes.len(), "one face per track and sample");
            for pair in sample.boxes.windows(2) {
                prop_assert!(pair[0].pixels.area() >= pair[1].pixels.area());
            }
            for face in &sample.boxes {
                prop_assert!((0.0..=1.0).contains(&face.score));
                prop_assert_eq!(face.pixels.clipped(1280.0, 720.0), face.pixels);
            }
        }
    }
}

//! The moment for a cover.

#![cfg(test)]

mod shared;

use std::collections::BTreeMap;
use std::sync::Arc;

use footage::picture::{FaceBox, FaceSample, PixelBox, TrackId as FaceTrack};
use footage::time::{FrameRate, SourceRange, SourceTime};
use shared::analysis;
use story::framing::cover_moment;
use timeline::crop::CropPath;
use timeline::ids::{ClipId, MediaId, SequenceId, TrackId};
use timeline::project::{Clip, Format, Framing, Sequence, Speed, Track, TrackKind};
use timeline::time::SequenceTime;

/// What the sequence shows of the picture of 1920×1080.
const CROP: PixelBox = PixelBox {
    x: 600.0,
    y: 0.0,
    w: 607.5,
    h: 1080.0,
};

/// A face of a height, its left side at `x`.
fn face(x: f64, height: f64) -> PixelBox {
    PixelBox {
        x,
        y: 300.0,
        w: height * 0.8,
        h: height,
    }
}

/// Faces by time in seconds, all of one score.
fn seen(faces: &[(f64, PixelBox)]) -> Vec<FaceSample> {
    let sample = |(secs, pixels): &(f64, PixelBox)| FaceSample {
        time: SourceTime::from_secs(*secs),
        boxes: vec![FaceBox {
            pixels: *pixels,
            score: 0.9,
            track: FaceTrack(0),
            mouth: 0.0,
        }],
    };
    faces.iter().map(sample).collect()
}

/// A sequence of the stretches of the source, in seconds, one after another.
fn sequence(framing: &Framing, stretches: &[(f64, f64)]) -> Sequence {
    let mut start = SequenceTime::ZERO;
    let clips = stretches.iter().zip(10..).map(|((from, to), id)| {
        let source = SourceRange::from_secs(*from, *to);
        let clip = Clip {
            id: ClipId(id),
            media: MediaId(1),
            start,
            source,
            speed: Speed::NORMAL,
            framing: framing.clone(),
            gain_db: 0.0,
            fade_in: footage::time::Ticks::ZERO,
            fade_out: footage::time::Ticks::ZERO,
            link: None,
            enabled: true,
        };
        start = start + source.duration();
        clip
    });
    let track = Track {
        id: TrackId(2),
        kind: TrackKind::Video,
        clips: clips.collect(),
        muted: false,
        locked: false,
    };
    Sequence {
        id: SequenceId(3),
        name: "Reel".to_owned(),
        format: Format {
            width: 1080,
            height: 1920,
            rate: FrameRate { num: 30, den: 1 },
        },
        tracks: vec![Arc::new(track)],
        captions: BTreeMap::new(),
        preset: None,
        caption_anchor: None,
        markers: Vec::new(),
    }
}

/// Checks which second of the reel is the cover's; the source has `cuts`.
fn check(faces: &[(f64, PixelBox)], cuts: &[f64], stretches: &[(f64, f64)], expect: Option<f64>) {
    let found = analysis(60.0, cuts, seen(faces));
    let cropped = Framing::Crop(CropPath::still(CROP));
    let reel = sequence(&cropped, stretches);
    let moment = cover_moment(&found, &reel);
    assert_eq!(
        moment.map(SequenceTime::secs),
        expect,
        "faces {faces:?}, cuts {cuts:?}, of {stretches:?}"
    );
    assert_eq!(moment, cover_moment(&found, &reel), "the same again");
}

#[test]
fn a_large_whole_face_wins() {
    let small = face(800.0, 100.0);
    let large = face(800.0, 300.0);
    let cut_off = face(1100.0, 320.0);
    check(
        &[(2.0, small), (4.0, large)],
        &[],
        &[(0.0, 10.0)],
        Some(4.0),
    );
    check(
        &[(2.0, cut_off), (4.0, large), (6.0, cut_off)],
        &[],
        &[(0.0, 10.0)],
        Some(4.0),
    );
    check(
        &[(2.0, cut_off), (4.0, small)],
        &[],
        &[(0.0, 10.0)],
        Some(4.0),
    );
    check(
        &[(2.0, face(800.0, 400.0)), (4.0, face(700.0, 500.0))],
        &[],
        &[(0.0, 10.0)],
        Some(2.0),
    );
}

#[test]
fn moments_near_cuts_and_ends_are_left_out() {
    let (small, large) = (face(800.0, 100.0), face(800.0, 300.0));
    check(
        &[(2.0, small), (5.2, large)],
        &[5.0],
        &[(0.0, 10.0)],
        Some(2.0),
    );
    check(
        &[(2.0, small), (4.8, large)],
        &[5.0],
        &[(0.0, 10.0)],
        Some(2.0),
    );
    check(
        &[(2.0, small), (5.5, large)],
        &[5.0],
        &[(0.0, 10.0)],
        Some(5.5),
    );
    check(
        &[(0.1, large), (2.0, small), (9.9, large)],
        &[],
        &[(0.0, 10.0)],
        Some(2.0),
    );
}

#[test]
fn moments_are_those_of_the_reel() {
    let large = face(800.0, 300.0);
    let stretches = [(10.0, 14.0), (30.0, 36.0)];
    check(&[(20.0, large), (32.0, large)], &[], &stretches, Some(6.0));
    check(&[(20.0, large)], &[], &stretches, None);
}

#[test]
fn without_a_whole_face_there_is_none() {
    check(&[], &[], &[(0.0, 10.0)], None);
    check(&[(3.0, face(1100.0, 320.0))], &[], &[(0.0, 10.0)], None);
    check(&[(3.0, face(0.0, 300.0))], &[], &[(0.0, 10.0)], None);
    let found = analysis(60.0, &[], seen(&[(3.0, face(1100.0, 320.0))]));
    let fitted = sequence(&Framing::Fit, &[(0.0, 10.0)]);
    assert_eq!(
        cover_moment(&found, &fitted),
        Some(SequenceTime::from_secs(3.0)),
        "a picture that is shown whole cuts no face off"
    );
}

#[test]
fn a_clip_that_does_not_play_gives_no_cover() {
    let found = analysis(60.0, &[], seen(&[(3.0, face(800.0, 300.0))]));
    let mut reel = sequence(&Framing::Fit, &[(0.0, 10.0)]);
    Arc::make_mut(&mut reel.tracks[0]).clips[0].enabled = false;
    assert_eq!(cover_moment(&found, &reel), None);
}

/// A look at each shot for each face in each clip would be one of 10¹²; nextest ends what hangs.
#[test]
fn a_long_source_in_many_clips_is_looked_through_at_once() {
    let large = face(800.0, 300.0);
    let times = (0..100_000).map(|index| f64::from(index) * 0.4 + 0.05);
    let faces: Vec<(f64, PixelBox)> = times.map(|time| (time, large)).collect();
    let cuts: Vec<f64> = (1..20_000).map(|index| f64::from(index) * 2.0).collect();
    let found = analysis(40_000.0, &cuts, seen(&faces));
    let stretches: Vec<(f64, f64)> = (0..1_000)
        .map(|index| f64::from(index) * 40.0)
        .map(|from| (from + 0.5, from + 1.0))
        .chain([(39_998.0, 40_000.0)])
        .collect();
    let reel = sequence(&Framing::Fit, &stretches);
    let moment = cover_moment(&found, &reel).unwrap().secs();
    assert!(
        (moment - 500.45).abs() < 1e-3,
        "only the last clip is long enough: {moment}"
    );
}

//! Crop paths, and what edits do to them.

use footage::picture::PixelBox;
use proptest::prelude::*;
use timeline::SourceTime;
use timeline::crop::{CropKey, CropPath};
use timeline::edit::*;
use timeline::project::{Format, Framing, MediaVideo};

use crate::stage::{PICTURE, PORTRAIT, Stage};

fn portrait(x: f64) -> PixelBox {
    PixelBox {
        x,
        y: 0.0,
        w: 607.5,
        h: 1080.0,
    }
}

fn key(secs: f64, x: f64) -> CropKey {
    CropKey {
        at: SourceTime::from_secs(secs),
        pixels: portrait(x),
    }
}

fn crop(stage: &Stage) -> &CropPath {
    match &stage.track("V1").clips[0].framing {
        Framing::Crop(path) => path,
        Framing::Fit => panic!("the clip is cropped"),
    }
}

fn cropped(keys: Vec<CropKey>) -> (Stage, SetFraming) {
    let stage = Stage::new("V1: a[0-10]&1\nA1: a[0-10]&1");
    let framing = SetFraming {
        sequence: stage.sequence,
        clip: stage.clip("V1", 0),
        framing: Framing::Crop(CropPath { keys }),
    };
    (stage, framing)
}

/// Keys in order with at most two at a time, as every sound path has them.
fn path() -> impl Strategy<Value = CropPath> {
    let key = (0..40_i64, 0..9000_i32);
    prop::collection::vec(key, 1..12).prop_map(|mut keys| {
        keys.sort_by_key(|(time, _)| *time);
        let mut path = CropPath::default();
        for (time, x) in keys {
            let at = SourceTime(time * 1000);
            let same = path.keys.iter().filter(|key| key.at == at).count();
            if same < 2 {
                // Sevenths, so that sums have to be rounded.
                let pixels = portrait(f64::from(x) / 7.0);
                path.keys.push(CropKey { at, pixels });
            }
        }
        path
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_path_goes_exactly_through_its_keys(path in path()) {
        for key in &path.keys {
            let mut same = path.keys.iter().filter(|other| other.at == key.at);
            let first = same.next().unwrap();
            let last = same.next().unwrap_or(first);
            prop_assert_eq!(path.before(key.at), Some(first.pixels), "the first ends what is before");
            prop_assert_eq!(path.at(key.at), Some(last.pixels), "the last begins what follows");
        }
    }

    #[test]
    fn a_path_moves_straight_between_keys_and_rests_outside(path in path(), time in -5000..50_000_i64) {
        let time = SourceTime(time);
        let (first, last) = (path.keys[0], path.keys[path.keys.len() - 1]);
        let (at, before) = (path.at(time).unwrap(), path.before(time).unwrap());
        if path.keys.iter().all(|key| key.at != time) {
            prop_assert_eq!(at, before, "only a key can be a jump");
        }
        if time < first.at {
            prop_assert_eq!(at, first.pixels);
        } else if time > last.at {
            prop_assert_eq!(at, last.pixels);
        } else if let Some(pair) = path.keys.windows(2).find(|pair| pair[0].at < time && time < pair[1].at) {
            let share = (time - pair[0].at).0 as f64 / (pair[1].at - pair[0].at).0 as f64;
            let straight = pair[0].pixels.x * (1.0 - share) + pair[1].pixels.x * share;
            prop_assert!((at.x - straight).abs() < 1e-6, "{} is on the line at {straight}", at.x);
        }
    }

    #[test]
    fn a_reshaped_path_fills_the_frame_from_within_the_picture(
        path in path(), width in 1..400_u32, height in 1..400_u32,
    ) {
        let mut path = path;
        let aspect = f64::from(width) / f64::from(height);
        path.reshape(aspect, 1920.0, 1080.0);
        let picture = PixelBox { x: -1e-6, y: -1e-6, w: 1920.0 + 2e-6, h: 1080.0 + 2e-6 };
        for PixelBox { x, y, w, h } in path.keys.iter().map(|key| key.pixels) {
            let inside = picture.holds(PixelBox { x, y, w, h });
            prop_assert!(inside, "at {x}, {y}");
            prop_assert!((w / h - aspect).abs() < 1e-6 * aspect, "{w} by {h} has the shape {aspect}");
        }
    }
}

#[test]
fn an_empty_path_shows_nothing() {
    let empty = CropPath::default();
    assert_eq!(empty.at(SourceTime::ZERO), None);
    assert_eq!(empty.before(SourceTime::ZERO), None);
}

#[test]
fn keys_are_set_in_order_and_the_last_one_stays() {
    let stage = Stage::new("V1: a[0-10]");
    let (sequence, clip) = (stage.sequence, stage.clip("V1", 0));
    let set = |secs, x| SetCropKey {
        sequence,
        clip,
        at: SourceTime::from_secs(secs),
        pixels: portrait(x),
    };
    let remove = |secs| {
        Edit::from(RemoveCropKey {
            sequence,
            clip,
            at: SourceTime::from_secs(secs),
        })
    };
    let stage = stage
        .after(set(4.0, 10.0))
        .after(set(2.0, 20.0))
        .after(set(4.0, 30.0));
    assert_eq!(
        crop(&stage).keys,
        [key(2.0, 20.0), key(4.0, 30.0)],
        "a key replaces its like"
    );
    let stage = stage.after(remove(2.0));
    assert_eq!(crop(&stage).keys, [key(4.0, 30.0)]);
    for secs in [3.0, 4.0] {
        let refused = remove(secs).apply(&stage.project);
        assert_eq!(
            refused,
            Err(EditError::NoCropKey(clip)),
            "nothing to remove at {secs}"
        );
    }
}

#[test]
fn a_crop_that_cannot_be_shown_is_refused() {
    let wide = PixelBox {
        w: 700.0,
        ..portrait(0.0)
    };
    let outside = portrait(1400.0);
    let broken = PixelBox {
        x: f64::NAN,
        ..portrait(0.0)
    };
    let still = |pixels| {
        vec![CropKey {
            at: SourceTime::ZERO,
            pixels,
        }]
    };
    for keys in [
        still(wide),
        still(outside),
        still(broken),
        vec![],
        vec![key(2.0, 0.0), key(1.0, 0.0)],
        vec![key(1.0, 0.0), key(1.0, 1.0), key(1.0, 2.0)],
    ] {
        let (stage, framing) = cropped(keys);
        let refused = Edit::from(framing.clone()).apply(&stage.project);
        let code = refused.map_err(|error| error.code());
        assert_eq!(code, Err("clip_framing"), "{framing:?}");
    }
    let (stage, framing) = cropped(still(portrait(0.0)));
    let sound = SetFraming {
        clip: stage.clip("A1", 0),
        ..framing
    };
    let refused = Edit::from(sound)
        .apply(&stage.project)
        .map_err(|error| error.code());
    assert_eq!(refused, Err("no_picture"), "sound has no framing");
}

#[test]
fn a_crop_follows_the_frame_and_comes_back() {
    let (stage, framing) = cropped(vec![key(1.0, 500.0), key(3.0, 0.0)]);
    let stage = stage.after(framing);
    let shaped = |stage: &Stage, width, height| {
        let format = Format {
            width,
            height,
            ..PORTRAIT
        };
        stage.after(SetSequenceFormat {
            sequence: stage.sequence,
            format,
        })
    };
    let wide = shaped(&stage, 1920, 1080);
    let all = PixelBox {
        x: 0.0,
        y: 0.0,
        w: 1920.0,
        h: 1080.0,
    };
    assert!(
        crop(&wide).keys.iter().all(|key| key.pixels == all),
        "the height stays, so all is shown"
    );
    let square = shaped(&stage, 1080, 1080);
    let first = crop(&square).keys[0].pixels;
    assert_eq!(
        first,
        PixelBox {
            x: 263.75,
            y: 0.0,
            w: 1080.0,
            h: 1080.0
        },
        "around the same centre"
    );
}

#[test]
fn a_crop_follows_a_file_of_another_size() {
    let (stage, framing) = cropped(vec![key(1.0, 500.0)]);
    let mut stage = stage.after(framing);
    let media = stage.media('a');
    let old = &stage.project.media[&media];
    let source = NewMedia {
        path: "proxy.mp4".into(),
        fingerprint: old.fingerprint.clone(),
        duration: old.duration,
        video: Some(MediaVideo {
            width: 960,
            height: 540,
            ..PICTURE
        }),
        audio: true,
    };
    let small = stage.after(RelinkMedia {
        media,
        source: source.clone(),
    });
    let shown = crop(&small).keys[0].pixels;
    assert_eq!(
        shown,
        PixelBox {
            x: 250.0,
            y: 0.0,
            w: 303.75,
            h: 540.0
        }
    );
    let mute = RelinkMedia {
        media,
        source: NewMedia {
            audio: false,
            ..source
        },
    };
    let refused = Edit::from(mute)
        .apply(&stage.project)
        .map_err(|error| error.code());
    assert_eq!(
        refused,
        Err("clip_media"),
        "its voice clip would have no sound"
    );
}

#[test]
fn crops_on_a_locked_track_stay_as_they_are() {
    let (stage, framing) = cropped(vec![key(1.0, 500.0)]);
    let mut stage = stage.after(framing).after(SetTrackLocked {
        sequence: stage.sequence,
        track: stage.track("V1").id,
        locked: true,
    });
    let locked = EditError::Locked(stage.track("V1").id);
    let square = Format {
        width: 1080,
        height: 1080,
        ..PORTRAIT
    };
    let shaped = |sequence, format| Edit::from(SetSequenceFormat { sequence, format });
    assert_eq!(
        shaped(stage.sequence, square).apply(&stage.project),
        Err(locked.clone()),
        "the crop would have to change"
    );
    let smaller = Format {
        width: 540,
        height: 960,
        ..PORTRAIT
    };
    let same_shape = stage.after(shaped(stage.sequence, smaller));
    assert_eq!(crop(&same_shape), crop(&stage), "nothing has to follow");

    let media = stage.media('a');
    let relinked = |video: MediaVideo, stage: &Stage| {
        let old = &stage.project.media[&media];
        Edit::from(RelinkMedia {
            media,
            source: NewMedia {
                path: "moved.mp4".into(),
                fingerprint: old.fingerprint.clone(),
                duration: old.duration,
                video: Some(video),
                audio: true,
            },
        })
    };
    let half = MediaVideo {
        width: 960,
        height: 540,
        ..PICTURE
    };
    assert_eq!(
        relinked(half, &stage).apply(&stage.project),
        Err(locked),
        "the crop would have to be scaled"
    );
    let moved = stage.after(relinked(PICTURE, &stage));
    assert_eq!(crop(&moved), crop(&stage), "a moved file is no change");
}

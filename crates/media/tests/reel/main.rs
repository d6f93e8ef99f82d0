//! Renders of generated sources, looked at frame by frame and sample by sample.
//!
//! Sources carry their frame number as stripes, so that every test says which source frame an
//! output frame shows. ffmpeg makes the sources and reads the results: a second opinion.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unused_self,
    reason = "a test fails by panicking, and says what it measured"
)]

#[expect(dead_code, reason = "the tests of the preview need the rest")]
mod bench;
mod containers;
mod shapes;
mod sound;

use footage::picture::PixelBox;
use footage::time::{FrameRate, SourceTime, Ticks};
use media::Error;
use task::{Cancel, Progress};
use timeline::caption::{Card, CardWord};
use timeline::crop::{CropKey, CropPath};
use timeline::project::{Framing, Speed, TrackKind};
use timeline::time::{SequenceRange, SequenceTime};

use bench::{Bench, Picture, SIZE, Sound, clip};

fn rate(num: u32, den: u32) -> FrameRate {
    FrameRate::new(num, den).unwrap()
}

/// What frame of a constant-rate source belongs to a moment: the last one up to half a frame of
/// the faster rate later.
fn nearest(time: f64, source: FrameRate, output: FrameRate) -> usize {
    let tolerance = 0.499 / source.fps().max(output.fps());
    ((time + tolerance) * source.fps()).floor() as usize
}

#[test]
fn every_output_frame_shows_its_source_frame() {
    for (source, output) in [
        (rate(25, 1), rate(25, 1)),
        (rate(30_000, 1001), rate(30_000, 1001)),
        (rate(50, 1), rate(25, 1)),
        (rate(24, 1), rate(30, 1)),
        (rate(120, 1), rate(30, 1)),
    ] {
        let bench = Bench::new();
        let frames = (source.fps() * 3.0).ceil() as usize;
        let file = bench.source("a.mp4", source, frames, &[], Sound::Tone);
        let clips = vec![clip(1, 0.0, 1.0, 2.6)];
        let rendered = bench.render(output, &[file], clips, |_| {});
        let shown = bench.numbers(&rendered.file);
        let expected: Vec<_> = (0..shown.len() as i64)
            .map(|n| nearest(1.0 + output.frame_start(n).secs(), source, output))
            .collect();
        assert_eq!(shown, expected, "{source:?} as {output:?}");
        assert_eq!(shown.len() as i64, output.frames_in(Ticks::from_secs(1.6)));
        assert!(
            rendered.checks.iter().all(|check| check.ok),
            "{:?}",
            rendered.checks
        );
    }
}

#[test]
fn cuts_fall_on_their_frames_whatever_the_order_of_the_segments() {
    let bench = Bench::new();
    let first = bench.source("a.mp4", rate(25, 1), 200, &[], Sound::Tone);
    // Without sound: its priming would delay the pictures by 21 ms in Matroska.
    let second = bench.source("b.mkv", rate(50, 1), 100, &[], Sound::None);
    // Forward by little (read on), forward by much, back, another source, a gap of black.
    let clips = vec![
        clip(1, 0.0, 0.0, 0.4),
        clip(1, 0.4, 0.8, 1.2),
        clip(1, 0.8, 6.0, 6.4),
        clip(1, 1.2, 2.0, 2.4),
        clip(2, 1.6, 1.0, 1.4),
        clip(1, 2.2, 7.0, 7.4),
    ];
    let rendered = bench.render(rate(25, 1), &[first, second], clips, |_| {});
    let shown = bench.numbers(&rendered.file);
    let mut expected: Vec<usize> = Vec::new();
    for start in [0, 20, 150, 50] {
        expected.extend(start..start + 10);
    }
    expected.extend((0..10).map(|n| 50 + n * 2));
    expected.extend([0; 5]);
    expected.extend(175..185);
    assert_eq!(shown, expected, "black reads as number 0");
}

#[test]
fn uneven_frame_times_become_even() {
    let bench = Bench::new();
    let vfr = [
        "-vf",
        "select='not(mod(n,5))+eq(mod(n,5),1)+eq(mod(n,5),3)'",
        "-vsync",
        "vfr",
    ];
    for name in ["vfr.mp4", "vfr.mkv"] {
        let file = bench.source(name, rate(50, 1), 150, &vfr, Sound::None);
        let rendered = bench.render(rate(25, 1), &[file], vec![clip(1, 0.0, 0.5, 2.5)], |_| {});
        let shown = bench.numbers(&rendered.file);
        for (n, number) in shown.iter().enumerate() {
            let wanted = 25 + n * 2;
            let kept = (0..=wanted)
                .rev()
                .find(|k| matches!(k % 5, 0 | 1 | 3))
                .unwrap();
            assert!(
                *number == kept || *number == kept + 1,
                "{name}: frame {n} shows {number}, the largest up to {wanted} is {kept}"
            );
        }
        assert_eq!(shown.len(), 50);
    }
}

#[test]
fn a_hole_holds_the_last_frame() {
    let bench = Bench::new();
    let hole = ["-vf", "select='lt(n,30)+gt(n,59)'", "-vsync", "vfr"];
    let file = bench.source("hole.mp4", rate(25, 1), 100, &hole, Sound::Tone);
    let rendered = bench.render(rate(25, 1), &[file], vec![clip(1, 0.0, 1.6, 3.0)], |_| {});
    let shown = bench.numbers(&rendered.file);
    let expected: Vec<_> = (40..75).map(|n| if n < 60 { 29 } else { n }).collect();
    assert_eq!(shown, expected);
}

#[test]
fn twice_as_fast_shows_every_second_frame_and_lasts_half() {
    let bench = Bench::new();
    let file = bench.source("a.mp4", rate(25, 1), 100, &[], Sound::Tone);
    let mut fast = clip(1, 0.0, 0.4, 2.8);
    fast.speed = Speed { num: 2, den: 1 };
    let rendered = bench.render(rate(25, 1), &[file], vec![fast], |_| {});
    let expected: Vec<_> = (0..30).map(|n| 10 + n * 2).collect();
    assert_eq!(bench.numbers(&rendered.file), expected);
    assert!(
        rendered.loudness.integrated_lufs.is_some(),
        "the sound plays too"
    );
}

#[test]
fn a_moving_crop_moves_by_parts_of_a_pixel_and_jumps_on_its_cut() {
    let bench = Bench::new();
    let file = bench.ramp("ramp.mp4", 75);
    let (w, h) = (f64::from(SIZE.0), f64::from(SIZE.1));
    let key = |at: f64, x: f64| CropKey {
        at: SourceTime::from_secs(at),
        pixels: PixelBox {
            x,
            y: 0.0,
            w: w / 2.0,
            h,
        },
    };
    let keys = vec![
        key(0.0, 0.0),
        key(2.0, 10.0),
        key(2.0, 100.0),
        key(3.0, 100.0),
    ];
    let mut moving = clip(1, 0.0, 0.0, 3.0);
    moving.framing = Framing::Crop(CropPath { keys });
    let rendered = bench.render(rate(25, 1), &[file], vec![moving], |request| {
        request.sequence.format.width = SIZE.0 / 2;
    });
    let frames = bench.frames(&rendered.file, (SIZE.0 / 2, SIZE.1));
    // The ramp rises by 0.7 per pixel: the mean tells the crop's place.
    let place = |frame: &Picture| frame.mean() / 0.7;
    let start = place(&frames[1]);
    for (n, frame) in frames.iter().enumerate().take(50).skip(2) {
        let moved = place(frame) - start;
        let expected = (n as f64 - 1.0) * 0.2;
        assert!(
            (moved - expected).abs() < 0.8,
            "frame {n} moved {moved}, not {expected}"
        );
    }
    let jump = place(&frames[50]) - place(&frames[49]);
    assert!((jump - 90.0).abs() < 2.0, "jumped by {jump} on its frame");
}

#[test]
fn fit_shows_the_whole_picture_over_a_dark_fill() {
    let bench = Bench::new();
    let file = bench.source("a.mp4", rate(25, 1), 30, &[], Sound::None);
    let mut whole = clip(1, 0.0, 0.0, 1.0);
    whole.framing = Framing::Fit;
    let rendered = bench.render(rate(25, 1), &[file], vec![whole], |request| {
        request.sequence.format.width = 180;
        request.sequence.format.height = 320;
    });
    let frame = &bench.frames(&rendered.file, (180, 320))[20];
    let middle = frame.part(0..180, 110..210);
    let above = frame.part(0..180, 0..80);
    assert!(
        above.mean() > 20.0,
        "the fill is not black: {}",
        above.mean()
    );
    assert!(
        above.mean() < middle.mean() * 0.8,
        "and darker than the picture"
    );
    assert!(above.spread() < middle.spread() / 3.0, "and blurred");
}

#[test]
fn fades_begin_and_end_in_black_and_silence() {
    let bench = Bench::new();
    let file = bench.flat("flat.mp4", 100, 200, Sound::Tone);
    let mut faded = clip(1, 0.0, 0.0, 4.0);
    faded.fade_in = Ticks::from_secs(0.4);
    faded.fade_out = Ticks::from_secs(0.8);
    let rendered = bench.render(rate(25, 1), &[file], vec![faded], |_| {});
    let light: Vec<_> = bench
        .frames(&rendered.file, SIZE)
        .iter()
        .map(Picture::mean)
        .collect();
    assert!(
        light[0] < 4.0 && light[99] < 4.0,
        "{} {}",
        light[0],
        light[99]
    );
    assert!((light[5] - 100.0).abs() < 12.0, "half way in: {}", light[5]);
    assert!(
        (light[50] - 200.0).abs() < 4.0,
        "full in the middle: {}",
        light[50]
    );
    let (left, _) = bench.samples(&rendered.file);
    let level = |from: usize| {
        left[from..from + 960]
            .iter()
            .fold(0.0_f32, |a, s| a.max(s.abs()))
    };
    assert!(level(1200) < level(96_000) / 8.0, "the sound fades in");
    assert!(level(4 * 48_000 - 2400) < level(96_000) / 8.0, "and out");
}

#[test]
fn flash_and_click_stay_together_from_start_to_end() {
    for (name, fps) in [("av.mp4", rate(25, 1)), ("av.mkv", rate(30_000, 1001))] {
        let bench = Bench::new();
        let frames = (fps.fps() * 20.0) as usize;
        let flashes = [(fps.fps() * 1.0) as usize, (fps.fps() * 18.5) as usize];
        let file = bench.flashes(name, fps, frames, &flashes);
        // The clip starts between frames of nothing in particular.
        let rendered = bench.render(fps, &[file], vec![clip(1, 0.0, 0.333, 19.5)], |_| {});
        let lights = bench.frames(&rendered.file, SIZE);
        let seen: Vec<_> = (1..lights.len())
            .filter(|n| lights[*n].mean() > 128.0 && lights[n - 1].mean() <= 128.0)
            .map(|n| fps.frame_start(n as i64).secs())
            .collect();
        let (left, _) = bench.samples(&rendered.file);
        let heard = bench::onsets(&left);
        assert_eq!(
            (seen.len(), heard.len()),
            (2, 2),
            "{name}: {seen:?} {heard:?}"
        );
        for (seen, heard) in seen.iter().zip(&heard) {
            let off = heard - seen;
            println!(
                "{name}: sound is {:.1} ms after the picture at {seen:.2} s",
                off * 1000.0
            );
            assert!(off.abs() <= fps.frame_duration().secs(), "{name}: {off} s");
        }
    }
}

#[test]
fn quiet_and_loud_and_peaky_sound_come_out_at_level() {
    for sound in [Sound::Noise(0.003), Sound::Noise(3.0), Sound::Bursts] {
        let bench = Bench::new();
        let file = bench.source("a.mp4", rate(25, 1), 300, &[], sound);
        let rendered = bench.render(rate(25, 1), &[file], vec![clip(1, 0.0, 0.0, 12.0)], |_| {});
        let (lufs, peak) = bench.loudness(&rendered.file);
        println!("{sound:?}: {lufs} LUFS, {peak} dBTP");
        assert!((lufs + 14.0).abs() <= 1.0, "{sound:?}: {lufs} LUFS");
        assert!(peak <= -1.0, "{sound:?}: {peak} dBTP");
        let own = rendered.loudness.integrated_lufs.unwrap();
        assert!((own - lufs).abs() < 0.2, "measured alike: {own}");
    }
}

#[test]
fn silence_and_absence_give_a_silent_track_without_loudness() {
    for sound in [Sound::None, Sound::Silence] {
        let bench = Bench::new();
        let file = bench.source("a.mp4", rate(25, 1), 50, &[], sound);
        let rendered = bench.render(rate(25, 1), &[file], vec![clip(1, 0.0, 0.0, 2.0)], |_| {});
        assert_eq!(rendered.loudness.integrated_lufs, None, "{sound:?}");
        let (left, right) = bench.samples(&rendered.file);
        assert!(left.len() >= 96_000, "there is a track");
        assert!(left.iter().chain(&right).all(|sample| sample.abs() < 1e-4));
    }
}

#[test]
fn mono_plays_on_both_sides() {
    let bench = Bench::new();
    let file = bench.source("a.mp4", rate(25, 1), 75, &["-ac", "1"], Sound::Tone);
    let rendered = bench.render(rate(25, 1), &[file], vec![clip(1, 0.0, 0.0, 3.0)], |_| {});
    let (left, right) = bench.samples(&rendered.file);
    let energy: f32 = left.iter().map(|l| l * l).sum();
    // The encoder codes noise by chance on each side.
    let off: f32 = left.iter().zip(&right).map(|(l, r)| (l - r).powi(2)).sum();
    assert!(
        energy > 100.0 && off < energy / 200.0,
        "energy {energy}, difference {off}"
    );
}

#[test]
fn muted_tracks_and_disabled_clips_are_left_out() {
    let bench = Bench::new();
    let file = bench.source("a.mp4", rate(25, 1), 50, &[], Sound::Tone);
    let rendered = bench.render(
        rate(25, 1),
        &[file],
        vec![clip(1, 0.0, 0.0, 2.0)],
        |request| {
            for track in &mut request.sequence.tracks {
                let track = std::sync::Arc::make_mut(track);
                track.muted = track.kind == TrackKind::Voice;
            }
        },
    );
    assert_eq!(rendered.loudness.integrated_lufs, None);
}

#[test]
fn the_lit_word_changes_on_its_frame() {
    let bench = Bench::new();
    let file = bench.flat("flat.mp4", 75, 60, Sound::None);
    let starts = [0.4, 0.92, 1.48, 2.0];
    let end = 2.6;
    let word = |index: usize| CardWord {
        text: ["mille", "mots", "bien", "placés"][index].to_owned(),
        range: SequenceRange::new(
            SequenceTime::from_secs(starts[index]),
            SequenceTime::from_secs(*starts.get(index + 1).unwrap_or(&end)),
        ),
        emphasis: false,
    };
    let card = Card {
        range: SequenceRange::new(SequenceTime::from_secs(0.4), SequenceTime::from_secs(end)),
        words: (0..4).map(word).collect(),
    };
    let rendered = bench.render(
        rate(25, 1),
        &[file],
        vec![clip(1, 0.0, 0.0, 3.0)],
        |request| {
            request.sequence.format.width = 360;
            request.sequence.format.height = 640;
            request.cards = vec![card.clone()];
            request.caption_style = Some(lettering::presets::builtin().remove(0).caption);
        },
    );
    let [drawn] = rendered.captions.as_slice() else {
        panic!("one card was drawn: {:?}", rendered.captions);
    };
    let b = drawn.bounds;
    assert!(b.w > 100.0 && b.x >= 0.0 && b.x + b.w <= 360.0, "{b:?}");
    assert!(
        b.y >= 0.14 * 640.0 && b.y + b.h <= 0.65 * 640.0,
        "in the safe area: {b:?}"
    );
    let inside = |frame: &Picture| {
        frame.part(
            b.x as usize..(b.x + b.w) as usize,
            b.y as usize..(b.y + b.h) as usize,
        )
    };
    let frames = bench.frames(&rendered.file, (360, 640));
    // Key frames redraw the grain of the letters: far less than a word that changes colour.
    let changes: Vec<_> = (1..frames.len())
        .filter(|n| inside(&frames[*n]).difference(&inside(&frames[n - 1])) > 3.5)
        .collect();
    let expected: Vec<_> = starts
        .iter()
        .chain([&end])
        .map(|start| (start * 25.0_f64).round() as usize)
        .collect();
    assert_eq!(
        changes, expected,
        "the picture changes at word starts and at the end only"
    );
}

#[test]
fn a_cover_is_written_beside() {
    let bench = Bench::new();
    let file = bench.source("a.mp4", rate(25, 1), 75, &[], Sound::None);
    let cover = bench.path("cover.jpg");
    let rendered = bench.render(
        rate(25, 1),
        &[file],
        vec![clip(1, 0.0, 0.0, 3.0)],
        |request| {
            request.cover = Some(media::render::Cover {
                path: cover.clone(),
                at: Some(SequenceTime::from_secs(1.5)),
            });
        },
    );
    let (path, at) = rendered.cover.unwrap();
    assert!((at.secs() - 1.5).abs() <= 0.6);
    let shown = bench.frames(&path, SIZE);
    let shown = shown[0].number();
    assert_eq!(
        shown,
        (at.secs() * 25.0).round() as usize,
        "the frame of its moment"
    );
}

#[test]
fn a_cancelled_render_leaves_nothing() {
    let bench = Bench::new();
    let file = bench.source("a.mp4", rate(25, 1), 500, &[], Sound::Tone);
    let folder = bench.path("out");
    std::fs::create_dir(&folder).unwrap();
    for stop_at in [0.01, 0.3, 0.9] {
        let mut request = bench.request(
            rate(25, 1),
            std::slice::from_ref(&file),
            vec![clip(1, 0.0, 0.0, 19.0)],
        );
        request.output = folder.join("reel.mp4");
        let cancel = Cancel::new();
        let stop = cancel.clone();
        let progress = Progress::new(move |done| {
            if done > stop_at {
                stop.cancel();
            }
        });
        let result = media::render(&request, &cancel, &progress);
        assert_eq!(result.unwrap_err(), Error::Cancelled);
        let left: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
        assert!(left.is_empty(), "stopped at {stop_at}: {left:?}");
    }
}

#[test]
fn failures_name_their_cause_and_leave_nothing() {
    let bench = Bench::new();
    let file = bench.source("a.mp4", rate(25, 1), 25, &[], Sound::Tone);
    let whole = || vec![clip(1, 0.0, 0.0, 1.0)];
    let mut gone = bench.request(rate(25, 1), std::slice::from_ref(&file), whole());
    for source in gone.sources.values_mut() {
        source.path = bench.path("gone.mp4");
    }
    let mut other = bench.request(rate(25, 1), std::slice::from_ref(&file), whole());
    for source in other.sources.values_mut() {
        source.video.as_mut().unwrap().id = "x/077".to_owned();
    }
    let mut nowhere = bench.request(rate(25, 1), std::slice::from_ref(&file), whole());
    nowhere.output = bench.path("no/folder/reel.mp4");
    let mut odd = bench.request(rate(25, 1), &[file], whole());
    odd.sequence.format.width = 321;
    let run = |request| media::render(&request, &Cancel::new(), &Progress::silent()).unwrap_err();
    assert!(matches!(run(gone), Error::NotFound { path } if path.ends_with("gone.mp4")));
    let error = run(other);
    assert!(matches!(error, Error::Request { .. }), "{error:?}");
    let error = run(nowhere);
    assert!(matches!(error, Error::Unwritable { .. }), "{error:?}");
    assert!(matches!(run(odd), Error::Request { .. }));
    assert!(!bench.path("reel.mp4").exists());
}

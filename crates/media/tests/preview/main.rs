//! Plays generated sources and compares what is shown with what an export shows.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../reel/bench.rs"]
#[expect(
    dead_code,
    clippy::unused_self,
    reason = "these tests need only a part of it"
)]
mod bench;
mod covers;
mod likeness;
mod mpeg;
mod playing;
mod viewer;

use footage::time::{FrameRate, Ticks};
use media::Error;
use media::preview::State;
use timeline::project::Speed;
use timeline::time::SequenceTime;

use bench::{Bench, SIZE, Sound, clip};
use viewer::{Viewer, preview_of};

fn rate(num: u32, den: u32) -> FrameRate {
    FrameRate::new(num, den).unwrap()
}

#[test]
fn every_frame_is_the_one_of_the_export() {
    for rate in [rate(25, 1), rate(30_000, 1001)] {
        let bench = Bench::new();
        let first = bench.source("a.mp4", rate, 250, &[], Sound::None);
        let second = bench.source(
            "b.mkv",
            FrameRate::new(50, 1).unwrap(),
            100,
            &[],
            Sound::None,
        );
        let mut slow = clip(1, 1.6, 3.0, 3.5);
        slow.speed = Speed { num: 1, den: 2 };
        let mut fast = clip(1, 2.6, 5.0, 6.0);
        fast.speed = Speed { num: 2, den: 1 };
        // A small step on, a jump on, a jump back, other speeds, a gap, another source.
        let clips = vec![
            clip(1, 0.0, 0.0, 0.4),
            clip(1, 0.4, 0.8, 1.2),
            clip(1, 0.8, 6.013, 6.4),
            clip(1, 1.2, 2.0, 2.4),
            slow,
            fast,
            clip(2, 3.3, 1.0, 1.4),
        ];
        let sources = [first, second];
        let rendered = bench.render(rate, &sources, clips.clone(), |_| {});
        let expected = bench.numbers(&rendered.file);
        let mut viewer = Viewer::new();
        viewer.open(preview_of(&bench.request(rate, &sources, clips)), SIZE.1);
        let mut indices: Vec<usize> = (0..expected.len()).collect();
        // Forwards frame by frame, then all over the place.
        indices.extend((0..60).map(|n| n * 37 % expected.len()));
        indices.extend((0..expected.len()).rev().step_by(5));
        for index in indices {
            let at = SequenceTime::ZERO + rate.frame_start(index as i64);
            assert_eq!(
                viewer.number_at(at),
                expected[index],
                "frame {index} at {rate:?}"
            );
        }
    }
}

#[test]
fn between_frames_the_one_that_has_begun_is_shown() {
    let bench = Bench::new();
    let source = bench.source("a.mp4", rate(25, 1), 100, &[], Sound::None);
    let request = bench.request(rate(25, 1), &[source], vec![clip(1, 0.0, 0.4, 3.2)]);
    let mut viewer = Viewer::new();
    viewer.open(preview_of(&request), SIZE.1);
    for (secs, at, number) in [
        (0.039, 0.0, 10),
        (0.041, 0.04, 11),
        (2.799, 2.76, 79),
        // Outside, the nearest one.
        (2.8, 2.76, 79),
        (100.0, 2.76, 79),
        (-1.0, 0.0, 10),
    ] {
        let frame = viewer.seek(SequenceTime::from_secs(secs));
        assert_eq!(frame.at, SequenceTime::from_secs(at), "{secs} s");
        assert_eq!(frame.number, number, "{secs} s");
    }
}

#[test]
fn the_last_of_many_seeks_is_shown() {
    let bench = Bench::new();
    let source = bench.source("a.mp4", rate(25, 1), 200, &[], Sound::None);
    let request = bench.request(rate(25, 1), &[source], vec![clip(1, 0.0, 0.0, 8.0)]);
    let mut viewer = Viewer::new();
    viewer.open(preview_of(&request), SIZE.1);
    for round in 0..10 {
        for n in 0..40 {
            let secs = f64::from((n * 53 + round * 7) % 199) / 25.0;
            viewer.preview.seek(SequenceTime::from_secs(secs));
        }
        let last = SequenceTime::from_secs(f64::from(round * 19) / 25.0 + 0.02);
        viewer.preview.seek(last);
        let frame = viewer.frame_of(SequenceTime::from_secs(f64::from(round * 19) / 25.0));
        assert_eq!(frame.number as i32, round * 19, "round {round}");
    }
}

#[test]
fn an_edit_shows_at_once_where_it_was() {
    let bench = Bench::new();
    let source = bench.source("a.mp4", rate(25, 1), 200, &[], Sound::None);
    let sources = [source];
    let request = |clips| preview_of(&bench.request(rate(25, 1), &sources, clips));
    let mut viewer = Viewer::new();
    viewer.open(request(vec![clip(1, 0.0, 1.0, 4.0)]), SIZE.1);
    let at = SequenceTime::from_secs(1.0);
    assert_eq!(viewer.number_at(at), 50);
    // The cut starts two seconds later in the source.
    viewer
        .preview
        .update(request(vec![clip(1, 0.0, 3.0, 6.0)]))
        .unwrap();
    assert_eq!(
        viewer.frame_of(at).number,
        100,
        "the same moment of the new cut"
    );
    // What is shown is cut away: the last frame that is left is shown.
    viewer
        .preview
        .update(request(vec![clip(1, 0.0, 3.0, 3.4)]))
        .unwrap();
    let last = SequenceTime::from_secs(9.0 / 25.0);
    assert_eq!(viewer.frame_of(last).number, 84);
    // Everything is: black.
    viewer.preview.update(request(Vec::new())).unwrap();
    assert_eq!(viewer.frame_of(SequenceTime::ZERO).number, 0);
    viewer
        .preview
        .update(request(vec![clip(1, 0.0, 1.0, 4.0)]))
        .unwrap();
    assert_eq!(viewer.frame_of(SequenceTime::ZERO).number, 25);
}

#[test]
fn an_empty_sequence_is_black_and_stands() {
    let bench = Bench::new();
    let request = preview_of(&bench.request(rate(25, 1), &[], Vec::new()));
    let mut viewer = Viewer::new();
    let frame = viewer.open(request, SIZE.1);
    assert_eq!((frame.at, frame.mean().round()), (SequenceTime::ZERO, 16.0));
    assert_eq!(viewer.states(), [State::Loading, State::Paused]);
    viewer.preview.play(1.0);
    viewer.preview.seek(SequenceTime::from_secs(3.0));
    let black = viewer.frame_of(SequenceTime::ZERO).mean();
    assert!((black - 16.0).abs() < 0.5, "{black}");
    assert_eq!(viewer.states(), [], "there is nothing to play");
}

#[test]
fn gaps_are_black_and_fades_dim() {
    let bench = Bench::new();
    let source = bench.flat("a.mp4", 100, 200, Sound::None);
    let mut faded = clip(1, 1.0, 0.0, 2.0);
    faded.fade_in = Ticks::SECOND;
    let request = preview_of(&bench.request(rate(25, 1), &[source], vec![faded]));
    let mut viewer = Viewer::new();
    viewer.open(request, SIZE.1);
    let mut light = |secs| viewer.seek(SequenceTime::from_secs(secs)).mean();
    let full = light(2.5);
    assert!(full > 150.0, "all of the light after the fade: {full}");
    for (secs, share) in [
        (0.5, 0.0),
        (1.0, 0.0),
        (1.24, 0.24),
        (1.48, 0.48),
        (1.96, 0.96),
    ] {
        let expected = 16.0 + (full - 16.0) * share;
        let found = light(secs);
        assert!(
            (found - expected).abs() < 2.0,
            "{secs} s: {found}, not {expected}"
        );
    }
}

#[test]
fn what_cannot_be_built_or_read_is_said_and_the_next_command_tries_again() {
    let bench = Bench::new();
    let source = bench.source("a.mp4", rate(25, 1), 200, &[], Sound::None);
    let sources = [source.clone()];
    let layered = bench.request(rate(25, 1), &sources, vec![clip(1, 0.0, 0.0, 4.0)]);
    let mut both = preview_of(&layered);
    let extra = both.sequence.tracks[0].clone();
    both.sequence.tracks.insert(0, extra);
    let mut viewer = Viewer::new();
    let refused = viewer.try_open(both, SIZE.1);
    assert!(matches!(refused, Err(Error::Request { .. })), "{refused:?}");
    assert!(matches!(viewer.wait_for_failure(), Error::Request { .. }));

    let request = preview_of(&layered);
    viewer.open(request, SIZE.1);
    viewer.states();
    let away = bench.path("away.mp4");
    std::fs::rename(&source.path, &away).unwrap();
    viewer.preview.seek(SequenceTime::from_secs(1.0));
    let error = viewer.wait_for_failure();
    assert_eq!(
        error,
        Error::NotFound {
            path: source.path.clone()
        }
    );
    std::fs::rename(&away, &source.path).unwrap();
    assert_eq!(
        viewer.number_at(SequenceTime::from_secs(2.0)),
        50,
        "it is back"
    );
    assert_eq!(viewer.states(), [State::Loading, State::Paused]);
}

#[test]
fn a_file_that_goes_away_while_it_plays_ends_the_playing_in_words() {
    let bench = Bench::new();
    let source = bench.source("a.mp4", rate(25, 1), 1000, &[], Sound::None);
    let path = source.path.clone();
    let request = preview_of(&bench.request(rate(25, 1), &[source], vec![clip(1, 0.0, 0.0, 40.0)]));
    let mut viewer = Viewer::new();
    viewer.open(request, SIZE.1);
    viewer.preview.play(1.0);
    viewer.next_frame();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(viewer.wait_for_failure(), Error::NotFound { path });
}

#[test]
fn a_file_that_is_moved_or_cut_while_it_plays_is_told_and_plays_once_it_is_whole() {
    let bench = Bench::new();
    let source = bench.source("a.mp4", rate(25, 1), 1000, &[], Sound::Tone);
    let path = source.path.clone();
    let whole = std::fs::read(&path).unwrap();
    let away = bench.path("away.mp4");
    let request = preview_of(&bench.request(rate(25, 1), &[source], vec![clip(1, 0.0, 0.0, 40.0)]));
    let mut viewer = Viewer::new();
    viewer.open(request.clone(), SIZE.1);
    let is_of_the_file = |error: &Error| match error {
        Error::NotFound { path: of } | Error::Unreadable { path: of, .. } => *of == path,
        // What a decoder says of the cut, when it comes first.
        other => matches!(other, Error::Corrupt { .. }),
    };
    let cut = || {
        let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(whole.len() as u64 / 2).unwrap();
    };
    let deeds: [&dyn Fn(); 2] = [&|| std::fs::rename(&path, &away).unwrap(), &cut];
    for deed in deeds {
        viewer.seek(SequenceTime::ZERO);
        viewer.preview.play(1.0);
        viewer.next_frame();
        deed();
        let error = viewer.wait_for_failure();
        assert!(is_of_the_file(&error), "{error:?}");
        std::fs::write(&path, &whole).unwrap();
        assert_eq!(viewer.number_at(SequenceTime::from_secs(20.0)), 500);
    }
    cut();
    viewer.preview.seek(SequenceTime::from_secs(30.0));
    let error = viewer.wait_for_failure();
    assert!(is_of_the_file(&error), "{error:?}");
    std::fs::write(&path, &whole).unwrap();
    viewer.open(request, SIZE.1);
    assert_eq!(viewer.number_at(SequenceTime::from_secs(30.0)), 750);
}

#[test]
fn while_the_playhead_is_dragged_pictures_are_seen() {
    let bench = Bench::new();
    let source = bench.source("a.mp4", rate(25, 1), 500, &[], Sound::None);
    let request = bench.request(rate(25, 1), &[source], vec![clip(1, 0.0, 0.0, 20.0)]);
    let mut viewer = Viewer::new();
    viewer.open(preview_of(&request), SIZE.1);
    let (mut wanted, mut seen) = (0, Vec::new());
    while seen.len() < 10 {
        wanted = (wanted + 53) % 500;
        let at = SequenceTime::ZERO + rate(25, 1).frame_start(wanted);
        viewer.preview.seek(at);
        // Faster than frames are drawn.
        std::thread::sleep(std::time::Duration::from_millis(2));
        seen.extend(viewer.frames_so_far());
    }
    let last = SequenceTime::ZERO + rate(25, 1).frame_start(wanted);
    seen.push(viewer.frame_of(last));
    for view in seen {
        let number = rate(25, 1).frame_at(view.at.since_start());
        assert_eq!(view.number as i64, number, "what is seen is what was there");
    }
}

#[test]
fn a_proxy_stands_in_for_its_source() {
    let bench = Bench::new();
    let source = bench.source("a.mp4", rate(25, 1), 200, &[], Sound::None);
    let small = bench.path("small.mp4");
    let done = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(&source.path)
        .args(["-vf", "scale=160:120", "-g", "12"])
        .arg(&small)
        .status()
        .unwrap();
    assert!(done.success());
    let sources = [source];
    let mut request =
        preview_of(&bench.request(rate(25, 1), &sources, vec![clip(1, 0.0, 1.0, 5.0)]));
    request
        .proxies
        .insert(timeline::ids::MediaId(1), small.clone());
    let mut viewer = Viewer::new();
    viewer.open(request.clone(), SIZE.1);
    for n in [0_i64, 3, 80, 20] {
        let at = SequenceTime::ZERO + rate(25, 1).frame_start(n);
        assert_eq!(viewer.number_at(at) as i64, 25 + n, "frame {n}");
    }
    std::fs::remove_file(&small).unwrap();
    viewer.open(request, SIZE.1);
    assert_eq!(
        viewer.number_at(SequenceTime::from_secs(1.0)),
        50,
        "the source itself serves too"
    );
}

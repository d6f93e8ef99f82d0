//! Playing: forwards, backwards, over and over, with and without a window that keeps up.

use std::sync::mpsc::RecvTimeoutError;

use media::preview::{MOST_IN_FLIGHT, Sound as Heard, State};
use timeline::time::{SequenceRange, SequenceTime};

use crate::bench::{Bench, SIZE, Sound, clip};
use crate::rate;
use crate::viewer::{View, Viewer, preview_of};

fn range(from: f64, to: f64) -> SequenceRange {
    SequenceRange::new(SequenceTime::from_secs(from), SequenceTime::from_secs(to))
}

fn index(view: &View) -> i64 {
    rate(25, 1).frame_at(view.at.since_start())
}

/// Checks that each view shows what belongs to its time.
fn check_numbers(views: &[View], first: usize) {
    for view in views {
        assert_eq!(
            view.number as i64,
            index(view) + first as i64,
            "at {}",
            view.at.secs()
        );
    }
}

#[test]
fn playing_shows_frames_in_order_and_ends_at_the_last() {
    let bench = Bench::new();
    let source = bench.source("a.mp4", rate(25, 1), 100, &[], Sound::None);
    let request = bench.request(rate(25, 1), &[source], vec![clip(1, 0.0, 0.4, 2.4)]);
    let mut viewer = Viewer::new();
    viewer.open(preview_of(&request), SIZE.1);
    for (speed, stride) in [(1.0, 1), (0.5, 1), (2.0, 2), (8.0, 7)] {
        viewer.seek(SequenceTime::ZERO);
        viewer.preview.play(speed);
        let (views, ended) = viewer.until(|state| *state == State::Ended);
        assert_eq!(ended.at, SequenceTime::from_secs(49.0 / 25.0), "at {speed}");
        check_numbers(&views, 10);
        let mut shown: Vec<i64> = views.iter().map(index).collect();
        assert!(shown.is_sorted(), "{shown:?} at {speed}");
        // The end itself is shown whatever the stride.
        shown.retain(|frame| *frame != 49);
        let on_stride = shown.iter().all(|frame| frame % stride == 0);
        assert!(on_stride, "{shown:?} at {speed}");
        assert!(!shown.is_empty(), "something was shown at {speed}");
    }
    viewer.states();
    // Played from the end, it begins again.
    viewer.preview.play(1.0);
    let first = viewer.next_frame();
    assert!(index(&first) < 40, "{}", index(&first));
}

#[test]
fn backwards_goes_to_the_start_and_stands_there() {
    let bench = Bench::new();
    let source = bench.source("a.mp4", rate(25, 1), 100, &[], Sound::None);
    let clips = vec![clip(1, 0.0, 2.0, 2.8), clip(1, 0.8, 0.4, 1.2)];
    let request = bench.request(rate(25, 1), &[source], clips);
    let mut viewer = Viewer::new();
    viewer.open(preview_of(&request), SIZE.1);
    viewer.seek(SequenceTime::from_secs(1.4));
    viewer.states();
    viewer.preview.play(-1.0);
    let (views, stands) = viewer.until(|state| *state == State::Paused);
    assert_eq!(stands.at, SequenceTime::ZERO);
    let shown: Vec<i64> = views.iter().map(index).collect();
    assert!(shown.is_sorted_by(|one, next| one > next), "{shown:?}");
    for view in &views {
        let frame = index(view);
        let expected = if frame < 20 { 50 + frame } else { frame - 10 };
        assert_eq!(view.number as i64, expected, "frame {frame}");
    }
    assert!(views.len() > 5, "{shown:?}");
}

#[test]
fn a_loop_goes_round_and_can_be_left() {
    let bench = Bench::new();
    let source = bench.source("a.mp4", rate(25, 1), 200, &[], Sound::None);
    let request = bench.request(rate(25, 1), &[source], vec![clip(1, 0.0, 0.0, 4.0)]);
    let mut viewer = Viewer::new();
    viewer.open(preview_of(&request), SIZE.1);
    viewer.preview.repeat(Some(range(1.0, 1.4)));
    viewer.preview.play(1.0);
    let views: Vec<View> = (0..30).map(|_| viewer.next_frame()).collect();
    check_numbers(&views, 0);
    let shown: Vec<i64> = views.iter().map(index).collect();
    assert!(
        shown.iter().all(|frame| (25..35).contains(frame)),
        "{shown:?}"
    );
    let turns = shown.windows(2).filter(|pair| pair[1] < pair[0]).count();
    assert!(turns >= 2, "{shown:?}");
    viewer.preview.repeat(None);
    let (views, _) = viewer.until(|state| *state == State::Ended);
    assert_eq!(views.last().map(index), Some(99), "it goes on to the end");
}

#[test]
fn pausing_stays_on_the_frame_that_was_seen() {
    let bench = Bench::new();
    let source = bench.source("a.mp4", rate(25, 1), 500, &[], Sound::None);
    let request = bench.request(rate(25, 1), &[source], vec![clip(1, 0.0, 0.0, 20.0)]);
    let mut viewer = Viewer::new();
    viewer.open(preview_of(&request), SIZE.1);
    viewer.states();
    viewer.preview.play(1.0);
    for _ in 0..5 {
        viewer.next_frame();
    }
    viewer.preview.pause();
    let (views, status) = viewer.until(|state| *state == State::Paused);
    let last = viewer.states();
    assert_eq!(last, [], "nothing follows");
    if let Some(view) = views.last() {
        assert_eq!(view.at, status.at, "the last frame is where it stands");
    }
    let step = status.at + rate(25, 1).frame_duration();
    assert_eq!(viewer.seek(step).at, step, "a step is a seek");
}

#[test]
fn an_edit_while_playing_goes_on_with_the_new_cut() {
    let bench = Bench::new();
    let source = bench.source("a.mp4", rate(25, 1), 500, &[], Sound::Tone);
    let sources = [source];
    let request = |clips| preview_of(&bench.request(rate(25, 1), &sources, clips));
    for heard in [Heard::Off, Heard::On] {
        let mut viewer = Viewer::new();
        viewer.sound = heard;
        viewer.open(request(vec![clip(1, 0.0, 0.0, 8.0)]), SIZE.1);
        viewer.states();
        viewer.preview.seek(SequenceTime::from_secs(1.0));
        viewer.preview.play(1.0);
        viewer.frame_of(SequenceTime::from_secs(1.0));
        let before = viewer.next_frame();
        viewer
            .preview
            .update(request(vec![clip(1, 0.0, 10.0, 16.0)]))
            .unwrap();
        let after = loop {
            let view = viewer.next_frame();
            if view.number >= 250 {
                break view;
            }
        };
        check_numbers(std::slice::from_ref(&after), 250);
        assert!(after.at >= before.at, "it goes on from where it was");
        let states = viewer.states();
        assert!(
            !states.contains(&State::Paused),
            "it never stopped: {states:?}"
        );
        assert!(
            matches!(states.last(), Some(State::Playing { .. } | State::Ended)),
            "{states:?}"
        );
    }
}

#[test]
fn a_window_that_does_not_draw_gets_two_frames_and_no_more() {
    let bench = Bench::new();
    let source = bench.source("a.mp4", rate(25, 1), 100, &[], Sound::None);
    let request = bench.request(rate(25, 1), &[source], vec![clip(1, 0.0, 0.0, 2.0)]);
    let mut viewer = Viewer::new();
    viewer.try_open(preview_of(&request), SIZE.1).unwrap();
    let first = viewer.unacknowledged();
    viewer.preview.play(1.0);
    let second = viewer.unacknowledged();
    // It plays to its end, and everything else is left out.
    let more = viewer.frames_until_end();
    assert_eq!(more, 0, "{MOST_IN_FLIGHT} are under way");
    let counts = viewer.preview.counts();
    assert_eq!(counts.shown, MOST_IN_FLIGHT as u64);
    assert!(counts.unacknowledged > 0, "{counts:?}");
    // The frame where it stands waits for room instead.
    viewer.preview.shown(first.preview, first.at);
    let last = viewer.unacknowledged();
    assert_eq!(last.at, SequenceTime::from_secs(49.0 / 25.0));
    // Telling the last one tells those before it too.
    viewer.preview.shown(last.preview, last.at);
    assert!(second.at < last.at);
    viewer.preview.seek(SequenceTime::ZERO);
    assert_eq!(viewer.unacknowledged().at, SequenceTime::ZERO);
    viewer.preview.seek(SequenceTime::from_secs(1.0));
    assert_eq!(viewer.unacknowledged().at, SequenceTime::from_secs(1.0));
    viewer.preview.seek(SequenceTime::from_secs(1.2));
    assert_eq!(
        viewer.quiet(),
        Err(RecvTimeoutError::Timeout),
        "no room again"
    );
}

#[test]
fn sound_leads_or_the_machine_does_and_either_way_it_ends() {
    let bench = Bench::new();
    let source = bench.source("a.mp4", rate(25, 1), 100, &[], Sound::Tone);
    let clips = vec![clip(1, 0.0, 0.4, 1.4), clip(1, 1.0, 2.0, 3.0)];
    let request = bench.request(rate(25, 1), &[source], clips);
    for speed in [1.0, 1.5] {
        let mut viewer = Viewer::new();
        viewer.sound = Heard::On;
        viewer.open(preview_of(&request), SIZE.1);
        viewer.preview.play(speed);
        let (views, ended) = viewer.until(|state| *state == State::Ended);
        assert_eq!(ended.at, SequenceTime::from_secs(49.0 / 25.0));
        for view in &views {
            let frame = index(view);
            let expected = if frame < 25 { 10 + frame } else { 25 + frame };
            assert_eq!(view.number as i64, expected, "frame {frame} at {speed}");
        }
        assert!(views.len() > 5, "{} frames at {speed}", views.len());
    }
}

//! Covers that are drawn one after the other.

use media::Error;
use media::preview::{CoverFrame, CoverRequest, Covers};
use media::render::RenderRequest;
use task::Cancel;
use timeline::time::SequenceTime;

use crate::bench::{Bench, SIZE, Sound, clip};
use crate::rate;
use crate::viewer::preview_of;

fn cover(bench: &Bench, name: &str, request: &RenderRequest, at: f64) -> CoverRequest {
    CoverRequest {
        of: preview_of(request),
        path: bench.path(name),
        frame: CoverFrame::Around(SequenceTime::from_secs(at)),
        height: SIZE.1,
    }
}

#[test]
fn each_shows_the_frame_of_its_moment_whatever_was_drawn_before() {
    let bench = Bench::new();
    let first = bench.source("a.mp4", rate(25, 1), 250, &[], Sound::None);
    let second = bench.source("b.mkv", rate(50, 1), 200, &[], Sound::None);
    let sources = [first, second];
    let mut covers = Covers::new().unwrap();
    // On in the file, back, in another one, back again, at the very start and end.
    for (index, (media, from, at)) in [
        (1_u64, 1.0, 1.0),
        (1, 5.0, 1.5),
        (1, 0.0, 1.0),
        (2, 1.0, 0.5),
        (1, 2.0, 0.0),
        (2, 0.0, 2.0),
    ]
    .into_iter()
    .enumerate()
    {
        let clips = vec![clip(media, 0.0, from, from + 2.0)];
        let request = bench.request(rate(25, 1), &sources, clips);
        let order = cover(&bench, &format!("cover{index}.jpg"), &request, at);
        let path = order.path.clone();
        let shown = covers.draw(order, &Cancel::new()).unwrap();
        assert!(
            (shown.secs() - at).abs() <= 0.6,
            "{index}: {} for {at}",
            shown.secs()
        );
        let fps = if media == 1 { 25.0 } else { 50.0 };
        let expected = ((from + shown.secs()) * fps).round() as usize;
        let number = bench.frames(&path, SIZE)[0].number();
        assert_eq!(number, expected, "cover {index}");
    }
}

#[test]
fn what_cannot_be_drawn_is_told_and_leaves_nothing() {
    let bench = Bench::new();
    let source = bench.source("a.mp4", rate(25, 1), 100, &[], Sound::None);
    let sources = [source.clone()];
    let folder = bench.path("covers");
    std::fs::create_dir(&folder).unwrap();
    let mut covers = Covers::new().unwrap();
    let request = bench.request(rate(25, 1), &sources, vec![clip(1, 0.0, 0.0, 3.0)]);
    let empty = bench.request(rate(25, 1), &sources, Vec::new());
    let refused = covers.draw(cover(&bench, "covers/a.jpg", &empty, 1.0), &Cancel::new());
    assert!(matches!(refused, Err(Error::Request { .. })), "{refused:?}");
    let cancel = Cancel::new();
    cancel.cancel();
    let stopped = covers.draw(cover(&bench, "covers/a.jpg", &request, 1.0), &cancel);
    assert_eq!(stopped, Err(Error::Cancelled));
    let away = bench.path("away.mp4");
    std::fs::rename(&source.path, &away).unwrap();
    let lost = covers.draw(cover(&bench, "covers/a.jpg", &request, 1.0), &Cancel::new());
    assert!(matches!(lost, Err(Error::NotFound { .. })), "{lost:?}");
    let left = || std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(left(), 0, "no part of a cover");
    std::fs::rename(&away, &source.path).unwrap();
    covers
        .draw(cover(&bench, "covers/a.jpg", &request, 1.0), &Cancel::new())
        .unwrap();
    assert_eq!(left(), 1, "once it is back");
}

#[test]
fn a_moment_that_was_chosen_is_shown_and_no_sharper_one() {
    let bench = Bench::new();
    let sources = [bench.source("a.mp4", rate(25, 1), 250, &[], Sound::None)];
    let request = bench.request(rate(25, 1), &sources, vec![clip(1, 0.0, 2.0, 6.0)]);
    let mut covers = Covers::new().unwrap();
    // Within a frame it is that frame; beyond the end, the last one.
    for (at, expect) in [(0.0, 50), (1.03, 75), (1.04, 76), (3.99, 149), (9.0, 149)] {
        let order = CoverRequest {
            frame: CoverFrame::At(SequenceTime::from_secs(at)),
            ..cover(&bench, &format!("{at}.jpg"), &request, at)
        };
        let path = order.path.clone();
        covers.draw(order, &Cancel::new()).unwrap();
        let number = bench.frames(&path, SIZE)[0].number();
        assert_eq!(number, expect, "at {at} s");
    }
}

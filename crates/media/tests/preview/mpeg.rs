//! Streams whose times start anywhere, that are sought by guessing, and that may have holes.

use media::{StreamChoice, probe};
use timeline::time::SequenceTime;

use crate::bench::{Bench, SIZE, Sound, clip};
use crate::rate;
use crate::viewer::{Viewer, preview_of};

/// Checks that seeks all over a source show what its export shows.
fn check_seeks(name: &str, options: &[&str], sound: Sound) {
    let bench = Bench::new();
    let source = bench.source(name, rate(25, 1), 400, options, sound);
    let origin = probe(&source.path, &StreamChoice::default())
        .unwrap()
        .origin;
    let clips = vec![clip(1, 0.0, 1.0, 7.0), clip(1, 6.0, 9.0, 15.0)];
    let mut request = bench.request(rate(25, 1), &[source], clips);
    for source in request.sources.values_mut() {
        source.start = origin;
    }
    let rendered =
        media::render(&request, &task::Cancel::new(), &task::Progress::silent()).unwrap();
    let expected = bench.numbers(&rendered.file);
    assert_eq!(expected.len(), 300, "{name}");
    let mut viewer = Viewer::new();
    viewer.open(preview_of(&request), SIZE.1);
    // All over the place, then on and on.
    let indices = (0..40).map(|n| n * 37 % 300).chain(140..160);
    let shown: Vec<_> = indices
        .map(|index| {
            let at = SequenceTime::ZERO + rate(25, 1).frame_start(index as i64);
            (index, viewer.number_at(at), expected[index])
        })
        .collect();
    let wrong: Vec<_> = shown
        .iter()
        .filter(|(_, shown, expected)| shown != expected)
        .collect();
    assert!(
        wrong.is_empty(),
        "{name}: frame, shown, exported: {wrong:?}"
    );
}

#[test]
fn seeks_in_mpeg_streams_show_what_the_export_shows() {
    let mpeg2 = ["-c:v", "mpeg2video", "-q:v", "3", "-c:a", "mp2"];
    check_seeks("a.ts", &["-c:a", "mp2"], Sound::Tone);
    check_seeks("a.mpg", &mpeg2, Sound::Tone);
    check_seeks("silent.ts", &[], Sound::None);
}

#[test]
fn a_hole_holds_the_last_picture_wherever_a_seek_leads() {
    let hole = ["-vf", "select='lt(n,60)+gt(n,300)'", "-vsync", "vfr"];
    check_seeks("hole.mp4", &hole, Sound::Tone);
}

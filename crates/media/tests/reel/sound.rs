//! Sound that needs care before it is mixed.

use crate::bench::{Bench, Sound, clip};
use crate::rate;

fn energy(samples: &[f32]) -> f32 {
    samples.iter().map(|sample| sample * sample).sum()
}

#[test]
fn many_channels_without_places_play_on_both_sides() {
    for channels in ["3", "4", "6"] {
        let bench = Bench::new();
        let options = ["-c:a", "pcm_s16le", "-ac", channels];
        let file = bench.source("a.mov", rate(25, 1), 75, &options, Sound::Tone);
        let rendered = bench.render(rate(25, 1), &[file], vec![clip(1, 0.0, 0.0, 3.0)], |_| {});
        let lufs = rendered.loudness.integrated_lufs.unwrap();
        assert!((lufs + 14.0).abs() <= 1.0, "{channels}: {lufs} LUFS");
        let (left, right) = bench.samples(&rendered.file);
        let (left, right) = (energy(&left), energy(&right));
        assert!(
            left > 100.0 && (left / right - 1.0).abs() < 0.1,
            "{channels}: {left} and {right}"
        );
    }
}

#[test]
fn samples_that_are_no_numbers_are_silent() {
    let bench = Bench::new();
    let broken =
        "aeval=if(between(t\\,1\\,1.001)\\,0/0\\,val(0))|if(between(t\\,1\\,1.001)\\,1/0\\,val(1))";
    let options = ["-c:a", "pcm_f32be", "-af", broken];
    let file = bench.source("a.mov", rate(25, 1), 75, &options, Sound::Tone);
    let stored = std::fs::read(&file.path).unwrap();
    let infinite = f32::INFINITY.to_be_bytes();
    assert!(
        stored.windows(4).any(|bytes| bytes == infinite),
        "the source holds what it should"
    );
    let rendered = bench.render(rate(25, 1), &[file], vec![clip(1, 0.0, 0.0, 3.0)], |_| {});
    let lufs = rendered.loudness.integrated_lufs.unwrap();
    assert!((lufs + 14.0).abs() <= 1.0, "{lufs} LUFS");
    let (left, _) = bench.samples(&rendered.file);
    assert!(left.iter().all(|sample| sample.is_finite()));
    assert!(energy(&left[96_000..]) > 100.0, "the sound goes on");
}

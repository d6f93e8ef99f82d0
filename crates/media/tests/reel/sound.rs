//! Sound that needs care before it is mixed.

use std::sync::Arc;

use media::render::RenderSource;
use media::{StreamChoice, probe};
use timeline::Ticks;
use timeline::ids::{MediaId, TrackId};
use timeline::project::{Framing, Track, TrackKind};

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

/// Returns the share of a tone in the energy of a stretch of samples.
fn share_of_tone(samples: &[f32], hz: f64) -> f64 {
    let (mut cosine, mut sine, mut energy) = (0.0, 0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let turn = std::f64::consts::TAU * hz * n as f64 / 48_000.0;
        let sample = f64::from(*sample);
        cosine += sample * turn.cos();
        sine += sample * turn.sin();
        energy += sample * sample;
    }
    (cosine * cosine + sine * sine) * 2.0 / (samples.len() as f64 * energy)
}

#[test]
fn a_song_of_sound_alone_is_mixed_under_a_voice() {
    let bench = Bench::new();
    let file = bench.source("a.mov", rate(25, 1), 100, &[], Sound::Tone);
    let song = testkit::Clip::new("song").audio("sine=f=1700:d=10");
    let song = song.options("-c:a flac").container("flac");
    let path = song.file(&bench.path("songs")).unwrap();
    let streams = probe(&path, &StreamChoice::default()).unwrap().streams;
    let source = RenderSource {
        path,
        video: None,
        audio: streams.chosen_audio().map(|(audio, _)| audio.id.clone()),
        start: Ticks::ZERO,
    };
    let rendered = bench.render(
        rate(25, 1),
        &[file],
        vec![clip(1, 0.0, 0.0, 4.0)],
        |request| {
            request.sources.insert(MediaId(2), source);
            let mut music = clip(2, 1.0, 3.0, 5.0);
            music.framing = Framing::Fit;
            request.sequence.tracks.push(Arc::new(Track {
                id: TrackId(3),
                kind: TrackKind::Music,
                clips: vec![music],
                muted: false,
                locked: false,
            }));
        },
    );
    let (left, right) = bench.samples(&rendered.file);
    for side in [left, right] {
        let under = share_of_tone(&side[52_000..140_000], 1700.0);
        let before = share_of_tone(&side[4_000..44_000], 1700.0);
        assert!(under > 0.05, "the song is in the mix: {under}");
        assert!(before < under / 50.0, "and only there: {before}");
    }
}

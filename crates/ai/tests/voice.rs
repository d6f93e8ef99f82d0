//! Voice activity on real sound.

mod shared;

use ai::voice::VoiceActivity;
use shared::{shared, sound};
use testkit::truth::{self, Spoken};

fn speech(samples: &[f32]) -> Vec<(f64, f64)> {
    let mut voice = VoiceActivity::new();
    // Odd lengths, as they come from a decoder.
    for chunk in samples.chunks(1013) {
        voice.push(chunk);
    }
    voice
        .finish()
        .iter()
        .map(|range| (range.start.secs(), range.end.secs()))
        .collect()
}

#[test]
fn runs_are_counted_as_expected() {
    let Some(folder) = testkit::shared() else {
        return;
    };
    for (file, runs) in truth::speech_runs(&folder).unwrap() {
        let found = speech(&sound(&file));
        assert_eq!(found.len(), runs, "{}: {found:?}", file.display());
    }
}

#[test]
fn noise_is_no_speech() {
    let Some(folder) = shared("media/speech") else {
        return;
    };
    for name in [
        "vad/aeneas_n.wav",
        "vad/aeneas_zero.wav",
        "nospeech_leopard_empty.wav",
        "nospeech_wt_empty.mp3",
        "nospeech_wt_empty.wav",
    ] {
        let found = speech(&sound(&folder.join(name)));
        let total: f64 = found.iter().map(|(from, to)| to - from).sum();
        assert!(total <= 0.1, "{name}: {found:?}");
    }
}

#[test]
fn made_noise_and_tones_are_no_speech() {
    let mut state = 1_u32;
    let noise: Vec<f32> = (0..160_000)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f64::from(state) / f64::from(u32::MAX) - 0.5) as f32 * 0.2
        })
        .collect();
    assert_eq!(speech(&noise), [], "white noise");
    let tone: Vec<f32> = (0..160_000).map(|i| (i as f32 * 0.2).sin() * 0.5).collect();
    assert_eq!(speech(&tone), [], "a tone of 509 Hz");
    assert_eq!(speech(&vec![f32::NAN; 16_000]), [], "no sound at all");
    assert_eq!(speech(&[]), []);
    assert_eq!(speech(&[0.1; 10]), [], "less than a frame");
}

#[test]
fn edges_are_where_the_words_are() {
    let Some(folder) = testkit::shared() else {
        return;
    };
    let mut errors: Vec<f64> = Vec::new();
    for Spoken { file, words } in truth::spoken(&folder).unwrap() {
        let found = speech(&sound(&file));
        let truth = truth::runs(&words);
        let name = file.display();
        for (start, end) in &truth {
            let nearest = |edge: f64, edges: &mut dyn Iterator<Item = f64>| {
                edges.map(|e| (e - edge).abs()).fold(f64::MAX, f64::min)
            };
            errors.push(nearest(*start, &mut found.iter().map(|run| run.0)));
            errors.push(nearest(*end, &mut found.iter().map(|run| run.1)));
        }
        println!("{name}: {} runs, {} found", truth.len(), found.len());
        assert!(
            found.len().abs_diff(truth.len()) <= 2,
            "{name}: runs are neither torn nor glued: {found:?}"
        );
    }
    errors.sort_by(f64::total_cmp);
    let within = errors.iter().filter(|error| **error <= 0.2).count();
    let share = within as f64 / errors.len() as f64;
    let median = errors[errors.len() / 2];
    println!(
        "edges: {share:.3} of {} within 0.2 s, median {median:.3} s",
        errors.len()
    );
    assert!(share >= 0.85, "{share}");
    assert!(median <= 0.08, "{median}");
}

#[test]
fn the_level_of_the_recording_does_not_matter() {
    let Some(path) = shared("media/speech/mfa/acoustic_corpus.wav") else {
        return;
    };
    let samples = sound(&path);
    let total = |factor: f32| -> f64 {
        let louder: Vec<f32> = samples.iter().map(|sample| sample * factor).collect();
        speech(&louder).iter().map(|(from, to)| to - from).sum()
    };
    let usual = total(1.0);
    for factor in [0.25, 0.5, 2.0] {
        let found = total(factor);
        assert!(
            (found - usual).abs() <= usual * 0.1,
            "{found} s at {factor}, {usual} s as recorded"
        );
    }
}

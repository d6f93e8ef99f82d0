//! Voice activity on real sound.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at a surprise, and shows what it measured"
)]

mod shared;

use ai::voice::VoiceActivity;
use shared::{shared, sound};

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
    let Some(folder) = shared("media/speech/vad") else {
        return;
    };
    let expected = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
    for (name, runs) in expected["files"].as_object().unwrap() {
        let found = speech(&sound(&folder.join(name)));
        assert_eq!(
            found.len() as u64,
            runs["speech_runs"].as_u64().unwrap(),
            "{name}: {found:?}"
        );
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

/// Words as `(start, end)` in seconds.
type Words = Vec<(f64, f64)>;

fn textgrid(text: &str) -> Words {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let tier = lines.iter().position(|line| *line == "\"words\"").unwrap();
    let count: usize = lines[tier + 3].parse().unwrap();
    lines[tier + 4..]
        .chunks_exact(3)
        .take(count)
        .filter(|entry| !matches!(entry[2].trim_matches('"'), "" | "sil" | "sp"))
        .map(|entry| (entry[0].parse().unwrap(), entry[1].parse().unwrap()))
        .collect()
}

fn pocketsphinx(text: &str) -> Words {
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    json["w"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|word| !word["t"].as_str().unwrap().starts_with('<'))
        .map(|word| {
            let start = word["b"].as_f64().unwrap();
            (start, start + word["d"].as_f64().unwrap())
        })
        .collect()
}

/// Joins words into runs: gaps under 0.2 s are merged, as in the definition of speech.
fn runs(words: Words) -> Words {
    let mut runs: Words = Vec::new();
    for (start, end) in words {
        match runs.last_mut() {
            Some(last) if start - last.1 < 0.2 => last.1 = end,
            _ => runs.push((start, end)),
        }
    }
    runs
}

#[test]
fn edges_are_where_the_words_are() {
    let Some(folder) = shared("media/speech") else {
        return;
    };
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let mut files = Vec::new();
    for name in ["mfa/acoustic_corpus", "mfa/cold_corpus"] {
        let truth = textgrid(&read(&format!("{name}.TextGrid")));
        files.push((format!("{name}.wav"), truth));
    }
    for number in ["0870", "0880", "0890"] {
        let name = format!("librivox_ps/sense_and_sensibility_01_austen_64kb-{number}");
        let truth = pocketsphinx(&read(&format!("{name}.json")));
        files.push((format!("{name}.wav"), truth));
    }
    let mut errors: Vec<f64> = Vec::new();
    for (name, words) in files {
        let found = speech(&sound(&folder.join(&name)));
        let truth = runs(words);
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

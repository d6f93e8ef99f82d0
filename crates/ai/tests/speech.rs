//! Speech to text as far as it goes without trained weights: files that are no models, a model that
//! has none, and one whose weights are noise, which says nonsense by the same path as a real one.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at a surprise, and shows what it measured"
)]

mod shared;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use ai::Error;
use ai::speech::{Options, PcmFile, transcribe, transcribe_from, verify_model};
use footage::time::SourceRange;
use footage::words::Transcript;
use shared::shared;
use task::{Cancel, Progress};

fn options() -> Options {
    Options {
        model_id: "test".to_owned(),
        language: None,
        threads: NonZeroUsize::new(2).unwrap(),
    }
}

fn said(model: &Path, speech: &[SourceRange], cancel: &Cancel) -> Result<Transcript, Error> {
    let samples = vec![0.01; 16_000 * 3];
    transcribe(
        model,
        &samples,
        &options(),
        speech,
        cancel,
        &Progress::silent(),
    )
}

#[test]
fn a_model_without_weights_is_refused() {
    for name in ["for-tests-ggml-tiny.bin", "for-tests-ggml-tiny.en.bin"] {
        let Some(model) = shared(&format!("models/whisper_for_tests/{name}")) else {
            return;
        };
        let speech = [SourceRange::from_secs(0.0, 2.0)];
        let refused = said(&model, &speech, &Cancel::new()).unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!(
                "the model {} cannot be used: it holds no weights",
                model.display()
            )
        );
    }
}

#[test]
fn files_that_are_no_models_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let speech = [SourceRange::from_secs(0.0, 2.0)];
    let check = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let refused = said(&path, &speech, &Cancel::new());
        assert!(
            matches!(refused, Err(Error::ModelUnusable { .. })),
            "{name}: {refused:?}"
        );
    };
    check("empty.bin", b"");
    check("text.bin", b"<html>404 Not Found</html>");
    check("zeros.bin", &[0; 4096]);
    if let Some(model) = shared("models/whisper_for_tests/for-tests-ggml-tiny.bin") {
        let bytes = std::fs::read(model).unwrap();
        check("half.bin", &bytes[..bytes.len() / 2]);
    }
    let missing = said(&folder.path().join("none.bin"), &speech, &Cancel::new());
    assert!(matches!(missing, Err(Error::ModelMissing { .. })));
    assert!(matches!(
        verify_model(&folder.path().join("none.bin")),
        Err(Error::ModelMissing { .. })
    ));
}

#[test]
fn a_cancelled_run_does_not_begin() {
    let cancel = Cancel::new();
    cancel.cancel();
    let stopped = said(Path::new("none.bin"), &[], &cancel);
    assert!(matches!(stopped, Err(Error::Cancelled)));
}

/// Writes a small multilingual model with pseudo-random weights: one layer each, and the
/// vocabulary of a model without weights. Returns `None` where that is absent.
fn babbling_model(folder: &Path) -> Option<PathBuf> {
    model(folder, "babble.bin", |_, _| None)
}

/// Width of the models' layers.
const STATE: usize = 64;

/// Writes such a model, with those weights that `chosen` gives (0 or a power of two) for a tensor's
/// name and a place in it.
fn model(
    folder: &Path,
    name: &str,
    chosen: impl Fn(&str, usize) -> Option<f32>,
) -> Option<PathBuf> {
    const HEADS: u32 = 2;
    let n = STATE as u32;
    let empty = shared("models/whisper_for_tests/for-tests-ggml-tiny.bin")?;
    let mut bytes = std::fs::read(empty).unwrap();
    let number = |bytes: &[u8], index: usize| {
        u32::from_le_bytes(bytes[4 + 4 * index..8 + 4 * index].try_into().unwrap())
    };
    let (vocabulary, audio) = (number(&bytes, 0), number(&bytes, 1));
    let (text, mels) = (number(&bytes, 5), number(&bytes, 9));
    for (index, value) in [
        (2, n),
        (3, HEADS),
        (4, 1),
        (6, n),
        (7, HEADS),
        (8, 1),
        (10, 1),
    ] {
        bytes[4 + 4 * index..8 + 4 * index].copy_from_slice(&value.to_le_bytes());
    }
    let mut random = 7_u32;
    let mut next = || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        random >> 16
    };
    let mut put = |name: &str, shape: &[u32], half: bool| {
        for value in [shape.len() as u32, name.len() as u32, u32::from(half)] {
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        for side in shape {
            bytes.extend_from_slice(&side.to_le_bytes());
        }
        bytes.extend_from_slice(name.as_bytes());
        for place in 0..shape.iter().product::<u32>() {
            let bits = next();
            let chosen = chosen(name, place as usize);
            if half {
                let value = match chosen {
                    // Sign, exponent of 1/8, random fraction.
                    None => ((bits & 1) << 15 | 12 << 10 | (bits >> 4 & 0x3ff)) as u16,
                    Some(0.0) => 0,
                    Some(power) => (power.log2() as u16 + 15) << 10,
                };
                bytes.extend_from_slice(&value.to_le_bytes());
            } else {
                let value = chosen.unwrap_or(bits as f32 / 65_536.0 - 0.5);
                bytes.extend_from_slice(&value.to_le_bytes());
            }
        }
    };
    put("encoder.positional_embedding", &[n, audio], false);
    put("encoder.conv1.weight", &[3, mels, n], true);
    put("encoder.conv1.bias", &[1, n], false);
    put("encoder.conv2.weight", &[3, n, n], true);
    put("encoder.conv2.bias", &[1, n], false);
    put("encoder.ln_post.weight", &[n], false);
    put("encoder.ln_post.bias", &[n], false);
    put("decoder.positional_embedding", &[n, text], false);
    put("decoder.token_embedding.weight", &[n, vocabulary], true);
    put("decoder.ln.weight", &[n], false);
    put("decoder.ln.bias", &[n], false);
    for (side, attentions) in [
        ("encoder", &["attn"][..]),
        ("decoder", &["attn", "cross_attn"]),
    ] {
        let block = format!("{side}.blocks.0");
        for norm in attentions.iter().copied().chain(["mlp"]) {
            put(&format!("{block}.{norm}_ln.weight"), &[n], false);
            put(&format!("{block}.{norm}_ln.bias"), &[n], false);
        }
        put(&format!("{block}.mlp.0.weight"), &[n, 4 * n], true);
        put(&format!("{block}.mlp.0.bias"), &[4 * n], false);
        put(&format!("{block}.mlp.2.weight"), &[4 * n, n], true);
        put(&format!("{block}.mlp.2.bias"), &[n], false);
        for attention in attentions {
            for part in ["query", "key", "value", "out"] {
                put(&format!("{block}.{attention}.{part}.weight"), &[n, n], true);
                if part != "key" {
                    put(&format!("{block}.{attention}.{part}.bias"), &[n], false);
                }
            }
        }
    }
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    Some(path)
}

/// 45 s of hum with two stretches of "speech" too long for one piece.
fn sound() -> (Vec<f32>, [SourceRange; 2]) {
    let samples = (0..16_000 * 45)
        .map(|i| (i as f32 * 0.05).sin() * 0.1)
        .collect();
    let speech = [
        SourceRange::from_secs(1.0, 20.0),
        SourceRange::from_secs(22.0, 44.0),
    ];
    (samples, speech)
}

#[test]
fn a_model_is_run_over_every_piece() {
    let folder = tempfile::tempdir().unwrap();
    let Some(model) = babbling_model(folder.path()) else {
        return;
    };
    let about = verify_model(&model).unwrap();
    assert!(about.multilingual && about.encoder_layers == 1);
    let (samples, speech) = sound();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    let progress = Progress::new(move |fraction| sink.lock().unwrap().push(fraction));
    let cancel = Cancel::new();
    let heard = transcribe(&model, &samples, &options(), &speech, &cancel, &progress).unwrap();
    assert!(heard.language.is_some(), "the language was found out");
    println!("{} words in {:?}", heard.words.len(), heard.language);
    for pair in heard.words.windows(2) {
        assert!(pair[0].range.end <= pair[1].range.start, "{pair:?}");
    }
    for word in &heard.words {
        assert!(
            !word.range.is_empty() && !word.text.trim().is_empty(),
            "{word:?}"
        );
        assert!(
            word.range.start.secs() >= 0.8 && word.range.end.secs() < 46.0,
            "{word:?}"
        );
    }
    let seen = seen.lock().unwrap();
    assert!(seen.windows(2).all(|pair| pair[0] <= pair[1]), "{seen:?}");
    assert_eq!(seen.last(), Some(&1.0));

    let none = transcribe(
        &model,
        &samples,
        &options(),
        &[],
        &cancel,
        &Progress::silent(),
    )
    .unwrap();
    assert!(none.words.is_empty(), "no speech, no words");
}

#[test]
fn sound_from_a_file_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let Some(model) = babbling_model(folder.path()) else {
        return;
    };
    let (samples, speech) = sound();
    let stored: Vec<i16> = samples.iter().map(|s| (s * 32_767.0) as i16).collect();
    let path = folder.path().join("speech.pcm");
    let bytes: Vec<u8> = stored.iter().flat_map(|s| s.to_le_bytes()).collect();
    std::fs::write(&path, bytes).unwrap();
    let samples: Vec<f32> = stored.iter().map(|s| f32::from(*s) / 32_768.0).collect();
    let (cancel, silent) = (Cancel::new(), Progress::silent());
    let heard = transcribe(&model, &samples, &options(), &speech, &cancel, &silent).unwrap();
    let mut file = PcmFile::open(&path).unwrap();
    let from_file =
        transcribe_from(&model, &mut file, &options(), &speech, &cancel, &silent).unwrap();
    assert_eq!(heard, from_file);
}

#[test]
fn cancelling_stops_the_model() {
    let folder = tempfile::tempdir().unwrap();
    let Some(model) = babbling_model(folder.path()) else {
        return;
    };
    let (samples, speech) = sound();
    let cancel = Cancel::new();
    let asked = cancel.clone();
    let progress = Progress::new(move |_| asked.cancel());
    let stopped = transcribe(&model, &samples, &options(), &speech, &cancel, &progress);
    assert!(matches!(stopped, Err(Error::Cancelled)), "{stopped:?}");
}

/// A model that says one word after another, each from 0.12 s to 0.12 s, and never ends.
fn stuttering_model(folder: &Path) -> Option<PathBuf> {
    const END: usize = 50_257;
    const ZERO: usize = 50_364;
    const WORD: usize = 2425;
    model(folder, "stutter.bin", |tensor, place| match tensor {
        // What comes out of the decoder is the same at every place...
        "decoder.ln.weight" => Some(0.0),
        "decoder.ln.bias" => Some(if place == 0 { 1.0 } else { 0.0 }),
        // ...and likes these tokens, in this order.
        "decoder.token_embedding.weight" => Some(match (place / STATE, place % STATE) {
            (token, 0) if token == ZERO + 6 => 64.0,
            (WORD, 0) => 32.0,
            (END, 0) => 16.0,
            _ => 0.0,
        }),
        _ => None,
    })
}

#[test]
fn little_sound_before_a_timestamp_is_aligned() {
    let folder = tempfile::tempdir().unwrap();
    let Some(model) = stuttering_model(folder.path()) else {
        return;
    };
    // whisper.cpp would align what was said with the 0.12 s before it, and aborts below 0.16 s.
    let options = Options {
        language: Some("fr".to_owned()),
        // Several wait for each other at every step, for ever where cores are scarce.
        threads: NonZeroUsize::MIN,
        ..options()
    };
    let speech = [SourceRange::from_secs(0.5, 1.8)];
    let samples = vec![0.01; 16_000 * 3];
    let (cancel, silent) = (Cancel::new(), Progress::silent());
    let heard = transcribe(&model, &samples, &options, &speech, &cancel, &silent).unwrap();
    let last = heard.words.last().unwrap().range;
    assert!(last.end.secs() > 1.3, "it listens to the rest: {last:?}");
}

//! Sentence vectors against an independent implementation.
//!
//! `data/minilm.json` holds 100 sentences with the vectors of another implementation (its `source`
//! says which). The weights are looked for in the folder that CREALIA_MINILM names.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops at a surprise, and shows what it measured"
)]

use std::path::PathBuf;

use ai::meaning::SentenceEmbedder;
use task::Cancel;

fn embedder() -> Option<SentenceEmbedder> {
    let Some(folder) = std::env::var_os("CREALIA_MINILM").map(PathBuf::from) else {
        println!("skipped: CREALIA_MINILM names no folder with all-MiniLM-L6-v2");
        return None;
    };
    Some(SentenceEmbedder::load(&folder).unwrap())
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[test]
fn vectors_equal_the_reference() {
    let Some(embedder) = embedder() else { return };
    let golden: serde_json::Value = serde_json::from_str(include_str!("data/minilm.json")).unwrap();
    let golden = golden["sentences"].as_array().unwrap();
    assert_eq!(golden.len(), 100);
    let texts: Vec<&str> = golden
        .iter()
        .map(|one| one["text"].as_str().unwrap())
        .collect();
    let vectors = embedder.embed(&texts, &Cancel::new()).unwrap();
    let mut worst = 1.0_f32;
    for ((one, vector), text) in golden.iter().zip(&vectors).zip(&texts) {
        let expected: Vec<f32> = one["vector"]
            .as_array()
            .unwrap()
            .iter()
            .map(|value| value.as_i64().unwrap() as f32 / 10_000.0)
            .collect();
        assert_eq!(vector.len(), embedder.width());
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        assert!((length - 1.0).abs() < 1e-4, "length {length} of {text:?}");
        let near = cosine(vector, &expected);
        assert!(near >= 0.999, "{near} for {text:?}");
        worst = worst.min(near);
    }
    println!("worst cosine over 100 sentences: {worst}");
}

#[test]
fn company_changes_nothing() {
    let Some(embedder) = embedder() else { return };
    let alone = embedder.embed(&["A cat sleeps."], &Cancel::new()).unwrap();
    let long = "and so on ".repeat(60);
    let among = embedder
        .embed(&[&long, "A cat sleeps.", "Yes."], &Cancel::new())
        .unwrap();
    assert!(cosine(&alone[0], &among[1]) > 0.999_99);
    assert_eq!(embedder.embed(&[], &Cancel::new()).unwrap().len(), 0);
}

#[test]
fn cancelling_stops() {
    let Some(embedder) = embedder() else { return };
    let cancel = Cancel::new();
    cancel.cancel();
    let stopped = embedder.embed(&["A cat sleeps."], &cancel);
    assert!(matches!(stopped, Err(ai::Error::Cancelled)));
}

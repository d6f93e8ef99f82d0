//! What each option of the main command does to the reels.

use serde_json::Value;
use testkit::Clip;

use crate::support::{Bench, ffprobe, number};

/// Makes one short reel and returns it with the whole document.
fn one(bench: &Bench, input: &str, more: &[&str]) -> (Value, Value) {
    let mut arguments = vec!["reels", input, "--out=out", "--force", "--json"];
    arguments.extend(["--min=4", "--max=9", "--count=1"]);
    arguments.extend(more);
    let ran = bench.run(&arguments);
    assert_eq!(ran.status, 0, "{more:?}: {}{}", ran.out, ran.err);
    let document = ran.json();
    let reel = document["reels"][0].clone();
    (reel, document)
}

/// Returns a reel's words in one line.
fn said(reel: &Value) -> String {
    let words = reel["words"].as_array().unwrap().iter();
    let words: Vec<&str> = words.map(|word| word["text"].as_str().unwrap()).collect();
    words.join(" ").to_lowercase()
}

fn codes(document: &Value) -> Vec<&str> {
    let notes = document["notes"].as_array().unwrap().iter();
    notes.map(|note| note["code"].as_str().unwrap()).collect()
}

#[test]
fn formats_and_rates_are_those_of_the_files() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    for (format, fps, expected) in [
        ("4:5", "30", "1080,1350,30/1"),
        ("16:9", "50", "1920,1080,50/1"),
    ] {
        let (reel, _) = one(&bench, "talk.mp4", &["--format", format, "--fps", fps]);
        let file = bench.path("out/reel-01.mp4");
        let found = ffprobe(&file, "v:0", "width,height,r_frame_rate");
        assert_eq!(found, expected, "{format}");
        let told = [&reel["width"], &reel["height"], &reel["fps"]].map(number);
        let told = format!("{},{},{}/1", told[0], told[1], told[2]);
        assert_eq!(told, expected, "the document of {format}");
        let crop = &reel["crop"][0];
        let shape = number(&crop["w"]) / number(&crop["h"]);
        let wanted = number(&reel["width"]) / number(&reel["height"]);
        assert!((shape - wanted).abs() < 1e-3, "{crop} in {format}");
    }
}

#[test]
fn captions_come_from_the_file_that_is_named_or_not_at_all() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    let cues = "1\n00:00:00,300 --> 00:00:08,000\nQuite another story, told by the file.\n";
    std::fs::write(bench.path("other words.srt"), cues).unwrap();
    let (reel, document) = one(&bench, "talk.mp4", &["--captions", "other words.srt"]);
    assert_eq!(document["transcript"]["name"], "other words.srt");
    assert_eq!(said(&reel), "quite another story, told by the file.");

    let (reel, _) = one(&bench, "talk.mp4", &["--captions", "off"]);
    assert_eq!(reel["captions"]["srt"], Value::Null);
    assert_eq!(reel["captions"]["layout"], Value::Array(Vec::new()));
    assert!(
        said(&reel).contains("viewers"),
        "words are told all the same"
    );
    assert!(!bench.path("out/reel-01.srt").exists());
}

#[test]
fn a_wish_steers_by_words() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    let (reel, document) = one(&bench, "talk.mp4", &["--wish", "the curve on the next day"]);
    assert!(codes(&document).contains(&"wish_by_words"), "{document}");
    assert!(said(&reel).contains("curve"), "{}", said(&reel));
    let (reel, _) = one(&bench, "talk.mp4", &["--wish", "forty editors"]);
    assert!(said(&reel).contains("editors"), "{}", said(&reel));
    let (_, document) = one(&bench, "talk.mp4", &["--wish", "submarine volcanoes"]);
    assert!(codes(&document).contains(&"wish_fits_nothing"));
}

#[test]
fn a_wish_steers_by_meaning_with_the_sentence_model() {
    let Some(model) = std::env::var_os("CREALIA_MINILM") else {
        // `cargo xtask test` brings it.
        println!("skipped: CREALIA_MINILM names no folder with all-MiniLM-L6-v2");
        return;
    };
    let bench = Bench::new();
    bench.talk("talk.mp4");
    let model = model.to_str().unwrap();
    let added = bench.run(&["models", "add", "sentences", model, "--json"]);
    assert_eq!(added.status, 0, "{}", added.out);
    // No word of these is said.
    for (wish, expected) in [
        ("saying hello wastes time", "greeting that nobody needs"),
        ("check the results tomorrow", "curve on the next day"),
    ] {
        let (reel, document) = one(&bench, "talk.mp4", &["--wish", wish]);
        assert!(codes(&document).contains(&"wish_by_embeddings"));
        assert!(said(&reel).contains(expected), "{wish}: {}", said(&reel));
    }
}

#[test]
fn words_come_from_a_text_stream_in_the_file() {
    let bench = Bench::new();
    let cues = [
        (0.5, 4.0, "These words are in the file itself."),
        (4.5, 8.5, "Nothing lies beside it, and no model is here."),
    ];
    let clip = Clip::new("texts")
        .video("testsrc2=s=640x360:r=25:d=9")
        .audio("sine=f=300:d=9")
        .subtitles(&bench.path("made"), &cues)
        .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -c:s mov_text");
    bench.clip("texts.mp4", &clip);
    let (reel, document) = one(&bench, "texts.mp4", &[]);
    assert_eq!(document["transcript"]["origin"], "embedded");
    assert!(said(&reel).contains("and no model is here."), "{reel}");
}

#[test]
fn an_analysis_measures_the_stream_that_is_asked_for() {
    let bench = Bench::new();
    let clip = Clip::new("loud and quiet")
        .video("testsrc2=s=320x180:r=25:d=4")
        .audio("sine=f=440:d=4,volume=0.9")
        .audio("sine=f=440:d=4,volume=0.09")
        .options("-map 0 -map 1 -map 2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac");
    bench.clip("two.mp4", &clip);
    let loudness = |stream: &str| {
        let arguments = ["analyse", "two.mp4", "--json", "--audio-stream", stream];
        number(&bench.run(&arguments).json()["loudness"]["integrated_lufs"])
    };
    let apart = loudness("0") - loudness("1");
    assert!((apart - 20.0).abs() < 0.3, "{apart} LU apart");
    for option in ["--audio-stream=2", "--video-stream=1"] {
        let ran = bench.run(&["analyse", "two.mp4", "--json", option]);
        assert_eq!((ran.status, ran.code().as_str()), (1, "no_such_stream"));
    }
}

#[test]
fn a_language_chooses_the_subtitles_and_how_they_are_read() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    let english = std::fs::read_to_string(bench.path("talk.srt")).unwrap();
    std::fs::rename(bench.path("talk.srt"), bench.path("talk.en.srt")).unwrap();
    let french = "Pourquoi la plupart des vidéos perdent-elles leur public ?";
    let first = english.split('\n').nth(2).unwrap();
    let text = english.replace(first, french);
    std::fs::write(bench.path("talk.fre.srt"), text).unwrap();
    let transcript = |language: &str| {
        let (_, document) = one(&bench, "talk.mp4", &["--language", language]);
        let told = &document["transcript"];
        (
            told["name"].to_string(),
            told["language"].to_string(),
            document["reels"][0]["score"].clone(),
        )
    };
    let (name, language, _) = transcript("fr");
    assert_eq!(
        (name.as_str(), language.as_str()),
        ("\"talk.fre.srt\"", "\"fr\"")
    );
    let (name, language, score) = transcript("en");
    assert_eq!(
        (name.as_str(), language.as_str()),
        ("\"talk.en.srt\"", "\"en\"")
    );

    // What an earlier run in another language found does not decide.
    std::fs::rename(bench.path("talk.en.srt"), bench.path("talk.srt")).unwrap();
    std::fs::remove_file(bench.path("talk.fre.srt")).unwrap();
    let (_, _, as_french) = transcript("fr");
    assert_ne!(as_french, score, "other words make a hook in French");
    let fresh = Bench::new();
    fresh.talk("talk.mp4");
    let (reel, _) = one(&fresh, "talk.mp4", &["--language", "fr"]);
    assert_eq!(reel["score"], as_french);
}

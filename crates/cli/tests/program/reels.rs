//! The main job through the real program: files, documents, reruns, cancelling, crashes.

use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::Clip;

use crate::support::{Bench, ffprobe, number, tool, two_short_reels};

const H264: &str = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";

#[test]
fn a_talk_becomes_finished_reels() {
    let bench = Bench::new();
    bench.talk("Été à Paris.mp4");
    let before = bench.modified("Été à Paris.mp4");
    let ran = bench.reels("Été à Paris.mp4", &[]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let document = ran.json();
    let written: Value =
        serde_json::from_slice(&std::fs::read(bench.path("out/reels.json")).unwrap()).unwrap();
    assert_eq!(document, written, "standard output is reels.json");
    assert_eq!(document["transcript"]["origin"], "sidecar");

    let reels = document["reels"].as_array().unwrap();
    assert_eq!(reels.len(), 2);
    for reel in reels {
        check_reel(&bench, reel);
    }
    assert_eq!(bench.modified("Été à Paris.mp4"), before);
    let names = bench.names("out");
    let expected = [
        "reel-01.ass",
        "reel-01.jpg",
        "reel-01.mp4",
        "reel-01.srt",
        "reel-01.vtt",
        "reel-02.ass",
        "reel-02.jpg",
        "reel-02.mp4",
        "reel-02.srt",
        "reel-02.vtt",
        "reels.json",
    ];
    assert_eq!(names, expected, "nothing half-written is left");
    for line in ran.err.lines() {
        let event: Value = serde_json::from_str(line).expect("progress is one object per line");
        assert!(number(&event["total_percent"]) <= 100.0, "{event}");
    }
}

fn check_reel(bench: &Bench, reel: &Value) {
    let duration = number(&reel["duration"]);
    assert!(
        (4.0..=9.1).contains(&duration),
        "{duration} s is within the bounds"
    );
    let segments = reel["segments"].as_array().unwrap();
    let played: f64 = segments.iter().map(|s| number(&s[1]) - number(&s[0])).sum();
    assert!(
        (played - duration).abs() < 0.05,
        "segments add up: {played} and {duration}"
    );
    assert!((0.0..=100.0).contains(&number(&reel["score"])));
    assert!(
        !reel["reasons"].as_array().unwrap().is_empty(),
        "a reason for {}",
        reel["title"]
    );

    let file = bench.path("out").join(reel["file"].as_str().unwrap());
    assert_eq!(
        ffprobe(
            &file,
            "v:0",
            "codec_name,profile,width,height,pix_fmt,r_frame_rate"
        ),
        "h264,High,1080,1920,yuv420p,25/1"
    );
    assert_eq!(ffprobe(&file, "a:0", "codec_name"), "aac");
    let shown: f64 = ffprobe(&file, "v:0", "duration").parse().unwrap();
    assert!(
        (shown - duration).abs() < 0.041,
        "{shown} s in the file, {duration} s told"
    );
    let loudness = number(&reel["loudness_lufs"]);
    assert!((-15.0..=-13.0).contains(&loudness), "{loudness} LUFS");
    assert!(number(&reel["true_peak_dbtp"]) <= -1.0);

    let crop = reel["crop"].as_array().unwrap();
    assert!(number(&crop[0]["t"]).abs() < 1e-6, "the path begins at 0");
    assert!(
        (number(&crop.last().unwrap()["t"]) - duration).abs() < 1e-3,
        "and ends at the end"
    );
    for entry in crop {
        let aspect = number(&entry["w"]) / number(&entry["h"]);
        assert!(
            (aspect - 9.0 / 16.0).abs() < 1e-6,
            "{entry} has the frame's shape"
        );
        assert!(
            number(&entry["x"]) >= 0.0 && number(&entry["x"]) + number(&entry["w"]) <= 640.0 + 1e-6
        );
    }

    let words = reel["words"].as_array().unwrap();
    assert!(words.len() >= 5, "{} words", words.len());
    let ends = words
        .windows(2)
        .all(|pair| number(&pair[0]["end"]) <= number(&pair[1]["start"]) + 1e-6);
    assert!(ends, "words do not overlap");
    let layout = reel["captions"]["layout"].as_array().unwrap();
    assert!(!layout.is_empty());
    for card in layout {
        let bounds = &card["box"];
        let (x, y) = (number(&bounds["x"]), number(&bounds["y"]));
        let (right, bottom) = (x + number(&bounds["w"]), y + number(&bounds["h"]));
        // The universal safe area: the largest margin of every network.
        assert!(
            x >= 0.06 * 1080.0 - 1.0 && right <= 0.82 * 1080.0 + 1.0,
            "{card}"
        );
        assert!(
            y >= 0.15 * 1920.0 - 1.0 && bottom <= 0.65 * 1920.0 + 1.0,
            "{card}"
        );
        assert!(card["lines"].as_array().unwrap().len() <= 2);
    }
    for kind in ["srt", "vtt", "ass"] {
        let name = reel["captions"][kind].as_str().unwrap();
        let text = std::fs::read_to_string(bench.path("out").join(name)).unwrap();
        let first = words[0]["text"].as_str().unwrap();
        assert!(
            text.to_lowercase().contains(&first.to_lowercase()),
            "{name} begins with {first}"
        );
    }
    assert!(
        bench
            .path("out")
            .join(reel["cover"].as_str().unwrap())
            .is_file()
    );
    let failed: Vec<&Value> = reel["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["ok"] == false && check["code"] != "reading_speed")
        .collect();
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn a_rerun_reuses_and_other_options_are_refused() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    assert_eq!(bench.reels("talk.mp4", &[]).status, 0);
    let first = bench.modified("out/reel-01.mp4");

    let again = bench.reels("talk.mp4", &[]);
    assert_eq!(again.status, 0, "{}", again.err);
    for step in again.json()["steps"].as_array().unwrap() {
        assert!(step["reused"] == true, "{step}");
    }
    assert_eq!(
        bench.modified("out/reel-01.mp4"),
        first,
        "the file was left alone"
    );

    std::fs::remove_file(bench.path("out/reel-02.mp4")).unwrap();
    std::fs::write(bench.path("out/reel-01.mp4"), b"broken").unwrap();
    let mended = bench.reels("talk.mp4", &[]);
    assert_eq!(mended.status, 0, "{}", mended.err);
    assert!(
        std::fs::metadata(bench.path("out/reel-01.mp4"))
            .unwrap()
            .len()
            > 10_000
    );
    assert!(
        bench.path("out/reel-02.mp4").is_file(),
        "what is missing is made again"
    );

    let other = bench.reels("talk.mp4", &["--format", "1:1"]);
    assert_eq!((other.status, other.code().as_str()), (1, "output_exists"));
    let forced = bench.reels("talk.mp4", &["--format", "1:1", "--force"]);
    assert_eq!(forced.status, 0, "{}", forced.err);
    assert_eq!(
        ffprobe(&bench.path("out/reel-01.mp4"), "v:0", "width,height"),
        "1080,1080"
    );
}

#[test]
fn a_killed_run_goes_on_and_repeats_no_finished_step() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    let arguments = two_short_reels("talk.mp4", &[]);
    let mut child = bench.start(&arguments);
    // Killed when the first reel is there: the second is under way.
    let deadline = Instant::now() + Duration::from_mins(2);
    while !bench.path("out/reel-01.mp4").exists() {
        assert!(Instant::now() < deadline, "the first reel never came");
        std::thread::sleep(Duration::from_millis(20));
    }
    let first = bench.modified("out/reel-01.mp4");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        !bench.path("out/reels.json").exists(),
        "no document before everything is done"
    );

    let ran = bench.run(&arguments);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let document = ran.json();
    for name in ["probe", "analyse", "transcribe", "suggest"] {
        let steps = document["steps"].as_array().unwrap();
        let step = steps.iter().find(|step| step["name"] == name).unwrap();
        assert_eq!(step["reused"], true, "{step}");
    }
    let after = bench.modified("out/reel-01.mp4");
    let reused = first == after;
    // The kill may fall between the rename and the note of it; then it is rendered again.
    assert!(reused || document["reels"][0]["file"] == "reel-01.mp4");
    assert!(
        !bench.names("out").iter().any(|name| name.starts_with('.')),
        "{:?}",
        bench.names("out")
    );
}

#[cfg(unix)]
#[test]
fn ctrl_c_cancels_cleanly() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    let arguments = two_short_reels("talk.mp4", &[]);
    let mut run = bench.begin(&arguments);
    // Wait until it renders, which is where files could be left half-written.
    run.reach("render", 0.0);
    let asked = Instant::now();
    run.signal("-INT");
    let ran = run.end();
    assert_eq!((ran.status, ran.code().as_str()), (130, "cancelled"));
    assert!(
        asked.elapsed() < Duration::from_secs(4),
        "it took {:?}",
        asked.elapsed()
    );
    let names = bench.names("out");
    assert!(!names.iter().any(|name| name.starts_with('.')), "{names:?}");
    assert_eq!(
        bench.reels("talk.mp4", &[]).status,
        0,
        "and the next run finishes"
    );
}

#[test]
fn one_bad_input_does_not_stop_the_others() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    std::fs::write(bench.path("notes.mp4"), "no video at all").unwrap();
    let ran = bench.reels("notes.mp4", &["missing.mp4", "talk.mp4"]);
    assert_eq!(ran.status, 1, "{}", ran.err);
    let results = ran.json()["results"].as_array().unwrap().clone();
    assert_eq!(results[0]["error"]["code"], "corrupt_media");
    assert_eq!(results[1]["error"]["code"], "not_found");
    assert_eq!(results[1]["error"]["input"], "missing.mp4");
    assert_eq!(results[2]["reels"].as_array().unwrap().len(), 2);
    assert!(bench.path("out/talk/reel-01.mp4").is_file());
    let index: Value =
        serde_json::from_slice(&std::fs::read(bench.path("out/index.json")).unwrap()).unwrap();
    assert_eq!(index["inputs"][2]["reels"], "talk/reels.json");
    assert_eq!(index["inputs"][0]["reels"], Value::Null);
}

#[test]
fn sources_without_words_or_sound_still_become_reels() {
    let bench = Bench::new();
    let clip = Clip::new("silent").video("testsrc2=size=480x270:rate=30:duration=14");
    bench.clip("silent.mp4", &clip.options(H264));
    let ran = bench.reels("silent.mp4", &[]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let document = ran.json();
    assert_eq!(document["transcript"], Value::Null);
    assert_eq!(document["reels"][0]["loudness_lufs"], Value::Null);
    assert_eq!(document["reels"][0]["captions"]["srt"], Value::Null);

    let short = bench.run(&[
        "reels",
        "silent.mp4",
        "--out",
        "short",
        "--min",
        "20",
        "--max",
        "40",
        "--json",
    ]);
    assert_eq!(short.status, 0, "{}", short.err);
    let document = short.json();
    assert_eq!(
        document["reels"].as_array().unwrap().len(),
        1,
        "one reel of the whole length"
    );
    let notes = document["notes"].to_string();
    assert!(notes.contains("source_shorter_than_min"), "{notes}");
}

#[test]
fn a_phone_video_is_turned_upright_and_left_whole() {
    let bench = Bench::new();
    let upright = Clip::new("phone")
        .video("testsrc2=size=640x360:rate=30:duration=8")
        .audio("sine=frequency=300:duration=8")
        .options(H264)
        .options("-c:a aac");
    let turned = upright.turned(&bench.path("made"), 270).unwrap();
    std::fs::rename(turned, bench.path("phone.mp4")).unwrap();
    let probe = bench.run(&["probe", "phone.mp4", "--json"]).json();
    assert_eq!(
        (&probe["video"]["width"], &probe["video"]["height"]),
        (&360.into(), &640.into())
    );
    let ran = bench.reels("phone.mp4", &[]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    for entry in ran.json()["reels"][0]["crop"].as_array().unwrap() {
        assert_eq!(
            (number(&entry["w"]), number(&entry["h"])),
            (360.0, 640.0),
            "not cropped"
        );
    }
}

#[test]
fn a_stored_reel_is_rendered_again() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    let document = bench.reels("talk.mp4", &[]).json();
    let projects = bench.run(&["projects", "--json"]).json();
    assert_eq!(projects[0]["id"], document["project"]);
    let project = document["project"].to_string();
    let sequence = document["reels"][0]["sequence"].to_string();
    let arguments = ["render", &project, &sequence, "--out=again.mp4", "--json"];
    let ran = bench.run(&arguments);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let (frame, likeness) = least_alike(&bench.path("again.mp4"), &bench.path("out/reel-01.mp4"));
    assert!(likeness > 0.999, "frame {frame} differs: SSIM {likeness}");
    let refused = bench.run(&arguments);
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (1, "output_exists")
    );
}

/// Returns the frame in which two videos differ most, and its structural similarity, as ffmpeg
/// measures it.
fn least_alike(one: &std::path::Path, other: &std::path::Path) -> (String, f64) {
    let (one, other) = (one.to_str().unwrap(), other.to_str().unwrap());
    let filter = "ssim=stats_file=-";
    let stats = tool(
        "ffmpeg",
        &[
            "-v", "error", "-i", one, "-i", other, "-lavfi", filter, "-f", "null", "-",
        ],
    );
    let frames = stats.lines().filter_map(|line| {
        let all = line.split("All:").nth(1)?.split_whitespace().next()?;
        Some((
            line.split_whitespace().next()?.to_owned(),
            all.parse::<f64>().ok()?,
        ))
    });
    frames.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap()
}

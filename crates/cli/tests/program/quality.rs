//! What finished reels look and sound like, measured on the files with other tools' eyes and ears.

use crate::support::{Bench, number, raw, tool};
use serde_json::Value;

/// The truth of the shared clip of ten talkers: one wide picture each, cut every three seconds.
struct Talkers {
    /// Time, and left, top, width, height of the face as YuNet saw it.
    faces: Vec<(f64, [f64; 4])>,
    cuts: Vec<f64>,
}

impl Talkers {
    fn read(folder: &std::path::Path) -> Self {
        let json = |name: &str| -> Value {
            serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap()
        };
        let frames = json("grid_ten_talkers_cuts.mp4.faces.json");
        let faces = frames["frames"].as_array().unwrap().iter();
        let truth = json("ground_truth.json");
        let cuts = truth["grid_ten_talkers_cuts.mp4"]["hard_cuts_s"].as_array();
        Self {
            faces: faces
                .filter_map(|frame| {
                    let face = frame["faces"].get(0)?;
                    let side = |n: usize| number(&face[n]);
                    Some((number(&frame["t"]), [side(0), side(1), side(2), side(3)]))
                })
                .collect(),
            cuts: cuts.unwrap().iter().map(number).collect(),
        }
    }

    /// Returns the face at a moment, between the samples around it when they are in one shot.
    fn face(&self, time: f64) -> Option<[f64; 4]> {
        let after = self.faces.partition_point(|(at, _)| *at <= time);
        let (from, a) = self.faces.get(after.checked_sub(1)?)?;
        let Some((to, b)) = self.faces.get(after) else {
            return Some(*a);
        };
        if self.cuts.iter().any(|cut| from < cut && cut <= to) {
            return self
                .cuts
                .iter()
                .all(|cut| time < *cut || cut <= from)
                .then_some(*a);
        }
        let share = (time - from) / (to - from);
        Some(std::array::from_fn(|n| a[n] + (b[n] - a[n]) * share))
    }
}

/// Returns left and width of a crop path at a moment: linear between entries, the later of two
/// entries at one time counts.
fn crop_at(path: &[[f64; 3]], time: f64) -> (f64, f64) {
    let after = path.partition_point(|key| key[0] <= time).max(1);
    let a = path[after - 1];
    let b = path.get(after).unwrap_or(&a);
    if b[0] - a[0] < 1e-9 {
        return (a[1], a[2]);
    }
    let share = (time - a[0]) / (b[0] - a[0]);
    (a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)
}

#[test]
fn ten_talkers_stay_in_the_picture_and_nothing_covers_their_mouths() {
    let Some(shared) = testkit::shared() else {
        return;
    };
    let folder = shared.join("media/derived");
    let truth = Talkers::read(&folder);
    let bench = Bench::new();
    let clip = folder.join("grid_ten_talkers_cuts.mp4");
    let cue = |n: usize| {
        let (from, to) = (3 * n, 3 * n + 2);
        format!(
            "00:00:{from:02}.200 --> 00:00:{to:02}.900\nThis is talker number {n}, who looks at us.\n\n"
        )
    };
    let cues: String = (0..10).map(cue).collect();
    std::fs::write(bench.path("words.vtt"), format!("WEBVTT\n\n{cues}")).unwrap();
    // Shorter than the least length: one reel of the whole.
    let whole = ["--min=60", "--max=90", "--captions=words.vtt", "--json"];
    let mut arguments = vec!["reels", clip.to_str().unwrap(), "--out", "out"];
    arguments.extend(whole);
    let ran = bench.run(&arguments);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let reel = ran.json()["reels"][0].clone();
    let segments = reel["segments"].as_array().unwrap();
    assert_eq!(
        (segments.len(), number(&segments[0][0])),
        (1, 0.0),
        "whole: {segments:?}"
    );

    let entries = reel["crop"].as_array().unwrap();
    let path: Vec<[f64; 3]> = entries
        .iter()
        .map(|key| [number(&key["t"]), number(&key["x"]), number(&key["w"])])
        .collect();
    let jumps: Vec<f64> = path
        .windows(2)
        .filter(|pair| pair[0][0] >= pair[1][0])
        .map(|pair| pair[1][0])
        .collect();
    assert_eq!(jumps.len(), truth.cuts.len(), "{jumps:?}");
    for (jump, cut) in jumps.iter().zip(&truth.cuts) {
        assert!(
            (jump - cut).abs() <= 0.041,
            "a jump at {jump}, the cut is at {cut}"
        );
    }
    for pair in path.windows(2).filter(|pair| pair[0][0] < pair[1][0]) {
        let speed = (pair[1][1] - pair[0][1]).abs() / pair[0][2] / (pair[1][0] - pair[0][0]);
        assert!(speed <= 0.6, "{speed} widths a second at {}", pair[0][0]);
    }
    let (mut seen, mut inside) = (0, 0);
    for frame in 0..(number(&reel["duration"]) * 25.0) as usize {
        // The middle of a frame's time: cuts and jumps lie on its borders.
        let time = (frame as f64 + 0.5) / 25.0;
        let Some([x, _, w, _]) = truth.face(time) else {
            continue;
        };
        let (left, width) = crop_at(&path, time);
        seen += 1;
        inside += usize::from(left <= x + 0.05 * w && x + 0.95 * w <= left + width);
    }
    println!("ten talkers: the face is inside in {inside} of {seen} frames");
    assert!(seen > 700, "{seen} frames with a known face");
    assert!(
        f64::from(inside as u32) >= 0.98 * f64::from(seen),
        "{inside} of {seen}"
    );
    let cards = reel["captions"]["layout"].as_array().unwrap();
    assert!(cards.len() >= 10, "{} captions", cards.len());
    for card in cards {
        let (top, height) = (number(&card["box"]["y"]), number(&card["box"]["h"]));
        let time = f64::midpoint(number(&card["start"]), number(&card["end"]));
        let [_, y, _, h] = truth.face(time).unwrap();
        // The crop is as high as the picture, of 288 lines.
        let lines = 1920.0 / 288.0;
        let (mouth, chin) = ((y + 0.62 * h) * lines, (y + h) * lines);
        assert!(
            top + height <= mouth || top >= chin,
            "{card} is over a mouth from {mouth} to {chin}"
        );
    }
    let over = |check: &Value| check["code"] == "caption_over_mouth";
    assert!(!reel["checks"].as_array().unwrap().iter().any(over));
}

#[test]
fn a_small_face_in_profile_is_seen() {
    let Some(shared) = testkit::shared() else {
        return;
    };
    // A woman walks to and fro, mostly in profile; her face is a 30th of the picture's width.
    let name = "sam2_01_dog.mp4";
    let clip = shared.join("media/video").join(name);
    let films = testkit::truth::annotated(&shared).unwrap();
    let film = films.into_iter().find(|film| film.file == name).unwrap();
    let film = film.at_pictures(&clip).unwrap();
    let bench = Bench::new();
    let ran = bench.run(&["analyse", clip.to_str().unwrap(), "--json"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let faces = ran.json()["faces"].as_array().unwrap().clone();
    let (mut looks, mut seen) = (0, 0_usize);
    for sample in &faces {
        let time = number(&sample["t"]);
        let near = |other: &f64| (other - time).abs() <= 0.1;
        let Some((_, known)) = film.samples.iter().find(|sample| near(&sample.0)) else {
            continue;
        };
        let [([left, _, width, _], _)] = known[..] else {
            continue;
        };
        looks += 1;
        let hit = sample["boxes"].as_array().unwrap().iter().any(|found| {
            let middle = number(&found["x"]) + number(&found["w"]) / 2.0;
            // In a tenth of a second she gets on by less than half her face.
            (left - width / 2.0..left + width * 1.5).contains(&middle)
        });
        seen += usize::from(hit);
    }
    assert!(looks >= 15, "{looks} looks at annotated moments: {faces:?}");
    assert!(seen * 10 >= looks * 8, "seen in {seen} of {looks} looks");
}

#[test]
fn sound_stays_with_the_picture_from_start_to_end() {
    // On frames 30 and 810, so that picture and sound begin together in the source.
    const FLASHES: [f64; 2] = [1.0009, 27.0269];
    let bench = Bench::new();
    let clip = testkit::Clip::new("flash")
        .flashes("640x360", "30000/1001", 29.0, &FLASHES, 0.1)
        .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -shortest")
        .file(&bench.path("made"))
        .unwrap();
    let ran = bench.run(&[
        "reels",
        clip.to_str().unwrap(),
        "--out",
        "out",
        "--json",
        "--min",
        "40",
        "--max",
        "60",
    ]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let reel = bench.path("out/reel-01.mp4");
    let reel = reel.to_str().unwrap();
    // One byte per frame: its mean brightness.
    let light = raw(&[
        "-i",
        reel,
        "-vf",
        "scale=1:1:flags=area",
        "-pix_fmt",
        "gray",
        "-f",
        "rawvideo",
    ]);
    let fps = 30_000.0 / 1001.0;
    let seen: Vec<f64> = (1..light.len())
        .filter(|n| light[*n] > 128 && light[n - 1] <= 128)
        .map(|n| n as f64 / fps)
        .collect();
    let sound = raw(&["-i", reel, "-ac", "1", "-ar", "48000", "-f", "s16le"]);
    let levels: Vec<i32> = sound
        .chunks_exact(2)
        .map(|two| i32::from(i16::from_le_bytes([two[0], two[1]])).abs())
        .collect();
    let loud = levels.iter().max().unwrap() * 2 / 5;
    let mut heard: Vec<f64> = Vec::new();
    for (index, level) in levels.iter().enumerate() {
        let at = index as f64 / 48_000.0;
        if *level > loud && heard.last().is_none_or(|last| at - last > 1.0) {
            heard.push(at);
        }
    }
    assert_eq!((seen.len(), heard.len()), (2, 2), "{seen:?} {heard:?}");
    for (seen, heard) in seen.iter().zip(&heard) {
        let off = heard - seen;
        println!(
            "sound is {:.1} ms after the picture at {seen:.2} s",
            off * 1000.0
        );
        assert!(off.abs() <= 1.0 / fps, "{off} s at {seen} s");
    }
    tool("ffprobe", &["-v", "error", reel]);
}

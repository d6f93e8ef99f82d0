//! Every kind of file that somebody may give: what the list beside this says comes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;
use testkit::Clip;
use testkit::mangle::Dice;

use crate::support::{Bench, Ran, is_told};

/// Folders of the shared material that the list is of.
const FOLDERS: [&str; 4] = ["video", "video/media3", "speech/formats", "speech/broken"];

/// How far a length may be from the one of the list, in seconds.
const TOLERANCE: f64 = 0.1;

/// Films that are longer are only looked at here, in seconds: measuring them takes minutes.
const LONG: f64 = 12.0;

/// Films of which reels are made here: what turns, mirrors, tone-maps, ends early, has no sound,
/// another codec, an old one, odd sizes or wide pixels.
const CUT: [&str; 9] = [
    "video/media3/sample_rotate_and_reflect.mp4",
    "video/media3/hlg10-color-test.mp4",
    "video/media3/sample_with_junk",
    "video/media3/trim_optimization_failure.mp4",
    "video/media3/bbb_642x642_768kbps_30fps_vp9.webm",
    "video/ae_SAR-2by3.mp4",
    "video/intel_face-demographics-walking-and-pause.gif",
    "video/grid_bbaf2n.mpg",
    "video/mp4parser_MOV00006.3gp",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    films: BTreeMap<String, Film>,
    sounds: BTreeMap<String, f64>,
    refused: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Film {
    secs: f64,
    size: (u64, u64),
}

fn list() -> List {
    toml::from_str(include_str!("inputs.toml")).unwrap()
}

/// Returns size, time of change and content of every file in the listed folders.
fn state(media: &Path) -> BTreeMap<PathBuf, (u64, std::time::SystemTime)> {
    let folders = FOLDERS.iter().map(|folder| media.join(folder));
    folders
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| {
            let entry = entry.unwrap();
            let about = entry.metadata().unwrap();
            (entry.path(), (about.len(), about.modified().unwrap()))
        })
        .collect()
}

/// Runs the program in the shared folder, with its home on the bench.
fn run_there(bench: &Bench, media: &Path, arguments: &[&str]) -> Ran {
    let mut command = bench.command(arguments);
    Ran::from(command.current_dir(media).output().unwrap())
}

/// Checks that a film is shown in the size of the list.
fn check_size(name: &str, film: &Film, document: &Value) {
    let side = |name: &str| document["video"][name].as_u64().unwrap();
    let (width, height) = (side("width"), side("height"));
    // A size that wide pixels make is rounded by somebody.
    let off = width
        .abs_diff(film.size.0)
        .max(height.abs_diff(film.size.1));
    assert!(off <= 1, "{name}: {width} × {height}");
}

#[test]
fn the_list_names_every_file() {
    let Some(shared) = testkit::shared() else {
        return;
    };
    let media = shared.join("media");
    let list = list();
    let listed: BTreeSet<PathBuf> = list
        .films
        .keys()
        .chain(list.sounds.keys())
        .chain(list.refused.keys())
        .map(|name| media.join(name))
        .collect();
    let there: BTreeSet<PathBuf> = state(&media)
        .into_keys()
        .filter(|path| path.is_file())
        .collect();
    assert_eq!(listed, there);
    let total = list.films.len() + list.sounds.len() + list.refused.len();
    assert_eq!(total, there.len(), "each once");
}

#[test]
fn every_shared_file_does_what_the_list_says() {
    let Some(shared) = testkit::shared() else {
        return;
    };
    let media = shared.join("media");
    let before = state(&media);
    let list = list();
    let (long, short): (Vec<_>, Vec<_>) = list.films.iter().partition(|(_, film)| film.secs > LONG);

    let bench = Bench::new();
    let mut inputs: Vec<&str> = short.iter().map(|(name, _)| name.as_str()).collect();
    inputs.extend(list.sounds.keys().map(String::as_str));
    inputs.extend(list.refused.keys().map(String::as_str));
    let ran = run_there(
        &bench,
        &media,
        &[&["analyse", "--json", "--quiet"], &inputs[..]].concat(),
    );
    assert_eq!(ran.status, 1, "some are refused: {}", ran.err);
    ran.told_in_words();
    let results = ran.json()["results"].as_array().unwrap().clone();
    assert_eq!(
        results.len(),
        inputs.len(),
        "one that fails does not stop the others"
    );
    for (name, result) in inputs.iter().zip(&results) {
        if let Some(code) = list.refused.get(*name) {
            assert_eq!(result["error"]["input"], *name);
            is_told(&result["error"], code);
            continue;
        }
        assert!(result["error"].is_null(), "{name}: {}", result["error"]);
        let secs = result["duration"].as_f64().unwrap();
        let film = list.films.get(*name);
        let expected = film.map_or_else(|| list.sounds[*name], |film| film.secs);
        assert!(
            (secs - expected).abs() <= TOLERANCE,
            "{name}: {secs} s, not {expected}"
        );
        if let Some(film) = film {
            check_size(name, film, result);
        }
    }

    let names: Vec<&str> = long.iter().map(|(name, _)| name.as_str()).collect();
    let ran = run_there(&bench, &media, &[&["probe", "--json"], &names[..]].concat());
    assert_eq!(ran.status, 0, "{}", ran.err);
    for ((name, film), result) in long.iter().zip(ran.json()["results"].as_array().unwrap()) {
        let secs = result["duration"].as_f64().unwrap();
        assert!((secs - film.secs).abs() <= TOLERANCE, "{name}: {secs} s");
        check_size(name, film, result);
    }
    assert_eq!(
        state(&media),
        before,
        "sources stay as they are, and nothing comes beside them"
    );
}

#[test]
fn unusual_films_become_reels() {
    let Some(shared) = testkit::shared() else {
        return;
    };
    let media = shared.join("media");
    let before = state(&media);
    let bench = Bench::new();
    let out = bench.path("out");
    let options = [
        "--json", "--quiet", "--count", "1", "--min", "1", "--max", "2", "--out",
    ];
    let mut arguments = vec!["reels"];
    arguments.extend(CUT);
    // Sound alone has a clear answer, in the midst of the others.
    arguments.insert(4, "video/media3/sample_opus.mp4");
    arguments.extend(options);
    arguments.push(out.to_str().unwrap());
    let ran = run_there(&bench, &media, &arguments);
    assert_eq!(ran.status, 1, "{}", ran.err);
    ran.told_in_words();
    let results = ran.json()["results"].as_array().unwrap().clone();
    for result in &results {
        if result["error"]["input"] == "video/media3/sample_opus.mp4" {
            is_told(&result["error"], "no_video");
            continue;
        }
        assert!(result["error"].is_null(), "{}", result["error"]);
        let reels = result["reels"].as_array().unwrap();
        assert_eq!(reels.len(), 1, "{}", result["source"]);
        assert_eq!(
            (&reels[0]["width"], &reels[0]["height"]),
            (&1080.into(), &1920.into())
        );
    }
    assert_eq!(results.len(), CUT.len() + 1);
    assert_eq!(state(&media), before);
}

#[test]
fn damaged_copies_of_a_film_end_in_words() {
    // Cut off anywhere, changed anywhere, with something before it, under another name.
    let bench = Bench::new();
    let made = bench.path("made");
    let clip = |container: &str| {
        Clip::new("whole")
            .video("testsrc2=s=320x180:r=25:d=2")
            .audio("sine=d=2")
            .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 12 -c:a aac")
            .container(container)
            .file(&made)
            .unwrap()
    };
    let mut dice = Dice::new(5);
    let mut inputs = Vec::new();
    for container in ["mp4", "mkv", "ts", "avi", "flv"] {
        let whole = std::fs::read(clip(container)).unwrap();
        for round in 0..4 {
            let bytes = match round {
                0 => whole[..dice.below(whole.len())].to_vec(),
                1 => testkit::mangle::bytes(&whole, dice.roll()),
                2 => {
                    let mut bytes = whole.clone();
                    for _ in 0..200 {
                        let at = dice.below(bytes.len());
                        bytes[at] = dice.roll() as u8;
                    }
                    bytes
                }
                _ => [&[0x55; 3000], &whole[..]].concat(),
            };
            let name = format!(
                "{container}-{round}.{}",
                if round == 1 { "txt" } else { "mp4" }
            );
            std::fs::write(bench.path(&name), bytes).unwrap();
            inputs.push(name);
        }
    }
    let names: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let start = Instant::now();
    let ran = bench.run(&[&["analyse", "--json", "--quiet"], &names[..]].concat());
    ran.told_in_words();
    assert!([0, 1].contains(&ran.status), "{}: {}", ran.status, ran.err);
    let results = ran.json()["results"].as_array().unwrap().clone();
    assert_eq!(results.len(), inputs.len());
    for (name, result) in inputs.iter().zip(&results) {
        let error = &result["error"];
        if error.is_null() {
            assert!(result["duration"].as_f64().unwrap() > 0.0, "{name}");
            continue;
        }
        let code = error["code"].as_str().unwrap();
        assert!(
            [
                "corrupt_media",
                "no_streams",
                "unsupported_codec",
                "stalled"
            ]
            .contains(&code),
            "{name}: {error}"
        );
        is_told(error, code);
    }
    assert!(
        start.elapsed() < Duration::from_mins(5),
        "nothing hangs: {:?}",
        start.elapsed()
    );
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_told_at_once() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("folder.mp4")).unwrap();
    crate::support::tool("mkfifo", &[bench.path("pipe.mp4").to_str().unwrap()]);
    std::os::unix::fs::symlink("nowhere.mp4", bench.path("link.mp4")).unwrap();
    std::os::unix::fs::symlink("loop.mp4", bench.path("loop.mp4")).unwrap();
    std::fs::write(bench.path("empty.mp4"), "").unwrap();
    let start = Instant::now();
    let expected = [
        ("folder.mp4", "not_a_file"),
        ("pipe.mp4", "not_a_file"),
        ("/dev/null", "not_a_file"),
        ("link.mp4", "not_found"),
        ("loop.mp4", "unreadable"),
        ("empty.mp4", "empty_file"),
    ];
    let names = expected.map(|(name, _)| name);
    let ran = bench.run(&[&["reels", "--out", "out", "--json", "--quiet"], &names[..]].concat());
    assert_eq!(ran.status, 1, "{}", ran.err);
    for ((name, code), result) in expected
        .iter()
        .zip(ran.json()["results"].as_array().unwrap())
    {
        assert_eq!(result["error"]["input"], *name);
        is_told(&result["error"], code);
    }
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );

    let secret = bench.path("secret.mp4");
    std::fs::write(&secret, "secret").unwrap();
    std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
    let mut command = bench.command(&["probe", "secret.mp4", "--json"]);
    if testkit::is_superuser() {
        // Who may read everything is asked without that right.
        let mut lesser = Command::new("setpriv");
        lesser
            .arg("--bounding-set=-dac_override,-dac_read_search")
            .arg(command.get_program())
            .args(command.get_args())
            .current_dir(bench.path(""))
            .env("CREALIA_HOME", bench.path("home"));
        command = lesser;
    }
    let ran = Ran::from(command.output().unwrap());
    assert_eq!(ran.status, 1, "{}", ran.err);
    is_told(&ran.json()["error"], "unreadable");
}

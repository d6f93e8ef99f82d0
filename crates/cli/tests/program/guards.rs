//! What the program must never touch, and what it says instead.

use crate::support::{Bench, tool};

const SHORT: [&str; 4] = ["--min=4", "--max=9", "--count=1", "--json"];

fn reels(bench: &Bench, arguments: &[&str]) -> crate::support::Ran {
    let mut all = vec!["reels"];
    all.extend(arguments);
    all.extend(SHORT);
    bench.run(&all)
}

#[test]
fn force_replaces_own_files_only_and_only_when_the_job_goes_well() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    assert_eq!(reels(&bench, &["talk.mp4", "--out", "out"]).status, 0);
    std::fs::write(bench.path("out/reel-07-edited.mp4"), "mine").unwrap();
    std::fs::write(bench.path("out/reel-2026-11.mp4"), "mine").unwrap();
    let first = std::fs::read(bench.path("out/reel-01.mp4")).unwrap();

    std::fs::write(bench.path("notes.srt"), "no subtitles").unwrap();
    for bad in [
        ["notes.srt", "--captions=auto", "corrupt_media"],
        ["talk.mp4", "--captions=notes.srt", "bad_subtitles"],
        ["talk.mp4", "--captions=nowhere.srt", "bad_subtitles"],
        ["talk.mp4", "--model=nowhere", "model_missing"],
    ] {
        let ran = reels(&bench, &[bad[0], "--out", "out", "--force", bad[1]]);
        assert_eq!(ran.code(), bad[2], "{}", ran.out);
        let now = std::fs::read(bench.path("out/reel-01.mp4")).unwrap();
        assert!(now == first, "{bad:?} left the reels alone");
    }
    // It turns out only when the first reel is rendered that there is no such encoder here.
    let absent = ["nvh264enc", "vah264enc", "qsvh264enc"];
    let doctor = bench.run(&["doctor", "--json"]).out;
    let absent = absent
        .iter()
        .find(|name| !doctor.contains(&format!("\"{name}\",\"present\":true")));
    if let Some(encoder) = absent {
        let ran = reels(
            &bench,
            &[
                "talk.mp4",
                "--out",
                "out",
                "--force",
                "--format=4:5",
                "--encoder",
                encoder,
            ],
        );
        assert_eq!((ran.status, ran.code().as_str()), (3, "missing_plugin"));
        assert!(std::fs::read(bench.path("out/reel-01.mp4")).unwrap() == first);
        assert!(bench.path("out/reels.json").is_file(), "all of it is there");
    }
    let square = reels(
        &bench,
        &["talk.mp4", "--out", "out", "--force", "--format=1:1"],
    );
    assert_eq!(square.status, 0, "{}", square.err);
    let now = std::fs::read(bench.path("out/reel-01.mp4")).unwrap();
    assert!(now != first);
    for mine in ["out/reel-07-edited.mp4", "out/reel-2026-11.mp4"] {
        assert_eq!(std::fs::read(bench.path(mine)).unwrap(), b"mine", "{mine}");
    }

    // A source that has a reel's name, in the folder of the reels.
    let source = reels(&bench, &["out/reel-01.mp4", "--out", "out", "--force"]);
    assert_eq!(
        (source.status, source.code().as_str()),
        (1, "output_exists")
    );
    assert!(std::fs::read(bench.path("out/reel-01.mp4")).unwrap() == now);
}

#[test]
fn a_render_never_replaces_its_source_and_finds_it_where_it_went() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    let document = reels(&bench, &["talk.mp4", "--out", "out"]).json();
    let (project, sequence) = (&document["project"], &document["reels"][0]["sequence"]);
    let (project, sequence) = (project.to_string(), sequence.to_string());
    let render = |out: &str| {
        bench.run(&[
            "render", &project, &sequence, "--out", out, "--force", "--json",
        ])
    };
    let before = std::fs::read(bench.path("talk.mp4")).unwrap();
    let over = render("talk.mp4");
    assert_eq!((over.status, over.code().as_str()), (1, "output_exists"));
    assert!(std::fs::read(bench.path("talk.mp4")).unwrap() == before);

    // A copy with other times is the same content, but no longer the file that was noted.
    let copied = std::fs::File::options()
        .append(true)
        .open(bench.path("talk.mp4"));
    copied
        .unwrap()
        .set_modified(std::time::SystemTime::UNIX_EPOCH)
        .unwrap();
    let changed = render("changed.mp4");
    assert_eq!(
        (changed.status, changed.code().as_str()),
        (1, "source_changed")
    );
    let message = changed.json()["error"]["message"].to_string();
    assert!(message.contains("no longer the file"), "{message}");
    let document = reels(&bench, &["talk.mp4", "--out", "out", "--force"]);
    assert_eq!(document.status, 0, "{}", document.err);
    let document = document.json();
    let (project, sequence) = (&document["project"], &document["reels"][0]["sequence"]);
    let (project, sequence) = (project.to_string(), sequence.to_string());
    let render = |out: &str| {
        bench.run(&[
            "render", &project, &sequence, "--out", out, "--force", "--json",
        ])
    };
    let first = bench.modified("out/reel-01.mp4");
    std::fs::create_dir(bench.path("moved")).unwrap();
    for name in ["talk.mp4", "talk.srt"] {
        std::fs::rename(bench.path(name), bench.path("moved").join(name)).unwrap();
    }
    let again = reels(&bench, &["moved/talk.mp4", "--out", "out"]);
    assert_eq!(again.status, 0, "{}", again.err);
    assert_eq!(
        bench.modified("out/reel-01.mp4"),
        first,
        "the same content is the same source"
    );
    let ran = render("elsewhere.mp4");
    assert_eq!(ran.status, 0, "{}", ran.out);
}

#[test]
fn two_runs_never_write_to_one_folder() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    let arguments = [
        "reels", "talk.mp4", "--out", "out", "--min=4", "--max=9", "--json",
    ];
    let mut first = bench.start(&arguments);
    let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
    while !bench.path("out").exists() {
        assert!(
            std::time::Instant::now() < deadline,
            "the first run never began"
        );
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    std::thread::sleep(std::time::Duration::from_millis(300));
    let second = bench.run(&arguments);
    assert_eq!((second.status, second.code().as_str()), (1, "output_busy"));
    assert!(first.wait().unwrap().success());
    assert_eq!(bench.run(&arguments).status, 0, "afterwards it is free");
}

#[test]
fn a_silent_source_is_analysed_once() {
    let bench = Bench::new();
    let clip = testkit::Clip::new("silent")
        .video("testsrc2=s=480x270:r=25:d=6")
        .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p");
    bench.clip("silent.mp4", &clip);
    let source = "silent.mp4";
    assert_eq!(reels(&bench, &[source, "--out", "out"]).status, 0);
    let again = reels(&bench, &[source, "--out", "out"]).json();
    for step in again["steps"].as_array().unwrap() {
        assert!(step["reused"] == true, "{step}");
    }
}

#[cfg(unix)]
#[test]
fn names_that_are_no_text_are_refused_in_words() {
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::new();
    let strange = std::ffi::OsStr::from_bytes(b"caf\xe9.mp4");
    std::fs::copy(bench.talk("talk.mp4"), bench.path("").join(strange)).unwrap();
    let output = bench
        .command(&["probe", "--json"])
        .arg(strange)
        .output()
        .unwrap();
    let ran = crate::support::Ran::from(output);
    assert_eq!(
        (ran.status, ran.code().as_str()),
        (1, "bad_file_name"),
        "{}",
        ran.out
    );
    let output = bench
        .command(&["doctor", "--json"])
        .env("CREALIA_HOME", bench.path("").join(strange).join("home"))
        .output()
        .unwrap();
    assert_eq!(crate::support::Ran::from(output).code(), "bad_file_name");
}

#[test]
fn a_wrong_command_line_is_a_document_for_scripts_too() {
    let bench = Bench::new();
    for wrong in [
        vec!["reels", "a.mp4", "--out", "o", "--count", "0", "--json"],
        vec!["reels", "a.mp4", "--out", "o", "--fps", "1", "--json"],
        vec!["reels", "--json"],
        vec!["probe", "a.mp4", "--jsonn", "--json"],
    ] {
        let ran = bench.run(&wrong);
        assert_eq!((ran.status, ran.code().as_str()), (2, "usage"), "{wrong:?}");
        assert_eq!(ran.err, "", "{wrong:?}");
    }
    let help = bench.run(&["reels", "--help"]);
    assert!(
        help.status == 0 && help.out.contains("--format"),
        "{}",
        help.err
    );
}

#[test]
fn results_that_cannot_be_printed_are_a_failure() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    let home = bench.path("home");
    let line = format!(
        "cd '{}'; CREALIA_HOME='{}' '{}' probe talk.mp4 --json > /dev/full; echo $?",
        bench.path("").display(),
        home.display(),
        env!("CARGO_BIN_EXE_crealia")
    );
    assert_eq!(tool("sh", &["-c", &line]).trim(), "1");
}

#[test]
fn an_index_of_somebody_else_stays_and_the_own_one_grows() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    bench.talk("other.mp4");
    std::fs::create_dir(bench.path("site")).unwrap();
    std::fs::write(bench.path("site/index.json"), r#"{"mine":true}"#).unwrap();
    let foreign = reels(&bench, &["no.mp4", "nor.mp4", "--out", "site"]);
    assert_eq!(
        (foreign.status, foreign.code().as_str()),
        (1, "output_exists")
    );
    let kept = std::fs::read_to_string(bench.path("site/index.json")).unwrap();
    assert_eq!(kept, r#"{"mine":true}"#);

    for inputs in [["talk.mp4", "no.mp4"], ["no.mp4", "other.mp4"]] {
        let ran = reels(&bench, &[inputs[0], inputs[1], "--out", "out"]);
        assert_eq!(ran.status, 1, "{}", ran.err);
    }
    let index = std::fs::read(bench.path("out/index.json")).unwrap();
    let index: serde_json::Value = serde_json::from_slice(&index).unwrap();
    let reels: Vec<_> = index["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["reels"].as_str())
        .collect();
    let expected = [None, Some("other/reels.json"), Some("talk/reels.json")];
    assert_eq!(reels, expected, "what the first run made is still listed");
}

#[test]
fn files_of_a_rerun_with_other_words_do_not_contradict_each_other() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    assert_eq!(reels(&bench, &["talk.mp4", "--out", "out"]).status, 0);
    assert!(bench.names("out").contains(&"reel-01.srt".to_owned()));
    std::fs::remove_file(bench.path("talk.srt")).unwrap();
    let again = reels(&bench, &["talk.mp4", "--out", "out"]);
    assert_eq!(again.status, 0, "{}", again.err);
    assert!(again.json()["reels"][0]["captions"]["srt"].is_null());
    let expected = ["reel-01.jpg", "reel-01.mp4", "reels.json"];
    assert_eq!(
        bench.names("out"),
        expected,
        "no captions of words that are gone"
    );
}

#[cfg(unix)]
#[test]
fn a_link_has_its_subtitles_beside_it() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    for folder in ["store", "links"] {
        std::fs::create_dir(bench.path(folder)).unwrap();
    }
    std::fs::rename(bench.path("talk.mp4"), bench.path("store/4711")).unwrap();
    std::fs::rename(bench.path("talk.srt"), bench.path("links/talk.srt")).unwrap();
    std::os::unix::fs::symlink(bench.path("store/4711"), bench.path("links/talk.mp4")).unwrap();
    let document = reels(&bench, &["links/talk.mp4", "--out", "out"]).json();
    assert_eq!(document["transcript"]["name"], "talk.srt");
}

//! The other commands, as transcripts.

use serde_json::Value;
use testkit::Clip;

use crate::support::Bench;

/// Runs a command line and compares status, standard output and standard error with a transcript.
macro_rules! check {
    ($bench:expr, $arguments:expr, @$expected:literal) => {{
        let arguments: Vec<&str> = $arguments.split_whitespace().collect();
        let ran = $bench.run(&arguments);
        let text = format!("$ crealia {}\n{}{}[{}]", $arguments, ran.out, ran.err, ran.status);
        let home = $bench.path("").to_string_lossy().into_owned();
        insta::assert_snapshot!(text.replace(&home, "[BENCH]/"), @$expected);
    }};
}

#[test]
fn mistakes_are_told_in_a_line() {
    let bench = Bench::new();
    std::fs::write(bench.path("empty.mp4"), b"").unwrap();
    check!(bench, "probe nothing.mp4", @r#"
    $ crealia probe nothing.mp4
    crealia: nothing.mp4 does not exist — check the path
    [1]
    "#);
    check!(bench, "probe empty.mp4", @r#"
    $ crealia probe empty.mp4
    crealia: empty.mp4 is empty — copy or download the file again
    [1]
    "#);
    check!(bench, "probe .", @r#"
    $ crealia probe .
    crealia: . is not a file — name the video files in it
    [1]
    "#);
    check!(bench, "probe nothing.mp4 --json", @r#"
    $ crealia probe nothing.mp4 --json
    {
      "error": {
        "code": "not_found",
        "message": "nothing.mp4 does not exist",
        "hint": "check the path",
        "input": "nothing.mp4"
      }
    }
    [1]
    "#);
    check!(bench, "reels x.mp4 --out o --min 50 --max 20", @r#"
    $ crealia reels x.mp4 --out o --min 50 --max 20
    crealia: --min and --max are lengths from 1 to 3600 seconds, the shorter one first — for example --min 15 --max 60
    [2]
    "#);
    check!(bench, "reels x.mp4 --out o --preset nice", @r#"
    $ crealia reels x.mp4 --out o --preset nice
    crealia: there is no preset nice — the presets are bold, box, clean, punch
    [2]
    "#);
    check!(bench, "reels x.mp4 --out o --encoder magic", @r#"
    $ crealia reels x.mp4 --out o --encoder magic
    crealia: there is no encoder magic — use auto or one of nvh264enc, vah264enc, qsvh264enc, x264enc, openh264enc
    [2]
    "#);
    check!(bench, "reels x.mp4 --out o --captions gone.srt", @r#"
    $ crealia reels x.mp4 --out o --captions gone.srt
    crealia: x.mp4 does not exist — check the path
    [1]
    "#);
    check!(bench, "models verify whisper-tiny", @r#"
    $ crealia models verify whisper-tiny
    crealia: the model whisper-tiny is not here — run `crealia models download whisper-tiny`
    [3]
    "#);
    check!(bench, "models download unheard-of", @r#"
    $ crealia models download unheard-of
    crealia: the manifest knows no model unheard-of — it knows whisper-small, whisper-tiny, whisper-base, whisper-medium, whisper-large-v3-turbo-q5, whisper-large-v3-turbo, all-minilm-l6-v2
    [2]
    "#);
    check!(bench, "render 7 1 --out x.mp4", @r#"
    $ crealia render 7 1 --out x.mp4
    crealia: no project 7 — `crealia projects` lists them
    [1]
    "#);
    check!(bench, "projects", @r#"
    $ crealia projects
    no projects yet
    [0]
    "#);
}

#[test]
fn usage_errors_exit_with_2() {
    let bench = Bench::new();
    for arguments in [
        &["reels"][..],
        &["reels", "a.mp4"],
        &["nonsense"],
        &["reels", "a", "--out", "b", "--count", "0"],
    ] {
        assert_eq!(bench.run(arguments).status, 2, "{arguments:?}");
    }
}

#[test]
fn a_probe_lists_the_streams() {
    let bench = Bench::new();
    let clip = Clip::new("two")
        .video("testsrc2=size=320x180:rate=25:duration=2")
        .audio("sine=duration=2")
        .audio("anoisesrc=duration=2:amplitude=0.1")
        .options("-map 0 -map 1 -map 2 -c:v libx264 -c:a aac -metadata:s:a:1 language=fra")
        .options("-disposition:a:1 default -disposition:a:0 0")
        .container("mkv");
    bench.clip("two.mkv", &clip);
    let document = bench.run(&["probe", "two.mkv", "--json"]).json();
    let streams = document["streams"].as_array().unwrap();
    let chosen: Vec<&Value> = streams
        .iter()
        .filter(|stream| stream["chosen"] == true)
        .collect();
    assert_eq!(streams.len(), 3);
    assert_eq!(
        (&chosen[0]["kind"], &chosen[0]["width"]),
        (&"video".into(), &320.into())
    );
    assert_eq!(
        (&chosen[1]["kind"], &chosen[1]["index"]),
        (&"audio".into(), &1.into()),
        "the default flag wins"
    );
    assert!((document["duration"].as_f64().unwrap() - 2.0).abs() < 0.1);
}

#[test]
fn an_analysis_keeps_the_contract() {
    let bench = Bench::new();
    let clip = Clip::new("cuts")
        .video("color=red:size=320x180:rate=25:duration=2")
        .video("mandelbrot=size=320x180:rate=25")
        .audio("sine=frequency=440:duration=2")
        .options("-filter_complex [1:v]trim=duration=2,setpts=PTS-STARTPTS[m];[0:v][m]concat=n=2[v];[2:a]apad[a]")
        .options("-map [v] -map [a] -t 4 -c:v libx264 -pix_fmt yuv420p -c:a aac");
    bench.clip("cuts.mp4", &clip);
    let ran = bench.run(&["analyse", "cuts.mp4", "--json", "--quiet"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert!(
        ran.out.contains("\"duration\": 4.0"),
        "six decimals: {}",
        &ran.out[..400]
    );
    let document = ran.json();
    let shots = document["shots"].as_array().unwrap();
    assert_eq!(shots.len(), 2, "{shots:?}");
    assert_eq!(shots[0]["start"], 0.0);
    assert_eq!(shots[1]["transition_in"], "cut");
    assert!((shots[1]["start"].as_f64().unwrap() - 2.0).abs() < 0.041);
    assert_eq!(shots[0]["end"], shots[1]["start"], "shots tile the source");
    assert_eq!(shots[1]["end"], document["duration"]);
    let silences = document["silences"].as_array().unwrap();
    assert_eq!(silences.len(), 1, "{silences:?}");
    assert!((silences[0][0].as_f64().unwrap() - 2.0).abs() < 0.1);
    let faces = document["faces"].as_array().unwrap();
    assert!(faces.len() >= 8, "{} samples in 4 s", faces.len());
    let near_cut = |face: &&Value| {
        let after = face["t"].as_f64().unwrap() - shots[1]["start"].as_f64().unwrap();
        (0.0..=0.1).contains(&after)
    };
    assert!(
        faces.iter().any(|face| near_cut(&face)),
        "one within 0.1 s after the cut"
    );
    assert!(document["loudness"]["integrated_lufs"].is_number());
}

#[test]
fn the_machine_and_the_program_describe_themselves() {
    let bench = Bench::new();
    let doctor = bench.run(&["doctor", "--json"]);
    assert_eq!(doctor.status, 0, "{}", doctor.out);
    assert_eq!(doctor.json()["database"], "ok");
    let models = bench.run(&["models", "list", "--json"]).json();
    assert!(
        models
            .as_array()
            .unwrap()
            .iter()
            .any(|model| model["kind"] == "speech")
    );
    let presets = bench.run(&["presets", "list", "--json"]).json();
    assert!(presets.as_array().unwrap().len() >= 3);
    let man = bench.run(&["man"]).out;
    assert!(
        man.contains("wish") && man.contains(".TH"),
        "every command is in the page"
    );
    for shell in ["bash", "zsh", "fish"] {
        assert!(bench.run(&["completions", shell]).out.contains("crealia"));
    }
}

#[test]
fn a_model_of_ones_own_is_added_whole_or_not() {
    let bench = Bench::new();
    let listed = || {
        let models = bench.run(&["models", "list", "--json"]).json();
        let all = models.as_array().unwrap().iter();
        all.filter(|model| model["id"] == "mine").count()
    };
    std::fs::write(bench.path("junk.bin"), b"not a model").unwrap();
    let junk = bench.run(&["models", "add", "mine", "junk.bin", "--json"]);
    assert_eq!((junk.status, junk.code().as_str()), (3, "model_unusable"));
    assert_eq!(listed(), 0, "a refused model leaves nothing");
    assert_eq!(bench.names("home/models"), Vec::<String>::new());
    let named = bench.run(&["models", "add", "whisper-small", "junk.bin", "--json"]);
    assert_eq!((named.status, named.code().as_str()), (3, "model_unusable"));
    let evil = bench.run(&["models", "add", "../evil", "junk.bin", "--json"]);
    assert_eq!(evil.status, 2);

    // The sentence model, which `cargo xtask test` brings.
    let Some(model) = std::env::var_os("CREALIA_MINILM") else {
        return;
    };
    let model = model.to_str().unwrap();
    let added = bench.run(&["models", "add", "mine", model, "--json"]);
    assert_eq!(added.status, 0, "{}", added.out);
    assert_eq!(listed(), 1);
    assert_eq!(bench.run(&["models", "verify", "mine"]).status, 0);
    let again = bench.run(&["models", "add", "mine", model, "--json"]);
    assert_eq!(again.status, 2, "{}", again.out);
}

/// Serves `body` to every request and returns the address.
fn serve(body: &'static [u8]) -> String {
    use std::io::{BufRead, BufReader, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            lines
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty())
                .for_each(drop);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            // A client that refuses the file hangs up early.
            drop(
                stream
                    .write_all(head.as_bytes())
                    .and_then(|()| stream.write_all(body)),
            );
        }
    });
    address
}

#[test]
fn a_download_that_is_another_file_is_refused() {
    let bench = Bench::new();
    let hosts = bench.path("endpoints.toml");
    std::fs::write(
        &hosts,
        format!("[models]\nbase = \"{}\"\n", serve(b"surprise")),
    )
    .unwrap();
    let run = |arguments: &[&str]| {
        let output = bench
            .command(arguments)
            .env("CREALIA_ENDPOINTS", &hosts)
            .output()
            .unwrap();
        crate::support::Ran::from(output)
    };
    let ran = run(&["models", "download", "whisper-tiny", "--json", "--quiet"]);
    assert_eq!(
        (ran.status, ran.code().as_str()),
        (3, "download_failed"),
        "{}",
        ran.out
    );
    assert!(
        bench.names("home/models/whisper-tiny").is_empty(),
        "nothing is left of it"
    );
    assert!(run(&["doctor", "--json"]).json()["endpoints"]["models"]["base"].is_string());
}

#[test]
fn several_inputs_have_one_result_each() {
    let bench = Bench::new();
    let clip = Clip::new("tone").audio("sine=frequency=440:duration=2");
    bench.clip("tone.m4a", &clip.options("-c:a aac").container("m4a"));
    let ran = bench.run(&["probe", "tone.m4a", "absent.mp4", "--json"]);
    assert_eq!(ran.status, 1);
    let results = ran.json()["results"].clone();
    assert_eq!(results[0]["streams"].as_array().unwrap().len(), 1);
    assert_eq!(results[1]["error"]["code"], "not_found");
    assert_eq!(results[1]["error"]["input"], "absent.mp4");

    let heard = bench
        .run(&["analyse", "tone.m4a", "--json", "--quiet"])
        .json();
    assert_eq!(heard["video"], Value::Null, "sound alone is analysed");
    assert_eq!(heard["faces"], Value::Array(Vec::new()));
    let ran = bench.run(&["reels", "tone.m4a", "--out", "out", "--json", "--quiet"]);
    assert_eq!((ran.status, ran.code().as_str()), (1, "no_video"));
    assert_eq!(ran.err, "", "quiet is quiet");
    let ran = bench.run(&["reels", "tone.m4a", "--out", "/proc/none/x", "--json"]);
    assert_eq!((ran.status, ran.code().as_str()), (1, "unwritable"));
}

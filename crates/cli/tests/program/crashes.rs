//! Kills at any moment: what was finished stays, what was begun leaves nothing behind.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::support::{Bench, Ran, is_told, tool};
use serde_json::Value;
use testkit::mangle::Dice;

/// Two films, so that one may be finished, the other begun.
const ORDER: [&str; 11] = [
    "reels",
    "talk.mp4",
    "other.mp4",
    "--out",
    "out",
    "--json",
    "--min",
    "3",
    "--max",
    "5",
    "--count=2",
];

/// A film of which one reel is made.
const SHORT_ORDER: [&str; 8] = [
    "reels",
    "other.mp4",
    "--out",
    "out",
    "--json",
    "--min=3",
    "--max=5",
    "--count=1",
];

/// Makes the films: a talk with its words, and a shorter one without.
fn films() -> Bench {
    let bench = short_film();
    bench.talk("talk.mp4");
    bench
}

fn short_film() -> Bench {
    let bench = Bench::new();
    let other = testkit::Clip::new("other")
        .video("testsrc2=s=640x360:r=25:d=10")
        .audio("sine=d=10")
        .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac");
    bench.clip("other.mp4", &other);
    bench
}

/// Returns what the library's database answers, read by the tool of SQLite's makers.
fn ask(bench: &Bench, question: &str) -> String {
    let database = format!("file:{}?mode=ro", bench.path("home/library.db").display());
    tool("sqlite3", &["-cmd", ".timeout 10000", &database, question])
}

/// Returns the keys of the steps that are finished, with the seconds that each took: a step that is
/// done again takes another time.
fn finished_steps(bench: &Bench) -> BTreeMap<String, String> {
    if !bench.path("home/library.db").exists() {
        return BTreeMap::new();
    }
    let rows = ask(
        bench,
        "select step || ' ' || key, seconds from steps where state = 'done'",
    );
    let row = |line: &str| {
        let (step, seconds) = line.rsplit_once('|').unwrap();
        (step.to_owned(), seconds.to_owned())
    };
    rows.lines().map(row).collect()
}

/// Returns the parts of each film's document that two runs must have in common.
fn lasting(ran: &Ran) -> Vec<Value> {
    let mut results = ran.json()["results"].as_array().unwrap().clone();
    for result in &mut results {
        let fields = result.as_object_mut().unwrap();
        for passing in ["source", "fingerprint", "project", "steps"] {
            fields.remove(passing);
        }
    }
    results
}

/// Returns the files below a folder of the bench by their paths within it, sorted.
fn files(bench: &Bench, folder: &str) -> Vec<String> {
    let folder = bench.path(folder);
    let within = |path: &PathBuf| path.strip_prefix(&folder).unwrap().display().to_string();
    crate::support::files(&folder).iter().map(within).collect()
}

/// Checks what a kill may never do: damage the database, or leave a part under a whole one's name.
fn check_state(bench: &Bench) {
    if bench.path("home/library.db").exists() {
        assert_eq!(ask(bench, "pragma integrity_check").trim(), "ok");
    }
    for name in files(bench, "out") {
        let file = bench.path("out").join(name);
        let is_hidden = file
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if is_hidden || file.extension().is_none_or(|e| e != "mp4") {
            continue;
        }
        // Whole, or it would not have its name.
        let file = file.to_str().unwrap();
        let to_nowhere = ["-f", "null", "-"];
        let decode = ["-v", "error", "-xerror", "-i", file];
        tool("ffmpeg", &[&decode[..], &to_nowhere[..]].concat());
    }
}

/// Checks that finished steps were not done again.
fn check_kept(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>, when: &str) {
    for (step, seconds) in before {
        assert_eq!(
            after.get(step),
            Some(seconds),
            "{when}: {step} was done again"
        );
    }
}

/// Checks that a run ended as the undisturbed one did, and left as much.
fn check_end(bench: &Bench, ran: &Ran, calm: &Bench, undisturbed: &Ran) {
    assert_eq!(ran.status, 0, "{} {}", ran.out, ran.err);
    let (again, calmly) = (lasting(ran), lasting(undisturbed));
    assert_eq!(again.len(), calmly.len(), "every film is told of");
    for (again, calmly) in again.iter().zip(&calmly) {
        for (name, value) in calmly.as_object().unwrap() {
            assert_eq!(&again[name], value, "{name} differs");
        }
    }
    assert_eq!(
        files(bench, "out"),
        files(calm, "out"),
        "and nothing beside them"
    );
    check_state(bench);
    let running = ask(bench, "select count(*) from steps where state = 'running'");
    assert_eq!(running.trim(), "0", "what was begun is over");
    let parts: Vec<_> = files(bench, "home")
        .into_iter()
        .filter(|name| name.contains(".part"))
        .collect();
    assert!(parts.is_empty(), "what was begun is tidied up: {parts:?}");
}

#[test]
fn kills_at_random_moments_lose_no_finished_step() {
    let calm = films();
    let start = Instant::now();
    let undisturbed = calm.run(&ORDER);
    assert_eq!(undisturbed.status, 0, "{}", undisturbed.err);
    let length = start.elapsed();

    let bench = films();
    let mut dice = Dice::new(20);
    let mut before = finished_steps(&bench);
    let kills: u32 = std::env::var("CREALIA_KILLS").map_or(6, |kills| kills.parse().unwrap());
    let (mut hits, mut spent) = (0, Duration::ZERO);
    for kill in 0..kills {
        // At least so much is left to do. Half of it all is enough to finish the longest step.
        let left = length.saturating_sub(spent).max(length / 2);
        let begun = Instant::now();
        let mut child = bench.start(&ORDER);
        std::thread::sleep(left.mul_f64(0.02 + 0.6 * dice.fraction()));
        hits += u32::from(child.try_wait().unwrap().is_none());
        let others = processes(&bench.path(""));
        let worker = others.into_iter().find(|process| *process != child.id());
        match worker.filter(|_| kill % 3 == 2) {
            // The program is left to tell.
            Some(worker) => kill_at_once(worker),
            // The worker is left to notice by itself.
            None => child.kill().unwrap(),
        }
        let ended = child.wait_with_output().unwrap();
        spent += begun.elapsed();
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(!told.contains("panicked"), "kill {kill}: {told}");
        await_end_of_workers(&bench);
        check_state(&bench);
        let after = finished_steps(&bench);
        check_kept(&before, &after, &format!("kill {kill}"));
        before = after;
        if ended.status.success() {
            // It was faster, and nothing is left to disturb: all begins anew.
            check_end(&bench, &Ran::from(ended), &calm, &undisturbed);
            for folder in ["home", "out"] {
                std::fs::remove_dir_all(bench.path(folder)).unwrap();
            }
            before.clear();
            spent = Duration::ZERO;
        }
    }
    let ran = bench.run(&ORDER);
    check_kept(&before, &finished_steps(&bench), "at the end");
    check_end(&bench, &ran, &calm, &undisturbed);
    assert!(
        hits * 2 > kills,
        "{hits} of {kills} kills met a program at work"
    );
}

/// Kills a process, unless it has ended meanwhile.
fn kill_at_once(process: u32) {
    let killed = std::process::Command::new("kill")
        .args(["-KILL", &process.to_string()])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&killed.stderr);
    assert!(
        killed.status.success() || told.contains("No such process"),
        "{told}"
    );
}

/// Waits until no process has the bench's folder open any more: workers end when their parent does.
fn await_end_of_workers(bench: &Bench) {
    let deadline = Instant::now() + Duration::from_secs(5);
    let folder = bench.path("");
    while workers(&folder) > 0 {
        assert!(Instant::now() < deadline, "a worker outlives its parent");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Returns how many processes work in a folder.
fn workers(folder: &Path) -> usize {
    processes(folder).len()
}

/// Returns the numbers of the processes that work in a folder.
fn processes(folder: &Path) -> Vec<u32> {
    let folder = folder.canonicalize().unwrap();
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    all.filter(|process| {
        std::fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == folder)
    })
    .filter_map(|process| process.file_name().to_str()?.parse().ok())
    .collect()
}

/// Analyses two films, sends a signal to the worker of one of them, and checks that this is told by a
/// code while the other is done, and that no worker is left. Returns what is told of the one.
fn signalled(signal: &str, code: &str) -> Value {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    bench.talk("other.mp4");
    let child = bench.start(&["analyse", "talk.mp4", "other.mp4", "--json", "--quiet"]);
    let deadline = Instant::now() + Duration::from_mins(1);
    // A probe is over in no time; what still runs a second later is the analysis.
    let worker = loop {
        assert!(Instant::now() < deadline, "no worker was seen");
        let found = processes(&bench.path(""));
        std::thread::sleep(Duration::from_secs(1));
        let still = processes(&bench.path(""));
        let mut both = found.into_iter().filter(|one| still.contains(one));
        if let Some(worker) = both.find(|one| *one != child.id()) {
            break worker;
        }
    };
    tool("kill", &[signal, &worker.to_string()]);
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!(ran.status, 1, "{}", ran.err);
    let found = Path::new("/proc").join(worker.to_string());
    assert!(!found.exists(), "the worker is gone");
    let results = ran.json()["results"].as_array().unwrap().clone();
    let told = |result: &&Value| result["error"]["code"] == code;
    let done = |result: &&Value| result["shots"].is_array();
    // Which of the two it was depends on how fast the machine is.
    let count = (
        results.iter().filter(told).count(),
        results.iter().filter(done).count(),
    );
    assert_eq!(count, (1, 1), "{results:?}");
    await_end_of_workers(&bench);
    results.iter().find(told).unwrap()["error"].clone()
}

#[test]
fn a_worker_that_dies_is_told_and_the_other_input_is_done() {
    signalled("-KILL", "worker_died");
}

#[test]
fn a_worker_that_stands_still_is_told_and_the_other_input_is_done() {
    let error = signalled("-STOP", "stalled");
    assert!(!error["hint"].as_str().unwrap().is_empty(), "{error}");
}

/// Checks that no process works in the bench's folder any more.
fn nobody_is_left(bench: &Bench, after: &str) {
    let left = processes(&bench.path(""));
    assert!(left.is_empty(), "{after}: {left:?} still run");
}

#[test]
fn a_run_that_fails_leaves_no_process_and_no_part() {
    let bench = short_film();
    std::fs::write(bench.path("notes.mp4"), "no video at all").unwrap();
    // A name that no file can take shows when the reel is done.
    std::fs::create_dir_all(bench.path("taken/reel-01.mp4")).unwrap();
    for (line, code) in [
        ("reels notes.mp4 --out out", "corrupt_media"),
        ("reels other.mp4 --out /proc/none/x", "unwritable"),
        (
            "reels other.mp4 --out out --captions=notes.mp4",
            "bad_subtitles",
        ),
        ("reels other.mp4 --out taken --force", "unwritable"),
    ] {
        let mut arguments: Vec<&str> = line.split_whitespace().collect();
        arguments.extend(["--min=3", "--max=5", "--count=1", "--json"]);
        let ran = bench.run(&arguments);
        nobody_is_left(&bench, line);
        ran.told_in_words();
        let told = ran.json();
        is_told(&told["error"], code);
        assert_eq!(ran.status, 1, "{line}: {told}");
    }
    assert_eq!(bench.names("out"), Vec::<String>::new());
    assert_eq!(bench.names("taken"), ["reel-01.mp4"]);
}

#[test]
fn a_run_that_is_ended_leaves_no_process_and_no_part() {
    let bench = short_film();
    for (step, signal) in [
        ("analyse", "-TERM"),
        ("analyse", "-INT"),
        ("render", "-TERM"),
        ("render", "-INT"),
    ] {
        let mut run = bench.begin(&SHORT_ORDER);
        run.reach(step, 1.0);
        let working = workers(&bench.path(""));
        assert!(working > 1, "{step}: nobody works for the program");
        run.signal(signal);
        let ran = run.end();
        nobody_is_left(&bench, &format!("{step} {signal}"));
        ran.told_in_words();
        assert_eq!((ran.status, ran.code().as_str()), (130, "cancelled"));
        let parts = bench.names("out");
        assert!(parts.is_empty(), "{step} {signal}: {parts:?}");
    }

    // A worker that is killed while it renders cannot tidy up itself.
    let mut run = bench.begin(&SHORT_ORDER);
    run.reach("render", 1.0);
    let all = processes(&bench.path(""));
    let worker = all.into_iter().find(|process| *process != run.id());
    kill_at_once(worker.unwrap());
    let ran = run.end();
    nobody_is_left(&bench, "a killed worker");
    assert_eq!((ran.status, ran.code().as_str()), (1, "worker_died"));
    assert_eq!(bench.names("out"), Vec::<String>::new());
    let ran = bench.run(&SHORT_ORDER);
    assert_eq!(ran.status, 0, "the same command goes on: {}", ran.out);
}

#[test]
fn databases_that_cannot_be_used_are_set_aside_or_left_alone() {
    let bench = Bench::new();
    assert_eq!(bench.run(&["projects"]).status, 0);
    let database = bench.path("home/library.db");
    tool(
        "sqlite3",
        &[database.to_str().unwrap(), "pragma user_version = 999"],
    );
    let newer = bench.run(&["projects", "--json"]);
    assert_eq!((newer.status, newer.code().as_str()), (3, "database_newer"));
    for side in ["library.db-wal", "library.db-shm"] {
        // SQLite removes them itself when the last program closes the file.
        drop(std::fs::remove_file(bench.path("home").join(side)));
    }
    std::fs::write(
        &database,
        "no database at all, but longer than a header".repeat(99),
    )
    .unwrap();
    let damaged = bench.run(&["projects", "--json"]);
    assert_eq!(damaged.status, 0, "{}", damaged.out);
    assert!(damaged.err.contains("damaged"), "{}", damaged.err);
    let aside = std::fs::read_to_string(bench.path("home/library.db.damaged-1")).unwrap();
    assert!(aside.starts_with("no database at all"), "nothing is lost");
    assert_eq!(bench.run(&["doctor", "--json"]).json()["database"], "ok");
}

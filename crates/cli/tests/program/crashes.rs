//! Kills at any moment: what was finished stays, what was begun leaves nothing behind.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::support::{Bench, tool};
use serde_json::Value;
use testkit::mangle::Dice;

const ORDER: [&str; 10] = [
    "reels",
    "talk.mp4",
    "--out",
    "out",
    "--json",
    "--min",
    "4",
    "--max",
    "9",
    "--count=2",
];

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

/// Returns the parts of a document that two runs must have in common.
fn lasting(mut document: Value) -> Value {
    let fields = document.as_object_mut().unwrap();
    for passing in ["source", "fingerprint", "project", "steps"] {
        fields.remove(passing);
    }
    document
}

#[test]
fn kills_at_random_moments_lose_no_finished_step() {
    let calm = Bench::new();
    calm.talk("talk.mp4");
    let start = Instant::now();
    let undisturbed = calm.run(&ORDER);
    assert_eq!(undisturbed.status, 0, "{}", undisturbed.err);
    let length = start.elapsed();

    let bench = Bench::new();
    bench.talk("talk.mp4");
    let mut dice = Dice::new(20);
    let mut before = finished_steps(&bench);
    let kills = std::env::var("CREALIA_KILLS").map_or(6, |kills| kills.parse().unwrap());
    for kill in 0..kills {
        let mut child = bench.start(&ORDER);
        std::thread::sleep(length.mul_f64(0.02 + 0.6 * dice.fraction()));
        let others = processes(&bench.path(""));
        let worker = others.into_iter().find(|process| *process != child.id());
        match worker.filter(|_| kill % 3 == 2) {
            // The program is left to tell.
            Some(worker) => kill_at_once(worker),
            // The worker is left to notice by itself.
            None => child.kill().unwrap(),
        }
        let ended = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr);
        assert!(!told.contains("panicked"), "kill {kill}: {told}");
        await_end_of_workers(&bench);
        if bench.path("home/library.db").exists() {
            assert_eq!(ask(&bench, "pragma integrity_check").trim(), "ok");
        }
        let after = finished_steps(&bench);
        for (step, seconds) in &before {
            assert_eq!(
                after.get(step),
                Some(seconds),
                "kill {kill}: {step} was done again"
            );
        }
        for name in bench.names("out") {
            let file = bench.path("out").join(&name);
            if file.extension().is_some_and(|e| e == "mp4") && !name.starts_with('.') {
                // Whole, or it would not have its name.
                tool(
                    "ffmpeg",
                    &[
                        "-v",
                        "error",
                        "-xerror",
                        "-i",
                        file.to_str().unwrap(),
                        "-f",
                        "null",
                        "-",
                    ],
                );
            }
        }
        before = after;
    }
    let ran = bench.run(&ORDER);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let after = finished_steps(&bench);
    for (step, seconds) in &before {
        assert_eq!(after.get(step), Some(seconds), "{step} was done again");
    }
    let (again, calmly) = (lasting(ran.json()), lasting(undisturbed.json()));
    for (name, value) in calmly.as_object().unwrap() {
        assert_eq!(&again[name], value, "{name} differs");
    }
    assert_eq!(
        bench.names("out"),
        calm.names("out"),
        "and nothing beside them"
    );
    let running = ask(&bench, "select count(*) from steps where state = 'running'");
    assert_eq!(running.trim(), "0");
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
fn workers(folder: &std::path::Path) -> usize {
    processes(folder).len()
}

/// Returns the numbers of the processes that work in a folder.
fn processes(folder: &std::path::Path) -> Vec<u32> {
    let folder = folder.canonicalize().unwrap();
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    all.filter(|process| {
        std::fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == folder)
    })
    .filter_map(|process| process.file_name().to_str()?.parse().ok())
    .collect()
}

#[test]
fn a_worker_that_dies_is_told_and_the_other_input_is_done() {
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
    tool("kill", &["-KILL", &worker.to_string()]);
    let ran = crate::support::Ran::from(child.wait_with_output().unwrap());
    assert_eq!(ran.status, 1, "{}", ran.err);
    let results = ran.json()["results"].as_array().unwrap().clone();
    let died = |result: &&Value| result["error"]["code"] == "worker_died";
    let done = |result: &&Value| result["shots"].is_array();
    // Which of the two it was depends on how fast the machine is.
    let count = (
        results.iter().filter(died).count(),
        results.iter().filter(done).count(),
    );
    assert_eq!(count, (1, 1), "{results:?}");
    await_end_of_workers(&bench);
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

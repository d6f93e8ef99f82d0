//! A worker that stands still.

use std::time::{Duration, Instant};

use crate::support::{Bench, Ran, tool};

#[test]
fn a_worker_that_stands_still_is_told_and_the_other_input_is_done() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    bench.talk("other.mp4");
    let child = bench.start(&["analyse", "talk.mp4", "other.mp4", "--json", "--quiet"]);
    let folder = bench.path("").canonicalize().unwrap();
    let workers = || -> Vec<u32> {
        let all = std::fs::read_dir("/proc").unwrap().flatten();
        let works = |process: &std::fs::DirEntry| {
            std::fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == folder)
        };
        all.filter(works)
            .filter_map(|process| process.file_name().to_str()?.parse().ok())
            .filter(|process| *process != child.id())
            .collect()
    };
    let deadline = Instant::now() + Duration::from_mins(1);
    // A probe is over in no time; what still runs a second later is the analysis.
    let worker = loop {
        assert!(Instant::now() < deadline, "no worker was seen");
        let found = workers();
        std::thread::sleep(Duration::from_secs(1));
        let still = workers();
        if let Some(worker) = found.into_iter().find(|one| still.contains(one)) {
            break worker;
        }
    };
    tool("kill", &["-STOP", &worker.to_string()]);
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!(ran.status, 1, "{}", ran.err);
    let results = ran.json()["results"].as_array().unwrap().clone();
    let stalled = results
        .iter()
        .filter(|one| one["error"]["code"] == "stalled");
    let hints = stalled.map(|one| one["error"]["hint"].as_str().unwrap().len());
    let hints: Vec<usize> = hints.collect();
    assert!(hints.len() == 1 && hints[0] > 0, "{results:?}");
    let done = results.iter().filter(|one| one["shots"].is_array());
    assert_eq!(done.count(), 1, "{results:?}");
    let found = std::path::Path::new("/proc").join(worker.to_string());
    assert!(!found.exists(), "the worker is gone");
}

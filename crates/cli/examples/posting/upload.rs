//! A file as large as YouTube and TikTok take, over loopback: how fast, and in how much memory.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use testkit::strict::{Posting, tiktok, youtube};

use crate::studio::{self, Studio};

/// TikTok's limit.
const BYTES: u64 = 4 << 30;
/// The most memory that the program and its workers may have at once, in MB.
const MOST_MB: f64 = 150.0;
/// The least speed over loopback, in MB/s.
const LEAST_MB_PER_SEC: f64 = 200.0;
/// How often the program is looked at.
const GLANCE: Duration = Duration::from_millis(10);

/// Posts the file to both and prints what it took, each figure with its goal.
///
/// # Errors
/// When a goal is missed, after both.
pub(crate) fn run(program: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = studio::reel(folder.path(), BYTES)?;
    println!(
        "4 GiB, network       MB/s  goal   seconds  peak of the program and its workers in MB  goal"
    );
    let missed = one::<youtube::Desk>(program, &file)? + one::<tiktok::Desk>(program, &file)?;
    ensure!(missed == 0, "{missed} goals are missed");
    Ok(())
}

/// Returns how many goals are missed.
fn one<D: Posting>(program: &Path, file: &Path) -> Result<usize> {
    let studio = Studio::<D>::connected(program)?;
    let before = studio.server.calls().len();
    let mut child = studio.post(file, None).spawn()?;
    let (mut peak, mut began, mut secs) = (0, None, None);
    while child.try_wait()?.is_none() {
        peak = peak.max(memory_at_most(child.id()));
        if began.is_none() && studio.server.calls().len() > before {
            began = Some(Instant::now());
        }
        if secs.is_none() && D::published(&studio.server) > 0 {
            secs = began.map(|began| began.elapsed().as_secs_f64());
        }
        std::thread::sleep(GLANCE);
    }
    let output = child.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "crealia post: {text}");
    ensure!(D::published(&studio.server) == 1, "not one post");
    let secs: f64 = secs.context("the post was not seen")?;
    let (speed, peak) = (BYTES as f64 / 1e6 / secs, peak as f64 / 1e6);
    let (is_fast, is_small) = (speed >= LEAST_MB_PER_SEC, peak <= MOST_MB);
    let told = |is_met: bool| if is_met { "met" } else { "MISSED" };
    println!(
        "{:17} {speed:7.0} ≥ {LEAST_MB_PER_SEC:.0} {} {secs:7.1} {peak:20.0} ≤ {MOST_MB:.0} {}",
        D::NETWORK,
        told(is_fast),
        told(is_small)
    );
    Ok([is_fast, is_small]
        .iter()
        .filter(|is_met| !**is_met)
        .count())
}

/// Returns the memory of a process at its most, and of the workers that it has now at theirs, in bytes: no
/// less than they had together at any moment so far.
fn memory_at_most(process: u32) -> u64 {
    let workers = children(process).into_iter().filter_map(most_memory);
    most_memory(process).unwrap_or_default() + workers.sum::<u64>()
}

/// Returns the processes that a process started, and those that they did.
///
/// `man 5 proc`: `children` of each task.
fn children(process: u32) -> Vec<u32> {
    let mut all = Vec::new();
    let Ok(tasks) = std::fs::read_dir(format!("/proc/{process}/task")) else {
        return all;
    };
    for task in tasks.flatten() {
        let listed = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
        for child in listed.split_whitespace().filter_map(|id| id.parse().ok()) {
            all.push(child);
            all.extend(children(child));
        }
    }
    all
}

/// Returns the most memory that a process had at once, in bytes; `None` when it has ended.
///
/// `man 5 proc`: `VmHWM`, the peak resident set size.
fn most_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

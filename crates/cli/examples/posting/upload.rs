//! A file as large as YouTube and TikTok take, over loopback: how fast, and in how much memory.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use testkit::strict::{Posting, tiktok, youtube};

use crate::studio::{self, Studio};

/// TikTok's limit.
const BYTES: u64 = 4 << 30;
/// How often the program is looked at.
const GLANCE: Duration = Duration::from_millis(10);

/// Posts the file to both and prints what it took.
pub(crate) fn run(program: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = studio::reel(folder.path(), BYTES)?;
    println!("4 GiB, network               MB/s     seconds  peak of the program in MB");
    one::<youtube::Desk>(program, &file)?;
    one::<tiktok::Desk>(program, &file)
}

fn one<D: Posting>(program: &Path, file: &Path) -> Result<()> {
    let studio = Studio::<D>::connected(program)?;
    let before = studio.server.calls().len();
    let mut child = studio.post(file, None).spawn()?;
    let (mut peak, mut began, mut secs) = (0, None, None);
    while child.try_wait()?.is_none() {
        peak = most_memory(child.id()).unwrap_or(peak);
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
    println!(
        "{:25} {:8.0} {secs:11.1} {:10.0}",
        D::NETWORK,
        BYTES as f64 / 1e6 / secs,
        peak as f64 / 1e6
    );
    Ok(())
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

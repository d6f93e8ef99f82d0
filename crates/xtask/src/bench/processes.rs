//! The memory of a process and of all its descendants, from `/proc`.

use std::collections::BTreeSet;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// Watches a process tree until it is told to stop.
pub(crate) struct Watch {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<u64>,
}

impl Watch {
    /// Starts to watch a child and whatever it starts.
    pub(crate) fn start(child: &Child) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let (flag, root) = (Arc::clone(&is_over), child.id());
        let thread = std::thread::spawn(move || {
            let mut peak = 0;
            while !flag.load(Ordering::Relaxed) {
                peak = tree(root).into_iter().map(memory).sum::<u64>().max(peak);
                std::thread::sleep(Duration::from_millis(100));
            }
            peak
        });
        Self { is_over, thread }
    }

    /// Returns the peak in bytes: the proportional set size, which counts a page that several
    /// processes share once.
    pub(crate) fn peak(self) -> Result<u64> {
        self.is_over.store(true, Ordering::Relaxed);
        self.thread
            .join()
            .ok()
            .context("the watching thread ended early")
    }
}

/// Returns a process and all its descendants.
fn tree(root: u32) -> BTreeSet<u32> {
    let mut found = BTreeSet::from([root]);
    let mut open = vec![root];
    while let Some(process) = open.pop() {
        // Each thread lists the children that it started.
        let Ok(threads) = std::fs::read_dir(format!("/proc/{process}/task")) else {
            continue;
        };
        for thread in threads.filter_map(std::result::Result::ok) {
            let text = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            for child in text.split_whitespace().filter_map(|id| id.parse().ok()) {
                if found.insert(child) {
                    open.push(child);
                }
            }
        }
    }
    found
}

/// Returns a process's memory in bytes; 0 when it has ended meanwhile.
fn memory(process: u32) -> u64 {
    let rollup = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup"));
    pss(&rollup.unwrap_or_default()).unwrap_or(0)
}

fn pss(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proportional_set_size_is_read() {
        let text = "55f-7ff ---p 00000000 00:00 0 [rollup]\nRss: 900 kB\nPss:     512 kB\n";
        assert_eq!(pss(text), Some(512 * 1024));
        assert_eq!(pss(""), None);
    }

    #[test]
    fn grandchildren_are_counted() {
        let mut child = std::process::Command::new("sh")
            .args(["-c", "sleep 5 & wait"])
            .spawn()
            .unwrap();
        let mut count = 0;
        // The shell needs a moment to start its own child.
        for _ in 0..100 {
            count = tree(child.id()).len();
            if count == 2 {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let watch = Watch::start(&child);
        std::thread::sleep(Duration::from_millis(300));
        let peak = watch.peak().unwrap();
        for process in tree(child.id()) {
            _ = std::process::Command::new("kill")
                .arg(process.to_string())
                .status()
                .unwrap();
        }
        _ = child.wait().unwrap();
        assert_eq!(count, 2, "the shell and its sleep");
        assert!(peak > 100_000, "{peak} bytes");
    }
}

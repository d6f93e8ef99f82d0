//! Who runs a step: a process, told apart from a later one with the same number.

use std::path::Path;

/// Returns the identity of this process: its number and its start in clock ticks since boot.
pub(crate) fn this_process() -> String {
    let pid = std::process::id();
    format!("{pid}@{}", start_ticks(pid).unwrap_or_default())
}

/// Returns whether the process `owner` ended, or `None` where that cannot be told (no `/proc`) and
/// its heartbeat has to decide. A process that is stopped or sleeps lives.
pub(crate) fn is_gone(owner: &str) -> Option<bool> {
    let (pid, start) = owner.split_once('@')?;
    let (pid, start) = (pid.parse::<u32>().ok()?, start.parse::<u64>().ok()?);
    Path::new("/proc/self/stat")
        .exists()
        .then(|| start_ticks(pid) != Some(start))
}

/// Returns field 22 of `/proc/PID/stat` (proc(5)), or `None` for a process that ended.
fn start_ticks(pid: u32) -> Option<u64> {
    fields(pid)?.get(18)?.parse().ok()
}

/// Returns the processor time of a process so far in clock ticks: fields 14 and 15 of
/// `/proc/PID/stat`. `None` for a process that ended, and where there is no `/proc`.
pub(crate) fn spent_ticks(pid: u32) -> Option<u64> {
    let fields = fields(pid)?;
    let field = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(field(10)? + field(11)?)
}

/// Returns the fields of `/proc/PID/stat` from the fourth on, or `None` for a process that ended.
fn fields(pid: u32) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is a name in brackets that may hold spaces, so count from its end.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    if state == "Z" || state == "X" {
        return None;
    }
    Some(fields.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_an_earlier_namesake_does_not() {
        let me = this_process();
        assert_eq!(is_gone(&me), Some(false), "{me} is this test");
        assert_eq!(
            is_gone(&format!("{}@1", std::process::id())),
            Some(true),
            "the number was used again"
        );
        assert_eq!(
            is_gone("elsewhere"),
            None,
            "an unknown owner is left to its heartbeat"
        );
    }
}

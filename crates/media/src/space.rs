//! Free space on disks.

use std::path::Path;

/// Less than one buffered write of any element.
#[cfg(unix)]
const NEXT_TO_NOTHING: u64 = 1 << 20;

/// Returns whether next to nothing fits any more beside `path`; false where that cannot be known.
#[cfg(unix)]
pub(crate) fn is_full(path: &Path) -> bool {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    rustix::fs::statvfs(folder)
        .is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) < NEXT_TO_NOTHING)
}

/// Returns whether next to nothing fits any more beside `path`; false where that cannot be known.
#[cfg(not(unix))]
pub(crate) fn is_full(_: &Path) -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_a_disk_without_room_is_full() {
        assert!(is_full(Path::new("/proc/file")), "nothing fits there");
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_full(&folder.path().join("file")));
        assert!(!is_full(Path::new("no such folder/file")));
    }
}

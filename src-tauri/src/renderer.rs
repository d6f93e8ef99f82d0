//! Which way of drawing WebKit is to take on this machine.
//!
//! WebKit reads it from a variable when it starts, and a process cannot safely change its own: the
//! program starts itself again with it. Only on Linux: elsewhere the system's browser knows by itself.

use std::ffi::OsStr;
use std::fs::File;
use std::path::Path;

/// What draws the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Graphics {
    /// A graphics card.
    Card,
    /// A card with NVIDIA's own driver, which shows nothing but an empty window for WebKit's usual way of
    /// passing pictures on.
    Nvidia,
    /// The processor. It draws layers for a card that is not there at several times what drawing the page
    /// as one picture takes.
    Processor,
}

impl Graphics {
    /// Looks at a machine whose files lie under `root`; `software` is what the session says of drawing by
    /// the processor.
    fn of(root: &Path, software: Option<&OsStr>) -> Self {
        if root.join("proc/driver/nvidia/version").exists() {
            return Self::Nvidia;
        }
        let is_asked_for = software.is_some_and(|value| value == "1" || value == "true");
        if !is_asked_for && has_card(&root.join("dev/dri")) {
            Self::Card
        } else {
            Self::Processor
        }
    }

    /// Returns the variable that tells WebKit.
    fn variable(self) -> Option<&'static str> {
        match self {
            Self::Card => None,
            Self::Nvidia => Some("WEBKIT_DISABLE_DMABUF_RENDERER"),
            Self::Processor => Some("WEBKIT_DISABLE_COMPOSITING_MODE"),
        }
    }
}

/// Returns whether there is a card that this user may draw with.
fn has_card(devices: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(devices) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let is_card = entry.file_name().to_string_lossy().starts_with("renderD");
        is_card
            && File::options()
                .read(true)
                .write(true)
                .open(entry.path())
                .is_ok()
    })
}

/// Starts this program again with the variable that WebKit needs here, unless the session sets it.
pub(crate) fn choose() {
    let software = std::env::var_os("LIBGL_ALWAYS_SOFTWARE");
    let graphics = Graphics::of(Path::new("/"), software.as_deref());
    let is_set = |variable: &str| std::env::var_os(variable).is_some();
    if let Some(variable) = graphics.variable().filter(|variable| !is_set(variable)) {
        start_again(variable);
    }
}

/// Becomes this program anew, in the same process.
fn start_again(variable: &str) {
    use std::os::unix::process::CommandExt as _;

    let Ok(program) = std::env::current_exe() else {
        return;
    };
    let error = std::process::Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(variable, "1")
        .exec();
    // It goes on in this process; at worst the window stays empty, which is then in the log.
    log::error!("cannot start again with {variable}: {error}");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what draws on a machine with these files.
    fn found(files: &[&str], software: Option<&str>) -> Graphics {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let file = root.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        Graphics::of(root.path(), software.map(OsStr::new))
    }

    #[test]
    fn what_draws_is_told_by_the_devices_and_by_the_session() {
        const CARD: &str = "dev/dri/renderD128";
        const NVIDIA: &str = "proc/driver/nvidia/version";
        let check = |files: &[&str], software: Option<&str>, expect: Graphics| {
            assert_eq!(found(files, software), expect, "{files:?}, {software:?}");
        };
        check(&[], None, Graphics::Processor);
        check(&[CARD], None, Graphics::Card);
        check(&[CARD], Some("0"), Graphics::Card);
        check(&[CARD], Some("1"), Graphics::Processor);
        check(&["dev/dri/card0"], None, Graphics::Processor);
        check(&[NVIDIA, CARD], None, Graphics::Nvidia);
        check(&[NVIDIA], None, Graphics::Nvidia);
    }
}

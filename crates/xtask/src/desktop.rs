//! The studio among the user's programs: a menu entry, icons, and “Open with” for videos.
//!
//! Everything lies below the user's own data folder (`$XDG_DATA_HOME`, else `~/.local/share`); what is
//! installed is exactly what is removed. No file type is given another default program.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::workspace::{Workspace, made, output, say};

/// The entry's name, and that of the program and its icon.
const NAME: &str = "crealia-studio";
/// The line of the entry that starts the program; `%F` stands for the files.
const EXEC: &str = "Exec=crealia-studio %F";
/// The demo video beside the program, which finds it there, and its words.
const DEMO: [&str; 2] = ["demo.mp4", "demo.srt"];
/// Sizes of the icons in pixels.
const SIZES: [u32; 4] = [32, 128, 256, 512];

/// The files of an installation.
struct Places {
    program: PathBuf,
    demo: [PathBuf; 2],
    entry: PathBuf,
    /// Icons with the files that they are made from.
    icons: Vec<(PathBuf, String)>,
}

/// Puts the built program, the demo video, the entry and its icons where the desktop finds them.
pub(crate) fn install(workspace: &Workspace, program: &Path, demo: &Path) -> Result<()> {
    let data = data_folder()?;
    let entry = install_into(&data, &workspace.root, program, demo)?;
    say(&format!("installed {}", entry.display()));
    tell_desktop(workspace, &data);
    say("undo with: cargo xtask studio --uninstall");
    Ok(())
}

/// Takes away what [`install`] put there. Projects and settings stay.
pub(crate) fn uninstall(workspace: &Workspace) -> Result<()> {
    let data = data_folder()?;
    let removed = remove_from(&data)?;
    tell_desktop(workspace, &data);
    say(&format!(
        "removed {removed} files; projects and settings stay"
    ));
    Ok(())
}

fn install_into(data: &Path, root: &Path, program: &Path, demo: &Path) -> Result<PathBuf> {
    let places = places(data);
    put(program, &places.program)?;
    let [video, words] = &places.demo;
    put(demo, video)?;
    put(&demo.with_extension("srt"), words)?;
    for (icon, from) in &places.icons {
        put(&root.join("icons").join(from), icon)?;
    }
    let template = root.join("assets").join(format!("{NAME}.desktop"));
    let template = std::fs::read_to_string(&template)
        .with_context(|| format!("cannot read {}", template.display()))?;
    ensure!(template.contains(EXEC), "the entry starts nothing");
    let start = format!("Exec={} %F", quoted(&places.program)?);
    let text = template.replace(EXEC, &start);
    // Last: an entry never names a program that is not there.
    folder_of(&places.entry)?;
    std::fs::write(&places.entry, text)
        .with_context(|| format!("cannot write {}", places.entry.display()))?;
    Ok(places.entry)
}

fn remove_from(data: &Path) -> Result<usize> {
    let places = places(data);
    let icons = places.icons.into_iter().map(|(icon, _)| icon);
    let files = [places.entry, places.program].into_iter();
    let files = files.chain(places.demo).chain(icons);
    let mut removed = 0;
    for file in files {
        match std::fs::remove_file(&file) {
            Ok(()) => removed += 1,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot remove {}", file.display()));
            }
        }
    }
    // Only when nothing else is in it.
    std::fs::remove_dir(data.join(NAME)).ok();
    Ok(removed)
}

fn places(data: &Path) -> Places {
    let theme = data.join("icons").join("hicolor");
    let picture = |size: u32| {
        let folder = theme.join(format!("{size}x{size}")).join("apps");
        (folder.join(format!("{NAME}.png")), format!("{size}.png"))
    };
    let drawing = theme.join("scalable").join("apps");
    let drawing = (
        drawing.join(format!("{NAME}.svg")),
        "crealia.svg".to_owned(),
    );
    Places {
        program: data.join(NAME).join(NAME),
        demo: DEMO.map(|name| data.join(NAME).join(name)),
        entry: data.join("applications").join(format!("{NAME}.desktop")),
        icons: SIZES.into_iter().map(picture).chain([drawing]).collect(),
    }
}

/// Returns the user's data folder, by the XDG base directory specification.
fn data_folder() -> Result<PathBuf> {
    let named = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    named
        .filter(|folder| folder.is_absolute())
        .or_else(|| std::env::home_dir().map(|home| home.join(".local").join("share")))
        .context("neither XDG_DATA_HOME nor a home folder is set")
}

/// Copies a file. A program that runs keeps its own: the name changes hands.
fn put(from: &Path, to: &Path) -> Result<()> {
    folder_of(to)?;
    let partial = to.with_extension("new");
    let copied = std::fs::copy(from, &partial).and_then(|_| std::fs::rename(&partial, to));
    copied.with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))
}

fn folder_of(file: &Path) -> Result<()> {
    let folder = file.parent().context("a file lies in a folder")?;
    made(folder.to_owned()).map(|_| ())
}

/// Returns a path as an argument of an `Exec` line: quoted, then escaped as the entry's strings are (Desktop
/// Entry Specification 1.5, “The Exec key”).
fn quoted(path: &Path) -> Result<String> {
    let text = path
        .to_str()
        .context("the data folder's name is no UTF-8")?;
    ensure!(
        !text.contains(['\n', '\r', '=']),
        "{text} cannot stand in an entry"
    );
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '`' | '$' => quoted.extend(["\\\\", &*letter.encode_utf8(&mut [0; 4])]),
            '\\' => quoted.push_str("\\\\\\\\"),
            '%' => quoted.push_str("%%"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    Ok(quoted)
}

/// Has the desktop notice the entry now. Without the tool it does at the next login, or when something else
/// is installed.
fn tell_desktop(workspace: &Workspace, data: &Path) {
    let applications = data.join("applications");
    if !applications.is_dir() {
        return;
    }
    let mut update = workspace.command("update-desktop-database", &[&applications]);
    if output(&mut update).is_err() {
        say(
            "“Open with” may need a login: update-desktop-database (package desktop-file-utils) did not run",
        );
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::process::Command;

    use super::*;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    /// Makes what stands for a demo video with its words.
    fn demo_in(folder: &Path) -> PathBuf {
        let demo = folder.join("tour.mp4");
        std::fs::write(&demo, "pictures").unwrap();
        std::fs::write(demo.with_extension("srt"), "words").unwrap();
        demo
    }

    fn entry(text: &str) -> BTreeMap<&str, &str> {
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("[Desktop Entry]"));
        lines
            .map(|line| line.split_once('=').expect(line))
            .collect()
    }

    #[test]
    fn what_is_installed_starts_the_program_and_is_removed_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("my $data");
        let program = folder.path().join("built");
        std::fs::write(&program, "program").unwrap();
        let demo = demo_in(folder.path());
        let own = data.join("applications").join("other.desktop");
        std::fs::create_dir_all(own.parent().unwrap()).unwrap();
        std::fs::write(&own, "theirs").unwrap();

        for _ in 0..2 {
            // Also over an older one.
            let written = install_into(&data, &root(), &program, &demo).unwrap();
            let text = std::fs::read_to_string(written).unwrap();
            let entry = entry(&text);
            let start = format!(
                "\"{}/my \\\\$data/crealia-studio/crealia-studio\" %F",
                folder.path().display()
            );
            assert_eq!(entry["Exec"], start);
            assert!(data.join("crealia-studio/crealia-studio").is_file());
            let told = std::fs::read_to_string(data.join("crealia-studio/demo.srt"));
            assert_eq!(told.unwrap(), "words", "of the video beside it");
            assert!(data.join("crealia-studio/demo.mp4").is_file());
            let icons = data.join("icons/hicolor");
            assert!(icons.join("128x128/apps/crealia-studio.png").is_file());
            assert!(icons.join("scalable/apps/crealia-studio.svg").is_file());
        }
        assert_eq!(remove_from(&data).unwrap(), 9);
        assert!(own.is_file(), "what others put there stays");
        assert!(!data.join("crealia-studio").exists());
        assert_eq!(remove_from(&data).unwrap(), 0, "nothing is left");
    }

    #[test]
    fn the_entry_opens_videos_in_both_languages() {
        let text = std::fs::read_to_string(root().join("assets/crealia-studio.desktop")).unwrap();
        let entry = entry(&text);
        assert_eq!(entry["Type"], "Application");
        assert_eq!(entry["Icon"], NAME);
        for key in ["GenericName", "Comment", "Keywords"] {
            let french = format!("{key}[fr]");
            assert!(
                entry.contains_key(key) && entry.contains_key(french.as_str()),
                "{key}"
            );
        }
        let types: Vec<&str> = entry["MimeType"].split_terminator(';').collect();
        assert!(types.contains(&"video/mp4") && types.contains(&"video/quicktime"));
        let is_video = |kind: &&str| kind.starts_with("video/") || **kind == *"application/mxf";
        assert!(types.iter().all(is_video), "{types:?}");
    }

    #[test]
    fn the_desktops_own_tools_take_the_entry() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        // A program that can be run: an entry of one that cannot is passed over.
        let demo = demo_in(folder.path());
        let written = install_into(&data, &root(), Path::new("/bin/true"), &demo).unwrap();
        match Command::new("desktop-file-validate").arg(&written).output() {
            Ok(found) => assert!(found.status.success(), "{found:?}"),
            Err(_) => say("skipped: desktop-file-validate is not here"),
        }
        let applications = data.join("applications");
        let updated = Command::new("update-desktop-database")
            .arg(&applications)
            .output();
        if updated.is_err() {
            // What it would write, so that the lookup is tested all the same.
            let lines = ["[MIME Cache]", "video/mp4=crealia-studio.desktop;", ""];
            std::fs::write(applications.join("mimeinfo.cache"), lines.join("\n")).unwrap();
        }
        let asked = Command::new("gio")
            .args(["mime", "video/mp4"])
            .env("XDG_DATA_HOME", &data)
            .env("XDG_DATA_DIRS", folder.path().join("none"))
            .env("XDG_CONFIG_HOME", folder.path().join("config"))
            .output();
        match asked {
            Ok(found) => {
                let text = String::from_utf8_lossy(&found.stdout).into_owned();
                assert!(text.contains("crealia-studio.desktop"), "{text}");
            }
            Err(_) => say("skipped: gio is not here"),
        }
    }
}

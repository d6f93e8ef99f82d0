//! What happens around a run: its disks fill up, its source changes while it is read.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
#[cfg(target_os = "linux")]
use std::process::Command;
use std::time::SystemTime;

#[cfg(target_os = "linux")]
use serde_json::Value;
use testkit::Clip;

use crate::support::{Bench, is_told};
#[cfg(target_os = "linux")]
use crate::support::{Ran, two_short_reels};

const SOUND_AND_PICTURE: &str = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac";

/// What came of a run on a disk without enough room.
#[cfg(target_os = "linux")]
struct Cramped {
    document: Value,
    status: String,
    /// Files on the disk afterwards.
    left: Vec<String>,
    /// How the same run ended when there was room.
    again: String,
}

/// Runs the program where a folder of the bench is a disk of `size`, as `mount` takes it, for which
/// one needs no rights outside; then once more, with room.
#[cfg(target_os = "linux")]
fn cramped(bench: &Bench, folder: &str, size: &str, arguments: &[&str]) -> Cramped {
    const SCRIPT: &str = "mount -t tmpfs -o size=$SIZE none $DISK || exit 1
        \"$0\" \"$@\"; echo status $?
        find $DISK -type f
        mount -o remount,size=64m $DISK || exit 1
        \"$0\" \"$@\" > /dev/null; echo again $?";
    std::fs::create_dir_all(bench.path(folder)).unwrap();
    let run = bench.command(arguments);
    let mut inside = Command::new("unshare");
    inside
        .args(["--map-root-user", "--mount", "sh", "-c", SCRIPT])
        .arg(run.get_program())
        .args(run.get_args())
        .current_dir(bench.path(""))
        .env("CREALIA_HOME", bench.path("home"))
        .env("DISK", folder)
        .env("SIZE", size);
    let ran = Ran::from(inside.output().unwrap());
    assert_eq!(ran.status, 0, "{} {}", ran.out, ran.err);
    ran.told_in_words();
    let (document, after) = ran.out.split_once("\nstatus ").unwrap();
    let (after, again) = after.split_once("\nagain ").unwrap();
    let mut after = after.lines().map(str::to_owned);
    Cramped {
        document: serde_json::from_str(document).unwrap(),
        status: after.next().unwrap(),
        left: after.collect(),
        again: again.trim().to_owned(),
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_nothing_under_a_final_name() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    let run = cramped(&bench, "out", "600k", &two_short_reels("talk.mp4", &[]));
    is_told(&run.document["error"], "disk_full");
    assert_eq!(run.status, "3", "the machine's fault, not the input's");
    let left = &run.left;
    assert!(left.iter().all(|name| !name.contains("reel")), "{left:?}");
    assert_eq!(run.again, "0", "with room again the same command goes on");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_of_the_programs_own_is_told_wherever_it_is_met() {
    let bench = Bench::new();
    let tone = Clip::new("tone").audio("sine=f=440:d=20").container("m4a");
    bench.clip("tone.m4a", &tone.options("-c:a aac"));
    let arguments = ["analyse", "tone.m4a", "--json", "--quiet"];
    // Too small for the database, for the index of its log, for its log, for the sound in the cache.
    for size in ["4k", "32k", "128k", "512k"] {
        let run = cramped(&bench, "home", size, &arguments);
        is_told(&run.document["error"], "disk_full");
        assert_eq!(run.status, "3", "{size}");
        let is_the_databases = |name: &String| name.starts_with("home/library.db");
        assert!(
            run.left.iter().all(is_the_databases),
            "{size}: {:?}",
            run.left
        );
        assert_eq!(run.again, "0", "{size}: with room again it goes on");
    }
}

/// What befalls a source.
#[derive(Debug, Clone, Copy)]
enum Change {
    /// Another film takes its name.
    Replaced,
    /// Something is written behind its end.
    Grown,
    /// Another film is written over it, where it is.
    Overwritten,
    /// Its second half goes away.
    CutShort,
    /// Nothing is left but its name.
    Emptied,
    /// Its name goes away.
    Removed,
}

/// Every change, with the code of what is told then.
const CHANGES: [(Change, &str); 6] = [
    (Change::Replaced, "source_changed"),
    (Change::Grown, "source_changed"),
    (Change::Overwritten, "source_changed"),
    (Change::CutShort, "source_changed"),
    (Change::Emptied, "empty_file"),
    (Change::Removed, "not_found"),
];

impl Change {
    fn befall(self, source: &Path, other: &Path) {
        let open = || File::options().append(true).open(source).unwrap();
        match self {
            Self::Replaced => {
                let copy = source.with_extension("copy");
                std::fs::copy(other, &copy).unwrap();
                std::fs::rename(copy, source).unwrap();
            }
            Self::Grown => open().write_all(&vec![0; 100_000]).unwrap(),
            Self::Overwritten => {
                std::fs::copy(other, source).unwrap();
            }
            Self::CutShort => {
                let length = source.metadata().unwrap().len();
                open().set_len(length / 2).unwrap();
            }
            Self::Emptied => open().set_len(0).unwrap(),
            Self::Removed => std::fs::remove_file(source).unwrap(),
        }
    }
}

/// Returns what a file holds and when it was written; `None` when there is none.
fn state(file: &Path) -> Option<(Vec<u8>, SystemTime)> {
    let modified = file.metadata().ok()?.modified().ok()?;
    Some((std::fs::read(file).ok()?, modified))
}

/// Makes a film, and another one of the same form.
fn films(bench: &Bench) -> (PathBuf, PathBuf) {
    // Noise, so that there is much to be read.
    let film = Clip::new("film")
        .video("testsrc2=s=640x360:r=25:d=8,noise=alls=30:allf=t")
        .audio("sine=d=8");
    bench.clip("film.mp4", &film.options(SOUND_AND_PICTURE));
    let other = Clip::new("other")
        .video("smptebars=s=640x360:r=25:d=6")
        .audio("sine=f=880:d=6");
    bench.clip("other.mp4", &other.options(SOUND_AND_PICTURE));
    (bench.path("film.mp4"), bench.path("other.mp4"))
}

/// Lets each change befall a source at an early moment of a step, and checks that it is told, that
/// no reel comes of it, and that the source is left as the change left it.
fn check_changes_at(step: &str) {
    let order = [
        "reels",
        "film.mp4",
        "--out",
        "out",
        "--json",
        "--min=2",
        "--max=3",
        "--count=1",
    ];
    let bench = Bench::new();
    let (source, other) = films(&bench);
    let (whole, written) = state(&source).unwrap();
    for (change, code) in CHANGES {
        let mut run = bench.begin(&order);
        run.reach(step, 2.0);
        change.befall(&source, &other);
        let befallen = state(&source);
        let beside = bench.names("");
        let ran = run.end();
        ran.told_in_words();
        assert_eq!(ran.status, 1, "{change:?}: {} {}", ran.out, ran.err);
        is_told(&ran.json()["error"], code);
        assert!(state(&source) == befallen, "{change:?}: it is left alone");
        assert_eq!(bench.names(""), beside, "{change:?}: nothing comes beside");
        let made = bench.names("out");
        assert!(made.is_empty(), "{change:?}: {made:?}");
        // The film as it was is the same source again.
        std::fs::write(&source, &whole).unwrap();
        let again = File::options().append(true).open(&source);
        again.unwrap().set_modified(written).unwrap();
    }
    let ran = bench.run(&order);
    assert_eq!(ran.status, 0, "it becomes a reel in the end: {}", ran.out);
    assert!(bench.path("out/reel-01.mp4").is_file());
}

#[test]
fn a_source_that_changes_while_it_is_analysed_becomes_no_reels() {
    check_changes_at("analyse");
}

#[test]
fn a_source_that_changes_while_it_is_rendered_becomes_no_reels() {
    check_changes_at("render");
}

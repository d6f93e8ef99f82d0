//! Running the real program on material made here.

#[cfg(unix)]
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::process::ChildStderr;
use std::process::{Child, Command, Output, Stdio};
use std::time::SystemTime;

use serde_json::Value;

/// A folder with a home for the program and room for files.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns the program with this bench as its home and working folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crealia"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("CREALIA_HOME", self.path("home"))
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.command(arguments).output().unwrap())
    }

    /// Makes two short reels in `out`.
    pub(crate) fn reels(&self, input: &str, more: &[&str]) -> Ran {
        self.run(&two_short_reels(input, more))
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Starts a run that tells its progress as JSON.
    #[cfg(unix)]
    pub(crate) fn begin(&self, arguments: &[&str]) -> Underway {
        let mut child = self.start(arguments);
        Underway {
            errors: BufReader::new(child.stderr.take().unwrap()),
            child,
            told: String::new(),
        }
    }

    /// Makes a talk of six sentences, about 32 s of moving pictures at 25 fps with a voice, and its
    /// subtitles beside it.
    pub(crate) fn talk(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::copy(talk_video(), &path).unwrap();
        std::fs::write(path.with_extension("srt"), subtitles()).unwrap();
        path
    }

    /// Makes a small file.
    pub(crate) fn clip(&self, name: &str, clip: &testkit::Clip) {
        let made = clip.file(&self.path("made")).unwrap();
        std::fs::rename(made, self.path(name)).unwrap();
    }

    /// Returns the names in a folder, sorted.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        testkit::names(&self.path(folder)).unwrap()
    }

    /// Returns when a file was written.
    pub(crate) fn modified(&self, name: &str) -> SystemTime {
        let about = std::fs::metadata(self.path(name)).unwrap();
        about.modified().unwrap()
    }
}

/// Returns a moment as `--at` takes it.
#[cfg(target_os = "linux")]
pub(crate) fn rfc3339(moment: SystemTime) -> String {
    let since = moment.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let at = format!("@{}", since.as_secs());
    let told = tool("date", &["-u", "-d", &at, "+%FT%TZ"]);
    told.trim().to_owned()
}

/// Returns the files below a folder, sorted; none when it is not there.
#[cfg(target_os = "linux")]
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let entries = std::fs::read_dir(&next).into_iter().flatten();
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Returns the arguments that make two short reels in `out`.
pub(crate) fn two_short_reels<'a>(input: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["reels", input, "--out", "out", "--json"];
    arguments.extend(["--min", "4", "--max", "9", "--count", "2"]);
    arguments.extend(more);
    arguments
}

/// A run that has begun.
#[cfg(unix)]
pub(crate) struct Underway {
    child: Child,
    errors: BufReader<ChildStderr>,
    /// What it has told on standard error.
    told: String,
}

#[cfg(unix)]
impl Underway {
    /// Waits until a step has come so far, in percent.
    pub(crate) fn reach(&mut self, step: &str, percent: f64) {
        loop {
            let mut line = String::new();
            self.errors.read_line(&mut line).unwrap();
            self.told.push_str(&line);
            assert!(!line.is_empty(), "it ended early: {}", self.told);
            let event: Value = serde_json::from_str(&line).unwrap_or_default();
            let done = event["percent"].as_f64();
            if event["step"] == step && done.is_some_and(|done| done >= percent) {
                return;
            }
        }
    }

    /// Returns the process's number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal, such as `-TERM`.
    pub(crate) fn signal(&self, signal: &str) {
        tool("kill", &[signal, &self.id().to_string()]);
    }

    /// Waits for the end.
    pub(crate) fn end(self) -> Ran {
        let Self {
            child,
            mut errors,
            mut told,
        } = self;
        // Both pipes are emptied at once: a full one would hold the run up.
        let rest = std::thread::spawn(move || {
            errors.read_to_string(&mut told).unwrap();
            told
        });
        let ran = Ran::from(child.wait_with_output().unwrap());
        Ran {
            err: rest.join().unwrap(),
            ..ran
        }
    }
}

/// What a run of the program left.
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// Returns standard output as the one JSON document that it has to be.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error} in {:?}; stderr {}", self.out, self.err))
    }

    /// Returns a failure's code.
    pub(crate) fn code(&self) -> String {
        self.json()["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Checks that what was told is words, and no panic.
    pub(crate) fn told_in_words(&self) {
        assert!(!self.err.contains("panicked"), "{}", self.err);
        assert!(!self.out.contains("panicked"), "{}", self.out);
    }
}

/// Checks that an error has a code, one line of words and advice.
pub(crate) fn is_told(error: &Value, code: &str) {
    let name = error["input"].as_str().unwrap_or_default();
    assert_eq!(error["code"], code, "{name}: {error}");
    let message = error["message"].as_str().unwrap();
    assert!(
        !message.is_empty() && !message.contains('\n'),
        "{name}: {message}"
    );
    assert!(
        !message.contains("../") && !message.contains("Gst"),
        "{name}: {message}"
    );
    assert!(
        !error["hint"].as_str().unwrap().is_empty(),
        "{name}: {error}"
    );
}

const SENTENCES: [&str; 6] = [
    "Why do most videos lose their viewers in the first ten seconds?",
    "I asked forty editors, and the answer surprised me.",
    "They all start too late, with a greeting that nobody needs.",
    "So cut the greeting, and open with the question itself.",
    "In my last video that kept twice as many people watching.",
    "Try it once, and look at the curve on the next day.",
];

/// Seconds from one sentence's start to the next.
const PACE: f64 = 5.3;

fn subtitles() -> String {
    let stamp = |secs: f64| {
        let millis = (secs * 1000.0).round() as u64;
        format!("00:00:{:02},{:03}", millis / 1000, millis % 1000)
    };
    let cue = |(index, sentence): (usize, &&str)| {
        let start = index as f64 * PACE + 0.3;
        format!(
            "{}\n{} --> {}\n{sentence}\n\n",
            index + 1,
            stamp(start),
            stamp(start + 4.2)
        )
    };
    SENTENCES.iter().enumerate().map(cue).collect()
}

/// Makes the video once per test program: moving pictures and espeak-ng's voice.
fn talk_video() -> PathBuf {
    static MADE: std::sync::OnceLock<(tempfile::TempDir, PathBuf)> = std::sync::OnceLock::new();
    MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let mut inputs: Vec<String> = Vec::new();
        let mut delays = Vec::new();
        let mut voices = Vec::new();
        for (index, sentence) in SENTENCES.iter().enumerate() {
            let voice = folder.path().join(format!("{index}.wav"));
            tool(
                "espeak-ng",
                &[
                    "-v",
                    "en",
                    "-s",
                    "165",
                    "-w",
                    voice.to_str().unwrap(),
                    sentence,
                ],
            );
            inputs.extend(["-i".to_owned(), voice.to_str().unwrap().to_owned()]);
            let delay = ((index as f64 * PACE + 0.3) * 1000.0) as u64;
            delays.push(format!("[{}:a]adelay={delay}[v{index}];", index + 1));
            voices.push(format!("[v{index}]"));
        }
        let mix = format!(
            "{}{}amix=inputs={}:normalize=0,apad[a]",
            delays.concat(),
            voices.concat(),
            voices.len()
        );
        let path = folder.path().join("talk.mp4");
        let picture = "testsrc2=size=640x360:rate=25:duration=32";
        let mut arguments: Vec<&str> = vec!["-v", "error", "-f", "lavfi", "-i", picture];
        arguments.extend(inputs.iter().map(String::as_str));
        arguments.extend([
            "-filter_complex",
            &mix,
            "-map",
            "0:v",
            "-map",
            "[a]",
            "-t",
            "32",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-g",
            "50",
            "-pix_fmt",
            "yuv420p",
            "-c:a",
            "aac",
            "-ar",
            "48000",
        ]);
        arguments.push(path.to_str().unwrap());
        tool("ffmpeg", &arguments);
        (folder, path)
    })
    .1
    .clone()
}

/// Returns a number of a document.
pub(crate) fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is a number"))
}

/// Runs a tool of the system that has to succeed, and returns what it printed.
pub(crate) fn tool(program: &str, arguments: &[&str]) -> String {
    String::from_utf8_lossy(&output(program, arguments)).into_owned()
}

/// Returns what ffmpeg decodes, with `-` as its output.
pub(crate) fn raw(arguments: &[&str]) -> Vec<u8> {
    let mut all = vec!["-v", "error", "-nostdin"];
    all.extend(arguments);
    all.push("-");
    output("ffmpeg", &all)
}

fn output(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; `cargo xtask setup` installs it"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {errors}");
    output.stdout
}

/// Returns a stream's entry as ffprobe, which is no part of the program, reads it.
pub(crate) fn ffprobe(file: &Path, stream: &str, entry: &str) -> String {
    let what = format!("stream={entry}");
    let file = file.to_str().unwrap();
    tool(
        "ffprobe",
        &[
            "-v",
            "error",
            "-select_streams",
            stream,
            "-show_entries",
            &what,
            "-of",
            "csv=p=0",
            file,
        ],
    )
    .trim()
    .trim_end_matches(',')
    .to_owned()
}

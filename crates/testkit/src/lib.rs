//! Media that tests make for themselves, servers that stand in for the networks, and the shared
//! material when there is some.
//!
//! A dev-dependency only. `strict` are the servers, with the feature of that name, [`keyring`] a session with a keychain of its own, [`truth`] what is known of the shared material, [`mangle`] makes documents that are not as they should be. [`Clip`] describes a small file; [`Clip::file`] makes it once and keeps
//! it in a folder of the caller, under a name that depends on the description alone. The `ffmpeg`
//! program makes the files: an implementation other than the one under test.
//!
//! ```no_run
//! let clip = testkit::Clip::new("tone").video("testsrc2=s=320x180:r=25:d=2").audio("sine=f=440:d=2");
//! let file = clip.file(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
//! ```

pub mod keyring;
pub mod mangle;
#[cfg(feature = "strict")]
pub mod strict;
pub mod truth;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Returns the folder of shared material: `$CREALIA_SHARED`, else `../shared` beside the workspace.
///
/// Prints why a test skips when there is none.
///
/// # Panics
/// When there is none although the variable `CI` is `true`: there it must be.
pub fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("CREALIA_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    if folder.join("media").is_dir() {
        return Some(folder);
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "CI needs the shared material at {}",
        folder.display()
    );
    #[expect(clippy::print_stderr, reason = "says why a test skips")]
    {
        eprintln!("skipped: no shared material at {}", folder.display());
    }
    None
}

/// Returns whether this process may read and write everything, as tests in a container often may.
#[cfg(unix)]
pub fn is_superuser() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|about| about.uid() == 0)
}

/// Returns the names in a folder, sorted; none when there is no such folder.
///
/// # Errors
/// When it cannot be read, or a name is no UTF-8.
pub fn names(folder: &Path) -> Result<Vec<String>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let name = name
            .to_str()
            .with_context(|| format!("{} is no UTF-8", name.display()))?;
        names.push(name.to_owned());
    }
    names.sort();
    Ok(names)
}

/// A small media file to be made: inputs for ffmpeg, then options, then the container.
#[derive(Debug, Clone)]
pub struct Clip {
    name: String,
    extension: String,
    inputs: Vec<Vec<String>>,
    options: Vec<String>,
}

impl Clip {
    /// Returns a description of an MP4 without streams. `name` only helps to recognise the file.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            extension: "mp4".to_owned(),
            inputs: Vec::new(),
            options: Vec::new(),
        }
    }

    /// Adds pictures from a lavfi graph, such as `testsrc2=s=320x180:r=25:d=2`.
    #[must_use]
    pub fn video(self, graph: &str) -> Self {
        self.input(&["-f", "lavfi", "-i", graph])
    }

    /// Adds sound from a lavfi graph, such as `sine=f=440:d=2`.
    #[must_use]
    pub fn audio(self, graph: &str) -> Self {
        self.input(&["-f", "lavfi", "-i", graph])
    }

    /// Adds a white flash and a click of `length` seconds at each of `times` to black and silence
    /// that last `secs` seconds at `rate` frames per second.
    #[must_use]
    pub fn flashes(self, size: &str, rate: &str, secs: f64, times: &[f64], length: f64) -> Self {
        let on = times
            .iter()
            .map(|at| format!("between(t,{at},{})", at + length - 0.0005))
            .collect::<Vec<_>>()
            .join("+");
        let flash = format!(
            "color=black:s={size}:r={rate}:d={secs},drawbox=t=fill:color=white:enable='{on}'"
        );
        let click = format!("aevalsrc='0.8*sin(6283*t)*({on})':s=48000:d={secs}");
        self.video(&flash).audio(&click)
    }

    /// Adds a subtitle stream in SubRip form: start, end, text.
    #[must_use]
    pub fn subtitles(self, folder: &Path, cues: &[(f64, f64, &str)]) -> Self {
        let stamp = |secs: f64| {
            let millis = (secs * 1000.0).round() as u64;
            format!(
                "{:02}:{:02}:{:02},{:03}",
                millis / 3_600_000,
                millis / 60_000 % 60,
                millis / 1000 % 60,
                millis % 1000
            )
        };
        let text = cues
            .iter()
            .enumerate()
            .map(|(n, (start, end, text))| {
                let (start, end) = (stamp(*start), stamp(*end));
                format!("{}\n{start} --> {end}\n{text}\n", n + 1)
            })
            .collect::<Vec<_>>()
            .join("\n");
        let name = format!("{}.srt", blake3::hash(text.as_bytes()).to_hex());
        let path = folder.join(name);
        // A failure shows when ffmpeg does not find the file.
        if std::fs::create_dir_all(folder).is_ok() && std::fs::write(&path, text).is_ok() {
            return self.input(&["-i", &path.to_string_lossy()]);
        }
        self.input(&["-i", "subtitles that cannot be written"])
    }

    /// Adds a file, with options before it.
    #[must_use]
    pub fn input(mut self, arguments: &[&str]) -> Self {
        self.inputs
            .push(arguments.iter().map(|&a| a.to_owned()).collect());
        self
    }

    /// Adds output options, such as `-c:a pcm_s16le`.
    #[must_use]
    pub fn options(mut self, options: &str) -> Self {
        self.options
            .extend(options.split_whitespace().map(str::to_owned));
        self
    }

    /// Sets the container by its file extension.
    #[must_use]
    pub fn container(mut self, extension: &str) -> Self {
        extension.clone_into(&mut self.extension);
        self
    }

    /// Returns a copy of the file whose metadata turns the picture clockwise by `degrees`.
    pub fn turned(&self, folder: &Path, degrees: i32) -> Result<PathBuf> {
        let upright = self.file(folder)?;
        let upright = upright.to_string_lossy();
        let name = format!("{}-turned", self.name);
        // ffmpeg counts anticlockwise, and before 6.0 only knows the tag.
        let option = Self::new(&name)
            .container(&self.extension)
            .input(&["-display_rotation", &(-degrees).to_string(), "-i", &upright])
            .options("-c copy")
            .file(folder);
        option.or_else(|_| {
            Self::new(&name)
                .container(&self.extension)
                .input(&["-i", &upright])
                .options(&format!("-c copy -metadata:s:v:0 rotate={}", 360 - degrees))
                .file(folder)
        })
    }

    /// Returns the file, making it in `folder` when it is not there yet.
    pub fn file(&self, folder: &Path) -> Result<PathBuf> {
        std::fs::create_dir_all(folder)?;
        let description = format!("{:?} {:?}", self.inputs, self.options);
        let digest = blake3::hash(description.as_bytes()).to_hex();
        let digest = digest.get(..12).unwrap_or_default();
        let path = folder.join(format!("{}-{digest}.{}", self.name, self.extension));
        if path.exists() {
            return Ok(path);
        }
        // Two tests may make the same file at once: each its own, the last one stays.
        let partial = folder.join(format!(
            "{}-{digest}-{}-{:?}.{}",
            self.name,
            std::process::id(),
            std::thread::current().id(),
            self.extension
        ));
        let output = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-y"])
            .args(self.inputs.iter().flatten())
            .args(&self.options)
            .arg(&partial)
            .output()
            .context("tests make their media with ffmpeg: install the package ffmpeg")?;
        ensure!(
            output.status.success(),
            "ffmpeg {}: {}",
            self.name,
            String::from_utf8_lossy(&output.stderr)
        );
        std::fs::rename(&partial, &path)?;
        Ok(path)
    }
}

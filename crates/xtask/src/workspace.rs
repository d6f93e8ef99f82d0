//! Folders of the workspace, and commands run in it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::{Metadata, MetadataCommand};

/// The checkout that cargo runs in.
pub(crate) struct Workspace {
    /// The workspace's own crates, without their dependencies.
    pub(crate) metadata: Metadata,
    /// The folder of the root manifest.
    pub(crate) root: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
    /// What is worth keeping between checkouts: tools, model weights.
    pub(crate) cache: PathBuf,
}

impl Workspace {
    /// Finds the workspace of the current folder.
    pub(crate) fn open() -> Result<Self> {
        let metadata = MetadataCommand::new().no_deps().exec()?;
        let base = std::env::var_os("XDG_CACHE_HOME")
            .filter(|folder| !folder.is_empty())
            .map(PathBuf::from)
            .or_else(|| std::env::home_dir().map(|home| home.join(".cache")))
            .context("neither XDG_CACHE_HOME nor a home folder is set")?;
        Ok(Self {
            root: metadata.workspace_root.clone().into_std_path_buf(),
            target: metadata.target_directory.clone().into_std_path_buf(),
            cache: base.join("crealia"),
            metadata,
        })
    }

    /// Returns cargo, to be run in the root. The shell embeds the page that lies in the target
    /// folder, if one does: the same for every task, so that none builds it anew for another.
    pub(crate) fn cargo<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let program = std::env::var_os("CARGO").unwrap_or("cargo".into());
        let mut cargo = self.command(program, arguments);
        cargo.env("CREALIA_PAGE", self.page());
        cargo
    }

    /// Returns where the built page lies.
    pub(crate) fn page(&self) -> PathBuf {
        self.target.join("page")
    }

    /// Returns a program, to be run in the root without standard input.
    pub(crate) fn command<P: AsRef<OsStr>, S: AsRef<OsStr>>(
        &self,
        program: P,
        arguments: &[S],
    ) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(&self.root)
            .stdin(Stdio::null());
        command
    }

    /// Returns the shared test material, when it is there.
    pub(crate) fn shared(&self) -> Option<PathBuf> {
        let named = std::env::var_os("CREALIA_SHARED").map(PathBuf::from);
        let folder = named.or_else(|| Some(self.root.parent()?.join("shared")))?;
        folder.is_dir().then_some(folder)
    }
}

/// Returns whether this is an unattended run that must not ask and must not skip.
pub(crate) fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| value == "true" || value == "1")
}

/// Prints a line for the person at the terminal.
#[expect(clippy::print_stdout, reason = "the one place where xtask prints")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Runs a command that shows its own output; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    say(&format!("$ {shown}"));
    let status = command
        .status()
        .with_context(|| format!("cannot run {shown}"))?;
    ensure!(status.success(), "{shown}: {status}");
    Ok(())
}

/// Runs a command and returns what it wrote to standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command
        .output()
        .with_context(|| format!("cannot run {shown}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{shown}: {}\n{}",
        output.status,
        text.trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Returns a folder after making it.
pub(crate) fn made(folder: PathBuf) -> Result<PathBuf> {
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// Returns a file's name without folder and extension.
pub(crate) fn stem(path: &Path) -> Result<String> {
    let stem = path
        .file_stem()
        .with_context(|| format!("{} names no file", path.display()))?;
    Ok(stem.to_string_lossy().into_owned())
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program
        .file_name()
        .unwrap_or(program.as_os_str())
        .to_string_lossy();
    let arguments = command
        .get_args()
        .map(|a| format!(" {}", a.to_string_lossy()));
    format!("{name}{}", arguments.collect::<String>())
}

//! The program with a folder, a network and a sealed file of secrets of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use testkit::Clip;
use testkit::strict::oauth::CLIENT_ID;
use testkit::strict::{Posting, Server, browser};

/// The program, an account that is connected, and the network that it posts to.
pub(crate) struct Studio<D: Posting> {
    folder: tempfile::TempDir,
    program: PathBuf,
    pub(crate) server: Server<D>,
}

impl<D: Posting> Studio<D> {
    /// Starts a network and connects an account.
    pub(crate) fn connected(program: &Path) -> Result<Self> {
        let studio = Self {
            folder: tempfile::tempdir()?,
            program: program.to_owned(),
            server: D::start(),
        };
        std::fs::write(studio.path("hosts.toml"), D::endpoints(&studio.server))?;
        std::fs::write(studio.path("phrase"), "a passphrase\n")?;
        studio.register()?;
        studio.connect()?;
        Ok(studio)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns the program, with its home in the folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .arg("--json")
            .current_dir(self.folder.path())
            .env("CREALIA_HOME", self.path("home"))
            .env("CREALIA_ENDPOINTS", self.path("hosts.toml"))
            .env("CREALIA_SECRETS", "file")
            .env("CREALIA_PASSPHRASE_FILE", self.path("phrase"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command
    }

    /// Returns the command that posts a file, with an option of the network's.
    pub(crate) fn post(&self, file: &Path, option: Option<(&str, &str)>) -> Command {
        let file = file.to_string_lossy();
        let option = option.map(|(name, value)| format!("{name}={value}"));
        let mut arguments = vec!["post", &*file, "--to", D::NETWORK, "--key", "bench"];
        if D::NETWORK == "tiktok" {
            // It has no choice of its own.
            arguments.extend(["--privacy", "public"]);
        }
        arguments.extend(["--title", "Trois idées", "--caption", "En deux minutes."]);
        if let Some(option) = &option {
            arguments.extend(["--network-option", option]);
        }
        self.command(&arguments)
    }

    /// Runs the program and reads the document that it prints.
    fn document(&self, arguments: &[&str]) -> Result<Value> {
        let output = self.command(arguments).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let document = serde_json::from_str(&text);
        let document =
            document.with_context(|| format!("crealia {arguments:?} printed {text:?}"))?;
        ensure!(output.status.success(), "crealia {arguments:?}: {document}");
        Ok(document)
    }

    /// Returns the posts in the outbox.
    pub(crate) fn list(&self) -> Result<Vec<Value>> {
        let list = self.document(&["outbox", "list"])?;
        Ok(list.as_array().cloned().unwrap_or_default())
    }

    /// Registers the app, with a secret where it has one.
    fn register(&self) -> Result<()> {
        let arguments = ["accounts", "app", D::NETWORK, "--client-id", CLIENT_ID];
        let mut command = self.command(&arguments);
        command.args(D::SECRET.map(|_| "--client-secret-stdin"));
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        let mut input = child.stdin.take().context("no standard input")?;
        if let Some(secret) = D::SECRET {
            writeln!(input, "{secret}")?;
        }
        drop(input);
        succeeded(child)
    }

    /// Connects the account, by a browser that agrees.
    fn connect(&self) -> Result<()> {
        // Only X compares ports, so that the program listens at fixed ones.
        let _alone = (D::NETWORK == "x").then(browser::alone_at_fixed_ports);
        let mut command = self.command(&["accounts", "connect", D::NETWORK, "--no-browser"]);
        let mut child = command.stderr(Stdio::piped()).spawn()?;
        let mut told = BufReader::new(child.stderr.take().context("no standard error")?);
        let mut line = String::new();
        told.read_line(&mut line)?;
        let consent: Value = serde_json::from_str(&line).with_context(|| line.clone())?;
        let address = consent.pointer("/consent/url").and_then(Value::as_str);
        browser::get(&browser::consent(address.context("no address")?))?;
        succeeded(child)
    }
}

/// Waits for a run that has to succeed.
fn succeeded(child: Child) -> Result<()> {
    let output = child.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "{}: {text}", output.status);
    Ok(())
}

/// Makes a video of a few seconds in a file of so many bytes: readers skip what follows it, and the
/// disk does not hold it.
pub(crate) fn reel(folder: &Path, bytes: u64) -> Result<PathBuf> {
    let clip = Clip::new("reel")
        .video("testsrc2=size=360x640:rate=25:duration=3")
        .audio("sine=duration=3")
        .options("-c:v libx264 -preset ultrafast -crf 40 -pix_fmt yuv420p -c:a aac -b:a 64k")
        .file(folder)?;
    let path = folder.join(format!("{bytes}.mp4"));
    std::fs::copy(clip, &path)?;
    let mut file = File::options().write(true).open(&path)?;
    let rest = bytes.checked_sub(file.seek(SeekFrom::End(0))?);
    let rest = rest
        .filter(|rest| *rest >= 16)
        .context("the video is longer")?;
    // A box with its length in 64 bits (ISO/IEC 14496-12, 4.2).
    file.write_all(&1_u32.to_be_bytes())?;
    file.write_all(b"free")?;
    file.write_all(&rest.to_be_bytes())?;
    file.set_len(bytes)?;
    Ok(path)
}

//! A sound device that nobody hears and that is recorded: PulseAudio with a null sink.

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

/// Samples per second of the recording.
const RATE: f64 = 48_000.0;
/// Hertz of the beeps in the source.
const BEEP: f64 = 1_000.0;
/// Samples that are looked at together: 5 ms, five waves of the beep.
const BLOCK: usize = 240;
/// How strong a beep is, of full scale; speech is far below it at this pitch.
const LOUD: f64 = 0.2;
/// Blocks that a beep lasts at least; it is 100 ms long, and no vowel keeps one pitch so pure.
const LASTING: usize = 12;
/// Beeps are further apart than this.
const APART_MS: f64 = 1_000.0;

/// A sound server of its own with a device.
pub(crate) struct Speaker {
    server: Child,
    folder: TempDir,
}

impl Speaker {
    /// Starts it; `None` where PulseAudio is not installed.
    pub(crate) fn start() -> Result<Option<Self>> {
        let folder = TempDir::new()?;
        let socket = folder.path().join("socket");
        let listen = format!(
            "module-native-protocol-unix socket={} auth-anonymous=1",
            socket.display()
        );
        let server = Command::new("pulseaudio")
            .args([
                "-n",
                "--daemonize=no",
                "--use-pid-file=no",
                "--exit-idle-time=-1",
            ])
            .args([
                "-L",
                "module-null-sink sink_name=out rate=48000",
                "-L",
                &listen,
            ])
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let server = match server {
            Ok(server) => server,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).context("pulseaudio"),
        };
        let speaker = Self { server, folder };
        let start = Instant::now();
        while !socket.exists() {
            ensure!(
                start.elapsed() < Duration::from_secs(10),
                "PulseAudio does not start"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(Some(speaker))
    }

    /// Returns what programs find it by, in `PULSE_SERVER`.
    pub(crate) fn address(&self) -> String {
        format!("unix:{}", self.socket().display())
    }

    /// Records what is played from now on.
    pub(crate) fn record(&self) -> Result<Recording> {
        // A small latency makes the device work in small blocks: what it has taken is soon heard.
        let mut recorder = Command::new("parec")
            .args(["--device=out.monitor", "--latency-msec=5", "--raw"])
            .args(["--format=s16le", "--rate=48000", "--channels=1"])
            .env("PULSE_SERVER", self.address())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("parec (Debian: apt-get install pulseaudio-utils)")?;
        let mut output = recorder.stdout.take().context("parec has no output")?;
        let heard = Arc::new(Mutex::new(Heard::default()));
        let into = Arc::clone(&heard);
        let thread = std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count) = output.read(&mut bytes) {
                if count == 0 {
                    break;
                }
                let mut heard = into.lock().unwrap_or_else(PoisonError::into_inner);
                heard.take(bytes.get(..count).unwrap_or_default());
            }
        });
        Ok(Recording {
            recorder,
            heard,
            thread,
        })
    }

    fn socket(&self) -> std::path::PathBuf {
        Path::join(self.folder.path(), "socket")
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

/// A recording that goes on.
pub(crate) struct Recording {
    recorder: Child,
    heard: Arc<Mutex<Heard>>,
    thread: std::thread::JoinHandle<()>,
}

impl Recording {
    /// Ends it and returns when beeps began, in Unix milliseconds.
    pub(crate) fn beeps(mut self) -> Result<Vec<f64>> {
        self.recorder.kill()?;
        self.recorder.wait()?;
        self.thread.join().ok().context("the recording thread")?;
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(beeps(&heard.samples)
            .into_iter()
            .map(|sample| heard.began + sample as f64 / RATE * 1e3)
            .collect())
    }
}

/// Samples, and when the first of them was heard.
struct Heard {
    samples: Vec<f64>,
    half: Option<u8>,
    /// Unix milliseconds. Blocks come late by turns; the one that was least late tells the time.
    began: f64,
}

impl Default for Heard {
    fn default() -> Self {
        Self {
            samples: Vec::new(),
            half: None,
            began: f64::INFINITY,
        }
    }
}

impl Heard {
    fn take(&mut self, bytes: &[u8]) {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        for byte in bytes {
            match self.half.take() {
                None => self.half = Some(*byte),
                Some(low) => {
                    let sample = i16::from_le_bytes([low, *byte]);
                    self.samples.push(f64::from(sample) / 32_768.0);
                }
            }
        }
        let length = self.samples.len() as f64 / RATE * 1e3;
        self.began = self.began.min(now.as_secs_f64() * 1e3 - length);
    }
}

/// Returns the samples at which beeps begin.
fn beeps(samples: &[f64]) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    let apart = (APART_MS / 1e3 * RATE) as usize;
    let blocks: Vec<&[f64]> = samples.chunks_exact(BLOCK).collect();
    let strong: Vec<bool> = blocks.iter().map(|block| strength(block) > LOUD).collect();
    for (index, (block, lasting)) in blocks.iter().zip(strong.windows(LASTING)).enumerate() {
        let at = index * BLOCK;
        let is_new = found.last().is_none_or(|last| at - last > apart);
        if is_new && lasting.iter().all(|strong| *strong) {
            // Where in the block it begins, to the millisecond.
            let part = block.iter().position(|sample| sample.abs() > LOUD);
            found.push(at + part.unwrap_or(0));
        }
    }
    found
}

/// Returns how strong the beep's pitch is in a block, of full scale (Goertzel's algorithm).
fn strength(block: &[f64]) -> f64 {
    let turn = 2.0 * (std::f64::consts::TAU * BEEP / RATE).cos();
    let (mut one, mut two) = (0.0, 0.0);
    for sample in block {
        (one, two) = (sample + turn * one - two, one);
    }
    let power = one * one + two * two - turn * one * two;
    2.0 * power.max(0.0).sqrt() / block.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beeps_are_found_among_other_sound() {
        let sound = |index: usize| {
            let secs = index as f64 / RATE;
            let voice = 0.3 * (std::f64::consts::TAU * 180.0 * secs).sin();
            let beeps = (2.0..2.1).contains(&secs) || (4.0..4.1).contains(&secs);
            let beep = 0.5 * (std::f64::consts::TAU * BEEP * secs).sin();
            if beeps {
                beep
            } else if secs > 2.5 && secs < 3.5 {
                voice
            } else {
                0.0
            }
        };
        let samples: Vec<f64> = (0..RATE as usize * 5).map(sound).collect();
        let found: Vec<f64> = beeps(&samples).iter().map(|at| *at as f64 / RATE).collect();
        assert_eq!(found.len(), 2, "{found:?}");
        for (found, expected) in found.iter().zip([2.0, 4.0]) {
            assert!((found - expected).abs() < 0.002, "{found} for {expected}");
        }
    }
}

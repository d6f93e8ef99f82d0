//! Speaks a script with espeak-ng, one line at a time, so that the subtitle times are those of the
//! sound and not an estimate.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::script::{Script, is_sound};

/// Samples per second of all sound here: what espeak-ng's voices give.
pub const RATE: u32 = 22_050;
/// Words per minute; espeak-ng's default of 175 is hurried.
const SPEED: &str = "158";
/// Silence before the first and after the last line, in seconds.
const EDGE: f64 = 0.8;
/// Silence after a line, in seconds.
const PAUSE: f64 = 0.42;
/// Silence after a scene, in seconds; the cut is in its middle.
const SCENE_PAUSE: f64 = 1.0;

/// A line with the time that it really takes, in seconds from the start of the film.
#[derive(Debug, Clone, PartialEq)]
pub struct Cue {
    /// Start of the sound.
    pub start: f64,
    /// End of the sound.
    pub end: f64,
    /// The line.
    pub text: String,
    /// Index of the scene.
    pub scene: usize,
    /// Index of the line in its scene.
    pub line: usize,
}

/// A spoken script.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The lines in order, never overlapping.
    pub cues: Vec<Cue>,
    /// Start of each scene, in seconds; the first is 0.
    pub starts: Vec<f64>,
    /// Length of the film, in seconds.
    pub duration: f64,
    /// The sound, mono, −1..=1, [`RATE`] samples per second.
    pub samples: Vec<f32>,
}

impl Plan {
    /// Returns the scene shown at a time.
    pub fn scene_at(&self, time: f64) -> usize {
        self.starts
            .iter()
            .rposition(|start| *start <= time)
            .unwrap_or(0)
    }

    /// Returns how many points of the scene's slide are shown at a time.
    pub fn shown_at(&self, script: &Script, time: f64) -> usize {
        let index = self.scene_at(time);
        let line = self
            .cues
            .iter()
            .filter(|c| c.scene == index && c.start <= time)
            .map(|c| c.line);
        let scene = script.scenes.get(index);
        scene.map_or(0, |scene| scene.shown(line.max().unwrap_or(0)))
    }

    /// Returns the subtitles as SRT.
    pub fn srt(&self) -> String {
        let mut srt = String::new();
        for (i, cue) in self.cues.iter().enumerate() {
            let (start, end) = (clock(cue.start), clock(cue.end));
            // Writing to a string cannot fail.
            _ = writeln!(srt, "{}\n{start} --> {end}\n{}\n", i + 1, cue.text);
        }
        srt
    }

    /// Returns the sound as a 16-bit WAV file.
    pub fn wav(&self) -> Vec<u8> {
        let bytes = (self.samples.len() * 2) as u32;
        let mut wav = Vec::with_capacity(bytes as usize + 44);
        wav.extend_from_slice(b"RIFF");
        wav.extend_from_slice(&(bytes + 36).to_le_bytes());
        wav.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
        wav.extend_from_slice(&RATE.to_le_bytes());
        wav.extend_from_slice(&(RATE * 2).to_le_bytes());
        wav.extend_from_slice(b"\x02\0\x10\0data");
        wav.extend_from_slice(&bytes.to_le_bytes());
        for sample in &self.samples {
            let value = (sample.clamp(-1.0, 1.0) * 32_767.0).round() as i16;
            wav.extend_from_slice(&value.to_le_bytes());
        }
        wav
    }

    /// Returns how far the mouth is open in each frame at `fps`, 0..=1, by the level of the voice.
    pub fn mouth(&self, fps: u32) -> Vec<f32> {
        let frames = (self.duration * f64::from(fps)).ceil() as usize;
        let window = (RATE / fps) as usize;
        let levels: Vec<f32> = (0..frames)
            .map(|frame| {
                let start = frame * RATE as usize / fps as usize;
                let part = self.samples.get(start..).unwrap_or_default();
                let part = part.get(..window.min(part.len())).unwrap_or_default();
                let square: f32 = part.iter().map(|s| s * s).sum();
                (square / window as f32).sqrt()
            })
            .collect();
        let mut sorted = levels.clone();
        sorted.sort_by(f32::total_cmp);
        let loud = sorted
            .get(sorted.len() * 95 / 100)
            .copied()
            .unwrap_or(1.0)
            .max(1e-3);
        let open = |level: &f32| (level / loud - 0.08).clamp(0.0, 1.0).powf(0.7);
        levels
            .iter()
            .enumerate()
            .map(|(i, level)| {
                // Lips have inertia: half of the previous frame stays.
                let before = i
                    .checked_sub(1)
                    .and_then(|i| levels.get(i))
                    .map_or(0.0, open);
                0.65 * open(level) + 0.35 * before
            })
            .collect()
    }
}

/// Speaks a script; `folder` takes espeak-ng's files.
pub fn speak(script: &Script, folder: &Path) -> Result<Plan> {
    let mut plan = Plan {
        cues: Vec::new(),
        starts: Vec::new(),
        duration: 0.0,
        samples: Vec::new(),
    };
    silence(&mut plan.samples, EDGE);
    for (index, scene) in script.scenes.iter().enumerate() {
        let cut = if index == 0 {
            0.0
        } else {
            secs(&plan.samples) - SCENE_PAUSE / 2.0
        };
        plan.starts.push(cut);
        for (line, text) in scene.lines.iter().enumerate() {
            let sound = if is_sound(text) {
                laughter()
            } else {
                trimmed(&espeak(&script.voice, text, &folder.join("line.wav"))?)
            };
            ensure!(!sound.is_empty(), "espeak-ng said nothing for “{text}”");
            let start = secs(&plan.samples);
            plan.samples.extend(sound);
            let end = secs(&plan.samples);
            plan.cues.push(Cue {
                start,
                end,
                text: text.clone(),
                scene: index,
                line,
            });
            silence(&mut plan.samples, PAUSE);
        }
        silence(&mut plan.samples, SCENE_PAUSE - PAUSE);
    }
    silence(&mut plan.samples, EDGE - PAUSE);
    room_tone(&mut plan.samples);
    plan.duration = secs(&plan.samples);
    Ok(plan)
}

fn espeak(voice: &str, text: &str, wav: &Path) -> Result<Vec<f32>> {
    let status = Command::new("espeak-ng")
        .args(["-v", voice, "-s", SPEED, "-a", "140", "-w"])
        .arg(wav)
        .arg("--")
        .arg(text)
        .status()
        .context("espeak-ng cannot be run; `cargo xtask setup` installs it")?;
    ensure!(status.success(), "espeak-ng failed on “{text}”: {status}");
    read_wav(&std::fs::read(wav)?)
}

/// Reads the samples of a 16-bit mono WAV file at [`RATE`].
fn read_wav(bytes: &[u8]) -> Result<Vec<f32>> {
    let u32_at = |at: usize| -> Option<u32> {
        Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
    };
    ensure!(bytes.starts_with(b"RIFF"), "not a WAV file");
    let mut at = 12;
    while let (Some(name), Some(size)) = (bytes.get(at..at + 4), u32_at(at + 4)) {
        let body = at + 8;
        if name == b"fmt " {
            ensure!(
                u32_at(body + 4) == Some(RATE),
                "the voice is not at {RATE} Hz"
            );
        }
        if name == b"data" {
            // A size beyond the end means "until the end" in streamed files.
            let end = (body + size as usize).min(bytes.len());
            let data = bytes.get(body..end).unwrap_or_default();
            let sample = |b: &[u8]| b.try_into().ok().map(i16::from_le_bytes);
            return Ok(data
                .chunks_exact(2)
                .filter_map(sample)
                .map(|s| f32::from(s) / 32_768.0)
                .collect());
        }
        at = body + size as usize + (size as usize & 1);
    }
    bail!("the WAV file has no sound")
}

/// Cuts the silence that espeak-ng adds at both ends, so that a cue is exactly its sound.
fn trimmed(samples: &[f32]) -> Vec<f32> {
    let loud = |s: &f32| s.abs() > 0.01;
    let first = samples.iter().position(loud).unwrap_or(0);
    let last = samples.iter().rposition(loud).map_or(0, |i| i + 1);
    samples.get(first..last).unwrap_or_default().to_vec()
}

/// A laugh: falling bursts of a voiced tone with breath noise.
fn laughter() -> Vec<f32> {
    let mut sound = Vec::new();
    let mut phase = 0.0_f32;
    let mut noise = Noise(7);
    for burst in 0_u8..7 {
        let strength = 0.34 - 0.03 * f32::from(burst);
        let pitch = 330.0 - 14.0 * f32::from(burst);
        let length = (RATE as f32 * 0.105) as usize;
        for i in 0..length {
            let t = i as f32 / length as f32;
            phase += pitch * (1.0 - 0.12 * t) / RATE as f32;
            let tone: f32 = (1_u8..=8)
                .map(|h| (std::f32::consts::TAU * phase * f32::from(h)).sin() / f32::from(h))
                .sum();
            let envelope = (std::f32::consts::PI * t.sqrt()).sin();
            sound.push(strength * envelope * (0.55 * tone + 0.35 * noise.next()));
        }
        for _ in 0..(RATE as usize * 6 / 100) {
            sound.push(0.02 * noise.next());
        }
    }
    sound
}

fn silence(samples: &mut Vec<f32>, secs: f64) {
    let count = (secs.max(0.0) * f64::from(RATE)).round() as usize;
    samples.resize(samples.len() + count, 0.0);
}

/// A recording is never perfectly silent: noise at about −66 dBFS.
fn room_tone(samples: &mut [f32]) {
    let mut noise = Noise(1);
    for sample in samples {
        *sample += 0.0009 * noise.next();
    }
}

fn secs(samples: &[f32]) -> f64 {
    samples.len() as f64 / f64::from(RATE)
}

fn clock(secs: f64) -> String {
    let ms = (secs * 1000.0).round() as u64;
    let (h, m, s) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    format!("{h:02}:{m:02}:{s:02},{:03}", ms % 1000)
}

/// White noise from a fixed seed (the constants of Numerical Recipes), so that the film is the
/// same every time.
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / 8_388_608.0 - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> (Script, Plan) {
        let script = Script::parse(
            "language='en'\nvoice='en-us'\n\
             [[scene]]\nlayout='left'\ntitle='A'\nbullets=['x']\nlines=['Hello.', '[laughter]']\n\
             [[scene]]\nlayout='slide'\ntitle='B'\nlines=['How are you?']",
        )
        .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let plan = speak(&script, folder.path()).unwrap();
        (script, plan)
    }

    #[test]
    fn cues_are_where_the_sound_is() {
        let (_, plan) = plan();
        let level = |from: f64, to: f64| {
            let at = |t: f64| (t * f64::from(RATE)) as usize;
            let part = &plan.samples[at(from)..at(to)];
            (part.iter().map(|s| s * s).sum::<f32>() / part.len() as f32).sqrt()
        };
        for cue in &plan.cues {
            assert!(
                level(cue.start, cue.end) > 0.03,
                "sound during “{}”",
                cue.text
            );
            assert!(
                level(cue.start - 0.3, cue.start) < 0.002,
                "silence before “{}”",
                cue.text
            );
            assert!(
                level(cue.end, cue.end + 0.3) < 0.002,
                "silence after “{}”",
                cue.text
            );
        }
    }

    #[test]
    fn scenes_cut_in_the_silence_between_their_lines() {
        let (script, plan) = plan();
        assert!(plan.starts[0].abs() < 1e-9, "the film starts with a scene");
        assert!(plan.starts[1] > plan.cues[1].end && plan.starts[1] < plan.cues[2].start);
        assert_eq!(plan.scene_at(plan.cues[1].end), 0);
        assert_eq!(plan.scene_at(plan.cues[2].start), 1);
        assert_eq!(plan.shown_at(&script, plan.cues[0].start), 0);
        assert_eq!(plan.shown_at(&script, plan.cues[1].start), 1);
    }

    #[test]
    fn the_mouth_is_open_in_speech_and_shut_in_silence() {
        let (_, plan) = plan();
        let mouth = plan.mouth(25);
        let frame = |t: f64| (t * 25.0) as usize;
        assert!(mouth[frame(0.3)] < 0.01, "shut before the first line");
        let spoken = &mouth[frame(plan.cues[0].start)..frame(plan.cues[0].end)];
        assert!(
            spoken.iter().any(|m| *m > 0.5),
            "wide open at least once: {spoken:?}"
        );
        assert!(mouth.iter().all(|m| (0.0..=1.0).contains(m)));
    }

    #[test]
    fn subtitles_are_srt() {
        let (_, plan) = plan();
        let srt = plan.srt();
        assert!(srt.starts_with("1\n00:00:00,800 --> 00:00:0"), "{srt}");
        assert!(srt.contains("\n[laughter]\n\n3\n"), "{srt}");
    }

    #[test]
    fn a_wav_file_reads_back() {
        let plan = Plan {
            cues: Vec::new(),
            starts: Vec::new(),
            duration: 0.0,
            samples: vec![0.0, 0.5, -0.5],
        };
        let back = read_wav(&plan.wav()).unwrap();
        assert_eq!(back.len(), 3);
        assert!(
            (back[1] - 0.5).abs() < 1e-3 && (back[2] + 0.5).abs() < 1e-3,
            "{back:?}"
        );
    }
}

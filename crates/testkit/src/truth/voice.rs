//! When somebody speaks, and how loud files are after ffmpeg.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::json;

/// Words as start and end.
pub type Words = Vec<(f64, f64)>;

/// A recording with the times of its words.
#[derive(Debug, Clone)]
pub struct Spoken {
    /// The recording.
    pub file: PathBuf,
    /// Its words, silences left out.
    pub words: Words,
}

/// Returns the recordings whose words have times that hold for edges.
pub fn spoken(shared: &Path) -> Result<Vec<Spoken>> {
    let folder = shared.join("media/speech");
    let mut all = Vec::new();
    for name in ["mfa/acoustic_corpus", "mfa/cold_corpus"] {
        let grid = std::fs::read_to_string(folder.join(format!("{name}.TextGrid")))?;
        all.push(Spoken {
            file: folder.join(format!("{name}.wav")),
            words: textgrid(&grid).with_context(|| name.to_owned())?,
        });
    }
    for number in ["0870", "0880", "0890"] {
        let name = format!("librivox_ps/sense_and_sensibility_01_austen_64kb-{number}");
        let aligned = json(&folder.join(format!("{name}.json")))?;
        all.push(Spoken {
            file: folder.join(format!("{name}.wav")),
            words: pocketsphinx(&aligned).with_context(|| name.clone())?,
        });
    }
    Ok(all)
}

/// Reads the tier `words` of a TextGrid in its short form.
fn textgrid(text: &str) -> Option<Words> {
    let mut lines = text
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != "\"words\"");
    // The tier's name, start and end come before the number of its entries.
    let count: usize = lines.nth(3)?.parse().ok()?;
    let entries: Vec<&str> = lines.take(3 * count).collect();
    let words = entries.chunks_exact(3).filter_map(|entry| match entry {
        [_, _, word] if matches!(word.trim_matches('"'), "" | "sil" | "sp") => None,
        [start, end, _] => Some((start.parse().ok()?, end.parse().ok()?)),
        _ => None,
    });
    Some(words.collect())
}

fn pocketsphinx(json: &Value) -> Option<Words> {
    let words = json.get("w")?.as_array()?.iter().filter_map(|word| {
        let start = word.get("b")?.as_f64()?;
        let end = start + word.get("d")?.as_f64()?;
        let silence = word.get("t")?.as_str()?.starts_with('<');
        (!silence).then_some((start, end))
    });
    Some(words.collect())
}

/// Joins words into runs: gaps under 0.2 s are merged, as in the definition of speech.
pub fn runs(words: &[(f64, f64)]) -> Words {
    let mut runs: Words = Vec::new();
    for &(start, end) in words {
        match runs.last_mut() {
            Some(last) if start - last.1 < 0.2 => last.1 = end,
            _ => runs.push((start, end)),
        }
    }
    runs
}

/// Returns the recordings of which the number of runs of speech is known.
pub fn speech_runs(shared: &Path) -> Result<Vec<(PathBuf, usize)>> {
    let folder = shared.join("media/speech/vad");
    let expected = json(&folder.join("expected.json"))?;
    let files = expected.get("files").and_then(Value::as_object);
    let files = files.context("a table of files")?.iter();
    files
        .map(|(name, counts)| {
            let runs = counts.get("speech_runs").and_then(Value::as_u64);
            Ok((
                folder.join(name),
                runs.context("a number of runs")? as usize,
            ))
        })
        .collect()
}

/// Returns integrated loudness in LUFS and true peak in dBTP after ffmpeg.
pub fn loudness(path: &Path) -> Result<(f64, f64)> {
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-hide_banner", "-i"])
        .arg(path)
        .args(["-filter_complex", "ebur128=peak=true", "-f", "null", "-"])
        .output()
        .context("tests measure with ffmpeg: install the package ffmpeg")?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let summary = text.rsplit_once("Summary:").context("no summary")?.1;
    let value = |label: &str| -> Result<f64> {
        let after = summary.split_once(label).context("a label is missing")?.1;
        let number = after.split_whitespace().next().context("no number")?;
        Ok(number.parse()?)
    };
    Ok((value("I:")?, value("Peak:")?))
}

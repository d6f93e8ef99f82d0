//! Faces on photographs, boxed by hand, and in films, boxed by another detector.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{Rect, json, numbers};

/// A photograph with its faces.
#[derive(Debug, Clone)]
pub struct Photograph {
    /// Its file's name.
    pub file: String,
    /// The faces.
    pub faces: Vec<Rect>,
    /// Boxes that are neither to be found nor wrong.
    pub ignored: Vec<Rect>,
}

/// Returns the photographs that a dlib list names.
pub fn photographs(list: &Path) -> Result<Vec<Photograph>> {
    let bytes = std::fs::read(list).with_context(|| list.display().to_string())?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let value = |line: &str, name: &str| -> Option<String> {
        let after = line.split_once(&format!(" {name}='"))?.1;
        Some(after.split_once('\'')?.0.to_owned())
    };
    let mut all: Vec<Photograph> = Vec::new();
    for line in text.lines() {
        if line.contains("<image ") {
            all.push(Photograph {
                file: value(line, "file").context("an image without a file")?,
                faces: Vec::new(),
                ignored: Vec::new(),
            });
        }
        if line.contains("<box ") {
            let number = |name| -> Result<f64> {
                let text = value(line, name).with_context(|| format!("a box without {name}"))?;
                Ok(text.parse()?)
            };
            let pixels = [
                number("left")?,
                number("top")?,
                number("width")?,
                number("height")?,
            ];
            let photograph = all.last_mut().context("a box before any image")?;
            if value(line, "ignore").is_some_and(|ignore| ignore == "1") {
                photograph.ignored.push(pixels);
            } else {
                photograph.faces.push(pixels);
            }
        }
    }
    Ok(all)
}

/// A film with the faces at even distances of time.
#[derive(Debug, Clone)]
pub struct Annotated {
    /// Its file's name.
    pub file: String,
    /// Width and height as shown.
    pub picture: (u32, u32),
    /// Time from one sample to the next.
    pub step: f64,
    /// Each sample's time and its faces with their scores.
    pub samples: Vec<(f64, Vec<(Rect, f32)>)>,
    /// Known hard cuts.
    pub cuts: Vec<f64>,
}

fn film(path: &Path, cuts: Vec<f64>) -> Result<Annotated> {
    let json = json(path)?;
    let field = |name: &str| {
        let value = json.get(name);
        value.with_context(|| format!("{}: no `{name}`", path.display()))
    };
    let size = |name: &str| -> Result<u32> {
        Ok(u32::try_from(field(name)?.as_u64().context("a size")?)?)
    };
    let frames = field("frames")?.as_array().context("frames")?.iter();
    let samples = frames.map(|frame| {
        let faces = frame.get("faces").and_then(Value::as_array);
        let faces = faces.context("faces")?.iter().map(|face| {
            let [x, y, w, h, score] = numbers(face)[..] else {
                anyhow::bail!("a face is five numbers, not {face}");
            };
            Ok(([x, y, w, h], score as f32))
        });
        let time = frame.get("t").and_then(Value::as_f64).context("a time")?;
        Ok((time, faces.collect::<Result<_>>()?))
    });
    Ok(Annotated {
        file: field("file")?.as_str().context("a name")?.to_owned(),
        picture: (size("w")?, size("h")?),
        step: 1.0 / field("sample_fps")?.as_f64().context("a rate")?,
        samples: samples.collect::<Result<_>>()?,
        cuts,
    })
}

impl Annotated {
    /// Returns the film with each sample at the time of the picture that was annotated.
    ///
    /// The annotations were made from `ffmpeg -vf fps=5` and are numbered evenly. That filter takes
    /// the last picture that is nearer to a sample's time than to the next one's, so what a sample
    /// tells is seen up to half a step later than it says: 0.07 s at 30 pictures a second, in which
    /// a running dog gets further by half its head.
    pub fn at_pictures(mut self, file: &Path) -> Result<Self> {
        let times = picture_times(file)?;
        let first = times.first().copied().context("no pictures")?;
        for (time, _) in &mut self.samples {
            let until = first + *time + self.step / 2.0 - 1e-6;
            let after = times.partition_point(|shown| *shown < until);
            let shown = times.get(after.saturating_sub(1)).copied();
            *time = shown.map_or(*time, |shown| shown - first);
        }
        Ok(self)
    }

    /// Returns the film with its boxes in a picture of the width and height as shown. What was
    /// annotated is the picture as coded where pixels are not square.
    #[must_use]
    pub fn as_shown(mut self, picture: (u32, u32)) -> Self {
        let across = f64::from(picture.0) / f64::from(self.picture.0);
        let down = f64::from(picture.1) / f64::from(self.picture.1);
        for ([x, y, w, h], _) in self.samples.iter_mut().flat_map(|sample| &mut sample.1) {
            *x *= across;
            *w *= across;
            *y *= down;
            *h *= down;
        }
        self.picture = picture;
        self
    }
}

/// Returns when each picture of a film is shown, in seconds and in order.
fn picture_times(file: &Path) -> Result<Vec<f64>> {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "v:0"])
        .args(["-show_entries", "packet=pts_time", "-of", "csv=p=0"])
        .arg(file)
        .output()
        .context("the package ffmpeg brings ffprobe")?;
    let text = String::from_utf8(output.stdout)?;
    let times = text.lines().map(|line| line.trim_matches([' ', ',']));
    let mut times: Vec<f64> = times.filter_map(|time| time.parse().ok()).collect();
    anyhow::ensure!(
        !times.is_empty(),
        "{}: no picture has a time",
        file.display()
    );
    times.sort_by(f64::total_cmp);
    Ok(times)
}

/// Returns every annotated film, with or without faces.
pub fn annotated(shared: &Path) -> Result<Vec<Annotated>> {
    let folder = shared.join("media/video/annotations");
    let cuts = json(&folder.join("cuts.json"))?;
    let mut films = Vec::new();
    for name in crate::names(&folder)? {
        if let Some(file) = name.strip_suffix(".faces.json") {
            let known = cuts
                .get(file)
                .and_then(|entry| entry.get("hard_cuts_pts_s"));
            films.push(film(
                &folder.join(&name),
                known.map_or_else(Vec::new, numbers),
            )?);
        }
    }
    Ok(films)
}

/// Returns the film of ten talkers.
pub fn talkers(shared: &Path) -> Result<Annotated> {
    let folder = shared.join("media/derived");
    let truth = json(&folder.join("ground_truth.json"))?;
    let name = "grid_ten_talkers_cuts.mp4";
    let entry = truth.get(name).and_then(|entry| entry.get("hard_cuts_s"));
    let cuts = numbers(entry.context("the talkers' cuts")?);
    film(&folder.join(format!("{name}.faces.json")), cuts)
}

//! Real face detections from the shared folder, and analyses made of given faces.

#![allow(dead_code, reason = "each test program uses a part of this module")]

use footage::Analysis;
use footage::picture::{FaceSample, Motion, PixelBox, Shot, Transition};
use footage::sound::{Loudness, LoudnessCurve, Waveform};
use footage::streams::Streams;
use footage::time::{SourceRange, SourceTime, Ticks};
use story::tracking::{ShotMark, Tracker};

/// Detections at the sampled times of one file.
pub(crate) struct Detections {
    pub(crate) name: String,
    pub(crate) picture: (u32, u32),
    pub(crate) frames: Vec<(f64, Vec<(PixelBox, f32)>)>,
    pub(crate) step: f64,
}

impl Detections {
    pub(crate) fn duration(&self) -> f64 {
        self.frames.last().map_or(0.0, |frame| frame.0) + self.step
    }

    /// Returns the samples that the tracker makes of the detections.
    pub(crate) fn tracked(&self, cuts: &[f64]) -> Vec<FaceSample> {
        let mut tracker = Tracker::new(self.picture);
        let mut previous = f64::NEG_INFINITY;
        let mut samples = Vec::new();
        for (time, found) in &self.frames {
            let cut = cuts.iter().any(|cut| previous < *cut && *cut <= *time);
            let mark = if cut || samples.is_empty() {
                ShotMark::Starts
            } else {
                ShotMark::Continues
            };
            samples.push(tracker.push(SourceTime::from_secs(*time), mark, found.clone()));
            previous = *time;
        }
        samples
    }
}

/// Returns an analysis with nothing but shots and faces.
pub(crate) fn analysis(duration: f64, cuts: &[f64], faces: Vec<FaceSample>) -> Analysis {
    let mut starts = vec![0.0];
    starts.extend(cuts.iter().copied().filter(|cut| *cut < duration));
    let ends = starts.iter().skip(1).copied().chain([duration]);
    let shots = starts.iter().zip(ends).map(|(start, end)| Shot {
        range: SourceRange::from_secs(*start, end),
        transition_in: if *start > 0.0 {
            Transition::Cut
        } else {
            Transition::None
        },
    });
    Analysis {
        streams: Streams::default(),
        duration: Ticks::from_secs(duration),
        loudness: Loudness::default(),
        loudness_curve: LoudnessCurve::default(),
        silences: Vec::new(),
        speech: Vec::new(),
        shots: shots.collect(),
        faces,
        motion: Motion::default(),
        waveform: Waveform::default(),
        damage: None,
    }
}

/// Returns the detections of a `.faces.json` file below the shared media folder.
pub(crate) fn detections(path: &str) -> Option<Detections> {
    let text = std::fs::read_to_string(testkit::shared()?.join("media").join(path)).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let frames = json["frames"].as_array().unwrap().iter().map(|frame| {
        let faces = frame["faces"].as_array().unwrap().iter().map(|face| {
            let number = |index: usize| face[index].as_f64().unwrap();
            let pixels = PixelBox {
                x: number(0),
                y: number(1),
                w: number(2),
                h: number(3),
            };
            (pixels, number(4) as f32)
        });
        (frame["t"].as_f64().unwrap(), faces.collect())
    });
    let size = |key: &str| json[key].as_u64().unwrap() as u32;
    Some(Detections {
        name: json["file"].as_str().unwrap().to_owned(),
        picture: (size("w"), size("h")),
        frames: frames.collect(),
        step: 1.0 / json["sample_fps"].as_f64().unwrap(),
    })
}

/// Returns every annotated file that holds a face, with its known cuts.
pub(crate) fn annotated() -> Vec<(Detections, Vec<f64>)> {
    let Some(folder) = testkit::shared() else {
        return Vec::new();
    };
    let below = folder.join("media/video/annotations");
    let text = std::fs::read_to_string(below.join("cuts.json")).unwrap();
    let cuts: serde_json::Value = serde_json::from_str(&text).unwrap();
    let names = testkit::names(&below).unwrap();
    names
        .iter()
        .filter(|name| name.ends_with(".faces.json"))
        .filter_map(|name| detections(&format!("video/annotations/{name}")))
        .filter(|file| file.frames.iter().any(|frame| !frame.1.is_empty()))
        .map(|file| {
            let known = cuts[&file.name]["hard_cuts_pts_s"].as_array();
            let cuts = known.map_or_else(Vec::new, |list| {
                list.iter().map(|cut| cut.as_f64().unwrap()).collect()
            });
            (file, cuts)
        })
        .collect()
}

/// Returns the talkers' file with its cuts.
pub(crate) fn ten_talkers() -> Option<(Detections, Vec<f64>)> {
    let folder = testkit::shared()?;
    let text = std::fs::read_to_string(folder.join("media/derived/ground_truth.json")).unwrap();
    let truth: serde_json::Value = serde_json::from_str(&text).unwrap();
    let cuts = &truth["grid_ten_talkers_cuts.mp4"]["hard_cuts_s"];
    let cuts = cuts
        .as_array()
        .unwrap()
        .iter()
        .map(|cut| cut.as_f64().unwrap())
        .collect();
    Some((
        detections("derived/grid_ten_talkers_cuts.mp4.faces.json")?,
        cuts,
    ))
}

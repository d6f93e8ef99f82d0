//! Real face detections from the shared folder, and analyses made of given faces.

#![allow(dead_code, reason = "each test program uses a part of this module")]

use footage::Analysis;
use footage::picture::{FaceSample, Motion, PixelBox, Shot, Transition};
use footage::sound::{Loudness, LoudnessCurve, Waveform};
use footage::streams::Streams;
use footage::time::{SourceRange, SourceTime, Ticks};
use story::tracking::{ShotMark, Tracker};
use testkit::truth::{self, Annotated};

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

impl From<Annotated> for Detections {
    fn from(film: Annotated) -> Self {
        let frames = film.samples.into_iter().map(|(time, faces)| {
            let faces = faces
                .into_iter()
                .map(|([x, y, w, h], score)| (PixelBox { x, y, w, h }, score));
            (time, faces.collect())
        });
        Self {
            name: film.file,
            picture: film.picture,
            frames: frames.collect(),
            step: film.step,
        }
    }
}

/// Returns every annotated file that holds a face, with its known cuts.
pub(crate) fn annotated() -> Vec<(Detections, Vec<f64>)> {
    let Some(folder) = testkit::shared() else {
        return Vec::new();
    };
    let films = truth::annotated(&folder).unwrap().into_iter();
    films
        .filter(|film| film.samples.iter().any(|sample| !sample.1.is_empty()))
        .map(|film| (film.cuts.clone(), film))
        .map(|(cuts, film)| (film.into(), cuts))
        .collect()
}

/// Returns the talkers' file with its cuts.
pub(crate) fn ten_talkers() -> Option<(Detections, Vec<f64>)> {
    let film = truth::talkers(&testkit::shared()?).unwrap();
    let cuts = film.cuts.clone();
    Some((film.into(), cuts))
}

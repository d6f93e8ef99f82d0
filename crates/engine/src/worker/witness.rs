//! Sees the faces and hears the voices while a file is decoded once.

use std::collections::BTreeMap;

use ai::faces::{ColourImage, Continuity, FaceScanner, GrayImage, movement};
use ai::voice::VoiceActivity;
use footage::picture::{FaceSample, PixelBox, TrackId};
use footage::time::{SourceRange, SourceTime, Ticks};
use media::{FacePicture, Observer, ShotStart};
use story::tracking::{ShotMark, Tracker};
use task::Cancel;

use crate::Error;

/// Pictures that are asked for: a mouth opens and closes up to five times a second.
pub(super) const PICTURES_PER_SECOND: f64 = 10.0;
/// Longest time between two looks for faces within a shot; between them only mouths are watched.
const LOOK_EVERY: Ticks = Ticks(Ticks::SECOND.0 / 2);

/// What was seen and heard.
pub(super) struct Testimony {
    pub(super) faces: Vec<FaceSample>,
    pub(super) speech: Vec<SourceRange>,
}

/// Takes pictures and sound of one source.
pub(super) struct Witness {
    scanner: FaceScanner,
    tracker: Tracker,
    voice: VoiceActivity,
    samples: Vec<FaceSample>,
    /// When faces were looked for.
    looked: Option<SourceTime>,
    before: Option<FacePicture>,
    /// Known faces in pixels of the pictures, and how much their mouths moved since.
    mouths: BTreeMap<TrackId, Mouth>,
    failure: Option<Error>,
    cancel: Cancel,
}

#[derive(Debug, Clone, Copy)]
struct Mouth {
    face: PixelBox,
    moved: f32,
    pictures: u32,
}

impl Witness {
    /// Returns a witness for a picture of `(width, height)` pixels.
    pub(super) fn new(picture: (u32, u32), cancel: &Cancel) -> Result<Self, Error> {
        Ok(Self {
            scanner: FaceScanner::new()?,
            tracker: Tracker::new(picture),
            voice: VoiceActivity::new(),
            samples: Vec::new(),
            looked: None,
            before: None,
            mouths: BTreeMap::new(),
            failure: None,
            cancel: cancel.clone(),
        })
    }

    /// Returns what was seen and heard, or why looking failed.
    pub(super) fn testimony(self) -> Result<Testimony, Error> {
        match self.failure {
            Some(failure) => Err(failure),
            None => Ok(Testimony {
                faces: self.samples,
                speech: self.voice.finish(),
            }),
        }
    }

    fn see(&mut self, frame: FacePicture) -> Result<(), Error> {
        if frame.shot == ShotStart::Starts {
            self.mouths.clear();
        } else {
            self.watch(&frame)?;
        }
        if self.is_due(&frame) {
            self.looked = Some(frame.time);
            let sample = self.look(&frame)?;
            self.samples.push(sample);
        } else {
            let image = GrayImage::new(frame.width, frame.height, &frame.gray)?;
            self.scanner.follow(image);
        }
        self.before = Some(frame);
        Ok(())
    }

    /// Returns whether faces are to be looked for: waiting for the next picture would be too late.
    fn is_due(&self, frame: &FacePicture) -> bool {
        let step = self
            .before
            .as_ref()
            .map_or(Ticks::ZERO, |before| frame.time - before.time);
        frame.shot == ShotStart::Starts
            || self
                .looked
                .is_none_or(|looked| frame.time - looked + step > LOOK_EVERY)
    }

    fn watch(&mut self, frame: &FacePicture) -> Result<(), Error> {
        let Some(before) = &self.before else {
            return Ok(());
        };
        let old = GrayImage::new(before.width, before.height, &before.gray)?;
        let new = GrayImage::new(frame.width, frame.height, &frame.gray)?;
        for mouth in self.mouths.values_mut() {
            mouth.moved += movement(old, new, mouth.face);
            mouth.pictures += 1;
        }
        Ok(())
    }

    fn look(&mut self, frame: &FacePicture) -> Result<FaceSample, Error> {
        let image = GrayImage::new(frame.width, frame.height, &frame.gray)?;
        let rgb = frame.rgb();
        let colour = ColourImage::new(frame.width, frame.height, &rgb)?;
        let (continuity, mark) = match frame.shot {
            ShotStart::Starts => (Continuity::ShotStart, ShotMark::Starts),
            ShotStart::Continues => (Continuity::SameShot, ShotMark::Continues),
        };
        let found = self.scanner.look(frame.time, continuity, colour, image);
        let (across, down) = frame.scale;
        let faces = found.into_iter();
        let faces = faces.map(|face| (face.pixels.scaled(across, down), face.score));
        let mut sample = self.tracker.push(frame.time, mark, faces.collect());
        let watched = std::mem::take(&mut self.mouths);
        for face in &mut sample.boxes {
            if let Some(mouth) = watched.get(&face.track) {
                face.mouth = mouth.moved / mouth.pictures.max(1) as f32;
            }
            let PixelBox { x, y, w, h } = face.pixels;
            let known = Mouth {
                face: PixelBox {
                    x: x / across,
                    y: y / down,
                    w: w / across,
                    h: h / down,
                },
                moved: 0.0,
                pictures: 0,
            };
            self.mouths.insert(face.track, known);
        }
        Ok(sample)
    }
}

impl Observer for Witness {
    fn picture(&mut self, picture: FacePicture) {
        if self.failure.is_some() {
            return;
        }
        if let Err(error) = self.see(picture) {
            self.failure = Some(error);
            // The rest of the pass would be thrown away.
            self.cancel.cancel();
        }
    }

    fn voice(&mut self, samples: &[f32], _start: SourceTime) {
        self.voice.push(samples);
    }
}

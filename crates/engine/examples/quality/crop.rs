//! Crop paths of annotated films for a vertical frame.

use anyhow::Result;
use footage::Analysis;
use footage::picture::PixelBox;
use footage::time::{FrameRate, SourceRange, SourceTime};
use testkit::truth::Annotated;
use timeline::crop::CropPath;
use timeline::project::{Format, Framing};

use crate::bench::Bench;
use crate::persons::{Person, persons};
use crate::table::{Figure, line};
use crate::tracks::{analysed, films};

/// Of a face's box this much may be cut off each side.
const SHRUNK: f64 = 0.05;
/// A face is static when its box moves by less than this share of its width in a second.
const STATIC: f64 = 0.02;
/// Limits of a smooth crop, in its widths per second and per second².
const SPEED: f64 = 0.6;
const ACCELERATION: f64 = 1.2;

/// What one film's crop does.
struct Outcome {
    samples: usize,
    largest: usize,
    centred: usize,
    rough: usize,
    restless: usize,
    still: usize,
    /// Moments in seconds that have a face and show none whole.
    missed: Vec<f64>,
}

impl Outcome {
    fn inside(&self) -> usize {
        self.samples - self.missed.len()
    }

    /// Returns the missed moments in words, those in a row together.
    fn missed(&self, step: f64) -> String {
        let rows = self.missed.chunk_by(|a, b| b - a < 1.5 * step);
        let told = rows.filter_map(|row| match row {
            [] => None,
            [moment] => Some(format!(" {moment:.1}")),
            [from, .., to] => Some(format!(" {from:.1}-{to:.1}")),
        });
        let told: String = told.collect();
        if told.is_empty() {
            told
        } else {
            format!("; missed at{told} s")
        }
    }
}

/// Measures the row.
pub(crate) fn measure(bench: &Bench) -> Result<Vec<Figure>> {
    let (mut samples, mut inside, mut largest) = (0, 0, 0);
    let (mut rough, mut restless, mut still) = (0, 0, 0);
    let (mut off_centre, mut better, mut vertical, mut left_alone) = (0, 0, 0, 0);
    for film in films(bench)? {
        let (film, analysis) = analysed(bench, film)?;
        let Framing::Crop(path) = framing(&analysis, film.picture) else {
            vertical += usize::from(film.picture.0 < film.picture.1);
            left_alone += usize::from(film.picture.0 < film.picture.1);
            line(&format!("{:52} shown whole", film.file));
            continue;
        };
        vertical += usize::from(film.picture.0 < film.picture.1);
        let found = judge(&film, &analysis, &path);
        line(&format!(
            "{:52} {} samples: a face inside {}, the largest {}, centred {}; {} rough, {} of {} static moved{}",
            film.file,
            found.samples,
            found.inside(),
            found.largest,
            found.centred,
            found.rough,
            found.restless,
            found.still,
            found.missed(film.step)
        ));
        samples += found.samples;
        inside += found.inside();
        largest += found.largest;
        rough += found.rough;
        restless += found.restless;
        still += found.still;
        if found.centred < found.samples {
            off_centre += 1;
            better += usize::from(found.inside() > found.centred);
        }
    }
    let share = |count: usize| count as f64 / samples.max(1) as f64;
    Ok(vec![
        Figure::at_least(
            "samples with a face that have it inside",
            share(inside),
            0.98,
        ),
        Figure::told(
            "  of those with the largest face inside",
            format!("{:.3}", share(largest)),
        ),
        Figure::all(
            "films with an off-centre face better than centred",
            better,
            off_centre,
        ),
        Figure::none("frames over the limits of a smooth crop", rough),
        Figure::none(
            &format!("of {still} static seconds, with a crop that moves"),
            restless,
        ),
        Figure::all(
            "vertical pictures that are not cropped",
            left_alone,
            vertical,
        ),
    ])
}

fn framing(analysis: &Analysis, picture: (u32, u32)) -> Framing {
    let whole = SourceRange::new(SourceTime::ZERO, SourceTime::ZERO + analysis.duration);
    let rate = analysis
        .streams
        .chosen_video()
        .and_then(|(_, video)| video.rate);
    let format = Format {
        width: 1080,
        height: 1920,
        rate: rate.unwrap_or(FrameRate { num: 30, den: 1 }),
    };
    story::framing::frame(analysis, picture, &[whole], &format)
}

fn judge(film: &Annotated, analysis: &Analysis, path: &CropPath) -> Outcome {
    let picture = (f64::from(film.picture.0), f64::from(film.picture.1));
    let centre = centred(path, picture);
    let pixels = |[x, y, w, h]: [f64; 4]| PixelBox { x, y, w, h };
    let mut found = Outcome {
        samples: 0,
        largest: 0,
        centred: 0,
        rough: rough(analysis, path),
        restless: 0,
        still: 0,
        missed: Vec::new(),
    };
    for (time, faces) in &film.samples {
        let mut faces: Vec<PixelBox> = faces.iter().map(|face| pixels(face.0)).collect();
        faces.sort_by(|a, b| b.area().total_cmp(&a.area()));
        let Some(crop) = path.at(SourceTime::from_secs(*time)) else {
            continue;
        };
        let Some(first) = faces.first() else {
            continue;
        };
        let holds = |crop: PixelBox, face: &PixelBox| crop.holds(face.shrunk(SHRUNK));
        found.samples += 1;
        if !faces.iter().any(|face| holds(crop, face)) {
            found.missed.push(*time);
        }
        found.largest += usize::from(holds(crop, first));
        found.centred += usize::from(faces.iter().any(|face| holds(centre, face)));
    }
    let persons = persons(film);
    let seconds = persons
        .iter()
        .flat_map(|person| static_seconds(person, &persons));
    for (from, to) in seconds {
        found.still += 1;
        found.restless += usize::from(moves(analysis, path, from, to));
    }
    found
}

/// Returns the crop in the middle of the picture.
fn centred(path: &CropPath, picture: (f64, f64)) -> PixelBox {
    let crop = path
        .keys
        .first()
        .map_or(PixelBox::default(), |key| key.pixels);
    PixelBox {
        x: (picture.0 - crop.w) / 2.0,
        y: (picture.1 - crop.h) / 2.0,
        ..crop
    }
}

/// Returns the seconds in which a person's face is static and the largest one.
fn static_seconds(person: &Person, all: &[Person]) -> Vec<(f64, f64)> {
    let largest = |time: f64, pixels: PixelBox| {
        let others = all.iter().flat_map(|person| &person.places);
        others
            .filter(|place| (place.0 - time).abs() < 1e-6)
            .all(|place| place.1.area() <= pixels.area())
    };
    let mut seconds = Vec::new();
    for (index, (from, first)) in person.places.iter().enumerate() {
        let window: Vec<&(f64, PixelBox)> = person
            .places
            .iter()
            .skip(index)
            .take_while(|place| place.0 - from <= 1.0 + 1e-6)
            .collect();
        let Some((to, _)) = window.last() else {
            continue;
        };
        if to - from < 1.0 - 1e-6 {
            continue;
        }
        let centres = || window.iter().map(|place| place.1.center_x());
        let low = centres().fold(f64::MAX, f64::min);
        let high = centres().fold(f64::MIN, f64::max);
        let is_largest = window.iter().all(|place| largest(place.0, place.1));
        if high - low < STATIC * first.w && is_largest {
            seconds.push((*from, *to));
        }
    }
    seconds
}

fn moves(analysis: &Analysis, path: &CropPath, from: f64, to: f64) -> bool {
    let frames = ((to - from) * 60.0) as i64;
    let times = (0..=frames).map(|frame| from + frame as f64 / 60.0);
    let cut = analysis.shots.iter().any(|shot| {
        let start = shot.range.start.secs();
        from < start && start <= to
    });
    let places: Vec<f64> = times
        .filter_map(|time| path.at(SourceTime::from_secs(time)))
        .map(|crop| crop.x)
        .collect();
    let low = places.iter().copied().fold(f64::MAX, f64::min);
    let high = places.iter().copied().fold(f64::MIN, f64::max);
    !cut && high - low > 1e-6
}

/// Returns at how many frames the crop is faster or harder than a smooth one, cuts aside.
fn rough(analysis: &Analysis, path: &CropPath) -> usize {
    let fps = 60.0;
    let width = path.keys.first().map_or(1.0, |key| key.pixels.w);
    let x = |frame: i64| {
        let time = SourceTime::from_secs(frame as f64 / fps);
        path.at(time).map_or(0.0, |crop| crop.x)
    };
    let is_cut = |from: f64, to: f64| {
        let mut starts = analysis.shots.iter().map(|shot| shot.range.start.secs());
        starts.any(|start| from <= start + 1e-6 && start - 1e-6 <= to)
    };
    let last = (analysis.duration.secs() * fps) as i64;
    (1..last)
        .filter(|&frame| {
            let at = |frame: i64| frame as f64 / fps;
            if is_cut(at(frame - 1), at(frame + 1)) {
                return false;
            }
            let before = (x(frame) - x(frame - 1)) * fps / width;
            let after = (x(frame + 1) - x(frame)) * fps / width;
            before.abs() > SPEED || ((after - before) * fps).abs() > ACCELERATION
        })
        .count()
}

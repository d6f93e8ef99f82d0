//! Faces on photographs with boxes made by hand, each shown as a film of a second.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use footage::picture::PixelBox;
use testkit::Clip;
use testkit::truth::{self, Photograph};

use crate::bench::Bench;
use crate::table::{Figure, line};

/// A box is on a face when they share this much.
const ON_FACE: f64 = 0.3;

/// Measures the row.
pub(crate) fn measure(bench: &Bench) -> Result<Vec<Figure>> {
    let folder = bench.shared.join("media/faces/dlib");
    let mut photographs: Vec<Photograph> = Vec::new();
    for list in testkit::names(&folder)?.iter().filter(|name| is_list(name)) {
        for photograph in truth::photographs(&folder.join(list))? {
            // Both lists show some photographs; the one with more faces is the fuller one.
            let known = photographs
                .iter_mut()
                .find(|known| known.file == photograph.file);
            match known {
                Some(known) if known.faces.len() < photograph.faces.len() => *known = photograph,
                Some(_) => {}
                None => photographs.push(photograph),
            }
        }
    }
    ensure!(!photographs.is_empty(), "no photograph has boxes");
    let (mut hits, mut wrong, mut faces) = (0, 0, 0);
    for photograph in &photographs {
        let clip = still(&folder.join(&photograph.file), &bench.made)?;
        let analysis = bench.analysis(&clip)?;
        ensure!(!analysis.faces.is_empty(), "{}: no sample", clip.display());
        let (mut found, mut false_ones) = (0, 0);
        for sample in &analysis.faces {
            let boxes: Vec<PixelBox> = sample.boxes.iter().map(|face| face.pixels).collect();
            let result = compared(&boxes, photograph);
            found += result.0;
            false_ones += result.1;
        }
        let samples = analysis.faces.len();
        line(&format!(
            "{:24} {found} of {} faces in {samples} samples, {false_ones} false",
            photograph.file,
            photograph.faces.len() * samples
        ));
        hits += found;
        wrong += false_ones;
        faces += photograph.faces.len() * samples;
    }
    let share = |count: usize| count as f64 / faces as f64;
    Ok(vec![
        Figure::at_least("faces found, recall at IoU 0.3", share(hits), 0.9),
        Figure::at_most("boxes on no face, per face", share(wrong), 0.1),
    ])
}

fn is_list(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|kind| kind == "xml")
}

/// Returns a film of a second that shows a photograph at its own size.
pub(crate) fn still(photograph: &Path, made: &Path) -> Result<PathBuf> {
    let name = photograph.file_stem().context("a photograph has a name")?;
    Clip::new(&name.to_string_lossy())
        .input(&[
            "-loop",
            "1",
            "-framerate",
            "25",
            "-t",
            "1",
            "-i",
            &photograph.to_string_lossy(),
        ])
        // Encoders want even sides; what is added at the right and below moves nothing.
        .options("-vf pad=ceil(iw/2)*2:ceil(ih/2)*2 -c:v libx264 -crf 18 -pix_fmt yuv420p")
        .file(made)
}

/// Returns how many faces were found, and how many boxes are on none.
fn compared(boxes: &[PixelBox], photograph: &Photograph) -> (usize, usize) {
    let pixels = |[x, y, w, h]: [f64; 4]| PixelBox { x, y, w, h };
    let mut open: Vec<PixelBox> = photograph.faces.iter().copied().map(pixels).collect();
    let ignored: Vec<PixelBox> = photograph.ignored.iter().copied().map(pixels).collect();
    let mut wrong = 0;
    for found in boxes {
        if let Some(hit) = open.iter().position(|face| face.iou(*found) >= ON_FACE) {
            open.remove(hit);
        } else if !ignored.iter().any(|face| face.iou(*found) > ON_FACE) {
            wrong += 1;
        }
    }
    (photograph.faces.len() - open.len(), wrong)
}

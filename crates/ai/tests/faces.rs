//! Faces on photographs with boxes made by hand.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops at a surprise, and shows what it measured"
)]

mod shared;

use std::path::Path;

use ai::faces::{ColourImage, Continuity, Detection, FaceDetector, FaceScanner, GrayImage};
use footage::picture::PixelBox;
use footage::time::SourceTime;
use image::RgbImage;
use image::imageops::{FilterType, grayscale, replace, resize};
use shared::shared;
use testkit::truth::{Photograph, Rect, photographs};

/// Returns a box of the annotations.
fn pixels([x, y, w, h]: Rect) -> PixelBox {
    PixelBox { x, y, w, h }
}

/// A photograph at `width` pixels, and the size of the original in sizes of that.
fn scaled(path: &Path, width: u32) -> (RgbImage, f64) {
    let photograph = image::open(path).unwrap().to_rgb8();
    let scale = f64::from(photograph.width()) / f64::from(width);
    let height = (f64::from(photograph.height()) / scale).round() as u32;
    (
        resize(&photograph, width, height, FilterType::Triangle),
        scale,
    )
}

fn picture(image: &RgbImage) -> ColourImage<'_> {
    ColourImage::new(image.width(), image.height(), image.as_raw()).unwrap()
}

/// Returns how many faces were found, and how many boxes are on none.
fn compared(found: &[Detection], scale: f64, photograph: &Photograph) -> (usize, usize) {
    let mut open: Vec<PixelBox> = photograph.faces.iter().copied().map(pixels).collect();
    let mut wrong = 0;
    for detection in found {
        let PixelBox { x, y, w, h } = detection.pixels;
        let place = PixelBox {
            x: x * scale,
            y: y * scale,
            w: w * scale,
            h: h * scale,
        };
        assert!((0.5..=1.0).contains(&detection.score));
        let hit = open.iter().position(|face| face.iou(place) >= 0.3);
        if let Some(hit) = hit {
            open.remove(hit);
        } else if !photograph
            .ignored
            .iter()
            .any(|face| pixels(*face).iou(place) > 0.3)
        {
            wrong += 1;
        }
    }
    (photograph.faces.len() - open.len(), wrong)
}

#[test]
fn faces_on_photographs_are_found() {
    let Some(folder) = shared("media/faces/dlib") else {
        return;
    };
    let detector = FaceDetector::new().unwrap();
    for width in [500, 640] {
        let (mut all, mut hits, mut wrong) = (0, 0, 0);
        for photograph in photographs(&folder.join("testing.xml")).unwrap() {
            let (image, scale) = scaled(&folder.join(&photograph.file), width);
            let found = detector.detect(picture(&image));
            let result = compared(&found, scale, &photograph);
            all += photograph.faces.len();
            hits += result.0;
            wrong += result.1;
        }
        println!("{width} px: {hits} of {all} faces, {wrong} false");
        assert!(all >= 20, "the list was read");
        assert!(
            hits * 10 >= all * 9,
            "recall of at least 0.9: {hits} of {all}"
        );
        assert!(
            wrong * 10 <= all,
            "at most 0.1 false per face: {wrong} on {all}"
        );
    }
}

#[test]
fn known_faces_are_found_in_frame_after_frame() {
    let Some(folder) = shared("media/faces/dlib") else {
        return;
    };
    let mut scanner = FaceScanner::new().unwrap();
    let (mut all, mut hits, mut wrong) = (0, 0, 0);
    for photograph in photographs(&folder.join("testing.xml")).unwrap() {
        let (image, scale) = scaled(&folder.join(&photograph.file), 640);
        let luma = grayscale(&image);
        let gray = GrayImage::new(luma.width(), luma.height(), luma.as_raw()).unwrap();
        for (index, continuity) in [
            Continuity::ShotStart,
            Continuity::SameShot,
            Continuity::SameShot,
            Continuity::SameShot,
        ]
        .into_iter()
        .enumerate()
        {
            let time = SourceTime::from_secs(0.2 * index as f64);
            let found = scanner.look(time, continuity, picture(&image), gray);
            if index > 0 {
                let result = compared(&found, scale, &photograph);
                all += photograph.faces.len();
                hits += result.0;
                wrong += result.1;
            }
        }
    }
    println!("frames: {hits} of {all} faces, {wrong} false");
    assert!(hits * 10 >= all * 9, "{hits} of {all}");
    assert!(wrong * 10 <= all, "{wrong} on {all}");
}

#[test]
fn single_portraits_have_one_face() {
    for (path, faces) in [
        ("media/faces/imageio_astronaut.png", 1),
        ("media/faces/fr/obama.jpg", 1),
        ("media/faces/fr/biden.jpg", 1),
    ] {
        let Some(file) = shared(path) else { return };
        let (image, _) = scaled(&file, 640);
        let found = FaceDetector::new().unwrap().detect(picture(&image));
        assert_eq!(found.len(), faces, "{path}: {found:?}");
    }
}

/// Returns a picture of which `part` shows a photograph that is `width` pixels wide, on gray.
fn on_a_wall(photograph: &Path, width: u32) -> RgbImage {
    let (small, _) = scaled(photograph, width);
    let mut wall = RgbImage::from_pixel(640, 360, image::Rgb([96; 3]));
    replace(&mut wall, &small, 400, 60);
    wall
}

#[test]
fn small_dark_and_half_hidden_faces_are_found() {
    let Some(file) = shared("media/faces/fr/obama.jpg") else {
        return;
    };
    let detector = FaceDetector::new().unwrap();
    let (whole, scale) = scaled(&file, 640);
    let face = detector.detect(picture(&whole))[0].pixels;
    let (across, original) = (face.w * scale, image::image_dimensions(&file).unwrap().0);

    // Some 20 pixels wide in a picture of 640.
    let width = (20.0 / across * f64::from(original)).round() as u32;
    let wall = on_a_wall(&file, width);
    let found = detector.detect(picture(&wall));
    assert_eq!(found.len(), 1, "small: {found:?}");
    assert!((15.0..27.0).contains(&found[0].pixels.w), "{found:?}");

    // An eighth of the light.
    let mut dark = whole.clone();
    dark.iter_mut().for_each(|value| *value /= 8);
    let found = detector.detect(picture(&dark));
    assert_eq!(found.len(), 1, "dark: {found:?}");
    assert!(found[0].pixels.iou(face) > 0.7, "{found:?}");

    // Only one half of it is seen.
    let mut half = whole.clone();
    let middle = face.center_x() as u32;
    for (_, _, pixel) in half.enumerate_pixels_mut().filter(|(x, ..)| *x > middle) {
        pixel.0 = [96; 3];
    }
    let found = detector.detect(picture(&half));
    assert_eq!(found.len(), 1, "half: {found:?}");
}

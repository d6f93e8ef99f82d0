//! Measures what one look for faces costs: `cargo xtask bench faces`.
#![expect(
    clippy::print_stdout,
    reason = "the figures are what this program is for"
)]

use std::error::Error;
use std::time::Instant;

use ai::faces::{ColourImage, FaceDetector};
use image::imageops::{FilterType, crop_imm, resize};

const ROUNDS: u32 = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let shared = testkit::shared().ok_or("the photograph is among the shared material")?;
    let file = shared.join("media/faces/dlib/2008_002470.jpg");
    let photograph = image::open(file)?.to_rgb8();
    let detector = FaceDetector::new()?;
    for width in [500, 640] {
        let height = photograph.height() * width / photograph.width();
        let whole = resize(&photograph, width, height, FilterType::Triangle);
        let wide = crop_imm(&whole, 0, 0, width, width * 9 / 16).to_image();
        let picture = ColourImage::new(wide.width(), wide.height(), wide.as_raw())?;
        let (start, before) = (Instant::now(), processor_ms()?);
        for _ in 0..ROUNDS {
            std::hint::black_box(detector.detect(picture));
        }
        println!(
            "{width} px: {:.1} ms, of a processor {:.1} ms",
            start.elapsed().as_secs_f64() * 1000.0 / f64::from(ROUNDS),
            (processor_ms()? - before) / f64::from(ROUNDS)
        );
    }
    Ok(())
}

/// Returns the time that processors have spent on this program so far, in milliseconds.
///
/// `man 5 proc`: the 14th field of `stat`, in ticks of 10 ms; the second may hold spaces.
fn processor_ms() -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name
        .split_whitespace()
        .nth(11)
        .ok_or("no user time")?;
    Ok(ticks.parse::<f64>()? * 10.0)
}

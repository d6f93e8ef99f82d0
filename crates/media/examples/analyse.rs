//! Prints what one pass over each named file finds and how long it takes.

use std::path::Path;
use std::time::Instant;

use footage::time::SourceTime;
use media::{AnalyseRequest, FacePicture, Observer, Outputs, StreamChoice, analyse, probe};
use task::{Cancel, Progress};

#[derive(Default)]
struct Count {
    pictures: usize,
    samples: usize,
}

impl Observer for Count {
    fn picture(&mut self, _: FacePicture) {
        self.pictures += 1;
    }

    fn voice(&mut self, samples: &[f32], _: SourceTime) {
        self.samples += samples.len();
    }
}

#[expect(clippy::print_stdout, reason = "an example prints")]
fn main() -> media::Result<()> {
    for name in std::env::args().skip(1) {
        let path = Path::new(&name);
        let begun = Instant::now();
        let found = probe(path, &StreamChoice::default())?;
        let probed = begun.elapsed();
        let mut request = AnalyseRequest::new(found);
        request.outputs = Outputs::default();
        let begun = Instant::now();
        let mut count = Count::default();
        let measured = analyse(
            path,
            &request,
            &mut count,
            &Cancel::new(),
            &Progress::silent(),
        )?;
        let took = begun.elapsed();
        println!(
            "{name}: {:.3} s, probe {probed:.2?}, analysis {took:.2?}, {:.2} ms/frame, {:.1} x real time",
            measured.duration.secs(),
            took.as_secs_f64() * 1000.0 / measured.frames.max(1) as f64,
            measured.duration.secs() / took.as_secs_f64(),
        );
        println!(
            "  {} frames, {} pictures, {:.1} s of voice, {:?}",
            measured.frames,
            count.pictures,
            count.samples as f64 / 16_000.0,
            measured.loudness,
        );
        for shot in &measured.shots {
            println!("  {:.3} {:?}", shot.range.start.secs(), shot.transition_in);
        }
    }
    Ok(())
}

//! Measures how long a state of a card takes at 1080×1920: `cargo run --release --example speed`.

use std::time::Instant;

use lettering::{I420, Lettering, Overlay, Plane, SafeArea, blend_i420, presets};
use timeline::caption::{Card, CardWord};
use timeline::time::{SequenceRange, SequenceTime};

const ROUNDS: u32 = 200;

#[expect(
    clippy::print_stdout,
    reason = "the figures are what this program is for"
)]
fn main() {
    let words = ["On", "en", "parle", "vraiment", "beaucoup", "trop"];
    let at = |index: usize| SequenceTime::from_secs(index as f64);
    let card = Card {
        range: SequenceRange::new(at(0), at(words.len())),
        words: words
            .iter()
            .enumerate()
            .map(|(index, text)| CardWord {
                text: (*text).to_owned(),
                range: SequenceRange::new(at(index), at(index + 1)),
                emphasis: false,
            })
            .collect(),
    };
    let frame = (1080_u32, 1920_u32);
    for preset in presets::builtin() {
        let style = &preset.caption;
        let start = Instant::now();
        let mut lettering = Lettering::new();
        let layout = lettering.layout(&card, style, frame, &SafeArea::UNIVERSAL);
        let first = lettering.draw(&layout, &card, style, at(0));
        let cold = start.elapsed();
        let each = |run: &mut dyn FnMut(usize)| {
            let start = Instant::now();
            for round in 0..ROUNDS {
                run(round as usize % words.len());
            }
            start.elapsed() / ROUNDS
        };
        let mut drawing = first;
        let set = each(&mut |_| {
            lettering.layout(&card, style, frame, &SafeArea::UNIVERSAL);
        });
        let draw = each(&mut |word| drawing = lettering.draw(&layout, &card, style, at(word)));
        let mut overlay = Overlay::default();
        let convert = each(&mut |_| overlay = Overlay::new(&drawing));
        let mut y = vec![90_u8; 1080 * 1920];
        let mut u = vec![110_u8; 540 * 960];
        let mut v = vec![140_u8; 540 * 960];
        let blend = each(&mut |_| {
            let plane = |samples, stride| Plane { samples, stride };
            blend_i420(
                &overlay,
                &mut I420 {
                    width: frame.0,
                    height: frame.1,
                    y: plane(&mut y, 1080),
                    u: plane(&mut u, 540),
                    v: plane(&mut v, 540),
                },
            );
        });
        println!(
            "{:6} {}x{}: cold {cold:.2?}, layout {set:.2?}, draw {draw:.2?}, planes {convert:.2?}, blend {blend:.2?}",
            preset.name, overlay.width, overlay.height
        );
    }
}

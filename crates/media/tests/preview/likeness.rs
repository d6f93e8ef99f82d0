//! A frame of the preview is the exported one, smaller.

use std::path::Path;

use footage::picture::PixelBox;
use footage::time::{SourceTime, Ticks};
use timeline::caption::{Card, CardWord};
use timeline::crop::{CropKey, CropPath};
use timeline::project::Framing;
use timeline::time::{SequenceRange, SequenceTime};

use crate::bench::{Bench, Source, clip};
use crate::rate;
use crate::viewer::{Viewer, preview_of};

/// The size of the export; the preview has half of it.
const FRAME: (u32, u32) = (540, 960);

fn cards() -> Vec<Card> {
    let range = |from: f64, to: f64| {
        SequenceRange::new(SequenceTime::from_secs(from), SequenceTime::from_secs(to))
    };
    let word = |text: &str, from: f64, to: f64, emphasis| CardWord {
        text: text.to_owned(),
        range: range(from, to),
        emphasis,
    };
    vec![
        Card {
            range: range(0.0, 1.0),
            words: vec![
                word("Des", 0.0, 0.3, false),
                word("sous-titres", 0.3, 0.6, true),
                word("élégants", 0.6, 1.0, false),
            ],
        },
        Card {
            range: range(1.0, 2.0),
            words: vec![
                word("incompréhensiblement", 1.0, 1.4, false),
                word("longs", 1.4, 1.7, false),
                word("ici", 1.7, 2.0, false),
            ],
        },
    ]
}

#[test]
fn crops_fits_and_captions_look_as_in_the_export() {
    let bench = Bench::new();
    let size = (1280, 720);
    let made = testkit::Clip::new("likeness")
        .video("testsrc2=s=1280x720:r=25:d=6,noise=alls=6:allf=t")
        .options("-c:v libx264 -preset ultrafast -crf 10 -pix_fmt yuv420p -colorspace bt709 -color_range tv")
        .file(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("testkit"))
        .unwrap();
    let source = Source { path: made, size };
    let key = |secs, x| CropKey {
        at: SourceTime::from_secs(secs),
        pixels: PixelBox {
            x,
            y: 0.0,
            w: 405.0,
            h: 720.0,
        },
    };
    let mut panned = clip(1, 0.0, 1.0, 2.0);
    panned.framing = Framing::Crop(CropPath {
        keys: vec![key(1.0, 100.3), key(2.0, 700.7)],
    });
    panned.fade_in = Ticks::from_secs(0.2);
    let mut whole = clip(1, 1.0, 3.0, 4.0);
    whole.framing = Framing::Fit;
    let clips = vec![panned, whole];
    // Some with a box behind the spoken word, some with a plate, in several weights.
    for preset in lettering::presets::builtin() {
        let mut request = bench.request(rate(25, 1), std::slice::from_ref(&source), clips.clone());
        request.sequence.format.width = FRAME.0;
        request.sequence.format.height = FRAME.1;
        request.cards = cards();
        request.caption_style = Some(preset.caption.clone());
        let rendered =
            media::render(&request, &task::Cancel::new(), &task::Progress::silent()).unwrap();
        let exported = bench.frames(&rendered.file, FRAME);
        let mut viewer = Viewer::new();
        viewer.open(preview_of(&request), FRAME.1 / 2);
        for index in [0_usize, 4, 16, 24, 25, 36, 49] {
            let at = SequenceTime::ZERO + rate(25, 1).frame_start(index as i64);
            let shown = viewer.seek(at).luma.full_range();
            let expected = exported[index].halved();
            let likeness = shown.likeness(&expected);
            assert!(
                likeness >= 0.95,
                "{} frame {index}: likeness {likeness:.4}",
                preset.name
            );
            // The measure tells frames apart.
            let other = exported[(index + 12) % exported.len()].halved();
            let unlike = shown.likeness(&other);
            assert!(
                unlike < likeness - 0.01,
                "{} frame {index}: {unlike:.4}",
                preset.name
            );
        }
    }
}

//! Renders one stretch of a file as a reel and prints how long it took: a tool for measuring.
//!
//! `render_bench SOURCE FROM TO OUT.mp4 [--words] [--fit] [--size WxH]`; the source is taken to have one
//! video and one audio stream of its own identity numbers 1 and 2, as ffmpeg writes MP4.

#![expect(clippy::print_stdout, reason = "a measuring tool prints wall time")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use footage::picture::PixelBox;
use footage::time::{FrameRate, SourceRange, Ticks};
use media::render::{Cover, EncoderChoice, RenderRequest, RenderSource, RenderVideo};
use task::{Cancel, Progress};
use timeline::caption::{Card, CardWord};
use timeline::crop::CropPath;
use timeline::ids::{ClipId, MediaId, SequenceId, TrackId};
use timeline::project::{Clip, Format, Framing, Sequence, Speed, Track, TrackKind};
use timeline::time::{SequenceRange, SequenceTime};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [source, from, to, output, options @ ..] = arguments.as_slice() else {
        return Err("SOURCE FROM TO OUT.mp4 [--words] [--fit]".into());
    };
    let range = SourceRange::from_secs(from.parse()?, to.parse()?);
    let has = |name: &str| options.iter().any(|option| option == name);
    let framing = if has("--fit") {
        Framing::Fit
    } else {
        Framing::Crop(CropPath::still(PixelBox {
            x: 656.25,
            y: 0.0,
            w: 607.5,
            h: 1080.0,
        }))
    };
    let clip = |id| Clip {
        id: ClipId(id),
        media: MediaId(1),
        start: SequenceTime::ZERO,
        source: range,
        speed: Speed::NORMAL,
        framing: framing.clone(),
        gain_db: 0.0,
        fade_in: Ticks::ZERO,
        fade_out: Ticks::ZERO,
        link: None,
        enabled: true,
    };
    let track = |id, kind| {
        Arc::new(Track {
            id: TrackId(id),
            kind,
            clips: vec![clip(id + 10)],
            muted: false,
            locked: false,
        })
    };
    let sequence = Sequence {
        id: SequenceId(1),
        name: "bench".to_owned(),
        format: Format {
            width: 1080,
            height: 1920,
            rate: FrameRate::new(30, 1).ok_or("a rate")?,
        },
        tracks: vec![track(1, TrackKind::Video), track(2, TrackKind::Voice)],
        captions: BTreeMap::new(),
        preset: None,
        caption_anchor: None,
        markers: Vec::new(),
    };
    let style = lettering::presets::builtin().into_iter().next();
    let request = RenderRequest {
        cards: if has("--words") {
            cards(range.duration())
        } else {
            Vec::new()
        },
        sequence,
        sources: BTreeMap::from([(
            MediaId(1),
            RenderSource {
                path: PathBuf::from(source),
                video: Some(RenderVideo {
                    id: "x/001".to_owned(),
                    width: 1920,
                    height: 1080,
                }),
                audio: Some("x/002".to_owned()),
                start: Ticks::ZERO,
            },
        )]),
        caption_style: style.map(|preset| preset.caption),
        output: PathBuf::from(output),
        cover: Some(Cover {
            path: PathBuf::from(output).with_extension("jpg"),
            at: None,
        }),
        encoder: EncoderChoice::Auto,
    };
    let start = Instant::now();
    let rendered = media::render(&request, &Cancel::new(), &Progress::silent())?;
    println!(
        "{:.2} s with {}",
        start.elapsed().as_secs_f64(),
        rendered.encoder
    );
    println!("{:?}", rendered.loudness);
    for check in rendered.checks {
        println!(
            "{} {}: {} (limit {})",
            check.ok, check.code, check.value, check.limit
        );
    }
    Ok(())
}

/// Three words a second on cards of four.
fn cards(length: Ticks) -> Vec<Card> {
    let third = |index: i64| SequenceTime::ZERO + Ticks::SECOND.scaled(index, 3);
    let count = length.0 * 3 / Ticks::SECOND.0;
    let word = |index: i64| CardWord {
        text: match index % 4 {
            0 => "every",
            1 => "captioned",
            2 => "word",
            _ => "lights",
        }
        .to_owned(),
        range: SequenceRange::new(third(index), third(index + 1)),
        emphasis: false,
    };
    (0..count / 4)
        .map(|card| Card {
            range: SequenceRange::new(third(card * 4), third(card * 4 + 4)),
            words: (card * 4..card * 4 + 4).map(word).collect(),
        })
        .collect()
}

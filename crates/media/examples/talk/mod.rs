//! The reel that the benches show and render: a talk of 1920 × 1080, cropped to 9:16, with captions.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use footage::picture::PixelBox;
use footage::time::{FrameRate, SourceRange, Ticks};
use media::render::{RenderSource, RenderVideo};
use timeline::caption::{Card, CardWord};
use timeline::crop::CropPath;
use timeline::ids::{ClipId, MediaId, SequenceId, TrackId};
use timeline::project::{Clip, Format, Framing, Sequence, Speed, Track, TrackKind};
use timeline::style::CaptionStyle;
use timeline::time::{SequenceRange, SequenceTime};

/// What goes wrong in a bench is printed.
pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Returns the upright middle of a picture.
pub(crate) fn middle() -> Framing {
    Framing::Crop(CropPath::still(PixelBox {
        x: 656.25,
        y: 0.0,
        w: 607.5,
        h: 1080.0,
    }))
}

/// Returns a sequence of 1080 × 1920 at 30 frames per second with these parts of the source, one after
/// the other, pictures and sound.
pub(crate) fn sequence(parts: &[SourceRange], framing: &Framing) -> Outcome<Sequence> {
    let mut start = SequenceTime::ZERO;
    let mut clips = Vec::new();
    for source in parts {
        clips.push(Clip {
            id: ClipId(clips.len() as u64 + 10),
            media: MediaId(1),
            start,
            source: *source,
            speed: Speed::NORMAL,
            framing: framing.clone(),
            gain_db: 0.0,
            fade_in: Ticks::ZERO,
            fade_out: Ticks::ZERO,
            link: None,
            enabled: true,
        });
        start = start + source.duration();
    }
    let track = |id, kind| {
        Arc::new(Track {
            id: TrackId(id),
            kind,
            clips: clips.clone(),
            muted: false,
            locked: false,
        })
    };
    Ok(Sequence {
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
    })
}

/// Returns the source at a path; it is taken to have one video and one audio stream of its own identity
/// numbers 1 and 2, as ffmpeg writes MP4.
pub(crate) fn sources(path: &Path) -> BTreeMap<MediaId, RenderSource> {
    let source = RenderSource {
        path: path.to_owned(),
        video: Some(RenderVideo {
            id: "x/001".to_owned(),
            width: 1920,
            height: 1080,
        }),
        audio: Some("x/002".to_owned()),
        start: Ticks::ZERO,
    };
    BTreeMap::from([(MediaId(1), source)])
}

/// Returns the first of the program's looks.
pub(crate) fn caption_style() -> Option<CaptionStyle> {
    let first = lettering::presets::builtin().into_iter().next();
    first.map(|preset| preset.caption)
}

/// Returns three words a second on cards of four.
pub(crate) fn cards(length: Ticks) -> Vec<Card> {
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

//! A frame of a posted file as a picture that a network takes for a cover.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use footage::time::{FrameRate, SourceRange, SourceTime, Ticks};
use media::preview::{CoverFrame, CoverRequest, PreviewRequest};
use media::{Probe, RenderSource};
use protocol::error::{ApiError, ErrorCode};
use task::Cancel;
use timeline::ids::{ClipId, MediaId, SequenceId, TrackId};
use timeline::project::{Clip, Format, Framing, Sequence, Speed, Track, TrackKind};
use timeline::time::SequenceTime;

use crate::reels::finish::source_of;
use crate::worker::CoverWorker;
use crate::{Engine, Error};

/// Heights of the picture to try, in pixels: smaller ones where a larger one has too many bytes.
const HEIGHTS: [u32; 4] = [1_920, 1_280, 960, 640];

/// Returns the frame of a video at a moment in milliseconds as a JPEG of at most so many bytes.
pub(crate) type Stills =
    Box<dyn Fn(&Path, Moment, &Cancel) -> Result<Vec<u8>, Error> + Send + Sync>;

/// Which frame, and how large its picture may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Milliseconds from the file's start; beyond its end it is the last frame.
    pub(crate) at_ms: u64,
    /// The most bytes of the JPEG.
    pub(crate) most_bytes: usize,
}

impl Engine {
    /// Returns a frame of a video as a JPEG, as it is shown: turned, in square pixels.
    pub(crate) fn still(
        &self,
        path: &Path,
        moment: Moment,
        cancel: &Cancel,
    ) -> Result<Vec<u8>, Error> {
        let looked = self.look(path, crate::Streams::default(), cancel)?.result;
        let sequence = whole(&looked.probe).ok_or_else(|| {
            let message = format!("{} has no picture", path.display());
            ApiError::new(ErrorCode::NoVideo, message)
        })?;
        let source = source_of(&looked.path, &looked.probe);
        let folder = self.paths().cache_root().join("stills");
        let unwritable = |error: std::io::Error| {
            let message = format!("{}: {error}", folder.display());
            ApiError::new(ErrorCode::Unwritable, message)
        };
        std::fs::create_dir_all(&folder).map_err(unwritable)?;
        let mut worker = CoverWorker::start(self.worker())?;
        for height in HEIGHTS {
            cancel.check()?;
            let file = folder.join(own_name());
            let drawn = worker.draw(&request(&sequence, &source, moment, height, &file));
            let jpeg = std::fs::read(&file);
            // It may not be there; the failure itself is the one to tell.
            drop(std::fs::remove_file(&file));
            drawn?;
            let jpeg = jpeg.map_err(unwritable)?;
            if jpeg.len() <= moment.most_bytes {
                return Ok(jpeg);
            }
        }
        let message = format!("its frame has more than {} bytes", moment.most_bytes);
        Err(ApiError::new(ErrorCode::EncoderFailed, message).into())
    }
}

/// Returns the name of a file that nobody else writes.
fn own_name() -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    PathBuf::from(format!("{}-{count}.jpg", std::process::id()))
}

fn request(
    sequence: &Sequence,
    source: &RenderSource,
    moment: Moment,
    height: u32,
    file: &Path,
) -> CoverRequest {
    let millis = i64::try_from(moment.at_ms).unwrap_or(i64::MAX);
    let at = Ticks::from_nanos(millis.saturating_mul(1_000_000));
    CoverRequest {
        path: file.to_owned(),
        frame: CoverFrame::At(SequenceTime::ZERO + at),
        height,
        of: PreviewRequest {
            sequence: sequence.clone(),
            sources: BTreeMap::from([(MediaId(1), source.clone())]),
            cards: Vec::new(),
            caption_style: None,
            proxies: BTreeMap::new(),
            loudness: BTreeMap::new(),
        },
    }
}

/// Returns a sequence that shows a whole file as it is; `None` for one without pictures.
fn whole(probe: &Probe) -> Option<Sequence> {
    let (_, video) = probe.streams.chosen_video()?;
    let clip = Clip {
        id: ClipId(1),
        media: MediaId(1),
        start: SequenceTime::ZERO,
        source: SourceRange {
            start: SourceTime::ZERO,
            end: SourceTime::ZERO + probe.duration,
        },
        speed: Speed::NORMAL,
        framing: Framing::Fit,
        gain_db: 0.0,
        fade_in: Ticks::ZERO,
        fade_out: Ticks::ZERO,
        link: None,
        enabled: true,
    };
    let track = Track {
        id: TrackId(1),
        kind: TrackKind::Video,
        clips: vec![clip],
        muted: false,
        locked: false,
    };
    Some(Sequence {
        id: SequenceId(1),
        name: String::new(),
        format: Format {
            // Even, as encoders and the preview want it.
            width: (video.width + 1) & !1,
            height: (video.height + 1) & !1,
            rate: video.rate.unwrap_or(FrameRate { num: 30, den: 1 }),
        },
        tracks: vec![Arc::new(track)],
        captions: BTreeMap::new(),
        preset: None,
        caption_anchor: None,
        markers: Vec::new(),
    })
}

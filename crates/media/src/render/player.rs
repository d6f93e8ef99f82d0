//! The pictures of a source in order, and what a clip shows of each.

use std::collections::BTreeMap;

use footage::picture::PixelBox;
use footage::time::{SourceTime, Ticks};
use gstreamer as gst;
use gstreamer_video as gst_video;
use timeline::ids::MediaId;
use timeline::project::{Format, Framing};

use super::plan::{PictureSpan, Plan};
use super::reader::{Reader, Wanted};
use super::watch::{Watch, broken};
use super::{RenderSource, RenderVideo};
use crate::error::{Error, Result};
use crate::reframe::{Fill, Shot, Transfer};

/// What decoding begins earlier by after a seek, where the time between pictures is not known.
pub(crate) const SHORT_RUN_UP: Ticks = Ticks(Ticks::SECOND.0 / 20);

/// A forward jump within a source that is decoded through: shorter than opening it again.
pub(super) const DECODE_THROUGH: Ticks = Ticks(Ticks::SECOND.0 * 3 / 2);

/// The pictures of one source in order, one looked ahead.
pub(crate) struct Player {
    reader: Reader,
    media: MediaId,
    source: RenderSource,
    /// The reader's time of source time 0.
    start: Ticks,
    shown: Option<Picture>,
    next: Option<Picture>,
    ended: bool,
}

/// A decoded picture.
#[derive(Clone)]
pub(crate) struct Picture {
    pub(crate) sample: gst::Sample,
    /// Source time.
    pub(crate) time: Ticks,
}

impl Player {
    /// Opens a source so that the picture of source time `wanted` is among the first that come;
    /// `run_up` is how far before it decoding begins.
    pub(crate) fn open(
        media: MediaId,
        source: &RenderSource,
        video: &RenderVideo,
        wanted: Ticks,
        run_up: Ticks,
        watch: &Watch,
    ) -> Result<Self> {
        let mut run_up = run_up;
        loop {
            let from = wanted + source.start - run_up;
            let mut player = Self {
                reader: Reader::open(&source.path, &video.id, Wanted::Pictures, from, watch)?,
                media,
                source: source.clone(),
                start: source.start,
                shown: None,
                next: None,
                ended: false,
            };
            match player.look_ahead(watch) {
                // Where demuxers know no key frames, none may follow until the end.
                Err(Error::Corrupt { .. }) if from > Ticks::ZERO => {}
                outcome => {
                    outcome?;
                    if player.is_before(wanted) || from <= Ticks::ZERO {
                        return Ok(player);
                    }
                }
            }
            // A picture that stays for long lies before the run-up, and decoders drop it there.
            run_up = run_up * 10;
        }
    }

    /// Returns whether it goes to another moment faster than one that is opened there.
    pub(crate) fn seeks(&self) -> bool {
        self.reader.is_sought_well()
    }

    /// Goes to another moment as if opened there, with the decoder that runs.
    pub(crate) fn seek(&mut self, wanted: Ticks, watch: &Watch) -> Result<()> {
        let shown = self.shown.as_ref().or(self.next.as_ref());
        let own = shown.and_then(|picture| nominal_frame(&picture.sample));
        let mut run_up = own.map_or(SHORT_RUN_UP, |frame| frame.scaled(3, 2));
        loop {
            let from = wanted + self.start - run_up;
            self.shown = None;
            self.next = None;
            self.ended = false;
            self.reader.seek(from)?;
            self.look_ahead(watch)?;
            if self.is_before(wanted) || from <= Ticks::ZERO {
                return Ok(());
            }
            run_up = run_up * 10;
        }
    }

    /// Returns whether what comes next begins no later than `wanted`.
    fn is_before(&self, wanted: Ticks) -> bool {
        self.next.as_ref().is_some_and(|next| next.time <= wanted)
    }

    /// Returns whether it reads the pictures of a source.
    pub(crate) fn reads(&self, source: &RenderSource) -> bool {
        self.source == *source
    }

    /// Returns whether it reads the same pictures as another.
    pub(crate) fn reads_like(&self, other: &Self) -> bool {
        self.source == other.source
    }

    /// Returns the source that it plays.
    pub(super) fn media(&self) -> MediaId {
        self.media
    }

    /// Decodes the next picture unless it is there.
    fn look_ahead(&mut self, watch: &Watch) -> Result<()> {
        if self.next.is_some() || self.ended {
            return Ok(());
        }
        match self.reader.next(watch)? {
            Some((sample, time)) => {
                self.next = Some(Picture {
                    sample,
                    time: time - self.start,
                });
            }
            None => self.ended = true,
        }
        Ok(())
    }

    /// Returns the picture with the largest time up to `time` plus a tolerance, or the first one
    /// there is.
    ///
    /// The tolerance is half a frame of the source or of the sequence, whichever is shorter: times
    /// in files are rounded, and a grid that falls right on the frames must not flutter.
    pub(super) fn at(
        &mut self,
        time: Ticks,
        frame: Ticks,
        watch: &Watch,
    ) -> Result<Option<&Picture>> {
        loop {
            self.look_ahead(watch)?;
            let due = self
                .next
                .as_ref()
                .is_some_and(|next| next.time <= time + tolerance(&next.sample, frame));
            if !due && (self.shown.is_some() || self.next.is_none()) {
                return Ok(self.shown.as_ref());
            }
            // Before the first picture of a source the first one stands in.
            self.shown = self.next.take();
            if !due {
                return Ok(self.shown.as_ref());
            }
        }
    }

    /// Returns whether the picture of `wanted` is here or comes within `reach`.
    pub(crate) fn reaches(&self, wanted: Ticks, frame: Ticks, reach: Ticks) -> bool {
        self.shown.as_ref().is_some_and(|shown| {
            shown.time <= wanted + tolerance(&shown.sample, frame) && wanted - shown.time <= reach
        })
    }
}

fn tolerance(sample: &gst::Sample, frame: Ticks) -> Ticks {
    nominal_frame(sample)
        .unwrap_or(frame)
        .min(frame)
        .scaled(1, 2)
        - Ticks(1)
}

fn nominal_frame(sample: &gst::Sample) -> Option<Ticks> {
    let rate = sample
        .caps()?
        .structure(0)?
        .get::<gst::Fraction>("framerate")
        .ok()?;
    (rate.numer() > 0 && rate.denom() > 0)
        .then(|| Ticks::SECOND.scaled(i64::from(rate.denom()), i64::from(rate.numer())))
}

/// Returns where a clip's pictures come from.
pub(crate) fn source_of<'a>(
    span: &PictureSpan,
    sources: &'a BTreeMap<MediaId, RenderSource>,
) -> Result<(&'a RenderSource, &'a RenderVideo)> {
    let source = sources
        .get(&span.clip.media)
        .ok_or_else(|| Error::Request {
            detail: format!(
                "the sequence uses source {}, which is not given",
                span.clip.media.0
            ),
        })?;
    Ok((source, source.video.as_ref().ok_or(Error::NoVideo)?))
}

impl PictureSpan {
    /// Returns the time between frames of the sequence in source time.
    pub(crate) fn frame(&self, plan: &Plan) -> Ticks {
        let speed = self.clip.speed;
        plan.rate
            .frame_duration()
            .scaled(i64::from(speed.num), i64::from(speed.den))
    }

    /// Returns the picture of frame `index`, and how it is shown.
    pub(crate) fn shown(
        &self,
        index: i64,
        player: &mut Player,
        sources: &BTreeMap<MediaId, RenderSource>,
        format: Format,
        plan: &Plan,
        watch: &Watch,
    ) -> Result<(gst::Sample, Shot)> {
        let (source, video) = source_of(self, sources)?;
        let frame = self.frame(plan);
        let wanted = self.source_time(plan.rate, index).since_start();
        let Some(picture) = player.at(wanted, frame, watch)? else {
            return Err(Error::Corrupt {
                detail: format!("no picture of {} decodes", source.path.display()),
            });
        };
        // Crop paths jump on cuts: a quarter of a frame absorbs the rounding of times.
        let looked_up = SourceTime::ZERO + picture.time + frame.scaled(1, 4);
        let light = self.light(plan.rate, index);
        let shot = shot(self, looked_up, video, &picture.sample, format, light)?;
        Ok((picture.sample.clone(), shot))
    }
}

fn shot(
    span: &PictureSpan,
    time: SourceTime,
    video: &RenderVideo,
    sample: &gst::Sample,
    format: Format,
    light: f64,
) -> Result<Shot> {
    let info = sample
        .caps()
        .and_then(|caps| gst_video::VideoInfo::from_caps(caps).ok())
        .ok_or_else(|| broken("a decoded picture has no format"))?;
    let transfer = match info.colorimetry().transfer() {
        gst_video::VideoTransferFunction::Smpte2084 => Transfer::Pq,
        gst_video::VideoTransferFunction::AribStdB67 => Transfer::Hlg,
        _ => Transfer::Sdr,
    };
    let (picture_w, picture_h) = (
        f64::from(video.width.max(1)),
        f64::from(video.height.max(1)),
    );
    // Picture space has square pixels; the buffer may not.
    let (across, down) = (
        f64::from(info.width()) / picture_w,
        f64::from(info.height()) / picture_h,
    );
    let fill = match &span.clip.framing {
        Framing::Fit => Fill::Whole {
            aspect: picture_w / picture_h,
        },
        Framing::Crop(path) => {
            let part = path.at(time).ok_or_else(|| Error::Request {
                detail: "a crop path is empty".to_owned(),
            })?;
            let part = shaped(part, f64::from(format.width) / f64::from(format.height));
            Fill::Part(part.scaled(across, down))
        }
    };
    Ok(Shot {
        fill,
        light,
        transfer,
    })
}

/// Returns the largest centred part of a box with the frame's shape, so that a box of another
/// shape crops and never squeezes.
fn shaped(part: PixelBox, aspect: f64) -> PixelBox {
    if part.w <= 0.0 || part.h <= 0.0 || (part.w / part.h / aspect - 1.0).abs() < 0.01 {
        return part;
    }
    let w = part.w.min(part.h * aspect);
    let h = part.h.min(part.w / aspect);
    PixelBox {
        x: part.x + (part.w - w) / 2.0,
        y: part.y + (part.h - h) / 2.0,
        w,
        h,
    }
}

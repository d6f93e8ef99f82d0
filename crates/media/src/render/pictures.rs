//! Feeds the frames of a plan into the output graph, on its constant-rate grid.

use std::collections::BTreeMap;

use footage::picture::PixelBox;
use footage::time::Ticks;
use gstreamer as gst;
use gstreamer_app as gst_app;
use gstreamer_video as gst_video;
use timeline::ids::MediaId;
use timeline::project::{Format, Framing};

use super::plan::{PictureSpan, Plan};
use super::reader::{RUN_UP, Reader, Wanted};
use super::watch::{Watch, broken};
use super::{RenderSource, RenderVideo};
use crate::error::{Error, Result};
use crate::reframe::{Fill, Shot, Transfer};

/// A forward jump within a source that is decoded through: shorter than opening it again.
const DECODE_THROUGH: Ticks = Ticks(Ticks::SECOND.0 * 3 / 2);

/// The pictures of one source in order, one looked ahead.
struct Player {
    reader: Reader,
    media: MediaId,
    /// The reader's time of source time 0.
    start: Ticks,
    shown: Option<Picture>,
    next: Option<Picture>,
    ended: bool,
}

#[derive(Clone)]
struct Picture {
    sample: gst::Sample,
    /// Source time.
    time: Ticks,
}

impl Player {
    fn open(
        span: &PictureSpan,
        source: &RenderSource,
        video: &RenderVideo,
        plan: &Plan,
        watch: &Watch,
    ) -> Result<Self> {
        let wanted = span.source_time(plan.rate, span.frames.start).since_start();
        let mut run_up = RUN_UP;
        loop {
            let from = wanted + source.start - run_up;
            let mut player = Self {
                reader: Reader::open(&source.path, &video.id, Wanted::Pictures, from, watch)?,
                media: span.clip.media,
                start: source.start,
                shown: None,
                next: None,
                ended: false,
            };
            player.look_ahead(watch)?;
            let late = player.next.as_ref().is_none_or(|first| first.time > wanted);
            if !late || from <= Ticks::ZERO {
                return Ok(player);
            }
            // A picture that stays for long lies before the run-up, and decoders drop it there.
            run_up = run_up * 10;
        }
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
    fn at(&mut self, time: Ticks, frame: Ticks, watch: &Watch) -> Result<Option<&Picture>> {
        loop {
            self.look_ahead(watch)?;
            let due = self.next.as_ref().is_some_and(|next| {
                let own = nominal_frame(&next.sample).unwrap_or(frame).min(frame);
                next.time <= time + own.scaled(1, 2) - Ticks(1)
            });
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

    /// Returns whether `span` can be read on from here.
    fn reaches(&self, span: &PictureSpan, plan: &Plan) -> bool {
        let Some(shown) = &self.shown else {
            return false;
        };
        let wanted = span.source_time(plan.rate, span.frames.start).since_start();
        self.media == span.clip.media
            && wanted >= shown.time
            && wanted - shown.time <= DECODE_THROUGH
    }
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

/// Pushes every frame of the plan from `first` on into `target`, then the end.
pub(super) fn feed(
    plan: &Plan,
    first: i64,
    sources: &BTreeMap<MediaId, RenderSource>,
    format: Format,
    target: &gst_app::AppSrc,
    watch: &Watch,
) -> Result<()> {
    let mut push = Push {
        target,
        rate: plan.rate,
        caps: None,
        watch,
    };
    let mut next_frame = first;
    let mut player: Option<Player> = None;
    std::thread::scope(|scope| -> Result<()> {
        let mut prepared = None;
        for (index, span) in plan.pictures.iter().enumerate() {
            push.black(next_frame..span.frames.start)?;
            let kept = player.take().filter(|player| player.reaches(span, plan));
            let mut current = match (kept, prepared.take()) {
                (Some(player), _) => player,
                (None, Some(opening)) => join(opening)?,
                (None, None) => open(span, sources, plan, watch)?,
            };
            // The next clip's decoder starts up while this one plays.
            prepared = plan
                .pictures
                .get(index + 1)
                .filter(|next| !follows(span, next))
                .map(|next| scope.spawn(move || open(next, sources, plan, watch)));
            show(&mut current, span, sources, format, plan, &mut push)?;
            next_frame = span.frames.end;
            player = Some(current);
        }
        push.black(next_frame..plan.frames)
    })?;
    target.end_of_stream().map_err(broken)?;
    Ok(())
}

fn join(opening: std::thread::ScopedJoinHandle<'_, Result<Player>>) -> Result<Player> {
    match opening.join() {
        Ok(player) => player,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// Returns whether `next` is likely read on from the end of `span`.
fn follows(span: &PictureSpan, next: &PictureSpan) -> bool {
    let gap = next.clip.source.start - span.clip.source.end;
    span.clip.media == next.clip.media && gap >= Ticks::ZERO && gap < DECODE_THROUGH
}

fn source_of<'a>(
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

fn open(
    span: &PictureSpan,
    sources: &BTreeMap<MediaId, RenderSource>,
    plan: &Plan,
    watch: &Watch,
) -> Result<Player> {
    let (source, video) = source_of(span, sources)?;
    Player::open(span, source, video, plan, watch)
}

fn show(
    player: &mut Player,
    span: &PictureSpan,
    sources: &BTreeMap<MediaId, RenderSource>,
    format: Format,
    plan: &Plan,
    push: &mut Push<'_>,
) -> Result<()> {
    let (source, video) = source_of(span, sources)?;
    let speed = span.clip.speed;
    let frame = plan
        .rate
        .frame_duration()
        .scaled(i64::from(speed.num), i64::from(speed.den));
    for index in span.frames.clone() {
        let wanted = span.source_time(plan.rate, index).since_start();
        let Some(picture) = player.at(wanted, frame, push.watch)? else {
            return Err(Error::Corrupt {
                detail: format!("no picture of {} decodes", source.path.display()),
            });
        };
        // Crop paths jump on cuts: a quarter of a frame absorbs the rounding of times.
        let looked_up = footage::time::SourceTime::ZERO + picture.time + frame.scaled(1, 4);
        let shot = shot(
            span,
            looked_up,
            video,
            &picture.sample,
            format,
            span.light(plan.rate, index),
        )?;
        push.picture(index, &picture.sample, shot)?;
    }
    Ok(())
}

fn shot(
    span: &PictureSpan,
    time: footage::time::SourceTime,
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
            Fill::Part(PixelBox {
                x: part.x * across,
                y: part.y * down,
                w: part.w * across,
                h: part.h * down,
            })
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

/// The entry of the output graph.
struct Push<'a> {
    target: &'a gst_app::AppSrc,
    rate: footage::time::FrameRate,
    caps: Option<gst::Caps>,
    watch: &'a Watch,
}

impl Push<'_> {
    fn picture(&mut self, index: i64, sample: &gst::Sample, shot: Shot) -> Result<()> {
        let caps = sample
            .caps()
            .ok_or_else(|| broken("a picture has no caps"))?;
        let structure = caps
            .structure(0)
            .ok_or_else(|| broken("a picture has no caps"))?;
        let size = |name| structure.get::<i32>(name).map_err(broken);
        let buffer = sample
            .buffer_owned()
            .ok_or_else(|| broken("an empty sample"))?;
        self.buffer(index, (size("width")?, size("height")?), buffer, shot)
    }

    /// Pushes black frames where no clip plays.
    fn black(&mut self, frames: std::ops::Range<i64>) -> Result<()> {
        const SIDE: usize = 16;
        let mut planes = vec![16_u8; SIDE * SIDE];
        planes.resize(SIDE * SIDE * 3 / 2, 128);
        let black = gst::Buffer::from_slice(planes);
        for index in frames {
            let side = SIDE as f64;
            let whole = PixelBox {
                x: 0.0,
                y: 0.0,
                w: side,
                h: side,
            };
            let shot = Shot {
                fill: Fill::Part(whole),
                light: 1.0,
                transfer: Transfer::Sdr,
            };
            self.buffer(index, (SIDE as i32, SIDE as i32), black.clone(), shot)?;
        }
        Ok(())
    }

    fn buffer(
        &mut self,
        index: i64,
        (width, height): (i32, i32),
        mut buffer: gst::Buffer,
        shot: Shot,
    ) -> Result<()> {
        self.watch.check()?;
        let caps = gst::Caps::builder("video/x-raw")
            .field("format", "I420")
            .field("width", width)
            .field("height", height)
            .field(
                "framerate",
                gst::Fraction::new(self.rate.num as i32, self.rate.den as i32),
            )
            .build();
        if self.caps.as_ref() != Some(&caps) {
            self.target.set_caps(Some(&caps));
            self.caps = Some(caps);
        }
        let (from, to) = (
            self.rate.frame_start(index),
            self.rate.frame_start(index + 1),
        );
        {
            // The pixels stay shared: only the description is copied.
            let buffer = buffer.make_mut();
            buffer.set_pts(clock_time(from));
            buffer.set_dts(None);
            buffer.set_duration(clock_time(to).and_then(|end| end.checked_sub(clock_time(from)?)));
            buffer.set_offset(index as u64);
            buffer.unset_flags(gst::BufferFlags::all());
            shot.mark(buffer).map_err(broken)?;
        }
        match self.target.push_buffer(buffer) {
            Ok(_) => {
                self.watch.step();
                Ok(())
            }
            // The graph stopped: its own error is the one to tell.
            Err(gst::FlowError::Flushing | gst::FlowError::Eos) => Err(Error::Cancelled),
            Err(error) => Err(broken(format!("a frame was refused: {error}"))),
        }
    }
}

pub(super) fn clock_time(time: Ticks) -> Option<gst::ClockTime> {
    u64::try_from(time.nanos())
        .ok()
        .map(gst::ClockTime::from_nseconds)
}

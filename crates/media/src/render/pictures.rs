//! Feeds the frames of a plan into the output graph, on its constant-rate grid.

use std::collections::BTreeMap;

use footage::picture::PixelBox;
use footage::time::Ticks;
use gstreamer as gst;
use gstreamer_app as gst_app;
use timeline::ids::MediaId;
use timeline::project::Format;

use super::RenderSource;
use super::plan::{PictureSpan, Plan};
use super::player::{DECODE_THROUGH, Player, source_of};
use super::reader::RUN_UP;
use super::watch::{Watch, broken};
use crate::error::{Error, Result};
use crate::reframe::{Fill, Shot, Transfer};

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
            let kept = player.take().filter(|player| reads_on(player, span, plan));
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

fn open(
    span: &PictureSpan,
    sources: &BTreeMap<MediaId, RenderSource>,
    plan: &Plan,
    watch: &Watch,
) -> Result<Player> {
    let (source, video) = source_of(span, sources)?;
    let wanted = span.source_time(plan.rate, span.frames.start).since_start();
    Player::open(span.clip.media, source, video, wanted, RUN_UP, watch)
}

/// Returns whether `span` can be read on with a player of the span before it.
fn reads_on(player: &Player, span: &PictureSpan, plan: &Plan) -> bool {
    let wanted = span.source_time(plan.rate, span.frames.start).since_start();
    player.media() == span.clip.media && player.reaches(wanted, span.frame(plan), DECODE_THROUGH)
}

fn show(
    player: &mut Player,
    span: &PictureSpan,
    sources: &BTreeMap<MediaId, RenderSource>,
    format: Format,
    plan: &Plan,
    push: &mut Push<'_>,
) -> Result<()> {
    for index in span.frames.clone() {
        let (sample, shot) = span.shown(index, player, sources, format, plan, push.watch)?;
        push.picture(index, &sample, shot)?;
    }
    Ok(())
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

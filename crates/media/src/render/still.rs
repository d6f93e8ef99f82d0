//! One picture of a sequence as it will look, without the rest of it.

use std::path::Path;

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use task::Cancel;
use timeline::time::SequenceTime;

use super::cover::{CoverTap, frames};
use super::output::{hidden, publish};
use super::plan::{PictureSpan, Plan};
use super::reader::from_message;
use super::watch::{GLANCE, Patience, Running, Watch, broken};
use super::{RenderRequest, pictures};
use crate::captions::Captions;
use crate::error::{Error, Result};
use crate::init::element;
use crate::reframe::Reframe;

pub(super) fn still(request: &RenderRequest, cancel: &Cancel) -> Result<SequenceTime> {
    cancel.check()?;
    let cover = request.cover.as_ref().ok_or_else(|| Error::Request {
        detail: "no cover is asked for".to_owned(),
    })?;
    let plan = Plan::of(&request.sequence)?;
    let tap = |pad: &gst::Pad| CoverTap::on(pad, request, cover.at, plan.frames);
    let compared = frames(request, cover.at, plan.frames);
    let (first, last) = match (compared.first(), compared.last()) {
        (Some(first), Some(last)) => (*first, *last),
        _ => (0, 0),
    };
    let shown = part(&plan, first, last + 1);
    let partial = hidden(&cover.path, ".partial")?;
    let made = take(request, &shown, first, tap, cancel).and_then(|tap| {
        let at = tap.write(&partial)?;
        publish(&partial, &cover.path)?;
        Ok(at)
    });
    if made.is_err() {
        // It may not be there; the failure itself is the one to tell.
        drop(std::fs::remove_file(&partial));
    }
    made
}

/// Returns the frames `first..end` of a plan.
fn part(plan: &Plan, first: i64, end: i64) -> Plan {
    let pictures = plan.pictures.iter().filter_map(|span| {
        let frames = span.frames.start.max(first)..span.frames.end.min(end);
        let clip = span.clip.clone();
        (!frames.is_empty()).then_some(PictureSpan { frames, clip })
    });
    Plan {
        rate: plan.rate,
        frames: end,
        samples: 0,
        pictures: pictures.collect(),
        sounds: Vec::new(),
    }
}

/// ```text
/// appsrc ─ reframe ─ [captions] ─ fakesink
/// ```
fn take(
    request: &RenderRequest,
    plan: &Plan,
    first: i64,
    tap: impl FnOnce(&gst::Pad) -> CoverTap,
    cancel: &Cancel,
) -> Result<CoverTap> {
    let format = request.sequence.format;
    let source = gst_app::AppSrc::builder()
        .format(gst::Format::Time)
        .block(true)
        .max_buffers(3)
        .max_bytes(0)
        .build();
    let mut line: Vec<gst::Element> = vec![
        source.clone().upcast(),
        Reframe::new(format.width, format.height).upcast(),
    ];
    if let Some(style) = request
        .caption_style
        .as_ref()
        .filter(|_| !request.cards.is_empty())
    {
        line.push(Captions::new(request.cards.clone(), style.clone()).upcast());
    }
    let drawn = line
        .last()
        .and_then(|element| element.static_pad("src"))
        .ok_or_else(|| broken("an element has no output"))?;
    let sink = element("fakesink")?;
    sink.set_property("sync", false);
    line.push(sink);
    let pipeline = gst::Pipeline::new();
    pipeline.add_many(&line).map_err(broken)?;
    gst::Element::link_many(&line).map_err(broken)?;
    let running = Running(pipeline);
    let tap = tap(&drawn);
    let watch = Watch::new(cancel);
    std::thread::scope(|scope| {
        let feeding = scope.spawn(|| {
            let fed = pictures::feed(plan, first, &request.sources, format, &source, &watch);
            if fed.is_err() {
                // The graph would wait for pictures that do not come.
                watch.give_up();
            }
            fed
        });
        let shown = run(&running, &request.output, &watch);
        watch.give_up();
        // Whoever waits for room in the graph is let go.
        let stopped = running.0.set_state(gst::State::Null);
        let fed = feeding
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        cancel.check()?;
        match fed {
            Err(Error::Cancelled) | Ok(()) => shown?,
            Err(error) => return Err(error),
        }
        stopped.map_err(broken).map(|_| ())
    })?;
    Ok(tap)
}

fn run(running: &Running, output: &Path, watch: &Watch) -> Result<()> {
    let bus = running.bus()?;
    running.0.set_state(gst::State::Playing).map_err(broken)?;
    let mut patience = Patience::new("drawing a picture");
    loop {
        watch.check()?;
        let message =
            bus.timed_pop_filtered(GLANCE, &[gst::MessageType::Eos, gst::MessageType::Error]);
        match message.as_ref().map(|message| message.view()) {
            Some(gst::MessageView::Error(error)) => {
                return Err(from_message(error, output, None));
            }
            Some(_) => return Ok(()),
            None => patience.check(watch.steps())?,
        }
    }
}

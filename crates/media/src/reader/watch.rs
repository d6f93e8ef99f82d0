//! Watching a pipeline: errors from its bus, cancellation, and the stall watchdog.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use task::Cancel;

use crate::error::{Error, Result};

/// Time without any progress after which work is given up.
const STALL: Duration = Duration::from_secs(30);

/// What a look at the bus found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Still running.
    Running,
    /// Every sink has all it will get.
    End,
}

/// Looks at one running pipeline.
pub(crate) struct Watch {
    bus: gst::Bus,
    source: PathBuf,
    output: Option<PathBuf>,
    stage: &'static str,
    missing: Option<Error>,
    moved: Instant,
    mark: u64,
}

impl Watch {
    /// Returns a watch over `pipeline`, which reads `source` and is busy with `stage`.
    pub(crate) fn new(
        pipeline: &gst::Pipeline,
        source: PathBuf,
        output: Option<PathBuf>,
        stage: &'static str,
    ) -> Result<Self> {
        let bus = pipeline.bus().ok_or_else(|| Error::Pipeline {
            detail: "the pipeline has no bus".to_owned(),
        })?;
        Ok(Self {
            bus,
            source,
            output,
            stage,
            missing: None,
            moved: Instant::now(),
            mark: 0,
        })
    }

    /// Waits up to `wait` for messages, then says how things stand. `mark` is any number that
    /// changes when work moves on.
    pub(crate) fn look(&mut self, wait: Duration, mark: u64, cancel: &Cancel) -> Result<Seen> {
        cancel.check()?;
        let mut wait = gst::ClockTime::from_nseconds(wait.as_nanos() as u64);
        while let Some(message) = self.bus.timed_pop_filtered(
            wait,
            &[
                gst::MessageType::Error,
                gst::MessageType::Eos,
                gst::MessageType::Element,
            ],
        ) {
            wait = gst::ClockTime::ZERO;
            match message.view() {
                gst::MessageView::Error(error) => return Err(self.error(error)),
                gst::MessageView::Eos(_) => return Ok(Seen::End),
                _ => {
                    if let Some(missing) = Error::missing(&message) {
                        self.missing = Some(missing);
                    }
                }
            }
        }
        if mark != self.mark {
            self.mark = mark;
            self.moved = Instant::now();
        } else if self.moved.elapsed() > STALL {
            return Err(Error::Stalled {
                stage: self.stage.to_owned(),
                secs: STALL.as_secs(),
            });
        }
        Ok(Seen::Running)
    }

    /// Returns the codec that no decoder was found for, if one was reported.
    pub(crate) fn missing(&self) -> Option<Error> {
        self.missing.clone()
    }

    fn error(&self, message: &gst::message::Error) -> Error {
        let cause = message.error();
        let element = message
            .src()
            .and_then(|source| source.downcast_ref::<gst::Element>())
            .and_then(ElementExt::factory)
            .map_or_else(
                || {
                    message
                        .src()
                        .map(|s| s.name().to_string())
                        .unwrap_or_default()
                },
                |factory| factory.name().to_string(),
            );
        let mapped = Error::from_gst(
            &cause,
            &element,
            message.debug().as_deref(),
            &self.source,
            self.output.as_deref(),
        );
        // "No streams to decode" and the like say less than the missing codec itself.
        match (&mapped, &self.missing) {
            (Error::UnsupportedCodec { .. } | Error::Pipeline { .. }, Some(missing)) => {
                missing.clone()
            }
            _ => mapped,
        }
    }
}

//! Watching a pipeline: errors from its bus, cancellation, and the stall watchdog.

use std::path::PathBuf;
use std::time::Duration;

use gstreamer as gst;
use gstreamer::prelude::*;
use task::Cancel;

use crate::error::{Error, Result};
use crate::render::watch::Stopwatch;

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
    still: Stopwatch,
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
            still: Stopwatch::new(),
            mark: 0,
        })
    }

    /// Waits up to `wait` for messages, then says how things stand. `mark` is any number that
    /// changes when work moves on.
    pub(crate) fn look(&mut self, wait: Duration, mark: u64, cancel: &Cancel) -> Result<Seen> {
        cancel.check()?;
        let mut wait = gst::ClockTime::from_nseconds(wait.as_nanos() as u64);
        while let Some(message) = self.next(wait) {
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
            self.still = Stopwatch::new();
        } else if self.still.look() > STALL {
            return Err(Error::Stalled {
                stage: self.stage.to_owned(),
                secs: STALL.as_secs(),
            });
        }
        Ok(Seen::Running)
    }

    fn next(&self, wait: gst::ClockTime) -> Option<gst::Message> {
        let kinds = [
            gst::MessageType::Error,
            gst::MessageType::Eos,
            gst::MessageType::Element,
        ];
        if wait == gst::ClockTime::ZERO {
            // A timed pop that may take no time finds nothing, whatever waits on the bus.
            self.bus.pop_filtered(&kinds)
        } else {
            self.bus.timed_pop_filtered(wait, &kinds)
        }
    }

    /// Returns the first error that was told and not looked at yet.
    pub(crate) fn last_error(&self) -> Option<Error> {
        let message = self.bus.pop_filtered(&[gst::MessageType::Error])?;
        match message.view() {
            gst::MessageView::Error(error) => Some(self.error(error)),
            _ => None,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_seen_without_waiting() {
        crate::init().unwrap();
        let pipeline = gst::Pipeline::new();
        let mut watch = Watch::new(
            &pipeline,
            PathBuf::from("in"),
            Some("out".into()),
            "testing",
        )
        .unwrap();
        // A pipeline at rest drops what it is told.
        pipeline.set_state(gst::State::Ready).unwrap();
        gst::element_error!(pipeline, gst::ResourceError::NoSpaceLeft, ["full"]);
        let seen = watch.look(Duration::ZERO, 0, &Cancel::new());
        pipeline.set_state(gst::State::Null).unwrap();
        assert_eq!(seen, Err(Error::DiskFull { path: "out".into() }));
    }
}

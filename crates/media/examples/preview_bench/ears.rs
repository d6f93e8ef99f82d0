//! Listens to the monitor of PulseAudio's default sink. What the capture adds by itself is in the times.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;

use crate::talk::Outcome;

/// What is heard now.
pub(crate) struct Ears {
    pipeline: gst::Pipeline,
    heard: Arc<Mutex<Vec<Instant>>>,
}

impl Ears {
    /// Begins to listen.
    pub(crate) fn open() -> Outcome<Self> {
        let pipeline = gst::parse::launch(
            "pulsesrc device=@DEFAULT_MONITOR@ buffer-time=20000 latency-time=5000 \
             provide-clock=false ! audio/x-raw,format=F32LE,channels=1,rate=48000 \
             ! appsink name=ears sync=false",
        )?;
        let pipeline = pipeline
            .downcast::<gst::Pipeline>()
            .map_err(|_other| "no pipeline")?;
        let sink = pipeline
            .by_name("ears")
            .and_then(|sink| sink.downcast::<gst_app::AppSink>().ok())
            .ok_or("no sink")?;
        let heard: Arc<Mutex<Vec<Instant>>> = Arc::default();
        let clicks = Arc::clone(&heard);
        let mut quiet = 24_000_usize;
        let listen = move |sink: &gst_app::AppSink| {
            let now = Instant::now();
            let sample = sink.pull_sample().map_err(|_gone| gst::FlowError::Eos)?;
            let buffer = sample.buffer().ok_or(gst::FlowError::Error)?;
            let map = buffer
                .map_readable()
                .map_err(|_unreadable| gst::FlowError::Error)?;
            let count = map.len() / 4;
            for (n, bytes) in map.as_chunks::<4>().0.iter().enumerate() {
                if f32::from_le_bytes(*bytes).abs() < 0.1 {
                    quiet += 1;
                    continue;
                }
                if quiet > 24_000 {
                    let before = Duration::from_secs_f64((count - n) as f64 / 48_000.0);
                    let mut clicks = clicks.lock().unwrap_or_else(PoisonError::into_inner);
                    clicks.push(now.checked_sub(before).unwrap_or(now));
                }
                quiet = 0;
            }
            Ok(gst::FlowSuccess::Ok)
        };
        sink.set_callbacks(
            gst_app::AppSinkCallbacks::builder()
                .new_sample(listen)
                .build(),
        );
        pipeline.set_state(gst::State::Playing)?;
        Ok(Self { pipeline, heard })
    }

    /// Stops, and returns when sound set in after half a second of quiet.
    pub(crate) fn clicks(self) -> Outcome<Vec<Instant>> {
        self.pipeline.set_state(gst::State::Null)?;
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(heard.clone())
    }
}

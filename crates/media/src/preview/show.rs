//! What one request asks for, ready to be drawn and heard.

use std::collections::BTreeMap;

use task::Cancel;
use timeline::ids::MediaId;
use timeline::time::{SequenceRange, SequenceTime};

use super::{Opening, PreviewRequest, Sound, Stop};
use crate::error::Result;
use crate::render::plan::{PictureSpan, Plan};
use crate::render::{MOST_GAIN_DB, RenderSource, RenderVideo, TARGET_LUFS};

/// Stands for the only stream of a proxy: the muxer numbers tracks from 1.
const PROXY_STREAM: &str = "proxy/001";

/// A request with its plan.
pub(super) struct Show {
    pub(super) request: PreviewRequest,
    pub(super) opening: Opening,
    pub(super) plan: Plan,
    /// Where pictures come from: proxies where there are some.
    pub(super) pictures: BTreeMap<MediaId, RenderSource>,
    /// Width and height of the frames.
    pub(super) size: (u32, u32),
    /// Asks what works for this show to stop.
    pub(super) stop: Stop,
}

impl Show {
    pub(super) fn new(request: PreviewRequest, opening: Opening) -> Result<Self> {
        let plan = Plan::or_empty(&request.sequence)?;
        let format = request.sequence.format;
        let pictures = request.sources.iter().map(|(id, source)| {
            let proxy = request.proxies.get(id).filter(|path| path.is_file());
            let source = match (proxy, &source.video) {
                (Some(path), Some(video)) => RenderSource {
                    path: path.clone(),
                    video: Some(RenderVideo {
                        id: PROXY_STREAM.to_owned(),
                        ..video.clone()
                    }),
                    ..source.clone()
                },
                _ => source.clone(),
            };
            (*id, source)
        });
        Ok(Self {
            pictures: pictures.collect(),
            size: size((format.width, format.height), opening.height),
            plan,
            request,
            opening,
            stop: Cancel::new(),
        })
    }

    /// Returns the frame that is shown at a moment: the first or last one outside of the sequence.
    pub(super) fn frame_at(&self, at: SequenceTime) -> i64 {
        let last = (self.plan.frames - 1).max(0);
        self.plan.rate.frame_at(at.since_start()).clamp(0, last)
    }

    /// Returns when a frame is shown.
    pub(super) fn time_of(&self, frame: i64) -> SequenceTime {
        SequenceTime::ZERO + self.plan.rate.frame_start(frame)
    }

    /// Returns the frames of a range, at least one; `None` outside of the sequence.
    pub(super) fn frames_of(&self, range: SequenceRange) -> Option<std::ops::Range<i64>> {
        let rate = self.plan.rate;
        let start = rate.frames_in(range.start.since_start()).max(0);
        let end = rate.frames_in(range.end.since_start());
        let end = end.max(start + 1).min(self.plan.frames);
        (start < end).then_some(start..end)
    }

    /// Returns the clip that fills a frame with its number; `None` in a gap.
    pub(super) fn span_at(&self, frame: i64) -> Option<(usize, &PictureSpan)> {
        let pictures = &self.plan.pictures;
        let after = pictures.partition_point(|span| span.frames.start <= frame);
        let index = after.checked_sub(1)?;
        let span = pictures.get(index)?;
        span.frames.contains(&frame).then_some((index, span))
    }

    /// Returns the gain of the sound, linear: see the module.
    pub(super) fn gain(&self) -> f64 {
        let (mut energy, mut length) = (0.0, 0.0);
        for span in &self.plan.sounds {
            if let Some(lufs) = self.request.loudness.get(&span.media) {
                let samples = (span.samples.end - span.samples.start) as f64;
                energy += samples * span.gain.powi(2) * 10_f64.powf(lufs / 10.0);
                length += samples;
            }
        }
        if energy <= 0.0 {
            return 1.0;
        }
        let lufs = 10.0 * (energy / length).log10();
        10_f64.powf((TARGET_LUFS - lufs).min(MOST_GAIN_DB) / 20.0)
    }

    /// Returns whether it is heard when it plays.
    pub(super) fn is_heard(&self) -> bool {
        self.opening.sound == Sound::On && !self.plan.sounds.is_empty()
    }

    /// Returns whether another show sounds the same.
    pub(super) fn sounds_like(&self, other: &Self) -> bool {
        self.plan.rate == other.plan.rate
            && self.plan.frames == other.plan.frames
            && self.plan.sounds == other.plan.sounds
            && self.request.sources == other.request.sources
            && self.request.loudness == other.request.loudness
            && self.opening.sound == other.opening.sound
    }
}

/// Returns the frame of a shape at a height, both sides even.
fn size((width, height): (u32, u32), wanted: u32) -> (u32, u32) {
    let tall = (wanted.clamp(2, height.max(2)) / 2) * 2;
    let exact = f64::from(tall) * f64::from(width) / f64::from(height.max(1));
    let wide = ((exact / 2.0).round() as u32 * 2).max(2);
    (wide, tall)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_keep_their_shape_and_are_even() {
        for (format, height, expect) in [
            ((1080, 1920), 960, (540, 960)),
            ((1080, 1920), 361, (202, 360)),
            ((1080, 1920), 5000, (1080, 1920)),
            ((1920, 1080), 540, (960, 540)),
            ((1080, 1080), 0, (2, 2)),
        ] {
            assert_eq!(size(format, height), expect, "{format:?} at {height}");
        }
    }
}

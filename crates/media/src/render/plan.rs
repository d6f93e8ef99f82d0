//! From a sequence to spans on its frame and sample grids.

use std::ops::Range;

use footage::time::{FrameRate, SourceRange, SourceTime, Ticks};
use timeline::ids::MediaId;
use timeline::project::{Clip, Sequence, Speed, Track, TrackKind};

use super::RATE;
use crate::error::{Error, Result};

/// What is shown and heard, on the grids.
#[derive(Debug, PartialEq)]
pub(crate) struct Plan {
    pub(crate) rate: FrameRate,
    /// Number of frames of the whole.
    pub(crate) frames: i64,
    /// Number of sample frames of the whole.
    pub(crate) samples: i64,
    /// Pictures in order; gaps are black.
    pub(crate) pictures: Vec<PictureSpan>,
    /// Sounds sorted by start; they may overlap.
    pub(crate) sounds: Vec<SoundSpan>,
}

/// The frames that a clip fills.
#[derive(Debug, PartialEq)]
pub(crate) struct PictureSpan {
    pub(crate) frames: Range<i64>,
    pub(crate) clip: Clip,
}

/// How a sound begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    /// In the open: a short ramp inside, so that it does not click.
    Open,
    /// Against another sound of its track: a short crossfade around the cut.
    Cut,
}

/// The samples that a clip fills.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SoundSpan {
    pub(crate) samples: Range<i64>,
    pub(crate) media: MediaId,
    pub(crate) source: SourceRange,
    pub(crate) speed: Speed,
    /// Linear.
    pub(crate) gain: f64,
    /// In samples.
    pub(crate) fade_in: i64,
    /// In samples.
    pub(crate) fade_out: i64,
    pub(crate) starts: Edge,
    pub(crate) ends: Edge,
}

impl PictureSpan {
    /// Returns the source's moment for frame `index`, held within what the clip plays.
    pub(crate) fn source_time(&self, rate: FrameRate, index: i64) -> SourceTime {
        let wanted = self
            .clip
            .source_time(timeline::time::SequenceTime::ZERO + rate.frame_start(index));
        let source = self.clip.source;
        wanted.clamp(source.start, (source.end - Ticks(1)).max(source.start))
    }

    /// Returns the light of frame `index` under the clip's fades, 0..=1.
    pub(crate) fn light(&self, rate: FrameRate, index: i64) -> f64 {
        let into = (rate.frame_start(index) - self.clip.start.since_start()).0 as f64;
        let length = self.clip.duration().0 as f64;
        let share = |position: f64, fade: Ticks| {
            if fade.0 > 0 {
                (position / fade.0 as f64).clamp(0.0, 1.0)
            } else {
                1.0
            }
        };
        // The last frame starts one frame before the end and is the darkest.
        let left = length - into - rate.frame_duration().0 as f64;
        share(into, self.clip.fade_in).min(share(left, self.clip.fade_out))
    }
}

impl Plan {
    /// Returns the plan of a sequence; one that is empty is refused.
    pub(crate) fn of(sequence: &Sequence) -> Result<Self> {
        let plan = Self::or_empty(sequence)?;
        if plan.frames <= 0 {
            return Err(refuse("the sequence is empty"));
        }
        Ok(plan)
    }

    /// Returns the plan of a sequence, without frames for one that is empty.
    pub(crate) fn or_empty(sequence: &Sequence) -> Result<Self> {
        let rate = sequence.format.rate;
        let frames = rate.frames_in(sequence.duration()).max(0);
        let overlays = sequence.tracks_of(TrackKind::Overlay);
        if overlays
            .into_iter()
            .any(|track| playing(track).next().is_some())
        {
            return Err(refuse("overlay tracks cannot be rendered yet"));
        }
        let samples = rate.frame_start(frames).samples(RATE);
        Ok(Self {
            rate,
            frames,
            samples,
            pictures: pictures(sequence, frames)?,
            sounds: sounds(sequence, samples),
        })
    }
}

fn refuse(detail: &str) -> Error {
    Error::Request {
        detail: detail.to_owned(),
    }
}

fn playing(track: &Track) -> impl Iterator<Item = &Clip> {
    let clips = if track.muted {
        &[]
    } else {
        track.clips.as_slice()
    };
    clips.iter().filter(|clip| clip.enabled)
}

fn pictures(sequence: &Sequence, frames: i64) -> Result<Vec<PictureSpan>> {
    let rate = sequence.format.rate;
    let mut spans: Vec<PictureSpan> = sequence
        .tracks_of(TrackKind::Video)
        .flat_map(|track| playing(track))
        .map(|clip| {
            let range = clip.range();
            let first = rate.frames_in(range.start.since_start()).max(0);
            let last = rate.frames_in(range.end.since_start()).min(frames);
            PictureSpan {
                frames: first..last,
                clip: clip.clone(),
            }
        })
        .filter(|span| !span.frames.is_empty())
        .collect();
    spans.sort_by_key(|span| span.frames.start);
    let layered = spans
        .iter()
        .zip(spans.iter().skip(1))
        .any(|(one, next)| next.frames.start < one.frames.end);
    if layered {
        return Err(refuse(
            "more than one layer of pictures cannot be rendered yet",
        ));
    }
    Ok(spans)
}

fn sounds(sequence: &Sequence, samples: i64) -> Vec<SoundSpan> {
    let mut spans = Vec::new();
    for kind in [TrackKind::Voice, TrackKind::Music] {
        for track in sequence.tracks_of(kind) {
            spans.extend(track_sounds(track, samples));
        }
    }
    spans.sort_by_key(|span| span.samples.start);
    spans
}

fn track_sounds(track: &Track, samples: i64) -> Vec<SoundSpan> {
    let mut spans: Vec<SoundSpan> = Vec::new();
    for clip in playing(track) {
        let range = clip.range();
        let span = SoundSpan {
            samples: range.start.since_start().samples(RATE).max(0)
                ..range.end.since_start().samples(RATE).min(samples),
            media: clip.media,
            source: clip.source,
            speed: clip.speed,
            gain: 10_f64.powf(clip.gain_db / 20.0),
            fade_in: clip.fade_in.samples(RATE),
            fade_out: clip.fade_out.samples(RATE),
            starts: Edge::Open,
            ends: Edge::Open,
        };
        if span.samples.is_empty() {
            continue;
        }
        match spans.last_mut() {
            Some(last) if continues(last, &span) => {
                // The same take goes on: one reader, no seam.
                last.samples.end = span.samples.end;
                last.source.end = span.source.end;
                last.fade_out = span.fade_out;
            }
            Some(last) if last.samples.end == span.samples.start => {
                last.ends = Edge::Cut;
                spans.push(SoundSpan {
                    starts: Edge::Cut,
                    ..span
                });
            }
            _ => spans.push(span),
        }
    }
    spans
}

#[expect(clippy::float_cmp, reason = "only the very same gain joins two takes")]
fn continues(last: &SoundSpan, next: &SoundSpan) -> bool {
    last.samples.end == next.samples.start
        && last.media == next.media
        && last.source.end == next.source.start
        && last.speed == next.speed
        && last.gain == next.gain
        && last.fade_out == 0
        && next.fade_in == 0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use timeline::ids::{ClipId, SequenceId, TrackId};
    use timeline::project::{Format, Framing};
    use timeline::time::SequenceTime;

    use super::*;

    fn clip(start: f64, from: f64, to: f64) -> Clip {
        Clip {
            id: ClipId(1),
            media: MediaId(1),
            start: SequenceTime::from_secs(start),
            source: SourceRange::from_secs(from, to),
            speed: Speed::NORMAL,
            framing: Framing::Fit,
            gain_db: 0.0,
            fade_in: Ticks::ZERO,
            fade_out: Ticks::ZERO,
            link: None,
            enabled: true,
        }
    }

    fn sequence(tracks: Vec<(TrackKind, Vec<Clip>)>) -> Sequence {
        let track = |(kind, clips)| {
            Arc::new(Track {
                id: TrackId(1),
                kind,
                clips,
                muted: false,
                locked: false,
            })
        };
        Sequence {
            id: SequenceId(1),
            name: String::new(),
            format: Format {
                width: 1080,
                height: 1920,
                rate: FrameRate::new(25, 1).unwrap(),
            },
            tracks: tracks.into_iter().map(track).collect(),
            captions: BTreeMap::new(),
            preset: None,
            caption_anchor: None,
            markers: Vec::new(),
        }
    }

    #[test]
    fn pictures_fall_on_the_nearest_frames() {
        let clips = vec![clip(0.0, 10.0, 11.013), clip(1.013, 20.0, 21.0)];
        let plan = Plan::of(&sequence(vec![(TrackKind::Video, clips)])).unwrap();
        let frames: Vec<_> = plan
            .pictures
            .iter()
            .map(|span| span.frames.clone())
            .collect();
        assert_eq!(frames, [0..25, 25..50], "1.013 s is nearest to frame 25");
        assert_eq!(plan.frames, 50);
        assert_eq!(plan.samples, 96_000);
        let first = plan.pictures[1].source_time(plan.rate, 25);
        assert_eq!(
            first,
            SourceTime::from_secs(20.0),
            "never what comes before the clip's source range"
        );
    }

    #[test]
    fn layers_and_overlays_are_refused() {
        let both = sequence(vec![
            (TrackKind::Video, vec![clip(0.0, 0.0, 2.0)]),
            (TrackKind::Video, vec![clip(1.0, 0.0, 2.0)]),
        ]);
        assert!(matches!(Plan::of(&both), Err(Error::Request { .. })));
        let overlay = sequence(vec![(TrackKind::Overlay, vec![clip(0.0, 0.0, 2.0)])]);
        assert!(matches!(Plan::of(&overlay), Err(Error::Request { .. })));
        assert!(matches!(
            Plan::of(&sequence(Vec::new())),
            Err(Error::Request { .. })
        ));
    }

    #[test]
    fn one_take_in_two_clips_has_no_seam_and_a_cut_has_a_crossfade() {
        let clips = vec![
            clip(0.0, 5.0, 6.0),
            clip(1.0, 6.0, 7.0),
            clip(2.0, 9.0, 10.0),
        ];
        let plan = Plan::of(&sequence(vec![(TrackKind::Voice, clips)])).unwrap();
        let found: Vec<_> = plan
            .sounds
            .iter()
            .map(|span| (span.samples.clone(), span.starts, span.ends))
            .collect();
        assert_eq!(
            found,
            [
                (0..96_000, Edge::Open, Edge::Cut),
                (96_000..144_000, Edge::Cut, Edge::Open)
            ]
        );
    }

    #[test]
    fn fades_reach_black_on_the_outer_frames() {
        let mut faded = clip(0.0, 0.0, 2.0);
        faded.fade_in = Ticks::from_secs(0.4);
        faded.fade_out = Ticks::from_secs(0.4);
        let plan = Plan::of(&sequence(vec![(TrackKind::Video, vec![faded])])).unwrap();
        let span = &plan.pictures[0];
        let light = |index| (span.light(plan.rate, index) * 100.0).round() as i32;
        assert_eq!(
            [0, 5, 10, 25, 39, 44, 49].map(light),
            [0, 50, 100, 100, 100, 50, 0]
        );
    }
}

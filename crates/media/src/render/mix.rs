//! Mixes the sounds of a plan, block by block.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::ops::Range;

use footage::time::Ticks;
use timeline::ids::MediaId;

use super::RenderSource;
use super::plan::{Edge, Plan, SoundSpan};
use super::reader::{RATE, RUN_UP, Reader, Wanted};
use super::watch::Watch;
use crate::encode::aac::samples_of;
use crate::error::{Error, Result};

/// Frames that are mixed at once: half a second.
const BLOCK: i64 = RATE as i64 / 2;
/// Frames of a ramp at an open edge, and of a crossfade at a cut: 6 ms.
const RAMP: i64 = RATE as i64 * 6 / 1000;
/// Frames by which times may disagree with counted samples before samples are moved: rounded
/// times jitter by about a millisecond, real holes are longer.
const SLACK: i64 = RATE as i64 / 50;

/// Hands the mix of a plan to `each` in blocks of interleaved stereo, in order.
pub(super) fn mix(
    plan: &Plan,
    sources: &BTreeMap<MediaId, RenderSource>,
    watch: &Watch,
    mut each: impl FnMut(&[f32]) -> Result<()>,
) -> Result<()> {
    let mut mix = Mix::at(plan, sources, 0);
    let mut block = Vec::new();
    while mix.next(BLOCK, &mut block, watch)? > 0 {
        each(&block)?;
        watch.step();
    }
    Ok(())
}

/// The mix of a plan from some moment on.
pub(crate) struct Mix<'a> {
    sources: &'a BTreeMap<MediaId, RenderSource>,
    samples: i64,
    /// The next sample.
    at: i64,
    playing: Vec<Voice<'a>>,
    waiting: Peekable<std::slice::Iter<'a, SoundSpan>>,
}

impl<'a> Mix<'a> {
    /// Returns the mix from sample `at` on.
    pub(crate) fn at(
        plan: &'a Plan,
        sources: &'a BTreeMap<MediaId, RenderSource>,
        at: i64,
    ) -> Self {
        Self {
            sources,
            samples: plan.samples,
            at,
            playing: Vec::new(),
            waiting: plan.sounds.iter().peekable(),
        }
    }

    /// Puts at most `count` sample frames in place of what is in `block`, and returns how many
    /// there are; none at the end.
    pub(crate) fn next(&mut self, count: i64, block: &mut Vec<f32>, watch: &Watch) -> Result<i64> {
        watch.check()?;
        block.clear();
        let end = (self.at + count).min(self.samples);
        if end <= self.at {
            return Ok(0);
        }
        while let Some(span) = self.waiting.next_if(|span| span.samples.start - RAMP < end) {
            if heard(span).end <= self.at {
                continue;
            }
            if let Some(voice) = Voice::open(span, self.sources, self.at, watch)? {
                self.playing.push(voice);
            }
        }
        block.resize(((end - self.at) * 2) as usize, 0.0);
        for voice in &mut self.playing {
            voice.add(block, self.at, watch)?;
        }
        self.playing.retain(|voice| heard(voice.span).end > end);
        let count = end - self.at;
        self.at = end;
        Ok(count)
    }
}

/// Returns the samples of the mix in which a span is heard, crossfades included.
fn heard(span: &SoundSpan) -> Range<i64> {
    let reach = |edge| match edge {
        Edge::Open => 0,
        Edge::Cut => RAMP / 2,
    };
    span.samples.start - reach(span.starts)..span.samples.end + reach(span.ends)
}

/// A span that is being read.
struct Voice<'a> {
    span: &'a SoundSpan,
    track: SampleTrack,
}

impl<'a> Voice<'a> {
    /// Returns the voice, ready to be heard from sample `at` of the mix on, or `None` when its
    /// source has no sound.
    fn open(
        span: &'a SoundSpan,
        sources: &BTreeMap<MediaId, RenderSource>,
        at: i64,
        watch: &Watch,
    ) -> Result<Option<Self>> {
        let source = sources.get(&span.media).ok_or_else(|| Error::Request {
            detail: format!(
                "the sequence uses source {}, which is not given",
                span.media.0
            ),
        })?;
        let Some(id) = &source.audio else {
            return Ok(None);
        };
        let start = span.source.start.since_start() + source.start;
        let wanted = Wanted::Sound(span.speed);
        let (num, den) = (i64::from(span.speed.num), i64::from(span.speed.den));
        let skipped = Ticks::from_samples((at - span.samples.start).max(0), RATE).scaled(num, den);
        let from = start + skipped - RUN_UP;
        let reader = Reader::open(&source.path, id, wanted, from, watch)?;
        Ok(Some(Self {
            span,
            track: SampleTrack {
                reader,
                start,
                num,
                den,
                buffer: Vec::new(),
                decoded: Vec::new(),
                first: None,
                ended: false,
            },
        }))
    }

    /// Adds what is heard to the block that starts at sample `at` of the mix.
    fn add(&mut self, block: &mut [f32], at: i64, watch: &Watch) -> Result<()> {
        let heard = heard(self.span);
        let from = heard.start.max(at);
        let to = heard.end.min(at + block.len() as i64 / 2);
        if from >= to {
            return Ok(());
        }
        let origin = self.span.samples.start;
        let samples = self.track.take(from - origin, to - origin, watch)?;
        let target = block
            .get_mut(((from - at) * 2) as usize..)
            .unwrap_or_default();
        for ((target, sample), position) in target
            .chunks_exact_mut(2)
            .zip(samples.chunks_exact(2))
            .zip(from..)
        {
            let gain = envelope(self.span, position) as f32;
            for (target, sample) in target.iter_mut().zip(sample) {
                *target += sample * gain;
            }
        }
        Ok(())
    }
}

/// Returns the gain of a span at a sample of the mix: its own, its fades and its edges.
fn envelope(span: &SoundSpan, position: i64) -> f64 {
    let into = position - span.samples.start;
    let left = span.samples.end - 1 - position;
    let edge = |edge, inside: i64| {
        let along = match edge {
            Edge::Open => inside as f64 / RAMP as f64,
            // Two ramps around a cut add up to 1, so an unbroken take passes unchanged.
            Edge::Cut => (inside as f64 + RAMP as f64 / 2.0 + 0.5) / RAMP as f64,
        };
        along.clamp(0.0, 1.0)
    };
    let fade = |length: i64, inside: i64| {
        if length > 0 {
            (inside as f64 / length as f64).clamp(0.0, 1.0)
        } else {
            1.0
        }
    };
    span.gain
        * edge(span.starts, into)
        * edge(span.ends, left)
        * fade(span.fade_in, into)
        * fade(span.fade_out, left)
}

/// The decoded samples of a stream, numbered from a moment.
struct SampleTrack {
    reader: Reader,
    /// The reader's time of sample 0.
    start: Ticks,
    num: i64,
    den: i64,
    /// Interleaved samples not taken yet.
    buffer: Vec<f32>,
    decoded: Vec<f32>,
    /// Number of the first of them; `None` before the first decoded sample.
    first: Option<i64>,
    ended: bool,
}

impl SampleTrack {
    /// Returns the frames `from..to`; where the source has none they are silent.
    fn take(&mut self, from: i64, to: i64, watch: &Watch) -> Result<Vec<f32>> {
        while !self.ended && self.end() < to {
            self.decode(watch)?;
        }
        let first = self.first.unwrap_or(to);
        let mut out = Vec::with_capacity(((to - from) * 2) as usize);
        let silent = (first.min(to) - from).max(0);
        out.resize((silent * 2) as usize, 0.0);
        let skip = ((from - first).max(0) * 2) as usize;
        let wanted = ((to - from) * 2) as usize - out.len();
        let there = self.buffer.get(skip..).unwrap_or_default();
        out.extend(there.iter().take(wanted));
        out.resize(((to - from) * 2) as usize, 0.0);
        // A crossfade may want the last few again.
        let keep = ((to - RAMP - first).max(0) * 2) as usize;
        if keep > 0 && self.first.is_some() {
            let gone = keep.min(self.buffer.len());
            self.buffer.drain(..gone);
            self.first = Some(first + gone as i64 / 2);
        }
        Ok(out)
    }

    fn end(&self) -> i64 {
        self.first
            .map_or(i64::MIN, |first| first + self.buffer.len() as i64 / 2)
    }

    fn decode(&mut self, watch: &Watch) -> Result<()> {
        let Some((sample, time)) = self.reader.next(watch)? else {
            self.ended = true;
            return Ok(());
        };
        let number = (time - self.start).scaled(self.den, self.num).samples(RATE);
        match self.first {
            None => self.first = Some(number),
            Some(_) => self.align(number),
        }
        samples_of(&sample, &mut self.decoded)?;
        self.buffer.extend_from_slice(&self.decoded);
        Ok(())
    }

    /// Fills a hole before, or drops an overlap with, what comes at `number`.
    fn align(&mut self, number: i64) {
        let off = number - self.end();
        // A changed speed stretches in strides of its own: its samples are counted only.
        if off.abs() <= SLACK || self.num != self.den {
            return;
        }
        // Damaged times must not ask for hours of silence.
        let off = off.clamp(-(self.buffer.len() as i64 / 2), i64::from(RATE) * 600);
        let length = (self.buffer.len() as i64 + off * 2).max(0) as usize;
        self.buffer.resize(length, 0.0);
    }
}

#[cfg(test)]
mod tests {
    use footage::time::SourceRange;
    use timeline::project::Speed;

    use super::*;

    fn span(starts: Edge, ends: Edge) -> SoundSpan {
        SoundSpan {
            samples: 10_000..20_000,
            media: MediaId(1),
            source: SourceRange::from_secs(0.0, 1.0),
            speed: Speed::NORMAL,
            gain: 1.0,
            fade_in: 0,
            fade_out: 0,
            starts,
            ends,
        }
    }

    #[test]
    fn crossfades_of_one_take_add_up_to_one() {
        let before = SoundSpan {
            samples: 0..10_000,
            ..span(Edge::Open, Edge::Cut)
        };
        let after = span(Edge::Cut, Edge::Open);
        for position in 10_000 - RAMP..10_000 + RAMP {
            let sum = envelope(&before, position) + envelope(&after, position);
            assert!((sum - 1.0).abs() < 1e-9, "{position}: {sum}");
        }
    }

    #[test]
    fn open_edges_start_and_end_in_silence() {
        let open = span(Edge::Open, Edge::Open);
        assert!(envelope(&open, 10_000).abs() < 1e-9);
        assert!(envelope(&open, 19_999).abs() < 1e-9);
        assert!((envelope(&open, 15_000) - 1.0).abs() < 1e-9);
    }
}

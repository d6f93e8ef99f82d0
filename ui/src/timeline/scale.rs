//! Time and pixels: zoom, scroll, the ruler's ticks, timecode.

use timeline::time::{SequenceRange, SequenceTime};
use timeline::{FrameRate, Ticks};

/// Pixels per second at the most: a frame of a film is then 100 px wide.
pub(crate) const CLOSEST: f64 = 2_400.0;
/// Pixels per second at the least: a day is then 86 px wide.
pub(crate) const FARTHEST: f64 = 0.001;
/// Room after the last clip when a sequence is fitted, as a share of the width.
const FIT_MARGIN: f64 = 0.04;
/// Free pixels between two labels of the ruler.
const LABEL_GAP_PX: f64 = 18.0;
/// Width of a character of a label: tabular figures of 11 px.
const LABEL_CHAR_PX: f64 = 7.0;
/// Pixels between two ticks at the least.
const TICK_GAP_PX: f64 = 7.0;

/// What a timeline shows: how large, and from where on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Viewport {
    /// Pixels per second, [`FARTHEST`]`..=`[`CLOSEST`].
    pub(crate) px_per_sec: f64,
    /// Pixels from the start of the sequence to the left edge, at least 0.
    pub(crate) scroll_px: f64,
    /// Width in pixels.
    pub(crate) width_px: f64,
}

impl Default for Viewport {
    fn default() -> Self {
        Self {
            px_per_sec: 60.0,
            scroll_px: 0.0,
            width_px: 0.0,
        }
    }
}

impl Viewport {
    /// Returns the pixels from the start of the sequence to a moment.
    pub(crate) fn px_from_seq(self, at: SequenceTime) -> f64 {
        at.secs() * self.px_per_sec
    }

    /// Returns the pixels that a length takes.
    pub(crate) fn px_from_ticks(self, length: Ticks) -> f64 {
        length.secs() * self.px_per_sec
    }

    /// Returns the moment at so many pixels from the start of the sequence; before it for negative
    /// ones.
    pub(crate) fn seq_from_px(self, px: f64) -> SequenceTime {
        SequenceTime::from_secs(px / self.px_per_sec)
    }

    /// Returns the length that so many pixels show.
    pub(crate) fn ticks_from_px(self, px: f64) -> Ticks {
        Ticks::from_secs(px / self.px_per_sec)
    }

    /// Returns the whole sequence at once.
    #[must_use]
    pub(crate) fn fitted(self, duration: Ticks) -> Self {
        if duration <= Ticks::ZERO || self.width_px <= 0.0 {
            return Self {
                scroll_px: 0.0,
                ..self
            };
        }
        let px_per_sec = self.width_px * (1.0 - FIT_MARGIN) / duration.secs();
        Self {
            px_per_sec: px_per_sec.clamp(FARTHEST, CLOSEST),
            scroll_px: 0.0,
            ..self
        }
    }

    /// Returns it `factor` times as large, with what is at `around_px` from the left edge left
    /// where it is.
    #[must_use]
    pub(crate) fn zoomed(self, factor: f64, around_px: f64, duration: Ticks) -> Self {
        let px_per_sec = (self.px_per_sec * factor).clamp(FARTHEST, CLOSEST);
        let grown = px_per_sec / self.px_per_sec;
        let scroll_px = (self.scroll_px + around_px) * grown - around_px;
        Self {
            px_per_sec,
            scroll_px,
            ..self
        }
        .settled(duration)
    }

    /// Returns it moved by so many pixels.
    #[must_use]
    pub(crate) fn scrolled(self, by_px: f64, duration: Ticks) -> Self {
        Self {
            scroll_px: self.scroll_px + by_px,
            ..self
        }
        .settled(duration)
    }

    /// Returns it moved as little as shows a moment, `margin_px` away from either edge.
    #[must_use]
    pub(crate) fn showing(self, at: SequenceTime, margin_px: f64, duration: Ticks) -> Self {
        let margin_px = margin_px.min(self.width_px / 3.0);
        let x = self.px_from_seq(at);
        let right = x + margin_px - self.width_px;
        let scroll_px = if x - margin_px < self.scroll_px {
            x - margin_px
        } else if right > self.scroll_px {
            right
        } else {
            return self;
        };
        Self { scroll_px, ..self }.settled(duration)
    }

    /// Returns it turned to the page that a moment is on, for a playhead that runs out of sight.
    #[must_use]
    pub(crate) fn turned_to(self, at: SequenceTime, duration: Ticks) -> Self {
        let x = self.px_from_seq(at) - self.scroll_px;
        if (0.0..=self.width_px).contains(&x) {
            return self;
        }
        Self {
            scroll_px: self.scroll_px + x - self.width_px * 0.05,
            ..self
        }
        .settled(duration)
    }

    /// Returns the farthest that it may be scrolled: half of the width stays free after the end, to
    /// drop things there.
    pub(crate) fn scroll_limit_px(self, duration: Ticks) -> f64 {
        let end_px = self.px_from_ticks(duration);
        if end_px <= self.width_px {
            return 0.0;
        }
        end_px - self.width_px / 2.0
    }

    /// Returns what is seen, grown by a share of the width on both sides and rounded outwards to
    /// steps of that share, so that it changes once in a while and not with every pixel.
    pub(crate) fn seen(self, overscan: f64) -> SequenceRange {
        let step_px = (self.width_px * overscan).max(1.0);
        let first_px = ((self.scroll_px / step_px).floor() - 1.0) * step_px;
        let last_px = (((self.scroll_px + self.width_px) / step_px).ceil() + 1.0) * step_px;
        SequenceRange::new(
            self.seq_from_px(first_px.max(0.0)),
            self.seq_from_px(last_px.max(0.0)),
        )
    }

    fn settled(self, duration: Ticks) -> Self {
        let limit_px = self.scroll_limit_px(duration);
        Self {
            scroll_px: self.scroll_px.clamp(0.0, limit_px),
            ..self
        }
    }
}

/// Returns where a zoom slider of 0..=1 stands.
pub(crate) fn slider_from_zoom(px_per_sec: f64) -> f64 {
    let slowest = SLIDER_FARTHEST.ln();
    ((px_per_sec.max(SLIDER_FARTHEST).ln() - slowest) / (CLOSEST.ln() - slowest)).clamp(0.0, 1.0)
}

/// Returns the zoom of a slider of 0..=1 in pixels per second.
pub(crate) fn zoom_from_slider(at: f64) -> f64 {
    let slowest = SLIDER_FARTHEST.ln();
    (slowest + at.clamp(0.0, 1.0) * (CLOSEST.ln() - slowest)).exp()
}

/// The slider begins where four hours fill a screen: further out it would have no use.
const SLIDER_FARTHEST: f64 = 0.1;

/// A line of the ruler.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    /// When.
    pub(crate) at: SequenceTime,
    /// Its text; only the larger ones have one.
    pub(crate) label: Option<String>,
}

/// Distance between ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Frames(i64),
    Secs(i64),
}

impl Step {
    fn length(self, rate: FrameRate) -> Ticks {
        match self {
            Self::Frames(n) => rate.frame_start(n),
            Self::Secs(n) => Ticks::SECOND * n,
        }
    }

    fn at(self, index: i64, rate: FrameRate) -> SequenceTime {
        let since = match self {
            Self::Frames(n) => rate.frame_start(index * n),
            Self::Secs(n) => Ticks::SECOND * (index * n),
        };
        SequenceTime::ZERO + since
    }

    /// Returns whether every tick of `larger` is one of this step too.
    fn divides(self, larger: Self, rate: FrameRate) -> bool {
        match (self, larger) {
            (Self::Frames(a), Self::Frames(b)) | (Self::Secs(a), Self::Secs(b)) => b % a == 0,
            (Self::Frames(n), Self::Secs(_)) => rate.num.is_multiple_of(rate.den * n as u32),
            (Self::Secs(_), Self::Frames(_)) => false,
        }
    }
}

/// Returns the steps that a ruler may have, the smallest first.
fn steps(rate: FrameRate) -> Vec<Step> {
    let nominal = rate.fps().round().max(1.0) as i64;
    let frames = (1..nominal).filter(|n| nominal % n == 0).map(Step::Frames);
    let secs = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400,
        604_800,
    ];
    frames.chain(secs.into_iter().map(Step::Secs)).collect()
}

/// Returns the ruler's ticks over `range`, whose labels never overlap.
pub(crate) fn ticks(view: Viewport, range: SequenceRange, rate: FrameRate) -> Vec<Tick> {
    let steps = steps(rate);
    let width = |step: &Step| view.px_from_ticks(step.length(rate));
    let label_px = |step: &Step| {
        let longest = label(range.end, *step, rate).chars().count();
        longest as f64 * LABEL_CHAR_PX + LABEL_GAP_PX
    };
    let Some(major) = steps
        .iter()
        .find(|step| width(step) >= label_px(step))
        .or(steps.last())
        .copied()
    else {
        return Vec::new();
    };
    let minor = steps
        .iter()
        .find(|step| width(step) >= TICK_GAP_PX && step.divides(major, rate))
        .copied()
        .unwrap_or(major);
    let length = minor.length(rate).0.max(1);
    let per_label = (major.length(rate).0 as f64 / length as f64)
        .round()
        .max(1.0) as i64;
    let first = range.start.0.div_euclid(length);
    let last = range.end.0.div_euclid(length) + 1;
    (first..=last)
        .map(|index| (index, minor.at(index, rate)))
        .filter(|(_, at)| *at <= range.end)
        .map(|(index, at)| Tick {
            at,
            label: (index % per_label == 0).then(|| label(at, major, rate)),
        })
        .collect()
}

fn label(at: SequenceTime, step: Step, rate: FrameRate) -> String {
    match step {
        Step::Frames(_) => timecode(at, rate),
        Step::Secs(_) => clock(at.since_start()),
    }
}

/// Returns a moment as minutes, seconds and frames: `0:12:04`, from an hour on `1:00:12:04`.
///
/// The seconds are real ones at every rate; the frames count from the first one of the second.
pub(crate) fn timecode(at: SequenceTime, rate: FrameRate) -> String {
    let frame = rate.frame_at(at.since_start().max(Ticks::ZERO));
    let secs = rate.frame_start(frame).0.div_euclid(Ticks::SECOND.0);
    let first = rate.frame_at(Ticks::SECOND * secs);
    let first = if rate.frame_start(first) < Ticks::SECOND * secs {
        first + 1
    } else {
        first
    };
    let clock = clock(Ticks::SECOND * secs);
    format!("{clock}:{:02}", frame - first)
}

/// Returns a length as minutes and seconds: `0:12`, from an hour on `1:00:12`.
pub(crate) fn clock(length: Ticks) -> String {
    let secs = length.0.max(0).div_euclid(Ticks::SECOND.0);
    let (hours, minutes, secs) = (secs / 3_600, secs / 60 % 60, secs % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{secs:02}")
    } else {
        format!("{minutes}:{secs:02}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FILM: FrameRate = FrameRate { num: 30, den: 1 };
    const NTSC: FrameRate = FrameRate {
        num: 30_000,
        den: 1001,
    };

    fn view(px_per_sec: f64, scroll_px: f64) -> Viewport {
        Viewport {
            px_per_sec,
            scroll_px,
            width_px: 1000.0,
        }
    }

    fn secs(at: f64) -> SequenceTime {
        SequenceTime::from_secs(at)
    }

    #[test]
    fn a_sequence_is_fitted_with_a_little_room() {
        let fitted = view(3.0, 500.0).fitted(Ticks::from_secs(96.0));
        assert!((fitted.px_per_sec - 10.0).abs() < 1e-9);
        assert!(fitted.scroll_px.abs() < 1e-9);
        let empty = view(3.0, 500.0).fitted(Ticks::ZERO);
        assert!((empty.px_per_sec - 3.0).abs() < 1e-9, "nothing to fit");
    }

    #[test]
    fn scrolling_stops_at_the_start_and_half_a_page_after_the_end() {
        let duration = Ticks::from_secs(60.0);
        let back = view(100.0, 200.0).scrolled(-900.0, duration);
        assert!(back.scroll_px.abs() < 1e-9);
        let on = view(100.0, 200.0).scrolled(90_000.0, duration);
        assert!((on.scroll_px - 5_500.0).abs() < 1e-9);
        let short = view(10.0, 0.0).scrolled(300.0, duration);
        assert!(short.scroll_px.abs() < 1e-9, "all of it is seen already");
    }

    #[test]
    fn what_must_be_seen_is_scrolled_to_and_no_further() {
        let duration = Ticks::from_secs(60.0);
        let at = view(100.0, 1000.0);
        assert_eq!(at.showing(secs(15.0), 50.0, duration), at, "it is seen");
        let later = at.showing(secs(30.0), 50.0, duration);
        assert!((later.scroll_px - 2_050.0).abs() < 1e-9);
        let earlier = at.showing(secs(5.0), 50.0, duration);
        assert!((earlier.scroll_px - 450.0).abs() < 1e-9);
        assert_eq!(at.turned_to(secs(19.9), duration), at, "still on the page");
        let turned = at.turned_to(secs(20.1), duration);
        assert!((turned.scroll_px - 1_960.0).abs() < 1e-6);
    }

    #[test]
    fn what_is_seen_changes_in_steps() {
        let first = view(100.0, 1010.0).seen(0.5);
        assert_eq!(first, view(100.0, 1490.0).seen(0.5), "the same step");
        assert_ne!(first, view(100.0, 1510.0).seen(0.5), "the next one");
        assert!(first.start <= secs(10.1 - 5.0) && first.end >= secs(20.1 + 5.0));
    }

    #[test]
    fn timecodes_count_frames_within_real_seconds() {
        let check = |at: f64, rate, expect: &str| {
            assert_eq!(timecode(secs(at), rate), expect, "{at} s at {rate:?}");
        };
        check(0.0, FILM, "0:00:00");
        check(12.0 + 4.0 / 30.0, FILM, "0:12:04");
        check(3_600.5, FILM, "1:00:00:15");
        check(-3.0, FILM, "0:00:00");
        check(600.04, NTSC, "10:00:00");
        check(600.03, NTSC, "9:59:29");
        assert_eq!(clock(Ticks::from_secs(61.9)), "1:01");
    }

    #[test]
    fn the_ruler_goes_from_frames_to_hours() {
        let labels = |px_per_sec: f64, from: f64, to: f64| -> Vec<String> {
            let range = SequenceRange::new(secs(from), secs(to));
            let shown = ticks(view(px_per_sec, 0.0), range, FILM);
            shown
                .into_iter()
                .filter_map(|tick| tick.label)
                .take(3)
                .collect()
        };
        assert_eq!(
            labels(2_400.0, 1.0, 1.2),
            ["0:01:00", "0:01:01", "0:01:02"],
            "every frame"
        );
        assert_eq!(labels(60.0, 0.0, 16.0), ["0:00", "0:01", "0:02"]);
        assert_eq!(labels(10.0, 0.0, 90.0), ["0:00", "0:05", "0:10"]);
        assert_eq!(
            labels(0.05, 0.0, 20_000.0),
            ["0:00", "0:30:00", "1:00:00"]
                .map(|text| { if text == "0:30:00" { "30:00" } else { text } })
        );
    }

    proptest! {
        #[test]
        fn what_is_under_the_pointer_stays_there(
            px_per_sec in 1.0..1000.0_f64,
            scroll_px in 0.0..50_000.0_f64,
            around_px in 0.0..1000.0_f64,
            factor in 0.2..5.0_f64,
        ) {
            let before = view(px_per_sec, scroll_px);
            let duration = Ticks::from_secs(1_000_000.0);
            let after = before.zoomed(factor, around_px, duration);
            let was = before.seq_from_px(scroll_px + around_px).secs();
            let is = after.seq_from_px(after.scroll_px + around_px).secs();
            // At the start of the sequence there is nothing to scroll to.
            prop_assume!(after.scroll_px > 0.0);
            prop_assert!((was - is).abs() * after.px_per_sec < 0.01, "{was} became {is}");
        }

        #[test]
        fn labels_never_overlap_and_lie_within(
            px_per_sec in FARTHEST..CLOSEST,
            from in 0.0..100_000.0_f64,
            num in 20_u32..121,
        ) {
            let view = view(px_per_sec, 0.0);
            let length = 1000.0 / px_per_sec;
            let range = SequenceRange::new(secs(from), secs(from + length));
            let rate = FrameRate { num, den: 1 };
            let ticks = ticks(view, range, rate);
            prop_assert!(ticks.len() <= 200, "{} ticks", ticks.len());
            let mut right = f64::NEG_INFINITY;
            for tick in &ticks {
                let Some(label) = &tick.label else { continue };
                let x = view.px_from_seq(tick.at);
                prop_assert!(x >= right, "{label} at {x} begins before {right}");
                right = x + label.chars().count() as f64 * LABEL_CHAR_PX;
            }
        }

        #[test]
        fn a_slider_shows_what_it_sets(at in 0.0..1.0_f64) {
            prop_assert!((slider_from_zoom(zoom_from_slider(at)) - at).abs() < 1e-9);
        }
    }
}

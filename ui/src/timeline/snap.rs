//! Snapping: edges that a drag is drawn to, and the line that shows it.

use std::collections::BTreeSet;

use timeline::Ticks;
use timeline::ids::ClipId;
use timeline::project::Sequence;
use timeline::time::SequenceTime;

/// How near an edge must come to a target, in pixels.
pub(crate) const THRESHOLD_PX: f64 = 9.0;

/// What draws an edge; the most wanted first where several lie at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TargetKind {
    /// The playhead.
    Playhead,
    /// A marker.
    Marker,
    /// Where a clip begins or ends.
    Edge,
    /// The start of the sequence.
    Start,
}

/// A moment that edges are drawn to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    /// When.
    pub(crate) at: SequenceTime,
    /// What is there.
    pub(crate) kind: TargetKind,
}

/// All targets of a sequence, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Targets(Vec<Target>);

/// A move that ends on a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Snapped {
    /// How far it goes.
    pub(crate) by: Ticks,
    /// What it ends on.
    pub(crate) target: Target,
}

impl Targets {
    /// Returns the targets of a sequence but the edges of the clips that are dragged.
    pub(crate) fn of(
        sequence: &Sequence,
        playhead: SequenceTime,
        dragged: &BTreeSet<ClipId>,
    ) -> Self {
        let edges = sequence
            .tracks
            .iter()
            .flat_map(|track| &track.clips)
            .filter(|clip| !dragged.contains(&clip.id))
            .flat_map(|clip| [clip.start, clip.range().end])
            .map(|at| Target {
                at,
                kind: TargetKind::Edge,
            });
        let markers = sequence.markers.iter().map(|marker| Target {
            at: marker.at,
            kind: TargetKind::Marker,
        });
        let start = Target {
            at: SequenceTime::ZERO,
            kind: TargetKind::Start,
        };
        let playhead = Target {
            at: playhead,
            kind: TargetKind::Playhead,
        };
        let mut all: Vec<Target> = edges.chain(markers).chain([start, playhead]).collect();
        all.sort_unstable();
        all.dedup_by_key(|target| target.at);
        Self(all)
    }

    /// Forgets what is at a moment: a marker does not draw itself.
    pub(crate) fn forget(&mut self, at: SequenceTime) {
        self.0.retain(|target| target.at != at);
    }

    /// Returns the target nearest to `at`, at most `within` away.
    pub(crate) fn nearest(&self, at: SequenceTime, within: Ticks) -> Option<Target> {
        let after = self.0.partition_point(|target| target.at < at);
        let before = after.checked_sub(1).and_then(|index| self.0.get(index));
        self.0
            .get(after)
            .into_iter()
            .chain(before)
            .filter(|target| (target.at - at).abs() <= within)
            .min_by_key(|target| (target.at - at).abs())
            .copied()
    }

    /// Returns the move nearest to `by` that brings one of `edges` onto a target.
    pub(crate) fn drawn(
        &self,
        edges: &[SequenceTime],
        by: Ticks,
        within: Ticks,
    ) -> Option<Snapped> {
        edges
            .iter()
            .filter_map(|edge| {
                let target = self.nearest(*edge + by, within)?;
                Some(Snapped {
                    by: target.at - *edge,
                    target,
                })
            })
            .min_by_key(|snapped| (snapped.by - by).abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::testing::{reel, secs};

    fn targets(dragged: &[u64]) -> Targets {
        let scene = reel("V1: a[0-5] b[5-9]  A1: c[0-5] m[12-20]");
        let dragged = dragged.iter().map(|id| ClipId(*id)).collect();
        Targets::of(scene.sequence(), secs(7.0), &dragged)
    }

    #[test]
    fn edges_playhead_and_start_draw() {
        let at = |at: f64| {
            let found = targets(&[]).nearest(secs(at), Ticks::from_secs(0.5));
            found.map(|target| (target.at.secs(), target.kind))
        };
        assert_eq!(
            at(0.2),
            Some((0.0, TargetKind::Edge)),
            "an edge is there too"
        );
        assert_eq!(at(5.4), Some((5.0, TargetKind::Edge)));
        assert_eq!(at(6.8), Some((7.0, TargetKind::Playhead)));
        assert_eq!(at(10.0), None, "nothing is near");
    }

    #[test]
    fn the_nearest_edge_of_a_clip_decides() {
        let scene = reel("V1: a[0-5] b[5-9]  A1: c[0-5] m[12-20]");
        let b = scene.clip("b");
        let targets = Targets::of(scene.sequence(), secs(100.0), &[b].into());
        let snapped = targets.drawn(
            &[secs(5.0), secs(9.0)],
            Ticks::from_secs(2.8),
            Ticks::from_secs(0.5),
        );
        let snapped = snapped.expect("its end comes near the start of m");
        assert_eq!(snapped.by, Ticks::from_secs(3.0));
        assert_eq!(snapped.target.at, secs(12.0));
    }

    #[test]
    fn what_is_dragged_does_not_draw_itself() {
        let scene = reel("V1: a[2-5]");
        let targets = Targets::of(scene.sequence(), secs(100.0), &[scene.clip("a")].into());
        assert_eq!(targets.nearest(secs(2.1), Ticks::from_secs(0.5)), None);
    }
}

//! Which reels are shown, and in what order.

use footage::time::Ticks;
use protocol::studio::view::{ReelCard, Verdict};
use timeline::ids::{MediaId, SequenceId};

/// What reels are sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// The highest score first.
    #[default]
    Score,
    /// As they come in their source.
    Time,
    /// The shortest first.
    Length,
}

/// Which verdicts are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Filter {
    /// Every one.
    #[default]
    All,
    /// One of them.
    Only(Verdict),
}

impl Filter {
    /// Returns whether a verdict is shown.
    pub fn shows(self, verdict: Verdict) -> bool {
        match self {
            Self::All => true,
            Self::Only(own) => own == verdict,
        }
    }
}

/// Returns the reels to show, in order. `length` is a reel's length as it is edited now.
pub fn ordered(
    reels: &[ReelCard],
    filter: Filter,
    source: Option<MediaId>,
    sort: Sort,
    length: impl Fn(SequenceId) -> Ticks,
) -> Vec<SequenceId> {
    let mut shown: Vec<&ReelCard> = reels
        .iter()
        .filter(|reel| filter.shows(reel.verdict))
        .filter(|reel| source.is_none_or(|source| reel.media == source))
        .collect();
    match sort {
        Sort::Score => shown.sort_by(|one, other| other.score.total_cmp(&one.score)),
        Sort::Time => shown.sort_by_key(|reel| (reel.media, reel.range.start)),
        Sort::Length => shown.sort_by_key(|reel| length(reel.sequence)),
    }
    shown.into_iter().map(|reel| reel.sequence).collect()
}

#[cfg(test)]
mod tests {
    use footage::time::SourceRange;
    use std::collections::BTreeMap;

    use super::*;

    fn reel(sequence: u64, score: f64, start: f64, verdict: Verdict) -> ReelCard {
        ReelCard {
            sequence: SequenceId(sequence),
            media: MediaId(sequence % 2),
            range: SourceRange::from_secs(start, start + 20.0),
            score,
            parts: BTreeMap::new(),
            reasons: Vec::new(),
            verdict,
            cover: None,
            exported: None,
        }
    }

    fn check(filter: Filter, source: Option<u64>, sort: Sort, expected: &[u64]) {
        let reels = [
            reel(1, 70.0, 50.0, Verdict::Kept),
            reel(2, 90.0, 10.0, Verdict::Open),
            reel(3, 80.0, 0.0, Verdict::Rejected),
        ];
        let length = |id: SequenceId| Ticks::from_secs(100.0 - id.0 as f64);
        let shown = ordered(&reels, filter, source.map(MediaId), sort, length);
        let shown: Vec<u64> = shown.into_iter().map(|id| id.0).collect();
        assert_eq!(shown, expected, "{filter:?} {source:?} {sort:?}");
    }

    #[test]
    fn reels_are_filtered_and_sorted() {
        check(Filter::All, None, Sort::Score, &[2, 3, 1]);
        check(Filter::All, None, Sort::Time, &[2, 3, 1]);
        check(Filter::All, None, Sort::Length, &[3, 2, 1]);
        check(Filter::Only(Verdict::Kept), None, Sort::Score, &[1]);
        check(Filter::All, Some(1), Sort::Score, &[3, 1]);
    }
}

//! Where a stretch may start and end when it does not follow sentences.

use footage::time::{SourceRange, SourceTime, TICKS_PER_SECOND, Ticks};

use super::Bounds;
use super::measures::Measures;

/// The most before speech.
const LEAD: Ticks = Ticks(TICKS_PER_SECOND / 5);
/// The most after speech.
const TAIL: Ticks = Ticks(TICKS_PER_SECOND / 2);
/// How far an edge reaches into a silence.
const INTO_SILENCE: Ticks = Ticks(TICKS_PER_SECOND / 10);
/// A gap in speech shorter than this may lie between two words of one sentence.
const SURE_GAP: Ticks = Ticks(TICKS_PER_SECOND * 3 / 10);
/// How far from an even division the quietest moment is looked for.
const SEARCH: Ticks = Ticks::SECOND;

/// A moment to start or end at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edge {
    pub(super) time: SourceTime,
    /// How little is parted there, in 0..=1: 1 between two stretches of speech, 0 anywhere.
    pub(super) clean: f64,
}

/// Where a source may be parted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Partings {
    /// In pauses and at the ends of the source: what is said stays whole.
    Pauses,
    /// Also at cuts, between words and at even distances.
    Anywhere,
}

/// Returns starts and ends, each sorted by time. None lies inside a word.
pub(super) fn edges(
    measures: &Measures<'_>,
    bounds: Bounds,
    partings: Partings,
) -> (Vec<Edge>, Vec<Edge>) {
    let anywhere = partings == Partings::Anywhere;
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    let duration = measures.duration;
    let [start, end] = borders(measures);
    starts.push(start);
    ends.push(end);
    if !measures.speech.ranges.is_empty() {
        for gap in measures.speech.gaps(duration) {
            let sure = gap.duration() >= SURE_GAP;
            if !sure && !anywhere {
                continue;
            }
            let half = Ticks(gap.duration().0 / 2);
            let clean = if sure { 1.0 } else { 0.6 };
            starts.push(edge(gap.end - LEAD.min(half), clean));
            ends.push(edge(gap.start + TAIL.min(half), clean));
        }
    }
    for silence in &measures.analysis.silences {
        starts.push(edge(silence.end - INTO_SILENCE, 0.9));
        ends.push(edge(silence.start + INTO_SILENCE, 0.9));
    }
    let shots = measures.analysis.shots.iter().filter(|_| anywhere);
    for shot in shots.filter(|shot| shot.range.start > SourceTime::ZERO) {
        // A cut while somebody speaks parts what is said.
        let clean = match measures.speech.around(shot.range.start) {
            Some(_) => 0.3,
            None => 0.8,
        };
        starts.push(edge(shot.range.start, clean));
        ends.push(edge(shot.range.start, clean));
    }
    let inside = |edge: &Edge| {
        edge.time >= SourceTime::ZERO
            && edge.time <= duration
            && measures.words.around(edge.time).is_none()
    };
    starts.retain(inside);
    ends.retain(inside);
    if anywhere {
        let divisions = divisions(measures, bounds);
        starts.extend(&divisions);
        ends.extend(&divisions);
    }
    let bucket = Ticks((bounds.min.0 / 12).max(TICKS_PER_SECOND / 2));
    (thinned(starts, bucket), thinned(ends, bucket))
}

/// Returns the start and the end of the source: clean in a silence, not where somebody speaks, and
/// neither a pause nor a cut where nothing tells.
pub(super) fn borders(measures: &Measures<'_>) -> [Edge; 2] {
    let (start, end) = (SourceTime::ZERO, measures.duration);
    [
        (start, SourceRange::new(start, start + LEAD)),
        (end, SourceRange::new(end - LEAD, end)),
    ]
    .map(|(time, near)| {
        let mut silences = measures.analysis.silences.iter();
        let silent = silences.any(|silence| silence.start <= time && time <= silence.end);
        let spoken = measures.speech.within(near) > Ticks::ZERO;
        let clean = match (spoken, silent) {
            (true, _) => 0.3,
            (false, true) => 0.9,
            (false, false) => 0.6,
        };
        edge(time, clean)
    })
}

fn edge(time: SourceTime, clean: f64) -> Edge {
    Edge { time, clean }
}

/// Returns moments that divide the source evenly, each moved out of words and, where there is
/// speech or sound, to the quietest moment near it.
fn divisions(measures: &Measures<'_>, bounds: Bounds) -> Vec<Edge> {
    const MOST: i64 = 20_000;
    let step = (bounds.min.0 / 4)
        .max(TICKS_PER_SECOND / 2)
        .max(measures.duration.0 / MOST);
    let reach = Ticks((step / 2).min(SEARCH.0));
    let mut divisions = Vec::new();
    let mut time = SourceTime::ZERO;
    while time < measures.duration {
        let near = SourceRange::new(
            (time - reach).max(SourceTime::ZERO),
            (time + reach).min(measures.duration),
        );
        let quiet = match measures.words.around(time) {
            None => measures
                .quietest(near)
                .unwrap_or(time)
                .min(measures.duration),
            Some(_) => time,
        };
        let free = match measures.words.around(quiet) {
            Some(word) if quiet - word.start < word.end - quiet => word.start,
            Some(word) => word.end,
            None => quiet,
        };
        divisions.push(edge(free.min(measures.duration), 0.0));
        time = SourceTime(time.0 + step);
    }
    divisions
}

/// Sorts, and keeps the cleanest of each bucket.
fn thinned(mut edges: Vec<Edge>, bucket: Ticks) -> Vec<Edge> {
    edges.sort_by_key(|edge| edge.time);
    let mut kept: Vec<Edge> = Vec::with_capacity(edges.len());
    for edge in edges {
        match kept.last_mut() {
            Some(last) if last.time.0 / bucket.0 == edge.time.0 / bucket.0 => {
                if edge.clean > last.clean {
                    *last = edge;
                }
            }
            _ => kept.push(edge),
        }
    }
    kept
}

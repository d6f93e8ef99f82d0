//! Rows of a timeline, and what of them is seen.

use std::ops::Range;

use timeline::ids::TrackId;
use timeline::project::{Clip, Sequence, TrackKind};
use timeline::time::SequenceRange;

/// What a row shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowKind {
    /// A track.
    Track {
        /// Which.
        id: TrackId,
        /// What it carries.
        kind: TrackKind,
        /// Its number among those of its kind, the bottom one 1.
        number: usize,
    },
    /// The captions.
    Captions,
}

/// A row with its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Row {
    /// What it shows.
    pub(crate) kind: RowKind,
    /// Pixels from the top of the first row.
    pub(crate) top_px: f64,
    /// Height in pixels, the separator under it included.
    pub(crate) height_px: f64,
}

impl Row {
    /// Returns its key among the rows: the track's identity, 0 for the captions.
    pub(crate) fn key(&self) -> u64 {
        match self.kind {
            RowKind::Track { id, .. } => id.0 + 1,
            RowKind::Captions => 0,
        }
    }
}

fn height_px(kind: TrackKind) -> f64 {
    match kind {
        TrackKind::Overlay | TrackKind::Music => 44.0,
        TrackKind::Video => 68.0,
        TrackKind::Voice => 52.0,
    }
}

/// Height of the row of captions.
const CAPTIONS_PX: f64 = 36.0;

/// Returns the rows from top to bottom: overlays, captions, pictures, voices, music; of each kind
/// the upper track first for pictures, the lower track first for sound, so that what belongs
/// together is near.
pub(crate) fn rows(sequence: &Sequence) -> Vec<Row> {
    let mut kinds = Vec::new();
    kinds.extend(tracks(sequence, TrackKind::Overlay).into_iter().rev());
    kinds.push(RowKind::Captions);
    kinds.extend(tracks(sequence, TrackKind::Video).into_iter().rev());
    kinds.extend(tracks(sequence, TrackKind::Voice));
    kinds.extend(tracks(sequence, TrackKind::Music));
    let mut top_px = 0.0;
    kinds
        .into_iter()
        .map(|kind| {
            let height_px = match kind {
                RowKind::Track { kind, .. } => height_px(kind),
                RowKind::Captions => CAPTIONS_PX,
            };
            let row = Row {
                kind,
                top_px,
                height_px,
            };
            top_px += height_px;
            row
        })
        .collect()
}

fn tracks(sequence: &Sequence, kind: TrackKind) -> Vec<RowKind> {
    sequence
        .tracks_of(kind)
        .zip(1..)
        .map(|(track, number)| RowKind::Track {
            id: track.id,
            kind,
            number,
        })
        .collect()
}

/// Returns the row at a height.
pub(crate) fn row_at(rows: &[Row], y_px: f64) -> Option<&Row> {
    rows.iter()
        .find(|row| (row.top_px..row.top_px + row.height_px).contains(&y_px))
}

/// Returns which of the clips of a track are seen.
pub(crate) fn seen(clips: &[Clip], range: SequenceRange) -> Range<usize> {
    let first = clips.partition_point(|clip| clip.range().end <= range.start);
    let last = clips.partition_point(|clip| clip.start < range.end);
    first..last.max(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::testing::{reel, secs};

    #[test]
    fn rows_stand_in_the_order_of_a_film() {
        let scene = reel("V1: a[0-1]  V2: b[0-1]  O1: c[0-1]  A1: d[0-1]  A2: e[0-1]  M1: f[0-1]");
        let rows = rows(scene.sequence());
        let names: Vec<String> = rows
            .iter()
            .map(|row| match row.kind {
                RowKind::Track { kind, number, .. } => format!("{kind:?}{number}"),
                RowKind::Captions => "Captions".into(),
            })
            .collect();
        assert_eq!(
            names,
            [
                "Overlay1", "Captions", "Video2", "Video1", "Voice1", "Voice2", "Music1"
            ]
        );
        let mut bottom = 0.0;
        for row in &rows {
            assert!((row.top_px - bottom).abs() < 1e-9, "rows leave no gap");
            bottom += row.height_px;
        }
        assert_eq!(row_at(&rows, 50.0).map(Row::key), Some(0), "the captions");
        assert_eq!(row_at(&rows, bottom).map(Row::key), None);
    }

    #[test]
    fn only_clips_that_are_seen_are_found() {
        let scene = reel("V1: a[0-5] b[5-9] c[9-12] d[20-30]");
        let clips = &scene.sequence().tracks[0].clips;
        let check = |from: f64, to: f64, expect: Range<usize>| {
            let range = SequenceRange::new(secs(from), secs(to));
            assert_eq!(seen(clips, range), expect, "{from} to {to}");
        };
        check(0.0, 5.0, 0..1);
        check(4.9, 5.1, 0..2);
        check(6.0, 7.0, 1..2);
        check(13.0, 19.0, 3..3);
        check(0.0, 100.0, 0..4);
    }
}

//! Boxes around clips, and what is linked to them.

use std::collections::BTreeSet;

use timeline::ids::{ClipId, LinkId};
use timeline::project::Sequence;
use timeline::time::SequenceRange;

use super::Pointer;
use crate::timeline::layout::{Row, RowKind, seen};
use crate::timeline::scale::Viewport;

/// A box in pixels from the start of the sequence and the top of the first row.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(clippy::struct_field_names, reason = "units are in names")]
pub(crate) struct Area {
    /// Left edge.
    pub(crate) left_px: f64,
    /// Top edge.
    pub(crate) top_px: f64,
    /// Width.
    pub(crate) width_px: f64,
    /// Height.
    pub(crate) height_px: f64,
}

impl Area {
    /// Returns the box between two corners.
    pub(crate) fn between(a: Pointer, b: Pointer) -> Self {
        Self {
            left_px: a.x_px.min(b.x_px),
            top_px: a.y_px.min(b.y_px),
            width_px: (a.x_px - b.x_px).abs(),
            height_px: (a.y_px - b.y_px).abs(),
        }
    }
}

/// Returns the clips that a box touches.
pub(crate) fn clips_in(
    sequence: &Sequence,
    rows: &[Row],
    view: Viewport,
    area: Area,
) -> BTreeSet<ClipId> {
    let range = SequenceRange::new(
        view.seq_from_px(area.left_px),
        view.seq_from_px(area.left_px + area.width_px),
    );
    let (top_px, bottom_px) = (area.top_px, area.top_px + area.height_px);
    let mut found = BTreeSet::new();
    for row in rows {
        let RowKind::Track { id, .. } = row.kind else {
            continue;
        };
        if row.top_px > bottom_px || row.top_px + row.height_px < top_px {
            continue;
        }
        let Some(track) = sequence.tracks.iter().find(|track| track.id == id) else {
            continue;
        };
        let touched = track.clips.get(seen(&track.clips, range));
        found.extend(touched.unwrap_or_default().iter().map(|clip| clip.id));
    }
    found
}

/// Returns clips with all that is linked to them.
pub(crate) fn with_linked(
    sequence: &Sequence,
    clips: impl IntoIterator<Item = ClipId>,
) -> BTreeSet<ClipId> {
    let mut all: BTreeSet<ClipId> = clips.into_iter().collect();
    let every = || sequence.tracks.iter().flat_map(|track| &track.clips);
    let links: BTreeSet<LinkId> = every()
        .filter(|clip| all.contains(&clip.id))
        .filter_map(|clip| clip.link)
        .collect();
    if !links.is_empty() {
        let linked = every().filter(|clip| clip.link.is_some_and(|link| links.contains(&link)));
        all.extend(linked.map(|clip| clip.id));
    }
    all
}

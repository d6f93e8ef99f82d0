//! What every verb cuts with: parts of clips, and room made or closed on all tracks at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use footage::time::{SourceRange, SourceTime, Ticks};

use crate::edit::EditError;
use crate::edit::draft::SequenceDraft;
use crate::ids::{ClipId, LinkId, TrackId};
use crate::project::{Clip, Speed, Track};
use crate::time::{SequenceRange, SequenceTime};

/// Returns the part of `clip` before `at`, ending there or less than a source tick earlier.
pub(super) fn head(clip: &Clip, at: SequenceTime) -> Option<Clip> {
    let mut head = clip.clone();
    if at < clip.range().end {
        head.source.end = source_floor(clip, at).min(clip.source.end);
        head.fade_out = Ticks::ZERO;
    }
    usable(head)
}

/// Returns the part of `clip` from `at` on, starting exactly there.
pub(super) fn tail(clip: &Clip, at: SequenceTime) -> Option<Clip> {
    let mut tail = clip.clone();
    if at > clip.start {
        tail.source.start = source_ceil(clip, at);
        tail.start = at;
        tail.fade_in = Ticks::ZERO;
    }
    usable(tail)
}

/// Returns the last source moment that plays at or before `at`, as the end of a part.
pub(super) fn source_floor(clip: &Clip, at: SequenceTime) -> SourceTime {
    let speed = clip.speed;
    let scaled = i128::from((at - clip.start).0) * i128::from(speed.num);
    clip.source.start + Ticks(scaled.div_euclid(i128::from(speed.den)) as i64)
}

/// Returns the first source moment that plays at or after `at`, as the start of a part.
pub(super) fn source_ceil(clip: &Clip, at: SequenceTime) -> SourceTime {
    let speed = clip.speed;
    let scaled = i128::from((at - clip.start).0) * i128::from(speed.num);
    clip.source.start - Ticks((-scaled).div_euclid(i128::from(speed.den)) as i64)
}

/// Returns the longest gap that rounding leaves between two clips that belong together: one tick
/// of the source.
pub(super) fn rounding_gap(speed: Speed) -> Ticks {
    if speed == Speed::NORMAL {
        return Ticks::ZERO;
    }
    Ticks(i64::from(speed.den.div_ceil(speed.num)))
}

/// Returns whether `next` starts where `clip` ends.
pub(super) fn meets(clip: &Clip, next: &Clip) -> bool {
    let gap = next.start - clip.range().end;
    Ticks::ZERO <= gap && gap <= rounding_gap(clip.speed)
}

/// Shortens the fades to what the clip's length allows, the one at the start first.
pub(super) fn fit_fades(clip: &mut Clip) {
    let length = clip.duration();
    clip.fade_in = clip.fade_in.min(length);
    clip.fade_out = clip.fade_out.min(length - clip.fade_in);
}

/// Opens a track to change its clips, unless it is locked.
pub(super) fn unlocked(track: &mut Arc<Track>) -> Result<&mut Track, EditError> {
    if track.locked {
        return Err(EditError::Locked(track.id));
    }
    Ok(Arc::make_mut(track))
}

fn usable(mut part: Clip) -> Option<Clip> {
    if part.source.is_empty() || part.duration() <= Ticks::ZERO {
        return None;
    }
    fit_fades(&mut part);
    Some(part)
}

impl SequenceDraft<'_> {
    /// Returns a track.
    pub(super) fn track(&self, id: TrackId) -> Result<&Track, EditError> {
        let track = self.sequence.tracks.iter().find(|track| track.id == id);
        track.map(Arc::as_ref).ok_or(EditError::NoTrack(id))
    }

    /// Returns a track to change its clips, unless it is locked.
    pub(super) fn unlocked(&mut self, id: TrackId) -> Result<&mut Track, EditError> {
        let track = self.sequence.tracks.iter_mut().find(|track| track.id == id);
        unlocked(track.ok_or(EditError::NoTrack(id))?)
    }

    /// Returns a clip.
    pub(super) fn clip(&self, id: ClipId) -> Result<&Clip, EditError> {
        Ok(self.sequence.clip(id).ok_or(EditError::NoClip(id))?.1)
    }

    /// Returns a clip to change it, unless its track is locked.
    pub(super) fn clip_mut(&mut self, id: ClipId) -> Result<&mut Clip, EditError> {
        let (track, _) = self.sequence.clip(id).ok_or(EditError::NoClip(id))?;
        let track = self.unlocked(track.id)?;
        let clip = track.clips.iter_mut().find(|clip| clip.id == id);
        clip.ok_or(EditError::NoClip(id))
    }

    /// Returns `clips` and all that is linked to them, in identity order.
    pub(super) fn with_linked(&self, clips: &[ClipId]) -> Result<Vec<ClipId>, EditError> {
        if clips.is_empty() {
            return Err(EditError::NothingSelected);
        }
        let mut all: BTreeSet<ClipId> = BTreeSet::new();
        let mut links: BTreeSet<LinkId> = BTreeSet::new();
        for id in clips {
            all.insert(*id);
            links.extend(self.clip(*id)?.link);
        }
        let every = self.sequence.tracks.iter().flat_map(|track| &track.clips);
        all.extend(
            every
                .filter(|clip| clip.link.is_some_and(|link| links.contains(&link)))
                .map(|clip| clip.id),
        );
        Ok(all.into_iter().collect())
    }

    /// Returns every track's identity, the bottom one first.
    pub(super) fn all_tracks(&self) -> Vec<TrackId> {
        self.sequence.tracks.iter().map(|track| track.id).collect()
    }

    /// Takes clips out, leaving their room empty. The clips are returned with their tracks.
    pub(super) fn take(&mut self, clips: &[ClipId]) -> Result<Vec<(TrackId, Clip)>, EditError> {
        let mut taken = Vec::new();
        for id in clips {
            let (track, _) = self.sequence.clip(*id).ok_or(EditError::NoClip(*id))?;
            let track = self.unlocked(track.id)?;
            if let Some(position) = track.clips.iter().position(|clip| clip.id == *id) {
                taken.push((track.id, track.clips.remove(position)));
            }
        }
        Ok(taken)
    }

    /// Takes `range` out of `tracks`, as [`carve_holes`](Self::carve_holes) does.
    pub(super) fn carve(
        &mut self,
        tracks: &[TrackId],
        range: SequenceRange,
    ) -> Result<Carved, EditError> {
        let holes: Vec<_> = tracks.iter().map(|track| (*track, range)).collect();
        self.carve_holes(&holes, |_| true)
    }

    /// Takes a range out of each track without moving anything; an empty range splits. Clips that
    /// are not `chosen` stay whole.
    ///
    /// A clip that lies across is parted: the first part keeps the identity. What was linked to
    /// it and lies after the range of its track is linked to the second part from then on: tracks
    /// whose second parts belong together are carved in one call. A part of less than a tick, in
    /// the source or in the sequence, is left out.
    pub(super) fn carve_holes(
        &mut self,
        holes: &[(TrackId, SequenceRange)],
        chosen: impl Fn(&Clip) -> bool,
    ) -> Result<Carved, EditError> {
        let mut relinked: BTreeMap<LinkId, LinkId> = BTreeMap::new();
        let mut carved = Carved::Nothing;
        for (id, range) in holes {
            let is_hit = |clip: &Clip| {
                clip.start < range.end && range.start < clip.range().end && chosen(clip)
            };
            if !self.track(*id)?.clips.iter().any(is_hit) {
                continue;
            }
            carved = Carved::Something;
            let clips = std::mem::take(&mut self.unlocked(*id)?.clips);
            let mut kept = Vec::with_capacity(clips.len() + 1);
            for clip in clips {
                if !is_hit(&clip) {
                    kept.push(clip);
                    continue;
                }
                let first = (clip.start < range.start)
                    .then(|| head(&clip, range.start))
                    .flatten();
                let second = (clip.range().end > range.end)
                    .then(|| tail(&clip, range.end))
                    .flatten();
                match (first, second) {
                    (Some(first), Some(mut second)) => {
                        second.id = self.ids.clip();
                        if let Some(link) = clip.link {
                            relinked.entry(link).or_insert_with(|| self.ids.link());
                        }
                        kept.extend([first, second]);
                    }
                    (first, second) => kept.extend(first.into_iter().chain(second)),
                }
            }
            self.unlocked(*id)?.clips = kept;
        }
        for (id, range) in holes {
            let is_later = |clip: &Clip| {
                let new = relinked.get(&clip.link?)?;
                (clip.start >= range.end).then_some(*new)
            };
            if self
                .track(*id)?
                .clips
                .iter()
                .any(|clip| is_later(clip).is_some())
            {
                for clip in &mut self.unlocked(*id)?.clips {
                    clip.link = is_later(clip).or(clip.link);
                }
            }
        }
        Ok(carved)
    }

    /// Takes `range` out of every track and moves what follows up to its start.
    pub(super) fn close(&mut self, range: SequenceRange) -> Result<(), EditError> {
        self.refuse_locked_from(range.start)?;
        self.carve(&self.all_tracks(), range)?;
        self.shift(range.end, -range.duration());
        for marker in &mut self.sequence.markers {
            if marker.at >= range.end {
                marker.at = marker.at - range.duration();
            } else if marker.at > range.start {
                marker.at = range.start;
            }
        }
        Ok(())
    }

    /// Makes room of `length` at `at` on every track; what lies across is split.
    pub(super) fn open(&mut self, at: SequenceTime, length: Ticks) -> Result<(), EditError> {
        self.refuse_locked_from(at)?;
        self.carve(&self.all_tracks(), SequenceRange::new(at, at))?;
        self.shift(at, length);
        for marker in &mut self.sequence.markers {
            if marker.at >= at {
                marker.at = marker.at + length;
            }
        }
        Ok(())
    }

    /// Puts a clip on a track without looking at what is there.
    pub(super) fn put(&mut self, track: TrackId, clip: Clip) -> Result<(), EditError> {
        let clips = &mut self.unlocked(track)?.clips;
        let position = clips.partition_point(|other| other.start < clip.start);
        clips.insert(position, clip);
        Ok(())
    }

    fn shift(&mut self, from: SequenceTime, by: Ticks) {
        for track in &mut self.sequence.tracks {
            if track.clips.last().is_some_and(|clip| clip.start >= from) {
                for clip in &mut Arc::make_mut(track).clips {
                    if clip.start >= from {
                        clip.start = clip.start + by;
                    }
                }
            }
        }
    }

    fn refuse_locked_from(&self, at: SequenceTime) -> Result<(), EditError> {
        let is_touched = |track: &Track| track.clips.iter().any(|clip| clip.range().end > at);
        let mut locked = self.sequence.tracks.iter().filter(|track| track.locked);
        match locked.find(|track| is_touched(track)) {
            Some(track) => Err(EditError::Locked(track.id)),
            None => Ok(()),
        }
    }
}

/// Whether a cut met a clip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carved {
    Nothing,
    Something,
}

/// Returns the ranges sorted, with those that touch made one and the empty ones left out.
pub(super) fn merged(mut ranges: Vec<SequenceRange>) -> Vec<SequenceRange> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort();
    let mut merged: Vec<SequenceRange> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Returns `clip` playing `source` instead, with its fades made to fit.
pub(super) fn playing(clip: &Clip, source: SourceRange) -> Clip {
    let mut clip = Clip {
        source,
        ..clip.clone()
    };
    if !source.is_empty() {
        fit_fades(&mut clip);
    }
    clip
}

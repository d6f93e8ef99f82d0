//! Bringing a source from the library onto tracks.

use timeline::edit::{Batch, Edit, EditError, InsertClip, InsertMode, Label};
use timeline::ids::{MediaId, TrackId};
use timeline::project::{Framing, Media, Project, Sequence, Speed, TrackKind};
use timeline::time::{SequenceRange, SequenceTime};
use timeline::{SourceRange, SourceTime, Ticks};

use super::{Effect, Gesture, Ghost, Ground, Mode, Pointer};
use crate::timeline::actions;
use crate::timeline::layout::{RowKind, row_at};

/// Drags a whole source to where the pointer is.
pub(super) fn media(ground: Ground<'_>, id: MediaId, at: Pointer) -> Gesture {
    let (effect, mode) = match at.mode {
        Mode::Plain | Mode::Alternate => (Effect::Overwrite, InsertMode::Overwrite),
        Mode::Ripple => (Effect::Insert, InsertMode::Ripple),
    };
    let Some(media) = ground.project.media.get(&id) else {
        return Gesture::nothing(effect);
    };
    let row = row_at(ground.rows, at.y_px).map(|row| row.kind);
    let tracks = tracks_for(ground.sequence, media, row);
    let pointed = ground.view.seq_from_px(at.x_px.max(0.0));
    // An end that is cut short is not drawn where the source ends.
    let is_whole = length(ground.sequence, media, &tracks, pointed) == media.duration;
    let edges = match mode {
        InsertMode::Overwrite | InsertMode::Vacant if is_whole => {
            vec![SequenceTime::ZERO, SequenceTime::ZERO + media.duration]
        }
        _ => vec![SequenceTime::ZERO],
    };
    let (by, snapped) = ground.drawn(&edges, pointed.since_start());
    let start = (SequenceTime::ZERO + by).max(SequenceTime::ZERO);
    let range = SequenceRange::new(
        start,
        start + length(ground.sequence, media, &tracks, start),
    );
    let ghosts = tracks.iter().map(|track| Ghost {
        track: *track,
        range,
    });
    Gesture {
        snapped,
        by: start.since_start(),
        ghosts: ghosts.collect(),
        edit: put(ground.project, ground.sequence, media, tracks, start, mode).map(Some),
        ..Gesture::nothing(effect)
    }
}

/// Returns the edit that puts a source on tracks; sound alone that has no track to go to brings a
/// music track with it.
pub(crate) fn put(
    project: &Project,
    sequence: &Sequence,
    media: &Media,
    tracks: Vec<TrackId>,
    at: SequenceTime,
    mode: InsertMode,
) -> Result<Edit, EditError> {
    if !tracks.is_empty() {
        return Ok(whole(sequence, media, tracks, at, mode).into());
    }
    if media.video.is_some() || !media.audio {
        return Err(EditError::NothingThere);
    }
    let add = actions::add_track(sequence, TrackKind::Music);
    let added = add.apply_with(project)?;
    let sequence = added.project.sequences.get(&sequence.id);
    let sequence = sequence.ok_or(EditError::NothingThere)?;
    let insert = whole(sequence, media, added.created.tracks, at, mode);
    Ok(Edit::Batch(Batch {
        label: Label::InsertClip,
        edits: vec![add, insert.into()],
    }))
}

/// Returns how much of a source is put on tracks: all of it, but music ends with the pictures that it
/// begins under, or it would go on over black.
fn length(sequence: &Sequence, media: &Media, tracks: &[TrackId], at: SequenceTime) -> Ticks {
    let is_music = |id: &TrackId| {
        let own = sequence.tracks.iter().find(|track| track.id == *id);
        own.is_some_and(|track| track.kind == TrackKind::Music)
    };
    if media.video.is_some() || !tracks.iter().all(is_music) {
        return media.duration;
    }
    let pictures = sequence
        .tracks
        .iter()
        .filter(|track| track.kind.is_picture());
    let clips = pictures.flat_map(|track| &track.clips);
    match clips.map(|clip| clip.range().end).max() {
        Some(end) if end > at => media.duration.min(end - at),
        _ => media.duration,
    }
}

/// Returns the edit that puts a source on tracks, as long as [`length`] says.
fn whole(
    sequence: &Sequence,
    media: &Media,
    tracks: Vec<TrackId>,
    at: SequenceTime,
    mode: InsertMode,
) -> InsertClip {
    let end = SourceTime::ZERO + length(sequence, media, &tracks, at);
    InsertClip {
        sequence: sequence.id,
        tracks,
        at,
        media: media.id,
        source: SourceRange::new(SourceTime::ZERO, end),
        speed: Speed::NORMAL,
        framing: Framing::Fit,
        mode,
    }
}

/// Returns the tracks that a source goes to when it is dropped on a row: a picture with its sound
/// onto a video track and the voice track that belongs to it, sound alone onto that track of sound, else
/// under the pictures as music. None when there is no track for it.
pub(crate) fn tracks_for(sequence: &Sequence, media: &Media, row: Option<RowKind>) -> Vec<TrackId> {
    let nth = |kind: TrackKind, number: usize| {
        let tracks: Vec<TrackId> = sequence.tracks_of(kind).map(|track| track.id).collect();
        tracks.get(number).or(tracks.first()).copied()
    };
    let voice = |number| nth(TrackKind::Voice, number).filter(|_| media.audio);
    match row {
        Some(RowKind::Track {
            id,
            kind: TrackKind::Video,
            number,
        }) if media.video.is_some() => {
            let sound = voice(number.saturating_sub(1));
            [Some(id), sound].into_iter().flatten().collect()
        }
        Some(RowKind::Track {
            id,
            kind: TrackKind::Overlay,
            ..
        }) if media.video.is_some() => vec![id],
        Some(RowKind::Track {
            id,
            kind: TrackKind::Voice | TrackKind::Music,
            ..
        }) if media.audio => vec![id],
        _ if media.video.is_none() => {
            let music = nth(TrackKind::Music, 0).filter(|_| media.audio);
            music.into_iter().collect()
        }
        _ => [nth(TrackKind::Video, 0), voice(0)]
            .into_iter()
            .flatten()
            .collect(),
    }
}

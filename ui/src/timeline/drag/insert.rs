//! Bringing a source from the library onto tracks.

use timeline::edit::{EditError, InsertClip, InsertMode};
use timeline::ids::{MediaId, TrackId};
use timeline::project::{Framing, Media, Sequence, Speed, TrackKind};
use timeline::time::{SequenceRange, SequenceTime};
use timeline::{SourceRange, SourceTime};

use super::{Effect, Gesture, Ghost, Ground, Mode, Pointer};
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
    let edges = match mode {
        InsertMode::Ripple => vec![SequenceTime::ZERO],
        InsertMode::Overwrite | InsertMode::Vacant => {
            vec![SequenceTime::ZERO, SequenceTime::ZERO + media.duration]
        }
    };
    let (by, snapped) = ground.drawn(&edges, pointed.since_start());
    let start = (SequenceTime::ZERO + by).max(SequenceTime::ZERO);
    let range = SequenceRange::new(start, start + media.duration);
    let ghosts = tracks.iter().map(|track| Ghost {
        track: *track,
        range,
    });
    Gesture {
        snapped,
        by: start.since_start(),
        ghosts: ghosts.collect(),
        edit: if tracks.is_empty() {
            Err(EditError::NothingThere)
        } else {
            Ok(Some(
                whole(ground.sequence, media, tracks, start, mode).into(),
            ))
        },
        ..Gesture::nothing(effect)
    }
}

/// Returns the edit that puts a whole source on tracks.
pub(crate) fn whole(
    sequence: &Sequence,
    media: &Media,
    tracks: Vec<TrackId>,
    at: SequenceTime,
    mode: InsertMode,
) -> InsertClip {
    InsertClip {
        sequence: sequence.id,
        tracks,
        at,
        media: media.id,
        source: SourceRange::new(SourceTime::ZERO, SourceTime::ZERO + media.duration),
        speed: Speed::NORMAL,
        framing: Framing::Fit,
        mode,
    }
}

/// Returns the tracks that a source goes to when it is dropped on a row: a picture with its sound
/// onto a video track and the voice track that belongs to it, sound alone onto a track of sound.
/// None when it has nothing that the row carries and no other row does.
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
        _ => {
            let picture = nth(TrackKind::Video, 0).filter(|_| media.video.is_some());
            [picture, voice(0)].into_iter().flatten().collect()
        }
    }
}

//! A sequence with all that it refers to, as it is played, drawn and rendered.

use std::collections::BTreeMap;
use std::sync::Arc;

use footage::time::Ticks;
use media::preview::PreviewRequest;
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::calls::OpenPreview;
use protocol::studio::view::ProjectId;
use task::Cancel;
use timeline::ids::SequenceId;
use timeline::project::{Clip, Sequence, TrackKind};

use super::{Inner, lock};
use crate::Error;

impl Inner {
    /// Returns a sequence as it is now, as a preview plays it.
    pub(crate) fn shown(
        &self,
        project: ProjectId,
        sequence: SequenceId,
        cancel: &Cancel,
    ) -> Result<PreviewRequest, Error> {
        let session = self.session(project)?;
        let present = lock(&session).present().clone();
        let request = self.engine.shown(&present, sequence, cancel)?;
        let request = request.ok_or_else(|| no_sequence(sequence))?;
        let mut proxies = BTreeMap::new();
        let mut loudness = BTreeMap::new();
        for media in request.sources.keys() {
            let Some(found) = self.found(project, *media)? else {
                continue;
            };
            proxies.extend(found.proxy.map(|proxy| (*media, proxy)));
            loudness.extend(found.loudness.map(|lufs| (*media, lufs)));
        }
        Ok(PreviewRequest {
            sequence: request.sequence,
            sources: request.sources,
            cards: request.cards,
            caption_style: request.caption_style,
            proxies,
            loudness,
        })
    }

    /// Shows a sequence in the preview.
    pub(crate) fn open_preview(self: &Arc<Self>, order: &OpenPreview) -> Result<(), Error> {
        let shown = self.shown(order.project, order.sequence, &Cancel::new());
        let shown = shown.inspect_err(|_| self.look_for_sources(order.project))?;
        self.preview.open(order, shown)
    }

    /// Has the preview show what it shows as it is now.
    pub(crate) fn follow_now(self: &Arc<Self>) {
        let Some((project, sequence)) = self.preview.shows() else {
            return;
        };
        match self.shown(project, sequence, &Cancel::new()) {
            Ok(shown) => self.preview.update(shown),
            // Its sequence was removed, or a source is gone: what is shown stays until then.
            Err(_) => self.look_for_sources(project),
        }
    }
}

pub(crate) fn no_sequence(sequence: SequenceId) -> Error {
    let message = format!("the project has no sequence {}", sequence.0);
    ApiError::new(ErrorCode::Unknown, message).into()
}

/// Returns an error for a sequence that cannot be rendered as it is, with what to do about it.
pub(crate) fn check_renderable(sequence: &Sequence) -> Result<(), Error> {
    let refuse = |message: &str, hint: &str| {
        let error = ApiError::new(ErrorCode::EditRefused, message).hint(hint);
        Err(error.input(&sequence.name).into())
    };
    if sequence.duration() <= Ticks::ZERO {
        return refuse("the reel is empty", "put a clip into it");
    }
    let shown = |kind| {
        let tracks = sequence.tracks_of(kind).filter(|track| !track.muted);
        tracks.flat_map(|track| track.clips.iter().filter(|clip| clip.enabled))
    };
    let mut pictures: Vec<_> = shown(TrackKind::Video).map(Clip::range).collect();
    pictures.sort_by_key(|range| range.start);
    let mut pairs = pictures.iter().zip(pictures.iter().skip(1));
    let is_layered = pairs.any(|(one, next)| one.overlaps(*next));
    if is_layered || shown(TrackKind::Overlay).next().is_some() {
        return refuse(
            "pictures that lie over each other cannot be exported yet",
            "move or remove the upper ones",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use footage::time::{FrameRate, SourceRange};
    use timeline::ids::{ClipId, MediaId, TrackId};
    use timeline::project::{Format, Framing, Speed, Track};
    use timeline::time::SequenceTime;

    use super::*;

    fn sequence(tracks: &[(TrackKind, &[f64])]) -> Sequence {
        let clip = |start: &f64| Clip {
            id: ClipId(1),
            media: MediaId(1),
            start: SequenceTime::from_secs(*start),
            source: SourceRange::from_secs(0.0, 2.0),
            speed: Speed::NORMAL,
            framing: Framing::Fit,
            gain_db: 0.0,
            fade_in: Ticks::ZERO,
            fade_out: Ticks::ZERO,
            link: None,
            enabled: true,
        };
        let track = |(kind, starts): &(TrackKind, &[f64])| {
            Arc::new(Track {
                id: TrackId(1),
                kind: *kind,
                clips: starts.iter().map(clip).collect(),
                muted: false,
                locked: false,
            })
        };
        Sequence {
            id: SequenceId(1),
            name: "Reel".to_owned(),
            format: Format {
                width: 1080,
                height: 1920,
                rate: FrameRate { num: 25, den: 1 },
            },
            tracks: tracks.iter().map(track).collect(),
            captions: BTreeMap::new(),
            preset: None,
            caption_anchor: None,
            markers: Vec::new(),
        }
    }

    #[test]
    fn what_cannot_be_rendered_is_told_before_it_is_tried() {
        use TrackKind::{Overlay, Video, Voice};
        let is_fine = |tracks| check_renderable(&sequence(tracks)).is_ok();
        assert!(is_fine(&[(Video, &[0.0, 2.0]), (Voice, &[0.0])]));
        assert!(!is_fine(&[(Video, &[])]), "empty");
        assert!(!is_fine(&[(Video, &[0.0]), (Video, &[1.0])]), "layers");
        assert!(
            !is_fine(&[(Video, &[0.0]), (Overlay, &[1.0])]),
            "an overlay"
        );
    }
}

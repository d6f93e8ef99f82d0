//! Documents from what was made.

use std::collections::BTreeSet;
use std::path::Path;

use footage::picture::PixelBox;
use footage::time::{SourceRange, Ticks};
use media::{DrawnCard, Rendered};
use protocol::Seconds;
use protocol::documents::{
    BoxDocument, CaptionsDocument, CheckDocument, CropDocument, LayoutDocument, ReasonDocument,
    ReelDocument, WordDocument,
};
use story::candidates::Candidate;
use timeline::caption::{Card, PlacedWord};
use timeline::project::{Clip, Framing, Sequence, TrackKind};
use timeline::time::SequenceTime;

/// A reel as it was made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made<'a> {
    /// Why it exists.
    pub(crate) candidate: &'a Candidate,
    /// What it is.
    pub(crate) sequence: &'a Sequence,
    /// Its words.
    pub(crate) words: &'a [PlacedWord],
    /// Its captions.
    pub(crate) cards: &'a [Card],
    /// The finished file.
    pub(crate) rendered: &'a Rendered,
    /// The picture's size as shown.
    pub(crate) picture: (u32, u32),
    /// Faces in the finished frame.
    pub(crate) faces: &'a [(SequenceTime, PixelBox)],
    /// Names of the caption files: SRT, VTT, ASS.
    pub(crate) files: Option<&'a [String; 3]>,
}

/// Returns the document of one reel. File names are relative to the folder.
pub(crate) fn reel(made: &Made<'_>) -> ReelDocument {
    let Made {
        candidate,
        sequence,
        rendered,
        ..
    } = made;
    let segments = segments(sequence);
    ReelDocument {
        file: file_name(&rendered.file),
        title: sequence.name.clone(),
        start: segments
            .iter()
            .map(|range| range.start)
            .min()
            .unwrap_or_default()
            .into(),
        end: segments
            .iter()
            .map(|range| range.end)
            .max()
            .unwrap_or_default()
            .into(),
        segments: segments
            .iter()
            .map(|range| range_document(*range))
            .collect(),
        duration: rendered.duration.into(),
        score: candidate.score,
        parts: candidate.parts.clone(),
        reasons: candidate.reasons.iter().map(reason).collect(),
        words: made.words.iter().map(word).collect(),
        crop: crop(sequence, made.picture),
        captions: captions(made),
        cover: rendered
            .cover
            .as_ref()
            .map(|(path, _)| file_name(path))
            .unwrap_or_default(),
        width: rendered.width,
        height: rendered.height,
        fps: rendered.rate.fps(),
        loudness_lufs: rendered.loudness.integrated_lufs,
        true_peak_dbtp: rendered.loudness.true_peak_dbtp,
        checks: checks(made.rendered, made.cards, made.faces),
        encoder: rendered.encoder.clone(),
        sequence: sequence.id.0,
    }
}

/// Returns the source ranges that a sequence plays.
fn segments(sequence: &Sequence) -> Vec<SourceRange> {
    let clips = sequence
        .tracks_of(TrackKind::Video)
        .flat_map(|track| &track.clips);
    clips.map(|clip| clip.source).collect()
}

/// Returns a range as `[start, end]`.
pub(crate) fn range_document(range: SourceRange) -> [Seconds; 2] {
    [range.start.into(), range.end.into()]
}

/// Returns a reason with its numbers.
pub(crate) fn reason(reason: &story::candidates::Reason) -> ReasonDocument {
    let values = reason.values.iter().map(|(name, value)| {
        // A value that JSON cannot hold (NaN) is unknown.
        (
            name.clone(),
            serde_json::to_value(value).unwrap_or(serde_json::Value::Null),
        )
    });
    ReasonDocument {
        code: reason.code.clone(),
        text: reason.text.clone(),
        values: values.collect(),
    }
}

fn word(word: &PlacedWord) -> WordDocument {
    WordDocument {
        text: word.text.clone(),
        start: seconds(word.range.start),
        end: seconds(word.range.end),
        source_start: word.source_start.into(),
        estimated: word.estimated,
    }
}

fn captions(made: &Made<'_>) -> CaptionsDocument {
    // A card whose letters no font has was not drawn; the check `missing_letters` tells of it.
    let drawn = made
        .rendered
        .captions
        .iter()
        .filter(|card| !card.lines.is_empty());
    let layout = drawn.map(|card| LayoutDocument {
        start: seconds(card.range.start),
        end: seconds(card.range.end),
        bounds: bounds(card.bounds.x, card.bounds.y, card.bounds.w, card.bounds.h),
        lines: card.lines.iter().map(|line| line.text.clone()).collect(),
    });
    let [srt, vtt, ass] = made
        .files
        .cloned()
        .map_or([None, None, None], |files| files.map(Some));
    CaptionsDocument {
        srt,
        vtt,
        ass,
        layout: layout.collect(),
    }
}

/// The reading speed to aim at, in characters per second (see *Reading speed* in the product's
/// terms).
const READING_SPEED: f64 = 20.0;

/// Returns what was checked of a finished file; `faces` are those in its frame.
pub(crate) fn checks(
    rendered: &Rendered,
    cards: &[Card],
    faces: &[(SequenceTime, PixelBox)],
) -> Vec<CheckDocument> {
    let mut checks: Vec<CheckDocument> = rendered
        .checks
        .iter()
        .map(|check| CheckDocument {
            code: check.code.clone(),
            ok: check.ok,
            value: check.value.clone(),
            limit: check.limit.clone(),
        })
        .collect();
    let missing: BTreeSet<&str> = rendered
        .captions
        .iter()
        .flat_map(|card| card.missing.iter().map(String::as_str))
        .collect();
    if !missing.is_empty() {
        checks.push(CheckDocument {
            code: "missing_letters".to_owned(),
            ok: false,
            value: missing.into_iter().collect(),
            limit: "letters that an installed font has".to_owned(),
        });
    }
    let drawn = &rendered.captions;
    let over = drawn.iter().filter(|card| hides_a_mouth(card, faces));
    let over = over.count();
    if over > 0 {
        checks.push(CheckDocument {
            code: "caption_over_mouth".to_owned(),
            ok: false,
            value: format!("{over} of {} captions", drawn.len()),
            limit: "0".to_owned(),
        });
    }
    let fastest = cards
        .iter()
        .map(story::cards::reading_speed)
        .fold(0.0, f64::max);
    if !cards.is_empty() {
        checks.push(CheckDocument {
            code: "reading_speed".to_owned(),
            ok: fastest <= READING_SPEED,
            value: format!("{fastest:.1}"),
            limit: format!("{READING_SPEED:.1}"),
        });
    }
    checks
}

/// Returns whether a card stands on the mouth of a face that is shown with it.
fn hides_a_mouth(card: &DrawnCard, faces: &[(SequenceTime, PixelBox)]) -> bool {
    faces.iter().any(|(at, face)| {
        let mouth = story::framing::mouth(*face);
        card.range.contains(*at) && card.bounds.shared_area(mouth) > 0.0
    })
}

/// Returns the crop path in reel time: an entry at 0, at the end, and two at every jump.
fn crop(sequence: &Sequence, picture: (u32, u32)) -> Vec<CropDocument> {
    let whole = PixelBox {
        x: 0.0,
        y: 0.0,
        w: f64::from(picture.0),
        h: f64::from(picture.1),
    };
    let mut entries: Vec<(SequenceTime, PixelBox)> = Vec::new();
    let clips = sequence
        .tracks_of(TrackKind::Video)
        .flat_map(|track| &track.clips);
    for clip in clips {
        let range = clip.range();
        match &clip.framing {
            Framing::Fit => entries.extend([(range.start, whole), (range.end, whole)]),
            Framing::Crop(path) => {
                entries.extend(
                    path.at(clip.source.start)
                        .map(|pixels| (range.start, pixels)),
                );
                entries.extend(inner_keys(clip));
                entries.extend(
                    path.before(clip.source.end)
                        .map(|pixels| (range.end, pixels)),
                );
            }
        }
    }
    entries.dedup();
    entries
        .into_iter()
        .map(|(time, pixels)| CropDocument {
            t: seconds(time),
            x: pixels.x,
            y: pixels.y,
            w: pixels.w,
            h: pixels.h,
        })
        .collect()
}

fn inner_keys(clip: &Clip) -> impl Iterator<Item = (SequenceTime, PixelBox)> {
    let keys = match &clip.framing {
        Framing::Crop(path) => path.keys.as_slice(),
        Framing::Fit => &[],
    };
    keys.iter()
        .filter(|key| clip.source.start < key.at && key.at < clip.source.end)
        .map(|key| (clip.sequence_time(key.at), key.pixels))
}

fn bounds(x: f64, y: f64, w: f64, h: f64) -> BoxDocument {
    BoxDocument { x, y, w, h }
}

fn seconds(time: SequenceTime) -> Seconds {
    Seconds::from(Ticks(time.0))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

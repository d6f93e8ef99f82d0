//! A reel's captions: their words, their cards, and the height at which they stand.

use std::collections::BTreeMap;

use footage::Analysis;
use footage::picture::PixelBox;
use footage::words::Transcript;
use lettering::Lettering;
use story::framing::{faces_shown, hidden_share};
use story::sentences::language_of;
use story::text::Language;
use story::typography::typeset;
use timeline::caption::{Card, PlacedWord};
use timeline::ids::MediaId;
use timeline::project::Sequence;
use timeline::style::CaptionStyle;
use timeline::time::SequenceTime;

/// Heights at which captions are tried, as fractions of the frame's: all that a safe area allows,
/// in steps too small to see a difference between.
const HEIGHTS: std::ops::RangeInclusive<u8> = 4..=18;
const HEIGHT_STEP: f64 = 0.05;

/// What moving captions over the whole frame costs, in [shares](hidden_share) of faces.
const MOVING: f64 = 0.02;

/// Less than this is hidden of faces on average, and captions stay where the style has them.
const LITTLE: f64 = 0.02;

/// Returns a sequence's words as they fall in it, and the cards that show them; without a style
/// there are none.
pub(crate) fn captions(
    sequence: &Sequence,
    transcripts: &BTreeMap<MediaId, &Transcript>,
    style: Option<&CaptionStyle>,
) -> (Vec<PlacedWord>, Vec<Card>) {
    let words = sequence.placed_words(transcripts);
    let Some(style) = style else {
        return (words, Vec::new());
    };
    let shown = typeset(&words, |media| {
        let transcript = transcripts.get(&media);
        transcript.map_or(Language::Other, |transcript| language_of(transcript))
    });
    let cards = story::cards::cards(&shown, style, sequence.duration());
    (words, cards)
}

/// Returns the height at which captions hide least of the faces; `None` when the style's own does
/// as well.
///
/// One height serves the whole reel: captions that jump are harder to read than some that hide a
/// chin.
pub(crate) fn anchor(
    sequence: &Sequence,
    cards: &[Card],
    style: &CaptionStyle,
    analysis: &Analysis,
    picture: (u32, u32),
) -> Option<f64> {
    let faces = faces_shown(analysis, picture, sequence);
    let mut lettering = Lettering::new();
    let mut hidden_at = |anchor| hidden(sequence, cards, style, &faces, anchor, &mut lettering);
    let own = hidden_at(style.anchor);
    if own < LITTLE {
        return None;
    }
    let cost = |(anchor, hidden): (f64, f64)| hidden + MOVING * (anchor - style.anchor).abs();
    HEIGHTS
        .map(|step| f64::from(step) * HEIGHT_STEP)
        .map(|anchor| (anchor, hidden_at(anchor)))
        .min_by(|one, other| cost(*one).total_cmp(&cost(*other)))
        .filter(|(_, hidden)| *hidden < own - LITTLE)
        .map(|(anchor, _)| anchor)
}

/// Returns the share of the faces that is hidden on average, 0..=1, with captions at `anchor`.
fn hidden(
    sequence: &Sequence,
    cards: &[Card],
    style: &CaptionStyle,
    faces: &[(SequenceTime, PixelBox)],
    anchor: f64,
    lettering: &mut Lettering,
) -> f64 {
    let (width, height) = (sequence.format.width, sequence.format.height);
    let safe = media::captions::safe_area(width, height);
    let style = CaptionStyle {
        anchor,
        ..style.clone()
    };
    let (mut sum, mut count) = (0.0, 0_u32);
    for card in cards {
        let layout = lettering.layout(card, &style, (width, height), &safe);
        for (_, face) in faces.iter().filter(|(at, _)| card.range.contains(*at)) {
            sum += hidden_share(*face, layout.bounds);
            count += 1;
        }
    }
    sum / f64::from(count.max(1))
}

//! The invariants of a project, and the check of them.

mod rule;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use footage::picture::PixelBox;
use footage::time::{FrameRate, Ticks};
use serde::{Deserialize, Serialize};

use crate::caption::{Captions, Correction};
use crate::crop::{CropKey, CropPath};
use crate::ids::{ClipId, LinkId, MarkerId, MediaId, PresetId, SequenceId, TrackId};
use crate::project::{Clip, Format, Framing, Media, Project, Sequence, Track, TrackKind};
use crate::style::CaptionStyle;
use crate::time::SequenceTime;

pub use rule::Rule;

/// The largest time and identity: 2⁵³ − 1, which JSON carries exactly; 147 days in ticks.
pub const MAX_TIME: i64 = (1 << 53) - 1;

/// How far a crop's shape may be from the frame's, as a share of it: whole pixels round it.
const SHAPE_TOLERANCE: f64 = 0.01;

/// How far a crop may reach out of the picture in pixels: half a pixel is not seen.
const EDGE_TOLERANCE_PX: f64 = 0.5;

/// Where an invariant is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the project as a whole.
    Project,
    /// In a source.
    Media(MediaId),
    /// In a preset.
    Preset(PresetId),
    /// In a sequence.
    Sequence(SequenceId),
    /// In a track.
    Track(TrackId),
    /// In a clip.
    Clip(ClipId),
    /// In a marker.
    Marker(MarkerId),
}

/// An invariant that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Violation {
    /// Which one.
    pub rule: Rule,
    /// Where.
    pub place: Place,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, text) = (self.rule.number(), self.rule.text());
        write!(f, "rule {number} at {:?}: {text}", self.place)
    }
}

/// Returns every invariant that does not hold; none for a sound project.
pub fn violations(project: &Project) -> Vec<Violation> {
    let mut found = Vec::new();
    identities(project, &mut found);
    for media in project.media.values() {
        let checks = [(Rule::MediaWhole, is_whole(media))];
        found.extend(failed(Place::Media(media.id), checks));
    }
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for preset in project.presets.values() {
        let is_new = names.insert(&preset.name);
        let checks = [
            (Rule::Names, is_new && is_tidy(&preset.name)),
            (Rule::StyleDrawable, is_drawable(&preset.caption)),
        ];
        found.extend(failed(Place::Preset(preset.id), checks));
    }
    let mut links: BTreeSet<LinkId> = BTreeSet::new();
    for sequence in project.sequences.values() {
        of_sequence(project, sequence, &mut found);
        let own: BTreeSet<LinkId> = clips(sequence).filter_map(|clip| clip.link).collect();
        let checks = [(Rule::Links, links.is_disjoint(&own))];
        found.extend(failed(Place::Sequence(sequence.id), checks));
        links.extend(own);
    }
    found
}

/// Adds what does not hold within one sequence.
pub(crate) fn of_sequence(project: &Project, sequence: &Sequence, found: &mut Vec<Violation>) {
    let preset = sequence.preset;
    let is_known = preset.is_none_or(|preset| project.presets.contains_key(&preset));
    let mut captions = sequence.captions.iter();
    let are_bound =
        captions.all(|(media, captions)| project.media.contains_key(media) && is_bound(captions));
    let checks = [
        (Rule::Names, is_tidy(&sequence.name)),
        (Rule::FormatEven, is_even(sequence.format)),
        (Rule::PresetKnown, is_known),
        (
            Rule::StyleDrawable,
            sequence.caption_anchor.is_none_or(is_within_frame),
        ),
        (Rule::CaptionsBound, are_bound),
        (
            Rule::MarkersInOrder,
            sequence.markers.is_sorted_by_key(|marker| marker.at),
        ),
    ];
    found.extend(failed(Place::Sequence(sequence.id), checks));
    for marker in &sequence.markers {
        let checks = [(Rule::Times, is_in_range(marker.at))];
        found.extend(failed(Place::Marker(marker.id), checks));
    }
    let mut members: BTreeMap<LinkId, u32> = BTreeMap::new();
    for link in clips(sequence).filter_map(|clip| clip.link) {
        *members.entry(link).or_default() += 1;
    }
    for clip in clips(sequence) {
        let is_lone = clip.link.is_some_and(|link| members.get(&link) == Some(&1));
        found.extend(failed(Place::Clip(clip.id), [(Rule::Links, !is_lone)]));
    }
    for track in &sequence.tracks {
        of_track(project, sequence.format, track, found);
    }
}

fn of_track(project: &Project, format: Format, track: &Track, found: &mut Vec<Violation>) {
    // A clip that fails one of these cannot be computed with: its length may be undefined.
    let mut are_computable = true;
    for clip in &track.clips {
        let place = Place::Clip(clip.id);
        let media = project.media.get(&clip.media).map(AsRef::as_ref);
        let basics = failed(
            place,
            [
                (
                    Rule::ClipMedia,
                    media.is_some_and(|media| carries(track.kind, media)),
                ),
                (Rule::ClipSource, is_within_source(clip, media)),
                (
                    Rule::ClipSpeed,
                    clip.speed.is_playable() && clip.speed == clip.speed.reduced(),
                ),
                (Rule::Times, is_in_range(clip.start)),
            ],
        );
        let before = found.len();
        found.extend(basics);
        found.extend(failed(
            place,
            [
                (Rule::ClipGain, (-60.0..=24.0).contains(&clip.gain_db)),
                (
                    Rule::ClipFraming,
                    is_framed(clip, track.kind, format, media),
                ),
            ],
        ));
        if found
            .get(before..)
            .is_some_and(|new| new.iter().any(is_basic))
        {
            are_computable = false;
            continue;
        }
        found.extend(failed(
            place,
            [
                (Rule::ClipSource, clip.duration() > Ticks::ZERO),
                (Rule::Times, is_in_range(clip.range().end)),
                (Rule::ClipFades, are_fades_within(clip)),
            ],
        ));
    }
    let is_apart = |before: &Clip, after: &Clip| before.range().end <= after.start;
    if are_computable && !track.clips.is_sorted_by(is_apart) {
        found.push(Violation {
            rule: Rule::ClipsApart,
            place: Place::Track(track.id),
        });
    }
}

fn is_basic(violation: &Violation) -> bool {
    matches!(
        violation.rule,
        Rule::ClipMedia | Rule::ClipSource | Rule::ClipSpeed | Rule::Times
    )
}

/// Returns the rules that do not hold, out of pairs of a rule and whether it holds.
fn failed(
    place: Place,
    checks: impl IntoIterator<Item = (Rule, bool)>,
) -> impl Iterator<Item = Violation> {
    let failed = checks.into_iter().filter(|(_, holds)| !holds);
    failed.map(move |(rule, _)| Violation { rule, place })
}

fn clips(sequence: &Sequence) -> impl Iterator<Item = &Clip> {
    sequence.tracks.iter().flat_map(|track| &track.clips)
}

fn identities(project: &Project, found: &mut Vec<Violation>) {
    let mut used: BTreeSet<u64> = BTreeSet::new();
    let mut links: BTreeSet<u64> = BTreeSet::new();
    let mut see = |place: Place, id: u64| {
        let is_sound = used.insert(id) && id < project.next_id;
        found.extend(failed(place, [(Rule::Identities, is_sound)]));
    };
    for (key, media) in &project.media {
        see(Place::Media(*key), media.id.0);
    }
    for (key, preset) in &project.presets {
        see(Place::Preset(*key), preset.id.0);
    }
    for (key, sequence) in &project.sequences {
        see(Place::Sequence(*key), sequence.id.0);
        for track in &sequence.tracks {
            see(Place::Track(track.id), track.id.0);
        }
        for clip in clips(sequence) {
            see(Place::Clip(clip.id), clip.id.0);
            links.extend(clip.link.map(|link| link.0));
        }
        for marker in &sequence.markers {
            see(Place::Marker(marker.id), marker.id.0);
        }
    }
    for link in links {
        see(Place::Project, link);
    }
    let media = project.media.iter().all(|(key, media)| *key == media.id);
    let presets = project
        .presets
        .iter()
        .all(|(key, preset)| *key == preset.id);
    let mut sequences = project.sequences.iter();
    let sequences = sequences.all(|(key, sequence)| *key == sequence.id);
    let is_sound = media && presets && sequences && project.next_id <= MAX_TIME.unsigned_abs();
    found.extend(failed(Place::Project, [(Rule::Identities, is_sound)]));
}

fn is_in_range(time: SequenceTime) -> bool {
    (0..=MAX_TIME).contains(&time.0)
}

fn is_tidy(text: &str) -> bool {
    !text.is_empty() && text.trim() == text
}

fn is_rate(rate: FrameRate) -> bool {
    rate.num > 0 && rate.den > 0
}

fn is_whole(media: &Media) -> bool {
    (1..=MAX_TIME).contains(&media.duration.0)
        && media
            .video
            .is_none_or(|video| video.width > 0 && video.height > 0 && is_rate(video.rate))
}

fn is_even(format: Format) -> bool {
    let is_even = |length: u32| length > 0 && length.is_multiple_of(2);
    is_even(format.width) && is_even(format.height) && is_rate(format.rate)
}

fn carries(kind: TrackKind, media: &Media) -> bool {
    match kind {
        TrackKind::Video | TrackKind::Overlay => media.video.is_some(),
        TrackKind::Voice | TrackKind::Music => media.audio,
    }
}

fn is_within_source(clip: &Clip, media: Option<&Media>) -> bool {
    // A source that is missing is a violation of its own.
    let end = media.map_or(MAX_TIME, |media| media.duration.0.min(MAX_TIME));
    0 <= clip.source.start.0 && !clip.source.is_empty() && clip.source.end.0 <= end
}

fn are_fades_within(clip: &Clip) -> bool {
    let length = clip.duration();
    let is_within = |fade: Ticks| (Ticks::ZERO..=length).contains(&fade);
    is_within(clip.fade_in) && is_within(clip.fade_out) && clip.fade_in + clip.fade_out <= length
}

fn is_framed(clip: &Clip, kind: TrackKind, format: Format, media: Option<&Media>) -> bool {
    let Framing::Crop(path) = &clip.framing else {
        return true;
    };
    let is_picture = kind.is_picture();
    let video = media.and_then(|media| media.video);
    let (Some(aspect), Some(video)) = (format.aspect(), video) else {
        // The format or the source is a violation of its own.
        return is_picture;
    };
    is_picture
        && is_path(
            path,
            aspect,
            f64::from(video.width),
            f64::from(video.height),
        )
}

fn is_path(path: &CropPath, aspect: f64, width: f64, height: f64) -> bool {
    let are_sorted = path.keys.is_sorted_by_key(|key| key.at);
    let is_jump_of_three = |keys: &[CropKey]| match keys {
        [first, .., last] => first.at == last.at,
        _ => false,
    };
    let is_box = |key: &CropKey| {
        let PixelBox { x, y, w, h } = key.pixels;
        // Written so that what is not a number fails.
        (-MAX_TIME..=MAX_TIME).contains(&key.at.0)
            && x >= -EDGE_TOLERANCE_PX
            && y >= -EDGE_TOLERANCE_PX
            && x + w <= width + EDGE_TOLERANCE_PX
            && y + h <= height + EDGE_TOLERANCE_PX
            && w > 0.0
            && h > 0.0
            && (w / h - aspect).abs() <= aspect * SHAPE_TOLERANCE
    };
    !path.keys.is_empty()
        && are_sorted
        && !path.keys.windows(3).any(is_jump_of_three)
        && path.keys.iter().all(is_box)
}

fn is_bound(captions: &Captions) -> bool {
    let is_correction = |correction: &Correction| {
        *correction != Correction::default() && correction.text.as_deref().is_none_or(is_tidy)
    };
    !captions.revision.0.is_empty() && captions.corrections.values().all(is_correction)
}

fn is_drawable(style: &CaptionStyle) -> bool {
    let is_positive = |length: f64| length > 0.0 && length.is_finite();
    is_tidy(&style.font_family)
        && (100..=900).contains(&style.font_weight)
        && is_positive(style.font_size)
        && is_positive(style.line_height)
        && (style.outline >= 0.0 && style.outline.is_finite())
        && is_within_frame(style.anchor)
        && style.max_lines > 0
        && style.max_chars > 0
}

fn is_within_frame(fraction: f64) -> bool {
    (0.0..=1.0).contains(&fraction)
}

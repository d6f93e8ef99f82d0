//! What the invariants are.

use serde::{Deserialize, Serialize};

macro_rules! rules {
    ($($name:ident = $number:literal, $code:literal, $text:literal;)+) => {
        /// An invariant of every project.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Rule {
            $(#[doc = $text] $name = $number,)+
        }

        impl Rule {
            /// Every rule, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Returns its number in the crate's documentation.
            pub fn number(self) -> u8 {
                self as u8
            }

            /// Returns the stable code that a program can act on.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }

            /// Returns it in English.
            pub fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

rules! {
    Identities = 1, "identities",
        "Every identity is used once, is below `next_id`, and is the key it is stored under.";
    Times = 2, "times",
        "Every time in a sequence is between 0 and 147 days.";
    Names = 3, "names",
        "Sequences and presets have names without spaces around them; those of presets differ.";
    MediaWhole = 4, "media_whole",
        "A source lasts longer than 0 and at most 147 days; its picture has a size and a rate.";
    FormatEven = 5, "format_even",
        "A frame's width and height are even and above 0, and its rate is above 0.";
    ClipMedia = 6, "clip_media",
        "A clip's source exists and has what the track carries: a picture or sound.";
    ClipSource = 7, "clip_source",
        "A clip plays a part of its source that is not empty and within it, for at least a tick.";
    ClipSpeed = 8, "clip_speed",
        "A clip's speed is within a hundredth and a hundred, in lowest terms up to 10,000.";
    ClipsApart = 9, "clips_apart",
        "The clips of a track are sorted by start and do not overlap.";
    ClipFraming = 10, "clip_framing",
        "A crop path has keys in order, at most two at a time, each box within the picture and of the frame's shape; sound is not cropped.";
    ClipGain = 11, "clip_gain",
        "A clip's gain is within −60..=24 dB.";
    ClipFades = 12, "clip_fades",
        "A clip's fades are not negative, and together no longer than the clip.";
    Links = 13, "links",
        "A link joins at least two clips, all of one sequence.";
    CaptionsBound = 14, "captions_bound",
        "Captions are of a source of the project and name a transcript; a correction changes something, and its text is not blank.";
    PresetKnown = 15, "preset_known",
        "A sequence's preset exists.";
    MarkersInOrder = 16, "markers_in_order",
        "A sequence's markers are sorted by time.";
    StyleDrawable = 17, "style_drawable",
        "A preset's sizes, weight, anchor and limits are in their ranges, and so is a sequence's anchor.";
}

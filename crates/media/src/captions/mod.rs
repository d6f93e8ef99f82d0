//! The element `captions`: draws the card of each moment onto I420 pictures, in place.
//!
//! Letters are drawn only when the card or its lit word changes; on every frame only the card's box
//! is blended. What was drawn is kept as data: handles in the window, `layout` in `reels.json`,
//! safe-area checks. libass is not used: it measures no text and draws no colour emoji.

mod cards;
mod imp;

use footage::picture::PixelBox;
use gstreamer as gst;
use gstreamer::glib;
use gstreamer::subclass::prelude::*;
use lettering::SafeArea;
use serde::{Deserialize, Serialize};
use timeline::caption::Card;
use timeline::style::CaptionStyle;
use timeline::time::SequenceRange;

pub(crate) use cards::Cards;

glib::wrapper! {
    /// Draws caption cards onto pictures; buffer times are sequence times.
    pub struct Captions(ObjectSubclass<imp::Captions>)
        @extends gstreamer_video::VideoFilter, gstreamer_base::BaseTransform, gst::Element, gst::Object;
}

/// A card as it was drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrawnCard {
    /// When it was shown.
    pub range: SequenceRange,
    /// All that was drawn on, in output pixels.
    pub bounds: PixelBox,
    /// Its lines.
    pub lines: Vec<DrawnLine>,
    /// Size of the letters in output pixels.
    pub letter_size: f64,
    /// Letters that no font has, left out of the drawing.
    pub missing: Vec<String>,
}

/// A line of a card as it was drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrawnLine {
    /// Its text as drawn: in the style's case, without letters that no font has.
    pub text: String,
    /// Position on the card of the first word that begins on it; `None` where only the rest of a
    /// broken word stands.
    pub first_word: Option<usize>,
    /// Its box in output pixels.
    pub bounds: PixelBox,
}

impl Captions {
    /// Returns an element that draws `cards` (sorted, not overlapping) in `style`.
    pub fn new(cards: Vec<Card>, style: CaptionStyle) -> Self {
        let element: Self = glib::Object::new();
        imp::Captions::from_obj(&element).set(cards, style);
        element
    }

    /// Returns the cards drawn so far, in order.
    pub fn drawn(&self) -> Vec<DrawnCard> {
        imp::Captions::from_obj(self).drawn()
    }
}

/// Returns what captions keep clear of in a frame: the networks' margins in a tall one, a twentieth
/// of each side in others, where players put nothing over the picture for long.
pub fn safe_area(width: u32, height: u32) -> SafeArea {
    if height > width {
        SafeArea::UNIVERSAL
    } else {
        SafeArea::new(0.05, 0.05, 0.05, 0.05)
    }
}

//! Lays out and draws captions: letters, outline, plate, the spoken word lit.
//!
//! Terms: a *card* is the words that are shown together (`timeline::caption`). A *style* says how
//! they look, in pixels of a frame whose shorter side is 1080; all scales with that side. The *safe
//! area* is what networks leave free ([`SafeArea`]). A [`Layout`] is where every letter stands; it
//! is the same whatever word is lit. A [`Drawing`] is the pixels of one state. An [`Overlay`] is a
//! drawing as planes that blend onto I420 video.
//!
//! Invariants, checked by tests:
//! 1. Nothing is ever drawn outside the layout's bounds, and these lie inside the safe area: the
//!    letters shrink, and below 60 % of their size words are broken.
//! 2. There are at most as many lines as the style says.
//! 3. The layout does not depend on the moment; the drawing changes only when [`lit`] changes.
//! 4. Latin text looks the same on every machine: it is drawn with the shipped font.
//!
//! Map: [`SafeArea`] networks' margins · [`presets`] styles that ship · `text` words to units ·
//! `breaks` units to lines · `fonts` faces and outlines · `layout` positions · `draw` pixels ·
//! `overlay` blending.
//!
//! ```
//! use lettering::{Lettering, Overlay, SafeArea, lit, presets};
//! use timeline::caption::{Card, CardWord};
//! use timeline::time::{SequenceRange, SequenceTime};
//!
//! let second = SequenceTime::from_secs;
//! let word = |text: &str, start, end| CardWord {
//!     text: text.to_owned(),
//!     range: SequenceRange::new(second(start), second(end)),
//!     emphasis: false,
//! };
//! let card = Card {
//!     range: SequenceRange::new(second(0.0), second(1.0)),
//!     words: vec![word("Bonjour", 0.0, 0.4), word("à tous", 0.5, 1.0)],
//! };
//! let style = presets::builtin().remove(0).caption;
//! let mut lettering = Lettering::new();
//! let layout = lettering.layout(&card, &style, (1080, 1920), &SafeArea::UNIVERSAL);
//! assert_eq!(layout.lines[0].text, "Bonjour à tous");
//! assert_eq!(lit(&card, second(0.45)), Some(0), "lit until the next word starts");
//! let drawing = lettering.draw(&layout, &card, &style, second(0.45));
//! assert_eq!(f64::from(drawing.width), layout.bounds.w);
//! let overlay = Overlay::new(&drawing);
//! assert_eq!(overlay.x % 2, 0);
//! ```

mod breaks;
mod draw;
mod error;
mod fonts;
mod layout;
mod overlay;
pub mod presets;
mod safe_area;
mod text;

use timeline::caption::Card;
use timeline::style::CaptionStyle;
use timeline::time::SequenceTime;

pub use draw::{Drawing, lit};
pub use error::Error;
pub use layout::{Layout, Line, WordBox};
pub use overlay::{I420, Overlay, Plane, blend_i420};
pub use safe_area::SafeArea;

use draw::Prepared;
use fonts::{Fonts, SystemFonts};

/// Cards kept ready to draw: the one on screen and its neighbours.
const MOST_PREPARED: usize = 4;

/// The fonts and what was last drawn with them. Costs about 1 MB; make one and keep it.
pub struct Lettering {
    fonts: Fonts,
    /// The newest last.
    prepared: Vec<Prepared>,
}

impl Default for Lettering {
    fn default() -> Self {
        Self::new()
    }
}

impl Lettering {
    /// Returns lettering with the shipped font, and the installed ones for what it lacks.
    ///
    /// Installed fonts are looked at when a style names one or a letter is not in the shipped
    /// font, never before. On WASM and without the feature `system-fonts` there are none.
    pub fn new() -> Self {
        #[cfg(all(feature = "system-fonts", not(target_arch = "wasm32")))]
        let system = SystemFonts::Unread;
        #[cfg(any(not(feature = "system-fonts"), target_arch = "wasm32"))]
        let system = SystemFonts::Never;
        Self::with(system)
    }

    /// Returns lettering that never looks at installed fonts: the same on every machine.
    pub fn shipped_fonts_only() -> Self {
        Self::with(SystemFonts::Never)
    }

    fn with(system: SystemFonts) -> Self {
        Self {
            fonts: Fonts::new(system),
            prepared: Vec::new(),
        }
    }

    /// Adds a font file's content, for styles that name its family and for letters it has.
    pub fn add_font(&mut self, font: Vec<u8>) -> Result<(), Error> {
        self.prepared.clear();
        self.fonts.add(font)
    }

    /// Returns where a card's letters stand in a frame of width × height pixels.
    ///
    /// The card is centred in the safe area's width and stands at the style's anchor, moved as
    /// far as the safe area asks. Letters shrink until everything fits; below 60 % of their size
    /// words are broken. A card without letters, or a safe area without room, gives a layout
    /// without lines. What no font can draw is in [`Layout::missing`].
    pub fn layout(
        &mut self,
        card: &Card,
        style: &CaptionStyle,
        frame: (u32, u32),
        safe: &SafeArea,
    ) -> Layout {
        layout::layout(&mut self.fonts, card, style, frame, safe)
    }

    /// Returns the pixels of a card at a moment: exactly the layout's bounds.
    ///
    /// `layout` must come from [`Self::layout`] of the same lettering, card and style. The first
    /// drawing of a card makes its outlines; the others reuse them.
    pub fn draw(
        &mut self,
        layout: &Layout,
        card: &Card,
        style: &CaptionStyle,
        at: SequenceTime,
    ) -> Drawing {
        let known = self
            .prepared
            .iter()
            .position(|prepared| prepared.is_for(layout, style));
        let prepared = match known {
            Some(index) => Some(self.prepared.remove(index)),
            None => Prepared::new(&mut self.fonts, layout, style),
        };
        let Some(prepared) = prepared else {
            return Drawing::default();
        };
        let drawing = prepared.draw(card, lit(card, at));
        if self.prepared.len() >= MOST_PREPARED {
            self.prepared.remove(0);
        }
        self.prepared.push(prepared);
        drawing
    }
}

//! The work of [`super::Captions`], on planes in memory: the preview does it without the element.

use lettering::{I420, Layout, Lettering, Overlay, blend_i420, lit};
use timeline::caption::Card;
use timeline::style::CaptionStyle;
use timeline::time::SequenceTime;

use super::{DrawnCard, DrawnLine, safe_area};

/// Cards and how they look, with what is drawn of them at the moment.
pub(crate) struct Cards {
    all: Vec<Card>,
    style: CaptionStyle,
    /// The frame that lines are broken for; `None` for the one that is drawn on.
    set_in: Option<(u32, u32)>,
    lettering: Lettering,
    shown: Option<Shown>,
    drawn: Vec<DrawnCard>,
}

/// The card on screen.
struct Shown {
    card: usize,
    lit: Option<usize>,
    layout: Layout,
    overlay: Overlay,
}

impl Shown {
    fn is(&self, card: usize, frame: (u32, u32)) -> bool {
        self.card == card && self.layout.frame == frame
    }
}

impl Cards {
    /// Returns cards that are not drawn yet.
    pub(crate) fn new(cards: Vec<Card>, style: CaptionStyle) -> Self {
        Self {
            all: cards,
            style,
            set_in: None,
            lettering: Lettering::new(),
            shown: None,
            drawn: Vec::new(),
        }
    }

    /// Returns cards whose lines are broken as for a frame of this size, whatever size is drawn on:
    /// a preview shows the lines of the export.
    pub(crate) fn set_in(cards: Vec<Card>, style: CaptionStyle, frame: (u32, u32)) -> Self {
        Self {
            set_in: Some(frame),
            ..Self::new(cards, style)
        }
    }

    /// Shows other cards, keeping the fonts.
    pub(crate) fn replace(&mut self, cards: Vec<Card>, style: CaptionStyle, frame: (u32, u32)) {
        if self.all != cards || self.style != style || self.set_in != Some(frame) {
            self.shown = None;
        }
        self.all = cards;
        self.style = style;
        self.set_in = Some(frame);
    }

    /// Returns the cards drawn so far, in order. A preview, which goes back and forth for hours,
    /// keeps none.
    pub(super) fn drawn(&self) -> Vec<DrawnCard> {
        self.drawn.clone()
    }

    /// Draws the card of a moment onto a picture.
    pub(crate) fn draw(&mut self, at: SequenceTime, picture: &mut I420<'_>) {
        if let Some(overlay) = self.overlay(at, (picture.width, picture.height)) {
            blend_i420(overlay, picture);
        }
    }

    /// Returns what to blend at a moment, drawn anew only when it differs from what was shown.
    fn overlay(&mut self, at: SequenceTime, frame: (u32, u32)) -> Option<&Overlay> {
        let after = self.all.partition_point(|card| card.range.start <= at);
        let index = after.checked_sub(1)?;
        let card = self.all.get(index).filter(|card| card.range.contains(at))?;
        let word = lit(card, at);
        let shown = match self.shown.take() {
            Some(shown) if shown.is(index, frame) && shown.lit == word => shown,
            Some(shown) if shown.is(index, frame) => {
                let drawing = self.lettering.draw(&shown.layout, card, &self.style, at);
                Shown {
                    lit: word,
                    overlay: Overlay::new(&drawing),
                    ..shown
                }
            }
            _ => {
                let made_for = self.set_in.unwrap_or(frame);
                let safe = safe_area(made_for.0, made_for.1);
                let layout = self.lettering.layout(card, &self.style, made_for, &safe);
                let layout = if made_for == frame {
                    layout
                } else {
                    layout.scaled_to(frame)
                };
                let drawing = self.lettering.draw(&layout, card, &self.style, at);
                if self.set_in.is_none() {
                    self.drawn.push(drawn_card(card, &layout));
                }
                Shown {
                    card: index,
                    lit: word,
                    overlay: Overlay::new(&drawing),
                    layout,
                }
            }
        };
        Some(&self.shown.insert(shown).overlay)
    }
}

fn drawn_card(card: &Card, layout: &Layout) -> DrawnCard {
    let mut begun = 0;
    let line = |line: &lettering::Line| {
        let first_word = line
            .words
            .iter()
            .map(|part| part.word)
            .filter(|word| *word >= begun)
            .min();
        begun = line
            .words
            .iter()
            .map(|part| part.word + 1)
            .fold(begun, usize::max);
        DrawnLine {
            text: line.text.clone(),
            first_word,
            bounds: line.bounds,
        }
    };
    DrawnCard {
        range: card.range,
        bounds: layout.bounds,
        lines: layout.lines.iter().map(line).collect(),
        letter_size: layout.letter_size,
        missing: layout.missing.clone(),
    }
}

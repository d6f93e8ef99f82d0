//! Drawing I420 frames: on the graphics card where it puts the page together, else in plain pixels.

use js_sys::Uint8Array;
use protocol::studio::frame::{FrameHeader, HEADER};
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, WebGl2RenderingContext as Gl, WebGlContextAttributes};

use super::card::Card;
use super::plain::Plain;
use crate::dom::{self, Composition};

/// What draws frames on a canvas.
pub(super) enum Painter {
    /// With WebGL.
    Card(Card),
    /// Without.
    Plain(Plain),
}

/// Why a canvas cannot be drawn on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum PaintError {
    /// It has neither kind of context.
    #[error("the canvas can be drawn on in no way")]
    NoContext,
    /// The card's driver refused a shader.
    #[error("the shader is refused: {0}")]
    Shader(String),
}

/// Which painter a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Card,
    Plain,
}

impl Choice {
    /// Chooses by how the page is put together. Where no card does it, what WebGL draws would be read back
    /// for each picture, and mostly a processor would draw it. What WebGL says of its card is the same
    /// everywhere in WebKit.
    fn of(composition: Composition) -> Self {
        match composition {
            Composition::Layers => Self::Card,
            Composition::Whole => Self::Plain,
        }
    }
}

impl Painter {
    /// Returns what draws on a canvas.
    ///
    /// # Errors
    /// When there is no way to.
    pub(super) fn new(canvas: &HtmlCanvasElement) -> Result<Self, PaintError> {
        let own = opaque();
        let context = |kind: &str| {
            let context = canvas.get_context_with_context_options(kind, &own);
            context.ok().flatten()
        };
        if Choice::of(dom::composition()) == Choice::Card
            && let Some(card) = context("webgl2").and_then(|card| card.dyn_into::<Gl>().ok())
        {
            return Card::new(canvas.clone(), card).map(Self::Card);
        }
        let plain = context("2d").and_then(|plain| plain.dyn_into().ok());
        let plain = plain.ok_or(PaintError::NoContext)?;
        Ok(Self::Plain(Plain::new(canvas.clone(), plain)))
    }

    /// Draws a frame; `frame` is the header and the planes.
    pub(super) fn draw(&self, header: FrameHeader, frame: &Uint8Array) {
        match self {
            Self::Card(card) => card.draw(header, frame),
            Self::Plain(plain) => plain.draw(header, frame),
        }
    }
}

/// Returns how a canvas is drawn on that one opaque picture covers: without what costs more than the
/// drawing itself where a processor stands in for a card, above all smooth edges, which draw each point
/// four times.
fn opaque() -> WebGlContextAttributes {
    let context = WebGlContextAttributes::new();
    context.set_alpha(false);
    context.set_antialias(false);
    context.set_depth(false);
    context.set_stencil(false);
    context
}

/// Reads a frame's header without copying its planes.
pub(super) fn header_of(frame: &Uint8Array) -> Option<FrameHeader> {
    let length = frame.length() as usize;
    let head = frame.subarray(0, HEADER as u32).to_vec();
    FrameHeader::of(&head, length)
}

/// Gives a canvas the size of a frame.
pub(super) fn resize(canvas: &HtmlCanvasElement, header: FrameHeader) {
    let (width, height) = (u32::from(header.width), u32::from(header.height));
    if canvas.width() != width || canvas.height() != height {
        canvas.set_width(width);
        canvas.set_height(height);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_card_draws_where_it_puts_the_page_together() {
        assert_eq!(Choice::of(Composition::Layers), Choice::Card);
        assert_eq!(Choice::of(Composition::Whole), Choice::Plain);
    }
}

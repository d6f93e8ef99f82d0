//! From a layout to pixels.

use std::sync::Arc;

use footage::picture::PixelBox;
use timeline::caption::Card;
use timeline::style::{CaptionStyle, Color, Highlight};
use timeline::time::SequenceTime;
use tiny_skia::{
    FillRule, FilterQuality, LineJoin, Paint, Path, PathBuilder, Pixmap, PixmapPaint, Stroke,
    Transform,
};

use crate::fonts::{EM, Fonts, Shape};
use crate::layout::{Layout, RoundBox};

/// The pixels of a card in one state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawing {
    /// Left edge in the frame.
    pub x: i32,
    /// Top edge in the frame.
    pub y: i32,
    /// Width in pixels; 0 when nothing is drawn.
    pub width: u32,
    /// Height in pixels; 0 when nothing is drawn.
    pub height: u32,
    /// Rows of red, green, blue, opacity, the colours multiplied by the opacity.
    pub rgba_premultiplied: Vec<u8>,
}

/// Returns which word of a card is lit at a moment: the last one that has started.
///
/// A word lights up exactly at its start and stays lit through the pause after it, until the next
/// one starts; before the first word's start none is lit. A card's drawing changes when this
/// changes and at no other time.
pub fn lit(card: &Card, at: SequenceTime) -> Option<usize> {
    card.words
        .partition_point(|word| word.range.start <= at)
        .checked_sub(1)
}

/// What is the same in every state of a card, already in pixels: a state is copied and blended
/// together from these, no outline is filled again.
pub(crate) struct Prepared {
    layout: Layout,
    style: CaptionStyle,
    /// What lies below the lit word's box.
    below: Pixmap,
    /// What lies between that box and the letters; `None` when it is part of `below`.
    above: Option<Pixmap>,
    /// The letters of each word.
    words: Vec<(usize, Coverage)>,
}

/// How much of each pixel letters cover, in a part of the box.
struct Coverage {
    left: usize,
    top: usize,
    width: usize,
    opacity: Vec<u8>,
}

impl Prepared {
    /// Returns a card ready to draw; `None` for a layout that draws nothing.
    pub(crate) fn new(fonts: &mut Fonts, layout: &Layout, style: &CaptionStyle) -> Option<Self> {
        let size = (layout.bounds.w as u32, layout.bounds.h as u32);
        let scale = (layout.letter_size / f64::from(EM)) as f32;
        let mut above = None;
        let mut words: Vec<(usize, PathBuilder)> = Vec::new();
        for glyph in &layout.glyphs {
            let to_box = Transform::from_scale(scale, scale).post_translate(
                glyph.x - layout.bounds.x as f32,
                glyph.y - layout.bounds.y as f32,
            );
            let shape: Arc<Shape> = fonts.look(glyph.key);
            match shape.as_ref() {
                Shape::Blank => {}
                Shape::Outline(path) => {
                    let Some(path) = path.clone().transform(to_box) else {
                        continue;
                    };
                    match words.last_mut() {
                        Some((word, letters)) if *word == glyph.word => letters.push_path(&path),
                        _ => {
                            let mut letters = PathBuilder::new();
                            letters.push_path(&path);
                            words.push((glyph.word, letters));
                        }
                    }
                }
                Shape::Picture { pixels, bounds } => {
                    if above.is_none() {
                        above = Pixmap::new(size.0, size.1);
                    }
                    let unit = bounds.width() / pixels.width().max(1) as f32;
                    let to_glyph = Transform::from_scale(unit, unit)
                        .post_translate(bounds.x(), bounds.y())
                        .post_concat(to_box);
                    let paint = PixmapPaint {
                        quality: FilterQuality::Bilinear,
                        ..PixmapPaint::default()
                    };
                    if let Some(canvas) = &mut above {
                        canvas.draw_pixmap(0, 0, pixels.as_ref(), &paint, to_glyph, None);
                    }
                }
            }
        }
        let words: Vec<(usize, Path)> = words
            .into_iter()
            .filter_map(|(word, letters)| Some((word, letters.finish()?)))
            .collect();
        let mut below = Pixmap::new(size.0, size.1)?;
        if let (Some(plate), Some(color)) = (layout.plate, style.background) {
            fill_box(&mut below, plate, layout.bounds, color);
        }
        if let Some(mut outlines) = outlines(&words, layout.outline, style.outline_color, size) {
            if let Some(pictures) = &above {
                blend(&mut outlines, pictures);
            }
            above = Some(outlines);
        }
        if layout.boxes.is_empty()
            && let Some(layer) = above.take()
        {
            blend(&mut below, &layer);
        }
        Some(Self {
            layout: layout.clone(),
            style: style.clone(),
            below,
            above,
            words: words
                .iter()
                .filter_map(|(word, letters)| Some((*word, Coverage::of(letters, size)?)))
                .collect(),
        })
    }

    pub(crate) fn is_for(&self, layout: &Layout, style: &CaptionStyle) -> bool {
        self.layout == *layout && self.style == *style
    }

    /// Draws the card with one word lit.
    pub(crate) fn draw(&self, card: &Card, lit: Option<usize>) -> Drawing {
        let bounds = self.layout.bounds;
        let mut canvas = self.below.clone();
        for (word, shape) in &self.layout.boxes {
            if Some(*word) == lit {
                fill_box(&mut canvas, *shape, bounds, self.style.highlight_color);
            }
        }
        if let Some(above) = &self.above {
            blend(&mut canvas, above);
        }
        for (word, letters) in &self.words {
            letters.fill(&mut canvas, self.color(card, *word, lit));
        }
        Drawing {
            x: bounds.x as i32,
            y: bounds.y as i32,
            width: canvas.width(),
            height: canvas.height(),
            rgba_premultiplied: canvas.take(),
        }
    }

    fn color(&self, card: &Card, word: usize, lit: Option<usize>) -> Color {
        let emphasis = card.words.get(word).is_some_and(|word| word.emphasis);
        match self.style.highlight {
            Highlight::Color if lit == Some(word) => self.style.highlight_color,
            _ if emphasis => self.style.emphasis_color,
            Highlight::None | Highlight::Color | Highlight::Box => self.style.text_color,
        }
    }
}

impl Coverage {
    /// Returns what a path covers of a box of this size.
    fn of(path: &Path, size: (u32, u32)) -> Option<Self> {
        let ink = path.bounds();
        let left = (ink.left().floor().max(0.0) as u32).min(size.0);
        let top = (ink.top().floor().max(0.0) as u32).min(size.1);
        let right = (ink.right().ceil().max(0.0) as u32).min(size.0);
        let bottom = (ink.bottom().ceil().max(0.0) as u32).min(size.1);
        let mut canvas = Pixmap::new(right.checked_sub(left)?, bottom.checked_sub(top)?)?;
        canvas.fill_path(
            path,
            &paint(Color::rgb(255, 255, 255)),
            FillRule::Winding,
            Transform::from_translate(-(left as f32), -(top as f32)),
            None,
        );
        Some(Self {
            left: left as usize,
            top: top as usize,
            width: canvas.width() as usize,
            opacity: canvas.pixels().iter().map(|pixel| pixel.alpha()).collect(),
        })
    }

    fn fill(&self, canvas: &mut Pixmap, color: Color) {
        let stride = canvas.width() as usize * 4;
        let opaque = [color.r, color.g, color.b, 255].map(|part| scaled(part, color.a));
        let rows = canvas.data_mut().chunks_exact_mut(stride).skip(self.top);
        for (row, opacity) in rows.zip(self.opacity.chunks_exact(self.width)) {
            let row = row.get_mut(self.left * 4..).unwrap_or_default();
            for (pixel, opacity) in row.chunks_exact_mut(4).zip(opacity) {
                if *opacity > 0 {
                    let over = opaque.map(|part| scaled(part, *opacity));
                    let kept = 255 - over[3];
                    for (below, over) in pixel.iter_mut().zip(over) {
                        *below = over.saturating_add(scaled(*below, kept));
                    }
                }
            }
        }
    }
}

/// Blends a premultiplied layer over a canvas of the same size.
fn blend(canvas: &mut Pixmap, layer: &Pixmap) {
    let below = canvas.data_mut().chunks_exact_mut(4);
    for (below, over) in below.zip(layer.data().chunks_exact(4)) {
        if let &[r, g, b, a] = over
            && a > 0
        {
            for (below, over) in below.iter_mut().zip([r, g, b, a]) {
                *below = over.saturating_add(scaled(*below, 255 - a));
            }
        }
    }
}

/// Returns `value × by / 255`, rounded to the nearest.
fn scaled(value: u8, by: u8) -> u8 {
    let product = u16::from(value) * u16::from(by) + 128;
    ((product + (product >> 8)) >> 8) as u8
}

/// Returns the outlines of all letters in one layer, so that they never cover a letter's fill.
fn outlines(words: &[(usize, Path)], width: f32, color: Color, size: (u32, u32)) -> Option<Pixmap> {
    if width <= 0.0 || color.a == 0 {
        return None;
    }
    let mut all = PathBuilder::new();
    for (_, letters) in words {
        all.push_path(letters);
    }
    // The stroke is centred on the edge; its inner half lies below the fill.
    let stroke = Stroke {
        width: 2.0 * width,
        line_join: LineJoin::Round,
        ..Stroke::default()
    };
    let edges = all.finish()?.stroke(&stroke, 1.0)?;
    let mut canvas = Pixmap::new(size.0, size.1)?;
    // One fill for all, so that a translucent outline is even where letters meet.
    canvas.fill_path(
        &edges,
        &paint(color),
        FillRule::Winding,
        Transform::identity(),
        None,
    );
    Some(canvas)
}

fn paint(color: Color) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(color.r, color.g, color.b, color.a);
    paint.anti_alias = true;
    paint
}

fn fill_box(canvas: &mut Pixmap, shape: RoundBox, bounds: PixelBox, color: Color) {
    if let Some(path) = round_path(shape, bounds) {
        canvas.fill_path(
            &path,
            &paint(color),
            FillRule::Winding,
            Transform::identity(),
            None,
        );
    }
}

fn round_path(shape: RoundBox, bounds: PixelBox) -> Option<Path> {
    let left = (shape.pixels.x - bounds.x) as f32;
    let top = (shape.pixels.y - bounds.y) as f32;
    let right = left + shape.pixels.w as f32;
    let bottom = top + shape.pixels.h as f32;
    let radius = shape
        .radius
        .min(shape.pixels.w / 2.0)
        .min(shape.pixels.h / 2.0) as f32;
    // The usual cubic for a quarter circle: its control points lie 0.5523 radii along.
    let near = radius * (1.0 - 0.552_285);
    let mut path = PathBuilder::new();
    path.move_to(left + radius, top);
    path.line_to(right - radius, top);
    path.cubic_to(right - near, top, right, top + near, right, top + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(
        right,
        bottom - near,
        right - near,
        bottom,
        right - radius,
        bottom,
    );
    path.line_to(left + radius, bottom);
    path.cubic_to(
        left + near,
        bottom,
        left,
        bottom - near,
        left,
        bottom - radius,
    );
    path.line_to(left, top + radius);
    path.cubic_to(left, top + near, left + near, top, left + radius, top);
    path.close();
    path.finish()
}

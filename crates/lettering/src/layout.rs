//! Where a card's letters stand in the frame.

use footage::picture::PixelBox;
use timeline::caption::Card;
use timeline::style::{CaptionStyle, Highlight};

use crate::breaks::{End, Piece, balanced, narrowest};
use crate::fonts::{EM, Fonts, GlyphKey, ShapedGlyph};
use crate::safe_area::SafeArea;
use crate::text::{Joint, Unit, letters, runs_right_to_left, units};

/// Shorter side of the frame that a style's lengths are made for.
const STYLE_SIDE: f64 = 1080.0;
/// Letters shrink to this part of their size before words are broken.
const SMALLEST: f64 = 0.6;
/// Height of a line above its baseline in letter sizes: accents on capitals.
const ABOVE: f64 = 0.95;
/// Depth of a line below its baseline in letter sizes: descenders.
const BELOW: f64 = 0.27;
/// Height of capitals in letter sizes (Inter: 0.727).
const CAPITALS: f64 = 0.727;
/// Room around the spoken word's letters in its box, in letter sizes.
const BOX_PAD: f64 = 0.14;
/// What spaces gain where words stand on boxes, in letter sizes.
const BOX_GAP: f64 = 0.10;
/// Room around the letters on a plate, in letter sizes: beside, and above and below.
const PLATE_PAD: (f64, f64) = (0.36, 0.16);
/// Corner radii in letter sizes: of a word's box and of a plate.
const RADII: (f64, f64) = (0.2, 0.28);
/// Pixels kept free for rounding to whole ones.
const ROUNDING: f64 = 4.0;

/// Where a card's letters stand in the frame, whatever word is lit.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// Width and height of the frame.
    pub frame: (u32, u32),
    /// All that is ever drawn, in whole pixels of the frame. Empty when nothing is.
    pub bounds: PixelBox,
    /// The lines from top to bottom.
    pub lines: Vec<Line>,
    /// Letters that no font has. They are left out of the drawing.
    pub missing: Vec<String>,
    /// Size of the letters in pixels, after shrinking.
    pub letter_size: f64,
    pub(crate) outline: f32,
    pub(crate) glyphs: Vec<Glyph>,
    pub(crate) boxes: Vec<(usize, RoundBox)>,
    pub(crate) plate: Option<RoundBox>,
}

/// One line of a layout.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its text as drawn.
    pub text: String,
    /// What its words draw, in whole pixels of the frame.
    pub bounds: PixelBox,
    /// Its words in reading order.
    pub words: Vec<WordBox>,
}

/// A word, or the part of a broken word that stands on one line.
#[derive(Debug, Clone, PartialEq)]
pub struct WordBox {
    /// Position on the card.
    pub word: usize,
    /// Its text as drawn.
    pub text: String,
    /// What it draws, with its outline and its box when lit, in whole pixels of the frame.
    pub bounds: PixelBox,
}

/// A glyph in the frame.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Glyph {
    pub(crate) key: GlyphKey,
    pub(crate) word: usize,
    /// Origin on the baseline, in pixels of the frame.
    pub(crate) x: f32,
    pub(crate) y: f32,
}

/// A box with round corners, in pixels of the frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RoundBox {
    pub(crate) pixels: PixelBox,
    pub(crate) radius: f64,
}

impl Layout {
    fn empty(frame: (u32, u32), missing: Vec<String>) -> Self {
        Self {
            frame,
            bounds: PixelBox::default(),
            lines: Vec::new(),
            missing,
            letter_size: 0.0,
            outline: 0.0,
            glyphs: Vec::new(),
            boxes: Vec::new(),
            plate: None,
        }
    }

    /// Returns the same picture in a frame of another size and the same shape: every letter and
    /// line stands where it stood, relative to the frame.
    #[must_use]
    pub fn scaled_to(&self, frame: (u32, u32)) -> Self {
        let across = f64::from(frame.0) / f64::from(self.frame.0.max(1));
        let down = f64::from(frame.1) / f64::from(self.frame.1.max(1));
        let whole = |pixels: PixelBox| {
            if pixels == PixelBox::default() {
                pixels
            } else {
                rounded_out(pixels.scaled(across, down))
            }
        };
        let round = |shape: RoundBox| RoundBox {
            pixels: shape.pixels.scaled(across, down),
            radius: shape.radius * down,
        };
        let line = |line: &Line| Line {
            text: line.text.clone(),
            bounds: whole(line.bounds),
            words: line
                .words
                .iter()
                .map(|word| WordBox {
                    bounds: whole(word.bounds),
                    ..word.clone()
                })
                .collect(),
        };
        Self {
            frame,
            bounds: whole(self.bounds),
            lines: self.lines.iter().map(line).collect(),
            missing: self.missing.clone(),
            letter_size: self.letter_size * down,
            outline: (f64::from(self.outline) * down) as f32,
            glyphs: self
                .glyphs
                .iter()
                .map(|glyph| Glyph {
                    x: (f64::from(glyph.x) * across) as f32,
                    y: (f64::from(glyph.y) * down) as f32,
                    ..glyph.clone()
                })
                .collect(),
            boxes: self
                .boxes
                .iter()
                .map(|(word, shape)| (*word, round(*shape)))
                .collect(),
            plate: self.plate.map(round),
        }
    }
}

/// Sets a card in the frame.
pub(crate) fn layout(
    fonts: &mut Fonts,
    card: &Card,
    style: &CaptionStyle,
    frame: (u32, u32),
    safe: &SafeArea,
) -> Layout {
    let mut missing = Vec::new();
    let units: Vec<Unit> = units(card, style)
        .into_iter()
        .filter_map(|unit| {
            let text = fonts.covered(
                &unit.text,
                &style.font_family,
                style.font_weight,
                &mut missing,
            );
            (!text.is_empty()).then_some(Unit { text, ..unit })
        })
        .collect();
    let region = safe.pixels(frame);
    let room = (region.w - ROUNDING, region.h - ROUNDING);
    if units.is_empty() || room.0 <= 0.0 || room.1 <= 0.0 {
        return Layout::empty(frame, missing);
    }
    let look = Look::new(style, frame);
    let lines = break_lines(fonts, units, style, &look, room);
    if lines.iter().all(|line| line.parts.is_empty()) {
        return Layout::empty(frame, missing);
    }
    let block = Block::new(&lines, &look);
    let shrink = (room.0 / block.width())
        .min(room.1 / block.height())
        .min(1.0);
    place(&lines, &look.shrunk(shrink), frame, region, missing)
}

/// A style's lengths in pixels of one frame.
#[derive(Debug, Clone, Copy)]
struct Look {
    size: f64,
    line_height: f64,
    outline: f64,
    highlight: Highlight,
    plate: Option<(f64, f64)>,
    anchor: f64,
    max_lines: usize,
}

impl Look {
    fn new(style: &CaptionStyle, frame: (u32, u32)) -> Self {
        let scale = f64::from(frame.0.min(frame.1)) / STYLE_SIDE;
        let font_size = within(style.font_size, 1.0, STYLE_SIDE);
        Self {
            size: font_size * scale,
            line_height: within(style.line_height, 0.5, 4.0),
            outline: within(style.outline, 0.0, font_size / 2.0) * scale,
            highlight: style.highlight,
            plate: style.background.map(|_| PLATE_PAD),
            anchor: within(style.anchor, 0.0, 1.0),
            max_lines: usize::from(style.max_lines.max(1)),
        }
    }

    fn shrunk(self, factor: f64) -> Self {
        Self {
            size: self.size * factor,
            outline: self.outline * factor,
            ..self
        }
    }

    /// Returns what is drawn beside the letters of a line, on one side, in pixels.
    fn beside(&self) -> f64 {
        let around = match self.highlight {
            Highlight::Box => self.outline.max(BOX_PAD * self.size),
            Highlight::None | Highlight::Color => self.outline,
        };
        around + self.plate.map_or(0.0, |pad| pad.0 * self.size)
    }

    /// Returns the height of so many lines with all that is drawn around them, in pixels.
    fn height(&self, lines: usize) -> f64 {
        let baselines = lines.saturating_sub(1) as f64 * self.line_height;
        let plate = self.plate.map_or(0.0, |pad| 2.0 * pad.1);
        (baselines + ABOVE + BELOW + plate) * self.size + 2.0 * self.outline
    }
}

/// Returns `value` between two limits; the lower one when it is no number.
fn within(value: f64, low: f64, high: f64) -> f64 {
    if value.is_nan() {
        low
    } else {
        value.clamp(low, high)
    }
}

/// A line in letter sizes, its origin on the baseline.
struct ShapedLine {
    text: String,
    glyphs: Vec<(GlyphKey, usize, f64, f64)>,
    parts: Vec<Part>,
}

/// What one word draws on a line, without outline and box, in letter sizes.
struct Part {
    word: usize,
    text: String,
    ink: PixelBox,
}

fn break_lines(
    fonts: &mut Fonts,
    units: Vec<Unit>,
    style: &CaptionStyle,
    look: &Look,
    room: (f64, f64),
) -> Vec<ShapedLine> {
    let mut units = units;
    let mut fit = Fit::best(&pieces(fonts, &units, style, look), look, room);
    if fit.shrink < SMALLEST {
        let widest = (room.0 / SMALLEST - 2.0 * look.beside()).max(0.0);
        let widths = pieces(fonts, &units, style, look);
        units = units
            .iter()
            .zip(&widths)
            .flat_map(|(unit, piece)| {
                if piece.width > widest {
                    letters(unit).collect()
                } else {
                    vec![unit.clone()]
                }
            })
            .collect();
        fit = Fit::best(&pieces(fonts, &units, style, look), look, room);
    }
    let right_to_left = runs_right_to_left(&units);
    let mut lines = Vec::new();
    let ends = fit.starts.iter().skip(1).copied().chain([units.len()]);
    for (start, end) in fit.starts.iter().zip(ends) {
        let line = units.get(*start..end).unwrap_or_default();
        lines.push(shape_line(fonts, line, style, look, right_to_left.into()));
    }
    lines
}

/// Lines and how much the letters shrink for them.
struct Fit {
    starts: Vec<usize>,
    shrink: f64,
}

impl Fit {
    /// Returns the lines with the largest letters, the fewest lines among equals.
    fn best(pieces: &[Piece], look: &Look, room: (f64, f64)) -> Self {
        let mut best = Self {
            starts: vec![0],
            shrink: 0.0,
        };
        for count in 1..=look.max_lines.min(pieces.len()) {
            let widest = narrowest(pieces, count) + 2.0 * look.beside();
            let shrink = (room.0 / widest).min(room.1 / look.height(count)).min(1.0);
            if shrink <= best.shrink {
                continue;
            }
            let limit = room.0 / shrink - 2.0 * look.beside() + 1e-6;
            if let Some(starts) = balanced(pieces, count, limit, look.size) {
                best = Self { starts, shrink };
            }
            if best.shrink >= 1.0 {
                break;
            }
        }
        best
    }
}

fn pieces(fonts: &mut Fonts, units: &[Unit], style: &CaptionStyle, look: &Look) -> Vec<Piece> {
    let space = fonts
        .shape(" ", &style.font_family, style.font_weight)
        .width
        + extra_gap(look);
    units
        .iter()
        .map(|unit| Piece {
            width: look.size
                * fonts
                    .shape(&unit.text, &style.font_family, style.font_weight)
                    .width,
            gap: match unit.joint {
                Joint::None => 0.0,
                Joint::Space => space * look.size,
            },
            may_start_line: unit.may_start_line,
            end: End::of(&unit.text),
        })
        .collect()
}

/// Returns what a space gains, in letter sizes, so that words keep apart despite what is drawn
/// around them.
fn extra_gap(look: &Look) -> f64 {
    let outline = look.outline / look.size;
    match look.highlight {
        Highlight::Box => outline.max(BOX_GAP),
        Highlight::None | Highlight::Color => outline,
    }
}

/// Which way a card is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    LeftToRight,
    RightToLeft,
}

impl From<bool> for Reading {
    fn from(right_to_left: bool) -> Self {
        if right_to_left {
            Self::RightToLeft
        } else {
            Self::LeftToRight
        }
    }
}

fn shape_line(
    fonts: &mut Fonts,
    units: &[Unit],
    style: &CaptionStyle,
    look: &Look,
    reading: Reading,
) -> ShapedLine {
    let mut text = String::new();
    // Marks at the ends of a line follow the card's direction and not the line's first letter.
    if reading == Reading::RightToLeft {
        text.push('\u{200f}');
    }
    let mark = text.len();
    let mut ranges: Vec<(usize, std::ops::Range<usize>)> = Vec::new();
    for (index, unit) in units.iter().enumerate() {
        if index > 0 && unit.joint == Joint::Space {
            text.push(' ');
        }
        let start = text.len();
        text.push_str(&unit.text);
        match ranges.last_mut() {
            Some((word, range)) if *word == unit.word => range.end = text.len(),
            _ => ranges.push((unit.word, start..text.len())),
        }
    }
    let shaped = fonts.shape(&text, &style.font_family, style.font_weight);
    let mut parts: Vec<Option<PixelBox>> = vec![None; ranges.len()];
    let mut glyphs = Vec::new();
    let is_space = |glyph: &ShapedGlyph| {
        text.get(glyph.start..)
            .is_some_and(|rest| rest.starts_with(' '))
    };
    let spaces: Vec<f64> = shaped
        .glyphs
        .iter()
        .filter(|glyph| is_space(glyph))
        .map(|glyph| glyph.x)
        .collect();
    for glyph in shaped.glyphs.iter().filter(|glyph| !is_space(glyph)) {
        // Glyphs come in reading order, which may run from right to left: wider spaces move what
        // lies right of them.
        let wider = spaces.iter().filter(|space| **space < glyph.x).count();
        let shift = wider as f64 * extra_gap(look);
        let part = ranges
            .iter()
            .position(|(_, range)| range.contains(&glyph.start));
        let (Some(part), Some(ink)) = (part, fonts.look(glyph.key).bounds()) else {
            continue;
        };
        let (x, y) = (glyph.x + shift, glyph.y);
        let em = f64::from(EM);
        let ink = PixelBox {
            x: x + f64::from(ink.x()) / em,
            y: y + f64::from(ink.y()) / em,
            w: f64::from(ink.width()) / em,
            h: f64::from(ink.height()) / em,
        };
        if let Some(slot) = parts.get_mut(part) {
            *slot = Some(slot.map_or(ink, |known| union(known, ink)));
        }
        if let Some((word, _)) = ranges.get(part) {
            glyphs.push((glyph.key, *word, x, y));
        }
    }
    let parts = ranges
        .into_iter()
        .zip(parts)
        .filter_map(|((word, range), ink)| {
            Some(Part {
                word,
                text: text.get(range)?.to_owned(),
                ink: ink?,
            })
        })
        .collect();
    ShapedLine {
        text: text.get(mark..).unwrap_or_default().to_owned(),
        glyphs,
        parts,
    }
}

/// All lines around the middle of the first baseline, in pixels.
struct Block {
    /// What is drawn: letters, outlines, boxes, plate.
    drawn: PixelBox,
    /// `drawn` and the full height of every line, so that cards without descenders stand level
    /// with those that have some.
    level: PixelBox,
    plate: Option<PixelBox>,
}

impl Block {
    fn new(lines: &[ShapedLine], look: &Look) -> Self {
        let mut drawn: Option<PixelBox> = None;
        for (row, line) in lines.iter().enumerate() {
            let origin = line_origin(line, row, look);
            for part in &line.parts {
                let part = part_bounds(part, origin, look);
                drawn = Some(drawn.map_or(part, |known| union(known, part)));
            }
        }
        let mut drawn = drawn.unwrap_or_default();
        let last = baseline(lines.len().saturating_sub(1), look);
        let rows = PixelBox {
            x: drawn.x,
            y: -ABOVE * look.size - look.outline,
            w: drawn.w,
            h: last + (ABOVE + BELOW) * look.size + 2.0 * look.outline,
        };
        let mut level = union(drawn, rows);
        let plate = look.plate.map(|(beside, above)| {
            let letters = PixelBox {
                y: level.y.max(rows.y + look.outline),
                h: level.h.min(rows.h - 2.0 * look.outline),
                ..level
            };
            grown(union(letters, drawn), beside * look.size, above * look.size)
        });
        if let Some(plate) = plate {
            level = union(level, plate);
            drawn = union(drawn, plate);
        }
        Self {
            drawn,
            level,
            plate,
        }
    }

    fn width(&self) -> f64 {
        self.level.w
    }

    fn height(&self) -> f64 {
        self.level.h
    }
}

/// Returns the baseline of a row below the first, in whole pixels so that rows look alike.
fn baseline(row: usize, look: &Look) -> f64 {
    (row as f64 * look.line_height * look.size).round()
}

/// Returns where a line starts so that its letters are centred on 0.
fn line_origin(line: &ShapedLine, row: usize, look: &Look) -> (f64, f64) {
    let ink = line
        .parts
        .iter()
        .map(|part| part.ink)
        .reduce(union)
        .unwrap_or_default();
    (-ink.center_x() * look.size, baseline(row, look))
}

fn letters_bounds(part: &Part, origin: (f64, f64), look: &Look) -> PixelBox {
    PixelBox {
        x: origin.0 + part.ink.x * look.size,
        y: origin.1 + part.ink.y * look.size,
        w: part.ink.w * look.size,
        h: part.ink.h * look.size,
    }
}

/// Returns the box that stands behind a word when it is lit.
fn lit_box(part: &Part, origin: (f64, f64), look: &Look) -> PixelBox {
    let letters = letters_bounds(part, origin, look);
    let row = PixelBox {
        x: letters.x,
        y: origin.1 - ABOVE * look.size,
        w: letters.w,
        h: (ABOVE + BELOW) * look.size,
    };
    grown(row, BOX_PAD * look.size, 0.0)
}

/// Returns all that a word ever draws.
fn part_bounds(part: &Part, origin: (f64, f64), look: &Look) -> PixelBox {
    let letters = grown(
        letters_bounds(part, origin, look),
        look.outline,
        look.outline,
    );
    match look.highlight {
        Highlight::Box => union(letters, lit_box(part, origin, look)),
        Highlight::None | Highlight::Color => letters,
    }
}

fn place(
    lines: &[ShapedLine],
    look: &Look,
    frame: (u32, u32),
    region: PixelBox,
    missing: Vec<String>,
) -> Layout {
    let block = Block::new(lines, look);
    let level = rounded_out(block.level);
    // Whole-pixel moves keep every rounding the same wherever the block stands.
    let x = (region.center_x() - level.center_x())
        .round()
        .clamp(region.x - level.x, region.x + region.w - level.x - level.w);
    let middle = f64::midpoint(
        -CAPITALS * look.size,
        baseline(lines.len().saturating_sub(1), look),
    );
    let y = (look.anchor * f64::from(frame.1) - middle)
        .round()
        .clamp(region.y - level.y, region.y + region.h - level.y - level.h);
    let moved = |pixels: PixelBox| PixelBox {
        x: pixels.x + x,
        y: pixels.y + y,
        ..pixels
    };
    let mut layout = Layout {
        letter_size: look.size,
        outline: look.outline as f32,
        bounds: moved(rounded_out(block.drawn)),
        plate: block.plate.map(|plate| RoundBox {
            pixels: moved(plate),
            radius: RADII.1 * look.size,
        }),
        ..Layout::empty(frame, missing)
    };
    for (row, line) in lines.iter().enumerate() {
        let origin = line_origin(line, row, look);
        let mut words = Vec::new();
        for part in &line.parts {
            words.push(WordBox {
                word: part.word,
                text: part.text.clone(),
                bounds: moved(rounded_out(part_bounds(part, origin, look))),
            });
            if look.highlight == Highlight::Box {
                let lit = RoundBox {
                    pixels: moved(lit_box(part, origin, look)),
                    radius: RADII.0 * look.size,
                };
                layout.boxes.push((part.word, lit));
            }
        }
        layout
            .glyphs
            .extend(line.glyphs.iter().map(|(key, word, left, top)| Glyph {
                key: *key,
                word: *word,
                x: (x + origin.0 + left * look.size) as f32,
                y: (y + origin.1 + top * look.size) as f32,
            }));
        if let Some(bounds) = words.iter().map(|word| word.bounds).reduce(union) {
            layout.lines.push(Line {
                text: line.text.clone(),
                bounds,
                words,
            });
        }
    }
    layout
}

fn union(a: PixelBox, b: PixelBox) -> PixelBox {
    let x = a.x.min(b.x);
    let y = a.y.min(b.y);
    PixelBox {
        x,
        y,
        w: (a.x + a.w).max(b.x + b.w) - x,
        h: (a.y + a.h).max(b.y + b.h) - y,
    }
}

fn grown(pixels: PixelBox, beside: f64, above: f64) -> PixelBox {
    PixelBox {
        x: pixels.x - beside,
        y: pixels.y - above,
        w: pixels.w + 2.0 * beside,
        h: pixels.h + 2.0 * above,
    }
}

/// Returns the whole pixels that a box touches.
fn rounded_out(pixels: PixelBox) -> PixelBox {
    // Strokes are made of curves that stray from the true outline by a fraction of this.
    let slack = 0.1;
    let x = (pixels.x - slack).floor();
    let y = (pixels.y - slack).floor();
    PixelBox {
        x,
        y,
        w: (pixels.x + pixels.w + slack).ceil() - x,
        h: (pixels.y + pixels.h + slack).ceil() - y,
    }
}

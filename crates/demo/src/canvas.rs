//! Drawing primitives: flat and soft ellipses, filled outlines, text as outlines.

use tiny_skia::{
    Color, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Paint, Path, PathBuilder,
    Pixmap, Point, RadialGradient, Rect, Shader, SpreadMode, Stroke, Transform,
};

/// A colour with an opacity; components are 0..=1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ink {
    /// Red, green, blue, not premultiplied.
    pub rgb: [f32; 3],
    /// Opacity.
    pub alpha: f32,
}

impl Ink {
    /// Returns the opaque colour written as `0xRRGGBB`.
    pub const fn hex(value: u32) -> Self {
        let [_, r, g, b] = value.to_be_bytes();
        Self {
            rgb: [r as f32 / 255.0, g as f32 / 255.0, b as f32 / 255.0],
            alpha: 1.0,
        }
    }

    /// Returns the same colour at another opacity.
    #[must_use]
    pub const fn at(self, alpha: f32) -> Self {
        Self {
            rgb: self.rgb,
            alpha,
        }
    }

    /// Returns the same colour times `factor`: below 1 darker, above 1 lighter.
    #[must_use]
    pub fn shade(self, factor: f32) -> Self {
        Self {
            rgb: self.rgb.map(|c| (c * factor).clamp(0.0, 1.0)),
            alpha: self.alpha,
        }
    }

    fn color(self) -> Color {
        let [r, g, b] = self.rgb;
        Color::from_rgba(r, g, b, self.alpha).unwrap_or(Color::BLACK)
    }
}

/// A picture being drawn, with the transform that places what is drawn next.
pub struct Canvas<'a> {
    /// The picture.
    pub pixels: &'a mut Pixmap,
    /// Maps drawing units to pixels.
    pub place: Transform,
}

impl Canvas<'_> {
    /// Fills an outline with one colour.
    pub fn fill(&mut self, path: &Path, ink: Ink) {
        self.fill_with(path, Shader::SolidColor(ink.color()));
    }

    /// Fills an outline with colours that change along the line from `from` to `to`.
    pub fn fill_along(&mut self, path: &Path, from: (f32, f32), to: (f32, f32), inks: &[Ink]) {
        let shader = LinearGradient::new(
            Point::from_xy(from.0, from.1),
            Point::from_xy(to.0, to.1),
            stops(inks),
            SpreadMode::Pad,
            Transform::identity(),
        );
        if let Some(shader) = shader {
            self.fill_with(path, shader);
        }
    }

    /// Strokes an outline with round ends.
    pub fn stroke(&mut self, path: &Path, width: f32, ink: Ink) {
        let stroke = Stroke {
            width,
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        let paint = paint(Shader::SolidColor(ink.color()));
        self.pixels
            .stroke_path(path, &paint, &stroke, self.place, None);
    }

    /// Fills an ellipse with one colour.
    pub fn ellipse(&mut self, centre: (f32, f32), radii: (f32, f32), ink: Ink) {
        if let Some(path) = ellipse(centre, radii) {
            self.fill(&path, ink);
        }
    }

    /// Fills an ellipse that fades from `ink` in the middle to nothing at its edge.
    pub fn soft(&mut self, centre: (f32, f32), radii: (f32, f32), ink: Ink) {
        let Some(path) = ellipse(centre, radii) else {
            return;
        };
        // Smoothstep in five stops: a linear ramp leaves a visible edge.
        let inks = [1.0, 0.84, 0.5, 0.16, 0.0].map(|a| ink.at(ink.alpha * a));
        let shader = RadialGradient::new(
            Point::zero(),
            0.0,
            Point::zero(),
            1.0,
            stops(&inks),
            SpreadMode::Pad,
            Transform::from_row(radii.0, 0.0, 0.0, radii.1, centre.0, centre.1),
        );
        if let Some(shader) = shader {
            self.fill_with(&path, shader);
        }
    }

    /// Fills a rectangle with rounded corners.
    pub fn card(&mut self, left_top: (f32, f32), size: (f32, f32), radius: f32, ink: Ink) {
        if let Some(path) = card(left_top, size, radius) {
            self.fill(&path, ink);
        }
    }

    fn fill_with(&mut self, path: &Path, shader: Shader<'_>) {
        self.pixels
            .fill_path(path, &paint(shader), FillRule::Winding, self.place, None);
    }
}

/// Builds an outline through `points` with smooth curves (Catmull-Rom); `closed` outlines return
/// to their first point.
pub fn smooth(points: &[(f32, f32)], ends: Ends) -> Option<Path> {
    let at = |i: isize| -> Option<(f32, f32)> {
        let n = points.len() as isize;
        let i = match ends {
            Ends::Closed => i.rem_euclid(n),
            Ends::Open => i.clamp(0, n - 1),
        };
        points.get(i as usize).copied()
    };
    let mut path = PathBuilder::new();
    let first = at(0)?;
    path.move_to(first.0, first.1);
    let count = points.len() as isize - isize::from(ends == Ends::Open);
    for i in 0..count {
        let (p0, p1, p2, p3) = (at(i - 1)?, at(i)?, at(i + 1)?, at(i + 2)?);
        path.cubic_to(
            p1.0 + (p2.0 - p0.0) / 6.0,
            p1.1 + (p2.1 - p0.1) / 6.0,
            p2.0 - (p3.0 - p1.0) / 6.0,
            p2.1 - (p3.1 - p1.1) / 6.0,
            p2.0,
            p2.1,
        );
    }
    if ends == Ends::Closed {
        path.close();
    }
    path.finish()
}

/// Whether an outline returns to its first point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// It does.
    Closed,
    /// It does not.
    Open,
}

/// A typeface, drawn by filling the outlines of its glyphs.
pub struct Typeface<'a>(ttf_parser::Face<'a>);

impl<'a> Typeface<'a> {
    /// Reads a font file's bytes; none when they hold no font.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        ttf_parser::Face::parse(bytes, 0).ok().map(Self)
    }

    /// Returns the width of one line at a size, in the size's unit.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.advance(c, size)).sum()
    }

    /// Breaks a text into lines no wider than `width`.
    pub fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            match lines.last_mut() {
                Some(line) if self.width(&format!("{line} {word}"), size) <= width => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines
    }

    /// Draws one line from `left` on the baseline.
    pub fn draw(&self, canvas: &mut Canvas<'_>, text: &str, left: (f32, f32), size: f32, ink: Ink) {
        let mut outline = Outline {
            path: PathBuilder::new(),
            x: left.0,
            y: left.1,
            scale: 1.0,
        };
        outline.scale = size / f32::from(self.0.units_per_em());
        for c in text.chars() {
            if let Some(glyph) = self.0.glyph_index(c) {
                self.0.outline_glyph(glyph, &mut outline);
            }
            outline.x += self.advance(c, size);
        }
        if let Some(path) = outline.path.finish() {
            canvas.fill(&path, ink);
        }
    }

    fn advance(&self, c: char, size: f32) -> f32 {
        let glyph = self
            .0
            .glyph_index(c)
            .and_then(|g| self.0.glyph_hor_advance(g));
        f32::from(glyph.unwrap_or(0)) * size / f32::from(self.0.units_per_em())
    }
}

struct Outline {
    path: PathBuilder,
    x: f32,
    y: f32,
    scale: f32,
}

impl Outline {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y - y * self.scale)
    }
}

impl ttf_parser::OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

fn stops(inks: &[Ink]) -> Vec<GradientStop> {
    let last = inks.len().saturating_sub(1).max(1) as f32;
    inks.iter()
        .enumerate()
        .map(|(i, ink)| GradientStop::new(i as f32 / last, ink.color()))
        .collect()
}

fn paint(shader: Shader<'_>) -> Paint<'_> {
    Paint {
        shader,
        anti_alias: true,
        ..Paint::default()
    }
}

fn ellipse(centre: (f32, f32), radii: (f32, f32)) -> Option<Path> {
    let rect = Rect::from_xywh(
        centre.0 - radii.0,
        centre.1 - radii.1,
        2.0 * radii.0,
        2.0 * radii.1,
    )?;
    PathBuilder::from_oval(rect)
}

fn card(left_top: (f32, f32), size: (f32, f32), radius: f32) -> Option<Path> {
    let ((x, y), (w, h)) = (left_top, size);
    let r = radius.min(w / 2.0).min(h / 2.0);
    let mut path = PathBuilder::new();
    path.move_to(x + r, y);
    path.line_to(x + w - r, y);
    path.quad_to(x + w, y, x + w, y + r);
    path.line_to(x + w, y + h - r);
    path.quad_to(x + w, y + h, x + w - r, y + h);
    path.line_to(x + r, y + h);
    path.quad_to(x, y + h, x, y + h - r);
    path.line_to(x, y + r);
    path.quad_to(x, y, x + r, y);
    path.close();
    path.finish()
}

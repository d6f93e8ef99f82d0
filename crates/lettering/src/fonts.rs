//! Fonts: which face draws which letters, and the letters' outlines.
//!
//! Latin text is always drawn with the shipped Inter, never with an Inter that happens to be
//! installed, so that it looks the same on every machine. Installed fonts are looked at only when
//! a style names one or a letter is not in Inter.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use cosmic_text::fontdb::{Database, Family, ID, Query, Source, Stretch, Style, Weight};
use cosmic_text::{
    Align, Attrs, AttrsList, CacheKey, CacheKeyFlags, Command, FontSystem, Hinting, ShapeLine,
    Shaping, SwashCache, SwashContent, Wrap,
};
use swash::FontRef;
use swash::scale::Source as GlyphSource;
use tiny_skia::{Path, PathBuilder, Pixmap, Rect};
use unicode_segmentation::UnicodeSegmentation;

use crate::error::Error;

/// The family that ships.
pub(crate) const SHIPPED_FAMILY: &str = "Inter";

const SHIPPED: [&[u8]; 3] = [
    include_bytes!("../../../assets/fonts/Inter-SemiBold.otf"),
    include_bytes!("../../../assets/fonts/Inter-Bold.otf"),
    include_bytes!("../../../assets/fonts/Inter-ExtraBold.otf"),
];

/// Units of a letter's size in [`Shape`]: fine enough for outlines in `f32`.
pub(crate) const EM: f32 = 1000.0;

/// Pixels per letter size at which coloured glyphs are kept; close to the strikes of emoji fonts.
const PICTURE_EM: f32 = 128.0;

/// Glyph shapes kept. A reel uses a few hundred.
const MOST_SHAPES: usize = 8192;

/// A face at a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Face {
    id: ID,
    weight: u16,
}

/// Names one glyph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GlyphKey {
    face: Face,
    glyph: u16,
}

/// What a glyph looks like, its origin on the baseline, y down.
#[derive(Debug)]
pub(crate) enum Shape {
    /// Letters: outlines in units of [`EM`] per letter size.
    Outline(Path),
    /// Emoji.
    Picture {
        /// Premultiplied pixels.
        pixels: Pixmap,
        /// Where they lie, in units of [`EM`] per letter size.
        bounds: Rect,
    },
    /// Spaces.
    Blank,
}

impl Shape {
    /// Returns the box around the ink, in units of [`EM`].
    pub(crate) fn bounds(&self) -> Option<Rect> {
        match self {
            Self::Outline(path) => path.compute_tight_bounds(),
            Self::Picture { bounds, .. } => Some(*bounds),
            Self::Blank => None,
        }
    }
}

/// A glyph in a line, in letter sizes from the line's origin, y down.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShapedGlyph {
    pub(crate) key: GlyphKey,
    /// Where its text starts in the line's text, in bytes.
    pub(crate) start: usize,
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// A line of glyphs.
#[derive(Debug, Default)]
pub(crate) struct Shaped {
    pub(crate) glyphs: Vec<ShapedGlyph>,
    /// Advance width in letter sizes.
    pub(crate) width: f64,
}

/// Whether installed fonts may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SystemFonts {
    /// Not at all.
    Never,
    /// When needed; not read yet.
    #[cfg_attr(
        any(not(feature = "system-fonts"), target_arch = "wasm32"),
        expect(dead_code, reason = "only made where fonts are installed")
    )]
    Unread,
    /// Read.
    Read,
}

pub(crate) struct Fonts {
    system: FontSystem,
    rasters: SwashCache,
    installed: SystemFonts,
    /// The face of a cluster by family, weight and cluster; `None` when no face has it.
    choices: BTreeMap<(String, u16, String), Option<Face>>,
    shapes: BTreeMap<GlyphKey, Arc<Shape>>,
}

impl Fonts {
    pub(crate) fn new(installed: SystemFonts) -> Self {
        let mut db = Database::new();
        for font in SHIPPED {
            db.load_font_source(Source::Binary(Arc::new(font)));
        }
        // A fixed locale: shaping must not depend on the machine. Faces are chosen by `face_of`,
        // so the fallback lists of cosmic-text, which depend on the platform, are never asked.
        let system = FontSystem::new_with_locale_and_db("en".to_owned(), db);
        Self {
            system,
            rasters: SwashCache::new(),
            installed,
            choices: BTreeMap::new(),
            shapes: BTreeMap::new(),
        }
    }

    /// Adds a font of the user's.
    pub(crate) fn add(&mut self, font: Vec<u8>) -> Result<(), Error> {
        let ids = self
            .system
            .db_mut()
            .load_font_source(Source::Binary(Arc::new(font)));
        self.choices.clear();
        if ids.is_empty() {
            return Err(Error::NotAFont);
        }
        Ok(())
    }

    /// Returns the text without the clusters that no face can draw, and adds these to `missing`.
    pub(crate) fn covered(
        &mut self,
        text: &str,
        family: &str,
        weight: u16,
        missing: &mut Vec<String>,
    ) -> String {
        let mut kept = String::with_capacity(text.len());
        for cluster in text.graphemes(true) {
            if self.face_of(cluster, family, weight).is_some() {
                kept.push_str(cluster);
            } else if !missing.iter().any(|known| known == cluster) {
                missing.push(cluster.to_owned());
            }
        }
        kept
    }

    /// Returns the glyphs of one line in one letter size.
    pub(crate) fn shape(&mut self, text: &str, family: &str, weight: u16) -> Shaped {
        let mut runs: Vec<(Range<usize>, Face)> = Vec::new();
        for (start, cluster) in text.grapheme_indices(true) {
            let face = self.face_of(cluster, family, weight);
            let Some(face) = face else { continue };
            let end = start + cluster.len();
            match runs.last_mut() {
                Some((range, last)) if *last == face && range.end == start => range.end = end,
                _ => runs.push((start..end, face)),
            }
        }
        let names: Vec<(Range<usize>, Face, FaceName)> = runs
            .into_iter()
            .filter_map(|(range, face)| Some((range, face, self.name_of(face)?)))
            .collect();
        let Some((_, _, first)) = names.first() else {
            return Shaped::default();
        };
        let mut attrs = AttrsList::new(&first.attrs());
        for (range, _, name) in &names {
            attrs.add_span(range.clone(), &name.attrs());
        }
        let line = ShapeLine::new(&mut self.system, text, &attrs, Shaping::Advanced, 8);
        let mut shaped = Shaped::default();
        for layout in line.layout(
            1.0,
            None,
            Wrap::None,
            Some(Align::Left),
            None,
            Hinting::Disabled,
        ) {
            shaped.width += f64::from(layout.w);
            shaped
                .glyphs
                .extend(layout.glyphs.iter().map(|glyph| ShapedGlyph {
                    key: GlyphKey {
                        face: Face {
                            id: glyph.font_id,
                            weight: glyph.font_weight.0,
                        },
                        glyph: glyph.glyph_id,
                    },
                    start: glyph.start,
                    x: f64::from(glyph.x + glyph.x_offset),
                    y: f64::from(glyph.y - glyph.y_offset),
                }));
        }
        shaped
    }

    /// Returns what a glyph looks like.
    pub(crate) fn look(&mut self, key: GlyphKey) -> Arc<Shape> {
        if let Some(shape) = self.shapes.get(&key) {
            return Arc::clone(shape);
        }
        if self.shapes.len() >= MOST_SHAPES {
            self.shapes.clear();
        }
        let shape = Arc::new(
            self.picture(key)
                .or_else(|| self.outline(key))
                .unwrap_or(Shape::Blank),
        );
        self.shapes.insert(key, Arc::clone(&shape));
        shape
    }

    fn picture(&mut self, key: GlyphKey) -> Option<Shape> {
        if self.is_shipped(key.face.id) {
            return None;
        }
        let cache_key = cache_key(key, PICTURE_EM);
        let image = self
            .rasters
            .get_image_uncached(&mut self.system, cache_key)?;
        if image.content != SwashContent::Color {
            return None;
        }
        let place = image.placement;
        let mut pixels = Pixmap::new(place.width, place.height)?;
        let straight = matches!(image.source, GlyphSource::ColorBitmap(_));
        for (to, from) in pixels
            .pixels_mut()
            .iter_mut()
            .zip(image.data.chunks_exact(4))
        {
            let &[r, g, b, a] = from else { continue };
            *to = if straight {
                tiny_skia::ColorU8::from_rgba(r, g, b, a).premultiply()
            } else {
                // Layered outlines are blended over nothing, which leaves them premultiplied.
                tiny_skia::PremultipliedColorU8::from_rgba(r.min(a), g.min(a), b.min(a), a)?
            };
        }
        let unit = EM / PICTURE_EM;
        let bounds = Rect::from_xywh(
            place.left as f32 * unit,
            -place.top as f32 * unit,
            place.width as f32 * unit,
            place.height as f32 * unit,
        )?;
        Some(Shape::Picture { pixels, bounds })
    }

    fn outline(&mut self, key: GlyphKey) -> Option<Shape> {
        let commands = self
            .rasters
            .get_outline_commands_uncached(&mut self.system, cache_key(key, EM))?;
        let mut path = PathBuilder::new();
        for command in commands {
            match command {
                Command::MoveTo(p) => path.move_to(p.x, -p.y),
                Command::LineTo(p) => path.line_to(p.x, -p.y),
                Command::QuadTo(c, p) => path.quad_to(c.x, -c.y, p.x, -p.y),
                Command::CurveTo(c, d, p) => path.cubic_to(c.x, -c.y, d.x, -d.y, p.x, -p.y),
                Command::Close => path.close(),
            }
        }
        path.finish().map(Shape::Outline)
    }

    fn is_shipped(&self, id: ID) -> bool {
        self.system
            .db()
            .face(id)
            .is_some_and(|face| is_family(face, SHIPPED_FAMILY))
    }

    /// Returns the face that draws a cluster.
    fn face_of(&mut self, cluster: &str, family: &str, weight: u16) -> Option<Face> {
        let key = (family.to_owned(), weight, cluster.to_owned());
        if let Some(choice) = self.choices.get(&key) {
            return *choice;
        }
        if self.choices.len() >= MOST_SHAPES {
            self.choices.clear();
        }
        let choice = self.choose(cluster, family, weight);
        self.choices.insert(key, choice);
        choice
    }

    fn choose(&mut self, cluster: &str, family: &str, weight: u16) -> Option<Face> {
        if family != SHIPPED_FAMILY && self.query(family, weight).is_none() {
            self.read_system_fonts();
        }
        let emoji = is_emoji(cluster);
        if !emoji {
            for family in [family, SHIPPED_FAMILY] {
                if let Some(id) = self.query(family, weight)
                    && self.has(id, cluster)
                {
                    return Some(self.at_weight(id, weight));
                }
            }
        }
        self.read_system_fonts();
        let mut faces: Vec<_> = self
            .system
            .db()
            .faces()
            .map(|face| {
                let name = face.families.first().map_or("", |(name, _)| name.as_str());
                (
                    emoji != is_picture_font(name, &face.post_script_name),
                    rank(name),
                    name.to_owned(),
                    face.style != Style::Normal,
                    face.stretch
                        .to_number()
                        .abs_diff(Stretch::Normal.to_number()),
                    face.weight.0.abs_diff(weight),
                    face.post_script_name.clone(),
                    face.id,
                )
            })
            .collect();
        faces.sort();
        let id = faces
            .into_iter()
            .map(|face| face.7)
            .find(|id| self.has(*id, cluster))?;
        Some(self.at_weight(id, weight))
    }

    fn query(&self, family: &str, weight: u16) -> Option<ID> {
        self.system.db().query(&Query {
            families: &[Family::Name(family)],
            weight: Weight(weight),
            stretch: Stretch::Normal,
            style: Style::Normal,
        })
    }

    /// Returns the face at `weight` where it varies, else at its own.
    fn at_weight(&self, id: ID, weight: u16) -> Face {
        let db = self.system.db();
        let varies = db.with_face_data(id, |bytes, index| {
            let font = FontRef::from_index(bytes, index as usize)?;
            let axis = font
                .variations()
                .find_by_tag(swash::tag_from_bytes(b"wght"))?;
            Some((axis.min_value()..=axis.max_value()).contains(&f32::from(weight)))
        });
        let own = db.face(id).map_or(weight, |face| face.weight.0);
        Face {
            id,
            weight: if varies.flatten() == Some(true) {
                weight
            } else {
                own
            },
        }
    }

    fn has(&self, id: ID, cluster: &str) -> bool {
        self.system
            .db()
            .with_face_data(id, |bytes, index| {
                let charmap = FontRef::from_index(bytes, index as usize)?.charmap();
                let all = cluster
                    .chars()
                    .filter(|c| !is_ignorable(*c))
                    .all(|c| charmap.map(c) != 0);
                Some(all)
            })
            .flatten()
            .unwrap_or(false)
    }

    fn name_of(&self, face: Face) -> Option<FaceName> {
        let info = self.system.db().face(face.id)?;
        Some(FaceName {
            family: info.families.first()?.0.clone(),
            weight: Weight(face.weight),
            stretch: info.stretch,
            style: info.style,
        })
    }

    #[cfg(all(feature = "system-fonts", not(target_arch = "wasm32")))]
    fn read_system_fonts(&mut self) {
        if self.installed != SystemFonts::Unread {
            return;
        }
        self.installed = SystemFonts::Read;
        let known: Vec<ID> = self.system.db().faces().map(|face| face.id).collect();
        let db = self.system.db_mut();
        db.load_system_fonts();
        let doubles: Vec<ID> = db
            .faces()
            .filter(|face| !known.contains(&face.id) && is_family(face, SHIPPED_FAMILY))
            .map(|face| face.id)
            .collect();
        for id in doubles {
            db.remove_face(id);
        }
        self.choices.clear();
    }

    #[cfg(any(not(feature = "system-fonts"), target_arch = "wasm32"))]
    fn read_system_fonts(&mut self) {
        self.installed = SystemFonts::Read;
    }
}

/// What tells cosmic-text which face to take.
struct FaceName {
    family: String,
    weight: Weight,
    stretch: Stretch,
    style: Style,
}

impl FaceName {
    fn attrs(&self) -> Attrs<'_> {
        Attrs::new()
            .family(Family::Name(&self.family))
            .weight(self.weight)
            .stretch(self.stretch)
            .style(self.style)
    }
}

fn cache_key(key: GlyphKey, size: f32) -> CacheKey {
    CacheKey::new(
        key.face.id,
        key.glyph,
        size,
        (0.0, 0.0),
        Weight(key.face.weight),
        CacheKeyFlags::DISABLE_HINTING,
    )
    .0
}

fn is_family(face: &cosmic_text::fontdb::FaceInfo, family: &str) -> bool {
    face.families.iter().any(|(name, _)| name == family)
}

/// Returns whether a cluster is meant as a coloured picture.
fn is_emoji(cluster: &str) -> bool {
    cluster
        .chars()
        .any(|c| matches!(c, '\u{fe0f}' | '\u{1f000}'..='\u{1faff}'))
}

/// Returns whether a font need not have this character: it changes others or is never seen.
fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{e0000}'..='\u{e0fff}')
}

fn is_picture_font(family: &str, post_script_name: &str) -> bool {
    post_script_name.contains("Emoji") || family.contains("Emoji")
}

/// Returns the order in which families are tried, lowest first.
fn rank(family: &str) -> u8 {
    if family.contains("LastResort") || family.contains("Last Resort") {
        9
    } else if family.contains("Mono") {
        6
    } else if family.contains("Serif") {
        5
    } else if family.starts_with("Noto Sans") {
        1
    } else if family == "DejaVu Sans" {
        2
    } else {
        3
    }
}

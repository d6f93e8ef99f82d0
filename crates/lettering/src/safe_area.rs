//! The part of the frame that networks leave free.

use footage::picture::PixelBox;

/// Margins that a network covers with its own buttons and texts, as fractions of the frame.
///
/// The values and their sources are in `assets/safe_areas.toml`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SafeArea {
    /// Covered at the top, as a fraction of the height.
    pub top: f64,
    /// Covered at the bottom, as a fraction of the height.
    pub bottom: f64,
    /// Covered at the left, as a fraction of the width.
    pub left: f64,
    /// Covered at the right, as a fraction of the width.
    pub right: f64,
}

impl SafeArea {
    /// The whole frame.
    pub const FULL: Self = Self::new(0.0, 0.0, 0.0, 0.0);
    /// Instagram Reels.
    pub const INSTAGRAM_REELS: Self = Self::new(0.14, 0.35, 0.06, 0.06);
    /// Facebook Reels.
    pub const FACEBOOK_REELS: Self = Self::INSTAGRAM_REELS;
    /// TikTok with a description of one line.
    pub const TIKTOK: Self = Self::new(0.07, 0.20, 0.06, 0.13);
    /// TikTok with a long description.
    pub const TIKTOK_LONG_CAPTION: Self = Self::new(0.07, 0.25, 0.06, 0.13);
    /// YouTube Shorts.
    pub const YOUTUBE_SHORTS: Self = Self::new(0.15, 0.25, 0.05, 0.18);
    /// What every network leaves free: the largest margin of each side.
    pub const UNIVERSAL: Self = Self::INSTAGRAM_REELS
        .within(Self::FACEBOOK_REELS)
        .within(Self::TIKTOK)
        .within(Self::TIKTOK_LONG_CAPTION)
        .within(Self::YOUTUBE_SHORTS);

    /// Every network by its name in `assets/safe_areas.toml`.
    pub const NETWORKS: [(&'static str, Self); 5] = [
        ("facebook_reels", Self::FACEBOOK_REELS),
        ("instagram_reels", Self::INSTAGRAM_REELS),
        ("tiktok", Self::TIKTOK),
        ("tiktok_long_caption", Self::TIKTOK_LONG_CAPTION),
        ("youtube_shorts", Self::YOUTUBE_SHORTS),
    ];

    /// Returns the area with these margins, each in 0..1 with opposite ones below 1 together.
    pub const fn new(top: f64, bottom: f64, left: f64, right: f64) -> Self {
        Self {
            top,
            bottom,
            left,
            right,
        }
    }

    /// Returns what both areas leave free.
    #[must_use]
    pub const fn within(self, other: Self) -> Self {
        Self {
            top: self.top.max(other.top),
            bottom: self.bottom.max(other.bottom),
            left: self.left.max(other.left),
            right: self.right.max(other.right),
        }
    }

    /// Returns the whole pixels of a `width` × `height` frame that are free.
    ///
    /// Empty when the margins leave nothing.
    pub fn pixels(self, (width, height): (u32, u32)) -> PixelBox {
        let (x, w) = free(f64::from(width), self.left, self.right);
        let (y, h) = free(f64::from(height), self.top, self.bottom);
        PixelBox { x, y, w, h }
    }
}

/// Returns start and length of the whole pixels between two margins.
fn free(length: f64, before: f64, after: f64) -> (f64, f64) {
    // Fractions such as 0.06 are not exact: without the slack 0.06 × 1050 would lose a pixel.
    let slack = 1e-6;
    let start = (before.max(0.0) * length - slack).ceil().max(0.0);
    let end = (length - after.max(0.0) * length + slack).floor();
    (start, (end - start).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_in_assets_is_the_same() {
        let table: toml::Table = include_str!("../../../assets/safe_areas.toml")
            .parse()
            .unwrap();
        let read = |entry: &toml::Value| {
            let side = |name: &str| entry[name].as_float().unwrap();
            assert!(
                !entry["source"].as_str().unwrap().is_empty(),
                "every row says where it comes from"
            );
            SafeArea::new(side("top"), side("bottom"), side("left"), side("right"))
        };
        let networks = table["networks"].as_table().unwrap();
        let names: Vec<&str> = networks.keys().map(String::as_str).collect();
        let expected: Vec<&str> = SafeArea::NETWORKS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, expected, "the same networks in both places");
        for (name, area) in SafeArea::NETWORKS {
            assert_eq!(read(&networks[name]), area, "{name}");
        }
        assert_eq!(read(&table["universal"]), SafeArea::UNIVERSAL, "universal");
    }

    #[test]
    fn universal_lies_inside_every_network() {
        for frame in [
            (1080, 1920),
            (1080, 1350),
            (1080, 1080),
            (1920, 1080),
            (540, 960),
        ] {
            let universal = SafeArea::UNIVERSAL.pixels(frame);
            assert!(universal.area() > 0.0, "{frame:?} has room");
            for (name, area) in SafeArea::NETWORKS {
                assert!(area.pixels(frame).holds(universal), "{name} in {frame:?}");
            }
        }
    }

    #[test]
    fn margins_that_cover_everything_leave_nothing() {
        let none = SafeArea::new(0.6, 0.6, 0.0, 0.0).pixels((1080, 1920));
        assert!(none.area() <= 0.0, "no pixel is free");
    }
}

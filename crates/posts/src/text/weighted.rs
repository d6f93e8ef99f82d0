//! X's weighted length.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::text::alphabet::is_invalid;
use crate::text::urls::urls;

/// Characters that are an emoji only with the variation selector U+FE0F after them.
const PLAIN_UNLESS_MARKED: &[&str] = &["©", "®", "™", "♟"];

/// How X weighs a text: a configuration of twitter-text (`config/v*.json`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighting {
    /// The most that a post may weigh, in characters.
    pub longest: u32,
    /// What one character is worth in weights.
    pub scale: u32,
    /// The weight of a character outside all ranges, and of an emoji.
    pub default_weight: u32,
    /// Whether an emoji of several code points weighs as one.
    pub emoji: EmojiWeight,
    /// What any web address counts, in characters.
    pub url_length: u32,
    /// Ranges of code points, both ends included, with their weight.
    pub ranges: Vec<(u32, u32, u32)>,
}

/// How an emoji of several code points is weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmojiWeight {
    /// As one character of the default weight.
    AsOne,
    /// As the code points it is made of.
    AsItsParts,
}

/// What a text weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// Its length, in characters.
    pub length: u32,
    /// Its length in thousandths of the longest, rounded down.
    pub permillage: u32,
    /// Whether it may be posted: not empty, not too long, without forbidden characters.
    pub is_valid: bool,
    /// The last UTF-16 unit that still fits, counted as twitter-text does.
    pub valid_range_end: usize,
}

impl Weighting {
    /// Returns version 3 (in force since 2018): 280 characters, of which Latin and its like weigh
    /// one and others two; addresses 23, emoji 2.
    pub fn v3() -> Self {
        Self {
            longest: 280,
            scale: 100,
            default_weight: 200,
            emoji: EmojiWeight::AsOne,
            url_length: 23,
            ranges: vec![
                (0, 4351, 100),
                (8192, 8205, 100),
                (8208, 8223, 100),
                (8242, 8247, 100),
            ],
        }
    }

    /// Returns what a text weighs.
    pub fn weigh(&self, text: &str) -> Weight {
        let normal: String = text.nfc().collect();
        let mut total = 0;
        let mut units = 0;
        let mut has_invalid = false;
        let mut valid_range_end = 0;
        for piece in self.pieces(&normal) {
            let Some(content) = normal.get(piece.range) else {
                continue;
            };
            total += piece.weight;
            has_invalid |= content.contains(is_invalid);
            let before = units;
            units += content.encode_utf16().count();
            if !has_invalid && total <= self.longest * self.scale {
                // A single character is counted by its first unit's place, plus its second unit.
                valid_range_end = units.max(before + 1) - 1;
            }
        }
        let length = total / self.scale.max(1);
        let normal_units = normal.encode_utf16().count();
        let units = text.encode_utf16().count();
        Weight {
            length,
            permillage: u32::try_from(u64::from(length) * 1000 / u64::from(self.longest.max(1)))
                .unwrap_or(u32::MAX),
            is_valid: !has_invalid && length > 0 && length <= self.longest,
            valid_range_end: (valid_range_end + units).saturating_sub(normal_units),
        }
    }

    /// Returns the parts that are weighed as wholes: addresses, emoji, single characters.
    pub(crate) fn pieces(&self, text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut at = 0;
        let mut addresses = urls(text).into_iter().peekable();
        while at < text.len() {
            if let Some(address) = addresses.next_if(|address| address.start == at) {
                at = address.end;
                let weight = self.url_length * self.scale;
                pieces.push(Piece {
                    range: address,
                    weight,
                });
                continue;
            }
            let stop = addresses.peek().map_or(text.len(), |address| address.start);
            let between = text.get(at..stop).unwrap_or_default();
            for cluster in between.graphemes(true) {
                self.cluster(cluster, at, &mut pieces);
                at += cluster.len();
            }
            at = stop;
        }
        pieces
    }

    fn cluster(&self, cluster: &str, start: usize, pieces: &mut Vec<Piece>) {
        let mut rest = cluster;
        while let Some(first) = rest.chars().next() {
            let emoji = match self.emoji {
                EmojiWeight::AsOne => leading_emoji(rest),
                EmojiWeight::AsItsParts => None,
            };
            let length = emoji.unwrap_or(first.len_utf8());
            let at = start + cluster.len() - rest.len();
            pieces.push(Piece {
                range: at..at + length,
                weight: emoji.map_or_else(|| self.weight_of(first), |_| self.default_weight),
            });
            rest = rest.get(length..).unwrap_or_default();
        }
    }

    fn weight_of(&self, c: char) -> u32 {
        let code = u32::from(c);
        let range = self
            .ranges
            .iter()
            .find(|(first, last, _)| (*first..=*last).contains(&code));
        range.map_or(self.default_weight, |(_, _, weight)| *weight)
    }
}

/// A part of a text that is weighed as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Where it is, in bytes.
    pub(crate) range: Range<usize>,
    /// What it weighs, before the scale.
    pub(crate) weight: u32,
}

/// Returns the length in bytes of the longest emoji that a cluster begins with.
fn leading_emoji(cluster: &str) -> Option<usize> {
    if cluster.len() == 1 {
        return None;
    }
    let ends = cluster.char_indices().map(|(at, c)| at + c.len_utf8());
    let ends: Vec<usize> = ends.collect();
    ends.into_iter().rev().find(|end| {
        cluster.get(..*end).is_some_and(|start| {
            let marked = start.strip_suffix('\u{FE0F}');
            let is_known = |text: &str| emojis::get(text).is_some();
            !PLAIN_UNLESS_MARKED.contains(&start)
                && (is_known(start) || marked.is_some_and(is_known))
        })
    })
}

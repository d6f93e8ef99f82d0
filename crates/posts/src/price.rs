//! What a post on X costs its developer app.
//!
//! Source: X developer platform, pricing (pay per use since 2026-02-06): a post 0.015 USD, with a
//! web address in its text 0.20 USD, alt text 0.005 USD per medium.

use serde::{Deserialize, Serialize};

use crate::text::urls;

/// What a post costs, in millionths of a US dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// For the post itself.
    pub post: u64,
    /// For descriptions of its media.
    pub alt_texts: u64,
    /// How many web addresses are in the text. Any makes the post dearer.
    pub addresses: usize,
}

/// A post without a web address.
pub const PLAIN: u64 = 15_000;
/// A post with a web address in its text.
pub const WITH_ADDRESS: u64 = 200_000;
/// Alt text of one medium.
pub const ALT_TEXT: u64 = 5_000;

impl Price {
    /// Returns what a post with this text, and this many media with alt text, costs.
    pub fn of(text: &str, alt_texts: u64) -> Self {
        let addresses = urls(text).len();
        Self {
            post: if addresses == 0 { PLAIN } else { WITH_ADDRESS },
            alt_texts: alt_texts * ALT_TEXT,
            addresses,
        }
    }

    /// Returns the sum.
    pub const fn total(self) -> u64 {
        self.post + self.alt_texts
    }
}

/// Returns the text without its web addresses, and without the space that each leaves: the offer
/// of a cheaper post.
pub fn without_addresses(text: &str) -> String {
    let mut kept = String::new();
    let mut at = 0;
    for range in urls(text) {
        let before = text.get(at..range.start).unwrap_or_default();
        kept.push_str(before);
        at = range.end;
        let rest = text.get(at..).unwrap_or_default();
        if kept.is_empty() || kept.ends_with(char::is_whitespace) {
            at += rest.len() - rest.trim_start_matches([' ', '\u{A0}']).len();
        }
    }
    kept.push_str(text.get(at..).unwrap_or_default());
    // Taking one away may join what stands around it into another.
    let kept = kept.trim().to_owned();
    if urls(&kept).is_empty() {
        kept
    } else {
        without_addresses(&kept)
    }
}

//! Lengths of texts in the units that networks count in.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::text::weighted::Weighting;

/// What a network counts a text in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Unicode scalar values.
    Characters,
    /// UTF-16 code units: most emoji are two.
    Utf16,
    /// Bytes of UTF-8: `é` is two, most emoji are four.
    Bytes,
    /// What a reader sees as one character.
    Graphemes,
    /// X's weighted length: Latin 1, others 2, addresses 23.
    Weighted,
}

impl Unit {
    /// Returns how long a text is.
    pub fn count(self, text: &str) -> u64 {
        let count = match self {
            Self::Characters => text.chars().count(),
            Self::Utf16 => text.encode_utf16().count(),
            Self::Bytes => text.len(),
            Self::Graphemes => text.graphemes(true).count(),
            Self::Weighted => return u64::from(Weighting::v3().weigh(text).length),
        };
        count as u64
    }

    /// Returns a text of at most `longest` that begins as `text` does, or `None` when it fits as it
    /// is. It ends with `…`, after a whole word where there is one in its second half, and never
    /// inside what a reader sees as one character or, in X's unit, inside an address.
    pub fn shortened(self, text: &str, longest: u64) -> Option<String> {
        if self.count(text) <= longest {
            return None;
        }
        let mark = self.count(ELLIPSIS);
        let Some(room) = longest.checked_sub(mark) else {
            return Some(self.beginning(text, longest).to_owned());
        };
        let mut kept = at_word_end(text, self.beginning(text, room)).trim_end();
        loop {
            let offer = format!("{kept}{ELLIPSIS}");
            // What is cut in two may count more than it did as a part: `a.community` cut to `a.com`
            // is an address.
            if self.count(&offer) <= longest {
                return Some(offer);
            }
            let last = kept.graphemes(true).next_back()?;
            kept = kept.strip_suffix(last)?.trim_end();
        }
    }

    /// Returns the longest beginning whose parts together are at most `longest`.
    fn beginning(self, text: &str, longest: u64) -> &str {
        let mut total = 0;
        let mut end = 0;
        for (stop, length) in self.parts(text) {
            total += length;
            if total > longest {
                break;
            }
            end = stop;
        }
        text.get(..end).unwrap_or_default()
    }

    /// Returns where the text may be cut, and what each part before is long.
    fn parts(self, text: &str) -> Vec<(usize, u64)> {
        let mut at = 0;
        let mut parts = Vec::new();
        if self != Self::Weighted {
            for cluster in text.graphemes(true) {
                at += cluster.len();
                parts.push((at, self.count(cluster)));
            }
            return parts;
        }
        let weighting = Weighting::v3();
        let pieces = weighting.pieces(text);
        let boundaries: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
        let mut weight = 0;
        for piece in pieces {
            weight += piece.weight;
            at = piece.range.end;
            if at == text.len() || boundaries.binary_search(&at).is_ok() {
                parts.push((at, u64::from(weight.div_ceil(weighting.scale))));
                weight = 0;
            }
        }
        parts
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Characters | Self::Graphemes => "characters",
            Self::Utf16 => "UTF-16 units",
            Self::Bytes => "bytes",
            Self::Weighted => "weighted characters",
        })
    }
}

const ELLIPSIS: &str = "…";

/// Returns the beginning of `text` up to its last whole word, unless that would halve it.
fn at_word_end<'a>(text: &str, beginning: &'a str) -> &'a str {
    let rest = text.get(beginning.len()..).unwrap_or_default();
    if rest.is_empty() || rest.starts_with(char::is_whitespace) {
        return beginning;
    }
    match beginning.rfind(char::is_whitespace) {
        Some(end) if end * 2 >= beginning.len() => beginning.get(..end).unwrap_or(beginning),
        _ => beginning,
    }
}

//! Where lines break: even lines, no lonely word, ends at pauses.
//!
//! Every break is weighed, not only the next one, after Knuth and Plass, "Breaking Paragraphs into
//! Lines" (1981), with an own cost for one or two short centred lines.

/// A unit as the breaking sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    /// Advance width.
    pub(crate) width: f64,
    /// Space before it when it does not start a line.
    pub(crate) gap: f64,
    /// Whether a line may start with it.
    pub(crate) may_start_line: bool,
    /// How good it is to end a line with it.
    pub(crate) end: End,
}

/// How good it is to end a line with a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It ends a sentence.
    Sentence,
    /// It ends a phrase.
    Pause,
    /// It leans on what follows: an article, a preposition.
    Leaning,
    /// Anything else.
    Plain,
}

impl End {
    /// Returns how good it is to end a line with `text`.
    pub(crate) fn of(text: &str) -> Self {
        let last = text.chars().next_back().unwrap_or(' ');
        if matches!(last, '.' | '!' | '?' | '…' | '。' | '！' | '？') {
            Self::Sentence
        } else if matches!(last, ',' | ';' | ':' | '»' | '、' | '–' | '—') {
            Self::Pause
        } else if text.chars().count() <= 3 && text.is_ascii() {
            Self::Leaning
        } else {
            Self::Plain
        }
    }
}

/// Returns the narrowest limit under which `count` lines or fewer hold all pieces.
pub(crate) fn narrowest(pieces: &[Piece], count: usize) -> f64 {
    let table = Table::new(pieces);
    let mut best: Vec<f64> = (0..=pieces.len())
        .map(|end| table.line(0, end).unwrap_or(f64::INFINITY))
        .collect();
    for _ in 1..count {
        best = (0..=pieces.len())
            .map(|end| {
                (0..end)
                    .filter_map(|start| {
                        let before = *best.get(start)?;
                        Some(before.max(table.line(start, end)?))
                    })
                    .fold(*best.get(end).unwrap_or(&f64::INFINITY), f64::min)
            })
            .collect();
    }
    best.last().copied().unwrap_or(0.0)
}

/// Returns the starts of the best `count` lines or fewer, none wider than `limit`.
///
/// The first start is always 0; `None` when the pieces do not fit.
pub(crate) fn balanced(
    pieces: &[Piece],
    count: usize,
    limit: f64,
    letter_size: f64,
) -> Option<Vec<usize>> {
    let table = Table::new(pieces);
    let groups = |start: usize, end: usize| {
        1 + pieces
            .get(start + 1..end)
            .unwrap_or_default()
            .iter()
            .filter(|piece| piece.may_start_line)
            .count()
    };
    let ideal = table.line(0, pieces.len()).unwrap_or(0.0) / count.max(1) as f64;
    let cost = |start: usize, end: usize| -> Option<f64> {
        let width = table.line(start, end).filter(|width| *width <= limit)?;
        let off = (width - ideal) / letter_size;
        let mut cost = off * off;
        let after_sentence = start
            .checked_sub(1)
            .and_then(|before| pieces.get(before))
            .is_none_or(|before| before.end == End::Sentence);
        let last = pieces.get(end - 1)?.end;
        let whole_sentence = after_sentence && last == End::Sentence;
        if count > 1 && groups(start, end) == 1 && !whole_sentence {
            // Far above any unevenness, so that a lonely word stays only where it must.
            cost += 10_000.0;
        }
        if end < pieces.len() {
            cost += match last {
                End::Sentence => -20.0,
                End::Pause => -3.0,
                End::Leaning => 2.0,
                End::Plain => 0.0,
            };
        }
        Some(cost)
    };
    // best[lines - 1][end]: the cost of the first `end` pieces and where their last line starts.
    let mut best: Vec<Vec<Option<(f64, usize)>>> = vec![
        (0..=pieces.len())
            .map(|end| {
                (end > 0)
                    .then(|| cost(0, end))
                    .flatten()
                    .map(|cost| (cost, 0))
            })
            .collect(),
    ];
    for line in 1..count {
        let before = best.get(line - 1)?;
        let next = (0..=pieces.len())
            .map(|end| {
                (1..end)
                    .filter_map(|start| Some(((*before.get(start)?)?.0 + cost(start, end)?, start)))
                    .min_by(|a, b| a.0.total_cmp(&b.0))
            })
            .collect();
        best.push(next);
    }
    let mut starts = Vec::new();
    let mut end = pieces.len();
    // Fewer lines than asked for are possible when there are too few places to break.
    let lines = (0..count).rev().find(|line| {
        best.get(*line)
            .and_then(|row| row.get(end))
            .is_some_and(Option::is_some)
    })?;
    for line in (0..=lines).rev() {
        let (_, start) = (*best.get(line)?.get(end)?)?;
        starts.push(start);
        end = start;
    }
    starts.reverse();
    Some(starts)
}

/// Widths of lines from sums.
struct Table<'a> {
    pieces: &'a [Piece],
    /// Width with gaps of the pieces before each position.
    sums: Vec<f64>,
}

impl<'a> Table<'a> {
    fn new(pieces: &'a [Piece]) -> Self {
        let mut sums = vec![0.0];
        let mut sum = 0.0;
        for piece in pieces {
            sum += piece.gap + piece.width;
            sums.push(sum);
        }
        Self { pieces, sums }
    }

    /// Returns the width of the line `start..end`, or `None` where no line may start or end so.
    fn line(&self, start: usize, end: usize) -> Option<f64> {
        let first = self.pieces.get(start)?;
        let starts_well = start == 0 || first.may_start_line;
        let ends_well = self.pieces.get(end).is_none_or(|next| next.may_start_line);
        if !starts_well || !ends_well || end <= start {
            return None;
        }
        Some(self.sums.get(end)? - self.sums.get(start)? - first.gap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One letter is one wide; `~` forbids a break.
    fn pieces(text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for (index, group) in text.split(' ').enumerate() {
            for (part, word) in group.split('~').enumerate() {
                pieces.push(Piece {
                    width: word.chars().count() as f64,
                    gap: if index + part == 0 { 0.0 } else { 1.0 },
                    may_start_line: part == 0,
                    end: End::of(word),
                });
            }
        }
        pieces
    }

    fn check(text: &str, count: usize, limit: f64, expect: &str) {
        let words: Vec<&str> = text.split([' ', '~']).collect();
        let got = balanced(&pieces(text), count, limit, 2.0).map(|starts| {
            let ends = starts.iter().skip(1).copied().chain([words.len()]);
            starts
                .iter()
                .zip(ends)
                .map(|(start, end)| words[*start..end].join(" "))
                .collect::<Vec<_>>()
                .join(" / ")
        });
        assert_eq!(got.as_deref().unwrap_or("does not fit"), expect, "{text}");
    }

    #[test]
    fn lines_are_even() {
        check("one two three four", 2, 20.0, "one two / three four");
        check("one two three four", 1, 20.0, "one two three four");
        check(
            "alpha beta gamma delta",
            2,
            12.0,
            "alpha beta / gamma delta",
        );
    }

    #[test]
    fn no_lonely_word_when_avoidable() {
        check(
            "extraordinary is it not",
            2,
            20.0,
            "extraordinary is / it not",
        );
        check(
            "extraordinary is it not",
            2,
            14.0,
            "extraordinary / is it not",
        );
    }

    #[test]
    fn marks_are_not_torn_off() {
        check(
            "vraiment~? je ne~sais~pas~!",
            2,
            17.0,
            "vraiment ? / je ne sais pas !",
        );
        check("vraiment~?", 2, 9.0, "does not fit");
    }

    #[test]
    fn lines_end_at_pauses() {
        check(
            "first of all, we go there",
            2,
            20.0,
            "first of all, / we go there",
        );
    }

    #[test]
    fn narrowest_is_what_balanced_needs() {
        let pieces = pieces("alpha beta gamma delta");
        let limit = narrowest(&pieces, 2);
        assert!(
            (limit - 11.0).abs() < 1e-9,
            "gamma delta is the widest line"
        );
        assert!(balanced(&pieces, 2, limit, 2.0).is_some());
        assert!(balanced(&pieces, 2, limit - 0.5, 2.0).is_none());
    }
}

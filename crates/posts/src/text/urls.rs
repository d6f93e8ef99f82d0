//! Web addresses in running text, found as X finds them.
//!
//! The grammar is that of twitter-text 3.1 (`extractUrlsWithIndices`), written as a scanner: its
//! expressions need look-ahead, and the time of a scanner is bounded by the text.

use std::ops::Range;

use crate::text::alphabet::{
    is_directional, is_domain, is_invalid, is_latin_accent, is_path, is_path_end, is_query,
    is_query_end,
};
use crate::text::tlds;

/// The longest address that X links, in characters with its domain in Punycode.
const LONGEST: usize = 4_096;
/// The longest name of a t.co link.
const LONGEST_SLUG: usize = 40;
/// The longest label of a domain name in Punycode (RFC 1035, 2.3.4).
const LONGEST_LABEL: usize = 63;

/// Returns where the addresses are, in bytes, in order. Addresses without a scheme count
/// (`example.com/path`), as they do on X.
pub fn urls(text: &str) -> Vec<Range<usize>> {
    let scan = Scan::new(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < scan.chars.len() {
        let Some(next) = scan.next_from(at) else {
            break;
        };
        at = next.end;
        scan.take(&next, &mut found);
    }
    found
        .into_iter()
        .map(|range| scan.byte(range.start)..scan.byte(range.end))
        .collect()
}

/// A stretch that has the form of an address; all positions count characters.
struct Candidate {
    start: usize,
    /// Where the domain starts: after the scheme.
    domain: usize,
    domain_end: usize,
    /// Where the path starts, if there is one.
    path: Option<usize>,
    end: usize,
}

struct Scan<'a> {
    text: &'a str,
    /// Byte offset and character.
    chars: Vec<(usize, char)>,
    /// The dots that a top-level domain follows, in order, and where that ends.
    ends: Vec<(usize, usize)>,
    /// For each position, where the run of what can be in a domain's labels and dots ends.
    stops: Vec<usize>,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Self {
        let chars: Vec<(usize, char)> = text.char_indices().collect();
        let mut scan = Self {
            text,
            chars,
            ends: Vec::new(),
            stops: Vec::new(),
        };
        let mut stop = scan.chars.len();
        scan.stops = vec![stop; scan.chars.len()];
        for (at, (_, c)) in scan.chars.iter().enumerate().rev() {
            if !(is_domain(*c) || matches!(c, '-' | '_' | '.')) {
                stop = at;
            }
            if let Some(place) = scan.stops.get_mut(at) {
                *place = stop;
            }
        }
        let dots = (0..scan.chars.len()).filter(|at| scan.at(*at) == Some('.'));
        scan.ends = dots
            .filter_map(|dot| Some((dot, scan.tld_end(dot + 1)?)))
            .collect();
        scan
    }

    fn at(&self, at: usize) -> Option<char> {
        self.chars.get(at).map(|(_, c)| *c)
    }

    fn byte(&self, at: usize) -> usize {
        self.chars
            .get(at)
            .map_or(self.text.len(), |(byte, _)| *byte)
    }

    fn slice(&self, range: Range<usize>) -> &'a str {
        self.text
            .get(self.byte(range.start)..self.byte(range.end))
            .unwrap_or_default()
    }

    /// Returns the end of the run of characters that satisfy `is`, from `at` on.
    fn run(&self, at: usize, is: impl Fn(char) -> bool) -> usize {
        let rest = self.chars.get(at..).unwrap_or_default();
        at + rest.iter().take_while(|(_, c)| is(*c)).count()
    }

    /// Returns the first address at or after `at`. What stands before it may not be a letter, a
    /// digit or a sign that makes it something else, such as `@`; what ended the address before
    /// counts as standing before.
    fn next_from(&self, at: usize) -> Option<Candidate> {
        let before = |c: char| {
            is_directional(c)
                || !(c.is_ascii_alphanumeric()
                    || matches!(c, '@' | '＠' | '$' | '#' | '＃')
                    || is_invalid(c))
        };
        (at..self.chars.len()).find_map(|position| {
            let after = self.at(position).is_some_and(before);
            let first = after.then(|| self.candidate(position + 1)).flatten();
            first.or_else(|| (position == 0).then(|| self.candidate(0)).flatten())
        })
    }

    fn candidate(&self, start: usize) -> Option<Candidate> {
        let domain = self.after_scheme(start).unwrap_or(start);
        let domain_end = self.domain_end(domain)?;
        let mut end = domain_end;
        if self.at(end) == Some(':') {
            let digits = self.run(end + 1, |c| c.is_ascii_digit());
            if digits > end + 1 {
                end = digits;
            }
        }
        let path = (self.at(end) == Some('/')).then_some(end);
        if let Some(path) = path {
            end = self.path_end(path + 1);
        }
        if self.at(end) == Some('?') {
            end = self.query_end(end + 1).unwrap_or(end);
        }
        Some(Candidate {
            start,
            domain,
            domain_end,
            path,
            end,
        })
    }

    fn after_scheme(&self, start: usize) -> Option<usize> {
        ["https://", "http://"].into_iter().find_map(|scheme| {
            let end = start + scheme.len();
            let found = self.slice(start..end.min(self.chars.len()));
            found.eq_ignore_ascii_case(scheme).then_some(end)
        })
    }

    /// Returns where the longest domain that starts here ends.
    fn domain_end(&self, start: usize) -> Option<usize> {
        let stop = self.stops.get(start).copied()?;
        let first = self.ends.partition_point(|(dot, _)| *dot <= start);
        let last = self.ends.partition_point(|(dot, _)| *dot < stop);
        let ends = self.ends.get(first..last).unwrap_or_default();
        if ends.is_empty() {
            return None;
        }
        // How far the labels are sound; a domain cannot reach beyond the first unsound one.
        let mut label = start;
        let mut best = None;
        for dot in (start..stop).filter(|at| self.at(*at) == Some('.')) {
            if !self.is_label(label..dot) {
                break;
            }
            let end = ends.binary_search_by_key(&dot, |(dot, _)| *dot).ok();
            let name = self.slice(label..dot);
            if let Some((_, end)) = end.and_then(|index| ends.get(index))
                && !name.contains('_')
            {
                best = Some(*end);
            }
            label = dot + 1;
        }
        best
    }

    /// A label starts and ends with a letter or the like; inside it `-` and `_` may stand.
    fn is_label(&self, range: Range<usize>) -> bool {
        let first = self.at(range.start).is_some_and(is_domain);
        let last = range.end.checked_sub(1).and_then(|last| self.at(last));
        !range.is_empty() && first && last.is_some_and(is_domain)
    }

    /// Returns the end of the top-level domain that starts here.
    fn tld_end(&self, start: usize) -> Option<usize> {
        let listed = |end: &usize| {
            let goes_on = self
                .at(*end)
                .is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '@' | '+' | '-'));
            !goes_on && tlds::contains(self.slice(start..*end))
        };
        let longest = (start + tlds::LONGEST).min(self.chars.len());
        let end = (start + 1..=longest).rev().find(listed);
        end.or_else(|| {
            let prefix = self.slice(start..(start + 4).min(self.chars.len()));
            let end = self.run(start + 4, |c| c.is_ascii_alphanumeric() || c == '-');
            (prefix.eq_ignore_ascii_case("xn--") && end > start + 4).then_some(end)
        })
    }

    /// Returns where a path ends whose text starts at `start`.
    fn path_end(&self, start: usize) -> usize {
        let mut at = start;
        let mut end = start;
        while let Some(c) = self.at(at) {
            if is_path(c) {
                at += 1;
                if is_path_end(c) {
                    end = at;
                }
            } else if let Some(after) = self.brackets_end(at) {
                at = after;
                end = at;
            } else {
                break;
            }
        }
        end
    }

    /// Returns the end of `(…)` or `(…(…)…)` that starts here.
    fn brackets_end(&self, start: usize) -> Option<usize> {
        let opened = |at: usize| (self.at(at) == Some('(')).then_some(at + 1);
        let closed = |at: usize| (self.at(at) == Some(')')).then_some(at + 1);
        let inside = opened(start)?;
        let middle = self.run(inside, is_path);
        if let Some(end) = closed(middle) {
            return (middle > inside).then_some(end);
        }
        let inner = opened(middle)?;
        let inner_end = self.run(inner, is_path);
        if inner_end == inner {
            return None;
        }
        let rest = closed(inner_end)?;
        closed(self.run(rest, is_path))
    }

    fn query_end(&self, start: usize) -> Option<usize> {
        let stop = self.run(start, is_query);
        (start..stop)
            .rev()
            .find(|at| self.at(*at).is_some_and(is_query_end))
            .map(|at| at + 1)
    }

    /// Adds what of a candidate X links.
    fn take(&self, candidate: &Candidate, found: &mut Vec<Range<usize>>) {
        if !self.is_short_enough(candidate) {
            return;
        }
        if candidate.domain == candidate.start {
            self.take_ascii_domains(candidate, found);
        } else if let Some(slug) = self.slug(candidate) {
            if slug.len() <= LONGEST_SLUG {
                let query = slug.end;
                let end = (self.at(query) == Some('?'))
                    .then(|| self.query_end(query + 1))
                    .flatten();
                found.push(candidate.start..end.unwrap_or(query));
            }
        } else {
            found.push(candidate.start..candidate.end);
        }
    }

    /// Without a scheme only Latin domains are links; the path belongs to the last of them.
    fn take_ascii_domains(&self, candidate: &Candidate, found: &mut Vec<Range<usize>>) {
        let before = candidate.start.checked_sub(1).and_then(|at| self.at(at));
        if before.is_some_and(|c| matches!(c, '-' | '_' | '.' | '/')) {
            return;
        }
        let is_latin = |c: char| c.is_ascii_alphanumeric() || c == '-' || is_latin_accent(c);
        let mut at = candidate.domain;
        let mut is_any = false;
        while at < candidate.domain_end {
            let mut end = None;
            let mut label = at;
            loop {
                let dot = self.run(label, is_latin).min(candidate.domain_end);
                if dot == label || self.at(dot) != Some('.') || dot >= candidate.domain_end {
                    break;
                }
                label = dot + 1;
                let tld = self
                    .tld_end(label)
                    .filter(|end| *end <= candidate.domain_end);
                end = tld.or(end);
            }
            if let Some(end) = end {
                found.push(at..end);
                is_any = true;
                at = end;
            } else {
                at += 1;
            }
        }
        if is_any
            && candidate.path.is_some()
            && let Some(last) = found.last_mut()
        {
            last.end = candidate.end;
        }
    }

    /// Returns the name of a t.co link, after which nothing but a query belongs to it.
    fn slug(&self, candidate: &Candidate) -> Option<Range<usize>> {
        let domain = self.slice(candidate.domain..candidate.domain_end);
        let path = candidate
            .path
            .filter(|path| *path == candidate.domain_end)?;
        let end = self.run(path + 1, |c| c.is_ascii_alphanumeric());
        (domain.eq_ignore_ascii_case("t.co") && end > path + 1).then_some(path + 1..end)
    }

    /// Returns whether the domain can be a domain name, and the whole is not too long.
    fn is_short_enough(&self, candidate: &Candidate) -> bool {
        let domain = self.slice(candidate.domain..candidate.domain_end);
        let is_prefixed = domain
            .get(..4)
            .is_some_and(|p| p.eq_ignore_ascii_case("xn--"));
        if is_prefixed && !domain.is_ascii() {
            return false;
        }
        let mut length = candidate.end - candidate.start;
        for label in domain.split('.') {
            let Some(encoded) = encoded_length(label) else {
                return false;
            };
            length = length + encoded - label.chars().count();
        }
        let scheme = if candidate.domain == candidate.start {
            "https://".len()
        } else {
            candidate.domain - candidate.start
        };
        scheme + length <= LONGEST
    }
}

/// Returns how long a label is in Punycode, or `None` when it is too long.
fn encoded_length(label: &str) -> Option<usize> {
    let length = if label.is_ascii() {
        label.len()
    } else {
        "xn--".len() + idna::punycode::encode_str(label)?.len()
    };
    (1..=LONGEST_LABEL).contains(&length).then_some(length)
}

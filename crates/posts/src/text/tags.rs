//! Hashtags, mentions and cashtags in running text, found as X finds them (twitter-text 3.1).

use std::ops::Range;

use crate::text::alphabet::{
    is_directional, is_hashtag, is_latin_accent, is_letter, is_punctuation, is_space,
};
use crate::text::urls::urls;

/// The longest user name on X, in characters.
const LONGEST_NAME: usize = 20;
/// The longest name of a list on X, in characters.
const LONGEST_LIST: usize = 25;
/// The longest symbol of a cashtag, and of what follows its `.` or `_`.
const LONGEST_SYMBOL: usize = 6;
const LONGEST_SUFFIX: usize = 2;

/// A user, or a list of theirs, named in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention<'a> {
    /// The user's name without `@`.
    pub name: &'a str,
    /// The list's name, when one is named.
    pub list: Option<&'a str>,
    /// Where it stands, in bytes, `@` included.
    pub range: Range<usize>,
}

/// Returns where the hashtags are, in bytes, `#` included. Those inside web addresses do not count.
pub fn hashtags(text: &str) -> Vec<Range<usize>> {
    let addresses = urls(text);
    let overlaps = |range: &Range<usize>| {
        addresses
            .iter()
            .any(|url| url.start < range.end && range.start < url.end)
    };
    let mut found = Vec::new();
    let mut taken = 0;
    for (at, sign) in text.match_indices(['#', '＃']) {
        let before = before(text, at);
        let is_boundary = before
            .is_none_or(|c| matches!(c, '\u{FE0E}' | '\u{FE0F}') || !(is_hashtag(c) || c == '&'));
        // What ended the hashtag before cannot be what this one stands apart by.
        let stands_apart = at == 0 || at > taken;
        let start = at + sign.len();
        let rest = after(text, start);
        let is_sign = rest.starts_with(['\u{FE0F}', '\u{20E3}']);
        let word = run(rest, is_hashtag);
        if !(is_boundary && stands_apart) || is_sign || !word.contains(is_letter) {
            continue;
        }
        taken = start + word.len();
        let next = after(text, taken);
        if !next.starts_with(['#', '＃']) && !next.starts_with("://") {
            found.push(at..taken);
        }
    }
    found.retain(|range| !overlaps(range));
    found
}

/// Returns the users and lists that a text names.
pub fn mentions(text: &str) -> Vec<Mention<'_>> {
    let mut found = Vec::new();
    let mut taken = 0;
    for (at, sign) in text.match_indices(['@', '＠']) {
        if at < taken || !may_start_mention(text, taken, at) {
            continue;
        }
        let start = at + sign.len();
        let name = name_at(text, start);
        if name.is_empty() {
            continue;
        }
        let list = list_at(text, start + name.len());
        let end = start + name.len() + list.map_or(0, |list| list.len() + 1);
        taken = end;
        if !ends_mention(after(text, end)) {
            let range = at..end;
            found.push(Mention { name, list, range });
        }
    }
    found
}

/// Returns the user whom a text that begins with a mention replies to.
pub fn replied_to(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|c| is_space(c) || is_directional(c));
    let start = text.len() - rest.len() + rest.chars().next().filter(|c| is_at(*c))?.len_utf8();
    let name = name_at(text, start);
    let is_one = !name.is_empty() && !ends_mention(after(text, start + name.len()));
    is_one.then_some(name)
}

/// Returns where the cashtags are (`$CREA`), in bytes, `$` included.
pub fn cashtags(text: &str) -> Vec<Range<usize>> {
    let stands_alone =
        |at: usize| before(text, at).is_none_or(|c| is_space(c) || is_directional(c));
    let ends_well = |end: usize| {
        let next = after(text, end).chars().next();
        next.is_none_or(|c| c.is_whitespace() || is_space(c) || is_punctuation(c))
    };
    let mut found = Vec::new();
    for (at, sign) in text.match_indices('$').filter(|(at, _)| stands_alone(*at)) {
        let start = at + sign.len();
        let symbol = run(after(text, start), |c| c.is_ascii_alphabetic());
        if symbol.is_empty() || symbol.len() > LONGEST_SYMBOL {
            continue;
        }
        let end = start + symbol.len();
        let suffix = after(text, end)
            .strip_prefix(['.', '_'])
            .unwrap_or_default();
        let suffix = run(suffix, |c| c.is_ascii_alphabetic());
        let long = end + 1 + suffix.len().min(LONGEST_SUFFIX);
        let ends = [(!suffix.is_empty()).then_some(long), Some(end)];
        if let Some(end) = ends.into_iter().flatten().find(|end| ends_well(*end)) {
            found.push(at..end);
        }
    }
    found
}

/// Returns whether a mention may start at `at`: after nothing, after what is no part of a word, or
/// after `RT`. What stands before `taken` belongs to the mention before.
fn may_start_mention(text: &str, taken: usize, at: usize) -> bool {
    let preceding = text.get(taken..at).unwrap_or_default();
    let Some(last) = preceding.chars().next_back() else {
        return at == 0;
    };
    let is_word = last.is_ascii_alphanumeric()
        || matches!(last, '_' | '!' | '#' | '$' | '%' | '&' | '*' | '@' | '＠');
    if !is_word {
        return true;
    }
    let retweet = preceding.strip_suffix(':').unwrap_or(preceding);
    let split = retweet.len().saturating_sub(2);
    let (Some(before), Some(mark)) = (retweet.get(..split), retweet.get(split..)) else {
        return false;
    };
    let joins = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '~' | '.' | '-');
    let stands_apart = before.chars().next_back().map_or(taken == 0, |c| !joins(c));
    mark.eq_ignore_ascii_case("rt") && stands_apart
}

fn name_at(text: &str, start: usize) -> &str {
    let name = run(after(text, start), |c| {
        c.is_ascii_alphanumeric() || c == '_'
    });
    name.get(..name.len().min(LONGEST_NAME)).unwrap_or_default()
}

/// Returns the list's name after `/`.
fn list_at(text: &str, start: usize) -> Option<&str> {
    let rest = after(text, start).strip_prefix('/')?;
    let list = run(rest, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
    });
    let begins = list.starts_with(|c: char| c.is_ascii_alphabetic());
    begins.then(|| list.get(..list.len().min(LONGEST_LIST)))?
}

/// Returns whether what follows makes it no mention: an address of mail or of the web.
fn ends_mention(rest: &str) -> bool {
    rest.starts_with("://") || rest.starts_with(|c| is_at(c) || is_latin_accent(c))
}

fn is_at(c: char) -> bool {
    matches!(c, '@' | '＠')
}

fn before(text: &str, at: usize) -> Option<char> {
    text.get(..at).and_then(|text| text.chars().next_back())
}

fn after(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

/// Returns the longest beginning whose characters satisfy `is`.
fn run(text: &str, is: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c| !is(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

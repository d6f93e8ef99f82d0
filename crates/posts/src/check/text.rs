use crate::check::Found;
use crate::count::Unit;
use crate::limits::{Beyond, Fact, Limits, Longest};
use crate::post::{Post, Standing, Tier};
use crate::problem::{Code, Measure, Remedy, Severity};
use crate::text::{cashtags, hashtags, mentions};

pub(super) fn check(post: &Post, limits: &Limits, standing: &Standing, found: &mut Found) {
    let rules = &limits.text;
    let text = post.text();
    title(post, limits, found);
    let caption = match (&rules.caption_paid, standing.tier) {
        (Some(paid), Tier::Paid) => paid,
        _ => &rules.caption,
    };
    length(Code::CaptionTooLong, caption, &text, found);
    characters(Code::CaptionCharacter, limits, &text, found);
    if let Some(longest) = &rules.keywords {
        keywords(post, longest, found);
    }
    tags(post, limits, &text, found);
    counted(Code::TooManyMentions, rules.mentions, found, || {
        mentions(&text).len()
    });
    counted(Code::TooManyCashtags, rules.cashtags, found, || {
        cashtags(&text).len()
    });
    let has_media = post.video.is_some() || post.pictures > 0;
    if text.trim().is_empty() && !has_media && limits.media_required.is_none() {
        let (none, remedy) = (Measure::Nothing, Remedy::Rewrite);
        found.refuse(Code::Empty, &rules.caption, Measure::Nothing, none, remedy);
    }
}

fn title(post: &Post, limits: &Limits, found: &mut Found) {
    let Some(longest) = &limits.text.title else {
        return;
    };
    if let Some(required) = &limits.text.title_required
        && post.title.trim().is_empty()
    {
        let (none, remedy) = (Measure::Nothing, Remedy::Rewrite);
        found.refuse(Code::TitleMissing, required, Measure::Nothing, none, remedy);
    }
    length(Code::TitleTooLong, longest, &post.title, found);
    characters(Code::TitleCharacter, limits, &post.title, found);
}

fn length(code: Code, fact: &Fact<Longest>, text: &str, found: &mut Found) {
    let Longest {
        length: longest,
        unit,
    } = fact.value;
    let length = unit.count(text);
    if length <= longest {
        return;
    }
    let shorter = unit.shortened(text, longest);
    let remedy = shorter.map_or(Remedy::Rewrite, Remedy::Shorten);
    let limit = Measure::Text {
        length: longest,
        unit,
    };
    found.refuse(code, fact, Measure::Text { length, unit }, limit, remedy);
}

fn characters(code: Code, limits: &Limits, text: &str, found: &mut Found) {
    let Some(forbidden) = &limits.text.forbidden else {
        return;
    };
    let mut present: Vec<char> = forbidden.value.to_vec();
    present.retain(|c| text.contains(*c));
    if present.is_empty() {
        return;
    }
    let without = text.replace(forbidden.value, "");
    let limit = Measure::Nothing;
    let remedy = Remedy::Shorten(without);
    found.refuse(code, forbidden, Measure::Characters(present), limit, remedy);
}

/// YouTube counts the commas between its tags, and quotes around those with a space.
fn keywords(post: &Post, fact: &Fact<Longest>, found: &mut Found) {
    let unit = fact.value.unit;
    let quotes = |word: &String| if word.contains(' ') { 2 } else { 0 };
    let words: u64 = post
        .keywords
        .iter()
        .map(|word| unit.count(word) + quotes(word))
        .sum();
    let length = words + (post.keywords.len() as u64).saturating_sub(1);
    if length > fact.value.length {
        let limit = Measure::Text {
            length: fact.value.length,
            unit,
        };
        let measured = Measure::Text { length, unit };
        found.refuse(
            Code::KeywordsTooLong,
            fact,
            measured,
            limit,
            Remedy::Rewrite,
        );
    }
}

fn tags(post: &Post, limits: &Limits, text: &str, found: &mut Found) {
    for tag in &post.hashtags {
        let written = format!("#{}", tag.trim().trim_start_matches(['#', '＃']));
        let whole = hashtags(&written)
            .first()
            .is_some_and(|range| *range == (0..written.len()));
        if !whole {
            let (fact, limit) = (&limits.text.caption, Measure::Nothing);
            let values = (Measure::Words(tag.clone()), limit);
            found.add(
                Code::BadHashtag,
                fact,
                values,
                (Severity::Warns, Remedy::Rewrite),
            );
        }
    }
    let Some(fact) = &limits.text.hashtags else {
        return;
    };
    let mut count = hashtags(text).len();
    if limits.text.title.is_some() {
        count += hashtags(&post.title).len();
    }
    if count as u64 > fact.value.most {
        let severity = match fact.value.beyond {
            Beyond::Refused => Severity::Refuses,
            Beyond::Ignored => Severity::Warns,
        };
        let values = (
            Measure::Count(count as u64),
            Measure::Count(fact.value.most),
        );
        found.add(
            Code::TooManyHashtags,
            fact,
            values,
            (severity, Remedy::Rewrite),
        );
    }
}

fn counted(code: Code, fact: Option<Fact<u64>>, found: &mut Found, count: impl Fn() -> usize) {
    let Some(fact) = fact else { return };
    let count = count() as u64;
    if count > fact.value {
        let (measured, limit) = (Measure::Count(count), Measure::Count(fact.value));
        found.refuse(code, &fact, measured, limit, Remedy::Rewrite);
    }
}

/// The unit of a length, for the window's live counter.
impl Longest {
    /// Returns how much of the text's length is left; negative beyond the limit.
    pub fn left(self, text: &str) -> i64 {
        let unit: Unit = self.unit;
        i64::try_from(self.length).unwrap_or(i64::MAX)
            - i64::try_from(unit.count(text)).unwrap_or(i64::MAX)
    }
}

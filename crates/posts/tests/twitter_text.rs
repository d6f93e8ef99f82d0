//! X's counting against the conformance vectors that X published with twitter-text.

#![cfg(test)]

use posts::text::{cashtags, hashtags, is_address, mentions, replied_to, urls};
use posts::{EmojiWeight, Weighting};
use saphyr::{LoadableYamlNode as _, Yaml};

/// Calls `check` with each vector of a section; a file that is absent skips the test.
fn vectors(file: &str, section: &str, mut check: impl FnMut(&str, &str, &Yaml<'_>)) {
    let Some(shared) = testkit::shared() else {
        return;
    };
    let path = shared.join("platforms/specs/twitter-text").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let documents = Yaml::load_from_str(&text).unwrap();
    let section = &documents[0]["tests"][section];
    let mut count = 0;
    for vector in section.as_vec().unwrap() {
        let description = vector["description"].as_str().unwrap();
        check(
            description,
            vector["text"].as_str().unwrap(),
            &vector["expected"],
        );
        count += 1;
    }
    assert!(count > 0, "{file} has vectors");
}

fn number(value: &Yaml<'_>) -> usize {
    usize::try_from(value.as_integer().unwrap()).unwrap()
}

fn words<'a>(value: &'a Yaml<'_>) -> Vec<&'a str> {
    let words = value.as_vec().unwrap();
    words.iter().map(|word| word.as_str().unwrap()).collect()
}

fn slices<'a>(text: &'a str, ranges: &[std::ops::Range<usize>]) -> Vec<&'a str> {
    ranges.iter().map(|range| &text[range.clone()]).collect()
}

/// The vectors count places in characters.
fn places(text: &str, range: &std::ops::Range<usize>) -> [usize; 2] {
    [range.start, range.end].map(|at| text[..at].chars().count())
}

fn expected_places(value: &Yaml<'_>) -> [usize; 2] {
    [number(&value["indices"][0]), number(&value["indices"][1])]
}

/// Before 2017: 140 characters, each of them one.
fn v1() -> Weighting {
    Weighting {
        longest: 140,
        scale: 1,
        default_weight: 1,
        emoji: EmojiWeight::AsItsParts,
        url_length: 23,
        ranges: Vec::new(),
    }
}

/// 2017: wide characters count two, also those that an emoji is made of.
fn v2() -> Weighting {
    Weighting {
        emoji: EmojiWeight::AsItsParts,
        ..Weighting::v3()
    }
}

fn weights(section: &str, weighting: &Weighting) {
    vectors("validate.yml", section, |description, text, expected| {
        let weight = weighting.weigh(text);
        let length = number(&expected["weightedLength"]);
        assert_eq!(weight.length as usize, length, "length: {description}");
        let valid = expected["valid"].as_bool().unwrap();
        assert_eq!(weight.is_valid, valid, "valid: {description}");
        let permillage = number(&expected["permillage"]);
        assert_eq!(
            weight.permillage as usize, permillage,
            "permillage: {description}"
        );
        let end = number(&expected["validRangeEnd"]);
        assert_eq!(
            weight.valid_range_end, end,
            "end of what fits: {description}"
        );
        let display = number(&expected["displayRangeEnd"]);
        let units = text.encode_utf16().count();
        assert_eq!(units - 1, display, "the vectors' own length: {description}");
    });
}

#[test]
fn weighted_lengths() {
    weights("WeightedTweetsCounterTest", &v2());
}

#[test]
fn weighted_lengths_with_whole_emoji() {
    weights(
        "WeightedTweetsWithDiscountedEmojiCounterTest",
        &Weighting::v3(),
    );
}

#[test]
fn weighted_lengths_with_directional_marks() {
    weights("UnicodeDirectionalMarkerCounterTest", &Weighting::v3());
}

#[test]
fn lengths_of_the_first_configuration() {
    vectors("validate.yml", "tweets", |description, text, expected| {
        let valid = expected.as_bool().unwrap();
        assert_eq!(v1().weigh(text).is_valid, valid, "{description}");
    });
}

#[test]
fn the_configuration_is_the_published_one() {
    let Some(shared) = testkit::shared() else {
        return;
    };
    for (file, ours) in [("v2.json", v2()), ("v3.json", Weighting::v3())] {
        let path = shared.join("platforms/specs/twitter-text").join(file);
        let json = std::fs::read_to_string(path).unwrap();
        let theirs: serde_json::Value = serde_json::from_str(&json).unwrap();
        let number = |name: &str| u32::try_from(theirs[name].as_u64().unwrap()).unwrap();
        assert_eq!(ours.longest, number("maxWeightedTweetLength"), "{file}");
        assert_eq!(ours.scale, number("scale"), "{file}");
        assert_eq!(ours.default_weight, number("defaultWeight"), "{file}");
        assert_eq!(ours.url_length, number("transformedURLLength"), "{file}");
        let as_one = theirs["emojiParsingEnabled"].as_bool() == Some(true);
        assert_eq!(ours.emoji == EmojiWeight::AsOne, as_one, "{file}");
        let ranges = theirs["ranges"].as_array().unwrap().iter();
        let part = |range: &serde_json::Value, name: &str| {
            u32::try_from(range[name].as_u64().unwrap()).unwrap()
        };
        let ranges: Vec<_> = ranges
            .map(|range| {
                (
                    part(range, "start"),
                    part(range, "end"),
                    part(range, "weight"),
                )
            })
            .collect();
        assert_eq!(ours.ranges, ranges, "{file}");
    }
}

#[test]
fn addresses() {
    for section in ["urls", "tco_urls_with_params"] {
        vectors("extract.yml", section, |description, text, expected| {
            assert_eq!(slices(text, &urls(text)), words(expected), "{description}");
        });
    }
}

#[test]
fn addresses_and_their_places() {
    for section in ["urls_with_indices", "urls_with_directional_markers"] {
        vectors("extract.yml", section, |description, text, expected| {
            let found = urls(text);
            let expected = expected.as_vec().unwrap();
            assert_eq!(
                found.len(),
                expected.len(),
                "{description}: {:?}",
                slices(text, &found)
            );
            for (range, expected) in found.iter().zip(expected) {
                assert_eq!(&text[range.clone()], expected["url"].as_str().unwrap());
                assert_eq!(
                    places(text, range),
                    expected_places(expected),
                    "{description}"
                );
            }
        });
    }
}

#[test]
fn addresses_with_every_top_level_domain() {
    for section in ["country", "generic"] {
        vectors("tlds.yml", section, |description, text, expected| {
            assert_eq!(slices(text, &urls(text)), words(expected), "{description}");
        });
    }
}

#[test]
fn addresses_of_a_domain_alone() {
    vectors(
        "validate.yml",
        "urls_without_protocol",
        |description, text, expected| {
            let whole = slices(text, &urls(text)) == [text];
            assert_eq!(whole, expected.as_bool().unwrap(), "{description}");
        },
    );
}

#[test]
fn addresses_of_a_link() {
    vectors("validate.yml", "urls", |description, text, expected| {
        let valid = expected.as_bool().unwrap();
        assert_eq!(is_address(text), valid, "{description}: {text}");
    });
}

/// Every section of the files is read by a test here: one that is added later is not passed over.
#[test]
fn no_section_is_left_out() {
    let Some(shared) = testkit::shared() else {
        return;
    };
    let source = include_str!("twitter_text.rs");
    for file in ["validate.yml", "extract.yml", "tlds.yml"] {
        let path = shared.join("platforms/specs/twitter-text").join(file);
        let text = std::fs::read_to_string(path).unwrap();
        let documents = Yaml::load_from_str(&text).unwrap();
        for (name, _) in documents[0]["tests"].as_mapping().unwrap() {
            let quoted = format!("\"{}\"", name.as_str().unwrap());
            assert!(source.contains(&quoted), "{file}: {quoted}");
        }
    }
}

#[test]
fn tags() {
    for section in ["hashtags", "hashtags_from_astral"] {
        vectors("extract.yml", section, |description, text, expected| {
            let found = hashtags(text);
            let found = slices(text, &found);
            let found: Vec<_> = found
                .iter()
                .map(|tag| tag.trim_start_matches(['#', '＃']))
                .collect();
            assert_eq!(found, words(expected), "{description}");
        });
    }
    vectors(
        "extract.yml",
        "hashtags_with_indices",
        |description, text, expected| {
            let found: Vec<_> = hashtags(text)
                .iter()
                .map(|range| places(text, range))
                .collect();
            let expected = expected.as_vec().unwrap().iter().map(expected_places);
            assert_eq!(found, expected.collect::<Vec<_>>(), "{description}");
        },
    );
    vectors("validate.yml", "hashtags", |description, text, expected| {
        let whole = slices(text, &hashtags(text)) == [text];
        assert_eq!(whole, expected.as_bool().unwrap(), "{description}");
    });
}

#[test]
fn symbols() {
    vectors("extract.yml", "cashtags", |description, text, expected| {
        let found = cashtags(text);
        let found: Vec<_> = slices(text, &found).iter().map(|tag| &tag[1..]).collect();
        assert_eq!(found, words(expected), "{description}");
    });
    vectors(
        "extract.yml",
        "cashtags_with_indices",
        |description, text, expected| {
            let found: Vec<_> = cashtags(text)
                .iter()
                .map(|range| places(text, range))
                .collect();
            let expected = expected.as_vec().unwrap().iter().map(expected_places);
            assert_eq!(found, expected.collect::<Vec<_>>(), "{description}");
        },
    );
}

#[test]
fn people() {
    vectors("extract.yml", "mentions", |description, text, expected| {
        let found = mentions(text);
        let found: Vec<_> = found.iter().map(|mention| mention.name).collect();
        assert_eq!(found, words(expected), "{description}");
    });
    for section in ["mentions_with_indices", "mentions_or_lists_with_indices"] {
        vectors("extract.yml", section, |description, text, expected| {
            let found = mentions(text);
            let expected = expected.as_vec().unwrap();
            assert_eq!(found.len(), expected.len(), "{description}");
            for (mention, expected) in found.iter().zip(expected) {
                assert_eq!(mention.name, expected["screen_name"].as_str().unwrap());
                let list = mention.list.map(|list| format!("/{list}"));
                let slug = expected.as_mapping_get("list_slug").and_then(Yaml::as_str);
                if let Some(slug) = slug {
                    assert_eq!(list.unwrap_or_default(), slug, "{description}");
                }
                let range = &mention.range;
                assert_eq!(
                    places(text, range),
                    expected_places(expected),
                    "{description}"
                );
            }
        });
    }
    vectors("extract.yml", "replies", |description, text, expected| {
        assert_eq!(replied_to(text), expected.as_str(), "{description}");
    });
    vectors(
        "validate.yml",
        "usernames",
        |description, text, expected| {
            let whole = mentions(text)
                .first()
                .is_some_and(|m| m.range == (0..text.len()));
            assert_eq!(whole, expected.as_bool().unwrap(), "{description}");
        },
    );
    vectors("validate.yml", "lists", |description, text, expected| {
        let found = mentions(text);
        let whole = found
            .first()
            .is_some_and(|m| m.list.is_some() && m.range == (0..text.len()));
        assert_eq!(whole, expected.as_bool().unwrap(), "{description}");
    });
}

//! What holds for every text.

#![cfg(test)]

use posts::limits::Limits;
use posts::price::{self, Price};
use posts::text::{cashtags, hashtags, mentions, urls};
use posts::{Code, Network, Post, Remedy, Standing, Unit, check};
use proptest::prelude::*;

const UNITS: [Unit; 5] = [
    Unit::Characters,
    Unit::Utf16,
    Unit::Bytes,
    Unit::Graphemes,
    Unit::Weighted,
];

/// Texts with what is counted in a special way, and any others.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Zéàç0-9 .,;!?'\n-]{0,12}",
        1 => Just("http://example.com/a_(b)?c=d ".to_owned()),
        1 => Just("t.co/abc".to_owned()),
        1 => Just("page.みんな".to_owned()),
        1 => Just("👨‍👩‍👧‍👦".to_owned()),
        1 => Just("🇫🇷©\u{FE0F}1\u{FE0F}\u{20E3}".to_owned()),
        1 => Just("e\u{301}日本語".to_owned()),
        1 => Just(" #étiquette @qui $CREA ".to_owned()),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_is_offered_fits_and_begins_like_the_text(text in text(), longest in 0_u64..400) {
        for unit in UNITS {
            match unit.shortened(&text, longest) {
                None => prop_assert!(unit.count(&text) <= longest, "{unit:?}"),
                Some(offer) => {
                    prop_assert!(unit.count(&text) > longest, "{unit:?}");
                    prop_assert!(unit.count(&offer) <= longest, "{unit:?} {offer:?}");
                    let kept = offer.strip_suffix('…').unwrap_or(&offer);
                    prop_assert!(text.starts_with(kept), "{unit:?} {offer:?}");
                }
            }
        }
    }

    #[test]
    fn a_post_that_passes_is_within_every_limit(title in text(), caption in text()) {
        for network in Network::ALL {
            let post = Post { title: title.clone(), caption: caption.clone(), ..Post::default() };
            let problems = check(&post, network, &Standing::default());
            let limits = Limits::of(network);
            let has = |code| problems.iter().any(|problem| problem.code == code);
            let longest = limits.text.caption.value;
            let is_long = longest.unit.count(&post.text()) > longest.length;
            prop_assert_eq!(has(Code::CaptionTooLong), is_long);
            if let Some(title) = limits.text.title {
                let is_long = title.value.unit.count(&post.title) > title.value.length;
                prop_assert_eq!(has(Code::TitleTooLong), is_long);
            }
            for problem in &problems {
                if let (Code::CaptionTooLong, Remedy::Shorten(offer)) = (problem.code, &problem.remedy) {
                    prop_assert!(longest.unit.count(offer) <= longest.length);
                }
            }
        }
    }

    #[test]
    fn places_are_in_order_and_on_characters(text in text()) {
        let people: Vec<_> = mentions(&text).into_iter().map(|mention| mention.range).collect();
        for found in [urls(&text), hashtags(&text), cashtags(&text), people] {
            for range in &found {
                prop_assert!(text.get(range.clone()).is_some_and(|part| !part.is_empty()));
            }
            for pair in found.windows(2) {
                prop_assert!(pair[0].end <= pair[1].start);
            }
        }
    }

    #[test]
    fn without_its_addresses_a_post_is_cheap(text in text()) {
        let has = !urls(&text).is_empty();
        let expect = if has { price::WITH_ADDRESS } else { price::PLAIN };
        prop_assert_eq!(Price::of(&text, 0).total(), expect);
        let without = price::without_addresses(&text);
        prop_assert_eq!(Price::of(&without, 0).post, price::PLAIN);
    }
}

#[test]
fn prices() {
    assert_eq!(Price::of("Bonjour", 0).total(), 15_000, "0.015 USD");
    assert_eq!(
        Price::of("voir crealia.studio", 1).total(),
        205_000,
        "0.20 and 0.005 USD"
    );
    let text = "Voir https://exemple.fr/a et aussi t.co/b ici";
    assert_eq!(Price::of(text, 0).addresses, 2);
    assert_eq!(price::without_addresses(text), "Voir et aussi ici");
}

#[test]
fn a_text_is_cut_at_a_word_and_never_inside_an_address() {
    let check = |unit: Unit, text: &str, longest, expect: &str| {
        assert_eq!(
            unit.shortened(text, longest).as_deref(),
            Some(expect),
            "{unit:?} {longest}"
        );
    };
    check(Unit::Characters, "une phrase entière", 14, "une phrase…");
    check(Unit::Characters, "anticonstitutionnellement", 8, "anticon…");
    check(Unit::Graphemes, "👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 2, "👨‍👩‍👧‍👦…");
    check(
        Unit::Weighted,
        "ici https://exemple.com/un/chemin/bien/long",
        26,
        "ici…",
    );
    check(Unit::Bytes, "été", 2, "é");
    assert_eq!(
        Unit::Weighted.shortened("ici https://exemple.com/un/chemin", 27),
        None
    );
}

#[test]
fn long_texts_without_spaces_are_counted_in_time_that_grows_with_them() {
    // Anything quadratic in a million characters would not end within the test's limit.
    for piece in ["日本", "a.", "あ.com-", "#a", "@a", "http://a.b/((((", "é́"] {
        let text = piece.repeat(20_000);
        let _length = Unit::Weighted.count(&text);
        let _tags = hashtags(&text);
        let _people = mentions(&text);
    }
}

//! Claims about starts and ends need a pause or a cut there.

use super::opening::Opening;
use super::opening::Trait::{Address, Number};
use super::*;
use crate::text::Language;

fn claims(found: &Suggestions, code: &str) -> bool {
    found
        .candidates
        .iter()
        .any(|own| codes(&own.reasons).contains(&code))
}

fn speaking(secs: f64, speech: &[(f64, f64)]) -> Analysis {
    let mut analysis = quiet(secs);
    analysis.speech = speech
        .iter()
        .map(|(start, end)| SourceRange::from_secs(*start, *end))
        .collect();
    analysis.silences = gaps(&analysis.speech, secs);
    analysis
}

#[test]
fn a_whole_source_claims_pauses_only_where_it_has_them() {
    let check = |speech: &[(f64, f64)], expect: bool| {
        let found = suggested(&speaking(8.0, speech), None, &request(4, 15.0, 60.0));
        assert_eq!(
            claims(&found, "clean_edges"),
            expect,
            "speech {speech:?}: {:?}",
            found.candidates[0].parts
        );
    };
    check(&[(1.0, 7.0)], true);
    check(&[(0.0, 8.0)], false);
    check(&[(0.0, 7.0)], false);
    check(&[(1.0, 8.0)], false);
    let unknown = suggested(&quiet(8.0), None, &request(4, 15.0, 60.0));
    assert!(
        !claims(&unknown, "clean_edges"),
        "nothing is known of the ends"
    );
}

#[test]
fn the_start_of_the_source_is_no_pause() {
    // Speech from the very start until a long pause, and no other place to start or to end.
    let found = suggested(
        &speaking(32.0, &[(0.0, 15.0), (17.0, 32.0)]),
        None,
        &request(4, 15.0, 16.0),
    );
    let first = found
        .candidates
        .iter()
        .find(|own| own.range.start == SourceTime::ZERO)
        .unwrap();
    assert!(first.parts["completeness"] < 0.85, "{:?}", first.parts);
    assert!(!codes(&first.reasons).contains(&"clean_edges"));
}

#[test]
fn a_last_sentence_that_outlasts_the_source_is_kept() {
    let (mut analysis, words) = talk("en", "One two three. Four five six seven eight nine ten.");
    let last = words.words.last().unwrap().range.end;
    let asked = request(2, 1.0, 2.0);
    let ends_at = |analysis: &Analysis| {
        let found = suggest(analysis, Some(&words), &asked);
        found.candidates.iter().map(|own| own.range.end).max()
    };
    for over in [Ticks(1), Ticks::from_secs(0.1)] {
        analysis.duration = (last - over).since_start();
        assert_eq!(
            ends_at(&analysis),
            Some(last - over),
            "the last sentence ends with the source"
        );
    }
}

#[test]
fn words_after_the_end_of_the_source_are_not_said() {
    let (mut analysis, words) = talk("en", "One two three. Four five six seven eight nine ten.");
    analysis.duration = words.words[6].range.end.since_start();
    let found = suggest(&analysis, Some(&words), &request(2, 0.5, 10.0));
    let end = SourceTime(analysis.duration.0);
    assert!(!found.candidates.is_empty());
    for own in &found.candidates {
        assert!(own.range.end <= end, "{:?}", own.range);
        let complete = codes(&own.reasons).contains(&"complete");
        assert!(own.range.end < end || !complete, "the sentence is cut off");
    }
    assert!(
        found.candidates.iter().any(|own| own.range.end == end),
        "what is said of it counts"
    );
}

#[test]
fn numbers_and_address_count_only_among_the_first_words() {
    let traits = |text: &str| {
        let words = transcript("en", text);
        let all = sentences(&words, &quiet(60.0));
        Opening::new(&all[0], Language::English).traits
    };
    let check = |text: &str, number: bool, address: bool| {
        let found = traits(text);
        assert_eq!(found.contains(&Number), number, "number in {text:?}");
        assert_eq!(found.contains(&Address), address, "address in {text:?}");
    };
    check("You have three days to leave.", true, true);
    check("In 1984 we left the country.", true, false);
    check(
        "The people of the village walked home that day in 1984 with you.",
        false,
        false,
    );
}

//! Few moments, and lengths that hardly any moment has.

use footage::words::{TranscriptOrigin, TranscriptRevision, WordId};

use super::*;

/// Sentences of twelve words that touch one another, from `from` on.
fn gapless(from: f64, n_sentences: usize, length: f64) -> Transcript {
    let words = (0..n_sentences * 12).map(|index| {
        let at = |words: usize| from + words as f64 * length / 12.0;
        Word {
            id: WordId(index as u32),
            text: match index % 12 {
                0 => "Bread".to_owned(),
                11 => "ovens.".to_owned(),
                _ => "price".to_owned(),
            },
            range: SourceRange::from_secs(at(index), at(index + 1)),
            estimated: true,
            starts_cue: index % 12 == 0,
            confidence: None,
        }
    });
    Transcript {
        revision: TranscriptRevision::default(),
        origin: TranscriptOrigin::Embedded,
        language: Some("en".to_owned()),
        words: words.collect(),
    }
}

fn lengths(found: &Suggestions) -> Vec<f64> {
    let played = found.candidates.iter().map(|own| played(own).secs());
    played.collect()
}

#[test]
fn with_words_no_moment_is_made_up_inside_a_sentence() {
    let words = gapless(0.0, 11, 6.0);
    let mut analysis = quiet(66.0);
    analysis.shots = shots(66.0, 7.0);
    let found = suggested(&analysis, Some(&words), &request(6, 15.0, 90.0));
    assert_eq!(found.candidates.len(), 3, "{:?}", lengths(&found));
    assert_eq!(codes(&found.notes), ["fewer_than_asked"]);
    for own in &found.candidates {
        let inside = words.words_in(own.range);
        let (first, last) = (inside.first().unwrap(), inside.last().unwrap());
        assert_eq!(
            (first.text.as_str(), last.text.as_str()),
            ("Bread", "ovens."),
            "whole sentences in {:?}",
            own.range
        );
    }
}

#[test]
fn pauses_make_up_for_few_sentences() {
    // Two sentences of 15 s, a second apart, each with a pause of a second in its middle.
    let mut words = gapless(0.0, 2, 14.0);
    for (index, word) in words.words.iter_mut().enumerate() {
        let pauses = Ticks::SECOND * (index as i64 / 6);
        word.range = SourceRange::new(word.range.start + pauses, word.range.end + pauses);
    }
    let mut analysis = quiet(32.0);
    let spoken: Vec<SourceRange> = words.words.iter().map(|word| word.range).collect();
    analysis.silences = gaps(&merged(&spoken, 0.4), 32.0);
    assert_eq!(sentences(&words, &analysis).len(), 2);
    let found = suggested(&analysis, Some(&words), &request(4, 7.0, 16.0));
    assert_eq!(found.candidates.len(), 4, "{:?}", lengths(&found));
}

#[test]
fn one_length_is_found_where_a_pause_gives_way() {
    let words = gapless(1.0, 10, 4.37);
    let analysis = quiet(47.0);
    for secs in [15.0, 29.5, 30.0] {
        let found = suggested(&analysis, Some(&words), &request(6, secs, secs));
        let exact = |length: &f64| (length - secs).abs() < 1e-6;
        assert!(!found.candidates.is_empty(), "{secs} s");
        assert!(lengths(&found).iter().all(exact), "{:?}", lengths(&found));
        assert!(!codes(&found.notes).contains(&"no_exact_length"));
    }
}

#[test]
fn the_nearest_length_is_taken_where_none_is_within_the_bounds() {
    let words = gapless(0.0, 10, 4.37);
    let analysis = quiet(43.7);
    let found = suggested(&analysis, Some(&words), &request(1, 30.0, 30.0));
    assert_eq!(codes(&found.notes), ["no_exact_length"]);
    assert_eq!(lengths(&found).len(), 1);
    let length = lengths(&found)[0];
    assert!(
        (length - 7.0 * 4.37).abs() < 1e-6,
        "seven whole sentences: {length} s"
    );
    assert_eq!(
        found.notes[0].values["length"],
        Value::Number(length),
        "the note says how long it is"
    );
}

#[test]
fn a_source_that_is_one_long_mark_is_kept() {
    let mut words = gapless(0.0, 1, 12.0);
    words.words.truncate(1);
    words.words[0].text = "[Music]".to_owned();
    words.words[0].range = SourceRange::from_secs(0.0, 100.0);
    let found = suggested(&quiet(100.0), Some(&words), &request(1, 15.0, 90.0));
    assert_eq!(codes(&found.notes).last(), Some(&"no_exact_length"));
    assert_eq!(lengths(&found), [100.0]);
}

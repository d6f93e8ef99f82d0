//! What holds for any source.

use footage::words::TranscriptOrigin;
use proptest::prelude::*;

use super::*;

/// Checks what holds for every suggestion, whatever the input.
pub(super) fn hold(
    analysis: &Analysis,
    transcript: Option<&Transcript>,
    request: &Request,
    found: &Suggestions,
) -> Result<(), TestCaseError> {
    let end = SourceTime(analysis.duration.0);
    prop_assert!(found.candidates.len() <= request.count);
    let possible = request.min <= request.max && analysis.duration > Ticks::ZERO;
    prop_assert!(
        !found.candidates.is_empty() || request.count == 0 || !possible,
        "every source gives something"
    );
    let exact = !codes(&found.notes).contains(&"no_exact_length");
    if !exact {
        prop_assert_eq!(found.candidates.len(), 1, "only the nearest");
        prop_assert!(
            !any_length_fits(end, transcript, request),
            "a stretch between words is within the bounds"
        );
    }
    for (index, own) in found.candidates.iter().enumerate() {
        prop_assert!((0.0..=100.0).contains(&own.score), "score {}", own.score);
        prop_assert!(
            own.parts.values().all(|part| (0.0..=1.0).contains(part)),
            "{:?}",
            own.parts
        );
        prop_assert!(own.range.start >= SourceTime::ZERO && own.range.end <= end);
        let length = played(own);
        let too_long = length > request.max && exact;
        prop_assert!(!too_long, "{} s is too long", length.secs());
        let whole = analysis.duration < request.min;
        prop_assert!(
            length >= request.min || (whole && length == analysis.duration) || !exact,
            "{} s is too short",
            length.secs()
        );
        let mut free = own.range.start;
        for segment in &own.segments {
            prop_assert!(!segment.is_empty() && segment.start >= free);
            free = segment.end;
        }
        prop_assert_eq!(own.segments[0].start, own.range.start);
        prop_assert_eq!(free, own.range.end);
        if !whole {
            for word in transcript.iter().flat_map(|transcript| &transcript.words) {
                let mut cuts = own
                    .segments
                    .iter()
                    .flat_map(|segment| [segment.start, segment.end]);
                let cut = cuts.find(|cut| word.range.start < *cut && *cut < word.range.end);
                prop_assert!(cut.is_none(), "{} is cut at {:?}", word.text, cut);
            }
        }
        for other in found.candidates.iter().skip(index + 1) {
            prop_assert!(own.score >= other.score, "best first");
            if let Some(shared) = own.range.intersection(other.range) {
                let shorter = length.min(played(other));
                prop_assert!(shared.duration() * 5 <= shorter, "too much is shared");
            }
        }
        prop_assert!(own.reasons.iter().all(|reason| !reason.text.is_empty()));
        prop_assert!(!own.title.is_empty());
    }
    Ok(())
}

/// Whether two moments, neither inside a word, are as far apart as asked for: tries all pairs.
fn any_length_fits(end: SourceTime, transcript: Option<&Transcript>, request: &Request) -> bool {
    let mut free = Vec::new();
    let mut at = SourceTime::ZERO;
    for word in transcript
        .iter()
        .flat_map(|transcript| &transcript.words)
        .filter(|word| word.range.start < end)
    {
        free.push((at, word.range.start));
        at = word.range.end.min(end);
    }
    free.push((at, end));
    free.iter().enumerate().any(|(index, from)| {
        free.iter().skip(index).any(|to| {
            let (least, most) = (to.0 - from.1, to.1 - from.0);
            least <= request.max && request.min <= most
        })
    })
}

/// A source with anything in it.
fn anything() -> impl Strategy<Value = (Analysis, Transcript)> {
    let word = (0.0..3.0_f64, 0.05..1.5_f64, 0..12_usize);
    (
        proptest::collection::vec(word, 0..250),
        1.0..60.0_f64,
        proptest::collection::vec((0.1..8.0_f64, 0.1..8.0_f64), 0..40),
        proptest::collection::vec(-90.0..0.0_f32, 0..600),
        proptest::collection::vec(0.0..1.0_f32, 0..100),
        0.5..40.0_f64,
        any::<bool>(),
    )
        .prop_map(|(words, rest, speech, levels, motion, shot, pauses)| {
            const TEXTS: [&str; 12] = [
                "so",
                "money.",
                "why?",
                "you",
                "price",
                "[laughter]",
                "1984",
                "et",
                "secret,",
                "Then",
                "end!",
                "word",
            ];
            let mut at = 0.0;
            let words: Vec<Word> = words
                .into_iter()
                .enumerate()
                .map(|(index, (gap, length, text))| {
                    let start = at + if pauses { gap } else { 0.0 };
                    at = start + length;
                    Word {
                        id: footage::words::WordId(index as u32),
                        text: TEXTS[text].to_owned(),
                        range: SourceRange::from_secs(start, at),
                        estimated: true,
                        starts_cue: index % 9 == 0,
                        confidence: None,
                    }
                })
                .collect();
            let end = at + rest;
            let mut analysis = quiet(end);
            let mut from = 0.0;
            for (gap, length) in speech {
                let range =
                    SourceRange::from_secs((from + gap).min(end), (from + gap + length).min(end));
                from += gap + length;
                if !range.is_empty() {
                    analysis.speech.push(range);
                }
            }
            analysis.silences = gaps(&analysis.speech, end);
            analysis.loudness_curve = LoudnessCurve {
                step: Ticks::from_secs(0.1),
                values: levels,
            };
            analysis.motion = footage::picture::Motion {
                step: Ticks::from_secs(0.5),
                values: motion,
            };
            analysis.shots = shots(end, shot);
            let transcript = Transcript {
                revision: footage::words::TranscriptRevision::default(),
                origin: TranscriptOrigin::Embedded,
                language: None,
                words,
            };
            (analysis, transcript)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn anything_gives_candidates_that_hold(
        (analysis, words) in anything(),
        count in 0..8_usize,
        min in 0.5..40.0_f64,
        more in 0.0..80.0_f64,
        wish in prop_oneof![Just(None), Just(Some("the price of money"))],
    ) {
        let mut asked = request(count, min, min + more);
        asked.wish = wish.map(|text| Wish {
            text: text.to_owned(),
            method: WishMethod::Words,
            relevance: by_words(text, &sentences(&words, &analysis)),
        });
        for words in [Some(&words), None] {
            asked.wish = asked.wish.filter(|_| words.is_some());
            let found = suggest(&analysis, words, &asked);
            hold(&analysis, words, &asked, &found)?;
            prop_assert_eq!(&found, &suggest(&analysis, words, &asked), "deterministic");
        }
    }

    #[test]
    fn narrow_bounds_give_something(
        (mut analysis, words) in anything(),
        min in 0.5..60.0_f64,
        more in prop_oneof![Just(0.0), 0.0..0.3_f64],
        ends_with_a_word in any::<bool>(),
    ) {
        if let Some(last) = words.words.last().filter(|_| ends_with_a_word) {
            analysis.duration = last.range.end.since_start();
        }
        for words in [Some(&words), None] {
            let asked = request(4, min, min + more);
            hold(&analysis, words, &asked, &suggest(&analysis, words, &asked))?;
        }
    }

    #[test]
    fn four_are_found_wherever_there_is_room(
        (analysis, _) in anything(),
        min in 1.0..20.0_f64,
        more in 5.0..80.0_f64,
    ) {
        let found = suggest(&analysis, None, &request(6, min, min + more));
        // Room for edges to move in, one bucket on each side.
        let roomy = (analysis.duration.secs() / (min * 1.5 + 2.0)) as usize;
        prop_assert!(found.candidates.len() >= roomy.min(4), "{} of {roomy}", found.candidates.len());
    }
}

//! The words that a cut shows, and the user's corrections of them.

use std::collections::{BTreeMap, BTreeSet};

use footage::words::{Transcript, TranscriptOrigin, TranscriptRevision, Word, WordId};
use insta::assert_snapshot;
use timeline::SourceRange;
use timeline::edit::*;
use timeline::ids::MediaId;
use timeline::project::Sequence;

use crate::stage::Stage;

/// Returns a transcript of one-second words from `first` on; `/` before a word starts a cue.
fn transcript(first: f64, text: &str) -> Transcript {
    let words = text
        .split_whitespace()
        .enumerate()
        .map(|(position, text)| Word {
            id: WordId(position as u32),
            text: text.trim_start_matches('/').into(),
            range: SourceRange::from_secs(first + position as f64, first + position as f64 + 1.0),
            estimated: false,
            starts_cue: text.starts_with('/'),
            confidence: None,
        });
    Transcript {
        revision: TranscriptRevision("r1".into()),
        origin: TranscriptOrigin::Embedded,
        language: None,
        words: words.collect(),
    }
}

fn attach(stage: &Stage, media: MediaId) -> Stage {
    stage.after(AttachCaptions {
        sequence: stage.sequence,
        media,
        revision: TranscriptRevision("r1".into()),
    })
}

/// Returns the words with their times; `/` before one that starts a card, `*` before emphasis.
fn shown(sequence: &Sequence, transcripts: &BTreeMap<MediaId, &Transcript>) -> String {
    let placed = sequence.placed_words(transcripts);
    let apart = placed
        .windows(2)
        .all(|pair| pair[0].range.end <= pair[1].range.start);
    assert!(apart, "words are sorted and do not overlap: {placed:?}");
    let words = placed.iter().map(|word| {
        let breaks = if word.breaks { "/" } else { "" };
        let emphasis = if word.emphasis { "*" } else { "" };
        let (start, end) = (word.range.start.secs(), word.range.end.secs());
        format!("{breaks}{emphasis}{}[{start}-{end}]", word.text)
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Returns what a stage shows of source `a`, with `text` spoken from its start.
fn words(stage: &str, text: &str) -> String {
    let mut stage = Stage::new(stage);
    let media = stage.media('a');
    let transcript = transcript(0.0, text);
    shown(
        attach(&stage, media).sequence(),
        &BTreeMap::from([(media, &transcript)]),
    )
}

#[test]
fn words_follow_the_clips() {
    assert_snapshot!(words("V1: a[0-3]&1\nA1: a[0-3]&1", "/one two three four"), @"/one[0-1] two[1-2] three[2-3]");
    assert_snapshot!(words("V1: a[0-3]", "/one two three four"), @"/one[0-1] two[1-2] three[2-3]");
    assert_snapshot!(words("V1: a[0-2]@2 a[3-4]@0", "/one two three four"), @"/three[0-1] four[1-2] /one[3-4]");
    assert_snapshot!(words("V1: a[0-2]*2/1@0 a[2-6]*1/2@0", "/one two three four"), @"/one[0-0.5] two[0.5-1] three[1-1.5] four[1.5-2] /one[2-4] two[4-6]");
}

#[test]
fn a_word_belongs_to_the_clip_that_plays_its_middle() {
    assert_snapshot!(words("V1: a[0-2]@0.4", "/one two three four"), @"/one[0-0.6] two[0.6-1.6]");
    assert_snapshot!(words("V1: a[0-2]@0.6", "/one two three four"), @"/two[0.4-1.4] three[1.4-2]");
    assert_snapshot!(words("V1: a[0-1.5] a[1.5-3]", "/one two three four"), @"/one[0-1] two[1.5-2] three[2-3]");
}

#[test]
fn only_what_is_heard_is_shown() {
    assert_snapshot!(words("V1: a[0-2]\nA1: b[0-2]", "/one two three four"), @"");
    assert_snapshot!(words("V1: a[0-2]\nA1 muted: a[0-2]", "/one two three four"), @"");
    assert_snapshot!(words("V1: a[0-2]! a[2-4]\nO1: a[0-2]", "/one two three four"), @"/three[2-3] four[3-4]");
    assert_snapshot!(words("A1: a[0-2]\nA2: a[1-4]@0", "/one two three four"), @"/one[0-1] two[1-2] /two[2-3] three[3-4]");
}

#[test]
fn a_card_starts_after_a_cut_that_skips_but_not_where_a_clip_is_parted() {
    assert_snapshot!(words("V1: a[0-2] a[2-4]", "/one two three four"), @"/one[0-1] two[1-2] three[2-3] four[3-4]");
    assert_snapshot!(words("V1: a[0-1] a[1-3]@2", "/one two three four"), @"/one[0-1] /three[1-2] four[2-3]");
    let stage = Stage::new("V1: a[0-4]*7/3@0");
    let scope = SplitScope::Everything;
    let at = crate::stage::at(0.777);
    let mut parted = stage.after(Split {
        sequence: stage.sequence,
        at,
        scope,
    });
    let media = parted.media('a');
    let transcript = transcript(0.0, "/a b c d e f g h");
    let placed = attach(&parted, media)
        .sequence()
        .placed_words(&BTreeMap::from([(media, &transcript)]));
    assert_eq!(placed.len(), 8, "no word is lost at a speed");
    assert_eq!(
        placed.iter().filter(|word| word.breaks).count(),
        1,
        "only the cue starts a card"
    );
}

#[test]
fn without_its_transcript_a_source_shows_nothing() {
    let mut stage = Stage::new("V1: a[0-3]");
    let media = stage.media('a');
    let spoken = transcript(0.0, "/one two three");
    let transcripts = BTreeMap::from([(media, &spoken)]);
    assert_eq!(
        shown(stage.sequence(), &transcripts),
        "",
        "no captions are attached"
    );
    let stage = attach(&stage, media);
    assert_eq!(
        shown(stage.sequence(), &BTreeMap::new()),
        "",
        "the transcript is missing"
    );
    let other = Transcript {
        revision: TranscriptRevision("r2".into()),
        ..spoken
    };
    let transcripts = BTreeMap::from([(media, &other)]);
    assert_eq!(
        shown(stage.sequence(), &transcripts),
        "",
        "it is another revision's"
    );
}

#[test]
fn corrections_change_what_is_shown_and_survive_recuts() {
    let mut stage = Stage::new("V1: a[0-6]");
    let (sequence, media) = (stage.sequence, stage.media('a'));
    let spoken = transcript(0.0, "/so /um we go two home");
    let transcripts = BTreeMap::from([(media, &spoken)]);
    let word = |word, text: Option<&str>| CorrectWord {
        sequence,
        media,
        word: WordId(word),
        text: text.map(str::to_owned),
    };
    let words = |words: &[u32]| words.iter().copied().map(WordId).collect::<Vec<_>>();
    let stage = attach(&stage, media)
        .after(word(4, Some(" to ")))
        .after(SetWordsHidden {
            sequence,
            media,
            words: words(&[1]),
            hidden: true,
        })
        .after(SetWordsEmphasis {
            sequence,
            media,
            words: words(&[5]),
            emphasis: true,
        })
        .after(SetCardBreaks {
            sequence,
            media,
            words: words(&[4]),
            breaks: true,
        });
    assert_snapshot!(shown(stage.sequence(), &transcripts), @"/so[0-1] /we[2-3] go[3-4] /to[4-5] *home[5-6]");

    let cut = DeleteWords::new(
        sequence,
        media,
        &spoken,
        &BTreeSet::from([WordId(0), WordId(2), WordId(3)]),
    );
    assert_eq!(
        cut.ranges.len(),
        2,
        "a run of words is cut in one piece: {cut:?}"
    );
    assert_snapshot!(shown(stage.after(cut).sequence(), &transcripts), @"/to[1-2] *home[2-3]");

    let plain = stage
        .after(word(4, None))
        .after(SetWordsHidden {
            sequence,
            media,
            words: words(&[1]),
            hidden: false,
        })
        .after(SetWordsEmphasis {
            sequence,
            media,
            words: words(&[5]),
            emphasis: false,
        })
        .after(SetCardBreaks {
            sequence,
            media,
            words: words(&[4]),
            breaks: false,
        });
    let captions = &plain.sequence().captions[&media];
    assert!(
        captions.corrections.is_empty(),
        "what corrects nothing is forgotten"
    );
    assert!(captions.breaks.is_empty());
    let blank = Edit::from(word(4, Some(" "))).apply(&stage.project);
    assert_eq!(blank, Err(EditError::BlankText));
}

#[test]
fn a_new_transcript_keeps_the_corrections_of_its_words() {
    let mut stage = Stage::new("V1: a[0-6]");
    let (sequence, media) = (stage.sequence, stage.media('a'));
    let revision = TranscriptRevision("r2".into());
    let stage = attach(&stage, media)
        .after(CorrectWord {
            sequence,
            media,
            word: WordId(1),
            text: Some("York".into()),
        })
        .after(SetWordsHidden {
            sequence,
            media,
            words: vec![WordId(0), WordId(3)],
            hidden: true,
        })
        .after(SetWordsEmphasis {
            sequence,
            media,
            words: vec![WordId(2)],
            emphasis: true,
        })
        .after(SetCardBreaks {
            sequence,
            media,
            words: vec![WordId(2)],
            breaks: true,
        });
    let again = AttachCaptions {
        sequence,
        media,
        revision: revision.clone(),
    };
    let refused = Edit::from(again).apply(&stage.project);
    assert_eq!(
        refused,
        Err(EditError::CaptionsAttached(media)),
        "corrections are not dropped"
    );

    let pairs = [(0, 10), (1, 10), (2, 11), (4, 12)];
    let pairs = pairs.map(|(old, new)| (WordId(old), WordId(new)));
    let words = BTreeMap::from(pairs);
    let stage = stage.after(RemapCaptions {
        sequence,
        media,
        revision,
        words,
    });
    let captions = &stage.sequence().captions[&media];
    assert_eq!(captions.revision.0, "r2");
    let texts: Vec<_> = captions
        .corrections
        .iter()
        .map(|(word, to)| (word.0, to.text.as_deref(), to.hidden, to.emphasis))
        .collect();
    assert_eq!(
        texts,
        [(10, Some("York"), false, false), (11, None, false, true)],
        "two words that become one are shown when either was; a word without a successor is lost"
    );
    assert_eq!(captions.breaks, BTreeSet::from([WordId(11)]));
    let stage = stage.after(DetachCaptions { sequence, media });
    assert!(stage.sequence().captions.is_empty());
}

//! The words of a sequence as a text: what plays and what was cut out in between.
//!
//! Words come in the order in which the sequence plays them. Between two clips of one source that
//! play one after the other, what was skipped stands struck, and can be brought back.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use footage::time::SourceRange;
use footage::words::{Transcript, WordId};
use story::sentences::language_of;
use story::text::{Language, fold};
use timeline::Ticks;
use timeline::edit::{DeleteWords, Edit, Label, RestoreRange};
use timeline::ids::{ClipId, MediaId, SequenceId};
use timeline::project::{Clip, Sequence};
use timeline::time::{SequenceRange, SequenceTime};

use crate::timeline::actions::together;

/// A struck run up to so many words comes back as a whole, a longer one word by word.
const RUN: usize = 40;
/// Struck words between two clips that are shown at the most.
const STRUCK: usize = 400;
/// A line ends at a pause that is longer.
const PAUSE: Ticks = Ticks(Ticks::SECOND.0 * 12 / 10);
/// Words of a line at the most.
const LINE: usize = 60;

/// What becomes of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It plays.
    Plays {
        /// When.
        range: SequenceRange,
        /// In which clip.
        clip: ClipId,
    },
    /// It was cut out between two clips.
    Cut {
        /// What of the source is skipped there.
        gap: SourceRange,
    },
}

/// A word of the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    /// The source.
    pub(crate) media: MediaId,
    /// The word.
    pub(crate) word: WordId,
    /// Its text, corrected.
    pub(crate) text: String,
    /// When it is spoken in the source.
    pub(crate) source: SourceRange,
    /// What becomes of it.
    pub(crate) state: State,
    /// Whether the captions leave it out.
    pub(crate) is_hidden: bool,
    /// Whether it is emphasised.
    pub(crate) is_emphasised: bool,
    /// Whether it is said while thinking.
    pub(crate) is_filler: bool,
}

impl Item {
    /// Returns when it plays.
    pub(crate) fn range(&self) -> Option<SequenceRange> {
        match self.state {
            State::Plays { range, .. } => Some(range),
            State::Cut { .. } => None,
        }
    }
}

/// The text.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Text {
    /// Its words.
    pub(crate) items: Vec<Item>,
    /// Where its lines begin and end among the words.
    pub(crate) lines: Vec<Range<usize>>,
    /// When words that play begin, with their places, by time.
    starts: Vec<(SequenceTime, usize)>,
}

impl Text {
    /// Returns the text of a sequence.
    pub(crate) fn of(
        sequence: &Sequence,
        transcripts: &BTreeMap<MediaId, Arc<Transcript>>,
    ) -> Self {
        let mut items = Vec::new();
        let mut languages: BTreeMap<MediaId, Language> = BTreeMap::new();
        let Some(track) = sequence
            .speaking_tracks()
            .filter(|track| !track.muted)
            .find(|track| !track.clips.is_empty())
        else {
            return Self::default();
        };
        let mut before: Option<&Clip> = None;
        for clip in track.clips.iter().filter(|clip| clip.enabled) {
            let Some(transcript) = transcripts.get(&clip.media) else {
                before = Some(clip);
                continue;
            };
            let language = *languages
                .entry(clip.media)
                .or_insert_with(|| language_of(transcript));
            let source = Source {
                sequence,
                media: clip.media,
                transcript,
                language,
            };
            if let Some(before) = before {
                source.skipped(before, clip, &mut items);
            }
            source.played(clip, &mut items);
            before = Some(clip);
        }
        let mut starts: Vec<(SequenceTime, usize)> = items
            .iter()
            .enumerate()
            .filter_map(|(index, item)| Some((item.range()?.start, index)))
            .collect();
        starts.sort_unstable();
        Self {
            lines: lines(&items),
            starts,
            items,
        }
    }

    /// Returns the place of the word that is spoken at a moment, or was the last one before it.
    pub(crate) fn at(&self, time: SequenceTime) -> Option<usize> {
        let after = self.starts.partition_point(|(start, _)| *start <= time);
        let (_, index) = self.starts.get(after.checked_sub(1)?)?;
        Some(*index)
    }

    /// Returns the edit that cuts the words of a run out.
    pub(crate) fn cut(
        &self,
        sequence: SequenceId,
        transcripts: &BTreeMap<MediaId, Arc<Transcript>>,
        run: Range<usize>,
    ) -> Option<Edit> {
        let mut words: BTreeMap<MediaId, BTreeSet<WordId>> = BTreeMap::new();
        for item in self.run(run) {
            if item.range().is_some() {
                words.entry(item.media).or_default().insert(item.word);
            }
        }
        let edits = words.into_iter().filter_map(|(media, words)| {
            let transcript = transcripts.get(&media)?;
            Some(DeleteWords::new(sequence, media, transcript, &words).into())
        });
        together(edits.collect(), Label::DeleteWords)
    }

    /// Returns the edit that brings the struck words of a run back.
    pub(crate) fn restore(&self, sequence: SequenceId, run: Range<usize>) -> Option<Edit> {
        let mut ranges: Vec<(MediaId, SourceRange)> = Vec::new();
        for item in self.run(run.clone()) {
            if item.range().is_some() {
                continue;
            }
            match ranges.last_mut() {
                Some((media, range)) if *media == item.media && range.end <= item.source.start => {
                    range.end = item.source.end;
                }
                _ => ranges.push((item.media, item.source)),
            }
        }
        let edits = ranges.into_iter().map(|(media, range)| {
            // The pauses around it come back with the last struck words of a cut.
            let range = self.whole_cut(&run, range).unwrap_or(range);
            RestoreRange {
                sequence,
                media,
                range,
            }
            .into()
        });
        together(edits.collect(), Label::RestoreRange)
    }

    /// Returns the struck run that a click on a word brings back: all of it that was cut there, or
    /// the word alone where that is very much.
    pub(crate) fn struck_run(&self, index: usize) -> Option<Range<usize>> {
        let State::Cut { gap } = self.items.get(index)?.state else {
            return None;
        };
        let is_of = |item: &&Item| item.state == State::Cut { gap };
        let before = self.items.get(..index)?.iter().rev().take_while(is_of);
        let after = self.items.get(index..)?.iter().take_while(is_of);
        let run = index - before.count()..index + after.count();
        if run.len() > RUN {
            return Some(index..index + 1);
        }
        Some(run)
    }

    /// Returns the words of a run that are of one source, for edits of captions.
    pub(crate) fn words_of(&self, run: Range<usize>) -> BTreeMap<MediaId, Vec<WordId>> {
        let mut words: BTreeMap<MediaId, Vec<WordId>> = BTreeMap::new();
        for item in self.run(run) {
            words.entry(item.media).or_default().push(item.word);
        }
        words
    }

    /// Returns the words of a run.
    pub(crate) fn run(&self, run: Range<usize>) -> &[Item] {
        let end = run.end.min(self.items.len());
        self.items.get(run.start.min(end)..end).unwrap_or_default()
    }

    /// Returns the places of the words where a phrase begins, without regard to case and accents.
    pub(crate) fn find(&self, phrase: &str) -> Vec<Range<usize>> {
        let sought: Vec<String> = phrase.split_whitespace().map(bare).collect();
        let sought: Vec<&String> = sought.iter().filter(|word| !word.is_empty()).collect();
        let Some((last, whole)) = sought.split_last() else {
            return Vec::new();
        };
        let folded: Vec<String> = self.items.iter().map(|item| bare(&item.text)).collect();
        folded
            .windows(sought.len())
            .enumerate()
            .filter(|(_, window)| {
                let begins = window.iter().zip(whole).all(|(own, word)| own == *word);
                begins
                    && window
                        .last()
                        .is_some_and(|own| own.starts_with(last.as_str()))
            })
            .map(|(index, window)| index..index + window.len())
            .collect()
    }

    /// Returns what a cut skips when a run holds all of its words.
    fn whole_cut(&self, run: &Range<usize>, range: SourceRange) -> Option<SourceRange> {
        let first = self
            .run(run.clone())
            .iter()
            .position(|item| item.source.start == range.start && item.range().is_none())?
            + run.start;
        let State::Cut { gap } = self.items.get(first)?.state else {
            return None;
        };
        let all = self
            .items
            .iter()
            .filter(|item| item.state == State::Cut { gap });
        let is_all = all
            .clone()
            .all(|item| range.start <= item.source.start && item.source.end <= range.end);
        (is_all && all.count() < STRUCK).then_some(gap)
    }
}

/// Returns a word without case, accents and the marks around it.
fn bare(word: &str) -> String {
    let folded = fold(word);
    folded
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_owned()
}

/// A source as a sequence plays it.
struct Source<'a> {
    sequence: &'a Sequence,
    media: MediaId,
    transcript: &'a Transcript,
    language: Language,
}

impl Source<'_> {
    /// Adds the words that a clip plays: those whose middle it plays.
    fn played(&self, clip: &Clip, items: &mut Vec<Item>) {
        for word in self.transcript.words_in(clip.source) {
            let middle = word.range.start + Ticks(word.range.duration().0 / 2);
            if let Some(range) = clip.plays(word.range)
                && clip.source.contains(middle)
            {
                let clip = clip.id;
                items.push(self.item(word, State::Plays { range, clip }));
            }
        }
    }

    /// Adds the words that are skipped between two clips of one source.
    fn skipped(&self, before: &Clip, after: &Clip, items: &mut Vec<Item>) {
        let gap = SourceRange::new(before.source.end, after.source.start);
        if before.media != after.media || gap.is_empty() {
            return;
        }
        let is_within = |word: &&footage::words::Word| {
            gap.contains(word.range.start + Ticks(word.range.duration().0 / 2))
        };
        let words = self.transcript.words_in(gap).iter().filter(is_within);
        items.extend(
            words
                .take(STRUCK)
                .map(|word| self.item(word, State::Cut { gap })),
        );
    }

    fn item(&self, word: &footage::words::Word, state: State) -> Item {
        let captions = self.sequence.captions.get(&self.media);
        let captions = captions.filter(|own| own.revision == self.transcript.revision);
        let correction = captions.and_then(|own| own.corrections.get(&word.id));
        let text = correction.and_then(|correction| correction.text.as_ref());
        Item {
            media: self.media,
            word: word.id,
            text: text.unwrap_or(&word.text).clone(),
            source: word.range,
            state,
            is_hidden: correction.is_some_and(|correction| correction.hidden),
            is_emphasised: correction.is_some_and(|correction| correction.emphasis),
            is_filler: (self.language).lists(|tables| tables.fillers, &bare(&word.text)),
        }
    }
}

/// Returns the lines of words: they end after sentences and pauses, and where the source changes.
fn lines(items: &[Item]) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (index, pair) in items.windows(2).enumerate() {
        let [item, next] = pair else { continue };
        let length = index + 1 - start;
        let is_sentence = item.text.ends_with(['.', '!', '?', '…']) && length >= 6;
        let is_pause = next.source.start - item.source.end > PAUSE;
        let is_back = next.source.start < item.source.start;
        if is_sentence || is_pause || is_back || item.media != next.media || length >= LINE {
            lines.push(start..index + 1);
            start = index + 1;
        }
    }
    if start < items.len() {
        lines.push(start..items.len());
    }
    lines
}

#[cfg(test)]
mod tests {
    use footage::words::{TranscriptOrigin, TranscriptRevision, Word};
    use timeline::edit::{AttachCaptions, CorrectWord, SetWordsHidden};

    use super::*;
    use crate::timeline::testing::{Scene, reel, secs};

    /// A word each second from ten seconds on, half a second long: what `reel` plays first.
    fn scene(text: &str, spoken: &str) -> (Scene, BTreeMap<MediaId, Arc<Transcript>>) {
        let mut scene = reel(text);
        let words = spoken.split(' ').enumerate().map(|(index, text)| {
            let start = 10.0 + index as f64;
            Word {
                id: WordId(index as u32),
                text: text.to_owned(),
                range: SourceRange::from_secs(start, start + 0.5),
                estimated: false,
                starts_cue: false,
                confidence: None,
            }
        });
        let words: Vec<Word> = words.collect();
        let revision = TranscriptRevision::of(&words, Some("en"));
        let transcript = Transcript {
            revision: revision.clone(),
            origin: TranscriptOrigin::Embedded,
            language: Some("en".into()),
            words,
        };
        let attach = AttachCaptions {
            sequence: scene.id,
            media: scene.media,
            revision,
        };
        scene.apply(attach);
        let transcripts = [(scene.media, Arc::new(transcript))].into();
        (scene, transcripts)
    }

    /// Struck words in brackets, lines apart.
    fn shown(text: &Text) -> String {
        let line = |line: &Range<usize>| {
            let words = text.run(line.clone()).iter().map(|item| match item.state {
                State::Plays { .. } => item.text.clone(),
                State::Cut { .. } => format!("[{}]", item.text),
            });
            words.collect::<Vec<_>>().join(" ")
        };
        text.lines.iter().map(line).collect::<Vec<_>>().join(" / ")
    }

    const SPOKEN: &str = "so um ask not what your country can do for you";

    #[test]
    fn deleted_words_stand_struck_and_come_back_whole() {
        let (mut scene, transcripts) = scene("V1: a[0-11]  A1: A[0-11]", SPOKEN);
        let before = scene.sequence().clone();
        let text = Text::of(scene.sequence(), &transcripts);
        assert_eq!(shown(&text), SPOKEN);
        let cut = text.cut(scene.id, &transcripts, 1..3).expect("words");
        scene.apply(cut);
        let text = Text::of(scene.sequence(), &transcripts);
        assert_eq!(
            shown(&text),
            "so [um] [ask] not what your country can do for you"
        );
        assert_eq!(scene.text(), "V1: a[0-1] ·[1-9.5]  A1: A[0-1] ·[1-9.5]");
        let run = text.struck_run(2).expect("it is struck");
        assert_eq!(run, 1..3);
        let restore = text.restore(scene.id, run).expect("they are struck");
        scene.apply(restore);
        let text = Text::of(scene.sequence(), &transcripts);
        assert_eq!(shown(&text), SPOKEN);
        assert_eq!(
            scene.sequence().tracks,
            before.tracks,
            "the clips are one again"
        );
    }

    #[test]
    fn one_of_several_struck_words_comes_back_alone() {
        let (mut scene, transcripts) = scene("V1: a[0-11]  A1: A[0-11]", SPOKEN);
        let text = Text::of(scene.sequence(), &transcripts);
        let cut = text.cut(scene.id, &transcripts, 1..4).expect("words");
        scene.apply(cut);
        let text = Text::of(scene.sequence(), &transcripts);
        let restore = text.restore(scene.id, 2..3).expect("it is struck");
        scene.apply(restore);
        let text = Text::of(scene.sequence(), &transcripts);
        assert_eq!(
            shown(&text),
            "so [um] ask [not] what your country can do for you"
        );
    }

    #[test]
    fn the_word_at_the_playhead_is_found_whatever_the_order_of_the_clips() {
        let (scene, transcripts) = scene("V1: a[0-11]  A1: A[0-11]", SPOKEN);
        let text = Text::of(scene.sequence(), &transcripts);
        let at = |at: f64| {
            let found = text.at(secs(at)).and_then(|index| text.items.get(index));
            found.map(|item| item.text.clone())
        };
        assert_eq!(at(0.0).as_deref(), Some("so"));
        assert_eq!(at(3.2).as_deref(), Some("not"));
        assert_eq!(at(3.9).as_deref(), Some("not"), "the pause after it");
        assert_eq!(at(99.0).as_deref(), Some("you"));
        assert_eq!(at(-1.0), None);
    }

    #[test]
    fn corrections_and_fillers_show() {
        let (mut scene, transcripts) = scene("V1: a[0-11]  A1: A[0-11]", SPOKEN);
        let (sequence, media) = (scene.id, scene.media);
        scene.apply(CorrectWord {
            sequence,
            media,
            word: WordId(2),
            text: Some("Ask".into()),
        });
        scene.apply(SetWordsHidden {
            sequence,
            media,
            words: vec![WordId(0)],
            hidden: true,
        });
        let text = Text::of(scene.sequence(), &transcripts);
        assert_eq!(text.items[2].text, "Ask");
        assert!(text.items[0].is_hidden && !text.items[1].is_hidden);
        assert!(text.items[1].is_filler && !text.items[2].is_filler);
    }

    #[test]
    fn phrases_are_found_as_they_are_typed() {
        let (scene, transcripts) =
            scene("V1: a[0-11]  A1: A[0-11]", "Été, your country your Count");
        let text = Text::of(scene.sequence(), &transcripts);
        assert_eq!(text.find("ete").first(), Some(&(0..1)));
        assert_eq!(text.find("your cou"), [1..3, 3..5]);
        assert_eq!(text.find("your country").last(), Some(&(1..3)));
        assert!(text.find(" … ").is_empty());
    }

    #[test]
    fn lines_end_after_sentences_and_at_pauses() {
        let (scene, transcripts) = scene(
            "V1: a[0-8] b[20-23]  A1: A[0-8] B[20-23]",
            "one two three four five six. seven eight a b c d e f g h i j k l last words here",
        );
        let text = Text::of(scene.sequence(), &transcripts);
        let lines = shown(&text);
        assert!(
            lines.starts_with("one two three four five six. / seven eight ["),
            "{lines}"
        );
    }
}

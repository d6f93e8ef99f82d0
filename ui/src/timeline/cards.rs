//! The captions of a sequence as blocks along time, with the words behind each.

use std::collections::BTreeMap;
use std::sync::Arc;

use footage::words::{Transcript, WordId, joined};
use story::sentences::language_of;
use story::text::Language;
use story::typography::typeset;
use timeline::caption::PlacedWord;
use timeline::ids::{ClipId, MediaId};
use timeline::project::Sequence;
use timeline::style::CaptionStyle;
use timeline::time::{SequenceRange, SequenceTime};

/// A card as a block.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Block {
    /// When it is shown.
    pub(crate) range: SequenceRange,
    /// Its words, at least one, with their texts as shown.
    pub(crate) words: Vec<PlacedWord>,
    /// Whether its words are French.
    pub(crate) language: Language,
}

/// What tells a block from the others: the clip and the first word.
pub(crate) type BlockKey = (ClipId, WordId);

impl Block {
    /// Returns what tells it from the others.
    pub(crate) fn key(&self) -> BlockKey {
        let first = self.words.first();
        first.map_or((ClipId(0), WordId(0)), |word| (word.clip, word.word))
    }

    /// Returns the source that it is spoken in. Words of several sources never share a card.
    pub(crate) fn media(&self) -> Option<MediaId> {
        self.words.first().map(|word| word.media)
    }

    /// Returns its text in one line.
    pub(crate) fn text(&self) -> String {
        joined(self.words.iter().map(|word| word.text.trim()))
    }
}

/// Returns the blocks of a sequence, sorted by time.
pub(crate) fn blocks(
    sequence: &Sequence,
    transcripts: &BTreeMap<MediaId, Arc<Transcript>>,
    style: &CaptionStyle,
) -> Vec<Block> {
    let known: BTreeMap<MediaId, &Transcript> = transcripts
        .iter()
        .map(|(media, transcript)| (*media, transcript.as_ref()))
        .collect();
    let mut languages: BTreeMap<MediaId, Language> = BTreeMap::new();
    for media in sequence.captions.keys() {
        if let Some(transcript) = known.get(media) {
            languages.insert(*media, language_of(transcript));
        }
    }
    let language = |media: MediaId| languages.get(&media).copied().unwrap_or(Language::Other);
    let words = typeset(&sequence.placed_words(&known), language);
    let style = sequence.caption_style(style);
    let cards = story::cards::cards(&words, &style, sequence.duration());
    cards
        .into_iter()
        .filter_map(|card| {
            let (first, last) = (card.words.first()?, card.words.last()?);
            let from = words.partition_point(|word| word.range.start < first.range.start);
            let to = words.partition_point(|word| word.range.start <= last.range.start);
            let words: Vec<PlacedWord> = words
                .get(from..to)?
                .iter()
                .filter(|word| !word.text.trim().is_empty())
                .cloned()
                .collect();
            let media = words.first()?.media;
            Some(Block {
                range: card.range,
                words,
                language: language(media),
            })
        })
        .collect()
}

/// Returns which of the blocks, sorted by time, are seen.
pub(crate) fn seen(blocks: &[Block], range: SequenceRange) -> &[Block] {
    let first = blocks.partition_point(|block| block.range.end <= range.start);
    let last = blocks.partition_point(|block| block.range.start < range.end);
    blocks.get(first..last.max(first)).unwrap_or_default()
}

/// Returns the block that is shown at a moment.
pub(crate) fn at(blocks: &[Block], time: SequenceTime) -> Option<&Block> {
    let after = blocks.partition_point(|block| block.range.start <= time);
    let block = blocks.get(after.checked_sub(1)?)?;
    block.range.contains(time).then_some(block)
}

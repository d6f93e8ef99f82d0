//! The words of a sequence: a transcript as the cut plays it.

use std::collections::BTreeMap;

use footage::time::Ticks;
use footage::words::Transcript;

use crate::caption::{Captions, PlacedWord};
use crate::ids::MediaId;
use crate::project::{Clip, Sequence};

/// Clips of one source join where less than this is skipped: parting a clip rounds by one tick.
const JOIN: Ticks = Ticks(2);

impl Sequence {
    /// Returns the words that are shown as captions, sorted by start and never overlapping.
    ///
    /// They are those of the clips that play on the [speaking tracks](Self::speaking_tracks),
    /// corrected, without hidden ones. A word belongs to the clip that plays its middle, and its
    /// time is clipped to that clip. Where two tracks speak at once, the lower one is shown. A
    /// source shows nothing without its transcript, of the revision that its captions are bound
    /// to.
    ///
    /// [`PlacedWord::breaks`] is set where the transcript or the user starts a cue, also when the
    /// word that starts it is not shown, and on the first word after a cut that skips source time.
    pub fn placed_words(&self, transcripts: &BTreeMap<MediaId, &Transcript>) -> Vec<PlacedWord> {
        let mut placed: Vec<PlacedWord> = Vec::new();
        for track in self.speaking_tracks().filter(|track| !track.muted) {
            let mut own = Vec::new();
            let mut before: Option<&Clip> = None;
            let mut breaks = true;
            for clip in track.clips.iter().filter(|clip| clip.enabled) {
                if !before.is_some_and(|before| goes_on(before, clip)) {
                    breaks = true;
                }
                before = Some(clip);
                let captions = self.captions.get(&clip.media);
                let transcript = transcripts.get(&clip.media);
                if let (Some(captions), Some(transcript)) = (captions, transcript)
                    && captions.revision == transcript.revision
                {
                    place(clip, captions, transcript, &mut breaks, &mut own);
                }
            }
            let mut is_cut = false;
            own.retain_mut(|word| {
                if is_free(&placed, word) {
                    word.breaks |= std::mem::take(&mut is_cut);
                    return true;
                }
                is_cut = true;
                false
            });
            placed.extend(own);
            placed.sort_by_key(|word| word.range.start);
        }
        placed
    }
}

/// Returns whether `after` plays the source from where `before` ends.
fn goes_on(before: &Clip, after: &Clip) -> bool {
    before.media == after.media && (after.source.start - before.source.end).abs() <= JOIN
}

/// Adds a clip's words. `breaks` says whether the next one shown starts a card.
fn place(
    clip: &Clip,
    captions: &Captions,
    transcript: &Transcript,
    breaks: &mut bool,
    placed: &mut Vec<PlacedWord>,
) {
    for word in transcript.words_in(clip.source) {
        let middle = word.range.start + Ticks(word.range.duration().0 / 2);
        if !clip.source.contains(middle) {
            continue;
        }
        *breaks |= word.starts_cue || captions.breaks.contains(&word.id);
        let correction = captions.corrections.get(&word.id);
        if correction.is_some_and(|correction| correction.hidden) {
            continue;
        }
        // A word of less than a tick at this speed is never seen.
        let Some(range) = clip.plays(word.range) else {
            continue;
        };
        let text = correction.and_then(|correction| correction.text.as_ref());
        placed.push(PlacedWord {
            media: clip.media,
            clip: clip.id,
            word: word.id,
            text: text.unwrap_or(&word.text).clone(),
            range,
            source_start: word.range.start,
            estimated: word.estimated,
            emphasis: correction.is_some_and(|correction| correction.emphasis),
            breaks: std::mem::take(breaks),
        });
    }
}

fn is_free(placed: &[PlacedWord], word: &PlacedWord) -> bool {
    let after = placed.partition_point(|other| other.range.end <= word.range.start);
    placed
        .get(after)
        .is_none_or(|other| other.range.start >= word.range.end)
}

//! Suggesting reels again: what the user decided on or changed stays, the rest is replaced.

use std::path::Path;
use std::sync::Arc;

use footage::time::SourceRange;
use protocol::progress::Step;
use protocol::studio::view::{ProjectId, Verdict};
use store::projects::Change;
use store::reels::ReelRow;
use story::candidates::Candidate;
use task::Cancel;
use timeline::edit::{Edit, Label, RemoveSequence};
use timeline::ids::{MediaId, SequenceId};
use timeline::project::Project;

use super::compose::{Prepared, batch, row};
use super::{Made, options};
use crate::clock::now_millis;
use crate::reels::Count;
use crate::reels::compose::{Material, Script, add_preset, add_reel};
use crate::reels::found::{Found, sequence_hash};
use crate::studio::board::{source as source_of, verdict_of};
use crate::studio::jobs::Telling;
use crate::studio::session::Beside;
use crate::studio::{Inner, lock};
use crate::{Error, presets};

/// A candidate that shares more than this of the shorter one with a reel that stays is no new one.
const SHARED: f64 = 0.5;

impl Inner {
    pub(super) fn suggest_again(
        self: &Arc<Self>,
        project: ProjectId,
        media: MediaId,
        wish: &str,
        telling: &Telling,
        cancel: &Cancel,
    ) -> Result<Made, Error> {
        let session = self.session(project)?;
        let present = lock(&session).present().clone();
        let source = source_of(&present, media)?;
        let path = self.engine.place_of(source)?;
        let rows = self.engine.library().reels(project.0)?;
        let staying = staying(&present, &rows, media)?;
        // Some of the best moments may be taken: enough are asked for to fill up from the rest.
        let options = options(
            wish,
            Count::ByLength {
                besides: staying.len(),
            },
        );
        let preset = presets::find(None)?;
        let journey = self.journey(&path.to_string_lossy(), telling);
        let examined = self
            .engine
            .examine(Path::new(&path), &options, cancel, &journey)?;
        journey.begin(Step::Compose, 1);
        cancel.check()?;
        let material = self.material(&examined, &options, &preset)?;
        let found = Found::of(&examined, &options, self.engine.paths())?;
        let candidates = &examined.suggestions.candidates;
        let most = Count::ByLength { besides: 0 }.of(examined.listened.analysis.duration);
        self.take_steps(project, |present| {
            let rows = self.engine.library().reels(project.0)?;
            let step = replace(present, &rows, media, &material, candidates, most)?;
            Ok(step.into_iter().collect())
        })?;
        // Also when no reel is new: the wish was heard.
        let find = found.row(media, material.fingerprint)?;
        let change = Change {
            find: Some(&find),
            ..Change::default()
        };
        let library = self.engine.library();
        library.change_project(project.0, &change, now_millis())?;
        self.tell_composed(project)?;
        Ok(Made {
            output: None,
            notes: examined.notes(),
        })
    }
}

/// Returns the reels of a source that stay.
fn staying<'a>(
    present: &Project,
    rows: &'a [ReelRow],
    media: MediaId,
) -> Result<Vec<&'a ReelRow>, Error> {
    let mut staying = Vec::new();
    for row in rows.iter().filter(|row| row.media == media.0) {
        let is_decided = verdict_of(&row.verdict) != Verdict::Open;
        let there = present.sequences.get(&SequenceId(row.sequence));
        let stays = match there {
            Some(sequence) => is_decided || sequence_hash(sequence)? != row.made,
            // Rejected, and then removed: it is not wanted again.
            None => verdict_of(&row.verdict) == Verdict::Rejected,
        };
        if stays {
            staying.push(row);
        }
    }
    Ok(staying)
}

/// Returns the one step that puts new reels in the place of those that nobody touched; `None` when
/// nothing would change.
fn replace(
    present: &Project,
    rows: &[ReelRow],
    media: MediaId,
    material: &Material<'_>,
    candidates: &[Candidate],
    most: usize,
) -> Result<Option<Prepared>, Error> {
    let staying = staying(present, rows, media)?;
    let stays = |row: &ReelRow| staying.iter().any(|other| other.sequence == row.sequence);
    let ranges: Vec<SourceRange> = staying
        .iter()
        .filter_map(|row| serde_json::from_str::<Candidate>(&row.candidate).ok())
        .map(|candidate| candidate.range)
        .collect();
    let fresh = candidates
        .iter()
        .filter(|candidate| !ranges.iter().any(|range| is_same(*range, candidate.range)))
        .take(most);

    let mut script = Script::on(present.clone());
    for row in rows
        .iter()
        .filter(|row| row.media == media.0 && !stays(row))
    {
        let sequence = SequenceId(row.sequence);
        if present.sequences.contains_key(&sequence) {
            script.push(Edit::RemoveSequence(RemoveSequence { sequence }))?;
        }
    }
    let preset = add_preset(&mut script, material)?;
    let mut reels = Vec::new();
    for (index, candidate) in fresh.enumerate() {
        let number = staying.len() + index + 1;
        let sequence = add_reel(&mut script, number, (media, preset), material, candidate)?;
        reels.extend(row(&script, sequence, media, candidate)?);
    }
    let edits = script.take();
    Ok((!edits.is_empty()).then(|| Prepared {
        edit: batch(Label::MakeReel, edits),
        beside: Beside { reels, find: None },
    }))
}

/// Returns whether two ranges show much the same.
fn is_same(one: SourceRange, other: SourceRange) -> bool {
    let shorter = one.duration().secs().min(other.duration().secs());
    let shared = one.intersection(other);
    shared.is_some_and(|shared| shared.duration().secs() > SHARED * shorter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_share_more_than_half_are_the_same_moment() {
        let range = SourceRange::from_secs;
        for (other, same) in [
            ((10.0, 30.0), true),
            ((19.0, 39.0), true),
            ((20.0, 40.0), false),
            ((12.0, 16.0), true),
            ((40.0, 60.0), false),
        ] {
            let other = range(other.0, other.1);
            assert_eq!(is_same(range(10.0, 30.0), other), same, "{other:?}");
        }
    }
}

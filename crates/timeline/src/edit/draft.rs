//! A project while an edit changes it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::edit::EditError;
use crate::ids::{ClipId, LinkId, MarkerId, MediaId, PresetId, SequenceId, TrackId};
use crate::project::{Media, Project, Sequence};
use crate::violations::{self, Violation, violations};

/// The result of an edit.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// The project after it.
    pub project: Project,
    /// The identities that it gave out.
    pub created: Created,
}

/// Identities that an edit gave out, in the order in which it did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    /// Sources.
    pub media: Vec<MediaId>,
    /// Sequences.
    pub sequences: Vec<SequenceId>,
    /// Tracks: for a new sequence in the order of its kinds.
    pub tracks: Vec<TrackId>,
    /// Clips: for an insertion in the order of its tracks, after those that were split off.
    pub clips: Vec<ClipId>,
    /// Links.
    pub links: Vec<LinkId>,
    /// Markers.
    pub markers: Vec<MarkerId>,
    /// Presets.
    pub presets: Vec<PresetId>,
}

/// A project while an edit changes it: a copy that shares whatever is left alone.
pub(super) struct Draft {
    pub(super) project: Project,
    created: Created,
}

/// One sequence while an edit changes it.
pub(super) struct SequenceDraft<'a> {
    pub(super) sequence: &'a mut Sequence,
    pub(super) media: &'a BTreeMap<MediaId, Arc<Media>>,
    pub(super) ids: Ids<'a>,
}

/// Gives out identities.
pub(super) struct Ids<'a> {
    next: &'a mut u64,
    created: &'a mut Created,
}

impl Draft {
    pub(super) fn new(project: &Project) -> Self {
        Self {
            project: project.clone(),
            created: Created::default(),
        }
    }

    pub(super) fn applied(self) -> Applied {
        Applied {
            project: self.project,
            created: self.created,
        }
    }

    pub(super) fn ids(&mut self) -> Ids<'_> {
        Ids {
            next: &mut self.project.next_id,
            created: &mut self.created,
        }
    }

    /// Opens a sequence for changes.
    pub(super) fn sequence(&mut self, id: SequenceId) -> Result<SequenceDraft<'_>, EditError> {
        let sequence = self.project.sequences.get_mut(&id);
        Ok(SequenceDraft {
            sequence: Arc::make_mut(sequence.ok_or(EditError::NoSequence(id))?),
            media: &self.project.media,
            ids: Ids {
                next: &mut self.project.next_id,
                created: &mut self.created,
            },
        })
    }

    /// Returns a source.
    pub(super) fn media(&self, id: MediaId) -> Result<&Arc<Media>, EditError> {
        self.project.media.get(&id).ok_or(EditError::NoMedia(id))
    }

    /// Puts what a verb changed in canonical order: clips sorted, no link of one clip alone.
    pub(super) fn settle(&mut self, before: &Project) {
        for (id, sequence) in &mut self.project.sequences {
            if !is_same(before.sequences.get(id), sequence) {
                settle(Arc::make_mut(sequence));
            }
        }
    }

    /// Checks the invariants of what changed since `before`.
    pub(super) fn check(&self, before: &Project) -> Result<(), EditError> {
        let after = &self.project;
        let first = if is_same_map(&before.media, &after.media)
            && is_same_map(&before.presets, &after.presets)
        {
            let mut found = Vec::new();
            for (id, sequence) in &after.sequences {
                if !is_same(before.sequences.get(id), sequence) {
                    violations::of_sequence(after, sequence, &mut found);
                }
            }
            found
        } else {
            violations(after)
        };
        match first.into_iter().next() {
            Some(violation) => Err(refusal(violation)),
            None => Ok(()),
        }
    }
}

fn refusal(violation: Violation) -> EditError {
    match violation {
        Violation {
            rule: violations::Rule::ClipsApart,
            place: violations::Place::Track(track),
        } => EditError::Occupied(track),
        violation => EditError::Breaks(violation),
    }
}

fn is_same<T>(before: Option<&Arc<T>>, after: &Arc<T>) -> bool {
    before.is_some_and(|before| Arc::ptr_eq(before, after))
}

fn is_same_map<K: Ord, T>(before: &BTreeMap<K, Arc<T>>, after: &BTreeMap<K, Arc<T>>) -> bool {
    before.len() == after.len()
        && after
            .iter()
            .all(|(id, value)| is_same(before.get(id), value))
}

fn settle(sequence: &mut Sequence) {
    let mut members: BTreeMap<LinkId, u32> = BTreeMap::new();
    for clip in sequence.tracks.iter().flat_map(|track| &track.clips) {
        if let Some(link) = clip.link {
            *members.entry(link).or_default() += 1;
        }
    }
    let is_lone = |link: Option<LinkId>| link.is_some_and(|link| members.get(&link) == Some(&1));
    for track in &mut sequence.tracks {
        // Asked first, because asking for the track to write copies it.
        if track.clips.iter().any(|clip| is_lone(clip.link)) {
            for clip in &mut Arc::make_mut(track).clips {
                clip.link = clip.link.filter(|link| !is_lone(Some(*link)));
            }
        }
        if !track.clips.is_sorted_by_key(|clip| clip.start) {
            Arc::make_mut(track).clips.sort_by_key(|clip| clip.start);
        }
    }
    sequence.markers.sort_by_key(|marker| marker.at);
}

macro_rules! give_out {
    ($($method:ident => $list:ident: $id:ident),+ $(,)?) => {
        impl Ids<'_> {$(
            pub(super) fn $method(&mut self) -> $id {
                let id = $id(*self.next);
                *self.next += 1;
                self.created.$list.push(id);
                id
            }
        )+}
    };
}

give_out!(
    media => media: MediaId,
    sequence => sequences: SequenceId,
    track => tracks: TrackId,
    clip => clips: ClipId,
    link => links: LinkId,
    marker => markers: MarkerId,
    preset => presets: PresetId,
);

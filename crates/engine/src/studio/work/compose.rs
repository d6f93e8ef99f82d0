//! Candidates become reels of an open project.

use std::collections::BTreeSet;
use std::sync::Arc;

use protocol::studio::settings::Language;
use protocol::studio::view::ProjectId;
use store::reels::ReelRow;
use story::candidates::Candidate;
use timeline::edit::{Batch, Edit, Label};
use timeline::ids::MediaId;
use timeline::journal::EntryKind;
use timeline::project::Project;

use crate::Error;
use crate::presets::Preset;
use crate::reels::ReelsOptions;
use crate::reels::compose::{Material, Script, add_preset, add_reel, add_source};
use crate::reels::found::{Found, reel_row};
use crate::reels::prepare::Examined;
use crate::studio::session::{Beside, Failing, Session};
use crate::studio::{Inner, lock};

/// A step that is ready to be taken.
pub(super) struct Prepared {
    pub(super) edit: Edit,
    pub(super) beside: Beside,
}

/// What the steps of a job are to the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Becomes {
    /// Steps to undo.
    Steps,
    /// The ground that the history stands on.
    Ground,
}

impl Inner {
    /// Adds a source and its reels to a project, going on where a run ended that was stopped.
    pub(super) fn compose_import(
        self: &Arc<Self>,
        project: ProjectId,
        examined: &Examined,
        options: &ReelsOptions,
        preset: &Preset,
    ) -> Result<(), Error> {
        let material = self.material(examined, options, preset)?;
        let found = Found::of(examined, options, self.engine.paths())?;
        self.take_steps(project, |present| {
            let rows = self.engine.library().reels(project.0)?;
            import_steps(present, &rows, &material, examined, &found)
        })
    }

    /// Returns what reels are made from, as the window makes them: named in its language.
    pub(super) fn material<'a>(
        &self,
        examined: &'a Examined,
        options: &ReelsOptions,
        preset: &'a Preset,
    ) -> Result<Material<'a>, Error> {
        let untitled = match self.language()? {
            Language::English => "Reel",
            Language::French => "Réel",
        };
        Ok(Material {
            untitled,
            ..examined.material(options, preset)
        })
    }

    /// Takes the steps that `prepare` makes of the project as it is. They are prepared while
    /// others may edit, and again when somebody did.
    pub(super) fn take_steps(
        &self,
        project: ProjectId,
        prepare: impl Fn(&Project) -> Result<Vec<Prepared>, Error>,
    ) -> Result<(), Error> {
        let session = self.session(project)?;
        loop {
            let (present, seq) = {
                let session = lock(&session);
                session.check_writable()?;
                (Arc::clone(session.present()), session.seq())
            };
            let steps = prepare(&present)?;
            let mut session = lock(&session);
            if session.seq() != seq {
                continue;
            }
            let becomes = if session.has_past() {
                Becomes::Steps
            } else {
                Becomes::Ground
            };
            for Prepared { edit, beside } in steps {
                let kind = EntryKind::Edit(edit);
                self.step_of_job(&mut session, kind, &beside, becomes)?;
            }
            return Ok(());
        }
    }

    fn step_of_job(
        &self,
        session: &mut Session,
        kind: EntryKind,
        beside: &Beside,
        becomes: Becomes,
    ) -> Result<(), Error> {
        let now = self.now();
        let taken = session.step(&self.engine, kind, beside, Failing::TakeBack, now)?;
        let mut edited = taken.edited;
        if becomes == Becomes::Ground {
            session.stand_here();
            edited.history = session.view();
        }
        self.tell_step(session, &edited);
        Ok(())
    }
}

/// Returns the steps that add a source and its reels: first the source, then a step per reel. What
/// is there already is left out.
fn import_steps(
    present: &Project,
    rows: &[ReelRow],
    material: &Material<'_>,
    examined: &Examined,
    found: &Found,
) -> Result<Vec<Prepared>, Error> {
    let mut script = Script::on(present.clone());
    let mut steps = Vec::new();
    let same = |media: &&Arc<timeline::project::Media>| media.fingerprint == *material.fingerprint;
    let there = present.media.values().find(same).map(|media| media.id);
    let media = match there {
        Some(media) => media,
        None => add_source(&mut script, material)?,
    };
    // Sound alone has no reels that would need a style.
    let candidates = &examined.suggestions.candidates;
    let preset = if candidates.is_empty() {
        None
    } else {
        add_preset(&mut script, material)?
    };
    let added = script.take();
    if !added.is_empty() {
        steps.push(Prepared {
            edit: batch(Label::AddMedia, added),
            beside: Beside {
                reels: Vec::new(),
                find: Some(found.row(media, material.fingerprint)?),
            },
        });
    }
    let made = made_ranges(rows, media);
    for (index, candidate) in candidates.iter().enumerate() {
        if made.contains(&(candidate.range.start.0, candidate.range.end.0)) {
            continue;
        }
        steps.push(reel_step(
            &mut script,
            index + 1,
            (media, preset),
            material,
            candidate,
        )?);
    }
    Ok(steps)
}

/// Returns the step that adds the reel of a candidate.
fn reel_step(
    script: &mut Script,
    number: usize,
    into: (MediaId, Option<timeline::ids::PresetId>),
    material: &Material<'_>,
    candidate: &Candidate,
) -> Result<Prepared, Error> {
    let sequence = add_reel(script, number, into, material, candidate)?;
    let row = row(script, sequence, into.0, candidate)?;
    Ok(Prepared {
        edit: batch(Label::MakeReel, script.take()),
        beside: Beside {
            reels: row.into_iter().collect(),
            find: None,
        },
    })
}

/// Returns the row of a sequence that the script made.
pub(super) fn row(
    script: &Script,
    sequence: timeline::ids::SequenceId,
    media: MediaId,
    candidate: &Candidate,
) -> Result<Option<ReelRow>, Error> {
    let made = script.project().sequences.get(&sequence);
    made.map(|made| reel_row(made, media, candidate))
        .transpose()
}

pub(super) fn batch(label: Label, edits: Vec<Edit>) -> Edit {
    Edit::Batch(Batch { label, edits })
}

/// Returns the ranges of a source that reels were made of.
fn made_ranges(rows: &[ReelRow], media: MediaId) -> BTreeSet<(i64, i64)> {
    let own = rows.iter().filter(|row| row.media == media.0);
    let read = own.filter_map(|row| serde_json::from_str::<Candidate>(&row.candidate).ok());
    read.map(|candidate| (candidate.range.start.0, candidate.range.end.0))
        .collect()
}

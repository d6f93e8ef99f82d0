//! The reels of a project, its sources, and what the user thinks of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use footage::time::{SourceRange, SourceTime};
use footage::words::Transcript;
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::picture::Picture;
use protocol::studio::view::{
    Board, Edited, ExportedFile, Filmstrip, Presence, ProjectId, ReelCard, SourceView, Verdict,
};
use store::projects::Change;
use store::reels::{ExportedRow, ReelRow};
use story::candidates::Candidate;
use timeline::edit::{Edit, NewMedia, RelinkMedia};
use timeline::ids::{MediaId, SequenceId};
use timeline::journal::EntryKind;
use timeline::project::{Media, Project, Sequence, TrackKind};

use super::session::{Beside, Failing, Session};
use super::{Inner, lock, pictures};
use crate::clock::now_millis;
use crate::reels::found::{Found, reel_row, sequence_hash};
use crate::{Database, Error, fingerprint};

impl Inner {
    /// Returns the reels and the sources of a project.
    pub(crate) fn board(&self, session: &Session) -> Result<(Board, Vec<SourceView>), Error> {
        let reels = self.reels(session)?;
        Ok((Board { reels }, self.sources(session)?))
    }

    /// Returns the reels of a project, the best one first.
    pub(crate) fn reels(&self, session: &Session) -> Result<Vec<ReelCard>, Error> {
        let id = session.id();
        let project = session.present();
        let (engine, library) = (&self.engine, self.engine.library());
        // A newer version may write down otherwise why there is a reel.
        let is_known = |row: &ReelRow| {
            engine.database() == Database::Writable
                || serde_json::from_str::<Candidate>(&row.candidate).is_ok()
        };
        let rows = engine
            .seen(library.reels(id.0))?
            .into_iter()
            .filter(is_known);
        let mut rows: BTreeMap<_, _> = rows.map(|row| (row.sequence, row)).collect();
        let mut reels = Vec::new();
        for sequence in project.sequences.values() {
            let row = match rows.remove(&sequence.id.0) {
                Some(row) => Some(row),
                None => made_by_hand(sequence)?,
            };
            if let Some(row) = row {
                reels.push(reel_card(id, project, sequence, &row)?);
            }
        }
        reels.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then(a.sequence.cmp(&b.sequence))
        });
        Ok(reels)
    }

    /// Returns the sources of a project, with whether each is where it was.
    fn sources(&self, session: &Session) -> Result<Vec<SourceView>, Error> {
        let id = session.id();
        let finds = self.engine.seen(self.engine.library().finds(id.0))?;
        let finds: BTreeMap<_, _> = finds.into_iter().map(|find| (find.media, find)).collect();
        // What is told is noted, so that a look at the files later tells what has changed.
        let mut presence = lock(&self.presence);
        let sources = session.present().media.values().map(|media| {
            let find = finds.get(&media.id.0);
            let found = find.and_then(|find| Found::read(find, self.engine.paths()));
            let known = presence.entry((id, media.id));
            let known = *known.or_insert_with(|| at_a_glance(media));
            source_view(id, media, known, found)
        });
        Ok(sources.collect())
    }

    /// Returns the picture of the best reel that is not rejected.
    pub(crate) fn best_cover(&self, session: &Session) -> Result<Option<String>, Error> {
        let mut shown = self.reels(session)?.into_iter();
        Ok(shown
            .find(|reel| reel.verdict != Verdict::Rejected)
            .and_then(|reel| reel.cover))
    }

    /// Keeps or rejects reels, or takes that back.
    pub(crate) fn judge(
        &self,
        id: ProjectId,
        sequences: &[SequenceId],
        verdict: Verdict,
    ) -> Result<(), Error> {
        let session = self.session(id)?;
        let library = self.engine.library();
        {
            // One that was not suggested, such as a copy, gets its row now.
            let session = lock(&session);
            session.check_writable()?;
            let mut rows = Vec::new();
            for sequence in sequences {
                let sequence = session.present().sequences.get(sequence);
                let sequence = sequence.ok_or_else(|| {
                    ApiError::new(ErrorCode::Unknown, "the project has no such reel")
                })?;
                rows.extend(made_by_hand(sequence)?);
            }
            let change = Change {
                reels: &rows,
                ..Change::default()
            };
            library.change_project(id.0, &change, now_millis())?;
        }
        let numbers: Vec<u64> = sequences.iter().map(|sequence| sequence.0).collect();
        library.judge_reels(id.0, &numbers, verdict_name(verdict))?;
        self.tell_board(id)
    }

    /// Returns what was found in a source.
    pub(crate) fn found(&self, id: ProjectId, media: MediaId) -> Result<Option<Found>, Error> {
        let find = self.engine.library().find(id.0, media.0);
        let find = self.engine.seen(find)?;
        Ok(find.and_then(|find| Found::read(&find, self.engine.paths())))
    }

    /// Returns the words of a source as the project's captions are bound to them.
    pub(crate) fn transcript(
        &self,
        id: ProjectId,
        media: MediaId,
    ) -> Result<Option<Transcript>, Error> {
        let session = self.session(id)?;
        let project = lock(&session).present().clone();
        let source = source(&project, media)?;
        let bound = project
            .sequences
            .values()
            .find_map(|sequence| Some(sequence.captions.get(&media)?.revision.clone()));
        let found = || Ok::<_, Error>(self.found(id, media)?.and_then(|found| found.revision));
        let revision = match bound {
            Some(revision) => Some(revision),
            None => found()?,
        };
        let Some(revision) = revision else {
            return Ok(None);
        };
        let library = self.engine.library();
        let json = library.transcript(&source.fingerprint.0, &revision.0);
        let json = self.engine.seen(json)?;
        Ok(json.map(|json| serde_json::from_str(&json)).transpose()?)
    }

    /// Notes where a source's file is now. A copy of it is it, too, whenever that was written.
    pub(crate) fn relink(
        &self,
        id: ProjectId,
        media: MediaId,
        path: &Path,
    ) -> Result<Edited, Error> {
        let session = self.session(id)?;
        let file = self.engine.identify(path)?;
        let (file, edited) = {
            let mut session = lock(&session);
            let known = source(session.present(), media)?;
            let Some(file) = self.engine.take_for(file, &known.fingerprint)? else {
                let message = format!("{} is another file than {}", path.display(), known.path);
                return Err(ApiError::new(ErrorCode::SourceChanged, message)
                    .hint("choose the file that the project was made from, or import this one")
                    .input(path.to_string_lossy())
                    .into());
            };
            let moved = NewMedia {
                path: file.path.to_string_lossy().into_owned(),
                fingerprint: known.fingerprint.clone(),
                duration: known.duration,
                video: known.video,
                audio: known.audio,
            };
            let relink = Edit::RelinkMedia(RelinkMedia {
                media,
                source: moved,
            });
            let kind = EntryKind::Edit(relink);
            let is_ground = !session.has_past();
            let mut edited =
                self.step(&mut session, kind, &Beside::default(), Failing::TakeBack)?;
            if is_ground {
                session.stand_here();
                edited.history = session.view();
            }
            (file, edited)
        };
        self.engine.note_source(&file, None)?;
        lock(&self.presence).insert((id, media), Presence::Present);
        self.tell_board(id)?;
        Ok(edited)
    }

    /// Looks in the background which sources of a project are where they were, and tells what
    /// changed.
    pub(crate) fn look_for_sources(self: &Arc<Self>, id: ProjectId) {
        let inner = Arc::downgrade(self);
        std::thread::spawn(move || {
            let Some(inner) = inner.upgrade() else { return };
            let Some(session) = inner.sessions.get(id) else {
                return;
            };
            let project = lock(&session).present().clone();
            let mut changed = false;
            for media in project.media.values() {
                let now = inner.presence_of(media);
                let before = lock(&inner.presence).insert((id, media.id), now);
                changed |= before != Some(now);
            }
            if changed {
                // The window asks for the whole when it misses something.
                drop(inner.tell_board(id));
            }
        });
    }

    fn presence_of(&self, media: &Media) -> Presence {
        if let Ok(place) = self.engine.place_of(media) {
            // Without it a copy is only not known again.
            drop(self.engine.note_content(&place, &media.fingerprint));
            return Presence::Present;
        }
        match fingerprint(Path::new(&media.path)) {
            Ok(_) => Presence::Changed,
            Err(_) => Presence::Missing,
        }
    }
}

/// Returns a source of a project.
pub(crate) fn source(project: &Project, media: MediaId) -> Result<&Media, Error> {
    let found = project.media.get(&media).map(|media| &**media);
    found.ok_or_else(|| {
        let message = format!("the project has no source {}", media.0);
        ApiError::new(ErrorCode::Unknown, message).into()
    })
}

/// Returns what can be told of a source without reading it.
fn at_a_glance(media: &Media) -> Presence {
    if Path::new(&media.path).is_file() {
        Presence::Present
    } else {
        Presence::Missing
    }
}

/// Returns the row of a sequence that was not suggested; `None` when it shows nothing.
fn made_by_hand(sequence: &Sequence) -> Result<Option<ReelRow>, Error> {
    let mut clips = sequence
        .tracks_of(TrackKind::Video)
        .flat_map(|track| &track.clips);
    let Some(first) = clips.next() else {
        return Ok(None);
    };
    let own = clips.filter(|clip| clip.media == first.media);
    let segments: Vec<SourceRange> = std::iter::once(first)
        .chain(own)
        .map(|clip| clip.source)
        .collect();
    let start = segments.iter().map(|range| range.start).min();
    let end = segments.iter().map(|range| range.end).max();
    let candidate = Candidate {
        range: SourceRange::new(
            start.unwrap_or(SourceTime::ZERO),
            end.unwrap_or(SourceTime::ZERO),
        ),
        segments,
        score: 0.0,
        parts: BTreeMap::new(),
        reasons: Vec::new(),
        title: sequence.name.clone(),
    };
    Ok(Some(ReelRow {
        // What somebody made is never taken for untouched.
        made: String::new(),
        ..reel_row(sequence, first.media, &candidate)?
    }))
}

fn reel_card(
    id: ProjectId,
    project: &Project,
    sequence: &Sequence,
    row: &ReelRow,
) -> Result<ReelCard, Error> {
    let candidate: Candidate = serde_json::from_str(&row.candidate)?;
    let cover = Picture::Cover(id, sequence.id).address(&pictures::look(project, sequence)?);
    let exported = row.exported.as_ref().map(|exported| {
        Ok::<_, Error>(ExportedFile {
            path: exported.path.clone(),
            at: exported.at,
            outdated: exported.hash != sequence_hash(sequence)?,
        })
    });
    Ok(ReelCard {
        sequence: sequence.id,
        media: MediaId(row.media),
        range: candidate.range,
        score: candidate.score,
        parts: candidate.parts,
        reasons: candidate
            .reasons
            .iter()
            .map(crate::reels::document::reason)
            .collect(),
        verdict: verdict_of(&row.verdict),
        cover: Some(cover),
        exported: exported.transpose()?,
    })
}

fn source_view(
    id: ProjectId,
    media: &Media,
    presence: Presence,
    found: Option<Found>,
) -> SourceView {
    let version = pictures::version(&media.fingerprint);
    let address = |picture: Picture| picture.address(version);
    let mut view = SourceView {
        media: media.id,
        name: file_name(&media.path),
        presence,
        language: None,
        words: 0,
        thumbnail: None,
        filmstrip: None,
        waveform: None,
        wish: String::new(),
        notes: Vec::new(),
    };
    let Some(found) = found else { return view };
    view.thumbnail = (found.thumbnail).map(|_| address(Picture::Thumbnail(id, media.id)));
    view.filmstrip = found.filmstrip.map(|(_, grid)| Filmstrip {
        picture: address(Picture::Filmstrip(id, media.id)),
        step: grid.step,
        count: grid.count,
        columns: grid.columns,
        width: grid.tile_width,
        height: grid.tile_height,
    });
    view.waveform = (found.waveform).map(|_| address(Picture::Waveform(id, media.id)));
    view.language = found.language;
    view.words = found.words;
    view.wish = found.wish;
    view.notes = found.notes;
    view
}

pub(crate) fn file_name(path: &str) -> String {
    let name = Path::new(path).file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

pub(crate) fn verdict_of(name: &str) -> Verdict {
    match name {
        "kept" => Verdict::Kept,
        "rejected" => Verdict::Rejected,
        _ => Verdict::Open,
    }
}

fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Open => "open",
        Verdict::Kept => "kept",
        Verdict::Rejected => "rejected",
    }
}

impl Inner {
    /// Notes the file that a reel was exported to, and tells it.
    pub(crate) fn note_export(
        &self,
        id: ProjectId,
        sequence: &Sequence,
        exported: &ExportedRow,
    ) -> Result<(), Error> {
        let rows: Vec<ReelRow> = made_by_hand(sequence)?.into_iter().collect();
        let change = Change {
            reels: &rows,
            ..Change::default()
        };
        let library = self.engine.library();
        library.change_project(id.0, &change, now_millis())?;
        library.note_export(id.0, sequence.id.0, exported)?;
        self.tell_board(id)
    }
}

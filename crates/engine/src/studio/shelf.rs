//! The list of projects.

use protocol::error::{ApiError, ErrorCode};
use protocol::studio::picture::Picture;
use protocol::studio::view::{Colour, ProjectCard, ProjectId};
use store::shelf::{ShelfRow, Summary};
use timeline::edit::{Edit, EditError, RenameProject};
use timeline::journal::EntryKind;

use super::session::{Beside, Failing, Session};
use super::{Inner, lock};
use crate::clock::now_millis;
use crate::error::refused;
use crate::{Database, Error};

/// Whether projects go in or come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Put {
    Away,
    Back,
}

impl From<bool> for Put {
    fn from(away: bool) -> Self {
        if away { Self::Away } else { Self::Back }
    }
}

impl Put {
    fn since(self) -> Option<i64> {
        match self {
            Self::Away => Some(now_millis()),
            Self::Back => None,
        }
    }
}

impl Inner {
    /// Returns every project, the latest change first.
    pub(crate) fn cards(&self) -> Result<Vec<ProjectCard>, Error> {
        let library = self.engine.library();
        let shelf = library.shelf();
        if shelf.is_err() && self.engine.database() == Database::Newer {
            // What another schema has beside names may be called otherwise.
            let rows = library.projects()?;
            let cards = rows.into_iter().map(|row| ProjectCard {
                id: ProjectId(row.id),
                name: row.name,
                colour: None,
                archived: false,
                binned_at: None,
                updated_at: row.updated_at,
                sources: None,
                reels: None,
                cover: None,
            });
            return Ok(cards.collect());
        }
        Ok(shelf?.into_iter().map(card).collect())
    }

    /// Makes an empty project.
    pub(crate) fn create_project(&self, name: &str) -> Result<ProjectId, Error> {
        let name = not_blank(name)?;
        let rename = Edit::RenameProject(RenameProject { name: name.clone() });
        let id = self.engine.create_project(None, &name, &[rename])?;
        let summary = Summary {
            sources: 0,
            reels: 0,
            cover: None,
        };
        self.engine.library().note_summary(id, &summary)?;
        self.tell_projects()?;
        Ok(ProjectId(id))
    }

    /// Makes a project that can be changed from what can be shown of another one.
    pub(crate) fn copy_project(&self, id: ProjectId, name: &str) -> Result<ProjectId, Error> {
        let name = not_blank(name)?;
        let session = self.session(id)?;
        let shown = lock(&session).present().clone();
        let copy = ProjectId(self.engine.copy_project(id.0, &shown, &name)?);
        let session = self.session(copy)?;
        self.note_summary(&lock(&session))?;
        Ok(copy)
    }

    /// Renames a project in the list and within.
    pub(crate) fn rename_project(&self, id: ProjectId, name: &str) -> Result<(), Error> {
        let name = not_blank(name)?;
        let session = self.session(id)?;
        {
            let mut session = lock(&session);
            let rename = Edit::RenameProject(RenameProject { name: name.clone() });
            let kind = EntryKind::Edit(rename);
            self.step(&mut session, kind, &Beside::default(), Failing::TakeBack)?;
        }
        self.engine
            .library()
            .rename_project(id.0, &name, now_millis())?;
        self.tell_projects()
    }

    pub(crate) fn colour_project(
        &self,
        id: ProjectId,
        colour: Option<Colour>,
    ) -> Result<(), Error> {
        let name = colour.map(colour_name);
        self.engine.library().colour_project(id.0, name)?;
        self.tell_projects()
    }

    pub(crate) fn archive_projects(&self, ids: &[ProjectId], put: Put) -> Result<(), Error> {
        let library = self.engine.library();
        library.archive_projects(&numbers(ids), put.since())?;
        self.tell_projects()
    }

    pub(crate) fn bin_projects(&self, ids: &[ProjectId], put: Put) -> Result<(), Error> {
        if put == Put::Away {
            self.cancel_jobs_of(ids);
        }
        self.engine
            .library()
            .bin_projects(&numbers(ids), put.since())?;
        self.tell_projects()
    }

    pub(crate) fn delete_projects(&self, ids: &[ProjectId]) -> Result<(), Error> {
        let library = self.engine.library();
        let mut binned = Vec::new();
        for row in library.shelf()? {
            if row.binned_at.is_some() {
                binned.push(ProjectId(row.id));
            }
        }
        if let Some(other) = ids.iter().find(|id| !binned.contains(id)) {
            let message = format!("project {} is not in the bin", other.0);
            return Err(ApiError::new(ErrorCode::Unknown, message)
                .hint("put it into the bin first")
                .into());
        }
        self.cancel_jobs_of(ids);
        for id in ids {
            self.sessions.forget(*id);
            library.delete_binned(id.0)?;
            self.sweep_covers(*id);
        }
        lock(&self.presence).retain(|(id, _), _| !ids.contains(id));
        self.tell_projects()
    }

    /// Counts in projects that nobody counted in: an earlier version made them.
    pub(crate) fn count_projects(&self) -> Result<(), Error> {
        for row in self.engine.library().shelf()? {
            if row.summary.is_none()
                && let Ok(loaded) = self.engine.load_project(row.id)
            {
                let project = loaded.history.present();
                let summary = Summary {
                    sources: project.media.len() as u32,
                    reels: project.sequences.len() as u32,
                    cover: None,
                };
                self.engine.library().note_summary(row.id, &summary)?;
            }
        }
        Ok(())
    }

    /// Notes what a project holds, for the list.
    pub(crate) fn note_summary(&self, session: &Session) -> Result<(), Error> {
        if self.engine.database() == Database::Newer {
            return Ok(());
        }
        let project = session.present();
        let best = self.best_cover(session)?;
        let cover = best.or_else(|| thumbnail_of_first(session));
        let summary = Summary {
            sources: project.media.len() as u32,
            reels: project.sequences.len() as u32,
            cover,
        };
        let library = self.engine.library();
        library.note_summary(session.id().0, &summary)?;
        self.tell_projects()
    }
}

/// Returns the picture of a project's first source.
fn thumbnail_of_first(session: &Session) -> Option<String> {
    let media = session.present().media.values().next()?;
    let picture = Picture::Thumbnail(session.id(), media.id);
    Some(picture.address(super::pictures::version(&media.fingerprint)))
}

fn card(row: ShelfRow) -> ProjectCard {
    let summary = row.summary.as_ref();
    ProjectCard {
        id: ProjectId(row.id),
        colour: row.colour.as_deref().and_then(colour_of),
        archived: row.archived_at.is_some(),
        binned_at: row.binned_at,
        updated_at: row.updated_at,
        sources: summary.map(|summary| summary.sources as usize),
        reels: summary.map(|summary| summary.reels as usize),
        cover: row.summary.and_then(|summary| summary.cover),
        name: row.name,
    }
}

fn not_blank(name: &str) -> Result<String, Error> {
    match name.trim() {
        "" => Err(refused(&EditError::BlankText).into()),
        name => Ok(name.to_owned()),
    }
}

fn numbers(ids: &[ProjectId]) -> Vec<i64> {
    ids.iter().map(|id| id.0).collect()
}

const COLOURS: [(Colour, &str); 8] = [
    (Colour::Red, "red"),
    (Colour::Orange, "orange"),
    (Colour::Yellow, "yellow"),
    (Colour::Green, "green"),
    (Colour::Blue, "blue"),
    (Colour::Violet, "violet"),
    (Colour::Pink, "pink"),
    (Colour::Grey, "grey"),
];

fn colour_name(colour: Colour) -> &'static str {
    let known = COLOURS.iter().find(|(known, _)| *known == colour);
    known.map_or("grey", |(_, name)| name)
}

fn colour_of(name: &str) -> Option<Colour> {
    let known = COLOURS.iter().find(|(_, known)| *known == name);
    known.map(|(colour, _)| *colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_they_were_written() {
        for (colour, _) in COLOURS {
            assert_eq!(colour_of(colour_name(colour)), Some(colour));
            let wire = serde_json::to_value(colour).unwrap();
            assert_eq!(wire, colour_name(colour), "the store's name is the wire's");
        }
    }
}

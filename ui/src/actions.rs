//! What commands, buttons and menus do: each thing once, however it is called.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use protocol::error::ApiError;
use protocol::studio::calls::Call;
use protocol::studio::calls::{
    ArchiveProjects, BinProjects, CancelJobs, ClearJobs, ColourProject, CopyProject, CreateProject,
    DeleteProjects, DisconnectAccount, ImportDemo, ImportFiles, JudgeReels, PauseJobs, PickFiles,
    PickFolder, PickPurpose, RelinkMedia, RenameProject, RetryJob, Reveal, RevealPath,
    SuggestAgain,
};
use protocol::studio::names;
use protocol::studio::posting::AccountId;
use protocol::studio::settings::{Language, Theme};
use protocol::studio::view::{
    Colour, Imported, JobId, JobKind, Named, ProjectId, ProjectView, SourceView, Verdict,
};
use timeline::ids::{MediaId, SequenceId};

use crate::state::told::Done;
use crate::state::{
    Document, Jobs, Library, Modal, Place, Playhead, Prefs, Section, Selection, Told, View,
    use_document, use_jobs, use_library, use_place, use_playhead, use_prefs, use_selection,
    use_told,
};
use crate::words::Words;
use crate::words::errors::Remedy;
use crate::words::frame::Frame;
use crate::{dom, ipc, task};

/// How long an answer may take without a word to the user.
const PATIENCE: Duration = Duration::from_millis(800);

/// Everything that an action may touch.
#[derive(Debug, Clone, Copy)]
pub struct Actions {
    document: Document,
    jobs: Jobs,
    library: Library,
    place: Place,
    playhead: Playhead,
    prefs: Prefs,
    selection: Selection,
    told: Told,
}

/// Returns the actions.
pub fn use_actions() -> Actions {
    Actions {
        document: use_document(),
        jobs: use_jobs(),
        library: use_library(),
        place: use_place(),
        playhead: use_playhead(),
        prefs: use_prefs(),
        selection: use_selection(),
        told: use_told(),
    }
}

impl Actions {
    // ── Projects.

    /// Opens a project where the user was in it, or in a given view.
    pub fn open_project(self, project: ProjectId, view: Option<View>) {
        if self.document.id() == Some(project) {
            self.place.view.set(view.unwrap_or(View::Board));
            return;
        }
        self.place.opening.set(Some(project));
        task::spawn(async move {
            let opened = self.document.open(project).await;
            if self.place.opening.get_untracked() != Some(project) {
                return;
            }
            self.place.opening.set(None);
            match opened {
                Ok(()) => self.arrive(view),
                Err(error) => self.told.failed(&error),
            }
        });
    }

    /// Goes where the user was in the project that was just opened.
    fn arrive(self, view: Option<View>) {
        let kept = self.document.place.get_untracked();
        let (kept_view, at, zoom, clips) = match kept {
            Some(kept) => {
                let view = match kept.view {
                    ProjectView::Board => View::Board,
                    ProjectView::Editor => View::Editor,
                };
                (view, kept.playhead, kept.zoom, kept.selection)
            }
            None => (
                View::Board,
                timeline::time::SequenceTime::ZERO,
                None,
                Vec::new(),
            ),
        };
        self.playhead.at.set(at);
        self.place.zoom.set(zoom);
        self.selection.clips.set(clips.into_iter().collect());
        self.place.view.set(view.unwrap_or(kept_view));
    }

    /// Makes a project and opens it.
    pub fn create_project(self, name: String) {
        self.ask(CreateProject { name }, move |project| {
            self.open_project(project, Some(View::Board));
        });
    }

    /// Makes a copy of the opened project, which can be changed, and opens it.
    pub fn copy_open_project(self, w: Words) {
        let Some(project) = self.document.id() else {
            return;
        };
        let words = Frame(untrack(|| w.language()));
        let name = self.library.projects.with_untracked(|all| {
            let own = all.iter().find(|card| card.id == project);
            let own = own.map_or("", |card| &card.name);
            let is_free = |name: &str| all.iter().all(|card| card.name != name);
            copy_name(own, words, is_free)
        });
        let view = self.place.view.get_untracked();
        self.ask(CopyProject { project, name }, move |copy| {
            self.open_project(copy, Some(view));
        });
    }

    /// Renames a project.
    pub fn rename_project(self, project: ProjectId, name: String) {
        self.tell(RenameProject { project, name });
    }

    /// Gives a project a colour, or takes it away.
    pub fn colour_project(self, project: ProjectId, colour: Option<Colour>) {
        self.tell(ColourProject { project, colour });
    }

    /// Puts a project away.
    pub fn archive(self, project: ProjectId) {
        self.leave(&[project]);
        self.tell(ArchiveProjects {
            projects: vec![project],
            archived: true,
        });
    }

    /// Brings a project back from the archive.
    pub fn unarchive(self, project: ProjectId) {
        self.tell(ArchiveProjects {
            projects: vec![project],
            archived: false,
        });
    }

    /// Puts a project into the bin.
    pub fn bin(self, project: ProjectId) {
        self.leave(&[project]);
        self.tell(BinProjects {
            projects: vec![project],
            binned: true,
        });
    }

    /// Takes a project out of the bin.
    pub fn restore(self, project: ProjectId) {
        self.tell(BinProjects {
            projects: vec![project],
            binned: false,
        });
    }

    /// Deletes projects for good.
    pub fn delete(self, projects: Vec<ProjectId>) {
        self.leave(&projects);
        self.tell(DeleteProjects { projects });
    }

    /// Closes the opened project when it is among these.
    fn leave(self, projects: &[ProjectId]) {
        if self
            .document
            .id()
            .is_some_and(|open| projects.contains(&open))
        {
            self.document.close();
            if self.place.view.get_untracked().is_of_project() {
                self.place.view.set(View::Home);
            }
        }
    }

    // ── Sources.

    /// Asks for files and imports them.
    pub fn pick_and_import(self) {
        self.ask(
            PickFiles {
                purpose: PickPurpose::Import,
            },
            move |named| self.import(named),
        );
    }

    /// Imports files into the project that is shown, else into a new one.
    pub fn import(self, named: Named) {
        let Named { paths, refused } = named;
        if paths.is_empty() {
            self.refused(refused, 0);
            return;
        }
        let project = self.shown_project();
        let answered = Rc::new(Cell::new(false));
        let is_answered = Rc::clone(&answered);
        // Hundreds of files on a slow disk take a while to look at.
        dom::after(PATIENCE, move || {
            if !is_answered.get() {
                self.told.done(Done::LookingAtFiles);
            }
        });
        task::spawn(async move {
            let imported = ipc::call(ImportFiles { project, paths }).await;
            answered.set(true);
            match imported {
                Ok(mut imported) => {
                    imported.refused.splice(0..0, refused);
                    self.imported(imported);
                }
                Err(error) => self.told.failed(&error),
            }
        });
    }

    /// Imports the demo video.
    pub fn import_demo(self) {
        self.ask(ImportDemo {}, move |imported| self.imported(imported));
    }

    /// Returns the project that new files would go to, untracked.
    pub fn shown_project(self) -> Option<ProjectId> {
        let is_shown = self.place.view.get_untracked().is_of_project();
        self.document
            .id()
            .filter(|_| is_shown && self.document.is_writable_now())
    }

    fn imported(self, imported: Imported) {
        if let Some(project) = imported.project
            && !imported.jobs.is_empty()
        {
            self.open_project(project, Some(View::Board));
        }
        self.refused(imported.refused, imported.jobs.len());
    }

    /// Says which files were not imported, if any; `taken` others were.
    fn refused(self, refused: Vec<ApiError>, taken: usize) {
        if !refused.is_empty() {
            self.place.ask(Modal::Refused(refused, taken));
        }
    }

    /// Goes on with the one file that was asked for, if there is one; says why it cannot be used.
    pub fn with_file(self, named: Named, then: impl FnOnce(String)) {
        match (named.refused.first(), named.paths.into_iter().next()) {
            (Some(refused), _) => self.told.failed(refused),
            (None, Some(path)) => then(path),
            (None, None) => {}
        }
    }

    /// Asks what of a reel is posted to whom.
    pub fn publish(self, reel: SequenceId) {
        self.place.ask(Modal::Publish(reel));
    }

    /// Ends the consent for an account.
    pub fn disconnect(self, account: AccountId, name: String) {
        self.ask(DisconnectAccount { account }, move |revoked| {
            self.told.done(Done::Disconnected(name, revoked));
        });
    }

    /// Asks where a source's file is now.
    pub fn relink(self, media: MediaId) {
        let Some(project) = self.document.id() else {
            return;
        };
        let name = self
            .source(media)
            .map(|source| source.name)
            .unwrap_or_default();
        self.ask(
            PickFiles {
                purpose: PickPurpose::Relink,
            },
            move |named| {
                self.with_file(named, |path| {
                    let call = RelinkMedia {
                        project,
                        media,
                        path,
                    };
                    self.ask(call, move |_| self.told.done(Done::Relinked(name)));
                });
            },
        );
    }

    /// Suggests reels of a source again.
    pub fn suggest(self, media: MediaId, wish: String) {
        let Some(project) = self.document.id() else {
            return;
        };
        self.ask(
            SuggestAgain {
                project,
                media,
                wish,
            },
            |_| {},
        );
    }

    fn source(self, media: MediaId) -> Option<SourceView> {
        let find = |sources: &Vec<SourceView>| {
            sources.iter().find(|source| source.media == media).cloned()
        };
        self.document.sources.with_untracked(find)
    }

    // ── Reels.

    /// Gives reels a verdict; one that they have already is taken back.
    pub fn judge(self, sequence: SequenceId, verdict: Verdict) {
        let Some(project) = self.document.id() else {
            return;
        };
        let mut given = verdict;
        self.document.board.update(|board| {
            if let Some(reel) = board
                .reels
                .iter_mut()
                .find(|reel| reel.sequence == sequence)
            {
                given = if reel.verdict == verdict {
                    Verdict::Open
                } else {
                    verdict
                };
                reel.verdict = given;
            }
        });
        self.tell(JudgeReels {
            project,
            sequences: vec![sequence],
            verdict: given,
        });
    }

    /// Opens a reel in the editor.
    pub fn edit_reel(self, sequence: SequenceId) {
        if self.document.sequence.get_untracked() != Some(sequence) {
            self.playhead.at.set(timeline::time::SequenceTime::ZERO);
            self.selection.clips.set(std::collections::BTreeSet::new());
            self.place.zoom.set(None);
            self.document.sequence.set(Some(sequence));
        }
        self.place.view.set(View::Editor);
    }

    /// Asks how to export: the reel in the editor, else the kept ones.
    pub fn export(self) {
        let reels = match self.place.view.get_untracked() {
            View::Editor => self.document.sequence.get_untracked().into_iter().collect(),
            View::Home | View::Board | View::Posts | View::Settings => self.kept(),
        };
        self.export_these(reels);
    }

    /// Asks how to export these reels.
    pub fn export_these(self, reels: Vec<SequenceId>) {
        if !reels.is_empty() && self.document.id().is_some() {
            self.place.ask(Modal::Export(reels));
        }
    }

    fn kept(self) -> Vec<SequenceId> {
        self.document.board.with_untracked(|board| {
            let kept = board
                .reels
                .iter()
                .filter(|reel| reel.verdict == Verdict::Kept);
            kept.map(|reel| reel.sequence).collect()
        })
    }

    // ── Jobs.

    /// Lets a job rest.
    pub fn pause_job(self, job: JobId) {
        self.tell(PauseJobs {
            jobs: vec![job],
            paused: true,
        });
    }

    /// Lets a job go on.
    pub fn resume_job(self, job: JobId) {
        self.tell(PauseJobs {
            jobs: vec![job],
            paused: false,
        });
    }

    /// Stops a job for good.
    pub fn cancel_job(self, job: JobId) {
        self.tell(CancelJobs { jobs: vec![job] });
    }

    /// Stops jobs for good, all together.
    pub fn cancel_jobs(self, jobs: Vec<JobId>) {
        self.tell(CancelJobs { jobs });
    }

    /// Begins a job again.
    pub fn retry_job(self, job: JobId) {
        self.tell(RetryJob { job });
    }

    /// Forgets jobs that ended.
    pub fn clear_jobs(self) {
        self.tell(ClearJobs {});
    }

    /// Opens or closes the jobs.
    pub fn toggle_jobs(self) {
        self.jobs.drawer.update(|open| *open = !*open);
    }

    // ── The program.

    /// Shows something in the system's file browser.
    pub fn reveal(self, what: Reveal) {
        self.tell(RevealPath { what });
    }

    /// Asks for a folder; `then` gets it.
    pub fn pick_folder(self, from: Option<String>, then: impl FnOnce(String) + 'static) {
        self.ask(PickFolder { from }, move |folder| {
            if let Some(folder) = folder {
                then(folder);
            }
        });
    }

    /// Dark when it is light, and the other way.
    pub fn toggle_theme(self) {
        let theme = match self.prefs.theme.get_untracked() {
            Theme::Light => Theme::Dark,
            Theme::Dark | Theme::System => Theme::Light,
        };
        self.prefs.change(|settings| settings.theme = theme);
    }

    /// French when it is English, and the other way.
    pub fn switch_language(self) {
        let language = match self.prefs.language.get_untracked() {
            Language::French => Language::English,
            Language::English => Language::French,
        };
        self.prefs
            .change(|settings| settings.language = Some(language));
    }

    /// Does what the button beside a failure offers. `job` and `media` are what it concerns.
    pub fn remedy(self, remedy: Remedy, job: Option<JobId>, media: Option<MediaId>) {
        match remedy {
            Remedy::PickFiles => self.pick_and_import(),
            Remedy::Relink => match media.or_else(|| self.first_absent()) {
                Some(media) => self.relink(media),
                None => self.pick_and_import(),
            },
            Remedy::ExportFolder => match job.and_then(|job| self.reel_of(job)) {
                Some(reel) => self.export_these(vec![reel]),
                None => self.place.open_settings(Section::General),
            },
            Remedy::Storage => self.place.open_settings(Section::Storage),
            Remedy::Models => self.place.open_settings(Section::Models),
            Remedy::Accounts => self.place.open_settings(Section::Accounts),
            Remedy::Retry => {
                if let Some(job) = job {
                    self.retry_job(job);
                }
            }
            Remedy::Logs => self.reveal(Reveal::Logs),
        }
    }

    /// Returns the reel of the opened project that a job exports.
    fn reel_of(self, job: JobId) -> Option<SequenceId> {
        let open = self.document.id();
        self.jobs.all.with_untracked(|all| {
            match all.iter().find(|own| own.id == job).map(|own| &own.kind) {
                Some(JobKind::Export { project, sequence }) if Some(*project) == open => {
                    Some(*sequence)
                }
                _ => None,
            }
        })
    }

    fn first_absent(self) -> Option<MediaId> {
        self.document.sources.with_untracked(|sources| {
            let absent =
                |source: &&SourceView| source.presence != protocol::studio::view::Presence::Present;
            sources.iter().find(absent).map(|source| source.media)
        })
    }

    /// Asks something and does what follows; a failure is told.
    pub fn ask<C: Call + 'static>(self, call: C, then: impl FnOnce(C::Reply) + 'static) {
        self.ask_or(call, then, || {});
    }

    /// Like [`ask`](Self::ask), and does `otherwise` when it fails, which is told by then.
    pub fn ask_or<C: Call + 'static>(
        self,
        call: C,
        then: impl FnOnce(C::Reply) + 'static,
        otherwise: impl FnOnce() + 'static,
    ) {
        task::spawn(async move {
            match ipc::call(call).await {
                Ok(reply) => then(reply),
                Err(error) => {
                    self.told.failed(&error);
                    otherwise();
                }
            }
        });
    }

    /// Asks for something that answers only when it fails.
    fn tell<C: Call<Reply = ()> + 'static>(self, call: C) {
        self.ask(call, |()| {});
    }

    /// Returns where the user is.
    pub fn place(self) -> Place {
        self.place
    }

    /// Shows a view of the opened project; without one, the last project is opened.
    pub fn go_to(self, view: View) {
        if self.document.id().is_some() {
            if view == View::Editor && self.document.sequence.get_untracked().is_none() {
                return;
            }
            self.place.view.set(view);
            return;
        }
        let last = self.library.projects.with_untracked(|projects| {
            let usable = |card: &&protocol::studio::view::ProjectCard| {
                card.binned_at.is_none() && !card.archived
            };
            projects.iter().find(usable).map(|card| card.id)
        });
        if let Some(project) = last {
            self.open_project(project, Some(view));
        }
    }

    /// Takes the last step back.
    pub fn undo(self) {
        if self.document.id().is_some() {
            self.document.undo();
        }
    }

    /// Does the undone step again.
    pub fn redo(self) {
        if self.document.id().is_some() {
            self.document.redo();
        }
    }
}

/// Returns what a copy is called: the first name of its kind that no project has.
fn copy_name(name: &str, words: Frame, is_free: impl Fn(&str) -> bool) -> String {
    let numbered = |number| words.copy_number(name, number);
    names::first_free(words.copy_of(name), numbered, is_free)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_gets_a_name_of_its_own() {
        let taken = ["Talk", "Talk (copie)", "Talk (copie 2)"];
        let is_free = |name: &str| !taken.contains(&name);
        let french = Frame(Language::French);
        assert_eq!(copy_name("Talk", french, is_free), "Talk (copie 3)");
        let english = Frame(Language::English);
        assert_eq!(copy_name("Talk", english, is_free), "Talk (copy)");
    }
}

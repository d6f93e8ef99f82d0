//! What the page knows. Every part is a handle of its own, made once in [`provide`] and living as
//! long as the page; components take it with the `use_…` function beside its type.
//!
//! Map: [`mod@document`] the opened project · [`jobs`] · [`library`] the projects · [`prefs`] settings,
//! language, theme · [`selection`] · [`playhead`] · [`place`] which view is open · [`mod@posting`]
//! accounts and posts · [`told`] toasts
//! and notices.

pub mod document;
pub mod edits;
pub mod jobs;
pub mod library;
pub mod place;
pub mod playhead;
pub mod posting;
pub mod prefs;
pub mod selection;
pub mod told;

use leptos::prelude::*;
use protocol::studio::event::Event;

use crate::words::Words;
use crate::{ipc, task};

pub use document::{Document, use_document};
pub use jobs::{Jobs, use_jobs};
pub use library::{Library, use_library};
pub use place::{Modal, Place, Section, View, use_place};
pub use playhead::{Playhead, use_playhead};
pub use posting::{Posting, use_posting};
pub use prefs::{Prefs, use_prefs};
pub use selection::{Selection, use_selection};
pub use told::{Told, use_told};

/// Takes a handle from the context; `app` provides all of them.
pub(crate) fn taken<T: Clone + Send + Sync + 'static>() -> T {
    expect_context::<T>()
}

/// Makes every part of the state, and fills it from what the engine says.
pub fn provide() {
    let told = Told::new();
    let prefs = Prefs::new(told);
    let (library, jobs, place) = (Library::new(), Jobs::new(), Place::new());
    let (selection, playhead) = (Selection::new(), Playhead::new());
    let posting = Posting::new();
    let document = Document::new(told);
    provide_context(prefs);
    provide_context(told);
    provide_context(library);
    provide_context(jobs);
    provide_context(place);
    provide_context(posting);
    provide_context(selection);
    provide_context(playhead);
    provide_context(document);
    provide_context(Words::new(prefs.language));

    let heard = move |event| match event {
        Event::State(state) => {
            prefs.begin(&state);
            library.begin(&state);
            jobs.all.set(state.jobs);
            posting.begin(state.posting);
            told.notices.set(state.notices);
        }
        Event::Projects(projects) => library.projects.set(projects),
        Event::Job(job) => jobs.heard(job),
        Event::JobsCleared(gone) => jobs.forget(&gone),
        Event::Edited(edited) => document.heard(&edited),
        Event::Board {
            project,
            board,
            sources,
        } => document.board_changed(project, board, sources),
        Event::Settings(settings) => prefs.heard(settings),
        Event::Accounts {
            networks,
            accounts,
            vault,
        } => posting.heard_accounts(networks, accounts, vault),
        Event::Consent(consent) => posting.consent.set(consent),
        Event::Post(post) => posting.heard_post(post),
        Event::PostingTrouble(trouble) => posting.trouble.set(trouble),
        Event::Preview(status) => playhead.heard(status),
        Event::Notice(notice) => told.heard(&notice),
        Event::FilesGiven(named) => library.given.update(|given| {
            given.paths.extend(named.paths);
            given.refused.extend(named.refused);
        }),
        Event::FilesHover(hover) => library.hover.set(hover),
    };
    task::spawn(async move {
        if let Err(error) = ipc::subscribe(heard).await {
            told.failed(&error);
        }
    });
}

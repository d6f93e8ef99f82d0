//! Which view and which dialog is open.

use leptos::prelude::*;
use protocol::error::ApiError;
use protocol::studio::posting::AccountId;
use protocol::studio::view::ProjectId;
use timeline::ids::SequenceId;

/// A view of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The projects.
    Home,
    /// The reels of the opened project.
    Board,
    /// The editor.
    Editor,
    /// The posts.
    Posts,
    /// The settings.
    Settings,
}

impl View {
    /// Returns whether it shows the opened project.
    pub fn is_of_project(self) -> bool {
        match self {
            Self::Board | Self::Editor => true,
            Self::Home | Self::Posts | Self::Settings => false,
        }
    }
}

/// A dialog over the view.
#[derive(Debug, Clone, PartialEq)]
pub enum Modal {
    /// Search over everything.
    Palette,
    /// Every shortcut.
    Help,
    /// The name of a new project.
    NewProject,
    /// Another name for a project.
    Rename(ProjectId, String),
    /// Projects that are to be deleted for good.
    Delete(Vec<ProjectId>),
    /// Reels that are to be exported, in order.
    Export(Vec<SequenceId>),
    /// A reel that is to be posted.
    Publish(SequenceId),
    /// An account that is to be disconnected.
    Disconnect(AccountId),
    /// Files that were not imported, and how many were.
    Refused(Vec<ApiError>, usize),
    /// The licences of what the program holds.
    Licences,
}

/// A part of the settings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Section {
    /// Language, theme, folders.
    #[default]
    General,
    /// Networks, apps, accounts.
    Accounts,
    /// Keys.
    Shortcuts,
    /// Models.
    Models,
    /// What takes how much room.
    Storage,
    /// Version, licences, logs.
    About,
}

/// Where the user is.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The open view.
    pub view: RwSignal<View>,
    /// The open dialog.
    pub modal: RwSignal<Option<Modal>>,
    /// The open part of the settings.
    pub section: RwSignal<Section>,
    /// The project that is being opened.
    pub opening: RwSignal<Option<ProjectId>>,
    /// Pixels per second of the timeline; `None` fits it. Kept with the project.
    pub zoom: RwSignal<Option<f64>>,
}

/// Returns where the user is.
pub fn use_place() -> Place {
    super::taken()
}

impl Place {
    pub(super) fn new() -> Self {
        Self {
            view: RwSignal::new(View::Home),
            modal: RwSignal::new(None),
            section: RwSignal::new(Section::default()),
            opening: RwSignal::new(None),
            zoom: RwSignal::new(None),
        }
    }

    /// Opens a part of the settings.
    pub fn open_settings(&self, section: Section) {
        self.section.set(section);
        self.view.set(View::Settings);
    }

    /// Opens a dialog in place of any other.
    pub fn ask(&self, modal: Modal) {
        self.modal.set(Some(modal));
    }
}

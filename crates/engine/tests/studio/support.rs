//! A studio over a folder of its own, and a project to edit without any media.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use engine::studio::{Studio, StudioOptions};
use engine::{Database, Endpoints, Engine, Paths, WorkerCommand};
use footage::Fingerprint;
use footage::time::{FrameRate, SourceRange, Ticks};
use protocol::error::ApiError;
use protocol::studio::calls::{ApplyEdit, Call, CreateProject, OpenProject};
use protocol::studio::event::{Event, State};
use protocol::studio::replica::Replica;
use protocol::studio::view::{Edited, Opened, ProjectId};
use store::projects::Snapshot;
use timeline::edit::{
    AddMedia, AddSequence, Edit, InsertClip, InsertMode, Lift, MoveClips, MoveMode, NewMedia,
    Split, SplitScope,
};
use timeline::ids::{ClipId, MediaId, SequenceId};
use timeline::journal;
use timeline::project::{Format, Framing, MediaVideo, Project, Speed, TrackKind};
use timeline::time::SequenceTime;

/// A folder for the program's things.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.path("home")
    }

    pub(crate) fn open(&self) -> Desk {
        Desk::open(&self.home())
    }

    /// Keeps a project as version 99.1.0 of the program would have left it.
    pub(crate) fn store_newer(&self, project: ProjectId, replica: &Replica) {
        let json = serde_json::to_string(&**replica.project()).unwrap();
        let newer = Snapshot {
            seq: replica.seq(),
            hash: &journal::hash(replica.project()).0,
            project: &json,
            app_version: "99.1.0",
        };
        self.library().store_snapshot(project.0, newer).unwrap();
    }

    pub(crate) fn library(&self) -> store::Library {
        store::Library::open(&self.home().join("library.db"))
            .unwrap()
            .library
    }
}

/// An open studio, and what it told.
pub(crate) struct Desk {
    pub(crate) studio: Studio,
    heard: Arc<Mutex<Vec<Event>>>,
}

impl Desk {
    /// Ends as the window does, and writes everything.
    pub(crate) fn close(self) {
        self.studio.close().unwrap();
    }

    pub(crate) fn open(home: &Path) -> Self {
        Self::with_worker(home, "no worker in these tests", &[])
    }

    /// Opens a studio whose models come from a host.
    pub(crate) fn with_models(home: &Path, base: &str) -> Self {
        std::fs::create_dir_all(home).unwrap();
        let file = home.join("endpoints.toml");
        std::fs::write(&file, format!("[models]\nbase = \"{base}\"\n")).unwrap();
        let endpoints = Endpoints::read(&file).unwrap();
        Self::with(home, ("no worker in these tests", &[]), endpoints)
    }

    /// Opens a studio whose worker is another program.
    pub(crate) fn with_worker(home: &Path, program: &str, arguments: &[&str]) -> Self {
        Self::with(home, (program, arguments), Endpoints::default())
    }

    fn with(home: &Path, (program, arguments): (&str, &[&str]), endpoints: Endpoints) -> Self {
        let worker = WorkerCommand {
            program: program.into(),
            arguments: arguments.iter().map(|&own| own.to_owned()).collect(),
        };
        let opened = Engine::open_or_look(Paths::new(home), worker, endpoints).unwrap();
        assert!(matches!(
            opened.database,
            Database::Writable | Database::Newer
        ));
        let options = StudioOptions {
            export_folder: home.join("exports"),
            logs: home.join("logs"),
            licences: "MIT".to_owned(),
            ..StudioOptions::default()
        };
        let studio = Studio::open(opened, options).unwrap();
        let heard = Arc::default();
        let desk = Self { studio, heard };
        desk.listen_anew();
        desk
    }

    /// Listens as a page does that has just come, and returns what it hears first.
    pub(crate) fn listen_anew(&self) -> State {
        let sink = Arc::clone(&self.heard);
        let begun = self.heard().len();
        let listener = move |event: &Event| sink.lock().unwrap().push(event.clone());
        self.studio.subscribe(Arc::new(listener)).unwrap();
        let mut heard = self.heard().into_iter().skip(begun);
        let state = heard.find_map(|event| match event {
            Event::State(state) => Some(*state),
            _ => None,
        });
        state.unwrap()
    }

    /// Asks as the window does: all the way through JSON.
    pub(crate) fn ask<C: Call>(&self, call: C) -> Result<C::Reply, ApiError> {
        let text = serde_json::to_string(&call.into()).unwrap();
        let request = serde_json::from_str(&text).unwrap();
        let reply = self.studio.answer(request)?;
        Ok(serde_json::from_slice(&reply).unwrap())
    }

    pub(crate) fn heard(&self) -> Vec<Event> {
        self.heard.lock().unwrap().clone()
    }

    pub(crate) fn state(&self) -> State {
        match self.heard().swap_remove(0) {
            Event::State(state) => *state,
            other => panic!("the state comes first, not {other:?}"),
        }
    }

    /// Makes a project with a source of ten minutes and a sequence of three clips.
    pub(crate) fn seed(&self) -> (ProjectId, Replica) {
        let name = "Talk".to_owned();
        let project = self.ask(CreateProject { name }).unwrap();
        let mut replica = Replica::new(&self.open_project(project));
        for edit in seeds() {
            self.edit(project, &mut replica, edit).unwrap();
        }
        (project, replica)
    }

    pub(crate) fn open_project(&self, project: ProjectId) -> Opened {
        self.ask(OpenProject { project }).unwrap()
    }

    /// Edits as the window does: the answer goes into its copy.
    pub(crate) fn edit(
        &self,
        project: ProjectId,
        replica: &mut Replica,
        edit: Edit,
    ) -> Result<Edited, ApiError> {
        let base = replica.seq();
        let edited = self.ask(ApplyEdit {
            project,
            base,
            edit,
        })?;
        replica.follow(&edited).unwrap();
        Ok(edited)
    }
}

/// Returns the edits that make a source and a sequence of three clips.
pub(crate) fn seeds() -> Vec<Edit> {
    let rate = FrameRate::new(25, 1).unwrap();
    let source = NewMedia {
        path: "/nowhere/talk.mp4".to_owned(),
        fingerprint: Fingerprint("f00d".to_owned()),
        duration: Ticks::from_secs(600.0),
        video: Some(MediaVideo {
            width: 1920,
            height: 1080,
            rate,
        }),
        audio: true,
    };
    let add = AddSequence {
        name: "Reel".to_owned(),
        format: Format {
            width: 1080,
            height: 1920,
            rate,
        },
        tracks: vec![TrackKind::Video, TrackKind::Voice],
    };
    let mut edits = vec![Edit::from(AddMedia { source }), Edit::from(add)];
    let mut project = Project::default();
    for edit in &edits {
        project = edit.apply(&project).unwrap();
    }
    for index in 0..3 {
        let insert = insert(&project, f64::from(index) * 10.0, f64::from(index) * 60.0);
        edits.push(insert);
    }
    edits
}

/// Returns the edit that inserts ten seconds of the source.
pub(crate) fn insert(project: &Project, at: f64, from: f64) -> Edit {
    let sequence = project.sequences.values().next().unwrap();
    InsertClip {
        sequence: sequence.id,
        tracks: sequence.tracks.iter().map(|track| track.id).collect(),
        at: SequenceTime::from_secs(at),
        media: *project.media.keys().next().unwrap(),
        source: SourceRange::from_secs(from, from + 10.0),
        speed: Speed::NORMAL,
        framing: Framing::Fit,
        mode: InsertMode::Ripple,
    }
    .into()
}

/// What a user may do next; the numbers choose among what is there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Deed {
    Insert(u32, u32),
    Split(u32),
    Move(u32, u32),
    Lift(u32),
    Undo,
    Redo,
}

/// Returns the edit of a deed; `None` when there is nothing to do it to.
pub(crate) fn edit_of(deed: Deed, project: &Project) -> Option<Edit> {
    let sequence = project.sequences.values().next()?;
    let length = sequence.duration().secs();
    let share = |part: u32| f64::from(part % 1000) / 1000.0;
    let clip = |pick: u32| -> Option<ClipId> {
        let clips = &sequence.tracks.first()?.clips;
        Some(clips.get(pick as usize % clips.len().max(1))?.id)
    };
    Some(match deed {
        Deed::Insert(at, from) => insert(project, length * share(at), 580.0 * share(from)),
        Deed::Split(at) => Split {
            sequence: sequence.id,
            at: SequenceTime::from_secs(length * share(at)),
            scope: SplitScope::Everything,
        }
        .into(),
        Deed::Move(pick, to) => MoveClips {
            sequence: sequence.id,
            clips: vec![clip(pick)?],
            by: Ticks::from_secs(length * (share(to) - 0.5)),
            lanes: 0,
            mode: MoveMode::Overwrite,
        }
        .into(),
        Deed::Lift(pick) => Lift {
            sequence: sequence.id,
            clips: vec![clip(pick)?],
        }
        .into(),
        Deed::Undo | Deed::Redo => return None,
    })
}

/// Returns the first sequence and source of a project.
pub(crate) fn firsts(project: &Project) -> (SequenceId, MediaId) {
    (
        *project.sequences.keys().next().unwrap(),
        *project.media.keys().next().unwrap(),
    )
}

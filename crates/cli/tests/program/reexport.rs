//! A reel that a network would not take as it is gets an export of its own.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use engine::publishing::Vault;
use engine::studio::{Studio as Window, StudioOptions};
use engine::{Endpoints, Engine, Paths, WorkerCommand};
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::calls::{Call, ImportFiles, OpenProject, PublishReel};
use protocol::studio::event::Event;
use protocol::studio::posting::{AccountId, Draft, Frame, PostState};
use protocol::studio::view::JobState;
use serde_json::Value;
use testkit::strict::x;

use crate::publishing::Studio;
use crate::support::{ffprobe, files};

const WORK: Duration = Duration::from_mins(5);

/// The window over the home of a command.
struct Opened {
    window: Window,
    heard: std::sync::mpsc::Receiver<Event>,
}

impl Opened {
    fn over(desk: &Studio<x::Desk>) -> Self {
        let worker = WorkerCommand {
            program: env!("CARGO_BIN_EXE_crealia").into(),
            arguments: vec!["worker".to_owned()],
        };
        let paths = Paths::new(desk.bench.path("home"));
        let phrase = desk.bench.path("phrase");
        let vault = Vault::of_session(Some("file".as_ref()), Some(phrase.as_ref()), &paths);
        let endpoints = Endpoints::read(&desk.bench.path("hosts.toml")).unwrap();
        let opened = Engine::open_or_look(paths, worker, endpoints).unwrap();
        let options = StudioOptions {
            export_folder: desk.bench.path("exports"),
            logs: desk.bench.path("logs"),
            vault: vault.unwrap(),
            ..StudioOptions::default()
        };
        let window = Window::open(opened, options).unwrap();
        let (tell, heard) = std::sync::mpsc::sync_channel(10_000);
        let listener = move |event: &Event| {
            // After the test nobody hears.
            drop(tell.try_send(event.clone()));
        };
        window.subscribe(std::sync::Arc::new(listener)).unwrap();
        Self { window, heard }
    }

    fn ask<C: Call>(&self, call: C) -> Result<C::Reply, ApiError> {
        let reply = self.window.answer(call.into())?;
        Ok(serde_json::from_slice(&reply).unwrap())
    }

    /// Waits for an event.
    fn hear<T>(&self, what: &str, wanted: impl Fn(&Event) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            let left = WORK.saturating_sub(begun.elapsed());
            let event = self
                .heard
                .recv_timeout(left)
                .unwrap_or_else(|_| panic!("{what}"));
            if let Some(found) = wanted(&event) {
                return found;
            }
        }
    }
}

fn rendered(folder: &Path) -> Vec<PathBuf> {
    let mut found = files(folder);
    found.retain(|path| path.extension().is_some_and(|ending| ending == "mp4"));
    found
}

#[test]
fn a_reel_is_posted_to_x_in_a_frame_that_x_takes() {
    let desk = Studio::<x::Desk>::connected();
    desk.bench.talk("talk.mp4");
    let opened = Opened::over(&desk);
    let path = desk.bench.path("talk.mp4").to_string_lossy().into_owned();
    let paths = vec![path];
    let imported = opened
        .ask(ImportFiles {
            project: None,
            paths,
        })
        .unwrap();
    let project = imported.project.unwrap();
    opened.hear("the import ends", |event| match event {
        Event::Job(job) if job.id == imported.jobs[0] => match &job.state {
            JobState::Failed(error) => panic!("{error}"),
            state => (*state == JobState::Done).then_some(()),
        },
        _ => None,
    });
    let board = opened.ask(OpenProject { project }).unwrap().board;
    let sequence = board.reels[0].sequence;
    let (rate, account) = (footage::time::FrameRate { num: 25, den: 1 }, AccountId(1));
    let order = |frame| PublishReel {
        project,
        sequence,
        drafts: vec![Draft {
            account,
            title: "Trois idées".to_owned(),
            caption: String::new(),
            privacy: None,
            made_for_kids: None,
            synthetic: None,
            options: std::collections::BTreeMap::new(),
            frame: Some(frame),
        }],
        at: None,
    };
    let frame = |width, height| Frame {
        width,
        height,
        rate,
    };
    let odd = opened.ask(order(frame(721, 1280))).unwrap_err();
    assert_eq!(odd.code, ErrorCode::Usage, "nothing is rendered so");
    opened.ask(order(frame(720, 1280))).unwrap();
    opened.hear("it is posted", |event| match event {
        Event::Post(post) => {
            assert_ne!(post.state, PostState::Failed, "{:?}", post.error);
            (post.state == PostState::Published).then_some(())
        }
        _ => None,
    });
    assert_eq!(desk.published(), 1);
    let files = rendered(&desk.bench.path("home/posts"));
    let [file] = files.as_slice() else {
        panic!("one file: {files:?}");
    };
    assert_eq!(ffprobe(file, "v:0", "width,height").trim(), "720,1280");
    opened.window.close().unwrap();

    // The same file, posted from the command line, is taken as it is.
    let file = file.to_string_lossy().into_owned();
    let plan = |file: &str| {
        let order = [
            "post",
            file,
            "--to",
            "x",
            "--caption",
            "a",
            "--dry-run",
            "--json",
        ];
        let plan = desk.run(&order);
        assert_eq!(plan.status, 0, "{}{}", plan.out, plan.err);
        plan.json()[0]["warnings"].clone()
    };
    assert_eq!(plan(&file), Value::Array(Vec::new()));
    // As the reel is it is not, which is told with what to do.
    let big = testkit::Clip::new("big")
        .video("testsrc2=size=1080x1920:rate=25:duration=1")
        .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p");
    desk.bench.clip("big.mp4", &big);
    let told = plan("big.mp4").to_string();
    for part in ["too large", "1080×1920", "720×1280, 25 fps"] {
        assert!(told.contains(part), "{part} in {told}");
    }
}

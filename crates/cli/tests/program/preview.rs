//! The preview over its worker: frames, changes of state, crashes.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use engine::studio::preview::{Preview, PreviewRequest};
use engine::{Endpoints, Engine, Paths, WorkerCommand};
use protocol::error::ErrorCode;
use protocol::studio::calls::{OpenPreview, PreviewAction, Sound};
use protocol::studio::event::{Event, Notice, PreviewState};
use protocol::studio::frame::FrameHeader;
use protocol::studio::view::ProjectId;
use serde_json::json;
use timeline::ids::SequenceId;
use timeline::time::SequenceTime;

use crate::support::Bench;

/// Longer than any machine takes.
const PATIENCE: Duration = Duration::from_mins(1);

enum Seen {
    Frame(FrameHeader, u8),
    Event(Box<Event>),
}

/// A window that draws each frame at once.
struct Window {
    preview: Preview,
    seen: Receiver<Seen>,
}

impl Window {
    fn open(bench: &Bench) -> Self {
        let worker = WorkerCommand {
            program: env!("CARGO_BIN_EXE_crealia").into(),
            arguments: vec!["worker".to_owned()],
        };
        let paths = Paths::new(bench.path("home"));
        let opened = Engine::open(paths, worker, Endpoints::default()).unwrap();
        let (sender, seen) = sync_channel(1024);
        let events = sender.clone();
        let tell = move |event| drop(events.send(Seen::Event(Box::new(event))));
        let preview = Preview::new(opened.engine, Arc::new(tell));
        preview.set_frames(Arc::new(move |bytes| {
            let (header, planes) = FrameHeader::read(&bytes).unwrap();
            let middle = planes[planes.len() / 3 + usize::from(header.width / 2)];
            drop(sender.send(Seen::Frame(header, middle)));
        }));
        Self { preview, seen }
    }

    fn next(&self) -> Seen {
        let seen = self.seen.recv_timeout(PATIENCE).unwrap();
        if let Seen::Frame(header, _) = &seen {
            self.preview.frame_shown(header.preview, header.at.0);
        }
        seen
    }

    fn frame(&self) -> (FrameHeader, u8) {
        loop {
            if let Seen::Frame(header, middle) = self.next() {
                return (header, middle);
            }
        }
    }

    fn frame_of(&self, at: SequenceTime) -> (FrameHeader, u8) {
        loop {
            let (header, middle) = self.frame();
            if header.at == at {
                return (header, middle);
            }
        }
    }

    /// Waits for a state, and returns it with when it was told and what else was told before.
    fn until(
        &self,
        wanted: impl Fn(&PreviewState) -> bool,
    ) -> (PreviewState, SequenceTime, Vec<Event>) {
        let mut before = Vec::new();
        loop {
            match self.next() {
                Seen::Event(event) => match *event {
                    Event::Preview(status) if wanted(&status.state) => {
                        return (status.state, status.at, before);
                    }
                    event => before.push(event),
                },
                Seen::Frame(..) => {}
            }
        }
    }

    fn kill_worker(&self) {
        let worker = self.preview.worker().unwrap();
        let killed = Command::new("kill")
            .args(["-9", &worker.to_string()])
            .status();
        assert!(killed.unwrap().success());
    }
}

/// A sequence of eight seconds; its pictures get lighter from second to second.
fn request(bench: &Bench) -> PreviewRequest {
    bench.clip(
        "steps.mp4",
        &testkit::Clip::new("steps")
            .video("color=c=black:s=180x320:r=25:d=8,geq=lum='16+25*floor(T)':cb=128:cr=128")
            .options("-c:v libx264 -g 12 -pix_fmt yuv420p"),
    );
    shown(&bench.path("steps.mp4"), 0)
}

/// The sequence over a source, begun `from` seconds into it.
fn shown(source: &Path, from: i64) -> PreviewRequest {
    let second = 705_600_000_i64;
    let clip = json!({
        "id": 1, "media": 1, "start": 0,
        "source": {"start": from * second, "end": 8 * second},
        "speed": {"num": 1, "den": 1}, "framing": "fit", "gain_db": 0.0,
        "fade_in": 0, "fade_out": 0, "link": null, "enabled": true,
    });
    let request = json!({
        "sequence": {
            "id": 1, "name": "steps",
            "format": {"width": 180, "height": 320, "rate": {"num": 25, "den": 1}},
            "tracks": [
                {"id": 1, "kind": "video", "clips": [clip], "muted": false, "locked": false},
            ],
            "captions": {}, "preset": null, "markers": [],
        },
        "sources": {"1": {
            "path": source,
            "video": {"id": "x/001", "width": 180, "height": 320},
            "audio": null, "start": 0,
        }},
        "cards": [], "caption_style": null,
    });
    serde_json::from_value(request).unwrap()
}

fn call() -> OpenPreview {
    OpenPreview {
        project: ProjectId(1),
        sequence: SequenceId(1),
        at: SequenceTime::ZERO,
        height: 160,
        sound: Sound::Off,
    }
}

#[test]
fn frames_come_as_the_protocol_says_and_follow_what_is_asked() {
    let bench = Bench::new();
    let window = Window::open(&bench);
    assert_eq!(window.preview.shows(), None);
    window.preview.open(&call(), request(&bench)).unwrap();
    assert_eq!(window.preview.shows(), Some((ProjectId(1), SequenceId(1))));
    let (header, first) = window.frame();
    assert_eq!((header.width, header.height, header.preview), (90, 160, 1));
    let (state, at, before) = window.until(|state| *state != PreviewState::Loading);
    assert_eq!((state, at), (PreviewState::Paused, SequenceTime::ZERO));
    assert_eq!(before, [], "loading was told before the first frame");

    let at = SequenceTime::from_secs(3.4);
    window.preview.control(PreviewAction::Seek { at });
    let (_, lighter) = window.frame_of(at);
    assert!(lighter > first + 60, "{first} at 0 s, {lighter} at 3.4 s");
    window.preview.update(shown(&bench.path("steps.mp4"), 2));
    let (_, edited) = window.frame_of(at);
    assert!(
        edited > lighter + 40,
        "{lighter} before the edit, {edited} after"
    );

    window.preview.control(PreviewAction::Play { rate: 2.0 });
    window.until(|state| *state == PreviewState::Playing { rate: 2.0 });
    let (_, at, _) = window.until(|state| *state == PreviewState::Ended);
    assert_eq!(at, SequenceTime::from_secs(149.0 / 25.0));
    window.preview.close();
    assert_eq!(window.preview.shows(), None);

    // Another one has a number of its own.
    window
        .preview
        .open(&call(), shown(&bench.path("steps.mp4"), 0))
        .unwrap();
    assert_eq!(window.frame().0.preview, 2);
}

#[test]
fn a_worker_that_dies_is_started_again_once_where_it_was() {
    let bench = Bench::new();
    let window = Window::open(&bench);
    window.preview.open(&call(), request(&bench)).unwrap();
    window.frame();
    let begin = SequenceTime::from_secs(1.0);
    window.preview.control(PreviewAction::Seek { at: begin });
    window.frame_of(begin);
    window.preview.control(PreviewAction::Play { rate: 0.25 });
    window.until(|state| matches!(state, PreviewState::Playing { .. }));
    let (before, _) = window.frame();

    let first = window.preview.worker();
    window.kill_worker();
    let (_, at, told) = window.until(|state| matches!(state, PreviewState::Playing { .. }));
    assert!(
        told.contains(&Event::Notice(Notice::PreviewRestarted)),
        "{told:?}"
    );
    assert!(
        at >= before.at,
        "{} s, not before {} s",
        at.secs(),
        before.at.secs()
    );
    assert_ne!(window.preview.worker(), first, "another process");
    let (after, _) = window.frame();
    assert!(after.at >= at, "it plays on");

    window.kill_worker();
    let (state, ..) = window.until(|state| matches!(state, PreviewState::Failed(_)));
    let PreviewState::Failed(error) = state else {
        unreachable!("that was waited for")
    };
    assert_eq!(error.code, ErrorCode::WorkerDied);
    assert!(!error.hint.is_empty(), "it says what to do: {error:?}");
    assert_eq!(window.preview.worker(), None, "it is left alone");

    // Until something is asked for.
    window.preview.control(PreviewAction::Play { rate: 1.0 });
    window.until(|state| matches!(state, PreviewState::Playing { .. }));
    let (again, _) = window.frame();
    assert!(again.at >= begin, "{} s", again.at.secs());
}

#[test]
fn what_is_wrong_with_a_file_is_told_and_the_preview_lives_on() {
    let bench = Bench::new();
    let window = Window::open(&bench);
    window
        .preview
        .open(&call(), shown(&bench.path("none.mp4"), 0))
        .unwrap();
    let (state, ..) = window.until(|state| matches!(state, PreviewState::Failed(_)));
    assert!(
        matches!(&state, PreviewState::Failed(error) if error.code == ErrorCode::NotFound),
        "{state:?}"
    );
    window.preview.open(&call(), request(&bench)).unwrap();
    assert_eq!(window.frame().0.preview, 2);
    let refused = window.preview.open(
        &OpenPreview {
            height: 0,
            ..call()
        },
        request(&bench),
    );
    assert_eq!(refused.unwrap_err().to_api().code, ErrorCode::Usage);
}

#[test]
fn a_worker_killed_while_it_seeks_shows_that_moment_when_it_is_back() {
    let bench = Bench::new();
    let window = Window::open(&bench);
    window.preview.open(&call(), request(&bench)).unwrap();
    window.frame();
    let at = SequenceTime::from_secs(5.0);
    let first = window.preview.worker();
    window.preview.control(PreviewAction::Seek { at });
    window.kill_worker();
    while window
        .preview
        .worker()
        .is_none_or(|worker| Some(worker) == first)
    {
        std::thread::sleep(Duration::from_millis(5));
    }
    window.frame_of(at);

    // Dead twice within seconds it is left alone; another order to open tries again.
    window.kill_worker();
    window.until(|state| matches!(state, PreviewState::Failed(_)));
    window
        .preview
        .open(&call(), shown(&bench.path("steps.mp4"), 0))
        .unwrap();
    while window.frame().0.preview != 2 {}
}

#[test]
fn a_source_that_goes_away_while_it_plays_is_told_and_the_next_one_opens() {
    let bench = Bench::new();
    let window = Window::open(&bench);
    let path = bench.path("steps.mp4");
    request(&bench);
    let whole = std::fs::read(&path).unwrap();
    let away = bench.path("away.mp4");
    let deeds: [(&str, &dyn Fn()); 3] = [
        ("removed", &|| std::fs::remove_file(&path).unwrap()),
        ("renamed", &|| std::fs::rename(&path, &away).unwrap()),
        ("cut", &|| {
            let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
            file.set_len(whole.len() as u64 / 2).unwrap();
        }),
    ];
    for (number, (deed, perform)) in (1..).zip(deeds) {
        // Anew each time: a file that was replaced is another one.
        std::fs::write(&path, &whole).unwrap();
        window.preview.open(&call(), shown(&path, 0)).unwrap();
        assert_eq!(window.frame().0.preview, number, "{deed}");
        window.preview.control(PreviewAction::Play { rate: 0.5 });
        window.until(|state| matches!(state, PreviewState::Playing { .. }));
        perform();
        let (state, ..) = window.until(|state| matches!(state, PreviewState::Failed(_)));
        let PreviewState::Failed(error) = state else {
            unreachable!("that was waited for")
        };
        let is_of_the_file = matches!(
            error.code,
            ErrorCode::NotFound | ErrorCode::Unreadable | ErrorCode::CorruptMedia
        );
        assert!(is_of_the_file, "{deed}: {error:?}");
    }
    assert!(
        window.preview.worker().is_some(),
        "the same worker lives on"
    );
}

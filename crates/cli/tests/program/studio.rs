//! The window's way through the engine with real media: import, choose, edit, export.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use engine::studio::{Studio, StudioOptions};
use engine::{Endpoints, Engine, Paths, WorkerCommand};
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::calls::{
    ApplyEdit, Call, CancelJobs, ClosePreview, ExportReels, GetTranscript, ImportFiles, JudgeReels,
    OpenPreview, OpenProject, PauseJobs, RelinkMedia, RetryJob, Reveal, Sound, SuggestAgain, Undo,
};
use protocol::studio::event::{Event, PreviewState, State};
use protocol::studio::settings::{ExportFormat, ExportOrder};
use protocol::studio::view::{
    Board, Edited, Imported, JobId, JobState, JobView, Opened, Presence, ProjectId, Verdict,
};
use timeline::edit::{AddTrack, InsertClip, InsertMode, RenameSequence, Split, SplitScope};
use timeline::ids::{MediaId, SequenceId};
use timeline::project::{Framing, Speed, TrackKind};
use timeline::time::SequenceTime;

use crate::support::{Bench, ffprobe};

/// Returns a studio with a project that holds the talk.
fn talk() -> (Bench, Desk, ProjectId) {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    let desk = Desk::open(&bench);
    let project = desk.bring_in(&bench, "talk.mp4");
    (bench, desk, project)
}

/// A studio over a bench's home, and what it told.
struct Desk {
    studio: Studio,
    heard: Arc<Mutex<Vec<Event>>>,
}

impl Desk {
    fn open(bench: &Bench) -> Self {
        Self::open_in(bench, bench.path("home"))
    }

    fn open_in(bench: &Bench, home: PathBuf) -> Self {
        let worker = WorkerCommand {
            program: env!("CARGO_BIN_EXE_crealia").into(),
            arguments: vec!["worker".to_owned()],
        };
        let paths = Paths::new(home);
        let opened = Engine::open_or_look(paths, worker, Endpoints::default()).unwrap();
        let options = StudioOptions {
            export_folder: bench.path("exports"),
            logs: bench.path("logs"),
            ..StudioOptions::default()
        };
        let studio = Studio::open(opened, options).unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&heard);
        let listener = move |event: &Event| sink.lock().unwrap().push(event.clone());
        studio.subscribe(Arc::new(listener)).unwrap();
        Self { studio, heard }
    }

    /// Ends as the window does, and writes everything.
    fn close(self) {
        self.studio.close().unwrap();
    }

    fn relink(
        &self,
        bench: &Bench,
        (project, media): (ProjectId, MediaId),
        name: &str,
    ) -> Result<Edited, ApiError> {
        let path = bench.path(name).to_string_lossy().into_owned();
        self.ask(RelinkMedia {
            project,
            media,
            path,
        })
    }

    fn ask<C: Call>(&self, call: C) -> Result<C::Reply, ApiError> {
        let reply = self.studio.answer(call.into())?;
        Ok(serde_json::from_slice(&reply).unwrap())
    }

    fn state(&self) -> State {
        match self.heard.lock().unwrap().first() {
            Some(Event::State(state)) => State::clone(state),
            other => panic!("the state comes first, not {other:?}"),
        }
    }

    fn project(&self, project: ProjectId) -> Opened {
        self.ask(OpenProject { project }).unwrap()
    }

    /// Waits until a job is as wanted, and returns it.
    fn wait(&self, job: JobId, wanted: impl Fn(&JobView) -> bool) -> JobView {
        loop {
            let heard = self.heard.lock().unwrap().clone();
            let mut told = heard.into_iter().rev().filter_map(|event| match event {
                Event::Job(view) if view.id == job => Some(view),
                _ => None,
            });
            match told.next() {
                Some(view) if wanted(&view) => return view,
                _ => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Waits until a job has ended, and returns it.
    fn end(&self, job: JobId) -> JobView {
        self.wait(job, |view| {
            !matches!(
                view.state,
                JobState::Queued | JobState::Running | JobState::Paused
            )
        })
    }

    /// Exports a reel, and waits for the end of that.
    fn export(&self, project: ProjectId, sequence: SequenceId, order: ExportOrder) -> JobView {
        let exported = self.ask(ExportReels {
            project,
            sequences: vec![sequence],
            order,
        });
        self.end(exported.unwrap().jobs[0])
    }

    fn import(&self, bench: &Bench, names: &[&str], project: Option<ProjectId>) -> Imported {
        let path = |name: &&str| bench.path(name).to_string_lossy().into_owned();
        let paths = names.iter().map(path).collect();
        self.ask(ImportFiles { project, paths }).unwrap()
    }

    /// Imports one file and waits for it.
    fn bring_in(&self, bench: &Bench, name: &str) -> ProjectId {
        let imported = self.import(bench, &[name], None);
        assert_eq!(imported.refused, [], "{name}");
        let ended = self.end(imported.jobs[0]);
        assert_eq!(ended.state, JobState::Done, "{name}");
        imported.project.unwrap()
    }
}

fn order(bench: &Bench, folder: &str) -> ExportOrder {
    ExportOrder {
        folder: bench.path(folder).to_string_lossy().into_owned(),
        template: "{source} {number} {title}".to_owned(),
        format: ExportFormat::Mp4Software,
        caption_files: true,
        cover: true,
    }
}

fn first(board: &Board) -> SequenceId {
    board.reels[0].sequence
}

#[test]
fn a_clip_becomes_reels_that_are_kept_edited_and_exported() {
    let (bench, desk, project) = talk();

    // What was found.
    let opened = desk.project(project);
    assert_eq!(opened.project.name, "talk");
    assert!(
        opened.history.undo.is_empty(),
        "an import is not undone by mistake"
    );
    let source = &opened.sources[0];
    assert_eq!(source.presence, Presence::Present);
    assert!(source.words > 40, "{source:?}");
    let words = desk
        .ask(GetTranscript {
            project,
            media: source.media,
        })
        .unwrap();
    assert_eq!(words.unwrap().words.len(), source.words);
    let strip = source.filmstrip.as_ref().unwrap();
    let picture = desk.studio.picture(&strip.picture).unwrap();
    assert_eq!(picture.mime, "image/jpeg");
    let size = jpeg_size(&picture.bytes);
    let rows = strip.count.div_ceil(strip.columns);
    assert_eq!(size, (strip.width * strip.columns, strip.height * rows));
    desk.studio
        .picture(source.thumbnail.as_ref().unwrap())
        .unwrap();
    let waveform = desk
        .studio
        .picture(source.waveform.as_ref().unwrap())
        .unwrap();
    let (rate, peaks) = waveform.bytes.split_at(4);
    let rate = u32::from_le_bytes(rate.try_into().unwrap());
    assert!(
        peaks.len() as u32 >= 31 * rate,
        "peaks for the whole length"
    );
    let reel = &opened.board.reels[0];
    assert!(reel.score > 0.0 && !reel.parts.is_empty(), "{reel:?}");
    let cover = desk.studio.picture(reel.cover.as_ref().unwrap()).unwrap();
    assert_eq!(jpeg_size(&cover.bytes), (360, 640));

    // Keep and edit.
    let sequence = first(&opened.board);
    let keep = JudgeReels {
        project,
        sequences: vec![sequence],
        verdict: Verdict::Kept,
    };
    desk.ask(keep).unwrap();
    let name = "Why? Because: \"late\"".to_owned();
    let edited = desk
        .ask(ApplyEdit {
            project,
            base: opened.seq,
            edit: RenameSequence { sequence, name }.into(),
        })
        .unwrap();
    assert_eq!(edited.seq, opened.seq + 1);

    // Export.
    let job = desk.export(project, sequence, order(&bench, "out"));
    assert_eq!(job.state, JobState::Done);
    let file = job.output.unwrap();
    assert!(file.ends_with("talk 01 Why- Because- -late-.mp4"), "{file}");
    let path = std::path::Path::new(&file);
    assert_eq!(ffprobe(path, "v:0", "width,height").trim(), "1080,1920");
    let stem = "talk 01 Why- Because- -late-";
    let expected = ["ass", "jpg", "mp4", "srt", "vtt"].map(|ending| format!("{stem}.{ending}"));
    assert_eq!(bench.names("out"), expected, "whole files and nothing else");
    let board = desk.project(project).board;
    let mark = board.reels[0].exported.clone().unwrap();
    assert_eq!((mark.path.as_str(), mark.outdated), (file.as_str(), false));
    assert_eq!(
        desk.studio
            .reveal_target(&Reveal::Reel(project, sequence))
            .unwrap(),
        path
    );

    // Again: never over a file that is there. And what was edited since is out of date.
    let split = Split {
        sequence,
        at: SequenceTime::from_secs(2.0),
        scope: SplitScope::Everything,
    };
    desk.ask(ApplyEdit {
        project,
        base: edited.seq,
        edit: split.into(),
    })
    .unwrap();
    assert!(
        desk.project(project).board.reels[0]
            .exported
            .as_ref()
            .unwrap()
            .outdated
    );
    desk.ask(Undo { project }).unwrap();
    let again = desk.export(project, sequence, order(&bench, "out"));
    let second = again.output.unwrap();
    assert!(second.ends_with("-late- 2.mp4"), "{second}");
    desk.studio.close().unwrap();
}

#[test]
fn jobs_are_cancelled_paused_and_begun_again() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    let desk = Desk::open(&bench);
    let imported = desk.import(&bench, &["talk.mp4"], None);
    let (project, job) = (imported.project.unwrap(), imported.jobs[0]);
    desk.wait(job, |view| {
        view.state == JobState::Running && view.step.is_some()
    });
    desk.ask(CancelJobs { jobs: vec![job] }).unwrap();
    assert_eq!(desk.end(job).state, JobState::Cancelled);
    desk.ask(RetryJob { job }).unwrap();
    let is_on = |view: &JobView| view.state == JobState::Running && view.fraction > 0.05;
    desk.wait(job, is_on);
    let pause = |paused| {
        let jobs = vec![job];
        desk.ask(PauseJobs { jobs, paused }).unwrap();
    };
    pause(true);
    let rests = desk.wait(job, |view| view.state == JobState::Paused);
    std::thread::sleep(Duration::from_millis(500));
    let later = desk.wait(job, |view| view.state == JobState::Paused);
    assert_eq!(
        later.fraction.to_bits(),
        rests.fraction.to_bits(),
        "it stands still"
    );
    pause(false);
    assert_eq!(desk.end(job).state, JobState::Done);
    assert!(!desk.project(project).board.reels.is_empty());
    desk.studio.close().unwrap();
}

#[test]
fn a_job_that_was_cut_off_goes_on_at_the_next_start() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    let desk = Desk::open(&bench);
    let imported = desk.import(&bench, &["talk.mp4"], None);
    let (project, job) = (imported.project.unwrap(), imported.jobs[0]);
    desk.wait(job, |view| {
        view.state == JobState::Running && view.step.is_some()
    });
    desk.close();
    let desk = Desk::open(&bench);
    assert_eq!(desk.state().jobs.len(), 1, "it is not forgotten");
    assert_eq!(desk.end(job).state, JobState::Done);
    let opened = desk.project(project);
    assert_eq!(opened.sources.len(), 1);
    assert_eq!(opened.board.reels.len(), opened.project.sequences.len());
    desk.studio.close().unwrap();
}

#[test]
fn a_file_comes_in_once_and_one_that_cannot_be_used_says_why() {
    let bench = Bench::new();
    bench.talk("talk.mp4");
    let tone = testkit::Clip::new("tone").audio("sine=f=440:d=20");
    bench.clip("tone.mp4", &tone);
    std::fs::write(bench.path("noise.mp4"), [0xA7; 5000]).unwrap();
    let desk = Desk::open(&bench);
    let project = desk.bring_in(&bench, "talk.mp4");
    let names = ["talk.mp4", "tone.mp4", "noise.mp4", "tone.mp4"];
    let imported = desk.import(&bench, &names, Some(project));
    let refused: Vec<ErrorCode> = imported.refused.iter().map(|error| error.code).collect();
    assert_eq!(refused, [ErrorCode::AlreadyThere, ErrorCode::AlreadyThere]);
    let ends: Vec<Option<ErrorCode>> = imported
        .jobs
        .iter()
        .map(|job| match desk.end(*job).state {
            JobState::Done => None,
            JobState::Failed(error) => Some(error.code),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ends, [None, Some(ErrorCode::CorruptMedia)]);
    desk.studio.close().unwrap();
}

/// Returns how strong a tone is in a stretch of a file's sound, as its share of the whole energy.
fn share_of_tone(file: &std::path::Path, hz: f64, (from, to): (f64, f64)) -> f64 {
    let output = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(file)
        .args(["-f", "f32le", "-ac", "1", "-ar", "48000", "-"])
        .output()
        .unwrap();
    assert!(output.status.success());
    let at = |secs: f64| (secs * 48_000.0) as usize * 4;
    let samples = output.stdout[at(from)..at(to)].chunks_exact(4);
    let samples = samples.map(|bytes| f64::from(f32::from_le_bytes(bytes.try_into().unwrap())));
    let (mut cosine, mut sine, mut energy, mut count) = (0.0, 0.0, 0.0, 0.0);
    for (n, sample) in samples.enumerate() {
        let turn = std::f64::consts::TAU * hz * n as f64 / 48_000.0;
        cosine += sample * turn.cos();
        sine += sample * turn.sin();
        energy += sample * sample;
        count += 1.0;
    }
    (cosine * cosine + sine * sine) * 2.0 / (count * energy)
}

#[test]
fn music_comes_in_without_reels_and_is_heard_in_the_exported_file() {
    let (bench, desk, project) = talk();
    let reels = desk.project(project).board.reels.len();
    let song = testkit::Clip::new("song").audio("sine=f=1234:d=40");
    let song = song.options("-c:a libmp3lame").container("mp3");
    bench.clip("song.mp3", &song);
    let imported = desk.import(&bench, &["song.mp3"], Some(project));
    assert_eq!(imported.refused, []);
    assert_eq!(desk.end(imported.jobs[0]).state, JobState::Done);
    let opened = desk.project(project);
    assert_eq!(opened.board.reels.len(), reels, "a song has no reels");
    let source = opened.sources.iter().find(|own| own.name == "song.mp3");
    let source = source.unwrap();
    assert!(source.waveform.is_some(), "it can be drawn");
    assert_eq!(source.thumbnail, None);
    let known = &opened.project.media[&source.media];
    assert!(known.video.is_none() && known.audio);
    assert!((known.duration.secs() - 40.0).abs() < 0.1);

    // Under the second and third second of the reel.
    let sequence = first(&opened.board);
    let add = |base, edit: timeline::edit::Edit| {
        let edit = ApplyEdit {
            project,
            base,
            edit,
        };
        desk.ask(edit).unwrap().seq
    };
    let track = AddTrack {
        sequence,
        kind: TrackKind::Music,
        position: usize::MAX,
    };
    let seq = add(opened.seq, track.into());
    let tracks = desk.project(project).project.sequences[&sequence].clone();
    let music = tracks.tracks_of(TrackKind::Music).next().unwrap().id;
    let insert = InsertClip {
        sequence,
        tracks: vec![music],
        at: SequenceTime::from_secs(1.0),
        media: source.media,
        source: timeline::SourceRange::from_secs(0.0, 2.0),
        speed: Speed::NORMAL,
        framing: Framing::Fit,
        mode: InsertMode::Vacant,
    };
    add(seq, insert.into());
    let job = desk.export(project, sequence, order(&bench, "out"));
    assert_eq!(job.state, JobState::Done);
    let file = PathBuf::from(job.output.unwrap());
    let under = share_of_tone(&file, 1234.0, (1.2, 2.8));
    let after = share_of_tone(&file, 1234.0, (3.2, 4.8));
    assert!(under > 0.05, "the music is in the mix: {under}");
    assert!(under > after * 20.0, "and nowhere else: {under}, {after}");

    // What was there before it came is nothing to make reels of.
    let again = SuggestAgain {
        project,
        media: source.media,
        wish: String::new(),
    };
    let job = desk.ask(again).unwrap();
    match desk.end(job).state {
        JobState::Failed(error) => assert_eq!(error.code, ErrorCode::NoVideo),
        other => panic!("{other:?}"),
    }
    desk.studio.close().unwrap();
}

#[test]
fn a_wish_replaces_what_nobody_touched_and_brings_back_nothing_rejected() {
    let (_bench, desk, project) = talk();
    let opened = desk.project(project);
    let rejected = opened.board.reels[0].clone();
    let reject = JudgeReels {
        project,
        sequences: vec![rejected.sequence],
        verdict: Verdict::Rejected,
    };
    desk.ask(reject).unwrap();
    let wish = "the curve on the next day".to_owned();
    let media = opened.sources[0].media;
    let again = SuggestAgain {
        project,
        media,
        wish: wish.clone(),
    };
    let job = desk.ask(again).unwrap();
    assert_eq!(desk.end(job).state, JobState::Done);
    let after = desk.project(project);
    assert_eq!(after.sources[0].wish, wish);
    let stays = after
        .board
        .reels
        .iter()
        .filter(|reel| reel.sequence == rejected.sequence);
    assert_eq!(stays.count(), 1, "what the user decided on stays");
    for reel in after
        .board
        .reels
        .iter()
        .filter(|reel| reel.sequence != rejected.sequence)
    {
        let shared = reel.range.intersection(rejected.range);
        let shared = shared.map_or(0.0, |range| range.duration().secs());
        let shorter = reel
            .range
            .duration()
            .secs()
            .min(rejected.range.duration().secs());
        assert!(shared <= shorter / 2.0, "{:?} again", reel.range);
    }
    desk.studio.close().unwrap();
}

#[test]
fn a_source_that_moved_is_found_again_and_another_file_is_refused() {
    let (bench, desk, project) = talk();
    desk.close();
    std::fs::rename(bench.path("talk.mp4"), bench.path("moved.mp4")).unwrap();
    std::fs::write(bench.path("other.mp4"), [1; 4000]).unwrap();

    let desk = Desk::open(&bench);
    let opened = desk.project(project);
    assert_eq!(opened.sources[0].presence, Presence::Missing);
    let media = opened.sources[0].media;
    let relink = |name: &str| desk.relink(&bench, (project, media), name);
    assert_eq!(
        relink("other.mp4").unwrap_err().code,
        ErrorCode::SourceChanged
    );
    relink("moved.mp4").unwrap();
    let opened = desk.project(project);
    assert_eq!(opened.sources[0].presence, Presence::Present);
    assert_eq!(opened.sources[0].name, "moved.mp4");
    desk.studio.close().unwrap();
}

#[test]
fn a_copy_of_a_source_stands_for_it_and_nothing_is_computed_again() {
    let (bench, desk, project) = talk();
    let before = desk.project(project);
    // A copy is written later than what it is of.
    std::fs::create_dir(bench.path("disk")).unwrap();
    for name in ["talk.mp4", "talk.srt"] {
        std::fs::copy(bench.path(name), bench.path("disk").join(name)).unwrap();
        std::fs::remove_file(bench.path(name)).unwrap();
    }
    let copy = "disk/talk.mp4";
    let mut other = std::fs::read(bench.path(copy)).unwrap();
    let middle = other.len() / 2;
    other[middle] ^= 1;
    std::fs::write(bench.path("other.mp4"), other).unwrap();
    let media = before.sources[0].media;
    let relink = |name: &str| desk.relink(&bench, (project, media), name);
    let refused = relink("other.mp4").unwrap_err();
    assert_eq!(refused.code, ErrorCode::SourceChanged);
    relink(copy).unwrap();
    let opened = desk.project(project);
    assert_eq!(opened.sources[0].presence, Presence::Present);
    assert!(opened.project.media[&media].path.ends_with(copy));
    assert_eq!(opened.sources[0].thumbnail, before.sources[0].thumbnail);
    assert_eq!(opened.board.reels[0].cover, before.board.reels[0].cover);
    let again = desk.import(&bench, &[copy], Some(project));
    assert_eq!(again.refused[0].code, ErrorCode::AlreadyThere);
    // Drawn anew, from the copy; each once, also when several ask for it at the same time.
    let covers = bench.path("home/cache/covers");
    std::fs::remove_dir_all(&covers).unwrap();
    let reels = &opened.board.reels;
    std::thread::scope(|scope| {
        for reel in reels.iter().chain(reels) {
            let cover = reel.cover.as_ref().unwrap();
            scope.spawn(|| desk.studio.picture(cover).unwrap());
        }
    });
    let drawn = std::fs::read_dir(&covers).unwrap().count();
    assert_eq!(drawn, reels.len());
    desk.close();
    let run = bench.reels(copy, &[]).json();
    for step in ["probe", "analyse", "transcribe"] {
        let steps = run["steps"].as_array().unwrap();
        let own = steps.iter().find(|own| own["name"] == step).unwrap();
        assert_eq!(own["reused"], true, "{step}");
    }
}

#[test]
fn a_newer_library_is_looked_at_with_pictures_and_preview() {
    let (bench, desk, project) = talk();
    let before = desk.project(project);
    desk.close();
    let home = bench.path("home");
    while home.join("library.db-wal").exists() {
        // Whoever closes last writes the log into the file.
        std::thread::sleep(Duration::from_millis(20));
    }
    // The schema's version stands in the header (SQLite file format, section 1.3.12).
    let library = home.join("library.db");
    let mut bytes = std::fs::read(&library).unwrap();
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&library, &bytes).unwrap();
    let covers = home.join("cache/covers");
    if covers.exists() {
        std::fs::remove_dir_all(&covers).unwrap();
    }

    let desk = Desk::open(&bench);
    let card = desk.state().projects.swap_remove(0);
    assert_eq!(card.reels, Some(before.board.reels.len()));
    let opened = desk.project(project);
    assert_eq!(opened.board, before.board, "why there are these reels");
    assert_eq!(opened.sources, before.sources);
    let reel = &opened.board.reels[0];
    let cover = desk.studio.picture(reel.cover.as_ref().unwrap()).unwrap();
    assert_eq!(jpeg_size(&cover.bytes), (360, 640));
    assert_eq!(std::fs::read_dir(&covers).unwrap().count(), 1, "drawn once");
    let thumbnail = opened.sources[0].thumbnail.as_ref().unwrap();
    desk.studio.picture(thumbnail).unwrap();
    let open = OpenPreview {
        project,
        sequence: reel.sequence,
        at: SequenceTime::ZERO,
        height: 320,
        sound: Sound::Off,
    };
    desk.ask(open).unwrap();
    let is_shown = |event: &Event| matches!(event, Event::Preview(status) if status.state == PreviewState::Paused);
    while !desk.heard.lock().unwrap().iter().any(is_shown) {
        std::thread::sleep(Duration::from_millis(20));
    }
    desk.ask(ClosePreview {}).unwrap();
    desk.close();
    assert_eq!(
        std::fs::read(&library).unwrap(),
        bytes,
        "not a byte changed"
    );
}

#[test]
fn the_programs_folder_can_be_moved() {
    let (bench, desk, project) = talk();
    desk.close();
    // Where it was there is nothing any more, as after a move to another disk.
    let (home, away) = (bench.path("home"), bench.path("away"));
    std::fs::rename(&home, &away).unwrap();
    let desk = Desk::open_in(&bench, away);
    let source = desk.project(project).sources.swap_remove(0);
    let strip = source.filmstrip.as_ref().map(|strip| &strip.picture);
    for picture in [source.thumbnail.as_ref(), strip, source.waveform.as_ref()] {
        desk.studio.picture(picture.unwrap()).unwrap();
    }
}

#[test]
fn an_export_that_cannot_be_written_says_why() {
    let (bench, desk, project) = talk();
    let sequence = first(&desk.project(project).board);
    let nowhere = ExportOrder {
        folder: "/proc/nowhere".to_owned(),
        ..order(&bench, "out")
    };
    match desk.export(project, sequence, nowhere).state {
        JobState::Failed(error) => {
            assert_eq!(error.code, ErrorCode::Unwritable);
            assert!(!error.hint.is_empty(), "what to do");
        }
        other => panic!("{other:?}"),
    }
    desk.studio.close().unwrap();
}

/// Returns width and height of a JPEG from its frame header (ITU-T T.81, B.2.2).
fn jpeg_size(bytes: &[u8]) -> (u32, u32) {
    let mut at = 2;
    loop {
        let length = usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
        if (0xC0..=0xC2).contains(&bytes[at + 1]) {
            let side = |from: usize| u32::from(u16::from_be_bytes([bytes[from], bytes[from + 1]]));
            return (side(at + 7), side(at + 5));
        }
        at += 2 + length;
    }
}

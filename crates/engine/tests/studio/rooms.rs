//! What the settings ask for: models from a host, and an empty cache.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use protocol::error::ErrorCode;
use protocol::studio::calls::{AddModel, CancelJobs, ClearCache, DownloadModel, GetModels};
use protocol::studio::event::Event;
use protocol::studio::view::{JobId, JobState, JobView};
use store::projects::Change;
use store::reels::FindRow;

use crate::support::{Bench, Desk};

/// The smallest model for speech, and its length in bytes.
const TINY: (&str, usize) = ("whisper-tiny", 77_691_713);

/// How far a host sends what it is asked for.
#[derive(Clone, Copy)]
enum Sends {
    /// All of it.
    Everything,
    /// A part; then it waits until the other side goes away.
    APart,
}

/// Starts a host that has a file of zeros for everybody, and returns its address.
fn host(sends: Sends) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let head = BufReader::new(stream.try_clone().unwrap());
            let lines = head.lines().map_while(Result::ok);
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let length = TINY.1;
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
            let sent = match sends {
                Sends::Everything => length,
                Sends::APart => length / 4,
            };
            let zeros = vec![0; 1 << 20];
            let mut left = sent;
            let mut outcome = stream.write_all(head.as_bytes());
            while left > 0 && outcome.is_ok() {
                let count = left.min(zeros.len());
                outcome = stream.write_all(zeros.get(..count).unwrap());
                left -= count;
                // Slow enough for its progress to be told.
                std::thread::sleep(Duration::from_millis(40));
            }
            if matches!(sends, Sends::APart) {
                // Ends when the connection does.
                let rest = BufReader::new(stream);
                rest.lines().map_while(Result::ok).for_each(drop);
            }
        }
    });
    address
}

/// Returns what was told of a job, in order.
fn told(desk: &Desk, job: JobId) -> Vec<JobView> {
    let heard = desk.heard().into_iter();
    heard
        .filter_map(|event| match event {
            Event::Job(view) if view.id == job => Some(view),
            _ => None,
        })
        .collect()
}

fn wait(desk: &Desk, job: JobId, wanted: impl Fn(&JobView) -> bool) -> JobView {
    loop {
        match told(desk, job).pop() {
            Some(view) if wanted(&view) => return view,
            _ => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

fn is_over(view: &JobView) -> bool {
    !matches!(view.state, JobState::Queued | JobState::Running)
}

fn has_tiny(desk: &Desk) -> bool {
    let models = desk.ask(GetModels {}).unwrap();
    let tiny = models.into_iter().find(|model| model.id == TINY.0);
    tiny.unwrap().path.is_some()
}

#[test]
fn a_model_whose_bytes_are_others_is_refused_after_its_progress() {
    let bench = Bench::new();
    let desk = Desk::with_models(&bench.home(), &host(Sends::Everything));
    let id = TINY.0.to_owned();
    let job = desk.ask(DownloadModel { id }).unwrap();
    let ended = wait(&desk, job, is_over);
    match ended.state {
        JobState::Failed(error) => assert_eq!(error.code, ErrorCode::DownloadFailed),
        other => panic!("{other:?}"),
    }
    let views = told(&desk, job);
    let fractions: Vec<f64> = views.iter().map(|view| view.fraction).collect();
    assert!(fractions.is_sorted(), "it never goes back: {fractions:?}");
    let is_between = |part: &f64| (0.05..0.95).contains(part);
    assert!(fractions.iter().any(is_between), "{fractions:?}");
    assert!(!has_tiny(&desk), "what is not the model is not kept as it");
}

#[test]
fn a_download_is_stopped_in_its_midst() {
    let bench = Bench::new();
    let desk = Desk::with_models(&bench.home(), &host(Sends::APart));
    let id = TINY.0.to_owned();
    let job = desk.ask(DownloadModel { id }).unwrap();
    wait(&desk, job, |view| view.fraction > 0.1);
    desk.ask(CancelJobs { jobs: vec![job] }).unwrap();
    let ended = wait(&desk, job, is_over);
    assert_eq!(ended.state, JobState::Cancelled);
    assert!(!has_tiny(&desk));
    desk.close();
}

#[test]
fn a_file_that_is_no_model_is_not_added() {
    let bench = Bench::new();
    let desk = bench.open();
    let junk = bench.path("junk.bin");
    std::fs::write(&junk, [7; 4096]).unwrap();
    let add = |path: &Path| {
        let path = path.to_string_lossy().into_owned();
        let id = TINY.0.to_owned();
        desk.ask(AddModel { id, path }).unwrap_err()
    };
    assert_eq!(add(&junk).code, ErrorCode::ModelUnusable);
    assert_eq!(add(&bench.path("absent.bin")).code, ErrorCode::NotFound);
    assert!(!has_tiny(&desk));
}

#[test]
fn an_emptied_cache_keeps_what_shows_the_sources_in_use() {
    let bench = Bench::new();
    let desk = bench.open();
    let (project, replica) = desk.seed();
    let media = replica.project().media.values().next().unwrap().clone();
    let find = FindRow {
        media: media.id.0,
        fingerprint: media.fingerprint.0.clone(),
        found: "{}".to_owned(),
    };
    let change = Change {
        find: Some(&find),
        ..Change::default()
    };
    bench
        .library()
        .change_project(project.0, &change, 0)
        .unwrap();
    let cache = bench.home().join("cache");
    let used = cache.join(&media.fingerprint.0).join("streams");
    let files = [
        used.join("waveform.bin"),
        used.join("proxy.mp4"),
        used.join("speech.pcm"),
        cache.join("gone").join("streams").join("waveform.bin"),
        cache.join("covers").join("1.jpg"),
    ];
    for file in &files {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, vec![1; 10_000]).unwrap();
    }
    let left = desk.ask(ClearCache {}).unwrap();
    let there: Vec<bool> = files.iter().map(|file| file.exists()).collect();
    assert_eq!(there, [true, true, false, false, false]);
    assert_eq!(left.cache, 20_000, "what is told is what is there");
    desk.close();
}

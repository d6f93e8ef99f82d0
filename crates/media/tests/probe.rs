//! What `probe` says about generated and real files.
#![expect(
    clippy::unwrap_used,
    clippy::items_after_statements,
    clippy::too_many_lines,
    reason = "a test fails by panicking, and its table of files is as long as it is"
)]

use std::path::{Path, PathBuf};

use footage::time::FrameRate;
use media::{Error, Probe, StreamChoice, probe, read_text_stream};
use testkit::Clip;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("clips")
}

struct Expect {
    size: (u32, u32),
    rate: (u32, u32),
    secs: f64,
    vfr: bool,
    rotation: u16,
}

fn check(path: &Path, expect: &Expect) {
    let found = probe(path, &StreamChoice::default()).unwrap();
    let name = path.file_name().unwrap().to_string_lossy();
    let (_, video) = found.streams.chosen_video().unwrap();
    assert_eq!((video.width, video.height), expect.size, "{name}");
    assert_eq!(
        video.rate,
        FrameRate::new(expect.rate.0, expect.rate.1),
        "{name}"
    );
    assert_eq!(video.vfr, expect.vfr, "{name}");
    assert_eq!(video.rotation, expect.rotation, "{name}");
    let secs = found.duration.secs();
    assert!((secs - expect.secs).abs() < 0.03, "{name}: {secs} s");
}

#[test]
fn usual_rates_sizes_and_lengths() {
    for (rate, num, den) in [
        ("25", 25, 1),
        ("30000/1001", 30_000, 1001),
        ("50", 50, 1),
        ("24", 24, 1),
        ("120", 120, 1),
    ] {
        for container in ["mp4", "mkv", "ts"] {
            let clip = Clip::new("rate")
                .video(&format!("testsrc2=s=320x180:r={rate}:d=3"))
                .audio("sine=f=440:d=3:r=48000")
                .options("-c:v libx264 -preset ultrafast -bf 2 -pix_fmt yuv420p -c:a aac")
                .container(container)
                .file(&folder())
                .unwrap();
            let expect = Expect {
                size: (320, 180),
                rate: (num, den),
                secs: 3.0,
                vfr: false,
                rotation: 0,
            };
            check(&clip, &expect);
        }
    }
}

#[test]
fn turned_pictures_are_shown_upright() {
    let clip = Clip::new("phone")
        .video("testsrc2=s=320x180:r=30:d=1")
        .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p");
    for (degrees, size) in [(90, (180, 320)), (180, (320, 180)), (270, (180, 320))] {
        let turned = clip.turned(&folder(), degrees).unwrap();
        let expect = Expect {
            size,
            rate: (30, 1),
            secs: 1.0,
            vfr: false,
            rotation: degrees as u16,
        };
        check(&turned, &expect);
    }
}

#[test]
fn uneven_frames_and_wide_pixels() {
    let vfr = Clip::new("vfr")
        .video("testsrc2=s=320x180:r=30:d=4")
        .options("-vf select='mod(n\\,7)*mod(n\\,5)' -vsync vfr -c:v libx264 -preset ultrafast")
        .file(&folder())
        .unwrap();
    let found = probe(&vfr, &StreamChoice::default()).unwrap();
    let (_, video) = found.streams.chosen_video().unwrap();
    assert!(video.vfr, "frames were left out");
    assert_eq!(
        video.rate,
        FrameRate::new(30, 1),
        "the usual step is 1/30 s"
    );

    let anamorphic = Clip::new("wide")
        .video("testsrc2=s=360x288:r=25:d=1,setsar=16/11")
        .options("-c:v libx264 -preset ultrafast -pix_fmt yuv420p")
        .file(&folder())
        .unwrap();
    let expect = Expect {
        size: (524, 288),
        rate: (25, 1),
        secs: 1.0,
        vfr: false,
        rotation: 0,
    };
    check(&anamorphic, &expect);
}

#[test]
fn the_largest_video_and_the_default_sound_are_chosen() {
    let clip = Clip::new("streams")
        .video("testsrc2=s=160x90:r=25:d=1")
        .video("testsrc2=s=320x180:r=25:d=1")
        .audio("sine=f=300:d=1")
        .audio("sine=f=600:d=1,aformat=channel_layouts=5.1")
        .options("-map 0 -map 1 -map 2 -map 3 -c:v libx264 -preset ultrafast -c:a aac")
        .options("-disposition:a:0 0 -disposition:a:1 0")
        .container("mkv")
        .file(&folder())
        .unwrap();
    let found = probe(&clip, &StreamChoice::default()).unwrap();
    assert_eq!(found.streams.all.len(), 4);
    assert_eq!(found.streams.chosen_video().unwrap().1.width, 320);
    assert_eq!(found.streams.chosen_audio().unwrap().1.channels, 6);
    let choice = StreamChoice {
        video: Some(0),
        audio: Some(0),
    };
    let found = probe(&clip, &choice).unwrap();
    assert_eq!(found.streams.chosen_video().unwrap().1.width, 160);
    assert_eq!(found.streams.chosen_audio().unwrap().1.channels, 1);
    let beyond = StreamChoice {
        video: Some(2),
        audio: None,
    };
    assert_eq!(
        probe(&clip, &beyond),
        Err(Error::NoSuchStream {
            stream: "video".to_owned(),
            index: 2,
            count: 2
        })
    );
}

#[test]
fn captions_are_read_from_files() {
    let cues = [(0.5, 1.5, "Bonjour, <i>monde</i>"), (2.0, 2.75, "Fin")];
    for (container, codec) in [
        ("mp4", "mov_text"),
        ("mkv", "srt"),
        ("mkv", "webvtt"),
        ("mkv", "ass"),
    ] {
        let clip = Clip::new("captions")
            .video("testsrc2=s=160x90:r=25:d=3")
            .subtitles(&folder(), &cues)
            .options(&format!(
                "-map 0 -map 1 -c:v libx264 -preset ultrafast -c:s {codec}"
            ))
            .container(container)
            .file(&folder())
            .unwrap();
        let found = read_text_stream(&clip).unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|(range, text)| {
                let round = |secs: f64| (secs * 100.0).round() / 100.0;
                (
                    round(range.start.secs()),
                    round(range.end.secs()),
                    text.as_str(),
                )
            })
            .collect();
        assert_eq!(
            found,
            [(0.5, 1.5, "Bonjour, monde"), (2.0, 2.75, "Fin")],
            "{codec}"
        );
    }
}

/// Probes a shared file; `None` when there is no shared material.
fn probed(name: &str) -> Option<Result<Probe, Error>> {
    let path = testkit::shared()?.join("media/video").join(name);
    Some(probe(&path, &StreamChoice::default()))
}

#[test]
fn a_program_stream_lasts_as_its_packets_say() {
    // Its clock jumps by half a second where its packets go on.
    let Some(found) = probed("grid_lwbsza.mpg") else {
        return;
    };
    let secs = found.unwrap().duration.secs();
    assert!((secs - 3.0).abs() < 0.05, "{secs} s");
}

#[test]
fn a_transport_stream_is_found_behind_what_is_not_its_own() {
    let Some(found) = probed("media3/sample_with_junk") else {
        return;
    };
    let found = found.unwrap();
    let (_, video) = found.streams.chosen_video().unwrap();
    assert_eq!((video.width, video.height), (640, 426));
    let dir = tempfile::tempdir().unwrap();
    let clean = Clip::new("clean")
        .video("testsrc2=s=160x90:r=25:d=2")
        .options("-c:v libx264 -preset ultrafast -bf 0")
        .container("ts")
        .file(&folder())
        .unwrap();
    let mut bytes: Vec<u8> = (0..40_000_u32)
        .map(|i| (i.wrapping_mul(37) >> 3) as u8)
        .collect();
    bytes.extend(std::fs::read(clean).unwrap());
    let path = dir.path().join("recorded.ts");
    std::fs::write(&path, bytes).unwrap();
    let secs = probe(&path, &StreamChoice::default())
        .unwrap()
        .duration
        .secs();
    assert!((secs - 2.0).abs() < 0.05, "{secs} s");
}

#[test]
fn a_gif_ends() {
    // FFmpeg's demuxer asks for ever for what is behind this one's end.
    let Some(found) = probed("intel_face-demographics-walking-and-pause.gif") else {
        return;
    };
    let found = found.unwrap();
    let (_, video) = found.streams.chosen_video().unwrap();
    assert_eq!((video.width, video.height), (480, 270));
    let secs = found.duration.secs();
    assert!((secs - 3.41).abs() < 0.05, "{secs} s");
}

#[test]
fn a_still_picture_is_called_one() {
    let Some(refused) = probed("media3/london.jpg") else {
        return;
    };
    assert_eq!(refused, Err(Error::StillPicture));
}

#[test]
fn pictures_without_times_are_refused() {
    let Some(refused) = probed("mp4parser_tos.h264") else {
        return;
    };
    assert_eq!(refused, Err(Error::Untimed));
}

#[test]
fn what_cannot_be_used_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let choice = StreamChoice::default();
    assert!(matches!(
        probe(&dir.path().join("none.mp4"), &choice),
        Err(Error::NotFound { .. })
    ));
    assert!(matches!(
        probe(dir.path(), &choice),
        Err(Error::NotAFile { .. })
    ));
    assert!(matches!(
        probe(&at("empty.mp4", b""), &choice),
        Err(Error::Empty { .. })
    ));
    assert!(matches!(
        probe(&at("text.mp4", b"this is no film at all"), &choice),
        Err(Error::UnknownFormat { .. } | Error::NoStreams)
    ));
    // The index of an MP4 is at its end: a cut-off file has none.
    let whole = Clip::new("whole")
        .video("testsrc2=s=160x90:r=25:d=2")
        .options("-c:v libx264 -preset ultrafast")
        .file(&folder())
        .unwrap();
    let bytes = std::fs::read(whole).unwrap();
    let result = probe(&at("cut.mp4", &bytes[..bytes.len() / 2]), &choice);
    assert!(
        matches!(result, Err(Error::Corrupt { .. } | Error::NoStreams)),
        "{result:?}"
    );
    // Matroska can be read as far as it goes.
    let whole = Clip::new("whole")
        .video("testsrc2=s=160x90:r=25:d=4")
        .options("-c:v libx264 -preset ultrafast -g 25")
        .container("mkv")
        .file(&folder())
        .unwrap();
    let bytes = std::fs::read(whole).unwrap();
    let found = probe(&at("cut.mkv", &bytes[..bytes.len() / 2]), &choice).unwrap();
    assert!(
        (0.5..3.5).contains(&found.duration.secs()),
        "{:?}",
        found.duration
    );
}

#[test]
fn files_without_a_declared_length() {
    for options in ["-movflags frag_keyframe+empty_moov", "-movflags +faststart"] {
        let clip = Clip::new("fragments")
            .video("testsrc2=s=160x90:r=25:d=3")
            .audio("sine=d=3")
            .options("-c:v libx264 -preset ultrafast -g 25 -c:a aac")
            .options(options)
            .file(&folder())
            .unwrap();
        let found = probe(&clip, &StreamChoice::default()).unwrap();
        assert!(
            (found.duration.secs() - 3.0).abs() < 0.03,
            "{options}: {:?}",
            found.duration.secs()
        );
    }
    let live = Clip::new("live")
        .video("testsrc2=s=160x90:r=25:d=3")
        .options("-c:v libvpx -deadline realtime -live 1 -f webm")
        .container("webm")
        .file(&folder())
        .unwrap();
    let found = probe(&live, &StreamChoice::default()).unwrap();
    assert!(
        (found.duration.secs() - 3.0).abs() < 0.03,
        "{:?}",
        found.duration.secs()
    );
}

#[test]
fn real_files() {
    let Some(shared) = testkit::shared() else {
        return;
    };
    // File, size as shown, rate, seconds, clockwise turn, mirrored, bits, HDR.
    type Row = (&'static str, (u32, u32), f64, f64, u16, bool, u8, bool);
    let rows: [Row; 16] = [
        (
            "media3/sample.mp4",
            (1080, 720),
            29.97,
            1.067,
            0,
            false,
            8,
            false,
        ),
        (
            "media3/sample.mkv",
            (1080, 720),
            30.0,
            1.072,
            0,
            false,
            8,
            false,
        ),
        (
            "media3/sample_h264.ts",
            (854, 480),
            30.0,
            1.0,
            0,
            false,
            8,
            false,
        ),
        (
            "media3/bbb_2500ms.ts",
            (1920, 1080),
            24.0,
            2.51,
            0,
            false,
            8,
            false,
        ),
        (
            "media3/h265_with_metadata_track.mp4",
            (1080, 1920),
            29.97,
            0.1,
            90,
            false,
            8,
            false,
        ),
        (
            "media3/hlg10-color-test.mp4",
            (1920, 1080),
            30.0,
            0.3,
            0,
            false,
            10,
            true,
        ),
        (
            "media3/portrait_4k60.mp4",
            (2160, 3840),
            60.0,
            0.31,
            90,
            false,
            8,
            false,
        ),
        (
            "media3/sample_rotate_and_reflect.mp4",
            (720, 1080),
            29.97,
            1.067,
            270,
            true,
            8,
            false,
        ),
        (
            "media3/sample_12_5fps_720p_1s.mp4",
            (1280, 720),
            12.5,
            1.04,
            0,
            false,
            8,
            false,
        ),
        (
            "media3/sample_av1.mp4",
            (1080, 720),
            29.97,
            1.09,
            0,
            false,
            8,
            false,
        ),
        (
            "media3/sample_with_colr_mdcv_and_clli.mp4",
            (1920, 1080),
            59.94,
            1.02,
            0,
            false,
            10,
            true,
        ),
        (
            "media3/mv_with_2_top_shots.mp4",
            (1080, 1440),
            30.0,
            1.77,
            270,
            false,
            8,
            false,
        ),
        (
            "ae_test_yuv422p.mp4",
            (640, 360),
            30.0,
            2.02,
            0,
            false,
            8,
            false,
        ),
        (
            "moviepy_fire2.mp4",
            (1280, 720),
            0.0,
            2.38,
            180,
            false,
            8,
            false,
        ),
        (
            "moviepy_no_duration.webm",
            (1280, 720),
            14.985,
            0.0,
            0,
            false,
            8,
            false,
        ),
        (
            "torchcodec_nasa_13013.mp4",
            (480, 270),
            29.97,
            13.06,
            0,
            false,
            8,
            false,
        ),
    ];
    for (name, size, fps, secs, rotation, mirrored, depth, hdr) in rows {
        let path = shared.join("media/video").join(name);
        let found = probe(&path, &StreamChoice::default()).unwrap();
        let (_, video) = found.streams.chosen_video().unwrap();
        assert_eq!((video.width, video.height), size, "{name}");
        assert_eq!(
            (video.rotation, video.mirrored),
            (rotation, mirrored),
            "{name}"
        );
        assert_eq!((video.depth, video.hdr), (depth, hdr), "{name}");
        if fps > 0.0 {
            let rate = video.rate.unwrap().fps();
            assert!((rate - fps).abs() < 0.01, "{name}: {rate} fps");
        }
        if secs > 0.0 {
            let found = found.duration.secs();
            assert!((found - secs).abs() < 0.04, "{name}: {found} s");
        }
    }
    for (name, codec) in [
        ("media3/sample_vvc.mp4", "vvc"),
        ("media3/sample_ipcm_24le.mp4", "ipcm"),
    ] {
        let result = probe(
            &shared.join("media/video").join(name),
            &StreamChoice::default(),
        );
        assert!(
            matches!(&result, Err(Error::UnsupportedCodec { codec: found, .. }) if found.contains(codec)),
            "{name}: {result:?}"
        );
    }
    let captions = read_text_stream(&shared.join("media/video/torchcodec_nasa_13013.mp4")).unwrap();
    assert!(
        captions.len() >= 3,
        "the narration is in the file: {captions:?}"
    );
}

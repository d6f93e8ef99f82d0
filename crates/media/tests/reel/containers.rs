//! Sources in containers that time, index or name their streams in ways of their own.

use std::path::{Path, PathBuf};

use footage::time::Ticks;
use media::render::{EncoderChoice, RenderRequest, Rendered};
use media::{StreamChoice, probe};
use testkit::Clip;

use crate::bench::{Bench, Picture, SIZE, Sound, Source, clip, onsets};
use crate::rate;

/// Frame rate of the sources and the reels.
const FPS: i64 = 25;
/// When the sources flash and click, in seconds of source time.
const FLASHES: [f64; 3] = [1.0, 4.0, 8.52];

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("clips")
}

/// A source of 10 s that flashes and clicks.
fn flashing(container: &str, options: &str) -> PathBuf {
    Clip::new("flashing")
        .flashes("320x240", "25", 10.0, &FLASHES, 0.04)
        .options("-pix_fmt yuv420p")
        .options(options)
        .container(container)
        .file(&folder())
        .unwrap()
}

/// Counts source time from where the only source starts.
fn from_its_start(request: &mut RenderRequest) {
    for source in request.sources.values_mut() {
        source.start = probe(&source.path, &StreamChoice::default())
            .unwrap()
            .origin;
    }
}

fn render(bench: &Bench, path: &Path, from: f64, to: f64) -> Rendered {
    let source = Source {
        path: path.to_owned(),
        size: SIZE,
    };
    bench.render(
        rate(FPS as u32, 1),
        &[source],
        vec![clip(1, 0.0, from, to)],
        from_its_start,
    )
}

/// Checks that a reel from `from` on shows and sounds each flash at its source time.
fn check_flashes(path: &Path, from: f64) {
    let bench = Bench::new();
    let rendered = render(&bench, path, from, 9.6);
    let frame = Ticks::from_secs(1.0 / FPS as f64).secs();
    let expected: Vec<_> = FLASHES.iter().filter(|at| **at > from).collect();
    let lights = bench.frames(&rendered.file, SIZE);
    let light = |n: usize| lights.get(n).map_or(0.0, Picture::mean);
    let seen: Vec<_> = (1..lights.len())
        .filter(|n| light(*n) > 128.0 && light(n - 1) <= 128.0)
        .map(|n| n as f64 * frame + from)
        .collect();
    let (left, _) = bench.samples(&rendered.file);
    let heard: Vec<_> = onsets(&left).iter().map(|at| at + from).collect();
    for (sense, found) in [("seen", &seen), ("heard", &heard)] {
        let close = found.len() == expected.len()
            && found
                .iter()
                .zip(&expected)
                .all(|(one, other)| (one - *other).abs() < frame + 1e-6);
        assert!(
            close,
            "{} from {from}: {sense} at {found:?} instead of {expected:?}",
            path.display()
        );
    }
}

#[test]
fn mpeg_streams_are_read_at_their_source_times() {
    let h264 = "-c:v libx264 -preset ultrafast -g 25 -c:a mp2";
    for path in [
        flashing("ts", h264),
        flashing("mpg", "-c:v mpeg2video -q:v 3 -c:a mp2"),
        // An edit list is no such shift.
        flashing("mp4", "-c:v libx264 -preset veryfast -bf 2 -g 25 -c:a aac"),
    ] {
        for from in [0.0, 0.52, 3.0, 6.2] {
            check_flashes(&path, from);
        }
    }
}

#[test]
fn a_flash_video_with_sound_is_read() {
    let path = flashing("flv", "-c:v libx264 -preset ultrafast -g 25 -c:a aac");
    for from in [0.0, 3.0] {
        check_flashes(&path, from);
    }
}

#[test]
fn sound_of_every_codec_comes_with_its_pictures() {
    let h264 = "-c:v libx264 -preset ultrafast -g 25";
    // ffmpeg asks for `-strict` before it writes FLAC into an MP4, as others do.
    for (container, pictures, sound) in [
        ("mp4", h264, "eac3"),
        ("ts", h264, "eac3"),
        ("mkv", h264, "ac3"),
        ("ts", h264, "ac3"),
        ("mov", h264, "alac"),
        ("mp4", h264, "libopus"),
        ("webm", "-c:v libvpx -deadline realtime -g 25", "libopus"),
        ("mp4", h264, "flac -strict -2"),
        ("mkv", h264, "flac"),
    ] {
        let path = flashing(container, &format!("{pictures} -c:a {sound}"));
        for from in [0.0, 3.0] {
            check_flashes(&path, from);
        }
    }
}

#[test]
fn interlaced_pictures_come_out_without_combs() {
    for (container, first, options) in [
        ("ts", "bottom", "-c:v mpeg2video -q:v 2"),
        (
            "mp4",
            "top",
            "-c:v libx264 -preset veryfast -crf 12 -x264-params tff=1",
        ),
    ] {
        let order = if first == "top" { "tff" } else { "bff" };
        // Bars that move 8 pixels from one field to the next.
        let path = Clip::new("interlaced")
            .video(&format!(
                "color=black:s=320x240:r=50:d=2.4,format=gray,\
                 geq=lum='if(lt(mod(X-8*N+3200,160),40),220,30)',format=yuv420p,\
                 tinterlace=interleave_{first},setfield={order}"
            ))
            .options(options)
            .options("-flags +ilme+ildct")
            .container(container)
            .file(&folder())
            .unwrap();
        let bench = Bench::new();
        for (n, picture) in bench.frames(&path, SIZE).iter().enumerate() {
            let combing = picture.combing();
            assert!(
                combing > 10.0,
                "{container}: frame {n} of the source has combs, or this proves nothing: {combing}"
            );
        }
        let rendered = render(&bench, &path, 0.4, 2.0);
        let shown = bench.frames(&rendered.file, SIZE);
        assert_eq!(shown.len(), 40, "{container}: as many as were asked for");
        for (n, picture) in shown.iter().enumerate() {
            let (combing, spread) = (picture.combing(), picture.spread());
            assert!(combing < 1.0, "{container}: frame {n} has combs: {combing}");
            assert!(spread > 30.0, "{container}: frame {n} has bars: {spread}");
        }
        for (n, pair) in shown.windows(2).enumerate() {
            let moved = pair[0].difference(&pair[1]);
            assert!(moved > 10.0, "{container}: frame {n} moves on: {moved}");
        }
    }
}

/// Checks that a shared file becomes a reel.
fn check_renders(name: &str) {
    let Some(shared) = testkit::shared() else {
        return;
    };
    let bench = Bench::new();
    let rendered = render(&bench, &shared.join("media/video").join(name), 0.0, 0.4);
    assert_eq!(bench.frames(&rendered.file, SIZE).len(), 10, "{name}");
}

#[test]
fn a_stream_that_nobody_asked_for_needs_no_decoder() {
    // A track of telemetry that nothing here parses.
    check_renders("gopro_max-heromode.mp4");
}

#[test]
fn sound_that_nothing_decodes_is_left_out() {
    let two = Clip::new("two-sounds")
        .flashes("320x240", "25", 10.0, &FLASHES, 0.04)
        .audio("sine=d=10")
        .options("-map 0 -map 2 -map 1 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac")
        .file(&folder())
        .unwrap();
    // Phones write a second track of spatial sound in a codec of their own.
    let mut bytes = std::fs::read(two).unwrap();
    let first = bytes.windows(4).position(|name| name == b"mp4a").unwrap();
    bytes[first..first + 4].copy_from_slice(b"apac");
    let bench = Bench::new();
    let path = bench.path("apac.mp4");
    std::fs::write(&path, bytes).unwrap();
    check_flashes(&path, 3.0);
}

#[test]
fn transparency_that_is_promised_and_missing_does_not_matter() {
    check_renders("moviepy_no_duration.webm");
}

#[test]
fn the_other_software_encoder_passes_the_checks() {
    let bench = Bench::new();
    let file = bench.source("a.mp4", rate(25, 1), 50, &[], Sound::Tone);
    let rendered = bench.render(
        rate(25, 1),
        &[file],
        vec![clip(1, 0.0, 0.0, 1.6)],
        |request| {
            request.encoder = EncoderChoice::Named("openh264enc".to_owned());
        },
    );
    assert!(
        rendered.checks.iter().all(|check| check.ok),
        "{:?}",
        rendered.checks
    );
    let expected: Vec<_> = (0..40).collect();
    assert_eq!(bench.numbers(&rendered.file), expected);
}

#[test]
fn high_dynamic_range_is_brought_down() {
    // Black, a grey card of 18 % and diffuse white, as ITU-R BT.2408 (table 1) has them: signals of
    // 38 % in both, white of 75 % in HLG and of 58 % in PQ.
    for (transfer, white) in [("arib-std-b67", 0.75), ("smpte2084", 0.58)] {
        let (grey, white) = (64.0 + 876.0 * 0.38, 64.0 + 876.0 * white);
        let (width, height) = SIZE;
        let (third, two_thirds) = (width / 3, width * 2 / 3);
        let clip = Clip::new("hdr")
            .video(&format!(
                "color=s={width}x{height}:r={FPS}:d=1.2,format=yuv420p10le,\
                 geq=lum='if(lt(X,{third}),64,if(lt(X,{two_thirds}),{grey:.0},{white:.0}))':cb=512:cr=512"
            ))
            .options("-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -tag:v hvc1")
            .options(&format!(
                "-x265-params log-level=error:colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc"
            ))
            .file(&folder())
            .unwrap();
        let bench = Bench::new();
        let rendered = render(&bench, &clip, 0.0, 1.0);
        let shown = bench.frames(&rendered.file, SIZE);
        let patch = |nth: usize| {
            let third = third as usize;
            let across = third * nth + 20..third * (nth + 1) - 20;
            shown[12].part(across, 40..height as usize - 40).mean()
        };
        let found = [patch(0), patch(1), patch(2)];
        assert!(found[0] < 3.0, "{transfer}: black stays black: {found:?}");
        // 26 nits of 203 through the display's curve: 0.128 ^ (1 / 2.4) of full scale.
        assert!(
            (found[1] - 108.0).abs() < 8.0,
            "{transfer}: the card: {found:?}"
        );
        assert!(
            (205.0..252.0).contains(&found[2]),
            "{transfer}: white: {found:?}"
        );
    }
}

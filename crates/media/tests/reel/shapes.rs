//! Sources with odd sides, with pixels that are no squares, turned and mirrored: a reel shows them
//! upright and in proportion.
//!
//! Each quarter of a source has a light of its own, so that a reel tells how it was turned and where
//! its middle is.

use std::path::PathBuf;

use footage::picture::PixelBox;
use media::{StreamChoice, probe};
use testkit::Clip;
use timeline::crop::CropPath;
use timeline::project::Framing;

use crate::bench::{Bench, Picture, Source, clip};
use crate::containers::folder;
use crate::rate;

/// Side of the reels' frames.
const SIDE: usize = 240;
/// How near to an edge nothing is measured: scaling blurs it.
const EDGE: usize = 6;

/// How the header of a track turns its picture, `x' = ax + cy` and `y' = bx + dy` (ISO/IEC 14496-12,
/// 8.3.2), as `[a, b, c, d]`, and where the quarters `ab` over `cd` are then.
///
/// The eighth, `[0, -1, -1, 0]`, is missing: GStreamer 1.22 does not know it.
type Turn = ([i32; 4], &'static str);

const NONE: Turn = ([1, 0, 0, 1], "abcd");
const RIGHT: Turn = ([0, 1, -1, 0], "cadb");
const OVER: Turn = ([-1, 0, 0, -1], "dcba");
const LEFT: Turn = ([0, -1, 1, 0], "bdac");
const MIRRORED: Turn = ([-1, 0, 0, 1], "badc");
const MIRRORED_OVER: Turn = ([1, 0, 0, -1], "cdab");
const MIRRORED_LEFT: Turn = ([0, 1, 1, 0], "acbd");

/// A form that pictures are coded in.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// H.264 in MP4, of even sides.
    Even,
    /// H.264 in MP4 with all of its colour, which may have odd sides.
    Odd,
    /// VP8 in WebM, which may have odd sides.
    Web,
}

impl Form {
    fn options(self) -> &'static str {
        match self {
            Self::Even => "-c:v libx264 -preset ultrafast -crf 12 -pix_fmt yuv420p",
            Self::Odd => "-c:v libx264 -preset ultrafast -crf 12 -pix_fmt yuv444p",
            Self::Web => "-c:v libvpx -deadline realtime -b:v 4M -pix_fmt yuv420p",
        }
    }

    fn container(self) -> &'static str {
        match self {
            Self::Even | Self::Odd => "mp4",
            Self::Web => "webm",
        }
    }
}

/// Form, size as coded, width over height of a pixel, turn.
type Shape = (Form, (u32, u32), (u32, u32), Turn);

const SHAPES: [Shape; 13] = [
    (Form::Web, (641, 359), (1, 1), NONE),
    (Form::Odd, (641, 359), (1, 1), NONE),
    (Form::Odd, (161, 91), (1, 1), RIGHT),
    (Form::Odd, (161, 91), (1, 1), MIRRORED_LEFT),
    (Form::Even, (160, 180), (2, 1), NONE),
    (Form::Even, (320, 180), (1, 2), NONE),
    (Form::Even, (180, 144), (16, 11), LEFT),
    (Form::Even, (160, 180), (2, 1), MIRRORED),
    (Form::Even, (160, 90), (1, 1), RIGHT),
    (Form::Even, (160, 90), (1, 1), OVER),
    (Form::Even, (160, 90), (1, 1), LEFT),
    (Form::Even, (160, 90), (1, 1), MIRRORED_OVER),
    (Form::Even, (160, 90), (1, 1), MIRRORED_LEFT),
];

/// Returns the light of a quarter, of 255.
fn light(quarter: char) -> f64 {
    130.0 + 35.0 * f64::from(u32::from(quarter) - u32::from('a'))
}

/// Makes a source of a shape.
fn made(bench: &Bench, shape: Shape) -> PathBuf {
    let (form, (width, height), (across, down), (turn, _)) = shape;
    let upright = Clip::new("quarters")
        .video(&format!(
            "color=s={width}x{height}:r=25:d=0.6,format=gray,\
             geq=lum='130+35*gte(X,W/2)+70*gte(Y,H/2)',setsar={across}/{down}"
        ))
        .options(form.options())
        .container(form.container())
        .file(&folder())
        .unwrap();
    if turn == NONE.0 {
        return upright;
    }
    let mut bytes = std::fs::read(upright).unwrap();
    // Behind the name: version, flags, two times, identity, length, layer, group, volume and gaps.
    let header = bytes.windows(4).position(|name| name == b"tkhd").unwrap();
    let matrix = header + 44;
    for (entry, place) in turn.iter().zip([0, 4, 12, 16]) {
        let fixed = entry << 16;
        let at = matrix + place;
        bytes.splice(at..at + 4, fixed.to_be_bytes());
    }
    let path = bench.path("turned.mp4");
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Returns a frame of a reel of `source` in a square frame.
fn shown(bench: &Bench, source: &Source, framing: Framing) -> Picture {
    let mut whole = clip(1, 0.0, 0.0, 0.4);
    whole.framing = framing;
    let sources = std::slice::from_ref(source);
    let rendered = bench.render(rate(25, 1), sources, vec![whole], |request| {
        request.sequence.format.width = SIDE as u32;
        request.sequence.format.height = SIDE as u32;
    });
    let frames = bench.frames(&rendered.file, (SIDE as u32, SIDE as u32));
    assert_eq!(frames.len(), 10, "as many as were asked for");
    frames.into_iter().nth(5).unwrap()
}

/// Checks that the quarters of a picture meet at `(x, y)` in an area from `left` and `top` to `right`
/// and `bottom`.
fn check_quarters(
    picture: &Picture,
    [left, top, right, bottom]: [usize; 4],
    (x, y): (usize, usize),
    shape: Shape,
) {
    let (.., (_, quarters)) = shape;
    let places = [
        (left..x, top..y),
        (x..right, top..y),
        (left..x, y..bottom),
        (x..right, y..bottom),
    ];
    for (quarter, (across, down)) in quarters.chars().zip(places) {
        let inner = picture.part(
            across.start + EDGE..across.end - EDGE,
            down.start + EDGE..down.end - EDGE,
        );
        let (found, wanted) = (inner.mean(), light(quarter));
        assert!(
            (found - wanted).abs() < 6.0,
            "{shape:?}: {found} instead of {wanted} in {across:?}, {down:?}"
        );
    }
}

/// Checks that the whole picture is shown, in its proportion, over a fill that is darker.
fn check_whole(picture: &Picture, aspect: f64, shape: Shape) {
    let side = SIDE as f64;
    let (width, height) = if aspect > 1.0 {
        (side, side / aspect)
    } else {
        (side * aspect, side)
    };
    let margin = |length: f64| ((side - length) / 2.0).round() as usize;
    let (left, top) = (margin(width), margin(height));
    let area = [left, top, SIDE - left, SIDE - top];
    check_quarters(picture, area, (SIDE / 2, SIDE / 2), shape);
    let edge = left.max(top);
    let strip = |from: usize| {
        let strip = from..from + 4;
        if left > top {
            picture.part(strip, 0..SIDE)
        } else {
            picture.part(0..SIDE, strip)
        }
    };
    let (outside, inside) = (strip(edge - 8).mean(), strip(edge + 4).mean());
    assert!(
        outside < 118.0 && inside > 126.0,
        "{shape:?}: {outside} beside an edge at {edge}, {inside} within"
    );
}

#[test]
fn sources_of_every_shape_stand_upright_and_in_proportion() {
    for shape in SHAPES {
        let (_, (width, height), (across, down), (turn, _)) = shape;
        let bench = Bench::new();
        let path = made(&bench, shape);
        let found = probe(&path, &StreamChoice::default()).unwrap().streams;
        let (_, video) = found.chosen_video().unwrap();
        let size = (video.width, video.height);
        let (w, h) = (f64::from(size.0), f64::from(size.1));
        let lying = f64::from(width * across) / f64::from(height * down);
        let is_on_its_side = turn.first() == Some(&0);
        let aspect = if is_on_its_side { 1.0 / lying } else { lying };
        assert!(
            (w / h / aspect - 1.0).abs() < 0.01,
            "{shape:?}: {size:?} is of another shape than {aspect}"
        );

        let source = Source { path, size };
        let whole = shown(&bench, &source, Framing::Fit);
        check_whole(&whole, aspect, shape);

        // A square in whose first quarter the quarters of the picture meet.
        let square = w.min(h) / 2.0;
        let part = PixelBox {
            x: w / 2.0 - square / 4.0,
            y: h / 2.0 - square / 4.0,
            w: square,
            h: square,
        };
        let part = Framing::Crop(CropPath::still(part));
        let crop = shown(&bench, &source, part);
        let middle = (SIDE / 4, SIDE / 4);
        check_quarters(&crop, [0, 0, SIDE, SIDE], middle, shape);
    }
}

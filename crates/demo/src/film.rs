//! Draws every frame and encodes the film through ffmpeg.
//!
//! Only the head moves. Everything else is drawn and converted to YUV once per slide state; per
//! frame the head's rectangle alone is drawn and converted.

use std::f32::consts::TAU;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use tiny_skia::{Pixmap, PixmapPaint, Transform};

use crate::canvas::{Canvas, Typeface};
use crate::presenter::{self, Pose};
use crate::script::Script;
use crate::stage::{self, HEIGHT, Seat, WIDTH};
use crate::voice::Plan;

/// Frames per second.
pub const FPS: u32 = 25;

/// Returns what the face does in a frame, from the frame's time in seconds and the mouth's opening.
pub fn pose(seat: Seat, time: f32, mouth: f32) -> Pose {
    let wave = |period: f32, offset: f32| (TAU * (time / period + offset)).sin();
    // A blink of 0.16 s; two periods that do not divide each other keep it from being a metronome.
    let blink = [(3.7_f32, 0.0), (8.9, 2.1)]
        .iter()
        .map(|(every, offset)| (time + offset).rem_euclid(*every))
        .map(|since| (1.0 - (since - 0.08).abs() / 0.08).max(0.0))
        .fold(0.0, f32::max);
    let sway = (
        0.07 * wave(6.1, 0.0) + 0.02 * wave(2.3, 0.3),
        0.02 * wave(3.1, 0.1) - 0.015 * mouth,
    );
    Pose {
        centre: (
            seat.centre.0 + sway.0 * seat.scale,
            seat.centre.1 + sway.1 * seat.scale,
        ),
        scale: seat.scale,
        tilt: 2.2 * wave(7.3, 0.2) + 0.8 * wave(2.9, 0.6),
        mouth,
        lids: blink,
        gaze: (0.8 * wave(11.3, 0.4)).clamp(-0.5, 0.5),
        brows: (0.3 + 0.3 * wave(4.7, 0.5)).clamp(0.0, 1.0),
    }
}

/// Draws and encodes the film of a plan to `video`, with the sound from `wav`.
pub fn encode(script: &Script, plan: &Plan, font: &[u8], wav: &Path, video: &Path) -> Result<()> {
    let type_face = Typeface::parse(font).context("the font file holds no font")?;
    let mut encoder = ffmpeg(script, wav, video)?;
    let pipe = encoder.stdin.take().context("ffmpeg has no input")?;
    let mut pipe = BufWriter::with_capacity(1 << 20, pipe);
    let mut still: Option<Still> = None;
    for (frame, mouth) in plan.mouth(FPS).into_iter().enumerate() {
        let time = frame as f64 / f64::from(FPS);
        let key = (plan.scene_at(time), plan.shown_at(script, time));
        let is_new = still.as_ref().is_none_or(|still| still.key != key);
        if is_new {
            still = Some(Still::draw(script, key, &type_face)?);
        }
        if let Some(still) = &mut still {
            // Animated on twos, as drawn films are: each pose stands for two frames.
            if frame % 2 == 0 || is_new {
                still.move_head(time as f32, mouth);
            }
            pipe.write_all(&still.yuv.bytes)
                .context("ffmpeg stopped early")?;
        }
    }
    pipe.flush()?;
    drop(pipe);
    let status = encoder.wait()?;
    ensure!(status.success(), "ffmpeg failed: {status}");
    Ok(())
}

fn ffmpeg(script: &Script, wav: &Path, video: &Path) -> Result<Child> {
    let language = format!(
        "language={}",
        if script.language == "fr" {
            "fra"
        } else {
            "eng"
        }
    );
    Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p"])
        .args([
            "-s",
            &format!("{WIDTH}x{HEIGHT}"),
            "-r",
            &FPS.to_string(),
            "-i",
            "-",
            "-i",
        ])
        .arg(wav)
        .args([
            "-map",
            "0:v",
            "-map",
            "1:a",
            "-c:v",
            "libx264",
            "-preset",
            "superfast",
        ])
        .args([
            "-crf",
            "20",
            "-g",
            &(2 * FPS).to_string(),
            "-pix_fmt",
            "yuv420p",
        ])
        .args([
            "-color_range",
            "tv",
            "-colorspace",
            "bt709",
            "-color_primaries",
            "bt709",
        ])
        .args([
            "-color_trc",
            "bt709",
            "-c:a",
            "aac",
            "-b:a",
            "128k",
            "-ar",
            "48000",
        ])
        .args(["-metadata:s:a:0", &language, "-movflags", "+faststart"])
        .arg(video)
        .stdin(Stdio::piped())
        .spawn()
        .context("ffmpeg cannot be run; `cargo xtask setup` installs it")
}

/// One state of a scene: the picture without the head, as RGBA and as YUV.
struct Still {
    key: (usize, usize),
    picture: Pixmap,
    yuv: Yuv,
    seat: Option<Seat>,
    patch: Pixmap,
    left_top: (u32, u32),
}

impl Still {
    fn draw(script: &Script, key: (usize, usize), type_face: &Typeface<'_>) -> Result<Self> {
        let scene = script
            .scenes
            .get(key.0)
            .context("the plan has more scenes than the script")?;
        let picture = stage::draw(scene, key.1, type_face)?;
        let mut yuv = Yuv::black();
        yuv.put(&picture, (0, 0));
        let seat = stage::seat(scene.layout);
        // The head with its hair is within 1.6 × 2.2 units, and sways by 0.1; even for 4:2:0.
        let scale = seat.map_or(1.0, |seat| seat.scale);
        let even = |v: f32| (v.max(0.0) as u32) & !1;
        let left_top = seat.map_or((0, 0), |seat| {
            (
                even(seat.centre.0 - 1.7 * scale),
                even(seat.centre.1 - 2.1 * scale),
            )
        });
        let size = (even(3.4 * scale), even(4.0 * scale));
        let patch = Pixmap::new(size.0.max(2), size.1.max(2)).context("no memory for a picture")?;
        Ok(Self {
            key,
            picture,
            yuv,
            seat,
            patch,
            left_top,
        })
    }

    fn move_head(&mut self, time: f32, mouth: f32) {
        let Some(seat) = self.seat else { return };
        let (x, y) = (self.left_top.0 as i32, self.left_top.1 as i32);
        let paint = PixmapPaint {
            blend_mode: tiny_skia::BlendMode::Source,
            ..Default::default()
        };
        let identity = Transform::identity();
        self.patch
            .draw_pixmap(-x, -y, self.picture.as_ref(), &paint, identity, None);
        let mut pose = pose(seat, time, mouth);
        pose.centre = (pose.centre.0 - x as f32, pose.centre.1 - y as f32);
        presenter::head(
            &mut Canvas {
                pixels: &mut self.patch,
                place: identity,
            },
            &pose,
        );
        self.yuv.put(&self.patch, self.left_top);
    }
}

/// A 4:2:0 frame: the luma plane, then the two chroma planes.
struct Yuv {
    bytes: Vec<u8>,
}

impl Yuv {
    fn black() -> Self {
        Self {
            bytes: vec![0; (WIDTH * HEIGHT * 3 / 2) as usize],
        }
    }

    /// Converts a picture to BT.709 limited range at an even position.
    fn put(&mut self, picture: &Pixmap, left_top: (u32, u32)) {
        let (width, stride) = (picture.width() as usize, WIDTH as usize);
        let (left, top) = (left_top.0 as usize, left_top.1 as usize);
        let (luma, chroma) = self.bytes.split_at_mut(stride * HEIGHT as usize);
        let (blue, red) = chroma.split_at_mut(stride * HEIGHT as usize / 4);
        for (y, row) in picture.data().chunks_exact(width * 4).enumerate() {
            let start = (top + y) * stride + left;
            let Some(out) = luma.get_mut(start..start + width) else {
                break;
            };
            for (out, pixel) in out.iter_mut().zip(row.chunks_exact(4)) {
                let [r, g, b] = rgb(pixel);
                *out = ((16 * 65_536 + 11_966 * r + 40_254 * g + 4_064 * b + 32_768) >> 16) as u8;
            }
            if y % 2 == 1 {
                continue;
            }
            let chroma_row = (top + y) >> 1;
            let start = chroma_row * (stride / 2) + left / 2;
            let range = start..start + width / 2;
            let (Some(blue), Some(red)) = (blue.get_mut(range.clone()), red.get_mut(range)) else {
                break;
            };
            for ((blue, red), pixel) in blue.iter_mut().zip(red).zip(row.chunks_exact(8)) {
                let [r, g, b] = rgb(pixel);
                let half = 128 * 65_536 + 32_768;
                *blue = ((half - 6_596 * r - 22_189 * g + 28_784 * b) >> 16) as u8;
                *red = ((half + 28_784 * r - 26_145 * g - 2_639 * b) >> 16) as u8;
            }
        }
    }
}

fn rgb(pixel: &[u8]) -> [i32; 3] {
    match pixel {
        [r, g, b, ..] => [i32::from(*r), i32::from(*g), i32::from(*b)],
        _ => [0; 3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_bt709_limited() {
        for (rgb, yuv) in [
            ([255, 255, 255], [235, 128, 128]),
            ([0, 0, 0], [16, 128, 128]),
            ([255, 0, 0], [63, 102, 240]),
            ([0, 0, 255], [32, 240, 118]),
        ] {
            let mut picture = Pixmap::new(2, 2).unwrap();
            picture.fill(tiny_skia::Color::from_rgba8(rgb[0], rgb[1], rgb[2], 255));
            let mut frame = Yuv::black();
            frame.put(&picture, (4, 2));
            let luma = frame.bytes[2 * WIDTH as usize + 4];
            let at = (WIDTH * HEIGHT) as usize + (WIDTH / 2) as usize + 2;
            let red = at + (WIDTH * HEIGHT / 4) as usize;
            let got = [luma, frame.bytes[at], frame.bytes[red]];
            let close = got.iter().zip(yuv).all(|(a, b)| a.abs_diff(b) <= 1);
            assert!(close, "{rgb:?} became {got:?}, BT.709 says {yuv:?}");
        }
    }

    #[test]
    fn she_blinks_and_sways_a_little() {
        let seat = Seat {
            centre: (500.0, 500.0),
            scale: 100.0,
        };
        let poses: Vec<Pose> = (0..750).map(|i| pose(seat, i as f32 / 25.0, 0.0)).collect();
        let shut = poses.iter().filter(|p| p.lids > 0.9).count();
        assert!(
            (5..60).contains(&shut),
            "{shut} frames of 750 with shut eyes"
        );
        let far = poses
            .iter()
            .map(|p| (p.centre.0 - 500.0).abs())
            .fold(0.0, f32::max);
        assert!((3.0..=12.0).contains(&far), "moved by {far} px");
    }
}

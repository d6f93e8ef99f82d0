//! What stands still: the room, the slide, the presenter's body.

use anyhow::{Context as _, Result};
use tiny_skia::{Pixmap, Transform};

use crate::canvas::{Canvas, Ink, Typeface};
use crate::presenter;
use crate::script::{Layout, Scene};

/// Width of the film in pixels.
pub const WIDTH: u32 = 1920;
/// Height of the film in pixels.
pub const HEIGHT: u32 = 1080;

const PAPER: Ink = Ink::hex(0x00F4_F1EA);
const TEXT: Ink = Ink::hex(0x001E_2A38);
const ACCENT: Ink = Ink::hex(0x00E0_6C3B);

/// Where the presenter's face is, and how large.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seat {
    /// Middle of the face in pixels.
    pub centre: (f32, f32),
    /// Half of the face's width in pixels.
    pub scale: f32,
}

/// Returns the presenter's place in a layout; none when she is not in the picture.
pub fn seat(layout: Layout) -> Option<Seat> {
    match layout {
        Layout::Left => Some(Seat {
            centre: (480.0, 500.0),
            scale: 150.0,
        }),
        Layout::Right => Some(Seat {
            centre: (1440.0, 520.0),
            scale: 132.0,
        }),
        Layout::Slide => None,
    }
}

/// Draws a scene without the head, with the first `shown` points of its slide.
pub fn draw(scene: &Scene, shown: usize, type_face: &Typeface<'_>) -> Result<Pixmap> {
    let mut pixels = Pixmap::new(WIDTH, HEIGHT).context("no memory for a picture")?;
    let mut canvas = Canvas {
        pixels: &mut pixels,
        place: Transform::identity(),
    };
    if let Some(seat) = seat(scene.layout) {
        room(&mut canvas, seat);
        let left = if scene.layout == Layout::Left {
            900.0
        } else {
            110.0
        };
        slide(
            &mut canvas,
            (left, 190.0),
            (910.0, 700.0),
            62.0,
            scene,
            shown,
            type_face,
        );
        presenter::body(&mut canvas, seat.centre, seat.scale);
    } else {
        let size = (WIDTH as f32, HEIGHT as f32);
        canvas.card((0.0, 0.0), size, 0.0, Ink::hex(0x00DD_D6C8));
        slide(
            &mut canvas,
            (120.0, 90.0),
            (1680.0, 900.0),
            92.0,
            scene,
            shown,
            type_face,
        );
    }
    Ok(pixels)
}

/// A wall with lamp light behind the presenter, a shelf and a plant.
fn room(canvas: &mut Canvas<'_>, seat: Seat) {
    let (w, h) = (WIDTH as f32, HEIGHT as f32);
    canvas.card((0.0, 0.0), (w, h), 0.0, Ink::hex(0x0058_6E78));
    let light = Ink::hex(0x00E8_E2CE).at(0.55);
    canvas.soft((seat.centre.0, seat.centre.1 - 80.0), (900.0, 760.0), light);
    canvas.card((0.0, h - 130.0), (w, 130.0), 0.0, Ink::hex(0x003A_332E));
    canvas.card((0.0, h - 136.0), (w, 12.0), 0.0, Ink::hex(0x0076_6258));
    // The plant stands on the outer side.
    let out = if seat.centre.0 < w / 2.0 {
        90.0
    } else {
        w - 90.0
    };
    for (dx, dy) in [
        (-60.0, -120.0),
        (-25.0, -190.0),
        (20.0, -170.0),
        (62.0, -110.0),
    ] {
        canvas.ellipse(
            (out + dx, h - 220.0 + dy),
            (30.0, 84.0),
            Ink::hex(0x003E_6B4A),
        );
    }
    canvas.card(
        (out - 58.0, h - 260.0),
        (116.0, 130.0),
        18.0,
        Ink::hex(0x00B5_6A46),
    );
}

fn slide(
    canvas: &mut Canvas<'_>,
    at: (f32, f32),
    size: (f32, f32),
    title_size: f32,
    scene: &Scene,
    shown: usize,
    type_face: &Typeface<'_>,
) {
    let shadow = (at.0 + 10.0, at.1 + 14.0);
    canvas.card(shadow, size, 28.0, Ink::hex(0).at(0.25));
    canvas.card(at, size, 28.0, PAPER);
    canvas.card((at.0, at.1 + 50.0), (14.0, size.1 - 100.0), 7.0, ACCENT);
    let left = at.0 + title_size * 1.2;
    let width = size.0 - title_size * 2.0;
    let mut y = at.1 + title_size * 1.9;
    for line in type_face.lines(&scene.title, title_size, width) {
        type_face.draw(canvas, &line, (left, y), title_size, TEXT);
        y += title_size * 1.15;
    }
    canvas.card(
        (left, y - title_size * 0.55),
        (title_size * 2.4, 8.0),
        4.0,
        ACCENT,
    );
    y += title_size * 0.75;
    let text_size = title_size * 0.7;
    for bullet in scene.bullets.iter().take(shown) {
        canvas.ellipse((left + 12.0, y - text_size * 0.33), (11.0, 11.0), ACCENT);
        for line in type_face.lines(bullet, text_size, width - 56.0) {
            type_face.draw(canvas, &line, (left + 56.0, y), text_size, TEXT);
            y += text_size * 1.25;
        }
        y += text_size * 0.45;
    }
}

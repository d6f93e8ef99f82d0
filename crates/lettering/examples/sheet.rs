//! Draws every shipped preset on bright, dark and busy backgrounds: `sheet OUT.png [FONT...]`.
//!
//! Each cell is the middle of a 1080×1920 frame; red lines show the universal safe area.

use std::error::Error;

use footage::picture::PixelBox;
use lettering::{Lettering, SafeArea, presets};
use timeline::caption::{Card, CardWord};
use timeline::time::{SequenceRange, SequenceTime};
use tiny_skia::{Color, Paint, Pixmap, PixmapPaint, PixmapRef, Rect, Transform};

const FRAME: (u32, u32) = (1080, 1920);
/// Top and height of what is shown of the frame.
const SHOWN: (i32, u32) = (920, 400);

const CARDS: [&str; 7] = [
    "Ça change *tout pour toi",
    "« Vraiment ? » demanda-t-elle, étonnée",
    "Why gypsy jazz works",
    "anticonstitutionnellement vôtre",
    "Prêt ? 🚀 On y va 😀 !",
    "مرحبا بكم في Rust اليوم (2026) !",
    "今天天气很好， 我们 一起 去公园散步。",
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let out = arguments.next().ok_or("usage: sheet OUT.png [FONT...]")?;
    let mut lettering = Lettering::new();
    for font in arguments {
        lettering.add_font(std::fs::read(font)?)?;
    }
    let presets = presets::builtin();
    let mut sheet = Pixmap::new(FRAME.0 * presets.len() as u32, SHOWN.1 * CARDS.len() as u32)
        .ok_or("too large")?;
    for (column, preset) in presets.iter().enumerate() {
        for (row, text) in CARDS.iter().enumerate() {
            let card = card(text);
            let mut cell = Pixmap::new(FRAME.0, SHOWN.1).ok_or("too large")?;
            background(&mut cell, row + column);
            let layout = lettering.layout(&card, &preset.caption, FRAME, &SafeArea::UNIVERSAL);
            let at = SequenceTime::from_secs(0.5 + (row % 3) as f64);
            let drawing = lettering.draw(&layout, &card, &preset.caption, at);
            if let Some(picture) =
                PixmapRef::from_bytes(&drawing.rgba_premultiplied, drawing.width, drawing.height)
            {
                cell.draw_pixmap(
                    drawing.x,
                    drawing.y - SHOWN.0,
                    picture,
                    &PixmapPaint::default(),
                    Transform::identity(),
                    None,
                );
            }
            edges(&mut cell, SafeArea::UNIVERSAL.pixels(FRAME));
            sheet.draw_pixmap(
                (column as u32 * FRAME.0) as i32,
                (row as u32 * SHOWN.1) as i32,
                cell.as_ref(),
                &PixmapPaint::default(),
                Transform::identity(),
                None,
            );
        }
    }
    sheet.save_png(out)?;
    Ok(())
}

/// Returns a card whose words last one second each; `*` marks emphasis.
fn card(text: &str) -> Card {
    let words: Vec<CardWord> = text
        .split(' ')
        .enumerate()
        .map(|(index, word)| CardWord {
            text: word.trim_start_matches('*').to_owned(),
            range: seconds(index as f64, index as f64 + 1.0),
            emphasis: word.starts_with('*'),
        })
        .collect();
    Card {
        range: seconds(0.0, words.len() as f64),
        words,
    }
}

fn seconds(start: f64, end: f64) -> SequenceRange {
    SequenceRange::new(SequenceTime::from_secs(start), SequenceTime::from_secs(end))
}

/// Paints a bright, a dark or a busy picture.
fn background(cell: &mut Pixmap, kind: usize) {
    let (width, height) = (cell.width(), cell.height());
    for (index, pixel) in cell.pixels_mut().iter_mut().enumerate() {
        let (x, y) = (index as u32 % width, index as u32 / width);
        let slope = (y * 30 / height) as u8;
        let [r, g, b] = match kind % 3 {
            0 => [250 - slope, 246 - slope, 232 - slope],
            1 => [18 + slope, 22 + slope, 34 + slope],
            _ if (x / 60 + y / 60) % 2 == 0 => [222, 190 + slope, 120],
            _ => [60, 90 + slope, 130],
        };
        *pixel = tiny_skia::ColorU8::from_rgba(r, g, b, 255).premultiply();
    }
}

fn edges(cell: &mut Pixmap, safe: PixelBox) {
    let mut paint = Paint::default();
    paint.set_color(Color::from_rgba8(255, 40, 40, 120));
    let bottom = (safe.y + safe.h) as f32 - SHOWN.0 as f32;
    for (x, y, w, h) in [
        (safe.x as f32, 0.0, 2.0, 4000.0),
        ((safe.x + safe.w) as f32, 0.0, 2.0, 4000.0),
        (0.0, bottom, 4000.0, 2.0),
    ] {
        if let Some(line) = Rect::from_xywh(x, y, w, h) {
            cell.fill_rect(line, &paint, Transform::identity(), None);
        }
    }
}

//! Frames in plain pixels.

use std::cell::RefCell;

use js_sys::Uint8Array;
use protocol::studio::frame::FrameHeader;
use wasm_bindgen::Clamped;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::paint::resize;

/// A canvas without a card.
pub(super) struct Plain {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    /// Kept from frame to frame: what is as large is not asked for thirty times a second.
    room: RefCell<Room>,
}

/// Where a frame is turned into pixels.
#[derive(Default)]
struct Room {
    frame: Vec<u8>,
    pixels: Vec<u8>,
    rows: Rows,
}

impl Plain {
    /// Prepares a canvas.
    pub(super) fn new(canvas: HtmlCanvasElement, context: CanvasRenderingContext2d) -> Self {
        Self {
            canvas,
            context,
            room: RefCell::default(),
        }
    }

    /// Draws a frame.
    pub(super) fn draw(&self, header: FrameHeader, frame: &Uint8Array) {
        resize(&self.canvas, header);
        let mut room = self.room.borrow_mut();
        let Room {
            frame: bytes,
            pixels,
            rows,
        } = &mut *room;
        bytes.resize(frame.length() as usize, 0);
        frame.copy_to(bytes);
        let Some((header, planes)) = FrameHeader::read(bytes) else {
            return;
        };
        rgba(header, planes, rows, pixels);
        let (width, height) = (u32::from(header.width), u32::from(header.height));
        let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(pixels), width, height);
        if let Ok(image) = image {
            // Only numbers that are none are refused.
            drop(self.context.put_image_data(&image, 0.0, 0.0));
        }
    }
}

/// A row of each plane of colour between the two that are nearest to a row of pixels, in quarters, the
/// neutral one taken off; with its first and its last value twice, for pixels at the edge.
#[derive(Default)]
struct Rows {
    blue: Vec<i32>,
    red: Vec<i32>,
}

/// Fills `pixels` with a frame, four bytes each: what the shader of the card draws. Colour is blended
/// between its points as a texture is.
fn rgba(header: FrameHeader, planes: &[u8], rows: &mut Rows, pixels: &mut Vec<u8>) {
    let (width, height) = (usize::from(header.width), usize::from(header.height));
    pixels.resize(width * height * 4, 255);
    let half = width / 2;
    if half == 0 {
        return;
    }
    let (luma, colour) = planes.split_at(width * height);
    let (blue, red) = colour.split_at(colour.len() / 2);
    let lines = luma
        .chunks_exact(width)
        .zip(pixels.chunks_exact_mut(width * 4));
    for (row, (luma, line)) in lines.enumerate() {
        let near = row / 2;
        let beside = if row % 2 == 0 {
            near.saturating_sub(1)
        } else {
            (near + 1).min((height / 2).saturating_sub(1))
        };
        between(blue, half, [near, beside], &mut rows.blue);
        between(red, half, [near, beside], &mut rows.red);
        paint(luma, rows, line);
    }
}

/// Fills `blended` with three quarters of the nearest row and one of the row beside it.
fn between(plane: &[u8], width: usize, [near, beside]: [usize; 2], blended: &mut Vec<i32>) {
    /// No colour, in quarters.
    const NEUTRAL: i32 = 128 * 4;
    let row = |index: usize| plane.get(index * width..(index + 1) * width);
    let (near, beside) = (
        row(near).unwrap_or_default(),
        row(beside).unwrap_or_default(),
    );
    let points = near.iter().zip(beside);
    let points = points.map(|(near, beside)| i32::from(*near) * 3 + i32::from(*beside) - NEUTRAL);
    blended.clear();
    blended.push(0);
    blended.extend(points);
    blended.push(0);
    // The edge goes on as it is.
    if let [before, first, .., last, after] = blended.as_mut_slice() {
        (*before, *after) = (*first, *last);
    } else if let [before, only, after] = blended.as_mut_slice() {
        (*before, *after) = (*only, *only);
    }
}

/// Fills a line of pixels: BT.709, limited range, as the shader has it. Numbers are whole: colour in
/// sixteenths, factors in 1/65536.
fn paint(luma: &[u8], rows: &Rows, line: &mut [u8]) {
    let colours = rows.blue.windows(3).zip(rows.red.windows(3));
    let pairs = luma.chunks_exact(2).zip(line.chunks_exact_mut(8));
    for ((luma, pair), (blue, red)) in pairs.zip(colours) {
        let (
            [left, right],
            [r0, g0, b0, _, r1, g1, b1, _],
            [blue_before, blue, blue_after],
            [red_before, red, red_after],
        ) = (luma, pair, blue, red)
        else {
            continue;
        };
        [*r0, *g0, *b0] = pixel(*left, blue * 3 + blue_before, red * 3 + red_before);
        [*r1, *g1, *b1] = pixel(*right, blue * 3 + blue_after, red * 3 + red_after);
    }
}

#[inline]
fn pixel(luma: u8, blue: i32, red: i32) -> [u8; 3] {
    let light = (i32::from(luma) - 16) * (76_309 * 16) + (1 << 19);
    let level = |value: i32| (value >> 20).clamp(0, 255) as u8;
    [
        level(light + 117_489 * red),
        level(light - 13_975 * blue - 34_925 * red),
        level(light + 138_438 * blue),
    ]
}

#[cfg(test)]
mod tests {
    use timeline::time::SequenceTime;

    use super::*;

    fn header(width: u16, height: u16) -> FrameHeader {
        FrameHeader {
            at: SequenceTime::ZERO,
            width,
            height,
            preview: 0,
        }
    }

    #[test]
    fn colours_come_out_as_the_standard_has_them() {
        let check = |y: u8, u: u8, v: u8, expect: [u8; 3]| {
            let planes = [y, y, y, y, u, v];
            let mut pixels = Vec::new();
            rgba(header(2, 2), &planes, &mut Rows::default(), &mut pixels);
            assert_eq!(pixels.len(), 16);
            for pixel in pixels.chunks_exact(4) {
                assert_eq!(pixel[3], 255, "pixels are opaque");
                for (own, wanted) in pixel.iter().zip(expect) {
                    assert!(own.abs_diff(wanted) <= 1, "{y} {u} {v} gives {pixel:?}");
                }
            }
        };
        check(16, 128, 128, [0, 0, 0]);
        check(235, 128, 128, [255, 255, 255]);
        check(63, 102, 240, [255, 0, 0]);
        check(173, 42, 26, [0, 255, 0]);
        check(32, 240, 118, [0, 0, 255]);
    }

    /// A texture of one plane, read between its points as WebGL defines `LINEAR` and `CLAMP_TO_EDGE`.
    struct Texture<'a> {
        plane: &'a [u8],
        width: usize,
        height: usize,
    }

    impl Texture<'_> {
        fn read(&self, x: f64, y: f64) -> f64 {
            let (x, y) = (x * self.width as f64 - 0.5, y * self.height as f64 - 0.5);
            let point = |x: f64, y: f64| {
                let x = x.clamp(0.0, self.width as f64 - 1.0) as usize;
                let y = y.clamp(0.0, self.height as f64 - 1.0) as usize;
                f64::from(self.plane[y * self.width + x])
            };
            let mix = |a: f64, b: f64, share: f64| a + (b - a) * share;
            let (left, top) = (x.floor(), y.floor());
            let row = |y: f64| mix(point(left, y), point(left + 1.0, y), x - left);
            mix(row(top), row(top + 1.0), y - top)
        }
    }

    /// What the shader of `card` computes.
    fn shaded(planes: &[u8], width: usize, height: usize, x: usize, y: usize) -> [f64; 3] {
        let (luma, colour) = planes.split_at(width * height);
        let (blue, red) = colour.split_at(colour.len() / 2);
        let place = (
            (x as f64 + 0.5) / width as f64,
            (y as f64 + 0.5) / height as f64,
        );
        let read = |plane, width, height| {
            Texture {
                plane,
                width,
                height,
            }
            .read(place.0, place.1)
        };
        let y = (read(luma, width, height) - 16.0) / 219.0;
        let u = (read(blue, width / 2, height / 2) - 128.0) / 224.0;
        let v = (read(red, width / 2, height / 2) - 128.0) / 224.0;
        let levels = [y + 1.5748 * v, y - 0.1873 * u - 0.4681 * v, y + 1.8556 * u];
        levels.map(|level| level.clamp(0.0, 1.0) * 255.0)
    }

    #[test]
    fn pixels_are_those_that_the_shader_draws() {
        for (width, height) in [(2_u16, 2_u16), (2, 8), (10, 2), (34, 26)] {
            // All levels, also those that no picture should have, with hard edges of colour.
            let length = header(width, height).planes_len();
            let planes: Vec<u8> = (0..length)
                .map(|at| (at * at * 37 + at * 11) as u8)
                .collect();
            let mut pixels = vec![7; 3];
            let mut rows = Rows::default();
            // Twice: what a frame of another size left in the room is of no account.
            rgba(header(4, 4), &[200; 24], &mut rows, &mut pixels);
            rgba(header(width, height), &planes, &mut rows, &mut pixels);
            let (width, height) = (usize::from(width), usize::from(height));
            assert_eq!(pixels.len(), width * height * 4);
            for (at, pixel) in pixels.chunks_exact(4).enumerate() {
                let expect = shaded(&planes, width, height, at % width, at / width);
                for (own, wanted) in pixel.iter().zip(expect) {
                    assert!(
                        (f64::from(*own) - wanted).abs() <= 1.0,
                        "{width}×{height}, pixel {at}: {pixel:?}, not {expect:?}"
                    );
                }
            }
        }
    }
}

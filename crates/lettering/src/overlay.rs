//! Drawings as planes that are blended straight onto I420 video.

use crate::draw::Drawing;

/// A drawing in BT.709 limited range, ready to blend.
///
/// The box is even-aligned, so that each chroma sample stands for four luma samples of the box.
/// Colours are multiplied by the opacity, also the offsets of limited range: a blend is
/// `plane + frame × (255 − opacity) / 255`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overlay {
    /// Left edge in the frame, even, at least 0.
    pub x: u32,
    /// Top edge in the frame, even, at least 0.
    pub y: u32,
    /// Width, even.
    pub width: u32,
    /// Height, even.
    pub height: u32,
    /// Luma times opacity, `width × height`.
    pub y_plane: Vec<u8>,
    /// Blue difference times opacity, `width/2 × height/2`.
    pub u_plane: Vec<u8>,
    /// Red difference times opacity, `width/2 × height/2`.
    pub v_plane: Vec<u8>,
    /// Opacity per luma sample.
    pub alpha_plane: Vec<u8>,
    /// Opacity per chroma sample: the mean of its four.
    pub alpha_chroma: Vec<u8>,
}

/// One plane of a frame.
#[derive(Debug)]
pub struct Plane<'a> {
    /// Samples, rows of `stride` bytes.
    pub samples: &'a mut [u8],
    /// Bytes from one row to the next.
    pub stride: usize,
}

/// A frame in planar 4:2:0, 8 bit, BT.709 limited range.
#[derive(Debug)]
pub struct I420<'a> {
    /// Width of the luma plane.
    pub width: u32,
    /// Height of the luma plane.
    pub height: u32,
    /// Luma.
    pub y: Plane<'a>,
    /// Blue difference.
    pub u: Plane<'a>,
    /// Red difference.
    pub v: Plane<'a>,
}

impl Overlay {
    /// Returns the planes of a drawing; what lies left of or above the frame is cut off.
    pub fn new(drawing: &Drawing) -> Self {
        let x = (drawing.x.max(0) as u32) & !1;
        let y = (drawing.y.max(0) as u32) & !1;
        let right = (i64::from(drawing.x) + i64::from(drawing.width)).max(0) as u32;
        let bottom = (i64::from(drawing.y) + i64::from(drawing.height)).max(0) as u32;
        let width = right.saturating_sub(x).next_multiple_of(2);
        let height = bottom.saturating_sub(y).next_multiple_of(2);
        if drawing.width == 0 || drawing.height == 0 || width == 0 || height == 0 {
            return Self::default();
        }
        let (columns, rows) = (width as usize, height as usize);
        let mut overlay = Self {
            x,
            y,
            width,
            height,
            y_plane: vec![0; columns * rows],
            u_plane: vec![0; columns * rows / 4],
            v_plane: vec![0; columns * rows / 4],
            alpha_plane: vec![0; columns * rows],
            alpha_chroma: vec![0; columns * rows / 4],
        };
        // Two rows at a time, in the box's own columns, transparent where the drawing ends.
        let mut pair = [vec![[0_u8; 4]; columns], vec![[0_u8; 4]; columns]];
        for chroma_row in 0..rows / 2 {
            for (half, pixels) in pair.iter_mut().enumerate() {
                let row = chroma_row * 2 + half;
                drawing.copy_row(i64::from(y) + row as i64, i64::from(x), pixels);
                let range = row * columns..(row + 1) * columns;
                if let (Some(luma), Some(alpha)) = (
                    overlay.y_plane.get_mut(range.clone()),
                    overlay.alpha_plane.get_mut(range),
                ) {
                    for ((luma, alpha), pixel) in luma.iter_mut().zip(alpha).zip(pixels) {
                        *luma = luma_of(*pixel);
                        *alpha = pixel[3];
                    }
                }
            }
            let range = chroma_row * columns / 2..(chroma_row + 1) * columns / 2;
            let [upper, lower] = &pair;
            if let (Some(u), Some(v), Some(alpha)) = (
                overlay.u_plane.get_mut(range.clone()),
                overlay.v_plane.get_mut(range.clone()),
                overlay.alpha_chroma.get_mut(range),
            ) {
                let quads = upper.chunks_exact(2).zip(lower.chunks_exact(2));
                for (((u, v), alpha), (upper, lower)) in u.iter_mut().zip(v).zip(alpha).zip(quads) {
                    let mut sums = [0_u16; 4];
                    for pixel in upper.iter().chain(lower) {
                        for (sum, value) in sums.iter_mut().zip(pixel) {
                            *sum += u16::from(*value);
                        }
                    }
                    (*u, *v, *alpha) = chroma_of(sums);
                }
            }
        }
        overlay
    }

    /// Returns whether nothing is drawn.
    pub fn is_empty(&self) -> bool {
        self.width == 0
    }
}

impl Drawing {
    /// Copies the row at `y` of the frame from column `x`, transparent outside the drawing.
    fn copy_row(&self, y: i64, x: i64, into: &mut [[u8; 4]]) {
        into.fill([0; 4]);
        let row = y - i64::from(self.y);
        if row < 0 || row >= i64::from(self.height) {
            return;
        }
        let stride = self.width as usize * 4;
        let start = row as usize * stride;
        let Some(pixels) = self.rgba_premultiplied.get(start..start + stride) else {
            return;
        };
        let ahead = i64::from(self.x) - x;
        let into = into.get_mut(ahead.max(0) as usize..).unwrap_or_default();
        let skipped = (-ahead).max(0) as usize;
        for (to, from) in into.iter_mut().zip(pixels.chunks_exact(4).skip(skipped)) {
            to.copy_from_slice(from);
        }
    }
}

// ITU-R BT.709-6, items 3.2 to 3.4, in limited range (16..=235 and 16..=240), in 1/65536:
// Y' = 0.2126 R' + 0.7152 G' + 0.0722 B', Cb = (B' − Y') / 1.8556, Cr = (R' − Y') / 1.5748.
const LUMA: [i32; 3] = scaled([0.2126, 0.7152, 0.0722], 219.0 / 255.0);
const BLUE: [i32; 3] = scaled([-0.2126, -0.7152, 0.9278], 224.0 / 255.0 / 1.8556);
const RED: [i32; 3] = scaled([0.7874, -0.7152, -0.0722], 224.0 / 255.0 / 1.5748);
/// 16 / 255 and 128 / 255 in 1/65536: the offsets per step of opacity.
const BLACK: i32 = 4112;
const NEUTRAL: i32 = 32_896;
const HALF: i32 = 1 << 15;

const fn scaled([r, g, b]: [f64; 3], by: f64) -> [i32; 3] {
    [
        (r * by * 65_536.0).round() as i32,
        (g * by * 65_536.0).round() as i32,
        (b * by * 65_536.0).round() as i32,
    ]
}

fn weigh([r, g, b]: [i32; 3], [red, green, blue, _]: [i32; 4]) -> i32 {
    r * red + g * green + b * blue
}

fn luma_of(pixel: [u8; 4]) -> u8 {
    let pixel = pixel.map(i32::from);
    ((weigh(LUMA, pixel) + BLACK * pixel[3] + HALF) >> 16).clamp(0, 255) as u8
}

/// Returns both differences and the opacity from the sums of four pixels.
fn chroma_of(sums: [u16; 4]) -> (u8, u8, u8) {
    let sums = sums.map(i32::from);
    let mean =
        |weights| ((weigh(weights, sums) + NEUTRAL * sums[3] + 4 * HALF) >> 18).clamp(0, 255) as u8;
    (mean(BLUE), mean(RED), ((sums[3] + 2) / 4) as u8)
}

/// Blends an overlay onto a frame; what lies outside the frame is left out.
pub fn blend_i420(overlay: &Overlay, frame: &mut I420<'_>) {
    let (width, height) = (frame.width as usize, frame.height as usize);
    let at = (overlay.x as usize, overlay.y as usize);
    let size = (overlay.width as usize, overlay.height as usize);
    blend_plane(
        (&overlay.y_plane, &overlay.alpha_plane),
        size,
        &mut frame.y,
        at,
        (width, height),
    );
    let chroma_frame = (width.div_ceil(2), height.div_ceil(2));
    for (colour, plane) in [
        (&overlay.u_plane, &mut frame.u),
        (&overlay.v_plane, &mut frame.v),
    ] {
        blend_plane(
            (colour, &overlay.alpha_chroma),
            (size.0 / 2, size.1 / 2),
            plane,
            (at.0 / 2, at.1 / 2),
            chroma_frame,
        );
    }
}

fn blend_plane(
    (colour, alpha): (&[u8], &[u8]),
    (width, height): (usize, usize),
    plane: &mut Plane<'_>,
    (x, y): (usize, usize),
    (frame_width, frame_height): (usize, usize),
) {
    let shown = width.min(frame_width.saturating_sub(x));
    if shown == 0 || plane.stride == 0 {
        return;
    }
    let rows = plane
        .samples
        .chunks_mut(plane.stride)
        .take(frame_height)
        .skip(y)
        .zip(colour.chunks_exact(width).zip(alpha.chunks_exact(width)))
        .take(height);
    for (row, (colour, alpha)) in rows {
        let Some(row) = row.get_mut(x..) else {
            continue;
        };
        let row = row.iter_mut().take(shown);
        for ((sample, colour), alpha) in row.zip(colour).zip(alpha) {
            // Exact division by 255 with rounding in 16 bits: (n + 128 + (n + 128) / 256) / 256.
            let kept = u16::from(*sample) * u16::from(255 - *alpha) + 128;
            *sample = colour.saturating_add(((kept + (kept >> 8)) >> 8) as u8);
        }
    }
}

#[cfg(test)]
mod tests;

//! Small pictures from decoded frames: cheap box averages straight from the planes.

use gst_video::prelude::*;
use gstreamer_video as gst_video;

use crate::error::{Error, Result};

/// One component of a frame, read in place.
#[derive(Clone, Copy)]
pub(crate) struct Plane<'a> {
    bytes: &'a [u8],
    stride: usize,
    width: usize,
    height: usize,
    /// Bytes from one sample to the next.
    step: usize,
    /// Byte of a row's first sample.
    offset: usize,
    /// Right shift that leaves 8 bits of a 16-bit sample; `None` for 8-bit samples.
    shift: Option<u32>,
}

/// Which rows of a box are averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// Every row.
    All,
    /// About this many, evenly spread: enough where only the look of a frame counts.
    Few(usize),
}

/// Raw formats whose planes are read in place; anything else is converted to the first.
pub(crate) const FORMATS: [gst_video::VideoFormat; 13] = [
    gst_video::VideoFormat::I420,
    gst_video::VideoFormat::Nv12,
    gst_video::VideoFormat::Yv12,
    gst_video::VideoFormat::Nv21,
    gst_video::VideoFormat::Y42b,
    gst_video::VideoFormat::Y444,
    gst_video::VideoFormat::Gray8,
    gst_video::VideoFormat::I42010le,
    gst_video::VideoFormat::I42210le,
    gst_video::VideoFormat::Y44410le,
    gst_video::VideoFormat::I42012le,
    gst_video::VideoFormat::I42212le,
    gst_video::VideoFormat::P01010le,
];

/// Returns component `component` (0 luma, 1 Cb, 2 Cr) of `frame`.
pub(crate) fn plane<'a>(
    frame: &'a gst_video::VideoFrameRef<&gstreamer::BufferRef>,
    component: u32,
) -> Result<Plane<'a>> {
    let format = frame.format_info();
    let at = |values: &[i32]| values.get(component as usize).map(|v| (*v).max(0) as usize);
    let unusual = || Error::Pipeline {
        detail: format!("frames of format {} have no such component", format.name()),
    };
    let index = format
        .plane()
        .get(component as usize)
        .copied()
        .ok_or_else(unusual)?;
    let bytes = frame.plane_data(index).map_err(|cause| Error::Pipeline {
        detail: cause.to_string(),
    })?;
    let stride = frame
        .plane_stride()
        .get(index as usize)
        .map(|stride| (*stride).max(0) as usize)
        .ok_or_else(unusual)?;
    let depth = format.depth().get(component as usize).copied().unwrap_or(8);
    let shifted = format.shift().get(component as usize).copied().unwrap_or(0);
    Ok(Plane {
        bytes,
        stride,
        width: frame.comp_width(component) as usize,
        height: frame.comp_height(component) as usize,
        step: at(format.pixel_stride()).ok_or_else(unusual)?,
        // `poffset` is the offset of the component inside its plane.
        offset: format
            .poffset()
            .get(component as usize)
            .map_or(0, |offset| *offset as usize),
        shift: (depth > 8).then(|| depth - 8 + shifted),
    })
}

impl Plane<'_> {
    /// Returns the plane averaged down (or repeated up) to `width` × `height` samples of 8 bits.
    pub(crate) fn shrunk(&self, width: usize, height: usize, rows: Rows) -> Vec<u8> {
        let mut out = Vec::with_capacity(width * height);
        let mut sums = vec![0_u16; self.width];
        for y in 0..height {
            let top = y * self.height / height;
            let bottom = ((y + 1) * self.height / height).clamp(top + 1, top + 256);
            let stride = match rows {
                Rows::All => 1,
                Rows::Few(count) => ((bottom - top) / count.max(1)).max(1),
            };
            sums.fill(0);
            let mut used = 0_u32;
            for row in (top..bottom).step_by(stride) {
                self.add_row(row, &mut sums);
                used += 1;
            }
            for x in 0..width {
                let left = x * self.width / width;
                let right = ((x + 1) * self.width / width).max(left + 1);
                let columns = sums.get(left..right).unwrap_or_default();
                let total: u32 = columns.iter().map(|&sum| u32::from(sum)).sum();
                let count = (columns.len() as u32 * used).max(1);
                out.push(((total + count / 2) / count) as u8);
            }
        }
        out
    }

    fn add_row(&self, row: usize, sums: &mut [u16]) {
        let start = row * self.stride + self.offset;
        let Some(bytes) = self.bytes.get(start..) else {
            return;
        };
        match (self.shift, self.step) {
            (None, 1) => {
                for (sum, &byte) in sums.iter_mut().zip(bytes) {
                    *sum += u16::from(byte);
                }
            }
            (None, step) => {
                for (sum, &byte) in sums.iter_mut().zip(bytes.iter().step_by(step)) {
                    *sum += u16::from(byte);
                }
            }
            (Some(shift), step) => {
                for (sum, sample) in sums.iter_mut().zip(bytes.chunks(step)) {
                    if let [low, high, ..] = *sample {
                        *sum += (u16::from_le_bytes([low, high]) >> shift).min(255);
                    }
                }
            }
        }
    }
}

/// A one-component picture of 8 bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gray {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) samples: Vec<u8>,
}

/// How a coded picture becomes upright: mirrored left to right where set, then turned clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    /// 0, 90, 180 or 270 degrees.
    pub(crate) rotation: u16,
    pub(crate) mirrored: bool,
}

/// Returns `samples` of `width` × `height` made upright, with their new width and height.
pub(crate) fn upright<T: Copy>(
    samples: Vec<T>,
    width: usize,
    height: usize,
    turn: Turn,
) -> (Vec<T>, usize, usize) {
    let Turn { rotation, mirrored } = turn;
    if rotation == 0 && !mirrored {
        return (samples, width, height);
    }
    let (out_width, out_height) = match rotation {
        90 | 270 => (height, width),
        _ => (width, height),
    };
    let mut out = Vec::with_capacity(samples.len());
    for y in 0..out_height {
        for x in 0..out_width {
            // Back through the turn, then through the mirror.
            let (sx, sy) = match rotation {
                90 => (y, height - 1 - x),
                180 => (width - 1 - x, height - 1 - y),
                270 => (width - 1 - y, x),
                _ => (x, y),
            };
            let sx = if mirrored { width - 1 - sx } else { sx };
            out.extend(samples.get(sy * width + sx));
        }
    }
    (out, out_width, out_height)
}

/// What a picture's luma and chroma mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Matrix {
    /// Value of black.
    black: f32,
    luma_gain: f32,
    red_of_cr: f32,
    green_of_cb: f32,
    green_of_cr: f32,
    blue_of_cb: f32,
}

impl Matrix {
    /// Returns what `colorimetry` names (ITU-R BT.601, BT.709, BT.2020) for a
    /// picture of so many rows.
    pub(crate) fn named(colorimetry: &gst_video::VideoColorimetry, height: u32) -> Self {
        use gst_video::{VideoColorMatrix, VideoColorRange};
        let (kr, kb) = match colorimetry.matrix() {
            VideoColorMatrix::Bt709 => (0.2126, 0.0722),
            VideoColorMatrix::Bt2020 => (0.2627, 0.0593),
            VideoColorMatrix::Bt601 | VideoColorMatrix::Fcc => (0.299, 0.114),
            // Unnamed: what players assume.
            _ if height >= 720 => (0.2126, 0.0722),
            _ => (0.299, 0.114),
        };
        let kg = 1.0 - kr - kb;
        let full = colorimetry.range() == VideoColorRange::Range0_255;
        let (black, luma_gain, chroma_gain) = if full {
            (0.0_f32, 1.0, 1.0)
        } else {
            (16.0, 255.0 / 219.0, 255.0 / 224.0)
        };
        Self {
            black,
            luma_gain,
            red_of_cr: 2.0 * (1.0 - kr) * chroma_gain,
            green_of_cb: 2.0 * kb * (1.0 - kb) / kg * chroma_gain,
            green_of_cr: 2.0 * kr * (1.0 - kr) / kg * chroma_gain,
            blue_of_cb: 2.0 * (1.0 - kb) * chroma_gain,
        }
    }

    /// Returns red, green and blue.
    pub(crate) fn rgb(&self, luma: u8, cb: u8, cr: u8) -> [u8; 3] {
        let y = (f32::from(luma) - self.black) * self.luma_gain;
        let (u, v) = (f32::from(cb) - 128.0, f32::from(cr) - 128.0);
        let red = y + self.red_of_cr * v;
        let green = y - self.green_of_cb * u - self.green_of_cr * v;
        let blue = y + self.blue_of_cb * u;
        // Rounds, and stops at 0 and 255.
        [red, green, blue].map(|value| (value + 0.5) as u8)
    }
}

/// The colour of a picture, beside its luma.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Colour {
    pub(crate) matrix: Matrix,
    /// Cb and Cr, each value for one of the picture's pixels or for 2 × 2; `None` where it has none.
    pub(crate) chroma: Option<[Gray; 2]>,
}

impl Colour {
    /// Returns interleaved RGB for luma in rows of `width`.
    pub(crate) fn rgb(&self, luma: &[u8], width: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(luma.len() * 3);
        let width = width.max(1);
        let Some([cb, cr]) = &self.chroma else {
            out.extend(luma.iter().flat_map(|&y| self.matrix.rgb(y, 128, 128)));
            return out;
        };
        let across = width.div_ceil(cb.width.max(1));
        let down = (luma.len() / width).div_ceil(cb.height.max(1)).max(1);
        for (row, line) in luma.chunks(width).enumerate() {
            let from = row / down * cb.width;
            let cb = cb.samples.get(from..).unwrap_or_default();
            let cr = cr.samples.get(from..).unwrap_or_default();
            for (pixels, (&u, &v)) in line.chunks(across).zip(cb.iter().zip(cr)) {
                out.extend(pixels.iter().flat_map(|&y| self.matrix.rgb(y, u, v)));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upright_turns_clockwise_after_mirroring() {
        // 1 2
        // 3 4
        // 5 6
        let picture = vec![1, 2, 3, 4, 5, 6];
        let check = |rotation, mirrored, expect: &[i32], size| {
            let (out, w, h) = upright(picture.clone(), 2, 3, Turn { rotation, mirrored });
            assert_eq!(
                (out.as_slice(), (w, h)),
                (expect, size),
                "{rotation} {mirrored}"
            );
        };
        check(90, false, &[5, 3, 1, 6, 4, 2], (3, 2));
        check(180, false, &[6, 5, 4, 3, 2, 1], (2, 3));
        check(270, false, &[2, 4, 6, 1, 3, 5], (3, 2));
        check(0, true, &[2, 1, 4, 3, 6, 5], (2, 3));
        check(270, true, &[1, 3, 5, 2, 4, 6], (3, 2));
    }

    #[test]
    fn colours_are_those_of_the_named_matrix() {
        crate::init().unwrap();
        // Colour bars of ITU-R BT.801 at 100 %, in 8 bits.
        let check = |colorimetry: &str, [y, cb, cr]: [u8; 3], expect: [u8; 3]| {
            let named = colorimetry.parse().unwrap();
            let told = Matrix::named(&named, 1080).rgb(y, cb, cr);
            let off = told.iter().zip(expect).map(|(a, b)| a.abs_diff(b)).max();
            assert!(off <= Some(2), "{colorimetry} {y} {cb} {cr}: {told:?}");
        };
        check("bt601", [16, 128, 128], [0, 0, 0]);
        check("bt601", [235, 128, 128], [255, 255, 255]);
        check("bt601", [81, 90, 240], [255, 0, 0]);
        check("bt709", [63, 102, 240], [255, 0, 0]);
        check("bt709", [173, 42, 26], [0, 255, 0]);
        check("bt709", [32, 240, 118], [0, 0, 255]);
    }

    #[test]
    fn chroma_is_for_one_pixel_or_for_four() {
        crate::init().unwrap();
        let matrix = Matrix::named(&"bt601".parse().unwrap(), 480);
        let check = |width: usize, chroma_width: usize, chroma: &[u8]| {
            let colour = Colour {
                matrix,
                chroma: Some(
                    [vec![128; chroma.len()], chroma.to_vec()].map(|samples| Gray {
                        width: chroma_width,
                        height: samples.len() / chroma_width,
                        samples,
                    }),
                ),
            };
            let rgb = colour.rgb(&vec![81; width * 3], width);
            let reds: Vec<bool> = rgb.chunks(3).map(|pixel| pixel[0] > 200).collect();
            reds.chunks(width).map(<[bool]>::to_vec).collect::<Vec<_>>()
        };
        let (red, not) = (true, false);
        let half = check(3, 2, &[128, 240, 240, 128]);
        assert_eq!(half, [[not, not, red], [not, not, red], [red, red, not]]);
        let whole = check(2, 2, &[128, 240, 240, 128, 128, 128]);
        assert_eq!(whole, [[not, red], [red, not], [not, not]]);
        let narrow = check(1, 1, &[128, 240]);
        assert_eq!(
            narrow,
            [[not], [not], [red]],
            "a pixel wide, with half the rows"
        );
        let none = Colour {
            matrix,
            chroma: None,
        };
        assert_eq!(none.rgb(&[16, 235], 2), [0, 0, 0, 255, 255, 255]);
    }

    #[test]
    fn box_averages_are_exact_on_whole_boxes() {
        let bytes: Vec<u8> = (0..64).collect();
        let plane = Plane {
            bytes: &bytes,
            stride: 8,
            width: 8,
            height: 8,
            step: 1,
            offset: 0,
            shift: None,
        };
        assert_eq!(plane.shrunk(2, 2, Rows::All), [14, 18, 46, 50]);
    }
}
